//! Access tokens of the running program: fetched when needed, renewed before they expire, one renewal at a time.

use super::error::OAuthError;
use super::identity::Identities;
use super::lock::Turn;
use super::token::Tokens;
use crate::model::{Account, UnixTime};
use crate::secret::{PasswordPlace, Secret, SecretError, SecretStore};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A token is renewed so many seconds before its end: a sign-in takes time, and clocks differ.
const MARGIN: i64 = 60;

/// What is known of one account.
#[derive(Debug, Default)]
struct Held {
    /// The access token, while there is one.
    tokens: Option<Tokens>,
    /// The keyring did not take the newest refresh token, which is in memory only.
    is_unsaved: bool,
}

type Slot = Arc<tokio::sync::Mutex<Held>>;

/// Finds access tokens. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct TokenKeeper {
    identities: Identities,
    slots: Arc<Mutex<BTreeMap<String, Slot>>>,
}

impl TokenKeeper {
    /// With the client ids that these know.
    #[must_use]
    pub fn new(identities: Identities) -> Self {
        Self { identities, slots: Arc::default() }
    }

    /// Who we are to providers.
    #[must_use]
    pub const fn identities(&self) -> &Identities {
        &self.identities
    }

    /// An access token that is good now. `refused` is one that the mail server did not take: if it is still the
    /// one here, it is renewed whatever its time says.
    ///
    /// # Errors
    /// [`OAuthError::Expired`] if the user has to sign in again, else what stands in the way.
    pub async fn access(
        &self,
        secrets: &SecretStore,
        account: &Account,
        refused: Option<&Secret>,
        now: UnixTime,
    ) -> Result<Secret, OAuthError> {
        let slot = self.slot(account);
        // Held over the renewal: providers that rotate refresh tokens take a second use for theft.
        let mut held = slot.lock().await;
        if let Some(tokens) = &held.tokens
            && tokens.expires.is_none_or(|end| end.0 - MARGIN > now.0)
            && refused != Some(&tokens.access)
        {
            return Ok(tokens.access.clone());
        }
        if let Some(id) = account.login.oauth.as_ref().and_then(|login| login.desktop.as_deref()) {
            let tokens = super::desktop_token(id, now).await?;
            let access = tokens.access.clone();
            held.tokens = Some(tokens);
            return Ok(access);
        }
        if account.login.password_command.is_some() {
            // A program of the user's own prints access tokens.
            return Ok(secrets.find(&account.login, &account.imap).await?);
        }
        let login = account.login.oauth.clone().unwrap_or_default();
        let endpoints = super::endpoints(&login, &self.identities).await?;
        let identity = self.identities.find(&login)?;
        // Other processes too: the window and the command line.
        let _turn = Turn::take(self.identities.folder(), &account.email).await;
        // Only now: whoever had the turn before may have put a newer one there.
        let stored = secrets.find(&account.login, &account.imap).await?;
        let tokens = super::refresh(&endpoints, &identity, &stored, now).await.map_err(not_now)?;
        let newest = tokens.refresh.clone().unwrap_or_else(|| stored.clone());
        if newest != stored || held.is_unsaved {
            held.is_unsaved = !save(secrets, account, newest, held.is_unsaved).await;
        }
        let access = tokens.access.clone();
        held.tokens = Some(tokens);
        Ok(access)
    }

    /// Keeps what a sign-in brought.
    ///
    /// # Errors
    /// The provider gave no refresh token, or the keyring does not take it.
    pub async fn keep(
        &self,
        secrets: &SecretStore,
        account: &Account,
        tokens: Tokens,
        place: PasswordPlace,
    ) -> Result<(), OAuthError> {
        let Some(refresh) = tokens.refresh.clone() else {
            return Err(OAuthError::Answer { detail: "no refresh token; the sign-in would not last".into() });
        };
        let slot = self.slot(account);
        let mut held = slot.lock().await;
        *held = Held { tokens: Some(tokens), is_unsaved: false };
        // A renewal of the older one that is under way elsewhere must not put its own over this one.
        let _turn = Turn::take(self.identities.folder(), &account.email).await;
        Ok(secrets.keep(&account.login, &account.imap, refresh, place).await?)
    }

    /// Gives the refresh token back to the provider and forgets everything. What cannot be reached is only logged:
    /// the account goes either way.
    pub async fn forget(&self, secrets: &SecretStore, account: &Account) {
        let slot = self.slot(account);
        *slot.lock().await = Held::default();
        let Ok(stored) = secrets.find(&account.login, &account.imap).await else { return };
        self.give_back(account, &stored).await;
    }

    /// Gives a token back that is not kept. What cannot be reached is only logged.
    pub async fn give_back(&self, account: &Account, token: &Secret) {
        let login = account.login.oauth.clone().unwrap_or_default();
        let revoked = async {
            let endpoints = super::endpoints(&login, &self.identities).await?;
            super::revoke(&endpoints, &self.identities.find(&login)?, token).await
        };
        if let Err(error) = revoked.await {
            tracing::info!(%error, "the token was not given back");
        }
    }

    fn slot(&self, account: &Account) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(account.email.to_ascii_lowercase()).or_default())
    }
}

/// The user can do nothing about a provider that is out of its mind for the moment.
fn not_now(error: OAuthError) -> OAuthError {
    if let OAuthError::Answer { detail } = error { OAuthError::Unreachable { detail } } else { error }
}

/// Puts a newer refresh token where the older one is. The older one is of no use any more, so this run goes on with the
/// newer one in memory where the keyring does not take it, and tries again with the next one. Says whether it is safe.
async fn save(secrets: &SecretStore, account: &Account, token: Secret, was_unsaved: bool) -> bool {
    let (login, imap) = (&account.login, &account.imap);
    let kept = if was_unsaved {
        secrets.keep(login, imap, token, PasswordPlace::Keyring).await
    } else {
        secrets.replace(login, imap, token).await
    };
    if let Err(error) = &kept {
        let error: &SecretError = error;
        tracing::warn!(%error, "a renewed sign-in is only remembered until the program ends");
    }
    kept.is_ok()
}
