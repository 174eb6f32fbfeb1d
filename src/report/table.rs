//! Tables in the terminal: fixed columns, no wrapping but of names, colour only where it is wanted.

use anstyle::{AnsiColor, Style};
use comfy_table::{Cell, CellAlignment, ContentLineStyle, LineStyle, Table, TableStyle};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The width of a table that is not shown in a terminal.
pub const WIDTH: usize = 80;

/// How output is dressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dress {
    /// Whether colour is wanted.
    pub styled: bool,
    /// Columns of the terminal, or [`WIDTH`].
    pub width: usize,
}

impl Dress {
    /// Text in a style, where styles are wanted.
    #[must_use]
    pub fn paint(self, style: Style, text: &str) -> String {
        if self.styled { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// A heading.
    #[must_use]
    pub fn bold(self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }

    /// What stands back.
    #[must_use]
    pub fn faint(self, text: &str) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    /// What is well.
    #[must_use]
    pub fn good(self, text: &str) -> String {
        self.paint(AnsiColor::Green.on_default(), text)
    }

    /// What asks for attention.
    #[must_use]
    pub fn alert(self, text: &str) -> String {
        self.paint(AnsiColor::Red.on_default().bold(), text)
    }

    /// What is to be known.
    #[must_use]
    pub fn note(self, text: &str) -> String {
        self.paint(AnsiColor::Yellow.on_default(), text)
    }
}

/// How a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// To the left; the first such column takes what width is left and wraps.
    Left,
    /// To the right.
    Right,
}

/// How a row is dressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it is.
    Plain,
    /// A group's head.
    Head,
    /// Standing out, well.
    Good,
    /// Standing back.
    Faint,
    /// The sum, below a rule.
    Sum,
}

/// A table to be drawn.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Headings and how their columns stand.
    pub columns: Vec<(String, Side)>,
    /// Cells and how each row is dressed; a cell's leading blanks hold for all its lines.
    pub rows: Vec<(Tone, Vec<String>)>,
}

impl Sheet {
    /// The same, with what stands in a row of its own wrapped to the whole width; a name too long for
    /// its column is such a row, above its figures.
    #[must_use]
    pub fn with_names_above(mut self, dress: Dress) -> Self {
        let wide = |at: usize| {
            let cells = self.rows.iter().filter_map(|(_, cells)| cells.get(at));
            let heading = self.columns.get(at).map_or(0, |(heading, _)| heading.width());
            cells.map(|cell| cell.width()).max().unwrap_or(0).max(heading)
        };
        let figures: usize = (1..self.columns.len()).map(|at| wide(at).saturating_add(2)).sum();
        // as the table leaves it
        let room = dress.width.saturating_sub(figures.saturating_add(2));
        let mut rows = Vec::new();
        for (tone, mut cells) in self.rows {
            let alone = cells.len() == 1;
            let Some(name) = cells.first_mut().filter(|name| alone || name.width() > room) else {
                rows.push((tone, cells));
                continue;
            };
            let lines = fitted(&std::mem::take(name), dress.width);
            rows.extend(lines.into_iter().map(|line| (tone, vec![line])));
            rows.extend((!alone).then_some((tone, cells)));
        }
        self.rows = rows;
        self
    }

    /// The columns in which at least one cell is not empty.
    fn kept(&self) -> Vec<usize> {
        let filled = |at: usize| {
            self.rows.iter().any(|(_, cells)| cells.get(at).is_some_and(|cell| !cell.is_empty()))
        };
        (0..self.columns.len()).filter(|at| filled(*at)).collect()
    }

    /// The same table without the columns of which every cell is empty.
    #[must_use]
    pub fn without_empty_columns(&self) -> Self {
        let kept = self.kept();
        let pick = |cells: &[String]| {
            kept.iter().map(|at| cells.get(*at).cloned().unwrap_or_default()).collect()
        };
        Self {
            columns: kept.iter().filter_map(|at| self.columns.get(*at).cloned()).collect(),
            rows: self.rows.iter().map(|(tone, cells)| (*tone, pick(cells))).collect(),
        }
    }

    /// Draws the table. A column of which every cell is empty is left out.
    #[must_use]
    pub fn draw(&self, dress: Dress) -> String {
        let Self { columns, rows } = self.without_empty_columns();
        let headings: Vec<&String> = columns.iter().map(|(heading, _)| heading).collect();
        let width_of = |at: usize| {
            let alone = |cells: &[String]| at == 0 && spans(cells);
            let cells = rows
                .iter()
                .filter(|(_, cells)| !alone(cells))
                .filter_map(|(_, cells)| cells.get(at));
            cells.chain(headings.get(at).copied()).map(|cell| cell.width()).max().unwrap_or(0)
        };
        let others: usize = (1..columns.len()).map(|at| width_of(at).saturating_add(2)).sum();
        let first = dress.width.saturating_sub(others.saturating_add(2)).max(18).min(width_of(0));
        let mut table = Table::new();
        table.load_style(
            TableStyle::new()
                .header_lines(ContentLineStyle::none())
                .content_lines(ContentLineStyle::none())
                .header_separator(LineStyle::none().fill('─')),
        );
        let last = columns.len().saturating_sub(1);
        table.set_header(headings.iter().map(Cell::new));
        let mut tones = Vec::new();
        for (tone, cells) in &rows {
            let mut cells = cells.clone();
            let mut lines = 1;
            if let Some(label) = spanning(&mut cells) {
                tones.push((*tone, Some(label)));
                table.add_row(cells);
                continue;
            }
            if let Some(cell) = cells.first_mut() {
                let wrapped = wrap(cell, first, pieces);
                lines = wrapped.len();
                *cell = wrapped.join("\n");
            }
            tones.extend(std::iter::repeat_n((*tone, None), lines));
            table.add_row(cells);
        }
        for (at, (_, side)) in columns.iter().enumerate() {
            if let Some(column) = table.column_mut(at) {
                column.set_padding((0, if at == last { 0 } else { 2 }));
                column.set_cell_alignment(if *side == Side::Right {
                    CellAlignment::Right
                } else {
                    CellAlignment::Left
                });
            }
        }
        dressed(&table, &tones, dress)
    }
}

