//! Alibaba Cloud KMS 1.0, pay-as-you-go: both USD editions and the CNY edition.
//!
//! Rule: versions that stand at 24:00 of each day × the day's price, and calls ÷ 10,000 × their
//! price. Example 1 of 003: 30 × 0.033 + 750 ÷ 10,000 × 0.03 = 0.99225. Must not read the books.

use super::Subject;
use super::civil::Period;
use super::exact::{Exact, nothing, printed, whole};
use super::generate::{Taste, keys_and_calls};
use super::life::{DayRule, Life, Pending, Rules, impossible};
use super::need::{Key, Kind, Need, Where};
use super::places;
use super::predict::{Bill, Predicted, Refused, UTC8_30_DAYS, period, project, weighed};

/// Prices of calls per 10,000, by where they go.
pub(super) struct Calls {
    mainland: &'static str,
    outside: &'static str,
}

/// One edition.
pub(super) struct Edition {
    software: &'static str,
    basic: &'static str,
    advanced: &'static str,
    advanced_above: &'static str,
    service_calls: Calls,
    basic_calls: Calls,
    advanced_calls: Calls,
    /// Free calls of service-managed keys, all regions together, a month.
    free: u128,
    /// Whether only cryptographic operations are charged.
    cryptographic_only: bool,
    /// Whether finance and government clouds multiply the unit price.
    clouds: bool,
}

/// Document 003, USD.
pub(super) const USD_2021: Edition = Edition {
    software: "0.002",
    basic: "0.033",
    advanced: "0.083",
    advanced_above: "0.033",
    service_calls: Calls { mainland: "0.08", outside: "0.03" },
    basic_calls: Calls { mainland: "0.08", outside: "0.03" },
    advanced_calls: Calls { mainland: "0.24", outside: "0.15" },
    free: 20_000,
    cryptographic_only: false,
    clouds: false,
};

/// pricing.md, "Billing of KMS 1.0", in force from 2022-03-31, USD: "same hosting prices; calls of
/// service-managed keys 0 / 0 with no quota sentence", "only cryptographic operations are billed".
pub(super) const USD_2022: Edition = Edition {
    service_calls: Calls { mainland: "0", outside: "0" },
    free: 0,
    cryptographic_only: true,
    ..USD_2021
};

/// pricing.md, the Chinese page (cn.zh-CN) of 2021-06-17, CNY.
pub(super) const CNY_2021: Edition = Edition {
    software: "0.014",
    basic: "0.237",
    advanced: "0.593",
    advanced_above: "0.237",
    service_calls: Calls { mainland: "0.6", outside: "0.214" },
    basic_calls: Calls { mainland: "0.6", outside: "0.214" },
    advanced_calls: Calls { mainland: "1.8", outside: "1.068" },
    free: 20_000,
    cryptographic_only: false,
    clouds: true,
};

/// "0.083 for the first 2,000 key versions" (003); "≤ 2000 的部分".
const FIRST_TIER: u128 = 2_000;

/// Footnotes ② to ④ of 003: which key is hosted at which price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hosted {
    Service,
    Software,
    Basic,
    Advanced,
}

/// Footnotes ① to ③ of 003's call table: by key type alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Called {
    Service,
    Basic,
    Advanced,
}

/// The readings that can be turned round.
#[derive(Clone, Copy)]
struct Readings {
    day: DayRule,
    pending: Pending,
    /// the tier is counted over the account instead of a region.
    pooled: bool,
    /// the free calls are taken from the dearest region instead of the cheapest.
    dearest_first: bool,
    /// R-14 of the later edition: every call is charged, as in 2021.
    every_call: bool,
}

const CHOSEN: Readings = Readings {
    day: DayRule::AtEnd,
    pending: Pending::StaysFree,
    pooled: false,
    dearest_first: false,
    every_call: false,
};

/// The books of KMS 1.0 that are held against this oracle.
pub(super) fn subjects() -> Vec<Subject> {
    vec![
        Subject {
            plan: "alibaba/pay-as-you-go@2021-03",
            taste: Taste::alibaba(),
            generate: keys_and_calls,
            predict: |need| predict(need, &USD_2021),
        },
        Subject {
            plan: "alibaba/pay-as-you-go@2022-03-31",
            taste: Taste::alibaba(),
            generate: keys_and_calls,
            predict: |need| predict(need, &USD_2022),
        },
        Subject {
            plan: "alibaba-cn/pay-as-you-go@2021-03",
            taste: Taste::alibaba_cn(),
            generate: keys_and_calls,
            predict: |need| predict(need, &CNY_2021),
        },
    ]
}

