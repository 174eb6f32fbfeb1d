//! One key over time, moment by moment: when it is billed, and how many versions it has.
//!
//! Must not know a price. A day is asked at its last second ("usage on day T is calculated at 24:00
//! on day T", R-04), or, under the other reading, at every moment at which something changes.

use super::civil::{DAY, Days, start_of};
use super::need::{Account, Key, State};

/// Which moments of a day count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DayRule {
    /// Its end.
    AtEnd,
    /// The fullest one.
    AnyPart,
}

/// What a cancelled deletion's pending days cost (R-05b).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cancelled {
    /// Nothing.
    StaysFree,
    /// As if it had never been scheduled.
    ChargedBack,
}

/// Spans from and, where they end, to.
pub(super) type Spans = Vec<(i64, Option<i64>)>;

/// How days are charged.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) day: DayRule,
    pub(super) cancelled: Cancelled,
    /// When nothing is charged, whatever the key does.
    pub(super) suspended: Spans,
    /// When every key that was there was taken back.
    pub(super) reclaimed: Option<i64>,
}

/// A key with every rotation that it undergoes.
pub(super) struct Life<'k> {
    key: &'k Key,
    rotations: Vec<i64>,
    changes: Vec<i64>,
}

fn within(at: i64, (from, to): (i64, Option<i64>)) -> bool {
    from <= at && to.is_none_or(|to| at < to)
}

impl<'k> Life<'k> {
    /// The life of a key until the end of `days`; undated rotations count from the first day of
    /// `origin`, the first month that is estimated.
    pub(super) fn new(key: &'k Key, origin: Days, days: Days) -> Self {
        let mut rotations: Vec<i64> = key.rotated.iter().map(|date| date.at).collect();
        if let Some(every) = key.rotate_every.filter(|_| key.state == State::Enabled) {
            let mut at = key.created.as_ref().map_or(start_of(origin.first), |date| date.at);
            at += every * DAY;
            while at < days.end() {
                if !is_pending(key, at) {
                    rotations.push(at);
                }
                at += every * DAY;
            }
        }
        let mut changes = rotations.clone();
        changes.extend(key.created.iter().map(|date| date.at));
        for (scheduled, restored) in &key.deletions {
            changes.push(scheduled.at);
            changes.extend(restored.iter().map(|date| date.at));
        }
        Self { key, rotations, changes }
    }

    /// Versions of one key that exist, billed or not.
    pub(super) fn versions_at(&self, at: i64) -> u128 {
        if self.key.created.as_ref().is_some_and(|created| at < created.at) {
            return 0;
        }
        let added = self.rotations.iter().filter(|rotation| **rotation <= at).count();
        u128::from(self.key.versions) + u128::try_from(added).unwrap()
    }

    /// Versions of one key that are billed for a day.
    pub(super) fn versions_on(&self, day: i64, rules: &Rules) -> u128 {
        self.moments(day, rules).map(|at| self.billed_at(at, rules)).max().unwrap_or(0)
    }

    /// Whether a key is billed for a day: 1 or 0.
    pub(super) fn keys_on(&self, day: i64, rules: &Rules) -> u128 {
        u128::from(self.versions_on(day, rules) > 0)
    }

    fn moments(&self, day: i64, rules: &Rules) -> impl Iterator<Item = i64> {
        let (first, last) = (start_of(day), start_of(day + 1) - 1);
        let mut moments = vec![last];
        if rules.day == DayRule::AnyPart {
            moments.push(first);
            let spans = rules.suspended.iter().flat_map(|(from, to)| [Some(*from), *to]).flatten();
            let changes = self.changes.iter().copied().chain(spans);
            moments.extend(changes.filter(|at| first <= *at && *at <= last));
        }
        moments.into_iter()
    }

    fn billed_at(&self, at: i64, rules: &Rules) -> u128 {
        let suspended = rules.suspended.iter().any(|span| within(at, *span));
        let free = match rules.cancelled {
            Cancelled::StaysFree => is_pending(self.key, at),
            Cancelled::ChargedBack => is_pending_for_good(self.key, at),
        };
        let created = self.key.created.as_ref().map(|date| date.at);
        let before = |end: i64| created.is_none_or(|created| created < end);
        let gone = rules.reclaimed.is_some_and(|end| end <= at && before(end));
        if suspended || gone || free { 0 } else { self.versions_at(at) }
    }
}

