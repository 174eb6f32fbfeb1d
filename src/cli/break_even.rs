//! `kms-cost break-even`: the usage at which the ranking changes.
//!
//! Every total that is told at a change is asked of the plans once more, and must be what the curve
//! says: 30 × 0.06 = 1.80 a key, and 3.60 for two.

mod priced;

use std::io::Write;
use std::path::PathBuf;
use std::rc::Rc;

use clap::Args;

use super::discounts::DiscountArgs;
use super::exchange::RateArgs;
use super::input::{self, Need};
use super::output::Format;
use super::{Common, Exit, Failure};
use crate::breakeven::envelope::NoEnvelope;
use crate::breakeven::vary::Field;
use crate::breakeven::{Group, Plan, Reach, groups};
use crate::catalog::{Catalog, PlanName};
use crate::comparison::{Asked, Readings, offers, selected, without_doubles};
use crate::config::Project;
use crate::month::{Day, Month};
use crate::pricebook::BookId;
use crate::rates::Rates;
use crate::report::break_even::{self as text, Shown};
use crate::report::table::Dress;
use crate::report::{break_even_csv as csv, break_even_json as json, svg};
use crate::source::printable;
use priced::{Priced, Question, absent};

/// The formats that this command writes.
const FORMATS: &[Format] = &[Format::Table, Format::Json, Format::Csv, Format::Svg];

// Arguments of `break-even`.
#[derive(Debug, Args)]
pub(super) struct BreakEvenArgs {
    /// The scenario file, or `-` for standard input
    #[arg(value_name = "SCENARIO", default_value = "scenario.toml")]
    scenario: PathBuf,
    /// What to vary: a field such as `key.NAME.count` or `calls.1.operations.decrypt`, `months` of
    /// a term, or `all`, a factor on everything that is counted
    #[arg(long, value_name = "WHAT")]
    vary: String,
    /// The first value; 1 where it is left out
    #[arg(long, value_name = "N", value_parser = unit)]
    from: Option<u64>,
    /// The last value; where it is left out, 60 months, or the power of ten at or above a hundred
    /// times the scenario's value, and at least 1000
    #[arg(long, value_name = "N", value_parser = unit)]
    to: Option<u64>,
    /// Two plans alone
    #[arg(long, value_name = "A,B", value_delimiter = ',', conflicts_with = "providers")]
    between: Vec<String>,
    /// Which plans: `all`, or providers and plans separated by commas
    #[arg(long, value_name = "LIST", default_value = "all", value_delimiter = ',')]
    providers: Vec<String>,
    /// The calendar month, instead of the scenario's
    #[arg(long, value_name = "YYYY-MM", value_parser = super::month)]
    month: Option<Month>,
    /// Hold the totals of this many months against each other
    #[arg(long, value_name = "N", value_parser = super::term)]
    months: Option<u32>,
    /// Take the editions that were in force on this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::day)]
    as_of: Option<Day>,
    #[command(flatten)]
    discounts: DiscountArgs,
    #[command(flatten)]
    rates: RateArgs,
    #[command(flatten)]
    pub(super) common: Common,
}

/// The plans that are asked.
struct Plans {
    /// Those that each name given means.
    of_names: Vec<Vec<PlanName>>,
    /// Those that are named themselves, and not by their provider alone.
    named: Vec<PlanName>,
}

fn unit(text: &str) -> Result<u64, String> {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    digits.parse().map_err(|_| "expected a whole number such as 1000 or 1_000".to_owned())
}

