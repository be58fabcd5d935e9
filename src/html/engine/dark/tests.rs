//! Letters on what is painted behind them, measured in pixels.

use super::*;
use crate::html::engine::blitz::{Blitz, BlitzSheet};
use crate::html::engine::pictures::Pictures;
use crate::html::engine::{Engine, Sheet};
use crate::html::page::View;
use crate::html::sanitize;
use anyrender::{ImageRenderer, PaintScene};
use anyrender_vello_cpu::VelloCpuImageRenderer;
use std::collections::HashMap;

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
            let found = contrast(to_linear(readable(dark(letters), &[behind])), behind);
            assert!(found >= 4.5, "{letters:?} on {ground:?}: {found}");
        }
    }
}

#[test]
fn pixels_land_on_the_canvas() {
    let mut pixels = vec![0, 0, 0, 0, 255, 0, 0, 255, 128, 0, 0, 128];
    onto(&mut pixels, [255, 255, 255]);
    assert_eq!(pixels, [255, 255, 255, 255, 255, 0, 0, 255, 255, 127, 127, 255]);
}

/// Rows that are looked at at once.
const ROWS: u32 = 1024;

/// Letters of a page that cannot be read in the dark: how many were looked at, and those with their contrast.
#[expect(clippy::too_many_lines, reason = "one walk over one list of commands")]
fn unreadable(sheet: &mut BlitzSheet) -> (usize, Vec<String>) {
    let (width, height) = (sheet.width(), sheet.page().height.min(6 * ROWS));
    let (mut looked_at, mut found) = (0, Vec::new());
    for top in (0..height).step_by(usize::try_from(ROWS).unwrap()) {
        let mut scene = sheet.scene(top, ROWS);
        remap(&mut scene);
        // All that is not letters, in pixels; and where pictures are.
        let mut rest = Scene::new();
        let mut runs = Vec::new();
        let mut pictures = Vec::new();
        let mut clips = vec![(0.0, 0.0, f64::from(width), f64::from(ROWS))];
        let mut hidden = vec![false];
        for command in scene.commands {
            let top_clip = *clips.last().unwrap();
            match &command {
                RenderCommand::GlyphRun(run) => {
                    runs.push((run.clone(), top_clip, *hidden.last().unwrap()));
                    continue;
                }
                RenderCommand::Fill(fill) if matches!(fill.brush, Paint::Image(_) | Paint::Resource(_)) => {
                    pictures.push(around(&fill.shape, fill.transform));
                }
                RenderCommand::PushLayer(layer) => {
                    clips.push(common(top_clip, around(&layer.clip, layer.transform)));
                    hidden.push(*hidden.last().unwrap() || layer.alpha <= HIDDEN);
                }
                RenderCommand::PushClipLayer(layer) => {
                    clips.push(common(top_clip, around(&layer.clip, layer.transform)));
                    hidden.push(*hidden.last().unwrap());
                }
                RenderCommand::PopLayer => {
                    clips.pop();
                    hidden.pop();
                }
                RenderCommand::Fill(_) | RenderCommand::Stroke(_) | RenderCommand::BoxShadow(_) => {}
            }
            rest.commands.push(command);
        }
        let mut pixels = Vec::new();
        let mut renderer = VelloCpuImageRenderer::new(width, ROWS);
        renderer.render_to_vec(|scene| scene.append_scene(rest, Affine::IDENTITY), &mut pixels);
        onto(&mut pixels, canvas(true, false, false));
        for (run, clip, is_hidden) in runs {
            let Paint::Solid(color) = &run.brush else { continue };
            if is_hidden || color.components[3] * run.brush_alpha <= HIDDEN || run.font_size < 2.0 {
                continue;
            }
            let ink = to_linear(rgb(color.components));
            let size = f64::from(run.font_size);
            let mut bad = Vec::new();
            let before = looked_at;
            for glyph in &run.glyphs {
                // A line that is drawn through one of three points is no ground.
                let mut reached = Vec::new();
                for lift in [0.15, 0.3, 0.5] {
                    let (x, y) = (f64::from(glyph.x) + size * 0.3, f64::from(glyph.y) - size * lift);
                    let (x, y) = moved(x, y, run.transform.as_coeffs());
                    let inside = |(left, top, right, bottom): Bounds| {
                        x >= left + 1.0 && x < right - 1.0 && y >= top + 1.0 && y < bottom - 1.0
                    };
                    if !inside(clip) || pictures.iter().any(|picture| inside(*picture)) {
                        continue;
                    }
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "in the tile"
                    )]
                    let at = (y as usize * usize::try_from(width).unwrap() + x as usize) * 4;
                    let behind = [0, 1, 2].map(|i| f32::from(pixels[at + i]) / 255.0);
                    reached.push((contrast(ink, to_linear(behind)), behind, x, y + f64::from(top)));
                }
                looked_at += usize::from(!reached.is_empty());
                let low = reached.iter().filter(|(reached, ..)| *reached < 4.5).count();
                if low * 2 > reached.len() {
                    bad.push(format!("{ink:?}: {reached:?}"));
                }
            }
            // A space at the end of a line may stand on the frame beside it.
            if bad.len() * 4 > looked_at - before {
                found.append(&mut bad);
            }
        }
    }
    (looked_at, found)
}

