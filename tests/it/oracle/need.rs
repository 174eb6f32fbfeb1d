//! What a generated scenario says, as plain values.
//!
//! The oracle predicts from these values and never from the TOML text, so that the program's reader
//! is checked as well. Must not know a price.

use super::civil::Month;

/// A whole scenario.
#[derive(Clone, Debug, Default)]
pub(super) struct Need {
    pub(super) provider: &'static str,
    pub(super) location: Option<Where>,
    pub(super) month: Option<Month>,
    /// Whether the month stands in the scenario, or is asked for from outside.
    pub(super) month_outside: bool,
    pub(super) months: Option<u32>,
    /// Whether the number of months stands in the scenario, or is asked for from outside.
    pub(super) months_outside: bool,
    pub(super) keys: Vec<Key>,
    pub(super) calls: Vec<Calls>,
    pub(super) secrets: Vec<Secret>,
    pub(super) hsms: Vec<Hsm>,
    pub(super) keystores: Vec<Keystore>,
    pub(super) peak_qps: Option<u64>,
    /// The peak where it is no whole number.
    pub(super) peak_hundredths: Option<Hundredths>,
    pub(super) average_qps: Option<Hundredths>,
    pub(super) access: Access,
    pub(super) audit_log: Option<AuditLog>,
    pub(super) zones: Option<u64>,
    pub(super) instances: Vec<Instance>,
    pub(super) account: Account,
}

/// A decimal with two places, as its hundredfold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hundredths(pub(super) u64);

/// A region's own id, or a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Where {
    Region(&'static str),
    Place(&'static str),
}

/// A moment as a scenario writes it: what a clock shows, and which clock, else the price list's own.
#[derive(Clone, Debug)]
pub(super) struct Date {
    /// Seconds since 1970-01-01T00:00:00 on that clock.
    pub(super) shown: i64,
    /// Seconds that the clock is ahead of UTC.
    pub(super) offset: Option<i64>,
    pub(super) text: String,
}

impl Date {
    /// The moment, where the price list's clock is so many seconds ahead of UTC.
    pub(super) fn at(&self, zone: i64) -> i64 {
        self.shown - self.offset.unwrap_or(zone)
    }
}

/// What a key is, for its price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kind {
    /// The neutral name, and the name that is written.
    pub(super) spec: Option<(&'static str, &'static str)>,
    pub(super) protection: Option<&'static str>,
    pub(super) service_managed: bool,
    /// Created by the provider where one is needed.
    pub(super) automatic: bool,
}

/// A group of keys.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) count: u64,
    pub(super) versions: u64,
    /// Copies in other regions.
    pub(super) replicas: u64,
    /// Whether it was used in the last 30 days, where that is stated.
    pub(super) used: Option<bool>,
    pub(super) location: Option<Where>,
    pub(super) course: Course,
    pub(super) operations: Vec<(&'static str, u64)>,
}

/// What becomes of a group of keys or secrets.
#[derive(Clone, Debug, Default)]
pub(super) struct Course {
    pub(super) created: Option<Date>,
    pub(super) rotated: Vec<Date>,
    /// Days.
    pub(super) rotate_every: Option<i64>,
    pub(super) state: State,
    pub(super) deletions: Vec<Deletion>,
}

/// A scheduled deletion, and how it ended.
#[derive(Clone, Debug)]
pub(super) struct Deletion {
    pub(super) scheduled: Date,
    pub(super) restored: Option<Date>,
    pub(super) destroyed: Option<Date>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    #[default]
    Enabled,
    Disabled,
    PendingDeletion,
}

/// Calls of no listed key.
#[derive(Clone, Debug)]
pub(super) struct Calls {
    pub(super) kind: Kind,
    pub(super) location: Option<Where>,
    pub(super) operations: Vec<(&'static str, u64)>,
}

/// A group of secrets.
#[derive(Clone, Debug)]
pub(super) struct Secret {
    pub(super) name: Option<String>,
    pub(super) count: u64,
    pub(super) versions: u64,
    /// Places that hold a copy.
    pub(super) locations: u64,
    /// Calls a month that read each.
    pub(super) reads: u64,
    /// Rotations in every month; beside it no dates of rotations.
    pub(super) often: Option<u64>,
    pub(super) location: Option<Where>,
    pub(super) course: Course,
}

impl Secret {
    /// So many secrets of which nothing else is said.
    pub(super) fn plain(count: u64) -> Self {
        Self {
            name: None,
            count,
            versions: 1,
            locations: 1,
            reads: 0,
            often: None,
            location: None,
            course: Course::default(),
        }
    }
}

/// Dedicated hardware modules.
#[derive(Clone, Debug)]
pub(super) struct Hsm {
    pub(super) count: u64,
    pub(super) location: Option<Where>,
}

/// Stores of keys.
#[derive(Clone, Debug)]
pub(super) struct Keystore {
    pub(super) count: u64,
    pub(super) protection: Option<&'static str>,
    pub(super) location: Option<Where>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Access {
    pub(super) vpcs: Option<u64>,
    pub(super) shared_accounts: Option<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct AuditLog {
    pub(super) average_qps: Option<Hundredths>,
    pub(super) retention_days: Option<u64>,
    pub(super) gigabytes: Option<Hundredths>,
}

/// An instance written out.
#[derive(Clone, Debug, Default)]
pub(super) struct Instance {
    pub(super) name: Option<&'static str>,
    pub(super) kind: &'static str,
    pub(super) count: u64,
    pub(super) location: Option<Where>,
    pub(super) key_versions: Option<u64>,
    pub(super) secrets: Option<u64>,
    pub(super) peak_qps: Option<u64>,
    /// The peak where it is no whole number.
    pub(super) peak_hundredths: Option<Hundredths>,
    pub(super) access: Access,
    pub(super) audit_log: Option<AuditLog>,
    pub(super) zones: Option<u64>,
    pub(super) order: Order,
}

/// What is bought.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Order {
    pub(super) peak_qps: Option<u64>,
    pub(super) extra_keys: Option<u64>,
    pub(super) extra_secrets: Option<u64>,
    pub(super) extra_access: Option<u64>,
    pub(super) log_gigabytes: Option<u64>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Account {
    pub(super) suspended: Vec<(Date, Option<Date>)>,
    pub(super) overdue_at: Option<Date>,
    pub(super) paid_at: Option<Date>,
    pub(super) free_calls_remaining: Option<u64>,
}

impl Need {
    /// Where something is: its own location, else the scenario's.
    pub(super) fn place(&self, own: Option<Where>) -> Option<Where> {
        own.or(self.location)
    }
}

impl Key {
    /// "not used in the last 30 days. Default: used, unless it states operations and all are 0".
    pub(super) fn is_used(&self) -> bool {
        let silent =
            !self.operations.is_empty() && self.operations.iter().all(|(_, calls)| *calls == 0);
        self.used.unwrap_or(!silent)
    }

    /// Calls a month of the whole group.
    pub(super) fn all_calls(&self) -> u128 {
        calls_of(&self.operations) * u128::from(self.count)
    }
}

/// The sum of some operations' calls.
pub(super) fn calls_of(operations: &[(&'static str, u64)]) -> u128 {
    operations.iter().fold(0, |sum, (_, calls)| sum + u128::from(*calls))
}