impl BreakEvenArgs {
    /// Takes what the project's file says where the call is silent.
    pub(super) fn configure(&mut self, project: &Rc<Project>) {
        self.as_of = self.as_of.or(project.day());
        self.discounts.configure(project);
        self.rates.configure(project);
    }

    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let catalog = input::catalog(self.common.pricing())?;
        let mut need = input::need(&self.scenario, &catalog)?;
        self.discounts.join(&mut need, None, &catalog)?;
        if need.problems.has_errors() {
            return Err(input::wrong(need.problems));
        }
        let field = Field::find(&need.scenario, &self.vary, catalog.vocabulary())
            .map_err(|why| Failure::said(why.message, why.help))?;
        let reach = self.reach(&field)?;
        let plans = self.plans(&catalog)?;
        let rates = self.rates.rates(need.scenario.rates.as_ref())?;
        let asked = self.asked(&catalog);
        let question = Question { need: &need, field: &field, asked, rates: rates.as_ref() };
        let (priced, answers) = answers(&plans, question, reach)?;
        let first = rates.as_ref().map(Rates::currency);
        let (groups, apart) =
            groups(answers, reach, first).map_err(|why| no_envelope(&field, why))?;
        confirm(&groups, &priced)?;
        if let Some((a, b)) = self.unlike(&groups) {
            return Err(Failure::said(
                format!("the two plans are priced in {a} and {b}"),
                format!(
                    "there is no exchange rate in the program: state one, such as `--rate {a}=DECIMAL`"
                ),
            ));
        }
        let shown = Shown {
            scenario: &need.scenario.name,
            field: &field,
            reach,
            months: self.term(&need, &field),
            rates: rates.as_ref(),
            groups: &groups,
            apart: &apart,
        };
        self.common.write(out, FORMATS, |format, dress, out| {
            Ok(out.write_all(written(&shown, format, dress)?.as_bytes())?)
        })?;
        Ok(exit(&plans, &groups))
    }

    fn asked<'a>(&self, catalog: &'a Catalog) -> Asked<'a> {
        let Self { month, months, as_of, .. } = *self;
        Asked { catalog, month, months, as_of, readings: Readings::Taken }
    }

    /// The currencies of two plans that cannot be held against each other.
    fn unlike<'g>(&self, groups: &'g [Group]) -> Option<(&'g str, &'g str)> {
        match groups {
            [a, b] if !self.between.is_empty() => Some((&a.currency, &b.currency)),
            _ => None,
        }
    }

    /// From where to where.
    fn reach(&self, field: &Field) -> Result<Reach, Failure> {
        let name = printable(&field.name);
        let beyond = |value: &u64| !(field.least..=field.most).contains(value);
        if let Some(value) = self.from.iter().chain(&self.to).find(|value| beyond(value)) {
            let help = format!("expected a range within {} and {}", field.least, field.most);
            return Err(Failure::said(format!("`{name}` cannot be {value}"), help));
        }
        let (from, to) = field.range(self.from, self.to);
        if from > to {
            let said = format!("`{name}` from {from} to {to}: the range ends before it begins");
            return Err(Failure::said(
                said,
                "give the smaller value as `--from`; both are included",
            ));
        }
        if self.months.is_some() && field.is_months() {
            let help = "`--from` and `--to` say how many months";
            return Err(Failure::said("`--months` fixes what `--vary months` varies", help));
        }
        Ok(Reach { from, to })
    }

    /// The months of which totals are held against each other; none of a month.
    fn term(&self, need: &Need, field: &Field) -> Option<u64> {
        let stated = need.scenario.term_months();
        self.months.map(u64::from).or(stated).filter(|_| !field.is_months())
    }

    /// The plans that the names given mean.
    fn plans(&self, catalog: &Catalog) -> Result<Plans, Failure> {
        let mut plans = Plans { of_names: Vec::new(), named: Vec::new() };
        for name in &self.between {
            plans.named.push(catalog.plan_named(&parsed(name)?)?);
        }
        if let [first, rest @ ..] = plans.named.as_slice() {
            if rest.len() != 1 || rest.contains(first) {
                let help = "give two: provider/plan,provider/plan";
                return Err(Failure::said("`--between` is about two plans", help));
            }
            plans.of_names = plans.named.iter().map(|plan| vec![plan.clone()]).collect();
            return Ok(plans);
        }
        for name in &self.providers {
            if name == "all" {
                plans.of_names.push(catalog.all_plans());
                continue;
            }
            let parsed = parsed(name)?;
            let found = catalog.plans(&parsed)?;
            plans.named.extend(found.iter().filter(|_| parsed.plan.is_some()).cloned());
            plans.of_names.push(found);
        }
        Ok(plans)
    }
}

fn parsed(name: &str) -> Result<PlanName, Failure> {
    super::plan(name)
        .map_err(|help| Failure::said(format!("`{}` names no plan", printable(name)), help))
}

/// What every plan that is compared makes of the need: those that a comparison would show.
fn answers<'a>(
    plans: &Plans,
    question: Question<'a>,
    reach: Reach,
) -> Result<(Vec<Priced<'a>>, Vec<Plan>), Failure> {
    let Question { need, asked, .. } = question;
    let all: Vec<PlanName> = plans.of_names.iter().flatten().cloned().collect();
    let offers = offers(&all, &need.scenario, &need.problems, asked)?;
    let offers = without_doubles(offers, &plans.named);
    let (mut priced, mut answers) = (Vec::new(), Vec::new());
    let mut asking: Vec<BookId> = offers.into_iter().map(|offer| offer.id).collect();
    for name in &all {
        let answer = match selected(name, &need.scenario, asked)? {
            Ok(book) if asking.contains(&book.id) => {
                let plan = Priced::new(book, question);
                let answer = plan.plan(reach)?;
                priced.push(plan);
                answer
            }
            Err(offer) if asking.contains(&offer.id) => absent(offer, reach),
            _ => continue,
        };
        // of a book that several names mean, once
        asking.retain(|id| *id != answer.id);
        answers.push(answer);
    }
    Ok((priced, answers))
}

/// The answer in a format.
fn written(shown: &Shown<'_>, format: Format, dress: Dress) -> Result<String, Failure> {
    match format {
        Format::Json => super::to_json(&json::document(shown)),
        Format::Csv => csv::break_even(shown).map_err(|why| Failure::Fault(why.to_string())),
        Format::Svg => Ok(svg::break_even(shown)),
        _ => Ok(text::break_even(shown, dress)),
    }
}

/// Done when a plan of each name that was given is complete somewhere.
fn exit(plans: &Plans, groups: &[Group]) -> Exit {
    let complete = |plan: &PlanName| {
        groups.iter().flat_map(|group| &group.plans).any(|known| plan.means(&known.id))
    };
    let done = plans.of_names.iter().all(|plans| plans.iter().any(complete));
    if done { Exit::Done } else { Exit::Incomplete }
}

fn no_envelope(field: &Field, why: NoEnvelope) -> Failure {
    match why {
        NoEnvelope::TooMany(unit) => Failure::said(
            format!("the cheapest plan changes too often to be told, from {unit} on"),
            format!("narrow the range of `{}` by `--from` and `--to`", printable(&field.name)),
        ),
        NoEnvelope::OutOfRange(why) => priced::too_large(field, why),
    }
}

/// Asks both plans at both sides of every change once more.
fn confirm(groups: &[Group], priced: &[Priced<'_>]) -> Result<(), Failure> {
    for group in groups {
        for change in &group.changes {
            for side in change.was.iter().chain(&change.is) {
                let plan: Option<&Plan> = group.plans.get(side.plan);
                let asked =
                    priced.iter().find(|known| Some(known.id()) == plan.map(|plan| &plan.id));
                let Some(asked) = asked else { continue };
                asked.confirm(change.unit.saturating_sub(1), side.before)?;
                asked.confirm(change.unit, side.at)?;
            }
        }
    }
    Ok(())
}
