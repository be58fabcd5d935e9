//! What the doctor found, as data: words are made by whoever shows it.

use crate::model::{Account, Certificate, Security, Server, UnixTime};
use crate::net::{Stage, Trace};
use crate::sync::Problem;

/// Warns so many seconds before a certificate ends: by then it should have been renewed.
const SOON: i64 = 7 * 24 * 3_600;
/// Addresses of a host that are named.
const MAX_ADDRESSES: usize = 6;

/// What a step is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// This computer.
    Account,
    /// Reading.
    Imap,
    /// Sending.
    Smtp,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Password or token is at hand.
    Secret,
    /// The host name has addresses.
    Name,
    /// One of them answers.
    Connection,
    /// TLS and certificate.
    Encryption,
    /// The server's first words.
    Greeting,
    /// What it offers before sign-in, above all how to sign in.
    Offers,
    /// The sign-in.
    SignIn,
    /// What it offers after sign-in.
    Extensions,
    /// Catching up quickly.
    Resync,
    /// Number of mailboxes and their uses.
    Mailboxes,
    /// Telling news at once.
    Idle,
    /// Largest message.
    Size,
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it should be.
    Ok,
    /// It works, but not as well as it could.
    Warning,
    /// It does not work.
    Failed,
    /// It could not be looked at.
    Skipped,
}

/// What could be better, or is worth to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// The certificate ends soon.
    EndsSoon {
        /// Whole days from now.
        days: i64,
    },
    /// It is only trusted because the user said so.
    ByException,
    /// News come by asking from time to time.
    NoIdle,
    /// Flags have to be compared one by one.
    NoResync,
    /// No mailboxes for sent mail, drafts or trash.
    NoSpecialUse,
    /// Moving is copying and deleting.
    NoMove,
    /// Deleted messages of others cannot be told from one's own.
    NoUidPlus,
    /// No submission server is set.
    NoSubmission,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Of what.
    pub service: Service,
    /// What was looked at.
    pub check: Check,
    /// How it went.
    pub outcome: Outcome,
    /// What was seen, in technical words that are the same in all languages.
    pub facts: Vec<String>,
    /// The server's own certificate, where it was looked at.
    pub certificate: Option<Box<Certificate>>,
    /// Why it failed.
    pub why: Option<Problem>,
    /// What could be better.
    pub notes: Vec<Note>,
}

impl Step {
    pub(super) const fn ok(service: Service, check: Check, facts: Vec<String>) -> Self {
        Self { service, check, outcome: Outcome::Ok, facts, certificate: None, why: None, notes: Vec::new() }
    }

    pub(super) fn warning(service: Service, check: Check, note: Note) -> Self {
        let mut step = Self::ok(service, check, Vec::new());
        step.warn(note);
        step
    }

    pub(super) fn failed(service: Service, check: Check, why: Problem) -> Self {
        Self { outcome: Outcome::Failed, why: Some(why), ..Self::ok(service, check, Vec::new()) }
    }

    pub(super) fn skipped(service: Service, check: Check, notes: Vec<Note>) -> Self {
        Self { outcome: Outcome::Skipped, notes, ..Self::ok(service, check, Vec::new()) }
    }

    pub(super) fn warn(&mut self, note: Note) {
        self.outcome = Outcome::Warning;
        self.notes.push(note);
    }
}

/// Everything about one account.
#[derive(Clone, Debug)]
pub struct Report {
    /// Its address.
    pub email: String,
    /// Its servers.
    pub servers: Vec<(Service, Server)>,
    /// In the order in which they were taken.
    pub steps: Vec<Step>,
    /// What was said, without secrets and names of mailboxes.
    pub transcripts: Vec<(Service, Vec<String>)>,
}

impl Report {
    pub(super) fn new(account: &Account) -> Self {
        let imap = (Service::Imap, account.imap.clone());
        let smtp = account.smtp.clone().map(|server| (Service::Smtp, server));
        Self {
            email: account.email.clone(),
            servers: std::iter::once(imap).chain(smtp).collect(),
            steps: Vec::new(),
            transcripts: Vec::new(),
        }
    }

    pub(super) fn extend(&mut self, steps: Vec<Step>) {
        self.steps.extend(steps);
    }

    pub(super) fn transcript(&mut self, service: Service, trace: &Trace) {
        self.transcripts.push((service, trace.transcript()));
    }

    /// Whether nothing failed.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.steps.iter().all(|step| step.outcome != Outcome::Failed)
    }
}

/// The steps of a connection, from how far it got: what is there is all right, what is missing first has failed, if
/// anything has.
pub(super) fn steps_of(
    service: Service,
    server: &Server,
    stages: &[Stage],
    end: Option<Problem>,
    signs_in: bool,
    now: UnixTime,
) -> Vec<Step> {
    let mut end = end;
    let mut steps = Vec::new();
    for check in wanted(server) {
        // The newest counts: a second attempt may have gone further.
        let reached = stages.iter().rev().find_map(|stage| reached(service, check, stage, now));
        steps.push(match (reached, end.take()) {
            (Some(step), still) => {
                end = still;
                step
            }
            (None, Some(problem)) => Step::failed(service, check, problem),
            (None, None) => Step::skipped(service, check, Vec::new()),
        });
        if check == Check::Offers && !signs_in && end.is_none() {
            steps.push(Step::skipped(service, Check::SignIn, Vec::new()));
            return steps;
        }
    }
    if let Some(problem) = end {
        // Something broke after the sign-in.
        steps.push(Step::failed(service, Check::Extensions, problem));
    }
    steps
}

