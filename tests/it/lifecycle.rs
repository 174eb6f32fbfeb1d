//! Days and cash against what was worked out by hand, and against a calendar that is walked day by day.
#![cfg(test)]

use std::rc::Rc;
use std::sync::Arc;

use kms_cost::catalog::{Catalog, PlanName};
use kms_cost::diagnostic::{Problems, render};
use kms_cost::estimate::{Grounds, estimate};
use kms_cost::fields::{self, Fields};
use kms_cost::fraction::Fraction;
use kms_cost::lifecycle::vouchers::{Funds, Paid, Payer, Purpose, Purse};
use kms_cost::lifecycle::{Asked, Calendar, Query, TermBar, calendar, is_priced, months, unify};
use kms_cost::month::{Day, Moment, Offset};
use kms_cost::pricebook::Book;
use kms_cost::scenario;
use kms_cost::source::Source;
use proptest::prelude::*;

fn catalog() -> Catalog {
    Catalog::open(None).unwrap_or_else(|why| panic!("no catalog: {why:?}"))
}

fn book(catalog: &Catalog, name: &str) -> Book {
    let plan = PlanName::parse(name).expect("a plan");
    let book = catalog.select(&plan, None).unwrap_or_else(|why| panic!("{name}: {why:?}"));
    Rc::unwrap_or_clone(book)
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap_or_else(|| panic!("{text} is no day"))
}

fn money(text: &str) -> Fraction {
    Fraction::from(kms_cost::decimal::parse(text).unwrap_or_else(|why| panic!("{text}: {why}")))
}

fn vectors(name: &str) -> toml::Table {
    let path = format!("{}/tests/vectors/lifecycle/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{path}: {why}"));
    text.parse().unwrap_or_else(|why| panic!("{path}: {why}"))
}

fn rows(table: &toml::Table, name: &str) -> Vec<Vec<String>> {
    let text = |value: &toml::Value| match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(truth) => truth.to_string(),
        other => panic!("{other:?}"),
    };
    let rows = table[name].as_array().expect("rows");
    rows.iter().map(|row| row.as_array().expect("a row").iter().map(text).collect()).collect()
}

