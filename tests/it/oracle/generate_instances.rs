//! Scenarios for a subscription by chance: a need of keys, or instances written out.
//!
//! Fond of the ends of steps, blocks and quotas; must not know a price. Most are modest: they keep
//! within what is sold. The others take anything.

use super::generate::{Taste, frame, key, keys_and_calls, place};
use super::generate_lives::When;
use super::need::{Access, AuditLog, Hundredths, Instance, Need, Order, Secret, Where};
use super::places;
use super::random::Random;

const QPS: [u64; 14] =
    [0, 1, 999, 1_000, 1_001, 1_999, 2_000, 2_001, 3_000, 3_999, 4_000, 4_001, 6_000, 6_001];
const VERSIONS: [u64; 13] =
    [0, 1, 999, 1_000, 1_001, 1_009, 1_010, 1_011, 1_500, 99_990, 99_999, 100_000, 100_001];
const SECRETS: [u64; 11] = [0, 1, 40, 99, 100, 101, 200, 5_000, 99_999, 100_000, 100_001];
const UNITS: [u64; 9] = [0, 1, 2, 3, 5, 10, 499, 1_000, 1_001];
/// In hundredths: 67.42 is the last that fits 1,000 GB in 180 days, 33,711.92 the last that fits
/// 500,000 GB, each with the first that does not.
const RATES: [u64; 9] = [0, 1, 100, 6_742, 6_743, 10_000, 33_333, 3_371_192, 3_371_193];
/// In hundredths.
const GIGABYTES: [u64; 8] = [0, 1, 99_999, 100_000, 100_001, 200_000, 50_000_000, 50_000_001];
const DAYS: [u64; 7] = [1, 7, 30, 179, 180, 180, 181];
const ZONES: [u64; 4] = [1, 2, 3, 4];
const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// Whether a scenario keeps within what is sold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Modest,
    Bold,
}

impl Mood {
    /// One of several, and when modest none of the last, which are too many.
    fn pick(self, random: &mut Random, choices: &[u64], too_many: usize) -> u64 {
        match self {
            Self::Modest => random.pick(&choices[..choices.len() - too_many]),
            Self::Bold => random.pick(choices),
        }
    }
}

/// A scenario for the subscription.
pub(super) fn instances_or_need(random: &mut Random, taste: &Taste) -> Need {
    let mood = if random.percent(75) { Mood::Modest } else { Mood::Bold };
    match random.below(20) {
        0 => keys_and_calls(random, taste),
        number if number % 2 == 0 => of_a_need(random, taste, mood),
        _ => written_out(random, taste, mood),
    }
}

// ------------------------------------------------------------------ a need

fn of_a_need(random: &mut Random, taste: &Taste, mood: Mood) -> Need {
    let mut need = frame(random, taste);
    let modest = mood == Mood::Modest;
    keys(random, taste, mood, &mut need);
    for _ in 0..random.pick(&[0, 0, 1, 2]) {
        need.secrets.push(Secret::plain(mood.pick(random, &SECRETS, 3)));
    }
    let soft = need.keys.iter().all(|key| key.kind.protection == Some("software"));
    let too_many = if soft { 3 } else { 1 };
    need.peak_qps = random.maybe(50, |random| mood.pick(random, &QPS, too_many));
    need.average_qps = random.maybe(30, |random| Hundredths(mood.pick(random, &RATES, 1)));
    need.access = random.maybe(40, |random| access(random, mood)).unwrap_or_default();
    need.audit_log = random.maybe(40, |random| audit_log(random, mood, need.average_qps.is_some()));
    need.zones = random.maybe(30, |random| zones(random, mood, need.location)).flatten();
    if !modest && random.percent(4) {
        let mut next = instance(random, taste, mood, &need);
        next.name =
            next.name.filter(|name| need.instances.iter().all(|other| other.name != Some(name)));
        need.instances.push(next);
    }
    need
}

fn keys(random: &mut Random, taste: &Taste, mood: Mood, need: &mut Need) {
    let when = When { month: need.month, months: need.months.unwrap_or(1), zone: taste.zone };
    let protection = random.pick(&["software", "software", "hsm"]);
    let several = u64::from(mood == Mood::Modest) + random.below(3);
    for index in 0..several {
        let mut key = key(random, taste, when, index);
        if mood == Mood::Modest || random.percent(80) {
            key.kind.protection = Some(protection);
            key.location = None;
        }
        (key.count, key.versions) = match mood {
            Mood::Modest if protection == "hsm" => (random.pick(&[0, 1, 10, 100, 250]), 1),
            _ if random.percent(40) => (mood.pick(random, &VERSIONS, 2), 1),
            _ => (random.pick(&[1, 2, 10]), random.pick(&[1, 2, 50, 100, 500])),
        };
        if mood == Mood::Bold && random.percent(2) {
            (key.count, key.versions) = (1_000_000_000_000, 1_000_000_000_000);
        }
        need.keys.push(key);
    }
}

// ------------------------------------------------------------------ instances

