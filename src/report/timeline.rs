//! A term as a bar with its marks, where there is a terminal to draw in; otherwise in words.
//!
//! All bars share one axis. A mark stands as near to its moment as there is room, in the order of
//! time; the legend below has the days. Nothing depends on colour.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::calendar::event_name;
use super::stamp;
use super::table::{Dress, fitted, hanging};
use crate::lifecycle::{Calendar, EventKind, TermBar};
use crate::month::{Moment, Offset};
use crate::source::printable;

/// How terms are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawing {
    /// As bars, for a terminal of at least 80 columns.
    Bars,
    /// In words, for everything else.
    Words,
}

/// The most days that a legend names of one kind.
const NAMED: usize = 6;

/// Writes the terms of a calendar; nothing where it has none.
#[must_use]
pub fn timeline(calendar: &Calendar, drawing: Drawing, dress: Dress) -> String {
    let clock = calendar.clock;
    match (drawing, Axis::of(&calendar.terms, dress.width.saturating_sub(2))) {
        (_, None) => String::new(),
        (Drawing::Words, _) => {
            calendar.terms.iter().map(|term| words(term, clock, dress)).collect()
        }
        (Drawing::Bars, Some(axis)) => {
            let mut text = dress.faint(&axis.head(clock));
            text.push('\n');
            for term in &calendar.terms {
                text.push_str(&bar(term, axis, clock, dress));
            }
            let legend =
                "━ in use · ╌ not in use; marks too close for their day stand side by side";
            text.push_str(&dress.faint(hanging("  ", legend, dress.width).trim_end()));
            text.push('\n');
            text
        }
    }
}

/// The stretch of time that all bars share, and its columns.
#[derive(Clone, Copy, Debug)]
struct Axis {
    from: Moment,
    to: Moment,
    columns: usize,
}

impl Axis {
    fn of(terms: &[TermBar], columns: usize) -> Option<Self> {
        let active = terms.iter().flat_map(|term| &term.active).flat_map(|(from, to)| [*from, *to]);
        let marks = terms.iter().flat_map(|term| &term.marks).map(|(at, _)| *at);
        let moments: Vec<Moment> = active.chain(marks).collect();
        Some(Self { from: *moments.iter().min()?, to: *moments.iter().max()?, columns })
    }

    /// The column of a moment, from 0.
    fn column(self, at: Moment) -> usize {
        let last = i64::try_from(self.columns.saturating_sub(1)).unwrap_or(0);
        let length = self.to.since(self.from).max(1);
        let passed = at.since(self.from).clamp(0, length);
        let column = passed.saturating_mul(last).checked_div(length).unwrap_or(0);
        usize::try_from(column).unwrap_or(0)
    }

    /// Its first and last day.
    fn head(self, clock: Offset) -> String {
        let (from, to) = (clock.day_of(self.from).to_string(), clock.day_of(self.to).to_string());
        let room = self.columns.saturating_sub(from.len()).max(to.len());
        format!("  {from}{to:>room$}")
    }
}

// ------------------------------------------------------------------ bars

fn bar(term: &TermBar, axis: Axis, clock: Offset, dress: Dress) -> String {
    let mut text = format!("{}\n", dress.bold(&printable(&term.subject)));
    let line: String = (0..axis.columns).map(|column| stroke(term, axis, column)).collect();
    let _ = writeln!(text, "  {}\n  {}", line.trim_end(), marks(term, axis).trim_end());
    for line in legend(term, clock, axis.columns) {
        let _ = writeln!(text, "  {}", dress.faint(&line));
    }
    text
}

/// How a column is drawn: in use, between two uses or after one until the last mark, or not at all.
fn stroke(term: &TermBar, axis: Axis, column: usize) -> char {
    let used = term.active.iter().any(|(from, to)| {
        (axis.column(*from)..=axis.column(to.plus(-1).max(*from))).contains(&column)
    });
    let ends = term.active.iter().flat_map(|(from, to)| [*from, *to]);
    let moments: Vec<usize> =
        ends.chain(term.marks.iter().map(|(at, _)| *at)).map(|at| axis.column(at)).collect();
    let within = moments.iter().min().is_some_and(|first| *first <= column)
        && moments.iter().max().is_some_and(|last| column <= *last);
    match (used, within) {
        (true, _) => '━',
        (false, true) => '╌',
        (false, false) => ' ',
    }
}

