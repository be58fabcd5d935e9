//! Dates of mails (RFC 5322 sections 3.3 and 4.3), and the ways in which senders get them wrong.

use crate::model::UnixTime;
use std::borrow::Cow;

/// Bytes of a date field that are read.
const MAX_DATE: usize = 200;
/// Years that a mail can have. Earlier ones are broken clocks, later ones do not fit the calendar's format.
const YEARS: std::ops::RangeInclusive<i64> = 1900..=9999;

/// Reads an unfolded date: the current and the obsolete form, day name or not, two-digit years, comments,
/// `asctime` and ISO 8601 order, missing seconds or zone. `None` if day, month, year or time is missing.
#[must_use]
pub fn parse(raw: &[u8]) -> Option<UnixTime> {
    let raw = raw.get(..MAX_DATE).unwrap_or(raw);
    let plain = without_comments(raw);
    let mut seen = Seen::default();
    let mut rest = plain.as_ref();
    while let Some((token, after)) = next_token(rest) {
        seen.take(token)?;
        rest = after;
    }
    seen.finish()
}

/// What was found so far.
#[derive(Default)]
struct Seen {
    /// Numbers that are day or year, in their order, with their count of digits.
    numbers: Vec<(i64, usize)>,
    month: Option<i64>,
    /// Seconds since midnight.
    time: Option<i64>,
    /// Seconds east of Greenwich.
    zone: Option<i64>,
    /// The date came as year, month, day.
    year_first: bool,
}

impl Seen {
    fn take(&mut self, token: &[u8]) -> Option<()> {
        let first = *token.first()?;
        if token.contains(&b':') && first.is_ascii_digit() {
            return self.clock(token);
        }
        match first {
            b'+' | b'-' if self.time.is_some() => self.zone = self.zone.or_else(|| offset(token)),
            b'0'..=b'9' if token.iter().all(u8::is_ascii_digit) => self.number(token)?,
            b'0'..=b'9' => self.joined(token)?,
            _ if first.is_ascii_alphabetic() => self.word(token),
            _ => {}
        }
        Some(())
    }

    fn number(&mut self, digits: &[u8]) -> Option<()> {
        self.numbers.push((number(digits)?, digits.len()));
        Some(())
    }

    /// `21:05`, `21:05:11`, `21:05:11.25`, with a zone glued on or not.
    fn clock(&mut self, token: &[u8]) -> Option<()> {
        if self.time.is_some() {
            return Some(());
        }
        let end = token.iter().position(|b| !b.is_ascii_digit() && !matches!(b, b':' | b'.'));
        let (clock, zone) = token.split_at(end.unwrap_or(token.len()));
        let whole = clock.split(|b| *b == b'.').next()?;
        let mut pieces = whole.split(|b| *b == b':').map(number);
        let (hour, minute) = (pieces.next()??, pieces.next()??);
        let second = pieces.next().unwrap_or(Some(0))?;
        // 60 is a leap second.
        if hour > 23 || minute > 59 || second > 60 || pieces.next().is_some() {
            return None;
        }
        self.time = Some(hour * 3600 + minute * 60 + second);
        match zone.first() {
            Some(b'+' | b'-') => self.zone = offset(zone),
            Some(_) => self.word(zone),
            None => {}
        }
        Some(())
    }

    /// `22-Nov-2026`, `2026-11-22`, `22/11/2026` is refused, `2026-11-22T21:05:11Z`, `22.Nov.2026`.
    fn joined(&mut self, token: &[u8]) -> Option<()> {
        for piece in token.split(|b| matches!(b, b'-' | b'/' | b'.')).filter(|p| !p.is_empty()) {
            if piece.iter().all(u8::is_ascii_digit) {
                self.number(piece)?;
            } else {
                self.word(piece);
            }
        }
        Some(())
    }

    fn word(&mut self, word: &[u8]) {
        if self.month.is_none()
            && let Some(month) = month(word)
        {
            self.month = Some(month);
        } else if self.time.is_some() && self.pm(word).is_none() && self.zone.is_none() {
            self.zone = named_zone(word);
        }
    }

    /// `AM` and `PM`, which no standard has ever allowed.
    fn pm(&mut self, word: &[u8]) -> Option<()> {
        let time = self.time?;
        let noon = 12 * 3600;
        if word.eq_ignore_ascii_case(b"pm") {
            self.time = Some(if time < noon { time + noon } else { time });
        } else if word.eq_ignore_ascii_case(b"am") {
            self.time = Some(if time >= noon { time - noon } else { time });
        } else {
            return None;
        }
        Some(())
    }

