//! The connections of one account: by role, opened when needed, shared when the server allows only few.
//!
//! Every role has a place of its own as long as the server lets us in that often. When it refuses one
//! more, the number is capped at what is open ("be nice to the server") and the role joins another place.
//! A place is held only for one piece of work, so a shared one goes from hand to hand.

use super::link::Link;
use super::shared::Shared;
use super::trouble::Trouble;
use crate::imap::{Meter, Traffic};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio::sync::{MutexGuard, Notify};

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// IDLE on INBOX.
    Watch,
    /// What the user does and waits for.
    Act,
    /// Everything that takes long.
    Bulk,
}

/// Connections per account at most. Servers count them over all devices of a person (Gmail: 15, Dovecot: 10
/// from one address).
const PLACES: usize = 3;

/// Each role has its own.
const SEATS: [usize; PLACES] = [0, 1, 2];

/// Places of the roles where only so many connections are allowed. The first one may stand already.
fn seats(allowed: usize, opened: Option<usize>) -> [usize; PLACES] {
    match (allowed, opened) {
        (0 | 1, place) => [place.unwrap_or(0); PLACES],
        // `act` joins `watch` rather than `bulk`, which would block it.
        (2, Some(1)) => [1, 1, 2],
        (2, _) => [0, 0, 2],
        _ => SEATS,
    }
}

#[derive(Debug, Default)]
struct Place {
    link: tokio::sync::Mutex<Option<Link>>,
    /// How many wait for it.
    waiting: AtomicUsize,
    /// Wakes whoever holds it for comfort (IDLE, bulk) when somebody waits.
    call: Notify,
    open: AtomicBool,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Links {
    places: [Place; PLACES],
    /// Place of each role: watch, act, bulk. Never locked across an await.
    seats: Mutex<[usize; PLACES]>,
    /// What the server's rules allow.
    ruled: AtomicUsize,
    /// Counts outages: a connection from before the last one may be dead without a sign.
    outages: AtomicU64,
    /// Whether there are fewer because the server complained.
    slowed: AtomicBool,
    /// One attempt at a time: three failures at once would count as three wrong passwords.
    connecting: tokio::sync::Mutex<()>,
    /// Bytes of all connections so far, also of those that came to nothing.
    pub(super) meter: Meter,
    /// Bytes that the server lets us fetch in a day to be kept here; 0: it has no rule for that.
    pub(super) daily: AtomicU64,
}

impl Default for Links {
    fn default() -> Self {
        Self {
            places: Default::default(),
            seats: Mutex::new(SEATS),
            ruled: AtomicUsize::new(PLACES),
            outages: AtomicU64::new(0),
            slowed: AtomicBool::new(false),
            connecting: tokio::sync::Mutex::default(),
            meter: Meter::default(),
            daily: AtomicU64::new(0),
        }
    }
}

impl Links {
    /// Waits for the place of a role.
    async fn lease(&self, role: Role) -> Lease<'_> {
        loop {
            let seat = self.seat(role);
            let Some(place) = self.places.get(seat) else { std::future::pending().await };
            let link = Waiting::new(place).lock().await;
            if self.seat(role) == seat {
                return Lease { links: self, role, place, link };
            }
        }
    }

    /// Closes all connections. Nobody may hold a place any more.
    pub(super) async fn close(&self) {
        for place in &self.places {
            *place.link.lock().await = None;
            place.open.store(false, Ordering::Relaxed);
        }
        self.limit(None);
    }

    /// Shares places so that there are no more than that; `None`: as many as the rules of the server allow. Only
    /// while nothing is open.
    pub(super) fn limit(&self, allowed: Option<usize>) {
        let allowed = allowed.unwrap_or(PLACES).min(self.ruled.load(Ordering::Relaxed));
        *self.lock_seats() = seats(allowed, None);
    }

    /// Takes over what the rules of the server say, when the first connection stands at a place.
    fn rule(&self, allowed: usize, place: &Place) {
        if allowed < self.ruled.swap(allowed, Ordering::Relaxed) {
            let here = self.places.iter().position(|other| std::ptr::eq(other, place));
            *self.lock_seats() = seats(allowed, here);
            tracing::info!(allowed, "connections by the rules of the server");
        }
    }

