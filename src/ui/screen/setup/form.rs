//! The account form: its fields, what is plausible, what is wrong with them.
//!
//! Pure. A password never leaves it but as a [`Secret`].

mod field;

use crate::discover::{Address, Finding, bundled};
use crate::model::{
    Account, AccountId, AuthMethod, CertificateException, Fingerprint, Login, OAuthLogin, Security, Server,
};
use crate::oauth::{self, Provider};
use crate::secret::Secret;
use field::{is_host, is_protected};
use std::path::PathBuf;

pub use field::{Fault, Field, is_address};

/// Longest text that a field takes; addresses and host names are far shorter (RFC 5321 section 4.5.3).
pub const MAX_FIELD: usize = 320;
/// Longest password that is taken.
pub const MAX_PASSWORD: usize = 4_096;

/// The fields as they are typed.
#[derive(Clone, Debug)]
pub struct Form {
    /// Address.
    pub email: String,
    /// Password; wiped when it is replaced.
    pub password: Secret,
    /// Host name.
    pub host: String,
    /// Port.
    pub port: String,
    /// Protection.
    pub security: Security,
    /// User name at the server; empty means the address.
    pub user: String,
    /// Submission server; empty for none.
    pub smtp_host: String,
    /// Its port.
    pub smtp_port: String,
    /// Its protection.
    pub smtp_security: Security,
    /// User name there; empty means the one for reading.
    pub smtp_user: String,
    /// Certificate file; empty for none.
    pub ca_file: String,
    /// Address of whoever gives the tokens (RFC 8414); empty for none.
    pub issuer: String,
    /// Our client id; empty for the one that is known.
    pub client_id: String,
    /// The account of the desktop that signs in for us.
    pub desktop: Option<String>,
    /// How the user signs in.
    pub method: AuthMethod,
    /// Key of the provider that the address is with.
    provider: Option<&'static str>,
    /// Whether the user chose it; then the address doesn't any more.
    provider_chosen: bool,
    /// Whether the password goes to the system's keyring.
    pub remember: bool,
    /// The account that is changed; `None` for a new one.
    pub changes: Option<AccountId>,
    /// Kept as it is when an account is changed.
    keep: Option<Account>,
    /// Whether the user typed the host; then the address doesn't fill it in any more.
    host_typed: bool,
    port_typed: bool,
    /// The same of the submission server.
    smtp_typed: bool,
    smtp_port_typed: bool,
    /// What is known of the address.
    found: Option<Box<Finding>>,
    /// Certificates that the user trusts although something is wrong with them.
    exceptions: Vec<CertificateException>,
    /// Faults are shown from the first try on, not while the first letter is typed.
    pub tried: bool,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            email: String::new(),
            password: Secret::new(String::new()),
            host: String::new(),
            port: port_of(Security::Tls).to_string(),
            security: Security::Tls,
            user: String::new(),
            smtp_host: String::new(),
            smtp_port: smtp_port_of(Security::Tls).to_string(),
            smtp_security: Security::Tls,
            smtp_user: String::new(),
            ca_file: String::new(),
            issuer: String::new(),
            client_id: String::new(),
            desktop: None,
            method: AuthMethod::Password,
            provider: None,
            provider_chosen: false,
            remember: true,
            changes: None,
            keep: None,
            host_typed: false,
            port_typed: false,
            smtp_typed: false,
            smtp_port_typed: false,
            found: None,
            exceptions: Vec::new(),
            tried: false,
        }
    }
}

/// The usual IMAP port (RFC 8314).
#[must_use]
pub const fn port_of(security: Security) -> u16 {
    match security {
        Security::Tls => 993,
        Security::StartTls => 143,
    }
}

/// The usual port for sending (RFC 8314).
#[must_use]
pub const fn smtp_port_of(security: Security) -> u16 {
    match security {
        Security::Tls => 465,
        Security::StartTls => 587,
    }
}

