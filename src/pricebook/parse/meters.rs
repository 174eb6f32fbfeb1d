//! The meters of a book: what is counted, how over time, and the model of its price.
//!
//! Shapes only: tiers increase and end open, levels end, a price by class has a value for every class.
//! Nothing is counted or multiplied.

use super::axes::choices;
use super::{LARGEST, Names, text};
use crate::decimal::Decimal;
use crate::diagnostic::{Code, Problem, Problems};
use crate::fields::{self, At, Fields, unknown_name};
use crate::pricebook::{
    Block, BlockRounding, Charge, Copies, Factor, IfRestored, Implied, Meter, Noun, Over, Pool,
    PoolOf, Price, Prices, Standing, Tier, TimeUnit, Timed, Unbilled,
};
use crate::source::Span;

pub(super) fn meters(
    root: &mut Fields<'_, '_>,
    names: &Names<'_>,
    problems: &mut Problems,
) -> (Vec<Meter>, Vec<Span>) {
    let mut meters: Vec<Meter> = Vec::new();
    let mut spans = Vec::new();
    for fields in root.tables("meter", "[[meter]]", problems) {
        let span = fields.span();
        if let Some(meter) = meter(fields, names, problems) {
            if meters.iter().any(|other| other.id == meter.id) {
                problems.push(
                    Problem::error(
                        Code::Duplicate,
                        format!("two meters are called `{}`", meter.id),
                    )
                    .at(span.clone()),
                );
            }
            meters.push(meter);
            spans.push(span);
        }
    }
    (meters, spans)
}

/// Reads one meter; a reading's other value is read through here again.
pub(super) fn meter(
    mut fields: Fields<'_, '_>,
    names: &Names<'_>,
    problems: &mut Problems,
) -> Option<Meter> {
    let id = fields.text("id", problems);
    let id = fields.require("id", id, problems);
    if let Some(id) = &id {
        fields.set_name("meter", id.value);
    }
    let item = id.as_ref().and_then(|id| item_of(id, names, problems));
    let label = text(&mut fields, "label", problems);
    let counts = choices(&mut fields, "counts", Noun::ALL, problems);
    let counts = fields.require("counts", counts, problems);
    let takes = takes(&mut fields, names, problems);
    let over = over(&mut fields, problems);
    let unbilled = unbilled(&mut fields, problems);
    let copies = fields.choice("copies", &[("counted", Copies::Counted)], problems);
    let pool = pool(&mut fields, problems);
    let whole = |fields: &mut Fields<'_, '_>, name: &'static str, problems: &mut Problems| {
        fields.whole(name, 0..=LARGEST, problems).map(|value| value.value)
    };
    let included = whole(&mut fields, "included", problems).unwrap_or(0);
    let block =
        fields.table("block", "block", problems).and_then(|fields| block_of(fields, problems));
    let at_most_per_key = whole(&mut fields, "at_most_per_key", problems);
    let at_most = whole(&mut fields, "at_most", problems);
    let implied =
        fields.table("implied", "implied", problems).and_then(|fields| implied(fields, problems));
    let least = whole(&mut fields, "least", problems);
    let most = whole(&mut fields, "most", problems);
    let warn_over = whole(&mut fields, "warn_over", problems);
    let minimum = whole(&mut fields, "minimum", problems).unwrap_or(0);
    let charge = charge(&mut fields, names, problems);
    let per = fields.whole("per", 1..=LARGEST, problems).map_or(1, |per| per.value);
    let times =
        fields.table("times", "times", problems).and_then(|fields| factor(fields, names, problems));
    let source = names.source(&mut fields, problems);
    // a reason for `books check`, which reads it from the file
    fields.text("confirmed", problems);
    if let (Some(Charge::Levels(levels)), None) = (&charge, most)
        && levels.last().is_some_and(|level| level.up_to.is_none())
    {
        problems.push(
            Problem::error(Code::MissingField, "the last level is open")
                .at(fields.span())
                .label("levels end at the most that is sold: give the last one an `up_to`"),
        );
    }
    fields.finish(problems);
    Some(Meter {
        id: id?.value.to_owned(),
        item: item?,
        label: label?.into(),
        counts: counts?,
        takes,
        over: over?,
        unbilled,
        copies: copies.map_or(Copies::NotCounted, |copies| copies.value),
        at_most_per_key,
        pool,
        at_most,
        included,
        block,
        implied,
        least,
        most,
        warn_over,
        minimum,
        charge: charge?,
        per,
        times,
        source: source?,
    })
}

