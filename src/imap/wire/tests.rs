use super::*;
use futures::StreamExt;
use tokio::io::AsyncWriteExt;

/// Runs a client over a wire whose server says `lines`, and returns the client.
async fn client(lines: &[u8]) -> (async_imap::Client<Wire<tokio::io::DuplexStream>>, Incoming) {
    let (near, mut far) = tokio::io::duplex(1 << 20);
    far.write_all(lines).await.unwrap();
    drop(far);
    let (wire, incoming) = Wire::new(near);
    (async_imap::Client::new(wire), incoming)
}

#[tokio::test]
async fn an_end_of_the_stream_is_an_error() {
    let (mut client, incoming) = client(b"* OK hello\r\n* 3 EXI").await;
    assert!(client.read_response().await.unwrap().is_some());
    let error = client.read_response().await.unwrap_err();
    assert_eq!(WireError::from_io(&error), Some(&WireError::Truncated));
    assert_eq!(incoming.failure(), Some(WireError::Truncated));
    let _ = futures::stream::iter([()]).next().await;
}
