//! How each figure came to be: counts, what was drawn or rounded up, the formula with its numbers,
//! the price's source, and the readings in force. What is written recomputes to the printed digit.

use std::fmt::Write as _;

use super::number::{money, signed};
use super::rows::quantity;
use super::table::{Dress, hanging};
use crate::bill::{Line, ListPrice, PricedOver, Status, Step};
use crate::decimal::{self, Decimal};
use crate::discount::Terms;
use crate::estimate::{Effect, Estimate};
use crate::fraction::Fraction;
use crate::metering::Run;
use crate::month::Period;
use crate::pricebook::{Book, Reading};
use crate::source::printable;
use crate::vocabulary::Vocabulary;

/// Explains one line.
#[must_use]
pub fn line(line: &Line, estimate: &Estimate, vocabulary: &Vocabulary, dress: Dress) -> String {
    let currency = &estimate.book.currency;
    let amount = line.amount.map_or_else(
        || "not published".to_owned(),
        |amount| format!("{} {currency}", money(amount, None)),
    );
    let mut text = format!("{}\n", dress.bold(&format!("{} = {amount}", printable(&line.id))));
    let mut say = |head: &str, about: &str| {
        text.push_str(&hanging(&format!("  {head:<10}"), about, dress.width));
    };
    say("what", &about(line, estimate));
    for (head, about) in steps(line, estimate.period, vocabulary) {
        say(head, &about);
    }
    if !line.shares.is_empty() {
        let shares: Vec<String> = line
            .shares
            .iter()
            .map(|(name, consumed)| format!("{} {}", printable(name), consumed.grouped()))
            .collect();
        say("of", &shares.join(", "));
    }
    say("charged", &quantity_charged(line, vocabulary));
    if let Some(list) = &line.list {
        let listed = price(list.unit_price, line, &estimate.book);
        let amount = list.amount.map_or_else(String::new, |sum| format!("; {}", money(sum, None)));
        say("at list", &format!("{listed}{amount}"));
        say("agreed", &agreed(list));
    }
    say("price", &price(line.unit_price, line, &estimate.book));
    if let Some(formula) = formula(line) {
        say("amount", &formula);
    }
    if let Some(source) = estimate.book.source(line.source) {
        say("source", &format!("{}, {} ({})", source.title, source.dated, source.mark.label()));
        say("", &source.address);
    }
    text
}

/// The steps from what was used to what is charged for, each with its word.
#[must_use]
pub fn steps(line: &Line, period: Period, vocabulary: &Vocabulary) -> Vec<(&'static str, String)> {
    line.derivation.iter().map(|step| explain_step(step, line, period, vocabulary)).collect()
}

fn about(line: &Line, estimate: &Estimate) -> String {
    let item = estimate.book.items.get(line.item).map_or("", |item| item.label.as_str());
    let mut about =
        if *item == *line.label { item.to_owned() } else { format!("{item}: {}", line.label) };
    if let Some(region) = &line.region {
        let place = estimate.book.regions.get(&**region).map_or("", |region| region.place.as_str());
        let _ = write!(about, ", in {} ({place})", printable(region));
    }
    about
}

