//! Alibaba Cloud KMS, subscription instances (001).
//!
//! Rule: base price + the whole price of the performance step + blocks of keys, secrets, access
//! units and log storage beyond what is included. A need is rounded up, an order is only checked
//! . 1,001 keys, 3,000 QPS in software: 500 + 300 + 9 = 809. Must not read the book.

use super::exact::{Exact, nothing, printed, whole};
use super::need::{AuditLog, Hundredths, Instance, Need, Order};
use super::places;
use super::predict::{Bill, Refused};

/// "USD 500 per month | USD 1,799 per month".
const BASE: [(&str, u128); 2] = [("software", 500), ("hardware", 1_799)];
/// "1,000: Included. 2,000: USD 100 per month. 4,000: USD 300 per month."
const SOFTWARE_STEPS: [(u64, u128); 3] = [(1_000, 0), (2_000, 100), (4_000, 300)];
/// "2,000: Included. 4,000: USD 200 per month. 6,000: USD 400 per month."
const HARDWARE_STEPS: [(u64, u128); 3] = [(2_000, 0), (4_000, 200), (6_000, 400)];
/// "Typically, each request log occupies about 1 KB"; 8.2 GB a day only with 1,024².
const KILOBYTES: u128 = 1_024 * 1_024;
/// R-24 otherwise.
const DECIMAL_KILOBYTES: u128 = 1_000_000;
/// "a default retention period of 180 days", "for up to 180 days".
const RETENTION: u64 = 180;

/// What is sold beyond the default: included, size of a block, price of a block, the whole quota.
struct Sold {
    included: u64,
    block: u64,
    price: u128,
    most: u64,
}

/// "Every 10 keys: USD 9 per month. Incremental purchase: 10. Maximum quota: 100,000."
const SOFTWARE_KEYS: Sold = Sold { included: 1_000, block: 10, price: 9, most: 100_000 };
/// "Not available."
const HARDWARE_KEYS: Sold = Sold { included: 1_000, block: 1, price: 0, most: 1_000 };
/// "Every 100 secrets: USD 50 per month. Incremental purchase: 100. Maximum quota: 100,000."
const SECRETS: Sold = Sold { included: 0, block: 100, price: 50, most: 100_000 };
/// "Each multi-account: USD 125 per month. Incremental purchase: 1. Maximum quota: 1,000."
const ACCESS: Sold = Sold { included: 1, block: 1, price: 125, most: 1_000 };
/// "Each 1,000 GB of storage: USD 80 per month. Incremental purchase: 1,000. Maximum quota: 500,000."
const LOGS: Sold = Sold { included: 0, block: 1_000, price: 80, most: 500_000 };

/// The readings that can be turned round.
#[derive(Clone, Copy)]
pub(super) struct Readings {
    /// a need is not rounded up.
    pub(super) pro_rata: bool,
    /// 1 GB is 1,000,000 KB.
    pub(super) decimal_gigabytes: bool,
}

pub(super) const CHOSEN: Readings = Readings { pro_rata: false, decimal_gigabytes: false };

/// The bill of instances as they are written out.
pub(super) fn bill(
    need: &Need,
    instances: &[Instance],
    readings: Readings,
) -> Result<Bill, Refused> {
    let items =
        ["instances", "performance", "keys", "secrets", "access", "log-service", "deployment"];
    let mut bill = Bill { subtotals: items.map(|item| (item, nothing())).to_vec(), complete: true };
    for instance in instances {
        let amounts = amounts(need, instance, readings)?;
        for ((_, sum), amount) in bill.subtotals.iter_mut().zip(amounts) {
            *sum += amount * whole(u128::from(instance.count));
        }
        // no instances have no zones to be priced
        bill.complete &= zones_are_priced(need, instance)? || instance.count == 0;
    }
    Ok(bill)
}

/// One instance's amounts, item by item.
fn amounts(need: &Need, instance: &Instance, readings: Readings) -> Result<[Exact; 6], Refused> {
    let base = BASE.iter().find(|(kind, _)| *kind == instance.kind);
    let (_, base) = base.ok_or("no such type of instance")?;
    let (steps, keys) = match instance.kind {
        "software" => (SOFTWARE_STEPS, SOFTWARE_KEYS),
        _ => (HARDWARE_STEPS, HARDWARE_KEYS),
    };
    let Order { peak_qps, extra_keys, extra_secrets, extra_access, log_gigabytes } = instance.order;
    let logs = match instance.audit_log {
        Some(log) => Some(gigabytes(need, log, readings)?),
        None => None,
    };
    let of = |value: Option<u64>| value.map(|value| whole(u128::from(value)));
    Ok([
        whole(*base),
        whole(step(&steps, instance.peak_qps, peak_qps)?),
        buy(&keys, of(instance.key_versions), extra_keys, readings)?,
        buy(&SECRETS, of(instance.secrets), extra_secrets, readings)?,
        buy(&ACCESS, of(access_units(instance)), extra_access, readings)?,
        buy(&LOGS, logs, log_gigabytes, readings)?,
    ])
}

