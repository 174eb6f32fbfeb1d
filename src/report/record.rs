//! A bill as flat values: what a row of CSV or a bare value for a shell script holds.
//!
//! A row is a line of a month, a month, or the whole estimate. Text is printable, digits are exact; a
//! figure that rests on a price that is not published is empty, never 0.

use crate::bill::{Bill, Line, PricedOver, Status};
use crate::decimal;
use crate::estimate::Estimate;
use crate::fraction::Fraction;
use crate::month::Period;
use crate::source::printable;

/// An estimate and what it is an estimate of.
#[derive(Clone, Copy, Debug)]
pub struct Billed<'a> {
    /// The scenario's name.
    pub scenario: &'a str,
    /// What it costs.
    pub estimate: &'a Estimate,
    /// Whether the months of a term are meant one by one.
    pub by_month: bool,
    /// How it stands with its budgets.
    pub budget: Option<&'static str>,
}

/// A month of an estimate, and where one is meant, a line of it.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    billed: Billed<'a>,
    at: usize,
    period: Period,
    bill: &'a Bill,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text, printable.
    Text(String),
    /// A number.
    Number(String),
    /// An amount of money; none where a price is not published.
    Amount(Option<Fraction>),
}

impl<'a> Billed<'a> {
    /// Its months: one, or those of a projection.
    pub fn months(self) -> impl Iterator<Item = Record<'a>> {
        let estimate = self.estimate;
        let projected = estimate.term.as_ref().filter(|_| self.by_month);
        let one = projected.is_none().then_some((estimate.period, &estimate.bill));
        let months = projected.into_iter().flat_map(|term| &term.months);
        let months = one.into_iter().chain(months.map(|(period, bill)| (*period, bill)));
        months.enumerate().map(move |(at, (period, bill))| Record {
            billed: self,
            at,
            period,
            bill,
        })
    }
}

impl<'a> Record<'a> {
    /// The lines of its month.
    #[must_use]
    pub fn lines(&self) -> &'a [Line] {
        self.bill.lines()
    }

    /// A value of the whole estimate.
    #[must_use]
    pub fn of_estimate(&self, field: EstimateField) -> Value {
        let Billed { scenario, estimate, budget, .. } = self.billed;
        match field {
            EstimateField::Scenario => text(scenario),
            EstimateField::Book => text(&estimate.book.id.to_string()),
            EstimateField::Edition => text(&estimate.book.id.edition),
            EstimateField::Currency => text(&estimate.book.currency),
            EstimateField::Status => text(estimate.status().as_str()),
            EstimateField::Term => Value::Amount(
                estimate
                    .term
                    .as_ref()
                    .and_then(|term| (term.status() == Status::Complete).then_some(term.total)),
            ),
            EstimateField::Budget => text(budget.unwrap_or("")),
        }
    }

    /// A value of its month.
    #[must_use]
    pub fn of_month(&self, field: &MonthField) -> Value {
        let complete = self.bill.status() == Status::Complete;
        match field {
            MonthField::Month => text(&self.month()),
            MonthField::Status => text(self.bill.status().as_str()),
            MonthField::Total => Value::Amount(complete.then(|| self.bill.total())),
            MonthField::Priced => Value::Amount(Some(self.bill.total())),
            MonthField::Subtotal(item) => Value::Amount(self.subtotal(item)),
        }
    }

    /// Its month; where it has no name, its number among several.
    fn month(&self) -> String {
        match self.period.month {
            Some(month) => month.to_string(),
            None if self.billed.by_month => self.at.saturating_add(1).to_string(),
            None => String::new(),
        }
    }

    /// What an item costs; books that are joined may each have one of this name.
    fn subtotal(&self, item: &str) -> Option<Fraction> {
        let items = &self.billed.estimate.book.items;
        let is_meant = |line: &&Line| items.get(line.item).is_some_and(|known| known.id == item);
        let lines = self.bill.lines().iter().filter(is_meant);
        Fraction::sum(lines.map(|line| line.amount).collect::<Option<Vec<_>>>()?).ok()
    }

    /// A value of a line.
    #[must_use]
    pub fn of_line(&self, line: &Line, field: LineField) -> Value {
        let book = &self.billed.estimate.book;
        let region = line.region.as_deref();
        let named = |name: Option<&str>| text(name.unwrap_or(""));
        match field {
            LineField::Id => text(&line.id),
            LineField::Item => named(book.items.get(line.item).map(|item| item.id.as_str())),
            LineField::Label => text(&line.label),
            LineField::Key => named(line.key.as_deref()),
            LineField::Instance => named(line.instance.as_deref()),
            LineField::Region => named(region),
            LineField::Place => {
                let region = region.and_then(|region| book.regions.get(region));
                named(region.map(|region| region.place.as_str()))
            }
            LineField::ConsumedQuantity => Value::Number(line.consumed.digits()),
            LineField::ConsumedUnit => text(line.unit),
            LineField::PricingQuantity => Value::Number(line.quantity.digits()),
            LineField::PricingUnit => text(&pricing_unit(line)),
            LineField::UnitPrice => {
                Value::Number(line.unit_price.map_or_else(String::new, decimal::plain))
            }
            LineField::Per => Value::Number(line.per.to_string()),
            LineField::Amount => Value::Amount(line.amount),
            LineField::Fraction => {
                Value::Number(line.amount.and_then(Fraction::ratio).unwrap_or_default())
            }
            LineField::ListUnitPrice => {
                let listed = line.list.as_ref().map_or(line.unit_price, |list| list.unit_price);
                Value::Number(listed.map_or_else(String::new, decimal::plain))
            }
            LineField::ListAmount => Value::Amount(line.list_amount()),
            LineField::ListFraction => {
                Value::Number(line.list_amount().and_then(Fraction::ratio).unwrap_or_default())
            }
            LineField::Discount => text(
                &line.list.as_ref().map_or_else(String::new, |list| list.discount.terms.label()),
            ),
            LineField::Status => text(if line.amount.is_some() { "priced" } else { "unpublished" }),
            LineField::Source => {
                let source = book.source(line.source);
                let source = source.map(|source| format!("{}, {}", source.title, source.dated));
                named(source.as_deref())
            }
        }
    }
}

