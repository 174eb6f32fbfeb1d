//! `kms-cost books check`: what is wrong or doubtful in price books.
//!
//! Findings are the result and go to standard output. A file that is no price book ends in exit 2, a
//! finding in exit 1; a warning only with `--strict`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;
use serde_json::Value;

use super::output::Format;
use super::{Common, Exit, Failure};
use crate::catalog::{Catalog, VOCABULARY};
use crate::diagnostic::{Problems, render, to_json};
use crate::lint;
use crate::pricebook::{Book, BookId};
use crate::report::table::Dress;
use crate::source::{Source, printable};
use crate::vocabulary::Vocabulary;

const UNREAD: &str = "it is no price book that can be looked at further";

// Arguments of `books check`.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Price books, or folders of them; those that there are where none is named. A `vocabulary.toml`
    /// beside a book has its words
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// End in exit code 1 for a warning too
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    pub(super) common: Common,
}

/// A file that was looked at.
struct Checked {
    file: Arc<Source>,
    book: Option<BookId>,
    problems: Problems,
}

impl CheckArgs {
    pub(super) fn run(&self, catalog: Catalog, out: &mut dyn Write) -> Result<Exit, Failure> {
        let checked =
            if self.files.is_empty() { there_are(&catalog)? } else { self.given(catalog)? };
        self.common.write(out, &[Format::Table, Format::Json], |format, dress, out| {
            let text = match format {
                Format::Json => json(&checked)?,
                _ => text(&checked, dress),
            };
            Ok(out.write_all(text.as_bytes())?)
        })?;
        Ok(self.exit(&checked))
    }

    fn exit(&self, checked: &[Checked]) -> Exit {
        let mut exit = Exit::Done;
        for one in checked {
            exit = exit.max(match (one.problems.counts(), &one.book) {
                ((0, 0), _) => Exit::Done,
                ((0, _), _) if !self.strict => Exit::Done,
                ((1.., _), None) => Exit::Wrong,
                _ => Exit::Verdict,
            });
        }
        exit
    }

    /// The files that are named, each folder's by the words beside them.
    fn given(&self, mut catalog: Catalog) -> Result<Vec<Checked>, Failure> {
        let mut folders: Vec<(PathBuf, Vec<Arc<Source>>)> = Vec::new();
        for path in &self.files {
            let (folder, sources) = if path.is_dir() {
                let files = Source::read_folder(path, "toml")?;
                (path.clone(), files.into_iter().map(|(_, source)| source).collect())
            } else {
                let folder = path.parent().unwrap_or(Path::new("")).to_owned();
                (folder, vec![source(path)?])
            };
            let sources = sources.into_iter().map(Arc::new);
            match folders.iter_mut().find(|(known, _)| *known == folder) {
                Some((_, known)) => known.extend(sources),
                None => folders.push((folder, sources.collect())),
            }
        }
        let mut checked = Vec::new();
        for (folder, sources) in folders {
            let beside = folder.join(VOCABULARY);
            if beside.is_file() {
                let words = Arc::new(Source::read(&beside)?);
                // where it is wrong, its books are looked at by the words that there are
                if let Ok(words) = Vocabulary::parse(&words) {
                    catalog.speak(words);
                }
            }
            checked.extend(together(&sources, &mut catalog)?);
        }
        Ok(checked)
    }
}

/// A file, or standard input by the name of `-`.
fn source(path: &Path) -> Result<Source, Failure> {
    let dash = path == Path::new("-");
    Ok(if dash { Source::standard_input()? } else { Source::read(path)? })
}

/// The books that there are.
fn there_are(catalog: &Catalog) -> Result<Vec<Checked>, Failure> {
    let ids: Vec<BookId> = catalog.ids().cloned().collect();
    let mut checked = Vec::new();
    for id in &ids {
        checked.push(match catalog.load(id) {
            Ok(book) => looked_at(&book, catalog, &ids)?,
            Err(problems) => unread(problems),
        });
    }
    Ok(checked)
}

