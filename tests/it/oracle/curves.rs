//! Curves and changes of `break-even` held against the bill of every single unit.
//!
//! A generated need is written out as text for each unit of a range, read and priced by itself, and the
//! cheapest plan found by looking. The program varies the need inside and asks at few units: both must
//! say the same of every unit. `KMS_COST_CURVES` says how many needs, `KMS_COST_ORACLE_SEED` the first
//! seed. Beside the embedded books stand those of invented providers, whose prices bend every few units.
#![expect(clippy::panic, reason = "what is told wrongly must stop the test")]

mod varied;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::sync::Arc;

use kms_cost::bill::Status;
use kms_cost::catalog::Catalog;
use kms_cost::comparison::is_about_the_plan;
use kms_cost::estimate::{Grounds, NoEstimate, unweighed};
use kms_cost::fraction::Fraction;
use kms_cost::month::Month;
use kms_cost::pricebook::{Book, Region};
use kms_cost::scenario::{self, Scenario};
use kms_cost::source::Source;
use serde_json::Value;

use super::exact::{Exact, printed};
use super::need::Need;
use super::random::Random;
use super::{SEED, number};
use varied::{Spot, Varied};

/// Books of invented providers: of this test, and of the language's own vectors.
const BOOKS: [&str; 2] = [
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/break_even/pricing"),
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/language/pricing"),
];
/// Needs, unless the environment says otherwise.
const NEEDS: u64 = 40;

// ------------------------------------------------------------------ what every unit costs

/// What a plan makes of one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Unit {
    Complete(Exact),
    Incomplete,
    NotServed,
}

struct Counted {
    currency: String,
    units: BTreeMap<u64, Unit>,
}

/// Every plan at every unit; none where the need itself is wrong.
fn counted(
    varied: &Varied,
    units: impl Iterator<Item = u64>,
    catalog: &Catalog,
) -> Option<BTreeMap<String, Counted>> {
    let mut plans: BTreeMap<String, Counted> = BTreeMap::new();
    let home: BTreeMap<String, Region> = catalog.regions_of(varied.need.provider);
    for unit in units {
        let (need, text) = varied.at(unit);
        let source = Arc::new(Source::new("unit.toml", text));
        let (scenario, problems) = scenario::scenario(&source, catalog.vocabulary());
        let scenario = scenario.filter(|_| !problems.has_errors())?;
        for book in books(catalog, &need, &scenario) {
            let month = need.month.filter(|_| need.month_outside);
            let grounds = Grounds {
                vocabulary: catalog.vocabulary(),
                home: (book.id.provider != need.provider).then_some(&home),
                month: month.map(|month| Month::parse(&month.text()).unwrap()),
                months: need.months.filter(|_| need.months_outside),
            };
            let said = match unweighed(&scenario, Rc::clone(&book), grounds, problems.clone()) {
                Ok(cost) if cost.status() == Status::Complete => {
                    Unit::Complete(exact(cost.total()))
                }
                Ok(_) => Unit::Incomplete,
                Err(NoEstimate::Problems(why)) if is_about_the_plan(&why) => Unit::NotServed,
                Err(NoEstimate::Problems(_)) => return None,
                Err(NoEstimate::Fault(what)) => panic!("{what}"),
            };
            let currency = book.currency.clone();
            let plan = plans
                .entry(book.id.to_string())
                .or_insert_with(|| Counted { currency, units: BTreeMap::new() });
            plan.units.insert(unit, said);
        }
    }
    Some(plans)
}

fn exact(value: Fraction) -> Exact {
    value.ratio().map_or_else(|| printed(&value.digits()), |ratio| ratio.parse().unwrap())
}

// ------------------------------------------------------------------ what the program says

fn run(varied: &Varied, from: u64, to: u64, books: &Path) -> Result<Value, String> {
    let need = &varied.need;
    let mut arguments: Vec<String> =
        ["break-even", "-", "--format", "json"].map(str::to_owned).to_vec();
    arguments
        .extend([format!("--pricing={}", books.display()), format!("--vary={}", varied.name())]);
    arguments.extend([format!("--from={from}"), format!("--to={to}")]);
    if let Some(month) = need.month.filter(|_| need.month_outside) {
        arguments.push(format!("--month={}", month.text()));
    }
    if let Some(months) =
        need.months.filter(|_| need.months_outside && !matches!(varied.place, Spot::Months))
    {
        arguments.push(format!("--months={months}"));
    }
    let mut program = Command::new(env!("CARGO_BIN_EXE_kms-cost"))
        .args(arguments)
        // the tests' own, which the program would take for misspelt settings
        .env_remove("KMS_COST_ORACLE_SCENARIOS")
        .env_remove("KMS_COST_ORACLE_SEED")
        .env_remove("KMS_COST_CURVES")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // a call that is refused at once reads nothing
    let _ = program.stdin.take().unwrap().write_all(varied.text().as_bytes());
    let output = program.wait_with_output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    match output.status.code() {
        Some(0 | 3) => Ok(serde_json::from_slice(&output.stdout).unwrap()),
        _ => Err(complaint),
    }
}

