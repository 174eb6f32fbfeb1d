//! Printed figures against computed ones, with the cause of every difference.
//!
//! A page's figure is reproduced where the exact one, rounded half away from zero to the decimals
//! that the page prints, equals it; its total by the one rule that the example declares. 0.99 is
//! printed as 1, 0.00225 as 0.002, and 1 + 0.002 as 1.002, where the exact total is 0.99225.

mod replay;

use crate::bill::{Line, Step};
use crate::decimal::{self, Decimal};
use crate::estimate::Estimate;
use crate::fraction::{Fraction, OutOfRange};
use crate::pricebook::Figure;
use crate::scenario::{Documented, Printed, TotalIs};

pub use replay::{Replayed, replay};

/// A printed figure beside the computed one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What it is: an item, a quantity, or `total`.
    pub what: String,
    /// As printed.
    pub printed: String,
    /// The printed value.
    pub printed_value: Decimal,
    /// The exact figure.
    pub computed: Fraction,
    /// The exact figure as the page would print it.
    pub as_printed: Option<Decimal>,
    /// Why they differ, where they do.
    pub cause: Option<String>,
    /// Whether the cause holds, or none is needed.
    pub agrees: bool,
}

impl Check {
    /// Printed less computed.
    #[must_use]
    pub fn difference(&self) -> Fraction {
        Fraction::from(self.printed_value).minus(self.computed).unwrap_or_default()
    }
}

/// Whether a difference needs a cause that the example declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Causes {
    /// The printed decimals speak for themselves.
    Implied,
    /// Each difference needs its declared cause.
    Declared,
}

/// Holds the figures that a page prints for a need against its estimate.
#[must_use]
pub fn check(documented: &Documented, estimate: &Estimate, causes: Causes) -> Vec<Check> {
    let mut checks = Vec::new();
    for (name, printed) in &documented.quantities {
        let named = estimate.bill.quantities.get(name.as_str()).copied();
        let computed = named.or_else(|| charged(name, estimate));
        checks.push(figure(name, printed, computed, causes, documented, estimate));
    }
    for (at, item) in estimate.book.items.iter().enumerate() {
        if let Some(printed) = documented.lines.get(&item.id) {
            checks.push(figure(
                &item.id,
                printed,
                Some(estimate.bill.subtotal(at)),
                causes,
                documented,
                estimate,
            ));
        }
    }
    for (name, printed) in &documented.lines {
        if !estimate.book.items.iter().any(|item| item.id == *name) {
            checks.push(figure(name, printed, None, causes, documented, estimate));
        }
    }
    if let Some(printed) = &documented.total {
        checks.push(total(printed, documented, estimate));
    }
    checks
}

/// What is charged for on a meter, where a page prints quantities and no money.
fn charged(meter: &str, estimate: &Estimate) -> Option<Fraction> {
    let at = estimate.book.meters.iter().position(|known| known.id == meter)?;
    let free = |line: &&Line| {
        line.derivation.iter().any(|step| matches!(step, Step::Free(..)))
            && line.unit_price.is_some_and(|price| price.is_zero())
    };
    let lines = estimate.bill.lines().iter().filter(|line| line.meter == at && !free(line));
    Fraction::sum(lines.map(|line| line.quantity)).ok()
}

fn figure(
    what: &str,
    printed: &Printed,
    computed: Option<Fraction>,
    causes: Causes,
    documented: &Documented,
    estimate: &Estimate,
) -> Check {
    let Some(computed) = computed else {
        return disagree(what, printed, Fraction::ZERO, "the bill has no such figure");
    };
    if !printed.product_of.is_empty() {
        return product(what, printed, computed, documented, estimate);
    }
    if let Some(price) = printed.at_price {
        return at_price(what, printed, computed, price, estimate);
    }
    let declared = match causes {
        Causes::Implied => Some(printed.decimals),
        Causes::Declared => printed.rounded_to,
    };
    rounded(what, printed, computed, declared)
}

fn rounded(what: &str, printed: &Printed, computed: Fraction, to: Option<u32>) -> Check {
    let as_printed = computed.round(to.unwrap_or(printed.decimals)).ok();
    let exact = Fraction::from(printed.value) == computed;
    let cause = match (exact, to) {
        (true, _) => None,
        (false, Some(to)) => Some(format!("rounded to {}", decimals(to))),
        (false, None) => Some("no cause is declared".to_owned()),
    };
    let agrees = exact || (to.is_some() && as_printed == Some(printed.value));
    Check { as_printed, agrees, ..plain(what, printed, computed, cause) }
}

