//! Every mail of the public test data through everything that `mime` does: no panic, nothing unsafe to show,
//! and mostly the same opinion as mail-parser.

use crate::corpora;
use mail_parser::{MessageParser, MimeHeaders, PartType};
use postrider::mime::message::{self, ParsedMessage};
use postrider::mime::{display, filename, header, html_text, snippet, structure, text};
use postrider::model::{Address, MediaType};
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bigger files are data, not mails.
const MAX_FILE: u64 = 8 * 1024 * 1024;

/// What was done, to be printed: a test that looked at nothing must not look like a success.
#[derive(Default)]
struct Tally {
    files: usize,
    mails: usize,
    parts: usize,
    texts: usize,
    names: usize,
    blocks: usize,
    links: usize,
    defects: usize,
    bytes: usize,
    differences: Vec<String>,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.files += other.files;
        self.mails += other.mails;
        self.parts += other.parts;
        self.texts += other.texts;
        self.names += other.names;
        self.blocks += other.blocks;
        self.links += other.links;
        self.defects += other.defects;
        self.bytes += other.bytes;
        self.differences.extend(other.differences);
    }
}

/// Runs a job over all files of the test data on all processors.
fn over_all_files(job: impl Fn(&Path, &[u8], &mut Tally) + Sync) -> Option<Tally> {
    let Some(root) = corpora::folder("") else {
        println!("skipped: the public test data is not here (POSTRIDER_CORPORA)");
        return None;
    };
    let small = |path: &PathBuf| path.metadata().is_ok_and(|m| m.len() <= MAX_FILE);
    let files: Vec<PathBuf> = corpora::files(&root).into_iter().filter(small).collect();
    let (next, total) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                let mut tally = Tally::default();
                while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let bytes = std::fs::read(path).unwrap();
                    tally.files += 1;
                    let name = path.strip_prefix(&root).unwrap_or(path);
                    for mail in mails_of(path, &bytes) {
                        tally.bytes += mail.len();
                        job(name, mail, &mut tally);
                    }
                }
                total.lock().unwrap().add(tally);
            });
        }
    });
    Some(total.into_inner().unwrap())
}

/// The mails of an mbox, or the file as it is.
fn mails_of<'a>(path: &Path, bytes: &'a [u8]) -> Vec<&'a [u8]> {
    let is_mbox = path.extension().is_some_and(|e| e == "mbox") || bytes.starts_with(b"From ");
    if !is_mbox {
        return vec![bytes];
    }
    let starts: Vec<usize> = (0..bytes.len())
        .filter(|at| bytes[*at..].starts_with(b"From ") && (*at == 0 || bytes[at - 1] == b'\n'))
        .chain([bytes.len()])
        .collect();
    starts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}

#[test]
fn every_mail_of_the_test_data_is_read() {
    let Some(tally) = over_all_files(|path, raw, tally| check_mail(&path.display().to_string(), raw, tally))
    else {
        return;
    };
    println!(
        "{} files, {} MB: {} mails, {} parts, {} texts, {} blocks, {} links, {} attachments, {} with defects",
        tally.files,
        tally.bytes / 1_000_000,
        tally.mails,
        tally.parts,
        tally.texts,
        tally.blocks,
        tally.links,
        tally.names,
        tally.defects
    );
    assert!(tally.mails > 500, "the test data has shrunk: {} mails", tally.mails);
}

