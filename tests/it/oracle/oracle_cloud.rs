//! Oracle Cloud Infrastructure: Vault, Virtual Private Vault, External and Dedicated Key Management.
//!
//! Rule: software versions free, HSM versions free up to 20; a private vault by the hour in each region
//! with keys; external versions by the month; at least three partitions: 3 × 730 × 1.75 = 3,832.5.
//! Documents: pricing.md, "Oracle OCI Vault", and the quotations below.

use super::Subject;
use super::civil::{Clock, HOUR, Period};
use super::counted::{
    ByRegion, Standing, add, check, covered, dates, each_call, hours, may, months, only, region,
    stand,
};
use super::exact::{nothing, printed, whole};
use super::generate::Taste;
use super::life::{Life, Pending, Rules};
use super::need::{Key, Need};
use super::places::{Regions, both};
use super::predict::{Bill, Predicted, Refused, project, weighed};

/// "Virtual private vault 3.724 an hour; external KMS 3.00 per version and month; dedicated partition
/// 1.75 an hour, at least 3; HSM key-version price unknown (first 20 free)."
const PRIVATE_VAULT: &str = "3.724";
const EXTERNAL: &str = "3.00";
const PARTITION: &str = "1.75";
const LEAST: u128 = 3;
const FREE: u128 = 20;

/// The catalog that quotes the prices: 730 hours a month; UTC is assumed.
const CLOCK: Clock = Clock { zone: 0, hours: 730 };
/// ORA-01: the longest months.
const LONG_MONTH: Clock = Clock { zone: 0, hours: 744 };

const REGIONS: Regions = &[
    ("us-ashburn-1", "virginia"),
    ("ap-singapore-1", "singapore"),
    ("ap-singapore-2", "singapore-2"),
    ("eu-frankfurt-1", "frankfurt"),
    ("uk-london-1", "london"),
];
/// "AES, RSA and ECDSA keys."
const SPECS: [(&str, &str); 9] = [
    ("aes-128", "AES_128"),
    ("aes-192", "aes-192"),
    ("aes-256", "AES_256"),
    ("rsa-2048", "RSA_2048"),
    ("rsa-3072", "rsa-3072"),
    ("rsa-4096", "RSA_4096"),
    ("ec-p256", "ECC_NIST_P256"),
    ("ec-p384", "ec-p384"),
    ("ec-p521", "ECC_NIST_P521"),
];
const KNOWN: [&str; 9] = [
    "aes-128", "aes-192", "aes-256", "rsa-2048", "rsa-3072", "rsa-4096", "ec-p256", "ec-p384",
    "ec-p521",
];
const COUNTS: [u64; 12] = [0, 1, 1, 1, 2, 3, 5, 10, 19, 20, 21, 1_000];
const VERSIONS: [u64; 7] = [1, 2, 4, 5, 19, 20, 21];

/// The books that are held against this oracle.
pub(super) fn subjects() -> Vec<Subject> {
    let vault = Taste {
        nowhere: "wuhu",
        specs: &SPECS,
        other_specs: &[("sm4", "SM4"), ("ec-p256k", "ec-p256k"), ("hmac-256", "hmac-256")],
        counts: &COUNTS,
        versions: &VERSIONS,
        service: 1,
        service_calls: 2,
        replicas: 10,
        destroyed: 40,
        secrets: 5,
        ..Taste::new("oracle", both(REGIONS), CLOCK.zone)
    };
    let private = Taste { replicas: 1, secrets: 0, ..vault.clone() };
    let external = Taste {
        specs: &SPECS[..3],
        other_specs: &SPECS[3..],
        protections: &["external"],
        other_protections: &["hsm", "software"],
        ..private.clone()
    };
    let dedicated = Taste {
        protections: &["hsm"],
        other_protections: &["software", "external"],
        hsms: 25,
        ..private.clone()
    };
    let of = Subject::of_keys;
    vec![
        of("oracle/vault@2024", vault, predict_vault),
        of("oracle/virtual-private-vault@2024", private, predict_private),
        of("oracle/external-kms@2024", external, predict_external),
        of("oracle/dedicated-kms@2024", dedicated, predict_dedicated),
    ]
}

