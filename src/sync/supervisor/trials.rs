//! What waits for a server, the browser or the keyring and not for an account: trials of settings, sign-ins, passwords.

use super::{Outcome, Supervisor};
use crate::model::{Account, AccountId, UnixTime};
use crate::secret::Secret;
use crate::sync::command::NewPassword;
use crate::sync::event::Event;
use crate::sync::{trial, trouble};

impl Supervisor {
    pub(super) fn add(&mut self, mut account: Account, password: Option<NewPassword>) {
        let config = self.config.clone();
        account.date_exceptions(&[], config.clock.now());
        let told = self.browser_opened();
        let work = self.trials.spawn(async move {
            let added = trial::add_account(&config, &account, password, told).await;
            Outcome::Added(added.map(|id| (id, account)))
        });
        self.sign_in = Some(work);
    }

    pub(super) fn sign_in(&mut self, id: AccountId) {
        let Some(tasks) = self.accounts.get(&id) else { return };
        let (config, account, told) = (self.config.clone(), tasks.shared.settings(), self.browser_opened());
        let work = self.trials.spawn(async move {
            let signed_in = trial::sign_in(&config, &account, told).await;
            Outcome::Changed(id, signed_in.map(|()| account))
        });
        self.sign_in = Some(work);
    }

    /// Tells the window where the browser was sent.
    fn browser_opened(&self) -> impl FnOnce(&url::Url) + Send + use<> {
        let (events, clock) = (self.events.clone(), self.config.clock.clone());
        move |url| {
            let patience = i64::try_from(crate::oauth::PATIENCE.as_secs()).unwrap_or(i64::MAX);
            let until = UnixTime(clock.now().0.saturating_add(patience));
            events.send(Event::SignInWaiting { url: url.to_string(), until });
        }
    }

    pub(super) fn test(&mut self, account: Account, password: Option<Secret>) {
        let config = self.config.clone();
        self.trials.spawn(async move {
            Outcome::Told(match trial::test_account(&config, &account, password).await {
                Ok(trial) => Event::AccountTested(trial),
                Err(problem) => Event::AccountRejected(problem),
            })
        });
    }

    pub(super) fn change(&mut self, id: AccountId, mut account: Account, password: Option<NewPassword>) {
        let config = self.config.clone();
        let before = self.accounts.get(&id).map(|tasks| tasks.shared.settings().exceptions);
        account.date_exceptions(&before.unwrap_or_default(), config.clock.now());
        let told = self.browser_opened();
        let work = self.trials.spawn(async move {
            let changed = trial::change_account(&config, id, &account, password, told).await;
            Outcome::Changed(id, changed.map(|()| account))
        });
        self.sign_in = Some(work);
    }

    /// Nobody waits for it, and the account stays whatever comes of it.
    pub(super) fn try_submission(&mut self, id: AccountId, account: &Account) {
        let Some(server) = account.smtp.clone() else { return };
        let (config, account) = (self.config.clone(), account.clone());
        self.trials.spawn(async move {
            let result = trial::test_submission(&config, &account, &server).await;
            Outcome::Told(Event::SubmissionTried { account: id, email: account.email, result })
        });
    }

    pub(super) fn set_password(&mut self, id: AccountId, password: NewPassword) {
        let Some(tasks) = self.accounts.get(&id) else { return };
        let (config, account) = (self.config.clone(), tasks.shared.settings());
        self.trials.spawn(async move {
            let NewPassword { secret, place } = password;
            let kept = config.secrets.keep(&account.login, &account.imap, secret, place).await;
            Outcome::PasswordKept(id, kept.map_err(trouble::of_secret))
        });
    }
}