fn written_out(random: &mut Random, taste: &Taste, mood: Mood) -> Need {
    let mut need = frame(random, taste);
    need.average_qps = random.maybe(20, |random| Hundredths(mood.pick(random, &RATES, 1)));
    for _ in 0..random.pick(&[1, 1, 1, 2, 2, 3]) {
        let mut next = instance(random, taste, mood, &need);
        next.name =
            next.name.filter(|name| need.instances.iter().all(|other| other.name != Some(name)));
        need.instances.push(next);
    }
    need
}

fn instance(random: &mut Random, taste: &Taste, mood: Mood, need: &Need) -> Instance {
    let kind = random.pick(&["software", "hardware"]);
    let (versions, qps) = if kind == "software" { (1, 3) } else { (9, 1) };
    let location = random.maybe(30, |random| place(random, taste));
    let known = mood == Mood::Modest || random.percent(96);
    let instance = Instance {
        name: random.maybe(60, |random| random.pick(&NAMES)),
        kind: if known { kind } else { "cloud" },
        count: random.pick(&[1, 1, 1, 1, 2, 3, 0]),
        location,
        key_versions: random.maybe(50, |random| mood.pick(random, &VERSIONS, versions)),
        secrets: random.maybe(50, |random| mood.pick(random, &SECRETS, 1)),
        peak_qps: random.maybe(50, |random| mood.pick(random, &QPS, qps)),
        peak_hundredths: None,
        access: random.maybe(40, |random| access(random, mood)).unwrap_or_default(),
        audit_log: random.maybe(40, |random| audit_log(random, mood, need.average_qps.is_some())),
        zones: random.maybe(30, |random| zones(random, mood, need.place(location))).flatten(),
        order: Order::default(),
    };
    let order = match (random.percent(40), mood) {
        (false, _) => Order::default(),
        (true, Mood::Modest) => covering(random, &instance),
        (true, Mood::Bold) => order(random),
    };
    Instance { order, ..instance }
}

fn access(random: &mut Random, mood: Mood) -> Access {
    Access {
        vpcs: random.maybe(95, |random| mood.pick(random, &UNITS, 2)),
        shared_accounts: random.maybe(60, |random| mood.pick(random, &UNITS, 2)),
    }
}

fn audit_log(random: &mut Random, mood: Mood, average: bool) -> AuditLog {
    let bold = mood == Mood::Bold;
    if random.percent(30) {
        let gigabytes = Some(Hundredths(mood.pick(random, &GIGABYTES, 1)));
        let both = bold && random.percent(10);
        return AuditLog { gigabytes, retention_days: both.then_some(30), average_qps: None };
    }
    let left_out = random.percent(20) && (average || bold);
    let rate = Hundredths(mood.pick(random, &RATES, 1));
    AuditLog {
        average_qps: (!left_out).then_some(rate),
        retention_days: random.maybe(50, |random| mood.pick(random, &DAYS, 1)),
        gigabytes: None,
    }
}

/// As many as a region has; when bold, any number anywhere.
fn zones(random: &mut Random, mood: Mood, place: Option<Where>) -> Option<u64> {
    if mood == Mood::Bold {
        return Some(random.pick(&ZONES));
    }
    let region = places::subscription(place?)?;
    Some(if places::has_one_zone(region) { 1 } else { random.pick(&[2, 2, 3]) })
}

// ------------------------------------------------------------------ orders

/// Orders that cover their need, and now and then one block more.
fn covering(random: &mut Random, instance: &Instance) -> Order {
    let software = instance.kind == "software";
    let steps: &[u64] = if software { &[1_000, 2_000, 4_000] } else { &[2_000, 4_000, 6_000] };
    let enough = |step: &&u64| **step >= instance.peak_qps.unwrap_or(0);
    let least = |need: Option<u64>, included: u64, block: u64| {
        need.unwrap_or(0).saturating_sub(included).div_ceil(block) * block
    };
    let access = instance.access;
    let units = access.vpcs.unwrap_or(1) + access.shared_accounts.unwrap_or(0);
    let keys = least(instance.key_versions, 1_000, 10) + random.pick(&[0, 0, 10]);
    let secrets = least(instance.secrets, 0, 100) + random.pick(&[0, 0, 100]);
    let logged = instance.audit_log.is_some();
    Order {
        peak_qps: random.maybe(50, |_| steps.iter().find(enough).copied()).flatten(),
        extra_keys: random.maybe(50, |_| if software { keys.min(99_000) } else { 0 }),
        extra_secrets: random.maybe(50, |_| secrets.min(100_000)),
        extra_access: random.maybe(50, |random| least(Some(units), 1, 1) + random.below(2)),
        log_gigabytes: random
            .maybe(50, |random| if logged { 500_000 } else { random.pick(&[0, 1_000, 2_000]) }),
    }
}

fn order(random: &mut Random) -> Order {
    let mut maybe = |choices: &[u64]| random.maybe(40, |random| random.pick(choices));
    Order {
        peak_qps: maybe(&[1_000, 2_000, 4_000, 4_000, 6_000, 3_000]),
        extra_keys: maybe(&[0, 10, 20, 500, 99_000, 99_010, 15]),
        extra_secrets: maybe(&[0, 100, 200, 5_000, 100_000, 100_100, 50]),
        extra_access: maybe(&[0, 1, 4, 9, 999, 1_000]),
        log_gigabytes: maybe(&[0, 1_000, 2_000, 2_000, 500_000, 501_000, 1_500]),
    }
}
