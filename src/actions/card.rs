//! The SIM card behind a line. Whoever has talked a shop into a new card for somebody
//! else's number holds that number: while a card is new, more is demanded, and what opens
//! doors waits until the rightful holder has noticed.

use std::time::Duration;

use jiff::civil::Date;

use crate::config::{SimSwapCheck, Untold};
use crate::domain::{CardSwap, Level, Timestamp};
use crate::store::sim_checks::{self, SimCheck};

use super::work::{ActionError, Work};

/// A question that nobody has answered is put again after that long.
const ASK_AGAIN: Duration = Duration::from_hours(1);

/// What the card behind the line means for what is asked for.
pub(super) enum Card {
    /// Nothing.
    Old,
    /// Nobody tells.
    Untold,
    /// It is new since that day.
    New(Date),
    /// The network is being asked.
    Asked,
}

impl Card {
    /// What is demanded then, where this would be demanded else.
    pub(super) fn raise(&self, level: Level, work: &Work<'_>) -> Level {
        let rules = &work.tools.policy.sim_swap;
        match self {
            Self::New(_) => level.max(rules.proof),
            Self::Untold if rules.untold == Untold::Raise => level.max(rules.proof),
            _ => level,
        }
    }

    /// Until when what opens doors waits.
    pub(super) fn waits_until(&self, work: &Work<'_>) -> Option<Timestamp> {
        let Self::New(day) = self else { return None };
        let over = day.tomorrow().ok()?.at(0, 0, 0, 0);
        Some(Timestamp::from_kenya(over).plus(work.tools.policy.sim_swap.wait()))
    }
}

impl Work<'_> {
    /// Looks at the card behind the line. Where `asks`, the network is asked if it has not
    /// told lately.
    pub(super) async fn card(&mut self, asks: bool) -> Result<Card, ActionError> {
        let rules = &self.tools.policy.sim_swap;
        if rules.check == SimSwapCheck::None {
            return Ok(Card::Old);
        }
        let (fresh_days, life, patience) =
            (rules.fresh_days, rules.verdict_life(), rules.patience());
        let check = sim_checks::of(self.tx, self.caller).await?;
        let told = check.and_then(|check| check.told);
        if let Some(CardSwap::On(day)) = told
            && is_within(day, fresh_days, self.now)
        {
            return Ok(Card::New(day));
        }
        if !asks {
            return Ok(Card::Old);
        }
        if let Some(SimCheck { asked_at, told }) = check {
            let age = self.now.since(asked_at);
            let is_told = matches!(told, Some(CardSwap::Never | CardSwap::On(_)));
            if is_told && age < life {
                return Ok(Card::Old);
            }
            if !is_told && age < ASK_AGAIN {
                let may_come = told.is_none() && age < patience;
                return Ok(if may_come { Card::Asked } else { Card::Untold });
            }
        }
        if self.may_write {
            sim_checks::ask(self.tx, self.caller, self.channel, self.now).await?;
        }
        Ok(Card::Asked)
    }
}

/// Whether a day lies no longer back than that.
fn is_within(day: Date, days: u16, now: Timestamp) -> bool {
    let since = now.date_in_kenya().since(day);
    since.is_ok_and(|since| since.get_days() <= i32::from(days))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_card_is_new_for_so_many_days() {
        let now = Timestamp::from_kenya(date(2026, 11, 8).at(0, 5, 0, 0));
        assert!(is_within(date(2026, 11, 1), 7, now));
        assert!(!is_within(date(2026, 10, 31), 7, now));
        assert!(!is_within(date(2025, 11, 8), 7, now), "whole years count");
        assert!(is_within(date(2026, 11, 9), 7, now), "clocks differ");
    }
}
