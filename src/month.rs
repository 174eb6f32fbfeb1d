//! Days, months and moments on a clock of fixed offset.
//!
//! A book says its offset; a day runs from 00:00:00 to 24:00:00 there, and what happens at
//! 24:00:00 belongs to the next day. 2026-02-28T17:00:00Z is 1 March at `+08:00`.
//! Nothing here reads the machine's clock.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use toml::value::Datetime;

/// Seconds in a day: offsets are fixed, so every day has as many.
pub const DAY: i64 = 86_400;
/// Seconds in an hour.
pub const HOUR: i64 = 3600;

/// A day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Day(i64);

impl Day {
    /// 1970-01-01.
    pub const EPOCH: Self = Self(0);

    /// Every day that a text names, such as 2026-02-28.
    pub fn all_in(text: &str) -> impl Iterator<Item = Self> {
        let starts = text.char_indices().map(|(at, _)| at);
        starts.filter_map(|at| Self::parse(text.get(at..at.checked_add(10)?)?))
    }

    /// The day `year-month-day`, if the calendar has it; years 1 to 9999.
    #[must_use]
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        let date = NaiveDate::from_ymd_opt(year, month, day)?;
        (1..=9999)
            .contains(&year)
            .then(|| Self(date.signed_duration_since(NaiveDate::default()).num_days()))
    }

    /// Parses `2026-02-28`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (month, day) = text.rsplit_once('-')?;
        let month = Month::parse(month)?;
        let day = (day.len() == 2).then(|| whole(day))??;
        Self::new(month.year, month.month, day)
    }

    /// The day `days` later.
    #[must_use]
    pub fn plus(self, days: i64) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The day `days` earlier.
    #[must_use]
    pub fn minus(self, days: u32) -> Self {
        Self(self.0.saturating_sub(i64::from(days)))
    }

    /// Days from `earlier` to this one.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The month that the day lies in.
    #[must_use]
    pub fn month(self) -> Month {
        let date = self.date();
        Month { year: date.year(), month: date.month() }
    }

    /// Its number in its month, 1 to 31.
    #[must_use]
    pub fn of_month(self) -> u32 {
        self.date().day()
    }

    fn date(self) -> NaiveDate {
        i32::try_from(self.0).ok().and_then(NaiveDate::from_epoch_days).unwrap_or_default()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())
    }
}

/// A calendar month, written `2026-02`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u32,
}

impl Month {
    /// Parses `2026-02`; years 0001 to 9999.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        if year.len() != 4 || month.len() != 2 {
            return None;
        }
        let (year, month) = (i32::try_from(whole(year)?).ok()?, whole(month)?);
        Day::new(year, month, 1).map(|_| Self { year, month })
    }

    /// The month `months` later, or none beyond the year 9999.
    #[must_use]
    pub fn plus(self, months: u32) -> Option<Self> {
        let count = i64::from(self.year)
            .checked_mul(12)?
            .checked_add(i64::from(self.month))?
            .checked_sub(1)?;
        let count = count.checked_add(i64::from(months))?;
        let year = i32::try_from(count.checked_div(12)?).ok()?;
        let month = u32::try_from(count.checked_rem(12)?.checked_add(1)?).ok()?;
        Day::new(year, month, 1).map(|_| Self { year, month })
    }

    /// Its first day.
    #[must_use]
    pub fn first(self) -> Day {
        Day::new(self.year, self.month, 1).unwrap_or(Day(0))
    }

    /// Its day of this number, or its last day where it has none of it.
    #[must_use]
    pub fn day(self, number: u32) -> Day {
        self.first().plus(i64::from(number.clamp(1, self.days()).saturating_sub(1)))
    }

    /// Its days, 28 to 31.
    #[must_use]
    pub fn days(self) -> u32 {
        let (year, month) = if self.month == 12 {
            (self.year.saturating_add(1), 1)
        } else {
            (self.year, self.month.saturating_add(1))
        };
        let next = NaiveDate::from_ymd_opt(year, month, 1).unwrap_or_default();
        u32::try_from(next.signed_duration_since(self.first().date()).num_days())
            .unwrap_or_default()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// A clock's fixed offset from UTC, written `+08:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Offset {
    seconds: i64,
}

