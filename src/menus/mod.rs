//! The menu language: what a menu author writes, and the proof that it holds.
//!
//! A menu is a flat map of screens joined by `goto`, in TOML, English and
//! Kiswahili side by side. [`load`] reads the files, [`check`] proves them against
//! the actions that exist; both report every [`Finding`] with file, line and
//! column. This room touches no database and runs nothing: the `ussd` room walks
//! the [`Menu`] that comes out.

mod catalogue;
mod check;
mod files;
mod finding;
mod flow;
mod load;
mod model;
mod source;
mod template;
mod value;

pub use catalogue::{ActionSpec, Catalogue, FieldSpec, OutcomeSpec, SmsSpec};
pub use check::check;
pub use files::{MenuFile, embedded, read_folder};
pub use finding::{Finding, Findings};
pub use load::load;
pub use model::{Ask, Body, Choice, Menu, Screen, Words};
pub use template::{Part, Template, Texts};
pub use value::{Fields, Format, Kind, SHORTEST_NAME, Value};
