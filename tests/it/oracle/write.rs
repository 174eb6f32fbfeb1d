//! A need as the TOML text of a scenario; must not decide anything.

use std::fmt::Write as _;

use super::need::{
    Access, AuditLog, Calls, Course, Date, Hundredths, Instance, Key, Kind, Need, Order, Secret,
    State, Where,
};

/// The scenario's text.
pub(super) fn scenario(need: &Need) -> String {
    let mut text = String::new();
    field(&mut text, "provider", Some(quoted(need.provider)));
    location(&mut text, need.location);
    let month = need.month.filter(|_| !need.month_outside);
    field(&mut text, "month", month.map(|month| quoted(&month.text())));
    for key in &need.keys {
        write_key(&mut text, key);
    }
    for calls in &need.calls {
        write_calls(&mut text, calls);
    }
    for secret in &need.secrets {
        write_secret(&mut text, secret);
    }
    for hsm in &need.hsms {
        text.push_str("[[hsm]]\n");
        field(&mut text, "count", (hsm.count != 1).then(|| hsm.count.to_string()));
        location(&mut text, hsm.location);
    }
    for store in &need.keystores {
        text.push_str("[[keystore]]\n");
        field(&mut text, "count", (store.count != 1).then(|| store.count.to_string()));
        field(&mut text, "protection", store.protection.map(quoted));
        location(&mut text, store.location);
    }
    write_tables(&mut text, need);
    for instance in &need.instances {
        write_instance(&mut text, instance);
    }
    write_account(&mut text, need);
    text
}

fn field(text: &mut String, name: &str, value: Option<String>) {
    if let Some(value) = value {
        writeln!(text, "{name} = {value}").unwrap();
    }
}

fn quoted(value: &str) -> String {
    format!("\"{value}\"")
}

fn location(text: &mut String, location: Option<Where>) {
    match location {
        Some(Where::Region(id)) => field(text, "region", Some(quoted(id))),
        Some(Where::Place(name)) => field(text, "place", Some(quoted(name))),
        None => {}
    }
}

fn kind(text: &mut String, kind: Kind) {
    field(text, "spec", kind.spec.map(|(_, written)| quoted(written)));
    field(text, "protection", kind.protection.map(quoted));
    if kind.service_managed {
        field(text, "managed_by", Some(quoted("service")));
    }
    if kind.automatic {
        field(text, "provisioning", Some(quoted("automatic")));
    }
}

fn write_key(text: &mut String, key: &Key) {
    text.push_str("[[key]]\n");
    field(text, "name", Some(quoted(&key.name)));
    kind(text, key.kind);
    field(text, "count", (key.count != 1).then(|| key.count.to_string()));
    field(text, "versions", (key.versions != 1).then(|| key.versions.to_string()));
    field(text, "replicas", (key.replicas != 0).then(|| key.replicas.to_string()));
    field(text, "used", key.used.map(|used| used.to_string()));
    location(text, key.location);
    dates(text, &key.course);
    operations(text, &key.operations);
    deletions(text, &key.course, "key");
}

fn write_secret(text: &mut String, secret: &Secret) {
    text.push_str("[[secret]]\n");
    field(text, "name", secret.name.as_deref().map(quoted));
    field(text, "count", Some(secret.count.to_string()));
    field(text, "versions", (secret.versions != 1).then(|| secret.versions.to_string()));
    field(text, "locations", (secret.locations != 1).then(|| secret.locations.to_string()));
    field(text, "reads", (secret.reads != 0).then(|| secret.reads.to_string()));
    field(text, "rotated", number(secret.often));
    location(text, secret.location);
    dates(text, &secret.course);
    deletions(text, &secret.course, "secret");
}

fn dates(text: &mut String, course: &Course) {
    field(text, "created", course.created.as_ref().map(date));
    let rotated: Vec<String> = course.rotated.iter().map(date).collect();
    field(text, "rotated", (!rotated.is_empty()).then(|| format!("[{}]", rotated.join(", "))));
    field(text, "rotate_every", course.rotate_every.map(|days| format!("\"{days}d\"")));
    field(
        text,
        "state",
        match course.state {
            State::Enabled => None,
            State::Disabled => Some(quoted("disabled")),
            State::PendingDeletion => Some(quoted("pending-deletion")),
        },
    );
}

fn deletions(text: &mut String, course: &Course, whose: &str) {
    for deletion in &course.deletions {
        writeln!(text, "[[{whose}.deletion]]").unwrap();
        field(text, "scheduled", Some(date(&deletion.scheduled)));
        field(text, "restored", deletion.restored.as_ref().map(date));
        field(text, "destroyed", deletion.destroyed.as_ref().map(date));
    }
}

