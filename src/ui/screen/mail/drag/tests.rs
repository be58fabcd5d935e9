//! Tests of dragging, of filing and of what is asked before.

use super::super::folders::{AccountMailboxes, Mailbox};
use super::super::message::{NameWish, Reply};
use super::super::palette::PaletteMessage;
use super::super::tests::{ACCOUNT, Bench, INBOX, id, sent, tree};
use super::*;
use crate::model::{AccountId, SpecialUse};
use crate::ui::command::Do;
use crate::ui::widget::Select;

const PROJECTS: MailboxId = MailboxId::from_row(10);
const OLD: MailboxId = MailboxId::from_row(11);
const SHELF: MailboxId = MailboxId::from_row(12);
const TRASH: MailboxId = MailboxId::from_row(13);
const JUNK: MailboxId = MailboxId::from_row(14);
const FOREIGN: MailboxId = MailboxId::from_row(20);
const OTHER: AccountId = AccountId::from_row(2);

fn node(id: MailboxId) -> Option<Node> {
    Some(Node::Mailbox(id))
}

fn mailbox(id: MailboxId, path: &str, special_use: Option<SpecialUse>) -> Mailbox {
    let selectable = id != SHELF;
    Mailbox {
        id,
        path: path.into(),
        delimiter: Some('/'),
        special_use,
        total: 0,
        unread: 0,
        selectable,
        subscribed: true,
    }
}

/// Three messages in the inbox, some folders, another account.
fn bench(width: f32) -> Bench {
    let mut bench = Bench::new(width);
    let mut tree = tree(2);
    tree.accounts[0].mailboxes.extend([
        mailbox(PROJECTS, "Projects", None),
        mailbox(OLD, "Projects/Old", None),
        mailbox(SHELF, "Shelf", None),
        mailbox(MailboxId::from_row(15), "Shelf/A", None),
        mailbox(TRASH, "Trash", Some(SpecialUse::Trash)),
        mailbox(JUNK, "Junk", Some(SpecialUse::Junk)),
    ]);
    let mailboxes = vec![mailbox(FOREIGN, "Box", None)];
    tree.accounts.push(AccountMailboxes { id: OTHER, email: "bob@example.org".into(), mailboxes });
    bench.reply(Reply::Tree(tree));
    bench
}

fn drag(bench: &mut Bench, n: i64) {
    let actions = bench.send(Message::RowDragged(id(n), Point::new(500.0, 300.0), false));
    assert!(actions.is_empty() && bench.mail.is_covered());
}

fn dropped(bench: &mut Bench, over: Option<Node>) -> Vec<Action> {
    bench.send(Message::DragOver(over));
    bench.send(Message::Drag(DragEvent::Dropped))
}

#[test]
fn a_drop_moves_the_chosen_messages_or_the_one_that_was_pulled() {
    let mut bench = bench(1400.0);
    bench.send(Message::RowChosen(0, Select::Only));
    bench.send(Message::RowChosen(1, Select::Range));
    drag(&mut bench, 2);
    let actions = dropped(&mut bench, node(OLD));
    let [Command::Move { messages, from: Some(INBOX), to: OLD }] = sent(&actions)[..] else {
        panic!("{actions:?}")
    };
    assert_eq!(messages, &[id(1), id(2)]);
    assert_eq!(bench.settings.recent_targets, [OLD]);
    drag(&mut bench, 3);
    let actions = dropped(&mut bench, node(FOREIGN));
    let [Command::Move { messages, to: FOREIGN, .. }] = sent(&actions)[..] else { panic!("{actions:?}") };
    assert_eq!(messages, &[id(3)], "the one that was pulled is not among the chosen ones");
}

#[test]
fn the_copy_key_counts_at_the_moment_of_the_drop() {
    let mut bench = bench(1400.0);
    drag(&mut bench, 1);
    bench.send(Message::Drag(DragEvent::Copies(true)));
    let actions = dropped(&mut bench, node(PROJECTS));
    assert!(matches!(sent(&actions)[..], [Command::Copy { to: PROJECTS, .. }]), "{actions:?}");
    drag(&mut bench, 1);
    bench.send(Message::Drag(DragEvent::Copies(true)));
    bench.send(Message::Drag(DragEvent::Copies(false)));
    let actions = dropped(&mut bench, node(PROJECTS));
    assert!(matches!(sent(&actions)[..], [Command::Move { .. }]), "{actions:?}");
}

