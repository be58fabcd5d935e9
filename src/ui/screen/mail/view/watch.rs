//! Above a message: what to beware of, its pictures on the network, the way off its list. And the sheet with all of
//! what it tried to do.

mod words;

use super::Look;
use crate::model::MessageId;
use crate::store::{Consent, Preference};
use crate::trust::Weight;
use crate::ui::a11y::{NodeKey, Role, semantic};
use crate::ui::icon::Icon;
use crate::ui::locale::tr;
use crate::ui::parts::{caption, hairline, label, spoken, strong};
use crate::ui::screen::mail::watch::{CLOSE, Leaving, Watch, WatchMessage};
use crate::ui::screen::mail::{Mail, Message};
use crate::ui::theme::{Element, button as looks, container as grounds, space, typography};
use crate::ui::widget::{Button, button, focus_trap, icon_button};
use iced::widget::{Column, column, container, opaque, row, scrollable};
use iced::{Alignment, Length};

/// Trackers that are named in the bar.
const NAMED: usize = 3;
/// Widest text of the sheet.
const SHEET: f32 = 720.0;
const KEY: NodeKey = NodeKey::named("trust");

fn told(message: WatchMessage) -> Message {
    Message::Watch(message)
}

fn quiet<'a>(key: NodeKey, name: impl Into<String>, message: WatchMessage) -> Button<'a, Message> {
    button(key, name).style(looks::ghost).on_press(told(message))
}

/// What stands above a message besides how it is shown; none if there is nothing to say.
pub(super) fn bars<'a>(
    key: NodeKey,
    id: MessageId,
    mail: &'a Mail,
    look: &Look<'a>,
) -> Option<Element<'a, Message>> {
    let watch = mail.watches.of(id)?;
    watch.examined()?;
    let bars = [warning(key, id, watch, look), pictures(key, id, watch, look), leaving(key, id, watch, look)];
    let bars: Vec<_> = bars.into_iter().flatten().collect();
    (!bars.is_empty()).then(|| Column::with_children(bars).spacing(space::S).into())
}

/// A bar: an icon, words, and what can be done, below where there is no room beside.
fn bar<'a>(
    key: NodeKey,
    icon: Icon,
    urgent: bool,
    words: String,
    actions: Vec<Button<'a, Message>>,
) -> Element<'a, Message> {
    let mark = if urgent { icon.tinted(space::ICON_S, |t| t.danger) } else { icon.view(space::ICON_S) };
    let shown = if urgent { label(words.clone()).size(typography::SMALL) } else { caption(words.clone()) };
    let line = row![mark, shown].spacing(space::S).align_y(Alignment::Center);
    let line = spoken(key, if urgent { Role::Alert } else { Role::Note }, words, line);
    let mut all = row![line].spacing(space::S).align_y(Alignment::Center);
    for action in actions {
        all = all.push(action);
    }
    all.wrap().into()
}

fn warning<'a>(
    key: NodeKey,
    id: MessageId,
    watch: &'a Watch,
    look: &Look<'a>,
) -> Option<Element<'a, Message>> {
    let facts = &watch.examined()?.facts;
    let weight = facts.weight()?;
    let words = words::first(facts, look.locale)?;
    let urgent = weight == Weight::Warning;
    let icon = if urgent { Icon::Warning } else { Icon::Info };
    let more = quiet(key.part(51), look.locale.text("trust-details"), WatchMessage::SheetOpened(id));
    Some(bar(key.part(50), icon, urgent, words, vec![more]))
}

