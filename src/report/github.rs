//! Findings as workflow commands of GitHub Actions: one line each, shown beside the scenario's line.
//!
//! `::error file=scenario.toml,line=3,col=11,endColumn=16,title=budget/monthly::over …`. Data and
//! properties have escapes of their own; a text of the user's can start no command.

use super::findings::{Finding, Level};
use crate::source::printable;

/// Writes every finding.
#[must_use]
pub fn annotations<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> String {
    findings.into_iter().map(annotation).collect()
}

fn annotation(finding: &Finding) -> String {
    let command = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(place) = &finding.place
        && let Some(file) = place.file()
    {
        let at = place.region();
        properties.push(format!("file={}", property(&file)));
        properties.push(format!("line={}", at.line));
        // columns are shown only where they are of one line
        if at.line == at.end_line && at.end_column > at.column {
            properties.push(format!("col={},endColumn={}", at.column, at.end_column));
        }
    }
    properties.push(format!("title={}", property(&finding.rule)));
    format!("::{command} {}::{}\n", properties.join(","), data(&finding.message))
}

fn data(text: &str) -> String {
    printable(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::findings::Place;
    use crate::source::Source;
    use std::sync::Arc;

    #[test]
    fn a_finding_is_one_line_whatever_its_words() {
        let place =
            Place { source: Arc::new(Source::new("a,b:c%.toml", "\nx = 12\n")), span: 5..7 };
        let finding = |place: Option<Place>, level| Finding {
            rule: "budget/monthly".to_owned(),
            about: String::new(),
            subject: String::new(),
            level,
            message: "100% over\n::error::injected".to_owned(),
            place,
        };
        let found = [finding(Some(place), Level::Error), finding(None, Level::Note)];
        assert_eq!(
            annotations(&found),
            "::error file=a%2Cb%3Ac%25.toml,line=2,col=5,endColumn=7,title=budget/monthly::100%25 over\\u{a}::error::injected\n::notice title=budget/monthly::100%25 over\\u{a}::error::injected\n"
        );
    }
}
