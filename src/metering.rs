//! Need × book → usage: which meter every key, call and instance lands on, and how much, step by step.
//!
//! What no meter takes is either named by the book as not charged, or not offered, which is a
//! problem: nothing is passed over in silence. One key of one version over 30 days is one run of
//! 30 days × 1. No price is read here.

mod holdings;
mod instances;
mod landing;
mod places;
mod timeline;

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::diagnostic::{Code, Problem, Problems};
use crate::fields::At;
use crate::fraction::{Fraction, OutOfRange};
use crate::month::Period;
use crate::pricebook::{
    Attributes, Book, Copies, ManagedBy, Meter, Noun, Over, Protection, Region, Standing, TimeUnit,
};
use crate::scenario::{Key, Location, Scenario};
use crate::source::Span;
use crate::vocabulary::{OperationId, SpecId, Vocabulary};

pub use timeline::{Clocked, Suspension};
use timeline::{Counted, Group, Rule};

/// A span of steps of time through which a quantity stands; a sum over the month is one run of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// How many of the meter's steps, at least 1: days, hours or seconds.
    pub steps: u32,
    /// How much in each.
    pub quantity: Fraction,
}

/// What one key, instance or lot of calls puts on one meter.
#[derive(Clone, Debug)]
pub struct Part {
    /// Whose it is.
    pub subject: Subject,
    /// The region's id, where one is known.
    pub region: Option<Rc<str>>,
    /// The class that decides the price, where it is priced by an axis.
    pub price_class: Option<usize>,
    /// The class that decides the factor, where there is one.
    pub factor_class: Option<usize>,
    /// How much, over time.
    pub runs: Vec<Run>,
    /// How many alike: instances.
    pub alike: u64,
    /// What is bought, where the user says so.
    pub ordered: Option<At<u64>>,
    /// What it is made of, for the explanation: operations and their calls of each key.
    pub made_of: Vec<(OperationId, u64)>,
    /// How many keys alike share it evenly, where it is of keys.
    pub keys: u64,
    /// Places that hold each, which are counted in.
    pub copies: u64,
    /// Its place in the scenario.
    pub span: Span,
}

/// Whose usage it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A group of keys.
    Key(Rc<str>),
    /// An instance.
    Instance(Rc<str>),
    /// A group of secrets.
    Secret(Rc<str>),
    /// A group of modules, or of stores of keys.
    Held(Rc<str>),
    /// Nobody's in particular.
    Account,
}

impl Subject {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Key(name) | Self::Instance(name) | Self::Secret(name) | Self::Held(name) => {
                Some(name)
            }
            Self::Account => None,
        }
    }
}

/// A need, metered by a book over a period.
#[derive(Debug, Default)]
pub struct Usage {
    /// For each meter of the book, what is on it.
    pub parts: Vec<Vec<Part>>,
    /// For each meter of the book, how much of the time that its price is for one step is.
    pub worth: Vec<Fraction>,
    /// Quantities by name, as pages print them.
    pub quantities: BTreeMap<&'static str, Fraction>,
    /// Sentences about what was taken where the scenario is silent.
    pub notes: Vec<String>,
}

/// What metering needs beside the need and the book.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The shared words.
    pub vocabulary: &'a Vocabulary,
    /// The regions of the scenario's own provider, by which its region ids are understood.
    pub home: Option<&'a BTreeMap<String, Region>>,
    /// What the bill covers.
    pub period: Period,
    /// The first period of a projection, from which undated rotations count.
    pub origin: Period,
}

/// Meters a need.
///
/// Problems are pushed: a region, spec or quantity that the book does not have, a field that a
/// price depends on and that is not stated, dates that cannot be.
pub fn meter(
    scenario: &Scenario,
    book: &Book,
    setting: Setting<'_>,
    problems: &mut Problems,
) -> Usage {
    let mut metering = Metering {
        scenario,
        book,
        setting,
        suspension: Suspension::default(),
        landed: BTreeMap::new(),
        located: BTreeMap::new(),
        usage: Usage {
            parts: vec![Vec::new(); book.meters.len()],
            worth: book.meters.iter().map(|meter| worth(meter, book, setting.period)).collect(),
            ..Usage::default()
        },
        problems,
    };
    metering.suspension = timeline::suspension(scenario, book, setting.period, metering.problems);
    metering.account();
    metering.keys();
    metering.calls();
    metering.secrets();
    metering.hsms();
    metering.keystores();
    metering.instances();
    metering.implied();
    metering.usage
}

