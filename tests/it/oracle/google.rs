//! Google Cloud KMS and Secret Manager.
//!
//! Rule: active versions by begun hours of a month of 730, operations by the 10,000. A software key
//! through January: 744 ÷ 730 × 0.06. Days are US Pacific time, taken as UTC-8 throughout the year.
//! Documents: pricing.md, "Google Cloud KMS", and the pages of Google quoted below.

use super::Subject;
use super::civil::{Clock, HOUR, Period};
use super::counted::{
    ByRegion, add, beyond, check, dates, each_call, graduated, may, months, only, region,
};
use super::exact::{Exact, nothing, printed, whole};
use super::generate::Taste;
use super::life::{Life, Pending, Rules};
use super::need::{Key, Kind, Need, Secret};
use super::places::{Regions, both};
use super::predict::{Bill, Predicted, Refused, project, weighed};

/// "SOFTWARE 0.06 (all algorithms); HSM AES-256, HMAC, RSA 2048 1.00; HSM RSA 3072/4096 and EC 2.50
/// for the first 2,000 versions, then 1.00 (graduated); `EXTERNAL` and `EXTERNAL_VPC` 3.00."
const SOFTWARE: &str = "0.06";
const HSM: &str = "1.00";
const HSM_ADVANCED: [(u128, &str); 1] = [(2_000, "2.50")];
const HSM_ADVANCED_ABOVE: &str = "1.00";
const EXTERNAL: &str = "3.00";
/// "Operations per 10,000: 0.03; HSM RSA 3072/4096 and EC 0.15; admin operations free."
const OPERATION: &str = "0.03";
const ADVANCED_OPERATION: &str = "0.15";
/// "Autokey free tier: 100 active versions and 10,000 operations a month."
const FREE_VERSIONS: u128 = 100;
const FREE_OPERATIONS: u128 = 10_000;
/// "The default [until destruction] is 30 days since 2024-02-01."
const LINGERS: i64 = 30;
/// "0.06 per active version, location and month; 0.03 per 10,000 accesses; 0.05 per rotation
/// notification; free per billing account and month: 6 versions, 10,000 accesses, 3 rotations."
const SECRET_VERSION: &str = "0.06";
const ACCESS: &str = "0.03";
const NOTIFICATION: &str = "0.05";
const FREE_SECRETS: u128 = 6;
const FREE_ACCESSES: u128 = 10_000;
const FREE_ROTATIONS: u128 = 3;

/// "730 to a month."
const MONTH: u128 = 730 * 3_600;
const CLOCK: Clock = Clock { zone: -8 * HOUR, hours: 730 };
/// GCP-03: as in summer.
const SUMMER: Clock = Clock { zone: -7 * HOUR, ..CLOCK };

const REGIONS: Regions = &[
    ("us-east4", "virginia"),
    ("us-central1", "iowa"),
    ("europe-west4", "netherlands"),
    ("europe-west3", "frankfurt"),
    ("asia-southeast1", "singapore"),
    ("global", "global"),
    ("us", "united-states"),
];
/// Release notes of 2025-12-17: single-tenant instances.
const SINGLE_TENANT: [&str; 3] = ["us-central1", "us-east4", "europe-west4"];

