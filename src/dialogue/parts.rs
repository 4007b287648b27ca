//! Long SMS that came in parts: joined to one that waits to be handled.
//!
//! Each part was kept before it was acknowledged. A text is whole when all are there; what is
//! still missing after a while is not waited for, and what is asked for stands in the first part.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::crypto::{Keys, Sealed};
use crate::domain::Timestamp;
use crate::store::inbound_parts::{self, Apart};
use crate::store::{Store, StoreError, Tx, inbound};

/// How long the parts of a text are waited for.
const PATIENCE: Duration = Duration::from_mins(2);

/// The most texts that are joined in one round.
const ROUND: usize = 16;

/// Joins what can be joined.
pub(super) async fn join(store: &Store, keys: &Keys, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = store.begin_read().await?;
    let ready = inbound_parts::ready(&mut tx, now.minus(PATIENCE), ROUND).await?;
    drop(tx);
    for apart in &ready {
        let mut tx = store.begin().await?;
        join_one(&mut tx, keys, apart).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn join_one(tx: &mut Tx, keys: &Keys, apart: &Apart) -> Result<(), StoreError> {
    let parts = inbound_parts::join(tx, apart).await?;
    let Some((1, id, _)) = parts.first() else {
        // Another has them, or the beginning never came.
        return Ok(());
    };
    let mut text = Zeroizing::new(Vec::new());
    for (_, id, body) in &parts {
        match part_of(id).open(keys, body) {
            Ok(words) => text.extend_from_slice(&words),
            // With no key to open it, it stays with what could be read.
            Err(_) => break,
        }
    }
    let whole = Sealed {
        column: "inbound.body",
        row: id,
    };
    let body = whole.seal(keys, &text);
    let (channel, sender) = (apart.channel(), apart.sender());
    inbound::keep(tx, channel, id, sender, None, &body, apart.received_at).await?;
    Ok(())
}

/// Where the text of a part belongs.
pub(crate) fn part_of(id: &str) -> Sealed<'_> {
    Sealed {
        column: "inbound_parts.body",
        row: id,
    }
}
