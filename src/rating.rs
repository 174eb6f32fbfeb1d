//! Usage → bill, in one fixed order:
//!
//! count → cap → limits → included → free quota → block or minimum → tiers, volume, levels or flat
//! price → amount.
//!
//! 2,001 advanced versions over one day, the first 2,000 at 0.083 and the others at 0.033, are
//! 2,000 × 0.083 + 1 × 0.033 = 166.033: two lines. No date is read here and nothing is rounded.

mod allowance;
mod limits;
mod models;
mod pool;

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use crate::bill::{Bill, Broken, Line, PricedOver, Step};
use crate::decimal::Decimal;
use crate::diagnostic::{Code, Problem, Problems};
use crate::fraction::{Fraction, OutOfRange};
use crate::metering::{Part, Run, Subject, Usage};
use crate::pricebook::{Book, Charge, Meter, Over, Price, Prices, TimeUnit};

pub use allowance::Balance;
use pool::Bucket;

/// Rates what was metered.
///
/// Problems are pushed: quotas exceeded, orders that are not sold, amounts out of range.
///
/// # Errors
/// A fault of the program.
pub fn rate(
    mut usage: Usage,
    book: &Book,
    balance: &mut Balance,
    problems: &mut Problems,
) -> Result<Bill, Broken> {
    let mut lines = Vec::new();
    let mut buckets = Vec::new();
    let mut warnings = Vec::new();
    for (at, meter) in book.meters.iter().enumerate() {
        let mut parts = usage.parts.get_mut(at).map(std::mem::take).unwrap_or_default();
        parts.sort_by(|a, b| (&a.region, &a.subject).cmp(&(&b.region, &b.subject)));
        warnings.extend(limits::warn(meter, &parts));
        let worth = usage.worth.get(at).copied().unwrap_or_default();
        let covered = book.allowances.iter().any(|allowance| allowance.covers.contains(&at));
        if is_linear(meter) && !covered {
            for part in pool::merged(parts) {
                match line_of_part(at, meter, &part, worth) {
                    Ok(line) if is_nothing_unpriced(&line) => {}
                    Ok(line) => lines.push(line),
                    Err(why) => problems.push(beyond(meter, &part, why)),
                }
            }
        } else {
            match pool::buckets(book, at, parts, worth) {
                Ok(pooled) => buckets.extend(pooled),
                Err((span, why)) => problems.push(
                    Problem::error(Code::TooLarge, format!("`{}` is {why}", meter.id)).at(span),
                ),
            }
        }
    }
    lines.extend(allowance::draw(book, &mut buckets, balance, problems));
    for bucket in buckets {
        lines.extend(charge(book, &bucket, problems));
    }
    let mut bill = match Bill::new(lines) {
        Err(Broken::OutOfRange(what)) => {
            problems.push(Problem::error(Code::TooLarge, what));
            Bill::new(Vec::new())?
        }
        bill => bill?,
    };
    bill.warnings = warnings;
    bill.notes = usage.notes;
    bill.quantities = usage.quantities;
    Ok(bill)
}

/// Whether every unit has the same price wherever and whosever it is, so that each key has its own line.
fn is_linear(meter: &Meter) -> bool {
    matches!(meter.charge, Charge::Flat(_))
        && !meter.pool.shared
        && meter.at_most.is_none()
        && meter.included == 0
        && meter.minimum == 0
        && meter.block.is_none()
        && meter.least.is_none()
        && meter.most.is_none()
}

/// Nothing of something costs nothing, at whatever price: it leaves no bill incomplete.
fn is_nothing_unpriced(line: &Line) -> bool {
    line.quantity.is_zero() && line.unit_price.is_none()
}

fn beyond(meter: &Meter, part: &Part, why: OutOfRange) -> Problem {
    let name = part.subject.name().map_or_else(|| "calls".to_owned(), crate::source::printable);
    Problem::error(Code::TooLarge, format!("the amount of `{}` for `{name}` is {why}", meter.id))
        .at(part.span.clone())
}

// ------------------------------------------------------------------ lines of one key each

fn line_of_part(
    at: usize,
    meter: &Meter,
    part: &Part,
    worth: Fraction,
) -> Result<Line, OutOfRange> {
    let (unit_price, factor) = unit_price(meter, part.price_class, part.factor_class)?;
    let quantity = monthly(meter, &part.runs, worth)?.times(Fraction::from(part.alike))?;
    let mut derivation = counted(meter, part, worth);
    if part.alike != 1 {
        derivation.push(Step::Alike(part.alike));
    }
    derivation.extend(factor);
    let consumed = consumed(&part.runs).times(Fraction::from(part.alike))?;
    Ok(Line {
        id: line_id(&meter.id, part.region.as_ref(), part.subject.name()),
        consumed,
        quantity,
        amount: amount(unit_price, quantity, meter.per)?,
        unit_price,
        derivation,
        ..blank(at, meter, &[part])
    })
}

