//! A diff as a page: the difference first, then each charge that changed.
//!
//! The table is that of the terminal; nothing is computed here.

use super::diff::{Compared, counts, difference, made_of, sheet, shown, title};
use super::number::money;
use super::page::{Block, Figure, Page, Section, Standing, Verdict, Weight, cell, sentence, table};

/// The page of a diff.
#[must_use]
pub fn page(compared: &Compared<'_>) -> Page {
    let diff = compared.diff;
    let currency = cell(&diff.currency);
    let figure = |what: &str, amount: String| Figure {
        what: what.to_owned(),
        amount: format!("{amount} {currency}"),
    };
    let mut page = Page {
        title: format!("{}: what changed", cell(&compared.head.scenario)),
        about: [("base", compared.base), ("head", compared.head)]
            .map(|(side, statement)| sentence(&format!("{side}: {}", title(statement))))
            .to_vec(),
        ..Page::default()
    };
    if diff.complete {
        page.figures.push(figure("Difference", difference(Some(diff.difference))));
    } else {
        let text = "the difference is not known".to_owned();
        page.verdicts.push(Verdict { standing: Standing::Open, text });
    }
    page.figures.push(figure("Base", money(diff.base, None)));
    page.figures.push(figure("Head", money(diff.head, None)));
    page.sections.push(charges(compared));
    page
}

fn charges(compared: &Compared<'_>) -> Section {
    let diff = compared.diff;
    let mut blocks = Vec::new();
    if shown(diff).next().is_some() {
        let caption = format!("Amounts in {}", cell(&diff.currency));
        blocks.push(table(caption, "Line", sheet(compared)));
    }
    let made_of = made_of(diff).map(|parts| format!("made of: {parts}"));
    let said = made_of.into_iter().chain(counts(diff));
    blocks.push(Block::Sentences(said.map(|text| sentence(&text)).collect()));
    Section { heading: "Lines".to_owned(), weight: Weight::Main, blocks }
}
