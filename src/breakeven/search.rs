//! The whole curve of a plan: every straight piece, found by asking at few units.
//!
//! From one unit on, the last unit with the same shape is found by halving; between the two every
//! quantity of the bill, and with them the total, is held against a straight line at two more units.
//! A range of 1,000,000 keys with one tier in it is two pieces and some fifty questions. Steps of
//! blocks are written out from what is needed, without asking at each.
//! Nothing is known here of bills or scenarios: a function answers for each unit.

use std::collections::VecDeque;
use std::mem::discriminant;
use std::rc::Rc;

use super::quote::{Quote, Shape};
use super::stretch::{pieces, rest};
use super::{Curve, Reach, Standing};
use crate::fraction::{Fraction, OutOfRange};

/// The most units that are asked for one curve.
const MOST_ASKED: u32 = 200_000;
/// The most pieces of one curve.
pub(super) const MOST_PIECES: usize = 100_000;
/// The most answers that are kept.
const MOST_KEPT: usize = 16;

/// Why there is no curve.
#[derive(Debug, PartialEq, Eq)]
pub enum NoCurve<E> {
    /// The price changes more often than is looked at, from this unit on.
    TooMany(u64),
    /// A figure is beyond the range of figures.
    OutOfRange(OutOfRange),
    /// What the function that was asked says.
    Asked(E),
}

impl<E> From<OutOfRange> for NoCurve<E> {
    fn from(why: OutOfRange) -> Self {
        Self::OutOfRange(why)
    }
}

/// The curve over a range, by a function that says what a unit costs.
///
/// # Errors
/// More changes than are looked at, figures out of range, and what the function says.
pub fn curve<E>(
    reach: Reach,
    ask: impl FnMut(u64) -> Result<Quote, E>,
) -> Result<Curve, NoCurve<E>> {
    let mut search = Search { ask, known: VecDeque::new(), end: None, asked: 0 };
    search.end = Some((reach.to, search.quote(reach.to)?));
    let mut curve = Curve::default();
    let (mut from, mut before) = (reach.from, None);
    loop {
        let first = search.quote(from)?;
        let to = search.last_alike(Reach { from, to: reach.to }, &first, before)?;
        let last = search.quote(to)?;
        let stretch = Reach { from, to };
        if first.standing == Standing::Complete {
            pieces(&mut curve, stretch, &first, &last)?;
            if curve.pieces.len() > MOST_PIECES {
                return Err(NoCurve::TooMany(from));
            }
        }
        stands(&mut curve, stretch, &first, &last);
        if to == reach.to {
            return Ok(curve);
        }
        before = Some(to.saturating_sub(from));
        from = to.saturating_add(1);
    }
}

/// Adds what the plan makes of the need on a stretch. Of a limit, the reason that is told is the one
/// nearest to where the need is served.
fn stands(curve: &mut Curve, stretch: Reach, first: &Quote, last: &Quote) {
    let leading = curve.ranges.len() <= 1;
    let refused = |standing: &Standing| matches!(standing, Standing::NotServed(_));
    match curve.ranges.last_mut() {
        Some((reach, standing)) if refused(standing) && refused(&first.standing) => {
            reach.to = stretch.to;
            if leading {
                standing.clone_from(&last.standing);
            }
        }
        None => curve.stand(stretch, last.standing.clone()),
        Some(_) => curve.stand(stretch, first.standing.clone()),
    }
}

struct Search<F> {
    ask: F,
    /// The latest answers.
    known: VecDeque<(u64, Rc<Quote>)>,
    /// The answer at the end of the range.
    end: Option<(u64, Rc<Quote>)>,
    asked: u32,
}

impl<E, F: FnMut(u64) -> Result<Quote, E>> Search<F> {
    fn quote(&mut self, unit: u64) -> Result<Rc<Quote>, NoCurve<E>> {
        let mut known = self.known.iter().chain(&self.end);
        if let Some((_, quote)) = known.find(|(known, _)| *known == unit) {
            return Ok(Rc::clone(quote));
        }
        self.asked = self.asked.saturating_add(1);
        if self.asked > MOST_ASKED {
            return Err(NoCurve::TooMany(unit));
        }
        let quote = Rc::new((self.ask)(unit).map_err(NoCurve::Asked)?);
        if self.known.len() >= MOST_KEPT {
            self.known.pop_front();
        }
        self.known.push_back((unit, Rc::clone(&quote)));
        Ok(quote)
    }

