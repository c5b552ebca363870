//! Rows chosen at random.

use crate::RowSet;

/// `count` of `among`, each as likely as any other, or all of them if they are fewer. The same seed chooses the same ones,
/// on every machine and in every version: the numbers are those of SplitMix64, and the choice is Floyd's (Bentley and Floyd,
/// "A sample of brilliance", 1987), which needs no memory but for what is chosen.
#[must_use]
pub fn sample(among: &RowSet, count: u64, seed: u64) -> RowSet {
    let all = among.len();
    if count >= all {
        return among.clone();
    }
    let mut random = SplitMix(seed);
    let mut places = RowSet::new();
    for last in all - count..all {
        let place = random.up_to(last);
        if !places.insert(place) {
            places.insert(last);
        }
    }
    places
        .iter()
        .filter_map(|place| among.select(place))
        .collect()
}

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `last`, both included. What is uneven about it is below one in 2^64 of `last`.
    fn up_to(&mut self, last: u64) -> u64 {
        let scaled = u128::from(self.next()) * (u128::from(last) + 1);
        (scaled >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_paper() {
        let mut random = SplitMix(1_234_567);
        let numbers: Vec<u64> = (0..3).map(|_| random.next()).collect();
        assert_eq!(
            numbers,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn every_row_is_as_likely_as_any_other() {
        let among: RowSet = (100..110).collect();
        let mut counts = [0_u32; 10];
        for seed in 0..10_000 {
            let chosen = sample(&among, 3, seed);
            assert_eq!(chosen.len(), 3);
            for row in chosen {
                counts[(row - 100) as usize] += 1;
            }
        }
        // 3,000 each, with a standard deviation of 46
        assert!(
            counts.iter().all(|count| (2_770..3_230).contains(count)),
            "{counts:?}"
        );
        assert_eq!(sample(&among, 10, 1), among);
        assert_eq!(sample(&among, 0, 1), RowSet::new());
    }
}
