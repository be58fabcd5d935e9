//! The table of mail services, as data in resources/services.toml.

use super::candidate::Address;
use crate::model::{Security, Server};
use crate::oauth;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../resources/services.toml");

static SERVICES: LazyLock<BTreeMap<String, Service>> = LazyLock::new(|| {
    read(TABLE).unwrap_or_else(|error| {
        // A test reads the table; this can only be a damaged build.
        tracing::error!(error, "the table of services is not readable");
        BTreeMap::new()
    })
});

/// What a server takes as the user name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserName {
    /// The whole address.
    #[default]
    Address,
    /// What stands before the `@`.
    Local,
}

impl UserName {
    /// The user name of an address.
    #[must_use]
    pub fn of(self, address: &Address) -> String {
        match self {
            Self::Address => address.to_string(),
            Self::Local => address.local().to_owned(),
        }
    }
}

/// Which password the servers of a service take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PasswordKind {
    /// That of the web page.
    #[default]
    Own,
    /// One that is made for one program.
    App,
    /// The same under another name.
    Code,
    /// The one that the provider's program on this computer shows.
    Bridge,
    /// None: the browser only.
    Never,
}

/// One mail service.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name for people.
    pub name: String,
    /// Domains whose addresses are with it.
    pub domains: Vec<String>,
    /// Ends of the names of its MX hosts.
    pub mx: Vec<String>,
    /// Key in the table of OAuth providers.
    pub oauth: Option<String>,
    /// `None`: there is no IMAP.
    pub imap: Option<Server>,
    /// Its submission server.
    pub smtp: Option<Server>,
    /// User name of IMAP.
    pub user: UserName,
    /// User name of submission.
    pub smtp_user: UserName,
    /// Which password it takes.
    pub password: PasswordKind,
    /// Page where such a password is made.
    pub page: Option<String>,
    /// Page where IMAP is switched on, where that has to be done first.
    pub switch: Option<String>,
    /// Page that explains more.
    pub help: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    domains: Option<Vec<String>>,
    #[serde(default)]
    mx: Vec<String>,
    oauth: Option<String>,
    imap: Option<String>,
    smtp: Option<String>,
    #[serde(default)]
    user: UserName,
    smtp_user: Option<UserName>,
    #[serde(default)]
    password: PasswordKind,
    page: Option<String>,
    switch: Option<String>,
    help: Option<String>,
    #[serde(default)]
    closed: bool,
}

fn read(text: &str) -> Result<BTreeMap<String, Service>, String> {
    let entries: BTreeMap<String, Entry> = toml::from_str(text).map_err(|error| error.to_string())?;
    entries
        .into_iter()
        .map(|(key, entry)| {
            let service = entry.service().ok_or_else(|| format!("{key} is incomplete"))?;
            Ok((key, service))
        })
        .collect()
}

impl Entry {
    fn service(self) -> Option<Service> {
        let provider = match &self.oauth {
            Some(key) => Some(oauth::provider(key)?),
            None => None,
        };
        let given = |text: Option<String>, port| match text {
            Some(text) => Some(Some(server(&text, port)?)),
            None => Some(None),
        };
        let imap = given(self.imap, 993)?.or_else(|| provider.map(|p| p.imap.clone()));
        if imap.is_none() != self.closed {
            return None;
        }
        Some(Service {
            name: self.name,
            domains: self.domains.or_else(|| provider.map(|p| p.domains.clone()))?,
            mx: self.mx,
            oauth: self.oauth,
            imap,
            smtp: given(self.smtp, 465)?.or_else(|| provider.map(|p| p.smtp.clone())),
            user: self.user,
            smtp_user: self.smtp_user.unwrap_or(self.user),
            password: self.password,
            page: self.page.or_else(|| provider.and_then(|p| p.app_passwords.clone())),
            switch: self.switch,
            help: self.help,
        })
    }
}

/// `HOST`, `HOST:PORT` or `HOST:PORT starttls`.
fn server(text: &str, port: u16) -> Option<Server> {
    let (place, security) = match text.split_once(' ') {
        Some((place, "starttls")) => (place, Security::StartTls),
        Some(_) => return None,
        None => (text, Security::Tls),
    };
    let (host, port) = match place.split_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (place, port),
    };
    Some(Server { host: host.to_owned(), port, security })
}

/// All services with their keys.
pub fn services() -> impl Iterator<Item = (&'static str, &'static Service)> {
    SERVICES.iter().map(|(key, service)| (key.as_str(), service))
}

/// The service with this key.
#[must_use]
pub fn service(key: &str) -> Option<&'static Service> {
    SERVICES.get(key)
}

/// The service that an address is with, by its domain.
#[must_use]
pub fn service_of_address(address: &Address) -> Option<&'static Service> {
    let of = |service: &Service| service.domains.iter().any(|domain| domain == address.domain());
    SERVICES.values().find(|service| of(service))
}

/// The service that a server belongs to, by the name of the host.
#[must_use]
pub fn service_of_host(host: &str) -> Option<&'static Service> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let is = |server: &Option<Server>| server.as_ref().is_some_and(|server| server.host == host);
    // What is on this computer belongs to the user.
    SERVICES
        .values()
        .find(|service| service.password != PasswordKind::Bridge && (is(&service.imap) || is(&service.smtp)))
}

/// The service that takes mail for a domain at this MX host.
pub(super) fn service_of_mx(host: &str) -> Option<&'static Service> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let ends = |end: &String| {
        host.strip_suffix(end.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    SERVICES.values().find(|service| service.mx.iter().any(ends))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let all = read(TABLE).unwrap();
        assert!(all.len() > 25);
        let mut domains: Vec<_> = all.values().flat_map(|service| &service.domains).collect();
        let count = domains.len();
        domains.sort();
        domains.dedup();
        assert_eq!(domains.len(), count, "each domain has one service");
        for (key, service) in &all {
            for page in [&service.page, &service.switch, &service.help].into_iter().flatten() {
                assert!(page.starts_with("https://"), "{key}: {page}");
            }
            let needs_page = matches!(service.password, PasswordKind::App | PasswordKind::Bridge);
            assert!(!needs_page || service.page.is_some(), "{key} does not say where");
            if let Some(key) = &service.oauth {
                let missing =
                    oauth::provider(key).unwrap().domains.iter().find(|d| !service.domains.contains(d));
                assert_eq!(missing, None, "{key}");
            }
        }
    }

    #[test]
    fn services_are_found_by_what_people_have() {
        let of = |address: &str| service_of_address(&address.parse().unwrap()).map(|s| s.name.as_str());
        assert_eq!(of("Ada@GMail.com"), Some("Gmail"));
        assert_eq!(of("ada@me.com"), Some("iCloud"));
        assert_eq!(of("ada@example.org"), None);
        let mx = |host: &str| service_of_mx(host).map(|s| s.name.as_str());
        assert_eq!(mx("aspmx.l.google.com."), Some("Gmail"));
        assert_eq!(mx("example-org.mail.protection.outlook.com"), Some("Outlook"));
        assert_eq!(mx("notgoogle.com"), None);
        assert_eq!(service_of_host("IMAP.gmail.com").map(|s| s.name.as_str()), Some("Gmail"));
        assert!(service_of_host("127.0.0.1").is_none());
    }
}
