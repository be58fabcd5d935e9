//! What is dragged, beside the pointer: a layer over the whole window while a drag is on.
//!
//! It follows the pointer by itself, without a message for each step, and lets everything below find the pointer.
//! Whatever began the drag may vanish meanwhile: the end of the drag is told from here, too.

use crate::ui::theme::{Element, Theme, space};
use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, renderer};
use iced::keyboard::{self, Key, Modifiers, key::Named};
use iced::{Event, Length, Point, Rectangle, Size, touch};

/// From the pointer to what is dragged, so that the pointer hides neither it nor the row below.
const BESIDE: f32 = space::L;
/// So near to the left edge of the window the pointer asks for the folders.
const EDGE: f32 = 64.0;

/// What happened during a drag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DragEvent {
    /// The key that makes it a copy was pressed or let go.
    Copies(bool),
    /// The pointer came to the left edge of the window.
    Edge,
    /// Let go.
    Dropped,
    /// Given up (Escape).
    Cancelled,
}

/// Whether these modifiers make a drag a copy.
#[must_use]
pub fn copies(modifiers: Modifiers) -> bool {
    if cfg!(target_os = "macos") { modifiers.alt() } else { modifiers.control() }
}

/// A layer with `chip` beside the pointer, which was at `at` when the drag began.
pub fn drag_layer<'a, Message: 'a>(
    at: Point,
    copying: bool,
    chip: impl Into<Element<'a, Message>>,
    on_event: impl Fn(DragEvent) -> Message + 'a,
) -> Element<'a, Message> {
    Element::new(DragLayer { at, copying, chip: chip.into(), on_event: Box::new(on_event) })
}

struct DragLayer<'a, Message> {
    at: Point,
    copying: bool,
    chip: Element<'a, Message>,
    on_event: Box<dyn Fn(DragEvent) -> Message + 'a>,
}

#[derive(Default)]
struct State {
    at: Option<Point>,
    at_edge: bool,
}

/// Where the chip stands: below and right of the pointer, and inside of the window.
fn place(at: Point, chip: Size, window: Size) -> Point {
    let fit = |at: f32, size: f32, room: f32| {
        let last = (room - size - space::XS).max(0.0);
        let after = at + BESIDE;
        if after <= last { after } else { (at - BESIDE - size).clamp(0.0, last) }.round()
    };
    Point::new(fit(at.x, chip.width, window.width), fit(at.y, chip.height, window.height))
}

impl<Message> DragLayer<'_, Message> {
    fn moved(&self, state: &mut State, at: Point, shell: &mut Shell<'_, Message>) {
        state.at = Some(at);
        let near = at.x < EDGE;
        if near && !state.at_edge {
            shell.publish((self.on_event)(DragEvent::Edge));
        }
        state.at_edge = near;
        shell.invalidate_layout();
        shell.request_redraw();
    }
}

impl<Message> Widget<Message, Theme, iced::Renderer> for DragLayer<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        // At the edge from the start is where the drag began, not a wish.
        tree::State::new(State { at: None, at_edge: self.at.x < EDGE })
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.chip)]
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.chip));
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
        let at = tree.state.downcast_ref::<State>().at.unwrap_or(self.at);
        let Some(child) = tree.children.first_mut() else { return layout::Node::new(window) };
        let limits = layout::Limits::new(Size::ZERO, window);
        let chip = self.chip.as_widget_mut().layout(child, renderer, &limits);
        let at = place(at, chip.size(), window);
        layout::Node::with_children(window, vec![chip.move_to(at)])
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
        self.chip.as_widget_mut().operate(child, inner, renderer, operation);
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        _: Layout<'_>,
        cursor: mouse::Cursor,
        _: &iced::Renderer,
        _: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        _: &Rectangle,
    ) {
        let state = tree.state.downcast_mut::<State>();
        match event {
            Event::Mouse(mouse::Event::CursorMoved { position }) => {
                self.moved(state, cursor.land().position().unwrap_or(*position), shell);
            }
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left))
            | Event::Touch(touch::Event::FingerLifted { .. }) => {
                shell.publish((self.on_event)(DragEvent::Dropped));
            }
            Event::Touch(touch::Event::FingerLost { .. }) => {
                shell.publish((self.on_event)(DragEvent::Cancelled));
            }
            Event::Keyboard(keyboard::Event::ModifiersChanged(modifiers)) => {
                let now = copies(*modifiers);
                if now != self.copying {
                    shell.publish((self.on_event)(DragEvent::Copies(now)));
                }
            }
            Event::Keyboard(keyboard::Event::KeyPressed { key, .. }) => {
                if matches!(key, Key::Named(Named::Escape)) {
                    shell.publish((self.on_event)(DragEvent::Cancelled));
                }
                // Nothing else is to happen to what is in the air.
                shell.capture_event();
            }
            _ => {}
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
        let (Some(child), Some(inner)) = (tree.children.first(), layout.children().next()) else { return };
        self.chip.as_widget().draw(child, renderer, theme, style, inner, cursor, viewport);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::widget::stage::{Stage, key, move_to, up};

    fn layer() -> Element<'static, DragEvent> {
        let chip = iced::widget::space().width(100.0).height(30.0);
        drag_layer(Point::new(300.0, 300.0), false, chip, |event| event)
    }

    #[test]
    fn the_chip_stays_inside_of_the_window() {
        let (chip, window) = (Size::new(100.0, 30.0), Size::new(800.0, 600.0));
        assert_eq!(place(Point::new(100.0, 100.0), chip, window), Point::new(116.0, 116.0));
        assert_eq!(place(Point::new(790.0, 590.0), chip, window), Point::new(674.0, 544.0));
        assert_eq!(place(Point::new(0.0, 0.0), Size::new(900.0, 700.0), window), Point::new(0.0, 0.0));
    }

    #[test]
    fn the_end_the_edge_and_the_copy_key_are_told() {
        let mut stage = Stage::new(800.0, 600.0);
        let control = Event::Keyboard(keyboard::Event::ModifiersChanged(Modifiers::CTRL));
        let none = Event::Keyboard(keyboard::Event::ModifiersChanged(Modifiers::SHIFT));
        let told = stage.feed(
            layer(),
            &[move_to(200.0, 10.0), move_to(20.0, 10.0), move_to(10.0, 10.0), none, control, up()],
        );
        assert_eq!(told, [DragEvent::Edge, DragEvent::Copies(true), DragEvent::Dropped]);
        assert_eq!(stage.feed(layer(), &[key(Named::Escape), key(Named::Delete)]), [DragEvent::Cancelled]);
    }
}
