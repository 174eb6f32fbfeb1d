//! Decimal numbers and fractions: each line is a step of a sum, done by us and by another author.
//!
//! `0.03`, `* 750`, `/ 10000` is 0.00225 for both. A result that ours refuses must be one that no
//! 96 bits and 28 decimals over 64 bits hold.

use std::hash::{BuildHasher, RandomState};

use kms_cost::decimal::{self, Decimal, NotDecimal};
use kms_cost::fraction::{Fraction, OutOfRange};
use num_bigint::BigUint;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

use super::promises::plain;
use crate::exact::{self, fits, is_decimal, rounded};

/// The most lines that are followed.
const LINES: usize = 100;

pub(super) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut steps = Steps::default();
    text.split('\n').take(LINES).for_each(|line| steps.follow(line));
}

/// A running value, twice.
#[derive(Default)]
struct Steps {
    ours: Fraction,
    theirs: BigRational,
}

impl Steps {
    fn follow(&mut self, line: &str) {
        let operator = line.chars().next().unwrap_or(' ');
        let rest = line.get(operator.len_utf8()..).unwrap_or_default();
        let operand = rest.strip_prefix(' ').unwrap_or(rest);
        match operator {
            '+' | '-' | '*' | '/' => self.decimal(operator, operand),
            '%' => self.over(operand),
            'r' => self.round(operand),
            'i' => self.invert(),
            _ => {
                if let Some(value) = read(line) {
                    self.take(Ok(value.into()), exact::of_decimal(value));
                }
            }
        }
    }

    fn decimal(&mut self, operator: char, operand: &str) {
        let Some(value) = read(operand) else { return };
        let (theirs, value) = (exact::of_decimal(value), Fraction::from(value));
        self.compare(value, &theirs);
        match operator {
            '+' => self.take(self.ours.plus(value), &self.theirs + theirs),
            '-' => self.take(self.ours.minus(value), &self.theirs - theirs),
            '*' => self.take(self.ours.times(value), &self.theirs * theirs),
            _ if theirs.is_zero() => assert_eq!(self.ours.divided_by(value), Err(OutOfRange)),
            _ => self.take(self.ours.divided_by(value), &self.theirs / theirs),
        }
    }

    fn over(&mut self, operand: &str) {
        let Ok(divisor) = operand.parse::<u64>() else { return };
        if divisor == 0 {
            assert_eq!(self.ours.over(0), Err(OutOfRange));
        } else {
            let theirs = &self.theirs / BigRational::from_integer(divisor.into());
            self.take(self.ours.over(divisor), theirs);
        }
    }

    fn round(&mut self, operand: &str) {
        let Some(decimals) = operand.parse::<u32>().ok().filter(|decimals| *decimals <= 28) else {
            return;
        };
        let theirs = rounded(&self.theirs, decimals);
        match self.ours.round(decimals) {
            Ok(value) => {
                assert_eq!(value, value.normalize(), "{self}");
                self.take(Ok(value.into()), theirs);
            }
            Err(OutOfRange) => assert!(!is_decimal(&theirs), "{self} to {decimals}"),
        }
    }

    fn invert(&mut self) {
        let one = Fraction::from(1_u64);
        if self.theirs.is_zero() {
            assert_eq!(one.divided_by(self.ours), Err(OutOfRange));
        } else {
            self.take(one.divided_by(self.ours), self.theirs.recip());
        }
    }

    /// Both have the same result, or ours has none because none would fit.
    fn take(&mut self, ours: Result<Fraction, OutOfRange>, theirs: BigRational) {
        match ours {
            Ok(ours) => {
                assert_eq!(exact::of(ours), theirs, "after {self}");
                *self = Self { ours, theirs };
                self.is_shown();
            }
            Err(OutOfRange) => assert!(!fits(&theirs), "{theirs} fits, after {self}"),
        }
    }

    fn compare(&self, other: Fraction, theirs: &BigRational) {
        assert_eq!(self.ours.cmp(&other), self.theirs.cmp(theirs), "{self} and {theirs}");
        let hash = RandomState::new();
        let same = self.ours == other;
        assert_eq!(same, self.theirs == *theirs, "{self} and {theirs}");
        assert!(!same || hash.hash_one(self.ours) == hash.hash_one(other), "{self} and {theirs}");
    }

    /// What is printed is the value, or the value rounded to as many decimals as fit.
    fn is_shown(&self) {
        let Self { ours, theirs } = self;
        assert_eq!(ours.is_zero(), theirs.is_zero(), "{self}");
        assert_eq!(ours.is_negative(), theirs.is_negative(), "{self}");
        let digits = ours.digits();
        if ours.is_finite() {
            assert!(is_decimal(theirs), "{self}");
            assert_eq!(exact::read(&digits), *theirs, "{self} as {digits}");
        } else {
            assert!(!is_decimal(theirs), "{self}");
            let shown = (0..=12).rev().map(|decimals| rounded(theirs, decimals)).find(is_decimal);
            assert_eq!(Some(exact::read(&digits)), shown, "{self} as {digits}");
        }
        assert_eq!(exact::read(&ours.money()), exact::read(&digits), "{self}");
        assert!(decimal::decimals_written(&ours.money()) >= 2, "{self}");
        for (grouped, bare) in [(ours.grouped(), digits), (ours.grouped_money(), ours.money())] {
            assert_eq!(grouped.replace(',', ""), bare);
            let whole = grouped.trim_start_matches('-').split('.').next().unwrap_or_default();
            let groups: Vec<usize> = whole.split(',').map(str::len).collect();
            assert!(groups[1..].iter().all(|length| *length == 3) && groups[0] <= 3, "{grouped}");
        }
        self.is_counted();
    }

    /// Whole numbers at or beside the value.
    fn is_counted(&self) {
        let Self { ours, theirs } = self;
        let whole = |number: BigRational| {
            let counts = !theirs.is_negative();
            counts.then(|| number.to_integer().to_u128()).flatten().ok_or(OutOfRange)
        };
        assert_eq!(ours.floor(), whole(theirs.floor()), "{self}");
        assert_eq!(ours.ceiling(), whole(theirs.ceil()), "{self}");
    }
}

impl std::fmt::Display for Steps {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}", self.theirs)
    }
}

/// A text as a decimal number, and whether it is one by the rule in words.
fn read(text: &str) -> Option<Decimal> {
    let found = decimal::parse(text);
    assert_eq!(found.is_ok(), is_one(text), "{text:?}: {found:?}");
    match found {
        Ok(value) => {
            let shown = decimal::plain(value);
            assert_eq!(decimal::parse(&shown), Ok(value), "{text}");
            assert_eq!(exact::read(&shown), exact::read(text), "{text}");
            assert!(!shown.contains('.') || !shown.ends_with('0'), "{text} as {shown}");
            Some(value)
        }
        Err(why) => {
            assert_eq!(why == NotDecimal::Empty, text.is_empty(), "{text:?}");
            plain(&why.to_string());
            None
        }
    }
}

/// `digits` or `digits.digits`, no leading zero, at most 28 digits of which at most 12 decimals.
fn is_one(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let length = if text.contains('.') { whole.len() + decimals.len() } else { whole.len() };
    let written = digits(whole) && digits(decimals) && (whole == "0" || !whole.starts_with('0'));
    let mantissa = || format!("{whole}{}", decimals.trim_end_matches('0')).parse::<BigUint>();
    written && decimals.len() <= 12 && length <= 28 && mantissa().is_ok_and(|all| all.bits() <= 96)
}
