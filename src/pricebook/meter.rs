//! What is priced and how: what a meter counts, over which time, at which price; and what of it is free.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::Noun;
use crate::decimal::Decimal;

/// One thing that a book charges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Meter {
    /// Its id, `item.name`.
    pub id: String,
    /// Index of its item.
    pub item: usize,
    /// As a bill names it.
    pub label: Rc<str>,
    /// What it counts; several nouns count together.
    pub counts: Vec<Noun>,
    /// The classes it takes: an axis and some of its classes.
    pub takes: Vec<(usize, Vec<usize>)>,
    /// How it counts over time.
    pub over: Over,
    /// When a key is not counted.
    pub unbilled: Unbilled,
    /// Whether copies in other places count too.
    pub copies: Copies,
    /// Of one key, at most so many versions count.
    pub at_most_per_key: Option<u64>,
    /// Who shares quantities, tiers and minimums.
    pub pool: Pool,
    /// Of the whole pool, at most so many are charged.
    pub at_most: Option<u64>,
    /// A part that costs nothing.
    pub included: u64,
    /// What is sold at once.
    pub block: Option<Block>,
    /// What other things need of it, where the user does not say so.
    pub implied: Option<Implied>,
    /// The least that can be asked for.
    pub least: Option<u64>,
    /// The most that can be had, the included part among it.
    pub most: Option<u64>,
    /// A limit that the provider raises on request.
    pub warn_over: Option<u64>,
    /// Less than this, but more than 0, is charged as this.
    pub minimum: u64,
    /// The model of its price.
    pub charge: Charge,
    /// For how many units a price stands.
    pub per: u64,
    /// What multiplies its price.
    pub times: Option<Factor>,
    /// Where its prices come from.
    pub source: usize,
}

impl Meter {
    /// What it counts, many of it, in a sentence.
    #[must_use]
    pub fn many(&self) -> &'static str {
        self.counts.first().map_or("", |noun| noun.many())
    }

    /// Whether a begun block costs the whole block.
    #[must_use]
    pub fn is_sold_in_blocks(&self) -> bool {
        self.block.is_some_and(|block| block.rounding == BlockRounding::Up)
    }

    /// Whether the same things land on both, at the same prices.
    pub(super) fn takes_like(&self, other: &Self) -> bool {
        (&self.counts, &self.takes, &self.charge, &self.times)
            == (&other.counts, &other.takes, &other.charge, &other.times)
    }

    /// Whether it counts what an instance holds, in the instance's quota.
    #[must_use]
    pub fn is_of_instances(&self) -> bool {
        self.pool.of == PoolOf::Instance
    }

    /// Whether both differ at most in what they make of things that happen to a key.
    pub(super) fn counts_still_keys_like(&self, other: &Self) -> bool {
        let alike = match (self.over, other.over) {
            (Over::Timed(one), Over::Timed(another)) => one.unit == another.unit,
            (one, another) => one == another,
        };
        alike && Self { over: other.over, unbilled: other.unbilled, ..self.clone() } == *other
    }
}

/// That something needs some of what a meter counts: keys that live in modules of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Implied {
    /// What needs it.
    pub by: Noun,
    /// How many it needs at least, in each region.
    pub at_least: u64,
}

/// Whether copies in other places count too: replicas of a key, further locations of a secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Copies {
    /// There are none, or they cost nothing here.
    #[default]
    NotCounted,
    /// Each counts as the thing itself.
    Counted,
}

/// How a meter counts over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Over {
    /// What happened in the month, added up.
    Sum,
    /// The month counts its largest moment.
    MonthLargest,
    /// The month counts everything that stood at any moment of it, as though for the whole month.
    MonthWhole,
    /// Counted step by step, priced for a time.
    Timed(Timed),
}

/// Counting step by step, for a price of some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timed {
    /// What a step counts.
    pub rule: Standing,
    /// A step in seconds: 1, 3,600 or 86,400.
    pub step: u32,
    /// The time that the price is for.
    pub unit: TimeUnit,
}

/// What a step of time counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// What stands at its end.
    AtEnd,
    /// The most that stood in any part of it.
    AnyPart,
    /// That, rounded up to a whole number.
    PeakUp,
}

