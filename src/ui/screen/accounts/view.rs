//! The account manager as elements.

mod doctor;
mod identities;
mod server;

use super::{Accounts, Field, Message, Page, USES};
use crate::model::{
    Account, AccountColor, AccountId, AccountOptions, BodyPolicy, MailboxId, SpecialUse, UnixTime,
};
use crate::sync::Problem;
use crate::ui::a11y::{NodeKey, Role, semantic};
use crate::ui::icon::Icon;
use crate::ui::locale::{Locale, tr};
use crate::ui::parts::{KEEP_CHOICES, caption, color_of, dim, hairline, label, spoken, strong};
use crate::ui::theme::{
    Element, Theme, button as looks, container as grounds, input, scroll, space, typography,
};
use crate::ui::widget::{Button, button, icon_button, on_escape, radio_group};
use iced::widget::{Column, Row, column, container, row, scrollable, space as gap, text_input};
use iced::{Alignment, Length, Padding, border};
use std::collections::BTreeMap;

/// Width of the page.
const PAGE: f32 = 760.0;
/// Size of the dot with an account's color.
const DOT: f32 = 12.0;

const KEY: NodeKey = NodeKey::named("accounts");

/// A folder that can be chosen for a use.
#[derive(Clone, Debug)]
pub struct Place {
    /// Which one.
    pub mailbox: MailboxId,
    /// Whose.
    pub account: AccountId,
    /// Its name with those around it.
    pub way: String,
    /// What it is for.
    pub special_use: Option<SpecialUse>,
}

/// What the screen is drawn from.
#[derive(Clone, Debug)]
pub struct Look<'a> {
    /// The words.
    pub locale: &'a Locale,
    /// All accounts in their order.
    pub accounts: &'a [(AccountId, Account)],
    /// Their options.
    pub options: &'a BTreeMap<AccountId, AccountOptions>,
    /// The state of each in words.
    pub states: BTreeMap<AccountId, String>,
    /// All folders.
    pub places: Vec<Place>,
    /// The present.
    pub now: UnixTime,
    /// Whether the desktop tells of new mail at all.
    pub notifies: bool,
    /// Whether sending worked for the open account when it was tried last: how it signed in, or why not.
    pub sending: Option<&'a Result<String, Problem>>,
    /// What the open account keeps on this computer.
    pub kept: Option<BodyPolicy>,
}

/// The screen.
#[must_use]
pub fn view<'a>(screen: &'a Accounts, look: Look<'a>) -> Element<'a, Message> {
    let account = |id| look.accounts.iter().find(|(one, _)| *one == id).map(|(_, account)| account);
    let examined = screen.examination.as_ref().and_then(|one| Some((one, account(one.account)?)));
    let content = match (examined, &screen.page) {
        (Some((examination, account)), _) => doctor::page(examination, account, look.locale),
        (None, Some(page)) => one(page, &look),
        (None, None) => list(&look),
    };
    let page = container(content).max_width(PAGE).padding(space::XL);
    let page = scrollable(container(page).center_x(Length::Fill))
        .direction(scroll::vertical())
        .height(Length::Fill)
        .width(Length::Fill);
    on_escape(container(page).height(Length::Fill).style(grounds::chrome), Message::Left)
}

fn head<'a>(title: String, l: &'a Locale) -> Element<'a, Message> {
    let back = icon_button(KEY.part(1), Icon::ChevronLeft, tr!(l, "setup-back")).on_press(Message::Left);
    let shown = label(title.clone()).size(typography::TITLE).font(typography::STRONG);
    let title = spoken(KEY.part(2), Role::Heading, title, shown);
    row![back, container(title).width(Length::Fill)].spacing(space::S).align_y(Alignment::Center).into()
}

const fn color_text(color: AccountColor) -> &'static str {
    match color {
        AccountColor::Blue => "accent-blue",
        AccountColor::Teal => "accent-teal",
        AccountColor::Green => "accent-green",
        AccountColor::Violet => "accent-violet",
        AccountColor::Pink => "accent-pink",
        AccountColor::Orange => "accent-orange",
        AccountColor::Graphite => "accent-graphite",
    }
}

