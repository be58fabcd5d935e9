//! What servers and providers say when it is not the password that is wrong, as data in resources/refusals.toml.

use crate::discover::service_of_host;
use serde::Deserialize;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../resources/refusals.toml");

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| match toml::from_str::<Table>(TABLE) {
    Ok(table) => table.rule,
    Err(error) => {
        // A test reads the table; this can only be a damaged build.
        tracing::error!(%error, "the table of refusals is not readable");
        Vec::new()
    }
});

/// Why a sign-in is refused although the password may be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    /// IMAP has to be switched on first.
    ImapOff,
    /// Submission is switched off for programs.
    SmtpOff,
    /// A password made for one program is wanted.
    AppPassword,
    /// A wrong password, or the usual one where only one made for one program is taken: the words do not tell.
    MaybeAppPassword,
    /// No password is taken at all.
    BrowserOnly,
    /// Only the organisation's administrator can allow it.
    Admin,
    /// The provider wants to see the user in the browser first.
    Web,
    /// The account is locked or suspended.
    Locked,
    /// The password has run out.
    Expired,
    /// The password is right, but the user may not use this mailbox.
    NotAllowed,
    /// The server wants a connection that is better protected.
    Privacy,
}

/// What a refusal is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Too many connections.
    Connections,
    /// A quota of the day.
    Limit,
    /// A reason that the user, or somebody, has to do away with.
    Blocked { why: Block, service: Option<&'static str>, page: Option<Box<str>> },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    rule: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    why: Why,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    codes: Vec<String>,
    #[serde(default)]
    hosts: Vec<String>,
    #[serde(default)]
    password: bool,
    page: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Why {
    Connections,
    Limit,
    #[serde(untagged)]
    Block(Block),
}

/// What a server was told and what it said.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said<'a> {
    pub(super) host: &'a str,
    /// Response code (RFC 5530), if there is one.
    pub(super) code: Option<&'a str>,
    pub(super) text: &'a str,
    /// Whether a password was tried.
    pub(super) password: bool,
}

/// Finds the reason. `None`: the words say nothing but no.
pub(super) fn read(said: Said<'_>) -> Option<Reading> {
    let text = said.text.to_ascii_lowercase();
    let host = said.host.to_ascii_lowercase();
    let fits = |rule: &&Rule| {
        let word = rule.words.iter().any(|word| text.contains(word.as_str()));
        let code =
            said.code.is_some_and(|code| rule.codes.iter().any(|known| known.eq_ignore_ascii_case(code)));
        let place = rule.hosts.is_empty() || rule.hosts.iter().any(|end| ends(&host, end));
        (word || code) && place && (said.password || !rule.password)
    };
    let rule = RULES.iter().find(fits)?;
    Some(match rule.why {
        Why::Connections => Reading::Connections,
        Why::Limit => Reading::Limit,
        Why::Block(why) => {
            let service = service_of_host(&host);
            let usual = service.and_then(|service| match why {
                Block::AppPassword | Block::MaybeAppPassword => service.page.clone(),
                Block::ImapOff => service.switch.clone(),
                Block::SmtpOff | Block::BrowserOnly | Block::Admin => None,
                Block::Web | Block::Locked | Block::Expired => None,
                Block::NotAllowed | Block::Privacy => None,
            });
            let page = rule.page.clone().or(usual).map(String::into_boxed_str);
            Reading::Blocked { why, service: service.map(|service| service.name.as_str()), page }
        }
    })
}

