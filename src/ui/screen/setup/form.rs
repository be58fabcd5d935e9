//! The account form: its fields, what is plausible, what is wrong with them.
//!
//! Pure. A password never leaves it but as a [`Secret`].

use crate::model::{Account, AccountId, AuthMethod, Login, Security, Server};
use crate::secret::Secret;
use std::path::PathBuf;

/// Longest text that a field takes; addresses and host names are far shorter (RFC 5321 section 4.5.3).
pub const MAX_FIELD: usize = 320;
/// Longest password that is taken.
pub const MAX_PASSWORD: usize = 4_096;

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
    /// Certificate file.
    CaFile,
}

impl Field {
    /// In the order of the screen.
    pub const ALL: [Self; 6] =
        [Self::Email, Self::Password, Self::Host, Self::Port, Self::User, Self::CaFile];
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
        }
    }
}

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
    /// Certificate file; empty for none.
    pub ca_file: String,
    /// Whether the password goes to the system's keyring.
    pub remember: bool,
    /// The account that is changed; `None` for a new one.
    pub changes: Option<AccountId>,
    /// Kept as it is when an account is changed.
    keep: Option<Account>,
    /// Whether the user typed the host; then the address doesn't fill it in any more.
    host_typed: bool,
    port_typed: bool,
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
            ca_file: String::new(),
            remember: true,
            changes: None,
            keep: None,
            host_typed: false,
            port_typed: false,
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

impl Form {
    /// The form for an account that is there already.
    #[must_use]
    pub fn of(id: AccountId, account: &Account) -> Self {
        Self {
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
            host_typed: true,
            port_typed: true,
            ..Self::default()
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
            Field::CaFile => &self.ca_file,
        }
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
                self.fill_in();
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
            Field::CaFile => self.ca_file = text,
        }
    }

    /// The user chose a protection; the port follows unless it was typed.
    pub fn protect(&mut self, security: Security) {
        self.security = security;
        if !self.port_typed {
            self.port = port_of(security).to_string();
        }
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn fault(&self, field: Field) -> Option<Fault> {
        let text = self.text(field).trim();
        match field {
            Field::Email if text.is_empty() => Some(Fault::Missing),
            Field::Email => (!is_address(text)).then_some(Fault::NotAnAddress),
            // A changed account keeps the password that is known.
            Field::Password => {
                let known = self.changes.is_some() || self.has_command();
                (text.is_empty() && !known).then_some(Fault::Missing)
            }
            Field::Host if text.is_empty() => Some(Fault::Missing),
            Field::Host => (!is_host(text)).then_some(Fault::NotAHost),
            Field::Port => text.parse::<u16>().ok().filter(|p| *p > 0).is_none().then_some(Fault::NotAPort),
            Field::User | Field::CaFile => None,
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
        Some(Account {
            imap: Server {
                host: self.host.trim().to_ascii_lowercase(),
                port: self.port.trim().parse().ok()?,
                security: self.security,
            },
            smtp: kept.and_then(|a| a.smtp.clone()),
            login: Login {
                user: if user.is_empty() { email.clone() } else { user.to_owned() },
                auth: kept.map_or(AuthMethod::Password, |a| a.login.auth),
                password_command: kept.and_then(|a| a.login.password_command.clone()),
                oauth: kept.and_then(|a| a.login.oauth.clone()),
            },
            ca_file: (!ca_file.is_empty()).then(|| PathBuf::from(ca_file)),
            email,
        })
    }

    /// The password that was typed, if one was.
    #[must_use]
    pub fn new_password(&self) -> Option<Secret> {
        (!self.password.expose().is_empty()).then(|| self.password.clone())
    }

    fn has_command(&self) -> bool {
        self.keep.as_ref().is_some_and(|a| a.login.password_command.is_some())
    }

    /// Most providers call their server `imap.<domain>`; it is a guess, shown where it can be changed.
    fn fill_in(&mut self) {
        if self.host_typed {
            return;
        }
        let domain = self.email.trim().rsplit_once('@').map(|(_, domain)| domain.to_ascii_lowercase());
        self.host = domain
            .filter(|d| is_host(d) && d.contains('.'))
            .map_or_else(String::new, |d| format!("imap.{d}"));
    }
}

/// Whether a text looks like `local@domain`; the server has the last word.
fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let clean = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | ',' | ';');
    !local.is_empty() && local.chars().all(clean) && is_host(domain)
}

