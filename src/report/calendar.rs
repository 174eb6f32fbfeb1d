//! A calendar as people read it in a terminal: the term, what happens on which day, what is paid,
//! and the cash of each month beside the estimate spread over the term.
//!
//! Natures of cash keep their columns and are never added together; an amount that no page
//! publishes is called that.

use super::cash::{Ledger, Sum};
use super::number::{align, money};
use super::stamp;
use super::table::{Dress, Sheet, Side, Tone, fitted, hanging};
use super::timeline::{self, Drawing};
use crate::fraction::{Fraction, OutOfRange};
use crate::lifecycle::{Calendar, Cash, Event, EventKind, Nature};
use crate::source::printable;

/// What a calendar's text is made from.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The scenario's name.
    pub scenario: &'a str,
    /// The plan as people name it.
    pub plan: &'a str,
    /// From when to when, in words; none where all is shown.
    pub window: Option<&'a str>,
    /// What happens.
    pub calendar: &'a Calendar,
    /// Decimals to round to.
    pub round: Option<u32>,
    /// How terms are shown.
    pub drawing: Drawing,
}

/// Writes the calendar.
///
/// # Errors
/// [`OutOfRange`] where a month's cash does not fit.
pub fn calendar(shown: Shown<'_>, dress: Dress) -> Result<String, OutOfRange> {
    let ledger = Ledger::of(shown.calendar)?;
    let parts = [
        header(shown, dress),
        timeline::timeline(shown.calendar, shown.drawing, dress),
        events(shown.calendar, dress),
        payments(shown, dress),
        by_month(shown, &ledger, dress),
        notes(shown.calendar, dress),
    ];
    let parts: Vec<&str> =
        parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    Ok(parts.join("\n"))
}

/// What an event is called in a table.
#[must_use]
pub fn event_name(kind: EventKind) -> &'static str {
    match kind {
        EventKind::CycleEnd => "cycle end",
        EventKind::RecoverableThrough => "last day",
        EventKind::SettlementFrom => "settlement",
        EventKind::SettlementTo => "settled by",
        other => other.as_str(),
    }
}

/// What a nature is called in a table.
#[must_use]
pub fn nature_name(nature: Nature) -> &'static str {
    match nature {
        Nature::Purchase => "prepaid purchase",
        other => other.as_str(),
    }
}

fn header(shown: Shown<'_>, dress: Dress) -> String {
    let Calendar { currency, clock, .. } = shown.calendar;
    let mut text = format!("{}\n", dress.bold(&printable(shown.scenario)));
    text.push_str(&hanging("", shown.plan, dress.width));
    let window = shown.window.map_or_else(String::new, |window| format!(" · {window}"));
    let facts = format!("{currency} · times are UTC{clock}{window}");
    text.push_str(&dress.faint(hanging("", &facts, dress.width).trim_end()));
    text.push('\n');
    text
}

fn notes(calendar: &Calendar, dress: Dress) -> String {
    calendar.notes.iter().map(|note| hanging("note: ", &printable(note), dress.width)).collect()
}

// ------------------------------------------------------------------ events

fn events(calendar: &Calendar, dress: Dress) -> String {
    let Some(first) = calendar.events.first() else {
        return "Nothing happens in this time.\n".to_owned();
    };
    let several = calendar.events.iter().any(|event| event.subject != first.subject);
    let columns = ["Day", "Time", "Event", "What happens"];
    let mut sheet = Sheet {
        columns: columns.iter().map(|name| ((*name).to_owned(), Side::Left)).collect(),
        rows: Vec::new(),
    };
    let kinds = calendar.events.iter().map(|event| event_name(event.kind).len());
    let left = kinds.max().unwrap_or(0).saturating_add(10 + 2 + 8 + 2 + 2);
    let mut before = String::new();
    for event in &calendar.events {
        let day = calendar.clock.day_of(event.at).to_string();
        let text = fitted(&sentence(event, several), dress.width.saturating_sub(left).max(24));
        for (at, line) in text.into_iter().enumerate() {
            let cells = if at == 0 {
                let shown = if day == before { String::new() } else { day.clone() };
                let name = event_name(event.kind).to_owned();
                vec![shown, stamp::time(event.at, calendar.clock), name, line]
            } else {
                vec![String::new(), String::new(), String::new(), line]
            };
            sheet.rows.push((Tone::Plain, cells));
        }
        before = day;
    }
    let named = several || calendar.terms.iter().any(|term| term.subject == first.subject);
    let about =
        if named { String::new() } else { format!("{}\n", dress.bold(&printable(&first.subject))) };
    format!("{about}{}", sheet.draw(dress))
}

