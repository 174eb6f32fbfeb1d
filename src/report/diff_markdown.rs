//! A diff for a pull request or a job summary: the total first, the lines folded.
//!
//! Whatever came from a file is text and nothing else, as on every page; rows that a comment could not
//! hold are counted.

use std::fmt::Write as _;

use super::diff::{
    Compared, amount, causes, counts, difference, made_of, name, percentage, shown, tells_regions,
    title,
};
use super::markdown::{MARK, TABLES, inline, write_left_out};
use super::number::{money, signed};
use super::page::{cell, sentence};
use crate::diff::percent;

/// A diff as GitHub's Markdown.
#[must_use]
pub fn document(compared: &Compared<'_>) -> String {
    let diff = compared.diff;
    let currency = inline(&cell(&diff.currency));
    let (base, head) = (money(diff.base, None), money(diff.head, None));
    let change = if diff.complete {
        let of_base = percentage(percent(diff.difference, diff.base));
        let of_base = if of_base.is_empty() { of_base } else { format!(" ({of_base} %)") };
        format!(
            "**{}** {currency} a month{of_base}: {base} → {head}",
            difference(Some(diff.difference))
        )
    } else {
        format!("**not known**: priced subtotals {base} → {head} {currency} a month")
    };
    let mut text = format!("{MARK}\n### Key management costs\n\n{change}\n\n");
    if let Some(made_of) = made_of(diff) {
        let _ = writeln!(text, "Made of: {made_of}.\n");
    }
    for said in counts(diff) {
        let _ = writeln!(text, "{}.\n", inline(&sentence(&said)));
    }
    let _ = writeln!(
        text,
        "base: {}<br>\nhead: {}\n",
        inline(&sentence(&title(compared.base))),
        inline(&sentence(&title(compared.head)))
    );
    if shown(diff).next().is_some() {
        text.push_str(&lines(compared));
    }
    text
}

fn lines(compared: &Compared<'_>) -> String {
    let count = shown(compared.diff).count();
    let what = if count == 1 { "1 line".to_owned() } else { format!("{count} lines") };
    let mut text = format!("<details><summary>{what}</summary>\n\n");
    text.push_str("| | Line | Base | Head | Difference | % |\n|---|---|---:|---:|---:|---:|\n");
    let mut left_out: usize = 0;
    for row in shown(compared.diff) {
        if text.len() > TABLES {
            left_out = left_out.saturating_add(1);
            continue;
        }
        let causes: Vec<String> = causes(row, compared.vocabulary)
            .into_iter()
            .map(|(cause, moved)| format!("<br>{} {}", inline(&sentence(&cause)), signed(moved)))
            .collect();
        let _ = writeln!(
            text,
            "| {} | {}: {}{} | {} | {} | {} | {} |",
            row.status.as_str(),
            inline(&cell(&row.item)),
            inline(&cell(&name(row, tells_regions(compared.diff)))),
            causes.concat(),
            amount(row.base.as_ref()),
            amount(row.head.as_ref()),
            difference(row.difference),
            percentage(row.percent()),
        );
    }
    write_left_out(&mut text, left_out, "rows", "json");
    text.push_str("\n</details>\n");
    text
}
