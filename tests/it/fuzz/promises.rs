//! What holds of everything that is shown, whatever the input.

use std::collections::BTreeSet;

use kms_cost::diagnostic::{Code, Problems, Severity, render, to_json};
use serde_json::Value;

/// A text without a character that steers a terminal or deceives its reader.
pub(super) fn plain(text: &str) {
    let bad = text.chars().find(|c| steers(*c) && *c != '\n');
    assert_eq!(bad, None, "{:?}", text.escape_debug().collect::<String>());
}

fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{feff}')
}

/// A text in which only styles steer, and the last of them ends all.
pub(super) fn dressed(text: &str) {
    let mut bare = String::new();
    let mut rest = text;
    while let Some((before, style)) = rest.split_once("\u{1b}[") {
        bare.push_str(before);
        let end = style.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(style.len());
        assert_eq!(style.get(end..=end), Some("m"), "{text:?}");
        rest = &style[end + 1..];
    }
    plain(&(bare + rest));
}

/// A text of programs as JSON.
pub(super) fn json(text: &str) -> Value {
    plain(text);
    serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"))
}

/// Problems that each have a known code, words and a place in the file, and are shown without a
/// character that steers. An error whose file is understood may be about the whole of it.
pub(super) fn problems(problems: &Problems) {
    let text = problems.source().text();
    let known: BTreeSet<&str> = Code::ALL.iter().map(|(name, _)| *name).collect();
    for problem in problems.iter() {
        assert!(known.contains(problem.code.as_str()), "{problem:?}");
        assert!(!problem.message.is_empty(), "{problem:?}");
        match &problem.span {
            Some(span) => assert!(text.get(span.clone()).is_some(), "{problem:?}"),
            None => assert!(problem.help.is_some() || !problem.message.is_empty(), "{problem:?}"),
        }
    }
    plain(&render(problems, false, "nothing was estimated"));
    dressed(&render(problems, true, "nothing was estimated"));
    let document = json(&to_json(std::slice::from_ref(problems)).to_string());
    let shown = |name: &str| document[name].as_array().map_or(0, Vec::len);
    let kept = |of: Severity| problems.iter().filter(|problem| problem.severity == of).count();
    assert_eq!(shown("errors"), kept(Severity::Error));
    assert_eq!(shown("warnings"), kept(Severity::Warning));
    let lists = ["errors", "warnings"].map(|name| document[name].as_array().cloned());
    for problem in lists.iter().flatten().flatten() {
        assert!(problem["line"].is_u64() || problem["line"].is_null(), "{problem}");
        assert_eq!(problem["line"].is_null(), problem["column"].is_null(), "{problem}");
    }
}
