//! What many hops want of the database at the same time, done for all of them at once.
//!
//! Nobody waits for company. Who comes alone is served alone and at once; whoever comes while
//! the database is at work is served together with all others that came meanwhile. So a batch
//! grows with the load, and a durable commit, which costs a flush of the disk, is shared by it.
//! The next batch begins when the one before is answered, or takes long: it may wait for a row
//! that somebody else holds, and most of those who wait want other rows.
//!
//! While there is much to do, a batch runs on the connection of an earlier one. To take a
//! connection from the pool and bring it back asks PostgreSQL three times more.
//!
//! What is done is never cut off half-way: it runs in tasks of its own, whatever becomes of
//! those who wait.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard, mpsc, oneshot};
use tokio::time::timeout;

use crate::store::StoreError;

/// The most questions in a batch. A statement for more is no faster for each.
const MOST: usize = 256;

/// How many questions may wait; whoever comes then waits for a place first.
const WAITING: usize = 4096;

/// Batches that can be under way at once, when one takes long.
const DESKS: usize = 2;

/// What takes a batch longer keeps the next one waiting no more.
const LONG: Duration = Duration::from_millis(25);

/// How long a desk holds a connection for its next batch.
const HELD: Duration = Duration::from_millis(50);

/// Something that the database does for many at once.
pub(super) trait Batch: Sized + Send + Sync + 'static {
    /// What one hop wants.
    type Question: Send + Sync + 'static;
    /// What it gets.
    type Answer: Send + 'static;

    /// What its statements run on.
    type On: Send + 'static;

    /// A new one of those.
    fn begin(&self) -> Self::On;

    /// Answers all, in their order, or none.
    fn answer(
        &self,
        on: Self::On,
        questions: &[Self::Question],
    ) -> impl Future<Output = Result<Answered<Self>, StoreError>> + Send;
}

/// The answers, and what the next batch may run on.
pub(super) type Answered<B> = (Vec<<B as Batch>::Answer>, Option<<B as Batch>::On>);

/// Gathers questions. Cheap to clone; all clones are one.
pub(super) struct Gatherer<B: Batch>(mpsc::Sender<Waiting<B>>);

impl<B: Batch> Clone for Gatherer<B> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

type Queue<B> = mpsc::Receiver<Waiting<B>>;

struct Waiting<B: Batch> {
    question: B::Question,
    asker: oneshot::Sender<Result<B::Answer, Arc<StoreError>>>,
}

impl<B: Batch> Gatherer<B> {
    /// With so many batches in a row on one connection, before others may have it. Its desks end
    /// when nobody can ask any more.
    pub(super) fn new(batch: B, in_a_row: usize) -> Self {
        let (asking, asked) = mpsc::channel(WAITING);
        let (batch, asked) = (Arc::new(batch), Arc::new(Mutex::new(asked)));
        for _ in 0..DESKS {
            let desk = Desk {
                batch: Arc::clone(&batch),
                in_a_row,
                held: None,
            };
            tokio::spawn(desk.serve(Arc::clone(&asked)));
        }
        Self(asking)
    }

    /// Asks, and waits for the answer.
    pub(super) async fn ask(&self, question: B::Question) -> Result<B::Answer, Arc<StoreError>> {
        let gone = || Arc::new(StoreError::Unusable("nobody answers any more".into()));
        let (asker, answer) = oneshot::channel();
        let waiting = Waiting { question, asker };
        self.0.send(waiting).await.map_err(|_| gone())?;
        answer.await.unwrap_or_else(|_| Err(gone()))
    }
}

/// Where one batch after the other is answered.
struct Desk<B: Batch> {
    batch: Arc<B>,
    in_a_row: usize,
    /// The connection of the last batch, and how many there were on it.
    held: Option<(B::On, usize)>,
}

impl<B: Batch> Desk<B> {
    async fn serve(mut self, asked: Arc<Mutex<Queue<B>>>) {
        loop {
            let (asked, waiting) = self.next(&asked).await;
            if waiting.is_empty() {
                return;
            }
            let mut answering = pin!(self.answer_all(waiting));
            if timeout(LONG, &mut answering).await.is_err() {
                drop(asked);
                answering.await;
            }
        }
    }