/// How much of the time that a meter's price is for one of its steps is: 1 of a day's day, 1/744 of
/// a month's hour.
fn worth(meter: &Meter, book: &Book, period: Period) -> Fraction {
    let Some(timed) = meter.over.timed() else {
        return Fraction::from(1);
    };
    let unit = match timed.unit {
        TimeUnit::Hour => 3600,
        TimeUnit::Day => 86_400,
        // a month of 730 hours has 31 begun days of its own, and all of them are one month
        TimeUnit::OwnMonth => {
            let steps = period.seconds().div_ceil(timed.step);
            u64::from(steps).saturating_mul(u64::from(timed.step))
        }
        TimeUnit::StandardMonth => u64::from(book.clock.standard_hours).saturating_mul(3600),
    };
    // a step over a month of seconds is far inside the range of fractions
    Fraction::from(u64::from(timed.step)).over(unit).unwrap_or_default()
}

/// What a key asks for that is held in more than one region.
const REPLICAS: &str = "replicas of a key";

struct Metering<'a> {
    scenario: &'a Scenario,
    book: &'a Book,
    setting: Setting<'a>,
    suspension: Suspension,
    landed: BTreeMap<(Noun, Attributes<'a>), Rc<[Landing]>>,
    located: BTreeMap<Location, Option<Place<'a>>>,
    usage: Usage,
    problems: &'a mut Problems,
}

/// A meter that a thing lands on, and the classes that price it there.
#[derive(Clone, Copy, Debug)]
struct Landing {
    meter: usize,
    price_class: Option<usize>,
    factor_class: Option<usize>,
}

/// That a problem has been pushed, and there is nothing to go on with.
#[derive(Clone, Copy, Debug)]
struct Told;

#[derive(Clone, Debug)]
struct Place<'a> {
    id: Rc<str>,
    key: &'a str,
    groups: &'a [String],
}

impl<'a> Metering<'a> {
    /// What is said of the account must mean something to the book.
    fn account(&mut self) {
        let account = &self.scenario.account;
        let suspends = self.book.meters.iter().any(|meter| meter.unbilled.suspended);
        let remains = self.book.allowances.iter().any(|allowance| allowance.remaining);
        let suspended =
            account.suspended.first().map(|(from, _)| from.span.clone()).filter(|_| !suspends);
        let remaining =
            account.free_calls_remaining.as_ref().map(|at| at.span.clone()).filter(|_| !remains);
        let unsaid = [
            (suspended, "what a suspension changes"),
            (remaining, "of a free quota that is given once"),
        ];
        for (span, what) in unsaid {
            if let Some(span) = span {
                let message = format!("`{}` does not say {what}", self.book.id);
                self.problems.push(Problem::error(Code::NotOffered, message).at(span));
            }
        }
    }

    fn keys(&mut self) {
        let scenario = self.scenario;
        for key in &scenario.keys {
            let known = self.attributes(
                key.managed_by,
                key.protection.as_ref(),
                key.spec.as_ref(),
                key.location.as_ref(),
            );
            let thing = known.map(|(thing, place)| {
                let (used, provisioning) = (Some(key.is_used()), Some(key.provisioning));
                (Attributes { used, provisioning, ..thing }, place)
            });
            // an instance holds them; what its plan prices one by one it prices by their own lives
            let held = self.book.instance_axis.is_some() && key.managed_by == ManagedBy::Customer;
            if held && !self.prices_one_by_one(&[Noun::Key, Noun::KeyVersion, Noun::Call]) {
                self.check_life(key);
                if key.replicas > 0 {
                    self.needs_copies(&[], REPLICAS, &key.span, &key.name);
                }
                continue;
            }
            let Ok((thing, place)) = thing else { continue };
            let name: Rc<str> = key.name.as_str().into();
            let subject = Subject::Key(Rc::clone(&name));
            let mut landed = Vec::new();
            for noun in [Noun::Key, Noun::KeyVersion] {
                for landing in self.land_one_by_one(noun, &thing, &key.span, &key.name) {
                    landed.push(landing.meter);
                    if let Some(runs) = self.runs(key, noun, landing.meter, &key.span) {
                        self.put(&landing, subject.clone(), place.as_ref(), runs, &key.span);
                        let copies = self.copies(landing.meter, key.replicas.saturating_add(1));
                        self.last_part(landing.meter, |part| {
                            (part.keys, part.copies) = (key.count, copies);
                        });
                    }
                }
            }
            if landed.is_empty() && !held && !self.book.not_charged.contains_key(&Noun::Key) {
                self.not_offered([Noun::Key, Noun::KeyVersion], &thing, &key.span, &key.name);
            } else if key.replicas > 0 {
                self.needs_copies(&landed, REPLICAS, &key.span, &key.name);
            }
            self.events(key, &thing, place.as_ref());
            if held && !self.prices_one_by_one(&[Noun::Call]) {
                continue;
            }
            let operations = &key.operations;
            self.operations(&subject, operations, thing, place.as_ref(), key.count, &key.span);
        }
    }