fn date(date: &Date) -> String {
    date.text.clone()
}

fn operations(text: &mut String, operations: &[(&'static str, u64)]) {
    let written: Vec<String> =
        operations.iter().map(|(name, calls)| format!("{name} = {calls}")).collect();
    if !written.is_empty() {
        field(text, "operations", Some(format!("{{ {} }}", written.join(", "))));
    }
}

fn write_calls(text: &mut String, calls: &Calls) {
    text.push_str("[[calls]]\n");
    kind(text, calls.kind);
    location(text, calls.location);
    operations(text, &calls.operations);
}

/// Fields that are there, `name = value`, in braces.
fn braces(fields: &[(&str, Option<String>)]) -> String {
    let written: Vec<String> = fields
        .iter()
        .filter_map(|(name, value)| value.as_ref().map(|value| format!("{name} = {value}")))
        .collect();
    format!("{{ {} }}", written.join(", "))
}

fn number(value: Option<u64>) -> Option<String> {
    value.map(|value| value.to_string())
}

fn hundredths(value: Option<Hundredths>) -> Option<String> {
    value.map(|Hundredths(value)| format!("\"{}.{:02}\"", value / 100, value % 100))
}

fn peak(whole: Option<u64>, broken: Option<Hundredths>) -> Option<String> {
    hundredths(broken).or(number(whole))
}

fn access(access: Access) -> Option<String> {
    let fields =
        [("vpcs", number(access.vpcs)), ("shared_accounts", number(access.shared_accounts))];
    fields.iter().any(|(_, value)| value.is_some()).then(|| braces(&fields))
}

fn audit_log(log: AuditLog) -> String {
    braces(&[
        ("average_qps", hundredths(log.average_qps)),
        ("retention_days", number(log.retention_days)),
        ("gigabytes", hundredths(log.gigabytes)),
    ])
}

fn table(text: &mut String, name: &str, fields: &[(&str, Option<String>)]) {
    if fields.iter().any(|(_, value)| value.is_some()) {
        writeln!(text, "[{name}]").unwrap();
    }
    for (name, value) in fields {
        field(text, name, value.clone());
    }
}

fn write_tables(text: &mut String, need: &Need) {
    let load = [
        ("peak_qps", peak(need.peak_qps, need.peak_hundredths)),
        ("average_qps", hundredths(need.average_qps)),
    ];
    table(text, "load", &load);
    let access = need.access;
    let fields =
        [("vpcs", number(access.vpcs)), ("shared_accounts", number(access.shared_accounts))];
    table(text, "access", &fields);
    if let Some(log) = need.audit_log {
        text.push_str("[audit_log]\n");
        field(text, "average_qps", hundredths(log.average_qps));
        field(text, "retention_days", number(log.retention_days));
        field(text, "gigabytes", hundredths(log.gigabytes));
    }
    table(text, "deployment", &[("zones", number(need.zones))]);
    let months = need.months.filter(|_| !need.months_outside);
    table(text, "subscription", &[("months", months.map(|months| months.to_string()))]);
}

fn write_instance(text: &mut String, instance: &Instance) {
    text.push_str("[[instance]]\n");
    field(text, "name", instance.name.map(quoted));
    field(text, "type", Some(quoted(instance.kind)));
    field(text, "count", (instance.count != 1).then(|| instance.count.to_string()));
    location(text, instance.location);
    field(text, "key_versions", number(instance.key_versions));
    field(text, "secrets", number(instance.secrets));
    field(text, "peak_qps", peak(instance.peak_qps, instance.peak_hundredths));
    field(text, "access", access(instance.access));
    field(text, "audit_log", instance.audit_log.map(audit_log));
    field(text, "deployment", instance.zones.map(|zones| format!("{{ zones = {zones} }}")));
    let order = order(instance.order);
    field(text, "order", (order != "{  }").then_some(order));
}

fn order(order: Order) -> String {
    braces(&[
        ("peak_qps", number(order.peak_qps)),
        ("extra_keys", number(order.extra_keys)),
        ("extra_secrets", number(order.extra_secrets)),
        ("extra_access", number(order.extra_access)),
        ("log_gigabytes", number(order.log_gigabytes)),
    ])
}

fn write_account(text: &mut String, need: &Need) {
    let account = &need.account;
    let fields = [
        ("overdue_at", account.overdue_at.as_ref().map(date)),
        ("paid_at", account.paid_at.as_ref().map(date)),
        ("free_calls_remaining", number(account.free_calls_remaining)),
    ];
    table(text, "account", &fields);
    for (from, to) in &account.suspended {
        text.push_str("[[account.suspended]]\n");
        field(text, "from", Some(date(from)));
        field(text, "to", to.as_ref().map(date));
    }
}
