//! The first-run screen as elements.

mod extra;
mod sign_in;

pub(in crate::ui) use sign_in::left;

use super::form::Field;
use super::{Message, Remedy, Setup, Stage};
use crate::model::{Security, UnixTime};
use crate::sync::{Block, Problem};
use crate::ui::a11y::{Live, NodeKey, Role, semantic};
use crate::ui::icon::Icon;
use crate::ui::locale::{Locale, tr};
use crate::ui::parts::{caption, check_box, dim, label, spoken, strong};
use crate::ui::problem;
use crate::ui::theme::{Element, button as looks, container as grounds, input, scroll, space, typography};
use crate::ui::widget::{button, icon_button, on_escape, radio_group};
use iced::advanced::widget::Id;
use iced::widget::{center, column, container, row, scrollable, space as gap, text_input};
use iced::{Alignment, Length};

/// Width of the card.
const CARD: f32 = 480.0;
/// Width of the port field.
const PORT: f32 = 96.0;

const KEY: NodeKey = NodeKey::named("setup");

/// Widget id of a field.
#[must_use]
pub fn field_id(field: Field) -> Id {
    Id::new(match field {
        Field::Email => "setup-email",
        Field::Password => "setup-password",
        Field::Host => "setup-host",
        Field::Port => "setup-port",
        Field::User => "setup-user",
        Field::SmtpHost => "setup-smtp-host",
        Field::SmtpPort => "setup-smtp-port",
        Field::SmtpUser => "setup-smtp-user",
        Field::CaFile => "setup-ca-file",
        Field::Issuer => "setup-issuer",
        Field::ClientId => "setup-client-id",
    })
}

/// The screen. `now` is the present.
#[must_use]
pub fn view<'a>(setup: &'a Setup, l: &'a Locale, now: UnixTime) -> Element<'a, Message> {
    let content = match &setup.stage {
        Stage::Welcome | Stage::DemoStarting | Stage::DemoFailed(_) => welcome(setup, l),
        Stage::Waiting { until, copied, .. } => sign_in::waiting(setup, *until, *copied, now, l),
        Stage::Wizard(wizard) => sign_in::wizard(wizard, l),
        Stage::Refused(Problem::NoClientId { .. }) => sign_in::no_client(setup, l),
        Stage::Editing | Stage::Trying | Stage::Refused(_) => form(setup, l, now),
    };
    let card = container(content).max_width(CARD).padding(space::XXL).style(grounds::dialog);
    let page = scrollable(center(card).height(Length::Shrink).padding(space::L))
        .direction(scroll::vertical())
        .width(Length::Fill);
    on_escape(
        container(page).center_y(Length::Fill).width(Length::Fill).style(grounds::chrome),
        Message::Left,
    )
}

fn welcome<'a>(setup: &'a Setup, l: &'a Locale) -> Element<'a, Message> {
    let starting = setup.stage == Stage::DemoStarting;
    let title = tr!(l, "setup-welcome");
    let head = column![
        Icon::Mail.tinted(space::ICON_XL, |t| t.accent),
        spoken(
            KEY.part(1),
            Role::Heading,
            title.clone(),
            label(title).size(typography::DISPLAY).font(typography::STRONG)
        ),
        spoken(
            KEY.part(2),
            Role::Label,
            tr!(l, "setup-welcome-text"),
            label(tr!(l, "setup-welcome-text")).style(grounds::text_dim).align_x(Alignment::Center)
        ),
    ]
    .spacing(space::M)
    .align_x(Alignment::Center);
    let add = button(KEY.part(3), tr!(l, "setup-add"))
        .icon(Icon::Plus)
        .style(looks::primary)
        .width(Length::Fill)
        .on_press_maybe((!starting).then_some(Message::FormWanted));
    let demo = button(KEY.part(4), l.text(if starting { "setup-demo-starting" } else { "setup-demo" }))
        .icon(Icon::Inbox)
        .width(Length::Fill)
        .on_press_maybe((!starting).then_some(Message::DemoWanted));
    let mut all = column![
        head,
        gap::vertical().height(space::S),
        add,
        demo,
        container(caption(tr!(l, "setup-demo-hint")).align_x(Alignment::Center)).center_x(Length::Fill),
    ]
    .spacing(space::M)
    .align_x(Alignment::Center);
    if let Stage::DemoFailed(detail) = &setup.stage {
        let words = tr!(l, "setup-demo-failed", detail = detail.as_str());
        let text = container(label(words.clone()))
            .padding(space::M)
            .width(Length::Fill)
            .style(grounds::banner_danger);
        all = all.push(semantic(KEY.part(5), Role::Alert, words).live(Live::Assertive).wrap(text));
    }
    all.into()
}

