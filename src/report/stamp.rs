//! Moments as people and files read them: on a clock, with its offset, or in UTC.
//!
//! 2026-02-10T16:00:00Z is `2026-02-11T00:00:00+08:00` at `+08:00`. Nothing here knows today.

use crate::month::{Moment, Offset};

/// `2026-02-11T00:00:00+08:00`.
#[must_use]
pub fn stamp(at: Moment, clock: Offset) -> String {
    format!("{}T{}{clock}", clock.day_of(at), time(at, clock))
}

/// `00:00:00`, the time of day on a clock.
#[must_use]
pub fn time(at: Moment, clock: Offset) -> String {
    let seconds = at.since(clock.start_of(clock.day_of(at))).unsigned_abs();
    let minutes = seconds.div_euclid(60);
    format!(
        "{:02}:{:02}:{:02}",
        minutes.div_euclid(60),
        minutes.rem_euclid(60),
        seconds.rem_euclid(60)
    )
}

/// `20260210T160000Z`, as iCalendar writes UTC.
#[must_use]
pub fn utc(at: Moment) -> String {
    let Some(greenwich) = Offset::parse("+00:00") else {
        return String::new();
    };
    let (day, time) = (greenwich.day_of(at).to_string(), time(at, greenwich));
    format!("{}T{}Z", day.replace('-', ""), time.replace(':', ""))
}

/// Whether a moment is 00:00:00 on a clock.
#[must_use]
pub fn is_midnight(at: Moment, clock: Offset) -> bool {
    clock.start_of(clock.day_of(at)) == at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::month::Stated;

    fn moment(text: &str) -> Moment {
        Stated::from_toml(&text.parse().unwrap()).unwrap().on(Offset::parse("+08:00").unwrap())
    }

    #[test]
    fn one_moment_has_a_face_on_every_clock() {
        let at = moment("2026-02-10T15:59:59Z");
        for (clock, expected) in [
            ("+08:00", "2026-02-10T23:59:59+08:00"),
            ("+00:00", "2026-02-10T15:59:59+00:00"),
            ("-07:30", "2026-02-10T08:29:59-07:30"),
            ("+08:30", "2026-02-11T00:29:59+08:30"),
        ] {
            assert_eq!(stamp(at, Offset::parse(clock).unwrap()), expected);
        }
        assert_eq!(utc(at), "20260210T155959Z");
        assert!(!is_midnight(at, Offset::parse("+08:00").unwrap()));
        assert!(is_midnight(at.plus(1), Offset::parse("+08:00").unwrap()));
    }

    #[test]
    fn moments_before_1970_count_forward_too() {
        let at = moment("1969-12-31T23:59:58Z");
        assert_eq!(utc(at), "19691231T235958Z");
        assert_eq!(stamp(at, Offset::parse("+08:00").unwrap()), "1970-01-01T07:59:58+08:00");
    }
}
