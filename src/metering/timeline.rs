//! A key or secret over time: how many of it count in each step of time.
//!
//! A day counts what stands at its 24:00: a key created on the 10th of a 28-day month counts 19
//! days; one scheduled for deletion on the 20th does not count that day. What happens at 24:00:00
//! belongs to the next day. By begun hours, one created at 09:30 counts from 09:00 on. Rotation of
//! a key adds a version from its moment on; older ones stay.

use crate::diagnostic::{Code, Problem, Problems, quoted};
use crate::fields::At;
use crate::month::{DAY, Moment, Offset, Period, Stated};
use crate::pricebook::{Book, Copies, IfRestored, Meter, Over, Overdue, Standing, Timed, Unbilled};
use crate::scenario::{Key, Life, Scenario, Secret, State};

/// Spans in which the service was suspended, `[from, to)`; an open one has no end.
#[derive(Clone, Debug, Default)]
pub struct Suspension {
    spans: Vec<(Moment, Option<Moment>)>,
    /// When everything that was there was taken back.
    reclaimed: Option<Moment>,
}

impl Suspension {
    /// Whether the service is suspended throughout a period.
    pub(super) fn covers(&self, period: Period, clock: Offset) -> bool {
        let (mut at, end) = (period.begins(clock), period.ends(clock));
        while at < end {
            let here =
                self.spans.iter().filter(|(from, to)| *from <= at && to.is_none_or(|to| at < to));
            let Some(until) = here.map(|(_, to)| to.unwrap_or(end)).max() else {
                return false;
            };
            at = until;
        }
        true
    }

    fn holds_at(&self, at: Moment) -> bool {
        self.spans.iter().any(|(from, to)| *from <= at && to.is_none_or(|to| at < to))
    }
}

/// The account's suspension, stated and following from an overdue account.
pub(super) fn suspension(
    scenario: &Scenario,
    book: &Book,
    period: Period,
    problems: &mut Problems,
) -> Suspension {
    let clock = book.clock.offset;
    let account = &scenario.account;
    let mut spans = Vec::new();
    for (from, to) in &account.suspended {
        let (start, end) = (from.value.on(clock), to.as_ref().map(|to| to.value.on(clock)));
        if end.is_some_and(|end| end <= start) {
            problems.push(
                Problem::error(Code::BadDate, "the suspension ends before it begins")
                    .at(from.span.clone()),
            );
        }
        spans.push((start, end));
    }
    let first = account.suspended.first().map(|(from, _)| from).or(account.overdue_at.as_ref());
    if let (Some(first), None) = (first, period.month) {
        problems.push(undated(first, "the account's dates"));
    }
    let mut suspension = Suspension { spans, reclaimed: None };
    if let Some(overdue) = &account.overdue_at {
        let since = overdue.value.on(clock);
        let paid = account.paid_at.as_ref().map(|paid| (paid.value.on(clock), paid));
        if let Some((at, paid)) = &paid
            && *at < since
        {
            let message = "the account was paid before it was overdue";
            problems.push(Problem::error(Code::BadDate, message).at(paid.span.clone()));
        }
        if let Some(rule) = &book.overdue {
            suspension.follow(rule, since, paid.map(|(at, _)| at));
        } else {
            let message = format!("`{}` does not say what an overdue account leads to", book.id);
            problems.push(Problem::error(Code::NotOffered, message).at(overdue.span.clone()));
        }
    }
    suspension
}

impl Suspension {
    /// From so many hours after the account became overdue until it is paid; what was there is gone once reclaimed.
    fn follow(&mut self, rule: &Overdue, since: Moment, paid: Option<Moment>) {
        let after =
            |hours: u64| since.plus(i64::try_from(hours).unwrap_or(i64::MAX).saturating_mul(3600));
        let (from, reclaimed) =
            (after(rule.uncharged_hours()), rule.reclaimed_after_hours.map(after));
        self.spans.push((from, paid));
        if let Some(reclaimed) = reclaimed
            && paid.is_none_or(|paid| reclaimed <= paid)
        {
            self.reclaimed = Some(reclaimed);
        }
    }

