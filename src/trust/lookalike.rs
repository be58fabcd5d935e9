//! Domains that are made to be mistaken for another: other letters that look the same, and near misses.

use super::brand::table;
use super::host;

/// Shortest name that is worth to be faked.
const SHORTEST_NAME: usize = 3;
/// Shortest name that hardly belongs to two firms by chance.
const SAME_NAME_LENGTH: usize = 6;
/// Shortest name in which one wrong letter is a near miss; `cnn` and `cnx` are just two short names.
const NEAR_LENGTH: usize = 6;

/// Whom a domain could be mistaken for, among those that the user knows and the table of brands.
///
/// `known` are domains in the letters of the wire. None if the domain is one of them, or like none.
pub(super) fn of(domain: &str, known: &[String]) -> Option<String> {
    let own = host::registered(domain);
    let is_brand = table().brand.iter().any(|brand| brand.owns(domain));
    if own.is_empty() || is_brand || known.iter().any(|other| host::registered(other) == own) {
        return None;
    }
    let brands = table().brand.iter().flat_map(|brand| &brand.domains);
    let mut all = known.iter().chain(brands).map(|other| host::registered(other));
    let found = all.find(|other| looks_like(own, other) || has_slipped_ending(own, other));
    found.map(str::to_owned).or_else(|| brand_inside(domain, own))
}

/// A domain that the user knows and that has the same name under another ending: another branch of the firm more
/// often than a fraud, but worth knowing.
pub(super) fn other_ending(domain: &str, known: &[String]) -> Option<String> {
    let own = host::registered(domain);
    let (name, _) = own.split_once('.')?;
    let is_brand = table().brand.iter().any(|brand| brand.owns(domain));
    let mut others = known.iter().map(|other| host::registered(other));
    let long = name.chars().count() >= SAME_NAME_LENGTH;
    let is_known = others.clone().any(|other| other == own);
    let found = others.find(|other| other.split_once('.').is_some_and(|(theirs, _)| theirs == name));
    found.filter(|_| long && !is_known && !is_brand).map(str::to_owned)
}

/// Endings that are read and typed as `com`.
const LIKE_COM: [&str; 7] = ["co", "cm", "om", "con", "corn", "comm", "vom"];

/// Whether two domains have the same name and endings that are mistaken for each other.
fn has_slipped_ending(one: &str, other: &str) -> bool {
    let (Some((name, end)), Some((other_name, other_end))) = (one.split_once('.'), other.split_once('.'))
    else {
        return false;
    };
    let slip = |a: &str, b: &str| a == "com" && LIKE_COM.contains(&b);
    name == other_name && name.len() >= SHORTEST_NAME && (slip(end, other_end) || slip(other_end, end))
}

/// Whether somebody could take one registered domain for the other.
fn looks_like(one: &str, other: &str) -> bool {
    if one == other {
        return false;
    }
    let (Some((name, end)), Some((other_name, other_end))) = (one.split_once('.'), other.split_once('.'))
    else {
        return false;
    };
    let (shape, other_shape) = (skeleton(name), skeleton(other_name));
    if shape == other_shape {
        // The same letters under another ending are another firm more often than a fraud.
        return name != other_name;
    }
    let long = name.chars().count().min(other_name.chars().count()) >= NEAR_LENGTH;
    long && end == other_end && !only_digits_differ(name, other_name) && is_one_slip(&shape, &other_shape)
}

/// `mail1` and `mail2` are numbered, not mistaken.
fn only_digits_differ(one: &str, other: &str) -> bool {
    let bare = |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    bare(one) == bare(other)
}

/// A well-known domain in front of another one (`paypal.com.example.net`), or a well-known name as a word of one
/// (`paypal-service.example`).
fn brand_inside(domain: &str, own: &str) -> Option<String> {
    let before = domain.strip_suffix(own).unwrap_or_default();
    let (name, end) = own.split_once('.').unwrap_or((own, ""));
    // Anybody can have a name under these; those of countries belong to the branches of a firm as a rule.
    let is_generic = end.len() > 2 && !end.contains('.');
    for brand in &table().brand {
        for theirs in &brand.domains {
            if before.starts_with(&format!("{theirs}.")) || before.contains(&format!(".{theirs}.")) {
                return Some(theirs.clone());
            }
        }
        let parts = || name.split('-').map(skeleton);
        let words = brand.words.iter().filter(|word| word.len() >= 4 && !word.contains(' '));
        for word in words {
            let word_of_it = name.contains('-') && parts().any(|part| part == skeleton(word));
            if word_of_it || is_generic && name == word.as_str() {
                return brand.domains.first().cloned();
            }
        }
    }
    None
}

