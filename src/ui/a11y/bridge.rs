//! Between the windows and the accessibility bus: pushes trees while somebody listens, brings wishes back.
//!
//! While nobody listens it does nothing: no walk, no tree, no timer. Without a bus, or with a dead one, there
//! is no error and no cost. Linux and other Unixes by AT-SPI; elsewhere a stand-in that does nothing (the
//! adapters for Windows and macOS take the same [`tree::update`]).

use super::collect::{self, WindowNodes};
use super::node::Wish;
use super::platform::{self, Adapter};
use super::tree;
use accesskit::{Action, ActionData, ActionRequest, TreeUpdate};
use iced::advanced::widget::operate;
use iced::{Event, Point, Size, Subscription, Task, event, keyboard, mouse, touch, window};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// After these times smooth scrolling has come to rest, on a fast and on a slow machine, and places are read
/// again.
const AT_REST: [Duration; 2] = [Duration::from_millis(160), Duration::from_millis(500)];

/// A message of the bridge to itself; the application hands it back to [`Bridge::update`].
#[derive(Clone, Debug)]
pub struct Signal(Inner);

#[derive(Clone, Debug)]
enum Inner {
    /// Somebody began to listen, or stopped.
    Listening(window::Id, bool),
    Request(window::Id, ActionRequest),
    Window(window::Id, WindowEvent),
    Scale(window::Id, f32),
    Position(window::Id, Option<Point>),
    Native(window::Id, Option<u32>),
    /// Where the content of the window is on the screen, in real pixels.
    Origin(window::Id, Option<(i32, i32)>),
    /// Something was typed, clicked or scrolled.
    Input,
    AtRest(bool),
    Collected(Arc<Vec<WindowNodes>>),
    Performed,
}

#[derive(Clone, Copy, Debug)]
enum WindowEvent {
    Opened(Option<Point>, Size),
    Closed,
    Moved(Point),
    Resized(Size),
    Rescaled(f32),
    Focused(bool),
}

/// How signals come from the threads of the bus.
#[derive(Clone, Debug)]
pub(super) struct Outlet {
    sender: UnboundedSender<Signal>,
    window: window::Id,
}

impl Outlet {
    pub(super) fn listening(&self, listening: bool) {
        self.send(Inner::Listening(self.window, listening));
    }

    pub(super) fn request(&self, request: ActionRequest) {
        self.send(Inner::Request(self.window, request));
    }

    fn send(&self, inner: Inner) {
        // The receiver is gone only when the program ends.
        let _ = self.sender.send(Signal(inner));
    }
}

struct Window {
    adapter: Adapter,
    listening: bool,
    focused: bool,
    /// What the system asks for.
    scale: f32,
    /// What the user asks for on top of it.
    zoom: f32,
    size: Size,
    outer: Point,
    native: Option<u32>,
    origin: Option<(i32, i32)>,
    nodes: Option<WindowNodes>,
}

/// The semantic trees of all windows. One for the program.
pub struct Bridge {
    windows: HashMap<window::Id, Window>,
    zoom: f32,
    sender: UnboundedSender<Signal>,
    walking: bool,
    again: bool,
    resting: bool,
}

impl Bridge {
    /// Starts the bridge. The task brings the signals of the bus; run it from the first moment on.
    pub fn start() -> (Self, Task<Signal>) {
        let (sender, receiver) = unbounded_channel();
        let signals = futures::stream::unfold(receiver, |mut receiver| async move {
            let signal = receiver.recv().await?;
            Some((signal, receiver))
        });
        let bridge =
            Self { windows: HashMap::new(), zoom: 1.0, sender, walking: false, again: false, resting: false };
        (bridge, Task::stream(signals))
    }

    /// What the bridge must hear of: windows always, input only while somebody listens.
    pub fn subscription(&self) -> Subscription<Signal> {
        let windows = event::listen_with(window_event);
        if self.is_listening() {
            Subscription::batch([windows, event::listen_with(input_event)])
        } else {
            windows
        }
    }

    /// Device pixels for one pixel of the (first) window, as far as it is known.
    #[must_use]
    pub fn scale(&self) -> f32 {
        self.windows.values().next().map_or(1.0, |window| window.scale) * self.zoom
    }

    /// The application's own scale factor, on top of the system's: places are told in real pixels.
    pub fn set_zoom(&mut self, zoom: f32) {
        self.zoom = zoom;
        for window in self.windows.values_mut() {
            window.zoom = zoom;
            window.tell_bounds();
        }
    }

