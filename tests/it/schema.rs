//! The two sets of migrations make the same tables and columns.

use std::collections::BTreeSet;
use std::time::Duration;

use cp2::store::{Store, StoreSettings};
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::harness::Database;

const SQLITE: &str = "SELECT m.name, c.name, c.type FROM sqlite_master m \
    JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\'";

/// In SQLite's words.
const POSTGRES: &str = "SELECT table_name::text, column_name::text, \
    CASE data_type WHEN 'text' THEN 'TEXT' WHEN 'bigint' THEN 'INTEGER' WHEN 'bytea' THEN 'BLOB' \
    ELSE data_type::text END FROM information_schema.columns \
    WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";

/// Table, column, type.
type Column = (String, String, String);

async fn migrated(database: &Database) {
    let settings = StoreSettings {
        create: true,
        pooler: false,
        url: database.url(),
        connections: 2,
        patience: Duration::from_secs(5),
    };
    let store = Store::open(&settings).await.unwrap();
    store.migrate().await.unwrap();
    store
        .migrate()
        .await
        .expect("a second time changes nothing");
    store.close().await;
}

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let sqlite = Database::sqlite();
    migrated(&sqlite).await;
    let mut connection = SqliteConnection::connect(&sqlite.url()).await.unwrap();
    let in_sqlite: Vec<Column> = sqlx::query_as(SQLITE)
        .fetch_all(&mut connection)
        .await
        .unwrap();

    let postgres = Database::postgres().await;
    migrated(&postgres).await;
    let mut connection = PgConnection::connect(&postgres.url()).await.unwrap();
    let in_postgres: Vec<Column> = sqlx::query_as(POSTGRES)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    postgres.remove().await;

    assert!(in_sqlite.len() > 50, "{in_sqlite:?}");
    assert_eq!(
        BTreeSet::from_iter(in_sqlite),
        BTreeSet::from_iter(in_postgres)
    );
}