    /// The next batch, and what keeps the other desks from the one after it. The connection goes
    /// back to the pool when that takes a while.
    async fn next<'a>(
        &mut self,
        asked: &'a Mutex<Queue<B>>,
    ) -> (MutexGuard<'a, Queue<B>>, Vec<Waiting<B>>) {
        let mut next = pin!(async {
            let (mut asked, mut waiting) = (asked.lock().await, Vec::new());
            asked.recv_many(&mut waiting, MOST).await;
            (asked, waiting)
        });
        if self.held.is_some()
            && let Ok(next) = timeout(HELD, &mut next).await
        {
            return next;
        }
        self.held = None;
        next.await
    }

    async fn answer_all(&mut self, waiting: Vec<Waiting<B>>) {
        let together = waiting.into_iter().map(|one| (one.question, one.asker));
        let (questions, askers): (Vec<_>, Vec<_>) = together.unzip();
        match self.answer(&questions).await {
            Ok(answers) => {
                for (asker, answer) in askers.into_iter().zip(answers) {
                    // Whoever does not wait any more finds it when they ask again.
                    let _ = asker.send(Ok(answer));
                }
            }
            // Nobody's hop may fail for what is wrong with a stranger's.
            Err(error) if questions.len() > 1 && error.may_be_one_rows() => {
                for (question, asker) in questions.iter().zip(askers) {
                    let answer = self.answer(std::slice::from_ref(question)).await;
                    let answer = answer.map_err(Arc::new);
                    let answer = answer.map(|mut answers| answers.pop());
                    let gone = || Arc::new(StoreError::Unusable("no answer".into()));
                    let _ = asker.send(answer.and_then(|answer| answer.ok_or_else(gone)));
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                for asker in askers {
                    let _ = asker.send(Err(Arc::clone(&error)));
                }
            }
        }
    }

    /// Answers a batch, on the connection of the one before where there is one. That may have
    /// died since, which a pool would have noticed: then on a new one. To ask twice changes nothing
    /// more, as when a phone asks twice.
    async fn answer(&mut self, questions: &[B::Question]) -> Result<Vec<B::Answer>, StoreError> {
        if let Some((on, before)) = self.held.take() {
            match self.answer_on(on, before, questions).await {
                Err(error) if !error.may_be_one_rows() => {}
                answered => return answered,
            }
        }
        self.answer_on(self.batch.begin(), 0, questions).await
    }

    async fn answer_on(
        &mut self,
        on: B::On,
        before: usize,
        questions: &[B::Question],
    ) -> Result<Vec<B::Answer>, StoreError> {
        let (answers, on) = self.batch.answer(on, questions).await?;
        let batches = before + 1;
        let on = on.filter(|_| batches < self.in_a_row);
        self.held = on.map(|on| (on, batches));
        Ok(answers)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Mutex as Shared;

    use futures_util::future::join_all;
    use tokio::sync::Semaphore;

    use super::*;

    /// Doubles numbers, when it is let; 13 is in no order, at 99 the database is away, and at 100
    /// a connection that was used before has died.
    struct Doubling {
        lets: Arc<Semaphore>,
        batches: Arc<Shared<VecDeque<Vec<u32>>>>,
        /// How many batches each connection has answered.
        connections: Arc<Shared<Vec<usize>>>,
        /// Held by each that is open.
        open: Arc<()>,
    }

    impl Batch for Doubling {
        type Question = u32;
        type Answer = u32;
        /// The number of a connection.
        type On = (usize, Arc<()>);

        fn begin(&self) -> Self::On {
            let mut connections = self.connections.lock().unwrap();
            connections.push(0);
            (connections.len() - 1, Arc::clone(&self.open))
        }

        async fn answer(
            &self,
            (on, open): Self::On,
            questions: &[u32],
        ) -> Result<Answered<Self>, StoreError> {
            self.batches.lock().unwrap().push_back(questions.to_vec());
            self.lets.acquire().await.unwrap().forget();
            let used = self.connections.lock().unwrap()[on];
            if questions.contains(&13) {
                return Err(StoreError::Duplicate);
            }
            if questions.contains(&99) || questions.contains(&100) && used > 0 {
                return Err(StoreError::Unusable("away".into()));
            }
            self.connections.lock().unwrap()[on] += 1;
            let doubled = questions.iter().map(|number| 2 * number);
            Ok((doubled.collect(), Some((on, open))))
        }
    }

    /// A place where numbers are doubled, and what is seen of it.
    struct Place {
        gatherer: Gatherer<Doubling>,
        lets: Arc<Semaphore>,
        batches: Arc<Shared<VecDeque<Vec<u32>>>>,
        connections: Arc<Shared<Vec<usize>>>,
        open: Arc<()>,
    }

    fn place() -> Place {
        let lets = Arc::new(Semaphore::new(0));
        let (batches, connections, open) = (Arc::default(), Arc::default(), Arc::default());
        let doubling = Doubling {
            lets: Arc::clone(&lets),
            batches: Arc::clone(&batches),
            connections: Arc::clone(&connections),
            open: Arc::clone(&open),
        };
        Place {
            gatherer: Gatherer::new(doubling, 3),
            lets,
            batches,
            connections,
            open,
        }
    }

    impl Place {
        async fn ask(&self, number: u32) -> Result<u32, String> {
            let answer = self.gatherer.ask(number).await;
            answer.map_err(|error| error.to_string())
        }

        async fn comes_to(&self, batches: usize) {
            until(|| self.batches.lock().unwrap().len() >= batches).await;
        }

        fn batches(&self) -> Vec<Vec<u32>> {
            self.batches.lock().unwrap().iter().cloned().collect()
        }
    }

    async fn until(it_is_so: impl Fn() -> bool) {
        let waits = async {
            while !it_is_so() {
                tokio::task::yield_now().await;
            }
        };
        let patience = Duration::from_secs(30);
        timeout(patience, waits).await.expect("it comes to nothing");
    }

    /// Asks 1, and the others while that is being answered; the answers, and the batches.
    async fn ask(others: &[u32]) -> (Vec<Result<u32, String>>, Vec<Vec<u32>>) {
        let place = place();
        let rest = async {
            place.comes_to(1).await;
            let rest = join_all(others.iter().map(|number| place.ask(*number)));
            let go = async { place.lets.add_permits(100) };
            tokio::join!(rest, go).0
        };
        let (first, rest) = tokio::join!(place.ask(1), rest);
        let answers = std::iter::once(first).chain(rest).collect();
        (answers, place.batches())
    }

    #[tokio::test]
    async fn who_comes_while_the_database_is_at_work_shares_the_next_batch() {
        let (answers, batches) = ask(&[2, 3, 4]).await;
        assert_eq!(answers, [Ok(2), Ok(4), Ok(6), Ok(8)]);
        assert_eq!(batches, [vec![1], vec![2, 3, 4]]);
    }

    #[tokio::test]
    async fn what_is_wrong_with_one_fails_that_one_alone() {
        let (answers, batches) = ask(&[2, 13, 4]).await;
        assert_eq!(
            answers[1..],
            [Ok(4), Err("there already".to_owned()), Ok(8)]
        );
        assert_eq!(batches[1..], [vec![2, 13, 4], vec![2], vec![13], vec![4]]);
    }

    #[tokio::test]
    async fn a_database_that_is_away_is_not_asked_again_for_each() {
        let (answers, batches) = ask(&[2, 99]).await;
        assert_eq!(
            answers[1..],
            [Err("away".to_owned()), Err("away".to_owned())]
        );
        assert_eq!(batches.len(), 2);
    }

    #[tokio::test]
    async fn a_batch_that_takes_long_does_not_hold_up_the_next() {
        let place = place();
        let second = async {
            place.comes_to(1).await;
            place.ask(2).await
        };
        let both = async {
            place.comes_to(2).await;
            place.lets.add_permits(2);
        };
        let (first, second, ()) = tokio::join!(place.ask(1), second, both);
        assert_eq!((first, second), (Ok(2), Ok(4)));
        assert_eq!(place.batches(), [[1], [2]]);
    }

    #[tokio::test]
    async fn a_connection_is_given_back_after_some_batches_or_when_nobody_asks() {
        let place = place();
        place.lets.add_permits(100);
        for number in 0..12 {
            assert_eq!(place.ask(number).await, Ok(2 * number));
        }
        let connections = place.connections.lock().unwrap().clone();
        assert!(connections.iter().any(|batches| *batches > 1));
        assert!(connections.iter().all(|batches| *batches <= 3));
        // One is the place's own, one that of whoever doubles.
        until(|| Arc::strong_count(&place.open) == 2).await;
    }

    #[tokio::test]
    async fn a_connection_that_died_while_it_was_held_is_replaced() {
        let place = place();
        place.lets.add_permits(100);
        for number in [1, 2, 100, 3, 100] {
            assert_eq!(place.ask(number).await, Ok(2 * number));
        }
    }
}
