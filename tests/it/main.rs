//! Everything that is tested from outside, in one program.

mod books;
mod budget_script;
mod budgets;
mod calendar;
mod comparison;
mod diff;
mod examples;
mod lifecycle;
mod oracle;
mod transcripts;
mod vectors;
