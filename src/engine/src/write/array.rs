//! The array around objects of JSON.

use std::io::{self, Write};

/// Lines of objects as the elements of one array, or lines as they are.
#[derive(Debug)]
pub struct JsonArray<'w, W: Write> {
    out: &'w mut W,
    /// Bytes before the next line.
    before: &'static [u8],
    /// True within a line.
    is_begun: bool,
    /// False if lines are written as they are.
    is_array: bool,
}

impl<'w, W: Write> JsonArray<'w, W> {
    /// An array of the lines that are written if `is_array`, else the lines.
    pub fn over(out: &'w mut W, is_array: bool) -> JsonArray<'w, W> {
        JsonArray {
            out,
            before: b"[\n",
            is_begun: false,
            is_array,
        }
    }

    /// Writes the end of the array.
    ///
    /// # Errors
    ///
    /// If the file takes no more.
    pub fn finish(self) -> io::Result<()> {
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
    /// Takes lines, in pieces of any size.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_array {
            return self.out.write(bytes);
        }
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            let (line, is_ended) = match piece.strip_suffix(b"\n") {
                Some(line) => (line, true),
                None => (piece, false),
            };
            if !line.is_empty() && !self.is_begun {
                self.out.write_all(self.before)?;
                self.before = b",\n";
            }
            self.out.write_all(line)?;
            self.is_begun = !is_ended && (self.is_begun || !line.is_empty());
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
        assert_eq!(
            array(&["{\"a\"", ":1", "}\n{}", "", "\n"]),
            "[\n{\"a\":1},\n{}\n]\n"
        );
    }
}
