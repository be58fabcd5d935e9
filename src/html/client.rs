//! The window's side: a pool of warm render processes, and documents that are shown with them.
//!
//! ```no_run
//! # async fn example() -> Result<(), postrider::html::Trouble> {
//! use postrider::html::{Renderer, Request, View};
//! let renderer = Renderer::new()?;
//! let document = renderer.open(Request::new("<p>Hello</p>"), View::default()).await?;
//! let page = document.page(); // size, links, text: hit test, selection and search without waiting
//! let tile = document.tile(0, 512).await?; // pixels
//! # Ok(()) }
//! ```
//!
//! A process that panics, dies or takes longer than [`MAX_WAIT`] costs the view of the one document that it was
//! working on, which gets a [`Trouble`]; [`Trouble::fallback`] is what to show instead. Other documents of that
//! process are opened again, unseen, when they are needed.

mod process;

use super::page::{Page, View};
use super::sanitize::Report;
use super::wire::{Answer, Ask};
use process::{Patience, Process};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use super::wire::{Attempt, Sandbox};

/// How long a process may work on one request before it is ended.
pub const MAX_WAIT: Duration = Duration::from_secs(8);
/// Processes that stay warm: one may be busy with a heavy mail while the next one is opened.
pub const WORKERS: usize = 2;

/// A mail to be shown.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The HTML as text; see [`crate::mime::text::decode_part`].
    pub html: String,
    /// Pictures by what the document calls them: `cid:<Content-ID>` for those in the mail, and `blocked:n` for
    /// remote picture number `n` of the [`Report`], once the user has asked for it and it has been loaded.
    pub pictures: HashMap<String, Vec<u8>>,
    /// The text alternative of the mail, shown where its HTML cannot be.
    pub alternative: Option<String>,
    /// Documents that are shown below it; see [`super::nested`].
    pub inner: Vec<Inner>,
}

/// A document that is shown below a mail, cleaned and laid out by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inner {
    /// The HTML as text.
    pub html: String,
    /// How far it is set in: messages within messages.
    pub depth: u32,
}

impl Inner {
    /// What a picture of a document is called among those of the request; `number` counts the documents, the mail's
    /// own being 0, and `token` is the name in the document.
    #[must_use]
    pub fn picture(number: usize, token: &str) -> String {
        if number == 0 { token.to_owned() } else { format!("{number}|{token}") }
    }
}

impl Request {
    /// A mail that is nothing but HTML.
    #[must_use]
    pub fn new(html: impl Into<String>) -> Self {
        Self { html: html.into(), ..Self::default() }
    }
}

/// Why a mail is not shown as its sender meant it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It took longer than [`MAX_WAIT`]: the mail is too complex.
    #[error("this mail is too complex to be shown as designed")]
    TooSlow,
    /// The process died of it, or ran out of memory.
    #[error("showing this mail as designed failed")]
    Crashed,
    /// The layout gave up; the words are for a report of the fault.
    #[error("showing this mail as designed failed ({0})")]
    Broken(String),
    /// No process can be started.
    #[error("the render process cannot be started ({0})")]
    NoProcess(String),
}

impl Trouble {
    /// What is shown instead: the text alternative, or else the text of the HTML, and the texts of the messages that the
    /// mail carries along. Where there is none it says why, so that there is something to be seen.
    #[must_use]
    pub fn fallback(&self, request: &Request) -> String {
        let text_of = |html: &str| crate::mime::html_text::to_text(html).to_plain();
        let mut text = match &request.alternative {
            Some(text) if !text.trim().is_empty() => text.clone(),
            _ => text_of(&request.html),
        };
        for inner in &request.inner {
            if text.len() > super::limits::MAX_TEXT {
                break;
            }
            text.push_str("\n\n");
            text.push_str(&text_of(&inner.html));
        }
        if text.trim().is_empty() { self.to_string() } else { text }
    }
}

/// Pixels of a part of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// First row in device pixels.
    pub top: u32,
    /// Width in device pixels: that of the page.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Opaque RGBA, row by row.
    pub pixels: Vec<u8>,
}

/// Starts render processes and opens documents with them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Renderer {
    pool: Arc<Pool>,
}

