//! Tests of the mail screen: messages in, actions out.

use super::folders::{AccountMailboxes, Mailbox};
use super::list::Ids;
use super::transfers::Place;
use super::*;
use crate::model::MailboxId;
use crate::model::{Address, Envelope, Flag, FlagChange, Flags, OperationId, PartPath, Uid};
use crate::store::{Changes, MessageRow, RowMark};
use crate::sync::{Event, LinkFault, Problem, TransferState};
use crate::ui::note::Note;
use crate::ui::read::{Attachment, Mail as Opened, MailText};
use crate::ui::widget::virtual_list::Select;
use std::sync::Arc;

pub(super) const ACCOUNT: AccountId = AccountId::from_row(1);
pub(super) const INBOX: MailboxId = MailboxId::from_row(1);
pub(super) const SENT: MailboxId = MailboxId::from_row(2);

pub(super) fn id(n: i64) -> MessageId {
    MessageId::from_row(n)
}

fn row(n: i64, flags: &[Flag]) -> MessageRow {
    MessageRow {
        id: id(n),
        uid: Some(Uid::MIN),
        from: Address { name: "Ada".into(), email: "ada@example.org".into() },
        subject: format!("mail {n}"),
        snippet: String::new(),
        received: UnixTime(n),
        size: 1,
        flags: flags.iter().cloned().collect(),
        attachments: 0,
        mark: RowMark::None,
        thread: None,
    }
}

fn opened(n: i64, flags: &[Flag], text: MailText) -> Arc<Opened> {
    let attachment = Attachment {
        path: PartPath::root().child(2),
        name: "report.pdf".into(),
        media_type: crate::model::MediaType::new("application", "pdf"),
        transported: 78,
        size: 57,
    };
    Arc::new(Opened {
        report: Vec::new(),
        missing: Vec::new(),
        html: None,
        absence: crate::mime::structure::Absence::Nothing,
        id: id(n),
        account: ACCOUNT,
        envelope: Envelope::default(),
        received: UnixTime(n),
        flags: flags.iter().cloned().collect::<Flags>(),
        mark: RowMark::None,
        attachments: vec![attachment],
        text,
    })
}

pub(super) fn tree(revision: u64) -> Tree {
    let mailbox = |id, path: &str, special_use| Mailbox {
        id,
        path: path.into(),
        delimiter: Some('/'),
        special_use: Some(special_use),
        total: 3,
        unread: 1,
        selectable: true,
        subscribed: true,
    };
    let mailboxes = vec![mailbox(INBOX, "INBOX", SpecialUse::Inbox), mailbox(SENT, "Sent", SpecialUse::Sent)];
    Tree {
        options: std::collections::BTreeMap::new(),
        revision: Revision(revision),
        accounts: vec![AccountMailboxes { id: ACCOUNT, email: "ada@example.org".into(), mailboxes }],
        settings: Vec::new(),
    }
}

/// The screen with three messages in the inbox, in a window of that width.
pub(super) struct Bench {
    pub(super) mail: Mail,
    pub(super) settings: Settings,
    pub(super) width: f32,
}

impl Bench {
    pub(super) fn new(width: f32) -> Self {
        let settings = Settings::default();
        let mut bench = Self { mail: Mail::new(&settings, tree(1)), settings, width };
        let actions = bench.with(|mail, desk| mail.start(desk));
        let reads: Vec<_> = actions.iter().filter(|a| matches!(a, Action::Read(_))).collect();
        assert_eq!(reads.len(), 1);
        let rows = vec![row(1, &[]), row(2, &[Flag::Seen]), row(3, &[])];
        let ids = Arc::new(vec![id(1), id(2), id(3)]);
        let Action::Read(Request::List(list::Wish::Ids { visit, .. })) = reads[0] else { panic!() };
        bench.reply(Reply::Ids(Ids { visit: *visit, revision: Revision(1), ids, rows, keep: None }));
        bench.send(Message::ListShows(0..3));
        bench
    }

