//! A private Dovecot on loopback for tests: own folder, own ports, own certificate, gone when dropped.
//!
//! Works as root (mail belongs to the user `mail`) and as any other user. Knows nothing of Postrider but the
//! settings that it hands out.

use crate::guard;
use crate::raw::Raw;
use crate::wait;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use std::fmt::Write as _;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// Users of the server; the password of each is `secret-NAME`.
pub(crate) const USERS: [&str; 2] = ["alice", "bob"];
/// Name that the certificate carries. It may resolve to `::1` too, where nobody listens.
pub(crate) const HOST: &str = "localhost";
/// Time for the server to open its ports; the machine may be busy.
const START_LIMIT: Duration = Duration::from_secs(20);

/// How the server is set up.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    /// `auth_mechanisms` of Dovecot.
    pub(crate) mechanisms: &'static str,
    /// Further lines for the end of the configuration.
    pub(crate) extra: &'static str,
}

impl Default for Setup {
    fn default() -> Self {
        Self { mechanisms: "plain login cram-md5 scram-sha-1 scram-sha-256", extra: "" }
    }
}

/// A running server.
pub(crate) struct Dovecot {
    dir: TempDir,
    child: Child,
    /// Port for STARTTLS.
    pub(crate) imap_port: u16,
    /// Port with TLS from the first byte.
    pub(crate) imaps_port: u16,
}

impl Dovecot {
    /// Starts a server; `None` if Dovecot is not installed, which fails where POSTRIDER_REQUIRE_SERVERS=1.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&Setup::default())
    }

    /// Starts a server with another set-up.
    pub(crate) fn start_with(setup: &Setup) -> Option<Self> {
        let Some(program) = program("dovecot") else {
            let required = std::env::var("POSTRIDER_REQUIRE_SERVERS").is_ok_and(|v| v == "1");
            assert!(!required, "Dovecot is not installed, but POSTRIDER_REQUIRE_SERVERS=1");
            eprintln!("skipped: Dovecot is not installed");
            return None;
        };
        // A port found free may be taken by another test before Dovecot opens it.
        for attempt in 1..=3 {
            let dir = tempfile::Builder::new().prefix("postrider-dovecot-").tempdir().unwrap();
            let (imap_port, imaps_port) = free_ports();
            prepare(dir.path(), setup, imap_port, imaps_port);
            let child = launch(&program, dir.path());
            let mut server = Self { dir, child, imap_port, imaps_port };
            if server.wait_until_up() {
                return Some(server);
            }
            eprintln!("Dovecot did not start (attempt {attempt}): {}", server.log());
        }
        panic!("Dovecot does not start");
    }

    /// File with the certificate authority of the server.
    pub(crate) fn ca_path(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// What the server logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("dovecot.log")).unwrap_or_default()
    }

    /// Adds a user; takes effect at once.
    pub(crate) fn add_user(&self, user: &str, password: &str) {
        use base64::Engine as _;
        // Base64, so that any character can stand in the password.
        let password = base64::engine::general_purpose::STANDARD.encode(password);
        let mut file = std::fs::OpenOptions::new().append(true).open(self.dir.path().join("users")).unwrap();
        writeln!(file, "{user}:{{PLAIN.b64}}{password}::::::").unwrap();
    }

    /// Ends all processes of the server at once, as a power cut would.
    pub(crate) fn kill(&mut self) {
        self.signal("KILL");
        let _ = self.child.wait();
    }

    /// Starts it again on the same ports with the same mail, after [`Dovecot::kill`].
    pub(crate) fn restart(&mut self) {
        self.kill();
        let _ = std::fs::remove_dir_all(self.dir.path().join("run"));
        std::fs::create_dir(self.dir.path().join("run")).unwrap();
        self.child = launch(&program("dovecot").unwrap(), self.dir.path());
        assert!(self.wait_until_up(), "Dovecot does not start again: {}", self.log());
    }

    /// Stops the processes without ending them: the server falls silent but keeps its connections.
    pub(crate) fn freeze(&self) {
        self.signal("STOP");
    }

    /// Undoes [`Dovecot::freeze`].
    pub(crate) fn thaw(&self) {
        self.signal("CONT");
    }

    /// Puts messages into a mailbox (created if missing) over one connection, without waiting in between.
    ///
    /// `messages` gives each message with CRLF line ends; `flags` such as `\Seen` apply to all of them.
    pub(crate) fn append(
        &self,
        user: &str,
        mailbox: &str,
        flags: &str,
        messages: impl IntoIterator<Item = Vec<u8>>,
    ) {
        Raw::login(&self.ca_path(), self.imaps_port, user).append(mailbox, flags, messages);
    }

    /// Runs commands (without tags) one after the other as another client would, and returns all answers.
    pub(crate) fn run(&self, user: &str, commands: &[&str]) -> String {
        Raw::login(&self.ca_path(), self.imaps_port, user).run(commands)
    }

    fn signal(&self, name: &str) {
        guard::signal(&self.child, name);
    }

    fn wait_until_up(&mut self) -> bool {
        let mut answers = false;
        wait::for_process(START_LIMIT, || {
            answers = TcpStream::connect(("127.0.0.1", self.imaps_port)).is_ok();
            answers || matches!(self.child.try_wait(), Ok(Some(_)))
        });
        answers
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("Dovecot said:\n{}", self.log());
        }
    }
}

