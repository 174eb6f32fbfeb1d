//! A price book: one plan of one service in one edition and one currency, as typed data.
//!
//! The words are general: nouns that are counted, rules of time, pricing models. What a provider
//! does with them stands in `pricing/*.toml`; no provider is known here. A price of 0.083 for the
//! first 2,000 and 0.033 above is `tiers = [{ up_to = 2000, price = "0.083" }, { price = "0.033" }]`.
//! Nothing here counts or multiplies.

mod change;
mod join;
mod parse;
mod selector;
pub mod terms;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::decimal::Decimal;
use crate::diagnostic::Problems;
use crate::fields::At;
use crate::month::{Day, Offset};
use crate::source::Source;
use crate::vocabulary::Vocabulary;

pub use change::Change;
pub use parse::{Example, examples};
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

/// What can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Noun {
    /// A key, however many versions it has.
    Key,
    /// A version of a key.
    KeyVersion,
    /// An API call.
    Call,
    /// A secret, however many versions it has.
    Secret,
    /// A version of a secret.
    SecretVersion,
    /// A call that reads a secret.
    SecretCall,
    /// A rotation of a secret.
    SecretRotation,
    /// A rotation of a key.
    Rotation,
    /// A deletion of a key that was cancelled.
    Restore,
    /// A dedicated hardware security module.
    Hsm,
    /// A store of keys.
    Keystore,
    /// A dedicated instance.
    Instance,
    /// The highest rate of calls a second.
    PeakQps,
    /// A network that reaches an instance.
    Vpc,
    /// Another account that an instance is shared with.
    SharedAccount,
    /// Storage for access logs.
    LogGigabyte,
    /// An availability zone of an instance.
    Zone,
}

impl Noun {
    /// Every noun, as books write it.
    pub const ALL: &[(&str, Self)] = &[
        ("key", Self::Key),
        ("key-version", Self::KeyVersion),
        ("call", Self::Call),
        ("secret", Self::Secret),
        ("secret-version", Self::SecretVersion),
        ("secret-call", Self::SecretCall),
        ("secret-rotation", Self::SecretRotation),
        ("rotation", Self::Rotation),
        ("restore", Self::Restore),
        ("hsm", Self::Hsm),
        ("keystore", Self::Keystore),
        ("instance", Self::Instance),
        ("peak-qps", Self::PeakQps),
        ("vpc", Self::Vpc),
        ("shared-account", Self::SharedAccount),
        ("log-gigabyte", Self::LogGigabyte),
        ("zone", Self::Zone),
    ];

    /// Many of it, in a sentence.
    #[must_use]
    pub fn many(self) -> &'static str {
        match self {
            Self::Key => "keys",
            Self::KeyVersion => "key versions",
            Self::Call => "calls",
            Self::Secret => "secrets",
            Self::SecretVersion => "secret versions",
            Self::SecretCall => "calls to secrets",
            Self::SecretRotation => "rotations of secrets",
            Self::Rotation => "rotations",
            Self::Restore => "restored keys",
            Self::Hsm => "HSMs",
            Self::Keystore => "keystores",
            Self::Instance => "instances",
            Self::PeakQps => "QPS",
            Self::Vpc | Self::SharedAccount => "access units",
            Self::LogGigabyte => "GB of logs",
            Self::Zone => "zones",
        }
    }

    /// As books and bills write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, noun)| *noun == self).map_or("", |(name, _)| name)
    }
}

/// One thing that a book charges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Meter {
    /// Its id, `item.name`.
    pub id: String,
    /// Index of its item.
    pub item: usize,
    /// As a bill names it.
    pub label: Rc<str>,
    /// What it counts; several nouns count together.
    pub counts: Vec<Noun>,
    /// The classes it takes: an axis and some of its classes.
    pub takes: Vec<(usize, Vec<usize>)>,
    /// How it counts over time.
    pub over: Over,
    /// When a key is not counted.
    pub unbilled: Unbilled,
    /// Whether copies in other places count too.
    pub copies: Copies,
    /// Of one key, at most so many versions count.
    pub at_most_per_key: Option<u64>,
    /// Who shares quantities, tiers and minimums.
    pub pool: Pool,
    /// Of the whole pool, at most so many are charged.
    pub at_most: Option<u64>,
    /// A part that costs nothing.
    pub included: u64,
    /// What is sold at once.
    pub block: Option<Block>,
    /// What other things need of it, where the user does not say so.
    pub implied: Option<Implied>,
    /// The least that can be asked for.
    pub least: Option<u64>,
    /// The most that can be had, the included part among it.
    pub most: Option<u64>,
    /// A limit that the provider raises on request.
    pub warn_over: Option<u64>,
    /// Less than this, but more than 0, is charged as this.
    pub minimum: u64,
    /// The model of its price.
    pub charge: Charge,
    /// For how many units a price stands.
    pub per: u64,
    /// What multiplies its price.
    pub times: Option<Factor>,
    /// Where its prices come from.
    pub source: usize,
}

