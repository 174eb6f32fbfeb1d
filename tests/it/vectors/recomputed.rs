//! Every line of every vector again, from its own steps alone: what an explanation says must come to
//! what is charged.
//!
//! Nothing is asked of metering or rating here. A quantity that happens or stands in the month, and is
//! not counted over time, has no step of its own where it is one number: there it is what the line
//! says was used.

use kms_cost::bill::PricedOver;
use kms_cost::metering::Run;
use kms_cost::pricebook::Over;

use super::*;

/// What a line's steps come to.
#[derive(Debug)]
struct Recomputed {
    quantity: Fraction,
    /// None where the steps do not say it: of an order, what was needed.
    consumed: Option<Fraction>,
    over: PricedOver,
}

/// The steps of a line up to its tier, taken one by one.
struct Steps<'l> {
    line: &'l Line,
    monthly: bool,
    runs: Vec<Run>,
    worth: Fraction,
    counted: Option<Fraction>,
    consumed: Option<Fraction>,
    altered: bool,
    over: PricedOver,
}

fn whole(value: u64) -> Fraction {
    value.into()
}

fn largest(runs: &[Run]) -> Fraction {
    runs.iter().map(|run| run.quantity).max().unwrap_or_default()
}

fn total(runs: &[Run]) -> Fraction {
    let parts = runs.iter().map(|run| run.quantity.times(whole(run.steps.into())).expect("a part"));
    Fraction::sum(parts).expect("a sum")
}

fn less(value: Fraction, by: Fraction) -> Fraction {
    value.minus(by).expect("a difference").max(Fraction::ZERO)
}

impl<'l> Steps<'l> {
    fn new(line: &'l Line, monthly: bool) -> Self {
        let once = Run { steps: 1, quantity: line.consumed };
        Self {
            line,
            monthly,
            runs: vec![once],
            worth: whole(1),
            counted: None,
            consumed: None,
            altered: false,
            over: PricedOver::Months,
        }
    }

    /// So many alike: what stands before is of one of them.
    fn alike(&self) -> u64 {
        let alike = self.line.derivation.iter().find_map(|step| match step {
            Step::Alike(count) => Some(*count),
            _ => None,
        });
        assert_ne!(alike, Some(1), "{}: one is not told", self.line.id);
        alike.unwrap_or(1)
    }

    fn begin(&mut self) {
        let one = whole(self.alike().max(1));
        // a level says what each of them needs
        let level = self.line.derivation.iter().any(|step| matches!(step, Step::Level { .. }));
        for run in &mut self.runs {
            let each = if level { whole(1) } else { one };
            run.quantity = run.quantity.divided_by(each).expect("a share");
        }
        for step in &self.line.derivation {
            match step {
                Step::Counted { runs, step } => {
                    self.runs.clone_from(runs);
                    self.counted = Some(largest(runs));
                    self.over = priced_over((*step).into());
                }
                Step::Prorated { step, of } => {
                    assert_ne!(u64::from(*step), *of, "{}: nothing is prorated", self.line.id);
                    self.worth = whole((*step).into()).over(*of).expect("a part of the time");
                    self.over = priced_over(*of);
                }
                Step::Capped { largest: stood, at_most } => {
                    if self.counted.is_none() {
                        self.runs = vec![Run { steps: 1, quantity: *stood }];
                    }
                    assert_eq!(largest(&self.runs), *stood, "{}: what stood", self.line.id);
                    assert!(*stood > whole(*at_most), "{}: no cap", self.line.id);
                    for run in &mut self.runs {
                        run.quantity = run.quantity.min(whole(*at_most));
                    }
                }
                Step::Calls(calls, keys) => {
                    let each = Fraction::sum(calls.iter().map(|(_, calls)| whole(*calls)));
                    let all = each.and_then(|each| each.times(whole(*keys)));
                    let quantity = all.and_then(|all| all.divided_by(one)).expect("calls");
                    self.runs = vec![Run { steps: 1, quantity }];
                    self.over = PricedOver::Nothing;
                }
                _ => {}
            }
        }
        if self.counted.is_some() && self.monthly {
            let quantity = total(&self.runs).times(self.worth).expect("a month");
            (self.runs, self.worth) = (vec![Run { steps: 1, quantity }], whole(1));
        }
    }