/// What none of the plans has, and calls, which none charges.
fn check_need(need: &Need) -> Result<(), Refused> {
    check(need, CLOCK)?;
    if !need.keystores.is_empty() {
        return Err("no stores of keys");
    }
    each_call(need).try_for_each(|(_, place, ..)| region(need, place, REGIONS).map(|_| ()))
}

/// A key of the customer's at one of some levels.
fn check_key(key: &Key, levels: &[&str], specs: &[&str]) -> Result<(), Refused> {
    let spec = key.kind.spec.map(|(spec, _)| spec);
    if key.kind.service_managed || !may(spec, specs) || !may(key.kind.protection, levels) {
        return Err("no such key");
    }
    Ok(())
}

// ------------------------------------------------------------------ vault

fn predict_vault(need: &Need) -> Result<Predicted, Refused> {
    check_need(need)?;
    if !need.hsms.is_empty() {
        return Err("partitions are another plan's");
    }
    for secret in &need.secrets {
        region(need, secret.location, REGIONS)?;
    }
    let (bill, term) = project(need, CLOCK, &|origin, month, _| vault(need, false, origin, month))?;
    let by_region =
        weighed(need, CLOCK, None, &|origin, month, _| vault(need, true, origin, month));
    Ok(Predicted { bill, term, others: vec![("ORA-05", by_region)], intervals: &[] })
}

/// Software versions are free, HSM versions up to 20: what more of them cost was not found.
fn vault(need: &Need, by_region: bool, origin: Period, month: Period) -> Result<Bill, Refused> {
    let mut hardware: ByRegion = Vec::new();
    for key in &need.keys {
        let place = region(need, key.location, REGIONS)?;
        check_key(key, &["software", "hsm"], &KNOWN)?;
        let possible = ["software", "hsm"].into_iter();
        if only(possible.filter(|level| may(key.kind.protection, &[level])))? == "hsm" {
            let versions =
                Life::new(key, origin, month).most(month, &Rules::of(Pending::Charged, u128::MAX));
            // "versions of a key in a replicated vault count in every region"
            let copies = u128::from(key.count) * (1 + u128::from(key.replicas));
            add(&mut hardware, place, whole(versions * copies), !by_region);
        }
    }
    let complete = hardware.iter().all(|(_, versions)| *versions <= whole(FREE));
    Ok(Bill { subtotals: vec![("key-versions", nothing())], complete })
}

// ------------------------------------------------------------------ virtual private vault

fn predict_private(need: &Need) -> Result<Predicted, Refused> {
    check_need(need)?;
    if !need.hsms.is_empty() || !need.secrets.is_empty() {
        return Err("the plan prices keys alone");
    }
    let (bill, term) =
        project(need, CLOCK, &|origin, month, _| private(need, Pending::Charged, origin, month))?;
    let other = |pending, clock| {
        weighed(need, clock, None, &|origin, month, _| private(need, pending, origin, month))
    };
    let mut others = vec![("ORA-04", other(Pending::StaysFree, CLOCK))];
    if need.month.is_none() {
        others.push(("ORA-01", other(Pending::Charged, LONG_MONTH)));
    }
    Ok(Predicted { bill, term, others, intervals: &[] })
}

/// "A begun hour counts as an hour, and a vault stands as long as there is a key in it."
fn private(need: &Need, pending: Pending, origin: Period, month: Period) -> Result<Bill, Refused> {
    dates(need, origin)?;
    let mut regions = Standing::new();
    for key in &need.keys {
        let place = region(need, key.location, REGIONS)?;
        check_key(key, &["software", "hsm"], &KNOWN)?;
        if key.replicas > 0 {
            return Err("a vault that is replicated is not priced");
        }
        if key.count > 0 {
            let life = Life::new(key, origin, month);
            stand(&mut regions, place, life.spans(month, &Rules::of(pending, 1)));
        }
    }
    let seconds = regions.into_iter().map(|(_, spans)| covered(spans, month, HOUR)).sum();
    Ok(Bill {
        subtotals: vec![("vaults", printed(PRIVATE_VAULT) * hours(seconds))],
        complete: true,
    })
}

