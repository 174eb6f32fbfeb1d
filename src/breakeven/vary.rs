//! The one field of a scenario that is varied: its name, its bounds, and the scenario with another
//! value in it.
//!
//! A field must exist in the scenario: nothing is added to a need. `all` is a factor: 3 makes twelve
//! keys thirty-six, and with them their calls, which are stated for each key. No price is known here.

use crate::diagnostic::{listed, similar};
use crate::fields::At;
use crate::fraction::Fraction;
use crate::scenario::{AuditLogNeed, Instance, Key, LARGEST, MANY, Scenario, Secret};
use crate::source::printable;
use crate::vocabulary::{OperationId, Vocabulary};

/// The name of the factor on everything that is counted.
const ALL: &str = "all";
/// The name of the months of a term.
const MONTHS: &str = "months";
/// The longest term.
const MOST_MONTHS: u64 = 1200;
/// The longest that a scenario keeps logs.
const MOST_DAYS: u64 = 100_000;
/// The last month that is looked at where nothing is said: five years.
const MONTHS_UNLESS_SAID: u64 = 60;
/// How far beyond the stated value a range goes where nothing is said, and how far at least.
const BEYOND: u64 = 100;
const AT_LEAST: u64 = 1000;

/// What is varied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// As it is named.
    pub name: String,
    /// What it is in the scenario; none of what no scenario states.
    pub stated: Option<Fraction>,
    /// The least that it can be.
    pub least: u64,
    /// The most that it can be.
    pub most: u64,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// The number in this place of the list of places.
    Place(usize),
    /// A factor on everything that is counted.
    All,
    /// The months of a term.
    Months,
}

/// Why there is no such field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoField {
    /// What was found.
    pub message: String,
    /// What there is.
    pub help: String,
}

/// A number of a scenario that can be varied.
struct Place<'s> {
    name: String,
    /// A shorter name, where there is one entry of its kind.
    short: Option<String>,
    value: Value<'s>,
    least: u64,
    most: u64,
    /// Whether it grows with a factor on everything.
    grows: bool,
}

enum Value<'s> {
    Whole(&'s mut u64),
    Exact(&'s mut Fraction),
}

impl Field {
    /// The field of a name.
    ///
    /// # Errors
    /// A name that the scenario has no field for, with the nearest that it has.
    pub fn find(scenario: &Scenario, name: &str, vocabulary: &Vocabulary) -> Result<Self, NoField> {
        let mut copy = scenario.clone();
        let places = places(&mut copy, vocabulary);
        if name == MONTHS {
            let stated = scenario.term_months().map(Fraction::from);
            let (name, what) = (name.to_owned(), What::Months);
            return Ok(Self { name, stated, least: 1, most: MOST_MONTHS, what });
        }
        if name == ALL {
            return Self::all(&places);
        }
        let found = places
            .iter()
            .position(|place| place.name == name || place.short.as_deref() == Some(name));
        match found.and_then(|at| Some((at, places.get(at)?))) {
            Some((at, place)) => Ok(Self {
                name: place.name.clone(),
                stated: Some(place.value.get()),
                least: place.least,
                most: place.most,
                what: What::Place(at),
            }),
            None => Err(unknown(name, &places)),
        }
    }

    /// The factor: as large as what it multiplies allows.
    fn all(places: &[Place<'_>]) -> Result<Self, NoField> {
        let growing = || places.iter().filter(|place| place.grows);
        if growing().next().is_none() {
            return Err(NoField {
                message: "the scenario counts nothing that `all` could multiply".to_owned(),
                help: "state keys, calls, secrets or instances".to_owned(),
            });
        }
        let room = |place: &Place<'_>| {
            let times = Fraction::from(place.most).divided_by(place.value.get()).ok()?;
            u64::try_from(times.floor().ok()?).ok()
        };
        let most = growing().filter_map(room).min().unwrap_or(LARGEST);
        let (name, what) = (ALL.to_owned(), What::All);
        Ok(Self { name, stated: Some(Fraction::from(1)), least: 0, most, what })
    }

    /// Whether it is the months of a term, which is no number of the scenario.
    #[must_use]
    pub fn is_months(&self) -> bool {
        self.what == What::Months
    }

    /// Whether it is the factor on everything that is counted.
    #[must_use]
    pub fn is_factor(&self) -> bool {
        self.what == What::All
    }

    /// The range that is looked at: as said, else from 1, to the power of ten at or above a hundred
    /// times what is stated or the first value, and to 1,000 at least; of months, to 60.
    #[must_use]
    pub fn range(&self, from: Option<u64>, to: Option<u64>) -> (u64, u64) {
        let stated = self.stated.and_then(|stated| stated.ceiling().ok()).unwrap_or(1);
        let base = u64::try_from(stated).unwrap_or(LARGEST).max(from.unwrap_or(1));
        let goal = base.saturating_mul(BEYOND).max(AT_LEAST);
        let mut beyond: u64 = 1;
        while beyond < goal && beyond < self.most {
            beyond = beyond.saturating_mul(10);
        }
        let beyond = if self.is_months() { MONTHS_UNLESS_SAID.max(base) } else { beyond };
        let to = to.unwrap_or(beyond.min(self.most));
        (from.unwrap_or(self.least.max(1).min(to)), to)
    }

    /// The scenario with this value in the field; none where it is beyond what a scenario holds.
    #[must_use]
    pub fn set(
        &self,
        scenario: &Scenario,
        value: u64,
        vocabulary: &Vocabulary,
    ) -> Option<Scenario> {
        let mut copy = scenario.clone();
        match self.what {
            What::Months => {}
            What::Place(at) => places(&mut copy, vocabulary).get_mut(at)?.value.set(value),
            What::All => {
                for place in places(&mut copy, vocabulary).iter_mut().filter(|place| place.grows) {
                    place.value.multiply(value)?;
                }
            }
        }
        Some(copy)
    }
}

impl Value<'_> {
    fn get(&self) -> Fraction {
        match self {
            Self::Whole(value) => Fraction::from(**value),
            Self::Exact(value) => **value,
        }
    }

    fn set(&mut self, to: u64) {
        match self {
            Self::Whole(value) => **value = to,
            Self::Exact(value) => **value = to.into(),
        }
    }

    fn multiply(&mut self, by: u64) -> Option<()> {
        match self {
            Self::Whole(value) => **value = value.checked_mul(by)?,
            Self::Exact(value) => **value = value.times(by.into()).ok()?,
        }
        Some(())
    }
}

