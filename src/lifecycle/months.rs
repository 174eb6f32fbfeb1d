//! Months from a day on, always counted from the original day.
//!
//! The same day of a later month, or that month's last day where it has no such day: from
//! 31 January one month leads to 28 February and two to 31 March, not to the 28th.

use crate::month::Day;

/// A day that some months lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The day.
    pub day: Day,
    /// The number that its month does not have, where it was cut to the month's last day.
    pub missing: Option<u32>,
}

/// The day `months` after one whose months keep to the day `anchor` of the month; none beyond the
/// year 9999.
#[must_use]
pub fn after(day: Day, anchor: u32, months: u32) -> Option<Reached> {
    let month = day.month().plus(months)?;
    let missing = (anchor > month.days()).then_some(anchor);
    Some(Reached { day: month.day(anchor), missing })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_count_from_the_original_day() {
        let day = |text: &str| Day::parse(text).unwrap();
        let from = |text: &str, months| {
            let start = day(text);
            after(start, start.of_month(), months).unwrap()
        };
        assert_eq!(from("2026-01-31", 1), Reached { day: day("2026-02-28"), missing: Some(31) });
        assert_eq!(from("2026-01-31", 2), Reached { day: day("2026-03-31"), missing: None });
        assert_eq!(from("2024-02-29", 12), Reached { day: day("2025-02-28"), missing: Some(29) });
        assert_eq!(from("2024-02-29", 48), Reached { day: day("2028-02-29"), missing: None });
        assert_eq!(after(day("2026-02-28"), 31, 1).unwrap().day, day("2026-03-31"));
        assert_eq!(after(day("9999-12-01"), 1, 1), None);
    }
}
