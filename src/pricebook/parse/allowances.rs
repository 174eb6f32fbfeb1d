//! The free quotas of a book, and the meters that they cover.

use super::{LARGEST, Names, text};
use crate::diagnostic::{Code, Problem, Problems};
use crate::fields::{At, Fields, unknown_name};
use crate::pricebook::{Allowance, Draw, Each, Meter};

pub(super) fn allowances(
    root: &mut Fields<'_, '_>,
    names: &Names<'_>,
    meters: &[Meter],
    problems: &mut Problems,
) -> Vec<Allowance> {
    root.tables("allowance", "[[allowance]]", problems)
        .into_iter()
        .filter_map(|fields| allowance(fields, names, meters, problems))
        .collect()
}

pub(super) fn allowance(
    mut fields: Fields<'_, '_>,
    names: &Names<'_>,
    meters: &[Meter],
    problems: &mut Problems,
) -> Option<Allowance> {
    const EACH: &[(&str, Each)] = &[("month", Each::Month), ("once", Each::Once)];
    const DRAW: &[(&str, Draw)] =
        &[("cheapest-first", Draw::CheapestFirst), ("dearest-first", Draw::DearestFirst)];
    let id = text(&mut fields, "id", problems);
    let label = text(&mut fields, "label", problems);
    let quantity = fields.whole("quantity", 1..=LARGEST, problems);
    let quantity = fields.require("quantity", quantity, problems);
    let each = fields.choice("each", EACH, problems);
    let each = fields.require("each", each, problems);
    let covers = fields.texts("covers", problems);
    let covers =
        fields.require("covers", covers, problems).map(|covers| covered(&covers, meters, problems));
    let pool = super::meters::pool(&mut fields, problems);
    let draw = fields.choice("draw", DRAW, problems);
    let draw = fields.require("draw", draw, problems);
    let remaining = fields.choice("remaining", &[("free_calls_remaining", true)], problems);
    let source = names.source(&mut fields, problems);
    fields.finish(problems);
    Some(Allowance {
        id: id?,
        label: label?,
        quantity: quantity?.value,
        each: each?.value,
        covers: covers?,
        pool,
        draw: draw?.value,
        remaining: remaining.is_some_and(|remaining| remaining.value),
        source: source?,
    })
}

fn covered(covers: &[At<&str>], meters: &[Meter], problems: &mut Problems) -> Vec<usize> {
    let mut covered = Vec::new();
    for name in covers {
        match meters.iter().position(|meter| meter.id == name.value) {
            Some(at) if meters.get(at).is_some_and(|meter| meter.over.is_monthly()) => {
                covered.push(at);
            }
            Some(_) => problems.push(
                Problem::error(
                    Code::Conflict,
                    format!("meter `{}` is priced by the day or the hour", name.value),
                )
                .at(name.span.clone())
                .label("a free quota covers what comes to one quantity a month"),
            ),
            None => problems.push(unknown_name(
                "meter",
                name,
                meters.iter().map(|meter| meter.id.as_str()),
            )),
        }
    }
    covered
}
