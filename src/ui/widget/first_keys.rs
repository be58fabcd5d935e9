//! Takes certain keys before the content gets them, such as the arrows above a text field that narrows a list.

use crate::ui::theme::{Element, Theme};
use iced::advanced::widget::{Operation, Tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer};
use iced::keyboard::{self, Key, Modifiers};
use iced::{Event, Length, Rectangle, Size, Vector};

/// An element whose keys are offered to `take` first; what it makes a message of goes no further.
pub fn first_keys<'a, Message: 'a>(
    content: impl Into<Element<'a, Message>>,
    take: impl Fn(&Key, Modifiers) -> Option<Message> + 'a,
) -> Element<'a, Message> {
    Element::new(FirstKeys { content: content.into(), take: Box::new(take) })
}

/// A page that Escape leaves, wherever the keyboard is: a text field would take the first one for itself.
pub fn on_escape<'a, Message: Clone + 'a>(
    content: impl Into<Element<'a, Message>>,
    message: Message,
) -> Element<'a, Message> {
    first_keys(content, move |key, modifiers| {
        let is_escape = matches!(key, Key::Named(keyboard::key::Named::Escape)) && modifiers.is_empty();
        is_escape.then(|| message.clone())
    })
}

/// Makes a message of a key, or leaves it to others.
type Take<'a, Message> = Box<dyn Fn(&Key, Modifiers) -> Option<Message> + 'a>;

struct FirstKeys<'a, Message> {
    content: Element<'a, Message>,
    take: Take<'a, Message>,
}

impl<Message> Widget<Message, Theme, iced::Renderer> for FirstKeys<'_, Message> {
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
        if let Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. }) = event
            && let Some(message) = (self.take)(key, *modifiers)
        {
            shell.publish(message);
            return shell.capture_event();
        }
        let Some(child) = tree.children.first_mut() else { return };
        self.content
            .as_widget_mut()
            .update(child, event, layout, cursor, renderer, clipboard, shell, viewport);
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
    use crate::ui::widget::stage::{Stage, key};
    use iced::keyboard::key::Named;

    #[test]
    fn only_the_wanted_keys_are_taken() {
        let view = || -> Element<'static, u8> {
            let inner = first_keys(iced::widget::space(), |key, _| {
                matches!(key, Key::Named(Named::ArrowUp | Named::ArrowDown)).then_some(1)
            });
            first_keys(inner, |key, _| matches!(key, Key::Named(Named::ArrowDown)).then_some(2))
        };
        let mut stage = Stage::new(100.0, 100.0);
        let keys = [key(Named::ArrowUp), key(Named::ArrowDown), key(Named::Home)];
        assert_eq!(stage.feed(view(), &keys), [1, 2]);
    }
}
