//! Keyboard focus of one widget, and whether a ring shows it.

use iced::advanced::widget::operation::Focusable;

/// Whether a widget has the keyboard, and whether that should show.
///
/// The ring shows only when the focus came by keyboard or by a screen reader: who clicks knows where.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Focus {
    focused: bool,
    ring: bool,
}

impl Focus {
    /// Takes the focus because of a click.
    pub(crate) const fn click(&mut self) {
        self.focused = true;
        self.ring = false;
    }

    /// A key was used while focused: now the ring helps.
    pub(crate) const fn key(&mut self) {
        self.ring = self.focused;
    }

    /// Gives the focus up; tells whether it had it.
    pub(crate) const fn leave(&mut self) -> bool {
        let had = self.focused;
        self.focused = false;
        self.ring = false;
        had
    }

    /// Whether the keyboard is here.
    pub(crate) const fn is_here(self) -> bool {
        self.focused
    }

    /// Whether to draw the ring.
    pub(crate) const fn shows(self) -> bool {
        self.focused && self.ring
    }
}

impl Focusable for Focus {
    fn is_focused(&self) -> bool {
        self.focused
    }

    fn focus(&mut self) {
        self.focused = true;
        self.ring = true;
    }

    fn unfocus(&mut self) {
        self.leave();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ring_follows_the_keyboard() {
        let mut focus = Focus::default();
        focus.key();
        assert!(!focus.shows());
        focus.click();
        assert!(focus.is_here() && !focus.shows());
        focus.key();
        assert!(focus.shows());
        assert!(focus.leave() && !focus.leave());
        focus.focus();
        assert!(focus.shows());
    }
}
