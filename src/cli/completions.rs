//! `kms-cost completions`: what a shell needs to complete a command line.
//!
//! It sees the whole tree of commands, where a run sees its own command alone. Files and folders are
//! completed as such, plans by the names of those that are embedded.

use std::io::Write;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Args, Command, CommandFactory, ValueHint};
use clap_complete::Shell;

use super::{Cli, Exit, Failure, input};

// Arguments of `completions`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

impl CompletionsArgs {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        // clap keeps names for as long as the program runs, which ends here
        let catalog = input::catalog(None)?;
        let plans: Vec<&'static str> =
            catalog.all_plans().iter().map(|plan| &*plan.to_string().leak()).collect();
        let mut command = hinted(<Cli as CommandFactory>::command(), &plans);
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut command, super::NAME, &mut text);
        out.write_all(&text)?;
        Ok(Exit::Done)
    }
}

/// The whole tree, each value with what it may be.
fn hinted(mut command: Command, plans: &[&'static str]) -> Command {
    command.build();
    command.mut_args(|arg| hint(arg, plans)).mut_subcommands(|inner| hinted(inner, plans))
}

fn hint(arg: Arg, plans: &[&'static str]) -> Arg {
    let value =
        arg.get_value_names().and_then(|names| names.first()).map(clap::builder::Str::as_str);
    match value {
        Some("FILE" | "SCENARIO" | "BASE" | "HEAD") => arg.value_hint(ValueHint::FilePath),
        Some("DIR") => arg.value_hint(ValueHint::DirPath),
        Some("PLAN" | "BOOK" | "LIST" | "A,B") if !is_list_of_fields(&arg) => {
            arg.value_parser(PossibleValuesParser::new(plans))
        }
        _ => arg,
    }
}

/// `--fields A,B` is no list of plans.
fn is_list_of_fields(arg: &Arg) -> bool {
    arg.get_id() == "fields"
}
