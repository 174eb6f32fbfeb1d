//! The exchange rates of a call: those that it states, and those of the scenario.
//!
//! No rate is in the program, and none is looked up.

use clap::Args;

use super::Failure;
use crate::decimal::Decimal;
use crate::rates::{self, Rates};

// What other currencies are worth.
#[derive(Debug, Args)]
pub(super) struct RateArgs {
    /// Rank plans in another currency too: CNY=0.14 says what 1 of it is worth; repeatable
    #[arg(long = "rate", value_name = "CUR=DECIMAL", value_parser = rates::parse)]
    rates: Vec<(String, Decimal)>,
    /// The currency compared in, where a rate is given [default: USD]
    #[arg(long, value_name = "CUR", value_parser = rates::currency)]
    currency: Option<String>,
}

impl RateArgs {
    /// The rates of the call and of the scenario; what the call states wins.
    pub(super) fn rates(&self, scenario: Option<&Rates>) -> Result<Option<Rates>, Failure> {
        if self.rates.is_empty() && scenario.is_none() {
            return match &self.currency {
                None => Ok(None),
                Some(currency) => Err(Failure::said(
                    format!("`--currency {currency}` without a rate"),
                    "there is no exchange rate in the program: state one, such as `--rate CNY=0.14`",
                )),
            };
        }
        let mut rates = match (&self.currency, scenario) {
            (None, Some(rates)) => rates.clone(),
            (Some(currency), Some(rates)) if rates.currency() == currency => rates.clone(),
            (Some(currency), _) => Rates::to(currency.as_str()),
            (None, None) => Rates::to("USD"),
        };
        let mut seen: Vec<&str> = Vec::new();
        for (currency, rate) in &self.rates {
            if seen.contains(&currency.as_str()) {
                return Err(Failure::said(
                    format!("two rates of {currency}"),
                    "state one rate for each currency",
                ));
            }
            seen.push(currency);
            rates.state(currency, *rate).map_err(|why| {
                Failure::said(why, "1 unit of a currency is so many of the currency compared in")
            })?;
        }
        Ok(Some(rates))
    }
}
