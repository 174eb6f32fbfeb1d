//! The end of a cycle that nobody renews: reminders, expiration, the days that it is kept, release.
//!
//! An instance that expires on 10 February is reminded of on the 3rd, the 7th and the 9th, disabled
//! at 00:00 of the 11th, recoverable through the 25th and released on the 26th.

use super::{Chain, Cycles};
use crate::lifecycle::{EventKind, TermBar};
use crate::month::Moment;
use crate::pricebook::terms::{Ends, Usable};

impl Cycles<'_, '_, '_> {
    /// The reminders before expiration, those after a renewal left out.
    pub(super) fn reminders(&mut self, chain: &Chain, renewed: Option<Moment>, bar: &mut TermBar) {
        for days in &self.rule.reminder_days {
            let at = self.draft.start(chain.expires.minus(*days));
            if at < chain.begins || renewed.is_some_and(|renewed| renewed <= at) {
                continue;
            }
            let unit = if *days == 1 { "day" } else { "days" };
            let text = format!("expires in {days} {unit}, on {}", chain.expires);
            self.draft.event(at, EventKind::Reminder, self.subject, text);
            bar.marks.push((at, EventKind::Reminder));
        }
    }

    /// What happens when nobody renews, as far as a late renewal lets it.
    pub(super) fn lapse(&mut self, chain: &Chain, renewed: Option<Moment>, bar: &mut TermBar) {
        self.reminders(chain, None, bar);
        let (rule, subject, expires) = (self.rule, self.subject, chain.expires);
        let (end, release) = (self.end(chain), self.release(chain));
        bar.active.push((chain.begins, end));
        let expiration = self.draft.start(expires);
        let last =
            if rule.ends == Ends::EndOfDay { "its last day" } else { "it ends as the day begins" };
        self.draft.event(
            expiration,
            EventKind::Expiration,
            subject,
            format!("expires today: {last}"),
        );
        bar.marks.push((expiration, EventKind::Expiration));
        self.draft.event(end, EventKind::CycleEnd, subject, "the cycle ends");
        self.draft.event(
            end,
            EventKind::Disabled,
            subject,
            "disabled: it is kept and cannot be used",
        );
        if rule.refundable.contains(&Usable::Disabled) {
            let text = "while it is disabled a part can be refunded; amount not published";
            self.draft.event(end, EventKind::Refund, subject, text);
        }
        let kept = expires.plus(i64::from(rule.kept_days));
        let released = self.draft.day(release);
        let recoverable = self.draft.start(kept);
        if renewed.is_none_or(|renewed| recoverable < renewed) {
            let text = format!("the last day to renew or back it up; released on {released}");
            self.draft.event(recoverable, EventKind::RecoverableThrough, subject, text);
        }
        if renewed.is_none() {
            let text = "released: what is in it is deleted and cannot be restored";
            self.draft.event(release, EventKind::Release, subject, text);
            bar.marks.push((release, EventKind::Release));
            self.draft.note(format!(
                "`{subject}`: recoverable through {kept}, released on {released}; the hour is not documented, 00:00 is assumed"
            ));
        }
    }
}
