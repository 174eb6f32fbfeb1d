//! Budgets from the scenario, from files and from the command line, gathered and held against a bill.

pub(super) mod plans;

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use clap::Args;

use super::{Failure, input};
use crate::budget::{
    self, Baseline, Compared, Known, Ledger, Period, Rule, Status, Verdict, verdict,
};
use crate::catalog::Catalog;
use crate::config::Project;
use crate::decimal::{self, Decimal};
use crate::diagnostic::{Code, Problem, Problems};
use crate::fields::At;
use crate::pricebook::BookId;
use crate::scenario::Scenario;
use crate::source::{Source, printable};
use crate::statement::kept;

// What the bill may come to.
#[derive(Debug, Args)]
pub(super) struct BudgetArgs {
    /// Fail (exit 1) when a month costs more than this, whatever the scenario says a month may cost
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    budget: Option<Decimal>,
    /// Hold the bill against the budgets of this file too; can be repeated
    #[arg(long, value_name = "FILE")]
    budgets: Vec<PathBuf>,
    /// What the project's file says; it holds beside all others.
    #[arg(skip)]
    project: Option<Rc<Project>>,
}

fn amount(text: &str) -> Result<Decimal, String> {
    decimal::parse(text).map_err(|why| why.to_string())
}

impl BudgetArgs {
    /// The first option that is given.
    pub(super) fn given(&self) -> Option<&'static str> {
        let budget = self.budget.map(|_| "--budget");
        budget.or_else(|| self.budgets.first().map(|_| "--budgets"))
    }

    /// Takes the project's budgets, which nothing replaces.
    pub(super) fn configure(&mut self, project: &Rc<Project>) {
        self.project = Some(Rc::clone(project));
    }

    /// Every rule; `--budget` takes the place of the scenario's own for the total of a month.
    pub(super) fn rules(&self, scenario: &Scenario) -> Result<Rules, Failure> {
        let kept = scenario.budgets.iter().filter(|rule| self.budget.is_none() || !rule.is_plain());
        let mut rules: Vec<Rule> = kept.cloned().collect();
        for path in &self.budgets {
            rules.extend(of_file(path)?);
        }
        rules.extend(self.budget.map(Rule::monthly));
        let own = rules.len();
        if let Some(project) = &self.project {
            rules.extend(project.budgets.iter().cloned());
            for path in &project.budget_files {
                rules.extend(of_file(&path.value)?);
            }
        }
        Ok(Rules { rules, own })
    }
}

/// Every rule that a bill is held against.
pub(super) struct Rules {
    rules: Vec<Rule>,
    /// How many of them, the first ones, are of the call and the scenario; the rest is the project's,
    /// for all its scenarios.
    own: usize,
}

fn of_file(path: &Path) -> Result<Vec<Rule>, Failure> {
    let source = Arc::new(Source::read(path)?);
    let (found, problems) = budget::file(&source);
    if problems.has_errors() { Err(input::wrong(problems)) } else { Ok(found) }
}

/// Holds every rule against a bill.
pub(super) fn held<'r>(
    Rules { rules, own }: &'r Rules,
    ledger: &Ledger<'_>,
    catalog: &Catalog,
) -> Result<Vec<Verdict<'r>>, Failure> {
    let books: Vec<&BookId> = catalog.ids().collect();
    let known = Known { book: &ledger.estimate.book, books: &books, owners: ledger.owners };
    let mut wrong: Vec<(&Rule, Problem)> = Vec::new();
    let mut verdicts = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        if let Some(verdict) = elsewhere(rule, ledger).filter(|_| at >= *own) {
            verdicts.push(verdict);
            continue;
        }
        let misnamed = rule.misnamed(known);
        if !misnamed.is_empty() {
            wrong.extend(misnamed.into_iter().map(|problem| (rule, problem)));
            continue;
        }
        match judged(rule, ledger) {
            Ok(verdict) => verdicts.push(verdict),
            Err(problem) => wrong.push((rule, problem)),
        }
    }
    if let Some(failure) = failure(wrong) {
        return Err(failure);
    }
    match verdicts.first() {
        Some(first)
            if *own > 0 && verdicts.iter().all(|verdict| verdict.status == Status::NotApplied) =>
        {
            let message = format!("no budget is for the bill of {}", ledger.estimate.book.id);
            let scope = first.rule.scope.name();
            Err(Failure::said(message, format!("the first is for {}", printable(&scope))))
        }
        _ => Ok(verdicts),
    }
}