fn explain_step(
    step: &Step,
    line: &Line,
    period: Period,
    vocabulary: &Vocabulary,
) -> (&'static str, String) {
    match step {
        Step::Counted { runs, step } => ("counted", counted(runs, *step, period, line, vocabulary)),
        Step::Prorated { step, of } => ("prorated", prorated(*step, *of)),
        Step::CappedPerKey(most) => {
            ("capped", format!("of each key at most {} versions", decimal::grouped((*most).into())))
        }
        Step::Copies => ("copies", "each in other places too, which are counted in".to_owned()),
        Step::Capped { largest, at_most } => {
            let at_most = decimal::grouped((*at_most).into());
            ("capped", format!("{} stood, at most {at_most} are charged", largest.grouped()))
        }
        Step::Calls(calls, keys) => {
            let parts = calls.iter().map(|(operation, calls)| {
                format!(
                    "{} {}",
                    decimal::grouped((*calls).into()),
                    vocabulary.operation_name(*operation)
                )
            });
            let each = if *keys == 1 {
                String::new()
            } else {
                format!(", of each of {} keys", decimal::grouped((*keys).into()))
            };
            ("counted", parts.collect::<Vec<_>>().join(" + ") + &each)
        }
        Step::Included(included) => (
            "included",
            format!(
                "{} of {} used cost nothing",
                included.min(&line.consumed).grouped(),
                line.consumed.grouped()
            ),
        ),
        Step::Free(label, drawn) => ("free", format!("{} drawn from the {label}", drawn.grouped())),
        Step::Minimum(minimum) => {
            ("minimum", format!("{} charged as {}", line.consumed.grouped(), minimum.grouped()))
        }
        Step::Blocks { needed, size } => {
            let size = decimal::grouped((*size).into());
            ("sold", format!("{} needed, rounded up to blocks of {size}", needed.grouped()))
        }
        Step::Ordered(ordered) => {
            ("ordered", format!("{}, as the scenario says", ordered.grouped()))
        }
        Step::Tier { above, up_to } => ("tier", tier(*above, *up_to, line)),
        Step::Volume { above, up_to } => ("tier", volume(*above, *up_to)),
        Step::Level { up_to } => {
            let up_to =
                up_to.map_or_else(|| "open".to_owned(), |up_to| decimal::grouped(up_to.into()));
            (
                "level",
                format!(
                    "{} needed, the level up to {up_to}; its price is the whole surcharge",
                    line.consumed.grouped()
                ),
            )
        }
        Step::Alike(count) => {
            ("alike", format!("{} of the same", decimal::grouped((*count).into())))
        }
        Step::Factor(listed, factor) => {
            let listed_price = line.list.as_ref().map_or(line.unit_price, |list| list.unit_price);
            let product = listed_price.map_or_else(String::new, decimal::grouped);
            (
                "listed",
                format!(
                    "{} × {} = {product}",
                    decimal::grouped(*listed),
                    decimal::grouped(*factor)
                ),
            )
        }
    }
}

fn counted(
    runs: &[Run],
    step: u32,
    period: Period,
    line: &Line,
    vocabulary: &Vocabulary,
) -> String {
    let unit = vocabulary.unit(line.unit);
    let mut first = 0_u32;
    let mut parts = Vec::new();
    for run in runs {
        let next = first.saturating_add(run.steps);
        let word = if run.quantity == Fraction::from(1) { &unit.one } else { &unit.many };
        let when = if period.month.is_some() && runs.len() > 1 {
            format!(" ({})", span(period, step, first, next))
        } else {
            String::new()
        };
        parts.push(format!("{}{when} × {} {word}", time(run.steps, step), run.quantity.grouped()));
        first = next;
    }
    parts.join(" + ")
}

/// So many steps as people say them.
fn time(steps: u32, step: u32) -> String {
    let word = match step {
        86_400 => "day",
        3600 => "hour",
        _ => "second",
    };
    let plural = if steps == 1 { "" } else { "s" };
    format!("{} {word}{plural}", decimal::grouped(steps.into()))
}

/// From when to when: days are both included, moments end where the next begins.
fn span(period: Period, step: u32, first: u32, next: u32) -> String {
    let at = |index: u32| period.local(u64::from(index).saturating_mul(u64::from(step)));
    let last = if step == 86_400 { next.saturating_sub(1) } else { next };
    format!("{} to {}", at(first), at(last))
}

/// What part of the time that the price is for one step is.
fn prorated(step: u32, of: u64) -> String {
    let steps = of.checked_div(u64::from(step)).unwrap_or(0);
    let priced = match of {
        3600 => "an hour".to_owned(),
        86_400 => "a day".to_owned(),
        _ => "a month".to_owned(),
    };
    let steps = u32::try_from(steps).unwrap_or(u32::MAX);
    format!("{priced} is {}", time(steps, step))
}

fn tier(above: u64, up_to: Option<u64>, line: &Line) -> String {
    let each = match line.over {
        PricedOver::Days => ", day by day",
        PricedOver::Hours => ", hour by hour",
        _ => "",
    };
    match (above, up_to) {
        (0, None) => "all".to_owned(),
        (0, Some(up_to)) => format!("the first {}{each}", decimal::grouped(up_to.into())),
        (above, None) => format!("what is above {}{each}", decimal::grouped(above.into())),
        (above, Some(up_to)) => format!(
            "above {} and up to {}{each}",
            decimal::grouped(above.into()),
            decimal::grouped(up_to.into())
        ),
    }
}

fn volume(above: u64, up_to: Option<u64>) -> String {
    let reach = match (above, up_to) {
        (0, None) => return "all at one price".to_owned(),
        (0, Some(up_to)) => format!("up to {}", decimal::grouped(up_to.into())),
        (above, _) => format!("above {}", decimal::grouped(above.into())),
    };
    format!("all at the price of {reach}")
}

