//! The line between two panes that can be dragged. Knows nothing of the panes.

use crate::ui::theme::{Element, Theme, space};
use iced::advanced::renderer::Quad;
use iced::advanced::widget::{Tree, tree};
use iced::advanced::{Clipboard, Layout, Renderer as _, Shell, Widget, layout, mouse, renderer};
use iced::{Event, Length, Rectangle, Size, touch};

/// Width of the invisible strip that can be grabbed on each side of the line.
const GRIP: f32 = 4.0;

/// A vertical line; `on_drag` gets the pointer's place from the left of the window.
pub(super) fn splitter<'a, Message: Clone + 'a>(
    on_drag: impl Fn(f32) -> Message + 'a,
    on_drop: Message,
) -> Element<'a, Message> {
    Element::new(Splitter { on_drag: Box::new(on_drag), on_drop })
}

struct Splitter<'a, Message> {
    on_drag: Box<dyn Fn(f32) -> Message + 'a>,
    on_drop: Message,
}

#[derive(Default)]
struct State {
    dragged: bool,
    hovered: bool,
}

fn grip(bounds: Rectangle) -> Rectangle {
    Rectangle { x: bounds.x - GRIP, width: bounds.width + 2.0 * GRIP, ..bounds }
}

impl<Message: Clone> Widget<Message, Theme, iced::Renderer> for Splitter<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fixed(space::HAIRLINE), Length::Fill)
    }

    fn layout(&mut self, _: &mut Tree, _: &iced::Renderer, limits: &layout::Limits) -> layout::Node {
        layout::atomic(limits, space::HAIRLINE, Length::Fill)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "iced has hundreds of events")]
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
        let state = tree.state.downcast_mut::<State>();
        let over = cursor.is_over(grip(layout.bounds()));
        match event {
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left))
            | Event::Touch(touch::Event::FingerPressed { .. })
                if over =>
            {
                state.dragged = true;
                shell.capture_event();
                shell.request_redraw();
            }
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left))
            | Event::Touch(touch::Event::FingerLifted { .. } | touch::Event::FingerLost { .. })
                if std::mem::take(&mut state.dragged) =>
            {
                shell.publish(self.on_drop.clone());
                shell.capture_event();
            }
            Event::Mouse(mouse::Event::CursorMoved { .. })
            | Event::Touch(touch::Event::FingerMoved { .. }) => {
                if state.dragged {
                    if let Some(at) = cursor.land().position() {
                        shell.publish((self.on_drag)(at.x));
                    }
                    shell.capture_event();
                } else if std::mem::replace(&mut state.hovered, over) != over {
                    shell.request_redraw();
                }
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
        let dragged = tree.state.downcast_ref::<State>().dragged;
        if dragged || cursor.is_over(grip(layout.bounds())) {
            mouse::Interaction::ResizingHorizontally
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
        _: &Rectangle,
    ) {
        let t = theme.tokens();
        let dragged = tree.state.downcast_ref::<State>().dragged;
        let over = cursor.is_over(grip(layout.bounds()));
        let color = if dragged || over { t.border_strong } else { t.border };
        renderer.fill_quad(Quad { bounds: layout.bounds(), ..Quad::default() }, color);
    }
}
