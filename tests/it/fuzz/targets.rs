//! What is done with input by chance: one function for each target, which panics where a promise is
//! broken.
//!
//! `tests/fuzz` feeds them with what libFuzzer makes up, `tests/it/fuzz.rs` with the inputs that are
//! kept. Nothing here reads a file or a clock.
#![expect(clippy::arithmetic_side_effects, reason = "a promise that is broken must stop the run")]

mod book;
mod both;
mod dates;
mod decimals;
mod need;
mod promises;
mod scenario;
mod vouchers;

/// A target: what it is called, and what it does with an input.
pub(super) type Target = (&'static str, fn(&[u8]));

/// Every target.
pub(super) const ALL: &[Target] = &[
    ("scenario", scenario::run),
    ("book", book::run),
    ("both", both::run),
    ("dates", dates::run),
    ("vouchers", vouchers::run),
    ("decimals", decimals::run),
];
