//! What there is to say of a result, as checks that pass or fail and as findings with a place in a
//! file, for the formats of other people's tools: test reports, code scanning, annotations.
//!
//! Which rule was broken stays apart from the words that say so. Nothing is computed or decided here.

use std::sync::Arc;

use crate::source::{Source, Span, printable};

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
    /// What it is a finding about; the same from run to run, whatever the figures are.
    pub subject: String,
    /// How much it weighs.
    pub level: Level,
    /// What was found.
    pub message: String,
    /// Where.
    pub place: Option<Place>,
}

/// A check.
#[derive(Clone, Debug)]
pub struct Case {
    /// What is checked.
    pub name: String,
    /// What it came to.
    pub outcome: Outcome,
    /// Where what is checked stands.
    pub place: Option<Place>,
}

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It passes.
    Passed,
    /// It passes, and there is something to look at.
    Warned(String),
    /// It could not be asked, and why.
    Skipped(String),
    /// It fails: of which kind, and in which words.
    Failed(&'static str, String),
}

impl Outcome {
    /// Fails with sentences, or passes where there are none.
    #[must_use]
    pub fn of(kind: &'static str, sentences: &[String]) -> Self {
        if sentences.is_empty() { Self::Passed } else { Self::Failed(kind, sentences.join("; ")) }
    }
}
