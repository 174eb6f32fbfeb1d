//! Bills as CSV: a row for each line, and with a projection for each line of each month.
//!
//! The amounts of one currency add up to its total: where `fraction` stands, by it, since no finite
//! decimal holds 22/31. A price that is not published leaves `amount` empty; `status` says so.

use std::io::{self, Write};

use super::csv::{cell, number};
use super::record::{Billed, EstimateField, LineField, MonthField, Record, Value};
use crate::bill::Line;

/// A column: of the estimate, of the month, or of the line.
enum Column {
    Estimate(EstimateField),
    Month(MonthField),
    Line(LineField),
}

/// The columns, in an order that is kept.
const COLUMNS: &[(&str, Column)] = &[
    ("scenario", Column::Estimate(EstimateField::Scenario)),
    ("book", Column::Estimate(EstimateField::Book)),
    ("edition", Column::Estimate(EstimateField::Edition)),
    ("month", Column::Month(MonthField::Month)),
    ("line", Column::Line(LineField::Id)),
    ("item", Column::Line(LineField::Item)),
    ("label", Column::Line(LineField::Label)),
    ("key", Column::Line(LineField::Key)),
    ("instance", Column::Line(LineField::Instance)),
    ("region", Column::Line(LineField::Region)),
    ("place", Column::Line(LineField::Place)),
    ("consumed_quantity", Column::Line(LineField::ConsumedQuantity)),
    ("consumed_unit", Column::Line(LineField::ConsumedUnit)),
    ("pricing_quantity", Column::Line(LineField::PricingQuantity)),
    ("pricing_unit", Column::Line(LineField::PricingUnit)),
    ("unit_price", Column::Line(LineField::UnitPrice)),
    ("per", Column::Line(LineField::Per)),
    ("amount", Column::Line(LineField::Amount)),
    ("fraction", Column::Line(LineField::Fraction)),
    ("currency", Column::Estimate(EstimateField::Currency)),
    ("status", Column::Line(LineField::Status)),
    ("source", Column::Line(LineField::Source)),
    ("list_unit_price", Column::Line(LineField::ListUnitPrice)),
    ("list_amount", Column::Line(LineField::ListAmount)),
    ("list_fraction", Column::Line(LineField::ListFraction)),
    ("discount", Column::Line(LineField::Discount)),
];

/// Writes bills, one below the other; rows end in CR LF.
///
/// # Errors
/// Those of the stream.
pub fn write<'a>(
    out: &mut dyn Write,
    bills: impl IntoIterator<Item = Billed<'a>>,
) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(COLUMNS.iter().map(|(name, _)| *name))?;
    for month in bills.into_iter().flat_map(Billed::months) {
        for line in month.lines() {
            writer.write_record(COLUMNS.iter().map(|(_, column)| value(column, &month, line)))?;
        }
    }
    writer.flush()
}

fn value(column: &Column, month: &Record<'_>, line: &Line) -> String {
    let value = match column {
        Column::Estimate(field) => month.of_estimate(*field),
        Column::Month(field) => month.of_month(field),
        Column::Line(field) => month.of_line(line, *field),
    };
    match value {
        Value::Text(text) => cell(&text),
        Value::Number(digits) => digits,
        Value::Amount(amount) => number(amount),
    }
}
