//! `Authentication-Results` (RFC 8601): what the receiving server found out, told from what a sender made up.
//!
//! Anybody can write such a field into a mail. It counts only if the receiving server wrote it: because it stands
//! above every `Received` field, where nobody else can have put it, or because it bears the name of a provider
//! that is known to take forged ones out. A field below, with a name like that of the server that received the
//! mail, is [`Standing::Plausible`]: a failure in it is believed, a success is not taken for proof.

use super::host;
use crate::mime::display;
use crate::mime::header::field;
use crate::model::Address;
use serde::Serialize;

/// Bytes of a field that are read.
const MAX_FIELD: usize = 16 * 1024;
/// Findings that are kept.
const MAX_FINDINGS: usize = 40;

/// What the receiving server found out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Authentication {
    /// The server that says so; empty if none does.
    pub server: String,
    /// How far that is to be believed.
    pub standing: Standing,
    /// What it found, the topmost of each kind first.
    pub findings: Vec<Finding>,
    /// What follows for the address in From.
    pub verdict: Verdict,
    /// Fields that claim to be results and are not believed.
    pub ignored: u32,
    /// Domains whose signatures (DKIM) stand in the mail, checked or not.
    pub signed_by: Vec<String>,
}

/// How far results are to be believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// There are none.
    #[default]
    None,
    /// They may be those of the receiving server.
    Plausible,
    /// They are those of the receiving server.
    Trusted,
}

/// What the results say about the address in From.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing.
    #[default]
    Unknown,
    /// It is from the domain that it names.
    Passed,
    /// It is not from the domain that it names.
    Failed,
    /// A mailing list or a forwarder changed it, which breaks the proof of any domain: nothing is known of the author.
    Relayed,
}

/// One result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `dkim`, `spf`, `dmarc`, ...
    pub method: String,
    /// `pass`, `fail`, ...
    pub result: String,
    /// What was looked at: `header.d=example.org` and the like.
    pub properties: Vec<(String, String)>,
}

impl Finding {
    fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The domain that the result is about.
    #[must_use]
    pub fn domain(&self) -> Option<&str> {
        let names = ["header.d", "header.i", "header.from", "smtp.mailfrom", "smtp.mail", "smtp.helo"];
        let value = names.iter().find_map(|name| self.property(name))?;
        Some(value.rsplit_once('@').map_or(value, |(_, domain)| domain))
    }
}

/// Names under which the provider of an IMAP server signs its results, and that server's own.
#[must_use]
pub fn trusted_receivers(imap_host: &str) -> Vec<String> {
    let known = super::brand::table().receivers.iter();
    let known = known.filter(|(imap, _)| host::is_at_or_below(imap_host, imap));
    known.flat_map(|(_, names)| names.clone()).collect()
}

/// Reads the results in a header.
pub(super) fn read(header: &[u8], from: &[Address], receivers: &[String]) -> Authentication {
    let mut found = Authentication::default();
    let mut seen_received = 0_u32;
    let mut received_by: Vec<String> = Vec::new();
    let last_hop =
        field::fields(header).find(|field| field.is("Received")).and_then(|f| received_by_of(f.value));
    for field in field::fields(header) {
        if field.is("Received") {
            seen_received += 1;
            // Hosts of one owner hand a mail on among themselves, some without a name; the next owner's fields may
            // be made up.
            if let Some(by) = received_by_of(field.value) {
                let same = received_by.iter().all(|known| host::same_owner(known, &by));
                received_by.push(if same { by } else { String::new() });
            }
        } else if field.is("DKIM-Signature") {
            let text = text(field.value);
            let domain = tag(&text, "d").map(|domain| display::display_safe(domain).into_owned());
            found.signed_by.extend(domain.filter(|d| !d.is_empty() && d.len() < 256));
            found.signed_by.dedup();
            found.signed_by.truncate(MAX_FINDINGS);
        } else if field.is("Authentication-Results") {
            let Some((server, findings)) = parse(&text(field.value)) else {
                found.ignored += 1;
                continue;
            };
            let at_top = seen_received == 0;
            let by_last_hop = at_top && last_hop.as_ref().is_some_and(|by| host::same_owner(by, &server));
            let standing = if by_last_hop {
                Standing::Trusted
            } else {
                standing(&server, at_top, &received_by, receivers)
            };
            // The topmost counts; further fields of the same server add what it did not say.
            let first = found.standing == Standing::None;
            let same = server == found.server && standing == found.standing;
            if standing == Standing::None || !(first || same) {
                found.ignored += 1;
                continue;
            }
            (found.server, found.standing) = (server, standing);
            let known: Vec<String> = found.findings.iter().map(|f| f.method.clone()).collect();
            let new = findings.into_iter().filter(|finding| !known.contains(&finding.method));
            found.findings.extend(new);
            found.findings.truncate(MAX_FINDINGS);
        }
    }
    found.verdict = verdict(&found.findings, from);
    if found.verdict == Verdict::Failed && is_relayed(header, &found, from) {
        found.verdict = Verdict::Relayed;
    }
    if found.verdict == Verdict::Passed && found.standing != Standing::Trusted {
        found.verdict = Verdict::Unknown;
    }
    found
}

/// How far a field is to be believed that is not above all `Received` fields of its own server.
fn standing(server: &str, at_top: bool, received_by: &[String], receivers: &[String]) -> Standing {
    let behind_border = received_by.iter().any(String::is_empty);
    if behind_border {
        return Standing::None;
    }
    if receivers.iter().any(|name| host::is_at_or_below(server, name)) {
        return Standing::Trusted;
    }
    let near = received_by.last().is_some_and(|by| host::same_owner(by, server));
    if at_top || near { Standing::Plausible } else { Standing::None }
}

