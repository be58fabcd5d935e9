//! `postrider account ...`

use super::args::{AccountCommand, AddArguments, AuthWord};
use super::fail::Fail;
use super::{Context, output::Output};
use crate::discover::{self, Finding, Missing, PasswordKind, Source};
use crate::model::{Account, AuthMethod, CertificateException, Login, OAuthLogin, Security, Server};
use crate::oauth::{self, OAuthError};
use crate::secret::{PasswordPlace, Secret, SecretError};
use crate::store::AccountRow;
use crate::sync::{Problem, give_back, in_browser, test_submission, test_tokens};
use std::io::{BufRead, IsTerminal, Read};
use std::path::{Path, PathBuf};

/// Longest password that is read from standard input; more is a mistake such as a wrong file.
const MAX_PASSWORD: u64 = 64 * 1024;

pub(super) async fn run(context: &Context, command: AccountCommand) -> Result<(), Fail> {
    match command {
        AccountCommand::Add(arguments) => add(context, *arguments).await,
        AccountCommand::List { json } => list(context, json),
        AccountCommand::Trust(arguments) => super::trust::run(context, &arguments).await,
        AccountCommand::Remove { name } => remove(context, &name).await,
    }
}

/// The account with this address, or the only one if none is asked for by name.
pub(super) fn find(context: &Context, name: &str) -> Result<AccountRow, Fail> {
    let accounts = context.store.snapshot()?.accounts()?;
    if accounts.is_empty() {
        return Err(Fail::NoAccount);
    }
    accounts
        .into_iter()
        .find(|row| row.account.email.eq_ignore_ascii_case(name))
        .ok_or_else(|| Fail::UnknownAccount { name: name.to_owned() })
}

/// The accounts that a filter leaves; an error if there is none.
pub(super) fn chosen(context: &Context, filter: Option<&str>) -> Result<Vec<AccountRow>, Fail> {
    if let Some(name) = filter {
        return Ok(vec![find(context, name)?]);
    }
    let accounts = context.store.snapshot()?.accounts()?;
    if accounts.is_empty() { Err(Fail::NoAccount) } else { Ok(accounts) }
}

async fn add(context: &Context, arguments: AddArguments) -> Result<(), Fail> {
    let email = address(&arguments.email)?;
    stray_oauth(&arguments)?;
    let exists = context.store.snapshot()?.accounts()?;
    if exists.iter().any(|row| row.account.email.eq_ignore_ascii_case(&email)) {
        return Err(Fail::AccountExists { name: email });
    }
    let Settings { imap, smtp, user, trusted } = settings(context, &arguments, &email).await?;
    let oauth = oauth_login(&arguments, &email, &imap)?;
    let account = Account {
        imap,
        smtp: arguments
            .smtp
            .as_ref()
            .zip(arguments.smtp_security)
            .map(|(place, word)| place.server(word))
            .or(smtp),
        smtp_user: None,
        login: Login {
            user: arguments.user.clone().unwrap_or(user),
            auth: arguments.auth.into(),
            password_command: arguments.password_command.clone(),
            oauth,
        },
        ca_file: arguments.ca.as_deref().map(certificate_file).transpose()?,
        exceptions: Vec::new(),
        email,
    };
    if account.login.auth == AuthMethod::OAuth {
        if account.login.password_command.is_none() {
            sign_in(context, &account, !arguments.no_trial).await?;
        }
    } else if account.login.password_command.is_none() {
        let secret = if arguments.password_stdin { password_from_stdin()? } else { ask(&account)? };
        keep(context, &account, secret).await?;
    }
    let row = account.clone();
    context.store.write("add account", move |w| w.add_account(&row)).await?;
    context.output.line(&format!("added {}", account.email))?;
    if !arguments.no_trial && (arguments.smtp.is_some() || trusted) {
        try_submission(context, &account).await;
    }
    Ok(())
}

