//! Every format of generated scenarios, read back and added up.

use std::sync::Arc;

use kms_cost::catalog::{Catalog, PlanName};
use kms_cost::estimate::{Estimate, Grounds, estimate};
use kms_cost::fraction::Fraction;
use kms_cost::month::Month;
use kms_cost::pricebook::Book;
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
const SCENARIOS: u64 = 200;

#[test]
fn every_format_adds_up_on_generated_scenarios() {
    let scenarios = number("KMS_COST_FORMAT_SCENARIOS", SCENARIOS);
    let seed = number("KMS_COST_ORACLE_SEED", SEED);
    let catalog = Catalog::open(None).unwrap();
    let vocabulary = catalog.vocabulary();
    let mut read: u64 = 0;
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
            read += 1;
        }
    }
    println!("{read} estimates read back");
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

fn exact(amount: Fraction) -> Exact {
    readback::number(&amount.ratio().unwrap_or_else(|| amount.digits())).unwrap()
}
