//! Walks over all windows: gathers the nodes with their real places, and carries wishes of a reader to the
//! widget that they are for.

use super::node::{Ask, Description, NodeKey, Wish};
use accesskit::{Action, Role};
use iced::advanced::widget::operation::{Focusable, Outcome, Scrollable, TextInput};
use iced::advanced::widget::{Id, Operation};
use iced::{Rectangle, Vector, window};
use std::any::Any;

/// Loose texts that become labels, at most, so that no screen full of text floods the tree.
const MOST_LABELS: usize = 2_000;
/// Parts of a node with numbers from here on are labels made of its loose texts.
const LABELS: u64 = 1 << 40;

/// One node as it stands in a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// What it says of itself.
    pub description: Description,
    /// Where it is, in pixels of the window.
    pub bounds: Rectangle,
    /// The node around it, as an index; only the root has none.
    pub parent: Option<usize>,
}

/// The nodes of one window, outer ones before inner ones, in reading order.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowNodes {
    /// The window.
    pub window: window::Id,
    /// Its nodes; the first one is the window itself.
    pub nodes: Vec<Placed>,
    /// The node that has the keyboard.
    pub focus: Option<NodeKey>,
}

/// Gathers the nodes of all windows.
pub fn collect() -> impl Operation<Vec<WindowNodes>> {
    Collect::default()
}

#[derive(Default)]
struct Collect {
    windows: Vec<WindowNodes>,
    /// The node around what comes next, in the last window.
    parent: Option<usize>,
    /// The node whose inside comes with the next `traverse`.
    entering: Option<usize>,
    /// How far enclosing scrollables have moved what comes next.
    moved: Vector,
    moving: Vector,
    labels: usize,
    /// What has the focus: index of the node, in the last window.
    focused: Vec<usize>,
}

/// Whether a node is named by the text that it shows, so that the text is no node of its own.
fn takes_text(role: Role) -> bool {
    !matches!(
        role,
        Role::Window
            | Role::Group
            | Role::GenericContainer
            | Role::Pane
            | Role::Dialog
            | Role::AlertDialog
            | Role::Form
            | Role::Region
            | Role::Main
            | Role::Article
            | Role::List
            | Role::Menu
            | Role::TabPanel
            | Role::ScrollView
            | Role::Banner
            | Role::Section
    )
}

impl Collect {
    fn push(&mut self, description: Description, bounds: Rectangle) -> Option<usize> {
        let place = bounds - self.moved;
        let window = self.windows.last_mut()?;
        let parent = self.parent.or_else(|| (!window.nodes.is_empty()).then_some(0));
        window.nodes.push(Placed { description, bounds: place, parent });
        Some(window.nodes.len() - 1)
    }

    fn node(&mut self, index: usize) -> Option<&mut Description> {
        Some(&mut self.windows.last_mut()?.nodes.get_mut(index)?.description)
    }

    /// The window is complete: chooses the one node that has the focus.
    fn close_window(&mut self) {
        let focused = std::mem::take(&mut self.focused);
        let Some(window) = self.windows.last_mut() else { return };
        let modal = window.nodes.iter().rposition(|node| node.description.modal);
        let inside = |index: usize| match modal {
            None => true,
            Some(modal) => {
                let mut at = Some(index);
                while let Some(i) = at {
                    if i == modal {
                        return true;
                    }
                    at = window.nodes.get(i).and_then(|node| node.parent);
                }
                false
            }
        };
        let chosen = focused.into_iter().rfind(|index| inside(*index)).or(modal);
        window.focus = chosen.and_then(|index| window.nodes.get(index)).map(|node| {
            let description = &node.description;
            description.active.unwrap_or(description.key)
        });
        leave_out_what_is_behind(&mut window.nodes);
    }

    fn answer(&mut self, ask: &mut Ask, bounds: Rectangle) {
        if let Some(window) = ask.window {
            self.close_window();
            *self = Self { windows: std::mem::take(&mut self.windows), ..Self::default() };
            self.windows.push(WindowNodes { window, nodes: Vec::new(), focus: None });
            return;
        }
        let Some(node) = ask.node.take() else {
            ask.wants_nodes = !self.windows.is_empty();
            return;
        };
        self.entering = self.push(node, bounds);
        let outer = std::mem::replace(&mut self.parent, self.entering);
        let mut places: Vec<Option<usize>> = Vec::with_capacity(ask.members.len());
        for member in std::mem::take(&mut ask.members) {
            let around = member.parent.and_then(|parent| places.get(parent).copied().flatten());
            self.parent = around.or(self.entering);
            places.push(self.push(member.description, member.bounds));
        }
        self.parent = outer;
    }
}

/// Leaves out what lies behind an open dialog: neither pointer nor keys get there, so a reader must not either. What
/// comes after it lies above it, such as notes.
fn leave_out_what_is_behind(nodes: &mut Vec<Placed>) {
    let Some(modal) = nodes.iter().rposition(|node| node.description.modal) else { return };
    let mut around = Vec::new();
    let mut at = nodes.get(modal).and_then(|node| node.parent);
    while let Some(index) = at {
        around.push(index);
        at = nodes.get(index).and_then(|node| node.parent);
    }
    let mut places: Vec<Option<usize>> = Vec::with_capacity(nodes.len());
    let mut kept = Vec::with_capacity(nodes.len());
    for (index, mut node) in std::mem::take(nodes).into_iter().enumerate() {
        let parent = node.parent.map(|parent| places.get(parent).copied().flatten());
        // The window itself has no parent; whose parent is left out is left out.
        let stays = (index >= modal || around.contains(&index)) && parent != Some(None);
        places.push(stays.then_some(kept.len()));
        if stays {
            node.parent = parent.flatten();
            kept.push(node);
        }
    }
    *nodes = kept;
}

