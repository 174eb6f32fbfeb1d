//! From `[budget]` of a scenario, or a file of `[[budget]]` entries, to rules.
//!
//! One entry may state several limits; each is a rule of its own. `monthly = "5.00"` fails above it;
//! `monthly = { warn = "4", fail = "5" }` warns first.

use std::sync::Arc;

use super::{Baseline, Measure, Period, Rule, Scope};
use crate::catalog::PlanName;
use crate::decimal::{self, Decimal};
use crate::diagnostic::{Code, Problem, Problems, quoted};
use crate::fields::{self, At, Fields};
use crate::source::Source;

/// The largest age of a price book that can be asked for, in days.
const OLDEST: u64 = 100_000;

/// A warning and a limit.
type Thresholds = At<(Option<Decimal>, Option<Decimal>)>;

/// Reads a file of budgets.
#[must_use]
pub fn file(source: &Arc<Source>) -> (Vec<Rule>, Problems) {
    let mut problems = Problems::new(Arc::clone(source));
    let Some(document) = fields::parse(source, &mut problems) else {
        return (Vec::new(), problems);
    };
    let mut root = Fields::new("budget file", document.get_ref(), 0..0);
    let stated = root.has("budget");
    let rules = rules(&mut root, source, &mut problems);
    root.finish(&mut problems);
    if !stated || (rules.is_empty() && !problems.has_errors()) {
        let problem = Problem::error(Code::MissingField, "no budget in this file");
        problems.push(
            problem.help("write `[[budget]]` and below it, for example, `monthly = \"50.00\"`"),
        );
    }
    (rules, problems)
}

