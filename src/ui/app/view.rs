//! The window as elements: the screen in front, then dialogs, help and notes over it.

mod asking;

use super::App;
use super::dialog::{self, Dialog};
use crate::secret::Secret;
use crate::ui::a11y::{Live, NodeKey, Role, semantic, semantic_root};
use crate::ui::command::chord::Shortcut;
use crate::ui::command::custom::Shortcuts;
use crate::ui::command::{Group, TABLE};
use crate::ui::icon::Icon;
use crate::ui::locale::{Locale, tr};
use crate::ui::message::Message;
use crate::ui::note::Note;
use crate::ui::parts::{
    caption, check_box, dim, empty, key_cap, label, on_inverse, quiet_on_inverse, strong,
};
use crate::ui::screen::mail::{self, Look};
use crate::ui::screen::{settings, setup};
use crate::ui::theme::{Element, button as looks, container as grounds, input, scroll, space, typography};
use crate::ui::widget::body_text::BodyWords;
use crate::ui::widget::{button, focus_scope, focus_trap, icon_button};
use iced::widget::{
    Column, center, column, container, mouse_area, opaque, row, scrollable, space as gap, stack, text_input,
};
use iced::{Alignment, Length, Padding, window};

/// Width of the help page.
const HELP_WIDTH: f32 = 860.0;
/// Widest window in which the help page has one column.
const HELP_NARROW: f32 = 760.0;
/// Widest note.
const NOTE_WIDTH: f32 = 560.0;
/// In a narrower window the button of a note stands below its words.
const NOTE_NARROW: f32 = 860.0;

/// Words that widgets borrow.
#[derive(Debug)]
pub(super) struct Words {
    label: String,
    show_quote: String,
    hide_quote: String,
}

impl Words {
    pub(super) fn new(l: &Locale) -> Self {
        Self {
            label: tr!(l, "message").into_owned(),
            show_quote: tr!(l, "reader-quote-show").into_owned(),
            hide_quote: tr!(l, "reader-quote-hide").into_owned(),
        }
    }

    fn borrow(&self) -> BodyWords<'_> {
        BodyWords { label: &self.label, show_quote: &self.show_quote, hide_quote: &self.hide_quote }
    }
}

