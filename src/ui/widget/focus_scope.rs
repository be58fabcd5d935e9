//! Keyboard focus of a window or a dialog: Tab goes round, one widget at a time has the focus.
//!
//! Each window wraps its content in [`focus_scope`]. It moves the focus on Tab and Shift+Tab, and after a
//! click that focused one widget it takes the focus from the one that had it (widgets don't know each other).
//! [`focus_trap`] is for dialogs: no key gets past it. [`focus_menu`] is for menus: arrows walk through it.

use crate::ui::theme::{Element, Theme};
use iced::advanced::widget::operation::{Focusable, Outcome};
use iced::advanced::widget::{Id, Operation, Tree, operation, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer};
use iced::keyboard::{self, Key, Modifiers, key::Named};
use iced::{Event, Length, Rectangle, Size, Vector, touch, window};

/// Wraps the content of a window.
#[must_use]
pub fn focus_scope<'a, Message: 'a>(content: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    Element::new(Scope { content: content.into(), trap: None, arrows: false })
}

/// Wraps the entries of a menu: like [`focus_trap`], and Up, Down, Home and End walk through the entries.
#[must_use]
pub fn focus_menu<'a, Message: Clone + 'a>(
    content: impl Into<Element<'a, Message>>,
    on_escape: Message,
) -> Element<'a, Message> {
    Element::new(Scope {
        content: content.into(),
        trap: Some(Box::new(move || on_escape.clone())),
        arrows: true,
    })
}

/// Wraps the content of a dialog: Tab stays inside, Escape publishes a message, no key goes further.
/// The first thing that can be focused gets the focus when the dialog opens.
#[must_use]
pub fn focus_trap<'a, Message: Clone + 'a>(
    content: impl Into<Element<'a, Message>>,
    on_escape: Message,
) -> Element<'a, Message> {
    Element::new(Scope {
        content: content.into(),
        trap: Some(Box::new(move || on_escape.clone())),
        arrows: false,
    })
}

struct Scope<'a, Message> {
    content: Element<'a, Message>,
    trap: Option<Box<dyn Fn() -> Message + 'a>>,
    /// Whether arrows walk like Tab.
    arrows: bool,
}

#[derive(Default)]
struct State {
    entered: bool,
}

/// Counts what can be focused and notes which of them are.
#[derive(Default)]
pub(super) struct Census {
    pub(super) total: usize,
    pub(super) focused: Vec<usize>,
}

impl Operation for Census {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        operate(self);
    }

    fn focusable(&mut self, _: Option<&Id>, _: Rectangle, state: &mut dyn Focusable) {
        if state.is_focused() {
            self.focused.push(self.total);
        }
        self.total += 1;
    }

    fn finish(&self) -> Outcome<()> {
        Outcome::None
    }
}

/// Gives the focus to one place and takes it from all others.
pub(super) struct Only {
    pub(super) target: usize,
    pub(super) at: usize,
    /// Keep how the target has its focus, only take it from the others.
    pub(super) keep: bool,
}

impl Operation for Only {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        operate(self);
    }

    fn focusable(&mut self, _: Option<&Id>, _: Rectangle, state: &mut dyn Focusable) {
        if self.at != self.target {
            state.unfocus();
        } else if !self.keep {
            state.focus();
        }
        self.at += 1;
    }
}

/// A step of the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Walk {
    Forth,
    Back,
    First,
    Last,
}

/// The step that a key asks for.
fn walk(key: &Key, modifiers: Modifiers, arrows: bool) -> Option<Walk> {
    let Key::Named(named) = key else { return None };
    match named {
        Named::Tab if modifiers.is_empty() => Some(Walk::Forth),
        Named::Tab if modifiers == Modifiers::SHIFT => Some(Walk::Back),
        Named::ArrowDown if arrows => Some(Walk::Forth),
        Named::ArrowUp if arrows => Some(Walk::Back),
        Named::Home if arrows => Some(Walk::First),
        Named::End if arrows => Some(Walk::Last),
        _ => None,
    }
}

/// Where a step leads from the place that has the focus; round at the ends.
pub(super) fn next(census: &Census, walk: Walk) -> Option<usize> {
    let last = census.total.checked_sub(1)?;
    Some(match (walk, census.focused.last()) {
        (Walk::First, _) | (Walk::Forth, None) => 0,
        (Walk::Last, _) | (Walk::Back, None) => last,
        (Walk::Forth, Some(at)) if *at >= last => 0,
        (Walk::Forth, Some(at)) => at + 1,
        (Walk::Back, Some(at)) => at.checked_sub(1).unwrap_or(last),
    })
}

