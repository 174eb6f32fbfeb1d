//! Two bills held against each other: what changed, line by line, and why.
//!
//! The lines of one meter, region and name are one charge, whatever tiers it reaches. The difference
//! of a charge is split by replacing one thing after the other, so that the parts add up to it exactly:
//!
//! 1. *calendar*: the base over a month as long as the head's: amount × head's length ÷ base's;
//! 2. *quantity*: as much used as in the head, at the base's average price;
//! 3. *tier and quota*: the head's own tiers and free quota, each tier at the base's listed price (a
//!    tier that the base did not reach, at the head's); what this adds to the average price;
//! 4. *price*: the head's listed prices in place of the base's.
//!
//! 30 key-days at 0.01 become 62 (two keys in a month of 31 days) at 0.02: from 0.30 to 1.24. Calendar
//! 0.30 × 31/30 − 0.30 = 0.01; quantity 0.62 − 0.31 = 0.31; price 62 × (0.02 − 0.01) = 0.62; tier and
//! quota 0; 0.01 + 0.31 + 0.62 = 0.94. A price that is not published is not 0: the difference of its
//! charge is not known. Amounts in two currencies are never compared.

mod charge;
mod effects;
mod pairing;

use std::collections::HashMap;

use crate::decimal::Decimal;
use crate::fraction::{Fraction, OutOfRange};
use crate::statement::Statement;

use charge::{Charge, charges};
pub use effects::Effects;

/// Two bills held against each other.
#[derive(Clone, Debug)]
pub struct Diff {
    /// Each charge of either, item by item, in the order of the head; what was removed after it.
    pub rows: Vec<Row>,
    /// The currency of both.
    pub currency: String,
    /// What is known of the base.
    pub base: Fraction,
    /// What is known of the head.
    pub head: Fraction,
    /// The sum of all differences that are known.
    pub difference: Fraction,
    /// What that is made of; none where a part of it is too fine to be held.
    pub parts: Option<Parts>,
    /// Whether every difference is known.
    pub complete: bool,
}

/// What a difference is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// What was not there before.
    pub added: Fraction,
    /// What is no longer there: negative.
    pub removed: Fraction,
    /// What changed.
    pub effects: Effects,
}

/// A charge of either bill.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its id, as in the head where it is there.
    pub id: String,
    /// Its item's id.
    pub item: String,
    /// What it is.
    pub label: String,
    /// Whose it is.
    pub name: Option<String>,
    /// Where it is.
    pub region: Option<String>,
    /// What became of it.
    pub status: Status,
    /// Its name in the base, where it has another in the head.
    pub renamed_from: Option<String>,
    /// As it is in the base.
    pub base: Option<Side>,
    /// As it is in the head.
    pub head: Option<Side>,
    /// Head less base; none where that is not known.
    pub difference: Option<Fraction>,
    /// What the difference of a charge of both is made of; none where a part is too fine to be held.
    pub effects: Option<Effects>,
}

/// What became of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is only in the head.
    Added,
    /// It is only in the base.
    Removed,
    /// Its quantity, price or amount is another.
    Changed,
    /// It is the same, under another name.
    Renamed,
    /// It is the same.
    Unchanged,
    /// A price of it is not published.
    Unknown,
}

impl Status {
    /// As JSON writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Renamed => "renamed",
            Self::Unchanged => "unchanged",
            Self::Unknown => "unknown",
        }
    }
}

/// A charge in one bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// What is charged for, all tiers together.
    pub quantity: Fraction,
    /// Its unit.
    pub unit: String,
    /// The listed price, where it is one.
    pub unit_price: Option<Decimal>,
    /// For how many units it stands.
    pub per: u64,
    /// The amount; none where a price is not published.
    pub amount: Option<Fraction>,
}

/// Why two bills cannot be held against each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoDiff {
    /// They are in two currencies.
    Currencies(String, String),
    /// A figure is out of range.
    OutOfRange(String),
}