impl Operation<Vec<WindowNodes>> for Collect {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<Vec<WindowNodes>>)) {
        let (parent, moved) = (self.parent, self.moved);
        if let Some(node) = self.entering.take() {
            self.parent = Some(node);
        }
        self.moved += std::mem::replace(&mut self.moving, Vector::ZERO);
        operate(self);
        (self.parent, self.moved) = (parent, moved);
        self.entering = None;
        self.moving = Vector::ZERO;
    }

    fn scrollable(
        &mut self,
        _: Option<&Id>,
        _: Rectangle,
        _: Rectangle,
        translation: Vector,
        _: &mut dyn Scrollable,
    ) {
        self.moving = translation;
    }

    fn focusable(&mut self, _: Option<&Id>, _: Rectangle, state: &mut dyn Focusable) {
        let Some(parent) = self.parent else { return };
        if state.is_focused() {
            self.focused.push(parent);
        }
        if let Some(node) = self.node(parent)
            && takes_text(node.role)
            && !node.actions.contains(&Action::Focus)
        {
            node.actions.push(Action::Focus);
        }
    }

    fn text(&mut self, _: Option<&Id>, bounds: Rectangle, text: &str) {
        let Some(parent) = self.parent else { return };
        let ordinal = self.labels;
        let Some(node) = self.node(parent) else { return };
        if takes_text(node.role) {
            if node.label.is_empty() {
                text.clone_into(&mut node.label);
            }
            return;
        }
        if ordinal >= MOST_LABELS || text.trim().is_empty() {
            return;
        }
        let key = node.key.part(LABELS + u64::try_from(ordinal).unwrap_or(u64::MAX));
        self.labels += 1;
        self.push(Description::new(key, Role::Label, text), bounds);
    }

    fn custom(&mut self, _: Option<&Id>, bounds: Rectangle, state: &mut dyn Any) {
        if let Some(ask) = state.downcast_mut::<Ask>() {
            self.answer(ask, bounds);
        }
    }

    fn finish(&self) -> Outcome<Vec<WindowNodes>> {
        let mut done =
            Self { windows: self.windows.clone(), focused: self.focused.clone(), ..Self::default() };
        done.close_window();
        Outcome::Some(done.windows)
    }
}

/// Carries a wish to the widget that it is for. The outcome tells whether there was one.
pub fn perform(window: window::Id, wish: Wish) -> impl Operation<bool> {
    Perform { window, wish, here: false, inside: false, entering: false, found: false, at: 0, target: None }
}

struct Perform {
    window: window::Id,
    wish: Wish,
    /// The walk is in the right window.
    here: bool,
    /// The walk is inside of the right node.
    inside: bool,
    entering: bool,
    found: bool,
    /// Number of the next thing that can be focused, over all windows.
    at: usize,
    /// Number of the thing that got the focus.
    target: Option<usize>,
}

impl Operation<bool> for Perform {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<bool>)) {
        let inside = self.inside;
        self.inside |= std::mem::take(&mut self.entering);
        operate(self);
        self.inside = inside;
        self.entering = false;
    }

    fn focusable(&mut self, _: Option<&Id>, _: Rectangle, state: &mut dyn Focusable) {
        if self.inside && self.wish.action == Action::Focus && self.target.is_none() {
            state.focus();
            self.target = Some(self.at);
        }
        self.at += 1;
    }

    fn custom(&mut self, _: Option<&Id>, _: Rectangle, state: &mut dyn Any) {
        let Some(ask) = state.downcast_mut::<Ask>() else { return };
        if let Some(window) = ask.window {
            self.here = window == self.window;
        } else if std::mem::take(&mut ask.taken) {
            self.found = true;
            self.entering = true;
        } else if self.here && !self.found {
            ask.wish = Some(self.wish.clone());
        }
    }

    fn finish(&self) -> Outcome<bool> {
        match self.target {
            Some(target) => {
                Outcome::Chain(Box::new(TakeFocus { window: self.window, here: false, target, at: 0 }))
            }
            None => Outcome::Some(self.found),
        }
    }
}

/// Takes the focus from everything in a window but one.
struct TakeFocus {
    window: window::Id,
    here: bool,
    target: usize,
    at: usize,
}

impl Operation<bool> for TakeFocus {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<bool>)) {
        operate(self);
    }

    fn focusable(&mut self, _: Option<&Id>, _: Rectangle, state: &mut dyn Focusable) {
        if self.here && self.at != self.target {
            state.unfocus();
        }
        self.at += 1;
    }

    fn text_input(&mut self, _: Option<&Id>, _: Rectangle, _: &mut dyn TextInput) {}

    fn custom(&mut self, _: Option<&Id>, _: Rectangle, state: &mut dyn Any) {
        if let Some(window) = state.downcast_mut::<Ask>().and_then(|ask| ask.window) {
            self.here = window == self.window;
        }
    }

    fn finish(&self) -> Outcome<bool> {
        Outcome::Some(true)
    }
}

#[cfg(test)]
mod tests;
