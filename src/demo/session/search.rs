//! SEARCH, plain and with RETURN (RFC 9051 section 6.4.4).
#![expect(clippy::wildcard_enum_match_arm, reason = "each place acts on a few kinds and passes the rest on")]

use super::Session;
use super::fetch::thread;
use crate::demo::command::{NumberSet, SearchKey, SearchReturn};
use crate::demo::dates;
use crate::demo::mailboxes::Mail;
use crate::demo::output::{Output, Reply};
use crate::demo::respond::compact;
use mail_parser::MessageParser;

const DAY: i64 = 86_400;

/// What a key is compared with besides the mail itself.
struct Place<'a> {
    seq: u32,
    count: u32,
    highest_uid: u32,
    saved: &'a [u32],
    now: i64,
}

impl Session {
    pub(super) fn search(
        &mut self,
        key: &SearchKey,
        options: Option<SearchReturn>,
        uid: bool,
        output: &mut Output,
    ) -> Reply {
        let by_mod_seq = mentions_mod_seq(key);
        self.condstore |= by_mod_seq;
        let state = self.shared.state.clone();
        let Some(selected) = &self.selected else { return Reply::bad("No mailbox is selected") };
        let count = u32::try_from(selected.view.len()).unwrap_or(u32::MAX);
        let highest_uid = selected.view.last().copied().unwrap_or(0);
        let now = self.shared.now.0;
        let mut found: Vec<(u32, u32)> = Vec::new();
        let mut highest_mod_seq = 0;
        state.read(|all| {
            let Some(mailbox) = all.by_id(selected.id) else { return };
            for (seq, this) in (1..).zip(&selected.view) {
                let Some(mail) = mailbox.mail(*this) else { continue };
                let place = Place { seq, count, highest_uid, saved: &selected.saved, now };
                if holds(key, mail, &place) {
                    found.push((seq, *this));
                    highest_mod_seq = highest_mod_seq.max(mail.mod_seq);
                }
            }
        });
        let numbers: Vec<u32> = found.iter().map(|(seq, this)| if uid { *this } else { *seq }).collect();
        let mod_seq = (by_mod_seq && !numbers.is_empty()).then_some(highest_mod_seq);
        match options {
            Some(options) => {
                if options.save
                    && let Some(selected) = &mut self.selected
                {
                    selected.saved = found.into_iter().map(|(_, this)| this).collect();
                }
                output.untagged(esearch(&self.tag, &numbers, options, uid, mod_seq));
            }
            None => output.untagged(plain(&numbers, mod_seq)),
        }
        Reply::ok("Search completed")
    }
}

fn plain(numbers: &[u32], mod_seq: Option<u64>) -> String {
    let mut line = String::with_capacity(8 + numbers.len() * 7);
    line.push_str("SEARCH");
    for number in numbers {
        line.push(' ');
        line.push_str(&number.to_string());
    }
    if let Some(mod_seq) = mod_seq {
        line.push_str(&format!(" (MODSEQ {mod_seq})"));
    }
    line
}

fn esearch(tag: &str, numbers: &[u32], options: SearchReturn, uid: bool, mod_seq: Option<u64>) -> String {
    let mut line = format!("ESEARCH (TAG \"{tag}\")");
    if uid {
        line.push_str(" UID");
    }
    if options.min
        && let Some(first) = numbers.first()
    {
        line.push_str(&format!(" MIN {first}"));
    }
    if options.max
        && let Some(last) = numbers.last()
    {
        line.push_str(&format!(" MAX {last}"));
    }
    if options.all && !numbers.is_empty() {
        line.push_str(&format!(" ALL {}", compact(numbers)));
    }
    if options.count {
        line.push_str(&format!(" COUNT {}", numbers.len()));
    }
    if let Some(mod_seq) = mod_seq {
        line.push_str(&format!(" MODSEQ {mod_seq}"));
    }
    line
}

