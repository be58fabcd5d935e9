//! Shows our widgets with made-up data, to look at them: `cargo run --example gallery -- [mail|controls] [dark]`.
#![allow(
    missing_docs,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    clippy::collapsible_match,
    clippy::manual_is_multiple_of,
    reason = "a program to look at, not a library"
)]

use iced::widget::{column, container, row, rule, space, text};
use iced::{Alignment, Fill, Length, Subscription, Task, window};
use postrider::mime::text::{Block, BlockKind, Link, TextBody};
use postrider::ui::a11y::{Bridge, Live, NodeKey, Role, Signal, semantic, semantic_root};
use postrider::ui::icon::Icon;
use postrider::ui::theme::{self, Accent, Density, Element, Theme, space as gap, typography};
use postrider::ui::widget::virtual_list::Mark;
use postrider::ui::widget::{
    BodyEvent, BodyText, BodyWords, Content, FolderTree, ListEvent, Row, Select, TreeEvent, TreeRow,
    VirtualList, button, focus_scope, icon_button,
};
use std::collections::BTreeSet;

const WHO: [&str; 10] = [
    "Ada Lovelace",
    "Grace Hopper",
    "山田 太郎",
    "Людмила Петрова",
    "محمد علي",
    "Build Bot",
    "Zoë Müller",
    "김철수",
    "The newsletter with the remarkably long sender name",
    "נועה כהן",
];
const WHAT: [&str; 10] = [
    "Re: Quarterly numbers",
    "Invoice 2231 attached ✨",
    "会議の議事録について",
    "Встреча в пятницу",
    "مرحبا بالعالم، هذا موضوع الرسالة",
    "Your build failed 🚨",
    "Lunch on Thursday? 🍕😀❤️",
    "회의 일정 변경",
    "A subject that goes on and on and on until it certainly doesn't fit into the column",
    "שלום עולם",
];
const SNIPPET: &str = "Hi all, here is the summary of what we discussed this week and the next steps for";

struct Gallery {
    a11y: Bridge,
    dark: bool,
    density: Density,
    count: usize,
    focused: Option<usize>,
    selected: BTreeSet<usize>,
    anchor: usize,
    flagged: BTreeSet<usize>,
    last: String,
    folder: u64,
    folded: BTreeSet<u64>,
    body: Content,
    scene: Scene,
}

#[derive(Clone, Copy, PartialEq)]
enum Scene {
    Mail,
    Controls,
}

#[derive(Clone, Debug)]
enum Message {
    List(ListEvent),
    Density(Density),
    Theme,
    Tree(TreeEvent),
    A11y(Signal),
    Opened,
    Event(window::Event),
    Body(BodyEvent),
    Clicked(&'static str),
}

impl Gallery {
    fn new() -> (Self, Task<Message>) {
        let args: Vec<String> = std::env::args().collect();
        let has = |word: &str| args.iter().any(|arg| arg == word);
        let density = match () {
            () if has("compact") => Density::Compact,
            () if has("relaxed") => Density::Relaxed,
            () => Density::Cozy,
        };
        let (a11y, signals) = Bridge::start();
        let (_, open) =
            window::open(window::Settings { size: (1280.0, 800.0).into(), ..window::Settings::default() });
        let gallery = Self {
            a11y,
            dark: has("dark"),
            density,
            count: 1_000_000,
            focused: Some(2),
            selected: BTreeSet::from([2]),
            anchor: 2,
            flagged: BTreeSet::from([1, 4]),
            last: String::new(),
            folder: 1,
            folded: BTreeSet::new(),
            body: if has("big") { big() } else { body() },
            scene: if has("controls") { Scene::Controls } else { Scene::Mail },
        };
        (gallery, Task::batch([signals.map(Message::A11y), open.map(|_| Message::Opened)]))
    }

    fn update(&mut self, message: Message) -> Task<Message> {
        if let Message::A11y(signal) = message {
            return self.a11y.update(signal).map(Message::A11y);
        }
        let task = self.step(message);
        self.a11y.follow(task, Message::A11y)
    }

    fn subscription(&self) -> Subscription<Message> {
        Subscription::batch([
            self.a11y.subscription().map(Message::A11y),
            window::events().map(|(_, event)| Message::Event(event)),
        ])
    }

