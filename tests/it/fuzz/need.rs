//! A scenario at a plan, as far as it can be estimated, and what holds of every estimate.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use kms_cost::bill::{Bill, Status};
use kms_cost::catalog::{Catalog, NotSelected, PlanName};
use kms_cost::diagnostic::Problems;
use kms_cost::estimate::{Estimate, Grounds, NoEstimate, estimate};
use kms_cost::month::Month;
use kms_cost::pricebook::{Book, Region};
use kms_cost::scenario::{self, Scenario};
use kms_cost::source::Source;
use num_rational::BigRational;

use super::promises::{plain, problems};
use crate::exact;

thread_local! {
    /// The books there are, opened once.
    pub(super) static CATALOG: Catalog = opened();
}

pub(super) fn opened() -> Catalog {
    Catalog::open(None).unwrap_or_else(|why| panic!("{why:?}"))
}

/// A choice that an input makes by one of its first bytes, which stand in a comment of its own.
pub(super) fn choice(bytes: &[u8], at: usize) -> usize {
    bytes.get(at).copied().map_or(0, usize::from)
}

/// A file as it is read, unless it cannot be.
pub(super) fn file(name: &str, bytes: &[u8]) -> Option<Arc<Source>> {
    match Source::read_from(name, bytes) {
        Ok(source) => Some(Arc::new(source)),
        Err(why) => {
            plain(&why.to_string());
            None
        }
    }
}

/// A scenario and the problems of its file, all of which are in order.
pub(super) fn need(file: &Arc<Source>, catalog: &Catalog) -> Option<(Scenario, Problems)> {
    let (scenario, found) = scenario::scenario(file, catalog.vocabulary());
    problems(&found);
    assert!(scenario.is_some() || found.has_errors(), "no scenario, and no reason");
    scenario.map(|scenario| (scenario, found))
}

/// The book that a scenario names.
pub(super) fn own_book(scenario: &Scenario, catalog: &Catalog) -> Option<Rc<Book>> {
    let edition = scenario.edition.as_ref().map(|edition| edition.value.clone());
    let name = PlanName { edition, ..scenario.own_plan()? };
    selected(&name, scenario, catalog)
}

/// The book of a plan, with those that it names for the rest.
pub(super) fn selected(
    name: &PlanName,
    scenario: &Scenario,
    catalog: &Catalog,
) -> Option<Rc<Book>> {
    let on = scenario.month.as_ref().map(|month| month.value.first());
    let book = catalog.select(name, on);
    completed(book, scenario, catalog)
}

pub(super) fn completed(
    book: Result<Rc<Book>, NotSelected>,
    scenario: &Scenario,
    catalog: &Catalog,
) -> Option<Rc<Book>> {
    let on = scenario.month.as_ref().map(|month| month.value.first());
    let book = book.and_then(|book| catalog.completed(book, &scenario.asked(), on));
    match book {
        Ok(book) => Some(book),
        Err(NotSelected::Unknown { message, help, .. }) => {
            plain(&message);
            plain(&help);
            None
        }
        Err(NotSelected::Wrong(found)) => {
            problems(&found);
            None
        }
    }
}

/// The regions by which the scenario's region ids are understood at another provider.
pub(super) fn home(
    scenario: &Scenario,
    book: &Book,
    catalog: &Catalog,
) -> Option<BTreeMap<String, Region>> {
    let other = scenario.provider.as_ref().filter(|own| *own.value != *book.id.provider)?;
    Some(catalog.regions_of(&other.value))
}

/// When a need is estimated beside what it says itself.
#[derive(Clone, Copy, Default)]
pub(super) struct When {
    pub(super) month: Option<Month>,
    pub(super) months: Option<u32>,
}

/// The estimate of a need, in order; none where it has a problem, never by a fault.
pub(super) fn estimated(
    need: (&Scenario, &Problems),
    book: &Rc<Book>,
    when: When,
    catalog: &Catalog,
) -> Option<Estimate> {
    let home = home(need.0, book, catalog);
    let grounds = Grounds {
        vocabulary: catalog.vocabulary(),
        home: home.as_ref(),
        month: when.month,
        months: when.months,
    };
    match estimate(need.0, Rc::clone(book), grounds, need.1.clone()) {
        Ok(estimate) => {
            assert!(!need.1.has_errors(), "an estimate of a file that is wrong");
            adds_up(&estimate);
            Some(estimate)
        }
        Err(NoEstimate::Problems(found)) => {
            assert!(found.has_errors(), "no estimate, and no reason");
            problems(&found);
            None
        }
        Err(NoEstimate::Fault(why)) => panic!("a fault of the program: {why}"),
    }
}

/// Lines add up to subtotals and total, months to the term, and an unknown price is never 0.
fn adds_up(estimate: &Estimate) {
    estimate.bills().chain([&estimate.bill]).for_each(bill);
    if let Some(term) = &estimate.term {
        let months = exact::sum(term.months.iter().map(|(_, bill)| bill.total()));
        assert_eq!(months, exact::of(term.total), "the months of a term");
    }
    for effect in &estimate.effects {
        if let Some((least, most)) = effect.interval {
            assert!(least <= most, "{effect:?}");
        }
    }
}

fn bill(bill: &Bill) {
    let lines = exact::sum(bill.lines().iter().filter_map(|line| line.amount));
    assert_eq!(lines, exact::of(bill.total()), "the lines of a bill");
    let subtotals = exact::sum(bill.subtotals().iter().map(|(_, sum)| *sum));
    assert_eq!(subtotals, lines, "the subtotals of a bill");
    for line in bill.lines() {
        assert_eq!(line.unit_price.is_none(), line.amount.is_none(), "{line:?}");
        let (Some(price), Some(amount)) = (line.unit_price, line.amount) else { continue };
        let charged = exact::of_decimal(price) * exact::of(line.quantity);
        let per = BigRational::from_integer(line.per.into());
        assert_eq!(charged / per, exact::of(amount), "{line:?}");
        assert!(!amount.is_negative() && !line.quantity.is_negative(), "{line:?}");
    }
    let complete = bill.lines().iter().all(|line| line.amount.is_some());
    assert_eq!(bill.status() == Status::Complete, complete);
}