fn item_of(id: &At<&str>, names: &Names<'_>, problems: &mut Problems) -> Option<usize> {
    let first = id.value.split_once('.').map_or(id.value, |(first, _)| first);
    let at = names.items.iter().position(|item| item.id == first);
    if at.is_none() {
        let known = names.items.iter().map(|item| item.id.as_str());
        let name = At { value: first, span: id.span.clone() };
        problems.push(unknown_name("item", &name, known));
    }
    at
}

fn takes(
    fields: &mut Fields<'_, '_>,
    names: &Names<'_>,
    problems: &mut Problems,
) -> Vec<(usize, Vec<usize>)> {
    let mut takes = Vec::new();
    let Some(mut table) = fields.table("where", "where", problems) else {
        return takes;
    };
    for (name, value) in table.entries() {
        let Some(axis) = names.axis(&name, problems) else { continue };
        let classes = fields::as_texts(value, problems).unwrap_or_default();
        takes.push((
            axis,
            classes.iter().filter_map(|class| names.class(axis, class, problems)).collect(),
        ));
    }
    takes
}

fn over(fields: &mut Fields<'_, '_>, problems: &mut Problems) -> Option<Over> {
    const DAY: u32 = 86_400;
    const UNITS: &[(&str, TimeUnit)] =
        &[("hour", TimeUnit::Hour), ("day", TimeUnit::Day), ("month", TimeUnit::OwnMonth)];
    const HOURLY: &[(&str, Counting)] = &[("elapsed", Counting::Elapsed)];
    const DAILY: &[(&str, Counting)] = &[
        ("at-end", Counting::Day(Standing::AtEnd)),
        ("any-part", Counting::Day(Standing::AnyPart)),
        ("peak-up", Counting::Day(Standing::PeakUp)),
        ("elapsed", Counting::Elapsed),
    ];
    const MONTHLY: &[(&str, Counting)] = &[
        ("sum", Counting::Month(Over::Sum)),
        ("largest", Counting::Month(Over::MonthLargest)),
        ("whole", Counting::Month(Over::MonthWhole)),
        ("elapsed", Counting::Elapsed),
    ];
    const STEPS: &[(&str, u32)] = &[("second", 1), ("hour", 3600), ("day", DAY)];
    const MONTHS: &[(&str, TimeUnit)] =
        &[("own-month", TimeUnit::OwnMonth), ("standard-month", TimeUnit::StandardMonth)];
    if !fields.has("over") {
        return Some(Over::Sum);
    }
    let mut table = fields.table("over", "over", problems)?;
    let unit = table.choice("unit", UNITS, problems);
    let unit = table.require("unit", unit, problems).map(|unit| unit.value);
    let rules = match unit {
        Some(TimeUnit::Hour) => HOURLY,
        Some(TimeUnit::Day) => DAILY,
        _ => MONTHLY,
    };
    let rule = table.choice("rule", rules, problems);
    let rule = table.require("rule", rule, problems).map(|rule| rule.value);
    let (mut step, mut of) = (None, None);
    if rule == Some(Counting::Elapsed) {
        step = table.choice("step", STEPS, problems);
        step = table.require("step", step, problems);
        if unit == Some(TimeUnit::OwnMonth) {
            of = table.choice("of", MONTHS, problems).map(|of| of.value);
        }
    }
    table.finish(problems);
    let (unit, rule) = (of.or(unit)?, rule?);
    Some(match rule {
        Counting::Month(over) => over,
        Counting::Day(rule) => Over::Timed(Timed { rule, step: DAY, unit }),
        Counting::Elapsed => {
            Over::Timed(Timed { rule: Standing::AnyPart, step: step?.value, unit })
        }
    })
}

/// How a book says that it counts over time.
#[derive(Clone, Copy, PartialEq)]
enum Counting {
    /// By the month as a whole.
    Month(Over),
    /// Day by day.
    Day(Standing),
    /// In begun steps of the time that passed.
    Elapsed,
}

