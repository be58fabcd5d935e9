//! The settings screen as elements: one row a setting, its choices beside or below its name.

mod privacy;

use super::{Message, Screen};
use crate::model::BodyPolicy;
use crate::ui::a11y::{Live, NodeKey, Role, semantic};
use crate::ui::icon::Icon;
use crate::ui::locale::{Locale, tr};
use crate::ui::parts::{dim, empty, hairline, label, spoken, strong};
use crate::ui::settings::preference::value_of;
use crate::ui::settings::{Fault, Key, Language, Settings, Wrong, ZOOM};
use crate::ui::theme::{
    Accent, Appearance, Density, Element, button as looks, container as grounds, input, scroll, space,
    typography,
};
use crate::ui::widget::{button, icon_button, on_escape, radio_group};
use iced::advanced::widget::Id;
use iced::widget::{Column, Row, column, container, row, scrollable, space as gap, text_input};
use iced::{Alignment, Length, Padding};
use toml::Value;

/// Width of the page.
const PAGE: f32 = 760.0;
/// One step of the zoom.
const ZOOM_STEP: f64 = 0.1;

const KEY: NodeKey = NodeKey::named("settings");

/// What the screen is drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The words.
    pub locale: &'a Locale,
    /// The settings.
    pub settings: &'a Settings,
    /// What is wrong with their file.
    pub faults: &'a [Fault],
    /// What all accounts keep on this computer; `None` if not all the same.
    pub kept: Option<BodyPolicy>,
    /// Whether there is a file.
    pub file: bool,
}

/// Widget id of the search field.
#[must_use]
pub fn search_id() -> Id {
    Id::new("settings.search")
}

/// A group of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Look,
    Reading,
    News,
    Privacy,
    Offline,
}

const GROUPS: [(Group, &str); 5] = [
    (Group::Look, "settings-group-look"),
    (Group::Reading, "settings-group-reading"),
    (Group::News, "settings-group-news"),
    (Group::Privacy, "settings-group-privacy"),
    (Group::Offline, "settings-group-offline"),
];

const fn group_of(key: Key) -> Group {
    match key {
        Key::Theme | Key::Accent | Key::Density | Key::Zoom | Key::Language => Group::Look,
        Key::Conversations | Key::MarkRead | Key::MarkReadAfter => Group::Reading,
        Key::Notifications => Group::News,
    }
}

/// Text key of a setting's name; `-hint` behind it is that of its explanation.
const fn name(key: Key) -> (&'static str, &'static str) {
    match key {
        Key::Theme => ("settings-theme", "settings-theme-hint"),
        Key::Accent => ("settings-accent", "settings-accent-hint"),
        Key::Density => ("settings-density", "settings-density-hint"),
        Key::Zoom => ("settings-zoom", "settings-zoom-hint"),
        Key::Language => ("settings-language", "settings-language-hint"),
        Key::Conversations => ("settings-conversations", "settings-conversations-hint"),
        Key::MarkRead => ("settings-mark-read", "settings-mark-read-hint"),
        Key::MarkReadAfter => ("settings-mark-read-after", "settings-mark-read-after-hint"),
        Key::Notifications => ("settings-notifications", "settings-notifications-hint"),
    }
}

