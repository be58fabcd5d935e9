//! Dates as people read them: "14:05" today, "Mon" this week, "12 Mar" this year. The present is passed in.

use super::{Locale, tr};
use crate::model::UnixTime;
use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

/// Days back that are told by the name of the weekday.
const WEEK: i32 = 6;

impl Locale {
    fn zoned(&self, time: UnixTime) -> Option<Zoned> {
        Timestamp::from_second(time.0).ok().map(|t| t.to_zoned(self.zone.clone()))
    }

    /// The date of a list row, as short as it can be without doubt. Empty if the time is out of all bounds.
    #[must_use]
    pub fn list_date(&self, time: UnixTime, now: UnixTime) -> String {
        let (Some(then), Some(today)) = (self.zoned(time), self.zoned(now)) else { return String::new() };
        let days = days_between(then.date(), today.date());
        if days == 0 {
            self.time_of_day(&then)
        } else if days == 1 {
            tr!(self, "date-yesterday").into_owned()
        } else if (2..=WEEK).contains(&days) {
            self.weekday(then.date()).into_owned()
        } else if then.year() == today.year() {
            tr!(self, "date-day-month", day = i64::from(then.day()), month = self.month(then.date()))
                .into_owned()
        } else {
            self.with_year(then.date())
        }
    }

    /// Date and time in full, for the reading pane.
    #[must_use]
    pub fn full_date(&self, time: UnixTime) -> String {
        let Some(then) = self.zoned(time) else { return String::new() };
        tr!(
            self,
            "date-full",
            weekday = self.weekday(then.date()),
            day = i64::from(then.day()),
            month = self.month(then.date()),
            year = then.year().to_string(),
            time = self.time_of_day(&then),
        )
        .into_owned()
    }

    /// The date with its year, for what lasts; a question mark if it is not known or out of all bounds.
    #[must_use]
    pub fn day(&self, time: Option<UnixTime>) -> String {
        let then = time.and_then(|time| self.zoned(time));
        then.map_or_else(|| "?".to_owned(), |then| self.with_year(then.date()))
    }

    /// The time of day, with the date before it unless it is today.
    #[must_use]
    pub fn moment(&self, time: UnixTime, now: UnixTime) -> String {
        let (Some(then), Some(today)) = (self.zoned(time), self.zoned(now)) else { return String::new() };
        let clock = self.time_of_day(&then);
        if then.date() == today.date() {
            clock
        } else {
            tr!(self, "date-and-time", date = self.list_date(time, now), time = clock).into_owned()
        }
    }

    /// Seconds from `now` until the next local midnight, when "today" turns into "yesterday".
    #[must_use]
    pub fn seconds_to_midnight(&self, now: UnixTime) -> u64 {
        const HOUR: u64 = 3600;
        let next = self
            .zoned(now)
            .and_then(|z| z.date().tomorrow().ok())
            .and_then(|d| d.to_zoned(self.zone.clone()).ok())
            .map(|z| z.timestamp().as_second());
        next.and_then(|n| u64::try_from(n - now.0).ok()).map_or(HOUR, |s| s.max(1))
    }

    fn time_of_day(&self, then: &Zoned) -> String {
        let (hour, minute) = (then.hour(), format!("{:02}", then.minute()));
        if !self.twelve_hours {
            return tr!(self, "time-24", hour = format!("{hour:02}"), minute = minute).into_owned();
        }
        let shown = i64::from(if hour % 12 == 0 { 12 } else { hour % 12 });
        if hour < 12 {
            tr!(self, "time-morning", hour = shown, minute = minute).into_owned()
        } else {
            tr!(self, "time-afternoon", hour = shown, minute = minute).into_owned()
        }
    }

    fn with_year(&self, date: Date) -> String {
        let (day, month) = (i64::from(date.day()), self.month(date));
        tr!(self, "date-day-month-year", day = day, month = month, year = date.year().to_string())
            .into_owned()
    }

    fn weekday(&self, date: Date) -> std::borrow::Cow<'_, str> {
        const KEYS: [&str; 7] = [
            "date-monday",
            "date-tuesday",
            "date-wednesday",
            "date-thursday",
            "date-friday",
            "date-saturday",
            "date-sunday",
        ];
        let index = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
        self.text(KEYS.get(index).unwrap_or(&"date-monday"))
    }

    fn month(&self, date: Date) -> std::borrow::Cow<'_, str> {
        const KEYS: [&str; 12] = [
            "date-january",
            "date-february",
            "date-march",
            "date-april",
            "date-may",
            "date-june",
            "date-july",
            "date-august",
            "date-september",
            "date-october",
            "date-november",
            "date-december",
        ];
        let index = usize::try_from(date.month() - 1).unwrap_or_default();
        self.text(KEYS.get(index).unwrap_or(&"date-january"))
    }
}

fn days_between(then: Date, today: Date) -> i32 {
    today.since(then).map(|span| span.get_days()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> UnixTime {
        UnixTime(text.parse::<Timestamp>().unwrap().as_second())
    }

    #[test]
    fn list_dates_are_short_and_clear() {
        let english = Locale::english();
        let now = at("2026-11-22T20:00:00Z");
        let cases = [
            ("2026-11-22T08:05:00Z", "08:05"),
            ("2026-11-21T23:59:00Z", "Yesterday"),
            ("2026-11-20T10:00:00Z", "Fri"),
            ("2026-11-16T10:00:00Z", "Mon"),
            ("2026-11-15T10:00:00Z", "15 Nov"),
            ("2026-01-02T10:00:00Z", "2 Jan"),
            ("2025-12-31T10:00:00Z", "31 Dec 2025"),
            // A mail from the future keeps its whole date: it must not pass for today's.
            ("2027-03-01T10:00:00Z", "1 Mar 2027"),
            ("2026-11-24T10:00:00Z", "24 Nov"),
        ];
        for (time, expected) in cases {
            assert_eq!(english.list_date(at(time), now), expected, "{time}");
        }
        assert_eq!(english.list_date(UnixTime(i64::MAX), now), "");
    }

    #[test]
    fn american_clocks_have_twelve_hours() {
        let american = Locale::new("en-US", jiff::tz::TimeZone::UTC);
        let now = at("2026-11-22T20:00:00Z");
        let cases =
            [("00:05", "12:05 AM"), ("11:59", "11:59 AM"), ("12:00", "12:00 PM"), ("19:30", "7:30 PM")];
        for (time, expected) in cases {
            assert_eq!(american.list_date(at(&format!("2026-11-22T{time}:00Z")), now), expected);
        }
    }

    #[test]
    fn the_next_midnight_is_found() {
        let english = Locale::english();
        assert_eq!(english.seconds_to_midnight(at("2026-11-22T23:59:30Z")), 30);
    }

    #[test]
    fn full_dates_name_everything() {
        let german = Locale::new("de", jiff::tz::TimeZone::UTC);
        assert_eq!(german.full_date(at("2026-11-22T20:04:00Z")), "So, 22. Nov 2026, 20:04");
    }
}