impl App {
    /// The window.
    pub fn view(&self, window: window::Id) -> Element<'_, Message> {
        let mut layers = stack![self.screen(window)];
        if let Some(dialog) = &self.dialog {
            let content = match dialog {
                Dialog::Password { name, secret, reveal, remember, .. } => {
                    password(name, secret, *reveal, *remember, &self.locale)
                }
                Dialog::Remove { name, .. } => remove(name, &self.locale),
                Dialog::Link { target, fact } => asking::link(target, fact, &self.locale),
                Dialog::Programs { names, .. } => asking::programs(names, &self.locale),
                Dialog::Ask { question, .. } => asking::question(question, &self.locale),
                Dialog::Name { wish, name } => asking::name(wish, name, &self.locale),
            };
            let cancel = Message::Dialog(dialog::Message::Cancelled);
            layers = layers.push(over(content.map(Message::Dialog), space::DIALOG_WIDTH, cancel));
        }
        if self.help {
            let width = HELP_WIDTH.min(self.size.width - 2.0 * space::L);
            layers = layers.push(over(self.help_page(), width, Message::HelpClosed));
        }
        layers = layers.push(self.notes_on_top());
        semantic_root(window, self.title(window), focus_scope(layers))
    }

    fn screen(&self, window: window::Id) -> Element<'_, Message> {
        if let Some(detail) = &self.broken {
            return self.broken_page(detail);
        }
        if let Some(setup) = &self.setup {
            return setup::view(setup, &self.locale, self.now).map(Message::Setup);
        }
        if let Some(screen) = &self.preferences_screen {
            return settings::view(screen, self.settings_look()).map(Message::Settings);
        }
        let manager = self.manager.as_ref();
        let look = Look {
            locale: &self.locale,
            settings: &self.settings,
            now: self.now,
            width: self.size.width,
            dark: self.theme(window).is_dark(),
            scale: self.bridge.scale(),
            spoken: self.bridge.is_listening(),
            body_words: self.words.borrow(),
        };
        let screen = match manager {
            Some(manager) => self.manager_page(manager, &look),
            None => mail::view(&self.mail, look).map(Message::Mail),
        };
        match self.sign_in_banner() {
            Some(banner) => column![banner, container(screen).height(Length::Fill)].into(),
            None => column![screen].into(),
        }
    }

    fn settings_look(&self) -> settings::Look<'_> {
        let mut kept = self.accounts.iter().map(|(id, _)| self.kept_of(*id));
        let first = kept.next().flatten();
        settings::Look {
            locale: &self.locale,
            settings: &self.settings,
            faults: &self.preferences.faults,
            kept: first.filter(|first| kept.all(|other| other == Some(*first))),
            file: self.preferences.path.is_some(),
        }
    }

    fn broken_page(&self, detail: &str) -> Element<'_, Message> {
        let l = &self.locale;
        let action = Some((tr!(l, "command-quit").into_owned(), Message::Do(crate::ui::command::Do::Quit)));
        let page =
            empty(NodeKey::named("broken"), Icon::Warning, tr!(l, "app-broken"), detail.to_owned(), action);
        container(page).style(grounds::surface).into()
    }

    /// Every action with its keys, from the table.
    fn help_page(&self) -> Element<'_, Message> {
        let l = &*self.locale;
        let key = NodeKey::named("help");
        let close = icon_button(key.part(1), Icon::Close, tr!(l, "close")).on_press(Message::HelpClosed);
        let title = tr!(l, "help-title");
        let head = row![strong(title.clone()).size(typography::TITLE).width(Length::Fill), close]
            .align_y(Alignment::Center);
        let (left, right) = Group::ALL.split_at(2);
        let part = |groups: &[Group]| {
            let all = groups.iter().map(|group| help_group(*group, &self.settings.keys, l));
            Column::with_children(all).spacing(space::XL).width(Length::Fill)
        };
        let body: Element<'_, Message> = if self.size.width < HELP_NARROW {
            part(&Group::ALL).into()
        } else {
            row![part(left), part(right)].spacing(space::XXL).into()
        };
        let hint = caption(tr!(l, "help-keys"));
        let body = column![body, hint].spacing(space::XL);
        let body = scrollable(container(body).padding(Padding { right: space::L, ..Padding::ZERO }))
            .direction(scroll::vertical())
            .width(Length::Fill);
        let page = column![head, body].spacing(space::L).padding(space::XL);
        let page = container(page).max_height(self.size.height - 2.0 * space::L).style(grounds::dialog);
        let page = semantic(key, Role::Dialog, title).modal().wrap(page);
        focus_trap(page, Message::HelpClosed)
    }

    fn notes_on_top(&self) -> Element<'_, Message> {
        let mut all = Column::new().spacing(space::S).align_x(Alignment::Center);
        for (number, note) in self.notes.iter() {
            all = all.push(one_note(*number, note, self.size.width, &self.locale));
        }
        container(all)
            .center_x(Length::Fill)
            .align_bottom(Length::Fill)
            .padding(Padding {
                bottom: space::XXL + space::L,
                left: space::L,
                right: space::L,
                ..Padding::ZERO
            })
            .into()
    }
}

/// Puts a dialog over the window; a click beside it closes it.
fn over<'a>(content: Element<'a, Message>, width: f32, close: Message) -> Element<'a, Message> {
    let card = opaque(container(content).max_width(width));
    opaque(mouse_area(center(card).padding(space::L).style(grounds::scrim)).on_press(close))
}

fn help_group<'a>(group: Group, keys: &Shortcuts, l: &'a Locale) -> Element<'a, Message> {
    let mut lines = Column::new().spacing(space::S);
    let name = l.text(group.text_key());
    let heading = semantic(NodeKey::named("help.group").item(group as u64), Role::Heading, name.clone());
    lines = lines.push(heading.wrap(strong(name).size(typography::SUBTITLE)));
    for entry in TABLE.iter().filter(|entry| entry.group == group) {
        let name = l.text(entry.name);
        let shortcuts = keys.of(entry);
        if shortcuts.is_empty() {
            continue;
        }
        let words: Vec<String> = shortcuts.iter().map(|s| s.label(l)).collect();
        let said = format!("{name}: {}", words.join(", "));
        let line = row![label(name).width(Length::Fill), caps(&shortcuts, l)]
            .spacing(space::M)
            .align_y(Alignment::Center);
        lines = lines
            .push(semantic(NodeKey::named("help").item(entry.does as u64), Role::Label, said).wrap(line));
    }
    lines.into()
}

fn caps<'a>(shortcuts: &[Shortcut], l: &'a Locale) -> Element<'a, Message> {
    let mut all = row![].spacing(space::XS).align_y(Alignment::Center);
    for (number, shortcut) in shortcuts.iter().enumerate() {
        if number > 0 {
            all = all.push(dim(tr!(l, "help-or")));
        }
        let (first, second) = match shortcut {
            Shortcut::Single(chord) => (*chord, None),
            Shortcut::Pair(first, second) => (*first, Some(*second)),
        };
        all = all.extend(first.caps(l).into_iter().map(key_cap));
        if let Some(second) = second {
            all = all.push(dim(tr!(l, "help-then"))).extend(second.caps(l).into_iter().map(key_cap));
        }
    }
    all.into()
}

