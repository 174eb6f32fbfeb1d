//! What becomes of keys, secrets and the account by chance: dates fond of edges.
//!
//! Must not know a price. Most dates make sense; a few cannot be.

use super::civil::{DAY, HOUR, Month, UNNAMED, date, start_of};
use super::generate::Taste;
use super::need::{Account, Course, Date, Deletion, State};
use super::random::Random;

/// Seconds after midnight.
const TIMES: [i64; 10] = [0, 0, 0, 1, DAY - 1, DAY - 1, 12 * HOUR, 34_567, 9 * HOUR - 1, 17 * HOUR];
/// Hours from UTC, for times that are written with an offset.
const OFFSETS: [i64; 7] = [0, 8, 8, -5, 9, 14, -12];
/// Days between rotations.
const EVERY: [i64; 10] = [1, 2, 7, 10, 28, 30, 31, 90, 365, 999_999];

/// The months that dates are thrown at.
#[derive(Clone, Copy)]
pub(super) struct When {
    pub(super) month: Option<Month>,
    pub(super) months: u32,
    pub(super) zone: i64,
}

impl When {
    fn first_day(self) -> i64 {
        self.month.map_or(UNNAMED, Month::first)
    }
}

/// A life: most are plain, many have dates.
pub(super) fn course(random: &mut Random, when: When) -> Course {
    let dated = when.month.is_some() || random.percent(2);
    let lively = dated && random.percent(70);
    let mut course = Course {
        rotate_every: random.maybe(20, |random| random.pick(&EVERY)),
        ..Course::default()
    };
    if random.percent(15) {
        course.state = random.pick(&[State::Disabled, State::PendingDeletion]);
    }
    if lively {
        live(random, when, &mut course);
    }
    course
}

/// Creation, deletions in their order, rotations that avoid them; now and then all of it at random.
fn live(random: &mut Random, when: When, course: &mut Course) {
    let wild = random.percent(3);
    let zone = when.zone;
    let first = when.first_day();
    let end = first + 31 * i64::from(when.months) + 5;
    let past = random.pick(&[40, 40, 40, 100, 100, 800]);
    let created = random.maybe(60, |random| moment(random, first - past, end - 10, zone));
    let mut at = created.unwrap_or_else(|| start_of(first - random.pick(&[3, 3, 33, 93]), zone));
    course.created = created.map(|at| written(random, at, zone));
    if course.state != State::PendingDeletion || wild {
        for _ in 0..random.pick(&[0, 0, 1, 1, 2]) {
            let scheduled = later(random, at, zone);
            let restored = random.maybe(70, |random| later(random, scheduled, zone));
            course.deletions.push(Deletion {
                scheduled: written(random, scheduled, zone),
                restored: restored.map(|at| written(random, at, zone)),
                destroyed: None,
            });
            match restored {
                Some(restored) => at = restored,
                None if wild => {}
                None => break,
            }
        }
    }
    for _ in 0..random.pick(&[0, 0, 0, 1, 2, 4]) {
        let at = rotation(random, course, (first, end), zone);
        if wild || may_rotate(course, at, start_of(first, zone), zone) {
            course.rotated.push(written(random, at, zone));
        }
    }
}

/// Says of deletions when they are carried out; hardly ever of one that is cancelled, or too early.
pub(super) fn carry_out(random: &mut Random, taste: &Taste, zone: i64, course: &mut Course) {
    for deletion in &mut course.deletions {
        let cancelled = deletion.restored.is_some();
        if random.percent(taste.destroyed) && (!cancelled || random.percent(2)) {
            let scheduled = deletion.scheduled.at(zone);
            let after = random.pick(&[0, 1, 7 * DAY, 10 * DAY, 30 * DAY, 40 * DAY, 12_345]);
            let early = random.percent(2);
            let at = if early { scheduled - after } else { scheduled + after };
            deletion.destroyed = Some(written(random, at, zone));
        }
    }
}

