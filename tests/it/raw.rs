//! A second client for tests: bare commands over TLS, independent of the code under test.

use crate::dovecot::HOST;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

/// A bare connection, independent of the code under test.
pub(crate) struct Raw {
    stream: BufReader<rustls::StreamOwned<rustls::ClientConnection, TcpStream>>,
}

impl Raw {
    /// Signs in with TLS; the password of each user of the test servers is `secret-NAME`.
    pub(crate) fn login(ca: &Path, port: u16, user: &str) -> Self {
        use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject as _};
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(ca).unwrap()).unwrap();
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(HOST).unwrap();
        let tls = rustls::ClientConnection::new(std::sync::Arc::new(config), name).unwrap();
        let socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut raw = Self { stream: BufReader::new(rustls::StreamOwned::new(tls, socket)) };
        raw.line();
        raw.send(&format!("l LOGIN {user} secret-{user}\r\n"));
        raw.expect_ok("l ");
        raw
    }

    /// Puts messages into a mailbox (created if missing) without waiting in between, and leaves.
    pub(crate) fn append(mut self, mailbox: &str, flags: &str, messages: impl IntoIterator<Item = Vec<u8>>) {
        // More than this in flight, and both sides could wait for each other with full buffers.
        const WINDOW: usize = 50;
        let raw = &mut self;
        raw.send(&format!("c CREATE {mailbox}\r\n"));
        raw.until("c ");
        let mut open = 0;
        for message in messages {
            raw.send(&format!("a APPEND {mailbox} ({flags}) {{{}+}}\r\n", message.len()));
            raw.send_bytes(&message);
            raw.send("\r\n");
            open += 1;
            if open >= WINDOW {
                raw.expect_ok("a ");
                open -= 1;
            }
        }
        for _ in 0..open {
            raw.expect_ok("a ");
        }
        raw.send("z LOGOUT\r\n");
        raw.until("z ");
    }

    /// Runs commands (without tags) one after the other, and gives all answers.
    pub(crate) fn run(mut self, commands: &[&str]) -> String {
        self.say(commands)
    }

    /// The same, and stays.
    pub(crate) fn say(&mut self, commands: &[&str]) -> String {
        let raw = self;
        let mut all = String::new();
        for command in commands {
            raw.send(&format!("r {command}\r\n"));
            all.push_str(&raw.until("r "));
        }
        all
    }

    /// Puts one message into a mailbox, and stays.
    pub(crate) fn put(&mut self, mailbox: &str, message: &[u8]) {
        self.send(&format!("p APPEND {mailbox} {{{}+}}\r\n", message.len()));
        self.send_bytes(message);
        self.send("\r\n");
        self.expect_ok("p ");
    }

    fn send(&mut self, text: &str) {
        self.send_bytes(text.as_bytes());
    }

    fn send_bytes(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).unwrap();
    }

    fn line(&mut self) -> String {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line).unwrap();
        assert!(!line.is_empty(), "the test server closed the connection");
        String::from_utf8_lossy(&line).into_owned()
    }

    fn until(&mut self, tag: &str) -> String {
        let mut all = String::new();
        loop {
            let line = self.line();
            all.push_str(&line);
            if line.starts_with(tag) {
                return all;
            }
            let literal = line.trim_end().strip_suffix('}').and_then(|l| l.rsplit_once('{'));
            if let Some(length) = literal.and_then(|(_, n)| n.parse::<usize>().ok()) {
                let mut bytes = vec![0; length];
                self.stream.read_exact(&mut bytes).unwrap();
                all.push_str(&String::from_utf8_lossy(&bytes));
            }
        }
    }

    fn expect_ok(&mut self, tag: &str) {
        let answer = self.until(tag);
        assert!(answer.contains(&format!("{tag}OK")), "the test server answered: {answer}");
    }
}
