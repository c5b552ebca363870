//! Which instructions the codec runs on.
//!
//! There is one reference implementation, which every machine can run, and one for each instruction set that is worth
//! its own. A [`Kernel`] names one of them that this processor has: it cannot be made otherwise, which is what makes
//! its methods safe to call. The fastest is detected once; bulk calls dispatch once and keep their loops inside.

#[cfg(feature = "alloc")]
use alloc::string::String;
#[cfg(feature = "alloc")]
use core::{error, str::FromStr};
use core::{
    fmt,
    sync::atomic::{AtomicU8, Ordering::Relaxed},
};
#[cfg(feature = "std")]
use std::{env, sync::OnceLock};

/// The environment variable that forces a kernel for a process. Without the feature `std` nobody reads it.
pub const KERNEL_VARIABLE: &str = "ULID_KERNEL";

/// An implementation of the codec that this processor can run.
///
/// ```
/// use ulid_core::codec::Kernel;
///
/// assert!(Kernel::available().any(|kernel| kernel == Kernel::active()));
/// assert_eq!("scalar".parse(), Ok(Kernel::SCALAR));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kernel(pub(crate) Level);

/// The instruction sets, slowest first. Levels that the target cannot have do not exist in its build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Level {
    /// Instructions that every machine has.
    Scalar = 1,
    /// AVX2.
    #[cfg(target_arch = "x86_64")]
    Avx2 = 2,
    /// AVX-512 F, BW, DQ, VL, IFMA, VBMI, VBMI2 and VPOPCNTDQ.
    #[cfg(target_arch = "x86_64")]
    Avx512 = 3,
    /// NEON, on little-endian machines.
    #[cfg(target_arch = "aarch64")]
    Neon = 4,
}

/// Why a kernel cannot be had by its name.
#[cfg(feature = "alloc")]
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KernelError {
    /// No kernel is called so.
    Unknown {
        /// The name asked for.
        name: String,
    },
    /// This processor, or this build, lacks the instructions.
    Unsupported {
        /// The name asked for.
        name: String,
    },
}

#[cfg(feature = "alloc")]
impl fmt::Display for KernelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KernelError::Unknown { name } => {
                write!(f, "{name:?} is no kernel; there are ")?;
                write_list(Kernel::NAMES, f)
            }
            KernelError::Unsupported { name } => {
                write!(
                    f,
                    "the kernel {name} cannot run on this machine, which has "
                )?;
                write_list(Kernel::available().map(Kernel::name), f)
            }
        }
    }
}

#[cfg(feature = "alloc")]
impl error::Error for KernelError {}

/// Writes names with commas between them.
#[cfg(feature = "alloc")]
fn write_list(
    names: impl IntoIterator<Item = &'static str>,
    out: &mut impl fmt::Write,
) -> fmt::Result {
    for (index, name) in names.into_iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        write!(out, "{separator}{name}")?;
    }
    Ok(())
}

impl Kernel {
    /// The reference, which runs everywhere.
    pub const SCALAR: Kernel = Kernel(Level::Scalar);

    /// The names of all kernels, also of those that this machine cannot run.
    pub const NAMES: [&str; 4] = ["scalar", "avx2", "avx512", "neon"];

    /// The kernels that this machine can run, slowest first.
    pub fn available() -> impl Iterator<Item = Kernel> {
        Level::ALL
            .iter()
            .copied()
            .filter(|level| level.is_supported())
            .map(Kernel)
    }

    /// The kernel that the codec's free functions use: the one that [`KERNEL_VARIABLE`] names, else the fastest.
    ///
    /// Chosen at the first call, it stays. See [`Kernel::request_error`] for a variable that could not be followed.
    #[inline]
    #[must_use]
    pub fn active() -> Kernel {
        /// The level as a number; 0 until it is chosen.
        static ACTIVE: AtomicU8 = AtomicU8::new(0);

        match Level::numbered(ACTIVE.load(Relaxed)) {
            Some(level) => Kernel(level),
            None => {
                let chosen = choose();
                ACTIVE.store(chosen.0 as u8, Relaxed);
                chosen
            }
        }
    }

    /// Why [`KERNEL_VARIABLE`] is not followed, where it is set to something that this machine cannot run. The codec then
    /// uses the fastest kernel, and a program should say so.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn request_error() -> Option<&'static KernelError> {
        requested()
            .as_ref()
            .and_then(|kernel| kernel.as_ref().err())
    }

    /// One line for a program's version text: the kernel in use, those of this machine, and why [`KERNEL_VARIABLE`] is
    /// not followed where it is not.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn report() -> String {
        let mut report = format!("kernel: {} of ", Kernel::active());
        // Writing into a `String` does not fail.
        let _ = write_list(Kernel::available().map(Kernel::name), &mut report);
        match Kernel::request_error() {
            Some(error) => format!("{report} ({KERNEL_VARIABLE} is not followed: {error})"),
            None => report,
        }
    }

    /// The instructions that it uses. A kernel exists only where the processor was found to have them.
    #[inline]
    #[must_use]
    pub const fn level(self) -> Level {
        self.0
    }

    /// The name, as [`KERNEL_VARIABLE`] takes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            Level::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => "avx512",
            #[cfg(target_arch = "aarch64")]
            Level::Neon => "neon",
        }
    }
}

