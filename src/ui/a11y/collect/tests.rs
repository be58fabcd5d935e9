//! The collector walks real widgets.

use super::*;
use crate::ui::a11y::{semantic, semantic_root};
use crate::ui::icon::Icon;
use crate::ui::theme::Element;
use crate::ui::widget::stage::{Stage, click, key};
use crate::ui::widget::{
    FolderTree, ListEvent, Row, TreeEvent, TreeRow, VirtualList, button, focus_scope, icon_button,
};
use iced::keyboard::key::Named;
use iced::widget::{column, scrollable, text, text_input};

#[derive(Clone, Debug, PartialEq)]
enum Message {
    Reply,
    Search(String),
    List(ListEvent),
    Tree(TreeEvent),
}

const REPLY: NodeKey = NodeKey::named("reply");
const SEARCH: NodeKey = NodeKey::named("search");
const LIST: NodeKey = NodeKey::named("list");
const FOLDERS: NodeKey = NodeKey::named("folders");

fn view(window: window::Id) -> Element<'static, Message> {
    let row = |index: usize| Some(Row { id: index as u64 + 100, subject: "Hi".into(), ..Row::default() });
    let list = VirtualList::new(LIST, "Messages", 1_000, row, Message::List)
        .focused(Some(500))
        .speak(|row| format!("row {}", row.id));
    let folders = vec![
        TreeRow { selected: true, ..TreeRow::new(1, Icon::Inbox, "Inbox") },
        TreeRow::new(2, Icon::Sent, "Sent"),
    ];
    let tools = column![
        icon_button(REPLY, Icon::Reply, "Reply").on_press(Message::Reply),
        button(NodeKey::named("off"), "Off"),
        semantic(SEARCH, Role::SearchInput, "Search")
            .value("old")
            .on_set_value(Message::Search)
            .wrap(text_input("Search", "old").on_input(Message::Search)),
        text("Loose text"),
    ];
    let content = column![
        semantic(NodeKey::named("bar"), Role::Toolbar, "Main").wrap(tools),
        scrollable(column![
            iced::widget::space::vertical().height(500),
            button(NodeKey::named("deep"), "Deep").on_press(Message::Reply),
        ])
        .id("scroll")
        .height(100),
        iced::widget::container(FolderTree::new(FOLDERS, "Folders", folders, Message::Tree)).height(100),
        list,
    ];
    semantic_root(window, "Postrider", focus_scope(content))
}

fn nodes(stage: &mut Stage, window: window::Id) -> WindowNodes {
    let mut windows = stage.operate(view(window), collect()).unwrap();
    assert_eq!(windows.len(), 1);
    windows.pop().unwrap()
}

fn find(nodes: &WindowNodes, key: NodeKey) -> &Placed {
    nodes.nodes.iter().find(|node| node.description.key == key).unwrap()
}

#[test]
fn the_whole_window_is_described() {
    let (mut stage, window) = (Stage::new(400.0, 900.0), window::Id::unique());
    stage.feed(view(window), &[]);
    let all = nodes(&mut stage, window);
    assert_eq!(all.window, window);
    let root = all.nodes.first().unwrap();
    assert_eq!((root.description.role, root.parent), (Role::Window, None));
    assert!(all.nodes.iter().skip(1).enumerate().all(|(i, node)| node.parent.is_some_and(|p| p <= i)));

    let reply = find(&all, REPLY);
    assert_eq!(reply.description.label, "Reply");
    assert_eq!(all.nodes[reply.parent.unwrap()].description.role, Role::Toolbar);
    assert!(reply.description.actions.contains(&Action::Click));
    assert!(reply.description.actions.contains(&Action::Focus));
    assert!(find(&all, NodeKey::named("off")).description.disabled);
    assert!(find(&all, SEARCH).description.actions.contains(&Action::Focus));

    let list = find(&all, LIST);
    let rows: Vec<&Placed> =
        all.nodes.iter().filter(|node| node.description.role == Role::ListBoxOption).collect();
    assert_eq!(list.description.set_size, Some(1_000));
    assert!(rows.len() > 3 && rows.len() < 30, "only rows in view: {}", rows.len());
    assert!(rows.iter().all(|row| all.nodes[row.parent.unwrap()].description.key == LIST));
    let focused = find(&all, LIST.item(600));
    assert_eq!(focused.description.position, Some(500), "the focused row is there though it is out of view");
    assert_eq!(find(&all, FOLDERS.item(1)).description.label, "Inbox");
}

