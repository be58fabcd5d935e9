//! Tries settings before they are kept.

use super::command::NewPassword;
use super::config::Config;
use super::event::Trial;
use super::link::Link;
use super::shared::read_store;
use super::sign_in;
use super::status::Problem;
use super::trouble;
use crate::discover::{Address, service_of_host};
use crate::imap::{self, Credential};
use crate::model::{Account, AccountId, AuthMethod, Server};
use crate::oauth::Tokens;
use crate::secret::{PasswordPlace, Secret};
use crate::smtp;
use std::time::Duration;
use url::Url;

/// How long a submission server may take: somebody waits to hear whether sending will work.
const SUBMISSION_PATIENCE: smtp::Timeouts =
    smtp::Timeouts { connect: Duration::from_secs(10), reply: Duration::from_secs(20) };

/// A provider that takes longer to take a token back does not get it back.
const GIVE_BACK_WITHIN: Duration = Duration::from_secs(5);

/// Signs in, looks at the list of mailboxes, signs out. Keeps nothing.
///
/// # Errors
/// Why the settings do not work, as a person can act on it.
pub async fn test_account(
    config: &Config,
    account: &Account,
    password: Option<Secret>,
) -> Result<Trial, Problem> {
    let credential = match password {
        Some(secret) => Credential::password(account.login.user.clone(), secret),
        None => sign_in::credential(config, account, None).await?,
    };
    test(config, account, &credential).await
}

async fn test(config: &Config, account: &Account, credential: &Credential) -> Result<Trial, Problem> {
    let opened = Link::open_as(config, account, credential).await;
    let mut link = opened.map_err(|refusal| refusal.trouble.problem())?;
    let listed = link.session.list().await.map_err(|error| link.trouble(&error).problem())?;
    let details = link.session.security();
    let trial = Trial {
        tls_version: details.tls_version.to_owned(),
        mechanism: details.mechanism.to_string(),
        mailboxes: listed.len(),
    };
    // Only politeness: what matters is known.
    if let Err(error) = link.session.logout().await {
        tracing::debug!(%error, "logout");
    }
    Ok(trial)
}

/// Signs in and, if that works, keeps the password and adds the account. With OAuth the user signs in with the
/// browser first; `told` hears its address.
///
/// # Errors
/// Why not; then nothing was kept.
pub async fn add_account(
    config: &Config,
    account: &Account,
    password: Option<NewPassword>,
    told: impl FnOnce(&Url) + Send,
) -> Result<AccountId, Problem> {
    let email = account.email.clone();
    let taken = read_store(config, move |s| {
        Ok(s.accounts()?.iter().any(|row| row.account.email.eq_ignore_ascii_case(&email)))
    });
    if taken.await.map_err(|error| trouble::of_store(&error))? {
        return Err(Problem::AccountExists);
    }
    if signs_in_by_browser(account) {
        sign_in(config, account, told).await?;
    } else {
        test_account(config, account, password.as_ref().map(|p| p.secret.clone())).await?;
        keep(config, account, password).await?;
    }
    let row = account.clone();
    let added = config.clock.busy(config.store.write("add account", move |w| w.add_account(&row))).await;
    added.map_err(|error| trouble::of_store(&error))
}

fn signs_in_by_browser(account: &Account) -> bool {
    let login = &account.login;
    login.auth == AuthMethod::OAuth && login.password_command.is_none() && !signs_in_by_desktop(account)
}

fn signs_in_by_desktop(account: &Account) -> bool {
    account.login.oauth.as_ref().is_some_and(|login| login.desktop.is_some())
}

/// Lets the user sign in with the browser, tries the token at the mail server, and keeps what is needed for more.
///
/// # Errors
/// Why it did not work; then nothing was kept.
pub(super) async fn sign_in(
    config: &Config,
    account: &Account,
    told: impl FnOnce(&Url) + Send,
) -> Result<(), Problem> {
    if signs_in_by_desktop(account) {
        // The user signs in again in the settings of the desktop; here it is only tried.
        return test_account(config, account, None).await.map(drop);
    }
    let tokens = sign_in::in_browser(config, account, told).await?;
    if let Err(problem) = test_tokens(config, account, &tokens).await {
        give_back(config, account, &tokens).await;
        return Err(problem);
    }
    let kept = config.tokens.keep(&config.secrets, account, tokens, PasswordPlace::Keyring).await;
    match kept.map_err(sign_in::of_oauth) {
        // Without an open keyring it is remembered until the program ends: the user has signed in already.
        Err(Problem::KeyringAbsent | Problem::KeyringLocked) => {
            tracing::info!("no open keyring: the sign-in lasts until the program ends");
            Ok(())
        }
        other => other,
    }
}

