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
    assert_eq!(
        found,
        Identity { id: "down.load".into(), secret: Some(Secret::new("no secret".into())), redirect: None }
    );
    std::fs::write(dir.path().join("oauth.toml"), "[google]\nclient_id = \"own\"\n").unwrap();
    assert_eq!(identities.find(&login("google", None)).unwrap().id, "own");
    assert_eq!(
        identities.find(&login("google", Some("mine"))).unwrap(),
        Identity { id: "mine".into(), secret: None, redirect: None }
    );
    assert!(identities.find(&login("fastmail", None)).is_err());
    assert!(identities.find(&login("google", Some("with space"))).is_err());
    // A client that is registered with one address only; it has to be one of this computer.
    let own = |redirect: &str| {
        let text = format!("[google]\nclient_id = \"own\"\nredirect = \"{redirect}\"\n");
        std::fs::write(dir.path().join("oauth.toml"), text).unwrap();
        identities.find(&login("google", Some("own")))
    };
    let place = own("http://127.0.0.1:8765/back").unwrap().redirect.unwrap();
    assert_eq!((place.port(), place.path()), (Some(8765), "/back"));
    for bad in ["http://mail.example:8765/", "https://127.0.0.1:8765/", "8765"] {
        assert!(matches!(own(bad), Err(OAuthError::Listener { .. })), "{bad}");
    }
}

/// What a browser sees that goes to the loopback port; nothing where nobody listens.
async fn visit(port: u16, target: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut said = Vec::new();
    if let Ok(mut stream) = tokio::net::TcpStream::connect(("127.0.0.1", port)).await {
        let request = format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        // Whoever is hung up on has seen nothing.
        let _ = stream.read_to_end(&mut said).await;
    }
    String::from_utf8(said).unwrap()
}

#[tokio::test]
async fn the_port_takes_one_answer_and_waits_for_nobody() {
    let refused = Answer::Error { text: "access_denied <script>alert(1)</script>".into(), issuer: None };
    let last = [
        ("code=good&state=s3cret", code("good", None)),
        ("error=access_denied&error_description=<script>alert(1)</script>&state=s3cret", refused),
    ];
    for (query, expected_answer) in last {
        let redirect = url::Url::parse("http://127.0.0.1/callback").unwrap();
        let (port, own) = listener::bind(&redirect).await.unwrap();
        let number = own.port().unwrap();
        let expected = expected();
        let visitors = async {
            let silent = tokio::net::TcpStream::connect(("127.0.0.1", number)).await.unwrap();
            let wrong = visit(number, "/callback?code=stolen&state=guess").await;
            assert!(wrong.starts_with("HTTP/1.1 400") && wrong.contains("no-store"), "{wrong}");
            assert!(!wrong.contains("script") && !wrong.contains("stolen"), "{wrong}");
            // The right answer twice at the same time: one of them is taken.
            let target = format!("/callback?{query}");
            let (one, two) = tokio::join!(visit(number, &target), visit(number, &target));
            let taken = [&one, &two].into_iter().filter(|page| page.starts_with("HTTP/1.1 200")).count();
            assert_eq!(taken, 1, "{one}\n{two}");
            assert!(!one.contains("script") && !two.contains("script"), "{one}\n{two}");
            drop(silent);
        };
        // It stands still: the silent visitor holds up nobody.
        let clock = crate::clock::ManualClock::new(UnixTime(0)).clock();
        let (answer, ()) = tokio::join!(listener::answer(&port, &expected, &clock), visitors);
        assert_eq!(answer, Ok(expected_answer));
    }
}

