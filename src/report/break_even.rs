//! Where the ranking changes, for people: which plan is the cheapest from where to where, both totals
//! on either side of each change, and who cannot serve the need where.
//!
//! A change at 278 is shown as its last unit before, 277, and its first unit, 278.

use std::fmt::Write as _;

use super::comparison::text::{prices, sign};
use super::curve_chart;
use super::number::{DECIMALS, align, brief, signed_brief};
use super::table::{Dress, Sheet, Side, Tone, hanging};
use crate::breakeven::envelope::{Change, Span};
use crate::breakeven::vary::Field;
use crate::breakeven::{Group, Plan, Reach, Standing};
use crate::decimal::{self, Decimal};
use crate::pricebook::Mark;
use crate::rates::Rates;
use crate::source::printable;

/// The most spans and changes that a table shows.
const MOST_SHOWN: usize = 60;

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The scenario's name.
    pub scenario: &'a str,
    /// What is varied.
    pub field: &'a Field,
    /// From where to where.
    pub reach: Reach,
    /// The months of which totals are held against each other; none of a month.
    pub months: Option<u64>,
    /// The rates at which plans of several currencies are held against each other.
    pub rates: Option<&'a Rates>,
    /// Plans by currency.
    pub groups: &'a [Group],
    /// Plans that are complete nowhere.
    pub apart: &'a [Plan],
}

impl Shown<'_> {
    /// What the totals are of.
    pub(super) fn totals(&self) -> String {
        match self.months {
            _ if self.field.is_months() => "totals of a term of so many months".to_owned(),
            Some(months) => format!("totals of {months} months"),
            None => "totals of a month".to_owned(),
        }
    }

    /// The rates, as stated.
    pub(super) fn rates(&self) -> Option<String> {
        let rates = self.rates?;
        let stated = rates.iter().map(|(currency, rate)| {
            format!("1 {currency} = {} {}", decimal::plain(rate), rates.currency())
        });
        Some(format!("rates, as stated: {}", stated.collect::<Vec<_>>().join("; ")))
    }

    /// What is varied, and from where to where.
    pub(super) fn varied(&self) -> String {
        let stated = match self.field.stated {
            _ if self.field.is_factor() => "a factor on everything that is counted".to_owned(),
            Some(stated) => format!("the scenario says {}", stated.grouped()),
            None => "the scenario does not say".to_owned(),
        };
        let name = printable(&self.field.name);
        format!("{name} from {} to {} ({stated})", whole(self.reach.from), whole(self.reach.to))
    }
}

/// A whole number in threes.
pub(super) fn whole(value: u64) -> String {
    decimal::grouped(Decimal::from(value))
}

/// The letter of a plan; none beyond the alphabet.
pub(super) fn letter(plan: usize) -> Option<char> {
    ('a'..='z').nth(plan)
}

/// A plan with its letter.
fn lettered(group: &Group, plan: usize) -> String {
    let name = group.plans.get(plan).map_or_else(String::new, Plan::name);
    format!("{} {name}", letter(plan).unwrap_or(' '))
}

/// A plan with its letter, without its edition.
fn short(group: &Group, plan: usize) -> String {
    let name = group.plans.get(plan).map_or_else(String::new, Plan::short);
    format!("{} {name}", letter(plan).unwrap_or(' '))
}

/// Writes the answer: tables, what cannot be served, and a curve for each plan.
#[must_use]
pub fn break_even(shown: &Shown<'_>, dress: Dress) -> String {
    let mut text = format!("{}\n", dress.bold(&printable(shown.scenario)));
    text.push_str(&hanging("", &format!("{} · {}", shown.varied(), shown.totals()), dress.width));
    if shown.groups.is_empty() {
        text.push_str("\nno plan can serve this need anywhere in this range\n");
    }
    for group in shown.groups {
        let alone = group.plans.len() == 1;
        let parts = [
            plans(shown, group, dress),
            if alone { String::new() } else { cheapest(group, dress) },
            if alone { String::new() } else { changes(shown, group, dress) },
            limits(group, dress),
            curve_chart::chart(shown, group, dress),
        ];
        for part in parts.iter().filter(|part| !part.is_empty()) {
            text.push('\n');
            text.push_str(part);
        }
    }
    let apart = [notes(shown, &text, dress), apart(shown.apart, dress)];
    for part in apart.iter().filter(|part| !part.is_empty()) {
        text.push('\n');
        text.push_str(part);
    }
    text
}

