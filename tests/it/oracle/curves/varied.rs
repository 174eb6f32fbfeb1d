//! A generated need with one number of it that is varied, and how the program calls that number.
//!
//! Must not know a price.

use std::fmt::Write as _;

use super::super::generate::{Taste, keys_and_calls};
use super::super::generate_instances::instances_or_need;
use super::super::need::{Hundredths, Need, Where};
use super::super::random::Random;
use super::super::write;

/// Units at which something happens to one plan or another.
const EDGES: [u64; 22] = [
    0, 0, 0, 3, 7, 10, 25, 40, 60, 99, 150, 200, 499, 999, 1_000, 1_999, 2_000, 4_000, 10_000,
    19_000, 20_000, 100_000,
];

const SPECS: [&str; 11] = [
    "aes-128", "aes-192", "aes-256", "sm4", "sm2", "rsa-2048", "rsa-3072", "rsa-4096", "ec-p256",
    "ec-p384", "ec-p521",
];

/// A need, one number of it, and how the program calls that number.
pub(super) struct Varied {
    pub(super) need: Need,
    more: More,
    pub(super) place: Spot,
}

/// What the oracle's needs do not say.
#[derive(Clone, Debug, Default)]
struct More {
    /// Copies of each key in other regions.
    replicas: Vec<u64>,
    /// Secrets, with their versions, places, reads and rotations.
    secret: Option<[u64; 5]>,
    hsms: Option<u64>,
    keystores: Option<u64>,
}

/// What `More::secret` holds.
const SECRET: [&str; 5] = ["count", "versions", "locations", "reads", "rotated"];

#[derive(Clone, Copy, Debug)]
pub(super) enum Spot {
    KeyCount(usize),
    KeyVersions(usize),
    KeyCalls(usize, usize),
    Calls(usize, usize),
    Secrets(usize),
    PeakQps,
    Vpcs,
    SharedAccounts,
    Zones,
    AverageQps,
    LogQps,
    LogDays,
    LogGigabytes,
    InstanceCount(usize),
    InstanceKeys(usize),
    InstanceSecrets(usize),
    InstanceQps(usize),
    InstanceVpcs(usize),
    Replicas(usize),
    MoreSecrets(usize),
    Hsms,
    Keystores,
    Months,
    All,
}

impl Varied {
    pub(super) fn generate(random: &mut Random) -> Self {
        let mut taste =
            [Taste::alibaba(), Taste::subscription()][usize::from(random.percent(50))].clone();
        taste.places = vec![
            Where::Place("singapore"),
            Where::Place("singapore"),
            Where::Place("frankfurt"),
            Where::Region("ap-southeast-1"),
        ];
        let mut need = if random.percent(60) {
            keys_and_calls(random, &taste)
        } else {
            instances_or_need(random, &taste)
        };
        // a book of the language's own vectors has a rule for each of these
        let ruled = random.percent(40);
        // so that not every pool is beyond its last bound from the first unit on
        for key in &mut need.keys {
            if ruled {
                let spec = random.pick(&SPECS);
                key.kind.spec = Some((spec, spec));
                key.location =
                    Some(random.pick(&[Where::Place("singapore"), Where::Place("frankfurt")]));
            }
            key.count = if random.percent(70) { key.count % 17 } else { key.count % 2_100 };
            key.versions = key.versions % 23 + 1;
            for (_, calls) in &mut key.operations {
                *calls %= if random.percent(70) { 31 } else { 25_000 };
            }
        }
        // calls of which some come every second, beside a peak that may be less
        if random.percent(15) {
            let many = random.pick(&[86_400, 400_001, 2_592_000]);
            for (_, calls) in need.keys.iter_mut().flat_map(|key| &mut key.operations) {
                *calls *= many;
            }
            need.peak_qps = random.maybe(60, |random| random.pick(&[1, 3, 60]));
        }
        let more = More {
            replicas: need.keys.iter().map(|_| random.pick(&[0, 0, 0, 0, 0, 1, 3])).collect(),
            secret: random.maybe(20, |random| {
                let many = random.pick(&[0, 1, 5, 40]);
                [
                    many,
                    random.pick(&[1, 1, 2]),
                    random.pick(&[1, 1, 3]),
                    random.pick(&[0, 7, 999]),
                    1,
                ]
            }),
            hsms: random.maybe(4, |random| random.below(4)),
            keystores: random.maybe(4, |random| random.below(4)),
        };
        let spots = Self::spots(&need, &more);
        let place = random.pick(&spots);
        Self { need, more, place }
    }

    /// Whether there is nothing that any plan could charge, which is refused.
    pub(super) fn states_nothing(&self) -> bool {
        let Need { keys, calls, secrets, instances, .. } = &self.need;
        let More { secret, hsms, keystores, .. } = &self.more;
        let held = secret.is_some() || hsms.is_some() || keystores.is_some();
        !held && keys.is_empty() && calls.is_empty() && secrets.is_empty() && instances.is_empty()
    }

