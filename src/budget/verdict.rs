//! Whether a bill stays within a rule.
//!
//! Of the months of a projection the dearest decides; of a term, their sum. What is known above the
//! limit is over whatever else is unknown: 617 above a limit of 2,000 with one price missing is over.
//! Compared with 110 % of 100, which is 110, exactly 110 is within.

use std::sync::Arc;

use super::scope::{Open, Owners, Share};
use super::{Measure, Period, Rule};
use crate::bill::Bill;
use crate::decimal::Decimal;
use crate::diagnostic::{Code, Problem};
use crate::estimate::Estimate;
use crate::fraction::{Fraction, OutOfRange};
use crate::month::Day;
use crate::scenario::Scenario;
use crate::statement::{Kept, Statement};

/// What rules are held against.
#[derive(Debug)]
pub struct Ledger<'a> {
    /// The need, whose labels and names scopes speak of.
    pub scenario: &'a Scenario,
    /// What it costs.
    pub estimate: &'a Estimate,
    /// Whose its lines may be.
    pub owners: &'a Owners<'a>,
    /// The day on which the price book is looked at.
    pub as_of: Option<Day>,
}

/// What growth is measured from, as it was found.
#[derive(Clone, Debug)]
pub enum Compared {
    /// An amount.
    Amount(Decimal),
    /// An estimate that was kept.
    Kept(Arc<Kept>),
}

/// What a part of a baseline came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// What is known of it.
    pub amount: Fraction,
    /// Whether that is all.
    pub complete: bool,
}

/// What a rule comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// It is about another plan.
    NotApplied,
    /// At most the limit.
    Within,
    /// Above what warns, and not above what fails.
    Warn,
    /// It cannot be known.
    Undecided,
    /// Above the limit.
    Over,
}

impl Status {
    /// As JSON writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotApplied => "not-applied",
            Self::Within => "within",
            Self::Warn => "warn",
            Self::Undecided => "undecided",
            Self::Over => "over",
        }
    }

    /// How grave it is.
    #[must_use]
    pub fn severity(self) -> &'static str {
        match self {
            Self::NotApplied | Self::Within => "none",
            Self::Warn => "warning",
            Self::Undecided | Self::Over => "error",
        }
    }
}

/// A rule and what it comes to.
#[derive(Clone, Debug)]
pub struct Verdict<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// What it comes to.
    pub status: Status,
    /// The currency of its figures.
    pub currency: String,
    /// Above which it fails, or where it only warns, above which it does; none where it is not known.
    pub limit: Option<Fraction>,
    /// Above which it warns.
    pub warn: Option<Fraction>,
    /// What is known of the actual amount; none where it is about another plan.
    pub actual: Option<Fraction>,
    /// What is above the limit, or where it warns, above what warns.
    pub excess: Option<Fraction>,
    /// The dearest month, where there are several.
    pub month: Option<String>,
    /// How many months are above the limit, of how many; where there are several.
    pub months_over: Option<(usize, usize)>,
    /// What growth is measured from.
    pub baseline: Option<Fraction>,
    /// Why it is undecided or not applied.
    pub reasons: Vec<String>,
}

/// Holds one rule against a bill.
///
/// # Errors
/// A rule that cannot be held against this bill at all, or a sum beyond the range of figures.
pub fn verdict<'r>(
    rule: &'r Rule,
    compared: Option<&Compared>,
    ledger: &Ledger<'_>,
) -> Result<Verdict<'r>, Problem> {
    let book = &ledger.estimate.book;
    let mut verdict = Verdict::open(rule, &book.currency);
    if !rule.scope.is_about(&book.id) {
        return Ok(Verdict::not_applied(
            rule,
            &book.currency,
            format!("the bill is of {}", book.id),
        ));
    }
    if rule.currency.as_ref().is_some_and(|currency| currency.value != book.currency) {
        return verdict.in_other_currency(&book.currency);
    }
    let too_large = |OutOfRange| rule.problem(Code::TooLarge, format!("its sum is {OutOfRange}"));
    let shares = ledger.shares(rule)?;
    let (actual, mut open) = verdict.actual(&shares, ledger).map_err(too_large)?;
    verdict.actual = Some(actual);
    let base = match compared {
        None => None,
        Some(compared) => match base(rule, compared, ledger)? {
            Ok(base) => Some(base),
            Err(reason) => {
                verdict.reasons.push(reason);
                return Ok(verdict);
            }
        },
    };
    let limit = |by: Option<Decimal>| match (&base, by) {
        (_, None) => Ok(None),
        (None, Some(limit)) => Ok(Some(Fraction::from(limit))),
        (Some(base), Some(by)) => rule.grown(base.amount, by).map(Some),
    };
    let (fail, warn) = (limit(rule.fail).map_err(too_large)?, limit(rule.warn).map_err(too_large)?);
    verdict.limit = fail.or(warn);
    verdict.warn = warn;
    verdict.baseline = base.as_ref().map(|base| base.amount);
    let firm = base.is_none_or(|base| base.complete);
    if !firm {
        open.push("the baseline is incomplete".to_owned());
    }
    open.extend(stale(rule, ledger)?);
    let above = |limit: Option<Fraction>| limit.filter(|limit| actual > *limit);
    let (status, above) = match (above(fail), above(warn)) {
        (Some(limit), _) if firm => (Status::Over, Some(limit)),
        _ if !open.is_empty() => (Status::Undecided, None),
        (None, Some(warn)) => (Status::Warn, Some(warn)),
        _ => (Status::Within, None),
    };
    verdict.status = status;
    verdict.reasons = open;
    if let Some(limit) = above {
        verdict.excess = Some(actual.minus(limit).map_err(too_large)?);
        let over = shares.iter().filter(|share| share.known > limit).count();
        verdict.months_over = verdict.month.as_ref().map(|_| (over, shares.len()));
    }
    Ok(verdict)
}

