//! A whole file of TOML: parsed within bounds, with each of its errors in our words.
//!
//! Knows no field: what the values are for, and of which type, is not asked here.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Value;
use crate::diagnostic::{Code, Problem, Problems, quoted};
use crate::source::{Source, Span};

/// The most values in one file, those of lists and tables included.
pub(super) const VALUES: usize = 1_000_000;
/// The most line breaks, brackets, quotes and the like in one file: the parser
/// may need hundreds of bytes for each.
const MARKS: usize = 6_000_000;
/// The most bytes of one text: 64 KiB.
pub(super) const TEXT: usize = 64 << 10;

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
