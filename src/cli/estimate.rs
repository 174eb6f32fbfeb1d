//! `kms-cost estimate`: one need, one plan, the itemized bill, and the budget it is held against.

use std::io::Write;
use std::sync::Arc;

use clap::Args;

use super::input::{self, Need, NeedArgs};
use super::output::Format;
use super::{Common, Exit, Failure, warn};
use crate::bill::{Bill, Status};
use crate::decimal::{self, Decimal};
use crate::diagnostic::{Problems, listed, quoted};
use crate::estimate::{Estimate, Grounds, NoEstimate, estimate};
use crate::fraction::Fraction;
use crate::pricebook::catalog::Catalog;
use crate::report::findings::{Place, Review, Ruling};
use crate::report::json::{self, BudgetVerdict};
use crate::report::number::money;
use crate::report::table::Dress;
use crate::report::text::{self, Shown};
use crate::report::{focus, github, junit, sarif};
use crate::scenario::Scenario;
use crate::verification::{Causes, Check, check};

/// What an estimate is written as.
const FORMATS: &[Format] =
    &[Format::Table, Format::Json, Format::Focus, Format::Junit, Format::Sarif, Format::Github];

/// Arguments of `estimate`.
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
    /// The version of FOCUS that `--format focus` writes
    #[arg(long, value_name = "V", value_parser = focus_version, default_value = "1.4")]
    focus_version: focus::Version,
    /// Show amounts with this many decimals, rounded half away from zero
    #[arg(long, value_name = "N", value_parser = super::decimals)]
    round: Option<u32>,
    #[command(flatten)]
    pub(super) common: Common,
}

fn amount(text: &str) -> Result<Decimal, String> {
    decimal::parse(text).map_err(|why| why.to_string())
}

fn focus_version(text: &str) -> Result<focus::Version, String> {
    let known = focus::Version::ALL.iter().find(|(name, _)| *name == text);
    known.map(|(_, version)| *version).ok_or_else(|| "expected 1.2 or 1.4".to_owned())
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
    let mut need = input::need(&args.scenario, catalog)?;
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
        let export = focus::Export {
            scenario: &need.scenario,
            estimate: &estimate,
            vocabulary: catalog.vocabulary(),
            version: self.focus_version,
            by_month: self.months.is_some(),
        };
        if self.common.outputs.iter().any(|output| output.format == Format::Focus) {
            focus::check(&export).map_err(not_exported)?;
        }
        let currency = &estimate.book.currency;
        let ruling = |verdict: &Verdict| verdict.ruling(&need.scenario, currency, self.budget);
        let rulings: Vec<Ruling> = verdict.iter().map(ruling).collect();
        let review = Review {
            scenario: &need.scenario,
            estimate: &estimate,
            rulings: &rulings,
            checks: &checks,
            strict: self.strict,
        };
        self.common.write(out, FORMATS, |format, dress, out| {
            if let Some(written) = for_tools(format, &review, export)? {
                out.write_all(written.as_bytes())?;
                return Ok(());
            }
            if format == Format::Json {
                let budgets: Vec<BudgetVerdict> = verdict.iter().map(Verdict::json).collect();
                let name = &need.scenario.name;
                json::estimate(out, name, &estimate, documented, &checks, &budgets)?;
                return Ok(());
            }
            out.write_all(text::estimate(shown, dress).as_bytes())?;
            out.write_all(self.strictness(&estimate, dress).as_bytes())?;
            if let Some(verdict) = &verdict {
                out.write_all(verdict.text(&estimate.book.currency, dress).as_bytes())?;
            }
            Ok(())
        })?;
        let mut warnings = Problems::new(Arc::clone(&need.scenario.source));
        estimate.bill.warnings.iter().for_each(|warning| warnings.push(warning.clone()));
        warn(&warnings, &self.common);
        Ok(self.exit(&estimate, &checks, verdict.as_ref()))
    }

    /// Says which readings `--strict` does not let pass.
    fn strictness(&self, estimate: &Estimate, dress: Dress) -> String {
        let open: Vec<&str> = undocumented(estimate).filter(|_| self.strict).collect();
        if open.is_empty() {
            return String::new();
        }
        let which = open.join(", ");
        format!(
            "\n{}\n",
            dress.alert(&format!("strict: the figure rests on what no page documents: {which}"))
        )
    }

    fn exit(&self, estimate: &Estimate, checks: &[Check], verdict: Option<&Verdict>) -> Exit {
        let over = verdict.is_some_and(|verdict| verdict.status == BudgetStatus::Over);
        let disagrees = checks.iter().any(|check| !check.agrees);
        let open = undocumented(estimate).next().is_some();
        if over || disagrees {
            Exit::Verdict
        } else if estimate.status() == Status::Incomplete || (self.strict && open) {
            Exit::Incomplete
        } else {
            Exit::Done
        }
    }
}

