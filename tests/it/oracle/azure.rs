//! Azure Key Vault, Standard and Premium, and Managed HSM.
//!
//! Rule: operations by the 10,000, rotations and renewals each; an HSM-protected version pays the
//! month in which it stands, in tiers that a region fills: 300 of them 250 × 5.00 + 50 × 2.50 = 1,375.
//! Documents: pricing.md, "Azure Key Vault", and the pages of Microsoft quoted below.

use super::Subject;
use super::civil::{Clock, HOUR, Period};
use super::counted::{
    ByRegion, Standing, add, check, covered, dates, each_call, graduated, hours, may, months, only,
    region, stand,
};
use super::exact::{Exact, nothing, printed, whole};
use super::generate::Taste;
use super::life::{Life, Pending, Rules};
use super::need::{Key, Kind, Need};
use super::places::{Regions, both};
use super::predict::{Bill, Predicted, Refused, project, weighed};

/// "Operations 0.03 per 10,000 (secrets, RSA 2048 keys, certificates; Standard = Premium). Advanced
/// key operations (RSA 3072/4096, EC) 0.15 per 10,000."
const OPERATION: &str = "0.03";
const ADVANCED_OPERATION: &str = "0.15";
/// "Certificate renewal 3.00 each. Automated key rotation 1.00 per rotation."
const RENEWAL: &str = "3.00";
const ROTATION: &str = "1.00";
/// "RSA 2048 1.00; advanced types 5.00 for 1–250, 2.50 for 251–1,500, 0.90 for 1,501–4,000, 0.40
/// above (graduated), charged only if used in the last 30 days."
const HSM_RSA_2048: &str = "1.00";
const HSM_ADVANCED: [(u128, &str); 3] = [(250, "5.00"), (1_500, "2.50"), (4_000, "0.90")];
const HSM_ADVANCED_ABOVE: &str = "0.40";
/// "The charge applies if a version has been used in the last 30 days, after that no charge."
const KEY_LINGERS: i64 = 30;
/// "Managed HSM Standard B1 3.20 an hour"; "billed at the full hourly rate until it is purged, 90
/// days if no value is specified".
const POOL: &str = "3.20";
const POOL_LINGERS: i64 = 90;

/// 730 hours are how others turn prices of an hour into those of a month; days are of UTC, assumed.
const CLOCK: Clock = Clock { zone: 0, hours: 730 };
/// AZ-01: days of US Pacific time.
const PACIFIC: Clock = Clock { zone: -8 * HOUR, ..CLOCK };
/// AZ-24: a month of 31 days.
const LONG_MONTH: Clock = Clock { hours: 744, ..CLOCK };

const REGIONS: Regions = &[
    ("eastus", "virginia"),
    ("eastus2", "virginia-2"),
    ("westeurope", "netherlands"),
    ("southeastasia", "singapore"),
    ("germanywestcentral", "frankfurt"),
    ("brazilsouth", "sao-paulo"),
];
/// "About keys": RSA and elliptic curves, in HSMs also symmetric keys.
const SPECS: [(&str, &str); 13] = [
    ("rsa-2048", "rsa-2048"),
    ("rsa-2048", "RSA-2048"),
    ("rsa-3072", "RSA_3072"),
    ("rsa-4096", "rsa-4096"),
    ("ec-p256", "P-256"),
    ("ec-p384", "ec-p384"),
    ("ec-p521", "P-521"),
    ("ec-p256k", "P-256K"),
    ("ec-p256k", "ec-p256k"),
    ("aes-256", "aes-256"),
    ("aes-128", "aes-128"),
    ("aes-192", "AES_192"),
    ("hmac-256", "hmac-256"),
];
const ASYMMETRIC: usize = 9;
const ADVANCED: [&str; 6] = ["rsa-3072", "rsa-4096", "ec-p256", "ec-p384", "ec-p521", "ec-p256k"];
const SYMMETRIC: [&str; 4] = ["aes-128", "aes-192", "aes-256", "hmac-256"];
const OPERATIONS: [&str; 13] = [
    "any",
    "encrypt",
    "decrypt",
    "generate-data-key",
    "generate-random",
    "sign",
    "verify",
    "get-public-key",
    "describe-key",
    "list-keys",
    "manage",
    "renew-certificate",
    "renew-certificate",
];
const COUNTS: [u64; 20] = [
    0, 1, 1, 2, 10, 50, 100, 249, 250, 251, 300, 1_250, 1_499, 1_500, 1_501, 2_500, 3_999, 4_000,
    4_001, 100_000,
];
const VERSIONS: [u64; 8] = [1, 2, 3, 10, 125, 250, 251, 1_500];
/// Renewals are seldom by the million.
const CALLS: [u64; 11] = [0, 1, 2, 7, 250, 9_999, 10_000, 10_001, 25_000, 2_000_000, 1_000_000_000];

