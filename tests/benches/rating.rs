//! How long it takes to parse price books and scenarios, and to rate what is needed.
//!
//! `cargo bench --bench rating` runs all; `cargo bench --bench rating -- rate` those of one name.
//! The rates beside the times tell whether the time grows with the number of key groups: parsing and
//! rating 100,000 groups should have about the rate of 1,000. `tests/benches/startup.sh` times
//! whole runs of the program.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    reason = "what is generated here is small and right"
)]

use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::Arc;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use kms_cost::catalog::{Catalog, PlanName};
use kms_cost::comparison::workloads::WORKLOADS;
use kms_cost::comparison::{Asked, Offer, Readings, offers, rank};
use kms_cost::diagnostic::Problems;
use kms_cost::estimate::{Estimate, Grounds, estimate};
use kms_cost::pricebook::Book;
use kms_cost::scenario::{Scenario, scenario};
use kms_cost::source::Source;
use kms_cost::vocabulary::Vocabulary;

const GROUPS: &[usize] = &[1, 1_000, 100_000];
const BOOK: &str = "alibaba/pay-as-you-go@2021-03";

fn main() {
    divan::main();
}

/// What the key groups of a scenario are like.
#[derive(Clone, Copy)]
enum Life {
    /// Nothing happens to them in the month.
    Still,
    /// They are created, rotated, and deleted or restored.
    Dated,
}

/// A scenario with so many key groups.
fn text(groups: usize, life: Life) -> String {
    let mut text = "provider = \"alibaba\"\nplan = \"pay-as-you-go\"\nedition = \"2021-03\"\n\
                    region = \"ap-southeast-1\"\nmonth = \"2026-02\"\n"
        .to_owned();
    for at in 0..groups {
        let _ = write!(
            text,
            "[[key]]\nname = \"key-{at:06}\"\nspec = \"aes-256\"\nprotection = \"hsm\"\n"
        );
        let _ = match life {
            Life::Still => write!(
                text,
                "count = {}\noperations = {{ encrypt = {}, decrypt = {} }}\n",
                at % 5 + 1,
                at % 1_000,
                at % 700 + 1
            ),
            Life::Dated => write!(
                text,
                "created = 2024-{:02}-{:02}\nrotate_every = \"{}d\"\n",
                at % 12 + 1,
                at % 28 + 1,
                at % 60 + 30
            ),
        };
        if let (Life::Dated, 0) = (life, at % 3) {
            let _ = writeln!(text, "[[key.deletion]]\nscheduled = 2026-02-{:02}", at % 20 + 1);
            if at % 2 == 1 {
                let _ = writeln!(text, "restored = 2026-02-{:02}", at % 20 + 5);
            }
        }
    }
    text
}

fn file(groups: usize, life: Life) -> Arc<Source> {
    Arc::new(Source::new("scenario.toml", text(groups, life)))
}

fn catalog() -> Catalog {
    Catalog::open(None).expect("the embedded books are whole")
}

fn book(catalog: &Catalog) -> Rc<Book> {
    let name = PlanName::parse(BOOK).expect("a plan's name");
    catalog.select(&name, None).expect("an embedded book")
}

fn read(file: &Arc<Source>, catalog: &Catalog) -> (Scenario, Problems) {
    let (scenario, problems) = scenario(file, catalog.vocabulary());
    (scenario.expect("a scenario without problems"), problems)
}

fn rated(scenario: &Scenario, book: Rc<Book>, catalog: &Catalog, problems: Problems) -> Estimate {
    let grounds =
        Grounds { vocabulary: catalog.vocabulary(), home: None, month: None, months: None };
    estimate(scenario, book, grounds, problems).expect("an estimate without problems")
}

// ------------------------------------------------------------------ key groups

#[divan::bench(args = GROUPS)]
fn parse_still(bencher: Bencher<'_, '_>, groups: usize) {
    parse(bencher, groups, Life::Still);
}

#[divan::bench(args = GROUPS)]
fn parse_dated(bencher: Bencher<'_, '_>, groups: usize) {
    parse(bencher, groups, Life::Dated);
}

fn parse(bencher: Bencher<'_, '_>, groups: usize, life: Life) {
    let (catalog, file) = (catalog(), file(groups, life));
    let bencher = bencher.counter(ItemsCount::new(groups));
    bencher.counter(BytesCount::of_str(file.text())).bench_local(|| read(&file, &catalog));
}

