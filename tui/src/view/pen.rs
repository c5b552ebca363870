//! Writes text into a buffer, from left to right, and never past the edge.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

/// Columns of the screen that a text takes.
pub(super) fn width(text: &str) -> u16 {
    u16::try_from(unicode_width::UnicodeWidthStr::width(text)).unwrap_or(u16::MAX)
}

/// A place on one line of an area.
pub(super) struct Pen<'a> {
    buffer: &'a mut Buffer,
    x: u16,
    y: u16,
    end: u16,
}

impl<'a> Pen<'a> {
    /// At the beginning of a line of `area`, counted from 0.
    pub(super) fn line(buffer: &'a mut Buffer, area: Rect, line: u16) -> Pen<'a> {
        let area = area.intersection(buffer.area);
        let inside = line < area.height;
        Pen {
            buffer,
            x: area.x,
            y: area.y.saturating_add(line),
            end: if inside { area.right() } else { area.x },
        }
    }

    /// Columns left on the line.
    pub(super) fn room(&self) -> usize {
        usize::from(self.end.saturating_sub(self.x))
    }

    /// Writes as much of a text as fits.
    pub(super) fn write(&mut self, text: impl AsRef<str>, style: Style) -> &mut Self {
        self.put(text.as_ref(), self.room(), style);
        self
    }

    /// Writes a text into a column of a width: cut where it is longer, blank behind where it is shorter.
    pub(super) fn write_padded(&mut self, text: &str, width: usize, style: Style) -> &mut Self {
        let end = self.room().saturating_sub(width);
        self.put(text, self.room().min(width), style);
        let rest = self.room() - end;
        // the heading is underlined over its whole width
        self.write(" ".repeat(rest), style)
    }

    /// Writes a text at the right end of the line, where it fits into what is left.
    pub(super) fn write_right(&mut self, text: &str, style: Style) -> &mut Self {
        let width = unicode_width::UnicodeWidthStr::width(text);
        if width <= self.room() {
            let start = self.end - u16::try_from(width).unwrap_or(u16::MAX);
            self.buffer.set_string(start, self.y, text, style);
            self.end = start;
        }
        self
    }

    /// Writes what fits into a room, which is no more than is left on the line.
    fn put(&mut self, text: &str, room: usize, style: Style) {
        // Nearly all text is plain, and looking for its grapheme clusters takes as long as all the rest.
        let is_plain = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
        if !text.bytes().all(is_plain) {
            if room > 0 {
                (self.x, _) = self.buffer.set_stringn(self.x, self.y, text, room, style);
            }
            return;
        }
        for byte in text.bytes().take(room) {
            if let Some(cell) = self.buffer.cell_mut((self.x, self.y)) {
                cell.set_char(char::from(byte)).set_style(style);
            }
            self.x += 1;
        }
    }

    /// Leaves columns empty.
    pub(super) fn skip(&mut self, columns: usize) -> &mut Self {
        let columns = u16::try_from(columns).unwrap_or(u16::MAX);
        self.x = self.x.saturating_add(columns).min(self.end);
        self
    }
}
