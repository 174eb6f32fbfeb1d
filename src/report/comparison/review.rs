//! What a comparison gives to say to other people's tools: a check for each name that was given and for
//! each plan.
//!
//! A plan that cannot serve the need, or whose price is not published, fails nothing by itself: its
//! check is skipped, with the reason. A name fails where none of its plans is complete.

use crate::comparison::{Offer, Workload};
use crate::report::findings::{Case, Finding, Level, Outcome, Place};
use crate::source::printable;

/// A workload, the names that were given, and where the need stands.
#[derive(Clone, Debug)]
pub struct Review<'a> {
    /// What every plan makes of the need.
    pub workload: &'a Workload,
    /// Each name that was given, and whether one of its plans stands.
    pub names: Vec<(&'a str, bool)>,
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
            outcome: if *stands {
                Outcome::Passed
            } else {
                Outcome::Failed("no-complete-plan", self.missing(name))
            },
            place: self.place.clone(),
        });
        let plans = self.workload.offers.iter().map(|offer| Case {
            name: format!("plan {}", offer.id),
            outcome: if offer.is_complete() {
                Outcome::Passed
            } else {
                Outcome::Skipped(reasons(offer))
            },
            place: self.place.clone(),
        });
        names.chain(plans).collect()
    }

    /// The names without a complete plan, and the plans that lack a price.
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
        let failing = self.names.iter().filter(|(_, stands)| !stands);
        let about = "no plan of a name that was given is complete";
        let names = failing.map(|(name, _)| {
            finding("no-complete-plan", about, name, Level::Error, self.missing(name))
        });
        let served = self.workload.offers.iter().filter(|offer| offer.estimate().is_some());
        let about = "a needed price is not published, so the plan is not ranked";
        let plans = served.filter(|offer| !offer.is_complete()).map(|offer| {
            let (id, why) = (offer.id.to_string(), reasons(offer));
            let message = format!("{id} is not ranked: {why}");
            finding("unpublished-price", about, &id, Level::Warning, message)
        });
        names.chain(plans).collect()
    }

    fn missing(&self, name: &str) -> String {
        let name = printable(name);
        let documented = if self.strict { ", and nothing undocumented moving it" } else { "" };
        format!("no plan of {name} serves the need with every price published{documented}")
    }
}

fn reasons(offer: &Offer) -> String {
    printable(&offer.reasons().join("; "))
}
