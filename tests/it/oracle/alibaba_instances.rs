//! Alibaba Cloud KMS instances whose prices differ from the subscription's of 2025: pay-as-you-go of
//! 2024-08-15, and the subscription of 2023-09-12, whose prices were a picture.
//!
//! Rule: days × (instances × 4.5 or 9, key versions × 0.03, secrets × 0.013, QPS rounded up × 0.5); what
//! shares and further VPCs cost is not known. Must not read the books.

use super::Subject;
use super::civil::{Clock, HOUR, Period};
use super::derived;
use super::exact::{nothing, printed, whole};
use super::generate::Taste;
use super::generate_instances::instances_or_need;
use super::life::{DayRule, Life, Pending, Rules, impossible};
use super::lists::{customer_keys, predicted, weighed};
use super::need::{AuditLog, Hundredths, Instance, Key, Need, Order, Secret};
use super::places;
use super::predict::{Bill, Predicted, Refused};
use super::random::Random;

/// "Software: 4.5 per day; hardware: 9 per day".
const BASE: [(&str, &str); 2] = [("software", "4.5"), ("hardware", "9")];
/// "0.03" a key version and day, "0.013" a secret and day, "0.5" a QPS and day.
const KEY: &str = "0.03";
const SECRET: &str = "0.013";
const QPS: &str = "0.5";
/// The VPC that the instance is bound to is included.
const FREE_VPCS: u64 = 1;
const CLOCK: Clock = Clock { zone: 8 * HOUR, hours: 720 };
/// The other reading of a month without a name.
const LONG_MONTH: Clock = Clock { hours: 31 * 24, ..CLOCK };
const SECONDS_OF_A_DAY: u128 = 86_400;

#[derive(Clone, Copy)]
struct Readings {
    /// R-05b: keys.
    keys: Pending,
    /// R-05c: secrets.
    secrets: Pending,
}

const CHOSEN: Readings = Readings { keys: Pending::StaysFree, secrets: Pending::StaysFree };

/// Both plans.
pub(super) fn subjects() -> Vec<Subject> {
    let taste = || Taste { replicas: 2, destroyed: 10, ..Taste::subscription() };
    vec![
        Subject {
            plan: "alibaba/instance-pay-as-you-go@2024-08",
            taste: taste(),
            generate: with_broken_peaks,
            predict: pay_as_you_go,
        },
        Subject {
            plan: "alibaba/subscription@2023-09",
            taste: taste(),
            generate: with_broken_peaks,
            predict: subscription_2023,
        },
    ]
}

/// Instances or a need, now and then with a peak that is no whole number.
fn with_broken_peaks(random: &mut Random, taste: &Taste) -> Need {
    const PEAKS: [u64; 6] = [1, 50, 99, 100, 101, 123_456];
    let mut need = instances_or_need(random, taste);
    if need.peak_qps.is_some() && random.percent(30) {
        need.peak_hundredths = Some(Hundredths(random.pick(&PEAKS)));
        need.peak_qps = None;
    }
    for instance in &mut need.instances {
        instance.order = Order::default(); // by the day nothing is bought ahead
        if random.percent(20) {
            instance.peak_hundredths = Some(Hundredths(random.pick(&PEAKS)));
            instance.peak_qps = None;
        }
    }
    need
}

// ------------------------------------------------------------------ pay-as-you-go, 2024-08

/// What a need comes to by the day.
fn pay_as_you_go(need: &Need) -> Result<Predicted, Refused> {
    check(need)?;
    let bill = |readings, origin, month| bill(need, readings, origin, month);
    let others = [
        ("R-05b", Readings { keys: Pending::ChargedBack, ..CHOSEN }),
        ("R-05c", Readings { secrets: Pending::Charged, ..CHOSEN }),
    ];
    let mut predicted = predicted(need, CLOCK, CHOSEN, &others, &bill)?;
    if need.month.is_none() {
        let other = weighed(need, LONG_MONTH, &|origin, month| bill(CHOSEN, origin, month));
        predicted.others.push(("R-01", other));
    }
    Ok(predicted)
}

