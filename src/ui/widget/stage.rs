//! A window without a window, for tests: lays out an element, feeds it events, runs operations on it.

use crate::ui::theme::{Accent, Element, Theme};
use iced::advanced::clipboard::{Clipboard, Kind};
use iced::advanced::renderer::{Headless, Style};
use iced::advanced::widget::operation::Outcome;
use iced::advanced::widget::{Operation, operation};
use iced::keyboard::{self, Key, Modifiers, key};
use iced::{Color, Event, Font, Pixels, Point, Size, mouse, window};
use iced_test::runtime::user_interface::{Cache, UserInterface};
use std::time::Instant;

/// Makes sure that there are fonts, also on a machine without any.
pub(crate) fn fonts() {
    static INSTALLED: std::sync::Once = std::sync::Once::new();
    INSTALLED.call_once(crate::ui::theme::typography::install);
}

/// Keeps what is written to it.
#[derive(Default)]
pub(crate) struct Board {
    pub(crate) text: String,
    pub(crate) primary: String,
}

impl Clipboard for Board {
    fn read(&self, _: Kind) -> Option<String> {
        None
    }

    fn write(&mut self, kind: Kind, contents: String) {
        match kind {
            Kind::Standard => self.text = contents,
            Kind::Primary => self.primary = contents,
        }
    }
}

pub(crate) struct Stage {
    pub(crate) renderer: iced::Renderer,
    pub(crate) board: Board,
    cache: Option<Cache>,
    pub(crate) size: Size,
    pub(crate) pointer: Point,
}

impl Stage {
    pub(crate) fn new(width: f32, height: f32) -> Self {
        fonts();
        let renderer = <iced::Renderer as Headless>::new(Font::DEFAULT, Pixels(14.0), Some("tiny-skia"));
        Self {
            renderer: iced::futures::executor::block_on(renderer).unwrap(),
            board: Board::default(),
            cache: Some(Cache::new()),
            size: Size::new(width, height),
            pointer: Point::new(-1.0, -1.0),
        }
    }

    /// Feeds events, then a frame; gives the messages.
    pub(crate) fn feed<M>(&mut self, element: Element<'_, M>, events: &[Event]) -> Vec<M> {
        let cache = self.cache.take().unwrap();
        let mut ui = UserInterface::build(element, self.size, cache, &mut self.renderer);
        let mut messages = Vec::new();
        let frame = Event::Window(window::Event::RedrawRequested(Instant::now()));
        for event in events.iter().chain([&frame]) {
            if let Event::Mouse(mouse::Event::CursorMoved { position }) = event {
                self.pointer = *position;
            }
            let cursor = mouse::Cursor::Available(self.pointer);
            ui.update(
                std::slice::from_ref(event),
                cursor,
                &mut self.renderer,
                &mut self.board,
                &mut messages,
            );
        }
        let theme = Theme::light(Accent::Blue);
        let cursor = mouse::Cursor::Available(self.pointer);
        ui.draw(&mut self.renderer, &theme, &Style { text_color: Color::BLACK }, cursor);
        self.cache = Some(ui.into_cache());
        messages
    }

    /// Runs an operation and what it chains.
    pub(crate) fn operate<M, T: 'static>(
        &mut self,
        element: Element<'_, M>,
        operation: impl Operation<T> + 'static,
    ) -> Option<T> {
        let cache = self.cache.take().unwrap();
        let mut ui = UserInterface::build(element, self.size, cache, &mut self.renderer);
        let mut next: Box<dyn Operation<T>> = Box::new(operation);
        let outcome = loop {
            ui.operate(&self.renderer, &mut operation::black_box(next.as_mut()));
            match next.finish() {
                Outcome::None => break None,
                Outcome::Some(outcome) => break Some(outcome),
                Outcome::Chain(chained) => next = chained,
            }
        };
        self.cache = Some(ui.into_cache());
        outcome
    }
}

pub(crate) fn key(named: key::Named) -> Event {
    press(Key::Named(named), Modifiers::default())
}

pub(crate) fn press(key: Key, modifiers: Modifiers) -> Event {
    Event::Keyboard(keyboard::Event::KeyPressed {
        modified_key: key.clone(),
        key,
        physical_key: key::Physical::Unidentified(key::NativeCode::Unidentified),
        location: keyboard::Location::Standard,
        modifiers,
        text: None,
        repeat: false,
    })
}

pub(crate) fn move_to(x: f32, y: f32) -> Event {
    Event::Mouse(mouse::Event::CursorMoved { position: Point::new(x, y) })
}

pub(crate) fn down() -> Event {
    Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left))
}

pub(crate) fn up() -> Event {
    Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left))
}

pub(crate) fn click(x: f32, y: f32) -> [Event; 3] {
    [move_to(x, y), down(), up()]
}
