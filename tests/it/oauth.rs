//! Signing in by OAuth with the real program: a certified OpenID provider, a real Dovecot that asks it about tokens, a
//! real keyring, and a script in place of the person at the browser.

use crate::cli_live::Desk;
use crate::dovecot::{Dovecot, HOST, Setup, free_ports, message, program};
use crate::guard;
use crate::wait;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::time::Duration;

/// Node has to start and load some hundred files.
const START_LIMIT: Duration = Duration::from_secs(30);

/// The provider, ended when dropped.
struct Provider {
    child: Child,
    port: u16,
    dir: tempfile::TempDir,
}

impl Provider {
    /// `None` where Node or the provider's packages are not installed (`tests/run` installs them).
    fn start() -> Option<Self> {
        let packages = std::env::var_os("POSTRIDER_OIDC").map(PathBuf::from);
        let packages = packages.filter(|dir| dir.join("node_modules/oidc-provider").is_dir());
        let (Some(node), Some(packages)) = (program("node"), packages) else {
            let required = std::env::var("POSTRIDER_REQUIRE_SERVERS").is_ok_and(|v| v == "1");
            assert!(!required, "no OpenID provider, but POSTRIDER_REQUIRE_SERVERS=1");
            eprintln!("skipped: no OpenID provider");
            return None;
        };
        let dir = tempfile::Builder::new().prefix("postrider-oidc-").tempdir().unwrap();
        std::fs::set_permissions(dir.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let port = free_ports().0;
        let mut command = Command::new(node);
        command.arg(here("provider.mjs")).arg(port.to_string()).env("PROVIDER_PACKAGES", packages);
        command.env("PROVIDER_SECRETS", dir.path().join("secrets"));
        let child = guard::launch(&command, &dir.path().join("provider.log"));
        let provider = Self { child, port, dir };
        let up = wait::for_process(START_LIMIT, || TcpStream::connect(("127.0.0.1", port)).is_ok());
        assert!(up, "the provider does not start: {}", provider.log());
        Some(provider)
    }

    fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("provider.log")).unwrap_or_default()
    }

    /// A Dovecot that takes this provider's tokens and nothing else.
    fn dovecot(&self) -> Option<Dovecot> {
        self.dovecot_with("")
    }

    /// The same with more settings.
    fn dovecot_with(&self, more: &str) -> Option<Dovecot> {
        self.dovecot_as("plain xoauth2 oauthbearer", more)
    }

    /// The same with other ways of signing in.
    fn dovecot_as(&self, mechanisms: &'static str, more: &str) -> Option<Dovecot> {
        let settings = self.dir.path().join("oauth2.conf");
        let port = self.port;
        let text = format!(
            "introspection_mode = post\n\
             introspection_url = http://dovecot:dovecot-secret@127.0.0.1:{port}/token/introspection\n\
             username_attribute = username\nactive_attribute = active\nactive_value = true\n"
        );
        std::fs::write(&settings, text).unwrap();
        let extra = format!(
            "passdb {{\n driver = oauth2\n mechanisms = xoauth2 oauthbearer\n args = {}\n}}\n{more}",
            settings.display()
        );
        Dovecot::start_with(&Setup { mechanisms, extra: String::leak(extra) })
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        guard::signal(&self.child, "KILL");
        drop(self.child.wait());
        if std::thread::panicking() {
            eprintln!("the provider said:\n{}", self.log());
        }
    }
}

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/oauth").join(name)
}

