//! A password that people choose themselves: instead of the one that came by SMS, or of
//! one they knew before.

use zeroize::Zeroizing;

use crate::crypto::Token;
use crate::menus::{FieldSpec, Kind, SmsSpec};
use crate::store::passwords::{self, PasswordRecord};
use crate::store::people;
use crate::store::web_sessions;

use super::errand::Errands;
use super::visit;
use super::weak_password::{is_guessable, is_short};
use super::work::{ActionError, Way, Work};

/// Tells the line that it was done, in case it was somebody else.
pub(super) const CHANGED: SmsSpec = SmsSpec {
    name: "password_changed",
    fields: &[
        FieldSpec::new("day", Kind::Date),
        FieldSpec::new("code", Kind::Code(14)),
    ],
};

/// What somebody types to get another password.
pub struct Wanted {
    /// The old one; not looked at where it came by SMS.
    pub old: Zeroizing<String>,
    /// The new one.
    pub new: Zeroizing<String>,
    /// The new one again.
    pub again: Zeroizing<String>,
}

/// What became of it.
pub enum Chosen {
    /// It is kept, every browser is logged out, and this one is logged in anew.
    Kept(Token),
    /// It is not.
    Not(PasswordFault),
    /// The password is another one meanwhile.
    Overtaken,
}

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordFault {
    /// The old one is wrong.
    WrongOld,
    /// The two are not the same.
    Differ,
    /// It is too short.
    Short,
    /// A stranger would try it.
    Guessable,
    /// It is the old one.
    Same,
}

/// Keeps a password of somebody's own choice.
pub async fn choose_password(errands: &Errands<'_>, wanted: Wanted) -> Result<Chosen, ActionError> {
    let Errands {
        store, tools, now, ..
    } = *errands;
    let person = &errands.visitor.person;
    let mut tx = store.begin_read().await?;
    let before = passwords::of(&mut tx, &person.id).await?;
    drop(tx);
    let Some(before) = before else {
        return Ok(Chosen::Overtaken);
    };
    if wanted.new != wanted.again {
        return Ok(Chosen::Not(PasswordFault::Differ));
    }
    if is_short(&wanted.new) {
        return Ok(Chosen::Not(PasswordFault::Short));
    }
    if is_guessable(&wanted.new, person) {
        return Ok(Chosen::Not(PasswordFault::Guessable));
    }
    // Hashing takes long, so it stands between two units of work.
    let is = |typed| tools.hasher.matches(typed, Some(before.hash.clone()));
    if !before.must_change && !is(wanted.old).await? {
        return Ok(Chosen::Not(PasswordFault::WrongOld));
    }
    if is(wanted.new.clone()).await? {
        return Ok(Chosen::Not(PasswordFault::Same));
    }
    let hash = tools.hasher.hash(wanted.new).await?;
    let mut tx = store.begin().await?;
    people::lock(&mut tx, &person.id).await?;
    let still = passwords::of(&mut tx, &person.id).await?;
    if still.is_none_or(|still| still.hash != before.hash) {
        return Ok(Chosen::Overtaken);
    }
    let record = PasswordRecord {
        hash,
        must_change: false,
        expires_at: None,
    };
    passwords::replace(&mut tx, &person.id, &record, now).await?;
    web_sessions::remove_of_person(&mut tx, &person.id).await?;
    let token = Token::fresh();
    visit::begin(&mut tx, &tools.policy, &token, &person.id, now).await?;
    if let Some(line) = &person.msisdn {
        let way = (Way::Web, errands.channel);
        let mut work = Work::of_nobody(&mut tx, tools, line, way, now);
        work.language = errands.language;
        work.log(person, "password.chosen", None).await?;
        work.confirm(&CHANGED, person, Vec::new()).await?;
    }
    tx.commit().await?;
    Ok(Chosen::Kept(token))
}
