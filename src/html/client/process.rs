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
}

/// Requests after which a process is replaced: its time is limited, and what it leaks is given back.
const MAX_REQUESTS: u32 = 5_000;

impl Process {
    /// Starts a process and waits until it is ready.
    pub(super) async fn start(program: &Path, wait: Duration) -> Result<Self, Trouble> {
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
        let mut process = Self { child, input, output, answered: 0 };
        match timeout(wait, process.receive()).await {
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
    pub(super) async fn ask(
        &mut self,
        ask: &Ask,
        bytes: &[&[u8]],
        wait: Duration,
    ) -> Result<(Answer, Vec<u8>), Trouble> {
        self.answered += 1;
        let exchange = async {
            let mut frame = Vec::new();
            wire::write(&mut frame, ask, bytes)?;
            self.input.write_all(&frame).await?;
            self.input.flush().await?;
            self.receive().await
        };
        match timeout(wait, exchange).await {
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
