//! A page, driven by events.

use super::*;
use crate::html::page::{Image, Line, Link};
use crate::html::{Page, Rect};
use crate::ui::widget::stage::{Stage, click, down, key, move_to, press, up};
use iced::Event;
use iced::advanced::image::Handle;
use iced::keyboard::{Key, Modifiers, key::Named};

/// Two paragraphs of ten pixels a letter, the second one a link; at two device pixels for one.
fn picture() -> Picture {
    let line = |range: Range<usize>, y: f32| Line {
        stops: (1..=u32::try_from(range.len()).unwrap())
            .map(|n| (n, f32::from(u16::try_from(n).unwrap()) * 20.0))
            .collect(),
        area: Rect { x: 20.0, y, width: 20.0 * f32::from(u16::try_from(range.len()).unwrap()), height: 40.0 },
        range,
        rtl: false,
    };
    let second = Rect { x: 20.0, y: 60.0, width: 220.0, height: 40.0 };
    let page = Page {
        width: 800,
        height: 2000,
        text: "Hello world\nSecond line\n".into(),
        lines: vec![line(0..11, 20.0), line(12..23, 60.0)],
        links: vec![Link {
            target: "https://example.org/".into(),
            label: "Second line".into(),
            areas: vec![second],
        }],
        images: vec![Image {
            source: "cid:a".into(),
            label: "A cat".into(),
            area: Rect { x: 0.0, y: 200.0, width: 100.0, height: 100.0 },
        }],
        ..Page::default()
    };
    let mut picture = Picture::new(7, 1, Arc::new(page), 2.0);
    picture.put(0, 800, 327, Handle::from_rgba(1, 1, vec![255; 4]));
    picture
}

fn view(picture: &Picture) -> Element<'_, HtmlEvent> {
    HtmlView::new(NodeKey::named("page"), Some(picture), 2.0, "Message", |event| event).id("page").into()
}

fn stage() -> Stage {
    Stage::new(400.0, 300.0)
}

/// What the user did, without what the page needs.
fn deeds(events: Vec<HtmlEvent>) -> Vec<HtmlEvent> {
    events.into_iter().filter(|e| !matches!(e, HtmlEvent::Needs { .. } | HtmlEvent::Hover(_))).collect()
}

fn command(c: &str) -> Event {
    press(Key::Character(c.into()), Modifiers::COMMAND)
}

#[test]
fn it_tells_its_width_and_the_rows_in_view_once() {
    let (mut stage, picture) = (stage(), picture());
    assert_eq!(stage.feed(view(&picture), &[]), [HtmlEvent::Needs { width: 800, rows: 0..600 }]);
    assert!(stage.feed(view(&picture), &[]).is_empty());
    let waiting = HtmlView::new(NodeKey::named("page"), None, 2.0, "Message", |event| event).into();
    assert_eq!(stage.feed(waiting, &[]), [HtmlEvent::Needs { width: 800, rows: 0..600 }]);
}

#[test]
fn a_drag_selects_across_blocks_and_copies_with_line_breaks() {
    let (mut stage, picture) = (stage(), picture());
    let drag = [move_to(71.0, 20.0), down(), move_to(300.0, 40.0), up()];
    assert_eq!(deeds(stage.feed(view(&picture), &drag)), [HtmlEvent::Focused]);
    assert_eq!(stage.board.primary, "world\nSecond line");
    stage.feed(view(&picture), &[command("c")]);
    assert_eq!(stage.board.text, "world\nSecond line");
    stage.feed(view(&picture), &[command("a"), command("c")]);
    assert_eq!(stage.board.text, "Hello world\nSecond line");
}

#[test]
fn double_click_takes_a_word_and_triple_click_a_paragraph() {
    let (mut stage, picture) = (stage(), picture());
    stage.feed(view(&picture), &click(90.0, 20.0));
    stage.feed(view(&picture), &click(90.0, 20.0));
    assert_eq!(stage.board.primary, "world");
    stage.feed(view(&picture), &click(90.0, 20.0));
    assert_eq!(stage.board.primary, "Hello world");
}

#[test]
fn shift_and_click_stretches_the_selection() {
    let (mut stage, picture) = (stage(), picture());
    stage.feed(view(&picture), &click(10.0, 20.0));
    let shift = Event::Keyboard(iced::keyboard::Event::ModifiersChanged(Modifiers::SHIFT));
    stage.feed(view(&picture), &[shift]);
    stage.feed(view(&picture), &click(61.0, 20.0));
    assert_eq!(stage.board.primary, "Hello");
}

