//! The hand-worked vectors of `tests/vectors/`: one file per price book, each figure worked from
//! the provider's page and compared digit for digit.
//!
//! A vector is a whole scenario and what its bill must be: every line (no more, no fewer), the
//! total, and where it says so quantities, readings, months, or the one problem or warning.
#![cfg(test)]
#![allow(clippy::print_stdout)]

mod recomputed;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use kms_cost::bill::{Bill, Line, Step};
use kms_cost::catalog::{Catalog, PlanName};
use kms_cost::decimal::{self, Decimal};
use kms_cost::diagnostic::{Problem, Problems, Severity};
use kms_cost::estimate::{self, Estimate, Grounds, NoEstimate};
use kms_cost::fraction::Fraction;
use kms_cost::pricebook::{Book, BookId, Charge, Price, Prices};
use kms_cost::scenario;
use kms_cost::source::Source;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    vector: Vec<Vector>,
}

/// One worked figure. Amounts, quantities and totals are exact decimals in quotes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    /// What it is, unlike every other of the file.
    name: String,
    /// The reading or printed price that it holds.
    rule: String,
    /// The document that it was worked from.
    from: String,
    /// A whole scenario; `provider`, `plan` and `edition` are those of the file where it has none.
    scenario: String,
    /// Whether nothing is added to the scenario.
    #[serde(default)]
    as_is: bool,
    /// How many months to project.
    months: Option<u32>,

    /// Every line of the bill by its id: the amount, or `unpublished`.
    lines: Option<BTreeMap<String, String>>,
    /// What is charged for, by line.
    #[serde(default)]
    quantities: BTreeMap<String, String>,
    /// Quantities that pages print, by name; `none` where there is no such quantity.
    #[serde(default)]
    named: BTreeMap<String, String>,
    total: Option<String>,
    /// `complete` where not stated.
    status: Option<String>,
    /// The total of all months.
    term: Option<String>,
    /// Each month's total.
    #[serde(default)]
    by_month: Vec<String>,
    /// By how much a reading moves the total.
    #[serde(default)]
    readings: BTreeMap<String, String>,
    /// Whether no other reading moves it.
    #[serde(default)]
    moved_only: bool,
    /// Where the total may lie by the one reading that says so.
    interval: Option<(String, String)>,
    /// A part of the one warning; none is allowed where not stated.
    warning: Option<String>,

    /// The code of the problem instead of a bill.
    problem: Option<String>,
    /// A part of the problem's message.
    message: Option<String>,
    /// A part of its help; empty where it has none.
    help: Option<String>,
    /// `line:column` in the scenario as it stands in the file.
    at: Option<String>,
    /// How many problems there are: 1 where not stated.
    problems: Option<usize>,
}

/// What a vector expects and what was found instead.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn compare(&mut self, what: impl Display, expected: &str, found: &str) {
        if expected != found {
            self.0.push(format!("{what}: expected {expected}, found {found}"));
        }
    }

    /// An amount or quantity: a decimal as it is printed, or a fraction such as `22/31`, exactly.
    fn figure(&mut self, what: impl Display, expected: &str, found: Option<Fraction>) {
        let exact = |text: &str| decimal::parse(text).ok().map(Fraction::from);
        let fraction = expected
            .split_once('/')
            .and_then(|(above, below)| exact(above.trim())?.divided_by(exact(below.trim())?).ok());
        if fraction.is_none() || fraction != found {
            self.compare(what, expected, &digits(found));
        }
    }

    /// A figure that may be negative.
    fn signed(&mut self, what: impl Display, expected: &str, found: Option<Fraction>) {
        match (expected.strip_prefix('-'), found) {
            (Some(size), Some(found)) if expected.contains('/') => {
                self.figure(what, size, Fraction::ZERO.minus(found).ok());
            }
            _ => self.figure(what, expected, found),
        }
    }

    fn contains(&mut self, what: &str, part: Option<&String>, found: &str) {
        if let Some(part) = part
            && !found.contains(part.as_str())
        {
            self.0.push(format!("{what}: expected …{part}…, found {found}"));
        }
    }

    fn push(&mut self, difference: impl Into<String>) {
        self.0.push(difference.into());
    }
}

