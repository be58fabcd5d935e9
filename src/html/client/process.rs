//! One render process and the pipes to it.

use super::Trouble;
use crate::html::wire::{self, Answer, Ask};
use crate::html::worker::{ARGUMENT, sandbox};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// A running process. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    /// Requests that it has answered.
    answered: u32,
    patience: Patience,
}

/// How long a process may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For one request, by the clock on the wall.
    pub(super) wait: Duration,
    /// For all that it does in its life, in processor time: other programs on a busy machine do not count. Only where the
    /// system tells it (Linux).
    pub(super) work: Option<Duration>,
}

/// How often it is asked how long a process has worked.
const LOOK: Duration = Duration::from_millis(50);
/// Ticks of processor time in a second, as Linux tells it to programs on all machines of today (proc(5)).
const TICKS: f64 = 100.0;

/// Requests after which a process is replaced: its time is limited, and what it leaks is given back.
const MAX_REQUESTS: u32 = 5_000;

impl Process {
    /// Starts a process and waits until it is ready.
    pub(super) async fn start(program: &Path, patience: Patience) -> Result<Self, Trouble> {
        let failed = |why: String| Trouble::NoProcess(why);
        let mut command = Command::from(sandbox::command(program));
        command
            .arg(ARGUMENT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        // Of the environment it needs only what finds fonts.
        command.env_clear();
        for name in KEPT {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed("no pipes".to_owned()));
        };
        let mut process = Self { child, input, output, answered: 0, patience };
        match timeout(patience.wait, process.receive()).await {
            Ok(Ok((Answer::Ready { .. }, _))) => Ok(process),
            Ok(_) => Err(failed("it ended at once".to_owned())),
            Err(_) => Err(failed("it does not answer".to_owned())),
        }
    }

    /// Whether it has done enough.
    pub(super) fn is_worn(&self) -> bool {
        self.answered >= MAX_REQUESTS
    }

    /// Number of the process.
    pub(super) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Sends a request and waits for its answer. After an error the process is of no more use.
    pub(super) async fn ask(&mut self, ask: &Ask, bytes: &[&[u8]]) -> Result<(Answer, Vec<u8>), Trouble> {
        self.answered += 1;
        let (id, patience) = (self.child.id(), self.patience);
        let exchange = async {
            let mut frame = Vec::new();
            wire::write(&mut frame, ask, bytes)?;
            self.input.write_all(&frame).await?;
            self.input.flush().await?;
            self.receive().await
        };
        let answer = tokio::select! {
            biased;
            answer = timeout(patience.wait, exchange) => answer,
            () = overworked(id, patience.work) => return Err(Trouble::TooSlow),
        };
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) => Err(Trouble::Crashed),
            Err(_) => Err(Trouble::TooSlow),
        }
    }

    async fn receive(&mut self) -> std::io::Result<(Answer, Vec<u8>)> {
        let mut head = [0; wire::HEAD];
        self.output.read_exact(&mut head).await?;
        let (words, bytes) = wire::lengths(head)?;
        let mut text = vec![0; words];
        self.output.read_exact(&mut text).await?;
        let mut data = vec![0; bytes];
        self.output.read_exact(&mut data).await?;
        Ok((serde_json::from_slice(&text).map_err(std::io::Error::other)?, data))
    }
}

/// Ends once a process has worked for longer than that.
async fn overworked(id: Option<u32>, work: Option<Duration>) {
    let (Some(id), Some(work)) = (id, work) else { return std::future::pending().await };
    while worked(id).await.is_none_or(|worked| worked < work) {
        tokio::time::sleep(LOOK).await;
    }
}

/// The processor time of a process, if the system tells it.
async fn worked(id: u32) -> Option<Duration> {
    let text = tokio::fs::read_to_string(format!("/proc/{id}/stat")).await.ok()?;
    // The name in parentheses can hold anything; the fields behind it are counted from the third one on.
    let mut fields = text.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Duration::try_from_secs_f64((ticks()? + ticks()?) / TICKS).ok()
}

/// What a render process keeps of the environment.
const KEPT: &[&str] = &[
    "HOME",
    "PATH",
    "LANG",
    "LC_ALL",
    "XDG_DATA_HOME",
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
    "XDG_DATA_DIRS",
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
    "SYSTEMROOT",
    "RUST_BACKTRACE",
];

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[tokio::test]
    async fn what_has_worked_enough_is_told_from_what_waits() {
        let own = Some(std::process::id());
        overworked(own, Some(Duration::ZERO)).await;
        let mut waits = Command::new("sleep").arg("600").kill_on_drop(true).spawn().unwrap();
        let id = waits.id().unwrap();
        assert!(worked(id).await.unwrap() < Duration::from_secs(1));
        let wait = overworked(Some(id), Some(Duration::from_secs(1)));
        assert!(timeout(LOOK * 3, wait).await.is_err());
        assert!(overworked(own, None).now_or_never().is_none());
        waits.kill().await.unwrap();
        assert_eq!(worked(u32::MAX).await, None);
    }
}