    /// The server complained of too much: half as many connections from now on. Gives their number; `None`: there is
    /// one only.
    pub(super) fn halve(&self) -> Option<usize> {
        let allowed = Some(self.open()).filter(|open| *open > 1)?.div_ceil(2);
        let first = self.places.iter().position(|place| place.open.load(Ordering::Relaxed));
        *self.lock_seats() = seats(allowed, first);
        self.slowed.store(true, Ordering::Relaxed);
        // Who holds one of the others closes it when done.
        let kept = *self.lock_seats();
        for (_, place) in self.places.iter().enumerate().filter(|(number, _)| !kept.contains(number)) {
            if let Ok(mut link) = place.link.try_lock() {
                *link = None;
                place.open.store(false, Ordering::Relaxed);
            }
        }
        tracing::info!(allowed, "fewer connections, the server complained");
        Some(allowed)
    }

    /// The server has not complained for a while: one connection more. Gives their number; `None`: as many as usual, or
    /// it never complained.
    pub(super) fn recover(&self) -> Option<usize> {
        if !self.slowed.load(Ordering::Relaxed) {
            self.forgive();
            return None;
        }
        let now = self.lock_seats().iter().collect::<std::collections::BTreeSet<_>>().len();
        let first = self.places.iter().position(|place| place.open.load(Ordering::Relaxed));
        let allowed = (now + 1).min(self.ruled.load(Ordering::Relaxed));
        *self.lock_seats() = seats(allowed, first);
        if now + 1 >= PLACES {
            self.slowed.store(false, Ordering::Relaxed);
            return None;
        }
        Some(allowed)
    }

    /// A refusal was long ago: every role may have a place of its own again.
    pub(super) fn forgive(&self) {
        if self.ruled.load(Ordering::Relaxed) >= PLACES {
            *self.lock_seats() = SEATS;
        }
    }

    /// Whether the connection of a role is open.
    pub(super) fn is_open(&self, role: Role) -> bool {
        self.places.get(self.seat(role)).is_some_and(|place| place.open.load(Ordering::Relaxed))
    }

    /// Whether a role shares its place with no other.
    pub(super) fn is_alone(&self, role: Role) -> bool {
        let seat = self.seat(role);
        self.lock_seats().iter().filter(|other| **other == seat).count() == 1
    }

    fn lock_seats(&self) -> std::sync::MutexGuard<'_, [usize; PLACES]> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something happened to the network: each connection is tried before it is used again.
    pub(super) fn suspect(&self) {
        self.outages.fetch_add(1, Ordering::Relaxed);
    }

    /// Says good-bye on all connections.
    pub(super) async fn log_out(&self) {
        for place in &self.places {
            if let Some(link) = place.link.lock().await.take()
                && let Err(error) = link.session.logout().await
            {
                tracing::debug!(%error, "logout");
            }
            place.open.store(false, Ordering::Relaxed);
        }
    }

    /// Bytes of all connections so far.
    pub(super) fn traffic(&self) -> Traffic {
        Traffic { bytes_in: self.meter.bytes_in(), bytes_out: self.meter.bytes_out() }
    }

    /// Number of open connections.
    pub(super) fn open(&self) -> usize {
        self.places.iter().filter(|place| place.open.load(Ordering::Relaxed)).count()
    }

    /// So many connections are opened at most.
    pub(super) fn allowed(&self) -> usize {
        let mut seats = *self.lock_seats();
        seats.sort_unstable();
        seats.chunk_by(|one, other| one == other).count()
    }

    fn seat(&self, role: Role) -> usize {
        let [watch, act, bulk] = *self.lock_seats();
        match role {
            Role::Watch => watch,
            Role::Act => act,
            Role::Bulk => bulk,
        }
    }

    /// Lets a role join an open place, since the server allows no further one. `act` joins `watch` rather
    /// than `bulk`, which would block it.
    fn join(&self, role: Role) -> bool {
        let order = match role {
            Role::Watch => [Role::Bulk, Role::Act],
            Role::Act => [Role::Watch, Role::Bulk],
            Role::Bulk => [Role::Watch, Role::Act],
        };
        let open = |seat: &usize| self.places.get(*seat).is_some_and(|p| p.open.load(Ordering::Relaxed));
        let Some(seat) = order.into_iter().map(|other| self.seat(other)).find(open) else { return false };
        let mut seats = self.lock_seats();
        let [watch, act, bulk] = &mut *seats;
        *match role {
            Role::Watch => watch,
            Role::Act => act,
            Role::Bulk => bulk,
        } = seat;
        tracing::info!(?role, seat, "the server allows no further connection");
        true
    }
}

