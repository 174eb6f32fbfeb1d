//! A page as one HTML file that stands alone: no script, nothing loaded, light and dark as the reader
//! has it, and fit to print.
//!
//! Everything is within landmarks; tables have captions and scopes, drawings a title and a
//! description. Text from files is escaped, and the page's own policy lets nothing run or load.

use std::fmt::Write as _;

use super::bars;
use super::page::{Block, Page, Section, Standing, Verdict};
use super::table::{Sheet, Side, Tone};

const STYLE: &str = include_str!("page.css");
/// Characters of a window's title.
const TITLE: usize = 56;

/// Writes a page.
#[must_use]
pub fn html(page: &Page) -> String {
    let mut text = head(&page.title);
    let _ = writeln!(text, "<header>\n<h1>{}</h1>", escaped(&page.title));
    if !page.about.is_empty() {
        let about: Vec<String> = page.about.iter().map(|about| escaped(about)).collect();
        let _ = writeln!(text, "<p class=\"about\">{}</p>", about.join(" · "));
    }
    text.push_str("</header>\n<main>\n");
    figures(&mut text, page);
    for (at, section) in page.sections.iter().enumerate() {
        write_section(&mut text, section, at);
    }
    text.push_str("</main>\n<footer>\n<p>");
    let _ = write!(text, "Estimated by kms-cost {}", env!("CARGO_PKG_VERSION"));
    text.push_str(" from published prices, without taxes.</p>\n</footer>\n</body>\n</html>\n");
    text
}

fn head(title: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{} · kms-cost</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        escaped(&cut(title))
    )
}

/// A title that a window can show.
fn cut(title: &str) -> String {
    match title.char_indices().nth(TITLE) {
        Some((end, _)) => format!("{}…", title.get(..end).unwrap_or_default().trim_end()),
        None => title.to_owned(),
    }
}

/// What it comes to, and what to think of it.
fn figures(text: &mut String, page: &Page) {
    text.push_str("<section class=\"result\" aria-label=\"Result\">\n");
    for (at, figure) in page.figures.iter().enumerate() {
        let class = if at == 0 { "first" } else { "further" };
        let (what, amount) = (escaped(&figure.what), escaped(&figure.amount));
        let _ = writeln!(text, "<p class=\"{class}\"><span>{what}</span> <b>{amount}</b></p>");
    }
    for verdict in &page.verdicts {
        text.push_str(&write_verdict(verdict));
    }
    text.push_str("</section>\n");
}

fn write_verdict(verdict: &Verdict) -> String {
    let (class, mark) = match verdict.standing {
        Standing::Good => ("good", "✓"),
        Standing::Bad => ("bad", "✗"),
        Standing::Open => ("open", "?"),
    };
    let sentence = escaped(&verdict.text);
    format!(
        "<p class=\"verdict {class}\"><span aria-hidden=\"true\">{mark}</span> {sentence}</p>\n"
    )
}

fn write_section(text: &mut String, section: &Section, at: usize) {
    let heading = escaped(&section.heading);
    let _ = writeln!(text, "<section aria-labelledby=\"s{at}\">\n<h2 id=\"s{at}\">{heading}</h2>");
    for (number, block) in section.blocks.iter().enumerate() {
        match block {
            Block::Table { caption, sheet } => write_table(text, at, caption, sheet),
            Block::Bars(drawn) => text.push_str(&bars::svg(drawn, &format!("s{at}b{number}"))),
            Block::List(list) => {
                text.push_str("<dl>\n");
                for (term, about) in list {
                    let (term, about) = (escaped(term), escaped(about));
                    let _ = writeln!(text, "<dt>{term}</dt>\n<dd>{about}</dd>");
                }
                text.push_str("</dl>\n");
            }
            Block::Sentences(sentences) => {
                text.push_str("<ul>\n");
                for sentence in sentences {
                    let _ = writeln!(text, "<li>{}</li>", escaped(sentence));
                }
                text.push_str("</ul>\n");
            }
        }
    }
    text.push_str("</section>\n");
}

