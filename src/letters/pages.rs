//! Distributes rows over pages.

use std::mem;

use super::rows::{Mark, PAGE_HEIGHT, Row};

/// Where rows begin: the first page has its letterhead, the others a running head.
const FIRST_TOP: f32 = 40.0;
const NEXT_TOP: f32 = 84.0;
/// Where rows end, above the foot of the page.
const BOTTOM: f32 = PAGE_HEIGHT - 66.0;

/// A row and where it begins on its page.
pub(super) struct Placed {
    pub(super) top: f32,
    pub(super) row: Row,
}

impl Placed {
    /// The row's marks, each with the row's place.
    pub(super) fn marks(&self) -> impl Iterator<Item = (f32, &Mark)> {
        self.row.marks.iter().map(|mark| (self.top, mark))
    }
}

/// Puts the rows on as many pages as they need.
pub(super) fn paginate(rows: Vec<Row>) -> Vec<Vec<Placed>> {
    let mut pages = Pages {
        done: Vec::new(),
        page: Vec::new(),
        y: FIRST_TOP,
    };
    let mut kept = Vec::new();
    for row in rows {
        let keep = row.keep;
        kept.push(row);
        if !keep {
            pages.put(mem::take(&mut kept));
        }
    }
    pages.put(kept);
    pages.done.push(pages.page);
    pages.done
}

struct Pages {
    done: Vec<Vec<Placed>>,
    page: Vec<Placed>,
    y: f32,
}

impl Pages {
    /// Places rows that belong together, and parts them only where they are
    /// taller than a page.
    fn put(&mut self, rows: Vec<Row>) {
        self.make_room(rows.iter().map(|row| row.before + row.height).sum());
        for row in rows {
            self.make_room(row.before + row.height);
            if !self.page.is_empty() {
                self.y += row.before;
            }
            let top = self.y;
            self.y += row.height;
            self.page.push(Placed { top, row });
        }
    }

    fn make_room(&mut self, height: f32) {
        if self.y + height > BOTTOM && !self.page.is_empty() {
            self.done.push(mem::take(&mut self.page));
            self.y = NEXT_TOP;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(height: f32, keep: bool) -> Row {
        Row {
            before: 10.0,
            height,
            keep,
            ..Row::default()
        }
    }

    fn tops(rows: Vec<Row>) -> Vec<Vec<f32>> {
        let pages = paginate(rows);
        let tops = |page: &Vec<Placed>| page.iter().map(|placed| placed.top).collect();
        pages.iter().map(tops).collect()
    }

    #[test]
    fn space_above_is_dropped_at_the_top_of_a_page() {
        let rows = vec![row(600.0, false), row(100.0, false), row(20.0, false)];
        let second = FIRST_TOP + 600.0 + 10.0;
        assert_eq!(tops(rows), [vec![FIRST_TOP, second], vec![NEXT_TOP]]);
    }

    #[test]
    fn rows_kept_together_move_together() {
        let rows = vec![row(600.0, false), row(60.0, true), row(60.0, false)];
        assert_eq!(
            tops(rows),
            [vec![FIRST_TOP], vec![NEXT_TOP, NEXT_TOP + 70.0]]
        );
    }

    #[test]
    fn rows_taller_than_a_page_are_parted_after_all() {
        let rows = vec![row(400.0, true), row(400.0, true), row(400.0, true)];
        assert_eq!(tops(rows).len(), 3);
    }
}