fn opened(blitz: &mut Blitz, html: &str) -> (BlitzSheet, bool) {
    let clean = sanitize(html);
    let pictures = Pictures::of(&clean, &HashMap::new());
    let view = View { dark: true, ..View::default() };
    (blitz.open(&clean, &pictures, view), clean.report.asks_dark)
}

/// Grounds that take some care: what shows through, what ends below another, what is cut off, what changes.
const GROUNDS: &[&str] = &[
    "<p style='color:#999;background:#fff'>a<span style='background:#ff0'>b</span></p>",
    "<div style='background:#00f'><p style='background:rgba(255,255,255,.5);color:#808080'>words</p></div>",
    "<p style='color:rgba(0,0,0,.3)'>words</p><div style='opacity:.4'><p style='color:#777'>words</p></div>",
    "<div style='background:linear-gradient(90deg,#000,#fff);color:#fff'>words from one end to the other, so that \
     they stand on each of the shades that are there</div>",
    "<div style='background:linear-gradient(#ff6a00,#ee0979);color:#fff;padding:40px'>words</div>",
    "<div style='width:100px;height:20px;overflow:hidden'><div style='width:600px;height:300px;background:#000'></div></div>\
     <p style='color:#000'>words below what is cut off</p>",
    "<div style='border:30px solid #000;border-radius:40px;padding:20px;color:#333'>words in a frame</div>",
    "<table style='border-collapse:collapse'><tr><td style='border:8px solid #222;background:#eee'>words</td></tr></table>",
    "<a style='display:inline-block;background:#0867ec;color:#fff;padding:12px;border-radius:20px'>Button</a>",
    "<p style='background:#4f77b4;color:#fff;padding:10px;border-radius:9px;box-shadow:inset 0 0 0 1px #fff'>Button</p>",
];

#[test]
fn letters_can_be_read_whatever_is_behind_them() {
    let mut blitz = Blitz::new();
    for html in GROUNDS {
        let (mut sheet, _) = opened(&mut blitz, html);
        let (looked_at, found) = unreadable(&mut sheet);
        assert!(looked_at > 1, "{html}: {looked_at}");
        assert!(found.is_empty(), "{html}: {found:?}");
    }
}

/// Bytes of the largest mail that is looked at unless `POSTRIDER_HTML_ALL` is set.
const SMALL: u64 = 30_000;

#[test]
fn letters_of_real_mails_can_be_read() {
    let Some(root) = std::env::var_os("POSTRIDER_CORPORA").map(std::path::PathBuf::from) else {
        println!("skipped: the public test data is not here (POSTRIDER_CORPORA)");
        return;
    };
    let all = std::env::var_os("POSTRIDER_HTML_ALL").is_some();
    let mut blitz = Blitz::new();
    let (mut folders, mut mails, mut letters, mut bad) = (vec![root], 0, 0, Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let (path, is_dir) = entry.map(|e| (e.path(), e.file_type().unwrap().is_dir())).unwrap();
            if is_dir {
                folders.push(path);
                continue;
            }
            let is_small = path.metadata().is_ok_and(|meta| meta.len() <= SMALL);
            if path.extension().is_none_or(|ending| ending != "html") || !(all || is_small) {
                continue;
            }
            let html = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            let (mut sheet, asks_dark) = opened(&mut blitz, &html);
            if asks_dark {
                continue;
            }
            let (looked_at, found) = unreadable(&mut sheet);
            if let Some(first) = found.first() {
                bad.push(format!("{}: {} of {looked_at}: {first}", path.display(), found.len()));
            }
            (mails, letters) = (mails + 1, letters + looked_at);
        }
    }
    println!("{letters} letters of {mails} mails");
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn pictures_keep_their_colors() {
    let mut png = Vec::new();
    let picture = image::RgbaImage::from_fn(40, 30, |x, y| {
        image::Rgba([u8::try_from(x * 6).unwrap(), 250, u8::try_from(y * 8).unwrap(), 255])
    });
    picture.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    let clean = sanitize("<body style='margin:0'><img src=cid:a style='display:block'>");
    let given = HashMap::from([("cid:a".to_owned(), png.as_slice())]);
    let pictures = Pictures::of(&clean, &given);
    let mut blitz = Blitz::new();
    let mut shown = |dark| {
        let tile = blitz.open(&clean, &pictures, View { width: 40, dark, ..View::default() }).paint(0, 30);
        tile.as_chunks::<4>().0.to_vec()
    };
    let (light, dark) = (shown(false), shown(true));
    assert_eq!(light, dark);
    assert_eq!(light[0], [0, 250, 0, 255]);
}

