//! What can be had and what is sold: maxima, included parts, blocks, minimums, orders.
//!
//! A need is rounded up to what is sold: 1,001 keys with 1,000 included and blocks of 10 buy 10. An
//! order is checked and never rounded: 15 keys are not sold by blocks of 10. A maximum is of the
//! whole quota, its included part among it.

use super::pool::{self, Bucket};
use crate::bill::Step;
use crate::decimal::{self, Decimal};
use crate::diagnostic::{Code, Problem, Problems};
use crate::fields::At;
use crate::fraction::{Fraction, OutOfRange};
use crate::metering::{Part, Run, Subject};
use crate::pricebook::{Block, BlockRounding, Book, Charge, Meter, Noun, Price, Prices};

/// What is charged for, before tiers.
pub(super) struct Bought {
    /// Over time.
    pub(super) runs: Vec<Run>,
    /// How much of the time that the price is for one step of that is.
    pub(super) worth: Fraction,
    /// What was used of it.
    pub(super) consumed: Fraction,
    /// How it came to be.
    pub(super) steps: Vec<Step>,
}

/// A limit that the provider raises on request: a warning for each pool that exceeds it.
pub(super) fn warn(meter: &Meter, parts: &[Part]) -> Vec<Problem> {
    let Some(limit) = meter.warn_over else {
        return Vec::new();
    };
    let mut regions: Vec<_> = parts.iter().map(|part| part.region.clone()).collect();
    regions.dedup();
    regions
        .into_iter()
        .filter_map(|region| {
            let here: Vec<Part> =
                parts.iter().filter(|part| part.region == region).cloned().collect();
            let most = pool::sum(&here).ok()?.iter().map(|run| run.quantity).max()?;
            if most <= limit.into() {
                return None;
            }
            let place = region.map_or_else(String::new, |region| format!(" in `{region}`"));
            let message = format!(
                "{} {}{place}, more than {}",
                most.grouped(),
                meter.many(),
                decimal::grouped(limit.into())
            );
            Some(
                Problem::warning(Code::OverQuota, message)
                    .at(here.first()?.span.clone())
                    .label("the provider raises this limit on request"),
            )
        })
        .collect()
}

/// Checks what is needed or ordered, and rounds a need up to what is sold.
pub(super) fn bought(
    book: &Book,
    meter: &Meter,
    bucket: &Bucket,
    problems: &mut Problems,
) -> Option<Bought> {
    let part = bucket.parts.first()?;
    let needed = bucket.runs.iter().map(|run| run.quantity).max().unwrap_or_default();
    if let Some(most) = meter.most
        && needed > most.into()
    {
        problems.push(over(book, meter, part, needed, most));
        return None;
    }
    if let Some(least) = meter.least
        && needed < least.into()
    {
        problems.push(under(meter, part, needed, least));
        return None;
    }
    let ordered = bucket.parts.iter().find_map(|part| part.ordered.as_ref());
    if let Some(order) = ordered {
        return self::ordered(meter, needed, order, problems);
    }
    match sold(meter, bucket) {
        Ok(bought) => Some(bought),
        Err(why) => {
            problems.push(super::beyond(meter, part, why));
            None
        }
    }
}

fn sold(meter: &Meter, bucket: &Bucket) -> Result<Bought, OutOfRange> {
    let mut steps = Vec::new();
    if meter.included > 0 {
        steps.push(Step::Included(meter.included.into()));
    }
    let free = Fraction::sum(bucket.free.iter().map(|(_, drawn)| *drawn))?;
    let mut runs = Vec::new();
    let mut consumed = Fraction::ZERO;
    for run in &bucket.runs {
        let mut quantity = at_least_zero(run.quantity.minus(meter.included.into())?);
        quantity = quantity.minus(free)?;
        consumed = consumed.max(if meter.included > 0 { run.quantity } else { quantity });
        if let Some(block) = meter.block {
            let whole = in_blocks(quantity, block)?;
            if whole != quantity {
                steps.push(Step::Blocks { needed: quantity, size: block.size });
            }
            quantity = whole;
        }
        if !quantity.is_zero() && quantity < meter.minimum.into() {
            quantity = meter.minimum.into();
            steps.push(Step::Minimum(quantity));
        }
        runs.push(Run { quantity, ..*run });
    }
    if meter.over.timed().is_some() && meter.over.is_monthly() && steps.is_empty() && free.is_zero()
    {
        consumed = super::consumed(&bucket.counted);
    }
    Ok(Bought { runs, consumed, worth: bucket.worth_of_runs(meter), steps })
}

fn in_blocks(quantity: Fraction, block: Block) -> Result<Fraction, OutOfRange> {
    match block.rounding {
        BlockRounding::ProRata => Ok(quantity),
        BlockRounding::Up => {
            Fraction::try_from(quantity.over(block.size)?.ceiling()?)?.times(block.size.into())
        }
    }
}

fn at_least_zero(value: Fraction) -> Fraction {
    if value.is_negative() { Fraction::ZERO } else { value }
}

// ------------------------------------------------------------------ orders

