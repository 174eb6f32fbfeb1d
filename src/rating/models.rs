//! The pricing models: what of a quantity falls under which price.
//!
//! Flat: 30 × 0.033. Graduated, up to 2,000 at 0.083 and 0.033 above: 2,100 are 2,000 in the first
//! tier and 100 in the second. Volume, up to 2,000 at 0.083 and 0.033 above: 2,100 are all at 0.033.
//! Levels, up to 2,000 for 100 and up to 4,000 for 300: 3,000 is one
//! level of 4,000 for 300, not added to the level below.

use super::limits::Bought;
use crate::bill::Step;
use crate::decimal;
use crate::fraction::{Fraction, OutOfRange};
use crate::metering::Run;
use crate::pricebook::{Charge, Meter, Price, Tier};

/// What of a quantity falls under one price.
pub(super) struct Slice {
    /// The price; none where it is the meter's one price.
    pub(super) price: Option<Price>,
    /// What is charged for, over all days.
    pub(super) quantity: Fraction,
    /// The most of it that stood at once.
    pub(super) consumed: Fraction,
    /// What to call the line instead of the meter's label.
    pub(super) label: Option<String>,
    /// What tells its id from those of the other slices.
    pub(super) suffix: Option<String>,
    /// How it came to be.
    pub(super) step: Option<Step>,
}

/// Why a quantity has no price.
pub(super) enum NoSlice {
    /// The figures are out of range.
    OutOfRange(OutOfRange),
    /// It lies above the last level.
    AboveLevels {
        /// What is needed.
        needed: Fraction,
        /// What is sold at most.
        most: u64,
    },
}

impl From<OutOfRange> for NoSlice {
    fn from(why: OutOfRange) -> Self {
        Self::OutOfRange(why)
    }
}

/// The slices of what was bought, in the order of their prices' tiers.
pub(super) fn slices(meter: &Meter, bought: &Bought) -> Result<Vec<Slice>, NoSlice> {
    match &meter.charge {
        Charge::Flat(_) => Ok(flat(bought)?.into_iter().collect()),
        Charge::Tiers(tiers) => Ok(graduated(tiers, &meter.label, bought)?),
        Charge::Volume(tiers) => Ok(volume(tiers, &meter.label, bought)?),
        Charge::Levels(levels) => level(levels, meter, bought),
    }
}

/// One price for everything; nothing at all makes no line.
fn flat(bought: &Bought) -> Result<Option<Slice>, OutOfRange> {
    let quantity = super::total(&bought.runs)?.times(bought.worth)?;
    if bought.consumed.is_zero() && quantity.is_zero() {
        return Ok(None);
    }
    Ok(Some(Slice {
        price: None,
        quantity,
        consumed: bought.consumed,
        label: None,
        suffix: None,
        step: None,
    }))
}

/// Each tier's part of every step.
fn graduated(tiers: &[Tier], label: &str, bought: &Bought) -> Result<Vec<Slice>, OutOfRange> {
    let part = |run: &Run, above: u64, up_to: Option<u64>| {
        let top = up_to.map_or(run.quantity, |up_to| run.quantity.min(up_to.into()));
        top.minus(run.quantity.min(above.into()))
    };
    sliced(tiers, label, bought, part, |above, up_to| Step::Tier { above, up_to })
}

/// All of every step in the tier that it reaches.
fn volume(tiers: &[Tier], label: &str, bought: &Bought) -> Result<Vec<Slice>, OutOfRange> {
    let part = |run: &Run, above: u64, up_to: Option<u64>| {
        let reached = (above == 0 || run.quantity > above.into())
            && up_to.is_none_or(|up_to| run.quantity <= up_to.into());
        Ok(if reached { run.quantity } else { Fraction::ZERO })
    };
    let slices = sliced(tiers, label, bought, part, |above, up_to| Step::Volume { above, up_to })?;
    let reached = slices.iter().any(|slice| !slice.quantity.is_zero());
    let keep = |slice: &Slice| !reached || !slice.quantity.is_zero();
    Ok(slices.into_iter().filter(keep).collect())
}

/// What of every step falls under each tier; the first is there even where it is empty.
fn sliced(
    tiers: &[Tier],
    label: &str,
    bought: &Bought,
    part: impl Fn(&Run, u64, Option<u64>) -> Result<Fraction, OutOfRange>,
    step: impl Fn(u64, Option<u64>) -> Step,
) -> Result<Vec<Slice>, OutOfRange> {
    let mut slices = Vec::new();
    let mut above = 0;
    for tier in tiers {
        let within = |run: &Run| Ok(Run { quantity: part(run, above, tier.up_to)?, ..*run });
        let runs = bought.runs.iter().map(within).collect::<Result<Vec<_>, OutOfRange>>()?;
        let quantity = super::total(&runs)?.times(bought.worth)?;
        let first = above == 0;
        if !quantity.is_zero() || first {
            slices.push(Slice {
                price: Some(tier.price),
                quantity,
                consumed: super::consumed(&runs),
                label: (!first)
                    .then(|| format!("{label}, above {}", decimal::grouped(above.into()))),
                suffix: (!first).then(|| format!("#above-{above}")),
                step: Some(step(above, tier.up_to)),
            });
        }
        above = tier.up_to.unwrap_or(above);
    }
    Ok(slices)
}

/// The one level that the quantity falls into.
fn level(levels: &[Tier], meter: &Meter, bought: &Bought) -> Result<Vec<Slice>, NoSlice> {
    let needed = bought.runs.iter().map(|run| run.quantity).max().unwrap_or_default();
    let found = levels.iter().find(|level| level.up_to.is_none_or(|up_to| needed <= up_to.into()));
    let Some(level) = found else {
        let most = levels.last().and_then(|level| level.up_to).unwrap_or(0);
        return Err(NoSlice::AboveLevels { needed, most });
    };
    let size = level.up_to.map_or_else(|| needed.grouped(), |up_to| decimal::grouped(up_to.into()));
    Ok(vec![Slice {
        price: Some(level.price),
        quantity: Fraction::from(1),
        consumed: bought.consumed,
        label: Some(format!("{}, up to {size}", meter.label)),
        suffix: None,
        step: Some(Step::Level { up_to: level.up_to }),
    }])
}
