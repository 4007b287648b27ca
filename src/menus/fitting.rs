//! Fitting a screen to a phone: as few pages as the shortest names allow, with names cut
//! no more than that takes.

use super::packing::{Line, page_starts, size};

/// A screen that is too long cuts names down to this many septets, and no further.
pub const SHORTEST_NAME: usize = 15;

/// The parts of a screen.
pub(super) struct Fitting {
    pub(super) lines: Vec<Line>,
    /// The line above them after a wrong answer.
    pub(super) complaint: Option<String>,
    /// The line below them on the last page; it may be empty.
    pub(super) navigation: String,
    /// The same where another page follows.
    pub(super) onward: String,
    /// Whether keys may turn its pages.
    pub(super) can_turn: bool,
    /// How many septets the phone shows at once.
    pub(super) limit: usize,
}

/// One page, fitted.
pub(super) struct Page {
    pub(super) text: String,
    /// Whether another page follows.
    pub(super) more: bool,
}

impl Fitting {
    /// The given page or, where there are not so many, the last.
    pub(super) fn page(&self, page: usize, wrong: bool) -> Page {
        if self.is_one_page() {
            // A paged screen that just fits one page stays on it and goes without complaint.
            let wrong = wrong && self.single(SHORTEST_NAME, true) <= self.limit;
            let cap = least_cut(&self.lines, |cap| self.single(cap, wrong) <= self.limit);
            return Page {
                text: self.joined(&self.lines, cap, wrong, &self.navigation),
                more: false,
            };
        }
        let (lines, room) = self.broken();
        let starts = |cap| page_starts(lines.iter().map(|line| line.size(cap)), room);
        let fewest = starts(SHORTEST_NAME).len();
        let cap = least_cut(&lines, |cap| starts(cap).len() <= fewest);
        let starts = starts(cap);
        let page = page.min(starts.len() - 1);
        let next = starts.get(page + 1).copied();
        let shown = &lines[starts[page]..next.unwrap_or(lines.len())];
        let navigation = if next.is_some() {
            &self.onward
        } else {
            &self.navigation
        };
        Page {
            text: self.joined(shown, cap, wrong, navigation),
            more: next.is_some(),
        }
    }

    /// How many pages there are.
    pub(super) fn page_count(&self) -> usize {
        if self.is_one_page() {
            return 1;
        }
        let (lines, room) = self.broken();
        page_starts(lines.iter().map(|line| line.size(SHORTEST_NAME)), room).len()
    }

    /// The septets of the whole on one page.
    pub(super) fn single(&self, name_cap: usize, wrong: bool) -> usize {
        let lines = self.lines.iter().map(|line| line.size(name_cap));
        let complaint = self
            .complaint
            .iter()
            .filter(|_| wrong)
            .map(|line| size(line));
        let navigation = Some(size(&self.navigation)).filter(|size| *size > 0);
        let all = lines.chain(complaint).chain(navigation);
        all.map(|line| line + 1).sum::<usize>().saturating_sub(1)
    }

    fn is_one_page(&self) -> bool {
        !self.can_turn || self.single(SHORTEST_NAME, false) <= self.limit
    }

    /// The lines for several pages, and what each page has room for. There is always room
    /// for a complaint, so that a wrong answer does not move anything to another page.
    fn broken(&self) -> (Vec<Line>, usize) {
        let complaint = self.complaint.as_ref().map_or(0, |line| size(line) + 1);
        let around = complaint + size(&self.onward) + 1;
        let room = self.limit.saturating_sub(around);
        (
            self.lines
                .iter()
                .flat_map(|line| line.broken(room))
                .collect(),
            room,
        )
    }

    fn joined(&self, lines: &[Line], name_cap: usize, wrong: bool, navigation: &str) -> String {
        let mut text = String::new();
        let complaint = self.complaint.clone().filter(|_| wrong);
        let lines = lines.iter().map(|line| line.text(name_cap));
        let navigation = Some(navigation.to_owned()).filter(|line| !line.is_empty());
        for (number, line) in complaint
            .into_iter()
            .chain(lines)
            .chain(navigation)
            .enumerate()
        {
            if number > 0 {
                text.push('\n');
            }
            text.push_str(&line);
        }
        text
    }
}

/// The greatest cap on names that fits; no cap where that does.
fn least_cut(lines: &[Line], fits: impl Fn(usize) -> bool) -> usize {
    let longest = lines.iter().map(Line::longest_name).max().unwrap_or(0);
    if longest <= SHORTEST_NAME || fits(usize::MAX) {
        return usize::MAX;
    }
    let (mut fitting, mut too_long) = (SHORTEST_NAME, longest);
    while fitting + 1 < too_long {
        let middle = usize::midpoint(fitting, too_long);
        if fits(middle) {
            fitting = middle;
        } else {
            too_long = middle;
        }
    }
    fitting
}
