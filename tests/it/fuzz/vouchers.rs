//! The calendar of a scenario with instances that are renewed, vouchers and an account, in every
//! format; and a fee paid out of what the scenario has.
//!
//! The second byte chooses the plan (`:`, as files begin, that which the scenario names), the third
//! the format and from when to when.

use kms_cost::catalog::{Catalog, PlanName};
use kms_cost::fraction::Fraction;
use kms_cost::lifecycle::vouchers::{Funds, Paid, Payer};
use kms_cost::lifecycle::{self, Asked, Calendar, Query};
use kms_cost::month::Day;
use kms_cost::pricebook::Book;
use kms_cost::report::calendar::{self as text, Shown};
use kms_cost::report::cash::Ledger;
use kms_cost::report::table::Dress;
use kms_cost::report::timeline::Drawing;
use kms_cost::report::{calendar_json, csv, ics};
use kms_cost::scenario::Scenario;

use super::need::{self, CATALOG, When, choice};
use super::promises;
use crate::exact;

/// The plans that know days on which something happens.
const PLANS: &[&str] = &[
    "kingsoft/renewal",
    "alibaba/subscription@2025-01",
    "alibaba/subscription@2023-09",
    "alibaba/pay-as-you-go",
    "tencent/pay-as-you-go",
    "alibaba/instance-pay-as-you-go",
];

pub(super) fn run(bytes: &[u8]) {
    CATALOG.with(|catalog| {
        let first = planned(bytes, catalog);
        if bytes.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)).is_multiple_of(4) {
            assert_eq!(first, planned(bytes, catalog), "a second run");
        }
    });
}

fn planned(bytes: &[u8], catalog: &Catalog) -> Option<String> {
    let file = need::file("scenario.toml", bytes)?;
    let (scenario, mut problems) = need::need(&file, catalog)?;
    let book = if choice(bytes, 1) == usize::from(b':') {
        need::own_book(&scenario, catalog)?
    } else {
        let name = PlanName::parse(PLANS[choice(bytes, 1) % PLANS.len()])?;
        need::selected(&name, &scenario, catalog)?
    };
    paid(&scenario, &book);
    let estimate = if lifecycle::is_priced(&scenario, &book) {
        Some(need::estimated((&scenario, &problems), &book, When::default(), catalog)?)
    } else {
        None
    };
    let asked = asked(choice(bytes, 2), &scenario);
    let found = lifecycle::calendar(&scenario, &book, estimate.as_ref(), &asked, &mut problems);
    promises::problems(&problems);
    assert_eq!(found.is_some(), !problems.has_errors(), "a calendar or a reason");
    let calendar = found?;
    in_order(&calendar, &asked);
    Some(written(choice(bytes, 2), &scenario, &book, &calendar))
}

/// From when to when, around the first day that the scenario names.
fn asked(choice: usize, scenario: &Scenario) -> Asked {
    let day = Day::all_in(scenario.source.text()).next().unwrap_or(Day::EPOCH);
    let (from, until) = (choice.is_multiple_of(3), choice.is_multiple_of(5));
    Asked {
        from: from.then(|| day.plus(20)),
        until: until.then(|| day.plus(400)),
        query: Query {
            expires_from: (choice.is_multiple_of(7)).then_some(day),
            product: (choice.is_multiple_of(11)).then(|| "kec".to_owned()),
            ..Query::default()
        },
    }
}

/// Events, cash and months in their order, and within what was asked for.
fn in_order(calendar: &Calendar, asked: &Asked) {
    let keys: Vec<_> = calendar.events.iter().map(|event| (event.at, event.kind)).collect();
    assert!(keys.is_sorted(), "events out of order");
    let days: Vec<Day> = calendar.cash.iter().map(|cash| cash.on).collect();
    assert!(days.is_sorted(), "cash out of order");
    let after = |day: Day| asked.from.is_none_or(|from| from <= day);
    let before = |day: Day| asked.until.is_none_or(|until| day <= until);
    for day in
        days.into_iter().chain(calendar.events.iter().map(|event| calendar.clock.day_of(event.at)))
    {
        assert!(after(day) && before(day), "{day} was not asked for");
    }
    for cash in &calendar.cash {
        assert!(cash.amount.is_none_or(|amount| !amount.is_negative()), "{cash:?}");
    }
    for term in &calendar.terms {
        assert!(term.active.iter().all(|(from, to)| from <= to), "{term:?}");
    }
}

