//! A bill as it can be written down and read again: every line with its own words, and no price book.
//!
//! Budgets and diffs work on statements, so that an estimate of this run and one that was kept as
//! JSON are the same thing to them. Nothing is priced here: 30 key-days at 0.01 stand as they were
//! rated, and what a quantity comes to over a whole period (30 days, 744/730 months) stands beside it.

mod read;

use std::borrow::Cow;

use crate::bill::{Bill, Line, Status, Step};
use crate::decimal::Decimal;
use crate::estimate::Estimate;
use crate::fraction::Fraction;
use crate::month::Period;
use crate::pricebook::{Book, TimeUnit};

pub use read::{Kept, KeptTerm, NotKept, kept};

/// The bill of one period.
#[derive(Clone, Debug)]
pub struct Statement<'a> {
    /// The scenario's name.
    pub scenario: Cow<'a, str>,
    /// The provider's site.
    pub provider: Cow<'a, str>,
    /// The plan.
    pub plan: Cow<'a, str>,
    /// The edition of the price list.
    pub edition: Cow<'a, str>,
    /// ISO 4217.
    pub currency: Cow<'a, str>,
    /// The calendar month; none for a standard month.
    pub month: Option<String>,
    /// Its hours.
    pub hours: u32,
    /// Its lines, in the bill's order.
    pub entries: Vec<Entry<'a>>,
    /// The sum of all lines that are priced.
    pub total: Fraction,
    /// Whether that is all of them.
    pub complete: bool,
}

/// One line.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Its id: meter, place, name, tier.
    pub id: Cow<'a, str>,
    /// Its item's id.
    pub item: Cow<'a, str>,
    /// What it is.
    pub label: Cow<'a, str>,
    /// Whose it is.
    pub whose: Whose<'a>,
    /// The one region that it is for, and its neutral name.
    pub region: Option<Region<'a>>,
    /// Where it pools several, each region's consumed quantity.
    pub regions: Vec<(Region<'a>, Fraction)>,
    /// The noun of what was used.
    pub noun: Cow<'a, str>,
    /// What was used.
    pub consumed: Fraction,
    /// The unit of what is charged for: `key-day`.
    pub unit: Cow<'a, str>,
    /// What is charged for.
    pub quantity: Fraction,
    /// What of its meter's pool was free; tiers of a meter share it.
    pub free: Fraction,
    /// What one thing that stands through the whole period comes to in that unit; none of calls.
    pub whole_period: Option<Fraction>,
    /// The unit price; none where it is not published.
    pub unit_price: Option<Decimal>,
    /// For how many units it stands.
    pub per: u64,
    /// The amount; none where the unit price is not published.
    pub amount: Option<Fraction>,
}

/// Whose a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose<'a> {
    /// One key's, secret's, module's or store's.
    Key(Cow<'a, str>),
    /// One instance's.
    Instance(Cow<'a, str>),
    /// Several together, each with what it used.
    Shared(Vec<(Cow<'a, str>, Fraction)>),
    /// Nobody's in particular.
    Nobody,
}

/// A region by the provider's id, and its neutral name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region<'a> {
    /// The provider's id.
    pub id: Cow<'a, str>,
    /// The neutral name, where one is known.
    pub place: Option<Cow<'a, str>>,
}

impl<'a> Statement<'a> {
    /// The statement of one period's bill.
    #[must_use]
    pub fn of(scenario: &'a str, book: &'a Book, period: Period, bill: &'a Bill) -> Self {
        Self {
            scenario: scenario.into(),
            provider: (*book.id.provider).into(),
            plan: (*book.id.plan).into(),
            edition: (*book.id.edition).into(),
            currency: book.currency.as_str().into(),
            month: period.month.map(|month| month.to_string()),
            hours: period.hours,
            entries: bill.lines().iter().map(|line| entry(line, book, period)).collect(),
            total: bill.total(),
            complete: bill.status() == Status::Complete,
        }
    }

    /// The statement of an estimate's bill; of a projection, of its first month.
    #[must_use]
    pub fn of_estimate(scenario: &'a str, estimate: &'a Estimate) -> Self {
        Self::of(scenario, &estimate.book, estimate.period, &estimate.bill)
    }
}

fn own(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

impl Statement<'_> {
    /// The same, with its own words.
    #[must_use]
    pub fn into_owned(self) -> Statement<'static> {
        Statement {
            scenario: own(self.scenario),
            provider: own(self.provider),
            plan: own(self.plan),
            edition: own(self.edition),
            currency: own(self.currency),
            month: self.month,
            hours: self.hours,
            entries: self.entries.into_iter().map(Entry::into_owned).collect(),
            total: self.total,
            complete: self.complete,
        }
    }
}

impl Region<'_> {
    fn into_owned(self) -> Region<'static> {
        Region { id: own(self.id), place: self.place.map(own) }
    }
}

