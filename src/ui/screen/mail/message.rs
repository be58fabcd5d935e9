//! What can happen on the mail screen, what it wants done, what it asks the store. Plain data.

use super::activity::Activities;
use super::find::FindMessage;
use super::folders::Node;
use super::layout::{Edge, Pane};
use super::list::{self, Ids, Step, Visit};
use super::page::PageMessage;
use super::palette::PaletteMessage;
use super::saving::SaveWish;
use super::sheets;
use super::source::SourceMessage;
use super::transfers::Place;
use super::watch::WatchMessage;
use crate::model::{
    AccountId, ActionId, BodyPolicy, MailboxId, MessageId, OperationId, PartPath, Revision, TransferId,
};
use crate::store::{Conversation, MessageRow};
use crate::sync::{Command, Fix};
use crate::trust::LinkFact;
use crate::ui::command::Do;
use crate::ui::note::Note;
use crate::ui::read::{Attachment, Mail as Opened, SourceText, Tree};
use crate::ui::widget::DragEvent;
use crate::ui::widget::virtual_list::Select;
use iced::Point;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What can happen on the screen.
#[derive(Clone, Debug)]
pub enum Message {
    /// A folder row was clicked, or the keyboard came to it.
    FolderOpened(Node),
    /// Enter was pressed on a folder row: go on to its messages.
    FolderEntered(Node),
    /// A folder row was opened or closed.
    FolderToggled(Node),
    /// The list shows other rows.
    ListShows(Range<usize>),
    /// A row was clicked.
    RowChosen(usize, Select),
    /// The list was asked to move by the keyboard.
    ListStep(Step, Select),
    /// A row was opened by double click or Enter.
    RowOpened(usize),
    /// All rows were chosen.
    AllChosen,
    /// The right button was pressed on a row.
    MenuOpened(usize, Point),
    /// The menu of a folder is wanted.
    FolderMenuOpened(Node, Point),
    /// A row is pulled away; whether it will be a copy.
    RowDragged(MessageId, Point, bool),
    /// A folder is pulled away.
    FolderDragged(Node, Point),
    /// A drag goes on or ends.
    Drag(DragEvent),
    /// Another folder is below what is dragged.
    DragOver(Option<Node>),
    /// Something was held over a folder for a while; which time.
    SpringDue(u64),
    /// Something in the list of folders to move to.
    Palette(PaletteMessage),
    /// A failed operation is to be tried again.
    OperationRetried(OperationId),
    /// The mark of a failed operation is to go, or one that waits is to be taken back.
    OperationDismissed(OperationId),
    /// What the user did is to be undone.
    ActionUndone(ActionId),
    /// A menu of the text is wanted: where, the link there, the selected text.
    TextMenuOpened(Point, Option<Arc<str>>, Option<String>),
    /// A text is to be copied.
    Copied(String),
    /// The menu was closed.
    MenuClosed,
    /// The main menu opens or closes.
    MainMenuToggled,
    /// Something of the table was clicked.
    Do(Do),
    /// The star of a row was clicked.
    StarClicked(MessageId),
    /// The pointer is on a link.
    LinkHovered(Option<String>),
    /// A link was clicked.
    LinkOpened(String),
    /// Something about messages that are shown as pages.
    Page(PageMessage),
    /// Something about who a message is from, what it wants, or the sheet about it.
    Watch(WatchMessage),
    /// Something in the bar to search in what is read.
    Find(FindMessage),
    /// Something on the page with the source of a message.
    Source(SourceMessage),
    /// All addresses are to be shown, or not.
    AddressesToggled,
    /// Something happened in one of the open messages of a conversation.
    Within(MessageId, Box<Message>),
    /// A message of the conversation is to be opened or closed.
    TalkToggled(MessageId),
    /// Earlier messages of the conversation are to be shown.
    EarlierWanted,
    /// Messages of the conversation were shown long enough to count as read.
    TalkSeen(u64),
    /// Everything on the screen is to be read again.
    ReloadWanted,
    /// The text is to be fetched (again).
    TextWanted,
    /// An attachment is to be opened.
    AttachmentOpened(PartPath),
    /// An attachment is to be saved where downloads go.
    AttachmentSaved(PartPath),
    /// An attachment is to be saved where the user says.
    AttachmentSavedAs(PartPath),
    /// A place for a file was found or chosen; `None` if the user changed their mind.
    PlaceFound(MessageId, PartPath, Option<Place>),
    /// A folder for all attachments was chosen.
    FolderFound(MessageId, Vec<(PartPath, Place)>),
    /// A download is to be stopped.
    TransferStopped(TransferId),
    /// A message was shown for a while: fetch its text.
    FetchDue(MessageId),
    /// A message was shown long enough to count as read.
    SeenDue(MessageId, u64),
    /// An edge is dragged.
    EdgeDragged(Edge, f32),
    /// An edge was let go.
    EdgeDropped,
    /// The folder drawer opens or closes.
    DrawerToggled,
    /// The list of account states opens or closes.
    DetailsToggled,
    /// Which mails of an account are kept on this computer was chosen.
    KeepChosen(AccountId, BodyPolicy),
    /// The same for one folder; `None`: as its account says.
    FolderKeepChosen(AccountId, MailboxId, Option<BodyPolicy>),
    /// The fetching of mails to keep is to be paused, or to go on.
    KeepPaused(AccountId, bool),
    /// The button that helps with an account's problem.
    FixPressed(AccountId, Fix),
    /// The doctor is to look at an account.
    DoctorPressed(AccountId),
    /// A pane was clicked or got the keyboard.
    PaneFocused(Pane),
}

