//! Entry: arguments, logging, then the window or a command.

use clap::Parser;
use postrider::cli::{self, args::Arguments};
use postrider::clock::Clock;
use postrider::crash;
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
        crash::watch_over(None, Clock::system());
        return window(None);
    }
    let profile = match arguments.profile.as_deref() {
        Some(dir) => Ok(Profile::at(dir)),
        None => Profile::of_user(),
    };
    crash::watch_over(profile.as_ref().ok().map(Profile::data_dir), Clock::system());
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
    let (clock, start) = (Clock::system(), profile.map_or(Start::Demo, Start::Profile));
    let began = clock.moment();
    match std::panic::catch_unwind(|| ui::run(start)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(why)) => {
            cli::complain(&why.to_string());
            ExitCode::FAILURE
        }
        Err(_) => {
            // What happened was noted; the next run tells it.
            crash::broke_off();
            if clock.elapsed(began) > STEADY {
                start_anew();
            }
            ExitCode::FAILURE
        }
    }
}

/// A window that broke off before was not of use, and a new one would not be.
#[cfg(feature = "gui")]
const STEADY: std::time::Duration = std::time::Duration::from_secs(20);

/// Starts the program once more with the same arguments: a window that is suddenly gone tells nobody why.
#[cfg(feature = "gui")]
fn start_anew() {
    let Ok(program) = std::env::current_exe() else { return };
    let mut again = std::process::Command::new(program);
    again.args(std::env::args_os().skip(1));
    // In this process's place, where that can be: nothing of it stays that holds the profile.
    #[cfg(unix)]
    let why = std::os::unix::process::CommandExt::exec(&mut again);
    #[cfg(not(unix))]
    let Err(why) = again.spawn() else { return };
    cli::complain(&why.to_string());
}

/// This build has no window.
#[cfg(not(feature = "gui"))]
fn window(_profile: Option<Profile>) -> ExitCode {
    cli::complain("this build has no window; `postrider --help` shows what it can do");
    ExitCode::FAILURE
}
