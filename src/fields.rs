//! A reader of TOML tables that collects every problem of a file instead of
//! stopping at the first.
//!
//! Nothing here knows a field by name or reads a file: the caller asks for
//! fields, and what it did not ask for is a problem. A getter pushes its problem
//! and returns `None`; it also returns `None`, without a problem, for a field
//! that is absent, which [`Fields::require`] tells apart.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

use crate::diagnostic::{Code, Problem, Problems, listed, quoted, similar};
use crate::source::Span;

mod document;
mod value;

pub use document::parse;
pub use value::{as_date_time, as_decimal, as_table, as_text, as_texts, as_whole};
use value::{at, unquoted, wrong};

/// A value of TOML and its place.
pub type Value<'t> = Spanned<DeValue<'t>>;

/// Something read from a file, and its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct At<T> {
    /// What was read.
    pub value: T,
    /// Where it is.
    pub span: Span,
}

impl<T> At<T> {
    /// A value at a place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// Another value at the same place.
    pub fn map<U>(self, of: impl FnOnce(T) -> U) -> At<U> {
        At::new(of(self.value), self.span)
    }
}

/// One table, and which of its fields were asked for.
#[derive(Debug, Clone)]
pub struct Fields<'a, 't> {
    kind: &'static str,
    name: Option<Cow<'a, str>>,
    table: &'a DeTable<'t>,
    span: Span,
    known: Vec<&'static str>,
    all: bool,
}

impl<'a, 't> Fields<'a, 't> {
    /// A view on a table with a human name, at its header or value.
    #[must_use]
    pub fn new(kind: &'static str, table: &'a DeTable<'t>, span: Span) -> Self {
        Self { kind, name: None, table, span, known: Vec::new(), all: false }
    }

