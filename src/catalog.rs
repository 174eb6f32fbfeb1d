//! The price books there are: the embedded folder, joined or replaced by a folder of the user's.
//!
//! Books are found by their file names, `provider.plan.edition.toml`, so that only those that are
//! needed are read, each once. A file of the user's with the same name replaces the embedded one. The
//! embedded books were parsed by the build; only a user's are parsed here, or all by a user's
//! vocabulary.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::diagnostic::{Code, Problem, Problems, similar};
use crate::month::Day;
use crate::pricebook::{Book, BookId, Noun, Region, With};
use crate::source::{Source, Unreadable};
use crate::vocabulary::Vocabulary;

/// The folder `pricing`, written by the build.
static EMBEDDED: Folder = include!(concat!(env!("OUT_DIR"), "/pricing.rs"));
/// What the file of the words that books share is called.
pub const VOCABULARY: &str = "vocabulary.toml";

/// An embedded folder of price books.
#[derive(Debug)]
struct Folder {
    vocabulary: Embedded,
    books: &'static [(BookId, Embedded)],
}

/// An embedded file.
#[derive(Debug)]
struct Embedded {
    name: &'static str,
    text: &'static str,
    /// What the build read the text as.
    read: &'static [u8],
}

impl Embedded {
    fn source(&self) -> Arc<Source> {
        Arc::new(Source::embedded(format!("pricing/{}", self.name), self.text))
    }
}