fn unbilled(fields: &mut Fields<'_, '_>, problems: &mut Problems) -> Unbilled {
    const IF_RESTORED: &[(&str, IfRestored)] =
        &[("stays-free", IfRestored::StaysFree), ("charged-back", IfRestored::ChargedBack)];
    const FREE: &[(&str, bool)] = &[("free", true)];
    let linger = fields.whole("linger_days", 0..=36_500, problems);
    let linger_days = linger.and_then(|days| u32::try_from(days.value).ok());
    let at_most = fields.boolean("linger_at_most", problems);
    if let (Some(at_most), None) = (&at_most, linger_days) {
        let message = format!("{} has `linger_at_most` without `linger_days`", fields.what());
        problems.push(
            Problem::error(Code::MissingField, message)
                .at(at_most.span.clone())
                .label("it limits the days that `linger_days` says"),
        );
    }
    let linger_at_most = at_most.is_some_and(|at_most| at_most.value);
    let Some(mut table) = fields.table("unbilled", "unbilled", problems) else {
        return Unbilled { linger_days, linger_at_most, ..Unbilled::default() };
    };
    let pending_deletion =
        table.choice("pending_deletion", IF_RESTORED, problems).map(|choice| choice.value);
    let suspended = table.choice("suspended", FREE, problems).is_some_and(|choice| choice.value);
    if let (Some(_), Some(_)) = (pending_deletion, linger_days) {
        problems.push(
            Problem::error(
                Code::Conflict,
                format!("{} has `linger_days` and `unbilled.pending_deletion`", fields.what()),
            )
            .at(table.span())
            .label("a pending deletion is charged for some days, or it is not"),
        );
    }
    table.finish(problems);
    Unbilled { pending_deletion, linger_days, linger_at_most, suspended }
}

pub(super) fn pool(fields: &mut Fields<'_, '_>, problems: &mut Problems) -> Pool {
    const BY: &[(&str, &str)] = &[("region", "region"), ("key", "key"), ("instance", "instance")];
    if !fields.has("pool") {
        return Pool::default();
    }
    let by = choices(fields, "pool", BY, problems).unwrap_or_default();
    let of = match (by.contains(&"instance"), by.contains(&"key")) {
        (true, _) => PoolOf::Instance,
        (false, true) => PoolOf::Key,
        (false, false) => PoolOf::All,
    };
    Pool { shared: true, by_region: by.contains(&"region"), of }
}

fn block_of(mut fields: Fields<'_, '_>, problems: &mut Problems) -> Option<Block> {
    const ROUNDING: &[(&str, BlockRounding)] =
        &[("up", BlockRounding::Up), ("pro-rata", BlockRounding::ProRata)];
    let size = fields.whole("size", 1..=LARGEST, problems);
    let size = fields.require("size", size, problems);
    let rounding = fields.choice("rounding", ROUNDING, problems);
    let rounding = fields.require("rounding", rounding, problems);
    fields.finish(problems);
    Some(Block { size: size?.value, rounding: rounding?.value })
}

fn implied(mut fields: Fields<'_, '_>, problems: &mut Problems) -> Option<Implied> {
    let by = fields.choice("by", Noun::ALL, problems);
    let by = fields.require("by", by, problems);
    let at_least = fields.whole("at_least", 1..=LARGEST, problems);
    let at_least = fields.require("at_least", at_least, problems);
    fields.finish(problems);
    Some(Implied { by: by?.value, at_least: at_least?.value })
}

fn charge(
    fields: &mut Fields<'_, '_>,
    names: &Names<'_>,
    problems: &mut Problems,
) -> Option<Charge> {
    let stated: Vec<&str> = ["price", "tiers", "volume", "levels"]
        .into_iter()
        .filter(|name| fields.has(name))
        .collect();
    match stated.as_slice() {
        ["price"] => prices(fields, names, problems).map(Charge::Flat),
        ["tiers"] => Some(Charge::Tiers(tiers(fields, "tiers", problems))),
        ["volume"] => Some(Charge::Volume(tiers(fields, "volume", problems))),
        ["levels"] => Some(Charge::Levels(tiers(fields, "levels", problems))),
        [] => {
            problems.push(
                Problem::error(Code::MissingField, format!("{} has no price", fields.what()))
                    .at(fields.span())
                    .label("one of `price`, `tiers`, `volume` or `levels` is needed here"),
            );
            None
        }
        several => {
            problems.push(
                Problem::error(
                    Code::Conflict,
                    format!("{} has {}", fields.what(), several.join(" and ")),
                )
                .at(fields.span())
                .label("only one of them can hold"),
            );
            for name in several {
                fields.raw(name);
            }
            None
        }
    }
}

