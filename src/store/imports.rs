//! Files on their way into the register: how far each is, what it would move, what it can't.

use serde::Serialize;
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

use crate::domain::Timestamp;

use super::rows::Rows;
use super::tx::{count, decode};
use super::{StoreError, Tx};

/// How far a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Its rows are read and held against the register.
    Judging,
    /// Somebody has to say whether it is written.
    Judged,
    /// It is being written, part by part, to its end.
    Writing,
    /// It is written.
    Done,
    /// It is not going to be written.
    Dropped,
}

impl Stage {
    const ALL: [Self; 5] = [
        Self::Judging,
        Self::Judged,
        Self::Writing,
        Self::Done,
        Self::Dropped,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Judging => "judging",
            Self::Judged => "judged",
            Self::Writing => "writing",
            Self::Done => "done",
            Self::Dropped => "dropped",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }
}

/// How many rows of a file came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Rows that were read.
    pub read: u64,
    /// Those that add something.
    pub new: u64,
    /// Those that change something.
    pub changed: u64,
    /// Those that say what is known.
    pub same: u64,
    /// Those that can't be taken.
    pub rejected: u64,
    /// People who are told by SMS.
    pub told: u64,
}

impl Sums {
    /// How many rows would move something.
    #[must_use]
    pub fn moving(&self) -> u64 {
        self.new + self.changed
    }
}

/// A file on its way.
#[derive(Debug, Clone)]
pub struct Import {
    /// Which.
    pub id: String,
    /// What it lists.
    pub kind: String,
    /// Its name.
    pub file: String,
    /// The names of its columns, as JSON.
    pub header: String,
    /// How far it has come.
    pub stage: Stage,
    /// Whether people are told.
    pub tells: bool,
    /// The channel that SMS leave by.
    pub channel: String,
    /// How long the file is.
    pub whole: u64,
    /// How far it was read.
    pub place: u64,
    /// What its rows came to.
    pub sums: Sums,
    /// Rows that were written.
    pub written: u64,
    /// Rows that something had overtaken when they were to be written.
    pub refused: u64,
    /// Why it can't be read.
    pub fault: Option<String>,
    /// Who brought it.
    pub made_by: String,
    /// Who decided about it.
    pub decided_by: Option<String>,
    /// When it came.
    pub created_at: Timestamp,
    /// When it got where it is.
    pub updated_at: Timestamp,
}

/// Who works on an import until when; nobody else does meanwhile.
#[derive(Debug, Clone, Copy)]
pub struct Hold<'a> {
    /// A process.
    pub owner: &'a str,
    /// Until when.
    pub until: Timestamp,
}

/// The columns of an import.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, file, header, state, tells, channel, whole, place, read_rows, ",
            "new_rows, changed_rows, same_rows, rejected_rows, told, written_rows, refused_rows, ",
            "fault, made_by, decided_by, created_at, updated_at FROM imports ",
            $rest
        )
    };
}

impl<'r, R: Row> FromRow<'r, R> for Import
where
    &'static str: ColumnIndex<R>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    Option<String>: Decode<'r, R::Database> + Type<R::Database>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let text = |column: &'static str| row.try_get::<String, _>(column);
        let maybe = |column: &'static str| row.try_get::<Option<String>, _>(column);
        let number = |column: &'static str| row.try_get::<i64, _>(column);
        let sum = |column: &'static str| number(column).map(i64::unsigned_abs);
        let moment = |column: &'static str| number(column).map(Timestamp::from_millis);
        Ok(Self {
            id: text("id")?,
            kind: text("kind")?,
            file: text("file")?,
            header: text("header")?,
            stage: Stage::named(&text("state")?).ok_or_else(|| decode("no state of an import"))?,
            tells: number("tells")? == 1,
            channel: text("channel")?,
            whole: sum("whole")?,
            place: sum("place")?,
            sums: Sums {
                read: sum("read_rows")?,
                new: sum("new_rows")?,
                changed: sum("changed_rows")?,
                same: sum("same_rows")?,
                rejected: sum("rejected_rows")?,
                told: sum("told")?,
            },
            written: sum("written_rows")?,
            refused: sum("refused_rows")?,
            fault: maybe("fault")?,
            made_by: text("made_by")?,
            decided_by: maybe("decided_by")?,
            created_at: moment("created_at")?,
            updated_at: moment("updated_at")?,
        })
    }
}

