//! Writers between rows and their file: compression, and the array around objects.

use std::io::{self, Write};

use super::name::Packing;

/// A file that is compressed on the way, or not.
pub(super) enum Packed<W: Write> {
    None(W),
    Gzip(flate2::write::GzEncoder<W>),
    Zstd(zstd::Encoder<'static, W>),
}

impl<W: Write> Packed<W> {
    pub(super) fn new(out: W, packing: Packing) -> io::Result<Packed<W>> {
        Ok(match packing {
            Packing::None => Packed::None(out),
            Packing::Gzip => {
                let level = flate2::Compression::default();
                Packed::Gzip(flate2::write::GzEncoder::new(out, level))
            }
            Packing::Zstd => Packed::Zstd(zstd::Encoder::new(out, 0)?),
        })
    }

    pub(super) fn finish(self) -> io::Result<W> {
        match self {
            Packed::None(out) => Ok(out),
            Packed::Gzip(out) => out.finish(),
            Packed::Zstd(out) => out.finish(),
        }
    }
}

impl<W: Write> Write for Packed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Packed::None(out) => out.write(bytes),
            Packed::Gzip(out) => out.write(bytes),
            Packed::Zstd(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Packed::None(out) => out.flush(),
            Packed::Gzip(out) => out.flush(),
            Packed::Zstd(out) => out.flush(),
        }
    }
}

/// Lines of objects as the elements of one array, or lines as they are.
pub(super) struct JsonArray<'w, W: Write> {
    out: &'w mut W,
    /// Bytes before the next line.
    before: &'static [u8],
    /// False if lines are written as they are.
    is_array: bool,
}

impl<'w, W: Write> JsonArray<'w, W> {
    pub(super) fn over(out: &'w mut W, is_array: bool) -> JsonArray<'w, W> {
        JsonArray {
            out,
            before: b"[\n",
            is_array,
        }
    }

    pub(super) fn finish(self) -> io::Result<()> {
        if !self.is_array {
            return Ok(());
        }
        let end: &[u8] = match self.before {
            b"[\n" => b"[]\n",
            _ => b"\n]\n",
        };
        self.out.write_all(end)
    }
}

impl<W: Write> Write for JsonArray<'_, W> {
    /// Takes whole lines.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_array {
            return self.out.write(bytes);
        }
        let lines = bytes.split(|&byte| byte == b'\n');
        for line in lines.filter(|line| !line.is_empty()) {
            self.out.write_all(self.before)?;
            self.out.write_all(line)?;
            self.before = b",\n";
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_an_array() {
        let array = |lines: &[&str]| {
            let mut out = Vec::new();
            let mut array = JsonArray::over(&mut out, true);
            lines
                .iter()
                .for_each(|line| array.write_all(line.as_bytes()).unwrap());
            array.finish().unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(array(&[]), "[]\n");
        assert_eq!(
            array(&["{}\n{\"a\":1}\n", "{}\n"]),
            "[\n{},\n{\"a\":1},\n{}\n]\n"
        );
    }
}
