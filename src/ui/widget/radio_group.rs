//! Radio buttons as one stop of the keyboard: Tab comes to the chosen one, arrows, Home and End go on from there.
//!
//! As the patterns of WAI-ARIA have it: where choosing changes nothing else, walking chooses; elsewhere it only walks,
//! and Space chooses.

use super::focus_scope::{Census, Only, Walk, next};
use crate::ui::theme::{Element, Theme};
use iced::advanced::widget::operation::{Focusable, Outcome, Scrollable, TextInput};
use iced::advanced::widget::{Id, Operation, Tree, operation};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer};
use iced::keyboard::{self, Key, Modifiers, key::Named};
use iced::{Event, Length, Rectangle, Size, Vector};
use std::any::Any;

/// Wraps radio buttons, of which the one with the number `chosen` is on. What walking to one does is in `choices`, in
/// the order of the buttons; with none walking does nothing else.
pub fn radio_group<'a, Message: Clone + 'a>(
    content: impl Into<Element<'a, Message>>,
    chosen: Option<usize>,
    choices: Vec<Message>,
) -> Element<'a, Message> {
    Element::new(Group { content: content.into(), chosen, choices })
}

struct Group<'a, Message> {
    content: Element<'a, Message>,
    chosen: Option<usize>,
    choices: Vec<Message>,
}

/// Lets an operation see of all that can be focused only what is a stop of the keyboard: the chosen one, and what has
/// the focus already.
struct Stops<'a, T> {
    inner: &'a mut dyn Operation<T>,
    stop: usize,
    at: &'a mut usize,
}

impl<T> Operation<T> for Stops<'_, T> {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
        let (stop, at) = (self.stop, &mut *self.at);
        self.inner.traverse(&mut |inner| operate(&mut Stops { inner, stop, at: &mut *at }));
    }

    fn container(&mut self, id: Option<&Id>, bounds: Rectangle) {
        self.inner.container(id, bounds);
    }

    fn scrollable(
        &mut self,
        id: Option<&Id>,
        bounds: Rectangle,
        content: Rectangle,
        translation: Vector,
        state: &mut dyn Scrollable,
    ) {
        self.inner.scrollable(id, bounds, content, translation, state);
    }

    fn focusable(&mut self, id: Option<&Id>, bounds: Rectangle, state: &mut dyn Focusable) {
        let at = *self.at;
        *self.at += 1;
        if at == self.stop || state.is_focused() {
            self.inner.focusable(id, bounds, state);
        }
    }

    fn text_input(&mut self, id: Option<&Id>, bounds: Rectangle, state: &mut dyn TextInput) {
        self.inner.text_input(id, bounds, state);
    }

    fn text(&mut self, id: Option<&Id>, bounds: Rectangle, text: &str) {
        self.inner.text(id, bounds, text);
    }

    fn custom(&mut self, id: Option<&Id>, bounds: Rectangle, state: &mut dyn Any) {
        self.inner.custom(id, bounds, state);
    }

    fn finish(&self) -> Outcome<T> {
        Outcome::None
    }
}

/// The step that a key asks for.
fn walk(key: &Key, modifiers: Modifiers) -> Option<Walk> {
    let Key::Named(named) = key else { return None };
    match named {
        _ if !modifiers.is_empty() => None,
        Named::ArrowDown | Named::ArrowRight => Some(Walk::Forth),
        Named::ArrowUp | Named::ArrowLeft => Some(Walk::Back),
        Named::Home => Some(Walk::First),
        Named::End => Some(Walk::Last),
        _ => None,
    }
}

impl<Message> Group<'_, Message> {
    /// An operation over all buttons, whether or not they are stops.
    fn all(
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
}

