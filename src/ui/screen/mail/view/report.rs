//! What a server or a recipient reports about a mail of the user, in plain words.

use super::Look;
use crate::mime::report::{Action, Outcome, Reason};
use crate::ui::a11y::NodeKey;
use crate::ui::icon::Icon;
use crate::ui::locale::{Locale, tr};
use crate::ui::screen::mail::Message;
use crate::ui::theme::{Element, space};
use iced::widget::column;

/// Addresses that are told of one by one.
const MOST: usize = 6;

/// One line for each address; none if nothing is reported.
pub(super) fn view<'a>(key: NodeKey, outcomes: &[Outcome], look: &Look<'a>) -> Option<Element<'a, Message>> {
    if outcomes.is_empty() {
        return None;
    }
    let mut lines = column![].spacing(space::XS);
    for (number, outcome) in (60..).zip(outcomes.iter().take(MOST)) {
        let icon = match outcome.action {
            Action::Failed => Icon::Warning,
            Action::Delayed => Icon::Clock,
            Action::Delivered | Action::Relayed | Action::Expanded | Action::Displayed | Action::Deleted => {
                Icon::Info
            }
        };
        lines = lines.push(super::page::said(key.part(number), icon, words(outcome, look.locale), None));
    }
    if let Some(more) = outcomes.len().checked_sub(MOST).filter(|more| *more > 0) {
        let words = tr!(look.locale, "report-more", count = more).into_owned();
        lines = lines.push(super::page::said(key.part(59), Icon::Info, words, None));
    }
    Some(lines.into())
}

/// What became of a mail for one address.
fn words(outcome: &Outcome, l: &Locale) -> String {
    let address = outcome.address.as_str();
    let what = match outcome.action {
        Action::Failed => tr!(l, "report-failed", address = address),
        Action::Delayed => tr!(l, "report-delayed", address = address),
        Action::Delivered => tr!(l, "report-delivered", address = address),
        Action::Relayed => tr!(l, "report-relayed", address = address),
        Action::Expanded => tr!(l, "report-expanded", address = address),
        Action::Displayed => tr!(l, "report-displayed", address = address),
        Action::Deleted => tr!(l, "report-deleted", address = address),
    };
    let why = match outcome.reason {
        Reason::Unknown => None,
        Reason::NoSuchAddress => Some("report-no-address"),
        Reason::MailboxFull => Some("report-full"),
        Reason::TooLarge => Some("report-too-large"),
        Reason::Unreachable => Some("report-unreachable"),
        Reason::Refused => Some("report-refused"),
    };
    let what = match why.map(|why| l.text(why)) {
        Some(why) => tr!(l, "report-why", what = &*what, why = &*why),
        None => what,
    };
    match outcome.words.as_str() {
        "" => what.into_owned(),
        said => tr!(l, "report-said", what = &*what, words = said).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bounce_says_who_did_not_get_it_and_why() {
        let outcome = Outcome {
            address: "bob@example.org".into(),
            action: Action::Failed,
            reason: Reason::NoSuchAddress,
            words: "550 5.1.1 no such user".into(),
        };
        let said = words(&outcome, &Locale::english()).replace(['\u{2068}', '\u{2069}'], "");
        assert_eq!(
            said,
            "Not delivered to bob@example.org: there is no such address (550 5.1.1 no such user)"
        );
    }
}
