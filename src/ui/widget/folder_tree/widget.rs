//! The tree as iced sees it: layout, events, drawing, semantic tree.

use super::drag::Drag;
use super::places::{places, square};
use super::{FolderTree, TreeEvent, TreeRow, TreeStep, step};
use crate::ui::a11y::Action;
use crate::ui::a11y::node::{self, NodeKey, Wish};
use crate::ui::icon::Icon;
use crate::ui::theme::{Theme, space, typography};
use crate::ui::widget::canvas::{Canvas, Paragraph};
use crate::ui::widget::focus::Focus;
use crate::ui::widget::lru::{self, Lru};
use crate::ui::widget::num;
use crate::ui::widget::scroll::{Extent, Scroll};
use crate::ui::widget::shape::{self, Face, Line};
use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Renderer as _, Shell, Widget, layout, mouse, renderer};
use iced::keyboard::{self, Key, Modifiers, key::Named};
use iced::{Event, Length, Point, Rectangle, Size, touch, window};
use std::cell::RefCell;
use std::ops::Range;

/// Space above and below all rows.
const MARGIN: f64 = 8.0;
/// Shaped rows kept.
const KEPT_ROWS: usize = 512;

const NAME: Face = Face { font: typography::UI, size: typography::BODY };
const NAME_STRONG: Face = Face { font: typography::STRONG, size: typography::BODY };
const HEAD: Face = Face { font: typography::STRONG, size: typography::CAPTION };
const COUNT: Face = Face { font: typography::STRONG, size: typography::CAPTION };

struct Shaped {
    name: Line<Paragraph>,
    count: Line<Paragraph>,
}

pub(super) struct State {
    pub(super) scroll: Scroll,
    focus: Focus,
    /// The row that the keyboard is at, by id; heads can be visited but not chosen.
    cursor: Option<u64>,
    pub(super) hovered: Option<usize>,
    pub(super) drag: Drag,
    selected: Option<u64>,
    wishes: Vec<Wish>,
    shaped: RefCell<Lru<Shaped>>,
    window_focused: bool,
}

impl State {
    fn new() -> Self {
        Self {
            scroll: Scroll::default(),
            focus: Focus::default(),
            cursor: None,
            hovered: None,
            drag: Drag::default(),
            selected: None,
            wishes: Vec::new(),
            shaped: RefCell::new(Lru::new(KEPT_ROWS)),
            window_focused: true,
        }
    }
}

