//! Scenarios of keys and calls by chance, fond of edges; must not know a price.
//!
//! Most are valid. Some ask for what is not sold, leave out what a price depends on, or have dates
//! that cannot be.

use super::civil::{Month, UTC8};
use super::generate_held::{hsm, keystore, secret};
use super::generate_lives::{When, account, carry_out, course};
use super::need::{Calls, Key, Kind, Need, Secret, Where};
use super::places;
use super::random::Random;

/// Months with 28, 29, 30 and 31 days, and one before a new year.
const MONTHS: [(i64, i64); 6] =
    [(2024, 2), (2026, 2), (2026, 4), (2026, 12), (2026, 1), (2025, 12)];
const COUNTS: [u64; 20] = [
    0, 1, 1, 2, 3, 10, 99, 100, 199, 200, 201, 500, 999, 1_000, 1_001, 1_999, 2_000, 2_001, 2_100,
    1_000_000,
];
const CALLS: [u64; 21] = [
    0,
    1,
    2,
    250,
    750,
    999,
    1_000,
    1_001,
    5_000,
    10_000,
    15_000,
    19_000,
    19_001,
    19_999,
    20_000,
    20_001,
    20_999,
    21_000,
    21_001,
    2_000_000,
    1_000_000_000_000,
];
const OPERATIONS: [&str; 9] = [
    "any",
    "encrypt",
    "decrypt",
    "generate-data-key",
    "sign",
    "verify",
    "describe-key",
    "list-keys",
    "manage",
];
const SPECS: [(&str, &str); 14] = [
    ("aes-256", "aes-256"),
    ("aes-256", "Aliyun_AES_256"),
    ("aes-256", "SYMMETRIC_DEFAULT"),
    ("sm4", "sm4"),
    ("sm4", "Aliyun_SM4"),
    ("rsa-2048", "rsa-2048"),
    ("rsa-2048", "RSA_2048"),
    ("sm2", "sm2"),
    ("sm2", "Aliyun_SM2"),
    ("rsa-3072", "RSA_3072"),
    ("ec-p256", "ec-p256"),
    ("ec-p256", "EC_P256"),
    ("ec-p256k", "EC_P256K"),
    ("ec-p256k", "ec-p256k"),
];
/// Key types that no pay-as-you-go page of these knows.
const OTHER_SPECS: [(&str, &str); 3] =
    [("rsa-4096", "RSA_4096"), ("ec-p384", "ec-p384"), ("hmac-256", "hmac-256")];

/// What one kind of scenario is made of. Chances are in a hundred.
#[derive(Clone)]
pub(super) struct Taste {
    pub(super) provider: &'static str,
    /// Locations that its book has; others are asked for once in a while.
    pub(super) places: Vec<Where>,
    /// A place that its book does not have.
    pub(super) nowhere: &'static str,
    /// The zone of the book's days.
    pub(super) zone: i64,
    /// Months that are asked for.
    pub(super) months: &'static [(i64, i64)],
    /// Key types that are offered, and ones that are not or not everywhere.
    pub(super) specs: &'static [(&'static str, &'static str)],
    pub(super) other_specs: &'static [(&'static str, &'static str)],
    /// Protection levels that are offered, and ones that are not.
    pub(super) protections: &'static [&'static str],
    pub(super) other_protections: &'static [&'static str],
    /// Operations that are offered, and ones that are not.
    pub(super) operations: &'static [&'static str],
    pub(super) other_operations: &'static [&'static str],
    pub(super) counts: &'static [u64],
    pub(super) versions: &'static [u64],
    pub(super) calls: &'static [u64],
    /// Chance of keys that the provider manages; of those among loose calls.
    pub(super) service: u64,
    pub(super) service_calls: u64,
    /// Chance of replicas; of keys and secrets whose deletion is carried out at a stated time.
    pub(super) replicas: u64,
    pub(super) destroyed: u64,
    /// Chance of keys that say whether they are used, and of keys that come by themselves.
    pub(super) used: u64,
    pub(super) automatic: u64,
    /// Chance of each of up to three keys, secrets, groups of modules and of keystores.
    pub(super) keys: u64,
    pub(super) secrets: u64,
    pub(super) hsms: u64,
    pub(super) keystores: u64,
    /// Whether an account can be suspended.
    pub(super) suspends: bool,
}

impl Taste {
    pub(super) fn alibaba() -> Self {
        Self::with("alibaba", |place| places::alibaba(place).is_some())
    }

    pub(super) fn alibaba_cn() -> Self {
        Self::with("alibaba-cn", |place| places::alibaba_cn(place).is_some())
    }

    pub(super) fn subscription() -> Self {
        Self::with("alibaba", |place| places::subscription(place).is_some())
    }

    pub(super) fn tencent() -> Self {
        let taste = Self::with("tencent", |_| true);
        Self { specs: &SPECS[..9], suspends: true, ..taste }
    }

    fn with(provider: &'static str, has: impl Fn(Where) -> bool) -> Self {
        let places = places::all(provider).into_iter().filter(|place| has(*place)).collect();
        Self::new(provider, places, UTC8)
    }

    /// What most pages sell; each provider says what it sells otherwise.
    pub(super) fn new(provider: &'static str, places: Vec<Where>, zone: i64) -> Self {
        Self {
            provider,
            places,
            nowhere: "sao-paulo",
            zone,
            months: &MONTHS,
            specs: &SPECS,
            other_specs: &OTHER_SPECS,
            protections: &["software", "hsm", "hsm"],
            other_protections: &["external"],
            operations: &OPERATIONS,
            other_operations: &[],
            counts: &COUNTS,
            versions: &COUNTS[1..],
            calls: &CALLS,
            service: 20,
            service_calls: 50,
            replicas: 0,
            destroyed: 0,
            used: 0,
            automatic: 0,
            keys: 80,
            secrets: 0,
            hsms: 0,
            keystores: 0,
            suspends: false,
        }
    }
}