// ------------------------------------------------------------------ the tests

#[test]
fn every_vector_holds() {
    hold("tests/vectors", None);
}

#[test]
fn every_rule_of_the_language_holds() {
    hold("tests/language/vectors", Some(Path::new("tests/language/pricing")));
}

fn hold(folder: &str, pricing: Option<&Path>) {
    let catalog = Catalog::open(pricing).expect("the embedded books");
    let (mut count, mut report) = (0_usize, Vec::new());
    for path in files(folder) {
        let stem = stem(&path);
        let id = id_of(&stem);
        let vectors = read(&path);
        println!("{:>4} vectors of {id}", vectors.len());
        count = count.saturating_add(vectors.len());
        let name = PlanName::parse(&id.to_string()).expect("a plan's name");
        let Ok(book) = catalog.select(&name, None) else {
            report.push(format!("{stem}: no price book is called {id}"));
            continue;
        };
        for vector in &vectors {
            let differences = differences(vector, &book, &catalog);
            if !differences.0.is_empty() {
                report.push(format!(
                    "{stem}: {} ({}; {})\n    {}",
                    vector.name,
                    vector.rule,
                    vector.from,
                    differences.0.join("\n    ")
                ));
            }
        }
    }
    println!("{count} vectors in all");
    assert!(report.is_empty(), "{} of {count} fail\n{}", report.len(), report.join("\n"));
}

/// Every price of a book, by its meter and what tells it from the meter's others, and every quota.
fn prices(book: &Book) -> BTreeSet<String> {
    let mut prices = BTreeSet::new();
    for meter in &book.meters {
        match &meter.charge {
            Charge::Flat(Prices::One(_)) => drop(prices.insert(meter.id.clone())),
            Charge::Flat(Prices::By(_, by_class)) => prices
                .extend(by_class.iter().map(|(_, price)| format!("{} at {price:?}", meter.id))),
            Charge::Tiers(tiers) | Charge::Volume(tiers) | Charge::Levels(tiers) => prices
                .extend(tiers.iter().map(|tier| format!("{} up to {:?}", meter.id, tier.up_to))),
        }
        if let Some(times) = &meter.times {
            let factors = times.by_class.iter().filter(|(_, factor)| *factor != Decimal::ONE);
            prices.extend(factors.map(|(_, factor)| format!("{} times {factor}", meter.id)));
        }
    }
    prices.extend(book.allowances.iter().map(|free| format!("free {}", free.label)));
    prices
}

/// What of [`prices`] a line rests on.
fn touched(line: &Line, book: &Book) -> Vec<String> {
    let Some(meter) = book.meters.get(line.meter) else { return Vec::new() };
    let mut touched = vec![meter.id.clone()];
    let mut listed = line.unit_price;
    for step in &line.derivation {
        match step {
            Step::Tier { up_to, .. } | Step::Volume { up_to, .. } | Step::Level { up_to } => {
                touched.push(format!("{} up to {up_to:?}", meter.id));
            }
            Step::Free(label, _) => touched.push(format!("free {label}")),
            Step::Factor(price, factor) => {
                listed = Some(*price);
                touched.push(format!("{} times {factor}", meter.id));
            }
            _ => {}
        }
    }
    let price = listed.map_or(Price::Unpublished, Price::Published);
    touched.push(format!("{} at {price:?}", meter.id));
    touched
}

