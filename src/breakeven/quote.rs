//! What a plan says at one whole unit: its total, and how that total is built.
//!
//! The shape of a bill is everything in it that does not grow in a straight line: which lines there
//! are, their unit prices, which tier or level they are in, whether a minimum raised them. Each part
//! of it holds over one unbroken span of units, for quantities only grow with the need. So where two
//! units have one shape, all units between them have it, and the total runs straight from one to the
//! other, but for what is sold in blocks: 1,001 and 1,009 keys beyond 1,000 included are one block of
//! 10, and the steps between blocks follow from what is needed.
//! No price is worked out here: every figure is one of the bill's own.

use super::Standing;
use crate::bill::{Bill, Line, Step};
use crate::comparison::clauses;
use crate::decimal::Decimal;
use crate::diagnostic::{Problem, Problems};
use crate::fraction::{Fraction, OutOfRange};
use crate::pricebook::{
    Book, BookId, Charge, Meter, Noun, Over, Standing as Counting, Tier, Timed,
};
use crate::rates;
use crate::source::printable;

/// What a plan says at one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// What it makes of the need.
    pub standing: Standing,
    /// The total of a complete need, else 0.
    pub total: Fraction,
    /// How the total is built.
    pub shape: Shape,
}

/// How a total is built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// What is the same wherever the total runs straight.
    pub marks: Vec<Mark>,
    /// Quantities that then run straight themselves, in the order of the marks.
    pub measures: Vec<Fraction>,
    /// What is sold in blocks.
    pub stairs: Vec<Stair>,
}

/// One thing that is the same wherever a total runs straight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A name: of a line, a quota, a reason.
    Name(String),
    /// A quantity that must stay what it is.
    Number(Fraction),
    /// The number of something: a block, a tier, a day.
    Count(u128),
}

/// Something sold in blocks, a begun one in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stair {
    /// What is needed.
    pub needed: Fraction,
    /// The size of a block.
    pub size: u64,
    /// What a block costs, over all the time and for all that are alike.
    pub price: Fraction,
}

impl Stair {
    /// The blocks that are needed.
    ///
    /// # Errors
    /// More than can be counted.
    pub fn blocks(&self) -> Result<u128, OutOfRange> {
        self.needed.over(self.size)?.ceiling()
    }

    /// What they cost.
    ///
    /// # Errors
    /// An amount beyond the range of figures.
    pub fn amount(&self) -> Result<Fraction, OutOfRange> {
        Fraction::try_from(self.blocks()?)?.times(self.price)
    }
}

/// Whether metering rounds the rate of calls in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// It is as stated, and a whole number at every unit.
    Whole,
    /// It is the average of the calls, or a multiple of a decimal, and rounded up.
    RoundedUp,
}

impl Quote {
    /// What the bills of a need say: one of a month, or one for each month of a term.
    ///
    /// # Errors
    /// A figure beyond the range of figures.
    pub fn of<'b>(
        book: &Book,
        bills: impl Iterator<Item = (&'b Bill, Rate)> + Clone,
        total: Fraction,
    ) -> Result<Self, OutOfRange> {
        let mut reader = Reader { rate: Rate::Whole, shape: Shape::default() };
        for (month, (bill, rate)) in (0_u64..).zip(bills.clone()) {
            reader.count(month);
            reader.rate = rate;
            for line in bill.lines() {
                if let Some(meter) = book.meters.get(line.meter) {
                    reader.line(line, meter)?;
                }
            }
        }
        let unpriced = not_published(bills.flat_map(|(bill, _)| bill.unpriced()));
        let (standing, total) = if unpriced.is_empty() {
            (Standing::Complete, total)
        } else {
            (Standing::Incomplete(unpriced), Fraction::ZERO)
        };
        Ok(Self { standing, total, shape: reader.shape })
    }

    /// What the problems of a need say that a plan cannot serve.
    #[must_use]
    pub fn not_served(id: &BookId, problems: &Problems) -> Self {
        let shape = Shape { marks: problems.iter().map(reason).collect(), ..Shape::default() };
        let standing = Standing::NotServed(clauses(id, problems.iter()));
        Self { standing, total: Fraction::ZERO, shape }
    }

    /// The same in another currency.
    ///
    /// # Errors
    /// An amount beyond the range of figures.
    pub fn at(mut self, rate: Decimal) -> Result<Self, OutOfRange> {
        self.total = rates::converted(self.total, rate)?;
        for stair in &mut self.shape.stairs {
            stair.price = rates::converted(stair.price, rate)?;
        }
        Ok(self)
    }
}

