//! Signing in: which SASL mechanism, and what each one answers. No I/O; whoever speaks the protocol drives the exchange.

mod scram;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use md5::Md5;
use ring::rand::SecureRandom as _;
use scram::{Binding, Hash, Scram};
use std::fmt;
use zeroize::Zeroizing;

/// Random bytes in a SCRAM nonce; 18 make 24 characters without padding.
const NONCE_BYTES: usize = 18;

/// A way to sign in, from the one that gives away least to the one that gives away most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mechanism {
    /// OAUTHBEARER (RFC 7628)
    OAuthBearer,
    /// XOAUTH2 (Google and Microsoft; never standardised)
    XOAuth2,
    /// SCRAM-SHA-256-PLUS (RFC 7677)
    ScramSha256Plus,
    /// SCRAM-SHA-256 (RFC 7677)
    ScramSha256,
    /// SCRAM-SHA-1-PLUS (RFC 5802)
    ScramSha1Plus,
    /// SCRAM-SHA-1 (RFC 5802)
    ScramSha1,
    /// CRAM-MD5 (RFC 2195)
    CramMd5,
    /// PLAIN (RFC 4616)
    Plain,
    /// AUTHENTICATE LOGIN (never standardised)
    SaslLogin,
    /// The LOGIN command (RFC 9051 section 6.2.3)
    Login,
}

