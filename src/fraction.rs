//! Exact rational numbers: the only arithmetic for money and quantities.
//!
//! Must not round by itself: `plus`, `minus`, `times` and divisions are exact or an error, and
//! only `round`, `ceiling`, `floor` and the printed forms, asked by name, drop anything.
//!
//! The rule: a value is a decimal over an integer, every 2 and 5 of that integer moved into
//! the decimal's scale, so that one value has one form. 0.03 x 750 / 10000 is 0.00225 over 1;
//! 0.1 / 3 is 0.1 over 3, printed `0.033333333333` and, as a ratio, `1/30`.

use std::cmp::Ordering;
use std::error::Error;
use std::fmt;

use crate::decimal::{self, Decimal};

/// Decimals printed of a value that has infinitely many.
const SHOWN_DECIMALS: u32 = 12;

/// An exact rational: a decimal of at most 96 bits and 28 decimals over a `u64`.
///
/// Canonical, so that `==` and `Hash` compare values: numerator and denominator share no
/// factor, and the numerator has the greatest scale that removes factors 2 and 5 from the
/// denominator and still fits. A decimal that fits has the denominator 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fraction {
    numerator: Decimal,
    denominator: u64,
}

/// The exact result does not fit a [`Fraction`], or there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange;

impl fmt::Display for OutOfRange {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("beyond 28 significant digits")
    }
}

impl Error for OutOfRange {}

impl Default for Fraction {
    fn default() -> Self {
        Self::ZERO
    }
}

impl From<Decimal> for Fraction {
    fn from(value: Decimal) -> Self {
        let numerator = value.normalize();
        Self { numerator, denominator: 1 }
    }
}

impl From<u64> for Fraction {
    fn from(value: u64) -> Self {
        Self::from(Decimal::from(value))
    }
}

impl TryFrom<u128> for Fraction {
    type Error = OutOfRange;