impl Offset {
    /// Parses `+08:00` or `-07:00`, up to 14 hours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, rest) = match text.split_at_checked(1)? {
            ("+", rest) => (1, rest),
            ("-", rest) => (-1, rest),
            _ => return None,
        };
        let (hours, minutes) = rest.split_once(':')?;
        if hours.len() != 2 || minutes.len() != 2 {
            return None;
        }
        let (hours, minutes) = (whole(hours)?, whole(minutes)?);
        let seconds =
            i64::from(hours).checked_mul(3600)?.checked_add(i64::from(minutes).checked_mul(60)?)?;
        (minutes < 60 && seconds <= 50_400).then_some(Self { seconds: seconds.checked_mul(sign)? })
    }

    /// The day on this clock at a moment.
    #[must_use]
    pub fn day_of(self, at: Moment) -> Day {
        Day(at.0.saturating_add(self.seconds).div_euclid(DAY))
    }

    /// 00:00:00 of a day on this clock.
    #[must_use]
    pub fn start_of(self, day: Day) -> Moment {
        Moment(day.0.saturating_mul(DAY).saturating_sub(self.seconds))
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.seconds.unsigned_abs().div_euclid(60);
        let sign = if self.seconds < 0 { '-' } else { '+' };
        write!(f, "{sign}{:02}:{:02}", minutes.div_euclid(60), minutes.rem_euclid(60))
    }
}

/// A moment, in seconds from 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// The moment `seconds` later, or earlier where negative.
    #[must_use]
    pub fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Seconds from `earlier` to this one.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A date or time as a file states it: without an offset it is on the book's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stated {
    local: i64,
    offset: Option<i64>,
}

impl Stated {
    /// Reads a TOML date, local date-time or offset date-time; a bare date is its 00:00:00.
    ///
    /// # Errors
    /// What is wrong with it: no date, a second of 60, or a fraction of a second.
    pub fn from_toml(value: &Datetime) -> Result<Self, &'static str> {
        let date = value.date.ok_or("a time of day without its date")?;
        let day = Day::new(i32::from(date.year), u32::from(date.month), u32::from(date.day))
            .ok_or("a day that the calendar does not have")?;
        let mut local = day.0.saturating_mul(DAY);
        if let Some(time) = value.time {
            let second = time.second.unwrap_or(0);
            if second > 59 {
                return Err("a leap second");
            }
            if time.nanosecond.is_some_and(|nanosecond| nanosecond > 0) {
                return Err("a fraction of a second");
            }
            let minutes =
                i64::from(time.hour).saturating_mul(60).saturating_add(i64::from(time.minute));
            local =
                local.saturating_add(minutes.saturating_mul(60)).saturating_add(i64::from(second));
        }
        let offset = value.offset.map(|offset| match offset {
            toml::value::Offset::Z => 0,
            toml::value::Offset::Custom { minutes } => i64::from(minutes).saturating_mul(60),
        });
        Ok(Self { local, offset })
    }

    /// The moment meant, on a clock of this offset where none is stated.
    #[must_use]
    pub fn on(self, clock: Offset) -> Moment {
        Moment(self.local.saturating_sub(self.offset.unwrap_or(clock.seconds)))
    }
}

/// What one bill covers: a calendar month, or a book's standard month of so many hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The calendar month; none for a standard month.
    pub month: Option<Month>,
    /// Its beginning in seconds of the book's clock; a standard month counts from an arbitrary
    /// moment, since nothing in it has a date.
    from: i64,
    /// Its hours, 1 to 744.
    pub hours: u32,
}

impl Period {
    /// A calendar month.
    #[must_use]
    pub fn calendar(month: Month) -> Self {
        let from = month.first().0.saturating_mul(DAY);
        Self { month: Some(month), from, hours: month.days().saturating_mul(24) }
    }

    /// The `index`-th standard month of `hours` hours, from 0.
    #[must_use]
    pub fn standard(hours: u32, index: u32) -> Self {
        let from = i64::from(hours).saturating_mul(HOUR).saturating_mul(i64::from(index));
        Self { month: None, from, hours }
    }

    /// Its first day.
    #[must_use]
    pub fn first(self) -> Day {
        Day(self.from.div_euclid(DAY))
    }

