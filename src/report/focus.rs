//! An estimate as FOCUS, the open specification of bills, in the dataset Cost and Usage:
//! one row for each line of the bill.
//!
//! A tier is a line and so a row of its own, a free quota too, at 0. `ListUnitPrice` ×
//! `PricingQuantity` = `ListCost` exactly: 750 calls at 0.03 for 10,000 are 0.03 × 0.075 = 0.00225.
//! Where no finite decimal holds a quantity (22 of 31 days), it alone is rounded, half away from zero
//! to 12 decimals, the cost is the exact product, and `x_Rounding` says so beside `x_ExactCost`: what
//! is lost of a row is at most half a unit of the twelfth decimal times its price. A cost may not be
//! null in FOCUS, so a line without a published price has no row and the bill no file. Nothing is priced.

use std::collections::BTreeMap;

use super::stamp::stamp;
use crate::bill::{Bill, Line, PricedOver, Status, Step};
use crate::decimal::{self, Decimal};
use crate::estimate::Estimate;
use crate::fraction::Fraction;
use crate::month::{Moment, Offset, Period};
use crate::pricebook::catalog::checksum;
use crate::pricebook::{Book, Charge, Price, PriceSource, Prices};
use crate::scenario::Scenario;
use crate::source::printable;
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
    /// A line whose figures are beyond 28 significant digits, by its id.
    OutOfRange(String),
}

/// The rule by which a quantity is rounded.
const ROUNDING: &str = "PricingQuantity is rounded half away from zero";
/// The decimals that it is rounded to.
const DECIMALS: u32 = 12;

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
    ("ListCost", In::Both, |row| number(row.priced.cost)),
    ("ListUnitPrice", In::Both, |row| number(row.priced.price)),
    ("PricingCategory", In::Both, |_| "Standard".to_owned()),
    ("PricingCurrency", In::Both, |row| row.currency()),
    ("PricingCurrencyContractedUnitPrice", In::Both, |row| number(row.priced.price)),
    ("PricingCurrencyEffectiveCost", In::Both, |row| number(row.priced.cost)),
    ("PricingCurrencyListUnitPrice", In::Both, |row| number(row.priced.price)),
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
    ("ServiceName", In::Both, |row| text(row.book().service_of(row.line.meter))),
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
    ("x_ExactCost", In::Both, |row| row.exact_cost()),
    ("x_ItemId", In::Both, |row| row.item()),
    ("x_LineId", In::Both, |row| text(&row.line.id)),
    ("x_Origin", In::Both, |_| "estimate".to_owned()),
    ("x_PriceMark", In::Both, |row| row.source(|source| source.mark.as_str())),
    ("x_PriceSource", In::Both, |row| row.source(|source| &source.title)),
    ("x_PriceSourceAddress", In::Both, |row| row.source(|source| &source.address)),
    ("x_PriceSourceDated", In::Both, |row| row.source(|source| &source.dated)),
    ("x_Readings", In::Both, |row| row.readings()),
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
    let mut unpublished: Vec<String> = Vec::new();
    let incomplete = months.iter().filter(|(_, bill)| bill.status() == Status::Incomplete);
    for line in incomplete.flat_map(|(_, bill)| bill.unpriced()) {
        if !unpublished.contains(&line.id) {
            unpublished.push(line.id.clone());
        }
    }
    if unpublished.is_empty() { Ok(()) } else { Err(Refused::Unpublished(unpublished)) }
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

// ------------------------------------------------------------------ figures

/// A line's figures in the unit that its price is for.
struct Priced {
    price: Decimal,
    quantity: Decimal,
    cost: Decimal,
    unit: String,
    /// The decimals that the quantity was rounded to, where it was.
    rounded: Option<u32>,
}

/// The figures of a line with a price; none beyond the range of decimals.
fn priced(line: &Line) -> Option<Priced> {
    let listed = line.unit_price?;
    // a unit of time has a price for one of it: 600 for 10 access units is 60 for an access-unit-month
    let of_one = Fraction::from(listed).over(line.per).ok()?.finite();
    let one = of_one.filter(|_| line.over != PricedOver::Nothing);
    let (price, per) = one.map_or((listed, line.per), |price| (price, 1));
    let exact = line.quantity.over(per).ok()?;
    let product = |quantity: Decimal| {
        Fraction::from(price).times(Fraction::from(quantity)).ok().and_then(Fraction::finite)
    };
    let unit = pricing_unit(line, per);
    if let Some(quantity) = exact.finite() {
        return Some(Priced { price, quantity, cost: product(quantity)?, unit, rounded: None });
    }
    (0..=DECIMALS).rev().find_map(|decimals| {
        let quantity = exact.round(decimals).ok()?;
        let cost = product(quantity)?;
        Some(Priced { price, quantity, cost, unit: unit.clone(), rounded: Some(decimals) })
    })
}

