//! Decimal numbers as people write and read them: strict parsing and plain printing.
//!
//! Must not compute: `Decimal`'s own arithmetic rounds silently. Sums and products
//! belong to [`Fraction`](crate::fraction::Fraction).
//!
//! The rule: a number means the digits it shows, no more and no fewer. `0.0330` is read as
//! 33 thousandths and printed as `0.033`, as money too; `0.5` as money is `0.50`.

use std::error::Error;
use std::fmt;

pub use rust_decimal::Decimal;

/// Most digits a written number may have.
const MOST_DIGITS: usize = 28;
/// Most digits a written number may have after its point.
const MOST_DECIMALS: usize = 12;

/// Why a text is not a decimal number; every variant but the first holds the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotDecimal {
    /// There is no text.
    Empty,
    /// `1 000`
    Blank(String),
    /// `-1`, `+1`
    Signed(String),
    /// `1_000`, `1,000`
    Separated(String),
    /// `1e5`
    Exponent(String),
    /// `5%`, with the first character that is no digit.
    NotDigit(String, char),
    /// `1.2.3`
    ManyPoints(String),
    /// `.5`, `5.`
    BarePoint(String),
    /// `01`, `00.1`
    LeadingZero(String),
    /// More than 12 digits after the point.
    TooFine(String),
    /// More than 28 digits.
    TooLong(String),
}

impl fmt::Display for NotDecimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, found) = match self {
            Self::Empty => return out.write_str("an empty text is no number"),
            Self::NotDigit(text, found) => {
                let (text, found) = (text.escape_debug(), found.escape_debug());
                return write!(out, "`{text}` has `{found}`, which is no digit");
            }
            Self::Blank(text) => (text, "has a blank"),
            Self::Signed(text) => (text, "has a sign"),
            Self::Separated(text) => (text, "has a comma or underscore"),
            Self::Exponent(text) => (text, "has an exponent"),
            Self::ManyPoints(text) => (text, "has more than one point"),
            Self::BarePoint(text) => (text, "lacks a digit beside its point"),
            Self::LeadingZero(text) => (text, "has a leading zero"),
            Self::TooFine(text) => (text, "has more than 12 decimals"),
            Self::TooLong(text) => (text, "has more than 28 digits"),
        };
        write!(out, "`{}` {found}", text.escape_debug())
    }
}

impl Error for NotDecimal {}

/// Reads `digits` or `digits.digits`, at most 28 digits of which at most 12 decimals.
///
/// The result is normalised: `0.0330` and `0.033` are one value.
///
/// # Errors
/// [`NotDecimal`] for anything else: signs, exponents, separators, blanks, leading zeros,
/// a point without a digit on either side.
pub fn parse(text: &str) -> Result<Decimal, NotDecimal> {
    let refuse = |reason: fn(String) -> NotDecimal| Err(reason(text.to_owned()));
    check_characters(text)?;
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    if decimals.contains('.') {
        return refuse(NotDecimal::ManyPoints);
    }
    if whole.is_empty() || decimals.is_empty() {
        return refuse(NotDecimal::BarePoint);
    }
    if whole.len() > 1 && whole.starts_with('0') {
        return refuse(NotDecimal::LeadingZero);
    }
    if decimals.len() > MOST_DECIMALS {
        return refuse(NotDecimal::TooFine);
    }
    if text.bytes().filter(u8::is_ascii_digit).count() > MOST_DIGITS {
        return refuse(NotDecimal::TooLong);
    }
    compose(whole, decimals.trim_end_matches('0')).map_or_else(|| refuse(NotDecimal::TooLong), Ok)
}

/// How many digits stand after the point: 2 in `1.50`, 0 in `1`.
#[must_use]
pub fn decimals_written(text: &str) -> u32 {
    let decimals = text.split_once('.').map_or("", |(_, decimals)| decimals);
    let digits = decimals.bytes().take_while(u8::is_ascii_digit).count();
    u32::try_from(digits).unwrap_or(u32::MAX)
}

/// Every digit and no trailing zeros: `0.99`, `1`, `-3`; never `-0`.
#[must_use]
pub fn plain(value: Decimal) -> String {
    value.normalize().to_string()
}

/// As [`plain`], with two decimals or more: `1.00`, `0.50`, `0.99225`.
#[must_use]
pub fn money(value: Decimal) -> String {
    let mut text = plain(value);
    match decimals_written(&text) {
        0 => text.push_str(".00"),
        1 => text.push('0'),
        _ => {}
    }
    text
}

