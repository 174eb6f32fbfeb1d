//! Budgets held against every plan of a comparison: each verdict, and what the run comes to.
//!
//! The signing service costs 113.00 USD at AWS, 124.92 USD at Alibaba Cloud, 889.92 CNY at its China
//! site and at most that at no other plan asked here (`kms-cost compare examples/signing-service.toml`).
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails where it stands")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Each plan with its budgets' states, and the exit code.
fn compared(
    providers: &str,
    budgets: &str,
    further: &[&str],
) -> (Vec<(String, String)>, i32, String) {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("budgets-compared.toml");
    let file = file.with_file_name(format!("compared-{}.toml", budgets.len()));
    fs::write(&file, budgets).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_kms-cost"))
        .args(["compare", "examples/signing-service.toml", "--providers", providers])
        .args(["--format", "json", "--budgets", file.to_str().unwrap()])
        .args(further)
        .current_dir(ROOT)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let mut plans = Vec::new();
    if let Ok(document) = serde_json::from_slice::<Value>(&output.stdout) {
        for plan in document["workloads"][0]["plans"].as_array().unwrap() {
            let Some(budgets) = plan["budgets"].as_array() else { continue };
            let states = budgets.iter().map(|budget| budget["status"].as_str().unwrap());
            plans.push((
                plan["plan"].as_str().unwrap().to_owned(),
                states.collect::<Vec<_>>().join(" "),
            ));
        }
    }
    (plans, output.status.code().unwrap(), said)
}

fn states(plans: &[(String, String)]) -> Vec<(&str, &str)> {
    plans.iter().map(|(plan, states)| (plan.as_str(), states.as_str())).collect()
}

#[test]
fn a_plan_of_each_name_must_be_within() {
    let at = |providers: &str, limit: &str| {
        let (plans, code, _) =
            compared(providers, &format!("[budget]\nmonthly = \"{limit}\"\n"), &[]);
        (plans.first().unwrap().1.clone(), code)
    };
    // exactly the limit is within
    assert_eq!(at("aws/kms", "113"), ("within".to_owned(), 0));
    assert_eq!(at("aws/kms", "112.99999"), ("over".to_owned(), 1));
    assert_eq!(at("aws,alibaba", "124.92"), ("within".to_owned(), 0));
    assert_eq!(at("aws,alibaba", "124.91"), ("within".to_owned(), 1));
    // one of all plans is enough
    assert_eq!(at("all", "113").1, 0);
    assert_eq!(at("aws/kms", "0"), ("over".to_owned(), 1));
}

#[test]
fn currencies_are_never_mixed() {
    let plain = "[budget]\nmonthly = \"1000\"\n";
    let (plans, code, _) = compared("aws/kms,alibaba-cn/pay-as-you-go", plain, &[]);
    assert_eq!(code, 3);
    // plans of the scenario's own currency, which is the one compared in, are held
    assert_eq!(states(&plans), [("pay-as-you-go", "undecided"), ("kms", "within")]);
    // a rate ranks them together; a budget is held as it is stated
    let (plans, code, _) =
        compared("aws/kms,alibaba-cn/pay-as-you-go", plain, &["--rate", "CNY=0.14"]);
    assert_eq!(
        (states(&plans), code),
        (vec![("kms", "within"), ("pay-as-you-go", "undecided")], 3)
    );
    // the only currency of the plans asked is the one meant
    let (plans, code, _) = compared("alibaba-cn/pay-as-you-go", plain, &[]);
    assert_eq!((states(&plans), code), (vec![("pay-as-you-go", "within")], 0));
    // a budget for each
    let each = "[[budget]]\nmonthly = \"113\"\ncurrency = \"USD\"\nplan = \"aws\"\n\
        [[budget]]\nmonthly = \"889.92\"\nplan = \"alibaba-cn\"\n";
    let (plans, code, _) = compared("aws/kms,alibaba-cn/pay-as-you-go", each, &[]);
    let expected = [("pay-as-you-go", "not-applied within"), ("kms", "within not-applied")];
    assert_eq!((states(&plans), code), (expected.to_vec(), 0));
}

#[test]
fn what_holds_for_no_plan_is_an_error() {
    let refused = |budgets: &str, said: &str| {
        let (plans, code, found) = compared("aws/kms,alibaba/pay-as-you-go", budgets, &[]);
        assert_eq!((plans.len(), code), (0, 2), "{found}");
        assert!(found.contains(said), "{said}: {found}");
    };
    refused("[budget]\nkey = \"relase\"\nmonthly = \"1\"\n", "release");
    refused("[budget]\nplan = \"awss\"\nmonthly = \"1\"\n", "aws");
    refused("[budget]\nplan = \"tencent\"\nmonthly = \"1\"\n", "no budget is for a plan");
    refused("[budget]\nitem = \"hosting\"\nmonthly = \"1\"\n", "hosting");
    refused("[budget]\nterm = \"1\"\n", "there is no term");
    // an item of one of the plans is not one of the other
    let (plans, code, _) = compared(
        "aws/kms,alibaba/pay-as-you-go",
        "[budget]\nitem = \"key-hosting\"\nmonthly = \"100\"\n",
        &[],
    );
    assert_eq!((plans.iter().filter(|(_, state)| state == "not-applied").count(), code), (1, 0));
}
