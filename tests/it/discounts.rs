//! Contracted prices beside list prices, worked by hand.
#![cfg(test)]

use std::sync::Arc;

use kms_cost::bill::Status;
use kms_cost::catalog::{Catalog, PlanName};
use kms_cost::diagnostic::{Problems, render};
use kms_cost::estimate::{Estimate, Grounds, NoEstimate, estimate};
use kms_cost::fraction::Fraction;
use kms_cost::scenario::scenario;
use kms_cost::source::Source;

fn told(problems: &Problems) -> String {
    render(problems, false, "refused")
}

/// The estimate of a need at a plan, or what is wrong with it.
fn estimated(plan: &str, need: &str) -> Result<Estimate, String> {
    let catalog = Catalog::open(None).unwrap_or_else(|why| panic!("{why:?}"));
    let source = Arc::new(Source::new("need.toml", need));
    let (need, problems) = scenario(&source, catalog.vocabulary());
    let need = need.ok_or_else(|| told(&problems))?;
    let plan = PlanName::parse(plan).expect("a plan");
    let book =
        catalog.select(&plan, None).and_then(|book| catalog.completed(book, &need.asked(), None));
    let book = book.unwrap_or_else(|why| panic!("{why:?}"));
    let grounds =
        Grounds { vocabulary: catalog.vocabulary(), home: None, month: None, months: None };
    estimate(&need, book, grounds, problems).map_err(|why| match why {
        NoEstimate::Problems(problems) => told(&problems),
        NoEstimate::Fault(what) => what,
    })
}

/// `id unit-price amount` of each line, and ` at list unit-price amount` where another is agreed on.
fn lines(estimate: &Estimate) -> Vec<String> {
    let figure = |figure: Option<Fraction>| figure.map_or("?".to_owned(), Fraction::digits);
    let lines = estimate.bill.lines().iter().map(|line| {
        let list = line.list.as_ref().map_or_else(String::new, |list| {
            format!(
                " at list {} {}",
                figure(list.unit_price.map(Fraction::from)),
                figure(list.amount)
            )
        });
        let unit_price = figure(line.unit_price.map(Fraction::from));
        format!("{} {unit_price} {}{list}", line.id, figure(line.amount))
    });
    lines.collect()
}

/// The contracted total and the list total.
fn totals(estimate: &Estimate) -> (String, Option<String>) {
    let list = estimate.at_list().expect("figures within range");
    (estimate.total().digits(), list.map(|list| list.total.digits()))
}

#[test]
fn every_tier_gets_the_percent() {
    // 2,001 versions through 30 days: 60,000 at 0.083 × 0.9 = 0.0747 are 4,482; 30 at 0.033 × 0.9 =
    // 0.0297 are 0.891; at list prices 4,980 + 0.99
    let estimate = estimated(
        "alibaba/pay-as-you-go@2021-03",
        "region = 'ap-southeast-1'\nprovider = 'alibaba'\n\
         [[key]]\nname = 'k'\nspec = 'ec-p256'\nprotection = 'hsm'\ncount = 2001\n\
         [[discount]]\ncovers = ['key-hosting.*']\npercent = '10'\nsource = 'annex'\n",
    )
    .unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(
        lines(&estimate),
        [
            "key-hosting.advanced-hardware/ap-southeast-1/k 0.0747 4482 at list 0.083 4980",
            "key-hosting.advanced-hardware/ap-southeast-1/k#above-2000 0.0297 0.891 at list 0.033 0.99",
        ]
    );
    assert_eq!(totals(&estimate), ("4482.891".to_owned(), Some("4980.99".to_owned())));
}

#[test]
fn a_free_quota_stays_what_it_is() {
    // 25,000 calls, 20,000 of them free; 5,000 × 0.03 × 0.5 ÷ 10,000 = 0.0075
    let estimate = estimated(
        "alibaba/pay-as-you-go@2021-03",
        "region = 'ap-southeast-1'\nprovider = 'alibaba'\n\
         [[key]]\nname = 'k'\nspec = 'aes-256'\nmanaged_by = 'service'\noperations = { decrypt = 25000 }\n\
         [[discount]]\ncovers = 'api-calls.*'\npercent = '50'\nsource = 'annex'\n",
    )
    .unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(
        lines(&estimate),
        [
            "key-hosting.service/ap-southeast-1/k 0 0",
            "api-calls.free-calls 0 0",
            "api-calls.service/ap-southeast-1/k 0.015 0.0075 at list 0.03 0.015",
        ]
    );
    assert_eq!(totals(&estimate), ("0.0075".to_owned(), Some("0.015".to_owned())));
}

