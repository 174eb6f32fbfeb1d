//! A calendar written out by hand, for the tests of the formats.

use crate::decimal;
use crate::fraction::Fraction;
use crate::lifecycle::{Calendar, Cash, Event, EventKind, Nature, TermBar};
use crate::month::{Day, Moment, Month, Offset, Stated};

/// A moment, on the sample's clock.
pub(super) fn moment(text: &str) -> Moment {
    Stated::from_toml(&text.parse().unwrap()).unwrap().on(Offset::parse("+08:00").unwrap())
}

fn event(at: &str, kind: EventKind, text: &str) -> Event {
    Event { at: moment(at), kind, subject: "prod-kms".to_owned(), text: text.to_owned() }
}

fn cash(on: &str, nature: Nature, amount: Option<&str>, from: Option<&str>) -> Cash {
    Cash {
        on: Day::parse(on).unwrap(),
        nature,
        subject: "prod-kms".to_owned(),
        amount: amount.map(|amount| Fraction::from(decimal::parse(amount).unwrap())),
        from: from.map(str::to_owned),
    }
}

/// An instance bought for a month and renewed for one more.
pub(super) fn calendar() -> Calendar {
    use EventKind::{
        CycleEnd, Disabled, Expiration, Purchase, RecoverableThrough, Release, Reminder, Renewal,
    };
    let share = |month: &str, amount: &str| {
        (Month::parse(month).unwrap(), Fraction::from(decimal::parse(amount).unwrap()))
    };
    let marks = [
        ("2026-01-10T10:00:00", Purchase),
        ("2026-02-10T00:00:00", Renewal),
        ("2026-03-03", Reminder),
        ("2026-03-07", Reminder),
        ("2026-03-09", Reminder),
        ("2026-03-10", Expiration),
        ("2026-03-27", Release),
    ];
    Calendar {
        clock: Offset::parse("+08:00").unwrap(),
        currency: "USD".to_owned(),
        events: vec![
            event("2026-01-10T10:00:00", Purchase, "bought for 1 month"),
            event("2026-02-10", Renewal, "1 month is appended; it runs to 24:00 of 2026-03-10"),
            event("2026-03-03", Reminder, "7 days before expiration"),
            event("2026-03-07", Reminder, "3 days before expiration"),
            event("2026-03-09", Reminder, "1 day before expiration"),
            event("2026-03-10", Expiration, "the last day of the cycle"),
            event("2026-03-11", CycleEnd, "the cycle ends"),
            event("2026-03-11", Disabled, "keys, secrets, and calls can no longer be used"),
            event("2026-03-25", RecoverableThrough, "the last day to renew or back up"),
            event(
                "2026-03-26",
                Release,
                "released; nothing of it is left (the hour is not documented: 00:00 is assumed)",
            ),
        ],
        cash: vec![
            cash("2026-01-10", Nature::Purchase, Some("500"), None),
            cash("2026-02-10", Nature::Renewal, Some("30.5"), Some("gift balance")),
            cash("2026-02-10", Nature::Renewal, Some("100"), Some("balance")),
            cash("2026-02-10", Nature::Voucher, Some("369.5"), Some("voucher A")),
            cash("2026-03-12", Nature::Refund, None, None),
        ],
        spread: vec![share("2026-01", "500"), share("2026-02", "500")],
        terms: vec![TermBar {
            subject: "prod-kms".to_owned(),
            active: vec![(moment("2026-01-10T10:00:00"), moment("2026-03-11"))],
            marks: marks.map(|(at, kind)| (moment(at), kind)).to_vec(),
        }],
        notes: vec!["29 does not exist in 2026-02: the 28th is taken".to_owned()],
    }
}