// ------------------------------------------------------------------ external key management

fn predict_external(need: &Need) -> Result<Predicted, Refused> {
    check_need(need)?;
    if !need.hsms.is_empty() || !need.secrets.is_empty() {
        return Err("the plan prices keys alone");
    }
    let (bill, term) = project(need, CLOCK, &|origin, month, _| {
        external(need, Pending::Charged, false, origin, month)
    })?;
    let other = |pending, by_the_hour| {
        weighed(need, CLOCK, None, &|origin, month, _| {
            external(need, pending, by_the_hour, origin, month)
        })
    };
    let others = vec![
        ("ORA-03", other(Pending::Charged, true)),
        ("ORA-04", other(Pending::StaysFree, false)),
    ];
    Ok(Predicted { bill, term, others, intervals: &[] })
}

/// "Nothing is named as free": a version that waits for its deletion counts until it is deleted. "A version that exists at any time of a month is charged for the whole month."
fn external(
    need: &Need,
    pending: Pending,
    by_the_hour: bool,
    origin: Period,
    month: Period,
) -> Result<Bill, Refused> {
    let mut versions = nothing();
    for key in &need.keys {
        region(need, key.location, REGIONS)?;
        check_key(key, &["external"], &["aes-128", "aes-192", "aes-256"])?;
        if key.replicas > 0 {
            return Err("no replication");
        }
        let (life, rules) = (Life::new(key, origin, month), Rules::of(pending, u128::MAX));
        let count = u128::from(key.count);
        versions += if by_the_hour {
            months(life.seconds(month, HOUR, &rules) * count, month.seconds())
        } else {
            whole(life.most(month, &rules) * count)
        };
    }
    Ok(Bill { subtotals: vec![("key-versions", printed(EXTERNAL) * versions)], complete: true })
}

// ------------------------------------------------------------------ dedicated partitions

fn predict_dedicated(need: &Need) -> Result<Predicted, Refused> {
    check_need(need)?;
    if !need.secrets.is_empty() {
        return Err("the plan prices no secrets");
    }
    let (bill, term) =
        project(need, CLOCK, &|origin, month, _| dedicated(need, false, origin, month))?;
    let other = |pooled, clock| {
        weighed(need, clock, None, &|origin, month, _| dedicated(need, pooled, origin, month))
    };
    let mut others = vec![("ORA-03", other(true, CLOCK))];
    if need.month.is_none() {
        others.push(("ORA-01", other(false, LONG_MONTH)));
    }
    Ok(Predicted { bill, term, others, intervals: &[] })
}

/// Three partitions in each region with keys, those that are stated among them; at least three in
/// every region that has some, or, pooled, in the account.
fn dedicated(need: &Need, pooled: bool, origin: Period, month: Period) -> Result<Bill, Refused> {
    let mut partitions: Vec<(Option<&str>, u128)> = Vec::new();
    let mut here = |place, more: u128, least: u128| match partitions
        .iter_mut()
        .find(|(known, _)| *known == place)
    {
        Some((_, count)) => *count = (*count + more).max(least),
        None => partitions.push((place, more.max(least))),
    };
    for hsm in &need.hsms {
        here(region(need, hsm.location, REGIONS)?, u128::from(hsm.count), 0);
    }
    for key in &need.keys {
        let place = region(need, key.location, REGIONS)?;
        check_key(key, &["hsm"], &KNOWN)?;
        if key.replicas > 0 {
            return Err("no replication");
        }
        let stands = Life::new(key, origin, month).most(month, &Rules::of(Pending::Charged, 1)) > 0;
        if stands && key.count > 0 {
            here(place, 0, LEAST);
        }
    }
    let least = |count: u128| if count == 0 { 0 } else { count.max(LEAST) };
    let count = if pooled {
        least(partitions.iter().map(|(_, count)| count).sum())
    } else {
        partitions.iter().map(|(_, count)| least(*count)).sum()
    };
    let amount = printed(PARTITION) * hours(month.seconds() * count);
    Ok(Bill { subtotals: vec![("partitions", amount)], complete: true })
}
