//! The list of folders to move or copy to: narrowed by typing, recent ones first. Pure.

use super::chosen::Chosen;
use super::folders::places::Place;
use crate::model::MailboxId;

/// Folders listed at once; who wants more types another letter.
pub const SHOWN: usize = 9;

/// What the user does in the list of folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaletteMessage {
    /// The words were edited.
    Edited(String),
    /// Go to another line, down if positive.
    Step(isize),
    /// Take the line.
    Confirmed,
    /// Take this folder.
    Chosen(MailboxId),
    /// Move becomes copy and the other way round.
    CopiesToggled,
    /// Go away.
    Closed,
}

/// The open list.
#[derive(Clone, Debug)]
pub struct Palette {
    /// Copy instead of move.
    pub copies: bool,
    /// What was typed.
    pub query: String,
    /// The messages.
    pub messages: Chosen,
    /// Whether each of them stands for its conversation.
    pub threads: bool,
    places: Vec<Place>,
    /// Indexes into `places`, best first.
    found: Vec<usize>,
    /// Index into `found`.
    cursor: usize,
}

/// How well words fit a place; `None` if they don't. Smaller is better.
fn rank(place: &Place, words: &[String]) -> Option<usize> {
    let way = place.way.to_lowercase();
    let last = way.rsplit('›').next().unwrap_or(&way).trim().to_owned();
    let email = place.email.to_lowercase();
    let mut sum = 0;
    for word in words {
        sum += if last.starts_with(word.as_str()) {
            0
        } else if last.split(|c: char| !c.is_alphanumeric()).any(|part| part.starts_with(word.as_str())) {
            1
        } else if last.contains(word.as_str()) {
            2
        } else if way.contains(word.as_str()) {
            3
        } else if email.contains(word.as_str()) {
            4
        } else if is_inside(word, &last) {
            8
        } else {
            return None;
        };
    }
    Some(sum)
}

/// Whether the letters of a word come in this order: `prj` finds `Projects`.
fn is_inside(word: &str, name: &str) -> bool {
    let mut letters = name.chars();
    word.chars().all(|wanted| letters.any(|letter| letter == wanted))
}

impl Palette {
    /// All places but the open folder, recent ones first.
    #[must_use]
    pub fn new(
        copies: bool,
        messages: Chosen,
        from: Option<MailboxId>,
        places: Vec<Place>,
        recent: &[MailboxId],
    ) -> Self {
        let home = places.iter().find(|place| Some(place.mailbox) == from).map(|place| place.account);
        let mut places: Vec<Place> = places.into_iter().filter(|place| Some(place.mailbox) != from).collect();
        // Stable: within a class the order of the tree stays.
        places.sort_by_key(|place| {
            let used = recent.iter().position(|id| *id == place.mailbox);
            (used.unwrap_or(recent.len()), Some(place.account) != home)
        });
        let found = (0..places.len()).collect();
        Self { copies, query: String::new(), messages, threads: false, places, found, cursor: 0 }
    }

    /// Another text.
    pub fn edit(&mut self, query: String) {
        let words: Vec<String> = query.to_lowercase().split_whitespace().map(str::to_owned).collect();
        let places = self.places.iter().enumerate();
        let mut found: Vec<(usize, usize)> =
            places.filter_map(|(index, place)| Some((rank(place, &words)?, index))).collect();
        found.sort_unstable();
        self.found = found.into_iter().map(|(_, index)| index).collect();
        self.cursor = 0;
        self.query = query;
    }

    /// Goes to another line; round at the ends.
    pub fn step(&mut self, by: isize) {
        let count = isize::try_from(self.found.len()).unwrap_or(isize::MAX);
        if count == 0 {
            return;
        }
        let now = isize::try_from(self.cursor).unwrap_or(0);
        let next = if by.abs() == 1 { (now + by).rem_euclid(count) } else { (now + by).clamp(0, count - 1) };
        self.cursor = usize::try_from(next).unwrap_or(0);
    }

    /// The folder on the line.
    #[must_use]
    pub fn current(&self) -> Option<&Place> {
        self.found.get(self.cursor).and_then(|index| self.places.get(*index))
    }

    /// Number of folders that fit.
    #[must_use]
    pub fn count(&self) -> usize {
        self.found.len()
    }

    /// The lines to show: number, folder, whether the keyboard is on it.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &Place, bool)> {
        let first = self.cursor.saturating_sub(SHOWN - 1);
        let shown = self.found.iter().enumerate().skip(first).take(SHOWN);
        shown.filter_map(|(number, index)| Some((number, self.places.get(*index)?, number == self.cursor)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::AccountId;

    fn palette(recent: &[i64]) -> Palette {
        let place = |id, account, way: &str| Place {
            mailbox: MailboxId::from_row(id),
            account: AccountId::from_row(account),
            special_use: None,
            way: way.into(),
            email: if account == 1 { "ada@work.example" } else { "bob@home.example" }.into(),
        };
        let places = vec![
            place(1, 1, "Inbox"),
            place(2, 1, "Projects"),
            place(3, 1, "Projects › Müller Bau"),
            place(4, 2, "Inbox"),
            place(5, 2, "Invoices"),
        ];
        let recent: Vec<_> = recent.iter().copied().map(MailboxId::from_row).collect();
        Palette::new(false, Chosen::default(), Some(MailboxId::from_row(1)), places, &recent)
    }

    fn ids(palette: &Palette) -> Vec<i64> {
        palette.lines().map(|(_, place, _)| place.mailbox.to_row()).collect()
    }

    #[test]
    fn recent_ones_come_first_and_the_open_folder_is_left_out() {
        assert_eq!(ids(&palette(&[])), [2, 3, 4, 5]);
        assert_eq!(ids(&palette(&[5, 1, 3])), [5, 3, 2, 4]);
    }

    #[test]
    fn typing_narrows_by_name_way_and_account() {
        let mut p = palette(&[]);
        for (query, expected) in [
            ("in", vec![4, 5]),
            ("müll", vec![3]),
            ("bau", vec![3]),
            ("proj", vec![2, 3]),
            ("inbox bob", vec![4]),
            ("prj", vec![2]),
            ("HOME", vec![4, 5]),
            ("xyz", vec![]),
            ("", vec![2, 3, 4, 5]),
        ] {
            p.edit(query.into());
            assert_eq!(ids(&p), expected, "{query}");
        }
        p.edit("xyz".into());
        p.step(1);
        assert_eq!(p.current(), None);
    }

    #[test]
    fn the_line_goes_round_and_stays_in_view() {
        let mut p = palette(&[]);
        p.step(-1);
        assert_eq!(p.current().map(|place| place.mailbox.to_row()), Some(5));
        p.step(1);
        assert_eq!(p.current().map(|place| place.mailbox.to_row()), Some(2));
        p.step(100);
        assert!(p.lines().any(|(_, place, on)| on && place.mailbox.to_row() == 5));
        p.edit("in".into());
        assert_eq!(p.current().map(|place| place.mailbox.to_row()), Some(4));
    }
}
