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
    /// How many secrets each entry holds.
    pub(super) secrets: Vec<u64>,
    pub(super) peak_qps: Option<u64>,
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

/// A moment, and how the scenario writes it.
#[derive(Clone, Debug)]
pub(super) struct Date {
    pub(super) at: i64,
    pub(super) text: String,
}

/// What a key is, for its price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kind {
    /// The neutral name, and the name that is written.
    pub(super) spec: Option<(&'static str, &'static str)>,
    pub(super) protection: Option<&'static str>,
    pub(super) service_managed: bool,
}

/// A group of keys.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) count: u64,
    pub(super) versions: u64,
    pub(super) location: Option<Where>,
    pub(super) created: Option<Date>,
    pub(super) rotated: Vec<Date>,
    pub(super) rotate_every: Option<i64>,
    pub(super) state: State,
    pub(super) deletions: Vec<(Date, Option<Date>)>,
    pub(super) operations: Vec<(&'static str, u64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
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
    /// Calls a month of the whole group.
    pub(super) fn all_calls(&self) -> u128 {
        calls_of(&self.operations) * u128::from(self.count)
    }
}

/// The sum of some operations' calls.
pub(super) fn calls_of(operations: &[(&'static str, u64)]) -> u128 {
    operations.iter().fold(0, |sum, (_, calls)| sum + u128::from(*calls))
}
