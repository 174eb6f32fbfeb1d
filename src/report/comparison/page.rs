//! A comparison as a page: the cheapest first, then each workload's plans, and which cannot serve it.
//!
//! The tables are those of the terminal. Bars stand only side by side where plans are ranked together.

use super::text::{legend, sheet, title};
use super::{More, PlanRow, Row, Shown, not_comparable, rows};
use crate::comparison::Stated;
use crate::report::number::money;
use crate::report::page::{
    Bar, Bars, Block, Figure, Lie, Page, Section, Standing, Verdict, Weight, cell, sentence, table,
};

/// The page of one workload, or of several below each other.
#[must_use]
pub fn page(workloads: &[Shown<'_>]) -> Page {
    let mut page = Page { title: "Comparison".to_owned(), ..Page::default() };
    let alone = workloads.len() == 1;
    for shown in workloads {
        let rows = rows(shown);
        let plans: Vec<&PlanRow<'_>> = plans(&rows).collect();
        let name = cell(&title(shown.workload, plans.first().map(|plan| plan.estimate)));
        if alone {
            page.title.clone_from(&name);
            page.figures = figures(&plans, shown);
        } else if shown.workload.stated == Stated::AsReference {
            "Reference workloads".clone_into(&mut page.title);
        }
        if plans.is_empty() {
            let text = format!("{name}: no plan can serve this need");
            page.verdicts.push(Verdict { standing: Standing::Open, text });
        } else {
            let heading = if alone { "Plans".to_owned() } else { name.clone() };
            page.sections.push(served(heading, &rows, &plans, shown));
        }
        let heading =
            if alone { "Not comparable".to_owned() } else { format!("Not comparable: {name}") };
        page.sections.extend(apart(heading, shown));
    }
    page
}

fn plans<'r, 'a>(rows: &'r [Row<'a>]) -> impl Iterator<Item = &'r PlanRow<'a>> {
    rows.iter().filter_map(|row| match row {
        Row::Plan(plan) => Some(plan),
        _ => None,
    })
}

/// The cheapest of each currency, and then those that are the only ones of theirs.
fn figures(plans: &[&PlanRow<'_>], shown: &Shown<'_>) -> Vec<Figure> {
    let of = |more: More, what: &str| {
        let plans = plans.iter().filter(move |plan| plan.more == more);
        plans.map(|plan| figure(plan, what, shown)).collect::<Vec<_>>()
    };
    [of(More::Cheapest, "Cheapest"), of(More::Only, "Only plan")].concat()
}

fn figure(plan: &PlanRow<'_>, what: &str, shown: &Shown<'_>) -> Figure {
    let own = &plan.estimate.book.currency;
    let rated = shown.rates.filter(|rates| rates.rate(own).is_some());
    let currency = cell(rated.map_or(own.as_str(), |rates| rates.currency()));
    let time = match plan.estimate.term.as_ref().map_or(1, |term| term.months.len()) {
        1 => "a month".to_owned(),
        months => format!("{months} months"),
    };
    Figure {
        what: format!("{what} in {currency} for {time}: {}", cell(&plan.name)),
        amount: format!("{} {currency}", money(plan.total, shown.round)),
    }
}

fn served(heading: String, rows: &[Row<'_>], plans: &[&PlanRow<'_>], shown: &Shown<'_>) -> Section {
    let sheet = sheet(rows, shown, plans.first().map(|plan| plan.estimate));
    let legend = legend(plans, &sheet, shown);
    let mut blocks = vec![table("Plans by currency".to_owned(), "Plan", sheet)];
    blocks.extend(bars(rows, shown));
    blocks.push(Block::Sentences(legend.iter().map(|line| sentence(line)).collect()));
    Section { heading, weight: Weight::Main, blocks }
}

/// The plans that are ranked together, group by group.
fn bars(rows: &[Row<'_>], shown: &Shown<'_>) -> Vec<Block> {
    let mut groups: Vec<Bars> = Vec::new();
    for row in rows {
        match row {
            Row::Head(head) => {
                groups.push(Bars { title: cell(head), lie: Lie::Down, bars: Vec::new() });
            }
            Row::Plan(plan) if plan.rank.is_some() => {
                let name = cell(&plan.name);
                let written = money(plan.total, shown.round);
                let bar = Bar { name, value: plan.total, written };
                if let Some(group) = groups.last_mut() {
                    group.bars.push(bar);
                }
            }
            _ => {}
        }
    }
    groups.into_iter().filter(|group| group.bars.len() > 1).map(Block::Bars).collect()
}

fn apart(heading: String, shown: &Shown<'_>) -> Option<Section> {
    let reasons = not_comparable(&shown.workload.offers);
    let list: Vec<_> = reasons
        .into_iter()
        .map(|(reason, plans)| (sentence(&plans.join(", ")), sentence(&reason)))
        .collect();
    (!list.is_empty()).then(|| Section {
        heading,
        weight: Weight::Detail,
        blocks: vec![Block::List(list)],
    })
}
