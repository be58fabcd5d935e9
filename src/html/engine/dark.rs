//! Dark colors for mails that have none: light grounds get their lightness turned around, and so does what stands on
//! them; what is dark already stays with all that is on it, as pictures do; and each run of letters is checked against
//! what is painted behind it.
//!
//! Works on the list of what is to be painted, not on style sheets: what a sheet means is known only then.

mod color;
#[cfg(test)]
mod tests;

use anyrender::Paint;
use anyrender::recording::{FillCommand, GlyphRunCommand, RenderCommand, Scene};
use color::{Linear, contrast, from_oklab, to_linear, to_oklab};
use vello_cpu::kurbo::{Affine, BezPath, PathEl, Point, Shape};
use vello_cpu::peniko::{Compose, Fill};

/// Behind a page in light colors, and behind one whose sender chose the dark ones.
const LIGHT: [u8; 3] = [255, 255, 255];
/// Behind a page in dark colors; what white becomes.
const DARK: [u8; 3] = [30, 30, 34];
/// Lightness (OKLab) of what white and black become.
const WHITE_BECOMES: f32 = 0.237;
const BLACK_BECOMES: f32 = 0.93;
/// Lightness that turning around leaves as it is: a ground that is no lighter is dark enough.
const STAYS: f32 = BLACK_BECOMES / (1.0 + BLACK_BECOMES - WHITE_BECOMES);
/// What is not as wide or high as that, in pixels, is a line and no ground.
const LINE: f64 = 6.0;
/// Contrast that letters get: 4.5 (WCAG 2.2, 1.4.3), and what is lost when colors become bytes.
const MIN_CONTRAST: f32 = 4.6;
/// Opacity of what is meant not to be seen.
const HIDDEN: f32 = 0.1;