fn prices(
    fields: &mut Fields<'_, '_>,
    names: &Names<'_>,
    problems: &mut Problems,
) -> Option<Prices> {
    let raw = fields.raw("price")?;
    if raw.get_ref().as_table().is_none() {
        return price_of(raw, problems).map(Prices::One);
    }
    let mut table = fields.table("price", "price", problems)?;
    let (axis, by_class) = by_class(&mut table, names, problems, price_of)?;
    Some(Prices::By(axis, by_class))
}

/// Reads `{ by = "axis", class = value, … }`, a value for every class.
fn by_class<T>(
    table: &mut Fields<'_, '_>,
    names: &Names<'_>,
    problems: &mut Problems,
    read: impl Fn(&fields::Value<'_>, &mut Problems) -> Option<T>,
) -> Option<(usize, Vec<(usize, T)>)> {
    let by = table.text("by", problems);
    let axis = table.require("by", by, problems).and_then(|by| names.axis(&by, problems))?;
    let mut values = Vec::new();
    for (name, value) in table.entries().filter(|(name, _)| name.value != "by") {
        if let Some(class) = names.class(axis, &name, problems)
            && let Some(value) = read(value, problems)
        {
            values.push((class, value));
        }
    }
    for class in &names.axes.get(axis)?.classes {
        table.require::<()>(&class.name, None, problems);
    }
    values.sort_by_key(|(class, _)| *class);
    Some((axis, values))
}

fn price(
    fields: &mut Fields<'_, '_>,
    name: &'static str,
    problems: &mut Problems,
) -> Option<Price> {
    price_of(fields.raw(name)?, problems)
}

fn price_of(value: &fields::Value<'_>, problems: &mut Problems) -> Option<Price> {
    if value.get_ref().as_str() == Some("unpublished") {
        return Some(Price::Unpublished);
    }
    let price = fields::as_decimal(value, problems)?;
    if price.value > Decimal::from(1_000_000_000) {
        let message = format!("`{}` is more than a price can be", price.value);
        let problem = Problem::error(Code::OutOfRange, message).at(price.span);
        problems.push(problem.label("prices go up to 1000000000"));
        return None;
    }
    Some(Price::Published(price.value))
}

fn tiers(fields: &mut Fields<'_, '_>, name: &'static str, problems: &mut Problems) -> Vec<Tier> {
    let mut tiers: Vec<Tier> = Vec::new();
    let tables = fields.tables(name, name, problems);
    let last = tables.len().saturating_sub(1);
    for (index, mut table) in tables.into_iter().enumerate() {
        let up_to = table.whole("up_to", 1..=LARGEST, problems);
        let price = price(&mut table, "price", problems);
        let price = table.require("price", price, problems);
        let before = tiers.last().and_then(|tier| tier.up_to).unwrap_or(0);
        if let Some(up_to) = &up_to
            && up_to.value <= before
        {
            problems.push(
                Problem::error(
                    Code::OutOfRange,
                    format!("`{}` does not lie above `{before}`", up_to.value),
                )
                .at(up_to.span.clone())
                .label("each `up_to` is larger than the one before"),
            );
        }
        if up_to.is_none() && index != last {
            problems.push(
                Problem::error(Code::MissingField, "only the last tier is open")
                    .at(table.span())
                    .label("`up_to` is needed here"),
            );
        }
        if up_to.is_some() && index == last && name != "levels" {
            problems.push(
                Problem::error(Code::Conflict, "the last tier is not open")
                    .at(table.span())
                    .label("tiers end with a price for everything above"),
            );
        }
        table.finish(problems);
        if let Some(price) = price {
            tiers.push(Tier { up_to: up_to.map(|up_to| up_to.value), price });
        }
    }
    tiers
}

fn factor(
    mut fields: Fields<'_, '_>,
    names: &Names<'_>,
    problems: &mut Problems,
) -> Option<Factor> {
    let (axis, by_class) = by_class(&mut fields, names, problems, |value, problems| {
        fields::as_decimal(value, problems).map(|value| value.value)
    })?;
    Some(Factor { axis, by_class })
}