#[test]
fn every_price_tier_and_quota_of_every_book_is_reached_by_a_vector() {
    let catalog = Catalog::open(None).expect("the embedded books");
    let mut missing = Vec::new();
    for path in files("tests/vectors") {
        let id = id_of(&stem(&path));
        let name = PlanName::parse(&id.to_string()).expect("a plan's name");
        let Ok(book) = catalog.select(&name, None) else { continue };
        let mut left = prices(&book);
        for vector in read(&path) {
            let Ok(estimate) = estimated(&vector, &book, &catalog) else { continue };
            let months = estimate.term.iter().flat_map(|term| &term.months);
            let bills = months.map(|(_, bill)| bill).chain([&estimate.bill]);
            for line in bills.flat_map(Bill::lines) {
                for price in touched(line, &estimate.book) {
                    left.remove(&price);
                }
            }
        }
        missing.extend(left.into_iter().map(|price| format!("{id}: {price}")));
    }
    assert!(missing.is_empty(), "no vector reaches\n{}", missing.join("\n"));
}

#[test]
fn every_book_has_vectors_and_every_vector_file_a_book() {
    let stems = |folder: &str| -> BTreeSet<String> {
        files(folder).iter().map(|path| stem(path)).filter(|stem| stem != "vocabulary").collect()
    };
    assert_eq!(stems("tests/vectors"), stems("pricing"), "vector files, books");
}

#[test]
fn names_tell_vectors_apart_and_each_has_one_outcome() {
    for path in files("tests/vectors").into_iter().chain(files("tests/language/vectors")) {
        let mut names = BTreeSet::new();
        for vector in read(&path) {
            let of = format!("{}: {}", stem(&path), vector.name);
            let bill = vector.lines.is_some() && vector.total.is_some();
            let partly = vector.lines.is_some()
                || vector.total.is_some()
                || vector.term.is_some()
                || vector.interval.is_some()
                || vector.warning.is_some()
                || !vector.readings.is_empty();
            assert!(bill != vector.problem.is_some(), "{of}: a bill or a problem");
            assert!(vector.problem.is_none() || !partly, "{of}: both a bill and a problem");
            assert!(names.insert(vector.name), "{of}: twice");
        }
    }
}

#[test]
fn a_field_that_no_vector_has_is_refused() {
    let vector = "[[vector]]\nname = ''\nrule = ''\nfrom = ''\nscenario = ''\n";
    assert!(toml::from_str::<File>(vector).is_ok());
    assert!(toml::from_str::<File>(&format!("{vector}totl = '1'\n")).is_err());
    assert!(toml::from_str::<File>(&format!("{vector}[other]\n")).is_err());
}

// ------------------------------------------------------------------ files

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(&folder).expect("a folder of the repository");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a file of the repository").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    paths
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn id_of(stem: &str) -> BookId {
    let mut parts = stem.splitn(3, '.').map(str::to_owned);
    let mut next = || parts.next().expect("provider.plan.edition.toml");
    BookId { provider: next().into(), plan: next().into(), edition: next().into() }
}

fn read(path: &Path) -> Vec<Vector> {
    let text = fs::read_to_string(path).expect("a file of the repository");
    match toml::from_str::<File>(&text) {
        Ok(file) => file.vector,
        Err(why) => panic!("{}: {why}", path.display()),
    }
}

// ------------------------------------------------------------------ one vector

/// The scenario with the lines that name the book's plan, and how many were added.
fn scenario_of(vector: &Vector, id: &BookId) -> (String, usize) {
    let named = [("provider", &id.provider), ("plan", &id.plan), ("edition", &id.edition)];
    let added: Vec<String> = named
        .iter()
        .filter(|(field, _)| !vector.as_is && !states(&vector.scenario, field))
        .map(|(field, value)| format!("{field} = \"{value}\"\n"))
        .collect();
    (added.concat() + &vector.scenario, added.len())
}

fn states(scenario: &str, field: &str) -> bool {
    scenario
        .lines()
        .take_while(|line| !line.starts_with('['))
        .any(|line| line.strip_prefix(field).is_some_and(|rest| rest.trim_start().starts_with('=')))
}