    /// The last unit of a range such that everything from its first up to it is built alike; of steps
    /// that follow each other, the length of the one before is tried first.
    fn last_alike(
        &mut self,
        range: Reach,
        first: &Quote,
        before: Option<u64>,
    ) -> Result<u64, NoCurve<E>> {
        let Reach { from, to } = range;
        if self.alike(from, first, to)? {
            return Ok(to);
        }
        let (mut same_at, mut other) = (from, to);
        for length in
            before.iter().flat_map(|length| [length.saturating_sub(1), length.saturating_add(2)])
        {
            let at = from.saturating_add(length);
            if same_at < at && at < other {
                if same(first, &*self.quote(at)?) {
                    same_at = at;
                } else {
                    other = at;
                }
            }
        }
        // the shape alone first, for it takes one question each
        let like = |search: &mut Self, unit| Ok(same(first, &*search.quote(unit)?));
        let same_at = self.halved(same_at, other, like)?;
        if self.alike(from, first, same_at)? {
            return Ok(same_at);
        }
        self.halved(from, same_at, |search, unit| search.alike(from, first, unit))
    }

    /// The last unit of which something holds that holds of one unit and not of the other.
    fn halved(
        &mut self,
        mut holds_at: u64,
        mut other: u64,
        holds: impl Fn(&mut Self, u64) -> Result<bool, NoCurve<E>>,
    ) -> Result<u64, NoCurve<E>> {
        while other.saturating_sub(holds_at) > 1 {
            let middle = between(holds_at, other, 2);
            if holds(self, middle)? {
                holds_at = middle;
            } else {
                other = middle;
            }
        }
        Ok(holds_at)
    }

