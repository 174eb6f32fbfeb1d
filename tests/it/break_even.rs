//! Where the ranking changes, worked by hand.
//!
//! Every figure here is arithmetic on a page's own prices, written out above it; no tool writes them.
//! Generated needs stand in `oracle/curves.rs`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails where it stands")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const RULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/break_even/pricing");

fn run(scenario: &str, arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_kms-cost"))
        .args([&["break-even", "-"], arguments].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // a call that is refused at once reads nothing
    let _ = program.stdin.take().unwrap().write_all(scenario.as_bytes());
    program.wait_with_output().unwrap()
}

fn answer(scenario: &str, arguments: &[&str]) -> Value {
    let output = run(scenario, &[arguments, &["--format", "json"]].concat());
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{complaint}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// From where to where which plan is the cheapest, without editions: `1-722 alibaba/pay-as-you-go`.
fn spans(answer: &Value) -> Vec<String> {
    let of = |span: &Value| {
        let plan = span["cheapest"].as_str().unwrap_or("none");
        let plan = plan.split('@').next().unwrap_or(plan);
        format!("{}-{} {plan}", text(&span["from"]), text(&span["to"]))
    };
    answer["currencies"][0]["spans"].as_array().unwrap().iter().map(of).collect()
}

/// Each change: its unit, the old plan's totals before and at it, and the new one's.
fn changes(answer: &Value) -> Vec<[String; 5]> {
    let of = |change: &Value| {
        let total = |side: &str, name: &str| text(&change[side][name]);
        [
            text(&change["at"]),
            total("was", "total_before"),
            total("was", "total_at"),
            total("is", "total_before"),
            total("is", "total_at"),
        ]
    };
    answer["currencies"][0]["changes"].as_array().unwrap().iter().map(of).collect()
}

/// A plan's pieces: from, to, total at the first unit, what each further unit adds.
fn pieces(answer: &Value, plan: &str) -> Vec<[String; 4]> {
    let plans = answer["plans"].as_array().unwrap();
    let known =
        |known: &&Value| format!("{}/{}", text(&known["provider"]), text(&known["plan"])) == plan;
    let plan = plans.iter().find(known).unwrap();
    let of = |piece: &Value| ["from", "to", "total", "each"].map(|name| text(&piece[name]));
    plan["pieces"].as_array().unwrap().iter().map(of).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("none").to_owned()
}

const SIGNING: &str = r#"
place = "singapore"
[[key]]
name = "signing"
spec = "ec-p256"
protection = "hsm"
"#;

/// A key by the day is 30 × 0.083 = 2.49. 722 × 2.49 = 1,797.78 and 723 × 2.49 = 1,800.27 against a
/// hardware instance at 1,799, which holds 1,000 keys: 1,000 × 2.49 = 2,490 and 1,001 × 2.49 = 2,492.49.
#[test]
fn pay_as_you_go_against_a_subscription() {
    let plans = "alibaba/pay-as-you-go,alibaba/subscription";
    let answer =
        answer(SIGNING, &["--vary", "key.signing.count", "--to", "2000", "--between", plans]);
    let expected = [
        "1-722 alibaba/pay-as-you-go",
        "723-1000 alibaba/subscription",
        "1001-2000 alibaba/pay-as-you-go",
    ];
    assert_eq!(spans(&answer), expected);
    let expected = [
        ["723", "1797.78", "1800.27", "1799", "1799"],
        ["1001", "1799", "none", "2490", "2492.49"],
    ];
    assert_eq!(changes(&answer), expected);
    let ranges = &answer["plans"][1]["ranges"];
    assert_eq!(text(&ranges[1]["status"]), "not-comparable");
    assert!(text(&ranges[1]["reasons"][0]).starts_with("1,001 key versions needed"));
}

/// Up to 2,000 keys cost 2.49 each, those above 30 × 0.033 = 0.99; a rival takes 30 × 0.06 = 1.80.
/// 4,980 + 0.99 × 1,703 = 6,665.97 against 1.80 × 3,703 = 6,665.40, and 6,666.96 against 6,667.20.
#[test]
fn a_tier_of_2_000() {
    let answer = answer(
        SIGNING,
        &["--vary", "key.count", "--to", "5_000", "--between", "alibaba/pay-as-you-go,tencent"],
    );
    assert_eq!(spans(&answer), ["1-3703 tencent/pay-as-you-go", "3704-5000 alibaba/pay-as-you-go"]);
    assert_eq!(changes(&answer), [["3704", "6665.4", "6667.2", "6665.97", "6666.96"]]);
    assert_eq!(
        pieces(&answer, "alibaba/pay-as-you-go"),
        [["1", "2000", "2.49", "2.49"], ["2001", "5000", "4980.99", "0.99"]]
    );
}

const SIGNED: &str = r#"
place = "singapore"
[[key]]
name = "signing"
spec = "ec-p256"
protection = "hsm"
operations = { sign = 1 }
"#;

/// 2.49 + 0.15 × n ÷ 10,000 against 1.80 and, beyond 20,000 free calls, 0.18 × (n − 20,000) ÷ 10,000,
/// fewer than 1,000 of them charged as 1,000: 0.018. At 350,000 both are 7.74: 2.49 + 5.25 and 1.80 + 5.94.
#[test]
fn free_calls_and_a_minimum() {
    let answer = answer(
        SIGNED,
        &[
            "--vary",
            "key.operations.sign",
            "--from",
            "0",
            "--to",
            "1_000_000",
            "--between",
            "alibaba/pay-as-you-go,tencent",
        ],
    );
    assert_eq!(
        spans(&answer),
        ["0-350000 tencent/pay-as-you-go", "350001-1000000 alibaba/pay-as-you-go"]
    );
    assert_eq!(changes(&answer), [["350001", "7.74", "7.740018", "7.74", "7.740015"]]);
    let tie = &answer["currencies"][0]["spans"][0]["ties"];
    assert_eq!([text(&tie[0]["from"]), text(&tie[0]["to"])], ["350000", "350000"]);
    assert_eq!(
        pieces(&answer, "tencent/pay-as-you-go"),
        [
            ["0", "20000", "1.8", "0"],
            ["20001", "20999", "1.818", "0"],
            ["21000", "1000000", "1.818", "0.000018"],
        ]
    );
}

/// Both give 20,000 calls a month away: a tie up to there, and then 0.03 against 0.18 for 10,000.
#[test]
fn both_free_quotas_end_at_one_unit() {
    let scenario = "place = \"singapore\"\n[[calls]]\nmanaged_by = \"service\"\nspec = \"aes-256\"\noperations = { any = 1 }\n";
    let plans = "alibaba/pay-as-you-go@2021-03,tencent";
    let answer = answer(
        scenario,
        &["--vary", "calls.1.operations.any", "--to", "100000", "--between", plans],
    );
    assert_eq!(spans(&answer), ["1-100000 alibaba/pay-as-you-go"]);
    let tie = &answer["currencies"][0]["spans"][0]["ties"];
    assert_eq!(tie.as_array().unwrap().len(), 1);
    assert_eq!([text(&tie[0]["from"]), text(&tie[0]["to"])], ["1", "20000"]);
}

/// 60 calls are free, 1 to 40 above them are charged as 40: 0.60, and 0.015 each beyond. A rival gives
/// 20 away, takes 0.008 up to 100 and 0.011 above: 0.32 at 60, 0.60 at 95, 0.64 at 100, 0.75 at 110.
#[test]
fn a_minimum_is_a_step() {
    let scenario =
        "place = \"singapore\"\n[[calls]]\nspec = \"aes-256\"\noperations = { any = 1 }\n";
    let plans = ["--between", "rules/flat,rules/daily", "--pricing", RULES];
    let vary = ["--vary", "calls.operations.any", "--to", "1000"];
    let answer = answer(scenario, &[vary, plans].concat());
    let expected =
        ["1-60 rules/daily", "61-95 rules/flat", "96-110 rules/daily", "111-1000 rules/flat"];
    assert_eq!(spans(&answer), expected);
    let expected = [
        ["61", "0", "0.6", "0.32", "0.328"],
        ["96", "0.6", "0.608", "0.6", "0.6"],
        ["111", "0.75", "0.765", "0.75", "0.761"],
    ];
    assert_eq!(changes(&answer), expected);
}

const SOFTWARE: &str = r#"
place = "singapore"
[[key]]
name = "tenants"
spec = "aes-256"
protection = "software"
"#;

/// 1.80 × 277 = 498.60 and 1.80 × 278 = 500.40 against an instance at 500. It holds 1,000 keys; each
/// begun ten above them is 9.
#[test]
fn blocks_of_10_keys() {
    let answer = answer(
        SOFTWARE,
        &[
            "--vary",
            "key.tenants.count",
            "--to",
            "1030",
            "--between",
            "tencent,alibaba/subscription",
        ],
    );
    assert_eq!(spans(&answer), ["1-277 tencent/pay-as-you-go", "278-1030 alibaba/subscription"]);
    assert_eq!(changes(&answer), [["278", "498.6", "500.4", "500", "500"]]);
    assert_eq!(
        pieces(&answer, "alibaba/subscription"),
        [
            ["1", "1000", "500", "0"],
            ["1001", "1010", "509", "0"],
            ["1011", "1020", "518", "0"],
            ["1021", "1030", "527", "0"],
        ]
    );
}

/// 1.50 a key against 20 and 4 for each begun three keys beyond five. At 80 both are 120; the blocks
/// then cross the line eight times:
///
/// | keys | blocks                 | 1.50 each |
/// |-----:|------------------------|----------:|
/// |   80 | 20 + 4 × 25 = 120      |     120   |
/// |   82 | 20 + 4 × 26 = 124      |     123   |
/// |   83 | 124                    |     124.5 |
/// |   84 | 20 + 4 × 27 = 128      |     126   |
/// |   85 | 128                    |     127.5 |
/// |   86 | 128                    |     129   |
/// |   87 | 20 + 4 × 28 = 132      |     130.5 |
/// |   88 | 132                    |     132   |
/// |   89 | 132                    |     133.5 |
/// |   90 | 20 + 4 × 29 = 136      |     135   |
/// |   91 | 136                    |     136.5 |
/// |   92 | 136                    |     138   |
/// |   93 | 20 + 4 × 30 = 140      |     139.5 |
/// |   94 | 140                    |     141   |
/// |   96 | 20 + 4 × 31 = 144      |     144   |
#[test]
fn blocks_that_cross_a_line_again_and_again() {
    let answer = answer(
        SOFTWARE,
        &[
            "--vary",
            "key.tenants.count",
            "--to",
            "200",
            "--between",
            "rules/flat,rules/instances",
            "--pricing",
            RULES,
        ],
    );
    let expected = [
        "1-82 rules/flat",
        "83-83 rules/instances",
        "84-85 rules/flat",
        "86-86 rules/instances",
        "87-88 rules/flat",
        "89-89 rules/instances",
        "90-90 rules/flat",
        "91-92 rules/instances",
        "93-93 rules/flat",
        "94-200 rules/instances",
    ];
    assert_eq!(spans(&answer), expected);
    let expected = [
        ["83", "123", "124.5", "124", "124"],
        ["84", "124", "128", "124.5", "126"],
        ["86", "127.5", "129", "128", "128"],
        ["87", "128", "132", "129", "130.5"],
        ["89", "132", "133.5", "132", "132"],
        ["90", "132", "136", "133.5", "135"],
        ["91", "135", "136.5", "136", "136"],
        ["93", "136", "140", "138", "139.5"],
        ["94", "139.5", "141", "140", "140"],
    ];
    assert_eq!(changes(&answer), expected);
}

/// n keys with 10,000 signatures each: 2.49 n + 0.15 n, from the 2,001st on 0.99 for 2.49, which is
/// 3,000 + 1.14 n; against 1.80 n + 0.18 n − 0.36. 3,000 + 1.14 × 3,572 = 7,072.08 and 1.98 × 3,572 −
/// 0.36 = 7,072.20; a unit before, 7,070.94 and 7,070.22.
#[test]
fn everything_by_a_factor() {
    let scenario = SIGNED.replace("sign = 1", "sign = 10_000");
    let answer = answer(
        &scenario,
        &["--vary", "all", "--to", "10_000", "--between", "alibaba/pay-as-you-go,tencent"],
    );
    assert_eq!(
        spans(&answer),
        ["1-3571 tencent/pay-as-you-go", "3572-10000 alibaba/pay-as-you-go"]
    );
    assert_eq!(changes(&answer), [["3572", "7070.22", "7072.2", "7070.94", "7072.08"]]);
}

/// Ten keys from 1 January 2026, a version more every 90 days: on 1 April, on 30 June. At 0.033 a
/// version and day the months are 10.23, 9.24, 10.23, 19.80, 20.46, 20.13 (29 days of 20 and one of 30),
/// 30.69 and 30.69: 120.78 after seven, 151.47 after eight. A rival charges keys, whatever their versions:
/// 0.60 a day, 212 days 127.20 and 243 days 145.80.
#[test]
fn months_of_a_rotated_key() {
    let scenario = include_str!("../../examples/rotation-in-the-third-year.toml");
    let answer =
        answer(scenario, &["--vary", "months", "--between", "alibaba/pay-as-you-go,tencent"]);
    assert_eq!(spans(&answer), ["1-7 alibaba/pay-as-you-go", "8-60 tencent/pay-as-you-go"]);
    assert_eq!(changes(&answer), [["8", "120.78", "151.47", "127.2", "145.8"]]);
}

// ------------------------------------------------------------------ what is refused

fn refused(scenario: &str, arguments: &[&str]) -> String {
    let output = run(scenario, arguments);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_field_must_exist() {
    let said = refused(SIGNED, &["--vary", "key.signing.cuont"]);
    assert!(said.contains("no field `key.signing.cuont` to vary"), "{said}");
    assert!(said.contains("a field with a similar name exists: `key.signing.count`"), "{said}");
    let said = refused(SIGNED, &["--vary", "load.peak_qps"]);
    assert!(said.contains("fields of this scenario: `key.signing.count`"), "{said}");
    let said = refused("place = \"singapore\"\n", &["--vary", "all"]);
    assert!(said.contains("counts nothing that `all` could multiply"), "{said}");
}

#[test]
fn a_range_lies_within_what_the_field_can_be() {
    for (arguments, expected) in [
        (["--vary", "key.count", "--from", "9", "--to", "8"], "the range ends before it begins"),
        (
            ["--vary", "key.versions", "--from", "0", "--to", "8"],
            "`key.signing.versions` cannot be 0",
        ),
        (["--vary", "months", "--from", "1", "--to", "1201"], "`months` cannot be 1201"),
        (["--vary", "months", "--months", "2", "--to", "3"], "`--months` fixes what"),
    ] {
        let said = refused(SIGNED, &arguments);
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}

/// A million blocks of four keys are more pieces than are followed.
#[test]
fn too_many_changes_ask_for_a_narrower_range() {
    let plans = ["--vary", "key.count", "--to", "4_000_000", "--pricing", RULES];
    let arguments = [&plans[..], &["--providers", "rules/blocks"]].concat();
    let scenario = format!("{SOFTWARE}managed_by = \"service\"\n");
    let said = refused(&scenario, &arguments);
    assert!(said.contains("the price of `rules/blocks@2026-01` changes too often"), "{said}");
    assert!(
        said.contains("narrow the range of `key.tenants.count` by `--from` and `--to`"),
        "{said}"
    );
}

#[test]
fn plans_are_named_one_by_one() {
    let vary = ["--vary", "key.count", "--between"];
    let said = refused(SIGNED, &[&vary[..], &["alibaba,tencent"]].concat());
    assert!(said.contains("`alibaba` has several plans"), "{said}");
    let said = refused(SIGNED, &[&vary[..], &["tencent"]].concat());
    assert!(said.contains("`--between` is about two plans"), "{said}");
    let said = refused(SIGNED, &["--vary", "key.count", "--format", "ics"]);
    assert!(said.contains("does not write `--format ics`"), "{said}");
}
