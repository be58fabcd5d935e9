//! Opens the TCP connection: all addresses of a name, staggered.
//!
//! Knows nothing of TLS or of what is said over it.

use super::trace::{Stage, Trace};
use crate::clock::Clock;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use socket2::{SockRef, TcpKeepalive};
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;

/// Head start of one address over the next (RFC 8305 section 5).
const STAGGER: Duration = Duration::from_millis(250);
/// Silence after which the system asks whether the other side is still there.
const QUIET: Duration = Duration::from_secs(60);
/// Time between its questions.
const PROBE_INTERVAL: Duration = Duration::from_secs(10);
/// Questions without an answer after which the link counts as dead.
#[cfg(not(any(target_os = "windows", target_os = "openbsd")))]
const PROBES: u32 = 3;
/// Addresses tried of one name; a hostile name could have hundreds.
const MAX_ADDRESSES: usize = 12;

/// Connects to the first address of the host that answers.
pub(crate) async fn connect(
    host: &str,
    port: u16,
    clock: &Clock,
    trace: Option<&Trace>,
) -> io::Result<TcpStream> {
    // Somebody may write an IPv6 address in brackets, as in a URL.
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    let addresses: Vec<SocketAddr> = clock.busy(tokio::net::lookup_host((bare, port))).await?.collect();
    Trace::add(trace, || Stage::Resolved(addresses.clone()));
    let stream = race(interleave(addresses.into_iter()), clock).await?;
    if let Ok(peer) = stream.peer_addr() {
        Trace::add(trace, || Stage::Connected(peer));
    }
    stream.set_nodelay(true)?;
    let keepalive = TcpKeepalive::new().with_time(QUIET).with_interval(PROBE_INTERVAL);
    #[cfg(not(any(target_os = "windows", target_os = "openbsd")))]
    let keepalive = keepalive.with_retries(PROBES);
    if let Err(error) = SockRef::from(&stream).set_tcp_keepalive(&keepalive) {
        // A nicety: without it a dead link is noticed when the IDLE is renewed.
        tracing::debug!(%error, "no TCP keepalive");
    }
    Ok(stream)
}

/// IPv6 and IPv4 in turns, starting with the kind that the system put first (RFC 8305 section 4).
fn interleave(addresses: impl Iterator<Item = SocketAddr>) -> VecDeque<SocketAddr> {
    let all: Vec<_> = addresses.collect();
    let first_is_v6 = all.first().is_some_and(SocketAddr::is_ipv6);
    let (mut first, mut second): (VecDeque<_>, VecDeque<_>) =
        all.into_iter().partition(|a| a.is_ipv6() == first_is_v6);
    let mut turns = VecDeque::new();
    while turns.len() < MAX_ADDRESSES && !(first.is_empty() && second.is_empty()) {
        turns.extend(first.pop_front());
        turns.extend(second.pop_front());
    }
    turns
}

/// Starts one attempt after the other, the next one early if one fails; the first success wins.
async fn race(mut addresses: VecDeque<SocketAddr>, clock: &Clock) -> io::Result<TcpStream> {
    let mut attempts = FuturesUnordered::new();
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    loop {
        match addresses.pop_front() {
            Some(address) => attempts.push(TcpStream::connect(address)),
            None if attempts.is_empty() => return Err(last),
            None => {}
        }
        let head_start = async {
            if addresses.is_empty() {
                std::future::pending::<()>().await;
            }
            clock.sleep(STAGGER).await;
        };
        tokio::select! {
            result = attempts.select_next_some() => match result {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            },
            () = head_start => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_addresses_take_turns() {
        let parse = |text: &str| -> Vec<SocketAddr> { text.split(' ').map(|a| a.parse().unwrap()).collect() };
        let given = parse("[::1]:1 [::2]:1 [::3]:1 1.1.1.1:1");
        let expected = parse("[::1]:1 1.1.1.1:1 [::2]:1 [::3]:1");
        assert_eq!(interleave(given.into_iter()), expected);
        let v4_first = parse("1.1.1.1:1 [::1]:1");
        assert_eq!(interleave(v4_first.clone().into_iter()), v4_first);
    }

    #[tokio::test]
    async fn a_dead_address_does_not_stop_the_next() {
        // It stands still: nobody waits for the head start.
        let clock = crate::clock::ManualClock::new(crate::model::UnixTime(0)).clock();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let alive = listener.local_addr().unwrap();
        let dead = {
            let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            gone.local_addr().unwrap()
        };
        let stream = race(VecDeque::from([dead, alive]), &clock).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), alive);
        let refused = race(VecDeque::from([dead]), &clock).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
        assert!(race(VecDeque::new(), &clock).await.is_err());
    }
}
