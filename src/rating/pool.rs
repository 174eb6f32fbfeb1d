//! Who shares quantities, tiers and minimums: usage gathered into buckets, day by day.
//!
//! 1,500 and 600 versions that stand on the same day in one pool are 2,100 on that day.

use std::rc::Rc;

use crate::fraction::{Fraction, OutOfRange};
use crate::metering::{Part, Run, Subject};
use crate::pricebook::Meter;
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
    pub(super) runs: Vec<Run>,
    /// What was drawn from free quotas, by their labels.
    pub(super) free: Vec<(String, Fraction)>,
}

/// Gathers the parts of one meter.
///
/// # Errors
/// Where the first part of a bucket stands whose quantities are out of range.
pub(super) fn buckets(
    at: usize,
    meter: &Meter,
    parts: Vec<Part>,
) -> Result<Vec<Bucket>, (Span, OutOfRange)> {
    let mut gathered: Vec<(Shared, Vec<Part>)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for part in parts {
        let shared = Shared::of(meter, &part);
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
            let runs = sum(&parts).map_err(|why| (span, why))?;
            Ok(Bucket {
                meter: at,
                price_class: shared.price_class,
                factor_class: shared.factor_class,
                parts,
                runs,
                free: Vec::new(),
            })
        })
        .collect()
}

/// What the parts of a bucket have in common.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Shared {
    region: Option<Rc<str>>,
    instance: Option<Subject>,
    price_class: Option<usize>,
    factor_class: Option<usize>,
}

impl Shared {
    fn of(meter: &Meter, part: &Part) -> Self {
        Self {
            region: part.region.clone().filter(|_| meter.pool.by_region),
            instance: meter.pool.by_instance.then(|| part.subject.clone()),
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

/// The quantities of several parts, day by day.
pub(super) fn sum(parts: &[Part]) -> Result<Vec<Run>, OutOfRange> {
    let days = parts.iter().map(|part| length(&part.runs)).max().unwrap_or(1);
    let mut still = Fraction::ZERO;
    let mut daily: Vec<Fraction> = Vec::new();
    for part in parts {
        if let [run] = part.runs.as_slice() {
            still = still.plus(run.quantity)?;
            continue;
        }
        daily.resize(usize::try_from(days).unwrap_or(0), Fraction::ZERO);
        let by_day = part.runs.iter().flat_map(|run| {
            std::iter::repeat_n(run.quantity, usize::try_from(run.days).unwrap_or(0))
        });
        for (sum, quantity) in daily.iter_mut().zip(by_day) {
            *sum = sum.plus(quantity)?;
        }
    }
    if daily.is_empty() {
        return Ok(vec![Run { days, quantity: still }]);
    }
    let mut runs: Vec<Run> = Vec::new();
    for quantity in daily {
        let quantity = quantity.plus(still)?;
        match runs.last_mut() {
            Some(run) if run.quantity == quantity => run.days = run.days.saturating_add(1),
            _ => runs.push(Run { days: 1, quantity }),
        }
    }
    Ok(runs)
}

fn length(runs: &[Run]) -> u32 {
    runs.iter().fold(0, |sum, run| sum.saturating_add(run.days))
}
