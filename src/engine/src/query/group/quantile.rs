//! The value at a share of sorted ones, between two where it falls between them.

use super::{
    super::{error::Type, order::number_of, value::Val},
    encode,
    measure::typed,
};

/// A quantile on its way.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Quantile {
    /// Place of the value below it among all, from 0, and how far it is on the way to the next.
    low: u64,
    fraction: f64,
    seen: u64,
    at_low: Option<Val<'static>>,
    at_high: Option<Val<'static>>,
}

impl Quantile {
    /// The quantile at a share of so many values: of two values, that at 0.5 is half way between them.
    pub(super) fn new(share: f64, values: u64) -> Quantile {
        let place = share * values.saturating_sub(1) as f64;
        Quantile {
            low: place as u64,
            fraction: place.fract(),
            seen: 0,
            at_low: None,
            at_high: None,
        }
    }

    /// The quantile of numbers by what they are ordered by, in any order. They are moved, but not sorted.
    pub(super) fn of(share: f64, keys: &mut [u128]) -> Quantile {
        let mut quantile = Quantile::new(share, keys.len() as u64);
        let low = usize::try_from(quantile.low).unwrap_or(usize::MAX);
        if low < keys.len() {
            let (_, at_low, above) = keys.select_nth_unstable(low);
            quantile.at_low = Some(number_of(*at_low));
            quantile.at_high = above.iter().min().map(|&key| number_of(key));
        }
        quantile
    }

    /// Takes in a value, not smaller than those before, that stands there so often.
    pub(super) fn add(&mut self, mut value: &[u8], count: u64) {
        let end = self.seen + count;
        let holds = |place: u64| (self.seen..end).contains(&place);
        let (low, high) = (holds(self.low), holds(self.low + 1));
        self.seen = end;
        if low || high {
            let value = encode::take(&mut value);
            if low {
                self.at_low.clone_from(&value);
            }
            if high {
                self.at_high = value;
            }
        }
    }

    /// The value, of numbers that stand for a type.
    pub(super) fn value(&self, ty: Type) -> Val<'static> {
        let (Some(low), high) = (&self.at_low, &self.at_high) else {
            return Val::Missing;
        };
        let value = match high {
            Some(high) if self.fraction > 0.0 && low != high => between(low, high, self.fraction),
            _ => Some(low.clone()),
        };
        value.map_or(Val::Missing, |value| typed(ty, value))
    }
}

fn between(low: &Val<'_>, high: &Val<'_>, fraction: f64) -> Option<Val<'static>> {
    let (low, high) = (low.as_float()?, high.as_float()?);
    Some(Val::Float(low + (high - low) * fraction))
}

#[cfg(test)]
mod tests {
    use super::super::super::order::integer_key;
    use super::*;

    fn quantile(share: f64, values: &[i128]) -> Val<'static> {
        let mut quantile = Quantile::new(share, values.len() as u64);
        for value in values {
            let mut bytes = Vec::new();
            encode::push(&Val::Int(*value), &mut bytes);
            quantile.add(&bytes, 1);
        }
        let mut keys: Vec<u128> = values
            .iter()
            .rev()
            .map(|value| integer_key(*value))
            .collect();
        let at_once = Quantile::of(share, &mut keys).value(Type::Number);
        assert_eq!(at_once, quantile.value(Type::Number));
        at_once
    }

    /// Values of `numpy.quantile` of the same numbers.
    #[test]
    fn quantiles_are_those_of_numpy() {
        let values = [3, 7, 12, 31, 40, 250, 1200];
        for (share, expected) in [
            (0.0, Val::Int(3)),
            (0.25, Val::Float(9.5)),
            (0.5, Val::Int(31)),
            (0.75, Val::Float(145.0)),
            (0.95, Val::Float(914.999_999_999_999_7)),
            (1.0, Val::Int(1200)),
        ] {
            match (quantile(share, &values), expected) {
                (Val::Float(found), Val::Float(expected)) => {
                    assert!((found - expected).abs() < 1e-9, "{share}: {found}");
                }
                (found, expected) => assert_eq!(found, expected, "{share}"),
            }
        }
        assert_eq!(quantile(0.5, &[]), Val::Missing);
        assert_eq!(quantile(0.99, &[5]), Val::Int(5));
    }
}
