//! The array around objects of JSON.

use std::io::{self, Write};

/// Lines of objects as the elements of one array, or lines as they are.
#[derive(Debug)]
pub struct JsonArray<'w, W: Write> {
    out: &'w mut W,
    /// Bytes before the next line.
    before: &'static [u8],
    /// False if lines are written as they are.
    is_array: bool,
}

impl<'w, W: Write> JsonArray<'w, W> {
    /// An array of the lines that are written if `is_array`, else the lines.
    pub fn over(out: &'w mut W, is_array: bool) -> JsonArray<'w, W> {
        JsonArray {
            out,
            before: b"[\n",
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
