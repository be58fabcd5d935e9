//! The message list, driven by events.

use super::*;
use crate::ui::widget::stage::{Stage, click, down, key, move_to, press, up};
use iced::keyboard::{Key, Modifiers, key::Named};
use iced::{Event, mouse};

const KEY: NodeKey = NodeKey::named("list");

/// What the application knows.
#[derive(Clone)]
struct Mail {
    ids: Vec<u64>,
    focused: Option<usize>,
    selected: Vec<u64>,
    version: u64,
    content: u64,
}

impl Mail {
    fn new(count: u64) -> Self {
        Self { ids: (0..count).collect(), focused: None, selected: Vec::new(), version: 0, content: 0 }
    }

    fn view(&self) -> Element<'_, ListEvent> {
        let row = |index: usize| {
            let id = *self.ids.get(index)?;
            (id % 10 != 9).then(|| Row {
                id,
                from: "Ada".into(),
                subject: format!("Subject {id}").into(),
                selected: self.selected.contains(&id),
                ..Row::default()
            })
        };
        VirtualList::new(KEY, "Messages", self.ids.len(), row, |event| event)
            .focused(self.focused)
            .content(self.content)
            .version(self.version, |id| self.ids.iter().position(|other| *other == id))
            .into()
    }
}

fn wheel(pixels: f32) -> Event {
    Event::Mouse(mouse::Event::WheelScrolled { delta: mouse::ScrollDelta::Pixels { x: 0.0, y: -pixels } })
}

fn select(index: usize, how: Select) -> ListEvent {
    let id = (index % 10 != 9).then_some(index as u64);
    ListEvent::Select { index, id, how }
}

#[test]
fn it_asks_for_the_rows_in_view_once() {
    let (mut stage, mail) = (Stage::new(400.0, 520.0), Mail::new(1_000_000));
    assert_eq!(stage.feed(mail.view(), &[]), [ListEvent::Visible(0..10)]);
    assert_eq!(stage.feed(mail.view(), &[]), []);
    let events = stage.feed(mail.view(), &[move_to(50.0, 50.0), wheel(26.0)]);
    assert_eq!(events, [ListEvent::Visible(0..11)]);
    assert_eq!(stage.feed(mail.view(), &[wheel(1e9)]), [ListEvent::Visible(999_990..1_000_000)]);
}

#[test]
fn clicks_select_and_double_clicks_open() {
    let (mut stage, mail) = (Stage::new(400.0, 520.0), Mail::new(100));
    stage.feed(mail.view(), &[]);
    let events = stage.feed(mail.view(), &click(50.0, 52.0 * 3.5));
    assert_eq!(events, [ListEvent::Focused, select(3, Select::Only)]);
    let events = stage.feed(mail.view(), &click(50.0, 52.0 * 3.5));
    assert_eq!(events, [ListEvent::Activate { index: 3, id: Some(3) }]);
    let shift = Event::Keyboard(iced::keyboard::Event::ModifiersChanged(Modifiers::SHIFT));
    stage.feed(mail.view(), &[shift]);
    assert_eq!(stage.feed(mail.view(), &click(50.0, 52.0 * 7.5)), [select(7, Select::Range)]);
    let placeholder = stage.feed(mail.view(), &click(50.0, 52.0 * 9.5));
    assert_eq!(placeholder, [ListEvent::Select { index: 9, id: None, how: Select::Range }]);
}

#[test]
fn a_press_on_a_selected_row_keeps_the_selection_until_it_is_let_go() {
    let (mut stage, mut mail) = (Stage::new(400.0, 520.0), Mail::new(100));
    mail.selected = vec![2, 3, 4];
    stage.feed(mail.view(), &[]);
    let at = move_to(50.0, 52.0 * 3.5);
    assert_eq!(stage.feed(mail.view(), &[at, down()]), [ListEvent::Focused]);
    let drag = stage.feed(mail.view(), &[move_to(60.0, 200.0), move_to(300.0, 400.0), up()]);
    let began = |copies| ListEvent::DragStart { index: 3, id: Some(3), at: Point::new(60.0, 200.0), copies };
    assert_eq!(drag, [began(false), ListEvent::DragEnd]);
    assert_eq!(stage.feed(mail.view(), &click(50.0, 52.0 * 3.5)), [select(3, Select::Only)]);
    // With Ctrl held down from the start it is a copy of the selection; without a drag the row leaves it.
    let ctrl = Event::Keyboard(iced::keyboard::Event::ModifiersChanged(Modifiers::CTRL));
    let at = move_to(50.0, 52.0 * 3.5);
    let events = stage.feed(mail.view(), &[ctrl, at.clone(), down(), move_to(60.0, 200.0), up()]);
    assert_eq!(events, [began(true), ListEvent::DragEnd]);
    assert_eq!(stage.feed(mail.view(), &[at, down(), up()]), [select(3, Select::Toggle)]);
}

