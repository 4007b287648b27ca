//! Deployments of a file, against those that are known.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::actions::work::ActionError;
use crate::domain::{CentreCode, DeploymentId, NationalId, PersonId, Timestamp};
use crate::imports::{DeploymentRow, Fault, Reason, Standing};
use crate::store::Tx;
use crate::store::bulk::{centres, deployments as bulk, people};
use crate::store::centres::Centre;
use crate::store::deployments::{Deployment, State};
use crate::store::people::Person;

use super::{Import, Verdict};

/// What the rows of a batch are held against.
struct Known {
    people: HashMap<NationalId, Person>,
    centres: HashMap<CentreCode, Centre>,
    deployments: HashMap<PersonId, Vec<Deployment>>,
}

/// A deployment as it is to be, and what of it there was before.
pub(super) struct Move<'a> {
    pub(super) person: &'a Person,
    pub(super) was: Option<State>,
    pub(super) is: Deployment,
}

impl Import<'_> {
    pub(super) async fn take_deployments(
        &mut self,
        tx: &mut Tx,
        rows: Vec<(u64, DeploymentRow)>,
    ) -> Result<Vec<(u64, Verdict)>, ActionError> {
        let known = self.known(tx, &rows).await?;
        let today = self.now.date_in_kenya();
        let mut moves = Vec::new();
        let mut verdicts = Vec::with_capacity(rows.len());
        for (number, row) in &rows {
            let verdict = match self.judge(*number, row, &known, today) {
                Err(fault) => Verdict::Not(fault),
                Ok(None) => Verdict::Same,
                Ok(Some(found)) => {
                    let is_new = found.was.is_none();
                    moves.push(found);
                    if is_new {
                        Verdict::New
                    } else {
                        Verdict::Changed
                    }
                }
            };
            verdicts.push((*number, verdict));
        }
        if self.plan.tells {
            self.sums.told += self.tell(tx, &moves).await?;
        }
        if self.plan.writes && !moves.is_empty() {
            write(tx, moves, self.now).await?;
        }
        Ok(verdicts)
    }

    async fn known(
        &self,
        tx: &mut Tx,
        rows: &[(u64, DeploymentRow)],
    ) -> Result<Known, ActionError> {
        let ids: Vec<_> = rows.iter().map(|(_, row)| &row.national_id).collect();
        let found = people::of_national_ids(tx, &ids, self.plan.writes).await?;
        let codes: Vec<_> = rows.iter().map(|(_, row)| &row.centre).collect();
        let centres = centres::of_codes(tx, &codes).await?.into_iter();
        let of: Vec<_> = found.iter().map(|person| &person.id).collect();
        let mut deployments: HashMap<PersonId, Vec<Deployment>> = HashMap::new();
        for deployment in bulk::of_people(tx, &of).await? {
            let of_person = deployments.entry(deployment.person.clone()).or_default();
            of_person.push(deployment);
        }
        Ok(Known {
            people: found
                .into_iter()
                .map(|one| (one.national_id.clone(), one))
                .collect(),
            centres: centres.map(|one| (one.code.clone(), one)).collect(),
            deployments,
        })
    }

    /// What a row moves; none where everything is as it says.
    fn judge<'k>(
        &mut self,
        number: u64,
        row: &DeploymentRow,
        known: &'k Known,
        today: Date,
    ) -> Result<Option<Move<'k>>, Fault> {
        let id = |reason| Fault::of_private("national_id", row.national_id.as_str(), reason);
        let key = (&row.national_id, row.series, row.role);
        if let Some(reason) = self.seen.twice(key, number) {
            return Err(id(reason));
        }
        let person = known
            .people
            .get(&row.national_id)
            .ok_or_else(|| id(Reason::NoPerson))?;
        let centre = known.centres.get(&row.centre).ok_or_else(|| Fault {
            column: "centre_code",
            value: row.centre.as_str().to_owned(),
            reason: Reason::NoCentre,
        })?;
        let of_person = known
            .deployments
            .get(&person.id)
            .map_or(&[][..], Vec::as_slice);
        let fitting = || {
            let fits = |one: &&Deployment| one.series == row.series && one.role == row.role;
            of_person.iter().filter(fits)
        };
        // Somebody with the same work at two centres is moved at the one that is named.
        let at_centre = fitting().find(|one| one.centre.code == row.centre);
        let old = at_centre.or_else(|| fitting().next());
        let Some(state) = state(old.map(|old| old.state), row.standing) else {
            return Err(id(Reason::NothingToCancel));
        };
        let kept = |said: &Option<String>, old: Option<&String>| said.clone().or(old.cloned());
        let is = Deployment {
            id: old.map_or_else(DeploymentId::fresh, |old| old.id.clone()),
            person: person.id.clone(),
            centre: centre.clone(),
            series: row.series,
            role: row.role,
            state,
            serial: 0,
            issued_on: today,
            reports_at: row.reports_at,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            rate: row.rate,
            // What a file does not say of an examiner, it leaves as it is.
            paper: kept(&row.paper, old.and_then(|old| old.paper.as_ref())),
            examiner_number: kept(
                &row.examiner_number,
                old.and_then(|old| old.examiner_number.as_ref()),
            ),
            answer_by: row.answer_by.or(old.and_then(|old| old.answer_by)),
            answered_at: old.and_then(|old| old.answered_at),
        };
        if old.is_some_and(|old| is_same(old, &is)) {
            return Ok(None);
        }
        Ok(Some(Move {
            person,
            was: old.map(|old| old.state),
            is,
        }))
    }
}