#[tokio::test]
async fn a_port_that_somebody_else_has_is_another_one_or_told() {
    use std::io::{Error, ErrorKind};
    use std::net::SocketAddr;
    type Listener = tokio::net::TcpListener;
    // Registered with one address, where somebody listens already: told before any browser opens.
    let other = Listener::bind("127.0.0.1:0").await.unwrap();
    let number = other.local_addr().unwrap().port();
    let provider = FakeProvider::start(Vec::new()).await;
    let endpoints = discover(&provider.issuer).await.unwrap();
    let redirect = url::Url::parse(&format!("http://127.0.0.1:{number}/back")).ok();
    let identity = Identity { id: "postrider".into(), secret: None, redirect };
    let taken = SignIn::begin(&endpoints, &identity, "ada@example.org").await.map(drop);
    assert_eq!(taken, Err(OAuthError::PortTaken { port: number }));
    drop(other);
    let sign_in = SignIn::begin(&endpoints, &identity, "ada@example.org").await.unwrap();
    let asked: std::collections::BTreeMap<_, _> = sign_in.url().query_pairs().into_owned().collect();
    assert_eq!(asked["redirect_uri"], format!("http://127.0.0.1:{number}/back"));
    // Browsers may take `localhost` for IPv6: somebody who sits on that side of a port would get the code.
    let local = url::Url::parse("http://localhost/").unwrap();
    let seen = std::cell::RefCell::new(Vec::<SocketAddr>::new());
    let opened = listener::bind_by(&local, async |address: SocketAddr| {
        let is_first = seen.borrow().len() < 2;
        seen.borrow_mut().push(address);
        match address {
            SocketAddr::V6(_) if is_first => Err(Error::from(ErrorKind::AddrInUse)),
            SocketAddr::V6(_) => Err(Error::from(ErrorKind::AddrNotAvailable)),
            SocketAddr::V4(_) => Listener::bind(address).await,
        }
    });
    let (_port, own) = opened.await.unwrap();
    let seen = seen.into_inner();
    assert!(seen.len() == 4 && seen[1].is_ipv6() && seen[3].is_ipv6(), "{seen:?}");
    assert_eq!((own.port(), own.host_str()), (Some(seen[3].port()), Some("localhost")));
    // None to be had.
    let tries = std::cell::Cell::new(0);
    let none = listener::bind_by(&local, async |_: SocketAddr| {
        tries.set(tries.get() + 1);
        Err(Error::from(ErrorKind::AddrInUse))
    });
    assert!(matches!(none.await.map(drop), Err(OAuthError::Listener { .. })));
    assert!((2..20).contains(&tries.get()), "{}", tries.get());
}

#[tokio::test]
async fn a_code_of_another_issuer_is_not_traded() {
    let other = "&iss=https%3A%2F%2Fevil.example";
    // The name of the provider in the answer, and whether the provider promised to name itself.
    for (end, promised) in
        [(other, false), (other, true), ("", true), ("&error=x&iss=https%3A%2F%2Fe.example", false)]
    {
        let provider = FakeProvider::start(vec![given("a1", Some("r1"), 3_600)]).await;
        let mut endpoints = discover(&provider.issuer).await.unwrap();
        endpoints.sends_issuer = promised;
        let identity = Identity { id: "postrider".into(), secret: None, redirect: None };
        let sign_in = SignIn::begin(&endpoints, &identity, "ada@example.org").await.unwrap();
        let (port, target) = way_back(&sign_in, &format!("code=c0de{end}"));
        let clock = crate::clock::ManualClock::new(NOW).clock();
        let (result, _) = tokio::join!(sign_in.finish(PATIENCE, &clock), visit(port, &target));
        assert!(matches!(&result, Err(OAuthError::WrongIssuer { .. })), "{end}: {result:?}");
        assert!(provider.asked.lock().unwrap().is_empty(), "nobody saw the code");
        assert_eq!(visit(port, &target).await, "", "the port is closed");
    }
}