/// The title of a page with the way back before it.
fn head<'a>(title: std::borrow::Cow<'a, str>, l: &'a Locale) -> Element<'a, Message> {
    let back = icon_button(KEY.part(10), Icon::ChevronLeft, tr!(l, "setup-back")).on_press(Message::Left);
    let title = spoken(
        KEY.part(11),
        Role::Heading,
        title.clone(),
        label(title).size(typography::TITLE).font(typography::STRONG),
    );
    row![back, title].spacing(space::S).align_y(Alignment::Center).into()
}

fn form<'a>(setup: &'a Setup, l: &'a Locale, now: UnixTime) -> Element<'a, Message> {
    let form = &setup.form;
    let title = l.text(if form.changes.is_some() { "setup-change" } else { "setup-add" });
    let mut all = column![head(title, l)].spacing(space::L);
    if let Stage::Refused(why) = &setup.stage {
        all = all.push(refused(why, setup, now, l));
    }
    all = all
        .push(
            column![field(Field::Email, "setup-email", "setup-email-placeholder", setup, l)]
                .push(extra::lookup(setup, l))
                .spacing(space::XS),
        )
        .push(sign_in::providers(setup, l));
    let known = form.provider().is_some();
    if form.in_browser() {
        all = all.push(submit(setup, l));
    } else {
        all = all.push(column![password(setup, l)].push(extra::password_hint(setup, l)).spacing(space::S));
    }
    if !known && !form.in_browser() {
        all = all.push(server(setup, l)).push(protection(false, form.security, l));
    }
    if !form.in_browser() {
        all = all.push(submit(setup, l));
    }
    let more = button(KEY.part(12), tr!(l, "setup-more"))
        .icon(if setup.more { Icon::ChevronUp } else { Icon::ChevronDown })
        .style(looks::ghost)
        .expanded(setup.more)
        .padding([space::XS, space::XXS])
        .on_press(Message::MoreToggled);
    all = all.push(more);
    if setup.more {
        if known || form.in_browser() {
            all = all.push(server(setup, l)).push(protection(false, form.security, l));
        }
        all = all
            .push(field(Field::User, "setup-user", "setup-user-placeholder", setup, l))
            .push(sending(setup, l))
            .push(certificate(setup, l))
            .push(field(Field::Issuer, "setup-issuer", "setup-issuer-placeholder", setup, l))
            .push(field(Field::ClientId, "setup-client-id", "setup-client-id-placeholder", setup, l));
    }
    all.into()
}

fn server<'a>(setup: &'a Setup, l: &'a Locale) -> Element<'a, Message> {
    row![
        container(field(Field::Host, "setup-host", "setup-host-placeholder", setup, l)).width(Length::Fill),
        container(field(Field::Port, "setup-port", "setup-port-placeholder", setup, l)).width(PORT),
    ]
    .spacing(space::M)
    .into()
}

/// Where mail is sent: server, protection, and a user name if it is another one.
fn sending<'a>(setup: &'a Setup, l: &'a Locale) -> Element<'a, Message> {
    let (host, port) = ("setup-smtp-host", "setup-smtp-port");
    let server = row![
        container(field(Field::SmtpHost, host, "setup-smtp-host-placeholder", setup, l)).width(Length::Fill),
        container(field(Field::SmtpPort, port, "setup-smtp-port-placeholder", setup, l)).width(PORT),
    ]
    .spacing(space::M);
    column![
        server,
        protection(true, setup.form.smtp_security, l),
        field(Field::SmtpUser, "setup-smtp-user", "setup-smtp-user-placeholder", setup, l)
    ]
    .spacing(space::L)
    .into()
}

