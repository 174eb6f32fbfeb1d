//! `kms-cost compare`: one need at every plan that can serve it, or the reference workloads.

use std::io::{self, Write};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::budgets::{BudgetArgs, plans};
use super::discounts::DiscountArgs;
use super::exchange::RateArgs;
use super::input::{self, Need};
use super::output::Format;
use super::{Common, Exit, Failure, tools};
use crate::budget::Status;
use crate::catalog::{Catalog, PlanName};
use crate::comparison::workloads::WORKLOADS;
use crate::comparison::{
    Asked, NoComparison, Offer, Readings, Stated, Workload, offers, rank, without_doubles,
};
use crate::config::Project;
use crate::month::{Day, Month};
use crate::pricebook::BookId;
use crate::rates::Rates;
use crate::report::comparison::review::{Review, Stands};
use crate::report::comparison::{self, Shown, Sort, json, page, text};
use crate::report::findings::Place;
use crate::report::record::Billed;
use crate::report::table::Dress;
use crate::report::verdicts::Held;
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
    #[command(flatten)]
    discounts: DiscountArgs,
    #[command(flatten)]
    budgets: BudgetArgs,
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

impl CompareArgs {
    /// Takes what the project's file says where the call is silent.
    pub(super) fn configure(&mut self, project: &Rc<Project>) {
        self.as_of = self.as_of.or(project.day());
        self.discounts.configure(project);
        self.rates.configure(project);
        self.budgets.configure(project);
        // the reference workloads are shown, and never judged
        self.strict |= project.is_strict() && self.scenario.is_some();
    }

    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let catalog = input::catalog(self.common.pricing())?;
        let plans = self.plans(&catalog)?;
        let needs = self.needs(&catalog)?;
        let rates =
            self.rates.rates(needs.first().and_then(|need| need.scenario.rates.as_ref()))?;
        let stated = match self.scenario {
            Some(_) => Stated::ByUser,
            None => Stated::AsReference,
        };
        let (mut workloads, mut places) = (Vec::new(), Vec::new());
        for need in &needs {
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
            workloads.push(Workload { name: need.scenario.name.clone(), stated, offers });
        }
        let rates = rates.as_ref();
        let need = needs.first().filter(|_| self.scenario.is_some());
        let scenario = need.map(|need| &need.scenario);
        let (as_of, catalog) = (self.as_of, &catalog);
        let asked = scenario.map(|scenario| plans::Asked { scenario, rates, as_of, catalog });
        let served = workloads.first().map(|workload| workload.offers.as_slice());
        let judged = asked.zip(served);
        let rules = judged.map(|(asked, offers)| {
            let rules = self.budgets.rules(asked.scenario)?;
            Ok::<_, Failure>(plans::in_currency(rules, offers, asked))
        });
        let rules = rules.transpose()?;
        let budgets = match (&rules, judged) {
            (Some(rules), Some((asked, offers))) => plans::held(rules, offers, asked)?,
            _ => Held::new(),
        };
        let shown: Vec<Shown<'_>> =
            workloads.iter().map(|workload| self.shown(workload, rates, &budgets)).collect();
        let reviews: Vec<Review<'_>> = workloads
            .iter()
            .zip(places)
            .map(|(workload, place)| Review {
                workload,
                budgets: &budgets,
                names: self.named(workload, &plans, &budgets),
                strict: self.strict,
                place,
            })
            .collect();
        self.common.write(out, Format::REPORTS, |format, dress, out| {
            match format {
                Format::Json => json::comparison(out, &workloads, rates, self.top(), &budgets)?,
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
        Ok(exit(&reviews))
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
            self.discounts.join(&mut need, None, catalog)?;
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
        let given = options.iter().find(|(_, given)| *given).map(|(option, _)| *option);
        if let Some(option) = given.or_else(|| self.budgets.given()) {
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

    fn shown<'a>(
        &self,
        workload: &'a Workload,
        rates: Option<&'a Rates>,
        budgets: &'a Held<'a>,
    ) -> Shown<'a> {
        Shown {
            workload,
            rates,
            sort: self.sort.into(),
            top: self.top(),
            items: self.items,
            round: self.common.round(self.round),
            budgets,
        }
    }

    /// What each name that was given comes to: it stands when one of its plans is complete and within
    /// every budget; it is over when such plans are complete and none of them is within.
    fn named<'a>(
        &'a self,
        workload: &Workload,
        plans: &Plans,
        budgets: &Held<'_>,
    ) -> Vec<(&'a str, Stands)> {
        let whole = |offer: &Offer| {
            let open = offer.estimate().and_then(|estimate| estimate.undocumented().next());
            offer.is_complete() && !(self.strict && open.is_some())
        };
        let of_plan = |offer: &Offer| match worst(budgets, &offer.id) {
            Some(Status::Over) => Stands::Over,
            Some(Status::Undecided) => Stands::Open,
            _ if whole(offer) => Stands::Well,
            _ => Stands::Open,
        };
        let of_name = |plans: &Vec<PlanName>| {
            let served = workload.offers.iter().filter(|offer| offer.estimate().is_some());
            let named = served.filter(|offer| plans.iter().any(|plan| plan.means(&offer.id)));
            let found: Vec<Stands> = named.map(of_plan).collect();
            match found.as_slice() {
                found if found.contains(&Stands::Well) => Stands::Well,
                // what is not known could be within
                found if found.is_empty() || found.contains(&Stands::Open) => Stands::Open,
                _ => Stands::Over,
            }
        };
        let names = self.providers.iter().map(String::as_str);
        names.zip(plans.of_names.iter().map(of_name)).collect()
    }
}

/// Done when each name stands in each workload.
fn exit(reviews: &[Review<'_>]) -> Exit {
    let found = || reviews.iter().flat_map(|review| &review.names).map(|(_, stands)| *stands);
    if found().any(|stands| stands == Stands::Over) {
        Exit::Verdict
    } else if found().any(|stands| stands == Stands::Open) {
        Exit::Incomplete
    } else {
        Exit::Done
    }
}

/// The gravest of what budgets come to at a plan.
fn worst(budgets: &Held<'_>, id: &BookId) -> Option<Status> {
    budgets.get(id)?.iter().map(|verdict| verdict.status).max()
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
                let budget = worst(shown.budgets, &estimate.book.id).map(Status::as_str);
                bills.push(Billed { scenario, estimate, by_month, budget });
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
