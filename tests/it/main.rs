//! Everything that is tested from outside, in one program.

mod arithmetic;
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
#[cfg(test)]
mod exact;
mod examples;
mod files;
mod focus;
mod formats;
mod fuzz;
mod hostile;
mod lifecycle;
mod lines;
mod oracle;
mod problems;
mod properties;
mod readback;
mod same_bytes;
mod schema;
mod schema_instances;
mod shells;
mod transcripts;
mod trust;
mod vectors;