/// Where a book is.
#[derive(Debug)]
enum File {
    Embedded(&'static (BookId, Embedded)),
    Own(BookId, Arc<Source>),
}

impl File {
    fn id(&self) -> &BookId {
        match self {
            Self::Embedded((id, _)) | Self::Own(id, _) => id,
        }
    }
}

/// The price books there are, and the words that they share.
#[derive(Debug)]
pub struct Catalog {
    /// In the order of their ids.
    files: Vec<File>,
    vocabulary: Vocabulary,
    /// The books that were needed so far.
    read: RefCell<BTreeMap<BookId, Rc<Book>>>,
    /// Whether the vocabulary is another than the embedded books were read by.
    other_words: bool,
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

impl fmt::Display for PlanName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.provider)?;
        for (before, part) in [('/', &self.plan), ('@', &self.edition)] {
            if let Some(part) = part {
                write!(f, "{before}{part}")?;
            }
        }
        Ok(())
    }
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
        let mut files: Vec<File> = EMBEDDED.books.iter().map(File::Embedded).collect();
        let mut words = None;
        let own = folder.map(|folder| Source::read_folder(folder, "toml")).transpose();
        for (name, source) in own.map_err(NoCatalog::Unreadable)?.unwrap_or_default() {
            let source = Arc::new(source);
            if name == VOCABULARY {
                words = Some(Vocabulary::parse(&source).map_err(NoCatalog::Wrong)?);
            } else {
                let id = id_of(&name, &source).map_err(NoCatalog::Wrong)?;
                files.retain(|file| *file.id() != id);
                files.push(File::Own(id, source));
            }
        }
        files.sort_by(|a, b| a.id().cmp(b.id()));
        let other_words = words.is_some();
        let vocabulary = words.map_or_else(embedded_words, Ok).map_err(NoCatalog::Wrong)?;
        Ok(Self { files, vocabulary, read: RefCell::default(), other_words })
    }

    /// The same books, and this one instead of that of its name.
    pub fn join(&mut self, book: Rc<Book>) {
        self.files.retain(|file| *file.id() != book.id);
        self.files.push(File::Own(book.id.clone(), Arc::clone(&book.file)));
        self.files.sort_by(|a, b| a.id().cmp(b.id()));
        self.read.borrow_mut().insert(book.id.clone(), book);
    }

    /// The same books, read by other words.
    pub fn speak(&mut self, vocabulary: Vocabulary) {
        self.vocabulary = vocabulary;
        self.other_words = true;
        self.read.borrow_mut().clear();
    }

    /// The shared words.
    #[must_use]
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Every book's name, in order.
    pub fn ids(&self) -> impl Iterator<Item = &BookId> {
        self.files.iter().map(File::id)
    }

    /// A book, which is read when it is first asked for.
    ///
    /// # Errors
    /// Every problem of its file.
    pub fn load(&self, id: &BookId) -> Result<Rc<Book>, Problems> {
        if let Some(book) = self.read.borrow().get(id) {
            return Ok(Rc::clone(book));
        }
        let book = Rc::new(self.read(id)?);
        self.read.borrow_mut().insert(id.clone(), Rc::clone(&book));
        Ok(book)
    }

    fn read(&self, id: &BookId) -> Result<Book, Problems> {
        let file = match self.files.iter().find(|file| file.id() == id) {
            Some(File::Embedded((_, embedded))) => {
                let read = (!self.other_words).then(|| Book::read(embedded.read)).flatten();
                if let Some(book) = read {
                    return Ok(Book { file: embedded.source(), ..book });
                }
                embedded.source()
            }
            Some(File::Own(_, file)) => Arc::clone(file),
            None => Arc::new(Source::new("price books", "")),
        };
        let mut problems = Problems::new(Arc::clone(&file));
        let book = Book::parse(&file, &self.vocabulary)?;
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
        let editions: Vec<&BookId> =
            self.ids().filter(|known| known.provider == id.0 && known.plan == id.1).collect();
        if let Some(edition) = &name.edition {
            return match editions.iter().find(|known| known.edition == *edition) {
                Some(known) => self.load(known).map_err(NotSelected::Wrong),
                None => Err(unknown(
                    Part::Edition,
                    edition,
                    editions.iter().map(|known| &*known.edition),
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
            let provider = book.id.provider.to_string();
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
        let own = self.ids().filter(|id| id.provider == provider);
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
            plans.partition(|plan| self.ids().any(|id| plan.means(id)));
        if let (Some(edition), true) = (&name.edition, found.is_empty()) {
            let asked = |id: &&BookId| {
                others.iter().any(|plan| PlanName { edition: None, ..plan.clone() }.means(id))
            };
            let known = self.ids().filter(asked).map(|id| id.edition.as_ref());
            return Err(unknown(Part::Edition, edition, known));
        }
        Ok(found)
    }

    /// The one plan that a name means: of a provider alone, the plan that completes no other.
    ///
    /// # Errors
    /// A name that no book has, or that several plans have.
    pub fn plan_named(&self, name: &PlanName) -> Result<PlanName, NotSelected> {
        let (provider, plan) = self.plan(name)?;
        Ok(PlanName { provider, plan: Some(plan), edition: name.edition.clone() })
    }

    /// Every plan there is.
    #[must_use]
    pub fn all_plans(&self) -> Vec<PlanName> {
        let mut plans: Vec<PlanName> = Vec::new();
        for id in self.ids() {
            let plan = PlanName {
                provider: id.provider.to_string(),
                plan: Some(id.plan.to_string()),
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
        for id in self.ids().filter(|id| id.provider == provider) {
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
        let mut plans: Vec<&str> =
            self.ids().filter(|id| id.provider == provider).map(|id| &*id.plan).collect();
        plans.dedup();
        if plans.is_empty() {
            let mut providers: Vec<&str> = self.ids().map(|id| &*id.provider).collect();
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

fn embedded_words() -> Result<Vocabulary, Problems> {
    let words = Vocabulary::read(EMBEDDED.vocabulary.read);
    words.map_or_else(|| Vocabulary::parse(&EMBEDDED.vocabulary.source()), Ok)
}

fn id_of(name: &str, source: &Arc<Source>) -> Result<BookId, Problems> {
    let stem = name.strip_suffix(".toml").unwrap_or(name);
    let mut parts = stem.splitn(3, '.').map(|part| Cow::Owned(part.to_owned()));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_books_are_what_their_texts_say() {
        let words = Vocabulary::parse(&EMBEDDED.vocabulary.source()).unwrap();
        let read = Vocabulary::read(EMBEDDED.vocabulary.read).unwrap();
        assert_eq!(format!("{read:?}"), format!("{words:?}"));
        for (id, embedded) in EMBEDDED.books {
            let parsed = Book::parse(&embedded.source(), &words).unwrap();
            let read = Book { file: embedded.source(), ..Book::read(embedded.read).unwrap() };
            assert_eq!(format!("{read:?}"), format!("{parsed:?}"));
            assert_eq!(
                (&read.id, format!("{id}.toml")),
                (id, embedded.name.replacen('.', "/", 1).replacen('.', "@", 1))
            );
        }
    }

    #[test]
    fn other_words_are_those_of_the_embedded_books_too() {
        let text = EMBEDDED.vocabulary.text.replace("[spec]\n", "[spec]\naa-first = []\n");
        let vocabulary = Vocabulary::parse(&Arc::new(Source::new("words", text))).unwrap();
        let own = Catalog { vocabulary, other_words: true, ..Catalog::open(None).unwrap() };
        let catalog = Catalog::open(None).unwrap();
        let specs = |catalog: &Catalog, id: &BookId| -> Vec<String> {
            let axes = catalog.load(id).unwrap().axes.clone();
            let name = |spec| catalog.vocabulary().spec_name(spec).to_owned();
            axes.iter().flat_map(|axis| axis.specs().map(name)).collect()
        };
        for id in catalog.ids() {
            assert_eq!(specs(&own, id), specs(&catalog, id), "{id}");
        }
    }
}
