//! A need in provider-neutral words: keys, calls, secrets, instances, for a month.
//!
//! Names are checked against the vocabulary; what only a book can know (regions, instance types,
//! what is offered) is checked when the need is mapped. Nothing that moves a figure is assumed here.

mod parse;
mod terms;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::budget::Rule;
use crate::catalog::PlanName;
use crate::decimal::Decimal;
use crate::discount::Discount;
use crate::fields::At;
use crate::fraction::Fraction;
use crate::month::{Month, Period, Stated};
use crate::pricebook::{ManagedBy, Noun, Protection, Provisioning};
use crate::rates::Rates;
use crate::source::{Source, Span};
use crate::vocabulary::{OperationId, SpecId};

pub use parse::{LARGEST, MANY, embedded, scenario};
pub use terms::{FurtherTerm, PolicyChange, RenewPolicy, Renewable, Subscription, Unify, Voucher};

/// A need, and what to hold its bill against.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// The provider whose plan is meant, or whose region ids are used.
    pub provider: Option<At<String>>,
    /// The plan.
    pub plan: Option<At<String>>,
    /// The edition of the plan's price book.
    pub edition: Option<At<String>>,
    /// Where everything is that says nothing else.
    pub location: Option<At<Location>>,
    /// The calendar month; none for a book's standard month.
    pub month: Option<At<Month>>,
    /// Labels of the whole.
    pub tags: BTreeMap<String, String>,
    /// Keys.
    pub keys: Vec<Key>,
    /// Calls that belong to no listed key.
    pub calls: Vec<Calls>,
    /// Secrets.
    pub secrets: Vec<Secret>,
    /// Dedicated hardware security modules.
    pub hsms: Vec<Hsm>,
    /// Stores of keys.
    pub keystores: Vec<Keystore>,
    /// The rate of calls.
    pub load: Load,
    /// Who reaches an instance.
    pub access: Access,
    /// Access logs to keep.
    pub audit_log: Option<AuditLogNeed>,
    /// Availability zones.
    pub zones: Option<At<u64>>,
    /// Instances written out.
    pub instances: Vec<Instance>,
    /// When it was bought, and how it is renewed.
    pub subscription: Option<Subscription>,
    /// The account's state.
    pub account: Account,
    /// Vouchers of the account.
    pub vouchers: Vec<Voucher>,
    /// Instances that are renewed.
    pub renewables: Vec<Renewable>,
    /// A day on which several of them are to expire.
    pub unify: Option<Unify>,
    /// What the bill may come to.
    pub budgets: Vec<Rule>,
    /// What other currencies are worth in the one that plans are compared in.
    pub rates: Option<Rates>,
    /// What is agreed on instead of list prices.
    pub discounts: Vec<Rc<Discount>>,
    /// The figures that a page prints for this very scenario.
    pub documented: Option<Documented>,
    /// The file.
    pub source: Arc<Source>,
}

impl Scenario {
    /// The plan that it names, or its provider's plans.
    #[must_use]
    pub fn own_plan(&self) -> Option<PlanName> {
        let plan = self.plan.as_ref().map(|plan| plan.value.clone());
        let provider = self.provider.as_ref()?.value.clone();
        Some(PlanName { provider, plan, edition: None })
    }

    /// The months of a subscription's term.
    #[must_use]
    pub fn term_months(&self) -> Option<u64> {
        self.subscription.as_ref()?.months.as_ref().map(|months| months.value)
    }

    /// What it asks for beside keys and calls, which a plan may leave to another of its provider.
    #[must_use]
    pub fn asked(&self) -> Vec<Noun> {
        let mut asked = Vec::new();
        if !self.secrets.is_empty() {
            let nouns = [Noun::Secret, Noun::SecretVersion, Noun::SecretCall, Noun::SecretRotation];
            asked.extend(nouns);
        }
        asked.extend((!self.hsms.is_empty()).then_some(Noun::Hsm));
        asked.extend((!self.keystores.is_empty()).then_some(Noun::Keystore));
        asked
    }

    /// The calls to keys that the customer manages, by the second of a month, rounded up; none where
    /// that is beyond what can be counted.
    #[must_use]
    pub fn average_qps(&self, month: Period) -> Option<u64> {
        let customer = |managed_by| managed_by == ManagedBy::Customer;
        let keys = self.keys.iter().filter(|key| customer(key.managed_by));
        let of_keys =
            keys.flat_map(|key| key.operations.iter().map(|(_, each)| (*each, key.count)));
        let loose = self.calls.iter().filter(|calls| customer(calls.managed_by));
        let loose = loose.flat_map(|calls| calls.operations.iter().map(|(_, each)| (*each, 1)));
        let calls = of_keys.chain(loose).try_fold(0_u128, |sum, (each, count)| {
            sum.checked_add(u128::from(each).checked_mul(count.into())?)
        })?;
        u64::try_from(calls.div_ceil(u128::from(month.seconds()).max(1))).ok()
    }
}

