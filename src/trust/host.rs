//! Names of hosts: whose they are, and how they are shown.

use url::{Host, Url};

/// The registered domain of a host (`news.example.co.uk` gives `example.co.uk`); the host itself if it has none.
#[must_use]
pub fn registered(host: &str) -> &str {
    let host = host.trim_end_matches('.');
    psl::domain_str(host).unwrap_or(host)
}

/// Whether two hosts belong to the same registered domain.
#[must_use]
pub fn same_owner(one: &str, other: &str) -> bool {
    let (one, other) = (ascii(one), ascii(other));
    !one.is_empty() && registered(&one) == registered(&other)
}

/// Whether a host is a domain or below it.
#[must_use]
pub fn is_at_or_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// A host in lower case and in the letters of the wire (`xn--`).
#[must_use]
pub fn ascii(host: &str) -> String {
    idna::domain_to_ascii(host.trim_end_matches('.')).unwrap_or_else(|_| host.to_lowercase())
}

/// A host in the letters that it stands for; the same if it has none but Latin ones.
#[must_use]
pub fn unicode(host: &str) -> String {
    idna::domain_to_unicode(host).0
}

/// The domain of a mail address, in the letters of the wire; empty if it has none.
#[must_use]
pub fn of_email(email: &str) -> String {
    email.rsplit_once('@').map(|(_, domain)| ascii(domain)).unwrap_or_default()
}

/// The host of a web address.
pub(super) fn of_url(url: &Url) -> Option<Host<&str>> {
    url.host()
}

/// Whether anybody can have an address at this domain.
#[must_use]
pub fn is_shared(domain: &str) -> bool {
    super::brand::table().shared.iter().any(|shared| shared == domain)
}