/// Runs a shell script in a session of its own with an unlocked keyring.
fn in_session(desk: &Desk, server: &Dovecot, provider: &Provider, script: &str) -> Output {
    let open = "set -e\nprintf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null\n\
        postrider() { \"$BIN\" --profile \"$DIR/profile\" \"$@\"; }\n\
        add() { postrider account add --email alice@example.org --user alice --imap \"$PLACE\" --security tls \
        --ca \"$CA\" --auth oauth --oauth-issuer \"$ISSUER\" \"$@\"; }\n";
    Command::new("dbus-run-session")
        .args(["--", "sh", "-c", &format!("{open}{script}")])
        .env("BIN", env!("CARGO_BIN_EXE_postrider"))
        .env("DIR", desk.dir.path())
        .env("PLACE", format!("{HOST}:{}", server.imaps_port))
        .env("CA", server.ca_path())
        .env("ISSUER", provider.issuer())
        .env("BROWSER", format!("python3 {}", here("browser.py").display()))
        .env("POSTRIDER_LOG", "debug")
        .env("HOME", desk.dir.path())
        .env("XDG_RUNTIME_DIR", desk.dir.path())
        .env("XDG_DATA_HOME", desk.dir.path().join("data"))
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn live_a_person_signs_in_with_the_browser_and_stays_signed_in() {
    let Some(provider) = Provider::start() else { return };
    let Some(server) = provider.dovecot() else { return };
    // Passwords still work for whoever asks by PLAIN.
    server.append("alice", "INBOX", "", [message(1, 600)]);
    let desk = Desk::new();
    let script = r#"
        TEST_PROBE="$DIR/probe" add --oauth-client-id postrider
        postrider account list --json
        postrider sync
        postrider sync
        postrider list INBOX
        postrider account remove alice@example.org
        ! postrider list INBOX
    "#;
    let output = in_session(&desk, &server, &provider, script);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    assert!(out.contains("Message 1") && out.contains("\"auth\":\"oauth\""), "{out}");
    let probe = std::fs::read_to_string(desk.dir.path().join("probe")).unwrap();
    assert_eq!(probe, "guessed 400\nreplayed 0\n", "a guess is refused, and after the answer nobody listens");
    let log = provider.log();
    assert_eq!(log.matches("granted refresh_token").count(), 2, "one for each start of the program: {log}");
    assert!(log.contains("revoked"), "removing the account gives the token back: {log}");
    // Neither in a log, even the most talkative one, nor in a file of the profile.
    for word in ["Bearer ", "refresh_token", "access_token\":", "code_verifier"] {
        assert!(!err.contains(word), "{word} in the log: {err}");
    }
}

#[test]
fn live_each_way_to_fail_is_told() {
    let Some(provider) = Provider::start() else { return };
    let Some(server) = provider.dovecot() else { return };
    let desk = Desk::new();
    let script = r#"
        set +e
        export POSTRIDER_LOG=off
        TEST_DENY=1 add --oauth-client-id postrider; echo "denied $?"
        ISSUER=http://127.0.0.1:9 add --oauth-client-id postrider; echo "nobody $?"
        ISSUER=http://id.example add --oauth-client-id postrider; echo "open $?"
        TEST_USER=bob add --oauth-client-id postrider; echo "bob $?"
        postrider account list; echo "kept nothing $?"
        mkdir -p "$DIR/profile/config"
        printf '[custom]\nclient_id = "postrider"\nredirect = "http://127.0.0.1:%s/callback"\n' "$TAKEN" \
            > "$DIR/profile/config/oauth.toml"
        BROWSER=false add --oauth-client-id postrider; echo "taken $?"
    "#;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let script = &format!("TAKEN={port}\n{script}");
    let output = in_session(&desk, &server, &provider, script);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    for line in ["denied 1", "nobody 1", "open 1", "bob 1", "kept nothing 0", "taken 1"] {
        assert!(out.lines().any(|said| said == line), "{line}: {out}\n{err}");
    }
    assert!(err.contains("access_denied"), "{err}");
    assert!(err.contains("cannot be reached"), "{err}");
    assert!(err.contains("https is needed"), "{err}");
    let other = "you signed in as bob@example.org, and that does not open the mailbox of alice@example.org";
    assert!(err.contains(other) && !out.contains("alice@example.org"), "{out}\n{err}");
    assert_eq!(provider.log().matches("revoked").count(), 1, "what is not kept is given back");
    assert!(err.contains(&format!("port {port}, to which the browser has to come back, is taken")), "{err}");
}

#[test]
fn live_reading_and_sending_take_the_same_token() {
    let Some(provider) = Provider::start() else { return };
    for (mechanisms, used) in [("plain xoauth2 oauthbearer", "OAUTHBEARER"), ("plain xoauth2", "XOAUTH2")] {
        let Some((settings, _, sealed)) = crate::accounts::submission() else { return };
        let Some(server) = provider.dovecot_as(mechanisms, &settings) else { return };
        let desk = Desk::new();
        let script = format!(
            "add --oauth-client-id postrider --smtp {HOST}:{sealed} --smtp-security tls\n\
             POSTRIDER_LOG=off postrider doctor --json\n"
        );
        let output = in_session(&desk, &server, &provider, &script);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{out}\n{err}");
        assert!(err.contains("sending will work: signed in") && err.contains(used), "{err}");
        let step = |service: &str| {
            let start = format!("\"service\":\"{service}\"");
            out.lines()
                .find(|line| line.contains(&start) && line.contains("\"check\":\"sign-in\""))
                .unwrap_or_default()
        };
        for service in ["imap", "smtp"] {
            let said = step(service);
            assert!(said.contains("\"ok\"") && said.contains(used), "{service}: {said}\n{out}");
        }
        assert!(!out.contains("Bearer "), "{out}");
    }
}

#[test]
fn live_no_file_and_no_log_holds_a_token() {
    let Some(provider) = Provider::start() else { return };
    let Some((settings, _, sealed)) = crate::accounts::submission() else { return };
    let Some(server) = provider.dovecot_with(&settings) else { return };
    server.append("alice", "INBOX", "", [message(1, 600)]);
    let desk = Desk::new();
    // A client with a secret; two processes that renew the sign-in at the same time; and ways to fail.
    let script = format!(
        r#"
        export POSTRIDER_LOG=trace TEST_PEEK="$DIR/peek"
        export POSTRIDER_OAUTH_GOOGLE_ISSUER="$ISSUER" POSTRIDER_OAUTH_GOOGLE_ID=registered
        export POSTRIDER_OAUTH_GOOGLE_SECRET=secret-of-the-client-0123456789-0123456789
        postrider account add --email alice@example.org --user alice --imap "$PLACE" --security tls --ca "$CA" \
            --auth oauth --oauth-provider google --smtp {HOST}:{sealed} --smtp-security tls
        postrider account list --json
        postrider sync & postrider doctor --transcript & postrider sync
        wait
        postrider sync --bodies
        echo "both $?"
        set +e
        mkdir -p "$DIR/profile/config"
        printf '[google]\nclient_id = "registered"\nclient_secret = "secret-of-the-client-0123456789-0123456789\n' \
            > "$DIR/oauth.toml"
        cp "$DIR/oauth.toml" "$DIR/profile/config/"; postrider sync; rm "$DIR/profile/config/oauth.toml" "$DIR/oauth.toml"
        POSTRIDER_OAUTH_GOOGLE_ISSUER=http://127.0.0.1:9 postrider sync; echo "nobody $?"
        postrider account remove alice@example.org
        TEST_USER=bob postrider account add --email alice@example.org --user alice --imap "$PLACE" --security tls \
            --ca "$CA" --auth oauth --oauth-provider google
        postrider sync; echo "bob $?"
        postrider doctor --transcript --json; echo "ill $?"
        "#
    );
    let output = in_session(&desk, &server, &provider, &script);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    for line in ["both 0", "nobody 1", "bob 1", "ill 1"] {
        assert!(out.lines().any(|said| said == line), "{line}: {out}\n{err}");
    }
    assert!(err.len() > 10_000, "the log is on");
    let given = std::fs::read_to_string(provider.dir.path().join("secrets")).unwrap();
    let mut secrets: Vec<&str> = given.lines().collect();
    assert!(secrets.len() > 15, "{given}");
    secrets.push("secret-of-the-client-0123456789-0123456789");
    let mut places = vec![("what was said".to_owned(), [output.stdout, output.stderr].concat())];
    // The keyring's own files are not ours to judge.
    let own = crate::accounts::files(desk.dir.path());
    let own = own.into_iter().filter(|path| !path.starts_with(desk.dir.path().join("data/keyrings")));
    places.extend(own.filter_map(|path| Some((path.display().to_string(), std::fs::read(path).ok()?))));
    assert!(places.iter().any(|(place, _)| place.ends_with("peek")) && places.len() > 4, "{}", places.len());
    for (place, bytes) in &places {
        for secret in &secrets {
            let packed = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, secret);
            for form in [secret.as_bytes(), packed.trim_end_matches('=').as_bytes()] {
                let found = bytes.windows(form.len()).position(|window| window == form);
                assert_eq!(found, None, "{secret} in {place}");
            }
        }
    }
}
