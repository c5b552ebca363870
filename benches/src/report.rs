//! What was measured, as Markdown.

use std::fmt::Write as _;

use crate::Measured;

/// The aims with what was reached, and below them every case.
#[must_use]
pub fn markdown(groups: &[Measured]) -> String {
    let mut text = aims(groups);
    for group in groups {
        text.push_str(&cases(group));
    }
    text
}

fn aims(groups: &[Measured]) -> String {
    let mut text =
        "| work | case | compared with | reached | aim | |\n|---|---|---|--:|--:|---|\n".to_owned();
    for group in groups {
        for aim in &group.aims {
            let Some(reached) = group.reached(aim) else {
                continue;
            };
            let met = met(reached, aim.times);
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {met} |",
                group.name,
                aim.case,
                aim.than,
                ratio(reached, aim.times),
                ratio(aim.times, aim.times),
            );
        }
        for aim in &group.rates {
            let Some(reached) = group.reached_rate(aim) else {
                continue;
            };
            let _ = writeln!(
                text,
                "| {} | {} | a second | {reached:.0} M | {:.0} M | {} |",
                group.name,
                aim.case,
                aim.millions,
                met(reached, aim.millions),
            );
        }
    }
    text
}

fn met(reached: f64, aim: f64) -> &'static str {
    if reached >= aim { "met" } else { "missed" }
}

/// Shares of a ceiling in percent, multiples of a peer as such.
fn ratio(value: f64, aim: f64) -> String {
    if aim < 1.0 {
        format!("{:.0} %", 100.0 * value)
    } else if value < 10.0 {
        format!("{value:.2}x")
    } else {
        format!("{value:.1}x")
    }
}

fn cases(group: &Measured) -> String {
    let mut text = format!("\n### {}\n\n| case | ns | M/s |", group.name);
    text.push_str(if group.bytes.is_some() {
        " GB/s |\n"
    } else {
        "\n"
    });
    text.push_str("|---|--:|--:|");
    text.push_str(if group.bytes.is_some() {
        "--:|\n"
    } else {
        "\n"
    });
    for (name, time) in &group.times {
        let _ = write!(text, "| {name} | {time:.2} | {:.1} |", 1e3 / time);
        if let Some(bytes) = group.bytes {
            let _ = write!(text, " {:.1} |", bytes / time);
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::{Aim, Rate};

    #[test]
    fn aims_stand_beside_what_was_reached() {
        let aim = |case: &str, times| Aim {
            case: case.to_owned(),
            than: "peer".to_owned(),
            times,
        };
        let group = Measured {
            name: "work",
            bytes: Some(27.0),
            times: vec![("peer".to_owned(), 12.0), ("ours".to_owned(), 1.0)],
            aims: vec![aim("ours", 15.0), aim("ours", 0.8)],
            rates: vec![Rate {
                case: "ours".to_owned(),
                millions: 900.0,
            }],
        };
        let text = markdown(&[group]);
        assert!(
            text.contains("| work | ours | peer | 12.0x | 15.0x | missed |"),
            "{text}"
        );
        assert!(
            text.contains("| work | ours | peer | 1200 % | 80 % | met |"),
            "{text}"
        );
        assert!(
            text.contains("| work | ours | a second | 1000 M | 900 M | met |"),
            "{text}"
        );
        assert!(text.contains("| ours | 1.00 | 1000.0 | 27.0 |"), "{text}");
    }
}