#[test]
fn what_does_not_fit_is_refused_with_a_reason() {
    for (over, refusal) in [
        (node(INBOX), Refusal::SameFolder),
        (node(SHELF), Refusal::NoMessages),
        (Some(Node::Account(ACCOUNT)), Refusal::OnAccount),
    ] {
        let mut bench = bench(1400.0);
        drag(&mut bench, 1);
        bench.send(Message::DragOver(over));
        let verdict = bench.mail.dragged().map(|drag| drag.verdict(&bench.mail.folders));
        assert_eq!(verdict, Some(Verdict::Refuses(refusal)));
        let actions = bench.send(Message::Drag(DragEvent::Dropped));
        assert!(matches!(actions[..], [Action::Say(Note::NotDropped(why))] if why == refusal), "{actions:?}");
        assert!(!bench.mail.is_covered());
    }
}

#[test]
fn escape_and_nowhere_leave_everything_as_it_is() {
    let mut bench = bench(1400.0);
    drag(&mut bench, 1);
    bench.send(Message::DragOver(node(OLD)));
    assert!(bench.send(Message::Drag(DragEvent::Cancelled)).is_empty());
    assert!(bench.send(Message::Drag(DragEvent::Dropped)).is_empty(), "let go after Escape");
    drag(&mut bench, 1);
    assert!(dropped(&mut bench, None).is_empty());
}

#[test]
fn a_drop_faster_than_the_tree_waits_for_its_word() {
    let mut bench = bench(1400.0);
    drag(&mut bench, 1);
    assert!(bench.send(Message::Drag(DragEvent::Dropped)).is_empty());
    let actions = bench.send(Message::DragOver(node(OLD)));
    assert!(matches!(sent(&actions)[..], [Command::Move { to: OLD, .. }]), "{actions:?}");
    // Where there is no tree nobody would answer.
    let mut narrow = self::bench(700.0);
    drag(&mut narrow, 1);
    assert!(narrow.send(Message::Drag(DragEvent::Dropped)).is_empty());
    assert!(!narrow.mail.is_covered());
}

#[test]
fn folded_folders_spring_open_and_close_again() {
    let mut bench = bench(1400.0);
    let projects = Node::Mailbox(PROJECTS);
    bench.send(Message::FolderToggled(projects));
    assert!(bench.mail.folders.is_closed(projects));
    drag(&mut bench, 1);
    let actions = bench.send(Message::DragOver(Some(projects)));
    let [Action::After(_, Message::SpringDue(first))] = actions[..] else { panic!("{actions:?}") };
    // The pointer went on and came back: the first time does not count any more.
    bench.send(Message::DragOver(None));
    let actions = bench.send(Message::DragOver(Some(projects)));
    let [Action::After(_, Message::SpringDue(second))] = actions[..] else { panic!("{actions:?}") };
    bench.send(Message::SpringDue(first));
    assert!(bench.mail.folders.is_closed(projects));
    bench.send(Message::SpringDue(second));
    assert!(!bench.mail.folders.is_closed(projects));
    let actions = dropped(&mut bench, node(OLD));
    assert!(matches!(sent(&actions)[..], [Command::Move { to: OLD, .. }]));
    assert!(bench.mail.folders.is_closed(projects));
    assert!(bench.settings.collapsed.contains(&PROJECTS), "a drag changes no settings");
}

#[test]
fn in_a_narrow_window_the_folders_come_for_the_drag() {
    let mut bench = bench(700.0);
    drag(&mut bench, 1);
    bench.send(Message::Drag(DragEvent::Edge));
    assert!(bench.mail.layout.drawer);
    let actions = dropped(&mut bench, node(OLD));
    assert!(matches!(sent(&actions)[..], [Command::Move { to: OLD, .. }]));
    assert!(!bench.mail.layout.drawer);
}

#[test]
fn a_folder_goes_into_another_one_after_a_yes() {
    for (over, refusal) in [
        (node(PROJECTS), Refusal::IntoItself),
        (node(OLD), Refusal::IntoItself),
        (node(FOREIGN), Refusal::OtherAccount),
        (Some(Node::Account(OTHER)), Refusal::OtherAccount),
        (Some(Node::Account(ACCOUNT)), Refusal::SamePlace),
    ] {
        let mut bench = bench(1400.0);
        bench.send(Message::FolderDragged(Node::Mailbox(PROJECTS), Point::ORIGIN));
        let actions = dropped(&mut bench, over);
        assert!(matches!(actions[..], [Action::Say(Note::NotDropped(why))] if why == refusal), "{actions:?}");
    }
    let mut bench = bench(1400.0);
    bench.send(Message::FolderDragged(Node::Mailbox(PROJECTS), Point::ORIGIN));
    let actions = dropped(&mut bench, node(SHELF));
    let [Action::Ask(Question::MoveFolder { command, parent: Some(parent), .. })] = &actions[..] else {
        panic!("{actions:?}")
    };
    assert!(matches!(command, Command::RenameMailbox { mailbox: PROJECTS, parent: Some(SHELF), .. }));
    assert_eq!(parent, "Shelf");
    bench.send(Message::FolderDragged(Node::Mailbox(OLD), Point::ORIGIN));
    let actions = dropped(&mut bench, Some(Node::Account(ACCOUNT)));
    assert!(matches!(&actions[..], [Action::Ask(Question::MoveFolder { parent: None, .. })]), "{actions:?}");
}

