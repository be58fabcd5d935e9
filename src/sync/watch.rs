//! Listens for news (IDLE, RFC 2177; NOTIFY, RFC 5465) and carries them into the store: of INBOX always, of all
//! mailboxes where the server offers that, of the mailbox on the screen while the connection for the user's own
//! wishes has nothing else to do.

use super::link::Link;
use super::links::{Lease, Role};
use super::news::{self, Digest};
use super::queue::Errand;
use super::shared::Shared;
use super::trouble::Trouble;
use super::visit;
use crate::imap::{Error, IdleEnd};
use crate::model::{MailboxId, MailboxName};
use std::convert::Infallible;
use std::time::Duration;

/// Runs until there is trouble.
pub(super) async fn run(shared: &Shared) -> Result<Infallible, Trouble> {
    // The first messages on the screen come before everything else.
    let mut painted = shared.painted.subscribe();
    if painted.wait_for(|painted| *painted).await.is_err() {
        return std::future::pending().await;
    }
    loop {
        let inbox = inbox(shared).await?;
        let mut lease = shared.lease(Role::Watch).await?;
        let poll = lease.link()?.session.rules().poll.unwrap_or(shared.config.timing.poll_without_idle);
        let watched = match inbox {
            Some(inbox) if lease.link()?.has_idle => attend(shared, &mut lease, inbox).await,
            _ => Ok(Watched::Impossible),
        };
        shared.board.idle(false);
        shared.pushed.send_modify(|pushed| pushed.all = false);
        match lease.settle(watched) {
            Ok(Watched::Wanted) => {
                drop(lease);
                shared.config.clock.sleep(shared.config.timing.rest).await;
            }
            Ok(Watched::Impossible) => {
                // A connection that only costs the server memory.
                if !lease.is_wanted() {
                    lease.drop_link();
                }
                drop(lease);
                shared.config.clock.sleep(poll).await;
            }
            Err(Trouble::Refused(problem)) => {
                tracing::info!(?problem, "INBOX refused");
                drop(lease);
                shared.config.clock.sleep(poll).await;
            }
            Err(trouble) => return Err(trouble),
        }
    }
}

async fn inbox(shared: &Shared) -> Result<Option<MailboxId>, Trouble> {
    let account = shared.account;
    let name = MailboxName::from_wire(b"INBOX");
    Ok(shared.read(move |s| s.mailbox_by_name(account, &name)).await?.map(|row| row.id))
}

/// Why watching ended.
enum Watched {
    /// Somebody else needs the connection.
    Wanted,
    /// The server has no IDLE, or no INBOX.
    Impossible,
}

async fn attend(shared: &Shared, lease: &mut Lease<'_>, inbox: MailboxId) -> Result<Watched, Trouble> {
    let link = lease.link()?;
    visit::visit(shared, link, inbox, None).await?;
    if !link.session.has_notify() {
        let all = link.session.notify().await.map_err(|error| link.trouble(&error))?;
        if all {
            // What happened in other mailboxes before the server began to tell.
            shared.wake.notify_one();
        }
    }
    let mut probes = shared.probe.subscribe();
    loop {
        let (link, wanted) = lease.parts();
        let Some(link) = link else { return Err(Trouble::Again) };
        let mut probing = false;
        let stop = async {
            tokio::select! {
                () = wanted => None,
                _ = probes.changed() => {
                    probing = true;
                    Some(shared.config.timing.probe)
                }
            }
        };
        shared.board.idle(true);
        let all = link.session.has_notify();
        shared.pushed.send_if_modified(|pushed| std::mem::replace(&mut pushed.all, all) != all);
        match listen(shared, link, inbox, stop).await? {
            Heard::News => {}
            Heard::Stopped if probing => probe(shared, link).await?,
            Heard::Stopped => return Ok(Watched::Wanted),
            Heard::Refused => return Ok(Watched::Impossible),
        }
    }
}

/// How listening ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    /// Listen again.
    News,
    /// The caller wanted it to end.
    Stopped,
    /// The server has no IDLE after all.
    Refused,
}

/// One IDLE on the selected mailbox, with what follows from it.
async fn listen(
    shared: &Shared,
    link: &mut Link,
    mailbox: MailboxId,
    stop: impl Future<Output = Option<Duration>>,
) -> Result<Heard, Trouble> {
    let renewal = shared.renewal(link.session.rules().keepalive);
    link.session.set_idle_renewal(renewal);
    let start = shared.config.clock.moment();
    let end = match link.session.idle_until(stop).await {
        Ok(end) => end,
        Err(Error::No { .. } | Error::Bad { .. } | Error::Unsupported { .. }) => return Ok(Heard::Refused),
        Err(error) => {
            let silence = shared.config.clock.elapsed(start);
            shared.learn_renewal(|renewal| renewal.died(silence));
            return Err(link.trouble(&error));
        }
    };
    match end {
        IdleEnd::News => {
            take(shared, link, mailbox).await?;
            Ok(Heard::News)
        }
        IdleEnd::Renew => {
            shared.learn_renewal(super::renewal::Renewal::lived);
            Ok(Heard::News)
        }
        IdleEnd::Stopped => Ok(Heard::Stopped),
    }
}

