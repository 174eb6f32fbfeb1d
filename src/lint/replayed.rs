//! Documented examples that do not come out as their page prints them.

use super::Sheet;
use crate::decimal;
use crate::diagnostic::{Code, Problem, Problems, quoted};
use crate::verification::{Check, replay};

pub(super) fn check(sheet: &Sheet<'_>, problems: &mut Problems) -> Result<(), String> {
    for example in replay(sheet.book, sheet.catalog, problems)? {
        let title = quoted(&example.title);
        if example.checks.is_empty() {
            let message = format!("the example {title} prints no figure");
            let problem = Problem::warning(Code::NoEffect, message).at(example.span.clone());
            problems.push(problem.help("write its figures as printed into `documented`"));
        }
        for check in example.checks.iter().filter(|check| !check.agrees) {
            let message = format!("{title}: {}", differs(check));
            let problem = Problem::error(Code::ExampleDiffers, message).at(example.span.clone());
            problems.push(problem.help("correct the price, or declare the page's own rounding: `rounded_to`, `total_is`, `at_price` or `product_of`"));
        }
    }
    Ok(())
}

/// What a page prints, and what comes out: "`total` is printed as 1.002, computed 0.99225".
fn differs(check: &Check) -> String {
    let rounded = check.as_printed.filter(|rounded| *rounded != check.printed_value);
    let rounded = rounded
        .map_or_else(String::new, |rounded| format!(", by its rule {}", decimal::plain(rounded)));
    format!(
        "`{}` is printed as {}, computed {}{rounded}",
        check.what,
        check.printed,
        check.computed.digits()
    )
}
