//! What happens on which day: billing cycles, renewals, overdue accounts, and the cash that leaves.
//!
//! Dates and money only; no file, clock or print. Today is never read: whoever asks says from when
//! to when. Every rule (days that an expired instance is kept, the order of vouchers, the days of
//! settlement) stands in a book. An instance bought on 31 January for a month ends at 24:00 of
//! 28 February, and the one after that on 31 March.

mod cycle;
mod draft;
pub mod months;
mod overdue;
mod renewal;
pub mod unify;
pub mod vouchers;

use crate::bill::{Bill, Status};
use crate::diagnostic::{Code, Problem, Problems, quoted};
use crate::estimate::Estimate;
use crate::fraction::{Fraction, OutOfRange};
use crate::month::{Day, Moment, Month, Offset};
use crate::pricebook::{Book, Cycle};
use crate::scenario::{RenewPolicy, Renewable, Scenario, Subscription};
use crate::source::printable;
use cycle::Cycles;
use draft::Draft;
use renewal::Renewals;
use vouchers::Funds;

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

/// What is asked of a calendar.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Its first day. An instance whose day of expiration lies before it has expired already.
    pub from: Option<Day>,
    /// Its last day, included. Without it terms run to their end, and automatic renewals for
    /// 12 months.
    pub until: Option<Day>,
    /// Which renewables.
    pub query: Query,
}

/// Which renewables are asked for; all of them by default.
///
/// The others are not shown, but they pay out of the same account all the same.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Those that expire on this day or later.
    pub expires_from: Option<Day>,
    /// Those that expire on this day or earlier.
    pub expires_to: Option<Day>,
    /// Those of a product.
    pub product: Option<String>,
    /// Those in a room.
    pub room: Option<String>,
}

impl Query {
    /// Whether a renewable is asked for, as the scenario states it.
    #[must_use]
    pub fn matches(&self, renewable: &Renewable) -> bool {
        let is = |asked: Option<&String>, stated: Option<&String>| {
            asked
                .is_none_or(|asked| stated.is_some_and(|stated| stated.eq_ignore_ascii_case(asked)))
        };
        let expires = renewable.expires.value;
        self.expires_from.is_none_or(|from| from <= expires)
            && self.expires_to.is_none_or(|to| expires <= to)
            && is(self.product.as_ref(), renewable.product.as_ref().map(|product| &product.value))
            && is(self.room.as_ref(), renewable.room.as_ref())
    }
}

/// Whether a calendar wants an estimate: there are prices, and something to put them on.
#[must_use]
pub fn is_priced(scenario: &Scenario, book: &Book) -> bool {
    let stated = !(scenario.keys.is_empty()
        && scenario.calls.is_empty()
        && scenario.secrets.is_empty()
        && scenario.instances.is_empty());
    stated && !book.meters.is_empty()
}

/// What happens to a need at a plan, and when; every problem is pushed.
///
/// The estimate is that of the same need at the same book: its bill is what a month of a term
/// costs, and its months are what is settled. `None` where there is a problem.
pub fn calendar(
    scenario: &Scenario,
    book: &Book,
    estimate: Option<&Estimate>,
    asked: &Asked,
    problems: &mut Problems,
) -> Option<Calendar> {
    let mut draft = Draft::new(book, asked);
    if let Err(why) = happen(scenario, book, estimate, &mut draft, problems) {
        problems
            .push(Problem::error(Code::TooLarge, format!("an amount of the calendar is {why}")));
    }
    (!problems.has_errors()).then(|| draft.finish())
}

fn happen(
    scenario: &Scenario,
    book: &Book,
    estimate: Option<&Estimate>,
    draft: &mut Draft<'_>,
    problems: &mut Problems,
) -> Result<(), OutOfRange> {
    check(scenario, book, draft, problems);
    if problems.has_errors() {
        return Ok(());
    }
    if let (Some(rule), Some(terms)) = (&book.cycle, &scenario.subscription) {
        cycles(rule, terms, scenario, estimate, draft, problems)?;
    }
    if let (Some(rule), Some(estimate)) = (book.settlement, estimate) {
        overdue::settlements(rule, scenario, estimate, draft)?;
    }
    overdue::account(book.overdue.as_ref(), scenario, draft, problems);
    if let Some(rule) = &book.renewal
        && !scenario.renewables.is_empty()
    {
        let chosen = renewal::chosen(scenario, rule, draft, problems);
        let funds = Funds::of(scenario, book.payment.as_ref());
        let mut renewals = Renewals { rule, items: Vec::new(), funds, draft, problems };
        renewals.begin(&chosen);
        renewals.run(scenario.unify.as_ref())?;
    }
    Ok(())
}

