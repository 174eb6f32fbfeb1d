//! What a diff gives to say to other people's tools: one check, which is the one that was asked for.
//!
//! Nothing is decided here: whether the check holds is what the exit code says.

use super::diff::{Compared, difference, made_of, percentage};
use super::findings::{Case, Finding, Level, Outcome, Place};
use crate::diff::percent;
use crate::source::printable;

/// What must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Anything may be.
    Open,
    /// The head costs more.
    Increase,
    /// Anything on the bill changes.
    Change,
}

/// What a gate came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage {
    /// It lets the head pass.
    Passed,
    /// It does not.
    Refused,
    /// It cannot be known.
    Undecided,
}

/// A diff, a gate, and where the head stands.
#[derive(Clone, Debug)]
pub struct Review<'a> {
    /// What changed.
    pub compared: Compared<'a>,
    /// What must not be.
    pub gate: Gate,
    /// What that came to.
    pub passage: Passage,
    /// The head.
    pub place: Place,
}

impl Review<'_> {
    /// The one check.
    #[must_use]
    pub fn case(&self) -> Case {
        let name = match self.gate {
            Gate::Open => "the difference is known",
            Gate::Increase => "the bill does not increase",
            Gate::Change => "nothing changes on the bill",
        };
        let outcome = match self.passage {
            Passage::Passed if self.compared.diff.complete => Outcome::Passed,
            Passage::Passed => Outcome::Warned(self.sentence()),
            Passage::Refused => Outcome::Failed(self.rule(), self.sentence()),
            Passage::Undecided => Outcome::Failed("undecided", self.sentence()),
        };
        Case { name: name.to_owned(), outcome, place: Some(self.place.clone()) }
    }

    /// The difference as a finding; none where nothing changed.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let level = match self.passage {
            Passage::Refused | Passage::Undecided => Level::Error,
            Passage::Passed if !self.compared.diff.has_changes() => return Vec::new(),
            Passage::Passed => Level::Note,
        };
        vec![Finding {
            rule: format!("diff/{}", self.rule()),
            about: "what the head costs more or less than the base".to_owned(),
            subject: String::new(),
            level,
            message: self.sentence(),
            place: Some(self.place.clone()),
        }]
    }

    fn rule(&self) -> &'static str {
        match self.gate {
            Gate::Open => "difference",
            Gate::Increase => "increase",
            Gate::Change => "change",
        }
    }

    fn sentence(&self) -> String {
        let diff = self.compared.diff;
        let currency = printable(&diff.currency);
        if !diff.complete {
            return format!(
                "what the head costs more or less is not known: a price is not published; of what is, {} {currency} a month",
                difference(Some(diff.difference))
            );
        }
        let of_base = percentage(percent(diff.difference, diff.base));
        let of_base = if of_base.is_empty() { of_base } else { format!(" ({of_base} %)") };
        let made_of = made_of(diff).map_or_else(String::new, |parts| format!(": {parts}"));
        format!("{} {currency} a month{of_base}{made_of}", difference(Some(diff.difference)))
    }
}
