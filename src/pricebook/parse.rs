//! From a book's file to a typed book, every problem of the file at once.
//!
//! Only shapes are known here: which fields a meter has, that tiers increase and end open, that
//! classes exist. Nothing is counted or multiplied.

mod terms;

use std::collections::BTreeMap;
use std::sync::Arc;

use toml::de::DeTable;

use super::change::{self, Change};
use super::{
    Allowance, Applies, AuditLog, Axis, Block, BlockRounding, Book, BookId, Charge, Class, Clock,
    Draw, Each, Effective, Factor, Figure, IfRestored, Item, ManagedBy, Mark, Meter, Noun, Over,
    Overdue, Pool, Price, PriceSource, Prices, Protection, Reading, Region, Selector, Tier,
    Unbilled,
};
use crate::decimal::{self, Decimal};
use crate::diagnostic::{Code, Problem, Problems};
use crate::fields::{self, At, Fields, unknown_name};
use crate::month::{Day, Offset};
use crate::source::{Source, Span};
use crate::vocabulary::{OPERATION_KINDS, Vocabulary};

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
    Some(BookId { provider: provider?, plan: plan?, edition: edition? })
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
    let days = fields.require("standard_month", standard, problems).and_then(|mut standard| {
        let days = standard.whole("days", 1..=31, problems);
        let days = standard.require("days", days, problems);
        standard.finish(problems);
        days.and_then(|days| u32::try_from(days.value).ok())
    });
    fields.finish(problems);
    Some(Clock { offset: offset?, standard_days: days? })
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
            regions.insert(id.value.to_owned(), Region { place, group });
        }
    }
    regions
}

// ------------------------------------------------------------------ axes

fn axes(root: &mut Fields<'_, '_>, names: &Names<'_>, problems: &mut Problems) -> Vec<Axis> {
    let mut axes = Vec::new();
    let Some(mut table) = root.table("axis", "axis", problems) else {
        return axes;
    };
    for (name, mut fields) in table.named_tables("axis", problems) {
        let mut classes = Vec::new();
        for (class, fields) in fields.named_tables("class", problems) {
            classes.push(Class {
                name: class.value.to_owned(),
                selector: selector(fields, names, problems),
            });
        }
        axes.push(Axis { name: name.value.to_owned(), classes });
    }
    axes
}

fn selector(mut fields: Fields<'_, '_>, names: &Names<'_>, problems: &mut Problems) -> Selector {
    let selector = Selector {
        managed_by: choices(&mut fields, "managed_by", ManagedBy::ALL, problems),
        protection: choices(&mut fields, "protection", Protection::ALL, problems),
        spec: fields.texts("spec", problems).map(|specs| {
            specs.iter().filter_map(|spec| names.vocabulary.spec(spec, problems)).collect()
        }),
        group: fields.texts("group", problems).map(|groups| known_groups(&groups, names, problems)),
        region: fields
            .texts("region", problems)
            .map(|regions| regions.iter().map(|region| region.value.to_owned()).collect()),
        operation: fields.texts("operation", problems).map(|operations| {
            operations
                .iter()
                .filter_map(|operation| names.vocabulary.operation(operation, problems))
                .collect()
        }),
        operation_kind: choices(&mut fields, "operation_kind", OPERATION_KINDS, problems),
    };
    fields.finish(problems);
    selector
}

fn known_groups(groups: &[At<&str>], names: &Names<'_>, problems: &mut Problems) -> Vec<String> {
    let known = || names.regions.values().filter_map(|region| region.group.as_deref());
    for group in groups {
        if !known().any(|known| known == group.value) {
            let mut groups: Vec<&str> = known().collect();
            groups.sort_unstable();
            groups.dedup();
            problems.push(unknown_name("region group", group, groups.into_iter()));
        }
    }
    groups.iter().map(|group| group.value.to_owned()).collect()
}

