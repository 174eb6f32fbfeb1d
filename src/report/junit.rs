//! Checks as a report in the form of `JUnit`: a suite for each scenario, a case for each check.
//!
//! The sentence of a failure stands in its attribute and in its text, since readers show one or the
//! other. There is no time in it: the same need gives the same bytes.

use std::fmt::Write as _;

use super::findings::{Case, Outcome};
use crate::source::printable;

/// Writes a report of suites, each with its name and its cases.
#[must_use]
pub fn report(suites: &[(&str, Vec<Case>)]) -> String {
    let all = Count::of(suites.iter().flat_map(|(_, cases)| cases));
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"kms-cost\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n",
        all.tests, all.failed
    );
    for (name, cases) in suites {
        let name = escaped(name);
        let Count { tests, failed, skipped } = Count::of(cases);
        let _ = writeln!(
            out,
            "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failed}\" errors=\"0\" skipped=\"{skipped}\">"
        );
        for case in cases {
            out.push_str(&written(&name, case));
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// How many cases there are of each kind.
#[derive(Default)]
struct Count {
    tests: usize,
    failed: usize,
    skipped: usize,
}

impl Count {
    fn of<'c>(cases: impl IntoIterator<Item = &'c Case>) -> Self {
        cases.into_iter().fold(Self::default(), |count, case| {
            let failed = usize::from(matches!(case.outcome, Outcome::Failed(..)));
            let skipped = usize::from(matches!(case.outcome, Outcome::Skipped(_)));
            Self {
                tests: count.tests.saturating_add(1),
                failed: count.failed.saturating_add(failed),
                skipped: count.skipped.saturating_add(skipped),
            }
        })
    }
}

fn written(suite: &str, case: &Case) -> String {
    let name = escaped(&case.name);
    let place = case.place.as_ref().and_then(|place| {
        let file = escaped(&place.file()?);
        Some(format!(" file=\"{file}\" line=\"{}\"", place.region().line))
    });
    let place = place.unwrap_or_default();
    let head = format!("    <testcase classname=\"{suite}\" name=\"{name}\"{place}");
    let told = match &case.outcome {
        Outcome::Passed => return format!("{head}/>\n"),
        Outcome::Warned(text) => {
            format!("<system-out>warning: {}</system-out>", escaped(text))
        }
        Outcome::Skipped(text) => format!("<skipped message=\"{}\"/>", escaped(text)),
        Outcome::Failed(kind, text) => {
            let text = escaped(text);
            format!("<failure type=\"{kind}\" message=\"{text}\">{text}</failure>")
        }
    };
    format!("{head}>\n      {told}\n    </testcase>\n")
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
    use crate::report::findings::Place;

    fn case(name: &str, outcome: Outcome) -> Case {
        let source = std::sync::Arc::new(crate::source::Source::new("a&b.toml", "\nx"));
        let place = matches!(outcome, Outcome::Warned(_)).then_some(Place { source, span: 1..2 });
        Case { name: name.to_owned(), outcome, place }
    }

    #[test]
    fn a_failure_says_why_twice_and_hostile_names_are_text() {
        let cases = vec![
            case("a", Outcome::Passed),
            case("<b>", Outcome::Failed("over-budget", "1 & 2\n\u{ffff}".to_owned())),
            case("c", Outcome::Warned("near".to_owned())),
            case("d", Outcome::Skipped("of another plan".to_owned())),
        ];
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites name=\"kms-cost\" tests=\"4\" failures=\"1\" errors=\"0\">
  <testsuite name=\"&quot;x&quot;\" tests=\"4\" failures=\"1\" errors=\"0\" skipped=\"1\">
    <testcase classname=\"&quot;x&quot;\" name=\"a\"/>
    <testcase classname=\"&quot;x&quot;\" name=\"&lt;b&gt;\">
      <failure type=\"over-budget\" message=\"1 &amp; 2\\u{a}\\u{ffff}\">1 &amp; 2\\u{a}\\u{ffff}</failure>
    </testcase>
    <testcase classname=\"&quot;x&quot;\" name=\"c\" file=\"a&amp;b.toml\" line=\"2\">
      <system-out>warning: near</system-out>
    </testcase>
    <testcase classname=\"&quot;x&quot;\" name=\"d\">
      <skipped message=\"of another plan\"/>
    </testcase>
  </testsuite>
</testsuites>
";
        assert_eq!(report(&[("\"x\"", cases)]), expected);
    }
}