/// The time that a price is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum TimeUnit {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// The month of the bill, whatever its length.
    OwnMonth,
    /// A month of the clock's standard length.
    StandardMonth,
}

impl TimeUnit {
    /// Whether a price is for a month, so that tiers and quotas are the month's.
    #[must_use]
    pub fn is_month(self) -> bool {
        matches!(self, Self::OwnMonth | Self::StandardMonth)
    }
}

impl Over {
    /// Counting step by step, where it is.
    #[must_use]
    pub fn timed(self) -> Option<Timed> {
        match self {
            Self::Timed(timed) => Some(timed),
            Self::Sum | Self::MonthLargest | Self::MonthWhole => None,
        }
    }

    /// Whether the month comes to one quantity before it is priced.
    #[must_use]
    pub fn is_monthly(self) -> bool {
        self.timed().is_none_or(|timed| timed.unit.is_month())
    }
}

/// When a key is not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unbilled {
    /// While it is pending deletion.
    pub pending_deletion: Option<IfRestored>,
    /// After so many days of pending deletion, or once destroyed where that is stated.
    pub linger_days: Option<u32>,
    /// Whether a destruction that is stated ends those days sooner, and never later.
    pub linger_at_most: bool,
    /// While the account is suspended.
    pub suspended: bool,
}

/// What becomes of the days pending deletion when the deletion is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IfRestored {
    /// They stay free.
    StaysFree,
    /// They are charged as though the deletion had never been scheduled.
    ChargedBack,
}

/// Who shares quantities, tiers and minimums: everything in the account that has the same of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// Whether lines are pooled at all; without it each key is charged by itself.
    pub shared: bool,
    /// Each region has its own pool.
    pub by_region: bool,
    /// Whether each key or instance has its own pool.
    pub of: PoolOf,
}

/// Whose a pool is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PoolOf {
    /// Everybody's.
    #[default]
    All,
    /// Each key has its own.
    Key,
    /// Each instance has its own.
    Instance,
}

/// What is sold at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Its size in units.
    pub size: u64,
    /// What a begun block costs.
    pub rounding: BlockRounding,
}

/// What a begun block costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BlockRounding {
    /// The whole block.
    Up,
    /// Its part.
    ProRata,
}

/// The model of a price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Charge {
    /// One price for every unit.
    Flat(Prices),
    /// Graduated: each tier's price for the part of the quantity within it.
    Tiers(Vec<Tier>),
    /// Volume: the whole quantity at the price of the tier that it reaches.
    Volume(Vec<Tier>),
    /// A step table: the whole price of the step that the quantity falls into.
    Levels(Vec<Tier>),
}

/// A tier or level: up to and with `up_to`, from the one before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tier {
    /// Its upper end, which belongs to it; none for an open last tier.
    pub up_to: Option<u64>,
    /// Its price.
    pub price: Price,
}

/// A price by class of an axis, or the same for all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Prices {
    /// The same for all.
    One(Price),
    /// By class: the axis, and a price for each of its classes.
    By(usize, Vec<(usize, Price)>),
}

/// A price, or the fact that the page does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Price {
    /// As published; at most 12 decimals.
    Published(Decimal),
    /// Needed and not published: never 0.
    Unpublished,
}

/// What multiplies a price, by class of an axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    /// The axis.
    pub axis: usize,
    /// A factor for each of its classes.
    pub by_class: Vec<(usize, Decimal)>,
}

/// A free quota.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Allowance {
    /// Its id.
    pub id: String,
    /// As a bill names it.
    pub label: String,
    /// How much is free.
    pub quantity: u64,
    /// How often.
    pub each: Each,
    /// The meters it covers; what is not listed is excluded.
    pub covers: Vec<usize>,
    /// Who shares it.
    pub pool: Pool,
    /// Whose units are free first.
    pub draw: Draw,
    /// Whether a scenario may say what remains of a quota that is given once.
    pub remaining: bool,
    /// Where it comes from.
    pub source: usize,
}

/// How often a quota is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Each {
    /// Every calendar month.
    Month,
    /// Once; what is not stated to remain is taken as used up.
    Once,
}

/// Whose units are free first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Draw {
    /// The cheapest: the upper bound of the bill.
    CheapestFirst,
    /// The dearest: the lower bound of the bill.
    DearestFirst,
}
