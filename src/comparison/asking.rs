//! What every plan makes of a need: each book selected for the day, joined by its partners, rated.
//!
//! Nothing is ranked here.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Offer, Outcome};
use crate::bill::Bill;
use crate::catalog::{Catalog, NotSelected, PlanName};
use crate::diagnostic::{Code, Problem, Problems};
use crate::estimate::{Grounds, NoEstimate, estimate, unweighed};
use crate::month::{Day, Month};
use crate::pricebook::{Book, BookId, Region};
use crate::scenario::Scenario;

/// What is asked of every plan.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The price books.
    pub catalog: &'a Catalog,
    /// The month asked for instead of the scenario's.
    pub month: Option<Month>,
    /// How many months to project.
    pub months: Option<u32>,
    /// The day whose editions are meant.
    pub as_of: Option<Day>,
    /// Whether open readings are weighed.
    pub readings: Readings,
}

/// Whether open readings are weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readings {
    /// Each is rated with its other value too.
    Weighed,
    /// They are left as chosen, which is quicker.
    Taken,
}

/// Why there is no comparison.
#[derive(Debug)]
pub enum NoComparison {
    /// The scenario states nothing that any plan could charge.
    NoNeed,
    /// A plan's name is wrong, or its book.
    NotSelected(NotSelected),
    /// The scenario is.
    Problems(Problems),
    /// The program is.
    Fault(String),
}

/// What every plan makes of a need, in the order of the plans; of a book that several names mean, once.
///
/// # Errors
/// A need that is wrong whatever the plan, a wrong name or book.
pub fn offers(
    plans: &[PlanName],
    scenario: &Scenario,
    problems: &Problems,
    asked: Asked<'_>,
) -> Result<Vec<Offer>, NoComparison> {
    if problems.has_errors() {
        return Err(NoComparison::Problems(problems.clone()));
    }
    if states_nothing(scenario) {
        return Err(NoComparison::NoNeed);
    }
    let home = scenario.provider.as_ref().map(|provider| {
        let provider = provider.value.as_str();
        (provider, asked.catalog.regions_of(provider))
    });
    let mut offers: Vec<Offer> = Vec::new();
    for plan in plans {
        let offer = match selected(plan, scenario, asked)? {
            Ok(book) => {
                let foreign = home.as_ref().filter(|(provider, _)| *provider != book.id.provider);
                let regions = foreign.map(|(_, regions)| regions);
                Offer {
                    id: book.id.clone(),
                    outcome: outcome(book, scenario, problems, regions, asked)?,
                    cost: None,
                    standing: None,
                }
            }
            Err(absent) => absent,
        };
        if offers.iter().all(|known| known.id != offer.id) {
            offers.push(offer);
        }
    }
    match common(&offers, problems) {
        Some(wrong) => Err(NoComparison::Problems(wrong)),
        None => Ok(offers),
    }
}

/// Leaves out a plan of which nothing but one partner is on the bill, where that partner is
/// compared by itself: a need of secrets alone is served by the plan that sells secrets, and not by
/// every plan that can be had beside it. Those that are named by the user stay.
#[must_use]
pub fn without_doubles(mut offers: Vec<Offer>, named: &[PlanName]) -> Vec<Offer> {
    let served: Vec<BookId> =
        offers.iter().filter(|offer| offer.estimate().is_some()).map(|o| o.id.clone()).collect();
    let double = |offer: &Offer| {
        let Some(estimate) = offer.estimate() else { return false };
        let book = &estimate.book;
        let lines = estimate.bills().flat_map(Bill::lines);
        let mut parts: Vec<usize> = lines.map(|line| book.part_of_item(line.item)).collect();
        parts.sort_unstable();
        parts.dedup();
        let [part] = parts.as_slice() else { return false };
        let partner = part.checked_sub(1).and_then(|at| book.joined.get(at));
        partner.is_some_and(|partner| served.contains(&partner.id))
    };
    offers.retain(|offer| named.iter().any(|plan| plan.means(&offer.id)) || !double(offer));
    offers
}

fn states_nothing(scenario: &Scenario) -> bool {
    let Scenario { keys, calls, secrets, hsms, keystores, instances, .. } = scenario;
    keys.is_empty()
        && calls.is_empty()
        && secrets.is_empty()
        && hsms.is_empty()
        && keystores.is_empty()
        && instances.is_empty()
}