/// Where something is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    /// A provider's own region id.
    Region(String),
    /// A neutral name.
    Place(String),
}

/// A group of keys that are alike.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// Its spec.
    pub spec: Option<At<SpecId>>,
    /// Its protection.
    pub protection: Option<At<Protection>>,
    /// Who manages it.
    pub managed_by: ManagedBy,
    /// How many keys.
    pub count: u64,
    /// Versions of each: at its creation, or where none is stated at the beginning of the bill.
    pub versions: u64,
    /// Copies of each in other regions, besides itself.
    pub replicas: u64,
    /// Whether it was used in the last 30 days, where that is stated.
    pub used: Option<bool>,
    /// How it comes to be.
    pub provisioning: Provisioning,
    /// Where it is.
    pub location: Option<At<Location>>,
    /// What became of it.
    pub life: Life,
    /// Calls a month of each key.
    pub operations: Vec<(At<OperationId>, u64)>,
    /// Labels.
    pub tags: BTreeMap<String, String>,
    /// Its place in the file.
    pub span: Span,
}

impl Key {
    /// Whether it was used in the last 30 days: as stated, else unless every call that it states is 0.
    #[must_use]
    pub fn is_used(&self) -> bool {
        let calls = || self.operations.iter().any(|(_, calls)| *calls > 0);
        self.used.unwrap_or_else(|| self.operations.is_empty() || calls())
    }
}

/// What became of a key over time.
#[derive(Clone, Debug, Default)]
pub struct Life {
    /// When it was created; always there where not stated.
    pub created: Option<At<Stated>>,
    /// When it was rotated.
    pub rotated: Vec<At<Stated>>,
    /// Every how many days it is rotated.
    pub rotate_every: Option<u64>,
    /// Whether it is enabled.
    pub state: State,
    /// When its deletion was scheduled and cancelled.
    pub deletions: Vec<Deletion>,
}

impl Life {
    /// Whether nothing happens to the key.
    #[must_use]
    pub fn is_still(&self) -> bool {
        self.created.is_none()
            && self.rotated.is_empty()
            && self.rotate_every.is_none()
            && self.deletions.is_empty()
    }
}

/// Whether a key is enabled, for the whole time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// It can be used.
    #[default]
    Enabled,
    /// It cannot be used; it is charged all the same, and not rotated by itself.
    Disabled,
    /// It waits for its deletion.
    PendingDeletion,
}

/// A scheduled deletion.
#[derive(Clone, Debug)]
pub struct Deletion {
    /// When it was scheduled.
    pub scheduled: At<Stated>,
    /// When it was cancelled.
    pub restored: Option<At<Stated>>,
    /// When it was carried out.
    pub destroyed: Option<At<Stated>>,
}

/// Calls that belong to no listed key.
#[derive(Clone, Debug)]
pub struct Calls {
    /// The spec of their keys.
    pub spec: Option<At<SpecId>>,
    /// The protection of their keys.
    pub protection: Option<At<Protection>>,
    /// Who manages their keys.
    pub managed_by: ManagedBy,
    /// How their keys come to be.
    pub provisioning: Provisioning,
    /// Where they go.
    pub location: Option<At<Location>>,
    /// Calls a month.
    pub operations: Vec<(At<OperationId>, u64)>,
    /// Their place in the file.
    pub span: Span,
}

/// A group of secrets that are alike.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Its name.
    pub name: String,
    /// How many secrets.
    pub count: u64,
    /// Versions of each; rotation adds none.
    pub versions: u64,
    /// Places that hold a copy of each.
    pub locations: u64,
    /// Calls a month that read each.
    pub reads: u64,
    /// Where it is.
    pub location: Option<At<Location>>,
    /// How often each is rotated in every month, where no dates are stated.
    pub rotations_a_month: u64,
    /// What became of it.
    pub life: Life,
    /// Labels.
    pub tags: BTreeMap<String, String>,
    /// Its place in the file.
    pub span: Span,
}

