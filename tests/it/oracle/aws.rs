//! AWS KMS in both editions, KMS with a custom key store, and `CloudHSM`.
//!
//! Rule: 1.00 per key version and month, prorated by begun hours of the month's own, and requests by
//! the 10,000 after 20,000 free ones. A key rotated once in mid-February: 1 + 336 ÷ 672 = 1.5.
//! Documents: pricing.md, "AWS KMS", and the sentences of aws.amazon.com/kms/pricing quoted below.

use super::Subject;
use super::civil::{Clock, HOUR, Period};
use super::counted::{beyond, check, each_call, hours, months, region};
use super::exact::{Exact, nothing, printed, whole};
use super::generate::Taste;
use super::life::{Life, Pending, Rules};
use super::need::{Key, Kind, Need};
use super::places::{Regions, both};
use super::predict::{Bill, Predicted, Refused, project, weighed};

/// "Capped at the second rotation" (since May 2024).
const MOST_VERSIONS: u128 = 3;
/// "1.00 USD per customer managed key and month, prorated hourly."
const KEY: &str = "1.00";
/// "Requests per 10,000: symmetric and `RSA_2048` 0.03; other asymmetric 0.15; `GenerateDataKeyPair` of
/// ECC 0.10; of RSA 12.00."
const SYMMETRIC: &str = "0.03";
const ASYMMETRIC: &str = "0.15";
const PAIR_ECC: &str = "0.10";
const PAIR_RSA: &str = "12.00";
/// "20,000 requests free a month, pooled over all regions of the account, excluding
/// `GenerateDataKeyPair(WithoutPlaintext)` and requests on asymmetric keys."
const FREE: u128 = 20_000;
/// "1.60 USD per HSM-hour in us-east-1"; the price list of ap-southeast-1 has 1.86.
const HSM: [(&str, &str); 2] = [("us-east-1", "1.60"), ("ap-southeast-1", "1.86")];
/// "A cluster of at least two HSMs."
const CLUSTER: u128 = 2;

/// The pricing calculator: "730 hours in a month"; UTC is assumed.
pub(super) const CLOCK: Clock = Clock { zone: 0, hours: 730 };
/// A month of 30 days.
pub(super) const THIRTY_DAYS: Clock = Clock { zone: 0, hours: 720 };

/// A part of the commercial partition. Taipei and Melbourne have no `CloudHSM`.
pub(super) const REGIONS: Regions = &[
    ("us-east-1", "virginia"),
    ("ap-southeast-1", "singapore"),
    ("us-west-2", "oregon"),
    ("eu-west-1", "ireland"),
    ("eu-central-1", "frankfurt"),
    ("ap-northeast-1", "tokyo"),
    ("us-west-1", "silicon-valley"),
    ("me-central-1", "dubai"),
    ("ap-east-2", "taipei"),
    ("ap-southeast-4", "melbourne"),
];
const WITH_CLOUDHSM: Regions = REGIONS.split_at(8).0;

/// `KeySpec` of the service: symmetric, HMAC, RSA and elliptic curves; of 2025 also Ed25519 and ML-DSA.
const SPECS: [(&str, &str); 16] = [
    ("aes-256", "aes-256"),
    ("aes-256", "SYMMETRIC_DEFAULT"),
    ("hmac-224", "HMAC_224"),
    ("hmac-256", "hmac-256"),
    ("hmac-512", "HMAC_512"),
    ("rsa-2048", "RSA_2048"),
    ("rsa-2048", "rsa-2048"),
    ("rsa-3072", "RSA_3072"),
    ("rsa-4096", "RSA_4096"),
    ("ec-p256", "ECC_NIST_P256"),
    ("ec-p384", "ec-p384"),
    ("ec-p521", "ECC_NIST_P521"),
    ("ec-p256k", "ECC_SECG_P256K1"),
    ("hmac-384", "HMAC_384"),
    ("ed25519", "ECC_NIST_EDWARDS25519"),
    ("ml-dsa-65", "ML_DSA_65"),
];
/// Of the earlier edition: "Asymmetric keys … HMAC keys": neither Ed25519 nor ML-DSA.
const OLD_SPECS: &[(&str, &str)] = SPECS.split_at(14).0;
const OTHER_SPECS: [(&str, &str); 4] =
    [("sm4", "SM4"), ("aes-128", "aes-128"), ("sm2", "sm2"), ("ml-kem-768", "ML_KEM_768")];
