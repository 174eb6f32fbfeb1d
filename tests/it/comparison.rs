//! Comparisons of invented plans: ranks, differences, rates, and what has no rank.
#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kms_cost::catalog::{Catalog, PlanName};
use kms_cost::comparison::{Asked, Offer, Readings, offers, rank};
use kms_cost::decimal;
use kms_cost::fraction::Fraction;
use kms_cost::rates::Rates;
use kms_cost::scenario::scenario;
use kms_cost::source::Source;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A plan that charges a key one price a month.
struct Plan {
    name: &'static str,
    currency: &'static str,
    /// A decimal, or `unpublished`.
    price: &'static str,
}

const fn plan(name: &'static str, currency: &'static str, price: &'static str) -> Plan {
    Plan { name, currency, price }
}

/// A folder with a book for each plan.
fn folder(test: &str, plans: &[Plan]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("comparison").join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    for Plan { name, currency, price } in plans {
        let book = format!(
            "provider = \"acme\"\nprovider_name = \"Acme\"\nservice = \"Keys\"\nplan = \"{name}\"\n\
             edition = \"2026-01\"\ncurrency = \"{currency}\"\neffective = {{ from = 2026-01-01 }}\n\
             clock = {{ offset = \"+00:00\", standard_month = {{ days = 30 }} }}\n\
             [[source]]\nid = \"page\"\ntitle = \"Prices\"\naddress = \"acme.example\"\n\
             dated = \"2026-01-01\"\nmark = \"page\"\n\
             [[item]]\nid = \"keys\"\nlabel = \"Keys\"\n\
             [[meter]]\nid = \"keys.all\"\nlabel = \"key\"\ncounts = \"key\"\n\
             over = {{ unit = \"month\", rule = \"largest\" }}\nprice = \"{price}\"\nsource = \"page\"\n"
        );
        fs::write(folder.join(format!("acme.{name}.2026-01.toml")), book).expect("a book");
    }
    folder
}

/// The plans as they are ranked for a need of `count` keys.
fn ranked(test: &str, plans: &[Plan], count: u64, rates: Option<&Rates>) -> Vec<Offer> {
    let folder = folder(test, plans);
    let catalog = Catalog::open(Some(&folder)).unwrap_or_else(|why| panic!("{why:?}"));
    let need = format!("name = \"Need\"\n[[key]]\nname = \"k\"\ncount = {count}\n");
    let source = Arc::new(Source::new("need.toml", need));
    let (need, problems) = scenario(&source, catalog.vocabulary());
    let asked = Asked {
        catalog: &catalog,
        month: None,
        months: None,
        as_of: None,
        readings: Readings::Taken,
    };
    let names = catalog.plans(&PlanName::parse("acme").expect("a name")).expect("its plans");
    let mut found = offers(&names, &need.expect("a need"), &problems, asked)
        .unwrap_or_else(|why| panic!("{why:?}"));
    rank(&mut found, rates).expect("figures within range");
    found
}

/// `plan rank more percent` of each offer, in order.
fn told(offers: &[Offer]) -> Vec<String> {
    let tell = |offer: &Offer| match offer.standing {
        None => format!("{} {}", offer.id.plan, offer.status()),
        Some(standing) => {
            let percent = standing.percent.map_or_else(|| "-".to_owned(), Fraction::digits);
            format!("{} {} {} {percent}", offer.id.plan, standing.rank, standing.more.digits())
        }
    };
    offers.iter().map(tell).collect()
}

#[test]
fn complete_bills_of_a_currency_are_ranked_by_their_totals() {
    // 3 keys: 3 × 1.2 = 3.6; 3 × 1 = 3, so 0.6 more, 0.6 ÷ 3 = 20 per cent; CNY stands apart
    let plans = [plan("a", "USD", "1.2"), plan("b", "USD", "1"), plan("c", "CNY", "0.5")];
    let offers = ranked("ranked", &plans, 3, None);
    assert_eq!(told(&offers), ["c 1 0 0", "b 1 0 0", "a 2 0.6 20"]);
}

#[test]
fn plans_that_cost_the_same_share_a_rank() {
    let plans = [plan("a", "USD", "1"), plan("b", "USD", "1"), plan("c", "USD", "2")];
    let offers = ranked("ties", &plans, 1, None);
    assert_eq!(told(&offers), ["a 1 0 0", "b 1 0 0", "c 3 1 100"]);
}

#[test]
fn nothing_is_a_per_cent_of_nothing() {
    let plans = [plan("a", "USD", "0"), plan("b", "USD", "2")];
    let offers = ranked("nothing", &plans, 1, None);
    assert_eq!(told(&offers), ["a 1 0 -", "b 2 2 -"]);
}

#[test]
fn what_has_no_price_never_looks_cheapest() {
    let plans = [plan("a", "USD", "unpublished"), plan("b", "USD", "1000000")];
    let offers = ranked("unpublished", &plans, 5, None);
    assert_eq!(told(&offers), ["b 1 0 0", "a incomplete"]);
}

#[test]
fn a_stated_rate_brings_currencies_together() {
    // 2 × 5 CNY × 0.14 = 1.4 USD; 2 × 0.8 = 1.6 USD, 0.2 more, 0.2 ÷ 1.4 = 14.285714…; EUR has no rate
    let plans = [plan("a", "USD", "0.8"), plan("b", "CNY", "5"), plan("c", "EUR", "0.1")];
    let mut rates = Rates::to("USD");
    rates.state("CNY", decimal::parse("0.14").expect("a rate")).expect("a rate");
    let offers = ranked("rates", &plans, 2, Some(&rates));
    assert_eq!(told(&offers), ["b 1 0 0", "a 2 0.2 14.285714285714", "c 1 0 0"]);
    let costs: Vec<String> = offers
        .iter()
        .filter_map(|offer| offer.cost.as_ref())
        .map(|cost| format!("{} {}", cost.total.digits(), cost.currency))
        .collect();
    assert_eq!(costs, ["1.4 USD", "1.6 USD", "0.2 EUR"]);
    // the plan's own total stays in its own currency
    let own = offers.first().and_then(Offer::total).map(Fraction::digits);
    assert_eq!(own.as_deref(), Some("10"));
}

#[test]
fn the_order_of_the_question_does_not_matter() {
    let catalog = Catalog::open(None).unwrap_or_else(|why| panic!("{why:?}"));
    let text = fs::read_to_string(format!("{ROOT}/examples/small-team.toml")).expect("an example");
    let (head, keys) = text.split_once("[[key]]").expect("keys");
    let mut groups: Vec<&str> = keys.split("[[key]]").collect();
    let mut answers = Vec::new();
    for _ in 0..2 {
        let text = format!("{head}[[key]]{}", groups.join("\n[[key]]"));
        let source = Arc::new(Source::new("need.toml", text));
        let (need, problems) = scenario(&source, catalog.vocabulary());
        let asked = Asked {
            catalog: &catalog,
            month: None,
            months: None,
            as_of: None,
            readings: Readings::Taken,
        };
        let mut plans = catalog.all_plans();
        if !answers.is_empty() {
            plans.reverse();
        }
        let mut found = offers(&plans, &need.expect("a need"), &problems, asked).expect("offers");
        rank(&mut found, None).expect("figures within range");
        let totals: Vec<_> =
            found.iter().map(|offer| (offer.id.clone(), offer.total(), offer.standing)).collect();
        answers.push(totals);
        groups.reverse();
    }
    assert_eq!(answers.first(), answers.last());
    assert_eq!(answers.len(), 2);
}