/// The book that a name means on the day that counts, or an offer that says there is none.
///
/// # Errors
/// A wrong name or book.
pub fn selected(
    plan: &PlanName,
    scenario: &Scenario,
    asked: Asked<'_>,
) -> Result<Result<Rc<Book>, Offer>, NoComparison> {
    let catalog = asked.catalog;
    let month = asked.month.or(scenario.month.as_ref().map(|month| month.value));
    let on = asked.as_of.or(month.map(Month::first));
    let named = catalog.select(plan, None).map_err(NoComparison::NotSelected)?;
    let absent = |why: String| {
        let outcome = Outcome::NotComparable(vec![Problem::error(Code::NoBook, why)]);
        Ok(Err(Offer { id: named.id.clone(), outcome, cost: None, standing: None }))
    };
    let book = match (on, &plan.edition) {
        (Some(day), None) => match catalog.select(plan, on) {
            // the only edition there is serves a month that it is not in force in, and says so
            Ok(book) if asked.as_of.is_none() || book.effective.holds_on(day) => book,
            Err(wrong @ NotSelected::Wrong(_)) => return Err(NoComparison::NotSelected(wrong)),
            Ok(_) | Err(NotSelected::Unknown { .. }) => {
                return absent(format!("no edition is in force on {day}"));
            }
        },
        _ => Rc::clone(&named),
    };
    match catalog.completed(book, &scenario.asked(), on) {
        Ok(book) => Ok(Ok(book)),
        Err(NotSelected::Unknown { message, .. }) => absent(message),
        Err(wrong) => Err(NoComparison::NotSelected(wrong)),
    }
}

fn outcome(
    book: Rc<Book>,
    scenario: &Scenario,
    problems: &Problems,
    home: Option<&BTreeMap<String, Region>>,
    asked: Asked<'_>,
) -> Result<Outcome, NoComparison> {
    let grounds = Grounds {
        vocabulary: asked.catalog.vocabulary(),
        home,
        month: asked.month,
        months: asked.months,
    };
    let estimated = match asked.readings {
        Readings::Weighed => estimate(scenario, book, grounds, problems.clone()),
        Readings::Taken => unweighed(scenario, book, grounds, problems.clone()),
    };
    match estimated {
        Ok(estimate) => Ok(Outcome::Served(Box::new(estimate))),
        Err(NoEstimate::Problems(found)) if is_about_the_plan(&found) => {
            Ok(Outcome::NotComparable(found.iter().cloned().collect()))
        }
        Err(NoEstimate::Problems(found)) => Err(NoComparison::Problems(found)),
        Err(NoEstimate::Fault(what)) => Err(NoComparison::Fault(what)),
    }
}

/// Whether problems say that a plan cannot serve a need, rather than that the need is wrong.
#[must_use]
pub fn is_about_the_plan(problems: &Problems) -> bool {
    problems.iter().all(|problem| {
        matches!(
            problem.code,
            Code::NotOffered
                | Code::OverQuota
                | Code::NotSold
                | Code::MissingField
                | Code::TooLarge
                | Code::Conflict
                | Code::Unpublished
        )
    })
}

/// What every plan that has prices lacks in the need: then the need is wrong, and not the plans.
fn common(offers: &[Offer], problems: &Problems) -> Option<Problems> {
    let mut lacking: Vec<&[Problem]> = Vec::new();
    for offer in offers {
        match &offer.outcome {
            Outcome::Served(_) => return None,
            Outcome::NotComparable(found) => {
                let priced = !found
                    .iter()
                    .any(|problem| matches!(problem.code, Code::Unpublished | Code::NoBook));
                lacking.extend(priced.then_some(found.as_slice()));
            }
        }
    }
    let (first, others) = lacking.split_first()?;
    let mut wrong = problems.clone();
    for problem in first.iter().filter(|problem| problem.code == Code::MissingField) {
        let alike =
            |other: &Problem| (other.code, &other.message) == (problem.code, &problem.message);
        if others.iter().all(|found| found.iter().any(alike)) {
            wrong.push(problem.clone());
        }
    }
    wrong.has_errors().then_some(wrong)
}
