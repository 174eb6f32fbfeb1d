//! The words that books and scenarios share: key specs with their aliases, operations, units
//! and places. They come from `pricing/vocabulary.toml`; no provider's rule stands here.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Code, Problem, Problems, similar};
use crate::fields::{self, At, Fields, unknown_name};
use crate::source::Source;

/// A key spec of the vocabulary, such as `aes-256`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SpecId(usize);

/// An operation of the vocabulary, such as `decrypt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OperationId(usize);

/// What an operation does, as far as pages tell operations apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum OperationKind {
    /// Uses key material.
    Cryptographic,
    /// Everything else.
    Management,
    /// Not told apart by the scenario.
    Any,
}

/// How the kinds are written.
pub const OPERATION_KINDS: &[(&str, OperationKind)] = &[
    ("cryptographic", OperationKind::Cryptographic),
    ("management", OperationKind::Management),
    ("any", OperationKind::Any),
];

/// The shared words.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Vocabulary {
    specs: Vec<Word>,
    /// In order, as are the units.
    spec_names: Vec<(Word, SpecId)>,
    operations: Vec<(Word, OperationKind)>,
    places: Vec<(Word, Word)>,
    units: Vec<(Word, Unit)>,
}

/// A word that the build embedded, or one of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Word(#[serde(borrow)] Cow<'static, str>);

impl Word {
    fn new(word: &str) -> Self {
        Self(Cow::Owned(word.to_owned()))
    }
}

impl Deref for Word {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// How a counted thing is written on a bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// One of it: "key version".
    #[serde(borrow)]
    pub one: Cow<'static, str>,
    /// Many of it: "key versions".
    #[serde(borrow)]
    pub many: Cow<'static, str>,
    /// Short for use in a compound unit: "version" in "version-days".
    #[serde(borrow)]
    pub short: Cow<'static, str>,
}

impl Vocabulary {
    /// Parses a vocabulary.
    ///
    /// # Errors
    /// Every problem of the file.
    pub fn parse(file: &Arc<Source>) -> Result<Self, Problems> {
        let mut problems = Problems::new(Arc::clone(file));
        let words = fields::parse(file, &mut problems).map(|document| {
            let root = Fields::new("vocabulary", document.get_ref(), 0..0);
            Self::words(root, &mut problems)
        });
        problems.into_result(words)
    }

    /// A vocabulary that the build parsed and wrote; none where the bytes are none.
    pub(crate) fn read(written: &'static [u8]) -> Option<Self> {
        postcard::from_bytes(written).ok()
    }