fn text(text: &str) -> Value {
    Value::Text(printable(text))
}

/// The unit of what is charged for: what is counted, over which time.
#[must_use]
pub fn pricing_unit(line: &Line) -> String {
    let over = match line.over {
        PricedOver::Nothing => "",
        PricedOver::Days => "-day",
        PricedOver::Hours => "-hour",
        PricedOver::ElapsedMonths | PricedOver::Months => "-month",
        PricedOver::LevelMonths => "-level-month",
    };
    format!("{}{over}", line.unit)
}

/// A value of the whole estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EstimateField {
    /// The scenario's name.
    Scenario,
    /// The price book.
    Book,
    /// Its edition.
    Edition,
    /// Its currency.
    Currency,
    /// Whether every price is published.
    Status,
    /// What all months of the term cost.
    Term,
    /// How it stands with its budgets.
    Budget,
}

/// A value of a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MonthField {
    /// The month.
    Month,
    /// Whether every price is published.
    Status,
    /// What it costs.
    Total,
    /// What of it is priced.
    Priced,
    /// What an item costs.
    Subtotal(String),
}

/// A value of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineField {
    /// Its id.
    Id,
    /// Its item's id.
    Item,
    /// What it is.
    Label,
    /// The one key that it is for.
    Key,
    /// The one instance that it is for.
    Instance,
    /// The provider's region.
    Region,
    /// The place by its neutral name.
    Place,
    /// What was used.
    ConsumedQuantity,
    /// In which unit.
    ConsumedUnit,
    /// What is charged for.
    PricingQuantity,
    /// In which unit.
    PricingUnit,
    /// At which price.
    UnitPrice,
    /// For how many units that price stands.
    Per,
    /// What it costs.
    Amount,
    /// The exact ratio, where no finite decimal holds the amount.
    Fraction,
    /// Whether its price is published.
    Status,
    /// Where the price was read.
    Source,
    /// The price that the price list has.
    ListUnitPrice,
    /// What it would cost at that price.
    ListAmount,
    /// The exact ratio, where no finite decimal holds that.
    ListFraction,
    /// What is agreed on instead.
    Discount,
}

impl LineField {
    /// Every value of a line, as it is named.
    pub const ALL: &[(&str, Self)] = &[
        ("id", Self::Id),
        ("item", Self::Item),
        ("label", Self::Label),
        ("key", Self::Key),
        ("instance", Self::Instance),
        ("region", Self::Region),
        ("place", Self::Place),
        ("consumed_quantity", Self::ConsumedQuantity),
        ("consumed_unit", Self::ConsumedUnit),
        ("pricing_quantity", Self::PricingQuantity),
        ("pricing_unit", Self::PricingUnit),
        ("unit_price", Self::UnitPrice),
        ("per", Self::Per),
        ("amount", Self::Amount),
        ("fraction", Self::Fraction),
        ("status", Self::Status),
        ("source", Self::Source),
        ("list_unit_price", Self::ListUnitPrice),
        ("list_amount", Self::ListAmount),
        ("list_fraction", Self::ListFraction),
        ("discount", Self::Discount),
    ];
}