#[test]
fn keys_file_what_is_chosen_and_deleting_for_good_is_asked() {
    let mut bench = bench(1400.0);
    for does in [Do::Archive, Do::Delete, Do::ToggleJunk, Do::DeleteForever, Do::Move, Do::Copy] {
        assert!(bench.run(does).is_empty(), "{does:?}: nothing is chosen");
    }
    bench.send(Message::RowChosen(1, Select::Only));
    let actions = bench.run(Do::Archive);
    assert!(matches!(
        sent(&actions)[..],
        [Command::MoveToUse { to: SpecialUse::Archive, from: Some(INBOX), .. }]
    ));
    assert!(matches!(sent(&bench.run(Do::Delete))[..], [Command::Delete { forever: false, .. }]));
    assert!(matches!(
        sent(&bench.run(Do::ToggleJunk))[..],
        [Command::MoveToUse { to: SpecialUse::Junk, .. }]
    ));
    let actions = bench.run(Do::DeleteForever);
    let [
        Action::Ask(Question::DeleteForever {
            count: 1, command: Command::Delete { forever: true, .. }, ..
        }),
    ] = &actions[..]
    else {
        panic!("{actions:?}")
    };
    assert!(matches!(sent(&bench.run(Do::Undo))[..], [Command::Undo(None)]));
    assert!(matches!(sent(&bench.run(Do::Redo))[..], [Command::Redo]));
}

#[test]
fn the_list_of_folders_moves_to_the_one_on_the_line() {
    let mut bench = bench(1400.0);
    bench.send(Message::RowChosen(0, Select::Only));
    bench.run(Do::Move);
    bench.send(Message::Palette(PaletteMessage::Edited("old".into())));
    let actions = bench.send(Message::Palette(PaletteMessage::Confirmed));
    assert!(matches!(sent(&actions)[..], [Command::Move { to: OLD, .. }]), "{actions:?}");
    assert!(!bench.mail.is_covered());
    assert!(matches!(sent(&bench.run(Do::MoveAgain))[..], [Command::Move { to: OLD, .. }]));
    bench.run(Do::Copy);
    bench.send(Message::Palette(PaletteMessage::Edited("nothing fits".into())));
    assert!(bench.send(Message::Palette(PaletteMessage::Confirmed)).is_empty() && bench.mail.is_covered());
    let actions = bench.send(Message::Palette(PaletteMessage::Chosen(FOREIGN)));
    assert!(matches!(sent(&actions)[..], [Command::Copy { to: FOREIGN, .. }]), "{actions:?}");
}

#[test]
fn commands_about_folders_mean_the_one_of_the_menu() {
    let mut bench = bench(1400.0);
    let menu = |bench: &mut Bench, node| bench.send(Message::FolderMenuOpened(node, Point::ORIGIN));
    menu(&mut bench, Node::Mailbox(PROJECTS));
    let actions = bench.run(Do::RenameFolder);
    let [Action::Ask(Question::Name(NameWish::Rename { mailbox: PROJECTS, .. }))] = actions[..] else {
        panic!("{actions:?}")
    };
    menu(&mut bench, Node::Mailbox(OLD));
    assert!(matches!(sent(&bench.run(Do::MarkAllRead))[..], [Command::MarkAllRead(OLD)]));
    menu(&mut bench, Node::Mailbox(OLD));
    let subscribe = bench.run(Do::ToggleSubscribed);
    assert!(matches!(sent(&subscribe)[..], [Command::Subscribe { mailbox: OLD, on: false }]));
    menu(&mut bench, Node::Account(OTHER));
    let actions = bench.run(Do::NewFolder);
    assert!(matches!(
        &actions[..],
        [Action::Ask(Question::Name(NameWish::New { account: OTHER, parent: None }))]
    ));
    // Without a menu they mean the open folder; special ones stay as they are.
    assert!(matches!(bench.run(Do::DeleteFolder)[..], [Action::Say(Note::FixedFolder)]));
}
