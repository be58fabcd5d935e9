//! Access tokens that run out, in the middle of a session too: renewed once, nothing is lost, what waits is done.

use crate::sync_lab::{Lab, NOW, Worker, mail, mailboxes};
use postrider::demo::{CapabilityMask, Fault, Rule, Server};
use postrider::model::{AuthMethod, Flag, FlagChange, Flags, OAuthLogin, UnixTime};
use postrider::secret::{PasswordPlace, Secret};
use postrider::sync::{AccountStatus, Command, Event, Problem};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// How long its tokens are good.
const LIFE: u64 = 3_600;

/// What a provider knows. Its refresh tokens are good once, as at providers that rotate them.
#[derive(Debug, Default)]
struct Book {
    renewals: u32,
    misuses: u32,
    /// It gives no more tokens.
    closed: bool,
}

/// An OAuth provider: metadata (RFC 8414) and renewals (RFC 6749 section 6).
struct Provider {
    book: Arc<Mutex<Book>>,
    issuer: String,
}

impl Provider {
    /// The mail server takes its newest token and no other.
    async fn start(server: &Arc<Server>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let book = Arc::new(Mutex::new(Book::default()));
        let (own, name, server) = (Arc::clone(&book), issuer.clone(), Arc::clone(server));
        server.take_tokens([]);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                answer(stream, &name, &own, &server).await;
            }
        });
        Self { book, issuer }
    }

    fn renewals(&self) -> u32 {
        let book = self.book.lock().unwrap();
        assert_eq!(book.misuses, 0, "a refresh token was used twice");
        book.renewals
    }
}

async fn answer(mut stream: TcpStream, issuer: &str, book: &Mutex<Book>, server: &Server) {
    let mut request = Vec::new();
    let mut buffer = [0; 4_096];
    let text = loop {
        let count = stream.read(&mut buffer).await.unwrap_or(0);
        request.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length:").map(|n| n.trim().parse().unwrap())
            });
            body.len() >= length.unwrap_or(0)
        });
        if whole || count == 0 {
            break text;
        }
    };
    let (status, said) = if text.starts_with("GET ") {
        let said = format!(
            r#"{{"issuer":"{issuer}","authorization_endpoint":"{issuer}/auth","token_endpoint":"{issuer}/token"}}"#
        );
        ("200 OK", said)
    } else {
        let mut book = book.lock().unwrap();
        let good = text.contains(&format!("refresh_token=refresh-{}&", book.renewals))
            || text.ends_with(&format!("refresh_token=refresh-{}", book.renewals));
        if good && !book.closed {
            book.renewals += 1;
            let n = book.renewals;
            server.take_tokens([format!("access-{n}")]);
            let said = format!(
                r#"{{"access_token":"access-{n}","token_type":"Bearer","expires_in":{LIFE},"refresh_token":"refresh-{n}"}}"#
            );
            ("200 OK", said)
        } else {
            book.misuses += u32::from(!good);
            ("400 Bad Request", r#"{"error":"invalid_grant","error_description":"sign in again"}"#.to_owned())
        }
    };
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n", said.len());
    stream.write_all(format!("{head}Connection: close\r\n\r\n{said}").as_bytes()).await.ok();
}

/// A laboratory whose account signs in by OAuth.
async fn laboratory() -> (Lab, Provider) {
    let mut lab = Lab::new(CapabilityMask::full(), mailboxes(10)).await.by_hand();
    let provider = Provider::start(&lab.server).await;
    let account = &mut lab.account.account;
    account.login.auth = AuthMethod::OAuth;
    account.login.oauth = Some(OAuthLogin {
        provider: None,
        issuer: Some(provider.issuer.clone()),
        client_id: Some("postrider".into()),
        desktop: None,
    });
    let (id, row) = (lab.account.id, account.clone());
    lab.config.store.write("by OAuth", move |w| w.update_account(id, &row)).await.unwrap();
    let secret = Secret::new("refresh-0".into());
    let (login, imap) = (&lab.account.account.login, &lab.account.account.imap);
    lab.config.secrets.keep(login, imap, secret, PasswordPlace::Memory).await.unwrap();
    (lab, provider)
}

async fn connected(lab: &Lab) -> Worker {
    let mut worker = lab.start();
    worker.until_idle().await;
    worker.until_same(lab, "copied").await;
    // The user's own connection is opened by the first thing that they do.
    worker.send(flag(lab, 1));
    lab.until("the first deed", || flagged(lab, 1) && pending(lab) == 0).await;
    worker.until_idle().await;
    lab.wait(Duration::from_secs(1)).await;
    worker
}

