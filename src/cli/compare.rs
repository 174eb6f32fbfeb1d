//! `kms-cost compare`: one need at every plan that can serve it, or the reference workloads.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;

use super::input::{self, Need};
use super::{Common, Exit, Failure, Layout};
use crate::catalog::{Catalog, NotSelected, PlanName};
use crate::comparison::{Offer, Outcome, is_about_the_plan, rank};
use crate::estimate::{Grounds, NoEstimate, estimate};
use crate::fraction::Fraction;
use crate::month::{Day, Month};
use crate::pricebook::BookId;
use crate::report::number::{align, money};
use crate::report::table::{Dress, Sheet, Side, Tone, hanging};
use crate::scenario;
use crate::source::{Source, printable};

/// What is compared where there is no scenario.
const WORKLOADS: &[(&str, &str)] = &[
    ("disk-encryption", include_str!("../../examples/disk-encryption.toml")),
    ("oss-client-side-encryption", include_str!("../../examples/oss-client-side-encryption.toml")),
    ("signature-generation", include_str!("../../examples/signature-generation.toml")),
    ("small-team", include_str!("../../examples/small-team.toml")),
    ("signing-service", include_str!("../../examples/signing-service.toml")),
    ("regulated-bank", include_str!("../../examples/regulated-bank.toml")),
];

// Arguments of `compare`.
#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// The scenario file, or `-` for standard input; without it, the built-in reference workloads
    #[arg(value_name = "SCENARIO")]
    scenario: Option<PathBuf>,
    /// Which plans: `all`, or providers and plans separated by commas
    #[arg(long, value_name = "LIST", default_value = "all", value_delimiter = ',')]
    providers: Vec<String>,
    /// The calendar month, instead of the scenario's
    #[arg(long, value_name = "YYYY-MM", value_parser = super::month)]
    month: Option<Month>,
    /// Compare the term of this many months
    #[arg(long, value_name = "N", value_parser = super::term)]
    months: Option<u32>,
    /// Take the editions that were in force on this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::day)]
    as_of: Option<Day>,
    #[command(flatten)]
    pub(super) common: Common,
}