/// What happens, and to what where there are several.
fn sentence(event: &Event, several: bool) -> String {
    let text = printable(&event.text);
    if several { format!("{}: {text}", printable(&event.subject)) } else { text }
}

// ------------------------------------------------------------------ cash

fn payments(shown: Shown<'_>, dress: Dress) -> String {
    let cash = &shown.calendar.cash;
    if cash.is_empty() {
        return String::new();
    }
    let amounts = align(cash.iter().map(|cash| payment(cash, shown.round)).collect());
    let columns = [
        ("Paid on".to_owned(), Side::Left),
        ("What".to_owned(), Side::Left),
        ("For".to_owned(), Side::Left),
        ("Out of".to_owned(), Side::Left),
        (shown.calendar.currency.clone(), Side::Right),
    ];
    let widest = |column: &dyn Fn(&Cash) -> usize| cash.iter().map(column).max().unwrap_or(0);
    let taken = widest(&|cash| nature_name(cash.nature).len())
        .saturating_add(widest(&|cash| cash.from.as_ref().map_or(0, |from| from.len().min(20))))
        .saturating_add(amounts.first().map_or(0, |amount| amount.chars().count()))
        .saturating_add(10 + 4 * 2);
    let room = dress.width.saturating_sub(taken).max(12);
    let mut sheet = Sheet { columns: columns.to_vec(), rows: Vec::new() };
    let mut before = None;
    for (cash, amount) in cash.iter().zip(amounts) {
        let subject = fitted(&printable(&cash.subject), room);
        let from = fitted(&printable(cash.from.as_deref().unwrap_or("")), 20);
        for at in 0..subject.len().max(from.len()) {
            let part = |lines: &[String]| lines.get(at).cloned().unwrap_or_default();
            let first = |text: String| if at == 0 { text } else { String::new() };
            let day = if before == Some(cash.on) { String::new() } else { cash.on.to_string() };
            sheet.rows.push((
                Tone::Plain,
                vec![
                    first(day),
                    first(nature_name(cash.nature).to_owned()),
                    part(&subject),
                    part(&from),
                    first(amount.clone()),
                ],
            ));
        }
        before = Some(cash.on);
    }
    sheet.draw(dress)
}

fn payment(cash: &Cash, round: Option<u32>) -> String {
    cash.amount.map_or_else(|| "not published".to_owned(), |amount| money(amount, round))
}

/// The cash of each month, each nature in its column, and the spread estimate beside it.
fn by_month(shown: Shown<'_>, ledger: &Ledger, dress: Dress) -> String {
    if ledger.months.is_empty() {
        return String::new();
    }
    let mut columns = vec![("Month".to_owned(), Side::Left)];
    let mut cells = Vec::new();
    let column =
        |sums: Vec<Sum>| align(sums.into_iter().map(|sum| written(sum, shown.round)).collect());
    for (at, nature) in ledger.natures.iter().enumerate() {
        columns.push((heading(*nature).to_owned(), Side::Right));
        let of = |sums: &[Sum]| sums.get(at).copied().unwrap_or_default();
        let sums = ledger.months.iter().map(|month| of(&month.paid)).chain([of(&ledger.totals)]);
        cells.push(column(sums.collect()));
    }
    if ledger.spread != Sum::Nothing {
        columns.push(("Spread".to_owned(), Side::Right));
        let sums = ledger.months.iter().map(|month| month.spread).chain([ledger.spread]);
        cells.push(column(sums.collect()));
    }
    let mut sheet = Sheet { columns, rows: Vec::new() };
    let names = ledger.months.iter().map(|month| month.month.to_string());
    for (at, name) in names.chain(["Total".to_owned()]).enumerate() {
        let tone = if at == ledger.months.len() { Tone::Sum } else { Tone::Plain };
        let row = cells.iter().map(|column| column.get(at).cloned().unwrap_or_default());
        sheet.rows.push((tone, std::iter::once(name).chain(row).collect()));
    }
    let head = format!("Cash by month, {}", shown.calendar.currency);
    let mut text = format!("{}\n{}", dress.bold(&head), sheet.draw(dress));
    if ledger.spread != Sum::Nothing {
        let about = "spread: the estimate over the months that it serves, beside the cash";
        text.push_str(&dress.faint(hanging("", about, dress.width).trim_end()));
        text.push('\n');
    }
    let totals = ledger.months.iter().flat_map(|month| &month.paid).chain(&ledger.totals);
    if totals.into_iter().any(|sum| matches!(sum, Sum::Least(_))) {
        let about = "\"from\": a further amount in it is not published";
        text.push_str(&hanging("", about, dress.width));
    }
    text
}

