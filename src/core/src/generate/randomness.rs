//! Sources of random bits: a trait of our own, so that no version of another crate is bound to the generators.

/// A source of random bytes.
///
/// With the feature `rand_core`, which is on by default, each generator of the `rand` crates is one. Without it, a source
/// is made of whatever the system has:
///
/// ```
/// # #[cfg(not(feature = "rand_core"))] {
/// use ulid_core::{Timestamp, generate::{Randomness, random}};
///
/// struct Peripheral;
///
/// impl Randomness for Peripheral {
///     fn draw(&mut self, bytes: &mut [u8]) {
///         bytes.fill(4); // chosen by a fair dice
///     }
/// }
///
/// let id = random(Timestamp::MIN, &mut Peripheral);
/// assert_eq!(id.random(), 0x0404_0404_0404_0404_0404);
/// # }
/// ```
pub trait Randomness {
    /// Fills `bytes` with fresh ones.
    fn draw(&mut self, bytes: &mut [u8]);

    /// As many bits as a ULID has, in the lower ones of a number.
    #[inline]
    fn draw_80_bits(&mut self) -> u128 {
        let mut bytes = [0; 16];
        if let Some(drawn) = bytes.first_chunk_mut::<10>() {
            self.draw(drawn);
        }
        u128::from_le_bytes(bytes)
    }
}

#[cfg(feature = "rand_core")]
impl<R: rand_core::Rng + ?Sized> Randomness for R {
    #[inline]
    fn draw(&mut self, bytes: &mut [u8]) {
        self.fill_bytes(bytes);
    }

    #[inline]
    fn draw_80_bits(&mut self) -> u128 {
        let low = self.next_u64();
        u128::from(self.next_u32() as u16) << 64 | u128::from(low)
    }
}
