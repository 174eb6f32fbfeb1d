//! `[rates]` of a scenario or of a project: for comparing plans of several currencies.

use super::{Rates, currency};
use crate::diagnostic::{Code, Problem, Problems};
use crate::fields::{self, Fields};

/// The currency compared in where none is stated.
const CURRENCY: &str = "USD";

/// Reads `[rates]`: `currency`, and what 1 of each other currency is worth in it.
pub fn rates(root: &mut Fields<'_, '_>, problems: &mut Problems) -> Option<Rates> {
    let mut table = root.table("rates", "rates", problems)?;
    let wrong = |why: String| Problem::error(Code::OutOfRange, why);
    let stated = table.text("currency", problems);
    let mut rates = Rates::to(CURRENCY);
    if let Some(stated) = stated {
        match currency(stated.value) {
            Ok(code) => rates = Rates::to(code),
            Err(why) => problems.push(wrong(why).at(stated.span)),
        }
    }
    for (name, value) in table.entries().filter(|(name, _)| name.value != "currency") {
        match (currency(name.value), fields::as_decimal(value, problems)) {
            (Err(why), _) => problems.push(wrong(why).at(name.span)),
            (Ok(code), Some(rate)) => {
                if let Err(why) = rates.state(&code, rate.value) {
                    problems.push(wrong(why).at(rate.span));
                }
            }
            (Ok(_), None) => {}
        }
    }
    Some(rates)
}
