//! A page as GitHub's Markdown, for a pull-request comment or a job summary: the total and the
//! verdicts first, the details folded.
//!
//! Whatever came from a file is text and nothing else: it makes no markup, no link and no mention.
//! A comment holds 65,536 characters; rows that would not fit are counted, never dropped unseen.

use std::fmt::Write as _;

use super::page::{Block, Page, Section, Standing, Weight};
use super::table::{Sheet, Side, Tone};

/// By this a script finds the comment that it wrote before.
pub const MARK: &str = "<!-- kms-cost -->";
/// From this length on, rows of a table are left out.
pub(super) const TABLES: usize = 45_000;
/// From this length on, anything is.
const ALL: usize = 60_000;
/// A main table with more rows than this is folded.
const ROWS: usize = 16;

/// Writes a page.
#[must_use]
pub fn markdown(page: &Page) -> String {
    let mut text = format!("{MARK}\n### {}\n", inline(&page.title));
    for (at, figure) in page.figures.iter().enumerate() {
        let said = format!("{}: {}", inline(&figure.what), inline(&figure.amount));
        let strong = if at == 0 { "**" } else { "" };
        let _ = writeln!(text, "\n{strong}{said}{strong}");
    }
    for verdict in &page.verdicts {
        let mark = match verdict.standing {
            Standing::Good => "✅",
            Standing::Bad => "❌",
            Standing::Open => "⚠️",
        };
        let _ = writeln!(text, "\n{mark} {}", inline(&verdict.text));
    }
    let (main, details): (Vec<&Section>, Vec<&Section>) =
        page.sections.iter().partition(|section| section.weight == Weight::Main);
    for section in main {
        write_section(&mut text, section, rows(section) > ROWS);
    }
    if !page.about.is_empty() {
        let about: Vec<String> = page.about.iter().map(|about| inline(about)).collect();
        let _ = writeln!(text, "\n{}", about.join(" · "));
    }
    for section in details {
        write_section(&mut text, section, true);
    }
    text
}

fn rows(section: &Section) -> usize {
    let rows = section.blocks.iter().map(|block| match block {
        Block::Table { sheet, .. } => sheet.rows.len(),
        Block::List(list) => list.len(),
        Block::Sentences(sentences) => sentences.len(),
        Block::Bars(_) => 0,
    });
    rows.max().unwrap_or(0)
}

fn write_section(text: &mut String, section: &Section, folded: bool) {
    if folded {
        let heading = escaped(&section.heading);
        let _ = writeln!(text, "\n<details>\n<summary>{heading}</summary>");
    }
    for block in &section.blocks {
        match block {
            Block::Table { sheet, .. } => write_table(text, sheet),
            Block::List(list) => {
                let items =
                    list.iter().map(|(head, about)| format!("{}: {}", inline(head), inline(about)));
                write_list(text, items);
            }
            Block::Sentences(sentences) => {
                write_list(text, sentences.iter().map(|sentence| inline(sentence)));
            }
            // a comment shows no drawing of ours; the table beside the bars has their figures
            Block::Bars(_) => {}
        }
    }
    if folded {
        text.push_str("\n</details>\n");
    }
}

fn write_table(text: &mut String, sheet: &Sheet) {
    let sheet = sheet.without_empty_columns();
    let headings = sheet.columns.iter().map(|(heading, _)| inline(heading));
    let sides = sheet.columns.iter().map(|(_, side)| match side {
        Side::Left => ":--".to_owned(),
        Side::Right => "--:".to_owned(),
    });
    text.push('\n');
    text.push_str(&row(headings));
    text.push_str(&row(sides));
    let mut left_out: usize = 0;
    for (tone, cells) in &sheet.rows {
        // the sum is never left out
        if text.len() > TABLES && *tone != Tone::Sum {
            left_out = left_out.saturating_add(1);
        } else {
            text.push_str(&row(cells.iter().enumerate().map(|(at, cell)| toned(*tone, at, cell))));
        }
    }
    write_left_out(text, left_out, "rows", "csv");
}

