//! The figures of a row: price × quantity = cost, exactly, in a unit of the specification's form.

use crate::bill::{Line, PricedOver};
use crate::decimal::Decimal;
use crate::fraction::Fraction;

/// The decimals that a quantity is rounded to.
pub(super) const DECIMALS: u32 = 12;

/// A line's figures in the unit that its price is for.
pub(super) struct Priced {
    /// The contracted price of a unit: the listed one where nothing else is agreed on.
    pub(super) price: Decimal,
    /// How many units.
    pub(super) quantity: Decimal,
    /// Their product.
    pub(super) cost: Decimal,
    /// The listed price of a unit.
    pub(super) list_price: Decimal,
    /// Its product with the quantity.
    pub(super) list_cost: Decimal,
    /// The unit.
    pub(super) unit: String,
    /// The decimals that the quantity was rounded to, where it was.
    pub(super) rounded: Option<u32>,
}

/// The figures of a line with a price; none beyond the range of decimals.
pub(super) fn priced(line: &Line) -> Option<Priced> {
    let agreed = line.unit_price?;
    let listed = line.list.as_ref().map_or(Some(agreed), |list| list.unit_price)?;
    // a unit of time has a price for one of it: 600 for 10 access units is 60 for an access-unit-month
    let of_one = |price: Decimal| {
        let price = Fraction::from(price).over(line.per).ok()?.finite();
        price.filter(|_| line.over != PricedOver::Nothing)
    };
    let one = of_one(agreed).zip(of_one(listed));
    let ((price, list_price), per) = one.map_or(((agreed, listed), line.per), |one| (one, 1));
    let exact = line.quantity.over(per).ok()?;
    let product = |price: Decimal, quantity: Decimal| {
        Fraction::from(price).times(Fraction::from(quantity)).ok().and_then(Fraction::finite)
    };
    let at = |quantity: Decimal, rounded: Option<u32>| {
        let (cost, list_cost) = (product(price, quantity)?, product(list_price, quantity)?);
        let unit = pricing_unit(line, per);
        Some(Priced { price, quantity, cost, list_price, list_cost, unit, rounded })
    };
    match exact.finite() {
        Some(quantity) => at(quantity, None),
        None => (0..=DECIMALS)
            .rev()
            .find_map(|decimals| at(exact.round(decimals).ok()?, Some(decimals))),
    }
}

/// The nouns of a bill in the words of the unit format: one, and many.
const UNITS: &[(&str, &str, &str)] = &[
    ("key", "Key", "Keys"),
    ("key-version", "Key Version", "Key Versions"),
    ("call", "Request", "Requests"),
    ("secret", "Secret", "Secrets"),
    ("secret-version", "Secret Version", "Secret Versions"),
    ("secret-call", "Request", "Requests"),
    ("secret-rotation", "Secret Rotation", "Secret Rotations"),
    ("rotation", "Rotation", "Rotations"),
    ("restore", "Restored Key", "Restored Keys"),
    ("hsm", "HSM", "HSMs"),
    ("keystore", "Keystore", "Keystores"),
    ("instance", "Instance", "Instances"),
    ("peak-qps", "QPS", "QPS"),
    ("vpc", "VPC", "VPCs"),
    ("shared-account", "Shared Account", "Shared Accounts"),
    ("access-unit", "Access Unit", "Access Units"),
    ("log-gigabyte", "GB", "GB"),
    ("zone", "Zone", "Zones"),
];

/// The words of a noun: one, and many.
pub(super) fn unit(noun: &str) -> (&'static str, &'static str) {
    let known = UNITS.iter().find(|(known, ..)| *known == noun);
    known.map_or(("Unit", "Units"), |(_, one, many)| (one, many))
}

fn pricing_unit(line: &Line, per: u64) -> String {
    let (one, many) = unit(line.unit);
    let timed = match line.over {
        PricedOver::Nothing if per == 1 => return many.to_owned(),
        PricedOver::Nothing => return format!("{per} {many}"),
        PricedOver::Hours => format!("{one}-Hours"),
        PricedOver::Days => format!("{one}-Days"),
        PricedOver::ElapsedMonths | PricedOver::Months => format!("{one}-Months"),
        PricedOver::LevelMonths => format!("{one} Level-Months"),
    };
    if per == 1 { timed } else { format!("{per} {timed}") }
}
