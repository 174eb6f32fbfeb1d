//! The cheapest of several curves, and the units at which it changes hands.
//!
//! A plan stays the cheapest while no other is strictly cheaper: 0.06 a day against 1.80 a month is a
//! tie at every number of 30-day months, and changes nothing. Where several are the cheapest at once,
//! the one that stays it longest is named, and the others are said to tie with it; of equals, the
//! first in the list. Curves of different currencies must not come here together.

use super::{Curve, Piece, Reach};
use crate::fraction::{Fraction, OutOfRange};

/// The most spans that are told.
const MOST_SPANS: usize = 10_000;

/// Units over which one plan is the cheapest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// From where to where.
    pub reach: Reach,
    /// The plan, by its place in the list; none where no plan is complete.
    pub plan: Option<usize>,
    /// Others that cost the same, and where.
    pub ties: Vec<(usize, Reach)>,
}

/// A unit from which on another plan is the cheapest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The first unit of the new span.
    pub unit: u64,
    /// Which plan was the cheapest, and its totals at the unit before and at the unit.
    pub was: Option<Side>,
    /// Which plan is the cheapest from now on, and its totals there.
    pub is: Option<Side>,
}

impl Change {
    /// What the new plan costs more than the old one, at the unit before and at the unit; none where
    /// one of them is not complete.
    #[must_use]
    pub fn differences(&self) -> [Option<Fraction>; 2] {
        let sides = || self.was.zip(self.is);
        let less = |was: Option<Fraction>, is: Option<Fraction>| is?.minus(was?).ok();
        [
            sides().and_then(|(was, is)| less(was.before, is.before)),
            sides().and_then(|(was, is)| less(was.at, is.at)),
        ]
    }
}

/// A plan on both sides of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    /// The plan, by its place in the list.
    pub plan: usize,
    /// Its total at the unit before; none where it is not complete there.
    pub before: Option<Fraction>,
    /// Its total at the unit.
    pub at: Option<Fraction>,
}

/// Why there is no envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoEnvelope {
    /// The cheapest changes more often than is told, from this unit on.
    TooMany(u64),
    /// A figure is beyond the range of figures.
    OutOfRange(OutOfRange),
}

impl From<OutOfRange> for NoEnvelope {
    fn from(why: OutOfRange) -> Self {
        Self::OutOfRange(why)
    }
}

/// The cheapest over a range.
///
/// # Errors
/// More changes than are told, and figures out of range.
pub fn envelope(curves: &[&Curve], reach: Reach) -> Result<Vec<Span>, NoEnvelope> {
    let mut walk = Walk { curves, next: vec![0; curves.len()] };
    let mut spans = Vec::new();
    let mut from = reach.from;
    loop {
        if spans.len() >= MOST_SPANS {
            return Err(NoEnvelope::TooMany(from));
        }
        let (plan, to) = walk.span(Reach { from, to: reach.to })?;
        let reach_of_span = Reach { from, to };
        let ties = plan.map_or(Ok(Vec::new()), |plan| ties(curves, plan, reach_of_span))?;
        spans.push(Span { reach: reach_of_span, plan, ties });
        if to >= reach.to {
            return Ok(spans);
        }
        from = to.saturating_add(1);
    }
}

/// Where one span gives way to the next.
#[must_use]
pub fn changes(spans: &[Span], curves: &[&Curve]) -> Vec<Change> {
    let pairs = spans.iter().zip(spans.iter().skip(1));
    let of = |(before, after): (&Span, &Span)| {
        let unit = after.reach.from;
        let side = |plan: Option<usize>| {
            let plan = plan?;
            let curve = curves.get(plan)?;
            Some(Side { plan, before: curve.at(before.reach.to), at: curve.at(unit) })
        };
        Change { unit, was: side(before.plan), is: side(after.plan) }
    };
    pairs.map(of).collect()
}

/// Goes upwards through the pieces of all curves at once.
struct Walk<'c> {
    curves: &'c [&'c Curve],
    /// For each curve, its first piece that does not end below the unit.
    next: Vec<usize>,
}

impl<'c> Walk<'c> {
    /// The pieces at a unit, none for a curve that is not complete there, and the last unit up to
    /// which these are the pieces.
    fn pieces(&mut self, unit: u64, to: u64) -> (Vec<Option<&'c Piece>>, u64) {
        let mut last = to;
        let mut pieces = Vec::with_capacity(self.curves.len());
        for (curve, next) in self.curves.iter().zip(&mut self.next) {
            while curve.pieces.get(*next).is_some_and(|piece| piece.reach.to < unit) {
                *next = next.saturating_add(1);
            }
            let piece = curve.pieces.get(*next);
            let here = piece.filter(|piece| piece.reach.from <= unit);
            last = match (here, piece) {
                (Some(here), _) => last.min(here.reach.to),
                (None, Some(later)) => last.min(later.reach.from.saturating_sub(1)),
                (None, None) => last,
            };
            pieces.push(here);
        }
        (pieces, last)
    }