    fn step(&mut self, message: Message) -> Task<Message> {
        match message {
            Message::Event(window::Event::Closed) => return iced::exit(),
            Message::A11y(_) | Message::Opened | Message::Event(_) => {}
            Message::List(event) => self.list_event(event),
            Message::Density(density) => self.density = density,
            Message::Tree(event) => {
                self.last = format!("{event:?}");
                match event {
                    TreeEvent::Select(id) => self.folder = id,
                    TreeEvent::Toggle(id) => {
                        if !self.folded.remove(&id) {
                            self.folded.insert(id);
                        }
                    }
                    _ => {}
                }
            }
            Message::Body(event) => self.last = format!("{event:?}"),
            Message::Theme => self.dark = !self.dark,
            Message::Clicked(what) => self.last = what.to_owned(),
        }
        Task::none()
    }

    fn list_event(&mut self, event: ListEvent) {
        self.last = format!("{event:?}");
        match event {
            ListEvent::Select { index, how, .. } => {
                self.focused = Some(index);
                match how {
                    Select::Only => {
                        self.selected = BTreeSet::from([index]);
                        self.anchor = index;
                    }
                    Select::Toggle => {
                        if !self.selected.remove(&index) {
                            self.selected.insert(index);
                        }
                        self.anchor = index;
                    }
                    Select::Range => {
                        self.selected = (self.anchor.min(index)..=self.anchor.max(index)).collect()
                    }
                    Select::RangeAdd => self.selected.extend(self.anchor.min(index)..=self.anchor.max(index)),
                    Select::Focus => {}
                }
            }
            ListEvent::ToggleFlag { index, .. } => {
                if !self.flagged.remove(&index) {
                    self.flagged.insert(index);
                }
            }
            _ => {}
        }
    }

    fn theme(&self, _: window::Id) -> Theme {
        if self.dark { Theme::dark(Accent::Blue) } else { Theme::light(Accent::Blue) }
    }

    fn row(&self, index: usize) -> Option<Row<'_>> {
        if index % 97 == 13 {
            return None;
        }
        Some(Row {
            id: index as u64,
            from: WHO[index % 10].into(),
            subject: if index < 10 {
                WHAT[index].into()
            } else {
                format!("{} — {index}", WHAT[(index * 7) % 10]).into()
            },
            snippet: SNIPPET.into(),
            date: if index % 3 == 0 { "12:30".into() } else { "3 Mar 2026".into() },
            unread: index % 4 == 0,
            flagged: self.flagged.contains(&index),
            attachment: index % 5 == 1,
            mark: match index % 11 {
                3 => Mark::Answered,
                5 => Mark::Pending,
                7 => Mark::Failed,
                8 => Mark::Forwarded,
                _ => Mark::None,
            },
            count: (if index % 4 == 1 { "3" } else { "" }).into(),
            muted: false,
            selected: self.selected.contains(&index),
        })
    }

