//! What becomes of each element.

/// What becomes of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It stays, with the attributes that are allowed.
    Keep,
    /// It stays under another name.
    Rename(&'static str),
    /// It goes, what is in it stays.
    Unwrap,
    /// It goes with all that is in it.
    Drop,
    /// Its style sheet stays.
    Style,
    /// Dropped, and counted as a script.
    Script,
    /// Dropped, and counted as a frame.
    Frame,
    /// Unwrapped: what is in it is the sender's own replacement; counted as a frame.
    Object,
    /// Unwrapped, and counted as a form.
    Form,
    /// Says something about the document.
    Meta,
}

/// What becomes of an element with this name.
pub(super) fn fate(name: &str) -> Fate {
    match name {
        "html" | "head" | "body" | "a" | "abbr" | "acronym" | "address" | "article" | "aside" | "b"
        | "bdi" | "bdo" | "big" | "blockquote" | "br" | "button" | "caption" | "center" | "cite" | "code"
        | "col" | "colgroup" | "dd" | "del" | "details" | "dfn" | "dir" | "div" | "dl" | "dt" | "em"
        | "fieldset" | "figcaption" | "figure" | "font" | "footer" | "h1" | "h2" | "h3" | "h4" | "h5"
        | "h6" | "header" | "hgroup" | "hr" | "i" | "img" | "ins" | "kbd" | "label" | "legend" | "li"
        | "listing" | "main" | "mark" | "menu" | "nav" | "nobr" | "ol" | "p" | "pre" | "q" | "rp" | "rt"
        | "ruby" | "s" | "samp" | "section" | "small" | "span" | "strike" | "strong" | "sub" | "summary"
        | "sup" | "table" | "tbody" | "td" | "tfoot" | "th" | "thead" | "time" | "tr" | "tt" | "u" | "ul"
        | "var" | "wbr" => Fate::Keep,
        "style" => Fate::Style,
        "script" => Fate::Script,
        "meta" => Fate::Meta,
        "iframe" | "frame" | "frameset" | "embed" | "video" | "audio" | "canvas" => Fate::Frame,
        "object" | "applet" => Fate::Object,
        "form" => Fate::Form,
        // The picture inside has an address of its own.
        "picture" | "noscript" | "plaintext" | "map" | "marquee" => Fate::Unwrap,
        "textarea" | "xmp" => Fate::Rename("span"),
        "title" | "base" | "link" | "template" | "noembed" | "noframes" | "param" | "source" | "track"
        | "area" | "input" | "select" | "datalist" | "optgroup" | "option" | "keygen" | "svg" | "math"
        | "bgsound" | "dialog" | "progress" | "meter" | "output" | "slot" | "portal" | "basefont"
        | "isindex" | "image" => Fate::Drop,
        // What Office writes for itself. `xml` around it is as unknown to a browser as any other name.
        _ if is_of_office(name) => Fate::Drop,
        _ => Fate::Rename("span"),
    }
}

/// Settings of Office, which are text to browsers.
fn is_of_office(name: &str) -> bool {
    matches!(
        name,
        "o:officedocumentsettings"
            | "o:shapedefaults"
            | "o:shapelayout"
            | "w:worddocument"
            | "w:latentstyles"
            | "m:mathpr"
            | "x:excelworkbook"
    )
}

/// Whether an element has no end tag.
pub(super) fn is_void(name: &str) -> bool {
    matches!(name, "br" | "col" | "hr" | "img" | "wbr")
}