    pub(super) fn with<T>(&mut self, f: impl FnOnce(&mut Mail, &mut Desk<'_>) -> T) -> T {
        let (settings, width, locale) = (&mut self.settings, self.width, &Locale::english());
        let mut desk = Desk { settings, now: UnixTime(1_000), width, locale, scale: 1.0, dark: false };
        f(&mut self.mail, &mut desk)
    }

    pub(super) fn send(&mut self, message: Message) -> Vec<Action> {
        self.with(|mail, desk| mail.update(message, desk))
    }

    pub(super) fn run(&mut self, does: Do) -> Vec<Action> {
        self.with(|mail, desk| mail.run(does, desk))
    }

    pub(super) fn reply(&mut self, reply: Reply) -> Vec<Action> {
        self.with(|mail, desk| mail.reply(reply, desk))
    }

    pub(super) fn event(&mut self, event: Event) -> Vec<Action> {
        self.with(|mail, desk| mail.event(event, desk))
    }

    /// Shows a message as if the store had answered.
    pub(super) fn show(&mut self, n: i64, flags: &[Flag], text: MailText) -> Vec<Action> {
        self.mail.list.choose_id(id(n));
        self.run(Do::OpenMessage);
        self.reply(Reply::Mail(id(n), Revision(1), Some(opened(n, flags, text))))
    }
}

pub(super) fn sent(actions: &[Action]) -> Vec<&Command> {
    actions.iter().filter_map(|a| if let Action::Send(command) = a { Some(command) } else { None }).collect()
}

fn reads_mail(actions: &[Action], n: i64) -> bool {
    actions.iter().any(|a| matches!(a, Action::Read(Request::Mail(m)) if *m == id(n)))
}

#[test]
fn the_start_opens_the_inbox_and_tells_the_worker() {
    let settings = Settings::default();
    let mut bench = Bench { mail: Mail::new(&settings, tree(1)), settings, width: 1400.0 };
    let actions = bench.with(|mail, desk| mail.start(desk));
    assert!(matches!(sent(&actions).as_slice(), [Command::OpenMailbox(INBOX)]), "{actions:?}");
    assert_eq!(bench.settings.mailbox, Some(INBOX));
}

#[test]
fn the_reader_follows_the_cursor_where_there_is_room() {
    let mut wide = Bench::new(1400.0);
    assert!(reads_mail(&wide.run(Do::NextMessage), 1));
    let mut narrow = Bench::new(700.0);
    assert!(matches!(narrow.run(Do::NextMessage).as_slice(), [Action::Focus(Pane::List)]));
    let actions = narrow.run(Do::OpenMessage);
    assert!(reads_mail(&actions, 1));
    assert!(actions.iter().any(|a| matches!(a, Action::Focus(Pane::Reader))));
}

#[test]
fn back_leads_from_the_message_to_the_list() {
    let mut narrow = Bench::new(700.0);
    narrow.run(Do::NextMessage);
    narrow.run(Do::OpenMessage);
    assert!(narrow.mail.layout.reading);
    let actions = narrow.run(Do::Back);
    assert!(!narrow.mail.layout.reading);
    assert!(matches!(actions.as_slice(), [Action::Focus(Pane::List)]));
    assert!(narrow.run(Do::Back).is_empty());
}

#[test]
fn the_drawer_opens_over_two_columns_and_closes_with_the_choice() {
    let mut bench = Bench::new(900.0);
    assert!(matches!(bench.run(Do::ToggleFolders).as_slice(), [Action::Focus(Pane::Folders)]));
    let actions = bench.send(Message::FolderEntered(Node::Mailbox(SENT)));
    assert!(!bench.mail.layout.drawer);
    assert!(sent(&actions).iter().any(|c| matches!(c, Command::OpenMailbox(SENT))));
}

#[test]
fn a_message_counts_as_read_only_after_a_while_and_only_if_it_is_still_shown() {
    let mut bench = Bench::new(1400.0);
    let actions = bench.show(1, &[], MailText::None);
    let [Action::After(_, due @ Message::SeenDue(..))] = actions.as_slice() else { panic!("{actions:?}") };
    let due = due.clone();
    let actions = bench.send(due.clone());
    let [Command::SetFlag { messages, flag: Flag::Seen, change: FlagChange::Add }] = sent(&actions)[..]
    else {
        panic!("{actions:?}")
    };
    assert_eq!(messages, &[id(1)]);
    bench.show(3, &[], MailText::None);
    assert!(bench.send(due).is_empty(), "another message is shown");
    assert!(bench.show(2, &[Flag::Seen], MailText::None).is_empty(), "it is read already");
    bench.settings.mark_seen = false;
    assert!(bench.show(1, &[], MailText::None).is_empty(), "the user doesn't want it");
}

#[test]
fn the_users_word_counts_more_than_the_timer() {
    let mut bench = Bench::new(1400.0);
    bench.show(1, &[], MailText::None);
    bench.run(Do::MarkUnread);
    // The change comes back from the store; nothing starts the timer anew.
    let actions = bench.reply(Reply::Mail(id(1), Revision(2), Some(opened(1, &[], MailText::None))));
    assert!(actions.is_empty(), "{actions:?}");
}

#[test]
fn u_and_s_toggle_all_chosen_messages() {
    let mut bench = Bench::new(1400.0);
    assert!(bench.run(Do::ToggleRead).is_empty(), "nothing is chosen");
    bench.send(Message::AllChosen);
    let actions = bench.run(Do::ToggleRead);
    let [Command::SetFlag { messages, flag: Flag::Seen, change: FlagChange::Add }] = sent(&actions)[..]
    else {
        panic!("{actions:?}")
    };
    assert_eq!(messages.len(), 3);
    bench.send(Message::RowChosen(1, Select::Only));
    let actions = bench.run(Do::ToggleRead);
    assert!(matches!(sent(&actions)[..], [Command::SetFlag { change: FlagChange::Remove, .. }]));
    let actions = bench.run(Do::ToggleFlag);
    assert!(matches!(
        sent(&actions)[..],
        [Command::SetFlag { flag: Flag::Flagged, change: FlagChange::Add, .. }]
    ));
}

#[test]
fn a_missing_text_is_fetched_once_and_shown_when_it_is_there() {
    let mut bench = Bench::new(1400.0);
    let actions = bench.show(1, &[], MailText::Missing);
    let [Action::After(_, Message::FetchDue(due))] = actions.as_slice() else { panic!("{actions:?}") };
    let due = *due;
    assert!(matches!(sent(&bench.send(Message::FetchDue(due)))[..], [Command::FetchBody(m)] if *m == id(1)));
    assert!(bench.send(Message::FetchDue(due)).is_empty(), "it is on its way");
    assert!(reads_mail(&bench.event(Event::Body { message: id(1), result: Ok(()) }), 1));
    bench.reply(Reply::Mail(id(1), Revision(2), Some(opened(1, &[], MailText::None))));
    assert!(bench.mail.reader.missing().is_none());
}

#[test]
fn a_text_that_failed_offline_is_tried_again_when_online() {
    let mut bench = Bench::new(1400.0);
    bench.show(1, &[], MailText::Missing);
    bench.send(Message::FetchDue(id(1)));
    let problem = Problem::Link { host: "h".into(), port: 993, fault: LinkFault::Unreachable };
    bench.event(Event::Body { message: id(1), result: Err(problem) });
    assert!(matches!(bench.mail.reader.missing(), Some(reader::Missing::Failed(_))));
    let online = AccountStatus::Online { idle: true };
    let actions = bench.event(Event::Status { account: ACCOUNT, status: online });
    assert!(matches!(actions.as_slice(), [Action::After(_, Message::FetchDue(_))]), "{actions:?}");
}

#[test]
fn who_scrolls_by_fetches_nothing() {
    let mut bench = Bench::new(1400.0);
    bench.show(1, &[], MailText::Missing);
    bench.run(Do::NextMessage);
    assert!(bench.send(Message::FetchDue(id(1))).is_empty());
}

#[test]
fn attachments_are_fetched_to_where_the_user_wants_them() {
    let mut bench = Bench::new(1400.0);
    bench.show(1, &[Flag::Seen], MailText::None);
    let path = PartPath::root().child(2);
    let actions = bench.send(Message::AttachmentSavedAs(path.clone()));
    assert!(matches!(actions.as_slice(), [Action::AskPlace(m, _)] if *m == id(1)));
    let place = Place { target: "/x/report.pdf".into(), write_to: "/x/.report.pdf.part".into() };
    let actions = bench.send(Message::PlaceFound(id(1), path.clone(), Some(place)));
    let [Command::FetchPart { transfer, .. }] = sent(&actions)[..] else { panic!("{actions:?}") };
    let (transfer, done) = (*transfer, TransferState::Done(Some("/x/.report.pdf.part".into())));
    let actions = bench.event(Event::Transfer { id: transfer, state: done });
    assert!(matches!(actions.as_slice(), [Action::Replace(from, to)] if from != to));
    assert!(bench.send(Message::PlaceFound(id(1), path, None)).is_empty(), "the dialog was closed");
}

#[test]
fn programs_are_saved_only_after_a_question() {
    let mut bench = Bench::new(1400.0);
    let mut mail = (*opened(1, &[Flag::Seen], MailText::None)).clone();
    mail.attachments[0].name = "invoice.pdf.exe".into();
    bench.mail.list.choose_id(id(1));
    bench.run(Do::OpenMessage);
    bench.reply(Reply::Mail(id(1), Revision(1), Some(Arc::new(mail))));
    let path = PartPath::root().child(2);
    for wish in [SaveWish::Download(path.clone()), SaveWish::As(path.clone()), SaveWish::All] {
        let actions = bench.mail.save(wish.clone());
        let [Action::Ask(Question::SavePrograms { names, message, wish: asked })] = actions.as_slice() else {
            panic!("{actions:?}")
        };
        assert_eq!((names.as_slice(), *message, asked), (&["invoice.pdf.exe".to_owned()][..], id(1), &wish));
        let actions = bench.mail.save_surely(id(1), &wish);
        assert!(
            matches!(actions.as_slice(), [Action::FindDownload(..) | Action::AskPlace(..)]),
            "{actions:?}"
        );
        assert!(bench.mail.save_surely(id(2), &wish).is_empty(), "another message is shown by now");
    }
}

#[test]
fn failed_changes_are_told_with_a_way_to_retry() {
    let mut bench = Bench::new(1400.0);
    let operation = OperationId::from_row(4);
    let problem = Problem::Denied { text: "no".into() };
    let event = Event::OperationFailed { operation, account: ACCOUNT, messages: vec![id(1)], problem };
    let actions = bench.event(event);
    assert!(matches!(actions.as_slice(), [Action::Say(note)] if note.press().is_some()));
}

#[test]
fn changes_are_read_once_at_a_time_and_older_answers_dropped() {
    let mut bench = Bench::new(1400.0);
    let changes = || Changes { revision: Revision(5), tree: true, ..Changes::default() };
    assert!(matches!(bench.event(Event::Changed(changes())).as_slice(), [Action::Read(Request::Tree)]));
    assert!(bench.event(Event::Changed(changes())).is_empty(), "one read at a time");
    let mut newer = tree(5);
    newer.accounts[0].mailboxes[0].unread = 9;
    assert!(matches!(bench.reply(Reply::Tree(newer)).as_slice(), [Action::Read(Request::Tree)]), "once more");
    bench.reply(Reply::Tree(tree(4)));
    assert_eq!(bench.mail.folders.find(INBOX).unwrap().unread, 9, "an older answer");
}

#[test]
fn a_folder_that_is_gone_gives_way_to_the_first_one() {
    let mut bench = Bench::new(1400.0);
    bench.send(Message::FolderOpened(Node::Mailbox(SENT)));
    let mut smaller = tree(7);
    smaller.accounts[0].mailboxes.truncate(1);
    let actions = bench.reply(Reply::Tree(smaller));
    assert_eq!(bench.mail.list.mailbox(), Some(INBOX));
    assert!(sent(&actions).iter().any(|c| matches!(c, Command::OpenMailbox(INBOX))));
}

#[test]
fn jumps_go_to_the_folder_of_that_use_or_say_that_there_is_none() {
    let mut bench = Bench::new(1400.0);
    let actions = bench.run(Do::GoSent);
    assert!(sent(&actions).iter().any(|c| matches!(c, Command::OpenMailbox(SENT))));
    assert!(matches!(bench.run(Do::GoJunk).as_slice(), [Action::Say(Note::NoFolder(SpecialUse::Junk))]));
}

#[test]
fn a_store_that_cannot_be_read_is_shown_and_can_be_tried_again() {
    let mut bench = Bench::new(1400.0);
    let actions = bench.event(Event::Reload);
    let Some(Action::Read(request)) = actions.first() else { panic!("{actions:?}") };
    bench.reply(Reply::Failed(request.clone(), "damaged".into()));
    assert_eq!(bench.mail.broken.as_deref(), Some("damaged"));
    assert!(!bench.send(Message::ReloadWanted).is_empty());
    bench.reply(Reply::Tree(tree(9)));
    assert_eq!(bench.mail.broken, None);
}

#[test]
fn links_go_to_the_browser_and_addresses_to_the_clipboard() {
    let mut bench = Bench::new(1400.0);
    let actions = bench.send(Message::LinkOpened("https://example.org".into()));
    assert!(matches!(actions.as_slice(), [Action::OpenLink(_)]));
    let actions = bench.send(Message::LinkOpened("mailto:a@b.c?subject=x".into()));
    assert!(matches!(actions.as_slice(), [Action::CopyAddress(a)] if a == "a@b.c"));
}
