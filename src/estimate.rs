//! One need at one plan: its bill, what the book's open readings move, and its term.
//!
//! A reading is weighed by rating the need once more with the book's other value: 0.08 as chosen
//! and 0.03 otherwise is a move of −0.05. Nothing here knows how a price is formed.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::bill::{AtList, Bill, Broken, Status};
use crate::contract::Contract;
use crate::diagnostic::{Code, Problem, Problems};
use crate::fraction::{Fraction, OutOfRange};
use crate::metering::{self, Setting};
use crate::month::{Month, Period};
use crate::pricebook::{Applies, Book, Change, Mark, PriceSource, Reading, Region};
use crate::rating::{self, Balance};
use crate::scenario::{Scenario, State};
use crate::vocabulary::Vocabulary;

/// What an estimate stands on beside the need and the book.
#[derive(Clone, Copy, Debug)]
pub struct Grounds<'a> {
    /// The shared words.
    pub vocabulary: &'a Vocabulary,
    /// The regions of the scenario's own provider, where another provider's plan is estimated.
    pub home: Option<&'a BTreeMap<String, Region>>,
    /// The month asked for instead of the scenario's.
    pub month: Option<Month>,
    /// How many months to project.
    pub months: Option<u32>,
}

/// What a need costs at one plan.
#[derive(Clone, Debug)]
pub struct Estimate {
    /// The price book.
    pub book: Rc<Book>,
    /// What the bill covers; of a projection, its first month.
    pub period: Period,
    /// The bill.
    pub bill: Bill,
    /// The readings in force, and what each moves.
    pub effects: Vec<Effect>,
    /// The months of a term.
    pub term: Option<Term>,
}

/// What a reading moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Its place in the book.
    pub reading: usize,
    /// The total under its other value; none where it has none, or cannot be had.
    pub other_total: Option<Fraction>,
    /// The other total less this one.
    pub moved: Fraction,
    /// Where the truth may lie anywhere between both.
    pub interval: Option<(Fraction, Fraction)>,
}

/// The months of a term and what they add up to.
#[derive(Clone, Debug)]
pub struct Term {
    /// Each month's bill.
    pub months: Vec<(Period, Bill)>,
    /// Their sum.
    pub total: Fraction,
}

impl Term {
    /// Whether every month is complete.
    #[must_use]
    pub fn status(&self) -> Status {
        let complete = self.months.iter().all(|(_, bill)| bill.status() == Status::Complete);
        if complete { Status::Complete } else { Status::Incomplete }
    }
}

/// Why there is no estimate.
#[derive(Debug)]
pub enum NoEstimate {
    /// The need cannot be served, or is wrong.
    Problems(Problems),
    /// The program is.
    Fault(String),
}

impl Estimate {
    /// A reading of its book and what it moves.
    pub fn readings(&self) -> impl Iterator<Item = (&Reading, &Effect)> {
        self.effects
            .iter()
            .filter_map(|effect| Some((self.book.readings.get(effect.reading)?, effect)))
    }

    /// The bills of the term, or the month's where there is none.
    pub fn bills(&self) -> impl Iterator<Item = &Bill> {
        let month = self.term.is_none().then_some(&self.bill);
        let term = self.term.iter().flat_map(|term| &term.months).map(|(_, bill)| bill);
        term.chain(month)
    }

    /// The total of the term, or of the month where there is none.
    #[must_use]
    pub fn total(&self) -> Fraction {
        self.term.as_ref().map_or(self.bill.total(), |term| term.total)
    }

    /// What the bills come to at list prices; none where nothing else is agreed on.
    ///
    /// # Errors
    /// A sum out of range.
    pub fn at_list(&self) -> Result<Option<AtList>, OutOfRange> {
        if self.bills().all(|bill| bill.at_list.is_none()) {
            return Ok(None);
        }
        let list = |bill: &Bill| {
            bill.at_list.unwrap_or(AtList { total: bill.total(), status: bill.status() })
        };
        let total = Fraction::sum(self.bills().map(|bill| list(bill).total))?;
        let complete = self.bills().all(|bill| list(bill).status == Status::Complete);
        let status = if complete { Status::Complete } else { Status::Incomplete };
        Ok(Some(AtList { total, status }))
    }

    /// The weakest source of what is on the bills; of empty ones, that of the book.
    #[must_use]
    pub fn weakest_source(&self) -> Option<&PriceSource> {
        let lines = self.bills().flat_map(Bill::lines);
        let found = weakest(lines.filter_map(|line| self.book.source(line.source)));
        found.or_else(|| weakest(self.book.sources.iter()))
    }

    /// How far the figure can be trusted: as far as the weakest source of what is on the bills.
    #[must_use]
    pub fn provenance(&self) -> Mark {
        self.weakest_source().map_or(Mark::ThirdParty, |source| source.mark)
    }

