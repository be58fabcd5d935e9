//! The parts of a sign-in that need no provider: what the listener takes, what the table says, whose id is used.

use super::listener::{Answer, Expected, judge};
use super::*;
use crate::model::UnixTime;
use crate::secret::Secret;

fn expected() -> Expected {
    Expected { path: "/callback".into(), state: "s3cret".into() }
}

fn code(code: &str, issuer: Option<&str>) -> Answer {
    Answer::Code { code: code.into(), issuer: issuer.map(str::to_owned) }
}

#[test]
fn only_the_right_answer_is_taken() {
    let take = |line: &str| judge(line, &expected());
    assert_eq!(take("GET /callback?code=abc&state=s3cret HTTP/1.1"), Some(code("abc", None)));
    assert_eq!(
        take("GET /callback?state=s3cret&code=a%2Fb&iss=https%3A%2F%2Fid.example HTTP/1.1"),
        Some(code("a/b", Some("https://id.example")))
    );
    let denied =
        take("GET /callback?error=access_denied&error_description=<b>no%0d%0ax</b>&state=s3cret HTTP/1.1");
    assert_eq!(denied, Some(Answer::Error { text: "access_denied <b>no x</b>".into(), issuer: None }));
    for wrong in [
        "",
        "GET",
        "GET /favicon.ico HTTP/1.1",
        "GET /callback HTTP/1.1",
        "GET /callback?code=abc HTTP/1.1",
        "GET /callback?code=abc&state=other HTTP/1.1",
        "GET /callback?code=abc&state=s3cret&state=s3cret HTTP/1.1",
        "GET /callback?code=abc&code=def&state=s3cret HTTP/1.1",
        "GET /callback?code=&state=s3cret HTTP/1.1",
        "GET /callback/x?code=abc&state=s3cret HTTP/1.1",
        "GET //callback?code=abc&state=s3cret HTTP/1.1",
        "GET http://127.0.0.1/callback?code=abc&state=s3cret HTTP/1.1",
        "POST /callback?code=abc&state=s3cret HTTP/1.1",
        "GET /callback?code=abc&state=s3cret HTTP/2",
        "GET /callback?code=abc&state=s3cret HTTP/1.1 more",
    ] {
        assert_eq!(take(wrong), None, "{wrong}");
    }
}

#[test]
fn the_table_is_readable_and_protected() {
    assert!(providers().count() >= 7);
    for (key, provider) in providers() {
        let endpoints = provider.endpoints().unwrap_or_else(|error| panic!("{key}: {error}"));
        assert!(!endpoints.scopes.is_empty() && endpoints.authorize.scheme() == "https", "{key}");
    }
    assert_eq!(provider_of_address("Ada@GMAIL.com").map(|(key, _)| key), Some("google"));
    assert!(provider_of_address("ada@example.org").is_none());
}

#[test]
fn tokens_go_only_to_protected_places() {
    for good in ["https://id.example/x", "http://127.0.0.1:9/x", "http://localhost:1", "http://[::1]:5/"] {
        assert!(http::protected(good).is_ok(), "{good}");
    }
    for bad in
        ["http://id.example/", "ftp://127.0.0.1/", "http://127.0.0.1.example.org/", "javascript:x", "", "id"]
    {
        assert!(matches!(http::protected(bad), Err(OAuthError::NotProtected { .. })), "{bad}");
    }
}

#[test]
fn client_ids_are_found_in_their_order() {
    let dir = tempfile::tempdir().unwrap();
    let identities = Identities::of_profile(dir.path());
    let login = |provider: &str, id: Option<&str>| OAuthLogin {
        provider: Some(provider.into()),
        issuer: None,
        client_id: id.map(str::to_owned),
        desktop: None,
    };
    assert!(matches!(identities.find(&login("google", None)), Err(OAuthError::NoClientId { .. })));
    let download = r#"{"installed":{"client_id":"down.load","client_secret":"no secret","auth_uri":"x"}}"#;
    std::fs::write(dir.path().join("client_secret_1.json"), download).unwrap();
    let found = identities.find(&login("google", None)).unwrap();
    assert_eq!(found, Identity { id: "down.load".into(), secret: Some(Secret::new("no secret".into())) });
    std::fs::write(dir.path().join("oauth.toml"), "[google]\nclient_id = \"own\"\n").unwrap();
    assert_eq!(identities.find(&login("google", None)).unwrap().id, "own");
    assert_eq!(
        identities.find(&login("google", Some("mine"))).unwrap(),
        Identity { id: "mine".into(), secret: None }
    );
    assert!(identities.find(&login("fastmail", None)).is_err());
    assert!(identities.find(&login("google", Some("with space"))).is_err());
}