/// Counts somebody as waiting, also if the wait is given up.
struct Waiting<'a>(&'a Place);

impl<'a> Waiting<'a> {
    fn new(place: &'a Place) -> Self {
        place.waiting.fetch_add(1, Ordering::Relaxed);
        place.call.notify_one();
        Self(place)
    }

    async fn lock(self) -> MutexGuard<'a, Option<Link>> {
        self.0.link.lock().await
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The right to use a place for one piece of work.
#[derive(Debug)]
pub(super) struct Lease<'a> {
    links: &'a Links,
    role: Role,
    place: &'a Place,
    link: MutexGuard<'a, Option<Link>>,
}

/// What came of asking for a connection.
enum Joined {
    /// Here it is.
    Here,
    /// The role has another place now: lease again.
    Elsewhere,
}

impl Lease<'_> {
    /// Whether somebody else waits for this place.
    pub(super) fn is_wanted(&self) -> bool {
        self.place.waiting.load(Ordering::Relaxed) > 0
    }

    /// The connection and, apart from it, the question whether somebody waits.
    pub(super) fn parts(&mut self) -> (Option<&mut Link>, impl Future<Output = ()>) {
        let place = self.place;
        let wanted = async move {
            while place.waiting.load(Ordering::Relaxed) == 0 {
                place.call.notified().await;
            }
        };
        (self.link.as_mut(), wanted)
    }

    /// The connection and, apart from it, the question whether somebody waits, for those who ask often.
    pub(super) fn split(&mut self) -> (Option<&mut Link>, impl Fn() -> bool + Send) {
        let place = self.place;
        (self.link.as_mut(), move || place.waiting.load(Ordering::Relaxed) > 0)
    }

    /// The connection that [`Shared::lease`] made sure of.
    pub(super) fn link(&mut self) -> Result<&mut Link, Trouble> {
        self.link.as_mut().ok_or(Trouble::Again)
    }

    /// Opens the connection unless it is open and alive.
    async fn connect(&mut self, shared: &Shared) -> Result<Joined, Trouble> {
        let outage = self.links.outages.load(Ordering::Relaxed);
        if let Some(link) = self.link.as_mut()
            && link.is_alive(outage, shared.config.timing.probe).await
        {
            // The server may have refused something for a while, over a connection that stands.
            shared.board.up();
            return Ok(Joined::Here);
        }
        self.drop_link();
        let _one_at_a_time = self.links.connecting.lock().await;
        if !shared.gate.is_open() {
            return Err(Trouble::Again);
        }
        if !self.is_seated() {
            // The first connection told that so many are not allowed.
            return Ok(Joined::Elsewhere);
        }
        let others = self.links.open();
        match Link::open(shared).await {
            Ok(mut link) => {
                link.note_use(outage);
                let daily = link.session.rules().daily_bytes.unwrap_or(0);
                self.links.daily.store(daily, Ordering::Relaxed);
                if let Some(allowed) = link.session.rules().connections {
                    self.links.rule(allowed, self.place);
                }
                shared.known.opened(&link.session);
                *self.link = Some(link);
                self.place.open.store(true, Ordering::Relaxed);
                shared.board.up();
                Ok(Joined::Here)
            }
            Err(refusal) if others > 0 && refusal.may_be_about_number() && self.links.join(self.role) => {
                let now = shared.config.clock.now();
                shared.config.memory.note_connections(shared.account, others, now);
                Ok(Joined::Elsewhere)
            }
            Err(refusal) => Err(refusal.trouble),
        }
    }

    fn is_seated(&self) -> bool {
        let seat = self.links.places.get(self.links.seat(self.role));
        seat.is_some_and(|seat| std::ptr::eq(seat, self.place))
    }

    /// Closes the connection without a word; it is of no more use.
    pub(super) fn drop_link(&mut self) {
        *self.link = None;
        self.place.open.store(false, Ordering::Relaxed);
    }

    /// Drops the connection if the trouble says so, and passes the trouble on.
    pub(super) fn settle<T>(&mut self, result: Result<T, Trouble>) -> Result<T, Trouble> {
        if matches!(result, Err(Trouble::Link { .. })) || !self.link.as_ref().is_some_and(Link::is_open) {
            self.drop_link();
        }
        if !self.is_seated() {
            // There are fewer places than there were.
            self.drop_link();
        }
        if let (Some(link), Ok(_)) = (self.link.as_mut(), &result) {
            link.note_use(self.links.outages.load(Ordering::Relaxed));
        }
        result
    }
}