fn check_mail(name: &str, raw: &[u8], tally: &mut Tally) {
    let parsed = message::parse(raw);
    let is_mail = !parsed.envelope.from.is_empty() || !parsed.envelope.subject.is_empty();
    tally.mails += usize::from(is_mail);
    tally.parts += parsed.structure.parts.len();
    tally.defects += usize::from(is_mail && !parsed.defects.is_empty());
    check_envelope(name, &parsed);
    for (part, place) in parsed.structure.parts.iter().zip(&parsed.places) {
        assert!(raw.get(place.header.clone()).is_some() && raw.get(place.body.clone()).is_some(), "{name}");
        if part.media_type.kind == "text" {
            tally.texts += 1;
            let body = message::readable_part(part, &raw[place.body.clone()]);
            check_body(name, &body, tally);
            check_line(name, &snippet::of_body(&body));
        }
    }
    for part in structure::attachments(&parsed.structure) {
        tally.names += 1;
        check_name(name, part.filename.as_deref(), &part.media_type);
        assert!(parsed.content(raw, &part.path).is_some(), "{name}");
    }
    let choice = structure::choose_text(&parsed.structure);
    for path in choice.plain.iter().chain(&choice.html).chain(&choice.more) {
        // Where there is no text, what a server reports is read.
        let is_text = |kind: &str| kind == "text" || kind == "message";
        assert!(parsed.structure.part(path).is_some_and(|part| is_text(&part.media_type.kind)), "{name}");
    }
    let readable = parsed.readable(raw);
    check_line(name, &snippet::snippet(&readable.to_plain()));
    // The same bytes as what they are not.
    let as_text = text::decode_bytes(None, raw);
    for body in [html_text::to_text(&as_text), text::blocks(&as_text, true, true)] {
        check_body(name, &body, &mut Tally::default());
    }
}

fn shows_safely(text: &str) -> bool {
    text.chars().all(|c| !display::is_unsafe(c) || matches!(c, '\u{200c}' | '\u{200d}'))
}

fn check_line(name: &str, line: &str) {
    assert!(line.chars().count() <= snippet::MAX_SNIPPET && shows_safely(line), "{name}: {line:?}");
}

fn check_envelope(name: &str, parsed: &ParsedMessage) {
    let envelope = &parsed.envelope;
    assert!(shows_safely(&envelope.subject), "{name}");
    let lists =
        [&envelope.from, &envelope.sender, &envelope.reply_to, &envelope.to, &envelope.cc, &envelope.bcc];
    for Address { name: shown, email } in lists.into_iter().flatten() {
        assert!(shows_safely(shown) && shows_safely(email), "{name}: {shown:?} {email:?}");
    }
    assert!(envelope.references.len() <= postrider::model::Envelope::MAX_REFERENCES, "{name}");
}

fn check_body(name: &str, body: &text::TextBody, tally: &mut Tally) {
    tally.blocks += body.blocks.len();
    assert!(body.blocks.len() <= text::MAX_BLOCKS, "{name}");
    for block in &body.blocks {
        assert!(block.text.len() <= text::MAX_BLOCK, "{name}");
        assert!(!block.text.contains(|c: char| c.is_control() && c != '\t'), "{name}: {:?}", block.text);
        let mut end = 0;
        for link in &block.links {
            tally.links += 1;
            assert!(
                link.range.start >= end && block.text.get(link.range.clone()).is_some_and(|t| !t.is_empty())
            );
            end = link.range.end;
        }
    }
}

fn check_name(mail: &str, given: Option<&str>, media_type: &MediaType) {
    let name = filename::safe(given, media_type);
    let folder = Path::new("target");
    let parts: Vec<_> = Path::new(&name).components().collect();
    assert!(
        matches!(parts.as_slice(), [Component::Normal(only)] if *only == name.as_str()),
        "{mail}: {name:?}"
    );
    assert_eq!(folder.join(&name).parent(), Some(folder), "{mail}");
    assert!(shows_safely(&name) && name.len() <= filename::MAX_NAME, "{mail}: {name:?}");
    assert_eq!(filename::safe(Some(&name), media_type), name, "{mail}: shown is saved");
}

/// Compares with mail-parser 0.11.9. Where the two differ is written to a file, to be read by people; here
/// only the number is watched.
#[test]
fn mail_parser_mostly_agrees() {
    let Some(tally) = over_all_files(|path, raw, tally| compare(&path.display().to_string(), raw, tally))
    else {
        return;
    };
    let report = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mail-parser-differences.txt");
    std::fs::write(&report, tally.differences.join("\n")).unwrap();
    let mails = tally.mails;
    println!("{mails} mails, {} differences: see {}", tally.differences.len(), report.display());
    assert!(tally.differences.len() * 5 < mails, "more than a fifth differs: {}", report.display());
}

