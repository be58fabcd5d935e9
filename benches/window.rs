//! What one frame of the whole mail screen costs before anything is painted (events, update, view, layout): with
//! a mailbox of POSTRIDER_BENCH_ROWS messages (1,000,000), and while a first sync fills it. Prints figures, never
//! fails by time. `cargo bench --bench window`
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "a measurement, not a library")]
#![allow(clippy::indexing_slicing, clippy::cast_precision_loss, reason = "a measurement, not a library")]

#[path = "support/lab.rs"]
mod support;

use iced::advanced::clipboard;
use iced::advanced::renderer::Headless;
use iced::{Event as Input, Font, Pixels, Point, Size, mouse, window};
use iced_test::runtime::user_interface::{Cache, UserInterface};
use postrider::model::UnixTime;
use postrider::store::{Changes, Store};
use postrider::sync::Event;
use postrider::ui::command::Do;
use postrider::ui::locale::Locale;
use postrider::ui::read;
use postrider::ui::screen::mail::list::Wish;
use postrider::ui::screen::mail::{Action, Desk, Look, Mail, Message, Reply, Request, view};
use postrider::ui::settings::Settings;
use postrider::ui::widget::body_text::BodyWords;
use postrider::ui::widget::{DragEvent, Select};
use std::time::{Duration, Instant};
use support::{BATCH, Lab, fill, lab, message};

const SIZE: Size = Size::new(1400.0, 900.0);
const NOW: UnixTime = UnixTime(1_700_000_000);

/// The mail screen with everything around it that a frame needs.
struct Screen {
    store: Store,
    mail: Mail,
    settings: Settings,
    locale: Locale,
    renderer: iced::Renderer,
    cache: Option<Cache>,
    /// Time in `update` since the last frame.
    spent: Duration,
}

impl Screen {
    fn new(store: Store) -> Self {
        let settings = Settings::default();
        let mail = Mail::new(&settings, read::tree(&store).unwrap());
        let renderer = <iced::Renderer as Headless>::new(Font::DEFAULT, Pixels(14.0), Some("tiny-skia"));
        let renderer = iced::futures::executor::block_on(renderer).unwrap();
        let mut screen = Self {
            store,
            mail,
            settings,
            locale: Locale::english(),
            renderer,
            cache: Some(Cache::new()),
            spent: Duration::ZERO,
        };
        screen.update(|mail, desk| mail.start(desk));
        screen
    }

