//! A key over time: how many versions count on each day.
//!
//! A day counts what stands at its 24:00: a key created on the 10th of a 28-day month counts 19
//! days; one scheduled for deletion on the 20th does not count that day. What happens at 24:00:00
//! belongs to the next day. Rotation adds a version from its day on; older ones stay.

use crate::diagnostic::{Code, Problem, Problems, quoted};
use crate::fields::At;
use crate::month::{DAY, Day, Moment, Offset, Period, Stated};
use crate::pricebook::{Book, IfRestored, Over, Overdue, Unbilled};
use crate::scenario::{Key, Scenario, State};

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
        let (mut at, end) = (clock.start_of(period.first), clock.start_of(period.end()));
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
        if paid.is_none_or(|paid| from < paid) {
            self.spans.push((from, paid));
        }
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

/// What of a key is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    /// The key itself.
    Keys,
    /// Its versions.
    Versions,
}

/// A key's life on a book's clock.
#[derive(Clone, Debug)]
pub struct Clocked<'k> {
    key: &'k Key,
    clock: Offset,
    created: Option<Moment>,
    rotated: Vec<Moment>,
    /// Seconds between rotations, and from when they count.
    every: Option<(Moment, i64)>,
    deletions: Vec<(Moment, Option<Moment>)>,
}

impl<'k> Clocked<'k> {
    /// Puts a key's dates on a clock. Dates that cannot be are pushed as problems.
    pub fn new(
        key: &'k Key,
        clock: Offset,
        origin: Period,
        problems: &mut Problems,
    ) -> Option<Self> {
        let before = problems.len();
        let life = &key.life;
        let on = |at: &At<Stated>| at.value.on(clock);
        let created = life.created.as_ref().map(on);
        let dated = life
            .created
            .as_ref()
            .or(life.rotated.first())
            .or(life.deletions.first().map(|deletion| &deletion.scheduled));
        if let (Some(at), None) = (dated, origin.month) {
            problems.push(undated(at, &format!("dates of {}", quoted(&key.name))));
        }
        let anchor = created.unwrap_or_else(|| clock.start_of(origin.first));
        let every = life.rotate_every.filter(|_| life.state == State::Enabled);
        let every = every
            .and_then(|days| i64::try_from(days).ok())
            .map(|days| (anchor, days.saturating_mul(DAY)));
        let clocked = Self {
            key,
            clock,
            created,
            rotated: life.rotated.iter().map(on).collect(),
            every,
            deletions: life
                .deletions
                .iter()
                .map(|deletion| (on(&deletion.scheduled), deletion.restored.as_ref().map(on)))
                .collect(),
        };
        clocked.check(origin, problems);
        (problems.len() == before).then_some(clocked)
    }

