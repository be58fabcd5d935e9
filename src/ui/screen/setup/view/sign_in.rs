//! What belongs to signing in with the browser: the choice of a provider, the wait, the ways without a client id.

use super::head;
use crate::model::{AuthMethod, UnixTime};
use crate::oauth::{self, DesktopAccount, NotAClient};
use crate::ui::a11y::{Live, NodeKey, Role, semantic};
use crate::ui::icon::Icon;
use crate::ui::locale::{Locale, tr};
use crate::ui::parts::{caption, dim, label, spoken, strong};
use crate::ui::screen::setup::wizard::{STEPS, Wizard};
use crate::ui::screen::setup::{Message, Setup};
use crate::ui::theme::{Element, button as looks, container as grounds, space, typography};
use crate::ui::widget::{Button, button, radio_group};
use iced::widget::{Row, column, container, row, space as gap};
use iced::{Alignment, Length};

const PLACE: NodeKey = NodeKey::named("setup.sign-in");
/// The best known first, in the order of how many people use them.
const ORDER: [&str; 7] = ["google", "microsoft", "yahoo", "aol", "fastmail", "yandex", "mailru"];

/// The providers, the one that was recognised marked.
pub(super) fn providers<'a>(setup: &'a Setup, l: &'a Locale) -> Element<'a, Message> {
    let now = setup.form.provider().map(|(key, _)| key);
    if setup.form.is_placed() && !setup.listed {
        // One step for the keyboard, not eight.
        let name = setup.form.provider().map(|(_, provider)| provider.name.clone());
        let service = || setup.form.found().and_then(|found| found.service).map(|one| one.name.clone());
        let name = name.or_else(service).unwrap_or_else(|| tr!(l, "setup-provider-other").into_owned());
        let title = tr!(l, "setup-provider");
        let said = format!("{title}: {name}");
        let words = spoken(PLACE.part(40), Role::Label, said, column![caption(title), strong(name)]);
        let change = button(PLACE.part(41), tr!(l, "setup-provider-change"))
            .style(looks::ghost)
            .expanded(false)
            .on_press_maybe((!setup.is_trying()).then_some(Message::ProvidersToggled));
        return row![container(words).width(Length::Fill), change].align_y(Alignment::Center).into();
    }
    let mut choices = Row::new().spacing(space::XS);
    let known = ORDER.into_iter().filter_map(|key| Some((key, oauth::provider(key)?)));
    let all = known.map(|(key, provider)| (Some(key), provider.name.clone()));
    let other = (None, tr!(l, "setup-provider-other").into_owned());
    for (number, (key, name)) in (0..).zip(all.chain([other])) {
        let chosen = key == now;
        let choice = button(PLACE.item(number), name)
            .role(Role::RadioButton)
            .selected(chosen)
            .toggled(chosen)
            .style(if chosen { looks::ghost_on } else { looks::ghost })
            .padding([0.0, space::S])
            .on_press_maybe((!setup.is_trying()).then_some(Message::ProviderChosen(key)));
        choices = choices.push(choice);
    }
    let name = tr!(l, "setup-provider");
    let chosen = ORDER.iter().position(|key| now == Some(*key)).unwrap_or(ORDER.len());
    // Choosing folds the list away, so walking through it does not choose.
    let choices = radio_group(choices.wrap().vertical_spacing(space::XS), Some(chosen), Vec::new());
    let group = column![caption(name.clone()), choices].spacing(space::XS);
    semantic(PLACE.part(1), Role::RadioGroup, name).wrap(group)
}

/// The other way of signing in, as far as there is one.
pub(super) fn instead<'a>(setup: &'a Setup, l: &'a Locale) -> Option<Element<'a, Message>> {
    let form = &setup.form;
    if form.in_browser() {
        // Some providers take no passwords from mail programs any more.
        let takes = form.provider().is_none_or(|(_, provider)| provider.app_passwords.is_some());
        let to = button(PLACE.part(2), tr!(l, "setup-password-instead"))
            .style(looks::link)
            .on_press(Message::MethodChosen(AuthMethod::Password));
        return takes.then(|| container(to).center_x(Length::Fill).into());
    }
    form.provider()?;
    let to = button(PLACE.part(3), tr!(l, "setup-browser-instead"))
        .style(looks::link)
        .padding([0.0, space::XXS])
        .on_press(Message::MethodChosen(AuthMethod::OAuth));
    Some(to.into())
}