/// A dot in the color of an account.
fn dot<'a>(color: Option<AccountColor>) -> Element<'a, Message> {
    let fill = move |theme: &Theme| Some(color_of(color?, theme.is_dark()).accent);
    container(gap::horizontal().width(0.0))
        .width(DOT)
        .height(DOT)
        .style(move |theme: &Theme| iced::widget::container::Style {
            background: fill(theme).map(Into::into),
            border: border::rounded(DOT / 2.0),
            ..Default::default()
        })
        .into()
}

fn list<'a>(look: &Look<'a>) -> Element<'a, Message> {
    let l = look.locale;
    let mut cards = Column::new();
    let count = look.accounts.len();
    for (index, (id, account)) in look.accounts.iter().enumerate() {
        if index > 0 {
            cards = cards.push(hairline());
        }
        let options = look.options.get(id).cloned().unwrap_or_default();
        let key = KEY.item(id.to_row().unsigned_abs());
        let name = options.name(&account.email).to_owned();
        let state = state(*id, &options, look);
        let mut words = column![strong(name.clone())].spacing(space::XXS);
        if name != account.email {
            words = words.push(dim(account.email.clone()));
        }
        let words = words.push(dim(state.clone()));
        let said = format!("{name}, {}: {state}", account.email);
        let words = semantic(key, Role::Label, said).position(index + 1, count).wrap(words);
        let order = |number, icon, text: &'static str, up, possible: bool| {
            icon_button(key.part(number), icon, format!("{}: {name}", l.text(text)))
                .on_press_maybe(possible.then_some(Message::Moved(*id, up)))
        };
        let buttons = row![
            switch(key.part(1), format!("{}: {name}", tr!(l, "accounts-enabled")), options.enabled, l)
                .on_press(Message::Switched(*id, !options.enabled)),
            order(2, Icon::ChevronUp, "accounts-up", true, index > 0),
            order(3, Icon::ChevronDown, "accounts-down", false, index + 1 < count),
            button(key.part(4), format!("{}: {name}", tr!(l, "accounts-open")))
                .content(label(tr!(l, "accounts-open")))
                .on_press(Message::Opened(*id)),
        ]
        .spacing(space::XS);
        let line = row![dot(options.color), container(words).width(Length::Fill)]
            .spacing(space::M)
            .align_y(Alignment::Center);
        // Below the words, so that there is room for both in a narrow window.
        let line = column![line, container(buttons).padding(Padding { left: DOT, ..Padding::ZERO })];
        let line = line.spacing(space::S);
        cards = cards.push(container(line).padding([space::M, space::L]));
    }
    let add = button(KEY.part(3), tr!(l, "setup-add"))
        .icon(Icon::Plus)
        .style(looks::primary)
        .on_press(Message::AddWanted);
    column![
        head(tr!(l, "accounts-title").into_owned(), l),
        container(cards).width(Length::Fill).style(grounds::card),
        add
    ]
    .spacing(space::L)
    .into()
}

fn state(id: AccountId, options: &AccountOptions, look: &Look<'_>) -> String {
    if !options.enabled {
        return tr!(look.locale, "accounts-off").into_owned();
    }
    look.states.get(&id).cloned().unwrap_or_else(|| tr!(look.locale, "status-starting").into_owned())
}

fn switch<'a>(key: NodeKey, name: String, on: bool, l: &'a Locale) -> Button<'a, Message> {
    let text = l.text(if on { "settings-on" } else { "settings-off" });
    let icon = if on { Icon::Check } else { Icon::Close };
    button(key, name)
        .role(Role::Switch)
        .toggled(on)
        .content(
            row![icon.tinted(space::ICON_M, |t| t.text), label(text)]
                .spacing(space::S)
                .align_y(Alignment::Center),
        )
        .style(if on { looks::ghost_on } else { looks::ghost })
}

