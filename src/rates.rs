//! Exchange rates that a user states: what one unit of a currency is worth in another.
//!
//! Nothing is looked up, and no rate is derived from others. At 1 CNY = 0.14 USD, 4.94462 CNY are
//! 0.6922468 USD, exactly.

mod parse;

use std::collections::BTreeMap;

use crate::decimal::{self, Decimal};
use crate::fraction::{Fraction, OutOfRange};

pub use parse::rates;

/// What currencies are worth in the one that amounts are compared in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rates {
    /// The currency compared in.
    currency: String,
    /// What one unit of each other is worth in it.
    stated: BTreeMap<String, Decimal>,
}

impl Rates {
    /// No rate yet.
    #[must_use]
    pub fn to(currency: impl Into<String>) -> Self {
        Self { currency: currency.into(), stated: BTreeMap::new() }
    }

    /// States what one unit of a currency is worth; a later statement replaces an earlier one.
    ///
    /// # Errors
    /// The currency compared in, which needs no rate, or a rate of 0.
    pub fn state(&mut self, currency: &str, rate: Decimal) -> Result<(), String> {
        if currency == self.currency {
            return Err(format!("{currency} is the currency compared in; it needs no rate"));
        }
        if rate.is_zero() {
            return Err(format!("a rate of 0 makes every price in {currency} vanish"));
        }
        self.stated.insert(currency.to_owned(), rate);
        Ok(())
    }

    /// The currency compared in.
    #[must_use]
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// The rates, by currency.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Decimal)> {
        self.stated.iter().map(|(currency, rate)| (currency.as_str(), *rate))
    }

    /// What one unit of another currency is worth; none where that is not stated.
    #[must_use]
    pub fn rate(&self, currency: &str) -> Option<Decimal> {
        self.stated.get(currency).copied()
    }
}

/// An amount at a rate.
///
/// # Errors
/// A product out of range.
pub fn converted(amount: Fraction, rate: Decimal) -> Result<Fraction, OutOfRange> {
    amount.times(Fraction::from(rate))
}

/// A currency's code.
///
/// # Errors
/// Anything but three capital letters.
pub fn currency(text: &str) -> Result<String, String> {
    if text.len() == 3 && text.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Ok(text.to_owned());
    }
    Err("expected the three capital letters of a currency, such as CNY".to_owned())
}

/// A rate as it is written on the command line: `CNY=0.14`.
///
/// # Errors
/// Anything that is no currency, an equals sign, and a decimal.
pub fn parse(text: &str) -> Result<(String, Decimal), String> {
    let Some((code, rate)) = text.split_once('=') else {
        return Err("expected a currency and what 1 of it is worth, such as CNY=0.14".to_owned());
    };
    let rate = decimal::parse(rate).map_err(|why| why.to_string())?;
    Ok((currency(code)?, rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        decimal::parse(text).unwrap()
    }

    #[test]
    fn an_amount_is_converted_to_the_last_digit() {
        let mut rates = Rates::to("USD");
        rates.state("CNY", number("0.14")).unwrap();
        let rate = rates.rate("CNY").unwrap();
        let amount = Fraction::from(number("4.94462"));
        assert_eq!(converted(amount, rate).unwrap().digits(), "0.6922468");
        assert_eq!(rates.rate("EUR"), None);
        assert_eq!(rates.rate("USD"), None);
    }

    #[test]
    fn a_later_statement_wins() {
        let mut rates = Rates::to("USD");
        rates.state("CNY", number("0.14")).unwrap();
        rates.state("CNY", number("0.139")).unwrap();
        assert_eq!(rates.iter().collect::<Vec<_>>(), [("CNY", number("0.139"))]);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let mut rates = Rates::to("USD");
        assert!(rates.state("USD", Decimal::ONE).is_err());
        assert!(rates.state("CNY", Decimal::ZERO).is_err());
        for wrong in ["CNY", "cny=0.14", "CNY=", "CNY=-1", "CNY=1e3", "YUAN=1", "=1", "CNY=0,14"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(parse("CNY=0.14").unwrap(), ("CNY".to_owned(), number("0.14")));
    }
}