/// The letters below a bar: each at its column or the nearest free one, in the order of time.
fn marks(term: &TermBar, axis: Axis) -> String {
    let mut marks: Vec<(usize, EventKind)> =
        term.marks.iter().map(|(at, kind)| (axis.column(*at), *kind)).collect();
    marks.sort_by_key(|(column, kind)| (*column, order(&term.marks, *kind)));
    marks.dedup();
    if marks.len() > axis.columns {
        marks.retain(|(_, kind)| *kind != EventKind::Reminder);
    }
    let over = marks.len().saturating_sub(axis.columns);
    marks.drain(..over);
    let mut free = 0;
    for (column, _) in &mut marks {
        *column = (*column).max(free);
        free = column.saturating_add(1);
    }
    let mut end = axis.columns;
    for (column, _) in marks.iter_mut().rev() {
        *column = (*column).min(end.saturating_sub(1));
        end = *column;
    }
    let mut line = vec![' '; axis.columns];
    for (column, kind) in marks {
        if let Some(place) = line.get_mut(column) {
            *place = letter(kind);
        }
    }
    line.into_iter().collect()
}

/// When a kind first occurs, so that what shares a column stands in the order of time.
fn order(marks: &[(Moment, EventKind)], kind: EventKind) -> (Option<Moment>, EventKind) {
    (marks.iter().filter(|(_, other)| *other == kind).map(|(at, _)| *at).min(), kind)
}

/// The letter of a kind; no two kinds share one.
fn letter(kind: EventKind) -> char {
    match kind {
        EventKind::Purchase => 'P',
        EventKind::Reminder => 'r',
        EventKind::Expiration => 'E',
        EventKind::CycleEnd => 'C',
        EventKind::Disabled => 'D',
        EventKind::RecoverableThrough => 'L',
        EventKind::Release => 'X',
        EventKind::Renewal => 'R',
        EventKind::Upgrade => 'U',
        EventKind::Refund => 'B',
        EventKind::SettlementFrom => 's',
        EventKind::SettlementTo => 'S',
        EventKind::Overdue => 'O',
        EventKind::Notice => 'n',
        EventKind::Suspension => 'H',
        EventKind::Resumption => 'A',
        EventKind::Reclaim => 'K',
    }
}

/// Each kind's letter, name and days, in the order of its first mark; as many on a line as fit.
fn legend(term: &TermBar, clock: Offset, room: usize) -> Vec<String> {
    let mut kinds: Vec<EventKind> = term.marks.iter().map(|(_, kind)| *kind).collect();
    kinds.sort_by_key(|kind| order(&term.marks, *kind));
    kinds.dedup();
    let entries = kinds.into_iter().map(|kind| {
        let of_kind = term.marks.iter().filter(|(_, other)| *other == kind);
        let days: Vec<String> = of_kind.map(|(at, _)| clock.day_of(*at).to_string()).collect();
        let named = days.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = days.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{} {} {named}{more}", letter(kind), event_name(kind))
    });
    let mut lines: Vec<String> = Vec::new();
    for entry in entries {
        match lines.last_mut() {
            Some(line) if line.width().saturating_add(3).saturating_add(entry.width()) <= room => {
                let _ = write!(line, " · {entry}");
            }
            _ => lines.extend(fitted(&entry, room)),
        }
    }
    lines
}

// ------------------------------------------------------------------ words

