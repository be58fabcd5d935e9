//! tidy: table. The one table of what a user can do: toolbar, shortcuts, context menu and help are made from it.
//!
//! Knows nothing about how an action is carried out.

pub mod chord;
pub mod custom;
pub mod keys;

use super::icon::Icon;
use chord::Shortcut;

/// Everything that a user can do from the keyboard or a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Do {
    /// Select the message below.
    NextMessage,
    /// Select the message above.
    PreviousMessage,
    /// Select the first message.
    FirstMessage,
    /// Select the last message.
    LastMessage,
    /// One page down the list.
    PageDown,
    /// One page up the list.
    PageUp,
    /// Select the next message that was not read.
    NextUnread,
    /// Select the previous message that was not read.
    PreviousUnread,
    /// Show the selected message and go to the reading pane.
    OpenMessage,
    /// One page further in the text.
    ReadOn,
    /// One page back in the text.
    ReadBack,
    /// Leave: the overlay, the reader, the drawer.
    Back,
    /// Read becomes unread and the other way round.
    ToggleRead,
    /// Mark as read.
    MarkRead,
    /// Mark as unread.
    MarkUnread,
    /// Set or take away the flag.
    ToggleFlag,
    /// Move into the archive.
    Archive,
    /// Move into the trash; out of the trash, for good.
    Delete,
    /// Delete for good.
    DeleteForever,
    /// Move into junk, or out of it.
    ToggleJunk,
    /// Move into a folder of choice.
    Move,
    /// Move to where the last move went.
    MoveAgain,
    /// Copy into a folder of choice.
    Copy,
    /// Choose every message of the folder.
    SelectAll,
    /// Undo what was done last.
    Undo,
    /// Do once more what was undone last.
    Redo,
    /// Search in the open messages.
    Find,
    /// The next place that was found.
    FindNext,
    /// The place before it.
    FindPrevious,
    /// Show the source of the message.
    ViewSource,
    /// Show the whole header of the message.
    ViewHeader,
    /// Save the message as a file.
    SaveMessage,
    /// Make a PDF of the message and open it.
    Print,
    /// Say in which charset the message is written.
    ChooseCharset,
    /// Dark instead of light colors for the message, or the other way round.
    FlipColors,
    /// The text of the message instead of its designed page, or the page again.
    TogglePlain,
    /// Show or hide all addresses of the message.
    ToggleAddresses,
    /// Show what the message tried to do, and who vouches for it.
    ShowTrust,
    /// Save every attachment of the message into one folder.
    SaveAttachments,
    /// Open the folder of that use in the current account.
    GoInbox,
    /// See [`Do::GoInbox`].
    GoFlagged,
    /// See [`Do::GoInbox`].
    GoSent,
    /// See [`Do::GoInbox`].
    GoDrafts,
    /// See [`Do::GoInbox`].
    GoArchive,
    /// See [`Do::GoInbox`].
    GoJunk,
    /// See [`Do::GoInbox`].
    GoTrash,
    /// Mark every message of a folder as read.
    MarkAllRead,
    /// Make a folder.
    NewFolder,
    /// Give a folder another name.
    RenameFolder,
    /// Delete a folder with all that is in it.
    DeleteFolder,
    /// Subscribe to a folder, or end that.
    ToggleSubscribed,
    /// Open the folder below.
    NextMailbox,
    /// Open the folder above.
    PreviousMailbox,
    /// Ask the servers for new mail now.
    GetMail,
    /// Stop or resume all connections.
    ToggleOffline,
    /// Show the form for another account.
    AddAccount,
    /// Ask whether the current account is to be removed.
    RemoveAccount,
    /// Show or hide the folder pane.
    ToggleFolders,
    /// Show or hide the reading pane.
    ToggleReader,
    /// Move the focus to the next pane.
    NextPane,
    /// Move the focus to the previous pane.
    PreviousPane,
    /// List conversations or single messages in the open folder.
    ToggleThreads,
    /// Open every message of the conversation, or close all but the newest.
    ExpandAll,
    /// The next message of the conversation.
    NextInThread,
    /// The message before it.
    PreviousInThread,
    /// Make a conversation of its own of the message and what answers it.
    SplitThread,
    /// Not to hear of the conversation, or to hear of it again.
    MuteThread,
    /// Compact, cozy, relaxed.
    NextDensity,
    /// Light, dark, as the system.
    NextTheme,
    /// Everything larger.
    ZoomIn,
    /// Everything smaller.
    ZoomOut,
    /// The size that the system asks for.
    ZoomReset,
    /// Show the accounts and what can be set about them.
    Accounts,
    /// Show the settings.
    Settings,
    /// Show how each account is doing.
    ShowStatus,
    /// Show the list of shortcuts.
    Help,
    /// Close the window.
    CloseWindow,
    /// End the program.
    Quit,
}

