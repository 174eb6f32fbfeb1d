//! `kms-cost config`: each setting in force, and who says so.

use std::io::Write;
use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::output::Format;
use super::settings::{Origin, Settings, in_project};
use super::{Common, Exit, Failure, to_json};
use crate::budget::Rule;
use crate::config::Project;
use crate::discount::{Discount, Terms};
use crate::report::table::{Dress, Sheet, Side, Tone};
use crate::source::{Span, printable};

// Arguments of `config`.
#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    #[command(flatten)]
    pub(super) common: Common,
}

/// A setting, its value where it has one, and who says so.
struct Row {
    setting: &'static str,
    value: Option<String>,
    from: Origin,
}

impl ConfigArgs {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let rows = self.rows();
        self.common.write(out, &[Format::Table, Format::Json], |format, dress, out| {
            let text = match format {
                Format::Json => to_json(&document(&rows))?,
                _ => table(&rows, dress),
            };
            Ok(out.write_all(text.as_bytes())?)
        })?;
        Ok(Exit::Done)
    }

    fn rows(&self) -> Vec<Row> {
        let mut rows = self.looks();
        rows.extend(self.figures());
        rows
    }

    /// How a result looks.
    fn looks(&self) -> Vec<Row> {
        let settings = &self.common.settings;
        let (color, from) = settings.color(self.common.color);
        let color = Row { setting: "color", value: Some(color.name().to_owned()), from };
        let flags = self.common.outputs.iter().map(|output| output.format.name());
        let flags: Vec<&str> = flags.collect();
        let format = if flags.is_empty() {
            let (format, from) = settings.format().unwrap_or((Format::Table, Origin::Default));
            Row { setting: "format", value: Some(format.name().to_owned()), from }
        } else {
            Row { setting: "format", value: Some(flags.join(", ")), from: Origin::Flag("--format") }
        };
        let stated = |setting, stated: Option<(String, Origin)>| match stated {
            Some((value, from)) => Row { setting, value: Some(value), from },
            None => Row { setting, value: None, from: Origin::Default },
        };
        let text = |(number, from): (u32, Origin)| (number.to_string(), from);
        let round = stated("round", settings.round().map(text));
        let width = settings.width().map(|(columns, from)| (columns.to_string(), from));
        vec![color, format, round, stated("width", width)]
    }

    /// What moves a figure or a verdict.
    fn figures(&self) -> Vec<Row> {
        let Settings { project, .. } = &self.common.settings;
        let mut rows = project.as_ref().map(|project| of_project(project)).unwrap_or_default();
        if let Some(path) = &self.common.pricing {
            rows.retain(|row| row.setting != "pricing");
            let from = Origin::Flag("--pricing");
            rows.push(Row { setting: "pricing", value: Some(path.display().to_string()), from });
        }
        let settings = ["pricing", "as_of", "strict", "discounts", "budgets", "rates"];
        for setting in settings {
            if !rows.iter().any(|row| row.setting == setting) {
                rows.push(Row { setting, value: None, from: Origin::Default });
            }
        }
        rows.sort_by_key(|row| settings.iter().position(|name| *name == row.setting));
        rows
    }
}

fn of_project(project: &Project) -> Vec<Row> {
    let row = |setting, value: String, span: &Span| Row {
        setting,
        value: Some(value),
        from: in_project(project, span),
    };
    let shown = |path: &Path| path.display().to_string();
    let mut rows = Vec::new();
    rows.extend(project.pricing.iter().map(|at| row("pricing", shown(&at.value), &at.span)));
    rows.extend(project.as_of.iter().map(|at| row("as_of", at.value.to_string(), &at.span)));
    rows.extend(project.strict.iter().map(|at| row("strict", at.value.to_string(), &at.span)));
    let files = project.discount_files.iter();
    rows.extend(files.map(|at| row("discounts", shown(&at.value), &at.span)));
    let discounts = project.discounts.iter();
    rows.extend(discounts.map(|discount| row("discounts", agreed(discount), &discount.span)));
    let files = project.budget_files.iter();
    rows.extend(files.map(|at| row("budgets", shown(&at.value), &at.span)));
    for rule in &project.budgets {
        let span = rule.place.as_ref().map_or(0..0, |(_, span)| span.clone());
        rows.push(row("budgets", limited(rule), &span));
    }
    if let Some(at) = &project.rates {
        for (currency, rate) in at.value.iter() {
            let value = format!("1 {currency} = {rate} {}", at.value.currency());
            rows.push(row("rates", value, &at.span));
        }
    }
    rows
}

/// `acme/pay-as-you-go:key-hosting.*: 15 % off`
fn agreed(discount: &Discount) -> String {
    let covers = discount.covers.iter().map(|at| match &at.value.plan {
        Some(plan) => format!("{plan}:{}", at.value.meters),
        None => at.value.meters.clone(),
    });
    let terms = match discount.terms {
        Terms::Percent(percent) => format!("{percent} % off"),
        Terms::Price(price) => format!("price {price}"),
    };
    format!("{}: {terms}", covers.collect::<Vec<_>>().join(", "))
}

/// `monthly of total: fails above 50`
fn limited(rule: &Rule) -> String {
    let warn = rule.warn.map(|limit| format!("warns above {limit}"));
    let fail = rule.fail.map(|limit| format!("fails above {limit}"));
    let limits: Vec<String> = warn.into_iter().chain(fail).collect();
    format!("{} of {}: {}", rule.kind(), rule.scope.name(), limits.join(", "))
}

fn table(rows: &[Row], dress: Dress) -> String {
    let columns = ["Setting", "Value", "From"];
    let mut sheet = Sheet {
        columns: columns.iter().map(|name| ((*name).to_owned(), Side::Left)).collect(),
        rows: Vec::new(),
    };
    for row in rows {
        let value = row.value.as_deref().map_or_else(|| "-".to_owned(), printable);
        let tone = if row.from == Origin::Default { Tone::Faint } else { Tone::Plain };
        sheet.rows.push((tone, vec![row.setting.to_owned(), value, row.from.text()]));
    }
    sheet.draw(dress)
}

#[derive(Serialize)]
struct Document<'r> {
    schema: &'static str,
    settings: Vec<RowJson<'r>>,
}

#[derive(Serialize)]
struct RowJson<'r> {
    setting: &'static str,
    value: Option<&'r str>,
    /// `flag`, `variable`, `project`, `user` or `default`.
    level: &'static str,
    /// The flag or the variable.
    name: Option<&'r str>,
    file: Option<&'r str>,
    line: Option<usize>,
}

fn document(rows: &[Row]) -> Document<'_> {
    let settings = rows.iter().map(|row| {
        let (level, name, file, line) = match &row.from {
            Origin::Flag(name) => ("flag", Some(*name), None, None),
            Origin::Variable(name) => ("variable", Some(name.as_str()), None, None),
            Origin::Project(file, line) => ("project", None, Some(file.as_str()), Some(*line)),
            Origin::User(file, line) => ("user", None, Some(file.as_str()), Some(*line)),
            Origin::Default => ("default", None, None, None),
        };
        let value = row.value.as_deref();
        RowJson { setting: row.setting, value, level, name, file, line }
    });
    Document { schema: "kms-cost/config/1", settings: settings.collect() }
}
