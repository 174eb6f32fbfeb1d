//! Diffs: worked by hand, and as properties over generated pairs.
#![cfg(test)]

use std::slice::from_ref;
use std::sync::Arc;

use kms_cost::catalog::{Catalog, PlanName};
use kms_cost::decimal::{self, Decimal};
use kms_cost::diff::{Diff, NoDiff, Row, Status, diff};
use kms_cost::estimate::{Estimate, Grounds, estimate};
use kms_cost::fraction::Fraction;
use kms_cost::month::Month;
use kms_cost::report::{diff_csv, json};
use kms_cost::scenario;
use kms_cost::source::Source;
use kms_cost::statement::{Entry, Region, Statement, Whose, kept};
use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::prelude::*;

fn money(text: &str) -> Fraction {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let value =
        Fraction::from(decimal::parse(digits).unwrap_or_else(|why| panic!("{text}: {why}")));
    if sign < 0 { Fraction::ZERO.minus(value).expect("in range") } else { value }
}

/// A line: id, name, quantity, free, unit, whole period, price, per.
#[derive(Clone, Debug)]
struct Line {
    id: String,
    name: Option<String>,
    quantity: Fraction,
    free: u64,
    unit: &'static str,
    whole: Option<u64>,
    price: Option<Decimal>,
    per: u64,
}

fn entry(line: &Line) -> Entry<'static> {
    let amount = line.price.map(|price| {
        let cost = Fraction::from(price).times(line.quantity).expect("in range");
        cost.over(line.per).expect("in range")
    });
    Entry {
        id: line.id.clone().into(),
        item: "keys".into(),
        label: "key".into(),
        whose: line.name.clone().map_or(Whose::Nobody, |name| Whose::Key(name.into())),
        region: Some(Region { id: "south".into(), place: None }),
        regions: Vec::new(),
        noun: line.unit.split('-').next().expect("a noun").to_owned().into(),
        consumed: line.quantity,
        unit: line.unit.into(),
        quantity: line.quantity,
        free: line.free.into(),
        whole_period: line.whole.map(Fraction::from),
        unit_price: line.price,
        per: line.per,
        amount,
    }
}

fn bill(lines: &[Line]) -> Statement<'static> {
    statement(lines.iter().map(entry).collect())
}

