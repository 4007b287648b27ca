//! All SQL, and nothing but SQL: one file per aggregate, one text for both databases.
//!
//! A [`Store`] is SQLite or PostgreSQL; a [`Tx`] is a unit of work on either. The
//! statements stand as constants with `$n` and run through `on!`, so each is checked
//! against the native driver of both. Nothing here decides anything, and nothing
//! outside this room names sqlx.
//!
//! A [`Tx`] must never live in a future that can be cancelled: sqlx 0.9.0 can hand a
//! connection with an open transaction back to its pool. Callers run units of work
//! in spawned tasks; as a second line, released PostgreSQL connections roll back.

#[macro_use]
mod tx;
mod backup;
mod carry;
mod line;
mod open;
mod rows;

pub mod api_answers;
pub mod api_keys;
pub mod approvals;
pub mod attendance;
pub mod audit;
pub mod binds;
pub mod blocked;
pub mod bulk;
pub mod callers;
pub mod campaigns;
pub mod centre_claims;
pub mod centres;
pub mod changed;
pub mod changes;
pub mod channel_paces;
pub mod channel_states;
pub mod conversations;
pub mod deployments;
pub mod exports;
pub mod guesses;
pub mod imports;
pub mod inbound;
pub mod inbound_parts;
pub mod invitations;
pub mod key_marks;
pub mod lines;
pub mod links;
pub mod longest;
pub mod menu_versions;
pub mod milestones;
pub mod number_changes;
pub mod outbox;
pub mod passwords;
pub mod people;
pub mod personal;
pub mod pins;
pub mod problems;
pub mod processes;
pub mod registrations;
pub mod reports;
pub mod restored;
pub mod retention;
pub mod roster;
pub mod sessions;
pub mod sim_checks;
pub mod staff;
pub mod staff_sessions;
pub mod traffic;
pub mod web_sessions;
pub mod webhooks;

pub use line::{PgLine, PgTx};
pub(crate) use open::leave_to_its_folder;
pub use open::{Store, StoreSettings};
pub use tx::{StoreError, Tx};