/// The nouns of a bill in the words of the unit format: one, and many.
const UNITS: &[(&str, &str, &str)] = &[
    ("key", "Key", "Keys"),
    ("key-version", "Key Version", "Key Versions"),
    ("call", "Request", "Requests"),
    ("secret", "Secret", "Secrets"),
    ("secret-version", "Secret Version", "Secret Versions"),
    ("secret-call", "Request", "Requests"),
    ("secret-rotation", "Secret Rotation", "Secret Rotations"),
    ("rotation", "Rotation", "Rotations"),
    ("restore", "Restored Key", "Restored Keys"),
    ("hsm", "HSM", "HSMs"),
    ("keystore", "Keystore", "Keystores"),
    ("instance", "Instance", "Instances"),
    ("peak-qps", "QPS", "QPS"),
    ("vpc", "VPC", "VPCs"),
    ("shared-account", "Shared Account", "Shared Accounts"),
    ("access-unit", "Access Unit", "Access Units"),
    ("log-gigabyte", "GB", "GB"),
    ("zone", "Zone", "Zones"),
];

fn unit(noun: &str) -> (&'static str, &'static str) {
    let known = UNITS.iter().find(|(known, ..)| *known == noun);
    known.map_or(("Unit", "Units"), |(_, one, many)| (one, many))
}

fn pricing_unit(line: &Line, per: u64) -> String {
    let (one, many) = unit(line.unit);
    let timed = match line.over {
        PricedOver::Nothing if per == 1 => return many.to_owned(),
        PricedOver::Nothing => return format!("{per} {many}"),
        PricedOver::Hours => format!("{one}-Hours"),
        PricedOver::Days => format!("{one}-Days"),
        PricedOver::ElapsedMonths | PricedOver::Months => format!("{one}-Months"),
        PricedOver::LevelMonths => format!("{one} Level-Months"),
    };
    if per == 1 { timed } else { format!("{per} {timed}") }
}

/// With a point in any case: readers that guess types take `30` for an integer.
fn number(value: Decimal) -> String {
    let digits = decimal::plain(value);
    if digits.contains('.') { digits } else { digits + ".0" }
}

/// A text that steers no terminal and that no spreadsheet takes for a formula.
fn text(text: &str) -> String {
    let runs = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("{}{}", if runs { "'" } else { "" }, printable(text))
}

fn words(so: bool, one: &str, other: &str) -> String {
    if so { one } else { other }.to_owned()
}

// ------------------------------------------------------------------ rows

/// A line and all that its row says.
struct Row<'a> {
    export: Export<'a>,
    period: Period,
    line: &'a Line,
    priced: Priced,
}