fn compare(name: &str, raw: &[u8], tally: &mut Tally) {
    if !["eml", "msg", "raw", "mbox"].iter().any(|ending| name.ends_with(ending)) {
        return;
    }
    let ours = message::parse(raw);
    let Some(theirs) = MessageParser::default().parse(raw) else { return };
    tally.mails += 1;
    let mut report = String::new();
    let mut differs = |what: &str, ours: String, theirs: String| {
        if ours != theirs {
            writeln!(report, "  {what}\n    ours   {ours:.300}\n    theirs {theirs:.300}").unwrap();
        }
    };
    let subject = theirs.subject().unwrap_or_default();
    differs("subject", ours.envelope.subject.clone(), header::display_safe(subject).into_owned());
    let from = |list: Option<&mail_parser::Address<'_>>| -> String {
        let text = |a: &mail_parser::Addr<'_>| {
            let part = |t: &Option<std::borrow::Cow<'_, str>>| {
                header::display_safe(t.as_deref().unwrap_or("")).into_owned()
            };
            format!("{} <{}>", part(&a.name), part(&a.address))
        };
        list.map(|l| l.iter().map(text).collect::<Vec<_>>().join(", ")).unwrap_or_default()
    };
    let our_list = |list: &[Address]| {
        list.iter().map(|a| format!("{} <{}>", a.name, a.email)).collect::<Vec<_>>().join(", ")
    };
    differs("from", our_list(&ours.envelope.from), from(theirs.from()));
    differs("to", our_list(&ours.envelope.to), from(theirs.to()));
    differs("cc", our_list(&ours.envelope.cc), from(theirs.cc()));
    let date = theirs.date().map(mail_parser::DateTime::to_timestamp);
    differs("date", format!("{:?}", ours.envelope.date.map(|d| d.0)), format!("{date:?}"));
    differs(
        "id",
        format!("{:?}", ours.envelope.message_id.as_ref().map(|i| &i.0)),
        format!("{:?}", theirs.message_id()),
    );
    let mut lines = (Vec::new(), Vec::new());
    for part in &ours.structure.parts {
        lines.0.push(format!("{} {:?}", part.media_type, part.filename));
    }
    outline(&theirs, &mut lines.1);
    differs("parts", lines.0.join(", "), lines.1.join(", "));
    let texts = |part: &postrider::model::Part| {
        part.media_type.is("text", "plain") || part.media_type.is("text", "html")
    };
    let our_texts: Vec<String> = ours
        .structure
        .parts
        .iter()
        .zip(&ours.places)
        .filter(|(part, _)| texts(part))
        .map(|(part, place)| text::decode_part(part, &raw[place.body.clone()]))
        .map(|t| t.trim().to_owned())
        .collect();
    let mut their_texts = Vec::new();
    gather_texts(&theirs, &mut their_texts);
    differs("texts", format!("{our_texts:?}"), format!("{their_texts:?}"));
    if !report.is_empty() {
        tally.differences.push(format!("{name}\n{report}"));
    }
}

fn outline(message: &mail_parser::Message<'_>, lines: &mut Vec<String>) {
    for part in &message.parts {
        let kind = part.content_type().map_or_else(
            || "text/plain".to_owned(),
            |c| format!("{}/{}", c.c_type, c.c_subtype.as_deref().unwrap_or("plain")).to_ascii_lowercase(),
        );
        lines.push(format!("{kind} {:?}", part.attachment_name()));
        if let PartType::Message(inner) = &part.body {
            outline(inner, lines);
        }
    }
}

fn gather_texts(message: &mail_parser::Message<'_>, texts: &mut Vec<String>) {
    for part in &message.parts {
        match &part.body {
            PartType::Text(text)
                if part.content_type().is_none_or(|c| {
                    c.c_subtype.as_deref().is_none_or(|s| s.eq_ignore_ascii_case("plain"))
                }) =>
            {
                texts.push(text.replace("\r\n", "\n").trim().to_owned());
            }
            PartType::Html(text) => texts.push(text.replace("\r\n", "\n").trim().to_owned()),
            PartType::Message(inner) => gather_texts(inner, texts),
            PartType::Text(_) | PartType::Binary(_) | PartType::InlineBinary(_) | PartType::Multipart(_) => {}
        }
    }
}
