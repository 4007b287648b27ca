//! The engine: one answer in, one screen out.
//!
//! It is pure: no clock, no I/O, no waiting. Where a screen needs work done it
//! hands out a [`Call`] and is resumed with the [`Outcome`], so every menu can be
//! checked, mapped and replayed without a server, and a [`Session`] can go on in
//! any process.

mod resume;
mod screen;
mod session;
mod step;
#[cfg(test)]
mod tests;

pub use screen::Screen;
pub use session::{Call, Outcome, Page, Session};
pub use step::{Engine, Input, Step};
