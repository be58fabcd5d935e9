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
    found.extend(of_name(author, &domain, around));
    found.extend(of_domain(&domain, around));
    let own = around.own.iter().any(|own| own.eq_ignore_ascii_case(&author.email));
    if own && authentication.verdict == Verdict::Failed {
        found.push(SenderTrick::FromYourself);
    }
    // Lists and firms that send through others have good reasons: only a person's mail is odd.
    let is_bulk = field::fields(header).any(|field| field.is("List-Id") || field.is("List-Unsubscribe"));
    let elsewhere = |address: &&Address| {
        let reply = host::of_email(&address.email);
        let mine = around.own.iter().any(|own| own.eq_ignore_ascii_case(&address.email));
        !reply.is_empty() && !mine && !host::same_owner(&reply, &domain)
    };
    if let Some(to) = envelope.reply_to.iter().find(elsewhere).filter(|_| !is_bulk) {
        found.push(SenderTrick::ReplyElsewhere { to: to.email.clone() });
    }
    found
}

fn of_name(author: &Address, domain: &str, around: Around<'_>) -> Option<SenderTrick> {
    let name = author.name.as_str();
    if name.is_empty() {
        return None;
    }
    for link in links::find(name) {
        if let Some(claimed) = link.target.strip_prefix("mailto:") {
            if !claimed.eq_ignore_ascii_case(&author.email) {
                return Some(SenderTrick::NameIsAddress { claimed: claimed.to_owned() });
            }
        } else if let Some(claimed) =
            Url::parse(&link.target).ok().and_then(|url| url.host_str().map(str::to_owned))
            && !host::same_owner(&claimed, domain)
        {
            return Some(SenderTrick::NameIsDomain { claimed });
        }
    }
    let words = || {
        name.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '<' | '>' | '"' | '|' | '/'))
    };
    for word in words() {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let listed = word.contains('.')
            && !word.contains('@')
            && psl::suffix(word.to_ascii_lowercase().as_bytes()).is_some_and(|suffix| suffix.is_known())
            && psl::domain_str(&word.to_ascii_lowercase()).is_some();
        if listed && !host::same_owner(word, domain) {
            return Some(SenderTrick::NameIsDomain { claimed: word.to_owned() });
        }
    }
    if let Some(brand) = claimed_brand(name, domain, around) {
        return Some(SenderTrick::NameOfBrand { brand });
    }
    let same_name = |known: &&Address| known.name.eq_ignore_ascii_case(name) && name.contains(' ');
    let mut named = around.known.iter().filter(same_name).peekable();
    let first = named.peek().map(|known| known.email.clone());
    let is_known = |email: &str| around.known.iter().any(|known| known.email.eq_ignore_ascii_case(email));
    let known = first.filter(|_| !is_known(&author.email))?;
    let near = named.any(|known| host::same_owner(&host::of_email(&known.email), domain));
    (!near).then_some(SenderTrick::NameOfContact { known })
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
    lookalike::is_confusable(domain).then_some(SenderTrick::Confusable { domain: shown, unicode })
}
