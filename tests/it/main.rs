//! Everything that is tested from outside, in one program.

mod books;
mod calendar;
mod lifecycle;