/// What helps with the password of a provider that takes only app passwords.
pub(super) fn app_password<'a>(setup: &'a Setup, l: &'a Locale) -> Option<Element<'a, Message>> {
    let (_, provider) = setup.form.provider()?;
    let words = tr!(l, "setup-app-password", provider = provider.name.as_str());
    let mut buttons = row![].spacing(space::S).align_y(Alignment::Center);
    if let Some(page) = &provider.app_passwords {
        buttons = buttons.push(page_button(PLACE.part(4), "setup-app-password-make", page, l));
    }
    let words = spoken(PLACE.part(5), Role::Label, words.clone(), caption(words));
    Some(column![words, buttons.push(instead(setup, l)).wrap()].spacing(space::S).into())
}

fn page_button<'a>(key: NodeKey, name: &str, page: &str, l: &'a Locale) -> Button<'a, Message> {
    button(key, l.text(name)).icon(Icon::Open).on_press(Message::PageWanted(page.to_owned()))
}

/// Minutes and seconds until then.
pub(in crate::ui) fn left(until: UnixTime, now: UnixTime) -> String {
    let seconds = until.0.saturating_sub(now.0).max(0);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// The page that is shown while the browser is open.
pub(super) fn waiting<'a>(
    setup: &'a Setup,
    until: UnixTime,
    copied: bool,
    now: UnixTime,
    l: &'a Locale,
) -> Element<'a, Message> {
    let email = setup.form.email.trim();
    let (words, hint) = if setup.keyring_asks {
        // The browser is done; the sign-in is to be kept.
        (tr!(l, "problem-keyring-waits").into_owned(), tr!(l, "problem-keyring-waits-advice"))
    } else {
        (tr!(l, "sign-in-waiting", account = email).into_owned(), tr!(l, "sign-in-waiting-hint"))
    };
    let said = format!("{words} {hint}");
    let text = column![
        strong(words).size(typography::SUBTITLE).align_x(Alignment::Center),
        dim(hint).align_x(Alignment::Center),
    ]
    .spacing(space::S)
    .align_x(Alignment::Center);
    let left = left(until, now);
    let clock = label(left.clone()).size(typography::DISPLAY).font(typography::STRONG);
    let clock = semantic(PLACE.part(6), Role::Timer, tr!(l, "sign-in-left")).value(left).wrap(clock);
    let buttons = row![
        button(PLACE.part(7), tr!(l, "sign-in-again")).icon(Icon::Open).on_press(Message::OpenedAgain),
        button(PLACE.part(8), l.text(if copied { "sign-in-copied" } else { "sign-in-copy" }))
            .icon(if copied { Icon::Check } else { Icon::Copy })
            .on_press(Message::LinkCopied),
    ]
    .spacing(space::S);
    let cancel = button(PLACE.part(9), tr!(l, "cancel")).style(looks::ghost).on_press(Message::Left);
    column![
        Icon::Open.tinted(space::ICON_XL, |t| t.accent),
        semantic(PLACE.part(10), Role::Status, said).live(Live::Polite).busy(true).wrap(text),
        column![clock, caption(tr!(l, "sign-in-left"))].align_x(Alignment::Center),
        buttons.wrap().vertical_spacing(space::S).align_x(Alignment::Center),
        cancel,
    ]
    .spacing(space::L)
    .width(Length::Fill)
    .align_x(Alignment::Center)
    .into()
}

