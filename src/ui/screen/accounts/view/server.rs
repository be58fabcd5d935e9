//! The servers of an account: what is set, how the connections stand, which certificates are trusted all the same.

use super::super::{Message, Page, Tried};
use super::{KEY, Look, state, switch};
use crate::model::{Account, AuthMethod, Security};
use crate::sync::{ConnectionState, Problem};
use crate::ui::a11y::{Live, Role, semantic};
use crate::ui::locale::{Locale, tr};
use crate::ui::parts::{caption, dim, hairline, label, spoken, strong};
use crate::ui::problem;
use crate::ui::theme::{Element, Theme, container as grounds, space, typography};
use crate::ui::widget::button;
use iced::widget::{Column, column, container, row};
use iced::{Alignment, Length};

/// The servers of an account, and how the connections to them stand.
pub(super) fn view<'a>(page: &'a Page, account: &'a Account, look: &Look<'a>) -> Element<'a, Message> {
    let l = look.locale;
    let secure = |security| {
        l.text(match security {
            Security::Tls => "setup-security-tls",
            Security::StartTls => "setup-security-starttls",
        })
    };
    let auth = l.text(match account.login.auth {
        AuthMethod::Password if account.login.password_command.is_some() => "accounts-auth-command",
        AuthMethod::Password => "accounts-auth-password",
        AuthMethod::OAuth => "accounts-auth-browser",
    });
    let mut lines = vec![
        format!("IMAP: {}:{}, {}", account.imap.host, account.imap.port, secure(account.imap.security)),
        tr!(l, "accounts-user", user = account.login.user.as_str(), auth = auth).into_owned(),
    ];
    match &account.smtp {
        Some(smtp) => {
            let user = account.smtp_user.as_ref().map(|user| format!(", {user}")).unwrap_or_default();
            lines.push(format!("SMTP: {}:{}, {}{user}", smtp.host, smtp.port, secure(smtp.security)));
        }
        None => lines.push(l.text("accounts-no-smtp").into_owned()),
    }
    lines.push(state(page.id, &page.options, look));
    let said = lines.join(". ");
    let words = lines.into_iter().fold(Column::new().spacing(space::XXS), |all, line| all.push(label(line)));
    let words = spoken(KEY.part(60), Role::Label, said, words);
    let trying = page.tried == Tried::Trying;
    let mut buttons = row![
        switch(KEY.part(61), tr!(l, "accounts-enabled").into_owned(), page.options.enabled, l)
            .on_press(Message::Switched(page.id, !page.options.enabled)),
        button(KEY.part(62), tr!(l, "accounts-change-server")).on_press(Message::ServerWanted),
    ]
    .spacing(space::S);
    if account.login.auth == AuthMethod::OAuth && page.options.enabled {
        buttons = buttons.push(button(KEY.part(63), tr!(l, "fix-sign-in")).on_press(Message::SignInWanted));
    }
    let buttons = buttons
        .push(
            button(KEY.part(64), tr!(l, "accounts-try"))
                .on_press_maybe((!trying).then_some(Message::TrialWanted)),
        )
        .push(button(KEY.part(67), tr!(l, "accounts-doctor")).on_press(Message::DoctorWanted));
    column![words, buttons.wrap().vertical_spacing(space::S)]
        .push(tried(&page.tried, l))
        .push(look.sending.filter(|_| account.smtp.is_some()).map(|result| sending(result, l)))
        .push(page.connection.as_ref().map(|state| connection(state, look)))
        .spacing(space::M)
        .into()
}

