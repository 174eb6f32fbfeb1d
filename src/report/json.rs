//! An estimate as JSON: money and quantities are decimal strings, exact where they are finite.

mod listed;

use std::io::{self, Write};

use serde::Serialize;

use super::json_text;
use super::record::pricing_unit;
use super::verdicts::BudgetVerdict;
use crate::bill::Line;
use crate::catalog::checksum;
use crate::decimal;
use crate::estimate::{Effect, Estimate, Term};
use crate::fraction::Fraction;
use crate::month::Period;
use crate::pricebook::{Book, Mark, PriceSource, Reading};
use crate::scenario::Documented;
use crate::statement::{free, whole_period};
use crate::verification::Check;

pub(super) use listed::AtListJson;
pub use listed::ListJson;

/// Where a price was read, as JSON carries it.
#[derive(Clone, Debug, Serialize)]
pub struct SourceJson<'a> {
    title: &'a str,
    address: &'a str,
    dated: &'a str,
    provenance: &'static str,
}

impl<'a> From<&'a PriceSource> for SourceJson<'a> {
    fn from(source: &'a PriceSource) -> Self {
        Self {
            title: &source.title,
            address: &source.address,
            dated: &source.dated,
            provenance: source.mark.as_str(),
        }
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    scenario: &'a str,
    bills: [BillJson<'a>; 1],
    budgets: &'a [BudgetVerdict],
}

#[derive(Serialize)]
struct BillJson<'a> {
    provider: &'a str,
    plan: &'a str,
    book: BookJson<'a>,
    currency: &'a str,
    month: MonthJson,
    status: &'static str,
    total: String,
    #[serde(flatten)]
    exactness: Option<Exactness>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_list: Option<AtListJson>,
    term: Option<TermJson>,
    lines: Lines<'a>,
    subtotals: Ordered,
    readings: Vec<ReadingJson<'a>>,
    unpriced: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    documented: Option<DocumentedJson<'a>>,
}

#[derive(Serialize)]
pub(super) struct BookJson<'a> {
    id: String,
    edition: &'a str,
    sha256: String,
    provenance: &'static str,
}

impl<'a> BookJson<'a> {
    pub(super) fn of(book: &'a Book, mark: Mark) -> Self {
        Self {
            id: book.id.to_string(),
            edition: &book.id.edition,
            sha256: checksum(&book.file),
            provenance: mark.as_str(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct MonthJson {
    days: Option<u32>,
    hours: u32,
    name: Option<String>,
}

impl MonthJson {
    pub(super) fn of(period: Period) -> Self {
        Self {
            days: period.hours.is_multiple_of(24).then(|| period.days()),
            hours: period.hours,
            name: period.month.map(|month| month.to_string()),
        }
    }
}

#[derive(Serialize)]
struct TermJson {
    months: usize,
    total: String,
    #[serde(flatten)]
    exactness: Option<Exactness>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_list: Option<AtListJson>,
    by_month: Vec<TermMonthJson>,
}

#[derive(Serialize)]
struct TermMonthJson {
    month: MonthJson,
    status: &'static str,
    total: String,
    #[serde(flatten)]
    exactness: Option<Exactness>,
    subtotals: Ordered,
}

#[derive(Serialize)]
struct LineJson<'a> {
    id: &'a str,
    item: &'a str,
    label: &'a str,
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keys: Vec<ShareJson<'a>>,
    region: Option<&'a str>,
    place: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    regions: Vec<RegionJson<'a>>,
    consumed: QuantityJson,
    pricing: QuantityJson,
    unit_price: Option<String>,
    per: String,
    amount: Option<String>,
    exact: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    fraction: Option<String>,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<ListJson<'a>>,
}

#[derive(Serialize)]
struct ShareJson<'a> {
    key: &'a str,
    consumed: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fraction: Option<String>,
}

#[derive(Serialize)]
struct RegionJson<'a> {
    region: &'a str,
    place: Option<&'a str>,
    consumed: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fraction: Option<String>,
}

#[derive(Serialize)]
struct QuantityJson {
    quantity: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fraction: Option<String>,
    unit: String,
    /// What of the meter's pool was free.
    #[serde(skip_serializing_if = "Option::is_none")]
    free: Option<String>,
    /// What one thing that stands through the whole period comes to.
    #[serde(skip_serializing_if = "Option::is_none")]
    whole_period: Option<String>,
}

/// What stands beside an amount that no finite decimal holds.
#[derive(Serialize)]
pub(super) struct Exactness {
    exact: bool,
    fraction: String,
}

impl Exactness {
    /// None of a finite amount.
    pub(super) fn of(amount: Fraction) -> Option<Self> {
        amount.ratio().map(|fraction| Self { exact: false, fraction })
    }
}

#[derive(Serialize)]
struct ReadingJson<'a> {
    id: &'a str,
    name: &'a str,
    moved: String,
    documented: bool,
    other_total: Option<String>,
    interval: Option<IntervalJson>,
    text: &'a str,
}

#[derive(Serialize)]
struct IntervalJson {
    from: String,
    to: String,
}

#[derive(Serialize)]
struct DocumentedJson<'a> {
    total: Option<&'a str>,
    agrees: bool,
    figures: Vec<CheckJson<'a>>,
}

#[derive(Serialize)]
struct CheckJson<'a> {
    figure: &'a str,
    printed: &'a str,
    computed: String,
    agrees: bool,
    cause: Option<&'a str>,
}

/// The lines, each written as it comes.
struct Lines<'a>(&'a Estimate);

impl Serialize for Lines<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.bill.lines().iter().map(|line| line_json(line, self.0)))
    }
}

