//! The lines of one meter, region and name: one charge, whatever tiers it reaches.

use std::collections::HashMap;

use super::Side;
use crate::decimal::Decimal;
use crate::fraction::{Fraction, OutOfRange};
use crate::statement::{Entry, Statement};

/// A charge of one bill.
pub(super) struct Charge<'s> {
    /// Its id: that of its lines, without their tiers.
    pub(super) id: String,
    /// Its item.
    pub(super) item: &'s str,
    /// What it is.
    pub(super) label: &'s str,
    /// Its meter, and what its id says beside region and name.
    pub(super) meter: (&'s str, &'s str),
    /// Whose it is.
    pub(super) name: Option<&'s str>,
    /// Where it is.
    pub(super) region: Option<&'s str>,
    /// Its lines, one for each price.
    pub(super) slices: Vec<Slice<'s>>,
    /// What is charged for, all tiers together.
    pub(super) quantity: Fraction,
    /// What was used of it in nouns.
    pub(super) consumed: Fraction,
    /// What of its pool was free.
    pub(super) free: Fraction,
    /// The amount; none where a price is not published.
    pub(super) amount: Option<Fraction>,
}

/// One price of a charge.
pub(super) struct Slice<'s> {
    /// What tells its tier or level from the others.
    pub(super) tier: &'s str,
    /// Its line.
    pub(super) entry: &'s Entry<'s>,
}

/// The charges of a bill, in the order of their first lines.
pub(super) fn charges<'s>(statement: &'s Statement<'_>) -> Result<Vec<Charge<'s>>, OutOfRange> {
    let mut charges: Vec<Charge<'s>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for entry in &statement.entries {
        let (id, tier) = without_tier(entry);
        let place = *places.entry(id.to_owned()).or_insert(charges.len());
        match charges.get_mut(place) {
            Some(charge) => charge.add(tier, entry)?,
            None => charges.push(Charge::new(id, tier, entry)),
        }
    }
    Ok(charges)
}

/// The part of a line's id that tells no tier, and the part that does.
fn without_tier<'s>(entry: &'s Entry<'_>) -> (&'s str, &'s str) {
    let is_tier = |tier: &str| {
        let above = tier.strip_prefix("#above-");
        above.is_some_and(|above| {
            !above.is_empty() && above.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    // a name may look like a tier
    let named = entry.name().is_some_and(|name| entry.id.ends_with(name));
    match entry.id.rfind('#').and_then(|at| entry.id.split_at_checked(at)) {
        Some((id, tier)) if is_tier(tier) && !named => (id, tier),
        _ => (&entry.id, ""),
    }
}

/// What an id says first, and what it says beside region and name.
fn meter<'s>(id: &'s str, entry: &Entry<'_>) -> (&'s str, &'s str) {
    let (meter, mut rest) = id.split_once('/').unwrap_or((id, ""));
    let region = entry.region.as_ref().map(|region| &*region.id);
    if let Some(after) = region.and_then(|region| rest.strip_prefix(region)) {
        rest = after.strip_prefix('/').unwrap_or(after);
    }
    if let Some(before) = entry.name().and_then(|name| rest.strip_suffix(name)) {
        rest = before.strip_suffix('/').unwrap_or(before);
    }
    (meter, rest)
}

impl<'s> Charge<'s> {
    fn new(id: &'s str, tier: &'s str, entry: &'s Entry<'s>) -> Self {
        Self {
            id: id.to_owned(),
            item: &entry.item,
            label: &entry.label,
            meter: meter(id, entry),
            name: entry.name(),
            region: entry.region.as_ref().map(|region| &*region.id),
            slices: vec![Slice::new(tier, entry)],
            quantity: entry.quantity,
            consumed: entry.consumed,
            free: entry.free,
            amount: entry.amount,
        }
    }

    /// Tiers of a meter share what is free of it.
    fn add(&mut self, tier: &'s str, entry: &'s Entry<'s>) -> Result<(), OutOfRange> {
        self.quantity = self.quantity.plus(entry.quantity)?;
        self.consumed = self.consumed.plus(entry.consumed)?;
        self.amount = match (self.amount, entry.amount) {
            (Some(sum), Some(amount)) => Some(sum.plus(amount)?),
            _ => None,
        };
        self.slices.push(Slice::new(tier, entry));
        Ok(())
    }

    /// Its first line.
    pub(super) fn first(&self) -> Option<&'s Entry<'s>> {
        self.slices.first().map(|slice| slice.entry)
    }

    /// Whether quantity, price and amount are the same.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let price = |slice: &Slice<'_>| {
            let entry = slice.entry;
            (entry.quantity, entry.unit_price, entry.per, entry.amount)
        };
        let unit = |charge: &Self| charge.first().map(|entry| entry.unit.clone());
        self.consumed == other.consumed
            && self.free == other.free
            && unit(self) == unit(other)
            && self.slices.iter().map(price).eq(other.slices.iter().map(price))
    }

    /// Whether as much is used at the same prices, each over its own month.
    pub(super) fn is_used_like(&self, other: &Self) -> bool {
        let unit = |charge: &Self| charge.first().map(|entry| entry.unit.clone());
        let alike = |(one, two): (&Slice<'_>, &Slice<'_>)| {
            let (one, two) = (one.entry, two.entry);
            let scaled = match (one.whole_period, two.whole_period) {
                (Some(of_one), Some(of_two)) => one
                    .quantity
                    .times(of_two)
                    .and_then(|one| Ok(one == two.quantity.times(of_one)?))
                    .unwrap_or(false),
                _ => one.quantity == two.quantity,
            };
            scaled && (one.unit_price, one.per) == (two.unit_price, two.per)
        };
        // what stands through a month is told by its share of it
        let timed = self.first().is_some_and(|entry| entry.whole_period.is_some());
        (timed || self.consumed == other.consumed)
            && self.free == other.free
            && unit(self) == unit(other)
            && self.slices.len() == other.slices.len()
            && self.slices.iter().zip(&other.slices).all(alike)
    }

    pub(super) fn side(&self) -> Side {
        let first = self.first();
        let price = first.and_then(|entry| entry.unit_price);
        let one = |price: &Decimal| {
            self.slices.iter().all(|slice| slice.entry.unit_price == Some(*price))
        };
        Side {
            quantity: self.quantity,
            unit: first.map_or_else(String::new, |entry| entry.unit.to_string()),
            unit_price: price.filter(one),
            per: first.map_or(1, |entry| entry.per),
            amount: self.amount,
        }
    }
}

impl<'s> Slice<'s> {
    fn new(tier: &'s str, entry: &'s Entry<'s>) -> Self {
        // a level is told by its label alone
        let tier = if entry.unit.ends_with("-level-month") { &*entry.label } else { tier };
        Self { tier, entry }
    }
}