/// What a scenario asks for and a book does not describe.
fn check(scenario: &Scenario, book: &Book, draft: &mut Draft<'_>, problems: &mut Problems) {
    let mut refuse = |span: crate::source::Span, what: &str| {
        let message = format!("`{}` describes no {what}", book.id);
        problems.push(Problem::error(Code::NotOffered, message).at(span));
    };
    if let Some(terms) = &scenario.subscription {
        if let (Some(bought), None) = (&terms.purchased_at, &book.cycle) {
            refuse(bought.span.clone(), "subscription that is bought for a term");
        }
        let automatic = terms.policy.as_ref().filter(|at| at.value == RenewPolicy::Automatic);
        if let Some(policy) = automatic
            && book.cycle.is_some()
            && book.renewal.as_ref().is_none_or(|rule| rule.automatic.is_none())
        {
            refuse(policy.span.clone(), "automatic renewal");
        }
    }
    if let (Some(renewable), None) = (scenario.renewables.first(), &book.renewal) {
        refuse(renewable.span.clone(), "renewal of instances that are listed");
    }
    if let (Some(unify), true) = (&scenario.unify, scenario.renewables.is_empty()) {
        let message = "a common expiration without a renewable";
        problems.push(Problem::error(Code::MissingField, message).at(unify.target.span.clone()));
    }
    check_payment(scenario, book, problems);
    let dated = scenario.subscription.as_ref().filter(|terms| terms.purchased_at.is_some());
    if let (Some(terms), Some(_)) = (dated, scenario.renewables.first()) {
        let message = "a subscription and renewables in one calendar";
        let problem = Problem::error(Code::Conflict, message).at(terms.span.clone());
        problems.push(problem.label("say one of them"));
    }
    if dated.is_none() && book.cycle.is_some() && scenario.renewables.is_empty() {
        draft.note("no `purchased_at` in [subscription]: its cycles have no date");
    }
}

/// Vouchers and gift balances at a book that does not say how they are used.
fn check_payment(scenario: &Scenario, book: &Book, problems: &mut Problems) {
    if book.payment.is_some() {
        return;
    }
    let voucher = scenario.vouchers.first().map(|voucher| ("vouchers", voucher.span.clone()));
    let gift = scenario.account.gift_balance.as_ref().map(|at| ("a gift balance", at.span.clone()));
    for (what, span) in voucher.into_iter().chain(gift) {
        let message = format!("`{}` does not say how {what} would be used", book.id);
        problems.push(Problem::error(Code::NotOffered, message).at(span));
    }
}

fn cycles(
    rule: &Cycle,
    terms: &Subscription,
    scenario: &Scenario,
    estimate: Option<&Estimate>,
    draft: &mut Draft<'_>,
    problems: &mut Problems,
) -> Result<(), OutOfRange> {
    let subject = match scenario.instances.as_slice() {
        [one] => one.name.clone(),
        _ => scenario.name.clone(),
    };
    for line in estimate.iter().flat_map(|estimate| estimate.bill.unpriced()) {
        draft.note(format!("the price of `{}` is not published", printable(&line.label)));
    }
    let bill = estimate.map(|estimate| &estimate.bill);
    let monthly = bill.filter(|bill| bill.status() == Status::Complete).map(Bill::total);
    if estimate.is_none() {
        draft.note(format!("{}: nothing is stated that has a price", quoted(&subject)));
    }
    if scenario.account.balance.is_some() && terms.purchased_at.is_some() {
        draft.note("the stated balance is what the account holds after the purchase");
    }
    let automatic = draft.book.renewal.as_ref().and_then(|renewal| renewal.automatic);
    let funds = Funds::of(scenario, draft.book.payment.as_ref());
    Cycles { rule, subject: &subject, monthly, automatic, funds, draft, problems }.run(terms)
}