    /// Values below 2^96.
    fn try_from(value: u128) -> Result<Self, OutOfRange> {
        decimal_of(value, 0).map(Self::from).ok_or(OutOfRange)
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Self) -> Ordering {
        // 96 + 94 + 64 bits at most, so both sides are always `Some`
        let sizes = || self.cross(*other).cmp(&other.cross(*self));
        match (self.is_negative(), other.is_negative()) {
            (false, false) => sizes(),
            (true, true) => sizes().reverse(),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Fraction {
    /// Nothing.
    pub const ZERO: Self = Self { numerator: Decimal::ZERO, denominator: 1 };

    /// The sum of all, 0 of none.
    ///
    /// # Errors
    /// [`OutOfRange`] if a running sum does not fit.
    pub fn sum(terms: impl IntoIterator<Item = Self>) -> Result<Self, OutOfRange> {
        terms.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// The sum.
    ///
    /// # Errors
    /// [`OutOfRange`] if it does not fit.
    pub fn plus(self, other: Self) -> Result<Self, OutOfRange> {
        let quick = || self.quick(other, add_decimals);
        quick().or_else(|| self.plus_wide(other)).ok_or(OutOfRange)
    }

    /// The difference, which may be negative.
    ///
    /// # Errors
    /// [`OutOfRange`] if it does not fit.
    pub fn minus(self, other: Self) -> Result<Self, OutOfRange> {
        self.plus(other.negated())
    }

    /// The product.
    ///
    /// # Errors
    /// [`OutOfRange`] if it does not fit.
    pub fn times(self, other: Self) -> Result<Self, OutOfRange> {
        let quick = || self.quick(other, multiply_decimals);
        quick().or_else(|| self.times_wide(other)).ok_or(OutOfRange)
    }

    /// The value shared among `divisor`.
    ///
    /// # Errors
    /// [`OutOfRange`] if the quotient does not fit or the divisor is 0.
    pub fn over(self, divisor: u64) -> Result<Self, OutOfRange> {
        let quick = || self.over_tens(divisor);
        quick().or_else(|| self.divide_wide(Self::from(divisor))).ok_or(OutOfRange)
    }

    /// The quotient.
    ///
    /// # Errors
    /// [`OutOfRange`] if it does not fit or the divisor is 0.
    pub fn divided_by(self, divisor: Self) -> Result<Self, OutOfRange> {
        self.divide_wide(divisor).ok_or(OutOfRange)
    }

    /// Whether it is 0.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.numerator.is_zero()
    }

    /// Whether it is below 0.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.numerator.is_sign_negative()
    }

    /// Whether it is a decimal of at most 28 decimals and 96 bits.
    #[must_use]
    pub fn is_finite(self) -> bool {
        self.denominator == 1
    }

    /// The value as a decimal, normalised, if it [is one](Self::is_finite).
    #[must_use]
    pub fn finite(self) -> Option<Decimal> {
        self.is_finite().then_some(self.numerator)
    }

    /// Rounded to `decimals`, half away from zero, normalised: 2.665 to 2 is 2.67.
    ///
    /// # Errors
    /// [`OutOfRange`] if the rounded value is beyond 96 bits or 28 decimals.
    pub fn round(self, decimals: u32) -> Result<Decimal, OutOfRange> {
        match self.finite() {
            Some(value) if value.scale() <= decimals => Ok(value),
            _ => self.round_wide(decimals).ok_or(OutOfRange),
        }
    }

    /// The least integer that is not below the value.
    ///
    /// # Errors
    /// [`OutOfRange`] for a negative value.
    pub fn ceiling(self) -> Result<u128, OutOfRange> {
        let whole = self.is_finite() && self.scale() == 0;
        let up = u128::from(!whole);
        self.floor()?.checked_add(up).ok_or(OutOfRange)
    }

    /// The greatest integer that is not above the value.
    ///
    /// # Errors
    /// [`OutOfRange`] for a negative value.
    pub fn floor(self) -> Result<u128, OutOfRange> {
        let integer = || {
            let tens = self.size().checked_div(power_of_ten(self.scale())?)?;
            tens.checked_div(u128::from(self.denominator))
        };
        let counts = !self.is_negative();
        counts.then(integer).flatten().ok_or(OutOfRange)
    }

    /// All digits if finite (`0.99225`), else rounded half away from zero to 12 decimals, or
    /// as many as 96 bits hold: 1/730 is `0.001369863014`.
    #[must_use]
    pub fn digits(self) -> String {
        decimal::plain(self.shown())
    }

    /// As [`digits`](Self::digits), with two decimals or more: `1.00`.
    #[must_use]
    pub fn money(self) -> String {
        decimal::money(self.shown())
    }

    /// As [`digits`](Self::digits), the integer part in threes: `2,010,000`.
    #[must_use]
    pub fn grouped(self) -> String {
        decimal::grouped(self.shown())
    }

    /// As [`money`](Self::money), the integer part in threes: `2,010,000.00`.
    #[must_use]
    pub fn grouped_money(self) -> String {
        decimal::grouped_money(self.shown())
    }

    /// Integer over integer in lowest terms, such as `22/31`, unless [finite](Self::is_finite).
    #[must_use]
    pub fn ratio(self) -> Option<String> {
        if self.is_finite() {
            return None;
        }
        let below = power_of_ten(self.scale())?;
        let shared = gcd(self.size(), below);
        let top = self.size().checked_div(shared)?;
        let bottom = Wide::from(below.checked_div(shared)?).times(self.denominator.into())?;
        let sign = if self.is_negative() { "-" } else { "" };
        Some(format!("{sign}{top}/{}", bottom.text()?))
    }

    fn negated(self) -> Self {
        let mut numerator = self.numerator;
        numerator.set_sign_negative(!self.is_negative() && !self.is_zero());
        Self { numerator, ..self }
    }

    /// The digits of the numerator as an integer, below 2^96.
    fn size(self) -> u128 {
        self.numerator.mantissa().unsigned_abs()
    }

    fn scale(self) -> u32 {
        self.numerator.scale()
    }

    /// Two plain decimals joined in 128 bits; `None` if either is none or that is too narrow.
    fn quick(self, other: Self, join: fn(Decimal, Decimal) -> Option<Decimal>) -> Option<Self> {
        join(self.finite()?, other.finite()?).map(Self::from)
    }

    /// A plain decimal with its point moved; `None` if it is none, or the divisor no power of ten.
    fn over_tens(self, divisor: u64) -> Option<Self> {
        let tens = divisor.checked_ilog10()?;
        let value = self.finite().filter(|_| power_of_ten(tens) == Some(divisor.into()))?;
        let scale = value.scale().checked_add(tens)?;
        Decimal::try_from_i128_with_scale(value.mantissa(), scale).ok().map(Self::from)
    }

    /// Over the least common denominator.
    fn plus_wide(self, other: Self) -> Option<Self> {
        let shared = gcd(self.denominator.into(), other.denominator.into());
        let scale = self.scale().max(other.scale());
        let missing = |from: Self| u128::from(from.denominator).checked_div(shared);
        let term = |of: Self, from: Self| {
            let tens = power_of_ten(scale.checked_sub(of.scale())?)?;
            let size = Wide::from(of.size()).times(tens)?.times(missing(from)?)?;
            Some((of.is_negative(), size))
        };
        let (negative, top) = add_signed(term(self, other)?, term(other, self)?)?;
        let below = [self.denominator, u64::try_from(missing(other)?).ok()?];
        Quotient { negative, top, below, twos: scale, fives: scale }.settle()
    }

    fn times_wide(self, other: Self) -> Option<Self> {
        let scale = self.scale().checked_add(other.scale())?;
        Quotient {
            negative: self.is_negative() != other.is_negative(),
            top: Wide::from(self.size()).times(other.size())?,
            below: [self.denominator, other.denominator],
            twos: scale,
            fives: scale,
        }
        .settle()
    }

    /// Cancels first, so that what remains of the divisor is part of the result.
    fn divide_wide(self, other: Self) -> Option<Self> {
        let (top, divisor) = cancel(self.size(), other.size())?;
        let (factor, divisor) = cancel(other.denominator.into(), divisor)?;
        let (divisor, twos) = Wide::from(divisor).strip(2, u32::MAX)?;
        let (divisor, fives) = divisor.strip(5, u32::MAX)?;
        let divisor = u64::try_from(divisor.narrow()?).ok()?;
        Quotient {
            negative: self.is_negative() != other.is_negative(),
            top: Wide::from(top).times(power_of_ten(other.scale())?)?.times(factor)?,
            below: [self.denominator, divisor],
            twos: twos.checked_add(self.scale())?,
            fives: fives.checked_add(self.scale())?,
        }
        .settle()
    }

    /// Twice the value, floored, plus one, halved and floored again.
    fn round_wide(self, decimals: u32) -> Option<Decimal> {
        let twice = self.size().checked_mul(2)?;
        let twice = match self.scale().checked_sub(decimals) {
            Some(dropped) => Wide::from(twice.checked_div(power_of_ten(dropped)?)?),
            None => Wide::from(twice).times(power_of_ten(decimals.checked_sub(self.scale())?)?)?,
        };
        let (twice, _) = twice.divided(self.denominator)?;
        let (top, _) = twice.plus(Wide::from(1))?.divided(2)?;
        let (negative, below) = (self.is_negative(), [1, 1]);
        Quotient { negative, top, below, twos: decimals, fives: decimals }.settle()?.finite()
    }

    fn shown(self) -> Decimal {
        let rounded = || (0..=SHOWN_DECIMALS).rev().find_map(|n| self.round(n).ok());
        self.finite().or_else(rounded).unwrap_or_default()
    }

    /// This size times the other's bottom: `a * d` where `a/b` is compared with `c/d`.
    fn cross(self, other: Self) -> Option<Wide> {
        let top = Wide::from(self.size()).times(power_of_ten(other.scale())?)?;
        top.times(other.denominator.into())
    }
}

/// `top / (2^twos * 5^fives * below)`, in no particular form.
struct Quotient {
    negative: bool,
    top: Wide,
    twos: u32,
    fives: u32,
    below: [u64; 2],
}

impl Quotient {
    /// The canonical fraction; `None` if it does not fit.
    fn settle(self) -> Option<Fraction> {
        if self.top == Wide::from(0) {
            return Some(Fraction::ZERO);
        }
        let [left, right] = self.below;
        let (top, left) = self.top.cancel(left)?;
        let (top, right) = top.cancel(right)?;
        let below = Wide::from(u128::from(left).checked_mul(right.into())?);
        let (below, twos) = below.strip(2, u32::MAX)?;
        let (below, fives) = below.strip(5, u32::MAX)?;
        let (top, twos) = top.strip_from(2, twos.checked_add(self.twos)?)?;
        let (top, fives) = top.strip_from(5, fives.checked_add(self.fives)?)?;
        place(self.negative, top.narrow()?, below.narrow()?, twos, fives)
    }
}

/// Gives `top / (below * 2^twos * 5^fives)`, in lowest terms, the greatest scale that fits.
fn place(negative: bool, top: u128, below: u128, twos: u32, fives: u32) -> Option<Fraction> {
    let most = twos.max(fives).min(Decimal::MAX_SCALE);
    let at = |scale: u32| {
        let (twos, fives) = (scale.saturating_sub(twos), scale.saturating_sub(fives));
        decimal_of(raised(top, twos, fives)?, scale)
    };
    let mut numerator = (0..=most).rev().find_map(at)?;
    numerator.set_sign_negative(negative);
    let scale = numerator.scale();
    let (twos, fives) = (twos.saturating_sub(scale), fives.saturating_sub(scale));
    let denominator = u64::try_from(raised(below, twos, fives)?).ok()?;
    Some(Fraction { numerator, denominator })
}

/// `value * 2^twos * 5^fives`.
fn raised(value: u128, twos: u32, fives: u32) -> Option<u128> {
    let twos = 2_u128.checked_pow(twos)?;
    let fives = 5_u128.checked_pow(fives)?;
    value.checked_mul(twos)?.checked_mul(fives)
}

fn power_of_ten(exponent: u32) -> Option<u128> {
    10_u128.checked_pow(exponent)
}

/// The greatest common divisor; the other one if one is 0.
fn gcd(mut one: u128, mut two: u128) -> u128 {
    while let Some(rest) = one.checked_rem(two) {
        (one, two) = (two, rest);
    }
    one
}

/// Both without their common factor; `None` if `two` is 0.
fn cancel(one: u128, two: u128) -> Option<(u128, u128)> {
    let shared = if two == 0 { 0 } else { gcd(one, two) };
    Some((one.checked_div(shared)?, two.checked_div(shared)?))
}

fn decimal_of(size: u128, scale: u32) -> Option<Decimal> {
    let mantissa = i128::try_from(size).ok()?;
    Decimal::try_from_i128_with_scale(mantissa, scale).ok()
}

fn add_decimals(one: Decimal, two: Decimal) -> Option<Decimal> {
    let scale = one.scale().max(two.scale());
    let lifted = |value: Decimal| {
        let missing = 10_i128.checked_pow(scale.checked_sub(value.scale())?)?;
        value.mantissa().checked_mul(missing)
    };
    let sum = lifted(one)?.checked_add(lifted(two)?)?;
    Decimal::try_from_i128_with_scale(sum, scale).ok()
}

fn multiply_decimals(one: Decimal, two: Decimal) -> Option<Decimal> {
    let product = one.mantissa().checked_mul(two.mantissa())?;
    let scale = one.scale().checked_add(two.scale())?;
    Decimal::try_from_i128_with_scale(product, scale).ok()
}

/// The sum of two numbers, each given as whether it is negative, and its size.
fn add_signed(one: (bool, Wide), two: (bool, Wide)) -> Option<(bool, Wide)> {
    if one.0 == two.0 {
        return Some((one.0, one.1.plus(two.1)?));
    }
    let larger = |one: (bool, Wide), two: (bool, Wide)| Some((one.0, one.1.minus(two.1)?));
    larger(one, two).or_else(|| larger(two, one))
}

/// The low half of a `u128`.
const WORD: u128 = (1 << 64) - 1;

/// An integer of 256 bits, `high * 2^128 + low`; every verb is exact or `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Wide {
    high: u128,
    low: u128,
}

impl From<u128> for Wide {
    fn from(low: u128) -> Self {
        Self { high: 0, low }
    }
}

impl Wide {
    fn narrow(self) -> Option<u128> {
        (self.high == 0).then_some(self.low)
    }

