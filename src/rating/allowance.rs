//! Free quotas: drawn from what they cover, in the order that the book says.
//!
//! 20,000 free calls, 15,000 calls at 0.03 and 10,000 at 0.08 per 10,000: cheapest first leaves 5,000
//! at 0.08, which is 0.04 and the upper bound; dearest first leaves 5,000 at 0.03, 0.015.

use std::collections::BTreeMap;

use super::Bucket;
use crate::bill::{Line, Step};
use crate::decimal::Decimal;
use crate::diagnostic::{Code, Problem, Problems};
use crate::fraction::{Fraction, OutOfRange};
use crate::metering::Part;
use crate::pricebook::{Allowance, Book, Draw, Each};

/// What is left of quotas that are given once, by their place in the book.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    stated: Option<u64>,
    left: BTreeMap<usize, Fraction>,
}

impl Balance {
    /// What the scenario says is left; none where it says nothing.
    #[must_use]
    pub fn new(stated: Option<u64>) -> Self {
        Self { stated, left: BTreeMap::new() }
    }

    /// What can be drawn this month.
    fn available(&mut self, at: usize, allowance: &Allowance) -> Fraction {
        match (self.stated.filter(|_| allowance.remaining), allowance.each) {
            (Some(stated), _) => *self.left.entry(at).or_insert_with(|| stated.into()),
            (None, Each::Month) => allowance.quantity.into(),
            (None, Each::Once) => Fraction::ZERO,
        }
    }

    fn draw(&mut self, at: usize, drawn: Fraction) -> Result<(), OutOfRange> {
        if let Some(left) = self.left.get_mut(&at) {
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
        match draw_one(book, at, allowance, buckets, balance) {
            Ok(line) => lines.extend(line),
            Err(why) => problems
                .push(Problem::error(Code::TooLarge, format!("`{}` is {why}", allowance.id))),
        }
    }
    lines
}

fn draw_one(
    book: &Book,
    at: usize,
    allowance: &Allowance,
    buckets: &mut [Bucket],
    balance: &mut Balance,
) -> Result<Option<Line>, OutOfRange> {
    let available = balance.available(at, allowance);
    let mut left = available;
    let mut order: Vec<(Fraction, usize)> = Vec::new();
    for (index, bucket) in buckets.iter().enumerate() {
        if allowance.covers.contains(&bucket.meter) {
            order.push((price_of_one(book, bucket)?, index));
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
    balance.draw(at, drawn)?;
    if drawn.is_zero() {
        return Ok(None);
    }
    free_line(book, allowance, shared.iter().filter_map(|index| buckets.get(*index)), drawn)
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
        id: format!("{item}.{}", allowance.id),
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
