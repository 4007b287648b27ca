//! Keys of the API: made and taken back at the command line, checked at each call.

use std::time::Duration;

use crate::actions::noted::note;
use crate::actions::work::{ActionError, Way};
use crate::crypto::ApiKey;
use crate::domain::{ClientName, Scope, Timestamp};
use crate::store::api_keys::{self, KeyRecord};
use crate::store::{Store, StoreError, Tx};

/// When a key was last used is written down in steps of this length, so that not every call
/// is a write.
const STEP: Duration = Duration::from_mins(1);

/// The longest life of a key, in days.
pub const LONGEST_LIFE_DAYS: u64 = 731;

/// A system that calls, by a key that holds.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Which.
    pub client: ClientName,
    /// The part by which its key is known.
    pub key: String,
    scopes: Vec<Scope>,
}

impl Caller {
    /// Whether its key opens that.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// As the audit log calls it.
    #[must_use]
    pub fn actor(&self) -> String {
        self.client.actor()
    }
}

/// Why a key opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unwelcome {
    /// There is no such key.
    Unknown,
    /// Its time is over.
    Expired,
    /// It was taken back.
    Revoked,
}

/// Makes a key, which nobody can read again.
pub async fn add_key(
    tx: &mut Tx,
    (client, scopes): (&ClientName, &[Scope]),
    life: Duration,
    by: &str,
    now: Timestamp,
) -> Result<ApiKey, ActionError> {
    let key = ApiKey::fresh();
    keep_key(tx, &key, (client, scopes), life, by, now).await?;
    Ok(key)
}

/// Keeps a key that was made elsewhere.
pub async fn keep_key(
    tx: &mut Tx,
    key: &ApiKey,
    (client, scopes): (&ClientName, &[Scope]),
    life: Duration,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let record = KeyRecord {
        id: key.id().to_owned(),
        client: client.clone(),
        hash: key.hash().to_vec(),
        scopes: scopes.to_vec(),
        created_by: by.to_owned(),
        created_at: now,
        expires_at: now.plus(life),
        revoked_at: None,
        last_used_at: None,
    };
    api_keys::insert(tx, &record).await?;
    let opens: Vec<_> = scopes.iter().map(|scope| scope.name()).collect();
    let detail = format!("{} {}: {}", client.as_str(), key.id(), opens.join(" "));
    note(
        tx,
        (by, Way::Operator),
        ("api-key.added", Some(detail)),
        &[],
        now,
    )
    .await
}

/// Takes a key back. False when there is none, or it was taken back before.
pub async fn revoke_key(
    tx: &mut Tx,
    id: &str,
    by: &str,
    now: Timestamp,
) -> Result<bool, ActionError> {
    let revoked = api_keys::revoke(tx, id, now).await?;
    if revoked {
        let what = ("api-key.revoked", Some(id.to_owned()));
        note(tx, (by, Way::Operator), what, &[], now).await?;
    }
    Ok(revoked)
}

/// Who calls with this key.
pub async fn caller(
    store: &Store,
    key: &ApiKey,
    now: Timestamp,
) -> Result<Result<Caller, Unwelcome>, ActionError> {
    let mut tx = store.begin_read().await?;
    let known = api_keys::by_id(&mut tx, key.id()).await?;
    drop(tx);
    // What is wrong with a key is told to nobody who has only its public part.
    let Some(known) = known.filter(|known| key.is_of(&known.hash)) else {
        return Ok(Err(Unwelcome::Unknown));
    };
    if known.revoked_at.is_some() {
        return Ok(Err(Unwelcome::Revoked));
    }
    if known.expires_at <= now {
        return Ok(Err(Unwelcome::Expired));
    }
    if known.last_used_at.is_none_or(|last| last.plus(STEP) <= now) {
        let mut tx = store.begin().await?;
        api_keys::touch(&mut tx, &known.id, now).await?;
        tx.commit().await?;
    }
    Ok(Ok(Caller {
        client: known.client,
        key: known.id,
        scopes: known.scopes,
    }))
}