/// How the connections stand.
fn connection<'a>(state: &ConnectionState, look: &Look<'a>) -> Element<'a, Message> {
    let l = look.locale;
    let mut lines = vec![
        tr!(l, "accounts-connections", open = state.open, allowed = state.allowed).into_owned(),
        tr!(l, "accounts-traffic", received = l.size(state.bytes_in), sent = l.size(state.bytes_out))
            .into_owned(),
    ];
    if !state.tls_version.is_empty() {
        let (tls, cipher) = (state.tls_version.as_str(), state.cipher.as_str());
        let mechanism = state.mechanism.as_str();
        let words = tr!(l, "accounts-protected", tls = tls, cipher = cipher, mechanism = mechanism);
        lines.push(words.into_owned());
    }
    if let Some(at) = state.last_pass {
        lines.push(tr!(l, "accounts-last-pass", at = l.moment(at, look.now)).into_owned());
    }
    if !state.capabilities.is_empty() {
        let words = state.capabilities.join(" ");
        lines.push(tr!(l, "accounts-capabilities", words = words).into_owned());
    }
    let said = lines.join(". ");
    let words = lines.into_iter().fold(Column::new().spacing(space::XXS), |all, line| all.push(dim(line)));
    spoken(KEY.part(66), Role::Label, said, words)
}

fn tried<'a>(tried: &Tried, l: &'a Locale) -> Option<Element<'a, Message>> {
    let (words, ground): (_, fn(&Theme) -> iced::widget::container::Style) = match tried {
        Tried::Not => return None,
        Tried::Trying => (tr!(l, "accounts-trying").into_owned(), grounds::banner_info),
        Tried::Worked(trial) => {
            let words = tr!(
                l,
                "accounts-tried",
                tls = trial.tls_version.as_str(),
                mechanism = trial.mechanism.as_str(),
                folders = trial.mailboxes
            );
            (words.into_owned(), grounds::banner_info)
        }
        Tried::Failed(why) => {
            let why = problem::explain(why, l);
            (format!("{} {}", why.what, why.advice), grounds::banner_danger)
        }
    };
    let shown = container(label(words.clone())).padding(space::M).width(Length::Fill).style(ground);
    Some(semantic(KEY.part(65), Role::Status, words).live(Live::Polite).wrap(shown))
}

/// Whether sending worked when the account was added or changed.
fn sending<'a>(result: &Result<String, Problem>, l: &'a Locale) -> Element<'a, Message> {
    let (words, ground): (_, fn(&Theme) -> iced::widget::container::Style) = match result {
        Ok(mechanism) => {
            (tr!(l, "accounts-sending", mechanism = mechanism.as_str()).into_owned(), grounds::banner_info)
        }
        Err(why) => {
            let why = problem::explain(why, l);
            let why = format!("{} {}", why.what, why.advice);
            (tr!(l, "accounts-sending-failed", why = why).into_owned(), grounds::banner_warning)
        }
    };
    let shown = container(label(words.clone())).padding(space::M).width(Length::Fill).style(ground);
    spoken(KEY.part(69), Role::Label, words, shown)
}

/// Certificates that the user trusts although something is wrong with them; each can be taken back.
pub(super) fn exceptions<'a>(account: &'a Account, look: &Look<'a>) -> Element<'a, Message> {
    let l = look.locale;
    let mut all = Column::new().spacing(space::M);
    for (number, one) in (0..).zip(&account.exceptions) {
        if number > 0 {
            all = all.push(hairline());
        }
        let key = KEY.part(68).item(number);
        let place = format!("{}:{}", one.host, one.port);
        let since = one.since.map(|since| tr!(l, "accounts-exception-since", at = l.moment(since, look.now)));
        let sha256 = format!("SHA-256 {}", one.sha256);
        let said = [Some(place.as_str()), since.as_deref(), Some(sha256.as_str())];
        let said = said.into_iter().flatten().collect::<Vec<_>>().join(". ");
        let mut words = column![strong(place.clone())].spacing(space::XXS);
        words = words.push(since.map(dim));
        let words = words.push(caption(sha256).font(typography::MONO));
        let words = container(spoken(key, Role::Label, said, words)).width(Length::Fill);
        let revoke = button(key.part(1), format!("{}: {place}", tr!(l, "accounts-exception-revoke")))
            .content(label(tr!(l, "accounts-exception-revoke")))
            .on_press(Message::Distrusted(one.clone()));
        all = all.push(row![words, revoke].spacing(space::S).align_y(Alignment::Center));
    }
    all.push(caption(tr!(l, "accounts-exceptions-hint"))).into()
}
