//! Bars as SVG within a page: each with its name and figure in text, for those who see no drawing too.
//!
//! Lengths are worked out exactly and written to a hundredth; what is more than nothing is seen. Colours
//! are the page's own, so that the drawing is dark where the page is.

use std::fmt::Write as _;

use super::html::escaped;
use super::page::{Bar, Bars, Lie};
use crate::decimal;
use crate::fraction::Fraction;

/// Units across a drawing.
const WIDTH: u64 = 720;
/// Units for a bar that lies down, with its name.
const ROW: usize = 28;
/// Where lying bars begin.
const LEFT: u64 = 250;
/// The longest lying bar.
const LONGEST: u64 = 330;
/// The highest standing bar.
const HIGHEST: u64 = 160;
/// Characters of a name beside a bar.
const NAME: usize = 32;
/// Bars that the description names.
const NAMED: usize = 24;

/// Draws bars; `id` is unlike any other on the page.
pub(super) fn svg(bars: &Bars, id: &str) -> String {
    let (height, drawn) = match bars.lie {
        Lie::Down => (bars.bars.len().saturating_mul(ROW).saturating_add(8), down(bars)),
        Lie::Along => (224, along(bars)),
    };
    format!(
        "<svg class=\"bars\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-labelledby=\"{id}-title {id}-desc\">\n\
         <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n{drawn}</svg>\n",
        escaped(&bars.title),
        escaped(&described(bars)),
    )
}

/// The figures in a sentence.
fn described(bars: &Bars) -> String {
    let named = bars.bars.iter().take(NAMED).map(|bar| format!("{} {}", bar.name, bar.written));
    let named: Vec<String> = named.collect();
    let more = bars.bars.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    format!("{}{more}", named.join(", "))
}

fn largest(bars: &Bars) -> Option<&Bar> {
    // the first of several that are largest
    bars.bars.iter().rev().max_by_key(|bar| bar.value)
}

fn down(bars: &Bars) -> String {
    let most = largest(bars).map_or(Fraction::ZERO, |bar| bar.value);
    let mut text = String::new();
    for (at, bar) in bars.bars.iter().enumerate() {
        let top = at.saturating_mul(ROW).saturating_add(4);
        let middle = top.saturating_add(15);
        let length = scaled(bar.value, most, LONGEST);
        let name = escaped(&short(&bar.name));
        let _ = writeln!(
            text,
            "<text x=\"{}\" y=\"{middle}\" text-anchor=\"end\">{name}</text>",
            LEFT.saturating_sub(10)
        );
        let end = if length == "0" {
            LEFT.to_string()
        } else {
            let _ = writeln!(
                text,
                "<rect x=\"{LEFT}\" y=\"{top}\" width=\"{length}\" height=\"20\" rx=\"2\"/>"
            );
            beside(&length)
        };
        let _ = writeln!(text, "<text x=\"{end}\" y=\"{middle}\">{}</text>", escaped(&bar.written));
    }
    text
}

/// Just behind a bar of this length.
fn beside(length: &str) -> String {
    let whole = length.split('.').next().and_then(|whole| whole.parse::<u64>().ok());
    LEFT.saturating_add(whole.unwrap_or(0)).saturating_add(9).to_string()
}

fn along(bars: &Bars) -> String {
    let Some(highest) = largest(bars) else {
        return String::new();
    };
    let count = u64::try_from(bars.bars.len()).unwrap_or(u64::MAX);
    let place = |at: usize| {
        let at = Fraction::from(u64::try_from(at).unwrap_or(u64::MAX));
        at.times(Fraction::from(WIDTH)).and_then(|room| room.over(count)).unwrap_or_default()
    };
    let width = Fraction::from(WIDTH).over(count).unwrap_or_default();
    // between bars is a fifth of their room
    let width = hundredths(width.times(4.into()).and_then(|width| width.over(5)));
    let mut text = format!("<text x=\"0\" y=\"14\">{}</text>\n", escaped(&peak(highest)));
    for (at, bar) in bars.bars.iter().enumerate() {
        let height = scaled(bar.value, highest.value, HIGHEST);
        let _ = writeln!(
            text,
            "<rect x=\"{}\" y=\"{}\" width=\"{width}\" height=\"{height}\"><title>{}</title></rect>",
            hundredths(Ok(place(at))),
            top(&height),
            escaped(&format!("{}: {}", bar.name, bar.written)),
        );
    }
    let _ = writeln!(text, "<path d=\"M0 190.5H{WIDTH}\"/>");
    text.push_str(&ends(bars));
    text
}

