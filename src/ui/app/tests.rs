//! Tests of the window as a whole, without a window: what is asked of it and what it asks for.

use super::*;
use crate::model::{AuthMethod, Login, Security, Server};
use crate::sync::{AccountStatus, Changes, Fix, Problem};
use crate::ui::screen::setup::Stage;
use iced::keyboard::key::{Code, Named, Physical};
use iced::keyboard::{Key, Modifiers};
use tokio::sync::mpsc::UnboundedReceiver;

const NOW: UnixTime = UnixTime(1_795_000_000);

fn account() -> Account {
    let imap = Server { host: "imap.example.org".into(), port: 993, security: Security::Tls };
    let login = Login { user: "ada".into(), auth: AuthMethod::Password, password_command: None, oauth: None };
    Account {
        email: "ada@example.org".into(),
        imap,
        smtp: None,
        smtp_user: None,
        login,
        ca_file: None,
        exceptions: Vec::new(),
    }
}

/// A window on a profile of its own, with the test playing the worker.
struct Bench {
    app: App,
    commands: UnboundedReceiver<Command>,
    dir: tempfile::TempDir,
}

impl Bench {
    fn new(accounts: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let profile = Profile::at(dir.path());
        let store = Store::open(profile.data_dir()).unwrap();
        for _ in 0..accounts {
            store.write_blocking("test", |write| write.add_account(&account())).unwrap();
        }
        drop(store);
        let (mut app, _tasks) = App::boot(&Start::Profile(profile), Arc::new(Locale::english()), NOW);
        let (handle, commands) = Handle::new();
        drop(app.update(Message::WorkerReady(1, handle), NOW));
        Self { app, commands, dir }
    }

    fn send(&mut self, message: Message) {
        drop(self.app.update(message, NOW));
    }

    fn event(&mut self, event: Event) {
        self.send(Message::Worker(1, event));
    }

    /// Nothing that can be pressed sticks out of a window so wide.
    fn fits(&mut self, width: f32) {
        use crate::ui::a11y::{Action, collect};
        let size = iced::Size::new(width, 700.0);
        self.send(Message::Resized(size));
        let mut stage = crate::ui::widget::stage::Stage::new(size.width, size.height);
        let view = self.app.view(iced::window::Id::unique());
        let nodes = stage.operate(view, collect::collect()).unwrap().pop().unwrap().nodes;
        let buttons = nodes.iter().filter(|node| node.description.actions.contains(&Action::Click));
        let mut count = 0;
        for node in buttons {
            count += 1;
            let (left, right) = (node.bounds.x, node.bounds.x + node.bounds.width);
            assert!(left >= 0.0 && right <= width + 0.5, "{}: {:?}", node.description.label, node.bounds);
        }
        assert!(count > 2, "{count}");
    }

    fn key(&mut self, key: Key, place: Code, modifiers: Modifiers) {
        let press = super::super::message::KeyPress {
            typed: key.clone(),
            key,
            place: Physical::Code(place),
            modifiers,
        };
        self.send(Message::Key(press));
    }

    fn letter(&mut self, letter: &str, place: Code) {
        self.key(Key::Character(letter.into()), place, Modifiers::empty());
    }

    fn commands(&mut self) -> Vec<Command> {
        std::iter::from_fn(|| self.commands.try_recv().ok()).collect()
    }

    fn notes(&self) -> Vec<Note> {
        self.app.notes.iter().map(|(_, note)| note.clone()).collect()
    }
}

#[test]
fn the_first_start_welcomes_and_the_second_does_not() {
    let mut first = Bench::new(0);
    assert_eq!(first.app.setup.as_ref().map(|s| s.stage().clone()), Some(Stage::Welcome));
    first.send(Message::Setup(setup::Message::FormWanted));
    assert_eq!(first.app.setup.as_ref().map(|s| s.stage().clone()), Some(Stage::Editing));
    assert!(Bench::new(1).app.setup.is_none());
}

#[test]
fn a_store_that_cannot_be_opened_is_told_in_the_window() {
    let dir = tempfile::tempdir().unwrap();
    let profile = Profile::at(dir.path());
    std::fs::create_dir_all(profile.config_dir()).unwrap();
    std::fs::write(profile.data_dir(), b"in the way").unwrap();
    let (app, _tasks) = App::boot(&Start::Profile(profile), Arc::new(Locale::english()), NOW);
    assert!(app.broken.is_some() && app.worker.is_none());
    let _ = app.view(window::Id::unique());
}