/// Letters as the eye takes them: other scripts to Latin, `rn` to `m`, `0` to `o`.
pub(super) fn skeleton(label: &str) -> String {
    let shown = host::unicode(label).to_lowercase();
    let letters: String = shown.chars().map(|c| table().letters.get(&c).copied().unwrap_or(c)).collect();
    let joined = letters.replace("rn", "m").replace("vv", "w").replace("cl", "d");
    joined
        .chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | 'i' => 'l',
            '3' => 'e',
            '5' => 's',
            other => other,
        })
        .collect()
}

/// One letter more, less, other, or two in the wrong order.
fn is_one_slip(one: &str, other: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (rest_a, rest_b) = (a.get(same..).unwrap_or_default(), b.get(same..).unwrap_or_default());
    let tail = |from: &[char], skip: usize| from.get(skip..).unwrap_or_default().to_vec();
    match (rest_a.len(), rest_b.len()) {
        (x, y) if x == y + 1 => tail(rest_a, 1) == rest_b,
        (x, y) if y == x + 1 => tail(rest_b, 1) == rest_a,
        (x, y) if x == y && x > 0 => {
            let swapped = rest_a.first() == rest_b.get(1) && rest_a.get(1) == rest_b.first();
            tail(rest_a, 1) == tail(rest_b, 1) || (swapped && tail(rest_a, 2) == tail(rest_b, 2))
        }
        _ => false,
    }
}

/// Whether a host mixes letters of several scripts in one label, or has letters of another script that all look
/// like Latin ones: what Unicode Technical Standard 39 calls confusable.
pub(super) fn is_confusable(host: &str) -> bool {
    super::host::unicode(host).split('.').any(|label| {
        let foreign: Vec<char> = label.chars().filter(|c| c.is_alphabetic() && !is_latin(*c)).collect();
        let latin = label.chars().any(|c| c.is_ascii_alphabetic());
        let all_alike = foreign.iter().all(|c| table().letters.contains_key(c));
        !foreign.is_empty() && ((latin && !foreign.iter().any(|c| is_east_asian(*c))) || all_alike)
    })
}

fn is_latin(c: char) -> bool {
    matches!(c, 'a'..='z' | 'A'..='Z' | '\u{aa}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// Japanese, Chinese and Korean names mix with Latin letters as a matter of course.
fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookalikes_are_told_from_neighbours() {
        let known = ["postrider-mail.example", "example-firma.de", "lufthansa.com"].map(str::to_owned);
        let cases: &[(&str, Option<&str>)] = &[
            ("paypal.com", None),
            ("mail.paypal.com", None),
            ("paypa1.com", Some("paypal.com")),
            ("xn--pypal-4ve.com", Some("paypal.com")),
            ("paypall.com", Some("paypal.com")),
            ("paypla.com", Some("paypal.com")),
            ("rnicrosoft.com", Some("microsoft.com")),
            ("paypal.com.login.example", Some("paypal.com")),
            ("paypal-service.net", Some("paypal.com")),
            ("secure-paypa1.net", Some("paypal.com")),
            ("lufthansaa.com", Some("lufthansa.com")),
            ("lufthansa.com", None),
            ("lufthansa.de", None),
            ("examp1e-firma.de", Some("example-firma.de")),
            ("apple.example", None),
            ("paypal.co", Some("paypal.com")),
            ("paypal.cm", Some("paypal.com")),
            ("lufthansa.co", Some("lufthansa.com")),
            ("paypal.support", Some("paypal.com")),
            ("amazon.shop", Some("amazon.com")),
            ("amazon.com.mx", None),
            ("paypal.it", None),
            ("dhl-paket.net", None),
            ("micros0ft-login.com", Some("microsoft.com")),
            ("maple.com", None),
            ("news.example.org", None),
            ("", None),
        ];
        for (domain, expected) in cases {
            assert_eq!(of(domain, &known).as_deref(), *expected, "{domain}");
        }
    }

    #[test]
    fn only_letters_that_deceive_are_confusable() {
        for (host, expected) in [
            ("example.com", false),
            ("xn--mnchen-3ya.de", false),
            ("xn--80ak6aa92e.com", true),
            ("xn--pypal-4ve.com", true),
            ("xn--wgv71a119e.jp", false),
            ("xn--e1afmkfd.xn--p1ai", false),
        ] {
            assert_eq!(is_confusable(host), expected, "{host} {}", host::unicode(host));
        }
    }
}
