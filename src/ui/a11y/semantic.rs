//! Wraps an element and says what it is.
//!
//! Changes nothing of how the element looks or reacts.

use super::node::{self, Description, NodeKey, Numeric, TextContent, Wish};
use accesskit::{Action, Live, Role};
use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer};
use iced::{Element, Event, Length, Rectangle, Size, Vector, window};

/// A description that is about to be wrapped around an element.
pub struct Semantic<'a, Message> {
    description: Description,
    reactions: Vec<(Action, Box<dyn Fn() -> Message + 'a>)>,
    on_set_value: Option<Box<dyn Fn(String) -> Message + 'a>>,
}

/// Starts the description of an element: who it is, what it is, what it is called.
pub fn semantic<'a, Message>(key: NodeKey, role: Role, label: impl Into<String>) -> Semantic<'a, Message> {
    Semantic { description: Description::new(key, role, label), reactions: Vec::new(), on_set_value: None }
}

impl<'a, Message> Semantic<'a, Message> {
    /// Its value as text; of a password field, don't.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.description.value = Some(value.into());
        self
    }

    /// More about it. Counts belong here.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description.description = Some(text.into());
        self
    }

    /// Text shown while it is empty.
    #[must_use]
    pub fn placeholder(mut self, text: impl Into<String>) -> Self {
        self.description.placeholder = Some(text.into());
        self
    }

    /// The keys that do the same.
    #[must_use]
    pub fn shortcut(mut self, keys: impl Into<String>) -> Self {
        self.description.shortcut = Some(keys.into());
        self
    }

    /// Whether it is the chosen one of several.
    #[must_use]
    pub fn selected(mut self, selected: bool) -> Self {
        self.description.selected = Some(selected);
        self
    }

    /// Whether it is switched on.
    #[must_use]
    pub fn toggled(mut self, on: bool) -> Self {
        self.description.toggled = Some(on);
        self
    }

    /// Whether it is open.
    #[must_use]
    pub fn expanded(mut self, open: bool) -> Self {
        self.description.expanded = Some(open);
        self
    }

    /// Whether it can't be used now.
    #[must_use]
    pub fn disabled(mut self, disabled: bool) -> Self {
        self.description.disabled = disabled;
        self
    }

    /// Whether its content can't be edited.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.description.read_only = true;
        self
    }

    /// Whether it waits for data.
    #[must_use]
    pub fn busy(mut self, busy: bool) -> Self {
        self.description.busy = busy;
        self
    }

    /// Whether its content is wrong.
    #[must_use]
    pub fn invalid(mut self, invalid: bool) -> Self {
        self.description.invalid = invalid;
        self
    }

    /// Whether everything else is out of reach while it is open.
    #[must_use]
    pub fn modal(mut self) -> Self {
        self.description.modal = true;
        self
    }

    /// Changes are spoken when the reader has time.
    #[must_use]
    pub fn live(mut self, live: Live) -> Self {
        self.description.live = Some(live);
        self
    }

    /// Place among `size` members, from 0.
    #[must_use]
    pub fn position(mut self, position: usize, size: usize) -> Self {
        self.description.position = Some(position);
        self.description.set_size = Some(size);
        self
    }

    /// Depth in a tree, from 1.
    #[must_use]
    pub fn level(mut self, level: usize) -> Self {
        self.description.level = Some(level);
        self
    }

    /// A value on a scale.
    #[must_use]
    pub fn numeric(mut self, value: f64, min: f64, max: f64) -> Self {
        self.description.numeric = Some(Numeric { value, min, max });
        self
    }

    /// Text that a reader can walk through by character, word and line.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.description.text = Some(TextContent { text: text.into(), selection: None });
        self
    }

    /// What a click does.
    #[must_use]
    pub fn on_click(self, message: Message) -> Self
    where
        Message: Clone + 'a,
    {
        self.on_action(Action::Click, message)
    }

    /// What to do besides focusing the first thing inside that can be focused.
    #[must_use]
    pub fn on_focus(self, message: Message) -> Self
    where
        Message: Clone + 'a,
    {
        self.on_action(Action::Focus, message)
    }

    /// How it comes into view.
    #[must_use]
    pub fn on_scroll_into_view(self, message: Message) -> Self
    where
        Message: Clone + 'a,
    {
        self.on_action(Action::ScrollIntoView, message)
    }

    /// What any action does.
    #[must_use]
    pub fn on_action(mut self, action: Action, message: Message) -> Self
    where
        Message: Clone + 'a,
    {
        self.reactions.push((action, Box::new(move || message.clone())));
        self.description.actions.push(action);
        self
    }

    /// How a text comes in.
    #[must_use]
    pub fn on_set_value(mut self, f: impl Fn(String) -> Message + 'a) -> Self {
        self.on_set_value = Some(Box::new(f));
        self.description.actions.push(Action::SetValue);
        self
    }

    /// Puts the description around an element.
    pub fn wrap<Theme, Renderer>(
        self,
        content: impl Into<Element<'a, Message, Theme, Renderer>>,
    ) -> Element<'a, Message, Theme, Renderer>
    where
        Message: 'a,
        Theme: 'a,
        Renderer: iced::advanced::Renderer + 'a,
    {
        Element::new(Wrapped { semantic: self, content: content.into(), window: None })
    }

    fn message(&self, wish: &Wish) -> Option<Message> {
        if wish.action == Action::SetValue {
            let f = self.on_set_value.as_ref()?;
            return Some(f(wish.value.clone()?));
        }
        self.reactions.iter().find(|(action, _)| *action == wish.action).map(|(_, f)| f())
    }
}

