//! The figures that a page prints beside its example, read as printed.

use std::collections::BTreeMap;

use crate::decimal;
use crate::diagnostic::{Code, Problem, Problems};
use crate::fields::{self, At, Fields};
use crate::scenario::{Documented, Printed, TotalIs};

pub(super) fn documented(root: &mut Fields<'_, '_>, problems: &mut Problems) -> Option<Documented> {
    const TOTAL_IS: &[(&str, TotalIs)] =
        &[("rounded-exact", TotalIs::RoundedExact), ("sum-of-printed", TotalIs::SumOfPrinted)];
    let mut fields = root.table("documented", "documented", problems)?;
    let source = fields.text("source", problems).map(|source| source.value.to_owned());
    let mut lines = printed_map(&mut fields, "lines", problems);
    let mut quantities = printed_map(&mut fields, "quantities", problems);
    let total = fields.text("total", problems).and_then(|total| printed(&total, problems));
    let total_is = fields
        .choice("total_is", TOTAL_IS, problems)
        .map_or(TotalIs::RoundedExact, |choice| choice.value);
    if let Some(mut table) = fields.table("rounded_to", "rounded_to", problems) {
        for (name, value) in table.entries() {
            let decimals = fields::as_whole(value, 0..=12, problems)
                .and_then(|decimals| u32::try_from(decimals.value).ok());
            match lines.get_mut(name.value).or_else(|| quantities.get_mut(name.value)) {
                Some(figure) => figure.rounded_to = decimals,
                None => problems.push(not_printed(&name)),
            }
        }
    }
    if let Some(mut table) = fields.table("at_price", "at_price", problems) {
        for (name, value) in table.entries() {
            let price = fields::as_decimal(value, problems).map(|price| price.value);
            match lines.get_mut(name.value) {
                Some(figure) => figure.at_price = price,
                None => problems.push(not_printed(&name)),
            }
        }
    }
    if let Some(mut table) = fields.table("product_of", "product_of", problems) {
        for (name, value) in table.entries() {
            let factors = fields::as_texts(value, problems).unwrap_or_default();
            match quantities.get_mut(name.value) {
                Some(figure) => {
                    figure.product_of =
                        factors.into_iter().map(|factor| factor.value.to_owned()).collect();
                }
                None => problems.push(not_printed(&name)),
            }
        }
    }
    fields.finish(problems);
    Some(Documented { source, lines, quantities, total, total_is })
}

fn not_printed(name: &At<&str>) -> Problem {
    Problem::error(
        Code::UnknownName,
        format!("no printed figure is called `{}`", crate::source::printable(name.value)),
    )
    .at(name.span.clone())
    .label("expected one that `lines` or `quantities` has")
}

fn printed_map(
    fields: &mut Fields<'_, '_>,
    name: &'static str,
    problems: &mut Problems,
) -> BTreeMap<String, Printed> {
    let mut figures = BTreeMap::new();
    let Some(mut table) = fields.table(name, name, problems) else {
        return figures;
    };
    for (name, value) in table.entries() {
        if let Some(figure) =
            fields::as_text(value, problems).and_then(|text| printed(&text, problems))
        {
            figures.insert(name.value.to_owned(), figure);
        }
    }
    figures
}

fn printed(text: &At<&str>, problems: &mut Problems) -> Option<Printed> {
    match decimal::parse(text.value) {
        Ok(value) => Some(Printed {
            text: text.value.to_owned(),
            value,
            decimals: decimal::decimals_written(text.value),
            rounded_to: None,
            at_price: None,
            product_of: Vec::new(),
            span: text.span.clone(),
        }),
        Err(why) => {
            problems.push(
                Problem::error(Code::NotDecimal, why.to_string())
                    .at(text.span.clone())
                    .label("expected the figure as printed, such as \"1.50\""),
            );
            None
        }
    }
}