/// A page that multiplies by a unit price of fewer digits than its list has.
fn at_price(
    what: &str,
    printed: &Printed,
    computed: Fraction,
    price: Decimal,
    estimate: &Estimate,
) -> Check {
    let of_item = |line: &&Line| {
        let item = estimate.book.items.get(line.item);
        item.is_some_and(|item| item.id == what)
            && line.unit_price.is_some_and(|price| !price.is_zero())
    };
    let amount = |line: &Line| line.quantity.times(Fraction::from(price))?.over(line.per);
    let lines = estimate.bill.lines().iter().filter(of_item).map(amount);
    let sum = lines.collect::<Result<Vec<_>, _>>().and_then(Fraction::sum);
    let rounded = sum.and_then(|sum| sum.round(printed.rounded_to.unwrap_or(printed.decimals)));
    let places = printed.rounded_to.map_or_else(String::new, |to| format!(", {}", decimals(to)));
    let cause = format!("at a unit price of {}{places}", decimal::grouped(price));
    Check {
        as_printed: rounded.ok(),
        agrees: rounded == Ok(printed.value),
        ..plain(what, printed, computed, Some(cause))
    }
}

fn product(
    what: &str,
    printed: &Printed,
    computed: Fraction,
    documented: &Documented,
    estimate: &Estimate,
) -> Check {
    let factor = |name: &String| match documented.quantities.get(name) {
        Some(other) => Some(Fraction::from(other.value)),
        None => estimate.bill.quantities.get(name.as_str()).copied(),
    };
    let factors: Option<Vec<Fraction>> = printed.product_of.iter().map(factor).collect();
    let product = factors.as_ref().and_then(|factors| {
        factors.iter().try_fold(Fraction::from(1), |product, factor| product.times(*factor).ok())
    });
    let written = factors
        .unwrap_or_default()
        .iter()
        .map(|factor| factor.digits())
        .collect::<Vec<_>>()
        .join(" × ");
    let cause = format!("rounded factors, {written}");
    let agrees = product == Some(Fraction::from(printed.value));
    Check {
        as_printed: product.and_then(Fraction::finite),
        agrees,
        ..plain(what, printed, computed, Some(cause))
    }
}

fn total(printed: &Printed, documented: &Documented, estimate: &Estimate) -> Check {
    let computed = estimate.bill.total();
    match documented.total_is {
        TotalIs::RoundedExact => rounded("total", printed, computed, Some(printed.decimals)),
        TotalIs::SumOfPrinted => {
            let items = estimate.book.items.iter();
            let lines: Vec<&Printed> =
                items.filter_map(|item| documented.lines.get(&item.id)).collect();
            let sum = Fraction::sum(lines.iter().map(|line| Fraction::from(line.value))).ok();
            let written =
                lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" + ");
            let agrees = sum == Some(Fraction::from(printed.value));
            let exact = Fraction::from(printed.value) == computed;
            let cause = (!exact).then(|| format!("printed lines, {written}"));
            Check {
                as_printed: sum.and_then(Fraction::finite),
                agrees,
                ..plain("total", printed, computed, cause)
            }
        }
    }
}

/// Holds a printed figure against the product that it follows from.
///
/// # Errors
/// [`OutOfRange`] if the product or a quotient does not fit, or a divisor is 0.
pub fn check_figure(figure: &Figure) -> Result<Check, OutOfRange> {
    let mut computed = Fraction::from(1);
    for factor in &figure.multiply {
        computed = computed.times(Fraction::from(*factor))?;
    }
    for divisor in &figure.divide {
        computed = computed.divided_by(Fraction::from(*divisor))?;
    }
    let printed = Printed {
        text: figure.printed.value.clone(),
        value: figure.value,
        decimals: decimal::decimals_written(&figure.printed.value),
        rounded_to: figure.rounded_to,
        at_price: None,
        product_of: Vec::new(),
        span: figure.printed.span.clone(),
    };
    Ok(rounded(&figure.id, &printed, computed, figure.rounded_to))
}

fn plain(what: &str, printed: &Printed, computed: Fraction, cause: Option<String>) -> Check {
    Check {
        what: what.to_owned(),
        printed: printed.text.clone(),
        printed_value: printed.value,
        computed,
        as_printed: None,
        cause,
        agrees: true,
    }
}

fn disagree(what: &str, printed: &Printed, computed: Fraction, why: &str) -> Check {
    Check { agrees: false, ..plain(what, printed, computed, Some(why.to_owned())) }
}

fn decimals(count: u32) -> String {
    match count {
        0 => "no decimals".to_owned(),
        1 => "1 decimal".to_owned(),
        more => format!("{more} decimals"),
    }
}
