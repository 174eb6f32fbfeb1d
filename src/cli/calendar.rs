//! `kms-cost calendar`: what happens on which day, and the cash that leaves each month.
//!
//! From when to when is an argument; today is never read.

use std::io::Write;
use std::rc::Rc;

use clap::Args;

use super::input::{self, NeedArgs};
use super::output::Format;
use super::{Common, Exit, Failure, terminal_columns, warn};
use crate::bill::Status;
use crate::catalog::Catalog;
use crate::diagnostic::Problems;
use crate::estimate::{Estimate, Grounds, NoEstimate, estimate};
use crate::fraction::OutOfRange;
use crate::lifecycle::{self, Asked, Calendar, Query};
use crate::month::Day;
use crate::pricebook::Book;
use crate::report::calendar::{self as text, Shown};
use crate::report::cash::Ledger;
use crate::report::table::{Dress, WIDTH};
use crate::report::text::plan_name;
use crate::report::timeline::Drawing;
use crate::report::{calendar_json, csv, ics};
use crate::scenario::Scenario;

/// What a calendar is written as.
const FORMATS: &[Format] = &[Format::Table, Format::Json, Format::Csv, Format::Ics];

// Arguments of `calendar`.
#[derive(Debug, Args)]
pub(super) struct CalendarArgs {
    #[command(flatten)]
    pub(super) need: NeedArgs,
    /// Leave out what happens before this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::day)]
    from: Option<Day>,
    /// Leave out what happens after this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::day)]
    until: Option<Day>,
    /// Settle this many months of pay-as-you-go
    #[arg(long, value_name = "N", value_parser = super::term)]
    months: Option<u32>,
    /// Of the renewable instances, those that expire on this day or later
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::day)]
    expires_from: Option<Day>,
    /// Of the renewable instances, those that expire on this day or earlier
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::day)]
    expires_to: Option<Day>,
    /// Of the renewable instances, those of this product
    #[arg(long, value_name = "NAME")]
    product: Option<String>,
    /// Of the renewable instances, those in this room
    #[arg(long, value_name = "NAME")]
    room: Option<String>,
    /// Show amounts with this many decimals, rounded half away from zero
    #[arg(long, value_name = "N", value_parser = super::decimals)]
    round: Option<u32>,
    #[command(flatten)]
    pub(super) common: Common,
}

/// A calendar and what it stands on.
struct Planned {
    scenario: Scenario,
    book: Rc<Book>,
    estimate: Option<Estimate>,
    calendar: Calendar,
    warnings: Problems,
}

