//! `/centre`: what the manager of a centre sees and keeps, by the actions of the phone.

pub(super) mod attendance;
pub(super) mod describe;
pub(super) mod roster;

use axum::extract::Path;
use axum::extract::rejection::PathRejection;

use crate::menus::{Fields, Value};

use super::desk::fields;

/// The deployment as manager that an address names. Whether it is one, the actions see.
type Managed = Result<Path<String>, PathRejection>;

fn managed(id: &str) -> Fields {
    fields([("managed", Value::Hidden(id.to_owned()))])
}
