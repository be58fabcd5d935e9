//! Links that are not what they seem, and links without what tells who clicked.

use super::tracker::table;
use super::{Weight, brand, host, lookalike};
use crate::mime::display;
use crate::mime::text::links;
use crate::model::Address;
use serde::Serialize;
use url::{Host, Url};

/// Bytes of an address that are kept for showing.
const MAX_SHOWN: usize = 300;

/// A link that a reader should know about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LinkFact {
    /// Where it leads, made safe to show, shortened.
    pub target: String,
    /// Host that it leads to, in the letters of the wire.
    pub host: String,
    /// What is odd about it.
    #[serde(flatten)]
    pub trick: LinkTrick,
}

/// What is odd about a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "trick", rename_all = "kebab-case")]
pub enum LinkTrick {
    /// Its text names another host.
    Mismatch {
        /// The host that the text names.
        shown: String,
        /// The service that counts clicks, if the link leads there: usual in newsletters.
        counted_by: Option<String>,
    },
    /// It hides where it leads behind a user name (`https://bank.example@evil.example/`).
    UserName {
        /// The name.
        name: String,
    },
    /// It leads to a number instead of a name.
    Number,
    /// Letters of other scripts stand for the host.
    OtherScript {
        /// The host in those letters.
        unicode: String,
        /// They look like others.
        confusable: bool,
    },
    /// The host could be mistaken for another.
    Lookalike {
        /// For which.
        of: String,
    },
}

impl LinkFact {
    /// How much a reader should be warned.
    #[must_use]
    pub const fn weight(&self) -> Weight {
        match &self.trick {
            LinkTrick::Mismatch { counted_by: Some(_), .. }
            | LinkTrick::OtherScript { confusable: false, .. }
            | LinkTrick::Number => Weight::Note,
            LinkTrick::Mismatch { .. }
            | LinkTrick::UserName { .. }
            | LinkTrick::OtherScript { .. }
            | LinkTrick::Lookalike { .. } => Weight::Warning,
        }
    }
}

/// Looks at one link; none if it is what it seems.
#[must_use]
pub fn examine(target: &str, label: &str, known: &[Address]) -> Option<LinkFact> {
    let url = Url::parse(target).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let found = host::of_url(&url)?;
    let name = found.to_string();
    let fact = |trick| {
        let shown = display::display_safe(display::cut(target, MAX_SHOWN)).into_owned();
        Some(LinkFact { target: shown, host: name.clone(), trick })
    };
    if !url.username().is_empty() {
        return fact(LinkTrick::UserName { name: display::cut(url.username(), MAX_SHOWN).to_owned() });
    }
    if let Some(shown) = shown_host(label)
        && !host::same_owner(&shown, &name)
        && !brand::table().brand.iter().any(|brand| brand.owns(&shown) && brand.owns(&name))
    {
        let counted_by = table().clicks(&name).or_else(|| brand::checker(&name)).map(str::to_owned);
        return fact(LinkTrick::Mismatch { shown, counted_by });
    }
    match found {
        Host::Ipv4(_) | Host::Ipv6(_) => return fact(LinkTrick::Number),
        Host::Domain(_) => {}
    }
    let known: Vec<String> = known.iter().map(|address| host::of_email(&address.email)).collect();
    if let Some(of) = lookalike::of(&name, &known) {
        return fact(LinkTrick::Lookalike { of });
    }
    let unicode = host::unicode(&name);
    (unicode != name).then_some(())?;
    fact(LinkTrick::OtherScript { confusable: lookalike::is_confusable(&name), unicode })
}

/// The host that a text names, if it names one and hardly anything else.
fn shown_host(label: &str) -> Option<String> {
    let label = display::display_safe(label);
    let text = label.trim();
    if text.len() > MAX_SHOWN || text.contains(' ') && !text.to_ascii_lowercase().contains("://") {
        return None;
    }
    let found = links::find(text);
    let link = found.iter().find(|link| !link.target.starts_with("mailto:"));
    if let Some(link) = link {
        return Url::parse(&link.target).ok()?.host_str().map(str::to_owned);
    }
    // `bank.example/login` without a scheme, but not `Node.js` or `3.50`.
    let host = text.split(['/', '?', '#']).next()?.trim_end_matches('.');
    let plausible = host.contains('.') && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
    let name = host::ascii(host);
    let listed = psl::suffix(name.as_bytes()).is_some_and(|suffix| suffix.is_known());
    (plausible && listed && psl::domain_str(&name).is_some() && !is_file_name(&name)).then_some(name)
}

/// Endings that are top-level domains and far more often those of files.
fn is_file_name(name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default();
    matches!(
        ending,
        "zip" | "mov" | "sh" | "py" | "rs" | "md" | "pl" | "ps" | "js" | "app" | "cab" | "doc" | "pub"
    )
}

/// A link without the parameters that only tell who clicked. What is no web address stays as it is.
#[must_use]
pub fn without_tracking(target: &str) -> String {
    let Some((before, rest)) = target.split_once('?').filter(|_| is_web(target)) else {
        return target.to_owned();
    };
    let (query, fragment) = rest.split_once('#').map_or((rest, None), |(query, after)| (query, Some(after)));
    // The pieces that stay are not written anew: a signed address must remain as it was signed.
    let kept: Vec<&str> = query.split('&').filter(|piece| !table().is_parameter(name_of(piece))).collect();
    if kept.len() == query.split('&').count() {
        return target.to_owned();
    }
    let mut out = before.to_owned();
    if !kept.is_empty() {
        out.push('?');
        out.push_str(&kept.join("&"));
    }
    if let Some(fragment) = fragment {
        out.push('#');
        out.push_str(fragment);
    }
    out
}

fn is_web(target: &str) -> bool {
    let scheme = target.split(':').next().unwrap_or_default();
    scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
}

fn name_of(piece: &str) -> &str {
    piece.split('=').next().unwrap_or_default()
}
