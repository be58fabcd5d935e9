//! Puts something at a point of the window, such as a menu at the pointer, and keeps it inside of the window.

use crate::ui::theme::{Element, Theme, space};
use iced::advanced::widget::{Operation, Tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer};
use iced::{Event, Length, Point, Rectangle, Size, Vector};

/// An element at a point; a layer of a `stack` over the whole window. Where there is no room below or to the
/// right of the point, it stands above or to the left.
pub fn popup<'a, Message: 'a>(at: Point, content: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    Element::new(Popup { at, content: content.into() })
}

struct Popup<'a, Message> {
    at: Point,
    content: Element<'a, Message>,
}

/// Where something of this size begins, so that it is inside of a window of that size.
fn place(at: Point, size: Size, window: Size) -> Point {
    let fit = |at: f32, size: f32, room: f32| {
        let last = (room - size - space::XS).max(space::XS);
        let begin = if at <= last { at } else { at - size };
        begin.clamp(space::XS, last).round()
    };
    Point::new(fit(at.x, size.width, window.width), fit(at.y, size.height, window.height))
}

impl<Message> Widget<Message, Theme, iced::Renderer> for Popup<'_, Message> {
    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content)]
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.content));
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
        let window = limits.max();
        let Some(child) = tree.children.first_mut() else { return layout::Node::new(window) };
        let room = Size::new(window.width - 2.0 * space::XS, window.height - 2.0 * space::XS);
        let content =
            self.content.as_widget_mut().layout(child, renderer, &layout::Limits::new(Size::ZERO, room));
        let at = place(self.at, content.size(), window);
        layout::Node::with_children(window, vec![content.move_to(at)])
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        let (Some(child), Some(inner)) = (tree.children.first_mut(), layout.children().next()) else {
            return;
        };
        self.content.as_widget_mut().operate(child, inner, renderer, operation);
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
        let (Some(child), Some(inner)) = (tree.children.first_mut(), layout.children().next()) else {
            return;
        };
        self.content
            .as_widget_mut()
            .update(child, event, inner, cursor, renderer, clipboard, shell, viewport);
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &iced::Renderer,
    ) -> mouse::Interaction {
        let (Some(child), Some(inner)) = (tree.children.first(), layout.children().next()) else {
            return mouse::Interaction::None;
        };
        self.content.as_widget().mouse_interaction(child, inner, cursor, viewport, renderer)
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
        let (Some(child), Some(inner)) = (tree.children.first(), layout.children().next()) else { return };
        self.content.as_widget().draw(child, renderer, theme, style, inner, cursor, viewport);
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
        let inner = layout.children().next()?;
        self.content.as_widget_mut().overlay(child, inner, renderer, viewport, translation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_inside_of_the_window() {
        let (menu, window) = (Size::new(200.0, 300.0), Size::new(800.0, 600.0));
        for (at, begin) in [
            ((100.0, 100.0), (100.0, 100.0)),
            ((700.0, 100.0), (500.0, 100.0)),
            ((100.0, 500.0), (100.0, 200.0)),
            ((799.0, 599.0), (596.0, 296.0)),
            ((0.0, 0.0), (4.0, 4.0)),
            ((-50.0, 900.0), (4.0, 296.0)),
        ] {
            assert_eq!(place(Point::new(at.0, at.1), menu, window), Point::new(begin.0, begin.1), "{at:?}");
        }
        let tiny = place(Point::new(10.0, 10.0), menu, Size::new(100.0, 100.0));
        assert_eq!(tiny, Point::new(4.0, 4.0), "no room at all");
    }
}
