//! Campaigns: one text to many people, made and counted first, then sent at a pace that
//! holds nobody else up.
//!
//! Whom it goes to is written down by the worker once it starts; each person's text is
//! made from what is true when their turn comes, and handed to the outbox under a cause
//! that there is once.

mod asked;
mod feed;
mod plan;
mod results;

pub use asked::{Asked, MOST_SEGMENTS};
pub use feed::{Sender, feed};
pub use plan::{
    Estimate, LONGEST_NAME, Plan, PlanError, Steered, Step, estimate, make, steer, try_out,
};
pub use results::{COLUMNS, PAGE, cells};

use crate::menus::{FieldSpec, Kind};

/// The placeholders that the text of a campaign may hold, and whether it must go by people's
/// work for that.
pub fn placeholders() -> impl Iterator<Item = (&'static str, bool)> {
    OF_WORK
        .iter()
        .enumerate()
        .map(|(at, field)| (field.name, at >= OF_PEOPLE.len()))
}

/// What a text to people chosen by themselves may name.
pub(super) const OF_PEOPLE: &[FieldSpec] = &[
    FieldSpec::new("name", Kind::Name(60)),
    FieldSpec::new("code", Kind::Code(14)),
];

/// What a text to people chosen by their work may name.
const OF_WORK: &[FieldSpec] = &[
    OF_PEOPLE[0],
    OF_PEOPLE[1],
    FieldSpec::new("series", Kind::Series),
    FieldSpec::new("role", Kind::Role),
    FieldSpec::new("centre_code", Kind::Centre),
    FieldSpec::new("centre_name", Kind::Name(60)),
    FieldSpec::new("county", Kind::Name(20)),
    FieldSpec::new("report_day", Kind::Date),
    FieldSpec::new("report_hour", Kind::Time),
];
