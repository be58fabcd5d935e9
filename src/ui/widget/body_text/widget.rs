//! The text as iced sees it.

use super::BodyText;
use super::draw::{self, Page};
use super::state::{ScrollHandle, State, Stop, translation};
use crate::ui::a11y::node;
use crate::ui::theme::Theme;
use crate::ui::widget::canvas::{Canvas, Paragraph};
use crate::ui::widget::num;
use crate::ui::widget::shape::Line;
use iced::advanced::widget::operation::Focusable;
use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Renderer as _, Shell, Widget, layout, mouse, overlay, renderer};
use iced::{Event, Length, Point, Rectangle, Size, Vector, keyboard, window};
use std::cell::RefCell;

/// Places that differ by less are the same.
const HALF_PIXEL: f32 = 0.5;

/// State with the shaped words of the fold buttons, which must live until the frame is presented.
struct Kept {
    state: State,
    labels: RefCell<Option<(String, [Line<Paragraph>; 2])>>,
}

/// Lets focus operations reach one link or fold button; they all share the focus of the text.
struct StopFocus {
    here: bool,
}

impl Focusable for StopFocus {
    fn is_focused(&self) -> bool {
        self.here
    }

    fn focus(&mut self) {
        self.here = true;
    }

    fn unfocus(&mut self) {
        self.here = false;
    }
}

impl<Message> BodyText<'_, Message> {
    /// The pointer as the header sees it.
    fn header_cursor(
        state: &State,
        header: Rectangle,
        bounds: Rectangle,
        cursor: mouse::Cursor,
    ) -> mouse::Cursor {
        let moved = translation(state.scroll.offset());
        match (cursor.position_over(bounds), cursor.land().position()) {
            (Some(at), _) if header.contains(at + moved) => mouse::Cursor::Available(at + moved),
            // Not over it; but who selects with the pointer wants to know where it went.
            (_, Some(at)) => mouse::Cursor::Levitating(at + moved),
            (_, None) => mouse::Cursor::Unavailable,
        }
    }

    /// The part of the content that is in view, as the header sees it.
    fn header_viewport(state: &State, bounds: Rectangle, viewport: &Rectangle) -> Rectangle {
        bounds.intersection(viewport).unwrap_or(bounds) + translation(state.scroll.offset())
    }

    fn focus_stops(&self, state: &mut State, bounds: Rectangle, operation: &mut dyn Operation) {
        // The text itself comes first; it has the focus while no stop inside of it has.
        let mut text = StopFocus { here: state.focus.is_here() && state.stop.is_none() };
        let was_here = text.here;
        if self.is_read() {
            operation.focusable(self.id.as_ref().filter(|_| !self.lends_focus), bounds, &mut text);
        }
        let mut now: Option<Option<Stop>> = text.here.then_some(None);
        let before = state.stop.filter(|_| state.focus.is_here());
        for stop in state.stops(self.content) {
            let mut focus = StopFocus { here: before == Some(stop) };
            let place = self.stop_bounds(state, stop, bounds).unwrap_or(bounds);
            operation.focusable(None, place, &mut focus);
            if focus.here {
                now = Some(Some(stop));
            }
        }
        match now {
            None => {
                state.focus.leave();
                state.stop = None;
            }
            Some(stop) if stop != before || (stop.is_none() && !was_here) => {
                state.focus.focus();
                state.stop = stop;
                if let Some(stop) = stop {
                    state.reveal(self.content, stop, bounds);
                }
            }
            Some(_) => {}
        }
    }
}

