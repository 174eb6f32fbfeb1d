//! How much of a bill a scope takes.
//!
//! A line that pools several keys or regions is shared by one rule, [`SHARING`]: in proportion to
//! what each consumed, and evenly where none consumed anything. 0.30 of 7,500 and 2,500 calls is 0.225 and
//! 0.075: the parts add up to the line. What an instance costs is shared by no rule, nor a line that
//! pools both keys and regions where both are asked for: it is open, and not nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Rule, Scope};
use crate::diagnostic::{Code, Problem, listed, quoted, similar};
use crate::fields::At;
use crate::fraction::{Fraction, OutOfRange};
use crate::pricebook::{Book, BookId};
use crate::scenario::Scenario;
use crate::statement::{Entry, Region, Statement, Whose};

/// The rule by which a pooled line is shared among its keys, tags and regions.
pub const SHARING: &str = "by-consumed-quantity";

type Tags = BTreeMap<String, String>;

/// Whose lines may be, and with which labels.
#[derive(Debug)]
pub struct Owners<'s> {
    /// The labels of the whole.
    whole: &'s Tags,
    keys: HashMap<&'s str, Option<&'s Tags>>,
    secrets: HashMap<&'s str, Option<&'s Tags>>,
    /// Instances written out; one that is worked out has no name of its own.
    instances: BTreeSet<&'s str>,
}

/// What there is to name in a scope.
#[derive(Clone, Copy, Debug)]
pub struct Known<'k> {
    /// The bill's price book.
    pub book: &'k Book,
    /// Every price book's name.
    pub books: &'k [&'k BookId],
    /// Whose lines may be.
    pub owners: &'k Owners<'k>,
}

/// What a scope takes of one bill.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// What is known of it.
    pub known: Fraction,
    /// Why it is not all.
    pub open: BTreeSet<Open>,
}

/// Why an amount is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Open {
    /// A needed price is not published.
    Unpublished,
    /// A charge for several is shared by no rule.
    Unshared,
    /// A part is beyond the range of figures.
    OutOfRange,
}

impl Open {
    /// As people read it.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Unpublished => "a price is not published",
            Self::Unshared => "a charge for several together is shared by no rule",
            Self::OutOfRange => "a share is beyond 28 significant digits",
        }
    }
}

/// How much of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Portion {
    None,
    All,
    /// So many of so many.
    Part(Fraction, Fraction),
    Unknown,
}

impl<'s> Owners<'s> {
    /// Those of a scenario.
    #[must_use]
    pub fn of(scenario: &'s Scenario) -> Self {
        let keys = scenario.keys.iter().map(|key| (key.name.as_str(), Some(&key.tags)));
        let held = scenario.hsms.iter().map(|hsm| hsm.name.as_str());
        let held = held.chain(scenario.keystores.iter().map(|store| store.name.as_str()));
        let instances = scenario.instances.iter().map(|instance| instance.name.as_str());
        let secrets =
            scenario.secrets.iter().map(|secret| (secret.name.as_str(), Some(&secret.tags)));
        Self {
            whole: &scenario.tags,
            // a key's labels win over those of a module of the same name, which has none of its own
            keys: held.map(|name| (name, None)).chain(keys).collect(),
            secrets: secrets.collect(),
            instances: instances.collect(),
        }
    }

    fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.keys.keys().chain(self.secrets.keys()).chain(&self.instances).copied()
    }

    /// Every label that there is.
    fn labels(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        let own = self.keys.values().chain(self.secrets.values()).copied().flatten();
        let all = std::iter::once(self.whole).chain(own).flatten();
        all.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What a scope names that is none of this scenario's.
    #[must_use]
    pub fn stranger(&self, scope: &Scope) -> Option<String> {
        let key = scope.key.as_ref().filter(|key| !self.names().any(|name| name == key.value));
        let tag = scope.tags.iter().find(|(name, value)| {
            !self.labels().any(|label| label == (name.value.as_str(), value.value.as_str()))
        });
        let key = key.map(|key| format!("key {}", quoted(&key.value)));
        key.or_else(|| {
            tag.map(|(name, value)| format!("tag {}={}", quoted(&name.value), quoted(&value.value)))
        })
    }

    /// Whether one's own labels, above those of the whole, are all that is asked for.
    fn has(&self, own: Option<&Tags>, asked: &[(At<String>, At<String>)]) -> bool {
        asked.iter().all(|(name, value)| {
            let found = own.and_then(|own| own.get(&name.value));
            found.or_else(|| self.whole.get(&name.value)) == Some(&value.value)
        })
    }

    /// Whether one that a line is for is asked for.
    fn takes(&self, scope: &Scope, noun: &str, name: &str) -> bool {
        let kind = if noun.starts_with("secret") { &self.secrets } else { &self.keys };
        let named = scope.key.as_ref().is_none_or(|key| key.value == name);
        named && self.has(kind.get(name).copied().flatten(), &scope.tags)
    }
}

