//! `kms-cost estimate`: one need, one plan, the itemized bill, and the budgets it is held against.

use std::io::Write;
use std::rc::Rc;
use std::sync::Arc;

use clap::Args;

use super::budgets::{self, BudgetArgs};
use super::input::{self, Need, NeedArgs};
use super::output::Format;
use super::tools::{self, FocusArgs};
use super::{Common, Exit, Failure, warn};
use crate::bill::Status;
use crate::budget::{self, Ledger, Owners, Verdict};
use crate::catalog::Catalog;
use crate::config::Project;
use crate::diagnostic::{Problems, quoted, similar};
use crate::estimate::{Estimate, Grounds, NoEstimate, estimate};
use crate::report::json;
use crate::report::page::{self, Standing};
use crate::report::record::Billed;
use crate::report::review::Review;
use crate::report::table::Dress;
use crate::report::text::{self, Shown};
use crate::report::values::{self, Field};
use crate::report::verdicts::{self, BudgetVerdict};
use crate::report::{bill_csv, bill_page, focus, html, markdown};
use crate::verification::{Causes, Check, check};

/// What an estimate is written as.
const FORMATS: &[Format] = &[
    Format::Table,
    Format::Json,
    Format::Csv,
    Format::Markdown,
    Format::Html,
    Format::Focus,
    Format::Junit,
    Format::Sarif,
    Format::Github,
];

// Arguments of `estimate`.
#[derive(Debug, Args)]
pub(super) struct EstimateArgs {
    #[command(flatten)]
    need: NeedArgs,
    /// Project this many months, month by month
    #[arg(long, value_name = "N", value_parser = super::term)]
    months: Option<u32>,
    #[command(flatten)]
    budgets: BudgetArgs,
    /// Fail (exit 3) when a choice that no page documents moved the figure
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    focus: FocusArgs,
    /// Show amounts with this many decimals, rounded half away from zero
    #[arg(long, value_name = "N", value_parser = super::decimals)]
    round: Option<u32>,
    /// Print bare values for shell scripts: total, status, subtotal.ITEM, line.amount …
    #[arg(long, value_name = "A,B", value_delimiter = ',', conflicts_with = "outputs")]
    fields: Vec<String>,
    #[command(flatten)]
    pub(super) common: Common,
}

/// An estimate and what it stands on.
pub(super) struct Estimated {
    pub(super) need: Need,
    pub(super) estimate: Estimate,
}

/// Reads, selects and rates.
pub(super) fn estimated(
    args: &NeedArgs,
    months: Option<u32>,
    catalog: &Catalog,
) -> Result<Estimated, Failure> {
    estimated_need(args.read(catalog)?, args, months, catalog)
}

/// Selects and rates what has been read.
pub(super) fn estimated_need(
    mut need: Need,
    args: &NeedArgs,
    months: Option<u32>,
    catalog: &Catalog,
) -> Result<Estimated, Failure> {
    let book = input::book(args, &mut need, catalog)?;
    let home = input::home(&need.scenario, &book.id.provider, catalog);
    let grounds = Grounds {
        vocabulary: catalog.vocabulary(),
        home: home.as_ref(),
        month: args.month,
        months,
    };
    let mut estimate = estimate(&need.scenario, book, grounds, need.problems.clone()).map_err(
        |why| match why {
            NoEstimate::Problems(problems) => input::wrong(problems),
            NoEstimate::Fault(what) => Failure::Fault(what),
        },
    )?;
    note_edition(&mut estimate);
    estimate.bill.notes.extend(args.told.clone());
    Ok(Estimated { need, estimate })
}

/// Says so when the price list changes inside the month.
fn note_edition(estimate: &mut Estimate) {
    let (book, period) = (&estimate.book, estimate.period);
    if period.month.is_none() {
        return;
    }
    let last = period.end().plus(-1);
    let note = match book.effective.until {
        Some(until) if period.first() <= until && until < last => Some(format!(
            "edition {} ends on {until}, inside the month; all of it is estimated by this edition",
            book.id.edition
        )),
        _ if !book.effective.holds_on(period.first()) => Some(format!(
            "edition {} is not in force on {}; it is used as asked for",
            book.id.edition,
            period.first()
        )),
        _ => None,
    };
    estimate.bill.notes.extend(note);
}

