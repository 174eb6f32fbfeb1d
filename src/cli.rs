//! The command line: the only place that sees arguments, streams and files of the user's.
//!
//! Standard output carries results and nothing else. Exit codes: 0 done, 1 a verdict, 2 wrong input,
//! 3 printed but incomplete, 4 a fault of the program.

mod books;
mod break_even;
mod budgets;
mod calendar;
mod check;
mod codes;
mod compare;
mod completions;
mod config;
mod diff;
mod discounts;
mod estimate;
mod exchange;
mod explain;
mod init;
mod input;
mod man;
mod output;
mod schema;
mod settings;
mod tools;
mod verify;

use std::cell::RefCell;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum};

use self::output::{Format, Output, OutputParser};
use self::settings::Settings;
use crate::catalog::PlanName;
use crate::config::Color;
use crate::diagnostic::{self, Problems, render};
use crate::month::{Day, Month};
use crate::report::json_text;
use crate::report::table::{Dress, WIDTH};
use crate::source::{Unreadable, printable};

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
    /// A file cannot be read.
    Unreadable(Unreadable),
    /// A file cannot be written.
    Unwritable {
        /// Which, and why.
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
            Self::Incomplete { .. } => Exit::Incomplete,
            Self::Fault(_) => Exit::Fault,
            _ => Exit::Wrong,
        }
    }

    /// What kind of failure it is, for programs, where it is no problem of an input file.
    fn code(&self) -> &'static str {
        match self {
            Self::Problems(..) | Self::Said { .. } => "call",
            Self::Unreadable(_) => "unreadable",
            Self::Unwritable { .. } | Self::Stream(_) => "unwritable",
            Self::Incomplete { .. } => "unpublished",
            Self::Fault(_) => "fault",
        }
    }

    fn json(&self) -> serde_json::Value {
        let (message, help) = match self {
            Self::Problems(problems, _) => {
                return diagnostic::to_json(std::slice::from_ref(&**problems));
            }
            Self::Said { message, help } | Self::Unwritable { message, help } => {
                (message.clone(), help.clone())
            }
            Self::Incomplete { message, help } => (message.clone(), Some(help.clone())),
            Self::Unreadable(why) => (why.message(), why.help.clone()),
            Self::Fault(message) => (message.clone(), None),
            Self::Stream(error) => (format!("cannot write: {error:#}"), None),
        };
        let (message, help) = (printable(&message), help.map(|help| printable(&help)));
        serde_json::json!({ "errors": [{ "code": self.code(), "message": message, "file": null, "line": null, "column": null, "help": help }] })
    }

    fn text(&self, styled: bool) -> String {
        let dress = Dress { styled, width: WIDTH };
        let error = dress.alert("error");
        match self {
            Self::Problems(problems, verdict) => render(problems, styled, verdict),
            Self::Said { message, help } | Self::Unwritable { message, help } => {
                said(&error, message, help.as_deref())
            }
            Self::Incomplete { message, help } => said(&error, message, Some(help)),
            Self::Unreadable(why) => said(&error, &why.message(), why.help.as_deref()),
            Self::Fault(message) => format!(
                "{error}: a fault of the program: {message}\n  = help: no figure was printed; please report this with the scenario\n"
            ),
            Self::Stream(why) => {
                format!("{error}: cannot write: {}\n", printable(&format!("{why:#}")))
            }
        }
    }
}

fn said(error: &str, message: &str, help: Option<&str>) -> String {
    match help {
        Some(help) => format!("{error}: {message}\n  = help: {help}\n"),
        None => format!("{error}: {message}\n"),
    }
}

/// What the program is called.
const NAME: &str = "kms-cost";

/// What will our keys cost? Exact, explained, offline.
#[derive(Debug, Parser)]
#[command(name = NAME, version, about, max_term_width = 100, propagate_version = true)]
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
    /// Each setting in force, and which flag, variable or file says so.
    Config(config::ConfigArgs),
    /// The JSON Schema of a scenario, a price book or a result.
    Schema(schema::SchemaArgs),
    /// What a shell needs to complete command lines.
    Completions(completions::CompletionsArgs),
    /// The manual, a page for each command.
    Man(man::ManArgs),
}

// What every command takes.
#[derive(Debug, Args)]
struct Common {
    /// A folder of price books that replace or join the embedded ones
    #[arg(long, value_name = "DIR", global = true)]
    pricing: Option<PathBuf>,
    /// When to colour the output [default: auto]
    #[arg(long, value_enum, value_name = "WHEN", global = true)]
    color: Option<Color>,
    /// How to write the result, and to which file instead of standard output; can be repeated
    #[arg(
        long = "format",
        value_name = "NAME[=FILE]",
        value_parser = OutputParser,
        hide_possible_values = true,
        global = true
    )]
    outputs: Vec<Output>,
    #[arg(skip)]
    settings: Settings,
    /// What goes to standard error beside a result.
    #[arg(skip)]
    warnings: RefCell<String>,
}

