//! Small pieces that several screens are built from: labels, empty states, menus. Only theme tokens, no texts.

mod elided;

use super::a11y::{NodeKey, Role, semantic};
use super::icon::Icon;
use super::theme::{Accent, Element, Theme, Tokens, container as grounds, space, typography};
use super::widget::{Button, button};
use crate::model::{AccountColor, BodyPolicy};
use iced::widget::text::{Shaping, Wrapping};
use iced::widget::{Text, center, column, container, rule, text};
use iced::{Alignment, Length};
use std::borrow::Cow;

pub(crate) use elided::elided;

/// Widest text that is still easy to read in a centered column.
const NARROW: f32 = 420.0;

/// Which mails can be kept on this computer, with the text key of each choice; a mailbox's own setting is the worker's.
pub(crate) const KEEP_CHOICES: [(BodyPolicy, &str); 4] = [
    (BodyPolicy::None, "keep-none"),
    (BodyPolicy::Days(30), "keep-month"),
    (BodyPolicy::Days(90), "keep-quarter"),
    (BodyPolicy::All, "keep-all"),
];

/// The colors that go with the color of an account.
pub(crate) const fn color_of(color: AccountColor, dark: bool) -> Tokens {
    let accent = match color {
        AccountColor::Blue => Accent::Blue,
        AccountColor::Teal => Accent::Teal,
        AccountColor::Green => Accent::Green,
        AccountColor::Violet => Accent::Violet,
        AccountColor::Pink => Accent::Pink,
        AccountColor::Orange => Accent::Orange,
        AccountColor::Graphite => Accent::Graphite,
    };
    if dark { Tokens::dark(accent) } else { Tokens::light(accent) }
}

/// Interface text. Shaped in full, because names and subjects come in every script.
pub(crate) fn label<'a>(content: impl Into<Cow<'a, str>>) -> Text<'a, Theme> {
    // Addresses and host names are words without an end: cut off, they would tell half of it.
    text(content.into())
        .size(typography::BODY)
        .font(typography::UI)
        .shaping(Shaping::Advanced)
        .wrapping(Wrapping::WordOrGlyph)
}

/// A label on one line that is cut off where there is no room.
pub(crate) fn line<'a>(content: impl Into<Cow<'a, str>>) -> Text<'a, Theme> {
    label(content).wrapping(Wrapping::None)
}

/// A label with weight.
pub(crate) fn strong<'a>(content: impl Into<Cow<'a, str>>) -> Text<'a, Theme> {
    label(content).font(typography::STRONG)
}

/// Less important text.
pub(crate) fn dim<'a>(content: impl Into<Cow<'a, str>>) -> Text<'a, Theme> {
    label(content).size(typography::SMALL).style(grounds::text_dim)
}

/// The smallest text.
pub(crate) fn caption<'a>(content: impl Into<Cow<'a, str>>) -> Text<'a, Theme> {
    label(content).size(typography::CAPTION).style(grounds::text_dim)
}

/// A text that readers find too.
pub(crate) fn spoken<'a, Message: 'a>(
    key: NodeKey,
    role: Role,
    words: impl Into<String>,
    content: impl Into<Element<'a, Message>>,
) -> Element<'a, Message> {
    semantic(key, role, words).wrap(content)
}

/// A line between groups.
pub(crate) fn hairline<'a, Message: 'a>() -> Element<'a, Message> {
    rule::horizontal(space::HAIRLINE).into()
}

/// What a pane shows when there is nothing to show: why, and the one thing to do.
pub(crate) fn empty<'a, Message: Clone + 'a>(
    key: NodeKey,
    icon: Icon,
    title: impl Into<String>,
    hint: impl Into<String>,
    action: Option<(String, Message)>,
) -> Element<'a, Message> {
    let (title, hint) = (title.into(), hint.into());
    let words = if hint.is_empty() { title.clone() } else { format!("{title}. {hint}") };
    let mut content = column![
        icon.tinted(space::ICON_XL, |t| t.text_faint),
        strong(title).size(typography::SUBTITLE).align_x(Alignment::Center),
    ]
    .spacing(space::M)
    .align_x(Alignment::Center)
    .max_width(NARROW);
    if !hint.is_empty() {
        content = content.push(dim(hint).align_x(Alignment::Center));
    }
    let mut all =
        column![spoken(key, Role::Label, words, content)].spacing(space::L).align_x(Alignment::Center);
    if let Some((name, message)) = action {
        all = all.push(button(key.part(1), name).on_press(message));
    }
    center(all).padding(space::XL).into()
}

