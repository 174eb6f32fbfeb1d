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
use toml::de::{DeFloat, DeInteger, DeTable, DeValue};
use toml::value::Datetime;

use crate::decimal;
use crate::diagnostic::{Code, Problem, Problems, listed, quoted, similar};
use crate::source::{Source, Span};

/// The most values in one file, those of lists and tables included.
const VALUES: usize = 1_000_000;
/// The most line breaks, brackets, quotes and the like in one file: the parser
/// may need hundreds of bytes for each.
const MARKS: usize = 6_000_000;
/// The most bytes of one text: 64 KiB.
const TEXT: usize = 64 << 10;

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

/// Parses a whole file; every line that is not TOML is a problem of its own.
pub fn parse<'t>(source: &'t Source, p: &mut Problems) -> Option<Spanned<DeTable<'t>>> {
    if marks(source.text()) > MARKS {
        let message = format!("more lines, brackets and quotes than {VALUES} values need");
        p.push(Problem::error(Code::TooLarge, message));
        return None;
    }
    let (root, mut errors) = DeTable::parse_recoverable(source.text());
    if errors.is_empty() {
        return Bounds::default().hold(root.get_ref(), p).then_some(root);
    }
    errors.sort_by_key(start);
    let mut last = None;
    for error in &errors {
        let between = last.and_then(|last| source.text().get(last..start(error)));
        if between.is_none_or(|text| text.contains('\n')) {
            p.push(syntax(source.text(), error));
        }
        last = Some(start(error));
    }
    None
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

/// Text.
pub fn as_text<'a>(value: &'a Value<'_>, p: &mut Problems) -> Option<At<&'a str>> {
    if let DeValue::String(text) = value.get_ref() {
        return Some(at(value, text));
    }
    let problem = wrong(value, "text in quotes");
    p.push(match scalar(value) {
        Some(text) => problem.help(format!("write it in quotes: \"{text}\"")),
        None => problem,
    });
    None
}

/// A list of texts; one text is a list of one.
pub fn as_texts<'a>(value: &'a Value<'_>, p: &mut Problems) -> Option<Vec<At<&'a str>>> {
    match value.get_ref() {
        DeValue::String(text) => Some(vec![at(value, text)]),
        DeValue::Array(list) => {
            // all of them, before the first that failed counts
            let texts: Vec<_> = list.iter().map(|item| as_text(item, p)).collect();
            texts.into_iter().collect()
        }
        _ => {
            p.push(wrong(value, "a list of texts in quotes"));
            None
        }
    }
}

/// A date, a time or both.
pub fn as_date_time(value: &Value<'_>, p: &mut Problems) -> Option<At<Datetime>> {
    if let DeValue::Datetime(date) = value.get_ref() {
        return Some(at(value, *date));
    }
    let problem = wrong(value, "a date such as 2026-01-31");
    p.push(unquoted(problem, value, |text| text.parse::<Datetime>().is_ok()));
    None
}

/// A whole number within bounds.
pub fn as_whole(
    value: &Value<'_>,
    range: RangeInclusive<u64>,
    p: &mut Problems,
) -> Option<At<u64>> {
    let expected = || whole_within(&range);
    let problem = match value.get_ref() {
        DeValue::Integer(number) => match within(number, &range) {
            Ok(number) => return Some(at(value, number)),
            Err(why) => refused(value, Code::OutOfRange, &number.to_string(), why, &expected()),
        },
        DeValue::Float(number) => {
            refused(value, Code::WrongType, number.as_str(), "is fractional", &expected())
        }
        _ => unquoted(wrong(value, &expected()), value, |text| text.parse::<u64>().is_ok()),
    };
    p.push(problem);
    None
}

/// An exact decimal: quoted, or a whole number.
pub fn as_decimal(value: &Value<'_>, p: &mut Problems) -> Option<At<Decimal>> {
    let parsed = match value.get_ref() {
        DeValue::String(text) => exact(value, text),
        DeValue::Integer(number) => match size(number) {
            Ok(number) => exact(value, &number.to_string()),
            Err(why) => {
                let expected = "a decimal, 0 or more";
                Err(refused(value, Code::OutOfRange, &number.to_string(), why, expected))
            }
        },
        DeValue::Float(number) => Err(float(value, number)),
        _ => Err(wrong(value, "a quoted decimal")),
    };
    parsed.map_err(|problem| p.push(problem)).ok().map(|decimal| at(value, decimal))
}

