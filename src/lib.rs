//! Self-service by USSD and SMS for an exam council's contracted professionals.
//!
//! The rooms of the house, from the ground up; a room names only rooms above it
//! in this list (`ARCHITECTURE.md` has the reasons, `tests/it/architecture.rs`
//! keeps the arrows). The blank lines keep rustfmt from sorting the floors.

pub mod text;

mod failpoints;

pub mod domain;

pub mod imports;

pub mod config;

pub mod metrics;

pub mod menus;

pub mod ussd;

pub mod aggregators;

pub mod store;

pub mod crypto;

pub mod letters;

pub mod actions;

pub mod dialogue;

pub mod outbox;

pub mod intake;

pub mod clerk;

pub mod binds;

pub mod standing;

pub mod web;

pub mod service;

pub mod demo;

pub mod rehearsal;

pub mod load;

pub mod telemetry;

pub mod cli;
