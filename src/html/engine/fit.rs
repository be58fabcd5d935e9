//! How far a mail that is wider than its view is shrunk. Such mails are made for a width of their own, so they are laid
//! out anew for a view that is as wide as they need: what follows the view's width then fills it.

use crate::html::page::{LEAST_FIT, View};

/// Attempts: another width may make another layout.
const ROUNDS: usize = 3;
/// CSS pixels that may hang over.
const SLACK: f32 = 1.0;

/// The share of its size at which a mail fits its view; `needed` tells the width in CSS pixels that it takes when it is
/// laid out at a scale.
pub(super) fn share(view: View, mut needed: impl FnMut(f32) -> f32) -> f32 {
    let base = view.scale / view.zoom;
    #[expect(clippy::cast_precision_loss, reason = "at most a few thousand pixels")]
    let width = view.width as f32;
    let mut share = 1.0;
    for _ in 0..ROUNDS {
        let room = width / (base * share);
        let wide = needed(base * share);
        if wide <= room + SLACK {
            break;
        }
        let next = (width / (base * wide)).max(LEAST_FIT);
        if next >= share {
            break;
        }
        share = next;
    }
    share
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(width: u32, scale: f32, zoom: f32, needed: impl FnMut(f32) -> f32) -> f32 {
        share(View { width, scale, zoom, fit: true, ..View::default() }, needed)
    }

    #[test]
    fn a_mail_is_as_small_as_it_must_be_and_never_smaller_than_can_be_read() {
        let near = |a: f32, b: f32| (a - b).abs() < 0.001;
        assert!(near(fit(700, 1.0, 1.0, |_| 600.0), 1.0));
        assert!(near(fit(500, 1.0, 1.0, |_| 600.0), 500.0 / 600.0));
        assert!(near(fit(1000, 2.0, 1.0, |_| 600.0), 500.0 / 600.0), "pixels of the screen do not matter");
        assert!(near(fit(500, 2.0, 2.0, |_| 600.0), 500.0 / 600.0), "nor does the zoom");
        assert!(near(fit(200, 1.0, 1.0, |_| 600.0), LEAST_FIT));
        // At its own width it takes more: once more.
        assert!(near(fit(500, 1.0, 1.0, |scale| if scale < 1.0 { 640.0 } else { 600.0 }), 500.0 / 640.0));
    }
}
