//! The price books themselves: that each loads, is sourced, tells its keys and calls apart without
//! gap or overlap, and prints what its page prints.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::rc::Rc;

use kms_cost::catalog::Catalog;
use kms_cost::diagnostic::{Problems, render};
use kms_cost::estimate::{Grounds, estimate};
use kms_cost::fields::{self, At};
use kms_cost::pricebook::{
    Attributes, Axis, Book, Charge, ManagedBy, Meter, Noun, Price, Prices, Protection,
    Provisioning, examples,
};
use kms_cost::scenario;
use kms_cost::source::Source;
use kms_cost::verification::{Causes, Check, check, check_figure};
use kms_cost::vocabulary::{OperationId, SpecId, Vocabulary};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("pricing")
}

/// Every file of the folder: its name and text, in order.
fn files() -> BTreeMap<String, String> {
    fs::read_dir(folder())
        .expect("the folder of price books")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            (name, fs::read_to_string(path).expect("a text"))
        })
        .collect()
}

fn catalog() -> Catalog {
    Catalog::open(None).unwrap_or_else(|why| panic!("no catalog: {why:?}"))
}

fn loaded(catalog: &Catalog) -> Vec<Rc<Book>> {
    let load = |id| catalog.load(id).unwrap_or_else(|problems| panic!("{}", told(&problems)));
    catalog.ids().map(load).collect()
}

fn told(problems: &Problems) -> String {
    render(problems, false, "the price book is wrong")
}

fn table(name: &str, text: &str) -> toml::Table {
    text.parse().unwrap_or_else(|why| panic!("{name}: {why}"))
}

/// The tables of a list such as `[[reading]]`.
fn list<'a>(table: &'a toml::Table, name: &str) -> impl Iterator<Item = &'a toml::Table> {
    table
        .get(name)
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_table())
}

fn text<'a>(table: &'a toml::Table, name: &str) -> &'a str {
    table.get(name).and_then(toml::Value::as_str).unwrap_or_default()
}

/// The names of a part of the vocabulary.
fn words(part: &str) -> Vec<String> {
    let all = table("vocabulary.toml", files().get("vocabulary.toml").expect("a vocabulary"));
    all.get(part).and_then(toml::Value::as_table).expect("a part").keys().cloned().collect()
}

fn nowhere() -> Problems {
    Problems::new(std::sync::Arc::new(Source::new("test", "")))
}

fn specs(vocabulary: &Vocabulary) -> Vec<SpecId> {
    let spec = |word: String| vocabulary.spec(&At::new(word.as_str(), 0..0), &mut nowhere());
    words("spec").into_iter().filter_map(spec).collect()
}

fn operations(vocabulary: &Vocabulary) -> Vec<OperationId> {
    let id = |word: String| vocabulary.operation(&At::new(word.as_str(), 0..0), &mut nowhere());
    words("operation").into_iter().filter_map(id).collect()
}

// ------------------------------------------------------------------ files

#[test]
fn every_file_loads_under_its_own_name_without_a_problem() {
    let catalog = catalog();
    let ids: Vec<String> = catalog
        .ids()
        .map(|id| format!("{}.{}.{}.toml", id.provider, id.plan, id.edition))
        .collect();
    let names: Vec<String> = files().into_keys().filter(|name| name != "vocabulary.toml").collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>(), names.iter().collect::<BTreeSet<_>>());
    for book in loaded(&catalog) {
        let id = &book.id;
        let name = format!("pricing/{}.{}.{}.toml", id.provider, id.plan, id.edition);
        assert_eq!(book.file.name(), name);
    }
}

