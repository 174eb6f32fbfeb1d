//! The editions of one plan: that each begins on the day after the one before it ended.

use std::rc::Rc;

use super::Sheet;
use super::places::Step;
use crate::diagnostic::{Code, Problem, Problems};
use crate::pricebook::{Book, BookId};

/// The edition before this one, if there is one.
pub(super) fn before(sheet: &Sheet<'_>) -> Option<Rc<Book>> {
    let own = sheet.book.effective.from;
    let others = others(sheet);
    others
        .into_iter()
        .filter(|book| book.effective.from < own)
        .max_by_key(|book| book.effective.from)
}

pub(super) fn check(sheet: &Sheet<'_>, problems: &mut Problems) {
    let own = sheet.book;
    let others = others(sheet);
    let later = |book: &&Rc<Book>| (book.effective.from, &book.id) > (own.effective.from, &own.id);
    let next = others.iter().filter(later).min_by_key(|book| book.effective.from);
    if let Some(before) =
        others.iter().filter(|book| !later(book)).max_by_key(|book| book.effective.from)
    {
        between(sheet, before, own, problems);
    }
    // found at the other edition, where that is looked at too
    if let Some(next) = next.filter(|next| !sheet.checked.contains(&next.id)) {
        between(sheet, own, next, problems);
    }
    for other in &others {
        if other.currency != own.currency {
            let message = format!(
                "`{}` is in {}, this edition in {}",
                other.id, other.currency, own.currency
            );
            let problem = Problem::error(Code::Conflict, message);
            let problem = problem.at(sheet.place(&[Step::Field("currency")]));
            problems.push(problem.help(
                "a price list in another currency is another plan's, or another provider site's",
            ));
        }
    }
}

fn others(sheet: &Sheet<'_>) -> Vec<Rc<Book>> {
    let own = &sheet.book.id;
    let same = |id: &&BookId| id.provider == own.provider && id.plan == own.plan && *id != own;
    sheet.catalog.ids().filter(same).filter_map(|id| sheet.catalog.load(id).ok()).collect()
}

/// What stands between an edition and the next.
fn between(sheet: &Sheet<'_>, before: &Book, next: &Book, problems: &mut Problems) {
    let place = sheet.place(&[Step::Field("effective")]);
    let from = next.effective.from;
    let (code, message) = match before.effective.until {
        None => (
            Code::EditionOverlap,
            format!("`{}` has no `until` and `{}` begins on {from}", before.id, next.id),
        ),
        Some(until) if until >= from => (
            Code::EditionOverlap,
            format!("`{}` holds until {until} and `{}` from {from}", before.id, next.id),
        ),
        Some(until) if until.plus(1) < from => (
            Code::EditionGap,
            format!("`{}` holds until {until} and `{}` only from {from}", before.id, next.id),
        ),
        Some(_) => return,
    };
    let help = format!(
        "the last day of `{}` is the day before `{}`: `until = {}`",
        before.id,
        next.id,
        from.minus(1)
    );
    problems.push(Problem::error(code, message).at(place).help(help));
}
