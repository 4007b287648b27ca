//! The two sets of migrations make the same tables and columns.

use std::collections::BTreeSet;

use cp2::store::{Store, StoreSettings};
use sqlx::{Connection, PgConnection, Row, SqliteConnection};

use crate::harness::Database;

const SQLITE: &str = "SELECT m.name, c.name, c.type, c.\"notnull\" FROM sqlite_master m \
    JOIN pragma_table_info(m.name) c WHERE m.type = 'table'";
const POSTGRES: &str = "SELECT table_name::text, column_name::text, data_type::text, \
    CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END FROM information_schema.columns WHERE table_schema = 'public'";

/// A column of a table, its type in SQLite's words, and whether it must be filled.
type Column = (String, String, &'static str, bool);

async fn migrated(database: &Database) {
    let settings = StoreSettings { url: database.url(), connections: 2, patience: std::time::Duration::from_secs(5) };
    let store = Store::open(&settings).await.unwrap();
    store.migrate().await.unwrap();
    store.migrate().await.expect("a second time changes nothing");
    store.close().await;
}

fn ours(columns: impl Iterator<Item = Column>) -> BTreeSet<Column> {
    columns.filter(|(table, ..)| !table.starts_with("_sqlx")).collect()
}

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let sqlite = Database::sqlite();
    migrated(&sqlite).await;
    let mut connection = SqliteConnection::connect(&sqlite.url()).await.unwrap();
    let rows = sqlx::query(SQLITE).fetch_all(&mut connection).await.unwrap();
    let in_sqlite = ours(rows.iter().map(|row| {
        let kind = match row.get::<&str, _>(2) {
            "TEXT" => "TEXT",
            "INTEGER" => "INTEGER",
            "BLOB" => "BLOB",
            other => panic!("{other}"),
        };
        // SQLite does not count a primary key as NOT NULL; PostgreSQL does.
        (row.get(0), row.get(1), kind, row.get::<i64, _>(3) != 0)
    }));
    let postgres = Database::postgres().await;
    migrated(&postgres).await;
    let mut connection = PgConnection::connect(&postgres.url()).await.unwrap();
    let rows = sqlx::query(POSTGRES).fetch_all(&mut connection).await.unwrap();
    let in_postgres = ours(rows.iter().map(|row| {
        let kind = match row.get::<&str, _>(2) {
            "text" => "TEXT",
            "bigint" => "INTEGER",
            "bytea" => "BLOB",
            other => panic!("{other}"),
        };
        (row.get(0), row.get(1), kind, row.get::<i32, _>(3) != 0)
    }));
    connection.close().await.unwrap();
    postgres.remove().await;
    let names = |columns: &BTreeSet<Column>| {
        columns.iter().map(|(table, column, kind, _)| (table.clone(), column.clone(), *kind)).collect::<BTreeSet<_>>()
    };
    assert!(in_sqlite.len() > 50);
    assert_eq!(names(&in_sqlite), names(&in_postgres));
}
