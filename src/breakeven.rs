//! Where the ranking changes: the usage from which on another plan is the cheapest.
//!
//! What a plan costs at each whole unit of one quantity is a curve of straight pieces with jumps
//! between them. [`search`] finds every piece, not by sampling but by the structure of the bills;
//! [`envelope`] follows the cheapest curve and says at which unit it changes hands: 30 × 0.06 = 1.80
//! a key against 500 for an instance is 498.60 against 500 at 277 keys and 500.40 at 278.
//! No price is known here and no provider: what a unit costs is asked of a function.

pub mod envelope;
pub mod quote;
pub mod search;
mod stretch;
pub mod term;
pub mod vary;

use std::collections::BTreeMap;

use crate::fraction::{Fraction, OutOfRange};
use crate::pricebook::{BookId, Mark};
use envelope::{Change, NoEnvelope, Span};

/// Every whole unit from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The first.
    pub from: u64,
    /// The last, not below the first.
    pub to: u64,
}

impl Reach {
    /// Whether a unit lies in it.
    #[must_use]
    pub fn holds(self, unit: u64) -> bool {
        self.from <= unit && unit <= self.to
    }
}

/// What a plan makes of a need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It serves it, and every price is published.
    Complete,
    /// It serves it, and these prices are not published.
    Incomplete(Vec<String>),
    /// It cannot serve it, and why.
    NotServed(Vec<String>),
}

/// A plan, and what it makes of the need over a range.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its price book.
    pub id: BookId,
    /// Plans of the same provider that are on its bill.
    pub partners: Vec<String>,
    /// The currency of its totals.
    pub currency: String,
    /// The currency that it is priced in; none where no edition is in force.
    pub own_currency: Option<String>,
    /// The weakest source of its bills; none where there is none.
    pub mark: Option<Mark>,
    /// What it costs.
    pub curve: Curve,
}

impl Plan {
    /// Its name with its edition and its partners: `a/keys@2026 + secrets`.
    #[must_use]
    pub fn name(&self) -> String {
        self.partners
            .iter()
            .fold(self.id.to_string(), |name, partner| format!("{name} + {partner}"))
    }

    /// Its name without its edition: `a/keys + secrets`.
    #[must_use]
    pub fn short(&self) -> String {
        let name = format!("{}/{}", self.id.provider, self.id.plan);
        self.partners.iter().fold(name, |name, partner| format!("{name} + {partner}"))
    }
}

/// Plans whose totals can be held against each other.
#[derive(Clone, Debug)]
pub struct Group {
    /// The currency of all.
    pub currency: String,
    /// The plans that are complete somewhere: in the order in which they are the cheapest, then the others.
    pub plans: Vec<Plan>,
    /// Which of them is the cheapest where.
    pub spans: Vec<Span>,
    /// Where that changes hands.
    pub changes: Vec<Change>,
}

/// Plans by currency, each with its cheapest over the range, and the plans that are complete nowhere.
/// The currency that rates lead to comes first.
///
/// # Errors
/// More changes than are told, and figures out of range.
pub fn groups(
    mut plans: Vec<Plan>,
    reach: Reach,
    first: Option<&str>,
) -> Result<(Vec<Group>, Vec<Plan>), NoEnvelope> {
    plans.sort_by(|a, b| a.id.cmp(&b.id));
    let (complete, apart): (Vec<Plan>, Vec<Plan>) =
        plans.into_iter().partition(|plan| !plan.curve.pieces.is_empty());
    let mut by_currency: BTreeMap<(bool, String), Vec<Plan>> = BTreeMap::new();
    for plan in complete {
        let currency = plan.currency.clone();
        by_currency.entry((first != Some(currency.as_str()), currency)).or_default().push(plan);
    }
    let groups =
        by_currency.into_iter().map(|((_, currency), plans)| group(currency, plans, reach));
    Ok((groups.collect::<Result<_, _>>()?, apart))
}

