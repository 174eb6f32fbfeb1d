//! The program's estimate beside the oracle's prediction, figure by figure.
//!
//! Must not decide what is right: it says where both differ.

use std::sync::Arc;

use kms_cost::bill::Status;
use kms_cost::diagnostic::{Problems, render};
use kms_cost::estimate::{Estimate, Grounds, NoEstimate, estimate};
use kms_cost::fraction::Fraction;
use kms_cost::month::Month;
use kms_cost::pricebook::Book;
use kms_cost::scenario;
use kms_cost::source::Source;
use kms_cost::vocabulary::Vocabulary;

use super::exact::{Exact, digits, ratio};
use super::need::Need;
use super::predict::{Predicted, Refused};

/// What the program says.
pub(super) enum Said {
    Estimate(Box<Estimate>),
    Refused(String),
    /// The program calls itself wrong, which is never right.
    Fault(String),
}

/// Runs the program on a scenario's text.
pub(super) fn ask(need: &Need, text: &str, book: &Book, vocabulary: &Vocabulary) -> Said {
    let source = Arc::new(Source::new("generated.toml", text));
    let (scenario, problems) = scenario::scenario(&source, vocabulary);
    let Some(scenario) = scenario else {
        return Said::Refused(shown(&problems));
    };
    let month = need.month.filter(|_| need.month_outside);
    let grounds = Grounds {
        vocabulary,
        home: None,
        month: month.map(|month| Month::parse(&month.text()).unwrap()),
        months: need.months.filter(|_| need.months_outside),
    };
    match estimate(&scenario, book.clone(), grounds, problems) {
        Ok(estimate) => Said::Estimate(Box::new(estimate)),
        Err(NoEstimate::Problems(problems)) => Said::Refused(shown(&problems)),
        Err(NoEstimate::Fault(what)) => Said::Fault(what),
    }
}

fn shown(problems: &Problems) -> String {
    render(problems, false, "refused")
}

/// Every difference; nothing where both agree.
pub(super) fn differences(
    need: &Need,
    predicted: &Result<Predicted, Refused>,
    said: &Said,
) -> Vec<String> {
    match (predicted, said) {
        (Err(_), Said::Refused(_)) => Vec::new(),
        (Ok(predicted), Said::Estimate(estimate)) => figures(need, predicted, estimate),
        (_, Said::Fault(what)) => vec![format!("a fault of the program: {what}")],
        (Err(why), Said::Estimate(estimate)) => {
            vec![format!(
                "must be refused ({why}), and comes to {}",
                estimate.bill.total().digits()
            )]
        }
        (Ok(predicted), Said::Refused(why)) => {
            vec![format!("must come to {}, and is refused:\n{why}", text(&predicted.bill.total()))]
        }
    }
}

fn figures(need: &Need, predicted: &Predicted, estimate: &Estimate) -> Vec<String> {
    let mut found = Vec::new();
    let total = estimate.bill.total();
    let projected = estimate.term.as_ref().filter(|_| need.months.is_some() && need.months_outside);
    let weighed = projected.map_or(total, |term| term.total);
    compare(&mut found, "total", &predicted.bill.total(), total);
    for (at, item) in estimate.book.items.iter().enumerate() {
        let known = predicted.bill.subtotals.iter().find(|(id, _)| *id == item.id);
        let expected = known.map_or_else(super::exact::nothing, |(_, amount)| amount.clone());
        compare(&mut found, &item.id, &expected, estimate.bill.subtotal(at));
    }
    let complete = predicted.is_complete();
    if complete != (estimate.status() == Status::Complete) {
        found.push(format!("complete: {complete} expected"));
    }
    match (&predicted.term, &estimate.term) {
        (None, None) => {}
        (Some((expected, _)), Some(term)) => compare(&mut found, "term", expected, term.total),
        _ => found.push("a term on one side only".to_owned()),
    }
    readings(&mut found, predicted, estimate, weighed);
    found
}

fn readings(found: &mut Vec<String>, predicted: &Predicted, estimate: &Estimate, total: Fraction) {
    for (id, expected) in &predicted.others {
        let Some((_, effect)) = estimate.readings().find(|(reading, _)| reading.id == *id) else {
            found.push(format!("{id}: the program weighs no such reading"));
            continue;
        };
        let Some(other) = effect.other_total else {
            if let Some(expected) = expected {
                found.push(format!("{id}: {} expected, none said", text(expected)));
            }
            continue;
        };
        match expected {
            Some(expected) => compare(found, id, expected, other),
            None => found.push(format!("{id}: none expected, {} said", other.digits())),
        }
        if other.minus(total) != Ok(effect.moved) {
            found.push(format!("{id}: moved by {}", effect.moved.digits()));
        }
        let ends = predicted.intervals.contains(id).then(|| (total.min(other), total.max(other)));
        if effect.interval != ends {
            found.push(format!("{id}: another interval"));
        }
    }
    for (reading, effect) in estimate.readings() {
        let known = predicted.others.iter().any(|(id, _)| *id == reading.id);
        if !known && effect.other_total.is_some() {
            found.push(format!("{}: a reading that the oracle does not know", reading.id));
        }
    }
}

fn compare(found: &mut Vec<String>, what: &str, expected: &Exact, said: Fraction) {
    let same = match said.ratio() {
        Some(said) => said == ratio(expected),
        None => Some(said.digits()) == digits(expected),
    };
    if !same {
        let said = said.ratio().unwrap_or_else(|| said.digits());
        found.push(format!("{what}: {} expected, {said} said", text(expected)));
    }
}

fn text(value: &Exact) -> String {
    digits(value).unwrap_or_else(|| ratio(value))
}