    /// What is free, rounded up, raised or ordered.
    fn buy(&mut self) {
        let steps = &self.line.derivation;
        let find = |wanted: fn(&Step) -> Option<Fraction>| steps.iter().rev().find_map(wanted);
        let included =
            find(|step| if let Step::Included(free) = step { Some(*free) } else { None });
        let minimum =
            find(|step| if let Step::Minimum(least) = step { Some(*least) } else { None });
        let ordered =
            find(|step| if let Step::Ordered(order) = step { Some(*order) } else { None });
        // what the line says was used is what free quotas left of it
        let told = steps.iter().any(|step| matches!(step, Step::Counted { .. } | Step::Calls(..)));
        let free = steps.iter().filter_map(|step| match step {
            Step::Free(_, drawn) if told => Some(*drawn),
            _ => None,
        });
        let free = Fraction::sum(free).expect("what is free");
        if let Some(quantity) = ordered {
            (self.runs, self.worth) = (vec![Run { steps: 1, quantity }], whole(1));
            (self.altered, self.consumed) = (true, None);
            return;
        }
        let mut consumed = Fraction::ZERO;
        for run in &mut self.runs {
            let left = less(run.quantity, included.unwrap_or_default());
            let left = left.minus(free).expect("no more is free than there is");
            consumed = consumed.max(if included.is_some() { run.quantity } else { left });
            run.quantity = in_blocks(left, steps);
            if let Some(minimum) = minimum.filter(|least| run.quantity < *least && !left.is_zero())
            {
                run.quantity = minimum;
            }
        }
        self.altered = included.is_some() || minimum.is_some() || !free.is_zero();
        self.altered |= steps.iter().any(|step| matches!(step, Step::Blocks { .. }));
        let stood = self.counted.filter(|_| self.monthly && !self.altered);
        self.consumed = Some(stood.unwrap_or(consumed));
    }

    /// What of it falls under the tier, and so many of that.
    fn finish(mut self) -> Recomputed {
        for step in &self.line.derivation {
            let part = |run: &Run| match step {
                Step::Tier { above, up_to } => {
                    let top = up_to.map_or(run.quantity, |up_to| run.quantity.min(whole(up_to)));
                    less(top, whole(*above))
                }
                Step::Volume { above, up_to } => {
                    let above = *above == 0 || run.quantity > whole(*above);
                    let within = up_to.is_none_or(|up_to| run.quantity <= whole(up_to));
                    if above && within { run.quantity } else { Fraction::ZERO }
                }
                _ => run.quantity,
            };
            match step {
                Step::Tier { .. } | Step::Volume { .. } => {
                    for run in &mut self.runs {
                        run.quantity = part(run);
                    }
                    self.consumed = Some(largest(&self.runs));
                }
                Step::Level { .. } => {
                    (self.runs, self.worth) =
                        (vec![Run { steps: 1, quantity: whole(1) }], whole(1));
                    self.over = PricedOver::LevelMonths;
                }
                _ => {}
            }
        }
        let alike = whole(self.alike());
        let times = |value: Fraction, by: Fraction| value.times(by).expect("a figure");
        let needed = self.over == PricedOver::LevelMonths;
        Recomputed {
            quantity: times(times(total(&self.runs), self.worth), alike),
            consumed: self.consumed.map(|used| if needed { used } else { times(used, alike) }),
            over: self.over,
        }
    }
}

/// What a time that a price is for adds to its noun.
fn priced_over(seconds: u64) -> PricedOver {
    match seconds {
        3600 => PricedOver::Hours,
        86_400 => PricedOver::Days,
        _ => PricedOver::ElapsedMonths,
    }
}

