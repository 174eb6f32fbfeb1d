//! What happens on which day: billing cycles, renewals, overdue accounts, and the cash that leaves.
//!
//! Dates and money only; no file, clock or print. Today is never read: whoever asks says from when
//! to when. Every rule (days that an expired instance is kept, the order of vouchers, the days of
//! settlement) stands in a book. An instance bought on 31 January for a month ends at 24:00 of
//! 28 February, and the one after that on 31 March.

use crate::fraction::Fraction;
use crate::month::{Day, Moment, Month, Offset};

/// What happens to a need over time.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// The clock that its days are on.
    pub clock: Offset,
    /// ISO 4217.
    pub currency: String,
    /// What happens, by moment, then kind, then subject.
    pub events: Vec<Event>,
    /// What is paid, by day, then nature, then subject.
    pub cash: Vec<Cash>,
    /// What the term costs, spread over the months that it serves.
    pub spread: Vec<(Month, Fraction)>,
    /// A bar for each instance or renewable.
    pub terms: Vec<TermBar>,
    /// What was taken where a page is silent, and what does not exist: a day, a price.
    pub notes: Vec<String>,
}

/// Something that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Moment,
    /// What kind.
    pub kind: EventKind,
    /// To what: an instance, a renewable, the account.
    pub subject: String,
    /// In a sentence.
    pub text: String,
}

/// The kinds of events, in the order in which they stand at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// An instance is bought.
    Purchase,
    /// A notice before expiration.
    Reminder,
    /// The last day of a cycle.
    Expiration,
    /// The cycle ends.
    CycleEnd,
    /// The instance can no longer be used.
    Disabled,
    /// The last day on which it can be renewed or backed up.
    RecoverableThrough,
    /// It is released; nothing of it is left.
    Release,
    /// A cycle is added.
    Renewal,
    /// More can be bought within the term.
    Upgrade,
    /// Money can be had back.
    Refund,
    /// The first day on which a month's fees are taken.
    SettlementFrom,
    /// The last one.
    SettlementTo,
    /// The account owes money.
    Overdue,
    /// A notice of it.
    Notice,
    /// The service stops.
    Suspension,
    /// The service starts again.
    Resumption,
    /// Resources are taken back.
    Reclaim,
}

impl EventKind {
    /// As JSON writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Purchase => "purchase",
            Self::Reminder => "reminder",
            Self::Expiration => "expiration",
            Self::CycleEnd => "cycle-end",
            Self::Disabled => "disabled",
            Self::RecoverableThrough => "recoverable-through",
            Self::Release => "release",
            Self::Renewal => "renewal",
            Self::Upgrade => "upgrade",
            Self::Refund => "refund",
            Self::SettlementFrom => "settlement-from",
            Self::SettlementTo => "settlement-to",
            Self::Overdue => "overdue",
            Self::Notice => "notice",
            Self::Suspension => "suspension",
            Self::Resumption => "resumption",
            Self::Reclaim => "reclaim",
        }
    }
}

/// Money that is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cash {
    /// On which day.
    pub on: Day,
    /// What it is.
    pub nature: Nature,
    /// For what.
    pub subject: String,
    /// How much; none where no page publishes it.
    pub amount: Option<Fraction>,
    /// Out of what: `voucher C`, `gift balance`, `balance`.
    pub from: Option<String>,
}

/// What a payment is; different natures are never one figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nature {
    /// A term paid in advance.
    Purchase,
    /// A further term.
    Renewal,
    /// A month's pay-as-you-go fees.
    Settlement,
    /// A voucher spent instead of money.
    Voucher,
    /// Money back.
    Refund,
}

impl Nature {
    /// As JSON writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Purchase => "purchase",
            Self::Renewal => "renewal",
            Self::Settlement => "settlement",
            Self::Voucher => "voucher",
            Self::Refund => "refund",
        }
    }
}

/// A term as a bar: from its first moment to its last, with marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermBar {
    /// Whose.
    pub subject: String,
    /// Stretches of use, `[from, to)`.
    pub active: Vec<(Moment, Moment)>,
    /// Its marks.
    pub marks: Vec<(Moment, EventKind)>,
}
