//! Mouse and keyboard in the page. No drawing.

use super::draw::rows_in_view;
use super::picture::{Picture, whole};
use super::state::{self, Drag, Grain, Selection, State, Stop, around, link_at, overhang, stretch, to_page};
use super::{HtmlEvent, HtmlView, PageImage, PageLink};
use crate::ui::a11y::{Action, Wish};
use crate::ui::widget::scroll::along;
use iced::advanced::Shell;
use iced::advanced::clipboard::{self, Clipboard};
use iced::advanced::mouse::{self, Click, click};
use iced::keyboard::{Key, Modifiers, key::Named};
use iced::{Point, Rectangle, Vector};

/// The pointer must move this far before a press on a link becomes a selection.
const DRAG_DISTANCE: f32 = 4.0;
/// Pixels that an arrow key scrolls.
const ARROW: f32 = 44.0;
/// Pixels that one notch of a wheel moves sideways.
const NOTCH: f32 = 72.0;
/// Room left above and below what is brought into view.
const REVEAL_AIR: f32 = 24.0;
/// Room left above what a link within the page leads to.
const JUMP_AIR: f32 = 8.0;
/// Share of the view that a turned page moves by.
const PAGE: f32 = 0.9;
/// Further than any page is high.
const FAR: f32 = 1e7;

/// What every event comes with.
pub(super) struct Scene<'s> {
    pub(super) bounds: Rectangle,
    pub(super) viewport: Rectangle,
    pub(super) cursor: mouse::Cursor,
    pub(super) clipboard: &'s mut dyn Clipboard,
}

impl Scene<'_> {
    fn over(&self) -> Option<Point> {
        // Below the view there is more of the page, but nothing to click.
        self.cursor.position_over(self.bounds).filter(|at| self.viewport.contains(*at))
    }

    fn anywhere(&self) -> Option<Point> {
        self.cursor.land().position()
    }
}

