//! From nodes to the tree that is sent.

use super::*;
use accesskit::Live;
use iced::window;

const LIST: NodeKey = NodeKey::named("list");

fn placed(description: Description, parent: Option<usize>) -> Placed {
    Placed { description, bounds: Rectangle { x: 1.0, y: 2.0, width: 30.0, height: 40.0 }, parent }
}

fn describe(name: &str, role: Role) -> Description {
    Description::new(NodeKey::named(name), role, name)
}

fn window_of(nodes: Vec<Placed>, focus: Option<NodeKey>) -> WindowNodes {
    let mut all = vec![placed(Description::new(NodeKey::ROOT, Role::Window, "Postrider"), None)];
    all.extend(nodes);
    WindowNodes { window: window::Id::unique(), nodes: all, focus }
}

fn find(update: &TreeUpdate, key: NodeKey) -> &Node {
    &update.nodes.iter().find(|(id, _)| id.0 == key.raw()).unwrap().1
}

/// What AccessKit itself demands; its consumer panics on less.
fn assert_sound(update: &TreeUpdate) {
    let ids: Vec<u64> = update.nodes.iter().map(|(id, _)| id.0).collect();
    let distinct: HashSet<u64> = ids.iter().copied().collect();
    assert_eq!(ids.len(), distinct.len(), "an id twice");
    assert!(distinct.contains(&update.focus.0));
    let mut parents: HashSet<u64> = HashSet::new();
    for (_, node) in &update.nodes {
        for child in node.children() {
            assert!(distinct.contains(&child.0), "a child without a node");
            assert!(parents.insert(child.0), "a node with two parents");
        }
    }
    assert_eq!(parents.len(), ids.len() - 1, "all but the root have a parent");
}

#[test]
fn rows_say_where_they_are_in_the_set() {
    let mut list = Description::new(LIST, Role::ListBox, "Messages");
    list.set_size = Some(1_000_000);
    let mut row = Description::new(LIST.item(7), Role::ListBoxOption, "Unread, Ada, Numbers");
    (row.position, row.set_size, row.selected) = (Some(999_999), Some(1_000_000), Some(true));
    row.actions = vec![Action::Click];
    let window = window_of(vec![placed(list, Some(0)), placed(row, Some(1))], Some(LIST.item(7)));
    let update = update(&window, 2.0);
    assert_sound(&update);
    let node = find(&update, LIST.item(7));
    assert_eq!(node.label(), Some("Unread, Ada, Numbers"));
    assert_eq!((node.position_in_set(), node.size_of_set()), (Some(999_999), Some(1_000_000)));
    assert_eq!(node.is_selected(), Some(true));
    assert!(node.supports_action(Action::Click));
    assert_eq!(node.bounds(), Some(Rect { x0: 1.0, y0: 2.0, x1: 31.0, y1: 42.0 }));
    assert_eq!(update.focus.0, LIST.item(7).raw());
    assert_eq!(find(&update, LIST).size_of_set(), Some(1_000_000));
    assert!(find(&update, NodeKey::ROOT).transform().is_some());
}

#[test]
fn a_focus_that_is_not_there_falls_back_to_the_window() {
    let update = update(&window_of(Vec::new(), Some(LIST)), 1.0);
    assert_sound(&update);
    assert_eq!(update.focus.0, NodeKey::ROOT.raw());
    let empty = WindowNodes { window: window::Id::unique(), nodes: Vec::new(), focus: None };
    assert_sound(&super::update(&empty, 1.0));
}

#[test]
fn states_and_texts_come_through() {
    let mut check = describe("offline", Role::CheckBox);
    (check.toggled, check.disabled, check.description) = (Some(true), true, Some("3 waiting".into()));
    let mut status = describe("status", Role::Status);
    (status.live, status.busy) = (Some(Live::Polite), true);
    let mut item = describe("folder", Role::TreeItem);
    (item.level, item.expanded) = (Some(2), Some(false));
    let label = describe("hint", Role::Label);
    let nodes = [check, status, item, label].into_iter().map(|d| placed(d, Some(0))).collect();
    let update = update(&window_of(nodes, None), 1.0);
    assert_sound(&update);
    let check = find(&update, NodeKey::named("offline"));
    assert_eq!(check.toggled(), Some(Toggled::True));
    assert!(check.is_disabled());
    assert_eq!(check.description(), Some("3 waiting"));
    let status = find(&update, NodeKey::named("status"));
    assert_eq!(status.live(), Some(Live::Polite));
    assert!(status.is_busy());
    let item = find(&update, NodeKey::named("folder"));
    assert_eq!((item.level(), item.is_expanded()), (Some(2), Some(false)));
    assert_eq!(find(&update, NodeKey::named("hint")).value(), Some("hint"));
}

#[test]
fn a_key_used_twice_breaks_nothing() {
    let twice =
        vec![placed(describe("x", Role::Button), Some(0)), placed(describe("x", Role::Button), Some(0))];
    let update = update(&window_of(twice, None), 1.0);
    assert_sound(&update);
    assert_eq!(update.nodes.len(), 3);
}

#[test]
fn fields_have_text_to_write_into_and_passwords_stay_secret() {
    let mut field = describe("user", Role::TextInput);
    field.value = Some("ada".into());
    let empty = describe("search", Role::SearchInput);
    let mut password = describe("password", Role::PasswordInput);
    password.value = Some("hunter2".into());
    let nodes = [field, empty, password].into_iter().map(|d| placed(d, Some(0))).collect();
    let update = update(&window_of(nodes, None), 1.0);
    assert_sound(&update);
    for name in ["user", "search", "password"] {
        assert_eq!(find(&update, NodeKey::named(name)).children().len(), 1, "{name}");
    }
    assert_eq!(find(&update, NodeKey::named("user")).value(), Some("ada"));
    assert!(!format!("{update:?}").contains("hunter2"));
    assert!(find(&update, NodeKey::named("password")).supports_action(Action::SetValue));
}

#[test]
fn text_is_cut_into_lines_and_words() {
    let long = "wörter ".repeat(60);
    for (text, count) in [("", 1), ("one", 1), ("one\ntwo three\n", 3), (long.as_str(), 2)] {
        let runs = runs(text);
        assert_eq!(runs.len(), count, "{text}");
        let again: String = runs.iter().map(|run| run.text).collect();
        assert_eq!(again, text);
        for run in &runs {
            assert_eq!(run.lengths.iter().map(|n| usize::from(*n)).sum::<usize>(), run.text.len());
            assert!(run.words.iter().all(|w| usize::from(*w) < run.lengths.len()));
        }
    }
    assert_eq!(runs("one two").first().unwrap().words, [0, 4]);
    assert!(runs(&long).get(1).unwrap().continues);
}

#[test]
fn positions_go_both_ways() {
    let content = TextContent { text: "größe\nzwei 😀 drei".into(), selection: None };
    let runs = runs(&content.text);
    let key = NodeKey::named("body");
    let ids: Vec<NodeId> = (0..runs.len() as u64).map(|n| NodeId(key.part(RUNS + n).raw())).collect();
    for (byte, _) in content.text.char_indices() {
        let position = position(&runs, &ids, byte).unwrap();
        assert_eq!(byte_of(key, &content, &position), Some(byte));
    }
    let mut document = describe("body", Role::Document);
    document.text = Some(TextContent { selection: Some((10, 0)), ..content });
    let update = update(&window_of(vec![placed(document, Some(0))], None), 1.0);
    assert_sound(&update);
    let selection = find(&update, key).text_selection().unwrap();
    assert_eq!((selection.anchor.character_index, selection.focus.character_index), (0, 2));
}
