//! Looks at messages, loads their pictures, asks lists and name servers: what the mail screen wants, away from its thread.

use super::App;
use crate::html::Document;
use crate::mime::message;
use crate::model::{MessageId, PartPath};
use crate::remote::{Cache, Checker, Loaded, Pictures, Way, unsubscribe};
use crate::store::{PartSource, Preference, Snapshot, Store, StoreError};
use crate::trust::{self, Around};
use crate::ui::message::Message;
use crate::ui::read::{Html, MailText, html_with, mail as read_mail};
use crate::ui::screen::mail::Message as MailMessage;
use crate::ui::screen::mail::watch::{Examined, WatchMessage, Wish};
use iced::Task;
use std::io::Read;
use std::sync::Arc;

fn told(message: WatchMessage) -> Message {
    Message::Mail(MailMessage::Watch(message))
}

impl App {
    /// Does what is wanted about a message.
    pub(super) fn watch(&self, wish: Wish) -> Task<Message> {
        let Some(store) = self.store.clone() else { return Task::none() };
        let cache = self.profile.as_ref().map(|profile| Cache::below(profile.cache_dir()));
        let now = self.now;
        match wish {
            Wish::Examine(id, html, document) => Task::perform(
                async move {
                    let work = move || examine(&store, cache, id, html.as_ref(), document.as_deref());
                    tokio::task::spawn_blocking(work).await.ok()?.ok()
                },
                move |found| {
                    found.map_or(Message::Done, |found| told(WatchMessage::Examined(id, Arc::new(found))))
                },
            ),
            Wish::Load(id, html, document) => Task::perform(load(cache, id, html, document), move |loaded| {
                told(WatchMessage::Loaded(id, Arc::new(loaded)))
            }),
            Wish::Unsubscribe(id, address) => {
                Task::perform(async move { unsubscribe(&Way::system(), &address).await }, move |result| {
                    told(WatchMessage::Unsubscribed(id, result))
                })
            }
            Wish::Check(id) => {
                Task::perform(check(store, id), move |checks| told(WatchMessage::Checked(id, checks)))
            }
            Wish::Allow(consent) => write(store, move |w| w.allow_remote(&consent, now)),
            Wish::Revoke(consent) => write(store, move |w| w.revoke_remote(&consent, now)),
            Wish::Prefer(preference, on) => write(store, move |w| w.set_preference(preference, on)),
        }
    }
}

fn write(
    store: Store,
    change: impl FnOnce(&mut crate::store::Write<'_>) -> Result<(), StoreError> + Send + 'static,
) -> Task<Message> {
    Task::perform(async move { store.write("sender", change).await }, |result| {
        if let Err(why) = result {
            tracing::warn!(%why, "what was decided about a sender could not be kept");
        }
        Message::Done
    })
}

/// Collects what is known about a message. Blocks.
fn examine(
    store: &Store,
    cache: Option<Cache>,
    id: MessageId,
    html: Option<&Html>,
    document: Option<&Document>,
) -> Result<Examined, StoreError> {
    let snapshot = store.snapshot()?;
    let Some(detail) = snapshot.message(id)? else { return Ok(Examined::default()) };
    let accounts = snapshot.accounts()?;
    let own: Vec<String> = accounts.iter().map(|row| row.account.email.clone()).collect();
    let mine = accounts.iter().find(|row| row.id == detail.account);
    let receivers = mine.map(|row| trust::trusted_receivers(&row.account.imap.host)).unwrap_or_default();
    let known = snapshot.correspondents()?;
    let header = header(&snapshot, id)?;
    let report = document.map(Document::report);
    let links = match document {
        Some(document) => {
            let page = document.page();
            let folded = page.fold.iter().flat_map(|fold| fold.links.iter().cloned());
            page.links.iter().map(|l| (l.target.clone(), l.label.clone())).chain(folded).collect()
        }
        None => links_of_text(store, id),
    };
    let mail = trust::Mail {
        header: header.as_deref().unwrap_or_default(),
        envelope: Some(&detail.envelope),
        structure: detail.structure.as_ref(),
        report: report.as_deref(),
        links: &links,
    };
    let facts = trust::examine(mail, Around { own: &own, known: &known, receivers: &receivers });
    let author = facts.from.first().map(|author| author.email.clone()).unwrap_or_default();
    let loaded = match (&report, cache) {
        (Some(report), Some(cache)) => Pictures::new(cache, Way::system()).cached(id, report),
        _ => Loaded::default(),
    };
    let dressed = html.filter(|_| !loaded.pictures.is_empty()).map(|html| html_with(html, &loaded.pictures));
    let loaded = names_only(loaded);
    Ok(Examined {
        memory: snapshot.sender(&author)?,
        html: dressed,
        loaded,
        page: document.is_some(),
        size: detail.size,
        whole: header.is_some(),
        strip: snapshot.preference(Preference::StripLinks)?,
        check: snapshot.preference(Preference::CheckSignatures)?,
        facts,
    })
}

/// Bytes of a message that are read for its header.
const MAX_HEADER: u64 = 256 * 1024;

/// The header of a message if the whole message is here.
fn header(snapshot: &Snapshot, id: MessageId) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(match snapshot.part_source(id, &PartPath::root())? {
        Some(PartSource::Bytes(bytes)) => Some(bytes),
        Some(PartSource::File(file)) => {
            let mut start = Vec::new();
            file.take(MAX_HEADER).read_to_end(&mut start).ok().map(|_| start)
        }
        None => None,
    })
}

fn links_of_text(store: &Store, id: MessageId) -> Vec<(String, String)> {
    let Ok((_, Some(mail))) = read_mail(store, id, None, &crate::html::nested::Plain) else {
        return Vec::new();
    };
    match &mail.text {
        MailText::Here { content, .. } => content.links(),
        MailText::Missing | MailText::None => Vec::new(),
    }
}

async fn load(
    cache: Option<Cache>,
    id: MessageId,
    html: Html,
    document: Arc<Document>,
) -> (Loaded, Option<Html>) {
    let Some(cache) = cache else { return (Loaded::default(), None) };
    let loaded = Pictures::new(cache, Way::system()).load(id, &document.report()).await;
    let pictures = loaded.pictures.clone();
    let work = move || (!pictures.is_empty()).then(|| html_with(&html, &pictures));
    let dressed = tokio::task::spawn_blocking(work).await.ok().flatten();
    (names_only(loaded), dressed)
}

/// The window needs to know which pictures are there; their bytes are in the message.
fn names_only(loaded: Loaded) -> Loaded {
    let names = loaded.pictures.into_keys().map(|token| (token, Vec::new())).collect();
    Loaded { pictures: names, ..loaded }
}

async fn check(store: Store, id: MessageId) -> Vec<crate::remote::Check> {
    let read = move || {
        let raw = store.snapshot().ok()?.part(id, &PartPath::root()).ok()??;
        let from = message::parse(&raw).envelope.from.into_iter().next().map(|author| author.email);
        Some((raw, from.unwrap_or_default()))
    };
    let Some((raw, from)) = tokio::task::spawn_blocking(read).await.ok().flatten() else { return Vec::new() };
    match Checker::system() {
        Some(checker) => checker.check(raw, &from).await,
        None => Vec::new(),
    }
}
