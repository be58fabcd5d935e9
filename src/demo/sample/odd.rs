//! Odd but real kinds of mail: broken, nested, endless, empty. Also junk, trash and drafts.

use super::cast::{AMARA, JONAS, ME, MIRA, TOMASZ};
use super::letter::{Attachment, Letter, Person, Text, base64_lines, quoted};
use super::{Filed, HOUR, pdf, png};
use crate::demo::Content;

const ROBOT: Person = Person::new("Mail Delivery System", "mailer-daemon@postrider.example");

fn filed(folder: &str, marks: &str, date: i64, content: Content) -> Filed {
    Filed { folder: folder.to_owned(), marks: marks.to_owned(), date, content }
}

fn letter(from: Person, subject: &str, date: i64, text: Text) -> Letter {
    Letter {
        from,
        to: vec![ME],
        subject: subject.to_owned(),
        date: Some(date),
        id: format!("odd.{}.{}@example.org", subject.len(), date % 1_000_000),
        text,
        ..Letter::default()
    }
}

/// The mails.
pub(super) fn all(now: i64) -> Vec<Filed> {
    let mut mails = vec![
        long_quotes(now),
        long_subject(now),
        no_subject(now),
        no_date(now),
        forwarded(now),
        bounce(now),
        inline_picture(now),
    ];
    mails.extend(broken(now));
    mails.extend(junk(now));
    mails.extend(drafts(now));
    mails.extend(trash(now));
    mails
}

fn long_subject(now: i64) -> Filed {
    let subject = "Fwd: Fwd: Re: the thing we talked about on the stairs, namely whether the long subject that my uncle always writes, because he believes that the text below it costs extra, is still shown in full by the mail programs of today or cut off somewhere in the middle of a";
    let text = Text::Plain("word.\n\nUncle says hello.\n\nJonas".into());
    let date = now - 83 * HOUR;
    filed("INBOX", "", date, letter(JONAS, subject, date, text).content())
}

/// An answer to an answer to an answer, each of them whole.
fn long_quotes(now: i64) -> Filed {
    let voices = [
        (
            "Harold",
            "Dear members, the hedge along the lane has grown over the sign. The sign says that the hedge is to be cut in February. It is June.",
        ),
        (
            "Beatriz",
            "The birds in it are singing in a key that we have been trying to reach for weeks. Please do not cut it before the concert.",
        ),
        (
            "Jonas",
            "I can tie it back with string, then the sign is free and the birds stay. Two hours, one ladder.",
        ),
        ("Sam", "The ladder is at my place. I promised it to Robin on Saturday, so after that."),
        ("Mira", "We need both sides of the sign. The back says how to find the tap."),
        (
            "Anton",
            "When I was young the sign stood on the other side of the lane. Nobody cut anything and everybody found the tap.",
        ),
        ("Amara", "I could print a second sign. We have 115 gram paper left over, it survives a shower."),
    ];
    let mut text = String::new();
    for (round, (name, said)) in (1..).zip(voices.iter().cycle().take(12)) {
        let before = if text.is_empty() { String::new() } else { format!("{}\n", quoted(&text)) };
        let again = if round > voices.len() { "As I said: " } else { "" };
        text = format!("On day {round} of the hedge, before breakfast:\n{before}\n{again}{said}\n\n{name}");
    }
    let date = now - 290 * HOUR;
    let from = Person::new("Lower Meadow Allotments", "everyone@allotments.example");
    filed("INBOX", "", date, letter(from, "Re: Re: Re: Re: The hedge", date, Text::Plain(text)).content())
}

fn no_subject(now: i64) -> Filed {
    let date = now - 9 * HOUR;
    let text =
        Text::Plain("Keys are under the third pot. Not the second, that one has the toad.\n\nM".into());
    filed("INBOX", "unread", date, letter(MIRA, "", date, text).content())
}

fn no_date(now: i64) -> Filed {
    let text = Text::Plain(
        "This scanner does not know what day it is. It knows that it has scanned 3 pages.".into(),
    );
    let mut mail = letter(
        Person::new("Scanner, third floor", "scanner@fernweg.example"),
        "Scan from third floor",
        now,
        text,
    );
    mail.date = None;
    mail.attachments.push(Attachment::new("scan_0003.png", "image/png", png::map(160, 220, 5)));
    filed("INBOX", "", now - 64 * HOUR, mail.content())
}

/// A mail with a mail inside, which has an attachment of its own.
fn forwarded(now: i64) -> Filed {
    let date = now - 55 * HOUR;
    let mut inner = letter(
        Person::new("Museum of Rivers", "archive@rivermuseum.example"),
        "Loan of the 1868 field book",
        date - 30 * HOUR,
        Text::Plain("Dear Ms. Okafor,\n\nwe are happy to lend you field book 14 for the exhibition. It must not be opened beyond 90 degrees and would like to be kept away from windows and poets.\n\nThe loan form is attached.".into()),
    );
    inner.to = vec![AMARA];
    inner.attachments.push(Attachment::new(
        "loan-form.pdf",
        "application/pdf",
        pdf::page(&[
            "Loan form".into(),
            "Field book 14, 1868, leather, 212 pages".into(),
            "Light: below 50 lux".into(),
        ]),
    ));
    let boundary = "forwarded-as-it-came";
    let mut raw = format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\nContent-Type: text/plain\r\n\r\nThey said yes! See below. I start building a case for it tomorrow.\r\n\r\nAmara\r\n--{boundary}\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n").into_bytes();
    raw.extend_from_slice(&inner.bytes());
    raw.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    filed(
        "Projects/Ausstellung Köln",
        "flagged $Forwarded",
        date,
        letter(AMARA, "Fwd: Loan of the 1868 field book", date, Text::Raw(raw)).content(),
    )
}

