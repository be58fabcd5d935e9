//! What the account form does beside its fields: settings looked for by the address, trust in one certificate.

use super::form::Field;
use super::{Action, Message, Remedy, Setup, Stage};
use crate::discover::{Finding, Missing, bundled, service_of_host};
use crate::model::Server;
use crate::sync::{CertificateFault, Problem};
use std::time::Duration;

/// The address is looked up once nobody has typed for so long.
const REST: Duration = Duration::from_millis(600);

/// How far the search for settings is.
#[derive(Debug, Default)]
pub(super) struct Lookup {
    /// Number of the last edit of the address.
    serial: u64,
    pub(super) state: State,
    /// The form was sent before the answer came: send it then.
    submit: bool,
}

/// See [`Lookup`].
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    /// There is no whole address, or its settings are known.
    #[default]
    Resting,
    /// The address may still change.
    Typing,
    /// The network is asked.
    Asking,
    /// Nothing was found.
    Missing(Missing),
}

impl Setup {
    pub(super) fn address_edited(&mut self) -> Vec<Action> {
        self.lookup.serial += 1;
        self.lookup.submit = false;
        self.lookup.state = State::Resting;
        let Some(address) = self.form.address() else { return Vec::new() };
        match bundled(&address) {
            Some(Ok(_)) => Vec::new(),
            Some(Err(missing)) => {
                self.lookup.state = State::Missing(missing);
                Vec::new()
            }
            None => {
                self.lookup.state = State::Typing;
                vec![Action::After(REST, Message::LookupDue(self.lookup.serial))]
            }
        }
    }

    pub(super) fn look_up(&mut self, serial: u64) -> Vec<Action> {
        if serial != self.lookup.serial || self.lookup.state != State::Typing {
            return Vec::new();
        }
        self.lookup.state = State::Asking;
        self.form.address().map(Action::LookUp).into_iter().collect()
    }

    pub(super) fn looked_up(&mut self, address: &str, result: Result<Box<Finding>, Missing>) -> Vec<Action> {
        let current = self.form.address().is_some_and(|own| own.to_string() == address);
        if !current || self.lookup.state != State::Asking {
            return Vec::new();
        }
        self.lookup.state = match result {
            Ok(found) => {
                self.form.take_found(*found);
                State::Resting
            }
            Err(missing) => State::Missing(missing),
        };
        if std::mem::take(&mut self.lookup.submit) { self.submit() } else { Vec::new() }
    }

    /// Whether the form has to wait for an answer before it is sent: only if the server would be a guess.
    pub(super) fn wait_for_lookup(&mut self) -> bool {
        let waits = self.lookup.state == State::Asking && !self.form.is_host_typed();
        self.lookup.submit = waits;
        waits
    }

    /// Whether the form was sent and waits for the settings.
    pub(super) const fn is_waiting(&self) -> bool {
        self.lookup.submit
    }

    /// What helps with a bad certificate. Servers of the big services never have one: there is nothing to trust.
    pub(super) fn remedy_for_certificate(&self, fault: &CertificateFault, host: &str) -> Remedy {
        match fault {
            CertificateFault::WrongName { .. } if !is_near(host) => Remedy::GoTo(Field::Host),
            CertificateFault::UntrustedIssuer if !is_near(host) => Remedy::ChooseCertificate,
            CertificateFault::Revoked => Remedy::TryAgain,
            CertificateFault::UntrustedIssuer
            | CertificateFault::SelfSigned
            | CertificateFault::NotYetValid
            | CertificateFault::Changed
            | CertificateFault::WrongName { .. }
            | CertificateFault::Expired
            | CertificateFault::Other { .. } => {
                if service_of_host(host).is_some() {
                    Remedy::TryAgain
                } else {
                    Remedy::TrustCertificate
                }
            }
        }
    }

    /// Whether the certificate that was refused may be trusted all the same.
    #[must_use]
    pub fn may_trust(&self, problem: &Problem) -> bool {
        matches!(problem, Problem::Certificate { fault, host, chain, .. }
            if !chain.is_empty() && *fault != CertificateFault::Revoked && service_of_host(host).is_none())
    }

