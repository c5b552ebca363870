//! The system's randomness, drawn for many ULIDs at once.

use std::{cell::RefCell, convert::Infallible, mem};

use rand::{Rng, TryCryptoRng, TryRng, rngs::ThreadRng};

use super::fork;

/// Bytes that are drawn at once, for about fifty ULIDs.
const POOL: usize = 640;

/// The randomness of the thread that asks: cryptographic, seeded by the system, and seeded again in a forked child.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRng;

/// The randomness of this thread.
///
/// It panics, when it is first asked for bytes, where the system has no randomness to give.
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
            generation: u64::MAX,
        })
    };
}

/// Bytes of the thread's generator that nobody has seen yet.
struct Drawn {
    bytes: [u8; POOL],
    /// Those from here on are used up, and zero.
    left: usize,
    /// The [`fork::generation`] in which they were drawn; none yet.
    generation: u64,
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

    fn fill(&mut self, bytes: &mut [u8]) {
        if self.generation != fork::generation() {
            self.draw();
        }
        rand::rng().fill_bytes(bytes);
    }

    #[cold]
    fn draw(&mut self) {
        let generation = fork::generation();
        let mut rng = rand::rng();
        if self.generation != generation {
            // Also the first time: others may have drawn from it before a fork that was not watched.
            fork::watch();
            reseed(&mut rng);
            self.generation = generation;
        }
        rng.fill_bytes(&mut self.bytes);
        self.left = POOL;
    }
}

#[cold]
#[expect(
    clippy::expect_used,
    reason = "going on would repeat the parent's IDs; rand itself panics where it cannot be seeded at first"
)]
fn reseed(rng: &mut ThreadRng) {
    rng.reseed().expect("the system gives randomness");
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
        DRAWN.with_borrow_mut(|drawn| drawn.fill(bytes));
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
        DRAWN.with_borrow(|drawn| {
            assert!(drawn.bytes[drawn.left..].iter().all(|&byte| byte == 0));
            assert!(drawn.left < POOL);
        });
    }
}
