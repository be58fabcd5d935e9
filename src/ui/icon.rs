//! Icons: our own 24x24 stroke drawings in `resources/icons`, tinted by the theme.

use crate::ui::theme::{Element, Theme, Tokens, space};
use iced::Color;
use iced::advanced::svg::Handle;
use iced::widget::svg::{self, Svg};
use std::sync::OnceLock;

/// One drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Icon {
    /// All mail.
    All,
    /// Archived mail.
    Archive,
    /// Attachment.
    Attachment,
    /// Done, chosen.
    Check,
    /// Expanded.
    ChevronDown,
    /// Back.
    ChevronLeft,
    /// Collapsed.
    ChevronRight,
    /// Fold.
    ChevronUp,
    /// Waiting.
    Clock,
    /// Close, cancel, clear.
    Close,
    /// Write a new mail.
    Compose,
    /// Copy.
    Copy,
    /// Fetch from the server.
    Download,
    /// Unfinished mail.
    Drafts,
    /// Show what is hidden.
    Eye,
    /// Hide.
    EyeOff,
    /// File.
    File,
    /// A folder without a special use.
    Folder,
    /// Forward; answer went on.
    Forward,
    /// Picture.
    Image,
    /// Incoming mail.
    Inbox,
    /// Note.
    Info,
    /// Junk mail.
    Junk,
    /// Shortcuts.
    Keyboard,
    /// Protected connection.
    Lock,
    /// Unread; a mail.
    Mail,
    /// Read.
    MailOpen,
    /// Main menu.
    Menu,
    /// Dark.
    Moon,
    /// Put into a folder.
    Move,
    /// More actions.
    More,
    /// No connection.
    Offline,
    /// Connected.
    Online,
    /// Open in another program.
    Open,
    /// Add.
    Plus,
    /// Do once more.
    Redo,
    /// Look for new mail.
    Refresh,
    /// Reply.
    Reply,
    /// Reply to all.
    ReplyAll,
    /// Save to a file.
    Save,
    /// Search.
    Search,
    /// Sent mail.
    Sent,
    /// Server.
    Server,
    /// Settings.
    Settings,
    /// Not flagged.
    Star,
    /// Flagged.
    StarFilled,
    /// Light.
    Sun,
    /// Conversations.
    Threads,
    /// Deleted mail; delete.
    Trash,
    /// Undo.
    Undo,
    /// Person, account.
    User,
    /// Something needs attention.
    Warning,
}

macro_rules! svg {
    ($name:literal) => {
        include_bytes!(concat!("../../resources/icons/", $name, ".svg")).as_slice()
    };
}

impl Icon {
    /// All icons.
    pub const ALL: [Self; 52] = [
        Self::All,
        Self::Archive,
        Self::Attachment,
        Self::Check,
        Self::ChevronDown,
        Self::ChevronLeft,
        Self::ChevronRight,
        Self::ChevronUp,
        Self::Clock,
        Self::Close,
        Self::Compose,
        Self::Copy,
        Self::Download,
        Self::Drafts,
        Self::Eye,
        Self::EyeOff,
        Self::File,
        Self::Folder,
        Self::Forward,
        Self::Image,
        Self::Inbox,
        Self::Info,
        Self::Junk,
        Self::Keyboard,
        Self::Lock,
        Self::Mail,
        Self::MailOpen,
        Self::Menu,
        Self::Moon,
        Self::Move,
        Self::More,
        Self::Offline,
        Self::Online,
        Self::Open,
        Self::Plus,
        Self::Redo,
        Self::Refresh,
        Self::Reply,
        Self::ReplyAll,
        Self::Save,
        Self::Search,
        Self::Sent,
        Self::Server,
        Self::Settings,
        Self::Star,
        Self::StarFilled,
        Self::Sun,
        Self::Threads,
        Self::Trash,
        Self::Undo,
        Self::User,
        Self::Warning,
    ];