/// Signs in at the submission server. The account is added either way; whoever cannot send yet wants to know.
async fn try_submission(context: &Context, account: &Account) {
    let Some(server) = &account.smtp else { return };
    let place = format!("{}:{}", server.host, server.port);
    match test_submission(&super::sync::config(context), account, server).await {
        Ok(mechanism) => {
            context.output.note(&format!("sending will work: signed in at {place} ({mechanism})"))
        }
        Err(problem) => context.output.note(&format!(
            "the account is added, but sending would not work yet: {}; see `postrider doctor`",
            super::problem::Sentence(&problem)
        )),
    }
}

/// Where the servers are and what they call the user.
struct Settings {
    imap: Server,
    smtp: Option<Server>,
    user: String,
    /// They were found and belong to the domain or to a known service.
    trusted: bool,
}

/// What was given, or what can be found. No password is sent.
async fn settings(context: &Context, arguments: &AddArguments, email: &str) -> Result<Settings, Fail> {
    if let Some((place, word)) = arguments.imap.as_ref().zip(arguments.security) {
        return Ok(Settings { imap: place.server(word), smtp: None, user: email.to_owned(), trusted: false });
    }
    let bad = |_| Fail::BadAddress { address: email.to_owned() };
    let address: discover::Address = email.parse().map_err(bad)?;
    let found = discover::find(&address).await.map_err(|missing| {
        let why = missing.to_string();
        match missing {
            Missing::Closed { .. } => Fail::NoImap { why },
            Missing::Unknown { .. } | Missing::Offline { .. } => Fail::NotFound { why },
        }
    })?;
    found_lines(&found, arguments.auth == AuthWord::Password)
        .iter()
        .for_each(|line| context.output.note(line));
    if let (PasswordKind::Never, AuthWord::Password, Some(service)) =
        (found.password(), arguments.auth, found.service)
    {
        return Err(Fail::NeedsBrowser { service: service.name.clone() });
    }
    Ok(Settings { imap: found.imap, smtp: found.smtp, user: found.user, trusted: !found.is_foreign })
}

/// What was found and from where, for a person to judge.
fn found_lines(found: &Finding, by_password: bool) -> Vec<String> {
    let source = match &found.source {
        Source::Bundled => "in the table that comes with Postrider".to_owned(),
        Source::Domain { host } => format!("at {host}"),
        Source::Ispdb => "in Mozilla's database of providers".to_owned(),
        Source::Mx { host } => format!("by the mail exchanger {host}"),
        Source::Srv => "in the SRV records of the domain".to_owned(),
        Source::Guess => "by trying usual names".to_owned(),
    };
    let place =
        |server: &Server| format!("{}:{} {}", server.host, server.port, security_word(server.security));
    let mut lines = vec![format!("found {source}: IMAP {} as {}", place(&found.imap), found.user)];
    lines.extend(found.smtp.as_ref().map(|smtp| format!("submission {}", place(smtp))));
    if found.is_foreign {
        lines.push(format!("{} belongs to another domain than the address: look twice", found.imap.host));
    }
    if let Some(service) = found.service {
        let at = service.page.as_ref().map(|page| format!(": {page}")).unwrap_or_default();
        match service.password {
            PasswordKind::App | PasswordKind::Code if by_password => lines.push(format!(
                "{} wants a password made for mail programs, not that of the web page{at}",
                service.name
            )),
            PasswordKind::Bridge => lines.push(format!(
                "{} needs its bridge on this computer, and the password that the bridge shows{at}",
                service.name
            )),
            PasswordKind::App | PasswordKind::Code | PasswordKind::Own | PasswordKind::Never => {}
        }
        if service.oauth.is_some() && by_password {
            lines.push(format!("{} also signs you in with the browser: --auth oauth", service.name));
        }
        if let Some(switch) = &service.switch {
            lines.push(format!("IMAP may have to be switched on first: {switch}"));
        }
    }
    lines
}

