//! The page `tests/TRUST.md`: each promise, how it is tested, and the figures last measured.
//!
//! `TRUST=overwrite cargo test --test it trust` writes the page. No figure of it is typed: it is counted
//! here in the repository's own files, or read from the file in `tests/trust` that the command which
//! measured it wrote.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails where it stands")]

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use kms_cost::diagnostic::Code;
use toml::{Table, Value};

use super::{arithmetic, files, properties};

const BEGIN: &str = "# Why to trust a figure

Each promise, how it is tested, and what was measured last. What `cargo test` holds is counted in the
repository; the rest stands in `tests/trust`, in files that the commands named here write themselves.
`.ci/trust` measures all of it and writes this page, `TRUST=overwrite cargo test --test it trust` the page
alone, and a test holds it against its sources.

";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What a command measured.
struct Record(Table);

impl Record {
    /// `None` where nothing was measured yet.
    fn read(name: &str) -> Option<Self> {
        let path = root().join("tests/trust").join(name).with_extension("toml");
        fs::read_to_string(path).ok().map(|text| Self(text.parse().unwrap()))
    }

    /// A figure as text, thousands apart.
    fn get(&self, name: &str) -> String {
        shown(self.0.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", self.0)))
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
    kms_cost::decimal::grouped(number.into())
}

fn counted(number: usize) -> String {
    grouped(i64::try_from(number).unwrap())
}

/// How often a text stands in the TOML files of a folder, and in how many of them.
fn occurrences(folder: &str, text: &str) -> (usize, usize) {
    let files = files::toml(folder);
    let counts = files.iter().map(|file| fs::read_to_string(file).unwrap().matches(text).count());
    let counts: Vec<usize> = counts.filter(|count| *count > 0).collect();
    (counts.iter().sum(), counts.len())
}

/// What is promised, how it is tested, and what came of it.
struct Promise {
    what: &'static str,
    test: String,
    figures: String,
}

/// What `cargo test` holds, counted in the repository.
fn counted_promises() -> Vec<Promise> {
    let (vectors, vector_files) = occurrences("tests/vectors", "[[vector]]");
    let (rules, _) = occurrences("tests/language/vectors", "[[vector]]");
    let (examples, _) = occurrences("pricing", "[[example]]");
    let problems = files::toml("tests/problems").len();
    let tested = |what, test: &str, figures| Promise {
        what,
        test: format!("{test} (`cargo test`)"),
        figures,
    };
    vec![
        tested(
            "A figure is what the provider's page says",
            "bills worked by hand from the pages, line by line, and every example that a page \
             prints, as `kms-cost verify` shows",
            format!(
                "{} bills of {} editions, {} of the rules of the price-book language; {} printed \
                 examples",
                counted(vectors),
                counted(vector_files),
                counted(rules),
                counted(examples)
            ),
        ),
        tested(
            "Bills obey the laws of bills",
            "generated needs: order, growth, days, tiers, quotas, sums, writing, intervals",
            format!("{} laws, {} cases each", counted(laws()), grouped(properties::CASES.into())),
        ),
        tested(
            "Arithmetic is exact or an error",
            "every operation at the edges of 96 bits, 28 decimals and 64-bit denominators, beside \
             the rationals of another author; lints refuse floats and unchecked arithmetic",
            format!("{} numbers in all pairs", counted(arithmetic::numbers())),
        ),
        tested(
            "Each error has a place, a reason and a way out",
            "a minimal file for each, and its exact text: [the page](problems/README.md)",
            format!("{} codes, {} files", counted(Code::ALL.len()), counted(problems)),
        ),
    ]
}

/// A promise that a command measures: what, how, whose record, which figures of it.
type Measured = (&'static str, &'static str, &'static str, fn(&Record) -> String);

const MEASURED: &[Measured] = &[
    (
        "The rules are right whatever the need",
        "an oracle, written from the pages on big rationals and sharing no code with the program, \
         prices generated needs a second time; `cargo test` runs a part of it",
        "oracle",
        |of| {
            format!(
                "{} scenarios of {} editions ({} complete, {} partial, {} refused): {} differences",
                of.get("scenarios"),
                of.get("plans"),
                of.get("complete"),
                of.get("partial"),
                of.get("refused"),
                of.get("differences")
            )
        },
    ),
    (
        "The tests notice a fault",
        "each small change of the code of decimals, fractions, metering, rating and lifecycle must \
         fail a test",
        "mutants",
        |of| {
            format!(
                "{} changes: {} noticed, {} do not compile, {} not noticed, each argued for below",
                of.get("mutants"),
                of.get("caught"),
                of.get("unviable"),
                of.get("missed")
            )
        },
    ),
    ("The tests reach the code", "lines of those modules that tests run", "coverage", |of| {
        format!("{} of {} lines, {} %", of.get("covered"), of.get("lines"), of.get("percent"))
    }),
    (
        "No input breaks it",
        "coverage-guided fuzzing, at most 10 s and 512 MiB an input; `cargo test` runs again what \
         was worth keeping",
        "fuzz",
        |_| "the table below".to_owned(),
    ),
    (
        "Little of others runs in it",
        "licences, sources, bans, versions and the number of crates",
        "supply-chain",
        |of| format!("{} crates at run time, of at most {}", of.get("crates"), of.get("most")),
    ),
    ("It never asks the network", "every command under strace", "no-network", |of| {
        format!("{} runs, {} calls for the network", of.get("runs"), of.get("calls"))
    }),
    ("The release is its source", "built in two folders, byte for byte", "reproducible", |of| {
        format!("{}; `{}` and `{}`", of.get("compiler"), of.get("first"), of.get("second"))
    }),
    (
        "It stays fast",
        "instructions of whole runs of the release build; 2 % more fail",
        "instructions",
        |of| {
            format!(
                "`estimate` {}, `compare --providers all` {}, `estimate` of {} key groups {}",
                of.get("estimate"),
                of.get("compare"),
                of.get("groups_in_all"),
                of.get("groups")
            )
        },
    ),
];

fn measured_promise((what, test, name, figures): &Measured) -> Promise {
    let (test, figures) = match Record::read(name) {
        Some(record) => (format!("{test} ({})", record.how()), figures(&record)),
        None => ((*test).to_owned(), "not measured yet".to_owned()),
    };
    Promise { what, test, figures }
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
    for Promise { what, test, figures } in
        counted_promises().into_iter().chain(MEASURED.iter().map(measured_promise))
    {
        writeln!(page, "| {what} | {test} | {figures} |").unwrap();
    }
    fuzzing(&mut page);
    unnoticed(&mut page);
    page
}

/// What each target of the fuzzer came to.
fn fuzzing(page: &mut String) {
    let Some(record) = Record::read("fuzz") else { return };
    page.push_str(
        "\n## Fuzzing\n\n\
         | Target | CPU-minutes | Inputs run | Reached | Kept | Crashes | Over 10 s | Over 512 MiB |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    let columns = [
        "cpu_minutes",
        "executions",
        "coverage",
        "corpus_files",
        "crashes",
        "hangs",
        "out_of_memory",
    ];
    for target in record.0.keys().filter_map(|name| name.strip_suffix("_cpu_minutes")) {
        let figures = columns.map(|column| record.get(&format!("{target}_{column}")));
        writeln!(page, "| {target} | {} |", figures.join(" | ")).unwrap();
    }
}

/// The changes of the code that no test notices, and why none can.
fn unnoticed(page: &mut String) {
    let Ok(text) = fs::read_to_string(root().join("tests/trust/mutants.allow")) else { return };
    page.push_str("\n## Changes of the code that no test can notice\n");
    for line in text.lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix("# ") {
            Some(why) => write!(page, "\n{why}\n\n").unwrap(),
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
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, page, "TRUST=overwrite cargo test --test it trust");
}
