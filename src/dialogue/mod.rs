//! Conversations: one hop of a USSD session from the aggregator's words to a screen.
//!
//! A turn is taken once, however often and at whatever times its callback comes. The
//! session row with every answer given, the effects, the SMS and the audit entries
//! are committed together, under the version that the turn began with; a repeat
//! finds its answer there and causes nothing.

mod diary;
mod gather;
mod hops;
mod inbox;
mod keywords;
mod memory;
mod menus;
mod parts;
mod recent;
mod resume;
mod transcript;
mod turn;
mod unit;
mod walk;

pub use diary::Diary;
pub use hops::Hops;
pub use inbox::Inbox;
pub use menus::Menus;
pub(crate) use parts::part_of;
pub use turn::{Dialogue, DialogueError, Watch};