impl<Message> HtmlView<'_, Message> {
    pub(super) fn publish(&self, shell: &mut Shell<'_, Message>, event: HtmlEvent) {
        shell.publish((self.on_event)(event));
    }

    pub(super) fn link(picture: &Picture, number: usize) -> Option<PageLink> {
        let link = picture.page().links.get(number)?;
        Some(PageLink { target: link.target.as_str().into(), label: link.label.as_str().into() })
    }

    fn take_focus(&self, state: &mut State, shell: &mut Shell<'_, Message>) {
        if !state.focus.is_here() {
            self.publish(shell, HtmlEvent::Focused);
        }
        state.focus.click();
        state.stop = None;
    }

    pub(super) fn mouse(
        &self,
        state: &mut State,
        scene: &mut Scene<'_>,
        event: &mouse::Event,
        shell: &mut Shell<'_, Message>,
    ) {
        if let mouse::Event::CursorMoved { position } = event {
            state.pointer = *position;
        }
        let Some(picture) = self.picture else { return };
        match (event, scene.over()) {
            (mouse::Event::WheelScrolled { delta }, Some(_)) => {
                self.wheel(state, picture, scene.bounds, *delta, shell);
            }
            (mouse::Event::ButtonPressed(mouse::Button::Left), Some(at)) => {
                self.pressed(state, picture, scene.bounds, at, shell);
            }
            (mouse::Event::ButtonPressed(mouse::Button::Right), Some(at)) => {
                self.take_focus(state, shell);
                self.menu(state, scene.bounds, at, state.pointer, shell);
                shell.capture_event();
                shell.request_redraw();
            }
            (mouse::Event::ButtonReleased(mouse::Button::Left), _) => {
                self.released(state, picture, scene, shell);
            }
            (mouse::Event::CursorMoved { .. }, over) => self.moved(state, picture, scene, over, shell),
            (mouse::Event::CursorLeft, _) => Self::hover(state, None, shell),
            _ => {}
        }
    }

    fn wheel(
        &self,
        state: &mut State,
        picture: &Picture,
        bounds: Rectangle,
        delta: mouse::ScrollDelta,
        shell: &mut Shell<'_, Message>,
    ) {
        let (x, y) = match delta {
            mouse::ScrollDelta::Lines { x, y } => (x * NOTCH, y * NOTCH),
            mouse::ScrollDelta::Pixels { x, y } => (x, y),
        };
        if state.modifiers.command() {
            if y != 0.0 {
                self.publish(shell, HtmlEvent::Zoom(if y > 0.0 { 1 } else { -1 }));
            }
            shell.capture_event();
            return;
        }
        let across = if state.modifiers.shift() && x == 0.0 { y } else { x };
        let most = overhang(picture, bounds.width);
        if across != 0.0 && most > 0.0 {
            state.across = (state.across - across * picture.scale()).clamp(0.0, most);
            shell.request_redraw();
            if across.abs() >= y.abs() {
                shell.capture_event();
            }
        }
    }

    fn pressed(
        &self,
        state: &mut State,
        picture: &Picture,
        bounds: Rectangle,
        at: Point,
        shell: &mut Shell<'_, Message>,
    ) {
        shell.capture_event();
        shell.request_redraw();
        self.take_focus(state, shell);
        if self.is_on_quote(state, picture, bounds, at) {
            state.pressed = true;
            return;
        }
        let (x, y) = to_page(picture, state.across, bounds, at);
        let click = Click::new(at, mouse::Button::Left, state.last_click);
        state.last_click = Some(click);
        let grain = match click.kind() {
            click::Kind::Single => Grain::Character,
            click::Kind::Double => Grain::Word,
            click::Kind::Triple => Grain::Block,
        };
        let page = picture.page();
        let link = link_at(page, (x, y)).filter(|_| grain == Grain::Character);
        let place = page.position(x, y).unwrap_or(0);
        let old = state.selection.filter(|_| state.modifiers.shift() && grain == Grain::Character);
        let first = match old {
            Some(selection) => selection.anchor..selection.anchor,
            None => around(page, place, grain),
        };
        state.selection = Some(stretch(page, &first, place, grain));
        state.drag = Some(Drag { first, grain, began: at, link });
    }

    fn moved(
        &self,
        state: &mut State,
        picture: &Picture,
        scene: &Scene<'_>,
        over: Option<Point>,
        shell: &mut Shell<'_, Message>,
    ) {
        let Some(drag) = &mut state.drag else {
            let stop = over.and_then(|at| {
                if self.is_on_quote(state, picture, scene.bounds, at) {
                    return Some(Stop::Quote);
                }
                let at = to_page(picture, state.across, scene.bounds, at);
                link_at(picture.page(), at).map(Stop::Link)
            });
            return Self::hover(state, stop, shell);
        };
        let Some(at) = scene.anywhere() else { return };
        if drag.link.is_some() && drag.began.distance(at) < DRAG_DISTANCE {
            return;
        }
        drag.link = None;
        Self::stretch(state, picture, scene.bounds, at);
        shell.request_redraw();
    }

    fn stretch(state: &mut State, picture: &Picture, bounds: Rectangle, at: Point) {
        let (x, y) = to_page(picture, state.across, bounds, at);
        if let (Some(drag), Some(to)) = (&state.drag, picture.page().position(x, y)) {
            state.selection = Some(stretch(picture.page(), &drag.first, to, drag.grain));
        }
    }

    fn is_on_quote(&self, state: &State, picture: &Picture, bounds: Rectangle, at: Point) -> bool {
        self.quote_bounds(picture, state, bounds).is_some_and(|place| place.contains(at))
    }

    fn hover(state: &mut State, stop: Option<Stop>, shell: &mut Shell<'_, Message>) {
        if std::mem::replace(&mut state.hovered, stop) != stop {
            shell.request_redraw();
        }
    }

    fn released(
        &self,
        state: &mut State,
        picture: &Picture,
        scene: &mut Scene<'_>,
        shell: &mut Shell<'_, Message>,
    ) {
        if std::mem::take(&mut state.pressed)
            && scene.over().is_some_and(|at| self.is_on_quote(state, picture, scene.bounds, at))
        {
            self.publish(shell, HtmlEvent::Quote);
        }
        let Some(drag) = state.drag.take() else { return };
        if let Some(link) = drag.link {
            state.selection = None;
            self.activate(state, picture, Stop::Link(link), shell);
        } else if let Some(text) = selected(state, picture) {
            scene.clipboard.write(clipboard::Kind::Primary, text);
        }
    }

    fn menu(
        &self,
        state: &State,
        bounds: Rectangle,
        place: Point,
        at: Point,
        shell: &mut Shell<'_, Message>,
    ) {
        let Some(picture) = self.picture else { return };
        let (x, y) = to_page(picture, state.across, bounds, place);
        let page = picture.page();
        let link = link_at(page, (x, y)).and_then(|number| Self::link(picture, number));
        // A place in the same page is nothing to copy.
        let link = link.filter(|link| !link.target.starts_with('#'));
        // The last one that is painted lies on top.
        let image = page.images.iter().rfind(|image| image.area.contains(x, y));
        let image = image.map(|image| PageImage {
            source: image.source.as_str().into(),
            label: image.label.as_str().into(),
        });
        let selection = selected(state, picture);
        self.publish(shell, HtmlEvent::Menu { at, link, image, selection });
    }

    pub(super) fn key(
        &self,
        state: &mut State,
        scene: &mut Scene<'_>,
        key: &Key,
        modifiers: Modifiers,
        shell: &mut Shell<'_, Message>,
    ) {
        let Some(picture) = self.picture else { return };
        if !state.focus.is_here() || modifiers.alt() {
            return;
        }
        let taken = match key.as_ref() {
            Key::Character("c") if modifiers == Modifiers::COMMAND => copy(state, picture, scene),
            Key::Named(Named::Copy) => copy(state, picture, scene),
            Key::Named(Named::Insert) if modifiers == Modifiers::COMMAND => copy(state, picture, scene),
            Key::Character("a") if modifiers == Modifiers::COMMAND => {
                state.selection = Some(Selection { anchor: 0, head: picture.page().text.len() });
                true
            }
            Key::Named(Named::ContextMenu) => self.menu_by_key(state, picture, scene, shell),
            Key::Named(Named::F10) if modifiers == Modifiers::SHIFT => {
                self.menu_by_key(state, picture, scene, shell)
            }
            Key::Named(Named::Escape) => {
                let had = state.selection.is_some_and(|s| !s.is_empty());
                state.selection = None;
                had
            }
            Key::Named(Named::Enter | Named::Space) if modifiers.is_empty() && state.stop.is_some() => {
                if let Some(stop) = state.stop {
                    self.activate(state, picture, stop, shell);
                }
                true
            }
            Key::Named(named) if modifiers.is_empty() || modifiers == Modifiers::SHIFT => {
                self.walk(named, modifiers.shift(), shell)
            }
            _ => false,
        };
        if taken {
            if state.stop.is_some() {
                state.focus.key();
            }
            shell.request_redraw();
            shell.capture_event();
        }
    }

    fn menu_by_key(
        &self,
        state: &State,
        picture: &Picture,
        scene: &Scene<'_>,
        shell: &mut Shell<'_, Message>,
    ) -> bool {
        let seen = scene.bounds.intersection(&scene.viewport).unwrap_or(scene.bounds);
        let place = match state.stop {
            Some(stop) => self.stop_bounds(picture, state, stop, scene.bounds).center(),
            None => seen.center(),
        };
        let moved = scene.anywhere().map_or(Vector::ZERO, |at| at - state.pointer);
        self.menu(state, scene.bounds, place, place - moved, shell);
        true
    }

    /// Keys that scroll.
    fn walk(&self, named: Named, shift: bool, shell: &mut Shell<'_, Message>) -> bool {
        let event = match (named, shift) {
            (Named::ArrowUp, false) => HtmlEvent::Scroll(-ARROW),
            (Named::ArrowDown, false) => HtmlEvent::Scroll(ARROW),
            (Named::Home, false) => HtmlEvent::Scroll(-FAR),
            (Named::End, false) => HtmlEvent::Scroll(FAR),
            (Named::PageUp, false) | (Named::Space, true) => HtmlEvent::Turn(-1.0),
            (Named::PageDown | Named::Space, false) => HtmlEvent::Turn(1.0),
            _ => return false,
        };
        self.publish(shell, event);
        true
    }

    /// The rows for which there will be room once the page is there.
    fn room(&self, scene: &Scene<'_>) -> std::ops::Range<u32> {
        let (view, top) = (scene.viewport, scene.bounds.y);
        let room = if top >= view.y { view.y + view.height - top } else { 0.0 };
        0..whole((room * self.scale).max(0.0))
    }

    /// A frame is about to be drawn: tells what is needed for it, and what the user is looking at.
    pub(super) fn frame(&self, state: &mut State, scene: &Scene<'_>, shell: &mut Shell<'_, Message>) {
        let width = whole((scene.bounds.width * self.scale).round());
        let rows = match self.picture {
            Some(picture) => rows_in_view(picture, scene.bounds, &scene.viewport),
            None => self.room(scene),
        };
        let told = (self.picture.map(Picture::serial), width, rows.clone());
        if state.told.as_ref() != Some(&told) {
            state.told = Some(told);
            self.publish(shell, HtmlEvent::Needs { width, rows });
        }
        let Some(picture) = self.picture else { return };
        let now = state.hovered.or(state.stop.filter(|_| state.focus.shows())).and_then(Stop::link);
        if state.hinted != now {
            state.hinted = now;
            self.publish(shell, HtmlEvent::Hover(now.and_then(|number| Self::link(picture, number))));
        }
        if let Some((serial, place)) = self.reveal
            && state.revealed.replace(serial) != Some(serial)
        {
            let end = picture.page().text.len().min(place + 1);
            let area = picture.page().areas(place..end).first().copied();
            state.reveal = area.map(|area| state::from_page(picture, state.across, scene.bounds, area));
        }
        if let Some(place) = state.reveal.take() {
            let by = distance(place, scene.viewport);
            if by != 0.0 {
                self.publish(shell, HtmlEvent::Scroll(by));
            }
        }
        if let Some(row) = state.jump.take() {
            let place = crate::html::Rect { y: row, ..crate::html::Rect::default() };
            let by =
                state::from_page(picture, state.across, scene.bounds, place).y - scene.viewport.y - JUMP_AIR;
            self.publish(shell, HtmlEvent::Turn(by / (scene.viewport.height.max(1.0) * PAGE)));
        }
        self.scroll_along(state, picture, scene, shell);
    }

    /// Does what a click on a link or on the button does.
    fn activate(&self, state: &mut State, picture: &Picture, stop: Stop, shell: &mut Shell<'_, Message>) {
        let Stop::Link(number) = stop else { return self.publish(shell, HtmlEvent::Quote) };
        let Some(link) = Self::link(picture, number) else { return };
        if link.target.starts_with('#') {
            state.jump = picture.page().anchor(&link.target);
            shell.request_redraw();
        } else {
            self.publish(shell, HtmlEvent::Open(link));
        }
    }

    /// While selecting, a pointer outside of the view scrolls it.
    fn scroll_along(
        &self,
        state: &mut State,
        picture: &Picture,
        scene: &Scene<'_>,
        shell: &mut Shell<'_, Message>,
    ) {
        let Some(at) = scene.anywhere() else { return };
        let pulled = |drag: &Drag| drag.link.is_none() && drag.began.distance(at) >= DRAG_DISTANCE;
        if !state.drag.as_ref().is_some_and(pulled) {
            return;
        }
        let by = along(at.y, scene.viewport.y, scene.viewport.y + scene.viewport.height);
        if by != 0.0 {
            Self::stretch(state, picture, scene.bounds, at);
            self.publish(shell, HtmlEvent::Scroll(by));
            shell.request_redraw();
        }
    }

    /// Does what a reader asked for.
    pub(super) fn grant(&self, state: &mut State, bounds: Rectangle, shell: &mut Shell<'_, Message>) {
        for wish in std::mem::take(&mut state.wishes) {
            shell.request_redraw();
            let Some(picture) = self.picture else { continue };
            let Wish { key, action, selection, .. } = &wish;
            if *key == self.key {
                if let (Action::SetTextSelection, Some((head, anchor))) = (action, selection) {
                    let place = |byte: usize| picture.page().text.floor_char_boundary(byte);
                    state.selection = Some(Selection { anchor: place(*anchor), head: place(*head) });
                }
                continue;
            }
            let Some(stop) = Self::stops(self.picture).find(|stop| self.stop_key(*stop) == *key) else {
                continue;
            };
            match action {
                Action::Click | Action::Expand | Action::Collapse => {
                    self.activate(state, picture, stop, shell);
                }
                Action::Focus => {
                    state.stop = Some(stop);
                    state.reveal = Some(self.stop_bounds(picture, state, stop, bounds));
                }
                _ => state.reveal = Some(self.stop_bounds(picture, state, stop, bounds)),
            }
        }
    }
}

/// How far to scroll so that a place is in view.
fn distance(place: Rectangle, view: Rectangle) -> f32 {
    let air = REVEAL_AIR.min(view.height / 4.0);
    let (above, below) = (place.y - air - view.y, place.y + place.height + air - view.y - view.height);
    if above < 0.0 {
        above
    } else if below > 0.0 {
        below.min(above)
    } else {
        0.0
    }
}

/// The selected text, if any.
pub(super) fn selected(state: &State, picture: &Picture) -> Option<String> {
    let selection = state.selection.filter(|selection| !selection.is_empty())?;
    let text = picture.page().text_of(selection.range());
    (!text.is_empty()).then(|| text.to_owned())
}

fn copy(state: &State, picture: &Picture, scene: &mut Scene<'_>) -> bool {
    let Some(text) = selected(state, picture) else { return false };
    scene.clipboard.write(clipboard::Kind::Standard, text);
    true
}
