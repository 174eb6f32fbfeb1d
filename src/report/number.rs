//! Numbers as people read them: every digit of a finite amount, aligned on the point.

use unicode_width::UnicodeWidthStr;

use crate::decimal::{self, Decimal};
use crate::fraction::Fraction;

/// An amount of money: every digit, at least two decimals; rounded where asked for.
#[must_use]
pub fn money(amount: Fraction, round: Option<u32>) -> String {
    match round.and_then(|decimals| Some((amount.round(decimals).ok()?, decimals))) {
        Some((rounded, decimals)) => fixed(rounded, decimals),
        None => amount.grouped_money(),
    }
}

/// The same for programs: no commas, and no decimals that only look well.
#[must_use]
pub fn bare_money(amount: Fraction, round: Option<u32>) -> String {
    match round {
        Some(_) => money(amount, round).replace(',', ""),
        None => amount.digits(),
    }
}

/// The most decimals of an amount that nobody asked to be rounded; one with more is marked.
pub const DECIMALS: u32 = 6;

/// An amount where there is little room: rounded and marked where it has more decimals than that,
/// but never to 0.
#[must_use]
pub fn brief(amount: Fraction) -> String {
    let fits = amount.finite().is_some_and(|value| value.scale() <= DECIMALS);
    let rounded = amount.round(DECIMALS).is_ok_and(|rounded| !rounded.is_zero());
    if fits || !rounded {
        return money(amount, None);
    }
    format!("≈{}", money(amount, Some(DECIMALS)))
}

/// A decimal with exactly so many digits after the point.
fn fixed(value: Decimal, decimals: u32) -> String {
    let text = decimal::grouped(value);
    let written = decimal::decimals_written(&text);
    let zeros = "0".repeat(usize::try_from(decimals.saturating_sub(written)).unwrap_or(0));
    match (decimals, written) {
        (0, _) => text,
        (_, 0) => format!("{text}.{zeros}"),
        _ => format!("{text}{zeros}"),
    }
}

/// An amount with its sign, for differences.
#[must_use]
pub fn signed(amount: Fraction) -> String {
    let (sign, size) = parted(amount);
    format!("{sign}{}", size.grouped_money())
}

/// The same where there is little room.
#[must_use]
pub fn signed_brief(amount: Fraction) -> String {
    let (sign, size) = parted(amount);
    let size = brief(size);
    match size.strip_prefix('≈') {
        Some(size) => format!("≈{sign}{size}"),
        None => format!("{sign}{size}"),
    }
}

/// The sign of an amount, and its size.
fn parted(amount: Fraction) -> (&'static str, Fraction) {
    if amount.is_negative() {
        ("\u{2212}", Fraction::ZERO.minus(amount).unwrap_or_default())
    } else {
        ("+", amount)
    }
}

/// Pads numbers on the right so that their points stand in one column; words stay as they are.
#[must_use]
pub fn align(column: Vec<String>) -> Vec<String> {
    let behind = |text: &str| {
        text.split_once('.').map_or(0, |(_, decimals)| decimals.len().saturating_add(1))
    };
    let is_number = |text: &str| text.ends_with(|last: char| last.is_ascii_digit());
    let most =
        column.iter().filter(|text| is_number(text)).map(|text| behind(text)).max().unwrap_or(0);
    let padded = |text: String| {
        let missing = if is_number(&text) { most.saturating_sub(behind(&text)) } else { 0 };
        format!("{text}{}", " ".repeat(missing))
    };
    let padded: Vec<String> = column.into_iter().map(padded).collect();
    let width = padded.iter().map(|text| text.width()).max().unwrap_or(0);
    padded
        .into_iter()
        .map(|text| format!("{}{text}", " ".repeat(width.saturating_sub(text.width()))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_stand_in_one_column() {
        let column = ["0.99", "1,799.00", "0.00225", "not published"].map(str::to_owned).to_vec();
        let expected = ["    0.99   ", "1,799.00   ", "    0.00225", "not published"];
        let width = 13;
        let expected: Vec<String> = expected.iter().map(|text| format!("{text:>width$}")).collect();
        assert_eq!(align(column), expected);
    }

    #[test]
    fn rounding_is_asked_for() {
        let amount = Fraction::from(decimal::parse("2.665").unwrap());
        assert_eq!(money(amount, None), "2.665");
        assert_eq!(money(amount, Some(2)), "2.67");
        assert_eq!(money(Fraction::from(3), Some(2)), "3.00");
        assert_eq!(money(Fraction::from(3), Some(0)), "3");
        assert_eq!(bare_money(Fraction::from(1_799), Some(2)), "1799.00");
        assert_eq!(bare_money(Fraction::from(1_799), None), "1799");
        assert_eq!(signed(Fraction::ZERO.minus(amount).unwrap()), "−2.665");
    }
}