/// A line for these parts, with nothing of its money yet.
fn blank(at: usize, meter: &Meter, parts: &[&Part]) -> Line {
    let subjects: Vec<&Subject> = parts.iter().map(|part| &part.subject).collect();
    let (mut key, mut instance) = (None, None);
    if let [first, rest @ ..] = subjects.as_slice()
        && rest.iter().all(|other| other == first)
    {
        match first {
            Subject::Key(name) | Subject::Secret(name) | Subject::Held(name) => {
                key = Some(Rc::clone(name));
            }
            Subject::Instance(name) => instance = Some(Rc::clone(name)),
            Subject::Account => {}
        }
    }
    let region = match parts {
        [first, rest @ ..] if rest.iter().all(|other| other.region == first.region) => {
            first.region.clone()
        }
        _ => None,
    };
    let unit = meter.counts.first().map_or("", |noun| noun.as_str());
    Line {
        id: String::new(),
        item: meter.item,
        meter: at,
        label: meter.label.clone(),
        key,
        instance,
        shares: Vec::new(),
        regions: if region.is_none() { regions(parts) } else { Vec::new() },
        region,
        consumed: Fraction::ZERO,
        quantity: Fraction::ZERO,
        unit: if meter.counts.len() > 1 { "access-unit" } else { unit },
        over: match (&meter.charge, meter.over) {
            (_, Over::Sum) => PricedOver::Nothing,
            (_, Over::Timed(timed)) => match timed.unit {
                TimeUnit::Hour => PricedOver::Hours,
                TimeUnit::Day => PricedOver::Days,
                TimeUnit::OwnMonth | TimeUnit::StandardMonth => PricedOver::ElapsedMonths,
            },
            (Charge::Levels(_), _) => PricedOver::LevelMonths,
            (_, Over::MonthLargest | Over::MonthWhole) => PricedOver::Months,
        },
        unit_price: None,
        per: meter.per,
        amount: None,
        source: meter.source,
        derivation: Vec::new(),
        list: None,
    }
}

fn line_id(meter: &str, region: Option<&Rc<str>>, name: Option<&str>) -> String {
    let mut id = meter.to_owned();
    for part in [region.map(AsRef::as_ref), name].into_iter().flatten() {
        id.push('/');
        id.push_str(part);
    }
    id
}

fn counted(meter: &Meter, part: &Part, worth: Fraction) -> Vec<Step> {
    if part.made_of.is_empty() {
        return over_time(meter, &part.runs, part.copies, worth);
    }
    vec![Step::Calls(part.made_of.clone(), part.keys)]
}

/// How a quantity was counted over time.
fn over_time(meter: &Meter, runs: &[Run], copies: u64, worth: Fraction) -> Vec<Step> {
    let mut steps = Vec::new();
    let Some(timed) = meter.over.timed() else {
        return steps;
    };
    steps.push(Step::Counted { runs: runs.to_vec(), step: timed.step });
    steps.extend(meter.at_most_per_key.map(Step::CappedPerKey));
    steps.extend((copies > 1).then_some(Step::Copies));
    let of = Fraction::from(u64::from(timed.step)).divided_by(worth).ok();
    if let Some(of) = of.and_then(|of| u64::try_from(of.floor().ok()?).ok())
        && worth != Fraction::from(1)
    {
        steps.push(Step::Prorated { step: timed.step, of });
    }
    steps
}

/// What stood at its largest, or happened in all.
fn consumed(runs: &[Run]) -> Fraction {
    runs.iter().map(|run| run.quantity).max().unwrap_or_default()
}

/// What a month comes to in the time that the price is for.
fn monthly(meter: &Meter, runs: &[Run], worth: Fraction) -> Result<Fraction, OutOfRange> {
    match meter.over {
        Over::MonthLargest => Ok(consumed(runs)),
        Over::Sum | Over::MonthWhole | Over::Timed(_) => total(runs)?.times(worth),
    }
}

fn total(runs: &[Run]) -> Result<Fraction, OutOfRange> {
    runs.iter().try_fold(Fraction::ZERO, |sum, run| {
        sum.plus(run.quantity.times(Fraction::from(u64::from(run.steps)))?)
    })
}

