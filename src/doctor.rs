//! Tries an account step by step and says what is right, what could be better and what fails: `postrider doctor`.
//!
//! Goes the very way that the worker goes, with a [`Trace`] to see how far it gets. Changes nothing, at the server or
//! here; secrets and names of mailboxes stay out of the report.

mod report;

pub use report::{Check, Note, Outcome, Report, Service, Step};

use crate::clock::Clock;
use crate::imap::{self, Capability, ConnectOptions, Credential, Error, Session};
use crate::model::{Account, MailboxName, Server, SpecialUse, UnixTime};
use crate::net::Trace;
use crate::smtp::{self, Submission, SubmissionOptions};
use crate::sync::{Config, credential, of_imap, of_smtp, roots, submit_as};
use report::{steps_of, steps_so_far};
use std::time::Duration;

/// Time for a name, a connection, a handshake, each: whoever asks the doctor sits and waits.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// Time for an answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);
/// Uses that mail programs need a mailbox for.
const WANTED: [SpecialUse; 3] = [SpecialUse::Sent, SpecialUse::Drafts, SpecialUse::Trash];

/// Tries an account.
pub async fn examine(config: &Config, account: &Account) -> Report {
    examine_aloud(config, account, |_| {}).await
}

/// Tries an account, and tells all steps so far whenever there is another one. Dropping it ends it.
pub async fn examine_aloud(config: &Config, account: &Account, told: impl FnMut(&[Step]) + Send) -> Report {
    let mut told = told;
    let mut chart = Chart { report: Report::new(account), told: &mut told };
    let report = &mut chart;
    let secret = credential(config, account, None).await;
    let secret = match secret {
        Ok(credential) => {
            report.push(Step::ok(Service::Account, Check::Secret, Vec::new()));
            Some(credential)
        }
        Err(problem) => {
            report.push(Step::failed(Service::Account, Check::Secret, problem));
            None
        }
    };
    let secret = imap_part(config, account, secret, report).await;
    match &account.smtp {
        Some(server) => smtp_part(config, account, server, secret.as_ref(), report).await,
        None => report.push(Step::skipped(Service::Smtp, Check::Name, vec![Note::NoSubmission])),
    }
    chart.report
}

/// A report that is being written, and who looks over the doctor's shoulder.
struct Chart<'a> {
    report: Report,
    told: &'a mut (dyn FnMut(&[Step]) + Send),
}

impl Chart<'_> {
    fn push(&mut self, step: Step) {
        self.extend(vec![step]);
    }

    fn extend(&mut self, steps: Vec<Step>) {
        self.report.extend(steps);
        (self.told)(&self.report.steps);
    }

    fn transcript(&mut self, service: Service, trace: &Trace) {
        self.report.transcript(service, trace);
    }

    /// Does something with a connection; what it got to is told as it happens.
    async fn watching<T>(
        &mut self,
        (service, server): (Service, &Server),
        (trace, now): (&Trace, UnixTime),
        work: impl Future<Output = T>,
    ) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = trace.advanced() => {
                    let mut steps = self.report.steps.clone();
                    steps.extend(steps_so_far(service, server, &trace.stages(), now));
                    (self.told)(&steps);
                }
            }
        }
    }
}

/// Gives back what signed in, or would have.
async fn imap_part(
    config: &Config,
    account: &Account,
    secret: Option<Credential>,
    report: &mut Chart<'_>,
) -> Option<Credential> {
    let server = &account.imap;
    let mut options = ConnectOptions::new(server.clone());
    options.quirks = config.quirks.clone();
    options.clock = config.clock.clone();
    options.timeouts.connect = CONNECT_LIMIT;
    options.timeouts.greeting = CONNECT_LIMIT;
    options.timeouts.command = ANSWER_LIMIT;
    options.exception = account.exception(server);
    match roots(account).await {
        Ok(roots) => options.extra_roots = roots,
        Err(problem) => {
            report.push(Step::failed(Service::Imap, Check::Encryption, problem));
            return secret;
        }
    }
    let trace = Trace::default();
    options.trace = Some(trace.clone());
    let now = config.clock.now();
    let Some(mut secret) = secret else {
        let probed = report.watching((Service::Imap, server), (&trace, now), imap::probe(&options)).await;
        let end = probed.err().map(|error| of_imap(&error, server));
        report.extend(steps_of(Service::Imap, server, &trace.stages(), end, false, now));
        report.transcript(Service::Imap, &trace);
        return None;
    };
    let going_on = (Service::Imap, server);
    let mut opened = report.watching(going_on, (&trace, now), imap::connect(&options, &secret)).await;
    if let (Err(Error::AuthRejected { .. }), Credential::Token { token, .. }) = (&opened, &secret)
        && let Ok(fresh) = credential(config, account, Some(token)).await
    {
        // As the worker does: a token may be taken back before its time.
        secret = fresh;
        opened = report.watching(going_on, (&trace, now), imap::connect(&options, &secret)).await;
    }
    let (session, end) = match opened {
        Ok(session) => (Some(session), None),
        Err(error) => (None, Some(of_imap(&error, server))),
    };
    report.extend(steps_of(Service::Imap, server, &trace.stages(), end, true, now));
    if let Some(session) = session {
        signed_in(session, server, &config.clock, report).await;
    }
    report.transcript(Service::Imap, &trace);
    Some(secret)
}