#[test]
fn every_file_is_toml_1_0_in_which_no_inline_table_spans_lines() {
    for (name, text) in files() {
        table(&name, &text);
        for (number, line) in text.lines().enumerate() {
            let at = format!("{name}:{}", number + 1);
            let (mut depth, mut quoted, mut last) = (0_i32, false, ' ');
            for letter in line.chars() {
                match letter {
                    '"' if last != '\\' => quoted = !quoted,
                    '#' if !quoted => break,
                    '{' if !quoted => depth += 1,
                    '}' if !quoted => {
                        assert_ne!(last, ',', "{at}: a comma before the brace");
                        depth -= 1;
                    }
                    _ => {}
                }
                if letter != ' ' {
                    last = letter;
                }
            }
            assert!(!quoted, "{at}: a text that spans lines");
            assert_eq!(depth, 0, "{at}: an inline table that spans lines");
            assert_eq!(line.trim_end(), line, "{at}: space at the end");
            assert!(!line.contains('\t'), "{at}: a tab");
        }
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{name}: its end");
    }
}

#[test]
fn every_header_says_what_page_to_read_beside_the_book() {
    for (name, text) in files() {
        let header: String = text.lines().take_while(|line| line.starts_with('#')).collect();
        assert!(name == "vocabulary.toml" || header.contains("Read it beside"), "{name}");
    }
}

#[test]
fn names_within_a_book_are_said_once_and_lead_somewhere() {
    for (name, text_of_file) in files() {
        let book = table(&name, &text_of_file);
        for part in ["source", "item", "meter", "allowance", "reading", "figure", "example"] {
            let ids: Vec<&str> = list(&book, part).map(|entry| text(entry, "id")).collect();
            let once: BTreeSet<&str> = ids.iter().copied().collect();
            assert_eq!(ids.len(), once.len(), "{name}: [[{part}]] {ids:?}");
        }
        let sources: BTreeSet<&str> = list(&book, "source").map(|it| text(it, "id")).collect();
        for part in ["meter", "allowance", "figure", "example"] {
            for entry in list(&book, part) {
                let (id, source) = (text(entry, "id"), text(entry, "source"));
                assert!(sources.contains(source), "{name}: {part} `{id}` has source `{source}`");
            }
        }
        for item in list(&book, "item") {
            let prefix = format!("{}.", text(item, "id"));
            let used = list(&book, "meter").any(|meter| text(meter, "id").starts_with(&prefix));
            assert!(used, "{name}: no meter of item `{prefix}`");
        }
        let names: Vec<&str> = list(&book, "reading").map(|it| text(it, "name")).collect();
        let once: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(names.len(), once.len(), "{name}: names of readings {names:?}");
    }
}

// ------------------------------------------------------------------ vocabulary

#[test]
fn an_alias_means_one_spec_whatever_its_case() {
    let all = table("vocabulary.toml", files().get("vocabulary.toml").expect("a vocabulary"));
    let specs = all.get("spec").and_then(toml::Value::as_table).expect("specs");
    let mut exact = BTreeSet::new();
    let mut folded: BTreeMap<String, &str> = BTreeMap::new();
    for (spec, entry) in specs {
        let aliases = entry.as_array();
        let aliases = aliases.into_iter().flatten().filter_map(toml::Value::as_str);
        for alias in std::iter::once(spec.as_str()).chain(aliases) {
            assert!(exact.insert(alias), "`{alias}` stands twice");
            let other = folded.insert(alias.to_lowercase(), spec).unwrap_or(spec);
            assert_eq!(other, spec, "`{alias}` means two specs");
        }
    }
}

#[test]
fn every_place_and_every_counted_noun_is_a_word_of_the_vocabulary() {
    let places = words("place");
    let units = words("unit");
    for book in loaded(&catalog()) {
        for (id, region) in &book.regions {
            assert!(places.contains(&region.place), "{}: {id}", book.id);
        }
        for noun in book.meters.iter().flat_map(|meter| &meter.counts) {
            assert!(units.iter().any(|unit| unit == noun.as_str()), "{}: {noun:?}", book.id);
        }
    }
}

