//! From a scenario's file to a typed need, every problem of the file at once.
//!
//! An entry with a problem is left out of the need, so that the rest can still be checked against a
//! price book and every problem be told in one run; nothing is estimated while there is one.

mod capacity;
mod documented;
mod life;
mod terms;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use self::capacity::{access, account, amount, audit_log, load, order, zones};
use self::documented::documented;
use self::life::{life, rotated, rotations_a_month};
use super::{Calls, Hsm, Instance, Key, Keystore, Location, Scenario, Secret};
use crate::budget;
use crate::diagnostic::{Code, Problem, Problems, quoted};
use crate::discount;
use crate::fields::{self, At, Fields};
use crate::month::Month;
use crate::pricebook::{ManagedBy, Protection, Provisioning};
use crate::rates;
use crate::source::Source;
use crate::vocabulary::{OperationId, SpecId, Vocabulary};

/// The largest count that a scenario may state.
pub const LARGEST: u64 = 1_000_000_000_000_000_000;
/// The largest group of keys, and the most versions of a key.
pub const MANY: u64 = 1_000_000_000_000;

/// Parses a scenario file: the need as far as it can be understood, and every problem of the file.
#[must_use]
pub fn scenario(file: &Arc<Source>, vocabulary: &Vocabulary) -> (Option<Scenario>, Problems) {
    let mut problems = Problems::new(Arc::clone(file));
    let Some(document) = fields::parse(file, &mut problems) else {
        return (None, problems);
    };
    let root = Fields::new("scenario", document.get_ref(), 0..0);
    let scenario = read(root, vocabulary, file, &mut problems);
    (Some(scenario), problems)
}

/// Reads a scenario that stands in a price book, whose provider and plan it means.
pub fn embedded(
    root: Fields<'_, '_>,
    name: &str,
    provider: &str,
    vocabulary: &Vocabulary,
    file: &Arc<Source>,
    problems: &mut Problems,
) -> Scenario {
    let span = root.span();
    let mut scenario = read(root, vocabulary, file, problems);
    name.clone_into(&mut scenario.name);
    scenario.provider.get_or_insert(At { value: provider.to_owned(), span });
    scenario
}

fn read(
    mut root: Fields<'_, '_>,
    vocabulary: &Vocabulary,
    file: &Arc<Source>,
    p: &mut Problems,
) -> Scenario {
    let owned = |value: At<&str>| value.map(str::to_owned);
    let mut reader = Reader { vocabulary, names: HashMap::new() };
    let r = &mut root;
    let mut scenario = Scenario {
        name: r.text("name", p).map_or_else(|| "Scenario".to_owned(), |name| name.value.to_owned()),
        provider: r.text("provider", p).map(owned),
        plan: r.text("plan", p).map(owned),
        edition: r.text("edition", p).map(owned),
        location: location(r, vocabulary, p),
        month: month(r, p),
        tags: tags(r, p),
        keys: tables(r, ("key", "[[key]]"), p, |fields, p| reader.key(fields, p)),
        calls: tables(r, ("calls", "[[calls]]"), p, |fields, p| reader.calls(fields, p)),
        secrets: tables(r, ("secret", "[[secret]]"), p, |fields, p| reader.secret(fields, p)),
        hsms: tables(r, ("hsm", "[[hsm]]"), p, |fields, p| reader.hsm(fields, p)),
        keystores: tables(r, ("keystore", "[[keystore]]"), p, |f, p| reader.keystore(f, p)),
        load: table(r, "load", p, load).unwrap_or_default(),
        access: table(r, "access", p, access).unwrap_or_default(),
        audit_log: table(r, "audit_log", p, audit_log).flatten(),
        zones: table(r, "deployment", p, zones).flatten(),
        instances: tables(r, ("instance", "[[instance]]"), p, |f, p| reader.instance(f, p)),
        subscription: table(r, "subscription", p, terms::subscription),
        account: table(r, "account", p, account).unwrap_or_default(),
        vouchers: terms::vouchers(r, p),
        renewables: terms::renewables(r, p),
        unify: None,
        budgets: budget::rules(r, file, p),
        rates: rates::rates(r, p),
        discounts: discount::discounts(r, file, p),
        documented: documented(r, p),
        source: Arc::clone(file),
    };
    let unify = |fields, p: &mut _| terms::unify(fields, &scenario.renewables, p);
    scenario.unify = table(r, "unify", p, unify).flatten();
    root.finish(p);
    check_forms(&scenario, p);
    scenario
}

