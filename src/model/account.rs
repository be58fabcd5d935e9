//! Accounts: whom to talk to, and as whom. Never holds a secret.

use super::UnixTime;
use super::certificate::{CertificateException, Fingerprint};
use serde::{Deserialize, Serialize};

/// How a connection is protected. There is no third way: a password never crosses a line in the open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte (RFC 8314), usually port 993 or 465.
    Tls,
    /// Upgrade by STARTTLS before anything else is said, usually port 143 or 587.
    StartTls,
}

/// Host and port of a service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Server {
    /// DNS name or IP address; also the name that the certificate must carry.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Protection of the connection.
    pub security: Security,
}

/// How the user signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthMethod {
    /// Password by the best SASL mechanism that the server offers.
    Password,
    /// OAuth 2.0 access token (RFC 7628, XOAUTH2).
    OAuth,
}

/// Who gives the tokens, for [`AuthMethod::OAuth`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct OAuthLogin {
    /// Key in the table of providers, such as `google`.
    pub provider: Option<String>,
    /// Any other provider, by the address of its metadata (RFC 8414).
    pub issuer: Option<String>,
    /// The account's own client id.
    pub client_id: Option<String>,
    /// The desktop signs in for us: the account's path at GNOME Online Accounts.
    pub desktop: Option<String>,
}

/// Who signs in and how.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Login {
    /// User name at the server.
    pub user: String,
    /// Way of signing in.
    pub auth: AuthMethod,
    /// Shell command that prints the password on its first line, for machines without a keyring.
    pub password_command: Option<String>,
    /// Who gives the tokens, if the user signs in by OAuth.
    #[serde(default)]
    pub oauth: Option<OAuthLogin>,
}

/// One account as it is configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Address of the user; also the account's name in the window and on the command line.
    pub email: String,
    /// IMAP service.
    pub imap: Server,
    /// Submission service, once there is one.
    pub smtp: Option<Server>,
    /// User name there, where it is another one than for reading.
    #[serde(default)]
    pub smtp_user: Option<String>,
    /// How to sign in.
    pub login: Login,
    /// PEM file with an additional certificate authority, for servers inside a company.
    pub ca_file: Option<std::path::PathBuf>,
    /// Certificates that the user trusts although something is wrong with them.
    #[serde(default)]
    pub exceptions: Vec<CertificateException>,
}

impl Account {
    /// The certificate that was excepted for this place.
    #[must_use]
    pub fn exception(&self, server: &Server) -> Option<Fingerprint> {
        let fits = |one: &&CertificateException| {
            one.host.eq_ignore_ascii_case(&server.host) && one.port == server.port
        };
        self.exceptions.iter().find(fits).map(|one| one.sha256)
    }

    /// Makes an exception for a place, instead of an earlier one for it.
    pub fn except(&mut self, server: &Server, sha256: Fingerprint) {
        self.forget_exception(server);
        let (host, port) = (server.host.clone(), server.port);
        self.exceptions.push(CertificateException { host, port, sha256, since: None });
    }

    /// Notes when the exceptions were made that are not among those from before.
    pub fn date_exceptions(&mut self, before: &[CertificateException], now: UnixTime) {
        let new = self.exceptions.iter_mut().filter(|one| one.since.is_none() && !before.contains(one));
        new.for_each(|one| one.since = Some(now));
    }

    /// Takes the exception for a place back. Whether there was one.
    pub fn forget_exception(&mut self, server: &Server) -> bool {
        let before = self.exceptions.len();
        self.exceptions
            .retain(|one| !(one.host.eq_ignore_ascii_case(&server.host) && one.port == server.port));
        self.exceptions.len() < before
    }
}

impl Server {
    /// Whether it is this very computer, such as the bridge of a provider.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_matches(['[', ']']);
        host.eq_ignore_ascii_case("localhost")
            || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
    }
}