fn written(format: usize, scenario: &Scenario, book: &Book, calendar: &Calendar) -> String {
    let Ok(ledger) = Ledger::of(calendar) else { return String::new() };
    adds_up(calendar, &ledger);
    let plan = "a plan";
    let drawing = if format.is_multiple_of(2) { Drawing::Bars } else { Drawing::Words };
    let shown =
        Shown { scenario: &scenario.name, plan, window: None, calendar, round: None, drawing };
    let written = match format / 4 % 5 {
        0 => text::calendar(shown, Dress { styled: false, width: 80 }).unwrap(),
        1 => {
            let text = text::calendar(shown, Dress { styled: true, width: 100 }).unwrap();
            promises::dressed(&text);
            return text;
        }
        2 => {
            let text = calendar_json::calendar(&scenario.name, book, calendar, &ledger).unwrap();
            let document = promises::json(&text);
            assert_eq!(document["events"].as_array().map(Vec::len), Some(calendar.events.len()));
            text
        }
        3 => csv::calendar(calendar).unwrap().replace("\r\n", "\n"),
        _ => folded(&ics::calendar(&scenario.name, "a plan", calendar), calendar),
    };
    promises::plain(&written);
    written
}

/// What the ledger says of each nature is what was paid of it.
fn adds_up(calendar: &Calendar, ledger: &Ledger) {
    for (nature, total) in ledger.natures.iter().zip(&ledger.totals) {
        let of = || calendar.cash.iter().filter(|cash| cash.nature == *nature);
        let paid = exact::sum(of().filter_map(|cash| cash.amount));
        assert_eq!(paid, exact::of(total.known().unwrap_or_default()), "{nature:?}");
        assert_eq!(total.is_whole(), of().all(|cash| cash.amount.is_some()), "{nature:?}");
    }
    let spread = exact::sum(calendar.spread.iter().map(|(_, share)| *share));
    assert_eq!(spread, exact::of(ledger.spread.known().unwrap_or_default()));
}

/// Lines of iCalendar, none longer than 75 octets, as one is read: continued lines joined.
fn folded(text: &str, calendar: &Calendar) -> String {
    for line in text.split_terminator("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line:?}");
    }
    let whole = text.replace("\r\n ", "").replace("\r\n", "\n");
    let events = whole.lines().filter(|line| *line == "BEGIN:VEVENT").count();
    assert_eq!(events, calendar.events.len());
    whole
}

/// Fees paid one after the other: deductions add up to the fee, or nothing is taken at all.
fn paid(scenario: &Scenario, book: &Book) {
    let mut funds = Funds::of(scenario, book.payment.as_ref());
    let on = Day::all_in(scenario.source.text()).last().unwrap_or(Day::EPOCH);
    let fees: Vec<Fraction> = scenario
        .renewables
        .iter()
        .filter_map(|one| one.monthly.as_ref())
        .map(|at| at.value.into())
        .collect();
    for (fee, payer) in fees.iter().zip([Payer::System, Payer::Owner].into_iter().cycle()) {
        let held = |funds: &Funds| {
            let purses = exact::sum(funds.vouchers.iter().map(|purse| purse.left));
            purses + exact::of(funds.gift) + exact::of(funds.balance.unwrap_or_default())
        };
        let before = held(&funds);
        let Ok(paid) = funds.pay(*fee, on, payer) else { return };
        let gone = before - held(&funds);
        match paid {
            Paid::InFull(deductions) => {
                assert_eq!(exact::sum(deductions.iter().map(|one| one.amount)), exact::of(*fee));
                assert!(gone <= exact::of(*fee), "more was taken than the fee");
            }
            Paid::Short(missing) | Paid::Unknown(missing) => {
                assert!(!missing.is_zero() && missing <= *fee, "{missing:?}");
                assert_eq!(gone, exact::of(Fraction::ZERO), "something was taken");
            }
        }
    }
}
