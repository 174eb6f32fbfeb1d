//! A scenario's words about time, read: `[subscription]`, `[[voucher]]`, `[[renewable]]`, `[unify]`.
//!
//! Months are whole and at least 1; days have no time of day. What depends on the order of events
//! (a renewal after the release, a day that lies before another) is checked by the calendar.

use std::collections::HashSet;

use super::life::moment;
use crate::diagnostic::{Code, Problem, Problems, quoted};
use crate::fields::{At, Fields, unknown_name};
use crate::month::Day;
use crate::pricebook::terms::Kind;
use crate::scenario::terms::{
    FurtherTerm, PolicyChange, RenewPolicy, Renewable, Subscription, Unify, Voucher,
};
use crate::source::Span;

/// The most months of a term.
const MONTHS: u64 = 1200;

/// Reads `[subscription]`.
pub(super) fn subscription(mut fields: Fields<'_, '_>, problems: &mut Problems) -> Subscription {
    let subscription = Subscription {
        purchased_at: moment(&mut fields, "purchased_at", problems),
        months: fields.whole("months", 1..=MONTHS, problems),
        renewals: renewals(&mut fields, "subscription.renewals", problems),
        policy: fields.choice("renew", RenewPolicy::ALL, problems),
        span: fields.span(),
    };
    if subscription.purchased_at.is_some() {
        fields.require("months", subscription.months.as_ref(), problems);
    } else if !subscription.renewals.is_empty() || subscription.policy.is_some() {
        fields.require::<()>("purchased_at", None, problems);
    }
    fields.finish(problems);
    subscription
}

fn renewals(
    fields: &mut Fields<'_, '_>,
    what: &'static str,
    problems: &mut Problems,
) -> Vec<FurtherTerm> {
    let mut renewals = Vec::new();
    for mut table in fields.tables("renewals", what, problems) {
        let at = moment(&mut table, "at", problems);
        let at = table.require("at", at, problems);
        let months = table.whole("months", 1..=MONTHS, problems);
        let months = table.require("months", months, problems);
        table.finish(problems);
        let months = months.and_then(|months| u32::try_from(months.value).ok());
        if let (Some(at), Some(months)) = (at, months) {
            renewals.push(FurtherTerm { at, months });
        }
    }
    renewals
}

/// Reads every `[[voucher]]`.
pub(super) fn vouchers(root: &mut Fields<'_, '_>, problems: &mut Problems) -> Vec<Voucher> {
    let mut ids = HashSet::new();
    let mut vouchers = Vec::new();
    for mut fields in root.tables("voucher", "[[voucher]]", problems) {
        let id = id(&mut fields, "voucher", &mut ids, problems);
        let amount = fields.decimal("amount", problems);
        let amount = fields.require("amount", amount, problems);
        let expires = day(&mut fields, "expires", problems);
        let expires = fields.require("expires", expires, problems);
        let span = fields.span();
        fields.finish(problems);
        if let (Some(id), Some(amount), Some(expires)) = (id, amount, expires) {
            vouchers.push(Voucher { id, amount: amount.value, expires: expires.value, span });
        }
    }
    vouchers
}

/// Reads every `[[renewable]]`.
pub(super) fn renewables(root: &mut Fields<'_, '_>, problems: &mut Problems) -> Vec<Renewable> {
    let mut ids = HashSet::new();
    let tables = root.tables("renewable", "[[renewable]]", problems);
    tables.into_iter().filter_map(|fields| renewable(fields, &mut ids, problems)).collect()
}

fn renewable(
    mut fields: Fields<'_, '_>,
    ids: &mut HashSet<String>,
    problems: &mut Problems,
) -> Option<Renewable> {
    let before = problems.len();
    let id = id(&mut fields, "renewable", ids, problems);
    let product = fields.text("product", problems).map(|product| product.map(str::to_owned));
    let room = fields.text("room", problems).map(|room| room.value.to_owned());
    let expires = day(&mut fields, "expires", problems);
    let expires = fields.require("expires", expires, problems);
    let monthly = fields.decimal("monthly", problems);
    let anchor_day = fields.whole("anchor_day", 1..=31, problems);
    if let (Some(anchor), Some(expires)) = (&anchor_day, &expires) {
        check_anchor(anchor, expires.value, problems);
    }
    let policy = fields.choice("renew", RenewPolicy::ALL, problems);
    let span = fields.span();
    let kind = fields
        .choice("kind", Kind::ALL, problems)
        .unwrap_or_else(|| At::new(Kind::Standard, span.clone()));
    let renewals = renewals(&mut fields, "renewable.renewals", problems);
    let changes = changes(&mut fields, problems);
    fields.finish(problems);
    if problems.len() > before {
        return None;
    }
    Some(Renewable {
        id: id?,
        product,
        room,
        expires: expires?,
        monthly,
        anchor_day,
        policy,
        kind,
        renewals,
        changes,
        span,
    })
}

