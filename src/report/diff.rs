//! A diff as people read it: what changed in the order of the bill, the difference and what it is made of.

use std::fmt::Write as _;

use super::number::{align, money, signed};
use super::table::{Dress, Sheet, Side, Tone, hanging};
use crate::decimal::{self, Decimal};
use crate::diff::{Diff, Row, Side as Charged, Status, percent};
use crate::fraction::Fraction;
use crate::source::printable;
use crate::statement::Statement;
use crate::vocabulary::Vocabulary;

/// What a diff is written from.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'a> {
    /// What changed.
    pub diff: &'a Diff,
    /// What it was.
    pub base: &'a Statement<'a>,
    /// What it is.
    pub head: &'a Statement<'a>,
    /// The shared words.
    pub vocabulary: &'a Vocabulary,
}

/// Writes a diff as a table.
#[must_use]
pub fn text(compared: &Compared<'_>, dress: Dress) -> String {
    let mut text = header(compared, dress);
    if shown(compared.diff).next().is_none() {
        let total = money(compared.diff.head, None);
        let said = format!("nothing changed: {total} {}\n", printable(&compared.diff.currency));
        text.push_str(&dress.good(&said));
        return text;
    }
    text.push_str(&sheet(compared).draw(dress));
    text.push_str(&beneath(compared, dress));
    text
}

/// A bill in few words: whose, where from, when.
pub(super) fn title(statement: &Statement<'_>) -> String {
    let length = if statement.hours.is_multiple_of(24) {
        format!("{} days", statement.hours.checked_div(24).unwrap_or_default())
    } else {
        format!("{} hours", statement.hours)
    };
    let when = statement.month.clone().unwrap_or_else(|| format!("a month of {length}"));
    let plan = format!("{}/{}@{}", statement.provider, statement.plan, statement.edition);
    let currency = printable(&statement.currency);
    format!("{}, {}, {when}, {currency}", printable(&statement.scenario), printable(&plan))
}

fn header(compared: &Compared<'_>, dress: Dress) -> String {
    let base = hanging("base  ", &title(compared.base), dress.width);
    let head = hanging("head  ", &title(compared.head), dress.width);
    format!("{base}{head}\n")
}

/// The rows that are shown: all but what is the same.
pub(super) fn shown(diff: &Diff) -> impl Iterator<Item = &Row> {
    diff.rows.iter().filter(|row| row.status != Status::Unchanged)
}

/// Whether lines have to be told apart by their regions.
pub(super) fn tells_regions(diff: &Diff) -> bool {
    let mut regions = diff.rows.iter().map(|row| row.region.as_deref());
    let first = regions.next();
    regions.any(|region| Some(region) != first)
}

/// What a row is called.
pub(super) fn name(row: &Row, with_region: bool) -> String {
    let label = printable(&row.label);
    let mut text = match (&row.renamed_from, &row.name) {
        (Some(from), Some(name)) => {
            format!("{} → {} · {label}", printable(from), printable(name))
        }
        (_, Some(name)) => format!("{} · {label}", printable(name)),
        (_, None) => label,
    };
    if let Some(region) = row.region.as_ref().filter(|_| with_region) {
        let _ = write!(text, ", {}", printable(region));
    }
    text
}

/// An amount of one side; nothing where the charge is not there.
pub(super) fn amount(side: Option<&Charged>) -> String {
    side.map_or_else(String::new, |side| {
        side.amount.map_or_else(|| "not published".to_owned(), |amount| money(amount, None))
    })
}

/// A percentage with its sign.
pub(super) fn percentage(percent: Option<Decimal>) -> String {
    percent.map_or_else(String::new, |percent| {
        let text = decimal::grouped_money(percent);
        match text.strip_prefix('-') {
            Some(size) => format!("\u{2212}{size}"),
            None if percent.is_zero() => text,
            None => format!("+{text}"),
        }
    })
}

/// A difference with its sign; nothing has none.
pub(super) fn difference(difference: Option<Fraction>) -> String {
    difference.map_or_else(
        || "not known".to_owned(),
        |amount| if amount.is_zero() { "0.00".to_owned() } else { signed(amount) },
    )
}

/// What moved a charge, each with what it went from and to.
pub(super) fn causes(row: &Row, vocabulary: &Vocabulary) -> Vec<(String, Fraction)> {
    let effects = row.effects.map(crate::diff::Effects::parts);
    let moved = effects.into_iter().flatten().filter(|(_, amount)| !amount.is_zero());
    moved
        .map(|(what, amount)| {
            let about = match (what, &row.base, &row.head) {
                ("quantity", Some(base), Some(head)) => quantities(base, head, vocabulary),
                ("price", Some(base), Some(head)) => prices(base, head),
                _ => String::new(),
            };
            (format!("{}{about}", what.replace('-', " ")), amount)
        })
        .collect()
}

fn quantities(base: &Charged, head: &Charged, vocabulary: &Vocabulary) -> String {
    let to = quantity(head, vocabulary);
    if base.unit != head.unit {
        return format!(" {} → {to}", quantity(base, vocabulary));
    }
    if base.quantity == head.quantity {
        String::new()
    } else {
        format!(" {} → {to}", base.quantity.grouped())
    }
}

