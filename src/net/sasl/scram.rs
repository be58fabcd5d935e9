//! SCRAM-SHA-1 and SCRAM-SHA-256, with and without channel binding (RFC 5802, RFC 7677, RFC 9266). No I/O.
//!
//! The password never crosses the line, and the server must prove that it knows it too.

use super::Refusal;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::{digest, hmac, pbkdf2};
use std::num::NonZeroU32;
use zeroize::Zeroizing;

/// More rounds than this would let a server keep our processor busy for seconds.
const MAX_ITERATIONS: u32 = 1_000_000;
/// Salts are 16 to 32 bytes; longer challenges are refused unread.
const MAX_CHALLENGE: usize = 4_096;

/// The hash function of the mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
}

impl Hash {
    fn hmac(self) -> hmac::Algorithm {
        match self {
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => hmac::HMAC_SHA256,
        }
    }

    fn pbkdf2(self) -> pbkdf2::Algorithm {
        match self {
            Self::Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
            Self::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
        }
    }

    fn digest(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
        }
    }
}

/// What is said about the TLS channel (RFC 5802 section 6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Binding {
    /// We could bind, but the server offers no -PLUS; lets it notice that somebody cut its offer.
    NotOffered,
    /// We cannot bind on this channel.
    Unable,
    /// Keying material of this very TLS connection (RFC 9266, tls-exporter).
    Exporter(Vec<u8>),
}

impl Binding {
    const fn gs2_header(&self) -> &'static str {
        match self {
            Self::NotOffered => "y,,",
            Self::Unable => "n,,",
            Self::Exporter(_) => "p=tls-exporter,,",
        }
    }

    /// The `c=` attribute: header and binding data in base64.
    fn attribute(&self) -> String {
        let mut bytes = self.gs2_header().as_bytes().to_vec();
        if let Self::Exporter(data) = self {
            bytes.extend_from_slice(data);
        }
        STANDARD.encode(bytes)
    }
}

enum State {
    First,
    Final { server_key: hmac::Key, auth_message: String },
    Proven,
}

/// One run of the mechanism.
pub(super) struct Scram {
    hash: Hash,
    binding: Binding,
    password: Zeroizing<String>,
    nonce: String,
    first_bare: String,
    state: State,
}

impl Scram {
    /// Prepares a run. The nonce is fresh random text for each run, without commas.
    pub(super) fn new(
        hash: Hash,
        binding: Binding,
        user: &str,
        password: &str,
        nonce: String,
    ) -> Result<Self, Refusal> {
        let user = prepare(user).ok_or(Refusal::Unsendable)?.replace('=', "=3D").replace(',', "=2C");
        let password = Zeroizing::new(prepare(password).ok_or(Refusal::Unsendable)?);
        let first_bare = format!("n={user},r={nonce}");
        Ok(Self { hash, binding, password, nonce, first_bare, state: State::First })
    }

    /// The first message of the client.
    pub(super) fn initial(&self) -> Vec<u8> {
        format!("{}{}", self.binding.gs2_header(), self.first_bare).into_bytes()
    }

    /// Whether the server has proved that it knows the password.
    pub(super) const fn is_proven(&self) -> bool {
        matches!(self.state, State::Proven)
    }

    /// Answers a challenge of the server.
    pub(super) fn answer(&mut self, challenge: &[u8]) -> Result<Vec<u8>, Refusal> {
        if challenge.len() > MAX_CHALLENGE {
            return Err(Refusal::Broken("an oversized SCRAM challenge"));
        }
        let text = std::str::from_utf8(challenge).map_err(|_| Refusal::Broken("SCRAM: not UTF-8"))?;
        match &self.state {
            State::First => self.prove(text),
            State::Final { server_key, auth_message } => {
                if let Some(error) = text.strip_prefix("e=") {
                    tracing::info!(error, "SCRAM error from the server");
                    return Err(Refusal::Broken("SCRAM: the server reports an error"));
                }
                let sent = text
                    .strip_prefix("v=")
                    .and_then(|rest| STANDARD.decode(rest.split(',').next().unwrap_or(rest)).ok());
                let genuine =
                    sent.is_some_and(|s| hmac::verify(server_key, auth_message.as_bytes(), &s).is_ok());
                if !genuine {
                    return Err(Refusal::ServerUnproven);
                }
                self.state = State::Proven;
                Ok(Vec::new())
            }
            State::Proven => Err(Refusal::Broken("SCRAM: one message too many")),
        }
    }

