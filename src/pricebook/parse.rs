//! From a book's file to a typed book, every problem of the file at once.
//!
//! Only shapes are known here: which fields a meter has, that tiers increase and end open, that
//! classes exist. Nothing is counted or multiplied.

mod allowances;
mod axes;
mod figures;
mod meters;
mod readings;
mod terms;

use std::collections::BTreeMap;
use std::sync::Arc;
use toml::de::DeTable;

use super::{
    AuditLog, Axis, Book, BookId, Clock, Effective, Item, Mark, Noun, PriceSource, Region, With,
};
use crate::diagnostic::{Code, Problem, Problems};
use crate::fields::{self, At, Fields, unknown_name};
use crate::month::{Day, Offset};
use crate::source::Source;
use crate::vocabulary::Vocabulary;

use allowances::allowances;
use axes::axes;
use figures::figures;
use meters::meters;
use readings::{Scope, changes, readings};

/// The largest quantity that a book or scenario may state.
pub(crate) const LARGEST: u64 = 1_000_000_000_000_000_000;

/// Parses one price book.
///
/// # Errors
/// Every problem of the file.
pub(super) fn book(file: &Arc<Source>, vocabulary: &Vocabulary) -> Result<Book, Problems> {
    let mut problems = Problems::new(Arc::clone(file));
    let Some(document) = fields::parse(file, &mut problems) else {
        return Err(problems);
    };
    let book = read(document.get_ref(), vocabulary, file, &mut problems);
    problems.into_result(book)
}

/// A documented example of a book: its scenario is read where it is needed.
#[derive(Clone, Debug)]
pub struct Example<'a, 't> {
    /// Its id.
    pub id: String,
    /// As the page calls it.
    pub title: String,
    /// Its scenario, in the grammar of scenario files.
    pub scenario: Fields<'a, 't>,
}

/// The documented examples of a parsed book file.
pub fn examples<'a, 't>(root: &'a DeTable<'t>, problems: &mut Problems) -> Vec<Example<'a, 't>> {
    let mut root = Fields::new("price book", root, 0..0);
    let mut examples = Vec::new();
    for mut fields in root.tables("example", "[[example]]", problems) {
        let id = text(&mut fields, "id", problems);
        let title = text(&mut fields, "title", problems);
        fields.text("source", problems);
        let scenario = fields.table("scenario", "[example.scenario]", problems);
        let scenario = fields.require("scenario", scenario, problems);
        if let (Some(id), Some(title), Some(scenario)) = (id, title, scenario) {
            examples.push(Example { id, title, scenario });
        }
        fields.finish(problems);
    }
    examples
}

fn text(
    fields: &mut Fields<'_, '_>,
    name: &'static str,
    problems: &mut Problems,
) -> Option<String> {
    let value = fields.text(name, problems);
    fields.require(name, value, problems).map(|value| value.value.to_owned())
}

fn read(
    document: &DeTable<'_>,
    vocabulary: &Vocabulary,
    file: &Arc<Source>,
    problems: &mut Problems,
) -> Option<Book> {
    let mut root = Fields::new("price book", document, 0..0);
    let id = book_id(&mut root, problems);
    let provider_name = text(&mut root, "provider_name", problems);
    let service = text(&mut root, "service", problems);
    let currency = currency(&mut root, problems);
    let effective = effective(&mut root, problems);
    let clock = root.table("clock", "clock", problems);
    let clock =
        root.require("clock", clock, problems).and_then(|fields| clock_of(fields, problems));
    let names = Names {
        vocabulary,
        sources: sources(&mut root, problems),
        items: items(&mut root, problems),
        regions: regions(&mut root, vocabulary, problems),
        axes: Vec::new(),
    };
    let axes = axes(&mut root, &names, problems);
    let names = Names { axes, ..names };
    let (meters, spans) = meters(&mut root, &names, problems);
    let allowances = allowances(&mut root, &names, &meters, problems);
    let not_charged = not_charged(&mut root, problems);
    let with = with(&mut root, problems);
    let instance_axis = instance_axis(&mut root, &names, problems);
    let audit_log = root
        .table("audit_log", "audit_log", problems)
        .and_then(|fields| audit_log_of(fields, problems));
    let terms = terms::terms(&mut root, &names, problems);
    let figures = figures(&mut root, &meters, terms.overdue.as_ref(), problems);
    root.raw("example");
    let mut readings = readings(&mut root, problems);
    root.finish(problems);
    if problems.has_errors() {
        return None;
    }
    let scope =
        Scope { document, names: &names, meters: &meters, allowances: &allowances, spans: &spans };
    for (reading, sets, instead) in &mut readings {
        reading.changes = changes(&scope, sets, *instead, problems);
    }
    let Names { sources, items, regions, axes, .. } = names;
    Some(Book {
        id: id?,
        provider_name: provider_name?,
        service: service?,
        currency: currency?,
        effective: effective?,
        clock: clock?,
        sources,
        items,
        regions,
        axes,
        meters,
        allowances,
        not_charged,
        with,
        joined: Vec::new(),
        instance_axis,
        audit_log,
        cycle: terms.cycle,
        settlement: terms.settlement,
        overdue: terms.overdue,
        renewal: terms.renewal,
        payment: terms.payment,
        readings: readings.into_iter().map(|(reading, ..)| reading).collect(),
        figures,
        file: Arc::clone(file),
    })
}

