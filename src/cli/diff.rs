//! `kms-cost diff`: two bills held against each other, each from a scenario or from an estimate kept as JSON.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::discounts::DiscountArgs;
use super::estimate::estimated_need;
use super::input::{self, NeedArgs};
use super::output::Format;
use super::{Common, Exit, Failure, to_json, tools};
use crate::catalog::{Catalog, PlanName};
use crate::config::Project;
use crate::diff::{Diff, NoDiff, diff};
use crate::month::{Day, Month};
use crate::report::diff::{Compared, text};
use crate::report::diff_review::{Gate, Passage, Review};
use crate::report::findings::Place;
use crate::report::{diff_csv, diff_json, diff_markdown, diff_page, html};
use crate::source::{Source, printable};
use crate::statement::{Kept, Statement, kept};

// Arguments of `diff`.
#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// What it was: a scenario, or an estimate kept by `--format json=FILE`; `-` is standard input
    #[arg(value_name = "BASE")]
    base: PathBuf,
    /// What it is; without it, BASE at another plan or in another month
    #[arg(value_name = "HEAD")]
    head: Option<PathBuf>,
    /// The plan of BASE: provider/plan@edition
    #[arg(long, value_name = "PLAN", value_parser = super::plan)]
    base_plan: Option<PlanName>,
    /// The plan of HEAD
    #[arg(long, value_name = "PLAN", value_parser = super::plan)]
    head_plan: Option<PlanName>,
    /// The calendar month of BASE
    #[arg(long, value_name = "YYYY-MM", value_parser = super::month)]
    base_month: Option<Month>,
    /// The calendar month of HEAD
    #[arg(long, value_name = "YYYY-MM", value_parser = super::month)]
    head_month: Option<Month>,
    /// Take the editions that were in force on this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::day)]
    as_of: Option<Day>,
    #[command(flatten)]
    discounts: DiscountArgs,
    /// Fail (exit 1) when the bill increases, or when anything on it changes
    #[arg(long, value_enum, value_name = "WHAT")]
    fail_on: Option<FailOn>,
    #[command(flatten)]
    pub(super) common: Common,
}

/// What a diff fails on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Increase,
    Change,
}

impl DiffArgs {
    /// Takes what the project's file says where the call is silent.
    pub(super) fn configure(&mut self, project: &Rc<Project>) {
        self.as_of = self.as_of.or(project.day());
        self.discounts.configure(project);
    }

    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        self.check()?;
        let catalog = input::catalog(self.common.pricing())?;
        let head = self.head.as_deref().unwrap_or(&self.base);
        // the whole file: a difference has no line of its own
        let place = Place { source: Arc::new(Source::new(name(head), "")), span: 0..0 };
        let base = self.side(&self.base, self.base_plan.as_ref(), self.base_month, &catalog)?;
        let head = self.side(head, self.head_plan.as_ref(), self.head_month, &catalog)?;
        let diff = diff(&base.statement, &head.statement).map_err(|why| match why {
            NoDiff::Currencies(base, head) => Failure::said(
                format!("the base is in {}, the head in {}", printable(&base), printable(&head)),
                "amounts in two currencies are never compared",
            ),
            NoDiff::OutOfRange(what) => Failure::Said { message: what, help: None },
        })?;
        let compared = Compared {
            diff: &diff,
            base: &base.statement,
            head: &head.statement,
            vocabulary: catalog.vocabulary(),
        };
        let passage = self.passage(&diff);
        let review = Review { compared, gate: self.gate(), passage, place };
        self.common.write(out, Format::REPORTS, |format, dress, out| {
            let text = match format {
                Format::Json => to_json(&diff_json::document(&compared))?,
                Format::Csv => {
                    diff_csv::write(&diff).map_err(|why| Failure::Fault(why.to_string()))?
                }
                Format::Markdown => diff_markdown::document(&compared),
                Format::Html => html::html(&diff_page::page(&compared)),
                Format::Junit | Format::Sarif | Format::Github => {
                    let name: &str = &head.statement.scenario;
                    let cases = || vec![(name, vec![review.case()])];
                    tools::said(format, cases, || vec![(name, review.findings())])
                }
                _ => text(&compared, dress),
            };
            Ok(out.write_all(text.as_bytes())?)
        })?;
        Ok(match passage {
            Passage::Passed => Exit::Done,
            Passage::Refused => Exit::Verdict,
            Passage::Undecided => Exit::Incomplete,
        })
    }

    /// Whether there are two bills to compare.
    fn check(&self) -> Result<(), Failure> {
        let further = self.base_plan.is_some()
            || self.head_plan.is_some()
            || self.base_month.is_some()
            || self.head_month.is_some();
        if self.head.is_none() && !further {
            return Err(Failure::said(
                "there is one bill, and nothing to compare it with",
                "name a second file, or give `--head-plan` or `--head-month`",
            ));
        }
        if self.head.as_deref().unwrap_or(&self.base) == Path::new("-")
            && self.base == Path::new("-")
        {
            return Err(Failure::said(
                "both bills would come from standard input, which is read once",
                "write the scenario to a file",
            ));
        }
        Ok(())
    }

    fn side(
        &self,
        path: &Path,
        plan: Option<&PlanName>,
        month: Option<Month>,
        catalog: &Catalog,
    ) -> Result<Kept, Failure> {
        let source = input::source(path)?;
        if source.text().trim_start().starts_with('{') {
            return kept_side(&source, plan.is_some() || month.is_some());
        }
        let args = NeedArgs {
            scenario: path.to_owned(),
            plan: plan.cloned(),
            month,
            as_of: self.as_of,
            discounts: DiscountArgs::default(),
            told: None,
        };
        let mut need = input::need_in(source, catalog)?;
        self.discounts.join(&mut need, plan, catalog)?;
        let estimated = estimated_need(need, &args, None, catalog)?;
        let statement = Statement::of_estimate(&estimated.need.scenario.name, &estimated.estimate);
        Ok(Kept { statement: statement.into_owned(), term: None })
    }

    fn gate(&self) -> Gate {
        match self.fail_on {
            None => Gate::Open,
            Some(FailOn::Increase) => Gate::Increase,
            Some(FailOn::Change) => Gate::Change,
        }
    }

    fn passage(&self, diff: &Diff) -> Passage {
        let known = match self.gate() {
            Gate::Open => return Passage::Passed,
            Gate::Change => diff.has_changes(),
            // what is not known may be less by more than the rest is more
            Gate::Increase => diff.complete && diff.difference > crate::fraction::Fraction::ZERO,
        };
        match (known, diff.complete) {
            (true, _) => Passage::Refused,
            (false, true) => Passage::Passed,
            (false, false) => Passage::Undecided,
        }
    }
}

/// As a file's text is named when it is read.
fn name(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}

/// An estimate that was kept is of the plan and month that it was made for.
fn kept_side(source: &Source, asked_otherwise: bool) -> Result<Kept, Failure> {
    let name = printable(source.name());
    if asked_otherwise {
        return Err(Failure::said(
            format!("`{name}` is an estimate that was kept, of one plan and one month"),
            "a plan or a month can be asked of a scenario",
        ));
    }
    kept(source.text()).map_err(|why| {
        Failure::said(
            format!("no estimate in `{name}`: {}", printable(&why.0)),
            "`kms-cost estimate --format json=FILE` keeps an estimate",
        )
    })
}
