//! A book's rules of time, read: `[cycle]`, `[settlement]`, `[overdue]`, `[renewal]`, `[payment]`.
//!
//! `kept_days = 15` and `released_on_day = 16` belong together: a book whose instances are released
//! before the last day to renew them is wrong. Nothing here is assumed but what a missing table says.

use super::{Names, text};
use crate::diagnostic::{Code, Problem, Problems};
use crate::fields::{self, At, Fields};
use crate::pricebook::terms::{
    Automatic, Cycle, Ends, Fund, Kind, Late, Overdue, Payment, Policy, Refused, Renewal,
    Settlement, Switch, UnifyRule, Usable, VoucherRule,
};

const ENDS: &[(&str, Ends)] = &[("start-of-day", Ends::StartOfDay), ("end-of-day", Ends::EndOfDay)];
const LATE: &[(&str, Late)] =
    &[("from-renewal", Late::FromRenewal), ("from-old-end", Late::FromOldEnd)];

/// The rules of time of one book.
pub(super) struct Terms {
    pub(super) cycle: Option<Cycle>,
    pub(super) settlement: Option<Settlement>,
    pub(super) overdue: Option<Overdue>,
    pub(super) renewal: Option<Renewal>,
    pub(super) payment: Option<Payment>,
}

/// Reads them all.
pub(super) fn terms(root: &mut Fields<'_, '_>, names: &Names<'_>, p: &mut Problems) -> Terms {
    Terms {
        cycle: root.table("cycle", "cycle", p).and_then(|fields| cycle(fields, names, p)),
        settlement: root
            .table("settlement", "settlement", p)
            .and_then(|fields| settlement(fields, names, p)),
        overdue: root.table("overdue", "overdue", p).and_then(|fields| overdue(fields, names, p)),
        renewal: root.table("renewal", "renewal", p).and_then(|fields| renewal(fields, names, p)),
        payment: root.table("payment", "payment", p).and_then(|fields| payment(fields, names, p)),
    }
}

fn cycle(mut fields: Fields<'_, '_>, names: &Names<'_>, p: &mut Problems) -> Option<Cycle> {
    const USABLE: &[(&str, Usable)] =
        &[("enabled", Usable::Enabled), ("disabled", Usable::Disabled)];
    let ends = required_choice(&mut fields, "ends", ENDS, p);
    let late = required_choice(&mut fields, "late_renewal", LATE, p);
    let kept = required_count(&mut fields, "kept_days", 0..=3650, p);
    let released = required_count(&mut fields, "released_on_day", 0..=3650, p);
    if let (Some(kept), Some(released)) = (kept, released)
        && released <= kept
    {
        let message = "an instance is released before the last day to renew it";
        p.push(Problem::error(Code::Conflict, message).at(fields.span()));
    }
    let reminder_days = reminder_days(&mut fields, p);
    let refundable = super::axes::choices(&mut fields, "refundable", USABLE, p).unwrap_or_default();
    let pending = fields.boolean("pending_refundable", p).is_some_and(|at| at.value);
    let upgrades = fields.boolean("upgrades", p).is_some_and(|at| at.value);
    let free_trial = fields.boolean("free_trial", p).map(|at| at.value);
    let source = names.source(&mut fields, p);
    fields.finish(p);
    Some(Cycle {
        ends: ends?,
        reminder_days,
        kept_days: kept?,
        released_on_day: released?,
        late: late?,
        refundable,
        pending_refundable: pending,
        upgrades,
        free_trial,
        source: source?,
    })
}

fn reminder_days(fields: &mut Fields<'_, '_>, p: &mut Problems) -> Vec<u32> {
    let list = fields.list("reminder_days", p).unwrap_or_default();
    let days = list.into_iter().filter_map(|value| fields::as_whole(value, 0..=365, p));
    let mut days: Vec<u32> = days.filter_map(|day| u32::try_from(day.value).ok()).collect();
    days.sort_unstable_by(|a, b| b.cmp(a));
    days
}

fn settlement(
    mut fields: Fields<'_, '_>,
    names: &Names<'_>,
    p: &mut Problems,
) -> Option<Settlement> {
    let first_day = required_count(&mut fields, "first_day", 1..=28, p);
    let last_day = required_count(&mut fields, "last_day", 1..=28, p);
    if last_day < first_day {
        let message = "the settlement ends before it begins";
        p.push(Problem::error(Code::Conflict, message).at(fields.span()));
    }
    let source = names.source(&mut fields, p);
    fields.finish(p);
    Some(Settlement { first_day: first_day?, last_day: last_day?, source: source? })
}

fn overdue(mut fields: Fields<'_, '_>, names: &Names<'_>, p: &mut Problems) -> Option<Overdue> {
    let mut hours =
        |name: &'static str| fields.whole(name, 0..=1_000_000, p).map(|hours| hours.value);
    let suspended = hours("suspended_after_hours");
    let uncharged_after_hours = hours("uncharged_after_hours");
    let reclaimed_after_hours = hours("reclaimed_after_hours");
    let suspended = fields.require("suspended_after_hours", suspended, p);
    let notices = fields.text("notices", p).map(|notices| notices.value.to_owned());
    names.source(&mut fields, p);
    if let (Some(suspended), Some(reclaimed)) = (suspended, reclaimed_after_hours)
        && reclaimed < suspended
    {
        let message = "resources are taken back before the service is suspended";
        p.push(Problem::error(Code::Conflict, message).at(fields.span()));
    }
    fields.finish(p);
    Some(Overdue {
        suspended_after_hours: suspended?,
        uncharged_after_hours,
        reclaimed_after_hours,
        notices,
    })
}