impl CalendarArgs {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let ordered = |from: Option<Day>, to: Option<Day>| from.zip(to).is_none_or(|(a, b)| a <= b);
        if !ordered(self.from, self.until) || !ordered(self.expires_from, self.expires_to) {
            let (from, to) = if ordered(self.from, self.until) {
                ("--expires-from", "--expires-to")
            } else {
                ("--from", "--until")
            };
            return Err(Failure::said(
                format!("`{from}` is after `{to}`"),
                "give the earlier day first; both days are included",
            ));
        }
        let catalog = input::catalog(self.common.pricing())?;
        let planned = self.planned(&catalog)?;
        let ledger = Ledger::of(&planned.calendar).map_err(too_large)?;
        self.common.write(out, FORMATS, |format, dress, out| {
            Ok(out.write_all(self.written(&planned, &ledger, format, dress)?.as_bytes())?)
        })?;
        warn(&planned.warnings, &self.common);
        let estimated =
            planned.estimate.as_ref().is_none_or(|estimate| estimate.status() == Status::Complete);
        Ok(if estimated && ledger.is_complete() { Exit::Done } else { Exit::Incomplete })
    }

    fn planned(&self, catalog: &Catalog) -> Result<Planned, Failure> {
        let mut need = self.need.read(catalog)?;
        let book = input::book(&self.need, &mut need, catalog)?;
        let estimate = self.estimate(&need, &book, catalog)?;
        let asked = Asked {
            from: self.from,
            until: self.until,
            query: Query {
                expires_from: self.expires_from,
                expires_to: self.expires_to,
                product: self.product.clone(),
                room: self.room.clone(),
            },
        };
        let mut problems = need.problems;
        let calendar =
            lifecycle::calendar(&need.scenario, &book, estimate.as_ref(), &asked, &mut problems);
        match calendar {
            Some(mut calendar) if !problems.has_errors() => {
                self.cut(&mut calendar);
                let warnings = estimate.iter().flat_map(|estimate| &estimate.bill.warnings);
                warnings.for_each(|warning| problems.push(warning.clone()));
                let scenario = need.scenario;
                Ok(Planned { scenario, book, estimate, calendar, warnings: problems })
            }
            None if !problems.has_errors() => {
                Err(Failure::Fault("there is no calendar, and no reason".to_owned()))
            }
            _ => Err(input::wrong(problems)),
        }
    }

    /// The estimate that the calendar pays, where there is something to meter.
    fn estimate(
        &self,
        need: &input::Need,
        book: &Rc<Book>,
        catalog: &Catalog,
    ) -> Result<Option<Estimate>, Failure> {
        if !lifecycle::is_priced(&need.scenario, book) {
            return Ok(None);
        }
        let home = input::home(&need.scenario, &book.id.provider, catalog);
        let grounds = Grounds {
            vocabulary: catalog.vocabulary(),
            home: home.as_ref(),
            month: self.need.month,
            months: self.months,
        };
        estimate(&need.scenario, Rc::clone(book), grounds, need.problems.clone()).map(Some).map_err(
            |why| match why {
                NoEstimate::Problems(problems) => input::wrong(problems),
                NoEstimate::Fault(what) => Failure::Fault(what),
            },
        )
    }

    /// Keeps the spread estimate of the months that are asked for, so that its total is that of the
    /// cash beside it.
    fn cut(&self, calendar: &mut Calendar) {
        calendar.spread.retain(|(month, _)| {
            self.from.is_none_or(|from| from.month() <= *month)
                && self.until.is_none_or(|until| *month <= until.month())
        });
    }

    fn written(
        &self,
        planned: &Planned,
        ledger: &Ledger,
        format: Format,
        dress: Dress,
    ) -> Result<String, Failure> {
        let Planned { scenario, book, calendar, .. } = planned;
        match format {
            Format::Table => {
                let wide = terminal_columns().is_some_and(|columns| columns >= WIDTH);
                let (plan, window) = (plan_name(book), self.window());
                let shown = Shown {
                    scenario: &scenario.name,
                    plan: &plan,
                    window: window.as_deref(),
                    calendar,
                    round: self.common.round(self.round),
                    drawing: if wide { Drawing::Bars } else { Drawing::Words },
                };
                text::calendar(shown, dress).map_err(too_large)
            }
            Format::Json => calendar_json::calendar(&scenario.name, book, calendar, ledger)
                .map_err(|why| Failure::Fault(why.to_string())),
            Format::Svg => Err(Failure::Fault("a calendar is not drawn".to_owned())),
            Format::Csv => csv::calendar(calendar).map_err(|why| Failure::Fault(why.to_string())),
            // the last of the formats that the caller lets through
            _ => {
                // without the edition: another price list does not make another event
                let origin = format!("{}/{} {}", book.id.provider, book.id.plan, scenario.name);
                Ok(ics::calendar(&scenario.name, &origin, calendar))
            }
        }
    }

    /// From when to when, in words.
    fn window(&self) -> Option<String> {
        match (self.from, self.until) {
            (None, None) => None,
            (Some(from), None) => Some(format!("from {from}")),
            (None, Some(until)) => Some(format!("until {until}")),
            (Some(from), Some(until)) => Some(format!("from {from} until {until}")),
        }
    }
}

fn too_large(why: OutOfRange) -> Failure {
    Failure::said(format!("the cash of the calendar is {why}"), "give a shorter time by `--until`")
}
