//! Dark colors for mails that have none: each color that is painted gets the lightness turned around, pictures
//! stay, and each run of letters is checked against what is painted behind it.
//!
//! Works on the list of what is to be painted, not on style sheets: what a sheet means is known only then.

use anyrender::Paint;
use anyrender::recording::{RenderCommand, Scene};

/// Behind a page in light colors, and behind one whose sender chose the dark ones.
const LIGHT: [u8; 3] = [255, 255, 255];
/// Behind a page in dark colors; what white becomes.
const DARK: [u8; 3] = [30, 30, 34];
/// Lightness (OKLab) of what white and black become.
const WHITE_BECOMES: f32 = 0.237;
const BLACK_BECOMES: f32 = 0.93;
/// Contrast that letters need (WCAG 2.2, 1.4.3).
const MIN_CONTRAST: f32 = 4.5;

/// What is behind a page.
pub(super) fn canvas(dark: bool, asks_dark: bool) -> [u8; 3] {
    if dark && !asks_dark { DARK } else { LIGHT }
}

/// Puts premultiplied pixels onto an opaque color.
pub(super) fn onto(pixels: &mut [u8], background: [u8; 3]) {
    let [red, green, blue] = background.map(u32::from);
    for pixel in pixels.as_chunks_mut::<4>().0 {
        let [r, g, b, a] = *pixel;
        if a == 255 {
            continue;
        }
        // Most of a page is one of the two.
        if a == 0 {
            let [red, green, blue] = background;
            *pixel = [red, green, blue, 255];
            continue;
        }
        let behind = 255 - u32::from(a);
        let mix = |c: u8, back: u32| {
            let [low, ..] = (u32::from(c) + (back * behind + 127) / 255).min(255).to_le_bytes();
            low
        };
        *pixel = [mix(r, red), mix(g, green), mix(b, blue), 255];
    }
}

/// A color in linear light.
type Linear = [f32; 3];

/// What letters stand on.
#[derive(Clone, Copy)]
enum Behind {
    /// An even color, as it is painted.
    Color(Linear),
    /// A picture: what is on it keeps its color.
    Picture,
}

struct Area {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
    behind: Behind,
}

/// Turns the colors of a scene around.
pub(super) fn remap(scene: &mut Scene) {
    let mut areas: Vec<Area> = Vec::new();
    for command in &mut scene.commands {
        match command {
            RenderCommand::Fill(fill) => {
                let bounds = {
                    let frame = fill.shape.control_box();
                    bounds([frame.x0, frame.y0, frame.x1, frame.y1], fill.transform.as_coeffs())
                };
                let behind = match &mut fill.brush {
                    Paint::Solid(color) => {
                        let alpha = color.components[3];
                        let new = dark(rgb(color.components));
                        set(&mut color.components, new);
                        let (left, top, right, bottom) = bounds;
                        let under = at(&areas, (left + right) / 2.0, (top + bottom) / 2.0);
                        match (alpha, under) {
                            (a, _) if a >= 0.99 => Some(Behind::Color(to_linear(new))),
                            (a, _) if a <= 0.01 => None,
                            (_, Some(Behind::Picture)) => Some(Behind::Picture),
                            (a, under) => {
                                let under = if let Some(Behind::Color(c)) = under { c } else { base() };
                                let over = to_linear(new);
                                Some(Behind::Color([0, 1, 2].map(|i: usize| {
                                    let pick = |c: &Linear| c.get(i).copied().unwrap_or(0.0);
                                    pick(&over) * a + pick(&under) * (1.0 - a)
                                })))
                            }
                        }
                    }
                    Paint::Gradient(gradient) => {
                        let mut sum = [0.0; 3];
                        let count = gradient.stops.len().max(1);
                        for stop in gradient.stops.iter_mut() {
                            let new = dark(rgb(stop.color.components));
                            set(&mut stop.color.components, new);
                            for (total, channel) in sum.iter_mut().zip(to_linear(new)) {
                                #[expect(clippy::cast_precision_loss, reason = "a few stops")]
                                let share = count as f32;
                                *total += channel / share;
                            }
                        }
                        Some(Behind::Color(sum))
                    }
                    Paint::Image(_) | Paint::Resource(_) | Paint::Custom(_) => Some(Behind::Picture),
                };
                if let Some(behind) = behind {
                    let (left, top, right, bottom) = bounds;
                    areas.push(Area { left, top, right, bottom, behind });
                }
            }
            RenderCommand::Stroke(stroke) => {
                if let Paint::Solid(color) = &mut stroke.brush {
                    let new = dark(rgb(color.components));
                    set(&mut color.components, new);
                }
            }
            RenderCommand::GlyphRun(run) => {
                let Paint::Solid(color) = &mut run.brush else { continue };
                let middle = run.glyphs.get(run.glyphs.len() / 2).map_or((0.0, 0.0), |g| (g.x, g.y));
                let lift = f64::from(run.font_size) * 0.3;
                let (x, y) =
                    moved(f64::from(middle.0), f64::from(middle.1) - lift, run.transform.as_coeffs());
                match at(&areas, x, y) {
                    Some(Behind::Picture) => {}
                    found => {
                        let behind = if let Some(Behind::Color(c)) = found { c } else { base() };
                        let new = readable(dark(rgb(color.components)), behind);
                        set(&mut color.components, new);
                    }
                }
            }
            RenderCommand::BoxShadow(shadow) => {
                // A shadow is dark on any ground.
                set(&mut shadow.brush.components, [0.0; 3]);
            }
            RenderCommand::PushLayer(_) | RenderCommand::PushClipLayer(_) | RenderCommand::PopLayer => {}
        }
    }
}

