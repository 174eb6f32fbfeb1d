//! How each figure came to be: counts, what was drawn or rounded up, the formula with its numbers,
//! the price's source, and the readings in force. What is written recomputes to the printed digit.

use std::fmt::Write as _;

use super::number::{money, signed};
use super::rows::quantity;
use super::table::{Dress, hanging};
use crate::bill::{Line, PricedOver, Step};
use crate::decimal;
use crate::estimate::{Effect, Estimate};
use crate::fraction::Fraction;
use crate::metering::Run;
use crate::month::{Day, Period};
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
    say("price", &price(line, &estimate.book));
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
        Step::Counted(runs) => ("counted", counted(runs, period, line, vocabulary)),
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
        Step::Tier { above, up_to } => ("tier", tier(*above, *up_to)),
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
            let product = line.unit_price.map_or_else(String::new, decimal::grouped);
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

fn counted(runs: &[Run], period: Period, line: &Line, vocabulary: &Vocabulary) -> String {
    let unit = vocabulary.unit(line.unit);
    let mut first = 0_u32;
    let mut parts = Vec::new();
    for run in runs {
        let last = first.saturating_add(run.days).saturating_sub(1);
        let word = if run.quantity == Fraction::from(1) { &unit.one } else { &unit.many };
        let days = if run.days == 1 { "1 day".to_owned() } else { format!("{} days", run.days) };
        let when = if period.month.is_some() && runs.len() > 1 {
            format!(" ({} to {})", day(period, first), day(period, last))
        } else {
            String::new()
        };
        parts.push(format!("{days}{when} × {} {word}", run.quantity.grouped()));
        first = first.saturating_add(run.days);
    }
    parts.join(" + ")
}

fn day(period: Period, index: u32) -> Day {
    period.first.plus(i64::from(index))
}

fn tier(above: u64, up_to: Option<u64>) -> String {
    match (above, up_to) {
        (0, None) => "all".to_owned(),
        (0, Some(up_to)) => format!("the first {}, day by day", decimal::grouped(up_to.into())),
        (above, None) => format!("what is above {}, day by day", decimal::grouped(above.into())),
        (above, Some(up_to)) => format!(
            "above {} and up to {}, day by day",
            decimal::grouped(above.into()),
            decimal::grouped(up_to.into())
        ),
    }
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

fn price(line: &Line, book: &Book) -> String {
    let Some(price) = line.unit_price else {
        return "no page publishes it".to_owned();
    };
    let per = if line.per == 1 {
        String::new()
    } else {
        format!(" for {}", decimal::grouped(line.per.into()))
    };
    let over = match line.over {
        PricedOver::Nothing => "",
        PricedOver::Days => " a day",
        PricedOver::Months | PricedOver::LevelMonths => " a month",
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
