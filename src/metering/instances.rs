//! Dedicated instances: written out, or one worked out from the need; and what other plans make of
//! the same words.
//!
//! 100 calls a second on average, logged for 180 days at 1 KB a call, are
//! 100 × 86,400 × 180 KB = 1,555,200,000 KB, or 1,483.154296875 GB of 1,024 × 1,024 KB.

use std::rc::Rc;

use super::{Landing, Metering, Part, Place, Subject, Told};
use crate::diagnostic::{Code, Problem, listed, quoted};
use crate::fields::At;
use crate::fraction::{Fraction, OutOfRange};
use crate::pricebook::{
    Attributes, Copies, ManagedBy, Meter, Noun, Over, Standing, TimeUnit, Timed, Unbilled,
};
use crate::scenario::{AuditLogNeed, Location, Order, Scenario};
use crate::source::Span;

use super::timeline::{Clocked, Counted, Rule};

const SECONDS_PER_DAY: u64 = 86_400;
/// By which an instance's key versions are found: every one that exists in any part of a day.
const ANY_VERSION: Rule = Rule {
    over: Over::Timed(Timed { rule: Standing::AnyPart, step: 86_400, unit: TimeUnit::Day }),
    unbilled: Unbilled {
        pending_deletion: None,
        linger_days: None,
        linger_at_most: false,
        suspended: false,
    },
    copies: Copies::NotCounted,
    at_most_per_key: None,
};

/// What one instance must hold.
struct Want<'a> {
    name: Rc<str>,
    class: usize,
    count: u64,
    location: Option<&'a At<Location>>,
    key_versions: Option<At<u64>>,
    secrets: Option<At<u64>>,
    peak_qps: Option<At<Fraction>>,
    vpcs: Option<At<u64>>,
    shared_accounts: Option<At<u64>>,
    audit_log: Option<&'a AuditLogNeed>,
    zones: Option<At<u64>>,
    order: Option<&'a Order>,
    span: Span,
}

impl<'a> Metering<'a> {
    /// Meters everything that is neither a key nor a call.
    pub(super) fn instances(&mut self) {
        match self.book.instance_axis {
            Some(axis) => {
                for want in self.wanted(axis) {
                    self.instance(axis, &want);
                }
            }
            None => self.without_instances(),
        }
    }

    /// A plan that sells no instances: each stated word is priced, named as not charged, or not offered.
    fn without_instances(&mut self) {
        let scenario = self.scenario;
        if let Some(instance) = scenario.instances.first() {
            let message = format!("`{}` sells no instances", self.book.id);
            self.problems.push(
                Problem::error(Code::NotOffered, message)
                    .at(instance.span.clone())
                    .help("say the need as keys and calls instead"),
            );
        }
        let value = |at: &Option<At<u64>>| at.as_ref().map(|at| (at.value.into(), at.span.clone()));
        let peak = scenario.load.peak_qps.as_ref().map(|at| (at.value, at.span.clone()));
        let stated = [
            (Noun::PeakQps, "load.peak_qps", peak),
            (Noun::Vpc, "access.vpcs", value(&scenario.access.vpcs)),
            (
                Noun::SharedAccount,
                "access.shared_accounts",
                value(&scenario.access.shared_accounts),
            ),
            (
                Noun::LogGigabyte,
                "audit_log",
                scenario.audit_log.as_ref().map(|log| (1.into(), log.span.clone())),
            ),
            (Noun::Zone, "deployment.zones", value(&scenario.zones)),
        ];
        for (noun, name, stated) in stated {
            if let Some((quantity, span)) = stated {
                self.unpooled(noun, name, quantity, &span);
            }
        }
    }

    fn unpooled(&mut self, noun: Noun, name: &'a str, quantity: Fraction, span: &Span) {
        if self.not_charged(noun, name) {
            return;
        }
        let Ok((thing, place)) = self.somewhere(None) else { return };
        let landings = self.land(noun, &thing, span, name);
        if landings.is_empty() {
            self.not_offered([noun, noun], &thing, span, name);
        }
        for landing in landings.iter() {
            self.put_standing(landing, Subject::Account, place.as_ref(), quantity, span);
        }
    }