fn unknown(name: &str, places: &[Place<'_>]) -> NoField {
    let names = || places.iter().map(|place| place.name.as_str()).chain([ALL, MONTHS]);
    let help = match similar(name, names()) {
        Some(near) => format!("a field with a similar name exists: `{}`", printable(near)),
        None => format!("fields of this scenario: {}", listed(names())),
    };
    NoField { message: format!("the scenario has no field `{}` to vary", printable(name)), help }
}

// ------------------------------------------------------------------ the numbers of a scenario

impl<'s> Place<'s> {
    fn whole(name: String, value: &'s mut u64) -> Self {
        Self::of(name, Value::Whole(value))
    }

    fn of(name: String, value: Value<'s>) -> Self {
        Self { name, short: None, value, least: 0, most: LARGEST, grows: false }
    }

    fn within(self, least: u64, most: u64) -> Self {
        Self { least, most, ..self }
    }

    fn grows(self) -> Self {
        Self { grows: true, ..self }
    }
}

/// Every number that can be varied, in the order of the scenario.
fn places<'s>(scenario: &'s mut Scenario, vocabulary: &Vocabulary) -> Vec<Place<'s>> {
    let mut places = Vec::new();
    entries(&mut places, "key", scenario.keys.iter_mut().map(|key| of_key(key, vocabulary)));
    let calls = scenario.calls.iter_mut().enumerate().map(|(at, calls)| {
        let operations = calls.operations.iter_mut().map(|(operation, count)| {
            Place::whole(operation_name(operation, vocabulary), count).grows()
        });
        (at.saturating_add(1).to_string(), operations.collect())
    });
    entries(&mut places, "calls", calls);
    entries(&mut places, "secret", scenario.secrets.iter_mut().map(of_secret));
    let hsms = scenario.hsms.iter_mut();
    entries(&mut places, "hsm", hsms.map(|hsm| counted(&hsm.name, &mut hsm.count)));
    let stores = scenario.keystores.iter_mut();
    entries(&mut places, "keystore", stores.map(|store| counted(&store.name, &mut store.count)));
    let (load, access) = (&mut scenario.load, &mut scenario.access);
    places.extend(exact("load.peak_qps", &mut load.peak_qps).map(Place::grows));
    places.extend(exact("load.average_qps", &mut load.average_qps).map(Place::grows));
    places.extend(stated("access.vpcs", &mut access.vpcs));
    places.extend(stated("access.shared_accounts", &mut access.shared_accounts));
    places.extend(of_log(scenario.audit_log.as_mut()));
    places.extend(of_zones(&mut scenario.zones));
    entries(&mut places, "instance", scenario.instances.iter_mut().map(of_instance));
    places
}

