//! A comparison as JSON: money is a decimal string, exact where it is finite.

use std::io::{self, Write};

use serde::Serialize;

use crate::comparison::{self, Cost, Offer, Standing, Stated, Workload};
use crate::decimal;
use crate::estimate::Estimate;
use crate::fraction::Fraction;
use crate::rates::Rates;
use crate::report::json::{AtListJson, Exactness, MonthJson, Ordered};
use crate::report::json_text;
use crate::report::verdicts::{BudgetVerdict, Held};

/// Decimals that a difference in per cent is rounded to, half away from zero.
const PERCENT_DECIMALS: u32 = 2;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    currency: Option<&'a str>,
    rates: Vec<RateJson<'a>>,
    percent_decimals: u32,
    workloads: Vec<WorkloadJson<'a>>,
}

#[derive(Serialize)]
struct RateJson<'a> {
    currency: &'a str,
    rate: String,
}

#[derive(Serialize)]
struct WorkloadJson<'a> {
    scenario: &'a str,
    reference: bool,
    plans: Vec<PlanJson<'a>>,
    /// Dearer plans that `--top` leaves out.
    #[serde(skip_serializing_if = "is_none")]
    not_shown: usize,
}

#[derive(Serialize)]
struct PlanJson<'a> {
    provider: &'a str,
    plan: &'a str,
    edition: &'a str,
    effective: Option<EffectiveJson>,
    status: &'static str,
    rank: Option<usize>,
    total: Option<String>,
    #[serde(flatten)]
    exactness: Option<Exactness>,
    currency: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_list: Option<AtListJson>,
    converted: Option<ConvertedJson<'a>>,
    difference: Option<DifferenceJson<'a>>,
    month: Option<MonthJson>,
    convention: Option<String>,
    term_months: Option<usize>,
    subtotals: Ordered,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartJson<'a>>,
    reasons: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    /// Readings that moved the figure and that no page documents, where they are weighed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    undocumented: Vec<&'a str>,
    provenance: Option<&'static str>,
    /// What budgets come to, where there are some.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    budgets: Vec<BudgetVerdict>,
}

#[derive(Serialize)]
struct PartJson<'a> {
    plan: &'a str,
    edition: &'a str,
    total: String,
}

#[derive(Serialize)]
struct EffectiveJson {
    from: String,
    until: Option<String>,
}

#[derive(Serialize)]
struct ConvertedJson<'a> {
    currency: &'a str,
    rate: String,
    total: String,
    #[serde(flatten)]
    exactness: Option<Exactness>,
}

#[derive(Serialize)]
struct DifferenceJson<'a> {
    currency: &'a str,
    amount: String,
    percent: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

/// Writes a comparison as JSON, of each currency the `top` cheapest plans, or all.
///
/// # Errors
/// Those of the stream.
pub fn comparison(
    out: &mut dyn Write,
    workloads: &[Workload],
    rates: Option<&Rates>,
    top: Option<usize>,
    budgets: &Held<'_>,
) -> io::Result<()> {
    let stated = rates.into_iter().flat_map(Rates::iter);
    let document = Document {
        schema: "kms-cost/comparison/1",
        currency: rates.map(Rates::currency),
        rates: stated
            .map(|(currency, rate)| RateJson { currency, rate: decimal::plain(rate) })
            .collect(),
        percent_decimals: PERCENT_DECIMALS,
        workloads: workloads.iter().map(|one| workload(one, top, budgets)).collect(),
    };
    json_text::write(out, &document)
}

fn workload<'a>(
    workload: &'a Workload,
    top: Option<usize>,
    budgets: &Held<'_>,
) -> WorkloadJson<'a> {
    let kept = super::kept(&workload.offers, top);
    WorkloadJson {
        scenario: &workload.name,
        reference: workload.stated == Stated::AsReference,
        not_shown: workload.offers.len().saturating_sub(kept.len()),
        plans: kept.into_iter().map(|offer| plan(offer, budgets)).collect(),
    }
}

fn plan<'a>(offer: &'a Offer, budgets: &Held<'_>) -> PlanJson<'a> {
    let estimate = offer.estimate();
    let total = offer.total();
    PlanJson {
        provider: &offer.id.provider,
        plan: &offer.id.plan,
        edition: &offer.id.edition,
        effective: estimate.map(|estimate| {
            let effective = estimate.book.effective;
            EffectiveJson {
                from: effective.from.to_string(),
                until: effective.until.map(|until| until.to_string()),
            }
        }),
        status: offer.status(),
        rank: offer.standing.map(|standing| standing.rank),
        total: total.map(Fraction::digits),
        exactness: total.and_then(Exactness::of),
        currency: estimate.map(|estimate| estimate.book.currency.as_str()),
        at_list: estimate.and_then(|estimate| estimate.at_list().ok()?).map(AtListJson::from),
        converted: offer.cost.as_ref().and_then(converted),
        difference: offer.cost.as_ref().zip(offer.standing).map(difference),
        month: estimate.map(|estimate| MonthJson::of(estimate.period)),
        convention: estimate.map(|estimate| comparison::convention(estimate).to_string()),
        term_months: estimate.and_then(|estimate| Some(estimate.term.as_ref()?.months.len())),
        subtotals: estimate.map(subtotals).unwrap_or_default(),
        parts: estimate.map(parts).unwrap_or_default(),
        reasons: offer.reasons(),
        warnings: estimate.map(comparison::reservations).unwrap_or_default(),
        undocumented: estimate.into_iter().flat_map(Estimate::undocumented).collect(),
        provenance: estimate.map(|estimate| estimate.provenance().as_str()),
        budgets: budgets.get(&offer.id).into_iter().flatten().map(BudgetVerdict::from).collect(),
    }
}

fn difference((cost, standing): (&Cost, Standing)) -> DifferenceJson<'_> {
    let percent = standing.percent.and_then(|percent| percent.round(PERCENT_DECIMALS).ok());
    DifferenceJson {
        currency: &cost.currency,
        amount: standing.more.digits(),
        percent: percent.map(decimal::plain),
    }
}

fn converted(cost: &Cost) -> Option<ConvertedJson<'_>> {
    Some(ConvertedJson {
        currency: &cost.currency,
        rate: decimal::plain(cost.rate?),
        total: cost.total.digits(),
        exactness: Exactness::of(cost.total),
    })
}

fn subtotals(estimate: &Estimate) -> Ordered {
    let named = comparison::subtotals(estimate)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(item, sum)| Some((estimate.book.items.get(item)?.id.clone(), sum.digits())));
    Ordered(named.collect())
}

fn parts(estimate: &Estimate) -> Vec<PartJson<'_>> {
    let parts = comparison::parts(estimate).unwrap_or_default().into_iter();
    parts
        .map(|(id, sum)| PartJson { plan: &id.plan, edition: &id.edition, total: sum.digits() })
        .collect()
}