impl Entry<'_> {
    fn into_owned(self) -> Entry<'static> {
        Entry {
            id: own(self.id),
            item: own(self.item),
            label: own(self.label),
            whose: match self.whose {
                Whose::Key(name) => Whose::Key(own(name)),
                Whose::Instance(name) => Whose::Instance(own(name)),
                Whose::Shared(shares) => Whose::Shared(
                    shares.into_iter().map(|(name, used)| (own(name), used)).collect(),
                ),
                Whose::Nobody => Whose::Nobody,
            },
            region: self.region.map(Region::into_owned),
            regions: self.regions.into_iter().map(|(at, used)| (at.into_owned(), used)).collect(),
            noun: own(self.noun),
            unit: own(self.unit),
            consumed: self.consumed,
            quantity: self.quantity,
            free: self.free,
            whole_period: self.whole_period,
            unit_price: self.unit_price,
            per: self.per,
            amount: self.amount,
        }
    }

    /// Whose it is, where it is one's.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match &self.whose {
            Whose::Key(name) | Whose::Instance(name) => Some(name),
            Whose::Shared(_) | Whose::Nobody => None,
        }
    }
}

fn entry<'a>(line: &'a Line, book: &'a Book, period: Period) -> Entry<'a> {
    let whole_period = whole_period(line, book, period);
    let region = |id: &'a str| Region {
        id: id.into(),
        place: book.regions.get(id).map(|region| region.place.as_str().into()),
    };
    Entry {
        id: line.id.as_str().into(),
        item: book.items.get(line.item).map_or("", |item| item.id.as_str()).into(),
        label: (&*line.label).into(),
        whose: match (&line.key, &line.instance) {
            (Some(name), _) => Whose::Key((&**name).into()),
            (None, Some(name)) => Whose::Instance((&**name).into()),
            (None, None) if line.shares.is_empty() => Whose::Nobody,
            (None, None) => {
                let share =
                    |(name, used): &'a (std::rc::Rc<str>, Fraction)| ((&**name).into(), *used);
                Whose::Shared(line.shares.iter().map(share).collect())
            }
        },
        region: line.region.as_deref().map(region),
        regions: line.regions.iter().map(|(id, used)| (region(id), *used)).collect(),
        noun: line.unit.into(),
        consumed: line.consumed,
        unit: format!("{}{}", line.unit, line.over.suffix()).into(),
        quantity: line.quantity,
        free: free(line, whole_period),
        whole_period,
        unit_price: line.unit_price,
        per: line.per,
        amount: line.amount,
    }
}

/// What of its meter's pool was drawn from free quotas, or is included through the whole period; tiers
/// of a meter share it.
#[must_use]
pub fn free(line: &Line, whole_period: Option<Fraction>) -> Fraction {
    let free = line.derivation.iter().filter_map(|step| match step {
        Step::Free(_, drawn) => Some(*drawn),
        Step::Included(each) => each.times(whole_period.unwrap_or(Fraction::from(1))).ok(),
        _ => None,
    });
    Fraction::sum(free).unwrap_or_default()
}

/// What one thing that stands through a whole period comes to in the unit that a line is priced in:
/// 30 days, 720 hours, one month of its own, 744/730 of a standard month. Calls and levels have none.
#[must_use]
pub fn whole_period(line: &Line, book: &Book, period: Period) -> Option<Fraction> {
    let timed = book.meters.get(line.meter)?.over.timed()?;
    let hours = Fraction::from(u64::from(period.hours));
    match timed.unit {
        TimeUnit::Hour => Some(hours),
        TimeUnit::Day => hours.over(24).ok(),
        TimeUnit::OwnMonth => Some(Fraction::from(1)),
        TimeUnit::StandardMonth => hours.over(u64::from(book.clock.standard_hours)).ok(),
    }
}