/// What a setting can be.
enum Control {
    /// One of these, by text key.
    Choice(Vec<(Value, &'static str)>),
    /// On or off.
    Switch,
    /// Less or more.
    Zoom,
}

fn control(key: Key) -> Control {
    let words = |all: &[(Value, &'static str)]| Control::Choice(all.to_vec());
    match key {
        Key::Theme => Control::Choice(
            [
                (Appearance::System, "settings-theme-system"),
                (Appearance::Light, "settings-theme-light"),
                (Appearance::Dark, "settings-theme-dark"),
            ]
            .map(|(value, text)| (value_of(&value), text))
            .into(),
        ),
        Key::Accent => {
            Control::Choice(Accent::ALL.map(|accent| (value_of(&accent), accent_text(accent))).into())
        }
        Key::Density => Control::Choice(
            [
                (Density::Compact, "settings-density-compact"),
                (Density::Cozy, "settings-density-cozy"),
                (Density::Relaxed, "settings-density-relaxed"),
            ]
            .map(|(value, text)| (value_of(&value), text))
            .into(),
        ),
        Key::Language => Control::Choice(
            [
                (Language::System, "settings-language-system"),
                (Language::En, "settings-language-en"),
                (Language::De, "settings-language-de"),
            ]
            .map(|(value, text)| (value_of(&value), text))
            .into(),
        ),
        Key::Conversations => {
            words(&[(true.into(), "settings-list-conversations"), (false.into(), "settings-list-messages")])
        }
        Key::MarkRead | Key::Notifications => Control::Switch,
        Key::MarkReadAfter => words(&[
            (0.0.into(), "settings-after-0"),
            (1.0.into(), "settings-after-1"),
            (3.0.into(), "settings-after-3"),
            (10.0.into(), "settings-after-10"),
        ]),
        Key::Zoom => Control::Zoom,
    }
}

const fn accent_text(accent: Accent) -> &'static str {
    match accent {
        Accent::Blue => "accent-blue",
        Accent::Teal => "accent-teal",
        Accent::Green => "accent-green",
        Accent::Violet => "accent-violet",
        Accent::Pink => "accent-pink",
        Accent::Orange => "accent-orange",
        Accent::Graphite => "accent-graphite",
    }
}

/// The screen.
#[must_use]
pub fn view<'a>(screen: &'a Screen, look: Look<'a>) -> Element<'a, Message> {
    let l = look.locale;
    let mut all = column![head(screen, look)].spacing(space::L);
    for (number, fault) in (0..).zip(look.faults) {
        all = all.push(fault_banner(number, fault, l));
    }
    let mut any = false;
    for (group, title) in GROUPS {
        let title = l.text(title);
        let mut rows: Vec<Element<'a, Message>> = Key::ALL
            .into_iter()
            .filter(|key| group_of(*key) == group)
            .filter(|key| *key != Key::MarkReadAfter || look.settings.mark_seen || !screen.query.is_empty())
            .filter_map(|key| setting(key, &title, screen, look))
            .collect();
        match group {
            Group::Privacy => rows.extend(privacy::rows(&title, screen, look)),
            Group::Offline => rows.extend(keeping(&title, screen, look)),
            Group::Look | Group::Reading | Group::News => {}
        }
        if rows.is_empty() {
            continue;
        }
        any = true;
        let heading = spoken(
            KEY.item(group as u64),
            Role::Heading,
            title.clone(),
            strong(title).size(typography::SUBTITLE),
        );
        let mut card = Column::new();
        for (index, one) in rows.into_iter().enumerate() {
            if index > 0 {
                card = card.push(hairline());
            }
            card = card.push(one);
        }
        let card = container(card).width(Length::Fill).style(grounds::card);
        all = all.push(column![heading, card].spacing(space::S));
    }
    if !any {
        let words = tr!(l, "settings-none").into_owned();
        all = all.push(empty(KEY.part(2), Icon::Search, words, String::new(), None));
    }
    let page = container(all).max_width(PAGE).padding(space::XL);
    let page = scrollable(container(page).center_x(Length::Fill))
        .direction(scroll::vertical())
        .height(Length::Fill)
        .width(Length::Fill);
    on_escape(container(page).height(Length::Fill).style(grounds::chrome), Message::Left)
}

fn head<'a>(screen: &'a Screen, look: Look<'a>) -> Element<'a, Message> {
    let l = look.locale;
    let back = icon_button(KEY.part(3), Icon::ChevronLeft, tr!(l, "setup-back")).on_press(Message::Left);
    let title = tr!(l, "settings-title");
    let title = spoken(
        KEY.part(4),
        Role::Heading,
        title.clone(),
        label(title).size(typography::TITLE).font(typography::STRONG),
    );
    let hint = tr!(l, "settings-search").into_owned();
    let search = text_input(&hint, &screen.query)
        .id(search_id())
        .size(typography::BODY)
        .padding(space::S)
        .style(input::search_field)
        .on_input(Message::Edited);
    let search = semantic(KEY.part(5), Role::SearchInput, hint)
        .value(screen.query.as_str())
        .text(screen.query.as_str())
        .on_set_value(Message::Edited)
        .wrap(search);
    let file = look.file.then(|| {
        button(KEY.part(6), tr!(l, "settings-file"))
            .icon(Icon::Open)
            .style(looks::ghost)
            .on_press(Message::FileWanted)
    });
    column![
        row![back, title, gap::horizontal()].push(file).spacing(space::S).align_y(Alignment::Center),
        search
    ]
    .spacing(space::M)
    .into()
}

/// What is wrong with the file, in words.
#[must_use]
pub fn fault_text(fault: &Fault, l: &Locale) -> String {
    match &fault.wrong {
        Wrong::Syntax(detail) => {
            tr!(l, "settings-fault-syntax", line = fault.line.to_string(), detail = detail.as_str())
        }
        Wrong::Keys(word) => {
            tr!(l, "settings-fault-keys", line = fault.line.to_string(), word = word.as_str())
        }
        Wrong::Value(key) => tr!(l, "settings-fault-value", line = fault.line.to_string(), key = key.name()),
    }
    .into_owned()
}

fn fault_banner<'a>(number: u64, fault: &Fault, l: &'a Locale) -> Element<'a, Message> {
    let words = fault_text(fault, l);
    let shown =
        container(label(words.clone())).padding(space::M).width(Length::Fill).style(grounds::banner_danger);
    semantic(KEY.part(7).item(number), Role::Alert, words).live(Live::Polite).wrap(shown)
}

/// One row; `None` if it is not searched for, by words of its own or of its group.
fn setting<'a>(key: Key, group: &str, screen: &Screen, look: Look<'a>) -> Option<Element<'a, Message>> {
    let l = look.locale;
    let (name, hint) = name(key);
    let (name, hint) = (l.text(name), l.text(hint));
    let control = control(key);
    let choices = match &control {
        Control::Choice(all) => {
            all.iter().map(|(_, text)| l.text(text).into_owned()).collect::<Vec<_>>().join(" ")
        }
        Control::Switch | Control::Zoom => String::new(),
    };
    if !screen.finds(&[group, &name, &hint, &choices, key.name()]) {
        return None;
    }
    let place = KEY.part(20).item(key as u64);
    let now = look.settings.value(key);
    let shown: Element<'a, Message> = match control {
        Control::Choice(all) => {
            let all = all.into_iter().map(|(value, text)| {
                let chosen = value == now;
                (l.text(text).into_owned(), chosen, Message::Chosen(key, value))
            });
            choice(place, name.clone().into_owned(), all)
        }
        Control::Switch => {
            let on = now == Value::Boolean(true);
            switch(place, &name, on, Message::Chosen(key, (!on).into()), l)
        }
        Control::Zoom => zoom(place, now.as_float().unwrap_or(1.0), l),
    };
    Some(line(name.into_owned(), hint.into_owned(), shown, place))
}

