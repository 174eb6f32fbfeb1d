//! What a line says beside its amount, worked by hand: whose it is and where, what was used, what is
//! charged for and over what, and each step from one to the other.
#![cfg(test)]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use kms_cost::bill::{Line, Step};
use kms_cost::catalog::{Catalog, PlanName};
use kms_cost::diagnostic::render;
use kms_cost::estimate::{Estimate, Grounds, NoEstimate, estimate};
use kms_cost::fraction::Fraction;
use kms_cost::metering::Run;
use kms_cost::scenario::scenario;
use kms_cost::source::Source;
use kms_cost::vocabulary::Vocabulary;

/// Each line of a need at a plan, in words.
fn lines(plan: &str, need: &str) -> Vec<String> {
    let (estimate, catalog) = estimated(plan, need);
    estimate.bill.lines().iter().map(|line| said(line, catalog.vocabulary())).collect()
}

fn estimated(plan: &str, need: &str) -> (Estimate, Catalog) {
    let invented = Path::new("tests/language/pricing");
    let catalog = Catalog::open(Some(invented)).unwrap_or_else(|why| panic!("{why:?}"));
    let provider = plan.split('/').next().unwrap_or_default();
    let need = format!("provider = '{provider}'\n{need}");
    let source = Arc::new(Source::new("need.toml", need));
    let (need, problems) = scenario(&source, catalog.vocabulary());
    let need = need.unwrap_or_else(|| panic!("{}", render(&problems, false, "refused")));
    let plan = PlanName::parse(plan).expect("a plan");
    let book = catalog.select(&plan, None).unwrap_or_else(|why| panic!("{why:?}"));
    let grounds =
        Grounds { vocabulary: catalog.vocabulary(), home: None, month: None, months: None };
    let estimate = estimate(&need, book, grounds, problems).unwrap_or_else(|why| match why {
        NoEstimate::Problems(problems) => panic!("{}", render(&problems, false, "refused")),
        NoEstimate::Fault(what) => panic!("{what}"),
    });
    (estimate, catalog)
}

/// `id "label" whose where: used → charged for: price ÷ per = amount: steps`.
fn said(line: &Line, vocabulary: &Vocabulary) -> String {
    let of = |parts: &[(std::rc::Rc<str>, Fraction)]| {
        let parts = parts.iter().map(|(name, used)| format!("{name} {}", used.digits()));
        parts.collect::<Vec<_>>().join(", ")
    };
    let mut text = format!("{} \"{}\"", line.id, line.label);
    for (what, name) in [("key", &line.key), ("instance", &line.instance), ("in", &line.region)] {
        if let Some(name) = name {
            let _ = write!(text, " {what} {name}");
        }
    }
    for (what, parts) in [("of", &line.shares), ("in", &line.regions)] {
        if !parts.is_empty() {
            let _ = write!(text, " {what} ({})", of(parts));
        }
    }
    let steps: Vec<String> =
        line.derivation.iter().map(|step| step_said(step, vocabulary)).collect();
    format!(
        "{text}: {} → {} {}{}: {} ÷ {} = {}: {}",
        line.consumed.digits(),
        line.quantity.digits(),
        line.unit,
        line.over.suffix(),
        line.unit_price.map_or("?".to_owned(), |price| price.normalize().to_string()),
        line.per,
        line.amount.map_or("?".to_owned(), Fraction::digits),
        steps.join("; ")
    )
}

