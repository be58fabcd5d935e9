//! By what messages are bound together: hashes of ids, and of subject and time. No SQL here.
//!
//! These are on disk: changing them means that messages stored before and after no longer find each other.

use crate::model::subject::Topic;
use crate::model::{AccountId, Envelope, Rfc822MessageId, UnixTime};
use ring::digest;

/// Messages further apart in time never belong together by their subjects alone, in seconds.
pub(super) const SUBJECT_REACH: i64 = 14 * 24 * 3600;

/// Bits of a [`topic_keys`] key that are a hash of the subject; the others are the fortnight.
const TOPIC_HASH_BITS: u32 = 44;

/// Longest id that counts (RFC 5322 section 2.1.1: a line has at most 998 characters).
const MAX_ID: usize = 998;

/// Which kind of id a key stands for.
#[derive(Clone, Copy)]
enum Kind {
    MessageId = 0,
    GmThrid = 1,
    ThreadId = 2,
    Subject = 3,
}

/// A hash that nobody can make two texts for without some 2^32 tries; who does so joins two of his own mails.
fn hash(account: AccountId, kind: Kind, text: &[u8]) -> i64 {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(&account.to_row().to_be_bytes());
    context.update(&[kind as u8]);
    context.update(text);
    let hash = context.finish();
    hash.as_ref().first_chunk::<8>().map_or(0, |head| i64::from_be_bytes(*head))
}

/// The thread id of the server, X-GM-THRID before THREADID (RFC 8474).
pub(super) fn server_key(account: AccountId, gm_thrid: Option<i64>, thread_id: Option<&str>) -> Option<i64> {
    match (gm_thrid, thread_id) {
        (Some(id), _) => Some(hash(account, Kind::GmThrid, &id.to_be_bytes())),
        (None, Some(id)) => Some(hash(account, Kind::ThreadId, id.as_bytes())),
        (None, None) => None,
    }
}

pub(super) fn id_key(account: AccountId, id: &Rfc822MessageId) -> Option<i64> {
    let usable = !id.0.is_empty() && id.0.len() <= MAX_ID;
    usable.then(|| hash(account, Kind::MessageId, id.0.as_bytes()))
}

/// Keys of a message, each once: its own id, then what it answers, from its parent to the oldest ancestor.
///
/// After the own id only the first of `In-Reply-To` counts, as further ones are often words of old mailers.
pub(super) fn id_keys(account: AccountId, envelope: &Envelope) -> Vec<i64> {
    let parent = envelope.in_reply_to.first();
    let ancestors = envelope.references.iter().rev().take(Envelope::MAX_REFERENCES);
    let mut keys: Vec<i64> = Vec::with_capacity(envelope.references.len() + 2);
    for id in envelope.message_id.iter().chain(parent).chain(ancestors) {
        if let Some(key) = id_key(account, id)
            && !keys.contains(&key)
        {
            keys.push(key);
        }
    }
    keys
}

/// The key of a topic at a time, and those of the fortnights before and after.
pub(super) fn topic_keys(account: AccountId, topic: &Topic, at: UnixTime) -> [i64; 3] {
    let head = hash(account, Kind::Subject, topic.base.as_bytes()) & ((1 << TOPIC_HASH_BITS) - 1);
    let fortnight = at.0.div_euclid(SUBJECT_REACH);
    // The top bits of the fortnight fall off, which only matters 10,000 years away from now.
    let key = |offset: i64| fortnight.saturating_add(offset).wrapping_shl(TOPIC_HASH_BITS) | head;
    [key(0), key(-1), key(1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Rfc822MessageId {
        Rfc822MessageId(text.into())
    }

    #[test]
    fn keys_are_those_of_the_first_release() {
        let account = AccountId::from_row(1);
        assert_eq!(id_key(account, &id("a@b")), Some(-7_688_410_062_266_519_815));
        assert_ne!(id_key(AccountId::from_row(2), &id("a@b")), id_key(account, &id("a@b")));
        assert_ne!(server_key(account, None, Some("a@b")), id_key(account, &id("a@b")));
        assert_eq!(server_key(account, None, None), None);
    }

    #[test]
    fn useless_ids_bind_nothing() {
        let account = AccountId::from_row(1);
        let envelope = Envelope {
            message_id: Some(id("")),
            in_reply_to: vec![id("a@b"), id("words")],
            references: vec![id(&"x".repeat(999)), id("c@d"), id("a@b")],
            ..Envelope::default()
        };
        let expected: Vec<_> = ["a@b", "c@d"].iter().filter_map(|t| id_key(account, &id(t))).collect();
        assert_eq!(id_keys(account, &envelope), expected);
    }

    #[test]
    fn neighbouring_fortnights_meet() {
        let account = AccountId::from_row(1);
        let topic = Topic { base: "minutes of the meeting".into(), answer: true };
        let at = |t| topic_keys(account, &topic, UnixTime(t));
        let later = at(1_700_000_000 + SUBJECT_REACH);
        assert!(later.contains(&at(1_700_000_000)[0]) && at(1_700_000_000).contains(&later[0]));
        assert!(!at(1_700_000_000 + 3 * SUBJECT_REACH).contains(&at(1_700_000_000)[0]));
        let _ = (at(i64::MAX), at(i64::MIN));
    }
}