/// The vector's estimate, or what is wrong with its scenario.
fn estimated(vector: &Vector, book: &Book, catalog: &Catalog) -> Result<Estimate, NoEstimate> {
    let (text, _) = scenario_of(vector, &book.id);
    let source = Arc::new(Source::new("scenario.toml", text));
    let (parsed, problems) = scenario::scenario(&source, catalog.vocabulary());
    let grounds = Grounds {
        vocabulary: catalog.vocabulary(),
        home: None,
        month: None,
        months: vector.months,
    };
    let Some(scenario) = parsed else { return Err(NoEstimate::Problems(problems)) };
    match catalog.completed(book.clone(), &scenario.asked(), None) {
        Ok(book) => estimate::estimate(&scenario, book, grounds, problems),
        Err(why) => Err(NoEstimate::Fault(format!("no book: {why:?}"))),
    }
}

fn differences(vector: &Vector, book: &Book, catalog: &Catalog) -> Differences {
    let (_, added) = scenario_of(vector, &book.id);
    let mut differences = Differences::default();
    match estimated(vector, book, catalog) {
        Ok(estimate) => compare(vector, &estimate, &mut differences),
        Err(NoEstimate::Problems(problems)) => {
            compare_problems(vector, &problems, added, &mut differences);
        }
        Err(NoEstimate::Fault(what)) => differences.push(format!("a fault: {what}")),
    }
    differences
}

fn compare(vector: &Vector, estimate: &Estimate, differences: &mut Differences) {
    if let Some(problem) = &vector.problem {
        let total = estimate.bill.total().digits();
        differences.push(format!("expected the problem {problem}, found a bill of {total}"));
        return;
    }
    compare_lines(vector, estimate, differences);
    let total = vector.total.as_deref().unwrap_or_default();
    differences.figure("total", total, Some(estimate.bill.total()));
    let status = vector.status.as_deref().unwrap_or("complete");
    differences.compare("status", status, estimate.status().as_str());
    for (name, expected) in &vector.named {
        let found = estimate.bill.quantities.get(name.as_str()).copied();
        match expected.as_str() {
            "none" => differences.compare(name, "nothing", &digits(found)),
            _ => differences.figure(name, expected, found),
        }
    }
    let warnings: Vec<&str> =
        estimate.bill.warnings.iter().map(|problem| problem.message.as_str()).collect();
    match (&vector.warning, warnings.as_slice()) {
        (None, []) => {}
        (Some(part), [found]) => differences.contains("warning", Some(part), found),
        (expected, found) => {
            differences.push(format!("warnings: expected {expected:?}, found {found:?}"));
        }
    }
    compare_months(vector, estimate, differences);
    compare_readings(vector, estimate, differences);
}

fn compare_lines(vector: &Vector, estimate: &Estimate, differences: &mut Differences) {
    let expected = vector.lines.clone().unwrap_or_default();
    let mut missing: BTreeSet<&String> = expected.keys().collect();
    for line in estimate.bill.lines() {
        let amount = line.amount.map_or_else(|| "unpublished".to_owned(), Fraction::digits);
        let priced = |expected: &str| line.amount.is_some() || expected != amount;
        match expected.get(&line.id) {
            None => differences.push(format!("line {}: not expected, {amount}", line.id)),
            Some(_) if !missing.remove(&line.id) => {
                differences.push(format!("line {}: a second one, {amount}", line.id));
            }
            Some(expected) if priced(expected) => {
                differences.figure(format!("line {}", line.id), expected, line.amount);
            }
            Some(_) => {}
        }
        if let Some(expected) = vector.quantities.get(&line.id) {
            let what = format!("quantity of {}", line.id);
            differences.figure(what, expected, Some(line.quantity));
        }
    }
    for id in missing {
        differences.push(format!("line {id}: not on the bill"));
    }
    for id in vector.quantities.keys().filter(|id| !expected.contains_key(*id)) {
        differences.push(format!("quantity of {id}, which is no expected line"));
    }
}

