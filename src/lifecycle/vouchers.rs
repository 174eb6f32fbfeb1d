//! What a fee is paid out of: vouchers, money that was given, money that was paid in; all or nothing.
//!
//! A book says the order. With vouchers of 30 and 50 that expire on one day, a fee of 60 takes 50 of
//! the larger and 10 of the other, whose remaining 20 stay. If a cent is missing in all, nothing is
//! taken at all. A voucher is valid through the end of its day, and never gives more than is on it.

use std::cmp::Ordering;

use crate::fraction::{Fraction, OutOfRange};
use crate::month::Day;
use crate::pricebook::Payment;
use crate::pricebook::terms::{Fund, VoucherRule};
use crate::scenario::Scenario;

/// A voucher and what is left on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purse {
    /// Its id.
    pub id: String,
    /// What is left.
    pub left: Fraction,
    /// The last day on which it is valid.
    pub expires: Day,
}

/// The money of an account.
#[derive(Clone, Debug)]
pub struct Funds {
    /// Its vouchers.
    pub vouchers: Vec<Purse>,
    /// Money that was given.
    pub gift: Fraction,
    /// Money that was paid in; none where it is not known.
    pub balance: Option<Fraction>,
    order: Vec<Fund>,
    rules: Vec<VoucherRule>,
}

/// Who pays: it decides what an unknown balance means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payer {
    /// The owner, who brings what is missing where no balance is stated.
    Owner,
    /// The system, which finds what is there.
    System,
}

/// Something taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deduction {
    /// Out of what.
    pub from: Purpose,
    /// How much.
    pub amount: Fraction,
}

/// Out of what something is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A voucher, by its id.
    Voucher(String),
    /// Money that was given.
    GiftBalance,
    /// Money that was paid in.
    Balance,
    /// Money that the owner brings: no balance is stated.
    Owner,
}

/// What becomes of a fee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paid {
    /// It is paid, in this order; the deductions add up to it.
    InFull(Vec<Deduction>),
    /// So much is missing, and nothing is taken.
    Short(Fraction),
    /// So much would have to come out of a balance that is not known; nothing is taken.
    Unknown(Fraction),
}

impl Funds {
    /// Money and vouchers, taken in a book's order.
    #[must_use]
    pub fn new(
        vouchers: Vec<Purse>,
        gift: Fraction,
        balance: Option<Fraction>,
        payment: Option<&Payment>,
    ) -> Self {
        let order = payment.map_or_else(|| vec![Fund::Balance], |payment| payment.funds.clone());
        let rules = payment.map(|payment| payment.vouchers.clone()).unwrap_or_default();
        Self { vouchers, gift, balance, order, rules }
    }

    /// The funds that a scenario states.
    #[must_use]
    pub fn of(scenario: &Scenario, payment: Option<&Payment>) -> Self {
        let vouchers = scenario.vouchers.iter().map(|voucher| Purse {
            id: voucher.id.clone(),
            left: voucher.amount.into(),
            expires: voucher.expires,
        });
        let account = &scenario.account;
        let gift = account.gift_balance.as_ref().map_or(Fraction::ZERO, |at| at.value.into());
        let balance = account.balance.as_ref().map(|at| at.value.into());
        Self::new(vouchers.collect(), gift, balance, payment)
    }

    /// Pays a fee on a day, or takes nothing.
    ///
    /// # Errors
    /// Sums beyond what can be held.
    pub fn pay(&mut self, fee: Fraction, on: Day, payer: Payer) -> Result<Paid, OutOfRange> {
        let mut after = self.clone();
        let mut deductions = Vec::new();
        let mut open = fee;
        for fund in &self.order {
            open = after.take(*fund, open, on, payer, &mut deductions)?;
        }
        if open.is_zero() {
            *self = after;
            return Ok(Paid::InFull(deductions));
        }
        let unknown = self.balance.is_none() && self.order.contains(&Fund::Balance);
        Ok(if unknown { Paid::Unknown(open) } else { Paid::Short(open) })
    }

    /// Takes what there is of one fund; what is still open is returned.
    fn take(
        &mut self,
        fund: Fund,
        open: Fraction,
        on: Day,
        payer: Payer,
        deductions: &mut Vec<Deduction>,
    ) -> Result<Fraction, OutOfRange> {
        match fund {
            Fund::Vouchers => {
                let rules = self.rules.clone();
                self.vouchers.sort_by(|a, b| compare(a, b, &rules));
                let valid = self.vouchers.iter_mut().filter(|voucher| on <= voucher.expires);
                let mut open = open;
                for voucher in valid {
                    let from = Purpose::Voucher(voucher.id.clone());
                    open = draw(&mut voucher.left, open, from, deductions)?;
                }
                Ok(open)
            }
            Fund::GiftBalance => draw(&mut self.gift, open, Purpose::GiftBalance, deductions),
            Fund::Balance => match (&mut self.balance, payer) {
                (Some(balance), _) => draw(balance, open, Purpose::Balance, deductions),
                (None, Payer::Owner) => draw(&mut open.clone(), open, Purpose::Owner, deductions),
                (None, Payer::System) => Ok(open),
            },
        }
    }
}

/// Takes as much as there is, up to what is open.
fn draw(
    left: &mut Fraction,
    open: Fraction,
    from: Purpose,
    deductions: &mut Vec<Deduction>,
) -> Result<Fraction, OutOfRange> {
    let amount = open.min(*left);
    if amount.is_zero() {
        return Ok(open);
    }
    *left = left.minus(amount)?;
    deductions.push(Deduction { from, amount });
    open.minus(amount)
}

fn compare(a: &Purse, b: &Purse, rules: &[VoucherRule]) -> Ordering {
    let by = |rule: &VoucherRule| match rule {
        VoucherRule::SoonestExpiry => a.expires.cmp(&b.expires),
        VoucherRule::Largest => b.left.cmp(&a.left),
        VoucherRule::Id => a.id.cmp(&b.id),
    };
    // an order that a book leaves open must still be one
    let decided = rules.iter().map(by).find(|order| order.is_ne());
    decided.unwrap_or_else(|| a.id.cmp(&b.id))
}