/// As [`plain`], the integer part in threes: `2,010,000`, `1,483.154296875`.
#[must_use]
pub fn grouped(value: Decimal) -> String {
    in_threes(&plain(value))
}

/// As [`money`], the integer part in threes: `2,010,000.00`.
#[must_use]
pub fn grouped_money(value: Decimal) -> String {
    in_threes(&money(value))
}

/// Refuses any text with a character other than a digit or a point.
fn check_characters(text: &str) -> Result<(), NotDecimal> {
    let refuse = |reason: fn(String) -> NotDecimal| Err(reason(text.to_owned()));
    if text.is_empty() {
        return Err(NotDecimal::Empty);
    }
    if text.contains(char::is_whitespace) {
        return refuse(NotDecimal::Blank);
    }
    if text.starts_with(['+', '-', '\u{2212}']) {
        return refuse(NotDecimal::Signed);
    }
    if text.contains(['_', ',']) {
        return refuse(NotDecimal::Separated);
    }
    if has_exponent(text) {
        return refuse(NotDecimal::Exponent);
    }
    let stranger = text.chars().find(|&c| !c.is_ascii_digit() && c != '.');
    stranger.map_or(Ok(()), |found| Err(NotDecimal::NotDigit(text.to_owned(), found)))
}

/// Whether the text is a number but for an exponent: `1e5`, `1.5E-3`, not `free`.
fn has_exponent(text: &str) -> bool {
    text.split_once(['e', 'E']).is_some_and(|(head, tail)| {
        let power = tail.strip_prefix(['+', '-']).unwrap_or(tail);
        !head.is_empty()
            && head.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && power.bytes().all(|b| b.is_ascii_digit())
    })
}

/// The value of digits on both sides of a point; `None` beyond 96 bits.
fn compose(whole: &str, decimals: &str) -> Option<Decimal> {
    let mantissa = format!("{whole}{decimals}").parse().ok()?;
    let scale = u32::try_from(decimals.len()).ok()?;
    Decimal::try_from_i128_with_scale(mantissa, scale).ok()
}