#[test]
fn an_added_account_closes_the_form_and_a_refused_one_does_not() {
    use setup::form::Field;
    let mut bench = Bench::new(0);
    bench.send(Message::Setup(setup::Message::FormWanted));
    let edit = |field, text: &str| Message::Setup(setup::Message::Edited(field, text.into()));
    bench.send(edit(Field::Email, "ada@example.org"));
    bench.send(edit(Field::Password, "secret"));
    bench.send(Message::Setup(setup::Message::Submitted));
    assert!(matches!(bench.commands().as_slice(), [Command::AddAccount { .. }]));
    bench.event(Event::AccountRejected(Problem::SignInRefused { text: "no".into() }));
    assert!(matches!(bench.app.setup.as_ref().map(Setup::stage), Some(Stage::Refused(_))));
    bench.send(Message::Setup(setup::Message::Submitted));
    bench.event(Event::AccountAdded(AccountId::from_row(1)));
    assert!(bench.app.setup.is_none());
    assert_eq!(bench.notes(), [Note::AccountAdded("ada@example.org".into())]);
}

#[test]
fn keys_become_actions_only_where_they_make_sense() {
    let mut bench = Bench::new(1);
    bench.key(Key::Character("?".into()), Code::Slash, Modifiers::SHIFT);
    assert!(bench.app.help);
    bench.letter("j", Code::KeyJ);
    assert!(bench.app.help, "the list is behind the help");
    bench.key(Key::Named(Named::Escape), Code::Escape, Modifiers::empty());
    assert!(!bench.app.help);
    bench.key(Key::Character("n".into()), Code::KeyN, Modifiers::COMMAND | Modifiers::SHIFT);
    assert!(bench.app.setup.is_some());
    bench.key(Key::Named(Named::Backspace), Code::Backspace, Modifiers::empty());
    assert!(bench.app.setup.is_some(), "backspace belongs to the fields");
    bench.key(Key::Named(Named::Escape), Code::Escape, Modifiers::empty());
    assert!(bench.app.setup.is_none());
    bench.key(Key::Named(Named::F5), Code::F5, Modifiers::empty());
    assert!(matches!(bench.commands().as_slice(), [Command::SyncNow(None)]));
}

#[test]
fn the_zoom_goes_in_clean_steps_and_stays_in_bounds() {
    let mut bench = Bench::new(1);
    for _ in 0..3 {
        bench.send(Message::Do(Do::ZoomIn));
    }
    assert_eq!(bench.app.settings.zoom, 1.3);
    for _ in 0..40 {
        bench.send(Message::Do(Do::ZoomOut));
    }
    assert_eq!(bench.app.settings.zoom, ZOOM.0);
    bench.send(Message::Do(Do::ZoomReset));
    assert_eq!(bench.app.settings.zoom, 1.0);
}

#[test]
fn removing_an_account_asks_first() {
    let mut bench = Bench::new(1);
    bench.send(Message::Do(Do::RemoveAccount));
    assert!(matches!(bench.app.dialog, Some(Dialog::Remove { .. })));
    bench.send(Message::Dialog(dialog::Message::Cancelled));
    assert!(bench.commands().is_empty());
    bench.send(Message::Do(Do::RemoveAccount));
    bench.send(Message::Dialog(dialog::Message::Confirmed));
    assert!(matches!(bench.commands().as_slice(), [Command::RemoveAccount(_)]));
    bench.send(Message::Store(mail::Reply::Tree(crate::ui::read::Tree {
        revision: crate::model::Revision(u64::MAX),
        ..Default::default()
    })));
    assert_eq!(bench.app.setup.as_ref().map(|s| s.stage().clone()), Some(Stage::Welcome), "none is left");
}

#[test]
fn a_missing_password_is_asked_for_where_the_problem_is_shown() {
    let mut bench = Bench::new(1);
    let id = bench.app.accounts[0].0;
    bench.send(Message::Mail(mail::Message::FixPressed(id, Fix::EnterPassword)));
    assert!(matches!(bench.app.dialog, Some(Dialog::Password { .. })));
    bench.send(Message::Dialog(dialog::Message::Edited("x".into())));
    bench.send(Message::Dialog(dialog::Message::Confirmed));
    assert!(matches!(bench.commands().as_slice(), [Command::SetPassword { .. }]));
    bench.send(Message::Mail(mail::Message::FixPressed(id, Fix::EditServer)));
    assert_eq!(bench.app.setup.as_ref().map(|s| s.form.host.clone()).as_deref(), Some("imap.example.org"));
}

