//! How results are written: rows are built once, and the formats over them are thin.
//!
//! Nothing is computed here beyond the rounding that a user asks for; no format knows a price rule.

pub mod calendar;
pub mod calendar_json;
pub mod cash;
pub mod comparison;
pub mod csv;
pub mod diff;
pub mod diff_json;
pub mod diff_markdown;
pub mod explanation;
pub mod ics;
pub mod json;
pub mod number;
pub mod rows;
#[cfg(test)]
mod sample;
pub mod stamp;
pub mod table;
pub mod text;
pub mod timeline;
pub mod verdicts;