impl Shared {
    /// A connection for a role, alive when it is handed out.
    pub(super) async fn lease(&self, role: Role) -> Result<Lease<'_>, Trouble> {
        loop {
            let mut lease = self.links.lease(role).await;
            match lease.connect(self).await? {
                Joined::Here => return Ok(lease),
                Joined::Elsewhere => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn roles_have_places_of_their_own_and_share_when_they_must() {
        let links = Links::default();
        let watch = links.lease(Role::Watch).await;
        let _act = links.lease(Role::Act).await;
        assert!(!links.join(Role::Bulk), "nothing is open yet");
        watch.place.open.store(true, Ordering::Relaxed);
        assert!(links.join(Role::Bulk));
        assert!(!watch.is_wanted());
        let mut bulk = std::pin::pin!(links.lease(Role::Bulk));
        assert!(futures::poll!(bulk.as_mut()).is_pending());
        let mut watch = watch;
        watch.parts().1.await;
        assert!(watch.is_wanted());
        drop(watch);
        assert_eq!(bulk.await.role, Role::Bulk);
    }

    #[test]
    fn few_connections_are_shared_so_that_the_user_waits_least() {
        let links = Links::default();
        links.limit(Some(2));
        assert_eq!(*links.lock_seats(), [0, 0, 2]);
        assert!(links.is_alone(Role::Bulk) && !links.is_alone(Role::Act));
        assert_eq!(links.allowed(), 2);
        links.forgive();
        assert_eq!(*links.lock_seats(), SEATS);
        links.rule(1, &links.places[2]);
        assert_eq!(*links.lock_seats(), [2, 2, 2]);
        links.forgive();
        assert_eq!(*links.lock_seats(), [2, 2, 2], "the rules of the server stay");
        links.limit(None);
        assert_eq!(*links.lock_seats(), [0, 0, 0]);
        assert_eq!(seats(2, Some(1)), [1, 1, 2]);
        assert_eq!(seats(9, Some(1)), SEATS);
    }

    #[tokio::test]
    async fn a_server_that_complains_gets_fewer_connections_and_slowly_more() {
        let links = Links::default();
        assert_eq!(links.halve(), None, "nothing is open");
        links.places.iter().for_each(|place| place.open.store(true, Ordering::Relaxed));
        let held = links.lease(Role::Act).await;
        assert_eq!((links.halve(), *links.lock_seats()), (Some(2), [0, 0, 2]));
        assert!(links.places[1].open.load(Ordering::Relaxed), "in use");
        let mut held = held;
        assert!(held.settle(Ok::<_, Trouble>(())).is_ok());
        drop(held);
        assert_eq!(links.open(), 2, "closed when done");
        assert_eq!((links.halve(), *links.lock_seats(), links.open()), (Some(1), [0, 0, 0], 1));
        assert_eq!(links.halve(), None, "one is the least");
        assert_eq!((links.recover(), *links.lock_seats()), (Some(2), [0, 0, 2]));
        assert_eq!((links.recover(), *links.lock_seats()), (None, SEATS));
        assert_eq!((links.recover(), *links.lock_seats()), (None, SEATS));
    }

    #[tokio::test]
    async fn who_gives_up_waiting_is_not_counted() {
        let links = Links::default();
        let held = links.lease(Role::Act).await;
        {
            let mut second = Box::pin(links.lease(Role::Act));
            assert!(futures::poll!(second.as_mut()).is_pending());
            assert!(held.is_wanted());
        }
        assert!(!held.is_wanted());
    }
}