#[test]
fn every_spec_that_a_book_names_is_a_neutral_word() {
    let specs = words("spec");
    for (name, text) in files() {
        let book = table(&name, &text);
        let axes = book.get("axis").and_then(toml::Value::as_table).into_iter().flatten();
        for (axis, classes) in axes {
            for (class, selector) in classes.as_table().into_iter().flatten() {
                let named = selector.get("spec").and_then(toml::Value::as_array);
                for spec in named.into_iter().flatten().filter_map(toml::Value::as_str) {
                    let known = specs.iter().any(|known| known == spec);
                    assert!(known, "{name}: `{spec}` of {axis}.{class}");
                }
            }
        }
    }
}

// ------------------------------------------------------------------ editions and sources

#[test]
fn editions_of_a_plan_neither_overlap_nor_leave_a_gap() {
    let books = loaded(&catalog());
    let mut plans: BTreeMap<(&str, &str), Vec<&Book>> = BTreeMap::new();
    for book in &books {
        plans.entry((&book.id.provider, &book.id.plan)).or_default().push(book);
    }
    for editions in plans.values_mut() {
        editions.sort_by_key(|book| book.effective.from);
        for pair in editions.windows(2) {
            let [earlier, later] = pair else { continue };
            let until = earlier.effective.until.expect("an end of the earlier edition");
            assert_eq!(until.plus(1), later.effective.from, "{} and {}", earlier.id, later.id);
            assert_eq!(earlier.currency, later.currency, "{} and {}", earlier.id, later.id);
        }
    }
}

#[test]
fn every_price_has_a_source_with_title_address_and_date() {
    for book in loaded(&catalog()) {
        let sources = book.meters.iter().map(|meter| (&meter.id, meter.source));
        let sources = sources.chain(book.allowances.iter().map(|free| (&free.id, free.source)));
        for (id, at) in sources {
            let source = book.source(at).unwrap_or_else(|| panic!("{}: `{id}`", book.id));
            assert!(!source.title.is_empty() && !source.address.is_empty(), "{}: `{id}`", book.id);
        }
        for source in &book.sources {
            let date = |from: usize| {
                let day = source.dated.get(from..).and_then(|rest| rest.get(..10));
                day.is_some_and(|day| kms_cost::month::Day::parse(day).is_some())
            };
            let dated = (0..source.dated.len()).any(date) || source.dated.starts_with("undated");
            assert!(dated, "{}: source `{}` is dated `{}`", book.id, source.id, source.dated);
        }
    }
}

// ------------------------------------------------------------------ classes

/// A thing of which everything is stated.
#[derive(Clone, Copy)]
struct Thing<'a> {
    known: Attributes<'a>,
    told: (SpecId, Protection, ManagedBy),
}

/// Used and not, created by its owner and by the provider.
const USES: [(bool, Provisioning); 4] = [
    (true, Provisioning::Manual),
    (false, Provisioning::Manual),
    (true, Provisioning::Automatic),
    (false, Provisioning::Automatic),
];

/// Every spec × protection × manager × use × region group, in one region of each group.
fn things<'a>(book: &'a Book, specs: &[SpecId]) -> Vec<Thing<'a>> {
    let mut places: BTreeMap<&[String], &str> = BTreeMap::new();
    for (id, region) in &book.regions {
        places.entry(&region.groups).or_insert(id);
    }
    let mut things = Vec::new();
    for (&groups, &region) in &places {
        for &spec in specs {
            for &(_, protection) in Protection::ALL {
                for &(_, managed_by) in ManagedBy::ALL {
                    for (used, provisioning) in USES {
                        let known = Attributes {
                            managed_by: Some(managed_by),
                            protection: Some(protection),
                            spec: Some(spec),
                            region: Some(region),
                            used: Some(used),
                            provisioning: Some(provisioning),
                            groups,
                            ..Attributes::default()
                        };
                        things.push(Thing { known, told: (spec, protection, managed_by) });
                    }
                }
            }
        }
    }
    things
}

