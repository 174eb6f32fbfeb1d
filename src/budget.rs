//! Budgets: what a bill may come to, and whether it does.
//!
//! A rule holds a part of the bill (its scope) against a limit, for every month or for the term. The
//! limit is an amount, or what a baseline came to and so much more: 100 and 10 % is 110. Exactly the
//! limit is within; 0 is a limit. Nothing passes that is not known: an unpublished price, a pooled
//! charge that no rule shares, another currency and a book too old are *undecided*, unless the part
//! that is known is over already. Nothing is priced or read here.

mod parse;
mod scope;
mod verdict;

use std::sync::Arc;

use crate::catalog::PlanName;
use crate::decimal::Decimal;
use crate::fields::At;
use crate::source::{Source, Span};

pub use parse::{file, rules};
pub use scope::{Known, Open, Owners, SHARING, Share};
pub use verdict::{Base, Compared, Ledger, Status, Verdict, verdict};

/// One rule of a budget.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What the user calls it.
    pub name: Option<String>,
    /// What of the bill it is about.
    pub scope: Scope,
    /// Whether it is about each month or the term.
    pub period: Period,
    /// What is limited.
    pub measure: Measure,
    /// Above which it is a warning.
    pub warn: Option<Decimal>,
    /// Above which it fails.
    pub fail: Option<Decimal>,
    /// What growth is measured from.
    pub baseline: Option<At<Baseline>>,
    /// The currency that it is stated in; the bill's where none is.
    pub currency: Option<At<String>>,
    /// How many days old its prices may be.
    pub max_age_days: Option<At<u64>>,
    /// Where it stands; none for one of the command line.
    pub place: Option<(Arc<Source>, Span)>,
}

/// What of the bill a rule is about: all that is stated must hold.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// A provider, a plan of its, or an edition of that.
    pub plan: Option<At<PlanName>>,
    /// An item of the bill, by its id.
    pub item: Option<At<String>>,
    /// A region, by the provider's id or its neutral name.
    pub region: Option<At<String>>,
    /// A key, secret, module, store or instance, by its name.
    pub key: Option<At<String>>,
    /// Labels.
    pub tags: Vec<(At<String>, At<String>)>,
}

/// Whether a rule is about each month or the term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// Each month.
    Month,
    /// All months of the term together.
    Term,
}

/// What a rule limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The amount.
    Amount,
    /// What it is more than the baseline.
    GrowthAmount,
    /// That, as per cent of the baseline.
    GrowthPercent,
}

/// What growth is measured from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Baseline {
    /// An amount.
    Amount(Decimal),
    /// An estimate that was kept as JSON, by its path.
    File(String),
}

impl Rule {
    /// A limit of the total of each month, as the command line states it.
    #[must_use]
    pub fn monthly(limit: Decimal) -> Self {
        Self {
            name: None,
            scope: Scope::default(),
            period: Period::Month,
            measure: Measure::Amount,
            warn: None,
            fail: Some(limit),
            baseline: None,
            currency: None,
            max_age_days: None,
            place: None,
        }
    }

    /// Whether it limits the total of each month, and nothing finer.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.scope.is_total() && self.period == Period::Month && self.measure == Measure::Amount
    }

    /// As JSON names it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match (self.period, self.measure) {
            (Period::Month, Measure::Amount) => "monthly",
            (Period::Month, Measure::GrowthAmount) => "monthly-growth-amount",
            (Period::Month, Measure::GrowthPercent) => "monthly-growth-percent",
            (Period::Term, Measure::Amount) => "term",
            (Period::Term, Measure::GrowthAmount) => "term-growth-amount",
            (Period::Term, Measure::GrowthPercent) => "term-growth-percent",
        }
    }

    /// The file and the line that it stands on.
    #[must_use]
    pub fn file_line(&self) -> Option<(&str, usize)> {
        let (source, span) = self.place.as_ref()?;
        Some((source.name(), source.line_column(span.start).0))
    }
}

impl Scope {
    /// Whether it is the whole bill.
    #[must_use]
    pub fn is_total(&self) -> bool {
        self.plan.is_none() && self.is_of_all_lines()
    }

    /// Whether it takes every line of the bills that it is about.
    #[must_use]
    pub fn is_of_all_lines(&self) -> bool {
        self.item.is_none() && self.region.is_none() && !self.asks_whose()
    }

    /// Whether it asks whose a line is.
    #[must_use]
    pub fn asks_whose(&self) -> bool {
        self.key.is_some() || !self.tags.is_empty()
    }

    /// As people and JSON name it: `total`, or `item key-hosting, tag team=storage`.
    #[must_use]
    pub fn name(&self) -> String {
        let mut parts = Vec::new();
        let mut part = |kind: &str, at: &Option<At<String>>| {
            parts.extend(at.as_ref().map(|at| format!("{kind} {}", at.value)));
        };
        part("item", &self.item);
        part("region", &self.region);
        part("key", &self.key);
        parts.extend(self.plan.as_ref().map(|plan| format!("plan {}", plan.value)));
        parts.extend(
            self.tags.iter().map(|(name, value)| format!("tag {}={}", name.value, value.value)),
        );
        if parts.is_empty() { "total".to_owned() } else { parts.join(", ") }
    }
}