impl CompareArgs {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let catalog = input::catalog(self.common.pricing.as_deref())?;
        let plans = self.plans(&catalog)?;
        let mut workloads = Vec::new();
        for need in self.needs(&catalog)? {
            let mut offers = Vec::new();
            for plan in &plans {
                offers.push(self.offer(plan, &need, &catalog)?);
            }
            rank(&mut offers);
            workloads.push((need.scenario.name, offers));
        }
        match self.common.layout()? {
            Layout::Table => self.write_tables(&workloads, out)?,
            Layout::Json => out.write_all(json(&workloads)?.as_bytes())?,
        }
        Ok(self.exit(&workloads))
    }

    /// Complete when each workload has a complete plan, and each plan that was named is complete.
    fn exit(&self, workloads: &[(String, Vec<Offer>)]) -> Exit {
        let named = self.providers.iter().all(|name| name != "all");
        let done = workloads.iter().all(|(_, offers)| {
            let complete = offers.iter().filter(|offer| offer.rank.is_some()).count();
            if named && self.scenario.is_some() { complete == offers.len() } else { complete > 0 }
        });
        if done { Exit::Done } else { Exit::Incomplete }
    }

    fn needs(&self, catalog: &Catalog) -> Result<Vec<Need>, Failure> {
        if let Some(path) = &self.scenario {
            return Ok(vec![input::need(path, catalog)?]);
        }
        if self.month.is_some() || self.months.is_some() {
            return Err(Failure::said(
                "`--month` and `--months` speak of a scenario, and none is named",
                "name the scenario file; without one, the built-in reference workloads are compared",
            ));
        }
        WORKLOADS
            .iter()
            .map(|(name, text)| {
                let source = Arc::new(Source::embedded(format!("built-in workload {name}"), text));
                match scenario::scenario(&source, catalog.vocabulary()) {
                    (Some(scenario), problems) => Ok(Need { scenario, problems }),
                    (None, problems) => Err(input::wrong(problems)),
                }
            })
            .collect()
    }

    fn plans(&self, catalog: &Catalog) -> Result<Vec<PlanName>, Failure> {
        let mut plans = Vec::new();
        for name in &self.providers {
            if name == "all" {
                plans.extend(catalog.all_plans());
                continue;
            }
            let parsed = super::plan(name).map_err(|help| {
                Failure::said(format!("`{}` names no plan", printable(name)), help)
            })?;
            plans.extend(catalog.plans(&parsed)?);
        }
        let mut seen = Vec::new();
        plans.retain(|plan| {
            !seen.contains(plan) && {
                seen.push(plan.clone());
                true
            }
        });
        Ok(plans)
    }

    fn offer(&self, plan: &PlanName, need: &Need, catalog: &Catalog) -> Result<Offer, Failure> {
        let on = self.as_of.or_else(|| {
            self.month.or(need.scenario.month.as_ref().map(|month| month.value)).map(Month::first)
        });
        let book = match catalog.select(plan, on) {
            Ok(book) => book,
            Err(NotSelected::Unknown { message, .. }) if on.is_some() => {
                let id = BookId {
                    provider: plan.provider.clone().into(),
                    plan: plan.plan.clone().unwrap_or_default().into(),
                    edition: plan.edition.clone().unwrap_or_default().into(),
                };
                return Ok(Offer {
                    id,
                    outcome: Outcome::NotComparable(vec![message]),
                    rank: None,
                });
            }
            Err(why) => return Err(why.into()),
        };
        let id = book.id.clone();
        let home = input::home(&need.scenario, &book.id.provider, catalog);
        let grounds = Grounds {
            vocabulary: catalog.vocabulary(),
            home: home.as_ref(),
            month: self.month,
            months: self.months,
        };
        let outcome = match estimate(&need.scenario, book, grounds, need.problems.clone()) {
            Ok(estimate) => Outcome::Served(Box::new(estimate)),
            Err(NoEstimate::Problems(problems))
                if is_about_the_plan(&problems) && !need.problems.has_errors() =>
            {
                Outcome::NotComparable(
                    problems.iter().map(|problem| problem.message.clone()).collect(),
                )
            }
            Err(NoEstimate::Problems(problems)) => return Err(input::wrong(problems)),
            Err(NoEstimate::Fault(what)) => return Err(Failure::Fault(what)),
        };
        Ok(Offer { id, outcome, rank: None })
    }

    fn write_tables(
        &self,
        workloads: &[(String, Vec<Offer>)],
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let dress = self.common.dress();
        for (at, (name, offers)) in workloads.iter().enumerate() {
            if at > 0 {
                out.write_all(b"\n")?;
            }
            let title = if self.scenario.is_some() {
                printable(name)
            } else {
                format!("Reference workload: {}", printable(name))
            };
            writeln!(out, "{}\n", dress.bold(&title))?;
            out.write_all(table(offers, self.months, dress).as_bytes())?;
            out.write_all(apart(offers, dress).as_bytes())?;
        }
        Ok(())
    }
}

/// The plans that serve the need, ranked.
fn table(offers: &[Offer], months: Option<u32>, dress: Dress) -> String {
    let served: Vec<(&Offer, &crate::estimate::Estimate)> =
        offers.iter().filter_map(|offer| Some((offer, offer.estimate()?))).collect();
    if served.is_empty() {
        return "no plan can serve this need\n".to_owned();
    }
    let what = months.map_or_else(|| "A month".to_owned(), |months| format!("{months} months"));
    let total = |offer: &Offer| offer.total().unwrap_or_default();
    let cheapest = |offer: &Offer| {
        let best = served.iter().find(|(other, estimate)| {
            other.rank == Some(1)
                && Some(&estimate.book.currency)
                    == offer.estimate().map(|estimate| &estimate.book.currency)
        });
        best.map(|(best, _)| total(best))
    };
    let rivals = |offer: &Offer| {
        let currency = offer.estimate().map(|estimate| &estimate.book.currency);
        served
            .iter()
            .filter(|(other, estimate)| {
                other.rank.is_some() && Some(&estimate.book.currency) == currency
            })
            .count()
            > 1
    };
    let totals = align(served.iter().map(|(offer, _)| money(total(offer), None)).collect());
    let more = |offer: &Offer| match (offer.rank, cheapest(offer)) {
        (Some(1), _) if rivals(offer) => "cheapest".to_owned(),
        (Some(1), _) => "only plan".to_owned(),
        (Some(_), Some(best)) => {
            format!("+{}", money(total(offer).minus(best).unwrap_or_default(), None))
        }
        _ => String::new(),
    };
    let more = align(served.iter().map(|(offer, _)| more(offer)).collect());
    let columns = [
        ("", Side::Left),
        (what.as_str(), Side::Right),
        ("More", Side::Right),
        ("Prices", Side::Left),
        ("", Side::Left),
    ];
    let columns = columns.iter().map(|(name, side)| ((*name).to_owned(), *side)).collect();
    let mut sheet = Sheet { columns, rows: Vec::new() };
    let mut group = None;
    for ((offer, estimate), (total, more)) in served.iter().zip(totals.into_iter().zip(more)) {
        let head = if offer.rank.is_some() {
            estimate.book.currency.clone()
        } else {
            "not ranked".to_owned()
        };
        if group.as_ref() != Some(&head) {
            sheet.rows.push((Tone::Head, vec![head.clone()]));
            group = Some(head);
        }
        let place = offer.rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string());
        let status = if offer.rank.is_some() {
            String::new()
        } else {
            format!("{}, {}", estimate.book.currency, offer.status())
        };
        let more = if more.trim().is_empty() { String::new() } else { more };
        let cells = vec![
            format!("  {place} {}", offer.id),
            total,
            more,
            estimate.book.weakest_mark().as_str().to_owned(),
            status,
        ];
        sheet.rows.push((Tone::Plain, cells));
    }
    sheet.draw(dress)
}