fn compare_months(vector: &Vector, estimate: &Estimate, differences: &mut Differences) {
    let found = estimate.term.as_ref().map(|term| term.total);
    if let Some(expected) = &vector.term {
        differences.figure("term", expected, found);
    }
    if !vector.by_month.is_empty() {
        let months: Vec<Fraction> = estimate
            .term
            .iter()
            .flat_map(|term| &term.months)
            .map(|(_, bill)| bill.total())
            .collect();
        let (expected, found) = (vector.by_month.len(), months.len());
        differences.compare("months", &expected.to_string(), &found.to_string());
        for (at, (expected, found)) in vector.by_month.iter().zip(months).enumerate() {
            differences.figure(format!("month {at} from 0"), expected, Some(found));
        }
    }
}

fn compare_readings(vector: &Vector, estimate: &Estimate, differences: &mut Differences) {
    for (id, expected) in &vector.readings {
        let found = estimate.readings().find(|(reading, _)| reading.id == *id);
        let moved = found.map(|(_, effect)| effect.moved);
        differences.signed(format!("{id} moves"), expected, moved);
    }
    for (reading, effect) in estimate.readings() {
        if vector.moved_only
            && !effect.moved.is_zero()
            && !vector.readings.contains_key(&reading.id)
        {
            let moved = effect.moved.digits();
            differences.push(format!("{} moves: not expected, {moved}", reading.id));
        }
    }
    if let Some((low, high)) = &vector.interval {
        let found: Vec<String> = estimate
            .readings()
            .filter_map(|(_, effect)| effect.interval)
            .map(|(low, high)| format!("{} to {}", low.digits(), high.digits()))
            .collect();
        differences.compare("interval", &format!("{low} to {high}"), &found.join(", "));
    }
}

fn compare_problems(
    vector: &Vector,
    problems: &Problems,
    added: usize,
    differences: &mut Differences,
) {
    let errors: Vec<&Problem> =
        problems.iter().filter(|problem| problem.severity == Severity::Error).collect();
    let told: Vec<String> = errors
        .iter()
        .map(|problem| {
            let place = place(problem, problems, added);
            let (code, help) = (problem.code.as_str(), problem.help.as_deref().unwrap_or("-"));
            format!("{place} {code}: {}; {}; {help}", problem.message, problem.label)
        })
        .collect();
    let told = told.join("\n      ");
    let Some(code) = &vector.problem else {
        differences.push(format!("expected a bill, found\n      {told}"));
        return;
    };
    if errors.len() != vector.problems.unwrap_or(1) {
        differences.push(format!("problems: {} of them\n      {told}", errors.len()));
    }
    let mut coded = errors.iter().filter(|problem| problem.code.as_str() == code).peekable();
    let first = coded.peek().copied();
    let meant = |problem: &&&Problem| {
        vector.message.as_ref().is_none_or(|part| problem.message.contains(part.as_str()))
    };
    let Some(problem) = coded.find(meant).or(first) else {
        differences.push(format!("problem: expected {code}, found\n      {told}"));
        return;
    };
    differences.contains("message", vector.message.as_ref(), &problem.message);
    let help = problem.help.as_deref().unwrap_or_default();
    match vector.help.as_deref() {
        Some("") => differences.compare("help", "", help),
        _ => differences.contains("help", vector.help.as_ref(), help),
    }
    if let Some(at) = &vector.at {
        differences.compare("place", at, &place(problem, problems, added));
    }
}

/// `line:column`, counted without the lines that were added.
fn place(problem: &Problem, problems: &Problems, added: usize) -> String {
    let Some(span) = &problem.span else {
        return "nowhere".to_owned();
    };
    let (line, column) = problems.source().line_column(span.start);
    line.checked_sub(added).map_or_else(|| "above".to_owned(), |line| format!("{line}:{column}"))
}

fn digits(value: Option<Fraction>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Fraction::digits)
}
