//! Pictures of a mail from the network, once the reader wants them. Trackers are never asked for.

use super::cache::Cache;
use super::guard::{Guarded, Refused, Way, permitted};
use crate::html::Report;
use crate::html::limits::{MAX_PICTURE_BYTES, MAX_PICTURES};
use crate::model::MessageId;
use crate::trust::tracker;
use futures::StreamExt;
use std::collections::HashMap;
use std::time::Duration;
use url::Url;

/// Largest picture as it comes.
const MAX_BYTES: usize = 10 * 1024 * 1024;
/// Pictures that are asked for at the same time.
const AT_ONCE: usize = 6;
/// Time for one picture.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Time for all pictures of a mail; what is not there by then is missing.
const ALL_TIMEOUT: Duration = Duration::from_secs(60);

/// Why a picture is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It is not asked for at all.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// The host says no.
    #[error("its host answers with status {0}")]
    Status(u16),
    /// It is larger than any picture should be.
    #[error("it is too large")]
    TooLarge,
    /// It is something else.
    #[error("it is no picture")]
    NoPicture,
    /// The host is not reached, or breaks off.
    #[error("its host is not reached")]
    Unreachable,
    /// It takes too long.
    #[error("it takes too long")]
    TooSlow,
}

/// The pictures of a mail, as far as they are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Bytes by the token that stands for the picture in the document, for [`crate::html::Request::pictures`].
    pub pictures: HashMap<String, Vec<u8>>,
    /// Pictures that were asked for and are not there, with the reason.
    pub missing: Vec<(usize, Failure)>,
    /// Pictures that were never asked for yet.
    pub unasked: usize,
    /// Trackers, which are never asked for.
    pub trackers: usize,
}

/// Loads pictures and remembers them by message. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pictures {
    cache: Cache,
    way: Way,
}

impl Pictures {
    /// Pictures that are kept in a folder.
    #[must_use]
    pub const fn new(cache: Cache, way: Way) -> Self {
        Self { cache, way }
    }

    /// What was loaded before. Blocking; asks nobody.
    #[must_use]
    pub fn cached(&self, message: MessageId, report: &Report) -> Loaded {
        let (trackers, rest) = tracker::split(report);
        let mut loaded = Loaded { trackers: trackers.len(), ..Loaded::default() };
        for number in rest.into_iter().take(MAX_PICTURES) {
            let Some(picture) = report.remote.get(number) else { continue };
            match self.cache.get(message, &picture.address) {
                Some(bytes) if bytes.is_empty() => loaded.missing.push((number, Failure::NoPicture)),
                Some(bytes) => {
                    loaded.pictures.insert(token(number), bytes);
                }
                None => loaded.unasked += 1,
            }
        }
        loaded
    }

