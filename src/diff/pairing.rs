//! Which charge of the base is which of the head: by id, and what was renamed by its figures.
//!
//! A charge is renamed where one of the same meter and region with as much use at the same prices is
//! gone, each over its own month. All charges of a name go to the same new name where they can: `disk`
//! is not half `data`, half `logs`. What else is charged of a name that was found again goes with it,
//! whatever its figures.
//! A pool of one key bears its name, and one of several none: the one of a meter and region that is
//! gone is the one that is new.

use std::collections::{HashMap, HashSet};

use super::charge::Charge;

/// A charge of the base, of the head, or of both.
type Pair<'p, 's> = (Option<&'p Charge<'s>>, Option<&'p Charge<'s>>);

/// Every charge of the head in its order, with the base's where it has one; then what is gone.
pub(super) fn pairs<'p, 's>(base: &'p [Charge<'s>], head: &'p [Charge<'s>]) -> Vec<Pair<'p, 's>> {
    let by_id: HashMap<&str, usize> =
        base.iter().enumerate().map(|(at, charge)| (charge.id.as_str(), at)).collect();
    let mut found: Vec<Option<usize>> =
        head.iter().map(|charge| by_id.get(charge.id.as_str()).copied()).collect();
    let paired: HashSet<usize> = found.iter().flatten().copied().collect();
    let gone: Vec<usize> = (0..base.len()).filter(|at| !paired.contains(at)).collect();
    rename(base, head, &gone, &mut found);
    widen(base, head, &mut found);
    let paired: HashSet<usize> = found.iter().flatten().copied().collect();
    let of_head = head.iter().zip(&found);
    let mut pairs: Vec<Pair<'p, 's>> =
        of_head.map(|(charge, at)| (at.and_then(|at| base.get(at)), Some(charge))).collect();
    let gone = base.iter().enumerate().filter(|(at, _)| !paired.contains(at));
    pairs.extend(gone.map(|(_, charge)| (Some(charge), None)));
    pairs
}

/// The meter of a charge, what its id says beside region and name, and its region.
fn place<'c>(charge: &Charge<'c>) -> (&'c str, &'c str, Option<&'c str>) {
    (charge.meter.0, charge.meter.1, charge.region)
}

/// Pairs a pool of one key with the same pool of several, where there is no other to take it for.
fn widen(base: &[Charge<'_>], head: &[Charge<'_>], found: &mut [Option<usize>]) {
    let paired: HashSet<usize> = found.iter().flatten().copied().collect();
    let mut gone: HashMap<_, Vec<usize>> = HashMap::new();
    for (at, was) in base.iter().enumerate().filter(|(at, _)| !paired.contains(at)) {
        gone.entry(place(was)).or_default().push(at);
    }
    let mut new: HashMap<_, Vec<usize>> = HashMap::new();
    for (at, is) in head.iter().enumerate().filter(|(at, _)| found.get(*at) == Some(&None)) {
        new.entry(place(is)).or_default().push(at);
    }
    for (place, was) in gone {
        let ([was], Some([is])) = (was.as_slice(), new.get(&place).map(Vec::as_slice)) else {
            continue;
        };
        let named =
            |charge: Option<&Charge<'_>>| charge.is_some_and(|charge| charge.name.is_some());
        if named(base.get(*was)) != named(head.get(*is))
            && let Some(slot) = found.get_mut(*is)
        {
            *slot = Some(*was);
        }
    }
}

/// Pairs what is gone with what is new, where only the name is another.
fn rename(base: &[Charge<'_>], head: &[Charge<'_>], gone: &[usize], found: &mut [Option<usize>]) {
    let mut new: HashMap<_, Vec<usize>> = HashMap::new();
    for (at, charge) in head.iter().enumerate() {
        if charge.name.is_some() && found.get(at) == Some(&None) {
            new.entry(place(charge)).or_default().push(at);
        }
    }
    let mut names: HashMap<&str, &str> = HashMap::new();
    let mut taken: HashSet<&str> = HashSet::new();
    for at in gone {
        let Some((was, name)) = base.get(*at).and_then(|was| Some((was, was.name?))) else {
            continue;
        };
        let Some(candidates) = new.get_mut(&place(was)) else { continue };
        let fits = |is: &&Charge<'_>| match (names.get(name), is.name) {
            (Some(to), Some(is)) => *to == is,
            (None, Some(is)) => !taken.contains(is),
            (_, None) => false,
        };
        let chosen = candidates
            .iter()
            .position(|at| head.get(*at).filter(fits).is_some_and(|is| is.is_used_like(was)));
        let Some(chosen) = chosen.map(|place| candidates.remove(place)) else { continue };
        if let Some(to) = head.get(chosen).and_then(|is| is.name) {
            names.insert(name, to);
            taken.insert(to);
        }
        if let Some(place) = found.get_mut(chosen) {
            *place = Some(*at);
        }
    }
    // the rest of a name that was found again
    for at in gone.iter().filter(|at| !found.contains(&Some(**at))).copied().collect::<Vec<_>>() {
        let Some(was) = base.get(at) else { continue };
        let Some(to) = was.name.and_then(|name| names.get(name)) else { continue };
        let Some(candidates) = new.get_mut(&place(was)) else { continue };
        let bears = |at: &usize| head.get(*at).is_some_and(|is| is.name == Some(*to));
        let Some(chosen) = candidates.iter().position(bears) else { continue };
        if let Some(place) = found.get_mut(candidates.remove(chosen)) {
            *place = Some(at);
        }
    }
}
