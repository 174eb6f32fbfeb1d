//! That every thing a book hosts falls into one class of each axis and lands on one meter.
//!
//! Every kind of thing is tried that the book's own conditions can tell apart: each spec, operation,
//! region group, manager and so on that some class names, and one that none names. What no key, call
//! or instance ever lands on cannot be meant.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::Sheet;
use super::places::Step;
use crate::diagnostic::{Code, Problem, Problems, quoted};
use crate::pricebook::{
    Attributes, Axis, Book, Charge, ManagedBy, Meter, Noun, Prices, Protection, Provisioning,
    Selector,
};
use crate::vocabulary::{OperationId, OperationKind, SpecId, Vocabulary};

/// The most questions that are asked of a book, whether a class or a meter takes a thing: seconds of
/// work, and far more than any page gives rise to.
const QUESTIONS: usize = 50_000_000;

pub(super) fn check(sheet: &Sheet<'_>, problems: &mut Problems) {
    known_regions(sheet, problems);
    let words = sheet.catalog.vocabulary();
    let (book, kinds) = (&**sheet.book, Kinds::of(sheet.book, words));
    if kinds.questions(book) > QUESTIONS {
        let message = "more kinds of keys and calls than can be tried";
        let problem = Problem::warning(Code::TooLarge, message);
        problems.push(problem.help("tell fewer region groups, specs and operations apart"));
        return;
    }
    let mut found = Found { sheet, words, told: BTreeMap::new(), reached: BTreeSet::new() };
    for thing in kinds.things() {
        let keys = found.landing(&[Noun::Key, Noun::KeyVersion], &thing);
        found.once_an_item(&keys, &thing);
        for operation in &kinds.operations {
            let call = Attributes { operation: Some(*operation), ..thing };
            found.disjoint(&call);
            if !keys.is_empty() && !lacks(book, &call) {
                found.call(&keys, &call);
            }
        }
        for known in types(book) {
            found.of_instances(&Attributes { known, ..thing });
        }
    }
    found.unreached();
    let mut told: Vec<Problem> = found.told.into_values().collect();
    told.sort_by_key(|problem| problem.span.as_ref().map(|span| span.start));
    for problem in told {
        problems.push(problem);
    }
}

/// A class that asks for a region which the book does not have.
fn known_regions(sheet: &Sheet<'_>, problems: &mut Problems) {
    for axis in &sheet.book.axes {
        for class in &axis.classes {
            let mut asked = class.selector.region.iter().flatten();
            let Some(region) = asked.find(|id| !sheet.book.regions.contains_key(*id)) else {
                continue;
            };
            let path = [Step::Field("axis"), Step::Field(&axis.name), Step::Field(&class.name)];
            let message = format!("class `{}` asks for region {}", class.name, quoted(region));
            let problem = Problem::error(Code::UnknownName, message).at(sheet.place(&path));
            problems.push(problem.help("[region] lists every region of the book"));
        }
    }
}

/// What a book's conditions can tell apart.
struct Kinds<'b> {
    managers: Vec<ManagedBy>,
    protections: Vec<Protection>,
    specs: Vec<SpecId>,
    regions: Vec<(Option<&'b str>, &'b [String])>,
    used: Vec<bool>,
    provisionings: Vec<Provisioning>,
    operations: Vec<(OperationId, OperationKind)>,
}