/// What stands apart: prices that are not published, and plans that cannot serve the need.
fn apart(offers: &[Offer], dress: Dress) -> String {
    let mut text = String::new();
    for offer in offers {
        match &offer.outcome {
            Outcome::Served(estimate) => {
                for line in estimate.bill.unpriced() {
                    text.push_str(&hanging(
                        &format!("{} is incomplete: ", offer.id),
                        &format!("the price of `{}` is not published", printable(&line.label)),
                        dress.width,
                    ));
                }
            }
            Outcome::NotComparable(reasons) => {
                text.push_str(&hanging(
                    &format!("{} is not comparable: ", offer.id),
                    &reasons.join("; "),
                    dress.width,
                ));
            }
        }
    }
    if text.is_empty() { text } else { format!("\n{text}") }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    workloads: Vec<Workload<'a>>,
}

#[derive(Serialize)]
struct Workload<'a> {
    scenario: &'a str,
    plans: Vec<PlanJson<'a>>,
}

#[derive(Serialize)]
struct PlanJson<'a> {
    provider: &'a str,
    plan: &'a str,
    edition: &'a str,
    status: &'static str,
    rank: Option<usize>,
    total: Option<String>,
    currency: Option<&'a str>,
    subtotals: std::collections::BTreeMap<&'a str, String>,
    reasons: Vec<String>,
    provenance: Option<&'static str>,
}

fn json(workloads: &[(String, Vec<Offer>)]) -> Result<String, Failure> {
    let workloads = workloads.iter().map(|(name, offers)| Workload {
        scenario: name,
        plans: offers.iter().map(plan_json).collect(),
    });
    let document = Document { schema: "kms-cost/comparison/1", workloads: workloads.collect() };
    super::to_json(&document)
}

fn plan_json(offer: &Offer) -> PlanJson<'_> {
    let estimate = offer.estimate();
    let subtotals = estimate.into_iter().flat_map(|estimate| {
        estimate.bill.subtotals().iter().filter_map(|(item, sum)| {
            Some((estimate.book.items.get(*item)?.id.as_str(), sum.digits()))
        })
    });
    let reasons = match &offer.outcome {
        Outcome::NotComparable(reasons) => reasons.clone(),
        Outcome::Served(estimate) => estimate
            .bill
            .unpriced()
            .map(|line| format!("the price of `{}` is not published", line.id))
            .collect(),
    };
    PlanJson {
        provider: &offer.id.provider,
        plan: &offer.id.plan,
        edition: &offer.id.edition,
        status: offer.status(),
        rank: offer.rank,
        total: offer.total().map(Fraction::digits),
        currency: estimate.map(|estimate| estimate.book.currency.as_str()),
        subtotals: subtotals.collect(),
        reasons,
        provenance: estimate.map(|estimate| estimate.book.weakest_mark().as_str()),
    }
}