    /// The readings that moved the figure and that no page documents, by their ids; none where they
    /// are not weighed.
    pub fn undocumented(&self) -> impl Iterator<Item = &str> {
        let open = |(reading, effect): &(&Reading, &Effect)| {
            !reading.documented && !effect.moved.is_zero()
        };
        self.readings().filter(open).map(|(reading, _)| reading.id.as_str())
    }

    /// Whether every needed price is published.
    #[must_use]
    pub fn status(&self) -> Status {
        match &self.term {
            Some(term) if term.status() == Status::Incomplete => Status::Incomplete,
            _ => self.bill.status(),
        }
    }
}

/// The first of the weakest sources.
fn weakest<'a>(sources: impl Iterator<Item = &'a PriceSource>) -> Option<&'a PriceSource> {
    sources.reduce(|weak, other| if other.mark > weak.mark { other } else { weak })
}

/// Estimates a need at a plan, and weighs the plan's open readings.
///
/// `problems` are those that the scenario's file already has.
///
/// # Errors
/// Every problem of the need and of the file, or a fault of the program.
pub fn estimate(
    scenario: &Scenario,
    book: impl Into<Rc<Book>>,
    grounds: Grounds<'_>,
    problems: Problems,
) -> Result<Estimate, NoEstimate> {
    let (mut estimate, used) = rated(scenario, book.into(), grounds, problems)?;
    let idle = Idle { still: is_still(scenario), used: &used, one_month: grounds.months.is_none() };
    estimate.effects = weigh(scenario, &estimate, grounds, &idle)?;
    Ok(estimate)
}

/// Estimates a need at a plan, and leaves its readings unweighed: `effects` is empty.
///
/// # Errors
/// As [`estimate`].
pub fn unweighed(
    scenario: &Scenario,
    book: impl Into<Rc<Book>>,
    grounds: Grounds<'_>,
    problems: Problems,
) -> Result<Estimate, NoEstimate> {
    rated(scenario, book.into(), grounds, problems).map(|(estimate, _)| estimate)
}

/// The bill and its term, and which meters have usage.
fn rated(
    scenario: &Scenario,
    book: Rc<Book>,
    grounds: Grounds<'_>,
    mut problems: Problems,
) -> Result<(Estimate, Vec<bool>), NoEstimate> {
    if book.meters.is_empty() {
        let message = format!("`{}` has no prices: it says how instances are renewed", book.id);
        let problem = Problem::error(Code::Unpublished, message);
        problems.push(
            problem.help(
                "`kms-cost calendar` shows renewals, at what the scenario says a month costs",
            ),
        );
        return Err(NoEstimate::Problems(problems));
    }
    let Some(period) = period(scenario, &book, grounds, 0) else {
        problems.push(beyond_calendar());
        return Err(NoEstimate::Problems(problems));
    };
    let mut balance =
        Balance::new(scenario.account.free_calls_remaining.as_ref().map(|at| at.value));
    let fresh = balance.clone();
    let (bill, used) = bill(scenario, &book, grounds, period, period, &mut balance, &mut problems)
        .map_err(NoEstimate::Fault)?;
    let stated = || scenario.term_months().and_then(|months| u32::try_from(months).ok());
    let months = grounds.months.or_else(stated);
    let term = match months {
        Some(months) if !problems.has_errors() => {
            term(scenario, &book, grounds, months, fresh, &mut problems)?
        }
        _ => None,
    };
    if problems.has_errors() {
        return Err(NoEstimate::Problems(problems));
    }
    Ok((Estimate { book, period, bill, effects: Vec::new(), term }, used))
}

/// The bill of one period, and which meters have usage; problems are pushed.
fn bill(
    scenario: &Scenario,
    book: &Book,
    grounds: Grounds<'_>,
    period: Period,
    origin: Period,
    balance: &mut Balance,
    problems: &mut Problems,
) -> Result<(Bill, Vec<bool>), String> {
    let setting = Setting { vocabulary: grounds.vocabulary, home: grounds.home, period, origin };
    let usage = metering::meter(scenario, book, setting, problems);
    let used = usage.parts.iter().map(|parts| !parts.is_empty()).collect();
    let contract = match Contract::of(scenario, book) {
        Ok(contract) => contract,
        Err(found) => {
            for problem in found {
                problems.push(problem);
            }
            Contract::default()
        }
    };
    let rated = rating::rate(usage, book, balance, problems);
    match rated.and_then(|bill| contract.applied(bill, book)) {
        Ok(bill) => Ok((bill, used)),
        Err(Broken::Fault(what) | Broken::OutOfRange(what)) => Err(what),
    }
}

