//! Where the ranking changes, as CSV: a row for each span, tie, change and stretch of a plan.
//!
//! The first column says which. Of a change, `from` is the last unit before it and `to` its first, so
//! that `total_from` and `total_to` are those on both sides; the difference is the plan's total less
//! the other's. What no finite decimal holds is told exactly in the last column: `total_to=22/31`.

use super::break_even::Shown;
use super::csv::{cell, written};
use crate::breakeven::envelope::{Change, Side, Span};
use crate::breakeven::{Group, Plan};
use crate::fraction::Fraction;

/// The columns.
const COLUMNS: [&str; 13] = [
    "record",
    "currency",
    "from",
    "to",
    "plan",
    "other",
    "total_from",
    "total_to",
    "other_from",
    "other_to",
    "difference_from",
    "difference_to",
    "said",
];

/// One row, before its amounts are written.
#[derive(Default)]
struct Row {
    record: &'static str,
    currency: String,
    from: u64,
    to: u64,
    plan: String,
    other: String,
    amounts: [Option<Fraction>; 6],
    said: String,
}

/// Writes the answer; lines end in CR LF.
///
/// # Errors
/// Those of the CSV writer.
pub fn break_even(shown: &Shown<'_>) -> Result<String, csv::Error> {
    written(&COLUMNS, rows(shown).iter().map(Row::cells))
}

fn rows(shown: &Shown<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for group in shown.groups {
        for span in &group.spans {
            rows.push(of_span(span, group));
            for (other, reach) in &span.ties {
                let tied = Span { reach: *reach, ..span.clone() };
                let other = name(group, Some(*other));
                rows.push(Row { record: "tie", other, ..of_span(&tied, group) });
            }
        }
        rows.extend(group.changes.iter().map(|change| of_change(change, group)));
    }
    let plans = shown.groups.iter().flat_map(|group| &group.plans).chain(shown.apart);
    rows.extend(plans.flat_map(of_plan));
    rows
}

fn name(group: &Group, plan: Option<usize>) -> String {
    plan.and_then(|plan| group.plans.get(plan)).map_or_else(String::new, |plan| plan.id.to_string())
}

fn of_span(span: &Span, group: &Group) -> Row {
    let plan = span.plan.and_then(|plan| group.plans.get(plan));
    let total = |unit: u64| plan.and_then(|plan| plan.curve.at(unit));
    let (from, to) = (span.reach.from, span.reach.to);
    Row {
        record: "cheapest",
        currency: group.currency.clone(),
        from,
        to,
        plan: name(group, span.plan),
        amounts: [total(from), total(to), None, None, None, None],
        ..Row::default()
    }
}

fn of_change(change: &Change, group: &Group) -> Row {
    let totals =
        |side: Option<Side>| (side.and_then(|side| side.before), side.and_then(|side| side.at));
    let (from, to) = totals(change.is);
    let (other_from, other_to) = totals(change.was);
    let [before, at] = change.differences();
    Row {
        record: "change",
        currency: group.currency.clone(),
        from: change.unit.saturating_sub(1),
        to: change.unit,
        plan: name(group, change.is.map(|side| side.plan)),
        other: name(group, change.was.map(|side| side.plan)),
        amounts: [from, to, other_from, other_to, before, at],
        ..Row::default()
    }
}

fn of_plan(plan: &Plan) -> impl Iterator<Item = Row> {
    plan.curve.ranges.iter().map(|(reach, standing)| Row {
        record: standing.as_str(),
        currency: plan.currency.clone(),
        from: reach.from,
        to: reach.to,
        plan: plan.id.to_string(),
        amounts: [plan.curve.at(reach.from), plan.curve.at(reach.to), None, None, None, None],
        said: standing.reasons().join("; "),
        ..Row::default()
    })
}

impl Row {
    fn cells(&self) -> Vec<String> {
        let mut cells = vec![
            self.record.to_owned(),
            cell(&self.currency),
            self.from.to_string(),
            self.to.to_string(),
            cell(&self.plan),
            cell(&self.other),
        ];
        let digits = |amount: &Option<Fraction>| amount.map_or_else(String::new, Fraction::digits);
        cells.extend(self.amounts.iter().map(digits));
        let amounts = COLUMNS.iter().skip(cells.len().saturating_sub(self.amounts.len()));
        let endless = amounts.zip(self.amounts).filter_map(|(column, amount)| {
            amount.and_then(Fraction::ratio).map(|ratio| format!("{column}={ratio}"))
        });
        let said: Vec<String> = std::iter::once(self.said.clone())
            .filter(|said| !said.is_empty())
            .chain(endless)
            .collect();
        cells.push(cell(&said.join(" ")));
        cells
    }
}
