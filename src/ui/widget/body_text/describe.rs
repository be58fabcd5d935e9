//! What a reader hears of the text: a document with its lines, links and fold buttons.

use super::BodyText;
use super::draw::{self, fold_button, fold_depth};
use super::flow::Item;
use super::select::Pos;
use super::state::{State, Stop};
use crate::ui::a11y::node::{Description, Member, NodeKey, TextContent};
use crate::ui::a11y::{Action, Role};
use crate::ui::widget::num;
use iced::{Rectangle, Vector};

/// Bytes of text that a reader gets. A longer text is read on after scrolling, or saved.
const MOST_TEXT: usize = 128 * 1024;

impl<Message> BodyText<'_, Message> {
    pub(super) fn stop_key(&self, stop: Stop) -> NodeKey {
        let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        match stop {
            Stop::Fold(fold) => self.key.part(1).item(number(fold)),
            Stop::Link(line, link) => self.key.part(2).item(number(line)).item(number(link)),
        }
    }

    /// The lines that show, as one text, and the caret in it.
    fn spoken(&self, state: &State) -> TextContent {
        let mut text = String::new();
        let mut selection = state.selection.map(|s| (s.head, s.anchor));
        let (mut head, mut anchor) = (None, None);
        for item in &state.flow.items {
            let Item::Line(line) = item else { continue };
            let Some(row) = self.content.lines.get(*line) else { continue };
            if !row.joined && !text.is_empty() {
                text.push('\n');
            }
            if text.len() + row.text.len() > MOST_TEXT {
                break;
            }
            if let Some((h, a)) = selection {
                let place = |at: Pos| (at.line == *line).then(|| text.len() + at.byte.min(row.text.len()));
                head = head.or_else(|| place(h));
                anchor = anchor.or_else(|| place(a));
                if head.is_some() && anchor.is_some() {
                    selection = None;
                }
            }
            text.push_str(&row.text);
        }
        TextContent { text, selection: head.zip(anchor) }
    }

    /// The place of a byte of the spoken text, when no fold is closed above it.
    pub(super) fn place_of_byte(&self, byte: usize) -> Pos {
        let mut start = 0;
        for (line, row) in self.content.lines.iter().enumerate() {
            if byte <= start + row.text.len() {
                return Pos { line, byte: row.text.floor_char_boundary(byte.saturating_sub(start)) };
            }
            let joined = self.content.lines.get(line + 1).is_some_and(|next| next.joined);
            start += row.text.len() + usize::from(!joined);
        }
        Pos::default()
    }

    pub(super) fn describe(&self, state: &State, bounds: Rectangle) -> (Description, Vec<Member>) {
        let mut document = Description::new(self.key, Role::Document, self.words.label);
        document.read_only = true;
        document.text = Some(self.spoken(state));
        document.actions = vec![Action::SetTextSelection];
        document.active = state.stop.map(|stop| self.stop_key(stop));
        let members =
            state.stops(self.content).into_iter().filter_map(|stop| self.member(state, stop, bounds));
        (document, members.collect())
    }

    fn member(&self, state: &State, stop: Stop, bounds: Rectangle) -> Option<Member> {
        let place = self.stop_bounds(state, stop, bounds)?;
        let mut member = match stop {
            Stop::Fold(fold) => {
                let closed = state.closed.get(fold).copied().unwrap_or(false);
                let label = if closed { self.words.show_quote } else { self.words.hide_quote };
                let mut button = Description::new(self.stop_key(stop), Role::Button, label);
                button.expanded = Some(!closed);
                button.actions = vec![if closed { Action::Expand } else { Action::Collapse }];
                button
            }
            Stop::Link(line, number) => {
                let row = self.content.lines.get(line)?;
                let (range, target) = row.links.get(number)?;
                let text = row.text.get(range.clone())?;
                let mut link = Description::new(self.stop_key(stop), Role::Link, text);
                link.description = Some(target.to_string());
                link
            }
        };
        member.actions.extend([Action::Click, Action::Focus, Action::ScrollIntoView]);
        Some(Member::new(member, place))
    }

    /// Where a link or fold button is in the window; its first row if it wraps.
    pub(super) fn stop_bounds(&self, state: &State, stop: Stop, bounds: Rectangle) -> Option<Rectangle> {
        let (line, part) = match stop {
            Stop::Fold(fold) => {
                let closed = state.closed.get(fold).copied().unwrap_or(false);
                let width = draw::fold_label(&self.words, closed).width;
                let line = self.content.folds.get(fold)?.lines.start;
                (line, fold_button(width, fold_depth(self.content, fold)))
            }
            Stop::Link(line, number) => {
                let (range, _) = self.content.lines.get(line)?.links.get(number)?;
                let boxes = state.flow.boxes(self.content, line, range.clone());
                (line, boxes.first().copied()?)
            }
        };
        let mut index = state.flow.item_of(line, self.content)?;
        if matches!(stop, Stop::Fold(_)) && matches!(state.flow.items.get(index), Some(Item::Line(_))) {
            index = index.checked_sub(1)?;
        }
        let y = num::px(state.flow.span(index).start - state.scroll.offset());
        Some(part + Vector::new(Self::column_x(bounds), bounds.y + y))
    }
}
