//! The distance between two times in words. It knows no clock: now is given to it, and units have one length, so no zone
//! either.

use core::fmt::{self, Write};

use super::{Timestamp, print::Short};

/// Distance of a time from now, to the two largest units: `3d 4h ago`, `in 12m 5s`.
///
/// Units are fixed lengths: a day is 24 hours, a year 365.25 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age {
    /// Milliseconds; negative for a time that lies ahead.
    pub ms: i64,
}

const UNITS: [(&str, u64); 6] = [
    ("y", 31_557_600_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

impl Age {
    pub(super) fn between(then: Timestamp, now: Timestamp) -> Age {
        // 48-bit times differ by less than an i64 holds.
        Age {
            ms: now.ms().cast_signed() - then.ms().cast_signed(),
        }
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ms == 0 {
            return f.pad("now");
        }
        let mut text = Short::new();
        text.write_str(if self.ms < 0 { "in " } else { "" })?;
        write_amount(self.ms.unsigned_abs(), &mut text)?;
        text.write_str(if self.ms < 0 { "" } else { " ago" })?;
        f.pad(text.as_str())
    }
}

fn write_amount(ms: u64, out: &mut impl Write) -> fmt::Result {
    let largest = UNITS
        .iter()
        .position(|&(_, unit)| ms >= unit)
        .unwrap_or(UNITS.len() - 1);
    let (name, unit) = UNITS[largest];
    write!(out, "{}{name}", ms / unit)?;
    match UNITS.get(largest + 1) {
        Some(&(next, next_unit)) if ms % unit >= next_unit && next != "ms" => {
            write!(out, " {}{next}", ms % unit / next_unit)
        }
        _ => Ok(()),
    }
}
