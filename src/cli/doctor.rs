//! `postrider doctor`: a connection trial with a plain report.

use super::account::chosen;
use super::args::DoctorArguments;
use super::fail::Fail;
use super::problem::Sentence;
use super::{Context, sync};
use crate::doctor::{self, Check, Note, Outcome, Report, Service, Step};
use crate::model::{Certificate, Security, Server, UnixTime};
use crate::sync::{Block, Problem};

pub(super) async fn run(context: &Context, arguments: &DoctorArguments) -> Result<(), Fail> {
    let accounts = chosen(context, arguments.account.as_deref())?;
    let config = sync::config(context);
    let (mut failed, all) = (0, accounts.len());
    for row in accounts {
        let report = doctor::examine(&config, &row.account).await;
        failed += usize::from(!report.is_good());
        if arguments.json { json(context, &report)? } else { plain(context, &report, arguments.transcript)? }
    }
    if failed == 0 { Ok(()) } else { Err(Fail::Ill { failed, all }) }
}

fn plain(context: &Context, report: &Report, transcript: bool) -> Result<(), Fail> {
    let output = context.output;
    output.line(&report.email)?;
    let mut last = Service::Account;
    for step in &report.steps {
        if step.service != last {
            last = step.service;
            let server = report.servers.iter().find(|(service, _)| *service == last);
            output.line(&format!("  {}", heading(last, server.map(|(_, server)| server))))?;
        }
        let facts = facts(step);
        output.line(format!("  {:<8} {:<12} {facts}", outcome(step.outcome), name(step.check)).trim_end())?;
        for line in advice(step) {
            output.line(&format!("           -> {line}"))?;
        }
    }
    if report.steps.iter().any(|step| matches!(step.why, Some(Problem::Blocked { why: Block::Admin, .. }))) {
        output.line("  Text for the help desk:")?;
        for line in help_desk(report) {
            output.line(&format!("    {line}"))?;
        }
    }
    if transcript || !report.is_good() {
        for (service, lines) in report.transcripts.iter().filter(|(_, lines)| !lines.is_empty()) {
            output.line(&format!(
                "  What was said ({}; secrets and names of mailboxes left out):",
                word(*service)
            ))?;
            for line in lines {
                output.line(&format!("    {line}"))?;
            }
        }
    }
    Ok(())
}

fn json(context: &Context, report: &Report) -> Result<(), Fail> {
    for step in &report.steps {
        context.output.json(&serde_json::json!({
            "account": report.email,
            "service": word(step.service),
            "check": name(step.check),
            "outcome": outcome(step.outcome),
            "facts": step.facts.iter().cloned().chain(step.certificate.as_deref().map(one_line)).collect::<Vec<_>>(),
            "advice": advice(step),
        }))?;
    }
    let transcript: serde_json::Map<String, serde_json::Value> = report
        .transcripts
        .iter()
        .map(|(service, lines)| (word(*service).to_owned(), serde_json::json!(lines)))
        .collect();
    context.output.json(&serde_json::json!({
        "account": report.email, "ok": report.is_good(), "transcript": transcript,
    }))
}

fn heading(service: Service, server: Option<&Server>) -> String {
    let title = match service {
        Service::Account => "Account",
        Service::Imap => "Reading (IMAP)",
        Service::Smtp => "Sending (SMTP)",
    };
    let Some(Server { host, port, security }) = server else { return title.to_owned() };
    let security = match security {
        Security::Tls => "tls",
        Security::StartTls => "starttls",
    };
    format!("{title} at {host}:{port}, {security}")
}

const fn word(service: Service) -> &'static str {
    match service {
        Service::Account => "account",
        Service::Imap => "imap",
        Service::Smtp => "smtp",
    }
}

const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "ok",
        Outcome::Warning => "warning",
        Outcome::Failed => "failed",
        Outcome::Skipped => "skipped",
    }
}