    fn finish(mut self) -> Option<UnixTime> {
        let time = self.time?;
        if let (None, [(_, 4), (month, _), _]) = (self.month, self.numbers.as_slice()) {
            self.month = Some(*month).filter(|m| (1..=12).contains(m));
            self.numbers.remove(1);
            self.year_first = true;
        }
        let (year, day) = match self.numbers.as_slice() {
            [first, second, ..] if self.year_first || first.1 >= 3 => (*first, *second),
            [first, second, ..] => (*second, *first),
            _ => return None,
        };
        let year = full_year(year);
        let (month, day) = (self.month?, day.0);
        if !YEARS.contains(&year) || day < 1 || day > days_in(year, month) {
            return None;
        }
        Some(UnixTime(days_since_epoch(year, month, day) * 86400 + time - self.zone.unwrap_or(0)))
    }
}

/// The date without comments and without spaces around colons, which the obsolete syntax allows anywhere.
fn without_comments(raw: &[u8]) -> Cow<'_, [u8]> {
    let odd_colon = |at: usize, sign: &u8| {
        let beside = |at: Option<usize>| at.and_then(|at| raw.get(at)).is_some_and(u8::is_ascii_whitespace);
        *sign == b':' && (beside(at.checked_sub(1)) || beside(at.checked_add(1)))
    };
    if !raw.iter().enumerate().any(|(at, b)| *b == b'(' || odd_colon(at, b)) {
        return Cow::Borrowed(raw);
    }
    let mut out = Vec::with_capacity(raw.len());
    let mut depth = 0_usize;
    for &byte in raw {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            b':' => {
                let end = out.trim_ascii_end().len();
                out.truncate(end);
                out.push(byte);
            }
            _ if byte.is_ascii_whitespace() && out.last() == Some(&b':') => {}
            _ => out.push(byte),
        }
        if depth > 0 && out.last().is_some_and(|b| !b.is_ascii_whitespace() && *b != b':') {
            out.push(b' ');
        }
    }
    Cow::Owned(out)
}

/// The next run of characters between spaces and commas. A `T` between the digits of an ISO 8601 date
/// separates too.
fn next_token(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let start = bytes.iter().position(|b| !b.is_ascii_whitespace() && *b != b',')?;
    let rest = bytes.get(start..)?;
    let digit = |at: usize| rest.get(at).is_some_and(u8::is_ascii_digit);
    let ends = |(at, b): (usize, &u8)| {
        b.is_ascii_whitespace() || *b == b',' || (*b == b'T' && at >= 8 && digit(at - 1) && digit(at + 1))
    };
    let end = rest.iter().enumerate().position(ends).unwrap_or(rest.len());
    let (token, after) = rest.split_at(end);
    Some((token, after.strip_prefix(b"T").unwrap_or(after)))
}