impl<'r> Verdict<'r> {
    /// Of a rule that is about something else.
    #[must_use]
    pub fn not_applied(rule: &'r Rule, currency: &str, reason: String) -> Self {
        let open = Self::open(rule, currency);
        Self { status: Status::NotApplied, reasons: vec![reason], ..open }
    }

    fn open(rule: &'r Rule, currency: &str) -> Self {
        Self {
            rule,
            status: Status::Undecided,
            currency: currency.to_owned(),
            limit: None,
            warn: None,
            actual: None,
            excess: None,
            month: None,
            months_over: None,
            baseline: None,
            reasons: Vec::new(),
        }
    }

    /// Never compared. A rule that names this very plan can never be decided: it is wrong.
    fn in_other_currency(mut self, currency: &str) -> Result<Self, Problem> {
        let Some(stated) = &self.rule.currency else { return Ok(self) };
        let message = format!(
            "the budget is in {}, the bill in {currency}",
            crate::source::printable(&stated.value)
        );
        if self.rule.scope.plan.is_some() {
            let problem = Problem::error(Code::Conflict, message).at(stated.span.clone());
            let problem = problem.label("its plan charges in another currency");
            return Err(problem.help("amounts in two currencies are never compared"));
        }
        self.reasons.push(message);
        Ok(self)
    }

    /// What decides, and why that is not all: the dearest month, or the sum of the term.
    fn actual(
        &mut self,
        shares: &[Share],
        ledger: &Ledger<'_>,
    ) -> Result<(Fraction, Vec<String>), OutOfRange> {
        let open: std::collections::BTreeSet<Open> =
            shares.iter().flat_map(|share| share.open.iter().copied()).collect();
        let open = open.into_iter().map(|open| open.text().to_owned()).collect();
        if self.rule.period == Period::Term {
            return Ok((Fraction::sum(shares.iter().map(|share| share.known))?, open));
        }
        let mut dearest = (0, Fraction::ZERO);
        for (at, share) in shares.iter().enumerate() {
            if share.known > dearest.1 {
                dearest = (at, share.known);
            }
        }
        self.month = ledger.month_name(dearest.0).filter(|_| shares.len() > 1);
        Ok((dearest.1, open))
    }
}

impl Rule {
    /// So much more than a baseline.
    fn grown(&self, base: Fraction, by: Decimal) -> Result<Fraction, OutOfRange> {
        let by = Fraction::from(by);
        match self.measure {
            Measure::Amount => Ok(by),
            Measure::GrowthAmount => base.plus(by),
            Measure::GrowthPercent => base.plus(base.times(by)?.over(100)?),
        }
    }

    fn problem(&self, code: Code, message: impl Into<String>) -> Problem {
        let problem = Problem::error(code, message);
        match &self.place {
            Some((_, span)) => problem.at(span.clone()),
            None => problem,
        }
    }
}