#[test]
fn a_worker_of_the_past_is_not_listened_to() {
    let mut bench = Bench::new(1);
    bench.send(Message::Worker(0, Event::Failed(Problem::DiskFull { path: None })));
    assert!(bench.notes().is_empty());
    let (old, mut commands) = Handle::new();
    bench.send(Message::WorkerReady(0, old));
    assert!(matches!(commands.try_recv(), Ok(Command::Shutdown)));
    bench.event(Event::Failed(Problem::DiskFull { path: None }));
    assert_eq!(bench.notes().len(), 1);
}

#[test]
fn closing_ends_the_worker_first() {
    let mut bench = Bench::new(1);
    bench.send(Message::CloseRequested(window::Id::unique()));
    assert!(matches!(bench.commands().as_slice(), [Command::Shutdown]));
    assert!(bench.app.ending);
}

#[test]
fn a_failed_change_can_be_retried_or_let_go() {
    let mut bench = Bench::new(1);
    let failed = |n| Event::OperationFailed {
        operation: crate::model::OperationId::from_row(n),
        account: AccountId::from_row(1),
        messages: Vec::new(),
        problem: Problem::MessageGone,
    };
    bench.event(failed(1));
    let (number, press) = {
        let (number, note) = bench.app.notes.iter().next().unwrap();
        (*number, note.press().unwrap().1)
    };
    bench.send(Message::NotePressed(number, press));
    bench.event(failed(2));
    let number = bench.app.notes.iter().next().unwrap().0;
    bench.send(Message::NoteClosed(number));
    let commands = bench.commands();
    assert!(
        matches!(commands.as_slice(), [Command::RetryOperation(_), Command::DismissOperation(_)]),
        "{commands:?}"
    );
}

#[test]
fn every_screen_can_be_drawn_at_every_size() {
    let mut bench = Bench::new(1);
    for (width, height) in [(1400.0, 900.0), (1000.0, 700.0), (700.0, 600.0), (480.0, 400.0)] {
        bench.send(Message::Resized(Size::new(width, height)));
        bench.event(Event::Changed(Changes::everything(crate::model::Revision(1))));
        for does in [Do::Help, Do::ShowStatus, Do::ToggleFolders] {
            bench.send(Message::Do(does));
            let mut ui = iced_test::Simulator::with_size(
                iced::Settings::default(),
                Size::new(width, height),
                bench.app.view(window::Id::unique()),
            );
            let shown = ui.snapshot(&bench.app.theme(window::Id::unique()));
            assert!(shown.is_ok(), "{does:?} at {width}");
            drop(ui);
            bench.send(Message::Do(does));
        }
    }
    assert!(bench.dir.path().exists());
}

#[test]
fn signing_in_again_is_a_banner_over_the_mail_and_ends_with_it() {
    use super::sign_in::{Press, Stage as Step};
    let mut bench = Bench::new(1);
    let id = bench.app.accounts[0].0;
    let status = AccountStatus::SignInNeeded(Problem::SignInExpired { text: "gone".into() });
    bench.event(Event::Status { account: id, status });
    assert!(bench.app.sign_in_banner().is_some(), "the account waits for the user");
    bench.send(Message::Mail(mail::Message::FixPressed(id, Fix::SignIn)));
    assert!(matches!(bench.commands().as_slice(), [Command::SignIn(_)]));
    bench.event(Event::SignInWaiting { url: "https://id.example/".into(), until: UnixTime(NOW.0 + 300) });
    assert!(bench.app.is_counting(), "the clock goes on");
    bench.event(Event::AccountRejected(Problem::SignInTimedOut));
    assert!(matches!(bench.app.signing.as_ref().map(|s| &s.stage), Some(Step::Failed(_))));
    assert!(!bench.app.is_counting() && bench.notes().is_empty());
    bench.send(Message::SignIn(Press::Again));
    assert!(matches!(bench.commands().as_slice(), [Command::SignIn(_)]));
    bench.event(Event::AccountAdded(id));
    assert_eq!(bench.app.signing, None);
    bench.send(Message::Mail(mail::Message::FixPressed(id, Fix::SignIn)));
    bench.send(Message::SignIn(Press::Cancel));
    assert!(matches!(bench.commands().as_slice(), [Command::SignIn(_), Command::CancelSignIn]));
    assert_eq!(bench.app.signing, None);
}

