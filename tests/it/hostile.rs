//! Servers that lie, babble or fall silent, met by the real program: it ends with one clear line or leaves the
//! odd value out, never grows without bound, never dies of a signal, and works again as soon as the server does.

use crate::cli_live::Desk;
use crate::sync_lab::{NOW, mailboxes};
use crate::wait;
use postrider::demo::{self, CapabilityMask, Fault, Rule, Server, ServerConfig};
use postrider::model::UnixTime;
use std::process::Child;
use std::time::Duration;

/// Most memory that the program may ever have had, whatever a server sends.
const MEMORY: u64 = 200 << 20;
/// Longest run of the program; only a hang takes so long.
const LIMIT: Duration = Duration::from_secs(240);
/// Bytes of one write of a flood.
const PIECE: usize = 64 << 10;
/// Mails in the server's INBOX.
const MAILS: u32 = 5;

/// A server, and a desk with an account on it.
pub(crate) struct Scene {
    pub(crate) server: Server,
    pub(crate) desk: Desk,
}

/// How a run of the program ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) said: String,
    pub(crate) shown: String,
    pub(crate) worked: bool,
}

/// A running program whose memory is watched.
struct Watched {
    child: Child,
    what: String,
}

impl Watched {
    fn start(desk: &Desk, arguments: &[&str]) -> Self {
        let out = std::fs::File::create(desk.dir.path().join("out")).unwrap();
        let err = std::fs::File::create(desk.dir.path().join("err")).unwrap();
        let child = desk.command(arguments).stdout(out).stderr(err).spawn().unwrap();
        Self { child, what: arguments.join(" ") }
    }

    /// The most memory it has had so far, in bytes; `None` once it has ended.
    fn peak(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib << 10)
    }

    fn end(mut self, desk: &Desk) -> Run {
        let (mut peak, mut ended) = (0, None);
        wait::for_process(LIMIT, || {
            peak = self.peak().unwrap_or(0).max(peak);
            ended = self.child.try_wait().unwrap();
            ended.is_some()
        });
        let Some(status) = ended else {
            self.child.kill().unwrap();
            panic!("{}: still running after {LIMIT:?}", self.what);
        };
        let read = |name| String::from_utf8(std::fs::read(desk.dir.path().join(name)).unwrap()).unwrap();
        let (said, shown) = (read("err"), read("out"));
        let code = status.code();
        assert!(matches!(code, Some(0 | 1)), "{}: {status:?}: {said}", self.what);
        assert!(peak < MEMORY, "{}: {peak} bytes of memory", self.what);
        let worked = code == Some(0);
        assert_eq!(said.lines().count(), usize::from(!worked), "{}: {said}", self.what);
        let plain = |text: &str| text.chars().all(|c| c == '\n' || c == '\t' || !c.is_control());
        assert!(plain(&said) && plain(&shown), "{}: control characters: {said:?} {shown:?}", self.what);
        Run { said, shown, worked }
    }
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::with(CapabilityMask::full()).await
    }

    async fn with(capabilities: CapabilityMask) -> Self {
        let mut config = ServerConfig::new(mailboxes(MAILS), UnixTime(NOW));
        config.capabilities = capabilities;
        let server = Server::start(config).await.unwrap();
        let desk = Desk::new();
        let ca = desk.dir.path().join("ca.pem");
        std::fs::write(&ca, server.ca_pem()).unwrap();
        let (place, password) = (format!("localhost:{}", server.port()), format!("echo {}", demo::PASSWORD));
        let mut arguments = vec!["account", "add", "--email", demo::USER, "--user", demo::USER];
        arguments.extend(["--imap", place.as_str(), "--security", "tls", "--ca", ca.to_str().unwrap()]);
        arguments.extend(["--password-command", password.as_str()]);
        desk.ok(&arguments);
        Self { server, desk }
    }

    pub(crate) fn fault(&self, rule: Rule) {
        self.server.faults().add(rule);
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Watched::start(&self.desk, arguments).end(&self.desk)
    }

    /// A pass that must fail with a line that says this.
    fn fails(&self, words: &str) -> Run {
        let run = self.run(&["sync"]);
        assert!(!run.worked && run.said.contains(words), "expected {words:?}: {run:?}");
        run
    }

    /// A pass that must work although something is odd.
    pub(crate) fn works(&self) {
        let run = self.run(&["sync"]);
        assert!(run.worked, "{run:?}");
    }

    fn subjects(&self) -> Vec<String> {
        let rows = self.desk.rows(&["list", "INBOX", "--json"]);
        let mut all: Vec<_> = rows.iter().map(|row| row["subject"].as_str().unwrap().to_owned()).collect();
        all.sort();
        all
    }

    fn id(&self, subject: &str) -> String {
        let rows = self.desk.rows(&["list", "INBOX", "--json"]);
        rows.iter().find(|row| row["subject"] == subject).unwrap()["id"].to_string()
    }

    fn has_all(&self) {
        let expected: Vec<_> = (1..=MAILS).map(|n| format!("Mail {n}")).collect();
        assert_eq!(self.subjects(), expected);
    }

    /// The server comes to its senses: everything is there after one pass more.
    fn recovers(&self) {
        self.server.faults().clear();
        self.works();
        self.has_all();
        let text = self.run(&["show", &self.id("Mail 3"), "--text"]);
        assert!(text.worked && text.shown.contains("text of mail 3"), "{text:?}");
    }
}

