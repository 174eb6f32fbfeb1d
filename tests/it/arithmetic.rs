//! Every operation on fractions, at the edges of 96 bits, 28 decimals and 64-bit denominators, held
//! against the rationals of another author: the exact value where a fraction can hold it, else an
//! error, and never anything else.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test helper: what overflows or is missing must stop the test"
)]

use kms_cost::decimal::Decimal;
use kms_cost::fraction::{Fraction, OutOfRange};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

use crate::exact::{self, fits, is_decimal, rounded, tens};

/// The first number beyond 96 bits.
const ABOVE: i128 = 1 << 96;
/// Digits around each edge, and some that share no factor with ten.
const DIGITS: [i128; 14] = [
    0,
    1,
    3,
    10,
    9_999_999_999_999_999_999_999_999_999,
    (1 << 32) - 1,
    1 << 32,
    (1 << 64) - 1,
    1 << 64,
    (1 << 64) + 1,
    1 << 95,
    ABOVE - 2,
    ABOVE - 1,
    3 * 7 * 11 * 13 * 17 * 19 * 23 * 29 * 31 * 37 * 41 * 43 * 47 * 53,
];
const SCALES: [u32; 4] = [0, 1, 14, 28];
const DIVISORS: [u64; 13] = [
    1,
    3,
    4,
    7,
    10,
    10_000,
    1 << 32,
    744,
    4_294_967_291,
    1_000_000_000_000_000_000,
    10_000_000_000_000_000_000,
    18_446_744_073_709_551_557,
    u64::MAX,
];

/// A fraction and what it is.
#[derive(Clone)]
struct Number {
    ours: Fraction,
    exact: BigRational,
}

fn plain(digits: i128, scale: u32) -> Number {
    let ours = Fraction::from(Decimal::try_from_i128_with_scale(digits, scale).unwrap());
    Number { ours, exact: BigRational::new(digits.into(), tens(scale)) }
}

/// The exact value of a fraction, by what it prints.
fn printed(value: Fraction) -> BigRational {
    exact::read(&value.ratio().unwrap_or_else(|| value.digits()))
}

fn check(what: &str, said: Result<Fraction, OutOfRange>, expected: Option<BigRational>) -> bool {
    match (said, expected.filter(fits)) {
        (Ok(said), Some(expected)) => assert_eq!(printed(said), expected, "{what}"),
        (Err(OutOfRange), None) => return false,
        (said, expected) => panic!("{what}: {said:?} said, {expected:?} expected"),
    }
    true
}

/// Every edge, positive and negative, and as many over a divisor as fit.
fn edges() -> Vec<Number> {
    let mut all = Vec::new();
    for digits in DIGITS {
        for scale in SCALES {
            all.push(plain(digits, scale));
            all.push(plain(-digits, scale));
        }
    }
    let over: Vec<Number> = all
        .iter()
        .enumerate()
        .filter_map(|(at, number)| {
            let divisor = DIVISORS[at % DIVISORS.len()];
            let ours = number.ours.over(divisor).ok()?;
            Some(Number { ours, exact: &number.exact / BigInt::from(divisor) })
        })
        .collect();
    all.extend(over);
    all
}

/// How many numbers stand at the edges.
pub(super) fn numbers() -> usize {
    edges().len()
}

#[test]
fn every_operation_is_exact_or_an_error_at_every_edge() {
    let (mut held, mut refused) = (0_u64, 0_u64);
    let mut count = |fits| if fits { held += 1 } else { refused += 1 };
    let edges = edges();
    // the sign of the first changes no more than all signs do
    for one in edges.iter().filter(|one| !one.exact.is_negative()) {
        for two in &edges {
            let about = |sign| format!("{} {sign} {}", one.exact, two.exact);
            count(check(&about("+"), one.ours.plus(two.ours), Some(&one.exact + &two.exact)));
            count(check(&about("-"), one.ours.minus(two.ours), Some(&one.exact - &two.exact)));
            count(check(&about("*"), one.ours.times(two.ours), Some(&one.exact * &two.exact)));
            let quotient = (!two.exact.is_zero()).then(|| &one.exact / &two.exact);
            count(check(&about("/"), one.ours.divided_by(two.ours), quotient));
            assert_eq!(one.ours.cmp(&two.ours), one.exact.cmp(&two.exact), "{}", about("<=>"));
            assert_eq!(one.ours == two.ours, one.exact == two.exact, "{}", about("=="));
        }
    }
    assert!(held > 10_000 && refused > 10_000, "{held} held, {refused} refused");
}

#[test]
fn every_share_is_exact_or_an_error_at_every_edge() {
    for one in edges() {
        for divisor in DIVISORS {
            let quotient = &one.exact / BigInt::from(divisor);
            check(&format!("{} over {divisor}", one.exact), one.ours.over(divisor), Some(quotient));
        }
        assert_eq!(one.ours.over(0), Err(OutOfRange));
    }
}

#[test]
fn every_rounding_is_the_nearest_and_every_integer_the_next() {
    for one in edges() {
        for decimals in [0, 1, 2, 12, 27, 28] {
            let said = one.ours.round(decimals).map(Fraction::from);
            let rounded = Some(rounded(&one.exact, decimals)).filter(is_decimal);
            check(&format!("{} to {decimals}", one.exact), said, rounded);
        }
        let integer = |value: BigRational| {
            let counts = !one.exact.is_negative();
            counts.then(|| u128::try_from(value.to_integer()).ok()).flatten().ok_or(OutOfRange)
        };
        assert_eq!(one.ours.floor(), integer(one.exact.floor()), "floor of {}", one.exact);
        assert_eq!(one.ours.ceiling(), integer(one.exact.ceil()), "ceiling of {}", one.exact);
    }
}
