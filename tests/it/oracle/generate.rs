//! Scenarios of keys and calls by chance, fond of edges; must not know a price.
//!
//! Most are valid. Some ask for what is not sold, leave out what a price depends on, or have dates
//! that cannot be.

use super::civil::{DAY, Days, Month, UTC8, date, start_of};
use super::need::{Account, Calls, Date, Key, Kind, Need, State, Where};
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
/// Seconds after midnight.
const TIMES: [i64; 8] = [0, 0, 0, 1, DAY - 1, DAY - 1, 12 * 3600, 34_567];
/// Hours from UTC, for times that are written with an offset.
const OFFSETS: [i64; 7] = [0, 8, 8, -5, 9, 14, -12];

/// What one kind of scenario is made of.
#[derive(Clone)]
pub(super) struct Taste {
    pub(super) provider: &'static str,
    /// Locations that its book has; others are asked for once in a while.
    pub(super) places: Vec<Where>,
    pub(super) specs: &'static [(&'static str, &'static str)],
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
        Self { provider, places, specs: &SPECS, suspends: false }
    }
}

/// A scenario of keys and calls.
pub(super) fn keys_and_calls(random: &mut Random, taste: &Taste) -> Need {
    let mut need = frame(random, taste);
    let when = When { month: need.month, months: need.months.unwrap_or(1) };
    for index in 0..random.below(5) {
        need.keys.push(key(random, taste, when, index));
    }
    for _ in 0..random.below(3) {
        need.calls.push(calls(random, taste));
    }
    if taste.suspends {
        need.account = account(random, when);
    }
    if random.percent(5) {
        need.peak_qps = Some(random.pick(&COUNTS));
        need.access.vpcs = Some(random.pick(&COUNTS));
        need.zones = Some(2);
    }
    match random.below(200) {
        0 => need.secrets.push(random.pick(&COUNTS)),
        1 => need.audit_log = Some(super::need::AuditLog::default()),
        2 => need.instances.push(super::need::Instance {
            kind: "software",
            count: 1,
            ..Default::default()
        }),
        _ => {}
    }
    need
}

/// Provider, place, month and number of months.
pub(super) fn frame(random: &mut Random, taste: &Taste) -> Need {
    let month = random.maybe(75, |random| random.pick(&MONTHS));
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
        return random.pick(&[Where::Region("cn-nowhere-1"), Where::Place("sao-paulo")]);
    }
    random.pick(&taste.places)
}

// ------------------------------------------------------------------ keys

/// The months that dates are thrown at.
#[derive(Clone, Copy)]
pub(super) struct When {
    pub(super) month: Option<Month>,
    pub(super) months: u32,
}

impl When {
    fn days(self) -> Days {
        self.month.map_or(Days::standard(30, 0), Month::days)
    }
}

fn kind(random: &mut Random, taste: &Taste) -> Kind {
    let spec = if random.percent(2) { random.pick(&OTHER_SPECS) } else { random.pick(taste.specs) };
    let protection = match random.below(200) {
        0 => "external",
        number if number % 3 == 0 => "software",
        _ => "hsm",
    };
    Kind {
        spec: random.maybe(97, |_| spec),
        protection: random.maybe(98, |_| protection),
        service_managed: random.percent(20),
    }
}

pub(super) fn key(random: &mut Random, taste: &Taste, when: When, index: u64) -> Key {
    let dated = when.month.is_some() || random.percent(2);
    let lively = dated && random.percent(70);
    let mut key = Key {
        name: format!("key {index}"),
        kind: kind(random, taste),
        count: if random.percent(50) { 1 } else { random.pick(&COUNTS) },
        versions: if random.percent(60) { 1 } else { random.pick(&COUNTS[1..]) },
        location: random.maybe(35, |random| place(random, taste)),
        created: None,
        rotated: Vec::new(),
        rotate_every: random
            .maybe(20, |random| random.pick(&[1, 2, 7, 10, 28, 30, 31, 90, 365, 999_999])),
        state: random.pick(&[State::Enabled; 8]),
        deletions: Vec::new(),
        operations: operations(random),
    };
    if random.percent(15) {
        key.state = random.pick(&[State::Disabled, State::PendingDeletion]);
    }
    if lively {
        live(random, when, &mut key);
    }
    key
}

/// Creation, deletions in their order, rotations that avoid them; now and then all of it at random.
fn live(random: &mut Random, when: When, key: &mut Key) {
    let wild = random.percent(3);
    let first = when.days().first;
    let end = first + 31 * i64::from(when.months) + 5;
    let past = random.pick(&[40, 40, 40, 40, 800]);
    let created = random.maybe(60, |random| moment(random, first - past, end - 10));
    let mut at = created.unwrap_or_else(|| start_of(first - 3));
    key.created = created.map(|at| written(random, at));
    if key.state != State::PendingDeletion || wild {
        for _ in 0..random.pick(&[0, 0, 1, 1, 2]) {
            let scheduled = later(random, at);
            let restored = random.maybe(70, |random| later(random, scheduled));
            let dates = (written(random, scheduled), restored.map(|at| written(random, at)));
            key.deletions.push(dates);
            match restored {
                Some(restored) => at = restored,
                None if wild => {}
                None => break,
            }
        }
    }
    for _ in 0..random.pick(&[0, 0, 0, 1, 2, 4]) {
        let at = rotation(random, key, first, end);
        if wild || may_rotate(key, at, start_of(first)) {
            key.rotated.push(written(random, at));
        }
    }
}