/// A table, where there is one.
fn table<'a, 't, T>(
    root: &mut Fields<'a, 't>,
    name: &'static str,
    problems: &mut Problems,
    read: impl FnOnce(Fields<'a, 't>, &mut Problems) -> T,
) -> Option<T> {
    root.table(name, name, problems).map(|fields| read(fields, problems))
}

/// The tables of a list; what is wrong with one leaves it out.
fn tables<'a, 't, T>(
    root: &mut Fields<'a, 't>,
    (name, header): (&'static str, &'static str),
    problems: &mut Problems,
    mut read: impl FnMut(Fields<'a, 't>, &mut Problems) -> Option<T>,
) -> Vec<T> {
    let tables = root.tables(name, header, problems);
    tables.into_iter().filter_map(|fields| read(fields, problems)).collect()
}

/// Instances written out and a need of keys do not mix.
fn check_forms(scenario: &Scenario, problems: &mut Problems) {
    let Some(instance) = scenario.instances.first() else { return };
    let customer = scenario.keys.iter().find(|key| key.managed_by == ManagedBy::Customer);
    let other = customer
        .map(|key| ("[[key]]", key.span.clone()))
        .or_else(|| scenario.secrets.first().map(|secret| ("[[secret]]", secret.span.clone())))
        .or_else(|| scenario.hsms.first().map(|hsm| ("[[hsm]]", hsm.span.clone())))
        .or_else(|| scenario.keystores.first().map(|store| ("[[keystore]]", store.span.clone())))
        .or_else(|| scenario.load.peak_qps.as_ref().map(|at| ("[load]", at.span.clone())))
        .or_else(|| {
            scenario
                .access
                .vpcs
                .as_ref()
                .or(scenario.access.shared_accounts.as_ref())
                .map(|at| ("[access]", at.span.clone()))
        })
        .or_else(|| scenario.audit_log.as_ref().map(|log| ("[audit_log]", log.span.clone())))
        .or_else(|| scenario.zones.as_ref().map(|at| ("[deployment]", at.span.clone())));
    if let Some((what, span)) = other {
        problems.push(
            Problem::error(
                Code::Conflict,
                format!("`{what}` beside `[[instance]]` `{}`", instance.name),
            )
            .at(span)
            .label("a need and instances written out do not mix")
            .help("say what each instance holds in its [[instance]], or leave the instances out"),
        );
    }
}

struct Reader<'v> {
    vocabulary: &'v Vocabulary,
    names: HashMap<&'static str, HashSet<String>>,
}