impl<Message> FolderTree<'_, Message> {
    fn height(&self) -> f64 {
        f64::from(self.density.folder_height())
    }

    pub(super) fn extent(&self, bounds: Rectangle) -> Extent {
        Extent { content: num::count(self.rows.len()) * self.height() + 2.0 * MARGIN, bounds }
    }

    pub(super) fn row_bounds(&self, bounds: Rectangle, offset: f64, index: usize) -> Rectangle {
        let y = num::px((num::count(index) * self.height() + MARGIN - offset).round());
        Rectangle { y: bounds.y + y, height: num::px(self.height()), ..bounds }
    }

    fn visible(&self, bounds: Rectangle, offset: f64) -> Range<usize> {
        let first = num::floor((offset - MARGIN) / self.height()).min(self.rows.len());
        let last =
            num::ceil((offset + f64::from(bounds.height) - MARGIN) / self.height()).min(self.rows.len());
        first..last.max(first)
    }

    pub(super) fn at(&self, bounds: Rectangle, offset: f64, point: Point) -> Option<usize> {
        let y = f64::from(point.y - bounds.y) + offset - MARGIN;
        let index = num::floor(y / self.height());
        (bounds.contains(point) && y >= 0.0 && index < self.rows.len()).then_some(index)
    }

    fn index_of(&self, id: u64) -> Option<usize> {
        self.rows.iter().position(|row| row.id == id)
    }

    pub(super) fn cursor(&self, state: &State) -> Option<usize> {
        state
            .cursor
            .and_then(|id| self.index_of(id))
            .or_else(|| self.rows.iter().position(|row| row.selected))
    }

    pub(super) fn key_of(&self, row: &TreeRow<'_>) -> NodeKey {
        self.key.item(row.id)
    }

    fn reveal(&self, state: &mut State, bounds: Rectangle, index: usize) {
        let top = num::count(index) * self.height();
        state.scroll.reveal(top, top + self.height() + 2.0 * MARGIN, &self.extent(bounds));
    }

    pub(super) fn publish(&self, shell: &mut Shell<'_, Message>, event: TreeEvent) {
        shell.publish((self.on_event)(event));
    }

    fn go(&self, state: &mut State, bounds: Rectangle, index: usize, shell: &mut Shell<'_, Message>) {
        let Some(row) = self.rows.get(index) else { return };
        state.cursor = Some(row.id);
        self.reveal(state, bounds, index);
        if row.selectable && !row.selected {
            self.publish(shell, TreeEvent::Select(row.id));
        }
        shell.request_redraw();
    }

    fn pressed(&self, state: &mut State, bounds: Rectangle, at: Point, shell: &mut Shell<'_, Message>) {
        shell.capture_event();
        shell.request_redraw();
        if state.scroll.press(at, &self.extent(bounds)) {
            return;
        }
        self.take_focus(state, shell);
        let Some(index) = self.at(bounds, state.scroll.offset(), at) else { return };
        let Some(row) = self.rows.get(index) else { return };
        let places = places(self.row_bounds(bounds, state.scroll.offset(), index), row.level, true, 0.0);
        let on_chevron = at.x < places.chevron.x + places.chevron.width + space::XXS;
        if row.expanded.is_some() && (on_chevron || !row.selectable) {
            self.publish(shell, TreeEvent::Toggle(row.id));
        } else {
            state.drag.press = row.draggable.then_some((row.id, at));
            self.go(state, bounds, index, shell);
        }
    }

    fn take_focus(&self, state: &mut State, shell: &mut Shell<'_, Message>) {
        if !state.focus.is_here() {
            self.publish(shell, TreeEvent::Focused);
        }
        state.focus.click();
    }

    fn moved(&self, state: &mut State, bounds: Rectangle, at: Option<Point>, shell: &mut Shell<'_, Message>) {
        if state.scroll.moved(at, &self.extent(bounds)) {
            shell.request_redraw();
        }
        let hovered = at.and_then(|at| self.at(bounds, state.scroll.offset(), at));
        if std::mem::replace(&mut state.hovered, hovered) != hovered {
            shell.request_redraw();
        }
        self.dragged_over(state, bounds, at, shell);
    }

    fn mouse(
        &self,
        state: &mut State,
        bounds: Rectangle,
        event: &mouse::Event,
        cursor: mouse::Cursor,
        shell: &mut Shell<'_, Message>,
    ) {
        let over = cursor.position_over(bounds);
        match (event, over) {
            (mouse::Event::WheelScrolled { delta }, Some(_)) => {
                if state.scroll.wheel(*delta, &self.extent(bounds)) {
                    shell.request_redraw();
                }
                shell.capture_event();
            }
            (mouse::Event::ButtonPressed(mouse::Button::Left), Some(at)) => {
                self.pressed(state, bounds, at, shell);
            }
            (mouse::Event::ButtonPressed(mouse::Button::Right), Some(at)) => {
                let row = self.at(bounds, state.scroll.offset(), at).and_then(|i| self.rows.get(i));
                if let Some(row) = row {
                    self.publish(shell, TreeEvent::Menu(row.id, at));
                    shell.capture_event();
                }
            }
            (mouse::Event::ButtonReleased(mouse::Button::Left), _) => {
                if state.scroll.release() {
                    shell.request_redraw();
                }
                self.let_go(state, shell);
            }
            (mouse::Event::CursorMoved { .. }, None) if state.drag.press.is_some() => {
                self.moved(state, bounds, None, shell);
                self.pulled(state, cursor.land().position(), shell);
            }
            (mouse::Event::CursorMoved { .. }, _) if state.scroll.is_dragging() => {
                self.moved(state, bounds, cursor.land().position(), shell);
            }
            (mouse::Event::CursorMoved { .. }, over) => self.moved(state, bounds, over, shell),
            (mouse::Event::CursorLeft, _) => self.moved(state, bounds, None, shell),
            _ => {}
        }
    }

    /// A finger scrolls, a tap is a click.
    fn touch(
        &self,
        state: &mut State,
        bounds: Rectangle,
        event: &touch::Event,
        shell: &mut Shell<'_, Message>,
    ) {
        match event {
            touch::Event::FingerPressed { position, .. } if bounds.contains(*position) => {
                state.scroll.touch(*position);
                shell.capture_event();
            }
            touch::Event::FingerMoved { position, .. }
                if state.scroll.touch_moved(*position, &self.extent(bounds)) =>
            {
                shell.request_redraw();
            }
            touch::Event::FingerLifted { position, .. } if state.scroll.touch_ended() => {
                self.pressed(state, bounds, *position, shell);
                state.scroll.release();
            }
            touch::Event::FingerLost { .. } => {
                state.scroll.touch_ended();
            }
            _ => {}
        }
    }

    fn key(
        &self,
        state: &mut State,
        bounds: Rectangle,
        key: &Key,
        modifiers: Modifiers,
        shell: &mut Shell<'_, Message>,
    ) {
        let Key::Named(named) = key else { return };
        let at = self.cursor(state);
        let row = at.and_then(|i| self.rows.get(i));
        let menu = *named == Named::ContextMenu || *named == Named::F10 && modifiers == Modifiers::SHIFT;
        if !state.focus.is_here() || !modifiers.is_empty() && !menu {
            return;
        }
        match (named, row, at) {
            (_, Some(row), Some(index)) if menu => {
                let point = self.row_bounds(bounds, state.scroll.offset(), index).center();
                self.publish(shell, TreeEvent::Menu(row.id, point));
            }
            (Named::Enter | Named::Space, Some(row), _) if row.selectable => {
                self.publish(shell, TreeEvent::Activate(row.id));
            }
            (Named::Enter | Named::Space, Some(row), _) if row.expanded.is_some() => {
                self.publish(shell, TreeEvent::Toggle(row.id));
            }
            _ => match step(&self.rows, at, *named) {
                Some(TreeStep::Go(index)) => self.go(state, bounds, index, shell),
                Some(TreeStep::Toggle(index)) => {
                    if let Some(row) = self.rows.get(index) {
                        self.publish(shell, TreeEvent::Toggle(row.id));
                    }
                }
                None => return,
            },
        }
        state.focus.key();
        shell.request_redraw();
        shell.capture_event();
    }

    fn grant(&self, state: &mut State, bounds: Rectangle, shell: &mut Shell<'_, Message>) {
        for wish in std::mem::take(&mut state.wishes) {
            let Some(index) = self.rows.iter().position(|row| self.key_of(row) == wish.key) else { continue };
            let Some(row) = self.rows.get(index) else { continue };
            match (wish.action, row.expanded) {
                (Action::Expand, Some(false)) | (Action::Collapse, Some(true)) => {
                    self.publish(shell, TreeEvent::Toggle(row.id));
                }
                (Action::Click, Some(_)) if !row.selectable => {
                    self.publish(shell, TreeEvent::Toggle(row.id));
                }
                (Action::Click | Action::Focus, _) => self.go(state, bounds, index, shell),
                (Action::ShowContextMenu, _) => {
                    let at = self.row_bounds(bounds, state.scroll.offset(), index).center();
                    self.publish(shell, TreeEvent::Menu(row.id, at));
                }
                _ => self.reveal(state, bounds, index),
            }
            shell.request_redraw();
        }
    }

    fn draw_row(&self, canvas: &mut Canvas<'_>, state: &State, index: usize, bounds: Rectangle) {
        let Some(row) = self.rows.get(index) else { return };
        let t = canvas.t;
        let face = match (row.icon.is_some(), row.strong) {
            (false, _) => HEAD,
            (true, true) => NAME_STRONG,
            (true, false) => NAME,
        };
        let mark = lru::mark((&row.name, &row.count, row.level, row.strong, bounds.width.to_bits()));
        let shaped = state.shaped.borrow_mut().get(row.id, mark, || {
            let count: Line<Paragraph> = shape::line(&row.count, COUNT, bounds.width);
            let room = places(bounds, row.level, row.icon.is_some(), count.width).name.width;
            Shaped { name: shape::line(&row.name, face, room), count }
        });
        let places = places(bounds, row.level, row.icon.is_some(), shaped.count.width);
        let active = state.focus.is_here() && state.window_focused;
        let drop = self.dropping && state.drag.over == Some(Some(row.id));
        let hovered = state.hovered == Some(index) && !self.dropping;
        let ground = match (drop, row.selected, active, hovered) {
            (true, ..) if self.refused => Some(t.danger_soft),
            (true, ..) => Some(t.drop),
            (_, true, true, _) => Some(t.selected),
            (_, true, false, _) => Some(t.selected_inactive),
            (_, false, _, true) if row.selectable => Some(t.hover),
            _ => None,
        };
        if let Some(color) = ground {
            canvas.fill(places.ground, color, space::RADIUS_M);
        }
        if drop {
            let edge = if self.refused { t.danger } else { t.accent };
            canvas.frame(places.ground, edge, space::RING, space::RADIUS_M);
        }
        if let Some(open) = row.expanded {
            let icon = if open { Icon::ChevronDown } else { Icon::ChevronRight };
            let at = square(places.chevron.x + 1.0, &bounds, space::ICON_S);
            canvas.icon(icon, at, t.text_dim);
        }
        if let Some(icon) = row.icon {
            canvas.icon(icon, places.icon, if row.selected { t.link } else { t.text_dim });
        }
        let ink = if row.icon.is_none() || !row.selectable { t.text_dim } else { t.text };
        canvas.line_start(&shaped.name, places.name, row.color.unwrap_or(ink));
        canvas.line_end(&shaped.count, places.count, if row.strong { t.link } else { t.text_dim });
        if state.focus.shows() && self.cursor(state) == Some(index) {
            canvas.ring(places.ground, space::RADIUS_M);
        }
    }
}

