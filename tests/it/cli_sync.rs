//! `postrider sync` as scripts use it: what it copies, prints and exits with, on servers that behave and that do not.

use crate::cli_live::Desk;
use crate::sync_lab::{NOW, mail, mailboxes};
use postrider::demo::{self, CapabilityMask, Fault, Mailboxes, Rule, Server, ServerConfig};
use postrider::model::{Flags, UnixTime};
use serde_json::Value;

struct Scene {
    server: Server,
    desk: Desk,
}

impl Scene {
    async fn new(capabilities: CapabilityMask, mail: Mailboxes) -> Self {
        let mut config = ServerConfig::new(mail, UnixTime(NOW));
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

    /// The summary that a pass with `--json` ends with.
    fn summary(&self, arguments: &[&str]) -> Value {
        let mut all = vec!["sync", "--json"];
        all.extend(arguments);
        let rows = self.desk.rows(&all);
        rows.last().cloned().unwrap()
    }

    fn count(&self, mailbox: &str) -> usize {
        self.desk.rows(&["list", mailbox, "--limit", "100000", "--json"]).len()
    }
}

fn with_projects(inbox: u32, projects: u32) -> Mailboxes {
    let mut all = mailboxes(inbox);
    all.create("Projects", None).unwrap();
    for n in 0..projects {
        all.append("Projects", Flags::default(), UnixTime(NOW), mail(5_000 + n)).unwrap();
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_account_is_synchronized_too() {
    for mask in [CapabilityMask::full(), CapabilityMask::purelymail(), CapabilityMask::bare()] {
        let scene = Scene::new(mask, Mailboxes::new()).await;
        for _ in 0..2 {
            let summary = scene.summary(&["--headers"]);
            assert_eq!(summary["messages"], 0, "{summary}");
            assert!(summary["bytes_in"].as_u64() > Some(100) && summary["bytes_out"].as_u64() > Some(10));
            assert!(summary["seconds"].as_f64() > Some(0.0));
        }
        assert_eq!(scene.count("INBOX"), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_mailboxes_that_were_named_are_copied() {
    let scene = Scene::new(CapabilityMask::full(), with_projects(7, 3)).await;
    let account = ["--account", demo::USER, "--mailbox", "Projects", "--mailbox", "Sent", "--headers"];
    assert_eq!(scene.summary(&account)["messages"], 3);
    assert_eq!((scene.count("Projects"), scene.count("INBOX")), (3, 0));
    assert_eq!(scene.summary(&["--mailbox", "inbox"])["messages"], 7);
    assert_eq!(scene.summary(&[])["messages"], 0, "nothing is new");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_mailbox_that_is_refused_does_not_stop_the_others() {
    for text in ["not yours", "[NOPERM] not yours", "[INUSE] locked", "[UNAVAILABLE] broken index"] {
        let scene = Scene::new(CapabilityMask::full(), with_projects(4, 3)).await;
        // INBOX comes first: all others come after the refusal.
        scene.server.faults().add(Rule::command("SELECT").then(Fault::No(text.into())));
        let line = scene.desk.fails(&["sync"]);
        assert!(line.contains("INBOX") && !line.contains('\u{1b}'), "{line}");
        assert_eq!((scene.count("Projects"), scene.count("INBOX")), (3, 0));
        scene.server.faults().clear();
        assert_eq!(scene.summary(&[])["messages"], 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_refusals_are_one_line() {
    let scene = Scene::new(CapabilityMask::full(), with_projects(4, 3)).await;
    scene.server.faults().add(Rule::command("SELECT").always().then(Fault::No("not yours".into())));
    let line = scene.desk.fails(&["sync"]);
    assert!(line.contains("INBOX") && line.contains("Projects"), "{line}");
    let line = scene.desk.fails(&["sync", "--mailbox", "Nowhere", "--mailbox", "Elsewhere"]);
    assert!(line.contains("Nowhere") && line.contains("Elsewhere"), "{line}");
    // The summary is printed all the same, and nothing else on standard output.
    let output = scene.desk.run(&["sync", "--json", "--mailbox", "Nowhere"]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    let summary: Value = serde_json::from_str(text.trim()).unwrap();
    assert_eq!(summary["messages"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_vanishes_in_the_middle_is_no_failure_of_the_rest() {
    for verb in ["SELECT", "UID FETCH", "STATUS"] {
        let scene = Scene::new(CapabilityMask::hmail(), with_projects(4, 3)).await;
        // Before the second of these commands, whichever mailbox that is about.
        scene.server.faults().add(Rule::command(verb).nth(2).then(Fault::delete_mailbox("Projects")));
        let first = scene.desk.run(&["sync"]);
        assert!(matches!(first.status.code(), Some(0 | 1)), "{first:?}");
        let second = scene.desk.run(&["sync"]);
        assert_eq!(second.status.code(), Some(0), "{verb}: {second:?}");
        assert_eq!(scene.count("INBOX"), 4, "{verb}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_mailbox_is_copied_in_few_commands() {
    let scene = Scene::new(CapabilityMask::full(), mailboxes(12_000)).await;
    assert_eq!(scene.summary(&["--headers"])["messages"], 12_000);
    let log = scene.server.log();
    let fetches = log.iter().filter(|entry| entry.verb == "UID FETCH").count();
    assert!(fetches <= 12, "{fetches} FETCH commands");
    assert_eq!(scene.count("INBOX"), 12_000);
    scene.server.clear_log();
    let again = scene.summary(&["--headers"]);
    let bytes = again["bytes_in"].as_u64().unwrap() + again["bytes_out"].as_u64().unwrap();
    assert!(bytes < 5_000, "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_that_fails_states_what_it_cost() {
    let scene = Scene::new(CapabilityMask::full(), mailboxes(40)).await;
    let failed = |scene: &Scene| {
        let output = scene.desk.run(&["sync", "--json"]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        serde_json::from_str::<Value>(text.lines().last().unwrap()).unwrap()
    };
    // In the middle of the list data, and at the sign-in.
    for verb in ["UID FETCH", "AUTHENTICATE"] {
        scene.server.faults().add(Rule::command(verb).always().then(Fault::Drop));
        let summary = failed(&scene);
        assert!(
            summary["bytes_in"].as_u64() > Some(500) && summary["bytes_out"].as_u64() > Some(200),
            "{summary}"
        );
        scene.server.faults().clear();
    }
    assert_eq!(scene.summary(&[])["messages"], 40);
}
