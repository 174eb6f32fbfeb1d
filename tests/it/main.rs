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
mod formats;
mod hostile;
mod lifecycle;
mod oracle;
mod problems;
mod properties;
mod readback;
mod transcripts;
mod vectors;
