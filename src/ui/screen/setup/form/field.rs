//! The fields of the account form by name, and what can be wrong with a text in one. Pure.

/// One field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// Address.
    Email,
    /// Password.
    Password,
    /// Host name.
    Host,
    /// Port.
    Port,
    /// User name at the server.
    User,
    /// Host name of the submission server.
    SmtpHost,
    /// Its port.
    SmtpPort,
    /// User name there.
    SmtpUser,
    /// Certificate file.
    CaFile,
    /// Who gives the tokens, where that is no known provider.
    Issuer,
    /// Our client id there.
    ClientId,
}

impl Field {
    /// In the order of the screen.
    pub const ALL: [Self; 11] = [
        Self::Email,
        Self::Password,
        Self::Host,
        Self::Port,
        Self::User,
        Self::SmtpHost,
        Self::SmtpPort,
        Self::SmtpUser,
        Self::CaFile,
        Self::Issuer,
        Self::ClientId,
    ];
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It must be filled in.
    Missing,
    /// That is no address.
    NotAnAddress,
    /// That is no host name.
    NotAHost,
    /// That is no port.
    NotAPort,
    /// That is no protected address.
    NotAnIssuer,
}

impl Fault {
    /// Text key of the explanation.
    #[must_use]
    pub const fn text_key(self) -> &'static str {
        match self {
            Self::Missing => "setup-fault-missing",
            Self::NotAnAddress => "setup-fault-address",
            Self::NotAHost => "setup-fault-host",
            Self::NotAPort => "setup-fault-port",
            Self::NotAnIssuer => "setup-fault-issuer",
        }
    }
}

/// Whether a text is an address that tokens may go to: https, or http on this computer.
pub(super) fn is_protected(text: &str) -> bool {
    let Ok(url) = url::Url::parse(text) else { return false };
    match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => true,
        ("http", Some(host)) => {
            let host = host.trim_matches(['[', ']']);
            host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
        _ => false,
    }
}

/// Whether a text looks like `local@domain`; the server has the last word.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let clean = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | ',' | ';');
    !local.is_empty() && local.chars().all(clean) && is_host(domain)
}

/// Whether a text is a host name or an IP address.
pub(super) fn is_host(text: &str) -> bool {
    let address = text.parse::<std::net::IpAddr>().is_ok();
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    address || (text.len() <= 253 && text.split('.').all(label))
}