/// The places of a list of entries: `key.disk.count`, and `key.count` where there is one key.
fn entries<'s>(
    places: &mut Vec<Place<'s>>,
    kind: &str,
    list: impl ExactSizeIterator<Item = (String, Vec<Place<'s>>)>,
) {
    let one = list.len() == 1;
    for (entry, fields) in list {
        places.extend(fields.into_iter().map(|place| Place {
            short: one.then(|| format!("{kind}.{}", place.name)),
            name: format!("{kind}.{entry}.{}", place.name),
            ..place
        }));
    }
}

/// The calls of a key are stated for each of its count, so that they grow with it.
fn of_key<'s>(key: &'s mut Key, vocabulary: &Vocabulary) -> (String, Vec<Place<'s>>) {
    let mut places = vec![
        Place::whole("count".to_owned(), &mut key.count).within(0, MANY).grows(),
        Place::whole("versions".to_owned(), &mut key.versions).within(1, MANY),
        Place::whole("replicas".to_owned(), &mut key.replicas).within(0, MANY),
    ];
    places.extend(
        key.operations
            .iter_mut()
            .map(|(operation, count)| Place::whole(operation_name(operation, vocabulary), count)),
    );
    (key.name.clone(), places)
}

/// What is stated of each secret grows with their number; how often each is rotated only where it is
/// stated as a number.
fn of_secret(secret: &mut Secret) -> (String, Vec<Place<'_>>) {
    let Secret { name, count, versions, locations, reads, rotations_a_month, .. } = secret;
    let mut places = vec![
        Place::whole("count".to_owned(), count).within(0, MANY).grows(),
        Place::whole("versions".to_owned(), versions).within(1, MANY),
        Place::whole("locations".to_owned(), locations).within(1, MANY),
        Place::whole("reads".to_owned(), reads),
    ];
    if *rotations_a_month > 0 {
        places.push(Place::whole("rotated".to_owned(), rotations_a_month).within(0, MANY));
    }
    (name.clone(), places)
}

/// Something of which only the number is stated.
fn counted<'s>(name: &str, count: &'s mut u64) -> (String, Vec<Place<'s>>) {
    (name.to_owned(), vec![Place::whole("count".to_owned(), count).within(0, MANY).grows()])
}

fn operation_name(operation: &At<OperationId>, vocabulary: &Vocabulary) -> String {
    format!("operations.{}", vocabulary.operation_name(operation.value))
}

/// An instance grows in number, not in what each holds.
fn of_instance(instance: &mut Instance) -> (String, Vec<Place<'_>>) {
    let Instance { name, count, key_versions, secrets, peak_qps, access, audit_log, zones, .. } =
        instance;
    let mut places = vec![Place::whole("count".to_owned(), count).within(0, MANY).grows()];
    places.extend(stated("key_versions", key_versions));
    places.extend(stated("secrets", secrets));
    places.extend(exact("peak_qps", peak_qps));
    places.extend(stated("access.vpcs", &mut access.vpcs));
    places.extend(stated("access.shared_accounts", &mut access.shared_accounts));
    places.extend(of_log(audit_log.as_mut()).map(|place| Place { grows: false, ..place }));
    places.extend(of_zones(zones));
    (name.clone(), places)
}

fn of_log(log: Option<&mut AuditLogNeed>) -> impl Iterator<Item = Place<'_>> {
    log.into_iter().flat_map(|log| {
        let rate = exact("audit_log.average_qps", &mut log.average_qps).map(Place::grows);
        let size = exact("audit_log.gigabytes", &mut log.gigabytes).map(Place::grows);
        let days = stated("audit_log.retention_days", &mut log.retention_days);
        [rate, size, days.map(|place| place.within(1, MOST_DAYS))].into_iter().flatten()
    })
}

fn of_zones(zones: &mut Option<At<u64>>) -> Option<Place<'_>> {
    stated("deployment.zones", zones).map(|place| place.within(1, 1000))
}

fn stated<'s>(name: &str, at: &'s mut Option<At<u64>>) -> Option<Place<'s>> {
    at.as_mut().map(|at| Place::whole(name.to_owned(), &mut at.value))
}

fn exact<'s>(name: &str, at: &'s mut Option<At<Fraction>>) -> Option<Place<'s>> {
    at.as_mut().map(|at| Place::of(name.to_owned(), Value::Exact(&mut at.value)))
}
