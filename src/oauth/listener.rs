//! The loopback address that the browser comes back to (RFC 8252 section 7.3). Anybody on this computer can speak to
//! it: it takes one answer with the right state, refuses everything else, and waits for nobody.

use super::error::{OAuthError, tidy};
use super::page::{Ending, response};
use crate::clock::Clock;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use url::Url;

/// A request line with a code in it has some hundred bytes; Microsoft's codes have two thousand.
const MAX_REQUEST: usize = 16 * 1024;
/// A browser says what it wants at once.
const SPEAK_WITHIN: Duration = Duration::from_secs(10);

/// What the browser brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The code, and who says that it gave it.
    Code { code: String, issuer: Option<String> },
    /// An error of RFC 6749 section 4.1.2.1.
    Error { text: String, issuer: Option<String> },
}

/// Which requests are ours.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    pub(super) path: String,
    pub(super) state: String,
}

/// So many free ports are tried: the system gives one that is free, but only for one of the two families.
const TRIES: usize = 8;

/// The port that the browser comes back to. Where the address says `localhost` a browser may take either family, and
/// nobody else may sit on the other one.
#[derive(Debug)]
pub(super) struct Port {
    socket: TcpListener,
    other: Option<TcpListener>,
}

impl Port {
    async fn accept(&self) -> io::Result<TcpStream> {
        let visitor = match &self.other {
            None => self.socket.accept().await,
            Some(other) => tokio::select! {
                visitor = self.socket.accept() => visitor,
                visitor = other.accept() => visitor,
            },
        };
        visitor.map(|(stream, _)| stream)
    }
}

/// Opens the port that the redirect address names, or a free one where it names none.
pub(super) async fn bind(redirect: &Url) -> Result<(Port, Url), OAuthError> {
    bind_by(redirect, async |address: SocketAddr| TcpListener::bind(address).await).await
}

/// The same with somebody who opens sockets.
pub(super) async fn bind_by(
    redirect: &Url,
    open: impl AsyncFn(SocketAddr) -> io::Result<TcpListener>,
) -> Result<(Port, Url), OAuthError> {
    let (host, other): (IpAddr, Option<IpAddr>) = match redirect.host() {
        Some(url::Host::Ipv4(ip)) => (ip.into(), None),
        Some(url::Host::Ipv6(ip)) => (ip.into(), None),
        _ => (Ipv4Addr::LOCALHOST.into(), Some(Ipv6Addr::LOCALHOST.into())),
    };
    let (fixed, mut tries) = (redirect.port(), TRIES);
    let (port, number) = loop {
        tries -= 1;
        match open_both(&open, host, other, fixed.unwrap_or(0)).await {
            Ok(port) => break port,
            Err(error) => match (error.kind(), fixed) {
                (io::ErrorKind::AddrInUse, None) if tries > 0 => {}
                (io::ErrorKind::AddrInUse, Some(port)) => return Err(OAuthError::PortTaken { port }),
                _ => return Err(OAuthError::Listener { detail: tidy(&error.to_string()) }),
            },
        }
    };
    let mut own = redirect.clone();
    own.set_port(Some(number))
        .map_err(|()| OAuthError::Listener { detail: "no port in the address".into() })?;
    Ok((port, own))
}

async fn open_both(
    open: &impl AsyncFn(SocketAddr) -> io::Result<TcpListener>,
    host: IpAddr,
    other: Option<IpAddr>,
    port: u16,
) -> io::Result<(Port, u16)> {
    let socket = open((host, port).into()).await?;
    let number = socket.local_addr()?.port();
    let other = match other {
        None => None,
        Some(ip) => match open((ip, number).into()).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            // A system without that family: nobody else has it either.
            opened => opened.ok(),
        },
    };
    Ok((Port { socket, other }, number))
}

/// Waits for the answer. Others who knock are served side by side, so that a silent one holds up nothing.
pub(super) async fn answer(port: &Port, expected: &Expected, clock: &Clock) -> Result<Answer, OAuthError> {
    let (found, mut answers) = mpsc::channel(1);
    let mut visitors = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            Some(answer) = answers.recv() => {
                // The page goes out before the port is closed.
                while visitors.join_next().await.is_some() && !visitors.is_empty() {
                    visitors.abort_all();
                }
                return Ok(answer);
            }
            visitor = port.accept() => match visitor {
                Ok(stream) => {
                    let (found, expected, clock) = (found.clone(), expected.clone(), clock.clone());
                    visitors.spawn(async move { serve(stream, &expected, &found, &clock).await });
                }
                Err(error) => return Err(OAuthError::Listener { detail: tidy(&error.to_string()) }),
            },
        }
    }
}

async fn serve(mut stream: TcpStream, expected: &Expected, found: &mpsc::Sender<Answer>, clock: &Clock) {
    let talk = async {
        let line = request_line(&mut stream).await?;
        // One is accepted: a second right answer is none of ours any more.
        let answer = line.and_then(|line| judge(&line, expected)).zip(found.try_reserve().ok());
        let ending = match &answer {
            Some((Answer::Code { .. }, _)) => Ending::Done,
            Some((Answer::Error { .. }, _)) => Ending::Refused,
            None => Ending::NotForUs,
        };
        let page = response(ending);
        let shown = async { stream.write_all(page.as_bytes()).await.and(stream.shutdown().await) };
        if let Err(error) = shown.await {
            // What a browser brought counts, whether or not it waits for the page.
            tracing::debug!(%error, "a visitor went away");
        }
        Ok::<_, io::Error>(answer)
    };
    match clock.timeout(SPEAK_WITHIN, talk).await {
        Ok(Ok(Some((answer, place)))) => place.send(answer),
        Ok(Ok(None)) => tracing::debug!("refused a request that was not for us"),
        Ok(Err(error)) => tracing::debug!(%error, "a visitor went away"),
        Err(_) => tracing::debug!("a visitor said nothing"),
    }
}

/// Reads to the end of the head, so that the browser gets its answer; gives the first line.
async fn request_line(stream: &mut TcpStream) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    let mut buffer = [0; 2048];
    while !head.windows(4).any(|w| w == b"\r\n\r\n") {
        let count = stream.read(&mut buffer).await?;
        if count == 0 || head.len() + count > MAX_REQUEST {
            return Ok(None);
        }
        head.extend(buffer.iter().take(count));
    }
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    Ok(std::str::from_utf8(line).ok().map(str::to_owned))
}

/// The answer in a request, if it is ours.
pub(super) fn judge(line: &str, expected: &Expected) -> Option<Answer> {
    let mut words = line.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    if method != "GET" || !version.starts_with("HTTP/1.") || words.next().is_some() {
        return None;
    }
    let url = Url::parse("http://127.0.0.1").ok()?.join(target).ok()?;
    if !target.starts_with('/') || url.path() != expected.path {
        return None;
    }
    let one = |name: &str| {
        let mut all = url.query_pairs().filter(|(key, _)| key == name);
        let first = all.next().map(|(_, value)| value.into_owned());
        // RFC 6749 section 3.1: said twice is wrong.
        if all.next().is_some() { None } else { first }
    };
    if one("state")? != expected.state {
        return None;
    }
    let issuer = one("iss");
    if let Some(error) = one("error") {
        let more = one("error_description").unwrap_or_default();
        return Some(Answer::Error { text: tidy(format!("{error} {more}").trim()), issuer });
    }
    Some(Answer::Code { code: one("code").filter(|code| !code.is_empty())?, issuer })
}
