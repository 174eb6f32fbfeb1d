//! What the columns of a row say of its line.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Export;
use super::priced::{DECIMALS, Priced, unit};
use crate::bill::{Line, Step};
use crate::decimal::{self, Decimal};
use crate::fraction::Fraction;
use crate::month::{Moment, Offset, Period};
use crate::pricebook::{Book, Charge, Price, PriceSource, Prices};
use crate::report::csv;
use crate::report::stamp::stamp;
use crate::source::printable;

/// The rule by which a quantity is rounded.
const ROUNDING: &str = "PricingQuantity is rounded half away from zero";

/// A line and all that its row says.
pub(super) struct Row<'a> {
    pub(super) export: Export<'a>,
    pub(super) period: Period,
    pub(super) line: &'a Line,
    pub(super) priced: Priced,
}

impl<'a> Row<'a> {
    pub(super) fn book(&self) -> &'a Book {
        &self.export.estimate.book
    }

    pub(super) fn currency(&self) -> String {
        text(&self.book().currency)
    }

    pub(super) fn provider(&self) -> String {
        text(&self.book().provider_name)
    }

    pub(super) fn start(&self) -> String {
        utc(self.period.begins(self.book().clock.offset))
    }

    pub(super) fn end(&self) -> String {
        utc(self.period.ends(self.book().clock.offset))
    }

    /// Whether instances are bought for a term; then nothing is consumed.
    pub(super) fn is_bought(&self) -> bool {
        self.book().cycle.is_some()
    }

    pub(super) fn consumed(&self) -> String {
        let quantity = self.line.consumed.round(DECIMALS).ok().filter(|_| !self.is_bought());
        quantity.map_or_else(String::new, number)
    }

    pub(super) fn consumed_unit(&self) -> String {
        let many = unit(self.line.unit).1;
        words(self.is_bought(), "", many)
    }

    pub(super) fn region_name(&self) -> String {
        let id = self.line.region.as_deref().unwrap_or_default();
        let place = self.book().regions.get(id).map(|region| region.place.as_str());
        text(place.map_or(id, |place| self.export.vocabulary.place_label(place)))
    }

    /// The one key, secret or instance that the line is for.
    pub(super) fn resource(&self) -> &str {
        self.line.key.as_deref().or(self.line.instance.as_deref()).unwrap_or_default()
    }

    pub(super) fn resource_type(&self) -> &'static str {
        if self.resource().is_empty() {
            return "";
        }
        match (self.line.instance.is_some(), self.line.unit) {
            (true, _) => "Instance",
            (false, "secret" | "secret-version" | "secret-call" | "secret-rotation") => "Secret",
            (false, "hsm") => "HSM",
            (false, "keystore") => "Keystore",
            (false, _) => "Key",
        }
    }

    fn meter_id(&self) -> &'a str {
        self.book().meters.get(self.line.meter).map_or("", |meter| meter.id.as_str())
    }

    /// One for a meter in every edition of a plan.
    pub(super) fn sku(&self) -> String {
        let id = &self.book().id;
        text(&format!("{}/{}/{}", id.provider, id.plan, self.meter_id()))
    }

    pub(super) fn sku_meter(&self) -> String {
        text(self.book().meters.get(self.line.meter).map_or("", |meter| &meter.label))
    }

    /// One for each price of a meter: by edition, class, tier, factor, and free quota.
    pub(super) fn sku_price(&self) -> String {
        let told = |(part, value): (PricePart, String)| format!("#{}-{value}", part.in_id());
        let parts: String = self.price_parts().map(told).collect();
        text(&format!("{}/{}{parts}", self.book().id, self.meter_id()))
    }

    pub(super) fn sku_price_details(&self) -> String {
        json(self.price_parts().map(|(part, value)| (part.as_property(), value)))
    }

    /// What tells the price from others of its meter.
    fn price_parts(&self) -> impl Iterator<Item = (PricePart, String)> {
        let steps = self.line.derivation.iter().filter_map(|step| self.price_part(step));
        self.class().map(|class| (PricePart::Class, class)).into_iter().chain(steps)
    }

    fn price_part(&self, step: &Step) -> Option<(PricePart, String)> {
        match step {
            Step::Tier { above, .. } | Step::Volume { above, .. } if *above > 0 => {
                Some((PricePart::Above, above.to_string()))
            }
            Step::Level { up_to: Some(up_to) } => Some((PricePart::UpTo, up_to.to_string())),
            Step::Factor(_, factor) => Some((PricePart::Times, decimal::plain(*factor))),
            Step::Free(label, _) if *label == *self.line.label => {
                let allowances = &self.book().allowances;
                let allowance = allowances.iter().find(|allowance| allowance.label == *label)?;
                Some((PricePart::Free, allowance.id.clone()))
            }
            _ => None,
        }
    }

    /// The class whose price it is, where the meter has a price for each.
    fn class(&self) -> Option<String> {
        let meter = self.book().meters.get(self.line.meter)?;
        let Charge::Flat(Prices::By(axis, by_class)) = &meter.charge else {
            return None;
        };
        let factored = self.line.derivation.iter().find_map(|step| match step {
            Step::Factor(listed, _) => Some(*listed),
            _ => None,
        });
        let charged = self.line.list.as_ref().map_or(self.line.unit_price, |list| list.unit_price);
        let listed = Price::Published(factored.or(charged)?);
        let (class, _) = by_class.iter().find(|(_, price)| *price == listed)?;
        let class = self.book().axes.get(*axis)?.classes.get(*class)?;
        Some(class.name.clone())
    }

    pub(super) fn tags(&self) -> String {
        let scenario = self.export.scenario;
        let named = self.line.key.as_deref();
        let of_secret = self.resource_type() == "Secret";
        let secrets = scenario.secrets.iter().map(|secret| (true, &secret.name, &secret.tags));
        let keys = scenario.keys.iter().map(|key| (false, &key.name, &key.tags));
        let own = keys
            .chain(secrets)
            .find(|(is_secret, name, _)| *is_secret == of_secret && named == Some(name.as_str()));
        let own = own.into_iter().flat_map(|(_, _, tags)| tags);
        json(scenario.tags.iter().chain(own).map(|(name, value)| (name.as_str(), value.clone())))
    }

    /// What each of several consumed, where they share the line.
    pub(super) fn shares(&self) -> String {
        parts(&self.line.shares)
    }

    /// The same of regions.
    pub(super) fn regions(&self) -> String {
        parts(&self.line.regions)
    }

    pub(super) fn exact_cost(&self) -> String {
        let amount = self.line.amount.unwrap_or_default();
        amount.ratio().unwrap_or_else(|| amount.digits())
    }

    pub(super) fn exact_list_cost(&self) -> String {
        let amount = self.line.list_amount().unwrap_or_default();
        amount.ratio().unwrap_or_else(|| amount.digits())
    }

    /// What is agreed on instead of the list price.
    pub(super) fn discount(&self) -> String {
        self.line.list.as_ref().map_or_else(String::new, |list| list.discount.terms.label())
    }

    pub(super) fn discount_source(&self) -> String {
        self.line.list.as_ref().map_or_else(String::new, |list| text(&list.discount.source))
    }

    pub(super) fn rounding(&self) -> String {
        let rounded = self.priced.rounded;
        rounded.map_or_else(String::new, |decimals| format!("{ROUNDING} to {decimals} decimals"))
    }

    pub(super) fn item(&self) -> String {
        text(self.book().items.get(self.line.item).map_or("", |item| item.id.as_str()))
    }

    pub(super) fn source(&self, of: fn(&PriceSource) -> &str) -> String {
        text(self.book().source(self.line.source).map_or("", of))
    }

    /// Those in force, whether or not they moved the figure.
    pub(super) fn readings(&self) -> String {
        let ids: Vec<&str> =
            self.export.estimate.readings().map(|(reading, _)| reading.id.as_str()).collect();
        text(&ids.join(" "))
    }
}

