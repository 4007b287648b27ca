//! A unit of work's line to PostgreSQL: straight, or by a pooler that lends it one
//! connection for each unit of work.
//!
//! A statement that is prepared by name stays behind on the connection, and the next to be
//! lent that one would meet it. By a pooler statements go without names.

use std::ops::{Deref, DerefMut};
use std::pin::Pin;

use futures_core::Stream;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Either, Error, Execute, Executor, Postgres, SqlStr, Transaction};

/// A transaction on PostgreSQL.
#[derive(Debug)]
pub struct PgTx(PgLine);

/// What a transaction on PostgreSQL runs its statements on.
#[derive(Debug)]
pub struct PgLine {
    tx: Transaction<'static, Postgres>,
    by_name: bool,
}

impl PgTx {
    /// A transaction on a connection that is ours as long as it lasts.
    pub(super) fn straight(tx: Transaction<'static, Postgres>) -> Self {
        Self(PgLine { tx, by_name: true })
    }

    /// A transaction on a connection that is lent for it.
    pub(super) fn lent(tx: Transaction<'static, Postgres>) -> Self {
        Self(PgLine { tx, by_name: false })
    }

    pub(super) async fn commit(self) -> Result<(), Error> {
        self.0.tx.commit().await
    }
}

impl Deref for PgTx {
    type Target = PgLine;

    fn deref(&self) -> &PgLine {
        &self.0
    }
}

impl DerefMut for PgTx {
    fn deref_mut(&mut self) -> &mut PgLine {
        &mut self.0
    }
}

impl<'c> Executor<'c> for &'c mut PgLine {
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
        (*self.tx).fetch_many(Worded { query, by_name })
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
        (*self.tx).fetch_optional(Worded { query, by_name })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> Pin<Box<dyn Future<Output = Result<PgStatement, Error>> + Send + 'e>>
    where
        'c: 'e,
    {
        (*self.tx).prepare_with(sql, parameters)
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