fn bill(need: &Need, readings: Readings, origin: Period, month: Period) -> Result<Bill, Refused> {
    let mut bill = Bill { subtotals: Vec::new(), complete: true };
    let days = whole(month.seconds() / SECONDS_OF_A_DAY);
    let (mut bases, mut keys, mut secrets, mut qps) = (nothing(), 0, 0, 0);
    let written_out = !need.instances.is_empty();
    for instance in derived::instances(need, origin, month)? {
        let many = u128::from(instance.count);
        bases += printed(base(&instance)?) * whole(many);
        qps += ceiling(instance.peak_qps, instance.peak_hundredths) * many;
        if written_out {
            keys += u128::from(instance.key_versions.unwrap_or(0)) * many;
            secrets += u128::from(instance.secrets.unwrap_or(0)) * many;
        }
        let shared = instance.access.shared_accounts.unwrap_or(0) > 0;
        let reached = instance.access.vpcs.unwrap_or(0) > FREE_VPCS;
        bill.complete &= many == 0 || !(shared || reached);
    }
    let (own_keys, own_secrets) = own_days(need, readings, origin, month);
    let keys = whole(keys) * &days + whole(own_keys);
    let secrets = whole(secrets) * &days + whole(own_secrets);
    bill.subtotals = vec![
        ("instances", bases * &days),
        ("keys", printed(KEY) * keys),
        ("secrets", printed(SECRET) * secrets),
        ("qps", printed(QPS) * whole(qps) * &days),
        ("sharing", nothing()),
        ("vpcs", nothing()),
    ];
    Ok(bill)
}

/// "resource usage on day T, excluding QPS, is calculated at 24:00 on day T": of a need's own keys and
/// secrets.
fn own_days(need: &Need, readings: Readings, origin: Period, month: Period) -> (u128, u128) {
    let at_ends = |life: Life, pending: Pending, most: u128| -> u128 {
        let rules = Rules { day: DayRule::AtEnd, ..Rules::of(pending, most) };
        month.days().map(|day| life.versions_on(day, &rules)).sum()
    };
    let of_key = |key: &Key| {
        let life = Life::new(key, origin, month);
        at_ends(life, readings.keys, u128::MAX) * u128::from(key.count)
    };
    let of_secret = |secret: &Secret| {
        let life = Life::of_secret(secret, origin, month);
        at_ends(life, readings.secrets, 1) * u128::from(secret.count)
    };
    (customer_keys(need).map(of_key).sum(), need.secrets.iter().map(of_secret).sum())
}

fn base(instance: &Instance) -> Result<&'static str, Refused> {
    let base = BASE.iter().find(|(kind, _)| *kind == instance.kind);
    base.map(|(_, price)| *price).ok_or("no such type of instance")
}

/// "rounded up to a whole number": 0 < x < 1 counts as 1.
fn ceiling(whole: Option<u64>, hundredths: Option<Hundredths>) -> u128 {
    let of_hundredths = hundredths.map_or(0, |Hundredths(value)| value.div_ceil(100));
    u128::from(of_hundredths.max(whole.unwrap_or(0)))
}

fn check(need: &Need) -> Result<(), Refused> {
    derived::check(need)?;
    let logs = need.instances.iter().filter_map(|instance| instance.audit_log);
    let sized = |log: &AuditLog| log.average_qps.is_some() || log.retention_days.is_some();
    if logs.chain(need.audit_log).any(|log| log.gigabytes.is_some() && sized(&log)) {
        return Err("stated and sized at once");
    }
    for instance in &need.instances {
        base(instance)?;
        if let Some(place) = need.place(instance.location) {
            places::subscription(place).ok_or("no such region")?;
        }
    }
    let origin = super::predict::period(need, 0, CLOCK);
    let mut whys = need.secrets.iter().map(|of| impossible(&of.course, origin));
    whys.find_map(|why| why).map_or(Ok(()), Err)
}

// ------------------------------------------------------------------ subscription, 2023-09

/// What a need comes to in 2023: nothing that is known, where it takes an instance.
fn subscription_2023(need: &Need) -> Result<Predicted, Refused> {
    check(need)?;
    predicted(need, CLOCK, (), &[], &|(), origin, month| {
        let instances = derived::instances(need, origin, month)?;
        let complete = instances.iter().all(|instance| instance.count == 0);
        Ok(Bill { subtotals: vec![("instances", nothing())], complete })
    })
}
