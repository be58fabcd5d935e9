//! One line of text that ends in an ellipsis where there is no room; iced 0.14 can only cut it off.

use crate::ui::theme::{Element, Theme, Tokens};
use crate::ui::widget::canvas::Canvas;
use crate::ui::widget::shape::{self, Face};
use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Layout, Widget, layout, mouse, renderer, text};
use iced::{Color, Font, Length, Rectangle, Size};
use std::borrow::Cow;

type Paragraph = <iced::Renderer as text::Renderer>::Paragraph;

/// A line as wide as its text, but never wider than the room.
pub(crate) fn elided<'a, Message: 'a>(
    content: impl Into<Cow<'a, str>>,
    size: f32,
    font: Font,
    color: fn(&Tokens) -> Color,
) -> Element<'a, Message> {
    Element::new(Elided { content: content.into(), face: Face { font, size }, color })
}

struct Elided<'a> {
    content: Cow<'a, str>,
    face: Face,
    color: fn(&Tokens) -> Color,
}

#[derive(Default)]
struct State {
    shaped: Option<(String, Face, f32, shape::Line<Paragraph>)>,
}

impl<Message> Widget<Message, Theme, iced::Renderer> for Elided<'_> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Shrink, Length::Shrink)
    }

    fn layout(&mut self, tree: &mut Tree, _: &iced::Renderer, limits: &layout::Limits) -> layout::Node {
        let state = tree.state.downcast_mut::<State>();
        let room = limits.max().width;
        let height = shape::line_height(self.face.size);
        let fits = state
            .shaped
            .as_ref()
            .filter(|(text, face, width, _)| *text == self.content && *face == self.face && *width == room);
        let ink = match fits {
            Some((.., line)) => line.width,
            None => {
                let line = shape::line(&self.content, self.face, room);
                let ink = line.width;
                state.shaped = Some((self.content.to_string(), self.face, room, line));
                ink
            }
        };
        layout::Node::new(limits.resolve(Length::Shrink, Length::Shrink, Size::new(ink.ceil(), height)))
    }

    fn operate(
        &mut self,
        _: &mut Tree,
        layout: Layout<'_>,
        _: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        operation.text(None, layout.bounds(), &self.content);
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
        let state = tree.state.downcast_ref::<State>();
        if let Some((.., line)) = &state.shaped {
            let t = theme.tokens();
            Canvas { renderer, t, clip: *viewport }.line(line, layout.bounds(), (self.color)(t));
        }
    }
}