impl ValueEnum for Color {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Auto, Self::Always, Self::Never]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

impl Common {
    /// Whether a stream wants colour.
    fn styled(&self, is_terminal: bool) -> bool {
        match self.settings.color(self.color).0 {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                is_terminal && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        }
    }

    /// How standard output is dressed.
    fn dress(&self) -> Dress {
        let measured = || terminal_columns().unwrap_or(WIDTH).clamp(60, 120);
        let width = self.settings.width().map_or_else(measured, |(width, _)| width);
        Dress { styled: self.styled(io::stdout().is_terminal()), width }
    }

    /// The folder of price books.
    fn pricing(&self) -> Option<&Path> {
        let project = self.settings.project.as_ref();
        let stated = || project.and_then(|project| project.pricing.as_ref());
        self.pricing.as_deref().or_else(|| stated().map(|at| at.value.as_path()))
    }

    /// With how many decimals people are shown amounts.
    fn round(&self, flag: Option<u32>) -> Option<u32> {
        flag.or_else(|| self.settings.round().map(|(decimals, _)| decimals))
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
    json_text::text(document).map_err(|why| Failure::Fault(why.to_string()))
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
pub fn run(cli: Cli) -> Exit {
    run_to(cli, &mut io::stdout().lock(), &mut io::stderr().lock())
}

/// Runs a command line whose results go to `out`, and what stands beside them to `errors`.
pub fn run_to(mut cli: Cli, out: &mut dyn Write, errors: &mut dyn Write) -> Exit {
    let configured = cli.configure();
    let (json, styled) = cli.common_mut().map_or((false, false), |common| {
        let json = common.on_screen() == Some(Format::Json);
        (json, common.styled(io::stderr().is_terminal()))
    });
    let mut out = io::BufWriter::new(out);
    let ran = configured.and_then(|()| cli.command(&mut out)).and_then(|exit| {
        out.flush()?;
        Ok(exit)
    });
    let warnings = cli.common_mut().map(|common| common.warnings.take()).unwrap_or_default();
    let (exit, text) = match ran {
        Ok(exit) => (exit, String::new()),
        Err(failure) if failure.is_closed_pipe() => (Exit::Done, String::new()),
        Err(failure) if json => (failure.exit(), format!("{:#}\n", failure.json())),
        Err(failure) => (failure.exit(), failure.text(styled)),
    };
    // when standard error is gone too, the exit code still tells
    let _ = errors.write_all((warnings + &text).as_bytes());
    exit
}

impl Cli {
    /// What every command takes that has results.
    fn common_mut(&mut self) -> Option<&mut Common> {
        Some(match &mut self.command {
            Command::Estimate(args) => &mut args.common,
            Command::Compare(args) => &mut args.common,
            Command::BreakEven(args) => &mut args.common,
            Command::Verify(args) => &mut args.common,
            Command::Diff(args) => &mut args.common,
            Command::Calendar(args) => &mut args.common,
            Command::Explain(args) => &mut args.common,
            Command::Init(args) => &mut args.common,
            Command::Books(books) => books.common_mut(),
            Command::Config(args) => &mut args.common,
            Command::Schema(args) => &mut args.common,
            Command::Completions(_) | Command::Man(_) => return None,
        })
    }

    /// Looks for what is configured, and takes it where the call is silent.
    fn configure(&mut self) -> Result<(), Failure> {
        let Some(common) = self.common_mut() else { return Ok(()) };
        common.settings = Settings::found()?;
        let Some(project) = common.settings.project.clone() else { return Ok(()) };
        match &mut self.command {
            Command::Estimate(args) => args.configure(&project),
            Command::Compare(args) => args.configure(&project),
            Command::BreakEven(args) => args.configure(&project),
            Command::Diff(args) => args.configure(&project),
            Command::Calendar(args) => args.need.configure(&project),
            Command::Explain(args) => args.need.configure(&project),
            // they price nothing
            Command::Verify(_)
            | Command::Init(_)
            | Command::Books(_)
            | Command::Config(_)
            | Command::Schema(_)
            | Command::Completions(_)
            | Command::Man(_) => {}
        }
        Ok(())
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
            Command::Config(args) => args.run(out),
            Command::Schema(args) => args.run(out),
            Command::Completions(args) => args.run(out),
            Command::Man(args) => args.run(out),
        }
    }
}

/// Keeps warnings for standard error, where they disturb no result.
fn warn(problems: &Problems, common: &Common) {
    let text = render(problems, common.styled(io::stderr().is_terminal()), "");
    common.warnings.borrow_mut().push_str(&text);
}