/// One page: sections of an account.
fn one<'a>(page: &'a Page, look: &Look<'a>) -> Element<'a, Message> {
    let l = look.locale;
    let Some((_, account)) = look.accounts.iter().find(|(id, _)| *id == page.id) else {
        return head(tr!(l, "problem-account-gone").into_owned(), l);
    };
    let title = page.options.name(&account.email).to_owned();
    let mut all = column![head(title, l)].spacing(space::L);
    all = all.push(section("accounts-look", 1, appearance(page, account, l), l)).push(section(
        "accounts-server",
        2,
        server::view(page, account, look),
        l,
    ));
    if !account.exceptions.is_empty() {
        all = all.push(section("accounts-exceptions", 9, server::exceptions(account, look), l));
    }
    all = all
        .push(section("accounts-identities", 3, identities::view(page, account, l), l))
        .push(section("accounts-folders", 5, folders(page, look), l))
        .push(section("accounts-keep", 6, keeping(page, look), l))
        .push(section("accounts-notify", 7, notify(page, look), l))
        .push(section("accounts-remove", 8, remove(l), l));
    all.into()
}

fn section<'a>(
    title: &str,
    number: u64,
    content: Element<'a, Message>,
    l: &'a Locale,
) -> Element<'a, Message> {
    let title = l.text(title).into_owned();
    let heading =
        spoken(KEY.part(20 + number), Role::Heading, title.clone(), strong(title).size(typography::SUBTITLE));
    let card = container(content)
        .padding(Padding::from([space::M, space::L]))
        .width(Length::Fill)
        .style(grounds::card);
    column![heading, card].spacing(space::S).into()
}

fn field<'a>(key: NodeKey, name: String, hint: String, value: &'a str, which: Field) -> Element<'a, Message> {
    let entry = text_input(&hint, value)
        .size(typography::BODY)
        .padding(space::S)
        .style(input::text_field)
        .on_input(move |text| Message::Edited(which, text));
    semantic(key, Role::TextInput, name.clone())
        .placeholder(hint)
        .value(value)
        .text(value)
        .on_set_value(move |text| Message::Edited(which, text))
        .wrap(column![caption(name), entry].spacing(space::XS))
}

fn appearance<'a>(page: &'a Page, account: &Account, l: &'a Locale) -> Element<'a, Message> {
    let name = field(
        KEY.part(40),
        tr!(l, "accounts-label").into_owned(),
        account.email.clone(),
        &page.options.label,
        Field::Label,
    );
    let none = (None, tr!(l, "accounts-no-color").into_owned());
    let colors = AccountColor::ALL.map(|color| (Some(color), l.text(color_text(color)).into_owned()));
    let mut choices = Row::new().spacing(space::XS);
    let (mut on, mut messages) = (None, Vec::new());
    for (number, (color, text)) in (50..).zip(std::iter::once(none).chain(colors)) {
        let chosen = page.options.color == color;
        on = on.or_else(|| chosen.then_some(messages.len()));
        messages.push(Message::Colored(color));
        let content = row![label(text.clone())].spacing(space::S).align_y(Alignment::Center);
        let content = if color.is_some() { row![dot(color), content] } else { row![content] };
        choices = choices.push(
            button(KEY.part(number), text)
                .role(Role::RadioButton)
                .selected(chosen)
                .toggled(chosen)
                .content(content.spacing(space::S).align_y(Alignment::Center))
                .style(if chosen { looks::ghost_on } else { looks::ghost })
                .on_press(Message::Colored(color)),
        );
    }
    let title = tr!(l, "accounts-color");
    let choices = radio_group(choices.wrap().vertical_spacing(space::XS), on, messages);
    let choices = column![caption(title.clone()), choices].spacing(space::XS);
    column![name, semantic(KEY.part(41), Role::RadioGroup, title).wrap(choices)].spacing(space::M).into()
}

const fn use_text(what: SpecialUse) -> &'static str {
    match what {
        SpecialUse::Archive => "folder-archive",
        SpecialUse::Sent => "folder-sent",
        SpecialUse::Drafts => "folder-drafts",
        SpecialUse::Junk => "folder-junk",
        SpecialUse::Trash => "folder-trash",
        SpecialUse::Inbox => "folder-inbox",
        SpecialUse::All => "folder-all",
        SpecialUse::Flagged => "folder-flagged",
    }
}