#[tokio::test]
async fn the_port_takes_one_answer_and_waits_for_nobody() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let (listener, own) =
        listener::bind(&url::Url::parse("http://127.0.0.1/callback").unwrap()).await.unwrap();
    let place = ("127.0.0.1", own.port().unwrap());
    let visit = |line: &'static str| async move {
        let mut stream = tokio::net::TcpStream::connect(place).await.unwrap();
        stream.write_all(format!("GET {line} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        said
    };
    let expected = expected();
    let visitors = async {
        let silent = tokio::net::TcpStream::connect(place).await.unwrap();
        let wrong = visit("/callback?code=stolen&state=guess").await;
        assert!(wrong.starts_with("HTTP/1.1 400") && wrong.contains("no-store"), "{wrong}");
        assert!(!wrong.contains("script") && !wrong.contains("stolen"), "{wrong}");
        let right = visit("/callback?code=good&state=s3cret").await;
        assert!(right.starts_with("HTTP/1.1 200"), "{right}");
        drop(silent);
    };
    // It stands still: the silent visitor holds up nobody.
    let clock = crate::clock::ManualClock::new(crate::model::UnixTime(0)).clock();
    let (answer, ()) = tokio::join!(listener::answer(&listener, &expected, &clock), visitors);
    assert_eq!(answer, Ok(code("good", None)));
}

/// A provider on loopback: describes itself, and answers each request for tokens with what the script says next. What it
/// was asked is kept.
struct FakeProvider {
    issuer: String,
    asked: std::sync::Arc<std::sync::Mutex<Vec<String>>>,
}

impl FakeProvider {
    /// The script: status and body of each answer; a body of nothing is never given.
    async fn start(script: Vec<(u16, String)>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let asked = std::sync::Arc::<std::sync::Mutex<Vec<String>>>::default();
        let (own, log) = (issuer.clone(), asked.clone());
        tokio::spawn(async move {
            let mut script = script.into_iter();
            while let Ok((stream, _)) = listener.accept().await {
                let request = Self::request(&stream).await;
                let (status, body) = if request.starts_with("GET /.well-known/") {
                    let places = ["authorization", "token"]
                        .map(|name| format!("\"{name}_endpoint\":\"{own}/{name}\""));
                    let scopes = "\"scopes_supported\":[\"openid\",\"https://mail.example/imap\"]";
                    (200, format!("{{\"issuer\":\"{own}\",{},{},{scopes}}}", places[0], places[1]))
                } else {
                    log.lock().unwrap().push(request);
                    script.next().unwrap_or((500, "more than the script has".to_owned()))
                };
                tokio::spawn(Self::answer(stream, status, body));
            }
        });
        Self { issuer, asked }
    }

    async fn request(stream: &tokio::net::TcpStream) -> String {
        let mut all = Vec::new();
        loop {
            stream.readable().await.unwrap();
            let mut piece = [0; 4096];
            match stream.try_read(&mut piece) {
                Ok(0) => break,
                Ok(count) => all.extend_from_slice(&piece[..count]),
                Err(_) => continue,
            }
            let text = String::from_utf8_lossy(&all).to_ascii_lowercase();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length = head
                .split_once("content-length: ")
                .map_or(0, |(_, rest)| rest.split("\r\n").next().unwrap().trim().parse().unwrap());
            if body.len() >= length {
                break;
            }
        }
        String::from_utf8_lossy(&all).into_owned()
    }

    async fn answer(mut stream: tokio::net::TcpStream, status: u16, body: String) {
        use tokio::io::AsyncWriteExt as _;
        if body.is_empty() {
            // It never answers, and never hangs up.
            std::future::pending::<()>().await;
        }
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let _ = stream.write_all((head + &body).as_bytes()).await;
        let _ = stream.shutdown().await;
    }

