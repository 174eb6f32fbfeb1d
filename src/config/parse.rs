//! From the text of a file, or the value of a variable, to settings.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Color, DECIMALS, FIGURES, LOOKS, Looks, PREFIX, Personal, Project, WIDTHS};
use crate::diagnostic::{Code, Problem, Problems, listed, quoted, similar};
use crate::fields::{self, At, Fields};
use crate::month::Day;
use crate::source::Source;
use crate::{budget, discount, rates};

/// Reads a project's file; `formats` are those that a result can be written in.
///
/// # Errors
/// Every problem of the file.
pub fn project(source: &Arc<Source>, formats: &[&str]) -> Result<Project, Problems> {
    let mut problems = Problems::new(Arc::clone(source));
    let found = fields::parse(source, &mut problems).map(|document| {
        let mut root = Fields::new("project configuration", document.get_ref(), 0..0);
        let project = settings(&mut root, source, formats, &mut problems);
        root.finish(&mut problems);
        project
    });
    problems.into_result(found)
}

fn settings(
    root: &mut Fields<'_, '_>,
    source: &Arc<Source>,
    formats: &[&str],
    problems: &mut Problems,
) -> Project {
    let path = |at: At<&str>| at.map(|stated| Project::path(source, stated));
    let stated = root.raw("rates").map(toml::Spanned::span);
    Project {
        source: Arc::clone(source),
        looks: looks(root, formats, problems),
        pricing: root.text("pricing", problems).map(path),
        as_of: day(root, problems),
        strict: root.boolean("strict", problems),
        discount_files: paths(root, "discounts", source, problems),
        discounts: discount::discounts(root, source, problems),
        budget_files: paths(root, "budgets", source, problems),
        budgets: budget::rules(root, source, problems),
        rates: stated.and_then(|span| Some(At::new(rates::rates(root, problems)?, span))),
    }
}

fn paths(
    root: &mut Fields<'_, '_>,
    name: &'static str,
    source: &Source,
    problems: &mut Problems,
) -> Vec<At<PathBuf>> {
    let stated = root.texts(name, problems).unwrap_or_default();
    stated.into_iter().map(|at| at.map(|stated| Project::path(source, stated))).collect()
}

/// `"2026-01-31"`, as it is written behind `--as-of`.
fn day(root: &mut Fields<'_, '_>, problems: &mut Problems) -> Option<At<Day>> {
    let At { value, span } = root.text("as_of", problems)?;
    let day = Day::parse(value);
    if day.is_none() {
        let message = format!("{} is not a day", quoted(value));
        let problem = Problem::error(Code::BadDate, message).at(span.clone());
        problems.push(problem.label("expected a day such as \"2026-02-28\""));
    }
    Some(At::new(day?, span))
}

/// Reads the user's own file.
///
/// # Errors
/// Every problem of the file, and what only a project can say.
pub fn personal(source: &Arc<Source>, formats: &[&str]) -> Result<Personal, Problems> {
    let mut problems = Problems::new(Arc::clone(source));
    let found = fields::parse(source, &mut problems).map(|document| {
        let mut root = Fields::new("user configuration", document.get_ref(), 0..0);
        let looks = looks(&mut root, formats, &mut problems);
        let known = LOOKS.iter().copied();
        for (name, value) in root.entries().filter(|(name, _)| !known.clone().any(|known| known == name.value)) {
            problems.push(if FIGURES.contains(&name.value) {
                let message = format!("`{}` moves a figure or a verdict, and is no setting of a user's own", name.value);
                let problem = Problem::error(Code::Conflict, message).at(value.span());
                problem.help("say it by flag, in the scenario, or in the `kms-cost.toml` of a project; it is the same for everybody then")
            } else {
                fields::unknown_name("setting", &name, known.clone())
            });
        }
        Personal { source: Arc::clone(source), looks }
    });
    problems.into_result(found)
}

fn looks(root: &mut Fields<'_, '_>, formats: &[&str], problems: &mut Problems) -> Looks {
    let format = root.text("format", problems).and_then(|at| {
        if formats.contains(&at.value) {
            return Some(at.map(str::to_owned));
        }
        problems.push(fields::unknown_name("format", &at, formats.iter().copied()));
        None
    });
    let (least, most) = WIDTHS;
    let round = root.whole("round", 0..=DECIMALS, problems);
    let width = root.whole("width", least..=most, problems);
    Looks {
        color: root.choice("color", Color::ALL, problems),
        format,
        round: round.and_then(|at| Some(At::new(u32::try_from(at.value).ok()?, at.span))),
        width: width.and_then(|at| Some(At::new(usize::try_from(at.value).ok()?, at.span))),
    }
}

/// Reads one variable of the environment, by its whole name, into what is known so far.
///
/// # Errors
/// What is wrong with it, and what to do.
pub fn variable(
    name: &str,
    value: &str,
    formats: &[&str],
    looks: &mut Looks,
) -> Result<(), (String, String)> {
    let setting = name.strip_prefix(PREFIX).unwrap_or(name).to_ascii_lowercase();
    let at = |value| At::new(value, 0..0);
    let wrong = |expected: String| {
        (format!("`{name}` is {}", quoted(value)), format!("expected {expected}"))
    };
    let whole = |least: u64, most: u64| {
        let number = value.parse::<u64>().ok().filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| wrong(format!("a whole number from {least} to {most}")))
    };
    match setting.as_str() {
        "color" => {
            let known = Color::ALL.iter().find(|(name, _)| *name == value);
            let (_, color) =
                known.ok_or_else(|| wrong(listed(Color::ALL.iter().map(|(name, _)| *name))))?;
            looks.color = Some(At::new(*color, 0..0));
        }
        "format" => {
            if !formats.contains(&value) {
                return Err(wrong(listed(formats.iter().copied())));
            }
            looks.format = Some(At::new(value.to_owned(), 0..0));
        }
        "round" => {
            looks.round = u32::try_from(whole(0, DECIMALS)?).ok().map(|round| At::new(round, 0..0));
        }
        "width" => looks.width = usize::try_from(whole(WIDTHS.0, WIDTHS.1)?).ok().map(at),
        other if FIGURES.contains(&other) => {
            return Err((
                format!("`{name}` would move a figure or a verdict, and a variable never does"),
                "say it by flag, in the scenario, or in the `kms-cost.toml` of the project; unset the variable".to_owned(),
            ));
        }
        other => {
            let near = similar(other, LOOKS.iter().copied());
            let near = near.map_or_else(String::new, |near| {
                format!("`{PREFIX}{}` is meant perhaps; ", near.to_ascii_uppercase())
            });
            let names: Vec<String> =
                LOOKS.iter().map(|name| format!("{PREFIX}{}", name.to_ascii_uppercase())).collect();
            return Err((
                format!("`{}` is no variable of this program", crate::source::printable(name)),
                format!("{near}its variables are {}", listed(names.iter().map(String::as_str))),
            ));
        }
    }
    Ok(())
}
