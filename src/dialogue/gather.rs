//! What many hops want of the database at the same time, done for all of them at once.
//!
//! Nobody waits for company. Who comes alone is served alone and at once; whoever comes while
//! the database is at work is served together with all others that came meanwhile. So a batch
//! grows with the load, and a durable commit, which costs a flush of the disk, is shared by it.
//!
//! What is done is never cut off half-way: it runs in tasks of its own, whatever becomes of
//! those who wait.

use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, oneshot};

use crate::store::StoreError;

/// The most questions in a batch. A statement for more is no faster for each.
const MOST: usize = 256;

/// How many questions may wait; whoever comes then waits for a place first.
const WAITING: usize = 4096;

/// Something that the database does for many at once.
pub(super) trait Batch: Send + Sync + 'static {
    /// What one hop wants.
    type Question: Send + Sync + 'static;
    /// What it gets.
    type Answer: Send + 'static;

    /// Answers all, in their order, or none.
    fn answer(
        &self,
        questions: &[Self::Question],
    ) -> impl Future<Output = Result<Vec<Self::Answer>, StoreError>> + Send;
}

/// Gathers questions. Cheap to clone; all clones are one.
pub(super) struct Gatherer<B: Batch>(mpsc::Sender<Waiting<B>>);

impl<B: Batch> Clone for Gatherer<B> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

struct Waiting<B: Batch> {
    question: B::Question,
    asker: oneshot::Sender<Result<B::Answer, Arc<StoreError>>>,
}

impl<B: Batch> Gatherer<B> {
    /// With so many batches at once. They end when nobody can ask any more.
    pub(super) fn new(batch: B, at_once: usize) -> Self {
        let (asking, asked) = mpsc::channel(WAITING);
        let (batch, asked) = (Arc::new(batch), Arc::new(Mutex::new(asked)));
        for _ in 0..at_once {
            tokio::spawn(serve(Arc::clone(&batch), Arc::clone(&asked)));
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

async fn serve<B: Batch>(batch: Arc<B>, asked: Arc<Mutex<mpsc::Receiver<Waiting<B>>>>) {
    let mut waiting = Vec::new();
    while asked.lock().await.recv_many(&mut waiting, MOST).await > 0 {
        let together = waiting.drain(..).map(|one| (one.question, one.asker));
        let (questions, askers): (Vec<_>, Vec<_>) = together.unzip();
        match batch.answer(&questions).await {
            Ok(answers) => {
                for (asker, answer) in askers.into_iter().zip(answers) {
                    // Whoever does not wait any more finds it when they ask again.
                    let _ = asker.send(Ok(answer));
                }
            }
            // Nobody's hop may fail for what is wrong with a stranger's.
            Err(error) if questions.len() > 1 && error.may_be_one_rows() => {
                for (question, asker) in questions.iter().zip(askers) {
                    let answer = batch.answer(std::slice::from_ref(question)).await;
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
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Mutex as Shared;

    use futures_util::future::join_all;
    use tokio::sync::Semaphore;

    use super::*;

    /// Doubles numbers, when it is let; 13 is in no order, and at 99 the database is away.
    struct Doubling {
        lets: Arc<Semaphore>,
        batches: Arc<Shared<VecDeque<Vec<u32>>>>,
    }

    impl Batch for Doubling {
        type Question = u32;
        type Answer = u32;

        async fn answer(&self, questions: &[u32]) -> Result<Vec<u32>, StoreError> {
            self.batches.lock().unwrap().push_back(questions.to_vec());
            self.lets.acquire().await.unwrap().forget();
            if questions.contains(&13) {
                return Err(StoreError::Duplicate);
            }
            if questions.contains(&99) {
                return Err(StoreError::Unusable("away".into()));
            }
            Ok(questions.iter().map(|number| 2 * number).collect())
        }
    }

    /// Asks 1, and the others while that is being answered; the answers, and the batches.
    async fn ask(others: &[u32]) -> (Vec<Result<u32, String>>, Vec<Vec<u32>>) {
        let (lets, batches) = (Arc::new(Semaphore::new(0)), Arc::default());
        let doubling = Doubling {
            lets: Arc::clone(&lets),
            batches: Arc::clone(&batches),
        };
        let gatherer = Gatherer::new(doubling, 1);
        let ask = async |number| {
            let answer = gatherer.ask(number).await;
            answer.map_err(|error| error.to_string())
        };
        let first = ask(1);
        let rest = async {
            while batches.lock().unwrap().is_empty() {
                tokio::task::yield_now().await;
            }
            let rest = join_all(others.iter().map(|number| ask(*number)));
            let go = async { lets.add_permits(100) };
            tokio::join!(rest, go).0
        };
        let (first, rest) = tokio::join!(first, rest);
        let answers = std::iter::once(first).chain(rest).collect();
        (answers, batches.lock().unwrap().drain(..).collect())
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
}
