//! The difference of one charge, split into what moved it; the order is that of [`super`].

use super::charge::Charge;
use crate::fraction::{Fraction, OutOfRange};

/// What a difference is made of; the parts add up to it exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// The month is longer or shorter.
    pub calendar: Fraction,
    /// More or less is used.
    pub quantity: Fraction,
    /// It falls into other tiers, or more or less of it is free.
    pub tier_and_quota: Fraction,
    /// The listed price is another.
    pub price: Fraction,
}

impl Effects {
    /// The parts with their names, in the order of replacement.
    #[must_use]
    pub fn parts(self) -> [(&'static str, Fraction); 4] {
        [
            ("calendar", self.calendar),
            ("quantity", self.quantity),
            ("tier-and-quota", self.tier_and_quota),
            ("price", self.price),
        ]
    }

    /// The sum of two, part by part.
    ///
    /// # Errors
    /// A sum out of range.
    pub fn plus(self, other: Self) -> Result<Self, OutOfRange> {
        Ok(Self {
            calendar: self.calendar.plus(other.calendar)?,
            quantity: self.quantity.plus(other.quantity)?,
            tier_and_quota: self.tier_and_quota.plus(other.tier_and_quota)?,
            price: self.price.plus(other.price)?,
        })
    }
}

/// Splits the difference of a charge that both bills have; none where a price is not published.
pub(super) fn split(was: &Charge<'_>, is: &Charge<'_>) -> Result<Option<Effects>, OutOfRange> {
    let (Some(before), Some(after)) = (was.amount, is.amount) else { return Ok(None) };
    let longer = longer(was, is)?;
    let used_more = used_more(was, is)?;
    let over_its_month = before.times(longer)?;
    // what was not used before has no average price: what it comes to now is of the quantity
    let comparable = is_one_unit(was, is);
    let at_average = match used_more {
        Some(more) => before.times(more)?,
        None if comparable => at_base_prices(was, is)?,
        None => over_its_month,
    };
    let at_base_prices = if comparable { at_base_prices(was, is)? } else { at_average };
    Ok(Some(Effects {
        calendar: over_its_month.minus(before)?,
        quantity: at_average.minus(over_its_month)?,
        tier_and_quota: at_base_prices.minus(at_average)?,
        price: after.minus(at_base_prices)?,
    }))
}

/// Whether both count in one unit, so that their prices can be put in each other's place.
fn is_one_unit(was: &Charge<'_>, is: &Charge<'_>) -> bool {
    was.first().zip(is.first()).is_some_and(|(was, is)| was.unit == is.unit)
}

/// The head's month as a part of the base's, where the price is for the time that passes.
fn longer(was: &Charge<'_>, is: &Charge<'_>) -> Result<Fraction, OutOfRange> {
    let whole = |charge: &Charge<'_>| charge.first().and_then(|entry| entry.whole_period);
    match (whole(was), whole(is)) {
        (Some(was_whole), Some(is_whole)) if is_one_unit(was, is) && !was_whole.is_zero() => {
            is_whole.divided_by(was_whole)
        }
        _ => Ok(Fraction::from(1)),
    }
}

/// How many times as much is used, the longer month among it; none where nothing was used before.
///
/// In one unit it is what is charged for and what is free of it; across units only the noun can be
/// compared. A level is bought whole: going to another one is of its tier alone.
fn used_more(was: &Charge<'_>, is: &Charge<'_>) -> Result<Option<Fraction>, OutOfRange> {
    let (Some(first), Some(second)) = (was.first(), is.first()) else { return Ok(None) };
    if first.unit.ends_with("-level-month") {
        return Ok(Some(Fraction::from(1)));
    }
    let (before, after) = if is_one_unit(was, is) {
        (was.quantity.plus(was.free)?, is.quantity.plus(is.free)?)
    } else if first.noun == second.noun {
        (was.consumed, is.consumed)
    } else {
        (Fraction::from(1), Fraction::from(1))
    };
    if before.is_zero() { Ok(None) } else { after.divided_by(before).map(Some) }
}

/// The head's quantities, each tier at the base's listed price of it; one that the base did not
/// reach, at the head's.
fn at_base_prices(was: &Charge<'_>, is: &Charge<'_>) -> Result<Fraction, OutOfRange> {
    let mut sum = Fraction::ZERO;
    for slice in &is.slices {
        let mut listed = slice.entry;
        if let Some(same) = was.slices.iter().find(|other| other.tier == slice.tier) {
            listed = same.entry;
        }
        let Some(price) = listed.unit_price else { continue };
        let cost = Fraction::from(price).times(slice.entry.quantity)?.over(listed.per)?;
        sum = sum.plus(cost)?;
    }
    Ok(sum)
}