/// The pixels of a page of 100 by 60 pixels, row by row.
fn painted(html: &str, view: View) -> Vec<[u8; 4]> {
    let clean = sanitize(html);
    let mut sheet = Blitz::new().open(&clean, &Pictures::default(), view);
    sheet.paint(0, 60).as_chunks::<4>().0.to_vec()
}

/// A dark view that is 100 pixels wide.
fn view() -> View {
    View { width: 100, dark: true, ..View::default() }
}

fn light(pixel: [u8; 4]) -> f32 {
    let [r, g, b, _] = pixel.map(|c| f32::from(c) / 255.0);
    lightness([r, g, b])
}

#[test]
fn what_is_dark_already_stays_dark() {
    let page = |ground: &str, letters: &str| {
        format!("<body style='margin:0;background:{ground};color:{letters};font-size:40px'><b>MM</b><p>.")
    };
    for (ground, letters) in [("#000", "#fff"), ("#1a1a40", "#ffd"), ("#fff", "#000"), ("#eef", "#224")] {
        let pixels = painted(&page(ground, letters), view());
        let (first, lights) = (light(pixels[0]), pixels.iter().map(|pixel| light(*pixel)));
        assert!(first < 0.35, "{ground}: {first}");
        assert!(lights.fold(0.0, f32::max) > 0.65, "{letters} on {ground}");
    }
    // A line goes with its ground: light on one that was light, dark on one that was dark.
    let line = |ground: &str| {
        let html = format!(
            "<body style='margin:0;background:{ground}'><div style='background:#000;height:2px'></div>"
        );
        light(painted(&html, view())[50])
    };
    assert!(line("#fff") > 0.8 && line("#333") < 0.2, "{} {}", line("#fff"), line("#333"));
}

#[test]
fn a_mail_that_fits_a_dark_ground_gets_one() {
    let page = |scheme: &str| {
        format!(
            "<meta name=color-scheme content='{scheme}'><style>@media (prefers-color-scheme:dark){{p{{margin:0}}}}\
             </style><body style='margin:0;font-size:40px'><b>MM</b>"
        )
    };
    let (fits, not) = (painted(&page("light dark"), view()), painted(&page("light only"), view()));
    assert!(light(fits[0]) < 0.3 && light(not[0]) > 0.95);
    assert!(fits.iter().any(|pixel| light(*pixel) > 0.85), "letters are light");
    assert!(not.iter().any(|pixel| light(*pixel) < 0.2), "letters are dark");
    // Without colors of its own it is turned around like any other.
    let plain = painted("<meta name=color-scheme content='light dark'><body bgcolor=white>x", view());
    assert!(light(plain[0]) < 0.3);
}

#[test]
fn a_mail_that_is_shrunk_to_fit_is_so_in_the_dark_too() {
    let html = "<body style='margin:0'><div style='width:160px;height:60px'>\
        <div style='margin-left:120px;width:40px;height:60px;background:#f00'></div></div>";
    for dark in [false, true] {
        let pixels = painted(html, View { dark, fit: true, ..view() });
        let red = |x: usize| pixels[10 * 100 + x][0] > 100 && pixels[10 * 100 + x][1] < 100;
        assert!(red(80) && red(98) && !red(70), "dark: {dark}: {:?}", &pixels[1000..1100]);
    }
}
