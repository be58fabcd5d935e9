//! A button that the keyboard can reach. iced 0.14 focuses only text fields, so this one is ours.
//!
//! A click does not take the focus away from the list or the field that has it, as in other desktop programs.

use super::canvas::Canvas;
use super::focus::Focus;
use super::glyph;
use crate::ui::a11y::node::{self, Description, NodeKey, Wish};
use crate::ui::a11y::{Action, Role};
use crate::ui::icon::Icon;
use crate::ui::theme::{self, Element, Theme, container as grounds, space, typography};
use iced::advanced::renderer::Quad;
use iced::advanced::widget::{Id, Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer};
use iced::keyboard::{self, key::Named};
use iced::widget::button::{Status, Style};
use iced::widget::{container, row, text, tooltip};
use iced::{Alignment, Color, Event, Length, Padding, Rectangle, Size, Vector, touch, window};
use std::time::Duration;

/// A tool tip waits this long, so that it doesn't flicker below a passing pointer.
const TIP_DELAY: Duration = Duration::from_millis(500);

type StyleFn<'a> = Box<dyn Fn(&Theme, Status) -> Style + 'a>;

/// A button with a text, an icon or both.
pub struct Button<'a, Message> {
    description: Description,
    id: Option<Id>,
    icon: Option<Icon>,
    content: Option<Element<'a, Message>>,
    bare: bool,
    on_press: Option<Box<dyn Fn() -> Message + 'a>>,
    style: StyleFn<'a>,
    width: Length,
    height: Length,
    padding: Padding,
    align: Alignment,
}

/// A button that shows its label.
pub fn button<'a, Message>(key: NodeKey, label: impl Into<String>) -> Button<'a, Message> {
    Button {
        description: Description::new(key, Role::Button, label),
        id: None,
        icon: None,
        content: None,
        bare: false,
        on_press: None,
        style: Box::new(theme::button::secondary),
        width: Length::Shrink,
        height: Length::Fixed(space::HIT),
        padding: Padding::from([0.0, space::M]),
        align: Alignment::Center,
    }
}

/// A button that shows only an icon; the label is its name and, with the shortcut, its tool tip.
pub fn icon_button<'a, Message>(key: NodeKey, icon: Icon, label: impl Into<String>) -> Button<'a, Message> {
    let mut button = button(key, label);
    button.icon = Some(icon);
    button.bare = true;
    button.width = Length::Fixed(space::HIT);
    button.padding = Padding::ZERO;
    button.style = Box::new(theme::button::ghost);
    button
}

impl<'a, Message> Button<'a, Message> {
    /// What a press does. Without it the button is switched off.
    #[must_use]
    pub fn on_press(mut self, message: Message) -> Self
    where
        Message: Clone + 'a,
    {
        self.on_press = Some(Box::new(move || message.clone()));
        self
    }

    /// What a press does, if anything.
    #[must_use]
    pub fn on_press_maybe(self, message: Option<Message>) -> Self
    where
        Message: Clone + 'a,
    {
        match message {
            Some(message) => self.on_press(message),
            None => self,
        }
    }

    /// What a press does, made only when it happens.
    #[must_use]
    pub fn on_press_with(mut self, f: impl Fn() -> Message + 'a) -> Self {
        self.on_press = Some(Box::new(f));
        self
    }

    /// One of the styles of `theme::button`.
    #[must_use]
    pub fn style(mut self, style: impl Fn(&Theme, Status) -> Style + 'a) -> Self {
        self.style = Box::new(style);
        self
    }

    /// An icon before the label.
    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Anything in place of icon and label; the label stays the name.
    #[must_use]
    pub fn content(mut self, content: impl Into<Element<'a, Message>>) -> Self {
        self.content = Some(content.into());
        self
    }

    /// Widget id, to focus it by `iced::widget::operation::focus`.
    #[must_use]
    pub fn id(mut self, id: impl Into<Id>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The keys that do the same; shown in the tool tip.
    #[must_use]
    pub fn shortcut(mut self, keys: impl Into<String>) -> Self {
        self.description.shortcut = Some(keys.into()).filter(|keys| !keys.is_empty());
        self
    }

    /// More about it, for readers.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description.description = Some(text.into());
        self
    }

