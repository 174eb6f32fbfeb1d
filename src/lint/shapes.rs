//! Limits, blocks, allowances and readings that cannot be meant so.

use std::collections::BTreeSet;

use super::Sheet;
use super::places::Step;
use crate::decimal;
use crate::diagnostic::{Code, Problem, Problems};
use crate::pricebook::{Allowance, Charge, Meter, Noun, Price, Prices};

pub(super) fn check(sheet: &Sheet<'_>, problems: &mut Problems) {
    for (at, meter) in sheet.book.meters.iter().enumerate() {
        limits(sheet, at, meter, problems);
        blocks(sheet, at, meter, problems);
        uncharged(sheet, at, meter, problems);
    }
    for (at, allowance) in sheet.book.allowances.iter().enumerate() {
        covers(sheet, at, allowance, problems);
    }
    for (at, reading) in sheet.book.readings.iter().enumerate() {
        if reading.interval && reading.changes.is_empty() {
            let message = format!("reading `{}` is an interval and has one end", reading.id);
            let problem = Problem::error(Code::NoEffect, message);
            let problem = problem.at(sheet.field("reading", at, "interval"));
            problems.push(problem.help("state `sets` and `instead`, or leave `interval` out"));
        }
    }
    partners(sheet, problems);
}

/// Limits of a meter that leave nothing between them.
fn limits(sheet: &Sheet<'_>, at: usize, meter: &Meter, problems: &mut Problems) {
    let mut conflict = |field: &str, message: String| {
        let problem = Problem::error(Code::Conflict, message).at(sheet.field("meter", at, field));
        problems.push(problem.help("read both figures against the page"));
    };
    let (id, included) = (&meter.id, written(meter.included));
    if let Some(limit) = meter.most {
        let most = written(limit);
        if meter.included > limit {
            conflict("included", format!("`{id}` includes {included} of at most {most}"));
        }
        if meter.least.is_some_and(|least| least > limit) {
            conflict("least", format!("the least of `{id}` is more than its most, {most}"));
        }
        if meter.warn_over.is_some_and(|warned| warned >= limit) {
            conflict("warn_over", format!("`warn_over` of `{id}` is never reached below {most}"));
        }
    }
    let Charge::Levels(levels) = &meter.charge else { return };
    let last = levels.last().and_then(|level| level.up_to);
    if let (Some(most), Some(last)) = (meter.most, last)
        && most != last
    {
        let (last, most) = (written(last), written(most));
        conflict("levels", format!("the levels of `{id}` end at {last}, its most is {most}"));
    }
}

fn written(number: u64) -> String {
    decimal::grouped(number.into())
}

/// (most − included) is a whole number of blocks.
fn blocks(sheet: &Sheet<'_>, at: usize, meter: &Meter, problems: &mut Problems) {
    let (Some(block), Some(most)) = (meter.block.filter(|_| meter.is_sold_in_blocks()), meter.most)
    else {
        return;
    };
    let Some(sold) = most.checked_sub(meter.included) else { return };
    if sold.checked_rem(block.size).is_some_and(|rest| rest != 0) {
        let message = format!(
            "`{}` sells {} above the {} included, in blocks of {}",
            meter.id,
            written(sold),
            written(meter.included),
            written(block.size)
        );
        let problem = Problem::error(Code::UnevenBlocks, message);
        let problem = problem.at(sheet.field("meter", at, "block"));
        problems.push(problem.help("`most` less `included` is a whole number of blocks"));
    }
}

/// A noun that is charged and said not to be.
fn uncharged(sheet: &Sheet<'_>, at: usize, meter: &Meter, problems: &mut Problems) {
    let noun = meter.counts.iter().find(|noun| sheet.book.not_charged.contains_key(noun));
    if let Some(noun) = noun {
        let message = format!("`{}` charges {}, which [not_charged] names", meter.id, noun.many());
        let problem = Problem::error(Code::Conflict, message);
        let problem = problem.at(sheet.field("meter", at, "counts"));
        problems.push(problem.help("a price of \"0\" says that something is free"));
    }
}

/// An allowance covers at least one meter that costs something, all counting the same noun.
fn covers(sheet: &Sheet<'_>, at: usize, allowance: &Allowance, problems: &mut Problems) {
    let book = sheet.book;
    let covered: Vec<&Meter> =
        allowance.covers.iter().filter_map(|at| book.meters.get(*at)).collect();
    let place = sheet.field("allowance", at, "covers");
    let nouns: BTreeSet<&[Noun]> = covered.iter().map(|meter| meter.counts.as_slice()).collect();
    let problem = if covered.iter().all(|meter| is_free(meter)) {
        let what = if covered.is_empty() { "nothing" } else { "only what costs nothing" };
        let message = format!("allowance `{}` covers {what}", allowance.id);
        let problem = Problem::error(Code::NoEffect, message);
        problem.help("`covers` lists the meters whose units it makes free")
    } else if nouns.len() > 1 {
        let of = covered.iter().map(|meter| meter.many()).collect::<BTreeSet<_>>();
        let of = of.into_iter().collect::<Vec<_>>().join(" and ");
        let message = format!("allowance `{}` covers {of} at once", allowance.id);
        let problem = Problem::error(Code::MixedNouns, message);
        problem.help("write one allowance for each kind of thing")
    } else {
        return;
    };
    problems.push(problem.at(place));
}

fn is_free(meter: &Meter) -> bool {
    let free = |price: &Price| matches!(price, Price::Published(price) if price.is_zero());
    match &meter.charge {
        Charge::Flat(Prices::One(price)) => free(price),
        Charge::Flat(Prices::By(_, by_class)) => by_class.iter().all(|(_, price)| free(price)),
        Charge::Tiers(tiers) | Charge::Volume(tiers) | Charge::Levels(tiers) => {
            tiers.iter().all(|tier| free(&tier.price))
        }
    }
}

/// A plan that serves the rest, and that there is no book of.
fn partners(sheet: &Sheet<'_>, problems: &mut Problems) {
    let own = &sheet.book.id;
    for (at, with) in sheet.book.with.iter().enumerate() {
        let known =
            sheet.catalog.ids().any(|id| id.provider == own.provider && id.plan == with.plan);
        if !known {
            let message = format!("no book of `{}/{}`", own.provider, with.plan);
            let problem = Problem::error(Code::NoBook, message);
            let path = [Step::Field("with"), Step::Entry(at), Step::Field("plan")];
            problems.push(problem.at(sheet.place(&path)).help("check both books at once"));
        }
    }
}
