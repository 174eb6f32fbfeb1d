//! What a scenario says about time: a subscription, vouchers, instances that are renewed.
//!
//! Days are on the book's clock, moments carry their own offset or are on it too. A renewable that
//! `expires` on 2026-02-28 with `anchor_day = 31` is renewed to 2026-03-31.

use crate::decimal::Decimal;
use crate::fields::At;
use crate::month::{Day, Stated};
use crate::pricebook::terms::Kind;
use crate::source::Span;

/// A subscription: when it was bought, for how long, and how it goes on.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// When it was bought.
    pub purchased_at: Option<At<Stated>>,
    /// Months of its first term.
    pub months: Option<At<u64>>,
    /// Renewals by hand, in the order of the file.
    pub renewals: Vec<FurtherTerm>,
    /// Who renews it.
    pub policy: Option<At<RenewPolicy>>,
    /// Its place in the file.
    pub span: Span,
}

/// A renewal by hand.
#[derive(Clone, Debug)]
pub struct FurtherTerm {
    /// When it is paid.
    pub at: At<Stated>,
    /// For how many months.
    pub months: u32,
}

/// Who renews an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenewPolicy {
    /// The system.
    Automatic,
    /// Its owner.
    Manual,
}

impl RenewPolicy {
    /// Every policy, as scenarios write it.
    pub const ALL: &[(&str, Self)] = &[("auto", Self::Automatic), ("manual", Self::Manual)];
}

/// A voucher.
#[derive(Clone, Debug)]
pub struct Voucher {
    /// Its id.
    pub id: String,
    /// What is left on it.
    pub amount: Decimal,
    /// The last day on which it is valid.
    pub expires: Day,
    /// Its place in the file.
    pub span: Span,
}

/// An instance that is renewed.
#[derive(Clone, Debug)]
pub struct Renewable {
    /// Its id.
    pub id: String,
    /// Its product.
    pub product: Option<At<String>>,
    /// Its room.
    pub room: Option<String>,
    /// The day on which it expires.
    pub expires: At<Day>,
    /// What a month costs.
    pub monthly: Option<At<Decimal>>,
    /// The day of the month that its months keep to, where that of `expires` was cut.
    pub anchor_day: Option<At<u64>>,
    /// Who renews it.
    pub policy: Option<At<RenewPolicy>>,
    /// What kind of instance it is.
    pub kind: At<Kind>,
    /// Renewals by hand.
    pub renewals: Vec<FurtherTerm>,
    /// Changes of its policy.
    pub changes: Vec<PolicyChange>,
    /// Its place in the file.
    pub span: Span,
}

/// A change of a renewal policy.
#[derive(Clone, Debug)]
pub struct PolicyChange {
    /// When.
    pub at: At<Stated>,
    /// To what.
    pub policy: RenewPolicy,
}

/// A day on which several renewables are to expire.
#[derive(Clone, Debug)]
pub struct Unify {
    /// The day.
    pub target: At<Day>,
    /// When it is paid.
    pub at: Option<At<Stated>>,
    /// Which ones; all that can be where none is named.
    pub ids: Option<Vec<At<String>>>,
}
