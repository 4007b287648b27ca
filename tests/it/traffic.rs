//! How many sessions went through each screen, before and after they are forgotten.

use std::time::Duration;

use cp2::domain::Clock;
use cp2::store::sessions;
use cp2::store::traffic::{self, Traffic};
use jiff::civil::{Date, date};

use crate::harness::{TestService, on_each_database};

on_each_database!(
    a_session_counts_once_at_each_screen_and_ends_where_it_was_last,
    what_is_forgotten_is_added_up_by_day,
);

async fn since(service: &TestService, day: Option<Date>) -> Traffic {
    let mut tx = service.store.begin_read().await.unwrap();
    traffic::since(&mut tx, day).await.unwrap()
}

/// Forgets up to so many sessions that are over by now; says how many.
async fn forget(service: &TestService, most: usize) -> usize {
    let mut tx = service.store.begin().await.unwrap();
    let now = service.clock.now();
    let gone = sessions::forget_expired(&mut tx, now, most).await.unwrap();
    tx.commit().await.unwrap();
    gone
}

fn seen(traffic: &Traffic) -> Vec<(&str, u64, u64)> {
    let screens = traffic.iter();
    screens
        .map(|(name, tally)| (name.as_str(), tally.sessions, tally.ended))
        .collect()
}

async fn a_session_counts_once_at_each_screen_and_ends_where_it_was_last(service: &TestService) {
    service.phone(1).walk(&["3", "0", "1"]).await;
    let mut phone = service.phone(2);
    phone.walk(&["3", "0"]).await;
    phone.repeat().await;
    assert_eq!(
        seen(&since(service, None).await),
        [
            ("deployment", 1, 1),
            ("home", 2, 1),
            ("reset_confirm", 2, 0)
        ]
    );
}

async fn what_is_forgotten_is_added_up_by_day(service: &TestService) {
    service.phone(1).walk(&["1"]).await;
    service.phone(2).walk(&["0"]).await;
    assert_eq!(forget(service, 9).await, 0, "a live session is kept");
    let live = since(service, None).await;
    service.clock.advance(Duration::from_mins(31));
    // Two workers, one session each.
    assert_eq!((forget(service, 1).await, forget(service, 1).await), (1, 1));
    assert_eq!(service.count("SELECT COUNT(*) FROM sessions").await, 0);
    assert_eq!(since(service, None).await, live);
    assert_eq!(
        seen(&live),
        [("bye", 1, 1), ("deployment", 1, 1), ("home", 2, 0)]
    );
    assert_eq!(since(service, Some(date(2026, 10, 5))).await, live);
    assert_eq!(
        since(service, Some(date(2026, 10, 6))).await,
        Traffic::new()
    );
}
