//! Mails that machines send: parcels, code review, library, invitations, receipts with PDF.

use super::dice::Dice;
use super::html::escape;
use super::letter::{Attachment, Letter, Person, Text};
use super::{Filed, HOUR, pdf};
use crate::demo::dates;

const PARCEL: Person = Person::new("Yellow Bicycle Parcels", "tracking@yellowbicycle.example");
const FORGE: Person = Person::new("Fernweg Forge", "forge@code.fernweg.example");
const LIBRARY: Person = Person::new("City Library", "loans@library.example");
const CALENDAR: Person = Person::new("Fernweg Calendar", "calendar@fernweg.example");
const METER: Person = Person::new("Bright Water Works", "service@brightwater.example");

const THINGS: &[&str] = &[
    "two boxes of pencils",
    "a rain barrel tap",
    "the repaired lamp",
    "paper samples, 115 g",
    "bicycle tyres, 28 inch",
    "a very long ruler",
    "seeds, twelve kinds",
    "tea from the hills",
    "the second stove",
    "a book about clouds",
];
const STEPS: &[(&str, &str)] = &[
    (
        "Your parcel is on its way",
        "It left the depot this morning and travels on bicycle number 14. You can expect it tomorrow between nine and noon.",
    ),
    (
        "Your parcel arrives today",
        "Our rider is in your part of town. If nobody opens, it waits at the bakery in your street until six.",
    ),
    ("Your parcel was delivered", "It was handed over at the door. The rider notes: “nice cat”."),
];
const ISSUES: &[(&str, &str, &str)] = &[
    (
        "tiles",
        "Shading is computed on the device",
        "This is the slow part on old phones. We could draw it once into the tile.",
    ),
    (
        "tiles",
        "Cache misses after midnight",
        "The key contains the date in local time, so every night starts cold.",
    ),
    ("orders", "Button without a name", "The screen reader says \"button\". It should say what it does."),
    (
        "orders",
        "Postcode with letters is refused",
        "Somebody from a country with letters in postcodes wrote us a poem about it.",
    ),
    (
        "index",
        "Å sorts before Z in the Danish edition",
        "Collation comes from the machine. It should come from the edition.",
    ),
    (
        "index",
        "Duplicate entry for rivers with two names",
        "Both names are right. The index should list both and point to one page.",
    ),
    (
        "atlas",
        "Footbridge drawn under the river",
        "Order of layers: water, bridges, labels. Not bridges, water, hope.",
    ),
    (
        "atlas",
        "Contour line crosses itself at sheet 9",
        "Floating point again. A line of 12,000 points, one of them is wrong.",
    ),
];
const HANDS: &[&str] = &["priya", "tomasz", "amara", "lucia", "robot"];
const BOOKS: &[&str] = &[
    "A Field Guide to Small Clouds",
    "The Ferryman's Daughter",
    "Practical Hedges",
    "Bridges I Have Crossed",
    "Songs About Weather, vol. 2",
    "The Invention of North",
];
const MEETINGS: &[(&str, &str)] = &[
    ("Editorial meeting", "Big table"),
    ("Press check, sheet 4", "At the printer's"),
    ("Lunch with the cheese people", "Ground floor"),
    ("Atlas: state of the rivers", "Big table"),
    ("Choir and cooperative: dress rehearsal", "Kunsthalle, river room"),
];

/// The mails.
pub(super) fn all(dice: &mut Dice, now: i64) -> Vec<Filed> {
    let mut mails = Vec::new();
    parcels(dice, now, &mut mails);
    forge(dice, now, &mut mails);
    library(dice, now, &mut mails);
    invitations(now, &mut mails);
    invoices(dice, now, &mut mails);
    mails
}

fn letter(from: Person, subject: String, date: i64, number: i64, text: Text) -> Letter {
    let (_, domain) = from.email.split_once('@').unwrap_or(("", "example.org"));
    Letter {
        from,
        to: vec![super::cast::ME],
        subject,
        date: Some(date),
        zone: 60,
        id: format!("{number}.{}@{domain}", date % 100_000),
        extra: vec![("Auto-Submitted", "auto-generated".to_owned())],
        text,
        ..Letter::default()
    }
}