/// A message of about `size` bytes with a subject, an author and an id that all contain `n`.
pub(crate) fn message(n: usize, size: usize) -> Vec<u8> {
    let mut text = format!(
        "From: Author {n} <author{n}@example.org>\r\nTo: alice@example.org\r\nSubject: Message {n}\r\n\
         Date: Tue, 14 Nov 2023 22:{:02}:{:02} +0000\r\nMessage-ID: <{n}@example.org>\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n",
        n / 60 % 60,
        n % 60
    );
    let mut line = 0;
    while text.len() < size {
        let _ = write!(text, "Line {line} of message {n}: the quick brown fox jumps over the lazy dog.\r\n");
        line += 1;
    }
    text.into_bytes()
}

pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let usual = ["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(usual).map(|dir| dir.join(name)).find(|file| file.is_file())
}

/// Two ports on which nothing listens. They are below those that systems give to outgoing connections, and this program
/// gives none out twice: nobody else takes one before its server opens it.
pub(crate) fn free_ports() -> (u16, u16) {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    let mut free = std::iter::from_fn(|| {
        // Two runs on one machine begin at other places.
        let n = std::process::id().wrapping_mul(97).wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed));
        u16::try_from(10_000 + n % 20_000).ok()
    })
    .filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    (free.next().unwrap(), free.next().unwrap())
}

fn launch(program: &Path, dir: &Path) -> Child {
    let mut command = Command::new(program);
    command.args(["-F", "-c"]).arg(dir.join("dovecot.conf"));
    guard::launch(&command, &dir.join("stderr.log"))
}

fn prepare(dir: &Path, setup: &Setup, imap_port: u16, imaps_port: u16) {
    for name in ["run", "state", "mail"] {
        std::fs::create_dir(dir.join(name)).unwrap();
    }
    // Dovecot's processes run as several users; nothing below is secret.
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o755)).unwrap();
    write_certificates(dir);
    let users: String = USERS.iter().map(|u| format!("{u}:{{PLAIN}}secret-{u}::::::\n")).collect();
    std::fs::write(dir.join("users"), users).unwrap();
    std::fs::write(dir.join("dovecot.conf"), configuration(dir, setup, imap_port, imaps_port)).unwrap();
}