    /// The plan that is the cheapest at the first unit and stays it longest, and until where.
    fn span(&mut self, reach: Reach) -> Result<(Option<usize>, u64), OutOfRange> {
        let (mut pieces, mut last) = self.pieces(reach.from, reach.to);
        let mut staying = cheapest(&pieces, reach.from)?;
        if staying.is_empty() {
            return Ok((None, last));
        }
        let mut unit = reach.from;
        loop {
            let mut ends = Vec::new();
            for plan in staying {
                ends.push((plan, loss(&pieces, plan, unit, last)?));
            }
            let longest = ends.iter().map(|(_, lost)| lost.unwrap_or(u64::MAX)).max();
            ends.retain(|(_, lost)| Some(lost.unwrap_or(u64::MAX)) == longest);
            match ends.first() {
                Some((plan, Some(end))) => return Ok((Some(*plan), end.saturating_sub(1))),
                Some((plan, None)) if last >= reach.to => return Ok((Some(*plan), reach.to)),
                _ => staying = ends.into_iter().map(|(plan, _)| plan).collect(),
            }
            unit = last.saturating_add(1);
            (pieces, last) = self.pieces(unit, reach.to);
        }
    }
}

/// The plans that are the cheapest at a unit.
fn cheapest(pieces: &[Option<&Piece>], unit: u64) -> Result<Vec<usize>, OutOfRange> {
    let mut best: Option<Fraction> = None;
    let mut plans = Vec::new();
    for (plan, piece) in pieces.iter().enumerate() {
        let Some(total) = piece.map(|piece| piece.at(unit)).transpose()? else { continue };
        if best.is_none_or(|best| total < best) {
            plans.clear();
            best = Some(total);
        }
        if best == Some(total) {
            plans.push(plan);
        }
    }
    Ok(plans)
}

/// The first unit of a stretch of straight pieces at which a plan is not the cheapest.
fn loss(
    pieces: &[Option<&Piece>],
    plan: usize,
    from: u64,
    to: u64,
) -> Result<Option<u64>, OutOfRange> {
    let Some(own) = pieces.get(plan).copied().flatten() else {
        return Ok(Some(from));
    };
    let mut lost: Option<u64> = None;
    for other in pieces.iter().flatten() {
        let ahead = other.at(from)?.minus(own.at(from)?)?;
        let gains = own.each.minus(other.each)?;
        let at = if ahead.is_negative() {
            from
        } else if gains > Fraction::ZERO {
            let units = ahead.divided_by(gains)?.floor()?;
            let at = u128::from(from).saturating_add(units).saturating_add(1);
            u64::try_from(at).unwrap_or(u64::MAX)
        } else {
            continue;
        };
        if at <= to {
            lost = Some(lost.map_or(at, |known| known.min(at)));
        }
    }
    Ok(lost)
}

// ------------------------------------------------------------------ ties

/// Who else costs what a plan costs, and where.
fn ties(curves: &[&Curve], plan: usize, reach: Reach) -> Result<Vec<(usize, Reach)>, OutOfRange> {
    let mut ties = Vec::new();
    let Some(own) = curves.get(plan) else { return Ok(ties) };
    for (other, curve) in curves.iter().enumerate().filter(|(other, _)| *other != plan) {
        let pair = [*own, *curve];
        let start =
            |curve: &Curve| curve.pieces.partition_point(|piece| piece.reach.to < reach.from);
        let mut walk =
            Walk { curves: &pair, next: pair.iter().map(|curve| start(curve)).collect() };
        let mut unit = reach.from;
        loop {
            let (pieces, last) = walk.pieces(unit, reach.to);
            if let [Some(own), Some(curve)] = pieces.as_slice()
                && let Some(tie) = tie(own, curve, Reach { from: unit, to: last })?
            {
                match ties.last_mut() {
                    Some((known, reach))
                        if *known == other && reach.to.saturating_add(1) == tie.from =>
                    {
                        reach.to = tie.to;
                    }
                    _ => ties.push((other, tie)),
                }
            }
            if last >= reach.to {
                break;
            }
            unit = last.saturating_add(1);
        }
    }
    Ok(ties)
}

