//! The list as iced sees it: layout, events, drawing, semantic tree.

use super::draw::{self, Look};
use super::state::{self, Press, Rows, State};
use super::{ListEvent, Row, Select, VirtualList};
use crate::ui::a11y::node::{self, Description, Member, NodeKey, Wish};
use crate::ui::a11y::{Action, Role};
use crate::ui::theme::Theme;
use crate::ui::widget::canvas::Canvas;
use crate::ui::widget::drag_layer::copies;
use iced::advanced::mouse::{self, Click, click};
use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Renderer as _, Shell, Widget, layout, renderer};
use iced::keyboard::{self, Key, Modifiers, key::Named};
use iced::{Event, Length, Point, Rectangle, Size, touch, window};
use std::ops::Range;

impl<'a, Message> VirtualList<'a, Message> {
    fn rows(&self, bounds: Rectangle) -> Rows {
        Rows { count: self.count, height: f64::from(self.density.row_height()), bounds }
    }

    fn row_key(&self, id: u64) -> NodeKey {
        self.key.item(id)
    }
}

impl<'a, Message: 'a> VirtualList<'a, Message> {
    /// Rows came or went: finds the rows that were in view and keeps them where they are.
    fn keep_anchor(&self, state: &mut State, rows: &Rows) {
        // At the very top the user wants to see what comes in.
        if state.scroll.offset() < 1.0 {
            return;
        }
        let Some(locate) = &self.locate else { return };
        let found = state.anchors.iter().find_map(|(id, y)| Some((locate(*id)?, *y)));
        if let Some((index, y)) = found {
            let offset = rows.top(index) - y;
            let by = offset - state.scroll.offset();
            state.scroll.shift(by);
        }
    }

    fn remember_anchors(&self, state: &mut State, rows: &Rows) {
        let offset = state.scroll.offset();
        state.anchors.clear();
        for index in rows.visible(offset) {
            if let Some(id) = self.row_id(index) {
                state.anchors.push((id, rows.top(index) - offset));
            }
        }
    }

    fn select(&self, shell: &mut Shell<'_, Message>, index: usize, how: Select) {
        shell.publish(self.event(ListEvent::Select { index, id: self.row_id(index), how }));
    }

    fn take_focus(&self, state: &mut State, shell: &mut Shell<'_, Message>) {
        if !state.focus.is_here() {
            shell.publish(self.event(ListEvent::Focused));
        }
        state.focus.click();
    }

    fn pressed(&self, state: &mut State, rows: &Rows, at: Point, shell: &mut Shell<'_, Message>) {
        shell.capture_event();
        shell.request_redraw();
        if state.scroll.press(at, &rows.extent()) {
            return;
        }
        self.take_focus(state, shell);
        let Some(index) = rows.at(state.scroll.offset(), at) else { return };
        let Some(row) = (self.row)(index) else {
            return self.select(shell, index, state::clicked(state.modifiers));
        };
        let place = rows.bounds_of(state.scroll.offset(), index);
        if state.modifiers.is_empty() && draw::star(place, self.density).contains(at) {
            shell.publish(self.event(ListEvent::ToggleFlag { index, id: row.id }));
            return;
        }
        let click = Click::new(at, mouse::Button::Left, state.last_click);
        state.last_click = Some(click);
        let how = state::clicked(state.modifiers);
        let double = click.kind() == click::Kind::Double && how == Select::Only;
        // What is selected may be about to be dragged, also as a copy.
        let later = row.selected && matches!(how, Select::Only | Select::Toggle) && !double;
        let select_on_release = later.then_some(how);
        state.press = Some(Press { index, id: row.id, at, dragging: false, select_on_release });
        if double {
            shell.publish(self.event(ListEvent::Activate { index, id: Some(row.id) }));
        } else if !later {
            self.select(shell, index, how);
        }
    }

    fn moved(&self, state: &mut State, rows: &Rows, at: Option<Point>, shell: &mut Shell<'_, Message>) {
        if state.scroll.moved(at, &rows.extent()) {
            shell.request_redraw();
        }
        if state.scroll.is_dragging() {
            return;
        }
        if let (Some(press), Some(at)) = (&mut state.press, at) {
            if press.starts_drag(at) {
                press.dragging = true;
                state.last_click = None;
                let (index, id, copies) = (press.index, Some(press.id), copies(state.modifiers));
                shell.publish(self.event(ListEvent::DragStart { index, id, at, copies }));
            }
            return;
        }
        let hovered = at.and_then(|at| rows.at(state.scroll.offset(), at));
        if std::mem::replace(&mut state.hovered, hovered) != hovered || hovered.is_some() {
            // Also within a row, because the star has its own look under the pointer.
            shell.request_redraw();
        }
    }

    fn released(&self, state: &mut State, shell: &mut Shell<'_, Message>) {
        if state.scroll.release() {
            shell.request_redraw();
        }
        let Some(press) = state.press.take() else { return };
        if press.dragging {
            shell.publish(self.event(ListEvent::DragEnd));
        } else if self.one_click && state.modifiers.is_empty() {
            let (index, id) = (press.index, self.row_id(press.index));
            shell.publish(self.event(ListEvent::Activate { index, id }));
        } else if let Some(how) = press.select_on_release {
            self.select(shell, press.index, how);
        }
    }

    fn key(
        &self,
        state: &mut State,
        rows: &Rows,
        key: &Key,
        modifiers: Modifiers,
        shell: &mut Shell<'_, Message>,
    ) {
        if let Some(press) = state.press
            && press.dragging
            && matches!(key, Key::Named(Named::Escape))
        {
            state.press = None;
            shell.publish(self.event(ListEvent::DragCancel));
            return shell.capture_event();
        }
        if !state.focus.is_here() || modifiers.alt() {
            return;
        }
        match key.as_ref() {
            Key::Named(Named::Enter) if modifiers.is_empty() => {
                let Some(index) = state.cursor else { return };
                shell.publish(self.event(ListEvent::Activate { index, id: self.row_id(index) }));
            }
            Key::Named(Named::Space) if modifiers == Modifiers::COMMAND => {
                let Some(index) = state.cursor else { return };
                self.select(shell, index, Select::Toggle);
            }
            Key::Named(Named::ContextMenu) => self.menu_by_key(state, rows, shell),
            Key::Named(Named::F10) if modifiers == Modifiers::SHIFT => self.menu_by_key(state, rows, shell),
            Key::Character("a") if modifiers == Modifiers::COMMAND => {
                shell.publish(self.event(ListEvent::SelectAll));
            }
            Key::Named(named) => {
                let Some(index) = rows.step(state.cursor, named) else { return };
                // Several keys may come before the application answers.
                state.cursor = Some(index);
                let top = rows.top(index);
                state.scroll.reveal(top, top + rows.height, &rows.extent());
                self.select(shell, index, state::moved(modifiers));
            }
            _ => return,
        }
        state.focus.key();
        shell.request_redraw();
        shell.capture_event();
    }

    fn menu_by_key(&self, state: &State, rows: &Rows, shell: &mut Shell<'_, Message>) {
        let Some(index) = state.cursor else { return };
        let at = rows.bounds_of(state.scroll.offset(), index).center();
        shell.publish(self.event(ListEvent::Menu { index, id: self.row_id(index), at }));
    }

    fn grant(&self, state: &mut State, rows: &Rows, shell: &mut Shell<'_, Message>) {
        for wish in std::mem::take(&mut state.wishes) {
            let Some(index) = self.index_of(wish.key, rows, state) else { continue };
            let id = self.row_id(index);
            match wish.action {
                Action::Click if self.one_click => {
                    shell.publish(self.event(ListEvent::Activate { index, id }));
                }
                Action::Click | Action::Focus => self.select(shell, index, Select::Only),
                Action::ShowContextMenu => {
                    let at = rows.bounds_of(state.scroll.offset(), index).center();
                    shell.publish(self.event(ListEvent::Menu { index, id, at }));
                }
                _ => {}
            }
            let top = rows.top(index);
            state.scroll.reveal(top, top + rows.height, &rows.extent());
            shell.request_redraw();
        }
    }

    /// The rows that the semantic tree has: those in view, and the focused one wherever it is.
    fn described(&self, state: &State, rows: &Rows) -> impl Iterator<Item = usize> + use<Message> {
        let visible: Range<usize> = rows.visible(state.scroll.offset());
        let focused = state.cursor.filter(|i| *i < rows.count);
        let before = focused.filter(|i| *i < visible.start);
        let after = focused.filter(|i| *i >= visible.end);
        before.into_iter().chain(visible).chain(after)
    }

    fn index_of(&self, key: NodeKey, rows: &Rows, state: &State) -> Option<usize> {
        self.described(state, rows).find(|i| self.row_id(*i).is_some_and(|id| self.row_key(id) == key))
    }

    fn describe(&self, state: &State, rows: &Rows) -> (Description, Vec<Member>) {
        let mut list = Description::new(self.key, Role::ListBox, self.label.clone());
        list.set_size = Some(self.count);
        list.multiselectable = true;
        list.active = state.cursor.and_then(|i| self.row_id(i)).map(|id| self.row_key(id));
        let members = self
            .described(state, rows)
            .filter_map(|index| {
                let row: Row<'a> = (self.row)(index)?;
                let mut item =
                    Description::new(self.row_key(row.id), Role::ListBoxOption, (self.speak)(&row));
                item.position = Some(index);
                item.set_size = Some(self.count);
                item.selected = Some(row.selected);
                item.actions =
                    vec![Action::Click, Action::Focus, Action::ScrollIntoView, Action::ShowContextMenu];
                Some(Member::new(item, rows.bounds_of(state.scroll.offset(), index)))
            })
            .collect();
        (list, members)
    }

    fn mouse(
        &self,
        state: &mut State,
        rows: &Rows,
        event: &mouse::Event,
        cursor: mouse::Cursor,
        shell: &mut Shell<'_, Message>,
    ) {
        let over = cursor.position_over(rows.bounds);
        match event {
            mouse::Event::WheelScrolled { delta } if over.is_some() => {
                if state.scroll.wheel(*delta, &rows.extent()) {
                    shell.request_redraw();
                }
                shell.capture_event();
            }
            mouse::Event::ButtonPressed(mouse::Button::Left) => {
                if let Some(at) = over {
                    self.pressed(state, rows, at, shell);
                }
            }
            mouse::Event::ButtonPressed(mouse::Button::Right) => {
                if let Some(at) = over
                    && let Some(index) = rows.at(state.scroll.offset(), at)
                {
                    self.take_focus(state, shell);
                    let id = self.row_id(index);
                    shell.publish(self.event(ListEvent::Menu { index, id, at }));
                    shell.capture_event();
                }
            }
            mouse::Event::ButtonReleased(mouse::Button::Left) => {
                self.released(state, shell);
            }
            mouse::Event::CursorMoved { .. } => {
                let at = if state.press.is_some() || state.scroll.is_dragging() {
                    cursor.land().position()
                } else {
                    over
                };
                self.moved(state, rows, at, shell);
            }
            mouse::Event::CursorLeft => {
                if state.press.is_none() {
                    self.moved(state, rows, None, shell);
                }
            }
            mouse::Event::CursorEntered
            | mouse::Event::ButtonPressed(_)
            | mouse::Event::ButtonReleased(_) => {}
            mouse::Event::WheelScrolled { .. } => {}
        }
    }

    /// A finger scrolls, a tap is a click.
    fn touch(&self, state: &mut State, rows: &Rows, event: &touch::Event, shell: &mut Shell<'_, Message>) {
        match event {
            touch::Event::FingerPressed { position, .. } if rows.bounds.contains(*position) => {
                state.scroll.touch(*position);
                shell.capture_event();
            }
            touch::Event::FingerMoved { position, .. }
                if state.scroll.touch_moved(*position, &rows.extent()) =>
            {
                shell.request_redraw();
            }
            touch::Event::FingerLifted { position, .. } if state.scroll.touch_ended() => {
                self.pressed(state, rows, *position, shell);
                self.released(state, shell);
            }
            touch::Event::FingerLost { .. } => {
                state.scroll.touch_ended();
            }
            _ => {}
        }
    }

    fn frame(
        &self,
        state: &mut State,
        rows: &Rows,
        now: std::time::Instant,
        cursor: mouse::Cursor,
        shell: &mut Shell<'_, Message>,
    ) {
        if state.scroll.is_gliding() {
            if state.scroll.frame(now) {
                shell.request_redraw();
            }
            if state.press.is_none() {
                state.hovered =
                    cursor.position_over(rows.bounds).and_then(|at| rows.at(state.scroll.offset(), at));
            }
        }
        let visible = rows.visible(state.scroll.offset());
        if state.shown.as_ref() != Some(&visible) {
            state.shown = Some(visible.clone());
            shell.publish(self.event(ListEvent::Visible(visible)));
        }
        self.remember_anchors(state, rows);
    }
}

