//! The page as iced sees it.

use super::draw::{Sight, ground};
use super::events::Scene;
use super::state::{State, Stop, link_at, to_page};
use super::{HtmlView, Picture};
use crate::ui::a11y::node;
use crate::ui::theme::Theme;
use crate::ui::widget::canvas::Canvas;
use iced::advanced::widget::operation::Focusable;
use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Renderer as _, Shell, Widget, layout, mouse, renderer};
use iced::{Event, Length, Rectangle, Size, keyboard, window};

/// Height of a page that is not there yet.
const WAITING: f32 = 1.0;

/// Lets focus operations reach one link or button; they all share the focus of the page.
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

impl<Message> HtmlView<'_, Message> {
    fn focus_stops(&self, state: &mut State, bounds: Rectangle, operation: &mut dyn Operation) {
        let mut page = StopFocus { here: state.focus.is_here() && state.stop.is_none() };
        let was_here = page.here;
        operation.focusable(self.id.as_ref(), bounds, &mut page);
        let mut now: Option<Option<Stop>> = page.here.then_some(None);
        let before = state.stop.filter(|_| state.focus.is_here());
        for stop in Self::stops(self.picture) {
            let mut focus = StopFocus { here: before == Some(stop) };
            let place = self.picture.map_or(bounds, |p| self.stop_bounds(p, state, stop, bounds));
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
                state.reveal =
                    stop.zip(self.picture).map(|(stop, p)| self.stop_bounds(p, state, stop, bounds));
            }
            Some(_) => {}
        }
    }
}

impl<Message> Widget<Message, Theme, iced::Renderer> for HtmlView<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::new())
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Shrink)
    }

    fn layout(&mut self, tree: &mut Tree, _: &iced::Renderer, limits: &layout::Limits) -> layout::Node {
        let size = Size::new(limits.max().width, self.picture.map_or(WAITING, Picture::height));
        tree.state.downcast_mut::<State>().adapt(self.picture, size.width);
        layout::Node::new(size)
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        _: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        if self.silent {
            return;
        }
        let bounds = layout.bounds();
        let state = tree.state.downcast_mut::<State>();
        let wish = node::describe(
            operation,
            bounds,
            || self.describe(state, bounds),
            |wish| {
                wish.key == self.key || Self::stops(self.picture).any(|stop| self.stop_key(stop) == wish.key)
            },
        );
        state.wishes.extend(wish);
        operation.traverse(&mut |operation| self.focus_stops(state, bounds, operation));
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _: &iced::Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        viewport: &Rectangle,
    ) {
        let state = tree.state.downcast_mut::<State>();
        let bounds = layout.bounds();
        self.grant(state, bounds, shell);
        let mut scene = Scene { bounds, viewport: *viewport, cursor, clipboard };
        match event {
            Event::Mouse(event) => self.mouse(state, &mut scene, event, shell),
            Event::Keyboard(keyboard::Event::ModifiersChanged(modifiers)) => state.modifiers = *modifiers,
            Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. }) => {
                self.key(state, &mut scene, key, *modifiers, shell);
            }
            Event::Window(window::Event::RedrawRequested(_)) => self.frame(state, &scene, shell),
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
        viewport: &Rectangle,
        _: &iced::Renderer,
    ) -> mouse::Interaction {
        let (state, bounds) = (tree.state.downcast_ref::<State>(), layout.bounds());
        let at = cursor.position_over(bounds).filter(|at| viewport.contains(*at));
        let (Some(at), Some(picture)) = (at, self.picture) else { return mouse::Interaction::None };
        let (x, y) = to_page(picture, state.across, bounds, at);
        let page = picture.page();
        if state.drag.is_none() && self.quote_bounds(picture, state, bounds).is_some_and(|b| b.contains(at)) {
            return mouse::Interaction::Pointer;
        }
        if state.drag.as_ref().is_some_and(|drag| drag.link.is_none()) {
            mouse::Interaction::Text
        } else if link_at(page, (x, y)).is_some() {
            mouse::Interaction::Pointer
        } else if page.lines.iter().any(|line| line.area.contains(x, y)) {
            mouse::Interaction::Text
        } else {
            mouse::Interaction::Idle
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
        let (state, bounds) = (tree.state.downcast_ref::<State>(), self.on_pixels(layout.bounds()));
        let (Some(picture), Some(clip)) = (self.picture, bounds.intersection(viewport)) else { return };
        let sight = Sight { picture, state, bounds, viewport: *viewport };
        self.shape_labels(state);
        renderer.with_layer(clip, |renderer| {
            Canvas { renderer, t: theme.tokens(), clip }.fill(bounds, ground(picture, theme.tokens()), 0.0);
            sight.tiles(renderer, clip);
        });
        // Images lie above boxes of the same layer.
        renderer.with_layer(clip, |renderer| {
            sight.over(self, &mut Canvas { renderer, t: theme.tokens(), clip });
        });
    }
}