/// A bill of a month of 30 days.
pub(super) fn statement(entries: Vec<Entry<'static>>) -> Statement<'static> {
    Statement {
        scenario: "need".into(),
        provider: "p".into(),
        plan: "p".into(),
        edition: "e".into(),
        currency: "USD".into(),
        month: None,
        hours: 720,
        total: Fraction::sum(entries.iter().filter_map(|entry| entry.amount)).expect("in range"),
        complete: entries.iter().all(|entry| entry.amount.is_some()),
        entries,
    }
}

fn keys(name: &str, days: u64, quantity: u64, price: Option<&str>) -> Line {
    Line {
        id: format!("keys.software/south/{name}"),
        name: Some(name.to_owned()),
        quantity: quantity.into(),
        free: 0,
        unit: "key-day",
        whole: Some(days),
        price: price.map(|price| decimal::parse(price).expect("a price")),
        per: 1,
    }
}

fn calls(tier: &str, quantity: u64, free: u64, price: &str) -> Line {
    Line {
        id: format!("calls.all/south{tier}"),
        name: None,
        quantity: quantity.into(),
        free,
        unit: "call",
        whole: None,
        price: Some(decimal::parse(price).expect("a price")),
        per: 10_000,
    }
}

fn held(base: &[Line], head: &[Line]) -> Diff {
    diff(&bill(base), &bill(head)).expect("a diff")
}

fn one(base: &[Line], head: &[Line]) -> Row {
    let mut rows = held(base, head).rows;
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

/// Calendar, quantity, tier and quota, price.
fn effects(row: &Row) -> [String; 4] {
    row.effects
        .expect("effects")
        .parts()
        .map(|(_, amount)| amount.ratio().unwrap_or_else(|| amount.digits()))
}

// ------------------------------------------------------------------ worked by hand

#[test]
fn each_effect_is_the_one_worked_out_by_hand() {
    // the number of the module's own doc: 0.30 → 1.24
    let row = one(&[keys("app", 30, 30, Some("0.01"))], &[keys("app", 31, 62, Some("0.02"))]);
    assert_eq!((row.status, row.difference), (Status::Changed, Some(money("0.94"))));
    assert_eq!(effects(&row), ["0.01", "0.31", "0", "0.62"]);
    assert_eq!(row.percent().map(decimal::plain).as_deref(), Some("313.33"));
    // a free quota of 5,000 goes: 25,000 charged of 30,000 used, then all 30,000; 0.02 for 10,000
    let row = one(&[calls("", 25_000, 5_000, "0.02")], &[calls("", 30_000, 0, "0.02")]);
    assert_eq!(effects(&row), ["0", "0", "0.01", "0"]);
    // twice the calls, and the same quota: 60,000 used. Quantity 0.05 × 2 − 0.05; the quota gives 0.01 less
    let row = one(&[calls("", 25_000, 5_000, "0.02")], &[calls("", 55_000, 5_000, "0.02")]);
    assert_eq!(effects(&row), ["0", "0.05", "0.01", "0"]);
    // a second tier is reached: 20,000 at 0.03, then 20,000 and 20,000 at 0.01 for 10,000.
    // 0.06 → 0.08: as much again at the average price is +0.06, the cheaper tier −0.04
    let row = one(
        &[calls("", 20_000, 0, "0.03")],
        &[calls("", 20_000, 0, "0.03"), calls("#above-20000", 20_000, 0, "0.01")],
    );
    assert_eq!(effects(&row), ["0", "0.06", "-0.04", "0"]);
    // the same, and the first tier's price falls to 0.02: 20,000 × (0.02 − 0.03) / 10,000
    let row = one(
        &[calls("", 20_000, 0, "0.03")],
        &[calls("", 20_000, 0, "0.02"), calls("#above-20000", 20_000, 0, "0.01")],
    );
    assert_eq!(effects(&row), ["0", "0.06", "-0.04", "-0.02"]);
    // nothing was used before: all of it is of the quantity
    let row = one(&[calls("", 0, 0, "0.02")], &[calls("", 10_000, 0, "0.03")]);
    assert_eq!(effects(&row), ["0", "0.02", "0", "0.01"]);
    assert_eq!(row.percent(), None, "from a base of 0");
    // another unit: what is used can still be compared, the prices are of one step
    let mut head = keys("app", 30, 2, Some("0.35"));
    (head.unit, head.whole) = ("key-month", Some(1));
    let mut base = keys("app", 30, 30, Some("0.01"));
    base.unit = "key-day";
    let (mut was, mut is) = (bill(&[base]), bill(&[head]));
    was.entries[0].consumed = 1.into();
    is.entries[0].consumed = 2.into();
    let row = diff(&was, &is).expect("a diff").rows.remove(0);
    assert_eq!(effects(&row), ["0", "0.3", "0", "0.1"]);
}

#[test]
fn lines_are_added_removed_renamed_and_the_same() {
    let disk = keys("disk", 30, 30, Some("0.01"));
    let (data, logs) = (keys("data", 30, 30, Some("0.01")), keys("logs", 30, 60, Some("0.01")));
    let of = |diff: &Diff| -> Vec<(Status, Option<String>)> {
        diff.rows.iter().map(|row| (row.status, row.renamed_from.clone())).collect()
    };
    let renamed = held(from_ref(&disk), from_ref(&data));
    assert_eq!(of(&renamed), [(Status::Renamed, Some("disk".to_owned()))]);
    assert!(!renamed.has_changes());
    // other figures under another name are another line
    let other = held(from_ref(&disk), from_ref(&logs));
    assert_eq!(of(&other), [(Status::Added, None), (Status::Removed, None)]);
    assert_eq!(other.difference, money("0.3"));
    let parts = other.parts.expect("parts");
    assert_eq!((parts.added, parts.removed), (money("0.6"), money("-0.3")));
    // in a month of another length it is found again too
    let longer = held(from_ref(&disk), &[keys("data", 31, 31, Some("0.01"))]);
    assert_eq!(of(&longer), [(Status::Changed, Some("disk".to_owned()))]);
    assert_eq!(effects(&longer.rows[0]), ["0.01", "0", "0", "0"]);
    // and what else is charged of it goes with it, whatever its figures
    let of_key = |name: &str, quantity| Line {
        id: format!("calls.all/south/{name}"),
        name: Some(name.to_owned()),
        ..calls("", quantity, 0, "0.02")
    };
    let both =
        held(&[disk.clone(), of_key("disk", 10_000)], &[data.clone(), of_key("data", 20_000)]);
    let from = || Some("disk".to_owned());
    assert_eq!(of(&both), [(Status::Renamed, from()), (Status::Changed, from())]);
    let same = held(&[disk.clone(), logs.clone()], &[disk.clone(), logs]);
    assert_eq!(of(&same), [(Status::Unchanged, None), (Status::Unchanged, None)]);
    // all charges of one name go to one name: `a` has two, and both go to `x`
    let line = |meter: &str, name: &str, price: &str| Line {
        id: format!("{meter}/south/{name}"),
        ..keys(name, 30, 30, Some(price))
    };
    let base = [
        line("m", "a", "0.01"),
        line("m", "b", "0.01"),
        line("n", "a", "0.01"),
        line("n", "b", "0.01"),
    ];
    let head = [
        line("m", "x", "0.01"),
        line("m", "y", "0.01"),
        line("n", "y", "0.01"),
        line("n", "x", "0.01"),
    ];
    let pairs: Vec<_> =
        held(&base, &head).rows.into_iter().map(|row| (row.renamed_from, row.name)).collect();
    let pair = |from: &str, to: &str| (Some(from.to_owned()), Some(to.to_owned()));
    assert_eq!(pairs, [pair("a", "x"), pair("b", "y"), pair("b", "y"), pair("a", "x")]);
    // a second key joins a pool, which then bears no name: 30,000 of 20,000 calls
    let one_key = Line {
        id: "calls.all/south/app".into(),
        name: Some("app".into()),
        ..calls("", 20_000, 0, "0.02")
    };
    let row = one(&[one_key], &[calls("", 30_000, 0, "0.02")]);
    assert_eq!((row.status, row.renamed_from.clone()), (Status::Changed, None));
    assert_eq!(effects(&row), ["0", "0.02", "0", "0"]);
    // a name that looks like a tier is a name
    let odd = held(&[keys("k#above-5", 30, 30, Some("0.01"))], &[disk]);
    assert_eq!(of(&odd), [(Status::Renamed, Some("k#above-5".to_owned()))]);
}

#[test]
fn what_is_not_published_is_not_0() {
    let (known, unknown) = (keys("app", 30, 30, Some("0.01")), keys("app", 30, 30, None));
    for (base, head) in [(&known, &unknown), (&unknown, &known), (&unknown, &unknown)] {
        let diff = held(from_ref(base), from_ref(head));
        assert!(!diff.complete && diff.difference.is_zero());
        assert_eq!(
            (diff.rows[0].status, diff.rows[0].difference, diff.rows[0].percent()),
            (Status::Unknown, None, None)
        );
    }
    let gone = held(&[unknown], &[]);
    assert_eq!((gone.rows[0].status, gone.complete), (Status::Unknown, false));
}

#[test]
fn two_currencies_are_never_compared() {
    let base = bill(&[keys("app", 30, 30, Some("0.01"))]);
    let head = Statement { currency: "CNY".into(), ..base.clone() };
    assert_eq!(
        diff(&base, &head).err(),
        Some(NoDiff::Currencies("USD".to_owned(), "CNY".to_owned()))
    );
}

// ------------------------------------------------------------------ properties

fn price() -> impl Strategy<Value = Option<Decimal>> {
    prop_oneof![
        1 => Just(None),
        12 => (0_i64..200_000, 0_u32..7).prop_map(|(digits, scale)| Some(Decimal::new(digits, scale))),
    ]
}

/// Lines of a few meters and names, so that they often meet, in up to three tiers.
fn lines() -> impl Strategy<Value = Vec<Line>> {
    let tier = (0_u64..3_000, price());
    let charge =
        (0_usize..3, 0_usize..4, prop::collection::vec(tier, 1..4), 0_u64..500, any::<bool>());
    (prop::collection::vec(charge, 0..7), 28_u64..32).prop_map(|(charges, days)| {
        let mut lines: Vec<Line> = Vec::new();
        for (meter, name, tiers, free, timed) in charges {
            let id = format!("m{meter}.{timed}/south/n{name}");
            if lines.iter().any(|line| line.id == id) {
                continue;
            }
            for (at, (quantity, price)) in tiers.into_iter().enumerate() {
                let tier = if at == 0 { String::new() } else { format!("#above-{at}000") };
                lines.push(Line {
                    id: format!("{id}{tier}"),
                    name: Some(format!("n{name}")),
                    quantity: quantity.into(),
                    free,
                    unit: if timed { "key-day" } else { "call" },
                    whole: timed.then_some(days),
                    price,
                    per: if timed { 1 } else { 1000 },
                });
            }
        }
        lines
    })
}

/// A figure without bounds, so that parts can be added whose sum on the way is beyond 28 digits.
fn exact(figure: Fraction) -> BigRational {
    if let Some(ratio) = figure.ratio() {
        return ratio.parse().expect("a ratio");
    }
    written(&figure.digits())
}

/// A decimal of any number of digits.
fn written(digits: &str) -> BigRational {
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let unscaled: BigInt = digits.replace('.', "").parse().expect("digits");
    let ten = BigInt::from(10);
    BigRational::new(unscaled, ten.pow(u32::try_from(decimals).expect("few")))
}

fn sum(parts: impl IntoIterator<Item = Fraction>) -> BigRational {
    parts.into_iter().map(exact).sum()
}

/// The sums of both bills and of the differences, read back from CSV; each row's effects are added up.
#[expect(clippy::arithmetic_side_effects, reason = "rationals of any size do not overflow")]
fn added_as_csv(found: &Diff) -> [BigRational; 3] {
    let text = diff_csv::write(found).expect("rows");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns = reader.headers().expect("columns").clone();
    let zero = || BigRational::from_integer(0.into());
    let mut sums = [(); 3].map(|()| zero());
    for row in reader.records() {
        let row = row.expect("a row");
        let number = |name: &str| {
            let at = columns.iter().position(|column| column == name).expect("a column");
            let text = row[at].trim_start_matches('\'');
            match text.contains('/') {
                true => text.parse().expect("a ratio"),
                false if text.is_empty() => zero(),
                false => written(text),
            }
        };
        let figure = |digits: &str, fraction: &str| match number(fraction) {
            ratio if ratio == zero() => number(digits),
            ratio => ratio,
        };
        let difference = figure("difference", "difference_fraction");
        let effects = ["calendar", "quantity", "tier_and_quota", "price"].map(number);
        if effects.iter().any(|effect| *effect != zero()) {
            assert_eq!(effects.into_iter().fold(zero(), |sum, effect| sum + effect), difference);
        }
        sums[0] += figure("base_amount", "base_fraction");
        sums[1] += figure("head_amount", "head_fraction");
        sums[2] += difference;
    }
    sums
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5000))]

    #[test]
    fn effects_add_up_to_the_difference(base in lines(), head in lines()) {
        let found = held(&base, &head);
        for row in &found.rows {
            let Some(difference) = row.difference else { continue };
            if let (Some(base), Some(head)) = (&row.base, &row.head) {
                let effects = row.effects.expect("effects of a charge of both");
                let parts = effects.parts().map(|(_, amount)| amount);
                prop_assert_eq!(sum(parts), exact(difference));
                prop_assert_eq!(head.amount.unwrap().minus(base.amount.unwrap())?, difference);
            }
        }
        let rows = found.rows.iter().filter_map(|row| row.difference);
        prop_assert_eq!(sum(rows), exact(found.difference));
        if let Some(parts) = found.parts {
            let named = parts.named().into_iter().map(|(_, amount)| amount);
            prop_assert_eq!(sum(named), exact(found.difference));
        }
        if found.complete {
            prop_assert_eq!(found.head.minus(found.base)?, found.difference);
        }
        let [base_cells, head_cells, difference] = added_as_csv(&found);
        if found.complete {
            prop_assert_eq!(base_cells, exact(found.base));
            prop_assert_eq!(head_cells, exact(found.head));
        }
        prop_assert_eq!(difference, exact(found.difference));
        // every line of either is in one row of its own
        let charges = |lines: &[Line]| lines.iter().filter(|line| !line.id.contains('#')).count();
        prop_assert_eq!(found.rows.iter().filter(|row| row.base.is_some()).count(), charges(&base));
        prop_assert_eq!(found.rows.iter().filter(|row| row.head.is_some()).count(), charges(&head));
    }

    #[test]
    fn a_bill_does_not_differ_from_itself_and_backwards_is_the_negative(base in lines(), head in lines()) {
        let same = held(&base, &base);
        prop_assert!(same.difference.is_zero() && !same.has_changes());
        let (there, back) = (held(&base, &head), held(&head, &base));
        prop_assert_eq!(there.difference.plus(back.difference)?, Fraction::ZERO);
    }
}

