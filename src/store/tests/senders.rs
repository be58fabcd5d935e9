//! Consents, colors by sender, small settings, and whom the user writes to.

use super::*;

#[test]
fn consent_is_by_address_or_domain_and_can_be_taken_back() {
    let lab = Lab::new();
    let remote = |email: &str| lab.see().sender(email).unwrap().remote;
    assert_eq!(remote("a@news.example.org"), None);
    let one = Consent::Sender("A@News.example.org".into());
    let all = Consent::Domain("example.org".into());
    lab.write({
        let one = one.clone();
        move |w| w.allow_remote(&one, NOW)
    });
    assert_eq!(remote("a@NEWS.example.org"), Some(Consent::Sender("a@news.example.org".into())));
    assert_eq!(remote("b@news.example.org"), None);
    lab.write({
        let all = all.clone();
        move |w| w.allow_remote(&all, NOW)
    });
    assert_eq!(remote("b@news.example.org"), Some(all.clone()));
    assert_eq!(remote("b@badexample.org"), None, "only whole labels count");
    assert_eq!(lab.see().consents().unwrap().len(), 2);
    lab.write(move |w| {
        w.revoke_remote(&all, NOW)?;
        w.revoke_remote(&one, NOW)
    });
    assert_eq!(remote("a@news.example.org"), None);
    assert!(lab.see().consents().unwrap().is_empty());
}

#[test]
fn colors_and_settings_are_remembered() {
    let lab = Lab::new();
    lab.write(|w| {
        w.set_sender_dark("A@example.org", Some(true), NOW)?;
        w.set_preference(Preference::StripLinks, true)
    });
    assert_eq!(lab.see().sender("a@example.org").unwrap(), SenderMemory { remote: None, dark: Some(true) });
    lab.write(|w| {
        w.allow_remote(&Consent::Sender("a@example.org".into()), NOW)?;
        w.set_sender_dark("a@example.org", None, NOW)
    });
    let memory = lab.see().sender("a@example.org").unwrap();
    assert!(memory.remote.is_some() && memory.dark.is_none());
    assert!(lab.see().preference(Preference::StripLinks).unwrap());
    assert!(!lab.see().preference(Preference::CheckSignatures).unwrap(), "off unless turned on");
    lab.write(|w| w.set_preference(Preference::StripLinks, false));
    assert!(!lab.see().preference(Preference::StripLinks).unwrap());
}

#[test]
fn recipients_are_those_of_the_newest_mails() {
    let lab = Lab::new();
    lab.fill(lab.other, 1..=5);
    let found = lab.see().recipients(lab.other).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].email, "me@example.org");
}
