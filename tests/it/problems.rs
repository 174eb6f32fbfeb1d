//! The catalogue of errors: one minimal file for each, and a page that shows them all.
//!
//! A file of `tests/problems` begins with the command that finds its problem, and is called after the
//! code that is found; those without a command stand beside another. `PROBLEMS=overwrite cargo test
//! --test it problems` writes the page anew: look at the difference as a user would.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use kms_cost::diagnostic::Code;

const BEGIN: &str = "# $ kms-cost ";
/// The failures that have no place in a file and are found at other ends of the program.
const BESIDE: &[&str] = &["call", "unreadable", "unwritable"];
const PAGE_BEGIN: &str = "# Every error, with its text

`kms-cost explain --code CODE` tells more of each. This page is written by
`PROBLEMS=overwrite cargo test --test it problems`; a test holds it against the program.

A code that is not here is `fault`: a fault of the program, which no file provokes.
";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/problems")
}

/// A file that provokes a problem.
struct Provoking {
    name: String,
    text: String,
    command: String,
}

impl Provoking {
    /// The code that it is called after.
    fn code(&self) -> &str {
        self.name.split('.').next().unwrap()
    }

    /// What it says and the exit code, as text and as JSON.
    fn run(&self, format: &[&str]) -> (String, Option<i32>) {
        let output = Command::new(env!("CARGO_BIN_EXE_kms-cost"))
            .current_dir(folder())
            .args(self.command.split(' '))
            .args(format)
            .env("COLUMNS", "80")
            .env_remove("NO_COLOR")
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (String::from_utf8(said).unwrap(), output.status.code())
    }
}

/// Every file that has a command, in the order of the codes.
fn provoking() -> Vec<Provoking> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let bytes = fs::read(folder().join(&name)).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let command = text.lines().next().and_then(|line| line.strip_prefix(BEGIN));
        if let Some(command) = command.map(str::to_owned) {
            all.push(Provoking { name, text, command });
        }
    }
    let place = |code: &str| codes().position(|known| known == code);
    all.sort_by_key(|one| (place(one.code()), one.name.clone()));
    all
}

fn codes() -> impl Iterator<Item = &'static str> {
    Code::ALL.iter().map(|(name, _)| *name).chain(BESIDE.iter().copied())
}

#[test]
fn every_code_has_its_file_and_every_file_its_code() {
    let files = provoking();
    for code in codes() {
        assert!(files.iter().any(|one| one.code() == code), "no tests/problems/{code}.toml");
    }
    for file in &files {
        let (said, exit) = file.run(&[]);
        let beside = BESIDE.contains(&file.code());
        assert!(beside || said.contains(&format!("[{}]: ", file.code())), "{}: {said}", file.name);
        let warned = !said.contains("error");
        assert_eq!(warned, exit == Some(0), "{}: {said}", file.name);
        assert!(warned || matches!(exit, Some(1 | 2)), "{}: {exit:?}", file.name);
    }
}

#[test]
fn programs_read_the_same_codes() {
    for file in provoking() {
        let json: &[&str] = &["--format", "json"];
        let (said, _) = file.run(if file.code() == "unwritable" { &[] } else { json });
        if file.code() == "unwritable" {
            continue;
        }
        let document: serde_json::Value = serde_json::from_str(&said)
            .unwrap_or_else(|why| panic!("{}: {why}: {said}", file.name));
        let found = ["errors", "warnings"].map(|list| document.get(list).cloned());
        let mut problems = found.iter().flatten().filter_map(|list| list.as_array()).flatten();
        let named = problems.any(|problem| problem["code"] == file.code());
        assert!(named, "{}: {said}", file.name);
    }
}

#[test]
fn every_code_is_explained() {
    for code in codes().chain(["fault"]) {
        let output = Command::new(env!("CARGO_BIN_EXE_kms-cost"))
            .args(["explain", "--code", code])
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && said.starts_with(code), "{code}: {said}");
    }
}

#[test]
fn the_page_shows_every_file_and_what_it_provokes() {
    let mut page = PAGE_BEGIN.to_owned();
    let mut last = String::new();
    for file in provoking() {
        if file.code() != last {
            last = file.code().to_owned();
            let _ = write!(page, "\n## {last}\n");
        }
        let (said, exit) = file.run(&[]);
        let Provoking { name, text, command } = &file;
        let _ =
            write!(page, "\n`{name}`\n\n```toml\n{text}```\n\n```console\n$ kms-cost {command}\n");
        let exit = exit.filter(|code| *code != 0).map(|code| format!("? {code}\n"));
        let _ = write!(page, "{}{}\n```\n", exit.unwrap_or_default(), said.trim_end());
    }
    let place = folder().join("README.md");
    if std::env::var_os("PROBLEMS").is_some_and(|wish| wish == "overwrite") {
        fs::write(&place, &page).unwrap();
    }
    let kept = fs::read_to_string(&place).unwrap_or_default();
    assert!(kept == page, "tests/problems/README.md is stale: run with PROBLEMS=overwrite");
}

/// A general rule finds the price that a machine translation prints, beside its siblings and against
/// the edition before it; a right price that looks as wrong passes by its confirmation.
#[test]
fn a_slip_of_translation_is_found_and_a_confirmed_price_is_not() {
    let room = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("slip");
    fs::create_dir_all(&room).unwrap();
    let check = |name: &str, change: &dyn Fn(String) -> String| {
        let book = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("pricing").join(name);
        let place = room.join("book.toml");
        fs::write(&place, change(fs::read_to_string(book).unwrap())).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_kms-cost"))
            .args(["books", "check"])
            .arg(&place)
            .output()
            .unwrap();
        (String::from_utf8(output.stdout).unwrap(), output.status.code())
    };
    let alibaba = "alibaba.pay-as-you-go.2022-03-31.toml";
    let (said, exit) = check(alibaba, &|text| text.replace("\"0.24\"", "\"27.6\""));
    assert_eq!(exit, Some(1), "{said}");
    assert!(said.contains("error[price-jump]: the price 27.6 of `api-calls.advanced`"), "{said}");
    assert!(said.contains("115 times away from 0.24 of edition 2021-03"), "{said}");
    let aws = "aws.kms.2024-05.toml";
    let (said, exit) = check(aws, &|text| text);
    assert_eq!((exit, said.as_str()), (Some(0), "1 file checked: nothing found\n"));
    let unconfirmed = |text: String| {
        let lines = text.lines().filter(|line| !line.starts_with("confirmed"));
        lines.collect::<Vec<_>>().join("\n") + "\n"
    };
    let (said, exit) = check(aws, &unconfirmed);
    assert_eq!((exit, said.matches("error[price-jump]: the price 12").count()), (Some(1), 2));
}

#[test]
fn the_books_of_this_repository_pass() {
    for arguments in
        [&["books", "check", "--strict"][..], &["books", "check", "--strict", "pricing"]]
    {
        let output = Command::new(env!("CARGO_BIN_EXE_kms-cost"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(arguments)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.ends_with(" checked: nothing found\n"), "{said}");
        assert_eq!(output.status.code(), Some(0));
    }
}