/// Tries tokens that have just come at the mail server. Keeps nothing.
///
/// # Errors
/// Why they do not work, as a person can act on it: they may be another person's.
pub async fn test_tokens(config: &Config, account: &Account, tokens: &Tokens) -> Result<Trial, Problem> {
    let credential = Credential::token(account.login.user.clone(), tokens.access.clone());
    let tried = test(config, account, &credential).await;
    tried.map_err(|problem| of_fresh_token(problem, account, tokens.address.as_deref()))
}

/// A token that is refused a moment after it came is not too old.
fn of_fresh_token(problem: Problem, account: &Account, found: Option<&str>) -> Problem {
    let Problem::SignInExpired { text } = problem else { return problem };
    if found.is_some_and(|found| found.eq_ignore_ascii_case(&account.email)) {
        let detail = format!("{} does not take it: {text}", account.imap.host);
        return Problem::SignInFailed { detail: trouble::tidy(&detail) };
    }
    Problem::WrongUser {
        wanted: account.email.as_str().into(),
        found: found.map(Into::into),
        text: text.into(),
    }
}

/// Gives tokens that are not kept back to the provider. Somebody waits to hear why they are not, so not for long.
pub async fn give_back(config: &Config, account: &Account, tokens: &Tokens) {
    let token = tokens.refresh.as_ref().unwrap_or(&tokens.access);
    let given = config.clock.timeout(GIVE_BACK_WITHIN, config.tokens.give_back(account, token)).await;
    if given.is_err() {
        tracing::info!("the token was not given back in time");
    }
}

/// Signs in with changed settings and, if that works, keeps them. With the browser, if the tokens that are known are
/// somebody else's.
///
/// # Errors
/// Why not; then nothing was changed.
pub async fn change_account(
    config: &Config,
    id: AccountId,
    account: &Account,
    password: Option<NewPassword>,
    told: impl FnOnce(&Url) + Send,
) -> Result<(), Problem> {
    let before = read_store(config, move |s| s.account(id)).await;
    let before =
        before.map_err(|error| trouble::of_store(&error))?.ok_or(Problem::AccountGone)?.account.login;
    let known = before.auth == AuthMethod::OAuth
        && (&before.oauth, &before.user) == (&account.login.oauth, &account.login.user);
    if signs_in_by_browser(account) && !known {
        sign_in(config, account, told).await?;
    } else {
        test_account(config, account, password.as_ref().map(|p| p.secret.clone())).await?;
        keep(config, account, password).await?;
    }
    let row = account.clone();
    let changed =
        config.clock.busy(config.store.write("change account", move |w| w.update_account(id, &row))).await;
    changed.map_err(|error| trouble::of_store(&error))
}

async fn keep(config: &Config, account: &Account, password: Option<NewPassword>) -> Result<(), Problem> {
    let Some(NewPassword { secret, place }) = password else { return Ok(()) };
    let kept = config.secrets.keep(&account.login, &account.imap, secret, place).await;
    kept.map_err(trouble::of_secret)
}

/// Removes an account with its local copy and its password.
///
/// # Errors
/// If the local copy could not be removed; then everything is as before.
pub async fn remove_account(config: &Config, id: AccountId) -> Result<(), Problem> {
    let rows = read_store(config, crate::store::Snapshot::accounts).await;
    let rows = rows.map_err(|error| trouble::of_store(&error))?;
    let removed =
        config.clock.busy(config.store.write("remove account", move |w| w.remove_account(id))).await;
    removed.map_err(|error| trouble::of_store(&error))?;
    if let Some(row) = rows.iter().find(|row| row.id == id) {
        forget(config, &row.account, rows.iter().filter(|row| row.id != id).map(|row| &row.account)).await;
    }
    Ok(())
}