impl<'b> Kinds<'b> {
    fn of(book: &'b Book, words: &Vocabulary) -> Self {
        let classes = || book.axes.iter().flat_map(|axis| &axis.classes);
        let asked = |asks: fn(&Selector) -> bool| classes().any(|class| asks(&class.selector));
        let named: BTreeSet<SpecId> = book.axes.iter().flat_map(Axis::specs).collect();
        let other = words.specs().find(|spec| !named.contains(spec));
        let operations: BTreeSet<OperationId> = classes()
            .flat_map(|class| class.selector.operation.iter().flatten().copied())
            .collect();
        let mut unnamed = BTreeSet::new();
        let operations = words
            .operations()
            .filter(|(operation, kind)| operations.contains(operation) || unnamed.insert(*kind));
        Self {
            managers: told(ManagedBy::ALL, asked(|asks| asks.managed_by.is_some())),
            protections: told(Protection::ALL, asked(|asks| asks.protection.is_some())),
            specs: named.iter().copied().chain(other).collect(),
            regions: regions(book),
            used: if asked(|asks| asks.used.is_some()) { vec![true, false] } else { vec![true] },
            provisionings: told(Provisioning::ALL, asked(|asks| asks.provisioning.is_some())),
            operations: operations.collect(),
        }
    }

    /// How many times a class or a meter would be asked.
    fn questions(&self, book: &Book) -> usize {
        let classes = book.axes.iter().map(|axis| axis.classes.len());
        let asked = classes.fold(book.meters.len(), usize::saturating_add);
        let kinds = [
            self.managers.len(),
            self.protections.len(),
            self.specs.len(),
            self.regions.len(),
            self.used.len(),
            self.provisionings.len(),
            self.operations.len().saturating_add(types(book).count()),
        ];
        kinds.into_iter().fold(asked, usize::saturating_mul)
    }

    fn things(&self) -> Vec<Attributes<'b>> {
        let start = vec![Attributes::default()];
        let things = each(&start, &self.regions, |thing, (region, groups)| Attributes {
            region,
            groups,
            ..thing
        });
        let things =
            each(&things, &self.specs, |thing, spec| Attributes { spec: Some(spec), ..thing });
        let things = each(&things, &self.protections, |thing, protection| Attributes {
            protection: Some(protection),
            ..thing
        });
        let things = each(&things, &self.managers, |thing, manager| Attributes {
            managed_by: Some(manager),
            ..thing
        });
        let things =
            each(&things, &self.used, |thing, used| Attributes { used: Some(used), ..thing });
        each(&things, &self.provisionings, |thing, provisioning| Attributes {
            provisioning: Some(provisioning),
            ..thing
        })
    }
}

/// No type of instance, and each that there is.
fn types(book: &Book) -> impl Iterator<Item = Option<(usize, usize)>> + use<> {
    let axis = book.instance_axis;
    let classes = axis.and_then(|axis| book.axes.get(axis)).map_or(0, |axis| axis.classes.len());
    let known = axis.into_iter().flat_map(move |axis| (0..classes).map(move |at| (axis, at)));
    std::iter::once(None).chain(known.map(Some))
}

/// Each thing with each value.
fn each<'b, T: Copy>(
    things: &[Attributes<'b>],
    values: &[T],
    with: impl Fn(Attributes<'b>, T) -> Attributes<'b>,
) -> Vec<Attributes<'b>> {
    let pairs = things.iter().flat_map(|thing| values.iter().map(move |value| (thing, value)));
    pairs.map(|(thing, value)| with(*thing, *value)).collect()
}

/// Every value where a class asks for one, else the first.
fn told<T: Copy>(all: &[(&str, T)], asked: bool) -> Vec<T> {
    all.iter().map(|(_, value)| *value).take(if asked { all.len() } else { 1 }).collect()
}

/// A region of each set of groups, and each that a class names.
fn regions(book: &Book) -> Vec<(Option<&str>, &[String])> {
    let classes = book.axes.iter().flat_map(|axis| &axis.classes);
    let named: BTreeSet<&String> =
        classes.flat_map(|class| class.selector.region.iter().flatten()).collect();
    let mut groups = BTreeSet::new();
    let told = |(id, region): &(&String, &crate::pricebook::Region)| {
        groups.insert(region.groups.clone()) || named.contains(id)
    };
    let mut regions: Vec<(Option<&str>, &[String])> = Vec::new();
    for (id, region) in book.regions.iter().filter(told) {
        regions.push((Some(id), &region.groups));
    }
    if regions.is_empty() {
        regions.push((None, &[]));
    }
    regions
}

