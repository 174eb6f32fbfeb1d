//! Reads what was written back: the amounts of CSV, HTML and Markdown as exact numbers.
//!
//! Shares no code with the formats. An amount that no finite decimal holds is shown with 12 places, so
//! that shown amounts of n lines add up to within n halves of the last place.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test helper: what is missing must stop the test"
)]

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

pub(super) type Exact = BigRational;

/// `1,234.5`, `22/31`, or nothing where there is no number.
pub(super) fn number(text: &str) -> Option<Exact> {
    let text = text.trim().replace(',', "");
    if let Some((top, below)) = text.split_once('/') {
        return Some(Exact::new(top.parse().ok()?, below.parse().ok()?));
    }
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let digits: BigInt = format!("{whole}{decimals}").parse().ok()?;
    let scale = (0..decimals.len()).fold(BigInt::one(), |scale, _| scale * 10);
    Some(Exact::new(digits, scale))
}

/// Whether shown amounts add up to a sum: exactly, unless one of them or it had to be rounded.
pub(super) fn adds_up(amounts: &[Exact], sum: &Exact) -> bool {
    let twelve = (0..12).fold(BigInt::one(), |scale, _| scale * 10);
    let is_long = |amount: &Exact| (twelve.clone() / 10_u32) % amount.denom() != BigInt::zero();
    let rounded = amounts.iter().chain([sum]).filter(|amount| is_long(amount)).count() + 1;
    let away = (amounts.iter().sum::<Exact>() - sum).abs();
    away.is_zero() || (rounded > 1 && away <= Exact::new(BigInt::from(rounded), twelve))
}

/// The rows of CSV, each cell by its column.
pub(super) fn csv(bytes: &[u8]) -> Vec<std::collections::HashMap<String, String>> {
    let mut reader = csv::Reader::from_reader(bytes);
    let columns: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| {
        columns.iter().cloned().zip(record.iter().map(str::to_owned)).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// The exact amounts of CSV; a price that is not published has none.
pub(super) fn csv_amounts(bytes: &[u8]) -> Vec<Exact> {
    let amounts = csv(bytes).into_iter().filter_map(|row| {
        let exact = if row["fraction"].is_empty() { &row["amount"] } else { &row["fraction"] };
        assert_eq!(exact.is_empty(), row["status"] == "unpublished", "{row:?}");
        number(exact)
    });
    amounts.collect()
}

/// A table: its rows of sums of a group, of single figures, and the total.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) heads: Vec<Exact>,
    pub(super) lines: Vec<Exact>,
    pub(super) total: Option<Exact>,
}

impl Table {
    /// Lines and heads each add up to the total.
    pub(super) fn check(&self, total: &Exact) -> Result<(), String> {
        let shown = self.total.as_ref().ok_or("a table has no total")?;
        let is_total = adds_up(std::slice::from_ref(shown), total);
        let heads = self.heads.is_empty() || adds_up(&self.heads, shown);
        if is_total && heads && adds_up(&self.lines, shown) {
            return Ok(());
        }
        Err(format!("{self:?} does not add up to {total}"))
    }
}

/// The tables of a page, each by the heading above it; the last figure of a row is its amount.
pub(super) fn html(page: &str) -> Vec<(String, Table)> {
    let mut tables = Vec::new();
    for section in page.split("<h2").skip(1) {
        let heading = between(section, ">", "</h2>");
        let Some(table) = section.split_once("<table>").map(|(_, table)| table) else { continue };
        let mut read = Table::default();
        for row in between(table, "", "</table>").split("<tr").skip(1) {
            let cell = row.rsplit("<td class=\"figure\">").next().filter(|_| row.contains("<td"));
            let Some(amount) = cell.and_then(|cell| number(&between(cell, "", "</td>"))) else {
                continue;
            };
            match between(row, "", ">").trim() {
                "class=\"head\"" => read.heads.push(amount),
                "class=\"sum\"" => read.total = Some(amount),
                _ => read.lines.push(amount),
            }
        }
        tables.push((heading, read));
    }
    tables
}

/// The tables of Markdown, in their order.
pub(super) fn markdown(text: &str) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let mut rows = 0;
    for line in text.lines() {
        let Some(row) = line.strip_prefix("| ").and_then(|row| row.strip_suffix(" |")) else {
            rows = 0;
            continue;
        };
        rows += 1;
        if rows == 1 {
            tables.push(Table::default());
        }
        let cells: Vec<&str> = row.split(" | ").collect();
        let amount = cells.last().map(|cell| cell.trim_matches('*'));
        let (Some(table), Some(amount)) = (tables.last_mut(), amount.and_then(number)) else {
            continue;
        };
        let name = cells[0];
        if name.starts_with("**Total") || name.starts_with("**Priced subtotal") {
            table.total = Some(amount);
        } else if name.starts_with("**") {
            table.heads.push(amount);
        } else {
            table.lines.push(amount);
        }
    }
    tables
}

fn between(text: &str, from: &str, to: &str) -> String {
    let text = text.split_once(from).map_or(text, |(_, rest)| rest);
    text.split(to).next().unwrap().to_owned()
}

#[test]
fn sums_are_exact_where_they_can_be() {
    let exact = |text| number(text).unwrap();
    assert!(adds_up(&[exact("0.1"), exact("0.2")], &exact("0.3")));
    assert!(!adds_up(&[exact("0.1"), exact("0.2")], &exact("0.30000000001")));
    let third = exact("0.333333333333");
    assert!(adds_up(&[third.clone(), third.clone(), third], &exact("1")));
    assert_eq!(exact("22/31") + exact("9/31"), exact("1.00"));
    assert_eq!(number("not published"), None);
}