    fn toolbar(&self) -> Element<'_, Message> {
        let tool = |icon, label: &'static str, keys: &'static str| {
            icon_button(NodeKey::named(label), icon, label).shortcut(keys).on_press(Message::Clicked(label))
        };
        let density = |d: Density, label: &'static str| {
            button(NodeKey::named(label), label)
                .style(move |t: &Theme, s| theme::button::tab(t, s, self.density == d))
                .on_press(Message::Density(d))
        };
        let bar = container(
            row![
                button(NodeKey::named("compose"), "New message")
                    .icon(Icon::Compose)
                    .style(theme::button::primary)
                    .on_press(Message::Clicked("compose")),
                space::horizontal().width(gap::S),
                tool(Icon::Reply, "Reply", "R"),
                tool(Icon::ReplyAll, "Reply all", "Shift+R"),
                tool(Icon::Forward, "Forward", "F"),
                tool(Icon::Archive, "Archive", "E"),
                tool(Icon::Trash, "Delete", "Del"),
                tool(Icon::Junk, "Junk", "J"),
                icon_button(NodeKey::named("off"), Icon::Star, "Off"),
                space::horizontal().width(Fill),
                density(Density::Compact, "Compact"),
                density(Density::Cozy, "Cozy"),
                density(Density::Relaxed, "Relaxed"),
                icon_button(NodeKey::named("theme"), if self.dark { Icon::Sun } else { Icon::Moon }, "Theme")
                    .on_press(Message::Theme),
            ]
            .spacing(gap::XS)
            .align_y(Alignment::Center),
        )
        .padding([gap::S, gap::M])
        .width(Fill)
        .style(theme::container::chrome);
        semantic(NodeKey::named("toolbar"), Role::Toolbar, "Main toolbar").wrap(bar)
    }

    fn view(&self, window: window::Id) -> Element<'_, Message> {
        let body: Element<'_, Message> = match self.scene {
            Scene::Mail => self.mail(),
            Scene::Controls => controls(),
        };
        let status = container(text(&self.last).size(typography::CAPTION).style(theme::container::text_dim))
            .padding([gap::XS, gap::M])
            .width(Fill)
            .style(theme::container::chrome);
        let status = semantic(NodeKey::named("status"), Role::Status, "").live(Live::Polite).wrap(status);
        let content = column![self.toolbar(), rule::horizontal(1), body, rule::horizontal(1), status];
        semantic_root(window, "Gallery", focus_scope(content))
    }

    fn folders(&self) -> Element<'_, Message> {
        let all = [
            (0, 0, None, "ada@example.org", ""),
            (1, 0, Some(Icon::Inbox), "Inbox", "128"),
            (2, 0, Some(Icon::Drafts), "Drafts", "2"),
            (3, 0, Some(Icon::Sent), "Sent", ""),
            (4, 0, Some(Icon::Archive), "Archive", ""),
            (5, 0, Some(Icon::Junk), "Junk", "17"),
            (6, 0, Some(Icon::Trash), "Trash", ""),
            (7, 0, Some(Icon::Folder), "Projects", ""),
            (8, 1, Some(Icon::Folder), "Analytical engine", "3"),
            (9, 2, Some(Icon::Folder), "Bernoulli", ""),
            (10, 1, Some(Icon::Folder), "A folder with a name that is too long", "1,204"),
            (11, 0, Some(Icon::Folder), "会議", ""),
            (12, 0, Some(Icon::Folder), "مشاريع", "5"),
            (20, 0, None, "countess.lovelace@a-very-long-domain.example", ""),
            (21, 0, Some(Icon::Inbox), "Inbox", ""),
        ];
        let mut rows: Vec<TreeRow<'_>> = Vec::new();
        let mut hidden: Option<usize> = None;
        for (id, level, icon, name, count) in all {
            let head = icon.is_none();
            if head {
                hidden = None;
            } else if hidden.is_some_and(|at| at == usize::MAX || level > at) {
                continue;
            } else {
                hidden = None;
            }
            let parent = matches!(id, 0 | 7 | 8 | 20);
            let open = !self.folded.contains(&id);
            if parent && !open {
                hidden = Some(if head { usize::MAX } else { level });
            }
            let row = match icon {
                Some(icon) => TreeRow::new(id, icon, name),
                None => TreeRow::head(id, name, open),
            };
            rows.push(TreeRow {
                level,
                count: count.into(),
                strong: matches!(id, 1 | 8 | 10),
                expanded: parent.then_some(open),
                selected: self.folder == id,
                ..row
            });
        }
        FolderTree::new(NodeKey::named("folders"), "Folders", rows, Message::Tree).id("folders").into()
    }

    fn reader(&self) -> Element<'_, Message> {
        let small =
            |content: &'static str| text(content).size(typography::SMALL).style(theme::container::text_dim);
        let attachment = |name: &'static str, size: &'static str| {
            container(
                row![Icon::File.view(gap::ICON_M), text(name).size(typography::SMALL), small(size)]
                    .spacing(gap::S)
                    .align_y(Alignment::Center),
            )
            .padding([gap::S, gap::M])
            .style(theme::container::card)
        };
        let header = column![
            text("Re: Quarterly numbers ✨ and what follows from them")
                .size(typography::TITLE)
                .font(typography::STRONG),
            row![
                text("Ada Lovelace").size(typography::BODY).font(typography::STRONG),
                small("ada@example.org"),
                space::horizontal().width(Fill),
                small("Tue, 3 March 2026, 12:30"),
            ]
            .spacing(gap::S)
            .align_y(Alignment::Center),
            small("to Grace Hopper, Charles Babbage"),
            row![attachment("numbers.pdf", "1.2 MB"), attachment("engine.png", "340 KB")].spacing(gap::S),
            rule::horizontal(1),
        ]
        .spacing(gap::S)
        .padding([gap::L, gap::XL]);
        BodyText::new(
            NodeKey::named("body"),
            &self.body,
            BodyWords { label: "Message", show_quote: "Show quoted text", hide_quote: "Hide quoted text" },
            Message::Body,
        )
        .id("body")
        .header(header)
        .into()
    }

    fn mail(&self) -> Element<'_, Message> {
        let list = VirtualList::new(
            NodeKey::named("list"),
            "Messages",
            self.count,
            |index| self.row(index),
            Message::List,
        )
        .id("list")
        .density(self.density)
        .focused(self.focused);
        row![
            container(self.folders()).width(232).height(Fill).style(theme::container::chrome),
            rule::vertical(1),
            container(list).width(Length::Fixed(420.0)).style(theme::container::surface),
            rule::vertical(1),
            container(self.reader()).width(Fill).height(Fill).style(theme::container::surface),
        ]
        .into()
    }
}

