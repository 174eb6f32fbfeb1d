//! An estimate that was kept as JSON, read again strictly.
//!
//! Every figure is a decimal string or an exact fraction, no number of JSON; each line must still be
//! unit price ÷ per × quantity, and the lines must still add up to the total: a file that was edited
//! or cut is refused, with the line that tells. Fields that are not needed are passed over.

use std::borrow::Cow;

use serde::Deserialize;

use super::{Entry, Region, Statement, Whose};
use crate::decimal::Decimal;
use crate::diagnostic::quoted;
use crate::fraction::Fraction;

const SCHEMA: &str = "kms-cost/estimate/1";

/// An estimate that was kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its bill.
    pub statement: Statement<'static>,
    /// Its term.
    pub term: Option<KeptTerm>,
}

/// The months of a term as they are kept: their totals.
#[derive(Clone, Debug)]
pub struct KeptTerm {
    /// What they add up to.
    pub total: Fraction,
    /// Each month's total, and whether it is complete.
    pub months: Vec<(Fraction, bool)>,
}

/// Why a file is no estimate that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotKept(pub String);

#[derive(Deserialize)]
struct Document {
    schema: String,
    scenario: String,
    bills: Vec<BillJson>,
}

#[derive(Deserialize)]
struct BillJson {
    provider: String,
    plan: String,
    book: BookJson,
    currency: String,
    month: MonthJson,
    status: String,
    total: String,
    fraction: Option<String>,
    term: Option<TermJson>,
    lines: Vec<LineJson>,
}

#[derive(Deserialize)]
struct BookJson {
    edition: String,
}

#[derive(Deserialize)]
struct MonthJson {
    hours: u32,
    name: Option<String>,
}

#[derive(Deserialize)]
struct TermJson {
    total: String,
    fraction: Option<String>,
    by_month: Vec<TermMonthJson>,
}

#[derive(Deserialize)]
struct TermMonthJson {
    status: String,
    total: String,
    fraction: Option<String>,
}

#[derive(Deserialize)]
struct LineJson {
    id: String,
    item: String,
    label: String,
    key: Option<String>,
    instance: Option<String>,
    #[serde(default)]
    keys: Vec<ShareJson>,
    region: Option<String>,
    place: Option<String>,
    #[serde(default)]
    regions: Vec<RegionJson>,
    consumed: QuantityJson,
    pricing: QuantityJson,
    unit_price: Option<String>,
    per: String,
    amount: Option<String>,
    fraction: Option<String>,
}

#[derive(Deserialize)]
struct ShareJson {
    key: String,
    consumed: String,
    fraction: Option<String>,
}

#[derive(Deserialize)]
struct RegionJson {
    region: String,
    place: Option<String>,
    consumed: String,
    fraction: Option<String>,
}

#[derive(Deserialize)]
struct QuantityJson {
    quantity: String,
    fraction: Option<String>,
    unit: String,
    free: Option<String>,
    whole_period: Option<String>,
}

/// Reads an estimate that was kept as JSON.
///
/// # Errors
/// What is not of the form, not exact, or does not add up.
pub fn kept(text: &str) -> Result<Kept, NotKept> {
    let document: Document = serde_json::from_str(text).map_err(|why| said(why.to_string()))?;
    if document.schema != SCHEMA {
        return Err(said(format!("its schema is {}, not `{SCHEMA}`", quoted(&document.schema))));
    }
    let Ok([bill]) = <[BillJson; 1]>::try_from(document.bills) else {
        return Err(said("it has more or fewer than one bill"));
    };
    let total = exact("the total", &bill.total, bill.fraction.as_deref())?;
    let entries = bill.lines.into_iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    let complete = is_complete(&bill.status)?;
    let sum = Fraction::sum(entries.iter().filter_map(|entry| entry.amount));
    if sum != Ok(total) {
        return Err(said("its lines do not add up to its total"));
    }
    if complete != entries.iter().all(|entry| entry.amount.is_some()) {
        return Err(said(format!("its status {} is not that of its lines", quoted(&bill.status))));
    }
    Ok(Kept {
        statement: Statement {
            scenario: document.scenario.into(),
            provider: bill.provider.into(),
            plan: bill.plan.into(),
            edition: bill.book.edition.into(),
            currency: bill.currency.into(),
            month: bill.month.name,
            hours: bill.month.hours,
            entries,
            total,
            complete,
        },
        term: bill.term.map(term).transpose()?,
    })
}

fn term(term: TermJson) -> Result<KeptTerm, NotKept> {
    let total = exact("the term's total", &term.total, term.fraction.as_deref())?;
    let month = |month: TermMonthJson| {
        let total = exact("a month's total", &month.total, month.fraction.as_deref())?;
        Ok((total, is_complete(&month.status)?))
    };
    let months = term.by_month.into_iter().map(month).collect::<Result<Vec<_>, NotKept>>()?;
    if Fraction::sum(months.iter().map(|(total, _)| *total)) != Ok(total) {
        return Err(said("its months do not add up to the term's total"));
    }
    Ok(KeptTerm { total, months })
}

