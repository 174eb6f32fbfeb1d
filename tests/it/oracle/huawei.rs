//! Huawei Cloud KMS, both sites.
//!
//! Rule: every version of a key and of each of its replicas is an instance, charged by the hour to the
//! second; requests are charged per 10,000 after 20,000 free ones of each key. The international FAQ:
//! 24 × 30 hours × 0.001388 = 0.99936 a month. Must not read the books.

use super::Subject;
use super::civil::{Clock, HOUR, Period};
use super::counted::may;
use super::exact::{nothing, printed, whole};
use super::generate::{Taste, keys_and_calls};
use super::life::{Life, Pending, Rules};
use super::lists::{self, Home, Sold, predicted};
use super::need::{Key, Need, calls_of};
use super::places::{self, Regions};
use super::predict::{Bill, Predicted, Refused};

/// One site.
struct Site {
    regions: Regions,
    /// A key instance, an hour.
    instance: &'static str,
    /// 10,000 requests; none where the page's figure is a picture.
    requests: Option<&'static str>,
    /// The reading of the free requests' scope.
    free_requests: &'static str,
}

impl Site {
    fn home(&self) -> Home {
        Home { regions: self.regions, clock: CLOCK }
    }
}

/// FAQ "How Is Rotation Charged for a CMK?": 0.001388 USD; the price of requests is a picture (page of
/// 2023-11-07).
const INTERNATIONAL: Site =
    Site { regions: &REGIONS, instance: "0.001388", requests: None, free_requests: "HUA-09" };
/// 计费样例: "0.015458元/小时"; "(164,573 - 20,000 × 2)/10,000 × 0.6 = 7.47".
const CHINA: Site = Site {
    regions: &MAINLAND,
    instance: "0.015458",
    requests: Some("0.6"),
    free_requests: "HCN-09",
};

/// "fees are generated once a day and once a month, UTC+8".
const CLOCK: Clock = Clock { zone: 8 * HOUR, hours: 30 * 24 };
/// "Each key has 20,000 free requests per month" (2023-11-07).
const FREE: u128 = 20_000;
const PER: u128 = 10_000;
const SECONDS_OF_AN_HOUR: u128 = 3600;

/// 用户指南, 创建密钥 (2023-11-20): where SM2, SM3 and SM4 keys can be created, of the regions below.
const NATIONAL_REGIONS: [&str; 7] = [
    "cn-north-4",
    "cn-north-1",
    "cn-east-3",
    "cn-east-2",
    "cn-south-1",
    "cn-south-2",
    "cn-southwest-2",
];
const MAINLAND: [(&str, &str); 6] = [
    ("cn-north-4", "beijing"),
    ("cn-east-3", "shanghai"),
    ("cn-south-2", "shenzhen"),
    ("cn-southwest-2", "guiyang"),
    ("cn-north-9", "ulanqab"),
    ("cn-east-5", "qingdao"),
];
const REGIONS: [(&str, &str); 7] = [
    ("cn-north-4", "beijing"),
    ("cn-east-3", "shanghai"),
    ("cn-north-9", "ulanqab"),
    ("ap-southeast-3", "singapore"),
    ("me-east-1", "riyadh"),
    ("sa-brazil-1", "sao-paulo"),
    ("na-mexico-1", "mexico-city"),
];
/// 密钥管理概述, and the SDK's `CreateKey`.
const SPECS: [(&str, &str); 13] = [
    ("aes-256", "aes-256"),
    ("aes-256", "AES_256"),
    ("rsa-2048", "rsa-2048"),
    ("rsa-3072", "RSA_3072"),
    ("rsa-4096", "rsa-4096"),
    ("ec-p256", "EC_P256"),
    ("ec-p384", "ec-p384"),
    ("hmac-512", "hmac-512"),
    ("ml-dsa-65", "ml-dsa-65"),
    ("aes-256", "aes-256"),
    ("sm2", "sm2"),
    ("sm4", "SM4"),
    ("hmac-sm3", "HMAC_SM3"),
];
const NATIONAL: [&str; 3] = ["sm2", "sm4", "hmac-sm3"];

