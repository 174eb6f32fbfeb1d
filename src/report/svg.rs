//! Where the ranking changes, as a drawing: a curve for each plan, heavy where it is the cheapest.
//!
//! One panel for each currency, above one another. Curves differ in colour and in dashes, each ends
//! in its letter, and the description says in words which plan is the cheapest from where to where.
//! Colours follow the reader's light or dark scheme. Places are tenths of a pixel; 12.5 is `12.5`.

use std::fmt::Write as _;

use super::axis::Axis;
use super::break_even::{Shown, letter, whole};
use super::curve_chart::{Amounts, scale};
use super::number::money;
use crate::breakeven::{Curve, Group, Plan, Reach};
use crate::source::printable;

/// The drawing and its plots, in pixels.
const WIDTH: u64 = 800;
const LEFT: u64 = 110;
const PLOT: u64 = 640;
const HEIGHT: u64 = 300;
/// What stands above the first panel, above each plot and below it.
const HEAD: u64 = 64;
const ABOVE: u64 = 44;
const BELOW: u64 = 58;
/// A line of the legend.
const LINE: u64 = 20;
/// Labels of an axis.
const LABELS: usize = 6;
/// Tenths of a pixel.
const TENTHS: u64 = 10;
/// The letters behind the ends of curves: how many stand side by side, and the tenths that each takes.
const COLUMNS: usize = 3;
const LETTER: u64 = 130;

/// Strokes for a light and for a dark background.
const STROKES: [(&str, &str); 8] = [
    ("#0b62c4", "#6cb1ff"),
    ("#b54708", "#ffab5e"),
    ("#17703a", "#5fd38a"),
    ("#8b2fb3", "#dba2ff"),
    ("#b4232c", "#ff8f8f"),
    ("#0b6f78", "#5fd0d8"),
    ("#6b5b00", "#d8c04a"),
    ("#a11d6b", "#ff93cf"),
];
/// Dashes that tell curves apart without colour.
const DASHES: [&str; 4] = ["", "8 3", "2 3", "8 3 2 3"];

