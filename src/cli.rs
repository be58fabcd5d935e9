//! The command line: parses arguments, runs one command, writes results to standard output.
//!
//! Never decides anything that the window would decide otherwise: both use the same store and worker.

mod account;
mod act;
pub mod args;
mod doctor;
mod export;
mod fail;
mod history;
mod import;
mod list;
mod output;
mod problem;
mod render;
mod show;
mod sync;
mod trust;

use crate::oauth::{Identities, TokenKeeper};
use crate::profile::Profile;
use crate::secret::SecretStore;
use crate::store::Store;
use args::Command;
use fail::Fail;
use output::Output;
use std::process::ExitCode;

/// What every command works with.
struct Context {
    store: Store,
    secrets: SecretStore,
    tokens: TokenKeeper,
    output: Output,
}

/// Runs a command. Exit codes: 0 done, 1 failed with one line on standard error that says what, why and
/// what to do, 2 the arguments make no sense.
#[must_use]
pub fn run(profile: &Profile, command: Command) -> ExitCode {
    let output = Output::new();
    let result = start(profile, command, output);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read our output has seen enough (`| head`): nothing failed.
        Err(Fail::OutputClosed) => ExitCode::SUCCESS,
        Err(fail) => {
            output.error(&fail.to_string());
            ExitCode::from(if fail.is_usage() { 2 } else { 1 })
        }
    }
}

/// Says on standard error why the program cannot start at all.
pub fn complain(text: &str) {
    Output::new().error(text);
}

fn start(profile: &Profile, command: Command, output: Output) -> Result<(), Fail> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKER_THREADS)
        .enable_all()
        .build()
        .map_err(|error| Fail::Start { detail: error.to_string() })?;
    if let Command::Render(arguments) = &command {
        return runtime.block_on(render::run(arguments, output));
    }
    let store = Store::open_or_look(profile.data_dir())?;
    let tokens = TokenKeeper::new(Identities::of_profile(profile.config_dir()));
    let secrets = SecretStore::system_telling(move || {
        output
            .note("the keyring is locked and asks for its password: unlock it in the window that it opened");
    });
    let context = Context { store, secrets, tokens, output };
    runtime.block_on(dispatch(&context, command))
}

/// One for the network, one so that a password prompt never holds it up.
const WORKER_THREADS: usize = 2;

async fn dispatch(context: &Context, command: Command) -> Result<(), Fail> {
    match command {
        Command::Account(command) => account::run(context, command).await,
        Command::Mailboxes(filter) => list::mailboxes(context, &filter),
        Command::List(arguments) => list::messages(context, &arguments),
        Command::Doctor(arguments) => doctor::run(context, &arguments).await,
        Command::Sync(arguments) => sync::run(context, arguments).await,
        Command::Move(arguments) => act::shift(context, &arguments).await,
        Command::Copy(arguments) => act::copy(context, &arguments).await,
        Command::Flag(arguments) => act::flag(context, &arguments).await,
        Command::Delete(arguments) => act::delete(context, &arguments).await,
        Command::Undo => act::back(context, false).await,
        Command::Redo => act::back(context, true).await,
        Command::Export(arguments) => export::run(context, arguments).await,
        Command::Import(arguments) => import::run(context, &arguments).await,
        Command::Show(arguments) => show::run(context, &arguments).await,
        // Needs no store, so that it runs without a profile.
        Command::Render(arguments) => render::run(&arguments, context.output).await,
    }
}
