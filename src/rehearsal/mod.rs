//! Transcripts of menus, played on the real thing: the engine, the actions, an
//! embedded database with the demo's people, and a clock that stands still.
//!
//! A transcript is plain text that a menu author can write: who dials, what the phone
//! shows, what is typed, which SMS arrive; and what goes wrong on the way. `script`
//! reads it, `stage` plays it, `report` says what differed.
//!
//! And walks by chance on the engine alone, through whatever can come up: `walk`.

mod dice;
mod others;
mod report;
mod script;
mod stage;
mod walk;

pub use report::{Difference, Played};
pub use script::{Direction, Script, ScriptError, Step};
pub use stage::{StageError, play};
pub use walk::{Fault, Found, Walker};
