//! The system's randomness, drawn for many ULIDs at once.

use core::{cell::RefCell, convert::Infallible, mem};

use chacha20::ChaCha12Rng;
use rand_core::{Rng, SeedableRng, TryCryptoRng, TryRng};

use super::{
    fork,
    secure::{AesRng, RESEED_BYTES, system_seed},
};

/// Bytes that are drawn at once, for about fifty ULIDs.
const POOL: usize = 640;

/// The randomness of the thread that asks: cryptographic, seeded by the system, and seeded again in a forked child.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRng;

/// The randomness of this thread.
///
/// Panics, when it is first asked for bytes, where the system has no randomness to give.
#[inline]
#[must_use]
pub fn system_rng() -> SystemRng {
    SystemRng
}

thread_local! {
    static DRAWN: RefCell<Drawn> = const {
        RefCell::new(Drawn {
            bytes: [0; POOL],
            left: 0,
            generation: 0,
        })
    };
}

/// Fresh bytes that nobody has seen yet.
struct Drawn {
    bytes: [u8; POOL],
    /// Number of bytes left; those behind are used up, and zero.
    left: usize,
    /// The [`fork::generation`] in which they were drawn; none yet.
    generation: usize,
}

impl Drawn {
    #[inline]
    fn take<const N: usize>(&mut self) -> [u8; N] {
        const { assert!(N <= POOL) };
        loop {
            if self.generation == fork::generation()
                && let Some((rest, taken)) = self.bytes[..self.left].split_last_chunk_mut()
            {
                self.left = rest.len();
                return mem::replace(taken, [0; N]);
            }
            self.draw();
        }
    }

    #[cold]
    fn draw(&mut self) {
        self.generation = fork::generation();
        fill(&mut self.bytes);
        self.left = POOL;
    }
}

/// Fresh bytes: those of AES where the processor has instructions for it, which is then the fastest, else of ChaCha.
fn fill(bytes: &mut [u8]) {
    if AesRng::is_fast() {
        fill_by_aes(bytes);
    } else {
        fill_by_chacha(bytes);
    }
}

/// The stream renews itself in a forked child.
#[expect(
    clippy::expect_used,
    reason = "without randomness there are no IDs, and an ID that others have is worse than none"
)]
fn fill_by_aes(bytes: &mut [u8]) {
    thread_local! {
        static STREAM: RefCell<AesRng> =
            RefCell::new(AesRng::new().expect("the system gives randomness"));
    }
    STREAM.with_borrow_mut(|stream| stream.fill_bytes(bytes));
}

/// Twelve rounds, as `rand` has them for its standard generator.
fn fill_by_chacha(bytes: &mut [u8]) {
    thread_local! {
        static STREAM: RefCell<Seeded> = RefCell::new(Seeded::by_system());
    }
    STREAM.with_borrow_mut(|stream| stream.fill(bytes));
}

/// ChaCha, and when it needs a new seed.
struct Seeded {
    rng: ChaCha12Rng,
    bytes_left: u64,
    /// The [`fork::generation`] that it was seeded in.
    generation: usize,
}

impl Seeded {
    #[expect(
        clippy::expect_used,
        reason = "going on would repeat the parent's IDs, which is worse than an end"
    )]
    fn by_system() -> Seeded {
        let generation = fork::generation();
        let seed = system_seed().expect("the system gives randomness");
        Seeded {
            rng: ChaCha12Rng::from_seed(seed),
            bytes_left: RESEED_BYTES,
            generation,
        }
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        if self.generation != fork::generation() || self.bytes_left < bytes.len() as u64 {
            *self = Seeded::by_system();
        }
        self.bytes_left = self.bytes_left.saturating_sub(bytes.len() as u64);
        self.rng.fill_bytes(bytes);
    }
}

impl TryRng for SystemRng {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(DRAWN.with_borrow_mut(Drawn::take)))
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(DRAWN.with_borrow_mut(Drawn::take)))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for SystemRng {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bytes_are_given_twice_and_used_ones_are_wiped() {
        let mut rng = system_rng();
        let mut seen: Vec<u64> = (0..1_000).map(|_| rng.next_u64()).collect();
        seen.extend(
            (0..1_000).map(|_| u64::from(rng.next_u32()) << 32 | u64::from(rng.next_u32())),
        );
        let mut bytes = [0; 800];
        rng.fill_bytes(&mut bytes);
        seen.extend(
            bytes
                .as_chunks()
                .0
                .iter()
                .map(|&bytes| u64::from_le_bytes(bytes)),
        );
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), count);
        for source in [fill_by_aes, fill_by_chacha] {
            let (mut first, mut second) = ([0; 32], [0; 32]);
            source(&mut first);
            source(&mut second);
            assert_ne!(first, second);
        }
        DRAWN.with_borrow(|drawn| {
            assert!(drawn.bytes[drawn.left..].iter().all(|&byte| byte == 0));
            assert!(drawn.left < POOL);
        });
    }
}
