//! Asks everybody at once and takes the best answer. Pure but for what it is given to ask with.

use super::autoconfig::{self, Found};
use super::candidate::{Address, host_name, registered};
use super::service::{PasswordKind, Service, service_of_address, service_of_host, service_of_mx};
use crate::model::{Security, Server};
use futures::StreamExt as _;
use futures::future::{BoxFuture, join, join_all, join4};
use futures::stream::FuturesUnordered;
use std::time::Duration;
use url::Url;

/// When the answers so far have to do. Each question has a shorter limit of its own.
const PATIENCE: Duration = Duration::from_secs(20);
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
    find_with(&super::network::Network::new(), address, PATIENCE).await
}

/// Looks for the settings of an address; what has not answered after `patience` counts as a no.
///
/// # Errors
/// [`Missing`].
pub async fn find_with(ask: &dyn Ask, address: &Address, patience: Duration) -> Result<Finding, Missing> {
    if let Some(known) = bundled(address) {
        return known;
    }
    let missing = || Missing::Unknown { domain: address.domain().to_owned() };
    let questions: [BoxFuture<'_, Option<Result<Finding, Missing>>>; 5] = [
        Box::pin(domain(ask, address)),
        Box::pin(ispdb(ask, address)),
        Box::pin(mx(ask, address)),
        Box::pin(srv(ask, address)),
        Box::pin(guess(ask, address)),
    ];
    let mut open = FuturesUnordered::new();
    let mut answers = Vec::new();
    for (rank, question) in questions.into_iter().enumerate() {
        answers.push(None);
        open.push(async move { (rank, question.await) });
    }
    let end = tokio::time::sleep(patience);
    tokio::pin!(end);
    loop {
        tokio::select! {
            answer = open.next() => match answer {
                Some((rank, answer)) => {
                    if let Some(place) = answers.get_mut(rank) {
                        *place = Some(answer);
                    }
                    if let Some(best) = best(&mut answers, false) {
                        return best;
                    }
                }
                None => return Err(missing()),
            },
            // What has not answered by now counts as a no.
            () = &mut end => return best(&mut answers, true).unwrap_or_else(|| Err(missing())),
        }
    }
}

type Answer = Option<Option<Result<Finding, Missing>>>;

/// The answer of the first source that has one, as soon as all better ones have said no.
fn best(answers: &mut [Answer], no_more: bool) -> Option<Result<Finding, Missing>> {
    for answer in answers {
        match answer {
            Some(Some(_)) => return answer.take().flatten(),
            Some(None) => {}
            None if no_more => {}
            None => return None,
        }
    }
    None
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

/// What the domain publishes. The first place is asked with the address, as the format wants it.
async fn domain(ask: &dyn Ask, address: &Address) -> Option<Result<Finding, Missing>> {
    let domain = address.domain();
    let host = format!("autoconfig.{domain}");
    let mut first = Url::parse(&format!("https://{host}/mail/config-v1.1.xml")).ok()?;
    first.query_pairs_mut().append_pair("emailaddress", &address.to_string());
    let second = Url::parse(&format!("https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml")).ok()?;
    let (one, two) = join(document(ask, first, address), document(ask, second, address)).await;
    let (host, found) = one.map(|found| (host, found)).or(two.map(|found| (domain.to_owned(), found)))?;
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
async fn guess(ask: &dyn Ask, address: &Address) -> Option<Result<Finding, Missing>> {
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
    let (heard, taken) = join(
        join_all(imap.iter().map(|server| ask.is_imap(server.clone()))),
        join_all(smtp.iter().map(|server| ask.is_smtp(server.clone()))),
    )
    .await;
    let first = |servers: Vec<Server>, answers: Vec<bool>| {
        servers.into_iter().zip(answers).find_map(|(server, answers)| answers.then_some(server))
    };
    let imap = first(imap, heard)?;
    let (user, source) = (address.to_string(), Source::Guess);
    Some(Ok(Finding { imap, smtp: first(smtp, taken), user, source, service: None, is_foreign: false }))
}
