//! Discounts of a file of their own, joined to those of the scenario, and every name in them looked up.

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use clap::Args;

use super::Failure;
use super::input::{self, Need};
use crate::catalog::{Catalog, NotSelected, PlanName};
use crate::config::Project;
use crate::diagnostic::{Code, Problem, Problems, listed, similar};
use crate::discount::{self, Covered, Discount};
use crate::fields::At;
use crate::source::{Source, printable};

// What is agreed on instead of list prices.
#[derive(Debug, Default, Args)]
pub(super) struct DiscountArgs {
    /// A file of [[discount]] tables: what is agreed on instead of list prices
    #[arg(long, value_name = "FILE")]
    discounts: Option<PathBuf>,
    /// Where the call names no file.
    #[arg(skip)]
    project: Option<Rc<Project>>,
}

impl DiscountArgs {
    /// Takes the project's where the call names no file; says whether there are some.
    pub(super) fn configure(&mut self, project: &Rc<Project>) -> bool {
        let stated = !project.discounts.is_empty() || !project.discount_files.is_empty();
        let taken = stated && self.discounts.is_none();
        self.project = taken.then(|| Rc::clone(project));
        taken
    }

    /// Joins the discounts beside a scenario to its own.
    ///
    /// `plan` is the one plan that is asked for, where there is one: a pattern that names no plan means
    /// it where the scenario names none either.
    pub(super) fn join(
        &self,
        need: &mut Need,
        plan: Option<&PlanName>,
        catalog: &Catalog,
    ) -> Result<(), Failure> {
        let own = need.scenario.own_plan().or_else(|| plan.cloned());
        let own = own.as_ref();
        for covered in need.scenario.discounts.iter().flat_map(|discount| &discount.covers) {
            check(covered, own, catalog, &mut need.problems)?;
        }
        let mut joined = Vec::new();
        if let Some(project) = &self.project {
            joined.extend(checked(&project.discounts, &project.source, own, catalog)?);
        }
        let configured = self.project.iter().flat_map(|project| &project.discount_files);
        for path in self.discounts.iter().chain(configured.map(|at| &at.value)) {
            let source = Arc::new(Source::read(path)?);
            let found = discount::file(&source).map_err(input::wrong)?;
            joined.extend(checked(&found, &source, own, catalog)?);
        }
        need.scenario.discounts.extend(joined);
        Ok(())
    }
}

/// The discounts of a file, when every name in them is one.
fn checked(
    discounts: &[Rc<Discount>],
    source: &Arc<Source>,
    own: Option<&PlanName>,
    catalog: &Catalog,
) -> Result<Vec<Rc<Discount>>, Failure> {
    let mut problems = Problems::new(Arc::clone(source));
    for covered in discounts.iter().flat_map(|discount| &discount.covers) {
        check(covered, own, catalog, &mut problems)?;
    }
    if problems.has_errors() { Err(input::wrong(problems)) } else { Ok(discounts.to_vec()) }
}

/// Looks up the plan and the meters that a pattern names, in every edition of the plan.
fn check(
    covered: &At<Covered>,
    own: Option<&PlanName>,
    catalog: &Catalog,
    problems: &mut Problems,
) -> Result<(), Failure> {
    let At { value, span } = covered;
    let Some(plan) = value.plan.as_ref().or(own) else {
        let message = format!("`{}` does not say of which plan", printable(&value.meters));
        let help = format!(
            "several plans are asked: write the plan before it, `provider/plan:{}`",
            printable(&value.meters)
        );
        problems.push(Problem::error(Code::MissingField, message).at(span.clone()).help(help));
        return Ok(());
    };
    let plans = match catalog.plans(plan) {
        Ok(plans) => plans,
        // a name of the scenario's own is told where it stands
        Err(NotSelected::Unknown { .. }) if value.plan.is_none() => return Ok(()),
        Err(NotSelected::Unknown { message, help, .. }) => {
            problems.push(Problem::error(Code::NoBook, message).at(span.clone()).help(help));
            return Ok(());
        }
        Err(wrong) => return Err(wrong.into()),
    };
    let mut meters: Vec<String> = Vec::new();
    for id in catalog.ids().filter(|id| plans.iter().any(|plan| plan.means(id))) {
        let book = catalog.load(id).map_err(input::wrong)?;
        meters.extend(book.meters.iter().map(|meter| meter.id.clone()));
    }
    if meters.iter().any(|meter| value.matches(meter)) {
        return Ok(());
    }
    let whose = plan.plan.as_ref().map_or_else(
        || format!("no plan of `{}` has a meter", printable(&plan.provider)),
        |name| format!("`{}/{}` has no meter", printable(&plan.provider), printable(name)),
    );
    let message = format!("{whose} `{}`", printable(&value.meters));
    let problem = Problem::error(Code::UnknownName, message).at(span.clone());
    problems.push(problem.help(nearest(&value.meters, meters)));
    Ok(())
}

/// The meter or item that was perhaps meant, or those that there are.
fn nearest(meant: &str, mut meters: Vec<String>) -> String {
    let item = |meter: &String| Some(format!("{}.*", meter.split_once('.')?.0));
    let items: Vec<String> = meters.iter().filter_map(item).collect();
    meters.extend(items);
    meters.sort();
    meters.dedup();
    let names = || meters.iter().map(String::as_str);
    match similar(meant, names()) {
        Some(near) => format!("a meter with a similar name exists: `{near}`"),
        None => format!("its meters are {}", listed(names().filter(|name| !name.ends_with('*')))),
    }
}