    /// Reads the server's nonce, salt and number of rounds, and computes both proofs.
    fn prove(&mut self, server_first: &str) -> Result<Vec<u8>, Refusal> {
        let mut fields = server_first.split(',');
        let mut field = |name: &str| {
            let text = fields.next().and_then(|f| f.strip_prefix(name));
            text.ok_or(Refusal::Broken("SCRAM: a field is missing"))
        };
        // A mandatory extension `m=` would stand first and fails here, as it must.
        let nonce = field("r=")?;
        let salt = STANDARD.decode(field("s=")?).map_err(|_| Refusal::Broken("SCRAM: bad salt"))?;
        let rounds: u32 = field("i=")?.parse().map_err(|_| Refusal::Broken("SCRAM: bad count"))?;
        let fresh = nonce.strip_prefix(&self.nonce).is_some_and(|own| !own.is_empty());
        if !fresh {
            return Err(Refusal::ServerUnproven);
        }
        let rounds = NonZeroU32::new(rounds)
            .filter(|n| n.get() <= MAX_ITERATIONS)
            .ok_or(Refusal::Broken("SCRAM: unreasonable number of rounds"))?;

        let mut salted = Zeroizing::new(vec![0; self.hash.digest().output_len()]);
        pbkdf2::derive(self.hash.pbkdf2(), rounds, &salt, self.password.as_bytes(), &mut salted);
        let sign = |key: &[u8], text: &[u8]| hmac::sign(&hmac::Key::new(self.hash.hmac(), key), text);
        let client_key = sign(&salted, b"Client Key");
        let stored_key = digest::digest(self.hash.digest(), client_key.as_ref());
        let without_proof = format!("c={},r={nonce}", self.binding.attribute());
        let auth_message = format!("{},{server_first},{without_proof}", self.first_bare);
        let client_signature = sign(stored_key.as_ref(), auth_message.as_bytes());
        let proof: Vec<u8> =
            client_key.as_ref().iter().zip(client_signature.as_ref()).map(|(a, b)| a ^ b).collect();
        let server_key = hmac::Key::new(self.hash.hmac(), sign(&salted, b"Server Key").as_ref());
        self.state = State::Final { server_key, auth_message };
        Ok(format!("{without_proof},p={}", STANDARD.encode(proof)).into_bytes())
    }
}

/// The part of SASLprep (RFC 4013) that matters for typed names and passwords: other spaces become plain
/// ones, invisible characters go, control characters are refused. Compatibility forms are left as typed.
fn prepare(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
                out.push(' ');
            }
            '\u{ad}'
            | '\u{34f}'
            | '\u{1806}'
            | '\u{180b}'..='\u{180d}'
            | '\u{200b}'..='\u{200d}'
            | '\u{2060}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' => {}
            c if c.is_control() => return None,
            c => out.push(c),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(hash: Hash, nonce: &str, first: &str) -> (Scram, Result<String, Refusal>) {
        let mut scram = Scram::new(hash, Binding::Unable, "user", "pencil", nonce.into()).unwrap();
        let answer = scram.answer(first.as_bytes()).map(|b| String::from_utf8(b).unwrap());
        (scram, answer)
    }

    // The examples of RFC 5802 section 5 and RFC 7677 section 3.
    const FIRST_1: &str = "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096";
    const FIRST_256: &str =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    #[test]
    fn the_examples_of_the_rfcs_come_out() {
        let (mut scram, answer) = run(Hash::Sha1, "fyko+d2lbbFgONRv9qkxdawL", FIRST_1);
        assert_eq!(
            answer.unwrap(),
            "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="
        );
        assert!(!scram.is_proven());
        assert_eq!(scram.answer(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=").unwrap(), b"");
        assert!(scram.is_proven());

        let (mut scram, answer) = run(Hash::Sha256, "rOprNGfwEbeRWgbNEkqO", FIRST_256);
        assert_eq!(
            answer.unwrap(),
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
             p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        scram.answer(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=").unwrap();
        assert!(scram.is_proven());
    }

    #[test]
    fn a_server_that_cannot_prove_itself_is_noticed() {
        let (mut scram, _) = run(Hash::Sha1, "fyko+d2lbbFgONRv9qkxdawL", FIRST_1);
        assert_eq!(scram.answer(b"v=AAAAAAAAAAAAAAAAAAAAAAAAAAA="), Err(Refusal::ServerUnproven));
        assert!(!scram.is_proven());
        let (_, answer) = run(Hash::Sha1, "other", FIRST_1);
        assert_eq!(answer, Err(Refusal::ServerUnproven));
        let (_, answer) = run(Hash::Sha1, "fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j", FIRST_1);
        assert_eq!(answer, Err(Refusal::ServerUnproven), "the server added nothing");
    }

    #[test]
    fn broken_challenges_are_refused() {
        for bad in
            ["", "r=x", "m=ext,r=xy,s=QQ==,i=1", "r=xy,s=!!,i=1", "r=xy,s=QQ==,i=0", "r=xy,s=QQ==,i=-1"]
        {
            assert!(matches!(run(Hash::Sha256, "x", bad).1, Err(Refusal::Broken(_))), "{bad}");
        }
        let many = "r=xy,s=QQ==,i=4000000000";
        assert!(matches!(run(Hash::Sha256, "x", many).1, Err(Refusal::Broken(_))));
    }

    #[test]
    fn names_are_escaped_and_control_characters_refused() {
        let scram = Scram::new(Hash::Sha1, Binding::NotOffered, "a=b,c", "p", "N".into()).unwrap();
        assert_eq!(scram.initial(), b"y,,n=a=3Db=2Cc,r=N");
        let bound = Scram::new(Hash::Sha1, Binding::Exporter(vec![1, 2]), "u", "p", "N".into()).unwrap();
        assert_eq!(bound.initial(), b"p=tls-exporter,,n=u,r=N");
        assert_eq!(STANDARD.decode(bound.binding.attribute()).unwrap(), b"p=tls-exporter,,\x01\x02");
        assert!(Scram::new(Hash::Sha1, Binding::Unable, "u", "p\n", "N".into()).is_err());
        assert_eq!(prepare("a\u{a0}b\u{ad}c\u{fc}").as_deref(), Some("a bc\u{fc}"));
    }
}