/// The classes of an axis that take a thing, each asked by itself.
fn taking(axis: &Axis, thing: &Attributes<'_>) -> Vec<usize> {
    let takes = |class: &kms_cost::pricebook::Class| {
        let alone = Axis { name: axis.name.clone(), classes: vec![class.clone()] };
        alone.class_of(0, thing).expect("everything is stated").is_some()
    };
    let named = axis.classes.iter().enumerate().filter(|(_, class)| !class.selector.other);
    let classes: Vec<usize> = named.filter(|(_, class)| takes(class)).map(|(at, _)| at).collect();
    let rest = || axis.class_of(0, thing).expect("everything is stated").into_iter().collect();
    if classes.is_empty() { rest() } else { classes }
}

/// The meters of these nouns that a thing lands on.
fn landing<'b>(book: &'b Book, nouns: &[Noun], thing: &Attributes<'_>) -> Vec<&'b Meter> {
    let class = |axis: usize| {
        let known = book.axes.get(axis).expect("an axis");
        known.class_of(axis, thing).expect("everything is stated")
    };
    let lands = |meter: &&Meter| {
        meter.counts.iter().any(|noun| nouns.contains(noun))
            && meter
                .takes
                .iter()
                .all(|(axis, classes)| class(*axis).is_some_and(|class| classes.contains(&class)))
    };
    let meters: Vec<&Meter> = book.meters.iter().filter(lands).collect();
    for meter in &meters {
        if let Charge::Flat(Prices::By(axis, prices)) = &meter.charge {
            let class = class(*axis);
            let priced = prices.iter().any(|(priced, _)| Some(*priced) == class);
            assert!(priced, "{}: `{}` has no price for {thing:?}", book.id, meter.id);
        }
        if let Some(times) = &meter.times {
            let class = class(times.axis);
            let has = times.by_class.iter().any(|(known, _)| Some(*known) == class);
            assert!(has, "{}: `{}` has no factor for {thing:?}", book.id, meter.id);
        }
    }
    meters
}

#[test]
fn classes_of_an_axis_are_disjoint() {
    let catalog = catalog();
    let specs = specs(catalog.vocabulary());
    let operations = operations(catalog.vocabulary());
    for book in loaded(&catalog) {
        for thing in things(&book, &specs) {
            for operation in &operations {
                let kind = catalog.vocabulary().operation_kind(*operation);
                let call = Attributes { operation: Some((*operation, kind)), ..thing.known };
                for axis in &book.axes {
                    let classes = taking(axis, &call);
                    let (spec, protection, manager) = thing.told;
                    let spec = catalog.vocabulary().spec_name(spec);
                    let told = format!("{}: {spec} {protection:?} {manager:?}", book.id);
                    assert!(classes.len() <= 1, "{told}: {} {classes:?}", axis.name);
                }
            }
        }
    }
}

/// Whether a book tells operations apart and has no class for this one: it is not offered.
fn lacks(book: &Book, call: &Attributes<'_>) -> bool {
    let mut telling = book.axes.iter().enumerate().filter(|(_, axis)| axis.tells_operations());
    telling.any(|(at, axis)| axis.class_of(at, call) == Ok(None))
}

