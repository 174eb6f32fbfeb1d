//! Prices that are far from their neighbours, or ordered otherwise.
//!
//! A decimal point in the wrong place makes a price at least ten times what it is, and a slip of
//! translation more. A price is held against the middle one of its item's other prices of the same
//! kind and against the edition before: 100 times as much or as little is a finding. Tiers are held
//! against the tier before them: a step of 10 times is one, and so is a price that rises. Prices by
//! class are held against how the other meters order the same classes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::Sheet;
use super::places::Step;
use super::quotes::{Quote, class_name, kind, quotes};
use crate::diagnostic::{Code, Problem, Problems};
use crate::fraction::Fraction;
use crate::pricebook::{Book, Charge, Prices};

/// How many times another price is too far from it.
const FAR: u64 = 100;
/// How many times the tier before is too far.
const STEP: u64 = 10;
/// The most prices that are compared, each with all others: far more than a page has.
const PRICES: usize = 1_000;
const CONFIRM: &str =
    "read the page once more; if it is right, say why at its meter: `confirmed = \"…\"`";

pub(super) fn check(sheet: &Sheet<'_>, problems: &mut Problems) {
    let own = quotes(sheet.book, Some(sheet));
    if own.len() > PRICES {
        let message = format!("{} prices are too many to compare with each other", own.len());
        let problem = Problem::warning(Code::TooLarge, message);
        problems.push(problem.help(format!("a book of up to {PRICES} prices is looked at")));
        return;
    }
    let mut doubts = Doubts { sheet, reasons: BTreeMap::new() };
    for (at, quote) in own.iter().enumerate() {
        doubts.siblings(at, quote, &own);
    }
    doubts.tiers(&own);
    doubts.orders(&own);
    if let Some(before) = super::editions::before(sheet) {
        doubts.edition(&own, &before);
    }
    doubts.tell(&own, problems);
}

struct Doubts<'a> {
    sheet: &'a Sheet<'a>,
    /// By quote, why it is doubted.
    reasons: BTreeMap<usize, Vec<(Code, String)>>,
}