    /// Where the table is: its header, or all of it if it is inline.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span.clone()
    }

    /// The human name, such as "key `disk`".
    #[must_use]
    pub fn what(&self) -> String {
        match &self.name {
            Some(name) => format!("{} {}", self.kind, quoted(name)),
            None => self.kind.to_owned(),
        }
    }

    /// Says what it is, and which one.
    pub fn set_name(&mut self, kind: &'static str, name: impl Into<Cow<'a, str>>) {
        self.kind = kind;
        self.name = Some(name.into());
    }

    /// Whether there is such a field.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.table.contains_key(name)
    }

    /// The value of a field as it is.
    pub fn raw(&mut self, name: &'static str) -> Option<&'a Value<'t>> {
        if !self.known.contains(&name) {
            self.known.push(name);
        }
        self.table.get(name)
    }

    /// Text.
    pub fn text(&mut self, name: &'static str, p: &mut Problems) -> Option<At<&'a str>> {
        as_text(self.raw(name)?, p)
    }

    /// A whole number within bounds.
    pub fn whole(
        &mut self,
        name: &'static str,
        range: RangeInclusive<u64>,
        p: &mut Problems,
    ) -> Option<At<u64>> {
        as_whole(self.raw(name)?, range, p)
    }

    /// An exact decimal: quoted, or a whole number.
    pub fn decimal(&mut self, name: &'static str, p: &mut Problems) -> Option<At<Decimal>> {
        as_decimal(self.raw(name)?, p)
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, name: &'static str, p: &mut Problems) -> Option<At<bool>> {
        let value = self.raw(name)?;
        if let DeValue::Boolean(boolean) = value.get_ref() {
            return Some(at(value, *boolean));
        }
        p.push(unquoted(wrong(value, "`true` or `false`"), value, |text| {
            text.parse::<bool>().is_ok()
        }));
        None
    }

    /// A date, a time or both.
    pub fn date_time(&mut self, name: &'static str, p: &mut Problems) -> Option<At<Datetime>> {
        as_date_time(self.raw(name)?, p)
    }

    /// What one of a few names stands for.
    pub fn choice<T: Copy>(
        &mut self,
        name: &'static str,
        choices: &[(&'static str, T)],
        p: &mut Problems,
    ) -> Option<At<T>> {
        let text = self.text(name, p)?;
        let chosen = choices.iter().find(|(choice, _)| *choice == text.value);
        if let Some(&(_, value)) = chosen {
            return Some(text.map(|_| value));
        }
        p.push(unknown_name(name, &text, choices.iter().map(|&(choice, _)| choice)));
        None
    }

    /// A list of texts; one text is a list of one.
    pub fn texts(&mut self, name: &'static str, p: &mut Problems) -> Option<Vec<At<&'a str>>> {
        as_texts(self.raw(name)?, p)
    }

    /// A table within this one.
    pub fn table(
        &mut self,
        name: &'static str,
        what: &'static str,
        p: &mut Problems,
    ) -> Option<Self> {
        as_table(self.raw(name)?, what, p)
    }

    /// A list of tables; those that are not tables are problems and left out.
    pub fn tables(
        &mut self,
        name: &'static str,
        what: &'static str,
        p: &mut Problems,
    ) -> Vec<Self> {
        let Some(value) = self.raw(name) else {
            return Vec::new();
        };
        if let DeValue::Array(list) = value.get_ref() {
            return list.iter().filter_map(|item| as_table(item, what, p)).collect();
        }
        let mut problem = wrong(value, "a list of tables");
        if matches!(value.get_ref(), DeValue::Table(_)) {
            problem = problem.help(format!("write `[[{name}]]`"));
        }
        p.push(problem);
        Vec::new()
    }

    /// Every field in the order of the file, for a table whose names are the
    /// user's own; all of them count as asked for.
    pub fn entries(&mut self) -> impl Iterator<Item = (At<&'a str>, &'a Value<'t>)> + use<'a, 't> {
        self.all = true;
        let mut entries: Vec<_> = self.table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        entries.into_iter().map(|(key, value)| (At::new(key.get_ref().as_ref(), key.span()), value))
    }

    /// The tables of a table whose names are the user's own, in the order of the file.
    pub fn named_tables(
        &mut self,
        what: &'static str,
        p: &mut Problems,
    ) -> Vec<(At<&'a str>, Self)> {
        self.entries()
            .filter_map(|(name, value)| {
                let mut table = as_table(value, what, p)?;
                table.set_name(what, name.value);
                Some((name, table))
            })
            .collect()
    }

    /// A list of anything.
    pub fn list(&mut self, name: &'static str, p: &mut Problems) -> Option<Vec<&'a Value<'t>>> {
        let value = self.raw(name)?;
        if let DeValue::Array(list) = value.get_ref() {
            return Some(list.iter().collect());
        }
        p.push(wrong(value, "a list"));
        None
    }

    /// Passes a value on, and reports a field that is absent altogether; one
    /// that is present but wrong has its own problem already.
    pub fn require<T>(&self, name: &str, value: Option<T>, p: &mut Problems) -> Option<T> {
        if !self.has(name) {
            let problem =
                Problem::error(Code::MissingField, format!("no `{name}` in {}", self.what()));
            p.push(problem.at(self.span()).label(format!("`{name}` is needed here")));
        }
        value
    }

    /// Reports every field that was not asked for.
    pub fn finish(self, p: &mut Problems) {
        let unknown = self.table.keys().filter(|key| !self.knows(key.get_ref()));
        for key in unknown {
            p.push(self.unknown(key.get_ref()).at(key.span()));
        }
    }

    fn knows(&self, name: &str) -> bool {
        self.all || self.known.contains(&name)
    }

    fn unknown(&self, name: &str) -> Problem {
        let message = format!("unknown field {} in {}", quoted(name), self.what());
        let mut problem = Problem::error(Code::UnknownField, message);
        let known = || self.known.iter().copied();
        if let Some(near) = similar(name, known()) {
            problem = problem.label(format!("a field with a similar name exists: `{near}`"));
        }
        if self.known.is_empty() {
            problem
        } else {
            problem.help(format!("the fields are {}", listed(known())))
        }
    }
}

/// A name that is not on the list, with the nearest that is.
pub fn unknown_name<'n>(
    kind: &str,
    found: &At<&str>,
    names: impl Iterator<Item = &'n str> + Clone,
) -> Problem {
    let message = format!("no {kind} {}", quoted(found.value));
    let problem = Problem::error(Code::UnknownName, message).at(found.span.clone());
    let problem = match names.clone().count() {
        0 => problem,
        1 => problem.label(format!("expected {}", listed(names.clone()))),
        _ => problem.label(format!("expected one of {}", listed(names.clone()))),
    };
    let a = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    match similar(found.value, names) {
        Some(near) => problem.help(format!("{a} {kind} with a similar name exists: `{near}`")),
        None => problem,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::document::{TEXT, VALUES};
    use super::value::grouped;
    use super::*;
    use crate::diagnostic::render;
    use crate::source::Source;

    /// What is shown after a file was read by `read`, and what was read.
    fn shown<T>(
        text: &str,
        read: impl FnOnce(&mut Fields<'_, '_>, &mut Problems) -> T,
    ) -> (Option<T>, String) {
        let source = Arc::new(Source::new("scenario.toml", text));
        let mut p = Problems::new(Arc::clone(&source));
        let value = parse(&source, &mut p).map(|root| {
            let mut fields = Fields::new("the scenario", root.get_ref(), root.span());
            let value = read(&mut fields, &mut p);
            fields.finish(&mut p);
            value
        });
        (value, render(&p, false, "no estimate"))
    }

    fn key(fields: &mut Fields<'_, '_>, p: &mut Problems) {
        for mut key in fields.tables("key", "[[key]]", p) {
            let name = key.text("name", p);
            if let Some(name) = key.require("name", name, p) {
                key.set_name("key", name.value);
            }
            let spec = key.choice("spec", &[("symmetric", 1), ("rsa-2048", 2)], p);
            key.require("spec", spec, p);
            key.whole("count", 0..=1_000_000, p);
            key.decimal("price", p);
            key.finish(p);
        }
    }

    #[test]
    fn every_problem_of_a_file_at_once() {
        let text = r#"[[key]]
name = "disk"
spec = "rsa2048"
count = -1
price = 0.03

[[key]]
name = "log"
speck = "symmetric"
count = 2.5
"#;
        let expected = r#"error[unknown-name]: no spec `rsa2048`
 --> scenario.toml:3:8
  |
3 | spec = "rsa2048"
  |        ^^^^^^^^^ expected one of `symmetric`, `rsa-2048`
  |
  = help: a spec with a similar name exists: `rsa-2048`

error[out-of-range]: `-1` is negative
 --> scenario.toml:4:9
  |
4 | count = -1
  |         ^^ expected a whole number from 0 to 1_000_000

error[not-decimal]: `0.03` is a binary fraction, which is not exact
 --> scenario.toml:5:9
  |
5 | price = 0.03
  |         ^^^^ expected a quoted decimal
  |
  = help: write it as a quoted decimal: "0.03"

error[missing-field]: no `spec` in key `log`
 --> scenario.toml:7:1
  |
7 | [[key]]
  | ^^^^^^^ `spec` is needed here

error[unknown-field]: unknown field `speck` in key `log`
 --> scenario.toml:9:1
  |
9 | speck = "symmetric"
  | ^^^^^ a field with a similar name exists: `spec`
  |
  = help: the fields are `name`, `spec`, `count`, `price`

error[wrong-type]: `2.5` is fractional
  --> scenario.toml:10:9
   |
10 | count = 2.5
   |         ^^^ expected a whole number from 0 to 1_000_000

error: 6 problems in `scenario.toml`; no estimate
"#;
        assert_eq!(shown(text, key).1, expected);
    }

    #[test]
    fn every_line_that_is_not_toml() {
        let text = "region = eu-west-1\nname = 'disk\r\ncount = 1,000 # 'a\nlive = true\n";
        let expected = "error[syntax]: `eu-west-1` is without quotes
 --> scenario.toml:1:10
  |
1 | region = eu-west-1
  |          ^^^^^^^^^ expected text in quotes

error[syntax]: unclosed text
 --> scenario.toml:2:13
  |
2 | name = 'disk
  |             ^ expected the closing quote

error[syntax]: more than one value
 --> scenario.toml:3:10
  |
3 | count = 1,000 # 'a
  |          ^ expected the end of the line

error: 3 problems in `scenario.toml`; no estimate
";
        let (value, rendered) = shown(text, key);
        assert_eq!((value, rendered.as_str()), (None, expected));
    }

    #[test]
    fn nothing_hostile_reaches_the_terminal() {
        let text = "[[key]]\nname = \"a\u{202e}\\u001b[2J\"\nspec = \"\\u009bx\u{200b}\"\n\"\\u0007\" = 1\n";
        let expected = r#"error[unknown-name]: no spec `\u{9b}x\u{200b}`
 --> scenario.toml:3:8
  |
3 | spec = "\u009bx\u{200b}"
  |        ^^^^^^^^^^^^^^^^^ expected one of `symmetric`, `rsa-2048`

error[unknown-field]: unknown field `\u{7}` in key `a\u{202e}\u{1b}[2J`
 --> scenario.toml:4:1
  |
4 | "\u0007" = 1
  | ^^^^^^^^
  |
  = help: the fields are `name`, `spec`, `count`, `price`

error: 2 problems in `scenario.toml`; no estimate
"#;
        assert_eq!(shown(text, key).1, expected);
        let expected = r#"error[syntax]: invalid comment character
 --> scenario.toml:1:11
  |
1 | a = "\u{202e}" # \u{1b}[2J
  |                  ^ expected printable characters

error: 1 problem in `scenario.toml`; no estimate
"#;
        let rendered = shown("a = \"\u{202e}\" # \u{1b}[2J", key).1;
        assert_eq!(rendered, expected);
    }

    /// What was read of `value`, or the first problem and its help in one line.
    fn one<T: std::fmt::Debug>(
        value: &str,
        read: impl FnOnce(&mut Fields<'_, '_>, &mut Problems) -> T,
    ) -> String {
        let (read, rendered) = shown(&format!("x = {value}"), read);
        if rendered.is_empty() {
            return format!("{:?}", read.unwrap());
        }
        let mut lines = rendered.lines();
        let title = lines.next().unwrap().to_owned();
        let rest = lines.map(|line| line.trim_matches([' ', '|', '^']));
        let rest = rest.filter(|line| line.starts_with("expected") || line.starts_with('='));
        rest.fold(title, |text, line| format!("{text}; {line}"))
    }

    #[test]
    fn numbers() {
        let whole = |value: &str| one(value, |f, p| f.whole("x", 1..=5000, p).map(|at| at.value));
        let from_one_to = "expected a whole number from 1 to 5_000";
        assert_eq!(whole("+1_000"), "Some(1000)");
        assert_eq!(whole("0xff"), "Some(255)");
        assert_eq!(whole("-0"), format!("error[out-of-range]: `-0` is too small; {from_one_to}"));
        assert_eq!(
            whole("5001"),
            format!("error[out-of-range]: `5001` is too large; {from_one_to}")
        );
        let huge = "9".repeat(50);
        assert_eq!(
            whole(&huge),
            format!("error[out-of-range]: `{huge}` is too large; {from_one_to}")
        );
        assert_eq!(
            whole(&format!("-{huge}")),
            format!("error[out-of-range]: `-{huge}` is negative; {from_one_to}")
        );
        assert_eq!(whole("2.5"), format!("error[wrong-type]: `2.5` is fractional; {from_one_to}"));
        assert_eq!(
            whole("'12'"),
            format!(
                "error[wrong-type]: found the text `12`; {from_one_to}; = help: write it without quotes: 12"
            )
        );
        assert_eq!(whole("[]"), format!("error[wrong-type]: found a list; {from_one_to}"));
    }

    #[test]
    fn decimals() {
        let decimal = |value| one(value, |f, p| f.decimal("x", p).map(|at| at.value.to_string()));
        assert_eq!(decimal("'0.030'"), "Some(\"0.03\")");
        assert_eq!(decimal("3"), "Some(\"3\")");
        assert_eq!(
            decimal("-3"),
            "error[out-of-range]: `-3` is negative; expected a decimal, 0 or more"
        );
        assert_eq!(
            decimal("'-3'"),
            "error[not-decimal]: `-3` has a sign; expected a decimal such as \"0.03\""
        );
        assert_eq!(
            decimal("1_000.5"),
            "error[not-decimal]: `1000.5` is a binary fraction, which is not exact; \
             expected a quoted decimal; = help: write it as a quoted decimal: \"1000.5\""
        );
        assert!(!decimal("1e9").contains("help"));
    }

    #[test]
    fn quotes() {
        let text = |value| one(value, |f, p| f.text("x", p).map(|at| at.value.to_owned()));
        let help = "error[wrong-type]: found the number `5`; expected text in quotes; = help: write it in quotes: \"5\"";
        assert_eq!(text("5"), help);
        assert_eq!(text("{}"), "error[wrong-type]: found a table; expected text in quotes");
        let flag = |value| one(value, |f, p| f.boolean("x", p).map(|at| at.value));
        assert_eq!(flag("true"), "Some(true)");
        assert!(
            flag("'true'")
                .ends_with("expected `true` or `false`; = help: write it without quotes: true")
        );
        assert_eq!(flag("yes"), "error[syntax]: `yes` is not TOML; expected `true`");
        let date = |value| one(value, |f, p| f.date_time("x", p).map(|at| at.value.to_string()));
        assert_eq!(date("2026-01-31"), "Some(\"2026-01-31\")");
        assert!(date("'2026-01-31'").ends_with("write it without quotes: 2026-01-31"));
        assert!(date("2026-02-30").starts_with("error["), "{}", date("2026-02-30"));
    }

    #[test]
    fn lists_and_tables() {
        let texts = |value| {
            one(value, |f, p| {
                let texts = f.texts("x", p)?;
                Some(texts.into_iter().map(|at| at.value.to_owned()).collect::<Vec<_>>())
            })
        };
        assert_eq!(texts("'a'"), "Some([\"a\"])");
        assert_eq!(texts("['b', 'a']"), "Some([\"b\", \"a\"])");
        assert_eq!(
            texts("1"),
            "error[wrong-type]: found the number `1`; expected a list of texts in quotes"
        );
        let tables = |value| one(value, |f, p| f.tables("x", "[[x]]", p).len());
        assert_eq!(tables("[{}, {}]"), "2");
        let help =
            "error[wrong-type]: found a table; expected a list of tables; = help: write `[[x]]`";
        assert_eq!(tables("{}"), help);
        assert_eq!(tables("[1]"), "error[wrong-type]: found the number `1`; expected a table");
    }

    #[test]
    fn entries_come_in_the_order_of_the_file() {
        let entries = |f: &mut Fields<'_, '_>, _: &mut Problems| {
            f.entries().map(|(key, _)| (key.value.to_owned(), key.span)).collect::<Vec<_>>()
        };
        let expected = vec![("b".to_owned(), 0..1), ("a".to_owned(), 6..7)];
        assert_eq!(shown("b = 1\na = 2", entries), (Some(expected), String::new()));
    }

    #[test]
    fn bounds() {
        let long = shown(&format!("a = '{}'", "x".repeat(TEXT + 1)), |_, _| ()).1;
        assert!(long.starts_with("error[too-large]: a text of 65537 bytes\n"), "{long}");
        let many = shown(&format!("a = [{}]", "1,".repeat(VALUES)), |_, _| ()).1;
        assert!(many.starts_with("error[too-large]: 1000001 values\n"), "{many}");
        let deep = shown(&format!("a = {}", "[".repeat(1000)), |_, _| ()).1;
        assert!(deep.starts_with("error[too-large]: lists or tables nested too deeply\n"));
    }

    #[test]
    fn grouped_digits() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1_000", "1_234_567"]);
    }
}