// ------------------------------------------------------------------ tables

/// A table of a section; where it is too wide it scrolls, by keys too.
fn write_table(text: &mut String, section: usize, caption: &str, sheet: &Sheet) {
    let sheet = sheet.without_empty_columns();
    let label = format!("aria-labelledby=\"s{section}\"");
    let _ = writeln!(text, "<div class=\"wide\" tabindex=\"0\" role=\"group\" {label}>\n<table>");
    let _ = writeln!(text, "<caption>{}</caption>\n<thead>\n<tr>", escaped(caption));
    for (heading, side) in &sheet.columns {
        let _ = writeln!(text, "<th scope=\"col\"{}>{}</th>", class_of(*side), escaped(heading));
    }
    text.push_str("</tr>\n</thead>\n");
    let is_sum = |row: &&(Tone, Vec<String>)| row.0 == Tone::Sum;
    let (sums, rows): (Vec<_>, Vec<_>) = sheet.rows.iter().partition(is_sum);
    for (part, rows) in [("tbody", rows), ("tfoot", sums)] {
        if !rows.is_empty() {
            let _ = writeln!(text, "<{part}>");
            for (tone, cells) in rows {
                write_row(text, &sheet, *tone, cells);
            }
            let _ = writeln!(text, "</{part}>");
        }
    }
    text.push_str("</table>\n</div>\n");
}

fn write_row(text: &mut String, sheet: &Sheet, tone: Tone, cells: &[String]) {
    let class = match tone {
        Tone::Plain => "",
        Tone::Good => " class=\"good\"",
        Tone::Head => " class=\"head\"",
        Tone::Faint => " class=\"faint\"",
        Tone::Sum => " class=\"sum\"",
    };
    let _ = writeln!(text, "<tr{class}>");
    let sides = sheet.columns.iter().map(|(_, side)| *side);
    for (at, (cell, side)) in cells.iter().zip(sides).enumerate() {
        let written = match side {
            Side::Left => escaped(cell.trim()),
            Side::Right => escaped(&figure(cell)),
        };
        if at == 0 {
            let deep = cell.len().saturating_sub(cell.trim_start().len()).div_euclid(2);
            let indent = if deep > 0 { format!(" class=\"deep{deep}\"") } else { String::new() };
            let _ = writeln!(text, "<th scope=\"row\"{indent}>{written}</th>");
        } else {
            let _ = writeln!(text, "<td{}>{written}</td>", class_of(side));
        }
    }
    text.push_str("</tr>\n");
}

fn class_of(side: Side) -> &'static str {
    match side {
        Side::Left => "",
        Side::Right => " class=\"figure\"",
    }
}

/// A figure whose missing decimals are blanks as wide as a digit, so that points stand in one column.
fn figure(cell: &str) -> String {
    let figure = cell.trim();
    let missing = cell.len().saturating_sub(cell.trim_end().len());
    if figure.is_empty() {
        String::new()
    } else {
        format!("{figure}{}", "\u{2007}".repeat(missing))
    }
}

/// Text that is text in a page and in its attributes, and nothing else.
pub(super) fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\'' => written.push_str("&#39;"),
            _ => written.push(c),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::super::page::Figure;
    use super::*;

    #[test]
    fn text_makes_no_markup() {
        let hostile = "<script>alert('1')</script>\" onload=\"x & y";
        let figure = Figure { what: hostile.to_owned(), amount: hostile.to_owned() };
        let page = Page {
            title: hostile.to_owned(),
            about: vec![hostile.to_owned()],
            figures: vec![figure],
            ..Page::default()
        };
        let text = html(&page);
        assert!(!text.contains("<script") && !text.contains("\" onload"), "{text}");
        assert!(text.contains(
            "<h1>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onload=&quot;x &amp; y</h1>"
        ));
    }

    #[test]
    fn points_stand_in_one_column() {
        assert_eq!(figure("   0.99   "), "0.99\u{2007}\u{2007}\u{2007}");
        assert_eq!(figure("   "), "");
    }
}
