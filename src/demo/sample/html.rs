//! Pieces of HTML for the sample mails.

/// Text as HTML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Text as HTML with its web addresses as links.
pub(super) fn linked(text: &str) -> String {
    let words: Vec<String> = text
        .split(' ')
        .map(|word| {
            let bare = word.trim_end_matches(['.', ',', ')', '!', '?']);
            let tail = word.strip_prefix(bare).unwrap_or_default();
            if bare.starts_with("https://") {
                let bare = escape(bare);
                format!("<a href=\"{bare}\">{bare}</a>{tail}")
            } else {
                escape(word)
            }
        })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn links_end_before_the_full_stop() {
        assert_eq!(
            super::linked("see https://a.example/b."),
            "see <a href=\"https://a.example/b\">https://a.example/b</a>."
        );
        assert_eq!(super::linked("a < b"), "a &lt; b");
    }
}