fn step_said(step: &Step, vocabulary: &Vocabulary) -> String {
    let runs = |runs: &[Run]| {
        let runs = runs.iter().map(|run| format!("{} × {}", run.steps, run.quantity.digits()));
        runs.collect::<Vec<_>>().join(" + ")
    };
    let end = |up_to: &Option<u64>| up_to.map_or("open".to_owned(), |up_to| up_to.to_string());
    match step {
        Step::Counted { runs: stood, step } => format!("counted {} of {step} s", runs(stood)),
        Step::Prorated { step, of } => format!("prorated {step} of {of} s"),
        Step::CappedPerKey(most) => format!("{most} a key"),
        Step::Copies => "copies".to_owned(),
        Step::Capped { largest, at_most } => format!("{at_most} of {}", largest.digits()),
        Step::Calls(calls, keys) => {
            let calls = calls.iter().map(|(operation, calls)| {
                format!("{} {calls}", vocabulary.operation_name(*operation))
            });
            format!("{} × {keys}", calls.collect::<Vec<_>>().join(" + "))
        }
        Step::Included(included) => format!("included {}", included.digits()),
        Step::Free(label, drawn) => format!("{label} {}", drawn.digits()),
        Step::Minimum(least) => format!("minimum {}", least.digits()),
        Step::Blocks { needed, size } => format!("blocks of {size} for {}", needed.digits()),
        Step::Ordered(ordered) => format!("ordered {}", ordered.digits()),
        Step::Tier { above, up_to } => format!("tier {above} to {}", end(up_to)),
        Step::Volume { above, up_to } => format!("volume {above} to {}", end(up_to)),
        Step::Level { up_to } => format!("level to {}", end(up_to)),
        Step::Alike(count) => format!("alike {count}"),
        Step::Factor(listed, factor) => format!("{listed} × {factor}"),
    }
}

fn hold(plan: &str, need: &str, expected: &[&str]) {
    let found = lines(plan, need);
    assert!(found == expected, "{plan}\n{need}\nfound\n  {}", found.join("\n  "));
}

#[test]
fn versions_in_several_places_through_a_month() {
    hold(
        "aws/kms@2024-05",
        "month = '2026-02'
region = 'us-east-1'
[[key]]
name = 'k'
count = 2
versions = 5
replicas = 2
spec = 'aes-256'
operations = { decrypt = 1_000, encrypt = 500 }
",
        &[
            r#"keys.customer/us-east-1/k "customer managed key" key k in us-east-1: 18 → 18 key-version-month: 1 ÷ 1 = 18: counted 672 × 18 of 3600 s; 3 a key; copies; prorated 3600 of 2419200 s"#,
            r#"requests.free-requests "free tier" key k in us-east-1: 3000 → 3000 call: 0 ÷ 10000 = 0: decrypt 1000 + encrypt 500 × 2; free tier 3000"#,
        ],
    );
}

#[test]
fn one_key_day_by_day() {
    hold(
        "tencent/pay-as-you-go@2020-12",
        "month = '2026-03'
[[key]]
name = 'k'
spec = 'aes-256'
created = 2026-03-11
[[key]]
name = 'other'
spec = 'sm4'
operations = { decrypt = 21_500, sign = 200 }
[[calls]]
operations = { encrypt = 300 }
",
        &[
            r#"key-storage.customer/k "customer managed CMK" key k: 1 → 21 key-day: 0.06 ÷ 1 = 1.26: counted 10 × 0 + 21 × 1 of 86400 s"#,
            r#"key-storage.customer/other "customer managed CMK" key other: 1 → 31 key-day: 0.06 ÷ 1 = 1.86: counted 31 × 1 of 86400 s"#,
            r#"api-calls.free-calls "free tier" of (other 21700, calls of no listed key 300): 20000 → 20000 call: 0 ÷ 10000 = 0: free tier 20000"#,
            r#"api-calls.all "API calls" of (other 21700, calls of no listed key 300): 2000 → 2000 call: 0.18 ÷ 10000 = 0.036: free tier 20000"#,
        ],
    );
}