/// The `index`-th month of the estimate; none beyond the calendar.
fn period(scenario: &Scenario, book: &Book, grounds: Grounds<'_>, index: u32) -> Option<Period> {
    match grounds.month.or(scenario.month.as_ref().map(|month| month.value)) {
        Some(month) => month.plus(index).map(Period::calendar),
        None => Some(Period::standard(book.clock.standard_hours, index)),
    }
}

fn beyond_calendar() -> Problem {
    Problem::error(Code::BadDate, "the term ends after the year 9999")
}

fn term(
    scenario: &Scenario,
    book: &Book,
    grounds: Grounds<'_>,
    months: u32,
    mut balance: Balance,
    problems: &mut Problems,
) -> Result<Option<Term>, NoEstimate> {
    let origin = period(scenario, book, grounds, 0);
    let mut bills = Vec::new();
    for index in 0..months {
        let (Some(period), Some(origin)) = (period(scenario, book, grounds, index), origin) else {
            problems.push(beyond_calendar());
            return Ok(None);
        };
        let (bill, _) = bill(scenario, book, grounds, period, origin, &mut balance, problems)
            .map_err(NoEstimate::Fault)?;
        if problems.has_errors() {
            return Ok(None);
        }
        bills.push((period, bill));
    }
    match Fraction::sum(bills.iter().map(|(_, bill)| bill.total())) {
        Ok(total) => Ok(Some(Term { months: bills, total })),
        Err(why) => {
            problems.push(Problem::error(Code::TooLarge, format!("the term's total is {why}")));
            Ok(None)
        }
    }
}

// ------------------------------------------------------------------ readings

/// What tells that a reading's other value changes nothing, without rating once more.
struct Idle<'a> {
    /// Nothing happens to any key, and the account is in order.
    still: bool,
    /// Which meters have usage.
    used: &'a [bool],
    /// Only the month that was metered counts.
    one_month: bool,
}

impl Idle<'_> {
    fn is(&self, change: &Change, book: &Book) -> bool {
        self.one_month && change.is_idle(book, self.used, self.still)
    }
}

fn is_still(scenario: &Scenario) -> bool {
    let account = &scenario.account;
    let in_order = account.suspended.is_empty() && account.overdue_at.is_none();
    let keys = scenario.keys.iter().map(|key| &key.life);
    let mut lives = keys.chain(scenario.secrets.iter().map(|secret| &secret.life));
    in_order && lives.all(|life| life.is_still() && life.state != State::PendingDeletion)
}

fn weigh(
    scenario: &Scenario,
    estimate: &Estimate,
    grounds: Grounds<'_>,
    idle: &Idle<'_>,
) -> Result<Vec<Effect>, NoEstimate> {
    let book = &estimate.book;
    let projected = estimate.term.as_ref().filter(|_| grounds.months.is_some());
    let total = projected.map_or(estimate.bill.total(), |term| term.total);
    let mut effects = Vec::new();
    for (at, reading) in book.readings.iter().enumerate() {
        if reading.applies == Applies::StandardMonth && estimate.period.month.is_some() {
            continue;
        }
        let stated = scenario.account.free_calls_remaining.as_ref().map(|at| at.value);
        let other = match reading.changes.as_slice() {
            [] => None,
            // what the scenario states is the other value: the chosen one is what remains to be weighed
            _ if stated.is_some() && reading.is_about_what_remains(book) => {
                other_total(scenario, book, grounds, None)?
            }
            changes if changes.iter().all(|change| idle.is(change, book)) => Some(total),
            _ => other_total(scenario, &book.with(reading), grounds, stated)?,
        };
        let moved = other.map_or(Ok(Fraction::ZERO), |other| other.minus(total));
        let moved =
            moved.map_err(|why| NoEstimate::Fault(format!("reading `{}` is {why}", reading.id)))?;
        let interval =
            other.filter(|_| reading.interval).map(|other| (total.min(other), total.max(other)));
        effects.push(Effect { reading: at, other_total: other, moved, interval });
    }
    Ok(effects)
}

/// The total under another book, of a projection where one is asked for; none where the need cannot be served by it.
fn other_total(
    scenario: &Scenario,
    book: &Book,
    grounds: Grounds<'_>,
    remaining: Option<u64>,
) -> Result<Option<Fraction>, NoEstimate> {
    let mut problems = Problems::new(std::sync::Arc::clone(&scenario.source));
    let mut balance = Balance::new(remaining);
    if let Some(months) = grounds.months {
        let term = term(scenario, book, grounds, months, balance, &mut problems)?;
        return Ok(term.filter(|_| !problems.has_errors()).map(|term| term.total));
    }
    let Some(period) = period(scenario, book, grounds, 0) else {
        return Ok(None);
    };
    let (bill, _) = bill(scenario, book, grounds, period, period, &mut balance, &mut problems)
        .map_err(NoEstimate::Fault)?;
    Ok((!problems.has_errors()).then(|| bill.total()))
}
