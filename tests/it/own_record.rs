//! People change their own record, and what stood there before is kept.

use cp2::crypto::Sealed;
use cp2::domain::Msisdn;
use cp2::service::load_keys;
use cp2::store::{changes, people};

use crate::harness::service::{config, person};
use crate::harness::{TestService, on_each_database};

on_each_database!(
    a_change_is_kept_with_what_stood_there_before,
    a_change_that_comes_twice_is_kept_once,
);

/// What was old and new in the changes of a field, the newest first.
async fn changes_of(service: &TestService, field: &str) -> Vec<(Option<String>, Option<String>)> {
    let config = config("sqlite:none", &service.base, &service.sandbox.base_url());
    let keys = load_keys(&config).unwrap();
    let mut tx = service.store.begin_read().await.unwrap();
    let line = Msisdn::parse(&person(1)).unwrap();
    let person = people::by_msisdn(&mut tx, &line).await.unwrap().unwrap();
    let open = |column, row: &str, sealed: Option<Vec<u8>>| {
        let clear = Sealed { column, row }.open(&keys, &sealed?).unwrap();
        Some(String::from_utf8(clear.to_vec()).unwrap())
    };
    let found = changes::of_field(&mut tx, &person.id, field).await.unwrap();
    let opened = found.into_iter().map(|(row, old, new)| {
        (
            open("changes.old", &row, old),
            open("changes.new", &row, new),
        )
    });
    opened.collect()
}

async fn a_change_is_kept_with_what_stood_there_before(service: &TestService) {
    for address in ["one@mfano.co.ke", "Two@Mfano.co.ke"] {
        let saved = service
            .phone(1)
            .walk(&["4", "4", "4", address, "1", "1234"])
            .await;
        assert_eq!(saved, "END Saved. You will receive an SMS.");
    }
    let one = Some("one@mfano.co.ke".to_owned());
    let two = Some("two@mfano.co.ke".to_owned());
    assert_eq!(
        changes_of(service, "email").await,
        [(one.clone(), two), (None, one)]
    );
    service
        .phone(1)
        .walk(&["4", "1", "A001234567K", "1", "1234"])
        .await;
    assert_eq!(
        changes_of(service, "kra_pin").await,
        [(Some("A000000001Z".into()), Some("A001234567K".into()))]
    );
    let clear = "SELECT COUNT(*) FROM changes WHERE CAST(new AS TEXT) LIKE '%mfano%'";
    if service.database_url().starts_with("sqlite") {
        assert_eq!(service.count(clear).await, 0);
    }
    let own = "SELECT COUNT(*) FROM changes WHERE actor = person_id AND way = 'ussd'";
    assert_eq!(service.count(own).await, 3);
}

async fn a_change_that_comes_twice_is_kept_once(service: &TestService) {
    let mut phone = service.phone(1);
    let keys = ["4", "4", "2", "Mfano Primary School", "1", "1234"];
    let saved = phone.walk(&keys).await;
    for _ in 0..3 {
        assert_eq!(phone.repeat().await, saved);
    }
    service.sms_of(&person(1), 1).await;
    assert_eq!(service.count("SELECT COUNT(*) FROM changes").await, 1);
    assert_eq!(service.count("SELECT COUNT(*) FROM outbox").await, 1);
}
