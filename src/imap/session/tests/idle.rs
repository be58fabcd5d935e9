//! IDLE.

use super::*;

#[tokio::test]
async fn idle_ends_in_every_way() {
    let idle = async |steps: Vec<Step>| {
        let (mut session, fake) = session("IDLE", steps).await;
        let result = fake.manual.run(session.idle(std::future::pending())).await;
        (result, session)
    };
    for text in ["{tag} NO not now\r\n", "{tag} BAD what\r\n"] {
        let (result, session) = idle(vec![expect("IDLE"), send(text), Step::Hang]).await;
        assert!(
            matches!(result, Err(Error::No { .. } | Error::Bad { .. })) && session.is_open(),
            "{result:?}"
        );
    }
    let (result, mut session_) = idle(vec![
        expect("IDLE"),
        send("+ idling\r\n* OK Still here\r\n* 5 EXISTS\r\n"),
        expect("DONE"),
        send("* 6 EXISTS\r\n{tag} OK\r\n"),
    ])
    .await;
    assert_eq!(result.unwrap(), IdleEnd::News);
    assert!(matches!(session_.take_unsolicited()[..], [Unsolicited::Exists(6)]));
    let (result, session_) = idle(vec![expect("IDLE"), send("+\r\n* BYE idle for too long\r\n")]).await;
    assert!(matches!(&result, Err(Error::Bye { text }) if text.contains("too long")), "{result:?}");
    assert!(!session_.is_open());
    let (result, session_) = idle(vec![expect("IDLE"), send("+\r\n{tag} OK enough\r\n")]).await;
    assert!(result.is_ok() && session_.is_open());
    let (result, _) =
        idle(vec![expect("IDLE"), send("+\r\n* 1 EXPUNGE\r\n"), expect("DONE"), Step::Hang]).await;
    assert!(matches!(result, Err(Error::Timeout { what: "the end of IDLE" })), "{result:?}");
    let (mut session_, _fake) = session("", [Step::Hang]).await;
    assert!(matches!(session_.idle(async {}).await, Err(Error::Unsupported { extension: "IDLE" })));
}

#[tokio::test]
async fn an_idle_is_renewed_when_its_time_has_come() {
    let mut script = signed_in("IDLE");
    script.extend([expect("IDLE"), send("+ idling\r\n"), expect("DONE"), send("{tag} OK\r\n"), Step::Hang]);
    let fake = Fake::start(Security::Tls, vec![script]).await;
    let mut session_ = fake.connect().await.unwrap();
    session_.set_idle_renewal(Duration::from_secs(28 * 60));
    let mut idle = std::pin::pin!(session_.idle(std::future::pending()));
    for _ in 0..28 {
        tokio::select! {
            biased;
            result = &mut idle => panic!("{:?}: {result:?}", fake.manual.elapsed()),
            _ = fake.manual.until_waiting(|wait| wait > Duration::from_secs(60 - 1)) => {}
        }
        fake.manual.advance(Duration::from_secs(60));
    }
    assert_eq!(idle.await.unwrap(), IdleEnd::Renew);
}