fn flag(lab: &Lab, uid: u32) -> Command {
    let messages = vec![lab.message("INBOX", uid)];
    Command::SetFlag { messages, flag: Flag::Flagged, change: FlagChange::Add }
}

fn flagged(lab: &Lab, uid: u32) -> bool {
    lab.server.state().read(|all| {
        all.mailbox("INBOX")
            .and_then(|inbox| inbox.mail(uid))
            .is_some_and(|m| m.flags.contains(&Flag::Flagged))
    })
}

fn pending(lab: &Lab) -> usize {
    lab.config.store.snapshot().unwrap().operations_pending(lab.account.id).unwrap().len()
}

#[tokio::test]
async fn a_token_that_runs_out_in_the_middle_is_renewed_once_and_nothing_is_lost() {
    let ends = [
        Fault::Bye("Session expired, please login again".into()),
        Fault::Bye("[AUTHENTICATIONFAILED] The token has expired".into()),
        Fault::No("[AUTHENTICATIONFAILED] Invalid credentials".into()),
        Fault::No("[EXPIRED] sign in again".into()),
        Fault::No("AccessTokenExpired".into()),
        Fault::Bad("Session invalidated - AccessTokenExpired".into()),
        Fault::Drop,
    ];
    for end in ends {
        let what = format!("{end:?}");
        let (lab, provider) = laboratory().await;
        let mut worker = connected(&lab).await;
        assert_eq!(provider.renewals(), 1, "{what}");
        // Taken back before its time: none of the tokens that we have is good any more.
        lab.server.take_tokens([]);
        lab.server.faults().add(Rule::command("UID STORE").then(end));
        lab.server.state().change(|all| {
            all.append("Archive", Flags::default(), UnixTime(NOW), mail(11)).unwrap();
        });
        let mut failed = Vec::new();
        for uid in [3, 7] {
            worker.send(flag(&lab, uid));
        }
        worker
            .until(&what, |event| {
                if let Event::OperationFailed { problem, .. } = &event {
                    failed.push(problem.clone());
                }
                (flagged(&lab, 3) && flagged(&lab, 7)).then_some(())
            })
            .await;
        // A connection that failed twice rests before the next attempt.
        lab.manual.run(Box::pin(worker.until_same(&lab, &what))).await;
        lab.until("the journal is empty", || pending(&lab) == 0).await;
        assert_eq!((failed, provider.renewals()), (vec![], 2), "{what}: one renewal for all connections");
    }
}

#[tokio::test]
async fn a_token_is_renewed_before_its_end_when_a_connection_is_opened() {
    let (lab, provider) = laboratory().await;
    let mut worker = connected(&lab).await;
    lab.wait(Duration::from_secs(LIFE - 30)).await;
    assert_eq!(provider.renewals(), 1, "what stands needs none");
    let refused = lab.commands("AUTHENTICATE").len();
    lab.server.drop_connections();
    lab.server.state().change(|all| all.append("INBOX", Flags::default(), UnixTime(NOW), mail(11)).unwrap());
    worker.until_same(&lab, "connected anew").await;
    worker.until_idle().await;
    assert_eq!(provider.renewals(), 2);
    assert!(lab.commands("AUTHENTICATE").len() > refused);
}

#[tokio::test]
async fn whoever_gets_no_token_any_more_is_asked_and_keeps_what_waits() {
    let (lab, provider) = laboratory().await;
    let mut worker = connected(&lab).await;
    provider.book.lock().unwrap().closed = true;
    lab.server.take_tokens([]);
    lab.server
        .faults()
        .add(Rule::command("UID STORE").then(Fault::No("[AUTHENTICATIONFAILED] expired".into())));
    worker.send(flag(&lab, 3));
    let status =
        worker.until_status("asked", |status| matches!(status, AccountStatus::SignInNeeded(_))).await;
    assert!(matches!(status, AccountStatus::SignInNeeded(Problem::SignInExpired { .. })), "{status:?}");
    assert_eq!(pending(&lab), 1, "it waits");
    let tries = lab.commands("AUTHENTICATE").len();
    lab.wait(Duration::from_secs(1_800)).await;
    assert_eq!(lab.commands("AUTHENTICATE").len(), tries, "nobody knocks in vain");
    provider.book.lock().unwrap().closed = false;
    worker.send(Command::SyncNow(None));
    worker.until_true("done", || flagged(&lab, 3)).await;
    worker.until_same(&lab, "afterwards").await;
    assert_eq!(provider.renewals(), 2);
}