/// The unit price with its factor, and the step that says so.
fn unit_price(
    meter: &Meter,
    price_class: Option<usize>,
    factor_class: Option<usize>,
) -> Result<(Option<Decimal>, Option<Step>), OutOfRange> {
    let price = match &meter.charge {
        Charge::Flat(Prices::One(price)) => *price,
        Charge::Flat(Prices::By(_, by_class)) => by_class
            .iter()
            .find(|(class, _)| Some(*class) == price_class)
            .map_or(Price::Unpublished, |(_, price)| *price),
        Charge::Tiers(tiers) | Charge::Volume(tiers) | Charge::Levels(tiers) => {
            tiers.first().map_or(Price::Unpublished, |tier| tier.price)
        }
    };
    factored(meter, price, factor_class)
}

fn factored(
    meter: &Meter,
    price: Price,
    factor_class: Option<usize>,
) -> Result<(Option<Decimal>, Option<Step>), OutOfRange> {
    let Price::Published(listed) = price else {
        return Ok((None, None));
    };
    let factor = meter
        .times
        .as_ref()
        .and_then(|times| times.by_class.iter().find(|(class, _)| Some(*class) == factor_class));
    match factor {
        Some((_, factor)) if *factor != Decimal::ONE => {
            let price = Fraction::from(listed)
                .times(Fraction::from(*factor))?
                .finite()
                .ok_or(OutOfRange)?;
            Ok((Some(price), Some(Step::Factor(listed, *factor))))
        }
        _ => Ok((Some(listed), None)),
    }
}

fn amount(
    unit_price: Option<Decimal>,
    quantity: Fraction,
    per: u64,
) -> Result<Option<Fraction>, OutOfRange> {
    unit_price.map(|price| Fraction::from(price).times(quantity)?.over(per)).transpose()
}

// ------------------------------------------------------------------ lines of a pool

fn charge(book: &Book, bucket: &Bucket, problems: &mut Problems) -> Vec<Line> {
    let Some(meter) = book.meters.get(bucket.meter) else {
        return Vec::new();
    };
    let Some(first) = bucket.parts.first() else {
        return Vec::new();
    };
    let Some(bought) = limits::bought(book, meter, bucket, problems) else {
        return Vec::new();
    };
    let slices = match models::slices(meter, &bought) {
        Ok(slices) => slices,
        Err(models::NoSlice::OutOfRange(why)) => {
            problems.push(beyond(meter, first, why));
            return Vec::new();
        }
        Err(models::NoSlice::AboveLevels { needed, most }) => {
            problems.push(limits::over(book, meter, first, needed, most));
            return Vec::new();
        }
    };
    // what is drawn, capped or in several tiers is less than its parts, and does not add up
    let alone =
        bought.steps.is_empty() && matches!(meter.charge, Charge::Flat(_) | Charge::Tiers(_));
    let mut lines = Vec::new();
    for slice in slices {
        // what is rounded up together stays one line, at whole blocks too
        let shared = bucket.parts.len() > 1 && !meter.is_sold_in_blocks();
        let split = alone && shared && adds_up(meter, bucket, &slice);
        let made = if split {
            split_line(meter, bucket, &slice)
        } else {
            pooled_line(book, meter, bucket, &bought, &slice).map(|line| vec![line])
        };
        match made {
            Ok(made) => lines.extend(made.into_iter().filter(|line| !is_nothing_unpriced(line))),
            Err(why) => problems.push(beyond(meter, first, why)),
        }
    }
    lines
}

/// Whether a pool is the sum of its parts: the largest moment of several keys need not be.
fn adds_up(meter: &Meter, bucket: &Bucket, slice: &models::Slice) -> bool {
    let parts = bucket.parts.iter().map(|part| monthly(meter, &part.runs, bucket.worth));
    let parts = parts.collect::<Result<Vec<_>, _>>().and_then(Fraction::sum);
    parts == Ok(slice.quantity)
}

/// A pool that was priced at one price throughout is written out key by key.
fn split_line(
    meter: &Meter,
    bucket: &Bucket,
    slice: &models::Slice,
) -> Result<Vec<Line>, OutOfRange> {
    let (unit_price, factor) = slice_price(meter, bucket, slice)?;
    let of_part = |part: &Part| {
        let quantity = monthly(meter, &part.runs, bucket.worth)?;
        let mut derivation = counted(meter, part, bucket.worth);
        derivation.extend(slice.step.clone());
        derivation.extend(factor.clone());
        Ok(Line {
            id: line_id(&meter.id, part.region.as_ref(), part.subject.name()),
            consumed: consumed(&part.runs),
            quantity,
            amount: amount(unit_price, quantity, meter.per)?,
            unit_price,
            derivation,
            ..blank(bucket.meter, meter, &[part])
        })
    };
    bucket.parts.iter().map(of_part).collect()
}