impl Doubts<'_> {
    fn doubt(&mut self, quote: usize, code: Code, reason: String) {
        self.reasons.entry(quote).or_default().push((code, reason));
    }

    fn is_tiered(&self, quote: &Quote) -> bool {
        let meter = self.sheet.book.meters.get(quote.meter);
        meter.is_some_and(|meter| matches!(meter.charge, Charge::Tiers(_) | Charge::Volume(_)))
    }

    /// A price beside those of the same item that are for the same kind of thing.
    fn siblings(&mut self, at: usize, quote: &Quote, own: &[Quote]) {
        let book = self.sheet.book;
        let kind_of = |quote: &Quote| book.meters.get(quote.meter).map(kind);
        let mut others: Vec<&Quote> = own
            .iter()
            .enumerate()
            .filter(|(other, beside)| *other != at && kind_of(beside) == kind_of(quote))
            // tiers of one meter have a rule of their own
            .filter(|(_, beside)| beside.meter != quote.meter || !self.is_tiered(quote))
            .map(|(_, beside)| beside)
            .collect();
        others.sort_by_key(|other| other.each);
        let Some(middle) = others.get(others.len().saturating_sub(1).div_euclid(2)) else { return };
        let high = times(quote.each, middle.each);
        let low = times(middle.each, quote.each).filter(|_| others.len() > 1);
        if let Some(times) = high.filter(|times| *times >= FAR) {
            let reason = format!("is {times} times {}", middle.told(book));
            self.doubt(at, Code::PriceJump, reason);
        } else if let Some(times) = low.filter(|times| *times >= FAR) {
            let reason = format!("is a {times}th of {}", middle.told(book));
            self.doubt(at, Code::PriceJump, reason);
        }
    }

    /// A tier beside the tier before it.
    fn tiers(&mut self, own: &[Quote]) {
        for (at, pair) in own.windows(2).enumerate() {
            let [before, quote] = pair else { continue };
            if before.meter != quote.meter || !self.is_tiered(quote) {
                continue;
            }
            let at = at.saturating_add(1);
            let tier = |quote: &Quote| format!("{} ({})", quote.written, quote.which);
            let far = times(quote.each, before.each).max(times(before.each, quote.each));
            if quote.each > before.each {
                let reason = format!("rises from {} of the tier before", tier(before));
                self.doubt(at, Code::PriceOrder, reason);
            }
            if let Some(times) = far.filter(|times| *times >= STEP) {
                let reason =
                    format!("is {times} times away from {} of the tier before", tier(before));
                self.doubt(at, Code::PriceJump, reason);
            }
        }
    }

    /// Two classes of an axis that one meter prices the other way round than the others do.
    fn orders(&mut self, own: &[Quote]) {
        let book = self.sheet.book;
        let mut orders: BTreeMap<_, [Vec<usize>; 2]> = BTreeMap::new();
        for (at, meter) in book.meters.iter().enumerate() {
            let Charge::Flat(Prices::By(axis, by_class)) = &meter.charge else { continue };
            for (place, (low, _)) in by_class.iter().enumerate() {
                for (high, _) in by_class.iter().skip(place.saturating_add(1)) {
                    let each = |class| priced(book, own, at, *axis, class);
                    let (Some(one), Some(other)) = (each(*low), each(*high)) else { continue };
                    let order = orders.entry((kind(meter), *axis, *low, *high)).or_default();
                    let [falls, rises] = order;
                    match one.each.cmp(&other.each) {
                        std::cmp::Ordering::Greater => falls.push(at),
                        std::cmp::Ordering::Less => rises.push(at),
                        std::cmp::Ordering::Equal => {}
                    }
                }
            }
        }
        for ((_, axis, low, high), [falls, rises]) in orders {
            // the fewer are doubted; of as many, those that come later in the book
            let (few, many) = if (falls.len(), rises.first()) < (rises.len(), falls.first()) {
                (falls, rises)
            } else {
                (rises, falls)
            };
            let Some(other) = many.first().and_then(|at| book.meters.get(*at)) else { continue };
            for meter in few {
                let Some(at) = own.iter().position(|quote| {
                    quote.meter == meter && quote.which == class_name(book, axis, low)
                }) else {
                    continue;
                };
                let reason = format!(
                    "and the price of `{}` are ordered otherwise than at `{}`",
                    class_name(book, axis, high),
                    other.id
                );
                self.doubt(at, Code::PriceOrder, reason);
            }
        }
    }

    /// A price beside the same one of the edition before.
    fn edition(&mut self, own: &[Quote], before: &Book) {
        let old = quotes(before, None);
        let book = self.sheet.book;
        for (at, quote) in own.iter().enumerate() {
            let name = |book: &Book, quote: &Quote| {
                book.meters.get(quote.meter).map(|meter| (meter.id.clone(), kind_name(meter)))
            };
            let same =
                |old: &&Quote| old.which == quote.which && name(before, old) == name(book, quote);
            let Some(old) = old.iter().find(same) else { continue };
            let far = times(quote.each, old.each).max(times(old.each, quote.each));
            if let Some(times) = far.filter(|times| *times >= FAR) {
                let reason = format!(
                    "is {times} times away from {} of edition {}",
                    old.written, before.id.edition
                );
                self.doubt(at, Code::PriceJump, reason);
            }
        }
    }

    /// One finding for each doubted price, and one for each confirmation of no doubt.
    fn tell(self, own: &[Quote], problems: &mut Problems) {
        let (sheet, book) = (self.sheet, self.sheet.book);
        let confirmed = |meter| sheet.text("meter", meter, "confirmed");
        let mut needed = BTreeSet::new();
        for (at, reasons) in self.reasons {
            let (Some(quote), Some((code, first))) = (own.get(at), reasons.first()) else {
                continue;
            };
            needed.insert(quote.meter);
            if confirmed(quote.meter).is_some() {
                continue;
            }
            let mut help = CONFIRM.to_owned();
            for (_, reason) in reasons.iter().skip(1) {
                let _ = write!(help, "\nit also {reason}");
            }
            let message = format!("the price {} {first}", quote.told(book));
            problems.push(Problem::error(*code, message).at(quote.span.clone()).help(help));
        }
        for meter in 0..book.meters.len() {
            if confirmed(meter).is_some() && !needed.contains(&meter) {
                let message = "`confirmed`, and no price of this meter is doubted";
                let problem = Problem::warning(Code::NoEffect, message);
                let path = [Step::Field("meter"), Step::Entry(meter), Step::Field("confirmed")];
                problems.push(problem.at(sheet.place(&path)).help("leave it out"));
            }
        }
    }
}

/// What a meter counts, so that only the same thing is compared over editions.
fn kind_name(meter: &crate::pricebook::Meter) -> String {
    let (_, nouns, unit) = kind(meter);
    format!("{nouns:?} {unit:?}")
}

fn priced<'q>(
    book: &Book,
    own: &'q [Quote],
    meter: usize,
    axis: usize,
    class: usize,
) -> Option<&'q Quote> {
    let name = class_name(book, axis, class);
    own.iter().find(|quote| quote.meter == meter && quote.which == name)
}

/// How many whole times one price is another.
fn times(price: Fraction, other: Fraction) -> Option<u64> {
    price.divided_by(other).ok()?.floor().ok().and_then(|times| u64::try_from(times).ok())
}