impl<'a> Row<'a> {
    fn book(&self) -> &'a Book {
        &self.export.estimate.book
    }

    fn currency(&self) -> String {
        text(&self.book().currency)
    }

    fn provider(&self) -> String {
        text(&self.book().provider_name)
    }

    fn start(&self) -> String {
        utc(self.period.begins(self.book().clock.offset))
    }

    fn end(&self) -> String {
        utc(self.period.ends(self.book().clock.offset))
    }

    /// Whether instances are bought for a term; then nothing is consumed.
    fn is_bought(&self) -> bool {
        self.book().cycle.is_some()
    }

    fn consumed(&self) -> String {
        let quantity = self.line.consumed.round(DECIMALS).ok().filter(|_| !self.is_bought());
        quantity.map_or_else(String::new, number)
    }

    fn consumed_unit(&self) -> String {
        let many = unit(self.line.unit).1;
        words(self.is_bought(), "", many)
    }

    fn region_name(&self) -> String {
        let id = self.line.region.as_deref().unwrap_or_default();
        let place = self.book().regions.get(id).map(|region| region.place.as_str());
        text(place.map_or(id, |place| self.export.vocabulary.place_label(place)))
    }

    /// The one key, secret or instance that the line is for.
    fn resource(&self) -> &str {
        self.line.key.as_deref().or(self.line.instance.as_deref()).unwrap_or_default()
    }

    fn resource_type(&self) -> &'static str {
        if self.resource().is_empty() {
            return "";
        }
        match (self.line.instance.is_some(), self.line.unit) {
            (true, _) => "Instance",
            (false, "secret" | "secret-version" | "secret-call" | "secret-rotation") => "Secret",
            (false, "hsm") => "HSM",
            (false, "keystore") => "Keystore",
            (false, _) => "Key",
        }
    }

    fn meter_id(&self) -> &'a str {
        self.book().meters.get(self.line.meter).map_or("", |meter| meter.id.as_str())
    }

    /// One for a meter in every edition of a plan.
    fn sku(&self) -> String {
        let id = &self.book().id;
        text(&format!("{}/{}/{}", id.provider, id.plan, self.meter_id()))
    }

    fn sku_meter(&self) -> String {
        text(self.book().meters.get(self.line.meter).map_or("", |meter| &meter.label))
    }

    /// One for each price of a meter: by edition, class, tier, factor, and free quota.
    fn sku_price(&self) -> String {
        let told = |(part, value): (PricePart, String)| format!("#{}-{value}", part.in_id());
        let parts: String = self.price_parts().map(told).collect();
        text(&format!("{}/{}{parts}", self.book().id, self.meter_id()))
    }

    fn sku_price_details(&self) -> String {
        json(self.price_parts().map(|(part, value)| (part.as_property(), value)))
    }

    /// What tells the price from others of its meter.
    fn price_parts(&self) -> impl Iterator<Item = (PricePart, String)> {
        let steps = self.line.derivation.iter().filter_map(|step| self.price_part(step));
        self.class().map(|class| (PricePart::Class, class)).into_iter().chain(steps)
    }

    fn price_part(&self, step: &Step) -> Option<(PricePart, String)> {
        match step {
            Step::Tier { above, .. } | Step::Volume { above, .. } if *above > 0 => {
                Some((PricePart::Above, above.to_string()))
            }
            Step::Level { up_to: Some(up_to) } => Some((PricePart::UpTo, up_to.to_string())),
            Step::Factor(_, factor) => Some((PricePart::Times, decimal::plain(*factor))),
            Step::Free(label, _) if *label == *self.line.label => {
                let allowances = &self.book().allowances;
                let allowance = allowances.iter().find(|allowance| allowance.label == *label)?;
                Some((PricePart::Free, allowance.id.clone()))
            }
            _ => None,
        }
    }

    /// The class whose price it is, where the meter has a price for each.
    fn class(&self) -> Option<String> {
        let meter = self.book().meters.get(self.line.meter)?;
        let Charge::Flat(Prices::By(axis, by_class)) = &meter.charge else {
            return None;
        };
        let factored = self.line.derivation.iter().find_map(|step| match step {
            Step::Factor(listed, _) => Some(*listed),
            _ => None,
        });
        let listed = Price::Published(factored.or(self.line.unit_price)?);
        let (class, _) = by_class.iter().find(|(_, price)| *price == listed)?;
        let class = self.book().axes.get(*axis)?.classes.get(*class)?;
        Some(class.name.clone())
    }

    fn tags(&self) -> String {
        let scenario = self.export.scenario;
        let named = self.line.key.as_deref();
        let of_secret = self.resource_type() == "Secret";
        let secrets = scenario.secrets.iter().map(|secret| (true, &secret.name, &secret.tags));
        let keys = scenario.keys.iter().map(|key| (false, &key.name, &key.tags));
        let own = keys
            .chain(secrets)
            .find(|(is_secret, name, _)| *is_secret == of_secret && named == Some(name.as_str()));
        let own = own.into_iter().flat_map(|(_, _, tags)| tags);
        json(scenario.tags.iter().chain(own).map(|(name, value)| (name.as_str(), value.clone())))
    }

    /// What each of several consumed, where they share the line.
    fn shares(&self) -> String {
        let shares = &self.line.shares;
        if shares.is_empty() {
            return String::new();
        }
        json(shares.iter().map(|(name, consumed)| (&**name, consumed.digits())))
    }

    fn exact_cost(&self) -> String {
        let amount = self.line.amount.unwrap_or_default();
        amount.ratio().unwrap_or_else(|| amount.digits())
    }

    fn rounding(&self) -> String {
        let rounded = self.priced.rounded;
        rounded.map_or_else(String::new, |decimals| format!("{ROUNDING} to {decimals} decimals"))
    }

    fn item(&self) -> String {
        text(self.book().items.get(self.line.item).map_or("", |item| item.id.as_str()))
    }

    fn source(&self, of: fn(&PriceSource) -> &str) -> String {
        text(self.book().source(self.line.source).map_or("", of))
    }

    /// Those in force, whether or not they moved the figure.
    fn readings(&self) -> String {
        let ids: Vec<&str> =
            self.export.estimate.readings().map(|(reading, _)| reading.id.as_str()).collect();
        text(&ids.join(" "))
    }
}

/// What tells prices of one meter apart.
#[derive(Clone, Copy)]
enum PricePart {
    Class,
    Above,
    UpTo,
    Times,
    Free,
}

impl PricePart {
    fn in_id(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::Above => "above",
            Self::UpTo => "up-to",
            Self::Times => "times",
            Self::Free => "free",
        }
    }

    /// A property of our own.
    fn as_property(self) -> &'static str {
        match self {
            Self::Class => "x_PriceClass",
            Self::Above => "x_TierAbove",
            Self::UpTo => "x_LevelUpTo",
            Self::Times => "x_Factor",
            Self::Free => "x_FreeQuota",
        }
    }
}

/// An object of texts, by name; a later value of a name takes the place of an earlier.
fn json<'a>(entries: impl Iterator<Item = (&'a str, String)>) -> String {
    let entries: BTreeMap<String, String> =
        entries.map(|(name, value)| (printable(name), printable(&value))).collect();
    serde_json::json!(entries).to_string()
}

/// `2026-01-31T16:00:00Z`.
fn utc(at: Moment) -> String {
    let Some(greenwich) = Offset::parse("+00:00") else {
        return String::new();
    };
    stamp(at, greenwich).replace("+00:00", "Z")
}