    /// Time in `update` counts; what runs on other threads (reading the store) does not.
    fn update(&mut self, change: impl FnOnce(&mut Mail, &mut Desk<'_>) -> Vec<Action>) {
        let mut actions = self.timed(change);
        while let Some(action) = actions.pop() {
            if let Action::Read(request) = action {
                let reply = answer(&self.store, request);
                actions.extend(self.timed(|mail, desk| mail.reply(reply, desk)));
            }
        }
    }

    fn timed(&mut self, change: impl FnOnce(&mut Mail, &mut Desk<'_>) -> Vec<Action>) -> Vec<Action> {
        let before = Instant::now();
        let (settings, locale) = (&mut self.settings, &self.locale);
        let mut desk = Desk { settings, now: NOW, width: SIZE.width, locale, scale: 1.0, dark: false };
        let actions = change(&mut self.mail, &mut desk);
        self.spent += before.elapsed();
        actions
    }

    /// One frame with these inputs: everything up to the drawing. Gives its time, with the updates before it.
    fn frame(&mut self, inputs: &[Input]) -> Duration {
        let before = Instant::now();
        let look = Look {
            locale: &self.locale,
            settings: &self.settings,
            now: NOW,
            width: SIZE.width,
            dark: false,
            scale: 1.0,
            spoken: false,
            body_words: BodyWords { label: "Message", show_quote: "Show", hide_quote: "Hide" },
        };
        let element = view(&self.mail, look);
        let mut ui = UserInterface::build(element, SIZE, self.cache.take().unwrap(), &mut self.renderer);
        let mut messages: Vec<Message> = Vec::new();
        let cursor = mouse::Cursor::Available(Point::new(400.0, 500.0));
        let redraw = [Input::Window(window::Event::RedrawRequested(Instant::now()))];
        let _ = ui.update(inputs, cursor, &mut self.renderer, &mut clipboard::Null, &mut messages);
        let _ = ui.update(&redraw, cursor, &mut self.renderer, &mut clipboard::Null, &mut messages);
        self.cache = Some(ui.into_cache());
        let own = before.elapsed();
        for message in messages {
            self.update(|mail, desk| mail.update(message, desk));
        }
        own + std::mem::take(&mut self.spent)
    }
}

fn answer(store: &Store, request: Request) -> Reply {
    match request {
        Request::Tree => Reply::Tree(read::tree(store).unwrap()),
        Request::List(Wish::Ids { mailbox, visit, threaded, keep }) => {
            Reply::Ids(read::ids(store, mailbox, visit, threaded, keep).unwrap())
        }
        Request::List(Wish::Rows { mailbox, visit, threaded, ids }) => {
            let (revision, rows) = read::rows(store, mailbox, threaded, &ids).unwrap();
            Reply::Rows(visit, revision, rows)
        }
        Request::List(Wish::Unread { mailbox, visit, threaded, ids, from, forward }) => {
            Reply::Unread(visit, read::unread(store, mailbox, threaded, &ids, from, forward).unwrap())
        }
        Request::Talk(head, mailbox) => {
            let (revision, talk) = read::talk(store, head, mailbox).unwrap();
            Reply::Talk(head, revision, talk)
        }
        Request::Mail(id) => {
            let (revision, mail) = read::mail(store, id, None, &postrider::html::nested::Plain).unwrap();
            Reply::Mail(id, revision, mail)
        }
        Request::Activity => Reply::Activity(read::activity(store).unwrap()),
        Request::Kept(account) => Reply::Kept(account, read::kept(store, account).unwrap()),
        Request::Source(id) => Reply::Source(id, read::source(store, id).unwrap()),
    }
}

fn wheel(pixels: f32) -> [Input; 1] {
    let delta = mouse::ScrollDelta::Pixels { x: 0.0, y: -pixels };
    [Input::Mouse(mouse::Event::WheelScrolled { delta })]
}

fn print(what: &str, mut frames: Vec<Duration>) {
    frames.sort_unstable();
    let at = |share: usize| frames[(frames.len() - 1) * share / 100].as_secs_f64() * 1_000.0;
    let (half, most, all) = (at(50), at(99), at(100));
    println!("{what:<52} median {half:7.3} ms   99 % {most:7.3} ms   worst {all:7.3} ms");
}

fn filled(rows: u32) -> Lab {
    let lab = lab();
    const STEP: u32 = 50_000;
    for low in (0..rows).step_by(STEP as usize) {
        fill(&lab, (low + 1..=(low + STEP).min(rows)).map(message).collect());
    }
    lab
}

fn scrolling(rows: u32) {
    let lab = filled(rows);
    let before = Instant::now();
    let mut screen = Screen::new(lab.store.clone());
    println!("{rows} rows: state of the screen from the store {:19.3} s", before.elapsed().as_secs_f64());
    for _ in 0..20 {
        screen.frame(&wheel(50.0));
    }
    print("  scrolling slowly", (0..500).map(|_| screen.frame(&wheel(50.0))).collect());
    print("  scrolling by 1,000 rows", (0..500).map(|_| screen.frame(&wheel(52_000.0))).collect());
    screen.update(|mail, desk| mail.run(Do::LastMessage, desk));
    screen.frame(&[]);
    print("  walking up from the end by keys", {
        let step = |_| {
            screen.update(|mail, desk| mail.run(Do::PreviousMessage, desk));
            screen.frame(&[])
        };
        (0..500).map(step).collect()
    });
    screen.update(|mail, desk| mail.update(Message::AllChosen, desk));
    print("  scrolling with all chosen", (0..100).map(|_| screen.frame(&wheel(-500.0))).collect());
    acting("all", &mut screen);
    screen.update(|mail, desk| mail.update(Message::RowChosen(0, Select::Only), desk));
    screen.update(|mail, desk| mail.update(Message::RowChosen(9_999, Select::Range), desk));
    acting("10,000", &mut screen);
}

/// Choosing, flagging, dragging and moving what is chosen: the frame in which the wish goes out.
fn acting(what: &str, screen: &mut Screen) {
    let times = 0..20;
    let run = |screen: &mut Screen, does| {
        screen.update(|mail, desk| mail.run(does, desk));
        screen.frame(&[])
    };
    let title = |deed: &str| format!("  {deed}, {what} chosen");
    print(&title("flagging"), times.clone().map(|_| run(screen, Do::ToggleFlag)).collect());
    print(&title("archiving"), times.clone().map(|_| run(screen, Do::Archive)).collect());
    let drag = |screen: &mut Screen| {
        let first = screen.mail.first_chosen();
        let Some(first) = first else { return screen.frame(&[]) };
        let at = Point::new(500.0, 400.0);
        screen.update(|mail, desk| mail.update(Message::RowDragged(first, at, false), desk));
        let frame = screen.frame(&[]);
        screen.update(|mail, desk| mail.update(Message::Drag(DragEvent::Cancelled), desk));
        frame
    };
    print(&title("pulling away"), times.map(|_| drag(screen)).collect());
    if what == "all" {
        let all = |screen: &mut Screen| {
            screen.update(|mail, desk| mail.update(Message::AllChosen, desk));
            screen.frame(&[])
        };
        print("  choosing all", (0..20).map(|_| all(screen)).collect());
    }
}

/// A first sync commits batch after batch; each is followed by a frame.
fn syncing(rows: u32) {
    let lab = lab();
    let mut changes = lab.store.subscribe();
    let mut screen = Screen::new(lab.store.clone());
    let mut frames = Vec::new();
    println!("the first frame of the program {:37.3} ms", screen.frame(&[]).as_secs_f64() * 1_000.0);
    for low in (0..rows).step_by(BATCH as usize).rev() {
        fill(&lab, (low + 1..=(low + BATCH).min(rows)).map(message).collect());
        let mut all: Option<Changes> = None;
        while let Ok(one) = changes.try_recv() {
            match &mut all {
                Some(all) => all.merge(one),
                None => all = Some(one),
            }
        }
        if let Some(all) = all {
            screen.update(|mail, desk| mail.event(Event::Changed(all), desk));
        }
        frames.push(screen.frame(&wheel(20.0)));
    }
    print(&format!("a sync fills {rows} rows"), frames);
}

fn main() {
    postrider::ui::theme::typography::install();
    let rows = std::env::var("POSTRIDER_BENCH_ROWS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    syncing(100_000);
    scrolling(rows);
}