#[test]
fn two_instances_alike() {
    hold(
        "alibaba/subscription@2025-01",
        "region = 'ap-southeast-1'
[[instance]]
name = 'i'
count = 2
type = 'software'
key_versions = 1_001
secrets = 150
peak_qps = 1_500
access = { vpcs = 2, shared_accounts = 1 }
[[instance]]
name = 'j'
type = 'hardware'
key_versions = 0
order = { extra_secrets = 200 }
",
        &[
            r#"instances.software/ap-southeast-1/i "software instance" instance i in ap-southeast-1: 2 → 2 instance-month: 500 ÷ 1 = 1000: alike 2"#,
            r#"instances.hardware/ap-southeast-1/j "hardware instance" instance j in ap-southeast-1: 1 → 1 instance-month: 1799 ÷ 1 = 1799: "#,
            r#"performance.software/ap-southeast-1/i "performance, up to 2,000" instance i in ap-southeast-1: 1500 → 2 peak-qps-level-month: 100 ÷ 1 = 200: level to 2000; alike 2"#,
            r#"keys.software/ap-southeast-1/i "additional keys" instance i in ap-southeast-1: 2002 → 20 key-version-month: 9 ÷ 10 = 18: included 1000; blocks of 10 for 1; alike 2"#,
            r#"secrets.all/ap-southeast-1/i "additional secrets" instance i in ap-southeast-1: 300 → 400 secret-month: 50 ÷ 100 = 200: blocks of 100 for 150; alike 2"#,
            r#"secrets.all/ap-southeast-1/j "additional secrets" instance j in ap-southeast-1: 200 → 200 secret-month: 50 ÷ 100 = 100: ordered 200"#,
            r#"access.all/ap-southeast-1/i "additional access units" instance i in ap-southeast-1: 6 → 4 access-unit-month: 125 ÷ 1 = 500: included 1; alike 2"#,
        ],
    );
}

#[test]
fn a_pool_split_by_key_and_one_beyond_its_first_tier() {
    let keys = |count: u32| {
        format!(
            "month = '2026-01'
[[key]]
name = 'a'
region = 'us-east4'
spec = 'rsa-4096'
protection = 'hsm'
count = {count}
[[key]]
name = 'b'
region = 'us-west1'
spec = 'ec-p256'
protection = 'hsm'
count = 600
"
        )
    };
    hold(
        "google/kms@2025-03",
        &keys(400),
        &[
            r#"key-versions.hsm-advanced/us-east4/a "HSM, RSA 3072+ and EC" key a in us-east4: 400 → 407.671232876712 key-version-month: 2.5 ÷ 1 = 1019.178082191781: counted 744 × 400 of 3600 s; prorated 3600 of 2628000 s; tier 0 to 2000"#,
            r#"key-versions.hsm-advanced/us-west1/b "HSM, RSA 3072+ and EC" key b in us-west1: 600 → 611.506849315068 key-version-month: 2.5 ÷ 1 = 1528.767123287671: counted 744 × 600 of 3600 s; prorated 3600 of 2628000 s; tier 0 to 2000"#,
        ],
    );
    hold(
        "google/kms@2025-03",
        &keys(1_500),
        &[
            r#"key-versions.hsm-advanced "HSM, RSA 3072+ and EC" of (a 1500, b 600) in (us-east4 1500, us-west1 600): 2000 → 2000 key-version-month: 2.5 ÷ 1 = 5000: counted 744 × 2100 of 3600 s; prorated 3600 of 2628000 s; tier 0 to 2000"#,
            r#"key-versions.hsm-advanced#above-2000 "HSM, RSA 3072+ and EC, above 2,000" of (a 1500, b 600) in (us-east4 1500, us-west1 600): 140.27397260274 → 140.27397260274 key-version-month: 1 ÷ 1 = 140.27397260274: counted 744 × 2100 of 3600 s; prorated 3600 of 2628000 s; tier 2000 to open"#,
        ],
    );
}