fn number(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() || digits.len() > 9 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Two digits below 50 are of this century; three digits come from `1900 + n` (RFC 5322 section 4.3).
fn full_year((year, digits): (i64, usize)) -> i64 {
    match digits {
        0..=2 if year < 50 => year + 2000,
        0..=3 => year + 1900,
        _ => year,
    }
}

fn month(word: &[u8]) -> Option<i64> {
    const NAMES: [&[u8; 3]; 12] =
        [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];
    let start = word.get(..3)?;
    let number = (1..).zip(NAMES).find(|(_, name)| start.eq_ignore_ascii_case(*name))?.0;
    // `Mon` is no month, `Sept` and `March` are.
    word.iter().all(|b| b.is_ascii_alphabetic() || *b == b'.').then_some(number)
}

/// `+0100`, `-01:30`, `+1`, in seconds.
fn offset(token: &[u8]) -> Option<i64> {
    let (sign, digits) = token.split_first()?;
    let digits: Vec<u8> =
        digits.iter().copied().filter(|b| *b != b':').take_while(u8::is_ascii_digit).collect();
    let value = number(&digits)?;
    let (hours, minutes) = if digits.len() <= 2 { (value, 0) } else { (value / 100, value % 100) };
    if hours > 23 || minutes > 59 || digits.len() > 4 {
        return None;
    }
    let seconds = hours * 3600 + minutes * 60;
    Some(if *sign == b'-' { -seconds } else { seconds })
}

/// Zones by name. RFC 5322 section 4.3 knows the American ones; single letters mean nothing (they were
/// defined the wrong way round once), and neither does any other word.
fn named_zone(word: &[u8]) -> Option<i64> {
    let name_end = word.iter().position(|b| !b.is_ascii_alphabetic()).unwrap_or(word.len());
    let (name, rest) = word.split_at(name_end);
    if matches!(rest.first(), Some(b'+' | b'-')) {
        // As in GMT+0200.
        return offset(rest);
    }
    let hours = match name.to_ascii_uppercase().as_slice() {
        b"HST" => -10,
        b"AKST" => -9,
        b"PST" | b"AKDT" => -8,
        b"PDT" | b"MST" => -7,
        b"MDT" | b"CST" => -6,
        b"CDT" | b"EST" => -5,
        b"EDT" | b"AST" => -4,
        b"BRT" => -3,
        b"CET" | b"MET" | b"WEST" | b"BST" => 1,
        b"CEST" | b"MEST" | b"EET" | b"SAST" => 2,
        b"EEST" | b"MSK" => 3,
        b"SGT" | b"HKT" | b"AWST" => 8,
        b"JST" | b"KST" => 9,
        b"AEST" => 10,
        b"AEDT" => 11,
        b"NZST" => 12,
        b"NZDT" => 13,
        _ => 0,
    };
    Some(hours * 3600)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar, counted in years that begin in March so that the leap
/// day is the last one.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days_of_years = year * 365 + year / 4 - year / 100 + year / 400;
    let days_of_months = (month * 153 + 2) / 5;
    // 719,469 days lie between the first of March of year 0 and the first day of 1970, less one for `day`.
    days_of_years + days_of_months + day - 719_469
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates_by_the_book_and_by_habit() {
        let cases: &[(&str, i64)] = &[
            ("Thu, 1 Jan 1970 00:00:00 +0000", 0),
            ("Sun, 22 Nov 2026 21:05:11 +0100", 1_795_377_911),
            ("22 Nov 2026 21:05:11 +0100", 1_795_377_911),
            ("Sun, 22 Nov 2026 20:05:11 GMT", 1_795_377_911),
            ("Sun, 22 Nov 2026 20:05:11", 1_795_377_911),
            ("Sun, 22 Nov 2026 20:05:11 -0000 (UTC)", 1_795_377_911),
            ("Sun,22 Nov 2026 21:05:11 +0100 (CET)", 1_795_377_911),
            ("Sun (comment (nested)), 22 (x) Nov 2026 21:05:11 +01:00", 1_795_377_911),
            ("Sun, 22 Nov 26 15:05:11 EST", 1_795_377_911),
            ("Sun, 22 Nov 126 15:05:11 EST", 1_795_377_911),
            ("sun, 22 NOV 2026 12:05:11 pst", 1_795_377_911),
            ("Sun, 22 Nov 2026 20:05:11 Z", 1_795_377_911),
            ("Sun, 22 Nov 2026 20:05:11 K", 1_795_377_911),
            ("Sun, 22 Nov 2026 22:05:11 GMT+0200", 1_795_377_911),
            ("Sun, 22 Nov 2026 8:05:11 PM +0000", 1_795_377_911),
            ("Sunday, 22 November 2026 20:05:11 UT", 1_795_377_911),
            ("Sun Nov 22 20:05:11 2026", 1_795_377_911),
            ("Sun Nov 22 21:05:11 CET 2026", 1_795_377_911),
            ("Sun, Nov 22, 2026 20:05:11 +0000", 1_795_377_911),
            ("2026-11-22 21:05:11 +0100", 1_795_377_911),
            ("2026-11-22T20:05:11Z", 1_795_377_911),
            ("2026-11-22T21:05:11.123+01:00", 1_795_377_911),
            ("22-Nov-2026 21:05:11 +0100", 1_795_377_911),
            ("Sun, 22 Nov 2026 20:05 +0000", 1_795_377_900),
            ("Fri, 31 Dec 1999 23:59:60 +0000", 946_684_800),
            ("29 Feb 2000 00:00:00 +0000", 951_782_400),
            ("Tue, 01 Jan 69 00:00:00 GMT", -31_536_000),
            ("Sun, 22 Nov 2026 20:05:11 +9999", 1_795_377_911),
            ("Fri, 21 Nov 97 09(comment):   55  :  06 -0600", 880_127_706),
        ];
        for (input, expected) in cases {
            assert_eq!(parse(input.as_bytes()).map(|t| t.0), Some(*expected), "{input}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for input in [
            "",
            "now",
            "Sun, 22 Nov 2026",
            "22 Nov 2026 25:00:00",
            "31 Feb 2026 00:00:00",
            "0 Nov 2026 00:00:00",
            "22 Foo 2026 00:00:00",
            "22/11/2026 00:00:00",
            "Nov 2026 00:00:00",
            "22 Nov 99999 00:00:00",
            "22 Nov 2026 1:2:3:4",
            ":::",
            "(((",
            "12:00",
            "99999999999999999999 Nov 2026 00:00:00",
        ] {
            assert_eq!(parse(input.as_bytes()), None, "{input}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_calendar(seconds in -2_000_000_000_i64..250_000_000_000) {
            let stamp = jiff::Timestamp::from_second(seconds).unwrap();
            let text = stamp.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
            prop_assert_eq!(parse(text.as_bytes()), Some(UnixTime(seconds)));
        }

        #[test]
        fn nothing_panics(raw in proptest::collection::vec(any::<u8>(), 0..60), text in "[0-9A-Za-z:+,/. -]{0,40}") {
            let _ = parse(&raw);
            let _ = parse(text.as_bytes());
        }
    }
}