/// Forgets the password or sign-in of an account that stays.
pub(super) async fn forget_secret(config: &Config, id: AccountId, account: &Account) {
    match read_store(config, crate::store::Snapshot::accounts).await {
        Ok(rows) => {
            forget(config, account, rows.iter().filter(|row| row.id != id).map(|row| &row.account)).await;
        }
        Err(error) => tracing::warn!(%error, "the password could not be removed"),
    }
}

/// Forgets the password or sign-in of an account, unless one of the others signs in with the same.
async fn forget<'a>(config: &Config, account: &Account, mut others: impl Iterator<Item = &'a Account>) {
    let (login, imap) = (&account.login, &account.imap);
    let is_shared = others.any(|other| other.login.user == login.user && other.imap.host == imap.host);
    if login.password_command.is_some() || is_shared {
        return;
    }
    if login.auth == AuthMethod::OAuth {
        config.tokens.forget(&config.secrets, account).await;
    }
    if let Err(error) = config.secrets.forget(login, imap).await {
        tracing::warn!(%error, "the password could not be removed");
    }
}

/// Signs in at the submission server of an account and signs out again; nothing is sent. Gives the way of signing in.
///
/// # Errors
/// Why sending would not work, as a person can act on it.
pub async fn test_submission(config: &Config, account: &Account, server: &Server) -> Result<String, Problem> {
    let mut options = smtp::SubmissionOptions::new(server.clone());
    options.timeouts = SUBMISSION_PATIENCE;
    options.clock = config.clock.clone();
    options.extra_roots = super::link::roots(account).await?;
    options.exception = account.exception(server);
    let credential = sign_in::credential(config, account, None).await?;
    let told = |error: &smtp::Error| trouble::of_smtp(error, server);
    let mut line = smtp::Submission::connect(&options).await.map_err(|error| told(&error))?;
    let signed_in = submit_as(&mut line, account, server, &credential).await;
    line.quit().await;
    signed_in
}

/// Signs in at a submission server.
///
/// # Errors
/// Why not.
pub async fn submit_as(
    line: &mut smtp::Submission,
    account: &Account,
    server: &Server,
    credential: &Credential,
) -> Result<String, Problem> {
    let (user, secret, is_token) = credential.parts();
    let user = submission_user(account, server).unwrap_or_else(|| user.to_owned());
    match line.sign_in(&user, secret, is_token).await {
        Ok(mechanism) => Ok(mechanism.to_string()),
        Err(error) => {
            let problem = trouble::of_smtp(&error, server);
            if let (true, Problem::SignInRefused { text }) = (is_token, &problem) {
                return Err(Problem::SignInExpired { text: text.clone() });
            }
            Err(problem)
        }
    }
}

/// Some services take another name for sending than for reading.
fn submission_user(account: &Account, server: &Server) -> Option<String> {
    if account.smtp_user.is_some() {
        return account.smtp_user.clone();
    }
    let service = service_of_host(&server.host)?;
    let address: Address = account.email.parse().ok()?;
    // Only if the account has the usual name: a name that was typed is meant.
    (account.login.user == service.user.of(&address)).then(|| service.smtp_user.of(&address))
}

/// What a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Reading.
    Imap,
    /// Sending.
    Smtp,
}

/// Looks whether a server of an account shows a good certificate, without signing in.
///
/// # Errors
/// [`Problem::Certificate`] with what it shows, or why nothing could be seen.
pub async fn try_certificate(
    config: &Config,
    account: &Account,
    server: &Server,
    protocol: Protocol,
) -> Result<(), Problem> {
    let extra_roots = super::link::roots(account).await?;
    match protocol {
        Protocol::Imap => {
            let mut options = imap::ConnectOptions::new(server.clone());
            options.timeouts = config.timeouts;
            options.clock = config.clock.clone();
            options.extra_roots = extra_roots;
            options.exception = account.exception(server);
            imap::probe(&options).await.map(drop).map_err(|error| trouble::of_imap(&error, server))
        }
        Protocol::Smtp => {
            let mut options = smtp::SubmissionOptions::new(server.clone());
            options.clock = config.clock.clone();
            options.extra_roots = extra_roots;
            options.exception = account.exception(server);
            let line = smtp::Submission::connect(&options).await;
            line.map_err(|error| trouble::of_smtp(&error, server))?.quit().await;
            Ok(())
        }
    }
}
