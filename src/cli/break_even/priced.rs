//! One plan that is asked what the need costs, unit by unit.
//!
//! The typed scenario is varied, never its text. Nothing is printed here.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::Failure;
use super::super::input::{self, Need};
use crate::bill::{Bill, Status};
use crate::breakeven::quote::{Quote, Rate};
use crate::breakeven::search::{self, NoCurve};
use crate::breakeven::term::{self, Months};
use crate::breakeven::vary::Field;
use crate::breakeven::{Curve, Plan, Reach, Standing};
use crate::comparison::{Asked, Offer, Outcome, clauses, is_about_the_plan};
use crate::decimal::Decimal;
use crate::diagnostic::Problems;
use crate::estimate::{Estimate, Grounds, NoEstimate, unweighed};
use crate::fields::At;
use crate::fraction::{Fraction, OutOfRange};
use crate::month::Period;
use crate::pricebook::{Book, BookId, Mark, Region};
use crate::rates::{self, Rates};
use crate::scenario::Scenario;
use crate::source::printable;

/// What is asked of every plan.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) need: &'a Need,
    pub(super) field: &'a Field,
    pub(super) asked: Asked<'a>,
    pub(super) rates: Option<&'a Rates>,
}

/// A plan that is asked.
pub(super) struct Priced<'a> {
    book: Rc<Book>,
    home: Option<BTreeMap<String, Region>>,
    question: Question<'a>,
    /// The weakest source of any bill that was seen.
    weakest: Cell<Option<Mark>>,
}

impl<'a> Priced<'a> {
    pub(super) fn new(book: Rc<Book>, question: Question<'a>) -> Self {
        let Question { need, asked, .. } = question;
        let provider = need.scenario.provider.as_ref().map(|provider| provider.value.as_str());
        let foreign = provider.filter(|provider| *provider != book.id.provider);
        let home = foreign.map(|provider| asked.catalog.regions_of(provider));
        Self { book, home, question, weakest: Cell::new(None) }
    }

    pub(super) fn id(&self) -> &BookId {
        &self.book.id
    }

    /// What the plan makes of the need over a range.
    pub(super) fn plan(&self, reach: Reach) -> Result<Plan, Failure> {
        let curve = self.curve(reach)?;
        let rated = self.rate().and(self.question.rates.map(Rates::currency));
        Ok(Plan {
            id: self.book.id.clone(),
            partners: self.book.joined.iter().map(|joined| joined.id.plan.to_string()).collect(),
            currency: rated.unwrap_or(&self.book.currency).to_owned(),
            own_currency: Some(self.book.currency.clone()),
            mark: self.weakest.get(),
            curve,
        })
    }

    /// What a unit of the plan's currency is worth in the one compared in, where that is stated.
    fn rate(&self) -> Option<Decimal> {
        self.question.rates.and_then(|rates| rates.rate(&self.book.currency))
    }

    fn curve(&self, reach: Reach) -> Result<Curve, Failure> {
        let field = self.question.field;
        let curve = if field.is_months() {
            term::curve(reach, |months| self.term(months))
        } else {
            search::curve(reach, |unit| self.quote(unit))
        };
        curve.map_err(|why| match why {
            NoCurve::Asked(failure) => failure,
            NoCurve::OutOfRange(why) => too_large(field, why),
            NoCurve::TooMany(unit) => Failure::said(
                format!(
                    "the price of `{}` changes too often to be followed, from {unit} on",
                    self.book.id
                ),
                format!("narrow the range of `{}` by `--from` and `--to`", printable(&field.name)),
            ),
        })
    }

    /// What a unit costs, and of which need; where the plan cannot serve it, why.
    fn estimate(&self, unit: u64) -> Result<Result<(Scenario, Estimate), Problems>, Failure> {
        let Question { need, field, asked, .. } = self.question;
        let words = asked.catalog.vocabulary();
        let Some(scenario) = field.set(&need.scenario, unit, words) else {
            return Err(too_large(field, OutOfRange));
        };
        let months = if field.is_months() { u32::try_from(unit).ok() } else { asked.months };
        let grounds =
            Grounds { vocabulary: words, home: self.home.as_ref(), month: asked.month, months };
        match unweighed(&scenario, Rc::clone(&self.book), grounds, need.problems.clone()) {
            Ok(estimate) => {
                self.weakest.set(self.weakest.get().max(Some(estimate.provenance())));
                Ok(Ok((scenario, estimate)))
            }
            Err(NoEstimate::Problems(problems)) if is_about_the_plan(&problems) => {
                Ok(Err(problems))
            }
            Err(NoEstimate::Problems(problems)) => Err(input::wrong(problems)),
            Err(NoEstimate::Fault(what)) => Err(Failure::Fault(what)),
        }
    }

