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
///
/// Numbers of 32 bits, since a list of IDs is nothing but times to print, and divisions of 64 bits take longer.
fn write(date: Date, ms_of_day: i64, text: &mut [u8; 26]) {
    let mut put = |place: usize, number: u32| {
        text[place] = b'0' + (number / 10 % 10) as u8;
        text[place + 1] = b'0' + (number % 10) as u8;
    };
    let [year, month, day, ms] = [date.year, date.month, date.day, ms_of_day].map(|it| it as u32);
    put(1, year / 1_000);
    put(2, year / 100);
    put(4, year);
    put(7, month);
    put(10, day);
    let seconds = ms / 1_000;
    put(13, seconds / 3_600);
    put(16, seconds / 60 % 60);
    put(19, seconds % 60);
    put(22, ms / 10 % 100);
    text[24] = b'0' + (ms % 10) as u8;
}