fn whole(value: &Value) -> u64 {
    value.as_str().unwrap().parse().unwrap()
}

fn amount(of: &Value, name: &str) -> Option<Exact> {
    if let Some(ratio) = of[format!("{name}_fraction")].as_str() {
        return Some(ratio.parse().unwrap());
    }
    of[name].as_str().map(signed)
}

fn signed(text: &str) -> Exact {
    text.strip_prefix('-').map_or_else(|| printed(text), |size| -printed(size))
}

/// The total that a plan's pieces give a unit.
fn by_pieces(plan: &Value, unit: u64) -> Option<Exact> {
    let holds = |piece: &&Value| whole(&piece["from"]) <= unit && unit <= whole(&piece["to"]);
    let mut pieces = plan["pieces"].as_array().unwrap().iter().filter(holds);
    let piece = pieces.next()?;
    assert!(pieces.next().is_none(), "two pieces at {unit}");
    let further = Exact::from_integer((unit - whole(&piece["from"])).into());
    Some(amount(piece, "total").unwrap() + amount(piece, "each").unwrap() * further)
}

fn status_at(plan: &Value, unit: u64) -> String {
    let ranges = plan["ranges"].as_array().unwrap();
    let range =
        ranges.iter().find(|range| whole(&range["from"]) <= unit && unit <= whole(&range["to"]));
    range.unwrap_or_else(|| panic!("no range at {unit}"))["status"].as_str().unwrap().to_owned()
}

/// Every difference between what is told and what every unit costs.
fn differences(answer: &Value, plans: &BTreeMap<String, Counted>, from: u64, to: u64) -> String {
    let mut found = String::new();
    for plan in answer["plans"].as_array().unwrap() {
        let name = name(plan);
        for (unit, truth) in plans.get(&name).map(|plan| &plan.units).into_iter().flatten() {
            let told = match (by_pieces(plan, *unit), status_at(plan, *unit).as_str()) {
                (Some(total), "complete") => Unit::Complete(total),
                (None, "incomplete") => Unit::Incomplete,
                (None, "not-comparable") => Unit::NotServed,
                told => panic!("{name} at {unit}: {told:?}"),
            };
            if told != *truth {
                let _ = writeln!(found, "{name} at {unit}: told {told:?}, is {truth:?}");
            }
        }
    }
    for group in answer["currencies"].as_array().unwrap() {
        let currency = group["currency"].as_str().unwrap();
        let told: Vec<(u64, u64, Option<String>)> = group["spans"]
            .as_array()
            .unwrap()
            .iter()
            .map(|span| {
                (
                    whole(&span["from"]),
                    whole(&span["to"]),
                    span["cheapest"].as_str().map(str::to_owned),
                )
            })
            .collect();
        let looked = spans(plans, currency, from, to);
        if told != looked {
            let _ = writeln!(found, "{currency}: told {told:?}, looked {looked:?}");
        }
        for change in group["changes"].as_array().unwrap() {
            let at = whole(&change["at"]);
            for side in
                ["was", "is"].map(|side| &change[side]).into_iter().filter(|side| !side.is_null())
            {
                let units = &plans[side["plan"].as_str().unwrap()].units;
                for (unit, name) in [(at - 1, "total_before"), (at, "total_at")] {
                    let told = amount(side, name).map_or(Unit::NotServed, Unit::Complete);
                    let complete = |unit: &Unit| matches!(unit, Unit::Complete(_));
                    if complete(&told) != complete(&units[&unit])
                        || (complete(&told) && told != units[&unit])
                    {
                        let _ =
                            writeln!(found, "change at {at}: told {told:?}, is {:?}", units[&unit]);
                    }
                }
            }
        }
    }
    found
}