fn quantity_charged(line: &Line, vocabulary: &Vocabulary) -> String {
    match line.over {
        PricedOver::LevelMonths => format!("{} level", line.quantity.grouped()),
        PricedOver::Months if line.quantity.is_zero() => {
            "nothing beyond what is included".to_owned()
        }
        _ => quantity(line, vocabulary),
    }
}

/// What is agreed on instead of the list price, and where.
fn agreed(list: &ListPrice) -> String {
    let discount = &list.discount;
    let terms = match (discount.terms, list.unit_price) {
        (Terms::Percent(percent), Some(price)) => {
            format!("{} × (1 − {} ÷ 100)", decimal::grouped(price), decimal::plain(percent))
        }
        (terms, _) => terms.label(),
    };
    format!("{terms}: {}", printable(&discount.source))
}

fn price(price: Option<Decimal>, line: &Line, book: &Book) -> String {
    let Some(price) = price else {
        return "no page publishes it".to_owned();
    };
    let per = if line.per == 1 {
        String::new()
    } else {
        format!(" for {}", decimal::grouped(line.per.into()))
    };
    let over = match line.over {
        PricedOver::Nothing => "",
        PricedOver::Hours => " an hour",
        PricedOver::Days => " a day",
        PricedOver::ElapsedMonths | PricedOver::Months | PricedOver::LevelMonths => " a month",
    };
    format!("{} {}{per}{over}", decimal::grouped(price), book.currency)
}

fn formula(line: &Line) -> Option<String> {
    let (price, amount) = (line.unit_price?, line.amount?);
    let per = if line.per == 1 {
        String::new()
    } else {
        format!(" ÷ {}", decimal::grouped(line.per.into()))
    };
    let fraction = amount.ratio().map_or_else(String::new, |ratio| format!(" (exactly {ratio})"));
    Some(format!(
        "{} × {}{per} = {}{fraction}",
        line.quantity.grouped(),
        decimal::grouped(price),
        money(amount, None)
    ))
}

/// Explains how the total comes from the lines.
#[must_use]
pub fn total(estimate: &Estimate, dress: Dress) -> String {
    let sums: Vec<String> =
        estimate.bill.subtotals().iter().map(|(_, sum)| money(*sum, None)).collect();
    let head = dress.bold(&format!(
        "total = {} {}",
        money(estimate.bill.total(), None),
        estimate.book.currency
    ));
    let sum = if sums.is_empty() { "nothing is charged".to_owned() } else { sums.join(" + ") };
    let mut text = format!("{head}\n{}", hanging("  sum       ", &sum, dress.width));
    if let Some(list) = estimate.bill.at_list {
        let known = if list.status == Status::Complete { "" } else { ", as far as published" };
        let listed = format!("{}{known}", money(list.total, None));
        text.push_str(&hanging("  at list   ", &listed, dress.width));
    }
    if estimate.bill.unpriced().next().is_some() {
        text.push_str(&hanging(
            "  without   ",
            "the lines whose price is not published",
            dress.width,
        ));
    }
    text
}

/// Explains a reading: what was chosen, why, and what the other choice would come to.
#[must_use]
pub fn reading(reading: &Reading, effect: Option<&Effect>, book: &Book, dress: Dress) -> String {
    let kind = if reading.documented { "documented" } else { "not documented" };
    let mut text =
        format!("{}\n", dress.bold(&format!("{} {} ({kind})", reading.id, reading.name)));
    let mut say = |head: &str, about: &str| {
        text.push_str(&hanging(&format!("  {head:<10}"), about, dress.width));
    };
    say("chosen", &reading.text);
    say("because", &reading.basis);
    if let Some(instead) = &reading.instead {
        say("otherwise", &format!("{} = {instead}", reading.sets.join(", ")));
    }
    let Some(effect) = effect else {
        return text;
    };
    match effect.other_total {
        Some(other) => say(
            "then",
            &format!(
                "the total would be {} {} ({})",
                money(other, None),
                book.currency,
                signed(effect.moved)
            ),
        ),
        None if reading.instead.is_some() => say("then", "the need could not be served"),
        None => {}
    }
    if let Some((from, to)) = effect.interval {
        say(
            "interval",
            &format!("the truth lies from {} to {}", money(from, None), money(to, None)),
        );
    }
    text
}