const fn name(check: Check) -> &'static str {
    match check {
        Check::Secret => "secret",
        Check::Name => "name",
        Check::Connection => "connection",
        Check::Encryption => "encryption",
        Check::Greeting => "greeting",
        Check::Offers => "offers",
        Check::SignIn => "sign-in",
        Check::Extensions => "extensions",
        Check::Resync => "resync",
        Check::Mailboxes => "mailboxes",
        Check::Idle => "idle",
        Check::Size => "size",
    }
}

fn facts(step: &Step) -> String {
    let mut facts = step.facts.iter();
    match (step.check, facts.next()) {
        (Check::Mailboxes, Some(count)) => {
            let uses: Vec<_> = facts.map(String::as_str).collect();
            if uses.is_empty() {
                format!("{count} mailboxes")
            } else {
                format!("{count} mailboxes; {}", uses.join(", "))
            }
        }
        (Check::Size, Some(size)) => format!("messages up to {size} bytes"),
        (Check::Size, None) => "no limit told".to_owned(),
        (Check::Secret, None) if step.outcome == Outcome::Ok => "password or token at hand".to_owned(),
        (Check::Idle, Some(took)) => format!("round trip in {took}"),
        _ => {
            let certificate = step.certificate.as_deref().map(one_line);
            step.facts.iter().cloned().chain(certificate).collect::<Vec<_>>().join(", ")
        }
    }
}

/// A certificate in one line.
fn one_line(certificate: &Certificate) -> String {
    let date = |time: Option<UnixTime>| {
        let time = time.and_then(|time| jiff::Timestamp::from_second(time.0).ok());
        time.map_or_else(|| "?".to_owned(), |time| time.strftime("%Y-%m-%d").to_string())
    };
    format!(
        "certificate of {} by {}, for {}, valid from {} to {}, SHA-256 {}",
        certificate.subject,
        certificate.issuer,
        certificate.names.join(" "),
        date(certificate.not_before),
        date(certificate.not_after),
        certificate.fingerprint,
    )
}

fn advice(step: &Step) -> Vec<String> {
    let why = step.why.iter().map(|problem| Sentence(problem).to_string());
    why.chain(step.notes.iter().map(|note| words(*note))).collect()
}

fn words(note: Note) -> String {
    match note {
        Note::EndsSoon { days } => {
            format!("the certificate ends in {days} days; tell the server's operator to renew it")
        }
        Note::ByException => {
            "the certificate is trusted only because you said so (`postrider account trust`)".to_owned()
        }
        Note::NoIdle => {
            "the server does not tell news by itself (IDLE); it is asked every two minutes".to_owned()
        }
        Note::NoResync => {
            "the server has neither QRESYNC nor CONDSTORE; catching up takes more time and data".to_owned()
        }
        Note::NoSpecialUse => {
            "there is no mailbox for sent mail, drafts or trash; they are made when first needed".to_owned()
        }
        Note::NoMove => "the server cannot move (MOVE); messages are copied, then deleted".to_owned(),
        Note::NoUidPlus => {
            "the server cannot delete single messages for good (UIDPLUS); they stay marked as deleted"
                .to_owned()
        }
        Note::NoSubmission => {
            "no submission server is set; add the account with --smtp to try it too".to_owned()
        }
    }
}

/// What an administrator needs to know to allow the program.
fn help_desk(report: &Report) -> Vec<String> {
    vec![
        format!("I would like to read and send my mail ({}) with Postrider, a desktop mail program.", report.email),
        "It signs in by OAuth 2.0 with the system's browser (authorization code with PKCE) and keeps the token".to_owned(),
        "in the system's keyring. It needs the delegated permissions IMAP.AccessAsUser.All, SMTP.Send and".to_owned(),
        "offline_access (Microsoft), or https://mail.google.com/ (Google). Nothing is sent to anybody else.".to_owned(),
        "Please grant consent for the client id that was shown in the browser, and allow IMAP for my mailbox.".to_owned(),
    ]
}