/// Holds two bills against each other.
///
/// # Errors
/// Two currencies, or a figure out of range.
pub fn diff(base: &Statement<'_>, head: &Statement<'_>) -> Result<Diff, NoDiff> {
    if base.currency != head.currency {
        return Err(NoDiff::Currencies(base.currency.to_string(), head.currency.to_string()));
    }
    let out_of_range = |what: &str, why: OutOfRange| NoDiff::OutOfRange(format!("{what} is {why}"));
    let total = |why| out_of_range("the difference", why);
    let (was, is) = (charges(base).map_err(total)?, charges(head).map_err(total)?);
    let mut diff = Diff {
        rows: Vec::new(),
        currency: head.currency.to_string(),
        base: base.total,
        head: head.total,
        difference: Fraction::ZERO,
        parts: Some(Parts::default()),
        complete: true,
    };
    for (was, is) in pairing::pairs(&was, &is) {
        let Some(named) = is.or(was) else { continue };
        let found = row(was, is).map_err(|why| out_of_range(&format!("`{}`", named.id), why))?;
        if let Some(row) = found {
            diff.take(row).map_err(total)?;
        }
    }
    diff.gather();
    Ok(diff)
}

fn row(was: Option<&Charge<'_>>, is: Option<&Charge<'_>>) -> Result<Option<Row>, OutOfRange> {
    let Some(named) = is.or(was) else { return Ok(None) };
    let amount = |side: Option<&Charge<'_>>| side.map_or(Some(Fraction::ZERO), |side| side.amount);
    let difference = match (amount(was), amount(is)) {
        (Some(was), Some(is)) => Some(is.minus(was)?),
        _ => None,
    };
    let effects = match (was, is, difference) {
        (Some(was), Some(is), Some(_)) => effects::split(was, is).ok().flatten(),
        _ => None,
    };
    let both = was.zip(is).and_then(|(was, is)| was.name.zip(is.name));
    let renamed_from = both.filter(|(was, is)| was != is).map(|(was, _)| was);
    let status = match (was, is) {
        _ if difference.is_none() => Status::Unknown,
        (None, _) => Status::Added,
        (_, None) => Status::Removed,
        (Some(was), Some(is)) if !was.is_like(is) => Status::Changed,
        _ if renamed_from.is_some() => Status::Renamed,
        _ => Status::Unchanged,
    };
    Ok(Some(Row {
        id: named.id.clone(),
        item: named.item.to_owned(),
        label: named.label.to_owned(),
        name: named.name.map(str::to_owned),
        region: named.region.map(str::to_owned),
        status,
        renamed_from: renamed_from.map(str::to_owned),
        base: was.map(Charge::side),
        head: is.map(Charge::side),
        difference,
        effects,
    }))
}

impl Diff {
    fn take(&mut self, row: Row) -> Result<(), OutOfRange> {
        match row.difference {
            None => self.complete = false,
            Some(difference) => {
                self.difference = self.difference.plus(difference)?;
                self.parts = self.parts.and_then(|parts| parts.with(&row, difference));
            }
        }
        self.rows.push(row);
        Ok(())
    }

    /// Brings the charges of an item together, in the order in which items appear.
    fn gather(&mut self) {
        let mut items: HashMap<String, usize> = HashMap::new();
        for row in &self.rows {
            let next = items.len();
            items.entry(row.item.clone()).or_insert(next);
        }
        self.rows.sort_by_key(|row| items.get(&row.item).copied());
    }

    /// Whether anything but names is another in the head, as far as is known.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.rows
            .iter()
            .any(|row| matches!(row.status, Status::Added | Status::Removed | Status::Changed))
    }
}

impl Parts {
    fn with(self, row: &Row, difference: Fraction) -> Option<Self> {
        match row.status {
            Status::Added => Some(Self { added: self.added.plus(difference).ok()?, ..self }),
            Status::Removed => Some(Self { removed: self.removed.plus(difference).ok()?, ..self }),
            _ => Some(Self { effects: self.effects.plus(row.effects?).ok()?, ..self }),
        }
    }

    /// The parts with their names.
    #[must_use]
    pub fn named(self) -> Vec<(&'static str, Fraction)> {
        let mut named = vec![("added", self.added), ("removed", self.removed)];
        named.extend(self.effects.parts());
        named
    }
}

impl Row {
    /// The difference as per cent of the base, rounded to two decimals; none from a base of 0.
    #[must_use]
    pub fn percent(&self) -> Option<Decimal> {
        percent(self.difference?, self.base.as_ref()?.amount?)
    }
}

/// A difference as per cent of a base, rounded to two decimals; none from a base of 0.
#[must_use]
pub fn percent(difference: Fraction, base: Fraction) -> Option<Decimal> {
    let of_base = difference.divided_by(base).ok()?;
    of_base.times(Fraction::from(100)).ok()?.round(2).ok()
}
