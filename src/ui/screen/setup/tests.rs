//! Tests of the account form's steps.

use super::*;
use crate::sync::LinkFault;

fn filled() -> Setup {
    let mut setup = Setup::welcome();
    setup.update(Message::FormWanted);
    setup.update(Message::Edited(Field::Email, "ada@example.org".into()));
    setup.update(Message::Edited(Field::Password, "secret".into()));
    setup
}

#[test]
fn an_incomplete_form_goes_to_its_first_fault() {
    let mut setup = Setup::welcome();
    setup.update(Message::FormWanted);
    let actions = setup.update(Message::Submitted);
    assert!(matches!(actions.as_slice(), [Action::Focus(Field::Email)]), "{actions:?}");
    assert_eq!(setup.stage(), &Stage::Editing);
}

#[test]
fn a_complete_form_is_tried_once() {
    let mut setup = filled();
    let actions = setup.update(Message::Submitted);
    let [Action::Send(Command::AddAccount { account, password })] = actions.as_slice() else {
        panic!("{actions:?}")
    };
    assert_eq!(account.imap.host, "imap.example.org");
    assert_eq!(password.as_ref().map(|p| p.place), Some(PasswordPlace::Keyring));
    assert!(setup.update(Message::Submitted).is_empty(), "already on its way");
    setup.update(Message::Edited(Field::Host, "x".into()));
    assert_eq!(setup.form.host, "imap.example.org", "fields rest during the trial");
}

#[test]
fn a_refused_port_offers_the_other_protection() {
    let mut setup = filled();
    setup.update(Message::Submitted);
    let fault = LinkFault::Refused;
    let problem = Problem::Link { host: "imap.example.org".into(), port: 993, fault };
    setup.refused(problem.clone());
    let remedy = setup.remedy_for(&problem);
    assert_eq!(remedy, Remedy::Switch(Security::StartTls));
    let actions = setup.update(Message::Remedied(remedy));
    assert!(
        matches!(actions.as_slice(), [Action::Send(Command::AddAccount { account, .. })] if account.imap.port == 143)
    );
}

#[test]
fn a_refused_password_is_asked_again() {
    let mut setup = filled();
    setup.update(Message::Submitted);
    let problem = Problem::SignInRefused { text: "no".into() };
    setup.refused(problem.clone());
    let actions = setup.update(Message::Remedied(setup.remedy_for(&problem)));
    assert!(matches!(actions.as_slice(), [Action::Focus(Field::Password)]));
    assert_eq!(setup.form.text(Field::Password), "");
}

#[test]
fn without_a_keyring_the_password_stays_in_memory() {
    let mut setup = filled();
    setup.update(Message::Submitted);
    setup.refused(Problem::KeyringAbsent);
    let actions = setup.update(Message::Remedied(setup.remedy_for(&Problem::KeyringAbsent)));
    let [Action::Send(Command::AddAccount { password: Some(password), .. })] = actions.as_slice() else {
        panic!("{actions:?}")
    };
    assert_eq!(password.place, PasswordPlace::Memory);
}

#[test]
fn leaving_goes_back_step_by_step() {
    let mut setup = filled();
    setup.update(Message::Submitted);
    assert!(matches!(setup.update(Message::Left).as_slice(), [Action::Send(Command::CancelSignIn)]));
    setup.refused(Problem::AccountExists);
    assert_eq!(setup.stage(), &Stage::Editing, "an answer after leaving is ignored");
    setup.update(Message::Left);
    assert_eq!(setup.stage(), &Stage::Welcome);
    let mut another = Setup::another();
    assert!(matches!(another.update(Message::Left).as_slice(), [Action::Leave]));
}

fn with_google() -> Setup {
    let mut setup = Setup::another();
    setup.update(Message::Edited(Field::Email, "ada@gmail.com".into()));
    setup
}

#[test]
fn signing_in_with_the_browser_waits_until_it_is_cancelled() {
    let mut setup = with_google();
    let actions = setup.update(Message::Submitted);
    let [Action::Send(Command::AddAccount { account, password: None })] = actions.as_slice() else {
        panic!("{actions:?}")
    };
    assert_eq!(account.login.auth, AuthMethod::OAuth);
    setup.waiting("https://id.example/?state=1".into(), UnixTime(300));
    assert!(setup.is_trying() && setup.is_counting());
    let again = setup.update(Message::OpenedAgain);
    assert!(matches!(again.as_slice(), [Action::OpenPage(url)] if url.ends_with("state=1")), "{again:?}");
    assert!(matches!(setup.update(Message::LinkCopied).as_slice(), [Action::Copy(_)]));
    let left = setup.update(Message::Left);
    assert!(matches!(left.as_slice(), [Action::Send(Command::CancelSignIn)]), "{left:?}");
    assert_eq!(setup.stage(), &Stage::Editing);
    setup.waiting("https://id.example/?state=2".into(), UnixTime(300));
    assert_eq!(setup.stage(), &Stage::Editing, "too late");
}

#[test]
fn a_missing_client_id_leads_to_an_app_password_or_to_a_client_of_ones_own() {
    let mut setup = with_google();
    setup.update(Message::Submitted);
    setup.refused(Problem::NoClientId { provider: "google".into() });
    setup.update(Message::WizardWanted);
    setup.update(Message::WizardTurned(4));
    setup.update(Message::ClientKept(Err(NotAClient::OfWebPage)));
    assert!(matches!(setup.stage(), Stage::Wizard(Wizard { fault: Some(NotAClient::OfWebPage), .. })));
    let actions = setup.update(Message::ClientKept(Ok(())));
    assert!(matches!(actions.as_slice(), [Action::Send(Command::AddAccount { .. })]), "it goes on by itself");
    setup.refused(Problem::NoClientId { provider: "google".into() });
    let actions = setup.update(Message::MethodChosen(AuthMethod::Password));
    assert!(matches!(actions.as_slice(), [Action::Focus(Field::Password)]));
    setup.update(Message::Edited(Field::Password, "abcd efgh".into()));
    let actions = setup.update(Message::Submitted);
    assert!(
        matches!(actions.as_slice(), [Action::Send(Command::AddAccount { password: Some(_), account })] if account.login.auth == AuthMethod::Password)
    );
}

#[test]
fn a_token_that_the_server_refuses_is_not_asked_for_as_a_password() {
    let mut setup = with_google();
    setup.update(Message::Submitted);
    let problem = Problem::SignInRefused { text: "no".into() };
    setup.refused(problem.clone());
    assert_eq!(setup.remedy_for(&problem), Remedy::TryAgain);
}