fn file(folder: &str, marks: &str, letter: &Letter) -> Filed {
    let date = letter.date.unwrap_or(0);
    Filed { folder: folder.to_owned(), marks: marks.to_owned(), date, content: letter.content() }
}

fn parcels(dice: &mut Dice, now: i64, mails: &mut Vec<Filed>) {
    for (parcel, thing) in (0_i64..).zip(THINGS) {
        let number = 7_400_000 + dice.between(1, 99_999);
        for (step, (subject, body)) in (0_i64..).zip(STEPS) {
            let date = now - (parcel * 320 + 36 - step * 12) * HOUR - dice.between(0, 3000);
            let plain = format!(
                "Hello Robin Hale,\n\n{body}\n\n  Parcel    {number}\n  Contents  {thing}\n\nFollow it: https://yellowbicycle.example/where/{number}\n\nYellow Bicycle Parcels, no engines since 1998"
            );
            let html = format!(
                "<html><body style=\"font-family: Verdana, sans-serif\">\n<h2 style=\"background: #ffd84d; padding: 12px\">{subject}</h2>\n<p>Hello Robin Hale,</p>\n<p>{}</p>\n<p><b>Parcel</b> {number}<br><b>Contents</b> {thing}</p>\n<p><a href=\"https://yellowbicycle.example/where/{number}\" style=\"background: #222; color: #fff; padding: 8px 16px\">Where is it?</a></p>\n<img src=\"https://yellowbicycle.example/seen/{number}.gif\" width=\"1\" height=\"1\" alt=\"\">\n</body></html>\n",
                escape(body)
            );
            let text = Text::Alternative { plain, html };
            let letter = letter(PARCEL, format!("{subject}: {thing}"), date, number, text);
            let fresh = parcel == 0 && step == 2;
            mails.push(file(
                if parcel < 5 { "INBOX" } else { "Archive" },
                if fresh { "unread" } else { "" },
                &letter,
            ));
        }
    }
}

fn forge(dice: &mut Dice, now: i64, mails: &mut Vec<Filed>) {
    for (number, (project, title, body)) in (211_i64..).zip(ISSUES) {
        let opened = now - (220 - number) * 60 * HOUR - 9 * HOUR;
        let mut references = Vec::new();
        let comments = 2 + dice.below(4);
        for place in 0..=i64::try_from(comments).unwrap_or(2) {
            let hand = dice.pick(HANDS);
            let date = (opened + place * 5 * HOUR + dice.between(0, 9000)).min(now - 600);
            let said = match place {
                0 => (*body).to_owned(),
                1 => "I can reproduce this. It happens on every second try, which is worse than every time."
                    .to_owned(),
                2 => format!("Fixed in 4f{number:x}c. The test that was missing is no longer missing."),
                3 => "Checked on staging, looks right. Thank you for the clear description!".to_owned(),
                4 => "All 412 tests passed in 3 minutes 9 seconds.".to_owned(),
                _ => "Closed.".to_owned(),
            };
            let text = Text::Plain(format!(
                "{hand} wrote:\n\n{said}\n\n-- \nAnswer by mail or here: https://code.fernweg.example/{project}/issues/{number}#{place}"
            ));
            let answer = if place == 0 { "" } else { "Re: " };
            let mut mail = letter(
                FORGE,
                format!("{answer}[{project}] {title} (#{number})"),
                date,
                number * 10 + place,
                text,
            );
            mail.references.clone_from(&references);
            mail.extra.push(("List-Id", format!("{project} <{project}.code.fernweg.example>")));
            references.push(mail.id.clone());
            let fresh = number == 218 && place > 1;
            mails.push(file("Projects/Website", if fresh { "unread forge" } else { "forge" }, &mail));
        }
    }
}

fn library(dice: &mut Dice, now: i64, mails: &mut Vec<Filed>) {
    for (n, book) in (0_i64..).zip(BOOKS.iter().chain(BOOKS)) {
        let date = now - (n * 330 + 70) * HOUR - dice.between(0, 5000);
        let (subject, body) = if n % 2 == 0 {
            (
                "Due in three days",
                "is due back in three days. You can keep it for two more weeks with one click, unless somebody is waiting for it. Nobody is.",
            )
        } else {
            (
                "Ready for you",
                "has arrived and waits on the shelf behind the desk, under H. We keep it for seven days.",
            )
        };
        let text = Text::Plain(format!(
            "Dear reader,\n\n\"{book}\" {body}\n\nhttps://library.example/loans\n\nYour City Library\nOpen Tuesday to Saturday, and in the rain"
        ));
        let letter = letter(LIBRARY, format!("{subject}: {book}"), date, n, text);
        mails.push(file(
            if n < 3 { "INBOX" } else { "Archive" },
            if n == 0 { "unread" } else { "" },
            &letter,
        ));
    }
}

