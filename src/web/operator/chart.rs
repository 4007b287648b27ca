//! Charts as SVG, drawn here: pages have no script.

use std::fmt::Write;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 120.0;

/// Room for the words above.
const TOP: f64 = 16.0;

/// A bar for each value, the oldest first, with the highest one named.
#[expect(
    clippy::cast_precision_loss,
    reason = "a chart has some dozens of bars"
)]
pub(super) fn bars(label: &str, values: &[f64]) -> String {
    let highest = values.iter().copied().fold(0.0, f64::max);
    let step = WIDTH / values.len().max(1) as f64;
    let mut svg = format!(
        "<svg role=\"img\" aria-label=\"{label}, at most {highest:.1}\" width=\"{WIDTH}\" \
         height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\"><text x=\"0\" y=\"11\">{label}, \
         at most {highest:.1}</text>"
    );
    for (place, value) in values.iter().enumerate().filter(|(_, value)| **value > 0.0) {
        let tall = (HEIGHT - TOP) * value / highest;
        let (x, y, wide) = (place as f64 * step, HEIGHT - tall, step - 1.0);
        // Writing to a String cannot fail.
        let _ = write!(
            svg,
            "<rect class=\"bar\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" height=\"{tall:.1}\"/>"
        );
    }
    svg.push_str("</svg>");
    svg
}

/// How much of something is done well, and how much badly; the rest of the bar is open.
pub(super) fn progress(well: u64, badly: u64, whole: u64) -> String {
    let share = |part: u64| 100 * part / whole.max(1);
    let (well, badly) = (share(well), share(badly));
    format!(
        "<svg role=\"img\" aria-label=\"{well} of 100 done, {badly} failed\" width=\"400\" \
         height=\"14\" viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\">\
         <path fill=\"#dde3e0\" d=\"M0 0h100v4H0z\"/>\
         <path class=\"bar\" d=\"M0 0h{well}v4H0z\"/>\
         <path class=\"bad\" d=\"M{well} 0h{badly}v4h-{badly}z\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_for_each_value_that_is_not_nothing() {
        let svg = bars("Hops a second", &[0.0, 1.0, 2.0]);
        assert_eq!(svg.matches("<rect").count(), 2);
        assert!(svg.contains("at most 2.0"), "{svg}");
        assert!(bars("Nothing", &[]).ends_with("</svg>"));
    }

    #[test]
    fn progress_of_nobody_is_an_empty_bar() {
        assert!(progress(0, 0, 0).contains("0 of 100 done"));
        assert!(progress(3, 1, 4).contains("75 of 100 done, 25 failed"));
    }
}