impl Reader<'_> {
    /// The entry's name, which no other of its kind has; one by its place in the list where none is stated.
    fn name(
        &mut self,
        fields: &mut Fields<'_, '_>,
        kind: &'static str,
        problems: &mut Problems,
    ) -> String {
        let stated = fields.text("name", problems);
        let known = self.names.entry(kind).or_default();
        let place = known.len().saturating_add(1);
        let name =
            stated.as_ref().map_or_else(|| format!("{kind}-{place}"), |name| name.value.to_owned());
        fields.set_name(kind, name.clone());
        let span = stated.map_or_else(|| fields.span(), |name| name.span);
        if name.is_empty() {
            problems.push(
                Problem::error(Code::OutOfRange, "an empty name")
                    .at(span)
                    .label("a name has at least one character"),
            );
        } else if !known.insert(name.clone()) {
            let message = format!("two {kind}s are called {}", quoted(&name));
            problems.push(
                Problem::error(Code::Duplicate, message)
                    .at(span)
                    .label("each needs a name of its own"),
            );
        }
        name
    }

    fn key(&mut self, mut fields: Fields<'_, '_>, problems: &mut Problems) -> Option<Key> {
        let before = problems.len();
        let name = self.name(&mut fields, "key", problems);
        let used = fields.boolean("used", problems).map(|used| used.value);
        let rotated = rotated(&mut fields, problems);
        let operations = self.operations(&mut fields, problems);
        let key = Key {
            name,
            spec: self.spec(&mut fields, problems),
            protection: fields.choice("protection", Protection::ALL, problems),
            managed_by: managed_by(&mut fields, problems),
            count: count(&mut fields, problems),
            versions: fields
                .whole("versions", 1..=MANY, problems)
                .map_or(1, |versions| versions.value),
            replicas: fields.whole("replicas", 0..=MANY, problems).map_or(0, |copies| copies.value),
            used,
            provisioning: provisioning(&mut fields, problems),
            location: location(&mut fields, self.vocabulary, problems),
            life: life(&mut fields, rotated, problems),
            operations,
            tags: tags(&mut fields, problems),
            span: fields.span(),
        };
        fields.finish(problems);
        (problems.len() == before).then_some(key)
    }

    fn spec(&self, fields: &mut Fields<'_, '_>, problems: &mut Problems) -> Option<At<SpecId>> {
        let spec = fields.text("spec", problems)?;
        self.vocabulary.spec(&spec, problems).map(|id| At { value: id, span: spec.span })
    }

    fn calls(&mut self, mut fields: Fields<'_, '_>, problems: &mut Problems) -> Option<Calls> {
        let before = problems.len();
        let stated = fields.has("operations");
        let calls = Calls {
            spec: self.spec(&mut fields, problems),
            protection: fields.choice("protection", Protection::ALL, problems),
            managed_by: managed_by(&mut fields, problems),
            provisioning: provisioning(&mut fields, problems),
            location: location(&mut fields, self.vocabulary, problems),
            operations: self.operations(&mut fields, problems),
            span: fields.span(),
        };
        if !stated {
            fields.require::<()>("operations", None, problems);
        }
        fields.finish(problems);
        (problems.len() == before).then_some(calls)
    }

    fn operations(
        &self,
        fields: &mut Fields<'_, '_>,
        problems: &mut Problems,
    ) -> Vec<(At<OperationId>, u64)> {
        let Some(mut table) = fields.table("operations", "operations", problems) else {
            return Vec::new();
        };
        let mut operations = Vec::new();
        for (name, value) in table.entries() {
            let operation = self.vocabulary.operation(&name, problems);
            let count = fields::as_whole(value, 0..=LARGEST, problems);
            if let (Some(operation), Some(count)) = (operation, count) {
                operations.push((At { value: operation, span: name.span }, count.value));
            }
        }
        operations
    }

    fn secret(&mut self, mut fields: Fields<'_, '_>, problems: &mut Problems) -> Option<Secret> {
        let before = problems.len();
        let name = self.name(&mut fields, "secret", problems);
        let mut many = |name: &'static str, least: u64| {
            fields.whole(name, least..=MANY, problems).map_or(1, |number| number.value)
        };
        let (count, versions, locations) =
            (many("count", 0), many("versions", 1), many("locations", 1));
        let often = rotations_a_month(&mut fields, problems);
        let rotated = if often.is_none() { rotated(&mut fields, problems) } else { Vec::new() };
        let secret = Secret {
            name,
            count,
            versions,
            locations,
            reads: fields.whole("reads", 0..=LARGEST, problems).map_or(0, |reads| reads.value),
            location: location(&mut fields, self.vocabulary, problems),
            rotations_a_month: often.unwrap_or(0),
            life: life(&mut fields, rotated, problems),
            tags: tags(&mut fields, problems),
            span: fields.span(),
        };
        fields.finish(problems);
        (problems.len() == before).then_some(secret)
    }

    fn hsm(&mut self, mut fields: Fields<'_, '_>, problems: &mut Problems) -> Option<Hsm> {
        let before = problems.len();
        let hsm = Hsm {
            name: self.name(&mut fields, "hsm", problems),
            count: count(&mut fields, problems),
            location: location(&mut fields, self.vocabulary, problems),
            span: fields.span(),
        };
        fields.finish(problems);
        (problems.len() == before).then_some(hsm)
    }

    fn keystore(
        &mut self,
        mut fields: Fields<'_, '_>,
        problems: &mut Problems,
    ) -> Option<Keystore> {
        let before = problems.len();
        let store = Keystore {
            name: self.name(&mut fields, "keystore", problems),
            count: count(&mut fields, problems),
            protection: fields.choice("protection", Protection::ALL, problems),
            location: location(&mut fields, self.vocabulary, problems),
            span: fields.span(),
        };
        fields.finish(problems);
        (problems.len() == before).then_some(store)
    }

    fn instance(
        &mut self,
        mut fields: Fields<'_, '_>,
        problems: &mut Problems,
    ) -> Option<Instance> {
        let before = problems.len();
        let name = self.name(&mut fields, "instance", problems);
        let kind = fields.text("type", problems);
        let kind = fields.require("type", kind, problems).map(|kind| kind.map(str::to_owned));
        let whole = |fields: &mut Fields<'_, '_>, name: &'static str, problems: &mut Problems| {
            fields.whole(name, 0..=LARGEST, problems)
        };
        let count = count(&mut fields, problems);
        let instance = Instance {
            name,
            kind: kind?,
            count,
            location: location(&mut fields, self.vocabulary, problems),
            key_versions: whole(&mut fields, "key_versions", problems),
            secrets: whole(&mut fields, "secrets", problems),
            peak_qps: amount(&mut fields, "peak_qps", problems),
            access: fields
                .table("access", "access", problems)
                .map(|fields| access(fields, problems))
                .unwrap_or_default(),
            audit_log: fields
                .table("audit_log", "audit_log", problems)
                .and_then(|fields| audit_log(fields, problems)),
            zones: fields
                .table("deployment", "deployment", problems)
                .and_then(|fields| zones(fields, problems)),
            order: fields.table("order", "order", problems).map(|fields| order(fields, problems)),
            span: fields.span(),
        };
        fields.finish(problems);
        (problems.len() == before).then_some(instance)
    }
}

