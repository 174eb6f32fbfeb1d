//! An estimate as people read it in a terminal: who, when, the table, and what stands behind it.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::rc::Rc;

use super::grounds;
use super::number::{align, money, signed};
use super::rows::{self, Amount, Kind};
use super::table::{Dress, Sheet, Side, Tone, hanging};
use crate::bill::{Bill, Line, Status};
use crate::estimate::{Estimate, Term};
use crate::fraction::Fraction;
use crate::month::Period;
use crate::pricebook::Book;
use crate::scenario::{Documented, Scenario};
use crate::source::printable;
use crate::verification::Check;
use crate::vocabulary::Vocabulary;

/// What an estimate's text is made from.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The need.
    pub scenario: &'a Scenario,
    /// What it costs.
    pub estimate: &'a Estimate,
    /// The shared words.
    pub vocabulary: &'a Vocabulary,
    /// The figures that a page prints for this very scenario.
    pub documented: Option<&'a Documented>,
    /// Those figures held against the computed ones.
    pub checks: &'a [Check],
    /// Decimals to round to.
    pub round: Option<u32>,
    /// Whether months are shown one by one.
    pub by_month: bool,
}

/// Writes the estimate.
#[must_use]
pub fn estimate(shown: Shown<'_>, dress: Dress) -> String {
    let mut text = header(&shown, dress);
    if shown.by_month
        && let Some(term) = &shown.estimate.term
    {
        text.push_str(&months(&shown, term).draw(dress));
    } else {
        text.push_str(&bill(&shown).draw(dress));
        if let Some(term) = &shown.estimate.term {
            let _ = writeln!(text, "{}", dress.bold(&term_total(term, &shown)));
        }
    }
    text.push_str(&behind(&shown, dress));
    text
}

/// The plan as people name it.
#[must_use]
pub fn plan_name(book: &Book) -> String {
    let mut name = format!(
        "{} {}, {}, edition {}",
        book.provider_name, book.service, book.id.plan, book.id.edition
    );
    for joined in &book.joined {
        let _ = write!(name, ", with {}, edition {}", joined.service, joined.id.edition);
    }
    name
}

/// The period as people name it; days are named where a price depends on them.
#[must_use]
pub fn period_name(period: Period, book: &Book) -> String {
    let by_time = book.meters.iter().any(|meter| meter.over.timed().is_some());
    match (period.month, by_time) {
        (Some(month), true) => format!("{month} ({})", period.length()),
        (Some(month), false) => month.to_string(),
        (None, true) => format!("a month of {}", period.length()),
        (None, false) => "a month".to_owned(),
    }
}

impl Shown<'_> {
    /// The one region of all lines; none where there are several, or none is known.
    pub(super) fn region(&self) -> Option<&str> {
        let mut regions = self.estimate.bill.lines().iter().map(|line| line.region.as_deref());
        let first = regions.next()??;
        regions.all(|region| region == Some(first)).then_some(first)
    }

    /// The bills that are shown: the term's months, or the one month.
    fn shown_bills(&self) -> impl Iterator<Item = &Bill> {
        let month = (!self.by_month).then_some(&self.estimate.bill);
        let months = self.by_month.then(|| self.estimate.bills());
        month.into_iter().chain(months.into_iter().flatten())
    }

    /// What the figures cover.
    pub(super) fn when(&self) -> String {
        let months = self.estimate.term.as_ref().filter(|_| self.by_month).map(|term| &term.months);
        match months.and_then(|months| {
            Some((months.first()?.0.month, months.last()?.0.month, months.len()))
        }) {
            Some((Some(first), Some(last), _)) => format!("{first} to {last}"),
            Some((.., count)) => format!("{count} months of {}", self.estimate.period.length()),
            None => period_name(self.estimate.period, &self.estimate.book),
        }
    }

    /// The weakest mark of the prices that the bill rests on, and its date.
    pub(super) fn prices(&self) -> Option<String> {
        let source = self.estimate.weakest_source()?;
        Some(format!("prices: {}, {}", source.mark.label(), source.dated))
    }

    /// That region with its place, as people write it.
    pub(super) fn place(&self) -> Option<String> {
        let region = self.region()?;
        let place = &self.estimate.book.regions.get(region)?.place;
        Some(format!("{} ({})", printable(region), self.vocabulary.place_label(place)))
    }
}

fn header(shown: &Shown<'_>, dress: Dress) -> String {
    let Shown { scenario, estimate, .. } = shown;
    let book = &estimate.book;
    let prices = shown.prices().map_or_else(String::new, |prices| format!(" · {prices}"));
    let mut text = format!("{}\n", dress.bold(&printable(&scenario.name)));
    text.push_str(&hanging("", &plan_name(book), dress.width));
    let place = shown.place().map_or_else(String::new, |place| format!("{place} · "));
    let facts = format!(
        "{place}{} · {} · times are UTC{}{prices}",
        book.currency,
        shown.when(),
        book.clock.offset
    );
    text.push_str(&dress.faint(hanging("", &facts, dress.width).trim_end()));
    text.push_str("\n\n");
    text
}

