//! People of a file, against those that are known.

use std::collections::HashMap;

use crate::actions::work::ActionError;
use crate::crypto::Sealed;
use crate::domain::{Email, KraPin, Msisdn, Name, PersonId, TscNumber};
use crate::imports::{Fault, ProfessionalRow, Reason};
use crate::store::Tx;
use crate::store::bulk::people as bulk;
use crate::store::changes::Change;
use crate::store::people::{Person, Profile};

use super::{Import, Verdict};

impl Import<'_> {
    pub(super) async fn take_professionals(
        &mut self,
        tx: &mut Tx,
        rows: Vec<(u64, ProfessionalRow)>,
    ) -> Result<Vec<(u64, Verdict)>, ActionError> {
        let ids: Vec<_> = rows.iter().map(|(_, row)| &row.national_id).collect();
        let known = bulk::of_national_ids(tx, &ids, self.plan.writes)
            .await?
            .into_iter();
        let known: HashMap<_, _> = known
            .map(|person| (person.national_id.clone(), person))
            .collect();
        let lines: Vec<_> = rows
            .iter()
            .filter_map(|(_, row)| row.phone.as_ref())
            .collect();
        let holders = bulk::holders(tx, &lines).await?;
        let mut to_put = Vec::new();
        let mut edits = Vec::new();
        let mut verdicts = Vec::with_capacity(rows.len());
        for (number, row) in rows {
            let old = known.get(&row.national_id);
            if let Some(fault) = self.fault_of(number, &row, old, &holders) {
                verdicts.push((number, Verdict::Not(fault)));
                continue;
            }
            let person = merged(old, row);
            let verdict = match old {
                None => Verdict::New,
                Some(old) => match differing(old, &person) {
                    fields if fields.is_empty() => Verdict::Same,
                    fields => {
                        edits.extend(fields);
                        Verdict::Changed
                    }
                },
            };
            if !matches!(verdict, Verdict::Same) {
                to_put.push(person);
            }
            verdicts.push((number, verdict));
        }
        if self.plan.writes && !to_put.is_empty() {
            bulk::put(tx, &to_put, self.now).await?;
            self.keep(tx, &edits).await?;
        }
        Ok(verdicts)
    }

    fn fault_of(
        &mut self,
        number: u64,
        row: &ProfessionalRow,
        old: Option<&Person>,
        holders: &HashMap<String, PersonId>,
    ) -> Option<Fault> {
        let id = |reason| Fault::of_private("national_id", row.national_id.as_str(), reason);
        if let Some(reason) = self.seen.twice(&row.national_id, number) {
            return Some(id(reason));
        }
        if old.is_some_and(|old| !are_alike(&old.name, &row.name)) {
            return Some(id(Reason::OtherName));
        }
        let line = row.phone.as_ref()?;
        let phone = |reason| Some(Fault::of_private("phone", line.as_str(), reason));
        if let Some(reason) = self.seen.twice(line, number) {
            return phone(reason);
        }
        let holder = holders.get(line.as_str());
        if holder.is_some() && holder != old.map(|old| &old.id) {
            return phone(Reason::NumberTaken);
        }
        let had = old.and_then(|old| old.msisdn.as_ref());
        if had.is_some_and(|had| had != line) {
            return phone(Reason::OtherNumber);
        }
        None
    }

    /// Keeps what the changed fields held before and hold now, sealed.
    async fn keep(&self, tx: &mut Tx, edits: &[Edit]) -> Result<(), ActionError> {
        if edits.is_empty() {
            return Ok(());
        }
        let seal = |column, row: &str, text: &Option<String>| {
            let place = Sealed { column, row };
            text.as_ref()
                .map(|text| place.seal(&self.tools.keys, text.as_bytes()))
        };
        let sealed: Vec<_> = edits
            .iter()
            .map(|edit| {
                let id = uuid::Uuid::now_v7().to_string();
                let old = seal("changes.old", &id, &edit.old);
                let new = seal("changes.new", &id, &edit.new);
                (id, old, new, edit)
            })
            .collect();
        let changes: Vec<_> = sealed
            .iter()
            .map(|(id, old, new, edit)| Change {
                id,
                person: &edit.person,
                actor: self.by.name,
                way: self.by.way.name(),
                field: edit.field,
                old: old.as_deref(),
                new: new.as_deref(),
            })
            .collect();
        Ok(bulk::add_changes(tx, &changes, self.now).await?)
    }
}