fn written(sum: Sum, round: Option<u32>) -> String {
    let shown = |amount: Fraction| money(amount, round);
    match sum {
        Sum::Nothing => String::new(),
        Sum::Whole(amount) => shown(amount),
        Sum::Least(amount) => format!("from {}", shown(amount)),
        Sum::Unpublished => "not published".to_owned(),
    }
}

/// What a nature's column is called: short, for all of them stand side by side.
fn heading(nature: Nature) -> &'static str {
    match nature {
        Nature::Purchase => "Prepaid",
        Nature::Renewal => "Renewal",
        Nature::Settlement => "Settlement",
        Nature::Voucher => "Voucher",
        Nature::Refund => "Refund",
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::super::sample;
    use super::*;

    const DRESS: Dress = Dress { styled: false, width: 80 };

    fn shown(calendar: &Calendar) -> Shown<'_> {
        Shown {
            scenario: "Sample",
            plan: "Acme KMS, subscription, edition 2026-01",
            window: None,
            calendar,
            round: None,
            drawing: Drawing::Words,
        }
    }

    #[test]
    fn it_reads_at_80_columns() {
        let text = calendar(shown(&sample::calendar()), DRESS).unwrap();
        for line in text.lines() {
            assert!(line.width() <= 80, "{} columns: {line}", line.width());
        }
        for part in [
            "times are UTC+08:00",
            "2026-01-10  10:00:00  purchase    bought for 1 month",
            "            00:00:00  disabled ",
            "            voucher ",
            "note: 29 does not exist in 2026-02",
        ] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
    }

    #[test]
    fn cash_keeps_its_natures_apart() {
        let calendar = sample::calendar();
        let text = by_month(shown(&calendar), &Ledger::of(&calendar).unwrap(), DRESS);
        let lines: Vec<&str> = text.lines().collect();
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(lines[3]), ["2026-01", "500.00", "500.00"]);
        assert_eq!(words(lines[4]), ["2026-02", "130.50", "369.50", "500.00"]);
        assert_eq!(words(lines[5]), ["2026-03", "not", "published"]);
        assert_eq!(
            words(lines[7]),
            ["Total", "500.00", "130.50", "369.50", "not", "published", "1,000.00"]
        );
    }

    #[test]
    fn what_a_file_says_cannot_steer_a_terminal() {
        let mut steering = sample::calendar();
        steering.events[0].subject = "a\u{1b}[31m".to_owned();
        steering.cash[0].subject = "b\u{202e}".to_owned();
        steering.terms[0].subject = "c\u{7}".to_owned();
        for drawing in [Drawing::Bars, Drawing::Words] {
            let text = calendar(Shown { drawing, ..shown(&steering) }, DRESS).unwrap();
            assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{text}");
        }
    }

    #[test]
    fn a_time_without_events_says_so() {
        let mut empty = sample::calendar();
        (empty.events, empty.cash, empty.spread) = (Vec::new(), Vec::new(), Vec::new());
        (empty.terms, empty.notes) = (Vec::new(), Vec::new());
        let text = calendar(shown(&empty), DRESS).unwrap();
        assert!(text.ends_with("\nNothing happens in this time.\n"), "{text}");
    }
}
