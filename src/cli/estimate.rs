//! `kms-cost estimate`: one need, one plan, the itemized bill, and the budget it is held against.

use std::io::Write;
use std::sync::Arc;

use clap::Args;

use super::input::{self, Need, NeedArgs};
use super::output::Format;
use super::{Common, Exit, Failure, warn};
use crate::bill::{Bill, Status};
use crate::catalog::Catalog;
use crate::decimal::{self, Decimal};
use crate::diagnostic::{Problems, quoted, similar};
use crate::estimate::{Estimate, Grounds, NoEstimate, estimate};
use crate::fraction::Fraction;
use crate::report::json::{self, BudgetVerdict};
use crate::report::number::money;
use crate::report::page::{self, Standing};
use crate::report::record::Billed;
use crate::report::table::Dress;
use crate::report::text::{self, Shown};
use crate::report::values::{self, Field};
use crate::report::{bill_csv, bill_page, html, markdown};
use crate::verification::{Causes, Check, check};

/// What an estimate is written as.
const FORMATS: &[Format] =
    &[Format::Table, Format::Json, Format::Csv, Format::Markdown, Format::Html];

// Arguments of `estimate`.
#[derive(Debug, Args)]
pub(super) struct EstimateArgs {
    #[command(flatten)]
    need: NeedArgs,
    /// Project this many months, month by month
    #[arg(long, value_name = "N", value_parser = super::term)]
    months: Option<u32>,
    /// Fail (exit 1) when a month costs more than this
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    budget: Option<Decimal>,
    /// Fail (exit 3) when a choice that no page documents moved the figure
    #[arg(long)]
    strict: bool,
    /// Show amounts with this many decimals, rounded half away from zero
    #[arg(long, value_name = "N", value_parser = super::decimals)]
    round: Option<u32>,
    /// Print bare values for shell scripts: total, status, subtotal.ITEM, line.amount …
    #[arg(long, value_name = "A,B", value_delimiter = ',', conflicts_with = "outputs")]
    fields: Vec<String>,
    #[command(flatten)]
    pub(super) common: Common,
}

fn amount(text: &str) -> Result<Decimal, String> {
    decimal::parse(text).map_err(|why| why.to_string())
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
    let mut need = args.read(catalog)?;
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
        // a page's figures are of the scenario as written, at list prices
        let as_written = self.need.plan.is_none()
            && self.need.month.is_none()
            && need.scenario.discounts.is_empty();
        let documented = need.scenario.documented.as_ref().filter(|_| as_written);
        let checks = documented
            .map(|documented| check(documented, &estimate, Causes::Implied))
            .unwrap_or_default();
        let budget = self.budget.or(need.scenario.budget.as_ref().map(|budget| budget.value));
        let verdict = budget.map(|limit| Verdict::of(limit, &estimate));
        let shown = Shown {
            scenario: &need.scenario,
            estimate: &estimate,
            vocabulary: catalog.vocabulary(),
            documented,
            checks: &checks,
            round: self.round,
            by_month: self.months.is_some(),
        };
        let billed = Billed {
            scenario: &need.scenario.name,
            estimate: &estimate,
            by_month: self.months.is_some(),
            budget: verdict.as_ref().map(|verdict| verdict.status.as_str()),
        };
        if self.fields.is_empty() {
            let verdicts = self.verdicts(&estimate, verdict.as_ref());
            self.common.write(out, FORMATS, |format, dress, out| match format {
                Format::Json => {
                    let budgets: Vec<BudgetVerdict> = verdict.iter().map(Verdict::json).collect();
                    let name = &need.scenario.name;
                    Ok(json::estimate(out, name, &estimate, documented, &checks, &budgets)?)
                }
                Format::Csv => Ok(bill_csv::write(out, [billed])?),
                _ => Ok(out.write_all(written(format, &shown, &verdicts, dress).as_bytes())?),
            })?;
        } else {
            values::write(out, &self.fields(&estimate)?, billed, self.round)?;
        }
        let mut warnings = Problems::new(Arc::clone(&need.scenario.source));
        estimate.bill.warnings.iter().for_each(|warning| warnings.push(warning.clone()));
        warn(&warnings, &self.common);
        Ok(self.exit(&estimate, &checks, verdict.as_ref()))
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

    /// What `--strict` and the budget say of the figure.
    fn verdicts(&self, estimate: &Estimate, verdict: Option<&Verdict>) -> Vec<page::Verdict> {
        let open: Vec<&str> = estimate.undocumented().filter(|_| self.strict).collect();
        let strict = (!open.is_empty()).then(|| page::Verdict {
            standing: Standing::Open,
            text: format!(
                "strict: the figure rests on what no page documents: {}",
                open.join(", ")
            ),
        });
        let budget = verdict.map(|verdict| verdict.said(&estimate.book.currency));
        strict.into_iter().chain(budget).collect()
    }

    fn exit(&self, estimate: &Estimate, checks: &[Check], verdict: Option<&Verdict>) -> Exit {
        let over = verdict.is_some_and(|verdict| verdict.status == BudgetStatus::Over);
        let disagrees = checks.iter().any(|check| !check.agrees);
        let open = estimate.undocumented().next().is_some();
        if over || disagrees {
            Exit::Verdict
        } else if estimate.status() == Status::Incomplete || (self.strict && open) {
            Exit::Incomplete
        } else {
            Exit::Done
        }
    }
}

