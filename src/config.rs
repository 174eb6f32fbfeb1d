//! Configuration: what the project's file and the user's own say where the command line is silent.
//!
//! A flag comes before a variable of the environment, that before the project's file, and that before
//! the user's own. What moves a figure or a verdict (price books, the day they are looked at,
//! discounts, rates, budgets, strictness) is said by flag, scenario or project alone: two users of one
//! project get one bill. A variable or the user's file says how a result looks, and nothing else; a
//! setting at the wrong level is an error, and never passed over.
//!
//! Texts are understood here. Nothing is looked up in a folder, in the environment or on a clock.

mod find;
mod parse;

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use crate::budget::Rule;
use crate::discount::Discount;
use crate::fields::At;
use crate::month::Day;
use crate::rates::Rates;
use crate::source::Source;

pub use find::project_file;
pub use parse::{personal, project, variable};

/// What a project's file is called.
pub const PROJECT: &str = "kms-cost.toml";

/// How the names of variables begin.
pub const PREFIX: &str = "KMS_COST_";

/// The narrowest and the widest that a table can be asked for, in columns.
pub const WIDTHS: (u64, u64) = (60, 240);

/// The most decimals that amounts can be shown with.
pub const DECIMALS: u64 = 12;

/// The settings of how a result looks, in their order.
pub const LOOKS: &[&str] = &["color", "format", "round", "width"];

/// The settings that move a figure or a verdict, in their order.
pub const FIGURES: &[&str] =
    &["pricing", "as_of", "strict", "discounts", "discount", "budgets", "budget", "rates"];

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

impl Color {
    /// Each, as it is named.
    pub const ALL: &[(&str, Self)] =
        &[("auto", Self::Auto), ("always", Self::Always), ("never", Self::Never)];

    /// As it is named.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, color)| *color == self).map_or("", |(name, _)| name)
    }
}

/// How a result looks.
#[derive(Clone, Debug, Default)]
pub struct Looks {
    /// When to colour.
    pub color: Option<At<Color>>,
    /// The format, by its name.
    pub format: Option<At<String>>,
    /// With how many decimals amounts are shown.
    pub round: Option<At<u32>>,
    /// How wide a table is, in columns.
    pub width: Option<At<usize>>,
}

/// What the user's own file says.
#[derive(Clone, Debug)]
pub struct Personal {
    /// The file.
    pub source: Arc<Source>,
    /// How a result looks.
    pub looks: Looks,
}

/// What the project's file says.
#[derive(Clone, Debug)]
pub struct Project {
    /// The file.
    pub source: Arc<Source>,
    /// How a result looks.
    pub looks: Looks,
    /// A folder of price books.
    pub pricing: Option<At<PathBuf>>,
    /// The day on which price books are looked at.
    pub as_of: Option<At<Day>>,
    /// Whether a choice that no page documents fails.
    pub strict: Option<At<bool>>,
    /// Files of discounts.
    pub discount_files: Vec<At<PathBuf>>,
    /// Discounts.
    pub discounts: Vec<Rc<Discount>>,
    /// Files of budgets.
    pub budget_files: Vec<At<PathBuf>>,
    /// Budgets.
    pub budgets: Vec<Rule>,
    /// Exchange rates.
    pub rates: Option<At<Rates>>,
}

impl Project {
    /// The day on which price books are looked at.
    #[must_use]
    pub fn day(&self) -> Option<Day> {
        self.as_of.as_ref().map(|day| day.value)
    }

    /// Whether a choice that no page documents fails.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.strict.as_ref().is_some_and(|strict| strict.value)
    }

    /// Where a path of the file leads: it is meant from the folder of the file.
    fn path(source: &Source, stated: &str) -> PathBuf {
        Path::new(source.name())
            .parent()
            .map_or_else(|| PathBuf::from(stated), |folder| folder.join(stated))
    }
}
