//! Baidu AI Cloud KMS, the international page of 2018 and the China site's of 2023.
//!
//! Rule: keys (and on the China site secrets) × days on which they stand at any time × 0.2, and calls
//! × 0.00006, on the international site after 20,000 free ones. Must not read the books.

use super::Subject;
use super::civil::{Clock, HOUR, Period};
use super::counted::may;
use super::exact::{Exact, printed, whole};
use super::generate::{Taste, keys_and_calls};
use super::life::{Life, Pending, Rules};
use super::lists::{self, Home, KEYS, Sold, predicted, weighed};
use super::need::{Key, Need, Secret, calls_of};
use super::places;
use super::predict::{Bill, Predicted, Refused};

/// "0.2 Yuan/piece/day".
const STORAGE: &str = "0.2";
/// "0.00006 Yuan/time".
const CALL: &str = "0.00006";
/// "the first 20,000 calls per month are not charged" (international page).
const FREE: u128 = 20_000;
/// The other reading of a month without a name.
const LONG_MONTH: Clock = Clock { hours: 31 * 24, ..CLOCK };

/// API, `CreateKey` (2023-03-02): key specs by protection level.
const EITHER: [&str; 2] = ["aes-128", "aes-256"];
const HARDWARE: [&str; 6] = ["sm1", "sm4", "rsa-1024", "rsa-2048", "rsa-4096", "sm2"];
const SPECS: [(&str, &str); 9] = [
    ("aes-128", "AES_128"),
    ("aes-128", "aes-128"),
    ("aes-256", "aes-256"),
    ("aes-256", "AES_256"),
    ("sm4", "sm4"),
    ("sm1", "SM1"),
    ("rsa-1024", "rsa-1024"),
    ("rsa-2048", "RSA_2048"),
    ("sm2", "sm2"),
];
const REGIONS: [(&str, &str); 3] = [("bj", "beijing"), ("gz", "guangzhou"), ("su", "suzhou")];
/// "0 o'clock sharp, Beijing time".
const CLOCK: Clock = Clock { zone: 8 * HOUR, hours: 30 * 24 };

const HOME: Home = Home { regions: &REGIONS, clock: CLOCK };

/// Both sites.
pub(super) fn subjects() -> Vec<Subject> {
    let taste = |provider| Taste {
        months: &[(2018, 11), (2023, 2), (2024, 2), (2026, 4), (2026, 12), (2026, 1)],
        specs: &SPECS,
        other_specs: &[("rsa-3072", "rsa-3072"), ("ec-p256", "EC_P256")],
        protections: &["hsm", "hsm", "hsm", "hsm", "software"],
        counts: &[0, 1, 2, 3, 10, 1_000],
        calls: &[0, 1, 9_999, 10_000, 19_999, 20_000, 20_001, 1_000_000, 1_000_000_000_000],
        service: 2,
        destroyed: 40,
        ..Taste::new(provider, places::both(&REGIONS), CLOCK.zone)
    };
    vec![
        Subject {
            plan: "baidu/kms@2018-11",
            taste: taste("baidu"),
            generate: keys_and_calls,
            predict: |need| predict(need, false, ["BAI-01", "BAI-05"]),
        },
        Subject {
            plan: "baidu-cn/kms@2023-01",
            taste: Taste { secrets: 25, ..taste("baidu-cn") },
            generate: keys_and_calls,
            predict: |need| predict(need, true, ["BCN-01", "BCN-05"]),
        },
    ]
}

/// What a need comes to on the international site, or that of China.
fn predict(
    need: &Need,
    china: bool,
    [month, deletion]: [&'static str; 2],
) -> Result<Predicted, Refused> {
    let sold = if china { &[Sold::Keys, Sold::Logs, Sold::Secrets][..] } else { KEYS };
    lists::check(need, HOME, sold)?;
    need.keys.iter().try_for_each(check_key)?;
    let bill = |pending, origin, month| Ok(bill(need, china, pending, origin, month));
    // the page is silent about deletion: charged until it is done, the costlier reading
    let others = [(deletion, Pending::StaysFree)];
    let mut predicted = predicted(need, CLOCK, Pending::Charged, &others, &bill)?;
    if need.month.is_none() {
        let other =
            weighed(need, LONG_MONTH, &|origin, month| bill(Pending::Charged, origin, month));
        predicted.others.push((month, other));
    }
    Ok(predicted)
}

fn check_key(key: &Key) -> Result<(), Refused> {
    if key.kind.service_managed {
        return Err("no page prices keys that services manage");
    }
    if !may(key.kind.protection, &["software", "hsm"]) {
        return Err("a protection that is not offered");
    }
    match key.kind.spec {
        None => Ok(()), // every key costs the same
        Some((spec, _)) if EITHER.contains(&spec) => Ok(()),
        Some((spec, _)) if HARDWARE.contains(&spec) && key.kind.protection != Some("software") => {
            Ok(())
        }
        Some(_) => Err("a key type that is not offered so protected"),
    }
}

fn bill(need: &Need, china: bool, pending: Pending, origin: Period, month: Period) -> Bill {
    let rules = Rules::of(pending, 1);
    // "if the key is created less than one day, it shall be calculated as one day"
    let days = |life: Life, count: u64| {
        let days = month.days().map(|day| life.versions_on(day, &rules));
        days.sum::<u128>() * u128::from(count)
    };
    let of_key = |key: &Key| days(Life::new(key, origin, month), key.count);
    let of_secret = |secret: &Secret| days(Life::of_secret(secret, origin, month), secret.count);
    let keys = need.keys.iter().map(of_key).sum();
    let secrets = need.secrets.iter().map(of_secret).sum();
    let of_keys = need.keys.iter().fold(0, |sum, key| sum + key.all_calls());
    let calls = need.calls.iter().fold(of_keys, |sum, calls| sum + calls_of(&calls.operations));
    let reads =
        need.secrets.iter().fold(0, |sum, of| sum + u128::from(of.reads) * u128::from(of.count));
    let storage = |days: u128| -> Exact { printed(STORAGE) * whole(days) };
    let (keys, secrets) = (storage(keys), storage(secrets));
    let charged = |calls: u128| -> Exact { printed(CALL) * whole(calls) };
    let subtotals = if china {
        vec![
            ("key-storage", keys),
            ("secret-storage", secrets),
            ("key-calls", charged(calls)),
            ("secret-calls", charged(reads)),
        ]
    } else {
        vec![("key-storage", keys), ("api-calls", charged(calls.saturating_sub(FREE)))]
    };
    Bill { subtotals, complete: true }
}
