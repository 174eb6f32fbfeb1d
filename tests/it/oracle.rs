//! An independent second hand: scenarios by chance, priced from the documents by plain counting on
//! big integers, and held against the program's estimates.
//!
//! Shares no code and no price with the engine and reads no price book; each constant carries its
//! document. `KMS_COST_ORACLE_SCENARIOS` says how many scenarios a book, `KMS_COST_ORACLE_SEED` the
//! first seed: the seed of a failing scenario, with one scenario, runs that one again.
//! `KMS_COST_ORACLE_PLAN` leaves the books whose plans begin with it.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test helper: what overflows or is missing must stop the test"
)]

mod alibaba;
mod alibaba_2019;
mod alibaba_instances;
mod aws;
mod aws_cards_secrets;
mod azure;
mod baidu;
mod civil;
mod compare;
mod counted;
mod curves;
mod derived;
mod disputes;
mod editions;
mod exact;
mod formats;
mod generate;
mod generate_held;
mod generate_instances;
mod generate_lives;
mod google;
mod huawei;
mod ibm_hyper_protect;
mod ibm_key_protect;
mod kingsoft;
mod life;
mod lists;
mod need;
mod oracle_cloud;
mod places;
mod predict;
mod random;
mod scaleway;
mod subscription;
mod tencent;
mod tencent_ssm;
mod write;
mod yandex;

use kms_cost::catalog::{Catalog, PlanName};

use disputes::DISPUTES;
use generate::Taste;
use need::Need;
use predict::{Predicted, Refused};
use random::Random;

/// Scenarios a book, unless the environment says otherwise.
const SCENARIOS: u64 = 600;
/// The first seed, unless the environment says otherwise.
const SEED: u64 = 20_260_210;
/// Failures of a book that are shown.
const FAILURES: usize = 10;

/// A book, its scenarios and its oracle.
struct Subject {
    plan: &'static str,
    taste: Taste,
    generate: fn(&mut Random, &Taste) -> Need,
    predict: fn(&Need) -> Result<Predicted, Refused>,
}

impl Subject {
    /// A book of keys and calls.
    fn of_keys(
        plan: &'static str,
        taste: Taste,
        predict: fn(&Need) -> Result<Predicted, Refused>,
    ) -> Self {
        Self { plan, taste, generate: generate::keys_and_calls, predict }
    }
}

/// Every book that is held against the oracle: a line for each file of rules.
fn subjects() -> Vec<Subject> {
    let only = std::env::var("KMS_COST_ORACLE_PLAN").unwrap_or_default();
    [
        alibaba::subjects(),
        alibaba_2019::subjects(),
        alibaba_instances::subjects(),
        aws::subjects(),
        aws_cards_secrets::subjects(),
        azure::subjects(),
        baidu::subjects(),
        derived::subjects(),
        google::subjects(),
        huawei::subjects(),
        ibm_hyper_protect::subjects(),
        ibm_key_protect::subjects(),
        kingsoft::subjects(),
        oracle_cloud::subjects(),
        scaleway::subjects(),
        tencent::subjects(),
        tencent_ssm::subjects(),
        yandex::subjects(),
    ]
    .into_iter()
    .flatten()
    .filter(|subject| subject.plan.starts_with(&only))
    .collect()
}

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

#[test]
fn every_book_with_prices_has_its_oracle() {
    let catalog = Catalog::open(None).unwrap();
    let mut without: Vec<String> = Vec::new();
    let held: Vec<&str> = subjects().iter().map(|subject| subject.plan).collect();
    let only = std::env::var("KMS_COST_ORACLE_PLAN").unwrap_or_default();
    for id in catalog.ids().map(ToString::to_string).filter(|id| id.starts_with(&only)) {
        let book = catalog.select(&PlanName::parse(&id).unwrap(), None).unwrap();
        if !book.meters.is_empty() && !held.contains(&id.as_str()) {
            without.push(id);
        }
    }
    assert!(without.is_empty(), "without an oracle: {}", without.join(", "));
}

#[test]
fn agrees_on_generated_scenarios() {
    let (scenarios, seed) =
        (number("KMS_COST_ORACLE_SCENARIOS", SCENARIOS), number("KMS_COST_ORACLE_SEED", SEED));
    println!("{scenarios} scenarios a book from seed {seed}");
    let catalog = Catalog::open(None).unwrap();
    let mut hidden = vec![0_u64; DISPUTES.len()];
    let mut failures = Vec::new();
    for subject in subjects() {
        failures.extend(run(&subject, &catalog, seed, scenarios, &mut hidden));
    }
    for (dispute, times) in DISPUTES.iter().zip(&hidden) {
        println!("hidden {times} times, {}: {}", dispute.plan, dispute.why);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn run(
    subject: &Subject,
    catalog: &Catalog,
    first: u64,
    scenarios: u64,
    hidden: &mut [u64],
) -> Vec<String> {
    let book = catalog.select(&PlanName::parse(subject.plan).unwrap(), None).unwrap();
    let mut failures = Vec::new();
    // refused, partial, complete
    let mut outcomes = [0_u64; 3];
    for index in 0..scenarios {
        let seed = first.wrapping_add(index);
        let need = (subject.generate)(&mut Random::new(seed), &subject.taste);
        let predicted = (subject.predict)(&need);
        outcomes
            [predicted.as_ref().map_or(0, |predicted| 1 + usize::from(predicted.is_complete()))] +=
            1;
        let text = write::scenario(&need);
        let said = compare::ask(&need, &text, &book, catalog.vocabulary());
        let mut found = compare::differences(&need, &predicted, &said);
        hide(subject, &need, &mut found, hidden);
        if !found.is_empty() {
            failures.push(report(subject, &need, seed, &found, &text));
        }
        if failures.len() >= FAILURES {
            break;
        }
    }
    let [refused, partial, complete] = outcomes;
    let plan = subject.plan;
    println!("{plan}: {refused} refused, {partial} partial, {complete} complete");
    if failures.is_empty() && scenarios >= 100 && 3 * (partial + complete) < scenarios {
        failures.push(format!("{plan}: hardly a scenario is served, so that little is proved"));
    }
    failures
}

/// Takes out what is disputed, and counts it.
fn hide(subject: &Subject, need: &Need, found: &mut Vec<String>, hidden: &mut [u64]) {
    for (dispute, times) in DISPUTES.iter().zip(hidden) {
        if subject.plan.starts_with(dispute.plan) && (dispute.applies)(need) {
            let before = found.len();
            found.retain(|difference| !difference.starts_with(dispute.hides));
            *times += u64::from(found.len() < before);
        }
    }
}

fn report(subject: &Subject, need: &Need, seed: u64, found: &[String], text: &str) -> String {
    let month = need.month.filter(|_| need.month_outside).map(civil::Month::text);
    let months = need.months.filter(|_| need.months_outside);
    format!(
        "{} seed {seed} (from outside: month {month:?}, months {months:?})\n{}\n{text}",
        subject.plan,
        found.join("\n")
    )
}