/// What was found, one problem of a kind and place.
struct Found<'a> {
    sheet: &'a Sheet<'a>,
    words: &'a Vocabulary,
    told: BTreeMap<(Code, Vec<usize>), Problem>,
    reached: BTreeSet<usize>,
}

impl Found<'_> {
    /// No two classes of an axis take the thing.
    fn disjoint(&mut self, thing: &Attributes<'_>) {
        for (at, axis) in self.sheet.book.axes.iter().enumerate() {
            let taking: Vec<usize> = axis.taking(thing).take(2).collect();
            let [first, second] = taking.as_slice() else { continue };
            if self.told.contains_key(&(Code::ClassOverlap, vec![at, *first, *second])) {
                continue;
            }
            let name = |class: usize| axis.classes.get(class).map_or("", |class| &*class.name);
            let message = format!(
                "classes `{}` and `{}` of axis `{}` both take {}",
                name(*first),
                name(*second),
                axis.name,
                self.thing(thing)
            );
            let path = [Step::Field("axis"), Step::Field(&axis.name), Step::Field(name(*second))];
            let problem = Problem::error(Code::ClassOverlap, message).at(self.sheet.place(&path));
            let problem = problem.help("give one of them a condition that the other has not");
            self.told.insert((Code::ClassOverlap, vec![at, *first, *second]), problem);
        }
    }

    /// A key lands on one meter of each item.
    fn once_an_item(&mut self, meters: &[usize], thing: &Attributes<'_>) {
        let mut items = BTreeMap::new();
        for at in meters {
            let Some(meter) = self.sheet.book.meters.get(*at) else { continue };
            if let Some(first) = items.insert(meter.item, *at) {
                self.twice(first, *at, thing);
            }
        }
    }

    /// A call of a hosted key lands on one meter, or calls are not charged by name.
    fn call(&mut self, keys: &[usize], call: &Attributes<'_>) {
        let meters = self.landing(&[Noun::Call], call);
        match meters.as_slice() {
            [] if !self.sheet.book.not_charged.contains_key(&Noun::Call) => {
                let operation = call.operation.map(|(id, _)| id);
                let name = operation.map_or("", |id| self.words.operation_name(id));
                let message = format!("no meter takes `{name}` of {}", self.thing(call));
                let host = keys.first().copied().unwrap_or_default();
                let place = self.sheet.field("meter", host, "id");
                let problem = Problem::error(Code::Unpriced, message).at(place).label("keys are hosted here")
                    .help("give it a meter, at price \"0\" where it is free, or say in [not_charged] why no call is charged");
                self.told.entry((Code::Unpriced, Vec::new())).or_insert(problem);
            }
            [first, second, ..] => self.twice(*first, *second, call),
            _ => {}
        }
    }

    fn of_instances(&mut self, thing: &Attributes<'_>) {
        const APART: &[Noun] = &[Noun::Key, Noun::KeyVersion, Noun::Call];
        let others = Noun::ALL.iter().map(|(_, noun)| *noun).filter(|noun| !APART.contains(noun));
        let others: Vec<Noun> = others.collect();
        self.landing(&others, thing);
        if thing.known.is_some() {
            self.landing(&[Noun::Key, Noun::KeyVersion], thing);
        }
    }

    fn twice(&mut self, first: usize, second: usize, thing: &Attributes<'_>) {
        let book = self.sheet.book;
        let id = |at: usize| book.meters.get(at).map_or("", |meter| meter.id.as_str());
        let what = match thing.operation {
            Some((operation, _)) => {
                format!("`{}` of {}", self.words.operation_name(operation), self.thing(thing))
            }
            None => self.thing(thing),
        };
        let message = format!("{what} is charged by `{}` and `{}`", id(first), id(second));
        let problem = Problem::error(Code::PricedTwice, message);
        let problem = problem.at(self.sheet.field("meter", second, "where"));
        let problem = problem.help("`where` says which classes a meter takes; write the second charge under an item of its own where the page has both");
        self.told.entry((Code::PricedTwice, vec![first, second])).or_insert(problem);
    }

    /// The meters of these nouns that a thing lands on.
    fn landing(&mut self, nouns: &[Noun], thing: &Attributes<'_>) -> Vec<usize> {
        let book = self.sheet.book;
        let class = |axis: usize| {
            book.axes.get(axis).and_then(|known| known.class_of(axis, thing).ok().flatten())
        };
        let lands = |meter: &Meter| {
            meter.counts.iter().any(|noun| nouns.contains(noun))
                && meter.takes.iter().all(|(axis, classes)| {
                    class(*axis).is_some_and(|class| classes.contains(&class))
                })
        };
        let mut meters = Vec::new();
        for (at, meter) in book.meters.iter().enumerate().filter(|(_, meter)| lands(meter)) {
            let priced = match &meter.charge {
                Charge::Flat(Prices::By(axis, _)) => class(*axis).is_some(),
                _ => true,
            };
            if priced {
                meters.push(at);
            }
        }
        self.reached.extend(&meters);
        meters
    }

    /// A meter that nothing lands on, an axis that no meter asks.
    fn unreached(&mut self) {
        let book = self.sheet.book;
        for (at, meter) in book.meters.iter().enumerate() {
            // calls of no listed key need no key that the book hosts
            let bare = meter.counts == [Noun::Call] && meter.takes.is_empty();
            if bare || self.reached.contains(&at) {
                continue;
            }
            let message = format!("nothing can land on meter `{}`", meter.id);
            let problem = Problem::error(Code::Unreached, message);
            let problem = problem.at(self.sheet.field("meter", at, "where"));
            let help = "no key that the book hosts is of all the classes in its `where`";
            self.told.insert((Code::Unreached, vec![0, at]), problem.help(help));
        }
        for (at, axis) in book.axes.iter().enumerate() {
            let asks = |meter: &Meter| {
                let by = matches!(&meter.charge, Charge::Flat(Prices::By(by, _)) if *by == at);
                let times = meter.times.as_ref().is_some_and(|times| times.axis == at);
                by || times || meter.takes.iter().any(|(taken, _)| *taken == at)
            };
            if book.instance_axis == Some(at) || book.meters.iter().any(asks) {
                continue;
            }
            let message = format!("no meter asks for axis `{}`", axis.name);
            let place = self.sheet.place(&[Step::Field("axis"), Step::Field(&axis.name)]);
            let problem = Problem::warning(Code::Unreached, message).at(place);
            let help = "a meter asks for an axis by `where`, `price.by` or `times.by`";
            self.told.insert((Code::Unreached, vec![1, at]), problem.help(help));
        }
    }

    /// A thing in words, as far as the book tells things apart by them.
    fn thing(&self, thing: &Attributes<'_>) -> String {
        let word = |all: &[(&'static str, _)], value| {
            all.iter().find(|(_, known)| Some(*known) == value).map_or("", |(word, _)| *word)
        };
        let spec = thing.spec.map_or("", |spec| self.words.spec_name(spec));
        let protection = Protection::ALL.iter().find(|(_, known)| Some(*known) == thing.protection);
        let mut text = format!("a {} key of spec `{spec}`", word(ManagedBy::ALL, thing.managed_by));
        if let Some((protection, _)) = protection {
            let _ = write!(text, ", {protection}");
        }
        if let Some(region) = thing.region {
            let _ = write!(text, ", in `{region}`");
        }
        text
    }
}

/// Whether a book tells operations apart and has no class for this one: it is not offered.
fn lacks(book: &Book, call: &Attributes<'_>) -> bool {
    let mut telling = book.axes.iter().enumerate().filter(|(_, axis)| axis.tells_operations());
    telling.any(|(at, axis)| axis.class_of(at, call) == Ok(None))
}
