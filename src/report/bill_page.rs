//! An estimate as a page: its total and verdicts first, then items, months, lines, and what stands
//! behind them.
//!
//! The tables are those of the terminal; only what no terminal shows is added: bars and sources.

use super::grounds;
use super::number::{align, money};
use super::page::{
    self, Bar, Bars, Block, Figure, Lie, Page, Section, Standing, Verdict, Weight, cell, sentence,
};
use super::rows::{self, Amount, Kind};
use super::table::{Sheet, Side, Tone};
use super::text::{self, Shown};
use crate::bill::Status;
use crate::estimate::Term;
use crate::fraction::Fraction;

/// The page of an estimate; `verdicts` are those of budgets and other gates.
#[must_use]
pub fn page(shown: &Shown<'_>, verdicts: &[Verdict]) -> Page {
    let projected = shown.estimate.term.as_ref().filter(|_| shown.by_month);
    let mut sections = Vec::new();
    if let Some(term) = projected {
        sections.push(months(shown, term));
        sections.push(lines(shown, &first_month(shown)));
    } else {
        sections.push(items(shown));
        sections.push(lines(shown, "Lines"));
    }
    sections.extend(behind(shown));
    Page {
        title: cell(&shown.scenario.name),
        about: about(shown),
        figures: figures(shown, projected),
        verdicts: all_verdicts(shown, verdicts),
        sections,
    }
}

fn first_month(shown: &Shown<'_>) -> String {
    format!("Lines of the first month, {}", text::month_name(shown.estimate.period, 0))
}

fn about(shown: &Shown<'_>) -> Vec<String> {
    let book = &shown.estimate.book;
    let clock = format!("times are UTC{}", book.clock.offset);
    let parts = [Some(text::plan_name(book)), shown.place(), Some(shown.when())];
    let parts = parts.into_iter().flatten().chain([clock]).chain(shown.prices());
    parts.map(|part| sentence(&part)).collect()
}

fn figures(shown: &Shown<'_>, projected: Option<&Term>) -> Vec<Figure> {
    let estimate = shown.estimate;
    let figure = |status: Status, of: &str, amount: Fraction| Figure {
        what: match status {
            Status::Complete => format!("Total for {of}"),
            Status::Incomplete => format!("Priced subtotal for {of}"),
        },
        amount: format!("{} {}", money(amount, shown.round), cell(&estimate.book.currency)),
    };
    let of_term = |term: &Term| figure(term.status(), &text::months_name(term), term.total);
    let mut figures = match (projected, &estimate.term) {
        (Some(term), _) => vec![of_term(term)],
        (None, term) => {
            let bill = &estimate.bill;
            let month = figure(bill.status(), &shown.when(), bill.total());
            std::iter::once(month).chain(term.as_ref().map(of_term)).collect()
        }
    };
    figures.extend(at_list(shown, projected.is_some()));
    figures
}

/// What the first figure is at list prices, where something else is agreed on.
fn at_list(shown: &Shown<'_>, projected: bool) -> Option<Figure> {
    let estimate = shown.estimate;
    let list = if projected { estimate.at_list().ok()? } else { estimate.bill.at_list }?;
    let what = match list.status {
        Status::Complete => "At list prices",
        Status::Incomplete => "At list prices, as far as they are published",
    };
    let currency = cell(&estimate.book.currency);
    let amount = format!("{} {currency}", money(list.total, shown.round));
    Some(Figure { what: what.to_owned(), amount })
}

/// What is missing comes first, for no other verdict holds without it.
fn all_verdicts(shown: &Shown<'_>, verdicts: &[Verdict]) -> Vec<Verdict> {
    let missing = grounds::unpublished(shown);
    let missing = missing.into_iter().map(|text| Verdict { standing: Standing::Open, text });
    let printed = grounds::printed_verdict(shown.checks);
    let all = missing.chain(verdicts.iter().cloned()).chain(printed);
    all.map(|verdict| Verdict { text: sentence(&verdict.text), ..verdict }).collect()
}

// ------------------------------------------------------------------ tables and bars

fn table(shown: &Shown<'_>, first: &str, sheet: Sheet) -> Block {
    let caption = format!("Amounts in {}", cell(&shown.estimate.book.currency));
    page::table(caption, first, sheet)
}

