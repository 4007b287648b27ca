//! How much a screen shows on each network, and the keys that turn its pages.

use cp2::config::ScreenSeptets;
use cp2::text::septets;

use crate::harness::{Database, TestService, on_each_database, with_each_database};

on_each_database!(
    a_long_screen_is_one_page_on_airtel_and_two_on_safaricom,
    both_keys_turn_the_page,
    who_can_send_neither_98_nor_00_still_gets_everywhere,
);
with_each_database!(the_limit_of_a_network_is_a_setting);

const SAFARICOM: &str = "63902";
const AIRTEL: &str = "63903";
const LAST_LINES: &str = "\n1. Barua kwa SMS\n0:Rudi 00:Menyu";

/// The deployment with the longest names, as that network shows it first.
async fn deployment(service: &TestService, network: &'static str) -> String {
    service.phone(7).on_network(network).walk(&["1"]).await
}

fn size(screen: &str) -> usize {
    septets(&screen["CON ".len()..]).unwrap()
}

async fn a_long_screen_is_one_page_on_airtel_and_two_on_safaricom(service: &TestService) {
    let whole = deployment(service, AIRTEL).await;
    assert!(whole.ends_with(LAST_LINES), "{whole}");
    assert!(!whole.contains("99:"), "{whole}");
    assert!((161..=184).contains(&size(&whole)), "{}", size(&whole));
    let first = deployment(service, SAFARICOM).await;
    assert!(first.ends_with("\n99:Zaidi 0:Rudi 00:Menyu"), "{first}");
    assert!(size(&first) <= 160, "{}", size(&first));
}

async fn the_limit_of_a_network_is_a_setting(database: Database) {
    let service = TestService::start_with(database, |config| {
        config.channel[0].screen_septets = ScreenSeptets {
            safaricom: Some(184),
            airtel: Some(160),
            ..ScreenSeptets::default()
        };
    });
    let service = service.await;
    let whole = deployment(&service, SAFARICOM).await;
    assert!(
        whole.ends_with(LAST_LINES) && !whole.contains("99:"),
        "{whole}"
    );
    // Airtel, and what is not set: the aggregator's own figure.
    for network in [AIRTEL, "63907", "63999", "99999"] {
        let first = deployment(&service, network).await;
        assert!(first.ends_with("\n99:Zaidi 0:Rudi 00:Menyu"), "{first}");
        assert!(size(&first) <= 160, "{}", size(&first));
    }
    service.stop().await;
}

async fn both_keys_turn_the_page(service: &TestService) {
    let mut pages = Vec::new();
    for key in ["98", "99"] {
        let mut phone = service.phone(7).on_network(SAFARICOM);
        phone.walk(&["1"]).await;
        pages.push(phone.press(key).await);
    }
    assert!(pages[0].ends_with(LAST_LINES), "{}", pages[0]);
    assert_eq!(pages[0], pages[1]);
}

async fn who_can_send_neither_98_nor_00_still_gets_everywhere(service: &TestService) {
    let mut phone = service.phone(7).on_network(SAFARICOM);
    let home = phone.dial().await;
    let first = phone.press("1").await;
    let second = phone.press("99").await;
    assert!(second.ends_with(LAST_LINES), "{second}");
    assert_eq!(phone.press("0").await, first);
    assert_eq!(phone.press("99").await, second);
    assert_eq!(phone.press("0").await, first);
    assert_eq!(phone.press("0").await, home);
}
