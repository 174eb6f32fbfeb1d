//! A price book: read, looked at by the linter beside the embedded ones, and used for an estimate.
//!
//! The second byte chooses the need, which is an example of this repository's.

use std::rc::Rc;
use std::sync::Arc;

use kms_cost::diagnostic::render;
use kms_cost::lint;
use kms_cost::month::Month;
use kms_cost::pricebook::Book;
use kms_cost::source::Source;

use super::need::{self, When, choice};
use super::promises::problems;

/// Needs of unlike kinds.
const NEEDS: &[&str] = &[
    include_str!("../../../examples/own-price-book/scenario.toml"),
    include_str!("../../../examples/regulated-bank.toml"),
    include_str!("../../../examples/small-team.toml"),
    include_str!("../../../examples/instance-for-an-application.toml"),
    include_str!("../../../examples/life-of-a-key.toml"),
    include_str!("../../../examples/signing-service.toml"),
];

pub(super) fn run(bytes: &[u8]) {
    let first = looked_at(bytes);
    if bytes.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)).is_multiple_of(4) {
        assert_eq!(first, looked_at(bytes), "a second run");
    }
}

/// What the linter says, and what the need comes to.
fn looked_at(bytes: &[u8]) -> Option<(String, Option<String>)> {
    let file = need::file("book.toml", bytes)?;
    let mut catalog = need::opened();
    let book = match Book::parse(&file, catalog.vocabulary()) {
        Ok(book) => Rc::new(book),
        Err(found) => {
            assert!(found.has_errors(), "no book, and no reason");
            problems(&found);
            return None;
        }
    };
    catalog.join(Rc::clone(&book));
    let ids = [book.id.clone()];
    let found = lint::check(&book, &catalog, &ids)
        .unwrap_or_else(|why| panic!("a fault of the program: {why}"));
    problems(&found);
    let text = NEEDS[choice(bytes, 1) % NEEDS.len()];
    let scenario = Arc::new(Source::new("scenario.toml", text));
    let (scenario, none) = need::need(&scenario, &catalog)?;
    let months = if choice(bytes, 2).is_multiple_of(4) { Some(2) } else { None };
    let month = Month::parse("2026-02").filter(|_| choice(bytes, 2).is_multiple_of(2));
    let book = need::completed(Ok(book), &scenario, &catalog);
    let estimate = book.and_then(|book| {
        need::estimated((&scenario, &none), &book, When { month, months }, &catalog)
    });
    let total = estimate.map(|estimate| estimate.total().digits());
    Some((render(&found, false, ""), total))
}
