//! The axes of a book: how it tells things apart.
//!
//! Only words and names are known here; what belongs to a class is asked elsewhere.

use super::Names;
use crate::diagnostic::Problems;
use crate::fields::{At, Fields, unknown_name};
use crate::pricebook::{Axis, Class, ManagedBy, Protection, Provisioning, Selector};
use crate::vocabulary::OPERATION_KINDS;

pub(super) fn axes(
    root: &mut Fields<'_, '_>,
    names: &Names<'_>,
    problems: &mut Problems,
) -> Vec<Axis> {
    let mut axes = Vec::new();
    let Some(mut table) = root.table("axis", "axis", problems) else {
        return axes;
    };
    for (name, mut fields) in table.named_tables("axis", problems) {
        let mut classes = Vec::new();
        for (class, fields) in fields.named_tables("class", problems) {
            classes.push(Class {
                name: class.value.to_owned(),
                selector: selector(fields, names, problems),
            });
        }
        axes.push(Axis { name: name.value.to_owned(), classes });
    }
    axes
}

fn selector(mut fields: Fields<'_, '_>, names: &Names<'_>, problems: &mut Problems) -> Selector {
    let selector = Selector {
        managed_by: choices(&mut fields, "managed_by", ManagedBy::ALL, problems),
        protection: choices(&mut fields, "protection", Protection::ALL, problems),
        spec: fields.texts("spec", problems).map(|specs| {
            specs.iter().filter_map(|spec| names.vocabulary.spec(spec, problems)).collect()
        }),
        group: fields.texts("group", problems).map(|groups| known_groups(&groups, names, problems)),
        region: fields
            .texts("region", problems)
            .map(|regions| regions.iter().map(|region| region.value.to_owned()).collect()),
        operation: fields.texts("operation", problems).map(|operations| {
            operations
                .iter()
                .filter_map(|operation| names.vocabulary.operation(operation, problems))
                .collect()
        }),
        operation_kind: choices(&mut fields, "operation_kind", OPERATION_KINDS, problems),
        used: fields.boolean("used", problems).map(|used| vec![used.value]),
        provisioning: choices(&mut fields, "provisioning", Provisioning::ALL, problems),
        other: fields.boolean("other", problems).is_some_and(|other| other.value),
    };
    fields.finish(problems);
    selector
}

fn known_groups(groups: &[At<&str>], names: &Names<'_>, problems: &mut Problems) -> Vec<String> {
    let known =
        || names.regions.values().flat_map(|region| region.groups.iter().map(String::as_str));
    for group in groups {
        if !known().any(|known| known == group.value) {
            let mut groups: Vec<&str> = known().collect();
            groups.sort_unstable();
            groups.dedup();
            problems.push(unknown_name("region group", group, groups.into_iter()));
        }
    }
    groups.iter().map(|group| group.value.to_owned()).collect()
}

pub(super) fn choices<T: Copy>(
    fields: &mut Fields<'_, '_>,
    name: &'static str,
    known: &[(&'static str, T)],
    problems: &mut Problems,
) -> Option<Vec<T>> {
    let names = fields.texts(name, problems)?;
    let mut chosen = Vec::new();
    for name in names {
        match known.iter().find(|(word, _)| *word == name.value) {
            Some((_, value)) => chosen.push(*value),
            None => problems.push(unknown_name("word", &name, known.iter().map(|(word, _)| *word))),
        }
    }
    Some(chosen)
}
