//! Dates in IMAP's own spelling (RFC 9051 section 9, `date` and `date-time`). Pure.

use crate::model::UnixTime;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A day in UTC as SEARCH wants it: `14-Nov-2023`.
pub(super) fn day(time: UnixTime) -> String {
    let t = civil(time);
    format!("{}-{}-{:04}", t.day(), month(t), t.year())
}

/// A moment in UTC as APPEND wants it, without quotes: `14-Nov-2023 22:13:20 +0000`.
pub(super) fn moment(time: UnixTime) -> String {
    let t = civil(time);
    format!(
        "{:2}-{}-{:04} {:02}:{:02}:{:02} +0000",
        t.day(),
        month(t),
        t.year(),
        t.hour(),
        t.minute(),
        t.second()
    )
}

/// Times that IMAP cannot write (years beyond four digits) become its first day.
fn civil(time: UnixTime) -> jiff::civil::DateTime {
    let stamp = jiff::Timestamp::from_second(time.0).unwrap_or_default();
    let moment = jiff::tz::Offset::UTC.to_datetime(stamp);
    if moment.year() < 1 { jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::UNIX_EPOCH) } else { moment }
}

fn month(t: jiff::civil::DateTime) -> &'static str {
    let index = usize::try_from(t.month() - 1).unwrap_or(0);
    MONTHS.get(index).copied().unwrap_or("Jan")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_the_spelling_of_imap() {
        assert_eq!(moment(UnixTime(1_700_000_000)), "14-Nov-2023 22:13:20 +0000");
        assert_eq!(moment(UnixTime(0)), " 1-Jan-1970 00:00:00 +0000");
        assert_eq!(day(UnixTime(951_782_400)), "29-Feb-2000");
        assert_eq!(day(UnixTime(i64::MIN)), "1-Jan-1970");
    }
}
