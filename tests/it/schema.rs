//! The schemas of scenarios and price books beside the parsers: the same fields, and the same words.
//!
//! A field that a parser does not know is named with all that it knows; a field of the schema that the
//! parser calls unknown, or one that is missing from the schema, changes the one or the other.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails where it stands"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use kms_cost::catalog::{Catalog, NoCatalog};
use kms_cost::config;
use kms_cost::diagnostic::{Code, Problem, Problems};
use kms_cost::pricebook::BookId;
use kms_cost::scenario;
use kms_cost::schema;
use kms_cost::source::Source;

/// A table: where its schema stands, the file around it with `@` for its fields, and fields that it has there.
type Table = (&'static str, &'static str, &'static [&'static str]);

const SCENARIO: &[Table] = &[
    ("", "@", &[]),
    ("/$defs/key", "[[key]]\n@", &[]),
    ("/$defs/deletion", "[[key]]\n[[key.deletion]]\n@", &[]),
    ("/$defs/calls", "[[calls]]\n@", &[]),
    ("/$defs/secret", "[[secret]]\n@", &[]),
    ("/$defs/hsm", "[[hsm]]\n@", &[]),
    ("/$defs/keystore", "[[keystore]]\n@", &[]),
    ("/$defs/load", "[load]\n@", &[]),
    ("/$defs/access", "[access]\n@", &[]),
    ("/$defs/audit_log", "[audit_log]\n@", &[]),
    ("/$defs/deployment", "[deployment]\n@", &[]),
    ("/$defs/instance", "[[instance]]\ntype = \"a\"\n@", &["type"]),
    ("/$defs/order", "[[instance]]\ntype = \"a\"\n[instance.order]\n@", &[]),
    ("/$defs/subscription", "[subscription]\n@", &[]),
    ("/$defs/renewals/items", "[subscription]\n[[subscription.renewals]]\n@", &[]),
    ("/$defs/account", "[account]\n@", &[]),
    ("/$defs/account/properties/suspended/items", "[[account.suspended]]\n@", &[]),
    ("/$defs/voucher", "[[voucher]]\nid = \"a\"\n@", &["id"]),
    ("/$defs/renewable", "[[renewable]]\nid = \"a\"\n@", &["id"]),
    (
        "/$defs/renewable/properties/policy_changes/items",
        "[[renewable]]\nid = \"a\"\n[[renewable.policy_changes]]\n@",
        &[],
    ),
    ("/$defs/unify", "[unify]\n@", &[]),
    ("/$defs/budget", "[budget]\n@", &[]),
    ("/$defs/limit/anyOf/1", "[budget.monthly]\n@", &[]),
    ("/$defs/discount", "[[discount]]\n@", &[]),
    ("/$defs/documented", "[documented]\n@", &[]),
];

const BOOK: &[Table] = &[
    (
        "",
        "@",
        &[
            "provider",
            "provider_name",
            "service",
            "plan",
            "edition",
            "currency",
            "effective",
            "clock",
        ],
    ),
    ("/properties/effective", "[effective]\n@", &[]),
    ("/properties/clock", "[clock]\n@", &[]),
    ("/properties/clock/properties/standard_month", "[clock.standard_month]\n@", &[]),
    ("/$defs/source", "[[source]]\n@", &[]),
    ("/$defs/item", "[[item]]\n@", &[]),
    ("/properties/region/additionalProperties", "[region.a]\n@", &[]),
    ("/$defs/class", "[axis.a.b]\n@", &[]),
    ("/$defs/meter", "[[meter]]\n@", &[]),
    (
        "/$defs/over",
        "[[meter]]\n[meter.over]\nunit = \"month\"\nrule = \"elapsed\"\n@",
        &["unit", "rule"],
    ),
    ("/$defs/meter/properties/unbilled", "[[meter]]\n[meter.unbilled]\n@", &[]),
    ("/$defs/meter/properties/block", "[[meter]]\n[meter.block]\n@", &[]),
    ("/$defs/meter/properties/implied", "[[meter]]\n[meter.implied]\n@", &[]),
    ("/$defs/tier", "[[meter]]\n[[meter.tiers]]\n@", &[]),
    ("/$defs/allowance", "[[allowance]]\n@", &[]),
    ("/properties/not_charged", "[not_charged]\n@", &[]),
    ("/properties/with/items", "[[with]]\n@", &[]),
    ("/properties/instance", "[instance]\n@", &[]),
    ("/properties/audit_log", "[audit_log]\n@", &[]),
    ("/$defs/reading", "[[reading]]\n@", &[]),
    ("/$defs/figure", "[[figure]]\n@", &[]),
    ("/$defs/cycle", "[cycle]\n@", &[]),
    ("/$defs/settlement", "[settlement]\n@", &[]),
    ("/$defs/overdue", "[overdue]\n@", &[]),
    ("/$defs/renewal", "[renewal]\n@", &[]),
    ("/$defs/renewal/properties/automatic", "[renewal.automatic]\n@", &[]),
    ("/$defs/renewal/properties/policy", "[renewal.policy]\n@", &[]),
    ("/$defs/renewal/properties/unify", "[renewal.unify]\n@", &[]),
    (
        "/$defs/renewal/properties/refused_products/additionalProperties",
        "[renewal.refused_products.a]\n@",
        &[],
    ),
    ("/$defs/renewal/properties/refused_kinds", "[renewal.refused_kinds]\n@", &[]),
    ("/$defs/payment", "[payment]\n@", &[]),
];

