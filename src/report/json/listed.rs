//! List prices beside contracted ones, as JSON carries them.

use serde::Serialize;

use super::Exactness;
use crate::bill::{AtList, Line};
use crate::decimal;
use crate::discount::Terms;
use crate::fraction::Fraction;

/// What the price list says of a line, and what is agreed on instead.
#[derive(Serialize)]
pub struct ListJson<'a> {
    unit_price: Option<String>,
    amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<String>,
    source: &'a str,
}

impl<'a> ListJson<'a> {
    /// None of a line that is charged at its list price.
    #[must_use]
    pub fn of(line: &'a Line) -> Option<Self> {
        let list = line.list.as_ref()?;
        let (percent, price) = match list.discount.terms {
            Terms::Percent(percent) => (Some(decimal::plain(percent)), None),
            Terms::Price(price) => (None, Some(decimal::plain(price))),
        };
        Some(Self {
            unit_price: list.unit_price.map(decimal::plain),
            amount: list.amount.map(Fraction::digits),
            percent,
            price,
            source: &list.discount.source,
        })
    }
}

/// What a bill comes to at list prices.
#[derive(Serialize)]
pub(in crate::report) struct AtListJson {
    total: String,
    #[serde(flatten)]
    exactness: Option<Exactness>,
    status: &'static str,
}

impl From<AtList> for AtListJson {
    fn from(list: AtList) -> Self {
        Self {
            total: list.total.digits(),
            exactness: Exactness::of(list.total),
            status: list.status.as_str(),
        }
    }
}