#[test]
fn a_click_opens_a_link_and_a_drag_over_it_does_not() {
    let (mut stage, picture) = (stage(), picture());
    let link = PageLink { target: "https://example.org/".into(), label: "Second line".into() };
    let events = stage.feed(view(&picture), &click(60.0, 40.0));
    assert!(events.contains(&HtmlEvent::Open(link.clone())), "{events:?}");
    assert!(events.contains(&HtmlEvent::Hover(Some(link))), "{events:?}");
    let drag = [move_to(60.0, 40.0), down(), move_to(110.0, 40.0), up()];
    assert!(deeds(stage.feed(view(&picture), &drag)).is_empty());
}

#[test]
fn the_keyboard_reaches_links() {
    let (mut stage, picture) = (stage(), picture());
    let focus = iced::advanced::widget::operation::focusable::focus::<()>("page".into());
    stage.operate(view(&picture), focus);
    stage.operate(view(&picture), iced::advanced::widget::operation::focusable::focus_next::<()>());
    let events = deeds(stage.feed(view(&picture), &[key(Named::Enter)]));
    assert!(matches!(events.as_slice(), [HtmlEvent::Open(_)]), "{events:?}");
    assert_eq!(deeds(stage.feed(view(&picture), &[key(Named::ArrowDown)])), [HtmlEvent::Scroll(44.0)]);
}

#[test]
fn a_menu_knows_link_picture_and_selection() {
    let (mut stage, picture) = (stage(), picture());
    stage.feed(view(&picture), &click(90.0, 20.0));
    stage.feed(view(&picture), &click(90.0, 20.0));
    let right = Event::Mouse(iced::mouse::Event::ButtonPressed(iced::mouse::Button::Right));
    let events = deeds(stage.feed(view(&picture), &[move_to(10.0, 110.0), right]));
    let [HtmlEvent::Menu { at, link: None, image: Some(image), selection: Some(text) }] = events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!((&*image.label, text.as_str()), ("A cat", "world"));
    assert_eq!(*at, Point::new(10.0, 110.0));
}

fn with_quote(open: bool) -> Picture {
    let mut page = Page::clone(picture().page());
    let area = Rect { x: 20.0, y: 400.0, width: 700.0, height: 64.0 };
    page.fold = Some(crate::html::Fold { area, open, links: Vec::new() });
    page.links.push(Link {
        target: "#end".into(),
        label: "below".into(),
        areas: vec![Rect { x: 20.0, y: 500.0, width: 100.0, height: 40.0 }],
    });
    page.anchors = vec![("end".into(), 1000.0)];
    Picture::new(7, 1, Arc::new(page), 2.0)
}

fn quoting(picture: &Picture) -> Element<'_, HtmlEvent> {
    let words =
        BodyWords { label: "Message", show_quote: "Show quoted text", hide_quote: "Hide quoted text" };
    let view = HtmlView::new(NodeKey::named("page"), Some(picture), 2.0, "Message", |event| event);
    view.words(words).id("page").into()
}

#[test]
fn a_quote_is_shown_with_the_pointer_and_with_the_keyboard() {
    crate::ui::widget::stage::fonts();
    let (mut stage, picture) = (stage(), with_quote(false));
    let events = deeds(stage.feed(quoting(&picture), &click(30.0, 216.0)));
    assert_eq!(events, [HtmlEvent::Focused, HtmlEvent::Quote]);
    assert!(deeds(stage.feed(quoting(&picture), &click(390.0, 216.0))).is_empty(), "beside the button");
    let next = iced::advanced::widget::operation::focusable::focus_next::<()>;
    stage
        .operate(quoting(&picture), iced::advanced::widget::operation::focusable::focus::<()>("page".into()));
    // A link above it, then the button.
    stage.operate(quoting(&picture), next());
    stage.operate(quoting(&picture), next());
    assert_eq!(deeds(stage.feed(quoting(&picture), &[key(Named::Enter)])), [HtmlEvent::Quote]);
}

#[test]
fn a_link_within_the_page_scrolls_there() {
    let (mut stage, picture) = (stage(), with_quote(true));
    let events = deeds(stage.feed(quoting(&picture), &click(30.0, 260.0)));
    // 500 pixels of the window less the air above it; a page is nine tenths of 300.
    let by = (500.0 - 8.0) / 270.0;
    let turned = |event: &HtmlEvent| matches!(event, HtmlEvent::Turn(pages) if (pages - by).abs() < 0.001);
    assert!(events.iter().any(turned), "{events:?}");
    assert!(!events.iter().any(|event| matches!(event, HtmlEvent::Open(_))));
}
