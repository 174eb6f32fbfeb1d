//! `kms-cost`: parse, run, report failure, exit code.

use std::process::ExitCode;

use clap::Parser;
use kms_cost::cli::{self, Cli};

fn main() -> ExitCode {
    ExitCode::from(cli::run(Cli::parse()).code())
}
