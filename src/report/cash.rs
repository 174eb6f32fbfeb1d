//! Cash by month and nature, summed once for every format.
//!
//! Natures are never added together: what a voucher pays is not money that leaves, and a renewal
//! is not a settlement. An amount that no page publishes is never 0: with 5.00 beside it the sum
//! is "from 5.00".

use std::collections::BTreeMap;

use crate::fraction::{Fraction, OutOfRange};
use crate::lifecycle::{Calendar, Cash, Nature};
use crate::month::Month;

/// What the payments of a calendar come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// The natures that occur, in their order.
    pub natures: Vec<Nature>,
    /// Months in which something is paid or spread, in order.
    pub months: Vec<LedgerMonth>,
    /// A total for each of [`natures`](Self::natures).
    pub totals: Vec<Sum>,
    /// What is spread over all months.
    pub spread: Sum,
}

/// One month of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerMonth {
    /// Which.
    pub month: Month,
    /// A sum for each of the ledger's natures.
    pub paid: Vec<Sum>,
    /// The estimate's share.
    pub spread: Sum,
}

/// Amounts of one nature, added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sum {
    /// There are none.
    #[default]
    Nothing,
    /// All of them are known.
    Whole(Fraction),
    /// Some are not published: at least this.
    Least(Fraction),
    /// None of them is published.
    Unpublished,
}

impl Sum {
    /// With one more amount; none where it is not published.
    ///
    /// # Errors
    /// [`OutOfRange`] where the sum does not fit.
    pub fn with(self, amount: Option<Fraction>) -> Result<Self, OutOfRange> {
        Ok(match (self, amount) {
            (Self::Nothing, Some(amount)) => Self::Whole(amount),
            (Self::Nothing | Self::Unpublished, None) => Self::Unpublished,
            (Self::Whole(sum), Some(amount)) => Self::Whole(sum.plus(amount)?),
            (Self::Whole(sum) | Self::Least(sum), None) => Self::Least(sum),
            (Self::Least(sum), Some(amount)) => Self::Least(sum.plus(amount)?),
            (Self::Unpublished, Some(amount)) => Self::Least(amount),
        })
    }

    /// What is known of it, as an exact amount.
    #[must_use]
    pub fn known(self) -> Option<Fraction> {
        match self {
            Self::Whole(sum) | Self::Least(sum) => Some(sum),
            Self::Nothing | Self::Unpublished => None,
        }
    }

    /// Whether no amount in it is missing.
    #[must_use]
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Nothing | Self::Whole(_))
    }
}

impl Ledger {
    /// Adds a calendar's payments up.
    ///
    /// # Errors
    /// [`OutOfRange`] where a sum does not fit.
    pub fn of(calendar: &Calendar) -> Result<Self, OutOfRange> {
        let mut natures: Vec<Nature> = calendar.cash.iter().map(|cash| cash.nature).collect();
        natures.sort_unstable();
        natures.dedup();
        let mut paid: BTreeMap<Month, Vec<&Cash>> = BTreeMap::new();
        for cash in &calendar.cash {
            paid.entry(cash.on.month()).or_default().push(cash);
        }
        for (month, _) in &calendar.spread {
            paid.entry(*month).or_default();
        }
        let mut months = Vec::new();
        for (month, cash) in paid {
            months.push(LedgerMonth {
                month,
                paid: by_nature(&natures, &cash)?,
                spread: sum(calendar
                    .spread
                    .iter()
                    .filter(|(of, _)| *of == month)
                    .map(|(_, share)| Some(*share)))?,
            });
        }
        Ok(Self {
            totals: by_nature(&natures, &calendar.cash.iter().collect::<Vec<_>>())?,
            spread: sum(calendar.spread.iter().map(|(_, share)| Some(*share)))?,
            natures,
            months,
        })
    }

    /// Whether every payment that will be asked for has a published amount.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let mut due = self.natures.iter().zip(&self.totals);
        due.all(|(nature, total)| *nature == Nature::Refund || total.is_whole())
    }
}

fn by_nature(natures: &[Nature], cash: &[&Cash]) -> Result<Vec<Sum>, OutOfRange> {
    let of = |nature: Nature| {
        sum(cash.iter().filter(|cash| cash.nature == nature).map(|cash| cash.amount))
    };
    natures.iter().map(|nature| of(*nature)).collect()
}

fn sum(amounts: impl IntoIterator<Item = Option<Fraction>>) -> Result<Sum, OutOfRange> {
    amounts.into_iter().try_fold(Sum::Nothing, Sum::with)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::decimal;

    fn amount(text: &str) -> Fraction {
        Fraction::from(decimal::parse(text).unwrap())
    }

    #[test]
    fn natures_are_never_added_together() {
        let ledger = Ledger::of(&sample::calendar()).unwrap();
        assert_eq!(
            ledger.natures,
            [Nature::Purchase, Nature::Renewal, Nature::Voucher, Nature::Refund]
        );
        let months: Vec<String> =
            ledger.months.iter().map(|month| month.month.to_string()).collect();
        assert_eq!(months, ["2026-01", "2026-02", "2026-03"]);
        assert_eq!(
            ledger.totals,
            [
                Sum::Whole(amount("500")),
                Sum::Whole(amount("130.5")),
                Sum::Whole(amount("369.5")),
                Sum::Unpublished
            ]
        );
        assert_eq!(ledger.spread, Sum::Whole(amount("1000")));
        assert!(ledger.is_complete(), "a refund is not asked for");
    }

    #[test]
    fn a_missing_amount_is_never_nothing() {
        let mut calendar = sample::calendar();
        calendar.cash.retain(|cash| cash.nature == Nature::Renewal);
        let mut unknown = calendar.cash[0].clone();
        unknown.amount = None;
        calendar.cash.push(unknown.clone());
        let ledger = Ledger::of(&calendar).unwrap();
        assert_eq!(ledger.totals, [Sum::Least(amount("130.5"))]);
        assert!(!ledger.is_complete());
        calendar.cash = vec![unknown];
        assert_eq!(Ledger::of(&calendar).unwrap().totals, [Sum::Unpublished]);
        assert_eq!(Sum::Unpublished.with(Some(amount("2"))), Ok(Sum::Least(amount("2"))));
        assert_eq!(Sum::Unpublished.known(), None);
    }
}