impl Scope {
    /// Whether it is about a bill at all.
    #[must_use]
    pub fn is_about(&self, id: &BookId) -> bool {
        self.plan.as_ref().is_none_or(|plan| plan.value.means(id))
    }

    /// What it takes of a bill.
    ///
    /// # Errors
    /// A sum beyond the range of figures.
    pub fn of(&self, statement: &Statement<'_>, owners: &Owners<'_>) -> Result<Share, OutOfRange> {
        let mut share = Share::default();
        for entry in &statement.entries {
            let portion = self.portion(entry, owners);
            let open = match (portion, entry.amount) {
                (Portion::None, _) => continue,
                (_, None) => Open::Unpublished,
                (_, Some(amount)) if amount.is_zero() => continue,
                (Portion::Unknown, _) => Open::Unshared,
                (Portion::All, Some(amount)) => {
                    share.known = share.known.plus(amount)?;
                    continue;
                }
                (Portion::Part(some, all), Some(amount)) => {
                    let part = amount.times(some).and_then(|part| part.divided_by(all));
                    match part.and_then(|part| share.known.plus(part)) {
                        Ok(known) => {
                            share.known = known;
                            continue;
                        }
                        Err(OutOfRange) => Open::OutOfRange,
                    }
                }
            };
            share.open.insert(open);
        }
        Ok(share)
    }

    fn portion(&self, entry: &Entry<'_>, owners: &Owners<'_>) -> Portion {
        if self.item.as_ref().is_some_and(|item| item.value != entry.item) {
            return Portion::None;
        }
        match (self.by_region(entry), self.by_owner(entry, owners)) {
            (Portion::None, _) | (_, Portion::None) => Portion::None,
            (Portion::All, portion) | (portion, Portion::All) => portion,
            _ => Portion::Unknown,
        }
    }

    fn by_region(&self, entry: &Entry<'_>) -> Portion {
        let Some(asked) = &self.region else { return Portion::All };
        let is_it = |region: &Region<'_>| {
            region.id == asked.value || region.place.as_deref() == Some(asked.value.as_str())
        };
        match &entry.region {
            Some(region) if is_it(region) => Portion::All,
            Some(_) => Portion::None,
            None => shared(&entry.regions.iter().map(|(region, used)| (is_it(region), *used))),
        }
    }

    fn by_owner(&self, entry: &Entry<'_>, owners: &Owners<'_>) -> Portion {
        if !self.asks_whose() {
            return Portion::All;
        }
        // what has no owner in the scenario still has the labels of the whole
        let whole = self.key.is_none() && owners.has(None, &self.tags);
        let takes = |name: &str| owners.takes(self, &entry.noun, name);
        let either = |takes: bool| if takes { Portion::All } else { Portion::None };
        match &entry.whose {
            Whose::Key(name) => either(takes(name)),
            Whose::Instance(name) if owners.instances.contains(&**name) => {
                let named = self.key.as_ref().is_none_or(|key| key.value == *name);
                either(named && owners.has(None, &self.tags))
            }
            // one that was worked out holds the keys of everybody
            Whose::Instance(_) if whole && !owners.differ(self) => Portion::All,
            Whose::Instance(_) => Portion::Unknown,
            Whose::Nobody => either(whole),
            Whose::Shared(shares) => {
                shared(&shares.iter().map(|(name, used)| (takes(name), *used)))
            }
        }
    }
}

impl Owners<'_> {
    /// Whether one of the scenario's keys and secrets has labels that a scope does not take.
    fn differ(&self, scope: &Scope) -> bool {
        let mut own = self.keys.values().chain(self.secrets.values());
        own.any(|own| !self.has(*own, &scope.tags))
    }
}