fn group(currency: String, plans: Vec<Plan>, reach: Reach) -> Result<Group, NoEnvelope> {
    let curves: Vec<&Curve> = plans.iter().map(|plan| &plan.curve).collect();
    let mut spans = envelope::envelope(&curves, reach)?;
    let mut order: Vec<usize> = Vec::new();
    for plan in spans.iter().filter_map(|span| span.plan).chain(0..plans.len()) {
        if !order.contains(&plan) {
            order.push(plan);
        }
    }
    let place = |plan: usize| order.iter().position(|known| *known == plan).unwrap_or(plan);
    for span in &mut spans {
        span.plan = span.plan.map(place);
        span.ties.iter_mut().for_each(|(plan, _)| *plan = place(*plan));
    }
    let mut placed: Vec<(usize, Plan)> =
        plans.into_iter().enumerate().map(|(plan, known)| (place(plan), known)).collect();
    placed.sort_by_key(|(place, _)| *place);
    let plans: Vec<Plan> = placed.into_iter().map(|(_, plan)| plan).collect();
    let curves: Vec<&Curve> = plans.iter().map(|plan| &plan.curve).collect();
    let changes = envelope::changes(&spans, &curves);
    Ok(Group { currency, plans, spans, changes })
}

impl Standing {
    /// As JSON and CSV write it.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete(_) => "incomplete",
            Self::NotServed(_) => "not-comparable",
        }
    }

    /// What is not published, or why the need cannot be served.
    #[must_use]
    pub fn reasons(&self) -> &[String] {
        match self {
            Self::Complete => &[],
            Self::Incomplete(reasons) | Self::NotServed(reasons) => reasons,
        }
    }
}

/// What a plan makes of the need over a range, in the order of the units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Curve {
    /// Where it serves the need and where it does not, without gaps.
    pub ranges: Vec<(Reach, Standing)>,
    /// Its straight pieces: of every unit at which it is complete, and of no other.
    pub pieces: Vec<Piece>,
}

/// A straight piece of a curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it lies.
    pub reach: Reach,
    /// The total at its first unit.
    pub total: Fraction,
    /// What each further unit adds; 0 of a piece of one unit.
    pub each: Fraction,
}

impl Piece {
    /// The total at a unit, exactly.
    ///
    /// # Errors
    /// A total beyond the range of figures.
    pub fn at(&self, unit: u64) -> Result<Fraction, OutOfRange> {
        let further = unit.saturating_sub(self.reach.from);
        self.total.plus(self.each.times(further.into())?)
    }
}

impl Curve {
    /// The total at a unit; none where the plan is not complete there.
    #[must_use]
    pub fn at(&self, unit: u64) -> Option<Fraction> {
        let next = self.pieces.partition_point(|piece| piece.reach.from <= unit);
        let piece = self.pieces.get(next.checked_sub(1)?)?;
        piece.at(unit).ok().filter(|_| piece.reach.holds(unit))
    }

    /// What the plan makes of the need at a unit.
    #[must_use]
    pub fn standing(&self, unit: u64) -> Option<&Standing> {
        let next = self.ranges.partition_point(|(reach, _)| reach.from <= unit);
        self.ranges.get(next.checked_sub(1)?).map(|(_, standing)| standing)
    }

    /// Adds what the plan makes of the need on the next stretch.
    pub(crate) fn stand(&mut self, stretch: Reach, standing: Standing) {
        match self.ranges.last_mut() {
            Some((reach, known)) if *known == standing => reach.to = stretch.to,
            _ => self.ranges.push((stretch, standing)),
        }
    }

    /// Adds the next piece, as a part of the last one where both lie on one straight line.
    ///
    /// # Errors
    /// A figure beyond the range of figures.
    pub(crate) fn extend(&mut self, piece: Piece) -> Result<(), OutOfRange> {
        match self.pieces.last_mut() {
            Some(last) if last.reach.to.checked_add(1) == Some(piece.reach.from) => {
                if let Some(joined) = joined(last, &piece)? {
                    *last = joined;
                    return Ok(());
                }
            }
            _ => {}
        }
        self.pieces.push(piece);
        Ok(())
    }
}

/// Two adjacent pieces as one, where they lie on one straight line.
fn joined(before: &Piece, after: &Piece) -> Result<Option<Piece>, OutOfRange> {
    let alone = |piece: &Piece| piece.reach.from == piece.reach.to;
    let step = after.total.minus(before.at(before.reach.to)?)?;
    let straight = (alone(before) || step == before.each) && (alone(after) || step == after.each);
    let reach = Reach { from: before.reach.from, to: after.reach.to };
    Ok(straight.then_some(Piece { reach, total: before.total, each: step }))
}
