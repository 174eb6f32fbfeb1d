//! What budgets come to: a sentence where there is one plain budget, a table where there are more,
//! every violation with its place; and the same as JSON carries it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::number::{align, money};
use super::page::{self, Standing};
use super::table::{Dress, Sheet, Side, Tone, hanging};
use crate::budget::{Measure, Period, Rule, SHARING, Status, Verdict};
use crate::fraction::Fraction;
use crate::pricebook::BookId;
use crate::source::printable;

/// What budgets come to at each plan of a comparison.
pub type Held<'r> = BTreeMap<BookId, Vec<Verdict<'r>>>;

/// The verdict of a budget, as JSON carries it.
#[derive(Clone, Debug, Serialize)]
pub struct BudgetVerdict {
    /// Which rule.
    pub rule: &'static str,
    /// What the user calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of what.
    pub scope: String,
    /// The currency of its figures.
    pub currency: String,
    /// What it may come to; none where that is not known.
    pub limit: Option<String>,
    /// Above which it warns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warn: Option<String>,
    /// What is known of what it comes to.
    pub actual: Option<String>,
    /// That, where no finite decimal holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual_fraction: Option<String>,
    /// What is above the limit, or above what warns.
    pub excess: Option<String>,
    /// `within`, `warn`, `over`, `undecided` or `not-applied`.
    pub status: &'static str,
    /// `none`, `warning` or `error`.
    pub severity: &'static str,
    /// The dearest month, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
    /// How many months are above it, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub months_over: Option<usize>,
    /// What growth is measured from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
    /// The rule by which pooled lines are shared, where the scope needs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharing: Option<&'static str>,
    /// Why it is undecided or not applied.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// The file that states it.
    pub file: Option<String>,
    /// The line there.
    pub line: Option<usize>,
}

impl From<&Verdict<'_>> for BudgetVerdict {
    fn from(verdict: &Verdict<'_>) -> Self {
        let rule = verdict.rule;
        let place = rule.file_line();
        let shares = rule.scope.asks_whose() || rule.scope.region.is_some();
        Self {
            rule: rule.kind(),
            name: rule.name.clone(),
            scope: rule.scope.name(),
            currency: verdict.currency.clone(),
            limit: verdict.limit.map(Fraction::money),
            warn: verdict.warn.map(Fraction::money),
            actual: verdict.actual.map(Fraction::digits),
            actual_fraction: verdict.actual.and_then(Fraction::ratio),
            excess: verdict.excess.map(Fraction::digits),
            status: verdict.status.as_str(),
            severity: verdict.status.severity(),
            month: verdict.month.clone(),
            months_over: verdict.months_over.map(|(over, _)| over),
            baseline: verdict.baseline.map(Fraction::digits),
            sharing: shares.then_some(SHARING),
            reasons: verdict.reasons.clone(),
            file: place.map(|(file, _)| file.to_owned()),
            line: place.map(|(_, line)| line),
        }
    }
}