    fn plus(self, other: Self) -> Option<Self> {
        let (low, carry) = self.low.overflowing_add(other.low);
        let high = self.high.checked_add(other.high)?;
        Some(Self { high: high.checked_add(carry.into())?, low })
    }

    fn minus(self, other: Self) -> Option<Self> {
        let (low, borrow) = self.low.overflowing_sub(other.low);
        let high = self.high.checked_sub(other.high)?;
        Some(Self { high: high.checked_sub(borrow.into())?, low })
    }

    fn times(self, by: u128) -> Option<Self> {
        let low = self.times_word(by & WORD)?;
        match by >> 64 {
            0 => Some(low),
            high => low.plus(self.times_word(high)?.shifted()?),
        }
    }

    /// Times a number below 2^64, by hand in halves.
    fn times_word(self, by: u128) -> Option<Self> {
        let first = (self.low & WORD).checked_mul(by)?;
        let second = (self.low >> 64).checked_mul(by)?.checked_add(first >> 64)?;
        let high = self.high.checked_mul(by)?.checked_add(second >> 64)?;
        Some(Self { high, low: (second << 64) | (first & WORD) })
    }

    /// Times 2^64.
    fn shifted(self) -> Option<Self> {
        let shifted = Self { high: (self.high << 64) | (self.low >> 64), low: self.low << 64 };
        (self.high <= WORD).then_some(shifted)
    }

