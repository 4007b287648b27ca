//! A unit of work's line to PostgreSQL: straight, or by a pooler that lends it one
//! connection for each unit of work.
//!
//! A statement that is prepared by name stays behind on the connection, and the next to be
//! lent that one would meet it. By a pooler statements go without names.

use std::pin::Pin;
use std::time::Duration;

use futures_core::Stream;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgConnection, PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Either, Error, Execute, Executor, Postgres, SqlStr};

use super::StoreError;
use super::tx::Held;

/// A unit of work on PostgreSQL.
pub struct PgTx {
    held: Held<Postgres>,
    by_name: bool,
}

/// What a statement runs on.
#[derive(Debug)]
pub struct PgLine<'c> {
    connection: &'c mut PgConnection,
    by_name: bool,
}

impl PgTx {
    /// On a connection that is ours as long as it lasts.
    pub(super) fn straight(held: Held<Postgres>) -> Self {
        let by_name = true;
        Self { held, by_name }
    }

    /// On a connection that is lent for it.
    pub(super) fn lent(held: Held<Postgres>) -> Self {
        let by_name = false;
        Self { held, by_name }
    }

    /// What statements run on.
    pub async fn open(&mut self) -> Result<PgLine<'_>, StoreError> {
        let by_name = self.by_name;
        let connection = self.held.open().await?;
        Ok(PgLine {
            connection,
            by_name,
        })
    }

    pub(super) async fn commit(self, longest: Duration) -> Result<(), StoreError> {
        self.held.commit(longest).await
    }

    pub(super) fn is_singly(&self) -> bool {
        self.held.is_singly()
    }
}

impl<'c> Executor<'c> for PgLine<'c> {
    type Database = Postgres;

    fn fetch_many<'e, 'q, E>(
        self,
        query: E,
    ) -> Pin<Box<dyn Stream<Item = Result<Either<PgQueryResult, PgRow>, Error>> + Send + 'e>>
    where
        'c: 'e,
        E: Execute<'q, Postgres>,
        'q: 'e,
        E: 'q,
    {
        let by_name = self.by_name;
        self.connection.fetch_many(Worded { query, by_name })
    }

    fn fetch_optional<'e, 'q, E>(
        self,
        query: E,
    ) -> Pin<Box<dyn Future<Output = Result<Option<PgRow>, Error>> + Send + 'e>>
    where
        'c: 'e,
        E: Execute<'q, Postgres>,
        'q: 'e,
        E: 'q,
    {
        let by_name = self.by_name;
        self.connection.fetch_optional(Worded { query, by_name })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> Pin<Box<dyn Future<Output = Result<PgStatement, Error>> + Send + 'e>>
    where
        'c: 'e,
    {
        self.connection.prepare_with(sql, parameters)
    }
}

/// A query, by name or not.
struct Worded<E> {
    query: E,
    by_name: bool,
}

impl<'q, E: Execute<'q, Postgres>> Execute<'q, Postgres> for Worded<E> {
    fn sql(self) -> SqlStr {
        self.query.sql()
    }

    fn statement(&self) -> Option<&PgStatement> {
        self.query.statement()
    }

    fn take_arguments(&mut self) -> Result<Option<PgArguments>, BoxDynError> {
        self.query.take_arguments()
    }

    fn persistent(&self) -> bool {
        self.by_name && self.query.persistent()
    }
}