impl<'a, Message: 'a> Widget<Message, Theme, iced::Renderer> for VirtualList<'a, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::new(self.content, self.version, self.reveal.map_or(0, |(serial, _)| serial)))
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Fill)
    }

    fn layout(&mut self, tree: &mut Tree, _: &iced::Renderer, limits: &layout::Limits) -> layout::Node {
        let size = limits.max();
        let rows = self.rows(Rectangle::with_size(size));
        let state = tree.state.downcast_mut::<State>();
        if state.content != self.content {
            let kept = (state.focus, state.modifiers, state.window_focused);
            *state = State::new(self.content, self.version, state.revealed);
            (state.focus, state.modifiers, state.window_focused) = kept;
        }
        if state.version != self.version {
            state.version = self.version;
            // Indexes have changed their meaning; so has what `shown` says.
            state.shown = None;
            self.keep_anchor(state, &rows);
        }
        if let Some((serial, index)) = self.reveal
            && serial != state.revealed
        {
            state.revealed = serial;
            let top = rows.top(index);
            state.scroll.reveal(top, top + rows.height, &rows.extent());
        }
        state.cursor = self.focused;
        state.scroll.clamp(&rows.extent());
        layout::Node::new(size)
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        _: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        let rows = self.rows(layout.bounds());
        let state = tree.state.downcast_mut::<State>();
        let wish: Option<Wish> = node::describe(
            operation,
            rows.bounds,
            || self.describe(state, &rows),
            |wish| wish.key == self.key || self.index_of(wish.key, &rows, state).is_some(),
        );
        state.wishes.extend(wish);
        operation.traverse(&mut |operation| {
            operation.focusable(self.id.as_ref(), rows.bounds, &mut state.focus);
            for index in rows.visible(state.scroll.offset()) {
                if let Some(row) = (self.row)(index) {
                    let place = rows.bounds_of(state.scroll.offset(), index);
                    operation.text(None, place, &row.subject);
                }
            }
        });
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _: &iced::Renderer,
        _: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        _: &Rectangle,
    ) {
        let rows = self.rows(layout.bounds());
        let state = tree.state.downcast_mut::<State>();
        self.grant(state, &rows, shell);
        if shell.is_event_captured() {
            return;
        }
        match event {
            Event::Mouse(event) => self.mouse(state, &rows, event, cursor, shell),
            Event::Keyboard(keyboard::Event::ModifiersChanged(modifiers)) => state.modifiers = *modifiers,
            Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. }) => {
                self.key(state, &rows, key, *modifiers, shell);
            }
            Event::Touch(event) => self.touch(state, &rows, event, shell),
            Event::Window(window::Event::RedrawRequested(now)) => {
                self.frame(state, &rows, *now, cursor, shell);
            }
            Event::Window(window::Event::Focused) => state.window_focused = true,
            Event::Window(window::Event::Unfocused) => {
                state.window_focused = false;
                state.modifiers = Modifiers::default();
            }
            _ => {}
        }
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _: &Rectangle,
        _: &iced::Renderer,
    ) -> mouse::Interaction {
        if tree.state.downcast_ref::<State>().press.is_some_and(|press| press.dragging) {
            mouse::Interaction::Grabbing
        } else if cursor.is_over(layout.bounds()) {
            mouse::Interaction::Idle
        } else {
            mouse::Interaction::None
        }
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut iced::Renderer,
        theme: &Theme,
        _: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let rows = self.rows(layout.bounds());
        let Some(clip) = rows.bounds.intersection(viewport) else { return };
        let state = tree.state.downcast_ref::<State>();
        let mut cache = state.cache.borrow_mut();
        cache.start_frame();
        let offset = state.scroll.offset();
        let pointer = cursor.position_over(rows.bounds);
        renderer.with_layer(clip, |renderer| {
            let canvas = &mut Canvas { renderer, t: theme.tokens(), clip };
            canvas.repaint(rows.bounds, offset);
            for index in rows.visible(offset) {
                let bounds = rows.bounds_of(offset, index);
                let Some(row) = (self.row)(index) else {
                    draw::placeholder(canvas, bounds, self.density);
                    continue;
                };
                let look = Look {
                    density: self.density,
                    hovered: state.hovered == Some(index) && state.press.is_none_or(|p| !p.dragging),
                    active: state.focus.is_here() && state.window_focused,
                    ring: state.focus.shows() && state.cursor == Some(index),
                    on_star: pointer.is_some_and(|p| draw::star(bounds, self.density).contains(p)),
                };
                draw::row(canvas, &mut cache, &row, bounds, look);
            }
            state.scroll.draw(canvas, &rows.extent());
            if state.focus.shows() && state.cursor.is_none_or(|i| i >= self.count) {
                canvas.ring(rows.bounds, 0.0);
            }
        });
    }
}