#[test]
fn places_follow_what_is_scrolled() {
    use iced::advanced::widget::operation::scrollable;
    let (mut stage, window) = (Stage::new(400.0, 900.0), window::Id::unique());
    let before = find(&nodes(&mut stage, window), NodeKey::named("deep")).bounds;
    let offset = scrollable::AbsoluteOffset { x: None, y: Some(200.0) };
    stage.operate::<_, ()>(view(window), scrollable::scroll_to("scroll".into(), offset));
    let after = find(&nodes(&mut stage, window), NodeKey::named("deep")).bounds;
    assert!((before.y - after.y - 200.0).abs() < 0.5, "{before:?} {after:?}");
}

#[test]
fn loose_text_outside_of_a_named_thing_is_a_label() {
    let (mut stage, window) = (Stage::new(400.0, 300.0), window::Id::unique());
    let view = |_| -> Element<'static, Message> {
        let named = semantic(NodeKey::named("status"), Role::Status, "").wrap(text("All is well"));
        semantic_root(window, "W", column![text("Nothing here"), named])
    };
    let all = stage.operate(view(()), collect()).unwrap().pop().unwrap();
    let label = all.nodes.iter().find(|node| node.description.role == Role::Label).unwrap();
    assert_eq!(label.description.label, "Nothing here");
    assert_eq!(find(&all, NodeKey::named("status")).description.label, "All is well");
    assert_eq!(all.nodes.len(), 3);
}

#[test]
fn tab_walks_through_fields_and_our_widgets_alike() {
    let (mut stage, window) = (Stage::new(400.0, 900.0), window::Id::unique());
    let mut order = Vec::new();
    for _ in 0..7 {
        stage.feed(view(window), &[key(Named::Tab)]);
        order.push(nodes(&mut stage, window).focus.unwrap());
    }
    let deep = NodeKey::named("deep");
    assert_eq!(order, [REPLY, SEARCH, deep, FOLDERS.item(1), LIST.item(600), REPLY, SEARCH]);
}

#[test]
fn a_click_elsewhere_moves_the_focus_and_only_one_has_it() {
    let (mut stage, window) = (Stage::new(400.0, 900.0), window::Id::unique());
    let tree = find(&nodes(&mut stage, window), FOLDERS).bounds;
    stage.feed(view(window), &click(tree.x + 100.0, tree.y + 50.0));
    assert_eq!(nodes(&mut stage, window).focus, Some(FOLDERS.item(2)));
    let list = find(&nodes(&mut stage, window), LIST).bounds;
    stage.feed(view(window), &click(list.x + 100.0, list.y + 50.0));
    assert_eq!(nodes(&mut stage, window).focus, Some(LIST.item(600)));
    let reply = find(&nodes(&mut stage, window), REPLY).bounds;
    let messages = stage.feed(view(window), &click(reply.center_x(), reply.center_y()));
    assert!(messages.contains(&Message::Reply));
    assert_eq!(nodes(&mut stage, window).focus, Some(LIST.item(600)), "a button takes no focus");
}

