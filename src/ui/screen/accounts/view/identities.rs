//! The addresses that the user writes as, each with its name and signature.

use super::super::identities::{Draft, Fault, Message as M, text_of};
use super::super::{Field, Message, Page};
use super::{KEY, field};
use crate::model::Account;
use crate::ui::a11y::{NodeKey, Role, semantic};
use crate::ui::icon::Icon;
use crate::ui::locale::{Locale, tr};
use crate::ui::parts::{caption, hairline, label, spoken, strong};
use crate::ui::theme::{Element, button as looks, container as grounds, input, space, typography};
use crate::ui::widget::{button, icon_button};
use iced::Length;
use iced::widget::{column, container, row, text_editor, text_input};

/// Height of a signature.
const SIGNATURE: f32 = 96.0;

/// All of them, the account's own first.
pub(super) fn view<'a>(page: &'a Page, account: &'a Account, l: &'a Locale) -> Element<'a, Message> {
    let all = &page.identities;
    let sender = field(
        KEY.part(70),
        tr!(l, "accounts-sender").into_owned(),
        tr!(l, "accounts-sender-placeholder").into_owned(),
        &page.options.sender,
        Field::Sender,
    );
    let own = column![
        strong(account.email.as_str()),
        sender,
        signature(None, &all.signature, KEY.part(80), l),
        usual(None, all.usual.is_none(), true, KEY.part(73), account.email.as_str(), l),
    ];
    let mut page = column![own.spacing(space::S)].spacing(space::M);
    let count = all.others.len();
    for (index, draft) in all.others.iter().enumerate() {
        let key = KEY.part(71).item(index as u64);
        let chosen = all.usual == Some(index);
        let whole = all.is_whole(index);
        let mut fields = column![name_and_email(index, draft, all.fault(index), key, l)].spacing(space::S);
        fields = fields.push(signature(Some(index), &draft.signature, key.part(4), l)).push(
            row![
                container(usual(Some(index), chosen, whole, key.part(5), &draft.email, l))
                    .width(Length::Fill),
                order(index, true, index > 0, key.part(6), &draft.email, l),
                order(index, false, index + 1 < count, key.part(7), &draft.email, l),
                icon_button(
                    key.part(3),
                    Icon::Trash,
                    format!("{}: {}", tr!(l, "accounts-alias-remove"), draft.email)
                )
                .on_press(Message::Identities(M::Removed(index))),
            ]
            .spacing(space::XS),
        );
        page = page.push(hairline()).push(fields);
    }
    let add = button(KEY.part(72), tr!(l, "accounts-alias-add"))
        .icon(Icon::Plus)
        .on_press(Message::Identities(M::Added));
    page.push(add).push(caption(tr!(l, "accounts-identities-hint"))).into()
}

fn order<'a>(
    index: usize,
    up: bool,
    possible: bool,
    key: NodeKey,
    email: &str,
    l: &'a Locale,
) -> Element<'a, Message> {
    let (icon, text) =
        if up { (Icon::ChevronUp, "accounts-up") } else { (Icon::ChevronDown, "accounts-down") };
    icon_button(key, icon, format!("{}: {email}", l.text(text)))
        .on_press_maybe(possible.then_some(Message::Identities(M::Moved(index, up))))
        .into()
}

fn name_and_email<'a>(
    index: usize,
    draft: &'a Draft,
    fault: Option<Fault>,
    key: NodeKey,
    l: &'a Locale,
) -> Element<'a, Message> {
    let entry =
        |key: NodeKey, name: String, hint: String, value: &'a str, bad: bool, on: fn(usize, String) -> M| {
            let message = move |text| Message::Identities(on(index, text));
            let entry = text_input(&hint, value)
                .size(typography::BODY)
                .padding(space::S)
                .style(if bad { input::text_field_invalid } else { input::text_field })
                .on_input(message);
            semantic(key, Role::TextInput, name.clone())
                .placeholder(hint)
                .value(value)
                .text(value)
                .invalid(bad)
                .on_set_value(message)
                .wrap(column![caption(name), entry].spacing(space::XS))
        };
    let name = entry(
        key.part(1),
        tr!(l, "accounts-alias-name").into_owned(),
        tr!(l, "accounts-sender-placeholder").into_owned(),
        &draft.name,
        false,
        M::Name,
    );
    let email = entry(
        key.part(2),
        tr!(l, "accounts-alias").into_owned(),
        tr!(l, "setup-email-placeholder").into_owned(),
        &draft.email,
        fault.is_some(),
        M::Email,
    );
    let mut all = column![row![email, name].spacing(space::S)].spacing(space::XS);
    if let Some(fault) = fault {
        let words = l.text(match fault {
            Fault::NotAnAddress => "accounts-alias-fault",
            Fault::Twice => "accounts-alias-twice",
        });
        let shown = label(words.clone()).size(typography::CAPTION).style(grounds::text_danger);
        all = all.push(spoken(key.part(8), Role::Alert, words, shown));
    }
    all.into()
}

fn usual<'a>(
    which: Option<usize>,
    chosen: bool,
    possible: bool,
    key: NodeKey,
    email: &str,
    l: &'a Locale,
) -> Element<'a, Message> {
    let text = tr!(l, "accounts-usual");
    let mark = if chosen { Icon::Check } else { Icon::Close };
    let content = match chosen {
        true => row![mark.tinted(space::ICON_M, |t| t.text), label(text.clone())].spacing(space::S),
        false => row![label(text.clone())],
    };
    button(key, format!("{text}: {email}"))
        // They stand too far from each other to be a group of radio buttons.
        .toggled(chosen)
        .content(content.align_y(iced::Alignment::Center))
        .style(if chosen { looks::ghost_on } else { looks::ghost })
        .on_press_maybe(possible.then_some(Message::Identities(M::Usual(which))))
        .into()
}

fn signature<'a>(
    whose: Option<usize>,
    content: &'a text_editor::Content,
    key: NodeKey,
    l: &'a Locale,
) -> Element<'a, Message> {
    let hint = match whose {
        None => tr!(l, "accounts-signature-placeholder"),
        Some(_) => tr!(l, "accounts-signature-same"),
    }
    .into_owned();
    let editor = text_editor(content)
        .placeholder(hint.clone())
        .size(typography::BODY)
        .height(SIGNATURE)
        .padding(space::S)
        .style(input::editor)
        .on_action(move |action| Message::Identities(M::Signature(whose, action)));
    let name = tr!(l, "accounts-signature");
    let text = text_of(content);
    semantic(key, Role::MultilineTextInput, name.clone())
        .placeholder(hint)
        .value(text.clone())
        .text(text)
        .on_set_value(move |text| Message::Identities(M::SignatureSet(whose, text)))
        .wrap(column![caption(name), editor].spacing(space::XS))
}