/// In proportion to what each consumed; evenly where none consumed anything.
fn shared(shares: &(impl Iterator<Item = (bool, Fraction)> + Clone)) -> Portion {
    let count = |taken: bool| {
        let count = shares.clone().filter(|(is_it, _)| *is_it || !taken).count();
        Fraction::from(u64::try_from(count).unwrap_or(u64::MAX))
    };
    let used = |taken: bool| {
        Fraction::sum(shares.clone().filter(|(is_it, _)| *is_it || !taken).map(|(_, used)| used))
    };
    let (some, all) = match (used(true), used(false)) {
        (Ok(_), Ok(all)) if all.is_zero() => (count(true), count(false)),
        (Ok(some), Ok(all)) => (some, all),
        _ => return Portion::Unknown,
    };
    if all.is_zero() {
        // a pool of nobody's that is known
        Portion::Unknown
    } else if some.is_zero() {
        Portion::None
    } else if some == all {
        Portion::All
    } else {
        Portion::Part(some, all)
    }
}

// ------------------------------------------------------------------ names

impl Rule {
    /// What is wrong with the names of its scope, held against a bill that it is about.
    #[must_use]
    pub fn misnamed(&self, known: Known<'_>) -> Vec<Problem> {
        let scope = &self.scope;
        let mut problems: Vec<Problem> = scope.unknown_plan(known.books).into_iter().collect();
        if !problems.is_empty() || !scope.is_about(&known.book.id) {
            return problems;
        }
        let at = known.book.id.to_string();
        if let Some(item) = &scope.item {
            let items = known.book.items.iter().map(|item| item.id.as_str());
            problems.extend(unknown(&format!("item at {at}"), item, items));
        }
        if let Some(region) = &scope.region {
            let regions = known.book.regions.iter();
            let names = regions.flat_map(|(id, region)| [id.as_str(), region.place.as_str()]);
            problems.extend(unknown(&format!("region at {at}"), region, names));
        }
        if let Some(key) = &scope.key {
            problems.extend(unknown("key, secret or instance", key, known.owners.names()));
        }
        for (name, value) in &scope.tags {
            let labels = known.owners.labels();
            let wrong = unknown("tag", name, labels.clone().map(|(name, _)| name));
            let values = labels.filter(|(label, _)| *label == name.value).map(|(_, value)| value);
            let kind = format!("tag {} with the value", quoted(&name.value));
            problems.extend(wrong.or_else(|| unknown(&kind, value, values)));
        }
        problems
    }
}

impl Scope {
    fn unknown_plan(&self, books: &[&BookId]) -> Option<Problem> {
        let At { value: plan, span } = self.plan.as_ref()?;
        let at = |part: &str| At::new(part.to_owned(), span.clone());
        let providers = books.iter().map(|id| &*id.provider);
        if let Some(problem) = unknown("provider", &at(&plan.provider), providers) {
            return Some(problem);
        }
        let of_provider = books.iter().filter(|id| id.provider == plan.provider);
        let stated = plan.plan.as_ref()?;
        let plans = of_provider.clone().map(|id| &*id.plan);
        if let Some(problem) = unknown("plan", &at(stated), plans) {
            return Some(problem);
        }
        let editions = of_provider.filter(|id| id.plan == *stated).map(|id| &*id.edition);
        unknown("edition", &at(plan.edition.as_ref()?), editions)
    }
}

/// The problem of a name that is not among those there are.
fn unknown<'n>(
    kind: &str,
    found: &At<String>,
    names: impl Iterator<Item = &'n str> + Clone,
) -> Option<Problem> {
    if names.clone().any(|name| name == found.value) {
        return None;
    }
    let names: BTreeSet<&str> = names.collect();
    let message = format!("the budget is for no {kind} {}", quoted(&found.value));
    let problem = Problem::error(Code::UnknownName, message).at(found.span.clone());
    let help = match similar(&found.value, names.iter().copied()) {
        Some(near) => format!("a similar name exists: {}", quoted(near)),
        None if names.is_empty() => "there is none here".to_owned(),
        None => format!("there is {}", listed(names)),
    };
    Some(problem.label("nothing would be held against it").help(help))
}
