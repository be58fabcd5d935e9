//! The message list and the text of a mail at sizes where other designs break: what one frame costs before
//! anything is painted (view, layout, events), and what recording the drawing costs.
#![allow(missing_docs, clippy::unwrap_used, reason = "a measurement, not a library")]

use divan::Bencher;
use iced::advanced::clipboard;
use iced::advanced::renderer::{Headless, Style};
use iced::{Color, Event, Font, Pixels, Point, Size, mouse, window};
use iced_test::runtime::user_interface::{Cache, UserInterface};
use postrider::mime::text::{Block, BlockKind, TextBody};
use postrider::ui::a11y::NodeKey;
use postrider::ui::theme::{Accent, Element, Theme};
use postrider::ui::widget::{BodyText, BodyWords, Content, Row, VirtualList};
use std::time::Instant;

fn main() {
    postrider::ui::theme::typography::install();
    divan::main();
}

const SIZE: Size = Size::new(420.0, 800.0);
const WHEEL: [f32; 2] = [200.0, 40_000.0];

fn row(index: usize) -> Option<Row<'static>> {
    let who = ["Ada Lovelace", "Grace Hopper", "山田 太郎", "Людмила Петрова", "Zoë Müller"];
    Some(Row {
        id: index as u64,
        from: who.get(index % 5).copied().unwrap_or("").into(),
        subject: format!("Re: Quarterly numbers {index}").into(),
        snippet: "Hi all, here is the summary of what we discussed this week and the next steps".into(),
        date: "12:30".into(),
        unread: index.is_multiple_of(4),
        ..Row::default()
    })
}

fn list(count: usize) -> Element<'static, ()> {
    VirtualList::new(NodeKey::named("list"), "Messages", count, row, |_| ()).focused(Some(5)).into()
}

struct Window {
    renderer: iced::Renderer,
    cache: Option<Cache>,
}

impl Window {
    fn new() -> Self {
        let renderer = <iced::Renderer as Headless>::new(Font::DEFAULT, Pixels(14.0), Some("tiny-skia"));
        Self { renderer: iced::futures::executor::block_on(renderer).unwrap(), cache: Some(Cache::new()) }
    }

    /// One frame: the wheel was turned, the view is built, laid out, updated and, if asked, drawn.
    fn frame(&mut self, element: Element<'_, ()>, wheel: f32, draw: bool) {
        let cursor = mouse::Cursor::Available(Point::new(200.0, 300.0));
        let delta = mouse::ScrollDelta::Pixels { x: 0.0, y: -wheel };
        let events = [
            Event::Mouse(mouse::Event::WheelScrolled { delta }),
            Event::Window(window::Event::RedrawRequested(Instant::now())),
        ];
        let mut ui = UserInterface::build(element, SIZE, self.cache.take().unwrap(), &mut self.renderer);
        let mut messages = Vec::new();
        let _ = ui.update(&events, cursor, &mut self.renderer, &mut clipboard::Null, &mut messages);
        if draw {
            let style = Style { text_color: Color::BLACK };
            ui.draw(&mut self.renderer, &Theme::light(Accent::Blue), &style, cursor);
        }
        self.cache = Some(ui.into_cache());
    }
}

/// The promise: below 1 ms in release, whatever the number of rows.
#[divan::bench(args = [1_000, 100_000, 1_000_000])]
fn frame_before_drawing(bencher: Bencher<'_, '_>, rows: usize) {
    let mut window = Window::new();
    bencher.bench_local(|| window.frame(list(rows), WHEEL[0], false));
}

/// With the drawing recorded; the first figure is slow scrolling, the second shows only new rows each time.
#[divan::bench(args = WHEEL)]
fn frame_with_drawing(bencher: Bencher<'_, '_>, wheel: f32) {
    let mut window = Window::new();
    bencher.bench_local(|| window.frame(list(1_000_000), wheel, true));
}

fn big() -> TextBody {
    let line = "The quick brown fox jumps over the lazy dog and runs away from the bear in the woods until it is night.";
    let block = |i| Block {
        kind: BlockKind::Text,
        quote_depth: 0,
        text: format!("{i}: {line}"),
        links: Vec::new(),
        joined: false,
    };
    TextBody { blocks: (0..40_000).map(block).collect(), truncated: false }
}

fn body(content: &Content) -> Element<'_, ()> {
    let words = BodyWords { label: "Message", show_quote: "Show", hide_quote: "Hide" };
    BodyText::new(NodeKey::named("body"), content, words, |_| ()).into()
}

/// A text of four megabytes: taken over, laid out and drawn for the first time.
#[divan::bench(sample_count = 10)]
fn open_four_megabytes(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(|| (Window::new(), big())).bench_local_values(|(mut window, text)| {
        let content = Content::new(1, text);
        window.frame(body(&content), 0.0, true);
        window
    });
}

/// Scrolling in it.
#[divan::bench]
fn scroll_four_megabytes(bencher: Bencher<'_, '_>) {
    let (mut window, content) = (Window::new(), Content::new(1, big()));
    bencher.bench_local(|| window.frame(body(&content), 300.0, true));
}