#[test]
fn wishes_become_the_same_messages_as_clicks() {
    let (mut stage, window) = (Stage::new(400.0, 900.0), window::Id::unique());
    stage.feed(view(window), &[]);
    let mut wish = |wish: Wish| {
        let found = stage.operate(view(window), perform(window, wish)).unwrap();
        (found, stage.feed(view(window), &[]))
    };
    let (found, messages) = wish(Wish::new(REPLY, Action::Click));
    assert!(found);
    assert!(messages.contains(&Message::Reply));
    let value = Wish { value: Some("new".into()), ..Wish::new(SEARCH, Action::SetValue) };
    assert!(wish(value).1.contains(&Message::Search("new".into())));
    let (found, messages) = wish(Wish::new(LIST.item(103), Action::Click));
    assert!(found);
    let selects = |m: &Message| matches!(m, Message::List(ListEvent::Select { index: 3, id: Some(103), .. }));
    assert!(messages.iter().any(selects), "{messages:?}");
    assert!(wish(Wish::new(FOLDERS.item(2), Action::Click)).1.contains(&Message::Tree(TreeEvent::Select(2))));
    assert!(!wish(Wish::new(NodeKey::named("nobody"), Action::Click)).0);
    assert!(!wish(Wish::new(NodeKey::named("off"), Action::Click)).1.contains(&Message::Reply));
}

#[test]
fn a_wish_for_the_focus_moves_it() {
    let (mut stage, window) = (Stage::new(400.0, 900.0), window::Id::unique());
    stage.feed(view(window), &[]);
    for target in [SEARCH, REPLY, LIST, SEARCH] {
        stage.operate(view(window), perform(window, Wish::new(target, Action::Focus)));
        stage.feed(view(window), &[]);
        let focus = nodes(&mut stage, window).focus.unwrap();
        assert_eq!(focus, if target == LIST { LIST.item(600) } else { target });
    }
    let other = window::Id::unique();
    assert!(!stage.operate(view(window), perform(other, Wish::new(REPLY, Action::Focus))).unwrap());
    assert_eq!(nodes(&mut stage, window).focus, Some(SEARCH), "another window's wish changes nothing here");
}

#[test]
fn what_lies_behind_a_dialog_is_not_there_for_a_reader() {
    let (mut stage, window) = (Stage::new(400.0, 300.0), window::Id::unique());
    let (yes, note) = (NodeKey::named("yes"), NodeKey::named("note"));
    let view = |open: bool| -> Element<'static, Message> {
        let behind = column![
            semantic(NodeKey::named("bar"), Role::Toolbar, "Main")
                .wrap(button(REPLY, "Reply").on_press(Message::Reply)),
            text("Behind"),
        ];
        let mut layers = iced::widget::stack![behind];
        if open {
            let inside = column![text("Sure?"), button(yes, "Yes").on_press(Message::Reply)];
            let dialog = semantic(NodeKey::named("ask"), Role::Dialog, "Ask").modal();
            layers = layers.push(crate::ui::widget::focus_trap(dialog.wrap(inside), Message::Reply));
        }
        let above = semantic(note, Role::Status, "Done").wrap(text("Done"));
        semantic_root(window, "W", focus_scope(layers.push(above)))
    };
    stage.feed(view(false), &[key(Named::Tab)]);
    let all = stage.operate(view(false), collect()).unwrap().pop().unwrap();
    assert_eq!(all.focus, Some(REPLY));
    stage.feed(view(true), &[]);
    let all = stage.operate(view(true), collect()).unwrap().pop().unwrap();
    let names: Vec<&str> = all.nodes.iter().map(|node| node.description.label.as_str()).collect();
    assert_eq!(names, ["W", "Ask", "Sure?", "Yes", "Done"]);
    let parents: Vec<Option<usize>> = all.nodes.iter().map(|node| node.parent).collect();
    assert_eq!(parents, [None, Some(0), Some(1), Some(1), Some(0)]);
    assert_eq!(all.focus, Some(yes));
    // Closed again: all is back.
    let all = stage.operate(view(false), collect()).unwrap().pop().unwrap();
    assert!(all.nodes.iter().any(|node| node.description.key == REPLY));
}
