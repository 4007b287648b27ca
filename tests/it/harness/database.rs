//! A database of a test's own.

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

/// A database that is gone when its test is over.
pub(crate) enum Database {
    Sqlite(TempDir),
    Postgres { server: String, name: String },
}

impl Database {
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    /// On the cluster that `scripts/test` starts. Without one the test fails: a
    /// PostgreSQL that is missing is a fault, not a reason to skip.
    pub(crate) async fn postgres() -> Self {
        let server = std::env::var("CP2_TEST_POSTGRES").expect(
            "CP2_TEST_POSTGRES names a PostgreSQL server; `scripts/test` starts one and sets it",
        );
        let name = format!("cp2_{}", uuid::Uuid::now_v7().simple());
        let mut admin = PgConnection::connect(&server).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .execute(&mut admin)
            .await
            .unwrap();
        admin.close().await.unwrap();
        Self::Postgres { server, name }
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join("cp2.db").display()),
            Self::Postgres { server, name } => {
                let (server, _) = server.rsplit_once('/').unwrap();
                format!("{server}/{name}")
            }
        }
    }

    /// What a query counts.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        let url = self.url();
        match self {
            Self::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&url).await.unwrap();
                sqlx::query_scalar(sql)
                    .fetch_one(&mut connection)
                    .await
                    .unwrap()
            }
            Self::Postgres { .. } => {
                let mut connection = PgConnection::connect(&url).await.unwrap();
                sqlx::query_scalar(sql)
                    .fetch_one(&mut connection)
                    .await
                    .unwrap()
            }
        }
    }

    /// Changes something behind the service's back.
    pub(crate) async fn execute(&self, sql: &'static str) {
        let url = self.url();
        match self {
            Self::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&url).await.unwrap();
                sqlx::query(sql).execute(&mut connection).await.unwrap();
            }
            Self::Postgres { .. } => {
                let mut connection = PgConnection::connect(&url).await.unwrap();
                sqlx::query(sql).execute(&mut connection).await.unwrap();
            }
        }
    }

    /// What it says to a change that it refuses.
    pub(crate) async fn refusal(&self, sql: &'static str) -> String {
        let url = self.url();
        let done = match self {
            Self::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&url).await.unwrap();
                sqlx::query(sql).execute(&mut connection).await.map(drop)
            }
            Self::Postgres { .. } => {
                let mut connection = PgConnection::connect(&url).await.unwrap();
                sqlx::query(sql).execute(&mut connection).await.map(drop)
            }
        };
        done.expect_err(sql).to_string()
    }

    /// Takes away what keeps the audit log from being changed.
    pub(crate) async fn unguard_the_audit_log(&self) {
        match self {
            Self::Sqlite(_) => {
                for sql in [
                    "DROP TRIGGER audit_is_added",
                    "DROP TRIGGER audit_is_kept",
                    "DROP TRIGGER audit_is_never_erased",
                    "DROP TRIGGER audit_head_moves_on",
                ] {
                    self.execute(sql).await;
                }
            }
            Self::Postgres { .. } => {
                self.execute("ALTER TABLE audit DISABLE TRIGGER USER").await;
                self.execute("ALTER TABLE audit_head DISABLE TRIGGER USER")
                    .await;
            }
        }
    }

    pub(crate) async fn remove(self) {
        if let Self::Postgres { server, name } = self {
            let mut admin = PgConnection::connect(&server).await.unwrap();
            let drop = AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"));
            sqlx::query(drop).execute(&mut admin).await.unwrap();
        }
    }
}