/// The spans of the cheapest plan, by looking at every unit.
fn spans(
    plans: &BTreeMap<String, Counted>,
    currency: &str,
    from: u64,
    to: u64,
) -> Vec<(u64, u64, Option<String>)> {
    let rivals = || plans.iter().filter(|(_, plan)| plan.currency == currency);
    let total = |plan: &Counted, unit: u64| match &plan.units[&unit] {
        Unit::Complete(total) => Some(total.clone()),
        Unit::Incomplete | Unit::NotServed => None,
    };
    let cheapest = |unit: u64| rivals().filter_map(|(_, plan)| total(plan, unit)).min();
    let last = |plan: Option<&Counted>, from: u64| {
        let stays = |unit: &u64| match plan {
            Some(plan) => total(plan, *unit).is_some() && total(plan, *unit) == cheapest(*unit),
            None => cheapest(*unit).is_none(),
        };
        (from..=to).take_while(stays).last()
    };
    let mut spans = Vec::new();
    let mut unit = from;
    while unit <= to {
        let here = rivals().filter_map(|(name, plan)| Some((last(Some(plan), unit)?, name)));
        // of those that stay as long, the first by provider and plan
        let mut here: Vec<(u64, &String)> = here.collect();
        here.sort_by_key(|(_, name)| name.split(['/', '@']).collect::<Vec<_>>());
        let mut best: Option<(u64, &String)> = None;
        for (last, name) in here {
            if best.is_none_or(|(known, _)| last > known) {
                best = Some((last, name));
            }
        }
        let (end, name) = match best {
            Some((end, name)) => (end, Some(name.clone())),
            None => (last(None, unit).unwrap(), None),
        };
        spans.push((unit, end, name));
        unit = end + 1;
    }
    spans
}

// ------------------------------------------------------------------ the tests

/// The embedded books joined by those of both folders, and a folder that has these.
fn catalog(room: &str) -> (Catalog, PathBuf) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(room);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for books in BOOKS {
        for file in fs::read_dir(books).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), folder.join(file.file_name())).unwrap();
        }
    }
    (Catalog::open(Some(&folder)).unwrap(), folder)
}

/// The books that the program takes for a need, with their partners.
fn books(catalog: &Catalog, need: &Need, scenario: &Scenario) -> Vec<Rc<Book>> {
    let on = need.month.map(|month| Month::parse(&month.text()).unwrap().first());
    let plans = catalog.all_plans();
    let books = plans.iter().filter_map(|plan| catalog.select(plan, on).ok());
    books.filter_map(|book| catalog.completed(book, &scenario.asked(), on).ok()).collect()
}

/// The plans that are told: one that only sells what a partner sells by itself is left out.
fn told(answer: &Value, mut plans: BTreeMap<String, Counted>) -> BTreeMap<String, Counted> {
    let names: Vec<String> = answer["plans"].as_array().unwrap().iter().map(name).collect();
    plans.retain(|plan, _| names.contains(plan));
    plans
}

fn name(plan: &Value) -> String {
    let part = |name: &str| plan[name].as_str().unwrap();
    format!("{}/{}@{}", part("provider"), part("plan"), part("edition"))
}

#[test]
fn every_unit_of_a_range_costs_what_the_curve_says() {
    let (needs, seed) = (number("KMS_COST_CURVES", NEEDS), number("KMS_COST_ORACLE_SEED", SEED));
    let (catalog, folder) = catalog("curves");
    let (mut answered, mut changes, mut failures) = (0_u64, 0, Vec::new());
    let mut bent: BTreeMap<String, u64> = BTreeMap::new();
    for index in 0..needs {
        let seed = seed.wrapping_add(index);
        let mut random = Random::new(seed);
        let varied = Varied::generate(&mut random);
        let (from, to) = varied.range(&mut random);
        if varied.states_nothing() {
            continue;
        }
        let text = varied.text();
        let plans = counted(&varied, from..=to, &catalog);
        let (answer, plans) = match (run(&varied, from, to, &folder), plans) {
            (Ok(answer), Some(plans)) => {
                let plans = told(&answer, plans);
                (answer, plans)
            }
            (Err(_), None) => continue,
            (Err(complaint), Some(_)) => {
                failures.push(format!("seed {seed}, {}: {complaint}\n{text}", varied.name()));
                continue;
            }
            (Ok(_), None) => {
                failures.push(format!(
                    "seed {seed}, {}: a wrong need is answered\n{text}",
                    varied.name()
                ));
                continue;
            }
        };
        answered += 1;
        let groups = answer["currencies"].as_array().unwrap();
        changes +=
            groups.iter().map(|group| group["changes"].as_array().unwrap().len()).sum::<usize>();
        for plan in answer["plans"].as_array().unwrap() {
            if plan["pieces"].as_array().unwrap().len() > 1 {
                *bent.entry(name(plan)).or_default() += 1;
            }
        }
        let found = differences(&answer, &plans, from, to);
        if !found.is_empty() {
            failures
                .push(format!("seed {seed}, {} from {from} to {to}\n{found}{text}", varied.name()));
        }
    }
    println!("{answered} of {needs} needs answered, {changes} changes; curves of several pieces:");
    for (plan, times) in &bent {
        println!("  {plan} {times}");
    }
    assert!(failures.is_empty(), "{}", failures[..failures.len().min(5)].join("\n"));
    assert!(answered * 2 > needs, "{answered} of {needs} needs answered");
}

