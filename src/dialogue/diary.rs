//! Which screens a session showed and how it ended, for whoever helps a caller and for the
//! figures of a board.
//!
//! No turn waits for it: what was seen is gathered in memory and written by the way, many
//! sessions at once, when they are over or rest. So a power cut takes some seconds of it.

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::aggregators::{EndStatus, SessionEnd, Turn};
use crate::crypto::Keys;
use crate::domain::{Ending, Msisdn, Timestamp};
use crate::metrics::Metrics;
use crate::store::conversations::{self, Conversation, Screens};
use crate::store::{Store, StoreError};

use super::recent::name;

/// Between two times of writing.
const EVERY: Duration = Duration::from_millis(500);

/// A session that has shown nothing for so long is over: networks cut it off by then.
const REST: Duration = Duration::from_mins(3);

/// The most sessions that are remembered; beyond, new ones are passed over.
const MOST: usize = 50_000;

/// The most that are written in one unit of work: on SQLite every hop waits for it.
const BATCH: usize = 32;

/// Sees turns. Its clones are the same one.
#[derive(Clone)]
pub struct Diary {
    store: Store,
    keys: Keys,
    metrics: Metrics,
    pages: Arc<Mutex<Pages>>,
}

#[derive(Default)]
struct Pages {
    /// By the name of the session.
    open: HashMap<String, Page>,
    /// How sessions ended that are written already.
    late: Vec<(String, String, Ending)>,
}

/// A session that goes on, as far as this process sees it. There may be many at once, so its
/// name stands in the key alone.
#[derive(Clone)]
struct Page {
    line: [u8; 32],
    began_at: Timestamp,
    last_at: Timestamp,
    hops: i64,
    screens: Screens,
    ending: Ending,
    is_over: bool,
    touched: Instant,
}

impl Page {
    fn told(self, name: &str) -> Conversation {
        let (channel, id) = name.split_once('\n').unwrap_or((name, ""));
        Conversation {
            channel: channel.to_owned(),
            id: id.to_owned(),
            line: self.line,
            began_at: self.began_at,
            last_at: self.last_at,
            hops: self.hops,
            screens: self.screens,
            ending: self.ending,
        }
    }
}

impl Diary {
    /// An empty one.
    #[must_use]
    pub fn new(store: Store, keys: Keys, metrics: Metrics) -> Self {
        Self {
            store,
            keys,
            metrics,
            pages: Arc::default(),
        }
    }

    /// A turn has led to a screen, which ends the session or not.
    pub fn turned(&self, channel: &str, turn: &Turn, (screen, end): (&str, bool), now: Timestamp) {
        let name = name(channel, turn.session.as_str());
        let mut pages = self.pages();
        if pages.open.len() >= MOST && !pages.open.contains_key(&name) {
            return;
        }
        let page = pages.open.entry(name).or_insert_with(|| Page {
            line: self.keys.line_mark(&turn.caller),
            began_at: now,
            last_at: now,
            hops: 0,
            screens: Screens::default(),
            ending: Ending::Silent,
            is_over: false,
            touched: Instant::now(),
        });
        page.touched = Instant::now();
        page.is_over |= end;
        page.last_at = now;
        page.hops += 1;
        if end {
            page.ending = Ending::Finished;
        }
        page.screens.add(screen);
    }

    /// The aggregator tells how a session ended.
    pub fn ended(&self, channel: &str, end: &SessionEnd) {
        let ending = match end.status {
            EndStatus::Success => Ending::Finished,
            EndStatus::Incomplete => Ending::Left,
            EndStatus::Failed => Ending::Failed,
            EndStatus::Other(_) => return,
        };
        let id = end.session.as_str();
        let mut pages = self.pages();
        if let Some(page) = pages.open.get_mut(&name(channel, id)) {
            page.ending = ending;
            page.is_over = true;
        } else if ending != Ending::Finished && pages.late.len() < MOST {
            let late = (channel.to_owned(), id.to_owned(), ending);
            pages.late.push(late);
        }
    }

    /// Sessions of a line that go on in this process, the newest first.
    #[must_use]
    pub fn open_of(&self, line: &Msisdn) -> Vec<Conversation> {
        let marks: Vec<_> = self.keys.line_marks(line).collect();
        let pages = self.pages();
        let open = pages.open.iter();
        let mut open: Vec<_> = open
            .filter(|(_, page)| marks.contains(&page.line))
            .map(|(name, page)| page.clone().told(name))
            .collect();
        open.sort_by_key(|seen| std::cmp::Reverse(seen.last_at));
        open
    }

    /// Writes until told to stop, and then all that is left. Run it in a spawned task.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            let is_last = stop.is_cancelled();
            if let Err(error) = self.write(is_last).await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "what sessions showed could not be written down"
                );
            }
            if is_last {
                return;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(EVERY) => {}
            }
        }
    }

    async fn write(&self, all: bool) -> Result<(), StoreError> {
        let (mut done, late) = self.take(all);
        // In the same order in every process, so that no two wait for each other.
        done.sort_by(|one, other| (&one.channel, &one.id).cmp(&(&other.channel, &other.id)));
        for batch in done.chunks(BATCH) {
            let mut tx = self.store.begin().await?;
            conversations::keep(&mut tx, batch).await?;
            tx.commit().await?;
            // Another process may have seen the end of one that fell silent here.
            for one in batch.iter().filter(|one| one.ending != Ending::Silent) {
                self.metrics
                    .session_ended(one.screens.last(), one.ending.name());
            }
        }
        for batch in late.chunks(BATCH) {
            let mut tx = self.store.begin().await?;
            for (channel, id, ending) in batch {
                conversations::ended(&mut tx, channel, id, *ending).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// What is to be written now. It is lost where that fails: figures, and no effects.
    fn take(&self, all: bool) -> (Vec<Conversation>, Vec<(String, String, Ending)>) {
        let mut pages = self.pages();
        let now = Instant::now();
        let is_due = |page: &Page| all || page.is_over || now - page.touched >= REST;
        let done = pages.open.extract_if(|_, page| is_due(page));
        let done = done.map(|(name, page)| page.told(&name)).collect();
        (done, mem::take(&mut pages.late))
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