/// Carries news into the store.
async fn take(shared: &Shared, link: &mut Link, mailbox: MailboxId) -> Result<(), Trouble> {
    let news = link.news(shared);
    news::elsewhere(shared, &news).await?;
    let Digest { flags, gone, mut look } = Digest::of(news);
    if !flags.is_empty() || !gone.is_empty() {
        let validity = link.view().and_then(|view| view.validity);
        look |= !news::apply(shared, (mailbox, validity), flags, gone).await?;
    }
    if look {
        visit::visit(shared, link, mailbox, None).await?;
    }
    Ok(())
}

/// Whether the connection survived a change of the network.
async fn probe(shared: &Shared, link: &mut Link) -> Result<(), Trouble> {
    match shared.config.clock.timeout(shared.config.timing.probe, link.session.noop()).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(link.trouble(&error)),
        Err(_) => Err(link.trouble(&Error::Timeout { what: "NOOP" })),
    }
}

/// The next errand of the user. While there is none, listens for news of the mailbox on the screen, if nobody else
/// does and the connection is not shared.
pub(super) async fn next_errand(shared: &Shared) -> Result<Errand, Trouble> {
    let mut visible = shared.visible.subscribe();
    let mut pushed = shared.pushed.subscribe();
    let mut painted = shared.painted.subscribe();
    loop {
        if let Some(errand) = shared.queue.try_next() {
            return Ok(errand);
        }
        let on_screen = *visible.borrow_and_update();
        let all = pushed.borrow_and_update().all;
        let alone = shared.links.is_alone(Role::Act);
        let glance = match on_screen {
            Some(mailbox) if !all && alone && *painted.borrow_and_update() => {
                (inbox(shared).await? != Some(mailbox)).then_some(mailbox)
            }
            _ => None,
        };
        let heard = match glance {
            Some(mailbox) => {
                let changed = async {
                    tokio::select! {
                        _ = visible.changed() => {}
                        _ = pushed.wait_for(|pushed| pushed.all) => {}
                    }
                };
                self::glance(shared, mailbox, changed).await?
            }
            None => Heard::Refused,
        };
        if heard == Heard::Refused {
            // Nothing to listen to, or no way to: until something changes.
            tokio::select! {
                () = shared.queue.ready() => {}
                _ = visible.changed() => {}
                _ = painted.changed() => {}
                _ = pushed.changed(), if glance.is_none() => {}
            }
        }
    }
}

/// Listens for news of one mailbox until there is something else to do.
async fn glance(
    shared: &Shared,
    mailbox: MailboxId,
    changed: impl Future<Output = ()>,
) -> Result<Heard, Trouble> {
    let mut lease = shared.lease(Role::Act).await?;
    let result = glance_at(shared, &mut lease, mailbox, changed).await;
    shared.pushed.send_if_modified(|pushed| pushed.visible.take().is_some());
    match lease.settle(result) {
        Err(Trouble::Refused(problem)) => {
            tracing::info!(%mailbox, ?problem, "no news of the mailbox on the screen");
            Ok(Heard::Refused)
        }
        other => other,
    }
}

async fn glance_at(
    shared: &Shared,
    lease: &mut Lease<'_>,
    mailbox: MailboxId,
    changed: impl Future<Output = ()>,
) -> Result<Heard, Trouble> {
    let link = lease.link()?;
    if !link.has_idle {
        return Ok(Heard::Refused);
    }
    if link.view().is_none_or(|view| view.mailbox != mailbox) {
        visit::visit(shared, link, mailbox, None).await?;
    }
    if link.view().is_none_or(|view| view.mailbox != mailbox) {
        // A mere level of the tree, or gone.
        return Ok(Heard::Refused);
    }
    let mut probes = shared.probe.subscribe();
    let mut changed = std::pin::pin!(changed);
    loop {
        let (link, wanted) = lease.parts();
        let Some(link) = link else { return Err(Trouble::Again) };
        let (mut probing, mut elsewhere) = (false, false);
        let stop = async {
            tokio::select! {
                () = wanted => {}
                // The user waits for it.
                () = shared.queue.ready() => {}
                () = &mut changed => elsewhere = true,
                _ = probes.changed() => probing = true,
            }
            Some(shared.config.timing.probe)
        };
        shared.pushed.send_if_modified(|pushed| pushed.visible.replace(mailbox) != Some(mailbox));
        match listen(shared, link, mailbox, stop).await? {
            // Also if news came at the same moment: the other mailbox is on the screen now.
            Heard::News if elsewhere => return Ok(Heard::Stopped),
            Heard::News => {}
            Heard::Stopped if probing => probe(shared, link).await?,
            end @ (Heard::Stopped | Heard::Refused) => return Ok(end),
        }
    }
}
