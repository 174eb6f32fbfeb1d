//! Bare values for shell scripts: one on a line, or several with tabs between.
//!
//! `total` of a bill of 0.99225 is the line `0.99225`. There is a row for each thing that the fields
//! speak of: the estimate, its months, or their lines. No value holds a tab or a line end.

use std::io::{self, Write};

use super::number::bare_money;
use super::record::{Billed, EstimateField, LineField, MonthField, Record, Value};
use crate::bill::Line;

/// A value that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// Of the whole estimate.
    Estimate(EstimateField),
    /// Of a month.
    Month(MonthField),
    /// Of a line.
    Line(LineField),
    /// Whether every price is published: of a row's month, or of the estimate.
    Status,
}

/// The values that are the same for every book.
const FIELDS: &[(&str, Field)] = &[
    ("scenario", Field::Estimate(EstimateField::Scenario)),
    ("book", Field::Estimate(EstimateField::Book)),
    ("edition", Field::Estimate(EstimateField::Edition)),
    ("currency", Field::Estimate(EstimateField::Currency)),
    ("month", Field::Month(MonthField::Month)),
    ("status", Field::Status),
    ("total", Field::Month(MonthField::Total)),
    ("priced", Field::Month(MonthField::Priced)),
    ("term", Field::Estimate(EstimateField::Term)),
    ("budget", Field::Estimate(EstimateField::Budget)),
];

/// The value of a name; none where a book with these items has none such.
#[must_use]
pub fn field(name: &str, items: &[&str]) -> Option<Field> {
    if let Some(item) = name.strip_prefix("subtotal.") {
        let known = items.contains(&item);
        return known.then(|| Field::Month(MonthField::Subtotal(item.to_owned())));
    }
    if let Some(name) = name.strip_prefix("line.") {
        let known = LineField::ALL.iter().find(|(known, _)| *known == name);
        return known.map(|(_, field)| Field::Line(*field));
    }
    FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| field.clone())
}

/// Every name that [`field`] knows.
#[must_use]
pub fn names(items: &[&str]) -> Vec<String> {
    let fixed = FIELDS.iter().map(|(name, _)| (*name).to_owned());
    let mut names: Vec<String> = fixed.collect();
    for item in items {
        let name = format!("subtotal.{item}");
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.extend(LineField::ALL.iter().map(|(name, _)| format!("line.{name}")));
    names
}

/// Writes the values of a bill; `round` is the number of decimals of its amounts.
///
/// # Errors
/// Those of the stream.
pub fn write(
    out: &mut dyn Write,
    fields: &[Field],
    billed: Billed<'_>,
    round: Option<u32>,
) -> io::Result<()> {
    let by_line = fields.iter().any(|field| matches!(field, Field::Line(_)));
    let by_month = by_line || fields.iter().any(|field| matches!(field, Field::Month(_)));
    let months = billed.months().take(if by_month { usize::MAX } else { 1 });
    for month in months {
        if by_line {
            for line in month.lines() {
                row(out, fields, round, |field| of_line(field, &month, line))?;
            }
        } else {
            row(out, fields, round, |field| of_month(field, &month, by_month))?;
        }
    }
    Ok(())
}

fn row(
    out: &mut dyn Write,
    fields: &[Field],
    round: Option<u32>,
    value: impl Fn(&Field) -> Value,
) -> io::Result<()> {
    let written = fields.iter().map(|field| match value(field) {
        Value::Text(text) => text,
        Value::Number(digits) => digits,
        Value::Amount(amount) => {
            amount.map_or_else(String::new, |amount| bare_money(amount, round))
        }
    });
    writeln!(out, "{}", written.collect::<Vec<_>>().join("\t"))
}

fn of_line(field: &Field, month: &Record<'_>, line: &Line) -> Value {
    match field {
        Field::Line(field) => month.of_line(line, *field),
        other => of_month(other, month, true),
    }
}

fn of_month(field: &Field, month: &Record<'_>, by_month: bool) -> Value {
    match field {
        Field::Month(field) => month.of_month(field),
        Field::Estimate(field) => month.of_estimate(*field),
        Field::Status if by_month => month.of_month(&MonthField::Status),
        Field::Status => month.of_estimate(EstimateField::Status),
        Field::Line(_) => Value::Text(String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_value() {
        let items = ["key-hosting", "api-calls"];
        let names = names(&items);
        assert!(names.iter().all(|name| field(name, &items).is_some()), "{names:?}");
        assert_eq!(names.len(), FIELDS.len() + 2 + LineField::ALL.len());
        for unknown in ["", "totl", "subtotal.", "subtotal.keys", "line.", "line.total", "Total"] {
            assert_eq!(field(unknown, &items), None, "{unknown}");
        }
    }
}
