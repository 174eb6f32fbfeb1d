//! Prices that a user has agreed on with a provider: a part off the list price, or a price instead.
//!
//! 0.033 less 15 per cent is 0.033 × (1 − 15 ÷ 100) = 0.02805, exactly. Nothing is charged here.

mod parse;

use std::sync::Arc;

use crate::catalog::PlanName;
use crate::decimal::{self, Decimal};
use crate::fields::At;
use crate::fraction::{Fraction, OutOfRange};
use crate::pricebook::Book;
use crate::source::{Source, Span, printable};

pub use parse::{discounts, file};

/// What is agreed on for some meters.
#[derive(Clone, Debug)]
pub struct Discount {
    /// The meters that it covers.
    pub covers: Vec<At<Covered>>,
    /// What is agreed on.
    pub terms: Terms,
    /// Where it is agreed.
    pub source: String,
    /// Its place in the file.
    pub span: Span,
    /// The file.
    pub file: Arc<Source>,
}

/// Meters by their ids, of a plan or of the one that a scenario names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered {
    /// The plan, where it is stated.
    pub plan: Option<PlanName>,
    /// A meter's id, or the beginning of several with a `*` behind it.
    pub meters: String,
}

/// What is agreed on instead of a list price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terms {
    /// So many per cent off.
    Percent(Decimal),
    /// This price, for as many units as the list price.
    Price(Decimal),
}

impl Terms {
    /// As people read it.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Percent(percent) => format!("{} % off", decimal::plain(percent)),
            Self::Price(price) => format!("{} instead", decimal::plain(price)),
        }
    }

    /// The contracted unit price; none where the list price is not published and a part of it is
    /// agreed on.
    ///
    /// # Errors
    /// A price out of range.
    pub fn on(self, list: Option<Decimal>) -> Result<Option<Decimal>, OutOfRange> {
        let percent = match self {
            Self::Price(price) => return Ok(Some(price)),
            Self::Percent(percent) => percent,
        };
        let left = Fraction::from(100).minus(Fraction::from(percent))?;
        let reduced =
            |list: Decimal| Fraction::from(list).times(left)?.over(100)?.finite().ok_or(OutOfRange);
        list.map(reduced).transpose()
    }
}

impl Covered {
    /// Whether it means a meter of a book that others may be joined to. `own` is the plan that is
    /// meant where none is stated.
    #[must_use]
    pub fn means(&self, book: &Book, at: usize, own: Option<&PlanName>) -> bool {
        let Some(meter) = book.meters.get(at) else { return false };
        let part = book.part_of_meter(at);
        let of_plan = self.plan.as_ref().or(own).is_none_or(|plan| plan.means(part));
        // a meter of a joined book whose id the other has too carries the name of its plan
        let bare = meter.id.strip_prefix(&format!("{}-", part.plan)).filter(|_| *part != book.id);
        of_plan && (self.matches(&meter.id) || bare.is_some_and(|id| self.matches(id)))
    }

    /// Whether it means a meter of this id.
    #[must_use]
    pub fn matches(&self, id: &str) -> bool {
        match self.meters.strip_suffix('*') {
            Some(beginning) => id.starts_with(beginning),
            None => self.meters == id,
        }
    }
}

impl Discount {
    /// Whether it covers a meter of a book. `own` is the plan that a pattern without one means.
    #[must_use]
    pub fn covers(&self, book: &Book, at: usize, own: Option<&PlanName>) -> bool {
        self.covers.iter().any(|covered| covered.value.means(book, at, own))
    }

    /// What it is and where it stands, for a problem.
    #[must_use]
    pub fn named(&self) -> String {
        let (line, _) = self.file.line_column(self.span.start);
        let (terms, source) = (self.terms.label(), printable(&self.source));
        format!("{terms} ({source}, {}:{line})", printable(self.file.name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        decimal::parse(text).unwrap()
    }

    #[test]
    fn a_part_off_is_exact() {
        // 0.033 × (1 − 15 ÷ 100) = 0.033 × 0.85; 0.000003 × (1 − 12.5 ÷ 100) = 0.000003 × 0.875
        for (percent, list, expected) in [
            ("15", "0.033", "0.02805"),
            ("12.5", "0.000003", "0.000002625"),
            ("0", "0.083", "0.083"),
            ("100", "0.083", "0"),
        ] {
            let found = Terms::Percent(number(percent)).on(Some(number(list))).unwrap();
            assert_eq!(found, Some(number(expected)), "{percent} % of {list}");
        }
    }

    #[test]
    fn a_price_stands_where_none_is_published_and_a_part_does_not() {
        let price = Terms::Price(number("0.07"));
        assert_eq!(price.on(None).unwrap(), Some(number("0.07")));
        assert_eq!(price.on(Some(number("0.1"))).unwrap(), Some(number("0.07")));
        assert_eq!(Terms::Percent(number("15")).on(None).unwrap(), None);
    }

    #[test]
    fn a_star_stands_at_the_end() {
        let covered = |meters: &str| Covered { plan: None, meters: meters.to_owned() };
        assert!(covered("api-calls.*").matches("api-calls.basic"));
        assert!(!covered("api-calls.*").matches("api-callers.basic"));
        assert!(covered("*").matches("key-hosting.software"));
        assert!(covered("api-calls.basic").matches("api-calls.basic"));
        assert!(!covered("api-calls.basic").matches("api-calls.basics"));
    }
}
