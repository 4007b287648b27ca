//! Campaigns: one text to many people, and how far each has come.

mod addressees;
mod choose;
mod outcomes;

pub use addressees::{Addressee, HANDED_OVER, Work, addressees, counties, settle};
pub use choose::{Audience, audience, gather};
pub use outcomes::{Outcome, Tally, cause, outcomes, tally};

use serde::{Deserialize, Serialize};

use crate::domain::{Role, Series, Timestamp};

use super::deployments::State;
use super::tx::{count, decode};
use super::{StoreError, Tx};

/// A campaign.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// What people call it by, such as `C-402718`.
    pub reference: String,
    /// What it is about.
    pub name: String,
    /// News or promotion.
    pub class: Class,
    /// What it says in English, with placeholders.
    pub text_en: String,
    /// The same in Kiswahili.
    pub text_sw: String,
    /// The most SMS that one text may take.
    pub segments: usize,
    /// Whom it goes to.
    pub chosen: Selection,
    /// The most messages a minute to one county.
    pub county_pace: Option<usize>,
    /// Through which channel.
    pub channel: String,
    /// How far it has come.
    pub stage: Stage,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
}

/// Whom a campaign goes to. What is left out sets no limit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Selection {
    /// Those with work for this series.
    pub series: Option<Series>,
    /// Those with work in one of these roles.
    pub roles: Vec<Role>,
    /// Those whose work is in one of these counties; chosen without work, who live there.
    pub counties: Vec<String>,
    /// Those whose work has come so far.
    pub state: Option<State>,
}

impl Selection {
    /// Whether it goes by people's work; otherwise by the people themselves.
    #[must_use]
    pub fn is_by_work(&self) -> bool {
        self.series.is_some() || !self.roles.is_empty() || self.state.is_some()
    }

    /// Whether it takes people whose work has come so far; declined and cancelled work only
    /// where asked for.
    #[must_use]
    pub fn takes(&self, state: State) -> bool {
        match self.state {
            Some(wanted) => state == wanted,
            None => matches!(state, State::Posted | State::Invited),
        }
    }
}

/// What kind of message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// News about people's work: to all of them, at any hour.
    News,
    /// Promotion: in sending hours, and not to those who opted out.
    Promotion,
}

impl Class {
    /// Its name in lists.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Promotion => "promotion",
        }
    }
}

/// How far a campaign has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Made and not started.
    Draft,
    /// Being sent.
    Running,
    /// Held until it is resumed.
    Paused,
    /// Everybody was sent it, or passed over.
    Done,
    /// Given up; whoever waited is not sent it.
    Cancelled,
}

impl Stage {
    const ALL: [Self; 5] = [
        Self::Draft,
        Self::Running,
        Self::Paused,
        Self::Done,
        Self::Cancelled,
    ];

    /// Its name in lists.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }
}

type Row = (
    String,
    String,
    String,
    String,
    String,
    i64,
    String,
    Option<i64>,
    String,
    String,
    String,
    i64,
);

fn read(row: Row) -> Result<Campaign, StoreError> {
    let (reference, name, class, text_en, text_sw, segments) =
        (row.0, row.1, row.2, row.3, row.4, row.5);
    let (chosen, county_pace, channel, stage, created_by, created_at) =
        (row.6, row.7, row.8, row.9, row.10, row.11);
    let stages = Stage::ALL.into_iter();
    Ok(Campaign {
        reference,
        name,
        class: if class == Class::Promotion.name() {
            Class::Promotion
        } else {
            Class::News
        },
        text_en,
        text_sw,
        segments: usize::try_from(segments).map_err(decode)?,
        chosen: serde_json::from_str(&chosen).map_err(decode)?,
        county_pace: county_pace
            .map(usize::try_from)
            .transpose()
            .map_err(decode)?,
        channel,
        stage: stages
            .clone()
            .find(|one| one.name() == stage)
            .ok_or_else(|| decode("no such stage of a campaign"))?,
        created_by,
        created_at: Timestamp::from_millis(created_at),
    })
}

/// The columns of a campaign, in the order of [`Row`].
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT reference, name, class, text_en, text_sw, segments, chosen, county_pace, ",
            "channel, state, created_by, created_at FROM campaigns ",
            $rest
        )
    };
}

/// Adds a campaign that is made and not started.
pub async fn insert(tx: &mut Tx, campaign: &Campaign) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO campaigns (reference, name, class, text_en, text_sw, segments, \
        chosen, county_pace, channel, state, gathered_to, created_by, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $11, $12, $12)";
    let chosen = serde_json::to_string(&campaign.chosen).map_err(decode)?;
    on!(tx, conn => sqlx::query(SQL)
        .bind(&campaign.reference)
        .bind(&campaign.name)
        .bind(campaign.class.name())
        .bind(&campaign.text_en)
        .bind(&campaign.text_sw)
        .bind(count(campaign.segments))
        .bind(chosen)
        .bind(campaign.county_pace.map(count))
        .bind(&campaign.channel)
        .bind(campaign.stage.name())
        .bind(&campaign.created_by)
        .bind(campaign.created_at.as_millis())
        .execute(conn).await.map(drop))
}

/// Every campaign, the newest first.
pub async fn all(tx: &mut Tx) -> Result<Vec<Campaign>, StoreError> {
    const SQL: &str = select!("ORDER BY created_at DESC, reference");
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?;
    rows.into_iter().map(read).collect()
}

/// The campaign of that reference.
pub async fn by_reference(tx: &mut Tx, reference: &str) -> Result<Option<Campaign>, StoreError> {
    const SQL: &str = select!("WHERE reference = $1");
    let row: Option<Row> =
        on!(tx, conn => sqlx::query_as(SQL).bind(reference).fetch_optional(conn).await)?;
    row.map(read).transpose()
}

/// The references of those that are being sent, the oldest first.
pub async fn running(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    const SQL: &str =
        "SELECT reference FROM campaigns WHERE state = 'running' ORDER BY created_at, reference";
    on!(tx, conn => sqlx::query_scalar(SQL).fetch_all(conn).await)
}

/// Holds a campaign that is being sent until this unit of work is done; none where it is
/// not being sent, or another has it in hand.
pub async fn take(tx: &mut Tx, reference: &str) -> Result<Option<Campaign>, StoreError> {
    const SQLITE: &str = select!("WHERE reference = $1 AND state = 'running'");
    const POSTGRES: &str =
        select!("WHERE reference = $1 AND state = 'running' FOR UPDATE SKIP LOCKED");
    let sql = match tx {
        Tx::Sqlite(_) => SQLITE,
        Tx::Postgres(_) => POSTGRES,
    };
    let row: Option<Row> =
        on!(tx, conn => sqlx::query_as(sql).bind(reference).fetch_optional(conn).await)?;
    row.map(read).transpose()
}

/// Moves a campaign on. False when it is not where it would have to be.
pub async fn move_on(
    tx: &mut Tx,
    reference: &str,
    from: &[Stage],
    to: Stage,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE campaigns SET state = $3, updated_at = $4 \
                       WHERE reference = $1 AND $2 LIKE '%,' || state || ',%'";
    let names: Vec<_> = from.iter().map(|stage| stage.name()).collect();
    let moved = on!(tx, conn => sqlx::query(SQL)
        .bind(reference)
        .bind(format!(",{},", names.join(",")))
        .bind(to.name())
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(moved == 1)
}
