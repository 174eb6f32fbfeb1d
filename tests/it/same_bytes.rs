//! The same need gives the same bytes in every format: whatever the order of its keys, the time zone,
//! the language, the folder and the terminal.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails where it stands"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const RUNS: usize = 100;
const KEYS: [(&str, &str, u64); 6] = [
    ("disk", "aes-256", 3),
    ("app", "aes-256", 1),
    ("signing", "rsa-2048", 2),
    ("zebra", "ec-p256", 7),
    ("alpha", "aes-256", 12),
    ("same", "rsa-2048", 1),
];
/// What differs from run to run: time zone, language, width of the terminal.
const PLACES: [[&str; 3]; 4] = [
    ["UTC", "C", "80"],
    ["Asia/Shanghai", "de_DE.UTF-8", "40"],
    ["America/St_Johns", "tr_TR.UTF-8", "300"],
    ["Pacific/Kiritimati", "ar_EG.UTF-8", "1"],
];

fn scenario(order: usize) -> String {
    let mut keys = KEYS.to_vec();
    keys.rotate_left(order % KEYS.len());
    if order % 2 == 1 {
        keys.swap(1, 4);
    }
    let head = "name = \"order\"\nprovider = \"alibaba\"\nplan = \"pay-as-you-go\"\nregion = \"ap-southeast-1\"\n\
                [budget]\nmonthly = \"1\"\n";
    let keys = keys.iter().map(|(name, spec, count)| {
        format!(
            "[[key]]\nname = \"{name}\"\nspec = \"{spec}\"\nprotection = \"software\"\ncount = {count}\n\
             operations = {{ sign = {count}, any = 20001 }}\n"
        )
    });
    head.to_owned() + &keys.collect::<String>()
}

/// The bytes of some results, from a folder of the run's own.
fn results(run: usize, order: usize, command: &[&str], formats: &[&str]) -> Vec<Vec<u8>> {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("same-bytes/{}-{run}", command.join(" ").len()));
    fs::create_dir_all(&room).unwrap();
    fs::write(room.join("scenario.toml"), scenario(order)).unwrap();
    let [zone, language, columns] = PLACES[run % PLACES.len()];
    let files: Vec<PathBuf> = formats.iter().map(|format| room.join(format)).collect();
    let outputs = formats
        .iter()
        .zip(&files)
        .map(|(format, file)| format!("--format={format}={}", file.display()));
    let output = Command::new(env!("CARGO_BIN_EXE_kms-cost"))
        .args(command)
        .args(outputs)
        .current_dir(&room)
        .envs([("TZ", zone), ("LANG", language), ("LC_ALL", language), ("COLUMNS", columns)])
        .output()
        .unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

fn same(command: &[&str], formats: &[&str], shuffled: bool) {
    let first = results(0, 0, command, formats);
    for run in 1..RUNS {
        let order = if shuffled { run } else { 0 };
        for ((format, before), now) in
            formats.iter().zip(&first).zip(results(run, order, command, formats))
        {
            assert!(*before == now, "{format} of {command:?} differs in run {run}");
        }
    }
}

#[test]
fn a_hundred_runs_of_a_shuffled_need_give_the_same_bytes() {
    let estimate = ["estimate", "--month", "2026-02", "--months", "3"];
    same(&estimate, &["table", "json", "csv", "markdown", "html", "focus"], true);
}

#[test]
fn a_hundred_runs_give_the_same_findings() {
    // with the line of each, so that the order of the file counts
    same(&["estimate", "--strict"], &["junit", "sarif", "github", "json"], false);
}

#[test]
fn a_hundred_comparisons_and_diffs_give_the_same_bytes() {
    let compare =
        ["compare", "scenario.toml", "--providers", "alibaba,alibaba-cn", "--rate", "CNY=0.14"];
    same(&compare, &["json", "csv", "html", "markdown", "junit", "sarif", "github"], true);
    let diff = ["diff", "scenario.toml", "--head-month", "2026-02", "--fail-on", "increase"];
    same(&diff, &["table", "json", "markdown", "junit", "sarif", "github"], true);
}
