//! Exchange rates that a scenario states, for comparing plans of several currencies.

use crate::diagnostic::{Code, Problem, Problems};
use crate::fields::{self, Fields};
use crate::rates::{self, Rates};

/// Where a scenario does not say in which currency it compares.
const CURRENCY: &str = "USD";

/// Reads `[rates]`: `currency`, and what 1 of each other currency is worth in it.
pub(super) fn rates(root: &mut Fields<'_, '_>, problems: &mut Problems) -> Option<Rates> {
    let mut table = root.table("rates", "rates", problems)?;
    let wrong = |why: String| Problem::error(Code::OutOfRange, why);
    let stated = table.text("currency", problems);
    let mut rates = Rates::to(CURRENCY);
    if let Some(currency) = stated {
        match rates::currency(currency.value) {
            Ok(code) => rates = Rates::to(code),
            Err(why) => problems.push(wrong(why).at(currency.span)),
        }
    }
    for (name, value) in table.entries().filter(|(name, _)| name.value != "currency") {
        match (rates::currency(name.value), fields::as_decimal(value, problems)) {
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