fn field<'a>(which: Field, name: &str, hint: &str, setup: &'a Setup, l: &'a Locale) -> Element<'a, Message> {
    let (name, hint) = (l.text(name).into_owned(), l.text(hint).into_owned());
    let fault = setup.form.fault(which).filter(|_| setup.form.tried);
    let value = setup.form.text(which);
    let mut entry = text_input(&hint, value)
        .id(field_id(which))
        .size(typography::BODY)
        .padding(space::S)
        .style(if fault.is_some() { input::text_field_invalid } else { input::text_field });
    if !setup.is_trying() {
        entry = entry.on_input(move |text| Message::Edited(which, text)).on_submit(Message::Submitted);
    }
    let secret = which == Field::Password;
    if secret {
        entry = entry.secure(!setup.reveal);
    }
    let key = KEY.item(which as u64);
    let role = match which {
        Field::Email => Role::EmailInput,
        Field::Password => Role::PasswordInput,
        Field::Issuer => Role::UrlInput,
        Field::Host
        | Field::Port
        | Field::User
        | Field::SmtpHost
        | Field::SmtpPort
        | Field::SmtpUser
        | Field::CaFile
        | Field::ClientId => Role::TextInput,
    };
    let mut described = semantic(key, role, name.clone())
        .placeholder(hint)
        .invalid(fault.is_some())
        .disabled(setup.is_trying())
        .on_set_value(move |text| Message::Edited(which, text));
    if !secret {
        described = described.value(value).text(value);
    }
    if let Some(fault) = fault {
        described = described.description(l.text(fault.text_key()));
    }
    // The caption belongs to the field: readers must not meet its name twice.
    let named = described.wrap(column![caption(name), entry].spacing(space::XS));
    let mut all = column![named].spacing(space::XS);
    if let Some(fault) = fault {
        let words = l.text(fault.text_key());
        let shown = label(words.clone()).size(typography::CAPTION).style(grounds::text_danger);
        all = all.push(spoken(key.part(1), Role::Alert, words, shown));
    }
    all.into()
}

fn password<'a>(setup: &'a Setup, l: &'a Locale) -> Element<'a, Message> {
    let kept = setup.form.changes.is_some();
    let hint = if kept { "setup-password-keep" } else { "setup-password-placeholder" };
    let entry = field(Field::Password, "setup-password", hint, setup, l);
    let (icon, name) =
        if setup.reveal { (Icon::EyeOff, "setup-password-hide") } else { (Icon::Eye, "setup-password-show") };
    let reveal =
        icon_button(KEY.part(13), icon, l.text(name)).toggled(setup.reveal).on_press(Message::RevealToggled);
    // The button stands beside the field, below its label.
    let reveal = column![gap::vertical().height(typography::CAPTION * typography::TIGHT + space::XS), reveal];
    let remember = tr!(l, "setup-remember");
    let check = check_box(KEY.part(14), remember, setup.form.remember).on_press(Message::RememberToggled);
    column![
        row![container(entry).width(Length::Fill), reveal].spacing(space::XS),
        sign_in::app_password(setup, l),
        check
    ]
    .spacing(space::S)
    .into()
}

fn protection<'a>(sending: bool, now: Security, l: &'a Locale) -> Element<'a, Message> {
    let place = if sending { KEY.part(25) } else { KEY };
    let message =
        |security| if sending { Message::SmtpProtected(security) } else { Message::Protected(security) };
    let choice = |number: u64, security: Security, key: &str| {
        let chosen = now == security;
        button(place.part(number), l.text(key))
            .role(Role::RadioButton)
            .selected(chosen)
            .toggled(chosen)
            .width(Length::Fill)
            .style(move |theme, status| looks::tab(theme, status, chosen))
            .on_press(message(security))
    };
    let choices = row![
        choice(15, Security::Tls, "setup-security-tls"),
        choice(16, Security::StartTls, "setup-security-starttls"),
    ]
    .spacing(space::XS);
    let name = l.text(if sending { "setup-smtp-security" } else { "setup-security" });
    let both = [Security::Tls, Security::StartTls];
    let chosen = both.iter().position(|one| *one == now);
    let choices = radio_group(choices, chosen, both.map(message).to_vec());
    let group = container(choices).padding(space::XXS).style(grounds::tab_bar);
    semantic(place.part(17), Role::RadioGroup, name.clone())
        .wrap(column![caption(name), group].spacing(space::XS))
}

fn certificate<'a>(setup: &'a Setup, l: &'a Locale) -> Element<'a, Message> {
    let entry = field(Field::CaFile, "setup-ca-file", "setup-ca-file-placeholder", setup, l);
    let choose = button(KEY.part(18), tr!(l, "setup-choose-file")).on_press(Message::CaWanted);
    let choose = column![gap::vertical().height(typography::CAPTION * typography::TIGHT + space::XS), choose];
    row![container(entry).width(Length::Fill), choose].spacing(space::S).into()
}

