//! Accounts that the desktop has signed in already: GNOME Online Accounts over D-Bus.
//!
//! Tokens are asked for when they are needed; nothing of them is kept. On other desktops there are no such accounts.

/// An account of the desktop that can read mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesktopAccount {
    /// Its path on the bus.
    pub id: String,
    /// Key of its provider in our table.
    pub provider: &'static str,
    /// Address.
    pub email: String,
}

#[cfg(all(unix, not(target_os = "macos")))]
pub use bus::{desktop_accounts, desktop_token};

#[cfg(all(unix, not(target_os = "macos")))]
mod bus {
    use super::DesktopAccount;
    use crate::model::UnixTime;
    use crate::oauth::OAuthError;
    use crate::oauth::error::tidy;
    use crate::oauth::token::Tokens;
    use crate::secret::Secret;
    use std::collections::HashMap;
    use std::time::Duration;
    use zbus::Connection;
    use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue};

    const SERVICE: &str = "org.gnome.OnlineAccounts";
    const ROOT: &str = "/org/gnome/OnlineAccounts";
    const ACCOUNT: &str = "org.gnome.OnlineAccounts.Account";
    const MAIL: &str = "org.gnome.OnlineAccounts.Mail";
    const OAUTH: &str = "org.gnome.OnlineAccounts.OAuth2Based";
    /// Somebody waits for the list.
    const LIST_LIMIT: Duration = Duration::from_secs(5);
    /// The desktop may have to ask the provider.
    const TOKEN_LIMIT: Duration = Duration::from_secs(30);
    /// More accounts than this are no choice any more.
    const MAX_ACCOUNTS: usize = 20;

    type Properties = HashMap<String, OwnedValue>;
    type Objects = HashMap<OwnedObjectPath, HashMap<String, Properties>>;

    /// The accounts of the desktop whose tokens open mail; none where there is no such desktop.
    pub async fn desktop_accounts() -> Vec<DesktopAccount> {
        match tokio::time::timeout(LIST_LIMIT, list()).await {
            Ok(Ok(accounts)) => accounts,
            Ok(Err(error)) => {
                tracing::debug!(%error, "no online accounts");
                Vec::new()
            }
            Err(_) => Vec::new(),
        }
    }

    async fn list() -> zbus::Result<Vec<DesktopAccount>> {
        let bus = Connection::session().await?;
        let manager = Some("org.freedesktop.DBus.ObjectManager");
        let reply = bus.call_method(Some(SERVICE), ROOT, manager, "GetManagedObjects", &()).await?;
        let objects: Objects = reply.body().deserialize()?;
        let mut accounts: Vec<_> =
            objects.iter().filter_map(|(path, interfaces)| account(path.as_str(), interfaces)).collect();
        accounts.sort_by(|one, other| one.email.cmp(&other.email));
        accounts.truncate(MAX_ACCOUNTS);
        Ok(accounts)
    }

    fn account(path: &str, interfaces: &HashMap<String, Properties>) -> Option<DesktopAccount> {
        let own = interfaces.get(ACCOUNT)?;
        let text = |properties: &Properties, name: &str| {
            let text = properties.get(name)?.downcast_ref::<&str>().ok()?;
            (!text.is_empty()).then(|| text.to_owned())
        };
        let disabled = own.get("MailDisabled").and_then(|value| value.downcast_ref::<bool>().ok());
        // Of the providers there only Google's tokens are good for IMAP.
        let is_google = text(own, "ProviderType").is_some_and(|word| word == "google");
        if !is_google || disabled == Some(true) || !interfaces.contains_key(OAUTH) {
            return None;
        }
        let email = interfaces.get(MAIL).and_then(|mail| text(mail, "EmailAddress"));
        let email = email.or_else(|| text(own, "PresentationIdentity"))?;
        Some(DesktopAccount { id: path.to_owned(), provider: "google", email: tidy(&email) })
    }

    /// An access token of one of its accounts.
    ///
    /// # Errors
    /// [`OAuthError::Expired`] if the user has to sign in again in the desktop's settings.
    pub async fn desktop_token(id: &str, now: UnixTime) -> Result<Tokens, OAuthError> {
        let asked = tokio::time::timeout(TOKEN_LIMIT, token(id)).await;
        let unreachable = |detail: &str| OAuthError::Unreachable { detail: tidy(detail) };
        let (access, seconds) =
            asked.map_err(|_| unreachable("the desktop does not answer"))?.map_err(|error| {
                let refused =
                    matches!(&error, zbus::Error::MethodError(name, ..) if name.ends_with("NotAuthorized"));
                let text = error.to_string();
                if refused { OAuthError::Expired { text: tidy(&text) } } else { unreachable(&text) }
            })?;
        let expires = (seconds > 0).then(|| UnixTime(now.0.saturating_add(i64::from(seconds))));
        Ok(Tokens { access: Secret::new(access), refresh: None, expires, address: None })
    }

    async fn token(id: &str) -> zbus::Result<(String, i32)> {
        let bus = Connection::session().await?;
        let path = ObjectPath::try_from(id)?;
        bus.call_method(Some(SERVICE), &path, Some(ACCOUNT), "EnsureCredentials", &()).await?;
        let reply = bus.call_method(Some(SERVICE), &path, Some(OAUTH), "GetAccessToken", &()).await?;
        reply.body().deserialize()
    }
}

/// Other systems have no such desktop.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub async fn desktop_accounts() -> Vec<DesktopAccount> {
    Vec::new()
}

/// Other systems have no such desktop.
///
/// # Errors
/// Always.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub async fn desktop_token(
    _id: &str,
    _now: crate::model::UnixTime,
) -> Result<super::token::Tokens, super::OAuthError> {
    Err(super::OAuthError::Unreachable { detail: "there are no online accounts here".to_owned() })
}