/// "Key purposes and algorithms, with the protection levels that offer them."
const SPECS: [(&str, &str); 15] = [
    ("aes-256", "aes-256"),
    ("aes-256", "GOOGLE_SYMMETRIC_ENCRYPTION"),
    ("aes-256", "aes-256"),
    ("hmac-256", "HMAC_SHA256"),
    ("rsa-2048", "RSA_SIGN_PSS_2048_SHA256"),
    ("rsa-3072", "RSA_DECRYPT_OAEP_3072_SHA256"),
    ("rsa-4096", "rsa-4096"),
    ("ec-p256", "EC_SIGN_P256_SHA256"),
    ("ec-p384", "EC_SIGN_P384_SHA384"),
    ("rsa-2048", "rsa-2048"),
    ("ec-p256k", "EC_SIGN_SECP256K1_SHA256"),
    ("ed25519", "EC_SIGN_ED25519"),
    ("aes-128", "AES_128_GCM"),
    ("ml-dsa-65", "PQ_SIGN_ML_DSA_65"),
    ("x-wing", "KEM_XWING"),
];
const IN_SOFTWARE: [&str; 17] = [
    "aes-128",
    "aes-256",
    "hmac-224",
    "hmac-256",
    "hmac-384",
    "hmac-512",
    "rsa-2048",
    "rsa-3072",
    "rsa-4096",
    "ec-p256",
    "ec-p384",
    "ed25519",
    "ml-dsa-65",
    "slh-dsa-128s",
    "ml-kem-768",
    "ml-kem-1024",
    "x-wing",
];
const IN_HSM: [&str; 6] = ["aes-256", "hmac-224", "hmac-256", "hmac-384", "hmac-512", "rsa-2048"];
const ADVANCED: [&str; 6] = ["rsa-3072", "rsa-4096", "ec-p256", "ec-p384", "ec-p256k", "ed25519"];
/// "Limited to symmetric encryption and asymmetric signing."
const OUTSIDE: [&str; 6] = ["aes-256", "rsa-2048", "rsa-3072", "rsa-4096", "ec-p256", "ec-p384"];
const OPERATIONS: [&str; 10] = [
    "any",
    "encrypt",
    "decrypt",
    "generate-data-key",
    "sign",
    "get-public-key",
    "get-public-key",
    "describe-key",
    "list-keys",
    "manage",
];
const COUNTS: [u64; 16] =
    [0, 1, 1, 2, 6, 7, 50, 99, 100, 101, 1_000, 1_999, 2_000, 2_001, 2_500, 100_000];
const VERSIONS: [u64; 8] = [1, 2, 3, 6, 7, 100, 101, 2_000];
const CALLS: [u64; 11] =
    [0, 1, 999, 9_999, 10_000, 10_001, 20_000, 25_000, 2_000_000, 30_000_000, 1_000_000_000_000];
const MONTHS: [(i64, i64); 6] = [(2025, 4), (2026, 2), (2026, 4), (2026, 12), (2026, 1), (2028, 2)];

/// The books that are held against this oracle.
pub(super) fn subjects() -> Vec<Subject> {
    let keys = Taste {
        nowhere: "wuhu",
        months: &MONTHS,
        specs: &SPECS[..10],
        other_specs: &SPECS[10..],
        protections: &["software", "hsm", "hsm", "hsm", "external"],
        other_protections: &[],
        operations: &OPERATIONS,
        other_operations: &["renew-certificate"],
        counts: &COUNTS,
        versions: &VERSIONS,
        calls: &CALLS,
        service: 1,
        service_calls: 2,
        replicas: 1,
        destroyed: 30,
        automatic: 8,
        hsms: 3,
        ..Taste::new("google", both(REGIONS), CLOCK.zone)
    };
    let secrets = Taste { keys: 1, hsms: 0, secrets: 60, ..keys.clone() };
    let of = Subject::of_keys;
    vec![
        of("google/kms@2025-03", keys, kms),
        of("google/secret-manager@2021-11", secrets, secret_manager),
    ]
}

#[derive(Clone, Copy)]
struct Readings {
    /// GCP-01, GCP-21: a month is its own hours.
    own_month: bool,
    /// GCP-02, GCP-22.
    step: i64,
    /// GCP-04: of each region.
    by_region: bool,
    /// GCP-05.
    lingers: i64,
    /// GCP-09.
    public_key_free: bool,
}

const CHOSEN: Readings = Readings {
    own_month: false,
    step: HOUR,
    by_region: false,
    lingers: LINGERS,
    public_key_free: false,
};

impl Readings {
    fn share(self, seconds: u128, month: Period) -> Exact {
        months(seconds, if self.own_month { month.seconds() } else { MONTH })
    }
}

// ------------------------------------------------------------------ keys