/// Over wide ranges nobody looks at every unit: each change at the unit before it, at it and behind
/// it, the ends of many pieces, and units in between.
#[test]
fn every_change_of_a_wide_range_holds_on_both_sides() {
    let (needs, seed) = (number("KMS_COST_CURVES", NEEDS), number("KMS_COST_ORACLE_SEED", SEED));
    let (catalog, folder) = catalog("changes");
    let (mut changes, mut failures) = (0_usize, Vec::new());
    for index in 0..needs {
        let seed = seed.wrapping_add(1_000_000).wrapping_add(index);
        let mut random = Random::new(seed);
        let varied = Varied::generate(&mut random);
        if matches!(varied.place, Spot::Months) || varied.states_nothing() {
            continue;
        }
        let (from, to) = (1, random.pick(&[1_000, 10_000, 100_000]));
        let text = varied.text();
        let answer = match run(&varied, from, to, &folder) {
            Ok(answer) => answer,
            Err(complaint)
                if complaint.contains("narrow the range") || complaint.contains("` cannot be ") =>
            {
                continue;
            }
            Err(complaint) => {
                if counted(&varied, 1..=1, &catalog).is_some() {
                    failures.push(format!("seed {seed}, {}: {complaint}\n{text}", varied.name()));
                }
                continue;
            }
        };
        let mut units = vec![from, to];
        for group in answer["currencies"].as_array().unwrap() {
            let all = group["changes"].as_array().unwrap();
            changes += all.len();
            for change in all.iter().take(40) {
                let at = whole(&change["at"]);
                units.extend([at - 1, at, (at + 1).min(to)]);
            }
        }
        for plan in answer["plans"].as_array().unwrap() {
            let pieces = plan["pieces"].as_array().unwrap();
            for piece in pieces.iter().step_by(pieces.len() / 7 + 1) {
                units.extend([whole(&piece["from"]), whole(&piece["to"])]);
            }
        }
        units.extend((0..20).map(|_| from + random.below(to - from)));
        units.sort_unstable();
        units.dedup();
        let units = units.into_iter();
        let Some(plans) = counted(&varied, units, &catalog) else {
            failures
                .push(format!("seed {seed}, {}: a wrong need is answered\n{text}", varied.name()));
            continue;
        };
        let plans = told(&answer, plans);
        let mut found = sides(&answer, &plans);
        let only_plans = serde_json::json!({ "plans": answer["plans"], "currencies": [] });
        found.push_str(&differences(&only_plans, &plans, from, to));
        if !found.is_empty() {
            failures.push(format!("seed {seed}, {} to {to}\n{found}{text}", varied.name()));
        }
    }
    println!("{changes} changes");
    assert!(failures.is_empty(), "{}", failures[..failures.len().min(5)].join("\n"));
}

/// At every unit that was priced, the plan that is told is the cheapest.
fn sides(answer: &Value, plans: &BTreeMap<String, Counted>) -> String {
    let mut found = String::new();
    for group in answer["currencies"].as_array().unwrap() {
        let currency = group["currency"].as_str().unwrap();
        let rivals = || plans.iter().filter(|(_, plan)| plan.currency == currency);
        for span in group["spans"].as_array().unwrap() {
            let (from, to) = (whole(&span["from"]), whole(&span["to"]));
            let units = plans.values().next().unwrap().units.keys();
            for unit in units.filter(|unit| from <= **unit && **unit <= to) {
                let totals = rivals().filter_map(|(name, plan)| match &plan.units[unit] {
                    Unit::Complete(total) => Some((total, name)),
                    Unit::Incomplete | Unit::NotServed => None,
                });
                let least = totals.min();
                let told = span["cheapest"].as_str().map(|name| plans[name].units[unit].clone());
                if told != least.map(|(total, _)| Unit::Complete(total.clone())) {
                    let _ = writeln!(found, "at {unit}: told {told:?}, least {least:?}");
                }
            }
        }
    }
    found
}
