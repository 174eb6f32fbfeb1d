//! How results are written: rows are built once, and the formats over them are thin.
//!
//! Nothing is computed here beyond the rounding that a user asks for; no format knows a price rule.

mod axis;
mod bars;
pub mod bill_csv;
pub mod bill_page;
pub mod break_even;
pub mod break_even_csv;
pub mod break_even_json;
pub mod calendar;
pub mod calendar_json;
pub mod cash;
pub mod comparison;
pub mod csv;
mod curve_chart;
pub mod diff;
pub mod diff_csv;
pub mod diff_json;
pub mod diff_markdown;
pub mod diff_page;
pub mod diff_review;
pub mod explanation;
pub mod findings;
pub mod focus;
pub mod github;
mod grounds;
pub mod html;
pub mod ics;
pub mod json;
pub mod json_text;
pub mod junit;
pub mod markdown;
pub mod number;
pub mod page;
pub mod record;
pub mod review;
pub mod rows;
#[cfg(test)]
mod sample;
pub mod sarif;
pub mod stamp;
pub mod svg;
pub mod table;
pub mod text;
pub mod timeline;
pub mod values;
pub mod verdicts;
