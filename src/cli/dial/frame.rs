//! A phone's screen, drawn with lines.

/// How many characters wide a screen is: as much as a small phone shows.
const WIDTH: usize = 38;

/// A text in a frame, with something in its upper and its lower edge.
pub(super) fn frame(head: &str, text: &str, foot: &str) -> Vec<String> {
    let mut lines = vec![edge('┌', head, '┐')];
    lines.extend(
        wrapped(text)
            .into_iter()
            .map(|line| format!("│ {line:WIDTH$} │")),
    );
    lines.push(edge('└', foot, '┘'));
    lines
}

/// A text as wide as a screen, without a frame.
pub(super) fn wrapped(text: &str) -> Vec<String> {
    let lines = text.lines().flat_map(|line| textwrap::wrap(line, WIDTH));
    lines.map(std::borrow::Cow::into_owned).collect()
}

fn edge(left: char, words: &str, right: char) -> String {
    let rest = (WIDTH + 1).saturating_sub(words.chars().count() + 1);
    format!("{left} {words} {}{right}", "─".repeat(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_a_frame_is_as_wide_as_the_others() {
        let text = "KNEC CP2\n1. Somewhere with a name that is longer than a screen is\n\n0:Back";
        let lines = frame("254700000001 Safaricom", text, "12 of 160 septets");
        assert_eq!(lines.len(), 7);
        for line in &lines {
            assert_eq!(line.chars().count(), WIDTH + 4, "{line}");
        }
    }
}
