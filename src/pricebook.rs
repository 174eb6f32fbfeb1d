//! A price book: one plan of one service in one edition and one currency, as typed data.
//!
//! The words are general: nouns that are counted, rules of time, pricing models. What a provider
//! does with them stands in `pricing/*.toml`; no provider is known here. A price of 0.083 for the
//! first 2,000 and 0.033 above is `tiers = [{ up_to = 2000, price = "0.083" }, { price = "0.033" }]`.
//! Nothing here counts or multiplies.

mod change;
mod join;
mod meter;
mod noun;
mod parse;
mod reading;
mod selector;
pub mod terms;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Problems;
use crate::month::{Day, Offset};
use crate::source::Source;
use crate::vocabulary::Vocabulary;

pub use change::Change;
pub use meter::{
    Allowance, Block, BlockRounding, Charge, Copies, Draw, Each, Factor, IfRestored, Implied,
    Meter, Over, Pool, PoolOf, Price, Prices, Standing, Tier, TimeUnit, Timed, Unbilled,
};
pub use noun::Noun;
pub use parse::{Example, examples};
pub use reading::{Applies, Figure, Reading};
pub use selector::{Attributes, Axis, Class, Field, ManagedBy, Protection, Provisioning, Selector};
pub use terms::{Cycle, Overdue, Payment, Renewal, Settlement};

/// `provider/plan@edition`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BookId {
    /// The provider's site, which also decides the currency.
    pub provider: Cow<'static, str>,
    /// The plan.
    pub plan: Cow<'static, str>,
    /// The edition of the price list.
    pub edition: Cow<'static, str>,
}

impl BookId {
    /// The id of an embedded book.
    #[must_use]
    pub const fn new(provider: &'static str, plan: &'static str, edition: &'static str) -> Self {
        Self {
            provider: Cow::Borrowed(provider),
            plan: Cow::Borrowed(plan),
            edition: Cow::Borrowed(edition),
        }
    }
}

impl fmt::Display for BookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}@{}", self.provider, self.plan, self.edition)
    }
}

/// A price book.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Book {
    /// What it is called.
    pub id: BookId,
    /// The provider as people write it.
    pub provider_name: String,
    /// The service as the provider names it.
    pub service: String,
    /// ISO 4217.
    pub currency: String,
    /// From when to when its prices hold.
    pub effective: Effective,
    /// Its days and months.
    pub clock: Clock,
    /// Where its prices come from.
    pub sources: Vec<PriceSource>,
    /// The bill's groups, in the page's order.
    pub items: Vec<Item>,
    /// Its regions by the provider's own ids.
    pub regions: BTreeMap<String, Region>,
    /// How it tells keys, calls and regions apart.
    pub axes: Vec<Axis>,
    /// What it charges, in the page's order.
    pub meters: Vec<Meter>,
    /// Free quotas.
    pub allowances: Vec<Allowance>,
    /// What it knows and does not charge, and why.
    pub not_charged: BTreeMap<Noun, String>,
    /// Books of the same provider that serve what this one does not.
    pub with: Vec<With>,
    /// The books that are joined to it, for a need that asks for them.
    #[serde(skip)]
    pub joined: Vec<Joined>,
    /// For a plan that sells instances: the axis that tells an instance's type.
    pub instance_axis: Option<usize>,
    /// How audit logs are sized.
    pub audit_log: Option<AuditLog>,
    /// How the cycle of a subscription runs.
    pub cycle: Option<Cycle>,
    /// When a month's fees are taken.
    pub settlement: Option<Settlement>,
    /// What an overdue account leads to.
    pub overdue: Option<Overdue>,
    /// How instances are renewed.
    pub renewal: Option<Renewal>,
    /// Out of what renewals are paid.
    pub payment: Option<Payment>,
    /// Choices that its page leaves open.
    pub readings: Vec<Reading>,
    /// Printed figures that follow from others.
    pub figures: Vec<Figure>,
    /// The file; not written with what was read from it.
    #[serde(skip)]
    pub file: Arc<Source>,
}