fn pooled_line(
    book: &Book,
    meter: &Meter,
    bucket: &Bucket,
    bought: &limits::Bought,
    slice: &models::Slice,
) -> Result<Line, OutOfRange> {
    let (unit_price, factor) = slice_price(meter, bucket, slice)?;
    let parts: Vec<&Part> = bucket.parts.iter().collect();
    let line = blank(bucket.meter, meter, &parts);
    let alike = bucket.parts.first().map_or(1, |part| part.alike);
    let quantity = slice.quantity.times(Fraction::from(alike))?;
    let copies = bucket.parts.iter().map(|part| part.copies).max().unwrap_or(1);
    let mut derivation = over_time(meter, &bucket.counted, copies, bucket.worth);
    derivation.extend(bucket.capped.clone());
    if let [part] = bucket.parts.as_slice()
        && !part.made_of.is_empty()
    {
        derivation.push(Step::Calls(part.made_of.clone(), part.keys));
    }
    derivation.extend(bucket.free.iter().map(|(label, drawn)| Step::Free(label.clone(), *drawn)));
    derivation.extend(bought.steps.iter().cloned());
    derivation.extend(slice.step.clone());
    if alike != 1 {
        derivation.push(Step::Alike(alike));
    }
    derivation.extend(factor);
    let name = line.key.as_deref().or(line.instance.as_deref());
    let mut id = line_id(&meter.id, line.region.as_ref(), name);
    if let Some(class) = bucket.price_class.and_then(|class| price_class_name(book, meter, class))
        && line.region.is_none()
    {
        id = line_id(&meter.id, Some(&Rc::from(class)), name);
    }
    if let Some(suffix) = &slice.suffix {
        id.push_str(suffix);
    }
    Ok(Line {
        id,
        label: slice.label.as_deref().map_or_else(|| Rc::clone(&meter.label), Rc::from),
        shares: shares(&parts)?,
        consumed: if line.over == PricedOver::LevelMonths {
            slice.consumed
        } else {
            slice.consumed.times(Fraction::from(alike))?
        },
        quantity,
        amount: amount(unit_price, quantity, meter.per)?,
        unit_price,
        derivation,
        ..line
    })
}

fn slice_price(
    meter: &Meter,
    bucket: &Bucket,
    slice: &models::Slice,
) -> Result<(Option<Decimal>, Option<Step>), OutOfRange> {
    match slice.price {
        Some(price) => factored(meter, price, bucket.factor_class),
        None => unit_price(meter, bucket.price_class, bucket.factor_class),
    }
}

fn price_class_name<'b>(book: &'b Book, meter: &Meter, class: usize) -> Option<&'b str> {
    let Charge::Flat(Prices::By(axis, _)) = &meter.charge else {
        return None;
    };
    book.axes.get(*axis)?.classes.get(class).map(|class| class.name.as_str())
}

/// Each region's consumed quantity, where every part has one.
fn regions(parts: &[&Part]) -> Vec<(Rc<str>, Fraction)> {
    let mut regions: BTreeMap<Rc<str>, Fraction> = BTreeMap::new();
    for part in parts {
        let Some(region) = &part.region else { return Vec::new() };
        let sum = regions.entry(Rc::clone(region)).or_default();
        // out of range here is out of range in the line's own figures, which say so
        *sum = sum.plus(consumed(&part.runs)).unwrap_or_default();
    }
    regions.into_iter().collect()
}

/// Each key's consumed quantity, where there are several.
fn shares(parts: &[&Part]) -> Result<Vec<(Rc<str>, Fraction)>, OutOfRange> {
    let mut shares: Vec<(&Subject, Fraction)> = Vec::new();
    let mut places = HashMap::new();
    for part in parts {
        let place = *places.entry(&part.subject).or_insert(shares.len());
        let used = consumed(&part.runs);
        match shares.get_mut(place) {
            Some((_, sum)) => *sum = sum.plus(used)?,
            None => shares.push((&part.subject, used)),
        }
    }
    if shares.len() < 2 {
        return Ok(Vec::new());
    }
    let name = |subject: &Subject| Rc::from(subject.name().unwrap_or("calls of no listed key"));
    Ok(shares.into_iter().map(|(subject, used)| (name(subject), used)).collect())
}