/// A table.
pub fn as_table<'a, 't>(
    value: &'a Value<'t>,
    what: &'static str,
    p: &mut Problems,
) -> Option<Fields<'a, 't>> {
    if let DeValue::Table(table) = value.get_ref() {
        return Some(Fields::new(what, table, value.span()));
    }
    p.push(wrong(value, "a table"));
    None
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

fn at<T>(value: &Value<'_>, read: T) -> At<T> {
    At::new(read, value.span())
}

/// A value of the wrong type.
fn wrong(value: &Value<'_>, expected: &str) -> Problem {
    let problem = Problem::error(Code::WrongType, format!("found {}", found(value.get_ref())));
    problem.at(value.span()).label(format!("expected {expected}"))
}

/// A number of the wrong size or form.
fn refused(value: &Value<'_>, code: Code, digits: &str, why: &str, expected: &str) -> Problem {
    let problem = Problem::error(code, format!("{} {why}", quoted(digits)));
    problem.at(value.span()).label(format!("expected {expected}"))
}

fn found(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the text {}", quoted(text)),
        DeValue::Integer(number) => format!("the number {}", quoted(&number.to_string())),
        DeValue::Float(number) => format!("the number {}", quoted(number.as_str())),
        DeValue::Boolean(boolean) => format!("`{boolean}`"),
        DeValue::Datetime(date) => format!("the date `{date}`"),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// What a value that lacks only its quotes would be within them.
fn scalar(value: &Value<'_>) -> Option<String> {
    match value.get_ref() {
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Boolean(boolean) => Some(boolean.to_string()),
        DeValue::Datetime(date) => Some(date.to_string()),
        _ => None,
    }
}

/// Helps where a value is right but for its quotes.
fn unquoted(problem: Problem, value: &Value<'_>, right: impl Fn(&str) -> bool) -> Problem {
    match value.get_ref() {
        DeValue::String(text) if right(text) => {
            problem.help(format!("write it without quotes: {text}"))
        }
        _ => problem,
    }
}

/// The number, or why it is none of the range.
fn within(number: &DeInteger<'_>, range: &RangeInclusive<u64>) -> Result<u64, &'static str> {
    match u64::try_from(size(number)?) {
        Ok(number) if number < *range.start() => Err("is too small"),
        Ok(number) if number <= *range.end() => Ok(number),
        _ => Err("is too large"),
    }
}

/// The number, or why it is none; `-0` is zero.
fn size(number: &DeInteger<'_>) -> Result<u128, &'static str> {
    let digits = number.as_str();
    let negative = digits.strip_prefix('-');
    match u128::from_str_radix(negative.unwrap_or(digits), number.radix()) {
        Ok(size) if size == 0 || negative.is_none() => Ok(size),
        _ if negative.is_some() => Err("is negative"),
        _ => Err("is too large"),
    }
}

fn whole_within(range: &RangeInclusive<u64>) -> String {
    let (start, end) = (grouped(*range.start()), grouped(*range.end()));
    if *range.end() == u64::MAX {
        format!("a whole number, {start} or more")
    } else {
        format!("a whole number from {start} to {end}")
    }
}

/// Digits in groups of three, as TOML may write them.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join("_")
}

fn exact(value: &Value<'_>, text: &str) -> Result<Decimal, Problem> {
    decimal::parse(text).map_err(|why| {
        let long = text.len() > 60;
        let message =
            if long { format!("{} is no decimal", quoted(text)) } else { why.to_string() };
        let problem = Problem::error(Code::NotDecimal, message).at(value.span());
        problem.label("expected a decimal such as \"0.03\"")
    })
}

fn float(value: &Value<'_>, number: &DeFloat<'_>) -> Problem {
    let digits = number.as_str();
    let why = "is a binary fraction, which is not exact";
    let problem = refused(value, Code::NotDecimal, digits, why, "a quoted decimal");
    if decimal::parse(digits).is_ok() {
        problem.help(format!("write it as a quoted decimal: \"{digits}\""))
    } else {
        problem
    }
}

/// How much work a text is for the parser.
fn marks(text: &str) -> usize {
    let marks = |byte: &u8| {
        matches!(byte, b'\n' | b'[' | b']' | b'{' | b'}' | b'=' | b',' | b'.' | b'\'' | b'"')
    };
    text.bytes().filter(marks).count()
}

fn start(error: &toml::de::Error) -> usize {
    error.span().map_or(0, |span| span.start)
}

/// An error of the parser in our words.
fn syntax(text: &str, error: &toml::de::Error) -> Problem {
    let (message, expected) =
        error.message().split_once(", expected ").unwrap_or((error.message(), ""));
    let marked = error.span().and_then(|span| text.get(span)).unwrap_or_default();
    let of = |code, message: &str, label: &str| Problem::error(code, message).label(label);
    let problem = match message {
        "duplicate key" => {
            of(Code::Duplicate, &format!("duplicate key {}", quoted(marked)), "it is given above")
        }
        "string values must be quoted" => bare(marked),
        _ if message.starts_with("invalid date") || message.starts_with("invalid time") => {
            let found = format!("{} is on no calendar or clock", quoted(marked));
            of(Code::BadDate, &found, &format!("expected {expected}"))
        }
        _ if message.contains("recurs") => {
            of(Code::TooLarge, "lists or tables nested too deeply", "expected at most 80 levels")
        }
        _ if message.ends_with("string") && ends_line(text, start(error)) => {
            of(Code::Syntax, "unclosed text", "expected the closing quote")
        }
        "unexpected key or value" => {
            of(Code::Syntax, "more than one value", "expected the end of the line")
        }
        _ if matches!(expected, "" | "nothing") => Problem::error(Code::Syntax, message),
        _ => of(Code::Syntax, message, &format!("expected {expected}")),
    };
    Problem { span: error.span(), ..problem }
}

fn ends_line(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|rest| rest.is_empty() || rest.starts_with(['\r', '\n']))
}

/// A value that is nothing, a slip, or text without quotes.
fn bare(word: &str) -> Problem {
    let (message, expected) = match word.to_lowercase().as_str() {
        "" => ("no value".to_owned(), "a value"),
        "yes" | "on" | "true" => (format!("{} is not TOML", quoted(word)), "`true`"),
        "no" | "off" | "false" => (format!("{} is not TOML", quoted(word)), "`false`"),
        _ if word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => {
            (format!("{} is not TOML", quoted(word)), "a number, a date or text in quotes")
        }
        _ => (format!("{} is without quotes", quoted(word)), "text in quotes"),
    };
    Problem::error(Code::Syntax, message).label(format!("expected {expected}"))
}

/// Counts the values of a file and measures its texts.
#[derive(Default)]
struct Bounds<'a, 't> {
    open: Vec<&'a Value<'t>>,
    seen: usize,
}

impl<'a, 't> Bounds<'a, 't> {
    /// Whether the file is within the bounds; nesting does not deepen the stack.
    fn hold(mut self, root: &'a DeTable<'t>, p: &mut Problems) -> bool {
        let mut held = self.table(root, p);
        while let Some(value) = self.open.pop() {
            held &= match value.get_ref() {
                DeValue::String(text) => short(text, value.span(), p),
                DeValue::Table(table) => self.table(table, p),
                DeValue::Array(list) => {
                    self.count(list.len());
                    self.open.extend(list.iter());
                    true
                }
                _ => true,
            };
        }
        if self.seen > VALUES {
            let message = format!("{} values", self.seen);
            p.push(
                Problem::error(Code::TooLarge, message)
                    .at(0..0)
                    .label(format!("expected at most {VALUES}")),
            );
        }
        held && self.seen <= VALUES
    }

    fn table(&mut self, table: &'a DeTable<'t>, p: &mut Problems) -> bool {
        self.count(table.len());
        self.open.extend(table.values());
        table.keys().fold(true, |held, key| held & short(key.get_ref(), key.span(), p))
    }

    fn count(&mut self, more: usize) {
        self.seen = self.seen.saturating_add(more);
    }
}

fn short(text: &str, span: Span, p: &mut Problems) -> bool {
    if text.len() <= TEXT {
        return true;
    }
    let message = format!("a text of {} bytes", text.len());
    p.push(Problem::error(Code::TooLarge, message).at(span).label("expected at most 64 KiB"));
    false
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::render;

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
