//! From `[[discount]]` in a scenario or a file of its own to what is agreed on.

use std::rc::Rc;
use std::sync::Arc;

use super::{Covered, Discount, Terms};
use crate::catalog::PlanName;
use crate::decimal::Decimal;
use crate::diagnostic::{Code, Problem, Problems};
use crate::fields::{self, At, Fields};
use crate::source::{Source, printable};

/// Reads a file of discounts.
///
/// # Errors
/// Every problem of the file.
pub fn file(source: &Arc<Source>) -> Result<Vec<Rc<Discount>>, Problems> {
    let mut problems = Problems::new(Arc::clone(source));
    let found = fields::parse(source, &mut problems).map(|document| {
        let mut root = Fields::new("discounts", document.get_ref(), 0..0);
        let found = discounts(&mut root, source, &mut problems);
        if !root.has("discount") {
            root.require::<()>("discount", None, &mut problems);
        }
        root.finish(&mut problems);
        found
    });
    problems.into_result(found)
}

/// Reads every `[[discount]]` of a table.
pub fn discounts(
    root: &mut Fields<'_, '_>,
    file: &Arc<Source>,
    problems: &mut Problems,
) -> Vec<Rc<Discount>> {
    let tables = root.tables("discount", "[[discount]]", problems).into_iter();
    tables.filter_map(|table| discount(table, file, problems)).map(Rc::new).collect()
}

fn discount(
    mut table: Fields<'_, '_>,
    file: &Arc<Source>,
    problems: &mut Problems,
) -> Option<Discount> {
    let before = problems.len();
    let covers = table.texts("covers", problems);
    let covers = table.require("covers", covers, problems).unwrap_or_default();
    let percent = table.decimal("percent", problems);
    let price = table.decimal("price", problems);
    let source = table.text("source", problems).map(|source| source.value.to_owned());
    let source = table.require("source", source, problems);
    let terms = terms(&table, percent, price, problems);
    let span = table.span();
    table.finish(problems);
    let covers = covers.iter().filter_map(|text| covered(text, problems)).collect();
    let discount =
        Discount { covers, terms: terms?, source: source?, span, file: Arc::clone(file) };
    (problems.len() == before).then_some(discount)
}

fn terms(
    table: &Fields<'_, '_>,
    percent: Option<At<Decimal>>,
    price: Option<At<Decimal>>,
    problems: &mut Problems,
) -> Option<Terms> {
    let hundred = Decimal::from(100_u8);
    match (percent, price) {
        (Some(percent), None) if percent.value > hundred => {
            let problem = Problem::error(Code::OutOfRange, "more than 100 per cent off");
            problems.push(problem.at(percent.span).label("expected at most 100"));
            None
        }
        (Some(percent), None) => Some(Terms::Percent(percent.value)),
        (None, Some(price)) => Some(Terms::Price(price.value)),
        (Some(_), Some(price)) => {
            let problem = Problem::error(Code::Conflict, "a discount has a percent and a price");
            problems.push(problem.at(price.span).label("say one of them"));
            None
        }
        (None, None) => {
            if !table.has("percent") && !table.has("price") {
                let problem = Problem::error(Code::MissingField, "no `percent` and no `price`");
                problems.push(problem.at(table.span()).label("one of them is needed here"));
            }
            None
        }
    }
}

/// `acme/pay-as-you-go:key-hosting.*`, or `key-hosting.*` alone.
fn covered(text: &At<&str>, problems: &mut Problems) -> Option<At<Covered>> {
    let (plan, meters) = match text.value.rsplit_once(':') {
        Some((plan, meters)) => (Some(PlanName::parse(plan)), meters),
        None => (None, text.value),
    };
    let beginning = meters.strip_suffix('*').unwrap_or(meters);
    let well_formed = !beginning.contains(['*', '?']) && !meters.is_empty();
    match (plan, well_formed) {
        (Some(None), _) | (_, false) => {
            let message = format!("`{}` names no meters", printable(text.value));
            problems.push(
                Problem::error(Code::UnknownName, message).at(text.span.clone()).label(
                    "expected a meter's id or the beginning of several, such as `api-calls.*`, behind `provider/plan:` or alone",
                ),
            );
            None
        }
        (plan, true) => {
            let covered = Covered { plan: plan.flatten(), meters: meters.to_owned() };
            Some(At { value: covered, span: text.span.clone() })
        }
    }
}
