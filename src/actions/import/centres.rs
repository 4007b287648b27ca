//! Centres of a file, against those that are known.

use std::collections::HashMap;

use crate::actions::work::ActionError;
use crate::imports::{CentreRow, Fault};
use crate::store::Tx;
use crate::store::bulk::centres as bulk;
use crate::store::centres::Centre;

use super::{Import, Verdict};

impl Import<'_> {
    pub(super) async fn take_centres(
        &mut self,
        tx: &mut Tx,
        rows: Vec<(u64, CentreRow)>,
    ) -> Result<Vec<(u64, Verdict)>, ActionError> {
        let codes: Vec<_> = rows.iter().map(|(_, row)| &row.code).collect();
        let known = bulk::of_codes(tx, &codes).await?.into_iter();
        let known: HashMap<_, _> = known.map(|centre| (centre.code.clone(), centre)).collect();
        let mut to_put = Vec::new();
        let mut verdicts = Vec::with_capacity(rows.len());
        for (number, row) in rows {
            let verdict = if let Some(reason) = self.seen.twice(&row.code, number) {
                Verdict::Not(Fault {
                    column: "centre_code",
                    value: row.code.as_str().to_owned(),
                    reason,
                })
            } else {
                let old = known.get(&row.code);
                let centre = merged(old, row);
                match old {
                    Some(old) if *old == centre => Verdict::Same,
                    old => {
                        to_put.push(centre);
                        old.map_or(Verdict::New, |_| Verdict::Changed)
                    }
                }
            };
            verdicts.push((number, verdict));
        }
        if self.plan.writes && !to_put.is_empty() {
            bulk::put(tx, &to_put).await?;
        }
        Ok(verdicts)
    }
}

fn merged(old: Option<&Centre>, row: CentreRow) -> Centre {
    let kept = old.cloned();
    Centre {
        code: row.code,
        name: row.name,
        sub_county: row.sub_county,
        county: row.county.to_owned(),
        distribution_centre: row.distribution_centre,
        location: row
            .location
            .or_else(|| kept.as_ref().and_then(|old| old.location.clone())),
        candidates: row
            .candidates
            .or(kept.as_ref().and_then(|old| old.candidates)),
        distance_km: row.distance_km.or(kept.and_then(|old| old.distance_km)),
    }
}