impl Form {
    /// The form for an account that is there already.
    #[must_use]
    pub fn of(id: AccountId, account: &Account) -> Self {
        let oauth = account.login.oauth.clone().unwrap_or_default();
        let named = oauth.provider.as_deref().and_then(key_of);
        let by_address = || oauth::provider_of_address(&account.email).map(|(key, _)| key);
        let mut form = Self::default();
        form.set_smtp(account.smtp.clone());
        Self {
            provider: if oauth.issuer.is_some() { None } else { named.or_else(by_address) },
            provider_chosen: true,
            method: account.login.auth,
            issuer: oauth.issuer.unwrap_or_default(),
            client_id: oauth.client_id.unwrap_or_default(),
            desktop: oauth.desktop,
            smtp_user: account.smtp_user.clone().unwrap_or_default(),
            email: account.email.clone(),
            host: account.imap.host.clone(),
            port: account.imap.port.to_string(),
            security: account.imap.security,
            user: if account.login.user == account.email {
                String::new()
            } else {
                account.login.user.clone()
            },
            ca_file: account.ca_file.as_ref().map(|p| p.display().to_string()).unwrap_or_default(),
            changes: Some(id),
            keep: Some(account.clone()),
            exceptions: account.exceptions.clone(),
            host_typed: true,
            port_typed: true,
            smtp_typed: true,
            smtp_port_typed: account.smtp.is_some(),
            ..form
        }
    }

    /// The text of a field.
    #[must_use]
    pub fn text(&self, field: Field) -> &str {
        match field {
            Field::Email => &self.email,
            Field::Password => self.password.expose(),
            Field::Host => &self.host,
            Field::Port => &self.port,
            Field::User => &self.user,
            Field::SmtpHost => &self.smtp_host,
            Field::SmtpPort => &self.smtp_port,
            Field::SmtpUser => &self.smtp_user,
            Field::CaFile => &self.ca_file,
            Field::Issuer => &self.issuer,
            Field::ClientId => &self.client_id,
        }
    }

    /// The provider that the address is with, as far as the table has it.
    #[must_use]
    pub fn provider(&self) -> Option<(&'static str, &'static Provider)> {
        self.provider.and_then(|key| Some((key, oauth::provider(key)?)))
    }

    /// Whether the address says where it is, or the user did.
    #[must_use]
    pub fn is_placed(&self) -> bool {
        self.provider_chosen || self.fault(Field::Email).is_none() && !self.host.is_empty()
    }

    /// Whether the user signs in with the browser.
    #[must_use]
    pub fn in_browser(&self) -> bool {
        self.method == AuthMethod::OAuth
    }

    /// Whether a field is among those that are shown only on demand.
    #[must_use]
    pub fn is_rare(&self, field: Field) -> bool {
        match field {
            Field::Email | Field::Password => false,
            Field::Host | Field::Port => self.provider.is_some(),
            Field::User
            | Field::SmtpHost
            | Field::SmtpPort
            | Field::SmtpUser
            | Field::CaFile
            | Field::Issuer
            | Field::ClientId => true,
        }
    }

    /// The user chose a provider, or that it is none of them.
    pub fn choose(&mut self, provider: Option<&'static str>) {
        self.provider_chosen = true;
        self.host_typed = false;
        self.port_typed = false;
        self.smtp_typed = false;
        self.smtp_port_typed = false;
        self.set_provider(provider);
    }

    fn set_provider(&mut self, provider: Option<&'static str>) {
        if self.provider != provider {
            self.provider = provider;
            self.method = if provider.is_some() { AuthMethod::OAuth } else { AuthMethod::Password };
            if provider.is_some() {
                self.issuer.clear();
            } else if !self.port_typed {
                self.security = Security::Tls;
                self.port = port_of(self.security).to_string();
            }
        }
        self.fill_in();
    }

    /// The user typed into a field.
    pub fn edit(&mut self, field: Field, text: String) {
        let limit = if field == Field::Password { MAX_PASSWORD } else { MAX_FIELD };
        if text.chars().count() > limit {
            return;
        }
        match field {
            Field::Email => {
                self.email = text;
                self.desktop = None;
                let known = || self.address().as_ref().and_then(bundled)?.ok()?.oauth();
                let found = oauth::provider_of_address(self.email.trim()).map(|(key, _)| key).or_else(known);
                self.set_provider(if self.provider_chosen { self.provider } else { found });
            }
            Field::Password => self.password = Secret::new(text),
            Field::Host => {
                self.host_typed = !text.is_empty();
                self.host = text;
            }
            Field::Port => {
                self.port_typed = !text.is_empty();
                self.port = text.chars().filter(char::is_ascii_digit).take(5).collect();
            }
            Field::User => self.user = text,
            Field::SmtpHost => {
                self.smtp_typed = !text.is_empty();
                self.smtp_host = text;
            }
            Field::SmtpPort => {
                self.smtp_port_typed = !text.is_empty();
                self.smtp_port = text.chars().filter(char::is_ascii_digit).take(5).collect();
            }
            Field::SmtpUser => self.smtp_user = text,
            Field::CaFile => self.ca_file = text,
            Field::Issuer => {
                if !text.trim().is_empty() {
                    self.provider = None;
                    self.provider_chosen = true;
                    self.method = AuthMethod::OAuth;
                } else if self.provider.is_none() {
                    self.method = AuthMethod::Password;
                }
                self.issuer = text;
            }
            Field::ClientId => self.client_id = text,
        }
    }

