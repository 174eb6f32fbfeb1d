//! Pay-as-you-go in time: a month's fees are taken in the next month; an overdue account stops.
//!
//! Fees of February are taken from 3 to 5 March. An account overdue since 10:00 on the 6th is
//! suspended at 10:00 on the 7th and loses its resources at 10:00 on the 13th, 168 hours after it
//! was overdue. What the month costs without the suspended days is the estimate's affair.

use super::draft::Draft;
use super::{EventKind, Nature};
use crate::bill::{Bill, Status};
use crate::diagnostic::{Code, Problem, Problems};
use crate::estimate::Estimate;
use crate::fraction::{Fraction, OutOfRange};
use crate::month::{Moment, Period};
use crate::pricebook::{Overdue, Settlement};
use crate::scenario::Scenario;

const ACCOUNT: &str = "account";

/// The settlement of every month that is estimated.
pub(super) fn settlements(
    rule: Settlement,
    scenario: &Scenario,
    estimate: &Estimate,
    draft: &mut Draft<'_>,
) -> Result<(), OutOfRange> {
    let one = [(estimate.period, estimate.bill.clone())];
    let months: &[(Period, Bill)] = estimate.term.as_ref().map_or(&one, |term| &term.months);
    let mut balance = scenario.account.balance.as_ref().map(|at| Fraction::from(at.value));
    for (period, bill) in months {
        let Some(month) = period.month else {
            draft.note("no month is named: what is settled has no date");
            return Ok(());
        };
        let Some(next) = month.plus(1) else { return Ok(()) };
        let (first, last) = (next.day(rule.first_day), next.day(rule.last_day));
        let complete = bill.status() == Status::Complete;
        let fee = complete.then(|| bill.total());
        let amount =
            fee.map_or_else(|| "an amount not published".to_owned(), |fee| draft.money(fee));
        let text = format!("the fees of {month} are taken from this day through {last}: {amount}");
        draft.event(draft.start(first), EventKind::SettlementFrom, ACCOUNT, text);
        let text = format!("the last day on which the fees of {month} are taken");
        draft.event(draft.start(last), EventKind::SettlementTo, ACCOUNT, text);
        let from = balance.map(|_| "balance".to_owned());
        draft.pay(first, Nature::Settlement, ACCOUNT, fee, from);
        if let Some(fee) = fee {
            draft.spread_month(month, fee)?;
        }
        if let (Some(fee), Some(left)) = (fee, balance) {
            let taken = left.min(fee);
            if taken < fee {
                let missing = draft.money(fee.minus(taken)?);
                draft.note(format!("the fees of {month} exceed the stated balance by {missing}: the account would be overdue from the settlement on"));
            }
            balance = Some(left.minus(taken)?);
        }
    }
    Ok(())
}

/// What an account that is overdue, or is said to be suspended, comes to.
pub(super) fn account(
    rule: Option<&Overdue>,
    scenario: &Scenario,
    draft: &mut Draft<'_>,
    problems: &mut Problems,
) {
    let clock = draft.book.clock.offset;
    for (from, to) in &scenario.account.suspended {
        draft.event(
            from.value.on(clock),
            EventKind::Suspension,
            ACCOUNT,
            "the service is suspended",
        );
        if let Some(to) = to {
            draft.event(
                to.value.on(clock),
                EventKind::Resumption,
                ACCOUNT,
                "the service starts again",
            );
        }
    }
    let Some(overdue) = &scenario.account.overdue_at else { return };
    let Some(rule) = rule else {
        let message = format!("`{}` does not say what an overdue account leads to", draft.book.id);
        problems.push(Problem::error(Code::NotOffered, message).at(overdue.span.clone()));
        return;
    };
    let since = overdue.value.on(clock);
    let paid = scenario.account.paid_at.as_ref();
    if let Some(paid) = paid
        && paid.value.on(clock) < since
    {
        let message = "the account was paid before it was overdue";
        problems.push(Problem::error(Code::BadDate, message).at(paid.span.clone()));
        return;
    }
    let paid = paid.map(|paid| paid.value.on(clock));
    draft.event(since, EventKind::Overdue, ACCOUNT, "the account is overdue");
    if let Some(notices) = &rule.notices {
        draft.event(since, EventKind::Notice, ACCOUNT, notices.clone());
    }
    stop(rule, since, paid, draft);
}

fn stop(rule: &Overdue, since: Moment, paid: Option<Moment>, draft: &mut Draft<'_>) {
    let suspended = after(since, rule.suspended_after_hours);
    let uncharged = after(since, rule.uncharged_hours());
    if let Some(paid) = paid
        && paid <= suspended
    {
        draft.event(paid, EventKind::Resumption, ACCOUNT, "paid in time: the service goes on");
        return;
    }
    let charged = if uncharged < suspended {
        "nothing has been charged since the account was overdue"
    } else {
        "nothing is charged from now on"
    };
    let text = format!(
        "suspended {} hours after the account is overdue: access is denied, keys are kept; {charged}",
        rule.suspended_after_hours
    );
    draft.event(suspended, EventKind::Suspension, ACCOUNT, text);
    let reclaimed = rule.reclaimed_after_hours.map(|hours| (after(since, hours), hours));
    match (paid, reclaimed) {
        (Some(paid), reclaimed) if reclaimed.is_none_or(|(at, _)| paid < at) => {
            let text = "paid: the service starts again, and is charged again";
            draft.event(paid, EventKind::Resumption, ACCOUNT, text);
        }
        (paid, Some((at, hours))) => {
            let text =
                format!("resources are taken back {hours} hours after the account is overdue");
            draft.event(at, EventKind::Reclaim, ACCOUNT, text);
            if paid.is_some() {
                draft.note(
                    "the account is paid after its resources were taken back: they stay lost",
                );
            }
        }
        (_, None) => {
            draft.note("the page does not say when resources of an overdue account are taken back");
        }
    }
}

fn after(since: Moment, hours: u64) -> Moment {
    since.plus(i64::try_from(hours).unwrap_or(i64::MAX).saturating_mul(3600))
}
