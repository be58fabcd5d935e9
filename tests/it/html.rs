//! HTML mail against the real render process: nothing acts, nothing is loaded, nothing breaks the window.

use crate::corpora;
use postrider::html::client::Attempt;
use postrider::html::{self, Document, Renderer, Request, Trouble, View, mail};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// Mails that are rendered of the whole test data, unless `POSTRIDER_HTML_ALL` is set.
const SAMPLE: usize = 60;
/// Mails that one process opens in the test for leaks, unless `POSTRIDER_HTML_ALL` is set.
const OPENED: usize = 120;

fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_postrider"))
}

fn all() -> bool {
    std::env::var_os("POSTRIDER_HTML_ALL").is_some()
}

fn on_a_runtime<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work)
}

/// Memory of a process in bytes: its peak, and what it has now.
fn memory(process: u32) -> Option<(u64, u64)> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let value = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
    };
    Some((value("VmHWM:")?, value("VmRSS:")?))
}

/// Tag names and attributes that could act.
fn acts(html: &str) -> Option<String> {
    let lower = html.to_ascii_lowercase();
    for word in [
        "<script", "<iframe", "<object", "<embed", "<svg", "<math", "<form", "<base", "<link", "<meta",
        "<input", "<video", "<audio",
    ] {
        if lower.contains(word) {
            return Some(word.to_owned());
        }
    }
    // Inside tags only: text may say what it likes, with its `<` escaped.
    for tag in lower.split('<').skip(1) {
        let inside = tag.split('>').next().unwrap_or_default();
        if tag.starts_with("style") {
            continue;
        }
        let names = inside.split('"').step_by(2).collect::<String>();
        for attribute in names.split_whitespace().skip(1) {
            if attribute.starts_with("on")
                || ["srcdoc", "action", "formaction", "srcset", "ping", "poster"]
                    .iter()
                    .any(|a| attribute.starts_with(a))
            {
                return Some(attribute.to_owned());
            }
        }
        for (name, value) in attributes(inside) {
            if matches!(name, "title" | "alt" | "class" | "id" | "name" | "face") {
                continue;
            }
            let value: String = value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
            if ["javascript:", "vbscript:", "data:text", "file:"].iter().any(|s| value.starts_with(s)) {
                return Some(value);
            }
        }
    }
    None
}

#[test]
fn nothing_of_dompurifys_payloads_acts_and_cleaning_twice_changes_nothing() {
    let Some(folder) = corpora::folder("dompurify") else {
        println!("skipped: the public test data is not here (POSTRIDER_CORPORA)");
        return;
    };
    let text = std::fs::read_to_string(folder.join("expect.json")).unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    for case in &cases {
        let payload = case["payload"].as_str().unwrap();
        let once = html::sanitize(payload).to_html();
        assert_eq!(acts(&once), None, "{payload}\n{once}");
        assert_eq!(html::sanitize(&once).to_html(), once, "{payload}");
    }
    println!("{} payloads", cases.len());
    assert!(cases.len() > 200);
}