    fn quote(&self, unit: u64) -> Result<Quote, Failure> {
        let (scenario, estimate) = match self.estimate(unit)? {
            Ok(answer) => answer,
            Err(problems) => return Ok(Quote::not_served(&self.book.id, &problems)),
        };
        // a month has one bill, a term as many as it has months
        let month = estimate.term.is_none().then_some((estimate.period, &estimate.bill));
        let term = estimate.term.iter().flat_map(|term| &term.months);
        let bills = term.map(|(period, bill)| (*period, bill)).chain(month);
        let bills = bills.map(|(period, bill)| (bill, self.rounding(&scenario, period)));
        let quote = Quote::of(&self.book, bills, estimate.total());
        let quote = quote.and_then(|quote| match self.rate() {
            Some(rate) => quote.at(rate),
            None => Ok(quote),
        });
        quote.map_err(|why| too_large(self.question.field, why))
    }

    /// Whether metering rounds the rate of calls in a month.
    fn rounding(&self, scenario: &Scenario, period: Period) -> Rate {
        let stated = scenario.load.peak_qps.as_ref().map_or(Fraction::ZERO, |peak| peak.value);
        let average = scenario.average_qps(period).map_or(Fraction::ZERO, Fraction::from);
        let of_calls = scenario.instances.is_empty() && average > stated;
        // the rate at one unit can be whole by chance
        let first = self.question.need.scenario.load.peak_qps.as_ref();
        let fine = |peak: &At<Fraction>| peak.value.finite().is_none_or(|rate| rate.scale() > 0);
        let fine = first.is_some_and(fine);
        if of_calls || (fine && self.question.field.is_factor()) {
            Rate::RoundedUp
        } else {
            Rate::Whole
        }
    }

    fn term(&self, months: u64) -> Result<Months, Failure> {
        let estimate = match self.estimate(months)? {
            Ok((_, estimate)) => estimate,
            Err(problems) => {
                return Ok(Months::Refused(clauses(&self.book.id, problems.iter())));
            }
        };
        let billed: Result<Vec<_>, OutOfRange> =
            estimate.bills().map(|bill| self.month(bill)).collect();
        billed.map(Months::Billed).map_err(|why| too_large(self.question.field, why))
    }

    /// What a month of a term comes to, and what of it has no published price.
    fn month(&self, bill: &Bill) -> Result<(Fraction, Vec<String>), OutOfRange> {
        let quote = Quote::of(&self.book, std::iter::once((bill, Rate::Whole)), bill.total())?;
        let total = self.converted(bill.total())?;
        Ok(match quote.standing {
            Standing::Incomplete(reasons) => (total, reasons),
            Standing::Complete | Standing::NotServed(_) => (total, Vec::new()),
        })
    }

    fn converted(&self, total: Fraction) -> Result<Fraction, OutOfRange> {
        self.rate().map_or(Ok(total), |rate| rates::converted(total, rate))
    }

    /// Asks once more for a total that is told.
    pub(super) fn confirm(&self, unit: u64, told: Option<Fraction>) -> Result<(), Failure> {
        let estimate = self.estimate(unit)?.ok();
        let complete = estimate.filter(|(_, estimate)| estimate.status() == Status::Complete);
        let found = complete.map(|(_, estimate)| self.converted(estimate.total())).transpose();
        let found = found.map_err(|why| too_large(self.question.field, why))?;
        if found == told {
            return Ok(());
        }
        let said =
            |total: Option<Fraction>| total.map_or_else(|| "none".to_owned(), Fraction::money);
        Err(Failure::Fault(format!(
            "`{}` at {unit}: {} by its bill, {} by its curve",
            self.book.id,
            said(found),
            said(told)
        )))
    }
}

/// A plan that no book stands for on the day that counts.
pub(super) fn absent(offer: Offer, reach: Reach) -> Plan {
    let reasons = match &offer.outcome {
        Outcome::NotComparable(problems) => clauses(&offer.id, problems),
        Outcome::Served(_) => Vec::new(),
    };
    let mut curve = Curve::default();
    curve.stand(reach, Standing::NotServed(reasons));
    let (partners, currency) = (Vec::new(), String::new());
    Plan { id: offer.id, partners, currency, own_currency: None, mark: None, curve }
}

pub(super) fn too_large(field: &Field, why: OutOfRange) -> Failure {
    Failure::said(
        format!("the totals of so large a need are {why}"),
        format!("narrow the range of `{}` by `--to`", printable(&field.name)),
    )
}