/// What only somebody who is signed in can see.
async fn signed_in(mut session: Session, server: &Server, clock: &Clock, report: &mut Chart<'_>) {
    let words: Vec<String> = session.capabilities().words().map(str::to_owned).collect();
    let mut step = Step::ok(Service::Imap, Check::Extensions, vec![words.join(" ")]);
    if !session.capabilities().has(Capability::UidPlus) {
        step.warn(Note::NoUidPlus);
    }
    if !session.capabilities().has(Capability::Move) {
        step.warn(Note::NoMove);
    }
    report.push(step);
    let resync = match (session.has_qresync(), session.has_condstore()) {
        (true, _) => Step::ok(Service::Imap, Check::Resync, vec!["QRESYNC".into()]),
        (false, true) => Step::ok(Service::Imap, Check::Resync, vec!["CONDSTORE".into()]),
        (false, false) => Step::warning(Service::Imap, Check::Resync, Note::NoResync),
    };
    report.push(resync);
    let listed = match session.list().await {
        Ok(listed) => listed,
        Err(error) => {
            report.push(Step::failed(Service::Imap, Check::Mailboxes, of_imap(&error, server)));
            return;
        }
    };
    let uses: Vec<_> = listed.iter().filter_map(|mailbox| mailbox.special_use).collect();
    let facts =
        std::iter::once(listed.len().to_string()).chain(uses.iter().map(|one| one.as_str().to_owned()));
    let mut step = Step::ok(Service::Imap, Check::Mailboxes, facts.collect());
    if WANTED.iter().any(|wanted| !uses.contains(wanted)) {
        step.warn(Note::NoSpecialUse);
    }
    report.push(step);
    report.push(idle(&mut session, server, clock).await);
    if let Err(error) = session.logout().await {
        tracing::debug!(%error, "logout");
    }
}

/// Opens INBOX for reading only, says IDLE and ends it at once.
async fn idle(session: &mut Session, server: &Server, clock: &Clock) -> Step {
    if !session.capabilities().has(Capability::Idle) {
        return Step::warning(Service::Imap, Check::Idle, Note::NoIdle);
    }
    let round_trip = async {
        session.examine(&MailboxName::from_wire(b"INBOX")).await?;
        // News that wait would end it before it began.
        session.take_unsolicited();
        let start = clock.moment();
        session.idle(std::future::ready(())).await?;
        Ok::<_, Error>(clock.elapsed(start))
    };
    match round_trip.await {
        Ok(took) => Step::ok(Service::Imap, Check::Idle, vec![format!("{} ms", took.as_millis())]),
        Err(error) => Step::failed(Service::Imap, Check::Idle, of_imap(&error, server)),
    }
}

async fn smtp_part(
    config: &Config,
    account: &Account,
    server: &Server,
    secret: Option<&Credential>,
    report: &mut Chart<'_>,
) {
    let mut options = SubmissionOptions::new(server.clone());
    options.clock = config.clock.clone();
    options.timeouts = smtp::Timeouts { connect: CONNECT_LIMIT, reply: ANSWER_LIMIT };
    options.exception = account.exception(server);
    // A file that cannot be read was told already.
    options.extra_roots = roots(account).await.unwrap_or_default();
    let trace = Trace::default();
    options.trace = Some(trace.clone());
    let (going_on, now) = ((Service::Smtp, server), config.clock.now());
    let mut line = report.watching(going_on, (&trace, now), Submission::connect(&options)).await;
    let mut end = line.as_ref().err().map(|error| of_smtp(error, server));
    if let (Ok(line), Some(secret)) = (&mut line, secret) {
        let signing_in = submit_as(line, account, server, secret);
        end = report.watching(going_on, (&trace, now), signing_in).await.err();
    }
    report.extend(steps_of(Service::Smtp, server, &trace.stages(), end, secret.is_some(), now));
    if let Ok(line) = line {
        report.push(match line.extensions().size {
            Some(size) => Step::ok(Service::Smtp, Check::Size, vec![size.to_string()]),
            None => Step::ok(Service::Smtp, Check::Size, Vec::new()),
        });
        line.quit().await;
    }
    report.transcript(Service::Smtp, &trace);
}
