//! The inputs that fuzzing keeps, each run once through its target; and the words that it is given.
//!
//! `FUZZ=overwrite cargo test --test it fuzz` writes the words anew.
#![cfg(test)]

#[path = "fuzz/targets.rs"]
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use kms_cost::cli::Cli;
use kms_cost::schema;
use serde_json::Value;

/// The folder of the fuzz targets; a packaged source has none.
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
    folder.is_dir().then_some(folder)
}

#[test]
fn every_input_that_was_kept_passes() {
    let Some(folder) = folder() else { return };
    for (name, run) in targets::ALL {
        let corpus = folder.join("corpus").join(name);
        let mut inputs = 0;
        for entry in fs::read_dir(&corpus).unwrap() {
            run(&fs::read(entry.unwrap().path()).unwrap());
            inputs += 1;
        }
        assert!(inputs > 0, "{} has no input", corpus.display());
    }
}

#[test]
fn the_dictionaries_have_every_word() {
    let Some(folder) = folder() else { return };
    let (scenario, book) = (words("scenario"), words("price-book"));
    let all: BTreeSet<String> = scenario.union(&book).cloned().chain(flags()).collect();
    for (name, words) in [("scenario", &scenario), ("book", &book), ("both", &all)] {
        let place = folder.join(format!("dictionaries/{name}.dict"));
        let lines = words.iter().map(|word| format!("\"{}\"\n", word.replace('"', "\\\"")));
        let written = lines.collect::<String>();
        if std::env::var_os("FUZZ").is_some_and(|wish| wish == "overwrite") {
            fs::write(&place, &written).unwrap();
        }
        let kept = fs::read_to_string(&place).unwrap_or_default();
        assert!(kept == written, "{} is stale: run with FUZZ=overwrite", place.display());
    }
}

/// The fields and the words that a schema names.
fn words(schema: &str) -> BTreeSet<String> {
    let schema = schema::ALL.iter().find(|(name, _)| *name == schema).unwrap();
    let mut words = BTreeSet::new();
    collect(&serde_json::from_str(schema.1).unwrap(), &mut words);
    words
}

fn collect(value: &Value, words: &mut BTreeSet<String>) {
    let Value::Object(object) = value else {
        value.as_array().into_iter().flatten().for_each(|value| collect(value, words));
        return;
    };
    for (name, value) in object {
        match (name.as_str(), value) {
            ("properties", Value::Object(fields)) => {
                words.extend(fields.keys().map(|field| format!("{field} = ")));
                fields.values().for_each(|field| collect(field, words));
            }
            ("const", Value::String(word)) => words.extend([word.clone()]),
            ("enum", Value::Array(all)) => {
                words.extend(all.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            _ => collect(value, words),
        }
    }
}

/// The commands and their flags.
fn flags() -> BTreeSet<String> {
    let mut root = Cli::command();
    root.build();
    let mut flags = BTreeSet::new();
    let mut commands = vec![&root];
    while let Some(command) = commands.pop() {
        flags.insert(command.get_name().to_owned());
        let long = command.get_arguments().filter_map(|argument| argument.get_long());
        flags.extend(long.map(|flag| format!("--{flag}")));
        commands.extend(command.get_subcommands());
    }
    flags
}
