//! What holds of every bill, whatever the need: 10,000 needs by chance for each property.
//!
//! A property says nothing about a price, so that one that is wrong shows here where the rule is; the
//! figures are the business of the vectors and of the oracle.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails where it stands"
)]

use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::Arc;

use kms_cost::catalog::{Catalog, PlanName};
use kms_cost::decimal::Decimal;
use kms_cost::diagnostic::render;
use kms_cost::estimate::{Estimate, Grounds, NoEstimate, estimate, unweighed};
use kms_cost::fraction::Fraction;
use kms_cost::month::Month;
use kms_cost::pricebook::{Book, Charge, Price, Prices};
use kms_cost::scenario;
use kms_cost::source::Source;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

pub(super) const CASES: u32 = 10_000;
/// Plans of unlike rules: by the day and the hour, with tiers, quotas, minimums and free keys. Each has
/// these places, specs and protections.
const PLANS: &[Plan] = &[
    Plan { name: "alibaba/pay-as-you-go@2021-03", protections: &["software", "hsm"], ec: true },
    Plan { name: "alibaba/pay-as-you-go@2022-03-31", protections: &["software", "hsm"], ec: true },
    Plan { name: "aws/kms@2019-03", protections: &["hsm"], ec: true },
    Plan { name: "aws/kms@2024-05", protections: &["hsm"], ec: true },
    Plan { name: "google/kms", protections: &["software", "hsm"], ec: true },
    Plan { name: "tencent/pay-as-you-go", protections: &["hsm"], ec: false },
];
const PLACES: &[&str] = &["singapore", "frankfurt"];

#[derive(Debug, Clone, Copy)]
struct Plan {
    name: &'static str,
    protections: &'static [&'static str],
    /// Whether it has keys for signing.
    ec: bool,
}

/// A group of keys of a need.
#[derive(Debug, Clone)]
struct Keys {
    ec: bool,
    protection: usize,
    place: usize,
    count: u64,
    versions: u64,
    calls: [u64; 2],
}

impl Keys {
    /// As a `[[key]]`; the fields in one order or the other.
    fn written(&self, name: &str, plan: Plan, backwards: bool) -> String {
        let ec = self.ec && plan.ec;
        let operations = if ec { ["sign", "verify"] } else { ["encrypt", "decrypt"] };
        let mut calls: Vec<String> = operations
            .iter()
            .zip(self.calls)
            .map(|(name, calls)| format!("{name} = {calls}"))
            .collect();
        if backwards {
            calls.reverse();
        }
        let protection = plan.protections[self.protection % plan.protections.len()];
        let mut fields = [
            format!("name = \"{name}\""),
            format!("spec = \"{}\"", if ec { "ec-p256" } else { "aes-256" }),
            format!("protection = \"{protection}\""),
            format!("place = \"{}\"", PLACES[self.place]),
            format!("count = {}", self.count),
            format!("versions = {}", self.versions),
            format!("operations = {{ {} }}", calls.join(", ")),
        ];
        if backwards {
            fields.reverse();
        }
        format!("[[key]]\n{}\n", fields.join("\n"))
    }
}

fn keys() -> impl Strategy<Value = Keys> {
    let count = prop_oneof![3 => 0_u64..20, 1 => 0_u64..5_000];
    let calls = || prop_oneof![2 => 0_u64..30_000, 1 => 0_u64..10_000_000];
    (any::<bool>(), 0_usize..2, 0_usize..2, count, 1_u64..4, calls(), calls()).prop_map(
        |(ec, protection, place, count, versions, one, other)| Keys {
            ec,
            protection,
            place,
            count,
            versions,
            calls: [one, other],
        },
    )
}

fn need() -> impl Strategy<Value = (Plan, Vec<Keys>)> {
    (0..PLANS.len(), prop::collection::vec(keys(), 1..5))
        .prop_map(|(plan, keys)| (PLANS[plan], keys))
}

fn written(plan: Plan, need: &[Keys]) -> String {
    need.iter().enumerate().map(|(at, keys)| keys.written(&format!("k{at}"), plan, false)).collect()
}

thread_local! {
    static CATALOG: Catalog = Catalog::open(None).unwrap_or_else(|why| panic!("{why:?}"));
}

/// The book of a plan.
fn book(plan: &str) -> Rc<Book> {
    let name = PlanName::parse(plan).unwrap();
    CATALOG.with(|catalog| catalog.select(&name, None)).unwrap_or_else(|why| panic!("{why:?}"))
}

fn priced(text: &str, book: Rc<Book>, month: Option<&str>) -> Estimate {
    rated(text, book, month, unweighed)
}