/// A moment, or the very moment of something else.
fn rotation(random: &mut Random, course: &Course, (first, end): (i64, i64), zone: i64) -> i64 {
    let mut others: Vec<i64> = course.created.iter().map(|date| date.at(zone)).collect();
    let restored = course.deletions.iter().filter_map(|deletion| deletion.restored.as_ref());
    others.extend(restored.map(|date| date.at(zone)));
    if !others.is_empty() && random.percent(20) {
        return random.pick(&others);
    }
    moment(random, first - 5, end, zone)
}

fn may_rotate(course: &Course, at: i64, first: i64, zone: i64) -> bool {
    let from = course.created.as_ref().map_or(first, |date| date.at(zone));
    let pending = course.deletions.iter().any(|deletion| {
        let restored = deletion.restored.as_ref();
        deletion.scheduled.at(zone) <= at && restored.is_none_or(|date| at < date.at(zone))
    });
    from <= at && !pending && course.state != State::PendingDeletion
}

/// A moment of one of some days.
fn moment(random: &mut Random, first: i64, last: i64, zone: i64) -> i64 {
    start_of(random.between(first, last), zone) + random.pick(&TIMES)
}

/// A moment not before another.
fn later(random: &mut Random, at: i64, zone: i64) -> i64 {
    match random.below(10) {
        0 => at,
        1 => at + 1,
        2 => at + random.between(1, 3 * DAY),
        _ => at.max(moment_after(random, at, zone)),
    }
}

fn moment_after(random: &mut Random, at: i64, zone: i64) -> i64 {
    let day = (at + zone).div_euclid(DAY);
    moment(random, day, day + 12, zone)
}

/// A moment as a date, a local time, or a time with an offset.
pub(super) fn written(random: &mut Random, at: i64, zone: i64) -> Date {
    let shown = at + zone;
    if shown % DAY == 0 && random.percent(40) {
        return Date { shown, offset: None, text: day_text(shown) };
    }
    if random.percent(25) {
        return Date { shown, offset: None, text: time_text(shown) };
    }
    let hours = random.pick(&OFFSETS);
    let mark = match hours {
        0 => "Z".to_owned(),
        _ => format!("{}{:02}:00", if hours < 0 { '-' } else { '+' }, hours.abs()),
    };
    let (shown, offset) = (at + hours * HOUR, Some(hours * HOUR));
    Date { shown, offset, text: format!("{}{mark}", time_text(shown)) }
}

fn day_text(local: i64) -> String {
    let (year, month, day) = date(local.div_euclid(DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

fn time_text(local: i64) -> String {
    let second = local.rem_euclid(DAY);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}", day_text(local))
}

pub(super) fn account(random: &mut Random, taste: &Taste, when: When) -> Account {
    let mut account = Account {
        free_calls_remaining: random.maybe(15, |random| random.pick(taste.calls)),
        ..Account::default()
    };
    if when.month.is_none() && random.percent(98) {
        return account;
    }
    let (first, zone) = (when.first_day(), when.zone);
    if random.percent(15) {
        let from = moment(random, first - 5, first + 35, zone);
        let to = random.maybe(70, |random| later(random, from, zone));
        let valid = to.is_none_or(|to| from < to) || random.percent(3);
        if valid {
            let to = to.map(|at| written(random, at, zone));
            account.suspended.push((written(random, from, zone), to));
        }
    }
    if random.percent(25) {
        let overdue = moment(random, first - 10, first + 35, zone);
        let waits = [
            0,
            1,
            24 * HOUR - 1,
            24 * HOUR,
            24 * HOUR + 1,
            3 * DAY,
            168 * HOUR - 1,
            168 * HOUR,
            192 * HOUR - 1,
            192 * HOUR,
            10 * DAY,
            -1,
        ];
        let paid = random.maybe(70, |random| overdue + random.pick(&waits));
        account.overdue_at = Some(written(random, overdue, zone));
        account.paid_at = paid.map(|at| written(random, at, zone));
    }
    account
}
