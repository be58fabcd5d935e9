//! Where requests may go. Names are resolved here, so that what was checked is what is connected to (a name that
//! answers differently the second time, DNS rebinding, gains nothing).

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, ClientBuilder};
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::{Host, Url};

/// Time for the connection alone.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Redirections that are followed: a picture of a newsletter has one or two.
const MAX_REDIRECTS: usize = 5;
/// Below this only the port of https itself: other services must not get words from us.
const FIRST_FREE_PORT: u16 = 1024;
/// Says nothing about who asks; without any some hosts refuse.
const USER_AGENT: &str = "Mozilla/5.0";

/// Why an address is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no address, or not one of the web.
    #[error("it is no address on the web")]
    NoAddress,
    /// It could only be asked without protection.
    #[error("it is not protected by https")]
    NotProtected,
    /// It lies on this computer or in its own network.
    #[error("it is an address of this computer or of its network")]
    Private,
    /// The port is that of another service.
    #[error("its port belongs to another service")]
    Port,
}

/// How hosts are found and whom they are checked against: the system's way, or a narrow one for tests.
#[derive(Clone, Debug, Default)]
pub struct Way(Option<Arc<Narrow>>);

#[derive(Debug)]
struct Narrow {
    authority: Vec<u8>,
    hosts: HashMap<String, SocketAddr>,
    /// Addresses of `hosts` count as public.
    open: bool,
}

impl Way {
    /// The system's resolver, certificates and proxy.
    #[must_use]
    pub fn system() -> Self {
        Self(None)
    }

    /// Only these hosts, at these addresses, with certificates by this authority (DER). For tests; there is no
    /// setting that leads here.
    #[must_use]
    pub fn narrow(authority: Vec<u8>, hosts: &[(&str, SocketAddr)]) -> Self {
        let hosts = hosts.iter().map(|(name, at)| ((*name).to_owned(), *at)).collect();
        Self(Some(Arc::new(Narrow { authority, hosts, open: true })))
    }

    /// The same, but the addresses are judged as those of any resolver.
    #[must_use]
    pub fn narrow_and_strict(authority: Vec<u8>, hosts: &[(&str, SocketAddr)]) -> Self {
        let hosts = hosts.iter().map(|(name, at)| ((*name).to_owned(), *at)).collect();
        Self(Some(Arc::new(Narrow { authority, hosts, open: false })))
    }

    /// A client for one mail. `stop` says at which addresses a redirection ends.
    pub(super) fn client(&self, follow: bool, stop: fn(&Url) -> bool) -> reqwest::Result<Guarded> {
        // The first one counts, and there is only ring; an error says that it is installed already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let asked = Asked::default();
        let known = asked.clone();
        let redirects = Policy::custom(move |attempt: Attempt<'_>| {
            let allowed = attempt.previous().len() <= MAX_REDIRECTS
                && !stop(attempt.url())
                && permitted(attempt.url().as_str(), false).is_ok();
            if !follow || !allowed {
                return attempt.stop();
            }
            known.add(attempt.url());
            attempt.follow()
        });
        let resolver = Resolver { asked: asked.clone(), way: self.clone() };
        let mut building: ClientBuilder = Client::builder()
            .redirect(redirects)
            .referer(false)
            .https_only(true)
            .gzip(false)
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_TIMEOUT)
            .dns_resolver(Arc::new(resolver));
        if let Some(narrow) = &self.0 {
            let authority = reqwest::Certificate::from_der(&narrow.authority)?;
            building = building.no_proxy().tls_certs_only([authority]);
        }
        Ok(Guarded { client: building.build()?, asked })
    }
}

/// A client together with the names that it may ask for.
pub(super) struct Guarded {
    client: Client,
    asked: Asked,
}

impl Guarded {
    pub(super) fn get(&self, url: Url) -> reqwest::RequestBuilder {
        self.asked.add(&url);
        self.client.get(url)
    }

    pub(super) fn post(&self, url: Url) -> reqwest::RequestBuilder {
        self.asked.add(&url);
        self.client.post(url)
    }
}

/// Names that were asked for. Another name that has to be resolved is that of the user's proxy, which may well be
/// on this computer.
#[derive(Clone, Debug, Default)]
struct Asked(Arc<Mutex<HashSet<String>>>);

impl Asked {
    fn add(&self, url: &Url) {
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(host);
    }

    fn has(&self, host: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(host)
    }
}

struct Resolver {
    asked: Asked,
    way: Way,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_ascii_lowercase();
        let asked = self.asked.has(&host);
        let narrow = self.way.0.clone();
        Box::pin(async move {
            let (found, open): (Vec<SocketAddr>, bool) = match narrow {
                Some(narrow) => (narrow.hosts.get(&host).copied().into_iter().collect(), narrow.open),
                None => (tokio::net::lookup_host((host.as_str(), 0)).await?.collect(), false),
            };
            let some = !found.is_empty();
            let kept: Vec<SocketAddr> =
                found.into_iter().filter(|at| open || !asked || is_public(at.ip())).collect();
            if some && kept.is_empty() {
                return Err(Refused::Private.into());
            }
            Ok(Box::new(kept.into_iter()) as Addrs)
        })
    }
}

