//! The readings of a book: choices that its page leaves open, each with the parts that its other value
//! replaces, read again by the rules of every other part.

use toml::de::DeTable;

use super::allowances::allowance;
use super::meters::meter;
use super::{Names, audit_log_of, clock_of, text};
use crate::diagnostic::{Code, Problem, Problems};
use crate::fields::{At, Fields};
use crate::pricebook::change::{self, Change};
use crate::pricebook::{Allowance, Applies, Meter, Reading};
use crate::source::Span;

pub(super) type Sets = Vec<At<String>>;

pub(super) fn readings<'a, 't>(
    root: &mut Fields<'a, 't>,
    problems: &mut Problems,
) -> Vec<(Reading, Sets, Option<&'a toml::Spanned<toml::de::DeValue<'t>>>)> {
    const APPLIES: &[(&str, Applies)] =
        &[("always", Applies::Always), ("standard-month", Applies::StandardMonth)];
    let mut readings = Vec::new();
    for mut fields in root.tables("reading", "[[reading]]", problems) {
        let id = text(&mut fields, "id", problems);
        let name = text(&mut fields, "name", problems);
        let applies = fields
            .choice("applies", APPLIES, problems)
            .map_or(Applies::Always, |applies| applies.value);
        let documented = fields.boolean("documented", problems);
        let documented = fields.require("documented", documented, problems);
        let interval = fields.boolean("interval", problems).is_some_and(|interval| interval.value);
        let about = text(&mut fields, "text", problems);
        let basis = text(&mut fields, "basis", problems);
        let sets: Sets = fields
            .texts("sets", problems)
            .unwrap_or_default()
            .into_iter()
            .map(|path| path.map(str::to_owned))
            .collect();
        let instead = fields.raw("instead");
        if sets.is_empty() != instead.is_none() {
            problems.push(
                Problem::error(
                    Code::MissingField,
                    "a reading with another value needs `sets` and `instead`",
                )
                .at(fields.span()),
            );
        }
        fields.finish(problems);
        if let (Some(id), Some(name), Some(documented), Some(about), Some(basis)) =
            (id, name, documented, about, basis)
        {
            let paths = sets.iter().map(|path| path.value.clone()).collect();
            let other = instead.map(|value| change::written(value.get_ref()));
            let reading = Reading {
                id,
                name,
                applies,
                documented: documented.value,
                interval,
                text: about,
                basis,
                sets: paths,
                instead: other,
                changes: Vec::new(),
            };
            readings.push((reading, sets, instead));
        }
    }
    readings
}

/// What a reading's path may lead to.
pub(super) struct Scope<'s, 't> {
    pub(super) document: &'s DeTable<'t>,
    pub(super) names: &'s Names<'s>,
    pub(super) meters: &'s [Meter],
    pub(super) allowances: &'s [Allowance],
    pub(super) spans: &'s [Span],
}

pub(super) fn changes(
    scope: &Scope<'_, '_>,
    sets: &[At<String>],
    instead: Option<&toml::Spanned<toml::de::DeValue<'_>>>,
    problems: &mut Problems,
) -> Vec<Change> {
    let Some(instead) = instead else {
        return Vec::new();
    };
    let mut changes = Vec::new();
    for path in sets {
        let (before, found) = (changes.len(), problems.len());
        let places = change::places(scope.document, &path.value, instead);
        let leads = !places.is_empty();
        for place in places {
            changes.extend(reread(scope, place, problems));
        }
        if changes.len() > before || problems.len() > found {
            continue;
        }
        let problem = if leads {
            let message = format!("`{}` already is what `instead` says", path.value);
            Problem::error(Code::NoEffect, message)
                .label("the other value of a reading is another one")
        } else {
            let message = format!("`{}` leads nowhere in this book", path.value);
            Problem::error(Code::UnknownName, message)
                .label("expected a path such as \"meter.key-hosting.basic.over.rule\"")
        };
        problems.push(problem.at(path.span.clone()));
    }
    changes
}

/// Reads a patched component again, by the rules of every other one.
fn reread(
    scope: &Scope<'_, '_>,
    place: change::Patched<'_>,
    problems: &mut Problems,
) -> Option<Change> {
    match place {
        change::Patched::Meter(at, table) => {
            let span = scope.spans.get(at).cloned().unwrap_or_default();
            let other = meter(Fields::new("[[meter]]", &table, span), scope.names, problems)?;
            (scope.meters.get(at)? != &other).then_some(Change::Meter(at, Box::new(other)))
        }
        change::Patched::Allowance(at, table) => {
            let other = allowance(
                Fields::new("[[allowance]]", &table, 0..0),
                scope.names,
                scope.meters,
                problems,
            )?;
            (scope.allowances.get(at)? != &other).then_some(Change::Allowance(at, other))
        }
        change::Patched::Clock(table) => {
            clock_of(Fields::new("clock", &table, 0..0), problems).map(Change::Clock)
        }
        change::Patched::AuditLog(table) => {
            audit_log_of(Fields::new("audit_log", &table, 0..0), problems).map(Change::AuditLog)
        }
    }
}