    /// The day after its last.
    #[must_use]
    pub fn end(self) -> Day {
        self.first().plus(i64::from(self.days()))
    }

    /// Its days, the last of them perhaps begun only.
    #[must_use]
    pub fn days(self) -> u32 {
        self.hours.div_ceil(24)
    }

    /// Its length in seconds.
    #[must_use]
    pub fn seconds(self) -> u32 {
        self.hours.saturating_mul(3600)
    }

    /// When it begins on a clock of this offset.
    #[must_use]
    pub fn begins(self, clock: Offset) -> Moment {
        Moment(self.from.saturating_sub(clock.seconds))
    }

    /// When it is over on a clock of this offset.
    #[must_use]
    pub fn ends(self, clock: Offset) -> Moment {
        self.begins(clock).plus(i64::from(self.seconds()))
    }

    /// The moment so many seconds after its beginning, on the book's clock: `2026-02-10 09:30:00`,
    /// or its day alone at 00:00:00.
    #[must_use]
    pub fn local(self, seconds: u64) -> String {
        let at = self.from.saturating_add_unsigned(seconds);
        let (day, second) = (Day(at.div_euclid(DAY)), at.rem_euclid(DAY));
        let minute = second.div_euclid(60);
        match second {
            0 => day.to_string(),
            _ => format!(
                "{day} {:02}:{:02}:{:02}",
                minute.div_euclid(60),
                minute.rem_euclid(60),
                second.rem_euclid(60)
            ),
        }
    }

    /// Its length as people say it: whole days where it has them, else hours.
    #[must_use]
    pub fn length(self) -> String {
        length_of(self.hours)
    }
}

/// Hours as whole days where they are, such as "30 days" or "730 hours".
#[must_use]
pub fn length_of(hours: u32) -> String {
    match (hours.is_multiple_of(24), hours.div_euclid(24)) {
        (true, 1) => "1 day".to_owned(),
        (true, days) => format!("{days} days"),
        (false, _) => format!("{hours} hours"),
    }
}

/// ASCII digits only.
fn whole(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        Stated::from_toml(&text.parse().unwrap()).unwrap().on(Offset::parse("+08:00").unwrap())
    }

    #[test]
    fn a_day_belongs_to_the_clock() {
        let clock = Offset::parse("+08:00").unwrap();
        assert_eq!(clock.day_of(moment("2026-02-28T15:59:59Z")).to_string(), "2026-02-28");
        assert_eq!(clock.day_of(moment("2026-02-28T16:00:00Z")).to_string(), "2026-03-01");
        assert_eq!(moment("2026-03-01"), moment("2026-02-28T16:00:00Z"));
        assert_eq!(moment("2026-03-01T00:00:00"), moment("2026-03-01T00:00:00+08:00"));
        assert_eq!(clock.start_of(Day::parse("2026-03-01").unwrap()), moment("2026-03-01"));
        assert_eq!(clock.to_string(), "+08:00");
        assert_eq!(Offset::parse("-07:30").unwrap().to_string(), "-07:30");
    }

    #[test]
    fn months_have_their_own_days() {
        for (month, days) in [
            ("2026-02", 28),
            ("2024-02", 29),
            ("1900-02", 28),
            ("2000-02", 29),
            ("2026-12", 31),
            ("2026-04", 30),
            ("9999-12", 31),
        ] {
            assert_eq!(Month::parse(month).unwrap().days(), days, "{month}");
        }
        assert_eq!(Month::parse("2026-11").unwrap().plus(2).unwrap().to_string(), "2027-01");
        assert_eq!(Month::parse("9999-12").unwrap().plus(1), None);
    }

    #[test]
    fn impossible_words_are_refused() {
        for text in
            ["2026-13", "2026-00", "2026-1", "26-01", "2026", "2026-01-01", "+026-01", "0000-01"]
        {
            assert_eq!(Month::parse(text), None, "{text}");
        }
        for text in ["08:00", "+8:00", "+0800", "+15:00", "+08:60", "Z", ""] {
            assert_eq!(Offset::parse(text), None, "{text}");
        }
        for text in ["2026-02-29", "2026-02", "2026-2-01"] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }
}
