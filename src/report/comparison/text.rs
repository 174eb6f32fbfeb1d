//! A comparison as people read it in a terminal: one plan a row, and what stands apart below.

use super::{More, PlanRow, Row, Shown, not_comparable, rows};
use crate::comparison::{self, Convention, Stated, Workload};
use crate::decimal;
use crate::estimate::Estimate;
use crate::fraction::Fraction;
use crate::pricebook::Mark;
use crate::report::number::{DECIMALS, align, brief, money};
use crate::report::table::{Dress, Sheet, Side, Tone, hanging};
use crate::source::printable;

/// Writes the comparison.
#[must_use]
pub fn comparison(shown: &Shown<'_>, dress: Dress) -> String {
    let rows = rows(shown);
    let plans: Vec<&PlanRow<'_>> = rows
        .iter()
        .filter_map(|row| match row {
            Row::Plan(plan) => Some(plan),
            _ => None,
        })
        .collect();
    let first = plans.first().map(|plan| plan.estimate);
    let mut text = format!("{}\n\n", dress.bold(&title(shown.workload, first)));
    if plans.is_empty() {
        text.push_str("no plan can serve this need\n");
    } else {
        let sheet = sheet(&rows, shown, first);
        let legend = legend(&plans, &sheet, shown);
        text.push_str(&sheet.with_names_above(dress).draw(dress));
        text.push('\n');
        for line in legend {
            text.push_str(&dress.faint(hanging("", &line, dress.width).trim_end()));
            text.push('\n');
        }
    }
    text.push_str(&apart(shown, dress));
    text
}

/// What is compared, and of which months.
pub(super) fn title(workload: &Workload, first: Option<&Estimate>) -> String {
    let mut name = printable(&workload.name);
    if workload.stated == Stated::AsReference {
        name.insert_str(0, "Reference workload: ");
    }
    let Some(estimate) = first else { return name };
    let last = estimate.term.as_ref().and_then(|term| term.months.last()?.0.month);
    match (estimate.period.month, last) {
        (Some(first), Some(last)) if first != last => format!("{name}, {first} to {last}"),
        (Some(month), _) => format!("{name}, {month}"),
        (None, _) => name,
    }
}

// ------------------------------------------------------------------ the table

pub(super) fn sheet(rows: &[Row<'_>], shown: &Shown<'_>, first: Option<&Estimate>) -> Sheet {
    let term =
        first.and_then(|estimate| estimate.term.as_ref()).map_or(1, |term| term.months.len());
    let what = if term == 1 { "A month".to_owned() } else { format!("{term} months") };
    let columns = [
        ("", Side::Left),
        (what.as_str(), Side::Right),
        ("More", Side::Right),
        ("%", Side::Right),
        ("Month", Side::Left),
        ("Since", Side::Left),
    ];
    let totals = align(rows.iter().map(|row| total(row, shown.round)).collect());
    let more = align(rows.iter().map(|row| more(row, shown.round)).collect());
    let blank = |cell: String| if cell.trim().is_empty() { String::new() } else { cell };
    let mut sheet = Sheet {
        columns: columns.iter().map(|(name, side)| ((*name).to_owned(), *side)).collect(),
        rows: Vec::new(),
    };
    let ranks = rows.iter().filter_map(|row| match row {
        Row::Plan(plan) => plan.rank,
        _ => None,
    });
    let digits = ranks.max().unwrap_or(0).to_string().len();
    let mut parted = false;
    for ((row, total), more) in rows.iter().zip(totals).zip(more) {
        let (total, more) = (blank(total), blank(more));
        if let Row::Plan(plan) = row {
            parted = !plan.estimate.book.joined.is_empty();
        }
        sheet.rows.push(match row {
            Row::Head(head) => (Tone::Head, vec![head.clone()]),
            Row::Detail(about) => (Tone::Faint, vec![format!("{INDENT}{about}")]),
            Row::Part(plan, _) => {
                (Tone::Faint, vec![format!("{INDENT}{}", printable(plan)), total])
            }
            Row::Item(label, _) => {
                let indent = if parted { "  " } else { "" };
                (Tone::Faint, vec![format!("{INDENT}{indent}{}", printable(label)), total])
            }
            Row::Dearer(count) => (Tone::Faint, vec![format!("{INDENT}{}", dearer(*count))]),
            Row::Plan(plan) => {
                let rank = plan.rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string());
                let tone = if plan.more == More::Cheapest { Tone::Good } else { Tone::Plain };
                let cells = vec![
                    format!("{rank:>digits$} {}", plan.name),
                    total,
                    more,
                    percent(plan.more),
                    month(plan.estimate),
                    since(plan),
                ];
                (tone, cells)
            }
        });
    }
    sheet
}

