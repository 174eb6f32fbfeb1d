//! What is doubtful in a price book that can be read: the rules of `kms-cost books check`.
//!
//! A book's shape is the parser's business, and a book that has a problem there is not looked at
//! here. The rules are general: no provider is known, and a right price that looks wrong passes by
//! `confirmed = "reason"` at its meter. 27.6 beside 0.03 and 0.08 is a finding; so was 12.00 beside
//! 0.03 until its page was read once more.

mod classes;
mod editions;
mod places;
mod prices;
mod quotes;
mod replayed;
mod shapes;
mod texts;

use std::rc::Rc;
use std::sync::Arc;

use toml::de::DeTable;

use crate::catalog::Catalog;
use crate::diagnostic::Problems;
use crate::fields;
use crate::pricebook::{Book, BookId};

/// A book that is looked at, with its file beside it.
struct Sheet<'a> {
    book: &'a Rc<Book>,
    document: &'a DeTable<'a>,
    catalog: &'a Catalog,
    /// The books that are looked at in the same run.
    checked: &'a [BookId],
}

/// Everything that is doubtful in a book, in the order of its file.
///
/// The catalog has the book, the other editions of its plan and the plans that it names; `checked`
/// are those that are looked at too, so that what stands between two of them is found once.
///
/// # Errors
/// A fault of the program.
pub fn check(book: &Rc<Book>, catalog: &Catalog, checked: &[BookId]) -> Result<Problems, String> {
    let mut problems = Problems::new(Arc::clone(&book.file));
    let Some(document) = fields::parse(&book.file, &mut problems) else {
        return Ok(problems);
    };
    let sheet = Sheet { book, document: document.get_ref(), catalog, checked };
    texts::check(&sheet, &mut problems);
    classes::check(&sheet, &mut problems);
    shapes::check(&sheet, &mut problems);
    prices::check(&sheet, &mut problems);
    editions::check(&sheet, &mut problems);
    replayed::check(&sheet, &mut problems)?;
    Ok(problems)
}
