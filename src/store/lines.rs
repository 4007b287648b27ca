//! What is remembered of a telephone line, whoever holds it.

use crate::domain::{Language, Msisdn, Timestamp};

use super::tx::decode;
use super::{StoreError, Tx};

/// The language that was chosen on this line.
pub async fn language(tx: &mut Tx, msisdn: &Msisdn) -> Result<Option<Language>, StoreError> {
    const SQL: &str = "SELECT language FROM lines WHERE msisdn = $1";
    let code: Option<String> =
        on!(tx, conn => sqlx::query_scalar(SQL).bind(msisdn.as_str()).fetch_optional(conn).await)?;
    Ok(code
        .as_deref()
        .map(Language::parse)
        .transpose()
        .map_err(decode)?)
}

/// Remembers a language for this line.
pub async fn set_language(
    tx: &mut Tx,
    msisdn: &Msisdn,
    language: Language,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO lines (msisdn, language, updated_at) VALUES ($1, $2, $3) \
        ON CONFLICT (msisdn) DO UPDATE SET language = excluded.language, updated_at = excluded.updated_at";
    on!(tx, conn => sqlx::query(SQL)
        .bind(msisdn.as_str())
        .bind(language.code())
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}
