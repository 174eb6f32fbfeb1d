//! Free quotas: drawn from what they cover, in the order that the book says.
//!
//! 20,000 free calls, 15,000 calls at 0.03 and 10,000 at 0.08 per 10,000: cheapest first leaves 5,000
//! at 0.08, which is 0.04 and the upper bound; dearest first leaves 5,000 at 0.03, 0.015.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Bucket;
use crate::bill::{Line, Step};
use crate::decimal::Decimal;
use crate::diagnostic::{Code, Problem, Problems};
use crate::fraction::{Fraction, OutOfRange};
use crate::metering::{Part, Subject};
use crate::pricebook::{Allowance, Book, Draw, Each, PoolOf};

/// What is left of quotas that are given once, by their place in the book.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    stated: Option<u64>,
    left: BTreeMap<(usize, Sharer), Fraction>,
}

/// Who has a quota: the account, or one region, one key, or one key of one region.
type Sharer = (Option<Rc<str>>, Option<Subject>);

impl Balance {
    /// What the scenario says is left; none where it says nothing.
    #[must_use]
    pub fn new(stated: Option<u64>) -> Self {
        Self { stated, left: BTreeMap::new() }
    }

    /// What can be drawn this month.
    fn available(&mut self, at: usize, allowance: &Allowance, who: &Sharer) -> Fraction {
        match (self.stated.filter(|_| allowance.remaining), allowance.each) {
            (Some(stated), _) => {
                *self.left.entry((at, who.clone())).or_insert_with(|| stated.into())
            }
            (None, Each::Month) => allowance.quantity.into(),
            (None, Each::Once) => Fraction::ZERO,
        }
    }

    fn draw(&mut self, at: usize, who: &Sharer, drawn: Fraction) -> Result<(), OutOfRange> {
        if let Some(left) = self.left.get_mut(&(at, who.clone())) {
            *left = left.minus(drawn)?;
        }
        Ok(())
    }
}

/// Draws every free quota of a book, and writes a line for what was free.
pub(super) fn draw(
    book: &Book,
    buckets: &mut [Bucket],
    balance: &mut Balance,
    problems: &mut Problems,
) -> Vec<Line> {
    let mut lines = Vec::new();
    for (at, allowance) in book.allowances.iter().enumerate() {
        for (who, covered) in sharers(allowance, buckets) {
            match draw_one(book, at, &who, &covered, buckets, balance) {
                Ok(line) => lines.extend(line),
                Err(why) => problems
                    .push(Problem::error(Code::TooLarge, format!("`{}` is {why}", allowance.id))),
            }
        }
    }
    lines
}

/// Who has the quota, each with the buckets that it covers.
fn sharers(allowance: &Allowance, buckets: &[Bucket]) -> BTreeMap<Sharer, Vec<usize>> {
    let mut sharers: BTreeMap<Sharer, Vec<usize>> = BTreeMap::new();
    for (index, bucket) in buckets.iter().enumerate() {
        let Some(part) = bucket.parts.first() else { continue };
        if allowance.covers.contains(&bucket.meter) {
            let region = part.region.clone().filter(|_| allowance.pool.by_region);
            let key = (allowance.pool.of == PoolOf::Key).then(|| part.subject.clone());
            sharers.entry((region, key)).or_default().push(index);
        }
    }
    sharers
}

fn draw_one(
    book: &Book,
    at: usize,
    who: &Sharer,
    covered: &[usize],
    buckets: &mut [Bucket],
    balance: &mut Balance,
) -> Result<Option<Line>, OutOfRange> {
    let Some(allowance) = book.allowances.get(at) else {
        return Ok(None);
    };
    let available = balance.available(at, allowance, who);
    let mut left = available;
    let mut order: Vec<(Fraction, usize)> = Vec::new();
    for index in covered {
        if let Some(bucket) = buckets.get(*index) {
            order.push((price_of_one(book, bucket)?, *index));
        }
    }
    order.sort();
    if allowance.draw == Draw::DearestFirst {
        order.reverse();
    }
    let mut shared = Vec::new();
    for (_, index) in order {
        let Some(bucket) = buckets.get_mut(index) else { continue };
        let used = super::total(&bucket.runs)?
            .minus(Fraction::sum(bucket.free.iter().map(|(_, drawn)| *drawn))?)?;
        let drawn = used.min(left);
        if !drawn.is_zero() {
            left = left.minus(drawn)?;
            bucket.free.push((allowance.label.clone(), drawn));
            shared.push(index);
        }
    }
    let drawn = available.minus(left)?;
    balance.draw(at, who, drawn)?;
    if drawn.is_zero() {
        return Ok(None);
    }
    let buckets = shared.iter().filter_map(|index| buckets.get(*index));
    let alike = who.1.as_ref().and_then(|_| buckets.clone().next()?.parts.first());
    let drawn = drawn.times(alike.map_or(1, |part| part.alike).into())?;
    free_line(book, allowance, who, buckets, drawn)
}

fn price_of_one(book: &Book, bucket: &Bucket) -> Result<Fraction, OutOfRange> {
    let Some(meter) = book.meters.get(bucket.meter) else {
        return Ok(Fraction::ZERO);
    };
    let (price, _) = super::unit_price(meter, bucket.price_class, bucket.factor_class)?;
    Fraction::from(price.unwrap_or_default()).over(meter.per)
}

fn free_line<'b>(
    book: &Book,
    allowance: &Allowance,
    (region, key): &Sharer,
    buckets: impl Iterator<Item = &'b Bucket>,
    drawn: Fraction,
) -> Result<Option<Line>, OutOfRange> {
    let buckets: Vec<&Bucket> = buckets.collect();
    let Some((first, meter)) =
        buckets.first().and_then(|first| Some((first, book.meters.get(first.meter)?)))
    else {
        return Ok(None);
    };
    let parts: Vec<&Part> = buckets.iter().flat_map(|bucket| &bucket.parts).collect();
    let line = super::blank(first.meter, meter, &parts);
    let item = book.item(meter).map_or("", |item| item.id.as_str());
    let derivation = match parts.as_slice() {
        [part] if !part.made_of.is_empty() => {
            vec![
                Step::Calls(part.made_of.clone(), part.keys),
                Step::Free(allowance.label.clone(), drawn),
            ]
        }
        _ => vec![Step::Free(allowance.label.clone(), drawn)],
    };
    Ok(Some(Line {
        id: super::line_id(
            &format!("{item}.{}", allowance.id),
            region.as_ref(),
            key.as_ref().and_then(Subject::name),
        ),
        label: allowance.label.as_str().into(),
        shares: super::shares(&parts)?,
        consumed: drawn,
        quantity: drawn,
        unit_price: Some(Decimal::ZERO),
        amount: Some(Fraction::ZERO),
        source: allowance.source,
        derivation,
        ..line
    }))
}