    /// Whether two units have one shape, and all that is between them runs straight at two more.
    fn alike(&mut self, from: u64, first: &Quote, to: u64) -> Result<bool, NoCurve<E>> {
        let last = self.quote(to)?;
        if !same(first, &last) {
            return Ok(false);
        }
        for part in [2, 3] {
            let at = between(from, to, part);
            if at == from || first.standing != Standing::Complete {
                continue;
            }
            let within = self.quote(at)?;
            let run = Run { from, at, to };
            if !same(first, &within) || !run.is_straight(first, &within, &last) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// A unit at one half, or one third, of the way.
fn between(from: u64, to: u64, part: u64) -> u64 {
    from.saturating_add(to.saturating_sub(from).div_euclid(part))
}

/// Whether two answers are built alike. Of blocks, either what is needed grows or what one costs.
fn same(a: &Quote, b: &Quote) -> bool {
    let (one, two): (&Shape, &Shape) = (&a.shape, &b.shape);
    let counts = |shape: &Shape| (shape.measures.len(), shape.stairs.len());
    discriminant(&a.standing) == discriminant(&b.standing)
        && one.marks == two.marks
        && counts(one) == counts(two)
        && one
            .stairs
            .iter()
            .zip(&two.stairs)
            .all(|(a, b)| a.needed == b.needed || a.price == b.price)
}

/// Three units in order.
struct Run {
    from: u64,
    at: u64,
    to: u64,
}

impl Run {
    /// Whether quantities and totals at the unit between are those of a straight line.
    fn is_straight(&self, first: &Quote, within: &Quote, last: &Quote) -> bool {
        let shapes = [first, within, last].map(|quote| &quote.shape);
        let measures = triples(shapes.map(|shape| shape.measures.iter().copied()));
        let needed = triples(shapes.map(|shape| shape.stairs.iter().map(|stair| stair.needed)));
        let rests = [first, within, last].map(|quote| rest(quote, &first.shape, &last.shape));
        let [Ok(Some(a)), Ok(Some(b)), Ok(Some(c))] = rests else { return false };
        measures.chain(needed).chain([(a, b, c)]).all(|(a, b, c)| self.holds(a, b, c))
    }

    fn holds(&self, first: Fraction, within: Fraction, last: Fraction) -> bool {
        if first == last {
            return within == first;
        }
        let line = || {
            let all = self.to.saturating_sub(self.from);
            let each = last.minus(first)?.over(all)?;
            first.plus(each.times(self.at.saturating_sub(self.from).into())?)
        };
        line() == Ok(within)
    }
}

fn triples(
    of: [impl Iterator<Item = Fraction>; 3],
) -> impl Iterator<Item = (Fraction, Fraction, Fraction)> {
    let [first, within, last] = of;
    first.zip(within).zip(last).map(|((first, within), last)| (first, within, last))
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test fails where it stands")]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::super::quote::{Mark, Stair};
    use super::*;

    /// A bill in small: graduated tiers, a minimum, blocks, a free part, and a limit.
    #[derive(Clone, Debug)]
    struct Toy {
        free: u64,
        minimum: u64,
        bounds: Vec<u64>,
        included: u64,
        block: u64,
        most: u64,
    }

    const PRICES: [u64; 4] = [7, 5, 3, 11];

    impl Toy {
        fn total(&self, unit: u64) -> Option<u64> {
            let calls = unit.saturating_sub(self.free);
            let charged = if calls == 0 { 0 } else { calls.max(self.minimum) };
            let mut total = 0;
            let mut above = 0;
            for (price, up_to) in PRICES.iter().zip(self.bounds.iter().chain([&u64::MAX])) {
                total += price * (charged.min(*up_to) - charged.min(above));
                above = *up_to;
            }
            let needed = (2 * unit).saturating_sub(self.included);
            (unit <= self.most).then_some(total + 100 * needed.div_ceil(self.block))
        }

        fn quote(&self, unit: u64) -> Quote {
            let Some(total) = self.total(unit) else {
                let standing = Standing::NotServed(vec!["too many".to_owned()]);
                return Quote { standing, total: Fraction::ZERO, shape: Shape::default() };
            };
            let calls = unit.saturating_sub(self.free);
            let charged = calls.max(self.minimum);
            let passed = self.bounds.iter().filter(|bound| charged > **bound).count();
            let marks = vec![
                Mark::Count((calls > 0).into()),
                Mark::Count((calls > self.minimum).into()),
                Mark::Count(u128::try_from(passed).unwrap()),
            ];
            let needed = Fraction::from((2 * unit).saturating_sub(self.included));
            let stairs = vec![Stair { needed, size: self.block, price: 100.into() }];
            let shape = Shape { marks, measures: vec![calls.into()], stairs };
            Quote { standing: Standing::Complete, total: total.into(), shape }
        }
    }

    fn found(reach: Reach, mut ask: impl FnMut(u64) -> Quote) -> Curve {
        curve(reach, |unit| Ok::<_, Infallible>(ask(unit))).unwrap()
    }

    fn plain(total: u64) -> Quote {
        let shape = Shape::default();
        Quote { standing: Standing::Complete, total: total.into(), shape }
    }

    #[test]
    fn a_tier_in_a_wide_range_takes_few_questions() {
        let toy = Toy {
            free: 0,
            minimum: 0,
            bounds: vec![2_000],
            included: u64::MAX,
            block: 1,
            most: u64::MAX,
        };
        let mut asked = 0;
        let curve = found(Reach { from: 1, to: 1_000_000_000 }, |unit| {
            asked += 1;
            toy.quote(unit)
        });
        let ends: Vec<_> = curve.pieces.iter().map(|piece| piece.reach).collect();
        let expected = [Reach { from: 1, to: 2_000 }, Reach { from: 2_001, to: 1_000_000_000 }];
        assert_eq!(ends, expected);
        assert!(asked < 120, "{asked}");
    }

    #[test]
    fn a_bend_that_no_mark_tells_is_found() {
        for total in [|unit: u64| unit.min(617), |unit: u64| 3 * unit.max(100)] {
            let curve = found(Reach { from: 0, to: 10_000 }, |unit| plain(total(unit)));
            assert_eq!(curve.pieces.len(), 2);
            assert!((0..=10_000).all(|unit| curve.at(unit) == Some(total(unit).into())));
        }
    }

    #[test]
    fn thousands_of_blocks_take_few_questions() {
        let toy = Toy {
            free: u64::MAX,
            minimum: 0,
            bounds: Vec::new(),
            included: 1_000,
            block: 10,
            most: 50_000,
        };
        let mut asked = 0;
        let curve = found(Reach { from: 1, to: 1_000_000 }, |unit| {
            asked += 1;
            toy.quote(unit)
        });
        assert!(asked < 100, "{asked}");
        assert_eq!(curve.pieces.len(), 1 + 99_000 / 10);
        assert_eq!(curve.at(50_000), toy.total(50_000).map(Fraction::from));
        assert_eq!(curve.at(50_001), None);
        let refused = Standing::NotServed(vec!["too many".to_owned()]);
        let stands = [
            (Reach { from: 1, to: 50_000 }, Standing::Complete),
            (Reach { from: 50_001, to: 1_000_000 }, refused),
        ];
        assert_eq!(curve.ranges, stands);
    }

    #[test]
    fn steps_of_nearly_one_length_take_few_questions_each() {
        // a quantity rounded up that no stair tells: it must stay what it is
        let rounded = |unit: u64| (3 * unit).div_ceil(1_000);
        let mut asked = 0_u32;
        let curve = found(Reach { from: 1, to: 1_000_000 }, |unit| {
            asked += 1;
            let marks = vec![Mark::Number(rounded(unit).into())];
            let shape = Shape { marks, ..Shape::default() };
            Quote { shape, ..plain(7 * rounded(unit)) }
        });
        assert_eq!(curve.pieces.len(), 3_000);
        assert!(asked < 7 * 3_000, "{asked}");
        let right = |unit: &u64| curve.at(*unit) == Some((7 * rounded(*unit)).into());
        assert!((1..=1_000_000).step_by(333).all(|unit| right(&unit)));
    }

    #[test]
    fn what_changes_at_every_unit_is_refused() {
        let wild = |unit: u64| Ok::<_, Infallible>(plain(unit * unit));
        let answer = curve(Reach { from: 0, to: 10_000_000 }, wild);
        assert!(matches!(answer, Err(NoCurve::TooMany(_))));
        let small = curve(Reach { from: 0, to: 50 }, wild).unwrap();
        assert!((0..=50).all(|unit| small.at(unit) == Some((unit * unit).into())));
    }

    #[test]
    fn the_function_s_own_failure_is_told() {
        let answer = curve(Reach { from: 0, to: 9 }, |unit| {
            if unit == 4 { Err("four") } else { Ok(plain(unit * unit)) }
        });
        assert_eq!(answer, Err(NoCurve::Asked("four")));
    }

    prop_compose! {
        fn toys()(
            free in 0_u64..60,
            minimum in 0_u64..40,
            bounds in prop::collection::btree_set(1_u64..200, 0..3),
            included in 0_u64..100,
            block in 1_u64..30,
            most in 0_u64..300,
        ) -> Toy {
            Toy { free, minimum, bounds: bounds.into_iter().collect(), included, block, most }
        }
    }

    proptest! {
        #[test]
        fn every_unit_costs_what_it_costs(toy in toys(), from in 0_u64..50, length in 0_u64..250) {
            let reach = Reach { from, to: from + length };
            let curve = found(reach, |unit| toy.quote(unit));
            for unit in reach.from..=reach.to {
                prop_assert_eq!(curve.at(unit), toy.total(unit).map(Fraction::from), "{}", unit);
                let served = curve.standing(unit) == Some(&Standing::Complete);
                prop_assert_eq!(served, toy.total(unit).is_some());
            }
            prop_assert_eq!(curve.at(reach.to + 1), None);
        }
    }
}