/// An answer that goes on for `bytes`.
fn flood(head: impl Into<Vec<u8>>, fill: &[u8], bytes: usize) -> Fault {
    let piece = fill.repeat(PIECE / fill.len());
    let times = u64::try_from(bytes / piece.len()).unwrap();
    Fault::Flood { head: head.into(), piece, times }
}

/// Changes the response to FETCH about the mail with that UID.
fn about(uid: u32, change: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> Fault {
    let needle = format!("UID {uid} ").into_bytes();
    Fault::rewrite(move |line| if position(line, &needle).is_some() { change(line) } else { line.to_vec() })
}

fn position(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len()).position(|window| window == needle)
}

/// Puts something else in place of `from`; the test is wrong if it is not there.
fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = position(text, from).unwrap_or_else(|| panic!("no {from:?} in {}", text.escape_ascii()));
    [&text[..at], to, &text[at + from.len()..]].concat()
}

/// Puts something else in place of the parenthesized list or quoted string behind `name`.
fn revalued(text: &[u8], name: &[u8], to: &[u8]) -> Vec<u8> {
    let start = position(text, name).unwrap_or_else(|| panic!("no {name:?} in {}", text.escape_ascii()));
    let start = start + name.len();
    let (mut depth, mut quoted) = (0, false);
    for (at, byte) in text.iter().enumerate().skip(start) {
        match byte {
            b'"' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 && !quoted {
            return [&text[..start], to, &text[at + 1..]].concat();
        }
    }
    panic!("no end of {name:?}");
}

/// Puts something else in place of the literal with the header, which is the last thing in the line.
fn headed(text: &[u8], to: &[u8]) -> Vec<u8> {
    let at = position(text, b")] {").unwrap_or_else(|| panic!("no header in {}", text.escape_ascii()));
    [&text[..at + 3], to, b")\r\n"].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_structure_nested_ten_thousand_deep_is_left_out() {
    let scene = Scene::new().await;
    let text = br#"("text" "plain" NIL NIL NIL "7bit" 5 1)"#;
    let deep = [b"(".repeat(10_000), text.to_vec(), b" \"mixed\")".repeat(10_000)].concat();
    let act = move |line: &[u8]| revalued(line, b"BODYSTRUCTURE ", &deep);
    scene.fault(Rule::command("UID FETCH").then(about(3, act)));
    scene.works();
    assert_eq!(scene.server.faults().fired(), 1);
    scene.has_all();
    let shown = scene.run(&["show", &scene.id("Mail 3")]);
    assert!(shown.worked && shown.shown.contains("Subject: Mail 3"), "{shown:?}");
    scene.recovers();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_structure_that_never_closes_ends_the_pass() {
    let scene = Scene::new().await;
    scene.fault(Rule::command("UID FETCH").then(flood("* 3 FETCH (UID 3 BODYSTRUCTURE ", b"(", 64 << 20)));
    scene.fails("makes no sense");
    scene.recovers();
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_values_cost_nothing_but_themselves() {
    type Change = fn(&[u8]) -> Vec<u8>;
    let changes: [(&str, Change); 10] = [
        ("no date", |line| revalued(line, b"INTERNALDATE ", b"NIL")),
        ("a date of nowhere", |line| revalued(line, b"INTERNALDATE ", b"\"99-Foo-0000 99:99:99 +9999\"")),
        ("no header", |line| headed(line, b"NIL")),
        ("an empty header", |line| headed(line, b"\"\"")),
        ("a header of rubbish", |line| headed(line, b"{9}\r\n\0\xff: \n\n\r:\r")),
        ("a size out of range", |line| replaced(line, b"RFC822.SIZE ", b"RFC822.SIZE 99999999999999999999")),
        ("flags of rubbish", |line| revalued(line, b"FLAGS ", b"(\\Seen \\\\ NIL \"\" {0}\r\n \xff\xfe)")),
        ("an unknown item", |line| replaced(line, b"FLAGS ", b"X-MADNESS ((NIL {3}\r\n)\"() ) FLAGS ")),
        ("no structure", |line| revalued(line, b"BODYSTRUCTURE ", b"NIL")),
        ("an empty structure", |line| revalued(line, b"BODYSTRUCTURE ", b"(((() NIL) NIL NIL (())))")),
    ];
    for (what, change) in changes {
        let scene = Scene::new().await;
        scene.fault(Rule::command("UID FETCH").then(about(3, change)));
        let run = scene.run(&["sync"]);
        assert!(run.worked, "{what}: {run:?}");
        assert_eq!(scene.subjects().len(), 5, "{what}");
        let honest: Vec<_> = scene.subjects().into_iter().filter(|subject| subject != "Mail 3").collect();
        assert!(
            honest.iter().filter(|subject| subject.starts_with("Mail ")).count() == 4,
            "{what}: {honest:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nul_bytes_and_control_characters_reach_neither_list_nor_terminal() {
    let scene = Scene::new().await;
    let header = b"{54}\r\nFrom: \0\x1b[1m <a@example.org>\r\nSubject: \x1b]0;Mail\0 3\x9b1m\r\n";
    let act = |line: &[u8]| headed(line, header);
    scene.fault(Rule::command("UID FETCH").then(about(3, act)));
    let list = b"* LIST (\\HasNoChildren) \"/\" \"Nul\0 and \x1b[31m red\"\r\n".to_vec();
    scene.fault(Rule::command("LIST").then(Fault::Before(list)));
    let run = scene.run(&["sync"]);
    // The server knows nothing of that mailbox, and may say so; the others are there all the same.
    assert!(run.worked || run.said.contains("red"), "{run:?}");
    let subjects = scene.subjects();
    assert_eq!(subjects.len(), 5);
    for shown in [scene.run(&["list", "INBOX"]), scene.run(&["mailboxes"])] {
        assert!(shown.worked, "{shown:?}");
    }
    let odd = subjects.iter().find(|subject| !["1", "2", "4", "5"].iter().any(|n| subject.ends_with(n)));
    let shown = scene.run(&["show", &scene.id(odd.unwrap())]);
    assert!(shown.worked && shown.shown.contains("text of mail 3"), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_end_with_a_bare_line_feed_are_lines() {
    let scene = Scene::new().await;
    let bare =
        |line: &[u8]| line.strip_suffix(b"\r\n").map_or_else(|| line.to_vec(), |l| [l, b"\n"].concat());
    scene.fault(Rule::any_command().always().then(Fault::rewrite(bare)));
    scene.works();
    scene.has_all();
    let text = scene.run(&["show", &scene.id("Mail 3"), "--text"]);
    assert!(text.worked && text.shown.contains("text of mail 3"), "{text:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_in_any_alphabet_is_read() {
    for words in [
        "Wartung ab 22 Uhr für alle".as_bytes(),
        b"Wartung f\xfcr alle",
        b"\xff\xfe\0\x80",
        "警告".as_bytes(),
    ] {
        let scene = Scene::new().await;
        let alert = [b"* OK [ALERT] ".as_slice(), words, b"\r\n"].concat();
        for verb in ["CAPABILITY", "LIST", "SELECT", "UID FETCH", "LOGIN", "AUTHENTICATE"] {
            scene.fault(Rule::command(verb).then(Fault::Before(alert.clone())));
            scene.fault(Rule::command(verb).nth(2).then(Fault::BeforeTagged(alert.clone())));
        }
        let tagged = [b" OK [ALERT] ".as_slice(), words, b"\r\n"].concat();
        let act = move |line: &[u8]| match position(line, b" OK ") {
            Some(at) if !line.starts_with(b"*") => [&line[..at], &tagged].concat(),
            _ => line.to_vec(),
        };
        scene.fault(Rule::any_command().always().then(Fault::rewrite(act)));
        scene.works();
        scene.has_all();
    }
    // And where it is the reason of a refusal, it is told.
    let scene = Scene::new().await;
    let no = Fault::No("[ALERT] Postfach für heute überlastet \u{1b}[2J".into());
    scene.fault(Rule::command("LIST").always().then(no));
    scene.fails("für heute überlastet");
    scene.recovers();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_literal_of_400_megabytes_is_not_taken() {
    const SIZE: usize = 400 << 20;
    let heads = [
        ("UID FETCH", "* 3 FETCH (UID 3 BODY[HEADER] {419430400}\r\n"),
        ("UID FETCH", "* 3 FETCH (UID 3 BODYSTRUCTURE ({419430400}\r\n"),
        ("LIST", "* LIST () \"/\" {419430400}\r\n"),
        ("SELECT", "* {419430400}\r\n"),
    ];
    for (verb, head) in heads {
        let scene = Scene::new().await;
        scene.fault(Rule::command(verb).then(flood(head, b"x", SIZE)));
        scene.fails("limit reached");
        let sent = scene.server.traffic().sent;
        assert!(sent < 64 << 20, "{verb}: {sent} bytes were taken");
        scene.recovers();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_larger_than_announced_before_is_not_kept_in_memory() {
    let scene = Scene::new().await;
    scene.works();
    for head in ["* 3 FETCH (UID 3 BODY[1] {419430400}\r\n", "* 3 FETCH (UID 3 BODY[] {419430400}\r\n"] {
        scene.fault(Rule::command("UID FETCH").then(flood(head, b"x", 400 << 20)));
        let id = scene.id("Mail 3");
        let run = scene.run(&["show", &id, "--text"]);
        assert!(!run.worked, "{run:?}");
    }
    scene.recovers();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_64_megabytes_is_not_taken() {
    let heads = [
        ("UID FETCH", "* 3 FETCH (UID 3 ENVELOPE (\""),
        ("SELECT", "* OK [ALERT] "),
        ("LIST", "* LIST (\\HasNoChildren) \"/\" "),
        ("UID FETCH", "* 3 FETCH (FLAGS ("),
    ];
    for (verb, head) in heads {
        let scene = Scene::new().await;
        scene.fault(Rule::command(verb).then(flood(head, b"x", 64 << 20)));
        scene.fails("limit reached");
        scene.recovers();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_greeting_without_end_is_given_up() {
    let greetings = [
        flood("* OK ", b"hello ", 400 << 20),
        flood("* OK hello\r\n", b"* OK [ALERT] hello\r\n", 400 << 20),
        flood("", b"\r\n", 400 << 20),
        flood("* OK {419430400}\r\n", b"x", 400 << 20),
    ];
    for greeting in greetings {
        let scene = Scene::new().await;
        let what = format!("{greeting:?}");
        scene.fault(Rule::greeting().then(greeting));
        let run = scene.run(&["sync"]);
        assert!(!run.worked, "{what}: {run:?}");
        assert!(
            run.said.contains("limit reached") || run.said.contains("does not speak IMAP"),
            "{what}: {run:?}"
        );
        let sent = scene.server.traffic().sent;
        assert!(sent < 16 << 20, "{what}: {sent} bytes were taken");
        scene.recovers();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_speaks_no_imap_is_told_apart() {
    let page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><h1>Sign in to this Wi-Fi</h1>";
    let cases: [(Rule, &str); 7] = [
        (
            Rule::accept().then(Fault::Replace(b"\x00\xffgarbage\x01".repeat(400))),
            "does not speak TLS from the start",
        ),
        (Rule::accept().then(Fault::Replace(page.to_vec())), "a web page answers"),
        (
            Rule::accept().then(Fault::Replace(b"* OK IMAP4rev1 here\r\n".to_vec())),
            "does not speak TLS from the start",
        ),
        (Rule::accept().then(Fault::Drop), "nothing is lost locally"),
        (Rule::greeting().then(Fault::Replace(page.to_vec())), "a web page answers"),
        (
            Rule::greeting().then(Fault::Replace(b"220 mail.example.org ESMTP\r\n".to_vec())),
            "takes mail for sending",
        ),
        (Rule::greeting().then(Fault::Replace(vec![0; 4_000])), "does not speak IMAP"),
    ];
    for (rule, words) in cases {
        let scene = Scene::new().await;
        scene.fault(rule);
        scene.fails(words);
        scene.recovers();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_never_answers_is_given_up() {
    // The program waits 20 seconds for TLS and 30 for a greeting: all at once, to wait only once.
    let rules = [Rule::accept().then(Fault::Stall), Rule::greeting().then(Fault::Stall)];
    let mut waiting = Vec::new();
    for rule in rules {
        let scene = Scene::new().await;
        scene.fault(rule);
        waiting.push((Watched::start(&scene.desk, &["sync"]), scene));
    }
    for (program, scene) in waiting {
        let run = program.end(&scene.desk);
        assert!(
            !run.worked && (run.said.contains("says nothing") || run.said.contains("does not answer")),
            "{run:?}"
        );
        scene.recovers();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_out_of_all_proportion_cost_nothing() {
    let all = "1:4294967295";
    let lies: [(&str, String); 8] = [
        ("SELECT", "* 4294967295 EXISTS\r\n".into()),
        ("SELECT", format!("* VANISHED (EARLIER) {all}\r\n")),
        ("SELECT", "* OK [UIDNEXT 4294967295] x\r\n".into()),
        ("SELECT", "* OK [HIGHESTMODSEQ 18446744073709551615] x\r\n".into()),
        ("SELECT", "* OK [UIDVALIDITY 0] x\r\n".into()),
        ("UID FETCH", format!("* VANISHED {all}\r\n* 4294967295 EXPUNGE\r\n* 0 FETCH (UID 0)\r\n")),
        ("LIST", format!("* LIST () NIL {}\r\n", "a/".repeat(30_000))),
        ("UID SEARCH", format!("* ESEARCH (TAG \"x\") UID ALL {all}\r\n* SEARCH 0 4294967296 -1\r\n")),
    ];
    for (name, mask) in [("everything", CapabilityMask::full()), ("nothing", CapabilityMask::hmail())] {
        for (verb, lie) in &lies {
            let scene = Scene::with(mask.clone()).await;
            scene.fault(Rule::command(verb).always().then(Fault::BeforeTagged(lie.clone().into_bytes())));
            let first = scene.run(&["sync"]);
            let second = scene.run(&["sync"]);
            assert!(first.said.len() < 1_000 && second.said.len() < 1_000, "{name}, {lie}: {first:?}");
            scene.server.faults().clear();
            let honest = scene.run(&["sync"]);
            assert!(honest.worked, "{name}, {verb}: {honest:?}");
            assert_eq!(
                scene.subjects().len(),
                5,
                "{name}, {verb} {}: {first:?} {second:?}",
                &lie[..lie.len().min(40)]
            );
        }
    }
}
