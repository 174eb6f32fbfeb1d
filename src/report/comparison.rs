//! The rows of a comparison, built once for every format that people read.
//!
//! Plans stand in groups: the complete bills of each currency, then those that lack a price. Nothing
//! is ranked here: sorting and cutting only change what is shown, never a plan's place.

pub mod json;
pub mod page;
pub mod review;
pub mod text;

use std::cmp::Ordering;
use std::fmt::Write as _;

use super::number::money;
use super::verdicts::{self, Held};
use crate::bill::Status;
use crate::comparison::{self, Offer, Workload};
use crate::decimal::{self, Decimal};
use crate::estimate::Estimate;
use crate::fraction::{Fraction, OutOfRange};
use crate::pricebook::Mark;
use crate::rates::{self, Rates};
use crate::source::printable;

/// What a comparison's rows are made from.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// What is compared.
    pub workload: &'a Workload,
    /// The rates that they were ranked by.
    pub rates: Option<&'a Rates>,
    /// The order within a group.
    pub sort: Sort,
    /// How many of a group are shown, the cheapest.
    pub top: Option<usize>,
    /// Whether each plan's items are shown.
    pub items: bool,
    /// Decimals to round to.
    pub round: Option<u32>,
    /// What budgets come to at each plan.
    pub budgets: &'a Held<'a>,
}

/// The order of plans within a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// The cheapest first.
    Total,
    /// By provider and plan.
    Name,
    /// The newest price list first.
    Edition,
    /// The best source first.
    Provenance,
}

/// A row.
#[derive(Clone, Debug)]
pub enum Row<'a> {
    /// A group's head.
    Head(String),
    /// A plan.
    Plan(PlanRow<'a>),
    /// What is to be known of the plan above.
    Detail(String),
    /// A book of the plan above, where it has partners, in the currency compared in.
    Part(&'a str, Fraction),
    /// An item of the plan or book above, in the currency compared in.
    Item(&'a str, Fraction),
    /// So many dearer plans are not shown.
    Dearer(usize),
}

/// A plan that serves the need.
#[derive(Clone, Debug)]
pub struct PlanRow<'a> {
    /// The plan, with its edition where several are compared.
    pub name: String,
    /// What it makes of the need.
    pub estimate: &'a Estimate,
    /// Its place; none where a price is missing.
    pub rank: Option<usize>,
    /// What it costs in the currency compared in: where a price is missing, at least.
    pub total: Fraction,
    /// How it differs from the cheapest.
    pub more: More,
    /// The weakest mark that the bill rests on.
    pub mark: Mark,
}

/// How a plan differs from the cheapest of its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum More {
    /// It has no place.
    Unranked,
    /// It is the only one.
    Only,
    /// It is the cheapest.
    Cheapest,
    /// It costs more, and by so much per cent of the cheapest.
    Costs(Fraction, Option<Fraction>),
}

/// The rows of a comparison.
#[must_use]
pub fn rows<'a>(shown: &Shown<'a>) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    let served =
        shown.workload.offers.iter().take_while(|offer| offer.estimate().is_some()).count();
    let (served, _) = shown.workload.offers.split_at(served);
    for group in served.chunk_by(alike) {
        rows.extend(group.first().map(|first| Row::Head(head(first, shown))));
        let kept = kept(group, shown.top);
        let dearer = group.len().saturating_sub(kept.len());
        let mut plans: Vec<PlanRow<'a>> =
            kept.into_iter().filter_map(|offer| plan(offer, shown)).collect();
        plans.sort_by(|a, b| order(a, b, shown.sort));
        for row in plans {
            let below = details(&row, shown);
            let held = shown.budgets.get(&row.estimate.book.id);
            let held = held.map(|held| verdicts::at_plan(held)).unwrap_or_default();
            rows.push(Row::Plan(row));
            rows.extend(held.into_iter().map(Row::Detail));
            rows.extend(below);
        }
        if dearer > 0 {
            rows.push(Row::Dearer(dearer));
        }
    }
    rows
}

/// The cheapest of each currency, as many as are asked for; and what has no place.
fn kept(offers: &[Offer], top: Option<usize>) -> Vec<&Offer> {
    let mut kept = Vec::new();
    for group in offers.chunk_by(alike) {
        let ranked = group.iter().any(Offer::is_complete);
        kept.extend(group.iter().take(top.filter(|_| ranked).unwrap_or(group.len())));
    }
    kept
}

/// Whether two neighbours stand in one group: complete in one currency, or both incomplete.
fn alike(a: &Offer, b: &Offer) -> bool {
    let currency = |offer: &Offer| offer.cost.as_ref().map(|cost| cost.currency.clone());
    match (a.is_complete(), b.is_complete()) {
        (true, true) => currency(a) == currency(b),
        (a, b) => a == b,
    }
}

fn head(offer: &Offer, shown: &Shown<'_>) -> String {
    let currency = offer.cost.as_ref().map_or("", |cost| cost.currency.as_str());
    match shown.rates {
        _ if !offer.is_complete() => "Not ranked: a price is not published".to_owned(),
        Some(rates) if rates.currency() != currency => {
            format!("{currency}, for which no rate is stated")
        }
        _ => currency.to_owned(),
    }
}

