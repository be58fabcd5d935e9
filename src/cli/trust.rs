//! `postrider account trust`: looks at a certificate that is not trusted, and makes an exception for it.

use super::Context;
use super::account::find;
use super::args::TrustArguments;
use super::fail::Fail;
use crate::discover::service_of_host;
use crate::model::{Certificate, Server, UnixTime};
use crate::sync::{Problem, Protocol, try_certificate};

pub(super) async fn run(context: &Context, arguments: &TrustArguments) -> Result<(), Fail> {
    let row = find(context, &arguments.name)?;
    let mut account = row.account;
    let before = account.exceptions.clone();
    let name = account.email.clone();
    let no_server = || Fail::NoSubmission { name: name.clone() };
    let (server, protocol) = if arguments.smtp {
        (account.smtp.clone().ok_or_else(no_server)?, Protocol::Smtp)
    } else {
        (account.imap.clone(), Protocol::Imap)
    };
    let place = format!("{}:{}", server.host, server.port);
    if arguments.forget {
        if !account.forget_exception(&server) {
            return Err(Fail::NoException { place });
        }
        context.store.write("account", move |w| w.update_account(row.id, &account)).await?;
        return context.output.line(&format!("{place} needs a good certificate again"));
    }
    // As if there were no exception yet: what is wrong has to be seen.
    account.forget_exception(&server);
    let chain = match try_certificate(&super::sync::config(context), &account, &server, protocol).await {
        Ok(()) => {
            return context
                .output
                .line(&format!("the certificate of {place} is good; no exception is needed"));
        }
        Err(Problem::Certificate { chain, fault, host, port }) => {
            let problem = Problem::Certificate { chain: chain.clone(), fault, host, port };
            context.output.note(&super::problem::Sentence(&problem).to_string());
            chain
        }
        Err(problem) => return Err(Fail::Problem { account: name, problem }),
    };
    for (n, certificate) in chain.iter().enumerate() {
        describe(certificate, n).iter().try_for_each(|line| context.output.line(line))?;
    }
    let Some(own) = chain.first() else { return Err(Fail::NoException { place }) };
    never(&server)?;
    match arguments.fingerprint {
        None => {
            let smtp = if arguments.smtp { " --smtp" } else { "" };
            Err(Fail::NotTrusted { name, smtp, sha256: own.fingerprint })
        }
        Some(wanted) if wanted != own.fingerprint => Err(Fail::OtherCertificate { sha256: own.fingerprint }),
        Some(wanted) => {
            account.except(&server, wanted);
            account.date_exceptions(&before, crate::sync::Clock::system().now());
            context.store.write("account", move |w| w.update_account(row.id, &account)).await?;
            context.output.line(&format!("trusted, for {place} only"))
        }
    }
}

/// The big services never have a wrong certificate.
fn never(server: &Server) -> Result<(), Fail> {
    match service_of_host(&server.host) {
        Some(service) => Err(Fail::NeverTrusted { host: server.host.clone(), service: service.name.clone() }),
        None => Ok(()),
    }
}

fn describe(certificate: &Certificate, n: usize) -> Vec<String> {
    let day = |time: Option<UnixTime>| {
        let time = time.and_then(|time| jiff::Timestamp::from_second(time.0).ok());
        time.map_or_else(|| "?".to_owned(), |time| time.strftime("%Y-%m-%d").to_string())
    };
    vec![
        format!("{} {}", if n == 0 { "certificate of" } else { "signed by" }, certificate.subject),
        format!("  names   {}", certificate.names.join(", ")),
        format!("  issuer  {}", certificate.issuer),
        format!("  valid   {} to {}", day(certificate.not_before), day(certificate.not_after)),
        format!("  SHA-256 {}", certificate.fingerprint),
    ]
}
