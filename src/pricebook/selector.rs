//! How a book tells things apart: axes of disjoint classes, each a set of conditions.
//!
//! A condition on something that the scenario does not state leaves a class possible; only where
//! more than one class stays possible is the missing field needed.

use serde::{Deserialize, Serialize};

use crate::vocabulary::{OperationId, OperationKind, SpecId};

/// Who creates and manages a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ManagedBy {
    /// The user.
    Customer,
    /// A service of the provider, on the user's behalf.
    Service,
}

impl ManagedBy {
    /// As files write it.
    pub const ALL: &[(&str, Self)] = &[("customer", Self::Customer), ("service", Self::Service)];
}

/// Where a key's material lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Protection {
    /// In software.
    Software,
    /// In a hardware security module.
    Hsm,
    /// Outside the provider.
    External,
}

impl Protection {
    /// As files write it.
    pub const ALL: &[(&str, Self)] =
        &[("software", Self::Software), ("hsm", Self::Hsm), ("external", Self::External)];
}

/// How a key comes to be.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Provisioning {
    /// Its owner creates it.
    #[default]
    Manual,
    /// The provider creates it where one is needed.
    Automatic,
}

impl Provisioning {
    /// As files write it.
    pub const ALL: &[(&str, Self)] = &[("manual", Self::Manual), ("automatic", Self::Automatic)];
}

/// What is known of a counted thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attributes<'a> {
    /// Who manages the key.
    pub managed_by: Option<ManagedBy>,
    /// How the key is protected.
    pub protection: Option<Protection>,
    /// The key's spec.
    pub spec: Option<SpecId>,
    /// The region's id.
    pub region: Option<&'a str>,
    /// The region's groups in this book.
    pub groups: &'a [String],
    /// Whether it was used in the last 30 days.
    pub used: Option<bool>,
    /// How it came to be.
    pub provisioning: Option<Provisioning>,
    /// The operation of a call, and its kind.
    pub operation: Option<(OperationId, OperationKind)>,
    /// A class that is known beforehand: of an instance's type.
    pub known: Option<(usize, usize)>,
}

/// Something that a class may ask of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Field {
    /// `managed_by`.
    ManagedBy,
    /// `protection`.
    Protection,
    /// `spec`.
    Spec,
    /// `region` or `place`.
    Region,
    /// `operations`.
    Operation,
    /// `used`.
    Used,
    /// `provisioning`.
    Provisioning,
}

impl Field {
    /// As a scenario states it, in back-ticks.
    #[must_use]
    pub fn stated(self) -> &'static str {
        match self {
            Self::ManagedBy => "`managed_by`",
            Self::Protection => "`protection`",
            Self::Spec => "`spec`",
            Self::Region => "`region` or `place`",
            Self::Operation => "`operations`",
            Self::Used => "`used`",
            Self::Provisioning => "`provisioning`",
        }
    }
}

/// A way of telling things apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Axis {
    /// Its name.
    pub name: String,
    /// Its classes, disjoint.
    pub classes: Vec<Class>,
}

/// A class of an axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// What belongs to it.
    pub selector: Selector,
}

/// Conditions that all hold; an absent one always does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selector {
    /// One of these managers.
    pub managed_by: Option<Vec<ManagedBy>>,
    /// One of these protection levels.
    pub protection: Option<Vec<Protection>>,
    /// One of these specs.
    pub spec: Option<Vec<SpecId>>,
    /// A region of one of these groups.
    pub group: Option<Vec<String>>,
    /// One of these regions.
    pub region: Option<Vec<String>>,
    /// One of these operations.
    pub operation: Option<Vec<OperationId>>,
    /// An operation of one of these kinds.
    pub operation_kind: Option<Vec<OperationKind>>,
    /// Used in the last 30 days, or not.
    pub used: Option<Vec<bool>>,
    /// One of these ways to come to be.
    pub provisioning: Option<Vec<Provisioning>>,
    /// Whether it is what no other class of its axis takes.
    pub other: bool,
}

/// Whether a thing belongs to a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Belongs {
    Yes,
    No,
    Depends(Field),
}

