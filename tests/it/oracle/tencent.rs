//! Tencent Cloud KMS, pay-as-you-go (002).
//!
//! Rule: customer managed CMKs at 24:00 of each day × 0.06, and 0.18 per 10,000 calls after 20,000
//! free ones, at least 1,000 once there are any. 20,001 calls: 1,000 ÷ 10,000 × 0.18 = 0.018.

use super::Subject;
use super::civil::{Clock, Period, UTC8};
use super::exact::{Exact, printed, whole};
use super::generate::{Taste, keys_and_calls};
use super::life::{self, DayRule, Life, Pending, Rules, Spans, impossible};
use super::need::{Kind, Need, calls_of};
use super::places;
use super::predict::{Bill, Left, Predicted, Refused, UTC8_30_DAYS, period, project, weighed};

/// "Customer managed CMKs: 0.06 USD/key/day".
const STORAGE: &str = "0.06";
/// "API calls: 0.18 USD/10,000 calls, billed monthly."
const CALLS: &str = "0.18";
/// "KMS provides a free tier of 20,000 API calls"; account-wide, each month.
const FREE: u128 = 20_000;
/// "If there are less than 1000 API calls, fees will be billed for 1000 calls"; after the free tier.
const MINIMUM: u128 = 1_000;
/// The other reading of a month without a name.
const LONG_MONTH: Clock = Clock { zone: UTC8, hours: 31 * 24 };
/// Key types of Tencent's CMKs by its page of the API's `CreateKey`: 002 does not tell CMKs apart.
const SPECS: [&str; 6] = ["aes-256", "sm4", "rsa-2048", "sm2", "ec-p256", "ec-p384"];

#[derive(Clone, Copy)]
struct Readings {
    day: DayRule,
    pending: Pending,
    /// the free tier is given once, and was used up.
    once: bool,
    minimum: u128,
    clock: Clock,
}

const CHOSEN: Readings = Readings {
    day: DayRule::AtEnd,
    pending: Pending::StaysFree,
    once: false,
    minimum: MINIMUM,
    clock: UTC8_30_DAYS,
};

/// The book that is held against this oracle.
pub(super) fn subjects() -> Vec<Subject> {
    vec![Subject {
        plan: "tencent/pay-as-you-go@2020-12",
        taste: Taste::tencent(),
        generate: keys_and_calls,
        predict,
    }]
}

/// What a need comes to.
fn predict(need: &Need) -> Result<Predicted, Refused> {
    check(need)?;
    let origin = period(need, 0, UTC8_30_DAYS);
    let suspended = life::suspension(&need.account, origin)?;
    let (bill, term) = project(need, UTC8_30_DAYS, &|origin, month, left| {
        Ok(bill(need, CHOSEN, &suspended, origin, month, left))
    })?;
    let stated = need.account.free_calls_remaining.map(u128::from);
    let other_left = |readings: Readings, left| {
        weighed(need, readings.clock, left, &|origin, month, left| {
            Ok(self::bill(need, readings, &suspended, origin, month, left))
        })
    };
    let other = |readings: Readings| other_left(readings, stated);
    // who states what is left reads the tier as given once: the monthly one is the other value
    let monthly = match stated {
        Some(_) => other_left(CHOSEN, None),
        None => other(Readings { once: true, ..CHOSEN }),
    };
    let mut others = vec![
        ("R-04", other(Readings { day: DayRule::AnyPart, ..CHOSEN })),
        ("R-05b", other(Readings { pending: Pending::ChargedBack, ..CHOSEN })),
        ("R-35", monthly),
        ("R-36", other(Readings { minimum: 0, ..CHOSEN })),
    ];
    if need.month.is_none() {
        others.push(("R-33", other(Readings { clock: LONG_MONTH, ..CHOSEN })));
    }
    Ok(Predicted { bill, term, others, intervals: &[] })
}

fn check(need: &Need) -> Result<(), Refused> {
    if !need.instances.is_empty() {
        return Err("the plan sells no instances");
    }
    if !need.secrets.is_empty() {
        return Err("the page prices no secrets");
    }
    if need.audit_log.is_some() {
        return Err("the page prices no logs");
    }
    if !need.hsms.is_empty() || !need.keystores.is_empty() {
        return Err("the page prices no modules and no stores of keys");
    }
    let own = need
        .keys
        .iter()
        .map(|key| key.location)
        .chain(need.calls.iter().map(|calls| calls.location));
    for place in own.filter_map(|own| need.place(own)) {
        places::tencent(place).ok_or("no such region")?;
    }
    let origin = period(need, 0, UTC8_30_DAYS);
    for key in &need.keys {
        check_kind(key.kind)?;
        impossible(&key.course, origin).map_or(Ok(()), Err)?;
    }
    Ok(())
}

fn check_kind(kind: Kind) -> Result<(), Refused> {
    match kind.spec {
        Some((spec, _)) if !kind.service_managed && !SPECS.contains(&spec) => {
            Err("a key type that is not offered")
        }
        _ => Ok(()),
    }
}

fn bill(
    need: &Need,
    readings: Readings,
    suspended: &Spans,
    origin: Period,
    month: Period,
    left: &mut Left,
) -> Bill {
    let rules = Rules {
        day: readings.day,
        pending: readings.pending,
        suspended: suspended.clone(),
        reclaimed: life::reclaimed(&need.account, UTC8),
        most: 1,
    };
    let calls = calls(need, readings, suspended, month, left);
    let storage = storage(need, &rules, origin, month);
    Bill { subtotals: vec![("key-storage", storage), ("api-calls", calls)], complete: true }
}

/// "billed daily according to the total number of CMKs"; "Tencent Cloud managed CMKs: free of charge".
fn storage(need: &Need, rules: &Rules, origin: Period, month: Period) -> Exact {
    let mut key_days = 0;
    for key in need.keys.iter().filter(|key| !key.kind.service_managed) {
        let life = Life::new(key, origin, month);
        let days = month.days().fold(0, |days, day| days + life.versions_on(day, rules));
        key_days += days * u128::from(key.count);
    }
    printed(STORAGE) * whole(key_days)
}

/// "the cumulative API calls under a specified account in one month will be billed monthly".
fn calls(
    need: &Need,
    readings: Readings,
    suspended: &Spans,
    month: Period,
    left: &mut Left,
) -> Exact {
    if life::all_through(suspended, month) {
        // "your access to KMS will be denied … fees will not be incurred by … API calls"
        return whole(0);
    }
    let of_keys = need.keys.iter().fold(0, |sum, key| sum + key.all_calls());
    let calls = need.calls.iter().fold(of_keys, |sum, calls| sum + calls_of(&calls.operations));
    let available = left.unwrap_or(if readings.once { 0 } else { FREE });
    let free = available.min(calls);
    if let Some(left) = left {
        *left -= free;
    }
    let billable = calls - free;
    let billed = if billable == 0 { 0 } else { billable.max(readings.minimum) };
    printed(CALLS) * whole(billed) / whole(10_000)
}