/// What a need comes to at an edition.
fn predict(need: &Need, edition: &Edition) -> Result<Predicted, Refused> {
    check(need)?;
    let (bill, term) = project(need, UTC8_30_DAYS, &|origin, month, _| {
        bill(need, edition, CHOSEN, origin, month)
    })?;
    let other = |readings: Readings| {
        weighed(need, UTC8_30_DAYS, None, &|origin, month, _| {
            self::bill(need, edition, readings, origin, month)
        })
    };
    let mut others = vec![
        ("R-04", other(Readings { day: DayRule::AnyPart, ..CHOSEN })),
        ("R-05b", other(Readings { pending: Pending::ChargedBack, ..CHOSEN })),
        ("R-07", other(Readings { pooled: true, ..CHOSEN })),
    ];
    if edition.free > 0 {
        others.push(("R-09", other(Readings { dearest_first: true, ..CHOSEN })));
    }
    if edition.cryptographic_only {
        others.push(("R-14", other(Readings { every_call: true, ..CHOSEN })));
    }
    Ok(Predicted { bill, term, others, intervals: &["R-09"] })
}

/// What these plans do not sell, and dates that cannot be.
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
    let origin = period(need, 0, UTC8_30_DAYS);
    need.keys.iter().find_map(|key| impossible(&key.course, origin)).map_or(Ok(()), Err)
}

fn bill(
    need: &Need,
    edition: &Edition,
    readings: Readings,
    origin: Period,
    month: Period,
) -> Result<Bill, Refused> {
    let hosting = hosting(need, edition, readings, origin, month)?;
    let calls = calls(need, edition, readings)?;
    Ok(Bill { subtotals: vec![("key-hosting", hosting), ("api-calls", calls)], complete: true })
}

// ------------------------------------------------------------------ where

/// A region; none where neither the thing nor the scenario says.
fn region(
    need: &Need,
    own: Option<Where>,
    edition: &Edition,
) -> Result<Option<&'static str>, Refused> {
    let Some(place) = need.place(own) else {
        return Ok(None);
    };
    let known = if edition.clouds { places::alibaba_cn(place) } else { places::alibaba(place) };
    known.map(Some).ok_or("no such region")
}

/// What multiplies the unit price: "Finance Cloud 1.9 ×, Government Cloud 2.0 × the public-cloud
/// unit price (hosting and calls)" (pricing.md, CNY).
fn factor(region: Option<&'static str>, edition: &Edition) -> Result<Exact, Refused> {
    if !edition.clouds {
        return Ok(whole(1));
    }
    let region = region.ok_or("the multiplier depends on the region")?;
    Ok(printed(match places::cloud(region) {
        places::Cloud::Public => "1",
        places::Cloud::Finance => "1.9",
        places::Cloud::Government => "2.0",
    }))
}

// ------------------------------------------------------------------ hosting

/// "`Aliyun_AES_256`, `Aliyun_SM4`, or `RSA_2048`" (003).
fn is_basic(spec: &str) -> bool {
    ["aes-256", "sm4", "rsa-2048"].contains(&spec)
}

/// "`Aliyun_SM2`, `RSA_3072`, `EC_P256`, or `EC_P256K`" (003).
fn is_advanced(spec: &str) -> bool {
    ["sm2", "rsa-3072", "ec-p256", "ec-p256k"].contains(&spec)
}

fn hosted(kind: Kind) -> Result<Hosted, Refused> {
    if kind.service_managed {
        return Ok(Hosted::Service);
    }
    if let Some((spec, _)) = kind.spec
        && !is_basic(spec)
        && !is_advanced(spec)
    {
        return Err("a key type that the page does not know");
    }
    match (kind.protection, kind.spec) {
        (None, _) => Err("the price depends on the protection level"),
        (Some("software"), _) => Ok(Hosted::Software),
        (Some("hsm"), Some((spec, _))) if is_basic(spec) => Ok(Hosted::Basic),
        (Some("hsm"), Some(_)) => Ok(Hosted::Advanced),
        (Some("hsm"), None) => Err("the price depends on the key type"),
        (Some(_), _) => Err("a protection level that the page does not know"),
    }
}

/// Version-days of the advanced hardware keys that share a tier.
#[derive(Clone)]
struct Pool {
    region: Option<&'static str>,
    factor: Exact,
    by_day: Vec<u128>,
}

fn hosting(
    need: &Need,
    edition: &Edition,
    readings: Readings,
    origin: Period,
    month: Period,
) -> Result<Exact, Refused> {
    let rules = Rules {
        day: readings.day,
        pending: readings.pending,
        suspended: Vec::new(),
        reclaimed: None,
        most: u128::MAX,
    };
    let mut sum = nothing();
    let mut pools: Vec<Pool> = Vec::new();
    for key in &need.keys {
        let hosted = hosted(key.kind)?;
        let region = region(need, key.location, edition)?;
        if hosted == Hosted::Service {
            continue; // "Version of a service-managed key: 0.0"
        }
        let factor = factor(region, edition)?;
        let by_day = versions_by_day(key, &rules, origin, month);
        let version_days: u128 = by_day.iter().sum();
        match hosted {
            Hosted::Software => sum += printed(edition.software) * factor * whole(version_days),
            Hosted::Basic => sum += printed(edition.basic) * factor * whole(version_days),
            _ => pool(&mut pools, Pool { region, factor, by_day }, readings.pooled),
        }
    }
    Ok(pools.iter().fold(sum, |sum, pool| sum + tiered(pool, edition)))
}

