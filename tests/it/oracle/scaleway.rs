//! Scaleway Key Manager, the FAQ of August and of December 2025.
//!
//! Rule: key versions × begun days of the month's own × the month's price, requests per 10,000, and each
//! restored key. A version that stands for 5 of 30 days: 5 ÷ 30 × 0.06 = 0.01. Must not read the books.

use super::Subject;
use super::civil::{Clock, DAY, Period};
use super::counted::may;
use super::exact::{Exact, nothing, printed, whole};
use super::generate::{Taste, keys_and_calls};
use super::life::{Life, Pending, Rules};
use super::lists::{self, Home, KEYS, predicted};
use super::need::{Need, calls_of};
use super::places;
use super::predict::{Bill, Predicted, Refused};

/// "€0.04 per key version monthly" (2025-08-28).
const AUGUST: &str = "0.04";
/// "€0.06 per key version monthly" (2025-12-19).
const DECEMBER: &str = "0.06";
/// "€0.03 per 10,000 requests".
const REQUESTS: &str = "0.03";
const PER: u128 = 10_000;
/// "Restoring a key scheduled for deletion is billed €0.01 per key".
const RESTORE: &str = "0.01";

/// "Supported algorithms" (2025-11-24), and those that the SDK names.
const SPECS: [(&str, &str); 9] = [
    ("aes-256", "aes-256"),
    ("aes-256", "AES_256_GCM"),
    ("rsa-2048", "rsa-2048"),
    ("rsa-3072", "RSA_3072"),
    ("rsa-4096", "rsa-4096"),
    ("ec-p256", "EC_P256"),
    ("ec-p384", "ec-p384"),
    ("ml-kem-768", "ml-kem-768"),
    ("ml-dsa-65", "ML_DSA_65"),
];
/// "Encryption, decryption, data keys, signature and its verification"; calls that are not told apart.
const CRYPTOGRAPHIC: [&str; 7] = [
    "any",
    "encrypt",
    "decrypt",
    "generate-data-key",
    "generate-data-key-without-plaintext",
    "sign",
    "verify",
];
const MANAGEMENT: [&str; 4] = ["get-public-key", "describe-key", "list-keys", "manage"];
const REGIONS: [(&str, &str); 3] =
    [("fr-par", "paris"), ("nl-ams", "netherlands"), ("pl-waw", "warsaw")];
/// The page is silent: UTC is assumed.
const CLOCK: Clock = Clock { zone: 0, hours: 30 * 24 };

/// Both editions.
pub(super) fn subjects() -> Vec<Subject> {
    let taste = || Taste {
        months: &[(2025, 8), (2025, 12), (2026, 1), (2026, 2), (2024, 2), (2026, 4)],
        specs: &SPECS,
        other_specs: &lists::STRANGE_SPECS,
        protections: &["software"],
        other_protections: &["hsm", "external"],
        operations: &[
            "any",
            "encrypt",
            "generate-data-key",
            "sign",
            "verify",
            "manage",
            "list-keys",
        ],
        other_operations: &lists::STRANGE_OPERATIONS,
        counts: &[0, 1, 2, 3, 10, 1_000],
        calls: &[0, 1, 9_999, 10_000, 10_001, 2_000_000, 1_000_000_000_000],
        service: 1,
        destroyed: 30,
        ..Taste::new("scaleway", places::both(&REGIONS), CLOCK.zone)
    };
    vec![
        Subject {
            plan: "scaleway/key-manager@2025-08",
            taste: taste(),
            generate: keys_and_calls,
            predict: |need| predict(need, AUGUST),
        },
        Subject {
            plan: "scaleway/key-manager@2025-12",
            taste: taste(),
            generate: keys_and_calls,
            predict: |need| predict(need, DECEMBER),
        },
    ]
}

#[derive(Clone, Copy)]
struct Readings {
    /// SCA-03: a month that a version touches is charged as a whole.
    whole_months: bool,
    /// SCA-05.
    pending: Pending,
    /// SCA-07: management requests are free.
    free_management: bool,
}

const CHOSEN: Readings =
    Readings { whole_months: false, pending: Pending::StaysFree, free_management: false };

/// What a need comes to at a price of a key version.
fn predict(need: &Need, version: &'static str) -> Result<Predicted, Refused> {
    lists::check(need, Home { regions: &REGIONS, clock: CLOCK }, KEYS)?;
    for key in &need.keys {
        if key.kind.service_managed {
            return Err("no page prices keys that services manage");
        }
        if !may(key.kind.protection, &["software"]) {
            return Err("keys are generated and used in software");
        }
        if key.kind.spec.is_some_and(|(spec, _)| SPECS.iter().all(|(known, _)| *known != spec)) {
            return Err("a key type that is not offered");
        }
    }
    requests(need, false)?;
    let others = [
        ("SCA-03", Readings { whole_months: true, ..CHOSEN }),
        ("SCA-05", Readings { pending: Pending::ChargedBack, ..CHOSEN }),
        ("SCA-07", Readings { free_management: true, ..CHOSEN }),
    ];
    predicted(need, CLOCK, CHOSEN, &others, &|readings, origin, month| {
        bill(need, version, readings, origin, month)
    })
}

fn bill(
    need: &Need,
    version: &str,
    readings: Readings,
    origin: Period,
    month: Period,
) -> Result<Bill, Refused> {
    let rules = Rules::of(readings.pending, u128::MAX);
    let (mut storage, mut restores): (Exact, u128) = (nothing(), 0);
    for key in &need.keys {
        let (life, count) = (Life::new(key, origin, month), u128::from(key.count));
        storage += if readings.whole_months {
            whole(life.most(month, &rules) * count)
        } else {
            // begun days in full, of the month's own days
            whole(life.seconds(month, DAY, &rules) * count) / whole(month.seconds())
        };
        restores += life.restores(month) * count;
    }
    let requests = requests(need, readings.free_management)?;
    Ok(Bill {
        subtotals: vec![
            ("key-storage", printed(version) * storage),
            ("key-operations", printed(REQUESTS) * whole(requests) / whole(PER)),
            ("restores", printed(RESTORE) * whole(restores)),
        ],
        complete: true,
    })
}

fn requests(need: &Need, free_management: bool) -> Result<u128, Refused> {
    let of_keys = need.keys.iter().map(|key| (&key.operations, key.count));
    let loose = need.calls.iter().map(|calls| (&calls.operations, 1));
    let mut requests = 0;
    for (operations, count) in of_keys.chain(loose) {
        for (operation, each) in operations {
            let management = MANAGEMENT.contains(operation);
            if !management && !CRYPTOGRAPHIC.contains(operation) {
                return Err("an operation that is not offered");
            }
            if !(management && free_management) {
                requests += calls_of(&[(operation, *each)]) * u128::from(count);
            }
        }
    }
    Ok(requests)
}
