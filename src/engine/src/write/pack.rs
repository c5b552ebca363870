//! Compression between what is written and its file.

use std::{
    fmt,
    io::{self, Write},
};

use super::Packing;

/// A file that is compressed on the way, or not.
#[derive(Debug)]
pub enum Packed<W: Write> {
    /// As it is.
    None(W),
    /// By gzip.
    Gzip(flate2::write::GzEncoder<W>),
    /// By zstd.
    Zstd(Zstd<W>),
}

/// A file that zstd compresses.
pub struct Zstd<W: Write>(zstd::Encoder<'static, W>);

impl<W: Write> fmt::Debug for Zstd<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Zstd").finish_non_exhaustive()
    }
}

impl<W: Write> Packed<W> {
    /// A file that gets what is written compressed so.
    ///
    /// # Errors
    ///
    /// If zstd has no memory.
    pub fn new(out: W, packing: Packing) -> io::Result<Packed<W>> {
        Ok(match packing {
            Packing::None => Packed::None(out),
            Packing::Gzip => {
                let level = flate2::Compression::default();
                Packed::Gzip(flate2::write::GzEncoder::new(out, level))
            }
            Packing::Zstd => Packed::Zstd(Zstd(zstd::Encoder::new(out, 0)?)),
        })
    }

    /// Writes what is left, and gives back the file.
    ///
    /// # Errors
    ///
    /// If the file takes no more.
    pub fn finish(self) -> io::Result<W> {
        match self {
            Packed::None(out) => Ok(out),
            Packed::Gzip(out) => out.finish(),
            Packed::Zstd(Zstd(out)) => out.finish(),
        }
    }
}

impl<W: Write> Write for Packed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Packed::None(out) => out.write(bytes),
            Packed::Gzip(out) => out.write(bytes),
            Packed::Zstd(Zstd(out)) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Packed::None(out) => out.flush(),
            Packed::Gzip(out) => out.flush(),
            Packed::Zstd(Zstd(out)) => out.flush(),
        }
    }
}
