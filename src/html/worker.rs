//! The render process: reads requests from standard input, answers on standard output, until the input ends.
//!
//! Whatever a mail does to it, it can only draw wrong or die: it has no network, no files but fonts, and limits
//! of memory and time ([`sandbox`]).

pub(super) mod sandbox;

use super::engine::{Blitz, Engine};
use super::stack::Stack;
use super::wire::{self, Answer, Ask, Attempt};
use std::collections::{HashMap, VecDeque};
use std::io::{self, BufWriter, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// Argument that makes the program a render process.
pub const ARGUMENT: &str = "--html-worker";

/// Stack of the thread that lays out: it recurses through [`super::limits::MAX_DEPTH`] elements.
const STACK: usize = 128 * 1024 * 1024;
/// Documents that are kept open; a window shows a conversation, and what fell out is opened again.
const MAX_OPEN: usize = 6;
/// Highest tile in device pixels.
const MAX_TILE: u32 = 4096;

/// Runs the process. Returns when the window's process has closed the pipe.
#[must_use]
pub fn run() -> ExitCode {
    // A panic is answered, not told to whoever started the window.
    std::panic::set_hook(Box::new(|_| {}));
    let engine = Blitz::new();
    let walls = sandbox::enter();
    let work = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        let mut worker = Worker { engine, open: VecDeque::new() };
        let mut out = BufWriter::new(io::stdout().lock());
        wire::write(&mut out, &Answer::Ready { sandbox: walls }, &[])?;
        worker.serve(&mut io::stdin().lock(), &mut out, walls)
    });
    match work.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

struct Worker<E: Engine> {
    engine: E,
    /// The last one was used last.
    open: VecDeque<(u64, Stack<E::Sheet>)>,
}

impl<E: Engine> Worker<E> {
    fn serve(&mut self, input: &mut impl Read, out: &mut impl Write, walls: wire::Sandbox) -> io::Result<()> {
        while let Some((ask, bytes)) = wire::read::<Ask>(input)? {
            let done = catch_unwind(AssertUnwindSafe(|| self.answer(ask, &bytes, walls)));
            let (answer, pixels) = done.unwrap_or_else(|panic| {
                // What broke may be half changed.
                self.open.clear();
                (Answer::Failed { why: words(panic.as_ref()) }, Vec::new())
            });
            wire::write(out, &answer, &[&pixels])?;
        }
        Ok(())
    }

    fn answer(&mut self, ask: Ask, bytes: &[u8], walls: wire::Sandbox) -> (Answer, Vec<u8>) {
        let plain = |answer: Answer| (answer, Vec::new());
        match ask {
            Ask::Open { document, html, pictures, inner, view } => {
                let (html, mut rest) = bytes.split_at_checked(html).unwrap_or((bytes, &[]));
                let mut given = HashMap::new();
                for (token, length) in pictures {
                    let (picture, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
                    given.insert(token, picture);
                    rest = after;
                }
                let mut documents = vec![(html, 0)];
                for (length, depth) in inner {
                    let (html, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
                    documents.push((html, depth));
                    rest = after;
                }
                let (sheet, report) = Stack::open(&mut self.engine, &documents, &given, view);
                let page = sheet.page();
                self.open.retain(|(known, _)| *known != document);
                if self.open.len() >= MAX_OPEN {
                    self.open.pop_front();
                }
                self.open.push_back((document, sheet));
                plain(Answer::Opened { page, report })
            }
            Ask::LayOut { document, view } => plain(match self.sheet(document) {
                Some(sheet) => {
                    sheet.lay_out(view);
                    Answer::LaidOut { page: sheet.page() }
                }
                None => Answer::Unknown,
            }),
            Ask::Paint { document, top, height } => match self.sheet(document) {
                Some(sheet) => {
                    let page_width = sheet.width();
                    let height = height.clamp(1, MAX_TILE);
                    let pixels = sheet.paint(top, height);
                    (Answer::Painted { width: page_width, height }, pixels)
                }
                None => plain(Answer::Unknown),
            },
            Ask::Close { document } => {
                self.open.retain(|(known, _)| *known != document);
                plain(Answer::Done)
            }
            Ask::Sandbox => plain(Answer::Ready { sandbox: walls }),
            Ask::Probe { attempt } => plain(probe(attempt)),
        }
    }

    fn sheet(&mut self, document: u64) -> Option<&mut Stack<E::Sheet>> {
        let at = self.open.iter().position(|(known, _)| *known == document)?;
        let found = self.open.remove(at)?;
        self.open.push_back(found);
        self.open.back_mut().map(|(_, sheet)| sheet)
    }
}

/// The words of a panic.
fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    text.unwrap_or("panic").chars().take(500).collect()
}

/// Tries what must not work; the answer says whether it did.
fn probe(attempt: Attempt) -> Answer {
    let tried = match attempt {
        Attempt::Connect => std::net::TcpStream::connect(("127.0.0.1", 9)).map(drop),
        Attempt::Datagram => std::net::UdpSocket::bind(("127.0.0.1", 0)).map(drop),
        Attempt::ReadFile => std::fs::read("/etc/passwd").map(drop),
        Attempt::WriteFile => std::fs::write(std::env::temp_dir().join("postrider-probe"), b"x").map(drop),
        Attempt::Spawn => std::process::Command::new("/bin/true").status().map(drop),
        Attempt::Memory => {
            let mut all: Vec<u8> = Vec::new();
            let room = all.try_reserve_exact(2 << 30).map_err(io::Error::other);
            room.map(|()| all.resize(2 << 30, 1))
        }
        Attempt::Crash => std::process::abort(),
        Attempt::Hang => loop {
            std::thread::park();
        },
    };
    match tried {
        Ok(()) => Answer::Done,
        Err(error) => Answer::Failed { why: error.to_string() },
    }
}
