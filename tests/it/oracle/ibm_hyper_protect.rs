//! IBM Hyper Protect Crypto Services, four editions.
//!
//! Rule: crypto units by the calendar month or by the hour, at least two in each region that has keys or
//! units; calls beyond a million (2020); keystores by steps and the orchestrator's connection (2022-04 on).
//! The page's example of 2024: 2 × 720 × 2.13 + 15 × 225 + 2 × 210 + 14 × 70 + 720 × 5.00 = 11,442.2. Must
//! not read the books.

use super::Subject;
use super::civil::{Clock, Period};
use super::counted::may;
use super::exact::{Exact, nothing, printed, whole};
use super::generate::Taste;
use super::life::{Life, Pending, Rules};
use super::lists::{self, Home, Sold, predicted};
use super::need::{Need, calls_of};
use super::places::{self, Regions};
use super::predict::{Bill, Predicted, Refused};

/// One edition.
#[derive(Clone, Copy)]
struct Edition {
    regions: Regions,
    unit: Unit,
    /// "you need to keep at least two crypto units in a service instance" (2021-08-12 on).
    at_least_two: bool,
    /// Calls beyond a million of each instance are charged.
    calls: bool,
    /// An external keystore, and an hour of the connection.
    orchestrator: Option<(&'static str, &'static str)>,
}

impl Edition {
    fn home(&self) -> Home {
        Home { regions: self.regions, clock: CLOCK }
    }
}