/// A box to tick, with its text: reached by Tab, switched by the space bar.
pub(crate) fn check_box<'a, Message: Clone + 'a>(
    key: NodeKey,
    name: impl Into<Cow<'a, str>>,
    on: bool,
) -> Button<'a, Message> {
    use super::theme::button as looks;
    use iced::widget::{row, space as gap};
    let name = name.into();
    let mark: Element<'a, Message> = if on {
        Icon::Check.tinted(space::ICON_S, |t| t.on_accent).into()
    } else {
        gap::horizontal().width(0.0).into()
    };
    let mark = center(mark).width(space::ICON_L).height(space::ICON_L).style(move |theme: &Theme| {
        let t = theme.tokens();
        let (ground, line) = if on { (t.accent, t.accent) } else { (t.surface, t.border_strong) };
        iced::widget::container::Style {
            background: Some(ground.into()),
            border: iced::border::rounded(space::RADIUS_S).color(line).width(space::HAIRLINE),
            ..Default::default()
        }
    });
    let content =
        row![mark, label(name.clone()).size(typography::SMALL)].spacing(space::S).align_y(Alignment::Center);
    button(key, name)
        .role(Role::CheckBox)
        .toggled(on)
        .content(content)
        .padding([0.0, space::S])
        .style(looks::ghost)
}

/// A line of a menu.
pub(crate) fn menu_item<'a, Message: Clone + 'a>(
    key: NodeKey,
    icon: Option<Icon>,
    name: String,
    keys: String,
    message: Option<Message>,
) -> Button<'a, Message> {
    use super::theme::button as looks;
    use iced::widget::{row, space as gap};
    let mark: Element<'a, Message> = match icon {
        Some(icon) => super::widget::glyph(icon, space::ICON_M),
        None => gap::horizontal().width(space::ICON_M).into(),
    };
    let content = row![mark, line(name.clone()).width(Length::Fill), caption(keys.clone())]
        .spacing(space::S)
        .align_y(Alignment::Center);
    button(key, name)
        .role(Role::MenuItem)
        .content(content)
        .shortcut(keys)
        .width(Length::Fill)
        .style(looks::menu_item)
        .on_press_maybe(message)
}

/// A key of the keyboard.
pub(crate) fn key_cap<'a, Message: 'a>(name: String) -> Element<'a, Message> {
    container(label(name).size(typography::CAPTION).wrapping(Wrapping::None))
        .padding([space::XXS, space::S])
        .style(grounds::key_cap)
        .into()
}

/// The button that closes a note: quiet until the pointer comes.
pub(crate) fn quiet_on_inverse(
    theme: &Theme,
    status: iced::widget::button::Status,
) -> iced::widget::button::Style {
    use iced::widget::button::Status;
    let style = on_inverse(theme, status);
    match status {
        Status::Active | Status::Disabled => style.with_background(iced::Color::TRANSPARENT),
        Status::Hovered | Status::Pressed => style,
    }
}

/// A button on the inverse ground of a note.
pub(crate) fn on_inverse(theme: &Theme, status: iced::widget::button::Status) -> iced::widget::button::Style {
    use iced::widget::button::{Status, Style};
    let t = theme.tokens();
    let veil = match status {
        Status::Active | Status::Disabled => 0.12,
        Status::Hovered => 0.22,
        Status::Pressed => 0.30,
    };
    let ground = iced::Color { a: veil, ..t.on_inverse };
    Style {
        background: Some(ground.into()),
        text_color: t.on_inverse,
        border: iced::border::rounded(space::RADIUS_M),
        ..Style::default()
    }
}

/// A name that fits into so many characters: the middle is left out, so that the ending can be seen.
pub(crate) fn shortened(name: &str, most: usize) -> Cow<'_, str> {
    let count = name.chars().count();
    if count <= most || most < 3 {
        return Cow::Borrowed(name);
    }
    let tail = (most - 1) / 2;
    let head = most - 1 - tail;
    let start: String = name.chars().take(head).collect();
    let end: String = name.chars().skip(count - tail).collect();
    Cow::Owned(format!("{}…{}", start.trim_end(), end.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn long_names_keep_their_ending() {
        assert_eq!(shortened("report.pdf", 20), "report.pdf");
        assert_eq!(shortened("a very long report name.pdf", 13), "a very…me.pdf");
        assert_eq!(shortened("日本語の長い名前のファイル.txt", 9), "日本語の….txt");
    }
}