#[test]
fn escape_ends_a_drag() {
    let (mut stage, mail) = (Stage::new(400.0, 520.0), Mail::new(100));
    let start = [move_to(50.0, 60.0), down(), move_to(50.0, 160.0)];
    stage.feed(mail.view(), &start);
    let events = stage.feed(mail.view(), &[key(Named::Escape), move_to(50.0, 180.0), up()]);
    assert_eq!(events, [ListEvent::DragCancel]);
}

#[test]
fn fast_keys_lose_no_step() {
    let (mut stage, mut mail) = (Stage::new(400.0, 520.0), Mail::new(100));
    mail.focused = Some(3);
    stage.feed(mail.view(), &click(50.0, 52.0 * 3.5));
    let shift = press(Key::Named(Named::ArrowDown), Modifiers::SHIFT);
    let events = stage.feed(mail.view(), &[key(Named::ArrowDown), key(Named::ArrowDown), shift]);
    assert_eq!(events, [select(4, Select::Only), select(5, Select::Only), select(6, Select::Range)]);
    let all = press(Key::Character("a".into()), Modifiers::COMMAND);
    assert_eq!(stage.feed(mail.view(), &[all]), [ListEvent::SelectAll]);
    let events = stage.feed(mail.view(), &[key(Named::End)]);
    assert_eq!(events, [select(99, Select::Only), ListEvent::Visible(90..100)]);
}

#[test]
fn new_mail_above_moves_nothing_that_is_in_view() {
    let (mut stage, mut mail) = (Stage::new(400.0, 520.0), Mail::new(1_000));
    stage.feed(mail.view(), &[move_to(50.0, 50.0), wheel(52.0 * 100.0)]);
    mail.ids.splice(0..0, 5_000..5_007);
    mail.version += 1;
    assert_eq!(stage.feed(mail.view(), &[]), [ListEvent::Visible(107..117)]);
    // The row at the top of the view went away: the next one keeps its place.
    mail.ids.remove(107);
    mail.version += 1;
    assert_eq!(stage.feed(mail.view(), &[]), [ListEvent::Visible(106..116)]);
}

#[test]
fn at_the_top_new_mail_shows() {
    let (mut stage, mut mail) = (Stage::new(400.0, 520.0), Mail::new(1_000));
    stage.feed(mail.view(), &[]);
    mail.ids.insert(0, 5_000);
    mail.version += 1;
    assert_eq!(stage.feed(mail.view(), &[]), [ListEvent::Visible(0..10)]);
}

#[test]
fn another_mailbox_starts_at_the_top() {
    let (mut stage, mut mail) = (Stage::new(400.0, 520.0), Mail::new(1_000));
    stage.feed(mail.view(), &[move_to(50.0, 50.0), wheel(5_000.0)]);
    mail.content = 7;
    assert_eq!(stage.feed(mail.view(), &[]), [ListEvent::Visible(0..10)]);
}

#[test]
fn the_star_flags_without_selecting() {
    let (mut stage, mail) = (Stage::new(400.0, 520.0), Mail::new(100));
    stage.feed(mail.view(), &[]);
    let row = iced::Rectangle { x: 0.0, y: 104.0, width: 400.0, height: 52.0 };
    let star = draw::star(row, Density::Cozy).center();
    let events = stage.feed(mail.view(), &click(star.x, star.y));
    assert_eq!(events, [ListEvent::Focused, ListEvent::ToggleFlag { index: 2, id: 2 }]);
}

#[test]
fn an_empty_list_is_quiet() {
    let (mut stage, mail) = (Stage::new(400.0, 520.0), Mail::new(0));
    assert_eq!(stage.feed(mail.view(), &[]), [ListEvent::Visible(0..0)]);
    let events = stage.feed(mail.view(), &click(50.0, 50.0));
    assert_eq!(events, [ListEvent::Focused]);
    assert_eq!(stage.feed(mail.view(), &[key(Named::ArrowDown), key(Named::Enter)]), []);
}