    /// Quotient and remainder, by hand in halves; `None` if `by` is 0.
    fn divided(self, by: u64) -> Option<(Self, u128)> {
        let by = u128::from(by);
        let step = |rest: u128, next: u128| {
            let value = (rest << 64) | next;
            Some((value.checked_div(by)?, value.checked_rem(by)?))
        };
        let (high, rest) = (self.high.checked_div(by)?, self.high.checked_rem(by)?);
        let (first, rest) = step(rest, self.low >> 64)?;
        let (second, rest) = step(rest, self.low & WORD)?;
        Some((Self { high, low: (first << 64) | second }, rest))
    }

    /// Both without their common factor.
    fn cancel(self, by: u64) -> Option<(Self, u64)> {
        let (_, rest) = self.divided(by)?;
        let shared = u64::try_from(gcd(by.into(), rest)).ok()?;
        Some((self.divided(shared)?.0, by.checked_div(shared)?))
    }

    /// Without the factor `prime`, and how often it was taken: at most `most` times. Not for 0.
    fn strip(mut self, prime: u64, most: u32) -> Option<(Self, u32)> {
        for taken in 0..most {
            match self.divided(prime)? {
                (rest, 0) => self = rest,
                _ => return Some((self, taken)),
            }
        }
        Some((self, most))
    }

    /// Cancels against `prime^power`; gives the power left. Not for 0.
    fn strip_from(self, prime: u64, power: u32) -> Option<(Self, u32)> {
        let (rest, taken) = self.strip(prime, power)?;
        Some((rest, power.checked_sub(taken)?))
    }

    /// In decimal digits; `None` from 10^57.
    fn text(self) -> Option<String> {
        match self.divided(10_000_000_000_000_000_000)? {
            (high, low) if high == Self::from(0) => Some(low.to_string()),
            (high, low) => Some(format!("{}{low:019}", high.narrow()?)),
        }
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "small numbers")]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    type Outcome = Result<(), OutOfRange>;

    const TOP: u128 = (1 << 96) - 1;

    fn dec(mantissa: i128, scale: u32) -> Fraction {
        Decimal::try_from_i128_with_scale(mantissa, scale).map_or(Fraction::ZERO, Fraction::from)
    }

    fn over(mantissa: i128, divisor: u64) -> Result<Fraction, OutOfRange> {
        dec(mantissa, 0).over(divisor)
    }

    /// Numerator digits, scale, denominator.
    fn form(value: Fraction) -> (i128, u32, u64) {
        let numerator = value.numerator;
        (numerator.mantissa(), numerator.scale(), value.denominator)
    }