impl<Message> Widget<Message, Theme, iced::Renderer> for FolderTree<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::new())
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Fill)
    }

    fn layout(&mut self, tree: &mut Tree, _: &iced::Renderer, limits: &layout::Limits) -> layout::Node {
        let size = limits.max();
        let bounds = Rectangle::with_size(size);
        let state = tree.state.downcast_mut::<State>();
        let selected = self.rows.iter().position(|row| row.selected);
        let id = selected.and_then(|i| self.rows.get(i)).map(|row| row.id);
        if id != state.selected {
            // Another folder was chosen, here or elsewhere: the keyboard goes on from it.
            state.selected = id;
            state.cursor = id;
            if let Some(index) = selected {
                self.reveal(state, bounds, index);
            }
        }
        state.scroll.clamp(&self.extent(bounds));
        layout::Node::new(size)
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        _: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        let bounds = layout.bounds();
        let state = tree.state.downcast_mut::<State>();
        let wish = node::describe(
            operation,
            bounds,
            || self.describe(state, bounds),
            |wish| wish.key == self.key || self.rows.iter().any(|row| self.key_of(row) == wish.key),
        );
        state.wishes.extend(wish);
        operation.traverse(&mut |operation| {
            operation.focusable(self.id.as_ref(), bounds, &mut state.focus);
            for index in self.visible(bounds, state.scroll.offset()) {
                if let Some(row) = self.rows.get(index) {
                    operation.text(None, self.row_bounds(bounds, state.scroll.offset(), index), &row.name);
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
        let bounds = layout.bounds();
        let state = tree.state.downcast_mut::<State>();
        self.grant(state, bounds, shell);
        if shell.is_event_captured() {
            return;
        }
        match event {
            Event::Mouse(event) => self.mouse(state, bounds, event, cursor, shell),
            Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. }) => {
                self.key(state, bounds, key, *modifiers, shell);
            }
            Event::Touch(event) => self.touch(state, bounds, event, shell),
            Event::Window(window::Event::RedrawRequested(now)) => {
                if state.scroll.frame(*now) {
                    shell.request_redraw();
                }
                self.drag_frame(state, bounds, *now, cursor, shell);
            }
            Event::Window(window::Event::Focused) => state.window_focused = true,
            Event::Window(window::Event::Unfocused) => state.window_focused = false,
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
        if tree.state.downcast_ref::<State>().drag.pulls {
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
        _: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let bounds = layout.bounds();
        let Some(clip) = bounds.intersection(viewport) else { return };
        let state = tree.state.downcast_ref::<State>();
        state.shaped.borrow_mut().start_frame();
        let offset = state.scroll.offset();
        renderer.with_layer(clip, |renderer| {
            let canvas = &mut Canvas { renderer, t: theme.tokens(), clip };
            canvas.repaint(bounds, offset);
            for index in self.visible(bounds, offset) {
                self.draw_row(canvas, state, index, self.row_bounds(bounds, offset, index));
            }
            state.scroll.draw(canvas, &self.extent(bounds));
            if state.focus.shows() && self.cursor(state).is_none() {
                canvas.ring(bounds, 0.0);
            }
        });
    }
}
