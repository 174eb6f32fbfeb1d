//! Problems in input files - place, code, reason, help - and the one renderer
//! that shows them.
//!
//! Nothing here reads a file or decides what is wrong. Whatever came from a
//! file is made [`printable`] before it is shown.

mod code;
mod excerpt;
mod names;

use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};

use crate::source::{Source, Span, printable};

pub use code::Code;
use excerpt::Excerpt;
pub use names::{listed, quoted, similar};

/// The most problems that are shown of one file.
const SHOWN: usize = 50;
/// The most problems of one severity that are kept of one file; all are counted.
const KEPT: usize = 200;
/// Wider than any window, for the renderer must not cut it a second time.
const TERMINAL: usize = 4096;

/// Whether a problem stands in the way of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// There is no result.
    Error,
    /// There is a result, with a reservation.
    Warning,
}

/// One problem in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Error or warning.
    pub severity: Severity,
    /// What kind of problem it is.
    pub code: Code,
    /// What was found.
    pub message: String,
    /// Where it was found.
    pub span: Option<Span>,
    /// Beneath the caret: what was expected.
    pub label: String,
    /// What to do about it; a line break starts a further help.
    pub help: Option<String>,
}

impl Problem {
    /// A problem that stands in the way of a result.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message.into())
    }

    /// A problem that the reader of the result should know.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message.into())
    }

    /// Where it was found.
    #[must_use]
    pub fn at(self, span: Span) -> Self {
        Self { span: Some(span), ..self }
    }

    /// What was expected there.
    #[must_use]
    pub fn label(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    fn new(severity: Severity, code: Code, message: String) -> Self {
        Self { severity, code, message, span: None, label: String::new(), help: None }
    }
}

/// The problems of one file.
///
/// The first 200 of each severity are kept; all of them are counted.
#[derive(Debug, Clone)]
pub struct Problems {
    source: Arc<Source>,
    list: Vec<Problem>,
    errors: usize,
    warnings: usize,
}

impl Problems {
    /// No problems yet.
    #[must_use]
    pub fn new(source: Arc<Source>) -> Self {
        Self { source, list: Vec::new(), errors: 0, warnings: 0 }
    }

    /// The file.
    #[must_use]
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        let count = match problem.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        if *count < KEPT {
            self.list.push(problem);
        }
        *count = count.saturating_add(1);
    }

    /// Adds those of the same file that were found elsewhere.
    pub fn extend(&mut self, others: &Self) {
        others.list.iter().for_each(|problem| self.push(problem.clone()));
    }

    /// How many stand in the way of a result, and how many do not.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        (self.errors, self.warnings)
    }

    /// Whether there is neither an error nor a warning.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many there are, including those that were not kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.errors.saturating_add(self.warnings)
    }

    /// Whether one of them stands in the way of a result.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// Those that were kept, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        let mut list: Vec<_> = self.list.iter().collect();
        list.sort_by_key(|problem| problem.span.as_ref().map(|span| span.start));
        list.into_iter()
    }

    /// The value if there is one and no error; warnings are dropped with it.
    pub fn into_result<T>(self, value: Option<T>) -> Result<T, Self> {
        self.with_warnings(value).map(|(value, _)| value)
    }

    /// The value and the warnings if there is a value and no error.
    pub fn with_warnings<T>(self, value: Option<T>) -> Result<(T, Self), Self> {
        match value {
            Some(value) if !self.has_errors() => Ok((value, self)),
            _ => Err(self),
        }
    }
}

/// The problems of a file as text, with a last line that counts them and says
/// what follows.
#[must_use]
pub fn render(problems: &Problems, styled: bool, verdict: &str) -> String {
    if problems.is_empty() {
        return String::new();
    }
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(TERMINAL);
    let shown = problems.iter().take(SHOWN);
    let mut blocks: Vec<_> = shown.map(|one| block(&renderer, &problems.source, one)).collect();
    let more = problems.len().saturating_sub(blocks.len());
    if more > 0 {
        blocks.push(format!("… and {more} more"));
    }
    blocks.push(renderer.render(&[Group::with_title(summary(problems, verdict))]));
    blocks.join("\n\n") + "\n"
}

/// The problems of several files for programs.
///
/// The message ends with the label where that tells what was expected. A
/// problem without a place has no line and no column. There are `warnings`,
/// of the same form as the `errors`, only if there are any.
#[must_use]
pub fn to_json(files: &[Problems]) -> Value {
    let of = |severity| -> Vec<Value> {
        let objects = files.iter().flat_map(|problems| {
            let found = problems.iter().filter(move |problem| problem.severity == severity);
            found.map(|problem| object(&problems.source, problem))
        });
        objects.collect()
    };
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    if warnings.is_empty() {
        json!({ "errors": errors })
    } else {
        json!({ "errors": errors, "warnings": warnings })
    }
}

