//! Everything that is tested from outside, in one program.

mod books;
mod break_even;
mod budget_script;
mod calendar;
mod comparison;
mod examples;
mod lifecycle;
mod oracle;
mod transcripts;
mod vectors;
