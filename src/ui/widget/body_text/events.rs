//! Mouse and keyboard in the text. No drawing.

use super::draw::{self, fold_button, fold_depth};
use super::flow::{Flow, Item, MARGIN};
use super::select::{self, Grain, Pos, Selection, Step};
use super::state::{Drag, State, Stop};
use super::{BodyEvent, BodyText};
use crate::ui::a11y::{Action, Wish};
use crate::ui::widget::num;
use iced::advanced::Shell;
use iced::advanced::clipboard::{self, Clipboard};
use iced::advanced::mouse::{self, Click, click};
use iced::keyboard::{Key, Modifiers, key::Named};
use iced::{Point, Rectangle, touch};
use std::sync::Arc;
use std::time::Instant;

/// The pointer must move this far before a press on a link becomes a selection.
const DRAG_DISTANCE: f32 = 4.0;
/// Pixels that an arrow key scrolls.
const ARROW: f64 = 44.0;

impl<Message> BodyText<'_, Message> {
    /// Left edge of the column.
    pub(super) fn column_x(bounds: Rectangle) -> f32 {
        bounds.x + MARGIN.min(((bounds.width - Flow::column(bounds.width, 1.0)) / 2.0).max(0.0))
    }

    /// The place in the text under a point of the window.
    fn place(&self, state: &State, bounds: Rectangle, at: Point) -> Option<Pos> {
        let y = f64::from(at.y - bounds.y) + state.scroll.offset();
        state.flow.hit(self.content, at.x - Self::column_x(bounds), y)
    }

    /// The link or fold button under a point of the window.
    fn stop_at(&self, state: &State, bounds: Rectangle, at: Point) -> Option<Stop> {
        let offset = state.scroll.offset();
        let y = f64::from(at.y - bounds.y) + offset;
        let index = state.flow.item_at(y)?;
        let span = state.flow.span(index);
        if !bounds.contains(at) || !span.contains(&y) {
            return None;
        }
        let local = Point::new(at.x - Self::column_x(bounds), num::px(y - span.start));
        match *state.flow.items.get(index)? {
            Item::Fold(fold) => {
                let closed = state.closed.get(fold).copied().unwrap_or(false);
                let label = draw::fold_label(&self.words, closed);
                let button = fold_button(label.width, fold_depth(self.content, fold));
                button.contains(local).then_some(Stop::Fold(fold))
            }
            Item::Inset(_) => None,
            Item::Line(line) => {
                let links = &self.content.lines.get(line)?.links;
                let hit = |range: &std::ops::Range<usize>| {
                    state
                        .flow
                        .boxes(self.content, line, range.clone())
                        .iter()
                        .any(|part| part.contains(local))
                };
                let number = links.iter().position(|(range, _)| hit(range))?;
                Some(Stop::Link(line, number))
            }
        }
    }

    pub(super) fn target(&self, stop: Option<Stop>) -> Option<Arc<str>> {
        match stop? {
            Stop::Link(line, number) => {
                self.content.lines.get(line)?.links.get(number).map(|(_, target)| Arc::clone(target))
            }
            Stop::Fold(_) => None,
        }
    }

    pub(super) fn publish(&self, shell: &mut Shell<'_, Message>, event: BodyEvent) {
        shell.publish((self.on_event)(event));
    }

    fn take_focus(&self, state: &mut State, shell: &mut Shell<'_, Message>) {
        if !state.focus.is_here() {
            self.publish(shell, BodyEvent::Focused);
        }
        state.focus.click();
        state.stop = None;
    }

    #[expect(clippy::too_many_arguments, reason = "what iced hands to update")]
    pub(super) fn mouse(
        &self,
        state: &mut State,
        bounds: Rectangle,
        event: &mouse::Event,
        cursor: mouse::Cursor,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
    ) {
        let over = cursor.position_over(bounds);
        match (event, over) {
            (mouse::Event::WheelScrolled { delta }, Some(_)) if state.modifiers.command() => {
                let (mouse::ScrollDelta::Lines { y, .. } | mouse::ScrollDelta::Pixels { y, .. }) = delta;
                if *y != 0.0 {
                    self.publish(shell, BodyEvent::Zoom(if *y > 0.0 { 1 } else { -1 }));
                }
                shell.capture_event();
            }
            (mouse::Event::WheelScrolled { delta }, Some(_)) => {
                if state.scroll.wheel(*delta, &state.extent(bounds)) {
                    state.settle(self.content, bounds);
                    shell.request_redraw();
                }
                shell.capture_event();
            }
            (mouse::Event::ButtonPressed(mouse::Button::Left), Some(at)) => {
                self.pressed(state, bounds, at, shell);
            }
            (mouse::Event::ButtonPressed(mouse::Button::Right), Some(at)) => {
                self.take_focus(state, shell);
                self.menu(state, at, self.target(self.stop_at(state, bounds, at)), shell);
                shell.capture_event();
            }
            (mouse::Event::ButtonReleased(mouse::Button::Left), _) => {
                self.released(state, bounds, over, clipboard, shell);
            }
            (mouse::Event::CursorMoved { .. }, _) => {
                self.moved(state, bounds, over, cursor.land().position(), shell);
            }
            (mouse::Event::CursorLeft, _) => self.hover(state, None, shell),
            _ => {}
        }
    }

    /// A finger scrolls, a tap is a click.
    pub(super) fn touch(
        &self,
        state: &mut State,
        bounds: Rectangle,
        event: &touch::Event,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
    ) {
        match event {
            touch::Event::FingerPressed { position, .. } if bounds.contains(*position) => {
                state.scroll.touch(*position);
                shell.capture_event();
            }
            touch::Event::FingerMoved { position, .. } => {
                let extent = state.extent(bounds);
                if state.scroll.touch_moved(*position, &extent) {
                    state.settle(self.content, bounds);
                    shell.request_redraw();
                }
            }
            touch::Event::FingerLifted { position, .. } if state.scroll.touch_ended() => {
                self.pressed(state, bounds, *position, shell);
                self.released(state, bounds, Some(*position), clipboard, shell);
            }
            touch::Event::FingerLost { .. } => {
                state.scroll.touch_ended();
            }
            _ => {}
        }
    }

    fn menu(&self, state: &State, at: Point, link: Option<Arc<str>>, shell: &mut Shell<'_, Message>) {
        let selection = draw::selected(state).map(|selection| select::copy(self.content, &selection));
        self.publish(shell, BodyEvent::Menu { at, link, selection });
    }

    fn pressed(&self, state: &mut State, bounds: Rectangle, at: Point, shell: &mut Shell<'_, Message>) {
        shell.capture_event();
        shell.request_redraw();
        if state.scroll.press(at, &state.extent(bounds)) {
            return;
        }
        self.take_focus(state, shell);
        let stop = self.stop_at(state, bounds, at);
        if let Some(Stop::Fold(fold)) = stop {
            state.pressed_fold = Some(fold);
            return;
        }
        let click = Click::new(at, mouse::Button::Left, state.last_click);
        state.last_click = Some(click);
        let Some(place) = self.place(state, bounds, at) else { return };
        let grain = match click.kind() {
            click::Kind::Single => Grain::Character,
            click::Kind::Double => Grain::Word,
            click::Kind::Triple => Grain::Line,
        };
        let old = state.selection.filter(|_| state.modifiers.shift() && grain == Grain::Character);
        let first = match old {
            Some(selection) => selection.anchor..selection.anchor,
            None => select::around(self.content, place, grain),
        };
        state.selection = Some(select::stretch(self.content, first.clone(), place, grain));
        state.goal = None;
        let link = match stop {
            Some(Stop::Link(line, number)) if grain == Grain::Character => Some((line, number)),
            _ => None,
        };
        state.drag = Some(Drag { first, grain, at, link });
    }

    fn moved(
        &self,
        state: &mut State,
        bounds: Rectangle,
        over: Option<Point>,
        anywhere: Option<Point>,
        shell: &mut Shell<'_, Message>,
    ) {
        let bar = if state.scroll.is_dragging() { anywhere } else { over };
        if state.scroll.moved(bar, &state.extent(bounds)) {
            state.settle(self.content, bounds);
            shell.request_redraw();
        }
        if state.scroll.is_dragging() {
            return;
        }
        let Some(at) = anywhere.filter(|_| state.drag.is_some()) else {
            let stop = over.and_then(|at| self.stop_at(state, bounds, at));
            return self.hover(state, stop, shell);
        };
        if let Some(drag) = &mut state.drag {
            if drag.link.is_some() && drag.at.distance(at) < DRAG_DISTANCE {
                return;
            }
            drag.link = None;
            drag.at = at;
        }
        self.stretch(state, bounds, at);
        shell.request_redraw();
    }

    fn stretch(&self, state: &mut State, bounds: Rectangle, at: Point) {
        let Some(to) = self.place(state, bounds, at) else { return };
        if let Some(drag) = &state.drag {
            state.selection = Some(select::stretch(self.content, drag.first.clone(), to, drag.grain));
        }
    }

    fn hover(&self, state: &mut State, stop: Option<Stop>, shell: &mut Shell<'_, Message>) {
        if std::mem::replace(&mut state.hovered, stop) != stop {
            shell.request_redraw();
        }
    }

    /// Tells which link the pointer or the keyboard is on, when that changed.
    fn tell_target(&self, state: &mut State, shell: &mut Shell<'_, Message>) {
        let focused = state.stop.filter(|_| state.focus.shows());
        let now = self.target(state.hovered).or_else(|| self.target(focused));
        if state.told != now {
            state.told.clone_from(&now);
            self.publish(shell, BodyEvent::Hover(now));
        }
    }

    fn released(
        &self,
        state: &mut State,
        bounds: Rectangle,
        over: Option<Point>,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
    ) {
        if state.scroll.release() {
            shell.request_redraw();
        }
        let stop = over.and_then(|at| self.stop_at(state, bounds, at));
        if let Some(fold) = state.pressed_fold.take() {
            if stop == Some(Stop::Fold(fold)) {
                state.toggle(self.content, fold, bounds);
                shell.request_redraw();
            }
            return;
        }
        let Some(drag) = state.drag.take() else { return };
        if let Some((line, number)) = drag.link {
            state.selection = None;
            if let Some(target) = self.target(Some(Stop::Link(line, number))) {
                self.publish(shell, BodyEvent::Open(target));
            }
        } else if let Some(selection) = draw::selected(state) {
            clipboard.write(clipboard::Kind::Primary, select::copy(self.content, &selection));
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what iced hands to update")]
    pub(super) fn key(
        &self,
        state: &mut State,
        bounds: Rectangle,
        key: &Key,
        modifiers: Modifiers,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
    ) {
        if !state.focus.is_here() || modifiers.alt() {
            return;
        }
        let taken = match key.as_ref() {
            Key::Character("c") if modifiers == Modifiers::COMMAND => self.copy(state, clipboard),
            Key::Named(Named::Copy) => self.copy(state, clipboard),
            Key::Named(Named::Insert) if modifiers == Modifiers::COMMAND => self.copy(state, clipboard),
            Key::Character("a") if modifiers == Modifiers::COMMAND => {
                state.selection = Some(select::all(self.content));
                true
            }
            Key::Named(Named::ContextMenu) => self.menu_by_key(state, bounds, shell),
            Key::Named(Named::F10) if modifiers == Modifiers::SHIFT => self.menu_by_key(state, bounds, shell),
            Key::Named(Named::Escape) => {
                let had = draw::selected(state).is_some();
                state.selection = None;
                had
            }
            Key::Named(Named::Enter | Named::Space) if modifiers.is_empty() && state.stop.is_some() => {
                self.activate(state, bounds, shell);
                true
            }
            Key::Named(named) if modifiers.shift() && caret_step(named, modifiers) => {
                self.extend(state, bounds, named, modifiers);
                true
            }
            Key::Named(named) => scroll_by_key(state, bounds, named, modifiers),
            _ => false,
        };
        if taken {
            if state.stop.is_some() {
                state.focus.key();
            }
            state.settle(self.content, bounds);
            shell.request_redraw();
            shell.capture_event();
        }
    }

    fn copy(&self, state: &State, clipboard: &mut dyn Clipboard) -> bool {
        let Some(selection) = draw::selected(state) else { return false };
        clipboard.write(clipboard::Kind::Standard, select::copy(self.content, &selection));
        true
    }

    fn menu_by_key(&self, state: &State, bounds: Rectangle, shell: &mut Shell<'_, Message>) -> bool {
        self.menu(state, bounds.center(), self.target(state.stop), shell);
        true
    }

    fn activate(&self, state: &mut State, bounds: Rectangle, shell: &mut Shell<'_, Message>) {
        match state.stop {
            Some(Stop::Fold(fold)) => state.toggle(self.content, fold, bounds),
            stop => {
                if let Some(target) = self.target(stop) {
                    self.publish(shell, BodyEvent::Open(target));
                }
            }
        }
    }

    /// Moves the caret with Shift held down.
    fn extend(&self, state: &mut State, bounds: Rectangle, named: Named, modifiers: Modifiers) {
        let top = || {
            let index = state.flow.item_at(state.scroll.offset().max(0.0)).unwrap_or(0);
            match state.flow.items.get(index) {
                Some(Item::Line(line)) => Pos { line: *line, byte: 0 },
                _ => Pos::default(),
            }
        };
        let old = state.selection.unwrap_or_else(|| Selection::caret(top()));
        let words = modifiers.command();
        let step = match named {
            Named::ArrowLeft => Some(if words { Step::WordBack } else { Step::Back }),
            Named::ArrowRight => Some(if words { Step::WordForth } else { Step::Forth }),
            Named::Home => Some(if words { Step::Start } else { Step::LineStart }),
            Named::End => Some(if words { Step::End } else { Step::LineEnd }),
            _ => None,
        };
        let head = match step {
            Some(step) => {
                state.goal = None;
                select::step(self.content, old.head, step)
            }
            None => self.by_rows(state, old.head, named, bounds),
        };
        state.selection = Some(Selection { head, ..old });
        if let Some((_, rows)) = state.flow.caret(self.content, head) {
            state.scroll.reveal(rows.start, rows.end, &state.flow.extent(bounds));
        }
    }

    fn by_rows(&self, state: &mut State, head: Pos, named: Named, bounds: Rectangle) -> Pos {
        let Some((x, rows)) = state.flow.caret(self.content, head) else { return head };
        let x = *state.goal.get_or_insert(x);
        let page = f64::from(bounds.height);
        let y = match named {
            Named::ArrowUp => rows.start - 2.0,
            Named::ArrowDown => rows.end + 2.0,
            Named::PageUp => rows.start - page,
            _ => rows.end + page,
        };
        state.flow.measure(self.content, y - page, 2.0 * bounds.height);
        state.flow.hit(self.content, x, y).unwrap_or(head)
    }

    /// A frame is about to be drawn.
    pub(super) fn frame(
        &self,
        state: &mut State,
        bounds: Rectangle,
        now: Instant,
        shell: &mut Shell<'_, Message>,
    ) {
        self.tell_target(state, shell);
        if state.scroll.is_gliding() {
            if state.scroll.frame(now) {
                shell.request_redraw();
            }
            state.settle(self.content, bounds);
        }
        // While selecting, a pointer outside of the view scrolls it.
        let some = state.selection.is_some_and(|selection| !selection.is_empty());
        let drag = state.drag.as_ref().filter(|drag| drag.link.is_none() && some);
        let Some(at) = drag.map(|drag| drag.at) else { return };
        let by = crate::ui::widget::scroll::along(at.y, bounds.y, bounds.y + bounds.height);
        if by != 0.0 {
            let to = state.scroll.offset() + f64::from(by);
            state.scroll.jump(to);
            state.settle(self.content, bounds);
            self.stretch(state, bounds, at);
            shell.request_redraw();
        }
    }

    /// Does what a reader asked for.
    pub(super) fn grant(&self, state: &mut State, bounds: Rectangle, shell: &mut Shell<'_, Message>) {
        for wish in std::mem::take(&mut state.wishes) {
            shell.request_redraw();
            let Wish { key, action, selection, .. } = &wish;
            if *key == self.key {
                if let (Action::SetTextSelection, Some((head, anchor))) = (action, selection) {
                    let place = |byte| self.place_of_byte(byte);
                    state.selection = Some(Selection { anchor: place(*anchor), head: place(*head) });
                }
                continue;
            }
            let stops = state.stops(self.content);
            let Some(stop) = stops.into_iter().find(|stop| self.stop_key(*stop) == *key) else { continue };
            state.reveal(self.content, stop, bounds);
            match action {
                Action::Click | Action::Expand | Action::Collapse => {
                    state.stop = Some(stop);
                    self.activate(state, bounds, shell);
                }
                Action::Focus => state.stop = Some(stop),
                _ => {}
            }
        }
    }
}

/// Whether a key moves the caret.
fn caret_step(named: Named, modifiers: Modifiers) -> bool {
    match named {
        Named::ArrowLeft | Named::ArrowRight | Named::Home | Named::End => true,
        Named::ArrowUp | Named::ArrowDown | Named::PageUp | Named::PageDown => !modifiers.command(),
        _ => false,
    }
}

fn scroll_by_key(state: &mut State, bounds: Rectangle, named: Named, modifiers: Modifiers) -> bool {
    let extent = state.extent(bounds);
    let offset = state.scroll.offset();
    match (named, modifiers.shift()) {
        (Named::ArrowUp, false) => state.scroll.jump(offset - ARROW),
        (Named::ArrowDown, false) => state.scroll.jump(offset + ARROW),
        (Named::PageUp, false) | (Named::Space, true) => {
            state.scroll.pages(-1.0, &extent);
        }
        (Named::PageDown | Named::Space, false) => {
            state.scroll.pages(1.0, &extent);
        }
        (Named::Home, false) => state.scroll.jump(0.0),
        (Named::End, false) => state.scroll.jump(f64::MAX),
        _ => return false,
    }
    true
}