/// Wraps the content of a window, once, at its root; without it the window has no semantic tree. The name of
/// the window is the title that a reader speaks.
pub fn semantic_root<'a, Message, Theme, Renderer>(
    window: window::Id,
    title: impl Into<String>,
    content: impl Into<Element<'a, Message, Theme, Renderer>>,
) -> Element<'a, Message, Theme, Renderer>
where
    Message: 'a,
    Theme: 'a,
    Renderer: iced::advanced::Renderer + 'a,
{
    let semantic = semantic(NodeKey::ROOT, Role::Window, title);
    Element::new(Wrapped { semantic, content: content.into(), window: Some(window) })
}

struct Wrapped<'a, Message, Theme, Renderer> {
    semantic: Semantic<'a, Message>,
    content: Element<'a, Message, Theme, Renderer>,
    window: Option<window::Id>,
}

/// Wishes that wait for the next event.
#[derive(Default)]
struct State {
    wishes: Vec<Wish>,
}

impl<Message, Theme, Renderer> Widget<Message, Theme, Renderer> for Wrapped<'_, Message, Theme, Renderer>
where
    Renderer: iced::advanced::Renderer,
{
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content)]
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.content));
    }

    fn size(&self) -> Size<Length> {
        self.content.as_widget().size()
    }

    fn size_hint(&self) -> Size<Length> {
        self.content.as_widget().size_hint()
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let Some(child) = tree.children.first_mut() else { return layout::Node::new(Size::ZERO) };
        self.content.as_widget_mut().layout(child, renderer, limits)
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        if let Some(window) = self.window {
            node::enter_window(operation, layout.bounds(), window);
        }
        let description = &self.semantic.description;
        let wish = node::describe(
            operation,
            layout.bounds(),
            || (description.clone(), Vec::new()),
            |wish| wish.key == description.key,
        );
        tree.state.downcast_mut::<State>().wishes.extend(wish);
        let Some(child) = tree.children.first_mut() else { return };
        operation.traverse(&mut |operation| {
            self.content.as_widget_mut().operate(child, layout, renderer, operation);
        });
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        viewport: &Rectangle,
    ) {
        for wish in tree.state.downcast_mut::<State>().wishes.drain(..) {
            if let Some(message) = self.semantic.message(&wish) {
                shell.publish(message);
            }
        }
        let Some(child) = tree.children.first_mut() else { return };
        self.content
            .as_widget_mut()
            .update(child, event, layout, cursor, renderer, clipboard, shell, viewport);
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        let Some(child) = tree.children.first() else { return mouse::Interaction::None };
        self.content.as_widget().mouse_interaction(child, layout, cursor, viewport, renderer)
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let Some(child) = tree.children.first() else { return };
        self.content.as_widget().draw(child, renderer, theme, style, layout, cursor, viewport);
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, Renderer>> {
        let child = tree.children.first_mut()?;
        self.content.as_widget_mut().overlay(child, layout, renderer, viewport, translation)
    }
}
