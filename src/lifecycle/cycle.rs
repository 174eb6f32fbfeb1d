//! The cycles of a subscription: bought, renewed, expired, kept, released.
//!
//! A cycle starts with the purchase, to the second, and ends with the last day of its months. Bought
//! on 11 January at 09:30:05 for a month, it ends at 24:00 of 11 February. A renewal before that is
//! appended, a later one starts anew, and after the release there is none.

mod lapse;

use super::draft::Draft;
use super::months::{self, Reached};
use super::vouchers::{Funds, Paid, Payer};
use super::{EventKind, Nature, TermBar};
use crate::diagnostic::{Code, Problem, Problems, quoted};
use crate::fields::At;
use crate::fraction::{Fraction, OutOfRange};
use crate::month::{Day, Moment, Stated};
use crate::pricebook::Cycle;
use crate::pricebook::terms::{Automatic, Ends, Late, Usable};
use crate::scenario::{FurtherTerm, RenewPolicy, Subscription};

/// Runs the cycles of one subscription.
pub(super) struct Cycles<'r, 'd, 'a> {
    pub(super) rule: &'r Cycle,
    pub(super) subject: &'r str,
    /// What a month costs; none where it is not published.
    pub(super) monthly: Option<Fraction>,
    pub(super) automatic: Option<Automatic>,
    pub(super) funds: Funds,
    pub(super) draft: &'d mut Draft<'a>,
    pub(super) problems: &'d mut Problems,
}

/// The cycles that follow each other without a gap.
#[derive(Clone, Copy)]
struct Chain {
    first: Day,
    months: u32,
    expires: Day,
    begins: Moment,
}

/// What comes next.
enum Next<'s> {
    Manual(&'s FurtherTerm, Moment),
    Automatic(Automatic, Moment),
    Nothing,
    /// The rest is not asked for.
    Beyond,
}

