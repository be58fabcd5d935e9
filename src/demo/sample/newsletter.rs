//! Newsletters in HTML, with the pictures, counters and unsubscribe links of their kind.

use super::dice::Dice;
use super::html::escape;
use super::letter::{Letter, Person, Text};
use super::{Filed, HOUR};

struct Paper {
    from: Person,
    name: &'static str,
    /// Days between issues.
    every: i64,
    issues: i64,
    /// Color of the band at the top.
    color: &'static str,
    /// Whether there is a text beside the HTML.
    with_text: bool,
    folder: &'static str,
    subjects: &'static [&'static str],
    items: &'static [(&'static str, &'static str)],
}

#[rustfmt::skip]
const PAPERS: &[Paper] = &[
    Paper {
        from: Person::new("The Slow Map", "letters@slowmap.example"), name: "The Slow Map", every: 7, issues: 26,
        color: "#2f6f6a", with_text: true, folder: "INBOX",
        subjects: &["A coast, drawn by walking it", "Seven ways to draw a hedge", "The island that moved", "What the contour line forgets", "A museum of wrong maps", "Maps for people who get lost on purpose", "The last lighthouse keeper's chart", "Colour after rain", "How long is a footpath?", "Names that rivers had before"],
        items: &[
            ("The surveyor who was afraid of bridges", "For thirty years she drew every ford in the county. Her notebooks have been scanned and they are a delight: weather in the margins, sketches of ferrymen, the price of eggs."),
            ("A tide table you can knit", "Somebody turned a year of tides into a pattern for a scarf. It is four metres long. Spring tides are the red rows."),
            ("On paper that survives a pocket", "We carried six kinds of paper through a wet October. Two came back. One of them is the cheapest."),
            ("Readers' corner: the map on your fridge", "You sent 212 pictures of maps on fridges. Our favourite is held up by a magnet in the shape of the country it shows."),
            ("Ask the cartographer", "Why are rivers blue when they are mostly brown? A short answer, and then a long and much better one."),
            ("One line from the archive", "“Here the road is good, and the inn is better, and the surveyor remained two days.” Field book 14, 1868."),
            ("A walk of one hour", "Start at the old pump. Follow the wall until it becomes a hedge. Turn where the blackbird sits; it will be there."),
        ],
    },
    Paper {
        from: Person::new("Kitchen Garden Weekly", "hello@kitchengarden.example"), name: "Kitchen Garden Weekly", every: 7, issues: 22,
        color: "#557a2b", with_text: true, folder: "INBOX",
        subjects: &["Sow this now, thank us later", "The great slug question", "Beans: a love story", "Compost without regrets", "What to do with too many courgettes", "Frost tonight, maybe", "Tomatoes and other optimists", "A quiet week for lettuce"],
        items: &[
            ("This week's job: very little", "Sit down. Look at what grew without you. Make a list, then lose it. The garden will remind you."),
            ("Chard, the vegetable that forgives", "Sow it late, forget to water it, cut it to the ground: it comes back and does not mention it."),
            ("A recipe for one large marrow", "Cut it in half. Give one half away. Repeat with the other half."),
            ("Water: how much is enough", "Push a finger into the soil to the second knuckle. If it comes out clean, water. If it comes out muddy, go inside."),
            ("Letters: my neighbour's cat", "We received eleven letters on this subject and print the only polite one."),
            ("Tool of the week: string", "It measures, it ties, it marks the row, and it is what you will be looking for in May."),
        ],
    },
    Paper {
        from: Person::new("Lantern Books", "news@lanternbooks.example"), name: "Lantern Books", every: 14, issues: 14,
        color: "#8a3b2e", with_text: false, folder: "INBOX",
        subjects: &["New on the table by the door", "Reading aloud on Thursday", "Seven thin books for a long train", "Signed copies have arrived", "We found a box in the cellar", "Closed on Monday (inventory, send cake)"],
        items: &[
            ("The Ferryman's Daughter", "A novel that takes its time and then takes yours. We have sold it to each other three times already."),
            ("A Field Guide to Small Clouds", "Forty plates, all of them modest. For readers who look up."),
            ("Letters to a Mountain", "Written over fifty winters and never sent. The mountain does not answer, but it is there."),
            ("How to Fold a Map", "Sixteen chapters. The last one admits defeat."),
            ("The Long Table", "Recipes and quarrels from a kitchen with twenty chairs."),
        ],
    },
    Paper {
        from: Person::new("Riverside Cinema", "programme@riverside-cinema.example"), name: "Riverside Cinema", every: 7, issues: 16,
        color: "#333a56", with_text: true, folder: "Archive",
        subjects: &["This week on our only screen", "Silent film, loud piano", "The projector is back", "Matinee with subtitles and soup"],
        items: &[
            ("Monday: The Weir", "Ninety minutes in which almost nothing happens, beautifully. With an introduction by the sound recordist."),
            ("Wednesday: Two Tickets to the Sea", "A comedy about a couple who take different trains. Original version, subtitles."),
            ("Friday: short films from the film school", "Eleven films, nine of them about bicycles. Bring a friend, both seats for one."),
            ("Sunday, 11 a.m.: for children and other experts", "Paper animation from five countries. Wriggling is allowed."),
        ],
    },
];

