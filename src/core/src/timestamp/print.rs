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
        // the days of 48 bits of milliseconds fit, and those of a day do
        let ms = self.ms();
        let (day, ms_of_day) = (ms / DAY_MS as u64, ms % DAY_MS as u64);
        let date = Date::of_day(day as u32);
        let mut text = *b"+00000-00-00T00:00:00.000Z";
        write(date, ms_of_day as u32, &mut text);
        let from = if date.year > 9999 { 0 } else { 2 };
        f.pad(str::from_utf8(&text[from..]).unwrap_or_default())
    }
}

/// The two digits of each number below 100.
const DIGITS: [[u8; 2]; 100] = {
    let mut digits = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        digits[number] = [b'0' + number as u8 / 10, b'0' + number as u8 % 10];
        number += 1;
    }
    digits
};

/// Writes a date and the milliseconds of its day into the places of a text of this form. Two digits at once, and few
/// divisions, for long lists are made of such texts.
fn write(date: Date, ms_of_day: u32, text: &mut [u8; 26]) {
    let mut put = |place: usize, number: u32| {
        let digits = DIGITS.get(number as usize).copied().unwrap_or_default();
        text[place] = digits[0];
        text[place + 1] = digits[1];
    };
    // A year has five digits at most.
    let year = date.year as u32;
    let (seconds, ms) = (ms_of_day / 1_000, ms_of_day % 1_000);
    let (minutes, second) = (seconds / 60, seconds % 60);
    put(1, year / 1_000);
    put(2, year / 100 % 100);
    put(4, year % 100);
    put(7, date.month as u32);
    put(10, date.day as u32);
    put(13, minutes / 60);
    put(16, minutes % 60);
    put(19, second);
    put(22, ms / 10);
    text[24] = DIGITS[(ms % 10) as usize][1];
}
