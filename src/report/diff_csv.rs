//! A diff as CSV: a row for each charge of either bill, those that stay the same too.
//!
//! Of complete bills `base_amount`, `head_amount` and `difference` add up to the totals; where a
//! `…_fraction` stands, by it. The effects of a row add up to its difference. What is not known is empty,
//! and `status` says so.

use super::csv::{amount, cell, number, written};
use crate::decimal;
use crate::diff::{Diff, Row, Side};
use crate::fraction::Fraction;
use crate::source::printable;

/// The columns, in an order that is kept.
const COLUMNS: &[&str] = &[
    "line",
    "item",
    "label",
    "name",
    "region",
    "status",
    "renamed_from",
    "base_quantity",
    "base_unit",
    "base_unit_price",
    "base_per",
    "base_amount",
    "base_fraction",
    "head_quantity",
    "head_unit",
    "head_unit_price",
    "head_per",
    "head_amount",
    "head_fraction",
    "difference",
    "difference_fraction",
    "calendar",
    "quantity",
    "tier_and_quota",
    "price",
    "currency",
];

/// Writes a diff; rows end in CR LF.
///
/// # Errors
/// Those of the CSV writer.
pub fn write(diff: &Diff) -> Result<String, csv::Error> {
    written(COLUMNS, diff.rows.iter().map(|row| cells(row, &diff.currency)))
}

fn cells(row: &Row, currency: &str) -> Vec<String> {
    let some = |words: Option<&String>| words.map_or_else(String::new, |words| text(words));
    let mut cells = vec![text(&row.id), text(&row.item), text(&row.label)];
    cells.extend([some(row.name.as_ref()), some(row.region.as_ref())]);
    cells.extend([row.status.as_str().to_owned(), some(row.renamed_from.as_ref())]);
    cells.extend(side(row.base.as_ref()));
    cells.extend(side(row.head.as_ref()));
    cells.extend(amount(row.difference));
    match row.effects {
        Some(effects) => cells.extend(effects.parts().map(|(_, moved)| exact(moved))),
        None => cells.extend([(); 4].map(|()| String::new())),
    }
    cells.push(text(currency));
    cells
}

/// A text without what steers a terminal, and that no spreadsheet takes for a formula.
fn text(words: &str) -> String {
    cell(&printable(words))
}

/// The digits, or the exact ratio where no finite decimal holds it.
fn exact(moved: Fraction) -> String {
    moved.ratio().map_or_else(|| number(Some(moved)), |ratio| cell(&ratio))
}

fn side(side: Option<&Side>) -> [String; 6] {
    let Some(side) = side else { return [(); 6].map(|()| String::new()) };
    let price = side.unit_price.map_or_else(String::new, decimal::plain);
    let [digits, fraction] = amount(side.amount);
    [exact(side.quantity), text(&side.unit), price, side.per.to_string(), digits, fraction]
}
