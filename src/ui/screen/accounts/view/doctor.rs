//! The doctor's page as elements, and its report as a text to send to somebody.

use super::super::doctor::{Examination, Message, Stage};
use super::{Message as Outer, head, use_text};
use crate::doctor::{Check, Note, Outcome, Report, Service, Step};
use crate::model::{Account, Certificate, Security, Server, SpecialUse};
use crate::sync::{Block, Problem};
use crate::ui::a11y::{Live, NodeKey, Role, semantic};
use crate::ui::icon::Icon;
use crate::ui::locale::{Locale, tr};
use crate::ui::parts::{caption, dim, hairline, label, spoken, strong};
use crate::ui::problem;
use crate::ui::theme::{Element, container as grounds, space, typography};
use crate::ui::widget::button;
use iced::widget::{Column, column, container, row, space as gap};
use iced::{Alignment, Length, Padding};

const PLACE: NodeKey = NodeKey::named("accounts.doctor");
const SERVICES: [Service; 3] = [Service::Account, Service::Imap, Service::Smtp];

/// The page.
pub(super) fn page<'a>(one: &'a Examination, account: &'a Account, l: &'a Locale) -> Element<'a, Outer> {
    let title = tr!(l, "doctor-title", account = account.email.as_str()).into_owned();
    let mut all = column![head(title, l), summary(one, l)].spacing(space::L);
    for service in SERVICES {
        let steps: Vec<&Step> = one.steps.iter().filter(|step| step.service == service).collect();
        if !steps.is_empty() {
            all = all.push(part(service, &steps, account, l));
        }
    }
    if let Stage::Done(report) = &one.stage {
        if wants_help_desk(report) {
            all = all.push(help_desk(account, one.copied, l));
        }
        let said = report.transcripts.iter().any(|(_, lines)| !lines.is_empty());
        if said {
            all = all.push(transcript(report, l));
        }
    }
    all.into()
}

/// How it goes, in one line, with what can be done about it.
fn summary<'a>(one: &'a Examination, l: &'a Locale) -> Element<'a, Outer> {
    let count = |outcome| one.steps.iter().filter(|step| step.outcome == outcome).count();
    let (failed, warned) = (count(Outcome::Failed), count(Outcome::Warning));
    let (icon, words, ground): (_, _, fn(&_) -> _) = match &one.stage {
        Stage::Running => (Icon::Clock, tr!(l, "doctor-running"), grounds::banner_info),
        Stage::Stopped => (Icon::Clock, tr!(l, "doctor-stopped"), grounds::banner_info),
        Stage::Done(_) if failed > 0 => {
            (Icon::Warning, tr!(l, "doctor-failed", count = failed), grounds::banner_danger)
        }
        Stage::Done(_) if warned > 0 => {
            (Icon::Check, tr!(l, "doctor-warned", count = warned), grounds::banner_warning)
        }
        Stage::Done(_) => (Icon::Check, tr!(l, "doctor-good"), grounds::banner_info),
    };
    let text = row![icon.tinted(space::ICON_L, |t| t.text), label(words.clone()).width(Length::Fill)]
        .spacing(space::S)
        .align_y(Alignment::Center);
    let text = container(text).padding(space::M).width(Length::Fill).style(ground);
    let text =
        semantic(PLACE.part(1), Role::Status, words).live(Live::Polite).busy(one.is_running()).wrap(text);
    let mut buttons = row![].spacing(space::S);
    if one.is_running() {
        buttons = buttons
            .push(button(PLACE.part(2), tr!(l, "setup-stop")).on_press(Outer::Doctor(Message::StopWanted)));
    } else {
        buttons = buttons.push(
            button(PLACE.part(3), tr!(l, "doctor-again")).on_press(Outer::Doctor(Message::AgainWanted)),
        );
    }
    if let Stage::Done(report) = &one.stage {
        let name = l.text(if one.copied { "sign-in-copied" } else { "doctor-copy" });
        buttons = buttons.push(
            button(PLACE.part(4), name)
                .icon(if one.copied { Icon::Check } else { Icon::Copy })
                .on_press_with(move || Outer::Doctor(Message::Copied(as_text(report, l)))),
        );
    }
    let mut all = column![text, buttons.wrap().vertical_spacing(space::S)].spacing(space::M);
    if matches!(one.stage, Stage::Done(_)) {
        all = all.push(caption(tr!(l, "doctor-copy-hint")));
    }
    all.into()
}