/// The formats that other people's tools read; none for another.
fn for_tools(
    format: Format,
    review: &Review<'_>,
    export: focus::Export<'_>,
) -> Result<Option<String>, Failure> {
    let name = &review.scenario.name;
    Ok(Some(match format {
        Format::Focus => focus::write(export).map_err(not_exported)?,
        Format::Junit => junit::report(&[(name, review.cases())]),
        Format::Sarif => sarif::log(name, &review.findings()),
        Format::Github => github::annotations(&review.findings()),
        _ => return Ok(None),
    }))
}

/// Why a bill cannot be written as FOCUS.
fn not_exported(why: focus::Refused) -> Failure {
    match why {
        focus::Refused::NoMonth => Failure::said(
            "`--format focus` needs a calendar month: every row of FOCUS has dates",
            "name one: `--month 2026-02`, or `month = \"2026-02\"` in the scenario",
        ),
        focus::Refused::Unpublished(lines) => Failure::Incomplete {
            message: format!(
                "no price is published for {}, and a cost of FOCUS cannot be empty; nothing was written",
                listed(lines.iter().map(String::as_str))
            ),
            help: "`--format json` and the table say what is known of an incomplete bill"
                .to_owned(),
        },
        focus::Refused::OutOfRange(line) => Failure::said(
            format!("the cost of {} has more digits than a decimal holds", quoted(&line)),
            "`--format json` gives it as an exact fraction",
        ),
    }
}

/// The undocumented readings that moved the figure.
fn undocumented(estimate: &Estimate) -> impl Iterator<Item = &str> {
    let open = estimate
        .readings()
        .filter(|(reading, effect)| !reading.documented && !effect.moved.is_zero());
    open.map(|(reading, _)| reading.id.as_str())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BudgetStatus {
    Within,
    Over,
    Undecided,
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

    fn text(&self, currency: &str, dress: Dress) -> String {
        let sentence = self.sentence(currency);
        match self.status {
            BudgetStatus::Within => format!("\n{}\n", dress.good(&sentence)),
            BudgetStatus::Over | BudgetStatus::Undecided => {
                format!("\n{}\n", dress.alert(&sentence))
            }
        }
    }

    /// Limit and actual figure, in words.
    fn sentence(&self, currency: &str) -> String {
        let between = |a: Fraction, b: Fraction| money(a.minus(b).unwrap_or_default(), None);
        let limit = money(self.limit, None);
        let when = self.month.as_ref().map_or_else(String::new, |month| format!(" in {month}"));
        match self.status {
            BudgetStatus::Within => format!(
                "within the budget of {limit} {currency} a month: {} to spare{when}",
                between(self.limit, self.actual)
            ),
            BudgetStatus::Over => format!(
                "over the budget of {limit} {currency} a month by {}{when}",
                between(self.actual, self.limit)
            ),
            BudgetStatus::Undecided => format!(
                "the budget of {limit} {currency} a month cannot be held against an incomplete total"
            ),
        }
    }

    /// For the formats of other people's tools; a budget of the command line has no place.
    fn ruling(&self, scenario: &Scenario, currency: &str, stated: Option<Decimal>) -> Ruling {
        let place = scenario.budget.as_ref().filter(|_| stated.is_none()).map(|budget| Place {
            source: Arc::clone(&scenario.source),
            span: budget.span.clone(),
        });
        Ruling {
            rule: "monthly".to_owned(),
            scope: "total".to_owned(),
            holds: match self.status {
                BudgetStatus::Within => Some(true),
                BudgetStatus::Over => Some(false),
                BudgetStatus::Undecided => None,
            },
            text: self.sentence(currency),
            place,
        }
    }

    fn json(&self) -> BudgetVerdict {
        BudgetVerdict {
            rule: "monthly",
            scope: "total",
            limit: self.limit.money(),
            actual: self.actual.digits(),
            status: match self.status {
                BudgetStatus::Within => "within",
                BudgetStatus::Over => "over",
                BudgetStatus::Undecided => "undecided",
            },
        }
    }
}