impl Ledger<'_> {
    /// What a rule's scope takes of each month that it is about.
    fn shares(&self, rule: &Rule) -> Result<Vec<Share>, Problem> {
        let Estimate { book, period, bill, term, .. } = self.estimate;
        if rule.period == Period::Term && term.is_none() {
            let problem =
                rule.problem(Code::MissingField, "a budget for the term, and there is no term");
            return Err(problem.help("state `months` in [subscription], or give `--months`"));
        }
        let share = |period, bill: &Bill| {
            if rule.scope.is_of_all_lines() {
                return Ok(Share::of_all(bill));
            }
            let statement = Statement::of(&self.scenario.name, book, period, bill);
            let why = |why: OutOfRange| rule.problem(Code::TooLarge, format!("its sum is {why}"));
            rule.scope.of(&statement, self.owners).map_err(why)
        };
        match term {
            Some(term) => term.months.iter().map(|(period, bill)| share(*period, bill)).collect(),
            None => Ok(vec![share(*period, bill)?]),
        }
    }

    fn month_name(&self, at: usize) -> Option<String> {
        let (period, _) = self.estimate.term.as_ref()?.months.get(at)?;
        let unnamed = || format!("month {}", at.saturating_add(1));
        Some(period.month.map_or_else(unnamed, |month| month.to_string()))
    }

    /// The date of the oldest price on the bill: of a page that states none, that of its edition.
    fn oldest_price(&self) -> Option<Day> {
        let book = &self.estimate.book;
        let term = self.estimate.term.iter().flat_map(|term| &term.months);
        let bills = std::iter::once(&self.estimate.bill).chain(term.map(|(_, bill)| bill));
        let sources = bills.flat_map(Bill::lines).map(|line| line.source);
        let sources: std::collections::BTreeSet<usize> = sources.collect();
        let dated =
            |at: &usize| book.source(*at).and_then(|source| Day::all_in(&source.dated).max());
        sources.iter().map(|at| dated(at).unwrap_or(book.effective.from)).min()
    }
}

impl Share {
    fn of_all(bill: &Bill) -> Self {
        let open = bill.unpriced().next().map(|_| Open::Unpublished);
        Self { known: bill.total(), open: open.into_iter().collect() }
    }
}

/// Why its prices are too old.
fn stale(rule: &Rule, ledger: &Ledger<'_>) -> Result<Option<String>, Problem> {
    let Some(most) = &rule.max_age_days else { return Ok(None) };
    let Some(as_of) = ledger.as_of else {
        let message = "`max_age_days` asks how old the prices are, and no day is given";
        let problem = Problem::error(Code::MissingField, message).at(most.span.clone());
        return Err(problem.help("give `--as-of YYYY-MM-DD`; today is never read from the clock"));
    };
    let age = ledger.oldest_price().map(|day| (day, as_of.since(day)));
    Ok(age.filter(|(_, days)| i128::from(*days) > i128::from(most.value)).map(|(day, days)| {
        format!("prices of {day} are {days} days old on {as_of}, more than {}", most.value)
    }))
}

/// What the scope came to in the baseline, or why that is not known.
fn base(
    rule: &Rule,
    compared: &Compared,
    ledger: &Ledger<'_>,
) -> Result<Result<Base, String>, Problem> {
    let kept = match compared {
        Compared::Amount(amount) => {
            return Ok(Ok(Base { amount: Fraction::from(*amount), complete: true }));
        }
        Compared::Kept(kept) => kept,
    };
    let currency = &ledger.estimate.book.currency;
    if kept.statement.currency != *currency {
        let theirs = crate::source::printable(&kept.statement.currency);
        return Ok(Err(format!("the baseline is in {theirs}, the bill in {currency}")));
    }
    let months = kept.term.as_ref().map(|term| &term.months);
    if rule.scope.is_of_all_lines() {
        return base_of_total(rule, kept).map(Ok);
    }
    if rule.period == Period::Term || months.is_some_and(|months| months.len() > 1) {
        let message = "the baseline keeps no lines of the months of its term";
        let problem = rule.problem(Code::Conflict, message);
        return Err(
            problem.help("compare the total, or keep an estimate of one month as the baseline")
        );
    }
    let share = rule.scope.of(&kept.statement, ledger.owners);
    let share =
        share.map_err(|why| rule.problem(Code::TooLarge, format!("its baseline is {why}")))?;
    Ok(Ok(Base { amount: share.known, complete: share.open.is_empty() }))
}

/// The dearest month of a baseline, or its term.
fn base_of_total(rule: &Rule, kept: &Kept) -> Result<Base, Problem> {
    let complete = |months: &[(Fraction, bool)]| months.iter().all(|(_, complete)| *complete);
    match (rule.period, &kept.term) {
        (Period::Term, None) => {
            let problem = rule.problem(Code::Conflict, "the baseline has no term to compare with");
            Err(problem.help("keep the estimate of a term as the baseline, with `--months`"))
        }
        (Period::Term, Some(term)) => {
            Ok(Base { amount: term.total, complete: complete(&term.months) })
        }
        (Period::Month, Some(term)) => {
            let dearest = term.months.iter().map(|(total, _)| *total).max().unwrap_or_default();
            Ok(Base { amount: dearest, complete: complete(&term.months) })
        }
        (Period::Month, None) => {
            Ok(Base { amount: kept.statement.total, complete: kept.statement.complete })
        }
    }
}