impl Cycles<'_, '_, '_> {
    /// From the purchase to the release, or as far as renewals are asked for.
    pub(super) fn run(mut self, terms: &Subscription) -> Result<(), OutOfRange> {
        let (Some(bought), Some(count)) = (&terms.purchased_at, &terms.months) else {
            return Ok(());
        };
        let count = u32::try_from(count.value).unwrap_or(u32::MAX);
        let begins = bought.value.on(self.draft.book.clock.offset);
        let Some(mut chain) = self.chain(begins, count, bought) else { return Ok(()) };
        self.purchase(&chain)?;
        let mut bar = TermBar {
            subject: self.subject.to_owned(),
            active: Vec::new(),
            marks: vec![(begins, EventKind::Purchase)],
        };
        let mut renewals = self.ordered(&terms.renewals);
        let mut wanted = self.automatic_policy(terms);
        let horizon = self.horizon(&chain);
        loop {
            let next = self.next(&chain, renewals.first().copied(), wanted, horizon);
            if let Next::Manual(..) = next {
                renewals.remove(0);
            }
            chain = match next {
                Next::Beyond => {
                    self.note_horizon(horizon);
                    bar.active.push((chain.begins, self.end(&chain)));
                    break;
                }
                Next::Nothing => {
                    self.lapse(&chain, None, &mut bar);
                    break;
                }
                Next::Automatic(rule, at) => {
                    match self.renew_by_itself(chain, rule, at, &mut bar)? {
                        Ok(longer) => longer,
                        Err(same) => {
                            wanted = None;
                            same
                        }
                    }
                }
                Next::Manual(term, at) => match self.renew(chain, term, at, &mut bar)? {
                    Some((longer, paid)) => {
                        if paid {
                            wanted = self.automatic_policy(terms);
                        }
                        longer
                    }
                    None => break,
                },
            };
        }
        self.draft.terms.push(bar);
        Ok(())
    }

    fn automatic_policy(&self, terms: &Subscription) -> Option<Automatic> {
        let wants = terms.policy.as_ref().is_some_and(|at| at.value == RenewPolicy::Automatic);
        self.automatic.filter(|_| wants)
    }

    /// Renewals in time; one before the purchase is a problem.
    fn ordered<'s>(&self, renewals: &'s [FurtherTerm]) -> Vec<&'s FurtherTerm> {
        let clock = self.draft.book.clock.offset;
        let mut ordered: Vec<&FurtherTerm> = renewals.iter().collect();
        ordered.sort_by_key(|term| term.at.value.on(clock));
        ordered
    }

    fn horizon(&self, chain: &Chain) -> Day {
        self.draft.asked.until.unwrap_or_else(|| {
            let from = self.draft.asked.from.map_or(chain.expires, |from| from.max(chain.expires));
            months::after(from, from.of_month(), 12).map_or(from, |reached| reached.day)
        })
    }

    fn note_horizon(&mut self, horizon: Day) {
        if self.draft.asked.until.is_none() {
            self.draft.note(format!(
                "automatic renewals are shown through {horizon}; ask for a later day to see more"
            ));
        }
    }

    fn next<'s>(
        &self,
        chain: &Chain,
        manual: Option<&'s FurtherTerm>,
        wanted: Option<Automatic>,
        horizon: Day,
    ) -> Next<'s> {
        let clock = self.draft.book.clock.offset;
        let manual = manual.map(|term| (term, term.at.value.on(clock)));
        let automatic = wanted.map(|rule| (rule, attempt(self.draft, chain.expires, rule)));
        match (manual, automatic) {
            (Some((term, at)), None) => Next::Manual(term, at),
            (Some((term, at)), Some((_, attempt))) if at <= attempt => Next::Manual(term, at),
            (_, Some((_, at))) if self.draft.day(at) > horizon => Next::Beyond,
            (_, Some((rule, at))) => Next::Automatic(rule, at),
            (None, None) => Next::Nothing,
        }
    }

    // -------------------------------------------------------------- terms

    /// A chain of cycles from a moment on.
    fn chain(&mut self, begins: Moment, months: u32, at: &At<Stated>) -> Option<Chain> {
        let first = self.draft.day(begins);
        let reached = self.reach(first, months, at)?;
        Some(Chain { first, months, expires: reached.day, begins })
    }

    fn reach(&mut self, first: Day, months: u32, at: &At<Stated>) -> Option<Reached> {
        let reached = months::after(first, first.of_month(), months);
        match reached {
            Some(reached) => self.draft.note_missing(self.subject, reached.missing, reached.day),
            None => self.problems.push(beyond(at)),
        }
        reached
    }

    /// The first moment at which the chain no longer serves.
    fn end(&self, chain: &Chain) -> Moment {
        self.draft.start(first_day_after(chain.expires, self.rule.ends))
    }

    fn release(&self, chain: &Chain) -> Moment {
        self.draft.start(chain.expires.plus(i64::from(self.rule.released_on_day)))
    }

    fn fee(&self, months: u32) -> Result<Option<Fraction>, OutOfRange> {
        self.monthly.map(|monthly| monthly.times(Fraction::from(u64::from(months)))).transpose()
    }

    fn priced(&self, fee: Option<Fraction>) -> String {
        fee.map_or_else(|| "amount not published".to_owned(), |fee| self.draft.money(fee))
    }

    fn purchase(&mut self, chain: &Chain) -> Result<(), OutOfRange> {
        let fee = self.fee(chain.months)?;
        let trial = match self.rule.free_trial {
            Some(false) => "; there is no free trial",
            _ => "",
        };
        let (begins, subject) = (chain.begins, self.subject);
        let on = self.draft.day(begins);
        let text = format!(
            "bought for {}: {}; expires on {}{trial}",
            counted(chain.months),
            self.priced(fee),
            chain.expires
        );
        self.draft.event(begins, EventKind::Purchase, subject, text);
        self.draft.pay(on, Nature::Purchase, subject, fee, None);
        if let Some(fee) = fee {
            let end = first_day_after(chain.expires, self.rule.ends);
            self.draft.spread(fee, chain.first, end)?;
        }
        if self.rule.upgrades {
            let text = "more can be bought until the term ends; amount not published";
            self.draft.event(begins, EventKind::Upgrade, subject, text);
        }
        if self.rule.refundable.contains(&Usable::Enabled) {
            let text = "while it is enabled a part can be refunded; amount not published";
            self.draft.event(begins, EventKind::Refund, subject, text);
        }
        Ok(())
    }

    // -------------------------------------------------------------- renewals

    /// A renewal by hand: appended before the end, anew after it, refused after the release. Says
    /// whether it was paid.
    fn renew(
        &mut self,
        mut chain: Chain,
        term: &FurtherTerm,
        at: Moment,
        bar: &mut TermBar,
    ) -> Result<Option<(Chain, bool)>, OutOfRange> {
        if at < chain.begins {
            self.problems.push(
                Problem::error(Code::BadDate, "the renewal lies before the purchase")
                    .at(term.at.span.clone()),
            );
            return Ok(None);
        }
        if at >= self.release(&chain) {
            let released = chain.expires.plus(i64::from(self.rule.released_on_day));
            let last = chain.expires.plus(i64::from(self.rule.kept_days));
            self.problems.push(
                Problem::error(
                    Code::Conflict,
                    format!(
                        "{} is released on {released} and cannot be renewed",
                        quoted(self.subject)
                    ),
                )
                .at(term.at.span.clone())
                .label(format!("expected a renewal through {last}"))
                .help("what is released is lost: buy a new instance"),
            );
            return Ok(None);
        }
        let fee = self.fee(term.months)?;
        if let Some(missing) = self.charge(fee, at)? {
            let missing = self.draft.money(missing);
            let message =
                format!("the renewal is not paid: {missing} missing, nothing is deducted");
            self.problems
                .push(Problem::warning(Code::Conflict, message.clone()).at(term.at.span.clone()));
            self.draft.note(message);
            return Ok(Some((chain, false)));
        }
        let old = chain.expires;
        if at < self.end(&chain) {
            return Ok(self
                .append(chain, term.months, &term.at, at, fee, bar)?
                .map(|chain| (chain, true)));
        }
        let end = self.end(&chain);
        self.lapse(&chain, Some(at), bar);
        if self.rule.late == Late::FromOldEnd {
            chain.begins = end;
            return Ok(self
                .append(chain, term.months, &term.at, at, fee, bar)?
                .map(|chain| (chain, true)));
        }
        let Some(chain) = self.chain(at, term.months, &term.at) else { return Ok(None) };
        let text = format!(
            "renewed late for {}: {}; expired on {old}, counts from now on, expires on {}; the days between are neither charged nor refunded",
            counted(term.months),
            self.priced(fee),
            chain.expires
        );
        self.draft.event(at, EventKind::Renewal, self.subject, text);
        bar.marks.push((at, EventKind::Renewal));
        self.spread(fee, chain.first, first_day_after(chain.expires, self.rule.ends))?;
        Ok(Some((chain, true)))
    }

    /// Adds months to the end of a chain.
    fn append(
        &mut self,
        chain: Chain,
        months: u32,
        at: &At<Stated>,
        paid: Moment,
        fee: Option<Fraction>,
        bar: &mut TermBar,
    ) -> Result<Option<Chain>, OutOfRange> {
        let Some(total) = chain.months.checked_add(months) else { return Ok(None) };
        let Some(reached) = self.reach(chain.first, total, at) else { return Ok(None) };
        Ok(Some(self.extend(chain, total, reached.day, paid, fee, bar)?))
    }

    fn extend(
        &mut self,
        chain: Chain,
        total: u32,
        expires: Day,
        paid: Moment,
        fee: Option<Fraction>,
        bar: &mut TermBar,
    ) -> Result<Chain, OutOfRange> {
        let months = total.saturating_sub(chain.months);
        self.reminders(&chain, Some(paid), bar);
        let (end, subject) = (self.end(&chain), self.subject);
        let text = format!(
            "renewed for {}: {}; appended after {}, expires on {expires}",
            counted(months),
            self.priced(fee),
            chain.expires
        );
        self.draft.event(paid, EventKind::Renewal, subject, text);
        bar.marks.push((paid, EventKind::Renewal));
        if paid < end {
            let text = "the cycle ends, and the renewal that was paid for takes effect";
            self.draft.event(end, EventKind::CycleEnd, subject, text);
            if self.rule.pending_refundable {
                let first = first_day_after(chain.expires, self.rule.ends);
                let text = format!(
                    "the renewal is pending until {first} 00:00:00 and can be cancelled until then; amount not published"
                );
                self.draft.event(paid, EventKind::Refund, subject, text);
            }
        }
        let first = first_day_after(chain.expires, self.rule.ends);
        self.spread(fee, first, first_day_after(expires, self.rule.ends))?;
        Ok(Chain { months: total, expires, ..chain })
    }

    /// The system renews, or fails to.
    fn renew_by_itself(
        &mut self,
        chain: Chain,
        rule: Automatic,
        at: Moment,
        bar: &mut TermBar,
    ) -> Result<Result<Chain, Chain>, OutOfRange> {
        let Some(total) = chain.months.checked_add(rule.step_months) else { return Ok(Err(chain)) };
        let Some(reached) = months::after(chain.first, chain.first.of_month(), total) else {
            self.draft.note("automatic renewals end with the year 9999");
            return Ok(Err(chain));
        };
        let fee = self.fee(rule.step_months)?;
        if self.funds.balance.is_none() {
            self.draft.note("no balance is stated: it is taken as enough for automatic renewals");
        }
        if let Some(missing) = self.charge(fee, at)? {
            let text = format!(
                "`{}`: the automatic renewal on {} fails: {} missing, nothing is deducted; it must be renewed by hand",
                self.subject,
                self.draft.day(at),
                self.draft.money(missing)
            );
            self.draft.note(text);
            return Ok(Err(chain));
        }
        self.draft.note_missing(self.subject, reached.missing, reached.day);
        Ok(Ok(self.extend(chain, total, reached.day, at, fee, bar)?))
    }

    /// Takes a fee out of the funds; what is missing where it cannot.
    fn charge(
        &mut self,
        fee: Option<Fraction>,
        at: Moment,
    ) -> Result<Option<Fraction>, OutOfRange> {
        let on = self.draft.day(at);
        let Some(fee) = fee else {
            self.draft.pay(on, Nature::Renewal, self.subject, None, None);
            return Ok(None);
        };
        match self.funds.pay(fee, on, Payer::Owner)? {
            Paid::InFull(deductions) => {
                self.draft.pay_out(on, Nature::Renewal, self.subject, &deductions);
                Ok(None)
            }
            Paid::Short(missing) | Paid::Unknown(missing) => Ok(Some(missing)),
        }
    }

    fn spread(&mut self, fee: Option<Fraction>, first: Day, end: Day) -> Result<(), OutOfRange> {
        fee.map_or(Ok(()), |fee| self.draft.spread(fee, first, end))
    }
}

/// The first day that is not served.
pub(super) fn first_day_after(expires: Day, ends: Ends) -> Day {
    if ends == Ends::EndOfDay { expires.plus(1) } else { expires }
}

/// When the system tries to renew.
pub(super) fn attempt(draft: &Draft<'_>, expires: Day, rule: Automatic) -> Moment {
    draft.start(expires.minus(rule.days_before)).plus(i64::from(rule.second_of_day))
}

/// `1 month`, `12 months`.
pub(super) fn counted(months: u32) -> String {
    if months == 1 { "1 month".to_owned() } else { format!("{months} months") }
}

/// A date after the last year.
pub(super) fn beyond(at: &At<Stated>) -> Problem {
    Problem::error(Code::BadDate, "the term ends after the year 9999").at(at.span.clone())
}
