//! What a comparison gives to say to other people's tools: a check for each name that was given and for
//! each plan.
//!
//! A plan that cannot serve the need, or whose price is not published, fails nothing by itself: its
//! check is skipped, with the reason; one that is over a budget is warned of. A name fails where none of
//! its plans is complete and within every budget.

use crate::budget::Status;
use crate::comparison::{Offer, Workload};
use crate::report::findings::{Case, Finding, Level, Outcome, Place};
use crate::report::verdicts::{Held, at_plan};
use crate::source::printable;

/// What the plans of a name come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// One is complete, and within every budget.
    Well,
    /// None is within every budget, and all are known.
    Over,
    /// None is complete.
    Open,
}

/// A workload, the names that were given, and where the need stands.
#[derive(Clone, Debug)]
pub struct Review<'a> {
    /// What every plan makes of the need.
    pub workload: &'a Workload,
    /// What budgets come to at each plan.
    pub budgets: &'a Held<'a>,
    /// Each name that was given, and what its plans come to.
    pub names: Vec<(&'a str, Stands)>,
    /// Whether a plan stands only on what is documented.
    pub strict: bool,
    /// The scenario; none for a built-in workload.
    pub place: Option<Place>,
}

impl Review<'_> {
    /// A check for each name, then for each plan.
    #[must_use]
    pub fn cases(&self) -> Vec<Case> {
        let names = self.names.iter().map(|(name, stands)| Case {
            name: format!("a complete plan of {}", printable(name)),
            outcome: match self.missing(name, *stands) {
                Some((kind, message)) => Outcome::Failed(kind, message),
                None => Outcome::Passed,
            },
            place: self.place.clone(),
        });
        let plans = self.workload.offers.iter().map(|offer| Case {
            name: format!("plan {}", offer.id),
            outcome: match self.broken(offer) {
                _ if !offer.is_complete() => Outcome::Skipped(reasons(offer)),
                Some(message) => Outcome::Warned(message),
                None => Outcome::Passed,
            },
            place: self.place.clone(),
        });
        names.chain(plans).collect()
    }

    /// The names that fail, the plans that lack a price, and those that are over a budget.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let finding = |rule: &str, about: &str, subject: &str, level, message| Finding {
            rule: rule.to_owned(),
            about: about.to_owned(),
            subject: printable(subject),
            level,
            message,
            place: self.place.clone(),
        };
        let about = "no plan of a name that was given is complete and within every budget";
        let names = self.names.iter().filter_map(|(name, stands)| {
            let (kind, message) = self.missing(name, *stands)?;
            Some(finding(kind, about, name, Level::Error, message))
        });
        let served = || self.workload.offers.iter().filter(|offer| offer.estimate().is_some());
        let about = "a needed price is not published, so the plan is not ranked";
        let unpriced = served().filter(|offer| !offer.is_complete()).map(|offer| {
            let (id, why) = (offer.id.to_string(), reasons(offer));
            let message = format!("{id} is not ranked: {why}");
            finding("unpublished-price", about, &id, Level::Warning, message)
        });
        let about = "a plan is not within every budget";
        let broken = served().filter_map(|offer| {
            let id = offer.id.to_string();
            let message = format!("{id}: {}", self.broken(offer)?);
            Some(finding("plan-over-budget", about, &id, Level::Warning, message))
        });
        names.chain(unpriced).chain(broken).collect()
    }

    /// Why a name fails, and of which kind that is.
    fn missing(&self, name: &str, stands: Stands) -> Option<(&'static str, String)> {
        let name = printable(name);
        let documented = if self.strict { ", and nothing undocumented moving it" } else { "" };
        match stands {
            Stands::Well => None,
            Stands::Over => {
                Some(("no-plan-within-budget", format!("no plan of {name} is within every budget")))
            }
            Stands::Open => Some((
                "no-complete-plan",
                format!("no plan of {name} serves the need with every price published{documented}"),
            )),
        }
    }

    /// What budgets say of a plan that does not keep them all.
    fn broken(&self, offer: &Offer) -> Option<String> {
        let verdicts = self.budgets.get(&offer.id)?;
        let kept = |status| matches!(status, Status::Within | Status::NotApplied);
        let broken = verdicts.iter().any(|verdict| !kept(verdict.status));
        broken.then(|| at_plan(verdicts).join("; "))
    }
}

fn reasons(offer: &Offer) -> String {
    printable(&offer.reasons().join("; "))
}