/// One problem in rustc's form.
fn block(renderer: &Renderer, source: &Source, problem: &Problem) -> String {
    let title = level(problem.severity).primary_title(printable(&problem.message));
    let group = Group::with_title(title.id(problem.code.as_str()));
    let helps = problem.help.iter().flat_map(|help| help.lines());
    let helps = helps.map(|help| Level::HELP.message(printable(help)));
    let name = printable(source.name());
    let Some(span) = &problem.span else {
        return renderer.render(&[group.element(Origin::path(name)).elements(helps)]);
    };
    let (line, column) = source.line_column(span.start);
    let excerpt = Excerpt::new(source, span);
    let shown = excerpt.column();
    let caret = AnnotationKind::Primary.span(excerpt.span).label(printable(&problem.label));
    let snippet = Snippet::source(excerpt.text).line_start(line).path(name).annotation(caret);
    let text = renderer.render(&[group.element(snippet).elements(helps)]);
    relocated(&text, &format!(":{line}:{shown}"), &format!(":{line}:{column}"))
}

/// The renderer counts the columns of the excerpt; the user, those of the file.
fn relocated(block: &str, shown: &str, actual: &str) -> String {
    let mut lines: Vec<_> = block.split('\n').map(str::to_owned).collect();
    if let Some(arrow) = lines.get_mut(1)
        && let Some((path, end)) = arrow.rsplit_once(shown)
    {
        *arrow = format!("{path}{actual}{end}");
    }
    lines.join("\n")
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    }
}

/// How many problems there are, and what follows.
fn summary(problems: &Problems, verdict: &str) -> annotate_snippets::Title<'static> {
    let (errors, warnings) = (problems.errors, problems.warnings);
    let (severity, counts) = match (errors, warnings) {
        (0, _) => (Severity::Warning, counted(warnings, "warning")),
        (_, 0) => (Severity::Error, counted(errors, "problem")),
        _ => {
            let both = [counted(errors, "problem"), counted(warnings, "warning")];
            (Severity::Error, both.join(" and "))
        }
    };
    let mut text = format!("{counts} in `{}`", printable(problems.source.name()));
    if !verdict.is_empty() {
        text = format!("{text}; {}", printable(verdict));
    }
    level(severity).primary_title(text)
}

fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

