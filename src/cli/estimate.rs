//! `kms-cost estimate`: one need, one plan, the itemized bill, and the budgets it is held against.

use std::io::Write;
use std::sync::Arc;

use clap::Args;

use super::budgets::{self, BudgetArgs};
use super::input::{self, Need, NeedArgs};
use super::output::Format;
use super::{Common, Exit, Failure, warn};
use crate::bill::Status;
use crate::budget::{self, Ledger, Owners, Verdict};
use crate::diagnostic::Problems;
use crate::estimate::{Estimate, Grounds, NoEstimate, estimate};
use crate::pricebook::catalog::Catalog;
use crate::report::json;
use crate::report::table::Dress;
use crate::report::text::{self, Shown};
use crate::report::verdicts::{self, BudgetVerdict};
use crate::verification::{Causes, Check, check};

/// Arguments of `estimate`.
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
    /// Show amounts with this many decimals, rounded half away from zero
    #[arg(long, value_name = "N", value_parser = super::decimals)]
    round: Option<u32>,
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
    estimated_need(input::need(&args.scenario, catalog)?, args, months, catalog)
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
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let catalog = input::catalog(self.common.pricing.as_deref())?;
        let Estimated { need, estimate } = estimated(&self.need, self.months, &catalog)?;
        // a page's figures are of the scenario as written
        let as_written = self.need.plan.is_none() && self.need.month.is_none();
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
            round: self.round,
            by_month: self.months.is_some(),
        };
        self.common.write(out, &[Format::Table, Format::Json], |format, dress, out| {
            if format == Format::Json {
                let budgets: Vec<BudgetVerdict> = verdicts.iter().map(Into::into).collect();
                let name = &need.scenario.name;
                json::estimate(out, name, &estimate, documented, &checks, &budgets)?;
                return Ok(());
            }
            out.write_all(text::estimate(shown, dress).as_bytes())?;
            out.write_all(self.strictness(&estimate, dress).as_bytes())?;
            out.write_all(verdicts::text(&verdicts, dress).as_bytes())?;
            Ok(())
        })?;
        let mut warnings = Problems::new(Arc::clone(&need.scenario.source));
        estimate.bill.warnings.iter().for_each(|warning| warnings.push(warning.clone()));
        warn(&warnings, &self.common);
        Ok(self.exit(&estimate, &checks, &verdicts))
    }

    /// Says which readings `--strict` does not let pass.
    fn strictness(&self, estimate: &Estimate, dress: Dress) -> String {
        let open: Vec<&str> = estimate.undocumented().filter(|_| self.strict).collect();
        if open.is_empty() {
            return String::new();
        }
        let which = open.join(", ");
        format!(
            "\n{}\n",
            dress.alert(&format!("strict: the figure rests on what no page documents: {which}"))
        )
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
