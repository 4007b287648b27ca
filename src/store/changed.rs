//! What has changed since, in the order of its changes, page by page.

use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

use crate::domain::Timestamp;

/// Something, and when it changed last.
#[derive(Debug, Clone)]
pub struct Changed<T> {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: T,
}

/// From where on changes are wanted.
#[derive(Debug, Clone)]
pub struct From<'a> {
    /// Not before that moment.
    pub at: Timestamp,
    /// Of that moment, only what has a later id.
    pub id: &'a str,
}

impl<'r, R: Row, T: FromRow<'r, R>> FromRow<'r, R> for Changed<T>
where
    &'static str: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        Ok(Self {
            at: Timestamp::from_millis(row.try_get("updated_at")?),
            what: T::from_row(row)?,
        })
    }
}