// ------------------------------------------------------------------ one month

/// The bill of one month: items, lines and the total.
pub(super) fn bill(shown: &Shown<'_>) -> Sheet {
    let rows = rows::rows(shown);
    let written = |amount: Amount| match amount {
        Amount::None => String::new(),
        Amount::Unpublished => "not published".to_owned(),
        Amount::Priced(amount) => money(amount, shown.round),
    };
    let amounts = align(rows.iter().map(|row| written(row.amount)).collect());
    let listed = align(rows.iter().map(|row| written(row.at_list)).collect());
    let printed =
        align(rows.iter().map(|row| printed(row.item.as_deref(), shown.documented)).collect());
    let documented = shown.documented.is_some();
    let discounted = shown.estimate.bill.at_list.is_some();
    let mut sheet = Sheet {
        columns: vec![
            (String::new(), Side::Left),
            ("Region".to_owned(), Side::Left),
            ("Quantity".to_owned(), Side::Right),
            ("Unit price".to_owned(), Side::Right),
            ("Amount".to_owned(), Side::Right),
        ],
        rows: Vec::new(),
    };
    if documented {
        sheet.columns.push(("Printed".to_owned(), Side::Right));
    }
    if discounted {
        sheet.columns.push(("At list".to_owned(), Side::Right));
    }
    let blank = |cell: String| if cell.trim().is_empty() { String::new() } else { cell };
    for (((row, amount), printed), listed) in rows.into_iter().zip(amounts).zip(printed).zip(listed)
    {
        let (tone, indent) = match row.kind {
            Kind::Item => (Tone::Head, ""),
            Kind::Meter => (Tone::Faint, "  "),
            Kind::MeterLine => (Tone::Plain, "  "),
            Kind::Line => (Tone::Plain, "    "),
            Kind::Rounding => (Tone::Faint, if row.name == "Rounding" { "" } else { "  " }),
            Kind::Total => (Tone::Sum, ""),
        };
        let name = format!("{indent}{}", row.name);
        let mut cells = vec![name, row.region, row.quantity, row.unit_price, blank(amount)];
        cells.extend(documented.then_some(printed));
        cells.extend(discounted.then(|| blank(listed)));
        sheet.rows.push((tone, cells));
    }
    sheet
}

fn printed(item: Option<&str>, documented: Option<&Documented>) -> String {
    let (Some(item), Some(documented)) = (item, documented) else {
        return String::new();
    };
    let figure =
        if item == "total" { documented.total.as_ref() } else { documented.lines.get(item) };
    figure.map_or_else(String::new, |figure| figure.text.clone())
}

pub(super) fn months_name(term: &Term) -> String {
    match term.months.len() {
        1 => "1 month".to_owned(),
        count => format!("{count} months"),
    }
}

pub(super) fn term_total(term: &Term, shown: &Shown<'_>) -> String {
    let months = months_name(term);
    let what = if term.status() == Status::Incomplete { "Priced subtotal" } else { "Total" };
    format!(
        "{what} of {months}: {} {}",
        money(term.total, shown.round),
        shown.estimate.book.currency
    )
}

// ------------------------------------------------------------------ month by month