/// "A step price is the whole surcharge, not added to the step below".
fn step(steps: &[(u64, u128)], need: Option<u64>, order: Option<u64>) -> Result<u128, Refused> {
    let need = need.unwrap_or(0);
    if steps.iter().all(|(step, _)| *step < need) {
        return Err("more QPS than any step");
    }
    let found = match order {
        Some(order) if order < need => return Err("the ordered step does not cover the need"),
        Some(order) => steps.iter().find(|(step, _)| *step == order),
        None => steps.iter().find(|(step, _)| need <= *step),
    };
    found.map(|(_, price)| *price).ok_or("an order between steps")
}

/// Block by block until the need is covered, or what is ordered.
fn buy(
    sold: &Sold,
    need: Option<Exact>,
    order: Option<u64>,
    readings: Readings,
) -> Result<Exact, Refused> {
    let need = need.unwrap_or_else(nothing);
    if need > whole(u128::from(sold.most)) {
        return Err("over the maximum quota");
    }
    let included = whole(u128::from(sold.included));
    let price = whole(sold.price) / whole(u128::from(sold.block));
    if let Some(order) = order {
        check_order(sold, order)?;
        let have = included + whole(u128::from(order));
        return if have < need {
            Err("the order does not cover the need")
        } else {
            Ok(price * whole(u128::from(order)))
        };
    }
    let missing = if need > included { need - included } else { nothing() };
    if readings.pro_rata {
        return Ok(price * missing);
    }
    let mut bought = 0_u128;
    while whole(bought) < missing {
        bought += u128::from(sold.block);
    }
    Ok(price * whole(bought))
}

/// "An order that is not a multiple is an error"; the maximum counts the default part.
fn check_order(sold: &Sold, order: u64) -> Result<(), Refused> {
    if !order.is_multiple_of(sold.block) {
        return Err("an order that is no multiple of what is sold");
    }
    if u128::from(order) + u128::from(sold.included) > u128::from(sold.most) {
        return Err("an order over the maximum quota");
    }
    Ok(())
}

/// "three VPCs and … two Alibaba Cloud accounts, specify a value of 5"; the default one is for "the
/// VPC bound to the KMS instance", which is there whether or not VPCs are counted.
fn access_units(instance: &Instance) -> Option<u64> {
    let access = instance.access;
    match (access.vpcs, access.shared_accounts) {
        (None, None) => None,
        (vpcs, accounts) => Some(vpcs.unwrap_or(0).saturating_add(accounts.unwrap_or(0))),
    }
}

fn hundredths(Hundredths(value): Hundredths) -> Exact {
    whole(u128::from(value)) / printed("100")
}

/// "100 × 60 × 60 × 24 × 1 = 8,640,000 KB" a day.
fn gigabytes(need: &Need, log: AuditLog, readings: Readings) -> Result<Exact, Refused> {
    if let Some(gigabytes) = log.gigabytes {
        let sized = log.average_qps.is_some() || log.retention_days.is_some();
        return if sized { Err("stated and sized at once") } else { Ok(hundredths(gigabytes)) };
    }
    let average = log.average_qps.or(need.average_qps).ok_or("no rate to size logs by")?;
    let days = log.retention_days.unwrap_or(RETENTION);
    if days > RETENTION {
        return Err("kept longer than can be had");
    }
    let kilobytes = hundredths(average) * whole(60 * 60 * 24) * whole(u128::from(days));
    Ok(kilobytes / whole(if readings.decimal_gigabytes { DECIMAL_KILOBYTES } else { KILOBYTES }))
}

/// Two zones are included, three have a blank price cell; one where there is only one.
fn zones_are_priced(need: &Need, instance: &Instance) -> Result<bool, Refused> {
    let region = match need.place(instance.location) {
        Some(place) => Some(places::subscription(place).ok_or("no such region")?),
        None => None,
    };
    let Some(zones) = instance.zones else {
        return Ok(true);
    };
    let region = region.ok_or("the deployment mode depends on the region")?;
    match (zones, places::has_one_zone(region)) {
        (1, true) | (2, false) => Ok(true),
        (3, false) => Ok(false),
        _ => Err("so many zones are not to be had there"),
    }
}
