//! Everything that a database holds, for tests that prove that nothing changed.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use super::Database;

/// The rows of each table, as text, in no order that means anything.
pub(crate) type Contents = BTreeMap<String, Vec<String>>;

impl Database {
    pub(crate) async fn contents(&self) -> Contents {
        match self {
            Self::Sqlite(_) => of_sqlite(&self.url()).await,
            Self::Postgres { .. } => of_postgres(&self.url()).await,
        }
    }
}

async fn of_sqlite(url: &str) -> Contents {
    const TABLES: &str = "SELECT m.name, group_concat('quote(\"' || c.name || '\")', ' || ''|'' || ') \
        FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' GROUP BY 1";
    let mut connection = SqliteConnection::connect(url).await.unwrap();
    let tables: Vec<(String, String)> = sqlx::query_as(TABLES)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    let mut contents = Contents::new();
    for (table, row) in tables {
        let rows = AssertSqlSafe(format!("SELECT {row} FROM {table} ORDER BY 1"));
        contents.insert(
            table,
            sqlx::query_scalar(rows)
                .fetch_all(&mut connection)
                .await
                .unwrap(),
        );
    }
    connection.close().await.unwrap();
    contents
}

async fn of_postgres(url: &str) -> Contents {
    const TABLES: &str =
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
    let mut connection = PgConnection::connect(url).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(TABLES)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    let mut contents = Contents::new();
    for table in tables {
        let rows = AssertSqlSafe(format!("SELECT t::text FROM {table} t ORDER BY 1"));
        contents.insert(
            table,
            sqlx::query_scalar(rows)
                .fetch_all(&mut connection)
                .await
                .unwrap(),
        );
    }
    connection.close().await.unwrap();
    contents
}
