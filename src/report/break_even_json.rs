//! Where the ranking changes, as JSON: units and money are decimal strings, exact where they are
//! finite; beside one that is not stands its `…_fraction`, such as `"22/31"`.

use serde::Serialize;

use super::break_even::Shown;
use crate::breakeven::envelope::{Change, Side, Span};
use crate::breakeven::{Group, Piece, Plan, Reach, Standing};
use crate::decimal::plain;
use crate::fraction::Fraction;
use crate::pricebook::Mark;
use crate::rates::Rates;

/// The document.
#[derive(Debug, Serialize)]
pub struct Document<'a> {
    schema: &'static str,
    scenario: &'a str,
    vary: Vary<'a>,
    months: Option<u64>,
    rates: Vec<RateJson<'a>>,
    currencies: Vec<GroupJson<'a>>,
    plans: Vec<PlanJson<'a>>,
}

#[derive(Debug, Serialize)]
struct Vary<'a> {
    field: &'a str,
    stated: Option<String>,
    from: String,
    to: String,
}

#[derive(Debug, Serialize)]
struct RateJson<'a> {
    currency: &'a str,
    rate: String,
    to: &'a str,
}

#[derive(Debug, Serialize)]
struct GroupJson<'a> {
    currency: &'a str,
    spans: Vec<SpanJson>,
    changes: Vec<ChangeJson>,
}

#[derive(Debug, Serialize)]
struct SpanJson {
    from: String,
    to: String,
    cheapest: Option<String>,
    total_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_from_fraction: Option<String>,
    total_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_to_fraction: Option<String>,
    ties: Vec<Tie>,
}

#[derive(Debug, Serialize)]
struct Tie {
    plan: String,
    from: String,
    to: String,
}

#[derive(Debug, Serialize)]
struct ChangeJson {
    at: String,
    was: Option<SideJson>,
    is: Option<SideJson>,
    difference_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference_before_fraction: Option<String>,
    difference_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference_at_fraction: Option<String>,
}

#[derive(Debug, Serialize)]
struct SideJson {
    plan: String,
    total_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_before_fraction: Option<String>,
    total_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_at_fraction: Option<String>,
}

#[derive(Debug, Serialize)]
struct PlanJson<'a> {
    provider: &'a str,
    plan: &'a str,
    edition: &'a str,
    partners: &'a [String],
    currency: Option<&'a str>,
    priced_in: Option<&'a str>,
    provenance: Option<&'static str>,
    ranges: Vec<RangeJson<'a>>,
    pieces: Vec<PieceJson>,
}

#[derive(Debug, Serialize)]
struct RangeJson<'a> {
    from: String,
    to: String,
    status: &'static str,
    reasons: &'a [String],
}

#[derive(Debug, Serialize)]
struct PieceJson {
    from: String,
    to: String,
    total: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_fraction: Option<String>,
    each: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    each_fraction: Option<String>,
}

/// The answer as a document.
#[must_use]
pub fn document<'a>(shown: &Shown<'a>) -> Document<'a> {
    let plans = shown.groups.iter().flat_map(|group| &group.plans).chain(shown.apart);
    Document {
        schema: "kms-cost/break-even/1",
        scenario: shown.scenario,
        vary: Vary {
            field: &shown.field.name,
            stated: shown.field.stated.map(Fraction::digits),
            from: shown.reach.from.to_string(),
            to: shown.reach.to.to_string(),
        },
        months: shown.months,
        rates: shown.rates.map(rates).unwrap_or_default(),
        currencies: shown.groups.iter().map(group_json).collect(),
        plans: plans.map(plan).collect(),
    }
}

fn rates(rates: &Rates) -> Vec<RateJson<'_>> {
    let to = rates.currency();
    rates.iter().map(|(currency, rate)| RateJson { currency, rate: plain(rate), to }).collect()
}

fn group_json(group: &Group) -> GroupJson<'_> {
    GroupJson {
        currency: &group.currency,
        spans: group.spans.iter().map(|known| span(known, group)).collect(),
        changes: group.changes.iter().map(|known| change(known, group)).collect(),
    }
}

fn named(group: &Group, plan: usize) -> Option<&Plan> {
    group.plans.get(plan)
}

fn name(group: &Group, plan: usize) -> String {
    named(group, plan).map_or_else(String::new, |plan| plan.id.to_string())
}

/// The digits, and the exact ratio where no finite decimal holds the amount.
pub(super) fn figure(amount: Option<Fraction>) -> (Option<String>, Option<String>) {
    (amount.map(Fraction::digits), amount.and_then(Fraction::ratio))
}

fn span(span: &Span, group: &Group) -> SpanJson {
    let Span { reach, plan, ties } = span;
    let total = |unit: u64| {
        figure(plan.and_then(|plan| named(group, plan)).and_then(|plan| plan.curve.at(unit)))
    };
    let (total_from, total_from_fraction) = total(reach.from);
    let (total_to, total_to_fraction) = total(reach.to);
    let tie = |(plan, reach): &(usize, Reach)| Tie {
        plan: name(group, *plan),
        from: reach.from.to_string(),
        to: reach.to.to_string(),
    };
    SpanJson {
        from: reach.from.to_string(),
        to: reach.to.to_string(),
        cheapest: plan.map(|plan| name(group, plan)),
        total_from,
        total_from_fraction,
        total_to,
        total_to_fraction,
        ties: ties.iter().map(tie).collect(),
    }
}

fn change(change: &Change, group: &Group) -> ChangeJson {
    let [before, at] = change.differences().map(figure);
    ChangeJson {
        at: change.unit.to_string(),
        was: change.was.map(|known| side(&known, group)),
        is: change.is.map(|known| side(&known, group)),
        difference_before: before.0,
        difference_before_fraction: before.1,
        difference_at: at.0,
        difference_at_fraction: at.1,
    }
}

fn side(side: &Side, group: &Group) -> SideJson {
    let (total_before, total_before_fraction) = figure(side.before);
    let (total_at, total_at_fraction) = figure(side.at);
    let plan = name(group, side.plan);
    SideJson { plan, total_before, total_before_fraction, total_at, total_at_fraction }
}

fn plan(plan: &Plan) -> PlanJson<'_> {
    PlanJson {
        provider: &plan.id.provider,
        plan: &plan.id.plan,
        edition: &plan.id.edition,
        partners: &plan.partners,
        currency: Some(plan.currency.as_str()).filter(|currency| !currency.is_empty()),
        priced_in: plan.own_currency.as_deref(),
        provenance: plan.mark.map(Mark::as_str),
        ranges: plan.curve.ranges.iter().map(range).collect(),
        pieces: plan.curve.pieces.iter().map(piece).collect(),
    }
}

fn range((reach, standing): &(Reach, Standing)) -> RangeJson<'_> {
    RangeJson {
        from: reach.from.to_string(),
        to: reach.to.to_string(),
        status: standing.as_str(),
        reasons: standing.reasons(),
    }
}

fn piece(piece: &Piece) -> PieceJson {
    PieceJson {
        from: piece.reach.from.to_string(),
        to: piece.reach.to.to_string(),
        total: piece.total.digits(),
        total_fraction: piece.total.ratio(),
        each: piece.each.digits(),
        each_fraction: piece.each.ratio(),
    }
}