fn ordered(
    meter: &Meter,
    needed: Fraction,
    order: &At<u64>,
    problems: &mut Problems,
) -> Option<Bought> {
    let wrong = match &meter.charge {
        Charge::Levels(levels) => {
            not_a_level(meter, levels.iter().filter_map(|level| level.up_to), order)
        }
        Charge::Flat(_) | Charge::Tiers(_) | Charge::Volume(_) => not_sold(meter, order),
    };
    let have = if matches!(meter.charge, Charge::Levels(_)) {
        Some(order.value)
    } else {
        order.value.checked_add(meter.included)
    };
    let short = have.is_none_or(|have| needed > have.into());
    if let Some((message, label)) = wrong {
        problems.push(Problem::error(Code::NotSold, message).at(order.span.clone()).label(label));
        return None;
    }
    if short {
        let message = format!(
            "{} needed, {} ordered with {} included",
            needed.grouped(),
            grouped(order.value),
            grouped(meter.included)
        );
        problems.push(
            Problem::error(Code::NotSold, message)
                .at(order.span.clone())
                .label("the order does not cover the need"),
        );
        return None;
    }
    let runs = vec![Run { steps: 1, quantity: order.value.into() }];
    let consumed = if needed.is_zero() { order.value.into() } else { needed };
    let steps = vec![Step::Ordered(order.value.into())];
    Some(Bought { runs, worth: Fraction::from(1), consumed, steps })
}

fn not_a_level(
    meter: &Meter,
    levels: impl Iterator<Item = u64>,
    order: &At<u64>,
) -> Option<(String, String)> {
    let levels: Vec<u64> = levels.collect();
    if levels.contains(&order.value) {
        return None;
    }
    let steps = levels.iter().map(|level| grouped(*level)).collect::<Vec<_>>().join(", ");
    Some((
        format!("an order of {} {} is not sold", grouped(order.value), meter.many()),
        format!("expected one of {steps}"),
    ))
}

fn not_sold(meter: &Meter, order: &At<u64>) -> Option<(String, String)> {
    if let Some(block) = meter.block
        && !order.value.is_multiple_of(block.size)
    {
        return Some((
            format!("an order of {} {} is not sold", grouped(order.value), meter.many()),
            format!("expected a multiple of {}", grouped(block.size)),
        ));
    }
    let most = meter.most.map(|most| most.saturating_sub(meter.included));
    match most {
        Some(0) if order.value > 0 => Some((
            format!("`{}` is not available", meter.label),
            format!("{} are included, and no more can be bought", grouped(meter.included)),
        )),
        Some(most) if order.value > most => Some((
            format!("an order of {} {} is more than is sold", grouped(order.value), meter.many()),
            format!(
                "expected at most {} beyond the {} included",
                grouped(most),
                grouped(meter.included)
            ),
        )),
        _ => None,
    }
}

// ------------------------------------------------------------------ problems

/// More is needed than can be had: names both, and how many instances would do.
pub(super) fn over(
    book: &Book,
    meter: &Meter,
    part: &Part,
    needed: Fraction,
    most: u64,
) -> Problem {
    let name = part
        .subject
        .name()
        .map_or_else(String::new, |name| format!(" for `{}`", crate::source::printable(name)));
    let place = part.region.as_ref().filter(|_| meter.counts.contains(&Noun::Zone));
    let place = place.map_or_else(String::new, |region| format!(" in `{region}`"));
    let message = format!(
        "{} {} needed{name}, at most {} can be had{place}",
        needed.grouped(),
        meter.many(),
        grouped(most)
    );
    let problem = Problem::error(Code::OverQuota, message)
        .at(part.span.clone())
        .label(format!("expected at most {}", grouped(most)));
    match instances_that_do(book, meter, part, needed, most) {
        Some(help) => problem.help(help),
        None => problem,
    }
}

fn under(meter: &Meter, part: &Part, needed: Fraction, least: u64) -> Problem {
    let most = match &meter.charge {
        Charge::Levels(levels) => levels.last().and_then(|level| level.up_to),
        Charge::Flat(_) | Charge::Tiers(_) | Charge::Volume(_) => meter.most,
    };
    let range = most.map_or_else(
        || format!("at least {}", grouped(least)),
        |most| format!("{} to {}", grouped(least), grouped(most)),
    );
    let place = part.region.as_ref().map_or_else(String::new, |region| format!(" in `{region}`"));
    let message =
        format!("{} {} asked for{place}, which is not sold there", needed.grouped(), meter.many());
    Problem::error(Code::NotOffered, message)
        .at(part.span.clone())
        .label(format!("expected {range}"))
}

fn instances_that_do(
    book: &Book,
    meter: &Meter,
    part: &Part,
    needed: Fraction,
    most: u64,
) -> Option<String> {
    if !matches!(part.subject, Subject::Instance(_)) || meter.counts.contains(&Noun::Zone) {
        return None;
    }
    let count = u64::try_from(needed.over(most).ok()?.ceiling().ok()?).ok()?;
    let base = book
        .meters
        .iter()
        .find(|other| other.counts == [Noun::Instance] && other.takes == meter.takes);
    let price = match base.map(|base| &base.charge) {
        Some(Charge::Flat(Prices::One(Price::Published(price)))) => *price,
        _ => return Some(format!("{} instances would do", grouped(count))),
    };
    let sum = Fraction::from(price).times(count.into()).ok()?;
    Some(format!(
        "{} instances would do: {} × {} = {} {} before anything added to them",
        grouped(count),
        grouped(count),
        decimal::grouped(price),
        sum.grouped(),
        book.currency
    ))
}

fn grouped(value: u64) -> String {
    decimal::grouped(Decimal::from(value))
}