fn object(source: &Source, problem: &Problem) -> Value {
    let place = problem.span.as_ref().map(|span| source.line_column(span.start));
    let mut message = printable(&problem.message);
    if problem.label.starts_with("expected") {
        message = format!("{message}: {}", printable(&problem.label));
    }
    json!({
        "code": problem.code.as_str(),
        "message": message,
        "file": printable(source.name()),
        "line": place.map(|(line, _)| line),
        "column": place.map(|(_, column)| column),
        "help": problem.help.as_ref().map(|help| help.lines().map(printable).collect::<Vec<_>>().join("; ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str, list: impl IntoIterator<Item = Problem>) -> Problems {
        let mut problems = Problems::new(Arc::new(Source::new("scenario.toml", text)));
        list.into_iter().for_each(|problem| problems.push(problem));
        problems
    }

    fn region() -> Problem {
        Problem::error(Code::UnknownName, "no region `ap-southeast-9`")
            .help("a region with a similar name exists: `ap-southeast-1`")
    }

    const REGION: &str = "# keys\n[aws]\n\tregion = \"ap-southeast-9\"\n";

    #[test]
    fn a_problem_in_rustc_s_form() {
        let problems = problems(REGION, [region().at(23..39).label("expected a region of AWS")]);
        let text = r#"error[unknown-name]: no region `ap-southeast-9`
 --> scenario.toml:3:11
  |
3 |     region = "ap-southeast-9"
  |              ^^^^^^^^^^^^^^^^ expected a region of AWS
  |
  = help: a region with a similar name exists: `ap-southeast-1`

error: 1 problem in `scenario.toml`; no estimate
"#;
        assert_eq!(render(&problems, false, "no estimate"), text);
    }

    #[test]
    fn problems_come_in_the_order_of_the_file() {
        let late = Problem::warning(Code::NoBook, "late").at(8..13).help("one\ntwo");
        let early = Problem::error(Code::Conflict, "early").at(0..99);
        let nowhere = Problem::error(Code::NoBook, "nowhere");
        let text = "error[no-book]: nowhere
--> scenario.toml

error[conflict]: early
 --> scenario.toml:1:1
  |
1 | # keys
  | ^^^^^^

warning[no-book]: late
 --> scenario.toml:2:2
  |
2 | [aws]
  |  ^^^^
  |
  = help: one
  = help: two

error: 2 problems and 1 warning in `scenario.toml`
";
        assert_eq!(render(&problems(REGION, [late, early, nowhere]), false, ""), text);
    }

    #[test]
    fn an_empty_file_and_the_end_of_a_file_have_a_caret() {
        let missing = || Problem::error(Code::MissingField, "no `provider`");
        let empty = render(&problems("", [missing().at(0..0).label("here")]), false, "");
        assert!(empty.starts_with("error[missing-field]: no `provider`\n --> scenario.toml:1:1\n"));
        assert!(empty.contains("\n  | ^ here\n"), "{empty}");
        let end = render(&problems("a = ", [missing().at(4..4)]), false, "");
        assert!(end.contains("\n1 | a = \n  |     ^\n"), "{end}");
        let beyond = render(&problems("a = é", [missing().at(70..90)]), false, "");
        assert!(beyond.contains("\n1 | a = é\n  |      ^\n"), "{beyond}");
    }

    #[test]
    fn a_long_line_is_shown_through_a_window() {
        let text = format!("a = [{}\u{1b}, {}]", "1, ".repeat(5000), "鍵, ".repeat(5000));
        let rendered =
            render(&problems(&text, [region().at(15005..15006).label("here")]), false, "");
        let mut lines = rendered.lines().skip(1);
        assert_eq!(lines.next(), Some(" --> scenario.toml:1:15006"));
        let mut lines = lines.skip(1);
        let (line, caret) = (lines.next().unwrap(), lines.next().unwrap());
        assert!(line.starts_with("1 | … 1, ") && line.ends_with('…'), "{line}");
        assert!(unicode_width::UnicodeWidthStr::width(line) <= 4 + 160);
        let at = line.find(r"\u{1b}").unwrap() - "…".len() + 1;
        assert_eq!(caret, format!("  |{}^^^^^^ here", " ".repeat(at - 3)));
    }

    #[test]
    fn no_more_than_fifty_are_shown() {
        let text = render(&problems("", (0..1000).map(|_| region())), false, "no estimate");
        assert_eq!(text.matches("error[").count(), 50);
        let end = "\n\n… and 950 more\n\nerror: 1000 problems in `scenario.toml`; no estimate\n";
        assert!(text.ends_with(end));
    }

    #[test]
    fn a_name_or_a_message_steers_no_terminal() {
        let mut problems = Problems::new(Arc::new(Source::new("\u{1b}[2J", "")));
        problems.push(Problem::error(Code::Syntax, "\u{202e}").label("\u{7}").help("\u{9b}"));
        let styled = |text: &str| text.chars().any(|c| c.is_control() && c != '\n');
        assert!(!styled(&render(&problems, false, "\u{1b}")));
        assert_eq!(to_json(&[problems])["errors"][0]["message"], r"\u{202e}");
    }

    #[test]
    fn programs_read_json() {
        let list = [
            region().at(23..39).label("expected a region of AWS"),
            Problem::warning(Code::NoBook, "old"),
        ];
        let expected = json!({
            "errors": [{
                "code": "unknown-name",
                "message": "no region `ap-southeast-9`: expected a region of AWS",
                "file": "scenario.toml", "line": 3, "column": 11,
                "help": "a region with a similar name exists: `ap-southeast-1`",
            }],
            "warnings": [{
                "code": "no-book", "message": "old", "file": "scenario.toml",
                "line": null, "column": null, "help": null,
            }],
        });
        assert_eq!(to_json(&[problems(REGION, list)]), expected);
    }

    #[test]
    fn a_result_needs_a_value_and_no_error() {
        assert_eq!(problems("", []).into_result(Some(1)).ok(), Some(1));
        assert_eq!(problems("", [region()]).into_result(Some(1)).unwrap_err().len(), 1);
        let warned = problems("", [Problem::warning(Code::NoBook, "old")]);
        assert_eq!(warned.with_warnings(Some(1)).unwrap().1.len(), 1);
    }

    #[test]
    fn similar_names() {
        let regions = ["us-east-1", "us-east-2", "ap-southeast-1", "eu-west-1", "symmetric"];
        let nearest = |name| similar(name, regions.into_iter());
        assert_eq!(nearest("ap-southeast-9"), Some("ap-southeast-1"));
        assert_eq!(nearest("us-east-3"), Some("us-east-1"));
        assert_eq!(nearest("US_EAST_2"), Some("us-east-2"));
        assert_eq!(nearest("ue-wset-1"), Some("eu-west-1"));
        assert_eq!(nearest("sym"), Some("symmetric"));
        assert_eq!(nearest("moon"), None);
        assert_eq!(nearest(""), None);
        assert_eq!(nearest(&"us-east-1".repeat(9)), None);
        assert_eq!(similar("k", ["j"].into_iter()), None);
    }

    #[test]
    fn words_are_short() {
        assert_eq!(quoted(&"x".repeat(61)), format!("`{}…`", "x".repeat(60)));
        assert_eq!(listed(["a", "b"]), "`a`, `b`");
        assert!(listed(["a"; 15]).ends_with("`a` and 7 more"));
    }
}
