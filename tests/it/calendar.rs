//! `kms-cost calendar` from outside: every example of a calendar in every format. The iCalendar
//! files are read by another author's parser, and the rows of the CSV are added up again.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Output};

use chrono::{DateTime, FixedOffset};
use icalendar::parser::{Component, read_calendar, unfold};
use kms_cost::decimal;
use kms_cost::fraction::Fraction;
use serde_json::Value;

/// The examples that have dates.
const EXAMPLES: [&str; 5] = [
    "yearly-instance-renewed-automatically",
    "lapsed-instance",
    "yearly-subscription",
    "overdue-account",
    "fleet-unified-to-one-date",
];

const KINDS: [&str; 17] = [
    "purchase",
    "reminder",
    "expiration",
    "cycle-end",
    "disabled",
    "recoverable-through",
    "release",
    "renewal",
    "upgrade",
    "refund",
    "settlement-from",
    "settlement-to",
    "overdue",
    "notice",
    "suspension",
    "resumption",
    "reclaim",
];

const NATURES: [&str; 5] = ["purchase", "renewal", "settlement", "voucher", "refund"];

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kms-cost"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .output()
        .expect("the program runs")
}

fn calendar(example: &str, arguments: &[&str]) -> String {
    let file = format!("examples/{example}.toml");
    let output = run(&[&["calendar", &file], arguments].concat());
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{example}: {complaint}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn json(example: &str, arguments: &[&str]) -> Value {
    let text = calendar(example, &[&["--format", "json"], arguments].concat());
    serde_json::from_str(&text).expect("JSON")
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().unwrap_or_else(|| panic!("`{name}` is a list"))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("`{name}` is a text in {value}"))
}

fn amount(text: &str) -> Fraction {
    Fraction::from(decimal::parse(text).expect("an amount"))
}

fn moment(text: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(text).expect("a moment with its offset")
}

// ------------------------------------------------------------------ JSON

#[test]
fn json_has_the_shape_that_scripts_expect() {
    for example in EXAMPLES {
        let document = json(example, &[]);
        assert_eq!(document["schema"], "kms-cost/calendar/1", "{example}");
        let events = list(&document, "events");
        assert!(!events.is_empty(), "{example}");
        for event in events {
            let at = text(event, "at");
            assert!(at.ends_with(text(&document, "offset")), "{at}");
            assert!(KINDS.contains(&text(event, "kind")), "{event}");
            assert!(!text(event, "subject").is_empty() && !text(event, "text").is_empty());
        }
        let moments: Vec<_> = events.iter().map(|event| moment(text(event, "at"))).collect();
        assert!(moments.is_sorted(), "{example}");
        let cash = list(&document, "cash");
        assert!(!cash.is_empty(), "{example}");
        for paid in cash {
            assert!(NATURES.contains(&text(paid, "nature")), "{paid}");
            assert_eq!(paid["currency"], document["currency"]);
            assert_eq!(text(paid, "on").len(), 10);
            assert!(paid["amount"].is_string() || paid["amount"].is_null(), "{paid}");
            assert!(paid["from"].is_string() || paid["from"].is_null(), "{paid}");
        }
        for share in list(&document, "spread") {
            assert_eq!(text(share, "month").len(), 7);
            assert!(share["amount"].is_string(), "{share}");
        }
    }
}

#[test]
fn the_same_need_gives_the_same_bytes_in_every_time_zone() {
    for example in EXAMPLES {
        for format in ["table", "json", "csv", "ics"] {
            let file = format!("examples/{example}.toml");
            let mut command = Command::new(env!("CARGO_BIN_EXE_kms-cost"));
            command.current_dir(env!("CARGO_MANIFEST_DIR")).env("TZ", "America/Los_Angeles");
            let output = command.args(["calendar", &file, "--format", format]).output().unwrap();
            let elsewhere = String::from_utf8(output.stdout).unwrap();
            assert_eq!(elsewhere, calendar(example, &["--format", format]), "{example} {format}");
        }
    }
}