/// Whether a key waits for its deletion.
fn is_pending(key: &Key, at: i64) -> bool {
    let span = |(scheduled, restored): &(super::need::Date, Option<super::need::Date>)| {
        (scheduled.at, restored.as_ref().map(|date| date.at))
    };
    key.state == State::PendingDeletion
        || key.deletions.iter().any(|deletion| within(at, span(deletion)))
}

/// Whether a key waits for a deletion that is never cancelled.
fn is_pending_for_good(key: &Key, at: i64) -> bool {
    let gone = key.deletions.iter().find(|(_, restored)| restored.is_none());
    key.state == State::PendingDeletion || gone.is_some_and(|(scheduled, _)| scheduled.at <= at)
}

// ------------------------------------------------------------------ dates that cannot be

/// Why a key's dates make no sense.
pub(super) fn impossible(key: &Key, origin: Days) -> Option<&'static str> {
    let dated = key.created.is_some() || !key.rotated.is_empty() || !key.deletions.is_empty();
    if dated && !origin.dated {
        return Some("dates need a month");
    }
    if key.state == State::PendingDeletion && !key.deletions.is_empty() {
        return Some("pending all the time, and a deletion");
    }
    let begins = key.created.as_ref().map_or(start_of(origin.first), |date| date.at);
    for rotated in &key.rotated {
        if rotated.at < begins {
            return Some("rotated before versions are counted");
        }
        if is_pending(key, rotated.at) {
            return Some("rotated while pending deletion");
        }
    }
    impossible_deletions(key)
}

fn impossible_deletions(key: &Key) -> Option<&'static str> {
    let mut free_again = key.created.as_ref().map_or(i64::MIN, |date| date.at);
    for (scheduled, restored) in &key.deletions {
        if scheduled.at < free_again {
            return Some("a deletion before the key could be deleted");
        }
        free_again = restored.as_ref().map_or(i64::MAX, |date| date.at);
        if free_again < scheduled.at {
            return Some("restored before its deletion was scheduled");
        }
    }
    None
}

// ------------------------------------------------------------------ suspension

/// "suspended 24 hours after your account becomes overdue" (002, page of 2023-01).
const SUSPENDED_AFTER: i64 = 24 * 3600;
/// "released and repossessed by KMS 168 hours (7 days) after your account becomes overdue" (002, R-39).
const RECLAIMED_AFTER: i64 = 168 * 3600;

/// When Tencent suspends an account: stated spans, and what follows from being overdue.
pub(super) fn suspension(account: &Account, origin: Days) -> Result<Spans, &'static str> {
    let at = |date: &Option<super::need::Date>| date.as_ref().map(|date| date.at);
    if (!account.suspended.is_empty() || account.overdue_at.is_some()) && !origin.dated {
        return Err("the account's dates need a month");
    }
    let mut spans: Spans = account.suspended.iter().map(|(from, to)| (from.at, at(to))).collect();
    if spans.iter().any(|(from, to)| to.is_some_and(|to| to <= *from)) {
        return Err("a suspension ends before it begins");
    }
    match (at(&account.overdue_at), at(&account.paid_at)) {
        (None, None) => {}
        (None, Some(_)) => return Err("paid, but never overdue"),
        (Some(overdue), Some(paid)) if paid < overdue => return Err("paid before it was overdue"),
        (Some(overdue), Some(paid)) if paid <= overdue + SUSPENDED_AFTER => {}
        (Some(overdue), paid) => spans.push((overdue + SUSPENDED_AFTER, paid)),
    }
    Ok(spans)
}

/// "released and repossessed by KMS 168 hours (7 days) after your account becomes overdue": what
/// was there is gone, whatever is paid afterwards.
pub(super) fn reclaimed(account: &Account) -> Option<i64> {
    let end = account.overdue_at.as_ref()?.at + RECLAIMED_AFTER;
    let paid = account.paid_at.as_ref().map(|date| date.at);
    paid.is_none_or(|paid| end <= paid).then_some(end)
}

/// Whether the service is suspended through all of some days.
pub(super) fn all_through(spans: &Spans, days: Days) -> bool {
    let mut at = start_of(days.first);
    while at < days.end() {
        match spans
            .iter()
            .filter(|span| within(at, **span))
            .map(|(_, to)| *to)
            .max_by_key(|to| to.unwrap_or(i64::MAX))
        {
            None => return false,
            Some(to) => at = to.unwrap_or(days.end()),
        }
    }
    true
}