type Rate = fn(
    &scenario::Scenario,
    Rc<Book>,
    Grounds<'_>,
    kms_cost::diagnostic::Problems,
) -> Result<Estimate, NoEstimate>;

fn rated(text: &str, book: Rc<Book>, month: Option<&str>, rate: Rate) -> Estimate {
    let text = format!("provider = \"{}\"\n{text}", book.id.provider);
    CATALOG.with(|catalog| {
        let vocabulary = catalog.vocabulary();
        let file = Arc::new(Source::new("need.toml", text.clone()));
        let (need, problems) = scenario::scenario(&file, vocabulary);
        let month = month.and_then(Month::parse);
        let grounds = Grounds { vocabulary, home: None, month, months: None };
        rate(&need.unwrap(), book, grounds, problems).unwrap_or_else(|why| match why {
            NoEstimate::Problems(problems) => panic!("{}\n{text}", render(&problems, false, "")),
            NoEstimate::Fault(why) => panic!("{why}\n{text}"),
        })
    })
}

fn total(text: &str, plan: &str) -> Fraction {
    priced(text, book(plan), None).bill.total()
}

fn sum(terms: impl IntoIterator<Item = Fraction>) -> Fraction {
    Fraction::sum(terms).unwrap()
}

/// Everything that a bill says, line by line; `none` for the place in the file.
fn said(estimate: &Estimate) -> String {
    let mut said = format!("{}\n", estimate.bill.total().digits());
    for line in estimate.bill.lines() {
        let amount = line.amount.map(Fraction::digits);
        let price = line.unit_price.map(|price| price.normalize().to_string());
        let _ = writeln!(
            said,
            "{} {} {price:?} {} {amount:?}",
            line.id,
            line.quantity.digits(),
            line.per
        );
    }
    said
}

/// The book with every published price as it is after a change.
fn repriced(book: &Book, change: impl Fn(Decimal) -> Decimal) -> Rc<Book> {
    let mut book = book.clone();
    let change = |price: &mut Price| {
        if let Price::Published(published) = price {
            *published = change(*published);
        }
    };
    for meter in &mut book.meters {
        match &mut meter.charge {
            Charge::Flat(Prices::One(price)) => change(price),
            Charge::Flat(Prices::By(_, prices)) => {
                for (_, price) in prices {
                    change(price);
                }
            }
            Charge::Tiers(tiers) | Charge::Volume(tiers) | Charge::Levels(tiers) => {
                for tier in tiers {
                    change(&mut tier.price);
                }
            }
        }
    }
    Rc::new(book)
}

/// The text of a book with zeros behind the digits of every price, as many as `zeros` says in turn.
fn with_zeros(text: &str, zeros: &[usize]) -> String {
    let mut turn = zeros.iter().cycle();
    let mut written = String::new();
    for (at, part) in text.split('"').enumerate() {
        if at > 0 {
            written.push('"');
        }
        written.push_str(part);
        let is_text = at % 2 == 1;
        if is_text && part.contains('.') && part.bytes().all(|c| c.is_ascii_digit() || c == b'.') {
            let digits = part.len() - part.find('.').unwrap() - 1;
            let more = (*turn.next().unwrap()).min(12_usize.saturating_sub(digits));
            written.extend(std::iter::repeat_n('0', more));
        }
    }
    written
}

