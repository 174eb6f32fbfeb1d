//! How results are written: rows are built once, and the formats over them are thin.
//!
//! Nothing is computed here beyond the rounding that a user asks for; no format knows a price rule.

pub mod calendar;
pub mod calendar_json;
pub mod cash;
pub mod csv;
pub mod explanation;
pub mod findings;
pub mod focus;
pub mod github;
pub mod ics;
pub mod json;
pub mod junit;
pub mod number;
pub mod rows;
#[cfg(test)]
mod sample;
pub mod sarif;
pub mod stamp;
pub mod table;
pub mod text;
pub mod timeline;