/// Takes the label out of a row whose next cells are empty, so that it may reach over them.
fn spanning(cells: &mut [String]) -> Option<String> {
    let spans = spans(cells);
    cells.first_mut().filter(|_| spans).map(std::mem::take)
}

/// Whether the cells next to the first are empty.
fn spans(cells: &[String]) -> bool {
    let Some((_, rest)) = cells.split_first() else {
        return false;
    };
    let free = rest.iter().take_while(|cell| cell.is_empty()).count();
    free > 0 && free >= rest.len().saturating_sub(2)
}

/// Writes a label over the blanks that a row begins with.
fn overlay(label: &str, line: &str) -> String {
    let blanks = line.chars().take_while(|c| *c == ' ').count();
    let rest = line.trim_start();
    let room = blanks.saturating_sub(label.width()).max(usize::from(!rest.is_empty()));
    format!("{label}{}{rest}", " ".repeat(room))
}

fn dressed(table: &Table, tones: &[(Tone, Option<String>)], dress: Dress) -> String {
    let mut text = String::new();
    let mut rule = String::new();
    for (at, line) in table.lines().enumerate() {
        let line = line.trim_end();
        match at {
            0 => text.push_str(&dress.faint(line)),
            1 => {
                line.clone_into(&mut rule);
                text.push_str(&dress.faint(line));
            }
            _ => {
                let row = at.checked_sub(2).and_then(|at| tones.get(at));
                let tone = row.map_or(Tone::Plain, |(tone, _)| *tone);
                let label = row.and_then(|(_, label)| label.as_deref());
                let line = &label.map_or_else(|| line.to_owned(), |label| overlay(label, line));
                if tone == Tone::Sum {
                    text.push_str(&dress.faint(&rule));
                    text.push('\n');
                }
                text.push_str(&match tone {
                    Tone::Plain => line.clone(),
                    Tone::Head | Tone::Sum => dress.bold(line),
                    Tone::Good => dress.good(line),
                    Tone::Faint => dress.faint(line),
                });
            }
        }
        text.push('\n');
    }
    text
}

/// Breaks a text into lines of a width, at blanks where there are some; leading blanks hold for all.
fn wrap(text: &str, width: usize, cut: fn(&str, usize) -> Vec<&str>) -> Vec<String> {
    let indent = text.get(..text.len().saturating_sub(text.trim_start_matches(' ').len()));
    let indent = indent.unwrap_or_default();
    let room = width.saturating_sub(indent.len()).max(8);
    let mut lines = Vec::new();
    let mut line = indent.to_owned();
    let mut used: usize = 0;
    for piece in text.split_whitespace().flat_map(|word| cut(word, room)) {
        let wide = piece.width();
        if used > 0 && used.saturating_add(1).saturating_add(wide) > room {
            lines.push(std::mem::replace(&mut line, indent.to_owned()));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used = used.saturating_add(1);
        }
        line.push_str(piece);
        used = used.saturating_add(wide);
    }
    lines.push(line);
    lines
}

/// A cell's text in lines that fit, whatever its words.
pub(super) fn fitted(text: &str, width: usize) -> Vec<String> {
    wrap(text, width, pieces)
}

/// A word as it is, however long: an address is copied whole.
fn whole(word: &str, _: usize) -> Vec<&str> {
    vec![word]
}

/// A word in pieces that fit.
fn pieces(word: &str, room: usize) -> Vec<&str> {
    if word.len() <= room {
        return vec![word];
    }
    let mut pieces = Vec::new();
    let (mut from, mut used) = (0, 0_usize);
    for (at, c) in word.char_indices() {
        let wide = c.width().unwrap_or(0);
        if used.saturating_add(wide) > room {
            pieces.extend(word.get(from..at));
            (from, used) = (at, 0);
        }
        used = used.saturating_add(wide);
    }
    pieces.extend(word.get(from..));
    pieces
}

/// Paragraphs below a table: wrapped, each with a hanging head.
#[must_use]
pub fn hanging(head: &str, text: &str, width: usize) -> String {
    let indent = head.width();
    let mut written = String::new();
    for (at, line) in wrap(text, width.saturating_sub(indent).max(24), whole).iter().enumerate() {
        let lead = if at == 0 { head.to_owned() } else { " ".repeat(indent) };
        written.push_str(&lead);
        written.push_str(line);
        written.push('\n');
    }
    written
}