fn mentions_mod_seq(key: &SearchKey) -> bool {
    match key {
        SearchKey::ModSeq(_) => true,
        SearchKey::Not(inner) => mentions_mod_seq(inner),
        SearchKey::Or(left, right) => mentions_mod_seq(left) || mentions_mod_seq(right),
        SearchKey::And(all) => all.iter().any(mentions_mod_seq),
        _ => false,
    }
}

fn holds(key: &SearchKey, mail: &Mail, place: &Place<'_>) -> bool {
    let set = |set: &NumberSet, number: u32, highest: u32| match set {
        NumberSet::Saved => place.saved.binary_search(&mail.uid).is_ok(),
        NumberSet::Ranges(_) => set.contains(number, highest, &[]),
    };
    let day = mail.internal_date.0.div_euclid(DAY);
    let sent = || mail.content.field("date").and_then(|field| dates::sent_day(&field));
    let size = || u64::try_from(mail.content.size()).unwrap_or(u64::MAX);
    let age = u64::try_from(place.now - mail.internal_date.0).unwrap_or(0);
    match key {
        SearchKey::All => true,
        SearchKey::Sequence(wanted) => set(wanted, place.seq, place.count),
        SearchKey::Uid(wanted) => set(wanted, mail.uid, place.highest_uid),
        SearchKey::Flag(flag, wanted) => mail.flags.contains(flag) == *wanted,
        SearchKey::Recent(wanted) => !wanted,
        SearchKey::Header(name, text) => header_has(mail, name, text),
        SearchKey::Body(text) => body_has(mail, text),
        SearchKey::Text(text) => whole_header_has(mail, text) || body_has(mail, text),
        SearchKey::Before(limit) => day < *limit,
        SearchKey::On(limit) => day == *limit,
        SearchKey::Since(limit) => day >= *limit,
        SearchKey::SentBefore(limit) => sent().is_some_and(|day| day < *limit),
        SearchKey::SentOn(limit) => sent() == Some(*limit),
        SearchKey::SentSince(limit) => sent().is_some_and(|day| day >= *limit),
        SearchKey::Younger(seconds) => age <= *seconds,
        SearchKey::Older(seconds) => age >= *seconds,
        SearchKey::Larger(limit) => size() > *limit,
        SearchKey::Smaller(limit) => size() < *limit,
        SearchKey::ModSeq(limit) => mail.mod_seq >= *limit,
        SearchKey::EmailId(id) => *id == format!("M{}", mail.email_id),
        SearchKey::ThreadId(id) => *id == format!("T{}", thread(mail)),
        SearchKey::GmailId(id) => mail.email_id == *id,
        SearchKey::Not(inner) => !holds(inner, mail, place),
        SearchKey::Or(left, right) => holds(left, mail, place) || holds(right, mail, place),
        SearchKey::And(all) => all.iter().all(|key| holds(key, mail, place)),
    }
}

fn contains(haystack: &str, needle: &str) -> bool {
    haystack.to_lowercase().contains(&needle.to_lowercase())
}

/// Whether a field has the text, encoded words decoded; an empty text asks for the field alone.
fn header_has(mail: &Mail, name: &str, text: &str) -> bool {
    let Some(raw) = mail.content.field(name) else { return false };
    text.is_empty() || contains(&raw, text) || contains(&decode_words(&raw), text)
}

fn whole_header_has(mail: &Mail, text: &str) -> bool {
    let header = mail.content.header();
    let header = String::from_utf8_lossy(&header);
    contains(&header, text) || contains(&decode_words(&header.replace(['\r', '\n'], " ")), text)
}

fn decode_words(raw: &str) -> String {
    // The parser decodes words in any unstructured field.
    let wrapped = format!("Subject: {raw}\r\n\r\n");
    let message = MessageParser::default().parse(wrapped.as_bytes());
    message.and_then(|message| message.subject().map(str::to_owned)).unwrap_or_default()
}

fn body_has(mail: &Mail, text: &str) -> bool {
    let bytes = mail.content.bytes();
    let Some(message) = MessageParser::default().parse(bytes.as_ref()) else { return false };
    let texts = message.text_body_count();
    (0..texts).filter_map(|index| message.body_text(index)).any(|body| contains(&body, text))
}
