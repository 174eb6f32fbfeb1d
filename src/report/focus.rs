//! An estimate as FOCUS, the open specification of bills, in the dataset Cost and Usage:
//! one row for each line of the bill.
//!
//! A tier is a line and so a row of its own, a free quota too, at 0. `ListUnitPrice` ×
//! `PricingQuantity` = `ListCost` exactly: 750 calls at 0.03 for 10,000 are 0.03 × 0.075 = 0.00225.
//! Where no finite decimal holds a quantity (22 of 31 days), it alone is rounded, half away from zero
//! to 12 decimals, the cost is the exact product, and `x_Rounding` says so beside `x_ExactCost`: what
//! is lost of a row is at most half a unit of the twelfth decimal times its price. What is agreed on
//! instead of a list price is the contracted price: 0.033 less 15 per cent is listed at 0.033 and
//! contracted, billed and effective at 0.02805. A cost may not be null in FOCUS, so a line without a
//! published price has no row and the bill no file. Nothing is priced.

mod priced;
mod row;

use self::priced::priced;
use self::row::{Row, number, text, words};
use crate::bill::{Bill, Line};
use crate::catalog::checksum;
use crate::estimate::Estimate;
use crate::fraction::Fraction;
use crate::month::Period;
use crate::scenario::Scenario;
use crate::vocabulary::Vocabulary;

/// A version of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 1.2, of May 2025.
    V1_2,
    /// 1.4, of June 2026.
    V1_4,
}

impl Version {
    /// Every version, as it is named.
    pub const ALL: &[(&str, Self)] = &[("1.2", Self::V1_2), ("1.4", Self::V1_4)];
}

/// What a file is made from.
#[derive(Clone, Copy, Debug)]
pub struct Export<'a> {
    /// The need.
    pub scenario: &'a Scenario,
    /// What it costs.
    pub estimate: &'a Estimate,
    /// The shared words.
    pub vocabulary: &'a Vocabulary,
    /// The version of the specification.
    pub version: Version,
    /// Whether each month of the term is written.
    pub by_month: bool,
}

/// Why a bill has no file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Its month has no name, so nothing has a date.
    NoMonth,
    /// Lines whose price is not published, by their ids.
    Unpublished(Vec<String>),
    /// Lines whose contracted price is known and whose list price is not published, by their ids.
    Unlisted(Vec<String>),
    /// A line whose figures are beyond 28 significant digits, by its id.
    OutOfRange(String),
}

// ------------------------------------------------------------------ columns

/// Which versions have a column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum In {
    Both,
    Only(Version),
}

