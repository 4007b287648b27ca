//! Every change of a person's record is kept: who, when, by which way, what stood there
//! before and what stands there now.

use crate::crypto::Sealed;
use crate::store::changes::{self, Change};
use crate::store::people::Person;

use super::work::{ActionError, Work};

/// What changed in a field.
pub(super) struct Changed<'a> {
    /// The column.
    pub(super) field: &'static str,
    /// What stood there before.
    pub(super) old: Option<&'a str>,
    /// What stands there now.
    pub(super) new: Option<&'a str>,
}

impl Work<'_> {
    /// Keeps a change of somebody's record, sealed and bound to its row.
    pub(super) async fn keep_change(
        &mut self,
        person: &Person,
        actor: &str,
        changed: Changed<'_>,
    ) -> Result<(), ActionError> {
        let id = uuid::Uuid::now_v7().to_string();
        let seal = |column, text: Option<&str>| {
            let place = Sealed { column, row: &id };
            text.map(|text| place.seal(&self.tools.keys, text.as_bytes()))
        };
        let old = seal("changes.old", changed.old);
        let new = seal("changes.new", changed.new);
        let change = Change {
            id: &id,
            person: &person.id,
            actor,
            way: self.way.name(),
            field: changed.field,
            old: old.as_deref(),
            new: new.as_deref(),
        };
        Ok(changes::add(self.tx, &change, self.now).await?)
    }
}