fn managed_by(fields: &mut Fields<'_, '_>, problems: &mut Problems) -> ManagedBy {
    fields
        .choice("managed_by", ManagedBy::ALL, problems)
        .map_or(ManagedBy::Customer, |choice| choice.value)
}

fn count(fields: &mut Fields<'_, '_>, problems: &mut Problems) -> u64 {
    fields.whole("count", 0..=MANY, problems).map_or(1, |count| count.value)
}

fn provisioning(fields: &mut Fields<'_, '_>, problems: &mut Problems) -> Provisioning {
    fields
        .choice("provisioning", Provisioning::ALL, problems)
        .map_or(Provisioning::Manual, |choice| choice.value)
}

fn location(
    fields: &mut Fields<'_, '_>,
    vocabulary: &Vocabulary,
    problems: &mut Problems,
) -> Option<At<Location>> {
    let region = fields.text("region", problems);
    let place = fields.text("place", problems);
    match (region, place) {
        (Some(region), Some(_)) => {
            problems.push(
                Problem::error(
                    Code::Conflict,
                    format!("{} has a region and a place", fields.what()),
                )
                .at(region.span)
                .label("say one of them"),
            );
            None
        }
        (Some(region), None) => Some(region.map(|id| Location::Region(id.to_owned()))),
        (None, Some(place)) => {
            let name = vocabulary.place(&place, problems)?;
            Some(At { value: Location::Place(name), span: place.span })
        }
        (None, None) => None,
    }
}

fn month(root: &mut Fields<'_, '_>, problems: &mut Problems) -> Option<At<Month>> {
    let text = root.text("month", problems)?;
    let month = Month::parse(text.value);
    if month.is_none() {
        problems.push(
            Problem::error(
                Code::BadDate,
                format!("`{}` is no month", crate::source::printable(text.value)),
            )
            .at(text.span.clone())
            .label("expected a month such as \"2026-02\""),
        );
    }
    month.map(|month| At { value: month, span: text.span })
}

fn tags(fields: &mut Fields<'_, '_>, problems: &mut Problems) -> BTreeMap<String, String> {
    let mut tags = BTreeMap::new();
    let Some(mut table) = fields.table("tags", "tags", problems) else {
        return tags;
    };
    for (name, value) in table.entries() {
        if let Some(value) = fields::as_text(value, problems) {
            tags.insert(name.value.to_owned(), value.value.to_owned());
        }
    }
    tags
}
