//! Printed figures that follow from others: factors and divisors, as decimals or as paths in the book.

use super::text;
use crate::decimal::{self, Decimal, NotDecimal};
use crate::diagnostic::{Code, Problem, Problems};
use crate::fields::{At, Fields};
use crate::pricebook::{Charge, Figure, Meter, Overdue, Price, Prices};
use crate::source::Span;

pub(super) fn figures(
    root: &mut Fields<'_, '_>,
    meters: &[Meter],
    overdue: Option<&Overdue>,
    problems: &mut Problems,
) -> Vec<Figure> {
    let mut figures = Vec::new();
    for mut fields in root.tables("figure", "[[figure]]", problems) {
        let id = text(&mut fields, "id", problems);
        let title = text(&mut fields, "title", problems);
        let printed = fields.text("printed", problems);
        let printed = fields.require("printed", printed, problems);
        let value = printed.as_ref().and_then(|printed| value(printed, problems));
        let rounded_to = fields
            .whole("rounded_to", 0..=12, problems)
            .and_then(|value| u32::try_from(value.value).ok());
        let mut numbers = |name: &'static str, problems: &mut Problems| {
            let texts = fields.texts(name, problems).unwrap_or_default();
            let numbers = texts.iter().filter_map(|text| {
                number(text, meters, overdue, problems).map(|number| (number, text.span.clone()))
            });
            numbers.collect::<Vec<_>>()
        };
        let multiply = numbers("multiply", problems);
        let divide = numbers("divide", problems);
        for (_, span) in divide.iter().filter(|(divisor, _)| divisor.is_zero()) {
            let problem = Problem::error(Code::OutOfRange, "nothing can be divided by 0");
            problems.push(problem.at(span.clone()));
        }
        let plain =
            |numbers: Vec<(Decimal, Span)>| numbers.into_iter().map(|(number, _)| number).collect();
        let (multiply, divide) = (plain(multiply), plain(divide));
        fields.text("source", problems);
        fields.finish(problems);
        if let (Some(id), Some(title), Some(printed), Some(value)) = (id, title, printed, value) {
            let printed = printed.map(str::to_owned);
            figures.push(Figure { id, title, printed, value, rounded_to, multiply, divide });
        }
    }
    figures
}

/// What a printed figure comes to.
fn value(printed: &At<&str>, problems: &mut Problems) -> Option<Decimal> {
    let refuse = |why: NotDecimal| {
        Problem::error(Code::NotDecimal, why.to_string())
            .at(printed.span.clone())
            .label("expected the figure as printed, such as \"1.50\"")
    };
    decimal::parse(printed.value).map_err(|why| problems.push(refuse(why))).ok()
}

/// A decimal, or a number of this book by its path.
fn number(
    text: &At<&str>,
    meters: &[Meter],
    overdue: Option<&Overdue>,
    problems: &mut Problems,
) -> Option<Decimal> {
    if let Ok(value) = decimal::parse(text.value) {
        return Some(value);
    }
    let overdue = |name: &str| match (name, overdue?) {
        ("suspended_after_hours", overdue) => Some(overdue.suspended_after_hours.into()),
        ("reclaimed_after_hours", overdue) => overdue.reclaimed_after_hours.map(Decimal::from),
        _ => None,
    };
    let found = match text.value.split_once('.') {
        Some(("overdue", name)) => overdue(name),
        Some(("meter", rest)) => rest.rsplit_once('.').and_then(|(id, field)| {
            let meter = meters.iter().find(|meter| meter.id == id)?;
            match (field, &meter.charge) {
                ("price", Charge::Flat(Prices::One(Price::Published(price)))) => Some(*price),
                ("per", _) => Some(meter.per.into()),
                ("minimum", _) => Some(meter.minimum.into()),
                ("included", _) => Some(meter.included.into()),
                ("most", _) => meter.most.map(Decimal::from),
                _ => None,
            }
        }),
        _ => None,
    };
    if found.is_none() {
        problems.push(
            Problem::error(
                Code::UnknownName,
                format!("`{}` is no number of this book", text.value),
            )
            .at(text.span.clone())
            .label("expected a decimal, or a path such as \"meter.api-calls.all.price\""),
        );
    }
    found
}