#[test]
fn every_key_that_a_book_hosts_has_one_meter_and_every_call_of_it_one() {
    let catalog = catalog();
    let specs = specs(catalog.vocabulary());
    let operations = operations(catalog.vocabulary());
    for book in loaded(&catalog) {
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        let mut hosted: BTreeSet<SpecId> = BTreeSet::new();
        let calls = usize::from(!book.not_charged.contains_key(&Noun::Call));
        for thing in things(&book, &specs) {
            let (spec, protection, manager) = thing.told;
            let spec_name = catalog.vocabulary().spec_name(spec);
            let told = format!("{}: {spec_name} {protection:?} {manager:?}", book.id);
            let meters = landing(&book, &[Noun::Key, Noun::KeyVersion], &thing.known);
            let items: BTreeSet<usize> = meters.iter().map(|meter| meter.item).collect();
            assert_eq!(meters.len(), items.len(), "{told}: {:?}", ids(&meters));
            reached.extend(ids(&meters));
            if meters.is_empty() {
                continue;
            }
            if manager == ManagedBy::Customer {
                hosted.insert(spec);
            }
            for operation in &operations {
                let kind = catalog.vocabulary().operation_kind(*operation);
                let call = Attributes { operation: Some((*operation, kind)), ..thing.known };
                if lacks(&book, &call) {
                    continue;
                }
                let meters = landing(&book, &[Noun::Call], &call);
                let name = catalog.vocabulary().operation_name(*operation);
                assert_eq!(meters.len(), calls, "{told} {name}: {:?}", ids(&meters));
                reached.extend(ids(&meters));
            }
        }
        let named: BTreeSet<SpecId> = book.axes.iter().flat_map(Axis::specs).collect();
        assert!(named.is_subset(&hosted), "{}: a class names a spec that has no host", book.id);
        // calls of no listed key, at a plan that may host none
        let calls = [Noun::Call];
        let bare = |meter: &&Meter| meter.counts == calls && meter.takes.is_empty();
        reached.extend(book.meters.iter().filter(bare).map(|meter| meter.id.as_str()));
        let of_keys = [Noun::Key, Noun::KeyVersion, Noun::Call];
        let of_keys = |meter: &&Meter| meter.counts.iter().any(|noun| of_keys.contains(noun));
        for meter in book.meters.iter().filter(of_keys) {
            assert!(
                reached.contains(meter.id.as_str()),
                "{}: nothing lands on `{}`",
                book.id,
                meter.id
            );
        }
    }
}

fn ids<'a>(meters: &[&'a Meter]) -> Vec<&'a str> {
    meters.iter().map(|meter| meter.id.as_str()).collect()
}

#[test]
fn what_is_sold_above_the_included_part_comes_in_whole_blocks() {
    for book in loaded(&catalog()) {
        for meter in &book.meters {
            if let (Some(block), Some(most)) = (meter.block, meter.most) {
                let sold = most.checked_sub(meter.included).expect("more than is included");
                assert_eq!(sold % block.size, 0, "{}: `{}`", book.id, meter.id);
            }
        }
    }
}

// ------------------------------------------------------------------ readings

#[test]
fn every_reading_with_another_value_makes_another_book() {
    for book in loaded(&catalog()) {
        for reading in &book.readings {
            let place = format!("{}: {}", book.id, reading.id);
            assert_eq!(reading.sets.is_empty(), reading.changes.is_empty(), "{place}");
            assert_eq!(reading.instead.is_none(), reading.changes.is_empty(), "{place}");
            let other = book.with(reading);
            let same = other.meters == book.meters
                && other.allowances == book.allowances
                && other.clock == book.clock
                && other.audit_log == book.audit_log;
            assert_eq!(same, reading.changes.is_empty(), "{place}");
            assert!(!reading.interval || !reading.changes.is_empty(), "{place}");
            for sentence in [&reading.text, &reading.basis] {
                assert!(!sentence.is_empty() && !sentence.ends_with('.'), "{place}: {sentence}");
            }
        }
    }
}

#[test]
fn readings_stand_in_the_order_of_their_numbers() {
    for book in loaded(&catalog()) {
        let ids: Vec<&str> = book.readings.iter().map(|reading| reading.id.as_str()).collect();
        assert!(ids.is_sorted(), "{}: {ids:?}", book.id);
    }
}

// ------------------------------------------------------------------ what pages print

