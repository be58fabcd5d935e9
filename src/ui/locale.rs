//! Interface text by Fluent, numbers, sizes and dates as the user writes them.
//!
//! The language files are part of the program, so no text is ever missing. No I/O after the start, no clock.

pub mod date;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::borrow::Cow;
use unic_langid::LanguageIdentifier;

/// The languages that the program speaks; the first one is the fallback.
const LANGUAGES: [(&str, &str); 2] = [
    ("en", include_str!("../../i18n/en/postrider.ftl")),
    ("de", include_str!("../../i18n/de/postrider.ftl")),
];

/// Regions that write the time of day with am and pm.
const TWELVE_HOUR_REGIONS: [&str; 8] = ["US", "CA", "AU", "NZ", "PH", "IN", "PK", "EG"];

/// Looks up a text: `tr!(locale, "key")` or `tr!(locale, "key", count = 3, name = "x")`.
macro_rules! tr {
    ($locale:expr, $key:literal) => { $locale.text($key) };
    ($locale:expr, $key:literal, $($name:ident = $value:expr),+ $(,)?) => {{
        let mut args = fluent_bundle::FluentArgs::new();
        $( args.set(stringify!($name), fluent_bundle::FluentValue::from($value)); )+
        $locale.text_with($key, &args)
    }};
}
pub(crate) use tr;

/// One language with its way to write numbers and dates.
pub struct Locale {
    bundle: FluentBundle<FluentResource>,
    language: LanguageIdentifier,
    twelve_hours: bool,
    zone: jiff::tz::TimeZone,
}

impl std::fmt::Debug for Locale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Locale").field("language", &self.language).finish_non_exhaustive()
    }
}

impl Locale {
    /// The language, region and time zone of the user's system. Reads the environment: call it once, at the start.
    #[must_use]
    pub fn system() -> Self {
        let wanted = sys_locale::get_locale().unwrap_or_default();
        Self::new(&wanted, jiff::tz::TimeZone::system())
    }

    /// The locale nearest to a tag such as `de-CH`; English if that language isn't there.
    #[must_use]
    pub fn new(tag: &str, zone: jiff::tz::TimeZone) -> Self {
        let wanted: LanguageIdentifier = tag.parse().unwrap_or_default();
        let (code, source) = LANGUAGES
            .into_iter()
            .find(|(code, _)| *code == wanted.language.as_str())
            .unwrap_or((LANGUAGES[0].0, LANGUAGES[0].1));
        let language: LanguageIdentifier = code.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language.clone()]);
        // Isolating marks would be shown as boxes by fonts that don't know them.
        bundle.set_use_isolating(false);
        match code {
            "de" => bundle.set_formatter(Some(german_number)),
            _ => bundle.set_formatter(Some(english_number)),
        }
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) => resource,
            Err((resource, problems)) => {
                tracing::error!(?problems, code, "language file has errors");
                resource
            }
        };
        bundle.add_resource_overriding(resource);
        let region = wanted.region.map(|r| r.as_str().to_owned()).unwrap_or_default();
        let twelve_hours = code == "en" && TWELVE_HOUR_REGIONS.contains(&region.as_str());
        Self { bundle, language, twelve_hours, zone }
    }

    /// Whether it is of this language, such as `de`.
    #[must_use]
    pub fn speaks(&self, language: &str) -> bool {
        self.language.language.as_str() == language
    }

    /// Its time zone.
    #[must_use]
    pub fn zone(&self) -> jiff::tz::TimeZone {
        self.zone.clone()
    }

    /// English, UTC: for tests and pictures that must look the same everywhere.
    #[must_use]
    pub fn english() -> Self {
        Self::new("en", jiff::tz::TimeZone::UTC)
    }

    /// The text of a key without arguments.
    #[must_use]
    pub fn text<'a>(&'a self, key: &str) -> Cow<'a, str> {
        self.pattern(key, None)
    }

    /// The text of a key with arguments.
    #[must_use]
    pub fn text_with<'a>(&'a self, key: &str, args: &FluentArgs<'_>) -> Cow<'a, str> {
        Cow::Owned(self.pattern(key, Some(args)).into_owned())
    }

    fn pattern<'a>(&'a self, key: &str, args: Option<&FluentArgs<'_>>) -> Cow<'a, str> {
        let Some(pattern) = self.bundle.get_message(key).and_then(|m| m.value()) else {
            tracing::error!(key, "text is missing");
            return Cow::Owned(key.to_owned());
        };
        let mut problems = Vec::new();
        let text = match args {
            None => self.bundle.format_pattern(pattern, None, &mut problems),
            Some(args) => {
                Cow::Owned(self.bundle.format_pattern(pattern, Some(args), &mut problems).into_owned())
            }
        };
        if !problems.is_empty() {
            tracing::error!(key, ?problems, "text could not be filled in");
        }
        text
    }

    /// A count with its digits grouped.
    #[must_use]
    pub fn number(&self, count: u64) -> String {
        let separator = if self.language.language.as_str() == "de" { '.' } else { ',' };
        group(&count.to_string(), separator)
    }

    /// A size in bytes for people, such as `1.4 MB`.
    #[must_use]
    pub fn size(&self, bytes: u64) -> String {
        const STEP: u64 = 1000;
        let tenths = |unit: u64| {
            #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
            let value = (bytes.saturating_mul(10) / unit) as f64 / 10.0;
            if value >= 10.0 { value.floor() } else { value }
        };
        if bytes < STEP {
            tr!(self, "size-bytes", count = bytes)
        } else if bytes < STEP * STEP {
            tr!(self, "size-kilobytes", count = tenths(STEP))
        } else if bytes < STEP * STEP * STEP {
            tr!(self, "size-megabytes", count = tenths(STEP * STEP))
        } else {
            tr!(self, "size-gigabytes", count = tenths(STEP * STEP * STEP))
        }
        .into_owned()
    }
}