/// What the marks mean, as far as they are used.
fn notes(shown: &Shown<'_>, text: &str, dress: Dress) -> String {
    let rounded = text
        .contains('≈')
        .then(|| format!("≈ rounded to {DECIMALS} decimals; `--format json` has every digit"));
    let plans = || shown.groups.iter().flat_map(|group| &group.plans);
    let used = |mark: Mark| plans().any(|plan| plan.mark == Some(mark));
    let prices = plans().next().map(|_| prices(used));
    let lines = prices.into_iter().chain(shown.rates()).chain(rounded);
    lines.map(|line| dress.faint(hanging("", &line, dress.width).trim_end()) + "\n").collect()
}

/// Which plan is the cheapest from where to where, and who costs the same.
fn cheapest(group: &Group, dress: Dress) -> String {
    let total = |plan: usize, unit: u64| {
        let total = group.plans.get(plan).and_then(|plan| plan.curve.at(unit));
        total.map_or_else(String::new, brief)
    };
    let mut names: Vec<(Tone, String)> = Vec::new();
    let mut cells: [Vec<String>; 4] = Default::default();
    let mut row = |tone: Tone, name: String, reach: Reach, plan: Option<usize>| {
        let totals = [reach.from, reach.to]
            .map(|unit| plan.map_or_else(String::new, |plan| total(plan, unit)));
        let [from, to] = totals;
        names.push((tone, name));
        for (column, cell) in cells.iter_mut().zip([whole(reach.from), whole(reach.to), from, to]) {
            column.push(cell);
        }
    };
    for Span { reach, plan, ties } in group.spans.iter().take(MOST_SHOWN) {
        let name = plan.map_or_else(|| "no plan".to_owned(), |plan| short(group, plan));
        row(Tone::Plain, name, *reach, *plan);
        for (other, reach) in ties {
            let name = format!("  tied: {}", short(group, *other));
            row(Tone::Faint, name, *reach, Some(*other));
        }
    }
    let headings = ["Cheapest", "From", "To", "Total from", "Total to"];
    let mut text = drawn(&headings, names, cells.map(align).as_slice(), dress);
    more(&mut text, group.spans.len());
    text
}

/// Both plans' totals on both sides of each change.
fn changes(shown: &Shown<'_>, group: &Group, dress: Dress) -> String {
    if group.changes.is_empty() {
        return String::new();
    }
    let mut names: Vec<(Tone, String)> = Vec::new();
    let mut columns: [Vec<String>; 3] = Default::default();
    let mut letters: [Vec<String>; 2] = Default::default();
    for change in group.changes.iter().take(MOST_SHOWN) {
        let Change { unit, was, is } = change;
        let before = [was.and_then(|side| side.before), is.and_then(|side| side.before)];
        let at = [was.and_then(|side| side.at), is.and_then(|side| side.at)];
        let units = [unit.saturating_sub(1), *unit];
        for ((unit, totals), more) in units.into_iter().zip([before, at]).zip(change.differences())
        {
            names.push((Tone::Plain, whole(unit)));
            for (((column, letters), total), side) in
                columns.iter_mut().zip(&mut letters).zip(totals).zip([was, is])
            {
                let letter = side.and_then(|side| letter(side.plan)).unwrap_or('–');
                letters.push(letter.to_string());
                column.push(total.map_or_else(|| "none".to_owned(), brief));
            }
            let [.., difference] = &mut columns;
            difference.push(more.map_or_else(String::new, signed_brief));
        }
    }
    let [was, is, difference] = columns.map(align);
    let [was_letters, is_letters] = letters;
    let with = |letters: Vec<String>, column: Vec<String>| -> Vec<String> {
        letters.into_iter().zip(column).map(|(letter, total)| format!("{letter} {total}")).collect()
    };
    let cells = [with(was_letters, was), with(is_letters, is), difference];
    let name = printable(&shown.field.name);
    let headings = [name.as_str(), "Until then", "From then on", "Difference"];
    let mut text = drawn(&headings, names, &cells, dress);
    more(&mut text, group.changes.len());
    text
}