#[divan::bench(args = GROUPS)]
fn rate_still(bencher: Bencher<'_, '_>, groups: usize) {
    rate(bencher, groups, Life::Still);
}

#[divan::bench(args = GROUPS)]
fn rate_dated(bencher: Bencher<'_, '_>, groups: usize) {
    rate(bencher, groups, Life::Dated);
}

/// Metering, rating, and weighing the book's readings.
fn rate(bencher: Bencher<'_, '_>, groups: usize, life: Life) {
    let catalog = catalog();
    let (scenario, problems) = read(&file(groups, life), &catalog);
    let book = book(&catalog);
    bencher
        .counter(ItemsCount::new(groups))
        .with_inputs(|| (Rc::clone(&book), problems.clone()))
        .bench_local_values(|(book, problems)| rated(&scenario, book, &catalog, problems));
}

#[divan::bench(args = GROUPS)]
fn parse_and_rate_still(bencher: Bencher<'_, '_>, groups: usize) {
    let (catalog, file) = (catalog(), file(groups, Life::Still));
    bencher.counter(ItemsCount::new(groups)).bench_local(|| {
        let (scenario, problems) = read(&file, &catalog);
        rated(&scenario, book(&catalog), &catalog, problems)
    });
}

// ------------------------------------------------------------------ comparison

/// What `kms-cost compare --providers all` does without a scenario, but for the writing: the books
/// opened and parsed, and every plan asked for every reference workload.
#[divan::bench]
fn compare_all(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| compared(&catalog()));
}

/// The same with the books parsed before.
#[divan::bench]
fn compare_all_parsed(bencher: Bencher<'_, '_>) {
    let catalog = catalog();
    for id in catalog.ids() {
        black_box(catalog.load(id).expect("an embedded book"));
    }
    bencher.bench_local(|| compared(&catalog));
}

fn compared(catalog: &Catalog) -> Vec<Vec<Offer>> {
    let asked =
        Asked { catalog, month: None, months: None, as_of: None, readings: Readings::Taken };
    let plans = catalog.all_plans();
    let compared = WORKLOADS.iter().map(|(name, text)| {
        let file = Arc::new(Source::embedded(*name, text));
        let (scenario, problems) = read(&file, catalog);
        let mut offers = offers(&plans, &scenario, &problems, asked).expect("a need that is right");
        rank(&mut offers, None).expect("figures within range");
        offers
    });
    compared.collect()
}

// ------------------------------------------------------------------ books

/// A vocabulary of the user's, as text.
#[divan::bench]
fn parse_vocabulary(bencher: Bencher<'_, '_>) {
    let text = include_str!("../../pricing/vocabulary.toml");
    let file = Arc::new(Source::new("vocabulary.toml", text));
    bencher.counter(BytesCount::of_str(text)).bench_local(|| Vocabulary::parse(&file));
}

/// A book of the user's, as text.
#[divan::bench]
fn parse_one_book(bencher: Bencher<'_, '_>) {
    let catalog = catalog();
    let file = Arc::clone(&book(&catalog).file);
    bencher
        .counter(BytesCount::of_str(file.text()))
        .bench_local(|| Book::parse(&file, catalog.vocabulary()));
}

#[divan::bench]
fn parse_all_books(bencher: Bencher<'_, '_>) {
    let catalog = catalog();
    let load = |id| Arc::clone(&catalog.load(id).expect("an embedded book").file);
    let files: Vec<Arc<Source>> = catalog.ids().map(load).collect();
    bencher.counter(ItemsCount::new(files.len())).bench_local(|| {
        for file in &files {
            let _ = black_box(Book::parse(file, catalog.vocabulary()));
        }
    });
}

/// The embedded folder opened and its vocabulary read, but no book.
#[divan::bench]
fn open_catalog() -> Catalog {
    catalog()
}

/// An embedded book, as the build wrote it.
#[divan::bench]
fn load_one_book(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(catalog).bench_local_refs(|catalog| book(catalog));
}

#[divan::bench]
fn load_all_books(bencher: Bencher<'_, '_>) {
    let bencher = bencher.counter(ItemsCount::new(catalog().ids().count()));
    bencher.with_inputs(catalog).bench_local_refs(|catalog| {
        for id in catalog.ids() {
            black_box(catalog.load(id).expect("an embedded book"));
        }
    });
}