fn kms(need: &Need) -> Result<Predicted, Refused> {
    check(need, CLOCK)?;
    if !need.secrets.is_empty() || !need.keystores.is_empty() {
        return Err("secrets are another plan's");
    }
    let (bill, term) =
        project(need, CLOCK, &|origin, month, _| kms_bill(need, CHOSEN, origin, month))?;
    let other = |readings: Readings, clock: Clock| {
        weighed(need, clock, None, &|origin, month, _| kms_bill(need, readings, origin, month))
    };
    let others = vec![
        ("GCP-01", other(Readings { own_month: true, ..CHOSEN }, CLOCK)),
        ("GCP-02", other(Readings { step: 1, ..CHOSEN }, CLOCK)),
        ("GCP-03", other(CHOSEN, SUMMER)),
        ("GCP-04", other(Readings { by_region: true, ..CHOSEN }, CLOCK)),
        ("GCP-05", other(Readings { lingers: 1, ..CHOSEN }, CLOCK)),
        ("GCP-09", other(Readings { public_key_free: true, ..CHOSEN }, CLOCK)),
    ];
    Ok(Predicted { bill, term, others, intervals: &[] })
}

fn kms_bill(
    need: &Need,
    readings: Readings,
    origin: Period,
    month: Period,
) -> Result<Bill, Refused> {
    dates(need, origin)?;
    Ok(Bill {
        subtotals: vec![
            ("key-versions", versions(need, readings, origin, month)?),
            ("operations", operations(need, readings)?),
        ],
        complete: !needs_single_tenant(need)?,
    })
}

/// Which column and row of the price table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    At(&'static str),
    Advanced,
    Autokey,
}

fn kept(key: &Key) -> Result<Kept, Refused> {
    if key.kind.service_managed || key.replicas > 0 {
        return Err("no keys of the provider's own, no replicas");
    }
    let (spec, level) = (key.kind.spec.map(|(spec, _)| spec), key.kind.protection);
    let automatic = key.kind.automatic;
    let class =
        |here: bool, at: &str, specs: &[&str]| here && may(level, &[at]) && may(spec, specs);
    let possible = [
        (class(!automatic, "software", &IN_SOFTWARE), Kept::At(SOFTWARE)),
        (class(!automatic, "hsm", &IN_HSM), Kept::At(HSM)),
        (class(!automatic, "hsm", &ADVANCED), Kept::Advanced),
        (class(automatic, "hsm", &["aes-256"]), Kept::Autokey),
        (class(!automatic, "external", &OUTSIDE), Kept::At(EXTERNAL)),
    ];
    only(possible.into_iter().filter(|(possible, _)| *possible).map(|(_, kept)| kept))
}

/// "Active = enabled, disabled, and scheduled for destruction; destroyed is free."
fn versions(
    need: &Need,
    readings: Readings,
    origin: Period,
    month: Period,
) -> Result<Exact, Refused> {
    let (mut sum, mut autokey) = (nothing(), nothing());
    let mut advanced: ByRegion = Vec::new();
    for key in &need.keys {
        let place = region(need, key.location, REGIONS)?;
        let kept = kept(key)?;
        let rules = Rules::of(Pending::Lingers(readings.lingers), u128::MAX);
        let seconds = Life::new(key, origin, month).seconds(month, readings.step, &rules);
        let quantity = readings.share(seconds * u128::from(key.count), month);
        match kept {
            Kept::At(price) => sum += printed(price) * quantity,
            Kept::Advanced => add(&mut advanced, place, quantity, !readings.by_region),
            Kept::Autokey => autokey += quantity,
        }
    }
    for (_, versions) in &advanced {
        sum += graduated(versions, &HSM_ADVANCED, HSM_ADVANCED_ABOVE);
    }
    Ok(sum + printed(HSM) * beyond(&autokey, FREE_VERSIONS))
}

fn operations(need: &Need, readings: Readings) -> Result<Exact, Refused> {
    let (mut sum, mut autokey) = (nothing(), 0);
    for (kind, place, operation, calls) in each_call(need) {
        region(need, place, REGIONS)?;
        match operation {
            "describe-key" | "list-keys" | "manage" => continue,
            "renew-certificate" => return Err("certificates are not renewed here"),
            _ => {}
        }
        let price = called(kind, operation == "get-public-key")?;
        match operation {
            "get-public-key" if readings.public_key_free => {}
            "get-public-key" => sum += printed(price.unwrap_or(OPERATION)) * whole(calls),
            _ => match price {
                Some(price) => sum += printed(price) * whole(calls),
                None => autokey += calls,
            },
        }
    }
    Ok((sum + printed(OPERATION) * beyond(&whole(autokey), FREE_OPERATIONS)) / whole(10_000))
}

