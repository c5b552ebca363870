//! How often something is met before it stops.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

/// At which of its hits a breakpoint stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::inspect) enum HitCondition {
    Equal(u64),
    Above(u64),
    AtLeast(u64),
    Below(u64),
    AtMost(u64),
    Every(u64),
}

/// Counts the hits of a breakpoint. Shared between the session and the run that meets them.
#[derive(Debug, Clone, Default)]
pub(in crate::inspect) struct Hits(Arc<AtomicU64>);

impl HitCondition {
    /// Reads `5`, `== 5`, `> 5`, `>= 5`, `< 5`, `<= 5`, `% 5`.
    pub(in crate::inspect) fn parse(text: &str) -> Result<HitCondition, String> {
        let text = text.trim();
        let digits = text.trim_start_matches(['=', '<', '>', '%', ' ']);
        let operator = text[..text.len() - digits.len()].trim();
        let number = digits.parse().ok();
        let condition = match operator {
            "" | "=" | "==" => number.map(HitCondition::Equal),
            ">" => number.map(HitCondition::Above),
            ">=" => number.map(HitCondition::AtLeast),
            "<" => number.map(HitCondition::Below),
            "<=" => number.map(HitCondition::AtMost),
            "%" => number.filter(|&n| n > 0).map(HitCondition::Every),
            _ => None,
        };
        condition
            .ok_or_else(|| format!("{text:?} is no hit condition, give one like 5, >= 5 or % 5"))
    }

    /// Parts a text that holds a condition, a hit count, or both with a semicolon between, into the two.
    ///
    /// The protocol gives exception filters one field for both.
    pub(in crate::inspect) fn split(text: &str) -> (Option<&str>, Option<&str>) {
        let is_hit = |text: &str| HitCondition::parse(text).is_ok();
        if is_hit(text) {
            return (None, Some(text));
        }
        match text.rsplit_once(';') {
            Some((condition, hit)) if is_hit(hit) => (Some(condition), Some(hit)),
            _ => (Some(text), None),
        }
    }

    fn holds(self, hits: u64) -> bool {
        match self {
            HitCondition::Equal(n) => hits == n,
            HitCondition::Above(n) => hits > n,
            HitCondition::AtLeast(n) => hits >= n,
            HitCondition::Below(n) => hits < n,
            HitCondition::AtMost(n) => hits <= n,
            HitCondition::Every(n) => hits.is_multiple_of(n),
        }
    }
}

impl Hits {
    /// A count of its own that has come so far.
    pub(in crate::inspect) fn of(hits: u64) -> Hits {
        Hits(Arc::new(AtomicU64::new(hits)))
    }

    /// Hits that were counted so far.
    pub(in crate::inspect) fn so_far(&self) -> u64 {
        self.0.load(Relaxed)
    }

    /// Counts one hit, and says whether the condition holds at it.
    pub(in crate::inspect) fn count(&self, condition: Option<HitCondition>) -> bool {
        let hits = self.0.fetch_add(1, Relaxed) + 1;
        condition.is_none_or(|condition| condition.holds(hits))
    }

    /// Begins again.
    pub(in crate::inspect) fn reset(&self) {
        self.0.store(0, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_field_holds_both() {
        for (text, expected) in [
            ("line > 9", (Some("line > 9"), None)),
            ("% 5", (None, Some("% 5"))),
            ("5", (None, Some("5"))),
            ("line > 9; >= 5", (Some("line > 9"), Some(" >= 5"))),
            ("text == \"a;b\"", (Some("text == \"a;b\""), None)),
            ("text == \"a;b\"; 2", (Some("text == \"a;b\""), Some(" 2"))),
        ] {
            assert_eq!(HitCondition::split(text), expected, "{text}");
        }
    }

    #[test]
    fn conditions_choose_among_the_hits() {
        for (text, expected) in [
            ("3", [3].as_slice()),
            ("== 3", &[3]),
            ("> 3", &[4, 5, 6]),
            (">=3", &[3, 4, 5, 6]),
            ("< 3", &[1, 2]),
            ("<= 3", &[1, 2, 3]),
            ("% 3", &[3, 6]),
        ] {
            let condition = HitCondition::parse(text).unwrap();
            let hits = Hits::default();
            let stops: Vec<u64> = (1..=6).filter(|_| hits.count(Some(condition))).collect();
            assert_eq!(stops, expected, "{text}");
        }
        for text in ["", "x", "% 0", "!= 3", "-1", ">> 3"] {
            let error = HitCondition::parse(text).unwrap_err();
            assert!(
                error.ends_with("is no hit condition, give one like 5, >= 5 or % 5"),
                "{error}"
            );
        }
    }
}
