//! Yandex Cloud KMS, prices in USD of 2024-03-01.
//!
//! Rule: asymmetric key versions × begun hours ÷ 720 × 0.0230, three days more after their deletion, and
//! operations of private keys per 10,000; prices of symmetric keys are not published. The page's example:
//! 0.0230 × 2 + 0.0461 × 4 + 0.1152 × 3 = 0.576. Must not read the book.

use super::Subject;
use super::civil::{Clock, HOUR, Period};
use super::exact::{Exact, nothing, printed, whole};
use super::generate::Taste;
use super::life::{Life, Pending, Rules};
use super::lists::{self, Home, KEYS, predicted};
use super::need::{Kind, Need};
use super::places;
use super::predict::{Bill, Predicted, Refused};

/// "Asymmetric key pair version: 0.0230", a month of 720 hours.
const VERSION: &str = "0.0230";
const SECONDS_OF_A_MONTH: u128 = 720 * 3600;
/// "RSA2048 or ECDSA: 0.0461"; "RSA3072 or RSA4096: 0.1152", for 10,000 operations.
const LIGHT: &str = "0.0461";
const HEAVY: &str = "0.1152";
const PER: u128 = 10_000;
/// "after a key is deleted, all its versions are still charged for three days".
const LINGERS: i64 = 3;

const SYMMETRIC_SPECS: [&str; 4] = ["aes-128", "aes-192", "aes-256", "kuznyechik"];
const LIGHT_SPECS: [&str; 5] = ["rsa-2048", "ec-p256", "ec-p384", "ec-p521", "ec-p256k"];
const HEAVY_SPECS: [&str; 2] = ["rsa-3072", "rsa-4096"];
const SPECS: [(&str, &str); 12] = [
    ("aes-256", "AES_256"),
    ("kuznyechik", "kuznyechik"),
    ("aes-128", "aes-128"),
    ("rsa-2048", "rsa-2048"),
    ("rsa-2048", "RSA_2048"),
    ("rsa-3072", "RSA_3072"),
    ("rsa-4096", "rsa-4096"),
    ("ec-p256", "ec-p256"),
    ("ec-p256", "ECC_NIST_P256"),
    ("ec-p384", "EC_P384"),
    ("ec-p521", "ec-p521"),
    ("ec-p256k", "ECC_SECG_P256K1"),
];
/// "encrypt, decrypt, reEncrypt, generateDataKey" and of asymmetric pairs "decrypt, sign"; calls that
/// are not told apart.
const PRIVATE: [&str; 6] = [
    "any",
    "decrypt",
    "re-encrypt",
    "generate-data-key",
    "generate-data-key-without-plaintext",
    "sign",
];
/// With the public key of a pair one encrypts and verifies outside the service.
const PUBLIC: [&str; 2] = ["encrypt", "verify"];
const MANAGEMENT: [&str; 4] = ["get-public-key", "describe-key", "list-keys", "manage"];
const REGIONS: [(&str, &str); 1] = [("ru-central1", "moscow")];
/// Assumed for the Russia region; a month of 720 hours.
const CLOCK: Clock = Clock { zone: 3 * HOUR, hours: 720 };

/// The one edition.
pub(super) fn subjects() -> Vec<Subject> {
    let taste = Taste {
        months: &[(2024, 3), (2024, 2), (2026, 2), (2026, 4), (2026, 12)],
        specs: &SPECS,
        other_specs: &lists::STRANGE_SPECS,
        protections: &["software", "software", "software", "software", "hsm"],
        operations: &["any", "decrypt", "sign", "encrypt", "verify", "re-encrypt", "manage"],
        other_operations: &lists::STRANGE_OPERATIONS,
        counts: &[0, 1, 2, 3, 10, 1_000],
        calls: &[0, 1, 9_999, 10_000, 10_001, 30_000, 40_000, 1_000_000_000_000],
        service: 1,
        service_calls: 2,
        destroyed: 30,
        ..Taste::new("yandex", places::both(&REGIONS), CLOCK.zone)
    };
    vec![Subject::of_keys("yandex/kms@2024-03", taste, predict)]
}

/// Which price an operation or a version has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Price {
    Free,
    Printed(&'static str),
    Unpublished,
}

/// What a need comes to.
fn predict(need: &Need) -> Result<Predicted, Refused> {
    lists::check(need, Home { regions: &REGIONS, clock: CLOCK }, KEYS)?;
    // YAN-04: otherwise by the second
    let others = [("YAN-04", 1)];
    predicted(need, CLOCK, HOUR, &others, &|step, origin, month| bill(need, step, origin, month))
}

