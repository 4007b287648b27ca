//! Load on a service: many phones that dial, read, answer and hang up, through the real
//! callback.
//!
//! `dialogue` says what they dial and type, `caller` is one session, `figures` what came of
//! it all, `yardstick` a server to compare with.

mod caller;
mod dialogue;
mod figures;
mod yardstick;

pub use dialogue::{Dialogue, dialogues};
pub use figures::{Latency, Summary};
pub use yardstick::yardstick;

use std::sync::Arc;
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::SmallRng;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until};
use tokio_util::task::TaskTracker;

use crate::demo::handset::Handset;

use caller::Caller;
use figures::Figures;

/// What comes upon a service.
pub struct LoadSettings {
    /// How it is reached.
    pub handset: Handset,
    /// The first of the numbers that dial; the others follow it.
    pub first: u64,
    /// How many dial.
    pub people: u64,
    /// What is dialled and typed; each session takes one of them.
    pub dialogues: Vec<Dialogue>,
    /// How sessions begin.
    pub arrivals: Arrivals,
    /// How long somebody reads and types, in the mean.
    pub think: Duration,
    /// Of a hundred hops so many come twice.
    pub repeats: f64,
    /// After a hundred hops so many sessions are lost.
    pub drops: f64,
    /// Whether the end of each session is told.
    pub notices: bool,
    /// How long nothing is measured.
    pub warm_up: Duration,
    /// How long it is measured.
    pub duration: Duration,
    /// Makes the same choices again.
    pub seed: u64,
}

/// How sessions begin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arrivals {
    /// So many phones, each of which dials again when its session is over.
    Closed(usize),
    /// So many sessions a second, whether earlier ones are over or not.
    Open {
        /// Sessions a second.
        rate: f64,
        /// The most at once; more wait, and their wait counts.
        most: usize,
    },
}

/// Load that has not begun, or is under way.
pub struct Load {
    settings: LoadSettings,
    figures: Figures,
}

/// From when to when hops count.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: Instant,
    until: Instant,
}

impl Load {
    /// Load of that kind. None without a dialogue or without people.
    #[must_use]
    pub fn of(settings: LoadSettings) -> Option<Arc<Self>> {
        let can_begin = !settings.dialogues.is_empty() && settings.people > 0;
        can_begin.then(|| {
            Arc::new(Self {
                figures: Figures::default(),
                settings,
            })
        })
    }

    /// How many hops are measured so far.
    pub fn hops(&self) -> u64 {
        self.figures.hops()
    }

    /// Puts it on the service, until every hop that began is answered or given up.
    pub async fn run(self: &Arc<Self>) -> Summary {
        let start = Instant::now();
        let from = start + self.settings.warm_up;
        let span = Span {
            from,
            until: from + self.settings.duration,
        };
        let callers = TaskTracker::new();
        match self.settings.arrivals {
            Arrivals::Closed(phones) => {
                for phone in 0..phones {
                    let mut caller = self.caller(phone as u64, span);
                    callers.spawn(async move {
                        while Instant::now() < span.until {
                            caller.session(Instant::now()).await;
                        }
                    });
                }
            }
            Arrivals::Open { rate, most } => self.begin(start, span, rate, most, &callers).await,
        }
        callers.close();
        callers.wait().await;
        self.figures.summary(self.settings.duration)
    }

    /// Begins sessions at their times, however the earlier ones do.
    async fn begin(
        self: &Arc<Self>,
        start: Instant,
        span: Span,
        rate: f64,
        most: usize,
        callers: &TaskTracker,
    ) {
        let places = Arc::new(Semaphore::new(most));
        for number in 0_u32.. {
            let due = start + Duration::from_secs_f64(f64::from(number) / rate);
            if due >= span.until {
                return;
            }
            sleep_until(due).await;
            let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                return;
            };
            let mut caller = self.caller(u64::from(number), span);
            callers.spawn(async move {
                caller.session(due).await;
                drop(place);
            });
        }
    }

    fn caller(self: &Arc<Self>, number: u64, span: Span) -> Caller {
        let seed = self.settings.seed.wrapping_add(number);
        Caller::new(Arc::clone(self), SmallRng::seed_from_u64(seed), span)
    }
}
