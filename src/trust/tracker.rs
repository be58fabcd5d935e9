//! Which pictures are there only to tell that a mail was read: too small to be seen, or known by name.

use super::host;
use crate::html::{RemotePicture, Report};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::LazyLock;
use url::Url;

const TABLE: &str = include_str!("../../resources/trackers.toml");

/// The table of trackers.
#[derive(Debug, Default)]
pub(super) struct Table {
    trackers: Vec<Tracker>,
    parameters: Vec<String>,
    /// Trackers by registered domain.
    by_domain: HashMap<String, Vec<usize>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    parameters: Vec<String>,
    tracker: Vec<Tracker>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tracker {
    name: String,
    domains: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    everywhere: Vec<String>,
}

static READ: LazyLock<Table> = LazyLock::new(|| {
    let file: File = toml::from_str(TABLE).unwrap_or_else(|error| {
        // A test reads the table; this can only be a damaged build.
        tracing::error!(%error, "the table of trackers is not readable");
        File::default()
    });
    let mut by_domain: HashMap<String, Vec<usize>> = HashMap::new();
    for (number, tracker) in file.tracker.iter().enumerate() {
        for domain in &tracker.domains {
            by_domain.entry(host::registered(domain).to_owned()).or_default().push(number);
        }
    }
    Table { trackers: file.tracker, parameters: file.parameters, by_domain }
});

pub(super) fn table() -> &'static Table {
    &READ
}

impl Table {
    /// Who counts here, by an address in lower case.
    fn name_of(&self, host: &str, address: &str) -> Option<&str> {
        let at_home = self.by_domain.get(host::registered(host)).into_iter().flatten();
        let at_home = at_home.filter_map(|number| self.trackers.get(*number)).find(|tracker| {
            tracker.domains.iter().any(|domain| host::is_at_or_below(host, domain))
                && (tracker.paths.is_empty()
                    || tracker.paths.iter().any(|path| address.contains(path.as_str())))
        });
        let known = at_home.or_else(|| {
            self.trackers
                .iter()
                .find(|tracker| tracker.everywhere.iter().any(|path| address.contains(path.as_str())))
        });
        known.map(|tracker| tracker.name.as_str())
    }

    /// Who counts the clicks on links to this host.
    pub(super) fn clicks(&self, host: &str) -> Option<&str> {
        let near = self.by_domain.get(host::registered(host)).into_iter().flatten();
        let mut near = near.filter_map(|number| self.trackers.get(*number));
        let at = |tracker: &&Tracker| tracker.domains.iter().any(|domain| host::is_at_or_below(host, domain));
        near.find(at).map(|tracker| tracker.name.as_str())
    }

    /// Whether a query parameter only tells who clicked.
    pub(super) fn is_parameter(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        self.parameters.iter().any(|known| match known.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == *known,
        })
    }
}

/// How a tracker was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrackerKind {
    /// By its address.
    Known,
    /// By its size: nobody could see it.
    Unseen,
}

/// A tracker in a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SeenTracker {
    /// Who counts, or the host if that is not known.
    pub name: String,
    /// Where it would have been loaded from.
    pub host: String,
    /// How it was told.
    pub kind: TrackerKind,
    /// How many pictures of this kind.
    pub count: u32,
}

/// Whether a remote picture is a tracker, and whose.
#[must_use]
pub fn of(picture: &RemotePicture) -> Option<SeenTracker> {
    let seen = |name: Option<&str>, host: &str, kind| {
        Some(SeenTracker { name: name.unwrap_or(host).to_owned(), host: host.to_owned(), kind, count: 1 })
    };
    let Ok(url) = Url::parse(&picture.address) else {
        return picture.is_tracker.then(|| seen(None, "", TrackerKind::Unseen)).flatten();
    };
    let host = url.host_str().unwrap_or_default();
    let known = table().name_of(host, &picture.address.to_ascii_lowercase());
    match known {
        Some(name) => seen(Some(name), host, TrackerKind::Known),
        None if picture.is_tracker => seen(table().clicks(host), host, TrackerKind::Unseen),
        None => None,
    }
}

/// Whether an address is that of a known tracker, wherever it came from.
#[must_use]
pub fn is_known(address: &Url) -> bool {
    let text = address.as_str().to_ascii_lowercase();
    address.host_str().is_some_and(|host| table().name_of(host, &text).is_some())
}

/// Numbers of the trackers among the remote pictures of a mail, and those of the others.
#[must_use]
pub fn split(report: &Report) -> (Vec<usize>, Vec<usize>) {
    (0..report.remote.len()).partition(|n| report.remote.get(*n).is_some_and(|picture| of(picture).is_some()))
}

/// The trackers with these numbers, each name and host once, the most frequent first.
#[must_use]
pub fn named(report: &Report, numbers: &[usize]) -> Vec<SeenTracker> {
    let mut all: Vec<SeenTracker> = Vec::new();
    for seen in numbers.iter().filter_map(|n| report.remote.get(*n)).filter_map(of) {
        let same = all
            .iter_mut()
            .find(|known| (&known.name, &known.host, known.kind) == (&seen.name, &seen.host, seen.kind));
        match same {
            Some(known) => known.count += 1,
            None => all.push(seen),
        }
    }
    all.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(address: &str, is_tracker: bool) -> RemotePicture {
        RemotePicture { address: address.to_owned(), is_tracker }
    }

    #[test]
    fn the_table_is_readable_and_in_lower_case() {
        assert!(table().trackers.len() > 60 && table().parameters.len() > 40);
        for tracker in &table().trackers {
            assert!(!tracker.name.is_empty() && !tracker.domains.is_empty());
            for text in tracker.domains.iter().chain(&tracker.paths).chain(&tracker.everywhere) {
                assert_eq!(text, &text.to_ascii_lowercase());
            }
            for domain in &tracker.domains {
                assert!(psl::domain_str(domain).is_some(), "{domain} is nobody's");
            }
            for path in &tracker.everywhere {
                assert!(path.len() >= 5 && path.contains('/'), "{path} would be found in anything");
            }
        }
    }

    #[test]
    fn trackers_are_told_and_named() {
        let cases: &[(&str, bool, Option<&str>)] = &[
            ("https://example.list-manage.com/track/open.php?u=1&id=2", false, Some("Mailchimp")),
            ("https://click.shop.example/wf/open?upn=abc", false, Some("SendGrid")),
            ("https://www.google-analytics.com/collect?v=1", false, Some("Google")),
            ("https://r.superhuman.com/abc.png", false, Some("Superhuman")),
            ("https://shop.example/pixel.gif", true, Some("shop.example")),
            ("https://gallery.mailchimp.com/logo.png", false, None),
            ("https://shop.example/logo.png", false, None),
            ("https://notlist-manage.com/track/open.php", false, None),
            ("https://shop.example/open/photos.png", false, None),
        ];
        for (address, tiny, expected) in cases {
            let found = of(&picture(address, *tiny));
            assert_eq!(found.as_ref().map(|t| t.name.as_str()), *expected, "{address}");
        }
    }

    #[test]
    fn trackers_are_counted_by_name() {
        let mut report = Report::default();
        for n in 0..3 {
            report.remote.push(picture(&format!("https://a.list-manage.com/track/open.php?u={n}"), true));
        }
        report.remote.push(picture("https://shop.example/a.png", false));
        let (trackers, rest) = split(&report);
        assert_eq!((trackers.len(), rest.as_slice()), (3, &[3][..]));
        let named = named(&report, &trackers);
        assert_eq!((named.len(), named[0].count, named[0].kind), (1, 3, TrackerKind::Known));
    }
}