/// A group of dedicated hardware security modules that are alike.
#[derive(Clone, Debug)]
pub struct Hsm {
    /// Its name.
    pub name: String,
    /// How many modules.
    pub count: u64,
    /// Where it is.
    pub location: Option<At<Location>>,
    /// Its place in the file.
    pub span: Span,
}

/// A group of stores of keys that are alike.
#[derive(Clone, Debug)]
pub struct Keystore {
    /// Its name.
    pub name: String,
    /// How many stores.
    pub count: u64,
    /// Where its key material lives.
    pub protection: Option<At<Protection>>,
    /// Where it is.
    pub location: Option<At<Location>>,
    /// Its place in the file.
    pub span: Span,
}

/// The rate of calls.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// The highest rate, in calls a second.
    pub peak_qps: Option<At<Fraction>>,
    /// The average rate, in calls a second.
    pub average_qps: Option<At<Fraction>>,
}

/// Who reaches an instance.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// Networks.
    pub vpcs: Option<At<u64>>,
    /// Other accounts.
    pub shared_accounts: Option<At<u64>>,
}

/// Access logs to keep.
#[derive(Clone, Debug)]
pub struct AuditLogNeed {
    /// The average rate of calls that are logged.
    pub average_qps: Option<At<Fraction>>,
    /// Days that they are kept.
    pub retention_days: Option<At<u64>>,
    /// Or the storage itself.
    pub gigabytes: Option<At<Fraction>>,
    /// Its place in the file.
    pub span: Span,
}

/// An instance written out.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its name.
    pub name: String,
    /// Its type, a class of the book's instance axis.
    pub kind: At<String>,
    /// How many alike.
    pub count: u64,
    /// Where it is.
    pub location: Option<At<Location>>,
    /// Key versions in each.
    pub key_versions: Option<At<u64>>,
    /// Secrets in each.
    pub secrets: Option<At<u64>>,
    /// The highest rate of calls.
    pub peak_qps: Option<At<Fraction>>,
    /// Who reaches it.
    pub access: Access,
    /// Access logs to keep.
    pub audit_log: Option<AuditLogNeed>,
    /// Availability zones.
    pub zones: Option<At<u64>>,
    /// What is bought, where the user says so.
    pub order: Option<Order>,
    /// Its place in the file.
    pub span: Span,
}

/// What is bought for an instance: checked, never rounded.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// The performance step.
    pub peak_qps: Option<At<u64>>,
    /// Keys beyond the included ones.
    pub extra_keys: Option<At<u64>>,
    /// Secrets beyond the included ones.
    pub extra_secrets: Option<At<u64>>,
    /// Access units beyond the included ones.
    pub extra_access: Option<At<u64>>,
    /// Storage for logs.
    pub log_gigabytes: Option<At<u64>>,
}

/// The account's state.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Spans in which the service was suspended.
    pub suspended: Vec<(At<Stated>, Option<At<Stated>>)>,
    /// When the account became overdue.
    pub overdue_at: Option<At<Stated>>,
    /// When it was paid.
    pub paid_at: Option<At<Stated>>,
    /// Money in it.
    pub balance: Option<At<Decimal>>,
    /// Money in it that was given.
    pub gift_balance: Option<At<Decimal>>,
    /// What is left of a free quota that is given once.
    pub free_calls_remaining: Option<At<u64>>,
}

/// The figures that a page prints for a scenario, as printed.
#[derive(Clone, Debug)]
pub struct Documented {
    /// The page.
    pub source: Option<String>,
    /// Amounts by item.
    pub lines: BTreeMap<String, Printed>,
    /// Quantities by name.
    pub quantities: BTreeMap<String, Printed>,
    /// The total.
    pub total: Option<Printed>,
    /// How the page comes to its total.
    pub total_is: TotalIs,
}

/// A figure as a page prints it.
#[derive(Clone, Debug)]
pub struct Printed {
    /// As written.
    pub text: String,
    /// Its value.
    pub value: Decimal,
    /// Digits after its point.
    pub decimals: u32,
    /// Decimals that the page is known to round it to.
    pub rounded_to: Option<u32>,
    /// The unit price that the page multiplies by, where it is not the listed one.
    pub at_price: Option<Decimal>,
    /// Printed quantities that it is the product of, where it is not the exact one.
    pub product_of: Vec<String>,
    /// Its place in the file.
    pub span: Span,
}

/// How a page comes to a total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TotalIs {
    /// The exact total, rounded to the printed decimals.
    #[default]
    RoundedExact,
    /// The sum of the printed lines.
    SumOfPrinted,
}