    // -------------------------------------------------------------- which instances

    fn wanted(&mut self, axis: usize) -> Vec<Want<'a>> {
        let scenario = self.scenario;
        if scenario.instances.is_empty() {
            return self.derived(axis).into_iter().collect();
        }
        let mut wanted = Vec::new();
        for instance in &scenario.instances {
            let Some(class) = self.instance_class(axis, &instance.kind) else { continue };
            wanted.push(Want {
                name: instance.name.as_str().into(),
                class,
                count: instance.count,
                location: instance.location.as_ref(),
                key_versions: instance.key_versions.clone(),
                secrets: instance.secrets.clone(),
                peak_qps: instance.peak_qps.clone(),
                vpcs: instance.access.vpcs.clone(),
                shared_accounts: instance.access.shared_accounts.clone(),
                audit_log: instance.audit_log.as_ref(),
                zones: instance.zones.clone(),
                order: instance.order.as_ref(),
                span: instance.span.clone(),
            });
        }
        wanted
    }

    fn instance_class(&mut self, axis: usize, kind: &At<String>) -> Option<usize> {
        let axis = self.book.axes.get(axis)?;
        let class = axis.class(&kind.value);
        if class.is_none() {
            let known = axis.classes.iter().map(|class| class.name.as_str());
            let name = At { value: kind.value.as_str(), span: kind.span.clone() };
            self.problems.push(crate::fields::unknown_name("instance type", &name, known));
        }
        class
    }

    /// The one instance that serves the need; none where default keys serve it.
    fn derived(&mut self, axis: usize) -> Option<Want<'a>> {
        let scenario = self.scenario;
        let first_span = asks_for_instance(scenario)?;
        let class = self.derived_class(axis, &first_span)?;
        let location = self.derived_location().ok()?;
        let key_versions = self.key_versions(&first_span).ok()?;
        let secrets = total(scenario.secrets.iter().map(|secret| secret.count))?;
        let stated = |value: u64| (value > 0).then(|| At { value, span: first_span.clone() });
        Some(Want {
            name: "instance".into(),
            class,
            count: 1,
            location,
            key_versions: stated(key_versions),
            secrets: stated(secrets),
            peak_qps: self.peak(&first_span),
            vpcs: scenario.access.vpcs.clone(),
            shared_accounts: scenario.access.shared_accounts.clone(),
            audit_log: scenario.audit_log.as_ref(),
            zones: scenario.zones.clone(),
            order: None,
            span: first_span,
        })
    }

    /// The instance's type is that of all its keys.
    fn derived_class(&mut self, axis: usize, span: &Span) -> Option<usize> {
        let scenario = self.scenario;
        let known = self.book.axes.get(axis)?;
        let mut chosen: Option<usize> = None;
        for key in scenario.keys.iter().filter(|key| key.managed_by == ManagedBy::Customer) {
            let thing = Attributes {
                managed_by: Some(key.managed_by),
                protection: key.protection.as_ref().map(|at| at.value),
                spec: key.spec.as_ref().map(|at| at.value),
                ..Attributes::default()
            };
            match (known.class_of(axis, &thing), chosen) {
                (Err(field), _) => {
                    let message =
                        format!("{} does not state {}", quoted(&key.name), field.stated());
                    self.problems.push(
                        Problem::error(Code::MissingField, message)
                            .at(key.span.clone())
                            .label("the type of the instance depends on it"),
                    );
                    return None;
                }
                (Ok(None), _) => {
                    self.not_offered(
                        [Noun::Instance, Noun::Instance],
                        &thing,
                        &key.span,
                        &key.name,
                    );
                    return None;
                }
                (Ok(Some(class)), Some(other)) if class != other => {
                    let message = format!(
                        "the need mixes keys of several instance types ({} is of another)",
                        quoted(&key.name)
                    );
                    self.problems.push(Problem::error(Code::Conflict, message).at(key.span.clone()).help("one instance holds keys of one type: write each instance out as [[instance]]"));
                    return None;
                }
                (Ok(class), _) => chosen = class,
            }
        }
        if chosen.is_none() {
            let types = known.classes.iter().map(|class| class.name.as_str());
            let help =
                format!("write it out as [[instance]] with `type`, one of {}", listed(types));
            self.problems.push(
                Problem::error(
                    Code::MissingField,
                    "the need does not say which type of instance it is for",
                )
                .at(span.clone())
                .help(help),
            );
        }
        chosen
    }

    /// Where the instance is: one region for all its keys.
    fn derived_location(&mut self) -> Result<Option<&'a At<Location>>, Told> {
        let scenario = self.scenario;
        let mut chosen: Option<(&At<Location>, Rc<str>)> = None;
        for key in scenario.keys.iter().filter(|key| key.managed_by == ManagedBy::Customer) {
            let Some(location) = key.location.as_ref().or(scenario.location.as_ref()) else {
                continue;
            };
            let Some(place) = self.place(Some(location))? else { continue };
            match &chosen {
                Some((_, other)) if *other != place.id => {
                    let message = format!(
                        "the need spans several regions ({} is in another), and an instance is in one",
                        quoted(&key.name)
                    );
                    let problem = Problem::error(Code::Conflict, message).at(key.span.clone());
                    self.problems.push(
                        problem.help("write each instance out as [[instance]] with its region"),
                    );
                    return Err(Told);
                }
                _ => chosen = Some((location, place.id)),
            }
        }
        Ok(chosen.map(|(location, _)| location).or(scenario.location.as_ref()))
    }

    /// The most key versions that exist at once in the period.
    fn key_versions(&mut self, span: &Span) -> Result<u64, Told> {
        let scenario = self.scenario;
        let period = self.setting.period;
        let mut still = Some(0_u128);
        let mut days: Vec<u128> = Vec::new();
        for key in scenario.keys.iter().filter(|key| key.managed_by == ManagedBy::Customer) {
            let clocked =
                Clocked::new(key, self.book.clock.offset, self.setting.origin, self.problems)
                    .ok_or(Told)?;
            let runs = clocked.runs(Counted::Versions, ANY_VERSION, period, &self.suspension);
            let Some(runs) = runs else {
                still = None;
                continue;
            };
            if let [(_, count)] = runs.as_slice() {
                still = still.and_then(|still| still.checked_add(*count));
                continue;
            }
            let by_day = runs.iter().flat_map(|(length, count)| {
                std::iter::repeat_n(*count, usize::try_from(*length).unwrap_or(0))
            });
            days.resize(usize::try_from(period.days()).unwrap_or(0), 0);
            for (sum, count) in days.iter_mut().zip(by_day) {
                *sum = sum.saturating_add(count);
            }
        }
        let largest = days.into_iter().max().unwrap_or(0);
        let largest = still
            .and_then(|still| still.checked_add(largest))
            .and_then(|largest| u64::try_from(largest).ok());
        largest.ok_or_else(|| {
            self.problems.push(
                Problem::error(Code::TooLarge, "more key versions than can be counted")
                    .at(span.clone()),
            );
            Told
        })
    }

    /// The peak that is stated; where the listed calls are more on average, their average.
    fn peak(&mut self, span: &Span) -> Option<At<Fraction>> {
        let stated = self.scenario.load.peak_qps.clone();
        let Some(average) = self.scenario.average_qps(self.setting.period) else {
            let message = "more calls than a rate can be told of";
            self.problems.push(Problem::error(Code::TooLarge, message).at(span.clone()));
            return None;
        };
        if stated.as_ref().map_or(average == 0, |peak| peak.value >= average.into()) {
            return stated;
        }
        let said = if stated.is_some() { "is smaller" } else { "is not stated" };
        self.usage.notes.push(format!(
            "`load.peak_qps` {said}: taken as {average}, the average rate of the listed calls"
        ));
        let span = stated.map_or_else(|| span.clone(), |peak| peak.span);
        Some(At { value: average.into(), span })
    }

    // -------------------------------------------------------------- one instance

    fn instance(&mut self, axis: usize, want: &Want<'a>) {
        let Ok(place) = self.place(want.location) else { return };
        let thing = Attributes {
            region: place.as_ref().map(|place| place.key),
            groups: place.as_ref().map_or(&[], |place| place.groups),
            known: Some((axis, want.class)),
            ..Attributes::default()
        };
        let order =
            |pick: fn(&Order) -> &Option<At<u64>>| want.order.and_then(|order| pick(order).clone());
        let whole = |at: &Option<At<u64>>| {
            at.as_ref().map(|at| (Fraction::from(at.value), at.span.clone()))
        };
        let peak = want.peak_qps.as_ref().map(|at| (at.value, at.span.clone()));
        // logs that are not charged need no size
        let charged = !self.book.not_charged.contains_key(&Noun::LogGigabyte);
        let log = want.audit_log.filter(|_| charged).and_then(|log| self.log_gigabytes(log));
        self.name_quantities(want);
        let needs = [
            (Noun::Instance, Some((Fraction::from(1), want.span.clone())), None),
            (Noun::PeakQps, peak, order(|order| &order.peak_qps)),
            (Noun::KeyVersion, whole(&want.key_versions), order(|order| &order.extra_keys)),
            (Noun::Secret, whole(&want.secrets), order(|order| &order.extra_secrets)),
            (Noun::Vpc, whole(&want.vpcs), None),
            (Noun::SharedAccount, whole(&want.shared_accounts), order(|order| &order.extra_access)),
            (Noun::LogGigabyte, log, order(|order| &order.log_gigabytes)),
            (Noun::Zone, whole(&want.zones), None),
        ];
        for (noun, need, ordered) in needs {
            let (quantity, span) = match (need, &ordered) {
                (Some(need), _) => need,
                (None, Some(ordered)) => (Fraction::ZERO, ordered.span.clone()),
                (None, None) => continue,
            };
            // keys and secrets of a need that is not written out are metered by their own lives
            let by_itself = matches!(noun, Noun::KeyVersion | Noun::Secret)
                && self.scenario.instances.is_empty();
            for landing in self.land_instance(noun, &thing, &span, want).iter() {
                let pooled = self.book.meters.get(landing.meter);
                if by_itself && !pooled.is_some_and(Meter::is_of_instances) {
                    continue;
                }
                self.put_instance(landing, want, place.as_ref(), quantity, ordered.clone(), &span);
            }
        }
    }

    fn land_instance(
        &mut self,
        noun: Noun,
        thing: &Attributes<'a>,
        span: &Span,
        want: &Want<'_>,
    ) -> Rc<[Landing]> {
        let before = self.problems.len();
        let landings = self.land(noun, thing, span, &want.name);
        if landings.is_empty()
            && self.problems.len() == before
            && !self.book.not_charged.contains_key(&noun)
        {
            let message = format!("`{}` does not price `{}`", self.book.id, noun.as_str());
            self.problems.push(Problem::error(Code::NotOffered, message).at(span.clone()));
        }
        landings
    }

    fn put_instance(
        &mut self,
        landing: &Landing,
        want: &Want<'_>,
        place: Option<&Place<'_>>,
        quantity: Fraction,
        ordered: Option<At<u64>>,
        span: &Span,
    ) {
        let Ok(runs) = self.standing(landing.meter, quantity) else {
            self.problems
                .push(Problem::error(Code::TooLarge, "more than can be counted").at(span.clone()));
            return;
        };
        if let Some(parts) = self.usage.parts.get_mut(landing.meter) {
            parts.push(Part {
                subject: Subject::Instance(Rc::clone(&want.name)),
                region: place.map(|place| Rc::clone(&place.id)),
                price_class: landing.price_class,
                factor_class: landing.factor_class,
                runs,
                alike: want.count,
                ordered,
                made_of: Vec::new(),
                keys: 1,
                copies: 1,
                span: span.clone(),
            });
        }
    }

    fn log_gigabytes(&mut self, log: &AuditLogNeed) -> Option<(Fraction, Span)> {
        if let Some(gigabytes) = &log.gigabytes {
            return Some((gigabytes.value, gigabytes.span.clone()));
        }
        let Some(rule) = self.book.audit_log else {
            let message = format!("`{}` does not say how logs are sized", self.book.id);
            self.problems.push(
                Problem::error(Code::NotOffered, message)
                    .at(log.span.clone())
                    .help("state `gigabytes`"),
            );
            return None;
        };
        let Some(average) = log.average_qps.as_ref().or(self.scenario.load.average_qps.as_ref())
        else {
            self.problems.push(
                Problem::error(
                    Code::MissingField,
                    "[audit_log] has no rate to size its storage by",
                )
                .at(log.span.clone())
                .label("`average_qps` or `gigabytes` is needed here"),
            );
            return None;
        };
        let days = log.retention_days.as_ref().map_or(rule.retention_days, |days| days.value);
        if let Some(stated) = &log.retention_days
            && stated.value > rule.most_retention_days
        {
            let message = format!(
                "logs kept for {} days, at most {} can be had",
                stated.value, rule.most_retention_days
            );
            self.problems.push(
                Problem::error(Code::OverQuota, message)
                    .at(stated.span.clone())
                    .label(format!("expected at most {}", rule.most_retention_days)),
            );
            return None;
        }
        let sized = |average: Fraction| -> Result<(Fraction, Fraction, Fraction), OutOfRange> {
            let daily = average
                .times(Fraction::from(SECONDS_PER_DAY))?
                .times(Fraction::from(rule.kilobytes_per_request))?;
            Ok((
                daily,
                daily.over(rule.kilobytes_per_gigabyte)?,
                daily.times(Fraction::from(days))?.over(rule.kilobytes_per_gigabyte)?,
            ))
        };
        let Ok((kilobytes, daily, gigabytes)) = sized(average.value) else {
            self.problems.push(
                Problem::error(Code::TooLarge, "more log storage than can be counted")
                    .at(average.span.clone()),
            );
            return None;
        };
        let named = [
            ("log-kilobytes-per-day", kilobytes),
            ("log-gigabytes-per-day", daily),
            ("log-gigabytes", gigabytes),
            ("retention-days", days.into()),
        ];
        self.usage.quantities.extend(named);
        Some((gigabytes, log.span.clone()))
    }

    fn name_quantities(&mut self, want: &Want<'_>) {
        let units = [&want.vpcs, &want.shared_accounts].into_iter().flatten().map(|at| at.value);
        if let Some(units) = total(units).filter(|units| *units > 0) {
            self.usage.quantities.insert("access-units", units.into());
        }
        if let Some(versions) = &want.key_versions {
            self.usage.quantities.insert("key-versions", versions.value.into());
        }
    }
}

