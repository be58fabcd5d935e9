//! The engine: Blitz, with no provider of network and no SVG.
//!
//! The sanitized document is built into Blitz' tree directly. Blitz would read text with html5ever again: it takes
//! XHTML for XML and tables in paragraphs apart where there is no document type.

use super::cull::Culled;
use super::pictures::Pictures;
use super::text;
use super::{
    Engine, Sheet, absent, blank, borders, cells, colors, dark, direction, fit, lines, markers, tables,
};
use crate::html::legacy::{self, Styled};
use crate::html::limits::MAX_HEIGHT;
use crate::html::page::{Fold, MAX_WIDTH, Page, Quotes, View};
use crate::html::quote::{self, Hiding};
use crate::html::sanitize::{Event, Sanitized};
use anyrender::{ImageRenderer, PaintScene, Scene};
use anyrender_vello_cpu::VelloCpuImageRenderer;
use blitz_dom::net::{Resource, ResourceLoadResponse};
use blitz_dom::node::Attribute;
use blitz_dom::util::ImageType;
use blitz_dom::{
    BaseDocument, DocumentConfig, FontContext, LocalName, NodeId, Point, QualName, local_name, ns,
};
use blitz_traits::shell::{ColorScheme, Viewport};
use fontique::{FallbackKey, Script};
use std::collections::HashMap;
use std::sync::Arc;
use taffy::CoreStyle;

/// Interface faces that are always there.
const FACES: [&[u8]; 2] = [
    include_bytes!("../../../resources/fonts/Inter-Regular.otf"),
    include_bytes!("../../../resources/fonts/Inter-SemiBold.otf"),
];

/// A face under a name that no mail asks for: what a mail calls Inter is what the system has by that name.
fn private(face: &[u8]) -> Vec<u8> {
    let wide = |name: &str| name.bytes().flat_map(|byte| [0, byte]).collect::<Vec<u8>>();
    let (from, to) = (wide("Inter"), wide(FACE));
    let mut bytes = face.to_vec();
    let places: Vec<usize> = memchr::memmem::find_iter(face, &from).collect();
    for at in places {
        if let Some(place) = bytes.get_mut(at..at + to.len()) {
            place.copy_from_slice(&to);
        }
    }
    bytes
}

/// Scripts whose fonts are asked for at the start. Without that each change of script in a text that names its language
/// asks the system anew, which takes a millisecond: the collection remembers the answer for a script, not for a
/// script with a language that makes no difference to it.
const SCRIPTS: &[&[u8; 4]] = &[
    b"Arab", b"Armn", b"Beng", b"Cyrl", b"Deva", b"Ethi", b"Geor", b"Grek", b"Gujr", b"Guru", b"Hang",
    b"Hani", b"Hebr", b"Hira", b"Kana", b"Khmr", b"Knda", b"Laoo", b"Latn", b"Mlym", b"Mymr", b"Sinh",
    b"Taml", b"Telu", b"Thai", b"Zinh", b"Zyyy",
];

/// Base of all addresses. With `about:blank` an address such as `//host/x` makes Blitz panic.
const BASE: &str = "mid://mail.invalid/";

/// What the faces are called here; as long as their own name.
pub(in crate::html) const FACE: &str = "Pinte";

/// Makes documents; holds the fonts.
pub(in crate::html) struct Blitz {
    fonts: FontContext,
}

impl Blitz {
    /// Finds the fonts of the system and adds our own. Opens files: to be done before the sandbox is closed.
    pub(in crate::html) fn new() -> Self {
        let mut fonts = FontContext::default();
        for face in FACES {
            fonts.collection.register_fonts(private(face).into(), None);
        }
        for script in SCRIPTS {
            let key = FallbackKey::new(Script::from_bytes(**script), None);
            let _ = fonts.collection.fallback_families(key);
        }
        let mut blitz = Self { fonts };
        blitz.warm();
        blitz
    }

    /// Draws letters once, so that the first mail does not wait for tables of fonts.
    fn warm(&mut self) {
        // What no font has is looked for in all that may be asked for it.
        let letters = "Aa <b>b</b> <i>i</i> <b><i>bi</i></b> 漢 א ع \u{10fffd}";
        let html = format!(
            "<p>{letters}<p style='font-family:serif'>{letters}<p style='font-family:monospace'>{letters}<p>&#128512;"
        );
        let mut sheet = self.open(&crate::html::sanitize(&html), &Pictures::default(), View::default());
        sheet.paint(0, 64);
    }
}

