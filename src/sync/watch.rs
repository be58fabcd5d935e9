//! Waits for news of INBOX (IDLE, RFC 2177) and carries them into the store.

use super::link::Link;
use super::links::{Lease, Role};
use super::shared::Shared;
use super::trouble::Trouble;
use super::visit::{self, Digest};
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
        let account = shared.account;
        let name = MailboxName::from_wire(b"INBOX");
        let inbox = shared.read(move |s| s.mailbox_by_name(account, &name)).await?;
        let mut lease = shared.lease(Role::Watch).await?;
        let watched = match inbox {
            Some(inbox) if lease.link()?.has_idle => attend(shared, &mut lease, inbox.id).await,
            _ => Ok(Watched::Impossible),
        };
        shared.board.idle(false);
        match lease.settle(watched) {
            Ok(Watched::Wanted) => {
                drop(lease);
                tokio::time::sleep(shared.config.timing.rest).await;
            }
            Ok(Watched::Impossible) => {
                // A connection that only costs the server memory.
                if !lease.is_wanted() {
                    lease.drop_link();
                }
                drop(lease);
                tokio::time::sleep(shared.config.timing.poll_without_idle).await;
            }
            Err(Trouble::Refused(problem)) => {
                tracing::info!(?problem, "INBOX refused");
                drop(lease);
                tokio::time::sleep(shared.config.timing.poll_without_idle).await;
            }
            Err(trouble) => return Err(trouble),
        }
    }
}

/// Why watching ended.
enum Watched {
    /// Somebody else needs the connection.
    Wanted,
    /// The server has no IDLE, or no INBOX.
    Impossible,
}

async fn attend(shared: &Shared, lease: &mut Lease<'_>, inbox: MailboxId) -> Result<Watched, Trouble> {
    visit::visit(shared, lease.link()?, inbox, None).await?;
    loop {
        let (link, wanted) = lease.parts();
        let Some(link) = link else { return Err(Trouble::Again) };
        let mut probing = false;
        let stop = async {
            tokio::select! {
                () = wanted => {}
                () = shared.probe.notified() => probing = true,
            }
        };
        shared.board.idle(true);
        let end = match link.session.idle(stop).await {
            Ok(end) => end,
            Err(Error::No { .. } | Error::Bad { .. } | Error::Unsupported { .. }) => {
                return Ok(Watched::Impossible);
            }
            Err(error) => return Err(link.trouble(&error)),
        };
        match end {
            IdleEnd::News => take(shared, link, inbox).await?,
            IdleEnd::Renew => {}
            IdleEnd::Stopped if probing => probe(link, shared.config.timing.probe).await?,
            IdleEnd::Stopped => return Ok(Watched::Wanted),
        }
    }
}

/// Carries news into the store.
async fn take(shared: &Shared, link: &mut Link, inbox: MailboxId) -> Result<(), Trouble> {
    let news = link.news(shared);
    let digest = Digest::of(news);
    if !digest.flags.is_empty() || !digest.gone.is_empty() {
        visit::apply(shared, inbox, digest.flags, digest.gone).await?;
    }
    if digest.look {
        visit::visit(shared, link, inbox, None).await?;
    }
    Ok(())
}

/// Whether the connection survived a change of the network.
async fn probe(link: &mut Link, limit: Duration) -> Result<(), Trouble> {
    match tokio::time::timeout(limit, link.session.noop()).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(link.trouble(&error)),
        Err(_) => Err(link.trouble(&Error::Timeout { what: "NOOP" })),
    }
}
