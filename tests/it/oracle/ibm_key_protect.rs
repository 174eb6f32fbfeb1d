//! IBM Key Protect: four editions of the regional plan, the cross-region plan, and the two of Satellite.
//!
//! Rule until 2024: every version that exists on any day of a month × the month's price, after five free
//! ones of the account. 20 versions in 2022: 15 × 1.00. From 2025: every day is 1/31 of the price, raised
//! by the premium of the location. Satellite: a fee for each location, and keys in batches of 100. Must
//! not read the books.

use super::Subject;
use super::civil::{Clock, Period};
use super::exact::{Exact, nothing, printed, whole};
use super::generate::{Taste, keys_and_calls};
use super::life::{Life, Pending, Rules};
use super::lists::{self, Home, KEYS, customer_keys, predicted};
use super::need::{Key, Need};
use super::places::{self, Regions};
use super::predict::{Bill, Predicted, Refused};

/// An edition of the time of whole months: its price, and the reading of the price where two are printed.
#[derive(Clone, Copy)]
struct WholeMonths {
    price: &'static str,
    other_price: Option<(&'static str, &'static str)>,
    spain: bool,
}

/// "$1.00 per key version per month" (2022-07-31).
const Y2022: WholeMonths = WholeMonths { price: "1.00", other_price: None, spain: false };
/// "$1.045" (2023-03-24); eu-es since 2023-09-15.
const Y2023: WholeMonths = WholeMonths { price: "1.045", spain: true, ..Y2022 };
/// "the standard charge of $1.0764" (notice of January 2025), 3 per cent above 1.045; the page printed
/// 1.045 until 2024-05-16.
const Y2024: WholeMonths =
    WholeMonths { price: "1.0764", other_price: Some(("IBM-05", "1.045")), ..Y2023 };

/// "the first five key versions are free (per account)".
const FREE: u128 = 5;
/// "proration by the number of days (out of 31)".
const DAYS: Clock = Clock { zone: 0, hours: 31 * 24 };
const SECONDS_OF_31_DAYS: u128 = 31 * 86_400;
/// The price since 2025, "the standard charge of $1.0764".
const VERSION: &str = "1.0764";
/// "100.00 a month for each duplicated region", not prorated.
const DUPLICATED_REGION: &str = "100.00";
/// Deleted keys are charged for the 30 days in which they can be restored, "unless purged sooner".
const LINGERS: i64 = 30;
const SECONDS_OF_A_DAY: i64 = 86_400;
/// "$780 a month per location", with the rise of January 2024 803.40; a key of quota 1, or 1.03.
const LOCATION: [&str; 2] = ["780", "803.40"];
const KEY_OF_QUOTA: [&str; 2] = ["1", "1.03"];
/// "in batches of 100 keys".
const BATCH: u128 = 100;

/// Root keys have 256 bits, imported ones 128, 192 or 256.
const SPECS: [(&str, &str); 6] = [
    ("aes-256", "aes-256"),
    ("aes-256", "AES_256"),
    ("aes-256", "SYMMETRIC_DEFAULT"),
    ("aes-128", "aes-128"),
    ("aes-192", "AES_192"),
    ("aes-256", "aes-256"),
];
const REGIONAL: [(&str, &str); 4] =
    [("us-south", "dallas"), ("eu-de", "frankfurt"), ("jp-osa", "osaka"), ("br-sao", "sao-paulo")];
const WITH_SPAIN: [(&str, &str); 4] =
    [("us-south", "dallas"), ("eu-es", "madrid"), ("jp-osa", "osaka"), ("br-sao", "sao-paulo")];
/// The notice of January 2025 lists ten multizone regions; Montreal, Chennai and Mumbai came later.
const BY_LOCATION: [(&str, &str); 11] = [
    ("us-south", "dallas"),
    ("us-east", "virginia"),
    ("ca-tor", "toronto"),
    ("eu-gb", "london"),
    ("eu-de", "frankfurt"),
    ("eu-es", "madrid"),
    ("jp-osa", "osaka"),
    ("au-syd", "sydney"),
    ("br-sao", "sao-paulo"),
    ("ca-mon", "montreal"),
    ("in-che", "chennai"),
];
/// The regions with a failover region: Dallas, Frankfurt, Tokyo.
const CROSS_REGION: [(&str, &str); 3] =
    [("us-south", "dallas"), ("eu-de", "frankfurt"), ("jp-tok", "tokyo")];
const SATELLITE: [(&str, &str); 2] = [("us-east", "virginia"), ("eu-de", "frankfurt")];
/// "the account's billing cycles are based on UTC".
const CLOCK: Clock = Clock { zone: 0, hours: 30 * 24 };