/// A field of a record that changes.
struct Edit {
    person: PersonId,
    field: &'static str,
    old: Option<String>,
    new: Option<String>,
}

fn differing(old: &Person, new: &Person) -> Vec<Edit> {
    let pairs = fields(old).into_iter().zip(fields(new));
    let differ = pairs.filter(|((_, old), (_, new))| old != new);
    let edit = |((field, was), (_, is)): ((_, Option<String>), (_, Option<String>))| Edit {
        person: old.id.clone(),
        field,
        old: was,
        new: is,
    };
    differ.map(edit).collect()
}

/// What a file may change in a record, by the names of its columns.
fn fields(person: &Person) -> [(&'static str, Option<String>); 12] {
    let profile = &person.profile;
    let text = |text: Option<&str>| text.map(str::to_owned);
    [
        ("name", text(Some(person.name.as_str()))),
        ("msisdn", text(person.msisdn.as_ref().map(Msisdn::as_str))),
        (
            "tsc_number",
            text(person.tsc_number.as_ref().map(TscNumber::as_str)),
        ),
        ("kra_pin", text(person.kra_pin.as_ref().map(KraPin::as_str))),
        ("town", person.town.clone()),
        ("gender", profile.gender.clone()),
        (
            "birth_year",
            profile.birth_year.map(|year| year.to_string()),
        ),
        ("qualification", profile.qualification.clone()),
        ("workstation", profile.workstation.clone()),
        ("county", profile.county.clone()),
        ("sub_county", profile.sub_county.clone()),
        ("email", text(profile.email.as_ref().map(Email::as_str))),
    ]
}

/// The record as it is once the row was taken. What the row does not say stays.
fn merged(old: Option<&Person>, row: ProfessionalRow) -> Person {
    let kept = old.cloned().unwrap_or_else(|| Person {
        id: PersonId::fresh(),
        national_id: row.national_id.clone(),
        tsc_number: None,
        name: row.name.clone(),
        town: None,
        msisdn: None,
        kra_pin: None,
        profile: Profile::default(),
        waits_until: None,
    });
    let gender = row.gender.map(|gender| gender.code().to_owned());
    let qualification = row.qualification.map(|one| one.code().to_owned());
    Person {
        name: row.name,
        tsc_number: row.tsc_number.or(kept.tsc_number),
        town: row.town.or(kept.town),
        msisdn: row.phone.or(kept.msisdn),
        kra_pin: row.kra_pin.or(kept.kra_pin),
        profile: Profile {
            birth_year: row.birth_year.or(kept.profile.birth_year),
            gender: gender.or(kept.profile.gender),
            qualification: qualification.or(kept.profile.qualification),
            workstation: row.workstation.or(kept.profile.workstation),
            county: row.county.map(str::to_owned).or(kept.profile.county),
            sub_county: row.sub_county.or(kept.profile.sub_county),
            email: row.email.or(kept.profile.email),
        },
        ..kept
    }
}

/// Whether two names may be one person's: they share two words, or all of the shorter one.
fn are_alike(one: &Name, other: &Name) -> bool {
    let words = |name: &Name| -> Vec<String> {
        let words = name.as_str().split([' ', '-', '.', ',']);
        let words = words.filter(|word| !word.is_empty());
        words.map(str::to_ascii_lowercase).collect()
    };
    let (one, other) = (words(one), words(other));
    let shared = one.iter().filter(|word| other.contains(word)).count();
    shared >= one.len().min(other.len()).min(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_another_order_is_the_same_persons_and_another_name_is_not() {
        let alike = |one, other| {
            let name = |text| Name::parse(text).unwrap();
            are_alike(&name(one), &name(other))
        };
        for other in ["ODHIAMBO MERCY ACHIENG", "Mercy Achieng", "Achieng"] {
            assert!(alike("Achieng Mercy Odhiambo", other), "{other}");
        }
        for other in ["Mercy Wanjiru", "Kamau Peter Njoroge"] {
            assert!(!alike("Achieng Mercy Odhiambo", other), "{other}");
        }
    }
}