/// Both sites.
pub(super) fn subjects() -> Vec<Subject> {
    let taste = |provider, regions| Taste {
        months: &[(2023, 11), (2024, 2), (2026, 2), (2026, 4), (2025, 12)],
        specs: &SPECS,
        other_specs: &lists::STRANGE_SPECS,
        protections: &["software", "hsm"],
        counts: &[0, 1, 2, 3, 10, 1_000],
        versions: &[1, 2, 3, 10, 1_000],
        calls: &[0, 1, 19_999, 20_000, 20_001, 30_000, 40_000, 164_573, 10_000_000_000],
        replicas: 15,
        destroyed: 10,
        ..Taste::new(provider, places::both(regions), CLOCK.zone)
    };
    vec![
        Subject {
            plan: "huawei/kms@2023-11",
            taste: taste("huawei", &REGIONS),
            generate: keys_and_calls,
            predict: |need| predict(need, &INTERNATIONAL),
        },
        Subject {
            plan: "huawei-cn/kms@2023-11",
            taste: taste("huawei-cn", &MAINLAND),
            generate: keys_and_calls,
            predict: |need| predict(need, &CHINA),
        },
    ]
}

/// Who has the free requests: each key, or the account (older pages).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Free {
    EachKey,
    Account,
}

/// What a need comes to at a site.
fn predict(need: &Need, site: &Site) -> Result<Predicted, Refused> {
    lists::check(need, site.home(), &[Sold::Keys, Sold::Logs, Sold::Replicas])?;
    for key in &need.keys {
        check_key(need, key, site)?;
    }
    predicted(
        need,
        CLOCK,
        Free::EachKey,
        &[(site.free_requests, Free::Account)],
        &|free, origin, month| Ok(bill(need, site, free, origin, month)),
    )
}

/// "All keys are protected by root keys in HSMs": a need of software or hardware is served alike.
fn check_key(need: &Need, key: &Key, site: &Site) -> Result<(), Refused> {
    if key.kind.service_managed {
        let copied = key.replicas > 0;
        return if copied { Err("default keys have no replicas") } else { Ok(()) };
    }
    if !may(key.kind.protection, &["software", "hsm"]) {
        return Err("a protection that is not offered");
    }
    let Some((spec, _)) = key.kind.spec else {
        return Ok(()); // every key costs the same
    };
    if !SPECS.iter().any(|(known, _)| *known == spec) {
        return Err("a key type that is not offered");
    }
    let region = site.home().region(need, key.location)?;
    match region {
        Some(region) if NATIONAL.contains(&spec) && !NATIONAL_REGIONS.contains(&region) => {
            Err("a key type that is not offered there")
        }
        _ => Ok(()),
    }
}

fn bill(need: &Need, site: &Site, free: Free, origin: Period, month: Period) -> Bill {
    // "charged from the time when the CMK was scheduled to be deleted" once that is cancelled
    let rules = Rules::of(Pending::ChargedBack, u128::MAX);
    let mut seconds = 0;
    for key in lists::customer_keys(need) {
        let one = Life::new(key, origin, month).seconds(month, 1, &rules);
        seconds += one * u128::from(key.count) * (u128::from(key.replicas) + 1);
    }
    let instances = printed(site.instance) * whole(seconds) / whole(SECONDS_OF_AN_HOUR);
    let charged = requests(need, free);
    let requests =
        site.requests.map_or_else(nothing, |price| printed(price) * whole(charged) / whole(PER));
    Bill {
        subtotals: vec![("key-instances", instances), ("requests", requests)],
        complete: site.requests.is_some() || charged == 0,
    }
}

/// Requests beyond the free ones, those to default keys too. Requests of no listed key are those of one
/// more key: as many as are free at least.
fn requests(need: &Need, free: Free) -> u128 {
    let loose = need.calls.iter().fold(0, |sum, calls| sum + calls_of(&calls.operations));
    if free == Free::Account {
        let of_keys = need.keys.iter().fold(0, |sum, key| sum + key.all_calls());
        return (of_keys + loose).saturating_sub(FREE);
    }
    let of_keys = need.keys.iter().fold(0, |sum, key| {
        let each = calls_of(&key.operations).saturating_sub(FREE);
        sum + each * u128::from(key.count)
    });
    of_keys + loose.saturating_sub(FREE)
}
