//! The command line: the only place that sees arguments, streams and files of the user's.
//!
//! Standard output carries results and nothing else. Exit codes: 0 done, 1 a verdict, 2 wrong input,
//! 3 printed but incomplete, 4 a fault of the program.

mod books;
mod break_even;
mod budgets;
mod calendar;
mod compare;
mod diff;
mod discounts;
mod estimate;
mod exchange;
mod explain;
mod init;
mod input;
mod output;
mod schema;
mod tools;
mod verify;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use self::output::{Format, Output, OutputParser};
use crate::catalog::PlanName;
use crate::diagnostic::{self, Problems, render};
use crate::month::{Day, Month};
use crate::report::table::{Dress, WIDTH};
use crate::source::printable;

/// What a run comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done, within every budget.
    Done,
    /// A verdict: over budget, a printed figure that does not agree.
    Verdict,
    /// The call or an input file is wrong.
    Wrong,
    /// Printed, but incomplete.
    Incomplete,
    /// A fault of the program itself.
    Fault,
}

impl Exit {
    /// The process's exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Verdict => 1,
            Self::Wrong => 2,
            Self::Incomplete => 3,
            Self::Fault => 4,
        }
    }
}

/// Why a run ends without a result.
#[derive(Debug)]
pub enum Failure {
    /// An input file is wrong; the sentence says what follows.
    Problems(Box<Problems>, &'static str),
    /// The call is wrong.
    Said {
        /// What was found.
        message: String,
        /// What to do.
        help: Option<String>,
    },
    /// What was asked for cannot be written without a price that is not published.
    Incomplete {
        /// What was found.
        message: String,
        /// What to do.
        help: String,
    },
    /// The program is.
    Fault(String),
    /// A stream cannot be written.
    Stream(anyhow::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Stream(error.into())
    }
}

impl Failure {
    fn said(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Said { message: message.into(), help: Some(help.into()) }
    }

    /// Whether whoever reads the output has gone away, which is no failure.
    fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Stream(error) if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe))
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Problems(..) | Self::Said { .. } | Self::Stream(_) => Exit::Wrong,
            Self::Incomplete { .. } => Exit::Incomplete,
            Self::Fault(_) => Exit::Fault,
        }
    }

    fn json(&self) -> serde_json::Value {
        let (message, help) = match self {
            Self::Problems(problems, _) => {
                return diagnostic::to_json(std::slice::from_ref(&**problems));
            }
            Self::Said { message, help } => (message.clone(), help.clone()),
            Self::Incomplete { message, help } => (message.clone(), Some(help.clone())),
            Self::Fault(message) => (message.clone(), None),
            Self::Stream(error) => (format!("{error:#}"), None),
        };
        let code = match self {
            Self::Fault(_) => "fault",
            Self::Incomplete { .. } => "unpublished",
            _ => "call",
        };
        serde_json::json!({ "errors": [{ "code": code, "message": message, "file": null, "line": null, "column": null, "help": help }] })
    }

    fn text(&self, styled: bool) -> String {
        let dress = Dress { styled, width: WIDTH };
        let error = dress.alert("error");
        match self {
            Self::Problems(problems, verdict) => render(problems, styled, verdict),
            Self::Said { message, help: Some(help) } | Self::Incomplete { message, help } => {
                format!("{error}: {message}\n  = help: {help}\n")
            }
            Self::Said { message, help: None } => format!("{error}: {message}\n"),
            Self::Fault(message) => format!(
                "{error}: a fault of the program: {message}\n  = help: no figure was printed; please report this with the scenario\n"
            ),
            Self::Stream(why) => {
                format!("{error}: cannot write: {}\n", printable(&format!("{why:#}")))
            }
        }
    }
}

/// What will our keys cost? Exact, explained, offline.
#[derive(Debug, Parser)]
#[command(name = "kms-cost", version, about, max_term_width = 100, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 done, 1 a verdict (over budget), 2 wrong input, 3 incomplete, 4 a fault of the program."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

// Only the arguments of the command that is run are put together. Those structs have comments and no
// docs: clap would describe the command by them.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    /// What a need costs at one plan: the itemized monthly bill.
    Estimate(estimate::EstimateArgs),
    /// What a need costs at every plan that can serve it.
    Compare(compare::CompareArgs),
    /// The usage at which another plan becomes the cheapest.
    BreakEven(break_even::BreakEvenArgs),
    /// Replays every documented example of the price books.
    Verify(verify::VerifyArgs),
    /// What changed between two bills, and why.
    Diff(diff::DiffArgs),
    /// What happens on which day, and the cash that leaves each month.
    Calendar(calendar::CalendarArgs),
    /// How each figure came to be.
    Explain(explain::ExplainArgs),
    /// Writes a commented scenario that runs at once.
    Init(init::InitArgs),
    /// The price books: what there is, from when, from where.
    #[command(subcommand)]
    Books(books::BooksCommand),
    /// The JSON Schema of a scenario, a price book or a result.
    Schema(schema::SchemaArgs),
}