fn check(holds: bool, why: &str) -> Result<(), TestCaseError> {
    prop_assert!(holds, "{}", why);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn the_order_of_a_need_changes_nothing(
        (plan, need) in need(),
        places in prop::collection::vec(any::<prop::sample::Index>(), 5),
    ) {
        let forwards: Vec<String> =
            need.iter().enumerate().map(|(at, keys)| keys.written(&format!("k{at}"), plan, false)).collect();
        let mut shuffled: Vec<String> =
            need.iter().enumerate().map(|(at, keys)| keys.written(&format!("k{at}"), plan, true)).collect();
        for (at, place) in places.iter().enumerate().take(shuffled.len()) {
            let other = place.index(shuffled.len());
            shuffled.swap(at, other);
        }
        let one = priced(&forwards.concat(), book(plan.name), None);
        let other = priced(&shuffled.concat(), book(plan.name), None);
        prop_assert_eq!(said(&one), said(&other));
    }

    #[test]
    fn lines_add_up_to_the_total_and_each_is_its_price_times_its_quantity((plan, need) in need()) {
        let estimate = priced(&written(plan, &need), book(plan.name), None);
        let lines = estimate.bill.lines();
        prop_assert_eq!(sum(lines.iter().filter_map(|line| line.amount)), estimate.bill.total());
        for line in lines {
            let (Some(price), Some(amount)) = (line.unit_price, line.amount) else { continue };
            prop_assert_eq!(line.quantity.times(price.into())?.over(line.per)?, amount, "{}", line.id);
        }
    }

    #[test]
    fn more_usage_never_costs_less(
        (plan, need) in need(),
        which in any::<prop::sample::Index>(),
        more in (0_u64..50, 0_u64..2, 0_u64..30_000, 0_u64..30_000),
    ) {
        let mut larger = need.clone();
        let at = which.index(larger.len());
        let keys = &mut larger[at];
        keys.count += more.0;
        keys.versions += more.1;
        keys.calls = [keys.calls[0] + more.2, keys.calls[1] + more.3];
        let (less, more) = (total(&written(plan, &need), plan.name), total(&written(plan, &larger), plan.name));
        check(more >= less, &format!("{} {}", less.digits(), more.digits()))?;
    }

    #[test]
    fn a_group_of_n_keys_is_n_groups_of_one(
        plan in 0..PLANS.len(), keys in keys(), others in need(), count in 1_u64..12,
    ) {
        let plan = PLANS[plan];
        let rest = written(plan, &others.1);
        let group = Keys { count, ..keys.clone() }.written("group", plan, false);
        let one = Keys { count: 1, ..keys };
        let singles: String = (0..count).map(|at| one.written(&format!("single{at}"), plan, false)).collect();
        prop_assert_eq!(total(&(group + &rest), plan.name), total(&(singles + &rest), plan.name));
    }

    #[test]
    fn doubling_every_price_doubles_the_bill((plan, need) in need()) {
        let text = written(plan, &need);
        let known = book(plan.name);
        let doubled = repriced(&known, |price| price * Decimal::from(2));
        let once = priced(&text, known, None).bill.total();
        prop_assert_eq!(priced(&text, doubled, None).bill.total(), once.times(2.into())?);
    }

    /// Each further version costs the price of the tier that it falls into, at the bound of a tier too.
    #[test]
    fn graduated_tiers_meet_at_their_bounds(
        which in 0_usize..3,
        near in prop_oneof![1_960_u64..2_040, 0_u64..6_000],
        step in 1_u64..30,
    ) {
        let (plan, lower, upper, days) = [
            ("alibaba/pay-as-you-go@2021-03", "0.083", "0.033", 30_u64),
            ("alibaba/pay-as-you-go@2022-03-31", "0.083", "0.033", 30),
            ("google/kms", "2.50", "1.00", 1),
        ][which];
        let price = |text: &str| Fraction::from(text.parse::<Decimal>().unwrap());
        let cost = |count: u64| {
            let need = "[[key]]\nname = \"k\"\nspec = \"ec-p256\"\nprotection = \"hsm\"\nplace = \"singapore\"\n";
            total(&format!("{need}count = {count}\n"), plan)
        };
        let below = 2_000_u64.saturating_sub(near).min(step);
        let expected = price(lower).times(below.into())?.plus(price(upper).times((step - below).into())?)?;
        prop_assert_eq!(cost(near + step).minus(cost(near))?, expected.times(days.into())?);
    }

    /// A life that is cut at a midnight costs what its two parts do: a month is the sum of its days.
    #[test]
    fn a_life_is_the_sum_of_its_days(
        plan in 0..4_usize,
        days in prop::sample::subsequence((1_u32..29).collect::<Vec<_>>(), 3),
        keys in keys(),
        count in 1_u64..3_000,
    ) {
        let plan = PLANS[plan];
        let known = book(plan.name);
        let day = |number: u32| format!("2026-02-{number:02}T00:00:00{}", known.clock.offset);
        let keys = Keys { count, versions: 1, calls: [0, 0], ..keys };
        let life = |from: u32, until: u32| {
            let text = keys.written("k", plan, false);
            let life = format!("created = {}\ndeletion = [{{ scheduled = {} }}]\n", day(from), day(until));
            priced(&(text + &life), Rc::clone(&known), Some("2026-02")).bill.total()
        };
        let parts = life(days[0], days[1]).plus(life(days[1], days[2]))?;
        let whole = life(days[0], days[2]);
        prop_assert_eq!(whole, parts);
        let each = sum((days[0]..days[2]).map(|day| life(day, day + 1)));
        prop_assert_eq!(whole, each);
    }

    /// Of one kind of key in one place, a tier makes two halves dearer than the whole; a free quota
    /// makes them cheaper.
    #[test]
    fn tiers_favour_the_whole_and_quotas_the_parts(
        counts in (0_u64..4_000, 0_u64..4_000),
        calls in (0_u64..60_000, 0_u64..60_000),
    ) {
        let keys = |count: u64| {
            let text = format!("[[key]]\nname = \"k\"\nspec = \"ec-p256\"\nprotection = \"hsm\"\nplace = \"singapore\"\ncount = {count}\n");
            total(&text, "alibaba/pay-as-you-go@2022-03-31")
        };
        check(keys(counts.0 + counts.1) <= keys(counts.0).plus(keys(counts.1))?, "tiers")?;
        let quota = |calls: u64| {
            let text = format!("[[calls]]\nspec = \"aes-256\"\nprotection = \"hsm\"\nplace = \"singapore\"\noperations = {{ encrypt = {calls} }}\n");
            total(&text, "aws/kms@2024-05")
        };
        check(quota(calls.0 + calls.1) >= quota(calls.0).plus(quota(calls.1))?, "quota")?;
    }

    /// `0.0330` is `0.033` in a price book.
    #[test]
    fn zeros_behind_a_price_change_nothing(
        (plan, need) in need(), zeros in prop::collection::vec(0_usize..6, 1..9),
    ) {
        let (text, known) = (written(plan, &need), book(plan.name));
        let other = with_zeros(known.file.text(), &zeros);
        let file = Arc::new(Source::new("book.toml", other));
        let other = CATALOG.with(|catalog| Book::parse(&file, catalog.vocabulary()));
        let other = Rc::new(other.unwrap_or_else(|why| panic!("{}", render(&why, false, ""))));
        prop_assert_eq!(said(&priced(&text, known, None)), said(&priced(&text, other, None)));
    }

    /// A moment is the same with another offset, a count with underscores, a table written inline.
    #[test]
    fn another_way_to_write_a_need_changes_nothing(
        plan in 0..4_usize,
        day in 2_u32..27,
        hour in 0_u32..16,
        calls in 0_u64..10_000_000,
        count in 0_u64..10_000,
        zeros in 0_usize..5,
    ) {
        let known = book(PLANS[plan].name);
        let head = "spec = \"aes-256\"\nprotection = \"hsm\"\nplace = \"singapore\"\n";
        let one = format!(
            "month = \"2026-02\"\n[[key]]\nname = \"k\"\n{head}count = {count}\ncreated = 2026-02-{day:02}T{:02}:30:00+08:00\noperations = {{ encrypt = {calls} }}\n[budget]\nmonthly = \"1.5\"\n",
            hour + 8
        );
        let grouped = |number: u64| {
            let digits = number.to_string();
            let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
            groups.join("_")
        };
        let other = format!(
            "budget.monthly = \"1.5{}\"\nmonth = '2026-02' # the same\n\n[[key]]\ncreated = 2026-02-{day:02}T{hour:02}:30:00Z\r\ncount = {}\n{head}name = 'k'\n\n[key.operations]\n'encrypt' = {}\n",
            "0".repeat(zeros), grouped(count), grouped(calls)
        );
        let (one, other) = (priced(&one, Rc::clone(&known), None), priced(&other, known, None));
        prop_assert_eq!(said(&one), said(&other));
    }

    /// Which region's calls are free is open: whichever they are, the total lies in the interval.
    #[test]
    fn the_interval_of_an_open_reading_contains_every_alternative(
        mainland in 0_u64..60_000, outside in 0_u64..60_000, share in 0_u64..=20_000,
    ) {
        let text = format!(
            "[[calls]]\nmanaged_by = \"service\"\nplace = \"hangzhou\"\noperations = {{ encrypt = {mainland} }}\n[[calls]]\nmanaged_by = \"service\"\nplace = \"singapore\"\noperations = {{ encrypt = {outside} }}\n"
        );
        let found = rated(&text, book("alibaba/pay-as-you-go@2021-03"), None, |need, book, grounds, problems| {
            estimate(need, book, grounds, problems)
        });
        let intervals = found.effects.iter().filter_map(|effect| effect.interval);
        let total = found.bill.total();
        let (low, high) = intervals.fold((total, total), |(low, high), (from, to)| (low.min(from), high.max(to)));
        // any part of the quota for one region, and what is left for the other
        let first = share.min(mainland);
        let second = (20_000 - first).min(outside);
        let first = (20_000 - second).min(mainland).max(first);
        let price = |calls: u64, price: &str| {
            Fraction::from(price.parse::<Decimal>().unwrap()).times(calls.into()).unwrap().over(10_000).unwrap()
        };
        let other = price(mainland - first, "0.08").plus(price(outside - second, "0.03"))?;
        check(low <= other && other <= high, &format!("{} not in {} to {}", other.digits(), low.digits(), high.digits()))?;
    }
}