/// The months of a term: a column for each item that costs something, and the total.
pub(super) fn months(shown: &Shown<'_>, term: &Term) -> Sheet {
    let book = &shown.estimate.book;
    let items: Vec<usize> = (0..book.items.len())
        .filter(|item| term.months.iter().any(|(_, bill)| !bill.subtotal(*item).is_zero()))
        .collect();
    let rounded = |amount: Fraction| {
        shown.round.and_then(|decimals| amount.round(decimals).ok()).map(Fraction::from)
    };
    // what the shown months lack to the shown total
    let rest = |of: &dyn Fn(&Bill) -> Fraction, total: Fraction| {
        let months = term.months.iter().map(|(_, bill)| rounded(of(bill)));
        let sum = Fraction::sum(months.collect::<Option<Vec<_>>>()?).ok()?;
        rounded(total)?.minus(sum).ok().filter(|rest| !rest.is_zero())
    };
    let column = |of: &dyn Fn(&Bill) -> Fraction, total: Fraction| {
        let mut column: Vec<String> =
            term.months.iter().map(|(_, bill)| money(of(bill), shown.round)).collect();
        column.push(rest(of, total).map_or_else(String::new, |rest| money(rest, shown.round)));
        column.push(money(total, shown.round));
        align(column)
    };
    let sum = |item: usize| {
        Fraction::sum(term.months.iter().map(|(_, bill)| bill.subtotal(item))).unwrap_or_default()
    };
    let mut columns = vec![(String::new(), Side::Left)];
    let mut cells: Vec<Vec<String>> = Vec::new();
    if items.len() > 1 {
        for item in &items {
            let label = book.items.get(*item).map_or_else(String::new, |item| item.label.clone());
            columns.push((label, Side::Right));
            cells.push(column(&|bill| bill.subtotal(*item), sum(*item)));
        }
    }
    columns.push(("Total".to_owned(), Side::Right));
    cells.push(column(&|bill| bill.total(), term.total));
    if let Ok(Some(list)) = shown.estimate.at_list() {
        columns.push(("At list".to_owned(), Side::Right));
        let listed = |bill: &Bill| bill.at_list.map_or(bill.total(), |list| list.total);
        cells.push(column(&listed, list.total));
    }
    let mut sheet = Sheet { columns, rows: Vec::new() };
    let names = term.months.iter().enumerate().map(|(at, (period, _))| month_name(*period, at));
    let what = if term.status() == Status::Incomplete { "Priced subtotal" } else { "Total" };
    for (at, name) in names.chain(["Rounding".to_owned(), what.to_owned()]).enumerate() {
        let is_rounding = at == term.months.len();
        let blank = |column: &Vec<String>| column.get(at).is_none_or(|cell| cell.trim().is_empty());
        if is_rounding && cells.iter().all(blank) {
            continue;
        }
        let tone = match at.cmp(&term.months.len()) {
            Ordering::Less => Tone::Plain,
            Ordering::Equal => Tone::Faint,
            Ordering::Greater => Tone::Sum,
        };
        let row = std::iter::once(name)
            .chain(cells.iter().map(|column| column.get(at).cloned().unwrap_or_default()));
        sheet.rows.push((tone, row.collect()));
    }
    sheet
}

/// A month of a term as people name it.
pub(super) fn month_name(period: Period, at: usize) -> String {
    period
        .month
        .map_or_else(|| format!("month {}", at.saturating_add(1)), |month| month.to_string())
}

// ------------------------------------------------------------------ what stands behind it

fn behind(shown: &Shown<'_>, dress: Dress) -> String {
    let mut text = String::new();
    for sentence in grounds::unpublished(shown) {
        let _ = writeln!(text, "\n{}", dress.alert(&sentence));
    }
    text.push_str(&discounts(shown, dress));
    if let Some(verdict) = grounds::printed_verdict(shown.checks) {
        let _ = writeln!(text, "{}", verdict.dressed(dress));
    }
    for (what, about) in grounds::printed_figures(shown.checks) {
        text.push_str(&hanging(&format!("  {what}  "), &about, dress.width));
    }
    for note in grounds::notes(shown) {
        text.push_str(&hanging("note: ", &note, dress.width));
    }
    let moved = grounds::moved(shown);
    if !moved.is_empty() {
        let _ = writeln!(text, "\n{}", dress.bold(&grounds::moved_heading(shown)));
        let widest = moved.iter().map(|moved| moved.id.len()).max().unwrap_or(0);
        for moved in moved {
            let head = format!("  {:<widest$}  {}  ", moved.id, moved.by);
            text.push_str(&hanging(&head, &moved.about, dress.width));
        }
    }
    if text.is_empty() { text } else { format!("\n{}", text.trim_start_matches('\n')) }
}

/// What is agreed on instead of list prices, and what it takes off.
fn discounts(shown: &Shown<'_>, dress: Dress) -> String {
    let stated = &shown.scenario.discounts;
    if stated.is_empty() {
        return String::new();
    }
    let mut figures = Vec::new();
    let mut agreed = Vec::new();
    for discount in stated {
        let covered = |line: &&Line| {
            line.list.as_ref().is_some_and(|list| Rc::ptr_eq(&list.discount, discount))
        };
        let lines = shown.shown_bills().flat_map(Bill::lines);
        let lines: Vec<&Line> = lines.filter(covered).collect();
        if lines.is_empty() {
            continue;
        }
        figures.push(added(&lines).map_or_else(|| "no list price".to_owned(), signed));
        agreed.push(format!("{}: {}", discount.terms.label(), printable(&discount.source)));
    }
    if agreed.is_empty() {
        let none = "No discount that is stated covers anything of this bill.";
        return format!("\n{}\n", dress.note(none));
    }
    let mut text = format!("\n{}\n", dress.bold("Discounts"));
    for (figure, agreed) in align(figures).iter().zip(agreed) {
        text.push_str(&hanging(&format!("  {figure}  "), &agreed, dress.width));
    }
    text
}

/// What contracted prices add to the list prices of lines, below 0 where they take off; none where
/// a list price is not published.
fn added(lines: &[&Line]) -> Option<Fraction> {
    let added = lines.iter().map(|line| line.amount?.minus(line.list_amount()?).ok());
    Fraction::sum(added.collect::<Option<Vec<_>>>()?).ok()
}
