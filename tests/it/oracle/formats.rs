//! Every format of generated scenarios, read back and added up.

use std::sync::Arc;

use kms_cost::catalog::{Catalog, PlanName};
use kms_cost::estimate::{Estimate, Grounds, estimate};
use kms_cost::fraction::Fraction;
use kms_cost::month::Month;
use kms_cost::pricebook::Book;
use kms_cost::report::focus::{self, Export, Refused, Version};
use kms_cost::report::record::Billed;
use kms_cost::report::text::Shown;
use kms_cost::report::{bill_csv, bill_page, html, markdown};
use kms_cost::scenario::{self, Scenario};
use kms_cost::source::Source;
use kms_cost::vocabulary::Vocabulary;

use super::random::Random;
use super::{SEED, number, subjects, write};
use crate::readback::{self, Exact};

/// Scenarios a book, unless the environment says otherwise.
const SCENARIOS: u64 = 60;

#[test]
fn every_format_adds_up_on_generated_scenarios() {
    let scenarios = number("KMS_COST_FORMAT_SCENARIOS", SCENARIOS);
    let seed = number("KMS_COST_ORACLE_SEED", SEED);
    let catalog = Catalog::open(None).unwrap();
    let vocabulary = catalog.vocabulary();
    let (mut read, mut exported): (u64, u64) = (0, 0);
    for subject in subjects() {
        let book = catalog.select(&PlanName::parse(subject.plan).unwrap(), None).unwrap();
        for index in 0..scenarios {
            let need = (subject.generate)(&mut Random::new(seed + index), &subject.taste);
            let text = write::scenario(&need);
            let month = need.month.filter(|_| need.month_outside).map(super::civil::Month::text);
            // every third as a projection
            let months = (index % 3 == 0).then_some(4);
            let Some((scenario, estimate)) =
                estimated(&text, &book, vocabulary, month.as_deref(), months)
            else {
                continue;
            };
            check(&scenario, &estimate, vocabulary, months.is_some()).unwrap_or_else(|why| {
                panic!("{} seed {}: {why}\n{text}", subject.plan, seed + index)
            });
            exported += re_added(&scenario, &estimate, vocabulary, months.is_some())
                .unwrap_or_else(|why| panic!("{} seed {}: {why}", subject.plan, seed + index));
            read += 1;
        }
    }
    println!("{read} estimates read back, {exported} of them as FOCUS");
    assert!(exported > scenarios);
    assert!(read >= scenarios);
}

fn estimated(
    text: &str,
    book: &Book,
    vocabulary: &Vocabulary,
    month: Option<&str>,
    months: Option<u32>,
) -> Option<(Scenario, Estimate)> {
    let source = Arc::new(Source::new("generated.toml", text));
    let (scenario, problems) = scenario::scenario(&source, vocabulary);
    let scenario = scenario?;
    let month = month.map(|month| Month::parse(month).unwrap());
    let grounds = Grounds { vocabulary, home: None, month, months };
    // what must be refused is another test's business
    let estimate = estimate(&scenario, book.clone(), grounds, problems).ok()?;
    Some((scenario, estimate))
}

fn check(
    scenario: &Scenario,
    estimate: &Estimate,
    vocabulary: &Vocabulary,
    by_month: bool,
) -> Result<(), String> {
    let term = estimate.term.as_ref().filter(|_| by_month);
    let total = exact(term.map_or(estimate.bill.total(), |term| term.total));
    let first = exact(estimate.bill.total());
    let mut bytes = Vec::new();
    let billed = Billed { scenario: &scenario.name, estimate, by_month, budget: None };
    bill_csv::write(&mut bytes, [billed]).map_err(|why| why.to_string())?;
    let sum = readback::csv_amounts(&bytes).into_iter().sum::<Exact>();
    if sum != total {
        return Err(format!("CSV adds up to {sum}, not to {total}"));
    }
    let shown = Shown {
        scenario,
        estimate,
        vocabulary,
        documented: None,
        checks: &[],
        round: None,
        by_month,
    };
    let page = bill_page::page(&shown, &[]);
    for (heading, table) in readback::html(&html::html(&page)) {
        let of_lines = heading.starts_with("Lines");
        table
            .check(if of_lines { &first } else { &total })
            .map_err(|why| format!("HTML: {why}"))?;
    }
    let tables = readback::markdown(&markdown::markdown(&page));
    let [main, lines] = tables.as_slice() else {
        return Err(format!("Markdown has {} tables", tables.len()));
    };
    main.check(&total).map_err(|why| format!("Markdown: {why}"))?;
    lines.check(&first).map_err(|why| format!("Markdown: {why}"))
}

/// FOCUS re-multiplied and re-added at list and at contracted prices; whether there was a file.
fn re_added(
    scenario: &Scenario,
    estimate: &Estimate,
    vocabulary: &Vocabulary,
    by_month: bool,
) -> Result<u64, String> {
    let export = Export { scenario, estimate, vocabulary, version: Version::V1_4, by_month };
    let text = match focus::write(export) {
        Ok(text) => text,
        Err(Refused::NoMonth | Refused::Unpublished(_)) => return Ok(0),
        Err(why) => return Err(format!("{why:?}")),
    };
    let term = estimate.term.as_ref().filter(|_| by_month);
    let total = exact(term.map_or(estimate.bill.total(), |term| term.total));
    let at_list = if by_month { estimate.at_list().ok().flatten() } else { estimate.bill.at_list };
    let at_list = at_list.map_or_else(|| total.clone(), |list| exact(list.total));
    let half = Exact::new(1.into(), 2_000_000_000_000_u64.into());
    for (kind, expected) in [("Contracted", total), ("List", at_list)] {
        let (mut sum, mut lost) = (Exact::from_integer(0.into()), Exact::from_integer(0.into()));
        for row in readback::csv(text.as_bytes()) {
            let figure = |column: &str| readback::number(&row[column]).unwrap();
            let (price, cost) =
                (figure(&format!("{kind}UnitPrice")), figure(&format!("{kind}Cost")));
            if &price * figure("PricingQuantity") != cost {
                return Err(format!("FOCUS: {kind} price times quantity is not the cost: {row:?}"));
            }
            if !row["x_Rounding"].is_empty() {
                lost += price * &half;
            }
            sum += cost;
        }
        let away = if sum > expected { &sum - &expected } else { &expected - &sum };
        if away > lost {
            return Err(format!("FOCUS: {kind} adds up to {sum}, not to {expected}"));
        }
    }
    Ok(1)
}

fn exact(amount: Fraction) -> Exact {
    readback::number(&amount.ratio().unwrap_or_else(|| amount.digits())).unwrap()
}
