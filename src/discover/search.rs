//! Asks everybody at once and takes the best answer. Pure but for what it is given to ask with.

use super::autoconfig::{self, Found};
use super::candidate::{Address, host_name, registered};
use super::service::{PasswordKind, Service, service_of_address, service_of_host, service_of_mx};
use crate::clock::Clock;
use crate::model::{Security, Server};
use futures::StreamExt as _;
use futures::future::{BoxFuture, join, join4};
use futures::stream::FuturesUnordered;
use std::time::Duration;
use url::Url;

/// When the answers so far have to do. Each question has a shorter limit of its own.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long better sources are waited for once there is an answer: whoever is slow does not hold up the others.
const GRACE: Duration = Duration::from_secs(3);
/// MX hosts that are looked at; all of a domain are with the same provider.
const MAX_MX: usize = 5;
/// SRV records that are looked at.
const MAX_SRV: usize = 10;
/// Where Mozilla keeps what is known of providers.
const ISPDB: &str = "https://autoconfig.thunderbird.net/v1.1/";

/// What one question brings.
pub type Asked<'a, T> = BoxFuture<'a, T>;

/// Whom to ask. None of the questions carries a password.
pub trait Ask: Send + Sync {
    /// A document over https; redirects to anything else are refused. `None`: there is none.
    fn fetch(&self, url: Url) -> Asked<'_, Option<Vec<u8>>>;
    /// The MX hosts of a domain, best first.
    fn mx(&self, domain: String) -> Asked<'_, Vec<String>>;
    /// The SRV records of a name.
    fn srv(&self, name: String) -> Asked<'_, Vec<SrvRecord>>;
    /// Whether an IMAP server with a good certificate answers there.
    fn is_imap(&self, server: Server) -> Asked<'_, bool>;
    /// Whether a submission server with a good certificate answers there.
    fn is_smtp(&self, server: Server) -> Asked<'_, bool>;
    /// Whether nobody could be asked at all: no name server answered.
    fn is_cut_off(&self) -> bool;
}

/// One SRV record (RFC 2782).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SrvRecord {
    /// The lowest goes first.
    pub priority: u16,
    /// Among the same priority the heaviest goes first.
    pub weight: u16,
    /// Port.
    pub port: u16,
    /// Host; a lone dot means that the service is not there.
    pub target: String,
}

/// Where settings come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The table that comes with the program; nobody was asked.
    Bundled,
    /// The domain itself says so, at this host.
    Domain {
        /// Who answered.
        host: String,
    },
    /// Mozilla's database of providers knows the domain.
    Ispdb,
    /// The domain's mail is delivered to a known service.
    Mx {
        /// Where it is delivered.
        host: String,
    },
    /// The domain's name server says so (RFC 6186, RFC 8314).
    Srv,
    /// Servers of usual names answered.
    Guess,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// IMAP server.
    pub imap: Server,
    /// Submission server.
    pub smtp: Option<Server>,
    /// User name.
    pub user: String,
    /// Where it comes from.
    pub source: Source,
    /// Whose server it is, if that is known.
    pub service: Option<&'static Service>,
    /// The server belongs to another domain than the address, and is no known service: the user should look twice.
    pub is_foreign: bool,
}

impl Finding {
    /// Key of the OAuth provider that signs the user in.
    #[must_use]
    pub fn oauth(&self) -> Option<&'static str> {
        self.service.and_then(|service| service.oauth.as_deref())
    }

    /// Which password is wanted.
    #[must_use]
    pub fn password(&self) -> PasswordKind {
        self.service.map_or(PasswordKind::Own, |service| service.password)
    }
}

/// Nothing was found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// The service has no IMAP.
    #[error("{name} has no IMAP, so no mail program can read it")]
    Closed {
        /// Its name.
        name: String,
    },
    /// Nobody knows.
    #[error("no settings were found for {domain}")]
    Unknown {
        /// The domain.
        domain: String,
    },
    /// Nobody could be asked.
    #[error("no settings were found for {domain}: there is no network, or no name server answers")]
    Offline {
        /// The domain.
        domain: String,
    },
}

/// What the bundled table says; nobody is asked.
#[must_use]
pub fn bundled(address: &Address) -> Option<Result<Finding, Missing>> {
    service_of_address(address).map(|service| of_service(service, address, Source::Bundled))
}

/// Looks for the settings of an address with the system's network.
///
/// # Errors
/// [`Missing`].
pub async fn find(address: &Address) -> Result<Finding, Missing> {
    find_with(&super::network::Network::new(), address, &Clock::system(), PATIENCE).await
}

