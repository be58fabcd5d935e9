//! Opens an address in the user's browser: `$BROWSER` if it is set, else what the system takes.

use super::error::{OAuthError, tidy};
use std::process::{Command, Stdio};
use url::Url;

/// Opens the address and does not wait for the browser.
///
/// # Errors
/// No browser could be started. The user can still open the address by hand.
pub fn open(url: &Url) -> Result<(), OAuthError> {
    match std::env::var("BROWSER") {
        Ok(choices) if !choices.trim().is_empty() => by_variable(&choices, url),
        _ => open::that_detached(url.as_str()).map_err(|error| failed(&error)),
    }
}

/// A list with colons; `%s` stands for the address, which goes last where there is none.
fn by_variable(choices: &str, url: &Url) -> Result<(), OAuthError> {
    let mut last = failed(&std::io::Error::from(std::io::ErrorKind::NotFound));
    for choice in choices.split(':').map(str::trim).filter(|choice| !choice.is_empty()) {
        let mut words = choice.split_whitespace();
        let Some(program) = words.next() else { continue };
        let mut arguments: Vec<String> = words.map(|word| word.replace("%s", url.as_str())).collect();
        if !choice.contains("%s") {
            arguments.push(url.to_string());
        }
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        match command.spawn() {
            Ok(mut child) => {
                // Nobody waits for the browser, but its end has to be noticed.
                std::thread::spawn(move || drop(child.wait()));
                return Ok(());
            }
            Err(error) => last = failed(&error),
        }
    }
    Err(last)
}

fn failed(error: &std::io::Error) -> OAuthError {
    OAuthError::Browser { detail: tidy(&error.to_string()) }
}
