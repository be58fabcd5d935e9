//! The bytes of one stored mail: given whole, or made from a number when somebody asks. No I/O.

use super::structure::Node;
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// A mail as it was delivered. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Content(Source);

#[derive(Clone, Debug)]
enum Source {
    Whole(Arc<Whole>),
    Made { maker: Arc<dyn Maker>, number: u32 },
}

#[derive(Debug)]
struct Whole {
    bytes: Vec<u8>,
    header_length: usize,
    tree: OnceLock<Arc<Node>>,
}

/// Makes mails from their number, so that a mailbox of 100,000 needs no memory for its texts.
pub trait Maker: Send + Sync + std::fmt::Debug {
    /// Header of the mail, up to and with the empty line.
    fn header(&self, number: u32) -> Vec<u8>;
    /// Body of the mail; one of a few that many mails share.
    fn body(&self, number: u32) -> &SharedBody;
}

/// A body that many made mails share, with its structure worked out once.
#[derive(Debug)]
pub struct SharedBody {
    bytes: Vec<u8>,
    tree: OnceLock<Arc<Node>>,
}

impl SharedBody {
    /// Takes the bytes of a body with CRLF line ends.
    #[must_use]
    pub const fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, tree: OnceLock::new() }
    }
}

impl Content {
    /// A mail given whole, with CRLF line ends.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        let header_length = header_end(&bytes);
        Self(Source::Whole(Arc::new(Whole { bytes, header_length, tree: OnceLock::new() })))
    }

    /// The `number`th mail of a maker.
    #[must_use]
    pub fn made(maker: Arc<dyn Maker>, number: u32) -> Self {
        Self(Source::Made { maker, number })
    }

    /// Header with its empty line.
    #[must_use]
    pub fn header(&self) -> Cow<'_, [u8]> {
        match &self.0 {
            Source::Whole(whole) => Cow::Borrowed(whole.bytes.get(..whole.header_length).unwrap_or_default()),
            Source::Made { maker, number } => Cow::Owned(maker.header(*number)),
        }
    }

    /// What follows the header.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        match &self.0 {
            Source::Whole(whole) => whole.bytes.get(whole.header_length..).unwrap_or_default(),
            Source::Made { maker, number } => &maker.body(*number).bytes,
        }
    }

    /// The whole mail.
    #[must_use]
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        match &self.0 {
            Source::Whole(whole) => Cow::Borrowed(&whole.bytes),
            Source::Made { maker, number } => {
                let mut all = maker.header(*number);
                all.extend_from_slice(&maker.body(*number).bytes);
                Cow::Owned(all)
            }
        }
    }

    /// Bytes of the whole mail, as RFC822.SIZE counts them.
    #[must_use]
    pub fn size(&self) -> usize {
        match &self.0 {
            Source::Whole(whole) => whole.bytes.len(),
            Source::Made { .. } => self.header().len() + self.body().len(),
        }
    }

    /// The MIME structure; places in it count from the start of the body.
    pub(crate) fn tree(&self) -> Arc<Node> {
        let (cell, body) = match &self.0 {
            Source::Whole(whole) => (&whole.tree, self.body()),
            Source::Made { maker, number } => {
                let shared = maker.body(*number);
                (&shared.tree, shared.bytes.as_slice())
            }
        };
        Arc::clone(cell.get_or_init(|| Arc::new(Node::read(&self.header(), body))))
    }

    /// Text of a header field, unfolded; the first one counts.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        let raw = super::structure::bytes_of(&super::structure::field(&self.header(), name)?);
        Some(String::from_utf8_lossy(&raw).into_owned())
    }
}

/// Where the header ends, its empty line included.
pub(crate) fn header_end(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"\r\n") {
        return 2;
    }
    memchr::memmem::find(bytes, b"\r\n\r\n").map_or(bytes.len(), |place| place + 4)
}