    /// Whether a key of such a creation was taken back by a moment.
    fn took_back(&self, created: Option<Moment>, at: Moment) -> bool {
        self.reclaimed.is_some_and(|reclaimed| {
            reclaimed <= at && created.is_none_or(|created| created < reclaimed)
        })
    }
}

/// A group of keys or secrets that are alike, as far as time concerns it.
#[derive(Clone, Copy, Debug)]
pub struct Group<'k> {
    /// Its name.
    pub name: &'k str,
    /// What became of it.
    pub life: &'k Life,
    /// How many there are.
    pub count: u64,
    /// Versions of each.
    pub versions: u64,
    /// Places that hold each of them.
    pub copies: u64,
    /// What a rotation leaves behind.
    rotation: Rotation,
}

/// What a rotation leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rotation {
    /// One version more.
    AddsVersion,
    /// As many versions as before.
    ReplacesVersion,
}

impl<'k> From<&'k Key> for Group<'k> {
    fn from(key: &'k Key) -> Self {
        Self {
            name: &key.name,
            life: &key.life,
            count: key.count,
            versions: key.versions,
            copies: key.replicas.saturating_add(1),
            rotation: Rotation::AddsVersion,
        }
    }
}

impl<'k> From<&'k Secret> for Group<'k> {
    fn from(secret: &'k Secret) -> Self {
        Self {
            name: &secret.name,
            life: &secret.life,
            count: secret.count,
            versions: secret.versions,
            copies: secret.locations,
            rotation: Rotation::ReplacesVersion,
        }
    }
}

/// What of a group is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    /// Each key or secret itself.
    Things,
    /// Its versions.
    Versions,
}

/// How it is counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub(super) over: Over,
    pub(super) unbilled: Unbilled,
    pub(super) copies: Copies,
    pub(super) at_most_per_key: Option<u64>,
}

impl From<&Meter> for Rule {
    fn from(meter: &Meter) -> Self {
        Self {
            over: meter.over,
            unbilled: meter.unbilled,
            copies: meter.copies,
            at_most_per_key: meter.at_most_per_key,
        }
    }
}

impl Rule {
    /// What one thing counts while it has so many versions.
    fn each(self, counted: Counted, versions: u128) -> u128 {
        match counted {
            Counted::Things => 1,
            Counted::Versions => versions.min(self.at_most_per_key.map_or(u128::MAX, u128::from)),
        }
    }
}

/// A step of one second, by which the largest moment of a month is found.
const SECONDS: Timed =
    Timed { rule: Standing::AnyPart, step: 1, unit: crate::pricebook::TimeUnit::OwnMonth };

/// A group's life on a book's clock.
#[derive(Clone, Debug)]
pub struct Clocked<'k> {
    group: Group<'k>,
    clock: Offset,
    created: Option<Moment>,
    rotated: Vec<Moment>,
    /// Seconds between rotations, and from when they count.
    every: Option<(Moment, i64)>,
    deletions: Vec<Ended>,
}

/// A scheduled deletion on a clock.
#[derive(Clone, Copy, Debug)]
struct Ended {
    scheduled: Moment,
    restored: Option<Moment>,
    destroyed: Option<Moment>,
}