    /// Lowest terms, and no 2 or 5 below that would fit above.
    fn is_canonical(value: Fraction) -> bool {
        let (mantissa, scale, below) = form(value);
        let size = mantissa.unsigned_abs();
        let liftable = match below {
            n if n.is_multiple_of(10) => size <= TOP,
            n if n.is_multiple_of(2) => size <= TOP / 5,
            n if n.is_multiple_of(5) => size <= TOP / 2,
            _ => false,
        };
        gcd(size, below.into()) == 1
            && (scale == 28 || !liftable)
            && value.numerator.normalize().scale() == scale
    }

    #[test]
    fn decimals_stay_decimals() -> Outcome {
        let price = dec(33, 3);
        assert_eq!(form(price.times(30.into())?), (99, 2, 1));
        let share = dec(3, 2).times(750.into())?.over(10_000)?;
        assert_eq!(form(share), (225, 5, 1));
        assert_eq!(share.finite(), Some(Decimal::new(225, 5)));
        assert_eq!(form(over(1, 8)?), (125, 3, 1));
        assert_eq!(form(over(7, 20)?), (35, 2, 1));
        assert_eq!(form(dec(1000, 2)), (10, 0, 1));
        assert_eq!(form(dec(15, 1).divided_by(dec(3, 1))?), (5, 0, 1));
        Ok(())
    }

    #[test]
    fn plain_decimals_go_the_short_way() {
        let (price, count) = (Decimal::new(33, 3), Decimal::new(-15, 1));
        assert_eq!(add_decimals(price, count), Some(Decimal::new(-1467, 3)));
        assert_eq!(multiply_decimals(price, count), Some(Decimal::new(-495, 4)));
        let short = dec(33, 3).quick(dec(-15, 1), multiply_decimals);
        assert_eq!(short.map(form), Some((-495, 4, 1)));
        assert_eq!(dec(33, 3).over_tens(10_000).map(form), Some((33, 7, 1)));
        assert_eq!(dec(33, 3).over_tens(1).map(form), Some((33, 3, 1)));
        assert_eq!(dec(33, 3).over_tens(30), None);
    }

    #[test]
    fn wide_integers_carry_from_half_to_half() {
        let wide = |high: u128, low: u128| Some(Wide { high, low });
        let one = Wide { high: 3, low: u128::MAX };
        assert_eq!(one.times(1 << 64), wide((4 << 64) - 1, u128::MAX << 64));
        assert_eq!(one.times((1 << 64) + 1), wide((4 << 64) + 3, u128::MAX - (1 << 64)));
        assert_eq!(one.plus(Wide::from(1)), wide(4, 0));
        assert_eq!(Wide { high: 4, low: 0 }.minus(Wide::from(1)), Some(one));
        assert_eq!(Wide { high: 1 << 64, low: 0 }.shifted(), None);
        assert_eq!(Wide { high: 4, low: 5 }.divided(4).map(|(share, _)| share), wide(1, 1));
        assert_eq!(Wide { high: 7, low: 0 }.divided(2), wide(3, 1 << 127).map(|half| (half, 0)));
    }

    #[test]
    fn twos_and_fives_leave_the_denominator() -> Outcome {
        assert_eq!(form(over(1, 730)?), (1, 1, 73));
        assert_eq!(form(over(1, 6)?), (5, 1, 3));
        assert_eq!(form(over(-1, 15)?), (-2, 1, 3));
        assert_eq!(form(over(1, 75)?), (4, 2, 3));
        assert_eq!(form(over(10, 3)?), (10, 0, 3));
        assert_eq!(over(3, 6)?, dec(5, 1));
        Ok(())
    }

    #[test]
    fn shares_of_a_month_add_up() -> Outcome {
        let (one, two) = (over(22, 31)?, over(9, 31)?);
        assert!(!one.is_finite());
        assert_eq!(one.finite(), None);
        assert_eq!(form(one.plus(two)?), (1, 0, 1));
        assert_eq!(Fraction::sum([over(1, 31)?; 31])?, 1.into());
        assert_eq!(Fraction::sum([])?, Fraction::ZERO);
        assert_eq!(one.minus(one)?, Fraction::ZERO);
        assert_eq!(one.divided_by(two)?, over(22, 9)?);
        Ok(())
    }

    #[test]
    fn prints_digits_money_and_ratio() -> Outcome {
        for (value, digits, money, ratio) in [
            (over(1, 730)?, "0.001369863014", "0.001369863014", Some("1/730")),
            (over(22, 31)?, "0.709677419355", "0.709677419355", Some("22/31")),
            (over(-2, 3)?, "-0.666666666667", "-0.666666666667", Some("-2/3")),
            (dec(1, 1).over(3)?, "0.033333333333", "0.033333333333", Some("1/30")),
            (dec(99_225, 5), "0.99225", "0.99225", None),
            (1.into(), "1", "1.00", None),
            (dec(-5, 1), "-0.5", "-0.50", None),
            (Fraction::ZERO, "0", "0.00", None),
            (
                over(3_000_001, 3)?,
                "1000000.333333333333",
                "1000000.333333333333",
                Some("3000001/3"),
            ),
            (dec(-1, 20).over(3)?, "0", "0.00", Some("-1/300000000000000000000")),
        ] {
            assert_eq!(value.digits(), digits);
            assert_eq!(value.money(), money, "{digits}");
            assert_eq!(value.ratio().as_deref(), ratio, "{digits}");
        }
        assert_eq!(Fraction::from(2_010_000).grouped(), "2,010,000");
        assert_eq!(Fraction::from(2_010_000).grouped_money(), "2,010,000.00");
        assert_eq!(over(-10_000, 3)?.grouped(), "-3,333.333333333333");
        Ok(())
    }