fn block(kind: BlockKind, depth: u8, text: &str) -> Block {
    let mut links = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("https://") {
        let start = from + at;
        let end = text[start..].find(' ').map_or(text.len(), |n| start + n);
        links.push(Link { range: start..end, target: text[start..end].into() });
        from = end;
    }
    Block { kind, quote_depth: depth, text: text.to_owned(), links, joined: false }
}

fn body() -> Content {
    let t = |text| block(BlockKind::Text, 0, text);
    let q = |depth, text| block(BlockKind::Quote, depth, text);
    let blocks = vec![
        t("Hello Grace,"),
        t(""),
        t(
            "the numbers are in, and they look better than last quarter. I put the whole table into the attachment; the short version is that the analytical engine now computes Bernoulli numbers in half the time, as long as nobody drops a punch card 😀.",
        ),
        t(""),
        t(
            "Details are at https://example.org/reports/2026/q1?view=full&lang=en and at https://example.org/ too.",
        ),
        t("日本語のテキスト、中文文本、한국어 텍스트. Русский текст."),
        t(
            "مرحبا بالعالم، هذه فقرة مكتوبة من اليمين إلى اليسار ويجب أن تظهر محاذية لليمين حتى لو كانت طويلة جدا وتحتاج إلى أكثر من سطر واحد.",
        ),
        t("שלום עולם"),
        t("Emoji: 😀 🎉 🚀 👩‍💻 🇫🇷 ❤️"),
        t(""),
        q(1, "Could you send me the table before Friday?"),
        q(1, "Charles asks as well."),
        t(""),
        t("Attached."),
        t(""),
        block(BlockKind::Heading, 0, "A heading of an HTML mail"),
        block(BlockKind::Pre, 0, "fn main() {"),
        block(BlockKind::Pre, 0, "    println!(\"preformatted\");"),
        block(BlockKind::Pre, 0, "}"),
        block(BlockKind::Rule, 0, ""),
        t("Grace Hopper wrote:"),
        q(1, "Dear Ada,"),
        q(1, ""),
        q(1, "how are the numbers? See https://example.org/quoted for the last ones."),
        q(
            2,
            "They will be done on Thursday, I think, unless the engine needs oil again, which would take us another day or two.",
        ),
        q(3, "Third level"),
        q(1, "Grace"),
        t(""),
        block(BlockKind::Signature, 0, "-- "),
        block(BlockKind::Signature, 0, "Ada Lovelace · Analyst · https://example.org/ada"),
    ];
    Content::new(1, TextBody { blocks, truncated: false })
}

/// Four megabytes of text.
fn big() -> Content {
    let line = "The quick brown fox jumps over the lazy dog and runs away from the bear in the woods until it is night.";
    let blocks = (0..42_000).map(|i| block(BlockKind::Text, 0, &format!("{i}: {line}")));
    Content::new(2, TextBody { blocks: blocks.collect(), truncated: false })
}

fn controls() -> Element<'static, Message> {
    let mut icons = row![].spacing(gap::M);
    for icon in Icon::ALL {
        icons = icons
            .push(column![icon.view(24.0), text(format!("{icon:?}")).size(9)].align_x(Alignment::Center));
    }
    container(column![icons.wrap()].spacing(gap::L)).padding(gap::XL).width(Fill).height(Fill).into()
}

fn main() -> iced::Result {
    typography::install();
    iced::daemon(Gallery::new, Gallery::update, Gallery::view)
        .theme(Gallery::theme)
        .subscription(Gallery::subscription)
        .title("Gallery")
        .default_font(typography::UI)
        .run()
}
