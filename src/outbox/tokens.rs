//! Log-ins that sends need first: one for all who send at once, kept as long as it holds.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::aggregators::{LogIn, NotSent, Token};

use super::transport::{Transport, TransportError};

/// How long a log-in that failed speaks for those that wait behind it: many at once would
/// lock an account.
const FAILED: Duration = Duration::from_secs(1);

/// What log-ins came to, by channel.
#[derive(Default)]
pub(super) struct Tokens(std::sync::Mutex<BTreeMap<String, Arc<Place>>>);

/// Where a channel's last log-in is kept, and until when it counts. Whoever holds the place
/// logs in; the others wait for that.
type Place = Mutex<Option<(Result<Token, NotSent>, Instant)>>;

impl Tokens {
    /// A token that holds, without a log-in where one is kept.
    pub(super) async fn get(
        &self,
        channel: &str,
        log_in: &dyn LogIn,
        transport: &Transport,
    ) -> Result<Token, NotSent> {
        let place = self.place(channel);
        let mut kept = place.lock().await;
        if let Some((last, until)) = &*kept
            && Instant::now() < *until
        {
            return last.clone();
        }
        let came = match transport.send(log_in.request()).await {
            Ok(answer) => log_in.token(answer.status, &answer.headers, &answer.body),
            Err(TransportError::NotSent) => Err(NotSent::OutOfReach),
            Err(error @ TransportError::Unknown(_)) => Err(NotSent::Transient {
                reason: format!("the log-in: {error}"),
                retry_after: None,
            }),
        };
        let counts = came.as_ref().map_or(FAILED, |token| token.lasts);
        *kept = Some((came.clone(), Instant::now() + counts));
        came
    }

    /// The aggregator does not take this token any more. One that came meanwhile stays.
    pub(super) async fn forget(&self, channel: &str, refused: &Token) {
        let place = self.place(channel);
        let mut kept = place.lock().await;
        if let Some((Ok(token), _)) = &*kept
            && token.text == refused.text
        {
            *kept = None;
        }
    }

    fn place(&self, channel: &str) -> Arc<Place> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(channel.to_owned()).or_default())
    }
}