    /// The user chose a protection; the port follows unless it was typed.
    pub fn protect(&mut self, security: Security) {
        self.security = security;
        if !self.port_typed {
            self.port = port_of(security).to_string();
        }
    }

    /// The same for sending.
    pub fn protect_smtp(&mut self, security: Security) {
        self.smtp_security = security;
        if !self.smtp_port_typed {
            self.smtp_port = smtp_port_of(security).to_string();
        }
    }

    /// A submission server is known, unless the user typed one.
    fn set_smtp(&mut self, server: Option<Server>) {
        if self.smtp_typed {
            return;
        }
        let security = server.as_ref().map_or(Security::Tls, |server| server.security);
        self.protect_smtp(security);
        if let Some(server) = &server
            && !self.smtp_port_typed
        {
            self.smtp_port = server.port.to_string();
        }
        self.smtp_host = server.map(|server| server.host).unwrap_or_default();
    }

    /// The submission server as it is filled in.
    fn smtp(&self) -> Option<Server> {
        let host = self.smtp_host.trim().to_ascii_lowercase();
        let port = self.smtp_port.trim().parse().ok()?;
        (!host.is_empty()).then_some(Server { host, port, security: self.smtp_security })
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn fault(&self, field: Field) -> Option<Fault> {
        let text = self.text(field).trim();
        match field {
            Field::Email if text.is_empty() => Some(Fault::Missing),
            Field::Email => (!is_address(text)).then_some(Fault::NotAnAddress),
            Field::Password if self.in_browser() => None,
            // A changed account keeps the password that is known.
            Field::Password => {
                let known = self.changes.is_some() || self.has_command();
                (text.is_empty() && !known).then_some(Fault::Missing)
            }
            Field::Host if text.is_empty() => Some(Fault::Missing),
            Field::Host => (!is_host(text)).then_some(Fault::NotAHost),
            // Without a server mail can be read only.
            Field::SmtpHost => (!text.is_empty() && !is_host(text)).then_some(Fault::NotAHost),
            Field::SmtpPort if self.smtp_host.trim().is_empty() => None,
            Field::Port | Field::SmtpPort => {
                text.parse::<u16>().ok().filter(|p| *p > 0).is_none().then_some(Fault::NotAPort)
            }
            Field::Issuer if !self.in_browser() || self.provider.is_some() => None,
            Field::Issuer if text.is_empty() => Some(Fault::Missing),
            Field::Issuer => (!is_protected(text)).then_some(Fault::NotAnIssuer),
            Field::ClientId => {
                let needed = self.in_browser() && self.provider.is_none();
                (needed && text.is_empty()).then_some(Fault::Missing)
            }
            Field::User | Field::SmtpUser | Field::CaFile => None,
        }
    }

    /// The first field with a fault.
    #[must_use]
    pub fn first_fault(&self) -> Option<Field> {
        Field::ALL.into_iter().find(|field| self.fault(*field).is_some())
    }

    /// The settings, if nothing is wrong with them.
    #[must_use]
    pub fn account(&self) -> Option<Account> {
        if self.first_fault().is_some() {
            return None;
        }
        let email = self.email.trim().to_owned();
        let user = self.user.trim();
        let ca_file = self.ca_file.trim();
        let kept = self.keep.as_ref();
        let host = self.host.trim().to_ascii_lowercase();
        // The user name belongs to the server that was found; another host is the user's own knowledge.
        let found = self.found.as_ref().filter(|found| self.changes.is_none() && found.imap.host == host);
        let usual = found.map_or_else(|| email.clone(), |found| found.user.clone());
        Some(Account {
            imap: Server { host, port: self.port.trim().parse().ok()?, security: self.security },
            smtp: self.smtp(),
            smtp_user: Some(self.smtp_user.trim().to_owned()).filter(|user| !user.is_empty()),
            login: Login {
                user: if user.is_empty() { usual } else { user.to_owned() },
                auth: self.method,
                password_command: kept.and_then(|a| a.login.password_command.clone()),
                oauth: self.in_browser().then(|| self.oauth_login()),
            },
            ca_file: (!ca_file.is_empty()).then(|| PathBuf::from(ca_file)),
            exceptions: self.exceptions.clone(),
            email,
        })
    }

    /// What is known of the address.
    #[must_use]
    pub fn found(&self) -> Option<&Finding> {
        self.found.as_deref()
    }

    /// Whether the user chose the server.
    #[must_use]
    pub const fn is_host_typed(&self) -> bool {
        self.host_typed
    }

    /// The address, once it is whole.
    #[must_use]
    pub fn address(&self) -> Option<Address> {
        self.email.trim().parse().ok().filter(|_| is_address(self.email.trim()))
    }

    /// Takes over what was found, but for what the user typed.
    pub fn take_found(&mut self, found: Finding) {
        if !self.host_typed {
            self.host.clone_from(&found.imap.host);
            self.security = found.imap.security;
            if !self.port_typed {
                self.port = found.imap.port.to_string();
            }
        }
        self.set_smtp(found.smtp.clone());
        if let (Some(key), false, None) = (found.oauth(), self.provider_chosen, self.provider) {
            self.provider = Some(key);
            self.method = AuthMethod::OAuth;
        }
        self.found = Some(Box::new(found));
    }

    /// Trusts a certificate at one place, instead of an earlier one there.
    pub fn except(&mut self, server: &Server, sha256: Fingerprint) {
        self.exceptions
            .retain(|one| !(one.host.eq_ignore_ascii_case(&server.host) && one.port == server.port));
        let (host, port) = (server.host.clone(), server.port);
        self.exceptions.push(CertificateException { host, port, sha256, since: None });
    }

    fn oauth_login(&self) -> OAuthLogin {
        let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        OAuthLogin {
            provider: self.provider.map(str::to_owned),
            issuer: if self.provider.is_some() { None } else { said(&self.issuer) },
            client_id: said(&self.client_id),
            desktop: self.desktop.clone().filter(|_| self.provider.is_some()),
        }
    }

    /// The password that was typed, if one was and if it is what the user signs in with.
    #[must_use]
    pub fn new_password(&self) -> Option<Secret> {
        (!self.in_browser() && !self.password.expose().is_empty()).then(|| self.password.clone())
    }

    fn has_command(&self) -> bool {
        self.keep.as_ref().is_some_and(|a| a.login.password_command.is_some())
    }

    /// What the table says of the provider. Most others call their server `imap.<domain>`; that is a guess, shown
    /// where it can be changed.
    fn fill_in(&mut self) {
        let had = self.found.take().is_some();
        if let Some(Ok(found)) = self.address().as_ref().and_then(bundled) {
            self.found = Some(Box::new(found));
        }
        if self.host_typed {
            return;
        }
        if let Some((_, provider)) = self.provider() {
            self.host.clone_from(&provider.imap.host);
            self.security = provider.imap.security;
            self.port = provider.imap.port.to_string();
            let smtp = provider.smtp.clone();
            self.set_smtp(Some(smtp));
            return;
        }
        // Whoever says that it is none of the known providers means another server than the table's.
        if let Some(found) =
            self.found.take().filter(|found| !self.provider_chosen || found.oauth().is_none())
        {
            self.take_found(*found);
            return;
        }
        self.set_smtp(None);
        if had {
            self.protect(Security::Tls);
        }
        let domain = self.email.trim().rsplit_once('@').map(|(_, domain)| domain.to_ascii_lowercase());
        self.host = match domain.filter(|d| is_host(d)) {
            Some(domain) if domain.contains('.') => format!("imap.{domain}"),
            // A server on this computer, such as a bridge or one's own, has no name of its own.
            Some(domain) if domain == "localhost" => domain,
            Some(_) | None => String::new(),
        };
    }
}

/// The key of a provider as the table has it.
fn key_of(name: &str) -> Option<&'static str> {
    oauth::providers().map(|(key, _)| key).find(|key| key.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests;
