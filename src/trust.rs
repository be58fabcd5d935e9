//! What a mail tried to do, and who it is from: facts found in its header, its links and the sanitizer's report.
//!
//! Pure: no I/O, no clock, no network. Whatever asks the network is in `remote`. Texts for people are made in `ui`
//! and `cli`; here are only the facts.

mod brand;
pub mod host;
mod link;
mod lookalike;
mod results;
mod sender;
#[cfg(test)]
mod tests;
pub mod tracker;
mod unsubscribe;

pub use link::{LinkFact, LinkTrick, examine as examine_link, without_tracking};
pub use results::{Authentication, Finding, Standing, Verdict, trusted_receivers};
pub use sender::SenderTrick;
pub use tracker::{SeenTracker, TrackerKind};
pub use unsubscribe::{Letter, Unsubscribe};

use crate::html::Report;
use crate::mime::{filename, structure};
use crate::model::{Address, BodyStructure, Envelope};
use serde::Serialize;

/// What is known of a mail. What is missing is not judged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mail<'a> {
    /// The whole header as the server has it.
    pub header: &'a [u8],
    /// The same decoded.
    pub envelope: Option<&'a Envelope>,
    /// The parts.
    pub structure: Option<&'a BodyStructure>,
    /// What the sanitizer found.
    pub report: Option<&'a Report>,
    /// The links, each with its target and what the reader sees of it.
    pub links: &'a [(String, String)],
}

/// What is known of the user.
#[derive(Clone, Copy, Debug, Default)]
pub struct Around<'a> {
    /// Own addresses.
    pub own: &'a [String],
    /// People whom the user writes to.
    pub known: &'a [Address],
    /// Names under which the receiving server signs what it found, see [`trusted_receivers`].
    pub receivers: &'a [String],
}

/// What a mail tried to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// Who it says that it is from; the address is always to be shown.
    pub from: Vec<Address>,
    /// What is odd about the sender.
    pub sender: Vec<SenderTrick>,
    /// What the receiving server found out about it.
    pub authentication: Authentication,
    /// Links that are not what they seem.
    pub links: Vec<LinkFact>,
    /// Links with parameters that tell who clicked.
    pub tracked_links: u32,
    /// Pictures on the network, trackers not counted. None of them was loaded by itself.
    pub remote: u32,
    /// Pictures whose only use is to tell that the mail was read.
    pub trackers: Vec<SeenTracker>,
    /// Scripts and event handlers that were removed.
    pub scripts: u32,
    /// Forms that lead nowhere now.
    pub forms: u32,
    /// Frames, objects and media that were removed.
    pub frames: u32,
    /// Links that would have run something, which lead nowhere now.
    pub dead_links: u32,
    /// Attached files that run when they are opened.
    pub programs: Vec<String>,
    /// How to get off the list.
    pub unsubscribe: Option<Unsubscribe>,
}

/// How much a reader should be warned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Worth knowing.
    Note,
    /// Likely a fraud.
    Warning,
}

/// Links that are looked at.
const MAX_LINKS: usize = 5_000;
/// Odd links that are kept; more say no more.
const MAX_KEPT: usize = 50;

/// Collects the facts about a mail.
#[must_use]
pub fn examine(mail: Mail<'_>, around: Around<'_>) -> Facts {
    let nothing = Envelope::default();
    let envelope = mail.envelope.unwrap_or(&nothing);
    let authentication = results::read(mail.header, &envelope.from, around.receivers);
    let mut facts = Facts {
        from: envelope.from.clone(),
        sender: sender::tricks(envelope, mail.header, around, &authentication),
        authentication,
        unsubscribe: unsubscribe::read(mail.header),
        ..Facts::default()
    };
    for (target, label) in mail.links.iter().take(MAX_LINKS) {
        facts.tracked_links += u32::from(without_tracking(target) != *target);
        if facts.links.len() < MAX_KEPT
            && let Some(fact) = link::examine(target, label, around.known)
            && !facts.links.contains(&fact)
        {
            facts.links.push(fact);
        }
    }
    if let Some(report) = mail.report {
        let (trackers, rest) = tracker::split(report);
        facts.remote = u32::try_from(rest.len()).unwrap_or(u32::MAX);
        facts.trackers = tracker::named(report, &trackers);
        (facts.scripts, facts.forms, facts.frames) = (report.scripts, report.forms, report.frames);
        facts.dead_links = report.dead_links;
    }
    if let Some(parts) = mail.structure {
        let names = structure::attachments(parts).into_iter();
        let names = names.map(|part| filename::safe(part.filename.as_deref(), &part.media_type));
        facts.programs = names.filter(|name| filename::is_executable(name)).take(MAX_KEPT).collect();
    }
    facts
}

impl Facts {
    /// The gravest of what is to be said; none if there is nothing.
    #[must_use]
    pub fn weight(&self) -> Option<Weight> {
        let sender = self.sender.iter().map(SenderTrick::weight).max();
        let links = self.links.iter().map(LinkFact::weight).max();
        let failed = (self.authentication.verdict == Verdict::Failed).then_some(Weight::Warning);
        let programs = (!self.programs.is_empty()).then_some(Weight::Note);
        sender.max(links).max(failed).max(programs)
    }

    /// Whether pictures may be loaded without asking where the user consented to the sender: not if the mail may
    /// well be from somebody else.
    #[must_use]
    pub fn honours_consent(&self) -> bool {
        let forged = matches!(self.authentication.verdict, Verdict::Failed | Verdict::Relayed);
        !forged && self.sender.iter().all(|trick| trick.weight() < Weight::Warning) && self.from.len() == 1
    }
}
