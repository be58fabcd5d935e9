//! The loopback address that the browser comes back to (RFC 8252 section 7.3). Anybody on this computer can speak to
//! it: it takes one answer with the right state, refuses everything else, and waits for nobody.

use super::error::{OAuthError, tidy};
use super::page::{Ending, response};
use crate::clock::Clock;
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

/// Opens a free port of the loopback interface that the redirect address names.
pub(super) async fn bind(redirect: &Url) -> Result<(TcpListener, Url), OAuthError> {
    let failed = |error: std::io::Error| OAuthError::Listener { detail: tidy(&error.to_string()) };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    let mut own = redirect.clone();
    own.set_port(Some(port))
        .map_err(|()| OAuthError::Listener { detail: "no port in the address".into() })?;
    Ok((listener, own))
}

/// Waits for the answer. Others who knock are served side by side, so that a silent one holds up nothing.
pub(super) async fn answer(
    listener: &TcpListener,
    expected: &Expected,
    clock: &Clock,
) -> Result<Answer, OAuthError> {
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
            visitor = listener.accept() => match visitor {
                Ok((stream, _)) => {
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
        let answer = line.and_then(|line| judge(&line, expected));
        let ending = match &answer {
            Some(Answer::Code { .. }) => Ending::Done,
            Some(Answer::Error { .. }) => Ending::Refused,
            None => Ending::NotForUs,
        };
        stream.write_all(response(ending).as_bytes()).await?;
        stream.shutdown().await?;
        Ok::<_, std::io::Error>(answer)
    };
    match clock.timeout(SPEAK_WITHIN, talk).await {
        // A second right answer finds nobody waiting.
        Ok(Ok(Some(answer))) => drop(found.try_send(answer)),
        Ok(Ok(None)) => tracing::debug!("refused a request that was not for us"),
        Ok(Err(error)) => tracing::debug!(%error, "a visitor went away"),
        Err(_) => tracing::debug!("a visitor said nothing"),
    }
}

/// Reads to the end of the head, so that the browser gets its answer; gives the first line.
async fn request_line(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
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
