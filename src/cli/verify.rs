//! `kms-cost verify`: replays every documented example of the price books.

use std::io::Write;
use std::rc::Rc;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;

use super::input;
use super::output::Format;
use super::{Common, Exit, Failure};
use crate::catalog::Catalog;
use crate::diagnostic::Problems;
use crate::fraction::Fraction;
use crate::pricebook::{Book, BookId};
use crate::report::number::signed;
use crate::report::table::{Dress, Sheet, Side, Tone, hanging};
use crate::verification::{Check, Replayed, replay};

// Arguments of `verify`.
#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// The books: provider/plan@edition, or parts of it; all of them where none is named
    #[arg(value_name = "BOOK", value_parser = super::plan)]
    books: Vec<crate::catalog::PlanName>,
    #[command(flatten)]
    pub(super) common: Common,
}

impl VerifyArgs {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let catalog = input::catalog(self.common.pricing())?;
        let mut found = Vec::new();
        for id in self.ids(&catalog)? {
            let book = catalog.load(&id).map_err(input::wrong)?;
            found.push((id, replayed(&book, &catalog)?));
        }
        self.common.write(
            out,
            &[Format::Table, Format::Json],
            |format, dress, out| match format {
                Format::Json => Ok(out.write_all(json(&found)?.as_bytes())?),
                _ => write_text(&found, dress, out),
            },
        )?;
        let agree = figures(&found).all(|check| check.agrees);
        Ok(if agree { Exit::Done } else { Exit::Verdict })
    }

    fn ids(&self, catalog: &Catalog) -> Result<Vec<BookId>, Failure> {
        if self.books.is_empty() {
            return Ok(catalog.ids().cloned().collect());
        }
        let mut ids = Vec::new();
        for name in &self.books {
            let plans = catalog.plans(name)?;
            let known = |id: &&BookId| {
                let plan = plans.iter().any(|plan| {
                    plan.provider == id.provider && plan.plan.as_deref() == Some(&*id.plan)
                });
                plan && name.edition.as_ref().is_none_or(|edition| *edition == id.edition)
            };
            let found: Vec<BookId> = catalog.ids().filter(known).cloned().collect();
            if found.is_empty() {
                return Err(Failure::said(
                    "no edition is called that",
                    "`kms-cost books list` names every book",
                ));
            }
            ids.extend(found);
        }
        ids.sort();
        ids.dedup();
        Ok(ids)
    }
}

/// The examples of a book, where all of them can be rated.
fn replayed(book: &Rc<Book>, catalog: &Catalog) -> Result<Vec<Replayed>, Failure> {
    let mut problems = Problems::new(Arc::clone(&book.file));
    let replayed = replay(book, catalog, &mut problems).map_err(Failure::Fault)?;
    if problems.has_errors() { Err(input::wrong(problems)) } else { Ok(replayed) }
}

fn figures(replayed: &[(BookId, Vec<Replayed>)]) -> impl Iterator<Item = &Check> {
    replayed.iter().flat_map(|(_, examples)| examples.iter().flat_map(|example| &example.checks))
}

fn write_text(
    replayed: &[(BookId, Vec<Replayed>)],
    dress: Dress,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    for (id, examples) in replayed.iter().filter(|(_, examples)| !examples.is_empty()) {
        writeln!(out, "{}\n", dress.bold(&id.to_string()))?;
        for example in examples {
            out.write_all(hanging("", &example.title, dress.width).as_bytes())?;
            let mut sheet = Sheet {
                columns: vec![
                    (String::new(), Side::Left),
                    ("Printed".into(), Side::Right),
                    ("Computed".into(), Side::Right),
                    ("Difference".into(), Side::Right),
                    ("Because".into(), Side::Left),
                ],
                rows: Vec::new(),
            };
            for check in &example.checks {
                let tone = if check.agrees { Tone::Plain } else { Tone::Head };
                sheet.rows.push((tone, row(check)));
            }
            out.write_all(sheet.draw(Dress { width: usize::MAX, ..dress }).as_bytes())?;
            out.write_all(b"\n")?;
        }
    }
    let total = figures(replayed).count();
    let differ = figures(replayed).filter(|check| !check.agrees).count();
    let caused = figures(replayed).filter(|check| check.agrees && check.cause.is_some()).count();
    let verdict = if differ == 0 {
        dress.good(&format!(
            "{total} printed figures: {}",
            match caused {
                0 => "all agree exactly".to_owned(),
                caused => format!("all agree, {caused} of them by a declared cause"),
            }
        ))
    } else {
        dress.alert(&format!("{total} printed figures: {differ} differ"))
    };
    writeln!(out, "{verdict}")?;
    Ok(())
}

/// A figure on one line, with why it differs.
fn row(check: &Check) -> Vec<String> {
    let difference = check.difference();
    let difference = if difference.is_zero() { "0".to_owned() } else { signed(difference) };
    let cause = match (&check.cause, check.agrees) {
        (None, _) => "exact".to_owned(),
        (Some(cause), true) => cause.clone(),
        (Some(cause), false) => format!("DIFFERS: {cause}"),
    };
    vec![
        format!("  {}", check.what),
        check.printed.clone(),
        check.computed.grouped(),
        difference,
        cause,
    ]
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    agrees: bool,
    figures: Vec<FigureJson<'a>>,
}

#[derive(Serialize)]
struct FigureJson<'a> {
    book: String,
    example: &'a str,
    figure: &'a str,
    printed: &'a str,
    computed: String,
    difference: String,
    cause: Option<&'a str>,
    agrees: bool,
}

fn json(replayed: &[(BookId, Vec<Replayed>)]) -> Result<String, Failure> {
    let mut written = Vec::new();
    for (id, examples) in replayed {
        for example in examples {
            for check in &example.checks {
                written.push(FigureJson {
                    book: id.to_string(),
                    example: &example.title,
                    figure: &check.what,
                    printed: &check.printed,
                    computed: check.computed.digits(),
                    difference: Fraction::digits(check.difference()),
                    cause: check.cause.as_deref(),
                    agrees: check.agrees,
                });
            }
        }
    }
    let agrees = figures(replayed).all(|check| check.agrees);
    super::to_json(&Document { schema: "kms-cost/verification/1", agrees, figures: written })
}
