//! Results as Markdown.

use std::fmt::Write as _;

use crate::{Measured, memory::Peak};

/// The aims with what was reached, and below them every case.
#[must_use]
pub fn markdown(groups: &[Measured], peaks: &[Peak]) -> String {
    let mut text = aims(groups);
    peaks.iter().for_each(|peak| text.push_str(&limit(peak)));
    for group in groups {
        text.push_str(&cases(group));
    }
    if !peaks.is_empty() {
        text.push_str(&memory(peaks));
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

/// A peak beside what it may be.
fn limit(peak: &Peak) -> String {
    let than = match peak.budget {
        Some(bytes) => format!("{} MiB", bytes >> 20),
        None => "a million lines".to_owned(),
    };
    let met = if peak.reached() <= peak.at_most {
        "met"
    } else {
        "missed"
    };
    format!(
        "| {} | ten million lines | {than} | {:.2}x | at most {:.2}x | {met} |\n",
        peak.name,
        peak.reached(),
        peak.at_most,
    )
}

fn memory(peaks: &[Peak]) -> String {
    let mut text = "\n### memory of the whole process, in MB\n\n\
        | work | a million lines | ten million lines |\n|---|--:|--:|\n"
        .to_owned();
    for peak in peaks {
        let [few, many] = [peak.few, peak.many].map(|bytes| bytes as f64 / 1e6);
        let _ = writeln!(text, "| {} | {few:.1} | {many:.1} |", peak.name);
    }
    text
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
        let peak = |many, budget| Peak {
            name: "streaming",
            few: 10_000_000,
            many,
            budget,
            at_most: 1.1,
        };
        let text = markdown(
            &[group],
            &[peak(11_000_000, None), peak(26_000_000, Some(20_000_000))],
        );
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
        assert!(text.contains("| 1.10x | at most 1.10x | met |"), "{text}");
        assert!(
            text.contains("| 1.30x | at most 1.10x | missed |"),
            "{text}"
        );
        assert!(text.contains("| streaming | 10.0 | 26.0 |"), "{text}");
    }
}