/// What only makes sense with the browser is a mistake without it.
fn stray_oauth(arguments: &AddArguments) -> Result<(), Fail> {
    let stray = arguments.oauth_provider.is_some()
        || arguments.oauth_issuer.is_some()
        || arguments.oauth_client_id.is_some();
    if arguments.auth == AuthWord::Password && stray { Err(Fail::OAuthUnasked) } else { Ok(()) }
}

/// Who gives the tokens: what was asked for, the provider of the address, or that of the server.
fn oauth_login(arguments: &AddArguments, email: &str, imap: &Server) -> Result<Option<OAuthLogin>, Fail> {
    if arguments.auth == AuthWord::Password {
        return Ok(None);
    }
    let named = arguments.oauth_provider.as_ref().map(|name| name.to_ascii_lowercase());
    let own = || oauth::provider_of_address(email).map(|(key, _)| key.to_owned());
    // A domain of one's own that is hosted there.
    let host = || discover::service_of_host(&imap.host).and_then(|service| service.oauth.clone());
    let provider = if arguments.oauth_issuer.is_some() { None } else { named.or_else(own).or_else(host) };
    if provider.is_none() && arguments.oauth_issuer.is_none() && arguments.password_command.is_none() {
        return Err(Fail::NoProvider {
            known: oauth::providers().map(|(key, _)| key).collect::<Vec<_>>().join(", "),
        });
    }
    Ok(Some(OAuthLogin {
        provider,
        issuer: arguments.oauth_issuer.clone(),
        client_id: arguments.oauth_client_id.clone(),
        desktop: None,
    }))
}

/// Opens the browser, waits for it, tries the tokens at the mail server, keeps the refresh token.
async fn sign_in(context: &Context, account: &Account, tries: bool) -> Result<(), Fail> {
    let config = super::sync::config(context);
    let fail = |problem| Fail::Problem { account: account.email.clone(), problem };
    let told = |url: &url::Url| context.output.note(&format!("sign in with your browser: {url}"));
    let tokens = in_browser(&config, account, told).await.map_err(fail)?;
    if tries {
        match test_tokens(&config, account, &tokens).await {
            Err(problem) if is_about_whom(&problem) => {
                give_back(&config, account, &tokens).await;
                return Err(fail(problem));
            }
            // The server may be there tomorrow.
            Err(problem) => context.output.note(&format!(
                "the sign-in is kept, but the mail server could not be asked about it: {}",
                super::problem::Sentence(&problem)
            )),
            Ok(_) => {
                let other =
                    tokens.address.as_ref().filter(|found| !found.eq_ignore_ascii_case(&account.email));
                other.iter().for_each(|found| {
                    context.output.note(&format!(
                        "you signed in as {found}; the mail server opens the mailbox of {} for that",
                        account.login.user
                    ));
                });
            }
        }
    }
    let kept = config.tokens.keep(&config.secrets, account, tokens, PasswordPlace::Keyring).await;
    kept.map_err(|error| {
        let reason = error.to_string();
        if matches!(error, OAuthError::Secret(_)) {
            Fail::NoKeyring { reason }
        } else {
            Fail::NoSignIn { reason }
        }
    })
}

/// Whether nothing will come of a sign-in, however long one waits.
fn is_about_whom(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::WrongUser { .. }
            | Problem::SignInFailed { .. }
            | Problem::SignInRefused { .. }
            | Problem::NoSignInMethod { .. }
            | Problem::Blocked { .. }
    )
}

/// An address with something on both sides of its last `@` and nothing that could break a line or a header.
fn address(text: &str) -> Result<String, Fail> {
    let text = text.trim();
    let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;".contains(c));
    let halves = text.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    if plain && halves { Ok(text.to_owned()) } else { Err(Fail::BadAddress { address: text.to_owned() }) }
}

/// Checks that the file can be used and makes its path independent of the current folder.
fn certificate_file(path: &Path) -> Result<PathBuf, Fail> {
    let shown = path.display().to_string();
    let unreadable =
        |error: std::io::Error| Fail::Unreadable { path: shown.clone(), detail: error.to_string() };
    let text = std::fs::read(path).map_err(unreadable)?;
    if !String::from_utf8_lossy(&text).contains("-----BEGIN CERTIFICATE-----") {
        return Err(Fail::NoCertificate { path: shown });
    }
    std::path::absolute(path).map_err(unreadable)
}

