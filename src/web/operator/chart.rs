//! Charts as SVG, drawn here: pages have no script. What is to be read stands beside them as
//! text, for a picture that shrinks to a telephone takes its letters with it.

use std::fmt::Write;

/// How a part of a chart looks: a class of the style sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// As it should be.
    Good,
    /// On its way.
    Open,
    /// It waits.
    Waits,
    /// Nobody knows.
    Dim,
    /// It went wrong.
    Bad,
}

impl Tone {
    /// Its class.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Good => "bar",
            Self::Open => "open",
            Self::Waits => "waits",
            Self::Dim => "dim",
            Self::Bad => "bad",
        }
    }
}

/// The square of a legend.
pub(super) fn dot(tone: Tone) -> String {
    let class = tone.class();
    format!(
        "<svg class=\"dot\" aria-hidden=\"true\" viewBox=\"0 0 1 1\">\
         <path class=\"{class}\" d=\"M0 0h1v1H0z\"/></svg>"
    )
}

/// A column for each value, the oldest first.
#[expect(
    clippy::cast_precision_loss,
    reason = "a chart has some dozens of columns"
)]
pub(super) fn columns(label: &str, values: &[f64]) -> String {
    let highest = values.iter().copied().fold(0.0, f64::max);
    let wide = 100.0 / values.len().max(1) as f64;
    let mut path = String::new();
    for (place, value) in values.iter().enumerate().filter(|(_, value)| **value > 0.0) {
        let tall = 100.0 * value / highest;
        let (x, y, wide) = (place as f64 * wide, 100.0 - tall, wide * 0.8);
        // Writing to a String cannot fail.
        let _ = write!(path, "M{x:.1} {y:.1}h{wide:.1}V100h-{wide:.1}z");
    }
    format!(
        "<svg class=\"columns\" role=\"img\" aria-label=\"{label}, at most {highest:.1}\" \
         viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\"><path class=\"bar\" d=\"{path}\"/></svg>"
    )
}

/// A bar of parts, as long as they are of `most`.
pub(super) fn stack(label: &str, parts: &[(Tone, u64)], most: u64) -> String {
    // One that shows nothing says nothing either.
    let spoken = match label {
        "" => "aria-hidden=\"true\"".to_owned(),
        label => format!("role=\"img\" aria-label=\"{label}\""),
    };
    let mut svg = format!(
        "<svg class=\"stack\" {spoken} viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\">"
    );
    let mut before = 0;
    for (tone, part) in parts.iter().filter(|(_, part)| *part > 0) {
        let place = |count: u64| count.saturating_mul(1000) / most.max(1);
        let (from, to) = (place(before), place(before + part));
        // However few they are, they can be seen.
        let wide = (to - from).max(4);
        // Writing to a String cannot fail.
        let _ = write!(
            svg,
            "<path class=\"{}\" d=\"M{from} 0h{wide}v10h-{wide}z\"/>",
            tone.class()
        );
        before += part;
    }
    svg.push_str("</svg>");
    svg
}

/// Times on a scale on which each third is a hundred times the one before: from 10 ms to some
/// hours. Dark to where half are done, light to where 95 of 100 are.
pub(super) fn times(label: &str, half_ms: i64, most_ms: i64) -> String {
    let half = place_of(half_ms);
    let rest = place_of(most_ms).saturating_sub(half);
    stack(label, &[(Tone::Good, half), (Tone::Open, rest)], 1000)
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 1000"
)]
fn place_of(ms: i64) -> u64 {
    let decades = (ms.max(10) as f64 / 10.0).log10();
    (decades / 6.0 * 1000.0).clamp(5.0, 1000.0) as u64
}

/// How much of something is done well, and how much badly; the rest of the bar is open.
pub(super) fn progress(well: u64, badly: u64, whole: u64) -> String {
    let share = |part: u64| 100 * part / whole.max(1);
    let label = format!("{} of 100 done, {} failed", share(well), share(badly));
    let rest = whole.saturating_sub(well + badly);
    let parts = [(Tone::Good, well), (Tone::Bad, badly), (Tone::Dim, rest)];
    stack(&label, &parts, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_for_each_value_that_is_not_nothing() {
        let svg = columns("Hops a second", &[0.0, 1.0, 2.0]);
        assert_eq!(svg.matches('M').count(), 2);
        assert!(svg.contains("at most 2.0"), "{svg}");
        assert!(columns("Nothing", &[]).ends_with("</svg>"));
    }

    #[test]
    fn parts_stand_behind_each_other_and_few_can_be_seen() {
        let svg = stack(
            "x",
            &[(Tone::Good, 500), (Tone::Bad, 1), (Tone::Dim, 0)],
            2000,
        );
        assert!(svg.contains("M0 0h250v10"), "{svg}");
        assert!(svg.contains("M250 0h4v10"), "{svg}");
        assert!(!svg.contains("dim"), "{svg}");
    }

    #[test]
    fn a_hundredfold_time_is_a_third_longer() {
        assert_eq!(place_of(0), 5);
        assert_eq!(place_of(1_000), 333);
        assert_eq!(place_of(100_000), 666);
        assert_eq!(place_of(i64::MAX), 1000);
    }

    #[test]
    fn progress_of_nobody_is_an_empty_bar() {
        assert!(progress(0, 0, 0).contains("0 of 100 done"));
        assert!(progress(3, 1, 4).contains("75 of 100 done, 25 failed"));
    }
}
