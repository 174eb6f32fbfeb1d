//! How a page is read where it leaves something open, and figures that it prints beside its prices.

use serde::{Deserialize, Serialize};

use super::{Book, Change};
use crate::decimal::Decimal;
use crate::fields::At;

/// A choice that the page leaves open, as another value of this very book.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reading {
    /// Its id, such as `R-07`.
    pub id: String,
    /// Its name, such as `tier-scope`.
    pub name: String,
    /// When it is in force.
    pub applies: Applies,
    /// Whether a printed rule or a worked example of the page settles it.
    pub documented: bool,
    /// Whether the truth may lie anywhere between both totals.
    pub interval: bool,
    /// What was chosen, in one sentence.
    pub text: String,
    /// Why.
    pub basis: String,
    /// The place in the book that the other value replaces, as written.
    pub sets: Vec<String>,
    /// The other value, as written.
    pub instead: Option<String>,
    /// The replacements, ready to apply; none where the choice has no other value.
    pub changes: Vec<Change>,
}

impl Reading {
    /// Whether it asks how often a quota is given of which a scenario may say what remains.
    #[must_use]
    pub fn is_about_what_remains(&self, book: &Book) -> bool {
        self.changes.iter().any(|change| match change {
            Change::Allowance(at, other) => {
                other.remaining
                    && book.allowances.get(*at).is_some_and(|chosen| chosen.each != other.each)
            }
            _ => false,
        })
    }
}

/// When a reading is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Applies {
    /// Always.
    Always,
    /// Where no calendar month is named.
    StandardMonth,
}

/// A printed figure that follows from others by multiplying and dividing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Figure {
    /// Its id.
    pub id: String,
    /// What it says.
    pub title: String,
    /// As printed.
    pub printed: At<String>,
    /// Its value.
    pub value: Decimal,
    /// Decimals that the page rounds it to, where it does.
    pub rounded_to: Option<u32>,
    /// Factors: decimals, or numbers of this book by their path.
    pub multiply: Vec<Decimal>,
    /// Divisors.
    pub divide: Vec<Decimal>,
}
