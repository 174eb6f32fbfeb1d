//! What every bill of every vector is as FOCUS, in months of 28, 30 and 31 days: each row re-multiplied
//! and the file re-added with numbers that are not ours.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test fails where it stands"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use serde::Deserialize;

use kms_cost::bill::Status;
use kms_cost::catalog::Catalog;
use kms_cost::estimate::{Estimate, Grounds, estimate};
use kms_cost::month::Month;
use kms_cost::pricebook::BookId;
use kms_cost::report::focus::{self, Export, Refused, Version};
use kms_cost::scenario::{self, Scenario};
use kms_cost::source::Source;

#[derive(Deserialize)]
struct File {
    vector: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    scenario: String,
    problem: Option<String>,
}

type Row = BTreeMap<String, String>;

/// `0.99225` or `22/31`.
fn exact(text: &str) -> BigRational {
    if let Some((top, bottom)) = text.split_once('/') {
        return BigRational::new(top.parse().unwrap(), bottom.parse().unwrap());
    }
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits: BigInt = format!("{whole}{decimals}").parse().unwrap();
    BigRational::new(digits, BigInt::from(10).pow(u32::try_from(decimals.len()).unwrap()))
}

fn rows(text: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// A vector's scenario with the plan of its file, in a month.
fn bill(text: &str, id: &BookId, month: &str, catalog: &Catalog) -> Option<(Scenario, Estimate)> {
    let states = |field: &str| {
        text.lines().any(|line| line.split('=').next().is_some_and(|name| name.trim() == field))
    };
    let mut whole = String::new();
    for (field, value) in [("provider", &id.provider), ("plan", &id.plan), ("edition", &id.edition)]
    {
        if !states(field) {
            whole.extend([field, " = \"", value, "\"\n"]);
        }
    }
    let source = Arc::new(Source::new("scenario.toml", whole + text));
    let (scenario, problems) = scenario::scenario(&source, catalog.vocabulary());
    let scenario = scenario?;
    let book = catalog.completed(catalog.load(id).ok()?, &scenario.asked(), None).ok()?;
    let month = Month::parse(month);
    let grounds = Grounds { vocabulary: catalog.vocabulary(), home: None, month, months: None };
    estimate(&scenario, book, grounds, problems).ok().map(|estimate| (scenario, estimate))
}

fn id_of(path: &Path) -> BookId {
    let stem = path.file_stem().unwrap().to_str().unwrap();
    let mut parts = stem.splitn(3, '.').map(str::to_owned);
    let mut next = || parts.next().unwrap();
    BookId { provider: next().into(), plan: next().into(), edition: next().into() }
}

/// Every vector that has a bill.
fn vectors() -> Vec<(BookId, Vector)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let file: File = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            let id = id_of(&path);
            let billed = file.vector.into_iter().filter(|vector| vector.problem.is_none());
            found.extend(billed.map(|vector| (id.clone(), vector)));
        }
    }
    found
}

/// Cost is unit price times quantity, and what rounding a quantity loses is what the row says at most.
fn hold(rows: &[Row], estimate: &Estimate, name: &str) {
    let total = estimate.bill.total();
    let total = exact(&total.ratio().unwrap_or_else(|| total.digits()));
    let half = BigRational::new(1.into(), BigInt::from(2) * BigInt::from(10).pow(12));
    let (mut sum, mut lost) = (BigRational::zero(), BigRational::zero());
    assert_eq!(rows.len(), estimate.bill.lines().len(), "{name}");
    for row in rows {
        let cost = exact(&row["ListCost"]);
        let price = exact(&row["ListUnitPrice"]);
        assert_eq!(&price * exact(&row["PricingQuantity"]), cost, "{name}: {row:?}");
        for column in ["BilledCost", "EffectiveCost", "ContractedCost"] {
            assert_eq!(row[column], row["ListCost"], "{name}");
        }
        let off = (exact(&row["x_ExactCost"]) - &cost).abs();
        match row["x_Rounding"].as_str() {
            "" => assert!(off.is_zero(), "{name}: {row:?}"),
            rule => {
                assert!(rule.ends_with(" to 12 decimals"), "{name}: {rule}");
                assert!(off <= &price * &half, "{name}: {row:?}");
                lost += &price * &half;
            }
        }
        sum += cost;
    }
    assert!((sum - total).abs() <= lost, "{name}");
}

#[test]
fn every_bill_re_adds_and_a_price_id_is_one_price_of_one_meter() {
    let catalog = Catalog::open(None).unwrap();
    let mut prices: BTreeMap<String, [String; 3]> = BTreeMap::new();
    let (mut bills, mut rounded) = (0, 0);
    for (id, vector) in vectors() {
        for month in ["2026-02", "2026-04", "2026-01"] {
            let Some((scenario, estimate)) = bill(&vector.scenario, &id, month, &catalog) else {
                continue;
            };
            let name = format!("{id}, {}, {month}", vector.name);
            let export = Export {
                scenario: &scenario,
                estimate: &estimate,
                vocabulary: catalog.vocabulary(),
                version: Version::V1_4,
                by_month: false,
            };
            let text = match focus::write(export) {
                Ok(text) => text,
                Err(Refused::Unpublished(lines)) => {
                    assert_eq!(estimate.bill.status(), Status::Incomplete, "{name}");
                    assert_eq!(lines.len(), estimate.bill.unpriced().count(), "{name}");
                    continue;
                }
                Err(why) => panic!("{name}: {why:?}"),
            };
            let rows = rows(&text);
            hold(&rows, &estimate, &name);
            for row in &rows {
                let of =
                    ["SkuId", "ListUnitPrice", "PricingUnit"].map(|column| row[column].clone());
                let known = prices.entry(row["SkuPriceId"].clone()).or_insert_with(|| of.clone());
                assert_eq!(*known, of, "{name}: {}", row["SkuPriceId"]);
                rounded += usize::from(!row["x_Rounding"].is_empty());
            }
            bills += 1;
        }
    }
    assert!(bills > 1000 && rounded > 100, "{bills} bills, {rounded} rounded rows");
}

#[test]
fn names_of_any_kind_stay_text() {
    let catalog = Catalog::open(None).unwrap();
    let id = BookId {
        provider: "alibaba".into(),
        plan: "pay-as-you-go".into(),
        edition: "2021-03".into(),
    };
    let text = "region = \"ap-southeast-1\"\n[[key]]\nname = \"=1+1\\n\\\",\\u202E\"\nspec = \"aes-256\"\nprotection = \"software\"\n\
                [key.tags]\n\"a\\\"b\" = \"-x\\u0007\"\n";
    let (scenario, estimate) = bill(text, &id, "2026-02", &catalog).unwrap();
    for version in [Version::V1_2, Version::V1_4] {
        let vocabulary = catalog.vocabulary();
        let export = Export {
            scenario: &scenario,
            estimate: &estimate,
            vocabulary,
            version,
            by_month: false,
        };
        let text = focus::write(export).unwrap();
        assert!(!text.contains(['\u{202e}', '\u{7}']), "{text}");
        let row = &rows(&text)[0];
        assert_eq!(row["ResourceId"], r#"'=1+1\u{a}",\u{202e}"#);
        assert_eq!(row["Tags"], r#"{"a\"b":"-x\\u{7}"}"#);
        assert_eq!(row["BillingPeriodStart"], "2026-01-31T16:00:00Z");
        assert_eq!(row["BillingPeriodEnd"], "2026-02-28T16:00:00Z");
        assert_eq!(row.contains_key("ProviderName"), version == Version::V1_2);
        assert_eq!(row.contains_key("ServiceProviderName"), version == Version::V1_4);
    }
}