fn in_blocks(needed: Fraction, steps: &[Step]) -> Fraction {
    let size = steps.iter().find_map(|step| match step {
        Step::Blocks { needed: of, size } if *of == needed => Some(*size),
        _ => None,
    });
    let Some(size) = size else { return needed };
    let blocks = needed.over(size).and_then(Fraction::ceiling).expect("blocks");
    let blocks = Fraction::try_from(blocks).expect("blocks");
    let bought = blocks.times(whole(size)).expect("what is bought");
    assert!(bought > needed, "whole blocks are not told");
    bought
}

/// A line of what a free quota gives: its own drawn quantity at no price.
fn is_free(line: &Line) -> bool {
    line.derivation
        .iter()
        .any(|step| matches!(step, Step::Free(label, _) if **label == *line.label))
}

/// What a line says that its steps do not come to.
fn wrong(line: &Line, book: &Book) -> Vec<String> {
    let meter = &book.meters[line.meter];
    let mut wrong = Vec::new();
    let mut differ = |what: &str, expected: String, found: String| {
        if expected != found {
            wrong.push(format!("{what}: {expected} by its steps, {found} on the line"));
        }
    };
    if is_free(line) {
        let drawn = match line.derivation.as_slice() {
            [Step::Free(_, drawn)] | [Step::Calls(..), Step::Free(_, drawn)] => Some(*drawn),
            _ => None,
        };
        differ("quantity", format!("{drawn:?}"), format!("{:?}", Some(line.quantity)));
        differ("consumed", format!("{drawn:?}"), format!("{:?}", Some(line.consumed)));
        differ("price", "Some(0)".to_owned(), format!("{:?}", line.unit_price));
        return wrong;
    }
    let mut steps = Steps::new(line, meter.over.is_monthly());
    steps.begin();
    steps.buy();
    let stood = steps.counted;
    let found = steps.finish();
    let has = |wanted: fn(&Step) -> bool| line.derivation.iter().any(wanted);
    let timed = has(|step| matches!(step, Step::Counted { .. } | Step::Calls(..)));
    let bought = has(|step| matches!(step, Step::Ordered(_) | Step::Level { .. }));
    let tiered = has(|step| matches!(step, Step::Tier { .. }));
    // what stood in the month is not told where a tier took a part of it
    if timed || bought || !tiered {
        differ("quantity", found.quantity.digits(), line.quantity.digits());
        // a pool written out key by key says what stood of each, not what fell into the tier
        let written_out = tiered && line.shares.is_empty() && stood == Some(line.consumed);
        if let Some(consumed) = found.consumed.filter(|_| !written_out) {
            differ("consumed", consumed.digits(), line.consumed.digits());
        }
    } else {
        differ("quantity of what stood", line.consumed.digits(), line.quantity.digits());
    }
    // what happens, and calls of no one key, are counted without a step
    if timed || line.over != PricedOver::Nothing {
        differ("priced over", format!("{:?}", found.over), format!("{:?}", line.over));
    }
    differ("price", price_by_steps(line, book), format!("{:?}", price(line)));
    wrong
}

/// The price at the list, where another is agreed on.
fn price(line: &Line) -> Option<Decimal> {
    line.list.as_ref().map_or(line.unit_price, |list| list.unit_price)
}

