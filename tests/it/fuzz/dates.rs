//! Days, months, offsets and moments, each line of its own, against a calendar worked by hand.
//!
//! A day and an offset stay for the lines below: a whole number is so many days and months from the
//! day, a further day the target of an expiration that is moved.

use kms_cost::lifecycle::{months, unify};
use kms_cost::month::{DAY, Day, HOUR, Moment, Month, Offset, Period, Stated};
use toml::value::{self, Datetime};

use super::promises::plain;

/// The most lines that are followed.
const LINES: usize = 60;
/// The last day that has a name of four digits at the year.
const LAST: i64 = 2_932_896;
/// The first one, 0001-01-01.
const FIRST: i64 = -719_162;

pub(super) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let zero = Offset::parse("+00:00").unwrap();
    let mut last = (Day::EPOCH, zero);
    for line in text.split('\n').take(LINES) {
        let (day, clock) = (day(line), offset(line));
        month(line);
        stated(line, last.1, zero.start_of(Day::EPOCH));
        every_day(line);
        if let Some(day) = day {
            moved(last.0, day);
        } else if let Ok(number) = line.parse::<u32>() {
            counted(last.0, number, last.1);
        }
        last = (day.unwrap_or(last.0), clock.unwrap_or(last.1));
    }
}

// ------------------------------------------------------------------ a calendar by hand

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn length(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01: years of 365 days, their leap days, whole months.
fn number(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    let years = before * 365 + before / 4 - before / 100 + before / 400;
    FIRST + years + (1..month).map(|month| length(year, month)).sum::<i64>() + day - 1
}

/// Whole numbers with separators between, each of so many digits.
fn digits(text: &str, separator: char, widths: &[usize]) -> Option<Vec<i64>> {
    let parts: Vec<&str> = text.split(separator).collect();
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let fits = |(part, width): (&&str, &usize)| part.len() == *width && digits(part);
    let written = parts.len() == widths.len() && parts.iter().zip(widths).all(fits);
    written.then(|| parts.iter().map(|part| part.parse().unwrap()).collect())
}

fn exists(year: i64, month: i64, day: i64) -> bool {
    year >= 1 && (1..=12).contains(&month) && (1..=length(year, month)).contains(&day)
}

// ------------------------------------------------------------------ lines

fn day(text: &str) -> Option<Day> {
    let theirs = digits(text, '-', &[4, 2, 2]).filter(|parts| exists(parts[0], parts[1], parts[2]));
    let ours = Day::parse(text);
    assert_eq!(ours.is_some(), theirs.is_some(), "{text:?}");
    let (day, parts) = (ours?, theirs?);
    assert_eq!(day.to_string(), text);
    assert_eq!(day.since(Day::EPOCH), number(parts[0], parts[1], parts[2]), "{text}");
    assert_eq!(i64::from(day.of_month()), parts[2], "{text}");
    assert_eq!(day.month().to_string(), text[..7]);
    assert_eq!(day.month().day(day.of_month()), day, "{text}");
    Some(day)
}

fn month(text: &str) {
    let theirs = digits(text, '-', &[4, 2]).filter(|parts| exists(parts[0], parts[1], 1));
    let ours = Month::parse(text);
    assert_eq!(ours.is_some(), theirs.is_some(), "{text:?}");
    let (Some(month), Some(parts)) = (ours, theirs) else { return };
    assert_eq!(month.to_string(), text);
    assert_eq!(i64::from(month.days()), length(parts[0], parts[1]), "{text}");
    let period = Period::calendar(month);
    assert_eq!(period.first(), month.first());
    assert_eq!(period.days(), month.days());
    assert_eq!(i64::from(period.seconds()), i64::from(month.days()) * DAY);
    assert_eq!(period.end(), month.first().plus(i64::from(month.days())));
    assert_eq!(month.plus(1).map(Month::first), (text != "9999-12").then(|| period.end()));
}

fn offset(text: &str) -> Option<Offset> {
    let theirs = text.strip_prefix(['+', '-']).and_then(|rest| digits(rest, ':', &[2, 2]));
    let theirs = theirs.filter(|parts| parts[1] < 60 && parts[0] * 60 + parts[1] <= 14 * 60);
    let ours = Offset::parse(text);
    assert_eq!(ours.is_some(), theirs.is_some(), "{text:?}");
    let (clock, parts) = (ours?, theirs?);
    assert_eq!(clock.to_string(), if text == "-00:00" { "+00:00" } else { text });
    let ahead = (parts[0] * 60 + parts[1]) * if text.starts_with('-') { -60 } else { 60 };
    let zero = Offset::parse("+00:00")?;
    assert_eq!(zero.start_of(Day::EPOCH).since(clock.start_of(Day::EPOCH)), ahead, "{text}");
    Some(clock)
}

/// A date or time as TOML writes it, on a clock.
fn stated(text: &str, clock: Offset, epoch: Moment) {
    let Ok(value) = text.parse::<Datetime>() else { return };
    let theirs = seconds(&value);
    let ours = Stated::from_toml(&value);
    assert_eq!(ours.is_ok(), theirs.is_some(), "{text:?}: {ours:?}");
    match (ours, theirs) {
        (Ok(stated), Some(local)) => {
            let on = clock.start_of(Day::EPOCH).since(epoch);
            let offset = match value.offset {
                Some(value::Offset::Z) => 0,
                Some(value::Offset::Custom { minutes }) => -60 * i64::from(minutes),
                None => on,
            };
            let moment = stated.on(clock);
            assert_eq!(moment.since(epoch), local + offset, "{text}");
            let day = clock.day_of(moment);
            let within = moment.since(clock.start_of(day));
            assert!((0..DAY).contains(&within), "{text}");
        }
        (Err(why), _) => plain(why),
        _ => {}
    }
}

/// Seconds on its own clock; none for what is no whole second of a day that exists.
fn seconds(value: &Datetime) -> Option<i64> {
    let date = value.date?;
    let [year, month, day] = [date.year.into(), date.month.into(), date.day.into()];
    let day = exists(year, month, day).then(|| number(year, month, day))?;
    let Some(time) = value.time else { return Some(day * DAY) };
    let second = i64::from(time.second.unwrap_or(0));
    let whole = second < 60 && time.nanosecond.unwrap_or(0) == 0;
    whole.then(|| day * DAY + i64::from(time.hour) * HOUR + i64::from(time.minute) * 60 + second)
}

/// The days that a sentence names stand in it, and none is passed over.
fn every_day(text: &str) {
    let found: Vec<Day> = Day::all_in(text).collect();
    let windows = text.char_indices().filter_map(|(at, _)| text.get(at..at + 10));
    let named = windows.filter(|window| Day::parse(window).is_some());
    let named: Vec<String> = named.map(str::to_owned).collect();
    assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), named, "{text:?}");
}

