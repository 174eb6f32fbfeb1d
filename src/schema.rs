//! The shapes of all that goes in and comes out, as JSON Schema 2020-12: for editors and for scripts.
//!
//! Written by hand and printed as they stand. That they say what the parsers and the writers say is
//! held by tests, which compare field by field; nothing is validated with them here.

/// Every schema by its name.
pub const ALL: &[(&str, &str)] = &[
    ("scenario", include_str!("schema/scenario.json")),
    ("budgets", include_str!("schema/budgets.json")),
    ("discounts", include_str!("schema/discounts.json")),
    ("project", include_str!("schema/project.json")),
    ("price-book", include_str!("schema/price-book.json")),
    ("estimate", include_str!("schema/estimate.json")),
    ("comparison", include_str!("schema/comparison.json")),
    ("break-even", include_str!("schema/break-even.json")),
    ("diff", include_str!("schema/diff.json")),
    ("calendar", include_str!("schema/calendar.json")),
    ("explanation", include_str!("schema/explanation.json")),
    ("verification", include_str!("schema/verification.json")),
    ("books", include_str!("schema/books.json")),
    ("findings", include_str!("schema/findings.json")),
    ("config", include_str!("schema/config.json")),
    ("codes", include_str!("schema/codes.json")),
    ("errors", include_str!("schema/errors.json")),
];

/// A schema's text by its name.
#[must_use]
pub fn text(name: &str) -> Option<&'static str> {
    ALL.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
