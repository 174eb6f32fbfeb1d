//! The formats that other people's tools read: FOCUS for warehouses of costs; test reports, code
//! scanning and annotations for pipelines.

use clap::Args;

use super::output::Format;
use super::{Common, Failure};
use crate::diagnostic::{listed, quoted};
use crate::report::findings::{Case, Finding};
use crate::report::review::Review;
use crate::report::{focus, github, junit, sarif};

// How FOCUS is written.
#[derive(Debug, Args)]
pub(super) struct FocusArgs {
    /// The version that `--format focus` writes: 1.2 or 1.4
    #[arg(long, value_name = "V", value_parser = version, default_value = "1.4")]
    focus_version: focus::Version,
}

impl FocusArgs {
    pub(super) fn version(&self) -> focus::Version {
        self.focus_version
    }
}

fn version(text: &str) -> Result<focus::Version, String> {
    let known = focus::Version::ALL.iter().find(|(name, _)| *name == text);
    known.map(|(_, version)| *version).ok_or_else(|| "expected 1.2 or 1.4".to_owned())
}

/// Refuses a bill that FOCUS cannot hold before anything is written.
pub(super) fn check(common: &Common, export: &focus::Export<'_>) -> Result<(), Failure> {
    if common.outputs.iter().any(|output| output.format == Format::Focus) {
        focus::check(export).map_err(not_exported)?;
    }
    Ok(())
}

pub(super) fn focus(export: focus::Export<'_>) -> Result<String, Failure> {
    focus::write(export).map_err(not_exported)
}

/// What an estimate gives to say.
pub(super) fn review(format: Format, review: &Review<'_>) -> String {
    let name = &review.scenario.name;
    said(format, || vec![(name, review.cases())], || vec![(name, review.findings())])
}

/// Checks as a test report, or findings as what code scanning and workflows read, by what they are about.
pub(super) fn said<'a>(
    format: Format,
    cases: impl FnOnce() -> Vec<(&'a str, Vec<Case>)>,
    findings: impl FnOnce() -> Vec<(&'a str, Vec<Finding>)>,
) -> String {
    let flat = |findings: Vec<(&'a str, Vec<Finding>)>| {
        let one = |(name, findings): (&'a str, Vec<Finding>)| {
            findings.into_iter().map(move |finding| (name, finding))
        };
        findings.into_iter().flat_map(one).collect::<Vec<_>>()
    };
    match format {
        Format::Junit => junit::report(&cases()),
        Format::Sarif => sarif::log(&flat(findings())),
        _ => github::annotations(flat(findings()).iter().map(|(_, finding)| finding)),
    }
}

/// Why a bill cannot be written as FOCUS.
fn not_exported(why: focus::Refused) -> Failure {
    let incomplete = |what: &str, lines: &[String]| Failure::Incomplete {
        message: format!(
            "no {what} is published for {}, and a cost of FOCUS cannot be empty; nothing was written",
            listed(lines.iter().map(String::as_str))
        ),
        help: "`--format json` and the table say what is known of the bill".to_owned(),
    };
    match why {
        focus::Refused::NoMonth => Failure::said(
            "`--format focus` needs a calendar month: every row of FOCUS has dates",
            "name one: `--month 2026-02`, or `month = \"2026-02\"` in the scenario",
        ),
        focus::Refused::Unpublished(lines) => incomplete("price", &lines),
        focus::Refused::Unlisted(lines) => incomplete("list price", &lines),
        focus::Refused::OutOfRange(line) => Failure::said(
            format!("the cost of {} has more digits than a decimal holds", quoted(&line)),
            "`--format json` gives it as an exact fraction",
        ),
    }
}
