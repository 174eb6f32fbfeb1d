//! Secrets, dedicated hardware and stores of keys: what is held beside keys, each by its own meters.
//!
//! 3 secrets of 2 versions in 2 places are 12 versions where copies count, and 6 where they do not.
//! No price is read here.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Landing, Metering, Noun, Place, Subject};
use crate::diagnostic::{Code, Problem};
use crate::fields::At;
use crate::fraction::{Fraction, OutOfRange};
use crate::pricebook::{Attributes, Implied, Protection};
use crate::scenario::{Location, Secret};
use crate::source::Span;

use super::timeline::Clocked;

/// What a secret asks for that is held in more than one place.
const SEVERAL_PLACES: &str = "secrets in several places";

impl<'a> Metering<'a> {
    pub(super) fn secrets(&mut self) {
        const HELD: [Noun; 2] = [Noun::Secret, Noun::SecretVersion];
        let scenario = self.scenario;
        for secret in &scenario.secrets {
            let held = self.book.instance_axis.is_some();
            if held && !self.prices_one_by_one(&HELD) {
                self.check_life(secret);
                if secret.locations > 1 {
                    self.needs_copies(&[], SEVERAL_PLACES, &secret.span, &secret.name);
                }
                continue;
            }
            let Ok((thing, place)) = self.somewhere(secret.location.as_ref()) else { continue };
            let subject = Subject::Secret(secret.name.as_str().into());
            let mut landed = Vec::new();
            for noun in HELD {
                for landing in self.land_one_by_one(noun, &thing, &secret.span, &secret.name) {
                    landed.push(landing.meter);
                    if let Some(runs) = self.runs(secret, noun, landing.meter, &secret.span) {
                        self.put(&landing, subject.clone(), place.as_ref(), runs, &secret.span);
                        let copies = self.copies(landing.meter, secret.locations);
                        self.last_part(landing.meter, |part| part.copies = copies);
                    }
                }
            }
            if landed.is_empty() {
                self.check_life(secret);
            }
            let read = self.secret_events(secret, &subject, &thing, place.as_ref());
            let charged = !landed.is_empty() || read;
            if !charged && !self.not_charged(Noun::Secret, &secret.name) {
                self.not_offered(HELD, &thing, &secret.span, &secret.name);
            } else if secret.locations > 1 && !landed.is_empty() {
                self.needs_copies(&landed, SEVERAL_PLACES, &secret.span, &secret.name);
            }
        }
    }

    /// Reads and rotations; whether reads have a price.
    fn secret_events(
        &mut self,
        secret: &'a Secret,
        subject: &Subject,
        thing: &Attributes<'a>,
        place: Option<&Place<'a>>,
    ) -> bool {
        let each = |times: u64| u128::from(times).checked_mul(u128::from(secret.count));
        let mut priced = false;
        for landing in self.land_one_by_one(Noun::SecretCall, thing, &secret.span, &secret.name) {
            priced = true;
            if self.is_suspended_throughout(landing.meter) {
                continue;
            }
            self.put_events(&landing, subject.clone(), place, each(secret.reads), &secret.span);
        }
        let clock = self.book.clock.offset;
        for landing in self.land_one_by_one(Noun::SecretRotation, thing, &secret.span, &secret.name)
        {
            let clocked = Clocked::new(secret, clock, self.setting.origin, self.problems);
            let dated = clocked.and_then(|clocked| clocked.rotations(self.setting.period));
            let rotations = dated.zip(each(secret.rotations_a_month));
            let rotations = rotations.and_then(|(dated, regular)| dated.checked_add(regular));
            self.put_events(&landing, subject.clone(), place, rotations, &secret.span);
        }
        priced
    }

    pub(super) fn hsms(&mut self) {
        let scenario = self.scenario;
        for hsm in &scenario.hsms {
            let location = hsm.location.as_ref();
            self.hold(Noun::Hsm, &hsm.name, hsm.count, None, location, &hsm.span);
        }
    }

    pub(super) fn keystores(&mut self) {
        let scenario = self.scenario;
        for store in &scenario.keystores {
            let protection = store.protection.as_ref().map(|at| at.value);
            let location = store.location.as_ref();
            self.hold(Noun::Keystore, &store.name, store.count, protection, location, &store.span);
        }
    }

