//! What a book says in words: names that are said once, texts that say something, dates of sources.

use std::collections::BTreeSet;

use super::Sheet;
use super::places::Step;
use crate::diagnostic::{Code, Problem, Problems, quoted};
use crate::month::Day;

/// The lists whose entries have a name of their own; meters are the parser's.
const NAMED: &[&str] = &["source", "item", "allowance", "reading", "figure", "example"];
/// The texts that must say something, by list.
const SAID: &[(&str, &[&str])] = &[
    ("source", &["id", "title", "address", "dated"]),
    ("item", &["id", "label"]),
    ("meter", &["id", "label", "confirmed"]),
    ("allowance", &["id", "label"]),
    ("reading", &["id", "name", "text", "basis"]),
    ("figure", &["id", "title"]),
    ("example", &["id", "title"]),
];
/// The texts of the header that must say something.
const HEADER: &[&str] = &["provider", "provider_name", "service", "plan", "edition"];

pub(super) fn check(sheet: &Sheet<'_>, problems: &mut Problems) {
    said(sheet, problems);
    named_once(sheet, problems);
    sources(sheet, problems);
    units(sheet, problems);
    items(sheet, problems);
    file_name(sheet, problems);
}

/// A label, an address or the reason of a choice that is empty.
fn said(sheet: &Sheet<'_>, problems: &mut Problems) {
    let mut empty = |name: &str, of: &str, span| {
        let problem = Problem::error(Code::EmptyText, format!("`{name}` of {of} says nothing"));
        problems
            .push(problem.at(span).help("write what the page says, or what was decided and why"));
    };
    let blank = |text: Option<&str>| text.is_some_and(|text| text.trim().is_empty());
    for name in HEADER {
        if blank(sheet.document.get(*name).and_then(|value| value.get_ref().as_str())) {
            empty(name, "the price book", sheet.place(&[Step::Field(name)]));
        }
    }
    for (list, names) in SAID {
        for at in 0..sheet.entries(list) {
            for name in *names {
                if blank(sheet.text(list, at, name).as_deref()) {
                    empty(name, &format!("[[{list}]]"), sheet.field(list, at, name));
                }
            }
        }
    }
}

fn named_once(sheet: &Sheet<'_>, problems: &mut Problems) {
    for list in NAMED {
        let mut known = BTreeSet::new();
        for at in 0..sheet.entries(list) {
            let Some(id) = sheet.text(list, at, "id") else { continue };
            if !known.insert(id.clone()) {
                let message = format!("two [[{list}]] are called {}", quoted(&id));
                let problem = Problem::error(Code::Duplicate, message);
                let problem = problem.at(sheet.field(list, at, "id"));
                problems.push(problem.help("only the first is ever found by its name"));
            }
        }
    }
}

/// A source without a date, or one of a price that speaks of another time than the edition's.
fn sources(sheet: &Sheet<'_>, problems: &mut Problems) {
    for (at, source) in sheet.book.sources.iter().enumerate() {
        let first = Day::all_in(&source.dated).min();
        let span = sheet.field("source", at, "dated");
        if first.is_none() && !source.dated.starts_with("undated") {
            let message = format!("source `{}` has no date", source.id);
            let problem = Problem::error(Code::SourceDate, message).at(span);
            let problem = problem.label("expected a day such as 2026-02-28, or `undated`");
            problems.push(problem.help("write the date that the page itself prints"));
            continue;
        }
        let (Some(until), Some(first)) = (sheet.book.effective.until, first) else {
            continue;
        };
        let meters = sheet.book.meters.iter().map(|meter| meter.source);
        let mut prices = meters.chain(sheet.book.allowances.iter().map(|free| free.source));
        if first > until && prices.any(|source| source == at) {
            let message =
                format!("source `{}` is of {first}, after the edition ended on {until}", source.id);
            let problem = Problem::warning(Code::SourceDate, message).at(span);
            problems.push(problem.help(
                "name the page as it stood while its prices were in force, or correct `effective`",
            ));
        }
    }
}

/// A counted thing that the vocabulary has no words for, so that a bill prints its id.
fn units(sheet: &Sheet<'_>, problems: &mut Problems) {
    for (at, meter) in sheet.book.meters.iter().enumerate() {
        let words = sheet.catalog.vocabulary();
        for noun in meter.counts.iter().filter(|noun| !words.has_unit(noun.as_str())) {
            let message = format!("the vocabulary has no unit `{}`", noun.as_str());
            let problem = Problem::error(Code::UnknownName, message);
            let problem = problem.at(sheet.field("meter", at, "counts"));
            problems.push(problem.help("add it to `[unit]` of vocabulary.toml"));
        }
    }
}

/// A heading that no meter stands under, and an axis that no price depends on.
fn items(sheet: &Sheet<'_>, problems: &mut Problems) {
    for (at, item) in sheet.book.items.iter().enumerate() {
        if !sheet.book.meters.iter().any(|meter| meter.item == at) {
            let message = format!("no meter stands under item `{}`", item.id);
            let problem = Problem::warning(Code::Unreached, message);
            let problem = problem.at(sheet.field("item", at, "id"));
            problems
                .push(problem.help(format!("a meter's id begins with its item: `{}.…`", item.id)));
        }
    }
}

/// A file that is called as a book is, but as another one.
fn file_name(sheet: &Sheet<'_>, problems: &mut Problems) {
    let id = &sheet.book.id;
    let right = format!("{}.{}.{}.toml", id.provider, id.plan, id.edition);
    let path = std::path::Path::new(sheet.book.file.name());
    let name = path.file_name().map(|name| name.to_string_lossy());
    let Some(name) = name.filter(|name| name.matches('.').count() >= 3 && *name != right) else {
        return;
    };
    let message = format!("the file is called {}, its header says `{id}`", quoted(&name));
    let problem = Problem::error(Code::Misnamed, message);
    problems.push(problem.help(format!("call it `{right}`: books are found by their file names")));
}
