//! The date of INTERNALDATE and SAVEDATE, such as `17-Jul-1996 02:44:25 -0700` (RFC 9051 section 9, `date-time`).

use super::token::digits;
use crate::model::UnixTime;

const MONTHS: [&[u8]; 12] =
    [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];

/// Reads a date; the day may have a space or nothing in front, a missing zone is UTC. `None` if it is no date.
pub(crate) fn read(raw: &[u8]) -> Option<UnixTime> {
    let mut words = raw.split(|b| *b == b' ').filter(|w| !w.is_empty());
    let (date, clock, zone) = (words.next()?, words.next()?, words.next());
    let mut date = date.split(|b| *b == b'-');
    let day = number(date.next()?, 31)?;
    let month = date.next()?.to_ascii_lowercase();
    let month = i64::try_from(MONTHS.iter().position(|m| *m == month)?).ok()? + 1;
    let year = number(date.next()?, 9999)?;
    let mut clock = clock.split(|b| *b == b':');
    let hour = number(clock.next()?, 23)?;
    let minute = number(clock.next()?, 59)?;
    let second = number(clock.next()?, 60)?;
    let seconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    Some(UnixTime(seconds - offset(zone)?))
}

fn number(word: &[u8], max: i64) -> Option<i64> {
    digits(word).and_then(|n| i64::try_from(n).ok()).filter(|n| *n <= max)
}

/// `-0700` in seconds east of Greenwich.
fn offset(zone: Option<&[u8]>) -> Option<i64> {
    let Some((sign, hours_minutes)) = zone.and_then(<[u8]>::split_first) else { return Some(0) };
    let both = number(hours_minutes, 9959).filter(|_| hours_minutes.len() == 4);
    let seconds = both.map(|n| ((n / 100) * 60 + n % 100) * 60);
    match sign {
        b'+' => seconds,
        b'-' => seconds.map(|s| -s),
        _ => Some(0),
    }
}

/// Days from 1970-01-01 in the Gregorian calendar; counts years from March so that leap days come last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let in_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + in_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_become_seconds() {
        let cases: [(&str, Option<i64>); 9] = [
            ("17-Jul-1996 02:44:25 -0700", Some(837_596_665)),
            (" 1-Jan-1970 00:00:00 +0000", Some(0)),
            ("1-Jan-1970 01:00:00 +0100", Some(0)),
            ("29-Feb-2024 23:59:60 +0000", Some(1_709_251_200)),
            ("01-mar-2000 00:00:00 +0530", Some(951_849_000)),
            ("12-Sep-2023 13:39:01", Some(1_694_525_941)),
            ("12-Sep-2023 25:39:01 +0000", None),
            ("Wed, 17 Jul 1996 02:23:25", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text.as_bytes()), expected.map(UnixTime), "{text}");
        }
    }
}