// What every command takes.
#[derive(Debug, Args)]
struct Common {
    /// A folder of price books that replace or join the embedded ones
    #[arg(long, value_name = "DIR", global = true)]
    pricing: Option<PathBuf>,
    /// When to colour the output
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN", global = true)]
    color: ColorChoice,
    /// How to write the result, and to which file instead of standard output; can be repeated
    #[arg(
        long = "format",
        value_name = "NAME[=FILE]",
        value_parser = OutputParser,
        hide_possible_values = true,
        global = true
    )]
    outputs: Vec<Output>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ColorChoice {
    Auto,
    Always,
    Never,
}

impl Common {
    /// Whether a stream wants colour.
    fn styled(&self, is_terminal: bool) -> bool {
        match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                let set =
                    |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
                let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
                is_terminal && !set("NO_COLOR") && !dumb
            }
        }
    }

    /// How standard output is dressed.
    fn dress(&self) -> Dress {
        let width = terminal_columns().unwrap_or(WIDTH).clamp(60, 120);
        Dress { styled: self.styled(io::stdout().is_terminal()), width }
    }
}

/// The columns of the terminal that standard output is; none where it is none.
fn terminal_columns() -> Option<usize> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let stated = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let measured = || terminal_size::terminal_size().map(|(columns, _)| usize::from(columns.0));
    stated.or_else(measured)
}

/// A result as JSON.
fn to_json(document: &impl serde::Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(document);
    text.map(|text| text + "\n").map_err(|why| Failure::Fault(why.to_string()))
}

fn month(text: &str) -> Result<Month, String> {
    Month::parse(text).ok_or_else(|| "expected a month such as 2026-02".to_owned())
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "expected a day such as 2026-02-28".to_owned())
}

fn plan(text: &str) -> Result<PlanName, String> {
    PlanName::parse(text)
        .ok_or_else(|| "expected provider/plan or provider/plan@edition".to_owned())
}

fn term(text: &str) -> Result<u32, String> {
    let months = text.parse::<u32>().ok().filter(|months| (1..=1200).contains(months));
    months.ok_or_else(|| "expected a whole number of months from 1 to 1200".to_owned())
}

fn decimals(text: &str) -> Result<u32, String> {
    let decimals = text.parse::<u32>().ok().filter(|decimals| *decimals <= 12);
    decimals.ok_or_else(|| "expected a number of decimals from 0 to 12".to_owned())
}

/// Runs a command line and says what it came to.
#[must_use]
pub fn run(cli: &Cli) -> Exit {
    let common = cli.common();
    let json = common.on_screen() == Some(Format::Json);
    let styled = common.styled(io::stderr().is_terminal());
    let mut out = io::BufWriter::new(io::stdout().lock());
    let ran = cli.command(&mut out).and_then(|exit| {
        out.flush()?;
        Ok(exit)
    });
    match ran {
        Ok(exit) => exit,
        Err(failure) if failure.is_closed_pipe() => Exit::Done,
        Err(failure) => {
            let text = if json { format!("{:#}\n", failure.json()) } else { failure.text(styled) };
            // when standard error is gone too, the exit code still tells
            let _ = io::stderr().lock().write_all(text.as_bytes());
            failure.exit()
        }
    }
}

impl Cli {
    fn common(&self) -> &Common {
        match &self.command {
            Command::Estimate(args) => &args.common,
            Command::Compare(args) => &args.common,
            Command::BreakEven(args) => &args.common,
            Command::Verify(args) => &args.common,
            Command::Diff(args) => &args.common,
            Command::Calendar(args) => &args.common,
            Command::Explain(args) => &args.common,
            Command::Init(args) => &args.common,
            Command::Books(books) => books.common(),
            Command::Schema(args) => &args.common,
        }
    }

    fn command(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        match &self.command {
            Command::Estimate(args) => args.run(out),
            Command::Compare(args) => args.run(out),
            Command::BreakEven(args) => args.run(out),
            Command::Verify(args) => args.run(out),
            Command::Diff(args) => args.run(out),
            Command::Calendar(args) => args.run(out),
            Command::Explain(args) => args.run(out),
            Command::Init(args) => args.run(out),
            Command::Books(books) => books.run(out),
            Command::Schema(args) => args.run(out),
        }
    }
}

/// Writes warnings to standard error, where they disturb no result.
fn warn(problems: &Problems, common: &Common) {
    if !problems.is_empty() {
        let text = render(problems, common.styled(io::stderr().is_terminal()), "");
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}