/// `2026-02-28 23:59:59`.
fn written(clock: Offset, at: Moment) -> String {
    let day = clock.day_of(at);
    let second = at.since(clock.start_of(day));
    format!("{day} {:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

// ------------------------------------------------------------------ worked by hand

#[test]
fn months_lead_to_the_days_worked_by_hand() {
    for row in rows(&vectors("months.toml"), "after") {
        let [from, anchor, count, to, cut] = row.as_slice() else { panic!("{row:?}") };
        let reached = months::after(day(from), anchor.parse().unwrap(), count.parse().unwrap());
        let reached = reached.expect("a day");
        assert_eq!(reached.day.to_string(), *to, "{row:?}");
        assert_eq!(reached.missing.is_some(), cut == "true", "{row:?}");
    }
}

#[test]
fn proration_is_as_worked_by_hand() {
    let catalog = catalog();
    let rule = book(&catalog, "kingsoft/renewal").renewal.and_then(|rule| rule.unify).unwrap();
    for row in rows(&vectors("proration.toml"), "unified") {
        let [from, anchor, to, count, days, monthly, fee] = row.as_slice() else {
            panic!("{row:?}")
        };
        let (count, days) = (count.parse().unwrap(), days.parse().unwrap());
        let between = unify::between(day(from), anchor.parse().unwrap(), day(to));
        assert_eq!(between, Some((count, days)), "{row:?}");
        let prorated = unify::prorated(rule, money(monthly), count, days).unwrap();
        assert_eq!(prorated, money(fee), "{row:?}");
    }
    assert_eq!(unify::between(day("2026-03-10"), 10, day("2026-03-09")), None);
}

#[test]
fn vouchers_are_spent_as_worked_by_hand() {
    let catalog = catalog();
    let payment = book(&catalog, "kingsoft/renewal").payment;
    for vector in vectors("vouchers.toml")["pay"].as_array().unwrap() {
        let text = |name: &str| vector.get(name).and_then(toml::Value::as_str);
        let purses = vector["vouchers"].as_array().unwrap().iter().map(|voucher| {
            let part = |at: usize| voucher[at].as_str().unwrap();
            Purse { id: part(0).to_owned(), left: money(part(1)), expires: day(part(2)) }
        });
        let gift = text("gift").map_or(Fraction::ZERO, money);
        let balance = text("balance").map(money);
        let mut funds = Funds::new(purses.collect(), gift, balance, payment.as_ref());
        let paid = funds.pay(money(text("fee").unwrap()), day(text("on").unwrap()), Payer::System);
        let found = match paid.unwrap() {
            Paid::InFull(taken) => taken
                .iter()
                .map(|one| match &one.from {
                    Purpose::Voucher(id) => format!("{id} {}", one.amount.money()),
                    other => format!("{other:?} {}", one.amount.money()),
                })
                .collect::<Vec<_>>()
                .join(", "),
            Paid::Short(missing) => format!("missing {}", missing.money()),
            Paid::Unknown(open) => format!("unknown {}", open.money()),
        };
        assert_eq!(found, text("paid").unwrap(), "{}", text("name").unwrap());
    }
}

/// What became of one vector.
struct Outcome {
    calendar: Option<Calendar>,
    problems: Problems,
}

fn outcome(catalog: &Catalog, name: &str, text: &str, asked: &Asked) -> Outcome {
    let source = Arc::new(Source::new("vector", text));
    let mut problems = Problems::new(Arc::clone(&source));
    let document = fields::parse(&source, &mut problems).unwrap_or_else(|| panic!("{text}"));
    let root = Fields::new("scenario", document.get_ref(), 0..0);
    let book = book(catalog, name);
    let vocabulary = catalog.vocabulary();
    let provider = book.id.provider.clone();
    let need = scenario::embedded(root, "vector", &provider, vocabulary, &source, &mut problems);
    if problems.has_errors() {
        return Outcome { calendar: None, problems };
    }
    let grounds = Grounds { vocabulary, home: None, month: None, months: None };
    let estimate = is_priced(&need, &book)
        .then(|| estimate(&need, book.clone(), grounds, problems.clone()).expect("an estimate"));
    let calendar = calendar(&need, &book, estimate.as_ref(), asked, &mut problems);
    Outcome { calendar, problems }
}

#[test]
fn calendars_are_as_worked_by_hand() {
    let invented = std::path::Path::new("tests/language/pricing");
    let catalog = Catalog::open(Some(invented)).unwrap_or_else(|why| panic!("{why:?}"));
    let mut wrong = Vec::new();
    let mut count = 0;
    for file in ["cycles.toml", "accounts.toml", "renewals.toml", "rules.toml"] {
        let table = vectors(file);
        let common = table.get("common").and_then(toml::Value::as_str).unwrap_or_default();
        for vector in table["vector"].as_array().unwrap() {
            count += 1;
            let text = |name: &str| vector.get(name).and_then(toml::Value::as_str);
            let plan = text("plan").or(table.get("plan").and_then(toml::Value::as_str)).unwrap();
            let asked = Asked {
                from: text("from").map(day),
                until: text("until").map(day),
                query: Query {
                    product: text("product").map(str::to_owned),
                    room: text("room").map(str::to_owned),
                    expires_from: text("expires_from").map(day),
                    expires_to: text("expires_to").map(day),
                },
            };
            let common = if vector.get("plain").is_some() { "" } else { common };
            let scenario = format!("{}\n{common}", text("scenario").unwrap());
            let outcome = outcome(&catalog, plan, &scenario, &asked);
            if let Some(why) = differs(vector, &outcome) {
                wrong.push(format!("{file}: {}\n{why}", text("name").unwrap()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} differ\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 40, "{count} calendars");
}

/// How an outcome differs from what a vector says.
fn differs(vector: &toml::Value, outcome: &Outcome) -> Option<String> {
    let list = |name: &str| -> Option<Vec<String>> {
        let list = vector.get(name)?.as_array()?;
        Some(list.iter().map(|value| value.as_str().unwrap().to_owned()).collect())
    };
    let told = render(&outcome.problems, false, "");
    if let Some(expected) = list("problems") {
        let missing: Vec<_> = expected.iter().filter(|part| !told.contains(*part)).collect();
        let silent = vector.get("events").is_none() && outcome.calendar.is_some();
        return (!missing.is_empty() || silent).then(|| format!("no {missing:?} in\n{told}"));
    }
    let Some(calendar) = &outcome.calendar else { return Some(told) };
    let only = list("only");
    let shown = |kind: &str| only.as_ref().is_none_or(|only| only.iter().any(|one| one == kind));
    let events: Vec<String> = calendar
        .events
        .iter()
        .filter(|event| shown(event.kind.as_str()))
        .map(|event| {
            format!(
                "{} {} {}",
                written(calendar.clock, event.at),
                event.kind.as_str(),
                event.subject
            )
        })
        .collect();
    let cash: Vec<String> = calendar
        .cash
        .iter()
        .map(|cash| {
            let amount = cash.amount.map_or_else(|| "unpublished".to_owned(), Fraction::money);
            let from = cash.from.as_ref().map(|from| format!(" {from}")).unwrap_or_default();
            format!("{} {} {} {amount}{from}", cash.on, cash.nature.as_str(), cash.subject)
        })
        .collect();
    let spread: Vec<String> =
        calendar.spread.iter().map(|(month, sum)| format!("{month} {}", sum.money())).collect();
    let bar = |bar: &TermBar| {
        let written = |at: &Moment| written(calendar.clock, *at);
        let active =
            bar.active.iter().map(|(from, to)| format!("{} to {}", written(from), written(to)));
        format!("{}: {}", bar.subject, active.collect::<Vec<_>>().join(", "))
    };
    let bars: Vec<String> = calendar.terms.iter().map(bar).collect();
    for (name, found) in [("events", events), ("cash", cash), ("spread", spread), ("bars", bars)] {
        if let Some(expected) = list(name)
            && expected != found
        {
            return Some(format!(
                "{name}:\n  {}\nexpected:\n  {}",
                found.join("\n  "),
                expected.join("\n  ")
            ));
        }
    }
    let notes = calendar.notes.join("\n");
    let texts: Vec<&str> = calendar.events.iter().map(|event| event.text.as_str()).collect();
    let texts = texts.join("\n");
    for part in list("silent").unwrap_or_default() {
        if notes.contains(&part) {
            return Some(format!("notes: `{part}` in\n{notes}"));
        }
    }
    for (name, found) in [("notes", notes), ("texts", texts)] {
        for part in list(name).unwrap_or_default() {
            if !found.contains(&part) {
                return Some(format!("{name}: no `{part}` in\n{found}"));
            }
        }
    }
    None
}

#[test]
fn an_estimate_is_wanted_where_there_are_prices_and_something_to_put_them_on() {
    let catalog = catalog();
    let asks = |plan: &str, text: &str| {
        let source = Arc::new(Source::new("need", text));
        let (need, problems) = scenario::scenario(&source, catalog.vocabulary());
        let need = need.unwrap_or_else(|| panic!("{}", render(&problems, false, "")));
        is_priced(&need, &book(&catalog, plan))
    };
    let renewable = "[[renewable]]\nid = 'a'\nexpires = 2026-01-10\nmonthly = '1'\n";
    let key = "[[key]]\nspec = 'aes-256'\n";
    for stated in [
        key,
        "[[calls]]\noperations = { decrypt = 1 }\n",
        "[[secret]]\nname = 's'\n",
        "[[instance]]\ntype = 'software'\n",
    ] {
        assert!(asks("tencent/pay-as-you-go@2020-12", stated), "{stated}");
        assert!(!asks("kingsoft/renewal", stated), "it has no prices: {stated}");
    }
    for nothing in ["", renewable] {
        assert!(!asks("tencent/pay-as-you-go@2020-12", nothing), "{nothing}");
        assert!(!asks("kingsoft/renewal", nothing), "{nothing}");
    }
}

// ------------------------------------------------------------------ an independent calendar

fn is_leap(year: i32) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn length(year: i32, month: i32) -> i32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[test]
fn months_agree_with_a_calendar_walked_day_by_day() {
    // the walk: every day of 2000 to 2105, and at which place of it each month begins
    let (mut begins, mut walked) = (Vec::new(), 0_i64);
    for year in 2000..=2105 {
        for month in 1..=12 {
            begins.push(walked);
            walked += i64::from(length(year, month));
        }
    }
    let offsets = ["+08:00", "-07:30", "+00:00"].map(|text| Offset::parse(text).unwrap());
    let origin = day("2000-01-01");
    let utc = Offset::parse("+00:00").unwrap();
    for (at, offset) in offsets.into_iter().enumerate() {
        let shift = offset.start_of(origin).since(utc.start_of(origin));
        let second = [0, 86_399, 43_200][at];
        let days = (0..101 * 12).flat_map(|index| {
            let (year, month) = (2000 + index / 12, index % 12 + 1);
            (1..=length(year, month)).map(move |number| (usize::try_from(index).unwrap(), number))
        });
        for (place, (index, number)) in (0_i64..).zip(days) {
            let moment = utc.start_of(origin).plus(place * 86_400 + shift + second);
            let from = offset.day_of(moment);
            assert_eq!(from.since(origin), place);
            let anchor = u32::try_from(number).unwrap();
            assert_eq!(from.of_month(), anchor);
            for count in 1..=60_usize {
                let reached = months::after(from, anchor, u32::try_from(count).unwrap()).unwrap();
                let (year, month) = (2000 + (index + count) / 12, (index + count) % 12 + 1);
                let last = length(i32::try_from(year).unwrap(), i32::try_from(month).unwrap());
                let expected = begins[index + count] + i64::from(number.min(last)) - 1;
                assert_eq!(reached.day.since(origin), expected, "{from} + {count}");
                assert_eq!(reached.missing.is_some(), number > last, "{from} + {count}");
            }
        }
    }
}

// ------------------------------------------------------------------ vouchers conserve

fn purse() -> impl Strategy<Value = (u64, i64)> {
    (0_u64..5_000, 0_i64..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]
    #[test]
    fn a_fee_is_paid_in_full_or_nothing_is_taken(
        purses in prop::collection::vec(purse(), 0..8),
        gift in 0_u64..3_000,
        balance in 0_u64..3_000,
        fees in prop::collection::vec((0_u64..8_000, 0_i64..6), 1..6),
    ) {
        let first = day("2026-02-27");
        let cents = |cents: u64| Fraction::from(cents).over(100).unwrap();
        let payment = catalog_payment();
        let vouchers: Vec<Purse> = purses.iter().enumerate().map(|(at, (left, expires))| Purse {
            id: format!("v{at}"), left: cents(*left), expires: first.plus(*expires),
        }).collect();
        let mut funds = Funds::new(vouchers, cents(gift), Some(cents(balance)), Some(&payment));
        for (fee, on) in fees {
            let (fee, on) = (cents(fee), first.plus(on));
            let before = funds.clone();
            let sum = |funds: &Funds, valid: bool| {
                let vouchers = funds.vouchers.iter().filter(|one| !valid || on <= one.expires);
                let all = vouchers.map(|one| one.left).chain([funds.gift, funds.balance.unwrap()]);
                Fraction::sum(all).unwrap()
            };
            match funds.pay(fee, on, Payer::System).unwrap() {
                Paid::InFull(taken) => {
                    prop_assert_eq!(Fraction::sum(taken.iter().map(|one| one.amount)).unwrap(), fee);
                    prop_assert_eq!(sum(&before, false).minus(sum(&funds, false)).unwrap(), fee);
                    for one in &taken {
                        prop_assert!(!one.amount.is_zero() && !one.amount.is_negative());
                        if let Purpose::Voucher(id) = &one.from {
                            let voucher = before.vouchers.iter().find(|it| it.id == *id).unwrap();
                            prop_assert!(one.amount <= voucher.left && on <= voucher.expires);
                        }
                    }
                    let order: Vec<Day> = taken.iter().filter_map(|one| match &one.from {
                        Purpose::Voucher(id) =>
                            before.vouchers.iter().find(|it| it.id == *id).map(|it| it.expires),
                        _ => None,
                    }).collect();
                    prop_assert!(order.is_sorted());
                }
                Paid::Short(missing) => {
                    prop_assert_eq!(sum(&before, true).plus(missing).unwrap(), fee);
                    prop_assert_eq!(sum(&before, false), sum(&funds, false));
                }
                Paid::Unknown(_) => prop_assert!(false, "a balance is stated"),
            }
            for voucher in &funds.vouchers {
                prop_assert!(!voucher.left.is_negative());
            }
        }
    }
}

fn catalog_payment() -> kms_cost::pricebook::Payment {
    static PAYMENT: std::sync::OnceLock<kms_cost::pricebook::Payment> = std::sync::OnceLock::new();
    PAYMENT.get_or_init(|| book(&catalog(), "kingsoft/renewal").payment.unwrap()).clone()
}
