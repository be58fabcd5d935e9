//! Pages that come, do not come, and come late.

use super::*;

const FRAME: Frame = Frame { scale: 2.0, zoom: 1.0, dark: false, unfold: None, searched: false };

fn id(n: i64) -> MessageId {
    MessageId::from_row(n)
}

fn follow(sheets: &mut Sheets, open: &[(i64, &Html)]) -> Vec<Wish> {
    let open: Vec<(MessageId, &Html)> = open.iter().map(|(n, html)| (id(*n), *html)).collect();
    sheets.follow(&open, FRAME)
}

fn opening(wishes: &[Wish]) -> Option<(u64, View)> {
    wishes.iter().find_map(|wish| match wish {
        Wish::Open(_, flight, _, view) => Some((*flight, *view)),
        Wish::LayOut(..) | Wish::Paint(..) | Wish::SayWhenLate(..) => None,
    })
}

#[test]
fn a_page_is_opened_once_its_width_is_known_and_only_once() {
    let (mut sheets, html) = (Sheets::default(), Html::of("<p>a"));
    let wishes = follow(&mut sheets, &[(1, &html)]);
    assert!(matches!(wishes.as_slice(), [Wish::SayWhenLate(..)]), "{wishes:?}");
    assert!(sheets.shows(id(1)), "until it is late the place is kept free");
    sheets.needs(id(1), 900, 0..500);
    let (_, view) = opening(&follow(&mut sheets, &[(1, &html)])).unwrap();
    let quotes = Quotes::Folded;
    assert_eq!(view, View { width: 900, scale: 2.0, fit: true, quotes, ..View::default() });
    sheets.needs(id(1), 800, 0..500);
    assert!(follow(&mut sheets, &[(1, &html)]).is_empty(), "one after the other");
    // The next message is as wide, most likely.
    let other = Html::of("<p>b");
    let (_, view) = opening(&follow(&mut sheets, &[(2, &other)])).unwrap();
    assert_eq!(view.width, 800);
    assert!(!sheets.shows(id(1)), "what is closed is forgotten");
}

#[test]
fn what_cannot_be_shown_stays_text_until_somebody_tries_again() {
    let (mut sheets, html) = (Sheets::default(), Html::of("<p>a"));
    follow(&mut sheets, &[(1, &html)]);
    sheets.needs(id(1), 900, 0..500);
    let (flight, _) = opening(&follow(&mut sheets, &[(1, &html)])).unwrap();
    sheets.take(News::Opened(id(1), flight + 7, Err(Trouble::Crashed)));
    assert!(sheets.trouble(id(1)).is_none(), "an answer to another question");
    sheets.take(News::Opened(id(1), flight, Err(Trouble::TooSlow)));
    assert_eq!(sheets.trouble(id(1)), Some(&Trouble::TooSlow));
    assert!(!sheets.shows(id(1)));
    assert!(follow(&mut sheets, &[(1, &html)]).is_empty());
    sheets.retry(id(1));
    assert!(sheets.shows(id(1)));
    assert!(opening(&follow(&mut sheets, &[(1, &html)])).is_some());
}

#[test]
fn the_text_is_shown_when_the_page_is_late() {
    let (mut sheets, html) = (Sheets::default(), Html::of("<p>a"));
    let Some(Wish::SayWhenLate(_, serial)) = follow(&mut sheets, &[(1, &html)]).first().cloned() else {
        panic!("nobody watches the clock")
    };
    sheets.take(News::Late(id(1), serial + 1));
    assert!(sheets.shows(id(1)), "that was another page");
    sheets.take(News::Late(id(1), serial));
    assert!(!sheets.shows(id(1)) && sheets.is_late(id(1)));
}

#[test]
fn the_user_chooses_colors_and_text() {
    let (mut sheets, html) = (Sheets::default(), Html::of("<p>a"));
    follow(&mut sheets, &[(1, &html)]);
    assert_eq!(sheets.flip(id(1)), Some(Some(true)));
    sheets.needs(id(1), 900, 0..500);
    assert!(opening(&follow(&mut sheets, &[(1, &html)])).unwrap().1.dark);
    assert_eq!(sheets.flip(id(1)), Some(None), "as the window is: nothing to remember");
    assert_eq!(sheets.flip(id(9)), None);
    sheets.toggle_plain(id(1));
    assert!(!sheets.shows(id(1)) && sheets.is_plain(id(1)));
    sheets.toggle_plain(id(1));
    assert!(sheets.shows(id(1)));
}

#[test]
fn tiles_out_of_view_go_before_those_in_view() {
    let mut sheets = Sheets::default();
    let html = Html::of("<p>a");
    follow(&mut sheets, &[(1, &html)]);
    let page = Page { width: 2000, height: 40_000, ..Page::default() };
    let mut picture = Picture::new(5, 1, Arc::new(page), 1.0);
    let tiles = picture.cover(&(0..40_000));
    for number in tiles.clone() {
        let (_, height) = picture.span(number);
        picture.put(number, 2000, height, Handle::from_rgba(1, 1, vec![0; 4]));
    }
    let sheet = sheets.all.get_mut(&id(1)).unwrap();
    sheet.shown = Some(picture);
    sheet.rows = 20_000..21_000;
    sheets.forget();
    let picture = sheets.picture(id(1)).unwrap();
    let left: usize = picture.painted().map(|(_, bytes)| bytes).sum();
    assert!(left <= MAX_TILES && left > MAX_TILES / 2, "{left}");
    assert!(picture.has(&(19_000..22_000)), "with a screen around it");
    assert!(!picture.has(&(0..100)));
}

#[test]
fn a_process_that_was_killed_gets_a_second_chance_and_no_third() {
    let (mut sheets, html) = (Sheets::default(), Html::of("<p>a"));
    follow(&mut sheets, &[(1, &html)]);
    sheets.needs(id(1), 900, 0..500);
    for attempt in 1..=2 {
        let (flight, _) = opening(&follow(&mut sheets, &[(1, &html)])).unwrap();
        sheets.take(News::Opened(id(1), flight, Err(Trouble::Crashed)));
        assert_eq!(sheets.trouble(id(1)).is_some(), attempt == 2);
    }
    assert!(follow(&mut sheets, &[(1, &html)]).is_empty());
}

#[test]
fn quotes_are_shown_when_they_are_wanted_and_stay_so() {
    let (mut sheets, html) = (Sheets::default(), Html::of("<p>a"));
    let open = [(id(1), &html)];
    let quotes = |sheets: &mut Sheets, frame: Frame| {
        sheets.all.get_mut(&id(1)).unwrap().flight = None;
        opening(&sheets.follow(&open, frame)).unwrap().1.quotes
    };
    sheets.follow(&open, FRAME);
    sheets.needs(id(1), 900, 0..500);
    assert_eq!(quotes(&mut sheets, FRAME), Quotes::Folded);
    sheets.toggle_quote(id(1));
    assert_eq!(quotes(&mut sheets, FRAME), Quotes::Open);
    sheets.toggle_quote(id(1));
    let all = Frame { unfold: Some(3), ..FRAME };
    assert_eq!(quotes(&mut sheets, all), Quotes::Open);
    sheets.toggle_quote(id(1));
    assert_eq!(quotes(&mut sheets, all), Quotes::Folded, "what the user folds after that stays folded");
    assert_eq!(quotes(&mut sheets, Frame { searched: true, ..all }), Quotes::Open);
    assert_eq!(quotes(&mut sheets, all), Quotes::Open);
}