/// What the parts of a book refer to by name.
struct Names<'v> {
    vocabulary: &'v Vocabulary,
    sources: Vec<PriceSource>,
    items: Vec<Item>,
    regions: BTreeMap<String, Region>,
    axes: Vec<Axis>,
}

impl Names<'_> {
    fn source(&self, fields: &mut Fields<'_, '_>, problems: &mut Problems) -> Option<usize> {
        let name = fields.text("source", problems);
        let name = fields.require("source", name, problems)?;
        let at = self.sources.iter().position(|source| source.id == name.value);
        if at.is_none() {
            let known = self.sources.iter().map(|source| source.id.as_str());
            problems.push(unknown_name("source", &name, known));
        }
        at
    }

    fn axis(&self, name: &At<&str>, problems: &mut Problems) -> Option<usize> {
        let at = self.axes.iter().position(|axis| axis.name == name.value);
        if at.is_none() {
            let known = self.axes.iter().map(|axis| axis.name.as_str());
            problems.push(unknown_name("axis", name, known));
        }
        at
    }

    fn class(&self, axis: usize, name: &At<&str>, problems: &mut Problems) -> Option<usize> {
        let axis = self.axes.get(axis)?;
        let at = axis.class(name.value);
        if at.is_none() {
            let known = axis.classes.iter().map(|class| class.name.as_str());
            problems.push(unknown_name("class", name, known));
        }
        at
    }
}

// ------------------------------------------------------------------ header

fn book_id(root: &mut Fields<'_, '_>, problems: &mut Problems) -> Option<BookId> {
    let provider = text(root, "provider", problems);
    let plan = text(root, "plan", problems);
    let edition = text(root, "edition", problems);
    Some(BookId { provider: provider?.into(), plan: plan?.into(), edition: edition?.into() })
}

fn currency(root: &mut Fields<'_, '_>, problems: &mut Problems) -> Option<String> {
    let code = root.text("currency", problems);
    let code = root.require("currency", code, problems)?;
    if code.value.len() == 3 && code.value.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Some(code.value.to_owned());
    }
    problems.push(
        Problem::error(Code::WrongType, format!("`{}` is no currency code", code.value))
            .at(code.span)
            .label("expected an ISO 4217 code such as \"USD\""),
    );
    None
}

fn effective(root: &mut Fields<'_, '_>, problems: &mut Problems) -> Option<Effective> {
    let fields = root.table("effective", "effective", problems);
    let mut fields = root.require("effective", fields, problems)?;
    let from = day(&mut fields, "from", problems);
    let from = fields.require("from", from, problems);
    let until = day(&mut fields, "until", problems);
    fields.finish(problems);
    let from = from?;
    if let Some(until) = &until
        && until.value < from.value
    {
        problems.push(
            Problem::error(Code::BadDate, "the edition ends before it begins")
                .at(until.span.clone()),
        );
    }
    Some(Effective { from: from.value, until: until.map(|until| until.value) })
}

fn day(
    fields: &mut Fields<'_, '_>,
    name: &'static str,
    problems: &mut Problems,
) -> Option<At<Day>> {
    let value = fields.date_time(name, problems)?;
    let day = value.value.date.and_then(|date| {
        Day::new(i32::from(date.year), u32::from(date.month), u32::from(date.day))
    });
    if day.is_none() || value.value.time.is_some() {
        problems.push(
            Problem::error(Code::BadDate, format!("`{}` is no day", value.value))
                .at(value.span)
                .label("expected a date such as 2026-02-28"),
        );
        return None;
    }
    day.map(|day| At { value: day, span: value.span })
}

fn clock_of(mut fields: Fields<'_, '_>, problems: &mut Problems) -> Option<Clock> {
    let offset = fields.text("offset", problems);
    let offset = fields.require("offset", offset, problems);
    let offset = offset.and_then(|offset| {
        let parsed = Offset::parse(offset.value);
        if parsed.is_none() {
            problems.push(
                Problem::error(Code::WrongType, format!("`{}` is no offset", offset.value))
                    .at(offset.span)
                    .label("expected an offset such as \"+08:00\""),
            );
        }
        parsed
    });
    let standard = fields.table("standard_month", "standard_month", problems);
    let hours = fields
        .require("standard_month", standard, problems)
        .and_then(|standard| standard_hours(standard, problems));
    fields.finish(problems);
    Some(Clock { offset: offset?, standard_hours: hours? })
}

/// `{ days = 30 }` or `{ hours = 730 }`.
fn standard_hours(mut fields: Fields<'_, '_>, problems: &mut Problems) -> Option<u32> {
    let days = fields.whole("days", 1..=31, problems);
    let hours = fields.whole("hours", 1..=744, problems);
    if let (Some(_), Some(hours)) = (&days, &hours) {
        problems.push(
            Problem::error(Code::Conflict, "the standard month has days and hours")
                .at(hours.span.clone())
                .label("say one of them"),
        );
    }
    let hours = days.map(|days| days.map(|days| days.saturating_mul(24))).or(hours);
    if !fields.has("hours") {
        fields.require::<()>("days", None, problems);
    }
    fields.finish(problems);
    hours.and_then(|hours| u32::try_from(hours.value).ok())
}