/// The mails.
pub(super) fn all(dice: &mut Dice, now: i64) -> Vec<Filed> {
    let mut mails = Vec::new();
    for (number, paper) in (1_i64..).zip(PAPERS) {
        // In turns, so that no title comes back soon.
        let mut subjects = (0..paper.subjects.len()).cycle().skip(dice.below(paper.subjects.len()));
        let mut firsts = (0..paper.items.len()).cycle().skip(dice.below(paper.items.len()));
        for issue in 0..paper.issues {
            let date = now - (issue * paper.every * 24 + 5 + number * 9) * HOUR - dice.between(0, 1800);
            let (subject, first) = (subjects.next().unwrap_or(0), firsts.next().unwrap_or(0));
            mails.push(mail(paper, paper.issues - issue, (subject, first), date, now));
        }
    }
    mails
}

fn mail(paper: &Paper, issue: i64, (subject, first): (usize, usize), date: i64, now: i64) -> Filed {
    let title = paper.subjects.get(subject).copied().unwrap_or(paper.name);
    let items: Vec<_> = paper.items.iter().cycle().skip(first).take(3).copied().collect();
    let (_, domain) = paper.from.email.split_once('@').unwrap_or(("", "example.org"));
    let html = html(paper, title, &items, issue, domain);
    let leave = format!("https://{domain}/leave?reader=4711&issue={issue}");
    let text = if paper.with_text {
        let mut plain = format!("{} | No. {issue}\n{title}\n", paper.name);
        for (head, body) in &items {
            plain.push_str(&format!("\n* {head}\n\n{body}\n\nRead on: https://{domain}/{issue}\n"));
        }
        plain.push_str(&format!("\n-- \nYou get this because you asked for it. Leave: {leave}"));
        Text::Alternative { plain, html }
    } else {
        Text::Html(html)
    };
    let letter = Letter {
        from: paper.from,
        to: vec![super::cast::ME],
        subject: title.to_owned(),
        date: Some(date),
        zone: 0,
        id: format!("issue-{issue}.{subject}{first}@{domain}"),
        extra: vec![
            ("List-Id", format!("{} <news.{domain}>", paper.name)),
            ("List-Unsubscribe", format!("<mailto:leave@{domain}?subject=leave>, <{leave}>")),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
            ("Precedence", "bulk".to_owned()),
        ],
        text,
        ..Letter::default()
    };
    let days = (now - date) / (24 * HOUR);
    let marks = if days < 4 || (days < 30 && issue % 3 == 0) { "unread" } else { "" };
    let folder = if days > 75 { "Archive" } else { paper.folder };
    Filed { folder: folder.to_owned(), marks: marks.to_owned(), date, content: letter.content() }
}

fn html(paper: &Paper, title: &str, items: &[(&str, &str)], issue: i64, domain: &str) -> String {
    let color = paper.color;
    let name = escape(paper.name);
    let mut out = format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>{name}</title>\n<style>body {{ margin: 0; background: #efece6 }} a {{ color: {color} }}</style></head>\n<body>\n<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\"><tr><td align=\"center\">\n<table role=\"presentation\" width=\"600\" cellpadding=\"0\" cellspacing=\"0\" style=\"background: #ffffff; font-family: Georgia, serif; color: #2b2b2b\">\n<tr><td style=\"background: {color}; color: #ffffff; padding: 24px 32px; font-size: 28px\">{name}<br><span style=\"font-size: 14px\">No. {issue}</span></td></tr>\n<tr><td><img src=\"https://pictures.{domain}/{issue}/cover.jpg\" width=\"600\" height=\"240\" alt=\"Cover of this issue\"></td></tr>\n<tr><td style=\"padding: 24px 32px 0 32px\"><h1 style=\"font-size: 26px; margin: 0\">{}</h1></td></tr>\n",
        escape(title)
    );
    for (head, body) in items {
        out.push_str(&format!(
            "<tr><td style=\"padding: 16px 32px\"><h2 style=\"font-size: 19px; margin: 0 0 6px 0; color: {color}\">{}</h2>\n<p style=\"font-size: 16px; line-height: 24px; margin: 0\">{} <a href=\"https://{domain}/{issue}\">Read on</a></p></td></tr>\n",
            escape(head),
            escape(body)
        ));
    }
    out.push_str(&format!(
        "<tr><td style=\"padding: 24px 32px; font-size: 12px; color: #777777\">You get this because you asked for it. <a href=\"https://{domain}/leave?reader=4711&amp;issue={issue}\">Leave with one click</a></td></tr>\n</table></td></tr></table>\n<img src=\"https://count.{domain}/open?reader=4711&amp;issue={issue}\" width=\"1\" height=\"1\" alt=\"\">\n</body></html>\n"
    ));
    out
}