/// All plans and editions.
pub(super) fn subjects() -> Vec<Subject> {
    let taste = |regions| Taste {
        months: &[(2022, 8), (2023, 4), (2024, 2), (2024, 12), (2026, 4), (2026, 2)],
        specs: &SPECS,
        other_specs: &lists::STRANGE_SPECS,
        protections: &["hsm", "software"],
        counts: &[0, 1, 2, 3, 4, 5, 6, 20, 1_000],
        versions: &[1, 2, 3, 4, 5, 6, 20],
        service: 1,
        destroyed: 30,
        ..Taste::new("ibm", places::both(regions), CLOCK.zone)
    };
    let subject = |plan, regions, predict| Subject::of_keys(plan, taste(regions), predict);
    let satellite = |plan, predict| Subject {
        plan,
        taste: Taste {
            months: &[(2023, 4), (2024, 1), (2024, 2), (2024, 5), (2026, 4)],
            counts: &[0, 1, 2, 50, 99, 100, 101, 199, 200, 201],
            ..taste(&SATELLITE)
        },
        generate: keys_and_calls,
        predict,
    };
    vec![
        subject("ibm/key-protect@2022-08", &REGIONAL, |need| whole_months(need, Y2022)),
        subject("ibm/key-protect@2023-03-24", &WITH_SPAIN, |need| whole_months(need, Y2023)),
        subject("ibm/key-protect@2024-01", &WITH_SPAIN, |need| whole_months(need, Y2024)),
        subject("ibm/key-protect@2025-01", &BY_LOCATION, prorated),
        subject("ibm/key-protect-cross-region@2025-01", &CROSS_REGION, cross_region),
        satellite("ibm/key-protect-satellite@2023-04", |need| self::satellite(need, true)),
        satellite("ibm/key-protect-satellite@2024-05", |need| self::satellite(need, false)),
    ]
}

/// What all these plans offer: symmetric keys of customers, in the service's modules.
fn check(need: &Need, home: Home) -> Result<(), Refused> {
    lists::check(need, home, KEYS)?;
    for key in &need.keys {
        if key.kind.service_managed {
            return Err("keys that other services manage are none of it");
        }
        if key.kind.spec.is_some_and(|(spec, _)| SPECS.iter().all(|(known, _)| *known != spec)) {
            return Err("symmetric keys alone");
        }
    }
    Ok(())
}

/// "backed by hardware security modules": no key lives outside.
fn check_inside(need: &Need) -> Result<(), Refused> {
    let outside = need.keys.iter().any(|key| key.kind.protection == Some("external"));
    if outside { Err("no keys live outside") } else { Ok(()) }
}

// ------------------------------------------------------------------ whole months

/// What a need comes to while a month is charged as a whole.
fn whole_months(need: &Need, edition: WholeMonths) -> Result<Predicted, Refused> {
    let regions = if edition.spain { &WITH_SPAIN } else { &REGIONAL };
    check(need, Home { regions, clock: CLOCK })?;
    check_inside(need)?;
    let others: Vec<_> = edition.other_price.into_iter().collect();
    predicted(need, CLOCK, edition.price, &others, &|price, origin, month| {
        // a deleted key is free from the month after its deletion
        let rules = Rules::of(Pending::StaysFree, u128::MAX);
        let most =
            |key: &Key| Life::new(key, origin, month).most(month, &rules) * u128::from(key.count);
        let versions: u128 = need.keys.iter().map(most).sum();
        let amount = printed(price) * whole(versions.saturating_sub(FREE));
        Ok(Bill { subtotals: vec![("key-versions", amount)], complete: true })
    })
}

// ------------------------------------------------------------------ days of 31

/// "Premiums of locations": 0, 6, 13, 16, 20 and 32 per cent; none published for the later regions.
fn premium(region: &str) -> Option<&'static str> {
    match region {
        "us-south" | "us-east" => Some("1"),
        "ca-tor" => Some("1.06"),
        "eu-gb" => Some("1.13"),
        "eu-de" | "eu-es" => Some("1.16"),
        "jp-osa" | "jp-tok" | "au-syd" => Some("1.2"),
        "br-sao" => Some("1.32"),
        _ => None,
    }
}

#[derive(Clone, Copy)]
struct Readings {
    /// IBM-04: to the second instead of begun days.
    step: i64,
    /// IBM-05, IBM-06: versions and regions without the premium.
    versions_raised: bool,
    regions_raised: bool,
}

const CHOSEN: Readings =
    Readings { step: SECONDS_OF_A_DAY, versions_raised: true, regions_raised: true };

/// Versions by the day, and whether all their prices are published.
fn by_days(
    need: &Need,
    regions: Regions,
    readings: Readings,
    origin: Period,
    month: Period,
) -> Result<(Exact, bool), Refused> {
    let home = Home { regions, clock: DAYS };
    let (mut amount, mut complete) = (nothing(), true);
    for key in &need.keys {
        let region = home.region(need, key.location)?.ok_or("the price depends on the region")?;
        let rules = Rules::of(Pending::LingersAtMost(LINGERS), u128::MAX);
        let seconds = Life::new(key, origin, month).seconds(month, readings.step, &rules);
        let seconds = seconds * u128::from(key.count);
        let Some(premium) = premium(region) else {
            complete &= seconds == 0;
            continue;
        };
        let factor = printed(if readings.versions_raised { premium } else { "1" });
        amount += printed(VERSION) * factor * whole(seconds) / whole(SECONDS_OF_31_DAYS);
    }
    Ok((amount, complete))
}

