//! Renewal management: instances renewed by the system or by hand out of one account, in time.
//!
//! What happens earlier is paid earlier; at one moment what the owner does comes before what the
//! system does, and then ids decide. An instance that expires on 28 February and keeps to day 31 is
//! renewed at 00:00 of the 28th to 31 March. If a cent is missing nothing is deducted, it expires,
//! and only its owner can renew it.

use super::cycle::{attempt, beyond, counted, first_day_after};
use super::draft::Draft;
use super::months;
use super::vouchers::{Funds, Paid, Payer};
use super::{EventKind, Nature, TermBar};
use crate::diagnostic::{Code, Problem, Problems, quoted};
use crate::fraction::{Fraction, OutOfRange};
use crate::month::{Day, Moment};
use crate::pricebook::Renewal;
use crate::pricebook::terms::{Automatic, Kind, Late, Refused, Switch};
use crate::scenario::{FurtherTerm, PolicyChange, RenewPolicy, Renewable, Scenario, Unify};

/// An instance in time.
pub(super) struct Item<'s> {
    pub(super) stated: &'s Renewable,
    pub(super) expires: Day,
    pub(super) anchor: u32,
    policy: RenewPolicy,
    /// Since when it has expired.
    pub(super) expired: Option<Moment>,
    /// Why the system did not renew it.
    failure: Option<String>,
    /// Nothing more is asked of it.
    done: bool,
    since: Moment,
    pub(super) bar: TermBar,
}

impl Item<'_> {
    /// What a month costs.
    pub(super) fn monthly(&self) -> Option<Fraction> {
        self.stated.monthly.as_ref().map(|at| at.value.into())
    }
}

/// Runs every renewable of a scenario.
pub(super) struct Renewals<'s, 'd, 'a> {
    pub(super) rule: &'s Renewal,
    pub(super) items: Vec<Item<'s>>,
    pub(super) funds: Funds,
    pub(super) draft: &'d mut Draft<'a>,
    pub(super) problems: &'d mut Problems,
}

/// What an owner does, or the system.
#[derive(Clone, Copy)]
enum Act<'s> {
    Unify(&'s Unify),
    Renew(usize, &'s FurtherTerm),
    Change(usize, &'s PolicyChange),
    Automatic(usize, Automatic),
    Expire(usize),
}

/// Refuses what cannot be renewed where it is asked for. What is not asked for is not shown, but
/// pays out of the same account.
pub(super) fn chosen<'s>(
    scenario: &'s Scenario,
    rule: &Renewal,
    draft: &mut Draft<'_>,
    problems: &mut Problems,
) -> Vec<&'s Renewable> {
    let mut chosen = Vec::new();
    for renewable in &scenario.renewables {
        let shown = draft.asked.query.matches(renewable);
        match refusal(rule, renewable) {
            Some(problem) if shown => problems.push(problem),
            Some(_) => {}
            None => chosen.push(renewable),
        }
        if !shown {
            draft.hidden.insert(renewable.id.clone());
        }
    }
    chosen
}

/// Why an instance cannot be renewed.
fn refusal(rule: &Renewal, renewable: &Renewable) -> Option<Problem> {
    let named = quoted(&renewable.id);
    if let Some(product) = &renewable.product {
        let is = |id: &str, refused: &Refused| {
            id.eq_ignore_ascii_case(&product.value)
                || refused.name.eq_ignore_ascii_case(&product.value)
        };
        if let Some((_, refused)) =
            rule.refused_products.iter().find(|(id, refused)| is(id, refused))
        {
            let message =
                format!("{named}: {} cannot be renewed: {}", refused.name, refused.reason);
            return Some(Problem::error(Code::NotOffered, message).at(product.span.clone()));
        }
    }
    let kind = &renewable.kind;
    let (_, reason) = rule.refused_kinds.iter().find(|(refused, _)| *refused == kind.value)?;
    let name =
        Kind::ALL.iter().find(|(_, known)| *known == kind.value).map_or("", |(name, _)| name);
    let message = format!("{named}: a {name} instance is not renewed: {reason}");
    Some(Problem::error(Code::NotOffered, message).at(kind.span.clone()))
}

