//! What stands beside the fields of the form: what was found, which password is wanted, a refused certificate.

use super::super::lookup::State;
use super::{KEY, Message, Setup};
use crate::discover::{Missing, PasswordKind, Source};
use crate::model::{Certificate, UnixTime};
use crate::sync::{CertificateFault, Problem};
use crate::ui::a11y::{Live, Role, semantic};
use crate::ui::icon::Icon;
use crate::ui::locale::{Locale, tr};
use crate::ui::parts::{caption, dim, label, spoken, strong};
use crate::ui::theme::{Element, button as looks, container as grounds, space, typography};
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

/// The certificates that the server showed, its own first, for a person to judge: whose they are, and what is wrong with
/// which one.
pub(super) fn details<'a>(why: &Problem, now: UnixTime, l: &'a Locale) -> Option<Element<'a, Message>> {
    let Problem::Certificate { fault, chain, .. } = why else { return None };
    chain.first()?;
    let faults = faults(fault, chain.iter(), now);
    let all = (0..)
        .zip(chain.iter().zip(faults))
        .map(|(number, (one, faults))| certificate(number, one, &faults, l));
    Some(column(all).spacing(space::S).into())
}

/// What can be wrong with one certificate of a chain, as keys of texts.
type Faults = Vec<&'static str>;

/// What is wrong with which certificate. Dates are looked at for each; everything else is about one of them: the
/// server's own, or the last one, which nobody here knows.
fn faults<'a>(
    fault: &CertificateFault,
    chain: impl Iterator<Item = &'a Certificate> + Clone,
    now: UnixTime,
) -> Vec<Faults> {
    let unknown = match chain.clone().last() {
        Some(last) if last.is_self_signed() => "setup-certificate-unknown",
        _ => "setup-certificate-unknown-signer",
    };
    let mut all: Vec<Faults> = chain
        .map(|one| {
            let over = one.not_after.is_some_and(|end| end < now);
            let early = one.not_before.is_some_and(|begin| begin > now);
            let over = over.then_some("setup-certificate-expired");
            over.into_iter().chain(early.then_some("setup-certificate-early")).collect()
        })
        .collect();
    let dated = all.iter().any(|one| !one.is_empty());
    let (place, key) = match fault {
        CertificateFault::UntrustedIssuer => (all.len().saturating_sub(1), unknown),
        CertificateFault::SelfSigned => (0, "setup-certificate-self"),
        CertificateFault::WrongName { .. } => (0, "setup-certificate-name"),
        CertificateFault::Changed => (0, "setup-certificate-changed"),
        CertificateFault::Revoked => (0, "setup-certificate-revoked"),
        CertificateFault::Other { .. } => (0, "setup-certificate-odd"),
        // It stands beside its dates already.
        CertificateFault::Expired | CertificateFault::NotYetValid if dated => return all,
        CertificateFault::Expired => (0, "setup-certificate-expired"),
        CertificateFault::NotYetValid => (0, "setup-certificate-early"),
    };
    if let Some(one) = all.get_mut(place) {
        one.push(key);
    }
    all
}

fn certificate<'a>(
    number: usize,
    own: &Certificate,
    faults: &[&'static str],
    l: &'a Locale,
) -> Element<'a, Message> {
    let title = l.text(match number {
        0 => "setup-certificate-own",
        _ if own.is_self_signed() => "setup-certificate-root",
        _ => "setup-certificate-between",
    });
    let (subject, issuer) = (own.subject.as_str(), own.issuer.as_str());
    let (names, sha256) = (own.names.join(", "), own.fingerprint.to_string());
    let (from, to) = (l.day(own.not_before), l.day(own.not_after));
    let whose = if names.is_empty() {
        tr!(l, "setup-certificate-whose", subject = subject)
    } else {
        tr!(l, "setup-certificate-subject", subject = subject, names = names.as_str())
    };
    let lines = [
        whose,
        tr!(l, "setup-certificate-issuer", issuer = issuer),
        tr!(l, "setup-certificate-valid", from = from.as_str(), to = to.as_str()),
    ];
    let sha = tr!(l, "setup-certificate-sha", sha = sha256.as_str());
    let faults: Vec<_> = faults.iter().map(|key| l.text(key)).collect();
    let all = std::iter::once(&title).chain(&faults).chain(&lines).chain([&sha]);
    let said = all.map(|line| line.trim_end_matches('.')).collect::<Vec<&str>>().join(". ");
    let mut shown = column![strong(title)].spacing(space::XXS);
    for fault in faults {
        let mark = Icon::Warning.tinted(space::ICON_S, |t| t.danger);
        let words = label(fault.into_owned()).style(grounds::text_danger).width(Length::Fill);
        shown = shown.push(row![mark, words].spacing(space::XS).align_y(Alignment::Center));
    }
    for line in lines {
        shown = shown.push(dim(line.into_owned()));
    }
    let shown = shown.push(caption(sha.into_owned()).font(typography::MONO));
    let shown = container(shown).padding(space::S).width(Length::Fill).style(grounds::card);
    spoken(KEY.part(63).item(number as u64), Role::Label, said, shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Fingerprint;

    #[test]
    fn each_fault_stands_at_the_certificate_that_it_is_about() {
        let one = |subject: &str, issuer: &str, from: i64, to: i64| Certificate {
            subject: subject.into(),
            issuer: issuer.into(),
            names: Vec::new(),
            not_before: Some(UnixTime(from)),
            not_after: Some(UnixTime(to)),
            fingerprint: Fingerprint::new([1; 32]),
        };
        let now = UnixTime(100);
        let good = || {
            vec![one("mail", "between", 0, 200), one("between", "root", 0, 200), one("root", "root", 0, 200)]
        };
        let chain = good();
        let at = |fault: CertificateFault, place: usize, key: &str| {
            let found = faults(&fault, chain.iter(), now);
            let expected: Vec<Vec<&str>> =
                (0..3).map(|number| if number == place { vec![key] } else { Vec::new() }).collect();
            assert_eq!(found, expected, "{fault:?}");
        };
        at(CertificateFault::UntrustedIssuer, 2, "setup-certificate-unknown");
        at(CertificateFault::WrongName { presented: Vec::new() }, 0, "setup-certificate-name");
        at(CertificateFault::Changed, 0, "setup-certificate-changed");
        let found = faults(&CertificateFault::UntrustedIssuer, chain[..2].iter(), now);
        assert_eq!(found, [vec![], vec!["setup-certificate-unknown-signer"]], "the root was not shown");
        // The clock of whoever judged it was another one.
        at(CertificateFault::Expired, 0, "setup-certificate-expired");
        // One in the middle is over, which the server's owner will not guess.
        let mut over = good();
        over[1] = one("between", "root", 0, 50);
        let found = faults(&CertificateFault::Expired, over.iter(), now);
        assert_eq!(found, [vec![], vec!["setup-certificate-expired"], vec![]]);
        let found = faults(&CertificateFault::UntrustedIssuer, over.iter(), now);
        assert_eq!(found, [vec![], vec!["setup-certificate-expired"], vec!["setup-certificate-unknown"]]);
        let early = [one("mail", "mail", 150, 200)];
        let found = faults(&CertificateFault::SelfSigned, early.iter(), now);
        assert_eq!(found, [vec!["setup-certificate-early", "setup-certificate-self"]]);
    }
}
