//! Ranks: complete bills of one currency by their totals, at stated rates or apart.
//!
//! 120.00 beside a cheapest of 100.00 is 20.00 more, or 20 per cent. Plans that cost the same share
//! a rank. Nothing incomplete has one.

use std::cmp::Ordering;

use super::{Cost, Offer, Standing};
use crate::fraction::{Fraction, OutOfRange};
use crate::pricebook::BookId;
use crate::rates::{self, Rates};

/// Ranks offers: complete ones by currency and total, then incomplete ones, then those that cannot
/// serve the need. The currency that the rates lead to comes first.
///
/// # Errors
/// The plan whose figures are out of range.
pub fn rank(offers: &mut [Offer], rates: Option<&Rates>) -> Result<(), BookId> {
    for offer in offers.iter_mut() {
        offer.cost = cost(offer, rates).map_err(|OutOfRange| offer.id.clone())?;
    }
    let status = |offer: &Offer| match (offer.is_complete(), offer.estimate()) {
        (true, _) => 0,
        (false, Some(_)) => 1,
        (false, None) => 2,
    };
    offers.sort_by(|a, b| {
        let total = |offer: &Offer| offer.cost.as_ref().map(|cost| cost.total);
        let totals = if a.is_complete() { total(a).cmp(&total(b)) } else { Ordering::Equal };
        status(a).cmp(&status(b)).then(by_currency(a, b, rates)).then(totals).then(a.id.cmp(&b.id))
    });
    let complete = offers.iter().filter(|offer| offer.is_complete()).count();
    let (ranked, _) = offers.split_at_mut(complete);
    for group in ranked.chunk_by_mut(|a, b| currency(a) == currency(b)) {
        place(group)?;
    }
    Ok(())
}

/// The order of the currencies that plans are compared in.
fn by_currency(a: &Offer, b: &Offer, rates: Option<&Rates>) -> Ordering {
    let key = |offer| {
        let currency = currency(offer);
        (Some(currency) != rates.map(Rates::currency), currency)
    };
    key(a).cmp(&key(b))
}

/// The currency that a plan is compared in.
fn currency(offer: &Offer) -> &str {
    offer.cost.as_ref().map_or("", |cost| cost.currency.as_str())
}

fn cost(offer: &Offer, rates: Option<&Rates>) -> Result<Option<Cost>, OutOfRange> {
    let Some(estimate) = offer.estimate() else {
        return Ok(None);
    };
    let (own, total) = (&estimate.book.currency, estimate.total());
    let known = rates.and_then(|rates| Some((rates.currency(), rates.rate(own)?)));
    Ok(Some(match known {
        Some((currency, rate)) => Cost {
            currency: currency.to_owned(),
            total: rates::converted(total, rate)?,
            rate: Some(rate),
        },
        None => Cost { currency: own.clone(), total, rate: None },
    }))
}

/// Gives every offer of one currency, sorted by total, its place.
fn place(group: &mut [Offer]) -> Result<(), BookId> {
    let of = group.len();
    let totals: Vec<Fraction> =
        group.iter().filter_map(|offer| offer.cost.as_ref().map(|cost| cost.total)).collect();
    let cheapest = totals.first().copied().unwrap_or_default();
    for (offer, total) in group.iter_mut().zip(&totals) {
        let cheaper = totals.iter().take_while(|other| *other < total).count();
        let more = total.minus(cheapest).map_err(|OutOfRange| offer.id.clone())?;
        let percent =
            more.times(Fraction::from(100)).and_then(|more| more.divided_by(cheapest)).ok();
        offer.standing = Some(Standing { rank: cheaper.saturating_add(1), of, more, percent });
    }
    Ok(())
}
