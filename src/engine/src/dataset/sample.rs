//! The built-in sample: two days of a busy service, with every kind of flaw that is met in real exports.

use rand::{RngExt, SeedableRng, rngs::StdRng};

use crate::{Timestamp, codec, generate, generate::Monotonic};

const ROWS: usize = 20_000;
/// 2026-01-15T08:00:00.000Z
const START_MS: u64 = 1_768_464_000_000;
const MAX_STEP_MS: u64 = 17_280;

/// The sample as lines. A fixed seed makes it the same each time.
pub(super) fn text() -> String {
    let mut rng = StdRng::seed_from_u64(0x0001_A5AF_3F5D);
    let mut generator = Monotonic::new();
    let mut lines: Vec<String> = Vec::with_capacity(ROWS);
    let mut time_ms = START_MS;
    while lines.len() < ROWS {
        // three in eight fall into the millisecond of their forerunner
        if rng.random_ratio(5, 8) {
            time_ms += rng.random_range(1..MAX_STEP_MS);
        }
        let line = lines.len();
        let late_ms = if line % 61 == 60 {
            rng.random_range(1_000..30_000)
        } else {
            0
        };
        let Ok(time) = Timestamp::from_ms(time_ms - late_ms) else {
            break;
        };
        let id = match generator.generate(time, &mut rng) {
            Ok(id) if late_ms == 0 => id,
            _ => generate::random(time, &mut rng),
        };
        let good = codec::print(id).to_string();
        lines.push(flawed(line, &good, lines.last()).unwrap_or(good));
    }
    lines.join("\n") + "\n"
}

/// The line with the flaw that its number calls for.
fn flawed(line: usize, good: &str, forerunner: Option<&String>) -> Option<String> {
    let tail = &good[1..];
    Some(match line % 1_000 {
        97 => forerunner?.clone(),
        197 => good.to_ascii_lowercase(),
        297 => good.replacen(['0', '1'], "O", 1),
        397 => format!("8{tail}"),
        497 => good[..25].to_owned(),
        597 => format!("{good}0"),
        697 => format!("\"{good}\""),
        797 => format!("{}U", &good[..25]),
        897 => String::new(),
        // a clock that was set wrong: the year 2286 begins with 0A
        997 => format!("0A{}", &good[2..]),
        _ => return None,
    })
}