// ------------------------------------------------------------------ kept estimates

fn estimated(
    catalog: &Catalog,
    example: &str,
    plan: Option<&str>,
    month: Option<&str>,
) -> (String, Estimate) {
    let path = format!("{}/examples/{example}", env!("CARGO_MANIFEST_DIR"));
    let source = Source::read(std::path::Path::new(&path)).expect("an example");
    let (scenario, problems) = scenario::scenario(&Arc::new(source), catalog.vocabulary());
    let scenario = scenario.expect("a scenario");
    let of = |at: &Option<kms_cost::fields::At<String>>| at.as_ref().map(|at| at.value.clone());
    let name = plan.map_or_else(
        || PlanName {
            provider: of(&scenario.provider).expect("a provider"),
            plan: of(&scenario.plan),
            edition: of(&scenario.edition),
        },
        |plan| PlanName::parse(plan).expect("a plan"),
    );
    let book = catalog.select(&name, None).unwrap_or_else(|why| panic!("{example}: {why:?}"));
    let book = catalog.completed(book, &scenario.asked(), None).expect("a book");
    let month = month.map(|month| Month::parse(month).expect("a month"));
    let grounds = Grounds { vocabulary: catalog.vocabulary(), home: None, month, months: None };
    let estimate = estimate(&scenario, book, grounds, problems)
        .unwrap_or_else(|why| panic!("{example}: {why:?}"));
    (scenario.name, estimate)
}

