//! `postrider render`: a mail or an HTML file as a picture, by the same way as in the window.

use super::args::RenderArguments;
use super::fail::Fail;
use super::output::Output;
use crate::html::{Renderer, Request, Trouble, View, mail};
use crate::mime::text;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// Largest file that is read.
const MAX_FILE: u64 = 128 * 1024 * 1024;
/// Rows painted at a time: few times, since each looks at the whole page.
const TILE: u32 = 4096;
/// Width that mails are written for. In a narrower picture they are shrunk to fit, as in a narrow window.
const USUAL: u32 = 600;
/// Highest picture unless asked otherwise, in pixels.
const MAX_ROWS: u32 = 32_000;

pub(super) async fn run(arguments: &RenderArguments, output: Output) -> Result<(), Fail> {
    let same = |path: &Path| std::fs::canonicalize(path).ok();
    if same(&arguments.file).is_some() && same(&arguments.file) == same(&arguments.out) {
        return Err(Fail::InTheWay { path: arguments.out.display().to_string() });
    }
    let request = request(&arguments.file)?;
    let fit = arguments.width < USUAL;
    let view = View { width: arguments.width, dark: arguments.dark, fit, ..View::default() };
    let most = arguments.max_height.unwrap_or(MAX_ROWS);
    let renderer = Renderer::new().map_err(|why| Fail::Start { detail: why.to_string() })?.within(MAX_WORK);
    let (pixels, rows) = match paint(&renderer, request.clone(), view, most).await {
        Ok(done) => done,
        Err(Trouble::NoProcess(detail)) => return Err(Fail::Start { detail }),
        Err(why) => {
            output.error(&format!("{why}; its text is drawn instead"));
            instead(&renderer, &request, &why, view, most).await?
        }
    };
    write(&arguments.out, &pixels, view.width, rows)
}

/// Processor time after which the text is drawn instead: whoever waits has an answer within three seconds.
const MAX_WORK: Duration = Duration::from_millis(1_700);
/// Processor time after which not even the text is drawn.
const MAX_TEXT_WORK: Duration = Duration::from_millis(500);
/// Bytes of text that are drawn when a mail is too complex: what broke once shall not break twice.
const MAX_FALLBACK: usize = 60_000;
/// Bytes of HTML that they are taken from.
const MAX_FALLBACK_HTML: usize = 1024 * 1024;
/// Lines of it: each is an element of its own.
const MAX_LINES: usize = 1_500;

/// Paints the text of a mail that cannot be painted as it is, or else says on the picture why.
async fn instead(
    renderer: &Renderer,
    request: &Request,
    why: &Trouble,
    view: View,
    most: u32,
) -> Result<(Vec<u8>, u32), Fail> {
    let page = |text: &str| Request::new(mail::plain(&text::blocks(text, false, false)));
    let html = crate::mime::display::cut(&request.html, MAX_FALLBACK_HTML).to_owned();
    let text = why.fallback(&Request { html, ..request.clone() });
    let text = crate::mime::display::cut(&text, MAX_FALLBACK);
    let text = text.lines().take(MAX_LINES).collect::<Vec<_>>().join("\n");
    if let Ok(done) = paint(&renderer.within(MAX_TEXT_WORK), page(&text), view, most).await {
        return Ok(done);
    }
    // Emoji by the thousand, say.
    let done = paint(renderer, page(&format!("[{why}]")), view, most).await;
    done.map_err(|why| Fail::Render { why: why.to_string() })
}

/// Reads a mail, or HTML if the name or the content says so.
fn request(path: &Path) -> Result<Request, Fail> {
    let unreadable = |detail: String| Fail::Unreadable { path: path.display().to_string(), detail };
    let file = std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
    if file.is_dir() {
        return Err(unreadable("it is a folder; give a file with a mail or with HTML".to_owned()));
    }
    if file.len() > MAX_FILE {
        return Err(unreadable("it is larger than 128 MB, which no mail is".to_owned()));
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    let ending = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    if !matches!(ending.as_str(), "html" | "htm" | "xhtml") {
        return Ok(mail::request(&bytes, |absence| format!("[{}]", super::show::why_no_text(absence))));
    }
    let label = crate::mime::charset::sniff_html(&bytes);
    let html = text::decode_bytes(label.as_deref(), &bytes);
    Ok(Request::new(html))
}

/// Paints a page into rows of RGBA, as wide as the view.
async fn paint(
    renderer: &Renderer,
    request: Request,
    view: View,
    most: u32,
) -> Result<(Vec<u8>, u32), Trouble> {
    let document = renderer.open(request, view).await?;
    let rows = document.page().height.clamp(1, most.max(1));
    let bytes = |pixels: u32| usize::try_from(pixels).unwrap_or(0) * 4;
    let mut all = Vec::with_capacity(bytes(view.width) * usize::try_from(rows).unwrap_or(0));
    let mut top = 0;
    while top < rows {
        let height = TILE.min(rows - top);
        let tile = document.tile(top, height).await?;
        // What is wider than the view is cut: the picture is as wide as was asked for.
        for row in tile.pixels.chunks_exact(bytes(tile.width).max(1)) {
            all.extend_from_slice(row.get(..bytes(view.width)).unwrap_or(row));
        }
        top += height;
    }
    Ok((all, rows))
}

/// Writes the picture beside its place first, so that a picture that was there is never half overwritten.
fn write(path: &Path, pixels: &[u8], width: u32, rows: u32) -> Result<(), Fail> {
    let failed = |detail: String| Fail::Unwritable { path: path.display().to_string(), detail };
    let mut png = Vec::new();
    let encoder = PngEncoder::new(&mut png);
    let encoded = encoder.write_image(pixels, width, rows, ExtendedColorType::Rgba8);
    encoded.map_err(|error| failed(error.to_string()))?;
    // A device such as /dev/stdout cannot be replaced by a file.
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return std::fs::write(path, &png).map_err(|error| failed(error.to_string()));
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let beside = std::path::PathBuf::from(beside);
    let written = std::fs::File::create(&beside).and_then(|mut file| file.write_all(&png));
    let placed = written.and_then(|()| std::fs::rename(&beside, path));
    placed.map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        failed(error.to_string())
    })
}