    /// Whether somebody listens to any window.
    #[must_use]
    pub fn is_listening(&self) -> bool {
        self.windows.values().any(|window| window.listening)
    }

    /// To be put behind each `update` of the application: while somebody listens, the trees follow what it
    /// changed.
    pub fn follow<Message: Send + 'static>(
        &mut self,
        task: Task<Message>,
        map: impl Fn(Signal) -> Message + Send + 'static,
    ) -> Task<Message> {
        if self.is_listening() { Task::batch([task, self.walk().map(map)]) } else { task }
    }

    /// Takes a signal back.
    pub fn update(&mut self, signal: Signal) -> Task<Signal> {
        match signal.0 {
            Inner::Window(id, event) => self.window_event(id, event),
            Inner::Listening(id, listening) => self.listening(id, listening),
            Inner::Request(id, request) => self.request(id, request),
            Inner::Scale(id, scale) => self.change(id, |window| window.scale = scale),
            Inner::Position(id, position) => {
                self.change(id, |window| window.outer = position.unwrap_or(window.outer))
            }
            Inner::Native(id, native) => {
                let asked = self.change(id, |window| window.native = native);
                Task::batch([asked, self.ask_origin(id)])
            }
            Inner::Origin(id, origin) => self.change(id, |window| window.origin = origin),
            Inner::Input => self.input(),
            Inner::AtRest(last) => {
                self.resting &= !last;
                self.walk_if_listening()
            }
            Inner::Collected(windows) => self.collected(&windows),
            Inner::Performed => self.walk_if_listening(),
        }
    }

    fn change(&mut self, id: window::Id, f: impl FnOnce(&mut Window)) -> Task<Signal> {
        if let Some(window) = self.windows.get_mut(&id) {
            f(window);
            window.tell_bounds();
        }
        Task::none()
    }

    fn window_event(&mut self, id: window::Id, event: WindowEvent) -> Task<Signal> {
        match event {
            WindowEvent::Opened(position, size) => return self.open(id, position, size),
            WindowEvent::Closed => {
                self.windows.remove(&id);
            }
            WindowEvent::Moved(position) => {
                let moved = self.change(id, |window| window.outer = position);
                return Task::batch([moved, self.ask_origin(id)]);
            }
            WindowEvent::Resized(size) => {
                let resized = self.change(id, |window| window.size = size);
                return Task::batch([resized, self.ask_origin(id), self.walk_if_listening()]);
            }
            WindowEvent::Rescaled(scale) => return self.change(id, |window| window.scale = scale),
            WindowEvent::Focused(focused) => {
                if let Some(window) = self.windows.get_mut(&id) {
                    window.focused = focused;
                    window.adapter.set_focus(focused);
                }
            }
        }
        Task::none()
    }

    fn open(&mut self, id: window::Id, position: Option<Point>, size: Size) -> Task<Signal> {
        let outlet = Outlet { sender: self.sender.clone(), window: id };
        let window = Window {
            adapter: Adapter::new(&outlet),
            listening: false,
            focused: false,
            scale: 1.0,
            zoom: self.zoom,
            size,
            outer: position.unwrap_or(Point::ORIGIN),
            native: None,
            origin: None,
            nodes: None,
        };
        self.windows.insert(id, window);
        Task::batch([
            window::scale_factor(id).map(move |scale| Signal(Inner::Scale(id, scale))),
            window::position(id).map(move |position| Signal(Inner::Position(id, position))),
        ])
    }

    fn listening(&mut self, id: window::Id, listening: bool) -> Task<Signal> {
        let Some(window) = self.windows.get_mut(&id) else { return Task::none() };
        window.listening = listening;
        if !listening {
            window.nodes = None;
            return Task::none();
        }
        let native = window::run(id, platform::native).map(move |native| Signal(Inner::Native(id, native)));
        Task::batch([native, self.walk()])
    }

    /// Asks where the content of the window is: iced only knows where its frame is, and a reader that clicks
    /// would hit the row above.
    fn ask_origin(&self, id: window::Id) -> Task<Signal> {
        let native = self.windows.get(&id).filter(|window| window.listening).and_then(|window| window.native);
        match native {
            Some(native) => {
                let asked = async move {
                    let answer = tokio::task::spawn_blocking(move || platform::origin(native)).await;
                    answer.ok().flatten()
                };
                Task::perform(asked, move |origin| Signal(Inner::Origin(id, origin)))
            }
            None => Task::none(),
        }
    }

    fn request(&mut self, id: window::Id, request: ActionRequest) -> Task<Signal> {
        let Some(window) = self.windows.get(&id) else { return Task::none() };
        let focus = request.action == Action::Focus && !window.focused;
        let wish = window.wish(request);
        let performed = operate(collect::perform(id, wish)).map(|_| Signal(Inner::Performed));
        if focus { Task::batch([window::gain_focus(id), performed]) } else { performed }
    }

    fn input(&mut self) -> Task<Signal> {
        let walk = self.walk_if_listening();
        if std::mem::replace(&mut self.resting, true) {
            return walk;
        }
        let [soon, late] = AT_REST;
        let rest = |time, last| {
            Task::perform(async move { tokio::time::sleep(time).await }, move |()| {
                Signal(Inner::AtRest(last))
            })
        };
        Task::batch([walk, rest(soon, false), rest(late, true)])
    }

    fn walk_if_listening(&mut self) -> Task<Signal> {
        if self.is_listening() { self.walk() } else { Task::none() }
    }

    /// Walks over the windows; only one walk at a time, and one more if something changed meanwhile.
    fn walk(&mut self) -> Task<Signal> {
        if std::mem::replace(&mut self.walking, true) {
            self.again = true;
            return Task::none();
        }
        operate(collect::collect()).map(|windows| Signal(Inner::Collected(Arc::new(windows))))
    }

    fn collected(&mut self, windows: &[WindowNodes]) -> Task<Signal> {
        self.walking = false;
        for nodes in windows {
            let Some(window) = self.windows.get_mut(&nodes.window).filter(|window| window.listening) else {
                continue;
            };
            if window.nodes.as_ref() == Some(nodes) {
                continue;
            }
            window.tell_bounds();
            let scale = window.scale * window.zoom;
            window.adapter.push(|| tree::update(nodes, scale));
            window.nodes = Some(nodes.clone());
        }
        if std::mem::take(&mut self.again) { self.walk_if_listening() } else { Task::none() }
    }
}

