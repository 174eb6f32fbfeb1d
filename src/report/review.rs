//! What an estimate gives to say to other people's tools: a check for every budget and every needed
//! price, a finding for whatever is to be looked at.
//!
//! Nothing is decided here beyond what the verdicts, the bill and the readings say already.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::findings::{Case, Finding, Level, Outcome, Place};
use super::number::signed;
use super::verdicts;
use crate::bill::{Bill, Line};
use crate::budget::{Rule, Status, Verdict};
use crate::diagnostic::{Problem, Severity};
use crate::estimate::Estimate;
use crate::scenario::Scenario;
use crate::source::{Span, printable};
use crate::verification::Check;

/// All that an estimate gives to say.
#[derive(Clone, Copy, Debug)]
pub struct Review<'a> {
    /// The need.
    pub scenario: &'a Scenario,
    /// What it costs.
    pub estimate: &'a Estimate,
    /// What the budgets came to.
    pub verdicts: &'a [Verdict<'a>],
    /// The printed figures held against the computed ones.
    pub checks: &'a [Check],
    /// Whether an undocumented reading that moves the figure fails.
    pub strict: bool,
}

impl<'a> Review<'a> {
    /// Its checks: every budget, every needed price; then what was asked for.
    #[must_use]
    pub fn cases(&self) -> Vec<Case> {
        let mut cases: Vec<Case> = self.verdicts.iter().map(ruled).collect();
        cases.extend(self.lines().into_iter().map(|line| self.price(line)));
        if self.strict {
            let open: Vec<String> =
                self.readings().filter(|found| found.open).map(|open| said(&open)).collect();
            cases.push(Case {
                name: "every reading that moves the figure is documented".to_owned(),
                outcome: Outcome::of("undocumented-reading", &open),
                place: Some(self.place_of_plan()),
            });
        }
        if !self.checks.is_empty() {
            let off: Vec<String> = self.disagreeing().map(|(_, sentence)| sentence).collect();
            cases.push(Case {
                name: "the printed figures agree".to_owned(),
                outcome: Outcome::of("printed-figure", &off),
                place: None,
            });
        }
        cases
    }