/// What is behind a page: in a dark window the dark, unless its sender chose the colors for that and did not say that
/// they are for a dark ground (CSS Color Adjustment 1 section 2.2).
pub(super) fn canvas(dark: bool, asks_dark: bool, fits_dark: bool) -> [u8; 3] {
    if dark && (!asks_dark || fits_dark) { DARK } else { LIGHT }
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

/// What letters stand on.
#[derive(Clone, Copy)]
enum Behind {
    /// Colors between these two, as they are painted; an even color is both.
    Colors(Linear, Linear),
    /// A picture: what is on it keeps its color.
    Picture,
}

/// What was painted somewhere.
struct Area {
    bounds: Bounds,
    /// The shape, unless it is an upright rectangle, with the way back to its coordinates.
    shape: Option<(Affine, BezPath, Fill)>,
    behind: Behind,
    /// Its color is the sender's, and so is that of what stands on it.
    stays: bool,
}

impl Area {
    fn holds(&self, x: f64, y: f64) -> bool {
        let (left, top, right, bottom) = self.bounds;
        x >= left
            && x <= right
            && y >= top
            && y <= bottom
            && self.shape.as_ref().is_none_or(|(back, shape, rule)| {
                let winding = shape.winding(*back * Point::new(x, y));
                if *rule == Fill::EvenOdd { winding % 2 != 0 } else { winding != 0 }
            })
    }
}

/// Left, top, right and bottom.
type Bounds = (f64, f64, f64, f64);

fn common(one: Bounds, other: Bounds) -> Bounds {
    (one.0.max(other.0), one.1.max(other.1), one.2.min(other.2), one.3.min(other.3))
}

/// Turns the colors of a scene around.
pub(super) fn remap(scene: &mut Scene) {
    show_letters(scene);
    let mut areas: Vec<Area> = Vec::new();
    let everywhere = (f64::MIN, f64::MIN, f64::MAX, f64::MAX);
    let mut clips: Vec<Bounds> = Vec::new();
    // How many areas there were before each open layer.
    let mut layers: Vec<usize> = Vec::new();
    for command in &mut scene.commands {
        match command {
            RenderCommand::Fill(fill) => {
                let clip = clips.last().copied().unwrap_or(everywhere);
                areas.extend(filled(fill, &areas, clip));
            }
            RenderCommand::Stroke(stroke) => {
                let (x, y) = middle(around(&stroke.shape, stroke.transform));
                if let Paint::Solid(color) = &mut stroke.brush
                    && !at(&areas, x, y).is_some_and(|ground| ground.stays)
                {
                    let new = dark(rgb(color.components));
                    set(&mut color.components, new);
                }
            }
            RenderCommand::GlyphRun(run) => letters(run, &areas),
            RenderCommand::BoxShadow(shadow) => {
                // A shadow is dark on any ground.
                set(&mut shadow.brush.components, [0.0; 3]);
            }
            RenderCommand::PushLayer(layer) => {
                // What is inside takes away from what the layer around it holds: a shadow to the inside is made so.
                if layer.blend.compose != Compose::SrcOver {
                    areas.truncate(layers.last().copied().unwrap_or(areas.len()));
                }
                layers.push(areas.len());
                let inner = around(&layer.clip, layer.transform);
                clips.push(common(inner, clips.last().copied().unwrap_or(everywhere)));
            }
            RenderCommand::PushClipLayer(layer) => {
                layers.push(areas.len());
                let inner = around(&layer.clip, layer.transform);
                clips.push(common(inner, clips.last().copied().unwrap_or(everywhere)));
            }
            RenderCommand::PopLayer => {
                clips.pop();
                layers.pop();
            }
        }
    }
}

/// Makes what is half transparent and holds letters opaque: how well they can be read depends on all that is around.
fn show_letters(scene: &mut Scene) {
    let (mut open, mut held): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    for (at, command) in scene.commands.iter().enumerate() {
        match command {
            RenderCommand::PushLayer(_) | RenderCommand::PushClipLayer(_) => open.push(at),
            RenderCommand::PopLayer => {
                open.pop();
            }
            RenderCommand::GlyphRun(_) => held.extend(open.iter().copied()),
            RenderCommand::Fill(_) | RenderCommand::Stroke(_) | RenderCommand::BoxShadow(_) => {}
        }
    }
    for at in held {
        if let Some(RenderCommand::PushLayer(layer)) = scene.commands.get_mut(at)
            && layer.alpha > HIDDEN
        {
            layer.alpha = 1.0;
        }
    }
}

/// Turns the colors of a filled shape around, and says what letters on it stand on.
fn filled(fill: &mut FillCommand, areas: &[Area], clip: Bounds) -> Option<Area> {
    let bounds = common(around(&fill.shape, fill.transform), clip);
    let is_plain = fill.shape.elements().len() <= 6 && {
        let [a, b, c, d, ..] = fill.transform.as_coeffs();
        (b == 0.0 && c == 0.0) || (a == 0.0 && d == 0.0)
    };
    let shape = (!is_plain).then(|| (fill.transform.inverse(), closed(&fill.shape), fill.fill));
    let mut area = Area { bounds, shape, behind: Behind::Picture, stays: true };
    let (x, y) = middle(bounds);
    let under = at(areas, x, y);
    match &mut fill.brush {
        Paint::Solid(color) => {
            let alpha = color.components[3];
            if alpha <= 0.01 {
                return None;
            }
            let (left, top, right, bottom) = bounds;
            let is_line = (right - left).min(bottom - top) < LINE || !area.holds(x, y);
            // Lines, and what the ground shows through, go with the ground.
            area.stays = if is_line || alpha < 0.5 {
                under.is_some_and(|ground| ground.stays)
            } else {
                lightness(rgb(color.components)) <= STAYS
            };
            if !area.stays {
                let new = dark(rgb(color.components));
                set(&mut color.components, new);
            }
            let over = to_linear(rgb(color.components));
            area.behind = match (alpha, under.map(|ground| ground.behind)) {
                (a, _) if a >= 0.99 => Behind::Colors(over, over),
                (_, Some(Behind::Picture)) => Behind::Picture,
                (a, Some(Behind::Colors(one, other))) => {
                    Behind::Colors(mixed(over, one, a), mixed(over, other, a))
                }
                (a, None) => Behind::Colors(mixed(over, base(), a), mixed(over, base(), a)),
            };
        }
        Paint::Gradient(gradient) => {
            let sum: f32 = gradient.stops.iter().map(|stop| lightness(rgb(stop.color.components))).sum();
            area.stays = u16::try_from(gradient.stops.len()).is_ok_and(|n| sum <= STAYS * f32::from(n));
            if !area.stays {
                for stop in gradient.stops.iter_mut() {
                    let new = dark(rgb(stop.color.components));
                    set(&mut stop.color.components, new);
                }
            }
            let shades = |stops: &[_]| -> Vec<Linear> { stops.iter().map(shade).collect() };
            let mut found = shades(&gradient.stops);
            // Letters that can be read at one end and not at the other: the lighter end becomes darker.
            if !found.is_empty() && [[0.0; 3], [1.0; 3]].iter().all(|end| least(*end, &found) < MIN_CONTRAST)
            {
                for stop in gradient.stops.iter_mut() {
                    let new = darkened(rgb(stop.color.components));
                    set(&mut stop.color.components, new);
                }
                found = shades(&gradient.stops);
            }
            let light = |c: &Linear| contrast(*c, [0.0; 3]);
            let first = found.first().copied().unwrap_or_else(base);
            let pick = |chosen: Linear, next: &Linear, wins: bool| if wins { *next } else { chosen };
            let darkest = found.iter().fold(first, |c, n| pick(c, n, light(n) < light(&c)));
            let lightest = found.iter().fold(first, |c, n| pick(c, n, light(n) > light(&c)));
            area.behind = Behind::Colors(darkest, lightest);
        }
        Paint::Image(_) | Paint::Resource(_) | Paint::Custom(_) => {}
    }
    Some(area)
}

/// The middle of a place.
fn middle((left, top, right, bottom): Bounds) -> (f64, f64) {
    ((left + right) / 2.0, (top + bottom) / 2.0)
}

/// How light a color is to the eye, from 0 to 1.
fn lightness(color: [f32; 3]) -> f32 {
    let [lightness, ..] = to_oklab(to_linear(color));
    lightness
}

/// A shape whose outlines all end where they began, which filling takes for granted.
fn closed(shape: &BezPath) -> BezPath {
    let mut out = BezPath::new();
    for element in shape.elements() {
        let is_open = !matches!(out.elements().last(), None | Some(PathEl::ClosePath));
        if is_open && matches!(element, PathEl::MoveTo(_)) {
            out.close_path();
        }
        out.push(*element);
    }
    if !matches!(out.elements().last(), None | Some(PathEl::ClosePath)) {
        out.close_path();
    }
    out
}

/// A stop of a gradient in linear light.
fn shade(stop: &vello_cpu::peniko::ColorStop) -> Linear {
    to_linear(rgb(stop.color.components))
}

fn mixed(over: Linear, under: Linear, alpha: f32) -> Linear {
    let [r, g, b] = over;
    let [x, y, z] = under;
    [r * alpha + x * (1.0 - alpha), g * alpha + y * (1.0 - alpha), b * alpha + z * (1.0 - alpha)]
}

/// Gives letters a color in which they can be read where they stand.
fn letters(run: &mut GlyphRunCommand, areas: &[Area]) {
    let Paint::Solid(color) = &mut run.brush else { return };
    let alpha = color.components[3] * run.brush_alpha;
    let Some(last) = run.glyphs.len().checked_sub(1) else { return };
    if alpha <= HIDDEN {
        return;
    }
    let lift = f64::from(run.font_size) * 0.3;
    let behind = |number: usize| {
        let glyph = run.glyphs.get(number)?;
        let (x, y) = moved(f64::from(glyph.x), f64::from(glyph.y) - lift, run.transform.as_coeffs());
        at(areas, x, y)
    };
    let middle = behind(last / 2);
    if middle.is_some_and(|ground| matches!(ground.behind, Behind::Picture)) {
        return;
    }
    let mut grounds = Vec::new();
    for found in [middle, behind(0), behind(last)] {
        match found.map(|ground| ground.behind) {
            Some(Behind::Colors(one, other)) => grounds.extend([one, other]),
            Some(Behind::Picture) => {}
            None => grounds.push(base()),
        }
    }
    let own = rgb(color.components);
    let mut new = if middle.is_some_and(|ground| ground.stays) { own } else { dark(own) };
    if alpha < 0.99 {
        let under = grounds.first().copied().unwrap_or_else(base);
        new = color::from_linear(mixed(to_linear(new), under, alpha));
        (color.components[3], run.brush_alpha) = (1.0, 1.0);
    }
    set(&mut color.components, readable(new, &grounds));
}

fn around(shape: &BezPath, transform: Affine) -> Bounds {
    let frame = shape.control_box();
    bounds([frame.x0, frame.y0, frame.x1, frame.y1], transform.as_coeffs())
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
fn at(areas: &[Area], x: f64, y: f64) -> Option<&Area> {
    areas.iter().rev().find(|area| area.holds(x, y))
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

/// A color in which light letters can be read on it.
fn darkened(color: [f32; 3]) -> [f32; 3] {
    let [lightness, a, b] = to_oklab(to_linear(color));
    let steps = (0_u8..=20).map(|step| from_oklab([lightness * (1.0 - f32::from(step) / 20.0), a, b]));
    let mut fits = steps.filter(|c| contrast(to_linear(*c), [1.0; 3]) >= MIN_CONTRAST * 1.2);
    fits.next().unwrap_or([0.0; 3])
}

/// The least contrast of a color with some grounds.
fn least(color: Linear, grounds: &[Linear]) -> f32 {
    grounds.iter().map(|ground| contrast(color, *ground)).fold(f32::MAX, f32::min)
}

/// The color, or the nearest in lightness that can be read on all grounds; if there is none, black or white.
fn readable(color: [f32; 3], grounds: &[Linear]) -> [f32; 3] {
    let fits = |color: &[f32; 3]| least(to_linear(*color), grounds) >= MIN_CONTRAST;
    if fits(&color) {
        return color;
    }
    let [lightness, a, b] = to_oklab(to_linear(color));
    let steps = (1_u8..=20).map(|step| f32::from(step) / 20.0);
    let mut near = steps.flat_map(|step| [lightness + step, lightness - step]).map(|l| {
        if (0.0..=1.0).contains(&l) { from_oklab([l, a, b]) } else { [l.clamp(0.0, 1.0).round(); 3] }
    });
    let end = |c: [f32; 3]| least(to_linear(c), grounds);
    let better = if end([1.0; 3]) >= end([0.0; 3]) { [1.0; 3] } else { [0.0; 3] };
    near.find(fits).unwrap_or(better)
}
