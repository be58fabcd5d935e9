//! An icon in the color of the text around it, so that it follows the state of its button.

use super::canvas::Canvas;
use crate::ui::icon::Icon;
use crate::ui::theme::{Element, Theme};
use iced::advanced::widget::Tree;
use iced::advanced::{Layout, Widget, layout, mouse, renderer};
use iced::{Length, Rectangle, Size};

struct Glyph {
    icon: Icon,
    size: f32,
}

/// An icon that takes the color of the text around it.
#[must_use]
pub fn glyph<'a, Message: 'a>(icon: Icon, size: f32) -> Element<'a, Message> {
    Element::new(Glyph { icon, size })
}

impl<Message> Widget<Message, Theme, iced::Renderer> for Glyph {
    fn size(&self) -> Size<Length> {
        Size::new(Length::Fixed(self.size), Length::Fixed(self.size))
    }

    fn layout(&mut self, _: &mut Tree, _: &iced::Renderer, limits: &layout::Limits) -> layout::Node {
        layout::atomic(limits, self.size, self.size)
    }

    fn draw(
        &self,
        _: &Tree,
        renderer: &mut iced::Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        _: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        Canvas { renderer, t: theme.tokens(), clip: *viewport }.icon(
            self.icon,
            layout.bounds(),
            style.text_color,
        );
    }
}