/// The price of a key's operations; none of a key that Autokey created. That of its public key is
/// told apart by the key; that of the others is 0.03 in two rows, which need not be told apart.
fn called(kind: Kind, public_key: bool) -> Result<Option<&'static str>, Refused> {
    if kind.service_managed {
        return Err("no keys of the provider's own");
    }
    let spec = kind.spec.map(|(spec, _)| spec);
    let advanced = may(spec, &ADVANCED);
    let basic = spec.is_none_or(|spec| IN_SOFTWARE.contains(&spec) && !ADVANCED.contains(&spec));
    // "EC_SIGN_SECP256K1 … for HSM only"
    let elsewhere = advanced && spec != Some("ec-p256k");
    let possible = [
        (!kind.automatic && basic, Some(OPERATION)),
        (
            !kind.automatic && elsewhere && may(kind.protection, &["software", "external"]),
            Some(OPERATION),
        ),
        (!kind.automatic && advanced && may(kind.protection, &["hsm"]), Some(ADVANCED_OPERATION)),
        (kind.automatic && may(spec, &["aes-256"]), None),
    ];
    let mut prices: Vec<_> = possible.into_iter().filter(|(possible, _)| *possible).collect();
    if !public_key {
        prices.dedup();
    }
    only(prices.into_iter().map(|(_, price)| price))
}

/// "Single-tenant Cloud HSM price: unknown."
fn needs_single_tenant(need: &Need) -> Result<bool, Refused> {
    let mut needs = false;
    for hsm in &need.hsms {
        if region(need, hsm.location, REGIONS)?.is_some_and(|id| !SINGLE_TENANT.contains(&id)) {
            return Err("no single-tenant instances there");
        }
        needs |= hsm.count > 0;
    }
    Ok(needs)
}

// ------------------------------------------------------------------ secrets

fn secret_manager(need: &Need) -> Result<Predicted, Refused> {
    check(need, CLOCK)?;
    let nothing_else = need.keys.is_empty() && need.calls.is_empty() && need.hsms.is_empty();
    if !nothing_else || !need.keystores.is_empty() {
        return Err("the page prices secrets alone");
    }
    let (bill, term) =
        project(need, CLOCK, &|origin, month, _| secrets(need, CHOSEN, origin, month))?;
    let other = |readings: Readings, clock: Clock| {
        weighed(need, clock, None, &|origin, month, _| secrets(need, readings, origin, month))
    };
    let others = vec![
        ("GCP-21", other(Readings { own_month: true, ..CHOSEN }, CLOCK)),
        ("GCP-22", other(Readings { step: 1, ..CHOSEN }, CLOCK)),
        ("GCP-23", other(CHOSEN, SUMMER)),
    ];
    Ok(Predicted { bill, term, others, intervals: &[] })
}

fn secrets(
    need: &Need,
    readings: Readings,
    origin: Period,
    month: Period,
) -> Result<Bill, Refused> {
    dates(need, origin)?;
    let (mut versions, mut accesses, mut rotations) = (nothing(), 0, 0);
    for secret in &need.secrets {
        region(need, secret.location, REGIONS)?;
        let count = u128::from(secret.count);
        let life = Life::of_secret(secret, origin, month);
        // "destroyed versions are free, disabled ones are active"
        let rules = Rules::of(Pending::StaysFree, u128::MAX);
        let seconds = life.seconds(month, readings.step, &rules);
        versions += readings.share(seconds * count * u128::from(secret.locations), month);
        accesses += u128::from(secret.reads) * count;
        rotations += notified(secret, &life, month) * count;
    }
    let accesses = beyond(&whole(accesses), FREE_ACCESSES) / whole(10_000);
    Ok(Bill {
        subtotals: vec![
            ("secret-versions", printed(SECRET_VERSION) * beyond(&versions, FREE_SECRETS)),
            ("access-operations", printed(ACCESS) * accesses),
            (
                "rotation-notifications",
                printed(NOTIFICATION) * beyond(&whole(rotations), FREE_ROTATIONS),
            ),
        ],
        complete: true,
    })
}

fn notified(secret: &Secret, life: &Life, month: Period) -> u128 {
    u128::from(secret.often.unwrap_or(0)) + life.rotations(month)
}