/// A term in words: its stretches of use, to the second.
fn words(term: &TermBar, clock: Offset, dress: Dress) -> String {
    let at = |at: Moment| format!("{} {}", clock.day_of(at), stamp::time(at, clock));
    let stretches: Vec<String> =
        term.active.iter().map(|(from, to)| format!("{} to {}", at(*from), at(*to))).collect();
    let subject = printable(&term.subject);
    let used = if stretches.is_empty() {
        "not in use".to_owned()
    } else {
        format!("in use {}", stretches.join(", "))
    };
    hanging("", &format!("{subject}: {used}"), dress.width)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    const PLAIN: Dress = Dress { styled: false, width: 80 };

    #[test]
    fn a_bar_shows_use_and_marks() {
        let text = timeline(&sample::calendar(), Drawing::Bars, PLAIN);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0].trim_start().split_once(' ').unwrap().0, "2026-01-10");
        assert!(lines[0].ends_with("2026-03-27"));
        assert_eq!(lines[0].width(), 80);
        assert_eq!(lines[1], "prod-kms");
        assert!(lines[2].starts_with("  ━") && lines[2].ends_with("╌"), "{text}");
        assert_eq!(lines[2].width(), 80);
        assert!(lines[3].starts_with("  P ") && lines[3].ends_with('X'), "{text}");
        assert_eq!(lines[3].replace(' ', ""), "PRrrrEX");
        assert!(text.contains("r reminder 2026-03-03, 2026-03-07, 2026-03-09"), "{text}");
        assert!(lines.iter().all(|line| line.width() <= 80), "{text}");
    }

    #[test]
    fn marks_of_one_day_stand_side_by_side_in_time() {
        let mut calendar = sample::calendar();
        let term = &mut calendar.terms[0];
        term.marks.push((sample::moment("2026-03-27"), EventKind::Reclaim));
        term.marks.push((sample::moment("2026-01-10T10:00:01"), EventKind::Upgrade));
        let axis = Axis::of(&calendar.terms, 78).unwrap();
        let line = marks(&calendar.terms[0], axis);
        assert!(line.starts_with("PU") && line.ends_with("XK"), "{line}");
        assert_eq!(line.width(), 78);
    }

    #[test]
    fn more_marks_than_columns_still_fit() {
        let mut calendar = sample::calendar();
        let first = sample::moment("2026-01-10T10:00:00");
        let many = (0..500).map(|at: i64| {
            let kind = if at % 3 == 0 { EventKind::Renewal } else { EventKind::Reminder };
            (first.plus(at * 9_000), kind)
        });
        calendar.terms[0].marks = many.collect();
        let text = timeline(&calendar, Drawing::Bars, PLAIN);
        assert!(text.lines().all(|line| line.width() <= 80), "{text}");
        assert!(text.contains("and 161 more"), "{text}");
    }

    #[test]
    fn a_term_of_no_length_draws_too() {
        let at = sample::moment("2026-01-10");
        let mut calendar = sample::calendar();
        calendar.terms = vec![TermBar {
            subject: "late".to_owned(),
            active: Vec::new(),
            marks: vec![(at, EventKind::Expiration)],
        }];
        assert!(timeline(&calendar, Drawing::Bars, PLAIN).contains("  E\n"));
        assert_eq!(timeline(&calendar, Drawing::Words, PLAIN), "late: not in use\n");
        calendar.terms.clear();
        assert_eq!(timeline(&calendar, Drawing::Bars, PLAIN), "");
    }

    #[test]
    fn words_say_the_same_without_a_terminal() {
        assert_eq!(
            timeline(&sample::calendar(), Drawing::Words, PLAIN),
            "prod-kms: in use 2026-01-10 10:00:00 to 2026-03-11 00:00:00\n"
        );
    }

    #[test]
    fn every_kind_has_its_own_letter() {
        use EventKind::{
            CycleEnd, Disabled, Expiration, Notice, Overdue, Purchase, Reclaim, RecoverableThrough,
            Refund, Release, Reminder, Renewal, Resumption, SettlementFrom, SettlementTo,
            Suspension, Upgrade,
        };
        let kinds = [
            Purchase,
            Reminder,
            Expiration,
            CycleEnd,
            Disabled,
            RecoverableThrough,
            Release,
            Renewal,
            Upgrade,
            Refund,
            SettlementFrom,
            SettlementTo,
            Overdue,
            Notice,
            Suspension,
            Resumption,
            Reclaim,
        ];
        let mut letters = kinds.map(letter).to_vec();
        letters.sort_unstable();
        letters.dedup();
        assert_eq!(letters.len(), kinds.len());
    }
}