/// The upright rectangle around a transformed one.
fn bounds(frame: [f64; 4], transform: [f64; 6]) -> (f64, f64, f64, f64) {
    let [x0, y0, x1, y1] = frame;
    let corners = [(x0, y0), (x1, y0), (x0, y1), (x1, y1)].map(|(x, y)| moved(x, y, transform));
    let start = (f64::MAX, f64::MAX, f64::MIN, f64::MIN);
    corners.iter().fold(start, |b, c| (b.0.min(c.0), b.1.min(c.1), b.2.max(c.0), b.3.max(c.1)))
}

fn moved(x: f64, y: f64, [a, b, c, d, e, f]: [f64; 6]) -> (f64, f64) {
    (a * x + c * y + e, b * x + d * y + f)
}

/// What is painted at a point.
fn at(areas: &[Area], x: f64, y: f64) -> Option<Behind> {
    let inside = |area: &&Area| x >= area.left && x <= area.right && y >= area.top && y <= area.bottom;
    areas.iter().rev().find(inside).map(|area| area.behind)
}

fn base() -> Linear {
    to_linear(DARK.map(|c| f32::from(c) / 255.0))
}

fn rgb([r, g, b, _]: [f32; 4]) -> [f32; 3] {
    [r, g, b].map(|c| if c.is_finite() { c.clamp(0.0, 1.0) } else { 0.0 })
}

fn set(components: &mut [f32; 4], color: [f32; 3]) {
    for (component, channel) in components.iter_mut().zip(color) {
        *component = channel;
    }
}

/// An sRGB color with its lightness turned around.
fn dark(color: [f32; 3]) -> [f32; 3] {
    let [lightness, a, b] = to_oklab(to_linear(color));
    let turned = BLACK_BECOMES + (WHITE_BECOMES - BLACK_BECOMES) * lightness;
    from_oklab([turned, a, b])
}

/// The color, or the nearest in lightness that can be read on a ground.
fn readable(color: [f32; 3], behind: Linear) -> [f32; 3] {
    if contrast(to_linear(color), behind) >= MIN_CONTRAST {
        return color;
    }
    let [lightness, a, b] = to_oklab(to_linear(color));
    let lighter = contrast([1.0; 3], behind) >= contrast([0.0; 3], behind);
    let end = if lighter { 1.0 } else { 0.0 };
    let steps = (1_u8..=20).map(|step| lightness + (end - lightness) * f32::from(step) / 20.0);
    let found =
        steps.map(|l| from_oklab([l, a, b])).find(|c| contrast(to_linear(*c), behind) >= MIN_CONTRAST);
    found.unwrap_or([end; 3])
}

/// Contrast of two colors (WCAG 2.2).
fn contrast(one: Linear, other: Linear) -> f32 {
    let luminance = |[r, g, b]: Linear| 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn to_linear(color: [f32; 3]) -> Linear {
    color.map(|c| if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) })
}

fn from_linear(color: Linear) -> [f32; 3] {
    color.map(|c| {
        let c = c.clamp(0.0, 1.0);
        if c <= 0.003_130_8 { c * 12.92 } else { 1.055 * c.powf(1.0 / 2.4) - 0.055 }
    })
}

/// Bjorn Ottosson, "A perceptual color space for image processing" (2020).
fn to_oklab([r, g, b]: Linear) -> [f32; 3] {
    let l = (0.412_221_47 * r + 0.536_332_54 * g + 0.051_445_993 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_84 * g + 0.629_978_7 * b).cbrt();
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

/// Back to sRGB; colors that a screen cannot show lose chroma until it can.
fn from_oklab([lightness, a, b]: [f32; 3]) -> [f32; 3] {
    let linear = |share: f32| {
        let (a, b) = (a * share, b * share);
        let l = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
        let m = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
        let s = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
        [
            4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
            -1.268_438 * l + 2.609_757_4 * m - 0.341_319_4 * s,
            -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
        ]
    };
    let fits = |c: &Linear| c.iter().all(|c| (-0.002..=1.002).contains(c));
    let found = (0_u8..=10).map(|step| linear(1.0 - f32::from(step) / 10.0)).find(fits);
    from_linear(found.unwrap_or_else(|| linear(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_becomes_the_canvas_and_black_becomes_light() {
        let white = dark([1.0; 3]).map(|c| (c * 255.0).round());
        assert!((white[0] - 31.0).abs() < 4.0, "{white:?}");
        assert!(dark([0.0; 3])[0] > 0.85);
    }

    #[test]
    fn all_letters_can_be_read_on_all_grounds() {
        let steps = [0.0, 0.25, 0.5, 0.75, 1.0];
        let mut all = Vec::new();
        for r in steps {
            for g in steps {
                all.extend(steps.map(|b| [r, g, b]));
            }
        }
        for ground in all.iter().copied() {
            let behind = to_linear(dark(ground));
            for letters in all.iter().copied() {
                let found = contrast(to_linear(readable(dark(letters), behind)), behind);
                assert!(found >= 4.49, "{letters:?} on {ground:?}: {found}");
            }
        }
    }

    #[test]
    fn pixels_land_on_the_canvas() {
        let mut pixels = vec![0, 0, 0, 0, 255, 0, 0, 255, 128, 0, 0, 128];
        onto(&mut pixels, [255, 255, 255]);
        assert_eq!(pixels, [255, 255, 255, 255, 255, 0, 0, 255, 255, 127, 127, 255]);
    }
}
