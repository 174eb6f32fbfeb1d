//! A reading as a patch of the book: a path in its file, and another value there.
//!
//! `meter.key-hosting.*.over.rule` names a field of every meter of an item; where a meter does not
//! have the field, the patch passes it by. The patched part is read again by the rules of every
//! other part, so that a reading can only say what a book can say.

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Allowance, AuditLog, Book, Clock, Meter};

/// A part of a book with another value in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// The meter at an index.
    Meter(usize, Box<Meter>),
    /// The allowance at an index.
    Allowance(usize, Allowance),
    /// The clock.
    Clock(Clock),
    /// The sizing of logs.
    AuditLog(AuditLog),
}

impl Change {
    /// Whether it makes no difference where the marked meters are the only ones with usage, and
    /// where, if `still`, nothing happens to any key.
    pub(crate) fn is_idle(&self, book: &Book, used: &[bool], still: bool) -> bool {
        let unused = |at: &usize| !used.get(*at).is_some_and(|used| *used);
        match self {
            Self::Meter(at, other) => book.meters.get(*at).is_some_and(|meter| {
                let nothing = unused(at) && meter.takes_like(other);
                nothing || (still && meter.counts_still_keys_like(other))
            }),
            Self::Allowance(at, other) => book
                .allowances
                .get(*at)
                .is_some_and(|allowance| allowance.covers.iter().chain(&other.covers).all(unused)),
            Self::Clock(_) | Self::AuditLog(_) => false,
        }
    }

    /// Puts the part into a book.
    pub(crate) fn apply(&self, book: &mut Book) {
        match self {
            Self::Meter(at, other) => replace(&mut book.meters, *at, other),
            Self::Allowance(at, other) => replace(&mut book.allowances, *at, other),
            Self::Clock(other) => book.clock = *other,
            Self::AuditLog(other) => book.audit_log = Some(*other),
        }
    }
}

fn replace<T: Clone>(list: &mut [T], at: usize, other: &T) {
    if let Some(slot) = list.get_mut(at) {
        slot.clone_from(other);
    }
}

/// A part of the file with the other value in place.
pub(super) enum Patched<'t> {
    Meter(usize, DeTable<'t>),
    Allowance(usize, DeTable<'t>),
    Clock(DeTable<'t>),
    AuditLog(DeTable<'t>),
}

/// Every place that a path leads to, patched.
pub(super) fn places<'t>(
    document: &DeTable<'t>,
    path: &str,
    other: &Spanned<DeValue<'t>>,
) -> Vec<Patched<'t>> {
    let Some((first, rest)) = path.split_once('.') else {
        return Vec::new();
    };
    match first {
        "meter" => entries(document, "meter", rest, other)
            .into_iter()
            .map(|(at, table)| Patched::Meter(at, table))
            .collect(),
        "allowance" => entries(document, "allowance", rest, other)
            .into_iter()
            .map(|(at, table)| Patched::Allowance(at, table))
            .collect(),
        "clock" => part(document, "clock", rest, other).map(Patched::Clock).into_iter().collect(),
        "audit_log" => {
            part(document, "audit_log", rest, other).map(Patched::AuditLog).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// How a value is written, for `explain`.
pub(super) fn written(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(truth) => truth.to_string(),
        DeValue::Datetime(moment) => moment.to_string(),
        DeValue::Array(list) => format!(
            "[{}]",
            list.iter().map(|value| written(value.get_ref())).collect::<Vec<_>>().join(", ")
        ),
        DeValue::Table(table) => {
            let entries = table
                .iter()
                .map(|(name, value)| format!("{} = {}", name.get_ref(), written(value.get_ref())));
            entries.collect::<Vec<_>>().join(", ")
        }
    }
}

fn entries<'t>(
    document: &DeTable<'t>,
    list: &str,
    path: &str,
    other: &Spanned<DeValue<'t>>,
) -> Vec<(usize, DeTable<'t>)> {
    let Some(list) = document.get(list).and_then(|list| list.get_ref().as_array()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (at, entry) in list.iter().enumerate() {
        let Some(table) = entry.get_ref().as_table() else { continue };
        let Some(id) = table.get("id").and_then(|id| id.get_ref().as_str()) else { continue };
        if let Some(field) = field_of(path, id)
            && let Some(patched) = patch(table, field, other)
        {
            found.push((at, patched));
        }
    }
    found
}

/// What of a path is left behind an id, or behind a pattern that ends in `*` and matches it.
fn field_of<'p>(path: &'p str, id: &str) -> Option<&'p str> {
    if let Some((pattern, field)) = path.split_once("*.") {
        return id.starts_with(pattern).then_some(field);
    }
    path.strip_prefix(id)?.strip_prefix('.')
}

fn part<'t>(
    document: &DeTable<'t>,
    name: &str,
    field: &str,
    other: &Spanned<DeValue<'t>>,
) -> Option<DeTable<'t>> {
    patch(document.get(name)?.get_ref().as_table()?, field, other)
}

/// The table with another value at a field that it has.
fn patch<'t>(
    table: &DeTable<'t>,
    field: &str,
    other: &Spanned<DeValue<'t>>,
) -> Option<DeTable<'t>> {
    let mut patched = table.clone();
    let (last, parents) = match field.rsplit_once('.') {
        Some((parents, last)) => (last, parents.split('.').collect::<Vec<_>>()),
        None => (field, Vec::new()),
    };
    let mut place = &mut patched;
    for parent in parents {
        let DeValue::Table(inner) = place.get_mut(parent)?.get_mut() else {
            return None;
        };
        place = inner;
    }
    place.get_mut(last)?.clone_from(other);
    Some(patched)
}
