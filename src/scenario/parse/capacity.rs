//! What a need asks of an instance and of the account, read: rates, access, logs, zones, orders.

use super::LARGEST;
use super::life::moment;
use crate::decimal::Decimal;
use crate::diagnostic::{Code, Problem, Problems};
use crate::fields::{At, Fields};
use crate::fraction::Fraction;
use crate::scenario::{Access, Account, AuditLogNeed, Load, Order};

pub(super) fn load(mut fields: Fields<'_, '_>, problems: &mut Problems) -> Load {
    let load = Load {
        peak_qps: amount(&mut fields, "peak_qps", problems),
        average_qps: amount(&mut fields, "average_qps", problems),
    };
    fields.finish(problems);
    load
}

pub(super) fn amount(
    fields: &mut Fields<'_, '_>,
    name: &'static str,
    problems: &mut Problems,
) -> Option<At<Fraction>> {
    let value = fields.decimal(name, problems)?;
    if value.value > Decimal::from(LARGEST) {
        problems.push(
            Problem::error(Code::OutOfRange, format!("`{}` is too large", value.value))
                .at(value.span)
                .label(format!("expected at most {LARGEST}")),
        );
        return None;
    }
    Some(value.map(Fraction::from))
}

pub(super) fn access(mut fields: Fields<'_, '_>, problems: &mut Problems) -> Access {
    let access = Access {
        vpcs: fields.whole("vpcs", 0..=LARGEST, problems),
        shared_accounts: fields.whole("shared_accounts", 0..=LARGEST, problems),
    };
    fields.finish(problems);
    access
}

pub(super) fn audit_log(
    mut fields: Fields<'_, '_>,
    problems: &mut Problems,
) -> Option<AuditLogNeed> {
    let before = problems.len();
    let log = AuditLogNeed {
        average_qps: amount(&mut fields, "average_qps", problems),
        retention_days: fields.whole("retention_days", 1..=100_000, problems),
        gigabytes: amount(&mut fields, "gigabytes", problems),
        span: fields.span(),
    };
    let sized = log.average_qps.is_some() || log.retention_days.is_some();
    if let Some(gigabytes) = &log.gigabytes
        && sized
    {
        problems.push(
            Problem::error(Code::Conflict, "log storage is stated and worked out at once")
                .at(gigabytes.span.clone())
                .label("say `gigabytes`, or `average_qps` with `retention_days`"),
        );
    }
    fields.finish(problems);
    (problems.len() == before).then_some(log)
}

pub(super) fn zones(mut fields: Fields<'_, '_>, problems: &mut Problems) -> Option<At<u64>> {
    let zones = fields.whole("zones", 1..=1000, problems);
    fields.finish(problems);
    zones
}

pub(super) fn order(mut fields: Fields<'_, '_>, problems: &mut Problems) -> Order {
    let mut whole = |name: &'static str| fields.whole(name, 0..=LARGEST, problems);
    let order = Order {
        peak_qps: whole("peak_qps"),
        extra_keys: whole("extra_keys"),
        extra_secrets: whole("extra_secrets"),
        extra_access: whole("extra_access"),
        log_gigabytes: whole("log_gigabytes"),
    };
    fields.finish(problems);
    order
}

pub(super) fn account(mut fields: Fields<'_, '_>, problems: &mut Problems) -> Account {
    let mut suspended = Vec::new();
    for mut table in fields.tables("suspended", "suspended", problems) {
        let from = moment(&mut table, "from", problems);
        let from = table.require("from", from, problems);
        let to = moment(&mut table, "to", problems);
        table.finish(problems);
        suspended.extend(from.map(|from| (from, to)));
    }
    let account = Account {
        suspended,
        overdue_at: moment(&mut fields, "overdue_at", problems),
        paid_at: moment(&mut fields, "paid_at", problems),
        balance: fields.decimal("balance", problems),
        gift_balance: fields.decimal("gift_balance", problems),
        free_calls_remaining: fields.whole("free_calls_remaining", 0..=LARGEST, problems),
    };
    if let (Some(paid), None) = (&account.paid_at, &account.overdue_at) {
        problems.push(
            Problem::error(Code::MissingField, "the account was paid without having been overdue")
                .at(paid.span.clone())
                .label("`overdue_at` is needed beside it"),
        );
    }
    fields.finish(problems);
    account
}