fn folders<'a>(page: &'a Page, look: &Look<'a>) -> Element<'a, Message> {
    let l = look.locale;
    let own: Vec<&Place> = look.places.iter().filter(|place| place.account == page.id).collect();
    let mut all = column![].spacing(space::S);
    for (number, what) in (0..).zip(USES) {
        let key = KEY.part(90).item(number);
        let now = own.iter().find(|place| place.special_use == Some(what));
        let name = l.text(use_text(what)).into_owned();
        let shown =
            now.map_or_else(|| tr!(l, "accounts-folder-none").into_owned(), |place| place.way.clone());
        let said = format!("{name}: {shown}");
        let words = spoken(
            key,
            Role::Label,
            said,
            row![
                container(label(name.clone())).width(Length::FillPortion(1)),
                container(dim(shown)).width(Length::FillPortion(2))
            ],
        );
        let open = page.choosing == Some(what);
        let choose = button(key.part(1), format!("{}: {name}", tr!(l, "accounts-folder-choose")))
            .content(label(tr!(l, "accounts-folder-choose")))
            .expanded(open)
            .on_press(Message::FolderWanted(Some(what)));
        all = all.push(
            row![container(words).width(Length::Fill), choose].spacing(space::S).align_y(Alignment::Center),
        );
        if open {
            let mut choices = Column::new().spacing(space::XXS);
            let none = button(key.part(2), tr!(l, "accounts-folder-server"))
                .style(looks::ghost)
                .on_press(Message::FolderChosen(what, None));
            choices = choices.push(none);
            for place in own.iter().filter(|place| place.special_use.is_none()) {
                let name = place.way.clone();
                choices = choices.push(
                    button(key.item(place.mailbox.to_row().unsigned_abs()), name)
                        .icon(Icon::Folder)
                        .style(looks::ghost)
                        .on_press(Message::FolderChosen(what, Some(place.mailbox))),
                );
            }
            all = all.push(container(choices).padding(Padding { left: space::XL, ..Padding::ZERO }));
        }
    }
    all.push(caption(tr!(l, "accounts-folders-hint"))).into()
}

fn keeping<'a>(page: &'a Page, look: &Look<'a>) -> Element<'a, Message> {
    let l = look.locale;
    let mut choices = Row::new().spacing(space::XS);
    for (number, (policy, text)) in (100..).zip(KEEP_CHOICES) {
        let chosen = look.kept == Some(policy);
        choices = choices.push(
            button(KEY.part(number), l.text(text))
                .role(Role::RadioButton)
                .selected(chosen)
                .toggled(chosen)
                .style(if chosen { looks::ghost_on } else { looks::ghost })
                .on_press(Message::Kept(policy)),
        );
    }
    let _ = page;
    let on = KEEP_CHOICES.iter().position(|(policy, _)| look.kept == Some(*policy));
    let messages = KEEP_CHOICES.map(|(policy, _)| Message::Kept(policy)).to_vec();
    semantic(KEY.part(99), Role::RadioGroup, tr!(l, "accounts-keep")).wrap(radio_group(
        choices.wrap().vertical_spacing(space::XS),
        on,
        messages,
    ))
}

fn notify<'a>(page: &'a Page, look: &Look<'a>) -> Element<'a, Message> {
    let l = look.locale;
    let name = tr!(l, "accounts-notify").into_owned();
    let on = switch(KEY.part(110), name, page.options.notify, l).on_press(Message::NotifyToggled);
    let hint = l.text(if look.notifies { "accounts-notify-hint" } else { "accounts-notify-off" });
    column![on, caption(hint)].spacing(space::S).into()
}

fn remove<'a>(l: &'a Locale) -> Element<'a, Message> {
    let buttons = row![
        button(KEY.part(120), tr!(l, "accounts-sign-out")).on_press(Message::SignOutWanted),
        button(KEY.part(121), tr!(l, "accounts-remove-all"))
            .style(looks::danger)
            .on_press(Message::RemoveWanted),
    ]
    .spacing(space::S);
    column![dim(tr!(l, "accounts-remove-hint")), buttons.wrap().vertical_spacing(space::S)]
        .spacing(space::M)
        .into()
}