#[derive(Debug)]
struct Pool {
    program: PathBuf,
    workers: Vec<tokio::sync::Mutex<Option<Process>>>,
    next: AtomicU64,
    patience: Patience,
}

impl Renderer {
    /// A renderer with this program as its render process.
    ///
    /// # Errors
    /// The system does not tell where the program is.
    pub fn new() -> Result<Self, Trouble> {
        let program = std::env::current_exe().map_err(|error| Trouble::NoProcess(error.to_string()))?;
        Ok(Self::with_program(program))
    }

    /// A renderer with another program as its render process, for tests.
    #[must_use]
    pub fn with_program(program: PathBuf) -> Self {
        Self::with_patience(program, None)
    }

    /// A renderer that also gives up on documents that take so much processor time, where the system tells it.
    #[must_use]
    pub fn within(&self, work: Duration) -> Self {
        Self::with_patience(self.pool.program.clone(), Some(work))
    }

    fn with_patience(program: PathBuf, work: Option<Duration>) -> Self {
        let workers = (0..WORKERS).map(|_| tokio::sync::Mutex::new(None)).collect();
        let patience = Patience { wait: MAX_WAIT, work };
        Self { pool: Arc::new(Pool { program, workers, next: AtomicU64::new(0), patience }) }
    }

    /// Starts the processes that are not running, so that the first mail need not wait. Errors show up there.
    pub async fn warm(&self) {
        for worker in &self.pool.workers {
            let mut slot = worker.lock().await;
            if slot.is_none() {
                *slot = Process::start(&self.pool.program, self.pool.patience).await.ok();
            }
        }
    }

    /// Cleans a mail and lays it out.
    ///
    /// # Errors
    /// The mail is to be shown as text, see [`Trouble::fallback`].
    pub async fn open(&self, request: impl Into<Arc<Request>>, view: View) -> Result<Document, Trouble> {
        let id = self.pool.next.fetch_add(1, Ordering::Relaxed);
        // The less busy one; a document stays where it is.
        let free = self.pool.workers.iter().position(|worker| worker.try_lock().is_ok());
        let worker = free.unwrap_or_else(|| usize::try_from(id).unwrap_or(0) % WORKERS);
        let document = Document {
            pool: Arc::clone(&self.pool),
            worker,
            id,
            request: request.into(),
            state: Mutex::new(State { view, page: Arc::new(Page::default()), report: Arc::default() }),
        };
        document.open().await?;
        Ok(document)
    }

    /// What stands around the render processes.
    ///
    /// # Errors
    /// No process can be started.
    pub async fn sandbox(&self) -> Result<Sandbox, Trouble> {
        match self.pool.ask(0, &Ask::Sandbox, &[]).await? {
            (Answer::Ready { sandbox }, _) => Ok(sandbox),
            (other, _) => Err(Trouble::Broken(format!("{other:?}"))),
        }
    }