    /// What it is, if not a push button: `Role::Tab`, `Role::MenuItem`, `Role::CheckBox` ...
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.description.role = role;
        self
    }

    /// Whether it is switched on.
    #[must_use]
    pub fn toggled(mut self, on: bool) -> Self {
        self.description.toggled = Some(on);
        self
    }

    /// Whether it is the chosen one of several.
    #[must_use]
    pub fn selected(mut self, selected: bool) -> Self {
        self.description.selected = Some(selected);
        self
    }

    /// Whether what it opens is open.
    #[must_use]
    pub fn expanded(mut self, open: bool) -> Self {
        self.description.expanded = Some(open);
        self
    }

    /// Place among `size` members, from 0.
    #[must_use]
    pub fn position(mut self, position: usize, size: usize) -> Self {
        self.description.position = Some(position);
        self.description.set_size = Some(size);
        self
    }

    /// Width.
    #[must_use]
    pub fn width(mut self, width: impl Into<Length>) -> Self {
        self.width = width.into();
        self
    }

    /// Height.
    #[must_use]
    pub fn height(mut self, height: impl Into<Length>) -> Self {
        self.height = height.into();
        self
    }

    /// Room around the content.
    #[must_use]
    pub fn padding(mut self, padding: impl Into<Padding>) -> Self {
        self.padding = padding.into();
        self
    }

    /// Where the content stands if the button is wider.
    #[must_use]
    pub fn align(mut self, align: Alignment) -> Self {
        self.align = align;
        self
    }

    fn tip(&self) -> String {
        match &self.description.shortcut {
            Some(keys) => format!("{}  {keys}", self.description.label),
            None => self.description.label.clone(),
        }
    }
}

impl<'a, Message: 'a> From<Button<'a, Message>> for Element<'a, Message> {
    fn from(mut button: Button<'a, Message>) -> Self {
        let label = || text(button.description.label.clone()).size(typography::BODY).font(typography::UI);
        let content: Element<'a, Message> = match (button.content.take(), button.icon, button.bare) {
            (Some(content), _, _) => content,
            (None, Some(icon), true) => glyph::glyph(icon, space::ICON_L),
            (None, Some(icon), false) => row![glyph::glyph(icon, space::ICON_M), label()]
                .spacing(space::S)
                .align_y(Alignment::Center)
                .into(),
            (None, None, _) => label().into(),
        };
        button.description.disabled = button.on_press.is_none();
        if button.on_press.is_some() {
            button.description.actions.push(Action::Click);
        }
        let (tip, bare) = (button.tip(), button.bare);
        let element = Element::new(Pressable { button, content, status: None });
        if !bare {
            return element;
        }
        let tip = container(text(tip).size(typography::CAPTION))
            .padding([space::XS, space::S])
            .style(grounds::tooltip);
        tooltip(element, tip, tooltip::Position::Bottom).gap(space::XS).delay(TIP_DELAY).into()
    }
}

struct Pressable<'a, Message> {
    button: Button<'a, Message>,
    content: Element<'a, Message>,
    status: Option<Status>,
}

#[derive(Default)]
struct State {
    focus: Focus,
    pressed: bool,
    wishes: Vec<Wish>,
}

impl<Message> Pressable<'_, Message> {
    fn press(&self, shell: &mut Shell<'_, Message>) {
        if let Some(on_press) = &self.button.on_press {
            shell.publish(on_press());
        }
    }

    fn react(&self, state: &mut State, event: &Event, over: bool, shell: &mut Shell<'_, Message>) {
        match event {
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left))
            | Event::Touch(touch::Event::FingerPressed { .. })
                if over =>
            {
                state.pressed = true;
                shell.capture_event();
            }
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left))
            | Event::Touch(touch::Event::FingerLifted { .. })
                if std::mem::take(&mut state.pressed) =>
            {
                if over {
                    self.press(shell);
                }
                shell.capture_event();
            }
            Event::Touch(touch::Event::FingerLost { .. }) => state.pressed = false,
            Event::Keyboard(keyboard::Event::KeyPressed {
                key: keyboard::Key::Named(Named::Enter | Named::Space),
                modifiers,
                repeat: false,
                ..
            }) if state.focus.is_here() && modifiers.is_empty() => {
                state.focus.key();
                self.press(shell);
                shell.capture_event();
            }
            _ => {}
        }
    }
}