/// Adds a file that is going to be judged by whoever holds it.
pub async fn insert(
    tx: &mut Tx,
    import: &Import,
    hold: Hold<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO imports (id, kind, file, header, state, tells, channel, whole, \
        place, read_rows, new_rows, changed_rows, same_rows, rejected_rows, told, written_rows, \
        refused_rows, made_by, owner, until, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, 'judging', $5, $6, $7, 0, 0, 0, 0, 0, 0, 0, 0, 0, $8, $9, $10, $11, $11)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(&import.id)
        .bind(&import.kind)
        .bind(&import.file)
        .bind(&import.header)
        .bind(i64::from(import.tells))
        .bind(&import.channel)
        .bind(signed(import.whole))
        .bind(&import.made_by)
        .bind(hold.owner)
        .bind(hold.until.as_millis())
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// The import of that id.
pub async fn by_id(tx: &mut Tx, id: &str) -> Result<Option<Import>, StoreError> {
    const SQL: &str = select!("WHERE id = $1");
    on!(tx, conn => sqlx::query_as(SQL).bind(id).fetch_optional(conn).await)
}

/// The newest imports, no more than `limit`.
pub async fn newest(tx: &mut Tx, limit: usize) -> Result<Vec<Import>, StoreError> {
    const SQL: &str = select!("ORDER BY created_at DESC, id DESC LIMIT $1");
    on!(tx, conn => sqlx::query_as(SQL).bind(count(limit)).fetch_all(conn).await)
}

/// Keeps how far a file was judged. False when whoever says so does not hold it any more.
pub async fn judged_to(
    tx: &mut Tx,
    id: &str,
    hold: Hold<'_>,
    (place, sums): (u64, &Sums),
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE imports SET place = $3, read_rows = $4, new_rows = $5, \
        changed_rows = $6, same_rows = $7, rejected_rows = $8, told = $9, until = $10, \
        updated_at = $11 WHERE id = $1 AND owner = $2 AND state = 'judging'";
    let kept = on!(tx, conn => sqlx::query(SQL)
        .bind(id)
        .bind(hold.owner)
        .bind(signed(place))
        .bind(signed(sums.read))
        .bind(signed(sums.new))
        .bind(signed(sums.changed))
        .bind(signed(sums.same))
        .bind(signed(sums.rejected))
        .bind(signed(sums.told))
        .bind(hold.until.as_millis())
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(kept == 1)
}

/// Moves an import from one stage to the next. False when it is in another.
pub async fn step(
    tx: &mut Tx,
    id: &str,
    (from, to): (Stage, Stage),
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE imports SET state = $3, updated_at = $4 WHERE id = $1 AND state = $2";
    let moved = on!(tx, conn => sqlx::query(SQL)
        .bind(id)
        .bind(from.name())
        .bind(to.name())
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(moved == 1)
}

/// Hands an import to somebody.
pub async fn hold(tx: &mut Tx, id: &str, hold: Hold<'_>) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE imports SET owner = $2, until = $3 WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(id)
        .bind(hold.owner)
        .bind(hold.until.as_millis())
        .execute(conn).await.map(drop))
}

/// Keeps who decided.
pub async fn decided(tx: &mut Tx, id: &str, by: &str) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE imports SET decided_by = $2 WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(id).bind(by).execute(conn).await.map(drop))
}