/// What tells prices of one meter apart.
#[derive(Clone, Copy)]
enum PricePart {
    Class,
    Above,
    UpTo,
    Times,
    Free,
}

impl PricePart {
    fn in_id(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::Above => "above",
            Self::UpTo => "up-to",
            Self::Times => "times",
            Self::Free => "free",
        }
    }

    /// A property of our own.
    fn as_property(self) -> &'static str {
        match self {
            Self::Class => "x_PriceClass",
            Self::Above => "x_TierAbove",
            Self::UpTo => "x_LevelUpTo",
            Self::Times => "x_Factor",
            Self::Free => "x_FreeQuota",
        }
    }
}

fn parts(parts: &[(Rc<str>, Fraction)]) -> String {
    if parts.is_empty() {
        return String::new();
    }
    json(parts.iter().map(|(name, consumed)| (&**name, consumed.digits())))
}

/// An object of texts, by name; a later value of a name takes the place of an earlier.
fn json<'a>(entries: impl Iterator<Item = (&'a str, String)>) -> String {
    let entries: BTreeMap<String, String> =
        entries.map(|(name, value)| (printable(name), printable(&value))).collect();
    serde_json::json!(entries).to_string()
}

/// `2026-01-31T16:00:00Z`.
fn utc(at: Moment) -> String {
    let Some(greenwich) = Offset::parse("+00:00") else {
        return String::new();
    };
    stamp(at, greenwich).replace("+00:00", "Z")
}

/// With a point in any case: readers that guess types take `30` for an integer.
pub(super) fn number(value: Decimal) -> String {
    let digits = decimal::plain(value);
    if digits.contains('.') { digits } else { digits + ".0" }
}

/// A text that steers no terminal and that no spreadsheet takes for a formula.
pub(super) fn text(text: &str) -> String {
    csv::cell(&printable(text))
}

pub(super) fn words(so: bool, one: &str, other: &str) -> String {
    if so { one } else { other }.to_owned()
}
