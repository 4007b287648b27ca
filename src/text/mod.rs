//! Text as phones carry it.
//!
//! A screen and a message are paid for and cut off in septets, so everything
//! that is shown or sent is measured here. The room knows nothing of menus or
//! messages: text goes in, numbers and text come out.
//!
//! - `gsm7`: which characters the default alphabet has, and what each costs
//! - `alphabet`: that alphabet in bytes
//! - `segments`: the SMS that a text is sent and billed as
//! - `fold`: the nearest text that needs no Unicode message
//! - `cut`: the longest beginning that fits
//! - `cell`: what a spreadsheet does not take for a formula

mod alphabet;
mod cell;
mod cut;
mod fold;
mod gsm7;
mod segments;

pub use alphabet::{from_septets, to_septets};
pub use cell::harmless;
pub use cut::cut;
pub use fold::fold;
pub use gsm7::{not_gsm7, septets};
pub use segments::{segments, split};