/// Fields that the parser asks for only where they are: the models of a price, and what has no default.
const ASKED_WHERE_THERE: &[(&str, &[&str])] = &[
    ("/$defs/meter", &["price", "tiers", "volume", "levels", "over", "pool"]),
    ("/$defs/allowance", &["pool"]),
];

const HEADER: &str = "provider = \"a\"\nprovider_name = \"A\"\nservice = \"S\"\nplan = \"b\"\n\
                      edition = \"2026-01\"\ncurrency = \"USD\"\neffective = { from = 2026-01-01 }\n\
                      clock = { offset = \"+00:00\", standard_month = { days = 30 } }\n";

fn read(name: &str) -> Value {
    serde_json::from_str(schema::text(name).unwrap()).unwrap()
}

fn properties(schema: &Value, pointer: &str) -> BTreeSet<String> {
    let table = schema.pointer(pointer).unwrap_or_else(|| panic!("nothing stands at {pointer}"));
    assert_eq!(table["additionalProperties"], Value::Bool(false), "{pointer}");
    table["properties"].as_object().unwrap().keys().cloned().collect()
}

/// The field that a problem calls unknown, and how many it says there are.
fn unknown(problem: &Problem) -> Option<(String, usize)> {
    if problem.code != Code::UnknownField {
        return None;
    }
    let field = problem.message.split('`').nth(1)?.to_owned();
    let help = problem.help.as_deref().unwrap_or_default();
    let named = help.matches('`').count().div_euclid(2);
    let more = help.split(" and ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok());
    Some((field, named + more.unwrap_or(0)))
}

fn compare(schema: &str, tables: &[Table], problems: impl Fn(&str) -> Problems) {
    let schema = read(schema);
    for (pointer, around, stated) in tables {
        let known = properties(&schema, pointer);
        let found: Vec<_> =
            problems(&around.replace('@', "zz_unknown = 1\n")).iter().filter_map(unknown).collect();
        let there = ASKED_WHERE_THERE.iter().find(|(table, _)| table == pointer);
        let asked = known.len() - there.map_or(0, |(_, fields)| fields.len());
        let expected = vec![("zz_unknown".to_owned(), asked)];
        assert_eq!(found, expected, "{pointer}: the parser knows another number of fields");
        for field in known.iter().filter(|field| !stated.contains(&field.as_str())) {
            let found: Vec<_> = problems(&around.replace('@', &format!("{field} = []\n")))
                .iter()
                .filter_map(unknown)
                .collect();
            assert!(found.is_empty(), "{pointer}: the parser does not know {found:?}");
        }
    }
}

#[test]
fn a_scenario_has_the_fields_that_its_schema_says() {
    let catalog = Catalog::open(None).unwrap();
    compare("scenario", SCENARIO, |text| {
        let source = Arc::new(Source::new("scenario.toml", text));
        scenario::scenario(&source, catalog.vocabulary()).1
    });
}

#[test]
fn a_project_file_has_the_fields_that_its_schema_says() {
    compare("project", &[("", "@", &[])], |text| {
        let source = Arc::new(Source::new("kms-cost.toml", text));
        match config::project(&source, &[]) {
            Err(problems) => problems,
            Ok(_) => Problems::new(source),
        }
    });
}

#[test]
fn a_price_book_has_the_fields_that_its_schema_says() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schema-books");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    compare("price-book", BOOK, |text| {
        let there =
            |line: &&str| text.starts_with(&format!("[{}", line.split(' ').next().unwrap()));
        let header: Vec<&str> = HEADER.lines().filter(|line| !there(line)).collect();
        let header = header.join("\n") + "\n";
        fs::write(folder.join("a.b.2026-01.toml"), header + text).unwrap();
        let id = BookId { provider: "a".into(), plan: "b".into(), edition: "2026-01".into() };
        match Catalog::open(Some(&folder)) {
            Ok(catalog) => match catalog.load(&id) {
                Err(problems) => problems,
                Ok(_) => Problems::new(Arc::new(Source::new("", ""))),
            },
            Err(NoCatalog::Wrong(problems)) => problems,
            Err(why) => panic!("{why:?}"),
        }
    });
}

#[test]
fn files_of_budgets_and_discounts_have_what_a_scenario_has() {
    let scenario = read("scenario");
    for (file, field) in [("budgets", "budget"), ("discounts", "discount")] {
        let file = read(file);
        assert_eq!(file["properties"][field], scenario["properties"][field]);
        for (name, shared) in file["$defs"].as_object().unwrap() {
            assert_eq!(*shared, scenario["$defs"][name], "{name}");
        }
    }
}

#[test]
fn the_schemas_have_the_words_of_the_vocabulary() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("pricing/vocabulary.toml"));
    let words: toml::Table = toml::from_str(&text.unwrap()).unwrap();
    let keys =
        |name: &str| words[name].as_table().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    let mut specs = keys("spec");
    for aliases in words["spec"].as_table().unwrap().values() {
        let aliases = aliases.as_array().unwrap().iter();
        specs.extend(aliases.map(|alias| alias.as_str().unwrap().to_owned()));
    }
    let listed = |schema: &Value, pointer: &str| -> BTreeSet<String> {
        let list = schema.pointer(pointer).unwrap().as_array().unwrap().iter();
        list.map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    let (scenario, book) = (read("scenario"), read("price-book"));
    for schema in [&scenario, &book] {
        assert_eq!(listed(schema, "/$defs/spec/enum"), specs);
        assert_eq!(listed(schema, "/$defs/place/enum"), keys("place"));
    }
    assert_eq!(listed(&book, "/$defs/operation/enum"), keys("operation"));
    assert_eq!(properties(&scenario, "/$defs/operations"), keys("operation"));
}
