//! From two answers that are built alike to the straight pieces between them.
//!
//! What is sold in blocks goes up in steps, and those follow from what is needed: one key more for each
//! unit and 1,000 included, blocks of 10, step at 1,001, 1,011, 1,021 and so on. Everything else runs
//! straight. Nothing is asked here.

use super::quote::{Quote, Shape};
use super::search::MOST_PIECES;
use super::{Curve, Piece, Reach};
use crate::fraction::{Fraction, OutOfRange};

/// The total without what is sold in blocks and needed more and more; none where its price changes.
pub(super) fn rest(
    quote: &Quote,
    first: &Shape,
    last: &Shape,
) -> Result<Option<Fraction>, OutOfRange> {
    let mut rest = quote.total;
    for ((stair, first), last) in quote.shape.stairs.iter().zip(&first.stairs).zip(&last.stairs) {
        if first.needed == last.needed {
            continue;
        }
        if stair.price != first.price || first.price != last.price {
            return Ok(None);
        }
        rest = rest.minus(stair.amount()?)?;
    }
    Ok(Some(rest))
}

/// Steps of one size that are needed alike.
struct Steps {
    needed: Fraction,
    each: Fraction,
    size: u64,
    price: Fraction,
}

/// Writes out the straight pieces of a stretch.
pub(super) fn pieces(
    curve: &mut Curve,
    stretch: Reach,
    first: &Quote,
    last: &Quote,
) -> Result<(), OutOfRange> {
    let length = stretch.to.saturating_sub(stretch.from);
    let each = |a: Fraction, b: Fraction| {
        if length == 0 { Ok(Fraction::ZERO) } else { b.minus(a)?.over(length) }
    };
    let (Some(base), Some(end)) =
        (rest(first, &first.shape, &last.shape)?, rest(last, &first.shape, &last.shape)?)
    else {
        return Err(OutOfRange);
    };
    let mut steps: Vec<Steps> = Vec::new();
    for (a, b) in first.shape.stairs.iter().zip(&last.shape.stairs) {
        let each = each(a.needed, b.needed)?;
        let like =
            |known: &&mut Steps| (known.needed, known.each, known.size) == (a.needed, each, a.size);
        if each.is_zero() {
            continue;
        }
        match steps.iter_mut().find(like) {
            Some(known) => known.price = known.price.plus(a.price)?,
            None => steps.push(Steps { needed: a.needed, each, size: a.size, price: a.price }),
        }
    }
    let slope = each(base, end)?;
    let mut from = stretch.from;
    loop {
        let further = from.saturating_sub(stretch.from);
        let mut to = stretch.to;
        let mut total = base.plus(slope.times(further.into())?)?;
        for step in &steps {
            let (blocks, last) = step.at(further)?;
            total = total.plus(step.price.times(Fraction::try_from(blocks)?)?)?;
            to = to.min(stretch.from.saturating_add(last)).max(from);
        }
        let each = if from == to { Fraction::ZERO } else { slope };
        curve.extend(Piece { reach: Reach { from, to }, total, each })?;
        // one too many is told by the search
        if to >= stretch.to || curve.pieces.len() > MOST_PIECES {
            return Ok(());
        }
        from = to.saturating_add(1);
    }
}

impl Steps {
    /// The blocks needed so many units further, and how many further that many are needed.
    fn at(&self, further: u64) -> Result<(u128, u64), OutOfRange> {
        let needed = self.needed.plus(self.each.times(further.into())?)?;
        let blocks = needed.over(self.size)?.ceiling()?;
        let full = |blocks: u128| Fraction::try_from(blocks)?.times(self.size.into());
        let last = if self.each > Fraction::ZERO {
            full(blocks)?.minus(self.needed)?.divided_by(self.each)?.floor()?
        } else if blocks == 0 {
            u128::MAX
        } else {
            // one block fewer is enough from the unit on at which no more is needed
            let less = self.needed.minus(full(blocks.saturating_sub(1))?)?;
            let falls = Fraction::ZERO.minus(self.each)?;
            less.divided_by(falls)?.ceiling()?.saturating_sub(1)
        };
        Ok((blocks, u64::try_from(last).unwrap_or(u64::MAX)))
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test fails where it stands")]
mod tests {
    use super::super::Standing;
    use super::super::quote::Stair;
    use super::*;

    fn quote(needed: u64) -> Quote {
        let stair = Stair { needed: needed.into(), size: 10, price: 9.into() };
        let total = Fraction::from(500 + 9 * needed.div_ceil(10));
        let shape = Shape { stairs: vec![stair], ..Shape::default() };
        Quote { standing: Standing::Complete, total, shape }
    }

    #[test]
    fn blocks_step_up_and_down() {
        let ways = [(0, 60, 30), (60, 0, 30), (3, 33, 30), (33, 3, 30), (7, 7, 30), (0, 3_000, 30)];
        for (first, last, length) in ways.into_iter().chain([(415, 0, 1), (0, 415, 1)]) {
            let needed = |unit: u64| (first * (length - unit) + last * unit) / length;
            let stretch = Reach { from: 100, to: 100 + length };
            let mut curve = Curve::default();
            pieces(&mut curve, stretch, &quote(first), &quote(last)).unwrap();
            for unit in 0..=length {
                let total = quote(needed(unit)).total;
                assert_eq!(curve.at(100 + unit), Some(total), "{first} to {last} at {unit}");
            }
        }
    }
}