fn ends(host: &str, end: &str) -> bool {
    host.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn the_words_of_real_servers_are_told_apart() {
        let table: Table = toml::from_str(TABLE).unwrap();
        assert!(
            table.rule.iter().all(|rule| rule.words.iter().all(|word| *word == word.to_ascii_lowercase()))
        );
        let block = |why| move |reading: Option<Reading>| matches!(reading, Some(Reading::Blocked { why: is, .. }) if is == why);
        type Check = Box<dyn Fn(Option<Reading>) -> bool>;
        let is = |why| -> Check { Box::new(block(why)) };
        let nothing = || -> Check { Box::new(|reading| reading.is_none()) };
        let connections = || -> Check { Box::new(|reading| reading == Some(Reading::Connections)) };
        let limit = || -> Check { Box::new(|reading| reading == Some(Reading::Limit)) };
        let cases: Vec<(&str, Option<&str>, &str, Check)> = vec![
            (
                "imap.gmail.com",
                Some("ALERT"),
                "Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)",
                is(Block::AppPassword),
            ),
            (
                "imap.gmail.com",
                Some("ALERT"),
                "Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)",
                is(Block::Web),
            ),
            ("imap.gmail.com", Some("WEBALERT"), "Web login required.", is(Block::Web)),
            (
                "imap.gmail.com",
                Some("ALERT"),
                "Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable your account for IMAP access. (Failure)",
                is(Block::ImapOff),
            ),
            (
                "imap.gmail.com",
                Some("ALERT"),
                "IMAP access is disabled for your domain. Please contact your domain administrator for questions about this feature. (Failure)",
                is(Block::Admin),
            ),
            ("imap.gmail.com", Some("ALERT"), "Too many simultaneous connections. (Failure)", connections()),
            (
                "imap.gmail.com",
                Some("ALERT"),
                "Account exceeded command or bandwidth limits. (Failure)",
                limit(),
            ),
            (
                "imap.gmail.com",
                Some("AUTHENTICATIONFAILED"),
                "Invalid credentials (Failure)",
                is(Block::MaybeAppPassword),
            ),
            ("smtp.gmail.com", None, "5.7.9 Application-specific password required.", is(Block::AppPassword)),
            ("outlook.office365.com", None, "LOGIN failed.", is(Block::BrowserOnly)),
            ("outlook.office365.com", None, "User is authenticated but not connected.", is(Block::ImapOff)),
            (
                "smtp.office365.com",
                None,
                "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
                is(Block::SmtpOff),
            ),
            (
                "smtp.office365.com",
                None,
                "5.7.139 Authentication unsuccessful, basic authentication is disabled.",
                is(Block::BrowserOnly),
            ),
            (
                "login.microsoftonline.com",
                None,
                "access_denied: AADSTS90094: The grant requires admin permission.",
                is(Block::Admin),
            ),
            (
                "imap.mail.me.com",
                Some("AUTHENTICATIONFAILED"),
                "Authentication Failed",
                is(Block::MaybeAppPassword),
            ),
            (
                "imap.mail.yahoo.com",
                Some("AUTHENTICATIONFAILED"),
                "LOGIN Invalid credentials",
                is(Block::MaybeAppPassword),
            ),
            (
                "imap.mail.ru",
                Some("AUTHENTICATIONFAILED"),
                "Application password is REQUIRED",
                is(Block::AppPassword),
            ),
            (
                "imap.yandex.com",
                Some("AUTHENTICATIONFAILED"),
                "LOGIN invalid credentials or IMAP is disabled sc=x",
                is(Block::ImapOff),
            ),
            (
                "imap.zoho.com",
                Some("ALERT"),
                "You are yet to enable IMAP for your account. Please contact your administrator (Failure)",
                is(Block::ImapOff),
            ),
            (
                "imap.qq.com",
                None,
                "Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, or system is busy.",
                is(Block::ImapOff),
            ),
            (
                "imap.163.com",
                None,
                "SELECT Unsafe Login. Please contact kefu@188.com for help",
                is(Block::Web),
            ),
            (
                "mail.example.org",
                None,
                "Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
                connections(),
            ),
            ("mail.example.org", Some("EXPIRED"), "That password isn't any good", is(Block::Expired)),
            ("mail.example.org", Some("CONTACTADMIN"), "Call us", is(Block::Admin)),
            ("mail.example.org", Some("AUTHORIZATIONFAILED"), "No such identity", is(Block::NotAllowed)),
            ("mail.example.org", Some("PRIVACYREQUIRED"), "Use TLS", is(Block::Privacy)),
            (
                "imap.mail.me.com",
                None,
                "5.7.8 Error: authentication failed: UGFzc3dvcmQ6",
                is(Block::MaybeAppPassword),
            ),
            (
                "smtp.gmail.com",
                None,
                "5.7.8 Username and Password not accepted. For more information, go to https://support.google.com/mail/?p=BadCredentials",
                is(Block::MaybeAppPassword),
            ),
            (
                "smtp.gmail.com",
                None,
                "5.7.14 Please log in via your web browser and then try again.",
                is(Block::Web),
            ),
            (
                "smtp.fastmail.com",
                None,
                "5.7.8 Error: authentication failed: authentication failure: incorrect username, password or access token",
                is(Block::MaybeAppPassword),
            ),
            (
                "imap.mail.yahoo.com",
                Some("AUTHENTICATIONFAILED"),
                "(#MBR1212) Incorrect username or password. (#MBR1212) - Please generate App Password",
                is(Block::AppPassword),
            ),
            ("mail.example.org", Some("AUTHENTICATIONFAILED"), "Authentication failed.", nothing()),
            ("mail.example.org", None, "Login failed: authentication failure", nothing()),
            ("notgmail.com", None, "Invalid credentials", nothing()),
        ];
        for (host, code, text, right) in cases {
            let reading = read(Said { host, code, text, password: true });
            assert!(right(reading.clone()), "{host}: {text}: {reading:?}");
        }
        // A token in place of a password: then it is not about app passwords.
        let said = Said {
            host: "imap.gmail.com",
            code: None,
            text: "Invalid credentials (Failure)",
            password: false,
        };
        assert_eq!(read(said), None);
    }

    #[test]
    fn the_page_is_that_of_the_service() {
        let said = |host| Said { host, code: None, text: "IMAP is disabled", password: true };
        let Some(Reading::Blocked { service, page, .. }) = read(said("imap.gmx.net")) else { panic!() };
        assert_eq!((service, page.is_some()), (Some("GMX"), true));
        let Some(Reading::Blocked { service, page, .. }) = read(said("mail.example.org")) else { panic!() };
        assert_eq!((service, page), (None, None));
    }
}
