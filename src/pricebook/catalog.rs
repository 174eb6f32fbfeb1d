//! The price books there are: the embedded folder, joined or replaced by a folder of the user's.
//!
//! Books are found by their file names, `provider.plan.edition.toml`, so that only those that are
//! needed are parsed, each once. A file of the user's with the same name replaces the embedded one.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{Book, BookId, Noun, Region, With, parse};
use crate::diagnostic::{Code, Problem, Problems, similar};
use crate::fields::{self, Fields};
use crate::month::Day;
use crate::source::{Source, Unreadable};
use crate::vocabulary::Vocabulary;

const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pricing.rs"));
const VOCABULARY: &str = "vocabulary.toml";

/// The price books there are, and the words that they share.
#[derive(Debug)]
pub struct Catalog {
    files: BTreeMap<BookId, Arc<Source>>,
    vocabulary: Vocabulary,
    /// The books that were needed so far.
    parsed: RefCell<BTreeMap<BookId, Rc<Book>>>,
}

/// A plan as it is named on the command line or in a scenario: `provider/plan@edition`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanName {
    /// The provider.
    pub provider: String,
    /// The plan; none where the provider has one only.
    pub plan: Option<String>,
    /// The edition; none for the one in force.
    pub edition: Option<String>,
}

impl PlanName {
    /// Parses `provider`, `provider/plan` or `provider/plan@edition`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, edition) = match text.split_once('@') {
            Some((name, edition)) => (name, Some(edition)),
            None => (text, None),
        };
        let (provider, plan) = match name.split_once(['/', ':']) {
            Some((provider, plan)) => (provider, Some(plan)),
            None => (name, None),
        };
        let stated =
            [Some(provider), plan, edition].into_iter().flatten().all(|part| !part.is_empty());
        let own = |part: &str| part.to_owned();
        stated.then(|| Self {
            provider: own(provider),
            plan: plan.map(own),
            edition: edition.map(own),
        })
    }

    /// Whether a book is of this plan, and of this edition where one is named.
    #[must_use]
    pub fn means(&self, id: &BookId) -> bool {
        self.provider == id.provider
            && self.plan.as_ref().is_none_or(|plan| *plan == id.plan)
            && self.edition.as_ref().is_none_or(|edition| *edition == id.edition)
    }
}

/// Why the books cannot be had.
#[derive(Debug)]
pub enum NoCatalog {
    /// A file of the folder cannot be read.
    Unreadable(Unreadable),
    /// A file of the folder is wrong.
    Wrong(Problems),
}

impl Catalog {
    /// The embedded books, joined by those of a folder.
    ///
    /// # Errors
    /// A folder or file that cannot be read, or a vocabulary with problems.
    pub fn open(folder: Option<&Path>) -> Result<Self, NoCatalog> {
        let mut sources: BTreeMap<String, Arc<Source>> = BTreeMap::new();
        for (name, text) in EMBEDDED {
            sources.insert(
                (*name).to_owned(),
                Arc::new(Source::embedded(format!("pricing/{name}"), text)),
            );
        }
        if let Some(folder) = folder {
            for (name, source) in
                Source::read_folder(folder, "toml").map_err(NoCatalog::Unreadable)?
            {
                sources.insert(name, Arc::new(source));
            }
        }
        let mut vocabulary = Vocabulary::default();
        let mut files = BTreeMap::new();
        for (name, source) in sources {
            if name == VOCABULARY {
                vocabulary = words(&source).map_err(NoCatalog::Wrong)?;
            } else {
                files.insert(id_of(&name, &source).map_err(NoCatalog::Wrong)?, source);
            }
        }
        Ok(Self { files, vocabulary, parsed: RefCell::default() })
    }

    /// The shared words.
    #[must_use]
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Every book's name, in order.
    pub fn ids(&self) -> impl Iterator<Item = &BookId> {
        self.files.keys()
    }

    /// A book, which is parsed when it is first asked for.
    ///
    /// # Errors
    /// Every problem of its file.
    pub fn load(&self, id: &BookId) -> Result<Rc<Book>, Problems> {
        if let Some(book) = self.parsed.borrow().get(id) {
            return Ok(Rc::clone(book));
        }
        let book = Rc::new(self.parse(id)?);
        self.parsed.borrow_mut().insert(id.clone(), Rc::clone(&book));
        Ok(book)
    }

    fn parse(&self, id: &BookId) -> Result<Book, Problems> {
        let nowhere = || Arc::new(Source::new("price books", ""));
        let file = self.files.get(id).cloned().unwrap_or_else(nowhere);
        let mut problems = Problems::new(Arc::clone(&file));
        let book = parse::book(&file, &self.vocabulary)?;
        if book.id == *id {
            return Ok(book);
        }
        problems.push(
            Problem::error(
                Code::Conflict,
                format!("the file's name says `{id}`, its text `{}`", book.id),
            )
            .help("a price book is called provider.plan.edition.toml"),
        );
        Err(problems)
    }

