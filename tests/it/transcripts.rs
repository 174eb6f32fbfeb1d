//! Every command with its whole output, as a user sees it: `tests/cmd/*.trycmd` and the README.
//!
//! Transcripts protect the format; that a figure is right is the business of the vectors.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use trycmd::TestCases;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The program in a scrubbed environment: no colour asked for, none forbidden, 80 columns.
fn cases() -> TestCases {
    let cases = TestCases::new();
    for (name, value) in [
        ("NO_COLOR", ""),
        ("CLICOLOR_FORCE", ""),
        ("COLUMNS", "80"),
        ("TERM", "xterm"),
        ("LC_ALL", "C"),
        ("RUST_BACKTRACE", "0"),
        // nothing of whoever runs the tests
        ("XDG_CONFIG_HOME", "/nowhere"),
    ] {
        cases.env(name, value);
    }
    cases
}

#[test]
fn every_command_prints_what_its_transcript_says() {
    cases().case("tests/cmd/*.trycmd").run();
}

/// Runs in a folder of its own beside a copy of the examples, since `kms-cost init` writes a file.
#[test]
fn the_readme_shows_real_output() {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    let _ = fs::remove_dir_all(&room);
    fs::create_dir_all(room.join("README.out")).unwrap();
    copy(&Path::new(ROOT).join("examples"), &room.join("README.in/examples"));
    fs::copy(Path::new(ROOT).join("README.md"), room.join("README.md")).unwrap();
    cases().case(room.join("README.md")).run();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Here and not in a transcript, whose reader takes a backslash for a part of a path.
#[test]
fn text_that_would_fool_a_terminal_is_escaped() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_kms-cost"))
        .args(["estimate", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let scenario = "provider = \"\\u202Eababila\\u001B[31m\"\n";
    program.stdin.take().unwrap().write_all(scenario.as_bytes()).unwrap();
    let output = program.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(r"`\u{202e}ababila\u{1b}[31m`"), "{said}");
    assert!(!said.contains(['\u{202e}', '\u{1b}']));
}
