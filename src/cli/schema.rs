//! `kms-cost schema`: the JSON Schema of a file that goes in or a result that comes out.

use std::io::Write;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::output::Format;
use super::{Common, Exit, Failure};
use crate::schema;

// Arguments of `schema`.
#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// Of what
    #[arg(value_name = "NAME", value_parser = PossibleValuesParser::new(schema::ALL.iter().map(|(name, _)| *name)))]
    name: String,
    #[command(flatten)]
    pub(super) common: Common,
}

impl SchemaArgs {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let text = schema::text(&self.name).unwrap_or_default();
        self.common.write(out, &[Format::Json], |_, _, out| Ok(out.write_all(text.as_bytes())?))?;
        Ok(Exit::Done)
    }
}