#[test]
fn two_halves_of_the_time_hold_every_event_once() {
    // not of renewables: one that expired before the time asked for is another one
    for example in ["lapsed-instance", "yearly-subscription", "overdue-account"] {
        let whole = json(example, &["--until", "2028-12-31"]);
        let events = list(&whole, "events");
        let day = &text(&events[events.len() / 2], "at")[..10];
        let next = {
            let day = day.parse::<chrono::NaiveDate>().unwrap();
            day.succ_opt().unwrap().to_string()
        };
        let first = json(example, &["--until", day]);
        let second = json(example, &["--from", &next, "--until", "2028-12-31"]);
        let both: BTreeSet<String> = list(&first, "events")
            .iter()
            .chain(list(&second, "events"))
            .map(Value::to_string)
            .collect();
        let all: BTreeSet<String> = events.iter().map(Value::to_string).collect();
        assert_eq!(both, all, "{example} cut after {day}");
    }
}

// ------------------------------------------------------------------ CSV

#[test]
fn csv_adds_up_to_the_totals_again() {
    for example in EXAMPLES {
        let document = json(example, &[]);
        let rows = calendar(example, &["--format", "csv"]);
        let mut sums: BTreeMap<(String, String), Fraction> = BTreeMap::new();
        let (mut events, mut spread) = (0, 0);
        let mut add = |sum: (&str, &str), share: Fraction| {
            let sum = sums.entry((sum.0.to_owned(), sum.1.to_owned())).or_default();
            *sum = sum.plus(share).expect("a sum");
        };
        for row in csv::Reader::from_reader(rows.as_bytes()).deserialize() {
            let row: BTreeMap<String, String> = row.expect("a row");
            let cell = |name: &str| row[name].as_str();
            match cell("record") {
                "event" => events += 1,
                "spread" => spread += 1,
                "cash" if cell("amount").is_empty() => assert_eq!(cell("text"), "not published"),
                "cash" => {
                    let share = amount(cell("amount"));
                    assert!(cell("fraction").is_empty(), "the examples pay whole cents");
                    add(("total", cell("kind")), share);
                    add((&cell("at")[..7], cell("kind")), share);
                }
                other => panic!("a row of `{other}`"),
            }
        }
        assert_eq!(events, list(&document, "events").len(), "{example}");
        assert_eq!(spread, list(&document, "spread").len(), "{example}");
        let mut expected = BTreeMap::new();
        let months = list(&document, "months").iter();
        let months = months.map(|month| (text(month, "month"), list(month, "cash")));
        for (place, totals) in months.chain([("total", list(&document, "totals"))]) {
            for total in totals.iter().filter(|total| total["amount"].is_string()) {
                let key = (place.to_owned(), text(total, "nature").to_owned());
                expected.insert(key, amount(text(total, "amount")));
            }
        }
        assert_eq!(sums, expected, "{example}");
    }
}

// ------------------------------------------------------------------ iCalendar

fn property<'a>(component: &'a Component<'_>, name: &str) -> &'a str {
    let found: Vec<_> =
        component.properties.iter().filter(|property| property.name == name).collect();
    assert_eq!(found.len(), 1, "one `{name}` in {component:?}");
    found[0].val.as_str()
}

