//! Who shares quantities, tiers and minimums: usage gathered into buckets, step by step.
//!
//! 1,500 and 600 versions that stand on the same day in one pool are 2,100 on that day.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::bill::Step;
use crate::fraction::{Fraction, OutOfRange};
use crate::metering::{Part, Run, Subject};
use crate::pricebook::{Book, Meter, Pool, PoolOf};
use crate::source::Span;

/// Usage that is priced together.
pub(super) struct Bucket {
    /// Index of its meter.
    pub(super) meter: usize,
    /// The class that decides the price.
    pub(super) price_class: Option<usize>,
    /// The class that decides the factor.
    pub(super) factor_class: Option<usize>,
    /// What it gathers.
    pub(super) parts: Vec<Part>,
    /// What stands in it, over time.
    pub(super) counted: Vec<Run>,
    /// How much of the time that the price is for one step of that is.
    pub(super) worth: Fraction,
    /// What of it is charged for: over time, or where the price is for a month, the month's quantity.
    pub(super) runs: Vec<Run>,
    /// That no more of it is charged for.
    pub(super) capped: Option<Step>,
    /// What was drawn from free quotas, by their labels.
    pub(super) free: Vec<(String, Fraction)>,
}

impl Bucket {
    /// How much of the time that the price is for one step of what is charged for is.
    pub(super) fn worth_of_runs(&self, meter: &Meter) -> Fraction {
        if meter.over.is_monthly() { Fraction::from(1) } else { self.worth }
    }
}

/// Gathers the parts of one meter.
///
/// # Errors
/// Where the first part of a bucket stands whose quantities are out of range.
pub(super) fn buckets(
    book: &Book,
    at: usize,
    parts: Vec<Part>,
    worth: Fraction,
) -> Result<Vec<Bucket>, (Span, OutOfRange)> {
    let Some(meter) = book.meters.get(at) else {
        return Ok(Vec::new());
    };
    let pool = pool(book, at, meter.pool);
    let mut gathered: Vec<(Shared, Vec<Part>)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for mut part in parts {
        if pool.of == PoolOf::Key {
            part = each_key(part)?;
        }
        let shared = Shared::of(pool, &part);
        let place = *places.entry(shared.clone()).or_insert_with(|| {
            gathered.push((shared, Vec::new()));
            gathered.len().saturating_sub(1)
        });
        if let Some((_, parts)) = gathered.get_mut(place) {
            parts.push(part);
        }
    }
    gathered.sort_by(|(a, _), (b, _)| a.cmp(b));
    gathered
        .into_iter()
        .map(|(shared, parts)| {
            let span = parts.first().map(|part| part.span.clone()).unwrap_or_default();
            let counted = sum(&parts).map_err(|why| (span.clone(), why))?;
            let (mut runs, capped) = cap(counted.clone(), meter.at_most);
            if meter.over.is_monthly() {
                let quantity = super::monthly(meter, &runs, worth).map_err(|why| (span, why))?;
                runs = vec![Run { steps: 1, quantity }];
            }
            Ok(Bucket {
                meter: at,
                price_class: shared.price_class,
                factor_class: shared.factor_class,
                parts,
                counted,
                worth,
                runs,
                capped,
                free: Vec::new(),
            })
        })
        .collect()
}

/// What one of the keys has that share a part evenly, each with a pool of its own.
fn each_key(mut part: Part) -> Result<Part, (Span, OutOfRange)> {
    let keys = part.keys.max(1);
    for run in &mut part.runs {
        run.quantity = run.quantity.over(keys).map_err(|why| (part.span.clone(), why))?;
    }
    part.alike = keys;
    Ok(part)
}

/// Who shares a meter's quantities, also where a free quota has to be told apart.
fn pool(book: &Book, at: usize, own: Pool) -> Pool {
    let covering = book.allowances.iter().filter(|allowance| allowance.covers.contains(&at));
    covering.fold(own, |pool, allowance| Pool {
        by_region: pool.by_region || allowance.pool.by_region,
        of: if allowance.pool.of == PoolOf::All { pool.of } else { allowance.pool.of },
        ..pool
    })
}

/// At every moment no more than so many.
fn cap(mut runs: Vec<Run>, at_most: Option<u64>) -> (Vec<Run>, Option<Step>) {
    let largest = super::consumed(&runs);
    let Some(at_most) = at_most.filter(|at_most| largest > (*at_most).into()) else {
        return (runs, None);
    };
    for run in &mut runs {
        run.quantity = run.quantity.min(at_most.into());
    }
    (runs, Some(Step::Capped { largest, at_most }))
}

/// What the parts of a bucket have in common.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Shared {
    region: Option<Rc<str>>,
    subject: Option<Subject>,
    price_class: Option<usize>,
    factor_class: Option<usize>,
}

impl Shared {
    fn of(pool: Pool, part: &Part) -> Self {
        Self {
            region: part.region.clone().filter(|_| pool.by_region),
            subject: (pool.of != PoolOf::All).then(|| part.subject.clone()),
            price_class: part.price_class,
            factor_class: part.factor_class,
        }
    }
}

/// Calls of no listed key that differ in nothing that a line shows are one part. Parts come sorted.
pub(super) fn merged(parts: Vec<Part>) -> Vec<Part> {
    let mut merged: Vec<Part> = Vec::new();
    for part in parts {
        let alike = |last: &&mut Part| {
            part.subject == Subject::Account
                && last.subject == Subject::Account
                && (&last.region, last.price_class, last.factor_class)
                    == (&part.region, part.price_class, part.factor_class)
        };
        match merged.last_mut().filter(alike) {
            Some(last) => match sum(&[last.clone(), part.clone()]) {
                Ok(runs) => {
                    last.runs = runs;
                    last.made_of.extend(part.made_of);
                }
                Err(_) => merged.push(part),
            },
            None => merged.push(part),
        }
    }
    merged
}

/// The quantities of several parts, step by step.
pub(super) fn sum(parts: &[Part]) -> Result<Vec<Run>, OutOfRange> {
    let steps = parts.iter().map(|part| length(&part.runs)).max().unwrap_or(1);
    let mut still = Fraction::ZERO;
    let mut changes: BTreeMap<u32, Fraction> = BTreeMap::new();
    for part in parts {
        if let [run] = part.runs.as_slice() {
            still = still.plus(run.quantity)?;
            continue;
        }
        let (mut at, mut before) = (0_u32, Fraction::ZERO);
        for run in &part.runs {
            let change = changes.entry(at).or_default();
            *change = change.plus(run.quantity.minus(before)?)?;
            (at, before) = (at.saturating_add(run.steps), run.quantity);
        }
    }
    let ends = changes.keys().skip(1).copied().chain([steps]).collect::<Vec<_>>();
    let mut runs: Vec<Run> = Vec::new();
    let mut quantity = still;
    for ((from, change), to) in changes.into_iter().zip(ends) {
        quantity = quantity.plus(change)?;
        let steps = to.saturating_sub(from);
        match runs.last_mut() {
            Some(run) if run.quantity == quantity => run.steps = run.steps.saturating_add(steps),
            _ => runs.push(Run { steps, quantity }),
        }
    }
    if runs.is_empty() {
        runs.push(Run { steps, quantity: still });
    }
    Ok(runs)
}

fn length(runs: &[Run]) -> u32 {
    runs.iter().fold(0, |sum, run| sum.saturating_add(run.steps))
}