/// The page for a provider that nobody gave us a client id for: what can be done without one, the easiest first.
pub(super) fn no_client<'a>(setup: &'a Setup, l: &'a Locale) -> Element<'a, Message> {
    let provider = setup.form.provider();
    let name = provider.map_or_else(|| setup.form.issuer.trim(), |(_, provider)| provider.name.as_str());
    let title = tr!(l, "no-client-title", provider = name);
    let why = tr!(l, "no-client-why", provider = name);
    let said = format!("{title} {why}");
    let why = semantic(PLACE.part(20), Role::Alert, said).live(Live::Assertive).wrap(label(why));
    let mut all = column![head(title, l), why].spacing(space::L);
    let fits = |found: &&DesktopAccount| provider.is_some_and(|(key, _)| key == found.provider);
    let mut found = setup.desktop.iter().filter(fits).peekable();
    if found.peek().is_some() {
        let mut buttons = Row::new().spacing(space::S);
        for (number, one) in (0..).zip(found) {
            let name = tr!(l, "no-client-desktop-use", account = one.email.as_str());
            let use_it = button(PLACE.part(28).item(number), name);
            buttons = buttons.push(use_it.on_press(Message::DesktopChosen(one.clone())));
        }
        let buttons = buttons.wrap().vertical_spacing(space::S);
        all = all.push(way("no-client-desktop", "no-client-desktop-text", PLACE.part(29), buttons.into(), l));
    }
    if let Some(page) = provider.and_then(|(_, provider)| provider.app_passwords.as_deref()) {
        let open = page_button(PLACE.part(21), "setup-app-password-make", page, l).style(looks::primary);
        let have = button(PLACE.part(22), tr!(l, "no-client-have-password"))
            .on_press(Message::MethodChosen(AuthMethod::Password));
        let buttons = row![open, have].spacing(space::S).wrap().vertical_spacing(space::S);
        all = all.push(way("no-client-app", "no-client-app-text", PLACE.part(23), buttons.into(), l));
    }
    if provider.is_some_and(|(key, _)| key == "google") {
        let show = button(PLACE.part(24), tr!(l, "no-client-wizard")).on_press(Message::WizardWanted);
        all = all.push(way("no-client-own", "no-client-own-text", PLACE.part(25), show.into(), l));
    } else {
        let show = button(PLACE.part(26), tr!(l, "no-client-enter")).on_press(Message::Remedied(
            crate::ui::screen::setup::Remedy::GoTo(crate::ui::screen::setup::form::Field::ClientId),
        ));
        all = all.push(way("no-client-id", "no-client-id-text", PLACE.part(27), show.into(), l));
    }
    all.into()
}

fn way<'a>(
    title: &str,
    text: &str,
    key: NodeKey,
    buttons: Element<'a, Message>,
    l: &'a Locale,
) -> Element<'a, Message> {
    let (title, text) = (l.text(title), l.text(text));
    let said = format!("{title}: {text}");
    let words = spoken(key, Role::Label, said, column![strong(title), dim(text)].spacing(space::XS));
    container(column![words, buttons].spacing(space::M))
        .padding(space::M)
        .width(Length::Fill)
        .style(grounds::card)
        .into()
}

/// The steps to a client id of one's own.
pub(super) fn wizard<'a>(wizard: &'a Wizard, l: &'a Locale) -> Element<'a, Message> {
    let (step, number) = (wizard.step(), wizard.number());
    let place = tr!(l, "wizard-step", number = number + 1, count = STEPS.len());
    let heading = l.text(step.key);
    let text = l.text(step.text).into_owned();
    let said = format!("{place}: {heading}. {text}");
    let words =
        column![caption(place), strong(heading).size(typography::SUBTITLE), label(text),].spacing(space::S);
    let words = semantic(PLACE.part(30), Role::Label, said).live(Live::Polite).wrap(words);
    let mut all = column![head(tr!(l, "no-client-own"), l), words].spacing(space::L);
    if let Some(page) = step.page {
        all = all.push(page_button(PLACE.part(31), "wizard-open", page, l));
    }
    if let Some(why) = &wizard.fault {
        let words = fault(why, l);
        let shown = container(label(words.clone()))
            .padding(space::M)
            .width(Length::Fill)
            .style(grounds::banner_danger);
        all = all.push(semantic(PLACE.part(32), Role::Alert, words).live(Live::Assertive).wrap(shown));
    }
    let last = number + 1 == STEPS.len();
    let back = button(PLACE.part(33), tr!(l, "wizard-back"))
        .on_press_maybe(number.checked_sub(1).map(Message::WizardTurned));
    let next = if last {
        button(PLACE.part(34), tr!(l, "wizard-choose")).on_press(Message::ClientWanted)
    } else {
        button(PLACE.part(35), tr!(l, "wizard-next")).on_press(Message::WizardTurned(number + 1))
    };
    all.push(row![back, gap::horizontal(), next.style(looks::primary)].spacing(space::S)).into()
}

fn fault(why: &NotAClient, l: &Locale) -> String {
    match why {
        NotAClient::File { detail } => tr!(l, "wizard-fault-file", detail = detail.as_str()),
        NotAClient::OfSomethingElse => tr!(l, "wizard-fault-other"),
        NotAClient::OfWebPage => tr!(l, "wizard-fault-web"),
        NotAClient::NoFolder => tr!(l, "wizard-fault-folder"),
    }
    .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_counts_down_and_stops_at_zero() {
        assert_eq!(left(UnixTime(400), UnixTime(100)), "5:00");
        assert_eq!(left(UnixTime(400), UnixTime(391)), "0:09");
        assert_eq!(left(UnixTime(400), UnixTime(500)), "0:00");
    }
}
