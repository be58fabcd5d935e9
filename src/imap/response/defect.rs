//! What was wrong with a response that was read all the same.

use crate::imap::limits;

/// One oddity. The names in it are of our grammar, never text of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Defect {
    /// Neither untagged nor tagged nor a continuation.
    #[error("not an IMAP response")]
    NotAResponse,
    /// A list is not closed, or closed twice.
    #[error("unbalanced parentheses")]
    UnbalancedParentheses,
    /// A quoted string has no end.
    #[error("unterminated string")]
    UnterminatedString,
    /// A quotation mark inside a quoted string without a backslash.
    #[error("quotation mark without backslash")]
    StrayQuote,
    /// Lists within lists beyond the cap; what is deeper was left out.
    #[error("nested too deep")]
    TooDeep,
    /// More of something than we keep; the rest was left out.
    #[error("too many {0}")]
    TooMany(&'static str),
    /// Not a number where there has to be one, or too large.
    #[error("bad number: {0}")]
    BadNumber(&'static str),
    /// A value of another kind than expected.
    #[error("bad value: {0}")]
    BadValue(&'static str),
    /// A name without a value.
    #[error("missing value: {0}")]
    MissingValue(&'static str),
}

/// Collects defects up to [`limits::MAX_DEFECTS`].
#[derive(Debug, Default)]
pub(crate) struct Defects(Vec<Defect>);

impl Defects {
    pub(crate) fn note(&mut self, defect: Defect) {
        if self.0.len() < limits::MAX_DEFECTS && !self.0.contains(&defect) {
            self.0.push(defect);
        }
    }

    /// Notes `defect` if there is no value.
    pub(crate) fn some<T>(&mut self, value: Option<T>, defect: Defect) -> Option<T> {
        if value.is_none() {
            self.note(defect);
        }
        value
    }

    pub(crate) fn into_vec(self) -> Vec<Defect> {
        self.0
    }
}
