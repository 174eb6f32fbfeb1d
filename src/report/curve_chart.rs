//! A curve for each plan in plain characters: its letter, a capital where it is the cheapest.
//!
//! Sixteen lines high and as wide as the terminal; axes are logarithmic where their ends are far
//! apart, and say so. Changes are marked below the axis at the column of their unit.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::axis::Axis;
use super::break_even::{Shown, letter, whole};
use super::table::{Dress, hanging};
use crate::breakeven::{Group, Plan, Reach};
use crate::decimal::{self, Decimal};
use crate::fraction::Fraction;
use crate::source::printable;

/// Lines of the drawing between its axes.
const LINES: usize = 14;
/// Plans that have a letter.
const LETTERS: usize = 26;
/// Labels of the upright axis.
const LABELS: usize = 4;
/// The largest total, in whole units of money, that is drawn with its decimals.
const FINE: u64 = 1_000_000_000_000_000;

/// Draws a group's curves.
pub(super) fn chart(shown: &Shown<'_>, group: &Group, dress: Dress) -> String {
    let Some(amounts) = Amounts::of(group) else { return String::new() };
    let labels: Vec<(usize, String)> = amounts
        .axis
        .ticks(LABELS)
        .into_iter()
        .map(|tick| (line(amounts.axis, tick), amounts.label(tick)))
        .collect();
    let margin = labels.iter().map(|(_, label)| label.width()).max().unwrap_or(0);
    let columns = dress.width.saturating_sub(margin).saturating_sub(3).max(20);
    let across = Across::of(shown.reach, columns);
    let mut lines = vec![vec![' '; columns]; LINES];
    for (plan, known) in group.plans.iter().enumerate().rev() {
        let Some(letter) = letter(plan) else { continue };
        trace(&mut lines, known, &across, &amounts, |_| letter);
    }
    let rivals = group.plans.len() > 1;
    for (plan, known) in group.plans.iter().enumerate().filter(|_| rivals) {
        let Some(letter) = letter(plan) else { continue };
        let capital = |unit: u64| {
            let span = group.spans.iter().find(|span| span.reach.holds(unit));
            let cheapest = span.is_some_and(|span| span.plan == Some(plan));
            if cheapest { letter.to_ascii_uppercase() } else { ' ' }
        };
        trace(&mut lines, known, &across, &amounts, capital);
    }
    let mut text = head(shown, group, &amounts, &across, dress);
    text.push('\n');
    for (at, line) in lines.iter().enumerate() {
        let label = labels.iter().find(|(place, _)| *place == at).map_or("", |(_, label)| label);
        let body: String = line.iter().collect();
        text.push_str(format!("{label:>margin$} |{body}").trim_end());
        text.push('\n');
    }
    let indent = " ".repeat(margin);
    let (rule, ends) = (across.marks(group), across.labels(shown.reach, group));
    let _ = writeln!(text, "{indent} +{rule}\n{indent}  {ends}");
    text
}

/// What the axes are, and what the letters mean.
fn head(
    shown: &Shown<'_>,
    group: &Group,
    amounts: &Amounts,
    across: &Across,
    dress: Dress,
) -> String {
    let (upright, level) = (amounts.scale(), scale(across.axis));
    let name = printable(&shown.field.name);
    let mut head = format!("{}{upright} over {name}{level}", printable(&group.currency));
    if group.plans.len() > 1 {
        head.push_str("; a capital is the cheapest");
    }
    if !group.changes.is_empty() {
        head.push_str(", ^ a change");
    }
    let hidden = group.plans.len().saturating_sub(LETTERS);
    if hidden > 0 {
        let _ = write!(head, "; {hidden} more plans are not drawn");
    }
    dress.faint(hanging("", &head, dress.width).trim_end())
}

/// What is to be known of an axis.
pub(super) fn scale(axis: Axis) -> &'static str {
    if axis.is_logarithmic() { " (logarithmic)" } else { "" }
}

/// Writes a plan's letter in each column where it is complete.
fn trace(
    lines: &mut [Vec<char>],
    plan: &Plan,
    across: &Across,
    amounts: &Amounts,
    letter: impl Fn(u64) -> char,
) {
    for (column, unit) in across.units.iter().enumerate() {
        let total = plan.curve.at(*unit).and_then(|total| amounts.scaled(total));
        let cell = total
            .and_then(|total| lines.get_mut(line(amounts.axis, total)))
            .and_then(|line| line.get_mut(column));
        let letter = letter(*unit);
        if let Some(cell) = cell.filter(|_| letter != ' ') {
            *cell = letter;
        }
    }
}