impl<'k> Clocked<'k> {
    /// Puts a group's dates on a clock. Dates that cannot be are pushed as problems.
    pub fn new(
        group: impl Into<Group<'k>>,
        clock: Offset,
        origin: Period,
        problems: &mut Problems,
    ) -> Option<Self> {
        let before = problems.len();
        let group = group.into();
        let life = group.life;
        let on = |at: &At<Stated>| at.value.on(clock);
        let created = life.created.as_ref().map(on);
        let dated = life
            .created
            .as_ref()
            .or(life.rotated.first())
            .or(life.deletions.first().map(|deletion| &deletion.scheduled));
        if let (Some(at), None) = (dated, origin.month) {
            problems.push(undated(at, &format!("dates of {}", quoted(group.name))));
        }
        let anchor = created.unwrap_or_else(|| origin.begins(clock));
        let every = life.rotate_every.filter(|_| life.state == State::Enabled);
        let every = every
            .and_then(|days| i64::try_from(days).ok())
            .map(|days| (anchor, days.saturating_mul(DAY)));
        let ended = life.deletions.iter().map(|deletion| Ended {
            scheduled: on(&deletion.scheduled),
            restored: deletion.restored.as_ref().map(on),
            destroyed: deletion.destroyed.as_ref().map(on),
        });
        let clocked = Self {
            group,
            clock,
            created,
            rotated: life.rotated.iter().map(on).collect(),
            every,
            deletions: ended.collect(),
        };
        clocked.check(origin, problems);
        (problems.len() == before).then_some(clocked)
    }

    fn check(&self, origin: Period, problems: &mut Problems) {
        let life = self.group.life;
        let mut wrong = |at: &At<Stated>, message: String| {
            problems.push(
                Problem::error(Code::BadDate, format!("{}: {message}", quoted(self.group.name)))
                    .at(at.span.clone()),
            );
        };
        for (rotated, at) in self.rotated.iter().zip(&life.rotated) {
            if self.created.is_some_and(|created| *rotated < created) {
                wrong(at, "rotated before its creation".into());
            }
            if self.created.is_none() && *rotated < origin.begins(self.clock) {
                wrong(
                    at,
                    "rotated before the period, with no `created` to count its versions from"
                        .into(),
                );
            }
            if self.is_pending(*rotated, IfRestored::StaysFree) {
                wrong(at, "rotated while pending deletion".into());
            }
        }
        let mut free_from = None;
        for (Ended { scheduled, restored, destroyed }, deletion) in
            self.deletions.iter().zip(&life.deletions)
        {
            if let (Some(destroyed), Some(at)) = (destroyed, &deletion.destroyed)
                && destroyed < scheduled
            {
                wrong(at, "destroyed before its deletion was scheduled".into());
            }
            if self.created.is_some_and(|created| *scheduled < created) {
                wrong(&deletion.scheduled, "its deletion is scheduled before its creation".into());
            }
            if let (Some(restored), Some(at)) = (restored, &deletion.restored)
                && restored < scheduled
            {
                wrong(at, "restored before its deletion was scheduled".into());
            }
            match free_from {
                Some(None) => wrong(
                    &deletion.scheduled,
                    "scheduled for deletion again without having been restored".into(),
                ),
                Some(Some(free_from)) if *scheduled < free_from => {
                    wrong(&deletion.scheduled, "deletions overlap, or are not in order".into());
                }
                _ => {}
            }
            free_from = Some(*restored);
        }
    }

    /// How many count, in runs of the rule's steps; of the largest moment, in runs of seconds. None
    /// beyond 128 bits.
    pub(super) fn runs(
        &self,
        counted: Counted,
        rule: Rule,
        period: Period,
        suspension: &Suspension,
    ) -> Option<Vec<(u32, u128)>> {
        let life = self.group.life;
        let still = life.is_still() && life.state != State::PendingDeletion;
        let timed = rule.over.timed();
        let mut runs = if still && (!rule.unbilled.suspended || suspension.spans.is_empty()) {
            let steps = timed.map_or(1, |timed| period.seconds().div_ceil(timed.step));
            vec![(steps, rule.each(counted, self.group.versions.into()))]
        } else {
            let spans = self.spans(counted, rule, period, suspension);
            match rule.over {
                Over::MonthWhole => {
                    vec![(1, spans.iter().map(|(_, counts)| *counts).max().unwrap_or(0))]
                }
                _ => stepped(&spans, timed.unwrap_or(SECONDS)),
            }
        };
        for (_, counts) in &mut runs {
            *counts = counts.checked_mul(u128::from(self.group.count))?;
            if rule.copies == Copies::Counted {
                *counts = counts.checked_mul(u128::from(self.group.copies))?;
            }
        }
        Some(runs)
    }