fn submit<'a>(setup: &'a Setup, l: &'a Locale) -> Element<'a, Message> {
    let form = &setup.form;
    if setup.stage == Stage::Trying {
        let words = match setup.keyring_asks {
            true => format!("{} {}", tr!(l, "problem-keyring-waits"), tr!(l, "problem-keyring-waits-advice")),
            false => tr!(l, "setup-trying", host = form.host.trim(), port = form.port.trim()).into_owned(),
        };
        let state = semantic(KEY.part(19), Role::Status, words.clone())
            .live(Live::Polite)
            .busy(true)
            .wrap(dim(words));
        let stop = button(KEY.part(20), tr!(l, "setup-stop")).on_press(Message::Left);
        return row![container(state).width(Length::Fill), stop]
            .spacing(space::M)
            .align_y(Alignment::Center)
            .into();
    }
    let (name, privacy) = match (form.changes.is_some(), form.in_browser()) {
        (false, true) => ("setup-submit-browser", "setup-privacy-browser"),
        (false, false) => ("setup-submit", "setup-privacy"),
        (true, _) => ("setup-save", "setup-privacy"),
    };
    let name = if setup.is_waiting() { "setup-lookup-asking" } else { name };
    let go = button(KEY.part(21), l.text(name))
        .style(looks::primary)
        .width(Length::Fill)
        .on_press_maybe((!setup.is_waiting()).then_some(Message::Submitted));
    let go = if form.in_browser() { go.icon(Icon::Open) } else { go };
    let privacy = caption(l.text(privacy)).align_x(Alignment::Center);
    let mut all = column![go, container(privacy).center_x(Length::Fill)].spacing(space::S);
    if form.in_browser() {
        all = all.push(sign_in::instead(setup, l));
    }
    all.into()
}

/// What went wrong with the trial, and the one button that most likely helps.
fn refused<'a>(why: &Problem, setup: &Setup, now: UnixTime, l: &'a Locale) -> Element<'a, Message> {
    let words = problem::explain(why, l);
    let remedy = setup.remedy_for(why);
    let name = match remedy {
        Remedy::TryAgain => tr!(l, "fix-retry"),
        Remedy::Switch(Security::Tls) => tr!(l, "setup-remedy-tls"),
        Remedy::Switch(Security::StartTls) => tr!(l, "setup-remedy-starttls"),
        Remedy::GoTo(Field::Password) => tr!(l, "setup-remedy-password"),
        Remedy::GoTo(Field::Email) => tr!(l, "setup-remedy-email"),
        Remedy::GoTo(_) => tr!(l, "setup-remedy-server"),
        Remedy::ChooseCertificate => tr!(l, "fix-choose-certificate"),
        Remedy::TrustCertificate => tr!(l, "setup-remedy-trust"),
        Remedy::OpenPage => tr!(l, "fix-open-page"),
        Remedy::WithoutKeyring => tr!(l, "setup-remedy-memory"),
    };
    let said = [Some(&words.what), Some(&words.advice), words.said.as_ref()];
    let said = said.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
    let mut text = column![strong(words.what), label(words.advice)].spacing(space::XS);
    if let Some(quote) = words.said {
        text = text.push(caption(quote));
    }
    let text = semantic(KEY.part(22), Role::Alert, said).live(Live::Assertive).wrap(text);
    let fix = button(KEY.part(23), name).on_press(Message::Remedied(remedy));
    let mut fixes = row![fix].spacing(space::S);
    if setup.may_trust(why) && remedy != Remedy::TrustCertificate {
        let trust = button(KEY.part(24), tr!(l, "setup-remedy-trust"))
            .style(looks::ghost)
            .on_press(Message::Remedied(Remedy::TrustCertificate));
        fixes = fixes.push(trust);
    }
    if matches!(why, Problem::Blocked { why: Block::Admin, .. }) {
        let text = problem::help_desk(setup.form.email.trim(), l);
        let copy =
            button(KEY.part(26), l.text(if setup.copied { "sign-in-copied" } else { "help-desk-copy" }))
                .icon(if setup.copied { Icon::Check } else { Icon::Copy })
                .on_press(Message::HelpDeskCopied(text));
        fixes = fixes.push(copy);
    }
    container(column![text].push(extra::details(why, now, l)).push(fixes.wrap()).spacing(space::M))
        .padding(space::M)
        .width(Length::Fill)
        .style(grounds::banner_danger)
        .into()
}

#[cfg(test)]
mod tests;