/// The address that may be asked for a text. What is unprotected is asked with protection if `raise` is set.
pub(super) fn permitted(text: &str, raise: bool) -> Result<Url, Refused> {
    let mut url = Url::parse(text).map_err(|_| Refused::NoAddress)?;
    match url.scheme() {
        "https" => {}
        "http" if raise => url.set_scheme("https").map_err(|()| Refused::NoAddress)?,
        "http" => return Err(Refused::NotProtected),
        _ => return Err(Refused::NoAddress),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::NoAddress);
    }
    match url.host().ok_or(Refused::NoAddress)? {
        Host::Domain(name) if is_local_name(name) => return Err(Refused::Private),
        Host::Domain(_) => {}
        Host::Ipv4(ip) if is_public(ip.into()) => {}
        Host::Ipv6(ip) if is_public(ip.into()) => {}
        Host::Ipv4(_) | Host::Ipv6(_) => return Err(Refused::Private),
    }
    if url.port().is_some_and(|port| port < FIRST_FREE_PORT) {
        return Err(Refused::Port);
    }
    url.set_fragment(None);
    Ok(url)
}

/// Names that only mean something in the user's own network (RFC 6761, RFC 6762, RFC 8375, and usage).
fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let ends = [
        ".localhost",
        ".local",
        ".internal",
        ".intranet",
        ".lan",
        ".home",
        ".corp",
        ".home.arpa",
        ".localdomain",
    ];
    !name.contains('.') || ends.iter().any(|end| name.ends_with(end))
}

/// Whether an address belongs to the public network.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_multicast()
        // This network, shared address space (RFC 6598), protocol assignments, benchmarks, reserved.
        || a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a, b, c) == (192, 0, 0)
        || (a == 198 && (18..20).contains(&b))
        || a >= 240;
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, third, _, _, _, seventh, eighth] = ip.segments();
    let v4 = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    if let Some(mapped) = ip.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    match first {
        // NAT64 and 6to4 carry an address of the old kind.
        0x64 if second == 0xff9b => v4(seventh, eighth),
        0x2002 => v4(second, third),
        // Teredo, benchmarks, documentation.
        0x2001 if second == 0 || second == 2 || second == 0xdb8 => false,
        0x3fff => false,
        _ => (first & 0xe000) == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_protected_public_addresses_are_asked() {
        use Refused::{NoAddress, NotProtected, Port, Private};
        for (text, expected) in [
            ("https://pictures.example/a.png#x", Ok("https://pictures.example/a.png")),
            ("https://pictures.example:8443/", Ok("https://pictures.example:8443/")),
            ("https://8.8.8.8/", Ok("https://8.8.8.8/")),
            ("http://pictures.example/", Err(NotProtected)),
            ("ftp://pictures.example/", Err(NoAddress)),
            ("file:///etc/passwd", Err(NoAddress)),
            ("https://me@pictures.example/", Err(NoAddress)),
            ("https://pictures.example:22/", Err(Port)),
            ("https://localhost/", Err(Private)),
            ("https://LOCALHOST./", Err(Private)),
            ("https://router/", Err(Private)),
            ("https://printer.local/", Err(Private)),
            ("https://127.0.0.1/", Err(Private)),
            ("https://2130706433/", Err(Private)),
            ("https://0x7f.1/", Err(Private)),
            ("https://0/", Err(Private)),
            ("https://10.0.0.1/", Err(Private)),
            ("https://169.254.169.254/latest/meta-data", Err(Private)),
            ("https://100.64.0.1/", Err(Private)),
            ("https://[::1]/", Err(Private)),
            ("https://[::ffff:127.0.0.1]/", Err(Private)),
            ("https://[64:ff9b::10.0.0.1]/", Err(Private)),
            ("https://[2002:7f00:1::]/", Err(Private)),
            ("https://[fe80::1]/", Err(Private)),
            ("https://[fd00::1]/", Err(Private)),
            ("https://[2606:4700::1111]/", Ok("https://[2606:4700::1111]/")),
            ("nonsense", Err(NoAddress)),
        ] {
            assert_eq!(
                permitted(text, false).map(|url| url.to_string()),
                expected.map(str::to_owned),
                "{text}"
            );
        }
        assert_eq!(permitted("http://a.example/x", true).unwrap().as_str(), "https://a.example/x");
        assert_eq!(permitted("http://127.0.0.1/x", true), Err(Private));
    }
}