type Cell = fn(&Row<'_>) -> String;

const V1_2: In = In::Only(Version::V1_2);
const V1_4: In = In::Only(Version::V1_4);

/// The columns, those of our own behind those of the specification.
const COLUMNS: &[(&str, In, Cell)] = &[
    ("BilledCost", In::Both, |row| number(row.priced.cost)),
    ("BillingAccountId", In::Both, |_| "estimate".to_owned()),
    ("BillingAccountName", In::Both, |_| "Estimate, no account".to_owned()),
    ("BillingCurrency", In::Both, |row| row.currency()),
    ("BillingPeriodEnd", In::Both, |row| row.end()),
    ("BillingPeriodStart", In::Both, |row| row.start()),
    ("ChargeCategory", In::Both, |row| words(row.is_bought(), "Purchase", "Usage")),
    ("ChargeClass", In::Both, |_| String::new()),
    ("ChargeDescription", In::Both, |row| text(&row.line.label)),
    ("ChargeFrequency", In::Both, |row| words(row.is_bought(), "Recurring", "Usage-Based")),
    ("ChargePeriodEnd", In::Both, |row| row.end()),
    ("ChargePeriodStart", In::Both, |row| row.start()),
    ("CommitmentDiscountStatus", V1_2, |_| String::new()),
    ("ConsumedQuantity", In::Both, |row| row.consumed()),
    ("ConsumedUnit", In::Both, |row| row.consumed_unit()),
    ("ContractedCost", In::Both, |row| number(row.priced.cost)),
    ("ContractedUnitPrice", In::Both, |row| number(row.priced.price)),
    ("EffectiveCost", In::Both, |row| number(row.priced.cost)),
    ("HostProviderName", V1_4, |row| row.provider()),
    ("InvoiceId", V1_2, |_| String::new()),
    ("InvoiceIssuerName", In::Both, |row| row.provider()),
    ("ListCost", In::Both, |row| number(row.priced.list_cost)),
    ("ListUnitPrice", In::Both, |row| number(row.priced.list_price)),
    ("PricingCategory", In::Both, |_| "Standard".to_owned()),
    ("PricingCurrency", In::Both, |row| row.currency()),
    ("PricingCurrencyContractedUnitPrice", In::Both, |row| number(row.priced.price)),
    ("PricingCurrencyEffectiveCost", In::Both, |row| number(row.priced.cost)),
    ("PricingCurrencyListUnitPrice", In::Both, |row| number(row.priced.list_price)),
    ("PricingQuantity", In::Both, |row| number(row.priced.quantity)),
    ("PricingUnit", In::Both, |row| row.priced.unit.clone()),
    ("ProviderName", V1_2, |row| row.provider()),
    ("PublisherName", V1_2, |row| row.provider()),
    ("RegionId", In::Both, |row| text(row.line.region.as_deref().unwrap_or_default())),
    ("RegionName", In::Both, |row| row.region_name()),
    ("ResourceId", In::Both, |row| text(row.resource())),
    ("ResourceName", In::Both, |row| text(row.resource())),
    ("ResourceType", In::Both, |row| row.resource_type().to_owned()),
    ("ServiceCategory", In::Both, |_| "Security".to_owned()),
    ("ServiceName", In::Both, |row| text(row.book().service_of_meter(row.line.meter))),
    ("ServiceProviderName", V1_4, |row| row.provider()),
    ("ServiceSubcategory", In::Both, |_| "Secret Management".to_owned()),
    ("SkuId", In::Both, |row| row.sku()),
    ("SkuMeter", In::Both, |row| row.sku_meter()),
    ("SkuPriceDetails", In::Both, |row| row.sku_price_details()),
    ("SkuPriceId", In::Both, |row| row.sku_price()),
    ("Tags", In::Both, |row| row.tags()),
    ("x_BookEdition", In::Both, |row| text(&row.book().id.edition)),
    ("x_BookId", In::Both, |row| text(&row.book().id.to_string())),
    ("x_BookSha256", In::Both, |row| checksum(&row.book().file)),
    ("x_Discount", In::Both, |row| row.discount()),
    ("x_DiscountSource", In::Both, |row| row.discount_source()),
    ("x_ExactCost", In::Both, |row| row.exact_cost()),
    ("x_ExactListCost", In::Both, |row| row.exact_list_cost()),
    ("x_ItemId", In::Both, |row| row.item()),
    ("x_LineId", In::Both, |row| text(&row.line.id)),
    ("x_Origin", In::Both, |_| "estimate".to_owned()),
    ("x_PriceMark", In::Both, |row| row.source(|source| source.mark.as_str())),
    ("x_PriceSource", In::Both, |row| row.source(|source| &source.title)),
    ("x_PriceSourceAddress", In::Both, |row| row.source(|source| &source.address)),
    ("x_PriceSourceDated", In::Both, |row| row.source(|source| &source.dated)),
    ("x_Readings", In::Both, |row| row.readings()),
    ("x_Regions", In::Both, |row| row.regions()),
    ("x_Rounding", In::Both, |row| row.rounding()),
    ("x_Scenario", In::Both, |row| text(&row.export.scenario.name)),
    ("x_Shares", In::Both, |row| row.shares()),
];

/// Whether a bill can be written.
///
/// # Errors
/// Why not.
pub fn check(export: &Export<'_>) -> Result<(), Refused> {
    let months = months(export);
    if months.iter().any(|(period, _)| period.month.is_none()) {
        return Err(Refused::NoMonth);
    }
    let without = |amount: fn(&Line) -> Option<Fraction>| {
        let lines = months.iter().flat_map(|(_, bill)| bill.lines());
        let mut ids: Vec<String> = Vec::new();
        for line in lines.filter(|line| amount(line).is_none()) {
            if !ids.contains(&line.id) {
                ids.push(line.id.clone());
            }
        }
        ids
    };
    let (unpublished, unlisted) = (without(|line| line.amount), without(Line::list_amount));
    match (unpublished.is_empty(), unlisted.is_empty()) {
        (false, _) => Err(Refused::Unpublished(unpublished)),
        (true, false) => Err(Refused::Unlisted(unlisted)),
        (true, true) => Ok(()),
    }
}

/// Writes a bill; lines end in CR LF.
///
/// # Errors
/// Why it cannot be written.
pub fn write(export: Export<'_>) -> Result<String, Refused> {
    check(&export)?;
    let columns: Vec<_> = COLUMNS
        .iter()
        .filter(|(_, within, _)| *within == In::Both || *within == In::Only(export.version))
        .collect();
    let mut out = record(columns.iter().map(|(name, ..)| (*name).to_owned()));
    for (period, bill) in months(&export) {
        for line in bill.lines() {
            let priced = priced(line).ok_or_else(|| Refused::OutOfRange(line.id.clone()))?;
            let row = Row { export, period, line, priced };
            out.push_str(&record(columns.iter().map(|(_, _, cell)| cell(&row))));
        }
    }
    Ok(out)
}

/// The bills that are written, each with its month.
fn months<'a>(export: &Export<'a>) -> Vec<(Period, &'a Bill)> {
    match &export.estimate.term {
        Some(term) if export.by_month => {
            term.months.iter().map(|(period, bill)| (*period, bill)).collect()
        }
        _ => vec![(export.estimate.period, &export.estimate.bill)],
    }
}

fn record(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.map(|cell| quoted(&cell)).collect();
    cells.join(",") + "\r\n"
}

/// A cell in quotes where RFC 4180 asks for them.
fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