    #[test]
    fn rounds_half_away_from_zero() -> Outcome {
        for (value, decimals, rounded) in [
            (dec(2665, 3), 2, "2.67"),
            (dec(-2665, 3), 2, "-2.67"),
            (dec(2_664_999, 6), 2, "2.66"),
            (dec(5, 1), 0, "1"),
            (dec(15, 1), 0, "2"),
            (dec(25, 1), 0, "3"),
            (dec(-5, 1), 0, "-1"),
            (dec(4, 1), 0, "0"),
            (dec(-4, 1), 0, "0"),
            (dec(9999, 4), 2, "1"),
            (over(1, 3)?, 0, "0"),
            (over(2, 3)?, 0, "1"),
            (over(1, 6)?, 3, "0.167"),
            (over(1, 3)?, 28, "0.3333333333333333333333333333"),
            (dec(1, 28), 27, "0"),
            (dec(5, 28), 27, "0.000000000000000000000000001"),
            (dec(12, 0), u32::MAX, "12"),
        ] {
            assert_eq!(value.round(decimals)?.to_string(), rounded, "{value:?}");
        }
        assert_eq!(over(1, 3)?.round(29), Err(OutOfRange));
        assert_eq!(over(1, 3)?.round(u32::MAX), Err(OutOfRange));
        Ok(())
    }

    #[test]
    fn finds_the_integers_around() -> Outcome {
        for (value, floor, ceiling) in [
            (Fraction::ZERO, 0, 0),
            (7.into(), 7, 7),
            (dec(1, 28), 0, 1),
            (over(1, 3)?, 0, 1),
            (over(7, 3)?, 2, 3),
            (dec(20_001, 4), 2, 3),
            (Fraction::try_from(TOP)?, TOP, TOP),
            (Fraction::try_from(TOP)?.over(2)?, TOP >> 1, 1 << 95),
        ] {
            assert_eq!(value.floor(), Ok(floor), "{value:?}");
            assert_eq!(value.ceiling(), Ok(ceiling), "{value:?}");
        }
        assert_eq!(dec(-1, 1).floor(), Err(OutOfRange));
        assert_eq!(dec(-1, 1).ceiling(), Err(OutOfRange));
        Ok(())
    }

    #[test]
    fn keeps_to_96_bits() -> Outcome {
        let top = Fraction::try_from(TOP)?;
        assert_eq!(Fraction::try_from(TOP + 1), Err(OutOfRange));
        assert_eq!(Fraction::try_from(u128::MAX), Err(OutOfRange));
        assert_eq!(top.plus(1.into()), Err(OutOfRange));
        assert_eq!(top.plus(top), Err(OutOfRange));
        assert_eq!(top.times(top), Err(OutOfRange));
        assert_eq!(top.plus(dec(1, 1)), Err(OutOfRange));
        assert_eq!(top.minus(1.into())?.plus(1.into())?, top);
        assert_eq!(top.times(top.over(u64::MAX)?), Err(OutOfRange));
        assert_eq!(top.divided_by(top)?, 1.into());
        let third = top.over(3)?;
        assert_eq!(third.times(3.into())?, top);
        assert_eq!(Fraction::ZERO.minus(top)?.digits(), "-79228162514264337593543950335");
        Ok(())
    }

    #[test]
    fn cancels_before_it_multiplies() -> Outcome {
        let (top, most) = (Fraction::try_from(TOP)?, Fraction::from(u64::MAX));
        let small = over(1, u64::MAX)?;
        assert_eq!(small.times(most)?, 1.into());
        assert_eq!(top.divided_by(most)?.times(most)?, top);
        assert_eq!(top.times(small)?.divided_by(top)?, small);
        assert_eq!(small.plus(small)?.over(2)?, small);
        assert_eq!(small.divided_by(small)?, 1.into());
        assert_eq!(small.minus(small)?, Fraction::ZERO);
        Ok(())
    }

    #[test]
    fn keeps_denominators_to_64_bits() -> Outcome {
        // 2^64 - 1 = 5 * 3689348814741910323
        let small = over(1, u64::MAX)?;
        assert_eq!(form(small), (2, 1, 3_689_348_814_741_910_323));
        assert_eq!(small.ratio().as_deref(), Some("1/18446744073709551615"));
        assert_eq!(small.over(3)?.times(3.into())?, small);
        assert_eq!(small.over(7), Err(OutOfRange));
        assert_eq!(small.times(small), Err(OutOfRange));
        // 2^64 - 59 is prime
        let prime = over(1, u64::MAX - 58)?;
        assert_eq!(form(prime), (1, 0, u64::MAX - 58));
        assert_eq!(prime.plus(small), Err(OutOfRange));
        assert_eq!(prime.over(3), Err(OutOfRange));
        assert_eq!(form(prime.over(10)?), (1, 1, u64::MAX - 58));
        Ok(())
    }

