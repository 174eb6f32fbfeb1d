//! Tencent Cloud Secrets Manager, the editions of 2020 and 2021.
//!
//! Rule: credentials × begun days ÷ the month's days × 0.4, calls per 10,000 × 0.05, from 2021 on at least
//! 10,000 in each region that has any. The page's example: 100 × 0.4 + 20 × 100 × 30 × 0.05 ÷ 10,000 =
//! 40.3. Must not read the books.

use super::Subject;
use super::civil::{Clock, DAY, HOUR, Period};
use super::exact::{Exact, nothing, printed, whole};
use super::generate::{Taste, keys_and_calls};
use super::life::{self, Life, Pending, Rules};
use super::lists::{self, Home, Sold, predicted};
use super::need::{Need, Secret};
use super::places;
use super::predict::{Bill, Predicted, Refused, period};

/// "0.4 USD/credential/month (calculated by day)".
const CREDENTIAL: &str = "0.4";
/// "0.05 USD/10,000 calls".
const CALLS: &str = "0.05";
const PER: u128 = 10_000;
/// "released 168 hours after the suspension", which comes 24 hours after the account became overdue.
const RECLAIMED_AFTER: i64 = 192 * HOUR;
const SECONDS_OF_30_DAYS: u128 = 30 * 86_400;
const CLOCK: Clock = Clock { zone: 8 * HOUR, hours: 720 };

/// "If the accumulated number is below 10,000, it will be rounded up to 10,000 calls", each region by
/// itself (2021-02-25); no such sentence in 2020.
#[derive(Clone, Copy)]
enum Edition {
    Y2020,
    Y2021,
}

const REGIONS: [(&str, &str); 4] = [
    ("ap-guangzhou", "guangzhou"),
    ("ap-shanghai", "shanghai"),
    ("ap-hongkong", "hong-kong"),
    ("ap-singapore", "singapore"),
];
const HOME: Home = Home { regions: &REGIONS, clock: CLOCK };

/// Both editions.
pub(super) fn subjects() -> Vec<Subject> {
    let taste = || Taste {
        months: &[(2020, 10), (2021, 2), (2021, 3), (2024, 2), (2026, 4), (2026, 12)],
        counts: &[0, 1, 2, 3, 10, 100, 1_000, 1_001],
        calls: &[0, 1, 99, 100, 101, 600, 9_999, 10_000, 10_001, 20_000, 10_000_000_000],
        keys: 0,
        secrets: 60,
        destroyed: 20,
        suspends: true,
        ..Taste::new("tencent", places::both(&REGIONS), CLOCK.zone)
    };
    vec![
        Subject {
            plan: "tencent/ssm@2020-10",
            taste: taste(),
            generate: keys_and_calls,
            predict: |need| predict(need, Edition::Y2020),
        },
        Subject {
            plan: "tencent/ssm@2021-02",
            taste: taste(),
            generate: keys_and_calls,
            predict: |need| predict(need, Edition::Y2021),
        },
    ]
}

#[derive(Clone, Copy)]
struct Readings {
    /// SSM-02: every day costs 1/30 of a month.
    thirtieths: bool,
    /// SSM-03: to the second instead of begun days.
    step: i64,
    /// SSM-04.
    pending: Pending,
}

const CHOSEN: Readings = Readings { thirtieths: false, step: DAY, pending: Pending::StaysFree };

/// What a need comes to at an edition.
fn predict(need: &Need, edition: Edition) -> Result<Predicted, Refused> {
    let sold = [Sold::Secrets, Sold::Logs, Sold::Suspension];
    lists::check(need, HOME, &sold)?;
    let suspended = life::suspension(&need.account, period(need, 0, CLOCK))?;
    let others = [
        ("SSM-02", Readings { thirtieths: true, ..CHOSEN }),
        ("SSM-03", Readings { step: 1, ..CHOSEN }),
        ("SSM-04", Readings { pending: Pending::ChargedBack, ..CHOSEN }),
    ];
    predicted(need, CLOCK, CHOSEN, &others, &|readings, origin, month| {
        let calls = if life::all_through(&suspended, month) {
            nothing() // "access is denied" all month long
        } else {
            printed(CALLS) * whole(calls(need, edition)?) / whole(PER)
        };
        let credentials = credentials(need, &suspended, readings, [origin, month]);
        let subtotals = vec![("credential-storage", credentials), ("credential-calls", calls)];
        Ok(Bill { subtotals, complete: true })
    })
}

/// "Only enabled and disabled credentials are charged"; versions are not.
fn credentials(
    need: &Need,
    suspended: &life::Spans,
    readings: Readings,
    [origin, month]: [Period; 2],
) -> Exact {
    let overdue =
        need.account.overdue_at.as_ref().map(|date| date.at(CLOCK.zone) + RECLAIMED_AFTER);
    let paid = need.account.paid_at.as_ref().map(|date| date.at(CLOCK.zone));
    let rules = Rules {
        suspended: suspended.clone(),
        reclaimed: overdue.filter(|end| paid.is_none_or(|paid| *end <= paid)),
        ..Rules::of(readings.pending, 1)
    };
    let seconds = |secret: &Secret| {
        let life = Life::of_secret(secret, origin, month);
        life.seconds(month, readings.step, &rules) * u128::from(secret.count)
    };
    let seconds: u128 = need.secrets.iter().map(seconds).sum();
    let of = if readings.thirtieths { SECONDS_OF_30_DAYS } else { month.seconds() };
    printed(CREDENTIAL) * whole(seconds) / whole(of)
}

/// Calls that are charged, region by region.
fn calls(need: &Need, edition: Edition) -> Result<u128, Refused> {
    let mut regions: Vec<(Option<&str>, u128)> = Vec::new();
    for secret in &need.secrets {
        let region = HOME.region(need, secret.location)?;
        let reads = u128::from(secret.reads) * u128::from(secret.count);
        match regions.iter_mut().find(|(known, _)| *known == region) {
            Some((_, sum)) => *sum += reads,
            None => regions.push((region, reads)),
        }
    }
    let charged = regions.iter().map(|(_, calls)| match (edition, *calls) {
        (Edition::Y2020, calls) => calls,
        (Edition::Y2021, 0) => 0, // no calls, nothing to round up
        (Edition::Y2021, calls) => calls.max(PER),
    });
    Ok(charged.sum())
}
