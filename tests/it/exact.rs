//! Exact numbers of another author, as the measure of ours.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of any size cannot overflow")]

use kms_cost::decimal::Decimal;
use kms_cost::fraction::Fraction;
use num_bigint::{BigInt, BigUint};
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// 10 to a power.
pub(crate) fn tens(power: u32) -> BigInt {
    BigInt::from(10).pow(power)
}

/// The number that a text of digits and a point says, or one such over another.
pub(crate) fn read(text: &str) -> BigRational {
    let number = |text: &str| {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let scale = u32::try_from(decimals.len()).unwrap();
        BigRational::new(format!("{whole}{decimals}").parse().unwrap(), tens(scale))
    };
    let (top, bottom) = text.split_once('/').unwrap_or((text, "1"));
    number(top) / number(bottom)
}

pub(crate) fn of_decimal(value: Decimal) -> BigRational {
    BigRational::new(value.mantissa().into(), tens(value.scale()))
}

pub(crate) fn of(value: Fraction) -> BigRational {
    match value.finite() {
        Some(decimal) => of_decimal(decimal),
        None => read(&value.ratio().unwrap()),
    }
}

/// Whether a number is one of at most 96 bits and 28 decimals over another of at most 64 bits.
pub(crate) fn fits(value: &BigRational) -> bool {
    fits_over(value, 64)
}

/// Whether a number is one of at most 96 bits and 28 decimals.
pub(crate) fn is_decimal(value: &BigRational) -> bool {
    fits_over(value, 1)
}

fn fits_over(value: &BigRational, bits: u64) -> bool {
    (0..=28).any(|scale| {
        let lifted = value * BigRational::from(tens(scale));
        let below = |number: &BigUint, bits| number.bits() <= bits;
        below(lifted.numer().magnitude(), 96) && below(lifted.denom().magnitude(), bits)
    })
}

/// Half away from zero.
pub(crate) fn rounded(value: &BigRational, decimals: u32) -> BigRational {
    let half = BigRational::new(BigInt::one(), BigInt::from(2));
    let lifted = (value.abs() * tens(decimals) + half).floor() / tens(decimals);
    if value.is_negative() { -lifted } else { lifted }
}

/// The sum of amounts as another author's numbers add up.
pub(crate) fn sum(amounts: impl Iterator<Item = Fraction>) -> BigRational {
    amounts.map(of).fold(BigRational::zero(), |sum, amount| sum + amount)
}