    fn spots(need: &Need, more: &More) -> Vec<Spot> {
        let mut spots = vec![Spot::Months];
        spots.extend(more.secret.iter().flat_map(|_| (0..SECRET.len()).map(Spot::MoreSecrets)));
        spots.extend(more.hsms.map(|_| Spot::Hsms));
        spots.extend(more.keystores.map(|_| Spot::Keystores));
        spots.extend((0..need.keys.len()).step_by(3).map(Spot::Replicas));
        for (at, key) in need.keys.iter().enumerate() {
            spots.extend([Spot::KeyCount(at), Spot::KeyCount(at), Spot::KeyVersions(at)]);
            spots.extend((0..key.operations.len()).map(|operation| Spot::KeyCalls(at, operation)));
        }
        for (at, calls) in need.calls.iter().enumerate() {
            spots.extend((0..calls.operations.len()).map(|operation| Spot::Calls(at, operation)));
        }
        spots.extend((0..need.secrets.len()).map(Spot::Secrets));
        spots.extend(need.peak_qps.map(|_| Spot::PeakQps));
        spots.extend(need.access.vpcs.map(|_| Spot::Vpcs));
        spots.extend(need.access.shared_accounts.map(|_| Spot::SharedAccounts));
        spots.extend(need.zones.map(|_| Spot::Zones));
        spots.extend(need.average_qps.map(|_| Spot::AverageQps));
        if let Some(log) = need.audit_log {
            spots.extend(log.average_qps.map(|_| Spot::LogQps));
            spots.extend(log.retention_days.map(|_| Spot::LogDays));
            spots.extend(log.gigabytes.map(|_| Spot::LogGigabytes));
        }
        for (at, instance) in need.instances.iter().enumerate() {
            spots.push(Spot::InstanceCount(at));
            spots.extend(instance.key_versions.map(|_| Spot::InstanceKeys(at)));
            spots.extend(instance.secrets.map(|_| Spot::InstanceSecrets(at)));
            spots.extend(instance.peak_qps.map(|_| Spot::InstanceQps(at)));
            spots.extend(instance.access.vpcs.map(|_| Spot::InstanceVpcs(at)));
        }
        let grows = !need.keys.is_empty() || !need.secrets.is_empty() || !need.instances.is_empty();
        if grows || need.peak_qps.is_some() || more.secret.is_some() {
            spots.push(Spot::All);
        }
        spots
    }

    pub(super) fn name(&self) -> String {
        let key = |at: usize| format!("key.{}", self.need.keys[at].name);
        let instance = |at: usize| {
            let name = self.need.instances[at]
                .name
                .map_or_else(|| format!("instance-{}", at + 1), str::to_owned);
            format!("instance.{name}")
        };
        match self.place {
            Spot::KeyCount(at) => format!("{}.count", key(at)),
            Spot::KeyVersions(at) => format!("{}.versions", key(at)),
            Spot::KeyCalls(at, operation) => {
                format!("{}.operations.{}", key(at), self.need.keys[at].operations[operation].0)
            }
            Spot::Calls(at, operation) => {
                format!(
                    "calls.{}.operations.{}",
                    at + 1,
                    self.need.calls[at].operations[operation].0
                )
            }
            Spot::Secrets(at) => format!("secret.secret-{}.count", at + 1),
            Spot::PeakQps => "load.peak_qps".to_owned(),
            Spot::Vpcs => "access.vpcs".to_owned(),
            Spot::SharedAccounts => "access.shared_accounts".to_owned(),
            Spot::Zones => "deployment.zones".to_owned(),
            Spot::AverageQps => "load.average_qps".to_owned(),
            Spot::LogQps => "audit_log.average_qps".to_owned(),
            Spot::LogDays => "audit_log.retention_days".to_owned(),
            Spot::LogGigabytes => "audit_log.gigabytes".to_owned(),
            Spot::InstanceCount(at) => format!("{}.count", instance(at)),
            Spot::InstanceKeys(at) => format!("{}.key_versions", instance(at)),
            Spot::InstanceSecrets(at) => format!("{}.secrets", instance(at)),
            Spot::InstanceQps(at) => format!("{}.peak_qps", instance(at)),
            Spot::InstanceVpcs(at) => format!("{}.access.vpcs", instance(at)),
            Spot::Replicas(at) => format!("{}.replicas", key(at)),
            Spot::MoreSecrets(field) => format!("secret.more.{}", SECRET[field]),
            Spot::Hsms => "hsm.count".to_owned(),
            Spot::Keystores => "keystore.stores.count".to_owned(),
            Spot::Months => "months".to_owned(),
            Spot::All => "all".to_owned(),
        }
    }

    /// The need as text, as it stands.
    pub(super) fn text(&self) -> String {
        written(&self.need, &self.more)
    }

