//! Every file in `examples/` runs as it stands, and the README's first commands are those that work.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails where it stands")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::files;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What each scenario is run with, and its exit code.
pub(super) const SCENARIOS: [(&str, &[&str], i32); 20] = [
    ("contracted-prices.toml", &["estimate"], 0),
    ("disk-encryption-service-managed.toml", &["estimate"], 0),
    ("disk-encryption.toml", &["estimate"], 0),
    ("fleet-unified-to-one-date.toml", &["calendar"], 0),
    ("instance-for-an-application.toml", &["estimate"], 0),
    ("instances-ordered.toml", &["estimate"], 3), // the price of a third zone is not published
    ("lapsed-instance.toml", &["calendar"], 0),
    ("life-of-a-key.toml", &["estimate"], 0),
    ("oss-client-side-encryption.toml", &["estimate"], 0),
    ("overdue-account.toml", &["estimate"], 0),
    (
        "own-price-book/scenario.toml",
        &["estimate", "--pricing", "examples/own-price-book/pricing"],
        0,
    ),
    ("regulated-bank.toml", &["compare"], 0), // names no provider, as the two below
    ("rotation-in-the-third-year.toml", &["estimate", "--months", "36"], 0),
    ("scenario.toml", &["estimate"], 0),
    (
        "scenario.toml",
        &["estimate", "--budgets", "examples/budgets.toml", "--as-of", "2026-01-31"],
        0,
    ),
    ("signature-generation.toml", &["estimate"], 0),
    ("signing-service.toml", &["compare"], 0),
    ("small-team.toml", &["compare"], 0),
    ("yearly-instance-renewed-automatically.toml", &["calendar"], 0),
    ("yearly-subscription.toml", &["calendar"], 0),
];

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kms-cost"))
        .args(arguments)
        .current_dir(ROOT)
        .output()
        .expect("the program starts")
}

/// Every TOML file below `examples/`, by its path from there.
fn files() -> Vec<(String, PathBuf)> {
    let folder = Path::new(ROOT).join("examples");
    files::toml("examples")
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&folder).unwrap().to_str().unwrap().replace('\\', "/");
            (name, path)
        })
        .collect()
}

#[test]
fn every_scenario_ends_with_its_exit_code() {
    for (file, arguments, code) in SCENARIOS {
        let path = format!("examples/{file}");
        let output = run(&[arguments, &[path.as_str()]].concat());
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{file}: {complaint}");
        assert!(!output.stdout.is_empty(), "{file} prints a result");
    }
}

#[test]
fn every_scenario_is_in_the_table() {
    let table: BTreeSet<_> = SCENARIOS.iter().map(|(file, ..)| *file).collect();
    let missing: Vec<_> = files()
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| !name.contains("/pricing/") && name != "budgets.toml")
        .filter(|name| !table.contains(name.as_str()))
        .collect();
    assert!(missing.is_empty(), "without an expected exit code: {missing:?}");
}

/// Every TOML file of ours, by its path; those that are wrong on purpose are not.
fn shipped() -> Vec<PathBuf> {
    let all = ["examples", "pricing", "tests"].into_iter().flat_map(files::toml);
    let wrong_on_purpose =
        |path: &PathBuf| path.iter().any(|folder| folder == "bad" || folder == "problems");
    all.filter(|path| !wrong_on_purpose(path)).collect()
}

/// TOML 1.1 allows line ends and a trailing comma in inline tables, and more; many readers know 1.0
/// only.
#[test]
fn every_file_is_toml_1_0() {
    let files = shipped();
    assert!(files.len() > 100, "{} files", files.len());
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        if let Err(why) = text.parse::<toml_1_0::Table>() {
            panic!("{}: {why}", path.display());
        }
    }
}

#[test]
fn the_reader_of_toml_1_0_refuses_what_is_of_1_1() {
    for text in ["a = {\n b = 1 }\n", "a = { b = 1, }\n", "a = \"\\e\"\n", "a = 07:32\n"] {
        assert!(text.parse::<toml_1_0::Table>().is_err(), "{text}");
        assert!(text.parse::<toml::Table>().is_ok(), "{text}");
    }
}

/// A first-time reader copies these two lines; `cargo run --release --` is the program itself.
#[test]
fn the_readme_begins_with_the_two_commands_that_work() {
    let readme = fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    let block = readme.split("```").nth(1).expect("the README has a first code block");
    assert_eq!(
        block,
        "sh\ncargo run --release -- estimate examples/disk-encryption.toml\ncargo test\n"
    );
    let output = run(&["estimate", "examples/disk-encryption.toml"]);
    assert_eq!(output.status.code(), Some(0));
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(readme.contains(shown.trim_end()), "the README shows another bill than the program");
}

#[test]
fn the_links_of_the_readme_lead_somewhere() {
    let readme = fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    for link in readme.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(Path::new(ROOT).join(link).exists(), "README.md links to {link}");
    }
}

#[test]
fn init_writes_the_example_scenario() {
    let output = run(&["init", "-"]);
    assert_eq!(output.status.code(), Some(0));
    let example = fs::read(Path::new(ROOT).join("examples/scenario.toml")).unwrap();
    assert_eq!(output.stdout, example);
}
