//! Where results go: standard output, or files that are written beside and renamed.
//!
//! `--format json=bill.json --format table` writes two results of one run. A file is replaced only
//! when all of it has been written, never through a link; one that stood there stays whole until then.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::{Common, Failure};
use crate::diagnostic::similar;
use crate::report::table::{Dress, WIDTH};
use crate::source::printable;

/// How a result is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// For people, in a terminal.
    Table,
    /// For programs.
    Json,
    /// For spreadsheets and databases.
    Csv,
    /// For pull-request comments and job summaries.
    Markdown,
    /// For browsers and printers.
    Html,
    /// For calendars.
    Ics,
    /// For pages and printers.
    Svg,
    /// For warehouses of costs.
    Focus,
    /// For test reports.
    Junit,
    /// For code scanning.
    Sarif,
    /// For annotations of a workflow.
    Github,
}

impl Format {
    /// Every format, as it is named.
    pub(super) const ALL: &[(&str, Self)] = &[
        ("table", Self::Table),
        ("json", Self::Json),
        ("csv", Self::Csv),
        ("markdown", Self::Markdown),
        ("html", Self::Html),
        ("focus", Self::Focus),
        ("junit", Self::Junit),
        ("sarif", Self::Sarif),
        ("github", Self::Github),
        ("ics", Self::Ics),
        ("svg", Self::Svg),
    ];

    /// What a result with budgets or a gate is written as.
    pub(super) const REPORTS: &[Self] = &[
        Self::Table,
        Self::Json,
        Self::Csv,
        Self::Markdown,
        Self::Html,
        Self::Junit,
        Self::Sarif,
        Self::Github,
    ];

    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, format)| *format == self).map_or("", |(name, _)| name)
    }
}

/// One result asked for: a format, and the file that it goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Output {
    pub(super) format: Format,
    pub(super) file: Option<PathBuf>,
}

/// Parses `NAME` or `NAME=FILE`.
#[derive(Clone)]
pub(super) struct OutputParser;

impl TypedValueParser for OutputParser {
    type Value = Output;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Output, clap::Error> {
        let text = StringValueParser::new().parse_ref(command, argument, value)?;
        let (name, file) = match text.split_once('=') {
            Some((name, file)) => (name, Some(file)),
            None => (text.as_str(), None),
        };
        let known = Format::ALL.iter().find(|(known, _)| *known == name);
        let wrong = |kind, value: &str| {
            let mut error = clap::Error::new(kind).with_cmd(command);
            let argument = argument.map_or_else(String::new, ToString::to_string);
            error.insert(ContextKind::InvalidArg, ContextValue::String(argument));
            error.insert(ContextKind::InvalidValue, ContextValue::String(value.to_owned()));
            error
        };
        match (known, file) {
            (Some(_), Some("")) => Err(wrong(ErrorKind::InvalidValue, &text)),
            (Some((_, format)), file) => {
                Ok(Output { format: *format, file: file.map(PathBuf::from) })
            }
            (None, _) => {
                let mut error = wrong(ErrorKind::InvalidValue, name);
                let names = || Format::ALL.iter().map(|(name, _)| *name);
                let valid = names().map(str::to_owned).collect();
                error.insert(ContextKind::ValidValue, ContextValue::Strings(valid));
                if let Some(near) = similar(name, names()) {
                    let near = ContextValue::String(near.to_owned());
                    error.insert(ContextKind::SuggestedValue, near);
                }
                Err(error)
            }
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Format::ALL.iter().map(|(name, _)| PossibleValue::new(*name))))
    }
}

impl Common {
    /// What standard output carries; nothing where every result goes to a file.
    pub(super) fn on_screen(&self) -> Option<Format> {
        if self.outputs.is_empty() {
            return Some(self.settings.format().map_or(Format::Table, |(format, _)| format));
        }
        self.outputs.iter().find(|output| output.file.is_none()).map(|output| output.format)
    }

    /// Whether a command can write what is asked for.
    fn check_outputs(&self, written: &[Format]) -> Result<(), Failure> {
        let refused = self.outputs.iter().find(|output| !written.contains(&output.format));
        if let Some(output) = refused {
            let names: Vec<&str> = written.iter().map(|format| format.name()).collect();
            return Err(Failure::said(
                format!("this command does not write `--format {}`", output.format.name()),
                format!("it writes {}", names.join(", ")),
            ));
        }
        for (at, output) in self.outputs.iter().enumerate() {
            let before = self.outputs.iter().take(at);
            if !before.clone().any(|other| other.file == output.file) {
                continue;
            }
            let place = output.file.as_ref().map_or_else(
                || "standard output".to_owned(),
                |file| format!("`{}`", printable(&file.display().to_string())),
            );
            return Err(Failure::said(
                format!("two results go to {place}"),
                "give one of them a file of its own: `--format NAME=FILE`",
            ));
        }
        Ok(())
    }

    /// Writes every result that is asked for, each to its place.
    ///
    /// # Errors
    /// A format that the command does not write, or a place that cannot be written.
    pub(super) fn write(
        &self,
        out: &mut dyn Write,
        written: &[Format],
        mut result: impl FnMut(Format, Dress, &mut dyn Write) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.check_outputs(written)?;
        if self.outputs.is_empty() {
            // what is configured for every command is taken by those that write it
            let configured = self.settings.format().map(|(format, _)| format);
            let format = configured.filter(|format| written.contains(format));
            return result(format.unwrap_or(Format::Table), self.dress(), out);
        }
        for output in &self.outputs {
            match &output.file {
                None => result(output.format, self.dress(), out)?,
                Some(path) => {
                    let dress = Dress { styled: false, width: WIDTH };
                    replace(path, |file| result(output.format, dress, file))?;
                }
            }
        }
        Ok(())
    }
}

/// Writes a file beside the one of this name and puts it in its place.
fn replace(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let name = printable(&path.display().to_string());
    let cannot = |why: &io::Error| Failure::Unwritable {
        message: format!("cannot write `{name}`: {why}"),
        help: None,
    };
    match fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() => {
            let what = if found.is_symlink() { "a symbolic link" } else { "no regular file" };
            let help = "name a regular file, or one that is not there yet; nothing was written";
            return Err(Failure::Unwritable {
                message: format!("cannot write `{name}`: it is {what}"),
                help: Some(help.to_owned()),
            });
        }
        Ok(_) => {}
        Err(why) if why.kind() == io::ErrorKind::NotFound => {}
        Err(why) => return Err(cannot(&why)),
    }
    let beside = beside(path);
    let file = OpenOptions::new().write(true).create_new(true).open(&beside);
    let file = file.map_err(|why| cannot(&why))?;
    let done = filled(file, write).and_then(|()| Ok(fs::rename(&beside, path)?));
    done.map_err(|failure| {
        // what was begun is of no use; the file that stood there is whole
        let _ = fs::remove_file(&beside);
        match failure {
            Failure::Stream(why) => Failure::Unwritable {
                message: format!("cannot write `{name}`: {why:#}"),
                help: Some("the file that stood there is unchanged".to_owned()),
            },
            other => other,
        }
    })
}

fn filled(
    file: File,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut file = io::BufWriter::new(file);
    write(&mut file)?;
    file.flush()?;
    file.get_ref().sync_all()?;
    Ok(())
}

/// A name in the same folder that no other run of the program uses at the same time.
fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}
