//! Everything that goes in and comes out, held against its published schema by another author's validator.
//!
//! The schemas are closed: a field that one of them lacks is an error, so that no output gains a field
//! unsaid.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails where it stands"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::{Value, json};

use kms_cost::schema;

use super::files;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The schemas, ready to be asked.
pub(super) struct Published {
    schemas: Schemas,
    by_name: BTreeMap<&'static str, SchemaIndex>,
}

impl Published {
    pub(super) fn read() -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        let mut by_name = BTreeMap::new();
        for (name, text) in schema::ALL {
            let place = format!("https://kms-cost.example/schema/{name}.json");
            compiler.add_resource(&place, serde_json::from_str(text).unwrap()).unwrap();
            by_name.insert(*name, compiler.compile(&place, &mut schemas).unwrap());
        }
        Self { schemas, by_name }
    }

    /// Every error, in words; nothing of what is valid.
    pub(super) fn errors(&self, name: &str, document: &Value) -> Option<String> {
        let found = self.schemas.validate(document, self.by_name[name]);
        found.err().map(|why| format!("{why:#}"))
    }

    fn holds(&self, name: &str, document: &Value, what: &str) {
        if let Some(errors) = self.errors(name, document) {
            panic!("{what} is no {name}: {errors}");
        }
    }
}

/// The same value in JSON, dates as text.
fn plain(value: &toml::Value) -> Value {
    match value {
        toml::Value::Table(table) => {
            table.iter().map(|(name, value)| (name.clone(), plain(value))).collect()
        }
        toml::Value::Array(values) => values.iter().map(plain).collect(),
        toml::Value::Datetime(at) => json!(at.to_string()),
        other => serde_json::to_value(other).unwrap(),
    }
}

fn toml(text: &str) -> Value {
    plain(&toml::Value::Table(toml::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"))))
}

/// What a file is, by what stands in it.
fn kind(file: &Value) -> &'static str {
    let fields: Vec<&str> = file.as_object().unwrap().keys().map(String::as_str).collect();
    match fields.as_slice() {
        ["budget"] => "budgets",
        ["discount"] => "discounts",
        fields if fields.contains(&"provider_name") => "price-book",
        _ => "scenario",
    }
}

#[test]
fn every_shipped_file_is_what_its_schema_says() {
    let published = Published::read();
    let mut told = BTreeMap::new();
    for folder in ["pricing", "examples", "tests/language/pricing"] {
        for path in files::toml(folder).iter().filter(|path| !path.ends_with("vocabulary.toml")) {
            let file = toml(&fs::read_to_string(path).unwrap());
            published.holds(kind(&file), &file, &path.display().to_string());
            *told.entry(kind(&file)).or_insert(0) += 1;
        }
    }
    assert!(told["price-book"] > 10 && told["scenario"] > 15 && told["budgets"] > 0, "{told:?}");
}

#[test]
fn every_scenario_of_the_vectors_is_one() {
    let published = Published::read();
    let mut held = 0;
    let folders = ["tests/vectors", "tests/language/vectors"];
    let own = folders.map(|folder| (Path::new(ROOT).join(folder), files::toml(folder)));
    // the folders below have figures of their own form
    let own = own.iter().flat_map(|(folder, files)| {
        files.iter().filter(move |path| path.parent() == Some(folder.as_path()))
    });
    for path in own {
        let file = toml(&fs::read_to_string(path).unwrap());
        for vector in file["vector"].as_array().into_iter().flatten() {
            // one that a parser refuses may be refused by its schema too
            if vector.get("problem").is_none() {
                let text = vector["scenario"].as_str().unwrap();
                published.holds("scenario", &toml(text), &format!("{}: {text}", path.display()));
                held += 1;
            }
        }
    }
    assert!(held > 300, "{held}");
}

/// Every table below one, by its place.
fn tables(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.push(place.to_owned());
            for (name, field) in fields {
                let name = name.replace('~', "~0").replace('/', "~1");
                tables(field, &format!("{place}/{name}"), found);
            }
        }
        Value::Array(values) => {
            for (at, value) in values.iter().enumerate() {
                tables(value, &format!("{place}/{at}"), found);
            }
        }
        _ => {}
    }
}

/// Tables whose names are the user's.
const NAMED_BY_USER: &[&str] = &[
    "axis",
    "where",
    "instead",
    "region",
    "tags",
    "tag",
    "not_charged",
    "by_class",
    "price",
    "times",
    "lines",
    "quantities",
    "set",
    "counts",
    "included",
    "printed",
    "group",
    "groups",
    "refused_products",
];

