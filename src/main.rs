//! Entry: arguments, logging, then the window or a command.

use clap::Parser;
use postrider::cli::{self, args::Arguments};
use postrider::html::worker;
use postrider::profile::Profile;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Before anything else: a render process has no profile, no log and no arguments of its own.
    if std::env::args_os().nth(1).is_some_and(|first| first == worker::ARGUMENT) {
        return worker::run();
    }
    let arguments = Arguments::parse();
    start_log();
    if arguments.demo {
        return window(None);
    }
    let profile = match arguments.profile.as_deref() {
        Some(dir) => Ok(Profile::at(dir)),
        None => Profile::of_user(),
    };
    match (profile, arguments.command) {
        (Ok(profile), Some(command)) => cli::run(&profile, command),
        (Ok(profile), None) => window(Some(profile)),
        (Err(no_home), _) => {
            cli::complain(&no_home.to_string());
            ExitCode::FAILURE
        }
    }
}

/// Logs to standard error what `POSTRIDER_LOG` asks for (`info`, `postrider::sync=debug` ...); nothing by default.
fn start_log() {
    let Ok(filter) = tracing_subscriber::EnvFilter::try_from_env("POSTRIDER_LOG") else { return };
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// Opens the window on a profile, or on the demo server without one.
#[cfg(feature = "gui")]
fn window(profile: Option<Profile>) -> ExitCode {
    use postrider::ui::{self, Start};
    match ui::run(profile.map_or(Start::Demo, Start::Profile)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            cli::complain(&why.to_string());
            ExitCode::FAILURE
        }
    }
}

/// This build has no window.
#[cfg(not(feature = "gui"))]
fn window(_profile: Option<Profile>) -> ExitCode {
    cli::complain("this build has no window; `postrider --help` shows what it can do");
    ExitCode::FAILURE
}
