//! Privacy: whose pictures are loaded from the network, and what else is nobody's business.

use super::{KEY, Look, Message, Screen, line, switch};
use crate::store::{Consent, Preference};
use crate::ui::a11y::{NodeKey, Role, semantic};
use crate::ui::locale::{Locale, tr};
use crate::ui::parts::{dim, label};
use crate::ui::theme::{Element, button as looks, space};
use crate::ui::widget::button;
use iced::widget::{Column, container, row};
use iced::{Alignment, Length};

/// Consents that are listed at once; the search finds the others.
const MOST: usize = 100;

/// The rows of the group; none before it is known what is remembered.
pub(super) fn rows<'a>(group: &str, screen: &Screen, look: Look<'a>) -> Vec<Element<'a, Message>> {
    let Some(known) = screen.privacy() else { return Vec::new() };
    let l = look.locale;
    let mut rows = Vec::new();
    rows.extend(consents(group, screen, &known.consents, l));
    let switches = [
        ("settings-strip", "settings-strip-hint", known.strip, Preference::StripLinks),
        ("settings-check", "settings-check-hint", known.check, Preference::CheckSignatures),
    ];
    for (number, (name, hint, on, preference)) in switches.into_iter().enumerate() {
        let (name, hint) = (l.text(name).into_owned(), l.text(hint).into_owned());
        if screen.finds(&[group, &name, &hint]) {
            let place = KEY.part(10).item(number as u64);
            let shown = switch(place, &name, on, Message::Preferred(preference, !on), l);
            rows.push(line(name, hint, shown, place));
        }
    }
    rows
}

/// Who it is, in words.
fn who(consent: &Consent, l: &Locale) -> String {
    match consent {
        Consent::Sender(address) => address.clone(),
        Consent::Domain(domain) => tr!(l, "settings-consent-domain", domain = domain.as_str()).into_owned(),
    }
}

/// Senders and domains whose pictures are always loaded, each to be taken back.
fn consents<'a>(
    group: &str,
    screen: &Screen,
    all: &[Consent],
    l: &'a Locale,
) -> Option<Element<'a, Message>> {
    let (name, hint) =
        (l.text("settings-consents").into_owned(), l.text("settings-consents-hint").into_owned());
    let whole = screen.finds(&[group, &name, &hint]);
    let found: Vec<(&Consent, String)> = all
        .iter()
        .map(|consent| (consent, who(consent, l)))
        .filter(|(_, who)| whole || screen.finds(&[group, &name, &hint, who]))
        .collect();
    if !whole && found.is_empty() {
        return None;
    }
    let place = KEY.part(9);
    let mut list = Column::new().spacing(space::XS);
    for (number, (consent, who)) in found.iter().take(MOST).enumerate() {
        list = list.push(one(place.item(number as u64), consent, who, l));
    }
    if all.is_empty() {
        list = list.push(dim(l.text("settings-consents-none")));
    }
    if found.len() > MOST {
        list = list.push(dim(tr!(l, "settings-consents-more", count = found.len() - MOST)));
    }
    let list = semantic(place.part(1), Role::List, name.clone()).wrap(list);
    Some(line(name, hint, list, place))
}

fn one<'a>(key: NodeKey, consent: &Consent, who: &str, l: &'a Locale) -> Element<'a, Message> {
    let revoke = button(key.part(1), tr!(l, "remote-revoke", who = who).into_owned())
        .content(label(l.text("settings-consent-revoke")))
        .style(looks::ghost)
        .on_press(Message::Revoked(consent.clone()));
    let shown = label(who.to_owned()).wrapping(iced::widget::text::Wrapping::WordOrGlyph);
    let shown =
        row![container(shown).width(Length::Fill), revoke].spacing(space::S).align_y(Alignment::Center);
    semantic(key, Role::ListItem, who.to_owned()).wrap(shown)
}