/// The checks of a connection, in their order.
fn wanted(server: &Server) -> impl Iterator<Item = Check> + use<> {
    // What was said before TLS is not shown.
    let greets = server.security == Security::Tls;
    [Check::Name, Check::Connection, Check::Encryption, Check::Greeting, Check::Offers, Check::SignIn]
        .into_iter()
        .filter(move |check| greets || *check != Check::Greeting)
}

/// The steps of a connection that is still under way.
pub(super) fn steps_so_far(service: Service, server: &Server, stages: &[Stage], now: UnixTime) -> Vec<Step> {
    let step = |check| stages.iter().rev().find_map(|stage| reached(service, check, stage, now));
    wanted(server).map_while(step).collect()
}

fn reached(service: Service, check: Check, stage: &Stage, now: UnixTime) -> Option<Step> {
    let ok = |facts| Some(Step::ok(service, check, facts));
    match (check, stage) {
        (Check::Name, Stage::Resolved(all)) => {
            ok(all.iter().map(|one| one.ip().to_string()).take(MAX_ADDRESSES).collect())
        }
        (Check::Connection, Stage::Connected(address)) => ok(vec![address.to_string()]),
        (Check::Encryption, Stage::Secured { version, cipher, chain, by_exception }) => {
            let facts = [(*version).to_owned(), cipher.clone()].into_iter();
            let own = chain.first();
            let mut step = Step::ok(service, check, facts.collect());
            step.certificate = own.cloned().map(Box::new);
            let left = own.and_then(|own| own.not_after).map(|end| end.0 - now.0);
            if *by_exception {
                step.warn(Note::ByException);
            } else if let Some(left) = left.filter(|left| *left < SOON) {
                step.warn(Note::EndsSoon { days: left / (24 * 3_600) });
            }
            Some(step)
        }
        (Check::Greeting, Stage::Greeted(text)) => ok(vec![text.clone()]),
        (Check::Offers, Stage::Offered(words)) => ok(vec![words.join(", ")]),
        (Check::SignIn, Stage::SignedIn(mechanism)) => ok(vec![mechanism.clone()]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Chain;

    fn server(security: Security) -> Server {
        Server { host: "mail.example".into(), port: 993, security }
    }

    fn secured(by_exception: bool, not_after: i64) -> Stage {
        let certificate = Certificate {
            subject: "mail".into(),
            issuer: "authority".into(),
            names: vec!["mail.example".into()],
            not_before: Some(UnixTime(0)),
            not_after: Some(UnixTime(not_after)),
            fingerprint: crate::model::Fingerprint::new([1; 32]),
        };
        let chain = Chain::new(vec![certificate]);
        Stage::Secured { version: "TLS 1.3", cipher: "X".into(), chain, by_exception }
    }

    fn outcomes(steps: &[Step]) -> Vec<(Check, Outcome)> {
        steps.iter().map(|step| (step.check, step.outcome)).collect()
    }

    #[test]
    fn what_is_missing_first_has_failed() {
        let address = "127.0.0.1:993".parse().unwrap();
        let stages = [Stage::Resolved(vec![address]), Stage::Connected(address)];
        let why = Problem::WrongProtection { host: "h".into(), port: 1, security: Security::Tls };
        let now = UnixTime(0);
        let steps = steps_of(Service::Imap, &server(Security::Tls), &stages, Some(why.clone()), true, now);
        use Outcome::{Failed, Ok, Skipped};
        let expected = [
            (Check::Name, Ok),
            (Check::Connection, Ok),
            (Check::Encryption, Failed),
            (Check::Greeting, Skipped),
            (Check::Offers, Skipped),
            (Check::SignIn, Skipped),
        ];
        assert_eq!(outcomes(&steps), expected);
        assert_eq!(steps[2].why, Some(why));
        let none =
            steps_of(Service::Imap, &server(Security::StartTls), &[], Some(Problem::MailboxGone), true, now);
        assert_eq!(none[0].outcome, Failed);
        assert!(none.iter().all(|step| step.check != Check::Greeting));
    }

    #[test]
    fn a_certificate_that_ends_soon_is_a_warning() {
        let day = 24 * 3_600;
        let of = |stage| {
            let steps = steps_of(Service::Smtp, &server(Security::Tls), &[stage], None, true, UnixTime(0));
            steps.into_iter().find(|step| step.check == Check::Encryption).unwrap()
        };
        assert_eq!(of(secured(false, 30 * day)).outcome, Outcome::Ok);
        assert_eq!(of(secured(false, 3 * day)).notes, [Note::EndsSoon { days: 3 }]);
        assert_eq!(of(secured(true, 3 * day)).notes, [Note::ByException]);
        assert_eq!(of(secured(false, 30 * day)).certificate.map(|one| one.subject), Some("mail".into()));
    }
}