    /// The drawing as SVG.
    #[must_use]
    pub const fn bytes(self) -> &'static [u8] {
        match self {
            Self::All => svg!("all"),
            Self::Archive => svg!("archive"),
            Self::Attachment => svg!("attachment"),
            Self::Check => svg!("check"),
            Self::ChevronDown => svg!("chevron-down"),
            Self::ChevronLeft => svg!("chevron-left"),
            Self::ChevronRight => svg!("chevron-right"),
            Self::ChevronUp => svg!("chevron-up"),
            Self::Clock => svg!("clock"),
            Self::Close => svg!("close"),
            Self::Compose => svg!("compose"),
            Self::Copy => svg!("copy"),
            Self::Download => svg!("download"),
            Self::Drafts => svg!("drafts"),
            Self::Eye => svg!("eye"),
            Self::EyeOff => svg!("eye-off"),
            Self::File => svg!("file"),
            Self::Folder => svg!("folder"),
            Self::Forward => svg!("forward"),
            Self::Image => svg!("image"),
            Self::Inbox => svg!("inbox"),
            Self::Info => svg!("info"),
            Self::Junk => svg!("junk"),
            Self::Keyboard => svg!("keyboard"),
            Self::Lock => svg!("lock"),
            Self::Mail => svg!("mail"),
            Self::MailOpen => svg!("mail-open"),
            Self::Menu => svg!("menu"),
            Self::Moon => svg!("moon"),
            Self::Move => svg!("move"),
            Self::More => svg!("more"),
            Self::Offline => svg!("offline"),
            Self::Online => svg!("online"),
            Self::Open => svg!("open"),
            Self::Plus => svg!("plus"),
            Self::Redo => svg!("redo"),
            Self::Refresh => svg!("refresh"),
            Self::Reply => svg!("reply"),
            Self::ReplyAll => svg!("reply-all"),
            Self::Save => svg!("save"),
            Self::Search => svg!("search"),
            Self::Sent => svg!("sent"),
            Self::Server => svg!("server"),
            Self::Settings => svg!("settings"),
            Self::Star => svg!("star"),
            Self::StarFilled => svg!("star-filled"),
            Self::Sun => svg!("sun"),
            Self::Threads => svg!("threads"),
            Self::Trash => svg!("trash"),
            Self::Undo => svg!("undo"),
            Self::User => svg!("user"),
            Self::Warning => svg!("warning"),
        }
    }

    /// The drawing as iced knows it. Made once, because making it hashes the bytes.
    #[must_use]
    pub fn handle(self) -> Handle {
        static HANDLES: [OnceLock<Handle>; Icon::ALL.len()] = [const { OnceLock::new() }; Icon::ALL.len()];
        match HANDLES.get(self as usize) {
            Some(cell) => cell.get_or_init(|| Handle::from_memory(self.bytes())).clone(),
            None => Handle::from_memory(self.bytes()),
        }
    }

    /// The icon in the color of secondary text.
    #[must_use]
    pub fn view<'a>(self, size: f32) -> Svg<'a, Theme> {
        self.tinted(size, |t| t.text_dim)
    }

    /// The icon in a color of the theme.
    #[must_use]
    pub fn tinted<'a>(self, size: f32, color: impl Fn(&Tokens) -> Color + 'a) -> Svg<'a, Theme> {
        Svg::new(self.handle())
            .width(size)
            .height(size)
            .style(move |theme: &Theme, _| svg::Style { color: Some(color(theme.tokens())) })
    }

    /// The icon at the usual size, ready for a row.
    #[must_use]
    pub fn element<'a, Message: 'a>(self) -> Element<'a, Message> {
        self.view(space::ICON_M).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_icons_are_drawn_on_the_same_grid() {
        for (place, icon) in Icon::ALL.into_iter().enumerate() {
            assert_eq!(icon as usize, place, "{icon:?} is not at its place in ALL");
            let text = std::str::from_utf8(icon.bytes()).unwrap();
            assert!(text.contains("viewBox=\"0 0 24 24\""), "{icon:?}");
            assert!(text.contains("stroke-width=\"1.75\""), "{icon:?}");
        }
    }
}
