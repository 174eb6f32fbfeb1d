//! Counting that several providers do alike: shares of a month, graduated tiers, free quotas, and
//! what no plan but those of instances sells.
//!
//! Must not know a price.

use super::civil::{Clock, Period};
use super::exact::{Exact, nothing, printed, whole};
use super::life::impossible;
use super::need::{Need, Where};
use super::places::{Regions, of};
use super::predict::{Refused, period};

/// A quantity by region; none where neither the thing nor the scenario says where it is.
pub(super) type ByRegion = Vec<(Option<&'static str>, Exact)>;

/// Seconds × things as hours.
pub(super) fn hours(seconds: u128) -> Exact {
    whole(seconds) / whole(3_600)
}

/// Seconds × things as months of so many seconds.
pub(super) fn months(seconds: u128, month: u128) -> Exact {
    whole(seconds) / whole(month)
}

/// Adds to the quantity of a region, or pooled to that of the account.
pub(super) fn add(pools: &mut ByRegion, region: Option<&'static str>, more: Exact, pooled: bool) {
    match pools.iter_mut().find(|(known, _)| pooled || *known == region) {
        Some((_, sum)) => *sum += more,
        None => pools.push((region, more)),
    }
}

/// Tier by tier, each up to its bound at its own price; the last is open.
pub(super) fn graduated(quantity: &Exact, tiers: &[(u128, &str)], above: &str) -> Exact {
    let (mut sum, mut below) = (nothing(), nothing());
    for (bound, price) in tiers {
        let bound = whole(*bound);
        let reached = if *quantity < bound { quantity.clone() } else { bound };
        if reached > below {
            sum += printed(price) * (&reached - &below);
            below = reached;
        }
    }
    sum + printed(above) * (quantity - below)
}

/// What is left above a free quantity.
pub(super) fn beyond(quantity: &Exact, free: u128) -> Exact {
    let left = quantity - whole(free);
    if left < nothing() { nothing() } else { left }
}

/// Calls of a month with what they go to: of keys, and of none.
pub(super) fn each_call(
    need: &Need,
) -> impl Iterator<Item = (super::need::Kind, Option<Where>, &'static str, u128)> + '_ {
    let of_keys = need.keys.iter().flat_map(|key| {
        let each = |(name, calls): &(&'static str, u64)| {
            (key.kind, key.location, *name, u128::from(*calls) * u128::from(key.count))
        };
        key.operations.iter().map(each)
    });
    let loose = need.calls.iter().flat_map(|calls| {
        let each = |(name, many): &(&'static str, u64)| {
            (calls.kind, calls.location, *name, u128::from(*many))
        };
        calls.operations.iter().map(each)
    });
    of_keys.chain(loose)
}

/// The region of something among those of a plan.
pub(super) fn region(
    need: &Need,
    own: Option<Where>,
    regions: Regions,
) -> Result<Option<&'static str>, Refused> {
    let Some(place) = need.place(own) else {
        return Ok(None);
    };
    of(regions, place).map(Some).ok_or("no such region")
}

/// The only one that is possible: "a field is required only where a price depends on it".
pub(super) fn only<T>(mut possible: impl Iterator<Item = T>) -> Result<T, Refused> {
    match (possible.next(), possible.next()) {
        (None, _) => Err("not offered"),
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err("the price depends on something that is not stated"),
    }
}

/// Whether something is one of some, or may be because it is not stated.
pub(super) fn may(stated: Option<&str>, some: &[&str]) -> bool {
    stated.is_none_or(|stated| some.contains(&stated))
}

/// When keys stand in each region, one after the other.
pub(super) type Standing = Vec<(Option<&'static str>, Vec<(i64, i64)>)>;

/// Adds when a group of keys stands in a region.
pub(super) fn stand(
    regions: &mut Standing,
    place: Option<&'static str>,
    spans: Vec<(i64, i64, u128)>,
) {
    let stands = spans.into_iter().filter(|(.., keys)| *keys > 0).map(|(from, to, _)| (from, to));
    match regions.iter_mut().find(|(known, _)| *known == place) {
        Some((_, all)) => all.extend(stands),
        None => regions.push((place, stands.collect())),
    }
}

/// The time of a month in which any of some spans lies, in begun steps of so many seconds.
pub(super) fn covered(mut spans: Vec<(i64, i64)>, month: Period, step: i64) -> u128 {
    spans.sort_unstable();
    let (mut sum, mut until) = (0, month.begins);
    for (from, to) in spans {
        let begun = from - (from - month.begins).rem_euclid(step);
        let ended = to + (month.begins - to).rem_euclid(step);
        let (begun, ended) = (begun.max(until), ended.min(month.ends));
        if begun < ended {
            sum += ended - begun;
            until = ended;
        }
    }
    u128::try_from(sum).unwrap()
}

/// Dates that cannot be, and instances, which only plans of instances sell.
pub(super) fn check(need: &Need, clock: Clock) -> Result<(), Refused> {
    if !need.instances.is_empty() {
        return Err("the plan sells no instances");
    }
    dates(need, period(need, 0, clock))
}

/// Dates that cannot be on a clock.
pub(super) fn dates(need: &Need, origin: Period) -> Result<(), Refused> {
    let keys = need.keys.iter().map(|key| &key.course);
    let mut courses = keys.chain(need.secrets.iter().map(|secret| &secret.course));
    courses.find_map(|course| impossible(course, origin)).map_or(Ok(()), Err)
}

#[test]
fn tiers_are_graduated() {
    // 2.00 up to 10, 1.00 up to 15, 0.50 above: 10 × 2 + 5 × 1 + 2 × 0.5
    assert_eq!(graduated(&whole(17), &[(10, "2.00"), (15, "1.00")], "0.50"), whole(26));
    assert_eq!(graduated(&whole(3), &[(10, "2.00"), (15, "1.00")], "0.50"), whole(6));
}

#[test]
fn begun_hours_are_covered_once() {
    let month = Period { begins: 0, ends: 10 * 3_600, zone: 0, dated: true };
    // 0:30 to 1:10 are two begun hours, 1:50 to 2:00 is in the second, 9:59:59 to the end a third
    let spans = vec![(6_600, 7_200), (1_800, 4_200), (35_999, 36_000)];
    assert_eq!(covered(spans.clone(), month, 3_600), 3 * 3_600);
    assert_eq!(covered(spans, month, 1), 2_400 + 600 + 1);
}