impl<Message> Widget<Message, Theme, iced::Renderer> for Pressable<'_, Message> {
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
        Size::new(self.button.width, self.button.height)
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &iced::Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        let Button { width, height, padding, align, .. } = self.button;
        let Some(child) = tree.children.first_mut() else { return layout::Node::new(Size::ZERO) };
        layout::positioned(
            limits,
            width,
            height,
            padding,
            |limits| self.content.as_widget_mut().layout(child, renderer, &limits.loose()),
            |content, size| content.align(align, Alignment::Center, size),
        )
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        let state = tree.state.downcast_mut::<State>();
        let description = &self.button.description;
        let wish = node::describe(
            operation,
            layout.bounds(),
            || (description.clone(), Vec::new()),
            |wish| wish.key == description.key,
        );
        state.wishes.extend(wish);
        let (Some(child), Some(inner)) = (tree.children.first_mut(), layout.children().next()) else {
            return;
        };
        let enabled = self.button.on_press.is_some();
        operation.traverse(&mut |operation| {
            if enabled {
                operation.focusable(self.button.id.as_ref(), layout.bounds(), &mut state.focus);
            }
            // Without a visible label, tests still find the button by its name.
            if self.button.bare {
                operation.text(None, layout.bounds(), &self.button.description.label);
            }
            self.content.as_widget_mut().operate(child, inner, renderer, operation);
        });
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &iced::Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        viewport: &Rectangle,
    ) {
        let state = tree.state.downcast_mut::<State>();
        if let (Some(child), Some(inner)) = (tree.children.first_mut(), layout.children().next()) {
            self.content
                .as_widget_mut()
                .update(child, event, inner, cursor, renderer, clipboard, shell, viewport);
        }
        if self.button.on_press.is_none() {
            state.focus.leave();
            state.wishes.clear();
            state.pressed = false;
        }
        for wish in std::mem::take(&mut state.wishes) {
            if wish.action == Action::Click {
                self.press(shell);
            }
        }
        let over = cursor.is_over(layout.bounds());
        if !shell.is_event_captured() && self.button.on_press.is_some() {
            self.react(state, event, over, shell);
        }
        let now = match (self.button.on_press.is_some(), over, state.pressed) {
            (false, ..) => Status::Disabled,
            (true, true, true) => Status::Pressed,
            (true, true, false) => Status::Hovered,
            (true, false, _) => Status::Active,
        };
        if let Event::Window(window::Event::RedrawRequested(_)) = event {
            self.status = Some(now);
        } else if self.status.is_some_and(|shown| shown != now) {
            shell.request_redraw();
        }
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut iced::Renderer,
        theme: &Theme,
        _: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        use iced::advanced::Renderer as _;
        let bounds = layout.bounds();
        let idle = if self.button.on_press.is_some() { Status::Active } else { Status::Disabled };
        let style = (self.button.style)(theme, self.status.unwrap_or(idle));
        if style.background.is_some() || style.border.width > 0.0 {
            let quad = Quad { bounds, border: style.border, snap: style.snap, ..Quad::default() };
            renderer.fill_quad(quad, style.background.unwrap_or(Color::TRANSPARENT.into()));
        }
        if let (Some(child), Some(inner)) = (tree.children.first(), layout.children().next()) {
            let ink = renderer::Style { text_color: style.text_color };
            self.content.as_widget().draw(child, renderer, theme, &ink, inner, cursor, viewport);
        }
        if tree.state.downcast_ref::<State>().focus.shows() {
            let mut canvas = Canvas { renderer, t: theme.tokens(), clip: *viewport };
            canvas.ring_on_fill(bounds, style.border.radius.top_left);
        }
    }

    fn mouse_interaction(
        &self,
        _: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _: &Rectangle,
        _: &iced::Renderer,
    ) -> mouse::Interaction {
        if self.button.on_press.is_some() && cursor.is_over(layout.bounds()) {
            mouse::Interaction::Pointer
        } else {
            mouse::Interaction::None
        }
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &iced::Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, iced::Renderer>> {
        let inner = layout.children().next()?;
        let child = tree.children.first_mut()?;
        self.content.as_widget_mut().overlay(child, inner, renderer, viewport, translation)
    }
}