/// A delivery report (RFC 3464).
fn bounce(now: i64) -> Filed {
    let date = now - 118 * HOUR;
    let raw = "Content-Type: multipart/report; report-type=delivery-status; boundary=\"report\"\r\n\r\n--report\r\nContent-Type: text/plain\r\n\r\nYour mail to grete@old-bakery.example could not be delivered: no such mailbox.\r\nThe text of your mail is below.\r\n--report\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.postrider.example\r\n\r\nFinal-Recipient: rfc822; grete@old-bakery.example\r\nAction: failed\r\nStatus: 5.1.1\r\n--report\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: Robin Hale <robin@postrider.example>\r\nTo: grete@old-bakery.example\r\nSubject: Two poppy seed cakes for Monday\r\n--report--\r\n";
    let mut mail = letter(
        ROBOT,
        "Undelivered: Two poppy seed cakes for Monday",
        date,
        Text::Raw(raw.as_bytes().to_vec()),
    );
    mail.extra.push(("Auto-Submitted", "auto-replied".into()));
    filed("INBOX", "", date, mail.content())
}

/// HTML with a picture that is part of the mail.
fn inline_picture(now: i64) -> Filed {
    let date = now - 12 * HOUR;
    let plain = "The view from the new desk. The heron comes at ten, on foot.\n\nTomasz";
    let html = "<html><body><p>The view from the new desk:</p>\n<p><img src=\"cid:window@fernweg.example\" width=\"360\" height=\"220\" alt=\"Hills and a river in the morning\"></p>\n<p>The heron comes at ten, on foot.</p><p>Tomasz</p></body></html>\n";
    let mut mail = letter(
        TOMASZ,
        "View from the new desk",
        date,
        Text::Alternative { plain: plain.into(), html: html.into() },
    );
    let mut picture = Attachment::new("window.png", "image/png", png::landscape(360, 220, 1));
    picture.inline = Some("window@fernweg.example".into());
    mail.attachments.push(picture);
    filed("INBOX", "unread", date, mail.content())
}

/// Mails that break the rules in ways that are common.
fn broken(now: i64) -> Vec<Filed> {
    let raw = |ago: i64, text: &str| {
        filed(
            "Archive",
            "",
            now - ago * HOUR,
            Content::new(text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()),
        )
    };
    let mut mails = vec![
        // The last boundary is missing.
        raw(
            700,
            "From: Old Printer <printer@example.org>\r\nTo: robin@postrider.example\r\nSubject: Toner low (this mail ends too early)\r\nDate: Mon, 03 Jun 2024 08:00:00 +0200\r\nMessage-ID: <toner@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=cut\r\n\r\n--cut\r\nContent-Type: text/plain\r\n\r\nToner is low. Toner is very low. Ton",
        ),
        // 8-bit text without a word about its charset, folded header without a space, a date nobody can read.
        raw(
            900,
            "From: \"Caf\u{e9} am Fluss\" <cafe@example.com>\r\nTo: robin@postrider.example\r\nSubject: Fr\u{fc}hst\u{fc}ck ab acht\r\nDate: yesterday, after the rain\r\nMessage-ID: <cafe@example.com>\r\n\r\nGuten Morgen! Ab acht gibt es Fr\u{fc}hst\u{fc}ck, auch drau\u{df}en.\r\n",
        ),
        // Claims base64 and is not.
        raw(
            1100,
            "From: Vending Machine <snacks@example.net>\r\nTo: robin@postrider.example\r\nSubject: =?utf-8?B?not base64 at all?= but readable\r\nMessage-ID: <snack@example.net>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=x-unknown\r\nContent-Transfer-Encoding: base64\r\n\r\n*** Out of crisps. *** Please try the nuts. ***\r\n",
        ),
    ];
    let date = now - 1000 * HOUR;
    // A file name that pretends to be a document and climbs out of its folder.
    let name = "Content-Type: application/octet-stream; name=\"../../holiday\u{202e}fdp.exe\"\r\nContent-Disposition: attachment; filename=\"../../holiday\u{202e}fdp.exe\"\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    let body = format!(
        "Content-Type: multipart/mixed; boundary=odd\r\n\r\n--odd\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nYou won a holiday! Open the document.\r\n--odd\r\n{name}{}--odd--\r\n",
        base64_lines(b"This is not a program. It is only named like one.")
    );
    mails.push(filed(
        "Junk",
        "$Junk",
        date,
        letter(
            Person::new("Holiday Wheel", "win@wheel.example"),
            "You won a holiday",
            date,
            Text::Raw(body.into_bytes()),
        )
        .content(),
    ));
    mails
}