    /// Has a render process try what it must not be able to do; true if it could. For tests.
    ///
    /// # Errors
    /// It died of it, or took too long.
    pub async fn probe(&self, attempt: Attempt) -> Result<bool, Trouble> {
        match self.pool.ask(0, &Ask::Probe { attempt }, &[]).await {
            Ok((answer, _)) => Ok(answer == Answer::Done),
            Err(Trouble::Broken(_)) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// Process numbers of the running render processes, for measuring.
    pub async fn process_ids(&self) -> Vec<u32> {
        let mut all = Vec::new();
        for worker in &self.pool.workers {
            all.extend(worker.lock().await.as_ref().and_then(Process::id));
        }
        all
    }
}

impl Pool {
    /// Asks a process, which is started if it does not run, and ended if it does not answer.
    async fn ask(&self, worker: usize, ask: &Ask, bytes: &[&[u8]]) -> Result<(Answer, Vec<u8>), Trouble> {
        let Some(worker) = self.workers.get(worker) else { return Err(Trouble::Crashed) };
        let mut slot = worker.lock().await;
        let mut process = match slot.take() {
            Some(process) => process,
            None => Process::start(&self.program, self.patience).await?,
        };
        // Dropping the process ends it: also when the caller stops waiting, half an answer is no use to anybody.
        let answer = process.ask(ask, bytes).await?;
        *slot = Some(process).filter(|process| !process.is_worn());
        match answer {
            (Answer::Failed { why }, _) => Err(Trouble::Broken(why)),
            answer => Ok(answer),
        }
    }
}

/// An open mail. Dropping it forgets it.
#[derive(Debug)]
pub struct Document {
    pool: Arc<Pool>,
    worker: usize,
    id: u64,
    request: Arc<Request>,
    state: Mutex<State>,
}

#[derive(Clone, Debug)]
struct State {
    view: View,
    page: Arc<Page>,
    report: Arc<Report>,
}

impl Document {
    /// Size, links and text as they were laid out last. Shared: cheap to hold.
    #[must_use]
    pub fn page(&self) -> Arc<Page> {
        self.state().page
    }

    /// What the mail contained besides its text.
    #[must_use]
    pub fn report(&self) -> Arc<Report> {
        self.state().report
    }

    /// The view that the page was laid out for.
    #[must_use]
    pub fn view(&self) -> View {
        self.state().view
    }

    /// The mail that is shown, for [`Trouble::fallback`].
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Paints rows of the page. Rows below its end are in the color behind it.
    ///
    /// # Errors
    /// The mail is to be shown as text from now on.
    pub async fn tile(&self, top: u32, height: u32) -> Result<Tile, Trouble> {
        let ask = Ask::Paint { document: self.id, top, height };
        let mut answer = self.pool.ask(self.worker, &ask, &[]).await?;
        if answer.0 == Answer::Unknown {
            self.open().await?;
            answer = self.pool.ask(self.worker, &ask, &[]).await?;
        }
        let (Answer::Painted { width, height }, pixels) = answer else { return Err(Trouble::Crashed) };
        let expected = u64::from(width) * u64::from(height) * 4;
        if u64::try_from(pixels.len()).ok() != Some(expected) {
            return Err(Trouble::Crashed);
        }
        Ok(Tile { top, width, height, pixels })
    }

    /// Lays the page out for another width, zoom or color scheme, and gives it. Tiles painted before are stale.
    ///
    /// # Errors
    /// The mail is to be shown as text from now on.
    pub async fn lay_out(&self, view: View) -> Result<Arc<Page>, Trouble> {
        let view = view.clamped();
        self.change(|state| state.view = view);
        match self.pool.ask(self.worker, &Ask::LayOut { document: self.id, view }, &[]).await? {
            (Answer::LaidOut { page }, _) => {
                let page = Arc::new(page);
                self.change(|state| state.page = Arc::clone(&page));
                Ok(page)
            }
            (Answer::Unknown, _) => {
                self.open().await?;
                Ok(self.page())
            }
            _ => Err(Trouble::Crashed),
        }
    }

    async fn open(&self) -> Result<(), Trouble> {
        let mut bytes: Vec<&[u8]> = vec![self.request.html.as_bytes()];
        let mut pictures = Vec::with_capacity(self.request.pictures.len());
        for (token, picture) in &self.request.pictures {
            pictures.push((token.clone(), picture.len()));
            bytes.push(picture);
        }
        let mut inner = Vec::with_capacity(self.request.inner.len());
        for one in &self.request.inner {
            inner.push((one.html.len(), one.depth));
            bytes.push(one.html.as_bytes());
        }
        let html = self.request.html.len();
        let ask = Ask::Open { document: self.id, html, pictures, inner, view: self.view().clamped() };
        match self.pool.ask(self.worker, &ask, &bytes).await? {
            (Answer::Opened { page, report }, _) => {
                self.change(|state| (state.page, state.report) = (Arc::new(page), Arc::new(report)));
                Ok(())
            }
            _ => Err(Trouble::Crashed),
        }
    }

    fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Drop for Document {
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (pool, worker, id) = (Arc::clone(&self.pool), self.worker, self.id);
        runtime.spawn(async move {
            let Some(slot) = pool.workers.get(worker) else { return };
            let running = slot.lock().await.is_some();
            if running {
                let _ = pool.ask(worker, &Ask::Close { document: id }, &[]).await;
            }
        });
    }
}
