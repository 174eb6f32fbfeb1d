//! Days and months by plain counting, and nothing of the program's own calendar.
//!
//! Must not know a price or a key. A day is the number of days since 1970-01-01; a moment is the
//! number of seconds since 1970-01-01T00:00:00Z; a zone the seconds that a clock is ahead of UTC.

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;
/// Seconds of an hour.
pub(super) const HOUR: i64 = 3_600;
/// The day at which months without a name begin.
pub(super) const UNNAMED: i64 = 10_000;
/// "Billing cycles are based on UTC+8" (000, 001); assumed for Tencent.
pub(super) const UTC8: i64 = 8 * HOUR;

fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The number of a date, from 1970 on, year by year and month by month.
pub(super) fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let mut number = day - 1;
    for past in 1970..year {
        number += if is_leap(past) { 366 } else { 365 };
    }
    for past in 1..month {
        number += days_in_month(year, past);
    }
    number
}

/// The date of a day from 1970 on.
pub(super) fn date(mut day: i64) -> (i64, i64, i64) {
    let mut year = 1970;
    while day >= if is_leap(year) { 366 } else { 365 } {
        day -= if is_leap(year) { 366 } else { 365 };
        year += 1;
    }
    let mut month = 1;
    while day >= days_in_month(year, month) {
        day -= days_in_month(year, month);
        month += 1;
    }
    (year, month, day + 1)
}

/// The moment at which a day begins.
pub(super) fn start_of(day: i64, zone: i64) -> i64 {
    day * DAY - zone
}

/// What a price list reckons time by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    /// The zone of its days and months.
    pub(super) zone: i64,
    /// Hours of a month without a name.
    pub(super) hours: i64,
}

/// A calendar month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Month {
    pub(super) year: i64,
    pub(super) month: i64,
}

impl Month {
    /// So many months later.
    pub(super) fn plus(self, months: i64) -> Self {
        let mut later = self;
        for _ in 0..months {
            later.month += 1;
            if later.month > 12 {
                later = Self { year: later.year + 1, month: 1 };
            }
        }
        later
    }

    /// Its first day.
    pub(super) fn first(self) -> i64 {
        day_number(self.year, self.month, 1)
    }

    /// Its time on a clock.
    pub(super) fn period(self, zone: i64) -> Period {
        let begins = start_of(self.first(), zone);
        let ends = begins + days_in_month(self.year, self.month) * DAY;
        Period { begins, ends, zone, dated: true }
    }

    /// As a scenario writes it.
    pub(super) fn text(self) -> String {
        format!("{:04}-{:02}", self.year, self.month)
    }
}

/// The time that one bill covers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Period {
    pub(super) begins: i64,
    /// The moment after its last second.
    pub(super) ends: i64,
    pub(super) zone: i64,
    /// Whether it is a month of a calendar; those without a name only follow each other.
    pub(super) dated: bool,
}

impl Period {
    /// The `index`-th month without a name.
    pub(super) fn standard(clock: Clock, index: i64) -> Self {
        let begins = start_of(UNNAMED, clock.zone) + index * clock.hours * HOUR;
        let ends = begins + clock.hours * HOUR;
        Self { begins, ends, zone: clock.zone, dated: false }
    }

    /// The moments at which its days begin.
    pub(super) fn days(self) -> impl Iterator<Item = i64> {
        (self.begins..self.ends).step_by(usize::try_from(DAY).unwrap())
    }

    pub(super) fn seconds(self) -> u128 {
        u128::try_from(self.ends - self.begins).unwrap()
    }
}

#[test]
fn days_are_counted_as_calendars_do() {
    assert_eq!(day_number(1970, 1, 1), 0);
    assert_eq!(day_number(2000, 3, 1), 11_017);
    assert_eq!(day_number(2026, 2, 28) + 1, day_number(2026, 3, 1));
    assert_eq!(date(day_number(2024, 2, 29)), (2024, 2, 29));
    assert_eq!(Month { year: 2026, month: 12 }.plus(2).text(), "2027-02");
    assert_eq!(start_of(day_number(2026, 3, 1), UTC8), 1_772_294_400); // 2026-02-28T16:00:00Z
}
