//! A bill: lines, subtotals and a total, which is the sum of the lines and nothing else.
//!
//! Unit price ÷ per × pricing quantity = amount on every line, exactly: 0.03 ÷ 10,000 × 750 =
//! 0.00225. A line whose price is not published has no amount; the bill is then incomplete and its
//! total a priced subtotal. What breaks one of these is a fault of the program, never a figure.

use std::rc::Rc;

use crate::decimal::Decimal;
use crate::diagnostic::Problem;
use crate::discount::Discount;
use crate::fraction::{Fraction, OutOfRange};
use crate::metering::Run;
use crate::vocabulary::OperationId;

/// One line of a bill.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its id: meter, place and name.
    pub id: String,
    /// Index of its item in the book.
    pub item: usize,
    /// Index of its meter in the book.
    pub meter: usize,
    /// What it is.
    pub label: Rc<str>,
    /// The one key that it is for.
    pub key: Option<Rc<str>>,
    /// The one instance that it is for.
    pub instance: Option<Rc<str>>,
    /// Where it pools several, each one's consumed quantity.
    pub shares: Vec<(Rc<str>, Fraction)>,
    /// The one region that it is for.
    pub region: Option<Rc<str>>,
    /// Where it pools several, each region's consumed quantity.
    pub regions: Vec<(Rc<str>, Fraction)>,
    /// What was used, in nouns.
    pub consumed: Fraction,
    /// What is charged for.
    pub quantity: Fraction,
    /// The noun of both.
    pub unit: &'static str,
    /// What the pricing quantity adds to the noun.
    pub over: PricedOver,
    /// The unit price; none where it is not published.
    pub unit_price: Option<Decimal>,
    /// For how many units the unit price stands.
    pub per: u64,
    /// The amount; none where the unit price is not published.
    pub amount: Option<Fraction>,
    /// Index of the price's source in the book.
    pub source: usize,
    /// How the pricing quantity came to be.
    pub derivation: Vec<Step>,
    /// What the price list says, where something else is agreed on.
    pub list: Option<ListPrice>,
}

/// What the price list says of a line that is charged at a contracted price.
#[derive(Clone, Debug)]
pub struct ListPrice {
    /// The unit price; none where it is not published.
    pub unit_price: Option<Decimal>,
    /// The amount; none where the unit price is not published.
    pub amount: Option<Fraction>,
    /// What is agreed on instead.
    pub discount: Rc<Discount>,
}

impl Line {
    /// The amount at the list price.
    #[must_use]
    pub fn list_amount(&self) -> Option<Fraction> {
        self.list.as_ref().map_or(self.amount, |list| list.amount)
    }
}

/// What a bill comes to at list prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtList {
    /// The sum of what is priced.
    pub total: Fraction,
    /// Whether every needed list price is published.
    pub status: Status,
}

/// What a pricing quantity adds to its noun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PricedOver {
    /// Nothing: calls.
    Nothing,
    /// Hours: version-hours.
    Hours,
    /// Days: version-days.
    Days,
    /// Months by the time that passed of them: version-months.
    ElapsedMonths,
    /// Months: instance-months.
    Months,
    /// A level bought for the month.
    LevelMonths,
}

impl PricedOver {
    /// What it adds to the noun, as JSON writes it: `key` becomes `key-day`.
    #[must_use]
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Days => "-day",
            Self::Hours => "-hour",
            Self::ElapsedMonths | Self::Months => "-month",
            Self::LevelMonths => "-level-month",
        }
    }
}

/// A step from what was used to what is charged for.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Counted over time.
    Counted {
        /// What stood, and for how many steps.
        runs: Vec<Run>,
        /// A step in seconds.
        step: u32,
    },
    /// Each step is a part of the time that the price is for.
    Prorated {
        /// A step in seconds.
        step: u32,
        /// The time that the price is for, in seconds.
        of: u64,
    },
    /// Of one key no more versions are counted.
    CappedPerKey(u64),
    /// Copies in other places are counted in.
    Copies,
    /// Of the whole pool no more are charged.
    Capped {
        /// What stood at its largest.
        largest: Fraction,
        /// The most that is charged.
        at_most: u64,
    },
    /// Calls by operation, of each of so many keys.
    Calls(Vec<(OperationId, u64)>, u64),
    /// A part that costs nothing.
    Included(Fraction),
    /// Drawn from a free quota, by its label.
    Free(String, Fraction),
    /// Raised to a minimum.
    Minimum(Fraction),
    /// Rounded up to blocks of a size.
    Blocks {
        /// What was needed.
        needed: Fraction,
        /// The size of a block.
        size: u64,
    },
    /// Bought, as the user says.
    Ordered(Fraction),
    /// The part within a tier.
    Tier {
        /// Its lower end, exclusive.
        above: u64,
        /// Its upper end, inclusive.
        up_to: Option<u64>,
    },
    /// The whole quantity, by the tier that it reaches.
    Volume {
        /// The tier's lower end, exclusive.
        above: u64,
        /// Its upper end, inclusive.
        up_to: Option<u64>,
    },
    /// The level that the quantity falls into.
    Level {
        /// Its upper end, inclusive.
        up_to: Option<u64>,
    },
    /// So many instances alike.
    Alike(u64),
    /// The listed price and what multiplies it.
    Factor(Decimal, Decimal),
}

