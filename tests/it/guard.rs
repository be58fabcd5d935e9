//! Starts servers for tests that end with the test program, however that ends.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Becomes the server, and leaves somebody behind who kills its process group as soon as the pipe to the test
/// program is closed: a test program that is killed cannot clean up. (Group and process have the same number.)
const SCRIPT: &str = r#"
    exec 3<&0 </dev/null
    (read -r _ <&3; kill -s KILL -- -$$) >/dev/null 2>&1 &
    exec 3<&-
    exec "$@"
"#;

/// Starts a server in a process group of its own.
pub(crate) fn launch(command: &Command, errors: &Path) -> Child {
    let mut guarded = Command::new("sh");
    guarded.args(["-c", SCRIPT, "sh"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => guarded.env(name, value),
            None => guarded.env_remove(name),
        };
    }
    guarded.stdin(Stdio::piped()).stdout(Stdio::null());
    guarded.stderr(std::fs::File::create(errors).unwrap()).process_group(0).spawn().unwrap()
}

/// Sends a signal to the whole process group.
pub(crate) fn signal(child: &Child, name: &str) {
    // This spelling is the one that every shell takes.
    let target = format!("kill -s {name} -- -{}", child.id());
    let _ = Command::new("sh").args(["-c", &target]).stderr(Stdio::null()).status();
}

#[test]
fn a_server_ends_with_whoever_started_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new("sleep");
    command.arg("1000");
    let mut child = launch(&command, &dir.path().join("errors"));
    // The kernel does the same when the test program is killed.
    drop(child.stdin.take());
    let status = child.wait().unwrap();
    assert!(!status.success());
}
