//! `kms-cost init`: a commented scenario that runs at once. An existing file is never overwritten.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::{Common, Exit, Failure};
use crate::source::printable;

const SCENARIO: &str = include_str!("../../examples/scenario.toml");

// Arguments of `init`.
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Where to write it, or `-` for standard output
    #[arg(value_name = "FILE", default_value = "scenario.toml")]
    file: PathBuf,
    #[command(flatten)]
    pub(super) common: Common,
}

impl InitArgs {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        if let Some(output) = self.common.outputs.first() {
            return Err(Failure::said(
                "`init` writes a scenario, and no result in a format",
                format!("leave `--format {}` out", output.format.name()),
            ));
        }
        if self.file.as_os_str() == "-" {
            out.write_all(SCENARIO.as_bytes())?;
            return Ok(Exit::Done);
        }
        let name = printable(&self.file.display().to_string());
        let mut file =
            OpenOptions::new().write(true).create_new(true).open(&self.file).map_err(|why| {
                match why.kind() {
                    io::ErrorKind::AlreadyExists => Failure::said(
                        format!("`{name}` exists"),
                        "name another file, or `-` for standard output; nothing was written",
                    ),
                    _ => Failure::Unwritable {
                        message: format!("cannot write `{name}`: {why}"),
                        help: None,
                    },
                }
            })?;
        file.write_all(SCENARIO.as_bytes()).map_err(|why| Failure::Unwritable {
            message: format!("cannot write `{name}`: {why}"),
            help: None,
        })?;
        let run = if name == "scenario.toml" {
            "kms-cost estimate".to_owned()
        } else {
            format!("kms-cost estimate {name}")
        };
        writeln!(out, "wrote {name}; run `{run}`")?;
        Ok(Exit::Done)
    }
}
