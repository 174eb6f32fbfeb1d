//! What a book says about time: cycles, settlement, overdue accounts, renewals and how they are paid.
//!
//! The words are general; which days, hours and orders hold stands in the book. An instance that
//! expires on 10 February and is kept for 15 days can be renewed through 25 February and is released
//! on the 26th. Nothing here counts a day.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How the cycle of a subscription runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cycle {
    /// When its last day is over.
    pub ends: Ends,
    /// Days before expiration on which a reminder comes, the earliest first.
    pub reminder_days: Vec<u32>,
    /// Days after expiration through which an instance can still be renewed.
    pub kept_days: u32,
    /// On which day after expiration it is released.
    pub released_on_day: u32,
    /// From when a renewal after the end counts; one before it is appended.
    pub late: Late,
    /// In which states a part of the fee can be had back.
    pub refundable: Vec<Usable>,
    /// Whether a renewal order can be cancelled until it takes effect.
    pub pending_refundable: bool,
    /// Whether more can be bought within the term.
    pub upgrades: bool,
    /// Whether there is a free trial; none where the page is silent.
    pub free_trial: Option<bool>,
    /// Where it is printed: an index of the book's sources.
    pub source: usize,
}

/// When the day on which something expires is over for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ends {
    /// At its 00:00:00: nothing of the day is served.
    StartOfDay,
    /// At its 24:00:00: all of the day is served.
    EndOfDay,
}

/// From when a renewal counts that comes after the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Late {
    /// From the renewal.
    FromRenewal,
    /// From the old end.
    FromOldEnd,
}

/// Whether an instance can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Usable {
    /// It can.
    Enabled,
    /// It has expired and is kept.
    Disabled,
}

/// On which days of the next month a month's fees are taken, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// The first day.
    pub first_day: u32,
    /// The last day.
    pub last_day: u32,
    /// Where it is printed.
    pub source: usize,
}

/// What an overdue account leads to, in hours from the moment it is overdue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overdue {
    /// When the service is suspended.
    pub suspended_after_hours: u64,
    /// When charges stop, where that is not the suspension.
    pub uncharged_after_hours: Option<u64>,
    /// When resources are taken back; none where the page does not say.
    pub reclaimed_after_hours: Option<u64>,
    /// Who is told, how and when.
    pub notices: Option<String>,
}

impl Overdue {
    /// When charges stop.
    #[must_use]
    pub fn uncharged_hours(&self) -> u64 {
        self.uncharged_after_hours.unwrap_or(self.suspended_after_hours)
    }
}

/// How instances are renewed, singly and together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewal {
    /// When the day on which an instance expires is over for it.
    pub ends: Ends,
    /// How the system renews by itself.
    pub automatic: Option<Automatic>,
    /// From when a renewal after the end counts.
    pub late: Late,
    /// What may become of a renewal policy.
    pub policy: Policy,
    /// Products that cannot be renewed, by id.
    pub refused_products: BTreeMap<String, Refused>,
    /// Kinds of instances that cannot be renewed, and why.
    pub refused_kinds: Vec<(Kind, String)>,
    /// How several instances come to expire on one day.
    pub unify: Option<UnifyRule>,
    /// Where it is printed.
    pub source: usize,
}

/// How the system renews by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Automatic {
    /// Months at a time.
    pub step_months: u32,
    /// Days before expiration.
    pub days_before: u32,
    /// Seconds after 00:00:00 of that day.
    pub second_of_day: u32,
}

/// What may become of a renewal policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// From manual to automatic.
    pub to_automatic: Switch,
    /// From automatic to manual.
    pub to_manual: Switch,
}

/// Whether a policy may be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Switch {
    /// At any time.
    Always,
    /// Until the instance expires.
    WhileValid,
    /// The page does not say; it is taken as allowed, and noted.
    NotDescribed,
    /// Never.
    Never,
}

/// A product that cannot be renewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// As the page names it.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// What kind of instance it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// One that can be renewed.
    #[default]
    Standard,
    /// A trial.
    Trial,
    /// One that is bought by times, for a fee paid once.
    OneTime,
}

impl Kind {
    /// Every kind, as scenarios and books write it.
    pub const ALL: &[(&str, Self)] =
        &[("standard", Self::Standard), ("trial", Self::Trial), ("one-time", Self::OneTime)];
}

/// How several instances come to expire on one day: whole months, then days by the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnifyRule {
    /// A day costs the monthly fee over so many.
    pub days_per_month: u64,
    /// Decimals that an instance's fee is rounded to, once, half away from zero.
    pub decimals: u32,
    /// The days of a month on which it may fall.
    pub anchor_days: (u32, u32),
    /// Whether a page describes the arithmetic.
    pub documented: bool,
}

/// Out of what a renewal is paid, all or nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// In which order.
    pub funds: Vec<Fund>,
    /// Which voucher comes first, the strongest rule first.
    pub vouchers: Vec<VoucherRule>,
    /// Where it is printed.
    pub source: usize,
}

/// What money is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fund {
    /// Vouchers.
    Vouchers,
    /// Money that was given.
    GiftBalance,
    /// Money that was paid in.
    Balance,
}

/// Which voucher comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VoucherRule {
    /// The one that expires soonest.
    SoonestExpiry,
    /// The one with most left on it.
    Largest,
    /// By its id.
    Id,
}