fn versions_by_day(key: &Key, rules: &Rules, origin: Period, month: Period) -> Vec<u128> {
    let life = Life::new(key, origin, month);
    month.days().map(|day| life.versions_on(day, rules) * u128::from(key.count)).collect()
}

/// Adds a key to the pool of its region, or, pooled, to that of its account: a cloud whose unit
/// prices differ keeps a tier of its own.
fn pool(pools: &mut Vec<Pool>, new: Pool, pooled: bool) {
    let same =
        |pool: &&mut Pool| pool.factor == new.factor && (pooled || pool.region == new.region);
    match pools.iter_mut().find(same) {
        None => pools.push(new),
        Some(pool) => {
            for (sum, versions) in pool.by_day.iter_mut().zip(new.by_day) {
                *sum += versions;
            }
        }
    }
}

/// Day by day, the first 2,000 at one price and only the others at the second.
fn tiered(pool: &Pool, edition: &Edition) -> Exact {
    let (mut first, mut above) = (0, 0);
    for versions in &pool.by_day {
        first += (*versions).min(FIRST_TIER);
        above += versions.saturating_sub(FIRST_TIER);
    }
    let listed =
        printed(edition.advanced) * whole(first) + printed(edition.advanced_above) * whole(above);
    listed * &pool.factor
}

// ------------------------------------------------------------------ calls

fn called(kind: Kind) -> Result<Called, Refused> {
    match kind.spec {
        _ if kind.service_managed => Ok(Called::Service),
        None => Err("the price of a call depends on the key type"),
        Some((spec, _)) if is_basic(spec) => Ok(Called::Basic),
        Some((spec, _)) if is_advanced(spec) => Ok(Called::Advanced),
        Some(_) => Err("a key type that the page does not know"),
    }
}

/// Operations that use no key material; every other one is a cryptographic operation.
fn is_management(operation: &str) -> bool {
    ["describe-key", "list-keys", "manage"].contains(&operation)
}

/// Calls of one price each.
type Lots = Vec<(Exact, u128)>;

fn calls(need: &Need, edition: &Edition, readings: Readings) -> Result<Exact, Refused> {
    let (mut paid, mut service): (Lots, Lots) = (Vec::new(), Vec::new());
    let keys = need.keys.iter().map(|key| (key.kind, key.location, &key.operations, key.count));
    let loose = need.calls.iter().map(|calls| (calls.kind, calls.location, &calls.operations, 1));
    for (kind, location, operations, count) in keys.chain(loose) {
        let region = region(need, location, edition)?;
        for (operation, each) in operations {
            let free = edition.cryptographic_only && is_management(operation);
            if free && !readings.every_call {
                // whichever the key, where the page knows it
                kind.spec.map_or(Ok(Called::Service), |_| called(kind))?;
                continue;
            }
            let class = called(kind)?;
            let quantity = u128::from(*each) * u128::from(count);
            let price = call_price(class, region, edition)?;
            let lots = if class == Called::Service { &mut service } else { &mut paid };
            lots.push((price, quantity));
        }
    }
    after_free_quota(&mut service, edition.free, readings.dearest_first);
    let amounts = paid.iter().chain(&service).map(|(price, calls)| price * whole(*calls));
    Ok(amounts.fold(nothing(), |sum, amount| sum + amount) / whole(10_000))
}

fn call_price(
    class: Called,
    region: Option<&'static str>,
    edition: &Edition,
) -> Result<Exact, Refused> {
    let prices = match class {
        Called::Service => &edition.service_calls,
        Called::Basic => &edition.basic_calls,
        Called::Advanced => &edition.advanced_calls,
    };
    if prices.mainland == prices.outside {
        return Ok(printed(prices.mainland)); // the same everywhere
    }
    let region = region.ok_or("the price of a call depends on the region")?;
    let listed = if places::is_mainland(region) { prices.mainland } else { prices.outside };
    Ok(printed(listed) * factor(Some(region), edition)?)
}

/// "20,000 API operation calls free of charge for your service-managed keys in all regions each
/// month" (003), from the cheapest region first: the upper bound (R-09).
fn after_free_quota(lots: &mut Lots, mut free: u128, dearest_first: bool) {
    lots.sort();
    if dearest_first {
        lots.reverse();
    }
    for (_, calls) in lots {
        let drawn = free.min(*calls);
        free -= drawn;
        *calls -= drawn;
    }
}