/// The line of an amount, from the top.
fn line(axis: Axis, amount: u128) -> usize {
    let last = LINES.saturating_sub(1);
    let place = axis.place(amount, u64::try_from(last).unwrap_or(0));
    last.saturating_sub(usize::try_from(place).unwrap_or(0))
}

/// The columns of a drawing, each with its unit.
struct Across {
    axis: Axis,
    units: Vec<u64>,
}

impl Across {
    fn of(reach: Reach, columns: usize) -> Self {
        let axis = Axis::between(reach.from.into(), reach.to.into());
        let last = u64::try_from(columns.saturating_sub(1)).unwrap_or(0);
        let unit = |column: u64| u64::try_from(axis.value(column, last)).unwrap_or(reach.to);
        Self { axis, units: (0..=last).map(unit).map(|unit| unit.min(reach.to)).collect() }
    }

    /// The column of a unit: the last that does not lie behind it.
    fn column(&self, unit: u64) -> usize {
        self.units.partition_point(|known| *known < unit).min(self.units.len().saturating_sub(1))
    }

    /// The axis with a mark at each change.
    fn marks(&self, group: &Group) -> String {
        let mut rule = vec!['-'; self.units.len()];
        for change in &group.changes {
            if let Some(cell) = rule.get_mut(self.column(change.unit)) {
                *cell = '^';
            }
        }
        rule.into_iter().collect()
    }

    /// The ends of the axis, and the changes for which there is room.
    fn labels(&self, reach: Reach, group: &Group) -> String {
        let width = self.units.len();
        let (first, last) = (whole(reach.from), whole(reach.to));
        let end = width.saturating_sub(last.len());
        let mut labels = first;
        for change in &group.changes {
            let label = whole(change.unit);
            let column = self.column(change.unit).saturating_sub(label.len().div_euclid(2));
            let room = column.saturating_add(label.len()).saturating_add(2) <= end;
            if room && labels.len().saturating_add(2) <= column {
                labels = format!("{labels:<column$}{label}");
            }
        }
        format!("{labels:<end$}{last}")
    }
}

/// The upright axis: totals in whole numbers of a small unit of money.
pub(super) struct Amounts {
    pub(super) axis: Axis,
    decimals: u32,
    /// Whether some total is 0, which no logarithmic axis has a place for.
    from_zero: bool,
}

impl Amounts {
    /// The axis on which every total of a group lies; none where nothing is complete.
    pub(super) fn of(group: &Group) -> Option<Self> {
        let pieces = || group.plans.iter().flat_map(|plan| &plan.curve.pieces);
        let ends = || pieces().flat_map(|piece| [Some(piece.total), piece.at(piece.reach.to).ok()]);
        let high = ends().flatten().max()?;
        let from_zero = ends().flatten().any(Fraction::is_zero);
        let low = ends().flatten().filter(|total| !total.is_zero()).min().unwrap_or(high);
        let decimals = if high < FINE.into() { 12 } else { 0 };
        let amounts = Self { axis: Axis::between(0, 1), decimals, from_zero };
        let (low, high) = (amounts.scaled(low)?, amounts.scaled(high)?);
        // nothing stands a little below the least that is something
        let low = if from_zero { low.div_euclid(2) } else { low };
        Some(Self { axis: Axis::of_amounts(low, high), ..amounts })
    }

    /// What is to be known of the axis.
    pub(super) fn scale(&self) -> &'static str {
        if self.from_zero && self.axis.is_logarithmic() {
            " (logarithmic, 0 at the bottom)"
        } else {
            scale(self.axis)
        }
    }

    /// A total in whole numbers of the unit.
    pub(super) fn scaled(&self, total: Fraction) -> Option<u128> {
        let rounded = total.round(self.decimals).ok()?;
        let tens = 10_u128.checked_pow(self.decimals.checked_sub(rounded.scale())?)?;
        u128::try_from(rounded.mantissa()).ok()?.checked_mul(tens)
    }

    /// An amount of the axis as people read it.
    pub(super) fn label(&self, amount: u128) -> String {
        let amount = i128::try_from(amount).ok();
        let value =
            amount.and_then(|amount| Decimal::try_from_i128_with_scale(amount, self.decimals).ok());
        value.map_or_else(String::new, |value| decimal::grouped(value.normalize()))
    }
}
