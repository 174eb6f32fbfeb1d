//! One need at several plans: which can serve it, what each costs, and by how much they differ.
//!
//! Only complete bills in one currency are ranked against each other, or those that a stated rate
//! brings into one: 4.94462 CNY at 0.14 are 0.6922468 USD, 0.0076532 less than 0.6999. A plan whose
//! price is unknown, or that cannot serve the need, stands apart with its reason and never looks
//! cheapest.

mod asking;
mod ranking;
pub mod workloads;

use std::collections::BTreeMap;
use std::fmt;

use crate::bill::{Bill, Line, Status};
use crate::decimal::Decimal;
use crate::diagnostic::Problem;
use crate::estimate::Estimate;
use crate::fraction::{Fraction, OutOfRange};
use crate::month::length_of;
use crate::pricebook::{BookId, TimeUnit};

pub use asking::{
    Asked, NoComparison, Readings, is_about_the_plan, offers, selected, without_doubles,
};
pub use ranking::rank;

/// A need and what every plan makes of it.
#[derive(Debug)]
pub struct Workload {
    /// The scenario's name.
    pub name: String,
    /// Who stated it.
    pub stated: Stated,
    /// The plans, ranked.
    pub offers: Vec<Offer>,
}

/// Who stated a need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stated {
    /// The user.
    ByUser,
    /// The program: it is one of its reference workloads.
    AsReference,
}

/// What a plan makes of a need.
#[derive(Debug)]
pub enum Outcome {
    /// It serves it.
    Served(Box<Estimate>),
    /// It cannot, and why.
    NotComparable(Vec<Problem>),
}

/// A plan and what it makes of a need.
#[derive(Debug)]
pub struct Offer {
    /// The plan's price book.
    pub id: BookId,
    /// What it makes of the need.
    pub outcome: Outcome,
    /// What it costs, in the currency that it is compared in; of one that serves the need.
    pub cost: Option<Cost>,
    /// Where it stands; of one whose bill is complete.
    pub standing: Option<Standing>,
}

/// What a plan costs, in the currency that it is compared in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// That currency.
    pub currency: String,
    /// The total in it.
    pub total: Fraction,
    /// The rate, where the plan's own currency is another.
    pub rate: Option<Decimal>,
}

/// Where a plan stands among the complete bills in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its place from 1; plans that cost the same share one.
    pub rank: usize,
    /// How many are ranked, itself among them.
    pub of: usize,
    /// What it costs more than the cheapest.
    pub more: Fraction,
    /// The same in per cent of the cheapest; none where that costs nothing, or the quotient has
    /// more digits than can be held.
    pub percent: Option<Fraction>,
}

impl Offer {
    /// The total in the plan's own currency: of the term where there is one.
    #[must_use]
    pub fn total(&self) -> Option<Fraction> {
        self.estimate().map(Estimate::total)
    }

    /// The estimate, where the plan serves the need.
    #[must_use]
    pub fn estimate(&self) -> Option<&Estimate> {
        match &self.outcome {
            Outcome::Served(estimate) => Some(estimate),
            Outcome::NotComparable(_) => None,
        }
    }

    /// `complete`, `incomplete` or `not-comparable`.
    #[must_use]
    pub fn status(&self) -> &'static str {
        self.estimate().map_or("not-comparable", |estimate| estimate.status().as_str())
    }

    /// Whether the plan serves the need and every price of it is published.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.estimate().is_some_and(|estimate| estimate.status() == Status::Complete)
    }

    /// Why it is not comparable, or not complete: a short clause for each reason.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        match &self.outcome {
            Outcome::NotComparable(problems) => clauses(&self.id, problems),
            Outcome::Served(estimate) => unpriced(estimate)
                .into_iter()
                .map(|line| format!("the price of `{}` is not published", line.label))
                .collect(),
        }
    }
}

/// Why a plan cannot serve a need: a short clause for each problem, without the plan's name.
#[must_use]
pub fn clauses<'p>(id: &BookId, problems: impl IntoIterator<Item = &'p Problem>) -> Vec<String> {
    let whole = format!("`{id}` ");
    let mut clauses: Vec<String> = Vec::new();
    for Problem { message, .. } in problems {
        let clause = message.strip_prefix(&whole).unwrap_or(message);
        if clauses.iter().all(|known| known != clause) {
            clauses.push(clause.to_owned());
        }
    }
    clauses
}