    #[test]
    fn keeps_factors_below_where_the_scale_ends() -> Outcome {
        let tiny = dec(1, 28);
        assert_eq!(form(tiny.over(2)?), (1, 28, 2));
        assert_eq!(form(tiny.over(10)?), (1, 28, 10));
        assert_eq!(tiny.over(10)?.times(10.into())?, tiny);
        assert_eq!(form(dec(1, 20).times(dec(1, 20))?), (1, 28, 1_000_000_000_000));
        assert_eq!(tiny.times(tiny), Err(OutOfRange));
        assert_eq!(form(over(1, 1 << 40)?), (5_i128.pow(28), 28, 4096));
        assert_eq!(over(1, 1 << 40)?.ratio().as_deref(), Some("1/1099511627776"));
        assert_eq!(form(dec(2, 28).over(6)?), (1, 28, 3));
        let half = Fraction::try_from(TOP)?.over(2)?;
        assert_eq!(half.denominator, 2);
        assert_eq!(half.digits(), "39614081257132168796771975168");
        assert_eq!(half.minus(half)?, Fraction::ZERO);
        Ok(())
    }

    #[test]
    fn prints_the_longest_ratio() -> Outcome {
        let value = dec(1, 28).over(u64::MAX - 58)?;
        let ratio = "1/184467440737095515570000000000000000000000000000";
        assert_eq!(value.ratio().as_deref(), Some(ratio));
        Ok(())
    }

    #[test]
    fn prints_fewer_decimals_of_large_values() -> Outcome {
        let large = Fraction::try_from(TOP)?.over(7)?;
        assert_eq!(large.digits(), "11318308930609191084791992905");
        assert_eq!(over(10_i128.pow(20), 3)?.digits(), "33333333333333333333.333333333");
        Ok(())
    }

    #[test]
    fn has_one_zero() -> Outcome {
        let mut minus = Decimal::new(0, 5);
        minus.set_sign_negative(true);
        let zero = Fraction::from(minus);
        let made = [
            zero,
            Fraction::default(),
            zero.negated(),
            zero.minus(zero)?,
            zero.over(7)?,
            zero.times(dec(-3, 1))?,
            over(-1, 3)?.times(zero)?,
            zero.divided_by(dec(-3, 1))?,
            over(-1, 3)?.plus(over(1, 3)?)?,
        ];
        for value in made {
            assert!(value.is_zero() && value.is_finite() && !value.is_negative());
            assert_eq!((form(value), value.digits()), ((0, 0, 1), "0".to_owned()));
        }
        assert_eq!(HashSet::from(made).len(), 1);
        Ok(())
    }

    #[test]
    fn does_not_divide_by_zero() {
        let zero = Fraction::ZERO;
        for value in [zero, 1.into(), dec(-1, 28)] {
            assert_eq!(value.over(0), Err(OutOfRange));
            assert_eq!(value.divided_by(zero), Err(OutOfRange));
        }
        assert_eq!(OutOfRange.to_string(), "beyond 28 significant digits");
    }

    #[test]
    fn orders_at_the_edges() -> Outcome {
        let top = Fraction::try_from(TOP)?;
        let tiny = dec(1, 28).over(u64::MAX - 58)?;
        let less = dec(1, 28).over(u64::MAX)?;
        let values = [
            top.negated(),
            dec(-1, 28),
            tiny.negated(),
            Fraction::ZERO,
            less,
            tiny,
            dec(1, 28),
            top.over(u64::MAX)?,
            top.over(u64::MAX - 58)?,
            top,
        ];
        assert!(values.is_sorted_by(|one, two| one < two));
        Ok(())
    }

    /// An independent rational, in lowest terms over a positive integer.
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Naive(i128, i128);

    impl Naive {
        fn new(top: i128, below: i128) -> Self {
            let mut shared = (top.abs(), below.abs());
            while shared.1 != 0 {
                shared = (shared.1, shared.0 % shared.1);
            }
            let shared = shared.0 * below.signum();
            Self(top / shared, below / shared)
        }

        /// Half away from zero, in units of `10^-decimals`.
        fn round(self, decimals: u32) -> i128 {
            let scaled = self.0.abs() * 10_i128.pow(decimals);
            (2 * scaled + self.1) / (2 * self.1) * self.0.signum()
        }
    }

    impl TryFrom<Naive> for Fraction {
        type Error = OutOfRange;

        fn try_from(value: Naive) -> Result<Self, OutOfRange> {
            dec(value.0, 0).over(u64::try_from(value.1).unwrap_or(0))
        }
    }

    fn small() -> impl Strategy<Value = Naive> {
        let below = prop_oneof![
            1_i128..40,
            1_i128..10_000,
            (0_u32..8, 0_u32..6, 1_i128..32)
                .prop_map(|(a, b, c)| 2_i128.pow(a) * 5_i128.pow(b) * c)
        ];
        let top = prop_oneof![-20_i128..20, -100_000_i128..100_000];
        (top, below).prop_map(|(top, below)| Naive::new(top, below))
    }