    /// The need with another number in the place, and its text.
    pub(super) fn at(&self, unit: u64) -> (Need, String) {
        let (mut need, mut more) = (self.need.clone(), self.more.clone());
        match self.place {
            Spot::Replicas(at) => more.replicas[at] = unit,
            Spot::MoreSecrets(field) => more.secret.as_mut().unwrap()[field] = unit,
            Spot::Hsms => more.hsms = Some(unit),
            Spot::Keystores => more.keystores = Some(unit),
            Spot::KeyCount(at) => need.keys[at].count = unit,
            Spot::KeyVersions(at) => need.keys[at].versions = unit,
            Spot::KeyCalls(at, operation) => need.keys[at].operations[operation].1 = unit,
            Spot::Calls(at, operation) => need.calls[at].operations[operation].1 = unit,
            Spot::Secrets(at) => need.secrets[at].count = unit,
            Spot::PeakQps => need.peak_qps = Some(unit),
            Spot::Vpcs => need.access.vpcs = Some(unit),
            Spot::SharedAccounts => need.access.shared_accounts = Some(unit),
            Spot::Zones => need.zones = Some(unit),
            Spot::AverageQps => need.average_qps = Some(Hundredths(unit * 100)),
            Spot::LogQps => {
                need.audit_log.as_mut().unwrap().average_qps = Some(Hundredths(unit * 100));
            }
            Spot::LogDays => need.audit_log.as_mut().unwrap().retention_days = Some(unit),
            Spot::LogGigabytes => {
                need.audit_log.as_mut().unwrap().gigabytes = Some(Hundredths(unit * 100));
            }
            Spot::InstanceCount(at) => need.instances[at].count = unit,
            Spot::InstanceKeys(at) => need.instances[at].key_versions = Some(unit),
            Spot::InstanceSecrets(at) => need.instances[at].secrets = Some(unit),
            Spot::InstanceQps(at) => need.instances[at].peak_qps = Some(unit),
            Spot::InstanceVpcs(at) => need.instances[at].access.vpcs = Some(unit),
            Spot::Months => {
                need.months = Some(u32::try_from(unit).unwrap());
                need.months_outside = true;
            }
            Spot::All => {
                multiply(&mut need, unit);
                more.secret.iter_mut().for_each(|secret| secret[0] *= unit);
                more.hsms.iter_mut().for_each(|count| *count *= unit);
                more.keystores.iter_mut().for_each(|count| *count *= unit);
            }
        }
        let text = written(&need, &more);
        (need, text)
    }

    pub(super) fn range(&self, random: &mut Random) -> (u64, u64) {
        if matches!(self.place, Spot::Months) {
            return (1, 1 + random.below(40));
        }
        let least = u64::from(matches!(
            self.place,
            Spot::KeyVersions(_) | Spot::Zones | Spot::LogDays | Spot::MoreSecrets(1 | 2)
        ));
        let edge =
            if matches!(self.place, Spot::Zones | Spot::All) { 0 } else { random.pick(&EDGES) };
        let from = edge.saturating_sub(random.below(120)).max(least);
        (from, from + 1 + random.below(220))
    }
}

/// The text of a need, with what the oracle's do not say.
fn written(need: &Need, more: &More) -> String {
    let mut parts = write::scenario(need).split("[[key]]\n").map(str::to_owned).collect::<Vec<_>>();
    for (part, replicas) in parts.iter_mut().skip(1).zip(&more.replicas) {
        if *replicas > 0 {
            part.insert_str(0, &format!("replicas = {replicas}\n"));
        }
    }
    let mut text = parts.join("[[key]]\n");
    if let Some(secret) = more.secret {
        text.push_str("[[secret]]\nname = \"more\"\n");
        for (name, value) in SECRET.iter().zip(secret) {
            writeln!(text, "{name} = {value}").unwrap();
        }
    }
    for (name, count) in [("hsm", more.hsms), ("keystore", more.keystores)] {
        if let Some(count) = count {
            writeln!(text, "[[{name}]]\ncount = {count}").unwrap();
        }
    }
    text.replace("[[keystore]]\n", "[[keystore]]\nname = \"stores\"\nprotection = \"hsm\"\n")
}

fn multiply(need: &mut Need, by: u64) {
    need.keys.iter_mut().for_each(|key| key.count *= by);
    need.calls
        .iter_mut()
        .flat_map(|calls| &mut calls.operations)
        .for_each(|(_, count)| *count *= by);
    need.secrets.iter_mut().for_each(|secret| secret.count *= by);
    need.instances.iter_mut().for_each(|instance| instance.count *= by);
    need.peak_qps = need.peak_qps.map(|rate| rate * by);
    let more = |rate: &mut Option<Hundredths>| {
        if let Some(rate) = rate {
            rate.0 *= by;
        }
    };
    more(&mut need.average_qps);
    if let Some(log) = &mut need.audit_log {
        more(&mut log.average_qps);
        more(&mut log.gigabytes);
    }
}