fn password_from_stdin() -> Result<Secret, Fail> {
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .take(MAX_PASSWORD)
        .read_line(&mut line)
        .map_err(|error| Fail::Unreadable { path: "standard input".into(), detail: error.to_string() })?;
    let password = Secret::new(line.trim_end_matches(['\r', '\n']).to_owned());
    zeroize::Zeroize::zeroize(&mut line);
    if password.expose().is_empty() { Err(Fail::NoPassword) } else { Ok(password) }
}

fn ask(account: &Account) -> Result<Secret, Fail> {
    if !std::io::stdin().is_terminal() {
        return Err(Fail::NoPassword);
    }
    let question = format!("Password of {} at {}: ", account.login.user, account.imap.host);
    let typed = rpassword::prompt_password(question).map_err(|_| Fail::NoPassword)?;
    if typed.is_empty() { Err(Fail::NoPassword) } else { Ok(Secret::new(typed)) }
}

async fn keep(context: &Context, account: &Account, secret: Secret) -> Result<(), Fail> {
    let kept = context.secrets.keep(&account.login, &account.imap, secret, PasswordPlace::Keyring).await;
    kept.map_err(|error| Fail::NoKeyring { reason: error.to_string() })
}

fn list(context: &Context, json: bool) -> Result<(), Fail> {
    for row in context.store.snapshot()?.accounts()? {
        if json {
            print_json(context.output, &row)?;
        } else {
            let Server { host, port, security } = &row.account.imap;
            let word = security_word(*security);
            let output = context.output;
            output
                .line(&format!("{}\t{host}:{port} {word}\t{}", row.account.email, row.account.login.user))?;
            for CertificateException { host, port, sha256, .. } in &row.account.exceptions {
                output.line(&format!("\ttrusts the certificate {sha256} at {host}:{port}"))?;
            }
        }
    }
    Ok(())
}

fn print_json(output: Output, row: &AccountRow) -> Result<(), Fail> {
    let server = |server: &Server| {
        serde_json::json!({
            "host": server.host, "port": server.port, "security": security_word(server.security),
        })
    };
    output.json(&serde_json::json!({
        "id": row.id,
        "email": row.account.email,
        "user": row.account.login.user,
        "auth": row.account.login.auth,
        "oauth": row.account.login.oauth,
        "imap": server(&row.account.imap),
        "smtp": row.account.smtp.as_ref().map(server),
        "exceptions": row.account.exceptions,
        "ca": row.account.ca_file,
        "password_command": row.account.login.password_command.is_some(),
    }))
}

pub(super) const fn security_word(security: Security) -> &'static str {
    match security {
        Security::Tls => "tls",
        Security::StartTls => "starttls",
    }
}

async fn remove(context: &Context, name: &str) -> Result<(), Fail> {
    let row = find(context, name)?;
    context.store.write("remove account", move |w| w.remove_account(row.id)).await?;
    if row.account.login.auth == AuthMethod::OAuth && row.account.login.password_command.is_none() {
        context.tokens.forget(&context.secrets, &row.account).await;
    }
    if row.account.login.password_command.is_none() {
        // The account is gone either way; a password that could not be wiped must be told.
        let wiped = context.secrets.forget(&row.account.login, &row.account.imap).await;
        if let Err(error @ (SecretError::KeyringLocked | SecretError::KeyringFailed { .. })) = wiped {
            context.output.error(&format!("the password of {name} is still in the keyring: {error}"));
        }
    }
    context.output.line(&format!("removed {}", row.account.email))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_need_both_halves() {
        for good in ["a@b", "ada.l@example.org", "\"odd@local\"@example.org", "ünï@example.org"] {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a b@c", "a@b\nc", "<a@b>", "a@b,c@d"] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }
}
