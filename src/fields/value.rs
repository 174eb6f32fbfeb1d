//! Values of TOML, read as what is expected: a text, a number, a date, a list, a table.
//!
//! Each says what it found where it is of another type, and how to write it where only quotes are
//! wrong. A binary fraction is never a number.

use std::ops::RangeInclusive;

use toml::de::{DeFloat, DeInteger, DeValue};
use toml::value::Datetime;

use super::{At, Fields, Value};
use crate::decimal::{self, Decimal};
use crate::diagnostic::{Code, Problem, Problems, quoted};

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

pub(super) fn at<T>(value: &Value<'_>, read: T) -> At<T> {
    At::new(read, value.span())
}

/// A value of the wrong type.
pub(super) fn wrong(value: &Value<'_>, expected: &str) -> Problem {
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
pub(super) fn unquoted(
    problem: Problem,
    value: &Value<'_>,
    right: impl Fn(&str) -> bool,
) -> Problem {
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
pub(super) fn grouped(number: u64) -> String {
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
