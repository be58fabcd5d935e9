//! New mail on the desktop: what the worker tells of, unless the user wants to hear nothing; what a click on it does.

use super::{App, Message, Task, perform};
use crate::model::{AccountId, Flag, MailboxId, MessageId};
use crate::notify::{self, Heard, Notifier};
use crate::store::{Changes, Store};
use crate::ui::notices::{Item, Order};
use futures::{Stream, StreamExt, stream};
use iced::{Subscription, window};

/// Everything that the desktop says of notices.
pub(super) fn subscription() -> Subscription<Message> {
    Subscription::run(run)
}

fn run() -> impl Stream<Item = Message> {
    let (notifier, heard) = notify::start(super::boot::APPLICATION_ID);
    stream::once(async move { Message::NotifierReady(notifier) }).chain(heard.map(Message::NoticeHeard))
}

impl App {
    pub(super) fn on_notifier(&mut self, notifier: Notifier) -> Task<Message> {
        self.notifier = Some(notifier);
        Task::none()
    }

    /// Whether the user wants to hear of new mail of an account.
    fn tells_of(&self, account: AccountId) -> bool {
        let own = self.options.get(&account).is_none_or(|options| options.notify && options.enabled);
        self.settings.notify && own
    }

    /// Messages arrived that nobody has read yet, the newest first.
    pub(super) fn on_arrived(
        &self,
        account: AccountId,
        mailbox: MailboxId,
        messages: Vec<MessageId>,
    ) -> Task<Message> {
        let Some(store) = self.store.clone().filter(|_| self.tells_of(account)) else { return Task::none() };
        perform::blocking(
            move || items(&store, mailbox, &messages),
            move |items| items.map_or(Message::Done, |items| Message::ArrivalsRead(account, items)),
        )
    }

    pub(super) fn on_arrivals_read(&mut self, account: AccountId, items: Vec<Item>) -> Task<Message> {
        if !self.tells_of(account) {
            return Task::none();
        }
        let several = self.accounts.len() > 1;
        let found = self.accounts.iter().find(|(id, _)| *id == account).filter(|_| several);
        let name = found.map(|(_, settings)| match self.options.get(&account) {
            Some(options) => options.name(&settings.email).to_owned(),
            None => settings.email.clone(),
        });
        let orders = self.notices.arrived(account, name.as_deref(), items, &self.locale);
        self.order(orders);
        Task::none()
    }

    fn order(&self, orders: Vec<Order>) {
        let Some(notifier) = &self.notifier else { return };
        for order in orders {
            match order {
                Order::Show(notice) => notifier.show(notice),
                Order::TakeBack(slot) => notifier.take_back(slot),
            }
        }
    }

    /// What is told of may have been read, here or elsewhere, or be gone.
    pub(super) fn recheck_notices(&self, changes: &Changes) -> Task<Message> {
        let touched = |message| changes.messages.touches(message) || changes.removed.touches(message);
        let told: Vec<_> = self.notices.messages().filter(|(message, _)| touched(*message)).collect();
        let Some(store) = self.store.clone().filter(|_| !told.is_empty()) else { return Task::none() };
        perform::blocking(
            move || settled(&store, told),
            |done| done.map_or(Message::Done, Message::NoticesSettled),
        )
    }

    pub(super) fn on_notices_settled(&mut self, messages: &[MessageId]) -> Task<Message> {
        let orders = self.notices.settled(messages);
        self.order(orders);
        Task::none()
    }

    /// Takes back what is told of accounts that the user wants to hear nothing of.
    pub(super) fn hush(&mut self) -> Task<Message> {
        let all: Vec<_> = self.accounts.iter().map(|(id, _)| *id).collect();
        let quiet: Vec<_> = all.into_iter().filter(|id| !self.tells_of(*id)).collect();
        let orders = quiet.into_iter().flat_map(|id| self.notices.forget(id)).collect();
        self.order(orders);
        Task::none()
    }

    pub(super) fn on_notice(&mut self, heard: Heard) -> Task<Message> {
        let slot = match heard {
            Heard::Closed(slot) => return self.then_nothing(|app| app.notices.closed(slot)),
            Heard::Opened(slot) => slot,
        };
        let Some((mailbox, message)) = self.notices.opened(slot) else { return Task::none() };
        self.order(vec![Order::TakeBack(slot)]);
        let raised = window::latest()
            .and_then(|id| Task::batch([window::minimize(id, false), window::gain_focus(id)]));
        // What is being typed is not thrown away.
        if self.setup.is_some() || self.dialog.is_some() {
            return raised;
        }
        self.manager = None;
        self.examination = None;
        self.preferences_screen = None;
        self.help = false;
        let shown = self.with_mail(|mail, desk| mail.show(mailbox, message, desk));
        Task::batch([raised, shown])
    }
}

/// What is to be told of messages, as far as nobody has read them by now. Blocks.
fn items(store: &Store, mailbox: MailboxId, messages: &[MessageId]) -> Vec<Item> {
    let rows = store.snapshot().and_then(|snapshot| snapshot.rows(messages, mailbox));
    let rows = rows.unwrap_or_else(|error| {
        tracing::warn!(%error, "new mail cannot be read for its notice");
        Vec::new()
    });
    let unread = rows.into_iter().filter(|row| !row.flags.contains(&Flag::Seen));
    let item = |row: crate::store::MessageRow| {
        let sender = if row.from.name.is_empty() { row.from.email } else { row.from.name };
        Item { message: row.id, mailbox, sender, subject: row.subject }
    };
    unread.map(item).collect()
}

/// Those that were read, or are gone. Blocks.
fn settled(store: &Store, told: Vec<(MessageId, MailboxId)>) -> Vec<MessageId> {
    let Ok(snapshot) = store.snapshot() else { return Vec::new() };
    let waits = |(message, mailbox): &(MessageId, MailboxId)| {
        // What cannot be read is not taken back for that.
        snapshot
            .rows(&[*message], *mailbox)
            .map_or(true, |rows| rows.first().is_some_and(|row| !row.flags.contains(&Flag::Seen)))
    };
    told.into_iter().filter(|one| !waits(one)).map(|(message, _)| message).collect()
}
