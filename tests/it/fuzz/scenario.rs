//! A scenario at an embedded book, in one of the formats that an estimate is written in.
//!
//! The second byte chooses the book (`:`, as files begin, that which the scenario names), the third
//! the format and how many months; both stand in the comment with which a file begins.

use std::rc::Rc;

use kms_cost::catalog::Catalog;
use kms_cost::estimate::Estimate;
use kms_cost::month::Month;
use kms_cost::pricebook::Book;
use kms_cost::report::focus::{self, Export, Version};
use kms_cost::report::record::Billed;
use kms_cost::report::review::Review;
use kms_cost::report::table::Dress;
use kms_cost::report::text::{self, Shown};
use kms_cost::report::{
    bill_csv, bill_page, explanation, github, html, json, junit, markdown, sarif, values,
};
use kms_cost::scenario::Scenario;
use kms_cost::verification::{Causes, check};

use super::need::{self, CATALOG, When, choice};
use super::promises;
use crate::exact;

pub(super) fn run(bytes: &[u8]) {
    CATALOG.with(|catalog| {
        let first = written(bytes, catalog);
        // once in four inputs, and whatever the input's length
        if bytes.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)).is_multiple_of(4) {
            assert_eq!(first, written(bytes, catalog), "a second run");
        }
    });
}

fn written(bytes: &[u8], catalog: &Catalog) -> Option<String> {
    let file = need::file("scenario.toml", bytes)?;
    let (scenario, problems) = need::need(&file, catalog)?;
    let book = book(choice(bytes, 1), &scenario, catalog)?;
    let format = choice(bytes, 2);
    let months = if format.is_multiple_of(3) { Some(3) } else { None };
    let month = Month::parse("2026-02").filter(|_| format.is_multiple_of(2));
    let when = When { month, months };
    let estimate = need::estimated((&scenario, &problems), &book, when, catalog)?;
    Some(rendered(format, &scenario, &estimate, catalog))
}

fn book(choice: usize, scenario: &Scenario, catalog: &Catalog) -> Option<Rc<Book>> {
    if choice == usize::from(b':') {
        return need::own_book(scenario, catalog);
    }
    let count = catalog.ids().count();
    let id = catalog.ids().nth(choice % count)?;
    let book = catalog.load(id).map_err(kms_cost::catalog::NotSelected::Wrong);
    need::completed(book, scenario, catalog)
}

fn rendered(format: usize, scenario: &Scenario, estimate: &Estimate, catalog: &Catalog) -> String {
    let documented = scenario.documented.as_ref();
    let checks = documented.map(|page| check(page, estimate, Causes::Implied)).unwrap_or_default();
    let (vocabulary, by_month) = (catalog.vocabulary(), format.is_multiple_of(3));
    let round = Some(2).filter(|_| format.is_multiple_of(5));
    let shown =
        Shown { scenario, estimate, vocabulary, documented, checks: &checks, round, by_month };
    let billed = Billed { scenario: &scenario.name, estimate, by_month, budget: None };
    let version = if format.is_multiple_of(2) { Version::V1_2 } else { Version::V1_4 };
    let export = Export { scenario, estimate, vocabulary, version, by_month };
    let strict = format.is_multiple_of(2);
    let review = Review { scenario, estimate, verdicts: &[], checks: &checks, strict };
    let bare = Dress { styled: false, width: 60 };
    let mut out = Vec::new();
    match format / 6 % 12 {
        0 => text::estimate(shown, bare),
        1 => {
            let text = text::estimate(shown, Dress { styled: true, width: 120 });
            promises::dressed(&text);
            return text;
        }
        2 => {
            json::estimate(&mut out, &scenario.name, estimate, documented, &checks, &[]).unwrap();
            as_json(String::from_utf8(out).unwrap(), estimate)
        }
        3 => {
            bill_csv::write(&mut out, [billed]).unwrap();
            return as_csv(String::from_utf8(out).unwrap(), estimate, by_month);
        }
        4 => markdown::markdown(&bill_page::page(&shown, &[])),
        5 => html::html(&bill_page::page(&shown, &[])),
        6 => match focus::write(export) {
            Ok(text) => {
                assert!(focus::check(&export).is_ok(), "written and refused");
                rows(&text);
                text.replace("\r\n", "\n")
            }
            Err(why) => format!("{why:?}").escape_debug().to_string(),
        },
        7 => junit::report(&[(&scenario.name, review.cases())]),
        8 => {
            let findings: Vec<_> = review.findings().into_iter().collect();
            let about = findings.into_iter().map(|finding| (scenario.name.as_str(), finding));
            let log = sarif::log(&about.collect::<Vec<_>>());
            promises::json(&log);
            log
        }
        9 => github::annotations(&review.findings()),
        10 => explained(estimate, catalog, bare),
        _ => fields(billed, round),
    }
    .inspect_plain()
}