fn renewal(mut fields: Fields<'_, '_>, names: &Names<'_>, p: &mut Problems) -> Option<Renewal> {
    let ends = required_choice(&mut fields, "ends", ENDS, p);
    let late = required_choice(&mut fields, "late_renewal", LATE, p);
    let automatic =
        fields.table("automatic", "renewal.automatic", p).and_then(|fields| automatic(fields, p));
    let policy = fields.table("policy", "renewal.policy", p);
    let policy = fields.require("policy", policy, p).and_then(|fields| self::policy(fields, p));
    let unify = fields.table("unify", "renewal.unify", p).and_then(|fields| unify(fields, p));
    let refused_products = fields
        .table("refused_products", "renewal.refused_products", p)
        .map(|mut table| table.named_tables("product", p))
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(id, mut fields)| {
            let name = text(&mut fields, "name", p);
            let reason = text(&mut fields, "reason", p);
            fields.finish(p);
            Some((id.value.to_owned(), Refused { name: name?, reason: reason? }))
        })
        .collect();
    let mut refused_kinds = Vec::new();
    if let Some(mut table) = fields.table("refused_kinds", "renewal.refused_kinds", p) {
        for (name, kind) in Kind::ALL {
            let reason = table.text(name, p);
            refused_kinds.extend(reason.map(|reason| (*kind, reason.value.to_owned())));
        }
        table.finish(p);
    }
    let source = names.source(&mut fields, p);
    fields.finish(p);
    Some(Renewal {
        ends: ends?,
        automatic,
        late: late?,
        policy: policy?,
        refused_products,
        refused_kinds,
        unify,
        source: source?,
    })
}

fn automatic(mut fields: Fields<'_, '_>, p: &mut Problems) -> Option<Automatic> {
    let step_months = required_count(&mut fields, "step_months", 1..=1200, p);
    let days_before = required_count(&mut fields, "days_before", 0..=365, p);
    let at = fields.text("at", p);
    let at = fields.require("at", at, p).and_then(|at| second_of_day(&at, p));
    fields.finish(p);
    Some(Automatic { step_months: step_months?, days_before: days_before?, second_of_day: at? })
}

/// Parses a time of day such as `08:00`.
fn second_of_day(at: &At<&str>, p: &mut Problems) -> Option<u32> {
    let part = |text: &str| {
        (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse::<u32>().ok())?
    };
    let seconds = at.value.split_once(':').and_then(|(hours, minutes)| {
        let (hours, minutes) = (part(hours)?, part(minutes)?);
        let minutes = hours.checked_mul(60)?.checked_add(minutes)?;
        (hours < 24 && minutes < 1440).then(|| minutes.checked_mul(60))?
    });
    if seconds.is_none() {
        let message = format!("`{}` is no time of day", crate::source::printable(at.value));
        let problem = Problem::error(Code::BadDate, message).at(at.span.clone());
        p.push(problem.label("expected a time such as \"08:00\""));
    }
    seconds
}

fn policy(mut fields: Fields<'_, '_>, p: &mut Problems) -> Option<Policy> {
    const SWITCH: &[(&str, Switch)] = &[
        ("always", Switch::Always),
        ("while-valid", Switch::WhileValid),
        ("not-described", Switch::NotDescribed),
        ("never", Switch::Never),
    ];
    let to_automatic = required_choice(&mut fields, "to_automatic", SWITCH, p);
    let to_manual = required_choice(&mut fields, "to_manual", SWITCH, p);
    fields.finish(p);
    Some(Policy { to_automatic: to_automatic?, to_manual: to_manual? })
}

fn unify(mut fields: Fields<'_, '_>, p: &mut Problems) -> Option<UnifyRule> {
    let days = required_count(&mut fields, "days_per_month", 1..=31, p);
    let decimals = required_count(&mut fields, "decimals", 0..=12, p);
    let first = required_count(&mut fields, "first_anchor_day", 1..=31, p);
    let last = required_count(&mut fields, "last_anchor_day", 1..=31, p);
    let documented = fields.boolean("documented", p);
    let documented = fields.require("documented", documented, p);
    fields.finish(p);
    Some(UnifyRule {
        days_per_month: u64::from(days?),
        decimals: decimals?,
        anchor_days: (first?, last?),
        documented: documented?.value,
    })
}

fn payment(mut fields: Fields<'_, '_>, names: &Names<'_>, p: &mut Problems) -> Option<Payment> {
    const FUNDS: &[(&str, Fund)] = &[
        ("vouchers", Fund::Vouchers),
        ("gift-balance", Fund::GiftBalance),
        ("balance", Fund::Balance),
    ];
    const RULES: &[(&str, VoucherRule)] = &[
        ("soonest-expiry", VoucherRule::SoonestExpiry),
        ("largest", VoucherRule::Largest),
        ("id", VoucherRule::Id),
    ];
    let funds = super::axes::choices(&mut fields, "funds", FUNDS, p);
    let funds = fields.require("funds", funds, p);
    let vouchers = super::axes::choices(&mut fields, "vouchers", RULES, p).unwrap_or_default();
    let source = names.source(&mut fields, p);
    fields.finish(p);
    Some(Payment { funds: funds?, vouchers, source: source? })
}

fn required_choice<T: Copy>(
    fields: &mut Fields<'_, '_>,
    name: &'static str,
    choices: &[(&'static str, T)],
    p: &mut Problems,
) -> Option<T> {
    let chosen = fields.choice(name, choices, p);
    fields.require(name, chosen, p).map(|chosen| chosen.value)
}

fn required_count(
    fields: &mut Fields<'_, '_>,
    name: &'static str,
    range: std::ops::RangeInclusive<u64>,
    p: &mut Problems,
) -> Option<u32> {
    let count = fields.whole(name, range, p);
    fields.require(name, count, p).and_then(|count| u32::try_from(count.value).ok())
}