/// What the lines without a published price are, each once.
fn not_published<'b>(unpriced: impl Iterator<Item = &'b Line>) -> Vec<String> {
    let mut reasons: Vec<String> = Vec::new();
    for line in unpriced {
        let reason = format!("the price of `{}` is not published", printable(&line.label));
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons
}

/// A reason without its figures: a limit that is exceeded is one reason, however far.
fn reason(problem: &Problem) -> Mark {
    let words: String = problem.message.chars().filter(|c| !c.is_ascii_digit()).collect();
    Mark::Name(format!("{} {words}", problem.code.as_str()))
}

/// Reads the shape of bills.
struct Reader {
    rate: Rate,
    shape: Shape,
}

/// How a line is read: whether it alone tells which blocks and tiers it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// It does: blocks are a stair of their own, or there is one quantity for the month.
    Whole,
    /// Each step of time crosses the bounds of the meter at a unit of its own.
    StepByStep,
}

impl Reader {
    fn mark(&mut self, mark: Mark) {
        self.shape.marks.push(mark);
    }

    fn name(&mut self, name: &str) {
        self.mark(Mark::Name(name.to_owned()));
    }

    fn number(&mut self, number: impl Into<Fraction>) {
        self.mark(Mark::Number(number.into()));
    }

    fn count(&mut self, count: impl Into<u128>) {
        self.mark(Mark::Count(count.into()));
    }

    fn measure(&mut self, quantity: Fraction) {
        self.shape.measures.push(quantity);
    }

    /// What of a line must stay as it is, and what runs straight.
    fn line(&mut self, line: &Line, meter: &Meter) -> Result<(), OutOfRange> {
        self.name(&line.id);
        self.count(u8::from(line.unit_price.is_some()));
        self.number(line.unit_price.unwrap_or_default());
        self.number(line.per);
        let stair = stair(line, meter)?;
        let by_itself = stair.is_some() || meter.over.is_monthly();
        let reading = if by_itself { Reading::Whole } else { Reading::StepByStep };
        if let Some(stair) = stair {
            self.shape.stairs.push(stair);
        } else {
            self.count(u8::from(line.quantity.is_zero()));
            self.measure(line.quantity);
            if is_rounded(line, meter, self.rate) {
                self.number(line.quantity);
            }
        }
        let free = free(&line.derivation)?;
        for step in &line.derivation {
            self.step(step, meter, free, reading)?;
        }
        Ok(())
    }

    /// Every step from what was used to what is charged: what of it jumps, and what runs straight.
    fn step(
        &mut self,
        step: &Step,
        meter: &Meter,
        free: Fraction,
        reading: Reading,
    ) -> Result<(), OutOfRange> {
        match step {
            Step::Counted { runs, step } => {
                self.count(*step);
                for run in runs {
                    self.count(run.steps);
                    self.measure(run.quantity);
                    let place = Place::of(run.quantity, meter, free)?;
                    self.count(u8::from(place.capped));
                    if reading == Reading::StepByStep {
                        self.mark(Mark::Count(place.blocks));
                        self.count(u8::from(place.begun));
                        self.count(u8::from(place.raised));
                        self.mark(Mark::Count(place.passed));
                    }
                }
            }
            Step::Prorated { step, of } => {
                self.count(*step);
                self.count(*of);
            }
            Step::CappedPerKey(most) | Step::Capped { at_most: most, .. } => self.count(*most),
            // the line's quantity is the sum of the calls, multiplied by copies and by those that are
            // alike, in whole blocks
            Step::Calls(..) | Step::Copies | Step::Alike(_) | Step::Blocks { .. } => {}
            Step::Included(quantity) | Step::Minimum(quantity) | Step::Ordered(quantity) => {
                self.number(*quantity);
            }
            Step::Free(label, drawn) => {
                self.name(label);
                self.measure(*drawn);
            }
            Step::Tier { above, up_to } | Step::Volume { above, up_to } => {
                self.count(*above);
                self.count(up_to.unwrap_or(u64::MAX));
            }
            Step::Level { up_to } => self.count(up_to.unwrap_or(u64::MAX)),
            Step::Factor(price, factor) => {
                self.number(*price);
                self.number(*factor);
            }
        }
        Ok(())
    }
}

/// Where what stands in one step of time lies among the bounds of its meter. The steps of one line
/// cross them at different units, and the line alone does not tell which did.
struct Place {
    capped: bool,
    begun: bool,
    blocks: u128,
    raised: bool,
    passed: u128,
}