#[test]
fn an_agreed_price_completes_a_bill_whose_list_price_is_not_published() {
    // 30,000 requests, 20,000 of them free; 10,000 at 0.09 for 10,000 are 0.09
    let need = "place = 'singapore'\n\
                [[key]]\nname = 'k'\nspec = 'aes-256'\noperations = { decrypt = 30000 }\n";
    let agreed =
        "[[discount]]\ncovers = 'huawei/kms:requests.all'\nprice = '0.09'\nsource = 'order'\n";
    let part =
        "[[discount]]\ncovers = 'huawei/kms:requests.all'\npercent = '9'\nsource = 'order'\n";
    let with = |discount: &str| {
        estimated("huawei/kms", &format!("{need}{discount}")).unwrap_or_else(|why| panic!("{why}"))
    };
    let estimate = with(agreed);
    assert_eq!(estimate.status(), Status::Complete);
    let requests = lines(&estimate).into_iter().find(|line| line.starts_with("requests.all"));
    assert!(requests.is_some_and(|line| line.ends_with(" 0.09 0.09 at list ? ?")));
    let list = estimate.at_list().expect("within range").expect("a list total");
    assert_eq!(list.status, Status::Incomplete);
    assert_eq!(with(part).status(), Status::Incomplete);
}

#[test]
fn a_price_that_is_multiplied_gets_the_percent_and_no_price() {
    // 0.014 × 1.9 = 0.0266; × 0.9 = 0.02394; × 30 = 0.7182
    let need = "region = 'cn-hangzhou-finance'\nprovider = 'alibaba-cn'\n\
                [[key]]\nname = 'k'\nspec = 'aes-256'\nprotection = 'software'\n[[discount]]\n\
                covers = 'key-hosting.software'\nsource = 'annex'\n";
    let plan = "alibaba-cn/pay-as-you-go@2021-03";
    let estimate = estimated(plan, &format!("{need}percent = '10'\n"));
    let estimate = estimate.unwrap_or_else(|why| panic!("{why}"));
    let expected = "key-hosting.software/cn-hangzhou-finance/k 0.02394 0.7182 at list 0.0266 0.798";
    assert_eq!(lines(&estimate), [expected]);
    let refused = estimated(plan, &format!("{need}price = '0.01'\n")).expect_err("a refusal");
    assert!(refused.contains("`key-hosting.software` has several prices"), "{refused}");
}

#[test]
fn a_partner_has_discounts_of_its_own() {
    // 10 credentials at 0.4 × 0.75 = 0.3 are 3; the keys of the plan beside it stay at 0.06 × 30
    let estimate = estimated(
        "tencent/pay-as-you-go",
        "place = 'singapore'\n[[key]]\nname = 'k'\nspec = 'aes-256'\n\
         [[secret]]\nname = 's'\ncount = 10\n\
         [[discount]]\ncovers = 'tencent/ssm:credential-storage.*'\npercent = '25'\nsource = 'annex'\n",
    )
    .unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(totals(&estimate), ("4.8".to_owned(), Some("5.8".to_owned())));
}

#[test]
fn what_is_agreed_with_one_provider_reaches_no_other() {
    let need = "place = 'singapore'\nprovider = 'alibaba'\n[[key]]\nname = 'k'\nspec = 'aes-256'\n\
                [[discount]]\ncovers = '*'\npercent = '50'\nsource = 'annex'\n";
    let elsewhere = estimated("tencent/pay-as-you-go", need).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(totals(&elsewhere), ("1.8".to_owned(), None));
}

#[test]
fn two_discounts_on_one_price_are_both_named() {
    let refused = estimated(
        "alibaba/pay-as-you-go@2021-03",
        "region = 'ap-southeast-1'\nprovider = 'alibaba'\n\
         [[key]]\nname = 'k'\nspec = 'aes-256'\nprotection = 'software'\n\
         [[discount]]\ncovers = 'key-hosting.*'\npercent = '15'\nsource = 'the framework'\n\
         [[discount]]\ncovers = 'key-hosting.software'\nprice = '0.001'\nsource = 'order 7'\n",
    )
    .expect_err("a refusal");
    for part in [
        "two discounts on `key-hosting.software`",
        "the framework, need.toml:7",
        "order 7, need.toml:11",
    ] {
        assert!(refused.contains(part), "{part} in {refused}");
    }
}

#[test]
fn what_is_not_said_whole_is_refused() {
    for (discount, expected) in [
        ("covers = 'a.*'\npercent = '101'\nsource = 's'", "more than 100 per cent off"),
        ("covers = 'a.*'\npercent = '1'\nprice = '1'\nsource = 's'", "has a percent and a price"),
        ("covers = 'a.*'\nsource = 's'", "no `percent` and no `price`"),
        ("covers = 'a.*'\npercent = '1'", "no `source` in"),
        ("percent = '1'\nsource = 's'", "no `covers` in"),
        ("covers = 'a.*.b'\npercent = '1'\nsource = 's'", "`a.*.b` names no meters"),
        ("covers = '/x:a.*'\npercent = '1'\nsource = 's'", "`/x:a.*` names no meters"),
    ] {
        let need = format!("[[key]]\nname = 'k'\n[[discount]]\n{discount}\n");
        let refused = estimated("tencent/pay-as-you-go", &need).expect_err("a refusal");
        assert!(refused.contains(expected), "{expected} in {refused}");
    }
}