fn bill(need: &Need, step: i64, origin: Period, month: Period) -> Result<Bill, Refused> {
    let (versions, all_versions) = versions(need, step, origin, month)?;
    let (operations, all_operations) = operations(need)?;
    Ok(Bill {
        subtotals: vec![("key-versions", versions), ("operations", operations)],
        complete: all_versions && all_operations,
    })
}

fn version_price(kind: Kind) -> Result<Price, Refused> {
    if kind.service_managed {
        return Err("no page prices keys that services manage");
    }
    let Some((spec, _)) = kind.spec else {
        return match kind.protection {
            Some("hsm") => Ok(Price::Unpublished), // symmetric keys alone
            Some("external") => Err("no keys from outside"),
            _ => Err("the price depends on the key type"),
        };
    };
    if LIGHT_SPECS.contains(&spec) || HEAVY_SPECS.contains(&spec) {
        let software = kind.protection.is_none_or(|protection| protection == "software");
        return if software { Ok(Price::Printed(VERSION)) } else { Err("pairs are in software") };
    }
    match (spec, kind.protection) {
        (spec, _) if !SYMMETRIC_SPECS.contains(&spec) => Err("a key type that is not offered"),
        ("aes-256", None) => Err("the price depends on the protection"),
        ("aes-256", Some("hsm")) | (_, None | Some("software")) => Ok(Price::Unpublished),
        _ => Err("a key type that is not offered so protected"),
    }
}

/// "Billing occurs on an hourly basis", a begun hour in full; active versions and those scheduled for
/// destruction alike.
fn versions(
    need: &Need,
    step: i64,
    origin: Period,
    month: Period,
) -> Result<(Exact, bool), Refused> {
    let rules = Rules::of(Pending::Lingers(LINGERS), u128::MAX);
    let (mut amount, mut complete) = (nothing(), true);
    for key in &need.keys {
        let price = version_price(key.kind)?;
        let seconds = Life::new(key, origin, month).seconds(month, step, &rules);
        let seconds = seconds * u128::from(key.count);
        match price {
            Price::Printed(price) => {
                amount += printed(price) * whole(seconds) / whole(SECONDS_OF_A_MONTH);
            }
            Price::Unpublished => complete &= seconds == 0,
            Price::Free => {}
        }
    }
    Ok((amount, complete))
}

fn operation_price(kind: Kind, operation: &str) -> Result<Price, Refused> {
    if kind.service_managed {
        return Err("no page prices calls of services' keys");
    }
    let management = MANAGEMENT.contains(&operation);
    if !management && !PUBLIC.contains(&operation) && !PRIVATE.contains(&operation) {
        return Err("an operation that is not offered");
    }
    let Some((spec, _)) = kind.spec else {
        // "the cost is based on versions and cryptographic operations alone", whichever the key
        return if management { Ok(Price::Free) } else { Err("it depends on the key type") };
    };
    let public = PUBLIC.contains(&operation);
    match spec {
        spec if SYMMETRIC_SPECS.contains(&spec) && management => Ok(Price::Free),
        spec if SYMMETRIC_SPECS.contains(&spec) => Ok(Price::Unpublished),
        spec if LIGHT_SPECS.contains(&spec) && (management || public) => Ok(Price::Free),
        spec if HEAVY_SPECS.contains(&spec) && (management || public) => Ok(Price::Free),
        spec if LIGHT_SPECS.contains(&spec) => Ok(Price::Printed(LIGHT)),
        spec if HEAVY_SPECS.contains(&spec) => Ok(Price::Printed(HEAVY)),
        _ => Err("a key type that is not offered"),
    }
}

fn operations(need: &Need) -> Result<(Exact, bool), Refused> {
    let of_keys = need.keys.iter().map(|key| (key.kind, &key.operations, key.count));
    let loose = need.calls.iter().map(|calls| (calls.kind, &calls.operations, 1));
    let (mut amount, mut complete) = (nothing(), true);
    for (kind, operations, count) in of_keys.chain(loose) {
        for (operation, each) in operations {
            let calls = u128::from(*each) * u128::from(count);
            match operation_price(kind, operation)? {
                Price::Printed(price) => amount += printed(price) * whole(calls) / whole(PER),
                Price::Unpublished => complete &= calls == 0,
                Price::Free => {}
            }
        }
    }
    Ok((amount, complete))
}
