//! The documented examples of a book, rated again.
//!
//! An example that cannot be rated leaves its problems, and the others are rated all the same.

use std::rc::Rc;
use std::sync::Arc;

use super::{Causes, Check, check, check_figure};
use crate::catalog::{Catalog, NotSelected};
use crate::diagnostic::{Code, Problem, Problems};
use crate::estimate::{Grounds, NoEstimate, estimate};
use crate::fields;
use crate::pricebook::{Book, Example, examples};
use crate::scenario;
use crate::source::Span;

/// An example and the figures that its page prints, or a printed figure that follows from others.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// As the page calls it.
    pub title: String,
    /// Where it stands in the book.
    pub span: Span,
    /// Each printed figure beside the computed one.
    pub checks: Vec<Check>,
}

/// Replays every example and printed figure of a book.
///
/// # Errors
/// A fault of the program. What is wrong with an example is pushed as a problem.
pub fn replay(
    book: &Rc<Book>,
    catalog: &Catalog,
    problems: &mut Problems,
) -> Result<Vec<Replayed>, String> {
    let mut replayed = Vec::new();
    let document = fields::parse(&book.file, problems);
    let found = document.as_ref().map(|document| examples(document.get_ref(), problems));
    for example in found.unwrap_or_default() {
        replayed.extend(rated(book, example, catalog, problems)?);
    }
    for figure in &book.figures {
        let (title, span) = (figure.title.clone(), figure.printed.span.clone());
        match check_figure(figure) {
            Ok(checked) => replayed.push(Replayed { title, span, checks: vec![checked] }),
            Err(why) => {
                let what = format!("what the figure `{}` follows from is {why}", figure.id);
                problems.push(Problem::error(Code::TooLarge, what).at(span));
            }
        }
    }
    Ok(replayed)
}

fn rated(
    book: &Rc<Book>,
    example: Example<'_, '_>,
    catalog: &Catalog,
    problems: &mut Problems,
) -> Result<Option<Replayed>, String> {
    let (vocabulary, span) = (catalog.vocabulary(), example.scenario.span());
    let mut found = Problems::new(Arc::clone(&book.file));
    let (title, provider) = (example.title, &book.id.provider);
    let need = example.scenario;
    let need = scenario::embedded(need, &title, provider, vocabulary, &book.file, &mut found);
    let whole = match catalog.completed(Rc::clone(book), &need.asked(), None) {
        Ok(whole) => whole,
        Err(why) => {
            problems.push(partner(why).at(span));
            return Ok(None);
        }
    };
    let grounds = Grounds { vocabulary, home: None, month: None, months: None };
    let estimate = match estimate(&need, whole, grounds, found) {
        Ok(estimate) => estimate,
        Err(NoEstimate::Fault(what)) => return Err(what),
        Err(NoEstimate::Problems(found)) => {
            problems.extend(&found);
            return Ok(None);
        }
    };
    let printed = need.documented.as_ref();
    let checks = printed.map(|printed| check(printed, &estimate, Causes::Declared));
    Ok(Some(Replayed { title, span, checks: checks.unwrap_or_default() }))
}

/// The problem of a book that names another which cannot be had.
fn partner(why: NotSelected) -> Problem {
    match why {
        NotSelected::Unknown { message, help, .. } => {
            Problem::error(Code::NoBook, message).help(help)
        }
        NotSelected::Wrong(problems) => problems.iter().next().map_or_else(
            || Problem::error(Code::NoBook, "a book that this one names is wrong"),
            |first| Problem { span: None, ..first.clone() },
        ),
    }
}
