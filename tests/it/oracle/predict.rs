//! What the oracle says of a scenario: a bill, a term and other totals, or that it is refused.
//!
//! Must not know a price or a key.

use super::civil::{Clock, Period, UTC8};
use super::exact::{Exact, nothing};
use super::need::Need;

/// Why the program must refuse.
pub(super) type Refused = &'static str;

/// "30 days when no month is named" (R-01; R-33 for Tencent).
pub(super) const UTC8_30_DAYS: Clock = Clock { zone: UTC8, hours: 30 * 24 };

/// What one month costs.
#[derive(Clone, Debug)]
pub(super) struct Bill {
    /// By the book's items; an item without lines may be left out or 0.
    pub(super) subtotals: Vec<(&'static str, Exact)>,
    /// Whether every needed price is published.
    pub(super) complete: bool,
}

impl Bill {
    pub(super) fn total(&self) -> Exact {
        self.subtotals.iter().fold(nothing(), |sum, (_, amount)| sum + amount)
    }
}

/// What a scenario comes to.
#[derive(Clone, Debug)]
pub(super) struct Predicted {
    pub(super) bill: Bill,
    /// The sum of all months, where several are asked for, and whether all their prices are published.
    pub(super) term: Option<(Exact, bool)>,
    /// The total under the other value of each reading that has one.
    pub(super) others: Vec<(&'static str, Option<Exact>)>,
    /// The readings whose truth may lie anywhere between both totals.
    pub(super) intervals: &'static [&'static str],
}

impl Predicted {
    /// Whether every price of every month that is asked for is published.
    pub(super) fn is_complete(&self) -> bool {
        self.bill.complete && self.term.as_ref().is_none_or(|(_, all)| *all)
    }
}

/// The calls of a free quota that is given once and still left; none where a scenario says nothing.
pub(super) type Left = Option<u128>;

/// The time of the `index`-th month, from 0.
pub(super) fn period(need: &Need, index: i64, clock: Clock) -> Period {
    match need.month {
        Some(month) => month.plus(index).period(clock.zone),
        None => Period::standard(clock, index),
    }
}

/// The first month's bill and the term of a projection. `bill` is given the first month, the month
/// that it is for, and what is left of a quota.
pub(super) fn project(
    need: &Need,
    clock: Clock,
    bill: &dyn Fn(Period, Period, &mut Left) -> Result<Bill, Refused>,
) -> Result<(Bill, Option<(Exact, bool)>), Refused> {
    let origin = period(need, 0, clock);
    let stated = need.account.free_calls_remaining.map(u128::from);
    let first = bill(origin, origin, &mut stated.clone())?;
    let Some(months) = need.months else {
        return Ok((first, None));
    };
    let (mut left, mut sum, mut complete) = (stated, nothing(), true);
    for index in 0..i64::from(months) {
        let month = bill(origin, period(need, index, clock), &mut left)?;
        sum += month.total();
        complete &= month.complete;
    }
    Ok((first, Some((sum, complete))))
}

/// The figure that a reading moves: of the first month, or of the whole projection where one is
/// asked for from outside. None where some month must be refused.
pub(super) fn weighed(
    need: &Need,
    clock: Clock,
    stated: Left,
    bill: &dyn Fn(Period, Period, &mut Left) -> Result<Bill, Refused>,
) -> Option<Exact> {
    let origin = period(need, 0, clock);
    let mut left = stated;
    let months = need.months.filter(|_| need.months_outside).unwrap_or(1);
    (0..i64::from(months)).try_fold(nothing(), |sum, index| {
        let month = bill(origin, period(need, index, clock), &mut left).ok()?;
        Some(sum + month.total())
    })
}
