//! Which meters a thing lands on, by the book's axes, and what is said where it lands on none.
//!
//! A key of spec `aes-256` in hardware lands on the meter that takes that class, and on no other.
//! Nothing is counted here.

use std::rc::Rc;

use super::{Landing, Metering};
use crate::diagnostic::{Code, Problem, listed, quoted};
use crate::pricebook::{Attributes, Charge, Field, ManagedBy, Meter, Noun, Prices, Protection};
use crate::source::Span;

impl<'a> Metering<'a> {
    /// The meters that a thing lands on; none where the book has no class for it.
    pub(super) fn land(
        &mut self,
        noun: Noun,
        thing: &Attributes<'a>,
        span: &Span,
        name: &str,
    ) -> Rc<[Landing]> {
        if let Some(known) = self.landed.get(&(noun, *thing)) {
            return Rc::clone(known);
        }
        let mut landings = Vec::new();
        for (at, meter) in self.book.meters.iter().enumerate() {
            if !meter.counts.contains(&noun) {
                continue;
            }
            match self.landing(at, meter, thing) {
                Ok(landing) => landings.extend(landing),
                Err(field) => {
                    self.needs(field, span, name);
                    return Rc::from([]);
                }
            }
        }
        let landings: Rc<[Landing]> = landings.into();
        self.landed.insert((noun, *thing), Rc::clone(&landings));
        landings
    }

    /// Whether some meter prices one of these things by itself, and not in an instance's quota.
    pub(super) fn prices_one_by_one(&self, nouns: &[Noun]) -> bool {
        self.book.meters.iter().any(|meter| {
            !meter.is_of_instances()
                && meter.counts.iter().any(|noun| nouns.contains(noun))
                && self.takes_customers(meter)
        })
    }

    /// Whether a meter may take what a customer manages.
    pub(super) fn takes_customers(&self, meter: &Meter) -> bool {
        let thing = Attributes { managed_by: Some(ManagedBy::Customer), ..Attributes::default() };
        meter.takes.iter().all(|(axis, classes)| {
            let known = self.book.axes.get(*axis);
            known.is_some_and(|axis| classes.iter().any(|class| axis.may_take(*class, &thing)))
        })
    }

    /// The meters that a thing lands on by itself, and not in an instance's quota.
    pub(super) fn land_one_by_one(
        &mut self,
        noun: Noun,
        thing: &Attributes<'a>,
        span: &Span,
        name: &str,
    ) -> Vec<Landing> {
        let landings = self.land(noun, thing, span, name);
        let by_itself = |landing: &&Landing| {
            self.book.meters.get(landing.meter).is_some_and(|meter| !meter.is_of_instances())
        };
        landings.iter().filter(by_itself).copied().collect()
    }

    pub(super) fn landing(
        &self,
        at: usize,
        meter: &Meter,
        thing: &Attributes<'_>,
    ) -> Result<Option<Landing>, Field> {
        let mut needed = None;
        for (axis, classes) in &meter.takes {
            match self.takes(*axis, classes, thing) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                // what another axis keeps away needs no field
                Err(field) => needed = needed.or(Some(field)),
            }
        }
        if let Some(field) = needed {
            return Err(field);
        }
        let price_class = match &meter.charge {
            Charge::Flat(Prices::By(axis, _)) => match self.class(*axis, thing)? {
                None => return Ok(None),
                class => class,
            },
            _ => None,
        };
        let factor_class = match &meter.times {
            Some(factor) => self.class(factor.axis, thing)?,
            None => None,
        };
        Ok(Some(Landing { meter: at, price_class, factor_class }))
    }

    /// Whether a meter of some classes takes a thing. A field that is not stated is needed only where
    /// some of the classes that stay possible are the meter's, and others are not.
    fn takes(&self, axis: usize, classes: &[usize], thing: &Attributes<'_>) -> Result<bool, Field> {
        let Some(known) = self.book.axes.get(axis) else { return Ok(false) };
        let field = match known.class_of(axis, thing) {
            Ok(class) => return Ok(class.is_some_and(|class| classes.contains(&class))),
            Err(field) => field,
        };
        let mut possible = (0..known.classes.len()).filter(|class| known.may_take(*class, thing));
        let Some(first) = possible.next().map(|class| classes.contains(&class)) else {
            return Ok(false);
        };
        if possible.all(|class| classes.contains(&class) == first) { Ok(first) } else { Err(field) }
    }

    pub(super) fn class(
        &self,
        axis: usize,
        thing: &Attributes<'_>,
    ) -> Result<Option<usize>, Field> {
        self.book.axes.get(axis).map_or(Ok(None), |known| known.class_of(axis, thing))
    }

    pub(super) fn needs(&mut self, field: Field, span: &Span, name: &str) {
        let message = format!("{} does not state {}", quoted(name), field.stated());
        if !self.problems.iter().any(|problem| problem.message == message) {
            let label = format!("its price at `{}` depends on it", self.book.id);
            self.problems
                .push(Problem::error(Code::MissingField, message).at(span.clone()).label(label));
        }
    }

    /// The problem of a thing that the book has no meter for.
    pub(super) fn not_offered(
        &mut self,
        nouns: [Noun; 2],
        thing: &Attributes<'_>,
        span: &Span,
        name: &str,
    ) {
        if self.problems.iter().any(|problem| problem.span.as_ref() == Some(span)) {
            return;
        }
        let words = self.setting.vocabulary;
        let counting = self
            .book
            .meters
            .iter()
            .filter(|meter| nouns.iter().any(|noun| meter.counts.contains(noun)));
        let axes: Vec<usize> =
            counting.flat_map(|meter| meter.takes.iter().map(|(axis, _)| *axis)).collect();
        let unknown = axes.iter().filter(|axis| matches!(self.class(**axis, thing), Ok(None)));
        let unknown: Vec<_> = unknown.filter_map(|axis| self.book.axes.get(*axis)).collect();
        let by_operation = unknown.iter().find(|axis| axis.tells_operations());
        let problem = match (by_operation, thing.operation, thing.spec) {
            (Some(_), Some((operation, _)), _) => {
                let message = format!(
                    "`{}` has no operation `{}`",
                    self.book.id,
                    words.operation_name(operation)
                );
                Problem::error(Code::NotOffered, message)
            }
            (None, _, Some(spec_id)) if !unknown.is_empty() => {
                let spec = format!("spec `{}`{}", words.spec_name(spec_id), protection_of(thing));
                let message = format!("`{}` does not offer {}: {spec}", self.book.id, quoted(name));
                let mut offered: Vec<_> = unknown.iter().flat_map(|axis| axis.specs()).collect();
                offered.sort_unstable();
                offered.dedup();
                let help = if offered.contains(&spec_id) {
                    "it offers this spec with another protection".to_owned()
                } else {
                    format!(
                        "specs that it offers: {}",
                        listed(offered.iter().map(|spec| words.spec_name(*spec)))
                    )
                };
                Problem::error(Code::NotOffered, message).help(help)
            }
            _ => Problem::error(
                Code::NotOffered,
                format!("`{}` does not price {}", self.book.id, quoted(name)),
            ),
        };
        self.problems.push(problem.at(span.clone()));
    }
}

fn protection_of(thing: &Attributes<'_>) -> String {
    let word = thing
        .protection
        .and_then(|protection| Protection::ALL.iter().find(|(_, known)| *known == protection));
    word.map_or_else(String::new, |(word, _)| format!(" with protection `{word}`"))
}