impl Mechanism {
    /// Reads the name after `AUTH=`, in any case.
    #[must_use]
    pub fn from_wire(name: &str) -> Option<Self> {
        [
            Self::OAuthBearer,
            Self::XOAuth2,
            Self::ScramSha256Plus,
            Self::ScramSha256,
            Self::ScramSha1Plus,
            Self::ScramSha1,
            Self::CramMd5,
            Self::Plain,
            Self::SaslLogin,
        ]
        .into_iter()
        .find(|m| m.as_str().eq_ignore_ascii_case(name))
    }

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OAuthBearer => "OAUTHBEARER",
            Self::XOAuth2 => "XOAUTH2",
            Self::ScramSha256Plus => "SCRAM-SHA-256-PLUS",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha1Plus => "SCRAM-SHA-1-PLUS",
            Self::ScramSha1 => "SCRAM-SHA-1",
            Self::CramMd5 => "CRAM-MD5",
            Self::Plain => "PLAIN",
            Self::SaslLogin | Self::Login => "LOGIN",
        }
    }

    /// Whether the server gets to see the password or token itself.
    #[must_use]
    pub const fn reveals_password(self) -> bool {
        matches!(self, Self::Plain | Self::SaslLogin | Self::Login | Self::OAuthBearer | Self::XOAuth2)
    }

    /// Whether it takes an OAuth token in place of a password.
    #[must_use]
    pub const fn takes_token(self) -> bool {
        matches!(self, Self::OAuthBearer | Self::XOAuth2)
    }

    /// Whether it is tied to the TLS connection.
    const fn is_bound(self) -> bool {
        matches!(self, Self::ScramSha256Plus | Self::ScramSha1Plus)
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The mechanisms to try in this order, for a token or for a password.
pub(crate) fn order(
    offered: &[Mechanism],
    token: bool,
    login_disabled: bool,
    can_bind: bool,
) -> Vec<Mechanism> {
    let fits = |m: &Mechanism| m.takes_token() == token && (can_bind || !m.is_bound());
    let mut all: Vec<_> = offered.iter().copied().filter(fits).collect();
    if !login_disabled && !token {
        all.push(Mechanism::Login);
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Why we broke off an exchange ourselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The server could not prove that it knows the password: it may be an impostor.
    ServerUnproven,
    /// The server's message makes no sense.
    Broken(&'static str),
    /// User name or password has characters that this mechanism cannot carry.
    Unsendable,
}

enum Steps {
    Scram(Box<Scram>),
    CramMd5,
    Plain {
        said: bool,
    },
    Login {
        said: u8,
    },
    /// The one message of OAUTHBEARER or XOAUTH2, and what ends the exchange after an error.
    Token {
        message: Zeroizing<Vec<u8>>,
        said: bool,
        farewell: &'static [u8],
    },
}

/// One exchange with one mechanism.
pub(crate) struct Exchange {
    steps: Steps,
    user: String,
    password: Zeroizing<String>,
    /// The initial response was sent along with AUTHENTICATE.
    initial_sent: bool,
    refusal: Option<Refusal>,
}

impl Exchange {
    /// Prepares an exchange. `exporter` is keying material of the TLS connection (RFC 9266), where TLS
    /// gives it; `plus_offered` says whether the server could bind to it.
    pub(crate) fn new(
        mechanism: Mechanism,
        user: &str,
        password: &str,
        channel: &Channel,
    ) -> Result<Self, Refusal> {
        if [user, password].iter().any(|text| text.chars().any(char::is_control)) {
            return Err(Refusal::Unsendable);
        }
        let scram = |hash| {
            let binding = channel.binding(mechanism);
            Scram::new(hash, binding, user, password, nonce()?).map(|s| Steps::Scram(Box::new(s)))
        };
        let steps = match mechanism {
            Mechanism::OAuthBearer => Steps::Token {
                message: bearer(user, password, channel),
                said: false,
                // RFC 7628 section 3.2.3: a single %x01.
                farewell: b"\x01",
            },
            Mechanism::XOAuth2 => {
                Steps::Token { message: xoauth2(user, password), said: false, farewell: b"" }
            }
            Mechanism::ScramSha256Plus | Mechanism::ScramSha256 => scram(Hash::Sha256)?,
            Mechanism::ScramSha1Plus | Mechanism::ScramSha1 => scram(Hash::Sha1)?,
            Mechanism::CramMd5 => Steps::CramMd5,
            Mechanism::Plain => Steps::Plain { said: false },
            Mechanism::SaslLogin | Mechanism::Login => Steps::Login { said: 0 },
        };
        let password = Zeroizing::new(password.to_owned());
        Ok(Self { steps, user: user.to_owned(), password, initial_sent: false, refusal: None })
    }

    /// The initial response in base64 to go with AUTHENTICATE (RFC 4959), if the mechanism has one.
    pub(crate) fn take_initial(&mut self) -> Option<Zeroizing<String>> {
        let raw = match &mut self.steps {
            Steps::Scram(scram) => Zeroizing::new(scram.initial()),
            Steps::Plain { said } => {
                *said = true;
                plain(&self.user, &self.password)
            }
            Steps::Token { message, said, .. } => {
                *said = true;
                message.clone()
            }
            Steps::CramMd5 | Steps::Login { .. } => return None,
        };
        self.initial_sent = true;
        Some(Zeroizing::new(STANDARD.encode(&*raw)))
    }

    /// Whether the exchange ended as it should, once the server has said OK.
    pub(crate) fn verdict(&self) -> Result<(), Refusal> {
        match (&self.refusal, &self.steps) {
            (Some(refusal), _) => Err(*refusal),
            (None, Steps::Scram(scram)) if !scram.is_proven() => Err(Refusal::ServerUnproven),
            (None, _) => Ok(()),
        }
    }

    /// Why we broke off, if we did.
    pub(crate) const fn refusal(&self) -> Option<Refusal> {
        self.refusal
    }

    /// The answer to a challenge, without base64. After a refusal it is empty: that says nothing, and the server ends
    /// the exchange.
    pub(crate) fn respond(&mut self, challenge: &[u8]) -> Zeroizing<Vec<u8>> {
        if self.refusal.is_some() {
            return Zeroizing::default();
        }
        self.answer(challenge).unwrap_or_else(|refusal| {
            self.refusal = Some(refusal);
            Zeroizing::default()
        })
    }

    fn answer(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        match &mut self.steps {
            Steps::Scram(scram) if !self.initial_sent => {
                self.initial_sent = true;
                Ok(Zeroizing::new(scram.initial()))
            }
            Steps::Scram(scram) => scram.answer(challenge).map(Zeroizing::new),
            Steps::CramMd5 => cram_md5(&self.user, &self.password, challenge),
            Steps::Plain { said } if !*said => {
                *said = true;
                Ok(plain(&self.user, &self.password))
            }
            Steps::Login { said } if *said < 2 => {
                // Servers ask `User Name` and `Password` in many spellings; only the order is reliable.
                *said += 1;
                let text = if *said == 1 { self.user.as_str() } else { self.password.as_str() };
                Ok(Zeroizing::new(text.as_bytes().to_vec()))
            }
            Steps::Token { message, said, .. } if !*said => {
                *said = true;
                Ok(message.clone())
            }
            Steps::Token { farewell, .. } => {
                // The challenge tells an error in JSON; it has to be answered before the tagged NO comes.
                tracing::debug!(bytes = challenge.len(), "the server explains why it refuses the token");
                Ok(Zeroizing::new(farewell.to_vec()))
            }
            Steps::Plain { .. } | Steps::Login { .. } => Err(Refusal::Broken("one challenge too many")),
        }
    }
}

impl async_imap::Authenticator for &mut Exchange {
    type Response = Zeroizing<Vec<u8>>;

    fn process(&mut self, challenge: &[u8]) -> Self::Response {
        self.respond(challenge)
    }
}

/// What a mechanism can know of the TLS connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Channel {
    /// Host and port, as OAUTHBEARER names them to the server.
    pub(crate) endpoint: Option<(String, u16)>,
    /// Keying material (RFC 9266); only TLS 1.3 gives it safely.
    pub(crate) exporter: Option<Vec<u8>>,
    /// Whether the server offers any -PLUS mechanism.
    pub(crate) plus_offered: bool,
}

impl Channel {
    fn binding(&self, mechanism: Mechanism) -> Binding {
        match &self.exporter {
            Some(data) if mechanism.is_bound() => Binding::Exporter(data.clone()),
            // `y` beside an offer of -PLUS would mean that somebody cut it: the server must refuse that.
            Some(_) if !self.plus_offered => Binding::NotOffered,
            _ => Binding::Unable,
        }
    }
}

fn nonce() -> Result<String, Refusal> {
    let mut bytes = [0; NONCE_BYTES];
    let filled = ring::rand::SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| Refusal::Broken("no random numbers from the system"))?;
    Ok(STANDARD.encode(bytes))
}

fn plain(user: &str, password: &str) -> Zeroizing<Vec<u8>> {
    let mut message = Zeroizing::new(Vec::with_capacity(user.len() + password.len() + 2));
    message.push(0);
    message.extend_from_slice(user.as_bytes());
    message.push(0);
    message.extend_from_slice(password.as_bytes());
    message
}

/// RFC 7628 section 3.1. In the authorization identity `,` and `=` are written otherwise (RFC 5801 section 4).
fn bearer(user: &str, token: &str, channel: &Channel) -> Zeroizing<Vec<u8>> {
    let name = user.replace('=', "=3D").replace(',', "=2C");
    let place = channel.endpoint.as_ref();
    let place = place.map(|(host, port)| format!("host={host}\x01port={port}\x01")).unwrap_or_default();
    Zeroizing::new(format!("n,a={name},\x01{place}auth=Bearer {token}\x01\x01").into_bytes())
}

fn xoauth2(user: &str, token: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(format!("user={user}\x01auth=Bearer {token}\x01\x01").into_bytes())
}

fn cram_md5(user: &str, password: &str, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let mut mac = Hmac::<Md5>::new_from_slice(password.as_bytes())
        .map_err(|_| Refusal::Broken("CRAM-MD5: unusable key"))?;
    mac.update(challenge);
    let digest: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
    Ok(Zeroizing::new(format!("{user} {digest}").into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_imap::Authenticator as _;

    fn exchange(mechanism: Mechanism) -> Exchange {
        Exchange::new(mechanism, "tim", "tanstaaftanstaaf", &Channel::default()).unwrap()
    }

    #[test]
    fn the_example_of_rfc_2195_comes_out() {
        let mut exchange = exchange(Mechanism::CramMd5);
        let answer = (&mut exchange).process(b"<1896.697170952@postoffice.reston.mci.net>");
        assert_eq!(*answer, b"tim b913a602c7eda7a495b4e6e7334d3890");
    }

    #[test]
    fn plain_and_login_say_each_thing_once() {
        let mut plain = exchange(Mechanism::Plain);
        assert_eq!(*(&mut plain).process(b""), b"\0tim\0tanstaaftanstaaf");
        assert_eq!(*(&mut plain).process(b"again?"), b"");
        assert_eq!(plain.verdict(), Err(Refusal::Broken("one challenge too many")));

        let mut login = exchange(Mechanism::SaslLogin);
        assert_eq!(*(&mut login).process(b"User Name"), b"tim");
        assert_eq!(*(&mut login).process(b"Password"), b"tanstaaftanstaaf");
        assert_eq!(login.verdict(), Ok(()));
        assert_eq!(*(&mut login).process(b"More"), b"");
        assert!(login.verdict().is_err());
    }

    #[test]
    fn an_initial_response_is_not_said_twice() {
        let mut plain = exchange(Mechanism::Plain);
        assert_eq!(plain.take_initial().unwrap().as_str(), STANDARD.encode("\0tim\0tanstaaftanstaaf"));
        assert_eq!(*(&mut plain).process(b""), b"");
        let mut scram = exchange(Mechanism::ScramSha256);
        assert!(scram.take_initial().is_some());
        assert_eq!(*(&mut scram).process(b"nonsense"), b"");
        assert!(matches!(scram.verdict(), Err(Refusal::Broken(_))));
    }

    #[test]
    fn an_early_ok_is_no_proof() {
        let mut scram = exchange(Mechanism::ScramSha1);
        scram.take_initial();
        assert_eq!(scram.verdict(), Err(Refusal::ServerUnproven));
        assert_eq!(exchange(Mechanism::Plain).verdict(), Ok(()));
    }

    #[test]
    fn the_strongest_comes_first_and_bound_ones_only_when_possible() {
        use Mechanism::{CramMd5, Login, Plain, ScramSha1, ScramSha256, ScramSha256Plus};
        let offered = [Plain, ScramSha1, CramMd5, ScramSha256Plus, ScramSha256];
        assert_eq!(
            order(&offered, false, true, true),
            [ScramSha256Plus, ScramSha256, ScramSha1, CramMd5, Plain]
        );
        assert_eq!(order(&offered, false, false, false), [ScramSha256, ScramSha1, CramMd5, Plain, Login]);
        assert_eq!(order(&[], false, true, true), []);
    }

    #[test]
    fn the_binding_tells_the_truth_about_the_offer() {
        let mut channel = Channel { exporter: Some(vec![7]), plus_offered: true, endpoint: None };
        assert_eq!(channel.binding(Mechanism::ScramSha256Plus), Binding::Exporter(vec![7]));
        assert_eq!(channel.binding(Mechanism::ScramSha256), Binding::Unable);
        channel.plus_offered = false;
        assert_eq!(channel.binding(Mechanism::ScramSha256), Binding::NotOffered);
        assert_eq!(Channel::default().binding(Mechanism::ScramSha1), Binding::Unable);
    }

    #[test]
    fn a_token_is_said_once_and_an_error_is_answered() {
        let channel = Channel { endpoint: Some(("mail.example".into(), 993)), ..Channel::default() };
        let make = |mechanism| Exchange::new(mechanism, "a,b=c@x", "tok", &channel).unwrap();
        let mut bearer = make(Mechanism::OAuthBearer);
        let wanted = b"n,a=a=2Cb=3Dc@x,\x01host=mail.example\x01port=993\x01auth=Bearer tok\x01\x01";
        assert_eq!(*(&mut bearer).process(b""), wanted);
        assert_eq!(*(&mut bearer).process(b"{\"status\":\"invalid_token\"}"), b"\x01");
        let mut google = make(Mechanism::XOAuth2);
        let initial = google.take_initial().unwrap();
        assert_eq!(initial.as_str(), STANDARD.encode("user=a,b=c@x\x01auth=Bearer tok\x01\x01"));
        assert_eq!(*(&mut google).process(b"{\"status\":\"400\"}"), b"");
    }

    #[test]
    fn tokens_and_passwords_do_not_mix() {
        use Mechanism::{OAuthBearer, Plain, XOAuth2};
        let offered = [Plain, XOAuth2, OAuthBearer];
        assert_eq!(order(&offered, true, false, true), [OAuthBearer, XOAuth2]);
        assert_eq!(order(&offered, false, true, true), [Plain]);
        assert_eq!(order(&[Plain], true, false, true), []);
    }

    #[test]
    fn control_characters_are_refused() {
        let channel = Channel::default();
        for (user, password) in [("a\0b", "p"), ("a", "p\r\nX"), ("a", "\u{7f}")] {
            assert!(matches!(
                Exchange::new(Mechanism::Plain, user, password, &channel),
                Err(Refusal::Unsendable)
            ));
        }
    }
}