fn write_list(text: &mut String, items: impl Iterator<Item = String>) {
    let mut left_out: usize = 0;
    text.push('\n');
    for item in items {
        if text.len() > ALL {
            left_out = left_out.saturating_add(1);
        } else {
            let _ = writeln!(text, "- {item}");
        }
    }
    write_left_out(text, left_out, "entries", "csv");
}

/// Says how much a comment could not hold, and in which format it is.
pub(super) fn write_left_out(text: &mut String, left_out: usize, what: &str, format: &str) {
    if left_out > 0 {
        let _ = writeln!(
            text,
            "\n*{left_out} {what} are left out, which a comment could not hold; `--format {format}` \
             has every line.*"
        );
    }
}

fn row(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.collect();
    format!("| {} |\n", cells.join(" | "))
}

/// A cell in its row's tone; the deeper the first one stands, the further it is indented.
fn toned(tone: Tone, at: usize, cell: &str) -> String {
    let deep = cell.len().saturating_sub(cell.trim_start().len());
    let indent = if at == 0 { "&emsp;".repeat(deep.div_euclid(2)) } else { String::new() };
    let text = inline(cell.trim());
    match tone {
        Tone::Head | Tone::Sum | Tone::Good if !text.is_empty() => format!("**{text}**"),
        _ => format!("{indent}{text}"),
    }
}

/// Text that makes no markup: with what is not to be touched at all, as code.
pub(super) fn inline(text: &str) -> String {
    if is_touched(text) { code(text) } else { escaped(text) }
}

/// Whether GitHub would make a link or a mention of it, which it does not in code.
fn is_touched(text: &str) -> bool {
    text.contains(['@', '#']) || ["://", "www.", "GH-"].iter().any(|sign| text.contains(sign))
}

/// As code; where a sign would end it or the cell around it, with character references.
fn code(text: &str) -> String {
    let plain = !text.contains(['`', '|', '\\']) && text.trim() == text;
    if plain {
        return format!("`{text}`");
    }
    // a sign in an element of its own is no part of an address or a mention
    let apart = escaped(text).replace("&#64;", "<span>@</span>");
    format!("<code>{}</code>", apart.replace("://", "&#58;//").replace("www.", "www&#46;"))
}

/// The text with each sign that could be markup as a character reference.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(c) = signs.next() {
        let ends = signs.peek().is_none_or(|next| *next == ' ');
        match c {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '#' | '@' | '!' | '{' | '}' => {
                written.push_str(&reference(c));
            }
            // where a paragraph starts these would begin a list or underline a heading
            '-' | '+' | '=' if written.is_empty() => written.push_str(&reference(c)),
            '.' | ')' if ends && written.bytes().all(|byte| byte.is_ascii_digit()) => {
                written.push_str(&reference(c));
            }
            _ => written.push(c),
        }
    }
    written
}

/// A sign as a character reference.
fn reference(c: char) -> String {
    format!("&#{};", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_makes_no_markup() {
        for (text, written) in [
            ("disk · basic hardware key", "disk · basic hardware key"),
            ("a|b", "a&#124;b"),
            ("**a** _b_ ~~c~~", "&#42;&#42;a&#42;&#42; &#95;b&#95; &#126;&#126;c&#126;&#126;"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("- a", "&#45; a"),
            ("1. a", "1&#46; a"),
            ("0.99", "0.99"),
            ("[a](b)", "&#91;a&#93;(b)"),
            ("@octocat", "`@octocat`"),
            ("fixes #1", "`fixes #1`"),
            ("https://example.org", "`https://example.org`"),
            ("`rm`", "&#96;rm&#96;"),
            (r"\|", "&#92;&#124;"),
            ("`@rm`", "<code>&#96;<span>@</span>rm&#96;</code>"),
            ("@a|b", "<code><span>@</span>a&#124;b</code>"),
            ("http://a|b", "<code>http&#58;//a&#124;b</code>"),
        ] {
            assert_eq!(inline(text), written);
        }
    }
}
