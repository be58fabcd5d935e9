//! Notifications of the desktop, by the standard of freedesktop.org (Desktop Notifications Specification 1.2).
//!
//! Knows nothing of mail: it shows, replaces and takes back titles with a text, and tells which one was clicked. A
//! desktop without such a service, or a system with another kind, simply shows none.

use futures::Stream;
use futures::channel::mpsc;

/// What is shown. `slot` is the caller's number for it; the same number replaces what it showed before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The caller's number.
    pub slot: u64,
    /// One line.
    pub title: String,
    /// Below it, as plain text.
    pub text: String,
    /// Label of the action that a click does.
    pub open: String,
}

/// What the user did with a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Clicked on it: what it is about is wanted.
    Opened(u64),
    /// It is gone: by the user, by time, or taken back.
    Closed(u64),
}

/// What the notifier is asked for.
#[derive(Clone, Debug)]
enum Order {
    Show(Notice),
    TakeBack(u64),
}

/// The way to the desktop. Cheap to clone; nothing waits.
#[derive(Clone, Debug)]
pub struct Notifier(mpsc::UnboundedSender<Order>);

impl Notifier {
    /// Shows a notice, or replaces the one of that number.
    pub fn show(&self, notice: Notice) {
        self.order(Order::Show(notice));
    }

    /// Takes a notice back; it may be gone already.
    pub fn take_back(&self, slot: u64) {
        self.order(Order::TakeBack(slot));
    }

    fn order(&self, order: Order) {
        if self.0.unbounded_send(order).is_err() {
            tracing::debug!("nobody shows notices any more");
        }
    }
}

