//! `kms-cost explain`: how each figure came to be, and which choices stand behind it.

use std::fmt::Write as _;
use std::io::Write;

use clap::Args;
use serde::Serialize;

use super::estimate::{Estimated, estimated};
use super::input::{self, NeedArgs};
use super::output::Format;
use super::{Common, Exit, Failure, codes};
use crate::bill::Line;
use crate::decimal;
use crate::diagnostic::similar;
use crate::estimate::Estimate;
use crate::fraction::Fraction;
use crate::report::explanation;
use crate::report::json::{ListJson, SourceJson};
use crate::report::table::Dress;
use crate::report::text::{period_name, plan_name};
use crate::source::printable;
use crate::vocabulary::Vocabulary;

// Arguments of `explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    #[command(flatten)]
    pub(super) need: NeedArgs,
    /// Explain this line only, by its id, or every line whose id begins so
    #[arg(long, value_name = "ID", conflicts_with = "reading")]
    line: Option<String>,
    /// Explain this reading only, such as R-07
    #[arg(long, value_name = "ID")]
    reading: Option<String>,
    /// Explain what a kind of error means, such as not-offered, or `all` of them
    #[arg(long, value_name = "CODE", conflicts_with_all = ["line", "reading"])]
    code: Option<String>,
    #[command(flatten)]
    pub(super) common: Common,
}

impl ExplainArgs {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        if let Some(code) = &self.code {
            return self.explain_code(code, out);
        }
        let catalog = input::catalog(self.common.pricing())?;
        let Estimated { need, estimate } = estimated(&self.need, None, &catalog)?;
        let lines = self.lines(&estimate)?;
        self.common.write(out, &[Format::Table, Format::Json], |format, dress, out| {
            let text = match format {
                Format::Json => json(&lines, &estimate, catalog.vocabulary())?,
                _ => {
                    self.text(&need.scenario.name, &lines, &estimate, catalog.vocabulary(), dress)?
                }
            };
            Ok(out.write_all(text.as_bytes())?)
        })?;
        Ok(Exit::Done)
    }

    fn explain_code(&self, code: &str, out: &mut dyn Write) -> Result<Exit, Failure> {
        let meanings = codes::found(code)?;
        self.common.write(out, &[Format::Table, Format::Json], |format, dress, out| {
            let text = match format {
                Format::Json => codes::json(&meanings)?,
                _ => codes::text(&meanings, dress),
            };
            Ok(out.write_all(text.as_bytes())?)
        })?;
        Ok(Exit::Done)
    }

    fn lines<'e>(&self, estimate: &'e Estimate) -> Result<Vec<&'e Line>, Failure> {
        if self.reading.is_some() {
            return Ok(Vec::new());
        }
        let Some(wanted) = &self.line else {
            return Ok(estimate.bill.lines().iter().collect());
        };
        let exact: Vec<&Line> =
            estimate.bill.lines().iter().filter(|line| line.id == *wanted).collect();
        if !exact.is_empty() {
            return Ok(exact);
        }
        let lines: Vec<&Line> = estimate
            .bill
            .lines()
            .iter()
            .filter(|line| line.id.starts_with(wanted.as_str()))
            .collect();
        if !lines.is_empty() {
            return Ok(lines);
        }
        let ids = || estimate.bill.lines().iter().map(|line| line.id.as_str());
        let help = match similar(wanted, ids()) {
            Some(near) => format!("a line with a similar id exists: `{near}`"),
            None => format!("the lines are {}", crate::diagnostic::listed(ids())),
        };
        Err(Failure::said(format!("no line is called `{}`", printable(wanted)), help))
    }

    fn text(
        &self,
        name: &str,
        lines: &[&Line],
        estimate: &Estimate,
        vocabulary: &Vocabulary,
        dress: Dress,
    ) -> Result<String, Failure> {
        if let Some(wanted) = &self.reading {
            let found = estimate
                .book
                .readings
                .iter()
                .enumerate()
                .find(|(_, reading)| reading.id == *wanted || reading.name == *wanted);
            let Some((at, reading)) = found else {
                let known = crate::diagnostic::listed(
                    estimate.book.readings.iter().map(|reading| reading.id.as_str()),
                );
                return Err(Failure::said(
                    format!("`{}` has no reading `{}`", estimate.book.id, printable(wanted)),
                    format!("its readings are {known}"),
                ));
            };
            let effect = estimate.effects.iter().find(|effect| effect.reading == at);
            return Ok(explanation::reading(reading, effect, &estimate.book, dress));
        }
        let mut text = format!(
            "{}\n{}, {}\n\n",
            dress.bold(&printable(name)),
            plan_name(&estimate.book),
            period_name(estimate.period, &estimate.book)
        );
        for line in lines {
            text.push_str(&explanation::line(line, estimate, vocabulary, dress));
            text.push('\n');
        }
        if self.line.is_none() {
            text.push_str(&explanation::total(estimate, dress));
            let _ = writeln!(text, "\n{}\n", dress.bold("Readings in force"));
            for (reading, effect) in estimate.readings() {
                text.push_str(&explanation::reading(reading, Some(effect), &estimate.book, dress));
            }
        }
        Ok(text)
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    book: String,
    total: String,
    lines: Vec<LineJson<'a>>,
    readings: Vec<ReadingJson<'a>>,
}

#[derive(Serialize)]
struct LineJson<'a> {
    id: &'a str,
    steps: Vec<StepJson>,
    quantity: String,
    unit_price: Option<String>,
    per: String,
    amount: Option<String>,
    source: Option<SourceJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<ListJson<'a>>,
}

#[derive(Serialize)]
struct StepJson {
    step: &'static str,
    text: String,
}

#[derive(Serialize)]
struct ReadingJson<'a> {
    id: &'a str,
    name: &'a str,
    documented: bool,
    text: &'a str,
    basis: &'a str,
    instead: Option<&'a str>,
    other_total: Option<String>,
    moved: String,
}

fn json<'a>(
    lines: &[&'a Line],
    estimate: &'a Estimate,
    vocabulary: &Vocabulary,
) -> Result<String, Failure> {
    let document = Document {
        schema: "kms-cost/explanation/1",
        book: estimate.book.id.to_string(),
        total: estimate.bill.total().digits(),
        lines: lines.iter().map(|line| line_json(line, estimate, vocabulary)).collect(),
        readings: estimate
            .readings()
            .map(|(reading, effect)| ReadingJson {
                id: &reading.id,
                name: &reading.name,
                documented: reading.documented,
                text: &reading.text,
                basis: &reading.basis,
                instead: reading.instead.as_deref(),
                other_total: effect.other_total.map(Fraction::digits),
                moved: effect.moved.digits(),
            })
            .collect(),
    };
    super::to_json(&document)
}

fn line_json<'a>(line: &'a Line, estimate: &'a Estimate, vocabulary: &Vocabulary) -> LineJson<'a> {
    LineJson {
        id: &line.id,
        steps: explanation::steps(line, estimate.period, vocabulary)
            .into_iter()
            .map(|(step, text)| StepJson { step, text })
            .collect(),
        quantity: line.quantity.digits(),
        unit_price: line.unit_price.map(decimal::plain),
        per: line.per.to_string(),
        amount: line.amount.map(Fraction::digits),
        source: estimate.book.source(line.source).map(SourceJson::from),
        list: ListJson::of(line),
    }
}
