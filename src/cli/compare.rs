//! `kms-cost compare`: one need at every plan that can serve it, or the reference workloads.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::exchange::RateArgs;
use super::input::{self, Need};
use super::output::Format;
use super::{Common, Exit, Failure, discounts, tools};
use crate::catalog::{Catalog, PlanName};
use crate::comparison::workloads::WORKLOADS;
use crate::comparison::{
    Asked, NoComparison, Offer, Readings, Stated, Workload, offers, rank, without_doubles,
};
use crate::month::{Day, Month};
use crate::rates::Rates;
use crate::report::comparison::review::Review;
use crate::report::comparison::{self, Shown, Sort, json, page, text};
use crate::report::findings::Place;
use crate::report::record::Billed;
use crate::report::table::Dress;
use crate::report::{bill_csv, html, markdown};
use crate::scenario;
use crate::source::{Source, printable};

// Arguments of `compare`.
#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// The scenario file, or `-` for standard input; without it, the built-in reference workloads
    #[arg(value_name = "SCENARIO")]
    scenario: Option<PathBuf>,
    /// Which plans: `all`, or providers and plans (a, b/plan, c/plan@edition) separated by commas
    #[arg(long, value_name = "LIST", default_value = "all", value_delimiter = ',')]
    providers: Vec<String>,
    /// The calendar month, instead of the scenario's
    #[arg(long, value_name = "YYYY-MM", value_parser = super::month)]
    month: Option<Month>,
    /// Compare what this many months cost together
    #[arg(long, value_name = "N", value_parser = super::term)]
    months: Option<u32>,
    /// Take the editions that were in force on this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::day)]
    as_of: Option<Day>,
    #[command(flatten)]
    rates: RateArgs,
    /// A file of [[discount]] tables: what is agreed on instead of list prices
    #[arg(long, value_name = "FILE")]
    discounts: Option<PathBuf>,
    /// Show what each plan's items come to
    #[arg(long)]
    items: bool,
    /// The order of the plans of one currency
    #[arg(long, value_enum, default_value_t = By::Total, value_name = "BY")]
    sort: By,
    /// Show the N cheapest plans of each currency
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    top: Option<u16>,
    /// Count a plan as incomplete (exit 3) when a choice that no page documents moved its figure
    #[arg(long)]
    strict: bool,
    /// Show amounts with this many decimals, rounded half away from zero
    #[arg(long, value_name = "N", value_parser = super::decimals)]
    round: Option<u32>,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    Total,
    Name,
    Edition,
    Provenance,
}

impl From<By> for Sort {
    fn from(by: By) -> Self {
        match by {
            By::Total => Self::Total,
            By::Name => Self::Name,
            By::Edition => Self::Edition,
            By::Provenance => Self::Provenance,
        }
    }
}

/// The plans that are asked.
struct Plans {
    /// Those that each name given means.
    of_names: Vec<Vec<PlanName>>,
    /// Those that are named themselves, and not by their provider alone.
    named: Vec<PlanName>,
}

impl Plans {
    fn all(&self) -> Vec<PlanName> {
        self.of_names.iter().flatten().cloned().collect()
    }
}

/// What a comparison is written as.
const FORMATS: &[Format] = &[
    Format::Table,
    Format::Json,
    Format::Csv,
    Format::Markdown,
    Format::Html,
    Format::Junit,
    Format::Sarif,
    Format::Github,
];

