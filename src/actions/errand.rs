//! What somebody who is logged in asks for: the actions of the phone, with what they have
//! proven in this visit.

use crate::domain::{Language, Timestamp};
use crate::menus::Fields;
use crate::store::{Store, Tx, web_sessions};
use crate::ussd::{Outcome, Page};

use super::admission::{Admission, Deed};
use super::caller::STRANGER;
use super::visit::Visitor;
use super::work::{ActionError, Tools, Way, Work};

/// Somebody who is logged in, and what their errands are run with.
pub struct Errands<'a> {
    /// Where everything is kept.
    pub store: &'a Store,
    /// What actions work with.
    pub tools: &'a Tools,
    /// The channel that SMS leave by.
    pub channel: &'a str,
    /// Whose they are.
    pub visitor: &'a Visitor,
    /// The language of the page.
    pub language: Language,
    /// When.
    pub now: Timestamp,
}

impl Errands<'_> {
    /// Runs an action to one of its outcomes. What it proves is kept as long as a visit may
    /// idle.
    pub async fn run(
        &self,
        action: &str,
        fields: &Fields,
        page: Page,
    ) -> Result<Outcome, ActionError> {
        let writes = super::spec(action).is_some_and(|spec| spec.writes);
        let mut tx = self.begin(writes).await?;
        let Some(mut work) = self.work(&mut tx, writes) else {
            return Ok(Outcome::of(STRANGER.name));
        };
        work.fields = fields;
        work.page = page;
        let outcome = super::run(action, &mut work).await?;
        if outcome.proven.any() {
            let until = self.now.plus(self.tools.policy.login_idle());
            let browser = &self.visitor.token_hash;
            web_sessions::keep_proofs(&mut tx, browser, outcome.proven, until).await?;
        }
        tx.commit().await?;
        Ok(outcome)
    }

    /// What stands between them and something they want to do, before a form asks for more.
    pub async fn refusal(&self, deed: Deed) -> Result<Option<Outcome>, ActionError> {
        // What is refused is written down, and a network asked where that is what is missing.
        for writes in [false, true] {
            let mut tx = self.begin(writes).await?;
            let Some(mut work) = self.work(&mut tx, writes) else {
                return Ok(Some(Outcome::of(STRANGER.name)));
            };
            let admission = work.admission(deed).await?;
            match admission {
                Admission::Granted(_) => return Ok(None),
                Admission::Refused(outcome) if writes => {
                    tx.commit().await?;
                    return Ok(Some(outcome));
                }
                Admission::Refused(_) => {}
            }
        }
        Ok(None)
    }

    async fn begin(&self, writes: bool) -> Result<Tx, ActionError> {
        Ok(if writes {
            self.store.begin().await?
        } else {
            self.store.begin_read().await?
        })
    }

    /// None for a person without a line, who is nobody to the actions.
    fn work<'w>(&'w self, tx: &'w mut Tx, may_write: bool) -> Option<Work<'w>> {
        let caller = self.visitor.person.msisdn.as_ref()?;
        let way = (Way::Web, self.channel);
        Some(Work {
            language: self.language,
            may_write,
            proofs: self.visitor.proofs,
            ..Work::of_nobody(tx, self.tools, caller, way, self.now)
        })
    }
}