/// Draws the answer.
#[must_use]
pub fn break_even(shown: &Shown<'_>) -> String {
    let tops: Vec<u64> = shown
        .groups
        .iter()
        .scan(HEAD, |next, group| {
            let top = *next;
            *next = next.saturating_add(height(group));
            Some(top)
        })
        .collect();
    let bottom = shown.groups.iter().fold(HEAD, |sum, group| sum.saturating_add(height(group)));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {bottom}\" width=\"{WIDTH}\" \
         height=\"{bottom}\" role=\"img\" aria-labelledby=\"title description\">\n"
    );
    let (name, varied) = (escaped(shown.scenario), escaped(&shown.varied()));
    let rates = shown.rates().map_or_else(String::new, |rates| format!(" · {rates}"));
    let totals = format!("{}{}", shown.totals(), escaped(&rates));
    let _ = writeln!(svg, "<title id=\"title\">{name}: the cheapest plan over {varied}</title>");
    let _ = writeln!(svg, "<desc id=\"description\">{}</desc>", escaped(&described(shown)));
    svg.push_str(&style());
    let _ = writeln!(svg, "<rect class=\"paper\" width=\"{WIDTH}\" height=\"{bottom}\"/>");
    let _ = writeln!(svg, "<text class=\"head\" x=\"20\" y=\"28\">{name}</text>");
    let _ = writeln!(svg, "<text x=\"20\" y=\"50\">{varied} · {totals}</text>");
    for (group, top) in shown.groups.iter().zip(tops) {
        if let Some(amounts) = Amounts::of(group) {
            svg.push_str(&Panel::of(shown, group, amounts, top).draw());
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// What a panel takes.
fn height(group: &Group) -> u64 {
    let lines = u64::try_from(group.plans.len()).unwrap_or(0).saturating_mul(LINE);
    ABOVE.saturating_add(HEIGHT).saturating_add(BELOW).saturating_add(lines)
}

fn style() -> String {
    let mut light = String::from(
        "text{font:13px system-ui,sans-serif;fill:#1f2328}.head{font-size:17px;font-weight:600}\
         .end{text-anchor:end}.middle{text-anchor:middle}.paper{fill:#ffffff}\
         .grid{stroke:#d8dee4}.axis{stroke:#57606a}.change{stroke:#57606a;stroke-dasharray:2 4}\
         .curve,.key{fill:none;stroke-width:1.5}.cheapest{fill:none;stroke-width:4;stroke-linecap:round}",
    );
    let mut dark = String::from(
        "text{fill:#e6edf3}.paper{fill:#0d1117}.grid{stroke:#30363d}\
         .axis,.change{stroke:#9da7b3}",
    );
    for (at, (on_light, on_dark)) in STROKES.iter().enumerate() {
        let _ = write!(light, ".s{at}{{stroke:{on_light}}}");
        let _ = write!(dark, ".s{at}{{stroke:{on_dark}}}");
    }
    format!("<style>{light}\n@media (prefers-color-scheme:dark){{{dark}}}</style>\n")
}

/// Which plan is the cheapest from where to where, in sentences.
fn described(shown: &Shown<'_>) -> String {
    let mut sentences = vec![format!("{}, {}.", shown.varied(), shown.totals())];
    for group in shown.groups {
        for span in group.spans.iter().take(LABELS.saturating_mul(LABELS)) {
            let plan = span.plan.and_then(|plan| group.plans.get(plan));
            let name = plan.map_or_else(|| "no plan".to_owned(), Plan::name);
            let (from, to) = (whole(span.reach.from), whole(span.reach.to));
            let total = |unit: u64| plan.and_then(|plan| plan.curve.at(unit));
            let totals = total(span.reach.from).zip(total(span.reach.to)).map(|(from, to)| {
                format!(", {} to {} {}", money(from, None), money(to, None), group.currency)
            });
            let totals = totals.unwrap_or_default();
            sentences.push(format!("From {from} to {to}: {name}{totals}."));
        }
    }
    sentences.join(" ")
}

/// One currency's plot.
struct Panel<'a> {
    group: &'a Group,
    name: String,
    reach: Reach,
    across: Axis,
    amounts: Amounts,
    /// Where it begins, and where its plot does.
    top: u64,
    plot: u64,
}

impl<'a> Panel<'a> {
    fn of(shown: &Shown<'_>, group: &'a Group, amounts: Amounts, top: u64) -> Self {
        let reach = shown.reach;
        let across = Axis::between(reach.from.into(), reach.to.into());
        let (name, plot) = (escaped(&shown.field.name), top.saturating_add(ABOVE));
        Self { group, name, reach, across, amounts, top, plot }
    }

    fn draw(&self) -> String {
        let mut svg = self.axes();
        let curves = || self.group.plans.iter().enumerate();
        for span in self.group.spans.iter().filter(|_| self.rivals()) {
            let Some((at, plan)) = span.plan.and_then(|at| Some((at, self.group.plans.get(at)?)))
            else {
                continue;
            };
            let path = self.path(&plan.curve, span.reach);
            let _ = writeln!(svg, "<path class=\"cheapest {}\" d=\"{path}\"/>", stroke(at));
        }
        for (at, plan) in curves() {
            let (path, dashes) = (self.path(&plan.curve, self.reach), dashes(at));
            let _ = writeln!(svg, "<path class=\"curve {}\"{dashes} d=\"{path}\"/>", stroke(at));
        }
        svg.push_str(&self.letters());
        svg.push_str(&self.legend());
        svg
    }

    /// Whether there is more than one plan to be the cheapest of.
    fn rivals(&self) -> bool {
        self.group.plans.len() > 1
    }

    // -------------------------------------------------------------- places, in tenths

    fn x(&self, unit: u64) -> u64 {
        let place = self.across.place(unit.into(), PLOT.saturating_mul(TENTHS));
        LEFT.saturating_mul(TENTHS).saturating_add(place)
    }

    fn y(&self, amount: u128) -> u64 {
        let place = self.amounts.axis.place(amount, HEIGHT.saturating_mul(TENTHS));
        self.plot.saturating_add(HEIGHT).saturating_mul(TENTHS).saturating_sub(place)
    }

    fn at(&self, curve: &Curve, unit: u64) -> Option<(u64, u64)> {
        let amount = self.amounts.scaled(curve.at(unit)?)?;
        Some((self.x(unit), self.y(amount)))
    }

    /// The units at which a curve is drawn: all where they are few, else one for each pixel and the
    /// ends of every stretch on which the plan is complete.
    fn units(&self, curve: &Curve, reach: Reach) -> Vec<u64> {
        if reach.to.saturating_sub(reach.from) <= PLOT {
            return (reach.from..=reach.to).collect();
        }
        let pixel = |place: u64| u64::try_from(self.across.value(place, PLOT)).unwrap_or(reach.to);
        let ends = curve.ranges.iter().flat_map(|(known, _)| [known.from, known.to]);
        let mut units: Vec<u64> =
            (0..=PLOT).map(pixel).chain(ends).chain([reach.from, reach.to]).collect();
        units.retain(|unit| reach.holds(*unit));
        units.sort_unstable();
        units.dedup();
        units
    }

    /// A curve as a path, broken where the plan is not complete.
    fn path(&self, curve: &Curve, reach: Reach) -> String {
        let mut path = String::new();
        let mut stretch: Vec<(u64, u64)> = Vec::new();
        for unit in self.units(curve, reach) {
            match self.at(curve, unit) {
                Some(point) => stretch.push(point),
                None => write_stretch(&mut path, &mut stretch),
            }
        }
        write_stretch(&mut path, &mut stretch);
        path
    }

    // -------------------------------------------------------------- what stands around the curves

    fn axes(&self) -> String {
        let mut svg = String::new();
        let bottom = self.plot.saturating_add(HEIGHT);
        let (right, below) = (LEFT.saturating_add(PLOT), bottom.saturating_add(18));
        for tick in self.amounts.axis.ticks(LABELS) {
            let y = tenths(self.y(tick));
            let _ = writeln!(
                svg,
                "<path class=\"grid\" d=\"M{LEFT} {y}H{right}\"/><text class=\"end\" x=\"{}\" y=\"{y}\" dy=\"4\">{}</text>",
                LEFT.saturating_sub(8),
                self.amounts.label(tick)
            );
        }
        for tick in
            self.across.ticks(LABELS).into_iter().filter_map(|tick| u64::try_from(tick).ok())
        {
            let x = tenths(self.x(tick));
            let _ = writeln!(
                svg,
                "<path class=\"grid\" d=\"M{x} {}V{bottom}\"/><text class=\"middle\" x=\"{x}\" y=\"{below}\">{}</text>",
                self.plot,
                whole(tick)
            );
        }
        let _ = writeln!(
            svg,
            "<path class=\"axis\" fill=\"none\" d=\"M{LEFT} {}V{bottom}H{right}\"/>",
            self.plot
        );
        let _ = writeln!(
            svg,
            "<text class=\"end\" x=\"{right}\" y=\"{}\">{}{}</text>",
            below.saturating_add(20),
            self.name,
            scale(self.across)
        );
        let _ = writeln!(
            svg,
            "<text x=\"20\" y=\"{}\">{}{}{}</text>",
            self.top.saturating_add(16),
            escaped(&self.group.currency),
            self.amounts.scale(),
            if self.rivals() { "; heavy: the cheapest plan" } else { "" }
        );
        svg.push_str(&self.changes());
        svg
    }

    /// A line at each change, with its unit where there is room.
    fn changes(&self) -> String {
        let mut svg = String::new();
        let bottom = self.plot.saturating_add(HEIGHT);
        let mut free = 0;
        for change in &self.group.changes {
            let place = self.x(change.unit);
            let (x, label) = (tenths(place), whole(change.unit));
            let _ = writeln!(svg, "<path class=\"change\" d=\"M{x} {}V{bottom}\"/>", self.plot);
            // four pixels a digit on either side of its middle
            let half =
                u64::try_from(label.len()).unwrap_or(0).saturating_mul(TENTHS.saturating_mul(4));
            if place.saturating_sub(half) >= free {
                let y = self.plot.saturating_sub(6);
                let _ = writeln!(svg, "<text class=\"middle\" x=\"{x}\" y=\"{y}\">{label}</text>");
                free = place.saturating_add(half).saturating_add(TENTHS.saturating_mul(8));
            }
        }
        svg
    }

    /// Each curve's letter behind its end: side by side, and then moved down, where ends meet.
    fn letters(&self) -> String {
        let mut ends: Vec<(u64, u64, char)> = Vec::new();
        for (at, plan) in self.group.plans.iter().enumerate() {
            let last = plan.curve.pieces.last().map(|piece| piece.reach.to);
            if let (Some(letter), Some((x, y))) =
                (letter(at), last.and_then(|last| self.at(&plan.curve, last)))
            {
                ends.push((x, y, letter));
            }
        }
        ends.sort_unstable();
        let mut svg = String::new();
        let (mut beside, mut free) = (0, [0; COLUMNS]);
        for (x, y, letter) in ends {
            if x != beside {
                (beside, free) = (x, [0; COLUMNS]);
            }
            let column = free.iter().position(|free| *free <= y);
            let lowest = || free.iter().enumerate().min_by_key(|(_, free)| **free);
            let column = column.or_else(|| lowest().map(|(at, _)| at)).unwrap_or(0);
            let Some(place) = free.get_mut(column) else { continue };
            let y = y.max(*place);
            *place = y.saturating_add(LETTER);
            let aside = u64::try_from(column).unwrap_or(0).saturating_mul(LETTER);
            let x = tenths(x.saturating_add(TENTHS.saturating_mul(8)).saturating_add(aside));
            let _ = writeln!(svg, "<text x=\"{x}\" y=\"{}\" dy=\"4\">{letter}</text>", tenths(y));
        }
        svg
    }

    fn legend(&self) -> String {
        let mut svg = String::new();
        let mut y = self.plot.saturating_add(HEIGHT).saturating_add(BELOW);
        for (at, plan) in self.group.plans.iter().enumerate() {
            let (stroke, dashes, middle) = (stroke(at), dashes(at), y.saturating_sub(4));
            let name = escaped(&plan.name());
            let mark = plan.mark.map_or("", |mark| mark.label());
            let letter = letter(at).unwrap_or(' ');
            let _ = writeln!(
                svg,
                "<path class=\"key {stroke}\"{dashes} d=\"M{LEFT} {middle}h40\"/><text x=\"{}\" y=\"{y}\">{letter} {name} · {mark}</text>",
                LEFT.saturating_add(52)
            );
            y = y.saturating_add(LINE);
        }
        svg
    }
}

fn stroke(plan: usize) -> String {
    format!("s{}", plan.checked_rem(STROKES.len()).unwrap_or(0))
}

fn dashes(plan: usize) -> String {
    // the same colour comes again with other dashes
    let turn = plan.saturating_add(plan.div_euclid(STROKES.len()));
    let dashes = turn.checked_rem(DASHES.len()).and_then(|at| DASHES.get(at)).copied();
    match dashes.filter(|dashes| !dashes.is_empty()) {
        Some(dashes) => format!(" stroke-dasharray=\"{dashes}\""),
        None => String::new(),
    }
}

/// Writes an unbroken stretch of a curve, without the points on a straight line between others.
fn write_stretch(path: &mut String, stretch: &mut Vec<(u64, u64)>) {
    let mut kept: Vec<(u64, u64)> = Vec::new();
    for point in stretch.drain(..) {
        while let [.., first, middle] = kept.as_slice()
            && is_straight(*first, *middle, point)
        {
            kept.pop();
        }
        kept.push(point);
    }
    if let [(x, y)] = kept.as_slice() {
        // a single unit is a dot
        let _ = write!(path, "M{} {}h0.1", tenths(*x), tenths(*y));
        return;
    }
    for (at, (x, y)) in kept.iter().enumerate() {
        let _ = write!(path, "{}{} {}", if at == 0 { 'M' } else { 'L' }, tenths(*x), tenths(*y));
    }
}

fn is_straight(first: (u64, u64), middle: (u64, u64), last: (u64, u64)) -> bool {
    let signed = |value: u64| i128::from(value);
    let away = |to: (u64, u64), from: (u64, u64)| {
        (signed(to.0).saturating_sub(signed(from.0)), signed(to.1).saturating_sub(signed(from.1)))
    };
    let ((ax, ay), (bx, by)) = (away(middle, first), away(last, middle));
    ax.saturating_mul(by) == ay.saturating_mul(bx)
}

/// Tenths of a pixel as pixels.
fn tenths(value: u64) -> String {
    match (value.div_euclid(TENTHS), value.rem_euclid(TENTHS)) {
        (whole, 0) => whole.to_string(),
        (whole, tenth) => format!("{whole}.{tenth}"),
    }
}

/// Text that a reader of XML takes for nothing else.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in printable(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}
