//! The part of a long line that is shown around a place, and where the place is within it.
//!
//! Every character comes out [`printable`]; nothing else is changed.

use unicode_width::UnicodeWidthChar;

use crate::source::{Source, Span, printable};

/// The most columns of a line that are shown.
const WIDTH: usize = 158;
/// The columns of [`WIDTH`] that may follow the start of a place.
const AHEAD: usize = 118;

/// The part of a line that is shown, and the place within it.
pub(super) struct Excerpt {
    pub(super) text: String,
    pub(super) span: Span,
}

impl Excerpt {
    /// A window on the first line of a place.
    pub(super) fn new(source: &Source, span: &Span) -> Self {
        let line = source.line_of(span.start);
        let start = span.start.clamp(line.start, line.end);
        let of = |span: Span| source.text().get(span).unwrap_or_default();
        let (before, after) = (of(line.start..start), of(start..line.end));
        let ahead = columns(&fit(after.chars(), AHEAD));
        let behind = fit(before.chars().rev(), WIDTH.saturating_sub(ahead));
        let ahead = fit(after.chars(), WIDTH.saturating_sub(columns(&behind)));
        let marked = span.end.min(line.end).saturating_sub(start);
        let mut excerpt = Self { text: String::new(), span: 0..0 };
        excerpt.write_before(before, &behind);
        excerpt.write_after(after, &ahead, marked);
        excerpt
    }

    /// The column of the place as the renderer counts it.
    pub(super) fn column(&self) -> usize {
        let before = self.text.get(..self.span.start).unwrap_or_default();
        before.chars().count().saturating_add(1)
    }

    fn write_before(&mut self, whole: &str, cells: &[Cell]) {
        if bytes(cells) < whole.len() {
            self.text.push('…');
        }
        self.text.extend(cells.iter().rev().map(|cell| cell.text.as_str()));
        self.span = self.text.len()..self.text.len();
    }

    fn write_after(&mut self, whole: &str, cells: &[Cell], marked: usize) {
        let mut read: usize = 0;
        for cell in cells {
            self.text.push_str(&cell.text);
            if read < marked {
                self.span.end = self.text.len();
            }
            read = read.saturating_add(cell.bytes);
        }
        if read < whole.len() {
            self.text.push('…');
        }
    }
}

/// A character as it is shown.
struct Cell {
    text: String,
    bytes: usize,
    columns: usize,
}

impl From<char> for Cell {
    fn from(c: char) -> Self {
        let text =
            if c == '\t' { "    ".to_owned() } else { printable(c.encode_utf8(&mut [0; 4])) };
        let columns =
            text.chars().map(|c| c.width().unwrap_or(1).max(1)).fold(0, usize::saturating_add);
        Self { text, bytes: c.len_utf8(), columns }
    }
}

/// As many characters as fit.
fn fit(chars: impl Iterator<Item = char>, room: usize) -> Vec<Cell> {
    let mut used: usize = 0;
    let within = chars.map(Cell::from).take_while(|cell| {
        used = used.saturating_add(cell.columns);
        used <= room
    });
    within.collect()
}

fn columns(cells: &[Cell]) -> usize {
    cells.iter().map(|cell| cell.columns).fold(0, usize::saturating_add)
}

fn bytes(cells: &[Cell]) -> usize {
    cells.iter().map(|cell| cell.bytes).fold(0, usize::saturating_add)
}
