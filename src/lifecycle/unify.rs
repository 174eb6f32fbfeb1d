//! Several instances made to expire on one day.
//!
//! Only later, and only before they expire. From 10 January to 25 March are two whole months, to
//! 10 March, and 15 days: at 100.00 a month over 30 days that is 200 + 50 = 250.00, rounded once to
//! the cent. All of them are paid or none is.

use super::cycle::counted;
use super::draft::Draft;
use super::months;
use super::renewal::{Item, Renewals};
use super::vouchers::{Paid, Payer};
use super::{EventKind, Nature};
use crate::diagnostic::{Code, Problem, quoted};
use crate::fraction::{Fraction, OutOfRange};
use crate::month::{Day, Moment};
use crate::pricebook::terms::UnifyRule;
use crate::scenario::Unify;

/// What lies between two days: whole months that keep to a day of the month, and days.
///
/// The month after the last one would end later than `target`; none where it lies earlier.
#[must_use]
pub fn between(expires: Day, anchor: u32, target: Day) -> Option<(u32, u32)> {
    if target < expires {
        return None;
    }
    let (mut months, mut reached) = (0_u32, expires);
    while let Some(next) = months::after(expires, anchor, months.saturating_add(1)) {
        if next.day > target {
            break;
        }
        (months, reached) = (months.saturating_add(1), next.day);
    }
    Some((months, u32::try_from(target.since(reached)).ok()?))
}

/// What so many months and days cost, rounded as the book says.
///
/// # Errors
/// An amount beyond what can be held.
pub fn prorated(
    rule: UnifyRule,
    monthly: Fraction,
    months: u32,
    days: u32,
) -> Result<Fraction, OutOfRange> {
    let whole = monthly.times(Fraction::from(u64::from(months)))?;
    let part = monthly.times(Fraction::from(u64::from(days)))?.over(rule.days_per_month)?;
    Ok(whole.plus(part)?.round(rule.decimals)?.into())
}

/// An instance, where it moves to and for how much.
struct Move {
    index: usize,
    fee: Fraction,
    months: u32,
    days: u32,
}

impl Renewals<'_, '_, '_> {
    /// When it is paid: as stated, else on the day asked for, else on the day before the first of
    /// them expires.
    pub(super) fn unify_at(&mut self, unify: &Unify) -> Option<Moment> {
        if let Some(at) = &unify.at {
            return Some(at.value.on(self.draft.book.clock.offset));
        }
        if let Some(from) = self.draft.asked.from {
            return Some(self.draft.start(from));
        }
        let first = self.items.iter().filter(|item| named(unify, item)).map(|item| item.expires);
        let day = first.min()?.plus(-1);
        self.draft.note(format!(
            "no day is named on which the common expiration is paid: {day} is taken, before the first of them expires"
        ));
        Some(self.draft.start(day))
    }

    /// Moves every instance that is named to the day, or none.
    pub(super) fn unify(&mut self, unify: &Unify, at: Moment) -> Result<(), OutOfRange> {
        let target = unify.target.value;
        let Some(rule) = self.rule.unify else {
            let message = format!("`{}` describes no common expiration", self.draft.book.id);
            let problem = Problem::error(Code::NotOffered, message);
            self.problems.push(problem.at(unify.target.span.clone()));
            return Ok(());
        };
        let (first, last) = rule.anchor_days;
        if !(first..=last).contains(&target.of_month()) {
            let message = format!("{target} is no day for a common expiration");
            let problem = Problem::error(Code::NotOffered, message).at(unify.target.span.clone());
            self.problems.push(problem.label(format!("expected a day from {first} to {last}")));
            return Ok(());
        }
        let Some(moves) = self.moves(unify, rule)? else { return Ok(()) };
        if !rule.documented {
            self.draft.note(format!(
                "the fee of a common expiration is an assumption: whole months, then days × monthly / {}, rounded half up to {} decimals for each instance",
                rule.days_per_month, rule.decimals
            ));
        }
        self.pay_moves(&moves, target, at)
    }

    /// What each instance would cost; none where one cannot be moved.
    fn moves(&mut self, unify: &Unify, rule: UnifyRule) -> Result<Option<Vec<Move>>, OutOfRange> {
        let target = unify.target.value;
        let (mut moves, before) = (Vec::new(), self.problems.len());
        for (index, item) in self.items.iter().enumerate().filter(|(_, item)| named(unify, item)) {
            let id = quoted(&item.stated.id);
            if item.expired.is_some() {
                let message = format!("{id} expired on {} and takes no part", item.expires);
                if unify.ids.is_some() {
                    let problem = Problem::error(Code::Conflict, message);
                    self.problems
                        .push(problem.at(unify.target.span.clone()).help("renew it by hand first"));
                } else {
                    self.draft.note(message);
                }
                continue;
            }
            let Some((months, days)) = between(item.expires, item.anchor, target) else {
                let message = format!("{target} lies before {id} expires, on {}", item.expires);
                let problem = Problem::error(Code::BadDate, message);
                self.problems.push(
                    problem
                        .at(unify.target.span.clone())
                        .label("a common expiration can only be later"),
                );
                continue;
            };
            if let Some(monthly) = item.monthly() {
                moves.push(Move {
                    index,
                    fee: prorated(rule, monthly, months, days)?,
                    months,
                    days,
                });
            }
        }
        Ok((self.problems.len() == before).then_some(moves))
    }

    fn pay_moves(&mut self, moves: &[Move], target: Day, at: Moment) -> Result<(), OutOfRange> {
        let on = self.draft.day(at);
        let mut funds = self.funds.clone();
        let mut paid = Vec::new();
        let total = Fraction::sum(moves.iter().map(|one| one.fee))?;
        if let Paid::Short(missing) | Paid::Unknown(missing) =
            funds.clone().pay(total, on, Payer::Owner)?
        {
            self.draft.note(format!(
                "the common expiration is not paid: {} of {} missing, nothing is deducted and nothing moves",
                self.draft.money(missing),
                self.draft.money(total)
            ));
            return Ok(());
        }
        for one in moves {
            if let Paid::InFull(deductions) = funds.pay(one.fee, on, Payer::Owner)? {
                paid.push((one, deductions));
            }
        }
        self.funds = funds;
        for (one, deductions) in paid {
            let Some(item) = self.items.get_mut(one.index) else { continue };
            let stated = item.stated;
            item.anchor = target.of_month();
            if item.expires == target {
                continue;
            }
            let text = moved(self.draft, item.expires, target, one);
            self.draft.event(at, EventKind::Renewal, &stated.id, text);
            self.draft.pay_out(on, Nature::Renewal, &stated.id, &deductions);
            self.move_on(one.index, at, target, one.fee)?;
        }
        Ok(())
    }
}

fn moved(draft: &Draft<'_>, from: Day, target: Day, one: &Move) -> String {
    let months = counted(one.months);
    let days = if one.days == 1 { "1 day".to_owned() } else { format!("{} days", one.days) };
    format!("expires on {target} instead of {from}: {months} and {days}, {}", draft.money(one.fee))
}

fn named(unify: &Unify, item: &Item<'_>) -> bool {
    unify.ids.as_ref().is_none_or(|ids| ids.iter().any(|id| id.value == item.stated.id))
}