    /// Everything to say, what fails first.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        // a budget of the command line has no place: the plan that it is about has one
        let placed = |mut finding: Finding| {
            finding.place.get_or_insert_with(|| self.place_of_plan());
            finding
        };
        let mut found: Vec<Finding> = self.verdicts.iter().filter_map(broken).map(placed).collect();
        for line in self.lines().into_iter().filter(|line| line.amount.is_none()) {
            let id = printable(&line.id);
            found.push(Finding {
                rule: "unpublished-price".to_owned(),
                about: "a needed price is not published, so the total is a priced subtotal"
                    .to_owned(),
                subject: id.clone(),
                level: Level::Error,
                message: format!("no price is published for `{id}`; it is not counted as 0"),
                place: Some(self.place_of_line(line)),
            });
        }
        found.extend(self.disagreeing().map(|(what, message)| Finding {
            rule: "printed-figure".to_owned(),
            about: "a figure that a page prints differs from the computed one".to_owned(),
            subject: what,
            level: Level::Error,
            message,
            place: Some(self.place_of_plan()),
        }));
        found.extend(self.readings().map(|moved| Finding {
            rule: format!("reading/{}", printable(&moved.id)),
            about: moved.text.clone(),
            subject: String::new(),
            level: match (moved.open, self.strict) {
                (true, true) => Level::Error,
                (true, false) => Level::Warning,
                (false, _) => Level::Note,
            },
            message: said(&moved),
            place: Some(self.place_of_plan()),
        }));
        found.extend(self.estimate.bill.warnings.iter().map(|warning| self.warned(warning)));
        found.sort_by_key(|finding| std::cmp::Reverse(finding.level));
        found
    }

    /// The lines of all months, each once; that of a month without a price before others.
    fn lines(&self) -> Vec<&'a Line> {
        let term = self.estimate.term.iter().flat_map(|term| &term.months);
        let bills = std::iter::once(&self.estimate.bill).chain(term.map(|(_, bill)| bill));
        let mut lines: Vec<&'a Line> = Vec::new();
        let mut places: BTreeMap<&'a str, usize> = BTreeMap::new();
        for line in bills.flat_map(Bill::lines) {
            match places.get(line.id.as_str()).and_then(|at| lines.get_mut(*at)) {
                Some(known) if line.amount.is_none() => *known = line,
                Some(_) => {}
                None => {
                    places.insert(&line.id, lines.len());
                    lines.push(line);
                }
            }
        }
        lines
    }

    fn price(&self, line: &Line) -> Case {
        let missing = || "no price is published; it is not counted as 0".to_owned();
        Case {
            name: format!("price of {}", printable(&line.id)),
            outcome: match line.amount {
                Some(_) => Outcome::Passed,
                None => Outcome::Failed("unpublished-price", missing()),
            },
            place: Some(self.place_of_line(line)),
        }
    }

    /// The readings that moved the figure.
    fn readings(&self) -> impl Iterator<Item = Moved> {
        let moved = self.estimate.readings().filter(|(_, effect)| !effect.moved.is_zero());
        moved.map(|(reading, effect)| Moved {
            id: reading.id.clone(),
            text: printable(&reading.text),
            by: format!("{} {}", signed(effect.moved), printable(&self.estimate.book.currency)),
            open: !reading.documented,
        })
    }

    /// What is printed otherwise than computed: its name, and a sentence.
    fn disagreeing(&self) -> impl Iterator<Item = (String, String)> {
        self.checks.iter().filter(|check| !check.agrees).map(|check| {
            let (what, printed) = (printable(&check.what), printable(&check.printed));
            let sentence = format!(
                "`{what}` is printed as {printed} and computed as {}",
                check.computed.digits()
            );
            (what, sentence)
        })
    }

    fn warned(&self, warning: &Problem) -> Finding {
        let help = warning.help.as_ref().map_or_else(String::new, |help| format!("; {help}"));
        Finding {
            rule: warning.code.as_str().to_owned(),
            about: "something to look at that changes no figure".to_owned(),
            subject: printable(&warning.message),
            level: match warning.severity {
                Severity::Error => Level::Error,
                Severity::Warning => Level::Warning,
            },
            message: printable(&format!("{}{help}", warning.message)),
            place: warning.span.clone().map(|span| self.place(span)),
        }
    }

    fn place(&self, span: Span) -> Place {
        Place { source: Arc::clone(&self.scenario.source), span }
    }

    /// Where the plan is named, since a choice of its price book has no other place in a scenario.
    fn place_of_plan(&self) -> Place {
        let scenario = self.scenario;
        let named = scenario.plan.as_ref().or(scenario.provider.as_ref());
        self.place(named.map_or(0..0, |at| at.span.clone()))
    }

    /// Where the one key, secret, module, store or instance of a line stands; else the plan.
    fn place_of_line(&self, line: &Line) -> Place {
        let scenario = self.scenario;
        let keys = scenario.keys.iter().map(|key| (&key.name, &key.span));
        let secrets = scenario.secrets.iter().map(|secret| (&secret.name, &secret.span));
        let hsms = scenario.hsms.iter().map(|hsm| (&hsm.name, &hsm.span));
        let keystores = scenario.keystores.iter().map(|keystore| (&keystore.name, &keystore.span));
        let instances = scenario.instances.iter().map(|held| (&held.name, &held.span));
        let own = |name: &str| {
            let names = [line.key.as_deref(), line.instance.as_deref()];
            names.contains(&Some(name))
        };
        let mut named = keys.chain(secrets).chain(hsms).chain(keystores).chain(instances);
        let own = named.find(|(name, _)| own(name)).map(|(_, span)| self.place(span.clone()));
        own.unwrap_or_else(|| self.place_of_plan())
    }
}

/// A reading, and by how much its other value would move the total.
struct Moved {
    id: String,
    text: String,
    by: String,
    open: bool,
}

fn said(moved: &Moved) -> String {
    let documented = if moved.open { "no page documents it" } else { "a page documents it" };
    format!("{}: {}; otherwise {}; {documented}", printable(&moved.id), moved.text, moved.by)
}

// ------------------------------------------------------------------ budgets

/// What tells a budget from the others.
fn subject(rule: &Rule) -> String {
    let name = rule.name.as_deref().map_or_else(String::new, |name| format!("{name}: "));
    printable(&format!("{name}{}", rule.scope.name()))
}

fn place_of_rule(rule: &Rule) -> Option<Place> {
    rule.place.clone().map(|(source, span)| Place { source, span })
}

fn ruled(verdict: &Verdict<'_>) -> Case {
    let rule = verdict.rule;
    let text = verdicts::said(verdict).text;
    Case {
        name: format!("budget {} {}", rule.kind(), subject(rule)),
        outcome: match verdict.status {
            Status::Within => Outcome::Passed,
            Status::Warn => Outcome::Warned(text),
            Status::NotApplied => Outcome::Skipped(text),
            Status::Over => Outcome::Failed("over-budget", text),
            Status::Undecided => Outcome::Failed("undecided-budget", text),
        },
        place: place_of_rule(rule),
    }
}

/// A budget that is not kept, or that cannot be said to be.
fn broken(verdict: &Verdict<'_>) -> Option<Finding> {
    let rule = verdict.rule;
    let level = match verdict.status {
        Status::Within | Status::NotApplied => return None,
        Status::Warn => Level::Warning,
        Status::Over | Status::Undecided => Level::Error,
    };
    Some(Finding {
        rule: format!("budget/{}", rule.kind()),
        about: format!("a {} budget", rule.kind().replace('-', " ")),
        subject: subject(rule),
        level,
        message: verdicts::said(verdict).text,
        place: place_of_rule(rule),
    })
}
