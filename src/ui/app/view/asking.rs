//! What the user is asked before something is done to messages and folders.

use super::dialog as framed;
use crate::trust::LinkFact;
use crate::ui::a11y::{NodeKey, Role, semantic};
use crate::ui::app::dialog::Message;
use crate::ui::locale::{Locale, tr};
use crate::ui::parts::{label, strong};
use crate::ui::screen::mail::{NameWish, Question};
use crate::ui::theme::{Element, button as looks, input, space, typography};
use crate::ui::widget::button;
use iced::widget::{column, row, space as gap, text_input};

/// A question with yes and no.
pub(super) fn question<'a>(question: &Question, l: &'a Locale) -> Element<'a, Message> {
    let (title, text, yes, destroys) = match question {
        Question::DeleteForever { count, threads: true, .. } => (
            tr!(l, "ask-delete-threads-title", count = *count),
            l.text("ask-delete-threads-text"),
            l.text("command-delete-forever"),
            true,
        ),
        Question::DeleteForever { count, .. } => (
            tr!(l, "ask-delete-title", count = *count),
            l.text("ask-delete-text"),
            l.text("command-delete-forever"),
            true,
        ),
        Question::DeleteFolder { name, total, parent, .. } => {
            let text = match (parent, total) {
                (true, _) => tr!(l, "ask-delete-folder-tree", count = *total),
                (false, 0) => l.text("ask-delete-folder-empty"),
                (false, _) => tr!(l, "ask-delete-folder-text", count = *total),
            };
            let title = tr!(l, "ask-delete-folder-title", folder = name.as_str());
            (title, text, l.text("command-delete-folder"), true)
        }
        Question::MoveFolder { name, parent, .. } => {
            let title = match parent {
                Some(parent) => {
                    tr!(l, "ask-move-folder-title", folder = name.as_str(), parent = parent.as_str())
                }
                None => tr!(l, "ask-move-folder-top", folder = name.as_str()),
            };
            (title, l.text("ask-move-folder-text"), l.text("ask-move-folder-yes"), false)
        }
        Question::Name(_) | Question::OpenLink { .. } | Question::SavePrograms { .. } => {
            return gap::horizontal().into();
        }
    };
    let key = NodeKey::named("dialog.ask");
    let said = format!("{title} {text}");
    let cancel = button(key.part(1), l.text("cancel")).on_press(Message::Cancelled);
    let style = if destroys { looks::danger } else { looks::primary };
    let yes = button(key.part(2), yes).style(style).on_press(Message::Confirmed);
    let words = semantic(key.part(3), Role::Label, said)
        .wrap(column![strong(title.clone()).size(typography::SUBTITLE), label(text)].spacing(space::S));
    let buttons = row![gap::horizontal(), cancel, yes].spacing(space::S);
    framed(key, title.into_owned(), column![words, buttons].spacing(space::XL).into())
}

/// Whether a link shall be followed that is not what it seems.
pub(super) fn link<'a>(target: &str, fact: &LinkFact, l: &'a Locale) -> Element<'a, Message> {
    let key = NodeKey::named("dialog.link");
    let title = l.text("ask-link-title");
    let odd = crate::ui::screen::mail::links::odd(fact, l);
    let target = crate::mime::display::display_safe(target).into_owned();
    let said = format!("{title} {odd} {target}");
    let words = column![
        strong(title.clone()).size(typography::SUBTITLE),
        label(odd),
        label(target).size(typography::SMALL).wrapping(iced::widget::text::Wrapping::WordOrGlyph)
    ];
    let words = semantic(key.part(3), Role::Label, said).wrap(words.spacing(space::S));
    let cancel = button(key.part(1), l.text("cancel")).style(looks::primary).on_press(Message::Cancelled);
    let yes = button(key.part(2), l.text("ask-link-yes")).style(looks::danger).on_press(Message::Confirmed);
    // The first one gets the keyboard.
    let buttons = row![gap::horizontal(), cancel, yes].spacing(space::S);
    framed(key, title.into_owned(), column![words, buttons].spacing(space::XL).into())
}

/// Programs that are named in the question.
const NAMED: usize = 5;

/// Whether attachments shall be saved that run when they are opened.
pub(super) fn programs<'a>(names: &[String], l: &'a Locale) -> Element<'a, Message> {
    let key = NodeKey::named("dialog.programs");
    let title = tr!(l, "ask-programs-title", count = names.len());
    let text = l.text("ask-programs-text");
    let mut listed = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join("\n");
    if names.len() > NAMED {
        listed.push_str("\n…");
    }
    let said = format!("{title} {listed} {text}");
    let words = column![
        strong(title.clone()).size(typography::SUBTITLE),
        label(listed).wrapping(iced::widget::text::Wrapping::WordOrGlyph),
        label(text)
    ];
    let words = semantic(key.part(3), Role::Label, said).wrap(words.spacing(space::S));
    let cancel = button(key.part(1), l.text("cancel")).style(looks::primary).on_press(Message::Cancelled);
    let yes =
        button(key.part(2), l.text("ask-programs-yes")).style(looks::danger).on_press(Message::Confirmed);
    // The first one gets the keyboard.
    let buttons = row![gap::horizontal(), cancel, yes].spacing(space::S);
    framed(key, title.into_owned(), column![words, buttons].spacing(space::XL).into())
}

/// A field for the name of a folder.
pub(super) fn name<'a>(wish: &NameWish, name: &'a str, l: &'a Locale) -> Element<'a, Message> {
    let (title, yes) = match wish {
        NameWish::New { parent: None, .. } => (l.text("ask-new-folder-title"), "ask-new-folder-yes"),
        NameWish::New { parent: Some((_, parent)), .. } => {
            (tr!(l, "ask-new-folder-inside", parent = parent.as_str()), "ask-new-folder-yes")
        }
        NameWish::Rename { name, .. } => {
            (tr!(l, "ask-rename-folder-title", folder = name.as_str()), "ask-rename-folder-yes")
        }
    };
    let key = NodeKey::named("dialog.name");
    let field = text_input(&l.text("ask-folder-name"), name)
        .size(typography::BODY)
        .padding(space::S)
        .style(input::text_field)
        .on_input(Message::Edited)
        .on_submit(Message::Confirmed);
    let field = semantic(key.part(1), Role::TextInput, l.text("ask-folder-name"))
        .value(name)
        .on_set_value(Message::Edited)
        .wrap(field);
    let cancel = button(key.part(2), l.text("cancel")).on_press(Message::Cancelled);
    let enough = !name.trim().is_empty();
    let yes = button(key.part(3), l.text(yes))
        .style(looks::primary)
        .on_press_maybe(enough.then_some(Message::Confirmed));
    let buttons = row![gap::horizontal(), cancel, yes].spacing(space::S);
    let content = column![strong(title.clone()).size(typography::SUBTITLE), field, buttons].spacing(space::L);
    framed(key, title.into_owned(), content.into())
}
