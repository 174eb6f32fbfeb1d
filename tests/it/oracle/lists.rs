//! What the smaller price lists have in common: where things are, what nobody sells, how a month and a
//! term are told, and the totals under other readings.
//!
//! Must not know a price.

use super::civil::{Clock, Period};
use super::counted;
use super::exact::Exact;
use super::life::{Life, Rules};
use super::need::{Key, Need, Where};
use super::places::Regions;
use super::predict::{Bill, Predicted, Refused, period, project};

/// What a list prices, or names as not charged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sold {
    /// Keys and their calls.
    Keys,
    Secrets,
    Hsms,
    Keystores,
    Logs,
    Replicas,
    /// What a suspended or overdue account leads to.
    Suspension,
}

/// Most lists.
pub(super) const KEYS: &[Sold] = &[Sold::Keys, Sold::Logs];

/// Key types and operations that none of these lists has.
pub(super) const STRANGE_SPECS: [(&str, &str); 3] =
    [("tdes-2key", "TDES_2KEY"), ("hmac-224", "HMAC_224"), ("x-wing", "x-wing")];
pub(super) const STRANGE_OPERATIONS: [&str; 3] =
    ["generate-random", "derive-shared-secret", "renew-certificate"];

/// Where a service is, and what its price list reckons time by.
#[derive(Clone, Copy)]
pub(super) struct Home {
    pub(super) regions: Regions,
    pub(super) clock: Clock,
}

impl Home {
    /// A region; none where neither the thing nor the scenario says.
    pub(super) fn region(
        self,
        need: &Need,
        own: Option<Where>,
    ) -> Result<Option<&'static str>, Refused> {
        counted::region(need, own, self.regions)
    }
}

/// What a list does not sell, where nothing is, and dates that cannot be.
pub(super) fn check(need: &Need, home: Home, sold: &[Sold]) -> Result<(), Refused> {
    let sells_no = |what: Sold| !sold.contains(&what);
    let unsold = [
        (!need.instances.is_empty(), "it sells no instances"),
        (sells_no(Sold::Keys) && !need.keys.is_empty(), "it prices no keys"),
        (sells_no(Sold::Keys) && !need.calls.is_empty(), "it prices no calls of keys"),
        (sells_no(Sold::Secrets) && !need.secrets.is_empty(), "it prices no secrets"),
        (sells_no(Sold::Hsms) && !need.hsms.is_empty(), "it prices no modules"),
        (sells_no(Sold::Keystores) && !need.keystores.is_empty(), "it prices no stores"),
        (sells_no(Sold::Logs) && need.audit_log.is_some(), "it prices no logs"),
        (need.account.free_calls_remaining.is_some(), "it gives no quota once"),
        (
            sells_no(Sold::Suspension) && has_debts(need),
            "it does not say what an overdue account leads to",
        ),
        (need.secrets.iter().any(|secret| secret.locations > 1), "secrets are in one place"),
        (
            sells_no(Sold::Replicas) && need.keys.iter().any(|key| key.replicas > 0),
            "keys are in one place",
        ),
    ];
    if let Some((_, why)) = unsold.iter().find(|(unsold, _)| *unsold) {
        return Err(why);
    }
    find_places(need, home)?;
    counted::dates(need, period(need, 0, home.clock))
}

fn has_debts(need: &Need) -> bool {
    !need.account.suspended.is_empty() || need.account.overdue_at.is_some()
}

fn find_places(need: &Need, home: Home) -> Result<(), Refused> {
    let owns = need.keys.iter().map(|key| key.location);
    let owns = owns.chain(need.calls.iter().map(|calls| calls.location));
    let owns = owns.chain(need.secrets.iter().map(|secret| secret.location));
    let owns = owns.chain(need.hsms.iter().map(|hsm| hsm.location));
    let owns = owns.chain(need.keystores.iter().map(|store| store.location));
    for own in owns {
        home.region(need, own)?;
    }
    Ok(())
}

/// The keys that customers manage themselves.
pub(super) fn customer_keys(need: &Need) -> impl Iterator<Item = &Key> {
    need.keys.iter().filter(|key| !key.kind.service_managed)
}

/// What a need comes to, and what it would under each of the other readings. `bill` is given a reading,
/// the first month and the month that it is for.
pub(super) fn predicted<R: Copy>(
    need: &Need,
    clock: Clock,
    chosen: R,
    others: &[(&'static str, R)],
    bill: &dyn Fn(R, Period, Period) -> Result<Bill, Refused>,
) -> Result<Predicted, Refused> {
    let (first, term) = project(need, clock, &|origin, month, _| bill(chosen, origin, month))?;
    let other = |(id, reading): &(&'static str, R)| {
        (*id, weighed(need, clock, &|origin, month| bill(*reading, origin, month)))
    };
    let others = others.iter().map(other).collect();
    Ok(Predicted { bill: first, term, others, intervals: &[] })
}

/// The figure that a reading moves: of the first month, or of all months asked for from outside.
pub(super) fn weighed(
    need: &Need,
    clock: Clock,
    bill: &dyn Fn(Period, Period) -> Result<Bill, Refused>,
) -> Option<Exact> {
    super::predict::weighed(need, clock, None, &|origin, month, _| bill(origin, month))
}

/// The most that several lives, each of so many alike, come to at one moment.
pub(super) fn most_together(lives: &[(Life, u64)], rules: &Rules, month: Period) -> u128 {
    let spans: Vec<_> =
        lives.iter().map(|(life, count)| (life.spans(month, rules), *count)).collect();
    let starts = spans.iter().flat_map(|(spans, _)| spans.iter().map(|(from, ..)| *from));
    let at = |at: i64| {
        let here = |spans: &[(i64, i64, u128)]| {
            let span = spans.iter().find(|(from, to, _)| *from <= at && at < *to);
            span.map_or(0, |(.., many)| *many)
        };
        spans.iter().map(|(spans, count)| here(spans) * u128::from(*count)).sum::<u128>()
    };
    starts.map(at).max().unwrap_or(0)
}