    /// What happens to a key and has a price of its own.
    fn events(&mut self, key: &'a Key, thing: &Attributes<'a>, place: Option<&Place<'a>>) {
        let clock = self.book.clock.offset;
        for noun in [Noun::Rotation, Noun::Restore] {
            for landing in self.land_one_by_one(noun, thing, &key.span, &key.name) {
                let clocked = Clocked::new(key, clock, self.setting.origin, self.problems);
                let Some(clocked) = clocked else { return };
                let period = self.setting.period;
                let events = match noun {
                    Noun::Rotation => clocked.rotations(period),
                    _ => clocked.restores(period),
                };
                let subject = Subject::Key(key.name.as_str().into());
                self.put_events(&landing, subject, place, events, &key.span);
            }
        }
    }

    /// Puts what happened in a month; nothing where nothing did.
    fn put_events(
        &mut self,
        landing: &Landing,
        subject: Subject,
        place: Option<&Place<'_>>,
        events: Option<u128>,
        span: &Span,
    ) {
        match events.map(Fraction::try_from) {
            Some(Ok(quantity)) if quantity.is_zero() => {}
            Some(Ok(quantity)) => {
                self.put(landing, subject, place, vec![Run { steps: 1, quantity }], span);
            }
            _ => self
                .problems
                .push(Problem::error(Code::TooLarge, "more than can be counted").at(span.clone())),
        }
    }

    /// Copies in other places, where no meter counts them.
    fn needs_copies(&mut self, landed: &[usize], what: &str, span: &Span, name: &str) {
        let counts = |at: &usize| {
            self.book.meters.get(*at).is_some_and(|meter| meter.copies == Copies::Counted)
        };
        if landed.iter().any(counts) {
            return;
        }
        let message = format!(
            "`{}` does not offer {what} ({})",
            self.book.id,
            crate::diagnostic::quoted(name)
        );
        self.problems.push(Problem::error(Code::NotOffered, message).at(span.clone()));
    }

    fn calls(&mut self) {
        let scenario = self.scenario;
        for calls in &scenario.calls {
            let known = self.attributes(
                calls.managed_by,
                calls.protection.as_ref(),
                calls.spec.as_ref(),
                calls.location.as_ref(),
            );
            let Ok((thing, place)) = known else { continue };
            let provisioning = Some(calls.provisioning);
            self.operations(
                &Subject::Account,
                &calls.operations,
                Attributes { used: Some(true), provisioning, ..thing },
                place.as_ref(),
                1,
                &calls.span,
            );
        }
    }

    /// What is known of keys, or of calls to keys, and where they are.
    fn attributes(
        &mut self,
        managed_by: ManagedBy,
        protection: Option<&At<Protection>>,
        spec: Option<&At<SpecId>>,
        location: Option<&'a At<Location>>,
    ) -> Result<(Attributes<'a>, Option<Place<'a>>), Told> {
        let place = self.place(location)?;
        let thing = Attributes {
            managed_by: Some(managed_by),
            protection: protection.map(|protection| protection.value),
            spec: spec.map(|spec| spec.value),
            region: place.as_ref().map(|place| place.key),
            groups: place.as_ref().map_or(&[], |place| place.groups),
            ..Attributes::default()
        };
        Ok((thing, place))
    }

    /// Puts calls on their meters, the operations of one meter together.
    fn operations(
        &mut self,
        subject: &Subject,
        operations: &[(At<OperationId>, u64)],
        thing: Attributes<'a>,
        place: Option<&Place<'a>>,
        count: u64,
        span: &Span,
    ) {
        let mut by_meter: Vec<(Landing, Vec<(OperationId, u64)>)> = Vec::new();
        for (operation, calls) in operations {
            let kind = self.setting.vocabulary.operation_kind(operation.value);
            let thing = Attributes { operation: Some((operation.value, kind)), ..thing };
            let name = self.setting.vocabulary.operation_name(operation.value).to_owned();
            let landings = self.land(Noun::Call, &thing, span, subject.name().unwrap_or(&name));
            if landings.is_empty() && !self.book.not_charged.contains_key(&Noun::Call) {
                self.not_offered(
                    [Noun::Call, Noun::Call],
                    &thing,
                    span,
                    subject.name().unwrap_or(&name),
                );
            }
            for landing in landings.iter() {
                match by_meter.iter_mut().find(|(known, _)| known.meter == landing.meter) {
                    Some((_, made_of)) => made_of.push((operation.value, *calls)),
                    None => by_meter.push((*landing, vec![(operation.value, *calls)])),
                }
            }
        }
        for (landing, made_of) in by_meter {
            if self.is_suspended_throughout(landing.meter) {
                continue;
            }
            let each = made_of
                .iter()
                .try_fold(0_u128, |sum, (_, calls)| sum.checked_add(u128::from(*calls)));
            let total = each.and_then(|each| each.checked_mul(u128::from(count)));
            let quantity = total.ok_or(OutOfRange).and_then(Fraction::try_from);
            match quantity {
                Ok(quantity) if quantity.is_zero() => {}
                Ok(quantity) => {
                    self.put(
                        &landing,
                        subject.clone(),
                        place,
                        vec![Run { steps: 1, quantity }],
                        span,
                    );
                    self.last_part(landing.meter, |part| {
                        part.made_of = made_of;
                        part.keys = count;
                    });
                }
                Err(_) => self.problems.push(
                    Problem::error(Code::TooLarge, "more calls than can be counted")
                        .at(span.clone()),
                ),
            }
        }
    }

