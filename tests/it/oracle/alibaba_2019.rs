//! Alibaba Cloud KMS, China site, billing method of 2019-06-28: keys and not versions.
//!
//! Rule: ordinary keys that stand at 24:00 × the day's price of their cloud, and calls per 10,000 × its
//! price, after 20,000 free ones of the account. Must not read the book.

use super::Subject;
use super::civil::{Clock, HOUR, Period};
use super::counted::may;
use super::exact::{Exact, nothing, printed, whole};
use super::generate::{Taste, keys_and_calls};
use super::life::{DayRule, Life, Pending, Rules};
use super::lists::{self, Home, Sold, predicted};
use super::need::{Key, Need, calls_of};
use super::places::{self, Cloud, cloud};
use super::predict::{Bill, Predicted, Refused};

/// "普通密钥: 0.2, 0.38 (finance cloud), 0.4 (government cloud)" a day.
const KEY: [&str; 3] = ["0.2", "0.38", "0.4"];
/// 10,000 calls: 0.6, 1.14, 1.2.
const CALLS: [&str; 3] = ["0.6", "1.14", "1.2"];
const PER: u128 = 10_000;
/// "every user has 20,000 free calls a month".
const FREE: u128 = 20_000;

/// The API's key types until March 2021; no price tells them apart.
const SPECS: [(&str, &str); 8] = [
    ("aes-256", "Aliyun_AES_256"),
    ("aes-256", "aes-256"),
    ("sm4", "Aliyun_SM4"),
    ("rsa-2048", "RSA_2048"),
    ("sm2", "EC_SM2"),
    ("ec-p256", "EC_P256"),
    ("ec-p256", "ec-p256"),
    ("ec-p256k", "EC_P256K"),
];
const REGIONS: [(&str, &str); 6] = [
    ("cn-hangzhou", "hangzhou"),
    ("cn-hongkong", "hong-kong"),
    ("ap-southeast-1", "singapore"),
    ("cn-hangzhou-finance", "hangzhou-finance"),
    ("cn-shanghai-finance-1", "shanghai-finance"),
    ("cn-north-2-gov-1", "beijing-government"),
];
/// Assumed, as the later pages print it.
const CLOCK: Clock = Clock { zone: 8 * HOUR, hours: 30 * 24 };
const HOME: Home = Home { regions: &REGIONS, clock: CLOCK };

/// The one edition.
pub(super) fn subjects() -> Vec<Subject> {
    let taste = Taste {
        months: &[(2019, 6), (2020, 2), (2021, 2), (2021, 3), (2020, 12), (2026, 4)],
        specs: &SPECS,
        other_specs: &[("rsa-3072", "RSA_3072"), ("aes-128", "aes-128")],
        protections: &["software", "hsm"],
        counts: &[0, 1, 2, 3, 10, 2_000, 2_001],
        calls: &[0, 1, 5_000, 15_000, 19_999, 20_000, 20_001, 2_000_000, 1_000_000_000_000],
        destroyed: 20,
        ..Taste::new("alibaba-cn", places::both(&REGIONS), CLOCK.zone)
    };
    vec![Subject {
        plan: "alibaba-cn/pay-as-you-go@2019-06",
        taste,
        generate: keys_and_calls,
        predict,
    }]
}

#[derive(Clone, Copy)]
struct Readings {
    ///
    day: DayRule,
    /// R-05b.
    pending: Pending,
    /// the free calls are taken from the dearest cloud instead of the cheapest.
    dearest_first: bool,
}

const CHOSEN: Readings =
    Readings { day: DayRule::AtEnd, pending: Pending::StaysFree, dearest_first: false };

/// What a need comes to.
fn predict(need: &Need) -> Result<Predicted, Refused> {
    lists::check(need, HOME, &[Sold::Keys])?;
    need.keys.iter().try_for_each(check_key)?;
    let others = [
        ("R-04", Readings { day: DayRule::AnyPart, ..CHOSEN }),
        ("R-05b", Readings { pending: Pending::ChargedBack, ..CHOSEN }),
        ("R-09", Readings { dearest_first: true, ..CHOSEN }),
    ];
    let predicted = predicted(need, CLOCK, CHOSEN, &others, &bill_of(need))?;
    Ok(Predicted { intervals: &["R-09"], ..predicted })
}

fn check_key(key: &Key) -> Result<(), Refused> {
    if key.kind.service_managed {
        return Ok(());
    }
    if !may(key.kind.protection, &["software", "hsm"]) {
        return Err("a protection that is not offered");
    }
    match key.kind.spec {
        Some((spec, _)) if SPECS.iter().all(|(known, _)| *known != spec) => {
            Err("a key type that is not offered")
        }
        _ => Ok(()),
    }
}

fn bill_of(need: &Need) -> impl Fn(Readings, Period, Period) -> Result<Bill, Refused> {
    move |readings, origin, month| {
        let hosting = hosting(need, readings, origin, month)?;
        let calls = calls(need, readings)?;
        let subtotals = vec![("key-hosting", hosting), ("api-calls", calls)];
        Ok(Bill { subtotals, complete: true })
    }
}

/// Which of the three prices holds.
fn price(
    need: &Need,
    own: Option<super::need::Where>,
    prices: [&'static str; 3],
) -> Result<&'static str, Refused> {
    let region = HOME.region(need, own)?.ok_or("the price depends on the cloud")?;
    Ok(match cloud(region) {
        Cloud::Public => prices[0],
        Cloud::Finance => prices[1],
        Cloud::Government => prices[2],
    })
}

fn hosting(
    need: &Need,
    readings: Readings,
    origin: Period,
    month: Period,
) -> Result<Exact, Refused> {
    let rules = Rules { day: readings.day, ..Rules::of(readings.pending, 1) };
    let mut amount = nothing();
    // service keys: "0.0" in each cloud
    for key in lists::customer_keys(need) {
        let life = Life::new(key, origin, month);
        let days = month.days().map(|day| life.versions_on(day, &rules)).sum::<u128>();
        let days = days * u128::from(key.count);
        amount += printed(price(need, key.location, KEY)?) * whole(days);
    }
    Ok(amount)
}

/// The clouds' calls after the free ones, cloud by cloud.
fn calls(need: &Need, readings: Readings) -> Result<Exact, Refused> {
    let mut lots: Vec<(Exact, u128)> = Vec::new();
    let of_keys = need.keys.iter().filter(|key| !key.operations.is_empty());
    for key in of_keys {
        lots.push((printed(price(need, key.location, CALLS)?), key.all_calls()));
    }
    for loose in &need.calls {
        let price = price(need, loose.location, CALLS)?;
        lots.push((printed(price), calls_of(&loose.operations)));
    }
    lots.sort();
    if readings.dearest_first {
        lots.reverse();
    }
    let (mut free, mut amount) = (FREE, nothing());
    for (price, calls) in lots {
        let drawn = free.min(calls);
        free -= drawn;
        amount += price * whole(calls - drawn);
    }
    Ok(amount / whole(PER))
}