/// What is shown steers no terminal.
trait Plain {
    fn inspect_plain(self) -> Self;
}

impl Plain for String {
    fn inspect_plain(self) -> Self {
        promises::plain(&self.replace('\t', " "));
        self
    }
}

/// The document's figures are those of the bill.
fn as_json(text: String, estimate: &Estimate) -> String {
    let document = promises::json(&text);
    let bill = &document["bills"][0];
    let lines = bill["lines"].as_array().unwrap();
    assert_eq!(lines.len(), estimate.bill.lines().len());
    assert_eq!(bill["total"], estimate.bill.total().digits().as_str());
    for (shown, line) in lines.iter().zip(estimate.bill.lines()) {
        let amount = line.amount.map(kms_cost::fraction::Fraction::digits);
        assert_eq!(shown["amount"].as_str(), amount.as_deref(), "{shown}");
    }
    text
}

/// The rows' amounts are those of the lines, one for each.
fn as_csv(text: String, estimate: &Estimate, by_month: bool) -> String {
    let rows = rows(&text);
    let (columns, rows) = rows.split_first().unwrap();
    let at = |name: &str| columns.iter().position(|column| column == name).unwrap();
    let (amount, fraction) = (at("amount"), at("fraction"));
    let projected = estimate.term.as_ref().filter(|_| by_month);
    let lines: Vec<_> = match projected {
        Some(term) => term.months.iter().flat_map(|(_, bill)| bill.lines()).collect(),
        None => estimate.bill.lines().iter().collect(),
    };
    assert_eq!(rows.len(), lines.len());
    for (row, line) in rows.iter().zip(lines) {
        let shown = if row[fraction].is_empty() { &row[amount] } else { &row[fraction] };
        let shown = Some(shown).filter(|shown| !shown.is_empty());
        assert_eq!(shown.map(|shown| exact::read(shown)), line.amount.map(exact::of), "{row:?}");
    }
    text
}

/// Rows of one length, each cell plain.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let records = reader.records().map(Result::unwrap);
    let rows: Vec<Vec<String>> =
        records.map(|record| record.iter().map(str::to_owned).collect()).collect();
    rows.iter().flatten().for_each(|cell| promises::plain(cell));
    rows
}

fn explained(estimate: &Estimate, catalog: &Catalog, dress: Dress) -> String {
    let lines = estimate.bill.lines().iter();
    let lines = lines.map(|line| explanation::line(line, estimate, catalog.vocabulary(), dress));
    let mut text: String = lines.collect();
    text += &explanation::total(estimate, dress);
    for (reading, effect) in estimate.readings() {
        text += &explanation::reading(reading, Some(effect), &estimate.book, dress);
    }
    text
}

/// Every value that a shell script can ask for.
fn fields(billed: Billed<'_>, round: Option<u32>) -> String {
    let items = &billed.estimate.book.items;
    let items: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
    let names = values::names(&items);
    let known = names.iter().map(|name| values::field(name, &items).unwrap());
    let known: Vec<_> = known.collect();
    let mut out = Vec::new();
    values::write(&mut out, &known, billed, round).unwrap();
    let text = String::from_utf8(out).unwrap();
    for row in text.lines() {
        assert_eq!(row.split('\t').count(), names.len(), "{row:?}");
    }
    text
}
