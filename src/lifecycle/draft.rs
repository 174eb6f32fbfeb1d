//! A calendar in the making: what happens is put down in any order, and put in order at the end.
//!
//! A prepaid amount is spread over the days that it serves, to the cent, and the last month takes
//! what is left, so that the spread adds up to the cash: 100.00 for 10 January to 9 February (31
//! days) is 70.97 and 29.03.

use std::collections::{BTreeMap, BTreeSet};

use super::vouchers::{Deduction, Purpose};
use super::{Asked, Calendar, Cash, Event, EventKind, Nature, TermBar};
use crate::fraction::{Fraction, OutOfRange};
use crate::month::{Day, Moment, Month};
use crate::pricebook::Book;
use crate::source::printable;

/// A calendar in the making.
pub(super) struct Draft<'a> {
    pub(super) book: &'a Book,
    pub(super) asked: &'a Asked,
    events: Vec<Event>,
    cash: Vec<Cash>,
    spread: BTreeMap<Month, Fraction>,
    pub(super) terms: Vec<TermBar>,
    notes: Vec<String>,
    /// Subjects that pay and are paid for, and are not shown.
    pub(super) hidden: BTreeSet<String>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(book: &'a Book, asked: &'a Asked) -> Self {
        Self {
            book,
            asked,
            events: Vec::new(),
            cash: Vec::new(),
            spread: BTreeMap::new(),
            terms: Vec::new(),
            notes: Vec::new(),
            hidden: BTreeSet::new(),
        }
    }

    /// 00:00:00 of a day on the book's clock.
    pub(super) fn start(&self, day: Day) -> Moment {
        self.book.clock.offset.start_of(day)
    }

    /// The day of a moment on the book's clock.
    pub(super) fn day(&self, at: Moment) -> Day {
        self.book.clock.offset.day_of(at)
    }

    /// Something happens.
    pub(super) fn event(
        &mut self,
        at: Moment,
        kind: EventKind,
        subject: &str,
        text: impl Into<String>,
    ) {
        if self.hidden.contains(subject) {
            return;
        }
        self.events.push(Event { at, kind, subject: subject.to_owned(), text: text.into() });
    }

    /// A sentence, once.
    pub(super) fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// A day that does not exist.
    pub(super) fn note_missing(&mut self, subject: &str, missing: Option<u32>, day: Day) {
        if let Some(missing) = missing
            && !self.hidden.contains(subject)
        {
            let subject = printable(subject);
            self.note(format!(
                "`{subject}`: {} has no day {missing}; {day} is taken, and later months count from day {missing} again",
                day.month()
            ));
        }
    }

    /// Money leaves; none where its amount is not published.
    pub(super) fn pay(
        &mut self,
        on: Day,
        nature: Nature,
        subject: &str,
        amount: Option<Fraction>,
        from: Option<String>,
    ) {
        if self.hidden.contains(subject) {
            return;
        }
        self.cash.push(Cash { on, nature, subject: subject.to_owned(), amount, from });
    }

    /// A fee leaves by its deductions; vouchers are a nature of their own.
    pub(super) fn pay_out(
        &mut self,
        on: Day,
        nature: Nature,
        subject: &str,
        deductions: &[Deduction],
    ) {
        for Deduction { from, amount } in deductions {
            let (nature, from) = match from {
                Purpose::Voucher(id) => (Nature::Voucher, Some(format!("voucher {id}"))),
                Purpose::GiftBalance => (nature, Some("gift balance".to_owned())),
                Purpose::Balance => (nature, Some("balance".to_owned())),
                Purpose::Owner => (nature, None),
            };
            self.pay(on, nature, subject, Some(*amount), from);
        }
    }

    /// An amount as people read it, with its currency.
    pub(super) fn money(&self, amount: Fraction) -> String {
        format!("{} {}", amount.grouped_money(), self.book.currency)
    }

    /// An amount that a whole month costs.
    pub(super) fn spread_month(
        &mut self,
        month: Month,
        amount: Fraction,
    ) -> Result<(), OutOfRange> {
        let sum = self.spread.entry(month).or_insert(Fraction::ZERO);
        *sum = sum.plus(amount)?;
        Ok(())
    }

    /// Spreads a prepaid amount over the days `[first, end)`.
    pub(super) fn spread(
        &mut self,
        amount: Fraction,
        first: Day,
        end: Day,
    ) -> Result<(), OutOfRange> {
        let days = u64::try_from(end.since(first)).unwrap_or(0);
        if days == 0 || amount.is_zero() {
            return Ok(());
        }
        let (mut month, mut before) = (first.month(), Fraction::ZERO);
        loop {
            let Some(next) = month.plus(1) else { return Err(OutOfRange) };
            if next.first() >= end {
                return self.spread_month(month, amount.minus(before)?);
            }
            let served = u64::try_from(next.first().since(first)).unwrap_or(0);
            let so_far: Fraction =
                amount.times(Fraction::from(served))?.over(days)?.round(2)?.into();
            self.spread_month(month, so_far.minus(before)?)?;
            (month, before) = (next, so_far);
        }
    }

    /// The calendar, in order, from and until the days asked for.
    pub(super) fn finish(self) -> Calendar {
        let clock = self.book.clock.offset;
        let asked = self.asked;
        let within = |day: Day| {
            asked.from.is_none_or(|from| from <= day)
                && asked.until.is_none_or(|until| day <= until)
        };
        let (mut events, mut cash) = (self.events, self.cash);
        events.retain(|event| within(clock.day_of(event.at)));
        cash.retain(|cash| within(cash.on));
        events.sort_by(|a, b| (a.at, a.kind, &a.subject).cmp(&(b.at, b.kind, &b.subject)));
        cash.sort_by(|a, b| (a.on, a.nature, &a.subject).cmp(&(b.on, b.nature, &b.subject)));
        Calendar {
            clock,
            currency: self.book.currency.clone(),
            events,
            cash,
            spread: self.spread.into_iter().collect(),
            terms: self.terms,
            notes: self.notes,
        }
    }
}