/// Where a need first asks for an instance; none where default keys serve it.
fn asks_for_instance(scenario: &Scenario) -> Option<Span> {
    let by_customer = |managed_by: ManagedBy| managed_by == ManagedBy::Customer;
    let key = scenario.keys.iter().find(|key| by_customer(key.managed_by)).map(|key| &key.span);
    let calls =
        scenario.calls.iter().find(|calls| by_customer(calls.managed_by)).map(|calls| &calls.span);
    let held = [
        key,
        scenario.secrets.first().map(|secret| &secret.span),
        scenario.audit_log.as_ref().map(|log| &log.span),
        scenario.access.vpcs.as_ref().map(|at| &at.span),
        scenario.access.shared_accounts.as_ref().map(|at| &at.span),
        calls,
    ];
    let shape = [
        scenario.load.peak_qps.as_ref().map(|at| &at.span),
        scenario.zones.as_ref().map(|at| &at.span),
    ];
    // a rate or a number of zones alone may be that of default keys
    let defaults = !scenario.keys.is_empty() || !scenario.calls.is_empty();
    let shape = shape.into_iter().filter(|_| !defaults);
    held.into_iter().chain(shape).flatten().next().cloned()
}

fn total(mut values: impl Iterator<Item = u64>) -> Option<u64> {
    values.try_fold(0_u64, u64::checked_add)
}