impl CompareArgs {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let catalog = input::catalog(self.common.pricing.as_deref())?;
        let plans = self.plans(&catalog)?;
        let needs = self.needs(&catalog)?;
        let rates =
            self.rates.rates(needs.first().and_then(|need| need.scenario.rates.as_ref()))?;
        let stated = match self.scenario {
            Some(_) => Stated::ByUser,
            None => Stated::AsReference,
        };
        let (mut workloads, mut places) = (Vec::new(), Vec::new());
        for need in needs {
            let source = Arc::clone(&need.scenario.source);
            places.push((stated == Stated::ByUser).then_some(Place { source, span: 0..0 }));
            let asked = self.asked(&catalog);
            let offers = offers(&plans.all(), &need.scenario, &need.problems, asked)?;
            let mut offers = without_doubles(offers, &plans.named);
            rank(&mut offers, rates.as_ref()).map_err(|id| {
                Failure::said(
                    format!("what `{id}` costs cannot be compared: a figure beyond 28 significant digits"),
                    "leave the plan out by `--providers`, or state rates with fewer digits",
                )
            })?;
            workloads.push(Workload { name: need.scenario.name, stated, offers });
        }
        let rates = rates.as_ref();
        let shown: Vec<Shown<'_>> =
            workloads.iter().map(|workload| self.shown(workload, rates)).collect();
        let reviews: Vec<Review<'_>> = workloads
            .iter()
            .zip(places)
            .map(|(workload, place)| Review {
                workload,
                names: self.held(workload, &plans),
                strict: self.strict,
                place,
            })
            .collect();
        self.common.write(out, FORMATS, |format, dress, out| {
            match format {
                Format::Json => json::comparison(out, &workloads, rates, self.top())?,
                Format::Csv => bill_csv::write(out, billed(&shown))?,
                Format::Markdown => {
                    out.write_all(markdown::markdown(&page::page(&shown)).as_bytes())?;
                }
                Format::Html => out.write_all(html::html(&page::page(&shown)).as_bytes())?,
                Format::Junit | Format::Sarif | Format::Github => {
                    out.write_all(review(format, &reviews).as_bytes())?;
                }
                _ => write_tables(&shown, dress, out)?,
            }
            Ok(())
        })?;
        let done = reviews.iter().flat_map(|review| &review.names).all(|(_, stands)| *stands);
        Ok(if done { Exit::Done } else { Exit::Incomplete })
    }

    fn asked<'a>(&self, catalog: &'a Catalog) -> Asked<'a> {
        Asked {
            catalog,
            month: self.month,
            months: self.months,
            as_of: self.as_of,
            readings: if self.strict { Readings::Weighed } else { Readings::Taken },
        }
    }

    fn top(&self) -> Option<usize> {
        self.top.map(usize::from)
    }

    fn needs(&self, catalog: &Catalog) -> Result<Vec<Need>, Failure> {
        let joined = |mut need: Need| {
            discounts::join(&mut need, self.discounts.as_deref(), None, catalog)?;
            Ok(need)
        };
        if let Some(path) = &self.scenario {
            return Ok(vec![joined(input::need(path, catalog)?)?]);
        }
        let options = [
            ("--month", self.month.is_some()),
            ("--months", self.months.is_some()),
            ("--strict", self.strict),
        ];
        if let Some((option, _)) = options.iter().find(|(_, given)| *given) {
            return Err(Failure::said(
                format!("`{option}` speaks of a scenario, and none is named"),
                "name the scenario file; without one, the built-in reference workloads are compared",
            ));
        }
        WORKLOADS
            .iter()
            .map(|(name, text)| {
                let source = Arc::new(Source::embedded(format!("built-in workload {name}"), text));
                match scenario::scenario(&source, catalog.vocabulary()) {
                    (Some(scenario), problems) => joined(Need { scenario, problems }),
                    (None, problems) => Err(input::wrong(problems)),
                }
            })
            .collect()
    }

    /// The plans that the names given mean.
    fn plans(&self, catalog: &Catalog) -> Result<Plans, Failure> {
        let mut plans = Plans { of_names: Vec::new(), named: Vec::new() };
        for name in &self.providers {
            if name == "all" {
                plans.of_names.push(catalog.all_plans());
                continue;
            }
            let parsed = PlanName::parse(name).ok_or_else(|| {
                let help = "expected `all`, provider, provider/plan or provider/plan@edition";
                Failure::said(format!("`{}` names no plan", printable(name)), help)
            })?;
            let found = catalog.plans(&parsed)?;
            plans.named.extend(found.iter().filter(|_| parsed.plan.is_some()).cloned());
            plans.of_names.push(found);
        }
        Ok(plans)
    }

    fn shown<'a>(&self, workload: &'a Workload, rates: Option<&'a Rates>) -> Shown<'a> {
        Shown {
            workload,
            rates,
            sort: self.sort.into(),
            top: self.top(),
            items: self.items,
            round: self.round,
        }
    }

    /// Each name that was given, and whether a plan of it is complete; a comparison is done where all are.
    fn held<'a>(&'a self, workload: &Workload, plans: &Plans) -> Vec<(&'a str, bool)> {
        let stands = |offer: &&Offer| {
            let open = offer.estimate().and_then(|estimate| estimate.undocumented().next());
            offer.is_complete() && !(self.strict && open.is_some())
        };
        let holds = |plans: &Vec<PlanName>| {
            let mut standing = workload.offers.iter().filter(stands);
            standing.any(|offer| plans.iter().any(|plan| plan.means(&offer.id)))
        };
        let names = self.providers.iter().map(String::as_str);
        names.zip(plans.of_names.iter().map(holds)).collect()
    }
}

/// What the workloads give to say to other people's tools.
fn review(format: Format, reviews: &[Review<'_>]) -> String {
    let cases = || reviews.iter().map(|one| (one.workload.name.as_str(), one.cases())).collect();
    let findings =
        || reviews.iter().map(|one| (one.workload.name.as_str(), one.findings())).collect();
    tools::said(format, cases, findings)
}

impl From<NoComparison> for Failure {
    fn from(why: NoComparison) -> Self {
        match why {
            NoComparison::NoNeed => Self::said(
                "the scenario states nothing that a plan could charge",
                "state keys, calls, secrets, HSMs, keystores or instances",
            ),
            NoComparison::NotSelected(why) => why.into(),
            NoComparison::Problems(problems) => input::wrong(problems),
            NoComparison::Fault(what) => Self::Fault(what),
        }
    }
}

/// The bills of the plans that are shown, in their order; of a term, all of its months.
fn billed<'a>(workloads: &[Shown<'a>]) -> Vec<Billed<'a>> {
    let mut bills = Vec::new();
    for shown in workloads {
        for row in comparison::rows(shown) {
            if let comparison::Row::Plan(plan) = row {
                let estimate = plan.estimate;
                let by_month = estimate.term.is_some();
                let scenario = &shown.workload.name;
                bills.push(Billed { scenario, estimate, by_month, budget: None });
            }
        }
    }
    bills
}

/// The tables, one below the other.
fn write_tables(workloads: &[Shown<'_>], dress: Dress, out: &mut dyn Write) -> io::Result<()> {
    for (at, shown) in workloads.iter().enumerate() {
        if at > 0 {
            out.write_all(b"\n")?;
        }
        out.write_all(text::comparison(shown, dress).as_bytes())?;
    }
    Ok(())
}