    /// Whether nothing of a meter is charged, since the service is suspended through all of the month.
    fn is_suspended_throughout(&self, meter: usize) -> bool {
        let free = self.book.meters.get(meter).is_some_and(|meter| meter.unbilled.suspended);
        free && self.suspension.covers(self.setting.period, self.book.clock.offset)
    }

    fn put(
        &mut self,
        landing: &Landing,
        subject: Subject,
        place: Option<&Place<'_>>,
        runs: Vec<Run>,
        span: &Span,
    ) {
        if let Some(parts) = self.usage.parts.get_mut(landing.meter) {
            parts.push(Part {
                subject,
                region: place.map(|place| Rc::clone(&place.id)),
                price_class: landing.price_class,
                factor_class: landing.factor_class,
                runs,
                alike: 1,
                ordered: None,
                made_of: Vec::new(),
                keys: 1,
                copies: 1,
                span: span.clone(),
            });
        }
    }

    /// Adds to what was put last.
    fn last_part(&mut self, meter: usize, add: impl FnOnce(&mut Part)) {
        if let Some(part) = self.usage.parts.get_mut(meter).and_then(|parts| parts.last_mut()) {
            add(part);
        }
    }

    /// How many of a group of keys or secrets a meter counts, over time.
    fn runs<'k>(
        &mut self,
        group: impl Into<Group<'k>>,
        noun: Noun,
        meter: usize,
        span: &Span,
    ) -> Option<Vec<Run>> {
        let rule = Rule::from(self.book.meters.get(meter)?);
        let clock = self.book.clock.offset;
        let clocked = Clocked::new(group, clock, self.setting.origin, self.problems)?;
        let counted = match noun {
            Noun::KeyVersion | Noun::SecretVersion => Counted::Versions,
            _ => Counted::Things,
        };
        let runs = clocked.runs(counted, rule, self.setting.period, &self.suspension);
        self.counted(runs, span)
    }

    /// How many places of a thing a meter counts.
    fn copies(&self, meter: usize, copies: u64) -> u64 {
        let counted = |meter: &Meter| if meter.copies == Copies::Counted { copies } else { 1 };
        self.book.meters.get(meter).map_or(1, counted)
    }

    /// A quantity that stands through the whole period.
    fn standing(&self, meter: usize, quantity: Fraction) -> Result<Vec<Run>, OutOfRange> {
        let over = self.book.meters.get(meter).map_or(Over::Sum, |meter| meter.over);
        Ok(match over.timed() {
            None => vec![Run { steps: 1, quantity }],
            Some(timed) => {
                let steps = self.setting.period.seconds().div_ceil(timed.step);
                let quantity = match timed.rule {
                    Standing::PeakUp => Fraction::try_from(quantity.ceiling()?)?,
                    Standing::AtEnd | Standing::AnyPart => quantity,
                };
                vec![Run { steps, quantity }]
            }
        })
    }

    fn counted(&mut self, runs: Option<Vec<(u32, u128)>>, span: &Span) -> Option<Vec<Run>> {
        let runs = runs.and_then(|runs| {
            runs.into_iter()
                .map(|(steps, quantity)| {
                    Fraction::try_from(quantity).ok().map(|quantity| Run { steps, quantity })
                })
                .collect::<Option<Vec<_>>>()
        });
        if runs.is_none() {
            self.problems.push(
                Problem::error(Code::TooLarge, "more versions than can be counted")
                    .at(span.clone()),
            );
        }
        runs
    }

    /// Checks the dates of a key or secret that is not metered over time.
    fn check_life<'k>(&mut self, group: impl Into<Group<'k>>) {
        Clocked::new(group, self.book.clock.offset, self.setting.origin, self.problems);
    }
}
