//! Findings as SARIF 2.1.0, for code scanning: a rule for each kind of finding, a place for each result.
//!
//! A fingerprint says which finding it is and not on which line, so that it stays the same when lines
//! are added above it. Nothing in it changes from run to run.

use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::findings::{Finding, Level, Place};

/// Writes the findings of one run, each with the scenario that it is about.
#[must_use]
pub fn log(findings: &[(&str, Finding)]) -> String {
    let mut rules: Vec<&Finding> = Vec::new();
    for (_, finding) in findings {
        if !rules.iter().any(|known| known.rule == finding.rule) {
            rules.push(finding);
        }
    }
    let results: Vec<Value> = findings
        .iter()
        .map(|(scenario, finding)| {
            let index = rules.iter().position(|rule| rule.rule == finding.rule);
            result(scenario, finding, index.unwrap_or_default())
        })
        .collect();
    let rules: Vec<Value> = rules.iter().map(|finding| rule(finding)).collect();
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "kms-cost",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

fn rule(finding: &Finding) -> Value {
    json!({
        "id": finding.rule,
        "name": pascal(&finding.rule),
        "shortDescription": { "text": sentence(&finding.about) },
        "defaultConfiguration": { "level": level(finding.level) },
    })
}

fn result(scenario: &str, finding: &Finding, index: usize) -> Value {
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": level(finding.level),
        "message": { "text": sentence(&finding.message) },
        "partialFingerprints": { "kmsCost/v1": fingerprint(scenario, finding) },
    });
    if let Some(location) = finding.place.as_ref().and_then(location)
        && let Some(fields) = result.as_object_mut()
    {
        fields.insert("locations".to_owned(), json!([location]));
    }
    result
}

fn location(place: &Place) -> Option<Value> {
    let at = place.region();
    let mut region = json!({ "startLine": at.line });
    if at.end_column > at.column || at.end_line > at.line {
        region = json!({
            "startLine": at.line,
            "startColumn": at.column,
            "endLine": at.end_line,
            "endColumn": at.end_column,
        });
    }
    Some(json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&place.file()?) },
        "region": region,
    } }))
}

/// A path as a relative reference, or as a file's address where it is absolute.
fn uri(path: &str) -> String {
    let mut out = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// `budget/monthly` as `BudgetMonthly`.
fn pascal(rule: &str) -> String {
    let words = rule.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words
        .map(|word| {
            let mut rest = word.chars();
            let first = rest.next().map(|first| first.to_uppercase().to_string());
            first.unwrap_or_default() + rest.as_str()
        })
        .collect()
}

/// With a full stop, as readers of SARIF expect it.
fn sentence(text: &str) -> String {
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}

/// The same for the same rule about the same thing, wherever it stands and whatever it comes to.
fn fingerprint(scenario: &str, finding: &Finding) -> String {
    let parts = [scenario, &finding.rule, &finding.subject];
    let digest = Sha256::digest(parts.join("\0").as_bytes());
    digest.iter().take(16).fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use std::sync::Arc;

    fn finding(rule: &str, subject: &str, text: &str) -> Finding {
        let source = Arc::new(Source::new("a b/x.toml", text));
        let end = text.len();
        Finding {
            rule: rule.to_owned(),
            about: "about".to_owned(),
            level: Level::Warning,
            subject: subject.to_owned(),
            message: text.to_owned(),
            place: Some(Place { source, span: end.saturating_sub(2)..end }),
        }
    }

    #[test]
    fn a_rule_is_listed_once_and_a_place_is_where_it_is() {
        let found = [
            finding("b/x", "one", "a\nbcd"),
            finding("b/x", "two", "a"),
            finding("c", "three", ""),
        ];
        let log: Value = serde_json::from_str(&log(&found.map(|finding| ("s", finding)))).unwrap();
        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), 2);
        assert_eq!(run["tool"]["driver"]["rules"][0]["name"], "BX");
        assert_eq!(run["results"][2]["ruleIndex"], 1);
        let place = &run["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%20b/x.toml");
        assert_eq!(
            place["region"],
            json!({"startLine": 2, "startColumn": 2, "endLine": 2, "endColumn": 4})
        );
    }

    #[test]
    fn a_fingerprint_survives_moved_lines_and_changed_words() {
        let print = |subject, text| fingerprint("s", &finding("b", subject, text));
        assert_eq!(print("key disk1", "over by 1"), print("key disk1", "\n\n\nover by 13"));
        assert_ne!(print("key disk1", "over by 1"), print("key disk2", "over by 1"));
    }
}