/// The price that the steps name: that of the tier, times the factor.
fn price_by_steps(line: &Line, book: &Book) -> String {
    let meter = &book.meters[line.meter];
    let factor = line.derivation.iter().find_map(|step| match step {
        Step::Factor(listed, factor) => Some((*listed, *factor)),
        _ => None,
    });
    let reached = line.derivation.iter().find_map(|step| match step {
        Step::Tier { up_to, .. } | Step::Volume { up_to, .. } | Step::Level { up_to } => {
            Some(*up_to)
        }
        _ => None,
    });
    let listed: Vec<Price> = match (&meter.charge, reached) {
        (Charge::Flat(Prices::One(price)), None) => vec![*price],
        (Charge::Flat(Prices::By(_, prices)), None) => prices.iter().map(|(_, one)| *one).collect(),
        (Charge::Tiers(tiers) | Charge::Volume(tiers) | Charge::Levels(tiers), Some(reached)) => {
            tiers.iter().filter(|tier| tier.up_to == reached).map(|tier| tier.price).collect()
        }
        _ => Vec::new(),
    };
    let at_list = factor.map_or(price(line), |(listed, _)| Some(listed));
    if !listed.contains(&at_list.map_or(Price::Unpublished, Price::Published)) {
        return format!("one of {listed:?}");
    }
    let Some((listed, factor)) = factor else { return format!("{at_list:?}") };
    assert_ne!(factor, Decimal::ONE, "{}: nothing is multiplied", line.id);
    let product = Fraction::from(listed).times(factor.into()).expect("a price");
    format!("{:?}", product.finite())
}

/// What a line says of whose and where it is, against its id and against itself.
fn misnamed(line: &Line, book: &Book) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            wrong.push(format!("{what}: {line:?}"));
        }
    };
    let id = line.id.split('#').next().unwrap_or_default();
    let named = line.key.as_ref().or(line.instance.as_ref());
    must(line.key.is_none() || line.instance.is_none(), "a key or an instance");
    must(line.shares.is_empty() || named.is_none(), "one name or several");
    must(line.shares.len() != 1 && line.regions.len() != 1, "several, not one");
    must(line.regions.is_empty() || line.region.is_none(), "one region or several");
    if !is_free(line) {
        must(named.is_none_or(|name| id.ends_with(&format!("/{name}"))), "the id's name");
        let region = line.region.as_ref();
        must(region.is_none_or(|region| id.contains(&format!("/{region}"))), "the id's region");
        must(id.starts_with(&book.meters[line.meter].id), "the id's meter");
    }
    let sum = |parts: &[(std::rc::Rc<str>, Fraction)]| {
        Fraction::sum(parts.iter().map(|(_, used)| *used)).expect("a sum")
    };
    if !line.shares.is_empty() && !line.regions.is_empty() {
        must(sum(&line.shares) == sum(&line.regions), "as much by region as by key");
    }
    let plain = line.derivation.iter().all(|step| matches!(step, Step::Factor(..)));
    for parts in [&line.shares, &line.regions].into_iter().filter(|parts| !parts.is_empty()) {
        // the largest moments of several need not be one
        let least = sum(parts) >= line.consumed;
        let equal = sum(parts) == line.consumed || book.meters[line.meter].over != Over::Sum;
        must(!plain || (least && equal), "as much as its parts");
    }
    wrong
}

#[test]
fn every_line_is_what_its_steps_come_to() {
    let mut wrongs = Vec::new();
    let mut lines = 0_usize;
    for (folder, pricing) in
        [("tests/vectors", None), ("tests/language/vectors", Some("tests/language/pricing"))]
    {
        let catalog = Catalog::open(pricing.map(Path::new)).expect("the books");
        for path in files(folder) {
            let id = id_of(&stem(&path));
            let name = PlanName::parse(&id.to_string()).expect("a plan's name");
            let book = catalog.select(&name, None).expect("a book");
            for vector in read(&path) {
                let Ok(estimate) = estimated(&vector, &book, &catalog) else { continue };
                for line in
                    [&estimate.bill].into_iter().chain(estimate.bills()).flat_map(Bill::lines)
                {
                    lines = lines.saturating_add(1);
                    let found = wrong(line, &estimate.book);
                    for what in found.into_iter().chain(misnamed(line, &estimate.book)) {
                        wrongs.push(format!("{id}, {}: {}: {what}", vector.name, line.id));
                    }
                }
            }
        }
    }
    assert!(wrongs.is_empty(), "{} wrong\n{}", wrongs.len(), wrongs.join("\n"));
    assert!(lines > 2_000, "{lines} lines");
}