fn sources(root: &mut Fields<'_, '_>, problems: &mut Problems) -> Vec<PriceSource> {
    const MARKS: &[(&str, Mark)] =
        &[("page", Mark::Page), ("price-data", Mark::PriceData), ("third-party", Mark::ThirdParty)];
    let mut sources = Vec::new();
    for mut fields in root.tables("source", "[[source]]", problems) {
        let id = text(&mut fields, "id", problems);
        let title = text(&mut fields, "title", problems);
        let address = text(&mut fields, "address", problems);
        let dated = text(&mut fields, "dated", problems);
        let mark = fields.choice("mark", MARKS, problems);
        let mark = fields.require("mark", mark, problems);
        fields.finish(problems);
        if let (Some(id), Some(title), Some(address), Some(dated), Some(mark)) =
            (id, title, address, dated, mark)
        {
            sources.push(PriceSource { id, title, address, dated, mark: mark.value });
        }
    }
    sources
}

fn items(root: &mut Fields<'_, '_>, problems: &mut Problems) -> Vec<Item> {
    let mut items = Vec::new();
    for mut fields in root.tables("item", "[[item]]", problems) {
        let id = text(&mut fields, "id", problems);
        let label = text(&mut fields, "label", problems);
        fields.finish(problems);
        if let (Some(id), Some(label)) = (id, label) {
            items.push(Item { id, label });
        }
    }
    items
}

fn regions(
    root: &mut Fields<'_, '_>,
    vocabulary: &Vocabulary,
    problems: &mut Problems,
) -> BTreeMap<String, Region> {
    let mut regions = BTreeMap::new();
    let Some(mut table) = root.table("region", "region", problems) else {
        return regions;
    };
    for (id, mut fields) in table.named_tables("region", problems) {
        let place = fields.text("place", problems);
        let place = fields.require("place", place, problems);
        let place = place.and_then(|place| vocabulary.place(&place, problems));
        let group = fields.text("group", problems).map(|group| group.value.to_owned());
        let groups = group.into_iter().collect();
        fields.finish(problems);
        if let Some(place) = place {
            if regions.values().any(|region: &Region| region.place == place) {
                problems.push(
                    Problem::error(
                        Code::Duplicate,
                        format!("two regions are in the place `{place}`"),
                    )
                    .at(id.span.clone())
                    .label("every place has one region"),
                );
            }
            regions.insert(id.value.to_owned(), Region { place, groups });
        }
    }
    regions
}

fn not_charged(root: &mut Fields<'_, '_>, problems: &mut Problems) -> BTreeMap<Noun, String> {
    let mut reasons = BTreeMap::new();
    let Some(mut table) = root.table("not_charged", "not_charged", problems) else {
        return reasons;
    };
    for (name, noun) in Noun::ALL {
        if let Some(reason) = table.text(name, problems) {
            reasons.insert(*noun, reason.value.to_owned());
        }
    }
    table.finish(problems);
    reasons
}

fn with(root: &mut Fields<'_, '_>, problems: &mut Problems) -> Vec<With> {
    let mut partners = Vec::new();
    for mut fields in root.tables("with", "[[with]]", problems) {
        let plan = text(&mut fields, "plan", problems);
        let serves = axes::choices(&mut fields, "serves", Noun::ALL, problems);
        let serves = fields.require("serves", serves, problems);
        fields.finish(problems);
        if let (Some(plan), Some(serves)) = (plan, serves) {
            partners.push(With { plan, serves });
        }
    }
    partners
}

fn instance_axis(
    root: &mut Fields<'_, '_>,
    names: &Names<'_>,
    problems: &mut Problems,
) -> Option<usize> {
    let mut fields = root.table("instance", "instance", problems)?;
    let axis = fields.text("type", problems);
    let axis = fields.require("type", axis, problems).and_then(|name| names.axis(&name, problems));
    fields.finish(problems);
    axis
}

fn audit_log_of(mut fields: Fields<'_, '_>, problems: &mut Problems) -> Option<AuditLog> {
    let mut whole = |name: &'static str| {
        let value = fields.whole(name, 1..=1_000_000_000, problems);
        fields.require(name, value, problems).map(|value| value.value)
    };
    let log = (
        whole("kilobytes_per_request"),
        whole("kilobytes_per_gigabyte"),
        whole("retention_days"),
        whole("most_retention_days"),
    );
    fields.finish(problems);
    let (
        Some(kilobytes_per_request),
        Some(kilobytes_per_gigabyte),
        Some(retention_days),
        Some(most_retention_days),
    ) = log
    else {
        return None;
    };
    Some(AuditLog {
        kilobytes_per_request,
        kilobytes_per_gigabyte,
        retention_days,
        most_retention_days,
    })
}