fn plan<'a>(offer: &'a Offer, shown: &Shown<'_>) -> Option<PlanRow<'a>> {
    let (estimate, cost) = (offer.estimate()?, offer.cost.as_ref()?);
    Some(PlanRow {
        name: name(offer, &shown.workload.offers),
        estimate,
        rank: offer.standing.map(|standing| standing.rank),
        total: cost.total,
        more: match offer.standing {
            None => More::Unranked,
            Some(standing) if standing.of == 1 => More::Only,
            Some(standing) if standing.rank == 1 => More::Cheapest,
            Some(standing) => More::Costs(standing.more, standing.percent),
        },
        mark: estimate.provenance(),
    })
}

/// The plan and its partners, with its edition where several of it are compared.
#[must_use]
pub fn name(offer: &Offer, offers: &[Offer]) -> String {
    let plan = |offer: &Offer| format!("{}/{}", offer.id.provider, offer.id.plan);
    let alone = offers.iter().filter(|other| plan(other) == plan(offer)).count() == 1;
    let mut name = if alone { plan(offer) } else { offer.id.to_string() };
    for joined in offer.estimate().into_iter().flat_map(|estimate| &estimate.book.joined) {
        name.push_str(" + ");
        name.push_str(&joined.id.plan);
    }
    printable(&name)
}

fn order(a: &PlanRow<'_>, b: &PlanRow<'_>, sort: Sort) -> Ordering {
    let from = |row: &PlanRow<'_>| row.estimate.book.effective.from;
    match sort {
        Sort::Total => Ordering::Equal,
        Sort::Name => a.name.cmp(&b.name),
        Sort::Edition => from(b).cmp(&from(a)),
        Sort::Provenance => a.mark.cmp(&b.mark),
    }
}

// ------------------------------------------------------------------ below a plan

fn details<'a>(row: &PlanRow<'a>, shown: &Shown<'_>) -> Vec<Row<'a>> {
    let estimate = row.estimate;
    let mut below = Vec::new();
    let own = &estimate.book.currency;
    let rate = shown.rates.and_then(|rates| rates.rate(own));
    if let Some(rate) = rate {
        let total = money(estimate.total(), shown.round);
        below.push(Row::Detail(format!("{total} {own} × {}", decimal::plain(rate))));
    }
    if let Ok(Some(list)) = estimate.at_list() {
        let least = if list.status == Status::Complete { "" } else { "≥" };
        let total = money(list.total, shown.round);
        below.push(Row::Detail(format!("at list prices {least}{total} {own}")));
    }
    let unpriced = comparison::unpriced(estimate);
    if !unpriced.is_empty() {
        let labels: Vec<String> =
            unpriced.iter().map(|line| format!("`{}`", printable(&line.label))).collect();
        below.push(Row::Detail(format!("at least, in {own}: without {}", labels.join(", "))));
    }
    let open: Vec<&str> = estimate.undocumented().collect();
    if !open.is_empty() {
        below.push(Row::Detail(format!("rests on what no page documents: {}", open.join(", "))));
    }
    let reservations = comparison::reservations(estimate);
    below.extend(reservations.iter().map(|text| Row::Detail(printable(text))));
    below.extend(sums(estimate, shown.items, rate).unwrap_or_default());
    below
}

/// What each book of the plan comes to, and each item where they are asked for, in their order.
fn sums(
    estimate: &Estimate,
    items: bool,
    rate: Option<Decimal>,
) -> Result<Vec<Row<'_>>, OutOfRange> {
    let book = &estimate.book;
    let at_rate = |sum| rate.map_or(Ok(sum), |rate| rates::converted(sum, rate));
    let mut parts = comparison::parts(estimate)?.into_iter();
    let mut rows = Vec::new();
    let mut told = 0;
    for (item, sum) in comparison::subtotals(estimate)? {
        // an item's books before it are told first, those with nothing on the bill too
        while told <= book.part_of_item(item) {
            if let Some((id, sum)) = parts.next() {
                rows.push(Row::Part(&id.plan, at_rate(sum)?));
            }
            told = told.saturating_add(1);
        }
        if let Some(item) = book.items.get(item).filter(|_| items) {
            rows.push(Row::Item(&item.label, at_rate(sum)?));
        }
    }
    for (id, sum) in parts {
        rows.push(Row::Part(&id.plan, at_rate(sum)?));
    }
    Ok(rows)
}

/// Why plans are not comparable, each reason with the plans that it holds for.
#[must_use]
pub fn not_comparable(offers: &[Offer]) -> Vec<(String, Vec<String>)> {
    const TOLD: usize = 2;
    let mut grouped: Vec<(String, Vec<String>)> = Vec::new();
    for offer in offers.iter().filter(|offer| offer.estimate().is_none()) {
        let reasons = offer.reasons();
        let mut reason = reasons
            .iter()
            .take(TOLD)
            .map(|reason| printable(reason))
            .collect::<Vec<_>>()
            .join("; ");
        if let Some(more) = reasons.len().checked_sub(TOLD).filter(|more| *more > 0) {
            let _ = write!(reason, "; and {more} more");
        }
        let plan = name(offer, offers);
        match grouped.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, plans)) => plans.push(plan),
            None => grouped.push((reason, vec![plan])),
        }
    }
    grouped
}
