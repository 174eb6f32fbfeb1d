//! Everything that is tested from outside, in one program.

mod books;
mod break_even;
mod budget_script;
mod budgets;
mod budgets_compared;
mod calendar;
mod ci_examples;
mod comparison;
mod config;
mod diff;
mod discounts;
mod examples;
mod focus;
mod formats;
mod hostile;
mod lifecycle;
mod oracle;
mod problems;
mod properties;
mod readback;
mod same_bytes;
mod schema;
mod schema_instances;
mod shells;
mod transcripts;
mod vectors;