    /// How many count in each span between two things that happen, each with its length in seconds.
    fn spans(
        &self,
        counted: Counted,
        rule: Rule,
        period: Period,
        suspension: &Suspension,
    ) -> Vec<(u32, u128)> {
        let (begins, ends) = (period.begins(self.clock), period.ends(self.clock));
        let mut moments = vec![begins];
        moments.extend(self.created);
        moments.extend(&self.rotated);
        moments.extend(self.regular_moments(begins, ends));
        for ended in &self.deletions {
            moments.push(ended.scheduled);
            moments.extend(ended.restored);
            moments.extend(ended.gone(rule.unbilled));
        }
        for (from, to) in &suspension.spans {
            moments.push(*from);
            moments.extend(to);
        }
        moments.extend(suspension.reclaimed);
        moments.retain(|moment| begins <= *moment && *moment < ends);
        moments.sort_unstable();
        moments.dedup();
        let until = moments.iter().skip(1).copied().chain([ends]);
        let span = |(from, to): (&Moment, Moment)| {
            let seconds = u32::try_from(to.since(*from)).unwrap_or(0);
            (seconds, self.at(*from, counted, rule, suspension))
        };
        moments.iter().zip(until).map(span).collect()
    }

    fn at(&self, moment: Moment, counted: Counted, rule: Rule, suspension: &Suspension) -> u128 {
        let unbilled = rule.unbilled;
        let exists = self.created.is_none_or(|created| created <= moment);
        let pending = unbilled.pending_deletion.is_some_and(|rule| self.is_pending(moment, rule));
        let gone = |ended: &Ended| ended.gone(unbilled).is_some_and(|gone| gone <= moment);
        let stopped = suspension.holds_at(moment) || suspension.took_back(self.created, moment);
        let suspended = unbilled.suspended && stopped;
        if !exists || pending || suspended || self.deletions.iter().any(gone) {
            return 0;
        }
        rule.each(counted, self.versions_at(moment))
    }

    /// Rotations in a period, of all of the group together. None beyond 128 bits.
    pub(super) fn rotations(&self, period: Period) -> Option<u128> {
        let (begins, ends) = (period.begins(self.clock), period.ends(self.clock));
        let within = |moment: &&Moment| begins <= **moment && **moment < ends;
        let stated = self.rotated.iter().filter(within).count();
        let last = |moment: Moment| {
            self.every.map_or(0, |(from, every)| self.regular(from, every, moment))
        };
        let regular = last(ends.plus(-1)).checked_sub(last(begins.plus(-1)))?;
        u128::try_from(stated).ok()?.checked_add(regular)?.checked_mul(u128::from(self.group.count))
    }

    /// Deletions cancelled in a period, of all of the group together. None beyond 128 bits.
    pub(super) fn restores(&self, period: Period) -> Option<u128> {
        let (begins, ends) = (period.begins(self.clock), period.ends(self.clock));
        let restored = self.deletions.iter().filter_map(|ended| ended.restored);
        let within = restored.filter(|moment| begins <= *moment && *moment < ends).count();
        u128::try_from(within).ok()?.checked_mul(u128::from(self.group.count))
    }

    fn is_pending(&self, at: Moment, rule: IfRestored) -> bool {
        if self.group.life.state == State::PendingDeletion {
            return true;
        }
        self.deletions.iter().any(|ended| match ended.restored {
            None => ended.scheduled <= at,
            Some(restored) => {
                rule == IfRestored::StaysFree && ended.scheduled <= at && at < restored
            }
        })
    }

    fn versions_at(&self, at: Moment) -> u128 {
        let versions = u128::from(self.group.versions);
        if self.group.rotation == Rotation::ReplacesVersion {
            return versions;
        }
        let stated = self.rotated.iter().filter(|rotated| **rotated <= at).count();
        let regular = self.every.map_or(0, |(anchor, every)| self.regular(anchor, every, at));
        versions.saturating_add(u128::try_from(stated).unwrap_or(u128::MAX)).saturating_add(regular)
    }

