//! Everything that is tested from outside, in one program.

mod books;
mod budget_script;
mod calendar;
mod examples;
mod focus;
mod lifecycle;
mod oracle;
mod schema;
mod transcripts;
mod vectors;