/// Commas between every three digits of the integer part.
fn in_threes(text: &str) -> String {
    let unsigned = text.trim_start_matches('-');
    let digits = unsigned.find('.').unwrap_or(unsigned.len());
    let (whole, decimals) = unsigned.split_at(digits);
    let mut out = String::from(if unsigned == text { "" } else { "-" });
    for (digit, to_go) in whole.chars().zip((0..digits).rev()) {
        out.push(digit);
        if to_go > 0 && to_go % 3 == 0 {
            out.push(',');
        }
    }
    out + decimals
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(mantissa: i128, scale: u32) -> Decimal {
        Decimal::try_from_i128_with_scale(mantissa, scale).unwrap_or(Decimal::MAX)
    }

    fn parts(text: &str) -> Result<(i128, u32), String> {
        let value = parse(text).map_err(|error| error.to_string())?;
        Ok((value.mantissa(), value.scale()))
    }

    #[test]
    fn reads_digits_and_normalises() {
        for (text, mantissa, scale) in [
            ("0", 0, 0),
            ("0.0", 0, 0),
            ("0.000000000000", 0, 0),
            ("1", 1, 0),
            ("10", 10, 0),
            ("1.0", 1, 0),
            ("10.50", 105, 1),
            ("0.1", 1, 1),
            ("0.0330", 33, 3),
            ("0.000000000001", 1, 12),
            ("9999999999999999999999999999", 9_999_999_999_999_999_999_999_999_999, 0),
            ("1234567890123456.123456789012", 1_234_567_890_123_456_123_456_789_012, 12),
        ] {
            assert_eq!(parts(text), Ok((mantissa, scale)), "{text}");
        }
    }

    #[test]
    fn refuses_and_says_why() {
        for (text, message) in [
            ("", "an empty text is no number"),
            (" ", "` ` has a blank"),
            (" 1", "` 1` has a blank"),
            ("1 000", "`1 000` has a blank"),
            ("1\n", "`1\\n` has a blank"),
            ("1\u{a0}000", "`1\\u{a0}000` has a blank"),
            ("-1", "`-1` has a sign"),
            ("-0", "`-0` has a sign"),
            ("+1", "`+1` has a sign"),
            ("-", "`-` has a sign"),
            ("\u{2212}1", "`\u{2212}1` has a sign"),
            ("1_000", "`1_000` has a comma or underscore"),
            ("1,000", "`1,000` has a comma or underscore"),
            ("0,5", "`0,5` has a comma or underscore"),
            ("1e5", "`1e5` has an exponent"),
            ("1.5E-3", "`1.5E-3` has an exponent"),
            ("free", "`free` has `f`, which is no digit"),
            ("x1e5", "`x1e5` has `x`, which is no digit"),
            ("1e5x", "`1e5x` has `e`, which is no digit"),
            ("e5", "`e5` has `e`, which is no digit"),
            ("5%", "`5%` has `%`, which is no digit"),
            ("$5", "`$5` has `$`, which is no digit"),
            ("0x10", "`0x10` has `x`, which is no digit"),
            ("1-2", "`1-2` has `-`, which is no digit"),
            ("\u{664}\u{665}", "`\u{664}\u{665}` has `\u{664}`, which is no digit"),
            ("NaN", "`NaN` has `N`, which is no digit"),
            ("1.2.3", "`1.2.3` has more than one point"),
            ("1..2", "`1..2` has more than one point"),
            (".5", "`.5` lacks a digit beside its point"),
            ("5.", "`5.` lacks a digit beside its point"),
            (".", "`.` lacks a digit beside its point"),
            ("01", "`01` has a leading zero"),
            ("00", "`00` has a leading zero"),
            ("00.1", "`00.1` has a leading zero"),
            ("0.0000000000010", "`0.0000000000010` has more than 12 decimals"),
            (
                "10000000000000000000000000000",
                "`10000000000000000000000000000` has more than 28 digits",
            ),
            (
                "12345678901234567.123456789012",
                "`12345678901234567.123456789012` has more than 28 digits",
            ),
        ] {
            assert_eq!(parts(text), Err(message.to_owned()));
        }
    }

    #[test]
    fn counts_decimals() {
        for (text, count) in [("1.50", 2), ("1", 0), ("5.", 0), ("0.000000000001", 12), ("", 0)] {
            assert_eq!(decimals_written(text), count, "{text}");
        }
    }

    #[test]
    fn prints_plainly_and_as_money() {
        for (value, text, cents) in [
            (of(99, 2), "0.99", "0.99"),
            (of(100, 2), "1", "1.00"),
            (of(-3, 0), "-3", "-3.00"),
            (of(99_225, 5), "0.99225", "0.99225"),
            (of(5, 1), "0.5", "0.50"),
            (of(-50, 2), "-0.5", "-0.50"),
            (of(0, 5), "0", "0.00"),
            (of(1000, 0), "1000", "1000.00"),
            (of(1, 28), "0.0000000000000000000000000001", "0.0000000000000000000000000001"),
            (Decimal::MIN, "-79228162514264337593543950335", "-79228162514264337593543950335.00"),
        ] {
            assert_eq!(plain(value), text);
            assert_eq!(money(value), cents);
        }
    }

    #[test]
    fn negative_zero_loses_its_sign() {
        let mut zero = of(0, 2);
        zero.set_sign_negative(true);
        assert_eq!(plain(zero), "0");
        assert_eq!(grouped_money(zero), "0.00");
    }

    #[test]
    fn groups_in_threes() {
        for (value, text, cents) in [
            (of(0, 0), "0", "0.00"),
            (of(999, 0), "999", "999.00"),
            (of(-999, 0), "-999", "-999.00"),
            (of(1000, 0), "1,000", "1,000.00"),
            (of(-100_000, 0), "-100,000", "-100,000.00"),
            (of(2_010_000, 0), "2,010,000", "2,010,000.00"),
            (of(1_483_154_296_875, 9), "1,483.154296875", "1,483.154296875"),
            (of(12_345_675, 1), "1,234,567.5", "1,234,567.50"),
        ] {
            assert_eq!(grouped(value), text);
            assert_eq!(grouped_money(value), cents);
        }
    }

    proptest! {
        #[test]
        fn printing_and_parsing_are_inverse(mantissa in 0_i128..10_i128.pow(26), scale in 0_u32..=12) {
            let value = of(mantissa, scale).normalize();
            for text in [plain(value), money(value)] {
                prop_assert_eq!(parse(&text), Ok(value));
            }
            prop_assert_eq!(grouped(value).replace(',', ""), plain(value));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9.eE+_, %a-]{0,34}|\\PC{0,8}") {
            if let Ok(value) = parse(&text) {
                let shown = if text.contains('.') {
                    text.trim_end_matches('0').trim_end_matches('.')
                } else {
                    &text
                };
                prop_assert_eq!(plain(value), shown);
            }
        }
    }
}