impl<Message> Scope<'_, Message> {
    fn operation(
        &mut self,
        child: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        let content = self.content.as_widget_mut();
        operation::black_box(operation).traverse(&mut |operation| {
            content.operate(child, layout, renderer, operation);
        });
    }

    fn census(&mut self, child: &mut Tree, layout: Layout<'_>, renderer: &iced::Renderer) -> Census {
        let mut census = Census::default();
        self.operation(child, layout, renderer, &mut census);
        census
    }

    fn keep_one(
        &mut self,
        child: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        before: &Census,
    ) -> bool {
        let after = self.census(child, layout, renderer);
        let new = after.focused.iter().find(|place| !before.focused.contains(place));
        let Some(target) = new.copied().filter(|_| after.focused.len() > 1) else { return false };
        self.operation(child, layout, renderer, &mut Only { target, at: 0, keep: true });
        true
    }
}

fn is_escape(event: &Event) -> bool {
    matches!(event, Event::Keyboard(keyboard::Event::KeyPressed { key: Key::Named(Named::Escape), .. }))
}

const fn is_press(event: &Event) -> bool {
    matches!(
        event,
        Event::Mouse(mouse::Event::ButtonPressed(_)) | Event::Touch(touch::Event::FingerPressed { .. })
    )
}

impl<Message> Widget<Message, Theme, iced::Renderer> for Scope<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content)]
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.content));
    }

    fn size(&self) -> Size<Length> {
        self.content.as_widget().size()
    }

    fn size_hint(&self) -> Size<Length> {
        self.content.as_widget().size_hint()
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &iced::Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        let Some(child) = tree.children.first_mut() else { return layout::Node::new(Size::ZERO) };
        self.content.as_widget_mut().layout(child, renderer, limits)
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        let Some(child) = tree.children.first_mut() else { return };
        self.content.as_widget_mut().operate(child, layout, renderer, operation);
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
        let Tree { state, children, .. } = tree;
        let Some(child) = children.first_mut() else { return };
        let state = state.downcast_mut::<State>();
        if self.trap.is_some()
            && !state.entered
            && matches!(event, Event::Window(window::Event::RedrawRequested(_)))
        {
            state.entered = true;
            let census = self.census(child, layout, renderer);
            if census.focused.is_empty() && census.total > 0 {
                self.operation(child, layout, renderer, &mut Only { target: 0, at: 0, keep: false });
            }
        }
        // Before the content: a text field would take the first Escape for itself.
        if let Some(on_escape) = &self.trap
            && is_escape(event)
        {
            shell.publish(on_escape());
            return shell.capture_event();
        }
        let before = is_press(event).then(|| self.census(child, layout, renderer));
        self.content
            .as_widget_mut()
            .update(child, event, layout, cursor, renderer, clipboard, shell, viewport);
        if let Some(before) = before
            && self.keep_one(child, layout, renderer, &before)
        {
            shell.request_redraw();
        }
        let Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. }) = event else { return };
        if shell.is_event_captured() {
            return;
        }
        if let Some(walk) = walk(key, *modifiers, self.arrows) {
            let census = self.census(child, layout, renderer);
            if let Some(target) = next(&census, walk) {
                self.operation(child, layout, renderer, &mut Only { target, at: 0, keep: false });
                shell.request_redraw();
            }
            shell.capture_event();
            return;
        }
        if self.trap.is_some() {
            shell.capture_event();
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
        let Some(child) = tree.children.first() else { return mouse::Interaction::None };
        self.content.as_widget().mouse_interaction(child, layout, cursor, viewport, renderer)
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
        let Some(child) = tree.children.first() else { return };
        self.content.as_widget().draw(child, renderer, theme, style, layout, cursor, viewport);
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &iced::Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, iced::Renderer>> {
        let child = tree.children.first_mut()?;
        self.content.as_widget_mut().overlay(child, layout, renderer, viewport, translation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tab_goes_round() {
        let at = |focused: &[usize]| Census { total: 3, focused: focused.to_vec() };
        assert_eq!(next(&at(&[]), Walk::Forth), Some(0));
        assert_eq!(next(&at(&[]), Walk::Back), Some(2));
        assert_eq!(next(&at(&[2]), Walk::Forth), Some(0));
        assert_eq!(next(&at(&[0]), Walk::Back), Some(2));
        assert_eq!(next(&at(&[0]), Walk::Forth), Some(1));
        assert_eq!(next(&at(&[0]), Walk::Last), Some(2));
        assert_eq!(next(&Census::default(), Walk::Forth), None);
    }

    #[test]
    fn arrows_walk_only_in_menus() {
        let down = Key::Named(Named::ArrowDown);
        assert_eq!(walk(&down, Modifiers::default(), true), Some(Walk::Forth));
        assert_eq!(walk(&down, Modifiers::default(), false), None);
        assert_eq!(walk(&Key::Named(Named::Tab), Modifiers::SHIFT, false), Some(Walk::Back));
        assert_eq!(walk(&Key::Named(Named::Tab), Modifiers::COMMAND, false), None);
    }
}
