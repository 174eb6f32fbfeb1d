//! The curve over the months of a term: every month is a bill, and a term of n months is the sum of
//! the first n.
//!
//! 500 a month and 12 months are 6,000; what changes from one month to the next, the days of the
//! month or the versions of a key, needs no search, for every month is looked at.

use super::search::NoCurve;
use super::{Curve, Piece, Reach, Standing};
use crate::fraction::Fraction;

/// The months of a term as a plan bills them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Months {
    /// The total of each, with the prices that are not published.
    Billed(Vec<(Fraction, Vec<String>)>),
    /// A term so long cannot be served, and why.
    Refused(Vec<String>),
}

/// The curve over terms of so many months, by a function that bills a term.
///
/// # Errors
/// Figures out of range, and what the function says.
pub fn curve<E>(
    reach: Reach,
    mut bill: impl FnMut(u64) -> Result<Months, E>,
) -> Result<Curve, NoCurve<E>> {
    let mut curve = Curve::default();
    let (months, refused) = longest(reach.to, &mut bill)?;
    let mut total = Fraction::ZERO;
    let mut unpriced: Vec<String> = Vec::new();
    for (unit, (amount, reasons)) in (1..=reach.to).zip(months) {
        total = total.plus(amount)?;
        for reason in reasons {
            if !unpriced.contains(&reason) {
                unpriced.push(reason);
            }
        }
        if !reach.holds(unit) {
            continue;
        }
        let here = Reach { from: unit, to: unit };
        if unpriced.is_empty() {
            curve.extend(Piece { reach: here, total, each: Fraction::ZERO })?;
            curve.stand(here, Standing::Complete);
        } else {
            curve.stand(here, Standing::Incomplete(unpriced.clone()));
        }
    }
    if let Some((from, reasons)) = refused {
        let from = from.max(reach.from);
        curve.stand(Reach { from, to: reach.to }, Standing::NotServed(reasons));
    }
    Ok(curve)
}

/// The bills of the longest term that is served, and from how many months on and why none is.
type Longest = (Vec<(Fraction, Vec<String>)>, Option<(u64, Vec<String>)>);

fn longest<E>(
    to: u64,
    bill: &mut impl FnMut(u64) -> Result<Months, E>,
) -> Result<Longest, NoCurve<E>> {
    let mut reasons = match bill(to).map_err(NoCurve::Asked)? {
        Months::Billed(months) => return Ok((months, None)),
        Months::Refused(reasons) => reasons,
    };
    let (mut served, mut refused) = (0, to);
    let mut billed = Vec::new();
    // a longer term has every month of a shorter one
    while refused.saturating_sub(served) > 1 {
        let middle = served.midpoint(refused);
        match bill(middle).map_err(NoCurve::Asked)? {
            Months::Billed(months) => (served, billed) = (middle, months),
            Months::Refused(why) => (refused, reasons) = (middle, why),
        }
    }
    Ok((billed, Some((refused, reasons))))
}
