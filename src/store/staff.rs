//! The council's staff and their second factors.

use crate::domain::{StaffName, StaffRole, Timestamp};

use super::tx::{decode, in_time};
use super::{StoreError, Tx};

/// A member of staff.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who.
    pub name: StaffName,
    /// What they are there for.
    pub role: StaffRole,
    /// Of their password.
    pub password_hash: String,
    /// Whether it was given to them and has to be replaced.
    pub must_change: bool,
    /// The secret of their second factor, sealed.
    pub totp: Option<Vec<u8>>,
    /// The last step whose code was taken.
    pub totp_step: u64,
    /// Whether they have shown that their telephone knows the secret.
    pub is_enrolled: bool,
    /// Whether they may not log in any more.
    pub is_disabled: bool,
}

type Row = (
    String,
    String,
    String,
    i64,
    Option<Vec<u8>>,
    i64,
    Option<i64>,
    Option<i64>,
);

fn member(row: Row) -> Result<Member, StoreError> {
    let (name, role, password_hash, must_change, totp, totp_step, enrolled_at, disabled_at) = row;
    Ok(Member {
        name: StaffName::parse(&name).map_err(decode)?,
        role: StaffRole::parse(&role).map_err(decode)?,
        password_hash,
        must_change: must_change != 0,
        totp,
        totp_step: totp_step.unsigned_abs(),
        is_enrolled: enrolled_at.is_some(),
        is_disabled: disabled_at.is_some(),
    })
}

/// The columns of a member, in the order of [`Row`].
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT name, role, password_hash, must_change, totp, totp_step, enrolled_at, ",
            "disabled_at FROM staff ",
            $rest
        )
    };
}

/// The member of that name.
pub async fn by_name(tx: &mut Tx, name: &StaffName) -> Result<Option<Member>, StoreError> {
    const SQL: &str = select!("WHERE name = $1");
    let row: Option<Row> =
        on!(tx, conn => sqlx::query_as(SQL).bind(name.as_str()).fetch_optional(conn).await)?;
    row.map(member).transpose()
}

/// Everybody, by name.
pub async fn all(tx: &mut Tx) -> Result<Vec<Member>, StoreError> {
    const SQL: &str = select!("ORDER BY name");
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?;
    rows.into_iter().map(member).collect()
}

/// Holds a member's row until the unit of work is done. On SQLite the unit of work itself
/// does that.
pub async fn lock(tx: &mut Tx, name: &StaffName) -> Result<(), StoreError> {
    const POSTGRES: &str = "SELECT name FROM staff WHERE name = $1 FOR UPDATE";
    if let Tx::Postgres(tx) = tx {
        in_time(
            sqlx::query(POSTGRES)
                .bind(name.as_str())
                .execute(tx.open().await?),
        )
        .await?;
    }
    Ok(())
}

/// Adds a member with a password. `Duplicate` when the name is taken.
pub async fn insert(
    tx: &mut Tx,
    (name, role): (&StaffName, StaffRole),
    (password_hash, must_change): (&str, bool),
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO staff (name, role, password_hash, must_change, created_at, \
        updated_at) VALUES ($1, $2, $3, $4, $5, $5)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(name.as_str())
        .bind(role.name())
        .bind(password_hash)
        .bind(i64::from(must_change))
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Keeps another password.
pub async fn set_password(
    tx: &mut Tx,
    name: &StaffName,
    (password_hash, must_change): (&str, bool),
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE staff SET password_hash = $2, must_change = $3, updated_at = $4 \
                       WHERE name = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(name.as_str())
        .bind(password_hash)
        .bind(i64::from(must_change))
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Lets a member in again or not. False when there is none of that name.
pub async fn set_disabled(
    tx: &mut Tx,
    name: &StaffName,
    is_disabled: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE staff SET disabled_at = $2, updated_at = $3 WHERE name = $1";
    let found = on!(tx, conn => sqlx::query(SQL)
        .bind(name.as_str())
        .bind(is_disabled.then_some(now.as_millis()))
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(found == 1)
}

/// Gives a member another role.
pub async fn set_role(
    tx: &mut Tx,
    name: &StaffName,
    role: StaffRole,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE staff SET role = $2, updated_at = $3 WHERE name = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(name.as_str())
        .bind(role.name())
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Keeps a sealed secret that is not proven yet, or none; recovery codes of before are gone.
pub async fn set_totp(
    tx: &mut Tx,
    name: &StaffName,
    sealed: Option<&[u8]>,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE staff SET totp = $2, totp_step = 0, enrolled_at = NULL, \
                       updated_at = $3 WHERE name = $1";
    const CODES: &str = "DELETE FROM staff_codes WHERE name = $1";
    on!(&mut *tx, conn => sqlx::query(SQL)
        .bind(name.as_str())
        .bind(sealed)
        .bind(now.as_millis())
        .execute(conn).await.map(drop))?;
    on!(tx, conn => sqlx::query(CODES).bind(name.as_str()).execute(conn).await.map(drop))
}

/// The secret is proven; these are the hashes of the recovery codes.
pub async fn enrol(
    tx: &mut Tx,
    name: &StaffName,
    codes: &[[u8; 32]],
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE staff SET enrolled_at = $2, updated_at = $2 WHERE name = $1";
    const CODE: &str = "INSERT INTO staff_codes (name, code_hash) VALUES ($1, $2)";
    on!(&mut *tx, conn => sqlx::query(SQL)
        .bind(name.as_str())
        .bind(now.as_millis())
        .execute(conn).await.map(drop))?;
    for code in codes {
        on!(&mut *tx, conn => sqlx::query(CODE)
            .bind(name.as_str())
            .bind(code.as_slice())
            .execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// Keeps the step whose code was taken.
pub async fn take_step(tx: &mut Tx, name: &StaffName, step: u64) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE staff SET totp_step = $2 WHERE name = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(name.as_str())
        .bind(step.cast_signed())
        .execute(conn).await.map(drop))
}

/// Whether there is a recovery code of that hash.
pub async fn has_code(tx: &mut Tx, name: &StaffName, hash: &[u8]) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM staff_codes WHERE name = $1 AND code_hash = $2";
    let found: i64 = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(name.as_str())
        .bind(hash)
        .fetch_one(conn).await)?;
    Ok(found > 0)
}

/// Uses a recovery code up.
pub async fn take_code(tx: &mut Tx, name: &StaffName, hash: &[u8]) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM staff_codes WHERE name = $1 AND code_hash = $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(name.as_str())
        .bind(hash)
        .execute(conn).await.map(drop))
}