fn choices<T: Copy>(
    fields: &mut Fields<'_, '_>,
    name: &'static str,
    known: &[(&'static str, T)],
    problems: &mut Problems,
) -> Option<Vec<T>> {
    let names = fields.texts(name, problems)?;
    let mut chosen = Vec::new();
    for name in names {
        match known.iter().find(|(word, _)| *word == name.value) {
            Some((_, value)) => chosen.push(*value),
            None => problems.push(unknown_name("word", &name, known.iter().map(|(word, _)| *word))),
        }
    }
    Some(chosen)
}

// ------------------------------------------------------------------ meters

fn meters(
    root: &mut Fields<'_, '_>,
    names: &Names<'_>,
    problems: &mut Problems,
) -> (Vec<Meter>, Vec<Span>) {
    let mut meters: Vec<Meter> = Vec::new();
    let mut spans = Vec::new();
    for fields in root.tables("meter", "[[meter]]", problems) {
        let span = fields.span();
        if let Some(meter) = meter(fields, names, problems) {
            if meters.iter().any(|other| other.id == meter.id) {
                problems.push(
                    Problem::error(
                        Code::Duplicate,
                        format!("two meters are called `{}`", meter.id),
                    )
                    .at(span.clone()),
                );
            }
            meters.push(meter);
            spans.push(span);
        }
    }
    (meters, spans)
}

/// Reads one meter; a reading's other value is read through here again.
fn meter(mut fields: Fields<'_, '_>, names: &Names<'_>, problems: &mut Problems) -> Option<Meter> {
    let id = fields.text("id", problems);
    let id = fields.require("id", id, problems);
    if let Some(id) = &id {
        fields.set_name("meter", id.value);
    }
    let item = id.as_ref().and_then(|id| item_of(id, names, problems));
    let label = text(&mut fields, "label", problems);
    let counts = choices(&mut fields, "counts", Noun::ALL, problems);
    let counts = fields.require("counts", counts, problems);
    let takes = takes(&mut fields, names, problems);
    let over = over(&mut fields, problems);
    let unbilled = unbilled(&mut fields, problems);
    let pool = pool(&mut fields, problems);
    let whole = |fields: &mut Fields<'_, '_>, name: &'static str, problems: &mut Problems| {
        fields.whole(name, 0..=LARGEST, problems).map(|value| value.value)
    };
    let included = whole(&mut fields, "included", problems).unwrap_or(0);
    let block =
        fields.table("block", "block", problems).and_then(|fields| block_of(fields, problems));
    let least = whole(&mut fields, "least", problems);
    let most = whole(&mut fields, "most", problems);
    let warn_over = whole(&mut fields, "warn_over", problems);
    let minimum = whole(&mut fields, "minimum", problems).unwrap_or(0);
    let charge = charge(&mut fields, names, problems);
    let per = fields.whole("per", 1..=LARGEST, problems).map_or(1, |per| per.value);
    let times =
        fields.table("times", "times", problems).and_then(|fields| factor(fields, names, problems));
    let source = names.source(&mut fields, problems);
    if let (Some(Charge::Levels(levels)), None) = (&charge, most)
        && levels.last().is_some_and(|level| level.up_to.is_none())
    {
        problems.push(
            Problem::error(Code::MissingField, "the last level is open")
                .at(fields.span())
                .label("levels end at the most that is sold: give the last one an `up_to`"),
        );
    }
    fields.finish(problems);
    Some(Meter {
        id: id?.value.to_owned(),
        item: item?,
        label: label?.into(),
        counts: counts?,
        takes,
        over: over?,
        unbilled,
        pool,
        included,
        block,
        least,
        most,
        warn_over,
        minimum,
        charge: charge?,
        per,
        times,
        source: source?,
    })
}

fn item_of(id: &At<&str>, names: &Names<'_>, problems: &mut Problems) -> Option<usize> {
    let first = id.value.split_once('.').map_or(id.value, |(first, _)| first);
    let at = names.items.iter().position(|item| item.id == first);
    if at.is_none() {
        let known = names.items.iter().map(|item| item.id.as_str());
        let name = At { value: first, span: id.span.clone() };
        problems.push(unknown_name("item", &name, known));
    }
    at
}

fn takes(
    fields: &mut Fields<'_, '_>,
    names: &Names<'_>,
    problems: &mut Problems,
) -> Vec<(usize, Vec<usize>)> {
    let mut takes = Vec::new();
    let Some(mut table) = fields.table("where", "where", problems) else {
        return takes;
    };
    for (name, value) in table.entries() {
        let Some(axis) = names.axis(&name, problems) else { continue };
        let classes = fields::as_texts(value, problems).unwrap_or_default();
        takes.push((
            axis,
            classes.iter().filter_map(|class| names.class(axis, class, problems)).collect(),
        ));
    }
    takes
}

fn over(fields: &mut Fields<'_, '_>, problems: &mut Problems) -> Option<Over> {
    #[derive(Clone, Copy, PartialEq)]
    enum Unit {
        Day,
        Month,
    }
    const UNITS: &[(&str, Unit)] = &[("day", Unit::Day), ("month", Unit::Month)];
    const DAY: &[(&str, Over)] = &[("at-end", Over::DayAtEnd), ("any-part", Over::DayAnyPart)];
    const MONTH: &[(&str, Over)] = &[("sum", Over::Sum), ("largest", Over::MonthLargest)];
    if !fields.has("over") {
        return Some(Over::Sum);
    }
    let mut table = fields.table("over", "over", problems)?;
    let unit = table.choice("unit", UNITS, problems);
    let unit = table.require("unit", unit, problems);
    let rules = if unit.as_ref().is_some_and(|unit| unit.value == Unit::Day) { DAY } else { MONTH };
    let rule = table.choice("rule", rules, problems);
    let rule = table.require("rule", rule, problems);
    table.finish(problems);
    rule.map(|rule| rule.value)
}

fn unbilled(fields: &mut Fields<'_, '_>, problems: &mut Problems) -> Unbilled {
    const IF_RESTORED: &[(&str, IfRestored)] =
        &[("stays-free", IfRestored::StaysFree), ("charged-back", IfRestored::ChargedBack)];
    const FREE: &[(&str, bool)] = &[("free", true)];
    let Some(mut table) = fields.table("unbilled", "unbilled", problems) else {
        return Unbilled::default();
    };
    let pending_deletion =
        table.choice("pending_deletion", IF_RESTORED, problems).map(|choice| choice.value);
    let suspended = table.choice("suspended", FREE, problems).is_some_and(|choice| choice.value);
    table.finish(problems);
    Unbilled { pending_deletion, suspended }
}

fn pool(fields: &mut Fields<'_, '_>, problems: &mut Problems) -> Pool {
    const BY: &[(&str, &str)] = &[("region", "region"), ("instance", "instance")];
    if !fields.has("pool") {
        return Pool::default();
    }
    let by = choices(fields, "pool", BY, problems).unwrap_or_default();
    Pool { shared: true, by_region: by.contains(&"region"), by_instance: by.contains(&"instance") }
}

fn block_of(mut fields: Fields<'_, '_>, problems: &mut Problems) -> Option<Block> {
    const ROUNDING: &[(&str, BlockRounding)] =
        &[("up", BlockRounding::Up), ("pro-rata", BlockRounding::ProRata)];
    let size = fields.whole("size", 1..=LARGEST, problems);
    let size = fields.require("size", size, problems);
    let rounding = fields.choice("rounding", ROUNDING, problems);
    let rounding = fields.require("rounding", rounding, problems);
    fields.finish(problems);
    Some(Block { size: size?.value, rounding: rounding?.value })
}

fn charge(
    fields: &mut Fields<'_, '_>,
    names: &Names<'_>,
    problems: &mut Problems,
) -> Option<Charge> {
    let stated: Vec<&str> =
        ["price", "tiers", "levels"].into_iter().filter(|name| fields.has(name)).collect();
    match stated.as_slice() {
        ["price"] => prices(fields, names, problems).map(Charge::Flat),
        ["tiers"] => Some(Charge::Tiers(tiers(fields, "tiers", problems))),
        ["levels"] => Some(Charge::Levels(tiers(fields, "levels", problems))),
        [] => {
            problems.push(
                Problem::error(Code::MissingField, format!("{} has no price", fields.what()))
                    .at(fields.span())
                    .label("one of `price`, `tiers` or `levels` is needed here"),
            );
            None
        }
        several => {
            problems.push(
                Problem::error(
                    Code::Conflict,
                    format!("{} has {}", fields.what(), several.join(" and ")),
                )
                .at(fields.span())
                .label("only one of them can hold"),
            );
            for name in several {
                fields.raw(name);
            }
            None
        }
    }
}

fn prices(
    fields: &mut Fields<'_, '_>,
    names: &Names<'_>,
    problems: &mut Problems,
) -> Option<Prices> {
    let raw = fields.raw("price")?;
    if raw.get_ref().as_table().is_none() {
        return price_of(raw, problems).map(Prices::One);
    }
    let mut table = fields.table("price", "price", problems)?;
    let (axis, by_class) = by_class(&mut table, names, problems, price_of)?;
    Some(Prices::By(axis, by_class))
}

/// Reads `{ by = "axis", class = value, … }`, a value for every class.
fn by_class<T>(
    table: &mut Fields<'_, '_>,
    names: &Names<'_>,
    problems: &mut Problems,
    read: impl Fn(&fields::Value<'_>, &mut Problems) -> Option<T>,
) -> Option<(usize, Vec<(usize, T)>)> {
    let by = table.text("by", problems);
    let axis = table.require("by", by, problems).and_then(|by| names.axis(&by, problems))?;
    let mut values = Vec::new();
    for (name, value) in table.entries().filter(|(name, _)| name.value != "by") {
        if let Some(class) = names.class(axis, &name, problems)
            && let Some(value) = read(value, problems)
        {
            values.push((class, value));
        }
    }
    for class in &names.axes.get(axis)?.classes {
        table.require::<()>(&class.name, None, problems);
    }
    values.sort_by_key(|(class, _)| *class);
    Some((axis, values))
}

fn price(
    fields: &mut Fields<'_, '_>,
    name: &'static str,
    problems: &mut Problems,
) -> Option<Price> {
    price_of(fields.raw(name)?, problems)
}

fn price_of(value: &fields::Value<'_>, problems: &mut Problems) -> Option<Price> {
    if value.get_ref().as_str() == Some("unpublished") {
        return Some(Price::Unpublished);
    }
    let price = fields::as_decimal(value, problems)?;
    if price.value > Decimal::from(1_000_000_000) {
        let message = format!("`{}` is more than a price can be", price.value);
        let problem = Problem::error(Code::OutOfRange, message).at(price.span);
        problems.push(problem.label("prices go up to 1000000000"));
        return None;
    }
    Some(Price::Published(price.value))
}

fn tiers(fields: &mut Fields<'_, '_>, name: &'static str, problems: &mut Problems) -> Vec<Tier> {
    let mut tiers: Vec<Tier> = Vec::new();
    let tables = fields.tables(name, name, problems);
    let last = tables.len().saturating_sub(1);
    for (index, mut table) in tables.into_iter().enumerate() {
        let up_to = table.whole("up_to", 1..=LARGEST, problems);
        let price = price(&mut table, "price", problems);
        let price = table.require("price", price, problems);
        let before = tiers.last().and_then(|tier| tier.up_to).unwrap_or(0);
        if let Some(up_to) = &up_to
            && up_to.value <= before
        {
            problems.push(
                Problem::error(
                    Code::OutOfRange,
                    format!("`{}` does not lie above `{before}`", up_to.value),
                )
                .at(up_to.span.clone())
                .label("each `up_to` is larger than the one before"),
            );
        }
        if up_to.is_none() && index != last {
            problems.push(
                Problem::error(Code::MissingField, "only the last tier is open")
                    .at(table.span())
                    .label("`up_to` is needed here"),
            );
        }
        if up_to.is_some() && index == last && name == "tiers" {
            problems.push(
                Problem::error(Code::Conflict, "the last tier is not open")
                    .at(table.span())
                    .label("graduated tiers end with a price for everything above"),
            );
        }
        table.finish(problems);
        if let Some(price) = price {
            tiers.push(Tier { up_to: up_to.map(|up_to| up_to.value), price });
        }
    }
    tiers
}

fn factor(
    mut fields: Fields<'_, '_>,
    names: &Names<'_>,
    problems: &mut Problems,
) -> Option<Factor> {
    let (axis, by_class) = by_class(&mut fields, names, problems, |value, problems| {
        fields::as_decimal(value, problems).map(|value| value.value)
    })?;
    Some(Factor { axis, by_class })
}

// ------------------------------------------------------------------ the rest

fn allowances(
    root: &mut Fields<'_, '_>,
    names: &Names<'_>,
    meters: &[Meter],
    problems: &mut Problems,
) -> Vec<Allowance> {
    root.tables("allowance", "[[allowance]]", problems)
        .into_iter()
        .filter_map(|fields| allowance(fields, names, meters, problems))
        .collect()
}

fn allowance(
    mut fields: Fields<'_, '_>,
    names: &Names<'_>,
    meters: &[Meter],
    problems: &mut Problems,
) -> Option<Allowance> {
    const EACH: &[(&str, Each)] = &[("month", Each::Month), ("once", Each::Once)];
    const DRAW: &[(&str, Draw)] =
        &[("cheapest-first", Draw::CheapestFirst), ("dearest-first", Draw::DearestFirst)];
    let id = text(&mut fields, "id", problems);
    let label = text(&mut fields, "label", problems);
    let quantity = fields.whole("quantity", 1..=LARGEST, problems);
    let quantity = fields.require("quantity", quantity, problems);
    let each = fields.choice("each", EACH, problems);
    let each = fields.require("each", each, problems);
    let covers = fields.texts("covers", problems);
    let covers =
        fields.require("covers", covers, problems).map(|covers| covered(&covers, meters, problems));
    let draw = fields.choice("draw", DRAW, problems);
    let draw = fields.require("draw", draw, problems);
    let remaining = fields.choice("remaining", &[("free_calls_remaining", true)], problems);
    let source = names.source(&mut fields, problems);
    fields.finish(problems);
    Some(Allowance {
        id: id?,
        label: label?,
        quantity: quantity?.value,
        each: each?.value,
        covers: covers?,
        draw: draw?.value,
        remaining: remaining.is_some_and(|remaining| remaining.value),
        source: source?,
    })
}

fn covered(covers: &[At<&str>], meters: &[Meter], problems: &mut Problems) -> Vec<usize> {
    let mut covered = Vec::new();
    for name in covers {
        match meters.iter().position(|meter| meter.id == name.value) {
            Some(at) if meters.get(at).is_some_and(|meter| meter.over == Over::Sum) => {
                covered.push(at);
            }
            Some(_) => problems.push(
                Problem::error(
                    Code::Conflict,
                    format!("meter `{}` is not a sum over the month", name.value),
                )
                .at(name.span.clone())
                .label("a free quota covers what is added up over the month"),
            ),
            None => problems.push(unknown_name(
                "meter",
                name,
                meters.iter().map(|meter| meter.id.as_str()),
            )),
        }
    }
    covered
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

fn figures(
    root: &mut Fields<'_, '_>,
    meters: &[Meter],
    overdue: Option<&Overdue>,
    problems: &mut Problems,
) -> Vec<Figure> {
    let mut figures = Vec::new();
    for mut fields in root.tables("figure", "[[figure]]", problems) {
        let id = text(&mut fields, "id", problems);
        let title = text(&mut fields, "title", problems);
        let printed = fields.text("printed", problems);
        let printed = fields.require("printed", printed, problems);
        let rounded_to = fields
            .whole("rounded_to", 0..=12, problems)
            .and_then(|value| u32::try_from(value.value).ok());
        let mut numbers = |name: &'static str, problems: &mut Problems| {
            let texts = fields.texts(name, problems).unwrap_or_default();
            texts
                .iter()
                .filter_map(|text| number(text, meters, overdue, problems))
                .collect::<Vec<_>>()
        };
        let multiply = numbers("multiply", problems);
        let divide = numbers("divide", problems);
        fields.text("source", problems);
        fields.finish(problems);
        if let (Some(id), Some(title), Some(printed)) = (id, title, printed) {
            let printed = printed.map(str::to_owned);
            figures.push(Figure { id, title, printed, rounded_to, multiply, divide });
        }
    }
    figures
}

/// A decimal, or a number of this book by its path.
fn number(
    text: &At<&str>,
    meters: &[Meter],
    overdue: Option<&Overdue>,
    problems: &mut Problems,
) -> Option<Decimal> {
    if let Ok(value) = decimal::parse(text.value) {
        return Some(value);
    }
    let overdue = |name: &str| match (name, overdue?) {
        ("suspended_after_hours", overdue) => Some(overdue.suspended_after_hours.into()),
        ("reclaimed_after_hours", overdue) => overdue.reclaimed_after_hours.map(Decimal::from),
        _ => None,
    };
    let found = match text.value.split_once('.') {
        Some(("overdue", name)) => overdue(name),
        Some(("meter", rest)) => rest.rsplit_once('.').and_then(|(id, field)| {
            let meter = meters.iter().find(|meter| meter.id == id)?;
            match (field, &meter.charge) {
                ("price", Charge::Flat(Prices::One(Price::Published(price)))) => Some(*price),
                ("per", _) => Some(meter.per.into()),
                ("minimum", _) => Some(meter.minimum.into()),
                ("included", _) => Some(meter.included.into()),
                ("most", _) => meter.most.map(Decimal::from),
                _ => None,
            }
        }),
        _ => None,
    };
    if found.is_none() {
        problems.push(
            Problem::error(
                Code::UnknownName,
                format!("`{}` is no number of this book", text.value),
            )
            .at(text.span.clone())
            .label("expected a decimal, or a path such as \"meter.api-calls.all.price\""),
        );
    }
    found
}

// ------------------------------------------------------------------ readings

type Sets = Vec<At<String>>;

fn readings<'a, 't>(
    root: &mut Fields<'a, 't>,
    problems: &mut Problems,
) -> Vec<(Reading, Sets, Option<&'a toml::Spanned<toml::de::DeValue<'t>>>)> {
    const APPLIES: &[(&str, Applies)] =
        &[("always", Applies::Always), ("standard-month", Applies::StandardMonth)];
    let mut readings = Vec::new();
    for mut fields in root.tables("reading", "[[reading]]", problems) {
        let id = text(&mut fields, "id", problems);
        let name = text(&mut fields, "name", problems);
        let applies = fields
            .choice("applies", APPLIES, problems)
            .map_or(Applies::Always, |applies| applies.value);
        let documented = fields.boolean("documented", problems);
        let documented = fields.require("documented", documented, problems);
        let interval = fields.boolean("interval", problems).is_some_and(|interval| interval.value);
        let about = text(&mut fields, "text", problems);
        let basis = text(&mut fields, "basis", problems);
        let sets: Sets = fields
            .texts("sets", problems)
            .unwrap_or_default()
            .into_iter()
            .map(|path| path.map(str::to_owned))
            .collect();
        let instead = fields.raw("instead");
        if sets.is_empty() != instead.is_none() {
            problems.push(
                Problem::error(
                    Code::MissingField,
                    "a reading with another value needs `sets` and `instead`",
                )
                .at(fields.span()),
            );
        }
        fields.finish(problems);
        if let (Some(id), Some(name), Some(documented), Some(about), Some(basis)) =
            (id, name, documented, about, basis)
        {
            let paths = sets.iter().map(|path| path.value.clone()).collect();
            let other = instead.map(|value| change::written(value.get_ref()));
            let reading = Reading {
                id,
                name,
                applies,
                documented: documented.value,
                interval,
                text: about,
                basis,
                sets: paths,
                instead: other,
                changes: Vec::new(),
            };
            readings.push((reading, sets, instead));
        }
    }
    readings
}

/// What a reading's path may lead to.
struct Scope<'s, 't> {
    document: &'s DeTable<'t>,
    names: &'s Names<'s>,
    meters: &'s [Meter],
    allowances: &'s [Allowance],
    spans: &'s [Span],
}

fn changes(
    scope: &Scope<'_, '_>,
    sets: &[At<String>],
    instead: Option<&toml::Spanned<toml::de::DeValue<'_>>>,
    problems: &mut Problems,
) -> Vec<Change> {
    let Some(instead) = instead else {
        return Vec::new();
    };
    let mut changes = Vec::new();
    for path in sets {
        let before = changes.len();
        for place in change::places(scope.document, &path.value, instead) {
            changes.extend(reread(scope, place, problems));
        }
        if changes.len() == before {
            problems.push(
                Problem::error(
                    Code::UnknownName,
                    format!("`{}` leads nowhere in this book", path.value),
                )
                .at(path.span.clone())
                .label("expected a path such as \"meter.key-hosting.basic.over.rule\""),
            );
        }
    }
    changes
}

/// Reads a patched component again, by the rules of every other one.
fn reread(
    scope: &Scope<'_, '_>,
    place: change::Patched<'_>,
    problems: &mut Problems,
) -> Option<Change> {
    match place {
        change::Patched::Meter(at, table) => {
            let span = scope.spans.get(at).cloned().unwrap_or_default();
            let other = meter(Fields::new("[[meter]]", &table, span), scope.names, problems)?;
            (scope.meters.get(at)? != &other).then_some(Change::Meter(at, Box::new(other)))
        }
        change::Patched::Allowance(at, table) => {
            let other = allowance(
                Fields::new("[[allowance]]", &table, 0..0),
                scope.names,
                scope.meters,
                problems,
            )?;
            (scope.allowances.get(at)? != &other).then_some(Change::Allowance(at, other))
        }
        change::Patched::Clock(table) => {
            clock_of(Fields::new("clock", &table, 0..0), problems).map(Change::Clock)
        }
        change::Patched::AuditLog(table) => {
            audit_log_of(Fields::new("audit_log", &table, 0..0), problems).map(Change::AuditLog)
        }
    }
}
