//! What became of each person's message, as rows of a table.

use crate::store::campaigns::Outcome;
use crate::text::harmless;

/// The names of the columns.
pub const COLUMNS: [&str; 6] = ["name", "line", "county", "state", "reason", "at"];

/// Rows that are best read at a time.
pub const PAGE: usize = 5_000;

/// The cells of one person.
#[must_use]
pub fn cells(outcome: &Outcome) -> [String; 6] {
    let at = outcome.at.map(|at| {
        let local = at.datetime_in_kenya();
        local.strftime("%Y-%m-%d %H:%M:%S").to_string()
    });
    [
        outcome.name.clone().unwrap_or_default(),
        outcome.line.clone().unwrap_or_default(),
        outcome.county.clone(),
        outcome.state.clone(),
        outcome.reason.clone().unwrap_or_default(),
        at.unwrap_or_default(),
    ]
    .map(harmless)
}
