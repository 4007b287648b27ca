//! People the council contracts.

use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

use crate::domain::{Email, KraPin, Msisdn, Name, NationalId, PersonId, Timestamp, TscNumber};

use super::changed::{Changed, From};
use super::tx::{count, decode, in_time};
use super::{StoreError, Tx};

/// A person's record.
#[derive(Debug, Clone)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// The number of their identity card.
    pub national_id: NationalId,
    /// Teachers only.
    pub tsc_number: Option<TscNumber>,
    /// As on the identity card.
    pub name: Name,
    /// Where letters address them.
    pub town: Option<String>,
    /// Their line, which is also their user name. None once it went to somebody else.
    pub msisdn: Option<Msisdn>,
    /// Their tax number.
    pub kra_pin: Option<KraPin>,
    /// What they have told about themselves.
    pub profile: Profile,
    /// Until then no credentials and letters go to their line: it is theirs too newly.
    pub waits_until: Option<Timestamp>,
}

/// What people tell about themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// The year they were born in.
    pub birth_year: Option<u16>,
    /// `F` or `M`.
    pub gender: Option<String>,
    /// Their highest qualification.
    pub qualification: Option<String>,
    /// Where they work between exams.
    pub workstation: Option<String>,
    /// The county of that place.
    pub county: Option<String>,
    /// Its sub-county.
    pub sub_county: Option<String>,
    /// Their e-mail address.
    pub email: Option<Email>,
}

impl Profile {
    /// The sub-county and its county, as people say it.
    #[must_use]
    pub fn place(&self) -> Option<String> {
        let county = self.county.as_deref()?;
        Some(match &self.sub_county {
            Some(sub_county) => format!("{sub_county}, {county}"),
            None => county.to_owned(),
        })
    }
}

/// The columns of a person.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, national_id, tsc_number, name, town, msisdn, kra_pin, birth_year, gender, ",
            "qualification, workstation, county, sub_county, email, waits_until, updated_at ",
            "FROM people ",
            $rest
        )
    };
}

pub(in crate::store) use select;

impl<'r, R: Row> FromRow<'r, R> for Person
where
    &'static str: ColumnIndex<R>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    Option<String>: Decode<'r, R::Database> + Type<R::Database>,
    Option<i64>: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let text = |column: &'static str| row.try_get::<String, _>(column);
        let maybe = |column: &'static str| row.try_get::<Option<String>, _>(column);
        let number = |column: &'static str| row.try_get::<Option<i64>, _>(column);
        let tsc_number = maybe("tsc_number")?.as_deref().map(TscNumber::parse);
        let msisdn = maybe("msisdn")?.as_deref().map(Msisdn::parse);
        let kra_pin = maybe("kra_pin")?.as_deref().map(KraPin::parse);
        let birth_year = number("birth_year")?.map(u16::try_from);
        let email = maybe("email")?.as_deref().map(Email::parse);
        Ok(Self {
            id: PersonId::parse(&text("id")?).map_err(decode)?,
            national_id: NationalId::parse(&text("national_id")?).map_err(decode)?,
            tsc_number: tsc_number.transpose().map_err(decode)?,
            name: Name::parse(&text("name")?).map_err(decode)?,
            town: maybe("town")?,
            msisdn: msisdn.transpose().map_err(decode)?,
            kra_pin: kra_pin.transpose().map_err(decode)?,
            profile: Profile {
                birth_year: birth_year.transpose().map_err(decode)?,
                gender: maybe("gender")?,
                qualification: maybe("qualification")?,
                workstation: maybe("workstation")?,
                county: maybe("county")?,
                sub_county: maybe("sub_county")?,
                email: email.transpose().map_err(decode)?,
            },
            waits_until: number("waits_until")?.map(Timestamp::from_millis),
        })
    }
}

/// Whoever holds this line.
pub async fn by_msisdn(tx: &mut Tx, msisdn: &Msisdn) -> Result<Option<Person>, StoreError> {
    const SQL: &str = select!("WHERE msisdn = $1");
    on!(tx, conn => sqlx::query_as(SQL).bind(msisdn.as_str()).fetch_optional(conn).await)
}

/// Whoever has this ID number.
pub async fn by_national_id(tx: &mut Tx, id: &NationalId) -> Result<Option<Person>, StoreError> {
    const SQL: &str = select!("WHERE national_id = $1");
    on!(tx, conn => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(conn).await)
}

/// The person of that id.
pub async fn by_id(tx: &mut Tx, id: &PersonId) -> Result<Option<Person>, StoreError> {
    const SQL: &str = select!("WHERE id = $1");
    on!(tx, conn => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(conn).await)
}

/// Whoever has this TSC number, no more than `limit`: old records share some.
pub async fn by_tsc_number(
    tx: &mut Tx,
    number: &TscNumber,
    limit: usize,
) -> Result<Vec<Person>, StoreError> {
    const SQL: &str = select!("WHERE tsc_number = $1 ORDER BY name, id LIMIT $2");
    on!(tx, conn => sqlx::query_as(SQL)
        .bind(number.as_str())
        .bind(count(limit))
        .fetch_all(conn).await)
}