/// Holds one rule against a bill. A baseline is read only for a bill that the rule is about.
fn judged<'r>(rule: &'r Rule, ledger: &Ledger<'_>) -> Result<Verdict<'r>, Problem> {
    let about = rule.scope.is_about(&ledger.estimate.book.id);
    let compared = if about { compared(rule)? } else { None };
    verdict(rule, compared.as_ref(), ledger)
}

/// A rule of the project that is about another of its scenarios: one of a key or a tag that is not
/// here, or of a term where there is none.
fn elsewhere<'r>(rule: &'r Rule, ledger: &Ledger<'_>) -> Option<Verdict<'r>> {
    let id = &ledger.estimate.book.id;
    let reason = if !rule.scope.is_about(id) {
        return None;
    } else if let Some(stranger) = ledger.owners.stranger(&rule.scope) {
        format!("no {stranger} in this scenario")
    } else if rule.period == Period::Term && ledger.estimate.term.is_none() {
        "there is no term".to_owned()
    } else {
        return None;
    };
    Some(Verdict::not_applied(rule, &ledger.estimate.book.currency, reason))
}

/// The problems of the first file that has some.
fn failure(wrong: Vec<(&Rule, Problem)>) -> Option<Failure> {
    let (first, _) = wrong.first()?;
    let Some((source, _)) = &first.place else {
        return wrong.into_iter().next().map(|(rule, problem)| alone(rule, problem));
    };
    let mut problems = Problems::new(Arc::clone(source));
    let mut told: Vec<Problem> = Vec::new();
    for (rule, problem) in &wrong {
        let here = rule.place.as_ref().is_some_and(|(file, _)| Arc::ptr_eq(file, source));
        // the rules of one entry share their scope, and its problems
        if here && !told.contains(problem) {
            told.push(problem.clone());
            problems.push(problem.clone());
        }
    }
    Some(input::wrong(problems))
}

/// One problem, at its place where its rule has one.
fn alone(rule: &Rule, problem: Problem) -> Failure {
    let Some((source, _)) = &rule.place else {
        return Failure::Said { message: problem.message, help: problem.help };
    };
    let mut problems = Problems::new(Arc::clone(source));
    problems.push(problem);
    input::wrong(problems)
}

/// What a rule's growth is measured from; a path is meant from the folder of the rule's own file.
fn compared(rule: &Rule) -> Result<Option<Compared>, Problem> {
    let Some(At { value: baseline, span }) = &rule.baseline else { return Ok(None) };
    let path = match baseline {
        Baseline::Amount(amount) => return Ok(Some(Compared::Amount(*amount))),
        Baseline::File(path) => path,
    };
    let folder = rule.place.as_ref().and_then(|(source, _)| Path::new(source.name()).parent());
    let path = folder.map_or_else(|| PathBuf::from(path), |folder| folder.join(path));
    let problem = |why: &str, help: Option<String>| {
        let name = printable(&path.display().to_string());
        let message = format!("no baseline in `{name}`: {}", printable(why));
        let problem = Problem::error(Code::Conflict, message).at(span.clone());
        problem.help(help.unwrap_or_else(|| {
            "`kms-cost estimate --format json=FILE` keeps an estimate; an amount is a baseline too"
                .to_owned()
        }))
    };
    let source = Source::read(&path).map_err(|why| problem(&why.reason, why.help))?;
    let kept = kept(source.text()).map_err(|why| problem(&why.0, None))?;
    Ok(Some(Compared::Kept(Arc::new(kept))))
}
