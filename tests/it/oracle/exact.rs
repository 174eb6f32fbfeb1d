//! Exact numbers on big integers, and their text; must not touch the program's fractions.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};

/// An exact number.
pub(super) type Exact = BigRational;

/// A whole number.
pub(super) fn whole(value: u128) -> Exact {
    Exact::from_integer(BigInt::from(value))
}

/// Nothing.
pub(super) fn nothing() -> Exact {
    Exact::zero()
}

/// A price as a page prints it: digits with at most one point.
pub(super) fn printed(text: &str) -> Exact {
    let (integer, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits: BigInt = format!("{integer}{decimals}").parse().unwrap();
    Exact::new(digits, power_of_ten(decimals.len()))
}

fn power_of_ten(exponent: usize) -> BigInt {
    (0..exponent).fold(BigInt::one(), |power, _| power * 10)
}

/// In lowest terms, `22/31`; an integer is `5/1`.
pub(super) fn ratio(value: &Exact) -> String {
    format!("{}/{}", value.numer(), value.denom())
}

/// Every digit, where there are finitely many.
pub(super) fn digits(value: &Exact) -> Option<String> {
    let decimals = decimals_of(value.denom().clone())?;
    let scaled = value.numer() * power_of_ten(decimals) / value.denom();
    let text = scaled.magnitude().to_string();
    let text = format!("{text:0>width$}", width = decimals + 1);
    let (integer, fraction) = text.split_at(text.len() - decimals);
    let sign = if *value < nothing() { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{integer}{point}{fraction}"))
}

/// The fewest decimals that hold a fraction over `denominator`.
fn decimals_of(mut denominator: BigInt) -> Option<usize> {
    let mut factors = [0_usize; 2];
    for (count, prime) in factors.iter_mut().zip([2_u32, 5]) {
        while (&denominator % prime).is_zero() {
            denominator /= prime;
            *count += 1;
        }
    }
    denominator.is_one().then(|| factors[0].max(factors[1]))
}

#[test]
fn text_is_exact() {
    assert_eq!(digits(&printed("0.00225")).unwrap(), "0.00225");
    assert_eq!(digits(&(printed("0.083") * whole(30))).unwrap(), "2.49");
    assert_eq!(digits(&(nothing() - printed("1.50"))).unwrap(), "-1.5");
    assert_eq!(digits(&(whole(22) / whole(31))), None);
    assert_eq!(ratio(&(whole(44) / whole(62))), "22/31");
    // 100 QPS for a day in KB are about 8.2 GB of 1,024² KB (001)
    let daily = whole(8_640_000) / whole(1024 * 1024);
    assert_eq!(digits(&daily).unwrap(), "8.23974609375");
}
