//! `examples/ci`: every command line in it is one that the program takes, and the scripts end as they say.
//!
//! That the files are what GitHub, GitLab and pre-commit read is held by those tools' own checkers:
//! `actionlint`, `check-jsonschema`, `pre-commit validate-manifest` and `validate-config`.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A folder with two scenarios in it.
fn room(name: &str) -> PathBuf {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ci").join(name);
    let _ = fs::remove_dir_all(&room);
    fs::create_dir_all(room.join(".git")).unwrap();
    for name in ["scenario.toml", "base.toml"] {
        fs::copy(Path::new(ROOT).join("examples/scenario.toml"), room.join(name)).unwrap();
    }
    room
}

/// What a POSIX shell makes of a script, with the program on its path.
fn sh(room: &Path, script: &str, further: &[(&str, &str)]) -> Output {
    let programs = Path::new(env!("CARGO_BIN_EXE_kms-cost")).parent().unwrap();
    let path = format!("{}:/usr/bin:/bin", programs.display());
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", script]).current_dir(room).env("PATH", path).env("HOME", room);
    shell.envs(further.iter().copied()).output().unwrap()
}

/// The command lines of a file that run the program, without what is done about their status.
fn commands(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim_start).filter(|line| !line.starts_with('#'));
    let called = lines.filter_map(|line| {
        let command = line.get(line.find("kms-cost ")?..)?;
        let verbs = ["estimate", "diff", "compare", "config", "verify", "explain"];
        let verb = command.split_whitespace().nth(1)?;
        verbs.contains(&verb).then(|| command.split(" ||").next().unwrap().to_owned())
    });
    called.collect()
}

#[test]
fn every_command_line_is_one_that_the_program_takes() {
    let mut files: Vec<PathBuf> = fs::read_dir(Path::new(ROOT).join("examples/ci"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.push(Path::new(ROOT).join("examples/ci-budget-check.sh"));
    files.sort();
    let mut count = 0;
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        for command in commands(&fs::read_to_string(&file).unwrap()) {
            let script = format!("scenario=scenario.toml amount=50.00; {command}");
            let output = sh(&room("commands"), &script, &[]);
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{name}: {command}\n{said}");
            count += 1;
        }
    }
    assert!(count >= 6, "{count} commands found");
}

#[test]
fn the_hook_ends_as_its_gravest_scenario() {
    let hook = Path::new(ROOT).join("examples/ci/pre-commit.sh");
    let ended = |scenarios: &str| {
        let room = room("hook");
        let over = "provider = \"alibaba\"\nplan = \"pay-as-you-go\"\nregion = \"ap-southeast-1\"\n\
            [[key]]\nname = \"a\"\nspec = \"aes-256\"\nprotection = \"hsm\"\n[budget]\nmonthly = \"0.98\"\n";
        fs::write(room.join("over.toml"), over).unwrap();
        fs::write(room.join("wrong.toml"), "regoin = 1\n").unwrap();
        sh(&room, &format!("sh '{}' {scenarios}", hook.display()), &[]).status.code()
    };
    assert_eq!(ended(""), Some(0));
    assert_eq!(ended("scenario.toml base.toml"), Some(0));
    assert_eq!(ended("scenario.toml over.toml base.toml"), Some(1));
    assert_eq!(ended("wrong.toml over.toml"), Some(2));
    assert_eq!(ended("missing.toml"), Some(2));
}

/// The shell scripts of a workflow's steps, by the steps' names.
fn steps(workflow: &str) -> Vec<(String, String)> {
    let mut steps: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in workflow.lines() {
        if let Some(name) = line.strip_prefix("      - name: ") {
            steps.push((name.to_owned(), String::new()));
            inside = false;
        } else if let Some(script) = line.strip_prefix("        run: ") {
            inside = script == "|";
            if let Some((_, last)) = steps.last_mut().filter(|_| !inside) {
                last.push_str(script);
            }
        } else if let Some(script) = line.strip_prefix("          ").filter(|_| inside)
            && let Some((_, last)) = steps.last_mut()
        {
            last.push_str(script);
            last.push('\n');
        }
    }
    steps
}

/// The steps as GitHub runs them, with `git` and `gh` of the test's own; says what `gh` was asked.
fn workflow(name: &str, scenario: &str, comments: &str) -> (String, String, Option<i32>) {
    let room = room(name);
    fs::write(room.join("scenario.toml"), scenario).unwrap();
    let programs = room.join("programs");
    fs::create_dir_all(&programs).unwrap();
    for (name, script) in [
        ("git", "#!/bin/sh\ncat base.toml\n".to_owned()),
        (
            "gh",
            format!(
                "#!/bin/sh\necho \"$*\" >> asked\ncase $* in *--jq*) printf '{comments}' ;; esac\n"
            ),
        ),
    ] {
        fs::write(programs.join(name), script).unwrap();
        Command::new("chmod").arg("+x").arg(programs.join(name)).status().unwrap();
    }
    let file = Path::new(ROOT).join("examples/ci/github-workflow.yml");
    let steps = steps(&fs::read_to_string(file).unwrap());
    assert_eq!(steps.len(), 4);
    let further = [
        ("GITHUB_OUTPUT", "output"),
        ("GITHUB_STEP_SUMMARY", "summary.md"),
        ("GITHUB_REPOSITORY", "o/r"),
        ("NUMBER", "7"),
        ("BASE", "b"),
    ];
    let mut code = None;
    for (name, script) in &steps {
        let status = fs::read_to_string(room.join("output")).unwrap_or_default();
        let status = status.trim().trim_start_matches("status=").to_owned();
        let script = format!("PATH=\"$PWD/programs:$PATH\"; STATUS='{status}'; set -e; {script}");
        code = sh(&room, &script, &further).status.code();
        assert!(code == Some(0) || name == "Pass or fail", "{name}: {code:?}");
    }
    let read = |name: &str| fs::read_to_string(room.join(name)).unwrap_or_default();
    assert_eq!(read("comment.md"), read("summary.md"));
    (read("asked"), read("comment.md"), code)
}

#[test]
fn the_workflow_keeps_one_comment_and_fails_over_budget() {
    let scenario = fs::read_to_string(Path::new(ROOT).join("examples/scenario.toml")).unwrap();
    let (asked, comment, code) = workflow("first", &scenario, "");
    assert_eq!(code, Some(0));
    assert!(
        asked.contains("--method POST repos/o/r/issues/7/comments --field body=@comment.md"),
        "{asked}"
    );
    assert!(
        comment.starts_with("<!-- kms-cost -->\n") && comment.contains("within the budget"),
        "{comment}"
    );
    let over = scenario.replace("count = 12", "count = 1_200");
    let (asked, comment, code) = workflow("again", &over, "42\\n43\\n");
    assert_eq!(code, Some(1));
    assert!(asked.contains("--method PATCH repos/o/r/issues/comments/42 "), "{asked}");
    assert!(!asked.contains("POST") && comment.contains("over the budget"), "{comment}");
}