const OPERATIONS: [&str; 20] = [
    "any",
    "encrypt",
    "decrypt",
    "decrypt",
    "re-encrypt",
    "generate-data-key",
    "generate-data-key-without-plaintext",
    "sign",
    "verify",
    "generate-mac",
    "verify-mac",
    "derive-shared-secret",
    "get-public-key",
    "describe-key",
    "manage",
    "generate-random",
    "list-keys",
    "generate-data-key-pair-ecc",
    "generate-data-key-pair-rsa",
    "generate-data-key-pair",
];
/// What a custom key store can do: no asymmetric keys, no MACs, no data key pairs.
const STORE_OPERATIONS: [&str; 10] = [
    "any",
    "encrypt",
    "decrypt",
    "re-encrypt",
    "generate-data-key",
    "generate-data-key-without-plaintext",
    "describe-key",
    "manage",
    "generate-random",
    "list-keys",
];

/// What tells the plans of keys apart.
struct Plan {
    regions: Regions,
    /// Whether the later edition's cap and key types hold.
    capped: bool,
    /// Whether keys stand in a `CloudHSM` cluster of the customer's.
    store: bool,
}

const KMS: Plan = Plan { regions: REGIONS, capped: true, store: false };
const KMS_2019: Plan = Plan { capped: false, ..KMS };
const STORE: Plan = Plan { regions: WITH_CLOUDHSM, capped: false, store: true };

/// The books that are held against this oracle.
pub(super) fn subjects() -> Vec<Subject> {
    let keys = Taste {
        specs: &SPECS,
        other_specs: &OTHER_SPECS,
        protections: &["software", "hsm"],
        operations: &OPERATIONS,
        other_operations: &["renew-certificate", "export-data-key"],
        replicas: 15,
        destroyed: 20,
        nowhere: "wuhu",
        ..Taste::new("aws", both(REGIONS), CLOCK.zone)
    };
    let store = Taste {
        places: both(WITH_CLOUDHSM),
        specs: &SPECS[..2],
        other_specs: &SPECS[2..],
        operations: &STORE_OPERATIONS,
        other_operations: &["sign", "generate-mac", "generate-data-key-pair"],
        replicas: 1,
        hsms: 12,
        ..keys.clone()
    };
    let modules = Taste { keys: 1, hsms: 60, ..store.clone() };
    let of = Subject::of_keys;
    vec![
        of("aws/kms@2024-05", keys.clone(), |need| predict(need, &KMS)),
        of(
            "aws/kms@2019-03",
            Taste { specs: OLD_SPECS, other_specs: &SPECS[14..], ..keys },
            |need| predict(need, &KMS_2019),
        ),
        of("aws/kms-custom-key-store@2024-07", store, |need| predict(need, &STORE)),
        of("aws/cloudhsm@2024-07", modules, cloudhsm),
    ]
}

/// The readings that can be turned round.
#[derive(Clone, Copy)]
struct Readings {
    /// AWS-02: seconds of a begun step of time.
    step: i64,
    /// AWS-09: of a data key pair whose type is not stated.
    pair: &'static str,
}

const CHOSEN: Readings = Readings { step: HOUR, pair: PAIR_RSA };

// ------------------------------------------------------------------ keys and requests

/// What a need comes to at a plan of keys.
fn predict(need: &Need, plan: &Plan) -> Result<Predicted, Refused> {
    check(need, CLOCK)?;
    if !need.secrets.is_empty() || !need.keystores.is_empty() {
        return Err("the page prices no secrets and no stores");
    }
    if !need.hsms.is_empty() && !plan.store {
        return Err("modules are another plan's");
    }
    let (bill, term) =
        project(need, CLOCK, &|origin, month, _| self::bill(need, plan, CHOSEN, origin, month))?;
    let other = |readings: Readings, clock: Clock| {
        weighed(need, clock, None, &|origin, month, _| {
            self::bill(need, plan, readings, origin, month)
        })
    };
    let mut others = vec![("AWS-02", other(Readings { step: 1, ..CHOSEN }, CLOCK))];
    if !plan.store {
        others.push(("AWS-09", other(Readings { pair: PAIR_ECC, ..CHOSEN }, CLOCK)));
    }
    if need.month.is_none() {
        others.push(("AWS-12", other(CHOSEN, THIRTY_DAYS)));
    }
    Ok(Predicted { bill, term, others, intervals: &[] })
}

