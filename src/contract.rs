//! A bill at contracted prices: each line that a discount covers is priced anew.
//!
//! What is agreed on changes what a unit costs and never how many are charged for: tiers, minimums
//! and free quotas stay those of the price list. 30 version-days at 0.033 less 15 per cent are 30 ×
//! 0.02805 = 0.8415; the line keeps 0.033 and 0.99, so that the list total stands beside the contracted
//! one.

use std::rc::Rc;
use std::sync::Arc;

use crate::bill::{Bill, Broken, Line, ListPrice};
use crate::diagnostic::{Code, Problem, listed};
use crate::discount::{Discount, Terms};
use crate::fraction::{Fraction, OutOfRange};
use crate::pricebook::{Book, Charge, Meter, Prices};
use crate::scenario::Scenario;

/// What is agreed on for each meter of a book.
#[derive(Clone, Debug, Default)]
pub struct Contract {
    /// By meter.
    agreed: Vec<Option<Rc<Discount>>>,
}

impl Contract {
    /// Looks for what is agreed on. A pattern without a plan means the one that the scenario names;
    /// where it names none, every plan.
    ///
    /// # Errors
    /// Meters that have two discounts, or several prices where one is agreed on.
    pub fn of(scenario: &Scenario, book: &Book) -> Result<Self, Vec<Problem>> {
        let (discounts, own) = (&scenario.discounts, scenario.own_plan());
        let own = own.as_ref();
        let mut doubles: Vec<Double<'_>> = Vec::new();
        let mut problems = Vec::new();
        let mut agreed = Vec::new();
        for (at, meter) in book.meters.iter().enumerate() {
            let mut covering = discounts.iter().filter(|discount| discount.covers(book, at, own));
            let first = covering.next();
            if let (Some(first), Some(second)) = (first, covering.next()) {
                let same = |double: &&mut Double<'_>| double.is_of(first, second);
                match doubles.iter_mut().find(same) {
                    Some(double) => double.meters.push(&meter.id),
                    None => doubles.push(Double { first, second, meters: vec![&meter.id] }),
                }
            }
            if let Some(discount) = first
                && matches!(discount.terms, Terms::Price(_))
                && !has_one_price(meter)
            {
                problems.push(placed(several_prices(meter, discount), discount, scenario));
            }
            agreed.push(first.cloned());
        }
        let told = |double: &Double<'_>| placed(double.problem(), double.second, scenario);
        problems.extend(doubles.iter().map(told));
        if problems.is_empty() { Ok(Self { agreed }) } else { Err(problems) }
    }

    /// Whether nothing is agreed on for any meter of the book.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.agreed.iter().all(Option::is_none)
    }

    /// The bill at contracted prices.
    ///
    /// # Errors
    /// As [`Bill::new`].
    pub fn applied(&self, bill: Bill, book: &Book) -> Result<Bill, Broken> {
        if self.is_empty() {
            return Ok(bill);
        }
        bill.repriced(|line| {
            let agreed = self.agreed.get(line.meter).and_then(Option::as_ref);
            let meter = book.meters.get(line.meter);
            match agreed.zip(meter).filter(|(_, meter)| is_priced_by(&line, meter)) {
                Some((discount, meter)) => contracted(line, meter, discount),
                None => Ok(line),
            }
        })
    }
}

/// Whether a line is the meter's own, and not that of a free quota which covers it.
fn is_priced_by(line: &Line, meter: &Meter) -> bool {
    let rest = line.id.strip_prefix(&meter.id);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '#']))
}

fn contracted(line: Line, meter: &Meter, discount: &Rc<Discount>) -> Result<Line, OutOfRange> {
    let unit_price = discount.terms.on(line.unit_price)?;
    let amount = unit_price
        .map(|price| Fraction::from(price).times(line.quantity)?.over(meter.per))
        .transpose()?;
    let list = ListPrice {
        unit_price: line.unit_price,
        amount: line.amount,
        discount: Rc::clone(discount),
    };
    Ok(Line { unit_price, amount, list: Some(list), ..line })
}

fn has_one_price(meter: &Meter) -> bool {
    matches!(meter.charge, Charge::Flat(Prices::One(_))) && meter.times.is_none()
}

/// The problem with its place, where the discount stands in the scenario's own file.
fn placed(problem: Problem, discount: &Discount, scenario: &Scenario) -> Problem {
    let own = Arc::ptr_eq(&discount.file, &scenario.source);
    if own { problem.at(discount.span.clone()) } else { problem }
}

/// Two discounts, and the meters that both cover.
struct Double<'a> {
    first: &'a Rc<Discount>,
    second: &'a Rc<Discount>,
    meters: Vec<&'a str>,
}

impl Double<'_> {
    fn is_of(&self, first: &Rc<Discount>, second: &Rc<Discount>) -> bool {
        Rc::ptr_eq(self.first, first) && Rc::ptr_eq(self.second, second)
    }

    fn problem(&self) -> Problem {
        let message = format!(
            "two discounts on {}: {} and {}",
            listed(self.meters.iter().copied()),
            self.first.named(),
            self.second.named()
        );
        Problem::error(Code::Duplicate, message).help("let each cover its own meters by `covers`")
    }
}

fn several_prices(meter: &Meter, discount: &Discount) -> Problem {
    let message = format!("`{}` has several prices, and {} is one", meter.id, discount.named());
    Problem::error(Code::OutOfRange, message).help("state `percent`, which every price gets")
}