/// A moment, or the very moment of something else.
fn rotation(random: &mut Random, key: &Key, first: i64, end: i64) -> i64 {
    let mut others: Vec<i64> = key.created.iter().map(|date| date.at).collect();
    others.extend(key.deletions.iter().flat_map(|(_, restored)| restored).map(|date| date.at));
    if !others.is_empty() && random.percent(20) {
        return random.pick(&others);
    }
    moment(random, first - 5, end)
}

fn may_rotate(key: &Key, at: i64, first: i64) -> bool {
    let from = key.created.as_ref().map_or(first, |date| date.at);
    let pending = key.deletions.iter().any(|(scheduled, restored)| {
        scheduled.at <= at && restored.as_ref().is_none_or(|restored| at < restored.at)
    });
    from <= at && !pending && key.state != State::PendingDeletion
}

/// A moment of one of some days.
fn moment(random: &mut Random, first: i64, last: i64) -> i64 {
    start_of(random.between(first, last)) + random.pick(&TIMES)
}

/// A moment not before another.
fn later(random: &mut Random, at: i64) -> i64 {
    match random.below(10) {
        0 => at,
        1 => at + 1,
        2 => at + random.between(1, 3 * DAY),
        _ => at.max(moment_after(random, at)),
    }
}

fn moment_after(random: &mut Random, at: i64) -> i64 {
    let day = (at + UTC8).div_euclid(DAY);
    moment(random, day, day + 12)
}

/// A moment as a date, a local time, or a time with an offset.
pub(super) fn written(random: &mut Random, at: i64) -> Date {
    let text = if (at + UTC8) % DAY == 0 && random.percent(40) {
        day_text(at + UTC8)
    } else if random.percent(25) {
        time_text(at + UTC8)
    } else {
        let hours = random.pick(&OFFSETS);
        let zone = match hours {
            0 => "Z".to_owned(),
            _ => format!("{}{:02}:00", if hours < 0 { '-' } else { '+' }, hours.abs()),
        };
        format!("{}{zone}", time_text(at + hours * 3600))
    };
    Date { at, text }
}

fn day_text(local: i64) -> String {
    let (year, month, day) = date(local.div_euclid(DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

fn time_text(local: i64) -> String {
    let second = local.rem_euclid(DAY);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}", day_text(local))
}

// ------------------------------------------------------------------ calls and the account

fn operations(random: &mut Random) -> Vec<(&'static str, u64)> {
    let mut operations: Vec<(&'static str, u64)> = Vec::new();
    for _ in 0..random.pick(&[0, 0, 1, 1, 2, 3]) {
        let name = random.pick(&OPERATIONS);
        if operations.iter().all(|(known, _)| *known != name) {
            let calls = random.pick(&CALLS);
            operations
                .push((name, if calls > 2_000_000 && random.percent(80) { 7 } else { calls }));
        }
    }
    operations
}

fn calls(random: &mut Random, taste: &Taste) -> Calls {
    let mut operations = operations(random);
    if operations.is_empty() {
        operations.push(("any", random.pick(&CALLS)));
    }
    let kind = Kind { service_managed: random.percent(50), ..kind(random, taste) };
    Calls { kind, location: random.maybe(60, |random| place(random, taste)), operations }
}

fn account(random: &mut Random, when: When) -> Account {
    let mut account = Account {
        free_calls_remaining: random.maybe(15, |random| random.pick(&CALLS)),
        ..Account::default()
    };
    if when.month.is_none() && random.percent(98) {
        return account;
    }
    let first = when.days().first;
    if random.percent(15) {
        let from = moment(random, first - 5, first + 35);
        let to = random.maybe(70, |random| later(random, from));
        let valid = to.is_none_or(|to| from < to) || random.percent(3);
        if valid {
            account.suspended.push((written(random, from), to.map(|at| written(random, at))));
        }
    }
    if random.percent(25) {
        let overdue = moment(random, first - 10, first + 35);
        let waits = [
            0,
            1,
            24 * 3600 - 1,
            24 * 3600,
            24 * 3600 + 1,
            3 * DAY,
            168 * 3600 - 1,
            168 * 3600,
            10 * DAY,
            -1,
        ];
        let paid = random.maybe(70, |random| overdue + random.pick(&waits));
        account.overdue_at = Some(written(random, overdue));
        account.paid_at = paid.map(|at| written(random, at));
    }
    account
}