/// Looks for the settings of an address; what has not answered after `patience` counts as a no.
///
/// # Errors
/// [`Missing`].
pub async fn find_with(
    ask: &dyn Ask,
    address: &Address,
    clock: &Clock,
    patience: Duration,
) -> Result<Finding, Missing> {
    if let Some(known) = bundled(address) {
        return known;
    }
    let questions: Vec<BoxFuture<'_, Option<Result<Finding, Missing>>>> = vec![
        Box::pin(own_host(ask, address)),
        Box::pin(well_known(ask, address)),
        Box::pin(ispdb(ask, address)),
        Box::pin(mx(ask, address)),
        Box::pin(srv(ask, address)),
        Box::pin(guess(ask, address, clock)),
    ];
    best(questions, clock, (patience, GRACE)).await.unwrap_or_else(|| {
        let domain = address.domain().to_owned();
        Err(if ask.is_cut_off() { Missing::Offline { domain } } else { Missing::Unknown { domain } })
    })
}

/// Asks everybody at once; the first in the order of the list that has an answer counts. Better ones are waited for
/// until `patience` is at its end, but no longer than `grace` after there is an answer.
async fn best<T>(
    questions: Vec<BoxFuture<'_, Option<T>>>,
    clock: &Clock,
    (patience, grace): (Duration, Duration),
) -> Option<T> {
    let mut answers: Vec<Option<Option<T>>> = questions.iter().map(|_| None).collect();
    let numbered = questions.into_iter().enumerate();
    let mut open: FuturesUnordered<_> =
        numbered.map(|(rank, question)| async move { (rank, question.await) }).collect();
    let mut end = clock.moment() + patience;
    while let Ok(Some((rank, answer))) = clock.timeout(end.since(clock.moment()), open.next()).await {
        if answer.is_some() {
            end = end.min(clock.moment() + grace);
        }
        if let Some(place) = answers.get_mut(rank) {
            *place = Some(answer);
        }
        match answers.iter_mut().find(|answer| !matches!(answer, Some(None))) {
            // Somebody better may still answer.
            Some(None) => {}
            Some(Some(best)) => return best.take(),
            None => return None,
        }
    }
    // What has not answered by now counts as a no.
    answers.into_iter().flatten().flatten().next()
}

fn of_service(service: &'static Service, address: &Address, source: Source) -> Result<Finding, Missing> {
    let imap = service.imap.clone().ok_or_else(|| Missing::Closed { name: service.name.clone() })?;
    let user = service.user.of(address);
    Ok(Finding { imap, smtp: service.smtp.clone(), user, source, service: Some(service), is_foreign: false })
}

fn of_document(found: Found, address: &Address, source: Source) -> Finding {
    let imap = found.imap.server;
    let service = service_of_host(&imap.host);
    Finding {
        is_foreign: service.is_none() && is_foreign(&imap, address),
        smtp: found.smtp.map(|smtp| smtp.server),
        user: found.imap.user,
        service,
        source,
        imap,
    }
}

fn is_foreign(server: &Server, address: &Address) -> bool {
    registered(&server.host) != registered(address.domain())
}

/// What the domain publishes, at the place that is asked with the address, as the format wants it.
async fn own_host(ask: &dyn Ask, address: &Address) -> Option<Result<Finding, Missing>> {
    let host = format!("autoconfig.{}", address.domain());
    let mut url = Url::parse(&format!("https://{host}/mail/config-v1.1.xml")).ok()?;
    url.query_pairs_mut().append_pair("emailaddress", &address.to_string());
    let found = document(ask, url, address).await?;
    Some(Ok(of_document(found, address, Source::Domain { host })))
}

/// The same at its web server, which is not told who asks.
async fn well_known(ask: &dyn Ask, address: &Address) -> Option<Result<Finding, Missing>> {
    let host = address.domain().to_owned();
    let url = Url::parse(&format!("https://{host}/.well-known/autoconfig/mail/config-v1.1.xml")).ok()?;
    let found = document(ask, url, address).await?;
    Some(Ok(of_document(found, address, Source::Domain { host })))
}

async fn document(ask: &dyn Ask, url: Url, address: &Address) -> Option<Found> {
    let text = ask.fetch(url.clone()).await?;
    match autoconfig::read(&text, address) {
        Ok(found) => Some(found),
        Err(error) => {
            tracing::debug!(host = url.host_str(), %error, "no settings");
            None
        }
    }
}

async fn ispdb(ask: &dyn Ask, address: &Address) -> Option<Result<Finding, Missing>> {
    let url = Url::parse(ISPDB).ok()?.join(address.domain()).ok()?;
    let found = document(ask, url, address).await?;
    Some(Ok(of_document(found, address, Source::Ispdb)))
}

/// Whoever takes the mail for a domain also shows it: a known service by the name of its MX host, or one that the
/// database of providers knows. The MX host itself is never asked for settings: a name server alone has named it.
async fn mx(ask: &dyn Ask, address: &Address) -> Option<Result<Finding, Missing>> {
    let hosts = ask.mx(address.domain().to_owned()).await;
    let hosts: Vec<String> = hosts.iter().take(MAX_MX).filter_map(|host| host_name(host)).collect();
    for host in &hosts {
        if let Some(service) = service_of_mx(host) {
            return Some(of_service(service, address, Source::Mx { host: host.clone() }));
        }
    }
    let host = hosts.first()?;
    let owner = registered(host);
    if owner == registered(address.domain()) {
        return None;
    }
    let found = document(ask, Url::parse(ISPDB).ok()?.join(owner).ok()?, address).await?;
    // Otherwise a lie about MX could send the password to whoever has an entry.
    let theirs =
        registered(&found.imap.server.host) == owner || service_of_host(&found.imap.server.host).is_some();
    theirs.then(|| Ok(of_document(found, address, Source::Mx { host: host.clone() })))
}

