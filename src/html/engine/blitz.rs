//! The engine: Blitz, with no provider of network and no SVG.
//!
//! The sanitized document is built into Blitz' tree directly. Blitz would read text with html5ever again: it takes
//! XHTML for XML and tables in paragraphs apart where there is no document type.

use super::pictures::Pictures;
use super::text;
use super::{Engine, Sheet, absent, dark, tables};
use crate::html::legacy::{self, Styled};
use crate::html::limits::MAX_HEIGHT;
use crate::html::page::{MAX_WIDTH, Page, View};
use crate::html::sanitize::{Event, Sanitized};
use anyrender::{ImageRenderer, PaintScene, Scene};
use anyrender_vello_cpu::VelloCpuImageRenderer;
use blitz_dom::net::{Resource, ResourceLoadResponse};
use blitz_dom::node::Attribute;
use blitz_dom::util::ImageType;
use blitz_dom::{
    BaseDocument, DocumentConfig, FontContext, LocalName, Node, NodeId, Point, QualName, local_name, ns,
};
use blitz_traits::shell::{ColorScheme, Viewport};
use std::collections::HashMap;
use std::sync::Arc;

/// Interface faces that are always there.
const FACES: [&[u8]; 2] = [
    include_bytes!("../../../resources/fonts/Inter-Regular.otf"),
    include_bytes!("../../../resources/fonts/Inter-SemiBold.otf"),
];

/// Base of all addresses. With `about:blank` an address such as `//host/x` makes Blitz panic.
const BASE: &str = "mid://mail.invalid/";

/// Makes documents; holds the fonts.
pub(in crate::html) struct Blitz {
    fonts: FontContext,
}

impl Blitz {
    /// Finds the fonts of the system and adds our own. Opens files: to be done before the sandbox is closed.
    pub(in crate::html) fn new() -> Self {
        let mut fonts = FontContext::default();
        for face in FACES {
            fonts.collection.register_fonts(face.to_vec().into(), None);
        }
        let mut blitz = Self { fonts };
        blitz.warm();
        blitz
    }

    /// Draws letters once, so that the first mail does not wait for tables of fonts.
    fn warm(&mut self) {
        let html = "<p>Aa <b>b</b> <i>i</i> <tt>t</tt> <span style='font-family:serif'>s</span> 漢 א ع</p>";
        let mut sheet = self.open(&crate::html::sanitize(html), &Pictures::default(), View::default());
        sheet.paint(0, 64);
    }
}

impl Engine for Blitz {
    type Sheet = BlitzSheet;

    fn open(&mut self, document: &Sanitized, pictures: &Pictures, view: View) -> BlitzSheet {
        let view = view.clamped();
        let mut styled = legacy::translate(document);
        absent::mend(&mut styled, document.quirks, pictures);
        let source = Source {
            fonts: self.fonts.clone(),
            styled,
            pictures: pictures.clone(),
            asks_dark: document.report.asks_dark,
        };
        let base = source.lay_out(view);
        let mut sheet =
            BlitzSheet { base, source, view, width: view.width, height: 1, cut: document.report.cut };
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
}

impl Source {
    fn lay_out(&self, view: View) -> BaseDocument {
        let mut base = BaseDocument::new(DocumentConfig {
            base_url: Some(BASE.to_owned()),
            font_ctx: Some(self.fonts.clone()),
            viewport: Some(viewport(view, self.asks_dark)),
            ..DocumentConfig::default()
        });
        show_pictures(&mut base, &self.pictures);
        build(&mut base, &self.styled);
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

/// Builds the tree.
fn build(base: &mut BaseDocument, styled: &Styled) {
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
        let parent = open.last().copied().unwrap_or(root);
        match event {
            Event::Open { name, attributes } => {
                let is_void = matches!(&**name, "br" | "col" | "hr" | "img" | "wbr");
                let attributes = attributes.iter().map(|(n, v)| attribute(n.clone(), v.clone())).collect();
                let id = tree.create_element(html_name(name), attributes);
                tree.append_children(parent, &[id]);
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
}

/// A document that is laid out.
pub(in crate::html) struct BlitzSheet {
    base: BaseDocument,
    source: Source,
    view: View,
    width: u32,
    height: u32,
    cut: bool,
}

impl BlitzSheet {
    fn measure(&mut self) {
        let root = self.base.root_element();
        let scale = f64::from(self.view.scale);
        // Blitz keeps what hangs over in device pixels, sizes and places in CSS pixels.
        let hangs = |node: &Node| {
            let overflow = node.scrollable_overflow();
            (overflow.x1 / scale, overflow.y1 / scale)
        };
        let (right, bottom) = hangs(root);
        let size = root.final_layout().size;
        let body = self.base.find_body_node();
        let below = body.map_or(0.0, |b| hangs(b).1 + f64::from(b.final_layout().location.y));
        let beside = body.map_or(0.0, |b| hangs(b).0 + f64::from(b.final_layout().location.x));
        let height = f64::from(size.height).max(bottom).max(below);
        let width = f64::from(size.width).max(right).max(beside);
        let whole = |length: f64, most: f64| pixels((length.min(most) * scale).ceil());
        let most = f64::from(MAX_HEIGHT) / scale.max(1.0);
        self.cut |= height > most;
        self.height = whole(height, most).max(1);
        self.width = whole(width, f64::from(MAX_WIDTH)).clamp(self.view.width, MAX_WIDTH);
    }
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
            self.base = self.source.lay_out(view);
            self.measure();
        }
    }

    fn width(&self) -> u32 {
        self.width
    }

    fn page(&self) -> Page {
        let mut page = Page { width: self.width, height: self.height, cut: self.cut, ..Page::default() };
        text::read(&self.base, self.view.scale, &mut page);
        page.background = dark::canvas(self.view.dark, self.source.asks_dark);
        page
    }

    fn paint(&mut self, top: u32, height: u32) -> Vec<u8> {
        let (width, scale) = (self.width, f64::from(self.view.scale));
        let mut renderer = VelloCpuImageRenderer::new(width, height);
        self.base.set_viewport_scroll(Point { x: 0.0, y: f64::from(top) / scale });
        let mut out = Vec::new();
        let base = &mut self.base;
        let asks_dark = self.source.asks_dark;
        let remap = self.view.dark && !asks_dark;
        renderer.render_to_vec(
            |scene| {
                if remap {
                    let mut recorded = Scene::new();
                    blitz_paint::paint_scene(&mut recorded, base, scale, width, height, 0, 0);
                    dark::remap(&mut recorded);
                    scene.append_scene(recorded, Default::default());
                } else {
                    blitz_paint::paint_scene(scene, base, scale, width, height, 0, 0);
                }
            },
            &mut out,
        );
        self.base.set_viewport_scroll(Point { x: 0.0, y: 0.0 });
        dark::onto(&mut out, dark::canvas(self.view.dark, asks_dark));
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
            let view = View { width: 600, scale, dark: false };
            let page = blitz.open(&clean, &Pictures::default(), view).page();
            assert_eq!(page.width, 600, "at {scale}");
            let last = page.lines.iter().map(|line| line.area.y + line.area.height).fold(0.0, f32::max);
            #[expect(clippy::cast_precision_loss, reason = "a few hundred rows")]
            let room = page.height as f32 - last;
            assert!((0.0..40.0 * scale).contains(&room), "{room} rows below the text at {scale}");
        }
    }
}
