//! Messages whose channel is held go by another one of their route, where that is safe.

use crate::domain::Timestamp;
use crate::store::channel_states::HoldKind;
use crate::store::outbox::{self, Detour};
use crate::store::{StoreError, Tx};

use super::worker::Inner;

impl Inner {
    /// Diverts what a held channel can't send, and passwords that nothing is heard of.
    pub(super) async fn divert(&self, tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
        let patience = self.settings.outbox.second_channel_after();
        for (route, from, to) in self.settings.routes.detours() {
            if self.standings.hold_on(to).is_some() {
                continue;
            }
            let detour = Detour { route, from, to };
            let mut diverted = 0;
            // One that was asked to wait is well soon.
            if let Some(hold) = self.standings.hold_on(from)
                && hold.kind > HoldKind::Throttled
            {
                let why = format!("{from} is {}", hold.kind.name());
                diverted += outbox::divert(tx, detour, &why, now).await?;
            }
            if let Some(patience) = patience {
                diverted += outbox::repeat_by(tx, detour, now.minus(patience), now).await?;
            }
            if diverted > 0 {
                tracing::warn!(route, from, to, diverted, "messages go by another channel");
            }
        }
        Ok(())
    }
}
