//! `kms-cost man`: the manual, a page for each command.
//!
//! The pages are what `--help` says, and on the first one exit status, environment and files. A page
//! carries the date below, since the clock is never read.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::builder::Resettable;
use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;

use super::{Cli, Exit, Failure};
use crate::diagnostic::{listed, quoted, similar};
use crate::source::printable;

/// The day of the manual's last change in substance.
const DATED: &str = "2026-11-24";

/// The longest line that linters of manuals let pass, in bytes.
const WIDEST: usize = 80;

/// What stands on the first page alone.
const MAIN: &str = include_str!("man/main.roff");

// Arguments of `man`.
#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// The command whose page to print: `estimate`, or `books list`; kms-cost itself without one
    #[arg(value_name = "COMMAND", conflicts_with = "dir")]
    command: Vec<String>,
    /// Write every page into this folder instead, such as /usr/local/share/man/man1
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl ManArgs {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let mut root = <Cli as CommandFactory>::command().disable_help_subcommand(true);
        root.build();
        let Some(folder) = &self.dir else {
            out.write_all(page(self.named(&root)?)?.as_bytes())?;
            return Ok(Exit::Done);
        };
        let written = fs::create_dir_all(folder).and_then(|()| write_all(&root, folder));
        let count = written.map_err(|why| Failure::Unwritable {
            message: format!(
                "cannot write into `{}`: {why}",
                printable(&folder.display().to_string())
            ),
            help: None,
        })?;
        writeln!(
            out,
            "wrote {count} pages; `man -l {}/kms-cost.1` shows the first",
            printable(&folder.display().to_string())
        )?;
        Ok(Exit::Done)
    }

    /// The command that the words name.
    fn named<'c>(&self, root: &'c Command) -> Result<&'c Command, Failure> {
        let mut command = root;
        for word in &self.command {
            let names = || command.get_subcommands().map(Command::get_name);
            command = command.find_subcommand(word).ok_or_else(|| {
                let help = match similar(word, names()) {
                    Some(near) => format!("a command with a similar name exists: `{near}`"),
                    None if names().next().is_none() => {
                        format!("`{}` has no commands of its own", command.get_name())
                    }
                    None => format!("the commands are {}", listed(names())),
                };
                Failure::said(format!("there is no command {}", quoted(word)), help)
            })?;
        }
        Ok(command)
    }
}

/// Writes the page of a command and of each below it.
fn write_all(command: &Command, folder: &Path) -> io::Result<usize> {
    let man = Man::new(command.clone());
    fs::write(folder.join(man.get_filename()), page(command)?)?;
    let mut count: usize = 1;
    for inner in command.get_subcommands() {
        count = count.saturating_add(write_all(inner, folder)?);
    }
    Ok(count)
}

fn page(command: &Command) -> io::Result<String> {
    let is_main = command.get_name() == super::NAME;
    let mut command = command.clone();
    if is_main {
        // its help ends with what has a section of its own here
        command = command.after_help(Resettable::Reset);
    }
    let name = command.get_display_name().unwrap_or(super::NAME).to_uppercase();
    let source = format!("{} {}", super::NAME, env!("CARGO_PKG_VERSION"));
    let man = Man::new(command).title(name).date(DATED).source(source).manual(super::NAME);
    let mut bytes = Vec::new();
    man.render(&mut bytes)?;
    let mut page = tidied(&String::from_utf8_lossy(&bytes));
    if is_main {
        page.push_str(MAIN);
    }
    Ok(page)
}

/// The page without what manual linters object to: blanks at the end of a line, a break beside an
/// empty line, and lines beyond 80 bytes.
fn tidied(page: &str) -> String {
    let lines: Vec<&str> = page.lines().map(str::trim_end).collect();
    let mut tidy = String::new();
    for (at, line) in lines.iter().enumerate() {
        let beside = [at.checked_sub(1), at.checked_add(1)];
        let by_empty =
            beside.iter().flatten().any(|at| lines.get(*at).is_some_and(|line| line.is_empty()));
        if *line == ".br" && by_empty {
            continue;
        }
        // what is behind `.TP` is a tag, and one line
        let is_tag = at.checked_sub(1).and_then(|at| lines.get(at)) == Some(&".TP");
        if line.starts_with('.') || is_tag {
            tidy.push_str(line);
        } else {
            wrap(line, &mut tidy);
        }
        tidy.push('\n');
    }
    tidy
}

/// Breaks a line of text at blanks, never before what would then be a request.
fn wrap(line: &str, tidy: &mut String) {
    let mut length: usize = 0;
    for word in line.split(' ') {
        let next = length.saturating_add(word.len()).saturating_add(1);
        let is_request = word.starts_with(['.', '\'']) || word.is_empty();
        if length > 0 && next > WIDEST && !is_request {
            tidy.push('\n');
            length = word.len();
        } else if length > 0 {
            tidy.push(' ');
            length = next;
        } else {
            length = word.len();
        }
        tidy.push_str(word);
    }
}