/// The way to the desktop, and what comes back. The stream does the work: it must be polled, on a tokio runtime. The
/// session bus is spoken to once there is something to show. Other systems than those with a session bus show none.
pub fn start(application: &'static str) -> (Notifier, impl Stream<Item = Heard> + Send) {
    let (orders, wanted) = mpsc::unbounded();
    let (tell, heard) = mpsc::unbounded();
    let work = async move {
        serve(application, wanted, tell).await;
        None
    };
    let work = futures::StreamExt::filter_map(futures::stream::once(work), std::future::ready);
    (Notifier(orders), futures::stream::select(heard, work))
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
async fn serve(_: &'static str, wanted: mpsc::UnboundedReceiver<Order>, _: mpsc::UnboundedSender<Heard>) {
    futures::StreamExt::for_each(wanted, |_| std::future::ready(())).await;
}

#[cfg(all(unix, not(target_os = "macos")))]
use bus::serve;

#[cfg(all(unix, not(target_os = "macos")))]
mod bus {
    use super::{Heard, Notice, Order};
    use futures::StreamExt;
    use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender};
    use std::collections::{BTreeMap, HashMap};
    use std::time::Duration;
    use zbus::message::Type;
    use zbus::zvariant::Value;
    use zbus::{Connection, MatchRule, Message, MessageStream};

    const SERVICE: &str = "org.freedesktop.Notifications";
    const PATH: &str = "/org/freedesktop/Notifications";
    /// A desktop that does not answer within this time shows nothing; nobody waits for it.
    const LIMIT: Duration = Duration::from_secs(5);
    /// Longest title and text that a desktop is bothered with, in characters.
    const MAX_TITLE: usize = 120;
    const MAX_TEXT: usize = 500;
    /// Notices that are remembered; desktops keep fewer.
    const MAX_SHOWN: usize = 200;

    /// The desktop's service, once it was spoken to.
    struct Desk {
        bus: Connection,
        signals: MessageStream,
        /// What it can do, such as `body-markup`.
        abilities: Vec<String>,
        /// Our numbers and those of the desktop.
        shown: BTreeMap<u64, u32>,
    }

    /// Shows what is wanted and tells what comes back, until nobody wants anything any more.
    pub(super) async fn serve(
        application: &'static str,
        mut wanted: UnboundedReceiver<Order>,
        tell: UnboundedSender<Heard>,
    ) {
        let mut desk: Option<Desk> = None;
        loop {
            let signals = async {
                match &mut desk {
                    Some(desk) => desk.signals.next().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                order = wanted.next() => {
                    let Some(order) = order else { return };
                    if desk.is_none() {
                        desk = match tokio::time::timeout(LIMIT, Desk::open()).await {
                            Ok(Ok(desk)) => Some(desk),
                            Ok(Err(error)) => {
                                tracing::debug!(%error, "no notifications");
                                None
                            }
                            Err(_) => None,
                        };
                    }
                    if let Some(open) = &mut desk {
                        match tokio::time::timeout(LIMIT, open.obey(application, order)).await {
                            Ok(Ok(())) => {}
                            Ok(Err(error)) => tracing::debug!(%error, "the desktop shows no notification"),
                            Err(_) => desk = None,
                        }
                    }
                }
                signal = signals => match signal {
                    Some(Ok(signal)) => {
                        let heard = desk.as_mut().and_then(|desk| desk.hear(&signal));
                        if let Some(heard) = heard && tell.unbounded_send(heard).is_err() {
                            return;
                        }
                    }
                    // The session bus is gone: the next notice looks for it anew.
                    Some(Err(_)) | None => desk = None,
                },
            }
        }
    }

    impl Desk {
        async fn open() -> zbus::Result<Self> {
            let bus = Connection::session().await?;
            let rule = MatchRule::builder()
                .msg_type(Type::Signal)
                .sender(SERVICE)?
                .interface(SERVICE)?
                .path(PATH)?
                .build();
            let signals = MessageStream::for_match_rule(rule, &bus, None).await?;
            let reply = bus.call_method(Some(SERVICE), PATH, Some(SERVICE), "GetCapabilities", &()).await?;
            let abilities = reply.body().deserialize()?;
            Ok(Self { bus, signals, abilities, shown: BTreeMap::new() })
        }

        fn can(&self, what: &str) -> bool {
            self.abilities.iter().any(|one| one == what)
        }

        async fn obey(&mut self, application: &str, order: Order) -> zbus::Result<()> {
            match order {
                Order::Show(notice) => self.show(application, notice).await,
                Order::TakeBack(slot) => match self.shown.remove(&slot) {
                    Some(id) => {
                        let close = "CloseNotification";
                        self.bus.call_method(Some(SERVICE), PATH, Some(SERVICE), close, &(id)).await.map(drop)
                    }
                    None => Ok(()),
                },
            }
        }

        async fn show(&mut self, application: &str, notice: Notice) -> zbus::Result<()> {
            let Notice { slot, title, text, open } = notice;
            let before = self.shown.get(&slot).copied().unwrap_or(0);
            let text = short(&text, MAX_TEXT);
            // A sender chooses what stands here.
            let text = if self.can("body-markup") { harmless(&text) } else { text };
            let actions = if self.can("actions") { vec!["default", open.as_str()] } else { Vec::new() };
            let hints: HashMap<&str, Value<'_>> =
                [("category", "email.arrived".into()), ("desktop-entry", application.into())].into();
            let arguments =
                ("Postrider", before, "mail-unread", short(&title, MAX_TITLE), text, actions, hints, -1_i32);
            let reply =
                self.bus.call_method(Some(SERVICE), PATH, Some(SERVICE), "Notify", &arguments).await?;
            self.shown.insert(slot, reply.body().deserialize()?);
            if self.shown.len() > MAX_SHOWN {
                self.shown.pop_first();
            }
            Ok(())
        }

        fn hear(&mut self, signal: &Message) -> Option<Heard> {
            let header = signal.header();
            let (id, opened) = match header.member()?.as_str() {
                "ActionInvoked" => (signal.body().deserialize::<(u32, String)>().ok()?.0, true),
                "NotificationClosed" => (signal.body().deserialize::<(u32, u32)>().ok()?.0, false),
                _ => return None,
            };
            let slot = self.shown.iter().find(|(_, shown)| **shown == id).map(|(slot, _)| *slot)?;
            if opened {
                return Some(Heard::Opened(slot));
            }
            self.shown.remove(&slot);
            Some(Heard::Closed(slot))
        }
    }

    fn short(text: &str, most: usize) -> String {
        if text.chars().count() <= most {
            return text.to_owned();
        }
        text.chars().take(most - 1).chain(['…']).collect()
    }

    /// As it is to be read where the desktop understands markup.
    fn harmless(text: &str) -> String {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn what_a_sender_writes_stays_text() {
            assert_eq!(harmless("<b>A & B</b>"), "&lt;b&gt;A &amp; B&lt;/b&gt;");
            assert_eq!(short("abcdef", 4), "abc…");
            assert_eq!(short("äöü", 3), "äöü");
        }
    }
}
