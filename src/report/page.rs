//! A result as a page: figures, verdicts, tables, bars and lists in the order in which they are read.
//!
//! An estimate makes one, and whatever else has rows can. Markdown and HTML are thin over it. Text is
//! printable and short enough for a page; no format's escapes are here.

use super::table::{Dress, Sheet};
use crate::fraction::Fraction;
use crate::source::printable;

/// The most characters of a cell, a heading or a name.
const CELL: usize = 160;
/// The most characters of a sentence.
const SENTENCE: usize = 2_000;

/// A result.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Its name.
    pub title: String,
    /// What it was worked out from: plan, place, time, prices.
    pub about: Vec<String>,
    /// What it comes to, the most important first.
    pub figures: Vec<Figure>,
    /// What to think of it.
    pub verdicts: Vec<Verdict>,
    /// The rest.
    pub sections: Vec<Section>,
}

/// A figure and what it is.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What it is.
    pub what: String,
    /// The amount with its currency.
    pub amount: String,
}

/// How a verdict stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// All is well.
    Good,
    /// Something is not.
    Bad,
    /// It cannot be said.
    Open,
}

/// A verdict in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How it stands.
    pub standing: Standing,
    /// The sentence.
    pub text: String,
}

impl Verdict {
    /// As a terminal shows it.
    #[must_use]
    pub fn dressed(&self, dress: Dress) -> String {
        match self.standing {
            Standing::Good => dress.good(&self.text),
            Standing::Bad | Standing::Open => dress.alert(&self.text),
        }
    }
}

/// A part of a page.
#[derive(Clone, Debug)]
pub struct Section {
    /// What it holds.
    pub heading: String,
    /// Whether it is what a reader came for, or to be folded where a format can fold.
    pub weight: Weight,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// How much a section matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// A reader came for it.
    Main,
    /// It stands behind the main parts.
    Detail,
}

/// Something in a section.
#[derive(Clone, Debug)]
pub enum Block {
    /// A table; an empty column is left out.
    Table {
        /// What it shows.
        caption: String,
        /// Its cells; a first cell's leading blanks say how deep it stands.
        sheet: Sheet,
    },
    /// Terms, and what is to be said of each.
    List(Vec<(String, String)>),
    /// Sentences.
    Sentences(Vec<String>),
    /// Figures as bars.
    Bars(Bars),
}

/// Figures as bars.
#[derive(Clone, Debug)]
pub struct Bars {
    /// What they show.
    pub title: String,
    /// Whether they are parts side by side, or one after another in time.
    pub lie: Lie,
    /// The bars.
    pub bars: Vec<Bar>,
}

/// How bars lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// One below the other, each with its name.
    Down,
    /// One after the other in time.
    Along,
}

/// A bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Its name.
    pub name: String,
    /// Its length; what is not published has none.
    pub value: Fraction,
    /// What is written at it.
    pub written: String,
}

/// A table of which every text is such as a page can hold; `first` heads the names.
#[must_use]
pub fn table(caption: String, first: &str, mut sheet: Sheet) -> Block {
    if let Some((heading, _)) = sheet.columns.first_mut() {
        first.clone_into(heading);
    }
    let headings = sheet.columns.iter_mut().map(|(heading, _)| heading);
    for text in headings.chain(sheet.rows.iter_mut().flat_map(|(_, cells)| cells)) {
        *text = cell(text);
    }
    Block::Table { caption, sheet }
}

/// A name, a heading or a cell: printable, and cut where no page could hold it.
#[must_use]
pub fn cell(text: &str) -> String {
    cut(&printable(text), CELL)
}

/// A sentence: printable, and cut where no page could hold it.
#[must_use]
pub fn sentence(text: &str) -> String {
    cut(&printable(text), SENTENCE)
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_and_marked() {
        assert_eq!(cell("disk"), "disk");
        assert_eq!(cell(&"é".repeat(160)).chars().count(), 160);
        let long = cell(&"é".repeat(65_536));
        assert_eq!((long.chars().count(), long.ends_with('…')), (161, true));
        assert_eq!(sentence("a\u{202e}b\n"), r"a\u{202e}b\u{a}");
    }
}