/// Where an action stands in help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Moving through the list.
    Navigation,
    /// Something is done to messages.
    Messages,
    /// Moving between folders.
    Folders,
    /// Accounts and connections.
    Accounts,
    /// How the window looks.
    View,
}

impl Group {
    /// All groups in the order of the help page.
    pub const ALL: [Self; 5] = [Self::Navigation, Self::Messages, Self::Folders, Self::Accounts, Self::View];

    /// Text key of the heading.
    #[must_use]
    pub const fn text_key(self) -> &'static str {
        match self {
            Self::Navigation => "help-group-navigation",
            Self::Messages => "help-group-messages",
            Self::Folders => "help-group-folders",
            Self::Accounts => "help-group-accounts",
            Self::View => "help-group-view",
        }
    }
}

/// What must be there for an action to make sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Always possible.
    Nothing,
    /// At least one account.
    Account,
    /// An open folder that has messages.
    Messages,
    /// A selected message.
    Selection,
    /// A message in the reading pane.
    Shown,
    /// A message in the reading pane that is written with HTML.
    Page,
    /// A message in the reading pane that has attachments.
    Attachments,
    /// A conversation of several messages in the reading pane.
    Thread,
}

/// What there is at the moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Situation {
    /// There is an account.
    pub account: bool,
    /// The open folder has messages.
    pub messages: bool,
    /// A message is selected.
    pub selection: bool,
    /// There is a message in the reading pane.
    pub shown: bool,
    /// The message in the reading pane is written with HTML.
    pub page: bool,
    /// The message in the reading pane has attachments.
    pub attachments: bool,
    /// The reading pane shows a conversation of several messages.
    pub thread: bool,
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// What is done.
    pub does: Do,
    /// Text key of the name.
    pub name: &'static str,
    /// Heading in help.
    pub group: Group,
    /// Default keys; the first one is shown in tooltips.
    pub shortcuts: &'static [&'static str],
    /// What it needs.
    pub needs: Needs,
    /// Picture on the toolbar and in menus.
    pub icon: Option<Icon>,
}

impl Entry {
    /// Whether the action makes sense now.
    #[must_use]
    pub const fn enabled(&self, now: Situation) -> bool {
        match self.needs {
            Needs::Nothing => true,
            Needs::Account => now.account,
            Needs::Messages => now.messages,
            Needs::Selection => now.selection,
            Needs::Shown => now.shown,
            Needs::Page => now.page,
            Needs::Attachments => now.attachments,
            Needs::Thread => now.thread,
        }
    }

    /// The default keys, read.
    pub fn keys(&self) -> impl Iterator<Item = Shortcut> + '_ {
        self.shortcuts.iter().filter_map(|text| Shortcut::parse(text))
    }
}

impl Do {
    /// The line of the table for this action.
    #[must_use]
    pub fn entry(self) -> &'static Entry {
        // The test below proves that every action has its line; the first one never stands in for another.
        TABLE.iter().find(|e| e.does == self).unwrap_or(&TABLE[0])
    }
}

const fn entry(
    does: Do,
    name: &'static str,
    group: Group,
    shortcuts: &'static [&'static str],
    needs: Needs,
    icon: Option<Icon>,
) -> Entry {
    Entry { does, name, group, shortcuts, needs, icon }
}

