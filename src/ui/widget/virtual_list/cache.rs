//! Shaped text of rows. Shaping is the cost of a frame, so a row is shaped once and kept while it is near.

use super::Row;
use crate::ui::theme::Density;
use crate::ui::widget::shape::Line;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

/// Shaped rows kept; some screens of rows in each direction.
const KEPT_ROWS: usize = 512;

/// The shaped text of one row.
#[derive(Debug)]
pub(super) struct Shaped<P> {
    pub(super) from: Line<P>,
    pub(super) subject: Line<P>,
    pub(super) snippet: Option<Line<P>>,
    pub(super) date: Line<P>,
}

struct Entry<P> {
    mark: u64,
    used: u64,
    shaped: Rc<Shaped<P>>,
}

/// Least recently drawn rows go first. Rows drawn in the current frame always stay: the renderer holds
/// only weak references to their paragraphs.
pub(super) struct Cache<P> {
    rows: HashMap<u64, Entry<P>>,
    frame: u64,
}

impl<P> Default for Cache<P> {
    fn default() -> Self {
        Self { rows: HashMap::new(), frame: 0 }
    }
}

impl<P> Cache<P> {
    /// A frame starts: what hasn't been drawn for long may go.
    pub(super) fn start_frame(&mut self) {
        self.frame += 1;
        if self.rows.len() > KEPT_ROWS {
            let mut ages: Vec<u64> = self.rows.values().map(|entry| entry.used).collect();
            ages.sort_unstable();
            let oldest_kept = ages.get(ages.len() / 2).copied().unwrap_or(0).min(self.frame - 1);
            self.rows.retain(|_, entry| entry.used >= oldest_kept);
        }
    }

    /// The shaped text of a row, made if it isn't there or is no longer true.
    pub(super) fn get(&mut self, id: u64, mark: u64, make: impl FnOnce() -> Shaped<P>) -> Rc<Shaped<P>> {
        let frame = self.frame;
        if let Some(entry) = self.rows.get_mut(&id)
            && entry.mark == mark
        {
            entry.used = frame;
            return Rc::clone(&entry.shaped);
        }
        let shaped = Rc::new(make());
        self.rows.insert(id, Entry { mark, used: frame, shaped: Rc::clone(&shaped) });
        shaped
    }
}

/// Mark of everything that the shaped text of a row depends on.
pub(super) fn mark(row: &Row<'_>, width: f32, density: Density) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&row.from, &row.subject, &row.snippet, &row.date).hash(&mut hasher);
    (row.unread, row.attachment, row.mark, width.to_bits(), density).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::typography;
    use crate::ui::widget::shape::{self, Face};

    type P = <iced::Renderer as iced::advanced::text::Renderer>::Paragraph;

    fn shaped() -> Shaped<P> {
        let line = || shape::line("x", Face { font: typography::UI, size: 14.0 }, 100.0);
        Shaped { from: line(), subject: line(), snippet: None, date: line() }
    }

    #[test]
    fn a_row_is_shaped_once_until_it_changes() {
        let mut cache = Cache::default();
        let mut made = 0;
        for mark in [1, 1, 2, 2] {
            cache.start_frame();
            cache.get(7, mark, || {
                made += 1;
                shaped()
            });
        }
        assert_eq!(made, 2);
    }

    #[test]
    fn old_rows_go_and_current_ones_stay() {
        let mut cache = Cache::default();
        for id in 0..2_000 {
            cache.start_frame();
            cache.get(id, 0, shaped);
            assert!(cache.rows.contains_key(&id));
        }
        assert!(cache.rows.len() <= KEPT_ROWS + 1, "{}", cache.rows.len());
    }

    #[test]
    fn marks_follow_the_content() {
        let row = Row { id: 1, subject: "a".into(), ..Row::default() };
        let base = mark(&row, 300.0, Density::Cozy);
        assert_eq!(base, mark(&row.clone(), 300.0, Density::Cozy));
        assert_eq!(base, mark(&Row { selected: true, ..row.clone() }, 300.0, Density::Cozy));
        for other in [Row { unread: true, ..row.clone() }, Row { subject: "b".into(), ..row.clone() }] {
            assert_ne!(base, mark(&other, 300.0, Density::Cozy));
        }
        assert_ne!(base, mark(&row, 301.0, Density::Cozy));
    }
}
