//! How results are written: rows are built once, and the formats over them are thin.
//!
//! Nothing is computed here beyond the rounding that a user asks for; no format knows a price rule.

pub mod explanation;
pub mod json;
pub mod number;
pub mod rows;
pub mod table;
pub mod text;