async fn srv(ask: &dyn Ask, address: &Address) -> Option<Result<Finding, Missing>> {
    let name = |service: &str| format!("_{service}._tcp.{}", address.domain());
    let asked = join4(
        ask.srv(name("imaps")),
        ask.srv(name("imap")),
        ask.srv(name("submissions")),
        ask.srv(name("submission")),
    );
    let (imaps, imap, submissions, submission) = asked.await;
    let pick = |records, security| of_records(records, security, address);
    let imap = pick(imaps, Security::Tls).or_else(|| pick(imap, Security::StartTls))?;
    let smtp = pick(submissions, Security::Tls).or_else(|| pick(submission, Security::StartTls));
    let service = service_of_host(&imap.host);
    let user = service.map_or_else(|| address.to_string(), |service| service.user.of(address));
    Some(Ok(Finding { imap, smtp, user, source: Source::Srv, service, is_foreign: false }))
}

/// The best record whose host belongs to the domain or to a known service. RFC 6186 section 6: others need to be
/// confirmed, as name servers can be lied to.
fn of_records(mut records: Vec<SrvRecord>, security: Security, address: &Address) -> Option<Server> {
    records.truncate(MAX_SRV);
    records.sort_by_key(|record| (record.priority, std::cmp::Reverse(record.weight)));
    records.into_iter().find_map(|record| {
        let host = host_name(&record.target).filter(|_| record.port != 0)?;
        let server = Server { host, port: record.port, security };
        (!is_foreign(&server, address) || service_of_host(&server.host).is_some()).then_some(server)
    })
}

/// Usual names, tried at once; the first of the list that answers counts.
async fn guess(ask: &dyn Ask, address: &Address, clock: &Clock) -> Option<Result<Finding, Missing>> {
    let domain = address.domain();
    let servers = |starts: &[&str], port, security| -> Vec<Server> {
        let host = |start: &&str| Server { host: format!("{start}{domain}"), port, security };
        starts.iter().map(host).collect()
    };
    let imap = [
        servers(&["imap.", "mail.", ""], 993, Security::Tls),
        servers(&["imap.", "mail."], 143, Security::StartTls),
    ]
    .concat();
    let smtp = [
        servers(&["smtp.", "mail.", ""], 465, Security::Tls),
        servers(&["smtp.", "mail."], 587, Security::StartTls),
    ]
    .concat();
    let (imap, smtp) = join(
        best(
            imap.into_iter().map(|server| probe(server, |server| ask.is_imap(server))).collect(),
            clock,
            (PATIENCE, GRACE),
        ),
        best(
            smtp.into_iter().map(|server| probe(server, |server| ask.is_smtp(server))).collect(),
            clock,
            (PATIENCE, GRACE),
        ),
    )
    .await;
    let (user, source) = (address.to_string(), Source::Guess);
    Some(Ok(Finding { imap: imap?, smtp, user, source, service: None, is_foreign: false }))
}

/// The server, if it is there.
fn probe<'a>(
    server: Server,
    is_there: impl FnOnce(Server) -> Asked<'a, bool>,
) -> BoxFuture<'a, Option<Server>> {
    let asked = is_there(server.clone());
    Box::pin(async move { asked.await.then_some(server) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_is_slow_holds_up_a_worse_answer_for_a_moment_only() {
        let ready =
            |answer: Option<u8>| -> BoxFuture<'static, Option<u8>> { Box::pin(async move { answer }) };
        let never = || -> BoxFuture<'static, Option<u8>> { Box::pin(std::future::pending()) };
        let hour = Duration::from_secs(3_600);
        let manual = crate::clock::ManualClock::new(crate::model::UnixTime(0));
        let clock = manual.clock();
        let ask = |questions, patience, grace| manual.drive(best(questions, &clock, (patience, grace)));
        assert_eq!(ask(vec![never(), ready(Some(2)), ready(Some(3))], hour, GRACE).await, Some(2));
        assert_eq!(manual.elapsed(), GRACE);
        assert_eq!(ask(vec![ready(None), ready(Some(2)), never()], hour, hour).await, Some(2));
        assert_eq!(ask(vec![never(), ready(None), ready(Some(3))], Duration::ZERO, hour).await, Some(3));
        assert_eq!(ask(vec![never(), ready(None)], Duration::ZERO, hour).await, None);
        assert_eq!(ask(vec![ready(None), ready(None)], hour, hour).await, None);
    }
}
