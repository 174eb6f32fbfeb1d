//! Kingsoft Cloud KMS: a service without a published price.
//!
//! Rule: keys and calls may be charged, so that whatever is asked for is a bill without its prices, and
//! never 0. Must not read the book.

use super::Subject;
use super::civil::{Clock, HOUR};
use super::counted::may;
use super::exact::nothing;
use super::generate::Taste;
use super::life::{Life, Pending, Rules};
use super::lists::{self, Home, Sold, predicted};
use super::need::{Key, Need, calls_of};
use super::places;
use super::predict::{Bill, Predicted, Refused};

/// Operations of the SDK's client, "symmetric encryption and decryption only"; calls not told apart.
const OPERATIONS: [&str; 7] =
    ["any", "encrypt", "decrypt", "generate-data-key", "describe-key", "list-keys", "manage"];
const REGIONS: [(&str, &str); 2] = [("cn-beijing-6", "beijing"), ("cn-shanghai-2", "shanghai")];
/// Assumed.
const CLOCK: Clock = Clock { zone: 8 * HOUR, hours: 30 * 24 };

/// The service of 2016.
pub(super) fn subjects() -> Vec<Subject> {
    let taste = Taste {
        months: &[(2016, 3), (2026, 2), (2026, 4), (2026, 12)],
        specs: &[("aes-256", "aes-256"), ("aes-256", "AES_256")],
        protections: &["software", "hsm"],
        operations: &OPERATIONS,
        other_operations: &["sign", "generate-random"],
        counts: &[0, 0, 1, 2, 1_000],
        calls: &[0, 0, 1, 20_000, 1_000_000_000],
        service: 2,
        keys: 50,
        destroyed: 30,
        ..Taste::new("kingsoft", places::both(&REGIONS), CLOCK.zone)
    };
    vec![Subject::of_keys("kingsoft/kms@2016-03", taste, predict)]
}

/// What a need comes to: nothing that is known.
fn predict(need: &Need) -> Result<Predicted, Refused> {
    lists::check(need, Home { regions: &REGIONS, clock: CLOCK }, &[Sold::Keys])?;
    let access = need.access.vpcs.or(need.access.shared_accounts);
    if need.peak_qps.or(access).or(need.zones).is_some() {
        return Err("nothing is known of rates, networks and zones");
    }
    for key in &need.keys {
        if key.kind.service_managed {
            return Err("nothing is known of keys that services manage");
        }
        if !may(key.kind.protection, &["software", "hsm"]) {
            return Err("a protection that is not offered");
        }
        if key.kind.spec.is_some_and(|(spec, _)| spec != "aes-256") {
            return Err("a key type that is not offered");
        }
    }
    let of_keys = need.keys.iter().map(|key| &key.operations);
    let loose = need.calls.iter().map(|calls| &calls.operations);
    if of_keys.chain(loose).flatten().any(|(operation, _)| !OPERATIONS.contains(operation)) {
        return Err("an operation that is not offered");
    }
    predicted(need, CLOCK, (), &[], &|(), origin, month| {
        let rules = Rules::of(Pending::Charged, 1);
        let idle =
            |key: &Key| key.count == 0 || Life::new(key, origin, month).most(month, &rules) == 0;
        let calls = need.calls.iter().fold(0, |sum, calls| sum + calls_of(&calls.operations));
        let silent = calls == 0 && need.keys.iter().all(|key| key.all_calls() == 0);
        let complete = silent && need.keys.iter().all(idle);
        Ok(Bill { subtotals: vec![("keys", nothing()), ("calls", nothing())], complete })
    })
}
