//! A calendar as iCalendar (RFC 5545): an event for each event, an alarm for each reminder.
//!
//! The same calendar gives the same bytes: an event's id is made from what it is, and its stamp
//! from its own moment, never from the clock. Events that a page dates by day are all-day events on
//! the book's clock; the others are in UTC. 2026-02-11T00:00:00+08:00 is `20260210T160000Z`.

use std::collections::HashMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::calendar::event_name;
use super::stamp;
use crate::lifecycle::{Calendar, Event, EventKind};

/// The most octets of a line, its end not counted.
const OCTETS: usize = 75;

/// Writes the calendar. `origin` tells calendars apart that are imported side by side: it goes into
/// the ids of the events, as a plan with a scenario's name does.
#[must_use]
pub fn calendar(name: &str, origin: &str, calendar: &Calendar) -> String {
    let mut text = Lines::default();
    text.add("BEGIN", "VCALENDAR");
    text.add("VERSION", "2.0");
    text.add("PRODID", "-//kms-cost//calendar//EN");
    text.add("CALSCALE", "GREGORIAN");
    text.add("METHOD", "PUBLISH");
    text.add("X-WR-CALNAME", &escaped(name));
    let mut seen: HashMap<String, u32> = HashMap::new();
    for event in &calendar.events {
        let same = seen
            .entry(identity(origin, event))
            .and_modify(|count| *count = count.saturating_add(1))
            .or_insert(0);
        let id = uid(&format!("{}\0{same}", identity(origin, event)));
        text.event(event, &id, calendar);
    }
    text.add("END", "VCALENDAR");
    text.0
}

/// What makes an event this one; its wording may change.
fn identity(origin: &str, event: &Event) -> String {
    format!("{origin}\0{}\0{}\0{}", event.kind.as_str(), stamp::utc(event.at), event.subject)
}

fn uid(identity: &str) -> String {
    let digest = Sha256::digest(identity.as_bytes());
    let mut id = String::new();
    for byte in digest.iter().take(16) {
        let _ = write!(id, "{byte:02x}");
    }
    id + "@kms-cost"
}

/// Whether a page dates the event by its day and names no hour.
fn is_dated(event: &Event, calendar: &Calendar) -> bool {
    use EventKind::{Expiration, RecoverableThrough, Reminder, SettlementFrom, SettlementTo};
    matches!(event.kind, Reminder | Expiration | RecoverableThrough | SettlementFrom | SettlementTo)
        && stamp::is_midnight(event.at, calendar.clock)
}

/// Lines that end in CR LF, folded where they are long.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn event(&mut self, event: &Event, id: &str, calendar: &Calendar) {
        let summary = escaped(&format!("{}: {}", event.subject, event_name(event.kind)));
        let dated = is_dated(event, calendar);
        self.add("BEGIN", "VEVENT");
        self.add("UID", id);
        self.add("DTSTAMP", &stamp::utc(event.at));
        if dated {
            let day = calendar.clock.day_of(event.at).to_string().replace('-', "");
            self.add("DTSTART;VALUE=DATE", &day);
        } else {
            self.add("DTSTART", &stamp::utc(event.at));
        }
        self.add("SUMMARY", &summary);
        let when = stamp::stamp(event.at, calendar.clock);
        let about = if dated { event.text.clone() } else { format!("{} ({when})", event.text) };
        self.add("DESCRIPTION", &escaped(&about));
        self.add("CATEGORIES", event.kind.as_str());
        self.add("TRANSP", "TRANSPARENT");
        if event.kind == EventKind::Reminder {
            self.add("BEGIN", "VALARM");
            self.add("ACTION", "DISPLAY");
            // a day has no hour: at its 00:00 nobody would see the alarm
            self.add("TRIGGER", if dated { "PT9H" } else { "PT0S" });
            self.add("DESCRIPTION", &summary);
            self.add("END", "VALARM");
        }
        self.add("END", "VEVENT");
    }

    /// A line, in pieces of at most 75 octets that split no character.
    fn add(&mut self, name: &str, value: &str) {
        let mut octets: usize = 0;
        for c in name.chars().chain([':']).chain(value.chars()) {
            if octets.saturating_add(c.len_utf8()) > OCTETS {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(c);
            octets = octets.saturating_add(c.len_utf8());
        }
        self.0.push_str("\r\n");
    }
}

/// A TEXT value: what has a meaning is escaped, what has none in a calendar is left out.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' | ';' | ',' => {
                written.push('\\');
                written.push(c);
            }
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' | '\r' => written.push_str("\\n"),
            c if c.is_control() => {}
            c => written.push(c),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn written() -> String {
        calendar("Sample", "acme/subscription Sample", &sample::calendar())
    }

    #[test]
    fn lines_end_in_cr_lf_and_are_short() {
        let mut long = sample::calendar();
        long.events[0].text = "é".repeat(200);
        let text = calendar("Sample", "acme", &long);
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        assert!(text.split("\r\n").all(|line| line.len() <= OCTETS));
        assert!(text.replace("\r\n ", "").contains(&"é".repeat(200)));
    }

    #[test]
    fn moments_are_utc_and_days_are_days() {
        let text = written();
        assert!(text.contains("DTSTART:20260110T020000Z\r\nSUMMARY:prod-kms: purchase\r\n"));
        assert!(text.contains("DTSTART;VALUE=DATE:20260303\r\n"));
        assert!(text.contains("DTSTAMP:20260302T160000Z\r\nDTSTART;VALUE=DATE:20260303\r\n"));
        assert!(text.contains("DTSTART:20260310T160000Z\r\nSUMMARY:prod-kms: cycle end\r\n"));
        assert_eq!(text.matches("BEGIN:VALARM\r\n").count(), 3);
    }

    #[test]
    fn ids_tell_events_apart_and_stay() {
        let ids = |text: &str| -> Vec<String> {
            text.lines().filter(|line| line.starts_with("UID:")).map(str::to_owned).collect()
        };
        let mut calendar = sample::calendar();
        let first = ids(&written());
        assert_eq!(first, ids(&written()));
        calendar.events[1].text = "said otherwise".to_owned();
        calendar.events.push(calendar.events[9].clone());
        let second = ids(&super::calendar("Other", "acme/subscription Sample", &calendar));
        assert_eq!(first[..], second[..10]);
        let mut distinct = second.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), 11);
        assert_ne!(first, ids(&super::calendar("Sample", "other", &sample::calendar())));
    }

    #[test]
    fn text_cannot_break_out_of_its_line() {
        assert_eq!(escaped("a;b,c\\d\r\nEND:VEVENT\re\u{7}"), "a\\;b\\,c\\\\d\\nEND:VEVENT\\ne");
    }
}