impl Engine for Blitz {
    type Sheet = BlitzSheet;

    fn open(&mut self, document: &Sanitized, pictures: &Pictures, view: View) -> BlitzSheet {
        let view = view.clamped();
        let mut styled = legacy::translate(document);
        absent::mend(&mut styled, pictures);
        let source = Source {
            fonts: self.fonts.clone(),
            styled,
            pictures: pictures.clone(),
            asks_dark: document.report.asks_dark,
            fits_dark: document.report.fits_dark,
            quirks: document.quirks,
            old: document.quirks || document.almost,
            quoted: document.quoted.clone(),
        };
        let (base, scale) = source.arrange(view);
        let mut sheet =
            BlitzSheet { base, source, view, scale, width: view.width, height: 1, cut: document.report.cut };
        sheet.measure();
        sheet
    }
}

/// What a document is made of, kept so that it can be made again for another view: the engine's own way leaves
/// parts of the old layout behind, and the widths of tables depend on the view.
struct Source {
    fonts: FontContext,
    styled: Styled,
    pictures: Pictures,
    asks_dark: bool,
    fits_dark: bool,
    /// There is no document type.
    quirks: bool,
    /// There is none, or one of the nineties.
    old: bool,
    /// Links in the quote that can be folded.
    quoted: Vec<(String, String)>,
}

impl Source {
    /// Lays the document out, shrunk if it is to fit; also gives the scale.
    fn arrange(&self, view: View) -> (BaseDocument, f32) {
        if !view.fit {
            return (self.lay_out(view, 1.0), view.scale);
        }
        let base = view.scale / view.zoom;
        let mut last = None;
        let share = fit::share(view, |scale| {
            let laid_out = self.lay_out(View { scale, ..view }, scale / base);
            let needed = extent(&laid_out, scale).0;
            last = Some((laid_out, scale));
            needed
        });
        let scale = view.scale * share;
        match last {
            Some((laid_out, at)) if (at - scale).abs() < f32::EPSILON => (laid_out, at),
            _ => (self.lay_out(View { scale, ..view }, share), scale),
        }
    }

    /// Lays the document out at the scale of a view; `share` says how far it is shrunk for that.
    fn lay_out(&self, view: View, share: f32) -> BaseDocument {
        let mut base = BaseDocument::new(DocumentConfig {
            base_url: Some(BASE.to_owned()),
            font_ctx: Some(self.fonts.clone()),
            viewport: Some(viewport(view, self.asks_dark)),
            ..DocumentConfig::default()
        });
        show_pictures(&mut base, &self.pictures);
        let stand_ins = build(&mut base, &self.styled, view.quotes, share);
        base.resolve_stylist(0.0);
        if self.quirks {
            colors::settle(&mut base);
        }
        absent::settle(&mut base, &stand_ins, self.quirks);
        cells::settle(&mut base);
        borders::collapse(&mut base);
        direction::settle(&mut base);
        markers::settle(&mut base);
        blank::settle(&mut base);
        if self.old {
            lines::settle(&mut base);
        }
        base.resolve(0.0);
        #[expect(clippy::cast_precision_loss, reason = "at most a few thousand pixels")]
        let width = view.width as f32 / view.scale;
        if tables::settle(&mut base, view.scale, width) {
            base.resolve(0.0);
        }
        base
    }
}

fn viewport(view: View, asks_dark: bool) -> Viewport {
    let scheme = if view.dark && asks_dark { ColorScheme::Dark } else { ColorScheme::Light };
    // The height serves `vh` only; mails mean a window of the usual shape.
    Viewport::new(view.width, view.width.saturating_mul(3) / 4, view.scale, scheme)
}

/// Hands decoded pictures over, under the address that the document will ask for.
fn show_pictures(base: &mut BaseDocument, pictures: &Pictures) {
    for (token, picture) in pictures.iter() {
        let address = base.base_url().join(token).map(|url| url.to_string());
        let image =
            Resource::Image(ImageType::Image, picture.width, picture.height, Arc::clone(&picture.pixels));
        base.load_resource(ResourceLoadResponse {
            request_id: 0,
            node_id: None,
            resolved_url: address.ok(),
            result: Ok(image),
        });
    }
}

fn html_name(name: &LocalName) -> QualName {
    QualName::new(None, ns!(html), name.clone())
}

fn attribute(name: LocalName, value: String) -> Attribute {
    Attribute { name: QualName::new(None, ns!(), name), value }
}

