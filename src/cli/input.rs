//! From arguments to a need and a book: files read, names resolved, nothing computed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use clap::Args;

use super::Failure;
use super::discounts::DiscountArgs;
use crate::catalog::{Catalog, NoCatalog, NotSelected, Part, PlanName};
use crate::config::Project;
use crate::diagnostic::{Code, Problem, Problems};
use crate::fields::At;
use crate::month::{Day, Month};
use crate::pricebook::{Book, Region};
use crate::scenario::{self, Location, Scenario};
use crate::source::{Source, Unreadable, printable};

const NOTHING: &str = "nothing was estimated";

// Which need, at which plan, and when.
#[derive(Debug, Args)]
pub(super) struct NeedArgs {
    /// The scenario file, or `-` for standard input
    #[arg(value_name = "SCENARIO", default_value = "scenario.toml")]
    pub(super) scenario: PathBuf,
    /// The plan, instead of the scenario's: provider/plan@edition
    #[arg(long, value_name = "PLAN", value_parser = super::plan)]
    pub(super) plan: Option<PlanName>,
    /// The calendar month, instead of the scenario's
    #[arg(long, value_name = "YYYY-MM", value_parser = super::month)]
    pub(super) month: Option<Month>,
    /// Take the edition that was in force on this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::day)]
    pub(super) as_of: Option<Day>,
    #[command(flatten)]
    pub(super) discounts: DiscountArgs,
    /// What of a project's file stands behind the figures.
    #[arg(skip)]
    pub(super) told: Option<String>,
}

impl NeedArgs {
    /// Reads the scenario, and the discounts beside it.
    pub(super) fn read(&self, catalog: &Catalog) -> Result<Need, Failure> {
        let mut need = need(&self.scenario, catalog)?;
        self.discounts.join(&mut need, self.plan.as_ref(), catalog)?;
        Ok(need)
    }

    /// Takes what the project's file says where the call is silent.
    pub(super) fn configure(&mut self, project: &Rc<Project>) {
        let mut told = Vec::new();
        if self.discounts.configure(project) {
            told.push("discounts".to_owned());
        }
        if let (None, Some(day)) = (self.as_of, project.day()) {
            self.as_of = Some(day);
            told.push(format!("price books as of {day}"));
        }
        let name = printable(project.source.name());
        self.told = (!told.is_empty()).then(|| format!("from {name}: {}", told.join(", ")));
    }
}

/// A need, as far as it is understood, and the problems of its file.
pub(super) struct Need {
    pub(super) scenario: Scenario,
    pub(super) problems: Problems,
}

impl From<Unreadable> for Failure {
    fn from(why: Unreadable) -> Self {
        Self::Unreadable(why)
    }
}

impl From<NotSelected> for Failure {
    fn from(why: NotSelected) -> Self {
        match why {
            NotSelected::Unknown { message, help, .. } => Self::said(message, help),
            NotSelected::Wrong(problems) => wrong(problems),
        }
    }
}

/// Opens the price books.
pub(super) fn catalog(folder: Option<&Path>) -> Result<Catalog, Failure> {
    Catalog::open(folder).map_err(|why| match why {
        NoCatalog::Unreadable(why) => why.into(),
        NoCatalog::Wrong(problems) => Failure::Problems(Box::new(problems), NOTHING),
    })
}

/// Reads a scenario.
pub(super) fn need(path: &Path, catalog: &Catalog) -> Result<Need, Failure> {
    need_in(source(path)?, catalog)
}

/// A file, or standard input by the name of `-`.
pub(super) fn source(path: &Path) -> Result<Source, Failure> {
    if path == Path::new("-") { Ok(Source::standard_input()?) } else { read(path) }
}

/// The scenario in a file that has been read.
pub(super) fn need_in(source: Source, catalog: &Catalog) -> Result<Need, Failure> {
    let (scenario, problems) = scenario::scenario(&Arc::new(source), catalog.vocabulary());
    match scenario {
        Some(scenario) => Ok(Need { scenario, problems }),
        None => Err(wrong(problems)),
    }
}

fn read(path: &Path) -> Result<Source, Failure> {
    Source::read(path).map_err(|mut why| {
        if !path.exists() {
            why.help.get_or_insert_with(|| {
                "`kms-cost init` writes a scenario that runs at once".to_owned()
            });
        }
        why.into()
    })
}

/// The failure of an input file.
pub(super) fn wrong(problems: Problems) -> Failure {
    Failure::Problems(Box::new(problems), NOTHING)
}

/// The book that the arguments or the scenario mean.
pub(super) fn book(
    args: &NeedArgs,
    need: &mut Need,
    catalog: &Catalog,
) -> Result<Rc<Book>, Failure> {
    let Need { scenario, problems } = need;
    let month = args.month.or(scenario.month.as_ref().map(|month| month.value));
    let on = args.as_of.or(month.map(Month::first));
    if let Some(name) = &args.plan {
        return Ok(catalog.completed(catalog.select(name, on)?, &scenario.asked(), on)?);
    }
    let Some(provider) = &scenario.provider else {
        let message = "the scenario names no provider";
        let help =
            "state `provider` and `plan`, or give `--plan`; `kms-cost compare` looks at every plan";
        problems.push(Problem::error(Code::MissingField, message).help(help));
        return Err(wrong(problems.clone()));
    };
    let value = |at: &Option<At<String>>| at.as_ref().map(|at| at.value.clone());
    let (plan, edition) = (value(&scenario.plan), value(&scenario.edition));
    let name = PlanName { provider: provider.value.clone(), plan, edition };
    let book = catalog.select(&name, on).map_err(|why| {
        let NotSelected::Unknown { part, message, help } = why else { return why.into() };
        let stated = match part {
            Part::Provider => None,
            Part::Plan => scenario.plan.as_ref(),
            Part::Edition => scenario.edition.as_ref().or(scenario.plan.as_ref()),
        };
        let span = stated.unwrap_or(provider).span.clone();
        problems.push(Problem::error(Code::NoBook, message).at(span).help(help));
        wrong(problems.clone())
    })?;
    Ok(catalog.completed(book, &scenario.asked(), on)?)
}

/// The regions by which the scenario's own region ids are understood at another provider.
pub(super) fn home(
    scenario: &Scenario,
    other: &str,
    catalog: &Catalog,
) -> Option<BTreeMap<String, Region>> {
    let provider = scenario.provider.as_ref().filter(|provider| provider.value != other)?;
    let by_id = |location: &&At<Location>| matches!(location.value, Location::Region(_));
    let locations = scenario
        .location
        .iter()
        .chain(scenario.keys.iter().filter_map(|key| key.location.as_ref()));
    let locations =
        locations.chain(scenario.calls.iter().filter_map(|calls| calls.location.as_ref()));
    let mut locations = locations
        .chain(scenario.instances.iter().filter_map(|instance| instance.location.as_ref()));
    locations.find(by_id)?;
    Some(catalog.regions_of(&provider.value))
}