fn peak(bar: &Bar) -> String {
    format!("highest: {} ({})", bar.written, short(&bar.name))
}

/// The names of the first and the last bar, below them.
fn ends(bars: &Bars) -> String {
    let mut text = String::new();
    if let Some(first) = bars.bars.first() {
        let _ = writeln!(text, "<text x=\"0\" y=\"212\">{}</text>", escaped(&short(&first.name)));
    }
    if let Some(last) = bars.bars.last().filter(|_| bars.bars.len() > 1) {
        let _ = writeln!(
            text,
            "<text x=\"{WIDTH}\" y=\"212\" text-anchor=\"end\">{}</text>",
            escaped(&short(&last.name))
        );
    }
    text
}

/// Where a standing bar begins, so that it ends on the line.
fn top(height: &str) -> String {
    let height = decimal::parse(height).map(Fraction::from).unwrap_or_default();
    hundredths(Fraction::from(190).minus(height))
}

/// A value as a part of the room; what is more than nothing is at least one unit long.
fn scaled(value: Fraction, most: Fraction, room: u64) -> String {
    if value.is_zero() || value.is_negative() {
        return "0".to_owned();
    }
    let part = value.divided_by(most).and_then(|part| part.times(Fraction::from(room)));
    hundredths(part.map(|part| part.max(Fraction::from(1))))
}

fn hundredths(value: Result<Fraction, crate::fraction::OutOfRange>) -> String {
    value.and_then(|value| value.round(2)).map_or_else(|_| "0".to_owned(), decimal::plain)
}

fn short(name: &str) -> String {
    if name.chars().count() <= NAME {
        return name.to_owned();
    }
    let begins: String = name.chars().take(NAME.saturating_sub(1)).collect();
    format!("{}…", begins.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(name: &str, value: &str) -> Bar {
        let value = Fraction::from(decimal::parse(value).unwrap());
        Bar { name: name.to_owned(), value, written: value.grouped_money() }
    }

    #[test]
    fn lengths_are_in_proportion() {
        let bars = vec![bar("a", "300"), bar("b", "100"), bar("c", "0"), bar("d", "0.001")];
        let text = svg(&Bars { title: "Items".to_owned(), lie: Lie::Down, bars }, "x");
        assert!(text.contains("width=\"330\""), "{text}");
        assert!(text.contains("width=\"110\""), "{text}");
        assert!(text.contains("width=\"1\""), "{text}");
        assert_eq!(text.matches("<rect").count(), 3);
        assert!(text.contains("a 300.00, b 100.00, c 0.00, d 0.001"), "{text}");
    }

    #[test]
    fn months_stand_on_a_line() {
        let bars = vec![bar("2026-01", "1"), bar("2026-02", "2")];
        let text = svg(&Bars { title: "Months".to_owned(), lie: Lie::Along, bars }, "x");
        assert!(text.contains("x=\"0\" y=\"110\" width=\"288\" height=\"80\""), "{text}");
        assert!(text.contains("x=\"360\" y=\"30\" width=\"288\" height=\"160\""), "{text}");
        assert!(text.contains("highest: 2.00 (2026-02)"), "{text}");
    }

    #[test]
    fn nothing_and_no_bars_draw_too() {
        for lie in [Lie::Down, Lie::Along] {
            let none = Bars { title: String::new(), lie, bars: Vec::new() };
            assert!(svg(&none, "x").contains("</svg>"));
            let free = Bars { bars: vec![bar("free", "0")], ..none };
            assert!(svg(&free, "x").contains("0.00"));
        }
    }
}