    /// Any size up to every limit, where it fits.
    fn any_size() -> impl Strategy<Value = Fraction> {
        let digits = (0..TOP, 0_u32..96, 0_u32..=28, any::<bool>());
        (digits, 0_u32..80, any::<u64>()).prop_filter_map("fits", |(digits, narrow, below)| {
            let (size, shorter, scale, negative) = digits;
            let mut numerator = decimal_of(size >> shorter, scale)?;
            numerator.set_sign_negative(negative);
            let below = below.checked_shr(narrow).unwrap_or(0).max(1);
            Fraction::from(numerator).over(below).ok()
        })
    }

    proptest! {
        #[test]
        fn agrees_with_the_naive_rational(a in small(), b in small()) {
            let [x, y] = [Fraction::try_from(a)?, Fraction::try_from(b)?];
            let sum = Naive::new(a.0 * b.1 + b.0 * a.1, a.1 * b.1);
            let difference = Naive::new(a.0 * b.1 - b.0 * a.1, a.1 * b.1);
            let product = Naive::new(a.0 * b.0, a.1 * b.1);
            prop_assert_eq!(x.plus(y)?, sum.try_into()?);
            prop_assert_eq!(x.minus(y)?, difference.try_into()?);
            prop_assert_eq!(x.times(y)?, product.try_into()?);
            if b.0 != 0 {
                let quotient = Naive::new(a.0 * b.1, a.1 * b.0);
                let divided = x.divided_by(y)?;
                prop_assert_eq!(divided, dec(quotient.0, 0).divided_by(dec(quotient.1, 0))?);
                prop_assert_eq!(divided.times(y)?, x);
            }
            prop_assert_eq!(x.cmp(&y), (a.0 * b.1).cmp(&(b.0 * a.1)));
            prop_assert_eq!(x == y, a == b);
        }

        #[test]
        fn rounds_and_prints_as_the_naive_rational(a in small(), decimals in 0_u32..=14) {
            let x = Fraction::try_from(a)?;
            prop_assert_eq!(x.round(decimals)?, Decimal::from_i128_with_scale(a.round(decimals), decimals));
            prop_assert_eq!(x.is_zero(), a.0 == 0);
            prop_assert_eq!(x.is_negative(), a.0 < 0);
            let text = format!("{}/{}", a.0, a.1);
            let ratio = (!x.is_finite()).then_some(text);
            prop_assert_eq!(x.ratio(), ratio);
            if a.0 >= 0 {
                let [top, below] = [a.0, a.1].map(i128::unsigned_abs);
                prop_assert_eq!(x.floor()?, top / below);
                prop_assert_eq!(x.ceiling()?, top.div_ceil(below));
            }
        }

        #[test]
        fn keeps_the_ring_laws(a in small(), b in small(), c in small()) {
            let [x, y, z] = [a.try_into()?, b.try_into()?, Fraction::try_from(c)?];
            prop_assert_eq!(x.plus(y)?, y.plus(x)?);
            prop_assert_eq!(x.times(y)?, y.times(x)?);
            prop_assert_eq!(x.plus(y)?.plus(z)?, x.plus(y.plus(z)?)?);
            prop_assert_eq!(x.times(y)?.times(z)?, x.times(y.times(z)?)?);
            prop_assert_eq!(x.plus(y)?.times(z)?, x.times(z)?.plus(y.times(z)?)?);
        }

        #[test]
        fn is_canonical_at_any_size(x in any_size(), y in any_size()) {
            prop_assert!(is_canonical(x));
            for made in [x.plus(y), x.minus(y), x.times(y), x.divided_by(y)].into_iter().flatten() {
                prop_assert!(is_canonical(made), "{made:?}");
            }
        }

        #[test]
        fn undoes_what_it_does_at_any_size(x in any_size(), y in any_size()) {
            if let Ok(sum) = x.plus(y) {
                prop_assert_eq!(sum.minus(y), Ok(x));
                prop_assert_eq!(sum.cmp(&x), y.cmp(&Fraction::ZERO));
            }
            if let Ok(product) = x.times(y) && !y.is_zero() {
                prop_assert_eq!(product.divided_by(y), Ok(x));
            }
            if let Ok(quotient) = x.divided_by(y) {
                prop_assert_eq!(quotient.times(y), Ok(x));
            }
            prop_assert_eq!(x.cmp(&y), y.cmp(&x).reverse());
            prop_assert_eq!(x.cmp(&y) == Ordering::Equal, x == y);
        }

        #[test]
        fn rounds_within_half_a_unit_at_any_size(x in any_size(), decimals in 0_u32..=28) {
            if let Ok(rounded) = x.round(decimals)
                && let Ok(off) = x.minus(rounded.into())
            {
                let unit = dec(1, decimals);
                let size = if off.is_negative() { off.negated() } else { off };
                prop_assert!(rounded.scale() <= decimals);
                prop_assert!(size <= unit.over(2)?);
            }
        }
    }
}