/// Every action. `/`, `Ctrl+K`, `c`, `r`, `a`, `f`, `h` are kept for what comes later (search, palette, writing,
/// snoozing), so that no key changes its meaning.
#[rustfmt::skip]
pub const TABLE: [Entry; 78] = [
    entry(Do::NextMessage, "command-next-message", Group::Navigation, &["j", "Down"], Needs::Messages, None),
    entry(Do::PreviousMessage, "command-previous-message", Group::Navigation, &["k", "Up"], Needs::Messages, None),
    entry(Do::NextUnread, "command-next-unread", Group::Navigation, &["n"], Needs::Messages, None),
    entry(Do::PreviousUnread, "command-previous-unread", Group::Navigation, &["p"], Needs::Messages, None),
    entry(Do::FirstMessage, "command-first-message", Group::Navigation, &["Home"], Needs::Messages, None),
    entry(Do::LastMessage, "command-last-message", Group::Navigation, &["End"], Needs::Messages, None),
    entry(Do::PageDown, "command-page-down", Group::Navigation, &["PageDown"], Needs::Messages, None),
    entry(Do::PageUp, "command-page-up", Group::Navigation, &["PageUp"], Needs::Messages, None),
    entry(Do::OpenMessage, "command-open-message", Group::Navigation, &["Enter", "o"], Needs::Selection, None),
    entry(Do::ReadOn, "command-read-on", Group::Navigation, &["Space"], Needs::Selection, None),
    entry(Do::ReadBack, "command-read-back", Group::Navigation, &["Shift+Space"], Needs::Selection, None),
    entry(Do::Back, "command-back", Group::Navigation, &["Escape", "Backspace"], Needs::Nothing, Some(Icon::ChevronLeft)),
    entry(Do::NextPane, "command-next-pane", Group::Navigation, &["F6"], Needs::Nothing, None),
    entry(Do::PreviousPane, "command-previous-pane", Group::Navigation, &["Shift+F6"], Needs::Nothing, None),
    entry(Do::ToggleRead, "command-toggle-read", Group::Messages, &["u"], Needs::Selection, Some(Icon::Mail)),
    entry(Do::MarkRead, "command-mark-read", Group::Messages, &["Shift+I"], Needs::Selection, Some(Icon::MailOpen)),
    entry(Do::MarkUnread, "command-mark-unread", Group::Messages, &["Shift+U"], Needs::Selection, Some(Icon::Mail)),
    entry(Do::ToggleFlag, "command-toggle-flag", Group::Messages, &["s", "*"], Needs::Selection, Some(Icon::Star)),
    entry(Do::Archive, "command-archive", Group::Messages, &["e"], Needs::Selection, Some(Icon::Archive)),
    entry(Do::Delete, "command-delete", Group::Messages, &["Delete", "#"], Needs::Selection, Some(Icon::Trash)),
    entry(Do::DeleteForever, "command-delete-forever", Group::Messages, &["Shift+Delete"], Needs::Selection, None),
    entry(Do::ToggleJunk, "command-junk", Group::Messages, &["!", "Ctrl+J"], Needs::Selection, Some(Icon::Junk)),
    entry(Do::Move, "command-move", Group::Messages, &["v"], Needs::Selection, Some(Icon::Move)),
    entry(Do::MoveAgain, "command-move-again", Group::Messages, &["Shift+V"], Needs::Selection, None),
    entry(Do::Copy, "command-copy", Group::Messages, &["y"], Needs::Selection, Some(Icon::Copy)),
    entry(Do::SelectAll, "command-select-all", Group::Messages, &["Ctrl+A"], Needs::Messages, None),
    entry(Do::Undo, "command-undo", Group::Messages, &["Ctrl+Z", "z"], Needs::Account, Some(Icon::Undo)),
    entry(Do::Redo, "command-redo", Group::Messages, &["Ctrl+Shift+Z", "Ctrl+Y"], Needs::Account, Some(Icon::Redo)),
    entry(Do::Find, "command-find", Group::Messages, &["Ctrl+F"], Needs::Shown, Some(Icon::Search)),
    entry(Do::FindNext, "command-find-next", Group::Messages, &["F3"], Needs::Shown, None),
    entry(Do::FindPrevious, "command-find-previous", Group::Messages, &["Shift+F3"], Needs::Shown, None),
    entry(Do::ViewSource, "command-view-source", Group::Messages, &["Ctrl+U"], Needs::Shown, None),
    entry(Do::ViewHeader, "command-view-header", Group::Messages, &["Shift+H"], Needs::Shown, None),
    entry(Do::SaveMessage, "command-save-message", Group::Messages, &["Shift+S"], Needs::Shown, Some(Icon::Save)),
    entry(Do::Print, "command-print", Group::Messages, &["Ctrl+P"], Needs::Shown, None),
    entry(Do::ChooseCharset, "command-charset", Group::Messages, &[], Needs::Shown, None),
    entry(Do::FlipColors, "command-flip-colors", Group::Messages, &["Shift+D"], Needs::Page, Some(Icon::Sun)),
    entry(Do::TogglePlain, "command-toggle-plain", Group::Messages, &["Shift+P"], Needs::Page, Some(Icon::File)),
    entry(Do::ToggleAddresses, "command-toggle-addresses", Group::Messages, &["i"], Needs::Selection, None),
    entry(Do::ShowTrust, "command-show-trust", Group::Messages, &["Shift+T"], Needs::Selection, Some(Icon::Info)),
    entry(Do::SaveAttachments, "command-save-attachments", Group::Messages, &["Ctrl+S"], Needs::Attachments, Some(Icon::Save)),
    entry(Do::NextInThread, "command-next-in-thread", Group::Navigation, &["Shift+J"], Needs::Thread, None),
    entry(Do::PreviousInThread, "command-previous-in-thread", Group::Navigation, &["Shift+K"], Needs::Thread, None),
    entry(Do::ExpandAll, "command-expand-all", Group::Messages, &[";"], Needs::Thread, None),
    entry(Do::SplitThread, "command-split-thread", Group::Messages, &[], Needs::Thread, None),
    entry(Do::MuteThread, "command-mute-thread", Group::Messages, &["m"], Needs::Selection, None),
    entry(Do::GoInbox, "command-go-inbox", Group::Folders, &["g i", "Alt+1"], Needs::Account, None),
    entry(Do::GoFlagged, "command-go-flagged", Group::Folders, &["g s", "Alt+2"], Needs::Account, None),
    entry(Do::GoDrafts, "command-go-drafts", Group::Folders, &["g d", "Alt+3"], Needs::Account, None),
    entry(Do::GoSent, "command-go-sent", Group::Folders, &["g t", "Alt+4"], Needs::Account, None),
    entry(Do::GoArchive, "command-go-archive", Group::Folders, &["g a", "Alt+5"], Needs::Account, None),
    entry(Do::GoJunk, "command-go-junk", Group::Folders, &["g j", "Alt+6"], Needs::Account, None),
    entry(Do::GoTrash, "command-go-trash", Group::Folders, &["g x", "Alt+7"], Needs::Account, None),
    entry(Do::MarkAllRead, "command-mark-all-read", Group::Folders, &["Shift+C"], Needs::Account, Some(Icon::MailOpen)),
    entry(Do::NewFolder, "command-new-folder", Group::Folders, &["Ctrl+Shift+F"], Needs::Account, Some(Icon::Plus)),
    entry(Do::RenameFolder, "command-rename-folder", Group::Folders, &[], Needs::Account, Some(Icon::Compose)),
    entry(Do::DeleteFolder, "command-delete-folder", Group::Folders, &[], Needs::Account, Some(Icon::Trash)),
    entry(Do::ToggleSubscribed, "command-subscribe", Group::Folders, &[], Needs::Account, Some(Icon::Eye)),
    entry(Do::NextMailbox, "command-next-folder", Group::Folders, &["Alt+Down"], Needs::Account, None),
    entry(Do::PreviousMailbox, "command-previous-folder", Group::Folders, &["Alt+Up"], Needs::Account, None),
    entry(Do::GetMail, "command-get-mail", Group::Accounts, &["F5"], Needs::Account, Some(Icon::Refresh)),
    entry(Do::ToggleOffline, "command-toggle-offline", Group::Accounts, &[], Needs::Account, Some(Icon::Offline)),
    entry(Do::ShowStatus, "command-show-status", Group::Accounts, &["Ctrl+Shift+S"], Needs::Account, None),
    entry(Do::Accounts, "command-accounts", Group::Accounts, &["Ctrl+Shift+A"], Needs::Nothing, Some(Icon::User)),
    entry(Do::AddAccount, "command-add-account", Group::Accounts, &["Ctrl+Shift+N"], Needs::Nothing, Some(Icon::Plus)),
    entry(Do::RemoveAccount, "command-remove-account", Group::Accounts, &[], Needs::Account, Some(Icon::Trash)),
    entry(Do::ToggleFolders, "command-toggle-folders", Group::View, &["F9"], Needs::Nothing, Some(Icon::Menu)),
    entry(Do::ToggleReader, "command-toggle-reader", Group::View, &["F8"], Needs::Nothing, None),
    entry(Do::ToggleThreads, "command-toggle-threads", Group::View, &["t"], Needs::Account, Some(Icon::Threads)),
    entry(Do::NextDensity, "command-next-density", Group::View, &["Ctrl+Shift+D"], Needs::Nothing, None),
    entry(Do::NextTheme, "command-next-theme", Group::View, &["Ctrl+Shift+L"], Needs::Nothing, Some(Icon::Sun)),
    entry(Do::ZoomIn, "command-zoom-in", Group::View, &["Ctrl++", "Ctrl+="], Needs::Nothing, None),
    entry(Do::ZoomOut, "command-zoom-out", Group::View, &["Ctrl+-"], Needs::Nothing, None),
    entry(Do::ZoomReset, "command-zoom-reset", Group::View, &["Ctrl+0"], Needs::Nothing, None),
    entry(Do::Settings, "command-settings", Group::View, &["Ctrl+,"], Needs::Nothing, Some(Icon::Settings)),
    entry(Do::Help, "command-help", Group::View, &["?", "F1"], Needs::Nothing, Some(Icon::Keyboard)),
    entry(Do::CloseWindow, "command-close-window", Group::View, &["Ctrl+W"], Needs::Nothing, None),
    entry(Do::Quit, "command-quit", Group::View, &["Ctrl+Q"], Needs::Nothing, None),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_shortcut_can_be_read_and_has_one_meaning() {
        let mut seen: BTreeMap<Shortcut, Do> = BTreeMap::new();
        for entry in &TABLE {
            for text in entry.shortcuts {
                let shortcut = Shortcut::parse(text).unwrap_or_else(|| panic!("{text} of {:?}", entry.does));
                let before = seen.insert(shortcut, entry.does);
                assert_eq!(before, None, "{text} has two meanings");
            }
        }
        for shortcut in seen.keys() {
            if let Shortcut::Pair(first, _) = shortcut {
                assert!(!seen.contains_key(&Shortcut::Single(*first)), "{shortcut:?} can never be typed");
            }
        }
    }

    #[test]
    fn every_action_has_its_line_and_its_name() {
        let mut names = std::collections::BTreeSet::new();
        for entry in &TABLE {
            assert_eq!(entry.does.entry().does, entry.does);
            assert!(names.insert(entry.name), "{} is used twice", entry.name);
            assert!(entry.name.starts_with("command-"));
        }
    }

    #[test]
    fn keys_kept_for_later_are_free() {
        for text in ["/", "Ctrl+K", "c", "r", "a", "f", "h", "Ctrl+R", "Ctrl+N"] {
            let shortcut = Shortcut::parse(text).unwrap();
            let taken = TABLE.iter().find(|e| e.keys().any(|k| k == shortcut));
            assert!(taken.is_none(), "{text} is {:?}", taken.map(|e| e.does));
        }
    }

    #[test]
    fn an_action_waits_for_what_it_needs() {
        let nothing = Situation::default();
        assert!(Do::Help.entry().enabled(nothing));
        assert!(!Do::ToggleFlag.entry().enabled(nothing));
        assert!(Do::ToggleFlag.entry().enabled(Situation { selection: true, ..nothing }));
    }
}
