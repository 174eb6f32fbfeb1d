//! Secrets, dedicated hardware and stores of keys: what is held beside keys, each by its own meters.
//!
//! 3 secrets of 2 versions in 2 places are 12 versions where copies count, and 6 where they do not.
//! No price is read here.

use super::{Landing, Metering, Noun, Place, Subject};
use crate::diagnostic::{Code, Problem};
use crate::fields::At;
use crate::fraction::{Fraction, OutOfRange};
use crate::pricebook::{Attributes, Protection};
use crate::scenario::{Location, Secret};
use crate::source::Span;

use super::timeline::Clocked;

impl<'a> Metering<'a> {
    pub(super) fn secrets(&mut self) {
        const HELD: [Noun; 2] = [Noun::Secret, Noun::SecretVersion];
        let scenario = self.scenario;
        for secret in &scenario.secrets {
            let held = self.book.instance_axis.is_some();
            if held && !self.prices_one_by_one(&HELD) {
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
                    }
                }
            }
            let read = self.secret_events(secret, &subject, &thing, place.as_ref());
            let charged = !landed.is_empty() || read;
            if !charged && !self.not_charged(Noun::Secret, &secret.name) {
                self.not_offered(HELD, &thing, &secret.span, &secret.name);
            } else if secret.locations > 1 && !landed.is_empty() {
                let what = "secrets in several places";
                self.needs_copies(&landed, what, &secret.span, &secret.name);
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