impl Window {
    fn tell_bounds(&mut self) {
        if !self.listening {
            return;
        }
        let scale = f64::from(self.scale * self.zoom);
        let outer = (f64::from(self.outer.x) * scale, f64::from(self.outer.y) * scale);
        let origin = self.origin.map_or(outer, |(x, y)| (f64::from(x), f64::from(y)));
        let size = (f64::from(self.size.width) * scale, f64::from(self.size.height) * scale);
        self.adapter.set_bounds(outer, origin, size);
    }

    fn wish(&self, request: ActionRequest) -> Wish {
        let mut wish = Wish::new(super::NodeKey::from_raw(request.target_node.0), request.action);
        match request.data {
            Some(ActionData::Value(value)) => wish.value = Some(value.into()),
            Some(ActionData::SetTextSelection(selection)) => {
                let nodes = self.nodes.iter().flat_map(|nodes| &nodes.nodes);
                let description =
                    nodes.map(|node| &node.description).find(|description| description.key == wish.key);
                wish.selection = description.and_then(|description| {
                    let text = description.text.as_ref()?;
                    let focus = tree::byte_of(wish.key, text, &selection.focus)?;
                    Some((focus, tree::byte_of(wish.key, text, &selection.anchor)?))
                });
            }
            _ => {}
        }
        wish
    }
}

/// What a platform's adapter must do.
pub(super) trait Platform {
    /// Takes the tree if somebody listens.
    fn push(&mut self, tree: impl FnOnce() -> TreeUpdate);
    /// Whether the window has the keyboard.
    fn set_focus(&mut self, focused: bool);
    /// Where the window is on the screen, in real pixels: its frame, its content, the size of the content.
    fn set_bounds(&mut self, outer: (f64, f64), origin: (f64, f64), size: (f64, f64));
}

