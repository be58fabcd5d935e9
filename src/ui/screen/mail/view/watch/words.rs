//! The facts about a message in words.

use crate::model::Address;
use crate::remote::{Refused, SignatureResult, UnsubscribeError};
use crate::trust::{Facts, SenderTrick, Standing, TrackerKind, Verdict, Weight};
use crate::ui::locale::{Locale, tr};
use crate::ui::screen::mail::links::odd;
use crate::ui::screen::mail::watch::Watch;
use std::borrow::Cow;

/// Links that are listed.
const LINKS: usize = 20;

/// The gravest fact, for the line above the message.
pub(super) fn first(facts: &Facts, l: &Locale) -> Option<String> {
    let weight = facts.weight()?;
    if let Some(trick) = facts.sender.iter().find(|trick| trick.weight() == weight) {
        return Some(sender(trick, l));
    }
    if weight == Weight::Warning && facts.authentication.verdict == Verdict::Failed {
        return Some(l.text("trust-auth-failed").into_owned());
    }
    if let Some(link) = facts.links.iter().find(|link| link.weight() == weight) {
        return Some(odd(link, l));
    }
    facts.programs.first().map(|name| tr!(l, "trust-program", name = name.as_str()).into_owned())
}

/// Everything: headings with lines, each with whether it is bad.
pub(super) fn all(watch: &Watch, l: &Locale) -> Vec<(String, Vec<(bool, String)>)> {
    let Some(examined) = watch.examined() else { return Vec::new() };
    let facts = &examined.facts;
    let mut out = vec![(l.text("trust-from").into_owned(), from(facts, l))];
    out.push((l.text("trust-auth").into_owned(), authentication(watch, examined.whole, l)));
    let links = facts.links.iter().take(LINKS).map(|fact| (fact.weight() == Weight::Warning, odd(fact, l)));
    let mut links: Vec<(bool, String)> = links.collect();
    if facts.tracked_links > 0 {
        links.push((false, tr!(l, "trust-tracked-links", count = facts.tracked_links).into_owned()));
    }
    if links.is_empty() {
        links.push((false, l.text("trust-links-none").into_owned()));
    }
    out.push((l.text("trust-links").into_owned(), links));
    out.push((l.text("trust-network").into_owned(), network(facts, l)));
    let removed = removed(facts, l);
    if !removed.is_empty() {
        out.push((l.text("trust-removed").into_owned(), removed));
    }
    if !facts.programs.is_empty() {
        let names = facts.programs.iter();
        let lines = names.map(|name| (true, tr!(l, "trust-program", name = name.as_str()).into_owned()));
        out.push((l.text("trust-files").into_owned(), lines.collect()));
    }
    out
}

fn from(facts: &Facts, l: &Locale) -> Vec<(bool, String)> {
    let full =
        |a: &Address| if a.name.is_empty() { a.email.clone() } else { format!("{} <{}>", a.name, a.email) };
    let mut lines: Vec<(bool, String)> = facts.from.iter().map(|author| (false, full(author))).collect();
    lines.extend(facts.sender.iter().map(|trick| (trick.weight() == Weight::Warning, sender(trick, l))));
    lines
}

fn sender(trick: &SenderTrick, l: &Locale) -> String {
    match trick {
        SenderTrick::NameIsAddress { claimed } => tr!(l, "trust-name-address", claimed = claimed.as_str()),
        SenderTrick::NameIsDomain { claimed } => tr!(l, "trust-name-domain", claimed = claimed.as_str()),
        SenderTrick::NameOfBrand { brand } => tr!(l, "trust-name-brand", brand = brand.as_str()),
        SenderTrick::NameOfContact { known } => tr!(l, "trust-name-contact", known = known.as_str()),
        SenderTrick::Lookalike { domain, unicode, of } => {
            let shown = shown(domain, unicode);
            tr!(l, "trust-lookalike", domain = shown, of = of.as_str())
        }
        SenderTrick::Confusable { domain, unicode } => {
            tr!(l, "trust-confusable", domain = shown(domain, unicode))
        }
        SenderTrick::OtherEnding { domain, of } => {
            tr!(l, "trust-other-ending", domain = domain.as_str(), of = of.as_str())
        }
        SenderTrick::ThroughList { author } => tr!(l, "trust-through-list", author = author.as_str()),
        SenderTrick::ReplyElsewhere { to } => tr!(l, "trust-reply", to = to.as_str()),
        SenderTrick::SeveralAuthors { count } => tr!(l, "trust-several", count = *count),
        SenderTrick::NoAddress => l.text("trust-no-address"),
        SenderTrick::FromYourself => l.text("trust-from-you"),
    }
    .into_owned()
}