fn part<'a>(service: Service, steps: &[&'a Step], account: &'a Account, l: &'a Locale) -> Element<'a, Outer> {
    let server = match service {
        Service::Account => None,
        Service::Imap => Some(&account.imap),
        Service::Smtp => account.smtp.as_ref(),
    };
    let title = heading(service, server, l);
    let place = PLACE.item(service as u64);
    let heading = spoken(place, Role::Heading, title.clone(), strong(title).size(typography::SUBTITLE));
    let mut card = Column::new();
    for (number, step) in (0..).zip(steps) {
        if number > 0 {
            card = card.push(hairline());
        }
        card = card.push(one_step(step, place.part(10 + number), l));
    }
    let card = container(card).width(Length::Fill).style(grounds::card);
    column![heading, card].spacing(space::S).into()
}

fn one_step<'a>(step: &'a Step, key: NodeKey, l: &'a Locale) -> Element<'a, Outer> {
    let mark = match step.outcome {
        Outcome::Ok => Icon::Check.tinted(space::ICON_M, |t| t.success),
        Outcome::Warning => Icon::Warning.tinted(space::ICON_M, |t| t.warning),
        Outcome::Failed => Icon::Close.tinted(space::ICON_M, |t| t.danger),
        Outcome::Skipped => Icon::Clock.tinted(space::ICON_M, |t| t.text_faint),
    };
    let (name, outcome) = (l.text(check_key(step.check)), l.text(outcome_key(step.outcome)));
    let facts = facts(step, l);
    let advice = advice(step, l);
    let said = std::iter::once(format!("{name}: {outcome}"))
        .chain(Some(facts.clone()).filter(|facts| !facts.is_empty()))
        .chain(advice.iter().cloned())
        .collect::<Vec<_>>()
        .join(". ");
    let title = row![label(name).width(Length::Fill), dim(outcome)].spacing(space::S);
    let mut words = column![title].spacing(space::XXS).width(Length::Fill);
    if !facts.is_empty() {
        words = words.push(dim(facts));
    }
    for line in advice {
        words = words.push(label(line));
    }
    let line =
        row![container(mark).padding(Padding { top: space::XXS, ..Padding::ZERO }), words].spacing(space::M);
    spoken(key, Role::Label, said, container(line).padding([space::S, space::L]).width(Length::Fill))
}

/// What to send to whoever may allow the program.
fn help_desk<'a>(account: &'a Account, copied: bool, l: &'a Locale) -> Element<'a, Outer> {
    let text = problem::help_desk(&account.email, l);
    let title = tr!(l, "help-desk-title");
    let heading =
        spoken(PLACE.part(5), Role::Heading, title.clone(), strong(title).size(typography::SUBTITLE));
    let shown = spoken(PLACE.part(6), Role::Label, text.clone(), dim(text.clone()));
    let copy = button(PLACE.part(7), l.text(if copied { "sign-in-copied" } else { "help-desk-copy" }))
        .icon(if copied { Icon::Check } else { Icon::Copy })
        .on_press(Outer::Doctor(Message::Copied(text)));
    let card = container(column![shown, copy].spacing(space::M))
        .padding([space::M, space::L])
        .width(Length::Fill)
        .style(grounds::card);
    column![heading, card].spacing(space::S).into()
}

fn transcript<'a>(report: &'a Report, l: &'a Locale) -> Element<'a, Outer> {
    let title = tr!(l, "doctor-transcript");
    let heading =
        spoken(PLACE.part(8), Role::Heading, title.clone(), strong(title).size(typography::SUBTITLE));
    let mut lines = Column::new().spacing(space::XXS);
    for (number, (service, said)) in (0..).zip(&report.transcripts) {
        if said.is_empty() {
            continue;
        }
        let name = l.text(service_key(*service));
        let text = said.join("\n");
        let all = column![strong(name.clone()), caption(text.clone()).font(typography::MONO)];
        let key = PLACE.part(9).item(number);
        lines = lines.push(spoken(key, Role::Label, format!("{name}\n{text}"), all.spacing(space::XS)));
        lines = lines.push(gap::vertical().height(space::XS));
    }
    let card = container(lines).padding([space::M, space::L]).width(Length::Fill).style(grounds::card);
    column![heading, card].spacing(space::S).into()
}

fn wants_help_desk(report: &Report) -> bool {
    let admin = |step: &Step| matches!(step.why, Some(Problem::Blocked { why: Block::Admin, .. }));
    report.steps.iter().any(admin)
}

/// The whole report for somebody else: no secrets, no names of mailboxes.
pub(in crate::ui) fn as_text(report: &Report, l: &Locale) -> String {
    let mut lines = vec![
        format!("Postrider {} ({})", env!("CARGO_PKG_VERSION"), std::env::consts::OS),
        report.email.clone(),
    ];
    for service in SERVICES {
        let mut steps = report.steps.iter().filter(|step| step.service == service).peekable();
        if steps.peek().is_none() {
            continue;
        }
        let server = report.servers.iter().find(|(one, _)| *one == service).map(|(_, server)| server);
        lines.extend([String::new(), heading(service, server, l)]);
        for step in steps {
            let (name, outcome) = (l.text(check_key(step.check)), l.text(outcome_key(step.outcome)));
            let facts = facts(step, l);
            let facts = if facts.is_empty() { facts } else { format!(" ({facts})") };
            lines.push(format!("- {name}: {outcome}{facts}"));
            lines.extend(advice(step, l).into_iter().map(|line| format!("  {line}")));
        }
    }
    for (service, said) in report.transcripts.iter().filter(|(_, said)| !said.is_empty()) {
        lines.push(String::new());
        lines.push(format!("{} ({})", tr!(l, "doctor-transcript"), l.text(service_key(*service))));
        lines.extend(said.iter().map(|line| format!("  {line}")));
    }
    lines.join("\n") + "\n"
}

