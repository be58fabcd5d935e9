//! Addresses of pictures, and what stands for them in a document that is safe.

use super::{RemotePicture, Report};
use crate::html::limits::MAX_PICTURES;
use std::collections::HashMap;

/// Addresses of pictures and what became of them.
#[derive(Default)]
pub(super) struct Pictures {
    pub(super) report: Report,
    pub(super) known: HashMap<String, String>,
}

impl Pictures {
    /// What stands for a picture in the document; none for what is no picture.
    pub(super) fn address(&mut self, raw: &str) -> Option<String> {
        let address: String = raw.trim().chars().filter(|c| !c.is_control()).collect();
        if let Some(known) = self.known.get(&address) {
            return Some(known.clone());
        }
        if self.known.len() >= MAX_PICTURES {
            self.report.cut = true;
            return None;
        }
        let (scheme, rest) = address.split_once(':').unwrap_or(("", &address));
        let token = match scheme.to_ascii_lowercase().as_str() {
            "cid" if !rest.is_empty() => {
                self.report.attached.push(rest.to_owned());
                format!("cid:{rest}")
            }
            "data" if is_picture_type(rest) => format!("data:{rest}"),
            "blocked" if !rest.is_empty() && rest.len() < 5 && rest.bytes().all(|b| b.is_ascii_digit()) => {
                format!("blocked:{rest}")
            }
            "http" | "https" => self.remote(&address)?,
            "" if address.starts_with("//") => self.remote(&format!("https:{address}"))?,
            _ => return None,
        };
        self.known.insert(address, token.clone());
        Some(token)
    }

    fn remote(&mut self, address: &str) -> Option<String> {
        let address = url::Url::parse(address).ok()?.to_string();
        self.report.remote.push(RemotePicture { address, is_tracker: false });
        Some(format!("blocked:{}", self.report.remote.len() - 1))
    }

    /// Notes that a picture is shown too small to be seen.
    pub(super) fn mark_tracker(&mut self, token: &str) {
        let number = token.strip_prefix("blocked:").and_then(|n| n.parse::<usize>().ok());
        if let Some(picture) = number.and_then(|n| self.report.remote.get_mut(n)) {
            picture.is_tracker = true;
        }
    }
}

/// Formats that are decoded. SVG is none of them: it can name files and addresses.
fn is_picture_type(data: &str) -> bool {
    let head = data.split([';', ',']).next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(
        head.as_str(),
        "image/png" | "image/jpeg" | "image/jpg" | "image/gif" | "image/webp" | "image/bmp" | "image/pjpeg"
    )
}