fn pictures<'a>(
    key: NodeKey,
    id: MessageId,
    watch: &'a Watch,
    look: &Look<'a>,
) -> Option<Element<'a, Message>> {
    let l = look.locale;
    let facts = &watch.examined()?.facts;
    let loaded = &watch.loaded;
    let mut words = Vec::new();
    if watch.loading {
        words.push(l.text("remote-loading").into_owned());
    } else if loaded.unasked > 0 {
        words.push(tr!(l, "remote-blocked", count = loaded.unasked).into_owned());
    } else if !loaded.pictures.is_empty() {
        words.push(tr!(l, "remote-loaded", count = loaded.pictures.len()).into_owned());
    }
    if !loaded.missing.is_empty() && !watch.loading {
        words.push(tr!(l, "remote-missing", count = loaded.missing.len()).into_owned());
    }
    if loaded.trackers > 0 {
        let mut names: Vec<&str> = facts.trackers.iter().map(|tracker| tracker.name.as_str()).collect();
        names.dedup();
        names.truncate(NAMED);
        let count = tr!(l, "remote-trackers", count = loaded.trackers, names = names.join(", "));
        words.push(count.into_owned());
    }
    if words.is_empty() {
        return None;
    }
    let mut actions = Vec::new();
    if let Some(consent) = watch.consent() {
        let (Consent::Sender(who) | Consent::Domain(who)) = consent;
        let name = tr!(l, "remote-revoke", who = who.as_str());
        actions.push(quiet(key.part(56), name, WatchMessage::Revoked(id, consent.clone())));
    } else if loaded.unasked > 0 && !watch.loading {
        actions.push(quiet(key.part(53), l.text("remote-once"), WatchMessage::LoadOnce(id)));
        if let Some(sender) = watch.sender() {
            let consent = Consent::Sender(sender.to_owned());
            let name = tr!(l, "remote-always", who = sender);
            actions.push(quiet(key.part(54), name, WatchMessage::Allowed(id, consent)));
        }
        if let Some(domain) = watch.domain() {
            let name = tr!(l, "remote-always", who = domain.as_str());
            actions.push(quiet(key.part(55), name, WatchMessage::Allowed(id, Consent::Domain(domain))));
        }
    }
    if facts.weight().is_none() {
        actions.push(quiet(key.part(51), l.text("trust-details"), WatchMessage::SheetOpened(id)));
    }
    Some(bar(key.part(52), Icon::EyeOff, false, words.join(" · "), actions))
}

fn leaving<'a>(
    key: NodeKey,
    id: MessageId,
    watch: &'a Watch,
    look: &Look<'a>,
) -> Option<Element<'a, Message>> {
    let l = look.locale;
    let way = watch.examined()?.facts.unsubscribe.as_ref()?;
    let letter = way.letter();
    if way.one_click.is_none() && way.page.is_none() && letter.is_none() {
        return None;
    }
    let list = if way.list.is_empty() { watch.sender().unwrap_or_default() } else { &way.list };
    let step = |leaving| WatchMessage::Unsubscribe(id, leaving);
    let (icon, words, actions) = match watch.leaving {
        Leaving::Idle => {
            let name = l.text("list-leave");
            (
                Icon::Mail,
                tr!(l, "list-is", list = list),
                vec![quiet(key.part(58), name, step(Leaving::Asked))],
            )
        }
        Leaving::Asked if way.one_click.is_none() => {
            let cancel = quiet(key.part(60), l.text("cancel"), step(Leaving::Idle));
            let act = |name: &str, leaving| button(key.part(59), l.text(name)).on_press(told(step(leaving)));
            match (&way.page, letter) {
                (Some(page), _) => {
                    let url = url::Url::parse(page).ok();
                    let host = url.as_ref().and_then(url::Url::host_str).unwrap_or(page);
                    let words = tr!(l, "list-leave-page", list = list, host = host);
                    (Icon::Info, words, vec![act("list-leave-open", Leaving::Sent), cancel])
                }
                (None, Some(letter)) => {
                    let (address, subject) = (letter.to.as_str(), letter.subject.as_str());
                    let words = if subject.is_empty() {
                        tr!(l, "list-leave-mail", list = list, address = address)
                    } else {
                        tr!(l, "list-leave-mail-subject", list = list, address = address, subject = subject)
                    };
                    (Icon::Info, words, vec![act("list-leave-copy", Leaving::Copied), cancel])
                }
                (None, None) => return None,
            }
        }
        Leaving::Asked => {
            let yes = button(key.part(59), l.text("list-leave-yes")).on_press(told(step(Leaving::Sent)));
            let no = quiet(key.part(60), l.text("cancel"), step(Leaving::Idle));
            (Icon::Info, tr!(l, "list-leave-ask", list = list), vec![yes, no])
        }
        Leaving::Sent => (Icon::Clock, l.text("list-leaving"), Vec::new()),
        Leaving::Copied => (Icon::Check, l.text("list-leave-copied"), Vec::new()),
        Leaving::Done => (Icon::Check, l.text("list-left"), Vec::new()),
        Leaving::Failed(why) => {
            let again = quiet(key.part(58), l.text("list-leave"), step(Leaving::Asked));
            (Icon::Warning, words::not_left(why, l), vec![again])
        }
    };
    Some(bar(key.part(57), icon, false, words.into_owned(), actions))
}

