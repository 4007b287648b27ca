//! The power goes at moments that chance decides, again and again, while people reset their
//! passwords: a hundred times here, as often as `CP2_KILLS` says by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use cp2::domain::{Clock, SystemClock};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use tokio::task::{JoinSet, block_in_place};

use super::oracle::{
    each_reset_has_one_password_and_its_sms, nothing_private_is_left_behind,
    texts_came_twice_only_where_an_answer_was_lost,
};
use super::town::{Town, msisdn, passwords};
use crate::harness::service::can_log_in;
use crate::harness::{Database, with_each_database};

with_each_database!(at_whatever_moment_it_is_killed_nothing_is_lost_or_doubled);

/// Who resets at the same time.
const PHONES: usize = 6;

/// The longest that a service lives once it is ready; most of what it has to do falls in there.
const LONGEST_LIFE: Duration = Duration::from_millis(500);

fn set(name: &str, otherwise: usize) -> usize {
    std::env::var(name).map_or(otherwise, |value| value.parse().unwrap())
}

async fn at_whatever_moment_it_is_killed_nothing_is_lost_or_doubled(database: Database) {
    let kills = set("CP2_KILLS", 100);
    let seed = set("CP2_SEED", usize::from_ne_bytes(rand::random::<[u8; 8]>()));
    println!("{kills} kills, CP2_SEED={seed}");
    let mut rng = SmallRng::seed_from_u64(seed as u64);
    let town = Town::build(&database, PHONES * (kills + 1)).await;
    let queue = Arc::new(Queue::default());
    let mut service = town.start();
    let mut phones = JoinSet::new();
    for _ in 0..PHONES {
        phones.spawn(one_after_the_other(Arc::clone(&town), Arc::clone(&queue)));
    }
    let (mut said, mut times) = (String::new(), Vec::new());
    for _ in 0..kills {
        // The moment is what chance decides here.
        tokio::time::sleep(LONGEST_LIFE.mul_f64(rng.random())).await;
        block_in_place(|| service.kill());
        times.push(SystemClock.now());
        said += &service.said();
        service = town.start();
    }
    queue.over.store(true, Ordering::Relaxed);
    let confirmed: usize = phones.join_all().await.iter().sum();
    town.everything_is_delivered().await;
    let twice = town.sandbox.messages().len() - confirmed;
    println!("{confirmed} resets, {twice} SMS came once more");

    each_reset_has_one_password_and_its_sms(&town, confirmed);
    for index in (0..queue.next.load(Ordering::Relaxed)).step_by(40) {
        let passwords = passwords(index, &town.sandbox.messages());
        let works = can_log_in(&town.client, &town.base, &msisdn(index), &passwords[0]).await;
        assert!(works, "the password of {index}");
    }
    assert_eq!(block_in_place(|| service.stop()).code(), Some(0));
    said += &service.said();
    texts_came_twice_only_where_an_answer_was_lost(&town, &times, &said);
    nothing_private_is_left_behind(&town, &said, &database).await;
    town.sandbox.shutdown().await;
    database.remove().await;
}

#[derive(Default)]
struct Queue {
    /// Whose turn it is next; each person resets once.
    next: AtomicUsize,
    over: AtomicBool,
}

/// Says how many resets were confirmed.
async fn one_after_the_other(town: Arc<Town>, queue: Arc<Queue>) -> usize {
    let mut confirmed = 0;
    while !queue.over.load(Ordering::Relaxed) {
        let index = queue.next.fetch_add(1, Ordering::Relaxed);
        if index >= town.people {
            queue.next.store(town.people, Ordering::Relaxed);
            break;
        }
        town.resets(index).await;
        confirmed += 1;
    }
    confirmed
}