fn bill(
    need: &Need,
    plan: &Plan,
    readings: Readings,
    origin: Period,
    month: Period,
) -> Result<Bill, Refused> {
    let keys = storage(need, plan, readings, origin, month)?;
    let mut bill = Bill {
        subtotals: vec![("keys", keys), ("requests", requests(need, plan, readings)?)],
        complete: true,
    };
    if plan.store {
        let mut modules = stated(need, WITH_CLOUDHSM)?;
        for region in regions_with_keys(need, plan, origin, month)? {
            // "two HSMs in each region … those that the scenario states are among them"
            match modules.iter_mut().find(|(known, _)| *known == region) {
                Some((_, count)) => *count = CLUSTER.max(*count),
                None => modules.push((region, CLUSTER)),
            }
        }
        let (amount, complete) = by_the_hour(&modules, month);
        bill.subtotals.push(("cluster", amount));
        bill.complete = complete;
    }
    Ok(bill)
}

/// Whether a key of the customer's is to be had.
fn check_key(key: &Key, plan: &Plan) -> Result<(), Refused> {
    let Kind { spec, protection, .. } = key.kind;
    if plan.store {
        // "A custom key store holds symmetric encryption keys only", inside the cluster
        return match (spec, protection) {
            (Some((spec, _)), _) if spec != "aes-256" => Err("no such key in a key store"),
            (_, Some("external")) => Err("an external key store is another"),
            _ if key.replicas > 0 => Err("no multi-Region keys in a key store"),
            _ => Ok(()),
        };
    }
    // one price for all types, so that none need be stated
    let Some((spec, _)) = spec else {
        return Ok(());
    };
    let known = if plan.capped { &SPECS } else { OLD_SPECS };
    if !known.iter().any(|(known, _)| *known == spec) {
        return Err("a key type that the page does not know");
    }
    if protection == Some("external") && spec != "aes-256" {
        return Err("an external key store holds symmetric keys only");
    }
    Ok(())
}

fn rules(plan: &Plan) -> Rules {
    // "scheduled for deletion: free; if cancelled, charged as though never scheduled"
    Rules::of(Pending::ChargedBack, if plan.capped { MOST_VERSIONS } else { u128::MAX })
}

fn storage(
    need: &Need,
    plan: &Plan,
    readings: Readings,
    origin: Period,
    month: Period,
) -> Result<Exact, Refused> {
    let mut sum = nothing();
    for key in &need.keys {
        region(need, key.location, plan.regions)?;
        if key.kind.service_managed {
            // "AWS managed keys: storage free", and they have no replicas
            if key.replicas > 0 {
                return Err("no replicas of an AWS managed key");
            }
            continue;
        }
        check_key(key, plan)?;
        let seconds = Life::new(key, origin, month).seconds(month, readings.step, &rules(plan));
        // "each multi-Region primary and replica"
        let copies = u128::from(key.count) * (1 + u128::from(key.replicas));
        sum += months(seconds * copies, month.seconds());
    }
    Ok(sum * printed(KEY))
}

fn regions_with_keys(
    need: &Need,
    plan: &Plan,
    origin: Period,
    month: Period,
) -> Result<Vec<&'static str>, Refused> {
    let mut found = Vec::new();
    for key in need.keys.iter().filter(|key| !key.kind.service_managed && key.count > 0) {
        if Life::new(key, origin, month).most(month, &rules(plan)) == 0 {
            continue;
        }
        let region = region(need, key.location, plan.regions)?;
        let region = region.ok_or("the price of the cluster depends on the region")?;
        if !found.contains(&region) {
            found.push(region);
        }
    }
    Ok(found)
}

