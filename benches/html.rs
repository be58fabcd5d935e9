//! How long a mail takes from the click to its first tile, in a warm render process: `cargo bench --bench html`.
//! Prints figures, never fails by time.
#![allow(missing_docs, clippy::unwrap_used)]

use divan::Bencher;
use postrider::html::{self, Renderer, Request, View};
use std::path::PathBuf;
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

/// Rows of the first tile.
const TILE: u32 = 512;

/// A newsletter of 30 KB with 20 tables, laid out as such mails are. The budget is 120 ms.
fn newsletter() -> String {
    let words = "Some words about an offer that ends soon, and why it is worth a look before it does. ";
    let article = format!(
        "<table width=\"100%\" cellpadding=\"8\" cellspacing=\"0\" style=\"border-bottom:1px solid #ddd\"><tr>\
         <td width=\"120\" valign=\"top\" bgcolor=\"#f4f4f4\"><a href=\"https://example.org/\"><img width=\"104\" \
         height=\"80\" alt=\"Picture\" src=\"https://example.org/a.png\"></a></td><td style=\"font-family:Arial,\
         sans-serif;font-size:14px;line-height:20px;color:#333\"><h2 style=\"margin:0;font-size:18px\">A headline\
         </h2><p style=\"margin:8px 0\">{}</p><a href=\"https://example.org/more\" style=\"background:#06c;\
         color:#fff;padding:8px 16px;border-radius:4px;text-decoration:none\">Read more</a></td></tr></table>",
        words.repeat(10)
    );
    format!(
        "<!DOCTYPE html><html><head><style>@media (max-width:600px){{.w{{width:100%!important}}}}</style></head>\
         <body bgcolor=\"#eeeeee\"><table class=\"w\" width=\"640\" align=\"center\" bgcolor=\"#ffffff\"><tr><td>{}\
         </td></tr></table></body></html>",
        article.repeat(19)
    )
}

/// A letter. The budget is 30 ms.
fn letter() -> String {
    let line =
        "<p>Dear Ann, thank you for the pictures of the garden; the roses are beautiful this year.</p>";
    format!("<html><body>{}<p>Yours, <b>Joe</b></p></body></html>", line.repeat(8))
}

/// 2.6 MB of what some senders make: each word in an element of its own. The budget is 2 s.
fn giant() -> String {
    let piece = "<span style=\"font-size:11.0pt;font-family:'Calibri',sans-serif;mso-fareast-language:EN-US\">word </span>";
    format!("<html><body>{}</body></html>", format!("<p>{}</p>", piece.repeat(60)).repeat(420))
}

struct Bench {
    runtime: Runtime,
    renderer: Renderer,
}

impl Bench {
    fn new() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let renderer = Renderer::with_program(PathBuf::from(env!("CARGO_BIN_EXE_postrider")));
        runtime.block_on(renderer.warm());
        Self { runtime, renderer }
    }

    fn first_tile(&self, html: &str) {
        self.runtime.block_on(async {
            let document = self.renderer.open(Request::new(html), View::default()).await.unwrap();
            document.tile(0, TILE).await.unwrap();
        });
    }
}

fn click_to_first_tile(bencher: Bencher, html: &str) {
    let bench = Bench::new();
    bench.first_tile(html);
    bencher.bench_local(|| bench.first_tile(html));
}

#[divan::bench(sample_count = 30)]
fn newsletter_click_to_first_tile(bencher: Bencher) {
    click_to_first_tile(bencher, &newsletter());
}

#[divan::bench(sample_count = 30)]
fn letter_click_to_first_tile(bencher: Bencher) {
    click_to_first_tile(bencher, &letter());
}

#[divan::bench(sample_count = 3)]
fn giant_click_to_first_tile(bencher: Bencher) {
    click_to_first_tile(bencher, &giant());
}

#[divan::bench]
fn next_tile(bencher: Bencher) {
    let bench = Bench::new();
    let html = newsletter();
    let document = bench.runtime.block_on(bench.renderer.open(Request::new(html), View::default())).unwrap();
    bencher.bench_local(|| bench.runtime.block_on(document.tile(TILE, TILE)).unwrap());
}

#[divan::bench(sample_count = 30)]
fn other_width(bencher: Bencher) {
    let bench = Bench::new();
    let document =
        bench.runtime.block_on(bench.renderer.open(Request::new(newsletter()), View::default())).unwrap();
    let mut width = 600;
    bencher.bench_local(|| {
        width = 1400 - width;
        bench.runtime.block_on(document.lay_out(View { width, ..View::default() })).unwrap()
    });
}

#[divan::bench]
fn clean_a_newsletter(bencher: Bencher) {
    let html = newsletter();
    bencher.bench_local(|| html::sanitize(divan::black_box(&html)));
}