/// Where two straight pieces are equal.
fn tie(own: &Piece, other: &Piece, reach: Reach) -> Result<Option<Reach>, OutOfRange> {
    let ahead = other.at(reach.from)?.minus(own.at(reach.from)?)?;
    let gains = own.each.minus(other.each)?;
    if gains.is_zero() {
        return Ok(ahead.is_zero().then_some(reach));
    }
    let units = ahead.divided_by(gains)?;
    if units.is_negative() {
        return Ok(None);
    }
    let whole = units.floor()?;
    let at = u64::try_from(u128::from(reach.from).saturating_add(whole)).unwrap_or(u64::MAX);
    let exact = Fraction::try_from(whole)? == units && reach.holds(at);
    Ok(exact.then_some(Reach { from: at, to: at }))
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test fails where it stands")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A curve of these totals from 0 on; none where there is no piece.
    fn curve(totals: &[Option<u64>]) -> Curve {
        let mut curve = Curve::default();
        for (unit, total) in (0..).zip(totals) {
            if let Some(total) = total {
                let reach = Reach { from: unit, to: unit };
                let piece = Piece { reach, total: (*total).into(), each: Fraction::ZERO };
                curve.extend(piece).unwrap();
            }
        }
        curve
    }

    fn found(totals: &[Vec<Option<u64>>]) -> (Vec<Curve>, Vec<Span>) {
        let curves: Vec<Curve> = totals.iter().map(|totals| curve(totals)).collect();
        let to = u64::try_from(totals[0].len()).unwrap() - 1;
        let spans = envelope(&curves.iter().collect::<Vec<_>>(), Reach { from: 0, to }).unwrap();
        (curves, spans)
    }

    /// By looking at every unit: the plans that are the cheapest there.
    fn cheapest_at(totals: &[Vec<Option<u64>>], unit: usize) -> Vec<usize> {
        let least = totals.iter().filter_map(|totals| totals[unit]).min();
        let is = |plan: &usize| least.is_some() && totals[*plan][unit] == least;
        (0..totals.len()).filter(is).collect()
    }

    fn counted(totals: &[Vec<Option<u64>>]) -> Vec<(usize, usize, Option<usize>)> {
        let length = totals[0].len();
        let mut spans = Vec::new();
        let mut from = 0;
        while from < length {
            let stays = |plan: usize| {
                (from..length).take_while(|unit| cheapest_at(totals, *unit).contains(&plan)).count()
            };
            let best = cheapest_at(totals, from).into_iter().rev().max_by_key(|plan| stays(*plan));
            let stays = best.map_or_else(
                || (from..length).take_while(|at| cheapest_at(totals, *at).is_empty()).count(),
                stays,
            );
            spans.push((from, from + stays - 1, best));
            from += stays;
        }
        spans
    }

    #[test]
    fn a_tie_changes_nothing() {
        let flat = vec![Some(500); 6];
        let rising: Vec<Option<u64>> = (0..6).map(|unit| Some(200 + 100 * unit)).collect();
        let (curves, spans) = found(&[rising, flat]);
        let reaches: Vec<_> = spans.iter().map(|span| (span.reach, span.plan)).collect();
        let expected = [(Reach { from: 0, to: 3 }, Some(0)), (Reach { from: 4, to: 5 }, Some(1))];
        assert_eq!(reaches, expected);
        assert_eq!(spans[0].ties, [(1, Reach { from: 3, to: 3 })]);
        let changes = changes(&spans, &curves.iter().collect::<Vec<_>>());
        let side = |plan, before: u64, at: u64| {
            Some(Side { plan, before: Some(before.into()), at: Some(at.into()) })
        };
        let expected = Change { unit: 4, was: side(0, 500, 600), is: side(1, 500, 500) };
        assert_eq!(changes, [expected]);
    }

    #[test]
    fn of_plans_that_tie_the_longest_is_named() {
        let totals = [vec![Some(1), Some(9), Some(9)], vec![Some(1), Some(2), Some(3)]];
        let (_, spans) = found(&totals);
        assert_eq!(spans.len(), 1);
        assert_eq!(spans[0].plan, Some(1));
        assert_eq!(spans[0].ties, [(0, Reach { from: 0, to: 0 })]);
    }

    fn plans() -> impl Strategy<Value = Vec<Vec<Option<u64>>>> {
        // mostly straight, so that pieces are longer than one unit
        let stretch = (1_usize..8, prop::option::weighted(0.9, 0_u64..30), 0_u64..4);
        let plan = prop::collection::vec(stretch, 8).prop_map(|stretches| {
            let totals = stretches.into_iter().flat_map(|(length, total, each)| {
                (0..length)
                    .map(move |at| total.map(|total| total + each * u64::try_from(at).unwrap()))
            });
            let mut totals: Vec<Option<u64>> = totals.collect();
            totals.resize(40, None);
            totals
        });
        prop::collection::vec(plan, 1..5)
    }

    proptest! {
        #[test]
        fn is_what_looking_at_every_unit_finds(totals in plans()) {
            let (_, spans) = found(&totals);
            let told: Vec<_> = spans
                .iter()
                .map(|span| (span.reach.from, span.reach.to, span.plan))
                .map(|(from, to, plan)| (usize::try_from(from).unwrap(), usize::try_from(to).unwrap(), plan))
                .collect();
            prop_assert_eq!(told, counted(&totals));
            for span in &spans {
                for unit in span.reach.from..=span.reach.to {
                    let tied = span.ties.iter().filter(|(_, reach)| reach.holds(unit)).map(|(plan, _)| *plan);
                    let mut cheapest: Vec<usize> = tied.chain(span.plan).collect();
                    cheapest.sort_unstable();
                    prop_assert_eq!(cheapest, cheapest_at(&totals, usize::try_from(unit).unwrap()));
                }
            }
        }
    }
}
