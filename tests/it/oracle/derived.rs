//! The one instance that a need of keys becomes, and what a subscription comes to.
//!
//! "A plan that sells instances works out one instance from this need …; a need of service-managed
//! keys alone costs nothing and buys nothing" (interfaces). Must not know a price.

use super::Subject;
use super::civil::Period;
use super::exact::Exact;
use super::generate::Taste;
use super::generate_instances::instances_or_need;
use super::life::{Life, impossible};
use super::need::{Instance, Key, Need, calls_of};
use super::places;
use super::predict::{Bill, Predicted, Refused, UTC8_30_DAYS, period, project, weighed};
use super::subscription::{self, CHOSEN, Readings};

/// The book that is held against this oracle.
pub(super) fn subjects() -> Vec<Subject> {
    vec![Subject {
        plan: "alibaba/subscription@2025-01",
        taste: Taste::subscription(),
        generate: instances_or_need,
        predict,
    }]
}

/// What a need comes to.
fn predict(need: &Need) -> Result<Predicted, Refused> {
    check(need)?;
    let (bill, term) =
        project(need, UTC8_30_DAYS, &|origin, month, _| bill(need, CHOSEN, origin, month))?;
    let other = |readings: Readings| -> Option<Exact> {
        weighed(need, UTC8_30_DAYS, None, &|origin, month, _| {
            self::bill(need, readings, origin, month)
        })
    };
    let others = vec![
        ("R-16", other(Readings { pro_rata: true, ..CHOSEN })),
        // a quota of 100,000 keys beside the 1,000 included ones: who needs that many is refused before
        ("R-17", other(CHOSEN)),
        ("R-24", other(Readings { decimal_gigabytes: true, ..CHOSEN })),
    ];
    Ok(Predicted { bill, term, others, intervals: &[] })
}

/// What no plan of instances serves.
pub(super) fn check(need: &Need) -> Result<(), Refused> {
    let origin = period(need, 0, UTC8_30_DAYS);
    need.keys.iter().find_map(|key| impossible(&key.course, origin)).map_or(Ok(()), Err)?;
    let own = need
        .keys
        .iter()
        .map(|key| key.location)
        .chain(need.calls.iter().map(|calls| calls.location));
    for place in own.filter_map(|own| need.place(own)) {
        places::subscription(place).ok_or("no such region")?;
    }
    let copied = need.keys.iter().any(|key| key.replicas > 0);
    if copied || need.secrets.iter().any(|secret| secret.locations > 1) {
        return Err("an instance is in one region");
    }
    if !need.hsms.is_empty() || !need.keystores.is_empty() {
        return Err("the plan prices no modules and no stores of keys");
    }
    if !need.instances.is_empty() && states_a_need(need) {
        return Err("a need and instances written out do not mix");
    }
    Ok(())
}

fn customer_keys(need: &Need) -> impl Iterator<Item = &Key> {
    need.keys.iter().filter(|key| !key.kind.service_managed)
}

fn states_a_need(need: &Need) -> bool {
    customer_keys(need).next().is_some()
        || !need.secrets.is_empty()
        || need.peak_qps.is_some()
        || need.peak_hundredths.is_some()
        || need.access.vpcs.is_some()
        || need.access.shared_accounts.is_some()
        || need.audit_log.is_some()
        || need.zones.is_some()
}

/// A rate or a number of zones beside default keys may be theirs: it buys nothing by itself.
fn asks_for_instance(need: &Need) -> bool {
    let defaults = !need.keys.is_empty() || !need.calls.is_empty();
    let own = Need {
        peak_qps: need.peak_qps.filter(|_| !defaults),
        peak_hundredths: need.peak_hundredths.filter(|_| !defaults),
        zones: need.zones.filter(|_| !defaults),
        ..need.clone()
    };
    states_a_need(&own) || need.calls.iter().any(|calls| !calls.kind.service_managed)
}

fn bill(need: &Need, readings: Readings, origin: Period, month: Period) -> Result<Bill, Refused> {
    subscription::bill(need, &instances(need, origin, month)?, readings)
}

/// The instances that are written out, or the one that the need becomes.
pub(super) fn instances(
    need: &Need,
    origin: Period,
    month: Period,
) -> Result<Vec<Instance>, Refused> {
    if !need.instances.is_empty() || !asks_for_instance(need) {
        return Ok(need.instances.clone());
    }
    Ok(vec![derived(need, origin, month)?])
}

fn derived(need: &Need, origin: Period, month: Period) -> Result<Instance, Refused> {
    let versions = customer_keys(need).try_fold(0_u128, |sum, key| {
        let life = Life::new(key, origin, month);
        // versions only grow: the most of a month stands at its end
        sum.checked_add(life.versions_at(month.ends - 1) * u128::from(key.count))
    });
    let versions = versions.and_then(|versions| u64::try_from(versions).ok());
    let secrets = need.secrets.iter().fold(0_u64, |sum, secret| sum.saturating_add(secret.count));
    Ok(Instance {
        name: None,
        kind: kind(need)?,
        count: 1,
        location: location(need)?,
        key_versions: Some(versions.ok_or("more key versions than any quota")?),
        secrets: Some(secrets),
        peak_qps: Some(implied_qps(need, month)?.max(need.peak_qps.unwrap_or(0))),
        peak_hundredths: need.peak_hundredths,
        access: need.access,
        audit_log: need.audit_log,
        zones: need.zones,
        ..Instance::default()
    })
}

/// Software or hardware: as its keys are protected.
fn kind(need: &Need) -> Result<&'static str, Refused> {
    let mut kind = None;
    for key in customer_keys(need) {
        let this = match key.kind.protection {
            Some("software") => "software",
            Some("hsm") => "hardware",
            Some(_) => return Err("no instance holds such keys"),
            None => return Err("the type of the instance depends on the protection"),
        };
        if kind.is_some_and(|kind| kind != this) {
            return Err("keys of two types of instances");
        }
        kind = Some(this);
    }
    kind.ok_or("nothing says which type of instance")
}

/// One region for all keys.
fn location(need: &Need) -> Result<Option<super::need::Where>, Refused> {
    let mut places = customer_keys(need).filter_map(|key| need.place(key.location));
    let Some(first) = places.next() else {
        return Ok(need.location);
    };
    let region = places::subscription(first);
    if places.any(|place| places::subscription(place) != region) {
        return Err("keys of two regions");
    }
    Ok(Some(first))
}

/// The average of the listed calls, rounded up.
/// Calls a second that a month's calls are on average are the least peak.
fn implied_qps(need: &Need, month: Period) -> Result<u64, Refused> {
    let of_keys = customer_keys(need).fold(0, |sum, key| sum + key.all_calls());
    let loose = need.calls.iter().filter(|calls| !calls.kind.service_managed);
    let calls = loose.fold(of_keys, |sum, calls| sum + calls_of(&calls.operations));
    u64::try_from(calls.div_ceil(month.seconds())).map_err(|_| "more QPS than any step")
}
