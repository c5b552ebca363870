//! Writes text into a buffer, from left to right, and never past the edge.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

/// Columns of the screen that a text takes.
pub(super) fn width(text: &str) -> u16 {
    u16::try_from(crate::text::width(text)).unwrap_or(u16::MAX)
}

/// A place on one line of an area.
pub(super) struct Pen<'a> {
    buffer: &'a mut Buffer,
    x: u16,
    y: u16,
    end: u16,
    /// The line behind the last one of the area.
    bottom: u16,
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
            bottom: area.bottom(),
        }
    }

    /// The same place so many lines below, if the area goes on there.
    pub(super) fn below(&mut self, lines: usize) -> Option<Pen<'_>> {
        let y = self.y.checked_add(u16::try_from(lines).ok()?)?;
        (y < self.bottom).then_some(Pen {
            buffer: self.buffer,
            y,
            ..*self
        })
    }

    /// The column of the screen where it writes next.
    pub(super) fn place(&self) -> u16 {
        self.x
    }

    /// Lays a style over columns that were written, so many behind a place.
    pub(super) fn restyle(&mut self, at: u16, behind: usize, columns: usize, style: Style) {
        let from = usize::from(at) + behind;
        for x in from..from + columns {
            let Ok(x) = u16::try_from(x) else { return };
            if x < self.end
                && let Some(cell) = self.buffer.cell_mut((x, self.y))
            {
                cell.set_style(style);
            }
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
        let width = crate::text::width(text);
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
                let begin = self.x;
                (self.x, _) = self.buffer.set_stringn(self.x, self.y, text, room, style);
                if crate::text::turns(text) {
                    self.isolate(begin);
                }
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

    /// Keeps a text that runs from right to left to its own place on the screen, where a terminal turns text: it stands
    /// between signs that separate it from its neighbours.
    fn isolate(&mut self, begin: u16) {
        const BEGIN: char = '\u{2068}';
        const END: char = '\u{2069}';
        if let Some(cell) = self.buffer.cell_mut((begin, self.y)) {
            let symbol = format!("{BEGIN}{}", cell.symbol());
            cell.set_symbol(&symbol);
        }
        let is_written = |x: &u16| {
            let cell = self.buffer.cell((*x, self.y));
            cell.is_some_and(|cell| cell.symbol() != " ")
        };
        let last = (begin..self.x).rev().find(is_written).unwrap_or(begin);
        if let Some(cell) = self.buffer.cell_mut((last, self.y)) {
            let symbol = format!("{}{END}", cell.symbol());
            cell.set_symbol(&symbol);
        }
    }

    /// Leaves columns empty.
    pub(super) fn skip(&mut self, columns: usize) -> &mut Self {
        let columns = u16::try_from(columns).unwrap_or(u16::MAX);
        self.x = self.x.saturating_add(columns).min(self.end);
        self
    }
}