/// What the screen wants done.
#[derive(Clone, Debug)]
pub enum Action {
    /// Tell the worker.
    Send(Command),
    /// Read the store.
    Read(Request),
    /// Come back later with this.
    After(Duration, Message),
    /// Open a link in the browser.
    OpenLink(String),
    /// Put a text on the clipboard.
    Copy(String),
    /// Put an address on the clipboard, and say so.
    CopyAddress(String),
    /// Fetch an attachment into a throw-away file.
    FindTemporary(MessageId, Attachment),
    /// Find a free name where downloads go.
    FindDownload(MessageId, Attachment),
    /// Ask the user for a place.
    AskPlace(MessageId, Attachment),
    /// Ask the user for a folder for all of these.
    AskFolder(MessageId, Vec<Attachment>),
    /// Put a complete download in the place of an older file.
    Replace(PathBuf, PathBuf),
    /// Open a file with another program.
    OpenFile(PathBuf),
    /// Ask the user for a place, and write a file there: its name and bytes.
    SaveBytes(String, Vec<u8>),
    /// Make a PDF of a message and open it.
    Print(MessageId),
    /// Say something.
    Say(Note),
    /// Turn pages of the text.
    TurnPages(f32),
    /// Scroll the text by pixels.
    Scroll(f32),
    /// Lay out or paint a page.
    Page(sheets::Wish),
    /// Do something about a message that needs the network or the store.
    Watch(super::watch::Wish),
    /// Put the keyboard into a pane.
    Focus(Pane),
    /// Put the keyboard into the field to search in what is read, with its words chosen.
    FocusFind,
    /// The settings changed: write them.
    Remember,
    /// Do something that isn't of this screen.
    Do(Do),
    /// Show the settings of an account.
    EditAccount(AccountId),
    /// Let the doctor look at an account.
    Examine(AccountId),
    /// Ask for the password of an account.
    AskPassword(AccountId),
    /// Ask before it is done.
    Ask(Question),
}

/// What the user is asked before something is done.
#[derive(Clone, Debug)]
pub enum Question {
    /// Whether messages shall be gone for good.
    DeleteForever {
        /// How many.
        count: usize,
        /// Whether these are conversations.
        threads: bool,
        /// What a yes does.
        command: Command,
    },
    /// Whether a folder shall be deleted with all that is in it.
    DeleteFolder {
        /// Its name.
        name: String,
        /// Messages in it.
        total: u64,
        /// Whether there are folders inside of it.
        parent: bool,
        /// What a yes does.
        command: Command,
    },
    /// Whether a folder shall be put somewhere else.
    MoveFolder {
        /// Its name.
        name: String,
        /// Into which one; `None`: to the top.
        parent: Option<String>,
        /// What a yes does.
        command: Command,
    },
    /// Whether a link shall be followed that is not what it seems.
    OpenLink {
        /// Where it leads.
        target: String,
        /// What is odd about it.
        fact: LinkFact,
    },
    /// Whether attachments shall be saved that run when they are opened.
    SavePrograms {
        /// Those.
        names: Vec<String>,
        /// Of which message.
        message: MessageId,
        /// What a yes saves.
        wish: SaveWish,
    },
    /// What a folder shall be called.
    Name(NameWish),
}

/// A folder that gets a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameWish {
    /// A new one.
    New {
        /// Whose.
        account: AccountId,
        /// Inside of which one, with its name.
        parent: Option<(MailboxId, String)>,
    },
    /// Another name for one.
    Rename {
        /// Which one.
        mailbox: MailboxId,
        /// Inside of which one it stays.
        parent: Option<MailboxId>,
        /// Its name so far.
        name: String,
    },
}

/// What to read from the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Accounts and folders.
    Tree,
    /// Something for the list.
    List(list::Wish),
    /// A message.
    Mail(MessageId),
    /// What waits, what failed, what was done.
    Activity,
    /// The conversation of a message, seen from a folder.
    Talk(MessageId, MailboxId),
    /// What is kept of an account.
    Kept(AccountId),
    /// The source of a message.
    Source(MessageId),
}

/// What the store answered.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Accounts and folders.
    Tree(Tree),
    /// The ids of a folder.
    Ids(Ids),
    /// Rows of a folder.
    Rows(Visit, Revision, Vec<MessageRow>),
    /// The nearest unread message.
    Unread(Visit, Option<MessageId>),
    /// A message.
    Mail(MessageId, Revision, Option<Arc<Opened>>),
    /// What waits, what failed, what was done.
    Activity(Activities),
    /// The conversation of a message.
    Talk(MessageId, Revision, Option<Arc<Conversation>>),
    /// What is kept of an account.
    Kept(AccountId, super::keeping::Kept),
    /// The source of a message, if it is here.
    Source(MessageId, Option<Arc<SourceText>>),
    /// The store could not be read.
    Failed(Request, String),
}

/// An open menu.
#[derive(Clone, Debug, PartialEq)]
pub struct Menu {
    /// Where it opens.
    pub at: Point,
    /// What it is about.
    pub of: MenuOf,
}

/// What a menu is about.
#[derive(Clone, Debug, PartialEq)]
pub enum MenuOf {
    /// The chosen rows of the list.
    Rows,
    /// A folder or an account.
    Folder(Node),
    /// Charsets for the message in the reading pane.
    Charsets,
    /// A place in the text.
    Text {
        /// The link there.
        link: Option<Arc<str>>,
        /// What the reader sees of it.
        label: Option<Arc<str>>,
        /// The picture there that can be saved: of which message, and what the page calls it.
        image: Option<(MessageId, Arc<str>)>,
        /// What is selected.
        selection: Option<String>,
    },
}
