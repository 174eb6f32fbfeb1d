//! Budgets against what was worked out by hand, and the rule that shares a pooled line.
#![cfg(test)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use kms_cost::budget::{self, Owners};
use kms_cost::catalog::Catalog;
use kms_cost::decimal::Decimal;
use kms_cost::fraction::Fraction;
use kms_cost::scenario::{self, Scenario};
use kms_cost::source::Source;
use kms_cost::statement::{Entry, Statement, Whose};
use proptest::prelude::*;

use super::diff::statement;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn run(arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_kms-cost"));
    program.args(["estimate", "--pricing", "examples/own-price-book/pricing"]).args(arguments);
    program.current_dir(ROOT).output().expect("the program starts")
}

fn texts(value: Option<&toml::Value>) -> Vec<&str> {
    let list = value.and_then(toml::Value::as_array);
    list.into_iter().flatten().map(|text| text.as_str().expect("text")).collect()
}

/// A field of a verdict as the vectors write it.
fn written(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn every_rule_comes_to_what_was_worked_out_by_hand() {
    let path = Path::new(ROOT).join("tests/vectors/budgets/rules.toml");
    let cases: toml::Table = fs::read_to_string(path).expect("vectors").parse().expect("TOML");
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("budgets");
    fs::create_dir_all(&room).expect("a folder");
    let mut wrong = Vec::new();
    for case in cases["case"].as_array().expect("cases") {
        let name = case["name"].as_str().expect("a name");
        let file = room.join("budgets.toml");
        fs::write(&file, case["budgets"].as_str().expect("budgets")).expect("written");
        let need = case.get("scenario").and_then(toml::Value::as_str);
        let file = file.display().to_string();
        let mut call = vec![need.unwrap_or("tests/vectors/budgets/two-teams.toml")];
        call.extend(["--budgets", &file, "--format", "json"]);
        call.extend(texts(case.get("arguments")));
        let output = run(&call);
        let exit = i32::try_from(case["exit"].as_integer().expect("a code")).expect("a code");
        if output.status.code() != Some(exit) {
            wrong.push(format!("{name}: exit {:?}, not {exit}", output.status.code()));
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let problems = texts(case.get("problems")).into_iter();
        for problem in problems.chain(case.get("problem").and_then(toml::Value::as_str)) {
            // told as JSON, with or without the quotes of its texts
            if !said.contains(problem) && !problem.ends_with("problems") {
                wrong.push(format!("{name}: `{problem}` is not in {said}"));
            }
        }
        let Some(expected) = case.get("expect").and_then(toml::Value::as_array) else { continue };
        let Ok(document) = serde_json::from_slice::<serde_json::Value>(&output.stdout) else {
            wrong.push(format!("{name}: {said}"));
            continue;
        };
        let found = document["budgets"].as_array().expect("budgets");
        if found.len() != expected.len() {
            wrong.push(format!("{name}: {} verdicts, not {}", found.len(), expected.len()));
        }
        for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
            for (field, value) in expected.as_table().expect("a table") {
                let (found, value) = (written(&found[field]), value.as_str().expect("text"));
                if found != value {
                    wrong.push(format!("{name}, {}: {field} is {found}, not {value}", at + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_kept_estimate_is_a_baseline_and_an_edited_one_is_not() {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("budgets-kept");
    fs::create_dir_all(&room).expect("a folder");
    let (kept, budgets) = (room.join("kept.json"), room.join("budgets.toml"));
    let format = format!("json={}", kept.display());
    let need = "tests/vectors/budgets/two-teams.toml";
    assert_eq!(run(&[need, "--format", &format]).status.code(), Some(0));
    let scopes = ["", "item = \"keys\"\n", "key = \"disk\"\n", "tag = { team = \"web\" }\n"];
    let rules = scopes
        .map(|scope| format!("[[budget]]\n{scope}baseline = \"kept.json\"\ngrowth_percent = 0\n"));
    fs::write(&budgets, rules.concat()).expect("written");
    let budgets = budgets.display().to_string();
    assert_eq!(run(&[need, "--budgets", &budgets]).status.code(), Some(0));
    let text = fs::read_to_string(&kept).expect("kept");
    for (from, to) in [
        ("\"amount\": \"0.3\"", "\"amount\": \"0.4\""),
        ("\"total\": \"21.37\"", "\"total\": \"2137\""),
        ("\"total\": \"21.37\"", "\"total\": 21.37"),
        ("\"amount\": \"0.3\"", "\"amount\": \"3e-1\""),
        ("\"amount\": \"0.3\"", "\"amount\": null"),
        ("kms-cost/estimate/1", "kms-cost/estimate/2"),
    ] {
        assert!(text.contains(from), "{from}");
        fs::write(&kept, text.replacen(from, to, 1)).expect("written");
        let output = run(&[need, "--budgets", &budgets]);
        assert_eq!(output.status.code(), Some(2), "{to}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("no baseline in"), "{to}");
    }
}

/// A need of so many keys, all of which have a label of their own but the last.
fn need(keys: usize) -> Scenario {
    let mut text = "provider = \"alibaba\"\ntags = { team = \"rest\" }\n".to_owned();
    let last = keys.saturating_sub(1);
    let key = |key: usize| {
        let tags = format!("tags = {{ team = \"t{}\" }}\n", key % 3);
        let tags = if key == last { "" } else { &tags };
        format!("[[key]]\nname = \"k{key}\"\n{tags}")
    };
    text.extend((0..keys).map(key));
    let catalog = Catalog::open(None).expect("a catalog");
    let (scenario, _) =
        scenario::scenario(&Arc::new(Source::new("need", text)), catalog.vocabulary());
    scenario.expect("a scenario")
}

fn rules(text: &str) -> Vec<budget::Rule> {
    let (rules, problems) = budget::file(&Arc::new(Source::new("budgets", text)));
    assert!(!problems.has_errors(), "{text}");
    rules
}

fn pooled(amount: Decimal, used: &[u64]) -> Statement<'static> {
    let share = |(at, used): (usize, &u64)| (format!("k{at}").into(), Fraction::from(*used));
    let entry = Entry {
        id: "calls".into(),
        item: "calls".into(),
        label: "calls".into(),
        whose: Whose::Shared(used.iter().enumerate().map(share).collect()),
        region: None,
        regions: Vec::new(),
        noun: "call".into(),
        consumed: Fraction::ZERO,
        unit: "call".into(),
        quantity: Fraction::from(1),
        free: Fraction::ZERO,
        whole_period: None,
        unit_price: Some(amount),
        per: 1,
        amount: Some(amount.into()),
    };
    statement(vec![entry])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_shares_of_a_pooled_line_add_up_to_it(
        cents in 0_i64..1_000_000_000,
        used in prop::collection::vec(0_u64..50_000, 2..9),
    ) {
        let amount = Decimal::new(cents, 4);
        let (statement, scenario) = (pooled(amount, &used), need(used.len()));
        let owners = Owners::of(&scenario);
        let keys: Vec<String> = (0..used.len()).map(|key| format!("[[budget]]\nkey = \"k{key}\"\nmonthly = 1\n")).collect();
        let teams = ["t0", "t1", "t2", "rest"];
        let teams = teams.map(|team| format!("[[budget]]\ntag = {{ team = \"{team}\" }}\nmonthly = 1\n")).concat();
        for text in [keys.concat(), teams] {
            let shares = rules(&text).into_iter().map(|rule| rule.scope.of(&statement, &owners));
            let shares = shares.collect::<Result<Vec<_>, _>>()?;
            prop_assert!(shares.iter().all(|share| share.open.is_empty()));
            prop_assert_eq!(Fraction::sum(shares.iter().map(|share| share.known))?, amount.into());
        }
    }
}