/// How far a deployment has come once the row was taken. An answer to an invitation stands,
/// unless the row says outright that the person is posted; none where there is nothing to
/// take back.
fn state(was: Option<State>, said: Option<Standing>) -> Option<State> {
    match (said, was) {
        (Some(Standing::Cancelled), None) => None,
        (Some(Standing::Cancelled), Some(_)) => Some(State::Cancelled),
        (Some(Standing::Posted), _) | (None, None | Some(State::Cancelled)) => Some(State::Posted),
        (Some(Standing::Invited), None | Some(State::Cancelled)) => Some(State::Invited),
        (_, Some(stands)) => Some(stands),
    }
}

/// Whether nothing changes that a letter tells. Of what is taken back, nothing else counts.
fn is_same(old: &Deployment, new: &Deployment) -> bool {
    let told = |one: &Deployment| {
        let days = (one.reports_at, one.starts_on, one.ends_on);
        let marking = (
            one.paper.clone(),
            one.examiner_number.clone(),
            one.answer_by,
        );
        (one.centre.code.clone(), days, one.rate, marking)
    };
    old.state == new.state && (new.state == State::Cancelled || told(old) == told(new))
}

/// Writes deployments down. What has changed gets a new serial, so that a letter which was
/// printed before is known to be withdrawn; links to it, which are about the old one, open
/// nothing.
async fn write(tx: &mut Tx, moves: Vec<Move<'_>>, now: Timestamp) -> Result<(), ActionError> {
    let first = bulk::last_serial(tx).await?.saturating_add(1);
    let numbered = (first..)
        .zip(moves)
        .map(|(serial, one)| Deployment { serial, ..one.is });
    Ok(bulk::put(tx, &numbered.collect::<Vec<_>>(), now).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_stands_against_the_file_that_asked() {
        use State::{Cancelled, Declined, Invited, Posted};
        for (was, said, is) in [
            (None, None, Some(Posted)),
            (None, Some(Standing::Invited), Some(Invited)),
            (Some(Posted), Some(Standing::Invited), Some(Posted)),
            (Some(Declined), Some(Standing::Invited), Some(Declined)),
            (Some(Declined), None, Some(Declined)),
            (Some(Declined), Some(Standing::Posted), Some(Posted)),
            (Some(Cancelled), None, Some(Posted)),
            (Some(Invited), Some(Standing::Cancelled), Some(Cancelled)),
            (None, Some(Standing::Cancelled), None),
        ] {
            assert_eq!(state(was, said), is, "{was:?} {said:?}");
        }
    }
}
