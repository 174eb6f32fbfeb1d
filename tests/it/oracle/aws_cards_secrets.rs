//! AWS Payment Cryptography and Secrets Manager.
//!
//! Rule: active keys by begun hours of the month and API calls, each in tiers that a region fills; a
//! secret 0.40 a month by begun hours, 0.05 for 10,000 calls. 600 keys: 500 × 1.00 + 100 × 0.10 = 510.
//! Documents: pricing.md, "Payment Cryptography" and "Secrets Manager", and the pages quoted below.

use super::Subject;
use super::aws::{CLOCK, REGIONS};
use super::civil::{DAY, HOUR, Period};
use super::counted::{ByRegion, add, check, each_call, graduated, months, region};
use super::exact::{nothing, printed, whole};
use super::generate::Taste;
use super::life::{Life, Pending, Rules};
use super::need::{Key, Need};
use super::places::{Regions, both};
use super::predict::{Bill, Predicted, Refused, project, weighed};

/// "1.00 per active key": the tiers since 2025-12-15.
const KEYS: [(u128, &str); 3] = [(500, "1.00"), (1_000, "0.10"), (51_000, "0.01")];
const KEYS_ABOVE: &str = "0.001";
/// "2.00 per 10,000 calls (first tier)": the tiers since 2025-12-15.
const CALLS: [(u128, &str); 3] =
    [(20_000_000, "2.00"), (220_000_000, "0.75"), (520_000_000, "0.25")];
const CALLS_ABOVE: &str = "0.10";
/// "Secrets Manager: 0.40 per secret and month (replica = a secret), 0.05 per 10,000 calls."
const SECRET: &str = "0.40";
const SECRET_CALLS: &str = "0.05";

/// What's New of 2026-02-11: some of 15 regions; of those of KMS not Silicon Valley, Dubai, Taipei, Melbourne.
const CARD_REGIONS: Regions = REGIONS.split_at(6).0;
/// `KeyAlgorithm` of the service.
const SPECS: [(&str, &str); 12] = [
    ("tdes-2key", "TDES_2KEY"),
    ("tdes-3key", "tdes-3key"),
    ("aes-128", "AES_128"),
    ("aes-192", "aes-192"),
    ("aes-256", "AES_256"),
    ("hmac-256", "HMAC_SHA256"),
    ("rsa-2048", "RSA_2048"),
    ("rsa-3072", "rsa-3072"),
    ("rsa-4096", "RSA_4096"),
    ("ec-p256", "ECC_NIST_P256"),
    ("ec-p384", "ec-p384"),
    ("ec-p521", "ECC_NIST_P521"),
];
/// "A service for card payments": its operations on PINs and card data are any.
const OPERATIONS: [&str; 11] = [
    "any",
    "any",
    "encrypt",
    "decrypt",
    "re-encrypt",
    "generate-mac",
    "verify-mac",
    "get-public-key",
    "describe-key",
    "list-keys",
    "manage",
];
const COUNTS: [u64; 16] =
    [0, 1, 1, 2, 10, 250, 499, 500, 501, 600, 999, 1_000, 1_001, 50_999, 51_001, 100_000];
const MANY: [u64; 15] = [
    0,
    1,
    10_000,
    100_000,
    19_999_999,
    20_000_000,
    20_000_001,
    30_000_000,
    219_999_999,
    220_000_001,
    519_999_999,
    520_000_000,
    520_000_001,
    2_000_000_000,
    1_000_000_000_000,
];
/// Months since the edition of December 2025, and one before.
const MONTHS: [(i64, i64); 6] =
    [(2025, 12), (2026, 2), (2026, 2), (2026, 4), (2026, 12), (2028, 2)];

/// The books that are held against this oracle.
pub(super) fn subjects() -> Vec<Subject> {
    let cards = Taste {
        months: &MONTHS,
        specs: &SPECS,
        other_specs: &[("ec-p256k", "ec-p256k"), ("sm4", "SM4"), ("ed25519", "ed25519")],
        protections: &["software", "hsm"],
        operations: &OPERATIONS,
        other_operations: &["sign", "generate-data-key", "generate-random"],
        counts: &COUNTS,
        calls: &MANY,
        service: 1,
        service_calls: 1,
        replicas: 15,
        destroyed: 20,
        nowhere: "wuhu",
        ..Taste::new("aws", both(CARD_REGIONS), CLOCK.zone)
    };
    let secrets = Taste {
        keys: 1,
        secrets: 60,
        destroyed: 20,
        nowhere: "wuhu",
        ..Taste::new("aws", both(REGIONS), CLOCK.zone)
    };
    let of = Subject::of_keys;
    vec![
        of("aws/payment-cryptography@2025-12", cards, predict_cards),
        of("aws/secrets-manager@2024-07", secrets, predict_secrets),
    ]
}

// ------------------------------------------------------------------ payment cryptography

#[derive(Clone, Copy)]
struct Cards {
    /// AWS-05.
    pending: Pending,
    /// AWS-16: tiers are the account's.
    pooled: bool,
}

