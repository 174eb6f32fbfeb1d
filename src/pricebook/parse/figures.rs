//! Printed figures that follow from others: factors and divisors, as decimals or as paths in the book.

use super::text;
use crate::decimal::{self, Decimal};
use crate::diagnostic::{Code, Problem, Problems};
use crate::fields::{At, Fields};
use crate::pricebook::{Charge, Figure, Meter, Overdue, Price, Prices};

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
        let rounded_to = fields
            .whole("rounded_to", 0..=12, problems)
            .and_then(|value| u32::try_from(value.value).ok());
        let mut numbers = |name: &'static str, problems: &mut Problems| {
            let texts = fields.texts(name, problems).unwrap_or_default();
            texts
                .iter()
                .filter_map(|text| number(text, meters, overdue, problems))
                .collect::<Vec<_>>()
        };
        let multiply = numbers("multiply", problems);
        let divide = numbers("divide", problems);
        fields.text("source", problems);
        fields.finish(problems);
        if let (Some(id), Some(title), Some(printed)) = (id, title, printed) {
            let printed = printed.map(str::to_owned);
            figures.push(Figure { id, title, printed, rounded_to, multiply, divide });
        }
    }
    figures
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