/// All HTML of the test data.
fn real_html() -> Vec<(PathBuf, Request)> {
    let Some(root) = corpora::folder("") else {
        println!("skipped: the public test data is not here (POSTRIDER_CORPORA)");
        return Vec::new();
    };
    let mut found = Vec::new();
    for path in corpora::files(&root) {
        let ending = path.extension().map(|e| e.to_string_lossy().into_owned()).unwrap_or_default();
        let small = path.metadata().is_ok_and(|m| m.len() <= 8 * 1024 * 1024);
        match ending.as_str() {
            "html" if small => {
                let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                found.push((path, Request::new(text)));
            }
            "eml" | "txt" | "msg" if small => {
                let request = mail::request(&std::fs::read(&path).unwrap(), |why| format!("{why:?}"));
                found.push((path, request));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn all_mails_are_clean_and_stay_so() {
    let mails = real_html();
    for (path, request) in &mails {
        let once = html::sanitize(&request.html);
        let text = once.to_html();
        assert!(text.starts_with("<!DOCTYPE html>\n<html"), "{}", path.display());
        assert_eq!(acts(&text), None, "{}", path.display());
        assert_eq!(remote(&text), None, "{}", path.display());
        assert_eq!(html::sanitize(&text).to_html(), text, "{}", path.display());
    }
    println!("{} mails", mails.len());
}

/// The first address that is anything but a link's target or text.
fn remote(html: &str) -> Option<String> {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let tag = &rest[at..];
        let end = tag.find('>').unwrap_or(tag.len());
        let inside = &tag[..end];
        if inside.starts_with("<style") {
            let sheet = tag.split("</style>").next().unwrap_or_default();
            let mut sheet_rest = sheet;
            while let Some(at) = sheet_rest.find("url(") {
                let address = &sheet_rest[at + 4..];
                if !["\"cid:", "\"data:image/", "\"blocked:"].iter().any(|s| address.starts_with(s)) {
                    return Some(address.chars().take(60).collect());
                }
                sheet_rest = address;
            }
            if sheet.contains("@import") || sheet.contains("@font-face") {
                return Some(sheet.to_owned());
            }
            rest = &tag[sheet.len()..];
            continue;
        }
        for (name, value) in attributes(inside) {
            let loads = matches!(name, "src" | "background") || (name == "style" && value.contains("url("));
            let value = value.trim_start();
            let inner = if name == "style" {
                value.split("url(").nth(1).unwrap_or_default().trim_start_matches("&quot;")
            } else {
                value
            };
            if loads && !["cid:", "data:image/", "blocked:"].iter().any(|s| inner.starts_with(s)) {
                return Some(format!("{name}={value}"));
            }
        }
        rest = &tag[end..];
    }
    None
}

fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let pieces: Vec<&str> = tag.split('"').collect();
    (0..pieces.len() / 2).map(move |i| {
        let name = pieces[2 * i].trim_end_matches('=').split_whitespace().next_back().unwrap_or_default();
        (name, pieces[2 * i + 1])
    })
}

#[test]
fn real_mails_are_drawn() {
    let mails = real_html();
    let step = if all() { 1 } else { mails.len().div_ceil(SAMPLE).max(1) };
    on_a_runtime(async {
        let renderer = Renderer::with_program(program());
        let mut drawn = 0;
        for (path, request) in mails.into_iter().step_by(step) {
            let opened = renderer.open(request, View::default()).await;
            let document = opened.unwrap_or_else(|why| panic!("{}: {why}", path.display()));
            check(&document, &path.display().to_string());
            let tile = document.tile(0, 256).await.unwrap();
            assert_eq!(tile.pixels.len(), usize::try_from(tile.width * tile.height * 4).unwrap());
            drawn += 1;
        }
        println!("{drawn} mails drawn");
    });
}

/// What a window relies on.
fn check(document: &Document, name: &str) {
    let page = document.page();
    for line in &page.lines {
        assert!(
            page.text.is_char_boundary(line.range.start) && page.text.is_char_boundary(line.range.end),
            "{name}"
        );
        let area = line.area;
        assert!([area.x, area.y, area.width, area.height].iter().all(|n| n.is_finite()), "{name}: {area:?}");
    }
    for link in &page.links {
        let known = ["http:", "https:", "mailto:", "tel:", "#"];
        assert!(
            known.iter().any(|s| link.target.to_ascii_lowercase().starts_with(s)),
            "{name}: {}",
            link.target
        );
    }
}

/// Tags that load something.
const TAGS: &[&str] = &[
    "<img src=URL>",
    "<img srcset='URL 2x'>",
    "<img lowsrc=URL>",
    "<img dynsrc=URL>",
    "<img longdesc=URL>",
    "<picture><source srcset=URL><img></picture>",
    "<input type=image src=URL>",
    "<body background=URL>",
    "<table background=URL><tr><td background=URL>x</table>",
    "<link rel=stylesheet href=URL>",
    "<link rel=icon href=URL>",
    "<link rel=prefetch href=URL>",
    "<link rel=preload as=image href=URL>",
    "<link rel=dns-prefetch href=URL>",
    "<link rel=preconnect href=URL>",
    "<link rel=modulepreload href=URL>",
    "<meta http-equiv=refresh content='0;url=URL'>",
    "<base href=URL><img src=x.gif>",
    "<iframe src=URL></iframe>",
    "<iframe srcdoc='<img src=URL>'></iframe>",
    "<frameset><frame src=URL></frameset>",
    "<object data=URL></object>",
    "<embed src=URL>",
    "<applet code=x codebase=URL></applet>",
    "<object><param name=src value=URL></object>",
    "<video src=URL poster=URL></video>",
    "<audio src=URL autoplay></audio>",
    "<video><source src=URL><track src=URL></video>",
    "<svg><image href=URL /></svg>",
    "<svg><image xlink:href=URL /></svg>",
    "<svg><use href='URL#a'/></svg>",
    "<svg><filter><feImage href=URL /></filter></svg>",
    "<script src=URL></script>",
    "<bgsound src=URL>",
    "<html manifest=URL>",
    "<a ping=URL href=#x>x</a>",
    "<form action=URL><button>x</button></form>",
    "<!DOCTYPE html SYSTEM 'URL'><p>x",
    "<?xml-stylesheet href='URL'?><p>x",
    "<image src=URL>",
    "<isindex action=URL>",
    "<xml src=URL></xml>",
    "<layer src=URL></layer>",
    "<div style='behavior:url(URL)'>x</div>",
    "<menuitem icon=URL>",
    "<portal src=URL>",
    "<a href=URL rel=prefetch>x</a>",
    "<blockquote cite=URL>x</blockquote>",
    "<img src=x.gif srcset='URL 1x, URL 2x' imagesizes=1px>",
    "<img attributionsrc=URL src=URL fetchpriority=high>",
    "<link rel=preload as=image imagesrcset='URL 1x'>",
    "<link rel='apple-touch-icon mask-icon manifest pingback import' href=URL>",
    "<link rel=alternate type=application/rss+xml href=URL>",
    "<meta http-equiv=Content-Security-Policy content=\"default-src *; report-uri URL; report-to x\">",
    "<meta http-equiv=Link content='<URL>; rel=preload; as=image'>",
    "<meta name=msapplication-TileImage content=URL><meta property=og:image content=URL>",
    "<meta http-equiv=refresh content='0;URL=URL'><meta http-equiv=set-cookie content='a=b'>",
    "<tr background=URL></tr><table><tr background=URL><th background=URL>x<tbody background=URL></table>",
    "<div background=URL>x</div><div src=URL poster=URL data=URL>x</div>",
    "<input src=URL><input type=submit formaction=URL><button formaction=URL>x</button>",
    "<svg><a xlink:href=URL><text>x</text></a></svg>",
    "<svg><script xlink:href=URL></script></svg>",
    "<svg><style>@import 'URL';a{fill:url(URL)}</style></svg>",
    "<svg><foreignObject><img src=URL><iframe src=URL></iframe></foreignObject></svg>",
    "<svg><use xlink:href='URL#a'/><feImage xlink:href=URL /></svg>",
    "<svg><set attributeName=href to=URL /><animate attributeName=href values=URL /></svg>",
    "<svg><pattern id=p><image href=URL /></pattern><rect fill='url(URL#p)'/></svg>",
    "<math href=URL><mglyph src=URL /><maction actiontype='statusline#URL'>x</maction></math>",
    "<video><source srcset=URL src=URL></video><audio><source src=URL></audio>",
    "<embed code=URL><object classid=URL codebase=URL archive=URL>x</object>",
    "<object data=URL type=image/svg+xml>x</object>",
    "<map name=m><area ping=URL href=#x></map><img usemap=URL>",
    "<iframe src=\"data:text/html,<img src='URL'>\"></iframe>",
    "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='URL'/></svg>\">",
    "<template><img src=URL></template><template shadowrootmode=open><img src=URL></template>",
    "<q cite=URL>x</q><del cite=URL>x</del><ins cite=URL>x</ins>",
    "<html xmlns=URL itemtype=URL><head profile=URL>",
    "<script type=speculationrules>{\"prefetch\":[{\"urls\":[\"URL\"]}]}</script>",
    "<script type=importmap>{\"imports\":{\"a\":\"URL\"}}</script>",
    "<fencedframe src=URL></fencedframe><webview src=URL></webview>",
    "<v:rect><v:fill src=URL /><v:imagedata src=URL /></v:rect><v:image src=URL />",
    "<!--[if gte mso 9]><v:fill src=URL /><img src=URL><![endif]-->x",
    "<!--[if !mso]><!--><link rel=stylesheet href=URL><!--<![endif]-->x",
    "<style>@import 'URL' layer(a) supports(display:grid);</style>",
    "<style>@layer a{@import 'URL';p{background:image-set('URL' 1x)}}</style>",
    "<style>@counter-style c{system:cyclic;symbols:url(URL)}li{list-style:c}</style><li>x",
    "<style>@page{background:url(URL)}@document url(URL){p{color:red}}</style><p>x",
    "<style>p{color:red;& b{background:image-set(url(URL) 1x)}}</style><p><b>x</b>",
    "<style>li::marker{content:image-set('URL' 1x)}p::before{content:image(URL)}</style><li>x",
    "<style>@property --a{syntax:'<image>';inherits:false;initial-value:url(URL)}</style><p>x",
    "<p style=\"@import 'URL';color:red\">x</p>",
    "<style>@import 'URL';</style>",
    "<style>@import url(URL);</style>",
    "<style>@import/**/url(\"URL\") screen;</style>",
    "<style>@font-face{font-family:q;src:url(URL)}p{font-family:q}</style><p>x",
    "<style>@namespace url(URL);</style>",
    "<style>\\40 import 'URL';</style>",
    "<style media=all>@media all{@import 'URL';}</style>",
    "<style>@charset 'x';@import 'URL';</style>",
    "<style><!-- @import 'URL'; --></style>",
];

/// Declarations that load something.
const PROPERTIES: &[&str] = &[
    "background:url(URL)",
    "background-image:url('URL')",
    "background-image:image-set('URL' 1x)",
    "background-image:-webkit-image-set(url(URL) 1x)",
    "background-image:cross-fade(url(URL),red)",
    "list-style:url(URL)",
    "list-style-image:url(URL)",
    "content:url(URL)",
    "cursor:url(URL),auto",
    "border-image:url(URL) 1",
    "border-image-source:url(URL)",
    "mask:url(URL)",
    "mask-image:url(URL)",
    "-webkit-mask:url(URL)",
    "filter:url(URL#f)",
    "backdrop-filter:url(URL#f)",
    "clip-path:url(URL#c)",
    "shape-outside:url(URL)",
    "--x:url(URL);background:var(--x)",
    "offset-path:url(URL)",
    "-moz-binding:url(URL)",
    "background:u\\72l(URL)",
    "background:url(/**/URL)",
    "background:uRl(URL)",
    "src:url(URL)",
    "background:url(\\68ttp://v.example/x)",
    "fill:url(URL)",
    "marker:url(URL)",
    "background:element(#x) url(URL)",
    "background:attr(data-x url)",
    "-o-link:'URL';-o-link-source:current",
    "background:src('URL')",
    "cursor:image-set('URL' 1x),auto",
    "content:image-set('URL' 1x)",
    "-webkit-box-reflect:below 0 url(URL)",
    "-webkit-mask-box-image:url(URL)",
    "-webkit-mask-image:image-set(url(URL) 1x)",
    "-webkit-border-image:url(URL) 1",
    "mask-border-source:url(URL)",
    "border-image:image-set('URL' 1x) 1",
    "background:image(URL)",
    "background:paint(x, url(URL))",
    "--a:image-set('URL' 1x);background:var(--a)",
    "background:env(x, url(URL))",
    "filter:progid:DXImageTransform.Microsoft.AlphaImageLoader(src='URL')",
    "width:expression(new Image().src='URL')",
    "list-style:square inside image-set('URL' 1x)",
    "background:url(\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='URL'/></svg>\")",
    "offset-path:ray(url(URL))",
    "-webkit-clip-path:url(URL#c)",
    "symbols:url(URL)",
];

/// One page for each way in which HTML can load something (each with a host of its own).
fn vectors() -> Vec<String> {
    let inline = PROPERTIES.iter().map(|p| format!("<p data-x=URL style=\"{p}\">x</p>"));
    let sheets = PROPERTIES.iter().map(|p| format!("<style>p,p::before,li{{{p}}}</style><p>x<ul><li>y</ul>"));
    let all = TAGS.iter().map(ToString::to_string).chain(inline).chain(sheets);
    all.enumerate().map(|(n, html)| html.replace("URL", &format!("http://v{n}.vector.example/x"))).collect()
}

#[test]
fn no_way_to_load_something_is_left_in_a_clean_document() {
    let vectors = vectors();
    for vector in &vectors {
        let clean = html::sanitize(vector);
        let text = clean.to_html();
        assert_eq!(remote(&text), None, "{vector}\n{text}");
        assert_eq!(acts(&text), None, "{vector}\n{text}");
        // Only a link may still name the host.
        let outside: String =
            text.split("<a href=\"http://").map(|s| s.split_once(">").map_or(s, |(_, rest)| rest)).collect();
        assert!(!outside.contains(".vector.example"), "{vector}\n{text}");
        assert!(!outside.contains("v.example"), "{vector}\n{text}");
    }
    println!("{} vectors", vectors.len());
}

#[test]
#[cfg(target_os = "linux")]
fn the_render_process_cannot_reach_anything() {
    on_a_runtime(async {
        let renderer = Renderer::with_program(program());
        let walls = renderer.sandbox().await.unwrap();
        println!("{walls:?}");
        assert!(walls.limits && walls.calls, "{walls:?}");
        for attempt in
            [Attempt::Connect, Attempt::Datagram, Attempt::WriteFile, Attempt::Spawn, Attempt::Memory]
        {
            assert!(!renderer.probe(attempt).await.unwrap(), "{attempt:?} worked");
        }
        if walls.files {
            assert!(!renderer.probe(Attempt::ReadFile).await.unwrap(), "it read a file");
        }
    });
}

/// Every socket call of the render process while it shows every vector, by strace, where that works.
#[test]
#[cfg(target_os = "linux")]
fn showing_all_vectors_makes_no_socket() {
    use std::os::unix::fs::PermissionsExt;
    let works = Command::new("strace").args(["-f", "-e", "trace=socket", "true"]).output();
    if !works.is_ok_and(|output| output.status.success()) {
        println!(
            "skipped: strace does not work here; the_render_process_cannot_reach_anything shows it otherwise"
        );
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (log, script) = (dir.path().join("calls"), dir.path().join("worker"));
    let (log, exe) = (log.to_str().unwrap().to_owned(), program());
    let text =
        format!("#!/bin/sh\nexec strace -f -qq -e trace=%network -o '{log}' '{}' \"$@\"\n", exe.display());
    std::fs::write(&script, text).unwrap();
    // A pipe, because the processes cannot write files; one end stays open until both have ended.
    assert!(Command::new("mkfifo").arg(&log).status().unwrap().success());
    let reader = std::thread::spawn({
        let log = log.clone();
        move || std::fs::read_to_string(log).unwrap()
    });
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    on_a_runtime(async {
        let renderer = Renderer::with_program(script);
        for vector in vectors() {
            let document = renderer.open(Request::new(vector.clone()), View::default()).await;
            document.unwrap_or_else(|why| panic!("{vector}: {why}")).tile(0, 64).await.unwrap();
        }
        // That it is heard at all is shown by attempts, one in each process.
        assert!(!renderer.probe(Attempt::Connect).await.unwrap());
        assert!(!renderer.probe(Attempt::Datagram).await.unwrap());
    });
    let calls = reader.join().unwrap();
    let made: Vec<&str> = calls.lines().filter(|line| line.contains('(')).collect();
    println!("{made:?}");
    assert!(made.iter().all(|line| line.contains("socket(") && line.contains("ENOSYS")), "{made:?}");
    assert!(!made.is_empty(), "strace heard nothing, not even the attempt");
}

#[test]
fn a_crash_costs_one_view() {
    on_a_runtime(async {
        let renderer = Renderer::with_program(program());
        let view = View::default();
        let first = renderer.open(Request::new("<p>first"), view).await.unwrap();
        assert_eq!(renderer.probe(Attempt::Crash).await, Err(Trouble::Crashed));
        // The document is opened again behind the scenes.
        assert!(first.tile(0, 32).await.unwrap().pixels.iter().any(|p| *p != 255));
        let wider = first.lay_out(View { width: 1000, ..view }).await.unwrap();
        assert_eq!(wider.width, 1000);
        let second = renderer.open(Request::new("<p>second"), view).await.unwrap();
        assert_eq!(second.page().text, "second\n");
    });
}

#[test]
fn a_page_tells_its_links_and_text() {
    on_a_runtime(async {
        let renderer = Renderer::with_program(program());
        let html = "<p>See <a href='https://real.example/x'>www.bank.example</a> and</p><p>bye</p>\
            <table><tr><td>a</td><td>b</td></tr></table>";
        let document = renderer.open(Request::new(html), View::default()).await.unwrap();
        let page = document.page();
        assert_eq!(page.text, "See www.bank.example and\nbye\na\tb\n");
        let link = &page.links[0];
        assert_eq!(
            (link.target.as_str(), link.label.as_str()),
            ("https://real.example/x", "www.bank.example")
        );
        let area = link.areas[0];
        let found = page.link_at(area.x + 3.0, area.y + 3.0).unwrap();
        assert_eq!(found.target, link.target);
        assert!(page.link_at(area.x - 3.0, area.y + 3.0).is_none());
        let word = page.find("bank.")[0].clone();
        assert_eq!(page.text_of(word.clone()), "bank.");
        let marked = page.areas(word.clone())[0];
        assert!(marked.x > area.x && marked.width < area.width);
        assert_eq!(page.position(marked.x + 1.0, marked.y + 5.0), Some(word.start));
        // The same at twice the size.
        let zoomed = document.lay_out(View { scale: 2.0, ..View::default() }).await.unwrap();
        let larger = zoomed.links[0].areas[0];
        assert!((larger.width / area.width - 2.0).abs() < 0.1, "{larger:?} {area:?}");
    });
}

/// Mails of our own whose height follows from the rules of CSS, whatever the fonts: `(what, HTML, height)`.
const HEIGHTS: &[(&str, &str, u32)] = &[
    (
        "spacing, padding and the height of cells",
        "<!DOCTYPE html><body style='margin:0'><table cellpadding=5 cellspacing=4 width=600><tr><td height=40></td></tr>\
         <tr><td style='height:40px'></td></tr></table>",
        4 + 50 + 4 + 50 + 4,
    ),
    (
        "a table in a table, with widths that add up",
        "<!DOCTYPE html><body style='margin:0'><table width=600 cellspacing=0 cellpadding=0><tr><td width=200>\
         <div style='height:30px'></div></td><td><table width=100% cellspacing=0 cellpadding=10><tr>\
         <td width=50% style='background:#eee'><div style='width:180px;height:60px'></div></td><td></td></tr></table>\
         </td></tr></table>",
        80,
    ),
    (
        "a line that shows in some mail programs only takes no room",
        "<!DOCTYPE html><body style='margin:0'><div style='display:none;max-height:0;overflow:hidden'>preview</div>\
         <div style='max-height:0;overflow:hidden;opacity:0;font-size:1px'><div style='height:900px'>more</div></div>\
         <div style='height:100px'></div>",
        100,
    ),
    (
        "margins of paragraphs at the edges of a cell, without a document type",
        "<body style='margin:0'><table cellspacing=0 cellpadding=0><tr><td style='line-height:20px'><p>a</p><p>b</p></td>\
         </tr></table>",
        20 + 16 + 20,
    ),
    (
        "the same with one",
        "<!DOCTYPE html><body style='margin:0'><table cellspacing=0 cellpadding=0><tr><td style='line-height:20px'><p>a</p>\
         <p>b</p></td></tr></table>",
        16 + 20 + 16 + 20 + 16,
    ),
    (
        "columns that float side by side",
        "<!DOCTYPE html><body style='margin:0'><div style='width:600px'><table align=left width=300 cellspacing=0 \
         cellpadding=0><tr><td height=70></td></tr></table><table align=left width=300 cellspacing=0 cellpadding=0><tr>\
         <td height=90></td></tr></table><div style='clear:both'></div></div>",
        90,
    ),
    (
        "columns in a line, with tables for one mail program between them",
        "<!DOCTYPE html><body style='margin:0'><div style='width:600px;font-size:0;line-height:0'>\
         <!--[if mso]><table><tr><td width=300><![endif]-->\
         <div style='display:inline-block;width:300px;height:50px;vertical-align:top'></div>\
         <!--[if mso]></td><td width=300><![endif]-->\
         <div style='display:inline-block;width:300px;height:80px;vertical-align:top'></div>\
         <!--[if mso]></td></tr></table><![endif]--></div>",
        80,
    ),
    (
        "rules for the width of the view",
        "<!DOCTYPE html><style>.a{height:50px}@media (min-width:700px){.a{height:70px}}@media (max-width:600px){\
         .a{height:900px}}</style><body style='margin:0'><div class=a></div>",
        70,
    ),
    (
        "a picture that is not loaded, with its size but without words",
        "<!DOCTYPE html><body style='margin:0'><img src=https://e.example/a.png width=200 height=120 style='display:block'>",
        120,
    ),
    (
        "a picture that is not loaded and keeps its shape",
        "<!DOCTYPE html><body style='margin:0'><img src=https://e.example/a.png alt='' width=600 height=300 \
         style='display:block;width:300px;height:auto'>",
        150,
    ),
    (
        "borders that are one",
        "<!DOCTYPE html><style>td{border:1px solid;padding:0;height:20px}</style><body style='margin:0'>\
         <table style='border-collapse:collapse'><tr><td></td><td></td></tr><tr><td></td><td></td></tr></table>",
        20 + 20 + 3,
    ),
];

#[test]
fn pages_are_as_high_as_the_rules_of_css_say() {
    on_a_runtime(async {
        let renderer = Renderer::with_program(program());
        for (what, html, height) in HEIGHTS {
            let document = renderer.open(Request::new(*html), View::default()).await.unwrap();
            let found = document.page().height;
            assert!(found.abs_diff(*height) <= 1, "{what}: {found} instead of {height}");
        }
    });
}

#[test]
fn pictures_of_the_mail_are_shown_and_others_are_not() {
    let mut png = Vec::new();
    let red = image::RgbaImage::from_pixel(40, 30, image::Rgba([255, 0, 0, 255]));
    red.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    on_a_runtime(async {
        let renderer = Renderer::with_program(program());
        let red_pixels = |pixels: &[u8]| pixels.chunks_exact(4).filter(|p| *p == [255, 0, 0, 255]).count();
        let mut request = Request::new("<img src='cid:a%40b'><img src=http://x.example/a.png>");
        request.pictures.insert("cid:a@b".into(), png.clone());
        let one = renderer.open(request.clone(), View::default()).await.unwrap();
        assert_eq!(one.report().remote[0].address, "http://x.example/a.png");
        assert_eq!(red_pixels(&one.tile(0, 100).await.unwrap().pixels), 40 * 30);
        request.pictures.insert("blocked:0".into(), png);
        let two = renderer.open(request, View::default()).await.unwrap();
        assert_eq!(red_pixels(&two.tile(0, 100).await.unwrap().pixels), 2 * 40 * 30);
    });
}

/// The pictures of a PDF, decoded.
fn pictures_of(pdf: &[u8]) -> Vec<image::RgbImage> {
    let mut found = Vec::new();
    let mut rest = pdf;
    while let Some(at) = memchr::memmem::find(rest, b"/DCTDecode /Length ") {
        rest = &rest[at + 19..];
        let length: usize =
            String::from_utf8_lossy(rest.split(|b| *b == b' ').next().unwrap()).parse().unwrap();
        let start = memchr::memmem::find(rest, b"stream\n").unwrap() + 7;
        found.push(image::load_from_memory(&rest[start..start + length]).unwrap().into_rgb8());
        rest = &rest[start + length..];
    }
    found
}

#[test]
fn pictures_of_a_mail_and_those_that_were_loaded_are_printed() {
    let picture = |color: [u8; 4]| {
        let mut png = Vec::new();
        let picture = image::RgbaImage::from_pixel(60, 50, image::Rgba(color));
        picture.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
        png
    };
    let html = "<!DOCTYPE html><body style='margin:0'><img src=cid:a@b><img src=https://x.example/loaded.png>\
        <img src=https://x.example/not.png width=60 height=50><p>Words \
        <a href=https://link.example/>in print</a></p><div style='height:830px'></div>\
        <img src=cid:c@d style='display:block' height=200>";
    let mut request = Request::new(html);
    request.pictures.insert("cid:a@b".into(), picture([255, 0, 0, 255]));
    request.pictures.insert("blocked:0".into(), picture([0, 0, 255, 255]));
    request.pictures.insert("cid:c@d".into(), picture([0, 255, 0, 255]));
    on_a_runtime(async {
        let renderer = Renderer::with_program(program());
        let head = Request::new("<h1>Head</h1>");
        let pdf = postrider::html::print::print(&renderer, "Title", vec![head, request]).await.unwrap();
        let pictures = pictures_of(&pdf);
        // Twice as many pixels each way; what lies at an edge loses some of its color. No picture is cut in two, though
        // the first sheet has room for half of the last one.
        for (color, pixels) in [([255, 0, 0], 120 * 100), ([0, 0, 255], 120 * 100), ([0, 255, 0], 480 * 400)]
        {
            let is = |p: &&image::Rgb<u8>| p.0.iter().zip(color).all(|(a, b)| a.abs_diff(b) < 40);
            let counts: Vec<usize> = pictures.iter().map(|one| one.pixels().filter(is).count()).collect();
            let found: Vec<usize> = counts.iter().copied().filter(|count| *count > 0).collect();
            let [one] = found.as_slice() else { panic!("{color:?}: {counts:?}") };
            assert!(*one > pixels * 9 / 10 && *one <= pixels * 11 / 10, "{color:?}: {one} of {pixels}");
        }
        let text = String::from_utf8_lossy(&pdf);
        assert!(text.contains("/URI (https://link.example/)"));
        assert!(!text.contains("x.example"), "nothing in it asks the network for a picture");
    });
}

/// The pages of the lab that break renderers, in their shapes: each with the time until a picture or a fallback.
fn hostile() -> Vec<(&'static str, String)> {
    let many = |n: usize, piece: &str| piece.repeat(n);
    vec![
        ("deep div", many(100_000, "<div>")),
        ("deep tables", many(2000, "<table><tr><td>")),
        ("deep quotes", many(2000, "<blockquote>")),
        ("deep letters", many(50_000, "<b>") + "x"),
        ("misnested", many(3000, "<font color=red><p><b><i>")),
        ("cells", format!("<table>{}</table>", many(1000, &format!("<tr>{}</tr>", many(100, "<td>a</td>"))))),
        ("colspan", "<table><tr><td colspan=1000000000>a<td colspan=65535>b<tr><td rowspan=1000000000>c</table>".into()),
        ("rowspan", format!("<table>{}</table>", many(300, "<tr><td rowspan=65534>a<td rowspan=65534>b</tr>"))),
        ("lengths", "<div style='width:1e30px;height:1e30px;border:1e8px dotted red;margin:-1e9px;text-indent:-9e9px;line-height:1e9;letter-spacing:1e7px'>x</div><table width=100000%><tr><td width=99999999 height=9999999>x</table>".into()),
        ("dots", "<div style='border:1px dotted red;width:1000000px;height:1000000px;border-radius:500000px'>x</div>".into()),
        ("shadows", format!("<div style='width:300px;height:300px;box-shadow:{}'>x</div>", vec!["1px 1px 90px red"; 2000].join(","))),
        ("one word", "a".repeat(10_000_000)),
        ("one paragraph", "lorem ipsum dolor ".repeat(300_000)),
        ("paragraphs", many(100_000, "<p>lorem ipsum dolor sit amet</p>")),
        ("accents", format!("<p>{}", many(500, &format!("e{}", "\u{301}".repeat(500))))),
        ("directions", many(50_000, "\u{202e}\u{2066}abc\u{5d0}")),
        ("selectors", format!("<style>{}</style>{}", many(5000, ":not(:nth-child(3n+1)) * > * ~ * .x{color:red}"), many(3000, "<div><p>x</p></div>"))),
        ("has", format!("<style>{}</style>{}", many(200, "div:has(div:has(.a)) div{color:red}"), many(300, "<div>"))),
        ("variables", format!("<style>:root{{--a0:x;{}}}p{{color:var(--a59)}}</style><p>x", (1..60).map(|i| format!("--a{i}:var(--a{0})var(--a{0});", i - 1)).collect::<String>())),
        ("sheet", format!("<style>{}</style><p class=c>x", many(300_000, ".c{color:red;padding:1px}"))),
        ("calc", format!("<div style='width:{}1px{}'>x", many(3000, "calc(1px + "), many(3000, ")"))),
        ("grid", "<div style='display:grid;grid-template-columns:repeat(1000000,1px)'><p>x</div><div style='display:grid'><p style='grid-row:1/1000000'>x</div><div style='display:grid;grid-template-columns:repeat(auto-fill,.001px);width:100000px'><p>x</div>".into()),
        ("flex", many(300, "<div style='display:flex;flex-direction:column'><p>a</p>")),
        ("grids", many(40, "<div style='display:grid'><p>a</p>")),
        ("inline blocks", many(60, "<span style='display:inline-block'>a ")),
        ("floats", many(20_000, "<div style='float:left;width:7px'>a</div>")),
        ("lists", "<ol start=2147483647><li>a<li>b</ol><ol reversed start=-2147483648><li>a<li>b</ol><ol style='list-style:lower-roman' start=999999999><li>x</ol>".into()),
        ("attributes", format!("<p {}>x", (0..40_000).map(|n| format!("a{n}=1 ")).collect::<String>())),
        ("gradient", format!("<div style='background:linear-gradient({});height:300px'></div><div style='background:repeating-linear-gradient(45deg,red 0 .001px,blue 0 .002px);width:800px;height:800px'>", vec!["red,blue"; 5000].join(","))),
        ("no lines", format!("<div style='line-height:0;font-size:0'>{}", many(50_000, "x<br>"))),
        ("unclosed", "<table><tr><td><style>p{<a href='".into()),
        ("nothing", String::new()),
    ]
}

#[test]
fn hostile_pages_end_as_a_picture_or_as_text() {
    on_a_runtime(async {
        let renderer = Renderer::with_program(program());
        for (name, html) in hostile() {
            let began = Instant::now();
            let request = Request::new(html);
            let result = match renderer.open(request.clone(), View::default()).await {
                Ok(document) => document.tile(0, 512).await.map(|_| document.page().height),
                Err(why) => Err(why),
            };
            let took = began.elapsed();
            let peak = renderer.process_ids().await.into_iter().filter_map(memory).map(|m| m.0).max();
            let peak = peak.unwrap_or(0) / (1024 * 1024);
            println!("{name}: {result:?} after {took:?}, peak {peak} MB");
            assert!(peak <= 1024, "{name}: {peak} MB");
            if let Err(why) = result {
                assert!(!matches!(why, Trouble::NoProcess(_)), "{name}: {why}");
                let _ = why.fallback(&request);
            }
        }
        // And the next mail is shown.
        let after = renderer.open(Request::new("<p>well"), View::default()).await.unwrap();
        assert_eq!(after.page().text, "well\n");
    });
}

#[test]
fn a_process_that_hangs_is_ended() {
    on_a_runtime(async {
        let renderer = Renderer::with_program(program());
        let began = Instant::now();
        assert_eq!(renderer.probe(Attempt::Hang).await, Err(Trouble::TooSlow));
        assert!(began.elapsed() >= html::client::MAX_WAIT - Duration::from_millis(100));
        assert!(renderer.open(Request::new("<p>x"), View::default()).await.is_ok());
    });
}

#[test]
#[cfg(target_os = "linux")]
fn opening_many_mails_leaks_nothing() {
    let row =
        "<tr><td style='padding:4px'><a href='https://example.org/'>Some words of a newsletter</a></td></tr>";
    let html = format!("<table>{}</table>", row.repeat(60));
    let count = if all() { 1000 } else { OPENED };
    on_a_runtime(async {
        let renderer = Renderer::with_program(program());
        let mut after_half = 0;
        for n in 0..count {
            let document = renderer.open(Request::new(html.clone()), View::default()).await.unwrap();
            document.tile(0, 512).await.unwrap();
            if n == count / 2 {
                let ids = renderer.process_ids().await;
                after_half = ids.into_iter().filter_map(memory).map(|m| m.1).max().unwrap();
            }
        }
        let ids = renderer.process_ids().await;
        let at_end = ids.into_iter().filter_map(memory).map(|m| m.1).max().unwrap();
        println!("{after_half} bytes after half of {count} mails, {at_end} at the end");
        assert!(at_end < after_half + 24 * 1024 * 1024, "{after_half} then {at_end}");
    });
}

/// What parsers trip over.
const PIECES: &[&str] = &[
    "<p>",
    "</p>",
    "<table>",
    "<tr>",
    "<td>",
    "</td>",
    "</tr>",
    "</table>",
    "<a href='javascript:x'>",
    "<a href=http://a.example>",
    "</a>",
    "<b>",
    "</b>",
    "<style>",
    "</style>",
    "<svg>",
    "</svg>",
    "<math>",
    "<mtext>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "--!>",
    "<![CDATA[",
    "]]>",
    "<img src=x onerror=y>",
    "<div style='background:url(http://b.example)'>",
    "</div>",
    "<form>",
    "</form>",
    "<select>",
    "<option>",
    "<template>",
    "</template>",
    "<noscript>",
    "</noscript>",
    "<title>",
    "</title>",
    "<textarea>",
    "</textarea>",
    "<pre>",
    "\n",
    "</pre>",
    "<li>",
    "<ul>",
    "<font color=red>",
    "</font>",
    "<object>",
    "</object>",
    "<button>",
    "</button>",
    "<h1>",
    "<center>",
    "<br>",
    "</br>",
    "<col>",
    "<caption>",
    "<body text=red>",
    "<html>",
    "<head>",
    "</head>",
    "&lt;",
    "&#0;",
    "\0",
    "x",
    " ",
    "<nobr>",
    "<marquee>",
    "<plaintext>",
    "<xmp>",
    "<iframe>",
    "p{color:red}",
    "@import 'x';",
    "}",
    "{",
    "'",
    "\"",
    "<",
    ">",
    "/>",
    "=",
    "<!doctype html>",
    "<frameset>",
    "<o:p>",
    "<?xml ?>",
    "<a name=x>",
    "<s>",
    "<input type=image src=//c.example/>",
    "\u{202e}",
];

/// Pieces of mails and of attacks in a random order: whatever comes out is clean, and stays so.
#[test]
fn random_markup_is_cleaned_for_good() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below).unwrap()).unwrap()
    };
    let rounds = if all() { 200_000 } else { 4_000 };
    for _ in 0..rounds {
        let length = 1 + next(24);
        let html: String = (0..length).map(|_| PIECES[next(PIECES.len())]).collect();
        let once = html::sanitize(&html).to_html();
        assert_eq!(acts(&once), None, "{html:?}\n{once}");
        assert_eq!(remote(&once), None, "{html:?}\n{once}");
        assert_eq!(html::sanitize(&once).to_html(), once, "{html:?}");
    }
}