/// Requests at one price each, those that the free tier is for apart.
fn requests(need: &Need, plan: &Plan, readings: Readings) -> Result<Exact, Refused> {
    let (mut free_tier, mut sum) = (0, nothing());
    for (kind, place, operation, calls) in each_call(need) {
        region(need, place, plan.regions)?;
        match price(kind, operation, plan, readings)? {
            None => free_tier += calls,
            Some(price) => sum += printed(price) * whole(calls),
        }
    }
    Ok((sum + printed(SYMMETRIC) * beyond(&whole(free_tier), FREE)) / whole(10_000))
}

/// The price of an operation; none where it is the symmetric one, of which some are free.
fn price(
    kind: Kind,
    operation: &str,
    plan: &Plan,
    readings: Readings,
) -> Result<Option<&'static str>, Refused> {
    let known: &[&str] = if plan.store { &STORE_OPERATIONS } else { &OPERATIONS };
    if !known.contains(&operation) {
        return Err("no such operation");
    }
    match operation {
        "generate-data-key-pair-ecc" => return Ok(Some(PAIR_ECC)),
        "generate-data-key-pair-rsa" => return Ok(Some(PAIR_RSA)),
        "generate-data-key-pair" => return Ok(Some(readings.pair)),
        "generate-random" | "list-keys" => return Ok(None),
        _ if kind.service_managed || plan.store => return Ok(None),
        _ => {}
    }
    let (spec, _) = kind.spec.ok_or("the price of a request depends on the type of the key")?;
    let known = if plan.capped { &SPECS } else { OLD_SPECS };
    match spec {
        "aes-256" | "hmac-224" | "hmac-256" | "hmac-384" | "hmac-512" => Ok(None),
        "rsa-2048" => Ok(Some(SYMMETRIC)),
        spec if known.iter().any(|(known, _)| *known == spec) => Ok(Some(ASYMMETRIC)),
        _ => Err("a key type that the page does not know"),
    }
}

// ------------------------------------------------------------------ modules

/// Modules that a need states, by region.
fn stated(need: &Need, regions: Regions) -> Result<Vec<(&'static str, u128)>, Refused> {
    let mut modules: Vec<(&'static str, u128)> = Vec::new();
    for hsm in &need.hsms {
        let region = region(need, hsm.location, regions)?;
        let region = region.ok_or("the price of a module depends on the region")?;
        match modules.iter_mut().find(|(known, _)| *known == region) {
            Some((_, count)) => *count += u128::from(hsm.count),
            None => modules.push((region, u128::from(hsm.count))),
        }
    }
    Ok(modules)
}

/// Modules through a month, and whether all their prices were read.
fn by_the_hour(modules: &[(&'static str, u128)], month: Period) -> (Exact, bool) {
    let (mut sum, mut complete) = (nothing(), true);
    for (region, count) in modules {
        match HSM.iter().find(|(known, _)| known == region) {
            Some((_, price)) => sum += printed(price) * hours(month.seconds() * count),
            None => complete &= *count == 0,
        }
    }
    (sum, complete)
}

/// What a need comes to at `CloudHSM` alone.
fn cloudhsm(need: &Need) -> Result<Predicted, Refused> {
    check(need, CLOCK)?;
    let nothing_else = need.keys.is_empty() && need.calls.is_empty() && need.secrets.is_empty();
    if !nothing_else || !need.keystores.is_empty() {
        return Err("the page prices modules alone");
    }
    let modules = stated(need, WITH_CLOUDHSM)?;
    let bill = |month: Period| {
        let (amount, complete) = by_the_hour(&modules, month);
        Bill { subtotals: vec![("hsms", amount)], complete }
    };
    let (first, term) = project(need, CLOCK, &|_, month, _| Ok(bill(month)))?;
    let mut others = Vec::new();
    if need.month.is_none() {
        let other = weighed(need, THIRTY_DAYS, None, &|_, month, _| Ok(bill(month)));
        others.push(("AWS-12", other));
    }
    Ok(Predicted { bill: first, term, others, intervals: &[] })
}
