//! Sums that do not depend on the order in which parts of them were added.

use super::super::value::Val;

/// A sum of whole numbers, exact, and of others, with twice the digits of one.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Sum {
    whole: i128,
    /// The sum of 64-bit floats, and what it lacks.
    high: f64,
    low: f64,
    /// A number was no whole one, or their sum left 128 bits.
    is_float: bool,
    pub(super) count: u64,
}

impl Sum {
    pub(super) fn add(&mut self, value: &Val<'_>) {
        match value {
            Val::Int(value) => self.add_whole(*value),
            Val::Duration(ms) | Val::Time(ms) => self.add_whole(i128::from(*ms)),
            Val::Float(value) => self.add_float(*value),
            _ => return,
        }
        self.count += 1;
    }

    pub(super) fn merge(&mut self, other: &Sum) {
        self.add_whole(other.whole);
        self.high_low(other.high);
        self.high_low(other.low);
        self.is_float |= other.is_float;
        self.count += other.count;
    }

    fn add_whole(&mut self, value: i128) {
        match self.whole.checked_add(value) {
            Some(sum) => self.whole = sum,
            None => self.add_float(value as f64),
        }
    }

    fn add_float(&mut self, value: f64) {
        self.is_float = true;
        self.high_low(value);
    }

    /// The two-sum of Knuth: the error of an addition is a float too.
    fn high_low(&mut self, value: f64) {
        let sum = self.high + value;
        if !sum.is_finite() {
            (self.high, self.low) = (sum, 0.0);
            return;
        }
        let of_value = sum - self.high;
        let error = (self.high - (sum - of_value)) + (value - of_value);
        let low = self.low + error;
        // What is left over moves up as soon as it counts.
        self.high = sum + low;
        self.low = low - (self.high - sum);
    }

    fn float(&self) -> f64 {
        let mut all = *self;
        // A whole number may have more digits than a float.
        let nearest = self.whole as f64;
        all.high_low(nearest);
        all.high_low(self.whole.saturating_sub(nearest as i128) as f64);
        all.high + all.low
    }

    /// `None` of no values.
    pub(super) fn total(&self) -> Option<Val<'static>> {
        (self.count > 0).then(|| match self.is_float {
            true => Val::Float(self.float()),
            false => Val::Int(self.whole),
        })
    }

    /// The mean: a whole number where it is one.
    pub(super) fn mean(&self) -> Option<Val<'static>> {
        let count = i128::from(self.count);
        if count == 0 {
            return None;
        }
        if !self.is_float && self.whole % count == 0 {
            return Some(Val::Int(self.whole / count));
        }
        Some(Val::Float(self.float() / self.count as f64))
    }

    /// Its parts, to be kept in a file.
    pub(super) fn to_bytes(self) -> [u8; Sum::LEN] {
        let mut bytes = [0; Sum::LEN];
        bytes[..16].copy_from_slice(&self.whole.to_be_bytes());
        bytes[16..24].copy_from_slice(&self.high.to_bits().to_be_bytes());
        bytes[24..32].copy_from_slice(&self.low.to_bits().to_be_bytes());
        bytes[32..40].copy_from_slice(&self.count.to_be_bytes());
        bytes[40] = u8::from(self.is_float);
        bytes
    }

    pub(super) const LEN: usize = 41;

    pub(super) fn from_bytes(bytes: &[u8; Sum::LEN]) -> Sum {
        let part = |at: usize| {
            let part = bytes[at..].first_chunk::<8>();
            u64::from_be_bytes(part.copied().unwrap_or_default())
        };
        let high = u128::from(part(0)) << 64;
        Sum {
            whole: (high | u128::from(part(8))).cast_signed(),
            high: f64::from_bits(part(16)),
            low: f64::from_bits(part(24)),
            is_float: bytes[40] != 0,
            count: part(32),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum(values: &[Val<'_>]) -> Sum {
        let mut sum = Sum::default();
        values.iter().for_each(|value| sum.add(value));
        sum
    }

    #[test]
    fn small_parts_are_not_lost_beside_large_ones() {
        let values = [1e100, 1.0, -1e100, 1.5].map(Val::Float);
        assert_eq!(sum(&values).total(), Some(Val::Float(2.5)));
        assert_eq!(sum(&[Val::Int(1), Val::Int(2)]).total(), Some(Val::Int(3)));
        assert_eq!(
            sum(&[Val::Int(1), Val::Int(2)]).mean(),
            Some(Val::Float(1.5))
        );
        assert_eq!(sum(&[]).total(), None);
        assert_eq!(sum(&[]).mean(), None);
    }

    proptest! {
        #[test]
        fn any_cut_of_decimals_gives_the_same_sum(
            cents in proptest::collection::vec(-1_000_000_i64..1_000_000, 0..200),
            cut in any::<proptest::sample::Index>(),
        ) {
            let values: Vec<Val<'_>> = cents.iter().map(|&cents| Val::Float(cents as f64 / 128.0)).collect();
            let (left, right) = values.split_at(cut.index(values.len() + 1));
            let mut merged = sum(right);
            merged.merge(&sum(left));
            prop_assert_eq!(merged.total(), sum(&values).total());
            prop_assert_eq!(Sum::from_bytes(&merged.to_bytes()), merged);
            // Hundred-and-twenty-eighths have no error to begin with.
            let exact = cents.iter().sum::<i64>() as f64 / 128.0;
            if !values.is_empty() {
                prop_assert_eq!(merged.total(), Some(Val::Float(exact)));
            }
        }
    }
}