/// A scenario of keys and calls, and of what else the taste asks for.
pub(super) fn keys_and_calls(random: &mut Random, taste: &Taste) -> Need {
    let mut need = frame(random, taste);
    let when = When { month: need.month, months: need.months.unwrap_or(1), zone: taste.zone };
    for index in 0..4 {
        if random.percent(taste.keys * 6 / 10) {
            need.keys.push(key(random, taste, when, index));
        }
    }
    if taste.keys > 10 || random.percent(taste.keys) {
        for _ in 0..random.below(3) {
            need.calls.push(calls(random, taste));
        }
    }
    held(random, taste, when, &mut need);
    if taste.suspends {
        need.account = account(random, taste, when);
    }
    if random.percent(5) {
        need.peak_qps = Some(random.pick(&COUNTS));
        need.access.vpcs = Some(random.pick(&COUNTS));
        need.zones = Some(2);
    }
    match random.below(400) {
        0 => need.secrets.push(Secret::plain(random.pick(&COUNTS))),
        1 => need.audit_log = Some(super::need::AuditLog::default()),
        2 => need.instances.push(super::need::Instance {
            kind: "software",
            count: 1,
            ..Default::default()
        }),
        3 => need.hsms.push(hsm(random, taste)),
        4 => need.keystores.push(keystore(random, taste)),
        _ => {}
    }
    need
}

/// Secrets, modules and stores of keys.
fn held(random: &mut Random, taste: &Taste, when: When, need: &mut Need) {
    for index in 0..3 {
        if random.percent(taste.secrets) {
            need.secrets.push(secret(random, taste, when, index));
        }
        if random.percent(taste.hsms) {
            need.hsms.push(hsm(random, taste));
        }
        if random.percent(taste.keystores) {
            need.keystores.push(keystore(random, taste));
        }
    }
}

/// Provider, place, month and number of months.
pub(super) fn frame(random: &mut Random, taste: &Taste) -> Need {
    let month = random.maybe(75, |random| random.pick(taste.months));
    Need {
        provider: taste.provider,
        location: random.maybe(95, |random| place(random, taste)),
        month: month.map(|(year, month)| Month { year, month }),
        month_outside: random.percent(10),
        months: random.maybe(20, |random| u32::try_from(random.between(1, 5)).unwrap()),
        months_outside: random.percent(50),
        ..Need::default()
    }
}

/// A location, rarely one that the book does not have.
pub(super) fn place(random: &mut Random, taste: &Taste) -> Where {
    if random.percent(1) {
        return random.pick(&[Where::Region("cn-nowhere-1"), Where::Place(taste.nowhere)]);
    }
    random.pick(&taste.places)
}

// ------------------------------------------------------------------ keys

fn kind(random: &mut Random, taste: &Taste) -> Kind {
    let others = !taste.other_specs.is_empty() && random.percent(2);
    let spec = random.pick(if others { taste.other_specs } else { taste.specs });
    let others = !taste.other_protections.is_empty() && random.below(200) == 0;
    let levels = if others { taste.other_protections } else { taste.protections };
    let protection = random.pick(levels);
    Kind {
        spec: random.maybe(97, |_| spec),
        protection: random.maybe(98, |_| protection),
        service_managed: random.percent(taste.service),
        automatic: random.percent(taste.automatic),
    }
}

pub(super) fn key(random: &mut Random, taste: &Taste, when: When, index: u64) -> Key {
    let mut key = Key {
        name: format!("key {index}"),
        kind: kind(random, taste),
        count: if random.percent(50) { 1 } else { random.pick(taste.counts) },
        versions: if random.percent(60) { 1 } else { random.pick(taste.versions) },
        replicas: if random.percent(taste.replicas) { random.pick(&[1, 1, 2, 9]) } else { 0 },
        used: random.percent(taste.used).then(|| random.percent(60)),
        location: random.maybe(35, |random| place(random, taste)),
        course: course(random, when),
        operations: operations(random, taste),
    };
    carry_out(random, taste, when.zone, &mut key.course);
    key
}

// ------------------------------------------------------------------ calls

fn operations(random: &mut Random, taste: &Taste) -> Vec<(&'static str, u64)> {
    let mut operations: Vec<(&'static str, u64)> = Vec::new();
    for _ in 0..random.pick(&[0, 0, 1, 1, 2, 3]) {
        let others = !taste.other_operations.is_empty() && random.percent(2);
        let name = random.pick(if others { taste.other_operations } else { taste.operations });
        if operations.iter().all(|(known, _)| *known != name) {
            operations.push((name, many(random, taste)));
        }
    }
    operations
}

/// A number of calls, rarely a huge one.
pub(super) fn many(random: &mut Random, taste: &Taste) -> u64 {
    let calls = random.pick(taste.calls);
    if calls > 2_000_000_000 && random.percent(80) { 7 } else { calls }
}

fn calls(random: &mut Random, taste: &Taste) -> Calls {
    let mut operations = operations(random, taste);
    if operations.is_empty() {
        operations.push((taste.operations[0], random.pick(taste.calls)));
    }
    let kind = Kind { service_managed: random.percent(taste.service_calls), ..kind(random, taste) };
    Calls { kind, location: random.maybe(60, |random| place(random, taste)), operations }
}
