//! Checks as a report in the form of `JUnit`: a suite for each scenario, a case for each check.
//!
//! The sentence of a failure stands in its attribute and in its text, since readers show one or the
//! other. There is no time in it: the same need gives the same bytes.

use std::fmt::Write as _;

use super::findings::Case;
use crate::source::printable;

/// Writes a report of suites, each with its name and its cases.
#[must_use]
pub fn report(suites: &[(&str, Vec<Case>)]) -> String {
    let failed = |cases: &[Case]| cases.iter().filter(|case| case.failure.is_some()).count();
    let (tests, failures) =
        suites.iter().fold((0_usize, 0_usize), |(tests, failures), (_, cases)| {
            (tests.saturating_add(cases.len()), failures.saturating_add(failed(cases)))
        });
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"kms-cost\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n"
    );
    for (name, cases) in suites {
        let name = escaped(name);
        let _ = writeln!(
            out,
            "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\">",
            cases.len(),
            failed(cases)
        );
        for case in cases {
            out.push_str(&written(&name, case));
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn written(suite: &str, case: &Case) -> String {
    let name = escaped(&case.name);
    let head = format!("    <testcase classname=\"{suite}\" name=\"{name}\"");
    match &case.failure {
        None => format!("{head}/>\n"),
        Some((kind, message)) => {
            let message = escaped(message);
            format!(
                "{head}>\n      <failure type=\"{kind}\" message=\"{message}\">{message}</failure>\n    </testcase>\n"
            )
        }
    }
}

/// Text as XML holds it; what XML cannot hold is written out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => out.extend(c.escape_unicode()),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_why_twice_and_hostile_names_are_text() {
        let cases = vec![
            Case { name: "a".to_owned(), failure: None },
            Case {
                name: "<b>".to_owned(),
                failure: Some(("over-budget", "1 & 2\n\u{ffff}".to_owned())),
            },
        ];
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites name=\"kms-cost\" tests=\"2\" failures=\"1\" errors=\"0\">
  <testsuite name=\"&quot;x&quot;\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\">
    <testcase classname=\"&quot;x&quot;\" name=\"a\"/>
    <testcase classname=\"&quot;x&quot;\" name=\"&lt;b&gt;\">
      <failure type=\"over-budget\" message=\"1 &amp; 2\\u{a}\\u{ffff}\">1 &amp; 2\\u{a}\\u{ffff}</failure>
    </testcase>
  </testsuite>
</testsuites>
";
        assert_eq!(report(&[("\"x\"", cases)]), expected);
    }
}
