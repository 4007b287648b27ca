//! What every answer of the service has in common, and what the platform is told.

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::harness::service::{SECRET, link_in, person};
use crate::harness::{TestService, on_each_database};

on_each_database!(
    every_kind_of_answer_is_guarded,
    a_request_id_is_ours,
    a_form_that_makes_no_sense_gets_a_page,
    the_platform_is_told_that_all_is_well,
    the_platform_is_told_that_the_database_is_away,
);

const FORM: &str = "application/x-www-form-urlencoded";

async fn send(service: &TestService, method: &str, path: &str, body: &str) -> Response {
    let method: Method = method.parse().unwrap();
    let request = service
        .client
        .request(method, format!("{}{path}", service.base));
    let request = request.header(CONTENT_TYPE, FORM).body(body.to_owned());
    request.send().await.unwrap()
}

fn assert_guarded(headers: &HeaderMap, what: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("x-robots-tag", "noindex"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        let found: Vec<_> = headers.get_all(name).iter().collect();
        assert_eq!(found, [value], "{name} of {what}");
    }
    let policy: Vec<_> = headers.get_all("content-security-policy").iter().collect();
    let [policy] = policy.as_slice() else {
        panic!("{} policies of {what}", policy.len());
    };
    let policy = policy.to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'; "),
        "{policy} of {what}"
    );
    assert!(!policy.contains("unsafe"), "{policy} of {what}");
    let id = headers["x-request-id"].to_str().unwrap();
    assert_eq!(id.len(), 36, "{id} of {what}");
    for telling in ["server", "x-powered-by", "via"] {
        assert!(!headers.contains_key(telling), "{telling} of {what}");
    }
    for value in headers.values() {
        let value = value.to_str().unwrap().to_ascii_lowercase();
        for telling in ["cp2/", "hyper", "axum", env!("CARGO_PKG_VERSION")] {
            assert!(!value.contains(telling), "{value} of {what}");
        }
    }
}

async fn every_kind_of_answer_is_guarded(service: &TestService) {
    service.phone(1).walk(&["2"]).await;
    let link = link_in(&service.sms_of(&person(1), 1).await[0].text);
    let ussd = format!("/callbacks/at/{SECRET}/ussd");
    let hop = "sessionId=s1&serviceCode=*384%23&phoneNumber=%2B254700000001&text=";
    let login = "user_name=254700000001&password=karibu2026";
    let long = "x".repeat(20_000);
    for (method, path, body, status) in [
        ("GET", "/", "", 200),
        ("HEAD", "/", "", 200),
        ("GET", "/?lang=sw", "", 200),
        ("GET", "/login", "", 200),
        ("GET", "/me", "", 303),
        ("GET", "/me/password", "", 303),
        ("POST", "/me/password", "new=x&again=x", 303),
        ("GET", "/me/letters/x", "", 303),
        ("POST", "/login", login, 303),
        (
            "POST",
            "/login",
            "user_name=254700000001&password=wrong",
            403,
        ),
        ("POST", "/login", "user_name=254700000001", 400),
        ("POST", "/login", &long, 413),
        ("POST", "/logout", "", 303),
        ("PUT", "/login", "", 405),
        ("OPTIONS", "/", "", 405),
        ("GET", "/nothing-here", "", 404),
        ("GET", "/%FF", "", 404),
        ("GET", &link, "", 200),
        ("POST", &link, "", 200),
        ("POST", &link, "", 404),
        ("GET", "/l/%FF", "", 404),
        ("POST", &ussd, hop, 200),
        ("POST", &ussd, "text=", 400),
        ("POST", &ussd, &long, 413),
        ("GET", &ussd, "", 405),
        ("POST", "/callbacks/at/wrong/ussd", hop, 404),
        ("GET", "/healthz", "", 200),
        ("GET", "/readyz", "", 200),
        ("GET", "/phone", "", 200),
        ("GET", "/phone/phone.js", "", 200),
        ("GET", "/phone/inbox.json?msisdn=254700000001", "", 200),
        ("GET", "/phone/inbox.json", "", 400),
        ("GET", "/phone/nothing", "", 404),
        ("GET", "/fault", "", 500),
    ] {
        let answer = send(service, method, path, body).await;
        let what = format!("{method} {path}");
        assert_eq!(answer.status(), status, "{what}");
        assert_guarded(answer.headers(), &what);
    }
    service.store.close().await;
    for (method, path, body, status) in [
        ("GET", "/readyz", "", 503),
        ("GET", link.as_str(), "", 503),
        ("POST", &link, "", 503),
        ("POST", "/login", login, 503),
        ("POST", &ussd, hop, 200),
    ] {
        let answer = send(service, method, path, body).await;
        let what = format!("{method} {path} without a database");
        assert_eq!(answer.status(), status, "{what}");
        assert_guarded(answer.headers(), &what);
    }
}

async fn a_request_id_is_ours(service: &TestService) {
    let mut ids = Vec::new();
    for _ in 0..2 {
        let request = service.client.get(format!("{}/healthz", service.base));
        let answer = request.header("x-request-id", "mine").send().await.unwrap();
        ids.push(answer.headers()["x-request-id"].clone());
    }
    assert!(
        ids[0] != ids[1] && !ids.contains(&"mine".parse().unwrap()),
        "{ids:?}"
    );
}

async fn a_form_that_makes_no_sense_gets_a_page(service: &TestService) {
    for body in [
        "",
        "user_name=x",
        "user_name=a&password=b&user_name=c",
        "user_name=%FF",
    ] {
        let answer = send(service, "POST", "/login?lang=sw", body).await;
        assert_eq!(answer.status(), 400, "{body}");
        let page = answer.text().await.unwrap();
        assert!(page.contains("Hatukuweza kusoma hayo."), "{page}");
    }
    let request = service.client.post(format!("{}/login", service.base));
    let request = request.header(CONTENT_TYPE, "application/json").body("{}");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert!(
        answer
            .text()
            .await
            .unwrap()
            .contains("We could not read that.")
    );
}

async fn the_platform_is_told_that_all_is_well(service: &TestService) {
    let alive = service.get("/healthz").await;
    assert_eq!(alive.status(), 200);
    assert_eq!(alive.text().await.unwrap(), "ok");
    let ready = service.get("/readyz").await;
    assert_eq!(ready.status(), 200);
    assert_eq!(ready.headers()[CONTENT_TYPE], "application/json");
    let said: Value = serde_json::from_slice(&ready.bytes().await.unwrap()).unwrap();
    assert_eq!(
        (&said["database"], &said["worker"]),
        (&json!("ok"), &json!("ok"))
    );
}

async fn the_platform_is_told_that_the_database_is_away(service: &TestService) {
    service.store.close().await;
    let ready = service.get("/readyz").await;
    assert_eq!(ready.status(), 503);
    let said: Value = serde_json::from_slice(&ready.bytes().await.unwrap()).unwrap();
    assert_eq!(
        (&said["state"], &said["database"]),
        (&json!("unready"), &json!("failing"))
    );
    assert_eq!(service.get("/healthz").await.status(), 200);
    let screen = service.phone(1).dial().await;
    assert!(
        screen.starts_with("END ") && screen.contains("try again shortly"),
        "{screen}"
    );
}