/// An estimate kept as JSON says all that the estimate itself says: months of 31 days, of 730 hours,
/// free quotas, tiers, pools, levels, prices that are not published.
#[test]
fn a_kept_estimate_is_the_estimate() {
    let catalog = Catalog::open(None).expect("a catalog");
    let cases = [
        ("disk-encryption.toml", None, None),
        ("scenario.toml", None, Some("2026-02")),
        ("instances-ordered.toml", None, None),
        ("instance-for-an-application.toml", None, None),
        ("life-of-a-key.toml", None, None),
        ("rotation-in-the-third-year.toml", None, None),
        ("signing-service.toml", Some("aws/kms"), Some("2026-01")),
        ("regulated-bank.toml", Some("aws/kms"), Some("2026-02")),
        ("small-team.toml", Some("google/kms"), Some("2026-01")),
        ("signing-service.toml", Some("google/kms"), None),
        ("small-team.toml", Some("tencent/pay-as-you-go"), None),
    ];
    for (example, plan, month) in cases {
        let (name, estimate) = estimated(&catalog, example, plan, month);
        let statement = Statement::of_estimate(&name, &estimate);
        let mut text = Vec::new();
        json::estimate(&mut text, &name, &estimate, None, &[], &[]).expect("written");
        let text = String::from_utf8(text).expect("UTF-8");
        let kept = kept(&text).unwrap_or_else(|why| panic!("{example}: {why:?}"));
        assert_eq!(format!("{:?}", kept.statement), format!("{statement:?}"), "{example}");
    }
}