/// People whose name contains this, in any case, no more than `limit`.
pub async fn by_part_of_name(
    tx: &mut Tx,
    part: &str,
    limit: usize,
) -> Result<Vec<Person>, StoreError> {
    const SQL: &str =
        select!("WHERE LOWER(name) LIKE LOWER($1) ESCAPE '!' ORDER BY name, id LIMIT $2");
    let part = part
        .replace('!', "!!")
        .replace('%', "!%")
        .replace('_', "!_");
    on!(tx, conn => sqlx::query_as(SQL)
        .bind(format!("%{part}%"))
        .bind(count(limit))
        .fetch_all(conn).await)
}

/// People after that id, in the order in which they came to be known, no more than `limit`.
pub async fn after(
    tx: &mut Tx,
    after: Option<&PersonId>,
    limit: usize,
) -> Result<Vec<Person>, StoreError> {
    const SQL: &str = select!("WHERE id > $1 ORDER BY id LIMIT $2");
    on!(tx, conn => sqlx::query_as(SQL)
        .bind(after.map_or("", PersonId::as_str))
        .bind(count(limit))
        .fetch_all(conn).await)
}

/// People whose records have changed from then on, in the order of the changes, no more than
/// `limit`.
pub async fn changed(
    tx: &mut Tx,
    from: &From<'_>,
    limit: usize,
) -> Result<Vec<Changed<Person>>, StoreError> {
    const SQL: &str = select!("WHERE (updated_at, id) > ($1, $2) ORDER BY updated_at, id LIMIT $3");
    on!(tx, conn => sqlx::query_as(SQL)
        .bind(from.at.as_millis())
        .bind(from.id)
        .bind(count(limit))
        .fetch_all(conn).await)
}

/// Holds a person's record until the unit of work is done, so that two changes of
/// one record follow each other. On SQLite the unit of work itself does that.
pub async fn lock(tx: &mut Tx, id: &PersonId) -> Result<(), StoreError> {
    const POSTGRES: &str = "SELECT id FROM people WHERE id = $1 FOR UPDATE";
    if let Tx::Postgres(tx) = tx {
        in_time(
            sqlx::query(POSTGRES)
                .bind(id.as_str())
                .execute(tx.open().await?),
        )
        .await?;
    }
    Ok(())
}

/// Whether the record of whoever holds this line has changed after `then`.
pub async fn changed_after(
    tx: &mut Tx,
    msisdn: &Msisdn,
    then: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM people WHERE msisdn = $1 AND updated_at > $2";
    let changed: i64 = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(msisdn.as_str())
        .bind(then.as_millis())
        .fetch_one(conn).await)?;
    Ok(changed > 0)
}

/// Adds a person.
pub async fn insert(tx: &mut Tx, person: &Person, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO people (id, national_id, tsc_number, name, town, msisdn, \
        kra_pin, birth_year, gender, qualification, workstation, county, sub_county, email, \
        waits_until, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)";
    let profile = &person.profile;
    on!(tx, conn => sqlx::query(SQL)
        .bind(person.id.as_str())
        .bind(person.national_id.as_str())
        .bind(person.tsc_number.as_ref().map(TscNumber::as_str))
        .bind(person.name.as_str())
        .bind(person.town.as_deref())
        .bind(person.msisdn.as_ref().map(Msisdn::as_str))
        .bind(person.kra_pin.as_ref().map(KraPin::as_str))
        .bind(profile.birth_year.map(i64::from))
        .bind(profile.gender.as_deref())
        .bind(profile.qualification.as_deref())
        .bind(profile.workstation.as_deref())
        .bind(profile.county.as_deref())
        .bind(profile.sub_county.as_deref())
        .bind(profile.email.as_ref().map(Email::as_str))
        .bind(person.waits_until.map(Timestamp::as_millis))
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Keeps a new KRA PIN.
pub async fn set_kra_pin(
    tx: &mut Tx,
    id: &PersonId,
    pin: &KraPin,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE people SET kra_pin = $2, updated_at = $3 WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(id.as_str())
        .bind(pin.as_str())
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Keeps a new line, and until when credentials and letters wait before they go there.
/// `Duplicate` when somebody else holds it.
pub async fn set_msisdn(
    tx: &mut Tx,
    id: &PersonId,
    msisdn: &Msisdn,
    waits_until: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE people SET msisdn = $2, waits_until = $3, updated_at = $4 \
                       WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(id.as_str())
        .bind(msisdn.as_str())
        .bind(waits_until.map(Timestamp::as_millis))
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Keeps what a person tells about themselves.
pub async fn set_profile(
    tx: &mut Tx,
    id: &PersonId,
    profile: &Profile,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE people SET birth_year = $2, gender = $3, qualification = $4, \
        workstation = $5, county = $6, sub_county = $7, email = $8, updated_at = $9 WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(id.as_str())
        .bind(profile.birth_year.map(i64::from))
        .bind(profile.gender.as_deref())
        .bind(profile.qualification.as_deref())
        .bind(profile.workstation.as_deref())
        .bind(profile.county.as_deref())
        .bind(profile.sub_county.as_deref())
        .bind(profile.email.as_ref().map(Email::as_str))
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}
