//! A calendar as JSON: events, cash by day, totals of each nature, and the spread estimate.
//!
//! Amounts are decimal strings; one that no finite decimal holds comes with its exact ratio, and
//! one that no page publishes is null. There is no total over natures.

use std::io;

use serde::Serialize;

use super::cash::{Ledger, Sum};
use super::json::BookJson;
use super::json_text;
use super::stamp::stamp;
use crate::fraction::Fraction;
use crate::lifecycle::{Calendar, Cash, Event};
use crate::pricebook::Book;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    scenario: &'a str,
    provider: &'a str,
    plan: &'a str,
    book: BookJson<'a>,
    offset: String,
    currency: &'a str,
    status: &'static str,
    events: Vec<EventJson<'a>>,
    cash: Vec<CashJson<'a>>,
    months: Vec<MonthJson>,
    totals: Vec<TotalJson>,
    spread: Vec<SpreadJson>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct EventJson<'a> {
    at: String,
    kind: &'static str,
    subject: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct CashJson<'a> {
    on: String,
    nature: &'static str,
    subject: &'a str,
    #[serde(flatten)]
    amount: AmountJson,
    currency: &'a str,
    from: Option<&'a str>,
}

#[derive(Serialize)]
struct MonthJson {
    month: String,
    cash: Vec<TotalJson>,
}

#[derive(Serialize)]
struct TotalJson {
    nature: &'static str,
    #[serde(flatten)]
    amount: AmountJson,
    complete: bool,
}

#[derive(Serialize)]
struct SpreadJson {
    month: String,
    #[serde(flatten)]
    amount: AmountJson,
}

#[derive(Serialize)]
struct AmountJson {
    amount: Option<String>,
    #[serde(flatten)]
    exactness: Option<Exactness>,
}

#[derive(Serialize)]
struct Exactness {
    exact: bool,
    fraction: String,
}

impl From<Option<Fraction>> for AmountJson {
    fn from(amount: Option<Fraction>) -> Self {
        Self {
            amount: amount.map(Fraction::digits),
            exactness: amount
                .and_then(Fraction::ratio)
                .map(|fraction| Exactness { exact: false, fraction }),
        }
    }
}

/// Writes the calendar of a book's plan.
///
/// # Errors
/// Those of the JSON writer.
pub fn calendar(
    scenario: &str,
    book: &Book,
    calendar: &Calendar,
    ledger: &Ledger,
) -> io::Result<String> {
    let document = Document {
        schema: "kms-cost/calendar/1",
        scenario,
        provider: &book.id.provider,
        plan: &book.id.plan,
        book: BookJson::of(book, book.weakest_mark()),
        offset: calendar.clock.to_string(),
        currency: &calendar.currency,
        status: if ledger.is_complete() { "complete" } else { "incomplete" },
        events: calendar.events.iter().map(|event| event_json(event, calendar)).collect(),
        cash: calendar.cash.iter().map(|cash| cash_json(cash, calendar)).collect(),
        months: ledger
            .months
            .iter()
            .map(|month| MonthJson {
                month: month.month.to_string(),
                cash: totals(ledger, &month.paid),
            })
            .filter(|month| !month.cash.is_empty())
            .collect(),
        totals: totals(ledger, &ledger.totals),
        spread: calendar
            .spread
            .iter()
            .map(|(month, share)| SpreadJson {
                month: month.to_string(),
                amount: Some(*share).into(),
            })
            .collect(),
        notes: &calendar.notes,
    };
    json_text::text(&document)
}

fn event_json<'a>(event: &'a Event, calendar: &Calendar) -> EventJson<'a> {
    EventJson {
        at: stamp(event.at, calendar.clock),
        kind: event.kind.as_str(),
        subject: &event.subject,
        text: &event.text,
    }
}

fn cash_json<'a>(cash: &'a Cash, calendar: &'a Calendar) -> CashJson<'a> {
    CashJson {
        on: cash.on.to_string(),
        nature: cash.nature.as_str(),
        subject: &cash.subject,
        amount: cash.amount.into(),
        currency: &calendar.currency,
        from: cash.from.as_deref(),
    }
}

/// A sum for each nature that occurs.
fn totals(ledger: &Ledger, sums: &[Sum]) -> Vec<TotalJson> {
    let occurring = ledger.natures.iter().zip(sums).filter(|(_, sum)| **sum != Sum::Nothing);
    occurring
        .map(|(nature, sum)| TotalJson {
            nature: nature.as_str(),
            amount: sum.known().into(),
            complete: sum.is_whole(),
        })
        .collect()
}