// ------------------------------------------------------------------ from day to day

/// So many days and months from a day, and a standard month of so many hours.
fn counted(from: Day, number: u32, clock: Offset) {
    let days = i64::from(number);
    let at = from.since(Day::EPOCH) + days;
    if at <= LAST {
        let later = from.plus(days);
        assert_eq!(Day::parse(&later.to_string()), Some(later), "{from} + {days}");
        assert_eq!((later.since(from), later.minus(number)), (days, from));
        assert_eq!(clock.day_of(clock.start_of(later)), later);
        assert_eq!(clock.day_of(clock.start_of(later).plus(-1)), later.plus(-1));
    }
    reached(from, number);
    let hours = number % 744 + 1;
    let period = Period::standard(hours, number / 744);
    assert_eq!(period.ends(clock).since(period.begins(clock)), i64::from(period.seconds()));
    assert_eq!(i64::from(period.seconds()), i64::from(hours) * HOUR);
    assert!(period.days() * 24 >= hours && (period.days() - 1) * 24 < hours, "{hours}");
    plain(&period.local(u64::from(number)));
    let (count, unit) =
        period.length().split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let each = if unit.starts_with("day") { 24 } else { 1 };
    assert_eq!(count.parse::<u32>().unwrap() * each, hours);
}

/// So many months from a day: the same day of the month, or the last one.
fn reached(from: Day, number: u32) {
    let anchor = from.of_month().max(number % 32).clamp(1, 31);
    let found = months::after(from, anchor, number);
    let text = from.to_string();
    let parts = digits(&text, '-', &[4, 2, 2]).unwrap();
    let count = parts[0] * 12 + parts[1] - 1 + i64::from(number);
    let (year, month) = (count / 12, count % 12 + 1);
    assert_eq!(found.is_some(), year <= 9999, "{from} + {number} months");
    let Some(found) = found else { return };
    let cut = i64::from(anchor).min(length(year, month));
    assert_eq!(found.day.to_string(), format!("{year:04}-{month:02}-{cut:02}"));
    assert_eq!(found.missing, (cut < i64::from(anchor)).then_some(anchor));
}

/// An expiration moved to a later day: whole months, then days that make no further month.
fn moved(expires: Day, target: Day) {
    // a loop over its months, which a scenario bounds by the calendar
    if target.since(expires) > 40_000 {
        return;
    }
    let anchor = expires.of_month();
    let found = unify::between(expires, anchor, target);
    assert_eq!(found.is_some(), target >= expires, "{expires} to {target}");
    let Some((count, days)) = found else { return };
    let whole = months::after(expires, anchor, count).unwrap().day;
    assert_eq!(whole.plus(i64::from(days)), target);
    let next = months::after(expires, anchor, count + 1);
    assert!(next.is_none_or(|next| next.day > target), "{expires} to {target}");
}