/// Subtotals in the book's order.
#[derive(Default)]
pub(super) struct Ordered(pub(super) Vec<(String, String)>);

impl Serialize for Ordered {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, amount)| (name, amount)))
    }
}

/// Writes an estimate as JSON.
///
/// # Errors
/// Those of the stream.
pub fn estimate(
    out: &mut dyn Write,
    scenario: &str,
    estimate: &Estimate,
    documented: Option<&Documented>,
    checks: &[Check],
    budgets: &[BudgetVerdict],
) -> io::Result<()> {
    let document = Document {
        schema: "kms-cost/estimate/1",
        scenario,
        bills: [bill(estimate, documented, checks)],
        budgets,
    };
    json_text::write(out, &document)
}

fn bill<'a>(
    estimate: &'a Estimate,
    documented: Option<&'a Documented>,
    checks: &'a [Check],
) -> BillJson<'a> {
    let book = &estimate.book;
    let total = estimate.bill.total();
    BillJson {
        provider: &book.id.provider,
        plan: &book.id.plan,
        book: BookJson::of(book, estimate.provenance()),
        currency: &book.currency,
        month: MonthJson::of(estimate.period),
        status: estimate.bill.status().as_str(),
        total: total.digits(),
        exactness: Exactness::of(total),
        at_list: estimate.bill.at_list.map(AtListJson::from),
        term: estimate.term.as_ref().map(|term| term_json(term, estimate)),
        lines: Lines(estimate),
        subtotals: subtotals(estimate.bill.subtotals(), estimate),
        readings: readings(estimate),
        unpriced: estimate.bill.unpriced().map(|line| line.id.as_str()).collect(),
        documented: documented.map(|documented| DocumentedJson {
            total: documented.total.as_ref().map(|total| total.text.as_str()),
            agrees: checks.iter().all(|check| check.agrees),
            figures: checks.iter().map(check_json).collect(),
        }),
    }
}

fn subtotals(subtotals: &[(usize, Fraction)], estimate: &Estimate) -> Ordered {
    let named = subtotals
        .iter()
        .filter_map(|(item, sum)| Some((estimate.book.items.get(*item)?.id.clone(), sum.digits())));
    Ordered(named.collect())
}

fn term_json(term: &Term, estimate: &Estimate) -> TermJson {
    let by_month = term.months.iter().map(|(period, bill)| TermMonthJson {
        month: MonthJson::of(*period),
        status: bill.status().as_str(),
        total: bill.total().digits(),
        exactness: Exactness::of(bill.total()),
        subtotals: subtotals(bill.subtotals(), estimate),
    });
    TermJson {
        months: term.months.len(),
        total: term.total.digits(),
        exactness: Exactness::of(term.total),
        at_list: estimate.at_list().ok().flatten().map(AtListJson::from),
        by_month: by_month.collect(),
    }
}

fn line_json<'a>(line: &'a Line, estimate: &'a Estimate) -> LineJson<'a> {
    let book = &estimate.book;
    let region = line.region.as_deref();
    let quantity = |quantity: Fraction, unit: String| QuantityJson {
        quantity: quantity.digits(),
        fraction: quantity.ratio(),
        unit,
        free: None,
        whole_period: None,
    };
    let exact = |figure: Fraction| figure.ratio().unwrap_or_else(|| figure.digits());
    let fraction = line.amount.and_then(Fraction::ratio);
    let whole = whole_period(line, book, estimate.period);
    let place = |id: &str| book.regions.get(id).map(|region| region.place.as_str());
    LineJson {
        id: &line.id,
        item: book.items.get(line.item).map_or("", |item| item.id.as_str()),
        label: &line.label,
        key: line.key.as_deref(),
        instance: line.instance.as_deref(),
        keys: line
            .shares
            .iter()
            .map(|(key, consumed)| ShareJson {
                key,
                consumed: consumed.digits(),
                fraction: consumed.ratio(),
            })
            .collect(),
        region,
        place: region.and_then(place),
        regions: line
            .regions
            .iter()
            .map(|(region, consumed)| RegionJson {
                region,
                place: place(region),
                consumed: consumed.digits(),
                fraction: consumed.ratio(),
            })
            .collect(),
        consumed: quantity(line.consumed, line.unit.to_owned()),
        pricing: QuantityJson {
            free: Some(free(line, whole)).filter(|free| !free.is_zero()).map(exact),
            whole_period: whole.map(exact),
            ..quantity(line.quantity, pricing_unit(line))
        },
        unit_price: line.unit_price.map(decimal::plain),
        per: line.per.to_string(),
        amount: line.amount.map(Fraction::digits),
        exact: fraction.is_none(),
        fraction,
        source: book
            .source(line.source)
            .map_or_else(String::new, |source| format!("{}, {}", source.title, source.dated)),
        list: ListJson::of(line),
    }
}

fn readings(estimate: &Estimate) -> Vec<ReadingJson<'_>> {
    estimate.readings().map(|(reading, effect)| reading_json(reading, effect)).collect()
}

fn reading_json<'a>(reading: &'a Reading, effect: &Effect) -> ReadingJson<'a> {
    ReadingJson {
        id: &reading.id,
        name: &reading.name,
        moved: effect.moved.digits(),
        documented: reading.documented,
        other_total: effect.other_total.map(Fraction::digits),
        interval: effect
            .interval
            .map(|(from, to)| IntervalJson { from: from.digits(), to: to.digits() }),
        text: &reading.text,
    }
}

fn check_json(check: &Check) -> CheckJson<'_> {
    CheckJson {
        figure: &check.what,
        printed: &check.printed,
        computed: check.computed.digits(),
        agrees: check.agrees,
        cause: check.cause.as_deref(),
    }
}