/// Height of the button that shows a quote, in pixels of the window.
const FOLD: f32 = 32.0;

/// The place for the button that shows or folds a quote.
fn place_for_fold(quotes: Quotes, share: f32) -> Attribute {
    let style = match quotes {
        Quotes::Shown => "display:none".to_owned(),
        Quotes::Open | Quotes::Folded => format!("display:block;height:{}px", FOLD / share),
    };
    attribute(local_name!("style"), style)
}

/// Builds the tree. The elements that stand for pictures.
fn build(base: &mut BaseDocument, styled: &Styled, quotes: Quotes, share: f32) -> Vec<NodeId> {
    let mut hiding = Hiding::new(quotes == Quotes::Folded);
    let mut stand_ins = Vec::new();
    let root = base.root_node().id;
    let mut tree = base.mutate();
    let mut open: Vec<NodeId> = vec![root];
    let style = |tree: &mut blitz_dom::DocumentMutator<'_>, media: &str, css: &str| {
        let attributes = if media.is_empty() {
            Vec::new()
        } else {
            vec![attribute(local_name!("media"), media.to_owned())]
        };
        let id = tree.create_element(html_name(&local_name!("style")), attributes);
        let text = tree.create_text_node(css);
        tree.append_children(id, &[text]);
        id
    };
    for event in &styled.events {
        if hiding.skips(event) {
            continue;
        }
        let parent = open.last().copied().unwrap_or(root);
        match event {
            Event::Open { name, attributes } => {
                let is_void = matches!(&**name, "br" | "col" | "hr" | "img" | "wbr");
                let attributes = if &**name == quote::NAME {
                    vec![place_for_fold(quotes, share)]
                } else {
                    attributes.iter().map(|(n, v)| attribute(n.clone(), v.clone())).collect()
                };
                let id = tree.create_element(html_name(name), attributes);
                tree.append_children(parent, &[id]);
                if &**name == absent::NAME {
                    stand_ins.push(id);
                }
                if *name == local_name!("head") {
                    let sheet = style(&mut tree, "", &styled.sheet);
                    tree.append_children(id, &[sheet]);
                }
                if !is_void {
                    open.push(id);
                }
            }
            Event::Text(text) => {
                let id = tree.create_text_node(text);
                tree.append_children(parent, &[id]);
            }
            Event::Style { media, css } => {
                let id = style(&mut tree, media, css);
                tree.append_children(parent, &[id]);
            }
            Event::Close => {
                open.pop();
            }
        }
    }
    stand_ins
}

/// A document that is laid out.
pub(in crate::html) struct BlitzSheet {
    base: BaseDocument,
    source: Source,
    view: View,
    /// Device pixels for one CSS pixel: that of the view, or less to fit it.
    scale: f32,
    width: u32,
    height: u32,
    cut: bool,
}

impl BlitzSheet {
    /// The document with its boxes.
    #[cfg(test)]
    pub(super) fn base(&self) -> &BaseDocument {
        &self.base
    }

    /// What is to be painted in some rows, in the sender's colors.
    pub(super) fn scene(&mut self, top: u32, height: u32) -> Scene {
        let (width, scale) = (self.width, f64::from(self.scale));
        let mut recorded = Scene::new();
        self.base.set_viewport_scroll(Point { x: 0.0, y: f64::from(top) / scale });
        let mut near = Culled::new(&mut recorded, height);
        blitz_paint::paint_scene(&mut near, &mut self.base, scale, width, height, 0, 0);
        self.base.set_viewport_scroll(Point { x: 0.0, y: 0.0 });
        recorded
    }

    fn measure(&mut self) {
        let scale = f64::from(self.scale);
        let (width, height) = extent(&self.base, self.scale);
        let whole = |length: f32, most: f64| pixels((f64::from(length).min(most) * scale).ceil());
        let most = f64::from(MAX_HEIGHT) / scale.max(1.0);
        self.cut |= f64::from(height) > most;
        self.height = whole(height, most).max(1);
        let width = whole(width, f64::from(MAX_WIDTH));
        // A pixel more is a matter of rounding.
        let width = if width <= self.view.width + 1 { self.view.width } else { width };
        self.width = width.clamp(self.view.width, MAX_WIDTH);
    }
}

