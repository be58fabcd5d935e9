//! `postrider show --trust`: what a mail tried to do, as lines for a person or as a JSON object.

use super::part_bytes;
use crate::cli::args::ShowArguments;
use crate::cli::fail::Fail;
use crate::cli::{Context, list};
use crate::html;
use crate::mime::{message, structure};
use crate::model::{Address, PartPath};
use crate::remote::{Check, Checker, SignatureResult};
use crate::store::{MessageDetail, Preference};
use crate::trust::{
    self, Around, Authentication, Facts, LinkFact, LinkTrick, SenderTrick, Standing, TrackerKind, Verdict,
};
use std::fmt::Write as _;

/// The facts, and what a check of our own said if it was asked for.
#[derive(serde::Serialize)]
struct Shown {
    #[serde(flatten)]
    facts: Facts,
    #[serde(skip_serializing_if = "Option::is_none")]
    signatures: Option<Vec<Check>>,
}

pub(super) async fn run(
    context: &Context,
    detail: &MessageDetail,
    arguments: &ShowArguments,
) -> Result<(), Fail> {
    let raw = part_bytes(context, detail.id, &PartPath::root()).await?;
    let mut facts = facts(context, detail, &raw)?;
    // The same two settings as in the window.
    let snapshot = context.store.snapshot()?;
    if snapshot.preference(Preference::StripLinks)? {
        for link in &mut facts.links {
            link.target = trust::without_tracking(&link.target);
        }
    }
    let always = snapshot.preference(Preference::CheckSignatures)?;
    drop(snapshot);
    let mut signatures = None;
    if arguments.check_signatures || always {
        let no_resolver = || Fail::Start { detail: "the system has no name server to ask".to_owned() };
        let checker = Checker::system().ok_or_else(no_resolver)?;
        let from = facts.from.first().map(|author| author.email.clone()).unwrap_or_default();
        signatures = Some(checker.check(raw, &from).await);
    }
    if arguments.json {
        return context.output.json(&Shown { facts, signatures });
    }
    let checked = signatures.iter().flatten().map(signature);
    for line in lines(&facts).into_iter().chain(checked) {
        context.output.line(&line)?;
    }
    Ok(())
}

fn signature(check: &Check) -> String {
    let result = match check.result {
        SignatureResult::Valid => "right",
        SignatureResult::Wrong => "WRONG: the mail was changed, or never signed",
        SignatureResult::NoKey => "its key is not known to the domain",
        SignatureResult::Unusable => "over, or of a kind that is not checked",
        SignatureResult::Unreachable => "its key cannot be asked for now",
    };
    let whose = if check.of_author { "the author's domain" } else { "another domain" };
    format!("Signature of {} ({whose}): {result}", check.domain)
}

/// Everything that is known about a whole mail.
fn facts(context: &Context, detail: &MessageDetail, raw: &[u8]) -> Result<Facts, Fail> {
    let snapshot = context.store.snapshot()?;
    let accounts = snapshot.accounts()?;
    let own: Vec<String> = accounts.iter().map(|row| row.account.email.clone()).collect();
    let mine = accounts.iter().find(|row| row.id == detail.account);
    let receivers = mine.map(|row| trust::trusted_receivers(&row.account.imap.host)).unwrap_or_default();
    let known = snapshot.correspondents()?;
    let parsed = message::parse(raw);
    let text = structure::choose_text(&parsed.structure).html.and_then(|path| parsed.text(raw, &path));
    let clean = text.map(|text| html::sanitize(&text));
    let links = match &clean {
        Some(clean) => clean.links(),
        None => plain_links(&parsed, raw),
    };
    let header = parsed.places.first().and_then(|place| raw.get(place.header.clone())).unwrap_or_default();
    let mail = trust::Mail {
        header,
        envelope: Some(&parsed.envelope),
        structure: Some(&parsed.structure),
        report: clean.as_ref().map(|clean| &clean.report),
        links: &links,
    };
    Ok(trust::examine(mail, Around { own: &own, known: &known, receivers: &receivers }))
}

fn plain_links(parsed: &message::ParsedMessage, raw: &[u8]) -> Vec<(String, String)> {
    let body = parsed.readable(raw);
    let links = body.blocks.iter().flat_map(|block| {
        block.links.iter().map(|link| {
            (link.target.to_string(), block.text.get(link.range.clone()).unwrap_or_default().to_owned())
        })
    });
    links.collect()
}

