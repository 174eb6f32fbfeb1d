//! A user's words in sentences: quoted, listed, and the name that was meant.

use crate::source::printable;

/// The most characters of a user's word in a sentence.
const WORD: usize = 60;
/// The most names in a list.
const NAMES: usize = 8;

/// The candidate that the user may have meant: at most one typing error in
/// three characters, or else the first that the name begins.
///
/// Capitals and the difference of `-`, `_` and a space do not count; the first
/// of equally near candidates wins.
pub fn similar<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > WORD {
        return None;
    }
    let name = plain(name);
    let near =
        candidates.filter_map(|candidate| Some((distance(&name, &plain(candidate))?, candidate)));
    near.min_by_key(|&(distance, _)| distance).map(|(_, candidate)| candidate)
}

/// A word of the user in back-ticks: printable and not too long.
#[must_use]
pub fn quoted(word: &str) -> String {
    let mut short: String = word.chars().take(WORD).collect();
    if short.len() < word.len() {
        short.push('…');
    }
    format!("`{}`", printable(&short))
}

/// Names in back-ticks with commas between; no more than eight.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names = names.into_iter();
    let shown: Vec<_> = names.by_ref().take(NAMES).map(quoted).collect();
    match names.count() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// How many typing errors are between two names, unless too many.
fn distance(name: &str, candidate: &str) -> Option<usize> {
    let length = name.chars().count();
    let longer = length.max(candidate.chars().count());
    let allowed = longer.div_euclid(3).max(1);
    if length.abs_diff(candidate.chars().count()) <= allowed {
        let errors = strsim::osa_distance(name, candidate);
        if errors <= allowed && errors < length {
            return Some(errors);
        }
    }
    (length >= 3 && candidate.starts_with(name)).then_some(usize::MAX)
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace(['_', ' '], "-")
}
