//! A diff as JSON, `kms-cost/diff/1`: decimal strings; beside one that is rounded, its exact fraction.

use serde::Serialize;
use serde_json::{Map, Value};

use super::diff::Compared;
use crate::decimal;
use crate::diff::{Row, Side, percent};
use crate::fraction::Fraction;
use crate::statement::Statement;

/// A diff as a document.
#[derive(Debug, Serialize)]
pub struct Document<'a> {
    schema: &'static str,
    base: BillJson<'a>,
    head: BillJson<'a>,
    currency: &'a str,
    status: &'static str,
    #[serde(flatten)]
    difference: Moved,
    percent: Option<String>,
    order: [&'static str; 4],
    parts: Option<Map<String, Value>>,
    lines: Vec<LineJson<'a>>,
}

#[derive(Debug, Serialize)]
struct BillJson<'a> {
    scenario: &'a str,
    provider: &'a str,
    plan: &'a str,
    edition: &'a str,
    month: MonthJson<'a>,
    status: &'static str,
    total: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fraction: Option<String>,
}

#[derive(Debug, Serialize)]
struct MonthJson<'a> {
    hours: u32,
    name: Option<&'a str>,
}

/// What is known of a difference.
#[derive(Debug, Serialize)]
struct Moved {
    difference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fraction: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    known_difference: Option<String>,
}

#[derive(Debug, Serialize)]
struct LineJson<'a> {
    id: &'a str,
    item: &'a str,
    label: &'a str,
    key: Option<&'a str>,
    region: Option<&'a str>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    renamed_from: Option<&'a str>,
    base: Option<SideJson<'a>>,
    head: Option<SideJson<'a>>,
    #[serde(flatten)]
    difference: Moved,
    percent: Option<String>,
    effects: Option<Map<String, Value>>,
}

#[derive(Debug, Serialize)]
struct SideJson<'a> {
    quantity: String,
    unit: &'a str,
    unit_price: Option<String>,
    per: String,
    amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fraction: Option<String>,
}

/// The document of a diff.
#[must_use]
pub fn document<'a>(compared: &Compared<'a>) -> Document<'a> {
    let diff = compared.diff;
    let known = Some(diff.difference).filter(|_| diff.complete);
    Document {
        schema: "kms-cost/diff/1",
        base: bill(compared.base),
        head: bill(compared.head),
        currency: &diff.currency,
        status: if diff.complete { "complete" } else { "incomplete" },
        difference: Moved {
            known_difference: (!diff.complete).then(|| diff.difference.digits()),
            ..difference(known)
        },
        percent: known.and_then(|known| percent(known, diff.base)).map(decimal::plain),
        order: crate::diff::Effects::default().parts().map(|(name, _)| name),
        parts: diff.parts.map(|parts| amounts(parts.named())),
        lines: diff.rows.iter().map(line).collect(),
    }
}

fn bill<'a>(statement: &'a Statement<'_>) -> BillJson<'a> {
    BillJson {
        scenario: &statement.scenario,
        provider: &statement.provider,
        plan: &statement.plan,
        edition: &statement.edition,
        month: MonthJson { hours: statement.hours, name: statement.month.as_deref() },
        status: if statement.complete { "complete" } else { "incomplete" },
        total: statement.total.digits(),
        fraction: statement.total.ratio(),
    }
}

fn line(row: &Row) -> LineJson<'_> {
    LineJson {
        id: &row.id,
        item: &row.item,
        label: &row.label,
        key: row.name.as_deref(),
        region: row.region.as_deref(),
        status: row.status.as_str(),
        renamed_from: row.renamed_from.as_deref(),
        base: row.base.as_ref().map(side),
        head: row.head.as_ref().map(side),
        difference: difference(row.difference),
        percent: row.percent().map(decimal::plain),
        effects: row.effects.map(|effects| amounts(effects.parts())),
    }
}

fn side(side: &Side) -> SideJson<'_> {
    SideJson {
        quantity: side.quantity.digits(),
        unit: &side.unit,
        unit_price: side.unit_price.map(decimal::plain),
        per: side.per.to_string(),
        amount: side.amount.map(Fraction::digits),
        fraction: side.amount.and_then(Fraction::ratio),
    }
}

fn difference(known: Option<Fraction>) -> Moved {
    Moved {
        difference: known.map(Fraction::digits),
        fraction: known.and_then(Fraction::ratio),
        known_difference: None,
    }
}

/// Amounts by name, and by name the fractions of those that no finite decimal holds.
fn amounts(named: impl IntoIterator<Item = (&'static str, Fraction)>) -> Map<String, Value> {
    let (mut amounts, mut fractions) = (Map::new(), Map::new());
    for (name, amount) in named {
        amounts.insert(name.to_owned(), amount.digits().into());
        if let Some(fraction) = amount.ratio() {
            fractions.insert(name.to_owned(), fraction.into());
        }
    }
    if !fractions.is_empty() {
        amounts.insert("fractions".to_owned(), fractions.into());
    }
    amounts
}