const JUNK: &[(&str, &str, &str, &str)] = &[
    (
        "Prince of Nowhere",
        "prince@kingdom.example",
        "Confidential: 40 million and a small favour",
        "Dear friend,\n\nI am a prince without a kingdom and with a bank account. I only need your account to rest my money in. It is tired.",
    ),
    (
        "Account Security",
        "security@bank-of-trust.example",
        "Your account will be closed in 24 hours",
        "Dear customer,\n\nclick here to keep your account open: https://bank-of-trust.example.com.evil.example/login\n\nThis is very urgent. We say so every week.",
    ),
    (
        "Miracle Ladder",
        "offers@ladder.example",
        "One ladder. Every height.",
        "Buy now and get a second height for free!!!",
    ),
    (
        "SEO Wizard",
        "wizard@rank.example",
        "I looked at your website and cried",
        "Hello,\n\nyour website is on page 47. I can bring it to page 46 for a small fee each month.",
    ),
    (
        "Crypto Spoon",
        "spoon@coin.example",
        "The first cutlery on the chain",
        "Invest in spoons before forks find out.",
    ),
    (
        "Parcel Customs",
        "fee@parcel-duty.example",
        "Parcel on hold: pay 1.99",
        "Your parcel (you have no parcel) is on hold. Pay 1.99 to release it.",
    ),
    ("Pills & Thrills", "shop@pills.example", "H0t 0ffer f0r y0u", "V1tam1ns w1th numbers 1n them."),
    (
        "Heir Finder",
        "heir@ancestors.example",
        "You may be related to a castle",
        "We found a castle with your surname. It is damp. Interested?",
    ),
    (
        "Lucky Draw",
        "draw@lottery.example",
        "Ticket 0000001 has won",
        "You did not buy a ticket. It won anyway.",
    ),
];

fn junk(now: i64) -> Vec<Filed> {
    (0_i64..)
        .zip(JUNK)
        .map(|(n, (name, email, subject, body))| {
            let date = now - (n * 61 + 8) * HOUR - n * 211;
            let text = if n % 2 == 0 {
                Text::Html(format!("<html><body bgcolor=\"yellow\"><h1><font color=\"red\">{subject}</font></h1><p>{}</p><img src=\"https://track.evil.example/{n}.gif\" width=\"1\" height=\"1\"></body></html>\n", body.replace('\n', "<br>\n")))
            } else {
                Text::Plain((*body).to_owned())
            };
            let marks = if n < 3 { "unread $Junk" } else { "$Junk" };
            filed("Junk", marks, date, letter(Person::new(name, email), subject, date, text).content())
        })
        .collect()
}

fn drafts(now: i64) -> Vec<Filed> {
    let draft = |ago: i64, to: Vec<Person>, subject: &str, text: &str| {
        let date = now - ago * HOUR;
        let mut mail = letter(ME, subject, date, Text::Flowed(text.to_owned()));
        mail.to = to;
        filed("Drafts", "draft", date, mail.content())
    };
    vec![
        draft(2, vec![MIRA], "Re: Sunday lunch?", "Of course I am coming. I bring jars, bread and"),
        draft(
            70,
            vec![AMARA],
            "An idea for volume two",
            "Dear Amara,\n\nit came to me on the ladder. What if the second volume\n\n- starts at the sea\n- goes upstream\n- has no page numbers but kilometres",
        ),
        draft(
            300,
            Vec::new(),
            "",
            "Things to remember:\n\nthird pot, not the second\nstring\nask Mr. Finch about the green things",
        ),
    ]
}

const TRASH: &[(&str, &str, &str, &str)] = &[
    (
        "Riverside Gym",
        "join@gym.example",
        "We miss you (we have never met)",
        "Three months for the price of four.",
    ),
    (
        "Big Sofa",
        "sale@sofa.example",
        "Last day of the last sale",
        "The last sale before the next last sale.",
    ),
    (
        "Survey Team",
        "ask@survey.example",
        "How did you like our survey?",
        "Please rate the survey about the survey.",
    ),
    (
        "City of Upper Weir",
        "roads@upperweir.example",
        "Roadworks in Mill Lane",
        "From Monday to Wednesday there is a hole in Mill Lane. On Thursday it is moved.",
    ),
    (
        "Webinar Hub",
        "hub@webinar.example",
        "Starting in 5 minutes: synergy",
        "Join 4,000 people with their cameras off.",
    ),
    (
        "Old Phone",
        "backup@phone.example",
        "Storage almost full",
        "You have 7 MB left. Delete the 3,000 pictures of the same bridge?",
    ),
];

fn trash(now: i64) -> Vec<Filed> {
    (0_i64..)
        .zip(TRASH)
        .map(|(n, (name, email, subject, body))| {
            let date = now - (n * 90 + 40) * HOUR - n * 173;
            filed(
                "Trash",
                "",
                date,
                letter(Person::new(name, email), subject, date, Text::Plain((*body).to_owned())).content(),
            )
        })
        .collect()
}
