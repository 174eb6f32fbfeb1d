//! Arguments, a scenario and a book in one input, through the command line from its first word to its
//! last byte.
//!
//! The parts stand between lines of `%%%`; an argument is a line of the first. The files are
//! `scenario.toml` and the book in `pricing/`, called as its text says, in a folder of this run's own,
//! which `@` in an argument stands for. Nothing else is written: an input that asks for it is passed
//! over.

use std::fs;
use std::path::PathBuf;

use clap::Parser;
use kms_cost::cli::{Cli, Exit, run_to};

use super::promises::{json, plain};

/// Between the parts of an input.
const BETWEEN: &[u8] = b"\n%%%\n";

thread_local! {
    static ROOM: PathBuf = room();
}

fn room() -> PathBuf {
    let base = option_env!("CARGO_TARGET_TMPDIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let room = base.join(format!("kms-cost-fuzz.{}", std::process::id()));
    fs::create_dir_all(&room).unwrap();
    room
}

pub(super) fn run(bytes: &[u8]) {
    let mut parts = Parts(Some(bytes));
    let arguments = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let (scenario, book) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let arguments: Vec<&str> = arguments.lines().take(30).collect();
    if !is_harmless(&arguments) {
        return;
    }
    ROOM.with(|room| {
        let pricing = room.join("pricing");
        let _ = fs::remove_dir_all(&pricing);
        fs::create_dir(&pricing).unwrap();
        fs::write(pricing.join(name(book)), book).unwrap();
        fs::write(room.join("scenario.toml"), scenario).unwrap();
        let folder = room.to_str().unwrap();
        let arguments: Vec<String> =
            arguments.iter().map(|argument| argument.replace('@', folder)).collect();
        let first = said(&arguments);
        if bytes.len().is_multiple_of(4) {
            assert_eq!(first, said(&arguments), "a second run");
        }
    });
}

/// What a book's file must be called, of its header's first lines.
fn name(book: &[u8]) -> String {
    let text = String::from_utf8_lossy(book);
    let field = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.split('"').nth(1));
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { 'x' };
        value.unwrap_or_default().chars().map(plain).take(40).collect::<String>()
    };
    ["provider = ", "plan = ", "edition = "].map(field).join(".") + ".toml"
}

/// Parts of an input, one after the other.
struct Parts<'a>(Option<&'a [u8]>);

impl<'a> Iterator for Parts<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.0?;
        let at = rest.windows(BETWEEN.len()).position(|window| window == BETWEEN);
        self.0 = at.map(|at| &rest[at + BETWEEN.len()..]);
        Some(&rest[..at.unwrap_or(rest.len())])
    }
}

/// Whether a command line reads and writes in its own folder only: no `NAME=FILE`, no command that
/// makes a file, no standard input, and no path that leads out.
fn is_harmless(arguments: &[&str]) -> bool {
    let rate = |at: usize| at.checked_sub(1).is_some_and(|before| arguments[before] == "--rate");
    arguments.iter().enumerate().all(|(at, argument)| {
        let value = match argument.split_once('=') {
            Some(("--rate", _)) => "",
            Some((flag, value)) if flag.starts_with("--") => value,
            _ if rate(at) => "",
            _ => argument,
        };
        let leads_out = value.starts_with('/') || value.contains("..");
        !matches!(*argument, "init" | "man" | "-") && !value.contains('=') && !leads_out
    })
}

/// What a command line says on both streams, and its exit code.
fn said(arguments: &[String]) -> (String, String, u8) {
    let words = ["kms-cost"].into_iter().chain(arguments.iter().map(String::as_str));
    let cli = match Cli::try_parse_from(words) {
        Ok(cli) => cli,
        Err(why) => {
            let text = why.render().to_string();
            assert!(!text.is_empty());
            return (String::new(), text, 2);
        }
    };
    let (mut out, mut errors) = (Vec::new(), Vec::new());
    let exit = run_to(cli, &mut out, &mut errors);
    let (out, errors) = (String::from_utf8(out).unwrap(), String::from_utf8(errors).unwrap());
    assert_ne!(exit, Exit::Fault, "{errors}");
    let wants = |name: &str| arguments.iter().any(|argument| argument.contains(name));
    if !wants("always") {
        // tabs stand between values, and rows of CSV end in a line break of their own
        plain(&out.replace(['\t', '\r'], ""));
        plain(&errors);
    }
    if exit == Exit::Wrong {
        assert!(out.contains("error") || errors.contains("error"), "{out}{errors}");
    }
    if out.starts_with("{\n") {
        json(&out);
    }
    (out, errors, exit.code())
}
