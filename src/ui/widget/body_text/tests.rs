//! The selectable text, driven by events.

use super::content::tests::content;
use super::*;
use crate::ui::widget::stage::{Stage, click, down, key, move_to, press, up};
use iced::Event;
use iced::keyboard::{Key, Modifiers, key::Named};

const TEXT: &str =
    "Hello Grace\n\nSee https://example.org/1 for more.\n\nAda wrote:\n> one\n> two\n> three\n> four";

fn view(content: &Content) -> Element<'_, BodyEvent> {
    let words = BodyWords { label: "Message", show_quote: "Show quoted text", hide_quote: "Hide" };
    BodyText::new(NodeKey::named("body"), content, words, |event| event).id("body").into()
}

fn command(c: &str) -> Event {
    press(Key::Character(c.into()), Modifiers::COMMAND)
}

fn shift(named: Named) -> Event {
    press(Key::Named(named), Modifiers::SHIFT)
}

/// Pixels from the top to the first line, and to the line with the link.
const FIRST: f32 = 28.0;
const LINK: f32 = 64.0;

#[test]
fn dragging_selects_and_copies_with_line_breaks() {
    let (mut stage, content) = (Stage::new(600.0, 400.0), content(TEXT));
    let drag = [move_to(25.0, FIRST), down(), move_to(60.0, LINK), move_to(550.0, LINK), up()];
    assert_eq!(stage.feed(view(&content), &drag), [BodyEvent::Focused]);
    assert_eq!(stage.board.primary, "Hello Grace\n\nSee https://example.org/1 for more.");
    stage.feed(view(&content), &[command("c")]);
    assert_eq!(stage.board.text, stage.board.primary);
}

#[test]
fn double_click_takes_a_word_and_triple_click_a_line() {
    let (mut stage, content) = (Stage::new(600.0, 400.0), content(TEXT));
    stage.feed(view(&content), &click(40.0, FIRST));
    stage.feed(view(&content), &click(40.0, FIRST));
    assert_eq!(stage.board.primary, "Hello");
    stage.feed(view(&content), &click(40.0, FIRST));
    assert_eq!(stage.board.primary, "Hello Grace");
}

#[test]
fn everything_is_copied_even_what_is_folded() {
    let (mut stage, content) = (Stage::new(600.0, 400.0), content(TEXT));
    stage.feed(view(&content), &click(40.0, FIRST));
    stage.feed(view(&content), &[command("a"), command("c")]);
    assert_eq!(stage.board.text, TEXT);
    stage.feed(view(&content), &[key(Named::Escape), command("c")]);
    assert_eq!(stage.board.text, TEXT, "nothing is selected, nothing is written");
}

#[test]
fn shift_and_arrows_select() {
    let (mut stage, content) = (Stage::new(600.0, 400.0), content(TEXT));
    let keys = [shift(Named::ArrowRight), shift(Named::ArrowRight), shift(Named::End), command("c")];
    stage.feed(view(&content), &click(24.0, FIRST));
    stage.feed(view(&content), &keys);
    assert_eq!(stage.board.text, "Hello Grace");
    let more = [shift(Named::ArrowDown), shift(Named::ArrowDown), shift(Named::Home), command("c")];
    stage.feed(view(&content), &more);
    assert_eq!(stage.board.text, "Hello Grace\n\n");
}

#[test]
fn links_show_where_they_lead_and_open() {
    let (mut stage, content) = (Stage::new(600.0, 400.0), content(TEXT));
    let target: Arc<str> = "https://example.org/1".get(..20).unwrap().into();
    let hover = stage.feed(view(&content), &[move_to(100.0, LINK)]);
    assert_eq!(hover, [BodyEvent::Hover(Some(Arc::clone(&target)))]);
    let open = stage.feed(view(&content), &click(100.0, LINK));
    assert_eq!(open, [BodyEvent::Focused, BodyEvent::Open(Arc::clone(&target))]);
    assert_eq!(stage.feed(view(&content), &[move_to(100.0, FIRST)]), [BodyEvent::Hover(None)]);
    // A drag that begins on a link selects.
    let drag = [move_to(100.0, LINK), down(), move_to(150.0, LINK), up()];
    let events = stage.feed(view(&content), &drag);
    assert!(!events.iter().any(|event| matches!(event, BodyEvent::Open(_))), "{events:?}");
    assert!(!stage.board.primary.is_empty());
}

#[test]
fn a_fold_opens_by_click_and_by_keyboard() {
    use crate::ui::a11y::collect::collect;
    use crate::ui::a11y::{Role, semantic_root};
    use crate::ui::widget::focus_scope;
    let (mut stage, content) = (Stage::new(600.0, 400.0), content(TEXT));
    let window = iced::window::Id::unique();
    let view = || semantic_root(window, "W", focus_scope(view(&content)));
    let text = |stage: &mut Stage| {
        let nodes = stage.operate(view(), collect()).unwrap().pop().unwrap();
        let document = nodes.nodes.into_iter().find(|n| n.description.role == Role::Document);
        document.unwrap().description.text.unwrap().text
    };
    stage.feed(view(), &[]);
    assert!(!text(&mut stage).contains("three"));
    stage.feed(view(), &[key(Named::Tab), key(Named::Tab), key(Named::Tab), key(Named::Enter)]);
    assert!(text(&mut stage).contains("three"));
    stage.feed(view(), &[key(Named::Space)]);
    assert!(!text(&mut stage).contains("three"));
    stage.feed(view(), &[press(Key::Named(Named::Tab), Modifiers::SHIFT)]);
    let open = stage.feed(view(), &[key(Named::Enter)]);
    assert!(matches!(open.as_slice(), [BodyEvent::Open(_)]), "the stop before it is the link");
}

#[test]
fn right_click_asks_for_a_menu_with_what_is_there() {
    let (mut stage, content) = (Stage::new(600.0, 400.0), content(TEXT));
    stage.feed(view(&content), &click(40.0, FIRST));
    stage.feed(view(&content), &click(40.0, FIRST));
    let right = Event::Mouse(iced::mouse::Event::ButtonPressed(iced::mouse::Button::Right));
    let events = stage.feed(view(&content), &[move_to(100.0, LINK), right]);
    let menu = events.into_iter().find(|event| matches!(event, BodyEvent::Menu { .. }));
    let Some(BodyEvent::Menu { at, link, selection }) = menu else { panic!("no menu") };
    assert_eq!(at, Point::new(100.0, LINK));
    assert_eq!(selection.as_deref(), Some("Hello"));
    assert!(link.is_some());
}