    /// The one book that a name means on a day: the edition named, else the one in force on that
    /// day, else the newest.
    ///
    /// # Errors
    /// A name that no book has, or the problems of a book's file.
    pub fn select(&self, name: &PlanName, on: Option<Day>) -> Result<Rc<Book>, NotSelected> {
        let id = self.plan(name)?;
        let editions: Vec<&BookId> = self
            .files
            .keys()
            .filter(|known| known.provider == id.0 && known.plan == id.1)
            .collect();
        if let Some(edition) = &name.edition {
            return match editions.iter().find(|known| known.edition == *edition) {
                Some(known) => self.load(known).map_err(NotSelected::Wrong),
                None => Err(unknown(
                    Part::Edition,
                    edition,
                    editions.iter().map(|known| known.edition.as_str()),
                )),
            };
        }
        let mut books = Vec::new();
        for known in &editions {
            if editions.len() == 1 {
                return self.load(known).map_err(NotSelected::Wrong);
            }
            books.push(self.load(known).map_err(NotSelected::Wrong)?);
        }
        books.sort_by_key(|book| book.effective.from);
        let in_force =
            on.and_then(|day| books.iter().rposition(|book| book.effective.holds_on(day)));
        if let (Some(day), None) = (on, in_force) {
            let windows = books
                .iter()
                .map(|book| format!("{} from {}", book.id.edition, book.effective.from));
            let help = format!(
                "editions there are: {}; name one to use it all the same",
                windows.collect::<Vec<_>>().join(", ")
            );
            return Err(NotSelected::Unknown {
                part: Part::Edition,
                message: format!("no edition of `{}/{}` is in force on {day}", id.0, id.1),
                help,
            });
        }
        let last = books.len().saturating_sub(1);
        Ok(books.swap_remove(in_force.unwrap_or(last)))
    }

    /// The book joined by those that it names for what is asked for and it does not serve.
    ///
    /// # Errors
    /// As [`Self::select`], or books that make no one bill.
    pub fn completed(
        &self,
        book: impl Into<Rc<Book>>,
        asked: &[Noun],
        on: Option<Day>,
    ) -> Result<Rc<Book>, NotSelected> {
        let book = book.into();
        let mut partners = book.with.clone();
        partners.retain(|partner| partner.serves.iter().any(|noun| asked.contains(noun)));
        if partners.is_empty() {
            return Ok(book);
        }
        let mut book = Rc::unwrap_or_clone(book);
        for With { plan, serves } in partners {
            let provider = book.id.provider.clone();
            let name = PlanName { provider, plan: Some(plan), edition: None };
            let (file, partner) = (Arc::clone(&book.file), self.select(&name, on)?);
            book = book.join(Rc::unwrap_or_clone(partner), &serves).map_err(|why| {
                let mut problems = Problems::new(file);
                problems.push(Problem::error(Code::Conflict, why));
                NotSelected::Wrong(problems)
            })?;
        }
        Ok(Rc::new(book))
    }

    /// The regions of a provider, of all its books.
    #[must_use]
    pub fn regions_of(&self, provider: &str) -> BTreeMap<String, Region> {
        let own = self.files.keys().filter(|id| id.provider == provider);
        own.filter_map(|id| self.load(id).ok()).flat_map(|book| book.regions.clone()).collect()
    }

    /// The plans that a name means: all plans of a provider that have the edition, where one is
    /// named, or the one named.
    ///
    /// # Errors
    /// A name that no book has.
    pub fn plans(&self, name: &PlanName) -> Result<Vec<PlanName>, NotSelected> {
        let plans = match &name.plan {
            Some(_) => vec![self.plan(name)?.1],
            None => self.plans_of(&name.provider)?.into_iter().map(str::to_owned).collect(),
        };
        let plans = plans.into_iter().map(|plan| PlanName { plan: Some(plan), ..name.clone() });
        let (found, others): (Vec<PlanName>, Vec<PlanName>) =
            plans.partition(|plan| self.files.keys().any(|id| plan.means(id)));
        if let (Some(edition), true) = (&name.edition, found.is_empty()) {
            let asked = |id: &&BookId| {
                others.iter().any(|plan| PlanName { edition: None, ..plan.clone() }.means(id))
            };
            let known = self.files.keys().filter(asked).map(|id| id.edition.as_str());
            return Err(unknown(Part::Edition, edition, known));
        }
        Ok(found)
    }

    /// Every plan there is.
    #[must_use]
    pub fn all_plans(&self) -> Vec<PlanName> {
        let mut plans: Vec<PlanName> = Vec::new();
        for id in self.files.keys() {
            let plan = PlanName {
                provider: id.provider.clone(),
                plan: Some(id.plan.clone()),
                edition: None,
            };
            if plans.last() != Some(&plan) {
                plans.push(plan);
            }
        }
        plans
    }

