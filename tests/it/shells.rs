//! Completions as shells take them, and the manual as its readers and linters do.
//!
//! Bash is asked in every run; zsh, fish and mandoc where the machine has them.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails where it stands")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn kms_cost(arguments: &[&str]) -> String {
    let program = Command::new(env!("CARGO_BIN_EXE_kms-cost")).args(arguments).output().unwrap();
    assert!(program.status.success(), "{}", String::from_utf8_lossy(&program.stderr));
    String::from_utf8(program.stdout).unwrap()
}

/// The completions of a shell, in a file.
fn script(shell: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("completions.{shell}"));
    fs::write(&path, kms_cost(&["completions", shell])).unwrap();
    path
}

/// What a shell prints; none where there is no such shell.
fn run(shell: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(shell).args(arguments).current_dir(ROOT).output().ok()?;
    assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// What bash offers for the last of the words, by the function that it would call itself.
#[cfg(unix)]
fn bash(words: &[&str]) -> BTreeSet<String> {
    let last = words.last().unwrap();
    let before = words.iter().rev().nth(1).unwrap();
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let asked = format!(
        "source '{}'
        function=$(complete -p kms-cost | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        COMP_WORDS=({}) COMP_CWORD={}
        \"$function\" kms-cost '{last}' '{before}'
        printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        script("bash").display(),
        quoted.join(" "),
        words.iter().skip(1).count(),
    );
    let offered = run("bash", &["--norc", "-c", &asked]).expect("bash is there");
    offered.lines().map(str::to_owned).filter(|line| !line.is_empty()).collect()
}

#[cfg(unix)]
#[test]
fn bash_completes_commands_options_values_plans_and_files() {
    let holds = |offered: &BTreeSet<String>, wanted: &[&str]| {
        for word in wanted {
            assert!(offered.contains(*word), "{word}: {offered:?}");
        }
    };
    holds(&bash(&["kms-cost", ""]), &["estimate", "compare", "break-even", "completions", "man"]);
    holds(&bash(&["kms-cost", "estimate", "--"]), &["--budget", "--format", "--strict"]);
    holds(&bash(&["kms-cost", "estimate", "--format", ""]), &["table", "json", "csv"]);
    holds(&bash(&["kms-cost", "books", ""]), &["list", "show"]);
    holds(&bash(&["kms-cost", "books", "list", "--color", ""]), &["auto", "always", "never"]);
    let plans = kms_cost(&["books", "list"]);
    let plan = plans.split_whitespace().find(|word| word.contains('/')).unwrap();
    let plan = plan.split('@').next().unwrap();
    let start = plan.get(..plan.len().saturating_sub(1)).unwrap();
    holds(&bash(&["kms-cost", "estimate", "--plan", start]), &[plan]);
    holds(&bash(&["kms-cost", "books", "show", start]), &[plan]);
    assert_eq!(
        bash(&["kms-cost", "estimate", "--budgets", "examples/budgets.to"]),
        BTreeSet::from(["examples/budgets.toml".to_owned()])
    );
}

#[test]
fn fish_completes_commands_values_and_files() {
    let script = script("fish");
    let asked = |line: &str| {
        let asked = format!("source {}; complete -C '{line}'", script.display());
        run("fish", &["--no-config", "-c", &asked])
    };
    let Some(formats) = asked("kms-cost estimate --format ") else { return };
    assert!(formats.lines().any(|line| line == "markdown"), "{formats}");
    assert!(asked("kms-cost brea").unwrap().starts_with("break-even\t"));
    assert!(
        asked("kms-cost estimate examples/small").unwrap().contains("examples/small-team.toml")
    );
}

#[test]
fn zsh_takes_the_completions() {
    let script = script("zsh");
    let asked = format!(
        "autoload -Uz compinit && compinit -D && source {} && print -r -- $_comps[kms-cost]",
        script.display()
    );
    let Some(function) = run("zsh", &["-f", "-c", &asked]) else { return };
    assert_eq!(function.trim(), "_kms-cost");
}

#[test]
fn completions_for_powershell_name_every_command() {
    let text = kms_cost(&["completions", "powershell"]);
    for command in ["estimate", "break-even", "diff", "man"] {
        assert!(text.contains(&format!("'kms-cost;{command}'")), "{command}");
    }
}

#[test]
fn the_manual_has_a_page_for_each_command_and_its_linter_is_content() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("man1");
    let _ = fs::remove_dir_all(&folder);
    kms_cost(&["man", "--dir", folder.to_str().unwrap()]);
    let mut pages: Vec<PathBuf> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    let names: BTreeSet<String> =
        pages.iter().map(|page| page.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    let help = kms_cost(&["help"]);
    let commands = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    for command in commands.lines().filter_map(|line| line.split_whitespace().next()) {
        // a continued line begins with no command
        assert!(
            command == "help" || names.contains(&format!("kms-cost-{command}")),
            "no page for {command}: {names:?}"
        );
    }
    assert!(names.contains("kms-cost") && names.contains("kms-cost-books-show"));
    assert_eq!(fs::read_to_string(folder.join("kms-cost.1")).unwrap(), kms_cost(&["man"]));
    assert!(kms_cost(&["man", "books", "list"]).contains(".TH KMS-COST-BOOKS-LIST 1 "));
    // a reader of manuals that is not ours
    let pages: Vec<&str> = pages.iter().map(|page| page.to_str().unwrap()).collect();
    let arguments = [&["-T", "lint"], &pages[..]].concat();
    if let Some(said) = run("mandoc", &arguments) {
        assert_eq!(said, "");
    }
}