impl Meter {
    /// What it counts, many of it, in a sentence.
    #[must_use]
    pub fn many(&self) -> &'static str {
        self.counts.first().map_or("", |noun| noun.many())
    }

    /// Whether a begun block costs the whole block.
    #[must_use]
    pub fn is_sold_in_blocks(&self) -> bool {
        self.block.is_some_and(|block| block.rounding == BlockRounding::Up)
    }

    /// Whether the same things land on both, at the same prices.
    fn takes_like(&self, other: &Self) -> bool {
        (&self.counts, &self.takes, &self.charge, &self.times)
            == (&other.counts, &other.takes, &other.charge, &other.times)
    }

    /// Whether it counts what an instance holds, in the instance's quota.
    #[must_use]
    pub fn is_of_instances(&self) -> bool {
        self.pool.of == PoolOf::Instance
    }

    /// Whether both differ at most in what they make of things that happen to a key.
    fn counts_still_keys_like(&self, other: &Self) -> bool {
        let alike = match (self.over, other.over) {
            (Over::Timed(one), Over::Timed(another)) => one.unit == another.unit,
            (one, another) => one == another,
        };
        alike && Self { over: other.over, unbilled: other.unbilled, ..self.clone() } == *other
    }
}

/// That something needs some of what a meter counts: keys that live in modules of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Implied {
    /// What needs it.
    pub by: Noun,
    /// How many it needs at least, in each region.
    pub at_least: u64,
}

/// Whether copies in other places count too: replicas of a key, further locations of a secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Copies {
    /// There are none, or they cost nothing here.
    #[default]
    NotCounted,
    /// Each counts as the thing itself.
    Counted,
}

/// How a meter counts over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Over {
    /// What happened in the month, added up.
    Sum,
    /// The month counts its largest moment.
    MonthLargest,
    /// The month counts everything that stood at any moment of it, as though for the whole month.
    MonthWhole,
    /// Counted step by step, priced for a time.
    Timed(Timed),
}

/// Counting step by step, for a price of some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timed {
    /// What a step counts.
    pub rule: Standing,
    /// A step in seconds: 1, 3,600 or 86,400.
    pub step: u32,
    /// The time that the price is for.
    pub unit: TimeUnit,
}

/// What a step of time counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// What stands at its end.
    AtEnd,
    /// The most that stood in any part of it.
    AnyPart,
    /// That, rounded up to a whole number.
    PeakUp,
}

/// The time that a price is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum TimeUnit {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// The month of the bill, whatever its length.
    OwnMonth,
    /// A month of the clock's standard length.
    StandardMonth,
}

impl TimeUnit {
    /// Whether a price is for a month, so that tiers and quotas are the month's.
    #[must_use]
    pub fn is_month(self) -> bool {
        matches!(self, Self::OwnMonth | Self::StandardMonth)
    }
}

impl Over {
    /// Counting step by step, where it is.
    #[must_use]
    pub fn timed(self) -> Option<Timed> {
        match self {
            Self::Timed(timed) => Some(timed),
            Self::Sum | Self::MonthLargest | Self::MonthWhole => None,
        }
    }

    /// Whether the month comes to one quantity before it is priced.
    #[must_use]
    pub fn is_monthly(self) -> bool {
        self.timed().is_none_or(|timed| timed.unit.is_month())
    }
}

/// When a key is not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unbilled {
    /// While it is pending deletion.
    pub pending_deletion: Option<IfRestored>,
    /// After so many days of pending deletion, or once destroyed where that is stated.
    pub linger_days: Option<u32>,
    /// Whether a destruction that is stated ends those days sooner, and never later.
    pub linger_at_most: bool,
    /// While the account is suspended.
    pub suspended: bool,
}

/// What becomes of the days pending deletion when the deletion is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IfRestored {
    /// They stay free.
    StaysFree,
    /// They are charged as though the deletion had never been scheduled.
    ChargedBack,
}

