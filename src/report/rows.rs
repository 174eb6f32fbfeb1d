//! The rows of an estimate, built once for every format that people read.

use super::text::Shown;
use crate::bill::{Line, PricedOver, Status, Step};
use crate::decimal;
use crate::fraction::Fraction;
use crate::source::printable;
use crate::vocabulary::Vocabulary;

/// What a row is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// An item with its subtotal.
    Item,
    /// A meter, above its lines.
    Meter,
    /// A line.
    #[default]
    Line,
    /// A line with its meter on one row.
    MeterLine,
    /// What rounding the shown rows leaves.
    Rounding,
    /// The total.
    Total,
}

/// A row.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// What it is.
    pub kind: Kind,
    /// What it is for.
    pub name: String,
    /// Where.
    pub region: String,
    /// How much.
    pub quantity: String,
    /// At which price.
    pub unit_price: String,
    /// What it costs; empty where the row has no amount of its own.
    pub amount: Amount,
    /// What it would cost at list prices.
    pub at_list: Amount,
    /// The item's id, for printed figures beside it.
    pub item: Option<String>,
}

/// What a row costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Amount {
    /// Nothing stands there.
    #[default]
    None,
    /// An amount.
    Priced(Fraction),
    /// The price is not published.
    Unpublished,
}

/// The rows of an estimate's bill.
#[must_use]
pub fn rows(shown: &Shown<'_>) -> Vec<Row> {
    let estimate = shown.estimate;
    let one_region = shown.region().is_some();
    let mut rows = Vec::new();
    for (item, subtotal) in estimate.bill.subtotals() {
        let known = estimate.book.items.get(*item);
        let lines: Vec<&Line> =
            estimate.bill.lines().iter().filter(|line| line.item == *item).collect();
        rows.push(Row {
            kind: Kind::Item,
            name: known.map_or_else(String::new, |item| item.label.clone()),
            amount: sum_of(&lines, |line| line.amount, *subtotal),
            at_list: sum_of(&lines, Line::list_amount, list_sum(&lines)),
            item: known.map(|item| item.id.clone()),
            ..Row::default()
        });
        let below = lines_of_item(&lines, one_region, shown);
        let sums = [*subtotal, list_sum(&lines)];
        let rest = rounding(&below, &[Kind::Line, Kind::MeterLine], sums, shown.round);
        rows.extend(below);
        rows.extend(rest);
    }
    let total = estimate.bill.total();
    let at_list = estimate.bill.at_list.map_or(total, |list| list.total);
    let rest = rounding(&rows, &[Kind::Item], [total, at_list], shown.round);
    rows.extend(rest.map(|row| Row { name: "Rounding".to_owned(), ..row }));
    rows.push(Row {
        kind: Kind::Total,
        name: match estimate.bill.status() {
            Status::Complete => format!("Total ({})", estimate.book.currency),
            Status::Incomplete => format!("Priced subtotal ({})", estimate.book.currency),
        },
        amount: Amount::Priced(total),
        at_list: Amount::Priced(at_list),
        item: Some("total".to_owned()),
        ..Row::default()
    });
    rows
}

/// The sum of lines, of which one at least has a price.
fn sum_of(lines: &[&Line], amount: fn(&Line) -> Option<Fraction>, sum: Fraction) -> Amount {
    let priced = lines.iter().any(|line| amount(line).is_some());
    if priced { Amount::Priced(sum) } else { Amount::Unpublished }
}

/// What lines come to at list prices; the total of them all is known to be within range.
fn list_sum(lines: &[&Line]) -> Fraction {
    Fraction::sum(lines.iter().filter_map(|line| line.list_amount())).unwrap_or_default()
}

/// What shown amounts, rounded, lack to their shown sums, as charged and at list prices.
fn rounding(
    rows: &[Row],
    kinds: &[Kind],
    [sum, list]: [Fraction; 2],
    round: Option<u32>,
) -> Option<Row> {
    let decimals = round?;
    let rest = |of: fn(&Row) -> Amount, sum: Fraction| {
        let shown = rows.iter().filter(|row| kinds.contains(&row.kind)).map(|row| match of(row) {
            Amount::Priced(amount) => amount.round(decimals).map(Fraction::from),
            Amount::None | Amount::Unpublished => Ok(Fraction::ZERO),
        });
        let shown = Fraction::sum(shown.collect::<Result<Vec<_>, _>>().ok()?).ok()?;
        Fraction::from(sum.round(decimals).ok()?).minus(shown).ok()
    };
    let (charged, listed) = (rest(|row| row.amount, sum)?, rest(|row| row.at_list, list)?);
    (!charged.is_zero() || !listed.is_zero()).then(|| Row {
        kind: Kind::Rounding,
        name: "rounding".to_owned(),
        amount: Amount::Priced(charged),
        at_list: Amount::Priced(listed),
        ..Row::default()
    })
}