/// Whether a text is a host name or an IP address.
fn is_host(text: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> Form {
        let mut form = Form::default();
        form.edit(Field::Email, " ada@Example.org".into());
        form.edit(Field::Password, "secret".into());
        form
    }

    #[test]
    fn an_address_fills_in_the_server_until_the_user_types_it() {
        let mut form = filled();
        assert_eq!((form.host.as_str(), form.port.as_str()), ("imap.example.org", "993"));
        form.protect(Security::StartTls);
        assert_eq!(form.port, "143");
        form.edit(Field::Host, "mail.example.org".into());
        form.edit(Field::Port, "10143".into());
        form.edit(Field::Email, "ada@other.net".into());
        form.protect(Security::Tls);
        assert_eq!((form.host.as_str(), form.port.as_str()), ("mail.example.org", "10143"));
        form.edit(Field::Host, String::new());
        form.edit(Field::Email, "ada@third.net".into());
        assert_eq!(form.host, "imap.third.net");
    }

    #[test]
    fn a_complete_form_is_an_account() {
        let account = filled().account().unwrap();
        assert_eq!(account.email, "ada@Example.org");
        assert_eq!(account.login.user, "ada@Example.org");
        assert_eq!(
            account.imap,
            Server { host: "imap.example.org".into(), port: 993, security: Security::Tls }
        );
        assert_eq!(account.ca_file, None);
    }

    #[test]
    fn faults_are_found_field_by_field() {
        let cases = [
            (Field::Email, "", Some(Fault::Missing)),
            (Field::Email, "ada", Some(Fault::NotAnAddress)),
            (Field::Email, "ada@", Some(Fault::NotAnAddress)),
            (Field::Email, "a b@c.d", Some(Fault::NotAnAddress)),
            (Field::Email, "ада@пример.рф", None),
            (Field::Password, "", Some(Fault::Missing)),
            (Field::Host, "", Some(Fault::Missing)),
            (Field::Host, "https://mail", Some(Fault::NotAHost)),
            (Field::Host, "a..b", Some(Fault::NotAHost)),
            (Field::Host, "-a.b", Some(Fault::NotAHost)),
            (Field::Host, "localhost", None),
            (Field::Host, "::1", None),
            (Field::Port, "", Some(Fault::NotAPort)),
            (Field::Port, "0", Some(Fault::NotAPort)),
            (Field::Port, "70000", Some(Fault::NotAPort)),
            (Field::Port, "14x3", None),
            (Field::User, "", None),
        ];
        for (field, text, fault) in cases {
            let mut form = filled();
            form.edit(field, text.into());
            assert_eq!(form.fault(field), fault, "{field:?} {text}");
        }
        assert_eq!(Form::default().first_fault(), Some(Field::Email));
    }

    #[test]
    fn a_changed_account_keeps_what_the_form_does_not_show() {
        let mut account = filled().account().unwrap();
        account.login.password_command = Some("pass mail".into());
        account.login.user = "ada".into();
        let mut form = Form::of(AccountId::from_row(1), &account);
        assert_eq!(form.first_fault(), None);
        assert!(form.new_password().is_none());
        assert_eq!(form.account(), Some(account));
        form.edit(Field::Password, "new".into());
        assert_eq!(form.new_password().unwrap().expose(), "new");
    }

    #[test]
    fn overlong_texts_are_not_taken() {
        let mut form = Form::default();
        form.edit(Field::Email, "a".repeat(MAX_FIELD + 1));
        assert_eq!(form.email, "");
    }
}