fn invitations(now: i64, mails: &mut Vec<Filed>) {
    for (n, (title, place)) in (0_i64..).zip(MEETINGS) {
        let date = now - (n * 130 + 22) * HOUR;
        let start = date + (72 + n) * HOUR;
        let stamp = |seconds: i64| {
            let (year, month, day) = dates::civil(seconds.div_euclid(24 * HOUR));
            format!("{year}{month:02}{day:02}T{:02}0000Z", seconds.rem_euclid(24 * HOUR) / HOUR)
        };
        let calendar = format!(
            "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Fernweg//Calendar//EN\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:meeting-{n}@fernweg.example\nDTSTAMP:{}\nDTSTART:{}\nDTEND:{}\nSUMMARY:{title}\nLOCATION:{place}\nORGANIZER;CN=Amara Okafor:mailto:amara@fernweg.example\nATTENDEE;CN=Robin Hale;RSVP=TRUE:mailto:{}\nEND:VEVENT\nEND:VCALENDAR\n",
            stamp(date),
            stamp(start),
            stamp(start + HOUR),
            crate::demo::USER
        );
        let plain = format!(
            "Amara Okafor invites you.\n\n  What   {title}\n  Where  {place}\n\nPlease answer in your calendar, or by shouting across the room."
        );
        let letter =
            letter(CALENDAR, format!("Invitation: {title}"), date, n, Text::Invitation { plain, calendar });
        mails.push(file(
            if n < 2 { "INBOX" } else { "Archive" },
            if n == 0 { "unread" } else { "" },
            &letter,
        ));
    }
}

fn invoices(dice: &mut Dice, now: i64, mails: &mut Vec<Filed>) {
    let sellers = [
        (
            Person::new("Papierhaus Lindner", "rechnung@papierhaus.example"),
            "Invoice",
            "Paper, ink, pencils",
            18,
            90,
        ),
        (
            Person::new("Northlight Hosting", "billing@northlight.example"),
            "Your invoice",
            "Server \"heron\", one month",
            9,
            12,
        ),
        (METER, "Water bill", "Cold water and its way back", 21, 34),
        (
            Person::new("Valley Railways", "tickets@valleyrail.example"),
            "Your ticket",
            "Return ticket, second class, window",
            12,
            64,
        ),
    ];
    for month in 0..7_i64 {
        for (place, (from, word, goods, low, high)) in (0_i64..).zip(sellers) {
            let number = 20_400 - month * 17 + place * 1000;
            let date = now - (month * 730 + place * 97 + 31) * HOUR - dice.between(0, 9000);
            let (euros, cents) = (dice.between(low, high), dice.between(0, 99));
            let (year, m, day) = dates::civil(date.div_euclid(24 * HOUR));
            let lines = [
                format!("{word} {number}"),
                format!("{}, {year}-{m:02}-{day:02}", from.name),
                String::new(),
                "Robin Hale, Mill Lane 4".to_owned(),
                String::new(),
                format!("{goods}: {euros}.{cents:02} €"),
                "Paid with thanks.".to_owned(),
            ];
            let name = format!("{}-{number}.pdf", word.to_lowercase().replace(' ', "-"));
            let text = Text::Plain(format!(
                "Dear Robin Hale,\n\nplease find attached {} {number} for:\n\n  {goods}    {euros}.{cents:02} EUR\n\nIt is paid already, you have nothing to do but keep it.\n\n{}",
                word.to_lowercase(),
                from.name
            ));
            let mut letter = letter(from, format!("{word} {number}"), date, number, text);
            letter.attachments.push(Attachment::new(&name, "application/pdf", pdf::page(&lines)));
            let fresh = month == 0 && place == 0;
            let folder = if month == 0 && place < 2 { "INBOX" } else { "Receipts" };
            mails.push(file(folder, if fresh { "unread" } else { "" }, &letter));
        }
    }
}