impl EstimateArgs {
    /// Takes what the project's file says where the call is silent.
    pub(super) fn configure(&mut self, project: &Rc<Project>) {
        self.need.configure(project);
        self.budgets.configure(project);
        self.strict |= project.is_strict();
    }

    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let catalog = input::catalog(self.common.pricing())?;
        let Estimated { need, estimate } = estimated(&self.need, self.months, &catalog)?;
        // a page's figures are of the scenario as written, at list prices
        let as_written = self.need.plan.is_none()
            && self.need.month.is_none()
            && need.scenario.discounts.is_empty();
        let documented = need.scenario.documented.as_ref().filter(|_| as_written);
        let checks = documented
            .map(|documented| check(documented, &estimate, Causes::Implied))
            .unwrap_or_default();
        let rules = self.budgets.rules(&need.scenario)?;
        let owners = Owners::of(&need.scenario);
        let ledger = Ledger {
            scenario: &need.scenario,
            estimate: &estimate,
            owners: &owners,
            as_of: self.need.as_of,
        };
        let verdicts = budgets::held(&rules, &ledger, &catalog)?;
        let shown = Shown {
            scenario: &need.scenario,
            estimate: &estimate,
            vocabulary: catalog.vocabulary(),
            documented,
            checks: &checks,
            round: self.common.round(self.round),
            by_month: self.months.is_some(),
        };
        let billed = Billed {
            scenario: &need.scenario.name,
            estimate: &estimate,
            by_month: self.months.is_some(),
            budget: verdicts.iter().map(|verdict| verdict.status).max().map(budget::Status::as_str),
        };
        let export = focus::Export {
            scenario: &need.scenario,
            estimate: &estimate,
            vocabulary: catalog.vocabulary(),
            version: self.focus.version(),
            by_month: self.months.is_some(),
        };
        let review = Review {
            scenario: &need.scenario,
            estimate: &estimate,
            verdicts: &verdicts,
            checks: &checks,
            strict: self.strict,
        };
        if self.fields.is_empty() {
            tools::check(&self.common, &export)?;
            let said = self.said(&estimate, &verdicts);
            self.common.write(out, FORMATS, |format, dress, out| match format {
                Format::Json => {
                    let budgets: Vec<BudgetVerdict> = verdicts.iter().map(Into::into).collect();
                    let name = &need.scenario.name;
                    Ok(json::estimate(out, name, &estimate, documented, &checks, &budgets)?)
                }
                Format::Csv => Ok(bill_csv::write(out, [billed])?),
                Format::Markdown => {
                    let page = bill_page::page(&shown, &said);
                    Ok(out.write_all(markdown::markdown(&page).as_bytes())?)
                }
                Format::Html => {
                    Ok(out.write_all(html::html(&bill_page::page(&shown, &said)).as_bytes())?)
                }
                Format::Focus => Ok(out.write_all(tools::focus(export)?.as_bytes())?),
                Format::Junit | Format::Sarif | Format::Github => {
                    Ok(out.write_all(tools::review(format, &review).as_bytes())?)
                }
                _ => {
                    out.write_all(text::estimate(shown, dress).as_bytes())?;
                    out.write_all(self.strictness(&estimate, dress).as_bytes())?;
                    Ok(out.write_all(verdicts::text(&verdicts, dress).as_bytes())?)
                }
            })?;
        } else {
            values::write(out, &self.fields(&estimate)?, billed, self.round)?;
        }
        let mut warnings = Problems::new(Arc::clone(&need.scenario.source));
        estimate.bill.warnings.iter().for_each(|warning| warnings.push(warning.clone()));
        warn(&warnings, &self.common);
        Ok(self.exit(&estimate, &checks, &verdicts))
    }

    /// The values that are asked for.
    fn fields(&self, estimate: &Estimate) -> Result<Vec<Field>, Failure> {
        let items: Vec<&str> = estimate.book.items.iter().map(|item| item.id.as_str()).collect();
        let known = |name: &String| {
            values::field(name, &items).ok_or_else(|| {
                let names = values::names(&items);
                let near = similar(name, names.iter().map(String::as_str));
                let near = near.map_or_else(String::new, |near| {
                    format!("a field with a similar name exists: `{near}`; ")
                });
                let help = format!("{near}the fields are {}", names.join(", "));
                Failure::said(format!("there is no field {}", quoted(name)), help)
            })
        };
        self.fields.iter().map(known).collect()
    }

    /// Says which readings `--strict` does not let pass.
    fn strict(&self, estimate: &Estimate) -> Option<page::Verdict> {
        let open: Vec<&str> = estimate.undocumented().filter(|_| self.strict).collect();
        let text = "strict: the figure rests on what no page documents: ";
        (!open.is_empty()).then(|| page::Verdict {
            standing: Standing::Open,
            text: text.to_owned() + &open.join(", "),
        })
    }

    fn strictness(&self, estimate: &Estimate, dress: Dress) -> String {
        let strict = self.strict(estimate);
        strict.map_or_else(String::new, |strict| format!("\n{}\n", strict.dressed(dress)))
    }

    /// What `--strict` and the budgets say of the figure.
    fn said(&self, estimate: &Estimate, verdicts: &[Verdict<'_>]) -> Vec<page::Verdict> {
        self.strict(estimate).into_iter().chain(verdicts.iter().map(verdicts::said)).collect()
    }

    fn exit(&self, estimate: &Estimate, checks: &[Check], verdicts: &[Verdict<'_>]) -> Exit {
        let any = |status| verdicts.iter().any(|verdict| verdict.status == status);
        let over = any(budget::Status::Over);
        let undecided = any(budget::Status::Undecided);
        let disagrees = checks.iter().any(|check| !check.agrees);
        let open = estimate.undocumented().next().is_some();
        if over || disagrees {
            Exit::Verdict
        } else if undecided || estimate.status() == Status::Incomplete || (self.strict && open) {
            Exit::Incomplete
        } else {
            Exit::Done
        }
    }
}