/// Asks the processor for all of some features, by the macro that does so.
#[cfg(all(feature = "std", any(target_arch = "x86_64", target_arch = "aarch64")))]
macro_rules! has {
    ($detected:ident: $($feature:tt),*) => {
        $(std::arch::$detected!($feature))&&*
    };
}

#[cfg(all(
    not(feature = "std"),
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
macro_rules! has {
    ($detected:ident: $($feature:tt),*) => {
        $(cfg!(target_feature = $feature))&&*
    };
}

impl Level {
    const ALL: &[Level] = &[
        Level::Scalar,
        #[cfg(target_arch = "x86_64")]
        Level::Avx2,
        #[cfg(target_arch = "x86_64")]
        Level::Avx512,
        #[cfg(target_arch = "aarch64")]
        Level::Neon,
    ];

    /// The level whose number this is.
    #[inline]
    fn numbered(number: u8) -> Option<Level> {
        Some(match number {
            1 => Level::Scalar,
            #[cfg(target_arch = "x86_64")]
            2 => Level::Avx2,
            #[cfg(target_arch = "x86_64")]
            3 => Level::Avx512,
            #[cfg(target_arch = "aarch64")]
            4 => Level::Neon,
            _ => return None,
        })
    }

    /// Tells if the processor, and the operating system, have every instruction that the kernel is compiled with. Without
    /// the feature `std` nobody can be asked, and only what the whole program is compiled for counts.
    fn is_supported(self) -> bool {
        match self {
            Level::Scalar => true,
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => has!(is_x86_feature_detected: "avx2"),
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => {
                has!(is_x86_feature_detected: "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512ifma",
                    "avx512vbmi", "avx512vbmi2", "avx512vpopcntdq", "popcnt")
            }
            #[cfg(target_arch = "aarch64")]
            // Its lanes are laid out for little-endian memory.
            Level::Neon => {
                cfg!(target_endian = "little") && has!(is_aarch64_feature_detected: "neon")
            }
        }
    }
}

#[cold]
fn choose() -> Kernel {
    #[cfg(feature = "std")]
    if let Some(Ok(kernel)) = requested() {
        return *kernel;
    }
    Kernel::available().last().unwrap_or(Kernel::SCALAR)
}

/// The kernel that the environment asks for; read once.
#[cfg(feature = "std")]
fn requested() -> &'static Option<Result<Kernel, KernelError>> {
    static REQUESTED: OnceLock<Option<Result<Kernel, KernelError>>> = OnceLock::new();
    REQUESTED.get_or_init(|| {
        let name = env::var_os(KERNEL_VARIABLE)?;
        Some(name.to_string_lossy().parse())
    })
}

#[cfg(feature = "alloc")]
impl FromStr for Kernel {
    type Err = KernelError;

    /// The kernel of this name, where this machine can run it.
    fn from_str(name: &str) -> Result<Kernel, KernelError> {
        let name = name.trim().to_ascii_lowercase();
        if let Some(kernel) = Kernel::available().find(|kernel| kernel.name() == name) {
            return Ok(kernel);
        }
        Err(if Kernel::NAMES.contains(&name.as_str()) {
            KernelError::Unsupported { name }
        } else {
            KernelError::Unknown { name }
        })
    }
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(feature = "alloc")]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_levels() {
        for &level in Level::ALL {
            assert!(Level::numbered(level as u8) == Some(level));
        }
        assert!(Level::numbered(0).is_none());
    }

    #[test]
    fn a_name_is_a_kernel_of_this_machine_or_an_error_that_says_why() {
        for name in Kernel::NAMES {
            match name.parse::<Kernel>() {
                Ok(kernel) => assert_eq!(kernel.to_string(), name),
                Err(error) => {
                    let says =
                        format!("the kernel {name} cannot run on this machine, which has scalar");
                    assert!(error.to_string().starts_with(&says), "{error}");
                }
            }
        }
        assert_eq!(
            "sse9".parse::<Kernel>().unwrap_err().to_string(),
            "\"sse9\" is no kernel; there are scalar, avx2, avx512, neon"
        );
        assert_eq!(" Scalar ".parse(), Ok(Kernel::SCALAR));
    }
}
