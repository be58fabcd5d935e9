//! What is odd about the sender of a mail.

use super::brand::table;
use super::{Around, Authentication, Verdict, Weight, host, lookalike};
use crate::mime::header::field;
use crate::mime::text::links;
use crate::model::{Address, Envelope};
use serde::Serialize;
use url::Url;

/// Something odd about the sender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "trick", rename_all = "kebab-case")]
pub enum SenderTrick {
    /// The name contains another address than the real one.
    NameIsAddress {
        /// The address in the name.
        claimed: String,
    },
    /// The name contains a domain that the address is not of.
    NameIsDomain {
        /// The domain in the name.
        claimed: String,
    },
    /// The name says a firm whose address it is not.
    NameOfBrand {
        /// The firm.
        brand: String,
    },
    /// The name is that of somebody whom the user writes to, with another address.
    NameOfContact {
        /// The address that the user knows.
        known: String,
    },
    /// The domain could be mistaken for another.
    Lookalike {
        /// The domain as it stands there.
        domain: String,
        /// In the letters that it stands for.
        unicode: String,
        /// For which.
        of: String,
    },
    /// The domain is that of somebody whom the user writes to, but for its ending.
    OtherEnding {
        /// The domain.
        domain: String,
        /// The domain that the user knows.
        of: String,
    },
    /// The name is an address, and a mailing list sent the mail under its own, as lists do.
    ThroughList {
        /// The address in the name.
        author: String,
    },
    /// The domain is written in letters of other scripts that look like others.
    Confusable {
        /// The domain as it stands there.
        domain: String,
        /// In the letters that it stands for.
        unicode: String,
    },
    /// Answers go to somebody else.
    ReplyElsewhere {
        /// To whom.
        to: String,
    },
    /// There are several authors.
    SeveralAuthors {
        /// How many.
        count: usize,
    },
    /// There is no address to answer to.
    NoAddress,
    /// It says that it is from the user, and is not known to be.
    FromYourself,
}

impl SenderTrick {
    /// How much a reader should be warned.
    #[must_use]
    pub const fn weight(&self) -> Weight {
        match self {
            Self::NameIsAddress { .. }
            | Self::NameIsDomain { .. }
            | Self::NameOfBrand { .. }
            | Self::Lookalike { .. }
            | Self::Confusable { .. }
            | Self::FromYourself => Weight::Warning,
            Self::NameOfContact { .. }
            | Self::OtherEnding { .. }
            | Self::ThroughList { .. }
            | Self::ReplyElsewhere { .. }
            | Self::SeveralAuthors { .. }
            | Self::NoAddress => Weight::Note,
        }
    }
}

/// Everything odd about the sender of a mail.
pub(super) fn tricks(
    envelope: &Envelope,
    header: &[u8],
    around: Around<'_>,
    authentication: &Authentication,
) -> Vec<SenderTrick> {
    let mut found = Vec::new();
    if envelope.from.len() > 1 {
        found.push(SenderTrick::SeveralAuthors { count: envelope.from.len() });
    }
    let Some(author) = envelope.from.first().filter(|author| author.email.contains('@')) else {
        found.push(SenderTrick::NoAddress);
        return found;
    };
    let domain = host::of_email(&author.email);
    let bulk = Bulk::read(header);
    found.extend(of_name(author, &domain, around, &bulk));
    found.extend(of_domain(&domain, around));
    let own = around.own.iter().any(|own| own.eq_ignore_ascii_case(&author.email));
    if own && authentication.verdict == Verdict::Failed {
        found.push(SenderTrick::FromYourself);
    }
    // Lists and firms that send through others have good reasons: only a person's mail is odd.
    let elsewhere = |address: &&Address| {
        let reply = host::of_email(&address.email);
        let is = |other: &str| other.eq_ignore_ascii_case(&address.email);
        let mine = around.own.iter().any(|own| is(own));
        let known = around.known.iter().any(|known| is(&known.email));
        !reply.is_empty() && !mine && !known && !same_firm(&reply, &domain)
    };
    if let Some(to) = envelope.reply_to.iter().find(elsewhere).filter(|_| !bulk.any) {
        found.push(SenderTrick::ReplyElsewhere { to: to.email.clone() });
    }
    found
}

/// What a header says of being sent to many.
struct Bulk {
    /// It went through a mailing list.
    list: bool,
    /// It is one of many, or written by a machine.
    any: bool,
}

impl Bulk {
    fn read(header: &[u8]) -> Self {
        const LIST: [&str; 4] = ["List-Id", "List-Post", "X-Mailing-List", "X-BeenThere"];
        const OTHER: [&str; 4] = ["List-Unsubscribe", "Mailing-List", "Auto-Submitted", "Feedback-ID"];
        let mut found = Self { list: false, any: false };
        for field in field::fields(header) {
            found.list |= LIST.iter().any(|name| field.is(name));
            found.any |= OTHER.iter().any(|name| field.is(name));
            if field.is("Precedence") {
                let word = String::from_utf8_lossy(field.value).trim().to_ascii_lowercase();
                found.any |= matches!(word.as_str(), "list" | "bulk" | "junk");
            }
        }
        found.any |= found.list;
        found
    }
}

