//! A time as text, without memory of its own.

use core::fmt::{self, Write};

use super::{
    Timestamp,
    calendar::{DAY_MS, Date},
};

/// A text of a few bytes, so that a formatter that pads sees all of it at once.
pub(super) struct Short {
    bytes: [u8; Short::ROOM],
    len: usize,
}

impl Short {
    const ROOM: usize = 48;

    pub(super) fn new() -> Short {
        Short {
            bytes: [0; Short::ROOM],
            len: 0,
        }
    }

    pub(super) fn as_str(&self) -> &str {
        let written = self.bytes.get(..self.len).unwrap_or_default();
        str::from_utf8(written).unwrap_or_default()
    }
}

impl Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        let place = self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?;
        place.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 48 bits of milliseconds fit.
        let ms = self.ms().cast_signed();
        let date = Date::of_day(ms / DAY_MS);
        let mut text = *b"+00000-00-00T00:00:00.000Z";
        write(date, ms % DAY_MS, &mut text);
        let from = if date.year > 9999 { 0 } else { 2 };
        f.pad(str::from_utf8(&text[from..]).unwrap_or_default())
    }
}

/// Writes a date and the milliseconds of its day into the places of a text of this form.
fn write(date: Date, ms_of_day: i64, text: &mut [u8; 26]) {
    let mut put = |place: usize, number: i64| {
        text[place] = b'0' + (number / 10 % 10) as u8;
        text[place + 1] = b'0' + (number % 10) as u8;
    };
    put(1, date.year / 1_000);
    put(2, date.year / 100);
    put(4, date.year);
    put(7, date.month);
    put(10, date.day);
    put(13, ms_of_day / 3_600_000);
    put(16, ms_of_day / 60_000 % 60);
    put(19, ms_of_day / 1_000 % 60);
    put(22, ms_of_day / 10 % 100);
    text[24] = b'0' + (ms_of_day % 10) as u8;
}