#[test]
fn a_wrong_word_in_any_table_is_an_error() {
    let published = Published::read();
    let (mut refused, mut free) = (0, Vec::new());
    for folder in ["pricing", "examples", "tests/language/pricing"] {
        for path in files::toml(folder).iter().filter(|path| !path.ends_with("vocabulary.toml")) {
            let file = toml(&fs::read_to_string(path).unwrap());
            let mut places = Vec::new();
            tables(&file, "", &mut places);
            // a documented example holds a scenario, which is held by its own schema
            for place in places.iter().filter(|place| !place.contains("/scenario")) {
                let mut wrong = file.clone();
                let table = wrong.pointer_mut(place).unwrap().as_object_mut().unwrap();
                table.insert("zz_wrong".to_owned(), json!("1"));
                if published.errors(kind(&file), &wrong).is_some() {
                    refused += 1;
                } else {
                    free.push(format!("{}: {place}", path.display()));
                }
            }
        }
    }
    let unsaid: Vec<&String> = free
        .iter()
        .filter(|place| {
            let mut names = place.rsplit('/').filter(|part| part.parse::<usize>().is_err());
            !names.next().is_some_and(|name| NAMED_BY_USER.contains(&name))
        })
        .collect();
    assert!(unsaid.is_empty(), "{unsaid:#?}");
    assert!(refused > 1000, "{refused}");
}

// ------------------------------------------------------------------ results

/// A run's JSON, from either stream; nothing where there is none.
fn run(arguments: &[&str]) -> (i32, Option<Value>, Option<Value>) {
    let output = Command::new(env!("CARGO_BIN_EXE_kms-cost"))
        .args(arguments)
        .args(["--format", "json"])
        .current_dir(ROOT)
        .output()
        .unwrap();
    let read = |bytes: &[u8]| serde_json::from_slice(bytes).ok();
    (output.status.code().unwrap(), read(&output.stdout), read(&output.stderr))
}

/// What is asked of each example, and the schema of the answer.
const ASKED: &[(&str, &[&str], &[&str])] = &[
    ("estimate", &["estimate"], &[]),
    ("estimate", &["estimate"], &["--months", "14", "--budget", "1"]),
    ("estimate", &["estimate"], &["--month", "2026-01", "--budgets", "examples/budgets.toml"]),
    ("estimate", &["estimate"], &["--plan", "aws/kms", "--month", "2026-01"]),
    ("estimate", &["estimate"], &["--plan", "google/kms", "--months", "2"]),
    ("comparison", &["compare"], &[]),
    (
        "comparison",
        &["compare"],
        &["--months", "3", "--rate", "CNY=0.14", "--strict", "--top", "1"],
    ),
    ("calendar", &["calendar"], &[]),
    ("explanation", &["explain"], &[]),
    ("diff", &["diff"], &["--head-month", "2026-01"]),
    ("diff", &["diff"], &["--head-plan", "aws/kms", "--head-month", "2026-02"]),
    ("break-even", &["break-even", "--vary", "all", "--to", "100"], &[]),
    ("break-even", &["break-even", "--vary", "months", "--rate", "CNY=0.14"], &[]),
];

#[test]
fn every_result_is_what_its_schema_says() {
    let published = Published::read();
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    let mut hold = |name: &'static str, arguments: &[&str]| {
        let (code, out, complaint) = run(arguments);
        assert!(code < 4, "{arguments:?}: {code}");
        for (name, document) in [(name, out), ("errors", complaint)] {
            if let Some(document) = document {
                published.holds(name, &document, &format!("{arguments:?}"));
                *told.entry(name).or_default() += 1;
            }
        }
    };
    for path in files::toml("examples") {
        let path = path.strip_prefix(ROOT).unwrap().to_str().unwrap().to_owned();
        for (name, before, behind) in ASKED {
            hold(name, &[*before, &[path.as_str()], behind].concat());
        }
    }
    hold("comparison", &["compare", "--providers", "all"]);
    hold("verification", &["verify"]);
    hold("books", &["books", "list"]);
    hold("findings", &["books", "check"]);
    hold("findings", &["books", "check", "tests/problems/price-jump.toml"]);
    hold("config", &["config"]);
    hold("codes", &["explain", "--code", "all"]);
    let of_files = ["scenario", "price-book", "budgets", "discounts", "project"];
    for (name, text) in schema::ALL {
        let wanted = usize::from(!of_files.contains(name));
        assert!(told.get(name).copied().unwrap_or(0) >= wanted, "no {name}: {told:?}");
        assert!(serde_json::from_str::<Value>(text).unwrap()["title"].is_string());
    }
    assert!(told["estimate"] > 30 && told["diff"] > 10 && told["break-even"] > 5, "{told:?}");
}

#[test]
fn every_object_of_a_result_is_closed() {
    fn open(schema: &Value, place: &str, found: &mut Vec<String>) {
        if let Some(fields) = schema.as_object() {
            // a condition adds to a table what the table itself closes
            let condition = place.contains("/if") || place.contains("/then");
            let stated = fields.contains_key("additionalProperties");
            if fields.contains_key("properties") && !stated && !condition {
                found.push(place.to_owned());
            }
            fields.iter().for_each(|(name, inner)| open(inner, &format!("{place}/{name}"), found));
        } else if let Some(values) = schema.as_array() {
            for inner in values {
                open(inner, place, found);
            }
        }
    }
    let mut found = Vec::new();
    for (name, text) in schema::ALL {
        open(&serde_json::from_str(text).unwrap(), name, &mut found);
    }
    assert!(found.is_empty(), "{found:?}");
}