    fn words(mut root: Fields<'_, '_>, problems: &mut Problems) -> Self {
        let mut words = Self::default();
        if let Some(mut specs) = root.table("spec", "spec", problems) {
            for (name, aliases) in specs.entries() {
                words.add_spec(
                    &name,
                    fields::as_texts(aliases, problems).unwrap_or_default(),
                    problems,
                );
            }
        }
        if let Some(mut operations) = root.table("operation", "operation", problems) {
            for (name, kind) in operations.entries() {
                let Some(kind) = fields::as_text(kind, problems) else { continue };
                match OPERATION_KINDS.iter().find(|(word, _)| *word == kind.value) {
                    Some((_, kind)) => words.operations.push((Word::new(name.value), *kind)),
                    None => problems.push(unknown_name(
                        "kind",
                        &kind,
                        OPERATION_KINDS.iter().map(|(word, _)| *word),
                    )),
                }
            }
        }
        if let Some(mut units) = root.table("unit", "unit", problems) {
            for (name, mut fields) in units.named_tables("unit", problems) {
                let one = fields.text("one", problems);
                let many = fields.text("many", problems);
                let short = fields.text("short", problems);
                if let (Some(one), Some(many)) =
                    (fields.require("one", one, problems), fields.require("many", many, problems))
                {
                    let short = short.map_or(one.value, |short| short.value);
                    let [one, many, short] =
                        [one.value, many.value, short].map(|word| Cow::Owned(word.to_owned()));
                    words.units.push((Word::new(name.value), Unit { one, many, short }));
                }
                fields.finish(problems);
            }
            words.units.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        if let Some(mut places) = root.table("place", "place", problems) {
            for (name, label) in places.entries() {
                if let Some(label) = fields::as_text(label, problems) {
                    words.places.push((Word::new(name.value), Word::new(label.value)));
                }
            }
        }
        root.finish(problems);
        words
    }

    fn add_spec(&mut self, name: &At<&str>, aliases: Vec<At<&str>>, problems: &mut Problems) {
        let id = SpecId(self.specs.len());
        self.specs.push(Word::new(name.value));
        let own = At { value: name.value, span: name.span.clone() };
        for alias in std::iter::once(own).chain(aliases) {
            let folded = alias.value.to_lowercase();
            let cased =
                |(known, other): &(Word, SpecId)| *other != id && known.to_lowercase() == folded;
            if self.spec_names.iter().any(cased) {
                let message = format!("`{}` already names another spec", alias.value);
                problems.push(Problem::error(Code::Duplicate, message).at(alias.span));
            } else if let Err(at) = find(&self.spec_names, alias.value) {
                self.spec_names.insert(at, (Word::new(alias.value), id));
            }
        }
    }

    /// The spec of a neutral name or alias, or a problem with the nearest name.
    pub fn spec(&self, name: &At<&str>, problems: &mut Problems) -> Option<SpecId> {
        if let Ok((_, id)) = find(&self.spec_names, name.value) {
            return Some(*id);
        }
        let aliases = self.spec_names.iter().map(|(known, _)| &**known);
        let neutral = self.specs.iter().map(Deref::deref);
        let mut problem = unknown_name("key spec", name, neutral);
        if problem.help.is_none()
            && let Some(near) = similar(name.value, aliases)
        {
            problem = problem.help(format!("a key spec with a similar name exists: `{near}`"));
        }
        problems.push(problem);
        None
    }

    /// The neutral name of a spec.
    #[must_use]
    pub fn spec_name(&self, id: SpecId) -> &str {
        self.specs.get(id.0).map_or("", Deref::deref)
    }

    /// Every spec.
    pub fn specs(&self) -> impl Iterator<Item = SpecId> + use<> {
        (0..self.specs.len()).map(SpecId)
    }

    /// Every operation, and what kind it is.
    pub fn operations(&self) -> impl Iterator<Item = (OperationId, OperationKind)> + '_ {
        let operations = self.operations.iter().enumerate();
        operations.map(|(at, (_, kind))| (OperationId(at), *kind))
    }

    /// Whether it says how a counted thing is written.
    #[must_use]
    pub fn has_unit(&self, id: &str) -> bool {
        find(&self.units, id).is_ok()
    }

    /// The operation of a name, or a problem with the nearest name.
    pub fn operation(&self, name: &At<&str>, problems: &mut Problems) -> Option<OperationId> {
        if let Some(at) = self.operations.iter().position(|(known, _)| **known == *name.value) {
            return Some(OperationId(at));
        }
        let known = self.operations.iter().map(|(known, _)| &**known);
        problems.push(unknown_name("operation", name, known));
        None
    }

    /// The name of an operation.
    #[must_use]
    pub fn operation_name(&self, id: OperationId) -> &str {
        self.operations.get(id.0).map_or("", |(name, _)| name)
    }

    /// What kind an operation is.
    #[must_use]
    pub fn operation_kind(&self, id: OperationId) -> OperationKind {
        self.operations.get(id.0).map_or(OperationKind::Any, |(_, kind)| *kind)
    }

    /// Checks a place's name, or gives a problem with the nearest one.
    pub fn place(&self, name: &At<&str>, problems: &mut Problems) -> Option<String> {
        if self.places.iter().any(|(known, _)| **known == *name.value) {
            return Some(name.value.to_owned());
        }
        let known = self.places.iter().map(|(known, _)| &**known);
        problems.push(unknown_name("place", name, known));
        None
    }

    /// A place as people write it.
    #[must_use]
    pub fn place_label<'a>(&'a self, name: &'a str) -> &'a str {
        self.places.iter().find(|(known, _)| **known == *name).map_or(name, |(_, label)| label)
    }

    /// How a counted thing is written; its own id where the vocabulary has no words for it.
    #[must_use]
    pub fn unit(&self, id: &str) -> Unit {
        if let Ok((_, unit)) = find(&self.units, id) {
            return unit.clone();
        }
        let [one, many, short] = [(); 3].map(|()| Cow::Owned(id.to_owned()));
        Unit { one, many, short }
    }
}

/// What a word says in a list that is in order of its words, or where it would stand.
fn find<'a, T>(list: &'a [(Word, T)], word: &str) -> Result<&'a (Word, T), usize> {
    let at = list.binary_search_by(|(known, _)| (**known).cmp(word))?;
    list.get(at).ok_or(at)
}