fn window_event(event: Event, _: event::Status, id: window::Id) -> Option<Signal> {
    let Event::Window(event) = event else { return None };
    // Redraws come with each frame and change nothing; a push for each would never end.
    let event = match event {
        window::Event::Opened { position, size } => WindowEvent::Opened(position, size),
        window::Event::Closed => WindowEvent::Closed,
        window::Event::Moved(position) => WindowEvent::Moved(position),
        window::Event::Resized(size) => WindowEvent::Resized(size),
        window::Event::Rescaled(scale) => WindowEvent::Rescaled(scale),
        window::Event::Focused => WindowEvent::Focused(true),
        window::Event::Unfocused => WindowEvent::Focused(false),
        window::Event::RedrawRequested(_)
        | window::Event::CloseRequested
        | window::Event::FileHovered(_)
        | window::Event::FileDropped(_)
        | window::Event::FilesHoveredLeft => return None,
    };
    Some(Signal(Inner::Window(id, event)))
}

fn input_event(event: Event, _: event::Status, _: window::Id) -> Option<Signal> {
    let changes = matches!(
        event,
        Event::Keyboard(keyboard::Event::KeyPressed { .. })
            | Event::Mouse(
                mouse::Event::ButtonPressed(_)
                    | mouse::Event::ButtonReleased(_)
                    | mouse::Event::WheelScrolled { .. }
            )
            | Event::Touch(touch::Event::FingerPressed { .. } | touch::Event::FingerLifted { .. })
    );
    changes.then_some(Signal(Inner::Input))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::a11y::NodeKey;

    #[test]
    fn nothing_happens_while_nobody_listens() {
        let (mut bridge, _signals) = Bridge::start();
        let id = window::Id::unique();
        let _ = bridge.update(Signal(Inner::Window(id, WindowEvent::Opened(None, Size::new(800.0, 600.0)))));
        assert!(!bridge.is_listening());
        let _: Task<Signal> = bridge.follow(Task::none(), |signal| signal);
        assert!(!bridge.walking, "no walk was started");
        let _ = bridge.update(Signal(Inner::Input));
        assert!(!bridge.walking, "nor because of a key");
        let _ = bridge.update(Signal(Inner::Window(id, WindowEvent::Closed)));
        assert!(bridge.windows.is_empty());
    }

    #[test]
    fn one_walk_at_a_time_and_one_more_if_needed() {
        let (mut bridge, _signals) = Bridge::start();
        let id = window::Id::unique();
        let _ = bridge.update(Signal(Inner::Window(id, WindowEvent::Opened(None, Size::new(800.0, 600.0)))));
        let _ = bridge.update(Signal(Inner::Listening(id, true)));
        assert!(bridge.walking && !bridge.again);
        let _ = bridge.update(Signal(Inner::Performed));
        assert!(bridge.again);
        let nodes = WindowNodes { window: id, nodes: Vec::new(), focus: None };
        let _ = bridge.update(Signal(Inner::Collected(Arc::new(vec![nodes.clone()]))));
        assert!(bridge.walking && !bridge.again, "the second walk runs");
        let _ = bridge.update(Signal(Inner::Collected(Arc::new(vec![nodes]))));
        assert!(!bridge.walking);
        let _ = bridge.update(Signal(Inner::Listening(id, false)));
        assert!(!bridge.is_listening());
        assert!(bridge.windows.get(&id).unwrap().nodes.is_none());
    }

    #[test]
    fn events_of_unknown_windows_are_no_error() {
        let (mut bridge, _signals) = Bridge::start();
        let id = window::Id::unique();
        let request = ActionRequest {
            action: Action::Click,
            target_tree: accesskit::TreeId::ROOT,
            target_node: accesskit::NodeId(NodeKey::ROOT.raw()),
            data: None,
        };
        for inner in [
            Inner::Listening(id, true),
            Inner::Request(id, request),
            Inner::Scale(id, 2.0),
            Inner::Native(id, Some(1)),
            Inner::Window(id, WindowEvent::Moved(Point::ORIGIN)),
        ] {
            let _ = bridge.update(Signal(inner));
        }
        assert!(!bridge.is_listening());
    }

    #[test]
    fn frames_and_moves_of_the_pointer_start_nothing() {
        let frame = Event::Window(window::Event::RedrawRequested(std::time::Instant::now()));
        let id = window::Id::unique();
        assert!(window_event(frame.clone(), event::Status::Ignored, id).is_none());
        assert!(input_event(frame, event::Status::Ignored, id).is_none());
        let moved = Event::Mouse(mouse::Event::CursorMoved { position: Point::ORIGIN });
        assert!(input_event(moved, event::Status::Ignored, id).is_none());
    }
}