#[test]
fn new_mail_is_told_unless_nobody_wants_to_hear_of_it() {
    use crate::model::{AccountOptions, MailboxId, MessageId};
    use crate::ui::notices::Item;
    let mut bench = Bench::new(1);
    let id = AccountId::from_row(1);
    let item = |n| Item {
        message: MessageId::from_row(n),
        mailbox: MailboxId::from_row(1),
        sender: "Ada".into(),
        subject: "Hello".into(),
    };
    bench.send(Message::ArrivalsRead(id, vec![item(1)]));
    assert_eq!(bench.app.notices.messages().count(), 1);
    // Switched off in the settings: what is shown goes too.
    drop(bench.app.set_preference(crate::ui::settings::Key::Notifications, &false.into()));
    assert!(bench.app.notices.is_empty());
    bench.send(Message::ArrivalsRead(id, vec![item(2)]));
    assert!(bench.app.notices.is_empty());
    drop(bench.app.set_preference(crate::ui::settings::Key::Notifications, &true.into()));
    bench.app.options.insert(id, AccountOptions { notify: false, ..AccountOptions::default() });
    bench.send(Message::ArrivalsRead(id, vec![item(3)]));
    assert!(bench.app.notices.is_empty());
}

#[test]
fn a_broken_settings_file_is_told_until_it_is_mended_and_changes_nothing() {
    let mut bench = Bench::new(1);
    let read = |text: &str| Message::SettingsRead(Some(text.to_owned()));
    bench.send(read("zoom = 1.2\n[keys]\narchive = \"y\"\n"));
    let before = bench.app.settings.clone();
    bench.send(read("zoom = 1.4\n[keys\narchive = \"y\"\n"));
    assert_eq!(bench.app.settings, before, "nothing of a broken file is taken over");
    assert!(
        matches!(bench.notes().as_slice(), [Note::SettingsFault(fault)] if fault.line == 2),
        "{:?}",
        bench.notes()
    );
    assert!(bench.app.changed_preferences().is_empty(), "nothing would be written over it");
    bench.send(read("zoom = 1.4\n[keys]\narchive = \"nonsense+y\"\n"));
    assert!(
        matches!(bench.notes().as_slice(), [Note::SettingsFault(fault)] if fault.line == 3),
        "{:?}",
        bench.notes()
    );
    bench.send(read("zoom = 1.4\n"));
    assert_eq!((bench.app.settings.zoom, bench.notes()), (1.4, Vec::new()));
}

#[test]
fn the_banner_leads_to_the_doctor_and_back() {
    let mut bench = Bench::new(1);
    let id = AccountId::from_row(1);
    let problem = Problem::SignInRefused { text: "no".into() };
    bench.event(Event::Status { account: id, status: AccountStatus::SignInNeeded(problem) });
    assert!(bench.app.sign_in_banner().is_some());
    bench.send(Message::ExamineWanted(id));
    let number = bench.app.examined;
    assert!(bench.app.examination.is_some());
    let stepped = crate::ui::screen::accounts::doctor::Message::Stepped(Vec::new());
    bench.send(Message::Examined(number + 1, stepped));
    bench.key(Key::Named(Named::Escape), Code::Escape, Modifiers::empty());
    assert!(bench.app.manager.is_none() && bench.app.examination.is_none());
}

#[test]
fn a_sending_that_would_not_work_is_told_and_leads_to_the_form() {
    let mut bench = Bench::new(1);
    let account = AccountId::from_row(1);
    let email = || "ada@example.org".to_owned();
    bench.event(Event::SubmissionTried { account, email: email(), result: Ok("PLAIN".into()) });
    assert!(bench.notes().is_empty(), "what works needs no word");
    let problem = Problem::NotSubmission { host: "smtp.example.org".into(), port: 465 };
    // An account that is so new that nothing on the screen knows its name.
    let new = AccountId::from_row(7);
    bench.event(Event::SubmissionTried { account: new, email: email(), result: Err(problem.clone()) });
    let words = bench.app.notes.iter().next().map(|(_, note)| note.text(&Locale::english()));
    assert!(
        words.as_ref().is_some_and(|words| words.starts_with("ada@example.org can be read")),
        "{words:?}"
    );
    bench.fits(480.0);
    bench.app.notes = Notes::default();
    bench.event(Event::SubmissionTried { account, email: email(), result: Err(problem) });
    let (number, press) = match bench.app.notes.iter().next() {
        Some((number, note)) => (*number, note.press().map(|(_, press)| press)),
        None => panic!("no note"),
    };
    bench.send(Message::NotePressed(number, press.unwrap()));
    assert_eq!(bench.app.setup.as_ref().and_then(|setup| setup.form.changes), Some(account));
    assert!(bench.notes().is_empty());
}
