//! How to get off a mailing list: `List-Unsubscribe` (RFC 2369) and one click (RFC 8058).

use crate::mime::display;
use crate::mime::header::field;
use serde::Serialize;
use url::Url;

/// Bytes of the field that are read.
const MAX_FIELD: usize = 16 * 1024;

/// How to get off a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Unsubscribe {
    /// Where a single POST does it (RFC 8058), only over https.
    pub one_click: Option<String>,
    /// A mail to be sent there does it.
    pub mail: Option<String>,
    /// A page where it can be done.
    pub page: Option<String>,
    /// A signature of the mail covers both fields, as RFC 8058 asks; whether that signature is right is another
    /// question.
    pub is_signed: bool,
    /// What the list calls itself.
    pub list: String,
}

/// The mail that gets off a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// To whom.
    pub to: String,
    /// Its subject; empty if the list wants none.
    pub subject: String,
}

/// Bytes of an address or subject.
const MAX_WORDS: usize = 300;

impl Unsubscribe {
    /// The mail that gets off the list, made safe to show; none if the list takes none.
    #[must_use]
    pub fn letter(&self) -> Option<Letter> {
        let url = Url::parse(self.mail.as_deref()?).ok()?;
        // `+` is a plus sign in such an address (RFC 6068 section 5), and `=` may stand in it.
        let decode = |text: &str| {
            let form = format!("x={}", text.replace('+', "%2B").replace('=', "%3D").replace('&', "%26"));
            let decoded =
                url::form_urlencoded::parse(form.as_bytes()).next().map(|(_, value)| value.into_owned());
            let decoded = decoded.unwrap_or_default();
            display::display_safe(display::cut(&decoded, MAX_WORDS)).into_owned()
        };
        let pieces = || url.query().unwrap_or_default().split('&').filter_map(|piece| piece.split_once('='));
        let find = |wanted: &str| {
            let mut pieces = pieces();
            pieces.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| decode(value))
        };
        let to = Some(decode(url.path())).filter(|to| !to.is_empty()).or_else(|| find("to"))?;
        to.contains('@').then(|| Letter { to, subject: find("subject").unwrap_or_default() })
    }
}

/// Reads the fields; none if there is no way out.
pub(super) fn read(header: &[u8]) -> Option<Unsubscribe> {
    let (mut value, mut post, mut signed, mut list) = (None, false, false, String::new());
    for field in field::fields(header) {
        let text = || {
            let value = field.value.get(..MAX_FIELD).unwrap_or(field.value);
            String::from_utf8_lossy(&field::unfold(value)).into_owned()
        };
        if field.is("List-Unsubscribe") && value.is_none() {
            value = Some(text());
        } else if field.is("List-Unsubscribe-Post") {
            let asked = text().split_whitespace().collect::<String>();
            post |= asked.eq_ignore_ascii_case("List-Unsubscribe=One-Click");
        } else if field.is("DKIM-Signature") {
            signed |= covers(&text());
        } else if field.is("List-Id") && list.is_empty() {
            let text = text();
            let id = text.split_once('<').map_or(text.as_str(), |(_, id)| id.trim_end_matches('>'));
            list = display::display_safe(display::cut(id, 200)).into_owned();
        }
    }
    let mut found = Unsubscribe { is_signed: signed, list, ..Unsubscribe::default() };
    for address in addresses(&value?) {
        let Ok(url) = Url::parse(&address) else { continue };
        match url.scheme() {
            "https" if post && found.one_click.is_none() => found.one_click = Some(url.to_string()),
            "https" | "http" if found.page.is_none() => found.page = Some(url.to_string()),
            "mailto" if found.mail.is_none() => found.mail = Some(url.to_string()),
            _ => {}
        }
    }
    if found.page.is_none() {
        found.page.clone_from(&found.one_click);
    }
    (found.mail.is_some() || found.page.is_some()).then_some(found)
}

/// What stands between angle brackets, without the spaces of folding.
fn addresses(value: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = value;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((inside, next)) = after.split_once('>') else { break };
        found.push(inside.split_whitespace().collect());
        rest = next;
    }
    if found.is_empty() && !value.contains('<') {
        // Brackets are often left out.
        found.extend(value.split(',').map(|piece| piece.trim().to_owned()));
    }
    found.truncate(20);
    found
}

/// Whether a signature covers both fields.
fn covers(signature: &str) -> bool {
    let fields =
        signature.split(';').find_map(|tag| tag.split_once('=').filter(|(name, _)| name.trim() == "h"));
    let Some((_, list)) = fields else { return false };
    let has = |name: &str| list.split(':').any(|field| field.trim().eq_ignore_ascii_case(name));
    has("List-Unsubscribe") && has("List-Unsubscribe-Post")
}