impl Axis {
    /// The class of a thing: none where the book has no class for it.
    ///
    /// # Errors
    /// The field that is not stated and that the class depends on.
    pub fn class_of(&self, index: usize, thing: &Attributes<'_>) -> Result<Option<usize>, Field> {
        if let Some((axis, class)) = thing.known
            && axis == index
        {
            return Ok(Some(class));
        }
        let mut possible = None;
        for last in [false, true] {
            for (at, class) in self.classes.iter().enumerate() {
                if class.selector.other != last {
                    continue;
                }
                match (class.selector.takes(thing), possible) {
                    (Belongs::No, _) => {}
                    // a class that takes what is left may take this too
                    (Belongs::Yes, Some((_, field))) if last => return Err(field),
                    (Belongs::Yes, _) => return Ok(Some(at)),
                    (Belongs::Depends(field), None) => possible = Some((at, field)),
                    (Belongs::Depends(field), Some((_, first))) => return Err(field.min(first)),
                }
            }
        }
        Ok(possible.map(|(at, _)| at))
    }

    /// Whether a class may take a thing of which not everything is known.
    #[must_use]
    pub fn may_take(&self, class: usize, thing: &Attributes<'_>) -> bool {
        let class = self.classes.get(class);
        class.is_some_and(|class| class.selector.takes(thing) != Belongs::No)
    }

    /// The classes that take a thing by their own conditions, of which everything is known.
    pub fn taking<'a>(&'a self, thing: &'a Attributes<'a>) -> impl Iterator<Item = usize> + 'a {
        let named = self.classes.iter().enumerate().filter(|(_, class)| !class.selector.other);
        named.filter(|(_, class)| class.selector.takes(thing) == Belongs::Yes).map(|(at, _)| at)
    }

    /// The index of a class by its name.
    #[must_use]
    pub fn class(&self, name: &str) -> Option<usize> {
        self.classes.iter().position(|class| class.name == name)
    }

    /// Whether some class asks for the operation.
    #[must_use]
    pub fn tells_operations(&self) -> bool {
        self.classes.iter().any(|class| {
            class.selector.operation.is_some() || class.selector.operation_kind.is_some()
        })
    }

    /// Every spec that some class names, for the message of a spec that is not offered.
    pub fn specs(&self) -> impl Iterator<Item = SpecId> + '_ {
        self.classes.iter().flat_map(|class| class.selector.spec.iter().flatten().copied())
    }
}

impl Selector {
    fn takes(&self, thing: &Attributes<'_>) -> Belongs {
        let conditions = [
            holds(self.managed_by.as_deref(), thing.managed_by.as_ref(), Field::ManagedBy),
            holds(self.protection.as_deref(), thing.protection.as_ref(), Field::Protection),
            holds(self.spec.as_deref(), thing.spec.as_ref(), Field::Spec),
            self.holds_group(thing),
            holds_text(self.region.as_deref(), thing.region, Field::Region),
            holds(
                self.operation.as_deref(),
                thing.operation.map(|(id, _)| id).as_ref(),
                Field::Operation,
            ),
            holds(
                self.operation_kind.as_deref(),
                thing.operation.map(|(_, kind)| kind).as_ref(),
                Field::Operation,
            ),
            holds(self.used.as_deref(), thing.used.as_ref(), Field::Used),
            holds(self.provisioning.as_deref(), thing.provisioning.as_ref(), Field::Provisioning),
        ];
        let mut belongs = Belongs::Yes;
        for condition in conditions {
            match condition {
                Belongs::No => return Belongs::No,
                Belongs::Depends(_) if belongs == Belongs::Yes => belongs = condition,
                Belongs::Depends(_) | Belongs::Yes => {}
            }
        }
        belongs
    }

    fn holds_group(&self, thing: &Attributes<'_>) -> Belongs {
        match (&self.group, thing.region) {
            (None, _) => Belongs::Yes,
            (Some(_), None) => Belongs::Depends(Field::Region),
            (Some(wanted), Some(_)) => {
                if thing.groups.iter().any(|group| wanted.contains(group)) {
                    Belongs::Yes
                } else {
                    Belongs::No
                }
            }
        }
    }
}

fn holds<T: PartialEq>(wanted: Option<&[T]>, found: Option<&T>, field: Field) -> Belongs {
    match (wanted, found) {
        (None, _) => Belongs::Yes,
        (Some(_), None) => Belongs::Depends(field),
        (Some(wanted), Some(found)) if wanted.contains(found) => Belongs::Yes,
        (Some(_), Some(_)) => Belongs::No,
    }
}

fn holds_text(wanted: Option<&[String]>, found: Option<&str>, field: Field) -> Belongs {
    match (wanted, found) {
        (None, _) => Belongs::Yes,
        (Some(_), None) => Belongs::Depends(field),
        (Some(wanted), Some(found)) if wanted.iter().any(|text| text == found) => Belongs::Yes,
        (Some(_), Some(_)) => Belongs::No,
    }
}