fn one_note<'a>(number: u64, note: &'a Note, width: f32, l: &'a Locale) -> Element<'a, Message> {
    let key = NodeKey::named("note").item(number);
    let words = note.text(l);
    // What is left of the window beside the button that closes it.
    let room = width - 2.0 * space::L - 3.0 * space::M - space::HIT;
    let text = container(label(words.clone())).max_width(NOTE_WIDTH.min(room));
    let (role, live) =
        if note.is_failure() { (Role::Alert, Live::Assertive) } else { (Role::Status, Live::Polite) };
    let mut line =
        row![semantic(key, role, words).live(live).wrap(text)].spacing(space::M).align_y(Alignment::Center);
    let press = note.press().map(|(name, press)| {
        let press = Message::NotePressed(number, press);
        button(key.part(1), l.text(name)).style(on_inverse).on_press(press)
    });
    let close = icon_button(key.part(2), Icon::Close, tr!(l, "close"))
        .style(quiet_on_inverse)
        .on_press(Message::NoteClosed(number));
    let below = if width < NOTE_NARROW {
        press
    } else {
        line = line.push(press);
        None
    };
    let all = column![line.push(close)].push(below).spacing(space::S);
    opaque(container(all).padding([space::S, space::M]).style(grounds::toast))
}

fn remove<'a>(name: &'a str, l: &'a Locale) -> Element<'a, dialog::Message> {
    let key = NodeKey::named("dialog.remove");
    let title = tr!(l, "dialog-remove-title", account = name);
    let text = tr!(l, "dialog-remove-text");
    let cancel = button(key.part(1), tr!(l, "cancel")).on_press(dialog::Message::Cancelled);
    let yes = button(key.part(2), tr!(l, "dialog-remove-yes"))
        .style(looks::danger)
        .on_press(dialog::Message::Confirmed);
    let buttons = row![gap::horizontal(), cancel, yes].spacing(space::S);
    let said = format!("{title} {text}");
    let words = semantic(key.part(3), Role::Label, said)
        .wrap(column![strong(title.clone()).size(typography::SUBTITLE), label(text)].spacing(space::S));
    dialog(key, title.into_owned(), column![words, buttons].spacing(space::XL).into())
}

fn password<'a>(
    name: &'a str,
    secret: &'a Secret,
    reveal: bool,
    remember: bool,
    l: &'a Locale,
) -> Element<'a, dialog::Message> {
    use dialog::Message as M;
    let key = NodeKey::named("dialog.password");
    let title = tr!(l, "dialog-password-title", account = name);
    let field = tr!(l, "setup-password");
    let entry = text_input(&tr!(l, "setup-password-placeholder"), secret.expose())
        .secure(!reveal)
        .size(typography::BODY)
        .padding(space::S)
        .style(input::text_field)
        .on_input(M::Edited)
        .on_submit(M::Confirmed);
    let entry = semantic(key.part(1), Role::PasswordInput, field).on_set_value(M::Edited).wrap(entry);
    let (icon, text) =
        if reveal { (Icon::EyeOff, "setup-password-hide") } else { (Icon::Eye, "setup-password-show") };
    let eye = icon_button(key.part(2), icon, l.text(text)).toggled(reveal).on_press(M::RevealToggled);
    let keep = tr!(l, "setup-remember");
    let check = check_box(key.part(3), keep, remember).on_press(M::RememberToggled);
    let cancel = button(key.part(4), tr!(l, "cancel")).on_press(M::Cancelled);
    let sign_in = button(key.part(5), tr!(l, "dialog-password-yes"))
        .style(looks::primary)
        .on_press_maybe((!secret.expose().is_empty()).then_some(M::Confirmed));
    let content = column![
        strong(title.clone()).size(typography::SUBTITLE),
        row![entry, eye].spacing(space::XS),
        check,
        row![gap::horizontal(), cancel, sign_in].spacing(space::S),
    ]
    .spacing(space::L);
    dialog(key, title.into_owned(), content.into())
}

fn dialog<'a>(
    key: NodeKey,
    title: String,
    content: Element<'a, dialog::Message>,
) -> Element<'a, dialog::Message> {
    let card = container(content).padding(space::XL).width(Length::Fill).style(grounds::dialog);
    let card = semantic(key, Role::Dialog, title).modal().wrap(card);
    focus_trap(card, dialog::Message::Cancelled)
}
