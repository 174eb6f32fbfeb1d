//! What is in force: flags, then variables, then the project's file, then the user's own, then defaults.
//!
//! A few folders are looked into, and no more is read where no such file exists.

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::output::Format;
use super::{Failure, input};
use crate::config::{self, Color, Looks, PREFIX, Personal, Project};
use crate::fields::At;
use crate::source::{Source, Span, printable};

/// What was found beside the command line.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    pub(super) variables: Looks,
    /// Whether `NO_COLOR` is set.
    pub(super) no_color: bool,
    pub(super) project: Option<Rc<Project>>,
    pub(super) personal: Option<Personal>,
}

/// Who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Flag(&'static str),
    Variable(String),
    /// The project's file: its name and the line.
    Project(String, usize),
    /// The user's own.
    User(String, usize),
    Default,
}

/// A value in force, and who says so.
pub(super) type Setting<T> = (T, Origin);

impl Settings {
    /// Looks for them.
    ///
    /// # Errors
    /// A variable or a file that is wrong.
    pub(super) fn found() -> Result<Self, Failure> {
        let formats: Vec<&str> = Format::ALL.iter().map(|(name, _)| *name).collect();
        let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let project = project_file().map(|path| {
            let source = Arc::new(Source::read(&path)?);
            config::project(&source, &formats).map(Rc::new).map_err(input::wrong)
        });
        let personal = personal_file().map(|path| {
            let source = Arc::new(Source::read(&path)?);
            config::personal(&source, &formats).map_err(input::wrong)
        });
        Ok(Self {
            variables: variables(&formats)?,
            no_color: set("NO_COLOR"),
            project: project.transpose()?,
            personal: personal.transpose()?,
        })
    }

    /// The first of variable, project and user that says something.
    fn looked<T: Clone>(
        &self,
        name: &str,
        of: impl Fn(&Looks) -> Option<&At<T>>,
    ) -> Option<Setting<T>> {
        if let Some(at) = of(&self.variables) {
            let variable = format!("{PREFIX}{}", name.to_ascii_uppercase());
            return Some((at.value.clone(), Origin::Variable(variable)));
        }
        self.project
            .as_ref()
            .and_then(|project| Some((of(&project.looks)?, project)))
            .map(|(at, project)| (at.value.clone(), in_project(project, &at.span)))
            .or_else(|| {
                let personal = self.personal.as_ref()?;
                let at = of(&personal.looks)?;
                let (file, line) = place(&personal.source, &at.span);
                Some((at.value.clone(), Origin::User(file, line)))
            })
    }

    /// When to colour. `NO_COLOR` is a variable like ours, and comes behind ours.
    pub(super) fn color(&self, flag: Option<Color>) -> Setting<Color> {
        if let Some(color) = flag.filter(|color| *color != Color::Auto) {
            return (color, Origin::Flag("--color"));
        }
        let said = self.looked("color", |looks| looks.color.as_ref());
        match (flag, said) {
            (None, Some((color, Origin::Variable(name)))) if color != Color::Auto => {
                (color, Origin::Variable(name))
            }
            _ if self.no_color => (Color::Never, Origin::Variable("NO_COLOR".to_owned())),
            (Some(color), _) => (color, Origin::Flag("--color")),
            (None, Some(said)) => said,
            (None, None) => (Color::Auto, Origin::Default),
        }
    }

    /// The format that is written where none is asked for, if the command writes it.
    pub(super) fn format(&self) -> Option<Setting<Format>> {
        let (name, origin) = self.looked("format", |looks| looks.format.as_ref())?;
        let format = Format::ALL.iter().find(|(known, _)| *known == name)?.1;
        Some((format, origin))
    }

    /// With how many decimals people are shown amounts; all of them where none is said.
    pub(super) fn round(&self) -> Option<Setting<u32>> {
        self.looked("round", |looks| looks.round.as_ref())
    }

    /// The columns of a table.
    pub(super) fn width(&self) -> Option<Setting<usize>> {
        self.looked("width", |looks| looks.width.as_ref())
    }
}

/// Where in the project's file.
pub(super) fn in_project(project: &Project, span: &Span) -> Origin {
    let (file, line) = place(&project.source, span);
    Origin::Project(file, line)
}

fn place(source: &Source, span: &Span) -> (String, usize) {
    (source.name().to_owned(), source.line_column(span.start).0)
}

impl Origin {
    /// As people read it.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Flag(name) => (*name).to_owned(),
            Self::Variable(name) => name.clone(),
            Self::Project(file, line) | Self::User(file, line) => {
                format!("{}:{line}", printable(file))
            }
            Self::Default => "default".to_owned(),
        }
    }
}

/// Whether something is there. What cannot be looked at is there, and reading it will tell.
fn exists(path: &Path) -> bool {
    !fs::symlink_metadata(path)
        .is_err_and(|why| matches!(why.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory))
}

fn project_file() -> Option<PathBuf> {
    let folders = env::current_dir().map_or(0, |folder| folder.ancestors().skip(1).count());
    config::project_file(folders, exists)
}

/// `kms-cost/config.toml` where the XDG base directories put it.
fn personal_file() -> Option<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = absolute("XDG_CONFIG_HOME").or_else(|| Some(absolute("HOME")?.join(".config")))?;
    Some(folder.join("kms-cost").join("config.toml")).filter(|path| exists(path))
}

/// The variables that begin with the program's name; an empty one says nothing.
fn variables(formats: &[&str]) -> Result<Looks, Failure> {
    let mut looks = Looks::default();
    let ours = env::vars_os().filter_map(|(name, value)| {
        let name = name.to_str()?.to_owned();
        (name.starts_with(PREFIX) && !value.is_empty()).then_some((name, value))
    });
    let mut ours: Vec<_> = ours.collect();
    ours.sort();
    for (name, value) in ours {
        let value = value.to_string_lossy();
        config::variable(&name, &value, formats, &mut looks)
            .map_err(|(message, help)| Failure::said(message, help))?;
    }
    Ok(looks)
}
