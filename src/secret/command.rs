//! A password from a shell command, for machines without a keyring and for password managers.

use super::{Secret, SecretError};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use zeroize::Zeroizing;

/// A person may have to type a passphrase into the password manager that the command asks.
pub(super) const TIMEOUT: Duration = Duration::from_secs(120);
/// No password is longer; more output comes from a wrong command.
const MAX_OUTPUT: u64 = 64 * 1024;
/// Error texts are shown in one line.
const MAX_DETAIL: usize = 200;

/// Runs the command in the system's shell and takes the first line that it prints.
pub(super) async fn run(shell_command: &str, timeout: Duration) -> Result<Secret, SecretError> {
    let mut shell = shell(shell_command);
    shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = shell.spawn().map_err(|error| failed(None, &error.to_string()))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let work = async {
        let (out, err) = tokio::join!(read(out), read(err));
        (out, err, child.wait().await)
    };
    let Ok((out, err, status)) = tokio::time::timeout(timeout, work).await else {
        return Err(failed(None, "it took too long"));
    };
    let status = status.map_err(|error| failed(None, &error.to_string()))?;
    if !status.success() {
        return Err(failed(status.code(), &String::from_utf8_lossy(&err)));
    }
    let text = std::str::from_utf8(&out).map_err(|_| failed(status.code(), "its output is not UTF-8"))?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(Secret::new(line.to_owned())),
        _ => Err(failed(status.code(), "it printed nothing")),
    }
}

async fn read(pipe: Option<impl AsyncRead + Unpin>) -> Zeroizing<Vec<u8>> {
    // Room from the start: growing would leave copies of the secret behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    if let Some(pipe) = pipe
        && let Err(error) = pipe.take(MAX_OUTPUT).read_to_end(&mut bytes).await
    {
        tracing::debug!(%error, "password command: cannot read its output");
    }
    bytes
}

fn failed(status: Option<i32>, text: &str) -> SecretError {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let detail = line.chars().filter(|c| !c.is_control()).take(MAX_DETAIL).collect();
    SecretError::Command { status, detail }
}

#[cfg(unix)]
fn shell(shell_command: &str) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(shell_command);
    shell
}

#[cfg(windows)]
fn shell(shell_command: &str) -> Command {
    let mut shell = Command::new("cmd");
    shell.arg("/C").arg(shell_command);
    shell
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_line_counts() {
        let cases = [
            ("printf 'one\\ntwo\\n'", Some("one")),
            ("printf 'with space \\r\\n'", Some("with space ")),
            ("printf 'no newline'", Some("no newline")),
            ("yes | head -c 10000000", None),
            ("true", None),
            ("echo ''", None),
            ("printf '\\377'", None),
        ];
        for (shell_command, expected) in cases {
            let secret = run(shell_command, TIMEOUT).await;
            assert_eq!(secret.ok().as_ref().map(Secret::expose), expected, "{shell_command}");
        }
    }

    #[tokio::test]
    async fn failures_say_why() {
        let failed = run("echo secret; echo '  no such key' >&2; exit 3", TIMEOUT).await;
        assert_eq!(failed, Err(SecretError::Command { status: Some(3), detail: "  no such key".into() }));
        let slow = run("sleep 600", Duration::from_millis(20)).await;
        assert!(matches!(slow, Err(SecretError::Command { status: None, .. })), "{slow:?}");
    }
}
