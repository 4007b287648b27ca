//! The two sets of migrations make the same tables and columns.

use std::collections::{BTreeMap, BTreeSet};
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

/// Where rows are handed to whom they are about, erased with them, or forgotten for their age.
const CARED_FOR: [&str; 2] = [
    include_str!("../../src/store/personal.rs"),
    include_str!("../../src/store/retention.rs"),
];

/// Tables that neither of them names, and why.
const NOT_CARED_FOR: [(&str, &str); 22] = [
    ("api_answers", "sealed; the worker forgets them after a day"),
    ("api_keys", "of systems"),
    (
        "audit",
        "names people by ids that mean nobody once they are erased; forgotten as a chain",
    ),
    ("audit_head", "the last link"),
    ("binds", "of channels"),
    ("campaigns", "whom they went to is forgotten"),
    ("centres", "schools"),
    ("channel_paces", "of channels"),
    ("channel_states", "of channels"),
    (
        "import_parts",
        "sealed; taken away as they are written, or shredded",
    ),
    ("key_marks", "of keys"),
    ("menu_versions", "menus; the worker forgets them"),
    ("milestones", "when something was done last"),
    ("processes", "of processes"),
    (
        "sessions",
        "sealed; the worker forgets them half an hour after their last hop",
    ),
    (
        "sim_verdicts",
        "by references of the network; the worker forgets them",
    ),
    ("sms_events", "goes with its message"),
    ("staff", "of the council's staff"),
    ("staff_codes", "of the council's staff"),
    ("staff_sessions", "of the council's staff"),
    ("webhook_kinds", "of systems"),
    ("webhooks", "of systems"),
];

/// A table that is new has to say what becomes of what it holds.
#[tokio::test]
async fn every_table_is_erased_or_forgotten_or_says_why_not() {
    let sqlite = Database::sqlite();
    migrated(&sqlite).await;
    let mut connection = SqliteConnection::connect(&sqlite.url()).await.unwrap();
    let columns: Vec<Column> = sqlx::query_as(SQLITE)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    let tables: BTreeSet<_> = columns.into_iter().map(|(table, ..)| table).collect();
    let reasons = BTreeMap::from(NOT_CARED_FOR);
    for table in &tables {
        let deletes = format!("DELETE FROM {table} ");
        let is_cared_for = CARED_FOR.iter().any(|file| file.contains(&deletes));
        assert_ne!(
            is_cared_for,
            reasons.contains_key(table.as_str()),
            "{table}"
        );
    }
    let known = reasons.keys().all(|table| tables.contains(*table));
    assert!(known, "{reasons:?}");
}
