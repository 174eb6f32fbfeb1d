//! Everything that is tested from outside, in one program.

mod books;
mod break_even;
mod budget_script;
mod budgets;
mod calendar;
mod comparison;
mod diff;
mod discounts;
mod examples;
mod focus;
mod formats;
mod lifecycle;
mod oracle;
mod readback;
mod same_bytes;
mod schema;
mod schema_instances;
mod transcripts;
mod vectors;