// ------------------------------------------------------------------ what a bill comes to, over its term

/// The sum of each item over the term, by its place in the book.
///
/// # Errors
/// A sum out of range.
pub fn subtotals(estimate: &Estimate) -> Result<BTreeMap<usize, Fraction>, OutOfRange> {
    let mut sums = BTreeMap::new();
    for (item, subtotal) in estimate.bills().flat_map(Bill::subtotals) {
        let sum: &mut Fraction = sums.entry(*item).or_default();
        *sum = sum.plus(*subtotal)?;
    }
    Ok(sums)
}

/// What each book of a plan with partners comes to, the plan's own first; of one without, nothing.
///
/// # Errors
/// A sum out of range.
pub fn parts(estimate: &Estimate) -> Result<Vec<(&BookId, Fraction)>, OutOfRange> {
    let book = &estimate.book;
    if book.joined.is_empty() {
        return Ok(Vec::new());
    }
    let mut parts: Vec<(&BookId, Fraction)> = vec![(&book.id, Fraction::ZERO)];
    parts.extend(book.joined.iter().map(|joined| (&joined.id, Fraction::ZERO)));
    for (item, subtotal) in subtotals(estimate)? {
        if let Some((_, sum)) = parts.get_mut(book.part_of_item(item)) {
            *sum = sum.plus(subtotal)?;
        }
    }
    Ok(parts)
}

/// What is to be known of a figure that changes nothing of it: limits that a provider raises on
/// request, and an edition that is not in force in the month.
#[must_use]
pub fn reservations(estimate: &Estimate) -> Vec<String> {
    let (book, first) = (&estimate.book, estimate.period.first());
    let dated = estimate.period.month.is_some() && !book.effective.holds_on(first);
    let edition = dated.then(|| format!("edition {} is not in force on {first}", book.id.edition));
    let warnings = estimate.bill.warnings.iter().map(|warning| {
        let about = if warning.label.is_empty() { "" } else { ": " };
        format!("{}{about}{}", warning.message, warning.label)
    });
    edition.into_iter().chain(warnings).collect()
}

/// The lines whose price is not published, one of each label.
#[must_use]
pub fn unpriced(estimate: &Estimate) -> Vec<&Line> {
    let mut found: Vec<&Line> = Vec::new();
    for line in estimate.bills().flat_map(Bill::unpriced) {
        if found.iter().all(|known| known.label != line.label) {
            found.push(line);
        }
    }
    found
}

/// The month that the prices of time on a bill are worked out by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convention {
    /// No line is priced by time, or the month is one whatever its length.
    Flat,
    /// The bill's own month.
    Own,
    /// A standard month of so many hours.
    Standard(u32),
}

/// By which month the bill is worked out.
#[must_use]
pub fn convention(estimate: &Estimate) -> Convention {
    let named = estimate.period.month.is_some();
    let over = |line: &Line| estimate.book.meters.get(line.meter)?.over.timed();
    let mut convention = Convention::Flat;
    for timed in estimate.bills().flat_map(Bill::lines).filter_map(over) {
        convention = match timed.unit {
            TimeUnit::OwnMonth if convention == Convention::Flat => Convention::Own,
            TimeUnit::Hour | TimeUnit::Day if named && convention == Convention::Flat => {
                Convention::Own
            }
            TimeUnit::Hour | TimeUnit::Day if !named => return standard(estimate),
            TimeUnit::StandardMonth => return standard(estimate),
            _ => convention,
        };
    }
    convention
}

fn standard(estimate: &Estimate) -> Convention {
    Convention::Standard(estimate.book.clock.standard_hours)
}

impl fmt::Display for Convention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flat => f.write_str("flat"),
            Self::Own => f.write_str("own month"),
            Self::Standard(hours) if hours.is_multiple_of(24) => f.write_str(&length_of(*hours)),
            Self::Standard(hours) => write!(f, "{hours} h"),
        }
    }
}