impl<Message: Clone> Widget<Message, Theme, iced::Renderer> for Group<'_, Message> {
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
        let mut stops = Stops { inner: operation, stop: self.chosen.unwrap_or(0), at: &mut 0 };
        self.content.as_widget_mut().operate(child, layout, renderer, &mut stops);
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
        let Some(child) = tree.children.first_mut() else { return };
        self.content
            .as_widget_mut()
            .update(child, event, layout, cursor, renderer, clipboard, shell, viewport);
        let Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. }) = event else { return };
        let Some(walk) = walk(key, *modifiers).filter(|_| !shell.is_event_captured()) else { return };
        let mut census = Census::default();
        self.all(child, layout, renderer, &mut census);
        if census.focused.is_empty() {
            return;
        }
        if let Some(target) = next(&census, walk) {
            self.all(child, layout, renderer, &mut Only { target, at: 0, keep: false });
            if let Some(message) = self.choices.get(target).filter(|_| self.chosen != Some(target)) {
                shell.publish(message.clone());
            }
            shell.request_redraw();
        }
        shell.capture_event();
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
    use crate::ui::a11y::{NodeKey, Role};
    use crate::ui::widget::stage::{Stage, key};
    use crate::ui::widget::{button, focus_scope};
    use iced::widget::{column, row};

    const ALL: [&str; 3] = ["One", "Two", "Three"];

    #[derive(Clone, Debug, PartialEq)]
    enum Message {
        Chosen(usize),
        Pressed(usize),
        Other,
    }

    /// A button, the group, a button.
    fn view(chosen: Option<usize>, choices: bool) -> Element<'static, Message> {
        let place = NodeKey::named("test");
        let radio = |(number, name): (usize, &str)| {
            let radio = button(place.item(number as u64), name).role(Role::RadioButton);
            radio.on_press(Message::Pressed(number)).into()
        };
        let radios = row(ALL.into_iter().enumerate().map(radio));
        let choices = if choices { (0..ALL.len()).map(Message::Chosen).collect() } else { Vec::new() };
        let other = |number: u64| button(place.part(number), "Other").on_press(Message::Other);
        focus_scope(column![other(1), radio_group(radios, chosen, choices), other(2)])
    }

    #[test]
    fn arrows_walk_and_choose_and_tab_passes_by() {
        let mut stage = Stage::new(400.0, 300.0);
        let mut chosen = Some(1);
        let mut after = |named: Named| {
            let messages = stage.feed(view(chosen, true), &[key(named)]);
            if let [Message::Chosen(number)] = messages.as_slice() {
                chosen = Some(*number);
            }
            messages
        };
        after(Named::Tab);
        after(Named::Tab);
        // The chosen one has the focus: the next is the one behind it.
        assert_eq!(after(Named::ArrowRight), [Message::Chosen(2)]);
        assert_eq!(after(Named::ArrowDown), [Message::Chosen(0)], "round at the end");
        assert_eq!(after(Named::ArrowUp), [Message::Chosen(2)]);
        assert_eq!(after(Named::ArrowLeft), [Message::Chosen(1)]);
        assert_eq!(after(Named::End), [Message::Chosen(2)]);
        assert_eq!(after(Named::End), [], "it is chosen already");
        assert_eq!(after(Named::Home), [Message::Chosen(0)]);
        assert_eq!(after(Named::Space), [Message::Pressed(0)]);
        // One stop for Tab, whichever of them it is.
        after(Named::Tab);
        assert_eq!(after(Named::Space), [Message::Other]);
        assert_eq!(after(Named::ArrowRight), [], "arrows are the group's only inside of it");
        after(Named::Tab);
        after(Named::Tab);
        assert_eq!(after(Named::Space), [Message::Pressed(0)]);
    }

    #[test]
    fn where_choosing_does_more_walking_only_walks() {
        let mut stage = Stage::new(400.0, 300.0);
        let mut after = |named: Named| stage.feed(view(None, false), &[key(named)]);
        after(Named::Tab);
        after(Named::Tab);
        assert_eq!(after(Named::ArrowRight), []);
        assert_eq!(after(Named::Space), [Message::Pressed(1)]);
        after(Named::Tab);
        assert_eq!(after(Named::Enter), [Message::Other]);
    }
}