    fn account(&self) -> crate::model::Account {
        let server = crate::model::Server {
            host: "mail.example".into(),
            port: 993,
            security: crate::model::Security::Tls,
        };
        crate::model::Account {
            email: "ada@example.org".into(),
            imap: server,
            smtp: None,
            smtp_user: None,
            login: crate::model::Login {
                user: "ada".into(),
                auth: crate::model::AuthMethod::OAuth,
                password_command: None,
                oauth: Some(OAuthLogin {
                    issuer: Some(self.issuer.clone()),
                    client_id: Some("postrider".into()),
                    ..OAuthLogin::default()
                }),
            },
            ca_file: None,
            exceptions: Vec::new(),
        }
    }

    /// The refresh tokens that it was shown.
    fn shown(&self) -> Vec<String> {
        let token = |request: &String| {
            let (_, rest) = request.split_once("refresh_token=").unwrap_or_default();
            rest.split('&').next().unwrap_or_default().to_owned()
        };
        self.asked.lock().unwrap().iter().map(token).collect()
    }
}

fn given(access: &str, refresh: Option<&str>, seconds: u64) -> (u16, String) {
    let refresh = refresh.map(|token| format!(",\"refresh_token\":\"{token}\"")).unwrap_or_default();
    let text = format!(
        "{{\"access_token\":\"{access}\",\"token_type\":\"Bearer\",\"expires_in\":{seconds}{refresh}}}"
    );
    (200, text)
}

const NOW: UnixTime = UnixTime(1_700_000_000);

async fn with_token(token: &str, account: &crate::model::Account) -> crate::secret::SecretStore {
    let secrets = crate::secret::SecretStore::in_memory();
    let place = crate::secret::PasswordPlace::Memory;
    secrets.keep(&account.login, &account.imap, Secret::new(token.into()), place).await.unwrap();
    secrets
}

#[tokio::test]
async fn tokens_are_renewed_in_time_and_the_newest_refresh_token_is_kept() {
    let provider = FakeProvider::start(vec![
        given("a1", Some("r2"), 3_600),
        given("a2", None, 3_600),
        given("a3", Some("r3"), 3_600),
        (400, "{\"error\":\"invalid_grant\",\"error_description\":\"revoked\"}".into()),
    ])
    .await;
    let account = provider.account();
    let secrets = with_token("r1", &account).await;
    let keeper = TokenKeeper::default();
    let access = async |refused: Option<&str>, now: i64| {
        let refused = refused.map(|token| Secret::new(token.into()));
        let now = UnixTime(NOW.0 + now);
        keeper.access(&secrets, &account, refused.as_ref(), now).await.map(|token| token.expose().to_owned())
    };
    assert_eq!(access(None, 0).await.unwrap(), "a1");
    assert_eq!(access(None, 3_000).await.unwrap(), "a1", "it is still good");
    assert_eq!(access(Some("older"), 3_000).await.unwrap(), "a1", "another one was refused");
    // A computer that slept, or a clock that was set: it is renewed. The provider may keep the refresh token.
    assert_eq!(access(None, 3_550).await.unwrap(), "a2");
    assert_eq!(access(Some("a2"), 3_560).await.unwrap(), "a3", "refused before its time");
    // Taken back in the middle of everything.
    let gone = access(Some("a3"), 3_570).await.unwrap_err();
    assert!(matches!(&gone, OAuthError::Expired { text } if text.contains("revoked")), "{gone:?}");
    assert_eq!(provider.shown(), ["r1", "r2", "r2", "r3"]);
}

#[tokio::test]
async fn a_rotated_token_that_a_crash_lost_means_signing_in_again() {
    // The provider rotated r1, the answer was lost with the process, and the next start shows r1 once more.
    let reuse = "{\"error\":\"invalid_grant\",\"error_description\":\"already used\"}";
    let provider = FakeProvider::start(vec![given("a1", Some("r2"), 3_600), (400, reuse.into())]).await;
    let account = provider.account();
    let lost = with_token("r1", &account).await;
    assert!(TokenKeeper::default().access(&lost, &account, None, NOW).await.is_ok());
    let restarted = with_token("r1", &account).await;
    let gone = TokenKeeper::default().access(&restarted, &account, None, NOW).await.unwrap_err();
    assert!(matches!(&gone, OAuthError::Expired { text } if text.contains("already used")), "{gone:?}");
}