/// Lines stand below their label; where there is no column of regions, a line alone shares a row with it.
fn lines_of_item(lines: &[&Line], one_region: bool, shown: &Shown<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for group in lines.chunk_by(|a, b| a.label == b.label) {
        let ([alone], true) = (group, one_region) else {
            if let ([alone], None) = (group, group.first().and_then(|line| name(line, shown))) {
                rows.push(row(alone, Kind::MeterLine, label(group), one_region, shown));
                continue;
            }
            rows.push(Row { kind: Kind::Meter, name: label(group), ..Row::default() });
            rows.extend(group.iter().map(|line| {
                row(line, Kind::Line, name(line, shown).unwrap_or_default(), one_region, shown)
            }));
            continue;
        };
        let label = printable(&alone.label);
        let full =
            name(alone, shown).map_or_else(|| label.clone(), |name| format!("{name} · {label}"));
        rows.push(row(alone, Kind::MeterLine, full, one_region, shown));
    }
    rows
}

fn label(group: &[&Line]) -> String {
    group.first().map_or_else(String::new, |line| printable(&line.label))
}

fn row(line: &Line, kind: Kind, name: String, one_region: bool, shown: &Shown<'_>) -> Row {
    let region = line.region.as_ref().filter(|_| !one_region);
    Row {
        kind,
        name,
        region: region.map_or_else(String::new, |region| printable(region)),
        quantity: quantity(line, shown.vocabulary),
        unit_price: unit_price(line),
        amount: line.amount.map_or(Amount::Unpublished, Amount::Priced),
        at_list: line.list_amount().map_or(Amount::Unpublished, Amount::Priced),
        item: None,
    }
}

/// Whose line it is; an instance that was worked out has no name of its own.
fn name(line: &Line, shown: &Shown<'_>) -> Option<String> {
    let derived = shown.scenario.instances.is_empty();
    match (&line.key, &line.instance, line.shares.len()) {
        (Some(name), ..) => Some(printable(name)),
        (None, Some(name), _) => (!derived).then(|| printable(name)),
        (None, None, 0) => None,
        (None, None, 1..=3) => Some(
            line.shares.iter().map(|(name, _)| printable(name)).collect::<Vec<_>>().join(" + "),
        ),
        (None, None, several) => Some(format!("{several} together")),
    }
}

/// What is charged for, or what was used where nothing had to be bought.
#[must_use]
pub fn quantity(line: &Line, vocabulary: &Vocabulary) -> String {
    let unit = vocabulary.unit(line.unit);
    let plural = |quantity: Fraction, one: &str, many: &str| {
        let word = if quantity == Fraction::from(1) { one } else { many };
        format!("{} {word}", quantity.grouped())
    };
    let over_time = |time: &str| {
        let one = format!("{}-{time}", unit.short);
        plural(line.quantity, &one, &format!("{one}s"))
    };
    match line.over {
        PricedOver::Hours => over_time("hour"),
        PricedOver::Days => over_time("day"),
        PricedOver::ElapsedMonths => over_time("month"),
        PricedOver::LevelMonths => plural(line.consumed, &unit.one, &unit.many),
        PricedOver::Months if line.quantity.is_zero() => {
            plural(line.consumed, &unit.one, &unit.many)
        }
        PricedOver::Nothing | PricedOver::Months => plural(line.quantity, &unit.one, &unit.many),
    }
}

/// The unit price and for how many units it stands.
#[must_use]
pub fn unit_price(line: &Line) -> String {
    let included =
        line.derivation.iter().any(|step| matches!(step, Step::Included(_) | Step::Level { .. }));
    match line.unit_price {
        None => "not published".to_owned(),
        Some(price) if (price.is_zero() || line.quantity.is_zero()) && included => {
            "included".to_owned()
        }
        Some(price) if price.is_zero() => "free".to_owned(),
        Some(price) if line.per == 1 => decimal::grouped(price),
        Some(price) => {
            format!("{} / {}", decimal::grouped(price), decimal::grouped(line.per.into()))
        }
    }
}