fn shown(domain: &str, unicode: &str) -> String {
    if domain == unicode { domain.to_owned() } else { format!("{unicode} ({domain})") }
}

fn authentication(watch: &Watch, whole: bool, l: &Locale) -> Vec<(bool, String)> {
    let Some(examined) = watch.examined() else { return Vec::new() };
    let found = &examined.facts.authentication;
    let verdict = match found.verdict {
        _ if !whole => "trust-auth-later",
        Verdict::Passed => "trust-auth-passed",
        Verdict::Failed => "trust-auth-failed",
        Verdict::Relayed => "trust-auth-relayed",
        Verdict::Unknown => "trust-auth-unknown",
    };
    let mut lines = vec![(found.verdict == Verdict::Failed, l.text(verdict).into_owned())];
    let results = found.findings.iter().map(|finding| match finding.domain() {
        Some(domain) => format!("{} {} ({domain})", finding.method, finding.result),
        None => format!("{} {}", finding.method, finding.result),
    });
    let results = results.collect::<Vec<_>>().join(", ");
    let server = found.server.as_str();
    match found.standing {
        Standing::None => {}
        Standing::Trusted => {
            lines.push((false, tr!(l, "trust-auth-server", server = server, results = results).into_owned()));
        }
        Standing::Plausible => {
            lines.push((false, tr!(l, "trust-auth-maybe", server = server, results = results).into_owned()));
        }
    }
    if found.ignored > 0 {
        lines.push((false, tr!(l, "trust-auth-ignored", count = found.ignored).into_owned()));
    }
    match &watch.checks {
        Some(checks) if checks.is_empty() => lines.push((false, l.text("trust-check-none").into_owned())),
        Some(checks) => lines.extend(checks.iter().map(|check| {
            let domain = check.domain.as_str();
            let words = match check.result {
                SignatureResult::Valid => tr!(l, "trust-signature-valid", domain = domain),
                SignatureResult::Wrong => tr!(l, "trust-signature-wrong", domain = domain),
                SignatureResult::NoKey => tr!(l, "trust-signature-no-key", domain = domain),
                SignatureResult::Unusable => tr!(l, "trust-signature-unusable", domain = domain),
                SignatureResult::Unreachable => tr!(l, "trust-signature-unreachable", domain = domain),
            };
            (check.result == SignatureResult::Wrong, words.into_owned())
        })),
        None if !found.signed_by.is_empty() => {
            let domains = found.signed_by.join(", ");
            lines.push((false, tr!(l, "trust-signed", domains = domains).into_owned()));
        }
        None => {}
    }
    lines
}

fn network(facts: &Facts, l: &Locale) -> Vec<(bool, String)> {
    let mut lines = Vec::new();
    if facts.remote > 0 {
        lines.push((false, tr!(l, "trust-pictures", count = facts.remote).into_owned()));
    }
    for tracker in &facts.trackers {
        let (name, host) = (tracker.name.as_str(), tracker.host.as_str());
        let words = match tracker.kind {
            TrackerKind::Known => {
                tr!(l, "trust-tracker-known", name = name, host = host, count = tracker.count)
            }
            TrackerKind::Unseen => {
                tr!(l, "trust-tracker-unseen", name = name, host = host, count = tracker.count)
            }
        };
        lines.push((true, words.into_owned()));
    }
    if lines.is_empty() {
        lines.push((false, l.text("trust-network-none").into_owned()));
    }
    lines
}

fn removed(facts: &Facts, l: &Locale) -> Vec<(bool, String)> {
    let all: [(u32, &dyn Fn(u32) -> String); 4] = [
        (facts.scripts, &|count| tr!(l, "trust-scripts", count = count).into_owned()),
        (facts.forms, &|count| tr!(l, "trust-forms", count = count).into_owned()),
        (facts.frames, &|count| tr!(l, "trust-frames", count = count).into_owned()),
        (facts.dead_links, &|count| tr!(l, "trust-dead-links", count = count).into_owned()),
    ];
    all.iter().filter(|(count, _)| *count > 0).map(|(count, words)| (false, words(*count))).collect()
}

/// Why getting off a list is not known to be done.
pub(super) fn not_left<'a>(why: UnsubscribeError, l: &'a Locale) -> Cow<'a, str> {
    match why {
        UnsubscribeError::Status(status) => tr!(l, "list-failed-status", status = status),
        UnsubscribeError::Unreachable | UnsubscribeError::TooSlow => l.text("list-failed-unreachable"),
        UnsubscribeError::Refused(
            Refused::NoAddress | Refused::NotProtected | Refused::Private | Refused::Port,
        ) => l.text("list-failed-refused"),
    }
}