/// Every plan with its totals at both ends of the range.
fn plans(shown: &Shown<'_>, group: &Group, dress: Dress) -> String {
    let at = |unit: u64| {
        let total = |plan: &Plan| plan.curve.at(unit).map_or_else(|| "none".to_owned(), brief);
        align(group.plans.iter().map(total).collect())
    };
    let name = |(at, plan): (usize, &Plan)| {
        (Tone::Plain, format!("{}{}", lettered(group, at), plan.mark.map_or("", sign)))
    };
    let names = group.plans.iter().enumerate().map(name).collect();
    let (from, to) = (whole(shown.reach.from), whole(shown.reach.to));
    let (from, to) = (format!("At {from}"), format!("At {to}"));
    let cells = [at(shown.reach.from), at(shown.reach.to)];
    let alone = group.plans.len() == 1;
    let unrated = shown.rates.is_some_and(|rates| rates.currency() != group.currency);
    let what = match (unrated, alone) {
        (true, _) => ", for which no rate is stated",
        (false, true) => ", only plan",
        (false, false) => "",
    };
    let head = format!("{}{what}", group.currency);
    drawn(&[&head, &from, &to], names, &cells, dress)
}

/// A table of names and of numbers.
fn drawn(
    headings: &[&str],
    names: Vec<(Tone, String)>,
    cells: &[Vec<String>],
    dress: Dress,
) -> String {
    let sides = std::iter::once(Side::Left).chain(std::iter::repeat(Side::Right));
    let columns = headings.iter().zip(sides).map(|(name, side)| ((*name).to_owned(), side));
    let row = |(at, (tone, name)): (usize, (Tone, String))| {
        let cells = cells.iter().map(|column| column.get(at).cloned().unwrap_or_default());
        (tone, std::iter::once(name).chain(cells).collect())
    };
    let rows = names.into_iter().enumerate().map(row).collect();
    Sheet { columns: columns.collect(), rows }.with_names_above(dress).draw(dress)
}

fn more(text: &mut String, all: usize) {
    if all > MOST_SHOWN {
        let more = all.saturating_sub(MOST_SHOWN);
        let _ = writeln!(text, "and {more} more: `--format csv` and `--format json` have them all");
    }
}

/// Where plans cannot serve the need, or a price is not published.
fn limits(group: &Group, dress: Dress) -> String {
    let mut text = String::new();
    for (at, plan) in group.plans.iter().enumerate() {
        for (Reach { from, to }, standing) in &plan.curve.ranges {
            let (what, reasons) = match standing {
                Standing::Complete => continue,
                Standing::Incomplete(reasons) => ("is incomplete", reasons),
                Standing::NotServed(reasons) => ("cannot serve", reasons),
            };
            let head = format!("{} {what} {} to {}: ", short(group, at), whole(*from), whole(*to));
            text.push_str(&hanging("", &format!("{head}{}", told(reasons)), dress.width));
        }
    }
    text
}

/// Plans that are complete nowhere in the range, by reason.
fn apart(plans: &[Plan], dress: Dress) -> String {
    let mut text = String::new();
    for (head, incomplete) in
        [("Not ranked: a price is not published", true), ("Not comparable", false)]
    {
        let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
        for plan in plans {
            let Some((_, standing)) = plan.curve.ranges.first() else { continue };
            if matches!(standing, Standing::Incomplete(_)) != incomplete {
                continue;
            }
            let reason = told(standing.reasons());
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, plans)) => plans.push(printable(&plan.short())),
                None => reasons.push((reason, vec![printable(&plan.short())])),
            }
        }
        if !reasons.is_empty() {
            let _ = writeln!(text, "{}", dress.bold(head));
        }
        for (reason, plans) in reasons {
            text.push_str(&hanging("  ", &reason, dress.width));
            let plans = hanging("    ", &plans.join(", "), dress.width);
            let _ = writeln!(text, "{}", dress.faint(plans.trim_end()));
        }
    }
    text
}

/// The first reasons of several.
fn told(reasons: &[String]) -> String {
    const TOLD: usize = 2;
    let mut told = reasons.iter().take(TOLD).map(|reason| printable(reason)).collect::<Vec<_>>();
    if let Some(more) = reasons.len().checked_sub(TOLD).filter(|more| *more > 0) {
        told.push(format!("and {more} more"));
    }
    told.join("; ")
}