/// The verdicts, as people read them beneath a bill.
#[must_use]
pub fn text(verdicts: &[Verdict<'_>], dress: Dress) -> String {
    match verdicts {
        [] => String::new(),
        [alone] if is_plain(alone) => format!("\n{}\n", painted(alone, &sentence(alone), dress)),
        several => {
            let mut text = format!("\n{}", table(several, dress));
            for verdict in several {
                text.push_str(&particulars(verdict, dress));
            }
            text
        }
    }
}

/// A verdict for a page.
#[must_use]
pub fn said(verdict: &Verdict<'_>) -> page::Verdict {
    let standing = match verdict.status {
        Status::Within => Standing::Good,
        Status::Over => Standing::Bad,
        Status::Warn | Status::Undecided | Status::NotApplied => Standing::Open,
    };
    if is_plain(verdict) {
        return page::Verdict { standing, text: sentence(verdict) };
    }
    let figure = |figure: Option<Fraction>| {
        figure.map_or_else(|| "not known".to_owned(), |figure| money(figure, None))
    };
    let name = printable(verdict.rule.name.as_deref().unwrap_or(verdict.rule.kind()));
    let scope = printable(&verdict.rule.scope.name());
    if verdict.actual.is_none() {
        let (status, why) = (verdict.status.as_str(), verdict.reasons.join("; "));
        return page::Verdict {
            standing,
            text: format!("budget {name}, {scope}: {status}: {why}"),
        };
    }
    let mut text = format!(
        "budget {name}, {scope}: {} of {} {}, {}",
        figure(verdict.actual),
        figure(verdict.limit),
        verdict.currency,
        became(verdict, "")
    );
    if let (Some(_), Some(month)) = (verdict.excess, &verdict.month) {
        let _ = write!(text, ", the most in {month}");
    }
    for reason in &verdict.reasons {
        let _ = write!(text, "; {reason}");
    }
    page::Verdict { standing, text }
}

/// What budgets come to at one plan of several: each that is not simply kept, and how many are.
#[must_use]
pub fn at_plan(verdicts: &[Verdict<'_>]) -> Vec<String> {
    let applied: Vec<&Verdict<'_>> =
        verdicts.iter().filter(|verdict| verdict.status != Status::NotApplied).collect();
    match applied.as_slice() {
        [] if verdicts.is_empty() => return Vec::new(),
        [] => return vec!["no budget is for this plan".to_owned()],
        [alone] if is_plain(alone) => return vec![sentence(alone)],
        [alone] if alone.status == Status::Within => return vec![said(alone).text],
        _ => {}
    }
    let kept = applied.iter().filter(|verdict| verdict.status == Status::Within).count();
    let kept = (kept > 0).then(|| format!("within {kept} of {} budgets", applied.len()));
    let broken = applied.iter().filter(|verdict| verdict.status != Status::Within);
    let broken = broken.map(|verdict| match verdict.rule.file_line() {
        Some((file, line)) => format!("{} ({}:{line})", said(verdict).text, printable(file)),
        None => said(verdict).text,
    });
    kept.into_iter().chain(broken).collect()
}

/// What became of it, in a few words; `unit` stands behind the amount.
fn became(verdict: &Verdict<'_>, unit: &str) -> String {
    match (verdict.status, verdict.excess) {
        (Status::Over, Some(excess)) => format!("over by {}{unit}", money(excess, None)),
        (Status::Warn, Some(excess)) => {
            let warn = money(verdict.warn.unwrap_or_default(), None);
            format!("{}{unit} above the warning at {warn}", money(excess, None))
        }
        (status, _) => status.as_str().replace('-', " "),
    }
}

/// Whether one sentence says it.
fn is_plain(verdict: &Verdict<'_>) -> bool {
    let rule = verdict.rule;
    rule.is_plain() && rule.name.is_none() && rule.warn.is_none() && verdict.limit.is_some()
}

fn sentence(verdict: &Verdict<'_>) -> String {
    let between = |a: Fraction, b: Fraction| money(a.minus(b).unwrap_or_default(), None);
    let (limit, actual) = (verdict.limit.unwrap_or_default(), verdict.actual.unwrap_or_default());
    let when = verdict.month.as_ref().map_or_else(String::new, |month| format!(" in {month}"));
    let budget = format!("the budget of {} {} a month", money(limit, None), verdict.currency);
    match verdict.status {
        Status::Within | Status::Warn | Status::NotApplied => {
            format!("within {budget}: {} to spare{when}", between(limit, actual))
        }
        Status::Over => format!("over {budget} by {}{when}", between(actual, limit)),
        Status::Undecided => {
            let unpublished =
                verdict.reasons.iter().all(|why| *why == crate::budget::Open::Unpublished.text());
            if unpublished {
                format!("{budget} cannot be held against an incomplete total")
            } else {
                format!("{budget} is undecided: {}", verdict.reasons.join("; "))
            }
        }
    }
}

fn painted(verdict: &Verdict<'_>, text: &str, dress: Dress) -> String {
    match verdict.status {
        Status::Within => dress.good(text),
        Status::Warn => dress.note(text),
        Status::Over | Status::Undecided => dress.alert(text),
        Status::NotApplied => dress.faint(text),
    }
}

fn table(verdicts: &[Verdict<'_>], dress: Dress) -> String {
    let figures = |of: &dyn Fn(&Verdict<'_>) -> Option<Fraction>| {
        let cell = |verdict| of(verdict).map_or_else(String::new, |amount| money(amount, None));
        align(verdicts.iter().map(cell).collect())
    };
    let limits = figures(&|verdict| verdict.limit);
    let actual = figures(&|verdict| verdict.actual);
    let columns =
        [("Budget", Side::Left), ("Limit", Side::Right), ("Actual", Side::Right), ("", Side::Left)];
    let mut sheet = Sheet {
        columns: columns.map(|(heading, side)| (heading.to_owned(), side)).to_vec(),
        rows: Vec::new(),
    };
    for (at, verdict) in verdicts.iter().enumerate() {
        let cell = |column: &[String]| column.get(at).cloned().unwrap_or_default();
        let tone = match verdict.status {
            Status::Over | Status::Undecided => Tone::Head,
            Status::NotApplied => Tone::Faint,
            Status::Within | Status::Warn => Tone::Plain,
        };
        let status = verdict.status.as_str().replace('-', " ");
        sheet.rows.push((tone, vec![title(verdict.rule), cell(&limits), cell(&actual), status]));
    }
    sheet.draw(dress)
}

/// What a rule is about, in few words.
fn title(rule: &Rule) -> String {
    let mut text =
        rule.name.as_deref().map_or_else(String::new, |name| format!("{}: ", printable(name)));
    text.push_str(&printable(&rule.scope.name()));
    text.push_str(match (rule.measure, rule.period) {
        (Measure::Amount, Period::Month) => ", a month",
        (Measure::Amount, Period::Term) => ", the term",
        (_, Period::Month) => ", growth of a month",
        (_, Period::Term) => ", growth of the term",
    });
    text
}

/// What is to be known of a budget that is not simply kept: by how much, when, why, and where it stands.
fn particulars(verdict: &Verdict<'_>, dress: Dress) -> String {
    if matches!(verdict.status, Status::Within | Status::NotApplied) {
        return String::new();
    }
    let rule = verdict.rule;
    let mut text = became(verdict, &format!(" {}", verdict.currency));
    if let (Some(month), Some((over, of))) = (&verdict.month, verdict.months_over) {
        let _ = write!(text, ", the most in {month} ({over} of {of} months are above)");
    }
    if let Some(baseline) = verdict.baseline {
        let by = rule.fail.or(rule.warn).map(Fraction::from).unwrap_or_default();
        let by = match rule.measure {
            Measure::GrowthPercent => format!("{} %", by.grouped()),
            Measure::GrowthAmount | Measure::Amount => by.grouped_money(),
        };
        let _ = write!(text, "; the limit is {by} above the baseline of {}", money(baseline, None));
    }
    for reason in &verdict.reasons {
        let _ = write!(text, "; {reason}");
    }
    let place = rule.file_line();
    let place = place.map_or_else(
        || "--budget".to_owned(),
        |(file, line)| format!("{}:{line}", printable(file)),
    );
    let line = hanging("  ", &format!("{place}: {}: {text}", title(rule)), dress.width);
    painted(verdict, line.trim_end(), dress) + "\n"
}