const fn service_key(service: Service) -> &'static str {
    match service {
        Service::Account => "doctor-account",
        Service::Imap => "doctor-imap",
        Service::Smtp => "doctor-smtp",
    }
}

fn heading(service: Service, server: Option<&Server>, l: &Locale) -> String {
    let title = l.text(service_key(service));
    let Some(Server { host, port, security }) = server else { return title.into_owned() };
    let secure = l.text(match security {
        Security::Tls => "setup-security-tls",
        Security::StartTls => "setup-security-starttls",
    });
    format!("{title}: {host}:{port}, {secure}")
}

const fn outcome_key(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "doctor-ok",
        Outcome::Warning => "doctor-warning",
        Outcome::Failed => "doctor-fault",
        Outcome::Skipped => "doctor-skipped",
    }
}

const fn check_key(check: Check) -> &'static str {
    match check {
        Check::Secret => "doctor-check-secret",
        Check::Name => "doctor-check-name",
        Check::Connection => "doctor-check-connection",
        Check::Encryption => "doctor-check-encryption",
        Check::Greeting => "doctor-check-greeting",
        Check::Offers => "doctor-check-offers",
        Check::SignIn => "doctor-check-sign-in",
        Check::Extensions => "doctor-check-extensions",
        Check::Resync => "doctor-check-resync",
        Check::Mailboxes => "doctor-check-mailboxes",
        Check::Idle => "doctor-check-idle",
        Check::Size => "doctor-check-size",
    }
}

fn facts(step: &Step, l: &Locale) -> String {
    match (step.check, step.facts.split_first()) {
        (Check::Mailboxes, Some((count, uses))) => {
            let count = tr!(l, "doctor-fact-mailboxes", count = count.as_str());
            let uses = uses.iter().map(|one| match SpecialUse::from_row(one) {
                Some(one) => l.text(use_text(one)),
                None => one.as_str().into(),
            });
            std::iter::once(count).chain(uses).collect::<Vec<_>>().join(", ")
        }
        (Check::Size, Some((size, _))) => match size.parse::<u64>() {
            Ok(size) => tr!(l, "doctor-fact-size", size = l.size(size)).into_owned(),
            Err(_) => size.clone(),
        },
        (Check::Size, None) if step.outcome == Outcome::Ok => l.text("doctor-fact-no-size").into_owned(),
        (Check::Idle, Some((took, _))) => tr!(l, "doctor-fact-idle", took = took.as_str()).into_owned(),
        _ => {
            let certificate = step.certificate.as_deref().map(|one| certificate(one, l));
            step.facts.iter().cloned().chain(certificate).collect::<Vec<_>>().join(", ")
        }
    }
}

fn certificate(one: &Certificate, l: &Locale) -> String {
    let (from, to) = (l.day(one.not_before), l.day(one.not_after));
    let (names, sha) = (one.names.join(" "), one.fingerprint.to_string());
    tr!(
        l,
        "doctor-fact-certificate",
        subject = one.subject.as_str(),
        issuer = one.issuer.as_str(),
        names = names,
        from = from,
        to = to,
        sha = sha
    )
    .into_owned()
}

fn advice(step: &Step, l: &Locale) -> Vec<String> {
    let why = step.why.iter().flat_map(|why| {
        let words = problem::explain(why, l);
        [Some(words.what), Some(words.advice), words.said].into_iter().flatten()
    });
    why.chain(step.notes.iter().map(|one| note(*one, l))).collect()
}

fn note(note: Note, l: &Locale) -> String {
    match note {
        Note::EndsSoon { days } => tr!(l, "doctor-note-ends-soon", days = days),
        Note::ByException => tr!(l, "doctor-note-exception"),
        Note::NoIdle => tr!(l, "doctor-note-no-idle"),
        Note::NoResync => tr!(l, "doctor-note-no-resync"),
        Note::NoSpecialUse => tr!(l, "doctor-note-no-special-use"),
        Note::NoMove => tr!(l, "doctor-note-no-move"),
        Note::NoUidPlus => tr!(l, "doctor-note-no-uidplus"),
        Note::NoSubmission => tr!(l, "doctor-note-no-submission"),
    }
    .into_owned()
}
