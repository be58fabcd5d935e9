//! Tests of the mail screen as a person meets it: clicks and keys in, messages out.

use super::super::folders::Node;
use super::super::tests::{Bench, INBOX, SENT};
use super::*;
use crate::model::Flag;
use crate::sync::{AccountStatus, Event, LinkFault, Problem};
use crate::ui::read::MailText;
use crate::ui::theme::Theme;
use crate::ui::widget::Select;
use iced::Size;
use iced::keyboard::key::Named;
use iced_test::Simulator;

/// What the widgets need to say that they show something: one frame.
fn frame() -> iced::Event {
    iced::Event::Window(iced::window::Event::RedrawRequested(std::time::Instant::now()))
}

struct Screen {
    locale: Locale,
    bench: Bench,
}

impl Screen {
    fn new(width: f32) -> Self {
        Self { locale: Locale::english(), bench: Bench::new(width) }
    }

    fn with<T>(
        &self,
        f: impl FnOnce(&mut Simulator<'_, Message, Theme, iced::Renderer>) -> T,
    ) -> (T, Vec<Message>) {
        let words = BodyWords { label: "Message", show_quote: "Show quoted text", hide_quote: "Hide" };
        let look = Look {
            locale: &self.locale,
            settings: &self.bench.settings,
            now: UnixTime(1_000),
            width: self.bench.width,
            dark: false,
            scale: 1.0,
            spoken: true,
            body_words: words,
        };
        let size = Size::new(self.bench.width, 800.0);
        let mut ui = Simulator::with_size(iced::Settings::default(), size, view(&self.bench.mail, look));
        ui.simulate([frame()]);
        let result = f(&mut ui);
        (result, ui.into_messages().collect())
    }

    fn click(&self, what: &str) -> Vec<Message> {
        self.with(|ui| ui.click(what).map(drop).unwrap_or_else(|why| panic!("{what}: {why}"))).1
    }

    fn shows(&self, what: &str) -> bool {
        self.with(|ui| ui.find(what).is_ok()).0
    }
}

#[test]
fn a_click_on_a_row_chooses_it() {
    let messages = Screen::new(1400.0).click("mail 2");
    assert!(messages.iter().any(|m| matches!(m, Message::RowChosen(1, Select::Only))), "{messages:?}");
}

#[test]
fn where_the_list_gives_way_one_click_opens() {
    let messages = Screen::new(700.0).click("mail 2");
    assert!(messages.iter().any(|m| matches!(m, Message::RowOpened(1))), "{messages:?}");
}

#[test]
fn a_click_on_a_folder_opens_it() {
    let messages = Screen::new(1400.0).click("Sent");
    assert!(
        messages.iter().any(|m| matches!(m, Message::FolderOpened(Node::Mailbox(id)) if *id == SENT)),
        "{messages:?}"
    );
    assert_ne!(INBOX, SENT);
}

#[test]
fn arrows_walk_through_the_list_once_it_has_the_keyboard() {
    let mut screen = Screen::new(1400.0);
    screen.bench.send(Message::RowChosen(0, Select::Only));
    let ((), messages) = screen.with(|ui| {
        ui.click("mail 1").unwrap();
        ui.tap_key(iced::keyboard::Key::Named(Named::ArrowDown));
    });
    let chosen: Vec<_> = messages
        .iter()
        .filter_map(|m| if let Message::RowChosen(i, _) = m { Some(*i) } else { None })
        .collect();
    assert_eq!(chosen, [0, 1], "{messages:?}");
}

#[test]
fn the_reader_says_why_a_text_is_not_there_and_what_helps() {
    let mut screen = Screen::new(1400.0);
    screen.bench.show(1, &[Flag::Seen], MailText::Missing);
    assert!(screen.shows("Fetching the text…"));
    screen.bench.send(Message::FetchDue(super::super::tests::id(1)));
    let problem = Problem::Link { host: "imap.example.org".into(), port: 993, fault: LinkFault::Lost };
    let message = super::super::tests::id(1);
    screen.bench.event(Event::Body { message, result: Err(problem) });
    assert!(screen.shows("This text is not on your computer yet"));
    let messages = screen.click("Try again");
    assert!(messages.iter().any(|m| matches!(m, Message::TextWanted)), "{messages:?}");
}

#[test]
fn the_status_line_tells_the_truth() {
    let mut screen = Screen::new(1400.0);
    let account = super::super::tests::ACCOUNT;
    let cases = [
        (AccountStatus::Connecting, "Connecting…"),
        (
            AccountStatus::Syncing { mailbox: Some(INBOX), done: 3_200, total: 20_000 },
            "Syncing Inbox: 3,200 of 20,000",
        ),
        (AccountStatus::Online { idle: true }, "Up to date"),
        (
            AccountStatus::SignInNeeded(Problem::PasswordMissing),
            "Sign-in needed: No password is known for this account.",
        ),
    ];
    for (status, words) in cases {
        screen.bench.event(Event::Status { account, status });
        assert!(screen.shows(words), "{words}");
    }
    screen.bench.send(Message::DetailsToggled);
    let messages = screen.click("Enter password");
    assert!(messages.iter().any(|m| matches!(m, Message::FixPressed(..))), "{messages:?}");
}

#[test]
fn the_activity_panel_says_what_waits_and_what_failed_and_what_can_be_done() {
    use super::super::activity::Activities;
    use super::super::message::Reply;
    use crate::model::{ActionId, OperationId, Revision};
    use crate::store::{Activity, OperationKind, OperationState, Unfinished};
    let mut screen = Screen::new(1400.0);
    let account = super::super::tests::ACCOUNT;
    let unfinished = |id, state, error: Option<&str>| Unfinished {
        line: Activity {
            id: OperationId::from_row(id),
            account,
            kind: OperationKind::Move { to: SENT },
            state,
            attempt: 0,
            created: UnixTime(900),
            updated: UnixTime(900),
            error: error.map(str::to_owned),
            answer: None,
            messages: 3,
            mailbox: Some(INBOX),
        },
        action: Some(ActionId::from_row(id + 10)),
    };
    let all = vec![
        unfinished(1, OperationState::Pending, None),
        unfinished(2, OperationState::Failed, Some("[OVERQUOTA] full")),
    ];
    let read = Activities { revision: Revision(3), unfinished: all, waiting: 1, failed: 1, done: Vec::new() };
    screen.bench.reply(Reply::Activity(read));
    let reason = Problem::OfflineByChoice;
    let status = AccountStatus::Offline { since: UnixTime(500), reason, retry_at: None };
    screen.bench.event(Event::Status { account, status });
    assert!(screen.shows("1 failed, 1 waiting"));
    screen.bench.send(Message::DetailsToggled);
    for words in ["Move 3 messages to Sent", "The server said: [OVERQUOTA] full", "Waiting for the server"] {
        assert!(screen.shows(words), "{words}");
    }
    let pressed = screen.click("Dismiss");
    assert!(pressed.iter().any(|m| matches!(m, Message::OperationDismissed(id) if id.to_row() == 2)));
    let pressed = screen.click("Retry");
    assert!(pressed.iter().any(|m| matches!(m, Message::OperationRetried(id) if id.to_row() == 2)));
    // The failed one comes first: what else was done in that go can be undone there too.
    let pressed = screen.click("Undo");
    assert!(pressed.iter().any(|m| matches!(m, Message::ActionUndone(id) if id.to_row() == 12)));
}

#[test]
fn the_details_show_what_is_kept_and_let_choose() {
    use crate::model::BodyPolicy;
    use crate::store::BodySettings;
    use crate::sync::BodyProgress;
    use crate::ui::screen::mail::{Action, Reply, Request, keeping::Kept};
    let mut screen = Screen::new(1400.0);
    let account = super::super::tests::ACCOUNT;
    let actions = screen.bench.send(Message::DetailsToggled);
    let asks = |actions: &[Action]| {
        actions.iter().any(|a| matches!(a, Action::Read(Request::Kept(id)) if *id == account))
    };
    assert!(asks(&actions), "{actions:?}");
    let settings = BodySettings { account: Some(BodyPolicy::Days(30)), ..BodySettings::default() };
    screen.bench.reply(Reply::Kept(account, Kept { bytes: 12_000_000, settings }));
    assert!(screen.shows("Space used on this computer: 12 MB"));
    let messages = screen.click("All");
    assert!(
        messages.iter().any(|m| matches!(m, Message::KeepChosen(id, BodyPolicy::All) if *id == account)),
        "{messages:?}"
    );
    let messages = screen.click("Pause fetching");
    assert!(messages.iter().any(|m| matches!(m, Message::KeepPaused(_, true))), "{messages:?}");
    let progress = BodyProgress::Fetching { mailbox: INBOX, done: 30, total: 400 };
    screen.bench.event(Event::Bodies { account, progress });
    assert!(screen.shows("Fetching mails of Inbox to keep: 30 of 400"));
    let actions = screen.bench.event(Event::Bodies { account, progress: BodyProgress::Resting });
    assert!(asks(&actions), "more is used now: {actions:?}");
}

#[test]
fn the_menu_of_a_folder_lets_choose_what_is_kept_of_it() {
    use crate::model::BodyPolicy;
    use crate::store::BodySettings;
    use crate::ui::screen::mail::folders::Node;
    use crate::ui::screen::mail::{Action, Reply, Request, keeping::Kept};
    let mut screen = Screen::new(1400.0);
    let account = super::super::tests::ACCOUNT;
    let open = Message::FolderMenuOpened(Node::Mailbox(INBOX), iced::Point::ORIGIN);
    let actions = screen.bench.send(open.clone());
    assert!(actions.iter().any(|a| matches!(a, Action::Read(Request::Kept(id)) if *id == account)));
    let mut settings = BodySettings { account: Some(BodyPolicy::Days(30)), ..BodySettings::default() };
    settings.mailboxes.insert(INBOX, BodyPolicy::All);
    screen.bench.reply(Reply::Kept(account, Kept { bytes: 0, settings }));
    assert!(screen.shows("Keep offline") && screen.shows("All (chosen)"));
    assert!(screen.shows("As the account: Last 30 days"));
    let actions = screen.bench.send(Message::FolderKeepChosen(account, INBOX, None));
    assert!(matches!(&actions[..], [Action::Send(_)]), "{actions:?}");
    assert!(!screen.shows("Keep offline"), "the menu closes");
}