impl<'s> Renewals<'s, '_, '_> {
    /// Puts instances at the beginning of time; those that expired before the day asked for have
    /// expired already.
    pub(super) fn begin(&mut self, renewables: &[&'s Renewable]) {
        for stated in renewables {
            if stated.monthly.is_none() {
                let message = format!("no `monthly` in renewable {}", quoted(&stated.id));
                let problem = Problem::error(Code::MissingField, message).at(stated.span.clone());
                self.problems.push(problem.label("what a month costs is needed here"));
            }
            let expires = stated.expires.value;
            let anchor = stated.anchor_day.as_ref().and_then(|at| u32::try_from(at.value).ok());
            let end = self.draft.start(first_day_after(expires, self.rule.ends));
            let passed = self.draft.asked.from.is_some_and(|from| end < self.draft.start(from));
            let since = self.draft.asked.from.map_or(end, |from| self.draft.start(from)).min(end);
            let mut item = Item {
                stated,
                expires,
                anchor: anchor.unwrap_or_else(|| expires.of_month()),
                policy: stated.policy.as_ref().map_or(RenewPolicy::Manual, |at| at.value),
                expired: passed.then_some(end),
                failure: None,
                done: false,
                since,
                bar: TermBar { subject: stated.id.clone(), active: Vec::new(), marks: Vec::new() },
            };
            if passed {
                item.bar.marks.push((end, EventKind::Expiration));
                let text = "expired: it must be renewed by hand";
                self.draft.event(end, EventKind::Expiration, &stated.id, text);
            }
            self.items.push(item);
        }
        self.items.sort_by(|a, b| a.stated.id.cmp(&b.stated.id));
    }

    /// Lets everything happen in time.
    pub(super) fn run(mut self, unify: Option<&'s Unify>) -> Result<(), OutOfRange> {
        let horizon = self.horizon();
        let mut acts = self.acts(unify);
        if let (Some((first, ..)), None) = (acts.first(), self.draft.asked.from) {
            // what is still to expire is in use when the first thing is done about it
            self.items.iter_mut().for_each(|item| item.since = item.since.min(*first));
        }
        let mut now = self.draft.start(Day::EPOCH);
        loop {
            let owner = acts.first().copied();
            let system = self.next_of_system(now);
            let owner_first = match (&owner, &system) {
                (Some((at, ..)), Some((other, ..))) => at <= other,
                (Some(_), None) => true,
                (None, _) => false,
            };
            let Some((at, act)) = (if owner_first { owner } else { system }) else { break };
            if owner_first {
                acts.remove(0);
            }
            now = now.max(at);
            self.act(at, act, horizon)?;
        }
        for mut item in self.items {
            if item.expired.is_none() {
                let end = self.draft.start(first_day_after(item.expires, self.rule.ends));
                item.bar.active.push((item.since, end));
            }
            if !self.draft.hidden.contains(&item.stated.id) {
                self.draft.terms.push(item.bar);
            }
        }
        Ok(())
    }

    fn horizon(&mut self) -> Day {
        let asked = self.draft.asked;
        if let Some(until) = asked.until {
            return until;
        }
        let automatic = |item: &&Item<'_>| item.policy == RenewPolicy::Automatic;
        let all = self.items.iter();
        let first = all.clone().filter(automatic).map(|item| item.expires).min();
        let earliest = all.map(|item| item.expires).min();
        let Some(from) = first.or(earliest).max(asked.from) else { return Day::EPOCH };
        let horizon = months::after(from, from.of_month(), 12).map_or(from, |reached| reached.day);
        if first.is_some() && self.rule.automatic.is_some() {
            self.draft.note(format!(
                "automatic renewals are shown through {horizon}; ask for a later day to see more"
            ));
        }
        horizon
    }

    /// What the owner does, in time; of one moment in the order of ids.
    fn acts(&mut self, unify: Option<&'s Unify>) -> Vec<(Moment, Act<'s>)> {
        let clock = self.draft.book.clock.offset;
        let mut acts: Vec<(Moment, Act<'s>)> = Vec::new();
        for (index, item) in self.items.iter().enumerate() {
            let stated: &'s Renewable = item.stated;
            let renewals = stated.renewals.iter();
            acts.extend(renewals.map(|term| (term.at.value.on(clock), Act::Renew(index, term))));
            let changes = stated.changes.iter();
            acts.extend(changes.map(|one| (one.at.value.on(clock), Act::Change(index, one))));
        }
        if let Some(unify) = unify {
            acts.extend(self.unify_at(unify).map(|at| (at, Act::Unify(unify))));
        }
        acts.sort_by_key(|(at, _)| *at);
        acts
    }

    /// The next thing that the system does, the first by moment and then by id.
    fn next_of_system(&self, now: Moment) -> Option<(Moment, Act<'s>)> {
        let mut next: Option<(Moment, Act<'s>)> = None;
        for (index, item) in self.items.iter().enumerate() {
            if item.expired.is_some() || item.done {
                continue;
            }
            let wants = item.policy == RenewPolicy::Automatic && item.failure.is_none();
            let automatic = self.rule.automatic.filter(|_| wants);
            let found = if let Some(rule) = automatic {
                // switched to automatic after the hour of the first try: it is tried at once
                let at = attempt(self.draft, item.expires, rule).max(now);
                (at, Act::Automatic(index, rule))
            } else {
                let end = first_day_after(item.expires, self.rule.ends);
                (self.draft.start(end), Act::Expire(index))
            };
            if next.is_none_or(|(at, _)| found.0 < at) {
                next = Some(found);
            }
        }
        next
    }

    fn act(&mut self, at: Moment, act: Act<'s>, horizon: Day) -> Result<(), OutOfRange> {
        match act {
            Act::Unify(unify) => self.unify(unify, at),
            Act::Renew(index, term) => self.by_hand(index, term, at),
            Act::Change(index, change) => {
                self.change(index, change, at);
                Ok(())
            }
            Act::Automatic(index, _) if self.draft.day(at) > horizon => {
                self.each(index, |item| item.done = true);
                Ok(())
            }
            Act::Automatic(index, rule) => self.by_itself(index, rule, at),
            Act::Expire(index) => {
                self.expire(index, at);
                Ok(())
            }
        }
    }

    fn each(&mut self, index: usize, act: impl FnOnce(&mut Item<'s>)) {
        if let Some(item) = self.items.get_mut(index) {
            act(item);
        }
    }

    // -------------------------------------------------------------- by the system

    fn by_itself(&mut self, index: usize, rule: Automatic, at: Moment) -> Result<(), OutOfRange> {
        let Some(item) = self.items.get(index) else { return Ok(()) };
        let (id, anchor) = (item.stated.id.as_str(), item.anchor);
        let Some(monthly) = item.monthly() else {
            self.each(index, |item| item.done = true);
            return Ok(());
        };
        let Some(reached) = months::after(item.expires, anchor, rule.step_months) else {
            self.draft.note("automatic renewals end with the year 9999");
            self.each(index, |item| item.done = true);
            return Ok(());
        };
        let fee = monthly.times(Fraction::from(u64::from(rule.step_months)))?;
        let on = self.draft.day(at);
        match self.funds.pay(fee, on, Payer::System)? {
            Paid::InFull(deductions) => {
                self.draft.pay_out(on, Nature::Renewal, id, &deductions);
                let text = format!(
                    "renewed by the system for {}: {}; expires on {}",
                    counted(rule.step_months),
                    self.draft.money(fee),
                    reached.day
                );
                self.draft.event(at, EventKind::Renewal, id, text);
                self.draft.note_missing(id, reached.missing, reached.day);
                self.move_on(index, at, reached.day, fee)?;
            }
            Paid::Short(missing) => {
                let text = format!(
                    "the renewal of {} fails: {} missing, nothing is deducted",
                    self.draft.money(fee),
                    self.draft.money(missing)
                );
                self.draft.note(format!("`{id}`, {on}: {text}"));
                self.each(index, |item| item.failure = Some(text));
            }
            Paid::Unknown(open) => {
                let message = format!(
                    "{}: {} of the renewal on {on} would come out of a balance that is not stated",
                    quoted(id),
                    self.draft.money(open)
                );
                let problem = Problem::error(Code::MissingField, message)
                    .at(item.stated.span.clone())
                    .help("state `balance` in [account]: 0 is a balance");
                self.problems.push(problem);
                self.each(index, |item| item.done = true);
            }
        }
        Ok(())
    }

    fn expire(&mut self, index: usize, at: Moment) {
        let Some(item) = self.items.get_mut(index) else { return };
        let kept = if item.policy == RenewPolicy::Automatic {
            "; its policy stays automatic, but it must be renewed by hand"
        } else {
            "; it must be renewed by hand"
        };
        let why = item.failure.take().map(|failure| format!(": {failure}")).unwrap_or_default();
        item.expired = Some(at);
        item.bar.active.push((item.since, at));
        item.bar.marks.push((at, EventKind::Expiration));
        let text = format!("expires{why}{kept}");
        self.draft.event(at, EventKind::Expiration, &item.stated.id, text);
    }

    // -------------------------------------------------------------- by the owner

    fn by_hand(&mut self, index: usize, term: &FurtherTerm, at: Moment) -> Result<(), OutOfRange> {
        let Some(item) = self.items.get(index) else { return Ok(()) };
        let (id, on) = (item.stated.id.as_str(), self.draft.day(at));
        let Some(monthly) = item.monthly() else { return Ok(()) };
        let anew = item.expired.is_some() && self.rule.late == Late::FromRenewal;
        let (first, anchor) = if anew { (on, on.of_month()) } else { (item.expires, item.anchor) };
        let Some(reached) = months::after(first, anchor, term.months) else {
            self.problems.push(beyond(&term.at));
            return Ok(());
        };
        let fee = monthly.times(Fraction::from(u64::from(term.months)))?;
        match self.funds.pay(fee, on, Payer::Owner)? {
            Paid::InFull(deductions) => {
                self.draft.pay_out(on, Nature::Renewal, id, &deductions);
            }
            Paid::Short(missing) | Paid::Unknown(missing) => {
                let missing = self.draft.money(missing);
                let message = format!(
                    "the renewal of {} is not paid: {missing} missing, nothing is deducted",
                    quoted(id)
                );
                let problem = Problem::warning(Code::Conflict, message.clone());
                self.problems.push(problem.at(term.at.span.clone()));
                self.draft.note(message);
                return Ok(());
            }
        }
        let late = if anew {
            format!("; expired on {}, counts from now on", item.expires)
        } else {
            String::new()
        };
        let text = format!(
            "renewed by hand for {}: {}; expires on {}{late}",
            counted(term.months),
            self.draft.money(fee),
            reached.day
        );
        self.draft.event(at, EventKind::Renewal, id, text);
        self.draft.note_missing(id, reached.missing, reached.day);
        self.each(index, |item| {
            if anew {
                (item.expires, item.anchor) = (on, anchor);
            }
        });
        self.move_on(index, at, reached.day, fee)
    }

    /// An instance that was paid for serves until a later day.
    pub(super) fn move_on(
        &mut self,
        index: usize,
        at: Moment,
        expires: Day,
        fee: Fraction,
    ) -> Result<(), OutOfRange> {
        let ends = self.rule.ends;
        let Some(item) = self.items.get_mut(index) else { return Ok(()) };
        if item.expired.take().is_some() {
            item.since = at;
        }
        let first = first_day_after(item.expires, ends);
        item.expires = expires;
        item.failure = None;
        item.done = false;
        item.bar.marks.push((at, EventKind::Renewal));
        if self.draft.hidden.contains(&item.stated.id) {
            return Ok(());
        }
        self.draft.spread(fee, first, first_day_after(expires, ends))
    }

    fn change(&mut self, index: usize, change: &PolicyChange, at: Moment) {
        let Some(item) = self.items.get_mut(index) else { return };
        if item.policy == change.policy {
            return;
        }
        let (rule, name) = match change.policy {
            RenewPolicy::Automatic => (self.rule.policy.to_automatic, "automatic"),
            RenewPolicy::Manual => (self.rule.policy.to_manual, "manual"),
        };
        let id = quoted(&item.stated.id);
        let refused = match rule {
            Switch::Never => Some(format!("{id} cannot be switched to {name} renewal")),
            Switch::WhileValid if item.expired.is_some() => Some(format!(
                "{id} expired on {} and cannot be switched to {name} renewal",
                item.expires
            )),
            _ => None,
        };
        if let Some(message) = refused {
            let problem = Problem::error(Code::Conflict, message).at(change.at.span.clone());
            self.problems.push(problem.help("renew it by hand first"));
            return;
        }
        if rule == Switch::NotDescribed {
            let day = self.draft.book.clock.offset.day_of(at);
            self.draft.note(format!(
                "{id} is switched to {name} renewal on {day}: the page does not describe that, it is taken as allowed"
            ));
        }
        item.policy = change.policy;
        item.done = false;
    }
}