    pub(super) fn trust(&mut self) -> Vec<Action> {
        let Stage::Refused(problem) = &self.stage else { return Vec::new() };
        if !self.may_trust(problem) {
            return Vec::new();
        }
        let Problem::Certificate { host, port, chain, .. } = problem else { return Vec::new() };
        let (Some(own), security) = (chain.first(), self.form.security) else { return Vec::new() };
        let (sha256, server) = (own.fingerprint, Server { host: host.clone(), port: *port, security });
        self.form.except(&server, sha256);
        self.submit()
    }

    pub(super) fn problem_page(&self) -> Option<String> {
        let Stage::Refused(problem) = &self.stage else { return None };
        problem.page().map(str::to_owned)
    }
}

fn is_near(host: &str) -> bool {
    Server { host: host.to_owned(), port: 0, security: crate::model::Security::Tls }.is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::Source;
    use crate::model::{Certificate, Fingerprint, Security};
    use crate::net::Chain;
    use crate::sync::Command;

    fn typed(address: &str) -> (Setup, Vec<Action>) {
        let mut setup = Setup::another();
        let actions = setup.update(Message::Edited(Field::Email, address.into()));
        setup.update(Message::Edited(Field::Password, "secret".into()));
        (setup, actions)
    }

    fn found() -> Box<Finding> {
        Box::new(Finding {
            imap: Server { host: "mx.example.net".into(), port: 993, security: Security::Tls },
            smtp: None,
            user: "ada".into(),
            source: Source::Ispdb,
            service: None,
            is_foreign: true,
        })
    }

    #[test]
    fn an_address_is_looked_up_once_it_rests() {
        let (mut setup, first) = typed("ada@example.or");
        let [Action::After(_, Message::LookupDue(early))] = first.as_slice() else { panic!("{first:?}") };
        let second = setup.update(Message::Edited(Field::Email, "ada@example.org".into()));
        let [Action::After(_, Message::LookupDue(late))] = second.as_slice() else { panic!("{second:?}") };
        assert!(setup.update(Message::LookupDue(*early)).is_empty(), "typed on since");
        assert!(matches!(setup.update(Message::LookupDue(*late)).as_slice(), [Action::LookUp(_)]));
        assert!(setup.update(Message::Submitted).is_empty(), "the server would be a guess");
        let sent = setup.update(Message::LookedUp("ada@example.org".into(), Ok(found())));
        let [Action::Send(Command::AddAccount { account, .. })] = sent.as_slice() else { panic!("{sent:?}") };
        assert_eq!((account.imap.host.as_str(), account.login.user.as_str()), ("mx.example.net", "ada"));
    }

    #[test]
    fn a_known_address_asks_nobody_and_an_answer_for_another_is_ignored() {
        let (mut setup, actions) = typed("ada@posteo.de");
        assert!(actions.is_empty());
        setup.update(Message::LookedUp("ada@example.org".into(), Ok(found())));
        assert_eq!(setup.form.host, "posteo.de");
        let (setup, _) = typed("ada@tuta.com");
        assert_eq!(setup.lookup.state, State::Missing(Missing::Closed { name: "Tuta".into() }));
    }

    #[test]
    fn one_certificate_is_trusted_at_one_place() {
        let (mut setup, _) = typed("ada@example.org");
        setup.update(Message::Submitted);
        let certificate = Certificate {
            subject: "bridge".into(),
            issuer: "bridge".into(),
            names: Vec::new(),
            not_before: None,
            not_after: None,
            fingerprint: Fingerprint::new([1; 32]),
        };
        let refusal = |host: &str| Problem::Certificate {
            host: host.into(),
            port: 1143,
            fault: CertificateFault::SelfSigned,
            chain: Chain::new(vec![certificate.clone()]),
        };
        assert!(!setup.may_trust(&refusal("imap.gmail.com")), "never at a known service");
        setup.refused(refusal("127.0.0.1"));
        let sent = setup.update(Message::Remedied(Remedy::TrustCertificate));
        let [Action::Send(Command::AddAccount { account, .. })] = sent.as_slice() else { panic!("{sent:?}") };
        assert_eq!(account.exceptions.len(), 1);
        assert_eq!((account.exceptions[0].host.as_str(), account.exceptions[0].port), ("127.0.0.1", 1143));
    }
}
