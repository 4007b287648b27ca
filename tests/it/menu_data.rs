//! `cp2 menus check --data`: the proof counts with lengths that the database keeps to.

use cp2::actions::CATALOGUE;
use cp2::domain::CentreCode;
use cp2::menus;
use cp2::store::centres::{self, Centre};
use cp2::store::longest;

use crate::harness::{TestService, on_each_database};

on_each_database!(
    the_people_of_the_demo_fit,
    a_value_that_is_too_long_is_found
);

async fn held(service: &TestService) -> String {
    let mut tx = service.store.begin_read().await.unwrap();
    let values = longest::values(&mut tx).await.unwrap();
    menus::hold_against(&CATALOGUE, &values)
        .map_or_else(|findings| findings.to_string(), |()| String::new())
}

async fn the_people_of_the_demo_fit(service: &TestService) {
    assert_eq!(held(service).await, "");
}

async fn a_value_that_is_too_long_is_found(service: &TestService) {
    let mut tx = service.store.begin().await.unwrap();
    let centre = Centre {
        code: CentreCode::parse("99000099").unwrap(),
        name: "Mfano ".repeat(11).trim_end().to_owned(),
        sub_county: "Mfano".into(),
        county: "Mfano".into(),
        distribution_centre: "Mfano".into(),
        location: None,
        candidates: None,
        distance_km: None,
    };
    centres::insert(&mut tx, &centre).await.unwrap();
    tx.commit().await.unwrap();
    let found = held(service).await;
    assert!(
        found.starts_with("database:1:1: `centre_name` holds a value of 65 septets, 5 more"),
        "{found}"
    );
}