    /// Regular rotations until a moment, without those that fell into a pending deletion.
    fn regular(&self, anchor: Moment, every: i64, at: Moment) -> u128 {
        let until = |moment: Moment| moment.since(anchor).div_euclid(every).max(0);
        let mut count = until(at);
        for Ended { scheduled, restored, .. } in &self.deletions {
            let end = restored.map_or(at, |restored| restored.plus(-1)).min(at);
            if *scheduled <= end {
                count = count.saturating_sub(until(end).saturating_sub(until(scheduled.plus(-1))));
            }
        }
        u128::try_from(count).unwrap_or(0)
    }

    /// When regular rotations fall due after a moment and before another.
    fn regular_moments(&self, from: Moment, to: Moment) -> Vec<Moment> {
        let Some((anchor, every)) = self.every else {
            return Vec::new();
        };
        let first = from.since(anchor).div_euclid(every).saturating_add(1).max(1);
        let due = (first..).map(|times| anchor.plus(every.saturating_mul(times)));
        due.take_while(|moment| *moment < to).collect()
    }
}

impl Ended {
    /// When nothing is left to be charged; none where that never comes, or is not said.
    fn gone(&self, unbilled: Unbilled) -> Option<Moment> {
        let lingers = |days: u32| self.scheduled.plus(i64::from(days).saturating_mul(DAY));
        match (self.restored, self.destroyed, unbilled.linger_days.map(lingers)) {
            (Some(_), ..) => None,
            (None, Some(destroyed), Some(over)) if unbilled.linger_at_most => {
                Some(destroyed.min(over))
            }
            (None, destroyed, over) => destroyed.or(over),
        }
    }
}

/// Spans of seconds, at least one each, as runs of steps.
fn stepped(spans: &[(u32, u128)], timed: Timed) -> Vec<(u32, u128)> {
    let mut runs: Vec<(u32, u128)> = Vec::new();
    let mut emit = |steps: u32, counts: u128| match runs.last_mut() {
        _ if steps == 0 => {}
        Some((before, same)) if *same == counts => *before = before.saturating_add(steps),
        _ => runs.push((steps, counts)),
    };
    let mut second = 0_u32;
    let mut open: Option<(u32, u128)> = None;
    for (seconds, counts) in spans {
        let first = second.div_euclid(timed.step);
        second = second.saturating_add(*seconds);
        let last = second.saturating_sub(1).div_euclid(timed.step);
        let begun = match open {
            Some((step, before)) if step == first => match timed.rule {
                Standing::AtEnd => *counts,
                Standing::AnyPart | Standing::PeakUp => before.max(*counts),
            },
            Some((_, before)) => {
                emit(1, before);
                *counts
            }
            None => *counts,
        };
        if last > first {
            emit(1, begun);
            emit(last.saturating_sub(first).saturating_sub(1), *counts);
            open = Some((last, *counts));
        } else {
            open = Some((first, begun));
        }
    }
    if let Some((_, counts)) = open {
        emit(1, counts);
    }
    runs
}

fn undated(at: &At<Stated>, what: &str) -> Problem {
    Problem::error(Code::MissingField, format!("{what} without a month"))
        .at(at.span.clone())
        .label("a date needs a calendar month to lie in or before")
        .help("state `month = \"YYYY-MM\"` in the scenario, or give `--month`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricebook::TimeUnit;

    #[test]
    fn runs_are_of_whole_steps_and_no_run_is_empty() {
        // the first step: 5 seconds of 3 and 5 of 2, at most 3; the second: 2, then 4, at most 4
        let timed = Timed { rule: Standing::AnyPart, step: 10, unit: TimeUnit::Day };
        assert_eq!(stepped(&[(5, 3), (10, 2), (5, 4)], timed), [(1, 3), (1, 4)]);
    }
}
