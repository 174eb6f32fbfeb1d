//! The page `tests/TRUST.md`: each promise, how it is tested, and the figures last measured.
//!
//! `TRUST=overwrite cargo test --test it trust` writes the page. No figure of it is typed: it is counted
//! here in the repository's own files, or read from the file in `tests/trust` that the command which
//! measured it has written.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails where it stands"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use kms_cost::diagnostic::Code;
use toml::{Table, Value};

use super::{files, oracle, properties};

const BEGIN: &str = "# Why to trust a figure

Each promise, how it is tested, and what was measured last. This page is written by `TRUST=overwrite
cargo test --test it trust`, and a test holds it against its sources: what is counted here is counted in
the repository, and what was measured stands in `tests/trust`, in files that the commands named below
write themselves. `cargo test` is everything that needs no further tool.

";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What a command measured.
struct Record(Table);

impl Record {
    fn read(name: &str) -> Self {
        let path = root().join("tests/trust").join(name).with_extension("toml");
        let text = fs::read_to_string(&path);
        Self(text.unwrap_or_else(|why| panic!("{}: {why}", path.display())).parse().unwrap())
    }

    /// A figure as text, thousands apart.
    fn get(&self, name: &str) -> String {
        shown(self.0.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", self.0)))
    }

    fn table(&self, name: &str) -> &Table {
        self.0[name].as_table().unwrap()
    }

    /// The command, when it ran, and on which state of the repository.
    fn how(&self) -> String {
        format!("`{}`, {} at {}", self.get("command"), self.get("measured"), self.get("commit"))
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Integer(number) => grouped(*number),
        Value::String(text) => text.clone(),
        Value::Datetime(date) => date.to_string(),
        other => panic!("{other:?} is no figure"),
    }
}

fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn counted(number: usize) -> String {
    grouped(i64::try_from(number).unwrap())
}

/// How often a text stands in the TOML files of a folder, and how many files there are.
fn occurrences(folder: &str, text: &str) -> (usize, usize) {
    let files = files::toml(folder);
    let count = files.iter().map(|file| fs::read_to_string(file).unwrap().matches(text).count());
    (count.sum(), files.len())
}

struct Promise {
    what: &'static str,
    test: String,
    figures: String,
}

fn promises() -> Vec<Promise> {
    let mut all = Vec::new();
    let mut promise = |what, test: String, figures: String| all.push(Promise { what, test, figures });
    let tested = "`cargo test`".to_owned();

    let (vectors, vector_files) = occurrences("tests/vectors", "[[vector]]");
    let (rules, _) = occurrences("tests/language/vectors", "[[vector]]");
    let (examples, _) = occurrences("pricing", "[[example]]");
    promise(
        "A figure is what the provider's page says",
        format!("amounts worked by hand from the pages, beside every line of the bill, and every example that a page prints ({tested}, `kms-cost verify`)"),
        format!(
            "{} bills by hand for {} editions and {} for rules of the price-book language; {} printed examples",
            counted(vectors), counted(vector_files), counted(rules), counted(examples)
        ),
    );
    let oracle = Record::read("oracle");
    promise(
        "… whatever the need",
        format!("an oracle, written from the pages on big rationals and sharing no code with the program, prices generated needs a second time ({}; {} a plan by {tested})", oracle.how(), grouped(i64::try_from(oracle::SCENARIOS).unwrap())),
        format!(
            "{} scenarios of {} plans and editions from seed {}: {} differences",
            oracle.get("scenarios"), oracle.get("plans"), oracle.get("seed"), oracle.get("differences")
        ),
    );
    promise(
        "Bills obey the laws of bills",
        format!("laws over generated needs: order, growth, days, tiers, quotas, sums, writing, intervals ({tested})"),
        format!("{} laws, {} cases each", counted(laws()), grouped(properties::CASES.into())),
    );
    promise(
        "Arithmetic is exact or an error",
        format!("every operation at the edges of 96 bits, 28 decimals and 64-bit denominators, beside the rationals of another author; lints forbid floats and unchecked arithmetic ({tested}, clippy)"),
        "every pair of edges".to_owned(),
    );
    let mutants = Record::read("mutants");
    promise(
        "The tests notice a fault",
        format!("each small change of the code of decimals, fractions, metering, rating and lifecycle must fail a test ({})", mutants.how()),
        format!(
            "{} changes: {} noticed, {} do not compile, {} not noticed, each argued for below",
            mutants.get("mutants"), mutants.get("caught"), mutants.get("unviable"), mutants.get("missed")
        ),
    );
    let coverage = Record::read("coverage");
    promise(
        "The tests reach the code",
        format!("lines of those modules that tests run ({})", coverage.how()),
        format!("{} of {} lines: {} %", coverage.get("covered"), coverage.get("lines"), coverage.get("percent")),
    );
    let fuzz = Record::read("fuzz");
    promise(
        "No input breaks it",
        format!("coverage-guided fuzzing, 10 s and 512 MiB at most an input ({}); what it found worth keeping is run again by {tested}", fuzz.how()),
        format!("{} targets, below", counted(fuzz.table("target").len())),
    );
    let (_, problems) = occurrences("tests/problems", "");
    promise(
        "Each error has a place, a reason and a way out",
        format!("a minimal file for each code, and its exact text ([the page](problems/README.md), {tested})"),
        format!("{} codes, {} files", counted(Code::ALL.len()), counted(problems)),
    );
    let supply = Record::read("supply-chain");
    promise(
        "Little of others runs in it",
        format!("licences, sources, bans, versions and the number of crates ({})", supply.how()),
        format!("{} crates at run time, at most {}", supply.get("crates"), supply.get("most")),
    );
    let network = Record::read("no-network");
    promise(
        "It never asks the network",
        format!("every command under strace ({})", network.how()),
        format!("{} runs, {} calls for the network", network.get("runs"), network.get("calls")),
    );
    let reproducible = Record::read("reproducible");
    promise(
        "The release is its source",
        format!("built in two folders ({}, {})", reproducible.how(), reproducible.get("compiler")),
        format!("`{}` and `{}`", reproducible.get("first"), reproducible.get("second")),
    );
    let instructions = Record::read("instructions");
    promise(
        "It stays fast",
        format!("instructions of whole runs of the release build, by callgrind; 2 % more fail ({}, {})", instructions.how(), instructions.get("compiler")),
        format!(
            "estimate {}, compare {}, {} key groups {}",
            instructions.get("estimate"), instructions.get("compare"),
            instructions.get("groups_in_all"), instructions.get("groups")
        ),
    );
    all
}

/// The laws of `properties.rs`.
fn laws() -> usize {
    let text = fs::read_to_string(root().join("tests/it/properties.rs")).unwrap();
    let (_, inside) = text.split_once("\nproptest! {").unwrap();
    inside.matches("#[test]").count()
}

fn page() -> String {
    let mut page = BEGIN.to_owned();
    page.push_str("| Promise | How it is tested | Last measured |\n|---|---|---|\n");
    for Promise { what, test, figures } in promises() {
        writeln!(page, "| {what} | {test} | {figures} |").unwrap();
    }
    fuzzing(&mut page);
    unnoticed(&mut page);
    page
}

fn fuzzing(page: &mut String) {
    page.push_str("\n## Fuzzing\n\n| Target | CPU-minutes | Inputs run | Reached | Kept | Crashes | Over 10 s | Over 512 MiB |\n|---|--:|--:|--:|--:|--:|--:|--:|\n");
    let columns = ["cpu_minutes", "executions", "coverage", "corpus", "crashes", "hangs", "out_of_memory"];
    for (target, figures) in Record::read("fuzz").table("target") {
        let figures: Vec<String> = columns.iter().map(|column| shown(&figures[*column])).collect();
        writeln!(page, "| {target} | {} |", figures.join(" | ")).unwrap();
    }
}

/// The changes of the code that no test notices, and why none can.
fn unnoticed(page: &mut String) {
    page.push_str("\n## Changes of the code that no test can notice\n");
    let text = fs::read_to_string(root().join("tests/trust/mutants.allow")).unwrap();
    for line in text.lines() {
        match line.strip_prefix("# ") {
            Some(why) => write!(page, "\n{why}\n\n").unwrap(),
            None if line.is_empty() => {}
            None => writeln!(page, "- `{line}`").unwrap(),
        }
    }
}

#[test]
fn the_page_says_what_was_counted_and_measured() {
    let path = root().join("tests/TRUST.md");
    let page = page();
    if std::env::var("TRUST").is_ok_and(|wish| wish == "overwrite") {
        fs::write(&path, &page).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), page, "TRUST=overwrite cargo test --test it trust");
}