/// An anchor day is that of `expires`, or a later one that its month does not have.
fn check_anchor(anchor: &At<u64>, expires: Day, problems: &mut Problems) {
    let stands = u64::from(expires.of_month());
    let last = u64::from(expires.month().days());
    if anchor.value == stands || (anchor.value > stands && stands == last) {
        return;
    }
    let message = format!("`anchor_day = {}` does not lead to {expires}", anchor.value);
    let problem = Problem::error(Code::Conflict, message).at(anchor.span.clone());
    problems
        .push(problem.label(format!(
            "expected {stands}, or where that is the month's last day a later one"
        )));
}

fn changes(fields: &mut Fields<'_, '_>, problems: &mut Problems) -> Vec<PolicyChange> {
    let mut changes = Vec::new();
    for mut table in fields.tables("policy_changes", "renewable.policy_changes", problems) {
        let at = moment(&mut table, "at", problems);
        let at = table.require("at", at, problems);
        let policy = table.choice("renew", RenewPolicy::ALL, problems);
        let policy = table.require("renew", policy, problems);
        table.finish(problems);
        if let (Some(at), Some(policy)) = (at, policy) {
            changes.push(PolicyChange { at, policy: policy.value });
        }
    }
    changes
}

/// Reads `[unify]`.
pub(super) fn unify(
    mut fields: Fields<'_, '_>,
    renewables: &[Renewable],
    problems: &mut Problems,
) -> Option<Unify> {
    let target = day(&mut fields, "target", problems);
    let target = fields.require("target", target, problems);
    let at = moment(&mut fields, "at", problems);
    let ids = fields.texts("ids", problems);
    for id in ids.iter().flatten() {
        if !renewables.iter().any(|renewable| renewable.id == id.value) {
            let known = renewables.iter().map(|renewable| renewable.id.as_str());
            problems.push(unknown_name("renewable", id, known));
        }
    }
    fields.finish(problems);
    let ids = ids.map(|ids| ids.into_iter().map(|id| id.map(str::to_owned)).collect());
    Some(Unify { target: target?, at, ids })
}

/// An id that no other of its kind has.
fn id(
    fields: &mut Fields<'_, '_>,
    kind: &'static str,
    ids: &mut HashSet<String>,
    problems: &mut Problems,
) -> Option<String> {
    let id = fields.text("id", problems);
    let id = fields.require("id", id, problems)?;
    fields.set_name(kind, id.value);
    let mut refuse = |code, message: String, span: Span| {
        problems.push(Problem::error(code, message).at(span).label("each needs an id of its own"));
    };
    if id.value.is_empty() {
        refuse(Code::OutOfRange, "an empty id".to_owned(), id.span);
    } else if !ids.insert(id.value.to_owned()) {
        refuse(Code::Duplicate, format!("two {kind}s are called {}", quoted(id.value)), id.span);
    }
    Some(id.value.to_owned())
}

/// A date without a time of day.
fn day(
    fields: &mut Fields<'_, '_>,
    name: &'static str,
    problems: &mut Problems,
) -> Option<At<Day>> {
    let value = fields.date_time(name, problems)?;
    let date = value.value.date.filter(|_| value.value.time.is_none());
    let day = date.and_then(|date| {
        Day::new(i32::from(date.year), u32::from(date.month), u32::from(date.day))
    });
    if day.is_none() {
        let message = format!("`{}` is no day", value.value);
        let problem = Problem::error(Code::BadDate, message).at(value.span.clone());
        problems.push(problem.label("expected a date such as 2026-02-28"));
    }
    day.map(|day| At::new(day, value.span))
}