    fn check(&self, origin: Period, problems: &mut Problems) {
        let life = &self.key.life;
        let mut wrong = |at: &At<Stated>, message: String| {
            problems.push(
                Problem::error(Code::BadDate, format!("{}: {message}", quoted(&self.key.name)))
                    .at(at.span.clone()),
            );
        };
        for (rotated, at) in self.rotated.iter().zip(&life.rotated) {
            if self.created.is_some_and(|created| *rotated < created) {
                wrong(at, "rotated before its creation".into());
            }
            if self.created.is_none() && *rotated < self.clock.start_of(origin.first) {
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
        for ((scheduled, restored), deletion) in self.deletions.iter().zip(&life.deletions) {
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

    /// How many count, in runs of days; for a month, one run with the largest moment. None beyond 128 bits.
    pub(super) fn runs(
        &self,
        counted: Counted,
        over: Over,
        unbilled: Unbilled,
        period: Period,
        suspension: &Suspension,
    ) -> Option<Vec<(u32, u128)>> {
        let mut runs: Vec<(u32, u128)> = Vec::new();
        let still = self.key.life.is_still() && self.key.life.state != State::PendingDeletion;
        if still && (!unbilled.suspended || suspension.spans.is_empty()) {
            let each = if counted == Counted::Keys { 1 } else { u128::from(self.key.versions) };
            runs.push((if over.is_daily() { period.days } else { 1 }, each));
        } else {
            for index in 0..period.days {
                let day = period.first.plus(i64::from(index));
                let counts = self.on_day(day, counted, over, unbilled, suspension);
                match runs.last_mut() {
                    Some((days, same)) if *same == counts => *days = days.saturating_add(1),
                    _ => runs.push((1, counts)),
                }
            }
            if !over.is_daily() {
                let largest = runs.iter().map(|(_, counts)| *counts).max().unwrap_or(0);
                runs = vec![(1, largest)];
            }
        }
        for (_, counts) in &mut runs {
            *counts = counts.checked_mul(u128::from(self.key.count))?;
        }
        Some(runs)
    }

    fn on_day(
        &self,
        day: Day,
        counted: Counted,
        over: Over,
        unbilled: Unbilled,
        suspension: &Suspension,
    ) -> u128 {
        let (start, last) = (self.clock.start_of(day), self.clock.start_of(day.plus(1)).plus(-1));
        let at = |moment| self.at(moment, counted, unbilled, suspension);
        if over == Over::DayAtEnd {
            return at(last);
        }
        // versions only ever grow: the most of a day stands right before something takes them away, or at its end
        let takes_away = self
            .deletions
            .iter()
            .map(|(scheduled, _)| *scheduled)
            .chain(suspension.spans.iter().map(|(from, _)| *from));
        let before = takes_away
            .map(|moment| moment.plus(-1))
            .filter(|moment| start <= *moment && *moment <= last);
        before.chain([last]).map(at).max().unwrap_or(0)
    }

    fn at(
        &self,
        moment: Moment,
        counted: Counted,
        unbilled: Unbilled,
        suspension: &Suspension,
    ) -> u128 {
        let exists = self.created.is_none_or(|created| created <= moment);
        let pending = unbilled.pending_deletion.is_some_and(|rule| self.is_pending(moment, rule));
        let stopped = suspension.holds_at(moment) || suspension.took_back(self.created, moment);
        let suspended = unbilled.suspended && stopped;
        if !exists || pending || suspended {
            return 0;
        }
        match counted {
            Counted::Keys => 1,
            Counted::Versions => self.versions_at(moment),
        }
    }

    fn is_pending(&self, at: Moment, rule: IfRestored) -> bool {
        if self.key.life.state == State::PendingDeletion {
            return true;
        }
        self.deletions.iter().any(|(scheduled, restored)| match restored {
            None => *scheduled <= at,
            Some(restored) => rule == IfRestored::StaysFree && *scheduled <= at && at < *restored,
        })
    }

    fn versions_at(&self, at: Moment) -> u128 {
        let stated = self.rotated.iter().filter(|rotated| **rotated <= at).count();
        let regular = self.every.map_or(0, |(anchor, every)| self.regular(anchor, every, at));
        u128::from(self.key.versions)
            .saturating_add(u128::try_from(stated).unwrap_or(u128::MAX))
            .saturating_add(regular)
    }

    /// Regular rotations until a moment, without those that fell into a pending deletion.
    fn regular(&self, anchor: Moment, every: i64, at: Moment) -> u128 {
        let until = |moment: Moment| moment.since(anchor).div_euclid(every).max(0);
        let mut count = until(at);
        for (scheduled, restored) in &self.deletions {
            let end = restored.map_or(at, |restored| restored.plus(-1)).min(at);
            if *scheduled <= end {
                count = count.saturating_sub(until(end).saturating_sub(until(scheduled.plus(-1))));
            }
        }
        u128::try_from(count).unwrap_or(0)
    }
}

fn undated(at: &At<Stated>, what: &str) -> Problem {
    Problem::error(Code::MissingField, format!("{what} without a month"))
        .at(at.span.clone())
        .label("a date needs a calendar month to lie in or before")
        .help("state `month = \"YYYY-MM\"` in the scenario, or give `--month`")
}
