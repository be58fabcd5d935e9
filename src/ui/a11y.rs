//! The semantic tree: what a screen reader (and an end-to-end test) sees of the window.
//!
//! The view describes itself: [`semantic()`] wraps an element and says what it is, our own list, tree and
//! body widgets describe their rows. There is no second tree that could drift apart from the view.
//!
//! How a description travels: `operate()` of each widget offers it to whatever operation walks by
//! ([`node`]); only [`collect::collect`] asks for it, every other operation costs nothing. An action of the
//! reader (`Click`, `SetValue`, ...) goes the other way: [`collect::perform`] walks to the widget with that
//! key, which keeps the wish and publishes the same message as a mouse click when it next sees an event. No
//! message is stored in the tree, so `Element::map` works as usual.
//!
//! # What the application does
//!
//! 1. `let (a11y, signals) = Bridge::start();` at the start; run `signals.map(Message::A11y)`.
//! 2. `subscription()`: batch in `self.a11y.subscription().map(Message::A11y)`.
//! 3. `update()`:
//!    ```ignore
//!    if let Message::A11y(signal) = message {
//!        return self.a11y.update(signal).map(Message::A11y);
//!    }
//!    let task = self.step(message);
//!    self.a11y.follow(task, Message::A11y)
//!    ```
//! 4. `view(window)`: `semantic_root(window, title, focus_scope(content))`.
//! 5. Our widgets need only their [`NodeKey`]. Around iced's own controls put a [`semantic()`]:
//!    * text field: `semantic(KEY, Role::TextInput, "User").value(&self.user).on_set_value(Message::User)
//!      .wrap(text_input(..).on_input(Message::User))`; passwords: `Role::PasswordInput` (the value is never
//!      told); `.invalid(true)` when it is wrong.
//!    * check box: `semantic(KEY, Role::CheckBox, "Offline").toggled(on).on_click(Message::Toggle)`.
//!    * groups: `Role::Toolbar`, `Role::Form`, `Role::Group`, `Role::Region`; dialogs: `Role::Dialog` with
//!      `.modal()` around a `widget::focus_trap`; menus: `Role::Menu` around a `widget::focus_menu`.
//!    * the status line: `semantic(KEY, Role::Status, text).live(Live::Polite)`.
//!
//!    Plain `text` inside of groups and windows becomes a label by itself; inside of a button or a status it
//!    is the name unless one is given.
//!
//! # Traps
//!
//! * The key of a row comes from its id in the store, never from its index.
//! * Counts belong in `description`: a reader speaks a changed name again.
//! * Don't select a row just because a folder was opened: Orca reads it though the list has no focus.
//! * The name of the application on the bus is that of its executable file.

pub mod bridge;
pub mod collect;
pub mod node;
mod platform;
pub mod semantic;
pub mod tree;

pub use accesskit::{Action, Live, Role};
pub use bridge::{Bridge, Signal};
pub use node::{Description, NodeKey, Wish};
pub use semantic::{Semantic, semantic, semantic_root};
