//! What stands behind a bill, as sentences: prices that are missing, printed figures, notes, readings
//! and sources, for every format that people read.
//!
//! Sentences are printable; how they are dressed, wrapped or escaped is each format's own.

use std::fmt::Write as _;

use super::number::signed;
use super::page::{Standing, Verdict};
use super::text::{Shown, months_name};
use crate::bill::Bill;
use crate::catalog::checksum;
use crate::pricebook::{Applies, PriceSource};
use crate::source::printable;
use crate::verification::Check;

/// A reading that moved the figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moved {
    /// Its id.
    pub(super) id: String,
    /// By how much, with its sign.
    pub(super) by: String,
    /// What was chosen, and whether a page says so.
    pub(super) about: String,
}

/// Each price that is missing, once.
pub(super) fn unpublished(shown: &Shown<'_>) -> Vec<String> {
    let mut sentences = Vec::new();
    for line in bills(shown).flat_map(Bill::unpriced) {
        let what = printable(&line.label);
        let sentence = format!("{what}: price not published; the total is without it");
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    sentences
}

/// The bills that are shown: the month's, or those of a projection.
fn bills<'a>(shown: &Shown<'a>) -> impl Iterator<Item = &'a Bill> {
    let estimate = shown.estimate;
    let projected = estimate.term.as_ref().filter(|_| shown.by_month);
    let one = projected.is_none().then_some(&estimate.bill);
    let months = projected.into_iter().flat_map(|term| term.months.iter().map(|(_, bill)| bill));
    one.into_iter().chain(months)
}

/// Whether a page's figures are those computed; nothing where there is no page.
pub(super) fn printed_verdict(checks: &[Check]) -> Option<Verdict> {
    let differ = checks.iter().filter(|check| !check.agrees).count();
    let bad = |text: String| Verdict { standing: Standing::Bad, text };
    match (checks.is_empty(), differ) {
        (true, _) => None,
        (false, 0) => Some(Verdict {
            standing: Standing::Good,
            text: "The page's figures are reproduced.".to_owned(),
        }),
        (false, 1) => Some(bad("1 of the page's figures does not agree.".to_owned())),
        (false, more) => Some(bad(format!("{more} of the page's figures do not agree."))),
    }
}

/// What a page prints otherwise than computed, and why.
pub(super) fn printed_figures(checks: &[Check]) -> Vec<(String, String)> {
    let explained = checks.iter().filter_map(|check| {
        let cause = check.cause.as_ref()?;
        let verdict = if check.agrees { "is printed as" } else { "cannot be printed as" };
        let about = format!("{} {verdict} {}: {cause}", check.computed.grouped(), check.printed);
        Some((check.what.clone(), about))
    });
    explained.collect()
}

/// What was taken where the scenario is silent.
pub(super) fn notes(shown: &Shown<'_>) -> Vec<String> {
    let undated = shown.estimate.readings().find(|(reading, effect)| {
        shown.estimate.period.month.is_none()
            && reading.applies == Applies::StandardMonth
            && effect.moved.is_zero()
    });
    let undated = undated.map(|(reading, _)| reading.text.clone());
    undated.into_iter().chain(shown.estimate.bill.notes.iter().cloned()).collect()
}

/// What the readings moved, as a heading.
pub(super) fn moved_heading(shown: &Shown<'_>) -> String {
    let of = shown.estimate.term.as_ref().filter(|_| shown.by_month);
    let of = of.map_or_else(
        || "the figure".to_owned(),
        |term| format!("the total of {}", months_name(term)),
    );
    format!("Readings that moved {of}")
}

/// The readings that moved the figure.
pub(super) fn moved(shown: &Shown<'_>) -> Vec<Moved> {
    let moved = shown.estimate.readings().filter(|(_, effect)| !effect.moved.is_zero());
    let moved = moved.map(|(reading, effect)| {
        let mut about = reading.text.clone();
        if let Some((from, to)) = effect.interval {
            let _ = write!(about, " ({} to {})", from.grouped_money(), to.grouped_money());
        }
        if !reading.documented && !about.contains("not documented") {
            about.push_str("; not documented");
        }
        Moved { id: reading.id.clone(), by: signed(effect.moved), about }
    });
    moved.collect()
}

/// Where the prices of the shown lines were read, each once, and the books that hold them.
pub(super) fn sources(shown: &Shown<'_>) -> Vec<(String, String)> {
    let book = &shown.estimate.book;
    let mut places: Vec<usize> = Vec::new();
    for line in bills(shown).flat_map(Bill::lines) {
        if !places.contains(&line.source) {
            places.push(line.source);
        }
    }
    places.sort_unstable();
    let read = places.iter().filter_map(|at| book.source(*at)).map(source);
    let joined = book.joined.iter().map(|joined| (&joined.id, &joined.file));
    let books = std::iter::once((&book.id, &book.file)).chain(joined);
    let books = books.map(|(id, file)| (id.to_string(), format!("sha256 {}", checksum(file))));
    read.chain(books).collect()
}

fn source(source: &PriceSource) -> (String, String) {
    let title = printable(&source.title);
    let about = format!("{}, {} ({})", source.address, source.dated, source.mark.label());
    (title, printable(&about))
}
