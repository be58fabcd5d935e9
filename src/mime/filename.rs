//! Names of attachments made safe: the name that is shown is the name that is saved, inside the chosen folder.

use crate::mime::display;
use crate::model::MediaType;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Bytes of a name. File systems allow 255; room is left for a number and for encryption overhead.
pub const MAX_NAME: usize = 200;
/// Longest ending that is kept when a name is cut.
const MAX_ENDING: usize = 20;

/// A file name that is harmless on every system: one path component, no control, bidi or invisible
/// characters, nothing that Windows reserves, no leading or trailing dot or space, at most [`MAX_NAME`] bytes.
///
/// Show this name and save under this name. `safe` of a safe name is that name.
#[must_use]
pub fn safe(name: Option<&str>, media_type: &MediaType) -> String {
    // Nothing but an ending, as in `.eml`, is no name.
    let bare = |name: &String| usual_ending(&media_type.to_string()) == Some(name.as_str());
    let name = name.map(clean).filter(|n| n.chars().any(|c| c != '_') && !bare(n));
    let name = name.unwrap_or_else(|| fallback(media_type));
    let name = if name.contains('.') { name } else { with_usual_ending(name, media_type) };
    shorten(&guard_reserved(name))
}

/// The last component without what no system or eye should meet.
fn clean(name: &str) -> String {
    let name = display::display_safe(name);
    let component = name.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
    let replaced: String = component
        .chars()
        // A joiner has no business in a name that must be told apart from others.
        .filter(|c| !display::is_unsafe(*c))
        .map(|c| if is_reserved_character(c) { '_' } else { c })
        .collect();
    // Leading dots hide files, trailing dots and spaces vanish on Windows, a leading dash is an option.
    let trimmed = replaced.trim_start_matches(['.', ' ']).trim_end_matches(['.', ' ']);
    let trimmed = display::display_safe(trimmed);
    if trimmed.starts_with(['-', '~']) { format!("_{trimmed}") } else { trimmed.into_owned() }
}

/// Characters that separate paths or mean something to a shell of Windows, and the look-alikes of a slash.
fn is_reserved_character(c: char) -> bool {
    matches!(
        c,
        '<' | '>'
            | ':'
            | '"'
            | '/'
            | '\\'
            | '|'
            | '?'
            | '*'
            | '\u{2044}'
            | '\u{2215}'
            | '\u{29f8}'
            | '\u{ff0f}'
            | '\u{ff3c}'
            | '\u{fffd}'
            | '\u{2024}'
            | '\u{ff0e}'
    )
}

/// Devices of Windows stay devices with any ending: `con.txt` is the console.
fn guard_reserved(name: String) -> String {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let numbered = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let mut number = numbered.unwrap_or_default().chars();
    let is_port = matches!((number.next(), number.next()), (Some('0'..='9' | '¹' | '²' | '³'), None));
    let is_device = matches!(stem.as_str(), "con" | "prn" | "aux" | "nul" | "conin$" | "conout$" | "clock$");
    if is_port || is_device { format!("_{name}") } else { name }
}

fn shorten(name: &str) -> String {
    if name.len() <= MAX_NAME {
        return name.to_owned();
    }
    let ending =
        name.rfind('.').and_then(|at| name.get(at..)).filter(|e| e.len() <= MAX_ENDING).unwrap_or("");
    let stem = display::cut(name, MAX_NAME - ending.len()).trim_end_matches(['.', ' ']);
    format!("{stem}{ending}")
}

/// A name for a part that has none.
fn fallback(media_type: &MediaType) -> String {
    let stem = match media_type.kind.as_str() {
        "message" => "message",
        "image" => "image",
        "text" if media_type.subtype == "calendar" => "invitation",
        "text" => "text",
        "audio" => "audio",
        "video" => "video",
        _ => "attachment",
    };
    stem.to_owned()
}

fn with_usual_ending(name: String, media_type: &MediaType) -> String {
    match usual_ending(&media_type.to_string()) {
        Some(ending) => format!("{name}.{ending}"),
        None => name,
    }
}

fn usual_ending(media_type: &str) -> Option<&'static str> {
    Some(match media_type {
        "message/rfc822" | "message/global" => "eml",
        "message/delivery-status"
        | "message/disposition-notification"
        | "text/plain"
        | "text/rfc822-headers" => "txt",
        "text/html" => "html",
        "text/calendar" | "application/ics" => "ics",
        "text/vcard" | "text/x-vcard" | "text/directory" => "vcf",
        "text/csv" => "csv",
        "image/jpeg" | "image/jpg" | "image/pjpeg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "image/heic" => "heic",
        "image/tiff" => "tif",
        "image/bmp" => "bmp",
        "image/svg+xml" => "svg",
        "application/pdf" => "pdf",
        "application/zip" | "application/x-zip-compressed" => "zip",
        "application/gzip" => "gz",
        "application/json" => "json",
        "application/xml" | "text/xml" => "xml",
        "application/rtf" | "text/rtf" => "rtf",
        "application/msword" => "doc",
        "application/vnd.ms-excel" => "xls",
        "application/vnd.ms-powerpoint" => "ppt",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation" => "pptx",
        "application/vnd.oasis.opendocument.text" => "odt",
        "application/vnd.oasis.opendocument.spreadsheet" => "ods",
        "application/pgp-signature" | "application/pgp-encrypted" => "asc",
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => "p7m",
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => "p7s",
        "audio/mpeg" => "mp3",
        "audio/wav" | "audio/x-wav" => "wav",
        "audio/ogg" => "ogg",
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        _ => return None,
    })
}

/// The same name with a number before its ending, for a folder that has it already.
#[must_use]
pub fn numbered(name: &str, number: u32) -> String {
    let at = name.rfind('.').filter(|at| *at > 0 && name.len() - at <= MAX_ENDING).unwrap_or(name.len());
    let (stem, ending) = name.split_at(at);
    let suffix = format!(" ({number})");
    let room = MAX_NAME.saturating_sub(suffix.len() + ending.len());
    format!("{}{suffix}{ending}", display::cut(stem, room).trim_end())
}

/// Whether opening a file of this name may run it, on any system: such attachments are saved only after a
/// warning and never opened from the program.
#[must_use]
pub fn is_executable(name: &str) -> bool {
    let ending = name.trim_end_matches(['.', ' ']).rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    ending.is_some_and(|ending| EXECUTABLES.endings.contains(&ending))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Executables {
    endings: BTreeSet<String>,
}

static EXECUTABLES: LazyLock<Executables> = LazyLock::new(|| {
    toml::from_str(include_str!("../../resources/executables.toml")).unwrap_or_else(|error| {
        // A test reads the table; this can only be a damaged build.
        tracing::error!(%error, "the table of executables is not readable");
        Executables::default()
    })
});

#[cfg(test)]
pub(in crate::mime) mod tests;