#[derive(Clone, Copy)]
enum Unit {
    Month(&'static str),
    Hour(&'static str),
}

/// "$1560 per crypto unit per calendar month"; calls "0.01 per 10,000" beyond 1,000,000 (2020-10-30).
const Y2020: Edition = Edition {
    regions: &REGIONS_2020,
    unit: Unit::Month("1560"),
    at_least_two: false,
    calls: true,
    orchestrator: None,
};
/// 2022-01-30: calls are no longer charged.
const Y2022: Edition =
    Edition { regions: &REGIONS_2022, at_least_two: true, calls: false, ..Y2020 };
/// "$2.13 per hour"; external keystores at 225, the connection at 6.25 an hour (2022-04-01).
const HOURLY: Edition = Edition {
    regions: &REGIONS_HOURLY,
    unit: Unit::Hour("2.13"),
    orchestrator: Some(("225", "6.25")),
    ..Y2022
};
/// External keystores at 70, the connection at 5.00 an hour (2023-06-01).
const CHEAPER: Edition =
    Edition { regions: &REGIONS_CHEAPER, orchestrator: Some(("70", "5.00")), ..HOURLY };

const LEAST_UNITS: u128 = 2;
const CALLS: &str = "0.01";
const PER: u128 = 10_000;
const FREE_CALLS: u128 = 1_000_000;
/// The example's 22 keystores are 5 × 0 + 15 × 225 + 2 × 210.
const FREE_KEYSTORES: u128 = 5;
const FIRST_KEYSTORES: u128 = 20;
const KEYSTORE: &str = "225";
const FURTHER_KEYSTORE: &str = "210";
/// "the first external keystore is free".
const FREE_EXTERNAL: u128 = 1;
const SECONDS_OF_AN_HOUR: u128 = 3600;

/// Keys of both interfaces, KMS and EP11.
const SPECS: [(&str, &str); 9] = [
    ("aes-256", "aes-256"),
    ("aes-128", "AES_128"),
    ("aes-192", "aes-192"),
    ("rsa-2048", "rsa-2048"),
    ("rsa-4096", "RSA_4096"),
    ("ec-p256", "EC_P256"),
    ("ec-p521", "ec-p521"),
    ("ec-p256k", "ec-p256k"),
    ("ed25519", "ed25519"),
];
const REGIONS_2020: [(&str, &str); 3] =
    [("us-south", "dallas"), ("us-east", "virginia"), ("au-syd", "sydney")];
const REGIONS_2022: [(&str, &str); 3] =
    [("us-south", "dallas"), ("eu-gb", "london"), ("jp-tok", "tokyo")];
const REGIONS_HOURLY: [(&str, &str); 3] =
    [("us-south", "dallas"), ("us-east", "virginia"), ("br-sao", "sao-paulo")];
const REGIONS_CHEAPER: [(&str, &str); 3] =
    [("us-south", "dallas"), ("br-sao", "sao-paulo"), ("eu-es", "madrid")];
/// "the account's billing cycles are based on UTC"; "30 days (720 hours)".
const CLOCK: Clock = Clock { zone: 0, hours: 720 };

/// The four editions.
pub(super) fn subjects() -> Vec<Subject> {
    let taste = |regions| Taste {
        months: &[(2020, 10), (2022, 2), (2022, 3), (2024, 2), (2026, 4), (2026, 12)],
        specs: &SPECS,
        other_specs: &lists::STRANGE_SPECS,
        protections: &["hsm", "software"],
        counts: &[0, 1, 2, 3, 10],
        calls: &[0, 1, 999_999, 1_000_000, 1_000_001, 3_000_000, 1_000_000_000_000],
        service: 1,
        keys: 40,
        hsms: 40,
        keystores: 40,
        destroyed: 30,
        ..Taste::new("ibm", places::both(regions), CLOCK.zone)
    };
    let subject = |plan, regions, predict| Subject::of_keys(plan, taste(regions), predict);
    vec![
        subject("ibm/hyper-protect-crypto@2020-10", &REGIONS_2020, |need| predict(need, &Y2020)),
        subject("ibm/hyper-protect-crypto@2022-01", &REGIONS_2022, |need| predict(need, &Y2022)),
        subject("ibm/hyper-protect-crypto@2022-04", &REGIONS_HOURLY, |need| predict(need, &HOURLY)),
        subject("ibm/hyper-protect-crypto@2024-10", &REGIONS_CHEAPER, |need| {
            predict(need, &CHEAPER)
        }),
    ]
}

#[derive(Clone, Copy)]
struct Readings {
    /// IBM-22: no least number of units.
    any_units: bool,
    /// IBM-23: one service instance for the account instead of one a region.
    one_instance: bool,
}

const CHOSEN: Readings = Readings { any_units: false, one_instance: false };

/// What a need comes to at an edition.
fn predict(need: &Need, edition: &Edition) -> Result<Predicted, Refused> {
    let sold = [Sold::Keys, Sold::Logs, Sold::Hsms, Sold::Keystores];
    lists::check(need, edition.home(), &sold)?;
    for key in &need.keys {
        if key.kind.service_managed || !may(key.kind.protection, &["software", "hsm"]) {
            return Err("customers' keys in crypto units alone");
        }
        if key.kind.spec.is_some_and(|(spec, _)| SPECS.iter().all(|(known, _)| *known != spec)) {
            return Err("a key type that is not offered");
        }
    }
    let mut others = Vec::new();
    if edition.at_least_two {
        others.push(("IBM-22", Readings { any_units: true, ..CHOSEN }));
    }
    if edition.calls || edition.orchestrator.is_some() {
        others.push(("IBM-23", Readings { one_instance: true, ..CHOSEN }));
    }
    predicted(need, CLOCK, CHOSEN, &others, &|readings, origin, month| {
        bill(need, edition, readings, origin, month)
    })
}

/// A service instance: its region.
type Instance = Option<&'static str>;

/// So many of something in each region.
#[derive(Clone, Debug, Default)]
struct Spread(Vec<(Instance, u128)>);

impl Spread {
    fn add(&mut self, region: Instance, many: u128) {
        match self.0.iter_mut().find(|(known, _)| *known == region) {
            Some((_, sum)) => *sum += many,
            None => self.0.push((region, many)),
        }
    }

    fn of(&self, region: Instance) -> u128 {
        self.0.iter().find(|(known, _)| *known == region).map_or(0, |(_, sum)| *sum)
    }

    /// What each service instance has.
    fn instances(&self, readings: Readings) -> Vec<u128> {
        let each: Vec<u128> = self.0.iter().map(|(_, sum)| *sum).collect();
        if readings.one_instance { vec![each.iter().sum()] } else { each }
    }
}

fn bill(
    need: &Need,
    edition: &Edition,
    readings: Readings,
    origin: Period,
    month: Period,
) -> Result<Bill, Refused> {
    let mut subtotals = vec![("crypto-units", units(need, edition, readings, origin, month)?)];
    if edition.calls {
        subtotals.push(("api-calls", calls(need, edition, readings)?));
    }
    if let Some((external, connection)) = edition.orchestrator {
        let [stores, externals] = keystores(need, edition)?;
        let mut amounts = [nothing(), nothing(), nothing()];
        for stores in stores.instances(readings) {
            amounts[0] += internal(stores);
        }
        for stores in externals.instances(readings) {
            let charged = stores.saturating_sub(FREE_EXTERNAL);
            amounts[1] += printed(external) * whole(charged);
            if stores > 0 {
                amounts[2] += printed(connection) * hours(month);
            }
        }
        let items = ["keystores", "external-keystores", "connection"];
        subtotals.extend(items.into_iter().zip(amounts));
    }
    Ok(Bill { subtotals, complete: true })
}

fn hours(month: Period) -> Exact {
    whole(month.seconds() / SECONDS_OF_AN_HOUR)
}

/// Stated units, and where keys stand with fewer than two, those that are missing.
fn units(
    need: &Need,
    edition: &Edition,
    readings: Readings,
    origin: Period,
    month: Period,
) -> Result<Exact, Refused> {
    let mut units = Spread::default();
    for hsm in &need.hsms {
        units.add(edition.home().region(need, hsm.location)?, hsm.count.into());
    }
    let rules = Rules::of(Pending::Charged, 1);
    for key in &need.keys {
        let here = edition.home().region(need, key.location)?;
        let stands = Life::new(key, origin, month).most(month, &rules) > 0;
        if stands && key.count > 0 {
            units.add(here, LEAST_UNITS.saturating_sub(units.of(here)));
        }
    }
    let least = if edition.at_least_two && !readings.any_units { LEAST_UNITS } else { 0 };
    let one_instance = readings.one_instance && edition.orchestrator.is_some();
    let each = units.instances(Readings { one_instance, ..readings });
    let units: u128 =
        each.iter().map(|units| if *units == 0 { 0 } else { *units.max(&least) }).sum();
    Ok(match edition.unit {
        Unit::Month(price) => printed(price) * whole(units),
        Unit::Hour(price) => printed(price) * hours(month) * whole(units),
    })
}

/// "the first 1,000,000 calls per service instance are free".
fn calls(need: &Need, edition: &Edition, readings: Readings) -> Result<Exact, Refused> {
    let mut calls = Spread::default();
    for key in &need.keys {
        calls.add(edition.home().region(need, key.location)?, key.all_calls());
    }
    for loose in &need.calls {
        calls.add(edition.home().region(need, loose.location)?, calls_of(&loose.operations));
    }
    let instances = calls.instances(readings);
    let charged: u128 = instances.iter().map(|calls| calls.saturating_sub(FREE_CALLS)).sum();
    Ok(printed(CALLS) * whole(charged) / whole(PER))
}

/// Internal and external keystores.
fn keystores(need: &Need, edition: &Edition) -> Result<[Spread; 2], Refused> {
    let (mut internal, mut external) = (Spread::default(), Spread::default());
    for store in &need.keystores {
        let region = edition.home().region(need, store.location)?;
        match store.protection {
            Some("hsm") => internal.add(region, store.count.into()),
            Some("external") => external.add(region, store.count.into()),
            Some(_) => return Err("keystores live in crypto units, or outside"),
            None => return Err("the price of a keystore depends on where it is"),
        }
    }
    Ok([internal, external])
}

/// Keystore by keystore.
fn internal(stores: u128) -> Exact {
    let mut amount = nothing();
    for number in 1..=stores {
        if number > FIRST_KEYSTORES {
            amount += printed(FURTHER_KEYSTORE);
        } else if number > FREE_KEYSTORES {
            amount += printed(KEYSTORE);
        }
    }
    amount
}
