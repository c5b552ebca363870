//! Randomness for many ULIDs: AES in counter mode, by the RustCrypto crates, which use the processor's instructions.

use core::{convert::Infallible, error, fmt};

use aes::{
    Aes128,
    cipher::{KeyIvInit, StreamCipher},
};
use ctr::Ctr64LE;
use rand_core::{TryCryptoRng, TryRng};

use super::fork;

type KeyStream = Ctr64LE<Aes128>;

/// A seed is a key and the first counter block.
type Seed = [u8; 32];

/// Bytes after which the system is asked for a new seed. Far below the 2^64 blocks where repetition that a cipher
/// cannot have would tell its stream from chance.
pub(super) const RESEED_BYTES: u64 = 1 << 30;

/// The system has no randomness to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoRandomness(getrandom::Error);

impl fmt::Display for NoRandomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the system gives no randomness: {}", self.0)
    }
}

impl error::Error for NoRandomness {}

/// Cryptographic randomness at several gigabytes a second.
///
/// The stream is AES-128 in counter mode. Seeded by the system it takes a new seed each gigabyte, and in a forked child;
/// [`AesRng::from_seed`] always gives the same bytes instead.
#[derive(Debug)]
pub struct AesRng {
    stream: KeyStream,
    /// Nothing where the seed is the caller's.
    renewal: Option<Renewal>,
}

#[derive(Debug)]
struct Renewal {
    bytes_left: u64,
    generation: usize,
}

impl AesRng {
    /// Seeded by the system.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`] where the system has none to give.
    pub fn new() -> Result<AesRng, NoRandomness> {
        let generation = fork::generation();
        let mut rng = AesRng::from_seed(system_seed()?);
        rng.renewal = Some(Renewal {
            bytes_left: RESEED_BYTES,
            generation,
        });
        Ok(rng)
    }

    /// Tells if the processor has instructions for the cipher; without them ChaCha is faster.
    pub(super) fn is_fast() -> bool {
        #[cfg(target_arch = "x86_64")]
        return is_x86_feature_detected!("aes");
        #[cfg(target_arch = "aarch64")]
        return std::arch::is_aarch64_feature_detected!("aes");
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        return false;
    }

    /// The stream of a seed, the same each time.
    #[must_use]
    pub fn from_seed(seed: Seed) -> AesRng {
        AesRng {
            stream: stream(seed),
            renewal: None,
        }
    }

    /// Counts the bytes that are about to be taken, and takes a new seed where one is due.
    fn renew(&mut self, bytes: usize) {
        let Some(renewal) = &mut self.renewal else {
            return;
        };
        let generation = fork::generation();
        let forked = renewal.generation != generation;
        let bytes = bytes as u64;
        if !forked && renewal.bytes_left >= bytes {
            renewal.bytes_left -= bytes;
            return;
        }
        renewal.generation = generation;
        renewal.bytes_left = RESEED_BYTES.saturating_sub(bytes);
        self.stream = stream(renewed_seed(forked, &mut self.stream));
    }
}

fn stream(seed: Seed) -> KeyStream {
    let (mut key, mut block) = ([0; 16], [0; 16]);
    key.copy_from_slice(&seed[..16]);
    block.copy_from_slice(&seed[16..]);
    KeyStream::new(&key.into(), &block.into())
}

pub(super) fn system_seed() -> Result<Seed, NoRandomness> {
    let mut seed = Seed::default();
    getrandom::fill(&mut seed).map_err(NoRandomness)?;
    Ok(seed)
}

/// Fresh from the system. Where it fails, which it does not after it gave once, the stream may go on from its own bytes,
/// but not in a child, whose parent has them too.
#[cold]
#[expect(
    clippy::panic,
    reason = "going on would repeat the parent's IDs, which is worse than an end"
)]
fn renewed_seed(forked: bool, stream: &mut KeyStream) -> Seed {
    match system_seed() {
        Ok(seed) => seed,
        Err(error) if forked => panic!("no randomness for a forked process: {error}"),
        Err(_) => {
            let mut seed = Seed::default();
            stream.apply_keystream(&mut seed);
            seed
        }
    }
}

impl TryRng for AesRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.renew(bytes.len());
        self.stream.write_keystream(bytes);
        Ok(())
    }
}

impl TryCryptoRng for AesRng {}

#[cfg(test)]
mod tests {
    use rand_core::Rng;

    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_stream_is_aes_in_counter_mode() {
        // FIPS 197, appendix C.1: the key 000102...0f turns 00112233...ff into this block.
        let mut seed = Seed::default();
        for index in 0..16 {
            seed[index] = index as u8;
            seed[16 + index] = 0x11 * index as u8;
        }
        let mut block = [0; 16];
        AesRng::from_seed(seed).fill_bytes(&mut block);
        assert_eq!(hex(&block), "69c4e0d86a7b0430d8cdb78070b4c55a");
    }

    #[test]
    fn a_seed_gives_one_stream_however_it_is_taken() {
        let mut whole = [0; 100];
        AesRng::from_seed([7; 32]).fill_bytes(&mut whole);
        let mut rng = AesRng::from_seed([7; 32]);
        let mut parts = Vec::new();
        parts.extend(rng.next_u64().to_le_bytes());
        parts.extend(rng.next_u32().to_le_bytes());
        let mut rest = [0; 88];
        rng.fill_bytes(&mut rest);
        parts.extend(rest);
        assert_eq!(hex(&parts), hex(&whole));
    }

    #[test]
    fn a_spent_or_inherited_stream_is_renewed() {
        let next = |rng: &mut AesRng| rng.next_u64();
        let seeded = |bytes_left, generation| AesRng {
            stream: stream([7; 32]),
            renewal: Some(Renewal {
                bytes_left,
                generation,
            }),
        };
        let own = AesRng::from_seed([7; 32]).next_u64();
        let here = fork::generation();
        assert_eq!(next(&mut seeded(8, here)), own);
        let mut spent = seeded(7, here);
        assert_ne!(next(&mut spent), own);
        assert_eq!(spent.renewal.unwrap().bytes_left, RESEED_BYTES - 8);
        assert_ne!(next(&mut seeded(8, here + 1)), own);
    }
}
