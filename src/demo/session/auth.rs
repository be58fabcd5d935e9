//! LOGIN, AUTHENTICATE PLAIN and OAUTHBEARER, ENABLE, ID.

use super::Session;
use crate::demo::capability::{Extension, Quirk};
use crate::demo::link::Link;
use crate::demo::output::{Output, Reply};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::io;

impl Session {
    pub(super) fn login(&mut self, user: &str, password: &str) -> Reply {
        if !self.secure {
            return Reply::no("[PRIVACYREQUIRED] Not without TLS");
        }
        let known = self.shared.users.iter().any(|(u, p)| u == user && p == password);
        if !known {
            return Reply::no("[AUTHENTICATIONFAILED] Wrong user or password");
        }
        self.enter()
    }

    /// Lets somebody in who has shown who they are.
    fn enter(&mut self) -> Reply {
        let limit = self.shared.max_sessions.unwrap_or(u32::MAX);
        let free = self.shared.sessions.send_if_modified(|open| {
            let free = *open < limit;
            *open = open.saturating_add(u32::from(free));
            free
        });
        if !free {
            return Reply::no("[LIMIT] Too many simultaneous connections");
        }
        self.signed_in = true;
        if self.has(Quirk::NoCapabilityAfterLogin) {
            Reply::ok("Signed in")
        } else {
            Reply::Ok(format!("[CAPABILITY {}] Signed in", self.capability()))
        }
    }

    /// SASL PLAIN (RFC 4616) and OAUTHBEARER (RFC 7628), with or without initial response (RFC 4959).
    pub(in crate::demo) async fn authenticate(
        &mut self,
        mechanism: &str,
        initial: Option<Vec<u8>>,
        link: &mut Link,
    ) -> io::Result<Reply> {
        if self.signed_in {
            return Ok(Reply::bad("Already signed in"));
        }
        let bearer = mechanism == "OAUTHBEARER" && self.shared.takes(None);
        if mechanism != "PLAIN" && !bearer {
            return Ok(Reply::no("[CANNOT] No such mechanism"));
        }
        if !self.secure {
            return Ok(Reply::no("[PRIVACYREQUIRED] Not without TLS"));
        }
        let response = match initial {
            Some(_) if !self.offers(Extension::SaslIr) => return Ok(Reply::bad("No initial response here")),
            Some(response) => response,
            None => {
                link.send(b"+ \r\n").await?;
                let Some(line) = link.line().await? else {
                    return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
                };
                let line = line.trim_ascii();
                if line == b"*" {
                    return Ok(Reply::bad("Cancelled"));
                }
                match STANDARD.decode(line) {
                    Ok(response) => response,
                    Err(_) => return Ok(Reply::bad("Not base64")),
                }
            }
        };
        if bearer {
            return self.bearer(&response, link).await;
        }
        let mut fields = response.split(|byte| *byte == 0).map(String::from_utf8_lossy);
        let (_, user, password) = (fields.next(), fields.next(), fields.next());
        Ok(match (user, password) {
            (Some(user), Some(password)) => self.login(&user, &password),
            _ => Reply::bad("Not a PLAIN response"),
        })
    }

    /// A refusal is told in a challenge first, which the client answers with a lone %x01 (RFC 7628 section 3.2.3).
    async fn bearer(&mut self, response: &[u8], link: &mut Link) -> io::Result<Reply> {
        let text = String::from_utf8_lossy(response);
        let token = text.split('\u{1}').find_map(|field| field.strip_prefix("auth=Bearer "));
        if token.is_some_and(|token| self.shared.takes(Some(token))) {
            return Ok(self.enter());
        }
        let said = STANDARD.encode(r#"{"status":"invalid_token"}"#);
        link.send(format!("+ {said}\r\n").as_bytes()).await?;
        match link.line().await? {
            Some(_) => Ok(Reply::no("[AUTHENTICATIONFAILED] The token has expired")),
            None => Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
        }
    }

    pub(super) fn id(&mut self, output: &mut Output) -> Reply {
        if self.has(Quirk::BadId) {
            return Reply::bad("Unknown command");
        }
        self.sent_id |= self.signed_in;
        output.untagged(format!(
            "ID (\"name\" \"{}\" \"vendor\" \"Postrider\")",
            self.shared.capabilities.name
        ));
        Reply::ok("ID completed")
    }

    pub(super) fn enable(&mut self, words: &[String], output: &mut Output) -> Reply {
        let mut enabled = String::new();
        for word in words {
            match word.as_str() {
                "CONDSTORE" if self.offers(Extension::Condstore) => self.condstore = true,
                "QRESYNC" if self.offers(Extension::Qresync) => {
                    self.qresync = true;
                    self.condstore = true;
                }
                _ => continue,
            }
            enabled.push(' ');
            enabled.push_str(word);
        }
        if !self.has(Quirk::SilentEnable) {
            output.untagged(format!("ENABLED{enabled}"));
        }
        Reply::ok("Enabled")
    }
}
