//! What stands beside the fields of the form: what was found, which password is wanted, a refused certificate.

use super::super::lookup::State;
use super::{KEY, Message, Setup};
use crate::discover::{Missing, PasswordKind, Source};
use crate::model::{Certificate, UnixTime};
use crate::sync::Problem;
use crate::ui::a11y::{Live, Role, semantic};
use crate::ui::locale::{Locale, tr};
use crate::ui::parts::{caption, dim, spoken};
use crate::ui::theme::{Element, button as looks, container as grounds, space};
use crate::ui::widget::button;
use iced::widget::{column, container, row};
use iced::{Alignment, Length};

/// One line about the settings of the address: looked for, found where, or not found.
pub(super) fn lookup<'a>(setup: &'a Setup, l: &'a Locale) -> Option<Element<'a, Message>> {
    let words = match (&setup.lookup.state, setup.form.found()) {
        (State::Typing | State::Asking, _) => tr!(l, "setup-lookup-asking"),
        (State::Missing(Missing::Closed { name }), _) => tr!(l, "setup-lookup-closed", name = name.as_str()),
        (State::Missing(Missing::Unknown { .. }), _) => tr!(l, "setup-lookup-missing"),
        (State::Missing(Missing::Offline { .. }), _) => tr!(l, "setup-lookup-offline"),
        // The card of the provider says it already.
        (State::Resting, _) if setup.form.provider().is_some() || setup.form.changes.is_some() => {
            return None;
        }
        (State::Resting, Some(found)) if found.is_foreign => tr!(l, "setup-lookup-foreign"),
        (State::Resting, Some(found)) => {
            let name = found.service.map(|service| service.name.as_str());
            match &found.source {
                Source::Bundled => tr!(l, "setup-lookup-bundled", name = name.unwrap_or_default()),
                Source::Domain { host } => tr!(l, "setup-lookup-domain", host = host.as_str()),
                Source::Ispdb => tr!(l, "setup-lookup-ispdb"),
                Source::Mx { host } => tr!(l, "setup-lookup-mx", name = name.unwrap_or(host)),
                Source::Srv => tr!(l, "setup-lookup-srv"),
                Source::Guess => tr!(l, "setup-lookup-guess"),
            }
        }
        (State::Resting, None) => return None,
    };
    let asking = matches!(setup.lookup.state, State::Asking);
    let state = semantic(KEY.part(60), Role::Status, words.clone()).live(Live::Polite).busy(asking);
    Some(state.wrap(dim(words)))
}

/// Which password is wanted, and where it is made; where IMAP is switched on.
pub(super) fn password_hint<'a>(setup: &'a Setup, l: &'a Locale) -> Option<Element<'a, Message>> {
    // Providers with a card have a page of their own for it.
    let service = setup.form.found().filter(|_| setup.form.provider().is_none())?.service?;
    let name = service.name.as_str();
    let (words, page) = match service.password {
        PasswordKind::App | PasswordKind::Code => {
            (tr!(l, "setup-lookup-app-password", name = name), &service.page)
        }
        PasswordKind::Bridge => (tr!(l, "setup-bridge", name = name), &service.page),
        PasswordKind::Own if service.switch.is_some() => {
            (tr!(l, "setup-imap-switch", name = name), &service.switch)
        }
        PasswordKind::Own | PasswordKind::Never => return None,
    };
    let text = spoken(KEY.part(61), Role::Label, words.clone(), dim(words));
    let mut line = row![container(text).width(Length::Fill)].spacing(space::S).align_y(Alignment::Center);
    if let Some(page) = page {
        let open = button(KEY.part(62), tr!(l, "fix-open-page"))
            .style(looks::ghost)
            .on_press(Message::PageWanted(page.clone()));
        line = line.push(open);
    }
    Some(line.into())
}

/// The certificates that the server showed, its own first, for a person to judge.
pub(super) fn details<'a>(why: &Problem, l: &'a Locale) -> Option<Element<'a, Message>> {
    let Problem::Certificate { chain, .. } = why else { return None };
    chain.first()?;
    let all = (0..).zip(chain.iter()).map(|(number, one)| certificate(number, one, l));
    Some(column(all).spacing(space::S).into())
}

fn certificate<'a>(number: u64, own: &Certificate, l: &'a Locale) -> Element<'a, Message> {
    let day = |time: Option<UnixTime>| {
        let time = time.and_then(|time| jiff::Timestamp::from_second(time.0).ok());
        time.map_or_else(|| "?".to_owned(), |time| time.strftime("%Y-%m-%d").to_string())
    };
    let (subject, issuer) = (own.subject.as_str(), own.issuer.as_str());
    let (names, sha256) = (own.names.join(", "), own.fingerprint.to_string());
    let (from, to) = (day(own.not_before), day(own.not_after));
    let lines = [
        tr!(l, "setup-certificate-subject", subject = subject, names = names.as_str()),
        tr!(l, "setup-certificate-issuer", issuer = issuer),
        tr!(l, "setup-certificate-valid", from = from.as_str(), to = to.as_str()),
        tr!(l, "setup-certificate-sha", sha = sha256.as_str()),
    ];
    let all = lines.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(" ");
    let shown = column(lines.map(|line| caption(line.into_owned()).into())).spacing(space::XXS);
    let shown = container(shown).padding(space::S).width(Length::Fill).style(grounds::card);
    spoken(KEY.part(63).item(number), Role::Label, all, shown)
}
