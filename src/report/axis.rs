//! From values to places on a drawing, and back: straight or logarithmic, in whole numbers.
//!
//! On a logarithmic axis from 1 to 1,000 with 30 places, 10 stands at place 10 and 100 at place 20.
//! What is drawn is rounded to the drawing's places; no figure that is told comes from here.

/// Binary digits after the point of a logarithm.
const DIGITS: u32 = 16;
/// Binary digits by which a value is placed on a straight axis.
const DIGITS_PLACED: u32 = 100;
/// From which ratio between its ends on an axis is logarithmic.
const WIDE: u128 = 100;

/// An axis between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    low: u128,
    high: u128,
    logarithmic: bool,
}

impl Axis {
    /// An axis between two values: logarithmic where they are far apart, and straight where one is 0.
    pub(super) fn between(low: u128, high: u128) -> Self {
        let logarithmic = low > 0 && high.div_euclid(low) >= WIDE;
        Self { low, high: high.max(low.saturating_add(1)), logarithmic }
    }

    /// As [`between`](Self::between), a straight one from 0.
    pub(super) fn of_amounts(low: u128, high: u128) -> Self {
        let axis = Self::between(low, high);
        if axis.logarithmic { axis } else { Self { low: 0, ..axis } }
    }

    pub(super) fn is_logarithmic(self) -> bool {
        self.logarithmic
    }

    /// The place of a value, from 0 to the last.
    pub(super) fn place(self, value: u128, last: u64) -> u64 {
        let value = value.clamp(self.low, self.high);
        let scale = |value: u128| if self.logarithmic { logarithm(value) } else { value };
        let length = scale(self.high).saturating_sub(scale(self.low)).max(1);
        let passed = scale(value).saturating_sub(scale(self.low));
        // the first hundred digits place a value exactly enough, and leave room to multiply
        let digits = u128::BITS.saturating_sub(length.leading_zeros());
        let drop = digits.saturating_sub(DIGITS_PLACED);
        let (passed, length) = (passed.checked_shr(drop), length.checked_shr(drop));
        let (passed, length) = (passed.unwrap_or(0), length.unwrap_or(1).max(1));
        let twice = passed.saturating_mul(last.into()).saturating_mul(2).saturating_add(length);
        let place = twice.div_euclid(length.saturating_mul(2));
        u64::try_from(place).unwrap_or(last).min(last)
    }

    /// The least value that stands at a place or behind it.
    pub(super) fn value(self, place: u64, last: u64) -> u128 {
        let (mut below, mut at) = (self.low, self.high);
        if self.place(below, last) >= place {
            return below;
        }
        while at.saturating_sub(below) > 1 {
            let middle = below.midpoint(at);
            if self.place(middle, last) >= place {
                at = middle;
            } else {
                below = middle;
            }
        }
        at
    }

    /// Round values to label, from low to high and so many at most: powers of ten, or steps of 1, 2
    /// or 5 of one.
    pub(super) fn ticks(self, most: usize) -> Vec<u128> {
        let all: Vec<u128> = if self.logarithmic {
            powers()
                .skip_while(|power| *power < self.low)
                .take_while(|power| *power <= self.high)
                .collect()
        } else {
            let step = powers()
                .flat_map(|power| [1, 2, 5].map(|times: u128| power.saturating_mul(times)))
                .find(|step| self.span_in(*step) < u128::try_from(most).unwrap_or(1));
            let step = step.unwrap_or(u128::MAX);
            let first = self.low.div_ceil(step).saturating_mul(step);
            std::iter::successors(Some(first), |tick| tick.checked_add(step))
                .take_while(|tick| *tick <= self.high)
                .take(most)
                .collect()
        };
        let every = all.len().div_ceil(most.max(1)).max(1);
        all.into_iter().step_by(every).collect()
    }

    /// How many steps of a size lie between both ends.
    fn span_in(self, step: u128) -> u128 {
        self.high.saturating_sub(self.low).div_euclid(step.max(1))
    }
}

/// 1, 10, 100 and so on.
fn powers() -> impl Iterator<Item = u128> {
    std::iter::successors(Some(1_u128), |power| power.checked_mul(10))
}

/// The binary logarithm in 65,536ths, rounded down; 0 of 0.
fn logarithm(value: u128) -> u128 {
    let Some(whole) = value.checked_ilog2() else { return 0 };
    let top = u64::BITS.saturating_sub(1);
    // between 2^63 and 2^64, so that its square fits
    let shifted = if whole > top {
        value.checked_shr(whole.saturating_sub(top))
    } else {
        value.checked_shl(top.saturating_sub(whole))
    };
    let mut rest = shifted.unwrap_or(0);
    let mut digits = u128::from(whole);
    for _ in 0..DIGITS {
        let square = rest.saturating_mul(rest);
        let two = square.leading_zeros() == 0;
        digits = digits.saturating_mul(2).saturating_add(u128::from(two));
        rest = square.checked_shr(if two { u64::BITS } else { top }).unwrap_or(0);
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_those_of_a_table() {
        // 65,536 × log2: of 10 it is 217,705.8…, of 1,000 653,117.4…
        for (value, expected) in [(0, 0), (1, 0), (2, 65_536), (10, 217_705), (1_000, 653_117)] {
            assert_eq!(logarithm(value), expected, "{value}");
        }
        assert_eq!(logarithm(1 << 100), 6_553_600);
    }

    #[test]
    fn a_wide_axis_is_logarithmic() {
        let axis = Axis::between(1, 1_000);
        assert!(axis.is_logarithmic());
        assert_eq!([1, 10, 100, 1_000].map(|value| axis.place(value, 30)), [0, 10, 20, 30]);
        assert_eq!(axis.ticks(4), [1, 10, 100, 1_000]);
        assert_eq!(axis.ticks(2), [1, 100]);
        assert!(!Axis::between(0, 1_000).is_logarithmic());
        assert!(!Axis::between(20, 1_000).is_logarithmic());
    }

    #[test]
    fn a_straight_axis_has_round_ticks() {
        let axis = Axis::of_amounts(20, 1_000);
        assert_eq!(axis.ticks(6), [0, 200, 400, 600, 800, 1_000]);
        assert_eq!(axis.ticks(5), [0, 500, 1_000]);
        assert_eq!([0, 500, 1_000].map(|value| axis.place(value, 10)), [0, 5, 10]);
    }

    #[test]
    fn values_and_places_are_inverse() {
        for axis in [Axis::between(1, 1_000_000), Axis::between(0, 640), Axis::between(7, 9)] {
            for place in 0..=64 {
                let value = axis.value(place, 64);
                assert!(axis.place(value, 64) >= place, "{axis:?} {place}");
                assert!(value == axis.low || axis.place(value - 1, 64) < place, "{axis:?} {place}");
            }
        }
    }

    #[test]
    fn the_largest_values_have_places() {
        let axis = Axis { low: 0, high: u128::MAX, logarithmic: false };
        assert_eq!([0, u128::MAX / 2, u128::MAX].map(|value| axis.place(value, 100)), [0, 50, 100]);
    }
}