impl Book {
    /// Parses a price book.
    ///
    /// # Errors
    /// Every problem of the file.
    pub fn parse(file: &Arc<Source>, vocabulary: &Vocabulary) -> Result<Self, Problems> {
        parse::book(file, vocabulary)
    }

    /// A book that the build parsed and wrote, without its file; none where the bytes are none.
    pub(crate) fn read(written: &[u8]) -> Option<Self> {
        postcard::from_bytes(written).ok()
    }

    /// The meter's group on the bill.
    #[must_use]
    pub fn item(&self, meter: &Meter) -> Option<&Item> {
        self.items.get(meter.item)
    }

    /// The region in a neutrally named place.
    #[must_use]
    pub fn region_in(&self, place: &str) -> Option<(&str, &Region)> {
        self.regions
            .iter()
            .find(|(_, region)| region.place == place)
            .map(|(id, region)| (id.as_str(), region))
    }

    /// The source of a price.
    #[must_use]
    pub fn source(&self, index: usize) -> Option<&PriceSource> {
        self.sources.get(index)
    }

    /// The weakest mark among its sources.
    #[must_use]
    pub fn weakest_mark(&self) -> Mark {
        self.sources.iter().map(|source| source.mark).max().unwrap_or(Mark::ThirdParty)
    }

    /// The same book with a reading's other value.
    #[must_use]
    pub fn with(&self, reading: &Reading) -> Self {
        let mut book = self.clone();
        for change in &reading.changes {
            change.apply(&mut book);
        }
        book
    }
}

/// A book of the same provider that serves what this one does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct With {
    /// Its plan.
    pub plan: String,
    /// What it serves.
    pub serves: Vec<Noun>,
}

/// A book that is joined to another.
#[derive(Clone, Debug)]
pub struct Joined {
    /// Its name.
    pub id: BookId,
    /// Its service.
    pub service: String,
    /// Its file.
    pub file: Arc<Source>,
    /// The first of its items in the book that it is joined to.
    pub first_item: usize,
    /// The first of its meters there.
    pub first_meter: usize,
}

/// From when to when an edition holds, both days included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effective {
    /// The first day.
    pub from: Day,
    /// The last day; none while it is in force.
    pub until: Option<Day>,
}

impl Effective {
    /// Whether the edition is in force on a day.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// A book's days and months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// The offset of its days from UTC.
    pub offset: Offset,
    /// Hours of the month that is meant where none is named.
    pub standard_hours: u32,
}

/// Where a price was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceSource {
    /// Its name in the book.
    pub id: String,
    /// The page's title.
    pub title: String,
    /// The page's address.
    pub address: String,
    /// The page's own date.
    pub dated: String,
    /// How far it can be trusted.
    pub mark: Mark,
}

/// How far a price can be trusted, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Mark {
    /// The provider's own page.
    Page,
    /// The provider's machine-readable price list, as stored by others.
    PriceData,
    /// Somebody else's quotation.
    ThirdParty,
}

impl Mark {
    /// As JSON and books write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::PriceData => "price-data",
            Self::ThirdParty => "third-party",
        }
    }

    /// As people read it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Page => "provider's page",
            Self::PriceData => "provider's price data",
            Self::ThirdParty => "third party",
        }
    }
}

/// A group of lines on the bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its id: the first part of its meters' ids.
    pub id: String,
    /// As the page names it.
    pub label: String,
}

/// A region of the provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// Its neutral name.
    pub place: String,
    /// What the book's axes call it: one name, and one more for each book joined to it.
    pub groups: Vec<String>,
}

/// How audit logs are sized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLog {
    /// Kilobytes of one request's log.
    pub kilobytes_per_request: u64,
    /// Kilobytes of a gigabyte.
    pub kilobytes_per_gigabyte: u64,
    /// Days that logs are kept where the scenario does not say.
    pub retention_days: u64,
    /// The most days that logs are kept.
    pub most_retention_days: u64,
}
