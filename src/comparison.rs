//! One need at several plans: which can serve it, and what each costs.
//!
//! Only complete bills in one currency are ranked against each other; a plan whose price is
//! unknown, or that cannot serve the need, stands apart with its reason and never looks cheapest.

use crate::bill::Status;
use crate::diagnostic::{Code, Problems};
use crate::estimate::Estimate;
use crate::fraction::Fraction;
use crate::pricebook::BookId;

/// What a plan makes of a need.
#[derive(Debug)]
pub enum Outcome {
    /// It serves it.
    Served(Box<Estimate>),
    /// It cannot, and why.
    NotComparable(Vec<String>),
}

/// A plan and what it makes of a need.
#[derive(Debug)]
pub struct Offer {
    /// The plan's price book.
    pub id: BookId,
    /// What it makes of the need.
    pub outcome: Outcome,
    /// Its place among complete bills in its currency, from 1.
    pub rank: Option<usize>,
}

impl Offer {
    /// The total compared: of the term where there is one.
    #[must_use]
    pub fn total(&self) -> Option<Fraction> {
        self.estimate()
            .map(|estimate| estimate.term.as_ref().map_or(estimate.bill.total(), |term| term.total))
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

    fn is_complete(&self) -> bool {
        self.estimate().is_some_and(|estimate| estimate.status() == Status::Complete)
    }

    fn currency(&self) -> &str {
        self.estimate().map_or("", |estimate| estimate.book.currency.as_str())
    }
}

/// Ranks offers: complete ones by currency and total, then incomplete ones, then those that cannot serve.
pub fn rank(offers: &mut [Offer]) {
    let group = |offer: &Offer| match (offer.is_complete(), offer.estimate()) {
        (true, _) => 0,
        (false, Some(_)) => 1,
        (false, None) => 2,
    };
    offers.sort_by(|a, b| {
        (group(a), a.currency(), a.total(), &a.id).cmp(&(group(b), b.currency(), b.total(), &b.id))
    });
    let mut before: Option<(String, usize)> = None;
    for offer in offers.iter_mut().filter(|offer| offer.is_complete()) {
        let place = match &before {
            Some((currency, place)) if currency == offer.currency() => place.saturating_add(1),
            _ => 1,
        };
        offer.rank = Some(place);
        before = Some((offer.currency().to_owned(), place));
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
