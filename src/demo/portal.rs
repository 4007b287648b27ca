//! The demo's portal: a system of the council with a key that everybody knows.

use std::time::Duration;

use crate::actions::api::keep_key;
use crate::crypto::ApiKey;
use crate::domain::{ClientName, Scope, Timestamp};
use crate::store::{Store, api_keys};

use super::seed::SeedError;

/// What the portal calls with. It opens everything there is in a demo.
pub const PORTAL_KEY: &str = "cp2_demodemo_everybodyknowsthiskey00000";

/// How long its key holds: longer than anybody keeps a demo.
const LIFE: Duration = Duration::from_hours(24 * 3650);

/// Puts the portal's key in place, unless it is there.
pub async fn portal(store: &Store, now: Timestamp) -> Result<(), SeedError> {
    let key = ApiKey::parse(PORTAL_KEY).ok_or(SeedError::Wrong("the portal's key"))?;
    let client = ClientName::parse("portal").map_err(|_| SeedError::Wrong("a system's name"))?;
    let mut tx = store.begin().await?;
    if api_keys::by_id(&mut tx, key.id()).await?.is_none() {
        let opens = (&client, &Scope::ALL[..]);
        keep_key(&mut tx, &key, opens, LIFE, "demo", now).await?;
    }
    Ok(tx.commit().await?)
}