#[test]
fn another_parser_reads_the_same_events() {
    for example in EXAMPLES {
        let document = json(example, &[]);
        let written = calendar(example, &["--format", "ics"]);
        assert!(written.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')));
        let unfolded = unfold(&written);
        let read = read_calendar(&unfolded).expect("iCalendar");
        for (name, value) in [("VERSION", "2.0"), ("PRODID", "-//kms-cost//calendar//EN")] {
            let found: Vec<_> =
                read.properties.iter().filter(|property| property.name == name).collect();
            assert_eq!(found.len(), 1, "{name}");
            assert_eq!(found[0].val.as_str(), value);
        }
        let events = list(&document, "events");
        assert_eq!(read.components.len(), events.len(), "{example}");
        let mut ids = BTreeSet::new();
        for (component, event) in read.components.iter().zip(events) {
            assert_eq!(component.name.as_str(), "VEVENT");
            assert!(ids.insert(property(component, "UID").to_owned()), "an id twice");
            let at = moment(text(event, "at"));
            let utc = at.to_utc().format("%Y%m%dT%H%M%SZ").to_string();
            assert_eq!(property(component, "DTSTAMP"), utc, "{example}");
            let start = property(component, "DTSTART");
            let day = at.date_naive().format("%Y%m%d").to_string();
            assert!(start == utc || start == day, "{start} is {at}");
            assert_eq!(property(component, "CATEGORIES"), text(event, "kind"));
            let reminders = usize::from(text(event, "kind") == "reminder");
            assert_eq!(component.components.len(), reminders, "an alarm for a reminder");
            for alarm in &component.components {
                assert_eq!(alarm.name.as_str(), "VALARM");
                assert_eq!(property(alarm, "ACTION"), "DISPLAY");
                assert!(property(alarm, "TRIGGER").starts_with("PT"));
                assert!(!property(alarm, "DESCRIPTION").is_empty());
            }
        }
    }
}

#[test]
fn another_parser_reads_the_same_words() {
    use icalendar::{Calendar, CalendarComponent, Component as _};
    for example in EXAMPLES {
        let document = json(example, &[]);
        let read: Calendar = calendar(example, &["--format", "ics"]).parse().expect("iCalendar");
        let read: Vec<_> = read
            .components
            .iter()
            .map(|component| match component {
                CalendarComponent::Event(event) => event,
                other => panic!("no event: {other:?}"),
            })
            .collect();
        assert_eq!(read.len(), list(&document, "events").len());
        for (found, event) in read.iter().zip(list(&document, "events")) {
            let described = found.get_description().expect("a description");
            assert!(described.starts_with(text(event, "text")), "{described}");
            let summary = found.get_summary().expect("a summary");
            assert!(summary.starts_with(text(event, "subject")), "{summary}");
            assert!(found.get_start().is_some() && found.get_end().is_none());
        }
    }
}

#[test]
fn awkward_words_come_back_as_they_were() {
    use icalendar::{CalendarComponent, Component as _};
    use kms_cost::lifecycle::{Calendar, Event, EventKind};
    use kms_cost::month::{Day, Offset};
    let words = [
        "a;b,c\\d\\n \"e\": f",
        "two\nlines, END:VEVENT",
        "\u{e9}\u{4e2d}\u{1f511}\u{1f511}\u{1f511}\u{1f511}\u{1f511}\u{1f511}\u{1f511}\u{1f511}\u{1f511}\u{1f511}",
        " leading and trailing ",
        "=1+1",
    ];
    let clock = Offset::parse("+08:00").unwrap();
    let at = clock.start_of(Day::parse("2026-02-11").unwrap());
    let calendar = Calendar {
        clock,
        currency: "USD".to_owned(),
        events: words
            .iter()
            .map(|word| Event {
                at,
                kind: EventKind::Reminder,
                subject: (*word).to_owned(),
                text: format!("{word}{word}{word}"),
            })
            .collect(),
        cash: Vec::new(),
        spread: Vec::new(),
        terms: Vec::new(),
        notes: Vec::new(),
    };
    let written = kms_cost::report::ics::calendar("a, b", "acme", &calendar);
    assert!(written.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')));
    let read: icalendar::Calendar = written.parse().expect("iCalendar");
    assert_eq!(read.components.len(), words.len());
    for (component, word) in read.components.iter().zip(words) {
        let CalendarComponent::Event(event) = component else { panic!("no event") };
        assert_eq!(event.get_summary(), Some(format!("{word}: reminder").as_str()));
        assert_eq!(event.get_description(), Some(format!("{word}{word}{word}").as_str()));
    }
}

// ------------------------------------------------------------------ the call

#[test]
fn other_commands_refuse_the_format_of_calendars() {
    for command in [
        &["estimate", "examples/disk-encryption.toml"][..],
        &["compare"],
        &["verify"],
        &["explain", "examples/disk-encryption.toml"],
        &["books", "list"],
        &["init", "-"],
    ] {
        let output = run(&[command, &["--format", "ics"]].concat());
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{command:?}: {complaint}");
        assert!(output.stdout.is_empty(), "{command:?}");
        assert!(complaint.contains("--format ics`"), "{command:?}: {complaint}");
    }
}

#[test]
fn a_time_that_ends_before_it_begins_is_refused() {
    for (from, to) in [("--from", "--until"), ("--expires-from", "--expires-to")] {
        let file = "examples/lapsed-instance.toml";
        let output = run(&["calendar", file, from, "2026-02-02", to, "2026-02-01"]);
        assert_eq!(output.status.code(), Some(2));
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert!(complaint.contains(&format!("`{from}` is after `{to}`")), "{complaint}");
    }
}

#[test]
fn no_line_of_a_table_is_wider_than_80_columns() {
    for example in EXAMPLES {
        for line in calendar(example, &[]).lines() {
            assert!(line.chars().count() <= 80, "{example}: {line}");
        }
    }
}
