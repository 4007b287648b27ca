//! `PgBouncer` in transaction mode before PostgreSQL: nothing is set or prepared on a connection
//! that the next one to be lent it would meet.

use cp2::config::Config;
use cp2::store::Tx;
use futures_util::future::join_all;

use crate::harness::pooler::Pooler;
use crate::harness::service::{happens, password_in, person};
use crate::harness::{Database, TestService};

fn behind(url: &str) -> impl Fn(&mut Config) {
    let url = url.to_owned();
    move |config| {
        config.database.url = url.clone().into();
        config.database.pooler = true;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_service_works_by_a_pooler() {
    let database = Database::postgres().await;
    let (_pooler, url) = Pooler::start(&database.url());
    let service = TestService::start_among(20, database, behind(&url)).await;
    let reads = (0..20).map(|number| {
        let mut phone = service.phone(1000 + number);
        async move { phone.walk(&["1", "0", "0"]).await }
    });
    for screen in join_all(reads).await {
        assert_eq!(screen, "END Thank you. Goodbye.");
    }
    let resets = (1000..1010).map(|number| {
        let mut phone = service.phone(number);
        async move { phone.walk(&["3", "1"]).await }
    });
    for screen in join_all(resets).await {
        assert!(
            screen.starts_with("END Your new password is on"),
            "{screen}"
        );
    }
    service.outbox_comes_to(&[("delivered", 10)]).await;
    // Another process, which prepares the same statements.
    let service = service.restart(behind(&url)).await;
    let text = service.sms_of(&person(1000), 1).await[0].text.clone();
    assert!(service.can_log_in(&person(1000), password_in(&text)).await);
    let screen = service
        .phone(1)
        .walk(&["4", "1", "A001234567K", "1", "1234"])
        .await;
    assert!(screen.starts_with("END Saved."), "{screen}");
    service.outbox_comes_to(&[("delivered", 11)]).await;
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn time_outs_hold_in_each_unit_of_work() {
    let database = Database::postgres().await;
    let (_pooler, url) = Pooler::start(&database.url());
    let service = TestService::start_with(database, behind(&url)).await;
    for (setting, value) in [
        ("SHOW statement_timeout", "10s"),
        ("SHOW lock_timeout", "5s"),
        ("SHOW idle_in_transaction_session_timeout", "15s"),
    ] {
        let Tx::Postgres(mut tx) = service.store.begin().await.unwrap() else {
            panic!("not on PostgreSQL");
        };
        let shown: String = sqlx::query_scalar(setting)
            .fetch_one(tx.open().await.unwrap())
            .await
            .unwrap();
        assert_eq!(shown, value, "{setting}");
    }
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_of_work_that_are_given_up_are_rolled_back() {
    const LOST: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
                        AND state LIKE 'idle in transaction%'";
    let database = Database::postgres().await;
    let (_pooler, url) = Pooler::start(&database.url());
    let service = TestService::start_with(database, behind(&url)).await;
    for _ in 0..30 {
        let store = service.store.clone();
        let begun = tokio::spawn(async move { store.begin().await.map(drop) });
        tokio::task::yield_now().await;
        begun.abort();
    }
    let nothing_open = happens(async || service.count(LOST).await == 0);
    assert!(nothing_open.await, "transactions stay open");
    assert!(service.phone(1).dial().await.starts_with("CON "));
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_at_once_make_one_schema() {
    let database = Database::postgres().await;
    let (_pooler, url) = Pooler::start(&database.url());
    let settings = cp2::store::StoreSettings {
        url,
        connections: 2,
        patience: crate::harness::program::PATIENCE,
        create: true,
        pooler: true,
    };
    let starts = (0..4).map(|_| async {
        let store = cp2::store::Store::open(&settings).await.unwrap();
        store.migrate().await.unwrap();
        store.close().await;
    });
    join_all(starts).await;
    let made = "SELECT COUNT(*) FROM _sqlx_migrations WHERE NOT success";
    assert_eq!(database.count(made).await, 0);
    database.remove().await;
}
