//! `examples/ci-budget-check.sh` as a CI job meets it: every exit code of the program, and no program.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails where it stands")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What `sh examples/ci-budget-check.sh` does with only `programs` to call.
fn check(programs: &Path, arguments: &[&str]) -> Output {
    Command::new("/bin/sh")
        .arg("examples/ci-budget-check.sh")
        .args(arguments)
        .current_dir(ROOT)
        .env("PATH", programs)
        .output()
        .expect("a shell starts")
}

/// A folder with nothing in it but, where one is given, a program called `kms-cost`.
fn folder(name: &str, program: Option<&str>) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    if let Some(text) = program {
        let file = folder.join("kms-cost");
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

fn real() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_kms-cost")).parent().unwrap().to_path_buf()
}

#[track_caller]
fn assert_verdict(output: &Output, status: i32, verdict: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{said}");
    assert_eq!(said.lines().last(), Some(verdict));
}

#[test]
fn within_the_budget_is_0() {
    let output = check(&real(), &["examples/disk-encryption.toml", "1.00"]);
    assert_verdict(
        &output,
        0,
        "budget check: passed, examples/disk-encryption.toml stays within 1.00 a month and every other budget",
    );
    assert!(String::from_utf8_lossy(&output.stdout).contains("Total (USD)"));
}

#[test]
fn over_the_budget_is_1() {
    let output = check(&real(), &["examples/disk-encryption.toml", "0.99"]);
    assert_verdict(
        &output,
        1,
        "budget check: failed, examples/disk-encryption.toml is over a budget (see above)",
    );
}

#[test]
fn budgets_of_a_file_are_held_too() {
    let file = ["examples/scenario.toml", "50", "--budgets", "examples/budgets.toml"];
    assert_verdict(
        &check(&real(), &[&file[..], &["--as-of", "2026-01-31"]].concat()),
        0,
        "budget check: passed, examples/scenario.toml stays within 50 a month and every other budget",
    );
    // the same prices, years later
    assert_verdict(
        &check(&real(), &[&file[..], &["--as-of", "2036-01-31"]].concat()),
        3,
        "budget check: no verdict, a figure of examples/scenario.toml is not known (see above)",
    );
}

#[test]
fn a_broken_file_is_2() {
    let output = check(&real(), &["tests/cmd/bad/names.toml", "1.00"]);
    assert_verdict(
        &output,
        2,
        "budget check: no verdict, the call or tests/cmd/bad/names.toml is wrong (see above)",
    );
    assert!(output.stdout.is_empty());
}

#[test]
fn a_missing_file_is_2() {
    let output = check(&real(), &["no-such-file.toml", "1.00"]);
    assert_verdict(
        &output,
        2,
        "budget check: no verdict, the call or no-such-file.toml is wrong (see above)",
    );
}

#[test]
fn a_budget_that_is_no_amount_is_2() {
    for amount in ["", "ten", "-1", "1,00"] {
        let output = check(&real(), &["examples/disk-encryption.toml", amount]);
        assert_eq!(output.status.code(), Some(2), "{amount:?}");
    }
}

#[test]
fn a_call_without_a_budget_is_2() {
    let output = check(&real(), &["examples/disk-encryption.toml"]);
    assert_verdict(&output, 2, "usage: examples/ci-budget-check.sh SCENARIO AMOUNT [OPTION...]");
}

#[test]
fn an_unpublished_price_is_3() {
    let output = check(&real(), &["examples/instances-ordered.toml", "100000"]);
    assert_verdict(
        &output,
        3,
        "budget check: no verdict, a figure of examples/instances-ordered.toml is not known (see above)",
    );
}

#[test]
fn a_fault_of_the_program_is_4() {
    let programs = folder("faulty", Some("#!/bin/sh\nexit 4\n"));
    let output = check(&programs, &["examples/disk-encryption.toml", "1.00"]);
    assert_verdict(&output, 4, "budget check: no verdict, kms-cost failed with status 4");
}

#[test]
fn a_killed_program_is_4() {
    let programs = folder("killed", Some("#!/bin/sh\nkill -9 $$\n"));
    let output = check(&programs, &["examples/disk-encryption.toml", "1.00"]);
    assert_verdict(&output, 4, "budget check: no verdict, kms-cost failed with status 137");
}

#[test]
fn a_missing_program_is_4() {
    let programs = folder("nothing", None);
    let output = check(&programs, &["examples/disk-encryption.toml", "1.00"]);
    assert_verdict(&output, 4, "budget check: no verdict, kms-cost is not installed");
}
