//! Dates as IMAP and mail headers write them. Never reads the clock.

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const DAY: i64 = 86_400;

/// Days since 1970 of a date of the Gregorian calendar (Howard Hinnant's `days_from_civil`).
pub(crate) const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month, day of days since 1970.
pub(crate) const fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day_of_year - (153 * shifted_month + 2) / 5 + 1)
}

fn month_name(month: i64) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|i| MONTHS.get(i)).copied().unwrap_or("Jan")
}

fn month_number(name: &str) -> Option<i64> {
    let index = MONTHS.iter().position(|month| month.eq_ignore_ascii_case(name))?;
    i64::try_from(index + 1).ok()
}

/// `"01-Feb-2024 10:20:30 +0000"`, with the quotes.
pub(crate) fn internal(seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(DAY));
    let (hour, minute, second) = clock(seconds);
    format!("\"{day:02}-{}-{year:04} {hour:02}:{minute:02}:{second:02} +0000\"", month_name(month))
}

const fn clock(seconds: i64) -> (i64, i64, i64) {
    let rest = seconds.rem_euclid(DAY);
    (rest / 3600, rest / 60 % 60, rest % 60)
}

/// A `Date` field (RFC 5322 section 3.3) in a zone given in minutes east of Greenwich.
pub(crate) fn rfc5322(seconds: i64, zone: i64) -> String {
    let local = seconds + zone * 60;
    let day_number = local.div_euclid(DAY);
    let (year, month, day) = civil(day_number);
    let (hour, minute, second) = clock(local);
    let weekday =
        usize::try_from(day_number.rem_euclid(7)).ok().and_then(|i| WEEKDAYS.get(i)).unwrap_or(&"Mon");
    let sign = if zone < 0 { '-' } else { '+' };
    let (zone_hour, zone_minute) = (zone.abs() / 60, zone.abs() % 60);
    let month = month_name(month);
    format!(
        "{weekday}, {day} {month} {year} {hour:02}:{minute:02}:{second:02} {sign}{zone_hour:02}{zone_minute:02}"
    )
}

/// `1-Feb-2024` as seconds since 1970 at midnight.
pub(crate) fn parse_day(text: &str) -> Option<i64> {
    let mut pieces = text.trim().splitn(3, '-');
    let day: i64 = pieces.next()?.parse().ok()?;
    let month = month_number(pieces.next()?)?;
    let year: i64 = pieces.next()?.parse().ok()?;
    ((1..=31).contains(&day) && (0..=9999).contains(&year)).then(|| days(year, month, day) * DAY)
}

/// `" 1-Feb-2024 10:20:30 +0100"` without the quotes.
pub(crate) fn parse_internal(text: &str) -> Option<i64> {
    let mut words = text.split_ascii_whitespace();
    let midnight = parse_day(words.next()?)?;
    Some(midnight + parse_clock(words.next()?)? - parse_zone(words.next()?)? * 60)
}

fn parse_clock(text: &str) -> Option<i64> {
    let mut numbers = text.split(':').map(|n| n.parse::<i64>().ok().filter(|n| (0..=60).contains(n)));
    let (hour, minute) = (numbers.next()??, numbers.next()??);
    let second = numbers.next().unwrap_or(Some(0))?;
    Some(hour * 3600 + minute * 60 + second)
}

fn parse_zone(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    Some(number / 100 * 60 + number % 100)
}

/// The day of a `Date` field as days since 1970, as SENTSINCE compares it: in the zone of the sender.
pub(crate) fn sent_day(field: &str) -> Option<i64> {
    let field = field.split_once(',').map_or(field, |(_, rest)| rest);
    let mut words = field.split_ascii_whitespace();
    let day: i64 = words.next()?.parse().ok()?;
    let month = month_number(words.next()?)?;
    let year: i64 = words.next()?.parse().ok()?;
    Some(days(year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(internal(0), "\"01-Jan-1970 00:00:00 +0000\"");
        assert_eq!(internal(1_709_208_000), "\"29-Feb-2024 12:00:00 +0000\"");
        assert_eq!(rfc5322(1_709_208_000, -330), "Thu, 29 Feb 2024 06:30:00 -0530");
        assert_eq!(parse_internal(" 1-Jan-2024 00:00:00 +0100"), Some(1_704_063_600));
        assert_eq!(parse_day("30-Foo-2024"), None);
        assert_eq!(sent_day("Thu, 29 Feb 2024 06:30:00 -0530"), Some(19_782));
        for day in (-200_000..200_000).step_by(97) {
            let (year, month, date) = civil(day);
            assert_eq!(days(year, month, date), day);
        }
    }
}