/// One authority, and a certificate of it for [`HOST`] only.
pub(crate) fn write_certificates(dir: &Path) {
    let mut authority = CertificateParams::new(Vec::<String>::new()).unwrap();
    authority.distinguished_name.push(rcgen::DnType::CommonName, "Postrider test authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![HOST.to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    std::fs::write(dir.join("ca.pem"), authority.pem()).unwrap();
    std::fs::write(dir.join("server.pem"), certificate.pem()).unwrap();
    std::fs::write(dir.join("server.key"), key.serialize_pem()).unwrap();
}

pub(crate) fn output(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn configuration(dir: &Path, setup: &Setup, imap_port: u16, imaps_port: u16) -> String {
    let d = dir.display();
    let mechanisms = setup.mechanisms;
    let extra = setup.extra;
    let root = output("id", &["-u"]) == "0";
    let (mail_user, mail_group, internal, internal_group, login) = if root {
        // Dovecot refuses to let mail belong to root.
        assert!(
            Command::new("chown").args(["-R", "mail:mail"]).arg(dir.join("mail")).status().unwrap().success()
        );
        (
            "mail".to_owned(),
            "mail".to_owned(),
            "dovecot".to_owned(),
            "dovecot".to_owned(),
            "dovenull".to_owned(),
        )
    } else {
        let (user, group) = (output("id", &["-un"]), output("id", &["-gn"]));
        (user.clone(), group.clone(), user.clone(), group, user)
    };
    // Only root can change the root folder of a process.
    let no_chroot = if root { "" } else { "chroot =" };
    let mut text = format!(
        "base_dir = {d}/run\nstate_dir = {d}/state\nlog_path = {d}/dovecot.log\nlisten = 127.0.0.1\n\
         protocols = imap\ninstance_name = postrider-test-{imap_port}\n\
         default_internal_user = {internal}\ndefault_internal_group = {internal_group}\n\
         default_login_user = {login}\nmail_uid = {mail_user}\nmail_gid = {mail_group}\nfirst_valid_uid = 1\n\
         mail_home = {d}/mail/%n\nmail_location = sdbox:~/sdbox\nmail_fsync = never\n\
         mail_plugins = $mail_plugins acl quota\nmail_attribute_dict = file:~/attributes\n\
         mail_max_userip_connections = 100\nssl = required\nssl_cert = <{d}/server.pem\n\
         ssl_key = <{d}/server.key\nssl_min_protocol = TLSv1.2\ndisable_plaintext_auth = yes\n\
         auth_mechanisms = {mechanisms}\nauth_failure_delay = 0\nauth_verbose = yes\n"
    );
    let _ = write!(
        text,
        "passdb {{\n driver = passwd-file\n args = {d}/users\n}}\n\
         userdb {{\n driver = static\n args = uid={mail_user} gid={mail_group} home={d}/mail/%n allow_all_users=yes\n}}\n\
         namespace inbox {{\n inbox = yes\n separator = /\n\
         mailbox Drafts {{\n special_use = \\Drafts\n auto = subscribe\n}}\n\
         mailbox Sent {{\n special_use = \\Sent\n auto = subscribe\n}}\n\
         mailbox Trash {{\n special_use = \\Trash\n auto = subscribe\n}}\n\
         mailbox Junk {{\n special_use = \\Junk\n auto = subscribe\n}}\n\
         mailbox Archive {{\n special_use = \\Archive\n auto = subscribe\n}}\n}}\n\
         protocol imap {{\n mail_plugins = $mail_plugins imap_acl imap_quota imap_zlib\n imap_metadata = yes\n\
         imap_id_send = name *\n}}\n\
         plugin {{\n acl = vfile\n quota = count:User quota\n quota_vsizes = yes\n quota_rule = *:storage=20G\n}}\n\
         service imap-login {{\n {no_chroot}\n inet_listener imap {{\n port = {imap_port}\n}}\n\
         inet_listener imaps {{\n port = {imaps_port}\n ssl = yes\n}}\n}}\n\
         service anvil {{\n {no_chroot}\n unix_listener anvil-auth-penalty {{\n mode = 0\n}}\n}}\n{extra}\n"
    );
    text
}