fn english_number<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    written(value, ',', '.')
}

fn german_number<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    written(value, '.', ',')
}

fn written(value: &FluentValue<'_>, separator: char, point: char) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let text = number.as_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let whole = group(whole, separator);
    Some(if fraction.is_empty() { whole } else { format!("{whole}{point}{fraction}") })
}

fn group(digits: &str, separator: char) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) && out.ends_with(|p: char| p.is_ascii_digit()) {
            out.push(separator);
        }
        out.push(c);
    }
    out
}

impl crate::html::nested::Words for Locale {
    fn date(&self, date: crate::model::UnixTime) -> String {
        self.full_date(date)
    }

    fn size(&self, bytes: u64) -> String {
        Self::size(self, bytes)
    }

    fn no_subject(&self) -> String {
        self.text("list-no-subject").into_owned()
    }

    fn attached(&self) -> String {
        self.text("nested-attached").into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn german() -> Locale {
        Locale::new("de-AT", jiff::tz::TimeZone::UTC)
    }

    #[test]
    fn digits_are_grouped_the_way_of_the_language() {
        let english = Locale::english();
        let cases = [(0, "0"), (999, "999"), (1000, "1,000"), (20_000, "20,000"), (1_234_567, "1,234,567")];
        for (count, expected) in cases {
            assert_eq!(english.number(count), expected);
        }
        assert_eq!(german().number(20_000), "20.000");
    }

    #[test]
    fn sizes_have_one_decimal_only_when_it_says_something() {
        let english = Locale::english();
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1_400, "1.4 KB"),
            (48_200, "48 KB"),
            (2_500_000, "2.5 MB"),
            (3_000_000_000, "3 GB"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(english.size(bytes), expected);
        }
        assert_eq!(german().size(2_500_000), "2,5 MB");
    }

    #[test]
    fn an_unknown_language_falls_back_to_english() {
        let locale = Locale::new("tlh-KX", jiff::tz::TimeZone::UTC);
        assert_eq!(locale.size(5), "5 B");
        assert!(!locale.twelve_hours);
    }
}

#[cfg(test)]
mod check;