fn quantity(side: &Charged, vocabulary: &Vocabulary) -> String {
    let timed = ["-level-month", "-month", "-day", "-hour"];
    let timed = timed.iter().find_map(|over| Some((side.unit.strip_suffix(over)?, *over)));
    let unit = vocabulary.unit(timed.map_or(side.unit.as_str(), |(noun, _)| noun));
    let is_one = side.quantity == Fraction::from(1);
    let word = match timed {
        Some((_, over)) if is_one => format!("{}{over}", unit.short),
        Some((_, over)) => format!("{}{over}s", unit.short),
        None if is_one => unit.one.into_owned(),
        None => unit.many.into_owned(),
    };
    format!("{} {word}", side.quantity.grouped())
}

fn prices(base: &Charged, head: &Charged) -> String {
    let price = |side: &Charged| {
        let price = decimal::grouped(side.unit_price?);
        Some(if side.per == 1 {
            price
        } else {
            format!("{price} / {}", decimal::grouped(side.per.into()))
        })
    };
    match (price(base), price(head)) {
        (Some(from), Some(to)) if from != to => format!(" {from} → {to}"),
        _ => String::new(),
    }
}

/// The rows that changed, with what moved them, and the sum.
pub(super) fn sheet(compared: &Compared<'_>) -> Sheet {
    let diff = compared.diff;
    let columns = ["", "Base", "Head", "Difference", "%"];
    let side = |at| if at == 0 { Side::Left } else { Side::Right };
    let columns = columns.iter().enumerate().map(|(at, name)| ((*name).to_owned(), side(at)));
    let mut sheet = Sheet { columns: columns.collect(), rows: Vec::new() };
    let (mut item, with_region) = (None, tells_regions(diff));
    for row in shown(diff) {
        if item != Some(&row.item) {
            let head = vec![
                printable(&row.item),
                String::new(),
                String::new(),
                String::new(),
                String::new(),
            ];
            sheet.rows.push((Tone::Head, head));
            item = Some(&row.item);
        }
        let cells = [
            format!("  {} {}", row.status.as_str(), name(row, with_region)),
            amount(row.base.as_ref()),
            amount(row.head.as_ref()),
            difference(row.difference),
            percentage(row.percent()),
        ];
        sheet.rows.push((Tone::Plain, cells.to_vec()));
        for (cause, moved) in causes(row, compared.vocabulary) {
            let cells = [
                format!("    {cause}"),
                String::new(),
                String::new(),
                signed(moved),
                String::new(),
            ];
            sheet.rows.push((Tone::Faint, cells.to_vec()));
        }
    }
    let what = if diff.complete { "Total" } else { "Priced subtotal" };
    sheet.rows.push((
        Tone::Sum,
        vec![
            what.to_owned(),
            money(diff.base, None),
            money(diff.head, None),
            if diff.complete { difference(Some(diff.difference)) } else { "not known".to_owned() },
            percentage(percent(diff.difference, diff.base).filter(|_| diff.complete)),
        ],
    ));
    for at in 1..5 {
        let column = sheet.rows.iter().map(|(_, cells)| cells.get(at).cloned().unwrap_or_default());
        let aligned = align(column.collect());
        for ((_, cells), aligned) in sheet.rows.iter_mut().zip(aligned) {
            if let Some(cell) = cells.get_mut(at).filter(|cell| !cell.is_empty()) {
                *cell = aligned;
            }
        }
    }
    sheet
}

/// What the difference is made of, as a sentence.
pub(super) fn made_of(diff: &Diff) -> Option<String> {
    let parts = diff.parts?.named();
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(_, amount)| !amount.is_zero())
        .map(|(what, amount)| format!("{} {}", what.replace('-', " "), signed(amount)))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// How many charges are the same, and how many are not known, as sentences.
pub(super) fn counts(diff: &Diff) -> Vec<String> {
    let count = |status| diff.rows.iter().filter(|row| row.status == status).count();
    let mut said = Vec::new();
    match count(Status::Unchanged) {
        0 => {}
        1 => said.push("1 line is unchanged".to_owned()),
        more => said.push(format!("{more} lines are unchanged")),
    }
    match count(Status::Unknown) {
        0 => {}
        1 => said.push("1 line has a price that is not published: its difference is not known, and not 0".to_owned()),
        more => said.push(format!("{more} lines have prices that are not published: their differences are not known, and not 0")),
    }
    if !diff.complete {
        said.push(format!(
            "the differences that are known add up to {}",
            difference(Some(diff.difference))
        ));
    }
    said
}

fn beneath(compared: &Compared<'_>, dress: Dress) -> String {
    let mut text = String::new();
    if let Some(made_of) = made_of(compared.diff) {
        text.push_str(&hanging("made of: ", &made_of, dress.width));
    }
    for said in counts(compared.diff) {
        text.push_str(&hanging("", &said, dress.width));
    }
    if text.is_empty() { text } else { format!("\n{text}") }
}
