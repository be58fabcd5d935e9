//! The parts of a sign-in that need no provider: what the listener takes, what the table says, whose id is used.

use super::listener::{Answer, Expected, judge};
use super::*;
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
    let (answer, ()) = tokio::join!(listener::answer(&listener, &expected), visitors);
    assert_eq!(answer, Ok(code("good", None)));
}