fn predict_cards(need: &Need) -> Result<Predicted, Refused> {
    const CHOSEN: Cards = Cards { pending: Pending::StaysFree, pooled: false };
    check(need, CLOCK)?;
    if !need.secrets.is_empty() || !need.hsms.is_empty() || !need.keystores.is_empty() {
        return Err("the page prices keys and calls alone");
    }
    let (bill, term) =
        project(need, CLOCK, &|origin, month, _| cards(need, CHOSEN, origin, month))?;
    let other = |readings| {
        weighed(need, CLOCK, None, &|origin, month, _| cards(need, readings, origin, month))
    };
    let others = vec![
        ("AWS-05", other(Cards { pending: Pending::ChargedBack, ..CHOSEN })),
        ("AWS-16", other(Cards { pooled: true, ..CHOSEN })),
    ];
    Ok(Predicted { bill, term, others, intervals: &[] })
}

fn cards(need: &Need, readings: Cards, origin: Period, month: Period) -> Result<Bill, Refused> {
    let (mut keys, mut calls): (ByRegion, ByRegion) = (Vec::new(), Vec::new());
    for key in &need.keys {
        let place = region(need, key.location, CARD_REGIONS)?;
        check_card_key(key)?;
        let rules = Rules::of(readings.pending, u128::MAX);
        // "billed on a pro-rated basis in one hour increments"
        let seconds = Life::new(key, origin, month).seconds(month, HOUR, &rules);
        // "Replica Region keys are charged per Region": they fill the tiers of their key's region here
        let copies = u128::from(key.count) * (1 + u128::from(key.replicas));
        add(&mut keys, place, months(seconds * copies, month.seconds()), readings.pooled);
    }
    for (_, place, operation, many) in each_call(need) {
        if !OPERATIONS.contains(&operation) {
            return Err("no such operation");
        }
        add(&mut calls, region(need, place, CARD_REGIONS)?, whole(many), readings.pooled);
    }
    let keys =
        keys.iter().fold(nothing(), |sum, (_, keys)| sum + graduated(keys, &KEYS, KEYS_ABOVE));
    let calls =
        calls.iter().fold(nothing(), |sum, (_, calls)| sum + graduated(calls, &CALLS, CALLS_ABOVE));
    Ok(Bill {
        subtotals: vec![("active-keys", keys), ("api-calls", calls / whole(10_000))],
        complete: true,
    })
}

fn check_card_key(key: &Key) -> Result<(), Refused> {
    let known = |spec: &str| SPECS.iter().any(|(known, _)| *known == spec);
    match (key.kind.spec, key.kind.protection) {
        _ if key.kind.service_managed => Err("no keys of the provider's own"),
        (Some((spec, _)), _) if !known(spec) => Err("a key type that the service does not know"),
        (_, Some("external")) => Err("no keys outside"),
        _ => Ok(()),
    }
}

// ------------------------------------------------------------------ secrets manager

#[derive(Clone, Copy)]
struct Secrets {
    /// AWS-02.
    step: i64,
    /// AWS-05.
    pending: Pending,
}

fn predict_secrets(need: &Need) -> Result<Predicted, Refused> {
    const CHOSEN: Secrets = Secrets { step: HOUR, pending: Pending::ChargedBack };
    check(need, CLOCK)?;
    let nothing_else = need.keys.is_empty() && need.calls.is_empty();
    if !nothing_else || !need.hsms.is_empty() || !need.keystores.is_empty() {
        return Err("the page prices secrets alone");
    }
    let (bill, term) =
        project(need, CLOCK, &|origin, month, _| secrets(need, CHOSEN, origin, month))?;
    let other = |readings| {
        weighed(need, CLOCK, None, &|origin, month, _| secrets(need, readings, origin, month))
    };
    let others = vec![
        ("AWS-02", other(Secrets { step: DAY, ..CHOSEN })),
        ("AWS-05", other(Secrets { pending: Pending::StaysFree, ..CHOSEN })),
    ];
    Ok(Predicted { bill, term, others, intervals: &[] })
}

fn secrets(need: &Need, readings: Secrets, origin: Period, month: Period) -> Result<Bill, Refused> {
    let (mut stored, mut calls) = (nothing(), 0);
    for secret in &need.secrets {
        region(need, secret.location, REGIONS)?;
        // "a secret is charged once, however many versions it has"
        let rules = Rules::of(readings.pending, 1);
        let seconds = Life::of_secret(secret, origin, month).seconds(month, readings.step, &rules);
        // "A replica secret is considered a distinct secret"
        let copies = u128::from(secret.count) * u128::from(secret.locations);
        stored += months(seconds * copies, month.seconds());
        calls += u128::from(secret.reads) * u128::from(secret.count);
    }
    let calls = printed(SECRET_CALLS) * whole(calls) / whole(10_000);
    Ok(Bill {
        subtotals: vec![("secrets", stored * printed(SECRET)), ("api-calls", calls)],
        complete: true,
    })
}
