//! Checks the language files against each other and against the code.

use super::LANGUAGES;
use fluent_bundle::FluentResource;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Keys of a language file with the names of their placeholders.
fn keys(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    FluentResource::try_new(source.to_owned()).expect("a language file has errors");
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = None;
    for line in source.lines() {
        let starts = line.starts_with(|c: char| c.is_ascii_lowercase());
        if let Some((key, _)) = line.split_once(" =").filter(|_| starts) {
            assert!(all.insert(key.to_owned(), BTreeSet::new()).is_none(), "{key} is there twice");
            current = Some(key.to_owned());
        }
        let Some(names) = current.as_ref().and_then(|key| all.get_mut(key)) else { continue };
        for rest in line.split('$').skip(1) {
            names.insert(rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect());
        }
    }
    all
}

/// The code of the window without its tests.
fn code() -> String {
    fn collect(dir: &Path, out: &mut String) {
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs")
                && path.file_stem() != Some("tests".as_ref())
            {
                let text = std::fs::read_to_string(&path).unwrap();
                out.push_str(text.split("#[cfg(test)]\nmod tests {").next().unwrap());
            }
        }
    }
    let mut all = String::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui"), &mut all);
    all
}

/// Words between quotation marks that look like keys.
fn literals(code: &str) -> BTreeSet<&str> {
    let shape = |word: &&str| {
        word.contains('-') && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    code.split('"').filter(shape).collect()
}

/// Calls of `tr!` with literal keys: the key and the names of the arguments given.
fn calls(code: &str) -> Vec<(&str, BTreeSet<&str>)> {
    let mut all = Vec::new();
    for call in code.split("tr!(").skip(1) {
        let Some((before, rest)) = call.split_once('"') else { continue };
        // The locale comes first; anything else is no plain call.
        if before.contains('(') || before.contains(')') {
            continue;
        }
        let Some((key, rest)) = rest.split_once('"') else { continue };
        let mut depth = 1_usize;
        let inside: String = rest
            .chars()
            .take_while(|c| {
                match c {
                    '(' | '[' | '{' => depth += 1,
                    ')' | ']' | '}' => depth -= 1,
                    _ => {}
                }
                depth > 0
            })
            .collect();
        let end = rest.get(..inside.len()).unwrap();
        let mut level = 0_usize;
        let mut names = BTreeSet::new();
        let mut start = 0;
        for (i, c) in end.char_indices().chain([(end.len(), ',')]) {
            match c {
                '(' | '[' | '{' => level += 1,
                ')' | ']' | '}' => level -= 1,
                ',' if level == 0 => {
                    if let Some((name, _)) = end[start..i].split_once(" = ") {
                        names.insert(name.trim());
                    }
                    start = i + 1;
                }
                _ => {}
            }
        }
        all.push((key, names));
    }
    all
}

#[test]
fn every_language_has_the_same_keys_and_placeholders() {
    let english = keys(LANGUAGES[0].1);
    for (code, source) in LANGUAGES {
        let other = keys(source);
        let missing: Vec<_> = english.keys().filter(|k| !other.contains_key(*k)).collect();
        let unknown: Vec<_> = other.keys().filter(|k| !english.contains_key(*k)).collect();
        assert!(missing.is_empty() && unknown.is_empty(), "{code}: missing {missing:?}, unknown {unknown:?}");
        for (key, names) in &english {
            assert_eq!(&other[key], names, "{code}: {key}");
        }
    }
}

#[test]
fn every_key_is_used_and_every_used_key_is_there() {
    let code = code();
    let english = keys(LANGUAGES[0].1);
    let literals = literals(&code);
    let unused: Vec<_> = english
        .keys()
        .filter(|k| {
            !literals.contains(k.as_str())
                && *k != "cancel"
                && *k != "close"
                && *k != "folders"
                && *k != "messages"
                && *k != "message"
                && *k != "toolbar"
                && *k != "attachments"
        })
        .collect();
    assert!(unused.is_empty(), "no code uses {unused:?}");
    let families: BTreeSet<&str> = english.keys().filter_map(|k| k.split('-').next()).collect();
    let ids = ["setup-email", "setup-password", "setup-host", "setup-port", "setup-user", "setup-ca-file"];
    let unknown: Vec<_> = literals
        .iter()
        .filter(|l| families.contains(l.split('-').next().unwrap()))
        .filter(|l| !english.contains_key(**l) && !ids.contains(l))
        .collect();
    assert!(unknown.is_empty(), "no language file has {unknown:?}");
}

#[test]
fn every_placeholder_is_filled_in() {
    let code = code();
    let english = keys(LANGUAGES[0].1);
    let calls = calls(&code);
    assert!(calls.len() > 50, "only {} calls were found", calls.len());
    for (key, names) in calls {
        let Some(wanted) = english.get(key) else { continue };
        let given: BTreeSet<String> = names.iter().map(|n| (*n).to_owned()).collect();
        assert_eq!(&given, wanted, "{key}");
    }
}