/// Whether every needed price is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Every line has an amount.
    Complete,
    /// A needed price is not published: the total is a priced subtotal.
    Incomplete,
}

impl Status {
    /// As JSON writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
        }
    }
}

/// The lines of one period, in the book's order, and what they add up to.
#[derive(Clone, Debug)]
pub struct Bill {
    lines: Vec<Line>,
    subtotals: Vec<(usize, Fraction)>,
    total: Fraction,
    /// The same at list prices; none where nothing else is agreed on.
    pub at_list: Option<AtList>,
    /// Things to look at that change no figure.
    pub warnings: Vec<Problem>,
    /// What was taken where the scenario is silent.
    pub notes: Vec<String>,
    /// Quantities by name, as pages print them.
    pub quantities: std::collections::BTreeMap<&'static str, Fraction>,
}

/// A line or sum that breaks what must always hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// A sum beyond the range of figures.
    OutOfRange(String),
    /// A fault of the program.
    Fault(String),
}

impl Bill {
    /// Puts lines in the book's order and adds them up.
    ///
    /// # Errors
    /// A sum out of range, or a line on which unit price ÷ per × quantity is not the amount.
    pub fn new(mut lines: Vec<Line>) -> Result<Self, Broken> {
        lines.sort_by(|a, b| (a.item, a.meter, &a.region).cmp(&(b.item, b.meter, &b.region)));
        for line in &lines {
            line.check()?;
        }
        let mut subtotals: Vec<(usize, Fraction)> = Vec::new();
        for line in &lines {
            let amount = line.amount.unwrap_or_default();
            match subtotals.last_mut() {
                Some((item, sum)) if *item == line.item => *sum = add(*sum, amount, "subtotal")?,
                _ => subtotals.push((line.item, amount)),
            }
        }
        let total = Fraction::sum(subtotals.iter().map(|(_, sum)| *sum))
            .map_err(|why| out_of_range("total", why))?;
        let at_list = at_list(&lines)?;
        Ok(Self {
            lines,
            subtotals,
            total,
            at_list,
            warnings: Vec::new(),
            notes: Vec::new(),
            quantities: std::collections::BTreeMap::new(),
        })
    }

    /// The bill with each line priced anew.
    ///
    /// # Errors
    /// As [`Bill::new`], or a price out of range.
    pub fn repriced(
        self,
        price: impl Fn(Line) -> Result<Line, OutOfRange>,
    ) -> Result<Self, Broken> {
        let reprice = |line: Line| {
            let id = line.id.clone();
            price(line).map_err(|why| out_of_range(&id, why))
        };
        let lines = self.lines.into_iter().map(reprice).collect::<Result<Vec<_>, _>>()?;
        let Self { warnings, notes, quantities, .. } = self;
        Ok(Self { warnings, notes, quantities, ..Self::new(lines)? })
    }

    /// Its lines, in the book's order, then by region and name.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The sum of each item's lines, in the book's order.
    #[must_use]
    pub fn subtotals(&self) -> &[(usize, Fraction)] {
        &self.subtotals
    }

    /// The sum of an item's lines; 0 where it has none.
    #[must_use]
    pub fn subtotal(&self, item: usize) -> Fraction {
        self.subtotals
            .iter()
            .find(|(known, _)| *known == item)
            .map_or(Fraction::ZERO, |(_, sum)| *sum)
    }

    /// The sum of all lines that are priced.
    #[must_use]
    pub fn total(&self) -> Fraction {
        self.total
    }

    /// Whether every needed price is published.
    #[must_use]
    pub fn status(&self) -> Status {
        if self.unpriced().next().is_some() { Status::Incomplete } else { Status::Complete }
    }

    /// The lines without a published price.
    pub fn unpriced(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.amount.is_none())
    }
}

impl Line {
    fn check(&self) -> Result<(), Broken> {
        let expected = self.unit_price.map(|price| {
            Fraction::from(price).times(self.quantity).and_then(|cost| cost.over(self.per))
        });
        match (expected, self.amount) {
            (None, None) => Ok(()),
            (Some(Ok(expected)), Some(amount)) if expected == amount => Ok(()),
            (Some(Err(why)), _) => Err(out_of_range(&self.id, why)),
            _ => Err(Broken::Fault(format!(
                "line `{}`: unit price ÷ per × quantity is not its amount",
                self.id
            ))),
        }
    }
}

/// What lines come to at list prices; none where none of them is charged at another.
fn at_list(lines: &[Line]) -> Result<Option<AtList>, Broken> {
    if lines.iter().all(|line| line.list.is_none()) {
        return Ok(None);
    }
    let amounts = lines.iter().map(Line::list_amount);
    let total = Fraction::sum(amounts.clone().flatten())
        .map_err(|why| out_of_range("total at list prices", why))?;
    let complete = amounts.clone().all(|amount| amount.is_some());
    let status = if complete { Status::Complete } else { Status::Incomplete };
    Ok(Some(AtList { total, status }))
}

fn add(sum: Fraction, amount: Fraction, what: &str) -> Result<Fraction, Broken> {
    sum.plus(amount).map_err(|why| out_of_range(what, why))
}

fn out_of_range(what: &str, why: OutOfRange) -> Broken {
    Broken::OutOfRange(format!("`{}` is {why}", crate::source::printable(what)))
}