/// The books that are held against this oracle.
pub(super) fn subjects() -> Vec<Subject> {
    let standard = Taste {
        nowhere: "wuhu",
        specs: &SPECS[..ASYMMETRIC],
        other_specs: &SPECS[ASYMMETRIC..],
        protections: &["software"],
        other_protections: &["hsm", "external"],
        operations: &OPERATIONS,
        counts: &COUNTS,
        versions: &VERSIONS,
        calls: &CALLS,
        service: 1,
        service_calls: 2,
        replicas: 1,
        destroyed: 30,
        used: 15,
        secrets: 25,
        ..Taste::new("azure", both(REGIONS), CLOCK.zone)
    };
    let premium = Taste {
        specs: &SPECS[..ASYMMETRIC],
        protections: &["hsm", "hsm", "hsm", "software"],
        other_protections: &["external"],
        ..standard.clone()
    };
    let pool = Taste {
        specs: &SPECS,
        other_specs: &[("sm4", "SM4"), ("ed25519", "ed25519")],
        protections: &["hsm", "software", "external"],
        other_protections: &[],
        operations: &OPERATIONS[..11],
        other_operations: &["renew-certificate"],
        counts: &[0, 1, 1, 2, 100],
        secrets: 0,
        ..standard.clone()
    };
    let of = Subject::of_keys;
    vec![
        of("azure/key-vault-standard@2021-11", standard, |need| vault(need, Tier::Standard)),
        of("azure/key-vault-premium@2021-11", premium, |need| vault(need, Tier::Premium)),
        of("azure/managed-hsm@2026-08", pool, managed_hsm),
    ]
}

// ------------------------------------------------------------------ vaults

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tier {
    Standard,
    Premium,
}

/// How a key is charged by the month.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    Free,
    Rsa2048,
    Advanced,
    /// In preview, without a published price.
    Symmetric,
}

#[derive(Clone, Copy)]
struct Readings {
    /// AZ-03.
    rotation: &'static str,
    /// AZ-07: the hours that a version stands, instead of the month.
    by_the_hour: bool,
    /// AZ-08: the newest version alone.
    newest: bool,
    /// AZ-09.
    pooled: bool,
    /// AZ-10.
    lingers: i64,
}

const CHOSEN: Readings = Readings {
    rotation: ROTATION,
    by_the_hour: false,
    newest: false,
    pooled: false,
    lingers: KEY_LINGERS,
};

fn vault(need: &Need, tier: Tier) -> Result<Predicted, Refused> {
    check(need, CLOCK)?;
    if !need.hsms.is_empty() || !need.keystores.is_empty() {
        return Err("a vault is no module and no store");
    }
    let (bill, term) =
        project(need, CLOCK, &|origin, month, _| vault_bill(need, tier, CHOSEN, origin, month))?;
    let other = |readings: Readings, clock: Clock| {
        weighed(need, clock, None, &|origin, month, _| {
            vault_bill(need, tier, readings, origin, month)
        })
    };
    let mut others = vec![
        ("AZ-01", other(CHOSEN, PACIFIC)),
        ("AZ-03", other(Readings { rotation: "0", ..CHOSEN }, CLOCK)),
    ];
    if tier == Tier::Premium {
        others.extend([
            ("AZ-07", other(Readings { by_the_hour: true, ..CHOSEN }, CLOCK)),
            ("AZ-08", other(Readings { newest: true, ..CHOSEN }, CLOCK)),
            ("AZ-09", other(Readings { pooled: true, ..CHOSEN }, CLOCK)),
            ("AZ-10", other(Readings { lingers: 0, ..CHOSEN }, CLOCK)),
        ]);
    }
    Ok(Predicted { bill, term, others, intervals: &[] })
}