impl Place {
    fn of(quantity: Fraction, meter: &Meter, free: Fraction) -> Result<Self, OutOfRange> {
        // every field, so that a new rule of a meter is not passed over: what bends a quantity belongs here
        let Meter {
            id: _,
            item: _,
            label: _,
            counts: _,
            takes: _,
            over: _,
            unbilled: _,
            copies: _,
            at_most_per_key: _, // bends what stands itself, which is measured
            pool: _,
            at_most,
            included,
            block: _,
            implied: _, // falls as what is stated rises, each a line of its own
            least: _,
            most: _, // an error is no bend: the need is not served
            warn_over: _,
            minimum,
            charge,
            per: _,
            times: _,
            source: _,
        } = meter;
        let most = at_most.map_or(quantity, Fraction::from);
        let beyond =
            quantity.min(most).minus((*included).into())?.max(Fraction::ZERO).minus(free)?;
        let beyond = beyond.max(Fraction::ZERO);
        let (mut blocks, mut charged) = (0, beyond);
        if let Some(block) = meter.block.filter(|_| meter.is_sold_in_blocks()) {
            blocks = beyond.over(block.size)?.ceiling()?;
            charged = Fraction::try_from(blocks)?.times(block.size.into())?;
        }
        let bounds: &[Tier] = match charge {
            Charge::Flat(_) => &[],
            Charge::Tiers(tiers) | Charge::Volume(tiers) | Charge::Levels(tiers) => tiers,
        };
        let ends = bounds.iter().filter_map(|tier| tier.up_to);
        Ok(Self {
            capped: quantity > most,
            begun: !beyond.is_zero(),
            blocks,
            raised: charged < (*minimum).into(),
            passed: ends
                .filter(|up_to| charged > (*up_to).into())
                .fold(0, |sum, _| sum.saturating_add(1)),
        })
    }
}

/// What was drawn from free quotas.
fn free(derivation: &[Step]) -> Result<Fraction, OutOfRange> {
    Fraction::sum(derivation.iter().filter_map(|step| match step {
        Step::Free(_, drawn) => Some(*drawn),
        _ => None,
    }))
}

/// Whether the charged quantity goes up in steps that the line does not tell: it must stay as it is.
fn is_rounded(line: &Line, meter: &Meter, rate: Rate) -> bool {
    let has = |is: fn(&Step) -> bool| line.derivation.iter().any(is);
    if has(|step| matches!(step, Step::Ordered(_) | Step::Level { .. })) {
        return false;
    }
    let peak_up = match meter.over {
        Over::Sum | Over::MonthLargest | Over::MonthWhole => false,
        Over::Timed(Timed { rule, step: _, unit: _ }) => match rule {
            Counting::AtEnd | Counting::AnyPart => false,
            Counting::PeakUp => true,
        },
    };
    let counts = |noun: Noun| meter.counts.contains(&noun);
    let rounded = rate == Rate::RoundedUp && counts(Noun::PeakQps);
    meter.is_sold_in_blocks() || rounded || (peak_up && counts(Noun::LogGigabyte))
}

/// The line as blocks at one price each; none where it is not that alone.
fn stair(line: &Line, meter: &Meter) -> Result<Option<Stair>, OutOfRange> {
    let Some(block) = meter.block.filter(|_| meter.is_sold_in_blocks()) else {
        return Ok(None);
    };
    let (mut times, mut needed) = (Fraction::from(1), None);
    for step in &line.derivation {
        match step {
            Step::Counted { runs, .. } if !meter.over.is_monthly() => match runs.as_slice() {
                [run] => times = times.times(u64::from(run.steps).into())?,
                _ => return Ok(None),
            },
            Step::Prorated { step, of } if !meter.over.is_monthly() => {
                times = times.times(u64::from(*step).into())?.over(*of)?;
            }
            Step::Alike(count) => times = times.times((*count).into())?,
            Step::Blocks { needed: before, .. } => needed = Some(*before),
            Step::Minimum(_)
            | Step::Ordered(_)
            | Step::Tier { .. }
            | Step::Volume { .. }
            | Step::Level { .. } => return Ok(None),
            Step::Counted { .. }
            | Step::Prorated { .. }
            | Step::CappedPerKey(_)
            | Step::Copies
            | Step::Capped { .. }
            | Step::Calls(..)
            | Step::Included(_)
            | Step::Free(..)
            | Step::Factor(..) => {}
        }
    }
    if times.is_zero() {
        return Ok(None);
    }
    // a whole number of blocks is what is needed
    let needed = needed.map_or_else(|| line.quantity.divided_by(times), Ok)?;
    let price = Fraction::from(line.unit_price.unwrap_or_default()).times(block.size.into())?;
    Ok(Some(Stair { needed, size: block.size, price: price.times(times)?.over(line.per)? }))
}
