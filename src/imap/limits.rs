//! Caps on what a server may make us hold, each with its reason. Knows nothing of parsing.

/// Bytes of one response outside its literals. The longest honest one is `SEARCH` with every UID of a mailbox on
/// a server without ESEARCH: 1.5 million messages fit.
pub const MAX_LINE: usize = 16 << 20;

/// The same before login, where only greetings, capabilities and SASL challenges arrive.
pub const MAX_LINE_BEFORE_LOGIN: usize = 64 << 10;

/// A literal that is held in memory: header fields, mailbox names, small parts. Larger parts are streamed.
pub const MAX_LITERAL: u64 = 16 << 20;

/// The same before login, where no literal has a purpose.
pub const MAX_LITERAL_BEFORE_LOGIN: u64 = 64 << 10;

/// A literal that is passed on piece by piece; its number is 32 bit in RFC 3501 section 9.
pub const MAX_STREAMED_LITERAL: u64 = 1 << 32;

/// One whole response with the literals that are held.
pub const MAX_FRAME: usize = 32 << 20;

/// Literals of one response; a message with that many requested sections does not exist.
pub const MAX_LITERALS: usize = 4096;

/// All bytes before login together: ends an endless greeting made of short lines.
pub const MAX_BEFORE_LOGIN: u64 = 1 << 20;

/// Bytes of responses that wait to be taken. Reached only if nobody takes them.
pub const MAX_QUEUED: usize = 64 << 20;

/// Responses after which the reader is woken although more could be read at once.
pub const WAKE_RESPONSES: usize = 128;

/// Bytes of responses after which the reader is woken although more could be read at once.
pub const WAKE_BYTES: usize = 256 << 10;

/// Bytes asked from the transport at a time; two TLS records.
pub const INPUT: usize = 32 << 10;

/// Bytes of a frame buffer that is kept for the next response; larger ones are given back.
pub const KEPT_FRAME: usize = 256 << 10;

/// Bytes of a challenge or text that async-imap gets to see; SASL challenges are far shorter.
pub const MAX_HANDED_OVER: usize = 16 << 10;

/// Longest tag that counts as one; async-imap's have five bytes.
pub const MAX_TAG: usize = 32;

/// Parentheses within each other. A MIME tree of [`crate::model::PartPath::MAX_DEPTH`] levels needs about that
/// many plus three for parameters.
pub const MAX_DEPTH: usize = 100;

/// Words, strings and lists of one response. [`crate::model::BodyStructure::MAX_PARTS`] parts need about 40,000.
pub const MAX_TOKENS: usize = 1 << 18;

/// Oddities noted per response; the first ones tell the story.
pub const MAX_DEFECTS: usize = 16;

/// Addresses kept per ENVELOPE field; the list shows a few and the reader fetches the header.
pub const MAX_ADDRESSES: usize = 1000;

/// Bytes of human-readable text that are kept of OK, NO, BAD and BYE.
pub const MAX_TEXT: usize = 4096;

/// Bytes that are kept of a response nobody understands, for the log.
pub const MAX_UNKNOWN: usize = 1024;

/// Pieces of one RFC 2231 parameter; RFC 5322 lines make file names need two or three.
pub const MAX_PARAMETER_PIECES: usize = 200;

/// Nodes kept of a THREAD response; a mailbox of a million messages fits.
pub const MAX_THREAD_NODES: usize = 1 << 21;

/// UIDs that one COPYUID may map; more than any command of ours copies at once.
pub const MAX_COPIED: u64 = 1 << 20;