    /// Something that stands through the whole period.
    fn hold(
        &mut self,
        noun: Noun,
        name: &'a str,
        count: u64,
        protection: Option<Protection>,
        location: Option<&'a At<Location>>,
        span: &Span,
    ) {
        let Ok((thing, place)) = self.somewhere(location) else { return };
        let thing = Attributes { protection, ..thing };
        let landings = self.land(noun, &thing, span, name);
        if landings.is_empty() && !self.not_charged(noun, name) {
            self.not_offered([noun, noun], &thing, span, name);
        }
        for landing in landings.iter() {
            let subject = Subject::Held(name.into());
            self.put_standing(landing, subject, place.as_ref(), count.into(), span);
        }
    }

    /// What other things need, in each region, beyond what the scenario states.
    pub(super) fn implied(&mut self) {
        let book = self.book;
        for (at, meter) in book.meters.iter().enumerate() {
            let Some(Implied { by, at_least }) = meter.implied else { continue };
            for (region, span) in self.regions_with(by) {
                let place = region.as_deref().and_then(|id| book.regions.get_key_value(id));
                let place = place.map(|(id, region)| Place {
                    id: id.as_str().into(),
                    key: id,
                    groups: &region.groups,
                });
                let thing = Attributes {
                    region: place.as_ref().map(|place| place.key),
                    groups: place.as_ref().map_or(&[], |place| place.groups),
                    ..Attributes::default()
                };
                let landing = match self.landing(at, meter, &thing) {
                    Ok(Some(landing)) => landing,
                    Ok(None) => continue,
                    Err(field) => {
                        self.needs(field, &span, &format!("what is needed for {}", by.many()));
                        continue;
                    }
                };
                let missing = self.stated_in(at, region.as_ref());
                let missing = missing.and_then(|stated| Fraction::from(at_least).minus(stated));
                let Some(missing) = missing.ok().filter(|missing| *missing > Fraction::ZERO) else {
                    continue;
                };
                let wheres = region.map_or_else(String::new, |region| format!(" in `{region}`"));
                self.usage.notes.push(format!(
                    "{} {} more{wheres} are taken as needed for the {} there",
                    missing.grouped(),
                    meter.many(),
                    by.many()
                ));
                self.put_standing(&landing, Subject::Account, place.as_ref(), missing, &span);
            }
        }
    }

    /// What stands on a meter in a region.
    fn stated_in(&self, meter: usize, region: Option<&Rc<str>>) -> Result<Fraction, OutOfRange> {
        let parts = self.usage.parts.get(meter).into_iter().flatten();
        let here = parts.filter(|part| part.region.as_ref() == region);
        Fraction::sum(here.filter_map(|part| part.runs.first()).map(|run| run.quantity))
    }

    /// The regions in which the book meters some of a customer's things, each with where it is
    /// first asked for.
    fn regions_with(&self, noun: Noun) -> BTreeMap<Option<Rc<str>>, Span> {
        let counting = self.book.meters.iter().zip(&self.usage.parts);
        let counting = counting
            .filter(|(meter, _)| meter.counts.contains(&noun) && self.takes_customers(meter));
        let mut regions = BTreeMap::new();
        for part in counting.flat_map(|(_, parts)| parts) {
            if part.runs.iter().any(|run| !run.quantity.is_zero()) {
                regions.entry(part.region.clone()).or_insert_with(|| part.span.clone());
            }
        }
        regions
    }

    /// Puts a quantity that stands through the whole period.
    pub(super) fn put_standing(
        &mut self,
        landing: &Landing,
        subject: Subject,
        place: Option<&Place<'_>>,
        quantity: Fraction,
        span: &Span,
    ) {
        match self.standing(landing.meter, quantity) {
            Ok(runs) => self.put(landing, subject, place, runs, span),
            Err(OutOfRange) => self
                .problems
                .push(Problem::error(Code::TooLarge, "more than can be counted").at(span.clone())),
        }
    }

    /// Whether the book knows a thing and does not charge it; the bill then says why.
    pub(super) fn not_charged(&mut self, noun: Noun, name: &str) -> bool {
        let Some(reason) = self.book.not_charged.get(&noun) else {
            return false;
        };
        let name = crate::source::printable(name);
        self.usage.notes.push(format!("`{name}` is not charged: {reason}"));
        true
    }

    /// What is known of a thing of which only the place matters.
    pub(super) fn somewhere(
        &mut self,
        location: Option<&'a At<Location>>,
    ) -> Result<(Attributes<'a>, Option<Place<'a>>), super::Told> {
        let place = self.place(location)?;
        let thing = Attributes {
            region: place.as_ref().map(|place| place.key),
            groups: place.as_ref().map_or(&[], |place| place.groups),
            ..Attributes::default()
        };
        Ok((thing, place))
    }
}