/// Every check of every documented example, by book and example.
fn replayed(catalog: &Catalog, book: &Book) -> Vec<(String, Vec<Check>)> {
    let vocabulary = catalog.vocabulary();
    let mut problems = Problems::new(std::sync::Arc::clone(&book.file));
    let document = fields::parse(&book.file, &mut problems).expect("a book that parses");
    let found = examples(document.get_ref(), &mut problems);
    assert!(problems.is_empty(), "{}", told(&problems));
    let mut replayed = Vec::new();
    for example in found {
        let (title, provider) = (&example.title, &book.id.provider);
        let need = scenario::embedded(
            example.scenario,
            title,
            provider,
            vocabulary,
            &book.file,
            &mut problems,
        );
        assert!(problems.is_empty(), "{}", told(&problems));
        let grounds = Grounds { vocabulary, home: None, month: None, months: None };
        let nothing = Problems::new(std::sync::Arc::clone(&book.file));
        let whole =
            catalog.completed(book.clone(), &need.asked(), None).expect("a book and its partners");
        let estimate = estimate(&need, whole, grounds, nothing)
            .unwrap_or_else(|why| panic!("{}: {title}: {why:?}", book.id));
        let documented = need.documented.as_ref().expect("printed figures");
        replayed.push((example.id, check(documented, &estimate, Causes::Declared)));
    }
    replayed
}

#[test]
fn every_documented_example_replays_for_the_causes_that_it_declares() {
    let catalog = catalog();
    for book in loaded(&catalog) {
        for (example, checks) in replayed(&catalog, &book) {
            assert!(!checks.is_empty(), "{}: {example} prints nothing", book.id);
            for check in checks {
                assert!(check.agrees, "{}: {example}: {check:?}", book.id);
            }
        }
    }
}

#[test]
fn the_pages_examples_are_all_there() {
    let catalog = catalog();
    let count = |id: &str| {
        let book = loaded(&catalog).into_iter().find(|book| book.id.to_string() == id);
        replayed(&catalog, &book.expect("a book")).len()
    };
    assert_eq!(count("alibaba/pay-as-you-go@2021-03"), 4);
    assert_eq!(count("alibaba-cn/pay-as-you-go@2021-03"), 4);
    assert_eq!(count("alibaba/subscription@2025-01"), 7);
}

#[test]
fn every_printed_figure_follows_from_its_factors() {
    for book in loaded(&catalog()) {
        for figure in &book.figures {
            let check = check_figure(figure).expect("in range");
            assert!(check.agrees, "{}: {check:?}", book.id);
        }
    }
}

#[test]
fn the_prices_of_2019_are_the_factors_of_2021_times_the_public_price() {
    let books = loaded(&catalog());
    let book = |edition: &str| {
        let named =
            |book: &&Rc<Book>| book.id.provider == "alibaba-cn" && book.id.edition == edition;
        books.iter().find(named).expect("an edition")
    };
    let (old, new) = (book("2019-06"), book("2021-03"));
    let software = new.meters.iter().find(|meter| meter.id == "key-hosting.software");
    let times = software.and_then(|meter| meter.times.as_ref()).expect("factors");
    let factor = |class: usize| {
        let name = &new.axes.get(times.axis).expect("an axis").classes.get(class).expect("it").name;
        (name.clone(), times.by_class.iter().find(|(at, _)| *at == class).expect("a factor").1)
    };
    let factors: BTreeMap<String, _> =
        times.by_class.iter().map(|(class, _)| factor(*class)).collect();
    let mut compared = 0;
    for meter in &old.meters {
        let Charge::Flat(Prices::By(axis, prices)) = &meter.charge else { continue };
        let classes = &old.axes.get(*axis).expect("an axis").classes;
        let price = |name: &str| {
            let class = classes.iter().position(|class| class.name == name).expect("a class");
            match prices.iter().find(|(at, _)| *at == class) {
                Some((_, Price::Published(price))) => *price,
                other => panic!("{name}: {other:?}"),
            }
        };
        for (name, factor) in &factors {
            assert_eq!(price(name), price("public") * factor, "{} {name}", meter.id);
            compared += 1;
        }
    }
    assert_eq!(compared, 6, "hosting and calls in three clouds");
}
