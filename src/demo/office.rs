//! The demo's office: an account of each role.

use zeroize::Zeroizing;

use crate::crypto::Hasher;
use crate::domain::{StaffName, StaffRole, Timestamp};
use crate::store::{Store, staff};

use super::seed::SeedError;

/// The user name of the demo's operator, who manages the office.
pub const OPERATOR: &str = "operator";

/// The password that everybody in the office begins with.
pub const OPERATOR_PASSWORD: &str = "karibu-ofisini";

const STAFF: [(&str, StaffRole); 5] = [
    (OPERATOR, StaffRole::Manager),
    ("viewer", StaffRole::Viewer),
    ("helpdesk", StaffRole::HelpDesk),
    ("data", StaffRole::Data),
    ("auditor", StaffRole::Auditor),
];

/// Puts the office in place, unless it is there.
pub async fn staff(store: &Store, hasher: &Hasher, now: Timestamp) -> Result<(), SeedError> {
    let password = Zeroizing::new(OPERATOR_PASSWORD.to_owned());
    let hash = hasher.hash(password).await?;
    let mut tx = store.begin().await?;
    for (name, role) in STAFF {
        let name = StaffName::parse(name).map_err(|_| SeedError::Wrong("a user name"))?;
        if staff::by_name(&mut tx, &name).await?.is_none() {
            staff::insert(&mut tx, (&name, role), (&hash, false), now).await?;
        }
    }
    Ok(tx.commit().await?)
}