/// Reads `[budget]` or every `[[budget]]` of a file.
pub fn rules(
    root: &mut Fields<'_, '_>,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> Vec<Rule> {
    let is_list =
        matches!(root.raw("budget").map(toml::Spanned::get_ref), Some(toml::de::DeValue::Array(_)));
    let entries = if is_list {
        root.tables("budget", "budget", problems)
    } else {
        root.table("budget", "budget", problems).into_iter().collect()
    };
    entries.into_iter().flat_map(|fields| entry(fields, source, problems)).collect()
}

fn entry(mut fields: Fields<'_, '_>, source: &Arc<Source>, problems: &mut Problems) -> Vec<Rule> {
    let before = problems.len();
    let owned = |at: At<&str>| at.map(str::to_owned);
    let name = fields.text("name", problems).map(|name| name.value.to_owned());
    if let Some(name) = &name {
        fields.set_name("budget", name.clone());
    }
    let scope = scope(&mut fields, problems);
    let monthly = thresholds(&mut fields, "monthly", problems);
    let term = thresholds(&mut fields, "term", problems);
    let growth_amount = thresholds(&mut fields, "growth_amount", problems);
    let growth_percent = thresholds(&mut fields, "growth_percent", problems);
    let baseline = fields.text("baseline", problems);
    let periods = [("monthly", Period::Month), ("term", Period::Term)];
    let period = fields.choice("period", &periods, problems);
    let currency = fields.text("currency", problems).map(owned);
    let max_age_days = fields.whole("max_age_days", 0..=OLDEST, problems);
    let growth = growth_amount.is_some() || growth_percent.is_some();
    if growth && !fields.has("baseline") {
        fields.require("baseline", None::<()>, problems);
    }
    if !growth && (baseline.is_some() || period.is_some()) && problems.len() == before {
        let lone = if baseline.is_some() { "baseline" } else { "period" };
        problems.push(
            Problem::error(
                Code::MissingField,
                format!("`{lone}` without a growth in {}", fields.what()),
            )
            .at(fields.span())
            .help("state `growth_amount`, `growth_percent` or both"),
        );
    }
    let of_growth = period.map_or(Period::Month, |period| period.value);
    let measures = [
        (monthly, Period::Month, Measure::Amount),
        (term, Period::Term, Measure::Amount),
        (growth_amount, of_growth, Measure::GrowthAmount),
        (growth_percent, of_growth, Measure::GrowthPercent),
    ];
    if measures.iter().all(|(thresholds, ..)| thresholds.is_none()) && problems.len() == before {
        problems.push(
            Problem::error(Code::MissingField, format!("no limit in {}", fields.what()))
                .at(fields.span())
                .label("`monthly`, `term`, `growth_amount` or `growth_percent` is needed here"),
        );
    }
    fields.finish(problems);
    let baseline = baseline.map(|text| text.map(baseline_of));
    let rule = |(thresholds, period, measure): (Option<Thresholds>, Period, Measure)| {
        let At { value: (warn, fail), span } = thresholds?;
        let grows = measure != Measure::Amount;
        Some(Rule {
            name: name.clone(),
            scope: scope.clone(),
            period,
            measure,
            warn,
            fail,
            baseline: baseline.clone().filter(|_| grows),
            currency: currency.clone(),
            max_age_days: max_age_days.clone(),
            place: Some((Arc::clone(source), span)),
        })
    };
    measures.into_iter().filter_map(rule).collect()
}

/// An amount where it is one, else a path.
fn baseline_of(text: &str) -> Baseline {
    decimal::parse(text).map_or_else(|_| Baseline::File(text.to_owned()), Baseline::Amount)
}

/// `"5"`, or `{ warn = "4", fail = "5" }` of which one may be left out.
fn thresholds(
    fields: &mut Fields<'_, '_>,
    name: &'static str,
    problems: &mut Problems,
) -> Option<Thresholds> {
    let value = fields.raw(name)?;
    if !matches!(value.get_ref(), toml::de::DeValue::Table(_)) {
        return Some(fields::as_decimal(value, problems)?.map(|limit| (None, Some(limit))));
    }
    let mut table = fields::as_table(value, name, problems)?;
    let span = table.span();
    let before = problems.len();
    let (warn, fail) = (table.decimal("warn", problems), table.decimal("fail", problems));
    let wrong = match (&warn, &fail) {
        (None, None) => Some("neither `warn` nor `fail` is stated"),
        (Some(warn), Some(fail)) if warn.value > fail.value => {
            Some("it warns above what it fails at")
        }
        _ => None,
    };
    table.finish(problems);
    if let Some(wrong) = wrong.filter(|_| problems.len() == before) {
        let code = if warn.is_none() { Code::MissingField } else { Code::Conflict };
        let message = format!("{wrong} in `{name}`");
        problems.push(Problem::error(code, message).at(span.clone()));
    }
    (problems.len() == before)
        .then(|| At::new((warn.map(|warn| warn.value), fail.map(|fail| fail.value)), span))
}

fn scope(fields: &mut Fields<'_, '_>, problems: &mut Problems) -> Scope {
    let owned = |at: At<&str>| at.map(str::to_owned);
    let plan = fields.text("plan", problems).and_then(|text| {
        let Some(name) = PlanName::parse(text.value) else {
            let message = format!("{} names no plan", quoted(text.value));
            let problem = Problem::error(Code::OutOfRange, message).at(text.span);
            problems
                .push(problem.label("expected provider, provider/plan or provider/plan@edition"));
            return None;
        };
        Some(At::new(name, text.span))
    });
    let mut tags = Vec::new();
    if let Some(mut table) = fields.table("tag", "tag", problems) {
        for (name, value) in table.entries() {
            if let Some(value) = fields::as_text(value, problems) {
                tags.push((owned(name), owned(value)));
            }
        }
        tags.sort_by(|(a, _): &(At<String>, At<String>), (b, _)| a.value.cmp(&b.value));
        if tags.is_empty() {
            let problem = Problem::error(Code::MissingField, "no tag in `tag`").at(table.span());
            problems.push(problem.label("expected `{ name = \"value\" }`"));
        }
    }
    Scope {
        plan,
        item: fields.text("item", problems).map(owned),
        region: fields.text("region", problems).map(owned),
        key: fields.text("key", problems).map(owned),
        tags,
    }
}
