//! Exact, explained, offline cost estimates for cloud key management services.
//!
//! An estimate is what a provider's published prices say about a stated need, to the last digit. It
//! is not an invoice: taxes and credits are not in it, contracts only as far as the user states what is
//! agreed on, and where a page is silent the reading taken is named, with the amount that it moves. A
//! price that no page publishes is never 0.
//!
//! The parts know each other in one direction only:
//!
//! ```text
//! values ← pricebook ← discount ← scenario ← metering ← rating ← bill ← contract ← estimate
//!        ← comparison ← breakeven; all of these ← report ← cli
//! ```
//!
//! - values: [`decimal`], [`fraction`], [`month`], [`rates`], [`source`], [`diagnostic`], [`fields`],
//!   [`vocabulary`]
//! - [`pricebook`]: one plan of one service in one edition and one currency; [`catalog`]: those there
//!   are, the embedded ones parsed by the build
//! - [`discount`]: what is agreed on instead of list prices; [`contract`]: a bill at those prices
//! - [`scenario`]: the need, in words of no provider
//! - [`metering`]: need × book → usage, day by day
//! - [`rating`]: usage → bill lines, in one fixed order
//! - [`bill`]: lines and their sums; [`mod@estimate`]: a bill, what open readings move, its term
//! - [`verification`]: printed figures against computed ones; [`lint`]: what is doubtful in a book;
//!   [`comparison`]: several plans;
//!   [`breakeven`]: the usage at which their ranking changes
//! - [`statement`]: a bill as it is kept and read again; [`budget`]: what it may come to
//! - [`mod@diff`]: two bills held against each other
//! - [`lifecycle`]: what happens on which day, and the cash that leaves; no amount is worked out there
//!   but whole months of a bill and the proration that a book states
//! - [`config`]: what a project's file and the user's own say where the command line is silent
//! - [`report`]: tables, JSON, CSV, iCalendar, FOCUS, drawings; [`schema`]: their shapes; [`cli`]:
//!   arguments, streams, exit codes
//!
//! Words: a *book* is a price list as data; a *meter* is one thing that it charges; an *allowance* is
//! a free quota; a *reading* is a choice that its page leaves open; *consumed* is what was used and
//! *pricing quantity* what is charged for.

pub mod bill;
pub mod breakeven;
pub mod budget;
pub mod catalog;
pub mod cli;
pub mod comparison;
pub mod config;
pub mod contract;
pub mod decimal;
pub mod diagnostic;
pub mod diff;
pub mod discount;
pub mod estimate;
pub mod fields;
pub mod fraction;
pub mod lifecycle;
pub mod lint;
pub mod metering;
pub mod month;
pub mod pricebook;
pub mod rates;
pub mod rating;
pub mod report;
pub mod scenario;
pub mod schema;
pub mod source;
pub mod statement;
pub mod verification;
pub mod vocabulary;