/// The facts in words.
fn lines(facts: &Facts) -> Vec<String> {
    let mut out = Vec::new();
    let from =
        |a: &Address| if a.name.is_empty() { a.email.clone() } else { format!("{} <{}>", a.name, a.email) };
    out.push(format!("From: {}", facts.from.iter().map(from).collect::<Vec<_>>().join(", ")));
    out.extend(facts.sender.iter().map(|trick| format!("Sender: {}", sender(trick))));
    out.extend(authentication(&facts.authentication));
    out.extend(facts.links.iter().map(|fact| format!("Link: {}", link(fact))));
    out.push(format!(
        "Pictures on the network: {}, trackers: {}; none is loaded by itself",
        facts.remote,
        facts.trackers.iter().map(|tracker| tracker.count).sum::<u32>()
    ));
    for tracker in &facts.trackers {
        let how = match tracker.kind {
            TrackerKind::Known => "known by its address",
            TrackerKind::Unseen => "too small to be seen",
        };
        out.push(format!("Tracker: {} ({}), {how}, {} of them", tracker.name, tracker.host, tracker.count));
    }
    if facts.tracked_links > 0 {
        out.push(format!("Links that tell who clicked: {}", facts.tracked_links));
    }
    let removed = [
        ("scripts", facts.scripts),
        ("forms", facts.forms),
        ("frames and media", facts.frames),
        ("links that run something", facts.dead_links),
    ];
    let removed = removed.iter().filter(|(_, count)| *count > 0);
    let removed: Vec<String> = removed.map(|(what, count)| format!("{count} {what}")).collect();
    if !removed.is_empty() {
        out.push(format!("Removed: {}", removed.join(", ")));
    }
    out.extend(
        facts.programs.iter().map(|name| format!("Attachment runs when opened: {}", list::printable(name))),
    );
    if let Some(way) = &facts.unsubscribe {
        let mut ways = Vec::new();
        ways.extend(way.one_click.is_some().then_some("one click"));
        ways.extend(way.mail.is_some().then_some("mail"));
        ways.extend(way.page.is_some().then_some("page"));
        let signed = if way.is_signed { "covered by a signature" } else { "not covered by a signature" };
        out.push(format!("Unsubscribe: by {} ({signed})", ways.join(", ")));
        if let Some(letter) = way.letter() {
            out.push(format!("Unsubscribe by mail: to {}, subject {:?}", letter.to, letter.subject));
        }
    }
    out
}

fn sender(trick: &SenderTrick) -> String {
    match trick {
        SenderTrick::NameIsAddress { claimed } => {
            format!("the name says {claimed}, which is not the address")
        }
        SenderTrick::NameIsDomain { claimed } => format!("the name says {claimed}, the address is elsewhere"),
        SenderTrick::NameOfBrand { brand } => format!("the name says {brand}, the address is not theirs"),
        SenderTrick::NameOfContact { known } => {
            format!("the name is that of {known}, to whom you write; the address is another")
        }
        SenderTrick::Lookalike { domain, unicode, of } if domain == unicode => {
            format!("{domain} could be mistaken for {of}")
        }
        SenderTrick::Lookalike { domain, unicode, of } => {
            format!("{domain} (shown as {unicode}) could be mistaken for {of}")
        }
        SenderTrick::Confusable { domain, unicode } => {
            format!("{domain} (shown as {unicode}) is written in letters that look like others")
        }
        SenderTrick::OtherEnding { domain, of } => {
            format!("{domain} has another ending than {of}, to which you write")
        }
        SenderTrick::ThroughList { author } => format!("written by {author}, sent through a mailing list"),
        SenderTrick::ReplyElsewhere { to } => format!("answers go to {to}"),
        SenderTrick::SeveralAuthors { count } => format!("{count} authors"),
        SenderTrick::NoAddress => "no address to answer to".to_owned(),
        SenderTrick::FromYourself => "it says that it is from you, and the checks failed".to_owned(),
    }
}

fn authentication(found: &Authentication) -> Vec<String> {
    let verdict = match found.verdict {
        Verdict::Passed => "the mail is from the domain that it names",
        Verdict::Failed => "the mail is NOT from the domain that it names",
        Verdict::Relayed => {
            "a list or a forwarder changed the mail, so that nothing proves that it is from the domain that it names"
        }
        Verdict::Unknown => "nothing proves that the mail is from the domain that it names",
    };
    let mut out = vec![format!("Authentication: {verdict}")];
    let results = found.findings.iter().map(|finding| {
        let domain = finding.domain().map(|domain| format!(" ({domain})")).unwrap_or_default();
        format!("{}={}{domain}", finding.method, finding.result)
    });
    let results = results.collect::<Vec<_>>().join(", ");
    match found.standing {
        Standing::None => {}
        Standing::Trusted => out.push(format!("Results of {}: {results}", found.server)),
        Standing::Plausible => {
            out.push(format!("Results that name {}, which may be made up: {results}", found.server));
        }
    }
    if found.ignored > 0 {
        out.push(format!("Results of other servers, not believed: {}", found.ignored));
    }
    if !found.signed_by.is_empty() {
        out.push(format!("Signed by (not checked here): {}", found.signed_by.join(", ")));
    }
    out
}

fn link(fact: &LinkFact) -> String {
    let mut out = match &fact.trick {
        LinkTrick::Mismatch { shown, counted_by } => {
            let by =
                counted_by.as_ref().map(|name| format!(", where {name} counts clicks")).unwrap_or_default();
            format!("the text says {shown}, it leads to {}{by}", fact.host)
        }
        LinkTrick::UserName { name } => {
            format!("it leads to {}, hidden behind the user name {name}", fact.host)
        }
        LinkTrick::Number => format!("it leads to a number, {}", fact.host),
        LinkTrick::OtherScript { unicode, confusable } => {
            let odd = if *confusable { ", in letters that look like others" } else { "" };
            format!("it leads to {} (shown as {unicode}){odd}", fact.host)
        }
        LinkTrick::Lookalike { of } => format!("it leads to {}, which could be mistaken for {of}", fact.host),
    };
    let _ = write!(out, ": {}", fact.target);
    out
}