#[tokio::test]
async fn nobody_is_waited_for_without_end() {
    // In the browser: until the patience ends, by the clock.
    let provider = FakeProvider::start(Vec::new()).await;
    let endpoints = discover(&provider.issuer).await.unwrap();
    let identity = Identity { id: "postrider".into(), secret: None, redirect: None };
    let sign_in = SignIn::begin(&endpoints, &identity, "ada@example.org").await.unwrap();
    let (port, target) = way_back(&sign_in, "code=late");
    let time = crate::clock::ManualClock::new(NOW);
    let clock = time.clock();
    let (result, waited) = tokio::join!(sign_in.finish(PATIENCE, &clock), time.next());
    assert_eq!((result, waited), (Err(OAuthError::TimedOut), PATIENCE));
    assert_eq!(visit(port, &target).await, "", "the port is closed");
    // A provider that takes the call and says nothing, before the browser opens.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", silent.local_addr().unwrap());
    let hangs = discover(&issuer).await.map(drop);
    assert!(matches!(&hangs, Err(OAuthError::Unreachable { .. })), "{hangs:?}");
}

/// Port and target of the browser's way back, with the right state.
fn way_back(sign_in: &SignIn, query: &str) -> (u16, String) {
    let asked: std::collections::BTreeMap<_, _> = sign_in.url().query_pairs().into_owned().collect();
    let url = url::Url::parse(&asked["redirect_uri"]).unwrap();
    (url.port().unwrap(), format!("{}?{query}&state={}", url.path(), asked["state"]))
}

#[test]
fn who_signed_in_is_read_from_the_id_token_as_far_as_it_says_so() {
    use base64::Engine as _;
    let of = |claims: &str| {
        let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims);
        token::address(&format!("e30.{claims}.sig"))
    };
    assert_eq!(of(r#"{"sub":"1","email":"bob@example.org"}"#).as_deref(), Some("bob@example.org"));
    assert_eq!(of(r#"{"preferred_username":"bob@corp.example"}"#).as_deref(), Some("bob@corp.example"));
    assert_eq!(of("{\"email\":\"b@x\\n<b>\"}").as_deref(), Some("b@x <b>"), "one line of plain text");
    for odd in [r#"{"sub":"bob"}"#, r#"{"email":7}"#, r#"{"email":"bob"}"#, "[]", "", "{"] {
        assert_eq!(of(odd), None, "{odd}");
    }
    let long = format!(r#"{{"email":"{}@x"}}"#, "b".repeat(400));
    assert_eq!(of(&long), None);
    assert!(["", "a", "a.b", "a.%.c", "...."].iter().all(|odd| token::address(odd).is_none()));
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
    let answers: [(&str, (u16, String), Right); 8] = [
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
        ("silent", (200, String::new()), |r| matches!(r, Err(OAuthError::Unreachable { .. }))),
        (
            "an odd id token",
            (200, "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"id_token\":{\"x\":[1]}}".into()),
            |r| r.as_ref().is_ok_and(|tokens| tokens.address.is_none()),
        ),
    ];
    for (what, answer, right) in answers {
        let provider = FakeProvider::start(vec![answer]).await;
        let endpoints = discover(&provider.issuer).await.unwrap();
        let identity = Identity { id: "postrider".into(), secret: None, redirect: None };
        let sign_in = SignIn::begin(&endpoints, &identity, "ada@example.org").await.unwrap();
        assert!(
            sign_in.url().query_pairs().any(|pair| pair == ("code_challenge_method".into(), "S256".into()))
        );
        let (port, target) = way_back(&sign_in, "code=c0de");
        let clock = crate::clock::ManualClock::new(NOW).clock();
        let (result, _) = tokio::join!(sign_in.finish(PATIENCE, &clock), visit(port, &target));
        assert!(right(&result), "{what}: {result:?}");
        let log = provider.asked.lock().unwrap().clone();
        assert!(
            log.len() == 1 && log[0].contains("code=c0de") && log[0].contains("code_verifier="),
            "{log:?}"
        );
        // The port is closed: a second answer finds nobody.
        assert_eq!(visit(port, &target).await, "", "{what}");
    }
}