impl<Message> Widget<Message, Theme, iced::Renderer> for BodyText<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<Kept>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(Kept { state: State::new(), labels: RefCell::new(None) })
    }

    fn children(&self) -> Vec<Tree> {
        self.children.iter().map(Tree::new).collect()
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(&self.children);
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Fill)
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &iced::Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        let size = limits.max();
        let within = layout::Limits::new(Size::ZERO, Size::new(size.width, f32::INFINITY));
        let mut nodes: Vec<layout::Node> = self
            .children
            .iter_mut()
            .zip(&mut tree.children)
            .map(|(element, child)| element.as_widget_mut().layout(child, renderer, &within))
            .collect();
        let mut heights: Vec<f32> = nodes.iter().map(|node| node.size().height).collect();
        let header = if self.has_header && !heights.is_empty() { heights.remove(0) } else { 0.0 };
        let state = &mut tree.state.downcast_mut::<Kept>().state;
        let bounds = Rectangle::with_size(size);
        state.zoom = self.zoom;
        state.unfold_all(self.content, self.unfold);
        state.adapt(self.content, header, &heights, bounds);
        state.reveal_inset(self.content, self.reveal, bounds);
        state.show_line(self.content, self.found.show, bounds);
        for (node, top) in nodes.iter_mut().skip(usize::from(self.has_header)).zip(state.inset_tops()) {
            node.move_to_mut(Point::new(0.0, top));
        }
        layout::Node::with_children(size, nodes)
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        let bounds = layout.bounds();
        let Tree { state, children, .. } = tree;
        let state = &mut state.downcast_mut::<Kept>().state;
        let extent = state.extent(bounds);
        let content = Rectangle { height: num::px(extent.content), ..bounds };
        let moved = translation(state.scroll.offset());
        let mut handle = ScrollHandle { scroll: &mut state.scroll, extent };
        operation.scrollable(self.id.as_ref(), bounds, content, moved, &mut handle);
        if (f64::from(moved.y) - state.scroll.offset()).abs() > 1.0 {
            // What came into view was only estimated.
            state.settle(self.content, bounds);
        }
        operation.traverse(&mut |operation| {
            for ((element, child), place) in
                self.children.iter_mut().zip(children.iter_mut()).zip(layout.children())
            {
                element.as_widget_mut().operate(child, place, renderer, operation);
            }
        });
        if self.is_read() {
            let wish = node::describe(
                operation,
                bounds,
                || self.describe(state, bounds),
                |wish| {
                    wish.key == self.key
                        || state.stops(self.content).into_iter().any(|stop| self.stop_key(stop) == wish.key)
                },
            );
            state.wishes.extend(wish);
        }
        operation.traverse(&mut |operation| {
            self.focus_stops(state, bounds, operation);
            for index in state.flow.visible(state.scroll.offset(), bounds.height) {
                if let Some(super::flow::Item::Line(line)) = state.flow.items.get(index) {
                    let y = num::px(state.flow.span(index).start - state.scroll.offset());
                    let height = state.flow.heights.height(index);
                    let place = Rectangle { y: bounds.y + y, height, ..bounds };
                    operation.text(None, place, self.content.text(*line));
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
        renderer: &iced::Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        viewport: &Rectangle,
    ) {
        let bounds = layout.bounds();
        let Tree { state, children, .. } = tree;
        let state = &mut state.downcast_mut::<Kept>().state;
        self.grant(state, bounds, shell);
        let inner = Self::header_viewport(state, bounds, viewport);
        for ((element, child), place) in self.children.iter_mut().zip(children).zip(layout.children()) {
            let cursor = Self::header_cursor(state, place.bounds(), bounds, cursor);
            element.as_widget_mut().update(child, event, place, cursor, renderer, clipboard, shell, &inner);
        }
        if shell.is_event_captured() {
            return;
        }
        match event {
            Event::Mouse(event) => self.mouse(state, bounds, event, cursor, clipboard, shell),
            Event::Touch(event) => self.touch(state, bounds, event, clipboard, shell),
            Event::Keyboard(keyboard::Event::ModifiersChanged(modifiers)) => state.modifiers = *modifiers,
            Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. }) => {
                self.key(state, bounds, key, *modifiers, clipboard, shell);
            }
            Event::Window(window::Event::RedrawRequested(now)) => self.frame(state, bounds, *now, shell),
            Event::Window(window::Event::Focused) => state.window_focused = true,
            Event::Window(window::Event::Unfocused) => state.window_focused = false,
            _ => {}
        }
        // Lines that came into view turned out higher or lower than they were estimated, or a fold was opened.
        let insets = layout.children().skip(usize::from(self.has_header));
        if insets.zip(state.inset_tops()).any(|(place, top)| {
            let now = place.bounds().y - bounds.y;
            (now - top).abs() > HALF_PIXEL
        }) {
            shell.invalidate_layout();
        }
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &iced::Renderer,
    ) -> mouse::Interaction {
        let bounds = layout.bounds();
        let state = &tree.state.downcast_ref::<Kept>().state;
        let Some(at) = cursor.position_over(bounds) else { return mouse::Interaction::None };
        for ((element, child), place) in self.children.iter().zip(&tree.children).zip(layout.children()) {
            let cursor = Self::header_cursor(state, place.bounds(), bounds, cursor);
            if cursor.position().is_some() {
                let viewport = Self::header_viewport(state, bounds, viewport);
                return element.as_widget().mouse_interaction(child, place, cursor, &viewport, renderer);
            }
        }
        if state.hovered.is_some() && state.drag.is_none() {
            mouse::Interaction::Pointer
        } else if state.extent(bounds).lane().contains(at) {
            mouse::Interaction::Idle
        } else {
            mouse::Interaction::Text
        }
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut iced::Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let bounds = layout.bounds();
        let Some(clip) = bounds.intersection(viewport) else { return };
        let kept = tree.state.downcast_ref::<Kept>();
        let state = &kept.state;
        let words = format!("{}\n{}", self.words.hide_quote, self.words.show_quote);
        let mut labels = kept.labels.borrow_mut();
        let labels = match &mut *labels {
            Some((of, labels)) if *of == words => labels,
            other => {
                let new = [draw::fold_label(&self.words, false), draw::fold_label(&self.words, true)];
                &mut other.insert((words, new)).1
            }
        };
        renderer.with_layer(clip, |renderer| {
            let x = Self::column_x(bounds);
            let page = Page { content: self.content, state, x, bounds, labels, found: self.found };
            let canvas = &mut Canvas { renderer, t: theme.tokens(), clip };
            canvas.repaint(bounds, state.scroll.offset());
            page.draw(canvas);
            let moved = translation(state.scroll.offset());
            let viewport = clip + moved;
            for ((element, child), place) in self.children.iter().zip(&tree.children).zip(layout.children()) {
                let cursor = Self::header_cursor(state, place.bounds(), bounds, cursor);
                if place.bounds().intersects(&viewport) {
                    renderer.with_translation(Vector::new(-moved.x, -moved.y), |renderer| {
                        element.as_widget().draw(child, renderer, theme, style, place, cursor, &viewport);
                    });
                }
            }
        });
        renderer.with_layer(clip, |renderer| {
            let canvas = &mut Canvas { renderer, t: theme.tokens(), clip };
            state.scroll.draw(canvas, &state.extent(bounds));
            if state.focus.shows() && state.stop.is_none() {
                canvas.ring(bounds, 0.0);
            }
        });
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &iced::Renderer,
        viewport: &Rectangle,
        moved: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, iced::Renderer>> {
        let Tree { state, children, .. } = tree;
        let state = &state.downcast_ref::<Kept>().state;
        let bounds = layout.bounds();
        let viewport = Self::header_viewport(state, bounds, viewport);
        let here = translation(state.scroll.offset());
        let moved = Vector::new(moved.x - here.x, moved.y - here.y);
        let overlays = self
            .children
            .iter_mut()
            .zip(children)
            .zip(layout.children())
            .filter_map(|((element, child), place)| {
                element.as_widget_mut().overlay(child, place, renderer, &viewport, moved)
            })
            .collect::<Vec<_>>();
        (!overlays.is_empty()).then(|| overlay::Group::with_children(overlays).overlay())
    }
}
