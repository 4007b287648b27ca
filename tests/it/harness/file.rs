//! A configuration as a file, for the program as it is started, and people in its database.

use cp2::config;
use cp2::crypto::Hasher;
use cp2::demo::seed;
use cp2::domain::{Clock, SystemClock};
use cp2::service::{load_keys, open_store};

use super::service::SECRET;

/// A configuration on this database and with this aggregator, listening on any port, with
/// more sections, and log lines in JSON as this filter lets through.
pub(crate) fn configuration(database: &str, aggregator: &str, more: &str, filter: &str) -> String {
    format!(
        r#"
        [server]
        listen = "127.0.0.1:0"
        [keys]
        current = "test"
        key.test = "{key}"
        [logging]
        format = "json"
        filter = "{filter}"
        [database]
        url = "{database}"
        {more}
        [[channel]]
        name = "at"
        kind = "africastalking"
        secret = "{SECRET}"
        base_url = "{aggregator}"
        username = "tests"
        api_key = "key-of-tests"
        service_codes = ["*384*2026#"]
        "#,
        key = "5a".repeat(32),
    )
}

/// Puts the people of the demo into the database of a configuration, and so many besides.
pub(crate) async fn settle(configuration: &str, people: u32) {
    let config = config::parse("cp2.toml", configuration, []).unwrap();
    let (store, keys) = (
        open_store(&config).await.unwrap(),
        load_keys(&config).unwrap(),
    );
    let hasher = Hasher::new(1).unwrap();
    let now = SystemClock.now();
    let seeded = seed::seed(&store, &keys, &hasher, people, seed::CALENDAR, now);
    seeded.await.unwrap();
    store.close().await;
}