/// The sheet over the screen: everything that a message tried to do.
pub(super) fn sheet<'a>(mail: &'a Mail, look: &Look<'a>) -> Option<Element<'a, Message>> {
    let id = mail.watches.sheet?;
    let l = look.locale;
    let title = l.text("trust-title");
    let close = icon_button(KEY.part(1), Icon::Close, l.text("close")).on_press(CLOSE);
    let head = row![container(strong(title.clone()).size(typography::SUBTITLE)).width(Length::Fill), close]
        .spacing(space::S)
        .align_y(Alignment::Center);
    let mut all = column![].spacing(space::L).max_width(SHEET);
    if let Some(watch) = mail.watches.of(id).filter(|watch| watch.examined().is_some()) {
        for (number, (heading, lines)) in words::all(watch, l).into_iter().enumerate() {
            all = all.push(section(KEY.item(number as u64), heading, lines));
        }
        all = all.push(choices(id, watch, mail, look));
    } else {
        all = all.push(label(l.text("reader-loading")));
    }
    let body =
        scrollable(container(all).padding([space::M, space::L])).width(Length::Fill).height(Length::Fill);
    let page = column![container(head).padding([space::S, space::L]), hairline(), body];
    let page = container(page).width(Length::Fill).height(Length::Fill).style(grounds::surface);
    let page = semantic(KEY, Role::Dialog, title).modal().wrap(page);
    Some(opaque(focus_trap(page, CLOSE)))
}

/// A heading with what there is to say below it.
fn section<'a>(key: NodeKey, heading: String, lines: Vec<(bool, String)>) -> Element<'a, Message> {
    let mut all = column![spoken(key, Role::Heading, heading.clone(), strong(heading))].spacing(space::XS);
    for (number, (bad, line)) in lines.into_iter().enumerate() {
        let mark = if bad {
            Icon::Warning.tinted(space::ICON_S, |t| t.danger)
        } else {
            Icon::Info.view(space::ICON_S)
        };
        let shown = row![mark, label(line.clone()).size(typography::SMALL)].spacing(space::S);
        all = all.push(spoken(key.part(1 + number as u64), Role::Label, line, shown));
    }
    all.into()
}

/// What can be done about it.
fn choices<'a>(id: MessageId, watch: &'a Watch, mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    let l = look.locale;
    let signed = watch.examined().is_some_and(|e| !e.facts.authentication.signed_by.is_empty());
    let mut all = column![].spacing(space::S);
    if signed && watch.checks.is_none() {
        let name = l.text(if watch.checking { "trust-checking" } else { "trust-check" });
        let check = (!watch.checking).then_some(told(WatchMessage::CheckWanted(id)));
        all = all.push(button(KEY.part(2), name).on_press_maybe(check));
        all = all.push(caption(l.text("trust-check-hint")));
    }
    let setting = |number, name: &str, on: bool, preference| {
        let mark = if on { Icon::Check } else { Icon::Close };
        let words = l.text(name);
        let content = row![mark.view(space::ICON_S), label(words.clone()).size(typography::SMALL)]
            .spacing(space::S)
            .align_y(Alignment::Center);
        button(KEY.part(number), words)
            .toggled(on)
            .content(content)
            .style(looks::ghost)
            .on_press(told(WatchMessage::Preferred(preference, !on)))
    };
    all.push(setting(3, "trust-strip", mail.watches.strip, Preference::StripLinks))
        .push(setting(4, "trust-check-always", mail.watches.check, Preference::CheckSignatures))
        .into()
}
