//! What the system tells: that the computer woke up (systemd-logind), that the network is there (NetworkManager). Best
//! effort: where nobody tells, the worker's look at the clock finds out within half a minute.

#[cfg(all(unix, not(target_os = "macos")))]
pub use bus::follow_system;

#[cfg(all(unix, not(target_os = "macos")))]
mod bus {
    use crate::sync::command::Command;
    use crate::sync::handle::Handle;
    use futures::StreamExt as _;
    use zbus::message::Type;
    use zbus::{Connection, MatchRule, MessageStream};

    const LOGIND: (&str, &str) = ("org.freedesktop.login1", "org.freedesktop.login1.Manager");
    const NETWORK: (&str, &str) = ("org.freedesktop.NetworkManager", "org.freedesktop.NetworkManager");
    /// From this state on NetworkManager has a connection (NM_STATE_CONNECTED_LOCAL).
    const CONNECTED: u32 = 50;

    /// Carries what the system tells to the worker, as long as there are both.
    pub fn follow_system(handle: &Handle) -> impl Future<Output = ()> + Send + use<> {
        let tell = handle.outsider();
        async {
            let following = async { Ears::open(&Connection::system().await?).await?.listen(tell).await };
            if let Err(error) = following.await {
                tracing::debug!(%error, "the system tells nothing of sleep and network");
            }
        }
    }

    /// What we listen to.
    pub(super) struct Ears {
        sleep: MessageStream,
        network: MessageStream,
    }

    impl Ears {
        /// Begins to listen.
        pub(super) async fn open(bus: &Connection) -> zbus::Result<Self> {
            Ok(Self {
                sleep: signals(bus, LOGIND, "PrepareForSleep").await?,
                network: signals(bus, NETWORK, "StateChanged").await?,
            })
        }

        /// Listens until the bus is gone, or nobody hears.
        pub(super) async fn listen(mut self, tell: impl Fn(Command) -> bool) -> zbus::Result<()> {
            loop {
                let heard = tokio::select! {
                    message = self.sleep.next() => {
                        let Some(message) = message else { return Ok(()) };
                        // `true` comes before it falls asleep.
                        let awake = matches!(message?.body().deserialize::<bool>(), Ok(false));
                        !awake || tell(Command::WokeUp)
                    }
                    message = self.network.next() => {
                        let Some(message) = message else { return Ok(()) };
                        let connected = message?.body().deserialize::<u32>().is_ok_and(|n| n >= CONNECTED);
                        !connected || tell(Command::NetworkChanged)
                    }
                };
                if !heard {
                    return Ok(());
                }
            }
        }
    }

    /// Signals of one name, of nobody but their owner.
    async fn signals(
        bus: &Connection,
        (owner, interface): (&'static str, &'static str),
        member: &'static str,
    ) -> zbus::Result<MessageStream> {
        let rule = MatchRule::builder()
            .msg_type(Type::Signal)
            .sender(owner)?
            .interface(interface)?
            .member(member)?
            .build();
        MessageStream::for_match_rule(rule, bus, None).await
    }
}

/// Other systems are only watched by the clock.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub fn follow_system(_handle: &super::handle::Handle) -> impl Future<Output = ()> + Send + use<> {
    std::future::ready(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::bus::Ears;
    use crate::sync::command::Command;
    use std::io::{BufRead as _, BufReader};
    use std::process::{Child, Stdio};
    use tokio::sync::mpsc;

    /// A bus of its own, ended when dropped.
    struct Bus(Child);

    impl Drop for Bus {
        fn drop(&mut self) {
            drop(self.0.kill());
            drop(self.0.wait());
        }
    }

    #[tokio::test]
    async fn the_system_is_heard() {
        let started = std::process::Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut daemon) = started else {
            // Not installed here; `tests/run` needs it for the window anyway.
            return;
        };
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let _bus = Bus(daemon);
        let connect = async || zbus::connection::Builder::address(address.trim())?.build().await;
        let (ours, system) = (connect().await.unwrap(), connect().await.unwrap());
        for name in ["org.freedesktop.login1", "org.freedesktop.NetworkManager"] {
            system.request_name(name).await.unwrap();
        }
        let ears = Ears::open(&ours).await.unwrap();
        let (sender, mut heard) = mpsc::unbounded_channel();
        let listening = tokio::spawn(ears.listen(move |command| sender.send(command).is_ok()));
        let sleep = async |before: bool| {
            let (path, interface) = ("/org/freedesktop/login1", "org.freedesktop.login1.Manager");
            system.emit_signal(None::<&str>, path, interface, "PrepareForSleep", &before).await.unwrap();
        };
        let network = async |state: u32| {
            let (path, interface) = ("/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager");
            system.emit_signal(None::<&str>, path, interface, "StateChanged", &state).await.unwrap();
        };
        // Only every second one is news; what is no news would come before it.
        for _ in 0..2 {
            sleep(true).await;
            sleep(false).await;
            assert!(matches!(heard.recv().await.unwrap(), Command::WokeUp));
            network(20).await;
            network(70).await;
            assert!(matches!(heard.recv().await.unwrap(), Command::NetworkChanged));
        }
        assert!(heard.try_recv().is_err() && !listening.is_finished());
        listening.abort();
    }
}
