//! Tests of the account form.

use super::*;

fn filled() -> Form {
    let mut form = Form::default();
    form.edit(Field::Email, " ada@Example.org".into());
    form.edit(Field::Password, "secret".into());
    form
}

#[test]
fn an_address_fills_in_the_server_until_the_user_types_it() {
    let mut form = filled();
    assert_eq!((form.host.as_str(), form.port.as_str()), ("imap.example.org", "993"));
    form.protect(Security::StartTls);
    assert_eq!(form.port, "143");
    form.edit(Field::Host, "mail.example.org".into());
    form.edit(Field::Port, "10143".into());
    form.edit(Field::Email, "ada@other.net".into());
    form.protect(Security::Tls);
    assert_eq!((form.host.as_str(), form.port.as_str()), ("mail.example.org", "10143"));
    form.edit(Field::Host, String::new());
    form.edit(Field::Email, "ada@third.net".into());
    assert_eq!(form.host, "imap.third.net");
}

#[test]
fn a_complete_form_is_an_account() {
    let account = filled().account().unwrap();
    assert_eq!(account.email, "ada@Example.org");
    assert_eq!(account.login.user, "ada@Example.org");
    assert_eq!(account.imap, Server { host: "imap.example.org".into(), port: 993, security: Security::Tls });
    assert_eq!(account.ca_file, None);
}

#[test]
fn faults_are_found_field_by_field() {
    let cases = [
        (Field::Email, "", Some(Fault::Missing)),
        (Field::Email, "ada", Some(Fault::NotAnAddress)),
        (Field::Email, "ada@", Some(Fault::NotAnAddress)),
        (Field::Email, "a b@c.d", Some(Fault::NotAnAddress)),
        (Field::Email, "ада@пример.рф", None),
        (Field::Password, "", Some(Fault::Missing)),
        (Field::Host, "", Some(Fault::Missing)),
        (Field::Host, "https://mail", Some(Fault::NotAHost)),
        (Field::Host, "a..b", Some(Fault::NotAHost)),
        (Field::Host, "-a.b", Some(Fault::NotAHost)),
        (Field::Host, "localhost", None),
        (Field::Host, "::1", None),
        (Field::Port, "", Some(Fault::NotAPort)),
        (Field::Port, "0", Some(Fault::NotAPort)),
        (Field::Port, "70000", Some(Fault::NotAPort)),
        (Field::Port, "14x3", None),
        (Field::User, "", None),
    ];
    for (field, text, fault) in cases {
        let mut form = filled();
        form.edit(field, text.into());
        assert_eq!(form.fault(field), fault, "{field:?} {text}");
    }
    assert_eq!(Form::default().first_fault(), Some(Field::Email));
}

#[test]
fn a_changed_account_keeps_what_the_form_does_not_show() {
    let mut account = filled().account().unwrap();
    account.login.password_command = Some("pass mail".into());
    account.login.user = "ada".into();
    let mut form = Form::of(AccountId::from_row(1), &account);
    assert_eq!(form.first_fault(), None);
    assert!(form.new_password().is_none());
    assert_eq!(form.account(), Some(account));
    form.edit(Field::Password, "new".into());
    assert_eq!(form.new_password().unwrap().expose(), "new");
}

#[test]
fn a_known_address_brings_its_provider_until_the_user_chooses_another() {
    let mut form = Form::default();
    form.edit(Field::Email, "ada@GMail.com".into());
    assert_eq!(form.provider().map(|(key, _)| key), Some("google"));
    assert!(form.in_browser() && form.first_fault().is_none());
    let account = form.account().unwrap();
    assert_eq!((account.imap.host.as_str(), account.login.auth), ("imap.gmail.com", AuthMethod::OAuth));
    assert_eq!(account.login.oauth.unwrap().provider.as_deref(), Some("google"));
    assert_eq!(account.smtp.map(|smtp| smtp.port), Some(465));
    form.method = AuthMethod::Password;
    assert_eq!(form.first_fault(), Some(Field::Password), "an app password");
    form.choose(None);
    assert_eq!((form.host.as_str(), form.in_browser()), ("imap.gmail.com", false), "a guess now");
    form.choose(Some("fastmail"));
    form.edit(Field::Email, "ada@example.org".into());
    assert_eq!(form.host, "imap.fastmail.com");
    assert!(form.in_browser());
}

#[test]
fn any_server_needs_its_issuer_and_a_client_id() {
    let mut form = filled();
    form.edit(Field::Issuer, "http://id.example".into());
    assert_eq!(form.fault(Field::Issuer), Some(Fault::NotAnIssuer));
    form.edit(Field::Issuer, "http://[::1]:8080".into());
    assert_eq!(form.fault(Field::Issuer), None);
    form.edit(Field::Issuer, "https://id.example".into());
    assert_eq!(form.first_fault(), Some(Field::ClientId));
    form.edit(Field::ClientId, "postrider".into());
    let login = form.account().unwrap().login;
    assert_eq!(login.auth, AuthMethod::OAuth);
    let oauth = login.oauth.unwrap();
    assert_eq!((oauth.issuer.as_deref(), oauth.provider), (Some("https://id.example"), None));
    assert!(form.new_password().is_none(), "a password that was typed before is not sent");
    form.edit(Field::Issuer, String::new());
    assert!(!form.in_browser());
}

#[test]
fn overlong_texts_are_not_taken() {
    let mut form = Form::default();
    form.edit(Field::Email, "a".repeat(MAX_FIELD + 1));
    assert_eq!(form.email, "");
}

#[test]
fn the_server_for_sending_can_be_changed_and_left_out() {
    let mut form = filled();
    assert_eq!(form.account().unwrap().smtp, None, "a guess would only be wrong");
    form.edit(Field::SmtpHost, "smtp.Example.org".into());
    assert_eq!(form.smtp_port, "465");
    form.protect_smtp(Security::StartTls);
    form.edit(Field::SmtpUser, " ada.send ".into());
    let account = form.account().unwrap();
    let wanted = Server { host: "smtp.example.org".into(), port: 587, security: Security::StartTls };
    assert_eq!((account.smtp.as_ref(), account.smtp_user.as_deref()), (Some(&wanted), Some("ada.send")));
    form.edit(Field::SmtpPort, "0".into());
    assert_eq!(form.first_fault(), Some(Field::SmtpPort));
    let mut again = Form::of(AccountId::from_row(1), &account);
    assert_eq!(again.account(), Some(account));
    again.edit(Field::SmtpHost, String::new());
    assert_eq!(again.account().unwrap().smtp, None);
    // What is known of the address comes in, what was typed stays.
    let mut known = Form::default();
    known.edit(Field::Email, "ada@gmail.com".into());
    assert_eq!(known.smtp_host, "smtp.gmail.com");
    known.edit(Field::SmtpHost, "relay.example.org".into());
    known.edit(Field::Email, "ada@posteo.de".into());
    assert_eq!(known.smtp_host, "relay.example.org");
}
