//! What can go wrong while signing in by OAuth, by what the user can do about it.

/// Longest text of a provider that is kept, in characters.
const MAX_TEXT: usize = 300;

/// Why there is no token. Texts of the other side are one line of plain text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OAuthError {
    /// Neither a provider nor an issuer is named.
    #[error("no OAuth provider is named")]
    NoProvider,
    /// The table of providers has no such entry.
    #[error("there is no provider {name}")]
    UnknownProvider {
        /// As it was asked for.
        name: String,
    },
    /// Nobody told us a client id for this provider.
    #[error("no client id is known for {provider}")]
    NoClientId {
        /// Whose.
        provider: String,
    },
    /// An address is neither https nor http on loopback.
    #[error("{url} is not protected: https is needed")]
    NotProtected {
        /// Which address.
        url: String,
    },
    /// The provider's description of itself is not usable.
    #[error("the provider's settings at {url} are not usable: {detail}")]
    Metadata {
        /// Where it was looked for.
        url: String,
        /// Technical words.
        detail: String,
    },
    /// The provider cannot be reached, or does not answer in time.
    #[error("the provider does not answer: {detail}")]
    Unreachable {
        /// Technical words.
        detail: String,
    },
    /// No browser could be started.
    #[error("no browser can be opened: {detail}")]
    Browser {
        /// Technical words.
        detail: String,
    },
    /// No port could be opened on this computer for the browser to come back to.
    #[error("cannot listen on this computer: {detail}")]
    Listener {
        /// Technical words.
        detail: String,
    },
    /// The client id is registered with one port, and another program has it.
    #[error("port {port}, to which the browser comes back, is taken by another program")]
    PortTaken {
        /// Which one.
        port: u16,
    },
    /// The browser did not come back in time.
    #[error("the sign-in in the browser was not finished in time")]
    TimedOut,
    /// The user, or the provider for her, said no.
    #[error("the provider refused: {text}")]
    Denied {
        /// Its code and words.
        text: String,
    },
    /// The answer came from another provider than the one that was asked (RFC 9207).
    #[error("the answer came from {found}, not from {expected}")]
    WrongIssuer {
        /// Who was asked.
        expected: String,
        /// Who answered.
        found: String,
    },
    /// The refresh token is no longer good: the user has to sign in again.
    #[error("the sign-in is no longer valid: {text}")]
    Expired {
        /// The provider's words.
        text: String,
    },
    /// The provider's answer makes no sense.
    #[error("the provider's answer makes no sense: {detail}")]
    Answer {
        /// Technical words.
        detail: String,
    },
    /// The refresh token cannot be kept or found.
    #[error("{0}")]
    Secret(#[from] crate::secret::SecretError),
}

/// One line of plain text out of whatever the other side said.
pub(super) fn tidy(text: &str) -> String {
    let mut line = String::new();
    for c in text.chars().take(MAX_TEXT) {
        line.push(if c.is_control() || c.is_whitespace() { ' ' } else { c });
    }
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
