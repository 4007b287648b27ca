//! What is kept about one person: handed to them, or erased, when they ask for it.

mod erase;
mod export;

pub use erase::{Erased, erase, kept_work};
pub use export::export;

use crate::domain::{Lane, Timestamp};
use crate::store::exports::Cell;

/// A cell of a table as people read it.
#[must_use]
pub fn shown(kind: Cell, cell: Option<String>) -> String {
    let text = cell.unwrap_or_default();
    let moment = |format| {
        let millis = text.parse().map(Timestamp::from_millis);
        let local = millis.map(|moment| moment.datetime_in_kenya().strftime(format).to_string());
        local.unwrap_or_default()
    };
    match kind {
        Cell::Text => text,
        Cell::Moment => moment("%Y-%m-%d %H:%M"),
        Cell::Day => moment("%Y-%m-%d"),
        Cell::Hour => moment("%H:%M"),
        Cell::Lane => {
            let number = text.parse::<usize>().ok();
            let lane = number.and_then(|number| Lane::ALL.get(number));
            lane.map_or(text.clone(), |lane| lane.name().to_owned())
        }
    }
}
