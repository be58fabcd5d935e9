//! Access tokens of the running program: fetched when needed, renewed before they expire, one renewal at a time.

use super::error::OAuthError;
use super::identity::Identities;
use super::token::Tokens;
use crate::model::{Account, UnixTime};
use crate::secret::{PasswordPlace, Secret, SecretStore};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A token is renewed so many seconds before its end: a sign-in takes time, and clocks differ.
const MARGIN: i64 = 60;

/// The access token of one account, while there is one.
type Slot = Arc<tokio::sync::Mutex<Option<Tokens>>>;

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
        if let Some(tokens) = &*held
            && tokens.expires.is_none_or(|end| end.0 - MARGIN > now.0)
            && refused != Some(&tokens.access)
        {
            return Ok(tokens.access.clone());
        }
        if let Some(id) = account.login.oauth.as_ref().and_then(|login| login.desktop.as_deref()) {
            let tokens = super::desktop_token(id, now).await?;
            let access = tokens.access.clone();
            *held = Some(tokens);
            return Ok(access);
        }
        let stored = secrets.find(&account.login, &account.imap).await?;
        if account.login.password_command.is_some() {
            // A program of the user's own prints access tokens.
            return Ok(stored);
        }
        let login = account.login.oauth.clone().unwrap_or_default();
        let endpoints = super::endpoints(&login, &self.identities).await?;
        let identity = self.identities.find(&login)?;
        let tokens = super::refresh(&endpoints, &identity, &stored, now).await?;
        if let Some(next) = tokens.refresh.as_ref().filter(|next| **next != stored) {
            secrets.replace(&account.login, &account.imap, next.clone()).await?;
        }
        let access = tokens.access.clone();
        *held = Some(tokens);
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
        *slot.lock().await = Some(tokens);
        Ok(secrets.keep(&account.login, &account.imap, refresh, place).await?)
    }

    /// Gives the refresh token back to the provider and forgets everything. What cannot be reached is only logged:
    /// the account goes either way.
    pub async fn forget(&self, secrets: &SecretStore, account: &Account) {
        let slot = self.slot(account);
        *slot.lock().await = None;
        let Ok(stored) = secrets.find(&account.login, &account.imap).await else { return };
        let login = account.login.oauth.clone().unwrap_or_default();
        let revoked = async {
            let endpoints = super::endpoints(&login, &self.identities).await?;
            super::revoke(&endpoints, &self.identities.find(&login)?, &stored).await
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
