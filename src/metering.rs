//! Need × book → usage: which meter every key, call and instance lands on, and how much, day by day.
//!
//! What no meter takes is either named by the book as not charged, or not offered, which is a
//! problem: nothing is passed over in silence. One key of one version over 30 days is one run of
//! 30 days × 1. No price is read here.

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
use crate::pricebook::{Attributes, Book, ManagedBy, Noun, Protection, Region};
use crate::scenario::{Key, Location, Scenario};
use crate::source::Span;
use crate::vocabulary::{OperationId, SpecId, Vocabulary};

pub use timeline::{Clocked, Suspension};

/// A span of days through which a quantity stands; a sum over the month is one run of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// How many days, at least 1.
    pub days: u32,
    /// How much on each.
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
    /// How many keys make those calls each.
    pub keys: u64,
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
    /// Nobody's in particular.
    Account,
}

impl Subject {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Key(name) | Self::Instance(name) => Some(name),
            Self::Account => None,
        }
    }
}

/// A need, metered by a book over a period.
#[derive(Debug, Default)]
pub struct Usage {
    /// For each meter of the book, what is on it.
    pub parts: Vec<Vec<Part>>,
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
        usage: Usage { parts: vec![Vec::new(); book.meters.len()], ..Usage::default() },
        problems,
    };
    metering.suspension = timeline::suspension(scenario, book, setting.period, metering.problems);
    metering.account();
    metering.keys();
    metering.calls();
    metering.instances();
    metering.usage
}

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
    group: Option<&'a str>,
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
            if self.book.instance_axis.is_some() && key.managed_by == ManagedBy::Customer {
                self.check_life(key);
                continue;
            }
            let known = self.attributes(
                key.managed_by,
                key.protection.as_ref(),
                key.spec.as_ref(),
                key.location.as_ref(),
            );
            let Ok((thing, place)) = known else { continue };
            let name: Rc<str> = key.name.as_str().into();
            let mut landed = false;
            for noun in [Noun::Key, Noun::KeyVersion] {
                for landing in self.land(noun, &thing, &key.span, &key.name).iter() {
                    landed = true;
                    if let Some(runs) = self.runs(key, noun, landing.meter) {
                        self.put(
                            landing,
                            Subject::Key(Rc::clone(&name)),
                            place.as_ref(),
                            runs,
                            &key.span,
                        );
                    }
                }
            }
            if !landed && !self.book.not_charged.contains_key(&Noun::Key) {
                self.not_offered([Noun::Key, Noun::KeyVersion], &thing, &key.span, &key.name);
            }
            self.operations(
                &Subject::Key(name),
                &key.operations,
                thing,
                place.as_ref(),
                key.count,
                &key.span,
            );
        }
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
            self.operations(
                &Subject::Account,
                &calls.operations,
                thing,
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
            group: place.as_ref().and_then(|place| place.group),
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
            let free =
                self.book.meters.get(landing.meter).is_some_and(|meter| meter.unbilled.suspended);
            if free && self.suspension.covers(self.setting.period, self.book.clock.offset) {
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
                        vec![Run { days: 1, quantity }],
                        span,
                    );
                    if let Some(part) =
                        self.usage.parts.get_mut(landing.meter).and_then(|parts| parts.last_mut())
                    {
                        part.made_of = made_of;
                        part.keys = count;
                    }
                }
                Err(_) => self.problems.push(
                    Problem::error(Code::TooLarge, "more calls than can be counted")
                        .at(span.clone()),
                ),
            }
        }
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
                span: span.clone(),
            });
        }
    }

    fn runs(&mut self, key: &Key, noun: Noun, meter: usize) -> Option<Vec<Run>> {
        let meter = self.book.meters.get(meter)?;
        let clocked =
            Clocked::new(key, self.book.clock.offset, self.setting.origin, self.problems)?;
        let counted =
            if noun == Noun::Key { timeline::Counted::Keys } else { timeline::Counted::Versions };
        let runs = clocked.runs(
            counted,
            meter.over,
            meter.unbilled,
            self.setting.period,
            &self.suspension,
        );
        self.counted(runs, &key.span)
    }

    fn counted(&mut self, runs: Option<Vec<(u32, u128)>>, span: &Span) -> Option<Vec<Run>> {
        let runs = runs.and_then(|runs| {
            runs.into_iter()
                .map(|(days, quantity)| {
                    Fraction::try_from(quantity).ok().map(|quantity| Run { days, quantity })
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

    /// Checks the dates of a key that is not metered by itself.
    fn check_life(&mut self, key: &Key) {
        Clocked::new(key, self.book.clock.offset, self.setting.origin, self.problems);
    }
}
