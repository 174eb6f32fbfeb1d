//! The prices of a book, one by one, each with its place: what is compared with what.

use super::Sheet;
use super::places::Step;
use crate::fraction::Fraction;
use crate::pricebook::{Book, Charge, Meter, Noun, Over, Price, Prices, Tier, TimeUnit};
use crate::source::Span;

/// One published price above 0.
#[derive(Clone, Debug)]
pub(super) struct Quote {
    /// Its meter.
    pub(super) meter: usize,
    /// Which of the meter's prices: a class, the end of a tier, or nothing.
    pub(super) which: String,
    /// For one unit.
    pub(super) each: Fraction,
    /// As written, for so many units.
    pub(super) written: String,
    /// Where it stands; nowhere in a book whose file is not looked at.
    pub(super) span: Span,
}

impl Quote {
    /// The price in a sentence: "27.6 of `api-calls.advanced` (mainland)".
    pub(super) fn told(&self, book: &Book) -> String {
        let id = book.meters.get(self.meter).map_or("", |meter| meter.id.as_str());
        let which =
            if self.which.is_empty() { String::new() } else { format!(" ({})", self.which) };
        format!("{} of `{id}`{which}", self.written)
    }
}

/// What prices must have in common to be compared.
pub(super) type Kind = (usize, Vec<Noun>, Option<TimeUnit>);

/// The kind of a meter's prices: its item, what it counts, and the time that a price is for.
pub(super) fn kind(meter: &Meter) -> Kind {
    let unit = match meter.over {
        Over::Timed(timed) if timed.unit.is_month() => Some(TimeUnit::OwnMonth),
        Over::Timed(timed) => Some(timed.unit),
        Over::MonthLargest | Over::MonthWhole => Some(TimeUnit::OwnMonth),
        Over::Sum => None,
    };
    (meter.item, meter.counts.clone(), unit)
}

/// Every published price above 0 of a book, in the order of its meters.
pub(super) fn quotes(book: &Book, sheet: Option<&Sheet<'_>>) -> Vec<Quote> {
    let mut quotes = Vec::new();
    for (at, meter) in book.meters.iter().enumerate() {
        let mut quote = |which: String, price: Price, path: &[Step<'_>]| {
            let Price::Published(price) = price else { return };
            let Ok(each) = Fraction::from(price).over(meter.per) else { return };
            if price.is_zero() {
                return;
            }
            let start = [Step::Field("meter"), Step::Entry(at)];
            let span = sheet.map(|sheet| sheet.place(&[&start, path].concat()));
            let written = price.to_string();
            quotes.push(Quote { meter: at, which, each, written, span: span.unwrap_or_default() });
        };
        match &meter.charge {
            Charge::Flat(Prices::One(price)) => {
                quote(String::new(), *price, &[Step::Field("price")]);
            }
            Charge::Flat(Prices::By(axis, by_class)) => {
                for (class, price) in by_class {
                    let name = class_name(book, *axis, *class);
                    quote(name.to_owned(), *price, &[Step::Field("price"), Step::Field(name)]);
                }
            }
            Charge::Tiers(tiers) => listed("tiers", tiers, &mut quote),
            Charge::Volume(tiers) => listed("volume", tiers, &mut quote),
            Charge::Levels(tiers) => listed("levels", tiers, &mut quote),
        }
    }
    quotes
}

fn listed(field: &str, tiers: &[Tier], quote: &mut impl FnMut(String, Price, &[Step<'_>])) {
    for (at, tier) in tiers.iter().enumerate() {
        let which = tier.up_to.map_or_else(|| "above".to_owned(), |up_to| format!("up to {up_to}"));
        quote(which, tier.price, &[Step::Field(field), Step::Entry(at), Step::Field("price")]);
    }
}

pub(super) fn class_name(book: &Book, axis: usize, class: usize) -> &str {
    let axis = book.axes.get(axis);
    axis.and_then(|axis| axis.classes.get(class)).map_or("", |class| class.name.as_str())
}
