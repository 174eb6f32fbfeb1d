//! Where in its file a part of a book stands.

use toml::Spanned;
use toml::de::DeValue;

use super::Sheet;
use crate::source::Span;

/// A step on the way to a value.
#[derive(Clone, Copy)]
pub(super) enum Step<'p> {
    /// A field of a table.
    Field(&'p str),
    /// An entry of a list.
    Entry(usize),
}

impl Sheet<'_> {
    /// How many entries a list such as `[[meter]]` has.
    pub(super) fn entries(&self, list: &str) -> usize {
        let list = self.document.get(list).and_then(|list| list.get_ref().as_array());
        list.map_or(0, |list| list.len())
    }

    /// The place of a value, or of the last thing on the way to it that there is.
    pub(super) fn place(&self, path: &[Step<'_>]) -> Span {
        let Some((Step::Field(first), rest)) = path.split_first() else { return 0..0 };
        let Some(mut value) = self.document.get(*first) else { return 0..0 };
        for step in rest {
            match next(value, *step) {
                Some(inner) => value = inner,
                None => break,
            }
        }
        value.span()
    }

    /// The place of a field of the entry of a list, or of the entry.
    pub(super) fn field(&self, list: &str, at: usize, field: &str) -> Span {
        self.place(&[Step::Field(list), Step::Entry(at), Step::Field(field)])
    }

    /// The text of a field of the entry of a list.
    pub(super) fn text(&self, list: &str, at: usize, field: &str) -> Option<String> {
        let entry = self.document.get(list)?.get_ref().as_array()?.get(at)?;
        let value = entry.get_ref().as_table()?.get(field)?;
        value.get_ref().as_str().map(str::to_owned)
    }
}

fn next<'v, 't>(
    value: &'v Spanned<DeValue<'t>>,
    step: Step<'_>,
) -> Option<&'v Spanned<DeValue<'t>>> {
    match (value.get_ref(), step) {
        (DeValue::Table(table), Step::Field(name)) => table.get(name),
        (DeValue::Array(list), Step::Entry(at)) => list.get(at),
        _ => None,
    }
}