/// Who shares quantities, tiers and minimums: everything in the account that has the same of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// Whether lines are pooled at all; without it each key is charged by itself.
    pub shared: bool,
    /// Each region has its own pool.
    pub by_region: bool,
    /// Whether each key or instance has its own pool.
    pub of: PoolOf,
}

/// Whose a pool is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PoolOf {
    /// Everybody's.
    #[default]
    All,
    /// Each key has its own.
    Key,
    /// Each instance has its own.
    Instance,
}

/// What is sold at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Its size in units.
    pub size: u64,
    /// What a begun block costs.
    pub rounding: BlockRounding,
}

/// What a begun block costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BlockRounding {
    /// The whole block.
    Up,
    /// Its part.
    ProRata,
}

/// The model of a price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Charge {
    /// One price for every unit.
    Flat(Prices),
    /// Graduated: each tier's price for the part of the quantity within it.
    Tiers(Vec<Tier>),
    /// Volume: the whole quantity at the price of the tier that it reaches.
    Volume(Vec<Tier>),
    /// A step table: the whole price of the step that the quantity falls into.
    Levels(Vec<Tier>),
}

/// A tier or level: up to and with `up_to`, from the one before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tier {
    /// Its upper end, which belongs to it; none for an open last tier.
    pub up_to: Option<u64>,
    /// Its price.
    pub price: Price,
}

/// A price by class of an axis, or the same for all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Prices {
    /// The same for all.
    One(Price),
    /// By class: the axis, and a price for each of its classes.
    By(usize, Vec<(usize, Price)>),
}

/// A price, or the fact that the page does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Price {
    /// As published; at most 12 decimals.
    Published(Decimal),
    /// Needed and not published: never 0.
    Unpublished,
}

/// What multiplies a price, by class of an axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    /// The axis.
    pub axis: usize,
    /// A factor for each of its classes.
    pub by_class: Vec<(usize, Decimal)>,
}

/// A free quota.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Allowance {
    /// Its id.
    pub id: String,
    /// As a bill names it.
    pub label: String,
    /// How much is free.
    pub quantity: u64,
    /// How often.
    pub each: Each,
    /// The meters it covers; what is not listed is excluded.
    pub covers: Vec<usize>,
    /// Who shares it.
    pub pool: Pool,
    /// Whose units are free first.
    pub draw: Draw,
    /// Whether a scenario may say what remains of a quota that is given once.
    pub remaining: bool,
    /// Where it comes from.
    pub source: usize,
}

/// How often a quota is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Each {
    /// Every calendar month.
    Month,
    /// Once; what is not stated to remain is taken as used up.
    Once,
}

/// Whose units are free first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Draw {
    /// The cheapest: the upper bound of the bill.
    CheapestFirst,
    /// The dearest: the lower bound of the bill.
    DearestFirst,
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

/// A choice that the page leaves open, as another value of this very book.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reading {
    /// Its id, such as `R-07`.
    pub id: String,
    /// Its name, such as `tier-scope`.
    pub name: String,
    /// When it is in force.
    pub applies: Applies,
    /// Whether a printed rule or a worked example of the page settles it.
    pub documented: bool,
    /// Whether the truth may lie anywhere between both totals.
    pub interval: bool,
    /// What was chosen, in one sentence.
    pub text: String,
    /// Why.
    pub basis: String,
    /// The place in the book that the other value replaces, as written.
    pub sets: Vec<String>,
    /// The other value, as written.
    pub instead: Option<String>,
    /// The replacements, ready to apply; none where the choice has no other value.
    pub changes: Vec<Change>,
}

impl Reading {
    /// Whether it asks how often a quota is given of which a scenario may say what remains.
    #[must_use]
    pub fn is_about_what_remains(&self, book: &Book) -> bool {
        self.changes.iter().any(|change| match change {
            Change::Allowance(at, other) => {
                other.remaining
                    && book.allowances.get(*at).is_some_and(|chosen| chosen.each != other.each)
            }
            _ => false,
        })
    }
}

/// When a reading is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Applies {
    /// Always.
    Always,
    /// Where no calendar month is named.
    StandardMonth,
}

/// A printed figure that follows from others by multiplying and dividing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Figure {
    /// Its id.
    pub id: String,
    /// What it says.
    pub title: String,
    /// As printed.
    pub printed: At<String>,
    /// Its value.
    pub value: Decimal,
    /// Decimals that the page rounds it to, where it does.
    pub rounded_to: Option<u32>,
    /// Factors: decimals, or numbers of this book by their path.
    pub multiply: Vec<Decimal>,
    /// Divisors.
    pub divide: Vec<Decimal>,
}