fn vault_bill(
    need: &Need,
    tier: Tier,
    readings: Readings,
    origin: Period,
    month: Period,
) -> Result<Bill, Refused> {
    dates(need, origin)?;
    let (mut keys, mut rotations, mut complete) = (nothing(), 0, true);
    let mut advanced: ByRegion = Vec::new();
    for key in &need.keys {
        let place = region(need, key.location, REGIONS)?;
        let kept = kept(key, tier)?;
        if key.replicas > 0 {
            return Err("a vault replicates no keys");
        }
        let life = Life::new(key, origin, month);
        rotations += life.rotations(month) * u128::from(key.count);
        let quantity = versions(key, &life, readings, month);
        match kept {
            Kept::Free => {}
            Kept::Rsa2048 => keys += printed(HSM_RSA_2048) * quantity,
            Kept::Advanced => add(&mut advanced, place, quantity, readings.pooled),
            Kept::Symmetric => complete &= quantity == nothing(),
        }
    }
    for (_, versions) in &advanced {
        keys += graduated(versions, &HSM_ADVANCED, HSM_ADVANCED_ABOVE);
    }
    let (renewals, operations, all_priced) = operations(need, tier)?;
    Ok(Bill {
        subtotals: vec![
            ("secrets", reads(need)? * printed(OPERATION) / whole(10_000)),
            ("certificates", printed(RENEWAL) * whole(renewals)),
            ("rotations", printed(readings.rotation) * whole(rotations)),
            ("keys", keys),
            ("operations", operations),
        ],
        complete: complete && all_priced,
    })
}

/// Version-months: "each version of an HSM protected key is counted as a separate key".
fn versions(key: &Key, life: &Life, readings: Readings, month: Period) -> Exact {
    let most = if readings.newest { 1 } else { u128::MAX };
    let rules = Rules::of(Pending::Lingers(readings.lingers), most);
    let count = u128::from(key.count);
    if readings.by_the_hour {
        months(life.seconds(month, HOUR, &rules) * count, month.seconds())
    } else {
        whole(life.most(month, &rules) * count)
    }
}

fn kept(key: &Key, tier: Tier) -> Result<Kept, Refused> {
    if key.kind.service_managed {
        return Err("no keys of the provider's own");
    }
    let spec = key.kind.spec.map(|(spec, _)| spec);
    let rsa_and_ec = may(spec, &ADVANCED) || may(spec, &["rsa-2048"]);
    let software = rsa_and_ec && may(key.kind.protection, &["software"]);
    let hsm = tier == Tier::Premium && may(key.kind.protection, &["hsm"]);
    let used = hsm && key.is_used();
    let unused = hsm && !key.is_used() && (rsa_and_ec || may(spec, &SYMMETRIC));
    let possible = [
        (software, Kept::Free),
        (used && may(spec, &["rsa-2048"]), Kept::Rsa2048),
        (used && may(spec, &ADVANCED), Kept::Advanced),
        (used && may(spec, &SYMMETRIC), Kept::Symmetric),
        (unused, Kept::Free),
    ];
    only(possible.into_iter().filter(|(possible, _)| *possible).map(|(_, kept)| kept))
}