fn switch<'a>(place: NodeKey, name: &str, on: bool, message: Message, l: &'a Locale) -> Element<'a, Message> {
    let mark = if on { Icon::Check } else { Icon::Close }.tinted(space::ICON_M, |t| t.text);
    let text = label(l.text(if on { "settings-on" } else { "settings-off" }));
    button(place.part(1), name.to_owned())
        .role(Role::Switch)
        .toggled(on)
        .content(row![mark, text].spacing(space::S).align_y(Alignment::Center))
        .style(if on { looks::ghost_on } else { looks::ghost })
        .on_press(message)
        .into()
}

fn line<'a>(
    name: String,
    hint: String,
    control: Element<'a, Message>,
    place: NodeKey,
) -> Element<'a, Message> {
    let said = format!("{name}: {hint}");
    let words = spoken(place, Role::Label, said, column![label(name), dim(hint)].spacing(space::XXS));
    container(column![words, control].spacing(space::S)).padding(Padding::from([space::M, space::L])).into()
}

fn choice<'a>(
    place: NodeKey,
    name: String,
    all: impl Iterator<Item = (String, bool, Message)>,
) -> Element<'a, Message> {
    let mut choices = Row::new().spacing(space::XS);
    let (mut on, mut messages) = (None, Vec::new());
    for (number, (text, chosen, message)) in (10..).zip(all) {
        on = on.or_else(|| chosen.then_some(messages.len()));
        messages.push(message.clone());
        choices = choices.push(
            button(place.part(number), text)
                .role(Role::RadioButton)
                .selected(chosen)
                .toggled(chosen)
                .style(if chosen { looks::ghost_on } else { looks::ghost })
                .on_press(message),
        );
    }
    semantic(place.part(2), Role::RadioGroup, name).wrap(radio_group(
        choices.wrap().vertical_spacing(space::XS),
        on,
        messages,
    ))
}

fn zoom<'a>(place: NodeKey, now: f64, l: &'a Locale) -> Element<'a, Message> {
    let (low, high) = (f64::from(ZOOM.0), f64::from(ZOOM.1));
    let step = |by: f64| {
        let to = ((now + by) * 10.0).round() / 10.0;
        (low..=high).contains(&to).then(|| Message::Chosen(Key::Zoom, to.into()))
    };
    let less = button(place.part(3), tr!(l, "command-zoom-out"))
        .content(label("−"))
        .style(looks::ghost)
        .on_press_maybe(step(-ZOOM_STEP));
    let more = button(place.part(4), tr!(l, "command-zoom-in"))
        .content(label("+"))
        .style(looks::ghost)
        .on_press_maybe(step(ZOOM_STEP));
    let words = format!("{:.0} %", now * 100.0);
    let shown = spoken(place.part(5), Role::Status, words.clone(), label(words));
    row![less, shown, more].spacing(space::S).align_y(Alignment::Center).into()
}

/// What all accounts keep on this computer.
fn keeping<'a>(group: &str, screen: &Screen, look: Look<'a>) -> Option<Element<'a, Message>> {
    let l = look.locale;
    let (name, hint) = (tr!(l, "settings-keep").into_owned(), tr!(l, "settings-keep-hint").into_owned());
    if !screen.finds(&[group, &name, &hint]) {
        return None;
    }
    let place = KEY.part(8);
    let all = crate::ui::parts::KEEP_CHOICES
        .into_iter()
        .map(|(policy, text)| (l.text(text).into_owned(), look.kept == Some(policy), Message::Kept(policy)));
    Some(line(name.clone(), hint, choice(place, name, all), place))
}