/// Whether two domains belong to the same owner, as far as that can be known.
fn same_firm(one: &str, other: &str) -> bool {
    let (one, other) = (host::ascii(one), host::ascii(other));
    host::same_owner(&one, &other) || table().brand.iter().any(|brand| brand.owns(&one) && brand.owns(&other))
}

/// Endings of domains that stand in names for something else: a form of firm, degrees.
const NO_ENDINGS: [&str; 5] = ["kg", "sc", "med", "ma", "ag"];
/// Shortest word in front of an ending that makes a domain of it: `J.De` is none.
const SHORTEST_DOMAIN: usize = 4;

/// Whether a word of a name is a domain.
fn is_domain(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let plain = word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    let Some((front, ending)) = word.rsplit_once('.') else { return false };
    plain
        && front.len() >= SHORTEST_DOMAIN
        && !NO_ENDINGS.contains(&ending)
        && psl::suffix(word.as_bytes()).is_some_and(|suffix| suffix.is_known())
        && psl::domain_str(&word).is_some()
}

fn of_name(author: &Address, domain: &str, around: Around<'_>, bulk: &Bulk) -> Option<SenderTrick> {
    let name = author.name.as_str();
    if name.is_empty() {
        return None;
    }
    for link in links::find(name) {
        if let Some(claimed) = link.target.strip_prefix("mailto:") {
            let theirs = host::of_email(claimed);
            // `info@shop.example` in the name of `noreply@shop.example` deceives nobody.
            let same = claimed.eq_ignore_ascii_case(&author.email)
                || same_firm(&theirs, domain) && !host::is_shared(host::registered(&theirs));
            let claimed = claimed.to_owned();
            match same {
                true => {}
                false if bulk.list => return Some(SenderTrick::ThroughList { author: claimed }),
                false => return Some(SenderTrick::NameIsAddress { claimed }),
            }
        } else if let Some(claimed) =
            Url::parse(&link.target).ok().and_then(|url| url.host_str().map(str::to_owned))
            && !same_firm(&claimed, domain)
        {
            return Some(SenderTrick::NameIsDomain { claimed });
        }
    }
    let words = || {
        name.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '<' | '>' | '"' | '|' | '/'))
    };
    for word in words() {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        if is_domain(word) && !same_firm(word, domain) {
            return Some(SenderTrick::NameIsDomain { claimed: word.to_owned() });
        }
    }
    if let Some(brand) = claimed_brand(name, domain, around) {
        return Some(SenderTrick::NameOfBrand { brand });
    }
    let eye = words_of(name);
    let same_name = |known: &&Address| eye.len() > 1 && words_of(&known.name) == eye;
    let mut named = around.known.iter().filter(same_name).peekable();
    let first = named.peek().map(|known| known.email.clone());
    let is_known = |email: &str| around.known.iter().any(|known| known.email.eq_ignore_ascii_case(email));
    let known = first.filter(|_| !is_known(&author.email))?;
    let near = named.any(|known| host::same_owner(&host::of_email(&known.email), domain));
    (!near).then_some(SenderTrick::NameOfContact { known })
}

/// The words of a name as the eye takes them, in the order of the alphabet: `Lovelace, Ada` is `Ada Lovelace`.
fn words_of(name: &str) -> Vec<String> {
    let words = name.split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '"' | '\''));
    let mut words: Vec<String> = words.filter(|word| !word.is_empty()).map(lookalike::skeleton).collect();
    words.sort_unstable();
    words
}

/// A firm that the name says, if the address is not one of that firm.
fn claimed_brand(name: &str, domain: &str, around: Around<'_>) -> Option<String> {
    // Letters that only look like others are read as the eye reads them.
    let shape = |text: &str| text.split_whitespace().map(lookalike::skeleton).collect::<Vec<_>>().join(" ");
    let said =
        format!(" {} ", shape(&name.replace(|c: char| !c.is_alphanumeric() && c != '.' && c != '-', " ")));
    let known = |address: &Address| host::same_owner(&host::of_email(&address.email), domain);
    if around.known.iter().any(known) {
        return None;
    }
    let mut brands = table().brand.iter().filter(|brand| !brand.owns(domain));
    let says = |brand: &super::brand::Brand| {
        brand.words.iter().any(|word| said.contains(&format!(" {} ", shape(word))))
    };
    brands.find(|brand| says(brand)).map(|brand| brand.name.clone())
}

fn of_domain(domain: &str, around: Around<'_>) -> Option<SenderTrick> {
    let known: Vec<String> = around
        .known
        .iter()
        .map(|address| host::of_email(&address.email))
        .chain(around.own.iter().map(|own| host::of_email(own)))
        .filter(|known| !host::is_shared(known))
        .collect();
    let (shown, unicode) = (domain.to_owned(), host::unicode(domain));
    if let Some(of) = lookalike::of(domain, &known) {
        return Some(SenderTrick::Lookalike { domain: shown, unicode, of });
    }
    if lookalike::is_confusable(domain) {
        return Some(SenderTrick::Confusable { domain: shown, unicode });
    }
    let of = lookalike::other_ending(domain, &known)?;
    Some(SenderTrick::OtherEnding { domain: unicode, of })
}