/// Renewals, what other operations cost, and whether all of them have a price.
fn operations(need: &Need, tier: Tier) -> Result<(u128, Exact, bool), Refused> {
    let (mut renewals, mut sum, mut complete) = (0, nothing(), true);
    for (kind, place, operation, calls) in each_call(need) {
        region(need, place, REGIONS)?;
        if operation == "renew-certificate" {
            renewals += calls;
            continue;
        }
        match operation_price(kind, tier)? {
            Some(price) => sum += printed(price) * whole(calls),
            None => complete &= calls == 0,
        }
    }
    Ok((renewals, sum / whole(10_000), complete))
}

/// The price of an operation; none where none is published.
fn operation_price(kind: Kind, tier: Tier) -> Result<Option<&'static str>, Refused> {
    if kind.service_managed {
        return Err("no keys of the provider's own");
    }
    let spec = kind.spec.map(|(spec, _)| spec);
    let levels: &[&str] = if tier == Tier::Premium { &["software", "hsm"] } else { &["software"] };
    let vault = may(kind.protection, levels);
    let hsm = tier == Tier::Premium && may(kind.protection, &["hsm"]);
    let possible = [
        (vault && may(spec, &["rsa-2048"]), Some(OPERATION)),
        (vault && may(spec, &ADVANCED), Some(ADVANCED_OPERATION)),
        (hsm && may(spec, &SYMMETRIC), None),
    ];
    only(possible.into_iter().filter(|(possible, _)| *possible).map(|(_, price)| price))
}

/// Reads of secrets; their storage and rotation cost nothing.
fn reads(need: &Need) -> Result<Exact, Refused> {
    let mut reads = 0;
    for secret in &need.secrets {
        region(need, secret.location, REGIONS)?;
        reads += u128::from(secret.reads) * u128::from(secret.count);
    }
    Ok(whole(reads))
}

// ------------------------------------------------------------------ managed HSM

fn managed_hsm(need: &Need) -> Result<Predicted, Refused> {
    check(need, CLOCK)?;
    if !need.secrets.is_empty() || !need.hsms.is_empty() || !need.keystores.is_empty() {
        return Err("a pool holds keys alone");
    }
    let other = |lingers, step, clock| {
        weighed(need, clock, None, &|origin, month, _| pools(need, lingers, step, origin, month))
    };
    let (bill, term) =
        project(need, CLOCK, &|origin, month, _| pools(need, POOL_LINGERS, HOUR, origin, month))?;
    let mut others = vec![
        ("AZ-01", other(POOL_LINGERS, HOUR, PACIFIC)),
        ("AZ-22", other(7, HOUR, CLOCK)),
        ("AZ-23", other(POOL_LINGERS, 1, CLOCK)),
    ];
    if need.month.is_none() {
        others.push(("AZ-24", other(POOL_LINGERS, HOUR, LONG_MONTH)));
    }
    Ok(Predicted { bill, term, others, intervals: &[] })
}

/// One pool in each region with a key, for as long as a key is in it.
fn pools(
    need: &Need,
    lingers: i64,
    step: i64,
    origin: Period,
    month: Period,
) -> Result<Bill, Refused> {
    dates(need, origin)?;
    let mut regions = Standing::new();
    for key in &need.keys {
        let place = region(need, key.location, REGIONS)?;
        let spec = key.kind.spec.map(|(spec, _)| spec);
        let known = may(spec, &ADVANCED) || may(spec, &SYMMETRIC) || may(spec, &["rsa-2048"]);
        if key.kind.service_managed || !known || key.replicas > 0 {
            return Err("no such key in a pool");
        }
        if key.count > 0 {
            let life = Life::new(key, origin, month);
            stand(&mut regions, place, life.spans(month, &Rules::of(Pending::Lingers(lingers), 1)));
        }
    }
    for (_, place, operation, _) in each_call(need) {
        region(need, place, REGIONS)?;
        if operation == "renew-certificate" {
            return Err("a pool has no certificates");
        }
    }
    let seconds = regions.into_iter().map(|(_, spans)| covered(spans, month, step)).sum();
    Ok(Bill { subtotals: vec![("pools", printed(POOL) * hours(seconds))], complete: true })
}
