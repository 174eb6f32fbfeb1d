//! What an estimate gives to say, as checks that pass or fail and as findings with a place in a file.
//!
//! Built once for the formats of other people's tools: test reports, code scanning, annotations. Which
//! rule was broken stays apart from the words that say so. Nothing is computed or decided here beyond
//! what the verdicts, the bill and the readings say already.

use std::sync::Arc;

use crate::bill::Bill;
use crate::diagnostic::{Problem, Severity};
use crate::estimate::Estimate;
use crate::report::number::signed;
use crate::scenario::Scenario;
use crate::source::{Source, Span, printable};
use crate::verification::Check;

/// What a rule of a budget came to.
#[derive(Clone, Debug)]
pub struct Ruling {
    /// The rule, such as `monthly`.
    pub rule: String,
    /// Of what, such as `total`.
    pub scope: String,
    /// Whether it holds; none where that cannot be said.
    pub holds: Option<bool>,
    /// Limit and actual figure, in a sentence.
    pub text: String,
    /// Where it stands; none for one of the command line.
    pub place: Option<Place>,
}

/// A place in a file.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file.
    pub source: Arc<Source>,
    /// The bytes.
    pub span: Span,
}

/// Where a place begins and ends, counted from 1, in characters; the end is the column behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// The line on which it begins.
    pub line: usize,
    /// The column at which it begins.
    pub column: usize,
    /// The line on which it ends.
    pub end_line: usize,
    /// The column behind its end.
    pub end_column: usize,
}

impl Place {
    /// The file's name; none of standard input, which is no file that a tool could open.
    #[must_use]
    pub fn file(&self) -> Option<String> {
        let name = self.source.name();
        (name != "standard input").then(|| printable(name))
    }

    /// Lines and columns.
    #[must_use]
    pub fn region(&self) -> Region {
        let (line, column) = self.source.line_column(self.span.start);
        let (end_line, end_column) = self.source.line_column(self.span.end.max(self.span.start));
        Region { line, column, end_line, end_column }
    }
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something to know.
    Note,
    /// Something to look at.
    Warning,
    /// Something that fails.
    Error,
}

/// One thing to say, and where.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule's id, such as `budget/monthly`.
    pub rule: String,
    /// What the rule is about, in a few words that hold for all its findings.
    pub about: String,
    /// How much it weighs.
    pub level: Level,
    /// What was found.
    pub message: String,
    /// Where.
    pub place: Option<Place>,
}

/// A check that passes or fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What is checked.
    pub name: String,
    /// Of which kind, and in which words it fails.
    pub failure: Option<(&'static str, String)>,
}

/// All that an estimate gives to say.
#[derive(Clone, Copy, Debug)]
pub struct Review<'a> {
    /// The need.
    pub scenario: &'a Scenario,
    /// What it costs.
    pub estimate: &'a Estimate,
    /// What the budgets came to.
    pub rulings: &'a [Ruling],
    /// The printed figures held against the computed ones.
    pub checks: &'a [Check],
    /// Whether an undocumented reading that moves the figure fails.
    pub strict: bool,
}

impl Review<'_> {
    /// Its checks: every rule of a budget, and that every price is published; then what was asked for.
    #[must_use]
    pub fn cases(&self) -> Vec<Case> {
        let mut cases: Vec<Case> = self.rulings.iter().map(ruled).collect();
        let unpublished = self.unpublished();
        cases.push(Case {
            name: "every price is published".to_owned(),
            failure: (!unpublished.is_empty()).then(|| {
                ("incomplete", format!("no price is published for {}", unpublished.join(", ")))
            }),
        });
        if self.strict {
            let open: Vec<String> =
                self.readings().filter(|found| found.open).map(|open| said(&open)).collect();
            cases.push(Case {
                name: "every reading that moves the figure is documented".to_owned(),
                failure: (!open.is_empty()).then(|| ("undocumented-reading", open.join("; "))),
            });
        }
        if !self.checks.is_empty() {
            let off: Vec<String> = self.disagreeing().collect();
            cases.push(Case {
                name: "the printed figures agree".to_owned(),
                failure: (!off.is_empty()).then(|| ("printed-figure", off.join("; "))),
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
        let mut found: Vec<Finding> = self.rulings.iter().filter_map(broken).map(placed).collect();
        for id in self.unpublished() {
            found.push(Finding {
                rule: "unpublished-price".to_owned(),
                about: "a needed price is not published, so the total is a priced subtotal"
                    .to_owned(),
                level: Level::Error,
                message: format!("no price is published for {id}; it is not counted as 0"),
                place: Some(self.place_of_line(&id)),
            });
        }
        found.extend(self.disagreeing().map(|message| Finding {
            rule: "printed-figure".to_owned(),
            about: "a figure that a page prints differs from the computed one".to_owned(),
            level: Level::Error,
            message,
            place: Some(self.place_of_plan()),
        }));
        found.extend(self.readings().map(|moved| Finding {
            rule: format!("reading/{}", printable(&moved.id)),
            about: moved.text.clone(),
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

    /// The ids of the lines without a published price, in all months.
    fn unpublished(&self) -> Vec<String> {
        let term = self.estimate.term.iter().flat_map(|term| &term.months);
        let bills = std::iter::once(&self.estimate.bill).chain(term.map(|(_, bill)| bill));
        let mut ids: Vec<String> = Vec::new();
        for line in bills.flat_map(Bill::unpriced) {
            let id = format!("`{}`", printable(&line.id));
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
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

    fn disagreeing(&self) -> impl Iterator<Item = String> {
        self.checks.iter().filter(|check| !check.agrees).map(|check| {
            let (what, printed) = (printable(&check.what), printable(&check.printed));
            format!("`{what}` is printed as {printed} and computed as {}", check.computed.digits())
        })
    }

    fn warned(&self, warning: &Problem) -> Finding {
        let help = warning.help.as_ref().map_or_else(String::new, |help| format!("; {help}"));
        Finding {
            rule: warning.code.as_str().to_owned(),
            about: "something to look at that changes no figure".to_owned(),
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

    /// The key, secret or instance that a line ends in the name of; else where the plan is named.
    fn place_of_line(&self, id: &str) -> Place {
        let scenario = self.scenario;
        let keys = scenario.keys.iter().map(|key| (&key.name, &key.span));
        let secrets = scenario.secrets.iter().map(|secret| (&secret.name, &secret.span));
        let instances = scenario.instances.iter().map(|held| (&held.name, &held.span));
        let ends =
            |name: &str| id.trim_end_matches('`').ends_with(&format!("/{}", printable(name)));
        let mut named = keys.chain(secrets).chain(instances);
        let own = named.find(|(name, _)| ends(name)).map(|(_, span)| self.place(span.clone()));
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

fn ruled(ruling: &Ruling) -> Case {
    Case {
        name: format!("budget {} {}", printable(&ruling.rule), printable(&ruling.scope)),
        failure: match ruling.holds {
            Some(true) => None,
            Some(false) => Some(("over-budget", ruling.text.clone())),
            None => Some(("undecided", ruling.text.clone())),
        },
    }
}

fn broken(ruling: &Ruling) -> Option<Finding> {
    (ruling.holds != Some(true)).then(|| Finding {
        rule: format!("budget/{}", printable(&ruling.rule)),
        about: format!(
            "the {} budget of the {}",
            printable(&ruling.rule),
            printable(&ruling.scope)
        ),
        level: Level::Error,
        message: ruling.text.clone(),
        place: ruling.place.clone(),
    })
}