#[test]
fn a_factor_beside_the_listed_price() {
    hold(
        "alibaba-cn/pay-as-you-go@2021-03",
        "month = '2026-04'
[[key]]
name = 'k'
spec = 'aes-256'
protection = 'hsm'
region = 'cn-shanghai-finance-1'
[[key]]
name = 'p'
spec = 'aes-256'
protection = 'hsm'
region = 'cn-beijing'
",
        &[
            r#"key-hosting.basic-hardware/cn-beijing/p "basic hardware key" key p in cn-beijing: 1 → 30 key-version-day: 0.237 ÷ 1 = 7.11: counted 30 × 1 of 86400 s"#,
            r#"key-hosting.basic-hardware/cn-shanghai-finance-1/k "basic hardware key" key k in cn-shanghai-finance-1: 1 → 30 key-version-day: 0.4503 ÷ 1 = 13.509: counted 30 × 1 of 86400 s; 0.237 × 1.9"#,
        ],
    );
}

#[test]
fn free_calls_of_each_key_of_a_group() {
    hold(
        "huawei/kms@2023-11",
        "month = '2026-04'
region = 'ap-southeast-3'
[[key]]
name = 'k'
count = 3
spec = 'aes-256'
operations = { decrypt = 25_000 }
",
        &[
            r#"key-instances.custom/ap-southeast-3/k "custom key" key k in ap-southeast-3: 3 → 2160 key-version-hour: 0.001388 ÷ 1 = 2.99808: counted 2592000 × 3 of 1 s; prorated 1 of 3600 s"#,
            r#"requests.free-requests/k "free requests" key k in ap-southeast-3: 60000 → 60000 call: 0 ÷ 10000 = 0: decrypt 25000 × 3; free requests 60000"#,
            r#"requests.all/ap-southeast-3/k "API requests" key k in ap-southeast-3: 15000 → 15000 call: ? ÷ 10000 = ?: decrypt 25000 × 3; free requests 20000; alike 3"#,
        ],
    );
}

#[test]
fn calls_of_no_listed_key_become_one_line() {
    hold(
        "aws/kms@2019-03",
        "region = 'us-east-1'
[[calls]]
spec = 'rsa-4096'
operations = { sign = 10_000 }
[[calls]]
spec = 'rsa-4096'
operations = { verify = 20_000 }
",
        &[
            r#"requests.asymmetric/us-east-1 "requests, other asymmetric key" in us-east-1: 30000 → 30000 call: 0.15 ÷ 10000 = 0.45: sign 10000 + verify 20000 × 1"#,
        ],
    );
}

#[test]
fn a_pool_whose_parts_change_and_whose_sum_stands_still() {
    hold(
        "acme/rules@2026-01",
        "month = '2026-04'
region = 'north'
[[key]]
name = 'a'
spec = 'rsa-4096'
count = 3
deletion = [{ scheduled = 2026-04-03T00:00:00Z, destroyed = 2026-04-11T00:00:00Z }]
[[key]]
name = 'b'
spec = 'rsa-4096'
count = 3
created = 2026-04-11T00:00:00Z
",
        &[
            r#"keys.volume/north "key by volume" in north of (a 3, b 3): 3 → 90 key-version-day: 0.3 ÷ 1 = 27: counted 30 × 3 of 86400 s; volume 0 to 10"#,
        ],
    );
}

#[test]
fn what_is_free_and_no_call() {
    hold(
        "acme/secrets@2026-01",
        "region = 'south'
[[secret]]
name = 's'
",
        &[
            r#"secrets.free-versions "free versions" key s in south: 1 → 1 secret-version-month: 0 ÷ 1 = 0: free versions 1"#,
        ],
    );
}

#[test]
fn a_free_quota_has_a_source_of_its_own() {
    let need = "region = 'us-east4'
[[key]]
name = 'k'
spec = 'aes-256'
protection = 'hsm'
provisioning = 'automatic'
count = 101
";
    let (estimate, _) = estimated("google/kms@2025-03", need);
    let sources = estimate.bill.lines().iter().map(|line| {
        let source = estimate.book.sources.get(line.source).expect("a source");
        (line.id.as_str(), source.id.as_str())
    });
    let sources = sources.collect::<Vec<_>>();
    let expected = [
        ("key-versions.free-autokey-versions", "release-notes"),
        ("key-versions.hsm-autokey/us-east4/k", "page"),
    ];
    assert_eq!(sources, expected);
}