fn items(shown: &Shown<'_>) -> Section {
    let discounted = shown.estimate.bill.at_list.is_some();
    let mut columns = vec![(String::new(), Side::Left), ("Amount".to_owned(), Side::Right)];
    columns.extend(discounted.then(|| ("At list".to_owned(), Side::Right)));
    let (mut tones, mut names, mut bars) = (Vec::new(), Vec::new(), Vec::new());
    let (mut charged, mut listed) = (Vec::new(), Vec::new());
    let written = |amount: Amount| match amount {
        Amount::None => String::new(),
        Amount::Unpublished => "not published".to_owned(),
        Amount::Priced(amount) => money(amount, shown.round),
    };
    for row in rows::rows(shown) {
        let tone = match row.kind {
            Kind::Item => Tone::Plain,
            // of the items, not of the lines within one
            Kind::Rounding if row.name == "Rounding" => Tone::Faint,
            Kind::Total => Tone::Sum,
            Kind::Meter | Kind::Line | Kind::MeterLine | Kind::Rounding => continue,
        };
        if row.kind == Kind::Item {
            let value = match row.amount {
                Amount::Priced(amount) => amount,
                Amount::None | Amount::Unpublished => Fraction::ZERO,
            };
            bars.push(Bar { name: cell(&row.name), value, written: written(row.amount) });
        }
        tones.push(tone);
        names.push(row.name);
        charged.push(written(row.amount));
        listed.push(written(row.at_list));
    }
    let figures = align(charged).into_iter().zip(align(listed));
    let rows = tones.into_iter().zip(names.into_iter().zip(figures));
    let rows = rows.map(|(tone, (name, (charged, listed)))| {
        let mut cells = vec![name, charged];
        cells.extend(discounted.then_some(listed));
        (tone, cells)
    });
    let sheet = Sheet { columns, rows: rows.collect() };
    let mut blocks = vec![table(shown, "Item", sheet)];
    if bars.len() > 1 {
        blocks.push(Block::Bars(Bars { title: "Items".to_owned(), lie: Lie::Down, bars }));
    }
    Section { heading: "Items".to_owned(), weight: Weight::Main, blocks }
}

fn months(shown: &Shown<'_>, term: &Term) -> Section {
    let bars = term.months.iter().enumerate().map(|(at, (period, bill))| Bar {
        name: text::month_name(*period, at),
        value: bill.total(),
        written: match bill.status() {
            Status::Complete => money(bill.total(), shown.round),
            Status::Incomplete => format!("{}, incomplete", money(bill.total(), shown.round)),
        },
    });
    let bars = Bars { title: "Months".to_owned(), lie: Lie::Along, bars: bars.collect() };
    let mut blocks = vec![Block::Bars(bars)];
    let items = bars_of_term(shown, term);
    if items.len() > 1 {
        let title = "Items over all months".to_owned();
        blocks.push(Block::Bars(Bars { title, lie: Lie::Down, bars: items }));
    }
    blocks.push(table(shown, "Month", text::months(shown, term)));
    Section { heading: "Months".to_owned(), weight: Weight::Main, blocks }
}

fn bars_of_term(shown: &Shown<'_>, term: &Term) -> Vec<Bar> {
    let items = shown.estimate.book.items.iter().enumerate();
    let bars = items.filter_map(|(at, item)| {
        let months = term.months.iter().map(|(_, bill)| bill.subtotal(at));
        let value = Fraction::sum(months).ok().filter(|sum| !sum.is_zero())?;
        Some(Bar { name: cell(&item.label), value, written: money(value, shown.round) })
    });
    bars.collect()
}

fn lines(shown: &Shown<'_>, heading: &str) -> Section {
    Section {
        heading: heading.to_owned(),
        weight: Weight::Detail,
        blocks: vec![table(shown, "Line", text::bill(shown))],
    }
}

// ------------------------------------------------------------------ what stands behind it

fn behind(shown: &Shown<'_>) -> Vec<Section> {
    let moved = grounds::moved(shown).into_iter();
    let moved = moved.map(|moved| (format!("{} {}", moved.id, moved.by), moved.about));
    let notes = grounds::notes(shown).iter().map(|note| sentence(note)).collect::<Vec<_>>();
    let lists = [
        (grounds::moved_heading(shown), moved.collect()),
        ("The page's figures".to_owned(), grounds::printed_figures(shown.checks)),
        ("Sources".to_owned(), grounds::sources(shown)),
    ];
    let mut sections = Vec::new();
    for (heading, list) in lists {
        let list: Vec<_> =
            list.into_iter().map(|(head, text)| (cell(&head), sentence(&text))).collect();
        if !list.is_empty() {
            sections.push(detail(heading, Block::List(list)));
        }
    }
    if !notes.is_empty() {
        let last = sections.len().saturating_sub(1);
        sections.insert(last, detail("Notes".to_owned(), Block::Sentences(notes)));
    }
    sections
}

fn detail(heading: String, block: Block) -> Section {
    Section { heading, weight: Weight::Detail, blocks: vec![block] }
}