/// An estimate in a format that people read.
fn written(format: Format, shown: &Shown<'_>, verdicts: &[page::Verdict], dress: Dress) -> String {
    match format {
        Format::Markdown => markdown::markdown(&bill_page::page(shown, verdicts)),
        Format::Html => html::html(&bill_page::page(shown, verdicts)),
        _ => {
            let below = verdicts.iter().map(|verdict| format!("\n{}\n", verdict.dressed(dress)));
            text::estimate(*shown, dress) + &below.collect::<String>()
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BudgetStatus {
    Within,
    Over,
    Undecided,
}

impl BudgetStatus {
    /// As JSON writes it.
    fn as_str(self) -> &'static str {
        match self {
            Self::Within => "within",
            Self::Over => "over",
            Self::Undecided => "undecided",
        }
    }
}

/// The dearest month held against the budget.
struct Verdict {
    limit: Fraction,
    actual: Fraction,
    /// Which month it is, where there are several.
    month: Option<String>,
    status: BudgetStatus,
}

impl Verdict {
    fn of(limit: Decimal, estimate: &Estimate) -> Self {
        let one = [(estimate.period, estimate.bill.clone())];
        let months: &[(_, Bill)] = estimate.term.as_ref().map_or(&one, |term| &term.months);
        let limit = Fraction::from(limit);
        let mut dearest = (0, Fraction::ZERO);
        for (at, (_, bill)) in months.iter().enumerate() {
            if bill.total() > dearest.1 {
                dearest = (at, bill.total());
            }
        }
        let name = months.get(dearest.0).map(|(period, _)| {
            period.month.map_or_else(
                || format!("month {}", dearest.0.saturating_add(1)),
                |month| month.to_string(),
            )
        });
        let complete = months.iter().all(|(_, bill)| bill.status() == Status::Complete);
        let status = match (dearest.1 > limit, complete) {
            (true, _) => BudgetStatus::Over,
            (false, true) => BudgetStatus::Within,
            (false, false) => BudgetStatus::Undecided,
        };
        Self { limit, actual: dearest.1, month: name.filter(|_| months.len() > 1), status }
    }

    fn said(&self, currency: &str) -> page::Verdict {
        let between = |a: Fraction, b: Fraction| money(a.minus(b).unwrap_or_default(), None);
        let budget = format!("the budget of {} {currency} a month", money(self.limit, None));
        let when = self.month.as_ref().map_or_else(String::new, |month| format!(" in {month}"));
        let (standing, text) = match self.status {
            BudgetStatus::Within => {
                let spare = between(self.limit, self.actual);
                (Standing::Good, format!("within {budget}: {spare} to spare{when}"))
            }
            BudgetStatus::Over => {
                let excess = between(self.actual, self.limit);
                (Standing::Bad, format!("over {budget} by {excess}{when}"))
            }
            BudgetStatus::Undecided => {
                (Standing::Open, format!("{budget} cannot be held against an incomplete total"))
            }
        };
        page::Verdict { standing, text }
    }

    fn json(&self) -> BudgetVerdict {
        BudgetVerdict {
            rule: "monthly",
            scope: "total",
            limit: self.limit.money(),
            actual: self.actual.digits(),
            status: self.status.as_str(),
        }
    }
}