#[tokio::test]
async fn a_provider_that_is_out_of_order_is_no_reason_to_sign_in_again() {
    let provider = FakeProvider::start(vec![
        (500, "<html><script>alert(1)</script></html>".into()),
        (503, "{\"error\":\"server_error\"}".into()),
        (429, "slow down".into()),
        (200, "<html>maintenance</html>".into()),
        (200, "{}".into()),
        (200, "x".repeat(1 << 20)),
        (200, String::new()),
        given("a1", None, 3_600),
    ])
    .await;
    let account = provider.account();
    let secrets = with_token("r1", &account).await;
    let keeper = TokenKeeper::default();
    for what in ["500", "503", "429", "a page", "no token", "huge", "silent"] {
        let error = keeper.access(&secrets, &account, None, NOW).await.unwrap_err();
        assert!(matches!(&error, OAuthError::Unreachable { .. }), "{what}: {error:?}");
        assert!(!error.to_string().contains('<') && error.to_string().len() < 400, "{what}: {error}");
    }
    let token = keeper.access(&secrets, &account, None, NOW).await.unwrap();
    assert_eq!(token.expose(), "a1");
}

#[tokio::test]
async fn a_code_is_traded_once_and_for_what_was_asked() {
    type Right = fn(&Result<Tokens, OAuthError>) -> bool;
    let answers: [(&str, (u16, String), Right); 6] = [
        ("good", given("a1", Some("r1"), 3_600), |r| r.as_ref().is_ok_and(|t| t.refresh.is_some())),
        (
            "the box for mail was left empty",
            (200, "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"scope\":\"openid email\"}".into()),
            |r| matches!(r, Err(OAuthError::Denied { text }) if text.starts_with("access_denied")),
        ),
        (
            "granted in other words",
            (
                200,
                "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"scope\":\"https://MAIL.example/IMAP/\"}"
                    .into(),
            ),
            Result::is_ok,
        ),
        ("replayed", (400, "{\"error\":\"invalid_grant\"}".into()), |r| {
            matches!(r, Err(OAuthError::Denied { .. }))
        }),
        ("rubbish", (200, "<html>".into()), |r| matches!(r, Err(OAuthError::Answer { .. }))),
        ("down", (502, "<html>".into()), |r| matches!(r, Err(OAuthError::Unreachable { .. }))),
    ];
    for (what, answer, right) in answers {
        let provider = FakeProvider::start(vec![answer]).await;
        let endpoints = discover(&provider.issuer).await.unwrap();
        let identity = Identity { id: "postrider".into(), secret: None };
        let sign_in = SignIn::begin(&endpoints, &identity, "ada@example.org").await.unwrap();
        let asked: std::collections::BTreeMap<_, _> = sign_in.url().query_pairs().into_owned().collect();
        assert_eq!(asked["code_challenge_method"], "S256");
        let back = format!("{}?code=c0de&state={}", asked["redirect_uri"], asked["state"]);
        let visit = async {
            let url = url::Url::parse(&back).unwrap();
            let mut stream =
                tokio::net::TcpStream::connect(("127.0.0.1", url.port().unwrap())).await.unwrap();
            let target = format!("GET {}?{} HTTP/1.1\r\n\r\n", url.path(), url.query().unwrap());
            tokio::io::AsyncWriteExt::write_all(&mut stream, target.as_bytes()).await.unwrap();
            let mut page = Vec::new();
            tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut page).await.unwrap();
            url
        };
        let clock = crate::clock::ManualClock::new(NOW).clock();
        let (result, url) = tokio::join!(sign_in.finish(std::time::Duration::from_secs(60), &clock), visit);
        assert!(right(&result), "{what}: {result:?}");
        let log = provider.asked.lock().unwrap().clone();
        assert!(
            log.len() == 1 && log[0].contains("code=c0de") && log[0].contains("code_verifier="),
            "{log:?}"
        );
        // The port is closed: a second answer finds nobody.
        assert!(tokio::net::TcpStream::connect(("127.0.0.1", url.port().unwrap())).await.is_err(), "{what}");
    }
}
