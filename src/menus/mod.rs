//! The menu language: what a menu author writes, and the proof that it holds.
//!
//! A menu is a flat map of screens joined by `goto`, in TOML, English and
//! Kiswahili side by side. [`prove`] reads the files and proves them against the
//! actions that exist; it reports every [`Finding`] with file, line and column. The
//! proof measures the same [`Draft`] that phones are shown. This room touches no
//! database and runs nothing: the `ussd` room walks the [`Menu`] that comes out.

mod catalogue;
mod check;
mod data;
mod diff;
mod edges;
mod edition;
mod files;
mod finding;
mod fitting;
#[cfg(test)]
mod fixture;
mod flow;
mod graph;
mod guide;
mod kind;
mod layout;
mod load;
mod model;
mod offer;
mod pace;
mod packing;
mod preview;
mod schema;
mod source;
mod template;
mod value;
mod wording;

pub use catalogue::{ActionSpec, Catalogue, FieldSpec, OutcomeSpec, SmsSpec};
pub use check::prove;
pub use data::hold_against;
pub use diff::{Change, Difference, diff};
pub use edges::{Edge, Via};
pub use edition::{Current, Edition, Version};
pub use files::{MenuFile, embedded, read_folder};
pub use finding::{Finding, Findings};
pub use fitting::SHORTEST_NAME;
pub use graph::{Graph, Visits};
pub use guide::guide;
pub use kind::{Kind, Kinds};
pub use layout::{Draft, SCREEN, Sheet};
pub use load::load;
pub use model::{Ask, Body, Choice, Condition, Menu, Placed, RETURN, Screen, Words};
pub use preview::{Preview, Previewed, preview};
pub use schema::schema;
pub use template::{Part, Template, Texts};
pub use value::{Fields, Format, Shown, Value, Values};
pub use wording::{Wording, sample_fields};