/// Keeps why a file is not going to be written.
pub async fn failed(tx: &mut Tx, id: &str, fault: &str, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE imports SET state = 'dropped', fault = $2, updated_at = $3 \
                       WHERE id = $1 AND state = 'judging'";
    on!(tx, conn => sqlx::query(SQL)
        .bind(id)
        .bind(fault)
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Takes up an import that is being written, where nobody else works on it.
pub async fn take_up(
    tx: &mut Tx,
    id: &str,
    hold: Hold<'_>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE imports SET owner = $2, until = $3 \
        WHERE id = $1 AND state = 'writing' AND (owner = $2 OR until < $4)";
    let taken = on!(tx, conn => sqlx::query(SQL)
        .bind(id)
        .bind(hold.owner)
        .bind(hold.until.as_millis())
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(taken == 1)
}

/// Counts rows of a part that was just written.
pub async fn wrote(
    tx: &mut Tx,
    id: &str,
    (written, refused): (u64, u64),
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE imports SET written_rows = written_rows + $2, \
        refused_rows = refused_rows + $3, updated_at = $4 WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(id)
        .bind(signed(written))
        .bind(signed(refused))
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Imports in a stage that nobody works on.
pub async fn left_in(tx: &mut Tx, stage: Stage, now: Timestamp) -> Result<Vec<Import>, StoreError> {
    const SQL: &str = select!("WHERE state = $1 AND until < $2 ORDER BY created_at LIMIT 100");
    on!(tx, conn => sqlx::query_as(SQL)
        .bind(stage.name())
        .bind(now.as_millis())
        .fetch_all(conn).await)
}

/// Keeps what a part of a file would move, sealed.
pub async fn add_part(
    tx: &mut Tx,
    import: &str,
    number: u64,
    sealed: &[u8],
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO import_parts (import, number, sealed) VALUES ($1, $2, $3)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(import)
        .bind(signed(number))
        .bind(sealed)
        .execute(conn).await.map(drop))
}

/// The first part that is left, with its number.
pub async fn first_part(tx: &mut Tx, import: &str) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
    const SQL: &str =
        "SELECT number, sealed FROM import_parts WHERE import = $1 ORDER BY number LIMIT 1";
    let row: Option<(i64, Vec<u8>)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(import).fetch_optional(conn).await)?;
    Ok(row.map(|(number, sealed)| (number.unsigned_abs(), sealed)))
}

/// Takes a part away. False when it was gone.
pub async fn take_part(tx: &mut Tx, import: &str, number: u64) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM import_parts WHERE import = $1 AND number = $2";
    let taken = on!(tx, conn => sqlx::query(SQL)
        .bind(import)
        .bind(signed(number))
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(taken == 1)
}

/// A row that can't be taken.
#[derive(Debug, Clone, Serialize)]
pub struct Reject {
    /// Which, counted as spreadsheets do.
    pub row: i64,
    /// The column; empty where it is the row as a whole.
    pub column: String,
    /// The value, masked where it is private.
    pub value: String,
    /// Why.
    pub reason: String,
}

/// Keeps rows that can't be taken.
pub async fn add_rejects(tx: &mut Tx, import: &str, rejects: &[Reject]) -> Result<(), StoreError> {
    const HEAD: &str = "INSERT INTO import_rejects (import, row_number, column_name, value, reason) \
        SELECT $1, r.row_number, r.column_name, r.value, r.reason FROM ";
    if rejects.is_empty() {
        return Ok(());
    }
    Rows::of(rejects)
        .with_text(import)
        .number("row_number", |reject| reject.row)
        .text("column_name", |reject| reject.column.as_str())
        .text("value", |reject| reject.value.as_str())
        .text("reason", |reject| reject.reason.as_str())
        .execute(tx, HEAD, " WHERE TRUE ON CONFLICT DO NOTHING")
        .await
        .map(drop)
}

/// The next rows that can't be taken, after that one.
pub async fn rejects(
    tx: &mut Tx,
    import: &str,
    after: i64,
    limit: usize,
) -> Result<Vec<Reject>, StoreError> {
    const SQL: &str = "SELECT row_number, column_name, value, reason FROM import_rejects \
        WHERE import = $1 AND row_number > $2 ORDER BY row_number LIMIT $3";
    let rows: Vec<(i64, String, String, String)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(import)
        .bind(after)
        .bind(count(limit))
        .fetch_all(conn).await)?;
    let reject = |(row, column, value, reason)| Reject {
        row,
        column,
        value,
        reason,
    };
    Ok(rows.into_iter().map(reject).collect())
}

/// Takes some of the parts of an import away that is not going to be written; says how many.
pub async fn shred(tx: &mut Tx, import: &str, most: usize) -> Result<usize, StoreError> {
    const SQL: &str = "DELETE FROM import_parts WHERE import = $1 AND number IN \
        (SELECT number FROM import_parts WHERE import = $1 ORDER BY number LIMIT $2)";
    let gone = on!(tx, conn => sqlx::query(SQL)
        .bind(import)
        .bind(count(most))
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(usize::try_from(gone).unwrap_or(usize::MAX))
}

/// Imports that are not going to be written and have parts left.
pub async fn to_shred(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    const SQL: &str = "SELECT id FROM imports WHERE state = 'dropped' AND EXISTS \
        (SELECT 1 FROM import_parts WHERE import = imports.id) LIMIT 100";
    on!(tx, conn => sqlx::query_scalar(SQL).fetch_all(conn).await)
}

/// Forgets an import, with its parts and its list of rows that can't be taken.
pub async fn forget(tx: &mut Tx, import: &str) -> Result<(), StoreError> {
    const PARTS: &str = "DELETE FROM import_parts WHERE import = $1";
    const REJECTS: &str = "DELETE FROM import_rejects WHERE import = $1";
    const ITSELF: &str = "DELETE FROM imports WHERE id = $1";
    for sql in [PARTS, REJECTS, ITSELF] {
        on!(&mut *tx, conn => sqlx::query(sql).bind(import).execute(conn).await.map(drop))?;
    }
    Ok(())
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
