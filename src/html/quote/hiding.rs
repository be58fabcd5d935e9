//! Leaves out what is folded while a document is built.

use super::{NAME, REST, is_void};
use crate::html::sanitize::Event;

/// Leaves out what is folded while a document is built.
pub(in crate::html) struct Hiding {
    folded: bool,
    state: Place,
}

enum Place {
    /// Nothing is hidden.
    Outside,
    /// In the element that marks the quote.
    Mark { rest: bool },
    /// The next element is the quote.
    Before,
    /// In the quote, so many elements deep.
    Inside(usize),
    /// In a quote that reaches to the end, so many elements deep in it.
    Rest(usize),
}

impl Hiding {
    /// For one pass over a document.
    pub(in crate::html) const fn new(folded: bool) -> Self {
        Self { folded, state: Place::Outside }
    }

    /// Whether this event is left out. To be asked for each, in order.
    pub(in crate::html) fn skips(&mut self, event: &Event) -> bool {
        if !self.folded {
            return false;
        }
        let opens = matches!(event, Event::Open { name, .. } if !is_void(name));
        let (next, skip) = match (&self.state, event) {
            (Place::Outside, Event::Open { name, attributes }) if &**name == NAME => {
                let rest = attributes.iter().any(|(n, v)| &**n == "class" && v.split(' ').any(|c| c == REST));
                (Place::Mark { rest }, false)
            }
            (Place::Outside, _) => return false,
            (Place::Mark { rest: true }, _) => (Place::Rest(0), false),
            (Place::Mark { rest: false }, _) => (Place::Before, false),
            (Place::Before, Event::Open { .. }) if opens => (Place::Inside(1), true),
            (Place::Before, _) => return true,
            (Place::Inside(1), Event::Close) => (Place::Outside, true),
            (Place::Inside(depth), Event::Close) => (Place::Inside(depth - 1), true),
            (Place::Inside(depth), _) => (Place::Inside(depth + usize::from(opens)), true),
            // What is around it ends after it; style sheets are for all of the document.
            (Place::Rest(0), Event::Close) | (Place::Rest(_), Event::Style { .. }) => return false,
            (Place::Rest(depth), Event::Close) => (Place::Rest(depth - 1), true),
            (Place::Rest(depth), _) => (Place::Rest(depth + usize::from(opens)), true),
        };
        self.state = next;
        skip
    }
}
