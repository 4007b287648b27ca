//! Many rows for one statement, by the same code on either database. PostgreSQL is handed an
//! array for each column, which it reads in a fraction of the time that JSON takes; SQLite is
//! handed one JSON array.

use std::borrow::Cow;
use std::fmt::Write as _;

use data_encoding::HEXLOWER;
use serde::ser::{Serialize, SerializeSeq, Serializer};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, FromRow};

use super::tx::{as_json, in_time};
use super::{StoreError, Tx};

/// With so many rows a statement is planned anew each time. A plan that was made while a table
/// was empty reads all of it, and PostgreSQL would keep to that as the table grows.
const PLANNED_ANEW: usize = 100;

/// Rows, column by column. A statement reads them as the table `r`, and what is the same for
/// all of them as `$1`, `$2` and so on.
pub(super) struct Rows<'a, T> {
    each: &'a [T],
    shared: Vec<Shared<'a>>,
    columns: Vec<Column<'a>>,
}

enum Shared<'a> {
    Text(Option<&'a str>),
    Number(i64),
}

struct Column<'a> {
    name: &'static str,
    cells: Cells<'a>,
}

enum Cells<'a> {
    Texts(Vec<Option<Cow<'a, str>>>),
    Numbers(Vec<Option<i64>>),
    Bytes(Vec<Option<&'a [u8]>>),
}

impl<'a, T> Rows<'a, T> {
    /// Rows without a column.
    pub(super) fn of(each: &'a [T]) -> Self {
        let (shared, columns) = (Vec::new(), Vec::new());
        Self {
            each,
            shared,
            columns,
        }
    }

    /// The next text that all rows share.
    pub(super) fn with_text(mut self, text: impl Into<Option<&'a str>>) -> Self {
        self.shared.push(Shared::Text(text.into()));
        self
    }

    /// The next number that all rows share.
    pub(super) fn with_number(mut self, number: i64) -> Self {
        self.shared.push(Shared::Number(number));
        self
    }

    /// The next column, of texts.
    pub(super) fn text<C: Into<Option<&'a str>>>(
        self,
        name: &'static str,
        cell: impl Fn(&'a T) -> C,
    ) -> Self {
        let cells = self.cells(|row| cell(row).into().map(Cow::Borrowed));
        self.column(name, Cells::Texts(cells))
    }

    /// The next column, of texts that are made for it.
    pub(super) fn made_text(
        self,
        name: &'static str,
        cell: impl Fn(&'a T) -> Option<String>,
    ) -> Self {
        let cells = self.cells(|row| cell(row).map(Cow::Owned));
        self.column(name, Cells::Texts(cells))
    }

    /// The next column, of numbers.
    pub(super) fn number<C: Into<Option<i64>>>(
        self,
        name: &'static str,
        cell: impl Fn(&'a T) -> C,
    ) -> Self {
        let cells = self.cells(|row| cell(row).into());
        self.column(name, Cells::Numbers(cells))
    }

    /// The next column, of bytes.
    pub(super) fn bytes<C: Into<Option<&'a [u8]>>>(
        self,
        name: &'static str,
        cell: impl Fn(&'a T) -> C,
    ) -> Self {
        let cells = self.cells(|row| cell(row).into());
        self.column(name, Cells::Bytes(cells))
    }

    fn cells<C>(&self, cell: impl Fn(&'a T) -> C) -> Vec<C> {
        self.each.iter().map(cell).collect()
    }

    fn column(mut self, name: &'static str, cells: Cells<'a>) -> Self {
        self.columns.push(Column { name, cells });
        self
    }

    /// Runs a statement that has the table between its two halves; says how many rows it has
    /// touched.
    pub(super) async fn execute(
        self,
        tx: &mut Tx,
        begin: &'static str,
        end: &'static str,
    ) -> Result<u64, StoreError> {
        match tx {
            Tx::Sqlite(held) => {
                let sql = AssertSqlSafe(self.for_sqlite(begin, end));
                let query = sqlx::query_with(sql, self.sqlite_arguments()?);
                let done = in_time(query.execute(held.open().await?)).await?;
                Ok(done.rows_affected())
            }
            Tx::Postgres(held) => {
                let sql = AssertSqlSafe(self.for_postgres(begin, end));
                let query = sqlx::query_with(sql, self.postgres_arguments()?);
                let query = query.persistent(self.each.len() < PLANNED_ANEW);
                let done = in_time(query.execute(held.open().await?)).await?;
                Ok(done.rows_affected())
            }
        }
    }

    /// The same, for a statement that gives rows.
    pub(super) async fn fetch<O>(
        self,
        tx: &mut Tx,
        begin: &'static str,
        end: &'static str,
    ) -> Result<Vec<O>, StoreError>
    where
        O: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        match tx {
            Tx::Sqlite(held) => {
                let sql = AssertSqlSafe(self.for_sqlite(begin, end));
                let query = sqlx::query_as_with(sql, self.sqlite_arguments()?);
                in_time(query.fetch_all(held.open().await?)).await
            }
            Tx::Postgres(held) => {
                let sql = AssertSqlSafe(self.for_postgres(begin, end));
                let query = sqlx::query_as_with(sql, self.postgres_arguments()?);
                let query = query.persistent(self.each.len() < PLANNED_ANEW);
                in_time(query.fetch_all(held.open().await?)).await
            }
        }
    }

    fn for_sqlite(&self, begin: &str, end: &str) -> String {
        let mut columns = String::new();
        for (number, Column { name, cells }) in self.columns.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            let _ = match cells {
                Cells::Bytes(_) => write!(columns, "{comma}unhex(value ->> {number}) AS {name}"),
                _ => write!(columns, "{comma}value ->> {number} AS {name}"),
            };
        }
        let place = self.shared.len() + 1;
        format!("{begin}(SELECT {columns} FROM json_each(${place})) AS r{end}")
    }

    fn for_postgres(&self, begin: &str, end: &str) -> String {
        let (mut arrays, mut names) = (String::new(), String::new());
        for (number, Column { name, cells }) in self.columns.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            let place = self.shared.len() + 1 + number;
            let array = match cells {
                Cells::Texts(_) => "text[]",
                Cells::Numbers(_) => "bigint[]",
                Cells::Bytes(_) => "bytea[]",
            };
            let _ = write!(arrays, "{comma}${place}::{array}");
            let _ = write!(names, "{comma}{name}");
        }
        format!("{begin}UNNEST({arrays}) AS r ({names}){end}")
    }

    fn sqlite_arguments(&self) -> Result<SqliteArguments, sqlx::Error> {
        let mut arguments = SqliteArguments::default();
        for shared in &self.shared {
            match shared {
                Shared::Text(text) => arguments.add(*text),
                Shared::Number(number) => arguments.add(*number),
            }
            .map_err(sqlx::Error::Encode)?;
        }
        let rows = 0..self.each.len();
        let rows = as_json(rows.map(|row| Row(&self.columns, row)))?;
        arguments.add(rows).map_err(sqlx::Error::Encode)?;
        Ok(arguments)
    }

    fn postgres_arguments(&self) -> Result<PgArguments, sqlx::Error> {
        let mut arguments = PgArguments::default();
        for shared in &self.shared {
            match shared {
                Shared::Text(text) => arguments.add(*text),
                Shared::Number(number) => arguments.add(*number),
            }
            .map_err(sqlx::Error::Encode)?;
        }
        for Column { cells, .. } in &self.columns {
            match cells {
                Cells::Texts(cells) => arguments.add(cells),
                Cells::Numbers(cells) => arguments.add(cells),
                Cells::Bytes(cells) => arguments.add(cells),
            }
            .map_err(sqlx::Error::Encode)?;
        }
        Ok(arguments)
    }
}

/// One row, as SQLite reads it from JSON.
struct Row<'r>(&'r [Column<'r>], usize);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(columns, row) = *self;
        let mut cells = serializer.serialize_seq(Some(columns.len()))?;
        for column in columns {
            match &column.cells {
                Cells::Texts(texts) => cells.serialize_element(&texts[row])?,
                Cells::Numbers(numbers) => cells.serialize_element(&numbers[row])?,
                Cells::Bytes(bytes) => {
                    let hex = bytes[row].map(|bytes| HEXLOWER.encode(bytes));
                    cells.serialize_element(&hex)?;
                }
            }
        }
        cells.end()
    }
}