/// Files of one folder: read first, so that each book is looked at beside the others.
fn together(sources: &[Arc<Source>], catalog: &mut Catalog) -> Result<Vec<Checked>, Failure> {
    let read: Vec<_> = sources.iter().map(|source| read(source, catalog)).collect();
    let books = || read.iter().filter_map(|read| read.as_ref().ok()).flatten();
    let ids: Vec<BookId> = books().map(|book| book.id.clone()).collect();
    books().for_each(|book| catalog.join(Rc::clone(book)));
    let mut checked = Vec::new();
    for (source, read) in sources.iter().zip(read) {
        checked.push(match read {
            Ok(Some(book)) => looked_at(&book, catalog, &ids)?,
            Ok(None) => unread(Problems::new(Arc::clone(source))),
            Err(problems) => unread(problems),
        });
    }
    Ok(checked)
}

/// The book in a file, or none in a vocabulary without a problem.
fn read(source: &Arc<Source>, catalog: &Catalog) -> Result<Option<Rc<Book>>, Problems> {
    if Path::new(source.name()).file_name().is_some_and(|name| name == VOCABULARY) {
        return Vocabulary::parse(source).map(|_| None);
    }
    Book::parse(source, catalog.vocabulary()).map(|book| Some(Rc::new(book)))
}

fn looked_at(book: &Rc<Book>, catalog: &Catalog, ids: &[BookId]) -> Result<Checked, Failure> {
    let problems = lint::check(book, catalog, ids).map_err(Failure::Fault)?;
    Ok(Checked { file: Arc::clone(&book.file), book: Some(book.id.clone()), problems })
}

fn unread(problems: Problems) -> Checked {
    Checked { file: Arc::clone(problems.source()), book: None, problems }
}

fn text(checked: &[Checked], dress: Dress) -> String {
    let mut text = String::new();
    for one in checked.iter().filter(|one| !one.problems.is_empty()) {
        let verdict = if one.book.is_none() { UNREAD } else { "" };
        text.push_str(&render(&one.problems, dress.styled, verdict));
        text.push('\n');
    }
    let (errors, warnings) = total(checked);
    let files = counted(checked.len(), "file");
    let verdict = match (errors, warnings) {
        (0, 0) => dress.good(&format!("{files} checked: nothing found")),
        (0, _) => format!("{files} checked: {}", counted(warnings, "warning")),
        (_, 0) => dress.alert(&format!("{files} checked: {}", counted(errors, "error"))),
        _ => dress.alert(&format!(
            "{files} checked: {} and {}",
            counted(errors, "error"),
            counted(warnings, "warning")
        )),
    };
    text + &verdict + "\n"
}

fn total(checked: &[Checked]) -> (usize, usize) {
    checked.iter().map(|one| one.problems.counts()).fold((0, 0), |(errors, warnings), (e, w)| {
        (errors.saturating_add(e), warnings.saturating_add(w))
    })
}

fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    files: Vec<FileJson>,
    errors: Value,
    warnings: Value,
}

#[derive(Serialize)]
struct FileJson {
    file: String,
    book: Option<String>,
    errors: usize,
    warnings: usize,
}

fn json(checked: &[Checked]) -> Result<String, Failure> {
    let problems: Vec<Problems> = checked.iter().map(|one| one.problems.clone()).collect();
    let mut found = to_json(&problems);
    let files = checked.iter().map(|one| {
        let (errors, warnings) = one.problems.counts();
        let book = one.book.as_ref().map(ToString::to_string);
        FileJson { file: printable(one.file.name()), book, errors, warnings }
    });
    let mut list = |name: &str| match found.get_mut(name).map(Value::take) {
        Some(list) => list,
        None => Value::Array(Vec::new()),
    };
    super::to_json(&Document {
        schema: "kms-cost/findings/1",
        files: files.collect(),
        errors: list("errors"),
        warnings: list("warnings"),
    })
}