/// Below a plan's name.
const INDENT: &str = "    ";

fn dearer(count: usize) -> String {
    match count {
        1 => "1 dearer plan is not shown".to_owned(),
        count => format!("{count} dearer plans are not shown"),
    }
}

fn total(row: &Row<'_>, round: Option<u32>) -> String {
    match row {
        Row::Plan(plan) if plan.rank.is_none() => format!("≥{}", amount(plan.total, round)),
        Row::Plan(plan) => amount(plan.total, round),
        Row::Part(_, sum) | Row::Item(_, sum) => amount(*sum, round),
        _ => String::new(),
    }
}

fn more(row: &Row<'_>, round: Option<u32>) -> String {
    let Row::Plan(plan) = row else { return String::new() };
    match plan.more {
        More::Unranked => String::new(),
        More::Only => "only one".to_owned(),
        More::Cheapest => "cheapest".to_owned(),
        More::Costs(more, _) => amount(more, round),
    }
}

/// An amount, rounded and marked where it has more decimals than a row has room for.
fn amount(amount: Fraction, round: Option<u32>) -> String {
    if round.is_some() { money(amount, round) } else { brief(amount) }
}

/// Per cent of the cheapest: a decimal below 100, none above.
fn percent(more: More) -> String {
    let More::Costs(more, Some(percent)) = more else { return String::new() };
    let decimals = u32::from(percent < Fraction::from(100));
    match percent.round(decimals) {
        Ok(rounded) if rounded.is_zero() && !more.is_zero() => "<0.1".to_owned(),
        Ok(_) => money(percent, Some(decimals)),
        Err(_) => String::new(),
    }
}

/// The month that time is priced by.
fn month(estimate: &Estimate) -> String {
    match comparison::convention(estimate) {
        Convention::Own => "own".to_owned(),
        other => other.to_string(),
    }
}

/// From when the price list is, with the mark of its weakest source.
fn since(plan: &PlanRow<'_>) -> String {
    format!("{}{}", plan.estimate.book.effective.from.month(), sign(plan.mark))
}

/// The mark of a source, beside what rests on it.
pub(in crate::report) fn sign(mark: Mark) -> &'static str {
    match mark {
        Mark::Page => "",
        Mark::PriceData => "*",
        Mark::ThirdParty => "†",
    }
}

// ------------------------------------------------------------------ below it

/// Where prices are from, and the signs that tell it, as far as they are used.
pub(in crate::report) fn prices(used: impl Fn(Mark) -> bool) -> String {
    let marks = [Mark::Page, Mark::PriceData, Mark::ThirdParty].into_iter();
    let marks = marks
        .filter(|mark| used(*mark))
        .map(|mark| format!("{} {}", sign(mark), mark.label()).trim().to_owned());
    format!("prices: {}", marks.collect::<Vec<_>>().join("; "))
}

/// What the table's marks and words mean, as far as they are used.
pub(super) fn legend(plans: &[&PlanRow<'_>], sheet: &Sheet, shown: &Shown<'_>) -> Vec<String> {
    let mut legend = Vec::new();
    legend.push(prices(|mark| plans.iter().any(|plan| plan.mark == mark)));
    let words = [
        ("own", "own: the named month's own days"),
        ("flat", "flat: the same however long the month"),
    ];
    let used = |word: &str| plans.iter().any(|plan| month(plan.estimate) == word);
    let meanings = words.into_iter().filter(|(word, _)| used(word)).map(|(_, meaning)| meaning);
    let meanings: Vec<&str> = meanings.collect();
    if !meanings.is_empty() {
        legend.push(meanings.join("; "));
    }
    if let Some(rates) = shown.rates {
        let stated = rates.iter().map(|(currency, rate)| {
            format!("1 {currency} = {} {}", decimal::plain(rate), rates.currency())
        });
        legend.push(format!("rates, as stated: {}", stated.collect::<Vec<_>>().join("; ")));
    }
    let cells = || sheet.rows.iter().flat_map(|(_, cells)| cells);
    if cells().any(|cell| cell.contains('≈')) {
        legend.push(format!("≈ rounded to {DECIMALS} decimals; `--format json` has every digit"));
    }
    legend
}

/// The plans that cannot serve the need, by reason.
fn apart(shown: &Shown<'_>, dress: Dress) -> String {
    let reasons = not_comparable(&shown.workload.offers);
    if reasons.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", dress.bold("Not comparable"));
    for (reason, plans) in reasons {
        text.push_str(&hanging("  ", &reason, dress.width));
        let plans = hanging("    ", &plans.join(", "), dress.width);
        text.push_str(&dress.faint(plans.trim_end()));
        text.push('\n');
    }
    text
}