/// What a need comes to since 2025.
fn prorated(need: &Need) -> Result<Predicted, Refused> {
    check(need, Home { regions: &BY_LOCATION, clock: DAYS })?;
    check_inside(need)?;
    let others = [
        ("IBM-04", Readings { step: 1, ..CHOSEN }),
        ("IBM-05", Readings { versions_raised: false, ..CHOSEN }),
    ];
    predicted(need, DAYS, CHOSEN, &others, &|readings, origin, month| {
        let (amount, complete) = by_days(need, &BY_LOCATION, readings, origin, month)?;
        Ok(Bill { subtotals: vec![("key-versions", amount)], complete })
    })
}

/// What a need comes to across regions: versions twice, and each region once.
fn cross_region(need: &Need) -> Result<Predicted, Refused> {
    check(need, Home { regions: &CROSS_REGION, clock: DAYS })?;
    check_inside(need)?;
    let others = [
        ("IBM-04", Readings { step: 1, ..CHOSEN }),
        ("IBM-06", Readings { regions_raised: false, ..CHOSEN }),
    ];
    predicted(need, DAYS, CHOSEN, &others, &|readings, origin, month| {
        let (versions, complete) = by_days(need, &CROSS_REGION, readings, origin, month)?;
        let regions = regions(need, readings, origin, month);
        let subtotals = vec![
            ("key-versions", versions.clone()),
            ("duplicated-versions", versions),
            ("regions", regions),
        ];
        Ok(Bill { subtotals, complete })
    })
}

/// One charge for each region that has a key at any time, "for any number of instances".
fn regions(need: &Need, readings: Readings, origin: Period, month: Period) -> Exact {
    let mut amount = nothing();
    let home = Home { regions: &CROSS_REGION, clock: DAYS };
    for (id, _) in CROSS_REGION {
        let stands = customer_keys(need).any(|key| {
            let here = home.region(need, key.location) == Ok(Some(id));
            let rules = Rules::of(Pending::LingersAtMost(LINGERS), 1);
            here && key.count > 0 && Life::new(key, origin, month).most(month, &rules) > 0
        });
        if stands {
            let premium = premium(id).filter(|_| readings.regions_raised).unwrap_or("1");
            amount += printed(DUPLICATED_REGION) * printed(premium);
        }
    }
    amount
}

// ------------------------------------------------------------------ Satellite

#[derive(Clone, Copy)]
struct Quota {
    location: &'static str,
    key: &'static str,
    /// IBM-12: no batches.
    pro_rata: bool,
}

/// What a need comes to on Satellite; from 2024-05-16 the page sends to the catalogue for both prices.
fn satellite(need: &Need, published: bool) -> Result<Predicted, Refused> {
    check(need, Home { regions: &SATELLITE, clock: CLOCK })?;
    let chosen = Quota { location: LOCATION[0], key: KEY_OF_QUOTA[0], pro_rata: false };
    let others = [
        ("IBM-12", Quota { pro_rata: true, ..chosen }),
        ("IBM-13", Quota { location: LOCATION[1], ..chosen }),
        ("IBM-14", Quota { key: KEY_OF_QUOTA[1], ..chosen }),
    ];
    let others: &[_] = if published { &others } else { &[] };
    predicted(need, CLOCK, chosen, others, &|quota, origin, month| {
        let (locations, keys) = quotas(need, quota, origin, month)?;
        if !published {
            let subtotals = vec![("location", nothing()), ("key-quota", nothing())];
            return Ok(Bill { subtotals, complete: locations == 0 });
        }
        let subtotals = vec![
            ("location", printed(quota.location) * whole(locations)),
            ("key-quota", printed(quota.key) * whole(keys)),
        ];
        Ok(Bill { subtotals, complete: true })
    })
}

/// Groups of keys, each with how many are alike.
type Lives = Vec<(Life, u64)>;

/// Locations that have keys, and the keys of their quotas: the largest of the month, in batches.
fn quotas(
    need: &Need,
    quota: Quota,
    origin: Period,
    month: Period,
) -> Result<(u128, u128), Refused> {
    let home = Home { regions: &SATELLITE, clock: CLOCK };
    let mut regions: Vec<(Option<&str>, Lives)> = Vec::new();
    for key in &need.keys {
        let region = home.region(need, key.location)?;
        let life = (Life::new(key, origin, month), key.count);
        match regions.iter_mut().find(|(known, _)| *known == region) {
            Some((_, lives)) => lives.push(life),
            None => regions.push((region, vec![life])),
        }
    }
    // "charged for every key in a state other than the destroyed state"
    let rules = Rules::of(Pending::StaysFree, 1);
    let (mut locations, mut keys) = (0, 0);
    for (_, lives) in &regions {
        let most = lists::most_together(lives, &rules, month);
        locations += u128::from(most > 0);
        let mut quota_keys = 0;
        while quota_keys < most && !quota.pro_rata {
            quota_keys += BATCH;
        }
        keys += if quota.pro_rata { most } else { quota_keys };
    }
    Ok((locations, keys))
}
