//! Budgets held against every plan of a comparison.
//!
//! A budget that states no currency is in the one that is compared in: that of the rates, the only one
//! of the plans, that of the scenario's own plan, or USD. Plans in another are *undecided*: amounts in
//! two currencies are never compared.

use std::collections::BTreeSet;

use super::{Rules, alone, elsewhere, failure, judged};
use crate::budget::{Known, Ledger, Owners, Status, Verdict};
use crate::catalog::Catalog;
use crate::cli::Failure;
use crate::comparison::Offer;
use crate::diagnostic::Problem;
use crate::fields::At;
use crate::month::Day;
use crate::pricebook::BookId;
use crate::rates::Rates;
use crate::report::verdicts::Held;
use crate::scenario::Scenario;
use crate::source::printable;

/// The currency compared in where nothing tells another.
const CURRENCY: &str = "USD";

/// What is asked of budgets, beside the plans.
#[derive(Clone, Copy)]
pub(in crate::cli) struct Asked<'a> {
    pub(in crate::cli) scenario: &'a Scenario,
    pub(in crate::cli) rates: Option<&'a Rates>,
    pub(in crate::cli) as_of: Option<Day>,
    pub(in crate::cli) catalog: &'a Catalog,
}

/// The rules, each in a currency.
pub(in crate::cli) fn in_currency(mut rules: Rules, offers: &[Offer], asked: Asked<'_>) -> Rules {
    let currency = currency(offers, asked);
    for rule in rules.rules.iter_mut().filter(|rule| rule.scope.plan.is_none()) {
        rule.currency.get_or_insert_with(|| At::new(currency.clone(), 0..0));
    }
    rules
}

fn currency(offers: &[Offer], asked: Asked<'_>) -> String {
    let served = || offers.iter().filter_map(Offer::estimate);
    let of_plans: BTreeSet<&str> = served().map(|estimate| &*estimate.book.currency).collect();
    let own = asked.scenario.own_plan();
    let own =
        served().find(|estimate| own.as_ref().is_some_and(|own| own.means(&estimate.book.id)));
    let of_plans = (of_plans.len() == 1).then(|| of_plans.first().copied()).flatten();
    asked
        .rates
        .map(Rates::currency)
        .or(of_plans)
        .or(own.map(|estimate| estimate.book.currency.as_str()))
        .unwrap_or(CURRENCY)
        .to_owned()
}

/// Holds every rule against every plan that serves the need.
///
/// # Errors
/// A rule that can be held against none of them, or a name in it that none of them has.
pub(in crate::cli) fn held<'r>(
    rules: &'r Rules,
    offers: &[Offer],
    asked: Asked<'_>,
) -> Result<Held<'r>, Failure> {
    let owners = Owners::of(asked.scenario);
    let books: Vec<&BookId> = asked.catalog.ids().collect();
    let mut held = Held::new();
    let mut misnamed: Vec<(usize, Problem)> = Vec::new();
    for offer in offers {
        let Some(estimate) = offer.estimate() else { continue };
        let ledger =
            Ledger { scenario: asked.scenario, estimate, owners: &owners, as_of: asked.as_of };
        let known = Known { book: &estimate.book, books: &books, owners: &owners };
        let mut verdicts = Vec::new();
        for (at, rule) in rules.rules.iter().enumerate() {
            let apart = elsewhere(rule, &ledger).filter(|_| at >= rules.own);
            let wrong = if apart.is_some() { Vec::new() } else { rule.misnamed(known) };
            verdicts.push(match (apart, wrong.first()) {
                (Some(verdict), _) => verdict,
                (None, Some(problem)) => {
                    Verdict::not_applied(rule, &estimate.book.currency, problem.message.clone())
                }
                (None, None) => judged(rule, &ledger).map_err(|problem| alone(rule, problem))?,
            });
            misnamed.extend(wrong.into_iter().map(|problem| (at, problem)));
        }
        held.insert(offer.id.clone(), verdicts);
    }
    told(rules, &held, misnamed)?;
    Ok(held)
}

/// A rule of the call or the scenario that no plan is held against is an error, and never passes.
fn told(rules: &Rules, held: &Held<'_>, misnamed: Vec<(usize, Problem)>) -> Result<(), Failure> {
    if held.is_empty() {
        return Ok(());
    }
    let applies = |at: usize| {
        let of_rule = held.values().filter_map(|verdicts| verdicts.get(at));
        of_rule.into_iter().any(|verdict| verdict.status != Status::NotApplied)
    };
    let nowhere = misnamed.into_iter().filter(|(at, _)| !applies(*at));
    let wrong = nowhere.filter_map(|(at, problem)| Some((rules.rules.get(at)?, problem)));
    if let Some(failure) = failure(wrong.collect()) {
        return Err(failure);
    }
    match rules.rules.first() {
        Some(first) if rules.own > 0 && !(0..rules.own).any(applies) => Err(Failure::said(
            "no budget is for a plan that is compared",
            format!("the first is for {}", printable(&first.scope.name())),
        )),
        _ => Ok(()),
    }
}