    /// Loads what was not loaded before. To be called only after the reader's consent.
    pub async fn load(&self, message: MessageId, report: &Report) -> Loaded {
        let this = self.clone();
        let known = report.clone();
        let before = tokio::task::spawn_blocking(move || this.cached(message, &known)).await;
        let mut loaded = before.unwrap_or_default();
        if loaded.unasked == 0 {
            return loaded;
        }
        loaded.unasked = 0;
        let (_, rest) = tracker::split(report);
        let asked = |number: &usize| {
            !loaded.pictures.contains_key(&token(*number)) && !loaded.missing.iter().any(|(n, _)| n == number)
        };
        let wanted: Vec<(usize, String)> = rest
            .into_iter()
            .take(MAX_PICTURES)
            .filter(asked)
            .filter_map(|number| Some((number, report.remote.get(number)?.address.clone())))
            .collect();
        let mut left = MAX_PICTURE_BYTES.saturating_sub(loaded.pictures.values().map(Vec::len).sum());
        let mut open: Vec<usize> = wanted.iter().map(|(number, _)| *number).collect();
        let client = self.way.client(true, tracker::is_known);
        if let Ok(client) = &client {
            let mut answers = futures::stream::iter(wanted)
                .map(|(number, address)| async move {
                    let picture = fetch(client, &address).await;
                    (number, address, picture)
                })
                .buffer_unordered(AT_ONCE);
            let deadline = tokio::time::Instant::now() + ALL_TIMEOUT;
            while let Ok(Some((number, address, picture))) =
                tokio::time::timeout_at(deadline, answers.next()).await
            {
                open.retain(|still| *still != number);
                match picture {
                    Ok(bytes) if bytes.len() > left => loaded.missing.push((number, Failure::TooLarge)),
                    Ok(bytes) => {
                        left -= bytes.len();
                        self.keep(message, address, bytes.clone()).await;
                        loaded.pictures.insert(token(number), bytes);
                    }
                    Err(failure) => {
                        // What the host refuses for good is not asked again at each view; a broken link is.
                        if !matches!(failure, Failure::Unreachable | Failure::TooSlow) {
                            self.keep(message, address, Vec::new()).await;
                        }
                        loaded.missing.push((number, failure));
                    }
                }
            }
        }
        let failure = if client.is_ok() { Failure::TooSlow } else { Failure::Unreachable };
        loaded.missing.extend(open.into_iter().map(|number| (number, failure)));
        let cache = self.cache.clone();
        drop(tokio::task::spawn_blocking(move || cache.prune()));
        loaded
    }

    /// A picture that cannot be kept is loaded again the next time; that is all.
    async fn keep(&self, message: MessageId, address: String, bytes: Vec<u8>) {
        let cache = self.cache.clone();
        let kept = tokio::task::spawn_blocking(move || cache.put(message, &address, &bytes)).await;
        if let Ok(Err(error)) = kept {
            tracing::warn!(%error, "a picture cannot be kept");
        }
    }
}

fn token(number: usize) -> String {
    format!("blocked:{number}")
}

async fn fetch(client: &Guarded, address: &str) -> Result<Vec<u8>, Failure> {
    let url: Url = permitted(address, true)?;
    tokio::time::timeout(TIMEOUT, read(client, url)).await.unwrap_or(Err(Failure::TooSlow))
}

async fn read(client: &Guarded, url: Url) -> Result<Vec<u8>, Failure> {
    let request = client
        .get(url)
        .header(reqwest::header::ACCEPT, "image/png,image/jpeg,image/gif,image/webp,image/bmp");
    let mut answer = request.send().await.map_err(|error| failure(&error))?;
    if !answer.status().is_success() {
        return Err(Failure::Status(answer.status().as_u16()));
    }
    let room = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    if answer.content_length().is_some_and(|length| length > room) {
        return Err(Failure::TooLarge);
    }
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|error| failure(&error))? {
        if bytes.len() + piece.len() > MAX_BYTES {
            return Err(Failure::TooLarge);
        }
        bytes.extend_from_slice(&piece);
        if bytes.len() >= LONGEST_START && !is_picture(&bytes) {
            return Err(Failure::NoPicture);
        }
    }
    if is_picture(&bytes) { Ok(bytes) } else { Err(Failure::NoPicture) }
}

fn failure(error: &reqwest::Error) -> Failure {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(inner) = cause {
        if let Some(refused) = inner.downcast_ref::<Refused>() {
            return Failure::Refused(*refused);
        }
        cause = inner.source();
    }
    if error.is_timeout() { Failure::TooSlow } else { Failure::Unreachable }
}

/// Bytes after which it is clear what something is.
const LONGEST_START: usize = 12;

/// Whether bytes begin as one of the kinds that the render process decodes; what the host calls them says nothing.
/// Decoding itself is that process's work.
fn is_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n")
        || bytes.starts_with(b"\xff\xd8\xff")
        || bytes.starts_with(b"GIF8")
        || bytes.starts_with(b"BM")
        || (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"))
}