/// The host after `by` in a `Received` field; none if it is a number.
fn received_by_of(value: &[u8]) -> Option<String> {
    let text = text(value);
    let mut words = text.split_ascii_whitespace();
    words.by_ref().find(|word| word.eq_ignore_ascii_case("by"))?;
    let host = words.next()?.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let is_name =
        host.contains('.') && !host.contains(':') && host.ends_with(|c: char| c.is_ascii_alphabetic());
    is_name.then(|| host.to_ascii_lowercase())
}

fn text(value: &[u8]) -> String {
    let value = value.get(..MAX_FIELD).unwrap_or(value);
    String::from_utf8_lossy(&field::unfold(value)).into_owned()
}

/// The value of a tag in a list such as `v=1; d=example.org`.
fn tag<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let pairs = text.split(';').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
}

/// Server and findings of one field.
fn parse(text: &str) -> Option<(String, Vec<Finding>)> {
    let plain = without_comments(text);
    let mut pieces = plain.split(';');
    let first = pieces.next()?.trim();
    // Microsoft's fields begin with the results; whose they are is then not said.
    let server = first.split_ascii_whitespace().next().filter(|word| !word.contains('='))?;
    let server = display::display_safe(server.trim_matches('"')).to_ascii_lowercase();
    let findings = pieces.filter_map(finding).take(MAX_FINDINGS).collect();
    (!server.is_empty() && server.len() < 256).then_some((server, findings))
}

fn finding(piece: &str) -> Option<Finding> {
    let mut words = words(piece).into_iter();
    let (method, result) = words.next()?.split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned()))?;
    let method = method.split('/').next().unwrap_or_default().to_ascii_lowercase();
    let safe = |text: &str| display::display_safe(display::cut(text.trim_matches('"'), 300)).into_owned();
    let properties = words.filter_map(|word| {
        let (name, value) = word.split_once('=')?;
        Some((name.to_ascii_lowercase(), safe(value)))
    });
    let properties: Vec<_> = properties.filter(|(name, _)| name.contains('.')).take(20).collect();
    let result = safe(&result).to_ascii_lowercase();
    (!method.is_empty() && method.len() < 40).then(|| Finding { method: safe(&method), result, properties })
}

/// `a = b` and `a= b` are `a=b`; quoted spaces stay.
fn words(piece: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let (mut open, mut quoted, mut glue) = (String::new(), false, false);
    for c in piece.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                open.push(c);
            }
            '=' if !quoted => {
                if open.is_empty() {
                    open = all.pop().unwrap_or_default();
                }
                open.push('=');
                glue = true;
            }
            c if c.is_whitespace() && !quoted => {
                if !open.is_empty() && !glue {
                    all.push(std::mem::take(&mut open));
                }
            }
            c => {
                open.push(c);
                glue = false;
            }
        }
    }
    if !open.is_empty() {
        all.push(open);
    }
    all
}

/// Comments of RFC 5322 are left out; a `;` in quotes must not end a piece.
fn without_comments(text: &str) -> String {
    let (mut out, mut depth, mut quoted, mut escaped) =
        (String::with_capacity(text.len()), 0_u32, false, false);
    for c in text.chars() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match c {
            '\\' => escaped = true,
            '"' if depth == 0 => {
                quoted = !quoted;
                out.push(c);
            }
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            ';' if quoted => out.push(','),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// Whether a failed check may be the work of a list or forwarder and not of a fraud: the receiving server followed the
/// chain of hands (ARC, RFC 8617) to its end, or the list put its own signature on what it had changed. Not for those
/// whom frauds like to be: they do not write to lists.
fn is_relayed(header: &[u8], found: &Authentication, from: &[Address]) -> bool {
    let author = from.first().map(|author| host::of_email(&author.email)).unwrap_or_default();
    if super::brand::table()
        .brand
        .iter()
        .any(|brand| brand.owns(&author) && !host::is_shared(host::registered(&author)))
    {
        return false;
    }
    let passed = |method: &'static str| {
        found.findings.iter().filter(move |finding| finding.method == method && finding.result == "pass")
    };
    if passed("arc").next().is_some() {
        return true;
    }
    let lists: Vec<String> = field::fields(header)
        .filter(|field| field.is("List-Id") || field.is("List-Post"))
        .map(|field| text(field.value))
        .collect();
    // `Talk <talk.lists.example.org>`, `<mailto:talk@lists.example.org>`
    let of_list = |domain: &str| {
        let hosts = lists.iter().flat_map(|list| list.split(['<', '>', ':', '@', '?', ' ']));
        hosts.filter(|host| host.contains('.')).any(|list| host::same_owner(list, domain))
    };
    passed("dkim").filter_map(Finding::domain).any(of_list)
}

/// What follows for From: DMARC says it; else a signature or envelope of the same owner does.
fn verdict(findings: &[Finding], from: &[Address]) -> Verdict {
    let [author] = from else { return Verdict::Unknown };
    let domain = host::of_email(&author.email);
    let of =
        |method: &str| findings.iter().filter(move |finding| finding.method == method).collect::<Vec<_>>();
    match of("dmarc").first().map(|finding| finding.result.as_str()) {
        Some("pass" | "bestguesspass") => return Verdict::Passed,
        Some("fail") => return Verdict::Failed,
        _ => {}
    }
    let aligned = |finding: &&Finding| {
        finding.result == "pass" && finding.domain().is_some_and(|d| host::same_owner(d, &domain))
    };
    if of("dkim").iter().any(aligned) || of("spf").iter().any(aligned) {
        return Verdict::Passed;
    }
    let failed = |method: &str| of(method).iter().any(|finding| finding.result == "fail");
    if failed("spf") && !of("dkim").iter().any(|finding| finding.result == "pass") {
        return Verdict::Failed;
    }
    Verdict::Unknown
}
