//! Each process stopped and started in turn, under load: nobody with a phone notices.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use reqwest::Client;
use tokio::sync::watch;
use tokio::task::{JoinSet, block_in_place};
use tokio::time::timeout;

use super::fleet::{Fleet, NETWORK, fresh_session, line, one_of_many};
use crate::harness::Balancer;
use crate::harness::service::{PATIENCE, client, happens, hop};

const PHONES: u32 = 6;

/// Hops between one restart and the next.
const HOPS: usize = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_of_each_process_in_turn_loses_no_hop() {
    let mut fleet = Fleet::start(2, 2 * PHONES, &[("CP2__SERVER__DRAIN_S", "2")]).await;
    let places: Vec<_> = fleet.processes.iter().map(|p| p.place.clone()).collect();
    let mut balancer = Balancer::start(&places);
    let listens = happens(async || {
        let answer = fleet
            .client
            .get(format!("http://{}/readyz", balancer.place));
        answer.send().await.is_ok_and(|a| a.status() == 200)
    });
    assert!(listens.await, "the balancer does not answer");
    let crowd = Arc::new(Crowd {
        client: client(),
        base: format!("http://{}", balancer.place),
        hops: watch::Sender::new(0),
        over: AtomicBool::new(false),
    });
    let mut phones = JoinSet::new();
    for index in 0..PHONES {
        phones.spawn(Arc::clone(&crowd).reads_again_and_again(one_of_many(index)));
        phones.spawn(Arc::clone(&crowd).resets(one_of_many(PHONES + index), index as usize));
    }
    for index in [0, 1, 0, 1] {
        crowd.has_more(HOPS).await;
        assert!(fleet.stop_one(index), "a stop that is not clean");
        block_in_place(|| balancer.sees_leave(index));
        fleet.start_again(index);
        block_in_place(|| balancer.sees_come(index));
    }
    crowd.has_more(HOPS).await;
    crowd.over.store(true, Ordering::Relaxed);
    phones.join_all().await;
    assert_eq!(fleet.all_are_delivered().await, i64::from(PHONES));
    for index in PHONES..2 * PHONES {
        let sent = fleet.sandbox.messages_to(&line(&one_of_many(index)));
        assert_eq!(sent.len(), 1, "{index}");
    }
    fleet.end().await;
}

struct Crowd {
    client: Client,
    base: String,
    hops: watch::Sender<usize>,
    over: AtomicBool,
}

impl Crowd {
    async fn reads_again_and_again(self: Arc<Self>, who: String) {
        while !self.over.load(Ordering::Relaxed) {
            let last = self.session(&who, &["", "1", "1*0", "1*0*0"]).await;
            assert!(last.starts_with("END "), "{last}");
        }
    }

    /// Waits for its turn among all hops, so that some are in the middle of each restart.
    async fn resets(self: Arc<Self>, who: String, turn: usize) {
        self.has_more(turn * HOPS).await;
        let last = self.session(&who, &["", "3", "3*1"]).await;
        assert!(last.starts_with("END Your new password is on"), "{last}");
    }

    /// Every hop of it must be answered as if nothing happened.
    async fn session(&self, who: &str, texts: &[&str]) -> String {
        let (session, mut last) = (fresh_session(), String::new());
        for text in texts {
            let answer = hop(&self.client, &self.base, &session, who, text, NETWORK);
            let (status, screen) = answer.await.unwrap();
            assert_eq!(status, 200, "{screen}");
            assert!(!screen.contains("The service is busy"), "{screen}");
            self.hops.send_modify(|hops| *hops += 1);
            last = screen;
        }
        last
    }

    async fn has_more(&self, hops: usize) {
        let mut all = self.hops.subscribe();
        let until = *all.borrow() + hops;
        let happened = timeout(PATIENCE, all.wait_for(|hops| *hops >= until)).await;
        assert!(happened.is_ok(), "the phones stand still");
    }
}