    fn plan(&self, name: &PlanName) -> Result<(String, String), NotSelected> {
        let plans = self.plans_of(&name.provider)?;
        match (&name.plan, plans.as_slice()) {
            (Some(plan), plans) if plans.contains(&plan.as_str()) => {
                Ok((name.provider.clone(), plan.clone()))
            }
            (Some(plan), plans) => Err(unknown(Part::Plan, plan, plans.iter().copied())),
            (None, [plan]) => Ok((name.provider.clone(), (*plan).to_owned())),
            (None, plans) => match self.sole(&name.provider)? {
                Some(plan) => Ok((name.provider.clone(), plan)),
                None => Err(NotSelected::Unknown {
                    part: Part::Plan,
                    message: format!("`{}` has several plans", name.provider),
                    help: format!(
                        "name one: {}",
                        plans
                            .iter()
                            .map(|plan| format!("`{}/{plan}`", name.provider))
                            .collect::<Vec<_>>()
                            .join(", ")
                    ),
                }),
            },
        }
    }

    /// The one plan of a provider that no other is completed by; none where there are several.
    fn sole(&self, provider: &str) -> Result<Option<String>, NotSelected> {
        let mut partners = Vec::new();
        for id in self.files.keys().filter(|id| id.provider == provider) {
            let book = self.load(id).map_err(NotSelected::Wrong)?;
            partners.extend(book.with.iter().map(|with| with.plan.clone()));
        }
        let mut plans = self.plans_of(provider)?;
        plans.retain(|plan| !partners.iter().any(|partner| partner == plan));
        match plans.as_slice() {
            [plan] => Ok(Some((*plan).to_owned())),
            _ => Ok(None),
        }
    }

    fn plans_of(&self, provider: &str) -> Result<Vec<&str>, NotSelected> {
        let mut plans: Vec<&str> = self
            .files
            .keys()
            .filter(|id| id.provider == provider)
            .map(|id| id.plan.as_str())
            .collect();
        plans.dedup();
        if plans.is_empty() {
            let mut providers: Vec<&str> =
                self.files.keys().map(|id| id.provider.as_str()).collect();
            providers.dedup();
            return Err(unknown(Part::Provider, provider, providers.into_iter()));
        }
        Ok(plans)
    }
}

/// A part of a plan's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The provider.
    Provider,
    /// The plan.
    Plan,
    /// The edition, stated or sought.
    Edition,
}

impl Part {
    fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Plan => "plan",
            Self::Edition => "edition",
        }
    }
}

/// Why a name selects no book.
#[derive(Debug)]
pub enum NotSelected {
    /// No book has the name.
    Unknown {
        /// Which part of the name.
        part: Part,
        /// What was found.
        message: String,
        /// What is possible.
        help: String,
    },
    /// The book's file is wrong.
    Wrong(Problems),
}

fn unknown<'a>(part: Part, name: &str, known: impl Iterator<Item = &'a str>) -> NotSelected {
    let (kind, known) = (part.as_str(), known.collect::<Vec<&str>>());
    let help = match similar(name, known.iter().copied()) {
        Some(near) => format!("a {kind} with a similar name exists: `{near}`"),
        None => format!("known: {}", known.join(", ")),
    };
    NotSelected::Unknown {
        part,
        message: format!("no {kind} is called `{}`", crate::source::printable(name)),
        help,
    }
}

fn words(source: &Arc<Source>) -> Result<Vocabulary, Problems> {
    let mut problems = Problems::new(Arc::clone(source));
    let words = fields::parse(source, &mut problems).map(|document| {
        Vocabulary::read(Fields::new("vocabulary", document.get_ref(), 0..0), &mut problems)
    });
    problems.into_result(words)
}

fn id_of(name: &str, source: &Arc<Source>) -> Result<BookId, Problems> {
    let stem = name.strip_suffix(".toml").unwrap_or(name);
    let mut parts = stem.splitn(3, '.').map(str::to_owned);
    if let (Some(provider), Some(plan), Some(edition)) = (parts.next(), parts.next(), parts.next())
    {
        return Ok(BookId { provider, plan, edition });
    }
    let mut problems = Problems::new(Arc::clone(source));
    problems.push(
        Problem::error(
            Code::NoBook,
            format!("`{}` is no name of a price book", crate::source::printable(name)),
        )
        .help("a price book is called provider.plan.edition.toml"),
    );
    Err(problems)
}

/// The SHA-256 of a file's text, in hexadecimal digits.
#[must_use]
pub fn checksum(file: &Source) -> String {
    let digest = Sha256::digest(file.text().as_bytes());
    digest.iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}
