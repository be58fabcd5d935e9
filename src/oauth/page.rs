//! The page that the browser shows at the end: no scripts, nothing loaded, nothing of the request repeated unescaped.

/// How the sign-in ended, for the person in front of the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Done,
    Refused,
    NotForUs,
}

impl Ending {
    const fn status(self) -> &'static str {
        match self {
            Self::Done | Self::Refused => "200 OK",
            Self::NotForUs => "400 Bad Request",
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Done => ("Signed in", "You can close this window and go back to Postrider."),
            Self::Refused => ("Not signed in", "Postrider was not allowed in. You can close this window."),
            Self::NotForUs => ("Not expected", "Postrider is not waiting for this."),
        }
    }
}

/// The whole HTTP response.
pub(super) fn response(ending: Ending) -> String {
    let (title, text) = ending.words();
    let body = format!(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
         <body style=\"font:18px system-ui,sans-serif;max-width:30em;margin:20vh auto;padding:0 1em\">\
         <h1 style=\"font-size:1.5em\">{title}</h1><p>{text}</p></body></html>"
    );
    format!(
        "HTTP/1.1 {}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n\
         Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\r\n\r\n{body}",
        ending.status(),
        body.len(),
    )
}