/// How far a document reaches to the right and down in CSS pixels, but for what is clipped (the engine's own overflow
/// counts that too).
fn extent(base: &BaseDocument, scale: f32) -> (f32, f32) {
    let root = base.root_element();
    let (mut right, mut bottom) = (0.0_f32, 0.0_f32);
    let mut open = vec![(root.id, 0.0, 0.0)];
    while let Some((id, x, y)) = open.pop() {
        let Some(node) = base.get_node(id) else { continue };
        let layout = node.final_layout();
        let (x, y) = if node.is_out_of_flow() {
            let at = node.absolute_position(0.0, 0.0);
            (at.x, at.y)
        } else {
            (x + layout.location.x, y + layout.location.y)
        };
        if layout.size.width > 0.0 || layout.size.height > 0.0 {
            right = right.max(x + layout.size.width);
            bottom = bottom.max(y + layout.size.height);
        }
        let clips = node.primary_styles().is_some() && {
            let overflow = node.layout_style().overflow();
            overflow.x != taffy::Overflow::Visible || overflow.y != taffy::Overflow::Visible
        };
        if clips && id != root.id {
            continue;
        }
        if let Some(text) = node.element_data().and_then(|e| e.inline_layout_data.as_ref()) {
            right = right.max(x + layout.padding.left + layout.border.left + text.layout.width() / scale);
        }
        let inner = node.layout_children.borrow();
        open.extend(inner.iter().flatten().map(|child| (*child, x, y)));
    }
    (right, bottom)
}

/// A length that is known to be small as a number of pixels.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
fn pixels(length: f64) -> u32 {
    length.clamp(0.0, 4_000_000.0) as u32
}

impl Sheet for BlitzSheet {
    fn lay_out(&mut self, view: View) {
        let view = view.clamped();
        if view != self.view {
            self.view = view;
            (self.base, self.scale) = self.source.arrange(view);
            self.measure();
        }
    }

    fn width(&self) -> u32 {
        self.width
    }

    fn height(&self) -> u32 {
        self.height
    }

    fn background(&self) -> [u8; 3] {
        dark::canvas(self.view.dark, self.source.asks_dark, self.source.fits_dark)
    }

    fn page(&self) -> Page {
        let mut page = Page { width: self.width, height: self.height, cut: self.cut, ..Page::default() };
        text::read(&self.base, self.scale, &mut page);
        if let Some(area) = text::place(&self.base, self.scale, quote::NAME)
            && self.view.quotes != Quotes::Shown
        {
            let open = self.view.quotes == Quotes::Open;
            let links = if open { Vec::new() } else { self.source.quoted.clone() };
            page.fold = Some(Fold { area, open, links });
        }
        page.background = self.background();
        page
    }

    fn paint(&mut self, top: u32, height: u32) -> Vec<u8> {
        let (width, scale) = (self.width, f64::from(self.scale));
        let mut renderer = VelloCpuImageRenderer::new(width, height);
        let mut out = Vec::new();
        let asks_dark = self.source.asks_dark;
        if self.view.dark && !asks_dark {
            let mut recorded = self.scene(top, height);
            dark::remap(&mut recorded);
            renderer.render_to_vec(|scene| scene.append_scene(recorded, Default::default()), &mut out);
        } else {
            self.base.set_viewport_scroll(Point { x: 0.0, y: f64::from(top) / scale });
            let base = &mut self.base;
            let paint = |scene: &mut _| {
                let mut near = Culled::new(scene, height);
                blitz_paint::paint_scene(&mut near, base, scale, width, height, 0, 0);
            };
            renderer.render_to_vec(paint, &mut out);
            self.base.set_viewport_scroll(Point { x: 0.0, y: 0.0 });
        }
        dark::onto(&mut out, self.background());
        out
    }
}

/// Attributes and sizes by node, for [`text`].
pub(super) type Places = HashMap<NodeId, usize>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enlarged_letters_make_a_page_no_wider_than_its_view() {
        let mut blitz = Blitz::new();
        let clean =
            crate::html::sanitize("<p>Some words that fill the line of a narrow window, and go on.</p>");
        for scale in [1.0, 1.5, 2.0] {
            let view = View { width: 600, scale, ..View::default() };
            let page = blitz.open(&clean, &Pictures::default(), view).page();
            assert_eq!(page.width, 600, "at {scale}");
            let last = page.lines.iter().map(|line| line.area.y + line.area.height).fold(0.0, f32::max);
            #[expect(clippy::cast_precision_loss, reason = "a few hundred rows")]
            let room = page.height as f32 - last;
            assert!((0.0..40.0 * scale).contains(&room), "{room} rows below the text at {scale}");
        }
    }
}