fn entry(line: LineJson) -> Result<Entry<'static>, NotKept> {
    let of = |what: &str| format!("{what} of line {}", quoted(&line.id));
    let per = line.per.parse::<u64>().ok().filter(|per| *per > 0);
    let per =
        per.ok_or_else(|| said(format!("`per` of line {} is {}", line.id, quoted(&line.per))))?;
    let amount = line.amount.as_deref();
    let amount = amount.map(|text| exact(&of("the amount"), text, line.fraction.as_deref()));
    let unit_price = line.unit_price.as_deref().map(|text| {
        let price = exact(&of("the unit price"), text, None)?;
        price.finite().ok_or_else(|| said(of("there is no finite unit price")))
    });
    let optional = |text: Option<&str>, what: &str| {
        text.map(|text| exact(&of(what), text, Some(text).filter(|text| text.contains('/'))))
            .transpose()
    };
    let quantity = |of_line: &QuantityJson, what: &str| {
        exact(&of(what), &of_line.quantity, of_line.fraction.as_deref())
    };
    let shared = line.keys.iter().map(|share| {
        let used = exact(&of("a share"), &share.consumed, share.fraction.as_deref())?;
        Ok((Cow::Owned(share.key.clone()), used))
    });
    let shared = shared.collect::<Result<Vec<_>, NotKept>>()?;
    let regions = line.regions.iter().map(|region| {
        let used = exact(&of("a region's share"), &region.consumed, region.fraction.as_deref())?;
        Ok((
            Region {
                id: region.region.clone().into(),
                place: region.place.clone().map(Cow::Owned),
            },
            used,
        ))
    });
    let entry = Entry {
        regions: regions.collect::<Result<Vec<_>, NotKept>>()?,
        consumed: quantity(&line.consumed, "what was used")?,
        quantity: quantity(&line.pricing, "the quantity")?,
        free: optional(line.pricing.free.as_deref(), "what is free")?.unwrap_or_default(),
        whole_period: optional(line.pricing.whole_period.as_deref(), "the whole period")?,
        unit_price: unit_price.transpose()?,
        per,
        amount: amount.transpose()?,
        whose: match (line.key, line.instance) {
            (Some(name), _) => Whose::Key(name.into()),
            (None, Some(name)) => Whose::Instance(name.into()),
            (None, None) if shared.is_empty() => Whose::Nobody,
            (None, None) => Whose::Shared(shared),
        },
        region: line.region.map(|id| Region { id: id.into(), place: line.place.map(Cow::Owned) }),
        id: line.id.into(),
        item: line.item.into(),
        label: line.label.into(),
        noun: line.consumed.unit.into(),
        unit: line.pricing.unit.into(),
    };
    if entry.adds_up() {
        return Ok(entry);
    }
    Err(said(format!("line {}: unit price ÷ per × quantity is not its amount", quoted(&entry.id))))
}

impl Entry<'_> {
    /// Whether unit price ÷ per × quantity is the amount, or both are unknown.
    fn adds_up(&self) -> bool {
        let cost = self.unit_price.map(|price| {
            Fraction::from(price).times(self.quantity).and_then(|cost| cost.over(self.per))
        });
        match (cost, self.amount) {
            (None, None) => true,
            (Some(Ok(cost)), Some(amount)) => cost == amount,
            _ => false,
        }
    }
}

fn is_complete(status: &str) -> Result<bool, NotKept> {
    match status {
        "complete" => Ok(true),
        "incomplete" => Ok(false),
        _ => Err(said(format!("{} is no status", quoted(status)))),
    }
}

/// A figure as this program writes it: a decimal, or beside a rounded one the exact fraction.
fn exact(what: &str, text: &str, fraction: Option<&str>) -> Result<Fraction, NotKept> {
    let stated = fraction.unwrap_or(text);
    let read = match stated.split_once('/') {
        Some((top, bottom)) => ratio(top, bottom),
        None => decimal(stated),
    };
    // where it is rounded beside its fraction, it is that fraction rounded
    let agrees =
        |figure: &Fraction| fraction.is_none() || text == stated || figure.digits() == text;
    read.filter(agrees)
        .ok_or_else(|| said(format!("{what} is {}, no exact figure", quoted(stated))))
}

fn ratio(top: &str, bottom: &str) -> Option<Fraction> {
    decimal(top)?.divided_by(decimal(bottom)?).ok()
}

/// Digits with at most 28 decimals, without exponent, separator or a sign but `-`.
fn decimal(text: &str) -> Option<Fraction> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(decimals) || digits.ends_with('.') {
        return None;
    }
    let mantissa = format!("{whole}{decimals}").parse::<i128>().ok()?;
    let mantissa = if digits.len() < text.len() { mantissa.checked_neg()? } else { mantissa };
    let scale = u32::try_from(decimals.len()).ok()?;
    Some(Decimal::try_from_i128_with_scale(mantissa, scale).ok()?.into())
}

fn said(what: impl Into<String>) -> NotKept {
    NotKept(what.into())
}
